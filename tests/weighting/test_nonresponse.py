import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, DesignError, SurveyKitWarning, WeightingError
from surveykit.estimation.quantities.means import means, totals
from surveykit.survey import Survey
from surveykit.weighting.nonresponse import adjust_nonresponse
from surveykit.weighting.raking import rake


@pytest.fixture(scope="module")
def sampled(ili_like) -> SurveyDesign:
    """The rule of weighting_reference.R for who answered."""
    row = np.arange(1, len(ili_like) + 1)
    answered = ((row * 7) % 10 < 5 + ili_like["sex"]).astype(int)
    return SurveyDesign(ili_like.assign(answered=answered), weight="w")


def test_classes_by_hand():
    frame = pd.DataFrame({"zone": ["n", "n", "s", "s"], "w": [1.0, 3, 2, 2], "answered": [1, 0, 1, 1]})
    with pytest.warns(
        SurveyKitWarning, match="fewer than 20 respondents stand for class 'n', 's'|raises weights by up to 4"
    ):
        found = adjust_nonresponse(SurveyDesign(frame, weight="w"), "answered", classes="zone")
    assert found.weights.tolist() == [4, 2, 2]
    assert found.survey.frame["zone"].tolist() == ["n", "s", "s"]
    assert found.survey.provenance.notes[-1] == "kept 3 of 4 rows: answered = 1"


def test_classes_equal_r(sampled, weighting_expected):
    found = adjust_nonresponse(sampled, "answered", classes=["stratum", "sex"])
    entry = weighting_expected["classes"]
    assert (found.weights**2).sum() == pytest.approx(entry["sum_w2"], rel=1e-10)
    assert found.weights.sum() == pytest.approx(sampled.weights.sum(), rel=1e-12)
    expected = dict(zip(entry["names"], entry["factors"]))
    frame = found.survey.frame
    factor = found.weights / frame["w"]
    for name, value in expected.items():
        stratum, sex = name.split(".")
        assert factor[(frame["stratum"] == stratum) & (frame["sex"] == int(sex))].to_numpy() == pytest.approx(value)


def test_propensities_equal_r(sampled, weighting_expected):
    entry = weighting_expected["propensity"]
    direct = adjust_nonresponse(sampled, "answered", propensity="C(sex) + age", propensity_classes=None)
    assert direct.weights.sum() == pytest.approx(entry["sum_w"], rel=1e-9)
    quintiles = adjust_nonresponse(sampled, "answered", propensity="C(sex) + age")
    assert (quintiles.weights**2).sum() == pytest.approx(entry["sum_w2_classes"], rel=1e-9)
    factors = np.unique((quintiles.weights / quintiles.survey.frame["w"]).round(8))
    assert factors == pytest.approx(sorted(entry["class_factors"]), rel=1e-7)
    assert "by response propensity (C(sex) + age) in 5 classes" in quintiles.steps[0]


BOOK = Codebook.of(
    [
        Variable(
            "educ", labels={1: {"en": "school"}, 2: {"en": "college"}, 3: {"en": "university"}}, measure="ordinal"
        ),
        Variable("sex", labels={1: {"en": "man"}, 2: {"en": "woman"}}, measure="nominal"),
        Variable("index", labels={1: {"en": "low"}}, measure="scale"),
    ]
)


@pytest.mark.parametrize(("propensity", "plain"), [
    ("educ + sex", "C(educ) + C(sex)"), ("sex + age", "C(sex) + age"), ("C(educ)", "C(educ)"),
    ("C(educ, Treatment(2)) * age", "C(educ) * age"), ("I(educ == 3) + age", "I(educ == 3) + age"),
    ("np.log(educ) + sex", "np.log(educ) + C(sex)"), ("bs(age, df=4) + educ", "bs(age, df=4) + C(educ)"), ("stratum", "stratum"),
])  # fmt: skip
def test_labelled_columns_are_categories_where_they_stand_alone(sampled, propensity, plain):
    """As in fit_model; held against statsmodels on the same columns without a codebook."""
    frame = sampled.data
    fit = smf.glm(f"answered ~ {plain}", frame, family=sm.families.Binomial(), freq_weights=frame["w"]).fit(tol=1e-12)
    design = SurveyDesign(Survey(frame, BOOK), weight="w")
    found = adjust_nonresponse(design, "answered", propensity=propensity, propensity_classes=None)
    wanted = (frame["w"] / fit.fittedvalues)[frame["answered"] == 1]
    assert found.weights == pytest.approx(wanted.to_numpy(), rel=1e-7)


def test_one_reading_of_a_column_in_a_formula(sampled):
    design = SurveyDesign(Survey(sampled.data, BOOK), weight="w")
    words = r"takes 'educ', whose answers have labels, as a category and inside .*; add the expression to the data as a column first$"
    with pytest.raises(ArgumentError, match=words):
        adjust_nonresponse(design, "answered", propensity="educ + I(educ**2)")


@pytest.mark.parametrize("shift", [2e7, 1e9])
def test_a_date_as_a_number_moves_no_propensity(sampled, shift):
    design = SurveyDesign(sampled.data.assign(day=sampled.data["age"] + shift), weight="w")
    here, there = (
        adjust_nonresponse(design, "answered", propensity=name, propensity_classes=None).weights
        for name in ("age", "day")
    )
    assert there == pytest.approx(here, rel=1e-5)


def test_a_combination_of_terms_moves_no_propensity(sampled):
    design = SurveyDesign(sampled.data.assign(twice=2 * sampled.data["age"] + 1), weight="w")
    here, there = (
        adjust_nonresponse(design, "answered", propensity=name, propensity_classes=None).weights
        for name in ("age", "age + twice")
    )
    assert there == pytest.approx(here, rel=1e-10)


def test_a_design_keeps_its_clusters(ili_like, sampled):
    design = SurveyDesign(sampled.survey, weight="w", cluster="settlement", stratum="stratum")
    found = adjust_nonresponse(design, "answered", classes="stratum")
    assert (found.units.n_clusters, found.units.n_strata) == (10, 3)
    assert len(design) == len(ili_like)


@pytest.mark.parametrize(("change", "options", "words"), [
    ({}, {}, "give either `classes`"),
    ({"answered": [1, 1, None, 0]}, {"classes": "zone"}, r"missing in 1 row\(s\): 2"),
    ({"answered": [1, 2, 0, 0]}, {"classes": "zone"}, "must hold 1 and 0 only, but it holds 2"),
    ({"answered": [1, 1, 1, 1]}, {"classes": "zone"}, "according to which everybody responded"),
    ({"answered": [1, 1, 0, 0]}, {"classes": "zone"}, "nobody responded in class 's', so nobody can speak for it"),
    ({}, {"classes": "zon"}, "`classes` names 'zon', which is not a column; did you mean 'zone'"),
    ({}, {"propensity": "C(zon)"}, "`propensity` must be the right side of a formula .*'zon', which is not a column; did you mean 'zone'"),
    ({}, {"propensity": "C(zone"}, "`propensity` must be the right side of a formula"),
    ({}, {"propensity": "nothing(zone)"}, "`propensity` must be the right side of a formula"),
    ({}, {"propensity": "answered ~ zone"}, "`propensity` must be the right side of a formula .* has a '~'"),
    ({"zone": ["n", None, "s", "s"]}, {"propensity": "zone"}, r"without missing values, .* 'zone' is missing in 1 row\(s\)"),
    ({"zone": [0, 1, 2, 3]}, {"propensity": "np.log(zone)"}, "`propensity` has a term that is infinite"),
    ({"zone": ["n", None, "s", "s"]}, {"classes": "zone"}, r"'zone' is missing in 1 row\(s\): 1"),
])  # fmt: skip
def test_requests_that_cannot_be_met_are_explained(change, options, words):
    frame = pd.DataFrame({"zone": ["n", "n", "s", "s"], "answered": [1, 0, 1, 0]}).assign(**change)
    with pytest.raises((ArgumentError, ColumnError, WeightingError), match=words):
        adjust_nonresponse(SurveyDesign(frame), "answered", **options)


def test_adjusting_after_raking_is_refused(sampled, margins):
    with pytest.raises(ArgumentError, match="nonresponse is adjusted for before raking"):
        adjust_nonresponse(rake(sampled, {"sex": margins["sex"]}), "answered", classes="sex")


def test_clusters_where_nobody_responded_stay_in_the_sample(ili_like):
    """As R's subset: rows leave, clusters stay; the same as estimating among the respondents of the whole sample."""
    answered = (~ili_like["settlement"].isin(["S02", "S09"]) & (ili_like["q2"] != 3)).astype(int)
    whole = SurveyDesign(ili_like.assign(answered=answered), weight="w", cluster="settlement", stratum="stratum")
    with warnings.catch_warnings(action="ignore"):
        found = adjust_nonresponse(whole, "answered", classes="sex")
    factor = pd.Series(found.weights, found.data.index).reindex(ili_like.index) / ili_like["w"]
    among = SurveyDesign(
        whole.data.assign(w2=ili_like["w"] * factor.fillna(1)), weight="w2", cluster="settlement", stratum="stratum"
    )
    for estimate in (means, totals):
        here, there = estimate(found, "age").table, estimate(among, "age", where=answered == 1).table
        for column in ("estimate", "std_error", "df", "conf_low", "n_clusters"):
            assert here[column].tolist() == pytest.approx(there[column].tolist(), rel=1e-12)
    assert found.units.n_clusters == whole.units.n_clusters
    assert found.degrees_of_freedom == whole.degrees_of_freedom - 2


def test_a_stratum_that_keeps_one_cluster_with_respondents_is_no_lonely_one():
    answers = pd.DataFrame(
        {
            "zone": [1, 1, 1, 2, 2, 2],
            "village": list("aabccd"),
            "y": [1.0, 2, 3, 4, 5, 6],
            "answered": [1, 1, 0, 1, 1, 1],
        }
    )
    with warnings.catch_warnings(action="ignore"):
        found = adjust_nonresponse(SurveyDesign(answers, cluster="village", stratum="zone"), "answered", classes="zone")
    # zone 1: totals 4.5 and 0 (1.5 times 1 + 2), so 2/1 * 2 * 2.25^2; zone 2: 9 and 6, so 2/1 * 2 * 1.5^2
    assert totals(found, "y").table["std_error"].item() ** 2 == pytest.approx(4 * 2.25**2 + 4 * 1.5**2, rel=1e-12)


def test_a_score_computed_afterwards_leaves_the_empty_clusters_in_place(sampled):
    with warnings.catch_warnings(action="ignore"):
        found = adjust_nonresponse(sampled, "answered", classes="sex")
    further = found.with_survey(found.survey.with_columns({"twice": found.data["age"] * 2}))
    assert further.units is found.units
    assert means(further, "twice").table["std_error"].item() == pytest.approx(
        2 * means(found, "age").table["std_error"].item(), rel=1e-12
    )


def test_rows_leave_a_design_before_calibration_only(sampled, margins):
    raked = rake(sampled, {"sex": margins["sex"]})
    with pytest.raises(DesignError, match="only before calibration .* pass `where` to the estimates"):
        raked.keep_rows(np.ones(len(raked), dtype=bool), "all")
    with pytest.raises(DesignError, match="no row is left"):
        sampled.keep_rows(np.zeros(len(sampled), dtype=bool), "none")


def test_a_category_in_which_nobody_responded_is_not_lost_in_silence():
    people = pd.DataFrame({"age": np.arange(120) % 3, "answered": (np.arange(120) % 3 != 2) & (np.arange(120) % 4 > 0)})
    design = SurveyDesign(people.assign(answered=people["answered"].astype(int)))
    with pytest.raises(WeightingError, match="tells 40 people apart of whom nobody responded, so nobody can speak"):
        adjust_nonresponse(design, "answered", propensity="C(age)", propensity_classes=None)
