"""Estimates and standard errors after our own weighting steps, held to R's: weights and variance together."""

import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from surveykit.estimation.quantities.means import means, totals
from surveykit.weighting.calibration import calibrate
from surveykit.weighting.poststratification import poststratify
from surveykit.weighting.raking import rake
from surveykit.weighting.trimming import trim_weights

ROLES = {"D1": {"cluster": "settlement", "stratum": "stratum"}, "D2": {"cluster": "settlement"}, "D3": {}}
METHODS = ["ps", "rake", "linear", "raking", "logit", "linear_bounded", "raking_margins"]


def weigh(design: SurveyDesign, method: str, margins: dict, joint: dict) -> SurveyDesign:
    three = {name: margins[name] for name in ("sex", "ageband", "educ")}
    numbers = {"sex": margins["sex"], "ageband": margins["ageband"], "hhsize": margins["hhsize_total"]}
    if method == "ps":
        return poststratify(design, {("sex", "ageband"): joint})
    if method == "rake":
        return rake(design, three, tolerance=1e-12)
    if method == "raking_margins":
        return calibrate(design, three, method="raking")
    bounds = {"logit": (0.5, 2.0), "linear_bounded": (0.6, 1.45)}.get(method)
    return calibrate(design, numbers, method=method.split("_")[0], bounds=bounds)


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("method", METHODS)
def test_estimates_and_errors_equal_r(ili_like, margins, joint, expected, name, method):
    entry = expected[f"weight.{method}.{name}"]
    value, tol = entry["value"], entry["tol"]
    design = weigh(SurveyDesign(ili_like, weight="w", **ROLES[name]), method, margins, joint)
    mean = means(design, ["q1", "income"], missing="listwise").table
    assert mean["estimate"].tolist() == pytest.approx(list(value["mean"].values()), rel=tol)
    assert mean["std_error"].tolist() == pytest.approx(list(value["mean_se"].values()), rel=tol)
    group = means(design, "q1", by="elected").table
    assert group["estimate"].tolist() == pytest.approx(value["by_elected"], rel=tol)
    assert group["std_error"].tolist() == pytest.approx(value["by_elected_se"], rel=tol)
    total = totals(design, ["income", "hhsize", "one"]).table
    assert total["estimate"].tolist() == pytest.approx(list(value["total"].values()), rel=tol)
    for number, error in enumerate(value["total_se"].values()):
        fixed = 1e-4 * margins["N"]  # a total that is calibrated has error 0 up to rounding (note of the entry)
        assert total["std_error"].iloc[number] == pytest.approx(error, rel=tol, abs=fixed if error < 1e-6 else 0)


@pytest.mark.parametrize(("entry", "strict"), [("trim.once", False), ("trim.strict", True)])
def test_errors_after_trimming_equal_r(ili_like, margins, joint, expected, entry, strict):
    value, tol = expected[entry]["value"], expected[entry]["tol"]
    with pytest.warns(SurveyKitWarning, match="moved the margins"):
        design = trim_weights(
            weigh(SurveyDesign(ili_like, weight="w"), "rake", margins, joint), lower=30, upper=130, strict=strict
        )
    mean = means(design, ["q1", "income"], missing="listwise").table
    assert mean["estimate"].tolist() == pytest.approx(list(value["mean"].values()), rel=tol)
    assert mean["std_error"].tolist() == pytest.approx(list(value["mean_se"].values()), rel=tol)
