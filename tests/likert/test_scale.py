import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, CodeError, ColumnError, SurveyKitWarning
from surveykit.likert.coding import code_items
from surveykit.likert.scale import LikertScale, collapse_items, score_scale
from surveykit.survey import Survey

ITEMS = [f"q{number}" for number in range(1, 9)]


@pytest.fixture
def small() -> Survey:
    frame = pd.DataFrame({"q1": [1, 4, 5, np.nan], "q2": [2, 5, np.nan, np.nan], "q3": [5, 1, 1, np.nan]})
    labels = {1: {"en": "No", "ru": "Нет"}, 4: {"en": "Rather", "ru": "Скорее да"}, 5: {"en": "Yes", "ru": "Да"}}
    return Survey(frame, Codebook.of([Variable("q1", {"en": "The akim listens"}, labels)]))


def trust(**changes: object) -> LikertScale:
    return LikertScale(**{"name": "trust", "items": ["q1", "q2", "q3"], "lowest": 1, "highest": 5,
                          "reversed_items": ["q3"], **changes})  # fmt: skip


def test_score_by_hand(small):
    score = score_scale(small, trust(), min_answered=2).data["trust"]
    assert score.iloc[:3].tolist() == pytest.approx([(1 + 2 + 1) / 3, (4 + 5 + 5) / 3, (5 + 5) / 2])
    assert np.isnan(score.iloc[3])


def test_by_default_every_item_must_be_answered(small):
    assert score_scale(small, trust()).data["trust"].notna().tolist() == [True, True, False, False]


def test_sum_counts_an_unanswered_item_as_the_respondents_mean(small):
    total = score_scale(small, trust(), min_answered=2, statistic="sum").data["trust"]
    assert total.iloc[:3].tolist() == pytest.approx([4, 14, 15])
    median = score_scale(small, trust(), min_answered=2, statistic="median").data["trust"]
    assert median.iloc[:3].tolist() == [1, 5, 5]


def test_score_equals_the_index_of_the_reference(ili_like):
    scored = score_scale(Survey(ili_like), LikertScale("score", ITEMS, 1, 5), min_answered=6).data["score"]
    pd.testing.assert_series_equal(scored, ili_like["index"], check_names=False)


def test_a_design_comes_back_as_a_design(small):
    design = SurveyDesign(Survey(small.frame.iloc[:3].assign(w=[1.0, 2, 3]), small.codebook), weight="w")
    scored = score_scale(design, trust(question={"en": "Trust"}), min_answered=2)
    assert isinstance(scored, SurveyDesign)
    assert scored.weights.tolist() == [1, 2, 3]
    assert scored.survey.codebook["trust"].ask("en") == "Trust"
    assert scored.survey.codebook["trust"].measure == "scale"
    assert "trust" not in design.survey.frame


def test_a_forgotten_reversal_warns(small):
    with pytest.warns(SurveyKitWarning, match="'q3' of scale 'trust' goes against the other items"):
        score_scale(small, trust(reversed_items=[]), min_answered=2)


def test_a_score_over_an_existing_column_warns(small):
    with pytest.warns(SurveyKitWarning, match="replaces the column of that name"):
        score_scale(small.with_columns({"trust": [0, 0, 0, 0]}), trust(), min_answered=2)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=4, max_size=20))
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_reversing_all_items_mirrors_the_score(answers):
    survey = Survey(pd.DataFrame(answers, columns=["q1", "q2", "q3"]))
    plain = score_scale(survey, trust(reversed_items=[])).data["trust"]
    mirrored = score_scale(survey, trust(reversed_items=["q1", "q2", "q3"])).data["trust"]
    assert (plain + mirrored).to_numpy() == pytest.approx(6.0)


def test_missing_codes_of_the_codebook_never_enter_a_score():
    book = Codebook.of([Variable("q1", missing={99: {"en": "refused"}})])
    survey = Survey(pd.DataFrame({"q1": [1, 99], "q2": [1, 5]}), book)
    scored = score_scale(survey, LikertScale("s", ["q1", "q2"], 1, 5), min_answered=1).data["s"]
    assert scored.tolist() == [1, 5]


def test_a_code_outside_the_scale_stops(small):
    survey = small.with_columns({"q2": [2, 6, 7, 6]})
    with pytest.raises(CodeError, match=r"'q2' holds 6, 7, outside the scale 1 to 5, in 3 row\(s\): 1, 2, 3; declare"):
        score_scale(survey, trust())


def test_top_and_bottom_boxes_by_hand(small):
    top = collapse_items(small, "q1", top=2, lowest=1, highest=5)
    assert top.data["q1_top2"].iloc[:3].tolist() == [0, 1, 1]
    assert np.isnan(top.data["q1_top2"].iloc[3])
    assert top.codebook["q1_top2"].label(1, "ru") == "Скорее да / Да"
    assert top.codebook["q1_top2"].label(1, "en") == "Rather / Yes"
    assert top.codebook["q1_top2"].ask("en") == "The akim listens"
    assert collapse_items(small, trust(), bottom=2).data["q3_bottom2"].iloc[:3].tolist() == [0, 1, 1]  # not turned


def test_top_box_equals_the_reference(ili_like):
    top = collapse_items(Survey(ili_like), "q1", top=2, lowest=1, highest=5).data["q1_top2"]
    pd.testing.assert_series_equal(top, ili_like["q1top"], check_names=False)


@pytest.mark.parametrize(("options", "words"), [
    ({"top": 2, "bottom": 2}, "give either `top` or `bottom`"),
    ({}, "give either `top` or `bottom`"),
    ({"top": 5}, "`top` must be a whole number from 1 to 4 on a scale from 1 to 5, but 5 was given"),
])  # fmt: skip
def test_boxes_that_make_no_sense_are_refused(small, options, words):
    with pytest.raises(ArgumentError, match=words):
        collapse_items(small, trust(), **options)


@pytest.mark.parametrize(("changes", "words"), [
    ({"items": []}, "a scale needs at least one item"),
    ({"items": ["q1", "q1"]}, "`items` names 'q1' twice"),
    ({"reversed_items": ["q9"]}, "`reversed_items` must be one of"),
    ({"lowest": 5, "highest": 1}, "must be whole numbers, the smaller first"),
    ({"lowest": 1.5}, "takes a whole number as `lowest`, but 1.5 was given"),
])  # fmt: skip
def test_scales_that_contradict_themselves_are_refused(changes, words):
    with pytest.raises(ArgumentError, match=words):
        trust(**changes)


def test_other_errors_say_the_way_out(small):
    with pytest.raises(ColumnError, match="`items` names 'q9', which is not a column"):
        score_scale(small, trust(items=["q1", "q9"], reversed_items=[]))
    with pytest.raises(ArgumentError, match="`min_answered` must be a whole number from 1 to 3"):
        score_scale(small, trust(), min_answered=4)
    with pytest.raises(ArgumentError, match="need `lowest` and `highest`"):
        collapse_items(small, "q1", top=2)
    with pytest.raises(ColumnError, match="holds text such as 'Yes', where numbers are needed; use code_items"):
        score_scale(small.with_columns({"q1": ["Yes", "No", "No", "Yes"]}), trust())


def test_what_is_no_scale_is_refused(small):
    with pytest.raises(ArgumentError, match="`scale` must be a LikertScale, but 'q1' was given; write LikertScale"):
        score_scale(small, "q1")
    with pytest.raises(ArgumentError, match="`items` must be a LikertScale, a column or several, but 5 was given"):
        collapse_items(small, 5, top=2)
    with pytest.raises(ArgumentError, match="takes a text as `name`, but 5 was given"):
        trust(name=5)


def test_dates_and_other_kinds_are_no_answers():
    frame = pd.DataFrame({"q1": pd.to_datetime(["2021-01-01", "2021-01-02"])})
    with pytest.raises(CodeError, match="'q1' holds '2021-01-01 00:00:00'"):
        code_items(frame, "q1", lowest=1, highest=5)
