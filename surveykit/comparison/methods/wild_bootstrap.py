"""Wild cluster bootstrap from cluster totals, the null imposed; classic or jackknifed scores, CV1 or CV3 errors."""

import itertools
from typing import Literal

import numpy as np

from surveykit._checks import check_option
from surveykit.comparison.studentized_draws import FEWER_DRAWS, MANY_SETTLEMENTS, StudentizedDraws, block_rows, blocks
from surveykit.estimation.engine.cluster_totals import ClusterTotals
from surveykit.estimation.engine.few_clusters import residual_scores, solve_weighted, sums_of_others, weighted_scores
from surveykit.estimation.engine.pseudo_inverse import DEPENDENT_WITHOUT, solve_each
from surveykit.words.messages import Message, Told

WildWeights = Literal["auto", "rademacher", "webb", "mammen"]
WildKind = Literal["11", "13", "31", "33"]

WILD_DRAWS = 9_999
_LARGEST_ENUMERATION = 13
# six points with mean 0 and variance 1 (Webb 2023): 6^G draws are distinct, where signs give 2^G
_WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])


def wild_weights(
    n_clusters: int, kind: WildWeights = "auto", rng: np.random.Generator | None = None, draws: int = WILD_DRAWS
) -> tuple[np.ndarray, bool, Told]:
    """Return the bootstrap weights (draws, clusters), whether they are all that exist, and a name for them.

    With "auto", all Rademacher signs are listed for 10 to 13 clusters (one of each mirrored pair, which has the same
    absolute t), Webb's six points are drawn below, because few signs exist there, and Rademacher signs are drawn above.
    """
    check_option(kind, ("auto", "rademacher", "webb", "mammen"), "wild_weights")
    if kind == "auto":
        kind = "webb" if n_clusters < 10 else "rademacher"
    if kind == "rademacher" and n_clusters <= _LARGEST_ENUMERATION:
        signs = np.array(list(itertools.product([1.0, -1.0], repeat=n_clusters - 1))).reshape(-1, n_clusters - 1)
        listed = Told.of(Message("signs.all", {"n": 2**n_clusters}))
        return np.column_stack([np.ones(len(signs)), signs]), True, listed
    rng = np.random.default_rng(0) if rng is None else rng
    draws = draws if n_clusters <= MANY_SETTLEMENTS else min(draws, FEWER_DRAWS)
    shape, name = (draws, n_clusters), Told.of(Message(f"signs.{kind}", {"n": draws}))
    golden = np.sqrt(5.0)  # Mammen's (1993, Annals of Statistics 21) two points have third moment 1 as well
    table = np.empty(shape)
    for part in np.array_split(table, max(1, draws // block_rows(n_clusters))):  # the same draws as all at once
        if kind == "rademacher":
            part[:] = 1.0 - 2.0 * rng.integers(0, 2, size=part.shape)
        elif kind == "webb":
            part[:] = _WEBB[rng.integers(0, 6, size=part.shape)]
        else:
            high = rng.random(part.shape) < (golden - 1) / (2 * golden)
            part[:] = np.where(high, (1 + golden) / 2, (1 - golden) / 2)
    return table, False, name


def wild_draws(
    totals: ClusterTotals, column: int, weights: np.ndarray, exact: bool, kind: WildKind = "11"
) -> StudentizedDraws:
    """Return the bootstrap t statistics of one coefficient for any null value.

    Parameters
    ----------
    totals : ClusterTotals
    column : int
        The coefficient tested.
    weights : float array, (draws, clusters)
    exact : bool
        Whether `weights` are all that exist.
    kind : {"11", "13", "31", "33"}
        First digit: classic (1) or jackknifed (3) scores; second: CV1 (1) or CV3 (3) standard errors.

    Notes
    -----
    With the restricted residuals u of the null, draw v has ``X'Wy* = X'WX b + sum_g v_g X_g'W_g u_g``; numerator and
    every cluster's share in the standard error are linear in v. A cluster's share depends on its own sign and, through
    the fit, on a few sums over all, so it takes no matrix of clusters by clusters. The shares are also linear in the
    null value, so one pass serves every null value that the interval's search visits.

    References
    ----------
    Cameron, Gelbach & Miller (2008), REStat 90, 414-427. Webb (2023), CJE 56, 839-858. MacKinnon, Nielsen & Webb
    (2023), J. Applied Econometrics 38, 671-694 (the kinds 13, 31 and 33).
    """
    check_option(kind, ("11", "13", "31", "33"), "kind")
    _, bread = solve_weighted(totals)
    coefficients, shares = [], []
    # y and the treatment itself as outcomes: y - null * z has the scores of the one minus null times those of the other
    for outcome in (totals.xwy, totals.xwx[:, :, column]):
        scores = _restricted_scores(totals, outcome, column, jackknife=kind[0] == "3")
        coefficients.append(weights @ (scores @ bread[column]))
        shares.append(_shares(totals, scores, bread, column, jackknife=kind[1] == "3"))
    factor, sums = error_factor(totals, kind), []
    for part in blocks(weights):
        drawn = [
            part * direct + (part @ scores) @ indirect.T for direct, indirect, scores in shares
        ]  # (draws, clusters)
        sums.append([factor * np.einsum("bg,bg->b", drawn[i], drawn[j]) for i, j in ((0, 0), (0, 1), (1, 1))])
    variances = [np.concatenate(parts) for parts in zip(*sums)]
    return StudentizedDraws(coefficients[0], coefficients[1], variances[0], variances[1], variances[2], exact)


def subcluster_draws(
    subclusters: ClusterTotals, cluster_of_subcluster: np.ndarray, column: int, weights: np.ndarray, n_clusters: int
) -> StudentizedDraws:
    """Return the bootstrap t statistics when signs are drawn for smaller units, errors still clustered as before.

    Parameters
    ----------
    subclusters : ClusterTotals
        Totals of the smaller units (enumeration areas inside settlements).
    cluster_of_subcluster : int array, (subclusters,)
    column : int
    weights : float array, (draws, subclusters)
    n_clusters : int

    Notes
    -----
    With very few treated clusters the ordinary bootstrap has too few distinct draws; signs of smaller units give more
    (MacKinnon & Webb 2018, Econometrics Journal 21, 114-135). It takes those of a settlement for exchangeable, so it
    rejects too often when settlements have traits of their own.
    """
    _, bread = solve_weighted(subclusters)
    of_cluster = np.zeros((n_clusters, len(subclusters.n)))
    of_cluster[cluster_of_subcluster, np.arange(len(subclusters.n))] = 1.0
    square = np.einsum(
        "gs,spq->gpq", of_cluster, subclusters.xwx
    )  # X_g'W_g X_g, a sum over the subclusters s of each cluster
    coefficients, shares = [], []
    for outcome in (subclusters.xwy, subclusters.xwx[:, :, column]):
        scores = _restricted_scores(subclusters, outcome, column, jackknife=False)
        coefficients.append(weights @ (scores @ bread[column]))
        table = of_cluster * (scores @ bread[column]) - (square @ bread[column]) @ bread @ scores.T
        shares.append(weights @ table.T)
    n, p = subclusters.n.sum(), subclusters.xx.shape[1]
    factor = n_clusters * (n - 1) / ((n_clusters - 1) * (n - p))
    variances = [factor * np.einsum("bg,bg->b", shares[i], shares[j]) for i, j in ((0, 0), (0, 1), (1, 1))]
    return StudentizedDraws(coefficients[0], coefficients[1], variances[0], variances[1], variances[2], exact=False)


def error_factor(totals: ClusterTotals, kind: WildKind = "11") -> float:
    """Return the small-sample factor of the bootstrap's variance: Stata's for CV1, (G-1)/G for CV3."""
    n, p, n_clusters = totals.n.sum(), totals.xx.shape[1], len(totals.n)
    if kind[1] == "3":
        return (n_clusters - 1) / n_clusters
    return float(n_clusters * (n - 1) / ((n_clusters - 1) * (n - p)))


def bootstrap_error(totals: ClusterTotals, column: int, kind: WildKind = "11") -> tuple[float, float]:
    """Return the coefficient and the standard error that the bootstrap studentizes with."""
    coefficients, bread = solve_weighted(totals)
    if not weighted_scores(totals, coefficients, bread[column]).any():  # settlements vary by rounding only
        return float(coefficients[column]), 0.0
    scores = np.add(*residual_scores(totals, coefficients))
    direct, indirect, scores = _shares(totals, scores, bread, column, jackknife=kind[1] == "3")
    share = direct + indirect @ scores.sum(axis=0)
    return float(coefficients[column]), float(np.sqrt(error_factor(totals, kind) * (share @ share)))


def _restricted_scores(totals: ClusterTotals, outcome: np.ndarray, column: int, jackknife: bool) -> np.ndarray:
    """Return ``X_g'W_g u_g`` of the fit without the tested column; jackknifed: each cluster's fit made without it."""
    others = np.delete(np.arange(totals.xx.shape[1]), column)
    square = totals.xwx[:, others][:, :, others]
    whole, moment = square.sum(axis=0), outcome[:, others].sum(axis=0)
    if jackknife:
        fits = solve_each(sums_of_others(square), sums_of_others(outcome[:, others]), DEPENDENT_WITHOUT)
    else:
        fits = np.broadcast_to(solve_each(whole[None], moment[None], DEPENDENT_WITHOUT), (len(square), len(others)))
    return np.asarray(outcome - np.einsum("gpk,gk->gp", totals.xwx[:, :, others], fits))


def _shares(
    totals: ClusterTotals, scores: np.ndarray, bread: np.ndarray, column: int, jackknife: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return direct, indirect and scores: draw v has ``direct * v + indirect @ (scores' v)`` as the clusters' shares.

    A share is what a cluster adds to the coefficient's standard error; direct is (clusters,), the others (clusters, p).
    """
    # Draw v moves the coefficients by M t, t = sum_h v_h s_h, and leaves the residuals u* = v_g u_g - X_g M t. CV1
    # takes the scores of these, m'X_g'W_g u* = v_g m's_g - m'S_g M t with m the coefficient's row of M.
    if not jackknife:
        return scores @ bread[column], -(totals.xwx @ bread[column]) @ bread, scores
    # CV3 takes what the coefficient changes by without the cluster: (S - S_g)^-1 (t - v_g s_g) - M t, its row of each.
    rest = sums_of_others(totals.xwx)
    unit = np.zeros(len(bread))
    unit[column] = 1.0
    rows = solve_each(rest, np.broadcast_to(unit, (len(rest), len(unit))), DEPENDENT_WITHOUT)
    return -np.einsum("gp,gp->g", rows, scores), rows - bread[column], scores
