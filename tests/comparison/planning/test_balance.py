import itertools
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.comparison.planning.adjustment import balance_settlements
from surveykit.comparison.planning.balance import covariate_balance
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning, WeightingError
from tests.comparison.conftest import BY, small_design

ILI = {"group": "elected", "baseline": "appointed", "settlement": "settlement"}


def design_with(**columns):
    return small_design(5, **columns)


def test_standardized_difference_by_hand(ili_design, ili_like):
    row = covariate_balance(ili_design, ["age"], **ILI).table.iloc[0]
    parts = [ili_like[ili_like["elected"] == k] for k in (1, 0)]
    means = [np.average(part["age"], weights=part["w"]) for part in parts]
    variances = [np.average((part["age"] - mean) ** 2, weights=part["w"]) for part, mean in zip(parts, means)]
    assert row["before"] == pytest.approx((means[0] - means[1]) / np.sqrt(np.mean(variances)))
    assert (row["mean_group"], row["mean_baseline"]) == pytest.approx(means)


def test_randomization_moves_whole_settlements(ili_design, ili_like):
    result = covariate_balance(ili_design, ["sex", "age"], **ILI)
    by = ili_like.groupby("settlement").apply(
        lambda part: pd.Series({"w": part["w"].sum(), "wx": (part["w"] * part["age"]).sum()}), include_groups=False
    )
    elected = ili_like.groupby("settlement")["elected"].first().to_numpy() == 1
    drawn = []
    for chosen in itertools.combinations(range(10), 5):
        side = np.isin(np.arange(10), chosen)
        drawn.append(by["wx"][side].sum() / by["w"][side].sum() - by["wx"][~side].sum() / by["w"][~side].sum())
    seen = by["wx"][elected].sum() / by["w"][elected].sum() - by["wx"][~elected].sum() / by["w"][~elected].sum()
    age = result.table[result.table["outcome"] == "age"].iloc[0]
    assert age["p_value"] == pytest.approx(np.mean(np.abs(drawn) >= abs(seen) - 1e-10))
    assert result.p_value >= result.table["p_value"].min()
    assert result.table["level"].tolist()[:2] == ["man", "woman"]
    assert result.table["before"].iloc[0] == pytest.approx(-result.table["before"].iloc[1])


def test_entropy_balancing_meets_the_means_and_shows_in_after():
    far = np.repeat([1.0, 2, 3, 4, 2, 0, 1, 5, 2, 1], 12)
    design = design_with(far=far)
    balanced = balance_settlements(design, "far", **BY)
    treated = (design.data["akim"] == "elected").to_numpy()
    np.testing.assert_array_equal(balanced.weights[treated], design.weights[treated])
    assert np.average(far[~treated], weights=balanced.weights[~treated]) == pytest.approx(
        np.average(far[treated], weights=design.weights[treated]), abs=1e-7
    )
    assert balanced.weights[~treated].sum() == pytest.approx(design.weights[~treated].sum())
    row = covariate_balance(design, "far", **BY, adjusted=balanced).table.iloc[0]
    assert abs(row["after"]) < 1e-6 < abs(row["before"])
    assert "settlements balanced on far" in compare_settlements(balanced, "q1", **BY, methods=["cr2"]).method


def test_factors_are_exponential_in_the_covariate_and_constant_in_a_settlement():
    far = np.repeat([1.0, 2, 3, 4, 2, 0, 1, 5, 2, 1], 12)
    design = design_with(far=far)
    factor = balance_settlements(design, "far", **BY).weights / design.weights
    by = pd.Series(factor).groupby(design.data["settlement"])
    assert by.std().max() < 1e-10
    values = by.first().to_numpy()[5:]
    slope = np.polyfit([0.0, 1, 5, 2, 1], np.log(values), 1)
    np.testing.assert_allclose(np.polyval(slope, [0, 1, 5, 2, 1]), np.log(values), atol=1e-7)


def test_inverse_probability_uses_the_odds():
    far = np.repeat([1.0, 2, 3, 4, 2, 0, 1, 5, 2, 1], 12)
    design = design_with(far=far)
    factor = balance_settlements(design, "far", **BY, method="inverse_probability").weights / design.weights
    assert (factor[:60] == 1).all()
    by = pd.Series(factor[60:]).groupby(design.data["settlement"].to_numpy()[60:]).first().to_numpy()
    order = np.argsort([0, 1, 5, 2, 1], kind="stable")
    steps = np.diff(by[order])
    assert (steps >= -1e-9).all() or (steps <= 1e-9).all()


def test_what_cannot_be_balanced_has_its_sentence():
    far = np.where(np.arange(120) < 60, 10.0, np.repeat(np.arange(10.0), 12))
    with pytest.raises(WeightingError, match="no weights of the baseline's 5 settlements reach the mean of 'far'"):
        balance_settlements(design_with(far=far), "far", **BY)
    with pytest.raises(WeightingError, match="tell the two kinds of settlements apart"):
        balance_settlements(design_with(far=far), "far", **BY, method="inverse_probability")
    more = {
        f"x{k}": np.repeat(np.random.default_rng(k).normal(size=10), 12) * 0.1 + np.arange(120) % 12 for k in range(3)
    }
    with pytest.warns(SurveyKitWarning, match="10 settlements can carry about 2 covariate"), suppress(WeightingError):
        balance_settlements(design_with(**more), list(more), **BY, method="inverse_probability")
    with pytest.raises(ArgumentError, match="`method` must be one of"):
        balance_settlements(design_with(far=far), "far", **BY, method="matching")
    with pytest.raises(ArgumentError, match="`covariates` must name at least one column"):
        covariate_balance(design_with(), [], **BY)
    with pytest.raises(ColumnError, match="empty for every respondent compared"):
        covariate_balance(design_with(none=np.full(120, np.nan)), "none", **BY)
    with pytest.raises(ArgumentError, match="`adjusted` must be a design over the same respondents"):
        covariate_balance(design_with(), "q1", **BY, adjusted=small_design(5, 12))


def test_what_tells_the_sides_apart_is_infinitely_unbalanced_and_comes_first():
    km = np.where(np.arange(120) < 60, 10.0, 50.0)
    design = design_with(age=np.arange(120) % 17, km=km)
    other = design.with_weights(design.weights * np.tile([1.0, 3], 60), "other weights")
    result = covariate_balance(design, ["age", "km"], **BY, adjusted=other)
    assert result.table["outcome"].tolist() == ["km", "age"]
    row = result.table.iloc[0]
    assert row["before"] == row["after"] == -np.inf and row["estimate"] == pytest.approx(-40)
    assert row["p_value"] == pytest.approx(2 / 252)  # the two assignments that keep the tens together
    assert "km: everybody on a side has the same value" in result.method
    constant = covariate_balance(design_with(same=np.full(120, 0.1 * 3)), "same", **BY).table.iloc[0]
    assert (constant["before"], constant["p_value"]) == (0.0, 1.0)


@pytest.mark.parametrize(("places", "p"), [([0, 1, 2, 7, 8, 9], 0.1), ([0, 9], 1.0)])
def test_a_covariate_known_in_some_settlements_is_tested_on_these(places, p):
    """All 20 ways to choose three of six, of which the observed and its mirror image are extreme; one a side: 2 of 2."""
    budget = np.repeat([0.0, 1, 2, 0, 0, 0, 0, 7, 8, 9], 12) + np.tile([-0.1, 0.1], 60)
    known = np.isin(np.repeat(np.arange(10), 12), places)
    design = design_with(budget=np.where(known, budget, np.nan), age=np.arange(120) % 17)
    result = covariate_balance(design, ["age", "budget"], **BY)
    row = result.table.set_index("outcome").loc["budget"]
    assert (row["p_value"], row["n_clusters"]) == (pytest.approx(p), len(places))
    half = len(places) // 2
    assert result.headline().startswith(f"Feasibility: CANNOT ANSWER. For budget: {half} settlement(s)")
    assert f"budget is known in {half} against {half} settlements only" in result.method


@pytest.mark.parametrize(("places", "p"), [([0, 1, 2, 7, 8, 9], 0.1), ([0, 9], 1.0)])
def test_the_test_of_all_together_claims_no_more_than_the_settlements_in_which_a_covariate_is_known(places, p):
    """With one covariate, together is alone; over assignments that leave a side empty it would be .048 and .556."""
    budget = np.repeat([0.0, 1, 2, 0, 0, 0, 0, 7, 8, 9], 12) + np.tile([-0.1, 0.1], 60)
    known = np.isin(np.repeat(np.arange(10), 12), places)
    result = covariate_balance(design_with(budget=np.where(known, budget, np.nan)), ["budget"], **BY)
    assert result.p_value == result.table["p_value"].item() == pytest.approx(p)
