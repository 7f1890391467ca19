"""A column as codes in order: the one place where the values of a column become positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import plain_floats
from surveykit.codebook import as_code

DENSE_PER_ROW, DENSE_AT_LEAST = 4, 1024
"""Whole numbers are counted instead of sorted when they span at most so many values per row, and beyond."""
EXACT = 2**53
"""Whole numbers beyond have neighbours that a float cannot tell apart."""
FIRST_ROWS = 4096


@dataclass(frozen=True, eq=False, slots=True)
class CodedColumn:
    """A column as positions on a list of codes.

    Attributes
    ----------
    place : int array, (rows,)
        Position of each row's code, -1 where the cell is empty. Codes that the codebook declares missing are empty
        cells when they come here (`Survey.with_missing_codes`); nothing else counts as missing.
    codes : sequence
        The codes in their order: categories in their own, else numbers by size before texts by alphabet. Whole numbers
        are int whatever type they are stored in. Among whole numbers and categories stand some that nobody has.
    has_missing : bool
        Whether the cell of any row is empty.
    """

    place: np.ndarray
    codes: Sequence[object]
    has_missing: bool

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def missing(self) -> np.ndarray:
        """Which rows have no code."""
        return self.place < 0

    def codes_at(self, places: np.ndarray) -> list[object]:
        """Return the codes that stand at some positions."""
        if isinstance(self.codes, range):  # a hundred thousand cells are named in one go
            named: list[object] = (places + self.codes.start).tolist()
            return named
        return [self.codes[place] for place in places.tolist()]

    def occurring(self) -> "CodedColumn":
        """Return the same column without the codes that nobody has."""
        span = len(self.codes)
        if span <= FIRST_ROWS:  # the first few thousand respondents mostly settle it
            given = np.bincount(self.place[:FIRST_ROWS] + 1, minlength=span + 1)[1:] > 0
            if given.all():
                return self
        given = np.bincount(self.place + 1, minlength=span + 1)[1:] > 0
        if given.all():
            return self
        renumber = np.append(np.cumsum(given) - 1, -1)  # the last one is for those at -1
        codes = [code for code, here in zip(self.codes, given) if here]
        return CodedColumn(renumber[self.place], codes, self.has_missing)


def code_column(column: pd.Series) -> CodedColumn:
    """Return a column of any type as codes in order; see `CodedColumn`.

    Examples
    --------
    >>> coded = code_column(pd.Series([7.0, None, 5.0]))
    >>> coded.place.tolist(), list(coded.codes), coded.occurring().codes
    ([2, -1, 0], [5, 6, 7], [5, 7])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        place = column.cat.codes.to_numpy()
        return CodedColumn(place.astype(np.int64), list(column.cat.categories), bool(place.min(initial=0) < 0))
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf" and len(column):
        numbers = column.to_numpy()
        if numbers.dtype.kind == "b":
            return CodedColumn(numbers.astype(np.int64), [False, True], False)
        dense = _code_floats(numbers) if numbers.dtype.kind == "f" else _code_integers(numbers)
        if dense is not None:
            return dense
    place, values = pd.factorize(plain_floats(column), sort=False)
    codes = values.tolist() if pd.api.types.is_integer_dtype(values.dtype) else [_code(value) for value in values]
    order = _order(values, codes)
    rank = np.empty(len(codes) + 1, dtype=np.int64)
    rank[order] = np.arange(len(codes))
    rank[-1] = -1
    return CodedColumn(rank[place], [codes[position] for position in order], bool(place.min(initial=0) < 0))


def _code_integers(numbers: np.ndarray) -> CodedColumn | None:
    """Return integers as positions without hashing or sorting them; None where they span too much for that."""
    low, high = int(numbers.min()), int(numbers.max())
    if high - low >= DENSE_PER_ROW * len(numbers) + DENSE_AT_LEAST or high > np.iinfo(np.int64).max:
        return None
    return CodedColumn(numbers.astype(np.int64, copy=False) - low, range(low, high + 1), False)


def _code_floats(numbers: np.ndarray) -> CodedColumn | None:
    """Return whole numbers that are stored as floats as `_code_integers` does; None where they are no such numbers."""
    low, high = numbers.min(), numbers.max()
    missing = np.isnan(numbers) if np.isnan(low) else None
    if missing is not None:
        low, high = np.fmin.reduce(numbers), np.fmax.reduce(numbers)
    span = float(high) - float(low)
    if not span < DENSE_PER_ROW * len(numbers) + DENSE_AT_LEAST or not -EXACT < low <= high < EXACT or low % 1:
        return None  # also when all are missing or one is infinite
    if missing is not None:
        numbers = np.where(missing, low, numbers)
    place = numbers.astype(np.int64)
    if (place != numbers).any():
        return None
    place -= int(low)
    if missing is not None:
        place[missing] = -1
    return CodedColumn(place, range(int(low), int(high) + 1), missing is not None)


def _code(value: object) -> object:
    """Return a number as a code; texts, dates, intervals and truths stay what they are."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return as_code(value) if isinstance(value, int | float | np.number) else value


def _order(values: Any, codes: list[Any]) -> np.ndarray:
    """Return the positions of distinct values in their order; what cannot be compared is ordered as text."""
    try:
        return np.asarray(np.argsort(values))
    except TypeError:
        texts = np.array([isinstance(code, str) for code in codes])
    numbers, others = np.flatnonzero(~texts), np.flatnonzero(texts)
    try:
        numbers = np.array(sorted(numbers, key=lambda position: codes[position]), dtype=np.int64)
    except TypeError:
        numbers = np.array(sorted(numbers, key=lambda position: str(codes[position])), dtype=np.int64)
    return np.append(numbers, sorted(others, key=lambda position: str(codes[position]))).astype(np.int64)
