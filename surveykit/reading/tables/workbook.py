"""An Excel workbook as texts, whatever it was made to do: bounded before any memory is taken."""

import functools
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from surveykit.errors import MissingExtraError, ReadError, SurveyKitError
from surveykit.extras import require

MOST_UNPACKED = 30_000_000
"""Most bytes of XML that a form may unpack to: half a million filled cells. A 300 kB file can claim gigabytes."""
MOST_ROWS, MOST_COLUMNS = 200_000, 2_000
"""Where the last filled cell of a form may stand: a far one would make a reader build all the empty ones before it."""

FILLED = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Za-z]{1,3})(\d{1,10})"[^>]*(?<!/)>(?!(?:<v\s*/>|<v></v>)?</)')
"""The place of a cell with content, as the sheet's XML has it; one that is only coloured has none."""
ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Opened(NamedTuple):
    """A workbook that was checked: openpyxl's, and the archive that it is."""

    book: Any
    archive: zipfile.ZipFile


@contextmanager
def open_workbook(path: Path, most_unpacked: int, what: str) -> Iterator[Opened]:
    """Open a workbook whose parts are small enough and define no entities; what is damaged becomes one sentence.

    Parameters
    ----------
    path : path
    most_unpacked : int
        Bytes that its parts may unpack to.
    what : str
        What it should be ("questionnaire"), for the message.

    Raises
    ------
    ReadError
        When the file is damaged, unpacks to more, or defines entities, which no spreadsheet program does.
    MissingExtraError
        When openpyxl is not installed.
    """
    openpyxl = _require_openpyxl(path)
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's own, about styles and extensions that hold no answers
            _check_parts(archive, path, most_unpacked, what)
            # The stream and not the path: openpyxl goes by the ending of a name, and the bytes decide here.
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            try:
                yield Opened(book, archive)
            finally:
                book.close()
    except (SurveyKitError, MemoryError):
        raise
    except Exception as error:  # a damaged zip raises what its parts raise
        why = type(error).__name__
        raise ReadError(f"{path.name!r} is no Excel workbook that can be read ({why}); save it again") from error


def read_workbook(path: Path) -> dict[str, list[list[str]]]:
    """Return the cells of every sheet of a form as texts, empty ones as "", by the sheet's name in small letters.

    Raises
    ------
    ReadError
        As `open_workbook`, and when a filled cell stands far away from the others.
    MissingExtraError
        When openpyxl is not installed.
    """
    sheets = {}
    with open_workbook(path, MOST_UNPACKED, "questionnaire") as (book, archive):
        lasts = {
            entry.filename: _last_cell(archive.read(entry), path)
            for entry in archive.infolist()
            if "worksheets/" in entry.filename and entry.filename.endswith(".xml")
        }
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a sheet says of its own size need not be so
            row, column = lasts.get(part_of(sheet), (MOST_ROWS, MOST_COLUMNS))
            cells = sheet.iter_rows(values_only=True, max_row=row, max_col=column)
            sheets[sheet.title.lower()] = [["" if cell is None else str(cell) for cell in line] for line in cells]
    return sheets


def part_of(sheet: Any) -> str:
    """Return the name of the part of the archive that holds a sheet."""
    return str(sheet._worksheet_path).lstrip("/")


def _require_openpyxl(path: Path) -> ModuleType:
    try:
        return require("openpyxl", "excel")
    except MissingExtraError as error:
        raise MissingExtraError(
            f'{path.name!r} is an Excel workbook; install the reader for it with: pip install "surveykit-settlements[excel]"'
        ) from error


def _check_parts(archive: zipfile.ZipFile, path: Path, most_unpacked: int, what: str) -> None:
    """Raise when the parts unpack to too much, or define entities."""
    parts = [entry for entry in archive.infolist() if entry.filename.endswith((".xml", ".rels"))]
    unpacked = sum(entry.file_size for entry in parts)  # zipfile gives out no more than a part declares
    if unpacked > most_unpacked:
        raise ReadError(
            f"{path.name!r} unpacks to {unpacked / 1e6:,.0f} MB, which no {what} does (at most {most_unpacked / 1e6:.0f} MB are read); save its sheets as CSV"
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
        row, column = max(row, int(digits)), max(column, number_of(letters.decode()))
        if row > MOST_ROWS or column > MOST_COLUMNS:
            cell = (letters + digits).decode().upper()
            raise ReadError(
                f"{path.name!r} has something in the cell {cell}, far away from the others (at most {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns are read); delete it"
            )
    return (row, column) if row else (MOST_ROWS, MOST_COLUMNS)


@functools.cache
def number_of(letters: str) -> int:
    """Return the number of a column from its letters.

    Examples
    --------
    >>> number_of("A"), number_of("Z"), number_of("AB")
    (1, 26, 28)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def letters_of(number: int) -> str:
    """Return the letters of a column from its number.

    Examples
    --------
    >>> letters_of(1), letters_of(26), letters_of(28)
    ('A', 'Z', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
