"""Models side by side: statistics of fit held to R (tests/reference/make_tables_reference.R), labels and refusals by hand."""

import json
import math
import warnings

import numpy as np
import pytest

import surveykit as sk
from surveykit.errors import ArgumentError
from surveykit.estimation.tables.model_comparison import fit_statistics
from tests.conftest import REFERENCE
from tests.estimation.tables.test_sample_description import BOOK

R = json.loads((REFERENCE / "tables_expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def design(ili_like):
    return sk.SurveyDesign(sk.Survey(ili_like, BOOK), weight="w", cluster="settlement", stratum="stratum")


@pytest.fixture(scope="module")
def fits(design):
    return {
        "gaussian": sk.fit_model("q1 ~ ageband + sex", design),
        "binomial": sk.fit_model("q1top ~ ageband + sex", design, "binomial"),
        "poisson": sk.fit_model("hhsize ~ ageband + sex", design, "poisson"),
        "ordinal": sk.fit_model("q1 ~ sex + age", design, "ordinal"),
    }


@pytest.mark.parametrize("family", ["binomial", "poisson"])
def test_statistics_of_fit_are_those_of_r(fits, family):
    found, theirs = fit_statistics(fits[family]), R[family]
    assert math.isclose(found["cox_snell"], theirs["cox_snell"], rel_tol=1e-8)
    assert math.isclose(found["design_aic"], theirs["aic"][1], rel_tol=1e-8)
    if family == "binomial":
        for name in ("mcfadden", "nagelkerke"):
            assert math.isclose(found[name], theirs[name], rel_tol=1e-8)


def test_r_squared_is_that_of_r(fits):
    found = fit_statistics(fits["gaussian"])
    assert math.isclose(found["r_squared"], R["gaussian"]["r_squared"], rel_tol=1e-8)
    assert math.isclose(found["adjusted_r_squared"], R["gaussian"]["adjusted"], rel_tol=1e-6)


def test_the_pseudo_r_squared_of_an_ordinal_model_by_hand(fits, design):
    """Without covariates the shares are those of the sample: McFadden is 1 - log L / log L_0 with L_0 from them."""
    fit = fits["ordinal"]
    by_answer = design.survey.frame.groupby("q1")["w"].sum()
    null = (by_answer * np.log(by_answer / by_answer.sum())).sum()
    assert math.isclose(fit_statistics(fit)["mcfadden"], 1 - fit.solution.loglik / null, rel_tol=1e-8)


def test_labels_references_and_ratios(fits):
    result = sk.compare_models([fits["gaussian"], fits["binomial"]], names=["Mean", "Agrees"], exponentiate=True)
    table = result.table
    woman = table[(table["term"] == "sex[T.woman]") & (table["method"] != "reference")]
    assert woman[["variable", "level", "code"]].drop_duplicates().to_numpy().tolist() == [["sex", "woman", 2]]
    np.testing.assert_allclose(woman["estimate"].iloc[0], fits["gaussian"].params["sex[T.woman]"])
    np.testing.assert_allclose(woman["estimate"].iloc[1], math.exp(R["binomial"]["estimate"][4]), rtol=1e-8)
    delta = math.exp(R["binomial"]["estimate"][4]) * R["binomial"]["std_error"][4]
    np.testing.assert_allclose(woman["std_error"].iloc[1], delta, rtol=1e-6)
    assert table.loc[table["method"] == "reference", "level"].tolist() == ["18-29", "man"] * 2
    page = result.wide("ru")
    assert page[page.iloc[:, 0] == "Пол"].iloc[:, 1].tolist() == ["мужчина", "женщина", ""]
    assert page.iloc[0].tolist()[2:] == ["база сравнения"] * 2
    assert "Coefficients as they are, since their exponent is no ratio: Mean." in result.method
    assert "sex[T.woman]" not in result.summary()


def test_what_stands_beneath_and_stars(fits):
    fit = fits["poisson"]

    def constant(**how):
        page = sk.compare_models([fit], **how).wide()
        return page.loc[page["Outcome"] == "Constant", "(1)"].tolist()

    assert constant() == ["1.310", "(0.040)"]  # R: 1.30959, 0.03996
    assert constant(beneath=None) == ["1.310"]
    assert constant(stars=True)[0] == "1.310***"
    low, high = fit.conf_int().loc["Intercept"]
    assert constant(beneath="interval")[1] == f"[{low:.3f}; {high:.3f}]"


def test_models_of_different_families_on_every_page(fits, tmp_path):
    result = sk.compare_models(list(fits.values()), names=list(fits))
    wide = result.wide()
    model = wide[wide.iloc[:, 0] == "Model"].set_index("Answer")
    assert model.loc["n"].tolist()[1:] == ["855", "855", "904", "855"]
    assert model.loc["Clusters"].tolist()[1:] == ["10"] * 4
    assert model.loc["R²"].tolist()[2:] == [""] * 3
    assert "No design-based AIC for gaussian, ordinal" in result.method
    assert "different respondents" in result.method
    for ending in ("csv", "md", "html", "tex", "docx", "xlsx"):
        assert sk.write_table(result, tmp_path / f"models.{ending}", lang="kk").stat().st_size


def test_interactions_and_expressions_have_names(ili_like, design):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sk.fit_model("income ~ sex*educ + np.log(age) + C(elected)", design)
    page = sk.compare_models([fit]).wide()
    heads = set(page.iloc[:, 0])
    assert {"Sex", "Education", "Sex × Education", "np.log(age)", "elected"} <= heads
    crossed = page[page.iloc[:, 0] == "Sex × Education"].iloc[::2, 1].tolist()
    assert crossed == ["woman × college", "woman × university"]
    pieces = fit.__maketables_coef_table__.index.tolist()
    assert "Sex: woman × Education: college" in pieces and "elected: elected" in pieces
    by_name = {name: term for name, term in zip(pieces, fit.table["term"])}
    assert by_name["Sex: woman × Education: university"] == "sex[T.woman]:educ[T.university]"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"models": []}, "empty|at least one"),
        ({"models": ["q1 ~ sex"]}, "a list of ModelFit"),
        ({"names": ["a"]}, "one name for each of the 2 models"),
        ({"names": ["a", "a"]}, "'a' twice"),
        ({"beneath": "errors"}, "beneath"),
    ],
)
def test_what_is_typed_in_wrong(fits, call, words):
    with pytest.raises(ArgumentError, match=words):
        sk.compare_models(**{"models": [fits["gaussian"], fits["binomial"]], **call})


def test_another_result_is_no_fit(design):
    with pytest.raises(ArgumentError, match="a list of ModelFit"):
        sk.compare_models([sk.means(design, "q1")])


def test_one_simulated_model_makes_the_table_simulated(ili_like, fits):
    told = sk.Survey(ili_like, BOOK, sk.Provenance("made.csv", simulated=True))
    simulated = sk.fit_model("q1 ~ sex", sk.SurveyDesign(told, weight="w", cluster="settlement"))
    assert "SIMULATED" in sk.compare_models([fits["gaussian"], simulated]).summary()
    assert "SIMULATED" not in sk.compare_models([fits["gaussian"]]).summary()


def test_models_go_to_maketables_under_readable_names(fits):
    result = sk.compare_models([fits["binomial"], fits["gaussian"]], exponentiate=True)
    odds, means = result.for_maketables("ru")
    table = odds.__maketables_coef_table__
    assert table.loc["Пол – женщина", "b"] == pytest.approx(math.exp(R["binomial"]["estimate"][4]), rel=1e-8)
    assert "Константа" in table.index and not any("[T." in name for name in table.index)
    assert odds.__maketables_stat__("N") == 855
    assert odds.__maketables_stat__("mcfadden") == pytest.approx(R["binomial"]["mcfadden"], rel=1e-8)
    assert means.__maketables_stat__("mcfadden") is None
    assert means.__maketables_stat_labels__["adjusted_r_squared"] == "Скорректированный R²"


def test_maketables_prints_models(fits):
    maketables = pytest.importorskip("maketables", reason="the extra surveykit-settlements[tables] is not installed")
    text = maketables.ETable(sk.compare_models([fits["gaussian"]]).for_maketables()).make(type="tex")
    assert "Sex – woman" in text and "Adjusted $R^2$" in text and "sex[T." not in text
