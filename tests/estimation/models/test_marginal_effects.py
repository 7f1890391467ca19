from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning
from surveykit.estimation.models.marginal_effects import average_marginal_effects, average_predictions, predictions
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.survey import Survey
from surveykit.weighting.replicates import replicate_weights
from tests.estimation.agreement import (
    REPLICATED,
    assert_equals,
    make_design,
    more_expected,
    replicated_design,
    replication_expected,
)

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

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
        everyone = predictions(model, answered[["elected", "ageband", "hhsize"]].assign(elected=value)).table[
            "estimate"
        ]
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
    book = Codebook.of(
        [
            Variable("q1", labels={k: {"en": word} for k, word in enumerate("abcde", 1)}),
            Variable("elected", measure="nominal", labels={0: {"en": "appointed"}, 1: {"en": "elected"}}),
        ]
    )
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
    with pytest.raises(ArgumentError, match="'educ' is not there; did you mean 'edu'"):
        predictions(model, pd.DataFrame({"elected": [1], "edu": [1]}))
    with pytest.raises(ArgumentError, match=r"`at` gives 'educ' the value 9, but the model knows \[1, 2, 3\]"):
        predictions(model, {"elected": 1, "educ": 9})
    with pytest.raises(ColumnError, match="`variables` names 'sex'"):
        average_marginal_effects(model, "sex")
    with pytest.raises(ArgumentError, match="`covariates` must be one of"):
        average_predictions(model, "educ", covariates="random")


@pytest.mark.slow
@pytest.mark.parametrize("name", REPLICATED)
def test_with_replicate_weights_model_and_average_are_computed_anew_as_in_r(ili_like, margins, name):
    """R: withReplicates() around glm() and weighted means of its predictions."""
    model = fit_model("q1top ~ elected + hhsize", replicated_design(ili_like, margins, name), "binomial")
    tables = [average_marginal_effects(model).table, average_predictions(model, "elected").table]
    reference = replication_expected()[f"margins.{name}"]
    assert_equals(np.concatenate([table["estimate"] for table in tables]), reference["est"], 1e-6)
    assert_equals(np.concatenate([table["std_error"] for table in tables]), reference["se"], 1e-6)


def test_a_replicate_that_the_model_cannot_be_fitted_in_is_left_out_of_its_averages_too(ili_like):
    frame = ili_like.assign(kind=np.where(ili_like["settlement"] == "S01", "rare", "usual"))
    design = make_design(frame, "D2")
    design = design.with_replicates(replicate_weights(design, "JK1"))
    with pytest.warns(SurveyKitWarning, match="1 of 10 replicates have no estimate"):
        model = fit_model("q1 ~ kind + hhsize", design)
    with pytest.warns(SurveyKitWarning, match="1 of 10 replicates have no estimate"):
        effect = average_marginal_effects(model, "hhsize").table["std_error"].item()
    assert effect == pytest.approx(model.table["std_error"].iloc[2], rel=1e-7)


RARE = Path(__file__).parents[4] / "shared" / "inputs" / "rare_yes_predicted_share_below_zero.csv"
AT_LINK = {  # R: g^-1(eta -+ qt(.975, 9) se) from predict(svyglm(complained ~ age + elected, quasibinomial(link)), type = "link")
    "logit": ([0.001108733, 0.01577128], [0.08762994, 0.1214329]),
    "probit": ([0.0005025694, 0.01560825], [0.07899683, 0.1188104]),
    "cloglog": ([0.001187741, 0.01581856], [0.0879414, 0.1221776]),
}


@pytest.mark.parametrize("link", AT_LINK)
def test_intervals_of_rare_answers_equal_r_on_the_scale_of_the_link(link):
    if not RARE.is_file():
        pytest.skip("the bad inputs (shared/inputs beside the project) are not here")
    frame = pd.read_csv(RARE)
    design = SurveyDesign(frame.assign(since=frame["age"] - frame["age"].min()), weight="w", cluster="village")
    model = fit_model("complained ~ age + elected", design, "binomial", link=link)
    result = predictions(model, {"age": [-2, 0], "elected": 0})
    for column, wanted in zip(("conf_low", "conf_high"), AT_LINK[link]):
        assert result.table[column].tolist() == pytest.approx(wanted, rel=1e-5)  # svyglm stops early
    assert f"intervals on the {link} scale" in result.method
    # a count model of the same data, R: 9 2.804603 2.960217 3.002624 3.212003
    counts = fit_model("since ~ elected + complained", design, "poisson")
    table = predictions(counts, {"elected": [0, 1], "complained": 0}).table
    assert [*table["conf_low"], *table["conf_high"]] == pytest.approx(
        [2.804603, 2.960217, 3.002624, 3.212003], rel=1e-6
    )


@pytest.mark.slow
@pytest.mark.parametrize(("family", "link"), [("binomial", "logit"), ("binomial", "probit"), ("binomial", "cloglog"),
                                              ("poisson", "log"), ("gamma", "log"), ("negative-binomial", "log"),
                                              ("ordinal", "logit"), ("ordinal", "cloglog")])  # fmt: skip
@pytest.mark.parametrize("seed", range(4))
def test_no_interval_leaves_what_is_possible(family, link, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=160),
            "g": rng.integers(0, 2, 160),
            "v": np.arange(160) // 20,
            "w": rng.uniform(1, 4, 160),
        }
    )
    rare = rng.random(160) < 1 / (1 + np.exp(3 - frame["x"]))
    frame["y"] = {
        "binomial": rare * 1.0,
        "ordinal": 1.0 + rare + (rng.random(160) < 0.6),
        "gamma": 0.5 + rare * 1.0,
        "poisson": rare * rng.integers(1, 9, 160) * 1.0,
    }.get(family, rare * rng.integers(1, 9, 160) * 1.0)
    design = SurveyDesign(frame, weight="w", cluster="v")
    model = fit_model("y ~ x + g", design, family, link=link)
    upper = 1.0 if family in ("binomial", "ordinal") else np.inf
    for result in (predictions(model, {"x": [-3, -1, 0, 3], "g": 1}), average_predictions(model, "g")):
        table = result.table
        assert (table["conf_low"] > 0).all() and (table["conf_high"] < upper).all()
        assert ((table["conf_low"] < table["estimate"]) & (table["estimate"] < table["conf_high"])).all()
        # to first order it is the symmetric interval: the middle of both ends on the scale is the estimate's own place
        scale = {
            "log": np.log,
            "probit": stats.norm.ppf,
            "cloglog": lambda p: np.log(-np.log(1 - p)),
            "logit": lambda p: np.log(p / (1 - p)),
        }["logit" if family == "ordinal" else link]
        middle = (scale(table["conf_low"]) + scale(table["conf_high"])) / 2
        assert middle.tolist() == pytest.approx(scale(table["estimate"]).tolist(), rel=1e-6, abs=1e-9)
    margins = predictions(
        fit_model("y ~ x + g", design.with_conventions("stata"), family, link=link), {"x": 0, "g": 1}
    ).table
    assert ((margins["conf_low"] + margins["conf_high"]) / 2).tolist() == pytest.approx(margins["estimate"].tolist())
