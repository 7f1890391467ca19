"""The answers of another's file in the study's codes: by lists, by words, as they are, or not at all."""

import pandas as pd
import pytest

import surveykit as sk
from surveykit.replication.study_mapping import plain, split_waves, translate, warn_of_coarser_unit

TRUST = sk.Variable(
    "trust",
    {"en": "Do you trust the akim?", "ru": "Доверяете ли Вы акиму?"},
    {1: {"en": "No", "ru": "Нет"}, 2: {"en": "Partly", "ru": "Отчасти"}, 3: {"en": "Yes", "ru": "Да"}},
    {98: {"en": "Don't know", "ru": "Затрудняюсь ответить"}, 99: {"en": "Refused", "ru": "Отказ"}},
)
AGE = sk.Variable("age_group", {"en": "Age group"}, {1: {"en": "18-29"}, 2: {"en": "30 and over"}})
BOOK = sk.Codebook.of([TRUST, AGE])
FROM_Q = {"columns": {"trust": "q7"}}


def held(values, *, labels=None, question="", missing=None, name="q7") -> sk.Survey:
    variable = sk.Variable(name, question, labels or {}, missing or {})
    return sk.Survey(pd.DataFrame({name: values}), sk.Codebook.of([variable])).with_missing_codes()


def answers(survey: sk.Survey, name: str = "trust") -> list[object]:
    return [None if pd.isna(value) else value for value in survey.frame[name]]


def test_labels_decide_and_not_the_numbers():
    """The file's scale runs the other way: 1 is yes there."""
    found = translate(held([1, 2, 3], labels={1: "Да", 2: "Отчасти", 3: "Нет"}), FROM_Q, BOOK)
    assert answers(found) == [3, 2, 1]
    assert found.codebook["trust"].label(3, "en") == "Yes", "the same words are known in all languages"


def test_texts_are_codes_and_no_answers_are_reasons():
    found = translate(held(["Да", "нет.", "ОТЧАСТИ", "Затрудняюсь ответить", None]), FROM_Q, BOOK)
    assert answers(found) == [3, 1, 2, None, None]
    assert found.missing_reasons["trust"].tolist() == [98]


def test_other_missing_codes_hold_for_every_item_that_has_such_reasons():
    found = translate(held([1, 3, 8, 9]), FROM_Q | {"missing": {"8": 98, "9": 99}}, BOOK)
    assert answers(found) == [1, 3, None, None] and found.missing_reasons["trust"].tolist() == [98, 99]


def test_groups_of_its_own_stay():
    mapping = {"columns": {"age_group": "q7"}, "codes": {"age_group": "own"}}
    found = translate(held([1, 2, 3], labels={1: "до 25", 2: "25-40", 3: "старше 40"}), mapping, BOOK)
    assert answers(found, "age_group") == [1, 2, 3] and found.codebook["age_group"].label(3) == "старше 40"


def test_what_nothing_tells_is_refused_all_at_once():
    words = (
        r"codes.trust does not say what .*5 \('Не совсем'\).* and 6|codes.trust does not say what 5 \('Не совсем'\), 6"
    )
    with pytest.raises(sk.CodeError, match=words):
        translate(held([1, 5, 6], labels={1: "Нет", 5: "Не совсем"}), FROM_Q, BOOK)


def test_a_number_beside_words_of_the_item_need_not_be_its_number():
    """Two labels are the item's and 2 is none of them: that 2 is the item's 2 would be a guess."""
    with pytest.raises(sk.CodeError, match="does not say what 2 means"):
        translate(held([1, 2, 3], labels={1: "Да", 3: "Нет"}), FROM_Q, BOOK)


def test_strange_labels_over_the_items_numbers_are_taken_with_a_warning():
    with pytest.warns(sk.SurveyKitWarning, match="its codes 1, 2, 3 are taken to be the study's own"):
        found = translate(held([1, 2, 3], labels={1: "Совсем нет", 2: "50/50", 3: "Вполне"}), FROM_Q, BOOK)
    assert found.codebook["trust"].label(1, "en") == "Совсем нет", "what people answered, in the words put to them"


def test_a_scale_of_two_on_one_of_three_has_no_middle():
    mapping = FROM_Q | {"codes": {"trust": {"1": 1, "2": 3}}}
    found = translate(held([1, 2], labels={1: "Не доверяю", 2: "Доверяю"}), mapping, BOOK)
    assert answers(found) == [1, 3] and dict(found.codebook["trust"].labels).keys() == {1, 3}


def test_the_labels_of_the_groups_are_the_studys():
    mapping = FROM_Q | {"codes": {"trust": {"1": 1, "2": 3}}}
    survey = held([1, 2], labels={1: "Не доверяю", 2: "Доверяю"})
    assert translate(survey, mapping, BOOK, frozenset({"trust"})).codebook["trust"].label(3, "en") == "Yes"


def test_a_missing_code_that_is_an_answer_of_the_study_is_set_apart():
    found = translate(held([1, 2, 3], labels={1: "Нет", 2: "Да"}, missing={3: "Не задавался"}), FROM_Q, BOOK)
    assert answers(found) == [1, 3, None]
    code = found.missing_reasons["trust"].tolist()[0]
    assert code not in TRUST.labels and found.codebook["trust"].label(code) == "Не задавался"


@pytest.mark.parametrize(("question", "mapping", "asked"), [
    ("Верите ли Вы акиму?", FROM_Q, "Верите ли Вы акиму?"),
    ("Доверяете ли Вы акиму", FROM_Q, "Do you trust the akim?"),
    ("", FROM_Q, "q7 [Do you trust the akim?]"),
    ("", FROM_Q | {"questions": {"trust": "Is he trusted?"}}, "Is he trusted?"),
])  # fmt: skip
def test_the_question_printed_is_the_files(question, mapping, asked):
    assert translate(held([1], question=question), mapping, BOOK).codebook["trust"].ask("en") == asked


def test_a_column_that_happens_to_have_the_name_gives_way():
    """The file calls its villages `settlement`; the unit of the akim is another column."""
    frame = pd.DataFrame({"settlement": ["v1", "v2"], "okrug": ["u1", "u1"], "trust": [1, 2]})
    found = translate(sk.Survey(frame), {"columns": {"settlement": "okrug"}}, BOOK)
    assert found.frame["settlement"].tolist() == ["u1", "u1"] and "okrug" not in found.frame


def test_waves_are_those_of_the_file_in_the_order_of_their_years():
    survey = sk.Survey(pd.DataFrame({"year": [2025, 2022, 2022], "trust": [1, 2, 3]}))
    found = split_waves(survey, {"wave": {"column": "year"}}, ["2021", "2023"], "held.csv")
    assert {wave: len(one) for wave, one in found.items()} == {"2022": 2, "2025": 1} and list(found) == ["2022", "2025"]
    named = split_waves(survey, {"wave": {"name": "spring"}}, ["2021"], "held.csv")
    assert list(named) == ["spring"]
    assert list(split_waves(survey, {}, ["2021", "2023"], "ili_2024.csv")) == ["2024"], "not the last of the study's"
    assert list(split_waves(survey, {}, ["2021", "2023"], "field.csv")) == ["field"]


def test_villages_given_for_akims_units_are_noticed():
    frame = pd.DataFrame({"okrug": list("AABB"), "settlement": list("abcd"), "akim": [1, 1, 2, 2]})
    with pytest.warns(sk.SurveyKitWarning, match="the 4 values of 'settlement' lie in 2 of 'okrug'"):
        warn_of_coarser_unit(sk.Survey(frame), "settlement", "akim")
    warn_of_coarser_unit(sk.Survey(frame.assign(akim=[1, 2, 1, 2])), "settlement", "akim")  # each village its own akim
    warn_of_coarser_unit(sk.Survey(frame.drop(columns="okrug")), "settlement", "akim")


def test_labels_are_compared_without_their_dress():
    assert plain("Согласен (согласна).") == plain("  согласен ") and plain("Учёба") == plain("учеба")
