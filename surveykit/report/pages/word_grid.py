"""The rows of a table in a Word file: three rules, headings across the table, columns as wide as their texts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from surveykit.extras import require
from surveykit.formatting import BREAKS
from surveykit.report.tables.table_groups import Group, group_rows
from surveykit.report.tables.table_text import PageTable
from surveykit.report.text_widths import text_width

A4 = (595.3, 841.9)
"""Points of the short and the long side of the paper."""
EDGE = 64.8
"""Points between the edge of the paper and the text."""
WIDTH, ACROSS, MARGIN = A4[0] - 2 * EDGE, A4[1] - 2 * EDGE, 3.0
"""Points between the margins of an upright page and of one turned across, and on either side of the text of a cell."""
ROOM = 1.12
"""Factor on the width of a text: the reader's Word has other letters than the ones measured here."""
POINTS, SMALLEST_POINTS = 10.0, 9.0
"""Sizes of letters: what journals set tables in, and what they still take."""
TOGETHER = 28
"""Rows of a table that stay on one page; a longer one breaks, its heads again on the next."""
Panel: TypeAlias = tuple[PageTable, list[Group]]


def needs_page_across(table: PageTable) -> bool:
    """Return whether a table is too wide for an upright page in the smallest letters."""
    return sum(_least_widths(*group_rows(table), SMALLEST_POINTS)) > WIDTH


def add_grid(document: Any, table: PageTable, room: float) -> None:
    """Add the header and the rows of a table; one too wide for the page in several parts, one below the other."""
    for number, (inner, groups) in enumerate(panels(*group_rows(table), room)):
        if number:
            spacer = document.add_paragraph()  # Word joins tables that nothing parts
            spacer.paragraph_format.space_after = require("docx.shared", "word").Pt(0)
        _add_panel(document, inner, groups, room)


def _add_panel(document: Any, inner: PageTable, groups: Sequence[Group], room: float) -> None:
    widths, points = column_widths(inner, groups, room)
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
    lines = list(grid.rows)
    for place, line in enumerate(lines):
        properties = line._tr.get_or_add_trPr()
        properties.append(_element("w:cantSplit"))
        if place < n_heads:  # again at the top of each page that the table reaches
            properties.append(_element("w:tblHeader"))
        if place < n_heads or (len(lines) <= TOGETHER and place < len(lines) - 1):
            for cell in line.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True


def panels(table: PageTable, groups: Sequence[Group], room: float) -> list[Panel]:
    """Return a table in parts that fit the room in the smallest letters, the columns of labels in each.

    Columns under one text of the line above stay together where they fit.
    """
    least = _least_widths(table, groups, SMALLEST_POINTS)
    if sum(least) <= room:
        return [(table, list(groups))]
    labels = list(range(table.labels))
    spans = [text for text, columns in table.above for _ in range(columns)] or [""] * len(least)
    blocks: list[list[int]] = []
    for place in range(len(labels), len(least)):
        together = blocks and spans[place] and spans[place] == spans[place - 1]
        if together and sum(least[each] for each in [*labels, *blocks[-1], place]) <= room:
            blocks[-1].append(place)
        else:
            blocks.append([place])
    parts: list[list[int]] = []
    for block in blocks:
        if parts and sum(least[each] for each in [*labels, *parts[-1], *block]) <= room:
            parts[-1] += block
        else:
            parts.append(list(block))
    return [_columns_of(table, groups, [*labels, *part], spans) for part in parts]


def _columns_of(table: PageTable, groups: Sequence[Group], places: list[int], spans: Sequence[str]) -> Panel:
    """Return some columns of a table, with what stands above them."""

    def pick(cells: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(cells[place] for place in places)

    above: list[tuple[str, int]] = []
    for text in pick(spans) if table.above else ():
        if above and above[-1][0] == text:
            above[-1] = (text, above[-1][1] + 1)
        else:
            above.append((text, 1))
    inner = replace(table, header=pick(table.header), numeric=pick(table.numeric), above=tuple(above))
    return inner, [(label, [pick(row) for row in rows]) for label, rows in groups]


def column_widths(table: PageTable, groups: Sequence[Group], room: float = WIDTH) -> tuple[list[float], float]:
    """Return the widths of the columns and the size of the letters, in points.

    Columns of text give way down to their longest word, then the letters become smaller, and only then is anything
    broken: a table never runs off the page.
    """
    rows = [row for _, rows in groups for row in rows]
    points = POINTS
    while True:
        least = _least_widths(table, groups, points)
        # a column is never narrower than its longest word, and numbers never break: letters shrink before that
        if sum(least) <= room or points <= SMALLEST_POINTS:
            break
        points -= 0.5
    if sum(least) > room:
        return [low * room / sum(least) for low in least], points
    widest = [_widest([row[place] for row in rows], points) for place in range(len(table.header))]
    wanted = [max(low, cell) for low, cell in zip(least, widest)]
    left, need = room - sum(least), sum(wanted) - sum(least)
    part = min(1.0, left / need) if need > 0 and left > 0 else 0.0
    return [low + part * (most - low) for low, most in zip(least, wanted)], points


def _least_widths(table: PageTable, groups: Sequence[Group], points: float) -> list[float]:
    """Return how narrow each column may be: its longest word, or its longest cell where it holds numbers."""
    rows = [row for _, rows in groups for row in rows]
    least = []
    for place, right in enumerate(table.numeric):
        words = [each for row in (table.header, *rows) for each in BREAKS.split(row[place])]
        least.append(_widest(words + ([row[place] for row in rows] if right else []), points))
    return least


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
