"""Held against complete enumerations in tests/reference/make_reference_py.py and against refits written here."""

import itertools

import numpy as np
import pytest

from surveykit.comparison.assignments import list_assignments
from surveykit.comparison.methods.randomization import randomize_difference, randomize_statistic, randomize_studentized
from surveykit.comparison.methods.wild_bootstrap import bootstrap_error
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import solve_weighted


@pytest.mark.parametrize("tag", ["free", "within_strata"])
def test_person_average_equals_the_enumeration(ili, expected, tag):
    entry = expected[f"randomisation.person_weighted.{tag}"]["value"]
    listed = list_assignments(ili["treated"], ili["block"] if tag == "within_strata" else None)
    drawn = randomize_difference(cluster_totals(ili["x"], ili["y"], ili["w"], ili["cluster"]), 1, listed)
    assert listed.total == len(listed.treated) == entry["n_assignments"]
    assert drawn.observed == pytest.approx(entry["observed"], rel=1e-9)
    assert drawn.p_values()[:2] == pytest.approx((entry["p_two_sided"], entry["p_greater"]), rel=1e-9)


@pytest.mark.parametrize("tag", ["free", "within_strata"])
@pytest.mark.parametrize("weighted", ["weighted", "unweighted"])
def test_settlement_average_equals_the_enumeration(ili, expected, tag, weighted):
    entry = expected[f"randomisation.mean_{weighted}.{tag}"]["value"]
    w = ili["w"] if weighted == "weighted" else np.ones(len(ili["y"]))
    w = w / np.bincount(ili["cluster"], w)[ili["cluster"]]
    listed = list_assignments(ili["treated"], ili["block"] if tag == "within_strata" else None)
    drawn = randomize_difference(cluster_totals(ili["x"], ili["y"], w, ili["cluster"]), 1, listed)
    assert drawn.observed == pytest.approx(entry["observed"], rel=1e-9)
    assert drawn.p_values()[:2] == pytest.approx((entry["p_two_sided"], entry["p_greater"]), rel=1e-9)


@pytest.mark.parametrize("tag", ["free", "within_strata"])
def test_studentized_equals_the_enumeration(ili, expected, tag):
    entry = expected[f"randomisation.person_weighted_studentised_cr1.{tag}"]["value"]
    totals = cluster_totals(ili["x"], ili["y"], ili["w"], ili["cluster"])
    listed = list_assignments(ili["treated"], ili["block"] if tag == "within_strata" else None)
    estimate, error = bootstrap_error(totals, 1)
    assert estimate / error == pytest.approx(entry["observed"], rel=1e-9)
    draws = randomize_studentized(totals, 1, listed)
    if tag == "within_strata":  # 2 of 4, 1 of 3, 2 of 3: the difference is held against its mean over the assignments
        found = [
            bootstrap_error(
                cluster_totals(
                    np.column_stack([np.ones(len(ili["y"])), side[ili["cluster"]]]), ili["y"], ili["w"], ili["cluster"]
                ),
                1,
            )
            for side in listed.treated
        ]
        tops, errors = np.array(found).T
        far = np.abs(tops - tops.mean()) / errors
        p = np.mean(far >= abs(estimate - tops.mean()) / error - 1e-9)
        assert np.mean(np.abs(tops / errors) >= abs(entry["observed"]) - 1e-9) == pytest.approx(entry["p_two_sided"])
    else:
        p = entry["p_two_sided"]
    assert draws.p_value(estimate, error) == pytest.approx(p)


def test_with_covariates_every_assignment_is_a_refit(rng):
    cluster = np.repeat(np.arange(6), [4, 6, 3, 8, 5, 4])
    treated = np.array([True, False, True, False, False, True])
    x = np.column_stack([np.ones(30), treated[cluster], rng.normal(size=(30, 2))]).astype(float)
    y, w = rng.normal(size=30), rng.uniform(0.5, 2, 30)
    drawn = randomize_difference(cluster_totals(x, y, w, cluster), 1, list_assignments(treated))
    studentized = randomize_studentized(cluster_totals(x, y, w, cluster), 1, list_assignments(treated)).statistics()
    for number, chosen in enumerate(itertools.combinations(range(6), 3)):
        again = x.copy()
        again[:, 1] = np.isin(cluster, chosen)
        totals = cluster_totals(again, y, w, cluster)
        assert drawn.at_zero[number] == pytest.approx(solve_weighted(totals)[0][1])
        estimate, error = bootstrap_error(totals, 1)
        assert studentized[number] == pytest.approx(estimate / error)
    z = solve_weighted(cluster_totals(x, x[:, 1], w, cluster))[0][1]
    assert z == pytest.approx(1) and drawn.slope.max() == pytest.approx(1)


def test_the_interval_is_where_the_test_does_not_reject(ili):
    totals = cluster_totals(ili["x"], ili["y"], ili["w"], ili["cluster"])
    listed = list_assignments(ili["treated"])
    drawn = randomize_difference(totals, 1, listed)

    def p_at(null):
        shifted = ili["y"] - null * ili["x"][:, 1]
        return randomize_difference(cluster_totals(ili["x"], shifted, ili["w"], ili["cluster"]), 1, listed).p_values()[
            0
        ]

    low, high = drawn.interval(0.05)
    for end, inwards in ((low, 1e-6), (high, -1e-6)):
        assert p_at(end + inwards) > 0.05 >= p_at(end - inwards)


def test_three_against_three_cannot_reject_so_the_interval_is_everything(rng):
    cluster = np.repeat(np.arange(6), 10)
    x = np.column_stack([np.ones(60), cluster < 3]).astype(float)
    drawn = randomize_difference(
        cluster_totals(x, 5 * x[:, 1] + rng.normal(size=60), np.ones(60), cluster),
        1,
        list_assignments(np.arange(6) < 3),
    )
    assert drawn.p_values()[0] == pytest.approx(0.1)
    assert drawn.interval(0.05) == (-np.inf, np.inf)
    assert np.isfinite(drawn.interval(0.2)).all()


def test_any_statistic_can_be_passed():
    listed = list_assignments(np.arange(4) < 2)
    values, weights = np.array([4.0, 3, 2, 1]), np.ones(4)
    ranks = randomize_statistic(values, weights, listed, lambda v, w, t: float(v[t].sum()))
    assert sorted(ranks) == [3, 4, 5, 5, 6, 7]
