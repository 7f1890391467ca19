"""Workbooks that are made to exhaust a machine are one sentence; those that are only odd are read."""

import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

import surveykit as sk
from tests.expectations.words import one_sentence

openpyxl = pytest.importorskip("openpyxl")
SHARED = Path(__file__).parent.parent.parent.parent.parent / "shared" / "inputs"


def form(path: Path, change=lambda sheet: None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in (("type", "name", "label"), ("text", "q", "What?")):
        sheet.append(row)
    change(sheet)
    book.save(path)
    return path


def repacked(path: Path, change) -> Path:
    """The workbook with the XML of its sheet changed."""
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == "xl/worksheets/sheet1.xml" else content)
    return target


def bounded(path: Path) -> str:
    tracemalloc.start()
    started = time.monotonic()
    try:
        text = one_sentence(lambda: sk.read_xlsform(path), sk.ReadError)
        assert tracemalloc.get_traced_memory()[1] < 200e6 and time.monotonic() - started < 10  # two seconds when idle
    finally:
        tracemalloc.stop()
    return text


@pytest.mark.parametrize("cell", ["XFD2", "A1048576", "XFD1048576", "A200001", "BXY1"])
def test_a_far_cell(cell, tmp_path):
    path = form(tmp_path / "f.xlsx", lambda sheet: sheet.__setitem__(cell, "x"))
    assert f"something in the cell {cell}, far away from the others" in bounded(path)
    for lie in (b'ref="A1:C2"', b'ref="A1"'):  # what the sheet says of its own size
        lying = repacked(path, lambda xml, lie=lie: xml.replace(xml[xml.index(b'ref="') :].split(b"/>")[0], lie, 1))
        assert cell in bounded(lying)


def test_far_formats_hold_nothing(tmp_path):
    """A row or a column that is only coloured, down to the end of the sheet, as spreadsheets are full of."""

    def colour(sheet):
        sheet["XFD1048576"].font = openpyxl.styles.Font(bold=True)

    assert list(sk.read_xlsform(form(tmp_path / "f.xlsx", colour))) == ["q"]


@pytest.mark.slow
def test_more_than_a_form_can_hold(tmp_path):
    path = form(tmp_path / "f.xlsx")
    for more in (
        lambda xml: xml.replace(b"</sheetData>", b"<row/>" * 6_000_000 + b"</sheetData>"),
        lambda xml: xml + b" " * 40_000_000,
    ):
        text = bounded(repacked(path, more))
        assert "which no questionnaire does (at most 30 MB are read); save its sheets as CSV" in text
    assert (tmp_path / "changed.xlsx").stat().st_size < 300_000


def test_entities(tmp_path):
    laughs = b'<!DOCTYPE a [<!ENTITY a0 "ha"><!ENTITY a1 "&a0;&a0;&a0;&a0;&a0;&a0;&a0;&a0;">]>'
    for head in (laughs, b"<!-- " + b"x" * 9000 + b" -->" + laughs):
        path = repacked(
            form(tmp_path / "f.xlsx"), lambda xml, head=head: xml.replace(b"<worksheet", head + b"<worksheet", 1)
        )
        assert "defines entities in 'xl/worksheets/sheet1.xml'" in bounded(path)


@pytest.mark.parametrize("cut", [100, 1000, -30])
def test_a_damaged_workbook(tmp_path, cut):
    path = form(tmp_path / "f.xlsx")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(sk.ReadError):
        sk.read_xlsform(path)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the bad inputs beside the project are not here")
@pytest.mark.parametrize("name", ["x_far", "x_laughs", "bomb_dim", "bomb_rows", "bomb_laughs", "bomb_strings"])
def test_bombs_of_others(name):
    """One sentence, or read where it really is small (bomb_laughs and bomb_strings unpack to 17 kB)."""
    path = SHARED / f"{name}.xlsx"
    if name in ("bomb_laughs", "bomb_strings"):
        assert list(sk.read_xlsform(path)) == ["a"]
    else:
        bounded(path)
