"""A thousand settlements and more: no count beyond a float, no table that memory does not hold, the same draws."""

import re

import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.any_statistic import randomization_test
from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.comparison.assignments import list_assignments
from surveykit.comparison.methods.wild_bootstrap import wild_draws, wild_weights
from surveykit.comparison.planning.balance import covariate_balance
from surveykit.comparison.planning.feasibility_check import check_feasibility
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.cluster_totals import cluster_totals


@pytest.fixture(scope="module")
def many() -> SurveyDesign:
    """1,040 simulated settlements of two people, 520 of each kind: C(1040, 520) is about 10^311, beyond a float."""
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(
        {
            "settlement": np.repeat(np.arange(1040), 2),
            "weight": rng.gamma(4, 0.25, 2080),
            "age": rng.integers(18, 80, 2080),
        }
    )
    frame["group"] = frame["settlement"] % 2
    frame["y"] = rng.normal(size=2080) + 0.1 * frame["group"]
    return SurveyDesign(frame, weight="weight")


WHO = {"group": "group", "baseline": 0, "settlement": "settlement"}


@pytest.mark.slow
def test_a_thousand_settlements_are_compared(many):
    found = compare_settlements(many, "y", **WHO, methods=["cr2", "randomization", "randomization_studentized", "wild"])
    assert np.isfinite(found.table[["estimate", "p_value"]]).all().all()
    assert "10^311" in found.method and not re.search(r"\d{20}|(,\d{3}){8}", found.method)


@pytest.mark.parametrize("run", [
    lambda design: check_feasibility(design, **WHO), lambda design: covariate_balance(design, "age", **WHO),
    lambda design: randomization_test(design, "y", **WHO),
])  # fmt: skip
def test_counts_beyond_a_float_are_told_in_words(many, run):
    assert not re.search(r"\d{20}|(,\d{3}){8}", run(many).summary())


def test_five_thousand_settlements_fit_into_memory():
    treated = np.arange(5000) % 2 == 0
    listed = list_assignments(treated, rng=np.random.default_rng(1), draws=999)
    assert listed.treated.nbytes == 1000 * 5000  # a byte each
    assert (listed.treated.sum(axis=1) == 2500).all() and (listed.treated[0] == treated).all()


def case(n_settlements: int = 60):
    rng = np.random.default_rng(2)
    cluster = np.repeat(np.arange(n_settlements), 3)
    treated = cluster % 2
    x = np.column_stack([np.ones(len(cluster)), treated, rng.normal(size=len(cluster))])
    totals = cluster_totals(x, rng.normal(size=len(cluster)), rng.gamma(4, 0.25, len(cluster)), cluster, n_settlements)
    return totals, np.arange(n_settlements) % 2 == 1


def test_shares_of_clusters_are_those_of_the_whole_matrix():
    """The wild bootstrap's errors by the matrix of clusters by clusters that the formula has, one draw at a time."""
    totals, _ = case(20)
    signs = wild_weights(20, "webb", np.random.default_rng(5), 50)[0]
    found = wild_draws(totals, 1, signs, False)
    xwx, xwy = totals.xwx, totals.xwy
    bread = np.linalg.inv(xwx.sum(axis=0))
    rest = [0, 2]
    slopes = np.linalg.solve(xwx.sum(axis=0)[np.ix_(rest, rest)], xwy.sum(axis=0)[rest])
    scores = xwy - xwx[:, :, rest] @ slopes  # X'W u of each cluster under the null
    n, p, clusters = totals.n.sum(), 3, 20
    for draw, top, under in zip(signs, found.coefficient0, found.variance00):
        shift = bread @ (draw @ scores)
        shares = np.array([(v * score - square @ shift) @ bread[1] for v, score, square in zip(draw, scores, xwx)])
        assert top == pytest.approx(shift[1], rel=1e-10)
        assert under == pytest.approx(clusters * (n - 1) / ((clusters - 1) * (n - p)) * (shares**2).sum(), rel=1e-9)
