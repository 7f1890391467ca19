"""Variance from replicate weights: the estimate as it would have been, once per replicate.

Unit totals times factors are replicate totals, so that 500 replicates of a million respondents cost one matrix product
with a few hundred sampling units.
"""

import numpy as np

from surveykit._checks import warn
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.rounding import without_rounding
from surveykit.weighting.replicates import ReplicateWeights

FAR = 100
"""How many times their distance from an estimate its sampling units may be wrong about the size of what is combined."""
ONE_THREAD, FEW_PIECES = 250_000, 20
"""Multiplications that the usual libraries leave to one thread, and how many such pieces a product may be cut into."""


def replicate_variance(
    replicates: ReplicateWeights, estimates_by_replicate: np.ndarray, estimates: np.ndarray
) -> np.ndarray:
    """Return the covariance of estimates from their values in every replicate.

    Parameters
    ----------
    replicates : ReplicateWeights
    estimates_by_replicate : float array, (replicates, estimates)
        The same estimates with the weights of each replicate.
    estimates : float array, (estimates,)
        Full-sample values.

    Returns
    -------
    float array, (estimates, estimates)

    Raises
    ------
    ArgumentError
        When `estimates_by_replicate` has not one row per replicate and one column per estimate.

    Notes
    -----
    ``scale * sum_r rscale_r (theta_r - centre)(theta_r - centre)'``; the centre is the full-sample estimate (mse) or
    the mean over replicates with a positive rscale. R: ``survey::svrVar``. A replicate without an estimate (nobody of
    the group is in it) is left out, with a warning.

    References
    ----------
    Wolter, K. M. (2007). Introduction to Variance Estimation. Springer, chapters 3-5.

    Examples
    --------
    Leaving out one of three settlements in turn:

    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> design = sk.SurveyDesign(pd.DataFrame({"settlement": ["S1", "S2", "S3"]}), cluster="settlement")
    >>> made = sk.replicate_weights(design, "JK1")
    >>> sk.replicate_variance(made, np.array([[1.0], [2.0], [3.0]]), np.array([2.0])).round(4).tolist()
    [[1.3333]]
    """
    drawn, full = np.asarray(estimates_by_replicate), np.asarray(estimates)
    if drawn.ndim != 2 or full.ndim != 1 or drawn.shape != (replicates.n_replicates, len(full)):
        raise ArgumentError(
            f"`estimates_by_replicate` must have one row per replicate and one column per estimate, {(replicates.n_replicates, *full.shape)} here, but {drawn.shape} was given"
        )
    differences = drawn - full
    deviations = scaled_replicates(fill_gaps(differences, replicates), replicates)
    return np.asarray(deviations.T @ deviations)


def scaled_replicates(differences: np.ndarray, replicates: ReplicateWeights) -> np.ndarray:
    """Return replicate minus full-sample estimates as the table whose cross-product is their covariance."""
    if not replicates.mse:
        size = np.abs(differences).max(axis=0, initial=0.0)
        differences = without_rounding(differences - differences[replicates.rscales > 0].mean(axis=0), size)
    return np.asarray(np.sqrt(replicates.scale * replicates.rscales)[:, None] * differences)


def differences_of_totals(unit_totals: np.ndarray, replicates: ReplicateWeights) -> np.ndarray:
    """Return replicate minus full-sample totals, (replicates, estimates), from unit totals."""
    full = unit_totals.sum(axis=0)
    return without_rounding(
        replicate_totals(unit_totals, replicates) - full, np.abs(unit_totals).sum(axis=0), replicates.rounding
    )


def replicate_totals(unit_totals: np.ndarray, replicates: ReplicateWeights) -> np.ndarray:
    """Return the totals of every replicate, (replicates, estimates), from unit totals.

    A small product is made in pieces that one thread computes: waking others takes longer than the product itself.
    """
    factors = replicates.factors.T
    if factors.shape[0] * unit_totals.size > FEW_PIECES * ONE_THREAD:
        return np.asarray(factors @ unit_totals)
    rows = max(1, ONE_THREAD // max(unit_totals.size, 1))
    return np.vstack([factors[start : start + rows] @ unit_totals for start in range(0, len(factors), rows)])


def differences_of_ratios(numerator: np.ndarray, denominator: np.ndarray, replicates: ReplicateWeights) -> np.ndarray:
    """Return replicate minus full-sample ratios of totals, (replicates, estimates), from unit totals."""
    both = replicate_totals(np.hstack([numerator, denominator]), replicates)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = both[:, : numerator.shape[1]] / both[:, numerator.shape[1] :]
        full = numerator.sum(axis=0) / denominator.sum(axis=0)
        found = without_rounding(fill_gaps(values - full, replicates), full)
        # a ratio of answers far from zero (dates) is as exact as these are far from it, not as they are from zero
        apart = np.abs(numerator - full * denominator).sum(axis=0) / np.abs(denominator.sum(axis=0))
        return without_rounding(found, np.fmin(np.abs(full), FAR * apart), replicates.rounding)


def fill_gaps(differences: np.ndarray, replicates: ReplicateWeights) -> np.ndarray:
    """Return the differences with those of replicates that have no estimate set to add nothing to the variance."""
    absent = np.isnan(differences) & ~np.isnan(differences).all(axis=0)
    if not absent.any():
        return differences
    warn(
        f"{int(absent.any(axis=1).sum())} of {len(differences)} replicates have no estimate for some rows (nobody of the group is in them, or the model cannot be fitted) and are left out there"
    )
    counted = differences[replicates.rscales > 0]
    return np.where(absent, 0.0 if replicates.mse else np.nanmean(counted, axis=0), differences)
