import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveykit.comparison.answers.mixed import compare_mixed, fit_random_intercept
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError, SurveyKitWarning
from tests.comparison.conftest import small_design

ILI = {"group": "elected", "baseline": "appointed", "settlement": "settlement"}


def test_estimate_and_error_equal_lmer(ili_design, expected):
    value = expected["lmer.Satterthwaite"]["value"]
    plain = SurveyDesign(ili_design.survey)
    row = compare_mixed(plain, "q1", **ILI, adjust_for=["sex", "ageband"]).table.set_index("term").loc["adjusted"]
    assert row["estimate"] == pytest.approx(value["coef"]["elected"], rel=1e-3)
    assert row["std_error"] == pytest.approx(value["se"]["elected"], rel=1e-3)
    assert row["icc"] == pytest.approx(value["icc"], rel=5e-3)
    assert row["df"] == 8 and row["df"] == pytest.approx(value["df"]["elected"], abs=1.0)


def test_weights_are_not_ignored_in_silence():
    with pytest.warns(SurveyKitWarning, match="the mixed model ignores the weights"):
        compare_mixed(small_design(5), "q1", group="akim", baseline="appointed", settlement="settlement")


def test_one_settlement_is_refused():
    with pytest.raises(FeasibilityError, match="has one, of 10"):
        compare_mixed(
            SurveyDesign(small_design(1).data), "q1", group="akim", baseline="appointed", settlement="settlement"
        )


def test_no_variance_between_settlements_is_least_squares():
    frame = pd.DataFrame({"settlement": np.repeat(list("ABCDEF"), 4), "y": np.tile([1.0, 2, 3, 4], 6)})
    frame["akim"] = np.where(frame["settlement"] < "D", "elected", "appointed")
    frame.loc[frame["akim"] == "elected", "y"] += 1
    row = compare_mixed(
        SurveyDesign(frame), "y", group="akim", baseline="appointed", settlement="settlement"
    ).table.iloc[0]
    assert row["estimate"] == pytest.approx(1.0) and row["icc"] == 0
    assert row["std_error"] == pytest.approx(
        np.sqrt(30 / 22 * 2 / 12)
    )  # SSE = 24 * 1.25 = 30 on 22 df, 12 answers a side


LMER = json.loads((Path(__file__).parent.parent.parent / "reference" / "mixed_models_expected.json").read_text())
"""lme4's answers, tests/reference/mixed_models.R; its search stops within about 1e-6 of the maximum."""


@pytest.mark.parametrize("key", LMER)
def test_fits_equal_lmer(ili_like, key):
    name, kind = key.split(".", 1)
    frame = ili_like
    if name == "shrunk":
        frame = frame[frame["q1"].notna()].copy()
        frame["y"] = frame["q1"] - (1 - float(kind)) * frame.groupby("settlement")["q1"].transform("mean")
    held = ["age"] if kind == "adjusted" else []
    table = compare_mixed(
        SurveyDesign(frame),
        "y" if name == "shrunk" else name,
        group="elected",
        baseline=0,
        settlement="settlement",
        adjust_for=held,
    ).table
    row = table[table["term"] == ("adjusted" if held else "unadjusted")].iloc[0]
    assert row["estimate"] == pytest.approx(LMER[key]["estimate"], rel=1e-5, abs=1e-12)  # one is 0 but for rounding
    assert row["std_error"] == pytest.approx(LMER[key]["std_error"], rel=1e-5)
    assert row["icc"] == pytest.approx(LMER[key]["icc"], rel=1e-4, abs=1e-8)
    assert row["n"] == LMER[key]["n"]


def test_the_criterion_has_no_better_ratio(rng):
    """The restricted likelihood by whole matrices, over a fine grid of ratios: none is better than the one found."""
    place = np.repeat(np.arange(6), [3, 9, 5, 2, 7, 4])
    x = np.column_stack([np.ones(30), place < 3, rng.normal(size=30)])
    for size in (0.0, 0.2, 1.0):
        y = size * rng.normal(size=6)[place] + rng.normal(size=30)
        fit = fit_random_intercept(y, x, place)

        def criterion(ratio, y=y):
            v = np.eye(30) + ratio * (place[:, None] == place)
            inverse = np.linalg.inv(v)
            xvx = x.T @ inverse @ x
            rest = y - x @ np.linalg.solve(xvx, x.T @ inverse @ y)
            return -0.5 * (np.linalg.slogdet(v)[1] + np.linalg.slogdet(xvx)[1] + 27 * np.log(rest @ inverse @ rest))

        assert criterion(fit.ratio) >= max(criterion(ratio) for ratio in [0, *np.geomspace(1e-6, 1e4, 300)]) - 1e-9


@pytest.mark.parametrize("rows", ["all", "one each"])
def test_settlements_alike_inside_are_compared_by_their_means(rows):
    means = np.array([4.0, 5, 3, 5, 4, 2, 4, 3, 3, 3])
    frame = pd.DataFrame({"settlement": np.repeat(np.arange(10), 8), "y": np.repeat(means, 8)})
    frame["akim"] = np.where(frame["settlement"] < 5, "elected", "appointed")
    if rows == "one each":
        frame = frame.groupby("settlement").head(1)
    why = "each settlement has one answer" if rows == "one each" else "everybody in a settlement gave the same answer"
    with pytest.warns(SurveyKitWarning, match=f"{why}.* the row is the t test of settlement means"):
        result = compare_mixed(SurveyDesign(frame), "y", group="akim", baseline="appointed", settlement="settlement")
    row = result.table.iloc[0]
    t = stats.ttest_ind(means[:5], means[5:])
    assert (row["method"], row["df"]) == ("t_of_means", 8)
    assert (row["statistic"], row["p_value"]) == pytest.approx((t.statistic, t.pvalue))
    with pytest.raises(ArgumentError, match="there is no mixed model of"):
        result.to_statsmodels("y")


def test_equal_answers_but_for_rounding_are_equal():
    frame = pd.DataFrame({"settlement": np.repeat(np.arange(10), 8)})
    frame["y"] = 0.1 * 3 + frame["settlement"] * 0.1 + np.tile([0, 1e-16], 40)
    frame["akim"] = np.where(frame["settlement"] % 2, "elected", "appointed")
    with pytest.warns(SurveyKitWarning, match="gave the same answer"):
        table = compare_mixed(
            SurveyDesign(frame), "y", group="akim", baseline="appointed", settlement="settlement"
        ).table
    assert table["p_value"].item() > 0.4


def test_statsmodels_hands_out_its_own_fit(ili_design):
    result = compare_mixed(SurveyDesign(ili_design.survey), "q1", **ILI)
    fit = result.to_statsmodels("q1")
    row = result.table.iloc[0]
    assert fit.params["elected"] == pytest.approx(row["estimate"], rel=1e-3)
    assert fit.bse["elected"] == pytest.approx(row["std_error"], rel=1e-3)


def test_ignoring_the_weights_stands_in_the_result():
    with pytest.warns(SurveyKitWarning):
        result = compare_mixed(small_design(5), "q1", group="akim", baseline="appointed", settlement="settlement")
    assert (
        "although the design has weights: the model ignores them" in result.method and result.facts["weights_ignored"]
    )
