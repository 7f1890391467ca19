"""A table as a spreadsheet (needs openpyxl): numbers stay numbers, notes and provenance on a sheet of their own."""

import io
import math
import textwrap
import zipfile
from typing import Any

from surveykit.extras import require
from surveykit.formatting import Number, Printed, spreadsheet_format, without_controls
from surveykit.report.pages.archive import steady
from surveykit.report.pages.provenance import provenance_rows
from surveykit.report.tables.table_groups import repeats
from surveykit.report.tables.table_text import PageTable, caption_of
from surveykit.spreadsheet_text import neutral
from surveykit.words.pages import word

WIDEST_LABEL, WIDEST_NUMBER = 48, 24
"""Letters that a column of labels, and one of numbers, holds before its texts break into lines."""
WHAT_WIDTH, NOTE_WIDTH = 28, 110
"""Letters in a line of the two columns of the sheet of notes."""
SHORTEST_LABEL, LINE, BROAD = 6, 15, 1.15
"""Letters that a column of labels has at least, points of a line of text, and how many digits a letter may be broad:
widths of columns are counted in digits."""
WIDE_COLUMNS = 8
"""Columns beyond which a sheet is printed across the paper."""
A4 = 9
HEAD_COLOUR, RULE_COLOUR, FAINT_COLOUR = "FFEDEDED", "FF1A1A1A", "FFA6A6A6"


def workbook_bytes(table: PageTable) -> bytes:
    """Return a table as a workbook, the same bytes every time.

    A cell of several numbers, "120 (51.3%)" or an estimate and its interval, fills as many cells beside each other
    under one head, so that each is a number that can be summed; number formats show brackets, stars, percent signs.
    """
    openpyxl = require("openpyxl", "excel")
    book = openpyxl.Workbook()
    book.properties.creator, book.properties.title = "surveykit", caption_of(table)[:250]
    _fill_table(book.active, table)
    _fill_notes(book.create_sheet(), table)
    return steady(_saved(book))


def _saved(book: Any) -> bytes:
    """Return the file of a workbook, put together in memory.

    openpyxl fills a temporary file for each sheet, which stays behind, with a complaint of lxml, when its disk is full.
    """
    excel, sheets = require("openpyxl.writer.excel", "excel"), require("openpyxl.worksheet._writer", "excel")

    class Writer(excel.ExcelWriter):  # type: ignore[misc, name-defined]
        def write_worksheet(self, sheet: Any) -> None:
            writer = sheets.WorksheetWriter(sheet, io.BytesIO())
            writer.write()
            sheet._rels = writer._rels
            self._archive.writestr(sheet.path[1:], writer.read())
            self.manifest.append(sheet)

    buffer = io.BytesIO()
    Writer(book, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED)).save()  # it closes the archive
    return buffer.getvalue()


def _fill_table(sheet: Any, table: PageTable) -> None:
    styles = require("openpyxl.styles", "excel")
    letter = require("openpyxl.utils", "excel").get_column_letter
    sheet.title = word("table", table.lang)
    widths = _cells_of_columns(table)
    starts = [1 + sum(widths[:place]) for place in range(len(widths) + 1)]
    line = 1
    if caption_of(table):
        _write(sheet.cell(line, 1), caption_of(table)).font = _font(bold=True)
        line += 1
    first_head = line
    at = 0
    for text, columns in table.above:
        _head(sheet, styles, line, starts[at], starts[at + columns] - 1, text, flush=True)
        at += columns
    line += bool(table.above)
    for place, text in enumerate(table.header):
        _head(sheet, styles, line, starts[place], starts[place + 1] - 1, text, flush=table.numeric[place])
    rule = styles.Side(style="thin", color=RULE_COLOUR)
    for column in range(1, starts[-1]):
        sheet.cell(first_head, column).border = styles.Border(top=rule, bottom=rule if first_head == line else None)
        if first_head < line:
            sheet.cell(line, column).border = styles.Border(bottom=rule)
    _fill_rows(sheet, table, line + 1, starts)
    last = line + len(table.rows)
    for column in range(1, starts[-1]):
        if last > line:
            sheet.cell(last, column).border = styles.Border(bottom=rule)
    sheet.freeze_panes = sheet.cell(line + 1, starts[table.labels] if table.labels < len(widths) else 1).coordinate
    for place, head in enumerate(table.header):
        room = _room(table, place, widths[place], head)
        for column, letters in enumerate(room, start=starts[place]):
            sheet.column_dimensions[letter(column)].width = letters
        if len(head) > sum(room):  # a spreadsheet does not find the height of merged cells by itself
            lines = len(textwrap.wrap(head, int(sum(room) - 1)))
            sheet.row_dimensions[line].height = max(sheet.row_dimensions[line].height or 0, LINE * lines)
    _print_on_paper(sheet, f"{first_head}:{line}", across=starts[-1] - 1 > WIDE_COLUMNS)


def _fill_rows(sheet: Any, table: PageTable, first: int, starts: list[int]) -> None:
    again = repeats(table)
    for number, cells in enumerate(table.rows):
        for place, text in enumerate(cells):
            width = starts[place + 1] - starts[place]
            _fill_cells(sheet, first + number, starts[place], width, text, table.numeric[place], table.lang)
            if again[number][place]:  # it stays, for who sorts the rows or picks among them
                sheet.cell(first + number, starts[place]).font = _font(color=FAINT_COLOUR)


def _print_on_paper(sheet: Any, heads: str | None, across: bool) -> None:
    sheet.page_setup.orientation = "landscape" if across else "portrait"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = require("openpyxl.worksheet.properties", "excel").PageSetupProperties(
        fitToPage=True
    )
    sheet.print_title_rows = heads


def _cells_of_columns(table: PageTable) -> list[int]:
    """Return how many cells beside each other each column of the table needs."""
    parts = [[len(cell.parts) if isinstance(cell, Printed) else 1 for cell in row] for row in table.rows]
    return [max([row[place] for row in parts], default=1) or 1 for place in range(len(table.header))]


def _head(sheet: Any, styles: Any, line: int, first: int, last: int, text: str, *, flush: bool) -> None:
    """Write a head over its columns; those of the same head are one cell."""
    for column in range(first, last + 1):
        sheet.cell(line, column).fill = styles.PatternFill("solid", start_color=HEAD_COLOUR)
    cell = _write(sheet.cell(line, first), text)
    cell.font = _font(bold=True)
    side = ("center" if last > first else "right") if flush else "left"
    cell.alignment = styles.Alignment(horizontal=side, vertical="bottom", wrap_text=True)
    if last > first:
        sheet.merge_cells(start_row=line, end_row=line, start_column=first, end_column=last)


def _placed(text: str, width: int) -> list[tuple[int, Number | str]]:
    """Return the parts of a cell and in which of its columns they stand: words behind numbers in the last."""
    parts = text.parts if isinstance(text, Printed) and text.parts else (text,)
    last = len(parts) - 1
    return [
        (width - 1 if 0 < place == last and isinstance(part, str) else place, part) for place, part in enumerate(parts)
    ]


def _fill_cells(sheet: Any, line: int, first: int, width: int, text: str, right: bool, lang: str) -> None:
    alignment = require("openpyxl.styles", "excel").Alignment
    for place, part in _placed(text, width):
        cell = _write(sheet.cell(line, first + place), part, lang)
        flush = right and (isinstance(part, Number) or not place)
        cell.alignment = alignment(horizontal="right" if flush else "left", vertical="top", wrap_text=not right)


def _room(table: PageTable, place: int, width: int, head: str) -> list[float]:
    """Return the width of each column under a head, in letters."""
    room = [0.0] * width
    for row in table.rows:
        for at, part in _placed(row[place], width):
            room[at] = max(room[at], len(part) if isinstance(part, str) else _letters(part))
    if not table.numeric[place]:
        return [min(BROAD * max(room[0], len(head), SHORTEST_LABEL) + 2, WIDEST_LABEL)]
    words = max((len(word) for word in head.split()), default=0)
    lacking = max(0.0, min(words, WIDEST_NUMBER) + 2 - sum(room) - 2 * width) / width
    return [min(letters, WIDEST_NUMBER) + 2 + lacking for letters in room]


def _font(**how: Any) -> Any:
    """Return the letters of a workbook's other cells, bold or in a colour."""
    return require("openpyxl.styles", "excel").Font(name="Calibri", size=11, **how)


def _write(cell: Any, part: Number | str, lang: str = "en") -> Any:
    if isinstance(part, Number) and math.isfinite(part.value):
        whole = part.kind == "number" and part.value.is_integer()
        cell.value, cell.number_format = int(part.value) if whole else part.value, spreadsheet_format(part, lang)
    elif isinstance(part, Number):
        cell.value = "\u221e" if part.value > 0 else "\u2212\u221e"
    else:
        # a text that begins with = would be run as a formula by who opens the file
        cell.value = neutral(without_controls(part)) or None
    return cell


def _letters(number: Number) -> int:
    value = 100 * number.value if number.kind == "share" else number.value
    return len(f"{number.before}{value:,.{number.digits}f}{number.after}") + (number.kind == "share")


def _fill_notes(sheet: Any, table: PageTable) -> None:
    """Write what stands under the table, and where its numbers come from."""
    styles = require("openpyxl.styles", "excel")
    sheet.title = word("notes", table.lang)
    rows = [(word("table", table.lang), caption_of(table))] if caption_of(table) else []
    rows += [("" if number else word("note", table.lang), note) for number, note in enumerate(table.notes)]
    rows += provenance_rows([table.origin] if table.origin else [], table.lang)
    for line, (what, text) in enumerate(rows, start=1):
        _write(sheet.cell(line, 1), what).font = _font(bold=True)
        _write(sheet.cell(line, 2), text)
        for column in (1, 2):
            sheet.cell(line, column).alignment = styles.Alignment(vertical="top", wrap_text=True)
        lines = max(len(textwrap.wrap(text, NOTE_WIDTH - 5)), len(textwrap.wrap(what, WHAT_WIDTH - 4)), 1)
        sheet.row_dimensions[line].height = LINE * lines
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = WHAT_WIDTH, NOTE_WIDTH
    _print_on_paper(sheet, None, across=True)
