"""What `balance_settlements` does to weights, and what comparisons make of it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.comparison.methods.settlement_methods import Settings, run
from surveykit.comparison.planning.adjustment import balance_settlements
from surveykit.comparison.planning.feasibility_check import check_feasibility
from surveykit.comparison.question import make_question
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning, WeightingError

BY = {"group": "a", "baseline": "b", "settlement": "s"}


def made_up(rng, sizes, n_treated, *, apart=4.0, leaning=0.5, icc=0.05, effect=0.0) -> SurveyDesign:
    """Settlements whose answers lean on their distance, which differs between the sides."""
    s = np.repeat(np.arange(len(sizes)), sizes)
    treated = rng.permutation(len(sizes)) < n_treated
    km = rng.normal(20, 5, len(sizes)) + apart * treated
    y = leaning * (km - 20) / 5 + rng.normal(0, np.sqrt(icc), len(sizes)) + effect * treated
    return SurveyDesign(
        pd.DataFrame(
            {
                "s": [f"S{one:02d}" for one in s],
                "a": np.where(treated, "e", "b")[s],
                "km": km[s],
                "y": y[s] + rng.normal(0, np.sqrt(1 - icc), len(s)),
                "w": rng.uniform(0.5, 1.5, len(s)),
            }
        ),
        weight="w",
    )


def factors_by_hand(frame) -> pd.Series:
    """One root of a scalar equation: the tilt at which the baseline's mean is the others'."""
    by = frame.groupby("s").agg(a=("a", "first"), km=("km", "first"), w=("w", "sum"))
    rest = by[by["a"] == "b"]
    target = np.average(by["km"][by["a"] == "e"], weights=by["w"][by["a"] == "e"])
    x = (rest["km"] - target) / rest["km"].std()
    root = optimize.brentq(lambda tilt: (rest["w"] * np.exp(tilt * x)) @ x, -60, 60, xtol=1e-14)
    factor = np.exp(root * x)
    return (factor * rest["w"].sum() / (factor @ rest["w"])).reindex(by.index, fill_value=1.0)


def test_both_averages_are_the_difference_that_the_factors_make(unbalanced, balanced):
    frame, factor = unbalanced.data, factors_by_hand(unbalanced.data)
    means = frame.groupby("s").apply(lambda part: np.average(part["y"], weights=part["w"]), include_groups=False)
    elected = frame.groupby("s")["a"].first() == "e"
    by_hand = means[elected].mean() - np.average(means[~elected], weights=factor[~elected])
    table = compare_settlements(balanced, "y", **BY, methods="cr2").table.set_index("estimand")
    assert table.loc["settlement", "estimate"] == pytest.approx(by_hand, abs=1e-9) == pytest.approx(0.1499, abs=5e-5)
    assert table.loc["person", "estimate"] == pytest.approx(0.1644, abs=5e-5)


def test_errors_are_those_of_a_regression_that_holds_the_covariate_equal(balanced):
    """clubSandwich, `tests/reference/balanced_settlements_reference.R`: estimate, error, df, p to eight digits."""
    table = compare_settlements(balanced, "y", **BY, methods="cr2").table.set_index("estimand")
    found = table[["estimate", "std_error", "df", "p_value"]]
    np.testing.assert_allclose(found.loc["person"], [0.16435795, 0.11785165, 2.09952950, 0.29236257], rtol=1e-7)
    np.testing.assert_allclose(found.loc["settlement"], [0.14986041, 0.11575442, 2.14237293, 0.31738438], rtol=1e-7)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000), scale=st.sampled_from([1e-6, 0.1, 1e3, 1e6]), times=st.sampled_from([1e-3, 7.0, 1e4])
)
def test_factors_are_the_root_and_know_no_units(seed, scale, times):
    frame = made_up(np.random.default_rng(seed), [12] * 12, 5, apart=2.0).data
    try:
        factor = factors_by_hand(frame)
    except ValueError:  # no root: the mean lies outside
        with pytest.raises(WeightingError, match="no weights of the baseline's 7 settlements reach the mean of 'km'"):
            balance_settlements(SurveyDesign(frame, weight="w"), "km", **BY)
        return
    if (factor * frame.groupby("s")["w"].sum()).min() < 1e-6:  # all but on the edge: either answer is right
        return
    for other in (frame, frame.assign(km=frame["km"] * scale), frame.assign(w=frame["w"] * times)):
        found = balance_settlements(SurveyDesign(other, weight="w"), "km", **BY)
        np.testing.assert_allclose(found.weights / other["w"], factor.reindex(other["s"]).to_numpy(), rtol=1e-7)


@pytest.mark.parametrize("far", [1.0, 30.0, 1e3, 1e9, 1e200])
def test_where_no_weights_meet_the_means_it_says_so(unbalanced, far):
    frame = unbalanced.data
    frame.loc[frame["a"] == "e", "km"] = frame["km"].max() + far
    with pytest.raises(WeightingError, match="no weights of the baseline's 8 settlements reach the mean of 'km'"):
        balance_settlements(SurveyDesign(frame, weight="w"), "km", **BY)


def test_a_mean_on_the_edge_needs_weights_of_zero(unbalanced):
    frame = unbalanced.data
    frame.loc[frame["a"] == "e", "km"] = frame.loc[frame["a"] == "b", "km"].max()
    with pytest.raises(WeightingError, match="lies outside what they span"):
        balance_settlements(SurveyDesign(frame, weight="w"), "km", **BY)
    with pytest.raises(ColumnError, match="`covariates` names 'kmm', which is not a column; did you mean 'km'"):
        balance_settlements(unbalanced, "kmm", **BY)
    constant = frame.assign(km=0.1 * 3)
    np.testing.assert_allclose(balance_settlements(SurveyDesign(constant, weight="w"), "km", **BY).weights, frame["w"])


@pytest.mark.slow
def test_level_and_coverage_of_both_averages():
    """Without a shared line, errors never rejected; 300 surveys with settlements of 15 to 60 people, effect 0.3.

    CR2 with few degrees of freedom errs to the safe side; 9 % is three Monte Carlo errors above 5 %.
    """
    rng, missed = np.random.default_rng(5), {"person": [], "settlement": []}
    sizes = np.geomspace(15, 60, 14).astype(int)
    for _ in range(300):
        try:
            found = balance_settlements(made_up(rng, sizes, 6, icc=0.1, effect=0.3), "km", **BY)
        except WeightingError:
            continue
        question = make_question(found, **BY, may_be_balanced=True)
        for case in question.cases(question.answers("y")):
            row = run("cr2", case, Settings(0.05))
            missed[case.estimand].append(not row.conf_low <= 0.3 <= row.conf_high)
    for part in missed.values():
        assert len(part) > 200 and 0.003 < np.mean(part) < 0.09


def test_methods_that_do_not_keep_their_level_are_not_given(balanced):
    result = compare_settlements(balanced, "y", **BY)
    assert set(result.table["method"]) == {"cr2"} and result.randomization.empty
    assert "the factors belong to the assignment that happened" in result.method
    by = result.groups.set_index(["estimand", "group"])["estimate"]
    assert by["settlement", "e"] - by["settlement", "b"] == pytest.approx(0.1499, abs=5e-5)
    with pytest.warns(SurveyKitWarning, match="no rows of randomization are given"):
        compare_settlements(balanced, "y", **BY, methods=["cr2", "randomization"])
    with pytest.raises(ArgumentError, match="only cr2 keeps its level"):
        compare_settlements(balanced, "y", **BY, methods="randomization")


@pytest.mark.slow
def test_the_balancing_stays_with_the_design(unbalanced, balanced):
    want = compare_settlements(balanced, "y", **BY, methods="cr2").table["estimate"].to_numpy()
    same = [
        balanced.with_weights(balanced.weights * 3, "scaled"),
        replace(balanced, cluster=("s",)),
        balanced.with_survey(balanced.survey),
        balanced.keep_rows(np.ones(len(balanced), bool), "all"),
        balanced.with_conventions("r-survey"),
    ]
    for other in same:
        np.testing.assert_allclose(
            compare_settlements(other, "y", **BY, methods="cr2").table["estimate"], want, rtol=1e-9
        )
    fewer = balanced.keep_rows((balanced.data["s"] != "S00").to_numpy(), "S00 left out")
    assert "leave a difference" in compare_settlements(fewer, "y", **BY, methods="cr2").method
    assert unbalanced.balance is None and check_feasibility(balanced, **BY, outcome="y").verdict == "fragile"
    swapped = compare_settlements(balanced, "y", **{**BY, "baseline": "e"}, methods="cr2").table["estimate"]
    np.testing.assert_allclose(swapped, -want, rtol=1e-9)


@pytest.mark.slow
def test_inverse_probability_is_held_equal_by_the_regression_too():
    rng, rejected = np.random.default_rng(3), []
    for _ in range(120):
        try:
            found = balance_settlements(
                made_up(rng, [20] * 14, 6, apart=2.0, icc=0.1), "km", **BY, method="inverse_probability"
            )
        except WeightingError:
            continue
        question = make_question(found, **BY, may_be_balanced=True)
        rejected += [run("cr2", case, Settings(0.05)).p_value < 0.05 for case in question.cases(question.answers("y"))]
    assert 0 < np.mean(rejected) < stats.binom.ppf(0.999, len(rejected) // 2, 0.05) / (len(rejected) // 2)
