import builtins
import html.parser
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, MissingExtraError, WriteError
from surveykit.estimation.quantities.shares import shares
from surveykit.report.pages.table_file import SUFFIXES, html_table, latex_table, markdown_table, write_table
from surveykit.report.tables.table_text import page_table
from surveykit.survey import Survey
from tests.report.conftest import HOSTILE


def kinds_at_hand() -> list[str]:
    missing = {".docx": "docx", ".xlsx": "openpyxl"}
    return [
        kind for kind in SUFFIXES if kind not in missing or __import__("importlib.util").util.find_spec(missing[kind])
    ]


def test_csv_keeps_full_precision_and_the_glossary(found, tmp_path):
    path = write_table(found, tmp_path / "t.csv")
    back = pd.read_csv(path)
    assert back["estimate"].tolist() == [1.23456789, 2.0]
    assert list(back.columns) == list(found.table.columns)
    assert not path.read_bytes().startswith(b"\xef\xbb\xbf") and b"\r" not in path.read_bytes()


@pytest.mark.parametrize("kind", [".csv", ".md", ".html", ".tex", ".docx", ".xlsx"])
def test_simulated_stands_in_every_kind_of_file(item_shares, found, tmp_path, kind):
    if kind not in kinds_at_hand():
        pytest.skip("an extra is absent")
    for result, wanted in ((item_shares, True), (found, False)):
        path = write_table(result, tmp_path / f"t{kind}")
        content = path.read_bytes()
        if kind in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as archive:
                content = b"".join(archive.read(name) for name in archive.namelist())
        assert (b"SIMULATED" in content) == wanted


def test_csv_of_simulated_answers_has_a_status_column(item_shares, tmp_path):
    back = pd.read_csv(write_table(item_shares, tmp_path / "t.csv"))
    assert set(back["data_status"]) == {"SIMULATED"}
    assert back.drop(columns="data_status")["estimate"].tolist() == item_shares.table["estimate"].tolist()


class Seen(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text.append(data)


def test_html_escapes_and_isolates(hostile):
    seen = Seen()
    text = html_table(page_table(hostile))
    seen.feed(text)
    assert "script" not in seen.tags
    assert {"<script>alert(1)</script>", "a & b", r"back\slash", "x" * 300, "bell"} <= set(seen.text)
    assert "<bdi>سؤال عربي</bdi>" in text
    assert text.count('scope="col"') == 3 and text.count('scope="row"') == len(HOSTILE)


def test_latex_escapes(hostile):
    text = latex_table(page_table(hostile))
    for wanted in (r"\textbackslash{}slash", r"50 \%", r"a\_b", r"\$5 and \$6", r"a \& b", r"\# heading", "two lines"):
        assert wanted in text
    assert all(line.count("&") - line.count(r"\&") == 2 for line in text.splitlines() if line.endswith(r"\\"))


def test_markdown_keeps_one_row_per_row(hostile):
    lines = markdown_table(page_table(hostile)).splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 1 + len(HOSTILE)
    assert all(line.replace(r"\|", "").count("|") == 4 for line in rows)
    assert r"\<script\>" in rows[1]


@pytest.mark.parametrize(("kind", "module", "extra"), [(".docx", "docx", "word"), (".xlsx", "openpyxl", "excel")])
def test_without_the_extra_the_message_installs_it(found, tmp_path, monkeypatch, kind, module, extra):
    real = builtins.__import__

    def absent(name, *args, **kwargs):
        if name.split(".")[0] == module:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr("importlib.import_module", absent)
    with pytest.raises(MissingExtraError, match=rf'pip install "surveykit-settlements\[{extra}\]"'):
        write_table(found, tmp_path / f"t{kind}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [".csv", ".md", ".html", ".tex", ".docx", ".xlsx"])
def test_the_same_table_gives_the_same_bytes(item_shares, tmp_path, kind):
    if kind not in kinds_at_hand():
        pytest.skip("an extra is absent")
    first = write_table(item_shares, tmp_path / f"a{kind}").read_bytes()
    assert write_table(item_shares, tmp_path / f"b{kind}").read_bytes() == first


def test_a_word_table_can_be_read_back(item_shares, tmp_path):
    docx = pytest.importorskip("docx")
    document = docx.Document(str(write_table(item_shares, tmp_path / "t.docx", lang="ru")))
    grid = document.tables[0]
    assert [cell.text for cell in grid.rows[0].cells][:3] == ["Ответ", "Группа", "Оценка"]
    assert {cell.text for cell in grid.rows[1].cells} == {"Аким прислушивается к жителям"}
    assert len(grid.rows) == 1 + 2 + len(item_shares.table)
    assert "SIMULATED" in document.paragraphs[0].text


def test_a_data_frame_is_a_table_too(tmp_path):
    write_table(pd.DataFrame({"a": [1, 2], "b": ["x", None]}), tmp_path / "t.md")
    assert "| 2 |  |" in (tmp_path / "t.md").read_text()


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="must be a Result or a DataFrame, but list was given"):
        write_table([1], tmp_path / "t.md")
    with pytest.raises(WriteError, match=r"must end in one of \.csv, \.md"):
        write_table(pd.DataFrame(), tmp_path / "t.gif")


def test_the_result_stays_as_it_was(item_shares, tmp_path):
    before = item_shares.table.copy()
    for kind in (".csv", ".md", ".html", ".tex"):
        write_table(replace(item_shares), tmp_path / f"t{kind}", lang="ru")
    assert item_shares.table.equals(before)


def test_a_table_of_many_columns_is_set_smaller():
    many = page_table(pd.DataFrame({f"c{place}": [place] for place in range(14)}))
    few = page_table(pd.DataFrame({"c": [1]}))
    assert '<table class="wide">' in html_table(many) and "<table>" in html_table(few)


def test_spreadsheets_get_no_formula(hostile, tmp_path):
    back = pd.read_csv(write_table(hostile, tmp_path / "t.csv"))
    assert [text for text in back["level"] if text[0] in "=+-@"] == []
    assert back["level"].tolist()[:9] == HOSTILE[:9]
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(write_table(hostile, tmp_path / "t.xlsx"))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds


def test_a_csv_for_excel_in_russian(tmp_path):
    table = pd.DataFrame({"level": ["да", "нет; 1,5"], "estimate": [0.125, 1234.5], "n": [3, 4], "code": [1.5, "x"]})
    path = write_table(table, tmp_path / "t.csv", csv_dialect="excel-ru")
    assert path.read_bytes().decode("utf-8") == '\ufefflevel;estimate;n;code\nда;0,125;3;1,5\n"нет; 1,5";1234,5;4;x\n'
    back = pd.read_csv(path, sep=";", decimal=",", encoding="utf-8-sig")
    assert back["estimate"].tolist() == [0.125, 1234.5]
    with pytest.raises(ArgumentError, match=r"`csv_dialect` is for \.csv files, but 't\.xlsx' was given"):
        write_table(table, tmp_path / "t.xlsx", csv_dialect="excel-ru")
    with pytest.raises(ArgumentError, match="did you mean 'excel-ru'"):
        write_table(table, tmp_path / "t.csv", csv_dialect="excel_ru")


def test_a_battery_is_written_with_answers_across(tmp_path):
    """Ten respondents by hand: of eight answers to the first question six agree, two say nothing; all answer the second."""
    book = Codebook({
        name: Variable(text, labels={1: "agree", 2: "disagree"}, missing={9: "refused"})
        for name, text in (("a", "First"), ("b", "Second"))
    })  # fmt: skip
    frame = pd.DataFrame({"a": [1] * 6 + [2] * 2 + [9] * 2, "b": [1, 2] * 5})
    result = shares(SurveyDesign(Survey(frame, book).with_missing_codes()), ["a", "b"])
    written = write_table(result, tmp_path / "t.md", layout="across", lang="en").read_text(encoding="utf-8")
    rows = [line for line in written.splitlines() if line.startswith("|")]
    assert rows[0] == "| Question | agree | disagree | n | refused |".replace("Question", rows[0].split("|")[1].strip())
    assert rows[2:] == ["| First | 75.0 | 25.0 | 8 | 20.0 |", "| Second | 50.0 | 50.0 | 10 |  |"]
    assert "Percent of those who answered; reasons for no answer in percent of those asked." in written
    numbers = pd.read_csv(write_table(result, tmp_path / "t.csv", layout="across", lang="en"))
    assert numbers[["agree", "disagree", "n"]].to_numpy().tolist() == [[75, 25, 8], [50, 50, 10]]
