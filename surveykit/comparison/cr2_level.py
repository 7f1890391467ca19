"""The true level of CR2's t test with the settlements at hand: exact for normal answers, found without any answer."""

import numpy as np

from surveykit.estimation.engine.chi_square_sums import NO_SCALE
from surveykit.estimation.engine.cluster_totals import ClusterTotals
from surveykit.estimation.engine.few_clusters import adjusted_scores, solve_weighted

MOST_SETTLEMENTS = 150
"""Beyond so many settlements the level is not computed: only one that dominates its side could move it then, which is
looked for by itself, and the eigenvalues of larger tables take longer than the comparison."""
STEP = 0.02
GRID = np.exp(np.arange(-30.0, 60.0, STEP))
"""Where Imhof's integral is summed. Its variable is the logarithm of u, in which the integrand falls off on both sides,
so that plain sums converge faster than any power of the step; steps of 0.05 agree to 1e-10."""


def true_level(totals: ClusterTotals, column: int, critical: float, icc: float) -> float:
    """Return the chance that CR2's |t| of one coefficient exceeds `critical` when the coefficient is zero.

    Parameters
    ----------
    totals : ClusterTotals
        Of a design matrix whose columns are all constant inside settlements; what the outcome is does not matter.
    column : int
        Coefficient tested.
    critical : float
        Critical value that the test uses.
    icc : float
        Intraclass correlation of the answers, which are normal; the size of their variance does not matter.

    Notes
    -----
    The estimate is linear in the answers and its CR2 variance the sum of the squares of G linear functions of them, so
    ``t^2 > c^2`` says that the quadratic form ``(l'y)^2 - c^2 |L y|^2`` of normal variables is positive. The chance of
    that follows from the form's eigenvalues by one integral (Imhof 1961, Biometrika 48, 419-426, equation 3.2). The
    answers of a settlement enter through its sums of y and of (w - 1) y, hence through three normal variables: what its
    people share, and two for the sums of what is their own. Satterthwaite's degrees of freedom take neighbours for
    independent; where few large settlements carry a side and neighbours are alike, the true level is therefore higher
    than the nominal one.

    Examples
    --------
    Settlements of equal size: the test is exact.

    >>> from scipy import stats
    >>> from surveykit.estimation.engine.cluster_totals import cluster_totals
    >>> place = np.repeat(np.arange(10), 30)
    >>> x = np.column_stack([np.ones(300), place < 5]).astype(float)
    >>> totals = cluster_totals(x, np.zeros(300), np.ones(300), place)
    >>> round(true_level(totals, 1, stats.t.ppf(0.975, 8), 0.1), 6)
    0.05
    """
    n_settlements, p = len(totals.n), totals.xx.shape[1]
    _, bread = solve_weighted(totals)
    n, d, dd = totals.xx[:, 0, 0], totals.xdx[:, 0, 0], totals.xddx[:, 0, 0]
    shared, own = np.sqrt(icc), np.sqrt(1 - icc)
    # sum y and sum (w - 1) y of each settlement as functions of its three normal variables, (settlements, 3)
    plain = np.stack([n * shared, own * np.sqrt(n), np.zeros(n_settlements)], axis=1)
    weighted = np.stack([d * shared, own * d / np.sqrt(n), own * np.sqrt(np.clip(dd - d**2 / n, 0, None))], axis=1)
    x = totals.xx[:, 0, :] / n[:, None]
    # all coefficients as functions of all variables, (columns, settlements, 3): M X_g'W_g y_g, a sum over columns q
    coefficients = np.einsum("pq,gq,gk->pgk", bread, x, plain + weighted)
    # A cluster's score of the coefficient is r_g'Z_g'e_g with e_g = y_g - X_g b: first what -X_g b puts into it, then,
    # in its own place, y_g. Upper half of r_g: sums with weight 1; lower half: with w - 1.
    roots = adjusted_scores(totals, bread, "cr2") @ bread[column]
    pulled = np.einsum("gp,gpq->gq", roots[:, :p], totals.xx) + np.einsum("gp,gpq->gq", roots[:, p:], totals.xdx)
    scores = -np.einsum("gq,qhk->ghk", pulled, coefficients)
    here = np.arange(n_settlements)
    scores[here, here] += (
        np.einsum("gp,gp->g", roots[:, :p], x)[:, None] * plain
        + np.einsum("gp,gp->g", roots[:, p:], x)[:, None] * weighted
    )
    lines = np.concatenate([coefficients[column][None], scores]).reshape(n_settlements + 1, -1)
    # Three steps. The form is B'SB with B the estimate and the G scores as rows over 3 G normal variables, S the signs.
    # Its eigenvalues other than 0 are those of S BB', a table of G + 1 rows; and as BB' = CC' with C its eigenvectors
    # times the roots of its eigenvalues, those of C'SC, which is symmetric, so that eigvalsh finds them all real.
    signs = np.concatenate([[1.0], np.full(n_settlements, -(critical**2))])
    size, turn = np.linalg.eigh(lines @ lines.T)
    root = turn * np.sqrt(np.clip(size, 0, None))
    values = np.linalg.eigvalsh((root.T * signs) @ root)
    values = values / np.abs(values).max()
    return _chance_positive(values[np.abs(values) > NO_SCALE])


def _chance_positive(values: np.ndarray) -> float:
    """Return P(sum of values times independent squared normal variables > 0) by Imhof's integral."""
    # Imhof's (3.2) at 0: 1/2 + 1/pi * integral of sin(sum atan(v u) / 2) / (u prod (1 + v^2 u^2)^(1/4)), and du / u is
    # the step of log u
    angle, size = np.zeros(len(GRID)), np.zeros(len(GRID))
    for value in values:
        angle += 0.5 * np.arctan(value * GRID)
        size += 0.25 * np.log1p((value * GRID) ** 2)
    return float(0.5 + np.sum(np.sin(angle) * np.exp(-size)) * STEP / np.pi)
