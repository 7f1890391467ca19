"""Ties of randomization tests: the units of an outcome change no p-value, and rounding makes no difference of none."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveykit.comparison.answers.any_statistic import randomization_test
from surveykit.comparison.answers.event_study import group_time_effects
from surveykit.comparison.answers.paired import compare_paired
from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.comparison.answers.waves import difference_in_differences
from surveykit.comparison.planning.balance import covariate_balance
from surveykit.design import SurveyDesign

BY = {"group": "akim", "baseline": 0}
METHODS = ["randomization", "randomization_studentized"]


def panel() -> pd.DataFrame:
    """Eight settlements in three waves, three respondents in each, with weights (a, b, a)."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {"unit": np.repeat([f"U{i}" for i in range(8)], 9), "wave": np.tile(np.repeat([1, 2, 3], 3), 8)}
    )
    a, b = np.repeat(rng.gamma(2, 1, 24), 3), np.repeat(rng.gamma(2, 1, 24), 3)
    place = np.arange(72) % 3
    frame["w"] = np.where(place == 1, b, a)
    frame["akim"] = (frame["unit"] < "U3").astype(int)
    frame["first"] = frame["unit"].map({"U0": 2, "U1": 2, "U2": 3, "U3": 3})
    return frame.assign(y=rng.integers(1, 6, 72) * 1.0, even=0.1 * (place + 1), other=rng.integers(1, 6, 72) * 1.0)


def p_values(frame: pd.DataFrame, outcome: str) -> dict[str, list[float]]:
    design = SurveyDesign(frame, weight="w", cluster="unit")
    first = SurveyDesign(frame[frame["wave"] == 1], weight="w", cluster="unit")
    level = compare_settlements(first, [outcome, "other"], **BY, settlement="unit", methods=METHODS)
    change = difference_in_differences(design, outcome, **BY, wave="wave", methods=METHODS)
    ranks = [
        randomization_test(first, outcome, **BY, settlement="unit", statistic=name).table
        for name in ("rank_sum", "median_difference", mean_difference)
    ]
    staggered = group_time_effects(design, outcome, first_wave="first", wave="wave")
    columns = ["p_value", "p_greater", "p_less"]
    return {
        "level": level.table.query("outcome == @outcome")[["p_value", "p_wy"]].to_numpy().ravel().tolist(),
        "change": change.table["p_value"].tolist(),
        "ranks": np.concatenate([table[columns].to_numpy().ravel() for table in ranks]).tolist(),
        "balance": covariate_balance(first, outcome, **BY, settlement="unit").table["p_value"].tolist(),
        "staggered": staggered.table.query("method == 'randomization'")["p_value"].tolist(),
        "paired": compare_paired(
            design.with_survey(design.survey.with_columns({"zero": 0.0 * frame["y"]})), [(outcome, "zero")]
        )
        .table.query("method == 'sign_flip'")["p_value"]
        .tolist(),
    }


def mean_difference(means, weights, treated):
    return np.average(means[treated], weights=weights[treated]) - np.average(means[~treated], weights=weights[~treated])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("unit", [1e-12, 1e-5, 1e12])
def test_the_unit_of_an_outcome_changes_no_p_value(unit):
    frame = panel()
    wanted, found = p_values(frame, "y"), p_values(frame.assign(y=frame["y"] * unit), "y")
    for test, values in wanted.items():
        assert found[test] == pytest.approx(values, abs=1e-12, nan_ok=True), test
        assert test == "paired" or np.nanmin(values) < 1


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("unit", [1.0, 1e-12, 1e12])
def test_settlements_of_one_mean_differ_by_nothing_but_rounding(unit):
    """Answers 0.1, 0.2, 0.3 under weights a, b, a have the mean 0.2 everywhere, so every assignment is a tie."""
    frame = panel()
    found = p_values(frame.assign(even=frame["even"] * unit), "even")
    for test in ("level", "change", "ranks", "balance", "staggered"):
        known = [p for p in found[test] if not np.isnan(p)]
        assert known == pytest.approx([1.0] * len(known)) and known, test


def test_p_by_hand_in_small_units():
    """Two settlements of six with the largest answers: the observed difference is the largest of 15."""
    frame = pd.DataFrame(
        {"unit": list("ABCDEF"), "akim": [1, 1, 0, 0, 0, 0], "y": np.array([9, 8, 1, 2, 3, 4]) * 1e-13}
    )
    table = compare_settlements(SurveyDesign(frame), "y", **BY, settlement="unit", methods=["randomization"]).table
    assert table["p_value"].tolist() == pytest.approx([1 / 15] * 2)


@pytest.mark.slow
@pytest.mark.parametrize(("treated", "settlements", "p"), [(3, 9, 1 / 84), (2, 4, 2 / 6), (2, 5, 1 / 10)])
@pytest.mark.parametrize("value", [1.0, 0.1, 3e-9])
def test_groups_that_answer_alike_inside_and_not_between_have_an_exact_studentized_p(treated, settlements, p, value):
    """The observed t is infinite; besides it, only the mirrored assignment's is, where the groups are of one size."""
    rng = np.random.default_rng(1)
    size = rng.integers(1, 8, settlements)
    frame = pd.DataFrame({"unit": np.repeat(np.arange(settlements), size), "w": rng.gamma(1, 2, size.sum()) + 0.1})
    frame["akim"] = (frame["unit"] < treated).astype(int)
    frame = frame.assign(y=frame["akim"] * value + 0.7 * value, z=rng.integers(1, 6, len(frame)))
    with pytest.warns(UserWarning, match="same mean of y, .* only randomization inference says something"):
        result = compare_settlements(
            SurveyDesign(frame, weight="w", cluster="unit"),
            ["y", "z"],
            **BY,
            settlement="unit",
            methods=[*METHODS, "cr2", "wild"],
        )
    table = result.table.query("outcome == 'y'")
    for method in METHODS:
        rows = table[table["method"] == method]
        assert rows["p_value"].tolist() == pytest.approx([p] * 2)
        assert (rows["p_wy"] >= p - 1e-12).all()
    assert table.loc[table["method"].isin(["cr2", "wild"]), "p_value"].isna().all()


def test_no_difference_without_any_error_is_no_test():
    frame = panel().query("wave == 1")
    with pytest.warns(UserWarning, match="the settlements of each group have the same mean of even"):
        table = compare_settlements(
            SurveyDesign(frame, weight="w"),
            ["even", "other"],
            **BY,
            settlement="unit",
            methods=["randomization_studentized"],
        ).table
    even, other = table.query("outcome == 'even'"), table.query("outcome == 'other'")
    assert even[["p_value", "p_wy"]].isna().all(axis=None)
    assert other["p_wy"].tolist() == pytest.approx(other["p_value"].tolist())  # a family of one


@pytest.mark.parametrize("seed", [7, 22, 23, 39, 53])
def test_equal_answers_under_any_weights_share_a_rank(seed):
    """One answer per settlement: w y / w may miss y by rounding, its rank may not."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"unit": np.arange(12), "akim": np.arange(12) % 2, "y": rng.integers(1, 6, 12), "w": rng.gamma(1, 2, 12) + 0.1}
    )
    row = randomization_test(SurveyDesign(frame, weight="w"), "y", **BY, settlement="unit").table.iloc[0]
    assert row["estimate"] == stats.rankdata(frame["y"])[frame["akim"] == 1].sum() - 6 * 13 / 2
