"""Fisher's exact test of a table beyond two by two (Freeman and Halton 1951), by meeting in the middle."""

from collections import defaultdict

import numpy as np
import pandas as pd
from scipy.special import gammaln

TIE = 1e-7
"""Relative room within which two tables count as equally likely, as in R's fisher.test."""


def fisher_exact_table(table: pd.DataFrame) -> float:
    """Return the p-value: the probability of all tables with these margins that are no likelier than the one seen.

    Notes
    -----
    Given the margins, a table has the probability ``prod(row!) prod(column!) / (n! prod(cells!))``. Its columns are
    filled one by one, smallest first. Ways to fill all but the last two that leave the same rows to fill share one list
    of ways to fill the rest, sorted once: pairs are then counted by looking them up, not by listing them.
    R: ``fisher.test(table)``.

    Examples
    --------
    >>> round(fisher_exact_table(pd.DataFrame([[3, 0, 0], [0, 2, 0], [0, 0, 1]])), 4)
    0.0167
    """
    cells = table.to_numpy(dtype=int)
    cells = cells[np.argsort(cells.sum(axis=1))]
    rows, columns = cells.sum(axis=1), np.sort(cells.sum(axis=0))
    constant = gammaln(rows + 1).sum() + gammaln(columns + 1).sum() - gammaln(cells.sum() + 1)
    limit = constant - gammaln(cells + 1).sum() + np.log1p(TIE)
    beginnings: dict[tuple[int, ...], list[float]] = {tuple(rows): [constant]}
    for total in columns[:-2]:
        following: defaultdict[tuple[int, ...], list[float]] = defaultdict(list)
        for left, known in beginnings.items():
            for filled in fillings(np.array(left), total):
                weight = gammaln(filled + 1).sum()
                following[tuple(np.array(left) - filled)] += [each - weight for each in known]
        beginnings = dict(following)
    return float(
        sum(_count_pairs(np.array(left), np.array(known), columns[-2], limit) for left, known in beginnings.items())
    )


def _count_pairs(left: np.ndarray, known: np.ndarray, total: int, limit: float) -> float:
    """Return the probability of all completions of these beginnings that are no likelier than `limit` (a logarithm)."""
    filled = fillings(left, total)
    factorial = gammaln(np.arange(left.max() + 1) + 1)
    rest = -factorial[filled].sum(axis=1) - factorial[left - filled].sum(axis=1)
    rest.sort()
    sums = np.concatenate([[0.0], np.cumsum(np.exp(rest - rest[-1]))])
    unlikely = np.searchsorted(rest, limit - known, side="right")
    return float(np.sum(np.exp(known + rest[-1]) * sums[unlikely]))


def fillings(left: np.ndarray, total: int) -> np.ndarray:
    """Return every way to spread a column's total over rows that have so much left, (ways, rows)."""
    ways, spread = np.zeros((1, 0), dtype=int), np.zeros(1, dtype=int)
    for row, most in enumerate(left):
        room_below = int(left[row + 1 :].sum())
        lowest = np.maximum(0, total - spread - room_below)
        count = np.maximum(0, np.minimum(most, total - spread) - lowest + 1)
        parent = np.repeat(np.arange(len(ways)), count)
        start = np.cumsum(count) - count
        chosen = lowest[parent] + np.arange(len(parent)) - start[parent]
        ways, spread = np.column_stack([ways[parent], chosen]), spread[parent] + chosen
    return ways
