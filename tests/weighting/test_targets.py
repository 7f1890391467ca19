"""Targets of weighting in every form that they come in, and those that cannot be used."""

import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning, WeightingError
from surveykit.survey import Survey
from surveykit.weighting.raking import rake
from tests.weighting.test_raking import refused


def test_targets_in_every_form_give_the_same_weights(ili_like, margins):
    design = SurveyDesign(ili_like, weight="w")
    sex, age = ({int(key): value for key, value in margins[name].items()} for name in ("sex", "ageband"))
    as_series = [pd.Series(sex, name="sex"), pd.Series(age).rename_axis("ageband")]
    as_table = pd.DataFrame(
        [
            {"column": name, "level": level, "target": target}
            for name, part in (("sex", sex), ("ageband", age))
            for level, target in part.items()
        ]
    )
    first = rake(design, {"sex": sex, "ageband": age}).weights
    for form in (as_series, as_table, {"sex": pd.Series(sex), "ageband": age}):
        assert np.array_equal(rake(design, form).weights, first)
    shares = {
        "sex": {key: value / 58500 for key, value in sex.items()},
        "ageband": {key: 100 * value / 58500 for key, value in age.items()},
    }
    assert rake(design, shares, total=58500).weights == pytest.approx(first, rel=1e-12)
    assert rake(design, shares).weights.sum() == pytest.approx(design.weights.sum(), rel=1e-12)
    assert rake(design, {**shares, "sex": sex}).weights == pytest.approx(first, rel=1e-12)


def test_crossed_columns_are_met_as_a_margin(ili_like, margins):
    joint = {tuple(int(part) for part in key.split("|")): value for key, value in margins["sex_by_ageband"].items()}
    raked = rake(SurveyDesign(ili_like, weight="w"), {("sex", "ageband"): joint, "educ": margins["educ"]})
    sums = pd.Series(raked.weights).groupby([ili_like["sex"], ili_like["ageband"]]).sum()
    assert sums.to_dict() == pytest.approx(joint, rel=1e-8)
    assert raked.calibration[0].columns == ("sex:ageband", "educ")
    assert raked.calibration[0].terms == (("sex", "ageband"), ("educ",))


def test_levels_may_be_named_by_label_in_any_language():
    frame = pd.DataFrame({"sex": [1.0, 2.0, 2.0]})
    book = Codebook.of([Variable("sex", labels={1: {"en": "men", "ru": "мужчины"}, 2: {"en": "women", "kk": "әйел"}})])
    design = SurveyDesign(Survey(frame, book))
    for targets in ({"men": 1, "women": 2}, {"мужчины": 1, "әйел": 2}, {1: 1, "women": 2}, {"1": 1, "2": 2}):
        assert rake(design, {"sex": targets}).weights == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(("margins", "words"), [
    ({"sex": {"f": 5}}, "must give a target for every level in the data, but 'sex' has 'm' without one"),
    ({"sex": {"f": 5, "m": 4, "x": 1}}, "names 'x' in 'sex', which is neither a code nor a label there; it has f, m"),
    ({"age": {1: 5, 2: 4, 3: 1}}, "names 3 in 'age'"),
    ({"sex": {"f": 5, "m": 5}, "age": {1: 5, 2: 7}}, "but 'sex' adds up to 10 and 'age' to 12"),
    ({"sex": {"f": 0, "m": 5}}, "gives level 'f' of 'sex' the target 0, but it has respondents"),
    ({"sex": {"f": -1, "m": 5}}, "must be a number that is not negative, but 'f' has -1"),
    ({"sex": {"f": float("nan"), "m": 5}}, "must be a number that is not negative"),
    ({"sx": {"f": 1, "m": 5}}, "`margins` names 'sx', which is not a column; did you mean 'sex'?"),
    ({("sex", "age"): {"f": 1, "m": 5}}, "each level needs 2 codes in a tuple, but 'f' was given"),
    ({"sex": [1, 2]}, "must map each level of a column to its target, but list was given"),
    ({}, "must give targets by column"),
    ({"sex": {"f": 1e308, "m": 1e308}}, "add up to a number beyond what can be computed with"),
    (pd.DataFrame({"sex": ["f", "m"], "hello": [1, 2]}), "needs the columns 'column', 'level', 'target'"),
])  # fmt: skip
def test_targets_that_cannot_be_used_are_explained(answers, margins, words):
    assert words in refused(answers, margins)


@pytest.mark.parametrize(("targets", "aim"), [
    ({1: 33.3, 2: 33.3, 3: 33.3}, "percentages"), ({1: 0.333, 2: 0.333, 3: 0.333}, "shares"), ({1: 33, 2: 33, 3: 33}, "percentages"),
    ({1: 14.3, 2: 42.9, 3: 42.9}, "percentages"), ({1: 66.7, 2: 16.7, 3: 16.7}, "percentages"),
])  # fmt: skip
def test_rounded_percentages_are_percentages_and_no_persons(targets, aim):
    """By hand: weights add up to the 120 respondents, each level to its part of the sum of the targets."""
    design = SurveyDesign(pd.DataFrame({"age": [1, 2, 3, 3] * 30}))
    with pytest.warns(SurveyKitWarning, match=f"as rounded {aim} do; they are taken for such"):
        raked = rake(design, {"age": targets})
    assert raked.weights.sum() == pytest.approx(120, rel=1e-9)
    for level, target in targets.items():
        assert raked.weights[raked.data["age"] == level].sum() == pytest.approx(
            120 * target / sum(targets.values()), rel=1e-8
        )
    assert rake(design, {"age": targets}, total=50_000).weights.sum() == pytest.approx(50_000, rel=1e-9)


@pytest.mark.parametrize(("targets", "words"), [
    ({1: 33.3, 2: 33.3, 3: 30.3}, "percentages in `margins` must add up to 100, but those of 'age' add up to 96.9"),
    ({1: 33, 2: 33, 3: 32}, "percentages in `margins` must add up to 100"), ({1: 0.5, 2: 0.3, 3: 0.05}, "shares in `margins` must add up to 1"),
])  # fmt: skip
def test_percentages_that_rounding_does_not_explain_are_refused(targets, words):
    design = SurveyDesign(pd.DataFrame({"age": [1, 2, 3, 3] * 100}))
    with pytest.raises(WeightingError, match=words):
        rake(design, {"age": targets})


@pytest.mark.parametrize("n", [20, 22, 30])
def test_tenths_about_a_hundred_are_percentages_whatever_the_sample_counts(n):
    """80, 88 and 120 respondents, near 99.9 themselves; two rounded percentages cannot miss 100 by 0.1, so that one is wrong."""
    design = SurveyDesign(pd.DataFrame({"age": [1, 2, 2, 2] * n}))
    with pytest.raises(
        WeightingError, match="percentages in `margins` must add up to 100, but those of 'age' add up to 99.9"
    ):
        rake(design, {"age": {1: 49.9, 2: 50.0, 3: 0}})
    weighted = pd.DataFrame(
        {"age": [1, 2] * 50, "w": [0.998, 0.998, 1.0, 1.0] * 25}
    )  # a sample whose weights add up to 99.9
    assert rake(SurveyDesign(weighted, weight="w"), {"age": {1: 49.9, 2: 50.0}}).weights.sum() == pytest.approx(99.9)


def test_counts_of_persons_about_a_hundred_stay_counts():
    design = SurveyDesign(pd.DataFrame({"age": [1, 2, 3, 3] * 15}))
    assert rake(design, {"age": {1: 33, 2: 33, 3: 33}}).weights.sum() == pytest.approx(99, rel=1e-9)
    assert rake(design, {"age": {1: 3300, 2: 3300, 3: 3300}}).weights.sum() == pytest.approx(9900, rel=1e-9)
