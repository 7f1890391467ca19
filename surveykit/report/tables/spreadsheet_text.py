"""A table as text that a spreadsheet reads as data, never as a formula."""

import numpy as np
import pandas as pd

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV: UTF-8, comma, line feeds, numbers in full precision, missing cells empty."""
    text: str = neutral_texts(table).to_csv(index=False, lineterminator="\n")
    return text


def neutral_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts (also column names) cannot run as formulas in a spreadsheet."""
    safe = pd.DataFrame(
        {
            place: [neutral(cell) for cell in table.iloc[:, place]]
            if _holds_text(table.iloc[:, place])
            else table.iloc[:, place].to_numpy()
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
    if not isinstance(cell, str) or not cell.startswith(_RISKY):
        return cell
    try:
        float(cell)
    except ValueError:
        return "'" + cell
    return cell


def _holds_text(column: pd.Series) -> bool:
    return not (
        pd.api.types.is_numeric_dtype(column.dtype)
        or pd.api.types.is_bool_dtype(column.dtype)
        or np.issubdtype(getattr(column.dtype, "type", object), np.datetime64)
    )
