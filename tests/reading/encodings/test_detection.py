import pytest

import surveykit as sk
from surveykit.reading.encodings.detection import CANDIDATES, codec_name, decide_encoding, find_mojibake, rank_readings

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
