"""Polychoric correlations: how the leanings behind two items correlate, if answers cut normal leanings into steps."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from surveykit._checks import TINY, warn
from surveykit.design import SurveyDesign
from surveykit.distributions import normal_quantile
from surveykit.errors import ArgumentError
from surveykit.likert.scale import LikertScale, check_scale, scale_matrix
from surveykit.progress_bar import track
from surveykit.results import Result, Row, table_of
from surveykit.survey import Survey, as_survey
from surveykit.words.messages import Message, Told

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(48)
AT_THE_EDGE = 0.999
"""Correlation beyond which the likelihood still rises towards 1: no answers of a survey are so alike, but a table with
empty cells is."""
LARGEST_RHO = 0.9999
"""Where the search ends: at one Plackett's integrand has no value. A table with empty corners runs to it, and is told
of."""
NEAREST = 1e-9
"""How near the search comes. The likelihood is flat to the square of it, so that less than 1e-8 is not known anyway."""


@dataclass(frozen=True, eq=False)
class Polychoric(Result):
    """Polychoric correlations of a scale's items.

    Attributes
    ----------
    correlation : pandas.DataFrame
        Items by items.
    thresholds : pandas.DataFrame
        Per item and code below the highest: the normal quantile of the share of answers up to that code.
    """

    correlation: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    thresholds: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


def polychoric_correlations(data: SurveyDesign | Survey | pd.DataFrame, scale: LikertScale) -> Polychoric:
    """Return the polychoric correlations of all pairs of a scale's items.

    Parameters
    ----------
    data : SurveyDesign, Survey or DataFrame
    scale : LikertScale
        Reversed items are turned round here.

    Returns
    -------
    Polychoric
        One row of ``table`` per pair: the items in ``outcome`` and ``level``, the correlation in ``estimate``.

    Raises
    ------
    ArgumentError
        When the scale has one item, or an item has one answer only among those who answered all.
    ColumnError
        When an item does not exist or holds no numbers.
    CodeError
        When an item holds a code outside the scale.

    Notes
    -----
    Two steps (Olsson 1979): thresholds are normal quantiles of each item's cumulated (weighted) shares; then the
    correlation maximizes the (weighted) likelihood of the pair's table. Respondents who answered all items count. No
    standard errors are given.

    R: ``psych::polychoric(d, correct = 0)``.

    References
    ----------
    Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient. Psychometrika 44,
    443-460.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"a": [1, 1, 1, 2, 2, 2, 1, 2], "b": [1, 1, 1, 2, 2, 2, 2, 1]})
    >>> found = sk.polychoric_correlations(answers, sk.LikertScale("s", ["a", "b"], 1, 2))
    >>> round(float(found.table["estimate"].iloc[0]), 4)  # sin(pi/2 * (2 * 3/4 - 1)), as both are cut in the middle
    0.7071
    """
    check_scale(scale)
    if len(scale.items) < 2:
        raise ArgumentError(f"a correlation needs two items, but scale {scale.name!r} has one; name more items")
    design = data if isinstance(data, SurveyDesign) else SurveyDesign(as_survey(data))
    matrix = scale_matrix(design, scale)
    rows = ~np.isnan(matrix).any(axis=1)
    codes = (matrix[rows] - scale.lowest).astype(np.int64)
    weights, points = design.weights[rows], len(scale.points)
    constant = [item for item, column in zip(scale.items, codes.T) if len(np.unique(column)) < 2]
    if constant or not rows.any():
        raise ArgumentError(
            f"a correlation needs items on which answers differ, but {constant or list(scale.items)} has one answer or none among those who answered all; drop it from the scale"
        )
    cuts = np.array(
        [
            normal_quantile(np.minimum(np.cumsum(np.bincount(column, weights, points)) / weights.sum(), 1.0))
            for column in codes.T
        ]
    )
    cuts[:, -1] = np.inf
    k = len(scale.items)
    correlation, pairs = np.eye(k), [(j, i) for i in range(k) for j in range(i + 1, k)]
    for j, i in track(pairs, "pairs of items"):
        table = np.bincount(codes[:, i] * points + codes[:, j], weights, points * points).reshape(points, points)
        correlation[i, j] = correlation[j, i] = polychoric(table, cuts[i], cuts[j])
    edge = [f"{scale.items[i]} and {scale.items[j]}" for j, i in pairs if abs(correlation[i, j]) > AT_THE_EDGE]
    if edge:
        warn(
            f"the polychoric correlation of {edge[0]} lies at the edge, since some of their combinations never occur; merge rare codes"
        )
    n = int(rows.sum())
    table = table_of(
        [
            Row(
                correlation[i, j],
                outcome=scale.items[i],
                level=scale.items[j],
                term="polychoric",
                n=n,
                n_weighted=float(weights.sum()),
            )
            for j, i in pairs
        ]
    )
    thresholds = pd.DataFrame(cuts[:, :-1], index=list(scale.items), columns=list(scale.points[:-1]))
    method = Told.of(Message("polychoric.method", {"weight": design.origin().weight}))
    return Polychoric(
        table,
        method,
        design.origin(),
        {"items": k, "n": n},
        Told.of(Message("titles.polychoric", {"scale": scale.name})),
        correlation=pd.DataFrame(correlation, scale.items, scale.items),
        thresholds=thresholds,
    )


def polychoric(table: np.ndarray, row_cuts: np.ndarray, column_cuts: np.ndarray) -> float:
    """Return the correlation that maximizes the likelihood of a table, thresholds given (the last ones infinite)."""

    def minus_log_likelihood(rho: float) -> float:
        # chance of a cell: P(X < h, Y < k) at its four corners, added and taken off (Olsson 1979)
        below = np.pad(normal_below(row_cuts[:, None], column_cuts[None, :], rho), ((1, 0), (1, 0)))
        chance = np.diff(np.diff(below, axis=0), axis=1)
        return -float((table * np.log(np.maximum(chance, TINY)))[table > 0].sum())

    from scipy.optimize import minimize_scalar  # costs a third of a second, which only this pays

    best = minimize_scalar(
        minus_log_likelihood, bounds=(-LARGEST_RHO, LARGEST_RHO), method="bounded", options={"xatol": NEAREST}
    )
    return float(best.x)


def normal_below(h: np.ndarray, k: np.ndarray, rho: float) -> np.ndarray:
    """Return P(X < h, Y < k) of two standard normals with correlation rho.

    Plackett's identity: P = Phi(h) Phi(k) + integral from 0 to asin(rho) of
    exp(-(h^2 + k^2 - 2 h k sin t) / (2 cos^2 t)) / (2 pi) dt, by 48 Gauss-Legendre nodes.
    """
    h, k = np.broadcast_arrays(np.asarray(h, dtype=float), np.asarray(k, dtype=float))
    # t = sin(angle) takes away the root of 1 - t^2 in the density, which at rho near 1 no rule would integrate
    half = np.arcsin(rho) / 2
    angle = half * (NODES + 1)
    # where a limit is infinite the integrand is 0; 40 standard deviations stand for infinity
    a, b = np.clip(h, -40, 40)[..., None], np.clip(k, -40, 40)[..., None]
    inside = np.exp(-(a * a + b * b - 2 * a * b * np.sin(angle)) / (2 * np.cos(angle) ** 2))
    return np.asarray(special.ndtr(h) * special.ndtr(k) + half / (2 * np.pi) * (inside @ NODE_WEIGHTS))
