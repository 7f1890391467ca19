"""Held against clubSandwich 0.5.8 (tests/reference/make_few_clusters_reference.R) and against refitting."""

import json
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats import sandwich_covariance

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError, SurveyKitWarning
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust, rests_on_one
from surveykit.estimation.models.marginal_effects import average_marginal_effects, average_predictions, predictions
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.models.term_tests import term_test
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.weighting.replicates import replicate_weights
from tests.conftest import REFERENCE

EXPECTED = json.loads((REFERENCE / "few_clusters_expected.json").read_text(encoding="utf-8"))
SIX = "elected + C(sex) + C(ageband)"
# formula, family, link, term, tolerance: R's own glm stops at about 1e-10 for links that are not canonical
MODELS = {
    "gaussian": (f"q1 ~ {SIX}", "gaussian", None, "C(ageband)", 1e-10),
    "binomial.logit": (f"I(q1 >= 4) ~ {SIX}", "binomial", "logit", "C(ageband)", 1e-10),
    "binomial.probit": (f"I(q1 >= 4) ~ {SIX}", "binomial", "probit", "C(ageband)", 1e-8),
    "binomial.cloglog": (f"I(q1 >= 4) ~ {SIX}", "binomial", "cloglog", "C(ageband)", 1e-7),
    "poisson": ("hhsize ~ elected + C(educ)", "poisson", None, "C(educ)", 1e-10),
    "gamma": ("income ~ elected + C(educ)", "gamma", None, "C(educ)", 1e-7),
    "ordinal": (f"q1 ~ {SIX}", "ordinal", None, "C(ageband)", 1e-10),
}
KINDS = ("CR0", "CR1", "CR1S", "CR2", "CR3")


@pytest.fixture(scope="module")
def design(ili_like) -> SurveyDesign:
    return SurveyDesign(ili_like, weight="w", cluster="settlement")


# clubSandwich's CR1S would count the rows of the expanded ordinal regression; a test below holds it
@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name in MODELS for kind in KINDS if kind in EXPECTED[name]]
)
def test_every_coefficient_and_the_joint_test_equal_clubsandwich(design, name, kind):
    formula, family, link, term, rtol = MODELS[name]
    fit, theirs = fit_model(formula, design, family, link=link, variance=kind.lower()), EXPECTED[name][kind]
    np.testing.assert_allclose(fit.params, EXPECTED[name]["coef"], rtol=rtol)
    np.testing.assert_allclose(fit.bse, theirs["se"], rtol=rtol)
    np.testing.assert_allclose(fit.table["df"], theirs["df"], rtol=rtol)
    np.testing.assert_allclose(fit.covariance, theirs["vcov"], rtol=100 * rtol)
    assert set(fit.table["method"]) == {kind.lower()}
    test, htz = term_test(fit, term).table.iloc[0], theirs["htz.age" if term == "C(ageband)" else "htz.educ"]
    found = [test[column] for column in ("statistic", "df", "df_denominator", "p_value")]
    np.testing.assert_allclose(found, [htz[key] for key in ("F", "df", "df_denominator", "p")], rtol=10 * rtol)


def test_the_ordinal_cr1s_is_cr0_with_statas_factor(design):
    plain, stata = (fit_model(f"q1 ~ {SIX}", design, "ordinal", variance=kind) for kind in ("cr0", "cr1s"))
    factor = 10 * (855 - 1) / (9 * (855 - 9))  # ten settlements, 855 answers, five slopes and four thresholds
    np.testing.assert_allclose(stata.bse, plain.bse * np.sqrt(factor), rtol=1e-12)


def test_cr1s_equals_statsmodels_and_cr3_equals_refitting(ili_like, design):
    data = ili_like[ili_like["q1"].notna()]
    x = sm.add_constant(np.column_stack([data["elected"], data["sex"] == 2]).astype(float))
    y, w, groups = (
        data["q1"].to_numpy(),
        data["w"].to_numpy(),
        data["settlement"].astype("category").cat.codes.to_numpy(),
    )
    clustered = sm.WLS(y, x, weights=w).fit(cov_type="cluster", cov_kwds={"groups": groups})
    np.testing.assert_allclose(
        fit_model("q1 ~ elected + C(sex)", design, variance="cr1s").bse, clustered.bse, rtol=1e-10
    )
    if hasattr(sandwich_covariance, "_cluster_jackknife"):  # statsmodels 0.15 and later
        crv3 = sm.WLS(y, x, weights=w).fit(cov_type="cluster-crv3", cov_kwds={"groups": groups})
        np.testing.assert_allclose(
            fit_model("q1 ~ elected + C(sex)", design, variance="cr3").bse * np.sqrt(9 / 10), crv3.bse, rtol=1e-9
        )
    without = [sm.WLS(y[groups != g], x[groups != g], weights=w[groups != g]).fit().params for g in range(10)]
    moved = np.array(without) - clustered.params  # CV3 around the full estimate, without its factor (G - 1) / G
    np.testing.assert_allclose(
        fit_model("q1 ~ elected + C(sex)", design, variance="cr3").covariance, moved.T @ moved, rtol=1e-8
    )


@pytest.mark.slow
def test_equal_weights_on_the_schools_of_the_package_survey():
    # with the old roots 33.846996307373 and 1 gave errors 4 to 15 % apart
    schools = pd.read_csv(REFERENCE / "apiclus1.csv")
    for key, formula in (("poor", "api00 ~ poor"), ("poor_ell_emer", "api00 ~ poor + ell + emer")):
        for weights, weight in (("none", None), ("equal", "pw")):
            with pytest.warns(SurveyKitWarning, match="all weights") if weight else nullcontext():
                one = SurveyDesign(schools, weight=weight, cluster="dnum")
            for kind in KINDS:
                fit, theirs = fit_model(formula, one, variance=kind.lower()), EXPECTED[f"api.{key}.{weights}"]
                np.testing.assert_allclose(fit.params, theirs["coef"], rtol=1e-10)
                np.testing.assert_allclose(fit.bse, theirs[kind]["se"], rtol=1e-9)
                np.testing.assert_allclose(fit.table["df"], theirs[kind]["df"], rtol=1e-9)


def test_weights_of_one_over_the_size_of_a_settlement_equal_clubsandwich():
    schools = pd.read_csv(REFERENCE / "apiclus1.csv")
    schools["w"] = 1 / schools.groupby("dnum")["dnum"].transform("size")
    fit, theirs = fit_model("api00 ~ poor", SurveyDesign(schools, weight="w", cluster="dnum"), variance="cr2"), EXPECTED
    np.testing.assert_allclose(fit.bse, theirs["api.settlement"]["CR2"]["se"], rtol=1e-9)
    np.testing.assert_allclose(fit.table["df"], theirs["api.settlement"]["CR2"]["df"], rtol=1e-9)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(0.01, 100))
@pytest.mark.parametrize("family", ["gaussian", "binomial", "ordinal"])
def test_what_must_not_change_an_error(family, seed, scale):
    rng = np.random.default_rng(seed)
    n = 150
    frame = pd.DataFrame(
        {"x": rng.normal(size=n), "g": np.arange(n) % 3, "w": rng.uniform(1, 3, n), "c": np.arange(n) // 10}
    )
    frame["y"] = rng.integers(0, 2 if family == "binomial" else 4, n).astype(float)
    first = fit_model("y ~ x + C(g)", SurveyDesign(frame, weight="w", cluster="c"), family, variance="cr2").table
    frame["year"] = 20231105 + frame["x"]  # a far origin loses no digits
    other = frame.assign(w=frame["w"] * scale, c=frame["c"].map(lambda c: f"S{99 - c}")).sample(frac=1, random_state=1)
    second = fit_model("y ~ year + C(g)", SurveyDesign(other, weight="w", cluster="c"), family, variance="cr2").table
    slopes = (
        first["term"] != "Intercept" if family != "ordinal" else first["term"].isin(["x", "C(g)[T.1]", "C(g)[T.2]"])
    )
    for column in ("estimate", "std_error", "df", "p_value"):
        np.testing.assert_allclose(second[column][slopes], first[column][slopes], rtol=1e-6, atol=1e-9, err_msg=column)


def test_the_method_says_what_the_errors_are_and_leave_out(ili_like):
    strata = SurveyDesign(ili_like, weight="w", cluster=["settlement", "ea"], stratum="stratum")
    fit = fit_model("q1 ~ elected", strata, variance="cr2")
    assert (
        "CR2" in fit.method
        and "over 10 clusters, which take no account of strata and stages after the first" in fit.method
    )
    assert "Satterthwaite" in fit.method and np.isnan(fit.df_residual)
    assert fit.table["n_clusters"].tolist() == [10, 10]


def test_predictions_keep_the_errors_of_the_model(design):
    fit = fit_model(f"q1 ~ {SIX}", design, variance="cr2")
    table = predictions(fit, {"elected": [0, 1], "sex": 1, "ageband": 1}).table
    assert table["std_error"].iloc[0] == pytest.approx(fit.bse["Intercept"], rel=1e-12)
    assert table["df"].iloc[0] == pytest.approx(fit.table["df"].iloc[0], rel=1e-9)
    effect = average_marginal_effects(fit, "elected", covariates="fixed").table.iloc[0]
    for column in ("estimate", "std_error", "df", "p_value"):  # in a linear model the effect is the coefficient
        assert effect[column] == pytest.approx(fit.table[column].iloc[1], rel=1e-9)
    assert "CR2" in average_predictions(fit, "elected", covariates="fixed").method


def test_the_error_of_a_prediction_is_that_of_the_delta_method(design):
    fit = fit_model(f"I(q1 >= 4) ~ {SIX}", design, "binomial", variance="cr2")
    row = predictions(fit, {"elected": 1, "sex": 2, "ageband": 3}).table.iloc[0]
    x = np.array([1, 1, 1, 0, 1, 0.0])
    share = 1 / (1 + np.exp(-x @ fit.params))
    assert row["std_error"] == pytest.approx(share * (1 - share) * np.sqrt(x @ fit.covariance @ x), rel=1e-10)


@pytest.mark.parametrize("ask", [
    lambda fit: average_marginal_effects(fit, "elected"),
    lambda fit: average_predictions(fit, "elected"),
    lambda fit: contrast(fit, {1: 1, 2: -1}),
    lambda fit: predictions(fit, {"elected": 1, "sex": 1, "ageband": 1}).covariance,
    lambda fit: term_test(fit, "C(sex)", "wald"),
    lambda fit: term_test(fit, "C(sex)", "working-lrt"),
])  # fmt: skip
def test_what_would_mix_errors_is_refused(design, ask):
    with pytest.raises(ArgumentError, match="cr2.*without `variance`"):
        ask(fit_model(f"q1 ~ {SIX}", design, variance="cr2"))


def test_htz_is_not_for_the_errors_of_the_design(design):
    with pytest.raises(ArgumentError, match="htz.*the design's"):
        term_test(fit_model("q1 ~ C(sex)", design), "C(sex)", "htz")


def test_designs_that_cannot_be_had(ili_like, design):
    with pytest.raises(ArgumentError, match="variance='cr2' needs clusters, but the design names none"):
        fit_model("q1 ~ sex", SurveyDesign(ili_like, weight="w"), variance="cr2")
    replicated = design.with_replicates(replicate_weights(design, "JK1"))
    for variance in ("cr2", "linearized"):
        with pytest.raises(ArgumentError, match="replicate weights"):
            fit_model("q1 ~ sex", replicated, variance=variance)
    with pytest.raises(ArgumentError, match="did you mean 'cr3'"):
        fit_model("q1 ~ sex", design, variance="cr4")
    with pytest.raises(ArgumentError, match="family='poisson'"):
        fit_model("hhsize ~ sex", design, "negative-binomial", variance="cr2")
    with pytest.raises(FeasibilityError, match="at least two clusters"):
        fit_model("q1 ~ sex", design, variance="cr2", where=ili_like["settlement"] == "S01")
    few = SurveyDesign(ili_like[ili_like["settlement"].isin(["S01", "S02", "S03"])], weight="w", cluster="settlement")
    with pytest.raises(FeasibilityError, match="more clusters than the 3"):
        term_test(fit_model("q1 ~ C(ageband) + C(educ)", few, variance="cr2"), ["C(ageband)", "C(educ)"])


def test_linearized_is_the_design_itself(design):
    pd.testing.assert_frame_equal(
        fit_model("q1 ~ sex", design, variance="linearized").table, fit_model("q1 ~ sex", design).table
    )


# a coefficient that one cluster alone decides


def test_what_rests_on_one_cluster_has_no_error(ili_like):
    frame = ili_like.assign(one=(ili_like["settlement"] == "S03").astype(int))
    design = SurveyDesign(frame, weight="w", cluster="settlement")
    with pytest.warns(SurveyKitWarning, match="one of 'q1 ~ one"):
        fit = fit_model("q1 ~ one + C(sex)", design, variance="cr2")
    assert fit.bse.isna().tolist() == [False, True, False]
    assert fit.pvalues.isna().tolist() == fit.table["df"].isna().tolist() == [False, True, False]
    assert fit.cov_params().isna().sum().tolist() == [1, 3, 1]
    with pytest.raises(FeasibilityError, match="'one'|one of"):
        term_test(fit, "one")
    with pytest.warns(SurveyKitWarning, match="elected|one"):
        table = predictions(fit, {"one": [0, 1], "sex": 1}).table
    assert table["std_error"].isna().tolist() == [False, True]
    with pytest.warns(SurveyKitWarning, match="leaves this cluster out"):
        kept = fit_model("q1 ~ one + C(sex)", design, variance="cr2", conventions="stata")
    assert kept.bse.notna().all()


def test_dummies_of_clusters_have_no_error_but_what_varies_inside_has(ili_like):
    design = SurveyDesign(ili_like, weight="w", cluster="settlement")
    with pytest.warns(SurveyKitWarning, match="settlement"):
        fit = fit_model("q1 ~ C(settlement) + C(sex)", design, variance="cr2")
    assert fit.bse.notna().tolist() == [False] * 10 + [True]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_resting_on_one_is_not_to_be_estimated_without_it(seed):
    # by rank: the row of the coefficient lies in the span of the other clusters' rows, or not
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(6), rng.integers(2, 6, 6))
    n = len(cluster)
    x = np.column_stack([np.ones(n), np.isin(cluster, rng.permutation(6)[: rng.integers(1, 4)]), rng.normal(size=n),
                         cluster == 2]).astype(float)  # fmt: skip
    if np.linalg.matrix_rank(x) < 4:
        return
    found = rests_on_one(cluster_totals(x, rng.normal(size=n), rng.uniform(0.5, 2, n), cluster), np.eye(4))
    for column, alone in enumerate(found):
        lost = [
            np.linalg.matrix_rank(np.vstack([x[cluster != g], np.eye(4)[column]]))
            > np.linalg.matrix_rank(x[cluster != g])
            for g in range(6)
        ]
        assert alone == any(lost), column


def test_every_kind_counts_the_cluster_that_decides_alone_as_no_error(rng):
    # why such an error is withheld: moving the whole cluster by any amount changes the estimate and not its error
    cluster = np.repeat(np.arange(8), 6)
    x = np.column_stack([np.ones(48), cluster == 0]).astype(float)
    y, w = rng.normal(size=48), rng.uniform(0.5, 2, 48)
    for kind in ("cr0", "cr1s", "cr2", "cr3"):
        one, two = (fit_robust(cluster_totals(x, y + move * (cluster == 0), w, cluster), kind) for move in (0, 10))
        assert two.coefficients[1] == pytest.approx(one.coefficients[1] + 10)
        assert two.std_errors[1] == pytest.approx(one.std_errors[1], rel=1e-9)


@pytest.mark.filterwarnings("ignore::surveykit.SurveyKitWarning")
@pytest.mark.parametrize("variance", ["cr2", "cr3"])
@pytest.mark.parametrize("form", [("y ~ z", "gaussian"), ("yes ~ z", "binomial")])
def test_a_side_in_another_unit_changes_no_error_until_it_is_refused(variance, form):
    """Each side's average is divided by its own weight; at 1e13 errors were .13 where .22 is right, without a word."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"place": np.repeat(range(8), 10), "y": rng.normal(size=80), "yes": rng.integers(0, 2, 80)})
    frame = frame.assign(z=(frame["place"] < 4) * 1, w=rng.uniform(0.5, 1.5, 80))

    def fit(ratio):
        heavy = frame.assign(w=frame["w"] * np.where(frame["z"] == 1, ratio, 1.0))
        return fit_model(form[0], SurveyDesign(heavy, weight="w", cluster="place"), form[1], variance=variance)

    one, two = fit(1.0).table.iloc[1], fit(1e5).table.iloc[1]
    for column in ("estimate", "std_error", "df"):
        assert two[column] == pytest.approx(one[column], rel=1e-4)
    for ratio in (1e9, 1e11, 1e13):
        with pytest.raises(FeasibilityError, match="needs weights that leave something of every term"):
            fit(ratio)
