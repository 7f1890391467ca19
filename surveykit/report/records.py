"""Rows of a table, one at a time, their cells by name."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd


def records(table: pd.DataFrame) -> Iterator[Any]:
    """Yield each row of a table as an object whose attributes are the columns.

    Examples
    --------
    >>> [row.n for row in records(pd.DataFrame({"n": [1, 2]}))]
    [1, 2]
    """
    return iter(table.itertuples(index=False))


def row_keys(table: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return for each row its labels in the named columns that the table has; a missing label is an empty text.

    Examples
    --------
    >>> row_keys(pd.DataFrame({"outcome": ["q1", None], "n": [3, 4]}), ["outcome", "level"])
    [('q1',), ('',)]
    """
    present = [name for name in names if name in table]
    columns = [["" if pd.isna(cell) else str(cell) for cell in table[name]] for name in present]
    return list(zip(*columns)) if columns else [()] * len(table)


def natural_order(text: str) -> tuple[tuple[bool, int, str], ...]:
    """Return what sorts texts as a reader does: numbers in them by their size.

    Examples
    --------
    >>> sorted(["№ 10", "№ 2", "Abay"], key=natural_order)
    ['Abay', '№ 2', '№ 10']
    """
    parts = re.split(r"([0-9]+)", text.casefold())
    return tuple((not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts if part)
