import builtins
import html.parser
import zipfile
from dataclasses import replace

import pandas as pd
import pytest

from surveykit.errors import ArgumentError, MissingExtraError, WriteError
from surveykit.report.pages.table_file import SUFFIXES, html_table, latex_table, markdown_table, write_table
from surveykit.report.tables.table_text import page_table
from surveykit.results import Origin, Result, glossary_frame
from surveykit.spreadsheet_text import csv_text, neutral

HOSTILE = [
    "<script>alert(1)</script>",
    "a & b",
    r"back\slash",
    "50 %",
    "a_b",
    "$5 and $6",
    "two\nlines",
    "x" * 300,
    "سؤال عربي",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-x",
    "@SUM(A1)",
    "pipe | pipe",
    "bell\a",
    "# heading",
    "`code`",
]


@pytest.fixture
def hostile() -> Result:
    table = glossary_frame(
        {"outcome": [f"q{at}" for at in range(len(HOSTILE))], "level": HOSTILE, "estimate": [0.5] * len(HOSTILE)}
    )
    return Result(table, HOSTILE[0], Origin("answers.csv"), {}, HOSTILE[1])


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


def test_pages_round_and_leave_empty_columns_out(found):
    table = page_table(found, digits=2)
    assert table.header == ("Outcome", "Group", "Estimate", "n")
    assert table.rows == (("q1", "a", "1.23", "10"), ("q2", "b", "2.00", "1,234"))
    assert table.numeric == (False, False, True, True)


def test_columns_that_repeat_one_label_move_into_the_notes(item_shares):
    table = page_table(item_shares, lang="en")
    assert "Method" not in table.header
    assert "Method: linearised (Taylor); Clusters: 4." in table.notes


def test_a_page_in_another_language(item_shares):
    table = page_table(item_shares, lang="kk")
    assert table.header[:3] == ("Көрсеткіш", "Жауап", "Топ")
    assert table.rows[0][:3] == ("Әкім тұрғындарды тыңдайды", "Мүлдем келіспеймін", "тағайындалған әкім")
    assert table.notes[0].startswith("SIMULATED")


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


def test_spreadsheets_get_no_formula(hostile, tmp_path):
    back = pd.read_csv(write_table(hostile, tmp_path / "t.csv"))
    assert [text for text in back["level"] if text[0] in "=+-@"] == []
    assert back["level"].tolist()[:9] == HOSTILE[:9]
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(write_table(hostile, tmp_path / "t.xlsx"))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds


def test_numbers_below_zero_stay_numbers():
    assert csv_text(pd.DataFrame({"x": [-1.5], "=a": ["-2"]})) == "x,'=a\n-1.5,-2\n"
    assert neutral(-1.5) == -1.5


@pytest.mark.parametrize(("kind", "module", "extra"), [(".docx", "docx", "word"), (".xlsx", "openpyxl", "excel")])
def test_without_the_extra_the_message_installs_it(found, tmp_path, monkeypatch, kind, module, extra):
    real = builtins.__import__

    def absent(name, *args, **kwargs):
        if name.split(".")[0] == module:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr("importlib.import_module", absent)
    with pytest.raises(MissingExtraError, match=rf'pip install "surveykit\[{extra}\]"'):
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


def test_the_verdict_stands_under_the_table(comparison):
    assert any(note.startswith("Feasibility of the comparison: fragile") for note in page_table(comparison).notes)


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


def test_the_ends_of_an_interval_stand_in_one_column(item_shares):
    table = page_table(item_shares, lang="ru", digits=2)
    place = table.header.index("95% ДИ")
    row = item_shares.table.iloc[0]
    assert table.rows[0][place] == f"[{row['conf_low']:.2f}; {row['conf_high']:.2f}]" and table.numeric[place]


def test_a_label_that_repeats_heads_its_rows_once(item_shares):
    text = html_table(page_table(item_shares, lang="en"))
    width = len(page_table(item_shares, lang="en").header) - 1
    heading = f'<tr class="across"><th scope="rowgroup" colspan="{width}">I trust the akim</th></tr>'
    assert text.count(heading) == text.count("I trust the akim") == 1 and text.count("<tbody>") == 2
    rows = [line for line in text.splitlines() if line.startswith("<tr><t")]
    assert [row.count("<td") + row.count("<th") for row in rows] == [width] * 21
    assert latex_table(page_table(item_shares, lang="en")).count("I trust the akim") == 1


def test_labels_that_repeat_inside_a_group_stand_once_in_it(comparison):
    rows = pd.concat([comparison.table, comparison.table.assign(outcome="q2")], ignore_index=True)
    text = html_table(page_table(replace(comparison, table=rows), lang="en"))
    assert text.count('<th scope="rowgroup" rowspan="2">') == 4 and text.count("person average") == 2


def test_percentages_stand_flush_right_and_years_do_not():
    table = page_table(pd.DataFrame({"wave": ["2021", "2023"], "agree": ["61.5%", "\u22122 %"], "note": ["5%", "few"]}))
    assert table.numeric == (False, True, False)


def test_a_table_of_many_columns_is_set_smaller():
    many = page_table(pd.DataFrame({f"c{place}": [place] for place in range(14)}))
    few = page_table(pd.DataFrame({"c": [1]}))
    assert '<table class="wide">' in html_table(many) and "<table>" in html_table(few)
