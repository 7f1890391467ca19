"""Quantiles and tail areas of the normal, t, F and chi-squared distributions, from scipy.special alone.

`scipy.stats` has the same numbers, to the bit (a test compares them), and takes two thirds of a second to import, which
whoever asks for one mean would wait for.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special


def upper_normal(x: ArrayLike) -> np.ndarray:
    """Return ``P(Z > x)``.

    Examples
    --------
    >>> float(upper_normal(1.96).round(4))
    0.025
    """
    return np.asarray(special.ndtr(-np.asarray(x, dtype=float)))


def normal_quantile(p: ArrayLike) -> np.ndarray:
    """Return x with ``P(Z <= x) = p``."""
    return np.asarray(special.ndtri(p))


def upper_t(x: ArrayLike, df: ArrayLike) -> np.ndarray:
    """Return ``P(T > x)``; normal for infinite degrees of freedom, NaN for none.

    Examples
    --------
    >>> upper_t(2.7764, [4.0, np.inf, 0.0]).round(4).tolist()
    [0.025, 0.0027, nan]
    """
    x, df = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(df, dtype=float))
    with np.errstate(invalid="ignore"):
        tail = np.where(np.isinf(df), special.ndtr(-x), special.stdtr(np.where(np.isinf(df), 1.0, df), -x))
        return np.where(df > 0, tail, np.nan)


def t_quantile_at(p: ArrayLike, df: ArrayLike) -> np.ndarray:
    """Return x with ``P(T <= x) = p``; normal for infinite degrees of freedom, NaN for none.

    Examples
    --------
    >>> t_quantile_at(0.975, [4.0, np.inf, 0.0]).round(4).tolist()
    [2.7764, 1.96, nan]
    """
    p, df = np.broadcast_arrays(np.asarray(p, dtype=float), np.asarray(df, dtype=float))
    with np.errstate(invalid="ignore"):
        point = np.where(np.isinf(df), special.ndtri(p), special.stdtrit(np.where(df > 0, df, np.nan), p))
        # stdtrit gives plus infinity for p = 0
        return np.where(df > 0, np.where(p == 0, -np.inf, point), np.nan)


def upper_f(x: ArrayLike, df: ArrayLike, df_denominator: ArrayLike) -> np.ndarray:
    """Return ``P(F > x)``; 1 below zero, NaN where there are no degrees of freedom.

    Examples
    --------
    >>> upper_f([5.317655, -1.0], 1, 8).round(4).tolist()
    [0.05, 1.0]
    """
    x, k, m = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in (x, df, df_denominator)))
    with np.errstate(invalid="ignore"):
        # fdtrc gives NaN below zero, where nothing lies, and for an infinite denominator, where k F is chi-squared
        tail = np.where(np.isinf(m), special.chdtrc(k, np.maximum(k * x, 0.0)), special.fdtrc(k, m, np.maximum(x, 0.0)))
        return np.where((k > 0) & (m > 0), np.where(x < 0, 1.0, tail), np.nan)


def f_quantile(p: ArrayLike, df: ArrayLike, df_denominator: ArrayLike) -> np.ndarray:
    """Return x with ``P(F <= x) = p``."""
    return np.asarray(special.fdtri(df, df_denominator, p))


def upper_chi2(x: ArrayLike, df: ArrayLike) -> np.ndarray:
    """Return ``P(X2 > x)``; 1 below zero.

    Examples
    --------
    >>> float(upper_chi2(3.841459, 1).round(4))
    0.05
    """
    x, df = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(df, dtype=float))
    with np.errstate(invalid="ignore"):
        return np.where(df > 0, np.where(x < 0, 1.0, special.chdtrc(df, np.maximum(x, 0.0))), np.nan)
