import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.contrasts import contrast
from surveykit.estimation.marginal_effects import average_marginal_effects, average_predictions, predictions
from surveykit.estimation.means import means
from surveykit.estimation.regression import fit_model
from surveykit.estimation.shares import shares
from surveykit.survey import Survey
from tests.estimation.agreement import assert_equals, make_design, more_expected

LOGIT = "q1top ~ C(elected) + C(ageband) + hhsize"


def test_predictions_equal_r(ili_like, expected):
    entry = expected["glm.logit.predict.D6"]
    model = fit_model("q1top ~ elected + C(sex) + C(ageband)", make_design(ili_like, "D6"), "binomial")
    table = predictions(model, pd.DataFrame({"elected": [0, 1], "sex": 1, "ageband": 2})).table
    assert_equals(table["estimate"], entry["value"]["est"], entry["tol"])
    assert_equals(table["std_error"], entry["value"]["se"], entry["tol"])
    mapped = predictions(model, {"elected": [0, 1], "sex": 1, "ageband": [2]}).table
    assert mapped["estimate"].tolist() == table["estimate"].tolist()
    with pytest.raises(ArgumentError, match="lists in `at` must be equally long"):
        predictions(model, {"elected": [0, 1], "sex": [1, 2, 1], "ageband": 2})


@pytest.mark.parametrize("name", ["D2", "D6"])
def test_average_predictions_and_effects_equal_r(ili_like, name):
    more, model = more_expected(), fit_model(LOGIT, make_design(ili_like, name), "binomial")
    table = average_predictions(model, "elected").table
    reference = more[f"predmeans.{name}"]
    order = [reference["names"].index(code) for code in ("0", "1")]
    assert_equals(table["estimate"], np.array(reference["est"])[order], 1e-7)
    # R adds the variance of the mean of the predictions to that of the coefficients, without their covariance
    fixed = average_predictions(model, "elected", covariates="fixed").table["std_error"].to_numpy()
    answered, parts = ili_like.dropna(subset=["q1"]), []
    for value in (0, 1):
        everyone = predictions(model, answered[["elected", "ageband", "hhsize"]].assign(elected=value)).table["estimate"]
        frame = ili_like.assign(fit=pd.Series(everyone.to_numpy(), index=answered.index))
        parts.append(means(make_design(frame, name), "fit").table["std_error"].item())
    assert_equals(np.hypot(fixed, parts), np.array(reference["se"])[order], 1e-6)
    effects = average_marginal_effects(model, ["hhsize", "elected"], covariates="fixed").table
    for row, key in enumerate(("ame", "dif")):
        assert_equals(effects["estimate"].iloc[row], more[f"margin.{key}.{name}"]["est"], 1e-6)
        assert_equals(effects["std_error"].iloc[row], more[f"margin.{key}.{name}"]["se"], 1e-6)


def test_effects_of_a_linear_model_are_its_coefficients(ili_like):
    model = fit_model("q1 ~ elected + C(educ) + hhsize", make_design(ili_like, "D6"))
    effects = average_marginal_effects(model).table
    assert effects["term"].tolist() == ["elected: 1 - 0", "educ: 2 - 1", "educ: 3 - 1", "hhsize"]
    for column in ("estimate", "std_error", "p_value"):
        assert effects[column].tolist() == pytest.approx(model.table[column].iloc[1:].tolist(), rel=1e-6)


def test_an_empty_model_predicts_the_mean(ili_like):
    design = make_design(ili_like, "D6")
    model = fit_model("q1top ~ C(elected)", design, "binomial")
    ours, plain = predictions(model, {"elected": [0, 1]}).table, means(design, "q1top", by="elected").table
    assert ours["estimate"].tolist() == pytest.approx(plain["estimate"].tolist(), rel=1e-9)
    assert ours["std_error"].tolist() == pytest.approx(plain["std_error"].tolist(), rel=1e-9)


def test_ordinal_predictions_are_shares_of_every_answer(ili_like):
    book = Codebook.of([Variable("q1", labels={k: {"en": word} for k, word in enumerate("abcde", 1)}),
                        Variable("elected", measure="nominal", labels={0: {"en": "appointed"}, 1: {"en": "elected"}})])
    design = SurveyDesign(Survey(ili_like, book), weight="w", cluster="ea", stratum="settlement")
    model = fit_model("q1 ~ elected", design, "ordinal")
    table = predictions(model, {"elected": [0, "elected"]}).table
    assert table["level"].tolist() == list("abcde") * 2
    assert table["group"].iloc[[0, 5]].tolist() == ["elected appointed", "elected elected"]
    assert table.groupby("group")["estimate"].sum().tolist() == pytest.approx([1, 1])
    raw = shares(design, "q1", by="elected").table["estimate"]
    assert np.abs(table["estimate"].to_numpy() - raw.to_numpy()).max() < 0.04
    effects = average_marginal_effects(model).table
    assert effects["estimate"].sum() == pytest.approx(0, abs=1e-12)
    averaged = average_predictions(model, "elected")
    assert contrast(averaged, {5: 1, 0: -1}).table["estimate"].item() == pytest.approx(effects["estimate"].iloc[0])


def test_ordinal_gradients_are_derivatives(ili_like):
    model = fit_model("q1 ~ elected + hhsize", make_design(ili_like, "D6"), "ordinal")
    kind, solution = model.kind, model.solution
    eta = np.array([-0.4, 0.7])
    _, slope, further = kind.mean(solution, eta)
    step = 1e-6
    numeric = (kind.mean(solution, eta + step)[0] - kind.mean(solution, eta - step)[0]) / (2 * step)
    assert slope == pytest.approx(numeric, abs=1e-8)
    assert further.sum(axis=1) == pytest.approx(0, abs=1e-12)


def test_errors(ili_like):
    model = fit_model("q1 ~ elected + C(educ)", make_design(ili_like, "D6"))
    with pytest.raises(ArgumentError, match="must give every covariate of the model, but 'educ' is not there"):
        predictions(model, {"elected": 1})
    with pytest.raises(ColumnError, match="`at` names 'edu', which is no covariate"):
        predictions(model, {"elected": 1, "edu": 1})
    with pytest.raises(ArgumentError, match=r"`at` gives 'educ' the value 9, but the model knows \[1, 2, 3\]"):
        predictions(model, {"elected": 1, "educ": 9})
    with pytest.raises(ColumnError, match="`variables` names 'sex'"):
        average_marginal_effects(model, "sex")
    with pytest.raises(ArgumentError, match="`covariates` must be one of"):
        average_predictions(model, "educ", covariates="random")
