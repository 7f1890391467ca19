import json
import os
import struct
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from tests.reading.sav_bytes import sav

REFERENCE = Path(__file__).parent.parent.parent / "reference"
RUSSIAN = [("q1", 0, "Доверяете ли Вы акиму округа?"), ("name", 8, "Населённый пункт")]
KAZAKH = [("q1", 0, "Әкім тұрғындардың пікірін тыңдайды"), ("name", 16, "Елді мекеннің атауы, өңірі")]


def write(tmp_path, content, name="file.sav"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["cp1251", "kz1048", "ptcp154", "koi8-r", "cp866"])
def test_russian_labels_without_an_encoding_record_are_read_exactly(tmp_path, encoding):
    path = write(
        tmp_path, sav(RUSSIAN, [(1, "село"), (2, "аул")], encoding=encoding, value_labels={1: {1: "Да", 2: "Нет"}})
    )
    survey = sk.read_spss(path, lang="ru")
    assert survey.codebook["q1"].ask("ru") == "Доверяете ли Вы акиму округа?"
    assert [survey.codebook["q1"].label(code, "ru") for code in (1, 2)] == ["Да", "Нет"]
    assert list(survey.frame["name"]) == ["село", "аул"]


@pytest.mark.parametrize("encoding", ["kz1048", "ptcp154"])
@pytest.mark.parametrize("declared", [None, "windows-1252"])
def test_kazakh_letters_tell_the_two_kazakh_encodings_apart(tmp_path, encoding, declared):
    path = write(
        tmp_path,
        sav(
            KAZAKH,
            [(1, "Қараой")],
            encoding=encoding,
            declared=declared,
            value_labels={1: {1: "Мүлдем келіспеймін", 5: "Толық келісемін", 98: "Білмеймін"}},
        ),
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        survey = sk.read_spss(path)
    assert survey.codebook["q1"].ask() == "Әкім тұрғындардың пікірін тыңдайды"
    assert survey.codebook["q1"].label(1) == "Мүлдем келіспеймін"
    assert list(survey.frame["name"]) == ["Қараой"]
    assert bool(caught) == (declared is not None)


def test_kazakh_bytes_that_fit_two_encodings_are_an_error_that_shows_both(tmp_path):
    content = sav([("q1", 0, "Иә")], [(1,)], encoding="ptcp154", value_labels={1: {1: "Иә", 2: "Жоқ"}})
    with pytest.raises(sk.EncodingError) as caught:
        sk.read_spss(write(tmp_path, content))
    words = str(caught.value)
    assert "q1" in words and "encoding='ptcp154' gives 'Иә'" in words and "encoding='kz1048'" in words
    survey = sk.read_spss(write(tmp_path, content), encoding="ptcp154")
    assert survey.codebook["q1"].label(2) == "Жоқ"


def test_letters_that_stand_only_in_the_answers_are_judged_too(tmp_path):
    columns = [("name", 40, "")]
    rows = [("Доверяю главе района",), ("Не доверяю никому",)]
    survey = sk.read_spss(write(tmp_path, sav(columns, rows, encoding="cp1251")))
    assert list(survey.frame["name"]) == [row[0] for row in rows]
    with pytest.warns(sk.SurveyKitWarning, match="declares windows-1252"):
        survey = sk.read_spss(write(tmp_path, sav(columns, rows, encoding="cp1251", declared="windows-1252")))
    assert list(survey.frame["name"]) == [row[0] for row in rows]


def test_cells_that_are_no_utf8_in_a_file_that_declares_it(tmp_path):
    rows = [("Доверяю главе района",), ("Не доверяю никому",)]
    path = write(tmp_path, sav([("name", 40, "")], rows, encoding="cp1251", declared="UTF-8"))
    with pytest.warns(sk.SurveyKitWarning, match=r"declares UTF-8, but its bytes read as .* in cp1251"):
        assert list(sk.read_spss(path).frame["name"]) == [row[0] for row in rows]


def test_mojibake_that_was_saved_as_utf8_is_named(tmp_path):
    broken = "Доверяете ли Вы акиму".encode("cp1251").decode("cp1252")
    path = write(tmp_path, sav([("q1", 0, broken)], [(1,)], declared="UTF-8"))
    with pytest.warns(sk.SurveyKitWarning, match="'Доверяете ли Вы акиму' is meant"):
        sk.read_spss(path)


def test_letters_lost_to_question_marks_are_named(tmp_path):
    path = write(tmp_path, sav([("q1", 0, "Т?рғындар")], [(1,)], declared="UTF-8"))
    with pytest.warns(sk.SurveyKitWarning, match="letters were lost .* the codebook of 'q1'"):
        sk.read_spss(path)


def test_what_the_reference_file_holds():
    survey = sk.read_spss(REFERENCE / "ili_like.sav", lang="kk")
    expected = json.loads((REFERENCE / "ili_like_sav_expected.json").read_text(encoding="utf-8"))
    assert len(survey) == expected["rows"] and list(survey.frame.columns) == expected["columns"]
    assert survey.provenance.simulated
    for item, counts in expected["reason_n"].items():
        found = survey.count_missing(item)
        assert {"98": found[98.0], "99": found[99.0], "blank": found["empty"]} == counts
        assert survey.frame[item].notna().sum() == expected["valid_n"][item]
        assert survey.frame[item].sum() == expected["valid_sum"][item]
        assert survey.codebook[item].ask("kk") == expected["column_labels"][item]


def test_a_simulated_file_says_so_and_another_does_not(tmp_path):
    assert sk.read_spss(write(tmp_path, sav([("a", 0, "")], [(1,)], label="SIMULATED wave"))).provenance.simulated
    assert not sk.read_spss(write(tmp_path, sav([("a", 0, "")], [(1,)], label="wave"))).provenance.simulated


def test_codes_can_stay_in_the_data(tmp_path):
    survey = sk.Survey(pd.DataFrame({"q": [1.0, 99.0, np.nan]}), sk.Codebook.of([sk.Variable("q", missing={99: {}})]))
    path = tmp_path / "a.sav"
    sk.write_spss(survey, path)
    assert sk.read_spss(path, user_missing="codes").frame["q"].tolist()[:2] == [1.0, 99.0]
    blanked = sk.read_spss(path)
    assert blanked.count_missing("q").to_dict() == {99.0: 1, "empty": 1}


def test_columns_are_chosen_by_name(tmp_path):
    path = write(tmp_path, sav(RUSSIAN, [(1, "село")], declared="UTF-8", encoding="utf-8"))
    assert list(sk.read_spss(path, columns=["q1"]).frame.columns) == ["q1"]
    with pytest.raises(sk.ColumnError, match=r"`columns` names 'q11', which is not a variable .*did you mean 'q1'"):
        sk.read_spss(path, columns=["q11"])


def test_a_zero_row_file_has_its_columns(tmp_path):
    survey = sk.read_spss(write(tmp_path, sav(RUSSIAN, [], declared="UTF-8")))
    assert survey.frame.shape == (0, 2)


@pytest.mark.parametrize(("content", "words"), [
    (b"", "is empty"),
    (b"\x1c\0\0\0\0\0\0\0ENCRYPTEDSAV" + bytes(200), "is encrypted"),
    (b"$FL2" + bytes(60), "breaks off inside its header"),
    (sav(RUSSIAN, [(1, "a")], declared="UTF-8")[:260], "breaks off or is damaged before its data"),
    (sav(RUSSIAN, [(1, "a")], declared="UTF-8", n_rows=5), "truncated or damaged"),
    (sav(RUSSIAN, [(1, "a")] * 3, declared="UTF-8")[:-10], "truncated or damaged"),
    (b"<stata_dta><header><release>118", "is a Stata file, not an SPSS file"),
    (b"id,q1\n1,2\n", "is text, not an SPSS file"),
    (b"PK\x03\x04 xl/workbook.xml", "is an Excel workbook"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(tmp_path, content, words):
    with pytest.raises(sk.ReadError, match=words) as caught:
        sk.read_spss(write(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_a_path_that_leads_nowhere(tmp_path):
    write(tmp_path, b"x", "Wave.sav")
    with pytest.raises(sk.ReadError, match=r"there is no file .*did you mean 'Wave.sav'"):
        sk.read_spss(tmp_path / "wave.zsav")
    with pytest.raises(sk.ReadError, match="is a folder"):
        sk.read_spss(tmp_path)
    with pytest.raises(sk.ReadError, match="the folder .* does not exist either"):
        sk.read_spss(tmp_path / "none" / "a.sav")


def test_what_is_no_path_and_what_is_no_file(tmp_path):
    with pytest.raises(sk.ArgumentError, match="takes a text or a path as `path`, but None was given"):
        sk.read_spss(None)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.sav")
        with pytest.raises(sk.ReadError, match="a device or a pipe"):
            sk.read_spss(tmp_path / "pipe.sav")


def test_an_unknown_encoding_is_named():
    with pytest.raises(sk.ArgumentError, match=r"`encoding` names 'cp125'.*did you mean 'cp125"):
        sk.read_spss(REFERENCE / "ili_like.sav", encoding="cp125")


def test_cyrillic_letters_of_a_portable_file_are_not_lost_in_silence():
    path = (
        Path(__file__).parent.parent.parent / "reference" / "cyrillic.por"
    )  # GNU PSPP 1.6: variable labels Q1 'Вопрос'
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        survey = sk.read_spss(path, encoding="cp1251")
    said = " ".join(str(one.message) for one in caught)
    assert "letters were lost in the portable file, whose table of letters is Latin (save the data as .sav" in said
    assert "has its own table of letters; `encoding` does not change it" in said
    assert any("letters were lost" in note for note in survey.provenance.notes)


# Declared missing codes of dates, moments and times -----------------------------------------------------------------


# Multiple-response sets ----------------------------------------------------------------------------------------------


# Declared code pages ---------------------------------------------------------------------------------------------------

DECLARED = [
    ("windows-1253", 1253, "Εμπιστεύεστε τον δήμαρχο", "Συμφωνώ"), ("gb18030", 54936, "您信任村长吗", "非常同意"),
    ("windows-936", 936, "您信任村长吗", "非常同意"), ("Big5", 950, "您信任村長嗎", "非常同意"),
    ("EUC-KR", 51949, "이장을 신뢰하십니까", "매우 동의함"), ("windows-949", 949, "이장을 신뢰하십니까", "매우 동의함"),
    ("Shift_JIS", 932, "村長を信頼しますか", "はい"), ("windows-1254", 1254, "Muhtara güveniyor musunuz, değil mi", "Kesinlikle katılıyorum"),
    ("TIS-620", 874, "คุณเชื่อถือผู้ใหญ่บ้านหรือไม่", "เห็นด้วย"), ("windows-1255", 1255, "האם אתה סומך", "מסכים"),
    ("windows-1256", 1256, "هل تثق بالعمدة", "موافق"), ("windows-1250", 1250, "Věříte starostovi", "Souhlasím"),
    ("ISO-8859-5", 28595, "Доверяете ли Вы акиму", "Согласен"), ("x-mac-cyrillic", 10007, "Доверяете ли Вы акиму", "Согласен"),
    ("koi8-u", 21866, "Чи довіряєте Ви", "Згоден"), ("windows-1257", 1257, "Ar pasitikite seniūnu", "Sutinku, žinoma"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("by_page", [False, True])
@pytest.mark.parametrize(("declared", "page", "question", "label"), DECLARED)
def test_a_declared_code_page_whose_bytes_fit_is_believed(tmp_path, declared, page, question, label, by_page):
    encoding = {"windows-936": "gbk", "windows-949": "cp949", "x-mac-cyrillic": "mac-cyrillic"}.get(declared, declared)
    content = sav(
        [("q1", 0, question), ("s", 40, "")],
        [(1, label), (2, "x")],
        encoding=encoding,
        declared=None if by_page else declared,
        code_page=page,
        value_labels={1: {1: label}},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        survey = sk.read_spss(write(tmp_path, content))
    assert survey.codebook["q1"].ask() == question and survey.codebook["q1"].label(1) == label
    assert survey.frame["s"].tolist() == [label, "x"]


@pytest.mark.parametrize("declared", ["windows-1254", "ISO-8859-9", "windows-1250"])
def test_a_latin_page_whose_texts_are_cyrillic_is_not_believed(tmp_path, declared):
    content = sav(RUSSIAN, [(1, "село")], encoding="cp1251", declared=declared, value_labels={1: {1: "Да", 2: "Нет"}})
    with pytest.warns(sk.SurveyKitWarning, match=f"declares {declared}, but its bytes read as"):
        survey = sk.read_spss(write(tmp_path, content))
    assert survey.codebook["q1"].ask() == "Доверяете ли Вы акиму округа?" and survey.frame["name"].tolist() == ["село"]


@pytest.mark.parametrize("declared", ["EUC-KR", "UTF-8"])
def test_a_declared_encoding_whose_bytes_do_not_fit_is_not_believed(tmp_path, declared):
    content = sav(RUSSIAN, [(1, "село")], encoding="cp1251", declared=declared, value_labels={1: {1: "Да", 2: "Нет"}})
    with pytest.warns(sk.SurveyKitWarning, match=f"declares {declared}, but its bytes read as"):
        assert sk.read_spss(write(tmp_path, content)).codebook["q1"].label(2) == "Нет"


@pytest.mark.parametrize("asked", [None, "utf-8"])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_text_that_was_cut_inside_a_letter_loses_that_letter_and_is_told(tmp_path, asked, cut):
    label = "Доверяете ли Вы акиму".encode()[:-cut]
    content = sav(
        [("q1", 0, "Доверие"), ("q2", 0, label), ("s", 8, "")],
        [(1, 1, "Караой".encode()[:7])],
        declared="UTF-8",
        value_labels={1: {1: "Да"}},
    )
    lost = cut == 1
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        survey = sk.read_spss(write(tmp_path, content), encoding=asked)
    said = " ".join(str(one.message) for one in caught)
    assert survey.codebook["q2"].ask() == "Доверяете ли Вы аким" and survey.codebook["q1"].label(1) == "Да"
    assert survey.frame["s"].tolist() == ["Кар"]
    assert "column 's', row 0" in said and ("the codebook of 'q2'" in said) == lost


@pytest.mark.parametrize("declared", [None, "windows-1252", "windows-1251"])
def test_utf8_with_a_cut_letter_is_utf8_also_where_it_is_not_declared(tmp_path, declared):
    content = sav(
        [("q1", 0, "Доверяете ли Вы акиму".encode()[:-1]), ("s", 24, "")],
        [(1, "Ащибулак"), (2, "Караой")],
        declared=declared,
        value_labels={1: {1: "Да"}},
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        survey = sk.read_spss(write(tmp_path, content))
    said = " ".join(str(one.message) for one in caught)
    assert survey.codebook["q1"].ask() == "Доверяете ли Вы аким" and survey.frame["s"].tolist() == [
        "Ащибулак",
        "Караой",
    ]
    assert "cut or broken inside a letter" in said and ("the file declares windows" in said) == (declared is not None)


def test_a_chinese_text_that_was_cut_inside_a_letter(tmp_path):
    content = sav(
        [("q1", 0, "您信任村长吗".encode("gb18030")[:-1])],
        [(1,)],
        encoding="gb18030",
        declared="gb18030",
        value_labels={1: {1: "非常同意"}},
    )
    with pytest.warns(sk.SurveyKitWarning, match="cut or broken inside a letter: the codebook of 'q1'; .*'您信任村长'"):
        assert sk.read_spss(write(tmp_path, content)).codebook["q1"].label(1) == "非常同意"


def test_the_code_page_files_beside_the_project(shared_inputs):
    # haven 2.5: attr(x, "label") and attr(x, "labels").
    greek = sk.read_spss(shared_inputs / "sav_declared_greek_cp1253.sav").codebook["Q1"]
    assert (greek.ask(), greek.label(1)) == ("Εμπιστεύεστε τον δήμαρχο", "Συμφωνώ")
    chinese = sk.read_spss(shared_inputs / "sav_declared_gb18030.sav").codebook["Q1"]
    assert (chinese.ask(), chinese.label(1)) == ("您信任村长吗", "非常同意")
    for asked in (None, "utf-8"):
        with pytest.warns(sk.SurveyKitWarning, match="cut or broken inside a letter: the codebook of 'Q2'"):
            cut = sk.read_spss(shared_inputs / "sav_utf8_label_cut_inside_letter.sav", encoding=asked).codebook
        assert (cut["Q1"].ask(), cut["Q1"].label(1)) == ("Доверие акиму", "Да")


@pytest.mark.parametrize(("text", "damaged"), [
    ("?араой", True), ("село «?араой»", True), ("???? ?????", True), ("Т?рғындар", True), ("Доверяете?", False),
    ("Что?! Да", False), ("?", False), ("Да или нет? Не знаю", False), ("???", False), ("? Да", False),
])  # fmt: skip
def test_lost_letters_are_told_at_the_beginning_of_a_word_too(tmp_path, text, damaged):
    content = sav([("s", 40, "")], [(text,)], declared="UTF-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert sk.read_spss(write(tmp_path, content)).frame["s"].tolist() == [text]
    assert any("letters were lost" in str(one.message) for one in caught) == damaged


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_columns_are_chosen_by_cyrillic_names(tmp_path, encoding):
    content = sav(
        [("пол", 0, "Пол респондента"), ("кол", 0, "Доход семьи")],
        [(1, 2)],
        encoding=encoding,
        declared=encoding if encoding == "utf-8" else "windows-1251",
        value_labels={1: {1: "мужской"}},
    )
    assert sk.read_spss(write(tmp_path, content), columns=["кол"]).frame.columns.tolist() == ["кол"]


# Sizes, and files that end early ---------------------------------------------------------------------------------------


# Portable files that are cut ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [12, 20, 39, 41, 100, 300, 455, 470, 500])
@pytest.mark.parametrize("head", ["ASCII", "EBCDIC"])
def test_a_portable_file_that_is_cut_in_its_header_is_no_csv(tmp_path, size, head):
    content = (REFERENCE / "cyrillic.por").read_bytes()
    if head == "EBCDIC":
        content = "ASCII SPSS PORT FILE".encode("cp037").ljust(40, b"@") + content[40:]
    path = write(tmp_path, content[:size], "cut.por")
    with pytest.raises(sk.ReadError, match="truncated or damaged"):
        sk.read_survey(path)


@pytest.mark.parametrize("index", [2**31 - 1, -2, 10**9, 2])
def test_a_damaged_weight_index_is_no_file_without_a_weight(tmp_path, index):
    """Bytes 76 to 79 of the header (PSPP manual, System File Format): an element in which no variable begins."""
    path = tmp_path / "a.sav"
    sk.write_spss(sk.Survey(pd.DataFrame({"w": [1.0, 2.0]})), path, weight="w")
    content = bytearray(path.read_bytes())
    assert struct.unpack("<i", content[76:80]) == (1,)
    (tmp_path / "b.sav").write_bytes(content[:76] + struct.pack("<i", index) + content[80:])
    with pytest.raises(
        sk.ReadError, match=f"names element {index} as its weight, where no variable begins; it is damaged"
    ):
        sk.read_spss(tmp_path / "b.sav")
    (tmp_path / "c.sav").write_bytes(content[:76] + struct.pack("<i", 0) + content[80:])
    assert sk.read_spss(tmp_path / "c.sav").provenance.weight is None
