import math
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading.codebook_file import format_codebook, parse_codebook, quote, read_codebook_file

HAND_WRITTEN = """
title.en = "Ili district"
simulated = true
weight = "base_weight"
lang = "kk"

[scales.agreement]
measure = "ordinal"
labels = {1 = {en = "Disagree", kk = "Келіспеймін"}, 2 = {en = "Agree", kk = "Келісемін"}}
missing = {98 = "Білмеймін", -1 = {}}
missing_ranges = [[900, inf]]

[variables.q1]
question = "Әкім тыңдайды"
question.en = "The akim listens"
scale = "agreement"
"""


def read(tmp_path, text):
    path = tmp_path / "book.toml"
    path.write_text(text, encoding="utf-8")
    return read_codebook_file(path)


def test_a_codebook_written_by_hand(tmp_path):
    found = read(tmp_path, HAND_WRITTEN.replace('question = "Әкім тыңдайды"\n', 'question.kk = "Әкім тыңдайды"\n'))
    assert (found.simulated, found.weight, found.lang) == (True, "base_weight", "kk")
    variable = found.codebook["q1"]
    assert variable.label(2, "en") == "Agree" and variable.label(98) == "Білмеймін"
    assert variable.missing_ranges == ((900.0, math.inf),)
    assert -1 in variable.missing and variable.measure == "ordinal"
    assert found.codebook.languages == ("en", "kk")


def test_who_was_asked_and_how_holds_for_the_file_unless_a_variable_says_otherwise(tmp_path):
    text = """
lang = "en"
universe = "all adults"
mode.ru = "лично"
[variables.q1]
[variables.q2]
universe = "those who voted"
mode = {en = "by telephone"}
"""
    book = read(tmp_path, text).codebook
    assert book["q1"].universe == {"en": "all adults"} and book["q1"].mode == {"ru": "лично"}
    assert book["q2"].universe == {"en": "those who voted"} and book["q2"].mode == {"en": "by telephone"}
    assert parse_codebook(tomllib.loads(format_codebook(book))).codebook == book
    assert book.languages == ("en", "ru")


@pytest.mark.parametrize(("text", "error", "words"), [
    ("mode = 3\n[variables.q1]\n", sk.CodebookError, "`mode` of variable 'q1' must be a text"),
    ("[variables.q1\n", sk.ReadError, "is no valid TOML"),
    ("[variables.q1.labels]\n1 = 'a'\n1 = 'b'\n", sk.ReadError, "given twice"),
    ("[variables.q1.labels]\n1 = 'a'\n'1.0' = 'b'\n", sk.CodebookError, "gives code 1 twice"),
    ("[variables.q1]\nlabels = {1 = 'a'}\nmissing = [1]\n", sk.CodebookError, "gives code 1 a label and calls it missing"),
    ("[variables.q1]\nlabel = {1 = 'a'}\n", sk.CodebookError, "has the key 'label'.*did you mean 'labels'"),
    ("[variables.q1]\nmeasure = 'ordered'\n", sk.CodebookError, "the measure 'ordered'; it must be one of"),
    ("[variables.q1]\nscale = 'agre'\n[scales.agree]\n", sk.CodebookError, "did you mean 'agree'"),
    ("[variables.q1]\nmissing_ranges = [[9, 7]]\n", sk.CodebookError, "runs backwards"),
    ("[variables.q1]\nmissing_ranges = ['a']\n", sk.CodebookError, "must be pairs of numbers"),
    ("[variables.q1]\nlabels = {1 = 2}\n", sk.CodebookError, "must be a text, or texts by language"),
    ("[variables.q1]\ntype = 'texts'\n", sk.CodebookError, "must be 'number' or 'text'"),
    ("[variables.q1]\nasked_of = 3\n", sk.CodebookError, "`asked_of` of variable 'q1' must be codes by column"),
    ("[variables.q1]\nasked_of = {voted = [true]}\n", sk.CodebookError, "must list codes of 'voted'"),
    ("[variables.q1]\nasked_of = {voted = []}\n", sk.CodebookError, "is asked of nobody"),
    ("[variables.voted]\nlabels = {1 = 'a'}\n[variables.q1]\nasked_of = {voted = [2]}\n", sk.CodebookError, "asked of 'voted' 2, which is none of its codes"),
    ("simulated = 'yes'", sk.CodebookError, "`simulated` must be true or false"),
    ("variables = 3", sk.CodebookError, "`variables` must be a table"),
    ("[variables]\nq1 = 3", sk.CodebookError, "variable 'q1' must be a table"),
])  # fmt: skip
def test_a_codebook_that_contradicts_itself_is_refused_in_one_sentence(tmp_path, text, error, words):
    with pytest.raises(error, match=words) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_one_label_for_two_codes_is_noticed(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="gives the codes 1 and 2 one label, 'Yes'"):
        read(tmp_path, "[variables.q1.labels]\n1 = 'Yes'\n2 = 'Yes'\n")


def test_a_codebook_that_is_no_utf8(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes("title = 'Әкім'".encode("utf-16"))
    with pytest.raises(sk.ReadError, match="not UTF-8"):
        sk.read_codebook(path)


def test_shared_labels_are_written_once(tmp_path):
    labels = {1: {"en": "No"}, 2: {"en": "Yes"}}
    book = sk.Codebook.of([sk.Variable("q1", labels=labels), sk.Variable("q2", labels=labels)])
    text = format_codebook(book)
    assert text.count('1.en = "No"') == 1
    assert parse_codebook(tomllib.loads(text)).codebook == book


NAMES = st.text(min_size=1, max_size=12)
TEXTS = st.dictionaries(st.sampled_from(["en", "ru", "kk", "und"]), st.text(max_size=20), max_size=3)
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False, width=32)


@st.composite
def variables(draw):
    codes = st.text(min_size=1, max_size=6) if draw(st.booleans()) else NUMBERS
    labels = draw(st.dictionaries(codes, TEXTS, max_size=4))
    missing = draw(st.dictionaries(codes.filter(lambda code: code not in labels), TEXTS, max_size=3))
    low = draw(st.floats(allow_nan=False))
    high = draw(st.floats(min_value=low, allow_nan=False))
    ranges = ((low, high),) if draw(st.booleans()) else ()
    measure = draw(st.sampled_from([None, "nominal", "ordinal", "scale"]))
    rule = draw(st.dictionaries(st.text(max_size=6), st.lists(NUMBERS | st.text(max_size=3), min_size=1, max_size=2)))
    texts = draw(TEXTS), draw(TEXTS), draw(TEXTS)
    return sk.Variable(draw(NAMES), texts[0], labels, missing, ranges, measure, *texts[1:], asked_of=rule)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(variables(), max_size=4, unique_by=lambda variable: variable.name), TEXTS)
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_what_is_written_is_read_again(chosen, title):
    try:
        book = sk.Codebook.of(chosen, title)
    except sk.CodebookError:  # a skip rule names a code that its column does not have
        return
    assert parse_codebook(tomllib.loads(format_codebook(book))).codebook == book


@given(st.text())
def test_quoted_text_is_toml(text):
    assert tomllib.loads(f"a = {quote(text)}")["a"] == text


def test_write_and_read_a_file(tmp_path):
    book = sk.Codebook.of([sk.Variable("q1", {"en": 'say "yes"\\'}, {1: {"en": "<b>"}})], {"en": "T"})
    sk.write_codebook(book, tmp_path / "b.toml", simulated=True, weight="w")
    found = read_codebook_file(tmp_path / "b.toml")
    assert found.codebook == book and found.simulated and found.weight == "w"
