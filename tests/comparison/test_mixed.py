import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.mixed import compare_mixed
from surveykit.design import SurveyDesign
from surveykit.errors import FeasibilityError, SurveyKitWarning
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
        compare_mixed(SurveyDesign(small_design(1).data), "q1", group="akim", baseline="appointed", settlement="settlement")


def test_no_variance_between_settlements_is_least_squares():
    frame = pd.DataFrame({"settlement": np.repeat(list("ABCDEF"), 4), "y": np.tile([1.0, 2, 3, 4], 6)})
    frame["akim"] = np.where(frame["settlement"] < "D", "elected", "appointed")
    frame.loc[frame["akim"] == "elected", "y"] += 1
    row = compare_mixed(SurveyDesign(frame), "y", group="akim", baseline="appointed", settlement="settlement").table.iloc[0]
    assert row["estimate"] == pytest.approx(1.0) and row["icc"] == 0
    assert row["std_error"] == pytest.approx(np.sqrt(30 / 22 * 2 / 12))  # SSE = 24 * 1.25 = 30 on 22 df, 12 answers a side
