"""Cluster-robust errors of a fitted model: the linear regression that has its scores and its information."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from surveykit._checks import check_option, some, warn
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.cluster_totals import ClusterTotals, cluster_totals
from surveykit.estimation.engine.few_clusters import RobustFit, fit_robust, rests_on_one
from surveykit.estimation.engine.joint_tests import JointTest, hotelling_test
from surveykit.estimation.engine.pseudo_inverse import DEPENDENT, column_lengths
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.models.linear_models import LinearModel
from surveykit.estimation.models.model_kinds import ModelKind, Solution
from surveykit.estimation.models.model_matrix import ModelData
from surveykit.estimation.models.ordinal_models import OrdinalModel

Variance = Literal["linearized", "cr0", "cr1", "cr1s", "cr2", "cr3"]
ClusterVariance = Literal["cr0", "cr1", "cr1s", "cr2", "cr3"]

MOST_JOINT = 2_000
"""A joint test keeps a table of clusters by clusters."""
WEIGHTLESS = 1e-8
"""Weight of one combination of the terms beside another below which nothing is known of it: cluster-robust errors are
made of squares of what sixteen digits leave, and at 1e-9 degrees of freedom of 5.8 came out as 1.5."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelClusters:
    """What the cluster-robust inference of a fitted model follows from.

    Attributes
    ----------
    variance : str
    totals : ClusterTotals
        Of the linear regression of the model's working residuals on its scaled columns.
    back : float array, (parameters, parameters)
        From the parameters of the scaled columns to those of the columns themselves.
    params : float array, (parameters,)
    """

    variance: ClusterVariance
    totals: ClusterTotals
    back: np.ndarray
    params: np.ndarray

    @property
    def n_clusters(self) -> int:
        """Clusters with respondents of the model."""
        return len(self.totals.n)

    def fit(self, contrasts: np.ndarray | None = None) -> RobustFit:
        """Return covariance and Satterthwaite degrees of freedom of the parameters, or of combinations of them."""
        return fit_robust(self.totals, self.variance, self.back if contrasts is None else contrasts @ self.back)

    def rests_on_one(self, contrasts: np.ndarray | None = None) -> np.ndarray:
        """Return which of them rest on what one cluster alone decides, so that no error can be estimated."""
        return rests_on_one(self.totals, self.back if contrasts is None else contrasts @ self.back)

    def degrees_of_freedom(self, contrasts: np.ndarray) -> np.ndarray:
        """Return the Satterthwaite degrees of freedom of combinations of the parameters, (combinations,)."""
        return self.fit(contrasts).df

    def joint_test(self, contrasts: np.ndarray) -> JointTest:
        """Return the test (HTZ) that combinations of the parameters are all zero."""
        if self.n_clusters > MOST_JOINT:
            raise FeasibilityError(
                f"a joint test by clusters is for few of them, but the model has {self.n_clusters:,}; fit it without `variance` and use term_test()"
            )
        return hotelling_test(self.totals, contrasts @ self.back, self.variance, contrasts @ self.params)


def withhold(
    std_error: np.ndarray, alone: np.ndarray, names: Sequence[str], formula: str, conventions: str
) -> np.ndarray:
    """Return errors, NaN with a warning for those that rest on one cluster; other packages' conventions keep theirs."""
    if not alone.any():
        return std_error
    kept = conventions != "surveykit"
    what = (
        f"the conventions {conventions!r} print one that leaves this cluster out"
        if kept
        else "leave such terms out, or compare settlements with compare_settlements(), which says what can be told"
    )
    warn(
        f"{some(np.array(names, dtype=object)[alone].tolist(), 5)} of {formula!r} rest on what a single cluster alone decides, so no error can be estimated; {what}"
    )
    return std_error if kept else np.where(alone, np.nan, std_error)


def check_variance(variance: str | None, design: SurveyDesign, family: str) -> ClusterVariance | None:
    """Return the cluster-robust variance that is asked for, None for the design's own; refuse what cannot be had."""
    if variance is None:
        return None
    check_option(variance, get_args(Variance), "variance")
    if variance == "linearized":
        if design.replicates is not None:
            raise ArgumentError(
                "variance='linearized' takes no replicate weights, but the design's errors come from them; leave `variance` out, or make the design without them"
            )
        return None
    if not design.cluster:
        raise ArgumentError(
            f"variance={variance!r} needs clusters, but the design names none; give it `cluster` (the settlement), or leave `variance` out"
        )
    if design.replicates is not None:
        raise ArgumentError(
            f"variance={variance!r} takes no replicate weights, but the design's errors come from them; leave `variance` out, or make the design without them"
        )
    if family == "negative-binomial":
        raise ArgumentError(
            f"variance={variance!r} is for models of coefficients, but a negative binomial one has a size beside them; use family='poisson', whose cluster-robust errors allow for any spread"
        )
    return variance  # type: ignore[return-value]


def model_clusters(
    design: SurveyDesign,
    data: ModelData,
    x: np.ndarray,
    kind: ModelKind,
    scaled: Solution,
    back: np.ndarray,
    variance: ClusterVariance,
) -> ModelClusters:
    """Return what the cluster-robust inference of a model follows from.

    Parameters
    ----------
    x : float array, (patterns, columns)
        Scaled columns.
    scaled : Solution
        The solution for them.
    back : float array
        See `ModelClusters`.

    Notes
    -----
    At its maximum a model has the scores and the information of a weighted linear regression: with the information of
    one respondent written as ``Z_i'Z_i`` and his score as ``Z_i'r_i``, that of ``r`` on ``Z``. Its sampling weights
    stay weights, so the working covariance of r is the identity. The columns are scaled and r are residuals, so that a
    far origin (a calendar year) costs no digits.
    """
    weights = weights_of(design, data.rows)
    cluster = np.unique(design.units.cluster_of_row[data.rows], return_inverse=True)[1]
    if cluster.max() == 0:
        raise FeasibilityError(
            f"variance={variance!r} needs at least two clusters with respondents of {data.formula!r}, but there is one; no error can be given from it"
        )
    if isinstance(kind, OrdinalModel):
        totals = _ordinal_totals(kind, scaled, x, data.y, data.pattern, weights, cluster)
    else:
        assert isinstance(kind, LinearModel)
        # Z = x mu' / sqrt(V) and r = (y - mu) / sqrt(V), Pearson's residual: Z'r is the score, Z'Z the information
        root, residual = kind.working(x @ scaled.params, data.y, data.pattern)
        totals = cluster_totals((x * root[:, None])[data.pattern], residual, weights, cluster)
    if _least_weight(totals) < WEIGHTLESS:
        raise FeasibilityError(
            f"variance={variance!r} needs weights that leave something of every term, but those of {data.formula!r} give one of its terms, or a combination of them, less than {WEIGHTLESS:g} of the weight of another; look for a mistake in the weights, trim them with trim_weights(), or leave `variance` out"
        )
    return ModelClusters(variance, totals, back, back @ scaled.params)


def _least_weight(totals: ClusterTotals) -> float:
    """Return the least weight that a combination of the columns has, as a part of the largest."""
    # c'X'WXc / c'X'Xc lies between the smallest and the largest of these eigenvalues: the weights' part alone in what
    # makes X'WX hard to invert
    plain, weighted = totals.xx.sum(axis=0), totals.xwx.sum(axis=0)
    size = column_lengths(plain)
    values, vectors = np.linalg.eigh(plain / np.outer(size, size))
    known = values > DEPENDENT * values[-1]
    turn = vectors[:, known] / np.sqrt(values[known]) / size[:, None]
    found = np.linalg.eigvalsh(turn.T @ weighted @ turn)
    return float(found[0] / found[-1])


def _ordinal_totals(
    kind: OrdinalModel,
    solution: Solution,
    x: np.ndarray,
    y: np.ndarray,
    pattern: np.ndarray,
    weights: np.ndarray,
    cluster: np.ndarray,
) -> ClusterTotals:
    """Return the totals of the regression with the scores and the observed information of an ordinal model.

    The information of one answer is positive semidefinite because the likelihood is log-concave (Pratt 1981), so it has
    a root; only its sums over clusters are needed.
    """
    size, n_clusters = len(solution.params), int(cluster.max()) + 1
    n, weight = np.bincount(cluster), np.bincount(cluster, weights * (len(weights) / weights.sum()))
    # powers 0, 1 and 2 of w - 1 from which the sums by w and w^2 follow: equal weights then leave exact zeros
    apart = weights * (len(weights) / weights.sum()) - 1
    cells, of_row = np.unique(cluster * len(x) + pattern, return_inverse=True)
    counts = [kind.tally(of_row.ravel(), len(cells), y, power) for power in (np.ones(len(y)), apart, apart**2)]
    ends = np.searchsorted(cells, np.arange(n_clusters + 1) * len(x))
    square, vector = np.zeros((3, n_clusters, size, size)), np.zeros((3, n_clusters, size))
    for g in range(n_clusters):
        part = slice(ends[g], ends[g + 1])
        columns = x[cells[part] % len(x)]
        for power in range(3):
            _, slope, curve = kind.derivatives(solution.params, columns, counts[power][part])
            # curve is the second derivative of the log-likelihood, minus which is the observed information
            square[power, g], vector[power, g] = -curve, slope
    return ClusterTotals(square[0], square[1], square[2], vector[0], vector[1], n, weight)
