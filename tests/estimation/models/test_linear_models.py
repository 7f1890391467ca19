"""Generalized linear models with weights: estimates and errors are those of R."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import FeasibilityError
from surveykit.estimation.models.regression import fit_model
from tests.estimation.agreement import assert_equals, make_design, more_expected

pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

FULL = "q1 ~ elected + C(sex) + C(ageband) + C(educ)"


COLUMNS = {
    "coef": "estimate",
    "se": "std_error",
    "t": "statistic",
    "p": "p_value",
    "ci_low": "conf_low",
    "ci_high": "conf_high",
}


def check(fit, entry: dict) -> None:
    value = entry["value"]
    for key, column in COLUMNS.items():
        if key in value:
            assert_equals(fit.table[column], list(value[key].values()), entry["tol"], key)
    assert_equals(fit.covariance.ravel(), np.ravel(value["vcov"]), entry["tol"] * 10, "vcov")
    assert fit.df_residual == value["df_residual"]


@pytest.mark.parametrize("name", ["D1", "D1f", "D2", "D3", "D6"])
def test_linear_and_logit_equal_r(ili_like, expected, name):
    design = make_design(ili_like, name)
    check(fit_model("q1 ~ elected + C(sex)", design), expected[f"glm.gaussian.q1_elected_sex.{name}"])
    for formula in ("q1top ~ elected + C(sex)", "I(q1 >= 4) ~ elected + C(sex)"):
        check(fit_model(formula, design, "binomial"), expected[f"glm.logit.q1top_elected_sex.{name}"])


def test_larger_models_equal_r(ili_like, expected):
    for name in ("D3", "D6"):
        check(fit_model(FULL, make_design(ili_like, name)), expected[f"glm.gaussian.full.{name}"])
    design = make_design(ili_like, "D6")
    check(
        fit_model("q1top ~ elected + C(sex) + C(ageband)", design, "binomial"),
        expected["glm.logit.q1top_elected_sex_age.D6"],
    )
    check(fit_model("hhsize ~ elected + C(educ)", design, "poisson"), expected["glm.poisson.hhsize.D6"])


MORE = [
    ("glm.probit", "q1top ~ elected + C(sex) + C(ageband)", "binomial", "probit"),
    ("glm.cloglog", "q1top ~ elected + C(sex)", "binomial", "cloglog"),
    ("glm.gamma", "income ~ elected + C(educ)", "gamma", "log"),
]


@pytest.mark.parametrize("name", ["D2", "D6"])
@pytest.mark.parametrize(("key", "formula", "family", "link"), MORE, ids=[case[0] for case in MORE])
def test_other_links_equal_r(ili_like, name, key, formula, family, link):
    # R stops when the deviance stands still to 1e-14, which fixes coefficients of such links to about 1e-7
    reference = more_expected()[f"{key}.{name}"]
    fit = fit_model(formula, make_design(ili_like, name), family, link=link)
    assert_equals(fit.table["estimate"], reference["est"], 1e-6)
    assert_equals(fit.table["std_error"], reference["se"], 1e-6)
    scores = fit.linearized.sum(axis=0) / fit.table["std_error"]
    assert np.abs(scores).max() < 1e-8


def test_equal_covariates_summed_first_equal_respondents_one_by_one(ili_like):
    # np.log keeps the patterns; center() needs every row; both are the same model
    design = make_design(ili_like, "D6")
    one = fit_model("q1 ~ elected + age", design)
    two = fit_model("q1 ~ elected + center(age)", design)
    assert len(one.data.x) < len(two.data.x) == len(two.data.rows)
    assert one.params["age"] == pytest.approx(two.params["center(age)"], rel=1e-9)
    assert one.table["std_error"].iloc[2] == pytest.approx(two.table["std_error"].iloc[2], rel=1e-9)


def test_a_separated_logit_raises():
    frame = pd.DataFrame({"y": [0, 0, 0, 1, 1, 1] * 4, "x": [1.0, 2, 3, 7, 8, 9] * 4, "c": np.arange(24) // 3})
    with pytest.raises(FeasibilityError, match="separate the outcomes completely"):
        fit_model("y ~ x", SurveyDesign(frame, cluster="c"), "binomial")
