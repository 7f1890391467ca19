"""Each preset held against a run of the package whose choices it follows, where that package is at hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveykit.conventions import CONVENTIONS
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, DesignError
from surveykit.estimation.hypotheses.t_tests import t_test
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means, totals
from surveykit.estimation.quantities.quantiles import quantiles
from surveykit.estimation.quantities.ratios import ratios
from surveykit.estimation.quantities.shares import shares
from tests.estimation.agreement import assert_equals, make_design

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


@pytest.mark.parametrize("name", ["D1", "D2", "D3", "D5", "D6"])
def test_r_survey_gives_rs_default_intervals(ili_like, expected, name):
    entry = expected[f"mean.q1_income.{name}"]
    design = make_design(ili_like, name).with_conventions("r-survey")
    table = means(design, ["q1", "income"], missing="listwise").table
    assert_equals(table["conf_low"], list(entry["value"]["ci_z_low"].values()), entry["tol"])
    assert_equals(table["conf_high"], list(entry["value"]["ci_z_high"].values()), entry["tol"])
    entry = expected[f"total.income_one.{name}"]
    table = totals(design, ["income", "one"]).table
    assert_equals(table["conf_low"], list(entry["value"]["ci_z_low"].values()), entry["tol"])


def test_the_design_or_the_call_may_name_them_and_results_are_stamped(ili_like):
    base = make_design(ili_like, "D1")
    called = means(base, "q1", conventions="r-survey")
    made = means(
        SurveyDesign(ili_like, weight="w", cluster="settlement", stratum="stratum", conventions="r-survey"), "q1"
    )
    assert called.table.equals(made.table)
    for result in (called, made, contrast(called, [1.0])):
        assert result.origin.conventions == "r-survey"
        assert "; conventions r-survey." in result.method
        assert result.glance()["conventions"].item() == "r-survey"
        assert np.isinf(result.table["df"].item())
    assert means(base, "q1").origin.conventions == "surveykit"
    assert "normal quantiles" in called.method


@pytest.mark.parametrize("name", ["D1", "D2", "D3"])
def test_the_likelihood_interval_of_a_share_equals_r(ili_like, expected, name):
    entry = expected[f"ciprop.q1top.likelihood.{name}"]["value"]
    # R's degrees of freedom are the whole design's, which differ from the row's where respondents are the clusters.
    # Tolerance 2e-4 where the entry says 1e-4: R also divides the deviance by a Pearson dispersion (0.9986 here), which
    # comes from weights scaled to mean 1 over respondents of whom some did not answer, and has no place in the ratio.
    table = shares(make_design(ili_like, name), "q1top", interval="likelihood", conventions="stata").table.iloc[1]
    assert_equals([table["conf_low"], table["conf_high"]], [entry["low"], entry["high"]], 2e-4)


def test_likelihood_interval_at_the_ends():
    frame = pd.DataFrame({"y": [1.0] * 12, "c": np.arange(12) // 2})
    table = shares(SurveyDesign(frame.assign(y=[1] * 11 + [2]), cluster="c"), "y", interval="likelihood").table
    assert ((table["conf_low"] > 0) & (table["conf_low"] < table["estimate"])).all()
    assert table["conf_low"].iloc[0] == pytest.approx(1 - table["conf_high"].iloc[1])


def test_stata_takes_the_whole_designs_degrees_of_freedom(ili_like):
    design = make_design(ili_like, "D1").with_conventions("stata")
    table = means(design, "q1", by="elected").table
    assert table["df"].tolist() == [7, 7]  # ten settlements less three strata, in both groups
    assert means(make_design(ili_like, "D1"), "q1", by="elected").table["df"].tolist() == [2, 2]
    reach = stats.t.ppf(0.975, 7) * table["std_error"]
    assert (table["conf_high"] - table["estimate"]).tolist() == pytest.approx(reach.tolist())
    assert fit_model("q1 ~ elected + C(sex)", design).df_residual == 7
    assert t_test(design, "q1", "elected").table["df"].item() == 7


def test_stata_leaves_errors_missing_where_a_stratum_has_one_cluster(ili_like):
    roles = {"weight": "w", "cluster": "settlement", "stratum": "stratum_lonely"}
    with pytest.raises(DesignError, match="at least two clusters per stratum"):
        SurveyDesign(ili_like, **roles)
    design = SurveyDesign(ili_like, **roles, conventions="stata")
    assert design.lonely_psu == "missing"
    row = means(design, "q1").table.iloc[0]
    assert row["estimate"] == pytest.approx(3.3156151555895943)
    assert np.isnan(row["std_error"])
    assert np.isnan(row["conf_low"])


def test_svy_as_run(ili_like):
    # svy 0.35.0: Sample(...).estimation.mean("q1", by="elected"), .prop("q1"), .median("income"), rounded as printed
    design = make_design(ili_like, "D1").with_conventions("svy")
    table = means(design, "q1", by="elected").table
    assert table[["conf_low", "conf_high"]].round(4).to_numpy().tolist() == [[2.7184, 3.6776], [3.0668, 3.7686]]
    props = shares(design, "q1").table
    assert props["conf_low"].round(4).tolist() == [0.0300, 0.1639, 0.2554, 0.2786, 0.0889]
    assert props["conf_high"].round(4).tolist() == [0.0802, 0.2141, 0.3479, 0.3743, 0.2099]
    median = quantiles(design, "income", 0.5).table.iloc[0]
    assert median[["estimate", "conf_low", "conf_high"]].tolist() == [101206, 95619, 108984]


def test_quantile_rules_follow(ili_like):
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4], "c": [1, 2, 3, 4]})
    found = {
        name: quantiles(SurveyDesign(frame, cluster="c"), "y", 0.5, conventions=name).table["estimate"].item()
        for name in CONVENTIONS
    }
    assert found == {"surveykit": 2, "r-survey": 2, "stata": 2.5, "sas": 2, "spss": 2.5, "svy": 2}


def test_an_explicit_argument_wins_and_a_wrong_name_is_refused(ili_like):
    design = make_design(ili_like, "D1")
    wald = shares(design, "q1", conventions="r-survey").table
    logit = shares(design, "q1", conventions="r-survey", interval="logit").table
    assert wald["conf_low"].iloc[0] != logit["conf_low"].iloc[0]
    with pytest.raises(ArgumentError, match="`conventions` must be one of .*'R' was given"):
        ratios(design, [("income", "hhsize")], conventions="R")
    with pytest.raises(ArgumentError, match="`conventions` must be one of"):
        SurveyDesign(ili_like, conventions="sudaan")
