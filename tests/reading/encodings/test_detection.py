from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.reading.csv.dialect import decode_text
from surveykit.reading.encodings.detection import CANDIDATES, codec_name, decide_encoding, find_mojibake, rank_readings
from tests.reading.legacy_texts import ANSWERS, WRITTEN_IN

TEXTS = {
    "ru": "Доверяете ли Вы акиму сельского округа? Затрудняюсь ответить. НЕ ЗНАЮ",
    "kk": "Әкім тұрғындардың пікірін тыңдайды ма? Мүлдем келіспеймін, толық келісемін. ӨҢІР",
    "de": "Möchten Sie über die Größe der Gemeinde sprechen?",
    "es": "¿En qué año nació? Sí, según mi opinión. Niñez",
    "fr": "Êtes-vous d'accord ? Oui, très souvent, « jamais » à l'école",
    "pt": "Você cursou o ensino médio? Não, então é difícil; opiniões",
}


def encodable(texts, encodings):
    """The pairs of text and encoding in which the encoding has all letters of the text."""
    pairs = []
    for text in texts:
        for encoding in encodings:
            try:
                text.encode(encoding)
            except UnicodeEncodeError:
                continue
            pairs.append((text, encoding))
    return pairs


@pytest.mark.parametrize(("text", "encoding"), encodable(TEXTS.values(), CANDIDATES))
@pytest.mark.parametrize("declared", [None, "right", "windows-1252", "windows-1251"])
def test_a_sentence_is_never_decoded_wrongly(text, encoding, declared):
    raw = text.encode(encoding)
    stated = encoding if declared == "right" else declared
    decision = decide_encoding([("q1", raw)], stated, name="a.sav")
    assert raw.decode(decision.encoding) == text
    assert decision.surprise == (stated is not None and codec_name(stated) != decision.encoding)


@pytest.mark.parametrize(
    ("word", "encoding"),
    encodable(
        ["Жоқ", "Иә", "Да", "Нет", "әйел", "ер", "село", "қала", "ауыл", "Ия", "білмеймін", "отказ"],
        ["cp1251", "kz1048", "ptcp154", "koi8-r", "cp866"],
    ),
)
def test_a_single_word_is_right_or_in_doubt_and_never_wrong_in_silence(word, encoding):
    raw = word.encode(encoding)
    try:
        decision = decide_encoding([("q1", raw)], None, name="a.sav")
    except sk.EncodingError as error:
        assert "q1" in str(error) and f"gives {word!r}" in str(error) and "encoding=" in str(error)
        return
    assert raw.decode(decision.encoding) == word


def test_ascii_and_utf8_and_curly_quotes():
    assert decide_encoding([("q", b"plain")], None, name="a").encoding == "ascii"
    assert decide_encoding([("q", "Иә".encode())], None, name="a").encoding == "utf-8"
    assert decide_encoding([("q", "Иә".encode())], "windows-1251", name="a").surprise
    decision = decide_encoding([("q", b"the village\x92s land")], "utf-8", name="a")
    assert (decision.encoding, decision.surprise) == ("cp1252", True)


def test_encodings_that_read_alike_are_one_reading():
    encodings = [reading.encoding for reading in rank_readings([("q", "Доверие".encode("cp1251"))])]
    assert encodings[0] == "cp1251" and "kz1048" not in encodings and "ptcp154" not in encodings


def test_bytes_of_no_language_are_refused():
    with pytest.raises(sk.EncodingError, match="leave it in doubt"):
        decide_encoding([("q", bytes(range(0x80, 0xFF, 3)))], None, name="a")


@pytest.mark.parametrize(("name", "expected"), [
    ("windows-1251", "cp1251"), ("KZ-1048", "kz1048"), ("RK1048", "kz1048"), ("PT154", "ptcp154"), ("UTF-8", "utf-8"),
    ("ISO_8859-1:1987", "latin-1"), ("no such", None), (None, None), ("", None),
])  # fmt: skip
def test_names_of_encodings(name, expected):
    assert codec_name(name) == expected


@pytest.mark.parametrize(
    ("wrong", "right"), [("cp1252", "cp1251"), ("cp1252", "utf-8"), ("cp1251", "utf-8"), ("latin-1", "koi8-r")]
)
def test_the_signature_of_mojibake(wrong, right):
    meant = "Доверие к власти"
    broken = meant.encode(right).decode(wrong, "replace")
    if "\ufffd" in broken:
        pytest.skip("this text does not survive that error")
    assert find_mojibake(["fine", broken]) == (broken, meant)


def test_sound_texts_are_no_mojibake():
    assert find_mojibake([*TEXTS.values(), "ÄÖÜ", "СССР", "РФ", "Ñuñoa", "naïve façade", "Àéèêëç"]) is None


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


def test_a_damaged_letter_is_told_with_its_row_and_column(tmp_path):
    raw = "q1,село\n".encode() + "1,Ащибулак\n2,Караой\n".encode() * 20
    (tmp_path / "a.csv").write_bytes(raw[:-3] + raw[-2:])
    with pytest.warns(sk.SurveyKitWarning, match="letters were lost before the file was saved: column 'село', row 39"):
        survey = sk.read_csv(tmp_path / "a.csv")
    assert list(survey.frame.columns) == ["q1", "село"] and survey.frame["село"].nunique() == 3
    assert survey.frame["село"].tolist()[:2] == ["Ащибулак", "Караой"] and survey.provenance.encoding == "utf-8"


@pytest.mark.parametrize(
    ("lang", "declared"),
    [
        ("el", "windows-1253"),
        ("zh-TW", "big5"),
        ("ko", "euc-kr"),
        ("zh-CN", "gb18030"),
        ("tr", "windows-1254"),
        ("he", "windows-1255"),
        ("th", "cp874"),
    ],
)
def test_a_declared_code_page_whose_bytes_fit_is_believed(lang, declared):
    for answer in ANSWERS[lang]:
        raw = answer.encode(codec_name(declared))
        if not raw.isascii():
            decision = decide_encoding([("q1", raw)], declared, name="a.sav")
            assert raw.decode(decision.encoding) == answer and not decision.surprise
