"""Reading the answers in an Excel workbook: the same survey as from the CSV of its sheet."""

import datetime
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from surveykit._checks import check_option, some, suggest, warn
from surveykit.codebook import Codebook
from surveykit.errors import ArgumentError, ReadError
from surveykit.files.kinds import KIND_WORDS, sniff_kind
from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.reading.csv.codebook_match import OnUnknown
from surveykit.reading.csv.csv_file import describe_table, find_codebook
from surveykit.reading.csv.dates import DateOrder
from surveykit.reading.csv.marks import DECIMAL_COMMA
from surveykit.reading.csv.records import HEAD, leave_out_titles, warn_of_empty
from surveykit.reading.csv.table import Table, TableOptions, make_table
from surveykit.reading.memory import check_memory, memory_told
from surveykit.reading.spss_stata.survey_from_columns import UserMissing
from surveykit.reading.tables.sheet_facts import Merged, SheetFacts, read_facts
from surveykit.reading.tables.workbook import letters_of, open_workbook, part_of
from surveykit.survey import Provenance, Survey

MOST_UNPACKED = 400_000_000
"""Most bytes of XML that a workbook of answers may unpack to: some ten million filled cells."""
PARENT = "_parent_table_name"
"""The column by which a sheet of KoboToolbox names the sheet whose rows its own rows belong to."""
PADDED = re.compile(r"0{2,}")
"""A number format that shows leading zeros: the cell is an identifier, as it is read from a CSV."""
LAST_TEXTS = 8
"""Rows that are remembered for each column that holds texts."""
MOST_DIGITS = 15
"""Digits of a number that a spreadsheet program keeps; it writes zeros for the others when a number is entered."""
PERCENT = re.compile(r'^(?:[^"\\]|\\.|"[^"]*")*%')


@dataclass
class _Sheet:
    """One worksheet: its name, whether it is hidden, what its XML says, and its first filled row."""

    title: str
    hidden: bool
    facts: SheetFacts
    header: list[str]
    parents: set[str] = field(default_factory=set)


@dataclass
class _Cells:
    """The cells of a sheet as texts, row by row, and what their types told.

    Attributes
    ----------
    rows : list of list of str
    decimals : set of int
        Columns, from 0, that hold decimals as numbers.
    percents, padded : dict from column to its first cell
        Columns whose numbers are shown as percentages, or with leading zeros.
    texts : dict from column to rows
        The last rows, from 0, in which a column holds a text: what stands there may be a total below the answers.
    long : dict from column to its first cell
        Columns that hold whole numbers of more digits than a workbook keeps.
    errors : list of str
        Cells that hold an error of the spreadsheet.
    """

    rows: list[list[str]]
    decimals: set[int] = field(default_factory=set)
    percents: dict[int, str] = field(default_factory=dict)
    padded: dict[int, str] = field(default_factory=dict)
    texts: dict[int, deque[int]] = field(default_factory=dict)
    long: dict[int, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def read_excel(
    path: PathLike,
    *,
    codebook: PathLike | Codebook | None = None,
    sheet: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    date_order: DateOrder | None = None,
    text: str | Sequence[str] = (),
    title_rows: int | None = None,
    header_rows: int | None = None,
    empty: Sequence[str] = ("",),
    lang: str | None = None,
    on_unknown: OnUnknown = "error",
    user_missing: UserMissing = "reasons",
) -> Survey:
    """Read the answers in an Excel workbook (.xlsx, .xlsm) as a survey.

    Parameters
    ----------
    path : path
    codebook : path or Codebook, optional
        What the columns ask and what their codes mean: a file that `read_codebook` reads, the form (.xlsx) among them.
        Without it, a file of the same name that ends in .toml is used when there is one.
    sheet : str, optional
        The sheet that holds the answers. It may be left out where one visible sheet holds a table, and for a workbook
        of KoboToolbox, whose other sheets say that they are repeats of the first.
    decimal, thousands, date_order, text, title_rows, header_rows, empty
        As in `read_csv`; they concern cells that hold text. Numbers and dates of the workbook are what they are.
    lang, on_unknown, user_missing
        As in `read_csv`.

    Returns
    -------
    Survey
        What `read_csv` gives for the CSV of the sheet: numbers, dates and TRUE and FALSE that are typed, and those that
        are written as text. A header whose cells are merged takes two rows; a cell that is merged over several rows
        of answers counts for each of them, with a warning. Error cells (#N/A) are empty. A formula counts with the
        value that the spreadsheet program saved. Rows and columns that are hidden are read like all others, with a
        warning.

    Raises
    ------
    ReadError
        When several sheets hold tables and `sheet` does not say which; when the file is damaged, unpacks to more than
        answers can, or is a form (`read_xlsform`).
    MissingExtraError
        When openpyxl is not installed.
    ArgumentError
        When `sheet` names no sheet, or an option has a value that it cannot have.
    CodeError
        When a cell is neither a code nor a label of its codebook, or the label of several codes.
    CodebookError
        When the codebook contradicts itself or has a key that no codebook has.
    ColumnError
        When `text`, or the weight of the codebook, names no column.

    Notes
    -----
    R: ``readxl::read_excel(path, sheet)``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import openpyxl
    >>> import surveykit as sk
    >>> book = openpyxl.Workbook()
    >>> for row in (["id", "q1", "day"], [1, 4, "2023-05-01"], [2, None, "2023-05-02"]):
    ...     book.active.append(row)
    ...
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "answers.xlsx"
    ...     book.save(file)
    ...     survey = sk.read_excel(file)
    ...
    >>> survey.data
       id   q1        day
    0   1  4.0 2023-05-01
    1   2  NaN 2023-05-02
    """
    check_option(on_unknown, ("error", "keep", "missing"), "on_unknown")
    check_option(user_missing, ("reasons", "codes"), "user_missing")
    options = TableOptions(decimal, thousands, date_order, text, title_rows, header_rows, empty)
    options.check()
    file = check_file(path)
    file_kind = sniff_kind(file)
    if file_kind != "xlsx":
        raise ReadError(
            f"{file.name!r} is {KIND_WORDS[file_kind]}, not an Excel workbook; read_survey() reads every kind by its bytes"
        )
    described = find_codebook(file, codebook)
    with memory_told(file.name):
        chosen, cells, notes = _read(file, sheet)
    name = file.name
    merged = [
        area for area in chosen.facts.merged if 0 < area.top <= len(cells.rows) and area.left <= len(cells.rows[0])
    ]
    header, options = _find_header(cells.rows, merged, options, name)
    doubts = [
        *_fill_merged(cells.rows, merged, header + (options.header_rows or 1)),
        *_tell_hidden(chosen.facts),
        *_tell_empty(cells, chosen.facts),
    ]
    for doubt in doubts:
        warn(f"{name!r}: {doubt}")
    table = make_table(_as_columns(cells.rows, header, name), ",", name, options, cells.decimals)
    typed = _tell_types(cells, chosen.facts, table, header + table.header.rows)
    mixed = [*_tell_mixed(table, cells), *_tell_long(table, cells)]
    for doubt in mixed:
        warn(f"{name!r}: {doubt}")
    origin = Provenance(
        source=name, sha256=hash_file(file), format="Excel .xlsx", encoding="utf-8",
        notes=(f"sheet {chosen.title!r}", *notes, *doubts, *typed, *mixed),
    )  # fmt: skip
    return describe_table(table, described, origin, lang, on_unknown, user_missing)


def _read(path: Path, wanted: str | None) -> tuple[_Sheet, _Cells, list[str]]:
    """Return the sheet that is meant, its cells, and what was decided about it."""
    with open_workbook(path, MOST_UNPACKED, "workbook of answers") as (book, archive):
        sheets = {sheet.title: _look_at(sheet, archive, path) for sheet in book.worksheets}
        title, notes = _choose(sheets, wanted, path.name)
        facts = sheets[title].facts
        check_memory(path.name, facts.last_row, facts.last_column, copies=8)  # a text, and its place in three lists
        cells = _read_cells(book[title], facts)
    return sheets[title], cells, notes


def _look_at(sheet: Any, archive: Any, path: Path) -> _Sheet:
    with archive.open(part_of(sheet)) as stream:
        facts = read_facts(stream, path.name)
    header: list[str] = []
    parents: set[str] = set()
    sheet.reset_dimensions()  # what a sheet says of its own size need not be so
    if facts.last_row:
        lines = sheet.iter_rows(values_only=True, max_row=facts.last_row, max_col=facts.last_column)
        for line in lines:
            if not header and any(cell is not None for cell in line):
                header = ["" if cell is None else str(cell).strip() for cell in line]
                if PARENT not in header:
                    break
            elif header and (parent := line[header.index(PARENT)]) is not None:
                parents.add(str(parent))
    return _Sheet(sheet.title, sheet.sheet_state != "visible", facts, header, parents)


def _choose(sheets: dict[str, _Sheet], wanted: str | None, name: str) -> tuple[str, list[str]]:
    """Return the title of the sheet that holds the answers, and what was decided."""
    if wanted is not None:
        if wanted not in sheets:
            raise ArgumentError(
                f"`sheet` names {wanted!r}, which {name!r} does not have; it has {list(sheets)}{suggest(wanted, sheets)}"
            )
        if not sheets[wanted].facts.last_row:
            raise ReadError(f"the sheet {wanted!r} of {name!r} is empty; it has {list(sheets)}")
        return wanted, []
    if any({"type", "name"} <= set(sheet.header) and sheet.title.lower() == "survey" for sheet in sheets.values()):
        raise ReadError(
            f"{name!r} is a form (XLSForm), which holds questions and no answers; give it as `codebook=` when reading the answers, or read it with read_xlsform()"
        )
    visible = [sheet for sheet in sheets.values() if not sheet.hidden and sheet.facts.last_row]
    tables = [sheet for sheet in visible if sheet.facts.widest > 1 and sheet.facts.filled_rows > 1] or visible
    repeats = [sheet for sheet in tables if PARENT in sheet.header]
    mains = [sheet for sheet in tables if PARENT not in sheet.header]
    titles = {sheet.title for sheet in tables}
    if len(mains) == 1 and all(sheet.parents <= titles for sheet in repeats):
        others = [sheet.title for sheet in sheets.values() if sheet is not mains[0] and sheet.facts.last_row]
        notes = [f"the sheets {some(map(repr, others))} were not read; sheet= reads one of them"] if others else []
        if repeats:
            notes = [
                f"the repeats stand in sheets of their own, a row for each entry: {some(repr(sheet.title) for sheet in repeats)}; sheet= reads one of them, whose _parent_index is the _index of its respondent"
            ]
        return mains[0].title, notes
    if not tables:
        hidden = [sheet.title for sheet in sheets.values() if sheet.facts.last_row]
        more = f"; hidden ones do: {some(map(repr, hidden))}, which `sheet=` reads" if hidden else ""
        raise ReadError(f"no sheet of {name!r} holds anything{more}")
    shown = [f"{sheet.title!r} ({sheet.facts.last_row} x {sheet.facts.last_column})" for sheet in tables]
    raise ReadError(
        f"{name!r} has {len(tables)} sheets that hold tables: {some(shown)}; say which one holds the answers, as in sheet={tables[0].title!r}"
    )


def _read_cells(sheet: Any, facts: SheetFacts) -> _Cells:
    """Return the cells of a sheet as texts, as a CSV would have them."""
    cells = _Cells([])
    formats: dict[int, tuple[int, bool]] = {}
    spelled: dict[str, str] = {}
    for line in sheet.iter_rows(max_row=facts.last_row, max_col=facts.last_column):
        row = []
        for column, cell in enumerate(line):
            value = cell.value
            if value is None:
                row.append("")
            elif isinstance(value, str):
                if cell.data_type == "e":
                    cells.errors.append(f"{letters_of(column + 1)}{len(cells.rows) + 1} ({value})")
                    row.append("")
                else:
                    row.append(spelled.setdefault(value, value))
                    cells.texts.setdefault(column, deque(maxlen=LAST_TEXTS)).append(len(cells.rows))
            else:
                row.append(_spell_typed(value, cell, column, cells, formats))
        cells.rows.append(row)
    return cells


def _spell_typed(value: Any, cell: Any, column: int, cells: _Cells, formats: dict[int, tuple[int, bool]]) -> str:
    """Return a number, a truth value or a date as a CSV has it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        style = cell._style_id
        if style not in formats:
            form = cell.number_format or ""
            formats[style] = (len(form) if PADDED.fullmatch(form) else 0, bool(PERCENT.match(form)))
        width, percent = formats[style]
        if percent:
            cells.percents.setdefault(column, f"{value:.10g}")
        if float(value).is_integer() and abs(value) >= 10**MOST_DIGITS:
            cells.long.setdefault(column, f"{value:.0f}")
        elif float(value).is_integer():
            spelled = str(int(value)).zfill(width)
            if len(spelled) > len(str(int(value))):
                cells.padded.setdefault(column, spelled)
            return spelled
        if not isinstance(value, int):
            cells.decimals.add(column)
        return repr(value)
    if isinstance(value, datetime.datetime):
        moment = value.replace(tzinfo=None)
        return moment.isoformat(sep=" ") if moment.time() != datetime.time() else moment.date().isoformat()
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return str(value)


def _find_header(
    rows: list[list[str]], merged: Sequence[Merged], options: TableOptions, name: str
) -> tuple[int, TableOptions]:
    """Return the place of the header among the rows, and the options with the number of rows that it takes.

    A cell of the header that is merged over several columns stands above their options, and one that is merged over
    two rows says that the header has two.
    """
    shown = [list(row) for row in rows[:HEAD]]
    width = len(rows[0]) if rows else 0
    for area in merged:  # so that a header of merged cells is not taken for a title
        if area.top <= len(shown) and area.right - area.left + 1 < width:
            shown[area.top - 1][area.left - 1 : area.right] = [shown[area.top - 1][area.left - 1]] * (
                min(area.right, width) - area.left + 1
            )
    above = leave_out_titles(shown, options.title_rows, name, _count_wide(shown, merged, width))
    first = next((row_number for row_number, row in enumerate(rows[above:], above) if "".join(row).strip()), None)
    if first is None:
        raise ReadError(f"{name!r} holds nothing in that sheet but blank cells; `sheet=` names another")
    over_options = [
        area for area in merged if area.top == first + 1 and (area.right > area.left or area.bottom == first + 2)
    ]
    below = rows[first + 1] if first + 1 < len(rows) else []
    if (
        options.header_rows is None
        and over_options
        and any(any(below[area.left - 1 : area.right]) for area in over_options)
    ):
        options = replace(options, header_rows=2)
    return first, options


def _count_wide(shown: Sequence[list[str]], merged: Sequence[Merged], width: int) -> int:
    """Return how many of the first rows are one cell merged over the whole table: it tells no column from another."""
    wide = {area.top for area in merged if area.left == 1 and area.right >= width > 1 and area.top == area.bottom}
    last = 0
    for number, row in enumerate(shown, 1):
        if number in wide:
            last = number
        elif any(map(str.strip, row)):
            break
    return last if last < len(shown) else 0


def _as_columns(rows: list[list[str]], header: int, name: str) -> Sequence[Sequence[str]]:
    """Return the cells of each column, its name first; a row of empty cells is a respondent who answered nothing."""
    empty = [
        row_number + 1 for row_number, row in enumerate(rows[header + 1 :], header + 1) if not "".join(row).strip()
    ]
    warn_of_empty(empty, name)
    return list(zip(*rows[header:]))


def _fill_merged(rows: list[list[str]], merged: Sequence[Merged], first: int) -> list[str]:
    """Give a value that was merged over several rows of answers to each of them; return what was done."""
    filled, wide = [], []
    for area in merged:
        if area.top <= first or area.top > len(rows) or not rows[area.top - 1][area.left - 1]:
            continue
        if area.left == area.right:
            for row in rows[area.top : area.bottom]:
                row[area.left - 1] = rows[area.top - 1][area.left - 1]
            filled.append(str(area))
        else:
            wide.append(str(area))
    notes = []
    if filled:
        notes.append(
            f"cells are merged over several rows of answers ({some(filled, 3)}); their value was given to each of these rows"
        )
    if wide:
        notes.append(
            f"cells are merged over several columns of answers ({some(wide, 3)}); only the first column has their value"
        )
    return notes


def _tell_hidden(facts: SheetFacts) -> list[str]:
    notes = []
    for lines, hidden, last in (
        ("rows", [str(row) for row in facts.hidden_rows if row <= facts.last_row], facts.last_row),
        (
            "columns",
            [letters_of(column) for column in facts.hidden_columns if column <= facts.last_column],
            facts.last_column,
        ),
    ):
        if hidden:
            notes.append(
                f"{len(hidden)} of {last} {lines} are hidden in the sheet ({some(hidden, 5)}) and were read like the others; keep_rows() or a selection of columns leaves them out"
            )
    return notes


def _tell_empty(cells: _Cells, facts: SheetFacts) -> list[str]:
    """Return what is to be said of cells that hold something and count as empty."""
    notes = []
    if cells.errors:
        notes.append(
            f"{len(cells.errors)} cells hold an error of the spreadsheet ({some(cells.errors, 3)}) and count as empty"
        )
    if facts.not_computed:
        notes.append(
            f"{len(facts.not_computed)} cells hold a formula whose value was not saved ({some(facts.not_computed, 3)}) and count as empty; open the file in a spreadsheet program and save it"
        )
    return notes


def _tell_types(cells: _Cells, facts: SheetFacts, table: Table, first: int) -> list[str]:
    """Return how formulas, formats of numbers and numbers in texts were read; the answers begin in the row `first`."""
    notes, names = [], table.header.names
    if facts.formula_columns:
        listed = [names[column - 1] for column in facts.formula_columns if column <= len(names)]
        notes.append(f"formulas count with the value that was saved last, in {some(listed)}")
    if cells.percents:
        listed = [f"{names[place]} ({value} for one)" for place, value in cells.percents.items()]
        notes.append(f"percentages are shares in {some(listed)}: 50% is the number 0.5")
    if cells.padded:
        listed = [f"{names[place]} ({value!r} for one)" for place, value in cells.padded.items()]
        notes.append(
            f"numbers that the sheet shows with leading zeros are identifiers and became texts in {some(listed)}"
        )
    end = first + len(table.data)
    spelled = [names[place] for place, rows in sorted(cells.texts.items()) if any(first <= row < end for row in rows)]
    became = [name for name in spelled if not pd.api.types.is_string_dtype(table.columns[name].values.dtype)]
    if became:
        notes.append(
            f"cells that the sheet holds as texts read as numbers or dates throughout and became these in {some(became)}; `text=` keeps them"
        )
    return notes


def _tell_mixed(table: Table, cells: _Cells) -> list[str]:
    """Return which columns stay text because some of their decimals are numbers and others texts with a comma."""
    commas_in: dict[str, str] = {}
    for column in sorted(cells.decimals):
        name = table.header.names[column]
        values = table.columns[name].values
        if pd.api.types.is_string_dtype(values.dtype):
            commas = [cell for cell in values.dropna().unique() if DECIMAL_COMMA.fullmatch(cell.strip())]
            commas_in |= {name: repr(commas[0])} if commas else {}
    if not commas_in:
        return []
    return [
        f"text was kept in {some(commas_in)}, where some cells are numbers and others texts with a comma ({some(commas_in.values(), 3)}); make all of them numbers in the file"
    ]


def _tell_long(table: Table, cells: _Cells) -> list[str]:
    """Return which columns hold numbers of more digits than were saved: identifiers may have become alike."""
    listed = [f"{table.header.names[column]} ({value})" for column, value in sorted(cells.long.items())]
    if not listed:
        return []
    return [
        f"whole numbers of more than {MOST_DIGITS} digits in {some(listed, 3)}: a spreadsheet keeps {MOST_DIGITS} digits, so that identifiers may have lost their last ones and become alike; enter them as texts"
    ]
