"""Intervals and p-values from t, missing where no degrees of freedom are left; infinite ones make them normal."""

import numpy as np

from surveykit.distributions import t_quantile_at, upper_t


def t_quantile(df: np.ndarray, confidence: float) -> np.ndarray:
    """Return the two-sided t quantile, NaN where df <= 0.

    Examples
    --------
    >>> t_quantile(np.array([4.0, np.inf, 0.0]), 0.95).round(4).tolist()
    [2.7764, 1.96, nan]
    """
    return t_quantile_at((1 + confidence) / 2, df)


def t_interval(
    estimate: np.ndarray, std_error: np.ndarray, df: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of t intervals; NaN where no degrees of freedom are left."""
    reach = t_quantile(df, confidence) * std_error
    return estimate - reach, estimate + reach


def two_sided_p(statistic: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Return the two-sided p-value of t statistics; NaN where no degrees of freedom are left.

    Examples
    --------
    >>> two_sided_p(np.array([2.7764, 1.96, 2.0]), np.array([4.0, np.inf, 0.0])).round(4).tolist()
    [0.05, 0.05, nan]
    """
    return 2 * upper_t(np.abs(statistic), df)
