"""The linearized t: Taylor errors of a difference over clusters inside strata, and the degrees of freedom that it has.

Three comparisons take it: settlements are the clusters and only their totals are known; respondents are in a design of
any kind, or have replicate weights; one respondent rated both sides, and the difference is a mean.
"""

import numpy as np

from surveykit._checks import ROUNDING
from surveykit.comparison.settlement_totals import TREATMENT
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.cluster_totals import ClusterTotals
from surveykit.estimation.engine.few_clusters import solve_weighted, weighted_scores
from surveykit.estimation.engine.respondents import influence_totals, recomputed_totals
from surveykit.estimation.engine.result_columns import standard_errors
from surveykit.estimation.engine.totals import weights_of

DEPENDENT = 1e-12
"""Eigenvalue, of products of columns of length one, that is zero but for rounding: the column of an absent group, or of
a covariate that others determine. Rounding leaves 1e-16; its inverse would be added to every coefficient."""
INDEPENDENT = 1e-10
"""Eigenvalue above which a direction counts for the rank that a replicate must have to be one. It stands a hundred
times above `DEPENDENT`: sums of a replicate are made from sums by unit, which lose two digits more."""


def freedom_left(clusters_minus_strata: float, columns: int) -> float:
    """Return the degrees of freedom of a linearized t: one is lost to each column beside the constant, one at least.

    R: ``svyttest`` is ``svyglm`` on one indicator, with ``degf(design) - 1``, and takes one off for a single mean too;
    ``svyglm`` with covariates has ``degf(design)`` minus all of them.
    """
    return float(clusters_minus_strata - max(columns - 1, 1))


def settlements_minus_strata(stratum: np.ndarray) -> int:
    """Return the degrees of freedom of settlements drawn within strata, before any column takes one."""
    return len(stratum) - len(np.unique(stratum))


def settlement_error(totals: ClusterTotals, stratum: np.ndarray) -> tuple[float, float]:
    """Return the difference between the two kinds of settlements and its error, settlements being drawn within strata.

    Of a stratum of one settlement nothing is known, so that the error is NaN.
    """
    coefficients, bread = solve_weighted(totals)
    shares = weighted_scores(totals, coefficients, bread[TREATMENT])
    count = np.bincount(stratum)[stratum]
    # the linearized value of a coefficient is its row of M times the score (Binder 1983); its total varies inside
    # strata as n / (n - 1) times the squares about their mean
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (np.bincount(stratum, shares) / np.bincount(stratum))[stratum]
        variance = float(np.sum(count / (count - 1) * (shares - centre) ** 2))
    return float(coefficients[TREATMENT]), float(np.sqrt(variance))


def mean_error(design: SurveyDesign, centred: np.ndarray, rows: np.ndarray) -> float:
    """Return the design-based standard error of a mean from the answers minus it.

    `respondent_errors` says the same of a fit of the constant, but for the last digit: here nothing is inverted.
    """
    weights = weights_of(design, rows)
    if design.replicates is None:
        totals = influence_totals((centred / weights.sum())[:, None], rows, design)
    else:
        size = np.average(np.abs(centred), weights=weights)
        columns = (np.ones(len(rows)), centred)
        totals = recomputed_totals(columns, rows, design, lambda sums: sums[:, 1:] / sums[:, :1], size)
    return float(standard_errors(totals, design)[0])


def respondent_errors(
    design: SurveyDesign, x: np.ndarray, y: np.ndarray, rows: np.ndarray, coefficients: np.ndarray
) -> np.ndarray:
    """Return design-based standard errors of weighted least squares coefficients; empty clusters stay in the design."""
    residual = y - x @ coefficients
    if np.abs(residual).max() <= ROUNDING * np.abs(y).max():  # the columns explain everything: nothing varies
        residual = np.zeros(len(y))
    # numbers from their mean and all columns with length one, so that a covariate in large units (an income, a date)
    # costs no digits; only the constant has another coefficient then. Indicators stay, zero where a group is absent.
    w = weights_of(design, rows)
    x = x - np.where(np.isin(x, (0, 1)).all(axis=0), 0.0, w @ x / w.sum())
    xwx = (x.T * w) @ x
    scaled, scale, rank = _scaled(xwx[None])
    inverse = np.linalg.pinv(scaled[0], rcond=DEPENDENT, hermitian=True) / np.outer(scale[0], scale[0])
    if design.replicates is None:
        influence = (x * residual[:, None]) @ inverse
        return standard_errors(influence_totals(influence, rows, design), design)
    first, second = np.triu_indices(x.shape[1])
    products = [x[:, i] * x[:, j] for i, j in zip(first, second)] + [column * residual for column in x.T]
    size = np.abs(inverse) @ (w @ np.abs(x * residual[:, None]))

    def shifts(sums: np.ndarray) -> np.ndarray:
        """Return by how much the coefficients differ from the full sample's; NaN where a replicate lacks a group."""
        table = np.empty((len(sums), x.shape[1], x.shape[1]))
        table[:, first, second] = table[:, second, first] = sums[:, : len(first)]
        scaled, scale, present = _scaled(table)
        inverse = np.linalg.pinv(scaled, rcond=DEPENDENT, hermitian=True)
        found: np.ndarray = np.einsum("rij,rj->ri", inverse, sums[:, len(first) :] / scale) / scale
        found[np.diagonal(table, axis1=1, axis2=2) == 0] = np.nan
        found[present < rank] = np.nan
        return found

    return standard_errors(recomputed_totals(products, rows, design, shifts, size), design)


def _scaled(xwx: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return tables of products with ones on the diagonal, their scales, and their ranks, empty columns included."""
    diagonal = np.diagonal(xwx, axis1=1, axis2=2)
    scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    scaled = xwx / scale[:, :, None] / scale[:, None, :]
    return scaled, scale, np.linalg.matrix_rank(scaled, tol=INDEPENDENT, hermitian=True) + (diagonal == 0).sum(axis=1)
