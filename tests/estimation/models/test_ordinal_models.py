import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.miscmodels.ordinal_model import OrderedModel

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.models.ordinal_models import OrdinalModel
from surveykit.estimation.models.regression import fit_model
from surveykit.survey import Survey
from tests.estimation.agreement import assert_equals, make_design, more_expected

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

FORMULA = "q1 ~ elected + C(sex) + C(ageband)"


@pytest.mark.parametrize("name", ["D2", "D3", "D6"])
def test_the_weighted_logit_equals_the_full_precision_reference(ili_like, expected, name):
    entry = expected[f"ordinal.newton.{name}"]
    fit = fit_model(FORMULA, make_design(ili_like, name), "ordinal")
    assert_equals(fit.table["estimate"], list(entry["value"]["coef"].values()), entry["tol"])
    assert_equals(fit.table["std_error"], list(entry["value"]["se"].values()), entry["tol"])
    assert_equals(fit.solution.loglik, entry["value"]["loglik_weighted"], entry["tol"])
    assert fit.table["term"].tolist()[-4:] == ["1|2", "2|3", "3|4", "4|5"]
    r = expected[f"svyolr.q1.{name}"]
    assert_equals(fit.table["estimate"], list(r["value"]["coef"].values()), 1e-5)
    assert_equals(fit.table["std_error"], list(r["value"]["se"].values()), 1e-4)


@pytest.mark.parametrize("name", ["D2", "D6"])
@pytest.mark.parametrize(("ours", "r_name"), [("probit", "probit"), ("loglog", "cloglog")])
def test_other_links_equal_svyolr(ili_like, name, ours, r_name):
    reference = more_expected()[f"svyolr.{r_name}.{name}"]
    table = fit_model(FORMULA, make_design(ili_like, name), "ordinal", link=ours).table
    assert np.abs(table["estimate"] - reference["est"]).max() < 2e-5
    assert_equals(table["std_error"], reference["se"], 2e-4)


def test_without_weights_it_equals_clm(ili_like, expected):
    for key, link in [("clm.q1", "logit"), ("clm.probit.q1", "probit")]:
        value, tol = expected[key]["value"], expected[key]["tol"]
        fit = fit_model(FORMULA, SurveyDesign(ili_like), "ordinal", link=link)
        order = [*fit.table["term"][-4:], *fit.table["term"][:-4]]
        assert_equals(fit.params[order], list(value["coef"].values()), tol)
        model_based = pd.Series(np.sqrt(np.diag(fit.solution.inverse)), index=fit.table["term"])
        assert_equals(model_based[order], list(value["se"].values()), tol * 10)
        assert_equals(fit.solution.loglik, value["logLik"], tol)
    polr = expected["polr.q1"]
    fit = fit_model(FORMULA, SurveyDesign(ili_like), "ordinal")
    assert np.abs(fit.params - list(polr["value"]["coef"].values())).max() < 1e-4
    assert -2 * fit.solution.loglik == pytest.approx(polr["value"]["deviance"], rel=1e-8)


def test_weighted_coefficients_equal_clm(ili_like, expected):
    entry = expected["clm.weighted.q1"]
    params = fit_model(FORMULA, make_design(ili_like, "D3"), "ordinal").params
    assert_equals(params[[*params.index[-4:], *params.index[:-4]]], list(entry["value"]["coef"].values()), entry["tol"])


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_whole_weights_equal_statsmodels_on_repeated_rows(ili_like, link):
    # statsmodels ignores weights=, so the rows are repeated for it
    frame = ili_like.dropna(subset=["q1"]).assign(k=lambda d: 1 + d.index % 3)
    frame["w"] = frame["k"].astype(float)
    ours = fit_model("q1 ~ elected + sex", SurveyDesign(frame, weight="w"), "ordinal", link=link)
    repeated = frame.loc[frame.index.repeat(frame["k"])]
    model = OrderedModel(repeated["q1"].astype(int), repeated[["elected", "sex"]], distr=link)
    theirs = model.fit(method="bfgs", disp=False, gtol=1e-8)
    thresholds = model.transform_threshold_params(theirs.params)[1:-1]
    assert ours.params.to_numpy() == pytest.approx([*theirs.params[:2], *thresholds], abs=2e-6)
    assert ours.solution.loglik == pytest.approx(theirs.llf, rel=1e-9)


def test_cloglog_is_loglog_of_the_reversed_scale(ili_like):
    turned = ili_like.assign(q1=6 - ili_like["q1"])
    one = fit_model(FORMULA, make_design(ili_like, "D6"), "ordinal", link="cloglog")
    two = fit_model(FORMULA, make_design(turned, "D6"), "ordinal", link="loglog")
    slopes = one.solution.n_slopes
    assert one.params[:slopes].to_numpy() == pytest.approx(-two.params[:slopes].to_numpy(), abs=1e-9)
    assert one.params[slopes:].to_numpy() == pytest.approx(-two.params[slopes:].to_numpy()[::-1], abs=1e-9)
    assert one.table["std_error"][:slopes].tolist() == pytest.approx(two.table["std_error"][:slopes].tolist(), rel=1e-8)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog"])
def test_gradient_and_hessian_are_derivatives(link):
    rng = np.random.default_rng(8)
    x, sums = rng.normal(size=(12, 2)), rng.uniform(0.5, 2, (12, 4))
    model, params = OrdinalModel(link, (1.0, 2.0, 3.0, 4.0)), np.array([0.3, -0.5, -0.9, 0.1, 0.8])
    _, gradient, hessian = model.derivatives(params, x, sums)
    step = 1e-5
    for position in range(5):
        moved = [model.derivatives(params + sign * step * np.eye(5)[position], x, sums) for sign in (1, -1)]
        assert gradient[position] == pytest.approx((moved[0][0] - moved[1][0]) / (2 * step), rel=1e-6)
        assert hessian[position] == pytest.approx((moved[0][1] - moved[1][1]) / (2 * step), rel=1e-5, abs=1e-6)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_symmetries(seed, scale):
    rng = np.random.default_rng(seed)
    n = 200
    frame = pd.DataFrame(
        {
            "y": rng.integers(1, 5, n),
            "x": rng.normal(size=n).round(1),
            "w": rng.uniform(1, 3, n),
            "c": np.arange(n) // 10,
        }
    )
    first = fit_model("y ~ x", SurveyDesign(frame, weight="w", cluster="c"), "ordinal")
    other = frame.assign(w=frame["w"] * scale, y=10 - frame["y"]).sample(frac=1, random_state=4)
    turned = fit_model("y ~ x", SurveyDesign(other, weight="w", cluster="c"), "ordinal")
    assert turned.params["x"] == pytest.approx(-first.params["x"], abs=1e-8)
    assert turned.table["std_error"].iloc[0] == pytest.approx(first.table["std_error"].iloc[0], rel=1e-6)


def test_thresholds_carry_labels_and_df_counts_them_as_one_intercept(ili_like):
    book = Codebook.of([Variable("q1", labels={k: {"en": word} for k, word in enumerate("abcde", 1)})])
    fit = fit_model("q1 ~ elected", SurveyDesign(Survey(ili_like, book), weight="w", cluster="settlement"), "ordinal")
    assert fit.table["term"].tolist() == ["elected", "a|b", "b|c", "c|d", "d|e"]
    assert fit.df_residual == 9 + 1 - 2


def test_a_level_that_one_group_never_uses_is_no_obstacle():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"y": rng.integers(1, 6, 300), "g": np.arange(300) % 2, "c": np.arange(300) // 10})
    frame.loc[(frame["g"] == 1) & (frame["y"] == 5), "y"] = 4
    assert fit_model("y ~ g", SurveyDesign(frame, cluster="c"), "ordinal").params["g"] < 0


def test_separation_and_too_few_answers_raise():
    frame = pd.DataFrame({"y": [1, 1, 2, 3, 3, 3] * 4, "x": [1.0, 2, 3, 7, 8, 9] * 4, "c": np.arange(24) // 3})
    with pytest.raises(FeasibilityError, match="separate the answers completely"):
        fit_model("y ~ x", SurveyDesign(frame, cluster="c"), "ordinal")
    with pytest.raises(ArgumentError, match="at least three answers, but 2 occur"):
        fit_model("z ~ x", SurveyDesign(frame.assign(z=frame["y"] > 1), cluster="c"), "ordinal")
    with pytest.raises(ArgumentError, match="few ordered answers, but 60 different"):
        many = pd.DataFrame({"y": np.arange(60), "x": np.arange(60) % 7, "c": np.arange(60) // 5})
        fit_model("y ~ x", SurveyDesign(many, cluster="c"), "ordinal")


@pytest.mark.parametrize("levels", [2, 3, 5])
def test_derivatives_by_cluster_are_those_of_each_cluster_alone(rng, levels):
    """They add up over parts of the data, so one pass gives what a loop over clusters gives."""
    n, clusters = 60, 7
    model = OrdinalModel("logit", tuple(float(code) for code in range(levels)), tuple("abcdefg"[:levels]))
    x, cluster = rng.normal(size=(n, 3)), rng.integers(0, clusters - 1, n)  # nobody in the last one
    sums = rng.uniform(0, 2, size=(2, n, levels))
    params = np.concatenate([rng.normal(size=3), np.sort(rng.normal(size=levels - 1))])
    gradient, hessian = model.derivatives_by(params, x, sums, cluster, clusters)
    for kind in range(2):
        for one in range(clusters):
            mine = cluster == one
            _, slope, curve = model.derivatives(params, x[mine], sums[kind][mine])
            assert gradient[kind, one] == pytest.approx(slope, rel=1e-12, abs=1e-12)  # rounding of sums alone
            assert hessian[kind, one] == pytest.approx(curve, rel=1e-12, abs=1e-12)
