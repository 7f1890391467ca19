"""Thirteen ways to read a quantile off weighted data; a survey's medians differ by the rule, so the rule has a name."""

import numpy as np

from surveykit.conventions import QuantileRule

FUZZ = 1e-11
"""Two shares nearer than this are one: which side rounding puts them on depends on the unit of the weights."""
_SHARES_BELOW = {"hf4": 1.0, "hf5": 0.5, "hf8": 2 / 3, "hf9": 5 / 8}
"""Part of an observation's own weight that counts as lying at or below it."""


def weighted_quantile(values: np.ndarray, weights: np.ndarray, probability: float, rule: QuantileRule) -> float:
    """Return a quantile of sorted values.

    Parameters
    ----------
    values : float array, (n,)
        In ascending order.
    weights : float array, (n,)
        Positive.
    probability : float
        From 0 to 1; NaN gives NaN.
    rule : str

    Notes
    -----
    With F the weighted distribution function: "math" and "hf1" take the smallest value with ``F >= p``; "school" and
    "hf2" the mean of the two values where F meets p exactly; "hf3" the even one of them among the distinct values;
    "hf4" to "hf9" interpolate between the plotting positions that Hyndman & Fan (1996, American Statistician 50)
    number so, weights in place of counts. "shahvaish" is R's form of Shah & Vaish (2006), which changes with the scale
    of the weights; "shahvaish-normalised" divides them by their mean, as the paper does.
    R: ``survey:::qrule_math`` and its sisters; below the first observation R's hf1 to hf4 look at the second one or
    extrapolate, these stay at the first.

    Examples
    --------
    >>> values, weights = np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0])
    >>> [weighted_quantile(values, weights, 0.5, rule) for rule in ("math", "school", "hf7")]
    [2.0, 2.5, 2.0]
    """
    if np.isnan(probability):
        return float("nan")
    if rule.startswith("shahvaish"):
        return _shah_vaish(values, weights, probability, normalise=rule != "shahvaish")
    if rule in ("math", "school", "hf1", "hf2", "hf3"):
        return _step(values, weights, probability, rule)
    running, last = np.cumsum(weights), weights[-1]
    total, before = running[-1], np.concatenate([[0.0], running[:-1]])
    if rule == "hf6":
        positions = running / (total + last)
    elif rule == "hf7":
        positions = before / running[-2] if len(values) > 1 else before
    else:
        part = _SHARES_BELOW[rule]
        extra = {"hf8": last / 3, "hf9": last / 4}.get(rule, 0.0)
        positions = (before * (1 - part) + running * part) / (total + extra)
    after = int(np.searchsorted(positions, probability))
    for at in (after, after - 1):  # at a plotting position the quantile is the value itself, not that less rounding
        if 0 <= at < len(values) and abs(positions[at] - probability) <= FUZZ:
            return float(values[at])
    return float(np.interp(probability, positions, values))


def _step(values: np.ndarray, weights: np.ndarray, probability: float, rule: QuantileRule) -> float:
    if rule == "hf3":
        starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        values, weights = values[starts], np.add.reduceat(weights, starts)
    share = np.cumsum(weights)
    share = share / share[-1]
    at = int(np.searchsorted(share, probability - FUZZ))  # the first value with F >= p
    at = min(at, len(values) - 1)
    meets = abs(share[at] - probability) <= FUZZ and at + 1 < len(values)
    if meets and rule in ("school", "hf2"):
        return float((values[at] + values[at + 1]) / 2)
    if meets and rule == "hf3" and at % 2 == 0:  # an odd position, counted from one
        return float(values[at + 1])
    return float(values[at])


def _shah_vaish(values: np.ndarray, weights: np.ndarray, probability: float, normalise: bool) -> float:
    relative = weights / weights.mean()
    own = relative if normalise else weights
    positions = (np.cumsum(relative) + 0.5 - own / 2) / (len(values) + 1)
    order = np.argsort(positions, kind="stable")
    at = int(np.searchsorted(positions[order], probability + 1e-12, side="right")) - 1
    return float(values[order][max(at, 0)])
