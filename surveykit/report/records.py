"""Rows of a table, one at a time, their cells by name."""

from collections.abc import Iterator
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
