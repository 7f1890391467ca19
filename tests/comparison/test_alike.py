"""What rounding leaves of villages that are alike is no error, and no test is made of it."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.errors import FeasibilityError

pytestmark = pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
ONE = pd.DataFrame(
    {
        "sex": [1, 2, 1, 2, 1, 2],
        "y": [1, 3, 4, 5, 2, 2.0],
        "c": [2, 1, 1, 3, 2, 1],
        "b": [0, 1, 1, 0, 0, 1],
        "w": [0.7, 1.3, 2.1, 0.9, 1.7, 1.1],
    }
)
BY = {"group": "a", "baseline": 0, "settlement": "v"}


def alike(shift):
    """Eight villages of the same six people with the same weights; one side answers a little higher."""
    return sk.SurveyDesign(
        pd.concat([ONE.assign(v=g, a=g % 2, y=ONE["y"] + g % 2 * shift) for g in range(8)], ignore_index=True),
        weight="w",
        cluster="v",
    )


@pytest.mark.parametrize("shift", [0.1, 0.3, 1e-3, 7.0])
def test_villages_alike_in_composition_have_no_error(shift):
    design = alike(shift)
    result = sk.compare_settlements(design, "y", **BY)
    table = result.table.set_index(["estimand", "method"])
    assert table["estimate"].to_numpy() == pytest.approx(np.full(len(table), shift))
    exact = table.index.get_level_values("method").isin(["randomization", "randomization_studentized"])
    assert table.loc[~exact, "p_value"].isna().all() and (table.loc[~exact, "std_error"].fillna(0) == 0).all()
    assert table.loc[exact, "p_value"].to_numpy() == pytest.approx(
        np.full(int(exact.sum()), 2 / 70)
    )  # and the mirror image
    assert sk.sensitivity_to_confounding(result).table[["partial_r2", "robustness"]].isna().all(axis=None)
    groups = sk.compare_groups(design, "y", group="sex", baseline=1).table
    assert groups.loc[groups["method"] == "cr2", "p_value"].isna().all()
    assert np.isnan(sk.joint_test(design, ["c"], "sex").table["p_value"].item())
    odds = sk.compare_odds(design, "b", **BY, methods=["cr2", "linearized", "cr3", "randomization"]).table
    assert odds.loc[odds["method"] != "randomization", "p_value"].isna().all()
    assert odds.loc[odds["method"] == "randomization", "p_value"].tolist() == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("slope", [0.0, 0.1])
def test_a_mixed_model_needs_something_to_vary_inside_settlements(slope):
    k = np.arange(120)
    frame = pd.DataFrame({"v": k % 10, "a": (k % 10 >= 5) * 1, "x": np.round(np.sin(k * 1.7) * 2, 2)})
    frame["y"] = 0.3 * frame["x"] + slope * frame["v"] + 0.1 * frame["a"]
    with pytest.warns(sk.SurveyKitWarning, match="the covariates leave nothing of 'y' to vary"):
        table = sk.compare_mixed(sk.SurveyDesign(frame, cluster="v"), "y", **BY, adjust_for="x").table
    assert table.loc[table["term"] == "adjusted", ["estimate", "p_value"]].isna().all(axis=None)
    noisy = frame.assign(y=frame["y"] + np.random.default_rng(1).normal(0, 1e-3, 120))
    kept = sk.compare_mixed(sk.SurveyDesign(noisy, cluster="v"), "y", **BY, adjust_for="x").table
    assert kept["p_value"].notna().all()


def test_no_effect_is_called_detectable_under_a_perfect_fit():
    k = np.arange(120)
    frame = pd.DataFrame({"v": k % 10, "a": (k % 10 >= 5) * 1, "w": 1 + 0.01 * (k % 7)})
    with pytest.raises(FeasibilityError, match="all settlements of a kind gave the same answer"):
        sk.minimum_detectable_effect(
            sk.SurveyDesign(frame.assign(y=0.1 * frame["a"]), weight="w"), "y", **BY, test="cr2", draws=50
        )
    told = sk.minimum_detectable_effect(
        sk.SurveyDesign(frame.assign(y=0.1 * frame["v"]), weight="w"), "y", **BY, test="cr2", draws=50
    )
    assert told.table["icc"].tolist() == [1.0, 1.0] and told.table["conf_low"].isna().all() and "  " not in told.method
    with pytest.warns(sk.SurveyKitWarning, match="all variance lies between settlements"):
        sk.intraclass_correlation(sk.SurveyDesign(frame.assign(y=0.1 * frame["v"]), weight="w"), "y", settlement="v")
