"""Covariances of a scale's items: weighted, with one sampling unit left out at a time, with replicate weights."""

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np

from surveykit._checks import ROUNDING, some, warn
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.likert.scale import LikertScale
from surveykit.progress_bar import track
from surveykit.words.messages import Message, Told, spaced

Missing = Literal["complete", "pairwise"]
FEW = 20
"""Degrees of freedom below which an interval is said to fall short."""
UNITS_AT_ONCE = 10_000
NOTHING_VARIES = 1e-12
"""Variance, in squared scale points, that rounding leaves where everyone gave one answer: the square of 1 to 100 minus
itself leaves 1e-16 to 1e-12. One other answer among a million leaves 1e-6."""


def item_covariance(matrix: np.ndarray, weights: np.ndarray, scale: LikertScale, missing: Missing) -> np.ndarray:
    """Return the weighted covariance matrix of items; refuse those that nobody answered, or all answered alike."""
    answered = ~np.isnan(matrix)
    if missing == "complete":
        answered &= answered.all(axis=1)[:, None]
    nobody = [item for item, count in zip(scale.items, answered.sum(axis=0)) if count < 2]
    if nobody:
        remedy = (
            ' among those who answered all items; pass missing="pairwise", or drop an item'
            if missing == "complete"
            else "; drop the item"
        )
        raise ArgumentError(
            f"a scale needs at least two respondents with answers, but {some(map(repr, nobody))} has fewer{remedy}"
        )
    x = np.where(answered, matrix, 0.0)
    seen = answered.astype(float)
    both = seen.T @ (weights[:, None] * seen)
    sums = x.T @ (weights[:, None] * seen)  # [i, j]: sum of item i over those who answered j too
    products = x.T @ (weights[:, None] * x)
    counts = seen.T @ seen
    # each pair over those who answered both: mean product minus product of the means, times n / (n - 1) of the pair
    covariance: np.ndarray = (products / both - (sums / both) * (sums / both).T) * counts / np.maximum(counts - 1, 1)
    constant = [item for item, variance in zip(scale.items, np.diag(covariance)) if not variance > NOTHING_VARIES]
    if constant:
        raise ArgumentError(
            f"a scale needs items on which answers differ, but everyone gave one answer to {some(map(repr, constant))}; drop it from the scale"
        )
    return covariance


def resampling_error(
    statistic: Callable[[np.ndarray], np.ndarray],
    whole: float,
    matrix: np.ndarray,
    rows: np.ndarray,
    design: SurveyDesign,
    part: float = ROUNDING,
) -> float:
    """Return the standard error of a statistic of the items' covariances.

    It is computed anew with each of the design's replicate weights, or without one sampling unit at a time.

    Parameters
    ----------
    statistic : callable
        From covariance matrices, (n, items, items), to numbers, (n,).
    whole : float
        Its value in the full sample.
    matrix, rows, design
        As in `jackknife_covariances`.
    part : float
        Part of the statistic below which a change is none: where an iteration stops.

    Returns
    -------
    float
        NaN, with a warning, where no value differs from that of the full sample.
    """
    if design.replicates is None:
        parts = [
            (factor * np.ones(len(covariances)), statistic(covariances))
            for factor, covariances in jackknife_covariances(matrix, rows, design)
        ]
        factors, found = (np.concatenate(columns) for columns in zip(*parts))
        error = np.sqrt(factors @ (found - whole) ** 2)
    else:
        found, part = statistic(_replicate_covariances(matrix, rows, design)), max(part, design.replicates.rounding)
        error = np.sqrt(design.replicates.covariance(found[:, None], np.array([whole]))[0, 0])
    if np.abs(found - whole).max() <= part * (1 + abs(whole)):
        warn(
            "the answers to the items of the scale do not vary between clusters or replicates, so no error can be given"
        )
        return float("nan")
    return float(error)


def worth_of_interval(df: float) -> Told:
    """Return what an interval of so many degrees of freedom is worth, for the sentence beside it; "" for many.

    What the sentence says was counted by `benchmarks/calibration/intervals.py` (part alpha, ten clusters): 94 % in all
    cells together, 93 % in those with clusters of 15 to 120 respondents and an intraclass correlation of 0.15.
    """
    return spaced(Message("alpha_error.worth")) if df < FEW else Told()


def _replicate_covariances(matrix: np.ndarray, rows: np.ndarray, design: SurveyDesign) -> np.ndarray:
    """Return the covariance matrix under each replicate weight, (replicates, items, items)."""
    made, weights = design.replicates, design.weights[rows]
    centred = matrix - np.average(matrix, axis=0, weights=weights)
    found = np.empty((made.n_replicates, matrix.shape[1], matrix.shape[1]))
    for number in track(range(made.n_replicates), "replicates"):
        there = weights * made.factors[made.of_row[rows], number]
        mean = there @ centred / there.sum()
        found[number] = (there[:, None] * centred).T @ centred / there.sum() - np.outer(mean, mean)
    return found


def jackknife_covariances(
    matrix: np.ndarray, rows: np.ndarray, design: SurveyDesign
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield covariance matrices without one primary sampling unit each, and the factors of their squared deviations.

    Parameters
    ----------
    matrix : float array, (complete respondents, items)
    rows : bool array, (respondents,)
        Which respondents are complete.
    design : SurveyDesign
        The other units of a stratum make up for the one left out (JKn); a lone unit of a stratum stays.
    """
    stratum = design.units.stages[0].stratum
    per_stratum = np.bincount(stratum)
    unit, weights = design.units.cluster_of_row[rows], design.weights[rows]
    centred = matrix - np.average(matrix, axis=0, weights=weights)
    columns = np.hstack([np.ones((len(matrix), 1)), centred])  # moments of (1, x): sums of w, of w x, of w x x'
    total = (weights[:, None] * columns).T @ columns
    of_stratum = np.zeros((len(per_stratum), *total.shape))
    present = np.unique(unit)
    order = np.argsort(unit, kind="stable")
    chunks = np.array_split(present, max(1, len(present) // UNITS_AT_ONCE))
    for chunk in chunks:
        np.add.at(of_stratum, stratum[chunk], _unit_moments(columns, weights, unit, order, chunk))
    for chunk in chunks:
        many = per_stratum[stratum[chunk]] > 1
        h = stratum[chunk][many]
        size = per_stratum[h][:, None, None]
        # JKn (Wolter 2007, chapter 4): the unit's stratum without it, n / (n - 1) times; moments of (1, x) add up, so
        # that no respondent is looked at again. A covariance is then mean x x' minus mean x mean x'.
        moments = _unit_moments(columns, weights, unit, order, chunk)[many]
        left = total - of_stratum[h] + (of_stratum[h] - moments) * size / (size - 1)
        mean = left[:, 0, 1:] / left[:, 0, 0][:, None]
        yield (
            (per_stratum[h] - 1) / per_stratum[h],
            left[:, 1:, 1:] / left[:, 0, 0][:, None, None] - mean[:, :, None] * mean[:, None, :],
        )


def _unit_moments(
    columns: np.ndarray, weights: np.ndarray, unit: np.ndarray, order: np.ndarray, chunk: np.ndarray
) -> np.ndarray:
    """Return the weighted cross-products of each unit of a chunk of ascending unit numbers."""
    in_order = unit[order]
    first, last = np.searchsorted(in_order, [chunk[0], chunk[-1] + 1])
    here = order[first:last]
    products = columns[here][:, :, None] * (weights[here][:, None] * columns[here])[:, None, :]
    return np.add.reduceat(products, np.searchsorted(in_order[first:last], chunk), axis=0)
