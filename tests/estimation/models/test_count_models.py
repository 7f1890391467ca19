"""Negative binomial regression with weights."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from surveykit.design import SurveyDesign
from surveykit.estimation.models.regression import fit_model
from tests.estimation.agreement import assert_equals, make_design, more_expected

pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


def test_negative_binomial_equals_r(ili_like):
    # svymle stops at a finite tolerance and differentiates numerically: 1e-4
    reference = more_expected()["negative_binomial.D6"]
    frame = ili_like.assign(count=(ili_like["income"] / 20000).round())
    table = fit_model("count ~ elected + C(educ)", make_design(frame, "D6"), "negative-binomial").table
    assert_equals(table["estimate"], reference["est"], 1e-4)
    assert_equals(table["std_error"], reference["se"], 1e-3)


def test_negative_binomial_equals_statsmodels_without_weights(ili_like):
    frame = ili_like.assign(count=(ili_like["income"] / 20000).round())
    ours = fit_model("count ~ elected + C(educ)", SurveyDesign(frame), "negative-binomial").params
    exog = sm.add_constant(pd.get_dummies(frame[["elected", "educ"]], columns=["educ"], drop_first=True, dtype=float))
    theirs = sm.NegativeBinomial(frame["count"], exog).fit(disp=0, method="newton", tol=1e-12)
    names = {"Intercept": "const", "elected": "elected", "C(educ)[T.2]": "educ_2", "C(educ)[T.3]": "educ_3"}
    for mine, other in names.items():
        assert ours[mine] == pytest.approx(theirs.params[other], rel=1e-6)
    assert ours["log(size)"] == pytest.approx(-np.log(theirs.params["alpha"]), rel=1e-5)
