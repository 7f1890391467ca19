"""A table as text that a spreadsheet reads as data, never as a formula: the one place where results become CSV."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from surveykit.formatting import without_controls

CsvDialect = Literal["excel-ru"]
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_RISKY = re.compile(f"(?:^(?='*[{_SIGNS}\\t\\r\\n])|(?<=[\\r\\n])(?='*[{_SIGNS}]))")
"""Where a cell, or a line in it, begins like a formula, also in the wide letters that a spreadsheet makes narrow. A
program that takes a line break in a cell for a new row sees each line as the beginning of a cell. An apostrophe that
stood there before gets another, so that `plain` gives back what was."""
_MADE_NEUTRAL = re.compile(f"(?:^'(?='*[{_SIGNS}\\t\\r\\n])|(?<=[\\r\\n])'(?='*[{_SIGNS}]))")


class _Rows(io.StringIO):
    """Text to which a CSV writer adds one row at a time.

    A writer quotes the characters of its own line end and no other break, so that rows have to end in both, CR and LF,
    for a bare CR inside a cell to be quoted; here each row is given its plain line feed.
    """

    def write(self, row: str) -> int:
        return super().write(f"{row.removesuffix(_BREAK)}\n")


_BREAK = "\r\n"


def csv_text(table: pd.DataFrame, float_format: str | None = None, dialect: CsvDialect | None = None) -> str:
    """Return a table as CSV: UTF-8, comma, line feeds, numbers in full precision, missing cells empty.

    The dialect "excel-ru" is what a spreadsheet set to Russian or Kazakh opens by a double click: semicolons, decimal
    commas, and a mark at the beginning by which it knows UTF-8.

    Examples
    --------
    >>> csv_text(pd.DataFrame({"label": ["Agree\\r=1+1"], "n": [3]}))
    'label,n\\n"Agree\\r\\'=1+1",3\\n'
    """
    rows = _Rows()
    shown = neutral_texts(table)
    if dialect is None:
        shown.to_csv(rows, index=False, lineterminator=_BREAK, float_format=float_format)
        return rows.getvalue()
    # numbers among texts are written as they are: pandas sets its decimal mark in columns of numbers alone
    mixed = shown.apply(lambda column: column.map(_with_comma) if column.dtype == object else column)
    mixed.to_csv(rows, index=False, lineterminator=_BREAK, float_format=float_format, sep=";", decimal=",")
    return f"\ufeff{rows.getvalue()}"


def _with_comma(cell: object) -> object:
    return str(cell).replace(".", ",") if isinstance(cell, float) and not pd.isna(cell) else cell


def csv_rows(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows of cells as CSV, as `csv_text` does with a table."""
    text = _Rows()
    writer = csv.writer(text, lineterminator=_BREAK)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue()


def neutral_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts (also column names) cannot run as formulas in a spreadsheet."""
    safe = pd.DataFrame(
        {
            place: [neutral(cell) for cell in table.iloc[:, place]]
            if _holds_text(table.iloc[:, place])
            else table.iloc[:, place].array
            for place in range(table.shape[1])
        }
    )
    safe.columns = pd.Index([neutral(str(name)) for name in table.columns])
    return safe


def neutral(cell: object) -> object:
    """Return a cell that a spreadsheet takes for text: one that begins like a formula gets an apostrophe in front.

    Numbers written as text ("-1") are harmless and stay.

    Examples
    --------
    >>> neutral("=HYPERLINK(1)"), neutral("-1"), neutral("Akim")
    ("'=HYPERLINK(1)", '-1', 'Akim')
    """
    if not isinstance(cell, str):
        return cell
    text = without_controls(cell)
    return text if not _RISKY.search(text) or _is_number(text) else _RISKY.sub("'", text)


def plain(cell: str) -> str:
    """Return a cell as it was before `neutral`."""
    return _MADE_NEUTRAL.sub("", cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _holds_text(column: pd.Series) -> bool:
    return not (
        pd.api.types.is_numeric_dtype(column.dtype)
        or pd.api.types.is_bool_dtype(column.dtype)
        or np.issubdtype(getattr(column.dtype, "type", object), np.datetime64)
    )
