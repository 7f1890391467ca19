"""A case knows its own settlements and no others."""

import numpy as np
import pytest

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.results import Row
from tests.comparison.conftest import BY, small_design


@pytest.fixture(scope="module")
def case():
    found = compare_settlements(small_design(4), "q1", **BY, methods="cr2")
    return next(case for case in found.cases if case.estimand == "person")


def test_the_numbers_are_those_of_the_rows(case):
    frame = small_design(4).survey.frame
    by_hand = [np.average(part["q1"], weights=part["w"]) for _, part in frame.groupby("settlement")]
    assert case.means == pytest.approx(by_hand)
    assert case.names == sorted(frame["settlement"].unique()) and case.treated.sum() == 4
    assert (case.n, case.n_weighted) == (len(frame), pytest.approx(frame["w"].sum()))
    assert not case.single and not case.balanced


def test_one_settlement_left_out_takes_its_people_along(case):
    rest = case.without(9)
    assert rest.names == case.names[:9] and rest.n == case.n - 12
    assert rest.totals.n.sum() == rest.n and rest.means.tolist() == case.means[:9].tolist()
    assert rest.judgement is None, "the verdict was on other settlements"
    assert len(case.names) == 10, "the case itself stays"


def test_a_row_says_what_was_compared_and_what_it_rests_on(case):
    row = case.without(0).describe("cr2", Row(estimate=1.5))
    assert (row.estimate, row.method, row.outcome, row.group, row.baseline) == (
        1.5,
        "cr2",
        "q1",
        "elected",
        "appointed",
    )
    assert (row.n, row.n_clusters) == (108, 9)
