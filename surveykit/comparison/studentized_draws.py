"""A studentized statistic under many draws, for any null value: the common ground of bootstrap and randomization."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from surveykit.estimation.engine.rounding import SQUARES_LEFT

TIE_OF_T = 1e-9
"""Two draws of a statistic free of units are a tie when they differ by less, as a part of it where it is above one.

The same assignment (or its mirror) comes out through other sums and differs by 1e-13; taken for less extreme than the
observed one it would make p too small by one draw, 0.1 of ten. Ten thousand times more would join draws that differ."""
FARTHEST = 1e6
"""Standard errors from the estimate at which an end of an interval that is not reached counts as infinite."""
NEAREST = 1e-12
"""Standard errors to which an end is found: what sixteen digits allow. The p-value is a step function, and a null value
short of the step is not the end."""
MANY_SETTLEMENTS, FEWER_DRAWS = 1_000, 999
"""Of more settlements fewer draws are made: each costs as much as there are settlements, and with so many of them the
reference distribution is smooth, so that 999 places tell p to a thousandth."""
_BLOCK = 16_000
"""Numbers that are computed with at once. Arrays of more than 128 kB are fetched from the system anew each time
(glibc's threshold), which takes thirty times as long as the arithmetic."""


@dataclass(frozen=True, slots=True, eq=False)
class StudentizedDraws:
    """What a studentized statistic is under each draw, for whatever null value tau.

    ``t_b = (coefficient0 - tau coefficient1) / sqrt(variance00 - 2 tau variance01 + tau^2 variance11)`` for draw b.

    Attributes
    ----------
    coefficient0, coefficient1, variance00, variance01, variance11 : float array, (draws,)
        Of the outcome (0) and of the treatment (1): coefficients, their variances and covariance.
    exact : bool
        True when the observed draw is among them, as it is when they are all that exist.
    middle0, middle1 : float
        What the draws vary around: 0, or with blocks of unequal shares the means of `coefficient0` and `coefficient1`.
    """

    coefficient0: np.ndarray
    coefficient1: np.ndarray
    variance00: np.ndarray
    variance01: np.ndarray
    variance11: np.ndarray
    exact: bool
    middle0: float = 0.0
    middle1: float = 0.0

    def statistics(self, null: float = 0.0) -> np.ndarray:
        """Return t of every draw when the null value is `null`; NaN where a draw leaves no variance."""
        # y - null * z has the coefficient of y minus null times that of z, and cluster scores s0 - null * s1, whose
        # squares sum to a quadratic in null: one pass over the draws serves every null value
        distance = self.coefficient0 - null * self.coefficient1 - (self.middle0 - null * self.middle1)
        variance = self.variance00 - 2 * null * self.variance01 + null**2 * self.variance11
        size = np.abs(self.variance00) + np.abs(2 * null * self.variance01) + null**2 * np.abs(self.variance11)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(
                variance > SQUARES_LEFT * size, distance / np.sqrt(np.where(variance > 0, variance, np.nan)), np.nan
            )

    def least_rejected(self, estimate: float) -> float:
        """Return the null value at which the observed draw is the least extreme: the estimate, but for the middle."""
        return (estimate - self.middle0) / (1 - self.middle1)

    def p_value(self, estimate: float, std_error: float, null: float = 0.0) -> float:
        """Return the share of draws as far from `null` as the estimate (ties and draws without variance count)."""
        if not std_error > 0:
            return float("nan")
        observed = abs(estimate - null - (self.middle0 - null * self.middle1)) / std_error
        drawn = np.abs(self.statistics(null))
        count = int(np.count_nonzero((drawn >= observed - TIE_OF_T * max(1.0, observed)) | np.isnan(drawn)))
        # of random draws the observed one counts as one more, so that p is never 0 (Davison & Hinkley 1997, section
        # 4.2)
        return count / len(drawn) if self.exact else (count + 1) / (len(drawn) + 1)


def block_rows(width: int) -> int:
    """Return how many draws of so many settlements are computed with at once."""
    return max(2, _BLOCK // max(1, width))


def blocks(table: np.ndarray) -> Iterator[np.ndarray]:
    """Yield a table by rows, a few at a time, as floats."""
    rows = block_rows(table.shape[1])
    return (table[start : start + rows].astype(float) for start in range(0, len(table), rows))


def invert_test(
    p_value: Callable[[float], float], estimate: float, std_error: float, alpha: float, precision: float = NEAREST
) -> tuple[float, float]:
    """Return the interval of null values that a test at level `alpha` does not reject, by bisection outwards.

    An end that is not reached within a million standard errors is infinite: the test cannot reject that far.
    """
    ends = []
    for sign in (-1.0, 1.0):
        reach, inside = 4.0 * std_error, 0.0
        while np.isfinite(reach) and p_value(estimate + sign * reach) > alpha and reach < FARTHEST * std_error:
            inside, reach = reach, 2 * reach
        if not std_error > 0 or reach >= FARTHEST * std_error:
            ends.append(sign * np.inf if std_error > 0 else np.nan)
            continue
        for _ in range(60):
            middle = (inside + reach) / 2
            if p_value(estimate + sign * middle) > alpha:
                inside = middle
            else:
                reach = middle
            if reach - inside < precision * std_error:
                break
        ends.append(estimate + sign * (inside + reach) / 2)
    return float(ends[0]), float(ends[1])
