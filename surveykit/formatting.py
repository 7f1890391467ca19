"""How numbers become text on a page: one place, so that a table, a figure and a sentence print the same digits."""

import math
import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd

from surveykit.codebook import pick_text
from surveykit.errors import ArgumentError

MINUS = "\u2212"
MOST_DIGITS = 15
INTEGER_COLUMNS = ("n", "n_clusters")
_COMMA_LANGUAGES = str.maketrans({",": "\u202f", ".": ","})
"""How Russian and Kazakh write what English writes: a narrow no-break space between thousands, a decimal comma."""
MIXED_COLUMNS = ("value", "before", "after")
"""Columns that hold counts among other numbers, in a table with one check or measure per row."""


_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no page may hold: control characters other than tabs and line ends, halves of characters (XML 1.0, section 2.2);
DEL and the eight-bit controls, which XML allows and terminals obey."""


def without_controls(text: str) -> str:
    """Return the text of a page without control characters: the one place where all pages and figures are cleaned.

    Examples
    --------
    >>> without_controls("Agree\\x1b[31m\\n")
    'Agree[31m\\n'
    """
    return _CONTROLS.sub("", text)


def file_name(name: str) -> str:
    """Return the name of a file as it can be printed: bytes that are no UTF-8 become question marks.

    Examples
    --------
    >>> file_name("\\udcffd.csv")
    '?d.csv'
    """
    return printable(name.encode("utf-8", "replace").decode("utf-8"))


def printable(text: object) -> str:
    """Return text without control characters, line breaks as spaces."""
    return "".join(
        " " if each in "\n\r\t\v\f\x85\u2028\u2029" else each
        for each in str(text)
        if each in "\n\r\t\v\f\x85" or (unicodedata.category(each) not in ("Cc", "Cs") and each not in "\ufffe\uffff")
    )  # not in XML 1.0


def format_number(value: float, digits: int = 2, lang: str | None = None) -> str:
    """Return a number with a fixed count of decimals, a true minus sign, and "" for a missing one.

    Russian and Kazakh write a decimal comma and part thousands by a narrow space that breaks no line (GOST 8.417);
    every other language, and none, is written as English is.

    Examples
    --------
    >>> format_number(-1234.5, 1), format_number(-1234.5, 1, "ru")
    ('−1,234.5', '−1\u202f234,5')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if not 0 <= digits <= MOST_DIGITS:
        raise ArgumentError(f"`digits` must lie between 0 and {MOST_DIGITS}, but {digits!r} was given")
    if math.isinf(value):
        return "\u221e" if value > 0 else MINUS + "\u221e"
    text = f"{value:,.{digits}f}"
    text = text.replace("-", MINUS) if float(text.replace(",", "")) != 0 else text.lstrip("-")
    return in_language(text, lang)


def in_language(number: str, lang: str | None) -> str:
    """Return a number that is written in English as a language writes it; see `format_number`."""
    return number.translate(_COMMA_LANGUAGES) if lang in ("ru", "kk") else number


def format_p(value: float, lang: str | None = None) -> str:
    """Return a p-value with three decimals, or "<0.001"."""
    if value is None or math.isnan(value):
        return ""
    return in_language("<0.001" if value < 0.001 else f"{value:.3f}", lang)


def p_text(value: float, lang: str | None = None) -> str:
    """Return a p-value with its sign, as a sentence says it; "" for a missing one.

    Examples
    --------
    >>> p_text(0.0123), p_text(0.0000004), p_text(0.0123, "ru")
    ('p = 0.012', 'p < 0.001', 'p = 0,012')
    """
    text = format_p(value, lang)
    return f"p < {text[1:]}" if text.startswith("<") else f"p = {text}" if text else ""


def format_percent(share: float, digits: int = 0, lang: str | None = None) -> str:
    """Return a share from 0 to 1 as a percentage.

    Examples
    --------
    >>> format_percent(0.1234, 1), format_percent(0.1234, 1, "kk")
    ('12.3%', '12,3\u202f%')
    """
    number = format_number(100 * share, digits, lang)
    return "" if not number else f"{number}\u202f%" if lang in ("ru", "kk") else f"{number}%"


def format_table(table: pd.DataFrame, digits: int = 3, lang: str | None = None) -> pd.DataFrame:
    """Return a copy of a result table with every cell as text, empty columns left out."""
    shown = table.dropna(axis="columns", how="all")
    mixed = MIXED_COLUMNS if {"check", "measure"} & set(shown.columns) else ()
    return pd.DataFrame(
        {
            name: [_format_cell(name, cell, digits, lang, name in mixed) for cell in shown[name]]
            for name in shown.columns
        },
        index=shown.index,
    )


def _format_cell(name: str, cell: Any, digits: int, lang: str | None, mixed: bool = False) -> str:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, str | bool | np.ndarray):  # an array in a cell is set as it prints
        return str(cell)
    if name.startswith("p_") or name.endswith("_p"):
        return format_p(float(cell), lang)
    if isinstance(cell, int) or name in INTEGER_COLUMNS:
        whole = isinstance(cell, int) or math.isfinite(cell)
        return in_language(f"{int(cell):,}", lang) if whole else format_number(cell)
    if isinstance(cell, float) or hasattr(cell, "dtype"):
        number = float(cell)
        if mixed and number.is_integer():
            return format_number(number, 0, lang)
        return format_number(number, 1 if name in ("df", "n_weighted") or abs(number) >= 1000 else digits, lang)
    if isinstance(cell, dict):
        return pick_text(cell)
    return str(cell)
