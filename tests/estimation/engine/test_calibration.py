"""Standard errors after calibration, held to R on R's own calibrated weights."""

import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.estimation.quantities.means import means, totals
from surveykit.estimation.quantities.shares import shares
from surveykit.weighting_records import Calibration
from tests.conftest import REFERENCE
from tests.estimation.designs import DESIGNS

STEPS = {
    "ps": ((("sex", "ageband"),), ()),
    "raking_margins": ((("sex",), ("ageband",), ("educ",)), ()),
    "linear": ((("sex",), ("ageband",)), ("hhsize",)),
    "raking": ((("sex",), ("ageband",)), ("hhsize",)),
    "logit": ((("sex",), ("ageband",)), ("hhsize",)),
    "linear_bounded": ((("sex",), ("ageband",)), ("hhsize",)),
}


def calibrated(frame: pd.DataFrame, name: str, step: str) -> SurveyDesign:
    weights = pd.read_csv(REFERENCE / "weights_expected.csv")[step].to_numpy()
    terms, numeric = STEPS[step]
    record = Calibration(step, tuple(":".join(term) for term in terms), (), terms=terms, numeric=numeric)
    return SurveyDesign(frame, weight="w", **DESIGNS[name]).with_weights(weights, step, record)


@pytest.mark.parametrize("name", ["D1", "D2", "D3"])
@pytest.mark.parametrize("step", STEPS)
def test_errors_equal_r(ili_like, expected, name, step):
    entry = expected[f"weight.{step}.{name}"]
    want, tol = entry["value"], entry["tol"]
    design = calibrated(ili_like, name, step)
    mean = means(design, ["q1", "income"], missing="listwise").table
    assert mean["estimate"].tolist() == pytest.approx(list(want["mean"].values()), rel=tol)
    assert mean["std_error"].tolist() == pytest.approx(list(want["mean_se"].values()), rel=tol)
    group = means(design, "q1", by="elected").table
    assert group["std_error"].tolist() == pytest.approx(want["by_elected_se"], rel=tol)
    total = totals(design, ["income", "hhsize", "one"]).table
    assert total["std_error"].iloc[0] == pytest.approx(want["total_se"]["income"], rel=tol)
    # a total that is fixed by the calibration cannot vary (R: about 1e-12 of rounding)
    assert total["std_error"].iloc[2] == pytest.approx(0, abs=1e-6)


def test_shares_are_residualized_like_the_means_of_their_indicators(ili_like):
    frame = ili_like.assign(four=(ili_like["q1"] == 4).astype(float).where(ili_like["q1"].notna()))
    design = calibrated(frame, "D1", "raking_margins")
    share = shares(design, ["q1", "q2"], by="elected").table
    four = share[(share["outcome"] == "q1") & (share["level"] == "4")]
    assert four["std_error"].tolist() == pytest.approx(means(design, "four", by="elected").table["std_error"].tolist())


def test_the_method_sentence_says_so(ili_like):
    assert "residualized on the calibration totals" in means(calibrated(ili_like, "D1", "ps"), "q1").method
