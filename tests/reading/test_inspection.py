import json

import pandas as pd
import pytest

import surveykit as sk


def survey():
    book = sk.Codebook.of([sk.Variable("q1", {"en": "Listens\n\x1b[31m?"}, {1: {"en": "No"}}, {98: {}}, ((900, 999),))],
                          {"en": "Ili"})
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
    (b"PK\x03\x04 xl/workbook.xml", "is an Excel workbook, which surveykit does not read; save the sheet as CSV"),
    (b"%PDF-1.7", "is a PDF document, which surveykit does not read"),
    (b"PAR1....", "is a Parquet file"),
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
    (tmp_path / "book.toml").write_text(f"simulated = true\n[variables.{name}]\nquestion.kk = 'Сұрақ'\n", encoding="utf-8")
    for book in (tmp_path / "book.toml", sk.read_codebook(tmp_path / "book.toml")):
        found = sk.read_survey(tmp_path / "a.sav", codebook=book)
        assert found.codebook[name].question["kk"] == "Сұрақ"
    assert sk.read_survey(tmp_path / "a.sav", codebook=tmp_path / "book.toml").provenance.simulated
