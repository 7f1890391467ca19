"""The joint test is clubSandwich's HTZ (tests/reference/make_reference.R), and CR2's t squared for one coefficient."""

import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.comparison.answers.groups import compare_groups
from surveykit.comparison.answers.joint import joint_test
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.survey import Survey
from tests.comparison.conftest import small_design


@pytest.fixture
def plain_design(ili_like):
    """As in the reference model: no weights, categories by their codes."""
    categories = [
        Variable(name, labels={code: {"en": str(code)} for code in codes})
        for name, codes in (("elected", (0, 1)), ("sex", (1, 2)), ("ageband", (1, 2, 3, 4)), ("educ", (1, 2, 3)))
    ]
    return SurveyDesign(Survey(ili_like, Codebook.of(categories)), cluster="settlement")


def test_two_terms_equal_clubsandwich(plain_design, expected):
    value = expected["cr.wald.educ.u_cov.CR2.HTZ"]["value"]
    row = joint_test(plain_design, "q1", "educ", adjust_for=["elected", "sex", "ageband"]).table.iloc[0]
    assert row["statistic"] == pytest.approx(value["F"], rel=1e-6)
    assert row["df"] == value["df_num"]
    assert row["df_denominator"] == pytest.approx(value["df_denom"], rel=1e-6)
    assert row["p_value"] == pytest.approx(value["p"], rel=1e-6)


def test_one_coefficient_is_the_square_of_t(ili_design):
    row = joint_test(ili_design, "q1", "sex").table.iloc[0]
    t = compare_groups(ili_design, "q1", group="sex", baseline=1).table.query("method == 'cr2'").iloc[0]
    assert row["statistic"] == pytest.approx(t["statistic"] ** 2)
    assert row["df_denominator"] == pytest.approx(t["df"])
    assert row["p_value"] == pytest.approx(t["p_value"])


def test_what_cannot_be_tested_is_said_in_one_sentence(ili_design):
    with pytest.raises(ArgumentError, match="'sex' is named in two of them"):
        joint_test(ili_design, "q1", "sex", adjust_for="sex")
    with pytest.raises(ArgumentError, match="must each name at least one column"):
        joint_test(ili_design, "q1", [])
    with pytest.raises(FeasibilityError, match="more clusters than coefficients, but 10 clusters"):
        streets = [f"street {number % 12:02d}" for number in range(len(ili_design))]
        joint_test(SurveyDesign(ili_design.data.assign(street=streets), cluster="settlement"), "q1", "street")


def test_very_many_clusters_are_sent_elsewhere():
    answers = pd.DataFrame({"y": np.arange(3000) % 5, "x": np.arange(3000) % 3 + 0.5})
    with pytest.raises(
        FeasibilityError, match=r"for few of them, but 'y' has 3,000; use fit_model\(\) and term_test\(\)"
    ):
        joint_test(SurveyDesign(answers), "y", "x")


def test_a_kind_of_one_cluster_is_refused_whatever_the_answers(ili_like):
    with pytest.raises(FeasibilityError, match=r"a coefficient of 'akim' rests on one cluster alone \(S00\)"):
        joint_test(small_design(1), "q1", "akim")
    frame = small_design(4).data
    frame["q1"] = frame["q1"].where(~frame["settlement"].isin(["S00", "S01", "S02"]))
    with pytest.raises(FeasibilityError, match=r"for 'q1' a coefficient of 'akim' rests on one cluster alone \(S03\)"):
        joint_test(SurveyDesign(frame, cluster="settlement"), "q1", "akim")
    frame = small_design(4).data
    frame["kind"] = np.where(frame["settlement"] == "S09", "chief", frame["akim"])  # three kinds, one of one cluster
    with pytest.raises(FeasibilityError, match=r"'kind' rests on one cluster alone \(S09\)"):
        joint_test(SurveyDesign(frame, cluster="settlement"), "q1", "kind")


def test_kinds_of_clusters_come_under_a_verdict_on_those_that_answered():
    frame = small_design(6, 12).data
    frame["q1"] = frame["q1"].where(~frame["settlement"].isin(["S02", "S03", "S04", "S05"]))
    result = joint_test(SurveyDesign(frame, weight="w", cluster="settlement"), "q1", "akim")
    assert result.headline().startswith(
        "Feasibility: FRAGILE. 2 settlement(s) in the group 'the rarest kind of clusters'"
    )
    assert result.feasibility.facts["n_baseline"] == 6


def test_what_varies_inside_clusters_has_no_verdict(ili_design):
    assert not hasattr(joint_test(ili_design, "q1", "sex"), "feasibility")
