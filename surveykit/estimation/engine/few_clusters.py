"""Cluster-robust inference for few clusters (CR0 to CR3, Satterthwaite), computed from cluster totals alone."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from surveykit._checks import warn
from surveykit.estimation.engine.cluster_totals import NUMBERS_AT_A_TIME, ClusterTotals
from surveykit.estimation.engine.pseudo_inverse import DEPENDENT, DEPENDENT_WITHOUT, column_lengths, pseudo_inverse
from surveykit.estimation.engine.rounding import SCORES_LEFT, scores_without_rounding

ClusterRobust = Literal["cr0", "cr1", "cr1p", "cr1s", "cr2", "cr3"]

_WHOLE_LEVERAGE = 1e-10
"""What rounding may leave of ``1 - leverage`` where it is zero: a direction that one cluster alone decides. Sums over
some thousand respondents leave 1e-13, and where the others know a direction to one part in 1e10 no error is known."""
_UNCLEAR = 1e-11
"""What is left of a residual's variance below which rounding (1e-15 of each respondent) takes more than three digits of
its root. A respondent who weighs a million times as much as two dozen others leaves 1.3e-11."""
AMPLIFIED = 100.0
"""How many times larger than a score's variance its parts may be before they are kept apart from sums."""


@dataclass(frozen=True, slots=True, eq=False)
class RobustFit:
    """A weighted least squares fit with a cluster-robust covariance.

    Attributes
    ----------
    coefficients : float array, (columns,)
        Or the combinations of them that were asked for; so for the other two.
    covariance : float array, (columns, columns)
    df : float array, (columns,)
        Satterthwaite degrees of freedom of each coefficient's t statistic.
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    df: np.ndarray

    @property
    def std_errors(self) -> np.ndarray:
        """Square roots of the covariance's diagonal."""
        return np.asarray(np.sqrt(np.clip(np.diag(self.covariance), 0, None)))


def solve_weighted(totals: ClusterTotals) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted least squares coefficients and ``(X'WX)^-1``; columns that depend on others share the fit."""
    inverse = pseudo_inverse(totals.xwx.sum(axis=-3))
    return (inverse @ totals.xwy.sum(axis=-2)[..., None])[..., 0], inverse


def fit_robust(totals: ClusterTotals, kind: ClusterRobust = "cr2", contrasts: np.ndarray | None = None) -> RobustFit:
    """Return the weighted least squares fit with one of the cluster-robust covariances.

    Parameters
    ----------
    totals : ClusterTotals
    kind : {"cr0", "cr1", "cr1p", "cr1s", "cr2", "cr3"}
        No correction; ``G/(G-1)``; ``G/(G-p)``; Stata's ``G(N-1)/((G-1)(N-p))``; Bell-McCaffrey; the jackknife.
        G counts the clusters that have respondents.
    contrasts : float array, (combinations, columns), optional
        Combinations of the coefficients to be returned in their place, each with its own degrees of freedom.

    Returns
    -------
    RobustFit

    Notes
    -----
    ``V = M [sum_g X_g'W_g A_g e_g e_g' A_g' W_g X_g] M`` with ``M = (X'WX)^-1``. The weights are sampling weights, so
    the working covariance is the identity, and for CR2 ``A_g`` is the symmetric inverse root of
    ``B_g = ((I-H)(I-H)')_gg = I - X_g M X_g'W_g - W_g X_g M X_g' + X_g M (X'W^2X) M X_g'`` (Bell & McCaffrey 2002;
    Pustejovsky & Tipton 2018). Everything that ``B_g`` changes lies in the span of ``Z_g = [X_g, W_g X_g]``, so
    its root is found from the Gram matrix ``Z_g'Z_g`` of twice as many columns as X, and no matrix of the size of
    a settlement is formed. The Satterthwaite degrees of freedom are ``(tr G)^2 / tr(G^2)``, where
    ``G_gh = p_g' ((I-H)(I-H)')_gh p_h`` and ``p_g = A_g' W_g X_g M c``.

    Where one respondent weighs a million times as much as each of two dozen others, CR2's errors are exact to 1e-4 and
    its degrees of freedom to 1e-5 of themselves; where weights are so unequal that double precision leaves fewer than
    three digits, both are NaN.

    R: ``clubSandwich::vcovCR(lm(y ~ ..., weights = w), cluster = settlement, type = "CR2")`` and ``coef_test``.

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28, 169-181. Pustejovsky & Tipton (2018), JBES 36, 672-683.

    Examples
    --------
    Four settlements of two respondents; the CR0 error of the difference by hand is sqrt(0.25 + 0.25).

    >>> from surveykit.estimation.engine.cluster_totals import cluster_totals
    >>> y = np.array([1.0, 1, 3, 3, 4, 4, 6, 6])
    >>> x = np.column_stack([np.ones(8), [0, 0, 0, 0, 1, 1, 1, 1]])
    >>> totals = cluster_totals(x, y, np.ones(8), np.repeat([0, 1, 2, 3], 2))
    >>> fit = fit_robust(totals, "cr0")
    >>> fit.coefficients.round(6), fit.std_errors.round(6)
    (array([2., 3.]), array([0.707107, 1.      ]))
    """
    coefficients, bread = solve_weighted(totals)
    roots = adjusted_scores(totals, bread, kind)
    combine = np.eye(len(bread)) if contrasts is None else contrasts.T
    combinations = bread @ combine
    if kind == "cr3":
        changes, size = _changes_without(totals, coefficients)
        scores, size = changes @ combine, size @ np.abs(combine)
    else:
        scores, size = _scores(totals, coefficients, roots, combinations)
    scores = scores_without_rounding(scores, size)
    if np.isnan(roots).any():
        warn(
            "one cluster, or one respondent in it, weighs so much more than the others that CR2's error cannot be told from rounding, so none is given; trim the weights with trim_weights(), or compare settlement averages"
        )
    projected, expected, coupling = working_model(totals, kind, roots, combinations)
    df = _satterthwaite(projected, expected, coupling)
    return RobustFit(coefficients if contrasts is None else contrasts @ coefficients, scores.T @ scores, df)


@dataclass(frozen=True, slots=True, eq=False)
class FitsWithout:
    """One combination of the coefficients without each of some clusters in turn, with CR2's errors.

    Attributes
    ----------
    estimate, std_error, df : float array, (clusters left out,)
    """

    estimate: np.ndarray
    std_error: np.ndarray
    df: np.ndarray


def fit_without_each(totals: ClusterTotals, left_out: np.ndarray, contrast: np.ndarray) -> FitsWithout:
    """Return what `fit_robust` gives without each of some clusters, several fits at a time.

    Parameters
    ----------
    totals : ClusterTotals
    left_out : int array, (fits,)
        Cluster that each fit does without.
    contrast : float array, (columns,)
    """
    n_clusters, p = totals.xy.shape
    found = np.empty((3, len(left_out)))
    at_a_time = max(1, NUMBERS_AT_A_TIME // (4 * n_clusters * p * p))
    others = np.arange(n_clusters - 1)
    for start in range(0, len(left_out), at_a_time):
        here = slice(start, start + at_a_time)
        kept = others + (others >= left_out[here, None])
        found[:, here], unclear = _fit_several(totals.keep(kept), contrast)
        for number in start + np.flatnonzero(unclear):
            fit = fit_robust(totals.keep(np.arange(n_clusters) != left_out[number]), "cr2", contrast[None])
            found[:, number] = fit.coefficients[0], fit.std_errors[0], fit.df[0]
    return FitsWithout(*found)


def _fit_several(totals: ClusterTotals, contrast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return estimate, error and df of fits side by side, (3, fits), and which are to be looked at one by one.

    The totals of every fit stand along a first axis. To be looked at by themselves are fits with columns that depend on
    others, and with a respondent who weighs nearly all: there the numbers here are none.
    """
    coefficients, bread = solve_weighted(totals)
    residuals = _residuals(totals)
    roots, kept = _inverse_roots(residuals)
    combinations = (bread @ contrast)[..., None]
    scores, size = _scores(totals, coefficients, _beside_x(residuals, roots), combinations)
    errors = np.linalg.norm(scores_without_rounding(scores, size)[..., 0], axis=-1)
    projected, expected = _working_model_cr2(residuals, roots, kept, combinations)
    variance, shared, square = _moments(projected, expected, residuals.coupling)
    unclear = ~residuals.sound | np.isnan(errors) | (np.abs(shared) > AMPLIFIED * np.abs(variance)).any(axis=(-1, -2))
    with np.errstate(invalid="ignore", divide="ignore"):
        df = variance.sum(axis=-1) ** 2 / square
    return np.stack([coefficients @ contrast, errors, df[..., 0]]), unclear


def _scores(
    totals: ClusterTotals, coefficients: np.ndarray, roots: np.ndarray, combinations: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each cluster adds to each combination of coefficients, and the sizes of what these are sums of."""
    residual = np.concatenate(residual_scores(totals, coefficients), axis=-1)
    # X_g'W_g A_g e_g = R_g'Z_g'e_g, a sum over the columns z of Z_g; then M turns scores into what a cluster adds
    # to each coefficient, and the cross-product of these is the covariance.
    scores = np.einsum("...gzp,...gz->...gp", roots, residual) @ combinations
    sizes = np.einsum("...gzp,...gz->...gp", np.abs(roots), _sizes_of_residuals(totals, coefficients))
    return scores, sizes @ np.abs(combinations)


def _times(squares: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """Return the product of each cluster's square with the coefficients of its fit, (..., clusters, columns)."""
    return np.asarray((squares @ coefficients[..., None, :, None])[..., 0])


def _sizes_of_residuals(totals: ClusterTotals, coefficients: np.ndarray) -> np.ndarray:
    """Return the sizes of the sums that X_g'e_g and X_g'd_g e_g are differences of, (clusters, 2 x columns)."""
    size = np.abs(coefficients)
    plain = np.abs(totals.xy) + _times(np.abs(totals.xx), size)
    weighted = np.abs(totals.xdy) + _times(np.abs(totals.xdx), size)
    return np.concatenate([plain, weighted], axis=-1)


def weighted_scores(totals: ClusterTotals, coefficients: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return ``direction' X_g'W_g e_g`` of each cluster, zero where what is left is rounding, (clusters,)."""
    scores = np.add(*residual_scores(totals, coefficients)) @ direction
    plain, weighted = np.split(_sizes_of_residuals(totals, coefficients), 2, axis=1)
    size = (plain + weighted) @ np.abs(direction)
    return scores_without_rounding(scores[:, None], size[:, None])[:, 0]


def residual_scores(totals: ClusterTotals, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ``X_g'e_g`` and ``X_g'd_g e_g`` of each cluster, zero where what is left is rounding.

    An outcome that the columns explain without rest (the same answer everywhere, or one answer in each group) then has
    no error at all, and not one of 1e-17 that a test could be made of.
    """
    size = np.abs(coefficients)
    whole = sum(
        (np.abs(vector) + _times(np.abs(square), size)).sum(axis=-2, keepdims=True)
        for vector, square in ((totals.xy, totals.xx), (totals.xdy, totals.xdx))
    )
    plain = totals.xy - _times(totals.xx, coefficients)
    weighted = totals.xdy - _times(totals.xdx, coefficients)
    return (
        np.where(np.abs(plain) <= SCORES_LEFT * whole, 0.0, plain),
        np.where(np.abs(weighted) <= SCORES_LEFT * whole, 0.0, weighted),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Residuals:
    """The working covariance of residuals, in columns for which ``X'WX`` of all clusters is the identity.

    Where one respondent weighs far more than the others, columns that are sound otherwise (a constant, a group) are
    nearly the same, and ``W - I`` loses what light respondents weigh. In these columns, and with W itself, sums keep
    their digits.

    Attributes
    ----------
    whiten : float array, (columns, r)
        The columns are ``X whiten``; ``(X'WX)^-1 = whiten whiten'``.
    unwhiten : float array, (r, columns)
        ``X = X whiten unwhiten``.
    gram : float array, (clusters, 2 r, 2 r)
        ``Z_g'Z_g`` with ``Z_g = [X_g whiten, W_g X_g whiten]``.
    coupling : float array, (2 r, 2 r)
        C such that ``((I-H)(I-H)')_gh = [g = h] I - Z_g C Z_h'``.
    alone : int array, (clusters,)
        How many directions each cluster decides alone: there its share of ``X'WX`` is 1.
    sound : bool array, ()
        Whether no column depends on others. Of fits side by side (a first axis to all of these) the others are none.
    """

    whiten: np.ndarray
    unwhiten: np.ndarray
    gram: np.ndarray
    coupling: np.ndarray
    alone: np.ndarray
    sound: np.ndarray


def _residuals(totals: ClusterTotals) -> _Residuals:
    whole = totals.xwx.sum(axis=-3)
    size = column_lengths(whole)
    values, vectors = np.linalg.eigh(whole / (size[..., :, None] * size[..., None, :]))
    known = values > DEPENDENT * values[..., -1:]
    if known.ndim == 1:
        values, vectors = values[known], vectors[:, known]
    root = np.sqrt(np.where(values > 0, values, 1.0))[..., None, :]
    whiten, unwhiten = vectors / root / size[..., :, None], np.swapaxes(vectors * root, -1, -2) * size[..., None, :]
    right, left = whiten[..., None, :, :], np.swapaxes(whiten, -1, -2)[..., None, :, :]
    xx, xwx = left @ totals.xx @ right, left @ totals.xwx @ right
    xwwx = left @ (totals.xx + 2 * totals.xdx + totals.xddx) @ right
    gram = _blocks(xx, xwx, xwx, xwwx)
    one = np.broadcast_to(np.eye(root.shape[-1]), xwwx[..., 0, :, :].shape)
    coupling = _blocks(-xwwx.sum(axis=-3), one, one, np.zeros_like(one))
    alone = (1 - np.linalg.eigvalsh(xwx) <= _WHOLE_LEVERAGE).sum(axis=-1)
    return _Residuals(whiten, unwhiten, gram, coupling, alone, np.asarray(known.all(axis=-1)))


def _blocks(first: np.ndarray, second: np.ndarray, third: np.ndarray, fourth: np.ndarray) -> np.ndarray:
    """Return squares made of four, the first two above the others."""
    above, below = np.concatenate([first, second], axis=-1), np.concatenate([third, fourth], axis=-1)
    return np.concatenate([above, below], axis=-2)


def _beside_x(residuals: _Residuals, inverse: np.ndarray) -> np.ndarray:
    """Return R_g with ``A_g' W_g X_g = Z_g R_g`` beside X and (W - I) X, from T_g of `_inverse_roots`."""
    r = residuals.unwhiten.shape[-2]
    roots = inverse[..., r:] @ residuals.unwhiten[..., None, :, :]
    of_x, of_wx = roots[..., :r, :], roots[..., r:, :]  # beside X and W X; W X = X + (W - I) X
    whiten = residuals.whiten[..., None, :, :]
    return np.concatenate([whiten @ (of_x + of_wx), whiten @ of_wx], axis=-2)


def adjusted_scores(totals: ClusterTotals, bread: np.ndarray, kind: ClusterRobust) -> np.ndarray:
    """Return R_g with ``A_g' W_g X_g = Z_g R_g``, (clusters, 2 columns, columns)."""
    p, n_clusters = len(bread), int((totals.n > 0).sum())
    plain = np.vstack([np.eye(p), np.eye(p)])  # W_g X_g = Z_g [I; I]
    if kind == "cr2":
        residuals = _residuals(totals)
        return _beside_x(residuals, _inverse_roots(residuals)[0])
    if kind == "cr3":
        # With S = X'WX: A_g = (I - H_gg)^-1 makes M X_g'W_g A_g e_g = (S - S_g)^-1 X_g'W_g e_g, by which the
        # coefficients change when cluster g is left out (MacKinnon, Nielsen & Webb 2023, J. Applied Econometrics 38).
        # As a multiple of M's score it is S (S - S_g)^-1 = I + S_g (S - S_g)^-1.
        inverse = _inverse_without(totals)
        return np.asarray(plain @ (np.eye(p) + inverse @ totals.xwx))
    n = totals.n.sum()
    factor = {
        "cr0": 1.0,
        "cr1": n_clusters / (n_clusters - 1),
        "cr1p": n_clusters / (n_clusters - p) if n_clusters > p else np.nan,
        "cr1s": n_clusters * (n - 1) / ((n_clusters - 1) * (n - p)),
    }[kind]
    return np.broadcast_to(np.sqrt(factor) * plain, (len(totals.n), 2 * p, p))


def sums_of_others(sums: np.ndarray) -> np.ndarray:
    """Return for each cluster, along the first axis, the sum over all others.

    A sum, not a difference from the whole: one cluster may outweigh all others by so much that nothing is left of them.
    """
    others = np.zeros_like(sums)
    others[1:] += np.cumsum(sums[:-1], axis=0)
    others[:-1] += np.cumsum(sums[:0:-1], axis=0)[::-1]
    return others


def _inverse_without(totals: ClusterTotals) -> np.ndarray:
    """Return ``(S - S_g)^-1`` of each cluster, ``S = X'WX``, (clusters, columns, columns)."""
    return pseudo_inverse(sums_of_others(totals.xwx), DEPENDENT_WITHOUT)


def _changes_without(totals: ClusterTotals, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how much the coefficients change by each cluster, and the sizes of what these are sums of.

    ``M X_g'W_g A_g e_g = (S - S_g)^-1 X_g'W_g e_g`` for CR3. All scores add up to zero, so that cluster g's is minus
    that of the others: a cluster that outweighs them leaves a score made of rounding, which the inverse would magnify.
    """
    inverse = _inverse_without(totals)
    plain, weighted = np.split(_sizes_of_residuals(totals, coefficients), 2, axis=1)
    scores, size = np.add(*residual_scores(totals, coefficients)), plain + weighted
    return (
        -np.einsum("gpq,gq->gp", inverse, sums_of_others(scores)),
        np.einsum("gpq,gq->gp", np.abs(inverse), sums_of_others(size)),
    )


def _inverse_roots(residuals: _Residuals) -> tuple[np.ndarray, np.ndarray]:
    """Return T_g with ``B_g^(-1/2) Z_g = Z_g T_g``, and P_g with ``B_g^(-1/2) B_g B_g^(-1/2) Z_g = Z_g P_g``.

    B_g is the working covariance of the residuals of a cluster, and ``A_g = B_g^(-1/2)`` makes the variance unbiased
    under the working model (Bell & McCaffrey 2002, section 3; Pustejovsky & Tipton 2018, section 2, on bias-reduced
    linearization). ``B_g = I - Z_g C Z_g'`` differs from the identity in the span of ``Z_g`` only, so that any function
    of it may be pulled through: ``f(I - Z C Z') Z = Z f(I - C G)`` with the Gram matrix ``G = Z'Z``. Written for the
    inverse root, with any factor ``G = L'L`` and ``h(t) = ((1 - t)^(-1/2) - 1) / t``,

        T = I + C L' h(L C L') L,

    where ``L C L'`` is symmetric and h has no pole at 0. Nothing is divided by the length of a column or by an
    eigenvalue of G, so it does not matter whether ``W X`` is a combination of X: weights that are constant, equal to
    their mean in some clusters, or nearly so need no threshold.

    P is the identity but for the directions that one cluster alone decides, which A_g takes out; NaN stand where double
    precision cannot tell whether a direction is one of them.
    """
    gram, coupling = residuals.gram, residuals.coupling[..., None, :, :]
    # L from the eigenvectors of G. What rounding leaves of a zero eigenvalue enters L as its root but T as itself,
    # because L stands on both sides of h.
    values, vectors = np.linalg.eigh(gram)
    factor = np.sqrt(np.clip(values, 0, None))[..., :, None] * np.swapaxes(vectors, -1, -2)
    turned = np.swapaxes(factor, -1, -2)
    # The eigenvalues of L C L' are those of Z C Z' = I - B_g: the leverages of the cluster.
    leverage, directions = np.linalg.eigh(factor @ coupling @ turned)
    left = 1 - leverage
    # A direction that a cluster decides alone leaves no residual, and one in which a single respondent weighs nearly
    # all leaves the square of what the others weigh, which is as small. The shares of X'WX, not squared, tell them
    # apart; eigenvalues ascend.
    whole = np.arange(leverage.shape[-1]) >= leverage.shape[-1] - residuals.alone[..., None]
    root = np.sqrt(np.where(whole, 1.0, np.where(left <= _UNCLEAR, np.nan, left)))
    # h(t) without the difference of two near numbers. The Moore-Penrose root, by which Pustejovsky & Tipton generalize
    # A_g, takes a whole direction out: (1 - t)^(-1/2) becomes 0 there, and h(1) = -1.
    slope = np.where(whole, -1.0, 1 / (root * (1 + root)))
    out = np.where(whole, -1.0, 0.0)
    pulled = coupling @ turned
    one = np.eye(coupling.shape[-1])
    kept = np.broadcast_to(one, pulled.shape)
    if whole.any():
        kept = one + pulled @ (directions * out[..., None, :]) @ np.swapaxes(directions, -1, -2) @ factor
    return one + pulled @ (directions * slope[..., None, :]) @ np.swapaxes(directions, -1, -2) @ factor, kept


def rests_on_one(totals: ClusterTotals, contrasts: np.ndarray) -> np.ndarray:
    """Return which combinations of the coefficients could not be estimated without some one cluster."""
    return np.asarray(carried_by(totals, contrasts).any(axis=0))


def carried_by(totals: ClusterTotals, contrasts: np.ndarray) -> np.ndarray:
    """Return which combinations of the coefficients could not be estimated without which cluster.

    If that cluster as a whole answers otherwise (it is the only one with a treatment, say), its residuals stay what
    they are and the estimate moves: no residual knows of that error, and every kind of covariance counts it as none.

    Parameters
    ----------
    contrasts : float array, (combinations, columns)

    Returns
    -------
    bool array, (clusters, combinations)
    """
    whole = totals.xwx.sum(axis=0)
    size = column_lengths(whole)
    # Coordinates in which X'WX of all clusters is the identity: there the part of one cluster has eigenvalue 1 in the
    # directions of which the others say nothing, and a combination's share there is a share of its working variance.
    values, vectors = np.linalg.eigh(whole / np.outer(size, size))
    known = values > DEPENDENT * values[-1]
    whiten = vectors[:, known] / np.sqrt(values[known]) / size[:, None]
    leverage, direction = np.linalg.eigh(whiten.T @ totals.xwx @ whiten)
    part = np.einsum("ck,gkl->gcl", contrasts @ whiten, direction) ** 2
    alone = np.where((1 - leverage <= _WHOLE_LEVERAGE)[:, None, :], part, 0.0).sum(axis=2)
    return np.asarray(alone > _WHOLE_LEVERAGE * part.sum(axis=2))


def working_model(
    totals: ClusterTotals, kind: ClusterRobust, roots: np.ndarray, combinations: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what the covariance of the clusters' scores is made of when respondents are independent and alike.

    The scores are ``p_g'e_g`` with ``p_g = A_g W_g X_g M c``, one p_g for each contrast c; their covariance is
    ``G_gh = p_g' ((I-H)(I-H)')_gh p_h``.

    Parameters
    ----------
    roots : float array, (clusters, 2 columns, columns)
        From `adjusted_scores`.
    combinations : float array, (columns, contrasts)
        ``M c``.

    Returns
    -------
    projected : float array, (clusters, 2 r, contrasts)
        ``U_g = Z_g'p_g``, so that ``G_gh = - U_g' C U_h`` between clusters.
    expected : float array, (clusters, contrasts, contrasts)
        ``G_gg``. CR2 has ``X_g'W_g W_g X_g`` on both sides of M c there, but for directions that a cluster decides
        alone: formed as ``p_g'p_g - U_g' C U_g`` it would be the difference of two numbers that grow without bound as
        one respondent's weight does.
    coupling : float array, (2 r, 2 r)
    """
    residuals = _residuals(totals)
    if kind == "cr2":
        projected, expected = _working_model_cr2(residuals, *_inverse_roots(residuals), combinations)
        return projected, expected, residuals.coupling
    of_x, of_dx = np.split(roots @ combinations, 2, axis=1)
    coordinates = np.concatenate([residuals.unwhiten @ (of_x - of_dx), residuals.unwhiten @ of_dx], axis=1)
    projected = residuals.gram @ coordinates
    flipped = np.swapaxes(projected, 1, 2)
    expected = np.swapaxes(coordinates, 1, 2) @ projected - flipped @ residuals.coupling @ projected
    return projected, expected, residuals.coupling


def _working_model_cr2(
    residuals: _Residuals, inverse: np.ndarray, kept: np.ndarray, combinations: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r = residuals.unwhiten.shape[-2]
    of_contrasts = (residuals.unwhiten @ combinations)[..., None, :, :]  # M c in the columns of the residuals
    projected = residuals.gram @ (inverse[..., r:] @ of_contrasts)
    expected = np.swapaxes(of_contrasts, -1, -2) @ (residuals.gram[..., r:, :] @ kept[..., r:]) @ of_contrasts
    return projected, expected


def _satterthwaite(projected: np.ndarray, expected: np.ndarray, coupling: np.ndarray) -> np.ndarray:
    """Return ``(tr G)^2 / tr(G^2)`` for each contrast; G is diagonal plus low rank, so it is never formed.

    The variance of a contrast is a sum of squares of the clusters' scores, ``sum_g (p_g'e_g)^2``. Under the working
    model the scores are jointly normal with covariance G, so the sum has mean tr G and variance 2 tr(G^2), and twice
    the squared mean over the variance are the degrees of freedom of the chi-square with the same two moments (Bell &
    McCaffrey 2002, section 4; Pustejovsky & Tipton 2018, section 3.1). See `working_model` for the arguments.
    """
    variance, shared, square = _moments(projected, expected, coupling)
    # A cluster with a p_g far larger than its score (one respondent in it weighs nearly all) would lose the sum of the
    # others; its pairs are summed one by one.
    kept_apart = (np.abs(shared) > AMPLIFIED * np.abs(variance)).any(axis=0)
    if kept_apart.any():
        square = (variance**2).sum(axis=1) + _square_between(projected[~kept_apart], coupling, shared[:, ~kept_apart])
        pairs = np.einsum("gzc,zv,hvc->cgh", projected[kept_apart], coupling, projected) ** 2
        among = pairs[:, :, kept_apart] * ~np.eye(kept_apart.sum(), dtype=bool)
        square += 2 * pairs[:, :, ~kept_apart].sum(axis=(1, 2)) + among.sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(variance.sum(axis=1) ** 2 / square)


def _moments(
    projected: np.ndarray, expected: np.ndarray, coupling: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ``G_gg`` and ``U_g' C U_g`` of each contrast and cluster, and ``tr(G^2)`` of each contrast."""
    variance = np.einsum("...gcc->...cg", expected)
    shared = np.einsum("...gzc,...gzc->...cg", projected, coupling[..., None, :, :] @ projected)
    # tr(G^2) = sum_g G_gg^2 + tr((C U'U)^2) - sum_g (U_g' C U_g)^2
    square = (variance**2).sum(axis=-1) + _square_between(projected, coupling, shared)
    return variance, shared, square


def _square_between(projected: np.ndarray, coupling: np.ndarray, shared: np.ndarray) -> np.ndarray:
    """Return the sum of ``G_gh^2`` over all pairs of different clusters, for each contrast."""
    rows = np.ascontiguousarray(np.moveaxis(projected, -1, -3))
    moment = np.swapaxes(rows, -1, -2) @ rows @ coupling[..., None, :, :]
    return np.asarray(np.einsum("...czv,...cvz->...c", moment, moment) - (shared**2).sum(axis=-1))
