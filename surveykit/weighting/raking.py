"""Raking: weights whose sums meet several sets of population totals at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from surveykit._checks import warn
from surveykit.conventions import MARGINS_MET, conventions_of
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, WeightingError
from surveykit.results import WeightingStep
from surveykit.weighting.ceiling import CappedCells, smallest_ceiling
from surveykit.weighting.cells import Cells
from surveykit.weighting.targets import Margin, Margins, margin_table, read_margins
from surveykit.weighting_records import Calibration

WORTH_MEASURING = 10
"""How many tolerances the largest error inside a sweep may be before the margins are measured at its end: a margin met
early in the sweep is moved by those after it, mostly by less than in the sweep before, so that the end may be near."""
SAME_RATIO = 1e-9
"""Part by which the solver's smallest ceiling may lie below the one asked for and be the same number, rounded."""


def rake(
    design: SurveyDesign,
    margins: Margins,
    *,
    max_weight_ratio: float | None = None,
    tolerance: float | None = None,
    max_iterations: int | None = None,
    total: float | None = None,
) -> SurveyDesign:
    """Return the design with weights raked to population margins.

    Parameters
    ----------
    design : SurveyDesign
    margins : dict, Series, DataFrame, or a sequence of Series or DataFrames
        Targets by column: ``{"sex": {"women": 0.52, "men": 0.48}, "age_group": {1: 15210, 2: 18135, ...}}``. A level is
        named by its code, by its label in any language of the codebook, or by the code as text. A key of several
        columns, ``("sex", "age_group"): {(1, 1): 7315, ...}``, fixes their combinations. A table has the columns
        ``column``, ``level``, ``target``. Targets are counts, or shares that add up to 1 (or percentages that add up
        to 100); shares keep the present sum of weights unless another margin holds counts.
    max_weight_ratio : float, optional
        Ceiling: no respondent may weigh more than this many times the mean weight.
    tolerance : float, optional
        Stop when every weighted sum is within this fraction of its target. By default that of the design's conventions:
        1e-8, and under "r-survey" R's own rule (see Notes).
    max_iterations : int, optional
        Sweeps over all margins before giving up; 1000 by default, 10 under R's rule.
    total : float, optional
        What the weights shall add up to; every margin is scaled to it.

    Returns
    -------
    SurveyDesign
        With the new weights, the step written down, and a record for the variance.

    Raises
    ------
    WeightingError
        When a margin misses a level, names an unknown one, demands an empty one, does not add up with the others,
        when no weights can meet the targets (under the ceiling), or when the iteration has not converged.
    ColumnError
        When a column is absent, or a respondent has no value in it.
    ArgumentError
        When `margins` do not give targets by column, name a level twice, or are those of a simulated population while
        the answers are real; when the ceiling is below 1, `tolerance` is not between 0 and 1, or `max_iterations` below
        1.
    DesignError
        When the design has replicate weights, which would not follow.

    Notes
    -----
    Iterative proportional fitting (Deming and Stephan 1940) on the table of margin cells: respondents of one cell share
    one factor, so a sweep costs as many operations as there are cells, not respondents. Among all weights ``w`` that
    meet the targets, raking chooses those that minimize ``sum w log(w / d) - w + d`` to the given weights ``d``.

    The ceiling is part of that problem, not a trimming after it: with the bound ``u`` the solution is
    ``w_i = min(d_i f_c, u)`` for factors ``f_c`` by cell (Deville and Särndal 1992, case of bounded distances). As the
    sum of weights is fixed by the targets, ``u = max_weight_ratio * total / n`` is known before the first sweep. Each
    sweep scales, level by level, the weights that are below ``u`` so that level and target agree.

    R: ``survey::rake(design, list(~sex, ~age), list(...), control = list(epsilon = 1e-10, maxit = 2000))``. R's
    default is coarser: it stops when a sweep moves the weighted count of no cell of the full cross-table by 1 or more,
    after 10 sweeps at the latest, and warns when that was too early. A design with the conventions "r-survey" follows
    it unless `tolerance` or a ceiling, which R does not have, is given. Standard errors after raking are R's too:
    residuals from the margins with equal weights, where ``calibrate(method="raking")`` takes the weights before the
    step.

    References
    ----------
    Deming, W. E. and Stephan, F. F. (1940). On a least squares adjustment of a sampled frequency table when the
    expected marginal totals are known. Annals of Mathematical Statistics 11, 427-444.
    Deville, J.-C. and Särndal, C.-E. (1992). Calibration estimators in survey sampling. JASA 87, 376-382.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"sex": ["f", "f", "f", "m"], "young": [1, 0, 1, 0]})
    >>> margins = {"sex": {"f": 0.5, "m": 0.5}, "young": {1: 0.4, 0: 0.6}}
    >>> raked = sk.rake(sk.SurveyDesign(answers), margins, total=100)
    >>> raked.weights.round(4).tolist()
    [20.0, 10.0, 20.0, 50.0]
    """
    stop = conventions_of(design).raking_tolerance
    if tolerance is not None or max_weight_ratio is not None:
        stop = MARGINS_MET
    by_cells = stop.measured == "cells"
    max_iterations = stop.sweeps if max_iterations is None else max_iterations
    tolerance = MARGINS_MET.below if tolerance is None else tolerance
    check_iteration(tolerance, max_iterations)
    cells, found = read_margins(design, margins, total)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # margins that no weights meet run to 0 and inf
        if by_cells:
            factors, moved, worst = rake_until_cells_rest(cells.weights, found, stop.below, max_iterations)
        else:
            factors, _, worst = rake_cells(cells.weights, found, tolerance, max_iterations)
    if by_cells and np.isfinite(worst):
        if not moved < stop.below:
            warn(
                f"raking under the conventions {design.conventions!r} stops after {max_iterations} sweep(s), as R does, but the last one still moved a cell by {moved:.4g} and a margin is {worst:.2g} of its target off; give `tolerance` (1e-8) to rake until the margins are met"
            )
    elif not worst <= tolerance:
        raise _not_converged(cells, found, cells.weights * factors, worst, max_iterations, None)
    weights = design.weights * cells.spread(factors)
    if max_weight_ratio is not None:
        ceiling = _check_ceiling(max_weight_ratio, found, cells) * found[0].targets.sum() / len(design)
        if weights.max() > ceiling:
            weights = _rake_below(design, cells, found, factors, ceiling, max_weight_ratio, tolerance, max_iterations)
    names = ", ".join(margin.name for margin in found)
    slots = {} if max_weight_ratio is None else {"ceiling": f"{max_weight_ratio:g}"}
    said = f"raked to {names}" + "".join(f" (ceiling {ratio})" for ratio in slots.values())
    if by_cells:
        said, slots = f"{said} (R's stopping rule)", {"rule": "r_stopping_rule"}
    step = WeightingStep(said, "raked to", names=names, **slots)
    # R's rule stops at a change of weights and promises nothing of the margins
    record = replace(
        calibration_record("raking", found), residual_weights="equal", tolerance=0.0 if by_cells else float(tolerance)
    )
    return design.with_weights(weights, step, record)


def rake_cells(
    weights: np.ndarray, margins: Sequence[Margin], tolerance: float, max_iterations: int
) -> tuple[np.ndarray, int, float]:
    """Return the factor of each cell, the number of sweeps, and the largest relative error of a margin."""
    # Iterative proportional fitting (Deming & Stephan 1940, Annals of Mathematical Statistics 11): each margin in turn
    # is met by one factor per level. Respondents of a cell get the same factors, so that cells suffice.
    fitted, worst, sweep = weights.copy(), np.inf, 0
    while sweep < max_iterations:
        sweep += 1
        worst = 0.0
        for margin in margins:
            ratio = margin.targets / margin.sums(fitted)
            worst = max(worst, np.abs(ratio - 1).max())
            fitted *= ratio[margin.level]
        if worst < WORTH_MEASURING * tolerance:  # the sums above are from within the sweep: measure all at its end
            worst = max(np.abs(margin.sums(fitted) / margin.targets - 1).max() for margin in margins)
            if worst <= tolerance:
                break
        if not np.isfinite(worst):
            break
    return fitted / weights, sweep, worst


def rake_until_cells_rest(
    weights: np.ndarray, margins: Sequence[Margin], below: float, max_iterations: int
) -> tuple[np.ndarray, float, float]:
    """Return the factor of each cell, what the last sweep moved, and the largest relative error of a margin."""
    fitted, moved = weights.copy(), np.inf
    for _ in range(max_iterations):
        before = fitted.copy()
        for margin in margins:
            fitted *= (margin.targets / margin.sums(fitted))[margin.level]
        moved = float(np.abs(fitted - before).max())
        if not moved >= below:
            break
    worst = max(float(np.abs(margin.sums(fitted) / margin.targets - 1).max()) for margin in margins)
    return fitted / weights, moved, worst


def _rake_below(
    design: SurveyDesign,
    cells: Cells,
    margins: list[Margin],
    factors: np.ndarray,
    ceiling: float,
    ratio: float,
    tolerance: float,
    max_iterations: int,
) -> np.ndarray:
    """Return raked weights none of which is above `ceiling`, from the factors that raking without it has found."""
    capped = CappedCells.of(design.weights, cells, ceiling)
    factors, worst = factors.copy(), np.inf
    for _ in range(max_iterations):
        worst = 0.0
        for margin in margins:
            free, held = capped.sums(factors)
            free, held = margin.sums(free), margin.sums(held)
            worst = max(worst, np.abs((free + held) / margin.targets - 1).max())
            # Newton's step on a level's sum of min(d f, ceiling), which is concave and piecewise linear in a common
            # factor of its f; halving where too many are held at the ceiling
            with np.errstate(divide="ignore", invalid="ignore"):
                step = np.where(free > 0, (margin.targets - held) / free, 0.5)
            factors *= np.maximum(step, 0.5)[margin.level]
        if worst < WORTH_MEASURING * tolerance:
            fitted = np.add(*capped.sums(factors))
            worst = max(np.abs(margin.sums(fitted) / margin.targets - 1).max() for margin in margins)
            if worst <= tolerance:
                return np.asarray(np.minimum(design.weights * cells.spread(factors), ceiling))
        if not np.isfinite(factors).all():
            break
    raise _not_converged(cells, margins, np.add(*capped.sums(factors)), worst, max_iterations, ratio)


def _check_ceiling(ratio: float, margins: Sequence[Margin], cells: Cells) -> float:
    """Return the ceiling; raise when a single level already rules it out."""
    if not isinstance(ratio, int | float) or isinstance(ratio, bool) or not ratio >= 1:
        raise ArgumentError(
            f"`max_weight_ratio` is the largest weight over the mean weight, so it must be at least 1 (5 is usual), but {ratio!r} was given"
        )
    counts = cells.count()
    for margin in margins:
        people = margin.sums(counts)
        needed = (margin.targets / margin.targets.sum()) / (people / people.sum())
        worst = int(np.argmax(needed))
        if needed[worst] > ratio:
            raise WeightingError(
                f"no weights can meet the ceiling `max_weight_ratio`={ratio:g}: the {people[worst]:g} respondent(s) in level {margin.labels[worst]!r} of {margin.name!r} must weigh {needed[worst]:.4g} times the mean on average; raise the ceiling, or merge that level with a neighbour"
            )
    return float(ratio)


def _not_converged(
    cells: Cells, margins: list[Margin], fitted: np.ndarray, worst: float, sweeps: int, ratio: float | None
) -> WeightingError:
    """Return the error that says why raking stopped, with the table of margins as a note."""
    table = margin_table(margins, cells.weights, fitted, cells.count())
    off = np.abs(table["relative_error"].to_numpy())
    row = table.iloc[int(np.argmax(np.where(np.isnan(off), np.inf, off)))]
    smallest = smallest_ceiling(margins, cells.count())
    if smallest is not None and not np.isfinite(smallest):
        reason = "no weights can meet these margins together, because some of their combinations have no respondent; merge thin levels, or drop a margin"
    elif smallest is not None and ratio is not None and smallest > ratio * (1 - SAME_RATIO):
        reason = f"no weights can meet these margins under `max_weight_ratio`={ratio:g}; the smallest ceiling that any weights could keep is {smallest:.4g}, so raise it or drop a margin"
    else:
        reason = f"raking has not converged after {sweeps} sweeps; raise `max_iterations` or merge thin levels"
    error = WeightingError(
        f"{reason} (worst margin: {row['column']}={row['label']}, target {row['target']:g}, reached {row['after']:g}, relative error {worst:.2g})"
    )
    error.add_note(table.to_string(index=False))
    return error


def calibration_record(kind: str, margins: Sequence[Margin]) -> Calibration:
    """Return what the variance needs to know of a step that met these margins."""
    return Calibration(
        kind,
        tuple(margin.name for margin in margins),
        tuple(tuple(zip(margin.codes, margin.targets.tolist())) for margin in margins),
        tuple(margin.columns for margin in margins),
    )


def check_iteration(tolerance: float, max_iterations: int) -> None:
    """Raise unless the stopping rule can stop."""
    if not isinstance(tolerance, int | float) or not 0 < tolerance < 1:
        raise ArgumentError(f"`tolerance` must lie between 0 and 1 (1e-8 is the default), but {tolerance!r} was given")
    if not isinstance(max_iterations, int | np.integer) or max_iterations < 1:
        raise ArgumentError(f"`max_iterations` must be a whole number of at least 1, but {max_iterations!r} was given")
