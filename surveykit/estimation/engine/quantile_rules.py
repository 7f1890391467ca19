"""Fifteen ways to read a quantile off weighted data; a survey's medians differ by the rule, so the rule has a name."""

import numpy as np

from surveykit.conventions import QuantileRule

FUZZ = 1e-11
"""Two shares nearer than this are one: which side rounding puts them on depends on the unit of the weights."""
FUZZ_OF_POSITIONS = 1e-12
"""The same between plotting positions of Shah & Vaish, which R compares without any: only what adds up to the very
share in another order is caught. Ten times more would reach a neighbour among a million millions, which no survey
has."""
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
    "hf4-distinct" is hf4 on the distinct values, the weights of equal ones added up: SAS's PROC SURVEYMEANS. "haverage"
    is SPSS's EXAMINE, the weighted average at ``(W + 1) p`` of W cases: weights count cases, so that it changes with
    their scale, and between two values it moves within one case.
    R: ``survey:::qrule_math`` and its sisters; below the first observation R's hf1 to hf4 look at the second one or
    extrapolate, these stay at the first. In survey 4.1 ``qrule_math(1:59, rep(1, 59), 0.005)`` is 2, though the first
    value already has ``F = 1 / 59 >= 0.005``, and ``quantile(1:59, 0.005, type = 1)`` is 1.

    Examples
    --------
    >>> values, weights = np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0])
    >>> [weighted_quantile(values, weights, 0.5, rule) for rule in ("math", "school", "hf7")]
    [2.0, 2.5, 2.0]
    """
    if np.isnan(probability):
        return float("nan")
    if rule.startswith("shahvaish"):
        return _shah_vaish(values, weights, probability, normalize=rule != "shahvaish")
    if rule in ("hf4-distinct", "haverage"):
        starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        values, weights = values[starts], np.add.reduceat(weights, starts)
    if rule == "haverage":
        return _average_of_cases(values, weights, probability)
    if rule in ("math", "school", "hf1", "hf2", "hf3"):
        return _step(values, weights, probability, rule)
    running, last = np.cumsum(weights), weights[-1]
    total, before = running[-1], np.concatenate([[0.0], running[:-1]])
    if rule == "hf6":
        positions = running / (total + last)
    elif rule == "hf7":
        positions = before / running[-2] if len(values) > 1 else before
    else:
        part = _SHARES_BELOW[rule.removesuffix("-distinct")]
        extra = {"hf8": last / 3, "hf9": last / 4}.get(rule, 0.0)
        # Hyndman & Fan's (k - a) / (n + 1 - a - b) with sums of weights for counts: k - 1 is `before`, k is `running`
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


def _average_of_cases(values: np.ndarray, weights: np.ndarray, probability: float) -> float:
    running = np.cumsum(weights)
    place = (running[-1] + 1) * probability
    at = int(np.searchsorted(running, place * (1 + FUZZ), side="right"))  # the value that holds case number `place`
    if at == 0 or at == len(values):
        return float(values[min(at, len(values) - 1)])
    beyond = (place - running[at - 1]) / min(weights[at], 1.0)  # less than a whole case is spread over what there is
    part = min(max(beyond, 0.0), 1.0)
    return float((1 - part) * values[at - 1] + part * values[at])


def _shah_vaish(values: np.ndarray, weights: np.ndarray, probability: float, normalize: bool) -> float:
    relative = weights / weights.mean()
    own = relative if normalize else weights
    positions = (np.cumsum(relative) + 0.5 - own / 2) / (len(values) + 1)
    order = np.argsort(positions, kind="stable")
    at = int(np.searchsorted(positions[order], probability + FUZZ_OF_POSITIONS, side="right")) - 1
    return float(values[order][max(at, 0)])
