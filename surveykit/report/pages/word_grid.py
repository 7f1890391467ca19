"""The rows of a table in a Word file: three rules, headings across the table, columns as wide as their texts."""

from collections.abc import Sequence
from typing import Any

from surveykit.extras import require
from surveykit.report.tables.table_groups import Group, group_rows
from surveykit.report.tables.table_text import PageTable
from surveykit.report.text_widths import text_width

# 8.5 inches, the page that python-docx begins with, less two margins of 0.9.
WIDTH, MARGIN = 482.0, 3.0
"""Points between the margins of the page, and on either side of the text of a cell."""
ROOM = 1.12
"""Factor on the width of a text: the reader's Word has other letters than the ones measured here."""
POINTS, SMALLEST_POINTS = 8.5, 5.5


def add_grid(document: Any, table: PageTable) -> None:
    """Add the header and the rows of a table."""
    inner, groups = group_rows(table)
    widths, points = column_widths(inner, groups)
    grid = document.add_table(rows=0, cols=len(widths))
    # Word would set the widths anew, by its own letters, and tables of one report would differ
    grid.autofit = False
    _set_margins(grid)
    if inner.above:
        _add_above(grid, inner.above, points)
    _add_row(grid, inner.header, inner.numeric, points, bold=True)
    n_heads = len(grid.rows)
    for label, rows in groups:
        if label is not None:
            _add_heading(grid, label, points)
        for row in rows:
            _add_row(grid, row, inner.numeric, points)
    shared = require("docx.shared", "word")
    for place, width in enumerate(widths):
        grid.columns[place].width = shared.Pt(width)
        for cell in grid.columns[place].cells:
            cell.width = shared.Pt(width)
    _rule(grid.rows[0], top=12, bottom=6)
    if n_heads > 1:
        _rule(grid.rows[1], bottom=6)
    _rule(grid.rows[-1], bottom=12, **({"top": 12} if len(grid.rows) == 1 else {}))
    # again at the top of each page that the table reaches
    for row in grid.rows[:n_heads]:
        row._tr.get_or_add_trPr().append(_element("w:tblHeader"))


def column_widths(table: PageTable, groups: Sequence[Group]) -> tuple[list[float], float]:
    """Return the widths of the columns and the size of the letters, in points.

    Columns of text give way down to their longest word, then the letters become smaller, and only then is anything
    broken: a table never runs off the page.
    """
    rows = [row for _, rows in groups for row in rows]
    points = POINTS
    while True:
        widest = [_widest([row[place] for row in rows], points) for place in range(len(table.header))]
        words = [
            _widest([each for row in (table.header, *rows) for each in row[place].split()], points)
            for place in range(len(table.header))
        ]
        least = [max(word, cell) if right else word for word, cell, right in zip(words, widest, table.numeric)]
        wanted = [max(low, cell) for low, cell in zip(least, widest)]
        # a column is never narrower than its longest word, and numbers never break: letters shrink before that
        if sum(least) <= WIDTH or points <= SMALLEST_POINTS:
            break
        points -= 0.5
    if sum(least) > WIDTH:
        return [low * WIDTH / sum(least) for low in least], points
    room, need = WIDTH - sum(least), sum(wanted) - sum(least)
    part = min(1.0, room / need) if need > 0 and room > 0 else 0.0
    return [low + part * (most - low) for low, most in zip(least, wanted)], points


def _widest(texts: Sequence[str], points: float) -> float:
    return ROOM * max((text_width(text, points, "bold") for text in texts), default=0.0) + 2 * MARGIN + 1


def _add_row(grid: Any, cells: Sequence[str], numeric: Sequence[bool], points: float, bold: bool = False) -> None:
    for cell, text, right in zip(grid.add_row().cells, cells, numeric):
        _fill(cell.paragraphs[0], text, points, right=right, bold=bold)


def _add_above(grid: Any, above: Sequence[tuple[str, int]], points: float) -> None:
    """Add the line above the header, each text in one cell over its columns."""
    row, at = grid.add_row(), 0
    centre = require("docx.enum.text", "word").WD_ALIGN_PARAGRAPH.CENTER
    for text, columns in above:
        cell = row.cells[at] if columns == 1 else row.cells[at].merge(row.cells[at + columns - 1])
        _fill(cell.paragraphs[0], text, points, bold=True)
        cell.paragraphs[0].alignment = centre
        at += columns


def _add_heading(grid: Any, text: str, points: float) -> None:
    row = grid.add_row()
    cell = row.cells[0].merge(row.cells[-1])
    _fill(cell.paragraphs[0], text, points, italic=True)
    # no heading alone at the foot of a page
    cell.paragraphs[0].paragraph_format.keep_with_next = True


def _fill(
    paragraph: Any, text: str, points: float, *, right: bool = False, bold: bool = False, italic: bool = False
) -> None:
    size = require("docx.shared", "word").Pt
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = size(points), bold, italic
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = size(1)
    paragraph.paragraph_format.line_spacing = 1.0
    if right:
        paragraph.alignment = require("docx.enum.text", "word").WD_ALIGN_PARAGRAPH.RIGHT


def _set_margins(grid: Any) -> None:
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        # "dxa" are twentieths of a point
        margins.append(_element(f"w:{side}", w=str(int(20 * MARGIN)), type="dxa"))
    grid._tbl.tblPr.find(_name("w:tblLook")).addprevious(margins)


def _rule(row: Any, **eighths: int) -> None:
    """Draw rules over or under the cells of a row, their thickness in eighths of a point."""
    for cell in row.cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = _element("w:tcBorders")
        for side in ("top", "bottom"):
            if side in eighths:
                borders.append(_element(f"w:{side}", val="single", sz=str(eighths[side]), color="1a1a1a"))
        properties.append(borders)


def _element(name: str, **attributes: str) -> Any:
    make = require("docx.oxml", "word").OxmlElement
    element = make(name)
    for key, value in attributes.items():
        element.set(_name(f"w:{key}"), value)
    return element


def _name(name: str) -> str:
    return str(require("docx.oxml.ns", "word").qn(name))
