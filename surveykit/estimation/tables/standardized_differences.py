"""How far two groups are apart, in standard deviations: of means, and of all shares of an answer together."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from surveykit.results import Row

Differences = Literal["multivariate", "level"]
DEPENDENT = 1e-9
"""Part of the largest eigenvalue of a covariance below which there is no variance in that direction.

Rounding leaves 1e-16 of it or so; of shares, a level that one of a million gave leaves 1e-6."""


def differences_of(name: str, rows: Sequence[Row], sides: tuple[str, str], kind: Differences) -> list[Row]:
    """Return the standardized differences of a variable between two groups."""
    own = [row for row in rows if row.outcome == name and row.group in sides]
    label: dict[str, Any] = {
        "outcome": name,
        "group": sides[0],
        "baseline": sides[1],
        "term": "standardized_difference",
    }
    extra = {"count": np.nan, "df_denominator": np.nan}
    average = {row.group: row.estimate for row in own if row.term == "mean"}
    n = sum(row.n for row in own if row.term == "mean")
    if average:
        spread = {row.group: row.estimate for row in own if row.term == "std_deviation"}
        value = standardized(*(average[side] for side in sides), *(spread[side] ** 2 for side in sides))
        return [Row(value, **label, method="pooled", n=n, extra=extra)]
    parts = [{row.level: row for row in own if row.term == "share" and row.group == side} for side in sides]
    p, q = (np.array([row.estimate for row in part.values()]) for part in parts)
    n = sum(next(iter(part.values())).n for part in parts)
    if kind == "multivariate":
        return [Row(yang_dalton(p, q), **label, method="yang-dalton", n=n, extra=extra)]
    return [
        Row(
            standardized(one, other, one * (1 - one), other * (1 - other)),
            **label,
            level=level,
            method="pooled",
            n=n,
            extra=extra,
        )
        for level, one, other in zip(parts[0], p.tolist(), q.tolist())
    ]


def standardized(mean: float, mean_baseline: float, variance: float, variance_baseline: float) -> float:
    """Return a difference of means over the root of the average variance; infinite where neither side varies.

    Examples
    --------
    >>> standardized(3.0, 1.0, 2.0, 6.0), standardized(1.0, 0.0, 0.0, 0.0)
    (1.0, inf)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.sqrt(np.float64(variance + variance_baseline) / 2)
        difference = np.float64(mean - mean_baseline)
        return float(difference / pooled) if difference != 0 or np.isnan(pooled) else 0.0


def yang_dalton(shares_group: np.ndarray, shares_baseline: np.ndarray) -> float:
    """Return the multivariate standardized difference of two distributions over the same answers.

    Examples
    --------
    >>> round(yang_dalton(np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])), 4)
    0.7682
    """
    given = (shares_group > 0) | (shares_baseline > 0)  # an answer nobody gave tells nothing
    p, q = shares_group[given][1:], shares_baseline[given][1:]
    if np.isnan(p - q).any():
        return float("nan")
    # Yang & Dalton (2012): Mahalanobis' distance of the shares without one, in the average multinomial covariance
    covariance = sum(np.diag(one) - np.outer(one, one) for one in (p, q)) / 2 if len(p) else np.zeros((0, 0))
    sizes, axes = np.linalg.eigh(covariance)
    along = axes.T @ (p - q)
    flat = sizes <= DEPENDENT * max(float(sizes.max(initial=0.0)), 1.0)
    if (np.abs(along[flat]) > DEPENDENT).any():
        return float("inf")  # what tells the groups apart varies in neither
    return float(np.sqrt((along[~flat] ** 2 / sizes[~flat]).sum()))
