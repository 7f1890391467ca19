"""What the XML of a worksheet says beside its values."""

import zipfile

import pytest

import surveykit as sk
from tests.expectations.words import one_sentence
from tests.reading.tables.test_excel_file import workbook


def test_hidden_rows_and_columns_are_read_and_told(tmp_path):
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True

    path = workbook(tmp_path / "a.xlsx", ["id", "w", "q"], [1, 1.5, 4], [2, 0.5, 5], change=hide)
    with pytest.warns(sk.SurveyKitWarning) as said:
        assert sk.read_excel(path).data["w"].tolist() == [1.5, 0.5]
    words = " ".join(str(one.message) for one in said)
    assert "1 of 3 rows are hidden in the sheet (3)" in words and "1 of 3 columns are hidden in the sheet (B)" in words


def test_merged_cells_beside_the_table_and_over_columns(tmp_path):
    def merge(sheet):
        for cells in ("H1:I2", "A90:A99", "XFC3:XFD3", "B3:C3"):
            sheet.merge_cells(cells)

    path = workbook(tmp_path / "a.xlsx", ["id", "q", "r"], [1, 4, 5], [2, 3, None], change=merge)
    with pytest.warns(sk.SurveyKitWarning, match=r"merged over several columns of answers \(B3:C3\)"):
        data = sk.read_excel(path).data
    assert data["q"].tolist() == [4, 3] and data["r"].isna().tolist() == [False, True]


@pytest.mark.parametrize("change", [
    lambda xml: xml.replace(b'<row r="3"', b'<row r="2"'), lambda xml: xml.replace(b'<row r="2"', b'<row r="7"'),
    lambda xml: xml.replace(b'r="B3"', b'r="B2"'), lambda xml: xml.replace(b'<row r="3"', b'<row r="0"'),
    lambda xml: xml.replace(b'<row r="3"', b'<row r="-1"'), lambda xml: xml.replace(b'<row r="3"', b'<row r="999999999"'),
])  # fmt: skip
def test_rows_out_of_order_are_refused(tmp_path, change):
    path = workbook(tmp_path / "a.xlsx", ["id", "q"], [1, 2], [3, 4])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name.endswith("sheet1.xml") else old.read(name))
    said = one_sentence(lambda: sk.read_excel(tmp_path / "b.xlsx"), sk.ReadError)
    assert "out of order behind row" in said
