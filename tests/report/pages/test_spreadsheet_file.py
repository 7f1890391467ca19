"""A table as a spreadsheet: numbers that can be summed, formats that show them as the page does, notes beside."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.words.messages import said_in
from tests.test_wide_results import ANSWERS, BOOK

openpyxl = pytest.importorskip("openpyxl")


@pytest.fixture(scope="module")
def design():
    return sk.SurveyDesign(sk.Survey(ANSWERS, BOOK), cluster="village")


def opened(result, path, **how):
    return openpyxl.load_workbook(sk.write_table(result, path, **how))


def test_shares_of_a_crosstab_add_up_to_the_total_that_is_written(design, tmp_path):
    sheet = opened(sk.crosstab(design, "trust", "akim"), tmp_path / "a.xlsx").worksheets[0]
    assert [sheet.cell(row, 2).value for row in range(4, 9)] == ["yes", "no", "Total", "n", "Weighted n"]
    for column in (3, 4, 5):
        shares = [sheet.cell(row, column).value for row in (4, 5)]
        assert sum(shares) == pytest.approx(sheet.cell(6, column).value, abs=1e-15)
        assert sheet.cell(4, column).number_format == '0.0%;"−"0.0%'
    assert [sheet.cell(7, column).value for column in (3, 4, 5)] == [24, 24, 48]
    assert sheet.cell(7, 3).number_format.startswith("#,##0;")
    yes = ((ANSWERS["trust"] == 1) & (ANSWERS["akim"] == 0)).sum()
    assert sheet.cell(4, 3).value == pytest.approx(yes / 24, abs=1e-15)


def test_an_interval_is_two_numbers_in_brackets_under_one_head(design, tmp_path):
    found = sk.crosstab(design, "trust", "akim", show="interval")
    sheet = opened(found, tmp_path / "a.xlsx").worksheets[0]
    row = found.table.iloc[0]
    written = [sheet.cell(4, column).value for column in (3, 4, 5)]
    assert written == pytest.approx([row["estimate"], row["conf_low"], row["conf_high"]], abs=1e-15)  # 16 digits
    assert [sheet.cell(4, column).number_format.partition(";")[0] for column in (3, 4, 5)] == [
        "0.0%",
        '"["0.0%',
        '0.0%"]"',
    ]
    assert "C3:E3" in {str(area) for area in sheet.merged_cells.ranges}


def test_the_first_table_of_a_paper_counts_in_one_column_and_shares_in_the_next(design, tmp_path):
    sheet = opened(sk.describe_sample(design, ["trust", "sex"], by="akim"), tmp_path / "a.xlsx").worksheets[0]
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=2)}
    assert sum(rows[label][2].value for label in ("man", "woman")) == 24
    assert sum(rows[label][3].value for label in ("man", "woman")) == pytest.approx(1, abs=1e-15)
    assert rows["man"][3].number_format.startswith('"("0.0%")"')


def test_negative_numbers_stars_and_small_p_look_as_on_the_page(design, tmp_path):
    fit = sk.fit_model("trust ~ akim + sex", design)
    sheet = opened(sk.compare_models([fit], stars=True), tmp_path / "a.xlsx").worksheets[0]
    cells = [row[2] for row in sheet.iter_rows(min_row=2) if isinstance(row[2].value, float)]
    assert min(cell.value for cell in cells) < 0
    assert all('"−"' in cell.number_format for cell in cells)
    stars = next(cell for cell in cells if "*" in cell.number_format)
    assert stars.number_format.partition(";")[0] == '#,##0.000"**"'
    plain = sk.Result(pd.DataFrame({"estimate": [-1.5, 2.0], "p_value": [0.0002, 0.25]}), "By hand.")
    sheet = opened(plain, tmp_path / "b.xlsx", lang="ru").worksheets[0]
    assert [sheet["B2"].value, sheet["B2"].number_format] == [0.0002, '[<0.001]"<0,001";0.000']
    assert sheet["A2"].value == -1.5


def test_heads_stay_in_sight_and_are_set_apart(design, tmp_path):
    sheet = opened(sk.crosstab(design, "trust", "akim"), tmp_path / "a.xlsx").worksheets[0]
    assert sheet.freeze_panes == "C4"
    assert sheet["C3"].font.bold and sheet["C3"].fill.start_color.rgb == "FFEDEDED"
    assert sheet["C3"].border.bottom.style == "thin"
    assert sheet.column_dimensions["A"].width > len("Trust & more") and sheet.print_title_rows == "$2:$3"


@pytest.mark.parametrize(("lang", "title"), [("en", "Notes"), ("ru", "Примечания"), ("kk", "Ескертпелер")])
def test_notes_and_provenance_have_a_sheet_of_their_own(design, tmp_path, lang, title):
    found = sk.crosstab(design, "trust", "akim")
    table, notes = opened(found, tmp_path / "a.xlsx", lang=lang).worksheets
    assert notes.title == title
    said = [row[1] for row in notes.iter_rows(values_only=True)]
    assert said_in(found.method, lang) in said and "surveykit" in said and any("numpy" in text for text in said)
    assert found.method not in [row[0] for row in table.iter_rows(values_only=True)]


def test_what_is_no_number_is_text(tmp_path):
    odd = sk.Result(pd.DataFrame({"estimate": [np.inf, np.nan, 1.0], "group": ["=1+1", "b", "c"]}), "By hand.")
    sheet = opened(odd, tmp_path / "a.xlsx").worksheets[0]
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == ["∞", None, 1]
    assert sheet["B2"].value == "'=1+1" and sheet["B2"].data_type == "s"


def test_hidden_cells_say_so_and_hold_no_number(tmp_path):
    frame = pd.DataFrame({"q": [1, 2] * 30, "g": ["few"] * 3 + ["more"] * 20 + ["most"] * 37})
    sheet = opened(sk.crosstab(sk.SurveyDesign(frame), "q", "g"), tmp_path / "a.xlsx").worksheets[0]
    assert [sheet.cell(4, column).value for column in (3, 4)] == [
        "hidden (n < 5)", "hidden to protect another cell"]  # fmt: skip
    assert isinstance(sheet.cell(4, 5).value, float)


def test_a_spreadsheet_needs_no_temporary_files(tmp_path, monkeypatch):
    """openpyxl fills one for each sheet: on a full disk it stayed behind, and lxml complained of an error of its own."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", full)
    book = opened(pd.DataFrame({"q": np.arange(3000.0)}), tmp_path / "a.xlsx")
    assert book.worksheets[0].cell(3001, 1).value == 2999 and len(book.worksheets) == 2
