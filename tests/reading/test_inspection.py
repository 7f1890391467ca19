import json

import pandas as pd
import pytest

import surveykit as sk


def survey():
    book = sk.Codebook.of(
        [sk.Variable("q1", {"en": "Listens\n\x1b[31m?"}, {1: {"en": "No"}}, {98: {}}, ((900, 999),))], {"en": "Ili"}
    )
    frame = pd.DataFrame({"q1": [1.0, 98, 901], "w": [1.0, 2, 3]})
    return sk.Survey(frame, book, sk.Provenance(simulated=True, weight="w")).with_missing_codes()


def test_what_a_file_is(tmp_path):
    sk.write_spss(survey(), tmp_path / "a.sav")
    found = sk.inspect_file(tmp_path / "a.sav")
    assert found.facts["rows"] == 3 and found.facts["columns"] == 2 and found.facts["simulated"] is True
    assert found.facts["weight"] == "weighted by w"
    assert found.facts["missing codes"] == "declared in 1 columns: q1"
    assert found.facts["answers missing for a reason"] == 2
    assert found.facts["encoding"].startswith("utf-8")
    assert found.columns.loc[0, "missing"] == "98, 900..999"
    assert "\x1b" not in str(found) and "Listens" in str(found)
    json.dumps(found.to_dict())


def test_a_lying_extension_is_told_and_read(tmp_path):
    sk.write_spss(survey(), tmp_path / "a.sav")
    (tmp_path / "a.sav").rename(tmp_path / "a.dta")
    found = sk.inspect_file(tmp_path / "a.dta")
    assert found.warnings == ("the name ends in '.dta', but the bytes are an SPSS system file",)
    (tmp_path / "b.sav").write_text("a,b\n1,2\n")
    assert sk.read_survey(tmp_path / "b.sav").provenance.format == "CSV"


def test_warnings_are_collected_and_not_raised(shared_data):
    found = sk.inspect_file(shared_data / "spss_files" / "koi8r_mislabelled_as_1252.sav")
    assert any("koi8-r" in sentence for sentence in found.warnings)
    assert "mymrset" in found.facts["multiple response"]


@pytest.mark.parametrize(("content", "words"), [
    (b"PK\x03\x04 xl/workbook.xml", "is no Excel workbook that can be read"),
    (b"%PDF-1.7", "is a PDF document, which surveykit does not read"),
    (b"PAR1....", "is damaged|surveykit.big"),
    (b"\x00\x01\x02\x03" * 40, "of no kind that surveykit knows"),
])  # fmt: skip
def test_other_kinds_of_file(tmp_path, content, words):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(sk.ReadError, match=words):
        sk.read_survey(tmp_path / "a.csv")


def test_an_option_of_another_reader(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(sk.ArgumentError, match=r"`delimeter` is no option of read_csv\(\).*did you mean 'delimiter'"):
        sk.read_survey(tmp_path / "a.csv", delimeter=";")


def test_a_codebook_adds_its_texts_to_a_file_of_any_kind(tmp_path):
    sk.write_spss(survey(), tmp_path / "a.sav")
    name = sk.read_survey(tmp_path / "a.sav").frame.columns[0]
    (tmp_path / "book.toml").write_text(
        f"simulated = true\n[variables.{name}]\nquestion.kk = 'Сұрақ'\n", encoding="utf-8"
    )
    for book in (tmp_path / "book.toml", sk.read_codebook(tmp_path / "book.toml")):
        found = sk.read_survey(tmp_path / "a.sav", codebook=book)
        assert found.codebook[name].question["kk"] == "Сұрақ"
    assert sk.read_survey(tmp_path / "a.sav", codebook=tmp_path / "book.toml").provenance.simulated


LSS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<document>\n <LimeSurveyDocType>Survey</LimeSurveyDocType>\n'
    " <DBVersion>184</DBVersion>\n</document>\n"
)


@pytest.mark.parametrize(("name", "content", "words"), [
    ("a.lss", LSS, r"a LimeSurvey questionnaire \(.lss\), which holds questions and no answers.*export the responses"),
    ("a.qsf", '{"SurveyEntry":{"SurveyID":"SV_1"},"SurveyElements":[]}', r"a Qualtrics questionnaire \(.qsf\).*export the responses"),
    ("a.json", '{"id": 1, "q1": 4}', "a JSON file.*export the answers as CSV"),
    ("a.json", '\ufeff[\n {"id": 1},\n {"id": 2}\n]', "a JSON file"), ("a.json", "[[1, 2], [3, 4]]", "a JSON file"),
    ("a.html", "<!DOCTYPE html>\n<html><body><table><tr><td>1</td></tr></table></body></html>", "a web page.*save the table as CSV"),
    ("a.xls", "<table border=1>\n<tr><td>id</td></tr></table>", "a web page"),
    ("a.xml", '<?xml version="1.0"?>\n<codeBook xmlns="ddi:codebook:2_5"/>', "an XML file"),
    ("a.sps", "GET DATA /TYPE=TXT\n /FILE='a.csv'.\nVARIABLE LABELS q1 'Trust'.\nEXECUTE.\n", "SPSS syntax.*give this file as `codebook=`"),
    ("a.sps", "variable labels q1 'Trust'.\n", "SPSS syntax"), ("a.txt", "VALUE LABELS q1 1 'No'.\nMISSING VALUES q1 (9).\n", "SPSS syntax"),
    ("a.rtf", r"{\rtf1\ansi hello}", "a rich text document"),
])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_that_is_written_in_letters_but_holds_no_table_is_named(tmp_path, name, content, words, encoding):
    if encoding == "utf-16" and name.endswith(".rtf"):
        pytest.skip("rich text is ASCII")
    (tmp_path / name).write_bytes(content.removeprefix("\ufeff").encode(encoding))
    for read in (sk.read_survey, sk.read_csv, sk.inspect_file):
        with pytest.raises(sk.ReadError, match=words):
            read(tmp_path / name)


@pytest.mark.parametrize(("content", "words"), [
    (b"PK\x03\x04....[Content_Types].xml....word/document.xml", "a Word document"),
    (b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel or Word file"),
    (b"%PDF-1.7\n" + b"1 0 obj\n" * 99, "a PDF document"),
])  # fmt: skip
def test_documents_are_named(tmp_path, content, words):
    (tmp_path / "a.csv").write_bytes(content)
    for read in (sk.read_survey, sk.read_csv):
        with pytest.raises(sk.ReadError, match=words):
            read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "content",
    [
        "[id],[q1]\n1,2\n",
        "{id},q1\n1,2\n",
        "<5,q1\n1,2\n",
        "value labels,q1\nx,2\n",
        '"{""a"":1}",q\n1,2\n',
        "id,note\n1,<b>bold</b>\n",
    ],
)
def test_a_table_that_begins_with_a_bracket_is_a_table(tmp_path, content):
    (tmp_path / "a.csv").write_text(content)
    assert sk.read_survey(tmp_path / "a.csv").frame.shape == (1, 2)


def test_what_the_reader_decided_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("age,day\n34,01.05.2023\n-,02.05.2023\n")
    assert "'-' and the like count as empty" in str(sk.inspect_file(tmp_path / "a.csv"))
    assert "were read as dates, the day before the month" in sk.inspect_file(tmp_path / "a.csv").facts["decided"]
