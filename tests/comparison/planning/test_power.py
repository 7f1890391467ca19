import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveykit.comparison.intraclass import VarianceParts
from surveykit.comparison.methods.settlement_methods import Settings
from surveykit.comparison.planning.power import (
    _planned_case,
    minimum_detectable_effect,
    plan_comparison,
)
from surveykit.comparison.planning.simulated_intervals import power_at, simulate_intervals
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from tests.comparison.conftest import BY, small_design


@pytest.mark.slow
def test_equal_settlements_have_the_power_of_a_t_test_of_their_means(expected):
    """R: power.t.test(n = 5, delta = 1.2, sd = 0.6) = 0.79; sd of a settlement mean: sqrt(between + within / n) = 0.6."""
    value = expected["power.settlement_t"]["value"]["power"]
    case = _planned_case(10, 5, 50)
    parts = VarianceParts(0.36 - 1.0 / 50, 1.0, 50, 10, 500)
    for method in ("cr2", "welch"):
        ends = simulate_intervals(case, parts, method, Settings(0.05), 2000)
        assert power_at(ends, 1.2) == pytest.approx(value, abs=0.03)


@pytest.mark.slow
def test_the_minimum_effect_has_the_wanted_power():
    design = small_design(5)
    found = minimum_detectable_effect(design, "q1", **BY, draws=400)
    again = minimum_detectable_effect(design, "q1", **BY, draws=400, effect=found.table["estimate"].iloc[0])
    assert again.table["power"].iloc[0] == pytest.approx(0.8, abs=0.01)
    assert found.table["power"].to_numpy() == pytest.approx(0.8, abs=0.01)
    assert set(found.table["method"]) == {"cr2", "randomization"} and set(found.table["estimand"]) == {
        "person",
        "settlement",
    }


def test_more_alike_neighbours_and_fewer_settlements_need_larger_effects():
    design = small_design(5)
    small, large = (
        minimum_detectable_effect(design, "q1", **BY, test="cr2", icc=icc, draws=300).table["estimate"]
        for icc in (0.01, 0.3)
    )
    assert (large > 1.5 * small).all()
    plan = plan_comparison(icc=0.05, settlements=[8, 12, 20], respondents=[30, 100], test="cr2", draws=300).table
    by = plan.pivot(index="n_settlements", columns="n_respondents", values="effect")
    assert (np.diff(by.to_numpy(), axis=0) < 0).all() and (by[100] < by[30]).all()


def test_the_plan_agrees_with_the_normal_formula():
    row = plan_comparison(icc=0.05, settlements=[200], respondents=[50], test="cr2", draws=800).table.iloc[0]
    error = math.sqrt(4 / 200 * (0.05 + 0.95 / 50))
    assert row["effect"] == pytest.approx((stats.t.ppf(0.975, 198) + stats.norm.ppf(0.8)) * error, rel=0.06)


def test_a_power_curve_rises_with_the_effect():
    table = plan_comparison(
        icc=0.05, settlements=[10], respondents=[50], test="cr2", effects=[0, 0.2, 0.5, 1], draws=400
    ).table
    assert table["power"].iloc[0] == pytest.approx(0.05, abs=0.035)
    assert (np.diff(table["power"]) > 0).all() and table["power"].iloc[-1] > 0.95


def test_three_against_three_detects_nothing_by_an_exact_test():
    table = minimum_detectable_effect(small_design(3, 6), "q1", **BY, test="randomization", draws=50).table
    assert np.isinf(table["estimate"]).all() and (table["power"] == 0).all()


def test_runs_repeat_and_follow_the_seed():
    one, two, other = (
        minimum_detectable_effect(small_design(5), "q1", **BY, test="cr2", draws=60, rng=seed).table
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, two)
    assert not one["estimate"].equals(other["estimate"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"test": "cr7"}, "`test` must be one of"),
        ({"power": 80}, "`power` must lie between 0 and 1"),
        ({"icc": 1.5}, "`icc` must lie between 0 and 1"),
        ({"draws": 0}, "`draws` must be a positive whole number"),
    ],
)
def test_wrong_arguments_have_their_sentence(change, words):
    with pytest.raises(ArgumentError, match=words):
        minimum_detectable_effect(small_design(5), "q1", **{**BY, **change})


def test_one_settlement_has_no_minimum_effect():
    with pytest.raises(FeasibilityError, match="needs at least two settlements on each side"):
        minimum_detectable_effect(small_design(1), "q1", **BY)
    plan = plan_comparison(icc=0.05, settlements=[6], respondents=[20], share_treated=0.1, test="cr2", draws=20).table
    assert np.isinf(plan["effect"]).all()


def test_the_effect_is_given_at_the_ends_of_the_correlation_s_interval():
    result = minimum_detectable_effect(small_design(5, size=40), "q1", **BY, draws=200, test="cr2")
    row = result.table.iloc[0]
    assert row["icc_low"] <= row["icc"] <= row["icc_high"] and row["conf_low"] < row["estimate"] < row["conf_high"]
    assert result.method.startswith("The intraclass correlation of q1 is ")
    for end, column in (("icc_low", "conf_low"), ("icc_high", "conf_high")):
        known = minimum_detectable_effect(
            small_design(5, size=40), "q1", **BY, draws=200, test="cr2", icc=row[end]
        ).table.iloc[0]
        assert known["estimate"] == pytest.approx(row[column]) and np.isnan(known["conf_low"])
    given = minimum_detectable_effect(
        small_design(5, size=40), "q1", **BY, draws=200, test="cr2", effect=0.5
    ).table.iloc[0]
    assert given["power_low"] <= given["power"] <= given["power_high"]


def test_one_answer_a_settlement_has_a_detectable_effect_of_its_own():
    """Ten answers: no intraclass correlation is needed, and any one assumed changes nothing."""
    frame = small_design(5, size=1, seed=2).data.assign(q1=[1.0, 5, 2, 4, 3, 2, 4, 1, 5, 3])
    found = [
        minimum_detectable_effect(SurveyDesign(frame), "q1", **BY, draws=100, test="cr2", icc=icc)
        .table["estimate"]
        .iloc[0]
        for icc in (None, 0.1, 0.6)
    ]
    assert found[1:] == pytest.approx([found[0]] * 2, rel=0.2) and np.isfinite(found[0])  # other draws of the same sum


def test_one_answer_a_settlement_has_no_intraclass_correlation():
    """Nothing tells it from the rest of the variance; 0 was printed as if it had been seen."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"place": range(10), "kind": list("tttttbbbbb"), "y": rng.normal(size=10)})
    by = {"group": "kind", "baseline": "b", "settlement": "place", "test": "cr2", "draws": 200}
    result = minimum_detectable_effect(SurveyDesign(frame), "y", **by)
    assert result.table["icc"].isna().all() and np.isfinite(result.table["estimate"]).all()
    assert result.method.startswith("Each settlement has one answer to y, so nothing tells an intraclass correlation")
    given = minimum_detectable_effect(SurveyDesign(frame), "y", **by, icc=0.1)
    assert given.table["icc"].tolist() == pytest.approx([0.1, 0.1]) and "Each settlement" not in given.method
    for found in (result, given):  # it said "between – and –"
        assert "between" not in found.finding() and "would be shown in 80%" in found.finding()
        assert "–" not in found.finding("ru") + found.finding("kk")
