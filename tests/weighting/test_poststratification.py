import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, WeightingError
from surveykit.weighting.poststratification import poststratify


def test_weights_by_hand():
    frame = pd.DataFrame({"sex": ["f", "f", "m"], "w": [1.0, 3.0, 2.0]})
    post = poststratify(SurveyDesign(frame, weight="w"), {"sex": {"f": 0.5, "m": 0.5}})
    assert post.weights.tolist() == pytest.approx([0.75, 2.25, 3.0])  # shares keep the sum of 6
    assert post.steps == ("post-stratified by sex",)


def test_weights_equal_those_of_r(weighted, joint, weights_expected):
    post = poststratify(weighted, {("sex", "ageband"): joint})
    assert post.weights == pytest.approx(weights_expected["ps"].to_numpy(), rel=1e-12)


def test_targets_as_series_and_as_table_are_the_same(weighted, joint):
    series = pd.Series(joint).rename_axis(["sex", "ageband"])
    table = series.rename("Freq").reset_index()
    first = poststratify(weighted, {("sex", "ageband"): joint}).weights
    assert (poststratify(weighted, series).weights == first).all()
    assert (poststratify(weighted, table).weights == first).all()


def test_the_record_tells_the_variance_what_was_fixed(weighted, joint):
    post = poststratify(weighted, {("sex", "ageband"): joint})
    record = post.calibration[0]
    assert (record.kind, record.columns, record.terms) == (
        "post-stratification",
        ("sex:ageband",),
        (("sex", "ageband"),),
    )
    assert dict(record.targets[0]) == joint
    assert (record.weights_before == weighted.weights).all()
    assert (record.weights_after == post.weights).all()


def test_two_sets_of_targets_are_refused(weighted, margins):
    with pytest.raises(ArgumentError, match=r"takes one set of targets, but `targets` has 2 \(sex, educ\)"):
        poststratify(weighted, {"sex": margins["sex"], "educ": margins["educ"]})


def test_a_post_stratum_without_respondents_is_explained(weighted, joint):
    frame = weighted.survey.frame
    fewer = SurveyDesign(frame[~((frame["sex"] == 1) & (frame["ageband"] == 4))], weight="w")
    with pytest.raises(
        WeightingError, match="asks for 4922 in level 1 x 4 of 'sex:ageband', where there is no respondent"
    ):
        poststratify(fewer, {("sex", "ageband"): joint})
