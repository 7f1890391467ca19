"""Several outcomes at once: p-values that count how many questions were asked."""

import math
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import check_option
from surveykit.comparison.studentized_draws import TIE_OF_T
from surveykit.errors import ArgumentError

Adjustment = Literal["holm", "bh", "by", "bonferroni", "hochberg"]
SAME_SHARE = 1e-12
"""Two shares of assignments are one when they differ by less: k / n, reached once as a mean and once as one minus a
rank over n, differs by 1e-16, and by 4e-6 from (k + 1) / n where all of 250,000 assignments are listed."""


def adjust_p_values(p_values: Sequence[float] | np.ndarray, method: Adjustment = "holm") -> np.ndarray:
    """Adjust p-values for the number of tests; missing ones stay missing and do not count as tests.

    Parameters
    ----------
    p_values : sequence of float
        Each between 0 and 1, or missing.
    method : {"holm", "bh", "by", "bonferroni", "hochberg"}
        Holm and Bonferroni hold the chance of any false rejection; Benjamini-Hochberg ("bh") and Benjamini-Yekutieli
        ("by") the expected share of false ones among the rejections.

    Returns
    -------
    float array

    Raises
    ------
    ArgumentError
        When a p-value is no number, or not between 0 and 1, or the method is unknown.

    Notes
    -----
    R: ``p.adjust(p, "holm")``. The five are a line each; ``statsmodels.stats.multitest.multipletests`` gives the same
    (a test compares them) and takes more than a second to import.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6,
    65-70.
    Hochberg, Y. (1988). A sharper Bonferroni procedure for multiple tests of significance. Biometrika 75, 800-802.
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate: a practical and powerful approach to
    multiple testing. Journal of the Royal Statistical Society B 57, 289-300.
    Benjamini, Y. and Yekutieli, D. (2001). The control of the false discovery rate in multiple testing under
    dependency. Annals of Statistics 29, 1165-1188.

    Examples
    --------
    >>> import surveykit as sk
    >>> sk.adjust_p_values([0.01, 0.04, 0.03]).round(4)
    array([0.03, 0.06, 0.06])
    >>> sk.adjust_p_values([0.01, 0.04, 0.03], "bh").round(4)
    array([0.03, 0.04, 0.04])
    """
    check_option(method, get_args(Adjustment), "method")
    p = _numbers(p_values)
    known = ~np.isnan(p)
    if ((p[known] < 0) | (p[known] > 1)).any():
        wrong = p[known][(p[known] < 0) | (p[known] > 1)][0]
        raise ArgumentError(f"`p_values` must lie between 0 and 1, but {wrong:g} was given")
    adjusted = np.full(p.shape, np.nan)
    if known.sum() == 1:
        adjusted[known] = p[known]
    elif known.any():
        adjusted[known] = _adjust(p[known], method)
    return adjusted


def _numbers(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return p-values as floats, None as missing; raise where one is no number."""
    given = [p_values] if isinstance(p_values, str) or not np.iterable(p_values) else list(p_values)
    numbers = [math.nan if value is None or value is pd.NA else value for value in given]
    wrong = [value for value in numbers if not isinstance(value, int | float | np.number) or isinstance(value, bool)]
    if wrong or not np.iterable(p_values):
        found = (wrong or given)[0]
        raise ArgumentError(f"`p_values` must be a sequence of numbers between 0 and 1, but {found!r} was given")
    return np.array(numbers, dtype=float)


def _adjust(p: np.ndarray, method: Adjustment) -> np.ndarray:
    """Return the adjusted p-values of several tests, by the papers that `adjust_p_values` names."""
    m = len(p)
    if method == "bonferroni":
        return np.asarray(np.minimum(m * p, 1.0))
    order = np.argsort(p, kind="stable")
    left = np.arange(m, 0, -1)  # tests whose p is not smaller
    if method == "holm":  # step-down: max over smaller p of (number of p not smaller) * p
        sorted_p = np.maximum.accumulate(p[order] * left)
    else:  # step-up: min over larger p of the same, or of m / rank times p, for "by" times 1 + 1/2 + ... + 1/m
        factor = left if method == "hochberg" else m / np.arange(1, m + 1)
        if method == "by":
            factor = factor * (1 / np.arange(1, m + 1)).sum()
        sorted_p = np.minimum.accumulate((p[order] * factor)[::-1])[::-1]
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(sorted_p, 1.0)
    return adjusted


def adjust_within(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return the table with p_holm and p_bh: its p-values adjusted over the rows that share the values of `keys`."""
    adjusted = table.copy()
    families = table.groupby(list(keys), sort=False).indices.values()
    for column, method in (("p_holm", "holm"), ("p_bh", "bh")):
        values = np.full(len(table), np.nan)
        for rows in families:
            values[rows] = adjust_p_values(table["p_value"].to_numpy(dtype=float)[rows], method)  # type: ignore[arg-type]
        adjusted[column] = values
    return adjusted


def westfall_young(statistics: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return step-down min-p adjusted p-values from statistics of several outcomes under the same assignments.

    Parameters
    ----------
    statistics : float array, (assignments, outcomes)
        Each outcome's statistic under every assignment of the treatment to settlements, free of units (a t, or a
        difference over the size of the answers); infinite or missing ones count as the largest.
    observed : float array, (outcomes,)
        Missing where there is nothing to test.

    Returns
    -------
    float array, (outcomes,)
        Missing where the observed statistic is; such an outcome is no test.

    Notes
    -----
    The settlements move, their answers stay together, so the dependence between the items of a battery is kept. For
    each assignment the p-value of each outcome is its rank in that outcome's own distribution; the adjusted p of the
    k-th smallest is the share of assignments whose smallest p among the outcomes not yet rejected is at most the
    observed (Westfall & Young 1993, algorithm 2.8; Romano & Wolf 2005).

    Examples
    --------
    Two outcomes that always say the same count as one.

    >>> one = np.array([3.0, 1, 2, -1, -2, -3])
    >>> westfall_young(np.column_stack([one, one]), np.array([3.0, 3.0])).round(4)
    array([0.3333, 0.3333])
    """
    far, seen = np.abs(statistics), np.abs(observed)
    far = np.where(np.isnan(far), np.inf, far)
    tie = TIE_OF_T * np.maximum(1.0, np.where(np.isfinite(seen), seen, 1.0))
    ranks = np.empty_like(far)
    for k in range(far.shape[1]):
        ordered = np.sort(far[:, k])
        ranks[:, k] = 1 - np.searchsorted(ordered, far[:, k] - tie[k], side="left") / len(ordered)
    p = np.where(np.isnan(seen), np.nan, np.mean(far >= seen - tie, axis=0))
    order = np.argsort(p, kind="stable")[: np.count_nonzero(~np.isnan(p))]
    adjusted, largest = np.full(len(p), np.nan), 0.0
    for step, outcome in enumerate(order):
        smallest = ranks[:, order[step:]].min(axis=1)  # of the outcomes not yet rejected, under each assignment
        largest = max(largest, float(np.mean(smallest <= p[outcome] + SAME_SHARE)))
        adjusted[outcome] = largest
    return adjusted
