import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.quantities.means import means
from surveykit.survey import Survey
from tests.estimation.agreement import assert_equals, make_design, more_expected
from tests.estimation.engine.test_calibration import calibrated

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


def test_models_on_post_stratified_weights_equal_r(ili_like):
    design, more = calibrated(ili_like, "D1", "ps"), more_expected()
    for key, formula, family in [
        ("gaussian", "q1 ~ elected + C(sex)", "gaussian"),
        ("logit", "q1top ~ elected + C(sex)", "binomial"),
    ]:
        table = fit_model(formula, design, family).table
        assert_equals(table["estimate"], more[f"glm.ps.{key}"]["est"], 1e-8)
        assert_equals(table["std_error"], more[f"glm.ps.{key}"]["se"], 1e-7)


def test_smallest_case_by_hand():
    # a regression on an indicator: intercept and difference of the group means
    frame = pd.DataFrame({"y": [1.0, 3, 4, 8], "g": [0, 0, 1, 1], "w": [1.0, 3, 1, 1], "c": [1, 2, 3, 4]})
    fit = fit_model("y ~ g", SurveyDesign(frame, weight="w", cluster="c"))
    assert fit.params.to_dict() == pytest.approx({"Intercept": 2.5, "g": 3.5})
    assert fit.df_residual == 2


def test_formula_and_design_may_change_places(ili_like):
    design = make_design(ili_like, "D2")
    pd.testing.assert_frame_equal(fit_model(design, "q1 ~ sex").table, fit_model("q1 ~ sex", design).table)
    pd.testing.assert_frame_equal(
        fit_model(design=design, formula="q1 ~ sex").table, fit_model("q1 ~ sex", design).table
    )
    for wrong in (
        (ili_like, "q1 ~ sex"),
        ("q1 ~ sex", ili_like),
        (design, design),
        ("q1 ~ sex", "q1 ~ sex"),
        (design, None),
    ):
        with pytest.raises(ArgumentError, match="takes a formula such as .* and a SurveyDesign"):
            fit_model(*wrong)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.sampled_from(["gaussian", "binomial", "poisson"]))
def test_symmetries(seed, scale, family):
    rng = np.random.default_rng(seed)
    n = 120
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "g": np.arange(n) % 3,
            "w": rng.uniform(1, 3, n),
            "c": np.arange(n) // 10,
            "h": np.arange(n) // 60,
        }
    )
    frame["y"] = rng.integers(0, 2, n).astype(float)
    first = fit_model("y ~ x + C(g)", SurveyDesign(frame, weight="w", cluster="c", stratum="h"), family).table
    other = frame.assign(w=frame["w"] * scale, h=frame["h"].map({0: "b", 1: "a"})).sample(frac=1, random_state=1)
    second = fit_model("y ~ x + C(g)", SurveyDesign(other, weight="w", cluster="c", stratum="h"), family).table
    everyone = SurveyDesign(frame, weight="w", cluster="c", stratum="h")
    third = fit_model("y ~ x + C(g)", everyone, family, where=frame["y"] >= 0).table
    for column in ("estimate", "std_error", "p_value"):
        assert second[column].tolist() == pytest.approx(first[column].tolist(), rel=1e-6, abs=1e-9)
        assert third[column].tolist() == pytest.approx(first[column].tolist(), rel=1e-9)


def test_labelled_codes_become_categories_under_their_labels(ili_like):
    book = Codebook.of(
        [
            Variable(
                "educ",
                measure="ordinal",
                labels={
                    1: {"en": "school", "ru": "школа"},
                    2: {"en": "college", "ru": "колледж"},
                    3: {"en": "university", "ru": "вуз"},
                },
            )
        ]
    )
    design = SurveyDesign(Survey(ili_like, book), weight="w", cluster="ea", stratum="settlement")
    plain = fit_model("q1 ~ C(educ)", make_design(ili_like, "D6"))
    named = fit_model("q1 ~ educ", design, lang="ru")
    assert named.table["term"].tolist() == ["Intercept", "educ[T.колледж]", "educ[T.вуз]"]
    assert named.table["estimate"].tolist() == plain.table["estimate"].tolist()
    assert "educ taken as categories by the codebook" in named.method
    assert fit_model("q1 ~ educ", design, numeric=["educ"]).table["term"].tolist() == ["Intercept", "educ"]


def test_errors_name_rule_offender_and_way_out(ili_like):
    design = make_design(ili_like, "D1")
    with pytest.raises(ArgumentError, match="`family` must be one of .*'logit' was given"):
        fit_model("q1top ~ elected", design, "logit")
    with pytest.raises(
        ArgumentError, match="`link` of family 'poisson' must be one of.*not proven against a reference"
    ):
        fit_model("hhsize ~ elected", design, "poisson", link="sqrt")
    with pytest.raises(ColumnError, match="names 'electd', which is not a column; did you mean 'elected'"):
        fit_model("q1 ~ electd", design)
    with pytest.raises(ColumnError, match="the outcome 'qq1' of the formula names no column"):
        fit_model("qq1 ~ elected", design)
    with pytest.raises(ArgumentError, match="must read 'outcome ~ terms', but 'q1' was given"):
        fit_model("q1", design)
    with pytest.raises(ArgumentError, match=r"must be 0 or 1, but 'q1' is 2, 3, 4 and 1 more in \d+ row"):
        fit_model("q1 ~ elected", design, "binomial")
    with pytest.raises(ArgumentError, match="'again' in .* is constant or a combination"):
        fit_model("q1 ~ elected + again", make_design(ili_like.assign(again=1 - ili_like["elected"]), "D1"))
    with pytest.raises(ColumnError, match="holds text"):
        fit_model("settlement ~ elected", design)
    with pytest.raises(ArgumentError, match="everyone has the same 'one'"):
        fit_model("one ~ elected", design)
    with pytest.raises(ArgumentError, match="cannot be read"):
        fit_model("q1 ~ elected +* sex", design)


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson", "gamma"])
def test_a_model_of_one_mean_is_the_mean(ili_like, family):
    design = make_design(ili_like.assign(y=1.0 + ili_like["voted"] if family == "gamma" else ili_like["voted"]), "D1")
    fit, mean = fit_model("y ~ 1", design, family), means(design, "y").table.iloc[0]
    inverse = {"gaussian": lambda b: b, "binomial": lambda b: 1 / (1 + np.exp(-b))}.get(family, np.exp)
    assert inverse(fit.params["Intercept"]) == pytest.approx(mean["estimate"], rel=1e-9)
    assert fit.df_residual == mean["df"]


def test_columns_that_are_no_covariates_are_refused():
    frame = pd.DataFrame(
        {
            "y": np.arange(24) % 5,
            "day": pd.date_range("2020-01-01", periods=24),
            "c": np.arange(24) // 3,
            "g": (np.arange(24) // 3) % 2,
        }
    )
    design = SurveyDesign(frame, cluster="c")
    with pytest.raises(ColumnError, match="names 'day', which holds dates; turn them into numbers"):
        fit_model("y ~ day", design)
    with pytest.raises(ArgumentError, match="has no terms to estimate"):
        fit_model("y ~ 0", design)
    with pytest.warns(SurveyKitWarning, match="leaves nothing that varies between clusters"):
        fit = fit_model("g ~ C(c)", design.with_conventions("stata"))
    assert fit.table["p_value"].isna().all()


def test_ordered_categories_may_be_the_outcome_of_an_ordinal_model(ili_like):
    words = pd.Categorical(ili_like["q1"].map(dict(enumerate("abcde", 1))), categories=list("abcde"), ordered=True)
    fit = fit_model("word ~ elected", make_design(ili_like.assign(word=words), "D2"), "ordinal")
    plain = fit_model("q1 ~ elected", make_design(ili_like, "D2"), "ordinal")
    assert fit.table["term"].tolist() == ["elected", "a|b", "b|c", "c|d", "d|e"]
    assert fit.table["std_error"].tolist() == plain.table["std_error"].tolist()
    with pytest.raises(ColumnError, match="holds categories, not numbers"):
        fit_model("word ~ elected", make_design(ili_like.assign(word=words), "D2"))
