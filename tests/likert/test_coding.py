import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.codebook import Codebook, Variable
from surveykit.errors import ArgumentError, CodeError, SurveyKitWarning
from surveykit.likert.coding import code_items
from surveykit.likert.scale import LikertScale
from surveykit.survey import Survey

LABELS = {1: {"en": "Strongly disagree", "ru": "Совсем не согласен"}, 2: {"en": "Disagree"}, 3: {"en": "Neither"},
          4: {"en": "Agree", "kk": "Келісемін"}, 5: {"en": "Strongly agree"}}  # fmt: skip
MISSING = {98: {"en": "Don't know", "ru": "Затрудняюсь ответить"}, 99: {"en": "Refused", "ru": "Отказ"}}
BOOK = Codebook.of([Variable("q1", {"en": "Listens"}, LABELS, MISSING)])
SCALE = LikertScale("s", ["q1"], 1, 5, reversed_items=["q1"])


def survey(values: list) -> Survey:
    return Survey(pd.DataFrame({"q1": values}), BOOK)


def codes(found: Survey) -> list:
    return [None if np.isnan(value) else value for value in found.data["q1"]]


@pytest.mark.parametrize(("rule", "answer"), [("missing", None), ("neutral", 3), (2, 2)])
def test_dont_know_counts_as_the_caller_says(rule, answer):
    given_survey = survey([1, 98, 99, 5])
    assert codes(code_items(given_survey, SCALE, dont_know=rule)) == [1, answer, None, 5]
    assert codes(code_items(given_survey.with_missing_codes(), SCALE, dont_know=rule)) == [1, answer, None, 5]


def test_reasons_of_missing_answers_are_kept():
    kept = code_items(survey([1, 98, 99, 5]), SCALE)
    assert kept.count_missing("q1").to_dict() == {98: 1, 99: 1, "empty": 0}
    moved = code_items(survey([1, 98, 99, None]).with_missing_codes(), SCALE, dont_know="neutral")
    assert moved.count_missing("q1").to_dict() == {99: 1, "empty": 1}


def test_labels_in_any_language_become_codes():
    texts = ["Strongly agree", " совсем не согласен", "Келісемін", "Refused", "don't know", None, "2"]
    assert codes(code_items(survey(texts), SCALE)) == [5, 1, 4, None, None, None, 2]
    category = pd.Series(texts[:3], dtype="category")
    assert codes(code_items(Survey(pd.DataFrame({"q1": category}), BOOK), SCALE)) == [5, 1, 4]


def test_labels_may_be_given_without_a_codebook():
    frame = pd.DataFrame({"q1": ["yes", "no", "hm"]})
    with pytest.raises(CodeError, match=r"'q1' holds 'hm', outside the scale 0 to 1, in 1 row\(s\): 2"):
        code_items(frame, "q1", lowest=0, highest=1, labels={"yes": 1, "no": 0})
    found = code_items(frame.iloc[:2], "q1", lowest=0, highest=1, labels={"yes": 1, "no": 0})
    assert codes(found) == [1, 0]


def test_an_unknown_code_stops_with_variable_code_count_and_ten_rows():
    with pytest.raises(CodeError) as caught:
        code_items(survey([6.0] * 12 + [1]), SCALE)
    assert str(caught.value) == (
        "'q1' holds 6, outside the scale 1 to 5, in 12 row(s): 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more; declare it missing "
        'in the codebook, or pass missing_codes= or on_unknown="missing" to code_items()'
    )


def test_an_unknown_code_may_count_as_missing_with_a_warning():
    with pytest.warns(SurveyKitWarning, match="counted as missing"):
        found = code_items(survey([6, 1]), SCALE, on_unknown="missing")
    assert codes(found) == [None, 1]
    assert found.count_missing("q1").to_dict() == {6: 1, "empty": 0}


def test_codes_of_data_without_a_codebook_are_named_by_the_caller():
    frame = pd.DataFrame({"q1": [1, 8, 9]})
    found = code_items(frame, "q1", lowest=1, highest=5, dont_know_codes=[8], missing_codes=[9], dont_know="neutral")
    assert codes(found) == [1, 3, None]


def test_a_code_inside_the_scale_may_be_dont_know_when_named():
    # a published table counted "don't know" in the middle code; take it out
    assert codes(code_items(survey([1, 3, 5]), SCALE, dont_know_codes=[3])) == [1, None, 5]
    assert codes(code_items(survey([1, 3, 5]), SCALE)) == [1, 3, 5]


@pytest.mark.slow
@given(st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_reversing_twice_restores(values):
    once = code_items(survey(values), SCALE, reverse=True)
    turned = once.data["q1_reversed"]
    again = code_items(Survey(pd.DataFrame({"q1": turned})), SCALE, reverse=True).data["q1_reversed"]
    assert again.tolist() == values
    assert (turned + np.array(values)).tolist() == [6.0] * len(values)
    assert once.codebook["q1_reversed"].label(5, "en") == "Strongly disagree"
    assert once.data["q1"].tolist() == values


def test_the_survey_given_stays_as_it_was():
    given_survey = survey([1, 98])
    code_items(given_survey, SCALE, dont_know="neutral")
    assert given_survey.data["q1"].tolist() == [1, 98]


@pytest.mark.parametrize(("options", "words"), [
    ({"dont_know": "middle"}, '`dont_know` must be "missing", "neutral" or a code from 1 to 5, but \'middle\' was given'),
    ({"dont_know": 7}, "but 7 was given"),
    ({"on_unknown": "ignore"}, "`on_unknown` must be one of"),
])  # fmt: skip
def test_rules_that_do_not_exist_are_refused(options, words):
    with pytest.raises(ArgumentError) as caught:
        code_items(survey([1]), SCALE, **options)
    assert words in str(caught.value)


def test_neutral_needs_a_middle_and_a_known_dont_know():
    with pytest.raises(ArgumentError, match="a scale from 1 to 4 has no neutral code"):
        code_items(survey([1]), "q1", lowest=1, highest=4, dont_know="neutral")
    with pytest.raises(ArgumentError, match="its codebook names none; pass dont_know_codes="):
        code_items(pd.DataFrame({"q1": [1]}), "q1", lowest=1, highest=5, dont_know="neutral")
    with pytest.raises(ArgumentError, match="items without a LikertScale need `lowest` and `highest`"):
        code_items(pd.DataFrame({"q1": [1]}), "q1")


@pytest.mark.parametrize("answer", ["²", "--5", "5-", "1.2.3"])
def test_an_answer_that_is_almost_a_number_is_named(answer):
    with pytest.raises(CodeError, match="'q1'"):
        code_items(pd.DataFrame({"q1": ["1", answer]}), ["q1"], lowest=1, highest=5)


def test_a_reversed_item_keeps_the_reasons_of_its_item():
    book = Codebook.of(
        [Variable("q1", labels={1: "No", 5: "Yes"}, missing={8: {"en": "don't know"}, 9: {"en": "refused"}})]
    )
    scale = LikertScale("t", ["q1", "q2"], 1, 5, reversed_items=["q1"])
    survey = code_items(Survey(pd.DataFrame({"q1": [1, 8, 9, None], "q2": [1, 2, 3, 4]}), book), scale, reverse=True)
    assert (
        survey.count_missing("q1_reversed").to_dict()
        == survey.count_missing("q1").to_dict()
        == {8: 1, 9: 1, "empty": 1}
    )
    assert survey.codebook["q1_reversed"].label(9, "en") == "refused"
