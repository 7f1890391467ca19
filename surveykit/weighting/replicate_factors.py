"""Factors of replicate weights: jackknife, balanced half samples, bootstraps; arrays over the clusters of a design.

Each function takes the stratum of each cluster and returns the factors (clusters x replicates) and what scales them.
"""

import numpy as np

from surveykit.errors import ArgumentError, DesignError
from surveykit.sampling_units import LonelyPSU
from surveykit.weighting.hadamard import hadamard_matrix


def jackknife_factors(
    strata: np.ndarray, population: np.ndarray, lonely_psu: LonelyPSU
) -> tuple[np.ndarray, float, np.ndarray]:
    """Return the delete-one-cluster factors: the other clusters of its stratum make up for the one left out."""
    size = np.bincount(strata)
    n_clusters, n_strata = len(strata), len(size)
    # delete-one jackknife within strata: (1 - f_h)(n_h - 1) / n_h times the squared change (Wolter 2007, chapter 4)
    left = 1 - size[strata] / population  # finite population correction
    alone = size[strata] == 1
    others = np.maximum(size[strata] - 1, 1)
    factors = np.where(strata[:, None] == strata, size[strata] / others, 1.0)
    rscales = left * others / size[strata]
    dropped = ~alone
    if lonely_psu == "adjust" and n_strata > 1:
        # without the lone cluster the other strata stand for its own, as in a jackknife of strata
        factors[:, alone] = n_strata / (n_strata - 1)
        rscales[alone] = (n_strata - 1) / n_strata
        dropped = ~alone | (left > 0)
    np.fill_diagonal(factors, 0.0)
    if not dropped.any():
        raise DesignError(
            "a jackknife needs at least two clusters in some stratum, but every stratum has one; name a finer cluster, or merge strata"
        )
    scale = n_clusters / int(dropped.sum()) if lonely_psu == "average" else 1.0
    return (factors, scale, rscales) if dropped.all() else (factors[:, dropped], scale, rscales[dropped])


def half_sample_factors(stratum: np.ndarray, rho: float) -> tuple[np.ndarray, float, np.ndarray]:
    """Return balanced half-sample factors: 2 - rho for the chosen cluster of each pair, rho for the other."""
    if not isinstance(rho, int | float) or not 0 <= rho < 1:
        raise ArgumentError(f"`fay_rho` must lie from 0 to below 1 (0.3 or 0.5 are usual), but {rho!r} was given")
    size = np.bincount(stratum)
    if (size != 2).any():
        raise DesignError(
            f'balanced half samples need exactly two clusters per stratum, but {int((size != 2).sum())} of {len(size)} strata have another number; use "JKn" or "bootstrap"'
        )
    # Rows of a Hadamard matrix are orthogonal, so that products of different strata cancel over the replicates; all but
    # the first sum to zero, so that the replicates' mean is the full-sample total (Wolter 2007, chapter 3).
    signs = hadamard_matrix(len(size) + 1)[1 : len(size) + 1]
    second = np.zeros(len(stratum), dtype=bool)
    second[np.unique(stratum, return_index=True)[1]] = True
    sign = np.where(second[:, None], 1, -1) * signs[stratum]
    replicates = signs.shape[1]
    # Fay's factors move a total by (1 - rho) of what half samples do; the scale gives that back squared (Judkins 1990)
    return 1 + (1 - rho) * sign, 1 / (replicates * (1 - rho) ** 2), np.ones(replicates)


def bootstrap_factors(
    stratum: np.ndarray, population: np.ndarray, replicates: int, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Return Rao and Wu's (1988) factors: n - 1 clusters drawn with replacement from the n of each stratum."""
    factors = np.ones((len(stratum), replicates))
    for number in range(int(stratum.max()) + 1):
        rows = np.flatnonzero(stratum == number)
        n = len(rows)
        if n > 1:
            # a mean of n - 1 draws varies by s^2 (n - 1) / n over n - 1, so s^2 / n as the sample's does
            drawn = rng.multinomial(n - 1, np.full(n, 1 / n), size=replicates).T
            reach = np.sqrt(1 - n / population[rows[0]])
            factors[rows] = 1 + reach * (drawn * n / (n - 1) - 1)
    return factors, 1.0


def poisson_factors(
    stratum: np.ndarray, population: np.ndarray, replicates: int, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Return factors from independent Poisson draws, centred by stratum, and the scale that undoes their shrinking."""
    deviations = np.zeros((len(stratum), replicates))
    for number in range(int(stratum.max()) + 1):
        rows = np.flatnonzero(stratum == number)
        n = len(rows)
        if n > 1:
            # centred, each deviation has variance (n - 1) / n and covariance -1 / n with the others, so that a total
            # varies as its sum of squares about the mean; n / (n - 1) of that is the design's variance
            drawn = rng.poisson(1.0, size=(n, replicates))
            deviations[rows] = np.sqrt(n / (n - 1) * (1 - n / population[rows[0]])) * (drawn - drawn.mean(axis=0))
    shrink = max(1.0, float(-deviations.min()))
    return 1 + deviations / shrink, shrink**2
