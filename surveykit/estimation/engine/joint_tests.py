"""Several coefficients at once under few clusters: Hotelling's T squared with corrected degrees of freedom."""

from dataclasses import dataclass

import numpy as np

from surveykit.estimation.engine.cluster_totals import ClusterTotals
from surveykit.estimation.engine.few_clusters import (
    ClusterRobust,
    adjusted_scores,
    fit_robust,
    solve_weighted,
    working_model,
)


@dataclass(frozen=True, slots=True)
class JointTest:
    """A test that several coefficients are zero together: statistic F with its degrees of freedom and p-value."""

    statistic: float
    df: float
    df_denominator: float


def hotelling_test(
    totals: ClusterTotals, contrasts: np.ndarray, kind: ClusterRobust = "cr2", values: np.ndarray | None = None
) -> JointTest:
    """Return the approximate Hotelling test (HTZ) that ``contrasts @ coefficients`` are all zero.

    Parameters
    ----------
    totals : ClusterTotals
    contrasts : float array, (restrictions, columns)
    kind : str
        Covariance; CR2 is the one that the approximation is made for.
    values : float array, (restrictions,), optional
        ``contrasts @ coefficients`` where the totals are those of residuals and so cannot tell them.

    Notes
    -----
    ``F = (eta - q + 1) / (eta q) Q`` on ``(q, eta - q + 1)`` degrees of freedom with
    ``eta = q (q + 1) / sum_st Var(D_st)``, the Wishart that matches the total variance of the covariance matrix
    (Pustejovsky & Tipton 2018, section 3.2). R: ``clubSandwich::Wald_test(..., test = "HTZ")``.
    """
    _, bread = solve_weighted(totals)
    q, fit = len(contrasts), fit_robust(totals, kind, contrasts)
    # The test does not depend on the units of the restrictions; in units of their errors no small one is lost as noise.
    size = np.where(fit.std_errors > 0, fit.std_errors, 1.0)
    contrasts, covariance = contrasts / size[:, None], fit.covariance / np.outer(size, size)
    # A covariance of less than full rank has no inverse: fewer clusters can differ than restrictions are tested.
    if np.linalg.matrix_rank(covariance, hermitian=True) < q:
        return JointTest(np.nan, float(q), np.nan)
    raw = _covariance_of_scores(totals, kind, adjusted_scores(totals, bread, kind), bread @ contrasts.T)
    # Omega, what the covariance is expected to be under the working model: the sum over clusters of Cov(z_gs, z_gt).
    # Its inverse root on both sides turns the covariance into one that should be the identity.
    expected, vectors = np.linalg.eigh(np.einsum("stgg->st", raw))  # sums over clusters
    root = (vectors / np.sqrt(expected)) @ vectors.T
    # sums over the restrictions s and t: the scores turned to new restrictions a and b
    between = np.einsum("as,stgh,bt->abgh", root, raw, root, optimize=True)
    # D_st = sum_g z_gs z_gt is a sum of products of normal scores, so by Isserlis' theorem
    # Var(D_st) = sum_gh [Cov(z_gs, z_hs) Cov(z_gt, z_ht) + Cov(z_gs, z_ht) Cov(z_gt, z_hs)].
    diagonal = np.einsum("ssgh->sgh", between)  # of each restriction with itself; the sums below run over all indices
    variance = np.einsum("sgh,tgh->", diagonal, diagonal) + np.einsum("stgh,tsgh->", between, between)
    # A Wishart matrix with eta degrees of freedom and mean I has total variance q (q + 1) / eta; eta matches it.
    eta = q * (q + 1) / variance
    difference = (fit.coefficients if values is None else values) / size
    wald = float(difference @ np.linalg.solve(covariance, difference))
    # Hotelling's T^2 on eta degrees of freedom is an F after this scaling.
    return JointTest(float((eta - q + 1) / (eta * q) * wald), float(q), float(eta - q + 1))


def _covariance_of_scores(
    totals: ClusterTotals, kind: ClusterRobust, roots: np.ndarray, combinations: np.ndarray
) -> np.ndarray:
    """Return the working covariance of the adjusted scores z_gs and z_ht, (2 x contrasts, 2 x clusters)."""
    projected, expected, coupling = working_model(totals, kind, roots, combinations)
    # sums over the columns z and v of Z_g and Z_h
    between: np.ndarray = -np.einsum("gzs,zv,hvt->stgh", projected, coupling, projected, optimize=True)
    itself = np.arange(len(totals.n))
    between[:, :, itself, itself] = np.moveaxis(expected, 0, 2)
    return between
