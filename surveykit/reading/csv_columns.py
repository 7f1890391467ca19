"""Cells of text become columns of numbers, dates, yes and no, or stay text: by the whole column, never by the cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from surveykit._checks import some
from surveykit.codebook import Variable, as_texts

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
WHOLE = re.compile(r"[+-]?\d+")
PADDED = re.compile(r"[+-]?0\d+")
PADDED_LINE = re.compile(r"^[+-]?0\d+$", re.MULTILINE)
ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?")
NOT_A_NUMBER = ("NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None")
"""Words that mean "empty" in a column of numbers; in a column of text they are answers like any other."""

LONGEST_INTEGER = 18
LARGEST_EXACT = 2**53
"""The largest whole number up to which a float, which a column with empty cells needs, holds every one."""

THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[.,\u00a0\u202f ']\d{3})+(?:[.,]\d+)?")
Decision = Literal["", "empty words", "answer words", "truth", "thousands", "long"]
SENTENCES: dict[Decision, str] = {
    "empty words": "'NA' and its like count as empty among the numbers of",
    "answer words": "'NA', 'None' and their like are answers among the texts of (`empty=` makes them none)",
    "truth": "TRUE and FALSE became 1 and 0 in",
    "thousands": "numbers with thousands marks, such as 1.234,5, stay text until the marks are taken out of",
    "long": "whole numbers of 16 digits and more stay text beside empty cells, where numbers would lose digits, in",
}



@dataclass(frozen=True)
class Column:
    """One column as it was understood.

    Attributes
    ----------
    values : pandas.Series
    decision : {"", "empty words", "answer words", "truth", "thousands", "long"}
        What was decided beyond the plain reading: "NA" among numbers counts as empty, "NA" among texts is an answer,
        TRUE and FALSE became numbers, numbers with thousands marks stayed text, or long ones beside empty cells.
    variable : Variable or None
        A description, when the cells themselves give one (TRUE and FALSE).
    """

    values: pd.Series = field(repr=False)
    decision: Decision = ""
    variable: Variable | None = None


def factorize_cells(cells: Sequence[str]) -> tuple[np.ndarray, Sequence[str]]:
    """Return for each cell its place among the distinct cells, and these in the order in which they occur."""
    codes, distinct = pd.factorize(np.asarray(cells, dtype=object))
    return codes, list(distinct)


def make_column(name: str, codes: np.ndarray, distinct: Sequence[str], decimal: str = ".",
                empty: Sequence[str] = ("",)) -> Column:
    """Return the column that these cells are.

    Parameters
    ----------
    name : str
    codes, distinct
        The cells, as `factorize_cells` returns them.
    decimal : {".", ","}
    empty : sequence of str
        Texts that mean "no answer" in every column.
    """
    stripped = [str(cell).strip() for cell in distinct]
    known = [cell for cell in stripped if cell not in empty]
    if not known:
        return Column(pd.Series(np.nan, index=range(len(codes)), name=name, dtype=float))
    as_numbers = _number_column(name, codes, stripped, known, decimal, empty)
    if as_numbers is not None:
        return as_numbers
    if all(ISO_MOMENT.fullmatch(cell) for cell in known):
        moments = _moment_column(name, codes, stripped, empty)
        if moments is not None:
            return Column(moments)
    upper = {cell.upper() for cell in known if cell not in NOT_A_NUMBER}
    if upper and upper <= {"TRUE", "FALSE"}:
        return _truth_column(name, codes, stripped)
    texts = np.array([None if cell in empty else str(raw) for cell, raw in zip(stripped, distinct)], dtype=object)
    words = any(cell in NOT_A_NUMBER for cell in known)
    figures = [cell for cell in known if cell not in NOT_A_NUMBER]
    grouped = any(THOUSANDS.fullmatch(cell) for cell in figures) and all(
        THOUSANDS.fullmatch(cell) or NUMBER.fullmatch(cell.replace(",", ".")) for cell in figures)
    long = bool(figures) and all(WHOLE.fullmatch(cell) and not PADDED.fullmatch(cell)
                                 and len(cell.lstrip("+-")) <= LONGEST_INTEGER for cell in figures)
    decision: Decision = "thousands" if grouped else "long" if long else "answer words" if words else ""
    return Column(pd.Series(texts[codes], name=name, dtype="str"), decision)


def describe_decisions(columns: Mapping[str, Column]) -> list[str]:
    """Return one sentence per kind of decision, with the columns that it concerns."""
    by_kind = {kind: [name for name, column in columns.items() if column.decision == kind] for kind in SENTENCES}
    return [f"{SENTENCES[kind]} {some(names)}" for kind, names in by_kind.items() if names]


def _number_column(name: str, codes: np.ndarray, stripped: Sequence[str], known: Sequence[str], decimal: str,
                   empty: Sequence[str]) -> Column | None:
    quick = _plain_numbers(stripped, decimal) if len(known) == len(stripped) else None
    if quick is not None:
        return Column(pd.Series(quick[codes], name=name))
    plain = {cell: cell.replace(",", ".") if decimal == "," else cell for cell in stripped}
    wrong = {cell for cell in known if not (NUMBER.fullmatch(plain[cell]) and (decimal == "." or "." not in cell))}
    if wrong and (not wrong <= set(NOT_A_NUMBER) or len(wrong) == len(known)):
        return None
    numbers = [cell for cell in known if cell not in wrong]
    if any(PADDED.fullmatch(cell) for cell in numbers):
        return None
    whole = all(cell.lstrip("+-").isdigit() for cell in numbers)
    if whole and any(len(cell.lstrip("+-")) > LONGEST_INTEGER for cell in numbers):
        return None
    decision: Decision = "empty words" if wrong else ""
    complete = len(numbers) == len(stripped)
    if whole and complete:
        exact = np.array([int(cell) for cell in stripped], dtype=np.int64)
        return Column(pd.Series(exact[codes], name=name), decision)
    if whole and max(abs(int(cell)) for cell in numbers) > LARGEST_EXACT:
        return None
    floats = np.array([float(plain[cell]) if cell not in empty and cell not in wrong else np.nan for cell in stripped])
    if np.isinf(floats).any():
        return None
    return Column(pd.Series(floats[codes], name=name), decision)


def _plain_numbers(cells: Sequence[str], decimal: str) -> np.ndarray | None:
    """Return cells that are numbers throughout, in one go; None leaves them to the longer look."""
    text = "\n".join(cells)
    marks = set(text)
    if not marks <= {*"0123456789+-eE\n", decimal}:
        return None
    if any(start in f"\n{text}" for start in ("\n0", "+0", "-0")) and PADDED_LINE.search(text):
        return None
    lines = text.replace(",", ".").split("\n")
    if len(lines) != len(cells):
        return None
    try:
        floats = np.array(list(map(float, lines)))
        if marks & {decimal, "e", "E"}:
            return floats if np.isfinite(floats).all() else None
        return np.array(list(map(int, lines)), dtype=np.int64) if max(map(len, lines)) <= LONGEST_INTEGER else None
    except ValueError:
        return None


def _moment_column(name: str, codes: np.ndarray, stripped: Sequence[str], empty: Sequence[str]) -> pd.Series | None:
    try:
        moments = np.array([np.datetime64("NaT") if cell in empty else np.datetime64(cell.replace(" ", "T"))
                            for cell in stripped], dtype="datetime64[us]")
    except ValueError:
        return None
    return pd.Series(moments[codes], name=name)


def _truth_column(name: str, codes: np.ndarray, stripped: Sequence[str]) -> Column:
    numbers = np.array([{"TRUE": 1.0, "FALSE": 0.0}.get(cell.upper(), np.nan) for cell in stripped])
    described = Variable(name, labels={0: as_texts("FALSE"), 1: as_texts("TRUE")}, measure="nominal")
    return Column(pd.Series(numbers[codes], name=name), "truth", described)
