"""How numbers become text on a page: one place, so that a table, a figure and a sentence print the same digits."""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

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


def printable_lines(text: str) -> str:
    """Return text that is printed: its lines stay, nothing in them steers a terminal.

    Examples
    --------
    >>> printable_lines("Trust\\x1b[2J\\rin\\nthe akim")
    'Trust[2J in\\nthe akim'
    """
    return "\n".join(printable(line) for line in text.split("\n"))


BREAKS = re.compile("[ \t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")
"""Where words part; `str.split` without it would also part thousands, at a space that must not break."""
SMALLEST_P = 0.001
Kind = Literal["number", "share", "p"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number on a page, and what it takes to print it again in a spreadsheet.

    Attributes
    ----------
    value : float
        In full precision; a share lies between 0 and 1.
    digits : int
        Decimals on the page.
    kind : {"number", "share", "p"}
        A share is printed as a percentage, a p below 0.001 as being below it.
    before, after : str
        Marks that stand right beside it: brackets, stars, "p ".
    """

    value: float
    digits: int = 2
    kind: Kind = "number"
    before: str = ""
    after: str = ""


class Printed(str):
    """The text of a cell, with the numbers and words it is made of.

    A text by inheritance: whatever prints, measures or escapes texts takes it as it is; a spreadsheet asks for `parts`.

    Attributes
    ----------
    parts : tuple of (Number or str)
        In their order.
    """

    parts: tuple[Number | str, ...]

    def __new__(cls, text: str, parts: Iterable[Number | str] = ()) -> "Printed":
        """Make a cell of its text; a copy that pickle makes gets its parts afterwards."""
        cell = super().__new__(cls, text)
        cell.parts = tuple(parts)
        return cell

    def marked(self, before: str = "", after: str = "") -> "Printed":
        """Return the text between two marks, which stay with the first and the last number; nothing between none."""
        if not self:
            return self
        parts = list(self.parts)
        if before and isinstance(parts[0], Number):
            parts[0] = replace(parts[0], before=before + parts[0].before)
        if after and isinstance(parts[-1], Number):
            parts[-1] = replace(parts[-1], after=parts[-1].after + after)
        return Printed(f"{before}{self}{after}", parts)


def beside(*cells: str, by: str = " ") -> Printed:
    """Return texts and numbers of one cell beside each other, empty ones left out.

    Examples
    --------
    >>> cell = beside(format_number(12, 0), format_percent(0.5).marked("(", ")"), "A,B")
    >>> cell, [part.value if isinstance(part, Number) else part for part in cell.parts]
    ('12 (50%) A,B', [12.0, 0.5, 'A,B'])
    """
    said = [cell for cell in cells if cell]
    parts = [part for cell in said for part in (cell.parts if isinstance(cell, Printed) else (cell,))]
    return Printed(by.join(said), parts)


def format_number(value: float, digits: int = 2, lang: str | None = None) -> Printed:
    """Return a number with a fixed count of decimals, a true minus sign, and "" for a missing one.

    Russian and Kazakh write a decimal comma and part thousands by a narrow space that breaks no line (GOST 8.417);
    every other language, and none, is written as English is.

    Examples
    --------
    >>> format_number(-1164.25, 1), format_number(-1164.25, 1, "ru")
    ('−1,164.2', '−1\u202f164,2')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Printed("")
    if not 0 <= digits <= MOST_DIGITS:
        raise ArgumentError(f"`digits` must lie between 0 and {MOST_DIGITS}, but {digits!r} was given")
    number = Number(float(value), digits)
    if math.isinf(value):
        return Printed("\u221e" if value > 0 else MINUS + "\u221e", (number,))
    text = f"{value:,.{digits}f}"
    text = text.replace("-", MINUS) if float(text.replace(",", "")) != 0 else text.lstrip("-")
    return Printed(in_language(text, lang), (number,))


def in_language(number: str, lang: str | None) -> str:
    """Return a number that is written in English as a language writes it; see `format_number`."""
    return number.translate(_COMMA_LANGUAGES) if lang in ("ru", "kk") else number


def format_p(value: float, lang: str | None = None) -> Printed:
    """Return a p-value with three decimals, or "<0.001"."""
    if value is None or math.isnan(value):
        return Printed("")
    text = f"<{SMALLEST_P}" if value < SMALLEST_P else f"{value:.3f}"
    return Printed(in_language(text, lang), (Number(float(value), 3, "p"),))


def p_text(value: float, lang: str | None = None) -> Printed:
    """Return a p-value with its sign, as a sentence says it; "" for a missing one.

    Examples
    --------
    >>> p_text(0.0123), p_text(0.0000004), p_text(0.0123, "ru")
    ('p = 0.012', 'p < 0.001', 'p\xa0=\xa00,012')
    """
    text = format_p(value, lang)
    if not text:
        return text
    said = f"p < {text[1:]}" if text.startswith("<") else f"p = {text}"
    said = unbroken(said, lang)
    return Printed(said, (Number(float(value), 3, "p", before="p "),))


def unbroken(text: str, lang: str | None) -> str:
    """Return a sign with its number, in which Russian and Kazakh pages break no line (GOST R 7.0.97)."""
    return text.replace(" ", "\u00a0") if lang in ("ru", "kk") else text


def format_percent(share: float, digits: int = 0, lang: str | None = None) -> Printed:
    """Return a share from 0 to 1 as a percentage.

    Examples
    --------
    >>> format_percent(0.1234, 1), format_percent(0.1234, 1, "kk")
    ('12.3%', '12,3\u202f%')
    """
    number = format_number(100 * share, digits, lang)
    sign = "\u202f%" if lang in ("ru", "kk") else "%"
    return Printed(f"{number}{sign}", (Number(float(share), digits, "share"),)) if number else number


def percent_text(share: float, lang: str | None = None) -> str:
    """Return a level that was asked for as a percentage, with the decimals it has: "95%", "99.9%".

    Examples
    --------
    >>> percent_text(0.95), percent_text(0.999, "ru")
    ('95%', '99,9\u202f%')
    """
    sign = "\u202f%" if lang in ("ru", "kk") else "%"
    return in_language(f"{100 * share:g}", lang) + sign


def spreadsheet_format(number: Number, lang: str | None = None) -> str:
    """Return the number format under which a spreadsheet shows a number as the page does.

    Marks between thousands and before decimals are the reader's: a spreadsheet shows those of its own language.

    Examples
    --------
    >>> spreadsheet_format(Number(1164, 0)), spreadsheet_format(Number(0.513, 1, "share", "(", ")"))
    ('#,##0;"−"#,##0', '"("0.0%")";"(""−"0.0%")"')
    """
    decimals = "." + "0" * number.digits if number.digits else ""
    before, after = _quoted(number.before), _quoted(number.after)
    if number.kind == "p":
        small = _quoted(number.before + "<" + (" " if number.before else "") + in_language(f"{SMALLEST_P}", lang))
        equals = _quoted(f"{number.before}= ") if number.before else ""
        return f"[<{SMALLEST_P}]{small}{after};{equals}0{decimals}{after}"
    body = f"0{decimals}%" if number.kind == "share" else f"#,##0{decimals}"
    return f"{before}{body}{after};{before}{_quoted(MINUS)}{body}{after}"


def _quoted(mark: str) -> str:
    escaped = mark.replace('"', "")
    return f'"{escaped}"' if escaped else ""


def format_table(table: pd.DataFrame, digits: int = 3, lang: str | None = None) -> pd.DataFrame:
    """Return a copy of a result table with every cell as text, empty columns left out."""
    shown = table.dropna(axis="columns", how="all")
    mixed = MIXED_COLUMNS if {"check", "measure"} & set(shown.columns) else ()
    return pd.DataFrame(
        {name: [_format_cell(name, cell, digits, name in mixed, lang) for cell in shown[name]] for name in shown},
        index=shown.index,
        columns=shown.columns,
        dtype=object,  # pandas' own kind of texts would forget the numbers they are made of
    )


def _format_cell(name: str, cell: Any, digits: int, mixed: bool, lang: str | None) -> str:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, str | bool | np.ndarray):  # an array in a cell is set as it prints
        return str(cell)
    if name.startswith("p_") or name.endswith("_p"):
        return format_p(float(cell), lang)
    if isinstance(cell, int) or name in INTEGER_COLUMNS:
        whole = isinstance(cell, int) or math.isfinite(cell)
        return format_number(int(cell) if whole else cell, 0, lang)
    if isinstance(cell, float) or hasattr(cell, "dtype"):
        number = float(cell)
        if mixed and number.is_integer():
            return format_number(number, 0, lang)
        return format_number(number, 1 if name in ("df", "n_weighted") or abs(number) >= 1000 else digits, lang)
    if isinstance(cell, dict):
        return pick_text(cell)
    return str(cell)
