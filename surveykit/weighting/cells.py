"""Respondents become the cells of a table: who has the same answers in every margin column gets the same factor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, plain_floats, some
from surveykit.codebook import as_code
from surveykit.errors import ColumnError

DENSE_PER_ROW = 4
DENSE_AT_LEAST = 1024
MOST_COMBINATIONS = 2**50
SMALL_CODE = 1000
EXACT = 2.0**53


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """The occupied cells of a table of columns.

    Attributes
    ----------
    columns : tuple of str
    values : tuple of list
        For each column, the codes that its levels stand for.
    levels : int array, (columns, cells)
        Level of each cell in each column.
    weights : float array, (cells,)
        Sum of the weights of each cell.
    slots : int array, (cells,)
        Position of each cell among the slots that `slot_of_row` points to.
    slot_of_row : int array, (respondents,)
    n_slots : int
    """

    columns: tuple[str, ...]
    values: tuple[list[object], ...]
    levels: np.ndarray
    weights: np.ndarray
    slots: np.ndarray
    slot_of_row: np.ndarray
    n_slots: int

    def spread(self, of_cell: np.ndarray) -> np.ndarray:
        """Return the value of each respondent's cell."""
        slots = np.ones(self.n_slots)
        slots[self.slots] = of_cell
        return slots[self.slot_of_row]

    def count(self) -> np.ndarray:
        """Return the number of respondents in each cell."""
        return np.bincount(self.slot_of_row, minlength=self.n_slots)[self.slots]

    def total(self, of_row: np.ndarray) -> np.ndarray:
        """Return the sum over each cell's respondents."""
        return np.bincount(self.slot_of_row, of_row, minlength=self.n_slots)[self.slots]

    def cell_of_row(self) -> np.ndarray:
        """Return the cell of each respondent, (respondents,)."""
        rank = np.zeros(self.n_slots, dtype=np.int64)
        rank[self.slots] = np.arange(len(self.slots))
        return rank[self.slot_of_row]


def make_cells(frame: pd.DataFrame, columns: Sequence[str], weights: np.ndarray, argument: str) -> Cells:
    """Return the occupied cells of a table of columns; a missing value in one of them is refused."""
    check_columns(frame, columns, argument)
    parts = [read_levels(frame[name], argument) for name in columns]
    values = tuple(part.values for part in parts)
    slot, n_slots, keys = _slots(parts, len(frame))
    sums = np.bincount(slot, weights, minlength=n_slots)
    used = np.flatnonzero(sums > 0)
    levels = np.array(np.unravel_index(used if keys is None else keys[used], [len(codes) for codes in values]))
    return Cells(tuple(columns), values, levels, sums[used], used, slot, n_slots)


@dataclass(frozen=True, eq=False, slots=True)
class Levels:
    """One column as levels: `numbers` minus `first` is the level of each row, `values` the code of each level."""

    numbers: np.ndarray
    first: int
    values: list[object]


def _slots(parts: list[Levels], n_rows: int) -> tuple[np.ndarray, int, np.ndarray | None]:
    """Return each row's slot, the number of slots, and their keys (None: slot and key are one)."""
    # the levels of a row are the digits of its slot; what each column's codes begin with is taken off once, at the end
    slot, first, span = parts[0].numbers.astype(np.int64), parts[0].first, len(parts[0].values)
    for part in parts[1:]:
        size = len(part.values)
        span *= size
        if span >= MOST_COMBINATIONS:
            raise ColumnError("the margins have too many combinations of levels; use columns with fewer levels")
        slot *= size
        slot += part.numbers
        first = first * size + part.first
    if first:
        slot -= first
    if span <= DENSE_PER_ROW * n_rows + DENSE_AT_LEAST:
        return slot, span, None
    keys, slot = np.unique(slot, return_inverse=True)
    return slot, len(keys), keys


def read_levels(column: pd.Series, argument: str) -> Levels:
    """Return a column as levels in code order; a missing value is refused."""
    whole = _whole_levels(column)
    if whole is not None:
        return whole
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = column.cat.codes.to_numpy().astype(np.int64), list(column.cat.categories)
    else:
        codes, values = _any_levels(column)
    if len(codes) and codes.min() < 0:
        rows = column.index[codes < 0]
        raise ColumnError(
            f"every respondent needs a value in each column of `{argument}`, but {column.name!r} is missing in {len(rows)} row(s): {some(rows)}; give them a code of their own with a target, or leave them out first"
        )
    return Levels(codes, 0, values)


def _whole_levels(column: pd.Series) -> Levels | None:
    """Return levels of a column of whole numbers without sorting it, or None when it is no such column."""
    if not isinstance(column.dtype, np.dtype) or column.dtype.kind not in "biuf" or not len(column):
        return None
    numbers = column.to_numpy()
    if numbers.dtype.kind == "b":
        return Levels(numbers.astype(np.int64), 0, [False, True])
    low, high = float(numbers.min()), float(numbers.max())
    if not high - low <= DENSE_PER_ROW * len(numbers) + DENSE_AT_LEAST or high > EXACT:  # also when one is NaN
        return None
    small = numbers.dtype.kind in "iu" and numbers.dtype != np.uint64  # may be added to a slot as it is
    codes = numbers if small else numbers.astype(np.int64)
    if numbers.dtype.kind == "f" and (codes != numbers).any():
        return None
    values: list[object] = list(range(int(low), int(high) + 1))
    # small first codes are taken off once for all columns; others here, before products of them grow too large
    if 0 <= low <= SMALL_CODE:
        return Levels(codes, int(low), values)
    return Levels(codes.astype(np.int64) - int(low), 0, values)  # differences of small integers need not fit


def _any_levels(column: pd.Series) -> tuple[np.ndarray, list[object]]:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf" and len(column):
        found, codes = np.unique(column.to_numpy(), return_inverse=True)
        absent = np.isnan(found)
        return np.where(absent[codes], -1, codes), [_plain(value) for value in found[~absent].tolist()]
    codes, distinct = pd.factorize(plain_floats(column))
    values = [value if isinstance(value, str) else _plain(value) for value in distinct]
    order = sorted(range(len(values)), key=lambda position: (isinstance(values[position], str), values[position]))
    rank = np.empty(len(values) + 1, dtype=np.int64)
    rank[order] = np.arange(len(values))
    rank[-1] = -1
    return rank[codes], [values[position] for position in order]


def _plain(value: object) -> object:
    return as_code(value) if isinstance(value, int | float | np.number) and not isinstance(value, bool) else value
