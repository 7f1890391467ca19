import numpy as np
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError, SurveyKitWarning
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.models.term_tests import term_test
from surveykit.estimation.quantities.contrasts import contrast
from tests.estimation.agreement import assert_equals, make_design

FULL = "q1 ~ elected + C(sex) + C(ageband) + C(educ)"


def test_wald_equals_r(ili_like, expected):
    design = make_design(ili_like, "D6")
    model = fit_model(FULL, design)
    entry = expected["regTermTest.wald.educ.D6"]
    row = term_test(model, "C(educ)").table.iloc[0]
    ours = [row["statistic"], row["df"], row["df_denominator"], row["p_value"]]
    assert_equals(ours, [entry["value"][key] for key in ("F", "df", "ddf", "p")], entry["tol"])
    entry = expected["regTermTest.wald.chi.educ.D6"]
    assert_equals(term_test(model, "C(educ)", "wald-chisq").table["p_value"].item(), entry["value"]["p"], entry["tol"])
    logit = fit_model("q1top ~ elected + C(sex) + C(ageband)", design, "binomial")
    entry = expected["regTermTest.wald.age_logit.D6"]
    row = term_test(logit, "C(ageband)").table.iloc[0]
    assert_equals([row["statistic"], row["p_value"]], [entry["value"]["F"], entry["value"]["p"]], entry["tol"])


@pytest.mark.parametrize("approximation", ["satterthwaite", "saddlepoint"])
def test_the_working_likelihood_ratio_equals_r(ili_like, expected, approximation):
    entry = expected[f"regTermTest.lrt.{approximation}.age_logit.D6"]
    model = fit_model("q1top ~ elected + C(sex) + C(ageband)", make_design(ili_like, "D6"), "binomial")
    row = term_test(model, "C(ageband)", "working-lrt", approximation=approximation).table.iloc[0]
    assert_equals(row["statistic"], entry["value"]["chisq"], entry["tol"])
    assert_equals(row["mean_deff"], np.mean(entry["value"]["lambda"]), entry["tol"])
    assert_equals(row["p_value"], entry["value"]["p"], entry["tol"])
    wald = term_test(model, "C(ageband)", "working-wald", approximation=approximation).table.iloc[0]
    assert wald["p_value"] == pytest.approx(row["p_value"], abs=0.01)


def test_without_a_design_the_working_ratio_is_the_plain_one(ili_like):
    model = fit_model("q1 ~ elected + C(educ)", SurveyDesign(ili_like), "ordinal")
    smaller = fit_model("q1 ~ elected", SurveyDesign(ili_like), "ordinal")
    row = term_test(model, "C(educ)", "working-lrt").table.iloc[0]
    assert row["statistic"] == pytest.approx(2 * (model.solution.loglik - smaller.solution.loglik), rel=1e-9)
    assert row["mean_deff"] == pytest.approx(1, abs=0.15)


def test_single_coefficients_interactions_and_errors(ili_like):
    model = fit_model("q1 ~ elected * C(sex) + C(educ)", make_design(ili_like, "D6"))
    one = term_test(model, "C(educ)[T.2]").table
    row = model.table.set_index("term").loc["C(educ)[T.2]"]
    assert one["p_value"].item() == pytest.approx(row["p_value"])
    assert term_test(model, "C(sex):elected").table["p_value"].item() == pytest.approx(
        term_test(model, "elected:C(sex)").table["p_value"].item()
    )
    with pytest.raises(
        ArgumentError, match=r"terms of the model, .*but 'C\(edu\)' was given; did you mean 'C\(educ\)'"
    ):
        term_test(model, "C(edu)")
    with pytest.warns(SurveyKitWarning, match="no interval"):
        few = fit_model("q1 ~ C(ageband) * C(educ)", make_design(ili_like, "D2"))
    with pytest.raises(FeasibilityError, match='use method="working-lrt"'):
        term_test(few, ["C(ageband)", "C(educ)", "C(ageband):C(educ)"])


def test_a_contrast_of_coefficients_is_a_one_term_test(ili_like):
    model = fit_model("q1 ~ elected + C(educ)", make_design(ili_like, "D6"))
    one, test = contrast(model, {1: 1}).table.iloc[0], term_test(model, "elected").table.iloc[0]
    assert one["df"] == model.df_residual
    assert one["p_value"] == pytest.approx(test["p_value"])


@pytest.mark.filterwarnings("ignore::surveykit.SurveyKitWarning")
def test_terms_without_an_error_are_refused_by_name(ili_like):
    """Stata leaves errors missing where a stratum has one cluster."""
    lonely = SurveyDesign(ili_like, weight="w", cluster="settlement", stratum="stratum_lonely", conventions="stata")
    model = fit_model("q2 ~ C(educ) + age", lonely)
    assert model.table["std_error"].isna().all()
    with pytest.raises(FeasibilityError, match="have no error"):
        term_test(model, "C(educ)")


def test_a_respondent_who_outweighs_all_others_leaves_no_model_by_clusters(ili_like):
    frame = ili_like.assign(heavy=np.where(np.arange(len(ili_like)) == 0, 1e12, 1.0))
    with pytest.raises(FeasibilityError, match="leave something of every term"):
        fit_model("q2 ~ C(educ) + age", SurveyDesign(frame, weight="heavy", cluster="settlement"), variance="cr2")
