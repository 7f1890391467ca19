"""When nothing varies: one rule for what is an error of an estimate and what only rounding has left.

Sums of answers that are all alike, minus each other, are seldom exactly zero. A standard error made of what is left
would be 1e-17, and a test made of that error 1e-100. Here such remainders become zero, and a test without an error has
no statistic and no p-value.
"""

import numpy as np

from surveykit._checks import ROUNDING, warn
from surveykit.design import SurveyDesign

SQUARES_LEFT = 1e-13
"""What a difference of two sums of squares leaves behind when it should be zero, as a part of the larger one.

Squares do not cancel among themselves as answers do, so that a tenth of `ROUNDING` is room enough; as a standard
deviation it is 3e-7 of the answers. A hundred times more would take answers for equal that differ in their sixth digit.
"""
SCORES_LEFT = 1e-13
"""What a cluster's score leaves behind when it should be zero, as a part of the sum of its terms over all clusters: a
score is a sum of a few products, each rounded to 1e-16 of its terms."""


def rounding_of(design: SurveyDesign) -> float:
    """Return the part of what is combined below which a change is none: the replicates' own, where there are some."""
    return ROUNDING if design.replicates is None else float(design.replicates.rounding)


def without_rounding(values: np.ndarray, size: np.ndarray | float, part: float = ROUNDING) -> np.ndarray:
    """Return a table in which the columns that hold nothing but rounding are zero.

    Parameters
    ----------
    values : float array, (rows, columns)
        Differences: linearized totals, deviations from a mean, changes between replicates.
    size : float array, (columns,), or float
        How large the numbers were whose differences these are.
    part : float
        Part of the size that is rounding; of changes between replicates `ReplicateWeights.rounding`.

    Returns
    -------
    float array, (rows, columns)
        The same table where every column holds something.

    Examples
    --------
    >>> without_rounding(np.array([[0.1 + 0.2 - 0.3, 1.0], [0.0, 2.0]]), np.array([0.3, 2.0])).tolist()
    [[0.0, 1.0], [0.0, 2.0]]
    """
    if not len(values):
        return values
    far = np.abs(values).max(axis=0)
    if np.isnan(far).any():  # what is not known is not zero, and does not speak for the others
        far = np.nan_to_num(np.abs(values)).max(axis=0)
    with np.errstate(invalid="ignore"):
        gone = far <= part * np.abs(size)
    return np.where(gone & ~np.isnan(values), 0.0, values) if gone.any() else values


def scores_without_rounding(scores: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return what clusters put into robust errors, each zero where it is what rounding leaves of sums that cancel.

    Villages that are alike in composition cancel column by column only together, so that a look at one column at a time
    leaves 1e-17 of them; a test could be made of that. One cluster may cancel where others do not: unlike in
    `without_rounding`, each is looked at by itself.

    Parameters
    ----------
    scores : float array, (..., clusters, columns)
    sizes : float array, like `scores`
        The same sums with all their parts counted positive.
    """
    return np.where(np.abs(scores) <= SCORES_LEFT * sizes.sum(axis=-2, keepdims=True), 0.0, scores)


def combined(linearized: np.ndarray, weights: np.ndarray, part: float = ROUNDING) -> np.ndarray:
    """Return combinations of columns of linearized totals, zero where the columns cancel.

    Parameters
    ----------
    linearized : float array, (rows, estimates)
    weights : float array, (estimates, combinations)
    part : float
        As in `without_rounding`.

    Returns
    -------
    float array, (rows, combinations)
    """
    if not len(linearized):
        return np.asarray(linearized @ weights)
    return without_rounding(linearized @ weights, np.abs(linearized).max(axis=0) @ np.abs(weights), part)


def t_statistics(gap: np.ndarray, std_error: np.ndarray, what: str = "") -> np.ndarray:
    """Return distances in standard errors, missing where there is no error to measure with; say so of `what`.

    Examples
    --------
    >>> t_statistics(np.array([2.0, 2.0]), np.array([0.5, 0.0])).tolist()
    [4.0, nan]
    """
    std_error = np.asarray(std_error)
    if what and (std_error == 0).any():
        warn_of_no_variation(what)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(std_error > 0, gap / std_error, np.nan)


def warn_of_no_variation(what: str) -> None:
    """Say that there is nothing to test, and why."""
    warn(
        f"{what} do not vary between clusters, so there is nothing to test: the standard error is zero or unknown, and no statistic or p-value is given"
    )
