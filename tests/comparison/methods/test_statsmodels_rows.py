"""Rows of a comparison go through statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import surveykit as sk
from surveykit.errors import ArgumentError
from tests.comparison.conftest import BY, small_design
from tests.comparison.test_question import silenced


def with_age(design):
    return sk.SurveyDesign(design.data.assign(age=np.arange(len(design)) % 41), weight="w", cluster="settlement")


@pytest.mark.slow
@pytest.mark.parametrize("estimand", ["person", "settlement"])
@pytest.mark.parametrize("term", ["unadjusted", "adjusted"])
@pytest.mark.parametrize("method", ["cr2", "cr3", "cr1s", "cr0"])
def test_rows_go_through_statsmodels(estimand, term, method):
    result = sk.compare_settlements(with_age(small_design(5)), "q1", **BY, adjust_for="age")
    row = result.table.query("estimand == @estimand and term == @term and method == @method").iloc[0]
    fit = result.to_statsmodels("q1", estimand=estimand, term=term, method=method)
    test = fit.t_test("elected = 0")
    assert (fit.params["elected"], fit.bse["elected"]) == pytest.approx((row["estimate"], row["std_error"]), rel=1e-9)
    assert (float(test.pvalue), float(np.squeeze(test.df_denom))) == pytest.approx(
        (row["p_value"], row["df"]), rel=1e-9
    )
    assert fit.conf_int().loc["elected"].tolist() == pytest.approx([row["conf_low"], row["conf_high"]], rel=1e-9)
    plain = sm.WLS(fit.model.endog, fit.model.exog, weights=fit.model.weights).fit()
    assert plain.params == pytest.approx(fit.params.to_numpy(), rel=1e-9)  # statsmodels' own solution of the same rows


@pytest.mark.parametrize("estimand", ["person", "settlement"])
def test_a_clustered_fit_of_statsmodels_is_cr1s(estimand):
    design = small_design(5)
    result = sk.compare_settlements(design, "q1", **BY, methods=["cr1s"])
    fit = result.to_statsmodels("q1", estimand=estimand, method="cr1s")
    place = pd.factorize(design.data["settlement"])[0]
    theirs = sm.WLS(fit.model.endog, fit.model.exog, weights=fit.model.weights).fit(
        cov_type="cluster", cov_kwds={"groups": place}
    )
    assert fit.bse.to_numpy() == pytest.approx(theirs.bse, rel=1e-9)


def test_a_change_goes_through_statsmodels_too():
    frame = pd.concat(
        [small_design(5, seed=k).data.assign(wave=wave) for k, wave in ((1, 2021), (2, 2023))], ignore_index=True
    )
    result = sk.difference_in_differences(
        sk.SurveyDesign(frame, weight="w", cluster="settlement"), "q1", **BY, wave="wave", methods=["cr2"]
    )
    for estimand, name in (("person", "elected:2023"), ("settlement", "elected")):
        row = result.table.query("estimand == @estimand").iloc[0]
        fit = result.to_statsmodels("q1", estimand=estimand)
        assert (fit.params[name], fit.bse[name]) == pytest.approx((row["estimate"], row["std_error"]), rel=1e-9)


def test_what_is_no_regression_says_so():
    design = silenced(small_design(5), None)
    result = sk.compare_settlements(design, "q1", **BY, methods=["cr2"])
    with pytest.raises(ArgumentError, match="has no rows of 'q9', 'person', 'unadjusted'; it has"):
        result.to_statsmodels("q9")
    with pytest.raises(ArgumentError, match=r"`method` must be one of .*but 'wild' was given"):
        result.to_statsmodels("q1", method="wild")
    with pytest.raises(ArgumentError, match=r"see fit_model\(..., variance='cr2'\)"):
        sk.compare_odds(design, "yes", **BY, methods=["cr2"]).to_statsmodels("yes")
    single = sk.compare_settlements(small_design(1), "q1", **BY, allow_single=True)
    with pytest.raises(ArgumentError, match="one side of 'q1' is a single settlement"):
        single.to_statsmodels("q1")
