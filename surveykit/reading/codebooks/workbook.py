"""An Excel workbook as texts, whatever it was made to do: bounded before any memory is taken."""

import importlib
import re
import zipfile
import zlib
from pathlib import Path
from types import ModuleType

from surveykit.errors import MissingExtraError, ReadError

MOST_UNPACKED = 30_000_000
"""Most bytes of XML that a workbook may unpack to: half a million filled cells. A 300 kB file can claim gigabytes."""
MOST_ROWS, MOST_COLUMNS = 200_000, 2_000
"""Where the last filled cell of a sheet may stand: a far one would make a reader build all the empty ones before it."""

FILLED = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Za-z]{1,3})(\d{1,10})"[^>]*(?<!/)>(?!(?:<v\s*/>|<v></v>)?</)')
"""The place of a cell with content, as the sheet's XML has it; one that is only coloured has none."""
ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def read_workbook(path: Path) -> dict[str, list[list[str]]]:
    """Return the cells of every sheet as texts, empty ones as "", by the sheet's name in small letters.

    Raises
    ------
    ReadError
        When the file is damaged, unpacks to more than a form can hold, has a filled cell far away from the others, or
        defines entities, which no spreadsheet program does.
    MissingExtraError
        When openpyxl is not installed.
    """
    openpyxl = _require_openpyxl(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive, path)
            lasts = {
                entry.filename: _last_cell(archive.read(entry), path)
                for entry in archive.infolist()
                if "worksheets/" in entry.filename and entry.filename.endswith(".xml")
            }
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a sheet says of its own size need not be so
            row, column = lasts.get(sheet._worksheet_path.lstrip("/"), (MOST_ROWS, MOST_COLUMNS))
            cells = sheet.iter_rows(values_only=True, max_row=row, max_col=column)
            sheets[sheet.title.lower()] = [["" if cell is None else str(cell) for cell in line] for line in cells]
    except (ReadError, MemoryError):
        raise
    except Exception as error:  # a damaged zip raises what its parts raise
        why = type(error).__name__
        raise ReadError(f"{path.name!r} is no Excel workbook that can be read ({why}); save it again") from error
    return sheets


def _require_openpyxl(path: Path) -> ModuleType:
    try:
        return importlib.import_module("openpyxl")
    except ImportError as error:
        raise MissingExtraError(
            f'{path.name!r} is an Excel workbook; install the reader for it with: pip install "surveykit[excel]"'
        ) from error


def _check_parts(archive: zipfile.ZipFile, path: Path) -> None:
    """Raise when the parts unpack to too much, or define entities."""
    parts = [entry for entry in archive.infolist() if entry.filename.endswith((".xml", ".rels"))]
    unpacked = sum(entry.file_size for entry in parts)  # zipfile gives out no more than a part declares
    if unpacked > MOST_UNPACKED:
        raise ReadError(
            f"{path.name!r} unpacks to {unpacked / 1e6:,.0f} MB, which no questionnaire does (at most {MOST_UNPACKED / 1e6:.0f} MB are read); save its sheets as CSV"
        )
    for entry in parts:
        try:
            entities = ENTITIES.search(archive.read(entry))
        except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise ReadError(
                f"{path.name!r} is no Excel workbook that can be read ({type(error).__name__}); save it again"
            ) from error
        if entities:
            raise ReadError(
                f"{path.name!r} defines entities in {entry.filename!r}, which no spreadsheet program does and which can be made to grow without end; save it again from a spreadsheet program"
            )


def _last_cell(xml: bytes, path: Path) -> tuple[int, int]:
    """Return the last row and column that hold anything."""
    row = column = 0
    for letters, digits in FILLED.findall(xml):
        row, column = max(row, int(digits)), max(column, _number_of(letters))
        if row > MOST_ROWS or column > MOST_COLUMNS:
            cell = (letters + digits).decode().upper()
            raise ReadError(
                f"{path.name!r} has something in the cell {cell}, far away from the others (at most {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns are read); delete it"
            )
    return (row, column) if row else (MOST_ROWS, MOST_COLUMNS)


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
