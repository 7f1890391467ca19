"""A small table of texts from a CSV that somebody keeps by hand: a ledger of claims, coded interviews."""

import csv
import io
from pathlib import Path

import pandas as pd

from surveykit._checks import some
from surveykit.errors import ReadError
from surveykit.files.touched import note_read
from surveykit.reading.csv.quotes import find_faults


def read_plain_table(path: Path, what: str) -> pd.DataFrame:
    """Return the cells of a CSV as texts, its first line as their names.

    Raises
    ------
    ReadError
        When the file is no UTF-8 CSV, a name stands twice, or a line has another number of cells than the first: a
        comma that is not in quotes would move all cells behind it.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        note_read(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{path.name} cannot be read as {what} ({error}); save it as UTF-8 CSV") from error
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except csv.Error as error:
        opened = next((f", line {fault.opened + 1}" for fault in find_faults(text, ",")), "")
        raise ReadError(
            f"{path.name}{opened}, cannot be read as {what} ({error}); a quotation mark is lost there, or stands alone inside a quoted cell: write it twice"
        ) from error
    if not lines:
        raise ReadError(f"{path.name} cannot be read as {what}, for it is empty; its first line must name the columns")
    names, rows = [name.strip() for name in lines[0]], lines[1:]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ReadError(f"{path.name} names the column {twice[0]!r} twice; name each column once")
    wrong = [row for row in rows if len(row) != len(names)]
    if wrong:
        raise ReadError(
            f"every line of {path.name} must have {len(names)} cells like the first, but {len(wrong)} have others, such as {len(wrong[0])} in the one that begins {some(map(repr, wrong[0]), 2)}; put cells that hold commas in quotes"
        )
    return pd.DataFrame(rows, columns=names, dtype=str)
