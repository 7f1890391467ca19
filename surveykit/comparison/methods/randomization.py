"""Randomization inference: what the difference would have been, had other settlements been the treated ones."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from surveykit.comparison.assignments import Assignments
from surveykit.comparison.partialling import PartialledOut, partial_out, partial_size
from surveykit.comparison.studentized_draws import StudentizedDraws, blocks
from surveykit.estimation.engine.cluster_totals import ClusterTotals

TIE = 1e-10
"""Two values of a statistic are a tie when they differ by less than this part of the numbers that they are made of.

The mirrored assignment has the same difference through other sums, which round to 1e-15 of the settlements' means. A
thousand times more would join differences of 1e-7 scale points, which weights do tell apart.
"""
FLAT = 1e-9
"""An assignment whose statistic moves with the effect as the observed one does, but for rounding, never tells an effect
apart and covers all of them: it is the observed one, or its mirror. Divided by so little, its ends would be noise."""
WHOLE = 1e-9
"""`alpha` times the number of assignments is a whole number up to rounding: 0.29 x 100 is 28.999999999999996 and stands
for 29. Of 250,000 assignments the product is known to 1e-11."""


@dataclass(frozen=True, slots=True, eq=False)
class Randomized:
    """The statistic under every assignment; under the null of a constant effect tau it is ``at_zero - tau * slope``.

    Attributes
    ----------
    observed : float
        Estimate under the assignment that happened.
    at_zero, slope : float array, (assignments,)
    exact : bool
    size : float
        Largest of the numbers that the statistic is a difference of, in units of the outcome: it tells ties.
    """

    observed: float
    at_zero: np.ndarray
    slope: np.ndarray
    exact: bool
    size: float

    def centred(self) -> "Randomized":
        """Return the draws around their mean over the assignments, in units in which the observed effect counts 1.

        With blocks of unequal shares the difference is not 0 on average, whatever the answers; only its distance from
        that average tells anything (R's ``coin::independence_test`` standardizes the same way).
        """
        # the draws of D_a - tau E_a have mean middle - tau (1 - pull); over pull, the observed effect counts 1 again
        middle, pull = float(np.nanmean(self.at_zero)), 1 - float(np.nanmean(self.slope))
        return Randomized(
            (self.observed - middle) / pull,
            (self.at_zero - middle) / pull,
            (self.slope - (1 - pull)) / pull,
            self.exact,
            self.size / abs(pull),
        )

    def p_values(self) -> tuple[float, float, float]:
        """Return the p-value two-sided, that the effect is positive, and that it is negative; ties count."""
        if not math.isfinite(self.observed):
            return math.nan, math.nan, math.nan
        tie = TIE * self.size
        far = float(np.mean(np.abs(self.at_zero) >= abs(self.observed) - tie))
        return (
            far,
            float(np.mean(self.at_zero >= self.observed - tie)),
            float(np.mean(self.at_zero <= self.observed + tie)),
        )

    def interval(self, alpha: float) -> tuple[float, float]:
        """Return the constant effects that the two-sided test at level `alpha` does not reject.

        Notes
        -----
        Had the effect been tau for everybody, subtracting it from the treated restores what they would have answered
        otherwise, and assignment a gives ``D_a - tau E_a``. That is as far from 0 as ``D - tau`` for the taus between
        ``(D - D_a) / (1 - E_a)`` and ``(D + D_a) / (1 + E_a)``; so ``p(tau)`` is the share of these intervals
        that cover tau, and the ends follow by sorting, without a search. (Where ``|E_a| > 1``, possible only with
        covariates, the assignment is counted as covering every tau, which can only widen the interval.)
        """
        if not np.isfinite(self.observed):
            return math.nan, math.nan
        ends = interval_of_constant_effects(np.array([self.observed]), self.at_zero[None, :], self.slope, alpha)
        return float(ends[0, 0]), float(ends[0, 1])


def interval_of_constant_effects(
    observed: np.ndarray, at_zero: np.ndarray, slope: np.ndarray, alpha: float
) -> np.ndarray:
    """Return the intervals of `Randomized.interval` for many surveys under the same assignments, (surveys, 2).

    Parameters
    ----------
    observed : float array, (surveys,)
    at_zero : float array, (surveys, assignments)
    slope : float array, (assignments,)
    alpha : float
    """
    down, up = 1 - slope, 1 + slope
    wide = (down <= FLAT) | (up <= FLAT)
    first = np.where(wide, -np.inf, (observed[:, None] - at_zero) / np.where(wide, 1, down))
    second = np.where(wide, np.inf, (observed[:, None] + at_zero) / np.where(wide, 1, up))
    # Every interval holds the estimate. Below it p(tau) is the share of them that start at or below tau, so that p(tau)
    # > alpha from start number floor(alpha * count) + 1 on; above it likewise with the ends.
    count = at_zero.shape[1]
    place = math.floor(alpha * count + WHOLE)
    if place >= count:
        return np.column_stack([observed, observed])
    low = np.partition(np.minimum(first, second), place, axis=1)[:, place]
    high = np.partition(np.maximum(first, second), count - 1 - place, axis=1)[:, count - 1 - place]
    return np.column_stack([low, high])


def randomize_difference(totals: ClusterTotals, column: int, assignments: Assignments) -> Randomized:
    """Return the weighted regression coefficient of the treatment under every assignment.

    Parameters
    ----------
    totals : ClusterTotals
        Of a design matrix whose column 0 is the constant.
    column : int
        Column of the treatment, constant inside settlements.
    assignments : Assignments

    Notes
    -----
    Without covariates the coefficient is the difference of the two weighted means; with them, the covariates are
    partialled out anew under each assignment (Frisch-Waugh-Lovell), all from settlement totals.
    """
    pieces = partial_out(totals, column)
    rests = np.column_stack([pieces.rest_y, pieces.rest_z])
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = np.concatenate(
            [treated @ rests / partial_size(pieces, treated)[:, None] for treated in blocks(assignments.treated)]
        )
        real = pieces.observed
        observed = float((real @ pieces.rest_y) / partial_size(pieces, real[None, :])[0])
    return Randomized(observed, moved[:, 0], moved[:, 1], assignments.exact, largest_mean(totals))


def largest_mean(totals: ClusterTotals) -> float:
    """Return the largest absolute mean of the outcome in a settlement; column 0 of the matrix is the constant."""
    weight = totals.xwx[:, 0, 0]
    return float(np.max(np.abs(totals.xwy[:, 0]) / np.where(weight > 0, weight, 1.0)))


def randomize_studentized(totals: ClusterTotals, column: int, assignments: Assignments) -> StudentizedDraws:
    """Return the difference divided by its cluster-robust error (Stata's factor) under every assignment.

    The observed assignment is among the draws, whether all are listed or not, so its share is the p-value. Studentizing
    makes the test also one of equal means when effects differ between settlements (Wu & Ding 2021).
    """
    pieces = partial_out(totals, column)
    n, p, n_clusters = totals.n.sum(), totals.xx.shape[1], int((totals.n > 0).sum())
    factor = n_clusters * (n - 1) / ((n_clusters - 1) * (n - p))
    parts = [_studentize(totals, pieces, treated) for treated in blocks(assignments.treated)]
    coefficient0, coefficient1, *variances = (np.concatenate(columns) for columns in zip(*parts))
    middle = (float(np.nanmean(coefficient0)), float(np.nanmean(coefficient1))) if assignments.uneven else (0.0, 0.0)
    return StudentizedDraws(
        coefficient0, coefficient1, factor * variances[0], factor * variances[1], factor * variances[2], True, *middle
    )


def _studentize(totals: ClusterTotals, pieces: PartialledOut, treated: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the parts of the studentized statistic (see `StudentizedDraws`) under some assignments."""
    # With z~ = z - x'slope the treatment less its regression on the others, and u the residual of the whole fit,
    # settlement g's score is sum w z~ u = z_g sum w u - slope' sum w x u, each sum known from settlement totals: `own`
    # is the first, `inside` what is taken off. Over z~'Wz~ it is what g adds to the coefficient's error.
    size = partial_size(pieces, treated)
    cross = treated @ pieces.sums
    slope = cross @ pieces.bread
    coefficients, scores = [], []
    for rest, outcome, moment in (
        (pieces.rest_y, totals.xwy[:, 0], pieces.cross_y),
        (pieces.rest_z, pieces.observed * pieces.weight, pieces.cross_z),
    ):
        effect = treated @ rest / size
        others = (moment.sum(axis=0) - effect[:, None] * cross) @ pieces.bread  # their coefficients beside the effect
        own = outcome - others @ pieces.sums.T - effect[:, None] * treated * pieces.weight
        pairs = (slope[:, :, None] * others[:, None, :]).reshape(len(treated), -1)
        inside = (
            slope @ moment.T
            - pairs @ pieces.square.reshape(len(pieces.square), -1).T
            - effect[:, None] * treated * (slope @ pieces.sums.T)
        )
        coefficients.append(effect)
        scores.append((treated * own - inside) / size[:, None])
    # sums over settlements, for y, for y with the observed treatment, and for that alone
    return (*coefficients, *(np.einsum("ag,ag->a", scores[i], scores[j]) for i, j in ((0, 0), (0, 1), (1, 1))))


def randomize_statistic(
    values: np.ndarray,
    weights: np.ndarray,
    assignments: Assignments,
    statistic: Callable[[np.ndarray, np.ndarray, np.ndarray], float],
) -> np.ndarray:
    """Return any statistic of settlement means under every assignment.

    Parameters
    ----------
    values, weights : float array, (settlements,)
        Weighted mean and sum of weights of each settlement.
    assignments : Assignments
    statistic : function
        Takes (values, weights, treated as booleans) and returns a number.
    """
    # copies: a statistic that sorts in place must not change what the next one is given
    return np.array([statistic(values.copy(), weights.copy(), row > 0) for row in assignments.treated])
