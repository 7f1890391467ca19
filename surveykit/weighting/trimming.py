"""Trimming and scaling: extreme weights brought to a bound, weights brought to a sum."""

import numpy as np

from surveykit._checks import warn
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, WeightingError
from surveykit.weighting.diagnostics import summarize_weights

NEGLIGIBLE = 1e-6
"""Error of a margin, relative to its target, that is not told of: steps leave 1e-8 by their own tolerance, and a
trimmed weight that matters moves a margin by more than a millionth."""


def trim_weights(
    design: SurveyDesign,
    *,
    lower: float | None = None,
    upper: float | None = None,
    max_weight_ratio: float | None = None,
    strict: bool = True,
) -> SurveyDesign:
    """Return the design with weights beyond bounds cut to them, the excess shared equally by the others.

    Parameters
    ----------
    design : SurveyDesign
    lower, upper : float, optional
        Bounds, in the units of the weights.
    max_weight_ratio : float, optional
        Upper bound as a multiple of the mean weight; give it or `upper`.
    strict : bool
        Repeat until no weight is beyond the bounds. Otherwise one pass: what the others receive may carry some of them
        slightly beyond.

    Returns
    -------
    SurveyDesign
        With the same sum of weights.

    Warns
    -----
    SurveyKitWarning
        When margins that an earlier step had met are met no more, with the largest error.

    Raises
    ------
    WeightingError
        When the mean weight is beyond a bound, so that no weights of this sum can keep it.
    ArgumentError
        When no bound is given, `upper` and `max_weight_ratio` both are, or a bound is not positive or the lower one not
        below the upper.
    DesignError
        When the design has replicate weights, which would not follow.

    Notes
    -----
    The excess is spread as an equal amount over the untrimmed weights; a weight once trimmed stays at its bound and
    takes no share. Where that leaves none to take it, trimmed weights move again, to the weights of the same sum
    between the bounds that differ least in squares from those given. Trimming after raking gives the margins up;
    ``rake(max_weight_ratio=)`` keeps both.
    R: ``survey::trimWeights(design, lower =, upper =, strict =)`` (survey 4.5; in 4.1 a trimmed weight moves again).

    References
    ----------
    Potter, F. J. (1990). A study of procedures to identify and trim extreme sampling weights. Proceedings of the
    Section on Survey Research Methods, American Statistical Association, 225-230.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> design = sk.SurveyDesign(pd.DataFrame({"w": [1.0, 2.0, 3.0, 10.0]}), weight="w")
    >>> sk.trim_weights(design, upper=7).weights.tolist()
    [2.0, 3.0, 4.0, 7.0]
    """
    low, high = _bounds(design.weights, lower, upper, max_weight_ratio)
    weights, trimmed = trim(design.weights, low, high, strict)
    if not trimmed.any():
        return design
    limits = " and ".join([f"at least {low:g}"] * (low > 0) + [f"at most {high:g}"] * bool(np.isfinite(high)))
    changed = design.with_weights(weights, f"trimmed to {limits} ({int(trimmed.sum())} of {len(design)} weights)")
    if changed.calibration:
        margins = summarize_weights(changed).margins
        errors = margins["relative_error"].abs() if len(margins) else np.zeros(1)
        if errors.max() > NEGLIGIBLE:
            row = margins.iloc[int(np.argmax(errors))]
            warn(
                f"trimming has moved the margins that were met before: {row['column']}={row['label']} is off by {100 * row['relative_error']:+.2g}% of its target; rake(max_weight_ratio=...) keeps both"
            )
    return changed


def _bounds(weights: np.ndarray, lower: float | None, upper: float | None, ratio: float | None) -> tuple[float, float]:
    if lower is None and upper is None and ratio is None:
        raise ArgumentError("trimming needs a bound; pass `upper`, `lower` or `max_weight_ratio`")
    if upper is not None and ratio is not None:
        raise ArgumentError("`upper` and `max_weight_ratio` are two ways to say one bound; pass one of them")
    for name, value in (("lower", lower), ("upper", upper), ("max_weight_ratio", ratio)):
        is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if value is not None and not (is_number and value > 0):
            raise ArgumentError(f"`{name}` must be a positive number, but {value!r} was given")
    mean = float(weights.mean())
    low = 0.0 if lower is None else float(lower)
    high = float(upper) if upper is not None else float(ratio) * mean if ratio is not None else np.inf
    if not low < high:
        raise ArgumentError(f"`lower` must be below the upper bound, but {low:g} and {high:g} were given")
    if not low <= mean <= high:
        raise WeightingError(
            f"the mean weight is {mean:g}, so no weights of the same sum can all lie from {low:g} to {high:g}; choose bounds on both sides of the mean"
        )
    return low, high


def trim(weights: np.ndarray, low: float, high: float, strict: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return weights cut to the bounds with the excess spread equally over the uncut, and which were cut."""
    new, cut = weights.copy(), np.zeros(len(weights), dtype=bool)
    while True:
        beyond = ~cut & ((new < low) | (new > high))
        if not beyond.any():
            return new, cut
        bounded = np.clip(new, low, high)
        excess = float((new - bounded)[beyond].sum())
        new[beyond] = bounded[beyond]
        cut |= beyond
        if cut.all():
            new = _project(weights, low, high)
            return new, (new <= low) | (new >= high)
        new[~cut] += excess / (~cut).sum()
        if not strict:
            return new, cut


def _project(weights: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the weights between the bounds that have the same sum and differ least in squares.

    They are ``min(max(w + c, low), high)`` with one c for all; the mean weight must lie between the bounds.
    """
    # The Lagrange condition of least squares with a fixed sum is new - w = c wherever a weight is free of its bound;
    # the sum rises with c, so that bisection finds it.
    total = weights.sum()
    least, most = low - weights.max(), min(high, total) - weights.min()
    for _ in range(200):  # until the middle is one of the ends, which breaks no tie: far more than a float has bits
        shift = (least + most) / 2
        if np.clip(weights + shift, low, high).sum() < total:
            least = shift
        else:
            most = shift
    free = (weights + most > low) & (weights + most < high)
    new: np.ndarray = np.clip(weights + most, low, high)
    if free.any():
        new[free] += (total - new.sum()) / free.sum()
    return new


def scale_weights(design: SurveyDesign, total: float | None = None) -> SurveyDesign:
    """Return the design with weights multiplied so that they add up to `total` (by default to the number of rows).

    Parameters
    ----------
    design : SurveyDesign
    total : float, optional
        New sum of the weights, in persons; by default the number of respondents, so that the mean weight is 1.

    Returns
    -------
    SurveyDesign

    Raises
    ------
    ArgumentError
        When `total` is not positive.
    DesignError
        When the design has replicate weights, which would not follow.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> sk.scale_weights(sk.SurveyDesign(pd.DataFrame({"w": [1.0, 3.0]}), weight="w")).weights.tolist()
    [0.5, 1.5]
    """
    aim = len(design) if total is None else total
    if not isinstance(aim, int | float | np.number) or isinstance(aim, bool) or not (np.isfinite(aim) and aim > 0):
        raise ArgumentError(f"`total` must be a positive number, but {total!r} was given")
    text = "mean 1" if total is None else f"a total of {aim:,.10g}"
    return design.with_weights(design.weights * (aim / design.weights.sum()), f"scaled to {text}")
