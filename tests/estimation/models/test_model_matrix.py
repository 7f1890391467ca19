"""What a formula names, and the covariates that no model can take."""

import numpy as np
import pandas as pd
import patsy
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError, SurveyKitWarning
from surveykit.estimation.models.regression import fit_model
from surveykit.survey import Survey
from surveykit.weighting.replicates import replicate_weights

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 400
    frame = pd.DataFrame(
        {
            "village": rng.integers(0, 20, n),
            "w": rng.gamma(2, 1, n),
            "count": rng.poisson(2, n),
            "year": rng.choice([2021, 2023], n),
            "sex": rng.choice(["f", "m"], n),
            "age": rng.integers(18, 80, n),
        }
    )
    frame["my count"] = frame["count"]
    frame["yes"] = (rng.random(n) < 0.4).astype(int)
    frame["trust"] = rng.integers(1, 6, n)
    frame["one"], frame["twice"], frame["far"] = 3.0, 2 * frame["count"] + 1, frame["age"].replace(30, np.inf)
    frame["log"] = np.nan  # columns named like functions of formulas
    frame["C"] = "x"
    return frame


@pytest.fixture(scope="module")
def design(answers) -> SurveyDesign:
    return SurveyDesign(answers, weight="w", cluster="village")


def test_a_quoted_column_of_numbers_has_one_slope(design):
    quoted, bare = (fit_model(f"trust ~ {name}", design).table for name in ("Q('my count')", "count"))
    assert quoted["term"].tolist() == ["Intercept", "Q('my count')"]
    assert quoted["estimate"].tolist() == bare["estimate"].tolist()


def test_a_quoted_category_and_a_number_that_stands_alone_too(design):
    with pytest.warns(SurveyKitWarning, match=r"the coefficient of .*T.7.* is not known"):  # all of 7 in one cluster
        terms = fit_model("trust ~ C(Q('my count')) + C(year) * age", design).table["term"]
    assert [term for term in terms if "year" in term] == ["C(year)[T.2023]", "C(year)[T.2023]:age"]
    assert sum(term.startswith("C(Q('my count'))") for term in terms) == design.data["count"].nunique() - 1


def test_functions_and_texts_in_a_formula_are_no_columns(design):
    fit = fit_model("trust ~ np.log(age) + C(sex, Treatment('m'))", design)
    assert fit.dropped.empty  # the column `log`, which nobody answered, is not meant
    assert fit.table["term"].tolist() == ["Intercept", "np.log(age)", "C(sex, Treatment('m'))[T.f]"]


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("trust ~ one", "'one' in 'trust ~ one' is constant or a combination of the terms before it"),
        ("trust ~ count + twice", "'twice' in .* is constant or a combination"),
        ("trust ~ 0 + sex", "has thresholds in place of an intercept, but 'trust ~ 0 [+] sex' takes it out"),
        ("trust ~ sex - 1", "has thresholds in place of an intercept"),
    ],
)
def test_an_ordinal_model_refuses_what_its_thresholds_already_say(design, formula, words):
    with pytest.raises(ArgumentError, match=words):
        fit_model(formula, design, "ordinal")


@pytest.mark.parametrize(("outcome", "family"), [("age", "gaussian"), ("yes", "binomial"), ("trust", "ordinal")])
@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("np.log(count)", r"'np.log\(count\)' of .* is infinite in {zeros} row\(s\)"),
        ("I(1 / count)", r"is infinite in {zeros} row\(s\)"),
        ("far", r"'far' of .* is infinite in {far} row\(s\)"),
        ("np.log(count - 1)", "has no value for some respondents who answered"),
    ],
)
def test_covariates_without_a_finite_value_are_told_of(answers, design, outcome, family, term, words):
    counts = {"zeros": (answers["count"] == 0).sum(), "far": np.isinf(answers["far"]).sum()}
    with pytest.raises(ArgumentError, match=words.format(**counts)):
        fit_model(f"{outcome} ~ {term}", design, family)


@pytest.mark.parametrize(
    ("family", "outcome"),
    [
        ("gaussian", "age"),
        ("binomial", "yes"),
        ("poisson", "count"),
        ("gamma", "age"),
        ("ordinal", "trust"),
    ],
)
def test_a_far_origin_and_a_small_unit_change_nothing_but_the_scale(design, family, outcome):
    near = fit_model(f"{outcome} ~ I(year - 2021) * sex", design, family).table.set_index("term")
    for formula, unit in ((f"{outcome} ~ year * sex", 1), (f"{outcome} ~ I(year * 1e5) * sex", 1e5)):
        far = fit_model(formula, design, family).table.set_index("term")
        slopes = [term for term in near.index if "year" in term]
        meant = [term.replace("I(year - 2021)", formula.split("~ ")[1].split(" * sex")[0]) for term in slopes]
        for column in ("estimate", "std_error"):  # the intercept of a year is 2,000 slopes away, so 1e-7
            assert far.loc[meant, column].to_numpy() * unit == pytest.approx(near.loc[slopes, column], rel=1e-7)
        assert far.loc[meant, "p_value"].to_numpy() == pytest.approx(near.loc[slopes, "p_value"], rel=1e-6)


@pytest.mark.slow
def test_no_replicate_is_lost_to_a_far_origin(design):
    repeated = design.with_replicates(replicate_weights(design, "JK1"))
    near, far = (fit_model(f"yes ~ {term}", repeated, "binomial").table for term in ("I(year - 2021)", "year"))
    assert far["std_error"].iloc[1] == pytest.approx(near["std_error"].iloc[1], rel=1e-7)


def test_a_replicate_without_a_category_has_no_coefficient_for_it(answers):
    lone = answers.assign(kind=np.where(answers["village"] == 7, "only here", "elsewhere"))
    design = SurveyDesign(lone, weight="w", cluster="village")
    repeated = design.with_replicates(replicate_weights(design, "JK1"))
    with pytest.warns(UserWarning, match="1 of 20 replicates have no estimate"):
        fit_model("yes ~ kind", repeated, "binomial")


def test_separation_is_told_of(answers):
    with pytest.raises(FeasibilityError, match="separate the outcomes completely"):
        fit_model("yes ~ age", SurveyDesign(answers.assign(yes=(answers["age"] > 40).astype(int))), "binomial")


@pytest.fixture(scope="module")
def labelled(answers) -> SurveyDesign:
    """The same answers, the age in three labelled classes."""
    book = Codebook.of(
        [Variable("band", labels={1: {"en": "young"}, 2: {"en": "middle"}, 3: {"en": "old"}}, measure="ordinal")]
    )
    frame = answers.assign(band=np.digitize(answers["age"], [35, 55]) + 1)
    return SurveyDesign(Survey(frame, book), weight="w", cluster="village")


@pytest.mark.parametrize(
    "term", ["I((band == 1) | (count > 2))", "I(count * (band != 3))", "I(band == 1)", "np.log(band)", "band:count"]
)
def test_expressions_of_a_labelled_column_are_of_its_codes(labelled, term):
    plain = SurveyDesign(labelled.data, weight="w", cluster="village")
    if ":" in term:  # alone in an interaction it is a category
        found = fit_model(f"trust ~ {term}", labelled).table["term"].tolist()
        assert found == ["Intercept", "band[young]:count", "band[middle]:count", "band[old]:count"]
        return
    found, wanted = (fit_model(f"trust ~ {term}", design).table for design in (labelled, plain))
    assert found["estimate"].tolist() == pytest.approx(wanted["estimate"].tolist(), rel=1e-12)


@pytest.mark.parametrize("reference", ["2", "'middle'"])
def test_the_reference_of_a_labelled_column_is_named_by_code_or_label(labelled, reference):
    terms = fit_model(f"trust ~ C(band, Treatment({reference}))", labelled).table["term"]
    assert [term.partition("[")[2] for term in terms[1:]] == ["T.young]", "T.old]"]


def test_a_labelled_column_is_not_two_things_in_one_formula(labelled):
    with pytest.raises(ArgumentError, match="takes 'band', whose answers have labels, as a category and inside an"):
        fit_model("trust ~ band + I(band == 1)", labelled)
    as_numbers = fit_model("trust ~ band + I(band == 1)", labelled, numeric=["band"]).table
    assert as_numbers["term"].tolist() == ["Intercept", "band", "I(band == 1)[T.True]"]


def test_a_category_that_is_the_same_for_all_is_refused_like_a_constant(answers):
    with pytest.raises(ArgumentError, match="'C' in 'trust ~ C' is the same for everybody who answered"):
        fit_model("trust ~ C", SurveyDesign(answers))


def test_coefficients_without_errors_are_given_where_the_rule_for_lonely_strata_says_so(answers):
    design = SurveyDesign(
        answers.assign(zone=np.where(answers["village"] == 0, 1, 2)),
        cluster="village",
        stratum="zone",
        conventions="stata",
    )
    with pytest.warns(UserWarning, match="have no errors, because a stratum has a single cluster"):
        table = fit_model("trust ~ sex", design).table
    assert table["std_error"].isna().all()
    plain = fit_model("trust ~ sex", SurveyDesign(answers, cluster="village")).table
    assert table["estimate"].tolist() == pytest.approx(plain["estimate"].tolist())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "outcome"),
    [
        ("gaussian", "age"),
        ("binomial", "yes"),
        ("poisson", "count"),
        ("gamma", "age"),
        ("ordinal", "trust"),
    ],
)
@pytest.mark.parametrize("origin", [2e7, 1e8])
def test_a_column_far_from_zero_keeps_its_digits(answers, family, outcome, origin):
    """A date written as 20231105, beside another covariate; a number of 1e8 itself keeps 8 digits, so 1e-6."""
    found = []
    for shift in (0.0, origin):
        design = SurveyDesign(answers.assign(day=answers["year"] - 2021 + shift), weight="w", cluster="village")
        found.append(fit_model(f"{outcome} ~ sex + day", design, family).table.set_index("term"))
    for column in ("estimate", "std_error"):
        for term in ("sex[T.m]", "day"):
            assert found[1].loc[term, column] == pytest.approx(found[0].loc[term, column], rel=1e-6)


def test_the_parameters_are_those_of_the_columns_as_they_are(design):
    """Without a constant nothing can take up a centre, so columns are only scaled."""
    for formula in ("age ~ 0 + sex + count", "age ~ 0 + count", "age ~ sex * count"):
        table = fit_model(formula, design).table
        matrix = patsy.dmatrix(formula.split("~")[1], design.data)
        root = np.sqrt(design.weights)
        wanted = np.linalg.lstsq(np.asarray(matrix) * root[:, None], design.data["age"] * root, rcond=None)[0]
        by_name = dict(zip(matrix.design_info.column_names, wanted))
        assert table["estimate"].tolist() == pytest.approx([by_name[term] for term in table["term"]], rel=1e-9)


@pytest.mark.parametrize("name", ["df", "degree", "reference", "np"])
def test_names_of_arguments_and_modules_are_no_columns(answers, name):
    """A column of that name, which many did not answer, is not meant."""
    design = SurveyDesign(answers.assign(**{name: np.where(np.arange(400) % 3 == 0, np.nan, 1.0)}), cluster="village")
    for term in ("bs(age, df=4)", "bs(age, df = 5, degree=2)", "C(sex, Treatment(reference='m'))", "np.log(age)"):
        assert fit_model(f"trust ~ {term}", design).table["n"].iloc[0] == 400
    assert fit_model("trust ~ I(count==1)", design).table["n"].iloc[0] == 400


def test_a_single_labelled_column_may_be_named_as_numeric(labelled):
    assert fit_model("trust ~ band + I(band**2)", labelled, numeric="band").table["term"].tolist()[1] == "band"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "link"),
    [
        ("binomial", "logit"),
        ("binomial", "probit"),
        ("binomial", "cloglog"),
        ("poisson", None),
        ("negative-binomial", None),
    ],
)
@pytest.mark.parametrize("term", ["C(kind)", "0 + C(kind)", "C(kind) + age"])
@pytest.mark.parametrize("value", [0, 1])
def test_a_category_in_which_all_answer_alike_has_no_finite_coefficient(answers, family, link, term, value):
    kind = np.arange(400) % 4
    outcome = np.where(kind == 3, value, answers["yes" if family == "binomial" else "count"])
    if family != "binomial" and value == 1:
        outcome = np.where(kind == 3, 0, outcome)  # counts are separated where all are zero
    design = SurveyDesign(answers.assign(kind=kind, outcome=outcome), weight="w", cluster="village")
    with pytest.raises(FeasibilityError, match="separate|size grows without bound"):
        fit_model(f"outcome ~ {term}", design, family, link=link)


def test_fitted_shares_near_the_ends_are_no_separation():
    rng = np.random.default_rng(1)
    x = rng.uniform(-30, 30, 3000)
    answers = pd.DataFrame(
        {"x": x, "y": (rng.random(3000) < 1 / (1 + np.exp(-x))).astype(int), "v": np.arange(3000) % 30}
    )
    fit = fit_model("y ~ x", SurveyDesign(answers, cluster="v"), "binomial").table
    assert fit["estimate"].iloc[1] == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize("emptied", [1, 3])
def test_a_level_that_nobody_among_those_used_has_is_left_out(labelled, emptied):
    band = labelled.data["band"].to_numpy()
    kept = {1: ["old"], 3: ["middle"]}[emptied]
    for options in ({"where": band != emptied}, {}):
        frame = labelled.data.assign(trust=labelled.data["trust"].where(band != emptied))
        design = labelled if options else labelled.with_survey(labelled.survey.with_columns({"trust": frame["trust"]}))
        for family in ("gaussian", "ordinal"):
            terms = fit_model("trust ~ band", design, family, **options).table["term"]
            assert [term[7:-1] for term in terms if term.startswith("band")] == kept


@pytest.mark.parametrize("formula", ["trust ~ C(band, Treatment(1))", "trust ~ C(band, Treatment('young'))"])
def test_a_reference_that_nobody_has_is_refused(labelled, formula):
    for design in (labelled, SurveyDesign(labelled.data, weight="w", cluster="village")):
        if design is labelled or "young" not in formula:
            with pytest.raises(ArgumentError, match="nobody among those who answered has 'band' .*as the reference"):
                fit_model(formula, design, where=(design.data["band"] != 1).to_numpy())


def test_the_advice_for_an_empty_cell_of_an_interaction_can_be_followed():
    """R's svyglm leaves such a coefficient NA; each way out that the sentence names fits here."""
    frame = pd.DataFrame(
        {
            "y": np.arange(60) % 7 + np.arange(60) % 4,
            "a": np.arange(60) % 3,
            "b": np.arange(60) // 3 % 2,
            "v": np.arange(60) // 6,
        }
    )
    frame = frame[~((frame["a"] == 2) & (frame["b"] == 1))].reset_index(drop=True)
    frame["cell"] = frame["a"] * 2 + frame["b"]
    design = SurveyDesign(frame.assign(merged=frame["a"].clip(upper=1)), cluster="v")
    with pytest.raises(ArgumentError, match=r"some combination of its terms has nobody who answered; write '\+'"):
        fit_model("y ~ C(a) * C(b)", design)
    for way in ("y ~ C(a) + C(b)", "y ~ C(merged) * C(b)", "y ~ C(cell)"):
        assert fit_model(way, design).table["std_error"].notna().all()
