"""One way of writing results as CSV: a cell comes back as one cell, and none of them runs."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk
from surveykit.replication.claims import Claim, Ledger
from surveykit.report.figures.dots_figure import draw_dots
from surveykit.spreadsheet_text import csv_rows, csv_text, neutral, plain

BREAKS = "Agree\r=1+1"
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
TEXTS = st.text(st.sampled_from("ab \"',;\t\r\n1" + SIGNS), max_size=8)


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_rows_come_back_as_rows_in_every_reader(rows):
    for text in (csv_rows(rows), csv_text(pd.DataFrame(rows, columns=["a", "b"]))[4:]):
        found = cells(text)
        assert [[plain(cell) for cell in row] for row in found] == [list(row) for row in rows]
        for row in found:
            for line in [line for cell in row for line in cell.splitlines()]:
                assert not line.startswith(tuple(SIGNS)) or _is_number(line), (row, line)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text.strip() in SIGNS  # a lone sign inside a number of several lines is none
    return True


def test_numbers_keep_every_digit_and_missing_cells_are_empty():
    table = pd.DataFrame({"x": [0.1 + 0.2, None], "n": [1, 2], "t": ["-1", None]})
    assert csv_text(table) == "x,n,t\n0.30000000000000004,1,-1\n,2,\n"


def test_control_characters_are_left_out():
    assert neutral("a\x1b[31m\x00b") == "a[31mb" and neutral("\x1b=1+1") == "'=1+1"


@pytest.fixture
def labelled() -> sk.Survey:
    book = sk.Codebook.of([sk.Variable("q", {"en": "=1+1"}, {1: {"en": BREAKS}, 2: {"en": "\uff1d1"}})])
    return sk.Survey(pd.DataFrame({"q": [1.0, 2.0, 2.0], "v": ["a", "b", "c"]}), book)


def test_every_writer_of_csv_quotes_a_bare_return(labelled, tmp_path):
    """A CR that is not in quotes ends the row, and what follows it is the first cell of another."""
    result = sk.shares(sk.SurveyDesign(labelled, cluster="v"), "q")
    sk.write_table(result, tmp_path / "table.csv")
    sk.export_codebook(labelled, tmp_path / "book.csv")
    ledger = Ledger((Claim("A", statement=BREAKS, why="\uff0bwide", note="\n@note"),))
    ledger.to_csv(tmp_path / "ledger.csv")
    sk.save_figure(draw_dots(pd.DataFrame({"label": [BREAKS, "b"], "value": [0.1, 0.2]})), tmp_path / "dots.svg")
    for name in ("table.csv", "book.csv", "ledger.csv", "dots.csv"):
        text = (tmp_path / name).read_bytes().decode("utf-8")
        assert "Agree\r'=1+1" in text, name
        rows = cells(text)
        assert len({len(row) for row in rows}) == 1, name
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "\uff1d", "\uff0b", "@"))], name
    assert Ledger.from_csv(tmp_path / "ledger.csv")["A"].statement == BREAKS


def test_numbers_below_zero_stay_numbers():
    assert csv_text(pd.DataFrame({"x": [-1.5], "=a": ["-2"]})) == "x,'=a\n-1.5,-2\n"
    assert neutral(-1.5) == -1.5
