"""Respondents become the cells of a table: who has the same answers in every margin column gets the same factor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, some
from surveykit.coded_columns import DENSE_AT_LEAST, DENSE_PER_ROW, CodedColumn, code_column
from surveykit.errors import ColumnError

MOST_COMBINATIONS = 2**50


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """The occupied cells of a table of columns.

    Attributes
    ----------
    columns : tuple of str
    values : tuple of sequences
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
    values: tuple[Sequence[object], ...]
    levels: np.ndarray
    weights: np.ndarray
    slots: np.ndarray
    slot_of_row: np.ndarray
    n_slots: int

    def spread(self, of_cell: np.ndarray) -> np.ndarray:
        """Return the value of each respondent's cell."""
        slots = np.ones(self.n_slots)
        slots[self.slots] = of_cell
        return np.asarray(slots[self.slot_of_row])

    def count(self) -> np.ndarray:
        """Return the number of respondents in each cell."""
        return np.asarray(np.bincount(self.slot_of_row, minlength=self.n_slots)[self.slots])

    def total(self, of_row: np.ndarray) -> np.ndarray:
        """Return the sum over each cell's respondents."""
        return np.asarray(np.bincount(self.slot_of_row, of_row, minlength=self.n_slots)[self.slots])

    def cell_of_row(self) -> np.ndarray:
        """Return the cell of each respondent, (respondents,)."""
        rank = np.zeros(self.n_slots, dtype=np.int64)
        rank[self.slots] = np.arange(len(self.slots))
        return np.asarray(rank[self.slot_of_row])


def make_cells(frame: pd.DataFrame, columns: Sequence[str], weights: np.ndarray, argument: str) -> Cells:
    """Return the occupied cells of a table of columns; a missing value in one of them is refused."""
    check_columns(frame, columns, argument)
    parts = [_complete_column(frame[name], argument) for name in columns]
    slot, n_slots, keys = _slots(parts, len(frame))
    sums = np.bincount(slot, weights, minlength=n_slots)
    used = np.flatnonzero(sums > 0)
    levels = np.array(np.unravel_index(used if keys is None else keys[used], [len(part) for part in parts]))
    return Cells(tuple(columns), tuple(part.codes for part in parts), levels, sums[used], used, slot, n_slots)


def _slots(parts: list[CodedColumn], n_rows: int) -> tuple[np.ndarray, int, np.ndarray | None]:
    """Return each row's slot, the number of slots, and their keys (None: slot and key are one)."""
    slot, span = parts[0].place, len(parts[0])  # made for these cells alone, so that it may become their slots
    for part in parts[1:]:
        span *= len(part)
        if span >= MOST_COMBINATIONS:
            raise ColumnError("the margins have too many combinations of levels; use columns with fewer levels")
        slot *= len(part)
        slot += part.place
    if span <= DENSE_PER_ROW * n_rows + DENSE_AT_LEAST:
        return slot, span, None
    keys, slot = np.unique(slot, return_inverse=True)
    return slot, len(keys), keys


def _complete_column(column: pd.Series, argument: str) -> CodedColumn:
    """Return a column as codes in order; a missing value in it is refused."""
    coded = code_column(column)
    if coded.has_missing:
        rows = column.index[coded.missing]
        raise ColumnError(
            f"every respondent needs a value in each column of `{argument}`, but {column.name!r} is missing in {len(rows)} row(s): {some(rows)}; give them a code of their own with a target, or leave them out first"
        )
    return coded
