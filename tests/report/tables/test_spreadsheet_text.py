"""What a spreadsheet would run stays text; numbers stay numbers."""

import pandas as pd
import pytest

from surveykit.report.pages.table_file import write_table
from surveykit.report.tables.spreadsheet_text import csv_text, neutral
from tests.report.conftest import HOSTILE


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
