"""How a text file is written: its encoding, its delimiter, its decimal mark."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading.csv.dialect import decode_text
from tests.reading.legacy_texts import ANSWERS, WRITTEN_IN


def files_of(lang, encoding):
    """Files of 1, 2, 3, 10, 50 and 200 answers in an encoding, with the sentences that it can write."""
    sentences = []
    for answer in ANSWERS[lang]:
        for spelled in (answer, answer.replace("ș", "ş").replace("ț", "ţ")):  # as Romanian was written before 2007
            try:
                spelled.encode(encoding)
            except UnicodeEncodeError:
                continue
            sentences.append(spelled)
            break
    chosen = [[sentence] for sentence in sentences] + list(map(list, pairwise(sentences)))
    chosen += [[sentences[row % len(sentences)] for row in range(count)] for count in (3, 10, 50, 200)]
    for rows in chosen:
        text = "id,answer\n" + "".join(f"{number},{row}\n" for number, row in enumerate(rows))
        if not text.encode(encoding).isascii():
            yield text, rows


@pytest.mark.parametrize(
    ("lang", "encoding"), [(lang, encoding) for lang in WRITTEN_IN for encoding in WRITTEN_IN[lang]]
)
def test_a_file_of_an_old_encoding_is_right_or_refused_with_the_right_reading(lang, encoding):
    right = 0
    for text, rows in files_of(lang, encoding):
        try:
            decoded, _ = decode_text(text.encode(encoding), None, "a.csv")
        except sk.EncodingError as error:
            shown = {row for row in rows if row[:8] in str(error)} or {row for row in rows if row[-8:] in str(error)}
            assert shown, (str(error), rows[:3])
            continue
        assert decoded == text
        right += 1
    # One file in ten at least: refusing everything would be no reading. Lithuanian and Hebrew words of few letters
    # read as well in Western and Cyrillic pages.
    assert right or lang in ("lt", "he")


@pytest.mark.parametrize("lang", sorted(ANSWERS))
def test_utf8_is_utf8_however_few_letters_there_are(lang):
    for text, _ in files_of(lang, "utf-8"):
        decoded, decision = decode_text(text.encode(), None, "a.csv")
        assert decoded == text and decision.encoding == "utf-8"


@pytest.mark.parametrize(
    "sign", ["≥5 people", "−1", "next → page", "✓", "👍", "½", "№ 5", "don’t", "café", "25 €", "×", "É", "ж"]
)
def test_one_rare_sign_in_utf8_is_that_sign(sign):
    decoded, decision = decode_text(f"id,answer\n1,{sign}\n2,no\n".encode(), None, "a.csv")
    assert f"1,{sign}" in decoded and decision.encoding == "utf-8"


@settings(deadline=None)
@given(st.sampled_from(sorted(ANSWERS)), st.integers(4, 60), st.data())
def test_one_damaged_letter_does_not_turn_a_utf8_file_into_another_alphabet(lang, count, data):
    answers = ANSWERS[lang]
    raw = "".join(f"{row},{answers[row % len(answers)]}\n" for row in range(count)).encode()
    high = [place for place, byte in enumerate(raw) if byte > 127]
    cut = data.draw(st.sampled_from(high))
    try:
        decoded, decision = decode_text(raw[:cut] + raw[cut + 1 :], None, "a.csv")
    except sk.EncodingError:
        return  # too few other letters to tell
    assert decision.encoding == "utf-8" and (decision.damaged or "\ufffd" not in decoded)
    assert decoded.count("\n") == count
