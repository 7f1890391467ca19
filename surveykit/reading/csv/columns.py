"""Cells of text become columns of numbers, dates, yes and no, or stay text: by the whole column, never by the cell."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from surveykit._checks import some
from surveykit.codebook import Variable, as_texts
from surveykit.reading.codebook_file import PADDED
from surveykit.reading.csv.coded_cells import CodedCells
from surveykit.reading.csv.dates import ORDERS, DateOrder, looks_like_moment, read_durations, read_moments
from surveykit.reading.csv.empty_words import NEVER_AN_ANSWER, NOT_A_NUMBER
from surveykit.reading.csv.marks import Doubt

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
WHOLE = re.compile(r"[+-]?\d+")
PADDED_LINE = re.compile(r"\n[+-]?0\d+(?=\n)")
"""A line with a leading zero; begun by the line end itself, which is sought faster than a beginning."""
# Digits that always fit into 64 bits (9.2e18).
LONGEST_INTEGER = 18
LARGEST_EXACT = 2**53
"""The largest whole number up to which a float, which a column with empty cells needs, holds every one."""

THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[.,\u00a0\u202f ']\d{3})+(?:[.,]\d+)?")
Decision = Literal[
    "empty words",
    "answer words",
    "truth",
    "thousands",
    "long",
    "thousands or decimals",
    "list or decimals",
    "decimals or list",
    "day first",
    "month first",
    "zone",
    "zones",
    "durations",
    "either order",
    "mixed order",
    "unit",
    "words among numbers",
    "words among dates",
    "alike",
]
SENTENCES: dict[Decision, str] = {
    "empty words": "{examples} and the like count as empty among the numbers, dates, or TRUE and FALSE of {columns}",
    "answer words": "{examples} and the like are answers among the texts of (`empty=` makes them none) {columns}",
    "truth": "TRUE and FALSE became 1 and 0 in {columns}",
    "long": "whole numbers of 16 digits and more stay text beside empty cells, where numbers would lose digits, in {columns}",
    "day first": "{examples} and the like were read as dates, the day before the month, in {columns}",
    "month first": "{examples} and the like were read as dates, the month before the day (some day is above 12), in {columns}",
    "zone": "{examples} and the like were read as moments by the clock of the zone that they name, in {columns}",
    "durations": "{examples} and the like were read as durations, times of day from midnight on, in {columns}",
}
"""What is written down about a column."""

WARNINGS: dict[Decision, str] = {
    "thousands": "numbers with thousands marks stay text in {columns}, such as {examples}; `thousands=` names the mark and takes it out",
    "thousands or decimals": "text was kept in {columns}, where the mark may stand before decimals or group thousands: {examples}; `decimal=` or `thousands=` says what it is",
    "list or decimals": "text was kept in {columns}, where commas may stand before decimals or part the options that were chosen: {examples}; `decimal=','` makes it a number, `text=` says that it is a text",
    "decimals or list": "numbers were read in {columns}, where commas may also part the options that were chosen: {examples}; `text=` keeps the column as it is, and `decimal=','` says that they are decimals",
    "zones": "{examples} and the like name several zones in {columns}; they were read as moments of UTC",
    "either order": "text was kept in {columns}, where dates may have the day first or the month first: {examples}; `date_order='dmy'` or `date_order='mdy'` says which",
    "mixed order": "text was kept in {columns}, where some dates can only have the day first and others only the month first; correct them in the file",
    "unit": "numbers that carry a sign stay text in {columns}, such as {examples}; take the sign out in the file to make them numbers",
}
"""What a person should know before the column is used."""

LEFT_AS_TEXT: dict[Decision, str] = {
    "words among numbers": "text was kept in {columns}, where most answers are numbers and some are not: {examples}; `empty=` makes them no answers, a codebook gives them codes, `text=` says that it is a text",
    "words among dates": "text was kept in {columns}, where most answers look like dates and some do not, or are on no calendar, or are written in another way: {examples}; `empty=` makes them no answers, `text=` says that it is a text; else correct them in the file",
    "alike": "answers that differ by blanks or capitals only count as different ones in {columns}: {examples}; correct them in the file, or give a codebook (draft_codebook() writes one), which makes them one code",
}
"""What a person should know of a column that is still text when its codebook has been asked."""

SIGNED = re.compile(r"[+-]?\d[\d., \u00a0\u202f]*\s?[%‰€$£₸₽₴₺]|[€$£₸₽₴₺]\s?\d[\d., \u00a0\u202f]*")
NUMBER_AND_WORDS = re.compile(r"\d+(?:[ \u00a0]+|\s*[-–—.:=()+]\s*)\D*")
"""A number with its meaning or unit behind it, as in "5 - fully" or "45 years"; "12a" is a name."""
MOST_ANSWERS = 60
"""Different texts up to which a column may be one of answers that were chosen, and not of names or remarks."""
SAMPLE = 200
"""Distinct cells by which a column of texts is told from one of numbers with a few words."""


@dataclass(frozen=True)
class Column:
    """One column as it was understood.

    Attributes
    ----------
    values : pandas.Series
    decisions : mapping from kind to example
        What was decided beyond the plain reading, or left open: a key of `SENTENCES` or `WARNINGS`, with a cell.
    variable : Variable or None
        A description, when the cells themselves give one (TRUE and FALSE).
    """

    values: pd.Series = field(repr=False)
    decisions: Mapping[Decision, str] = field(default_factory=dict)
    variable: Variable | None = None


def factorize_cells(cells: Sequence[str]) -> tuple[np.ndarray, Sequence[str]]:
    """Return for each cell its place among the distinct cells, and these in the order in which they occur."""
    if isinstance(cells, CodedCells):
        return cells.factorize()
    codes, distinct = pd.factorize(np.asarray(cells, dtype=object))
    return codes, list(distinct)


def make_column(
    name: str,
    codes: np.ndarray,
    distinct: Sequence[str],
    decimal: str = ".",
    empty: Sequence[str] = ("",),
    doubt: Doubt | None = None,
    date_order: DateOrder | None = None,
) -> Column:
    """Return the column that these cells are.

    Parameters
    ----------
    name : str
    codes, distinct
        The cells, as `factorize_cells` returns them.
    decimal : {".", ","}
    empty : sequence of str
        Texts that mean "no answer" in every column.
    doubt : str, optional
        What else a mark in this column can mean, as `judge_marks` says.
    date_order : {"dmy", "mdy"}, optional
        What stands first in dates that can be read in both ways.
    """
    # the true minus sign, as word processors set it, before a number
    stripped = [*map(str.strip, map(str, distinct))]
    if "\u2212" in "".join(stripped):
        stripped = [f"-{cell[1:]}" if cell.startswith("\u2212") else cell for cell in stripped]
    known = [cell for cell in stripped if cell not in empty]
    # a column that is empty throughout is one of numbers, so that means and filled columns of other waves go with it
    if all(cell in NEVER_AN_ANSWER for cell in known):
        nothing: dict[Decision, str] = {"empty words": repr(known[0])} if known else {}
        return Column(pd.Series(np.nan, index=range(len(codes)), name=name, dtype=float), nothing)
    if doubt is not None and doubt != "decimals or list":
        marked = next(cell for cell in known if ("," in cell or "." in cell) and cell not in NOT_A_NUMBER)
        return Column(_texts(name, codes, stripped, distinct, empty).values, {doubt: _both_readings(marked, doubt)})
    as_numbers = _number_column(name, codes, stripped, known, decimal, empty)
    if as_numbers is not None:
        if doubt is None:
            return as_numbers
        marked = next(cell for cell in known if "," in cell)
        return Column(as_numbers.values, {**as_numbers.decisions, doubt: _both_readings(marked, doubt)})
    words = [cell for cell in known if cell in NOT_A_NUMBER]
    figures = [cell for cell in known if cell not in NOT_A_NUMBER]
    said: dict[Decision, str] = {"empty words": repr(words[0])} if words else {}
    plain = [cell if cell not in empty and cell not in NOT_A_NUMBER else "" for cell in stripped]
    # the first cell tells: dates that are read begin with a digit, and a column of long texts is not tried
    moments = read_moments(plain, date_order) if figures and figures[0][:1].isdigit() else None
    if moments is not None and moments.values is not None:
        said |= {decision: repr(figures[0]) for decision in moments.decisions if decision}
        return Column(pd.Series(moments.values[codes], name=name), said)
    durations = read_durations(plain) if figures and figures[0].lstrip("-")[:1].isdigit() else None
    if durations is not None:
        return Column(pd.Series(durations[codes], name=name), {**said, "durations": repr(figures[0])})
    if {cell.upper() for cell in figures} and {cell.upper() for cell in figures} <= {"TRUE", "FALSE"}:
        return _truth_column(name, codes, stripped, said)
    texts = _texts(name, codes, stripped, distinct, empty)
    if moments is not None:
        return Column(texts.values, {decision: _both_orders(figures) for decision in moments.decisions if decision})
    told = _describe_texts(figures) or _describe_mixed(figures)
    among: dict[Decision, str] = {"answer words": repr(words[0])} if words else {}
    return Column(texts.values, {**told, **among, **_describe_alike(distinct, empty)})


def _texts(
    name: str, codes: np.ndarray, stripped: Sequence[str], distinct: Sequence[str], empty: Sequence[str]
) -> Column:
    texts = np.array([None if cell in empty else str(raw) for cell, raw in zip(stripped, distinct)], dtype=object)
    return Column(pd.Series(pd.array(texts, dtype="str").take(codes), name=name))


def _describe_texts(figures: Sequence[str]) -> dict[Decision, str]:
    """Return what a person may wonder at in a column that stays text."""
    grouped = [cell for cell in figures if THOUSANDS.fullmatch(cell)]
    if grouped and all(THOUSANDS.fullmatch(cell) or NUMBER.fullmatch(cell.replace(",", ".")) for cell in figures):
        return {"thousands": repr(grouped[0])}
    if figures and all(
        WHOLE.fullmatch(cell) and not PADDED.fullmatch(cell) and len(cell.lstrip("+-")) <= LONGEST_INTEGER
        for cell in figures
    ):
        return {"long": repr(figures[0])}
    signed = [cell for cell in figures if SIGNED.fullmatch(cell)]
    if signed and all(SIGNED.fullmatch(cell) or NUMBER.fullmatch(cell.replace(",", ".")) for cell in figures):
        return {"unit": repr(signed[0])}
    return {}


def _describe_mixed(figures: Sequence[str]) -> dict[Decision, str]:
    """Return what keeps a column text, most of whose different cells are numbers or dates."""
    # a column of remarks shows itself in its first cells, and millions of them need not be tried
    dates, numbers, others = _sort_cells(figures[:SAMPLE])
    if 2 * (len(dates) + len(numbers)) < len(figures[:SAMPLE]):
        return {}
    dates, numbers, others = _sort_cells(figures)
    if dates and 2 * len(dates) >= len(figures):
        impossible = [cell for cell in dates if read_moments([cell], "dmy") is None is read_moments([cell], "mdy")]
        shown = [*others, *numbers, *impossible, dates[-1]][0]
        sound = next((cell for cell in dates if cell not in impossible), shown)
        return {"words among dates": " beside ".join(dict.fromkeys((repr(sound), repr(shown))))}
    worded = all(NUMBER_AND_WORDS.fullmatch(cell) or not any(map(str.isdigit, cell)) for cell in others)
    # numbers with leading zeros are identifiers, which have words beside them by right
    if others and worded and not dates and 2 * len(numbers) >= len(figures) and not any(map(PADDED.fullmatch, numbers)):
        return {"words among numbers": f"{numbers[0]!r} beside {others[0]!r}"}
    return {}


def _describe_alike(cells: Sequence[str], empty: Sequence[str]) -> dict[Decision, str]:
    """Return two answers that look like one; among many texts, as names and remarks are, nothing is sought."""
    if len(cells) > MOST_ANSWERS:
        return {}
    seen: dict[str, str] = {}
    for cell in cells:
        word = " ".join(cell.split()).casefold()
        if cell.strip() not in empty and seen.setdefault(word, cell) != cell:
            return {"alike": f"{seen[word]!r} and {cell!r}"}
    return {}


def _sort_cells(cells: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the cells that are dates, those that are numbers, and the others."""
    kinds: tuple[list[str], list[str], list[str]] = [], [], []
    for cell in cells:
        number = NUMBER.fullmatch(cell.replace(",", ".")) is not None
        kinds[0 if looks_like_moment(cell) else 1 if number else 2].append(cell)
    return kinds


def _both_readings(cell: str, doubt: Doubt) -> str:
    """Return a cell with the two things that it can mean."""
    decimals = f"{float(cell.replace(',', '.')):g}"
    if doubt == "thousands or decimals":
        return f"{cell!r} ({decimals} or {re.sub('[.,]', '', cell)})"
    return f"{cell!r} ({decimals}, or the options {cell.replace(',', ' and ')})"


def _both_orders(cells: Sequence[str]) -> str:
    """Return a date with the two days that it can be."""
    for cell in cells:
        read = [moments.values for order in ORDERS if (moments := read_moments([cell], order)) is not None]
        days = dict.fromkeys(str(one.astype("datetime64[D]")[0]) for one in read if one is not None)
        if len(days) > 1:
            return f"{cell!r} ({' or '.join(days)})"
    return repr(cells[0])


def keep_text(name: str, codes: np.ndarray, distinct: Sequence[str], empty: Sequence[str] = ("",)) -> Column:
    """Return the cells as they stand, because the caller says that they are texts; an empty one is no answer."""
    texts = np.array([None if cell in empty else str(cell) for cell in distinct], dtype=object)
    return Column(pd.Series(pd.array(texts, dtype="str").take(codes), name=name))


def describe_decisions(columns: Mapping[str, Column], sentences: Mapping[Decision, str] = SENTENCES) -> list[str]:
    """Return one sentence per kind of decision, with the columns that it concerns."""
    said = []
    for kind, sentence in sentences.items():
        example_of_column = {
            name: column.decisions[kind] for name, column in columns.items() if kind in column.decisions
        }
        if example_of_column:
            examples = some(dict.fromkeys(example_of_column.values()), 3)
            said.append(sentence.format(columns=some(example_of_column), examples=examples))
    return said


def _number_column(
    name: str, codes: np.ndarray, stripped: Sequence[str], known: Sequence[str], decimal: str, empty: Sequence[str]
) -> Column | None:
    quick = _plain_numbers(stripped, decimal) if len(known) == len(stripped) else None
    if quick is not None:
        return Column(pd.Series(quick[codes], name=name))
    plain = {cell: cell.replace(",", ".") if decimal == "," else cell for cell in stripped}
    wrong = {cell for cell in known if not (NUMBER.fullmatch(plain[cell]) and (decimal == "." or "." not in cell))}
    if wrong and (not wrong <= NOT_A_NUMBER or len(wrong) == len(known)):
        return None
    numbers = [cell for cell in known if cell not in wrong]
    if any(PADDED.fullmatch(cell) for cell in numbers):
        return None
    whole = all(cell.lstrip("+-").isdigit() for cell in numbers)
    if whole and any(len(cell.lstrip("+-")) > LONGEST_INTEGER for cell in numbers):
        return None
    said: dict[Decision, str] = {"empty words": repr(next(cell for cell in known if cell in wrong))} if wrong else {}
    complete = len(numbers) == len(stripped)
    if whole and complete:
        exact = np.array([int(cell) for cell in stripped], dtype=np.int64)
        return Column(pd.Series(exact[codes], name=name), said)
    if whole and max(abs(int(cell)) for cell in numbers) > LARGEST_EXACT:
        return None
    floats = np.array([float(plain[cell]) if cell not in empty and cell not in wrong else np.nan for cell in stripped])
    if np.isinf(floats).any():
        return None
    return Column(pd.Series(floats[codes], name=name), said)


def _plain_numbers(cells: Sequence[str], decimal: str) -> np.ndarray | None:
    """Return cells that are numbers throughout, in one go; None leaves them to the longer look."""
    text = "\n".join(cells)
    marks = set(text)
    if not marks <= {*"0123456789+-eE\n", decimal}:
        return None
    lines_of_text = f"\n{text}\n"
    if any(start in lines_of_text for start in ("\n0", "+0", "-0")) and PADDED_LINE.search(lines_of_text):
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


def _truth_column(name: str, codes: np.ndarray, stripped: Sequence[str], said: Mapping[Decision, str]) -> Column:
    numbers = np.array([{"TRUE": 1.0, "FALSE": 0.0}.get(cell.upper(), np.nan) for cell in stripped])
    described = Variable(name, labels={0: as_texts("FALSE"), 1: as_texts("TRUE")}, measure="nominal")
    example = next(cell for cell in stripped if cell.upper() in ("TRUE", "FALSE"))
    return Column(pd.Series(numbers[codes], name=name), {**said, "truth": repr(example)}, described)
