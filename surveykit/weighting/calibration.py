"""Calibration: the weights nearest to the given ones that meet totals of categories and of numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, check_numeric, check_option, some
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, WeightingError
from surveykit.weighting.cells import Cells
from surveykit.weighting.raking import calibration_record, check_iteration
from surveykit.weighting.targets import Margin, Margins, as_margin_dict, match_margins, refuse_simulated
from surveykit.weighting_records import Calibration

Method = Literal["linear", "raking", "logit"]
Factor = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
LARGEST_PROGRAM = 50_000
CANCELLED = 1e-3
"""Part of what its terms add up to without their signs, below which a total is a difference of large sums: its misfit
is then told in this part of them. In parts of a total of nearly zero no weights would meet it, as sums round to 1e-16
of their terms."""
LARGEST_LIFT = 1e-3
"""Largest slope that cells at a bound are given on the patient way. A free cell has a slope of about one."""
NEAR_ENOUGH, LONGEST = 0.1, 1e6
"""A step goes on until a tenth of its misfit is left, or a million times as far as Newton's would: the next step is
taken anew from there, so that to search longer gains nothing."""
DEPENDENT = 1e-13
"""Singular value of the normal equations (columns of like size) that is zero but for rounding.

The indicators of every margin add up to the same constant, so that some are. Taken for real, a step would run along
what changes no weight. It is a square: a year beside the constant has 1e-6 and must stay in.
"""
DEPENDENT_LIFTED = 1e-14
"""The same where cells at a bound count with a slope near zero instead of none: true directions are then as small."""
SHORTEST = 1e-6
"""A Newton step is halved down to this; if the misfit grows even then, the patient way is taken. Twenty halvings of a
step that is right bring nothing."""


def calibrate(
    design: SurveyDesign,
    totals: Margins,
    *,
    method: Method = "linear",
    bounds: tuple[float, float] | None = None,
    total: float | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 200,
) -> SurveyDesign:
    """Return the design with weights calibrated to population totals of categories and of numbers.

    Parameters
    ----------
    design : SurveyDesign
    totals : dict, Series, DataFrame, or a sequence of Series or DataFrames
        For a column of categories a mapping from level to target as in `rake` (also of crossed columns); for a numeric
        column its population total: ``{"sex": {"women": 30712, "men": 27788}, "household_size": 207675}``. Tables and
        Series, as in `rake`, where all columns hold categories.
    method : {"linear", "raking", "logit"}
        Distance between new and given weights: "linear" (the regression estimator), "raking" (exponential; weights stay
        positive), "logit" (needs bounds, stays between them).
    bounds : (low, high), optional
        Least and greatest factor by which a weight may change, low < 1 < high.
    total : float, optional
        Number of persons, where no column of categories tells it.
    tolerance : float
        Largest misfit of a total, relative to it.
    max_iterations : int
        Steps of Newton's method before giving up.

    Returns
    -------
    SurveyDesign

    Raises
    ------
    WeightingError
        When the totals are out of reach within the bounds, contradict each other, or need weights of zero or less; when
        the iteration has not converged.
    ColumnError
        When a column is absent, is neither of categories nor of numbers, or a respondent has no value in it.
    ArgumentError
        When `totals` do not map columns to targets, `bounds` do not enclose 1 or are absent for "logit", or `tolerance`
        or `max_iterations` is no such number.
    DesignError
        When the design has replicate weights, which would not follow.

    Notes
    -----
    Weights are ``w = d F(x'a)`` with F(u) = 1 + u, exp(u), or the logistic curve between the bounds, and a solves
    ``sum w x = totals`` by Newton's method (Deville and Särndal 1992; Deville, Särndal and Sautory 1993). Respondents
    with the same x share F, so the iteration runs on unique combinations.

    R: ``survey::calibrate(design, ~factor(sex) + hhsize, totals, calfun = "linear" | "raking" | "logit", bounds = )``.

    References
    ----------
    Deville, J.-C. and Särndal, C.-E. (1992). Calibration estimators in survey sampling. JASA 87, 376-382.
    Deville, J.-C., Särndal, C.-E. and Sautory, O. (1993). Generalized raking procedures in survey sampling. JASA 88,
    1013-1020.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"sex": ["f", "f", "m"], "size": [1, 3, 2]})
    >>> design = sk.calibrate(sk.SurveyDesign(answers), {"sex": {"f": 60, "m": 40}, "size": 210}, total=100)
    >>> design.weights.round(6).tolist()
    [25.0, 35.0, 40.0]
    """
    check_option(method, get_args(Method), "method")
    check_iteration(tolerance, max_iterations)
    factor = _factor(method, _check_bounds(bounds, method))
    cells, margins, numeric = _read_totals(design, totals, total)
    given, asked, names = _system(design, cells, margins, numeric, total)
    x, goals = _centred(cells.weights, given, asked, margins, numeric, total)
    g, misfit = calibrate_cells(cells.weights, x, goals, factor, tolerance, max_iterations)
    worst = int(np.argmax(np.abs(misfit)))
    if not abs(misfit[worst]) <= tolerance:
        where = f"{names[worst]}: {asked[worst]:g} asked, {float(given[:, worst] @ (cells.weights * g)):g} reached"
        _refuse_out_of_reach(cells.weights, x, goals, bounds, where)
        g, misfit = calibrate_cells(cells.weights, x, goals, factor, tolerance, max_iterations, patient=True)
        if not np.abs(misfit).max() <= tolerance:
            raise WeightingError(
                f"{method} calibration has not converged ({where}); widen `bounds`, raise `max_iterations`, or drop a total"
            )
    if not (g > 0).all():
        rows = design.survey.frame.index[cells.spread(g) <= 0]
        raise WeightingError(
            f'linear calibration without bounds gives {len(rows)} respondent(s) a weight of zero or less: {some(rows)}; pass bounds=(0.3, 3), say, or method="raking"'
        )
    kept = f" (factors from {bounds[0]:g} to {bounds[1]:g})" if bounds else ""
    step = f"calibrated ({method}) to {', '.join(names_of(margins, numeric))}{kept}"
    return design.with_weights(
        design.weights * cells.spread(g), step, replace(_record(margins, numeric, total), tolerance=float(tolerance))
    )


def names_of(margins: Sequence[Margin], numeric: Mapping[str, float]) -> list[str]:
    """Return what a calibration has fixed, by name."""
    return [*(margin.name for margin in margins), *numeric]


def _record(margins: list[Margin], numeric: Mapping[str, float], total: float | None) -> Calibration:
    record = calibration_record("calibration", margins)
    terms = record.terms if margins or total is None else ((),)  # the empty term is the constant: everybody
    return replace(record, terms=terms, numeric=tuple(numeric))


def _check_bounds(bounds: tuple[float, float] | None, method: Method) -> tuple[float, float]:
    if bounds is None:
        if method == "logit":
            raise ArgumentError(
                'method "logit" needs `bounds`, the least and greatest factor of a weight; pass bounds=(0.3, 3), say'
            )
        return -np.inf, np.inf
    numbers = [value for value in bounds if isinstance(value, int | float | np.number)]
    if len(bounds) != 2 or len(numbers) != 2 or not numbers[0] < 1 < numbers[1]:
        raise ArgumentError(
            f"`bounds` are the least and greatest factor of a weight, the one below 1 and the other above, but {bounds!r} was given"
        )
    if method == "logit" and not np.isfinite(bounds).all():
        raise ArgumentError(f'method "logit" needs finite `bounds`, but {bounds!r} was given')
    return float(bounds[0]), float(bounds[1])


def _factor(method: Method, bounds: tuple[float, float]) -> Factor:
    """Return F and its derivative as one function of u = x'a (Deville and Särndal 1992, table 1)."""
    low, high = bounds

    def linear(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        g = 1 + u
        return np.clip(g, low, high), ((g > low) & (g < high)).astype(float)

    def raking(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        g = np.exp(np.minimum(u, 700.0))
        return np.clip(g, low, high), np.where((g > low) & (g < high), g, 0.0)

    def logit(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        slope = (high - low) / ((high - 1) * (1 - low))  # the paper's A, which makes F'(0) = 1 as for the others
        share = 1 / (1 + (high - 1) / (1 - low) * np.exp(-np.clip(slope * u, -700, 700)))
        return low + (high - low) * share, (high - low) * slope * share * (1 - share)

    return {"linear": linear, "raking": raking, "logit": logit}[method]


def _read_totals(
    design: SurveyDesign, totals: Margins, total: float | None
) -> tuple[Cells, list[Margin], dict[str, float]]:
    refuse_simulated(design, totals, "totals")
    if isinstance(totals, pd.Series | pd.DataFrame | list | tuple):
        totals = as_margin_dict(totals, "totals")
    if not isinstance(totals, Mapping) or not totals:
        raise ArgumentError(
            "`totals` must map columns to targets, such as {'sex': {'women': 30712, 'men': 27788}, 'household_size': 207675}"
        )
    frame = design.survey.frame
    numeric = {
        name: value
        for name, value in totals.items()
        if isinstance(value, int | float | np.number) and not isinstance(value, bool)
    }
    check_columns(frame, numeric, "totals")
    for name, value in numeric.items():
        values = check_numeric(frame[name], "totals")
        if np.isnan(values).any():
            rows = frame.index[np.isnan(values)]
            raise ColumnError(
                f"calibration needs {name!r} of every respondent, but it is missing in {len(rows)} row(s): {some(rows)}; complete it or leave these rows out first"
            )
        if not np.isfinite(value):
            raise WeightingError(f"the total of {name!r} in `totals` must be a finite number, but {value!r} was given")
    margins = {name: value for name, value in totals.items() if name not in numeric}
    wanted, found = match_margins(design, margins, list(numeric), total, "totals")
    return wanted, found, {name: float(value) for name, value in numeric.items()}


def _system(
    design: SurveyDesign, cells: Cells, margins: list[Margin], numeric: Mapping[str, float], total: float | None
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return x of each cell, the totals, and the name of each total."""
    blocks = [np.equal.outer(margin.level, np.arange(len(margin.targets))).astype(float) for margin in margins]
    goals = [target for margin in margins for target in margin.targets]
    names = [f"{margin.name}={label}" for margin in margins for label in margin.labels]
    if not margins and total is not None:
        blocks.append(np.ones((len(cells.weights), 1)))
        goals.append(float(total))
        names.append("total")
    for name, value in numeric.items():
        row = cells.columns.index(name)
        values = np.asarray(cells.values[row], dtype=float)[cells.levels[row]]
        blocks.append(values[:, None])
        goals.append(value)
        names.append(name)
    return np.hstack(blocks), np.array(goals), names


def _centred(
    weights: np.ndarray,
    x: np.ndarray,
    goals: np.ndarray,
    margins: list[Margin],
    numeric: Mapping[str, float],
    total: float | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the system with numbers taken from their mean, where it says how many persons there are.

    The weights that meet it are the same, and a date written 20231105 keeps the digits in which persons differ.
    """
    persons = float(sum(margins[0].targets)) if margins else total
    if persons is None or not numeric:
        return x, goals
    x, goals = x.copy(), goals.copy()
    columns = slice(x.shape[1] - len(numeric), None)
    centre = weights @ x[:, columns] / weights.sum()
    x[:, columns] -= centre
    goals[columns] -= centre * persons
    return x, goals


def calibrate_cells(
    weights: np.ndarray,
    x: np.ndarray,
    goals: np.ndarray,
    factor: Factor,
    tolerance: float,
    max_iterations: int,
    patient: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the factor of each cell and the misfit of each total, relative to the total.

    A total near zero of large terms of both signs is met to a part of these terms, as rounding allows no more. The
    patient way is slower, and comes through where many cells are at a bound.
    """
    reach = np.abs(x).T @ weights  # what the terms of each total add up to without their signs
    scale = np.where(goals != 0, np.maximum(np.abs(goals), CANCELLED * reach), reach)
    scale = np.where(scale > 0, scale, 1.0)
    x = x / scale
    goals = goals / scale
    unit = np.sqrt(weights @ x**2)  # columns of like size keep the normal equations solvable
    unit = np.where(unit > 0, unit, 1.0)
    if patient:
        g, misfit = _descend(weights, x / unit, goals / unit, factor, tolerance / unit, max_iterations)
        return g, misfit * unit
    # Newton's method on sum d F(x'a) x = goals, whose derivative in a is sum d F'(x'a) x x' (Deville and Särndal 1992,
    # section 2)
    multipliers = np.zeros(x.shape[1])
    g, slope = factor(np.zeros(len(weights)))
    misfit = goals - x.T @ (weights * g)
    for _ in range(max_iterations):
        if np.abs(misfit).max() <= tolerance:
            break
        normal = ((x / unit) * (weights * slope)[:, None]).T @ (x / unit)
        step = np.linalg.lstsq(normal, misfit / unit, rcond=DEPENDENT)[0] / unit
        shorter = 1.0
        while shorter > SHORTEST:
            g_new, slope_new = factor(x @ (multipliers + shorter * step))
            with np.errstate(over="ignore", invalid="ignore"):
                misfit_new = goals - x.T @ (weights * g_new)
                closer = np.linalg.norm(misfit_new) < np.linalg.norm(misfit)
            if closer and np.isfinite(misfit_new).all():
                break
            shorter /= 2
        else:
            break
        multipliers = multipliers + shorter * step
        g, slope, misfit = g_new, slope_new, misfit_new
    return g, misfit


def _descend(
    weights: np.ndarray, x: np.ndarray, goals: np.ndarray, factor: Factor, tolerance: np.ndarray, max_iterations: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the factors and the misfits of a convex search, which needs no slope of the cells at a bound.

    F rises, so the multipliers that meet the totals minimize a convex function, whose gradient is the misfit with its
    sign turned. Each step goes down a direction of Newton's method, with the slopes of cells at a bound made a little
    larger than zero, to where the misfit along it changes its sign.
    """
    a = np.zeros(x.shape[1])
    g, slope = factor(np.zeros(len(weights)))
    misfit = goals - x.T @ (weights * g)
    for _ in range(max_iterations):
        if (np.abs(misfit) <= tolerance).all():
            break
        # a slope of zero would make the normal equations singular; so small a one bends the direction less and less
        part = min(LARGEST_LIFT, float(np.abs(misfit).max()))
        normal = (x * (weights * np.maximum(slope, part))[:, None]).T @ x
        step = np.linalg.lstsq(normal, misfit, rcond=DEPENDENT_LIFTED)[0]
        a = a + _length(weights, x, goals, factor, a, step) * step
        g, slope = factor(x @ a)
        misfit = goals - x.T @ (weights * g)
    return g, misfit


def _length(
    weights: np.ndarray, x: np.ndarray, goals: np.ndarray, factor: Factor, start: np.ndarray, step: np.ndarray
) -> float:
    """Return how far to go along a step: to where the misfit along it, which only falls, is near zero."""
    along, aim = x @ step, float(goals @ step)

    def ahead(length: float) -> float:
        return aim - float(along @ (weights * factor(x @ start + length * along)[0]))

    first, low, high = ahead(0.0), 0.0, 1.0
    while ahead(high) > NEAR_ENOUGH * first and high < LONGEST:
        low, high = high, 2 * high
    for _ in range(50):  # as many halvings as a float has digits between 1 and `LONGEST`
        if abs(ahead(high)) <= NEAR_ENOUGH * first:
            return high
        middle = (low + high) / 2
        low, high = (middle, high) if ahead(middle) > NEAR_ENOUGH * first else (low, middle)
    return high


def _refuse_out_of_reach(
    weights: np.ndarray, x: np.ndarray, goals: np.ndarray, bounds: tuple[float, float] | None, where: str
) -> None:
    """Raise when no weights at all can meet the totals."""
    from scipy.optimize import linprog  # costs a third of a second, which only this pays

    low, high = bounds or (0.0, np.inf)
    if len(weights) > LARGEST_PROGRAM:
        return
    scale = np.where(goals != 0, np.abs(goals), 1.0)
    program = linprog(
        np.zeros(len(weights)),
        A_eq=(x * weights[:, None] / scale).T,
        b_eq=goals / scale,
        bounds=[(low, high if np.isfinite(high) else None)] * len(weights),
        method="highs",
    )
    if program.status == 2:
        if bounds:
            raise WeightingError(
                f"no weights with factors from {bounds[0]:g} to {bounds[1]:g} meet these totals ({where}); widen `bounds`, or drop a total"
            )
        raise WeightingError(f"no weights of positive size meet these totals ({where}); correct or drop a total")
