"""Sentences as records: one key in three languages, numbers as each language writes them."""

import pickle
import re
import string
from pathlib import Path

import pytest

from surveykit.words.messages import (
    Columns,
    Figure,
    Label,
    Listed,
    Message,
    Number,
    PValue,
    Quoted,
    Share,
    Told,
    messages,
    said,
    template,
)

LANGUAGES = ("en", "ru", "kk")
SOURCE = Path(__file__).parents[2] / "surveykit"
LATIN = {
    "AIC": "a criterion that has no other name",
    "Yang": "author",
    "Dalton": "author",
    "SIMULATED": "the mark of made-up answers, the same in every language",
    **dict.fromkeys(
        [
            "Bell",
            "McCaffrey",
            "MacKinnon",
            "Webb",
            "Freeman",
            "Cameron",
            "Gelbach",
            "Miller",
            "Westfall",
            "Young",
            "Pustejovsky",
            "Tipton",
            "Nielsen",
            "Kish",
            "Callaway",
            "Sant",
            "Anna",
            "Koch",
            "Fellegi",
            "Kline",
            "Santos",
            "Duhachek",
            "Iacobucci",
            "Feldt",
            "Olsson",
        ],
        "an author, as the paper is found",
    ),
    **dict.fromkeys(["CR", "CV", "HTZ", "SHA", "json"], "an abbreviation that the field writes in Latin letters"),
    **dict.fromkeys(
        [
            "compare",
            "settlements",
            "svyttest",
            "svyglm",
            "svyranktest",
            "Stata",
            "svy",
            "test",
            "table",
            "placebo",
            "manifest",
            "randomization",
        ],
        "a function, a command, a program or a file, as it is typed",
    ),
}
"""Words of Latin letters that every language keeps, with the reason."""
ALIKE = {
    "models_method.stars": "signs alone",
    "test": "gaps alone",
    "estimates.method": "gaps alone",
    "assignments.of_outcomes": "gaps alone",
    "balanced.row": "gaps alone",
    "design.range": "numbers and a dash",
    "terms.worth": "a number behind a colon",
    "trend.title": "one word of both languages",
    "trend.of_rank": "one word of both languages",
    "model.title": "one word of both languages",
}
"""Sentences that two languages write alike, with the reason."""


def slots(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name})


@pytest.mark.parametrize("key", messages())
def test_a_sentence_has_three_languages_with_the_same_gaps(key):
    texts = [template(key, lang) for lang in LANGUAGES]
    assert all(texts) and slots(texts[0]) == slots(texts[1]) == slots(texts[2])
    assert len(set(texts)) == 3 or key in ALIKE


@pytest.mark.parametrize("key", messages())
@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_no_latin_word_is_left_in_russian_or_kazakh(key, lang):
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", template(key, lang)))
    assert set(words) <= set(LATIN)


def test_what_may_stay_as_it_is_is_there():
    latin = {word for key in messages() for word in re.findall(r"[A-Za-z]{2,}", template(key, "ru"))}
    assert set(LATIN) <= latin and set(ALIKE) <= set(messages())


def test_every_sentence_is_said_somewhere():
    code = "".join(path.read_text() for path in SOURCE.rglob("*.py"))
    literal = set(re.findall(r"[a-z_]+(?:\.[A-Za-z_-]+)+", code)) | set(re.findall(r'"([a-z_]+)"', code))
    made = re.findall(r'"([a-z_]+\.[a-z_]*)\{', code)  # f"interval.{name}": any key that begins so
    counted = [f"{key}.{form}" for key in literal for form in ("one", "other")]
    families = {key.partition(".")[0] for key in messages() if f'"{key.partition(".")[0]}"' in code}
    unused = [
        key
        for key in messages()
        if key not in literal
        and key not in counted
        and not key.startswith(tuple(made))
        and key.partition(".")[0] not in families
    ]
    assert unused == []


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
    assert PValue(0.0002).say("kk") == "p\u00a0<\u00a00,001" and PValue(float("nan")).say("en") == "p = –"
    assert said(12345, "ru") == "12\u202f345" and said("as it is", "kk") == "as it is"
    assert Listed((Quoted("a"), Quoted("b"))).say("ru") == "«a», «b»"


def test_marks_inside_a_question_do_not_close_it():
    assert Quoted("Do you read «Время»?").say("ru") == "«Do you read „Время“?»"
    assert Quoted("I trust him.").say("en") == "“I trust him”"


def test_braces_in_a_label_are_letters():
    assert Message("caution", {"reason": "{n} of {x}"}).say("en") == "Read this with caution. {n} of {x}"


def test_a_text_that_knows_its_parts_is_english_and_can_be_said():
    told = Told.of(Message("estimator.means"), "; ", Columns(("q1", "q2", "q3"), 2), Figure(" 0.5"))
    assert told == "Weighted means; q1, q2 and 1 more 0.5"
    assert told.say("en") == told and told.say("ru") == "Взвешенные средние; «q1», «q2» и ещё 1 0,5"
    further = told + " As it is."
    assert further.say("ru").endswith("0,5 As it is.") and further == f"{told} As it is."
    assert pickle.loads(pickle.dumps(further)).say("kk") == further.say("kk")
    assert Told.of("", "a", "", "b", between=" ") == "a b" and Told.of() == ""


def test_a_label_is_said_in_the_language_where_it_has_one():
    label = Label("elected", {"ru": "избран"})
    assert [label.say(lang) for lang in LANGUAGES] == ["elected", "избран", "elected"]
