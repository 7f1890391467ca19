"""Held against complete enumerations in tests/reference/make_reference_py.py and against refits written here."""

import itertools

import numpy as np
import pytest

from surveykit.comparison.assignments import Assignments, count_assignments, list_assignments, smallest_p
from surveykit.comparison.draws import invert_test
from surveykit.comparison.methods.randomization import randomize_difference, randomize_statistic, randomize_studentized
from surveykit.comparison.methods.wild_bootstrap import bootstrap_error
from surveykit.comparison.partialling import partial_share
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.few_clusters import cluster_totals, solve_weighted


@pytest.fixture
def ili(ili_like):
    frame = ili_like[ili_like["q1"].notna()]
    cluster = frame["settlement"].astype("category").cat.codes.to_numpy()
    x = np.column_stack([np.ones(len(frame)), frame["elected"]]).astype(float)
    first = frame.groupby("settlement")
    return {
        "x": x,
        "y": frame["q1"].to_numpy(float),
        "w": frame["w"].to_numpy(),
        "cluster": cluster,
        "treated": first["elected"].first().to_numpy() == 1,
        "block": first["stratum"].first().astype("category").cat.codes.to_numpy(),
        "sex": frame["sex"].to_numpy(),
    }


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
def test_studentised_equals_the_enumeration(ili, expected, tag):
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


def test_inverting_the_studentised_test_agrees_with_refitting(ili):
    totals = cluster_totals(ili["x"], ili["y"], ili["w"], ili["cluster"])
    listed = list_assignments(ili["treated"])
    estimate, error = bootstrap_error(totals, 1)
    draws = randomize_studentized(totals, 1, listed)
    shifted = cluster_totals(ili["x"], ili["y"] - 0.4 * ili["x"][:, 1], ili["w"], ili["cluster"])
    again = randomize_studentized(shifted, 1, listed)
    assert draws.p_value(estimate, error, 0.4) == pytest.approx(again.p_value(estimate - 0.4, error))
    low, high = invert_test(lambda null: draws.p_value(estimate, error, null), estimate, error, 0.05)
    assert draws.p_value(estimate, error, low + 1e-6) > 0.05 >= draws.p_value(estimate, error, low - 1e-6)
    assert low < estimate < high


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


def test_one_of_ten_has_p_of_a_tenth_at_best():
    one = np.arange(10) == 3
    assert count_assignments(one) == 10
    assert smallest_p(one) == (0.1, 0.1)
    assert smallest_p(np.arange(12) < 3) == (1 / 220, 1 / 220)


def test_blocks_keep_their_numbers():
    treated, block = np.array([1, 0, 0, 1, 1, 0], dtype=bool), np.array([0, 0, 0, 1, 1, 1])
    listed = list_assignments(treated, block)
    assert listed.total == 9 and len(np.unique(listed.treated, axis=0)) == 9
    assert (listed.treated[:, :3].sum(axis=1) == 1).all() and (listed.treated[:, 3:].sum(axis=1) == 2).all()


def test_drawn_assignments_start_with_the_observed_one_and_follow_the_seed():
    treated = np.arange(40) < 20
    first = list_assignments(treated, rng=np.random.default_rng(5), draws=50)
    second = list_assignments(treated, rng=np.random.default_rng(5), draws=50)
    assert not first.exact and first.treated.shape == (51, 40)
    assert (first.treated[0] == treated).all() and (first.treated.sum(axis=1) == 20).all()
    np.testing.assert_array_equal(first.treated, second.treated)
    with pytest.raises(ArgumentError, match="137,846,528,820 assignments, too many to list; pass `rng`"):
        list_assignments(treated)


def test_any_statistic_can_be_passed():
    listed = list_assignments(np.arange(4) < 2)
    values, weights = np.array([4.0, 3, 2, 1]), np.ones(4)
    ranks = randomize_statistic(values, weights, listed, lambda v, w, t: float(v[t].sum()))
    assert sorted(ranks) == [3, 4, 5, 5, 6, 7]


def test_covariates_that_determine_the_group_leave_nothing(rng):
    cluster = np.repeat(np.arange(4), 5)
    z = (cluster < 2).astype(float)
    x = np.column_stack([np.ones(20), z, 3 - z])
    assert partial_share(cluster_totals(x, rng.normal(size=20), np.ones(20), cluster), 1) == pytest.approx(0, abs=1e-12)
    assert isinstance(list_assignments(z[::5] > 0), Assignments)
