"""A fit handed over to statsmodels keeps its coefficients, its errors and the degrees of freedom of every test."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.genmod.generalized_linear_model import GLM, GLMResults
from statsmodels.miscmodels.ordinal_model import OrderedModel, OrderedResults
from statsmodels.regression.linear_model import WLS, RegressionResults

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust
from surveykit.estimation.models.marginal_effects import predictions
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.models.statsmodels_results import to_statsmodels
from surveykit.estimation.models.term_tests import term_test

pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

SIX = "elected + C(sex) + C(ageband)"
MODELS = {
    "gaussian": (f"q1 ~ {SIX}", "gaussian", None, WLS, RegressionResults),
    "logit": (f"I(q1 >= 4) ~ {SIX}", "binomial", None, GLM, GLMResults),
    "probit": (f"I(q1 >= 4) ~ {SIX}", "binomial", "probit", GLM, GLMResults),
    "poisson": (f"hhsize ~ {SIX}", "poisson", None, GLM, GLMResults),
    "gamma": (f"income ~ {SIX}", "gamma", None, GLM, GLMResults),
    "ordinal": (f"q1 ~ {SIX}", "ordinal", None, OrderedModel, OrderedResults),
    "cloglog": (f"q1 ~ {SIX}", "ordinal", "cloglog", OrderedModel, OrderedResults),
    "loglog": (f"q1 ~ {SIX}", "ordinal", "loglog", OrderedModel, OrderedResults),
}


@pytest.fixture(scope="module")
def design(ili_like) -> SurveyDesign:
    return SurveyDesign(ili_like, weight="w", cluster="settlement")


@pytest.mark.parametrize("variance", [None, "cr2", "cr1s"])
@pytest.mark.parametrize("name", MODELS)
def test_statsmodels_says_what_the_fit_says(design, name, variance):
    formula, family, link, model, results = MODELS[name]
    fit = fit_model(formula, design, family, link=link, variance=variance)
    theirs = fit.to_statsmodels()
    assert isinstance(theirs.model, model) and isinstance(theirs._results, results)
    names = fit.data.names
    assert theirs.params.index[: len(names)].tolist() == names
    for ours, other in (
        (fit.params, theirs.params),
        (fit.bse, theirs.bse),
        (fit.tvalues, theirs.tvalues),
        (fit.pvalues, theirs.pvalues),
    ):
        np.testing.assert_allclose(other[names], ours[names], rtol=1e-12)
    np.testing.assert_allclose(theirs.conf_int().loc[names], fit.conf_int().loc[names], rtol=1e-12)
    np.testing.assert_allclose(theirs.conf_int(0.1).loc[names], fit.conf_int(0.1).loc[names], rtol=1e-12)
    np.testing.assert_allclose(theirs.cov_params().loc[names, names], fit.cov_params().loc[names, names], rtol=1e-12)
    assert theirs.nobs == fit.nobs
    for term in names:
        test = theirs.t_test(f"{term} = 0" if term == "elected" else np.eye(len(theirs.params))[names.index(term)])
        assert float(test.pvalue) == pytest.approx(fit.pvalues[term], rel=1e-10)
        assert np.ravel(test.conf_int())[:2] == pytest.approx(fit.conf_int().loc[term].tolist(), rel=1e-10)
    assert float(theirs.f_test("elected = 0").pvalue) == pytest.approx(fit.pvalues["elected"], rel=1e-10)
    assert (variance or "linearized") in str(theirs.summary())


def test_a_combination_has_its_own_degrees_of_freedom(ili_like, design):
    fit = fit_model("q1 ~ elected + C(sex)", design, variance="cr2")
    test = fit.to_statsmodels().t_test(np.array([[1, 1, 0], [0, 1, -1.0]]))
    data = ili_like[ili_like["q1"].notna()]
    x = np.column_stack([np.ones(len(data)), data["elected"], data["sex"] == 2]).astype(float)
    totals = cluster_totals(
        x, data["q1"].to_numpy(), data["w"].to_numpy(), data["settlement"].astype("category").cat.codes.to_numpy()
    )
    direct = fit_robust(totals, "cr2", np.array([[1, 1, 0], [0, 1, -1.0]]))
    np.testing.assert_allclose(test.df_denom, direct.df, rtol=1e-9)
    np.testing.assert_allclose(test.sd, direct.std_errors, rtol=1e-9)
    np.testing.assert_allclose(
        test.pvalue, 2 * stats.t.sf(np.abs(direct.coefficients / direct.std_errors), direct.df), rtol=1e-9
    )


def test_an_f_test_of_several_says_that_it_has_the_fewest_degrees_of_freedom(design):
    fit = fit_model(f"q1 ~ {SIX}", design, variance="cr2")
    with pytest.warns(SurveyKitWarning, match=r"fewest degrees of freedom \(7.08\).*HTZ"):
        test = fit.to_statsmodels().f_test(np.eye(6)[3:])
    assert test.df_denom == pytest.approx(fit.table["df"].iloc[3:].min(), rel=1e-9)
    b, v = fit.params.to_numpy()[3:], fit.covariance[3:, 3:]
    assert float(test.statistic) == pytest.approx(b @ np.linalg.solve(v, b) / 3, rel=1e-9)
    whole = fit_model(f"q1 ~ {SIX}", design)  # one number for all needs no warning, and is the Wald test of the term
    plain = whole.to_statsmodels().f_test(np.eye(6)[3:])
    assert float(plain.pvalue) == pytest.approx(term_test(whole, "C(ageband)").table["p_value"].item(), rel=1e-9)


@pytest.mark.parametrize("variance", [None, "cr2"])
@pytest.mark.parametrize("name", ["gaussian", "logit", "poisson"])
def test_predictions_agree(design, name, variance):
    formula, family, link, *_ = MODELS[name]
    fit = fit_model(formula, design, family, link=link, variance=variance)
    ours = predictions(fit, fit.data.frame).table
    theirs = fit.to_statsmodels().get_prediction(fit.data.x)
    np.testing.assert_allclose(theirs.predicted_mean, ours["estimate"], rtol=1e-10)
    np.testing.assert_allclose(theirs.se_mean, ours["std_error"], rtol=1e-10)
    if family == "gaussian":
        ends = theirs.conf_int()
        np.testing.assert_allclose(ends, ours[["conf_low", "conf_high"]], rtol=1e-10)
    else:  # statsmodels turns the ends of the linear predictor, ours are symmetrical around the mean
        half = stats.t.ppf(0.975, ours["df"]) * np.sqrt(
            np.einsum("ij,jk,ik->i", fit.data.x, fit.covariance, fit.data.x)
        )
        ends = fit.to_statsmodels().family.link.inverse(fit.data.x @ fit.params.to_numpy() - half)
        np.testing.assert_allclose(theirs.conf_int()[:, 0], ends, rtol=1e-10)


def test_thresholds_are_in_statsmodels_parametrization(ili_like):
    # without weights and clusters of one the fit of statsmodels itself is a reference, errors by its Hessian aside
    frame = ili_like[ili_like["q1"].notna()].reset_index(drop=True)
    fit = fit_model("q1 ~ elected + age", SurveyDesign(frame), "ordinal")
    ours = fit.to_statsmodels()
    theirs = OrderedModel(
        frame["q1"].astype(int).astype("category").cat.as_ordered(),
        frame[["elected", "age"]].astype(float),
        distr="logit",
    ).fit(method="bfgs", disp=False, gtol=1e-8)
    np.testing.assert_allclose(ours.params, theirs.params, rtol=1e-4)
    assert ours.params.index.tolist() == theirs.params.index.tolist()
    assert ours.llf == pytest.approx(theirs.llf, rel=1e-9)
    np.testing.assert_allclose(
        ours.model.transform_threshold_params(ours.params.to_numpy())[1:-1], fit.params[2:], rtol=1e-10
    )
    # the covariance of log gaps by the delta method, from differences
    step, n = 1e-6, len(fit.params)
    moved = [_log_gaps(fit.params.to_numpy() + step * row) - _log_gaps(fit.params.to_numpy()) for row in np.eye(n)]
    jacobian = np.array(moved).T / step
    np.testing.assert_allclose(ours.cov_params(), jacobian @ fit.covariance @ jacobian.T, rtol=1e-4, atol=1e-9)


def _log_gaps(params):
    return np.concatenate([params[:3], np.log(np.diff(params[2:]))])


def test_the_likelihood_of_an_ordinal_model_takes_the_weights(design):
    fit = fit_model(f"q1 ~ {SIX}", design, "ordinal")
    theirs = fit.to_statsmodels()
    scale = len(fit.data.rows) / design.weights[fit.data.rows].sum()
    assert theirs.llf == pytest.approx(fit.solution.loglik * scale, rel=1e-9)
    with pytest.raises(ArgumentError, match="use predictions"):
        theirs.get_prediction()


def test_one_df_per_coefficient_is_carried_and_mixtures_are_told_of():
    x = np.column_stack([np.ones(6), [0.0, 0, 0, 1, 1, 1]])
    fit = to_statsmodels(
        x, np.arange(6.0), np.ones(6), np.array([1.0, 3]), np.diag([1.0, 4]), np.array([3.0, 5]), ["Intercept", "g"]
    )
    np.testing.assert_allclose(fit.pvalues, 2 * stats.t.sf([1, 1.5], [3, 5]))
    assert fit.df_resid_inference.tolist() == [3, 5] and fit.df_resid == 4
    assert fit.t_test("g = 1").df_denom.tolist() == [5]
    with pytest.warns(SurveyKitWarning, match="fewest of"):
        test = fit.t_test("Intercept + g = 0")
    assert test.df_denom.tolist() == [3]
    assert fit.df_resid_inference.tolist() == [3, 5]  # what a test puts there does not stay


def test_the_scale_of_weights_changes_nothing(rng):
    x, y, w = np.column_stack([np.ones(30), rng.normal(size=30)]), rng.normal(size=30), rng.uniform(1, 2, 30)
    params, covariance = np.linalg.solve((x.T * w) @ x, (x.T * w) @ y), np.eye(2)
    one, two = (to_statsmodels(x, y, scale * w, params, covariance, 4, ["a", "b"]) for scale in (1, 1000))
    assert (one.scale, one.llf, one.rsquared) == pytest.approx((two.scale, two.llf, two.rsquared))
    theirs = sm.WLS(y, x, weights=w / w.mean()).fit()
    assert (one.scale, one.rsquared) == pytest.approx((theirs.scale, theirs.rsquared))


def test_without_degrees_of_freedom_there_is_no_p(ili_like):
    two = SurveyDesign(ili_like[ili_like["settlement"].isin(["S01", "S02"])], weight="w", cluster="settlement")
    with pytest.warns(SurveyKitWarning):
        fit = fit_model("q1 ~ sex + age", two)
    assert fit.to_statsmodels().pvalues.isna().all()


def test_what_statsmodels_has_no_model_for_is_refused(ili_like, design):
    counts = SurveyDesign(ili_like.assign(count=(ili_like["income"] / 20000).round()), weight="w", cluster="settlement")
    with pytest.raises(ArgumentError, match="negative binomial model takes no weights"):
        fit_model("count ~ sex", counts, "negative-binomial").to_statsmodels()
    with pytest.raises(ArgumentError, match="thresholds only"):
        fit_model("q1 ~ 1", design, "ordinal").to_statsmodels()


def test_the_data_and_the_fit_stay_as_they_were(design):
    fit = fit_model(f"q1 ~ {SIX}", design, "ordinal", variance="cr2")
    before = (fit.table.copy(), fit.data.x.copy(), fit.data.y.copy())
    fit.to_statsmodels().summary()
    pd.testing.assert_frame_equal(fit.table, before[0])
    assert (fit.data.x == before[1]).all() and (fit.data.y == before[2]).all()
