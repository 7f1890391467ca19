"""Sentences as records: one key in three languages, numbers as each language writes them."""

import re
import string

import pytest

from surveykit.words.messages import Listed, Message, Number, PValue, Quoted, Share, messages, said, template

LANGUAGES = ("en", "ru", "kk")
LATIN = {"SIMULATED"}
"""Words of Latin letters that every language keeps."""


def slots(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})


@pytest.mark.parametrize("key", messages())
def test_a_sentence_has_three_languages_with_the_same_gaps(key):
    texts = [template(key, lang) for lang in LANGUAGES]
    assert all(texts) and slots(texts[0]) == slots(texts[1]) == slots(texts[2])
    assert len({text for text in texts if key != "test"}) in (0, 3)


@pytest.mark.parametrize("key", messages())
@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_no_latin_word_is_left_in_russian_or_kazakh(key, lang):
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", template(key, lang)))
    assert set(words) <= LATIN


def test_a_key_that_is_not_there_and_a_gap_that_is_not_filled_are_slips():
    with pytest.raises(KeyError):
        template("no_such_sentence", "en")
    with pytest.raises(KeyError):
        Message("caution").say("en")


def test_what_fills_gaps_is_said_in_the_language():
    assert [Number(-1234.5, 1).say(lang) for lang in LANGUAGES] == ["−1,234.5", "−1\u202f234,5", "−1\u202f234,5"]
    assert Number(0.3, 1, True).say("en") == "+0.3" and Number(-0.3, 1, True).say("en") == "−0.3"
    # what rounds to nothing has no sign
    assert Number(0.0001, 2, True).say("en") == "0.00" and Number(float("nan")).say("en") == "–"
    assert Share(0.125, 1).say("ru") == "12,5\u202f%" and Share(float("nan")).say("en") == "–"
    assert PValue(0.0002).say("kk") == "p < 0,001" and PValue(float("nan")).say("en") == "p = –"
    assert said(12345, "ru") == "12\u202f345" and said("as it is", "kk") == "as it is"
    assert Listed((Quoted("a"), Quoted("b"))).say("ru") == "«a», «b»"


def test_marks_inside_a_question_do_not_close_it():
    assert Quoted("Do you read «Время»?").say("ru") == "«Do you read „Время“?»"
    assert Quoted("I trust him.").say("en") == "“I trust him”"


def test_braces_in_a_label_are_letters():
    assert Message("caution", {"reason": "{n} of {x}"}).say("en") == "Read this with caution. {n} of {x}"
