"""Variance that knows of the calibration: what the weighting has fixed cannot vary.

After raking, post-stratification or calibration, weighted totals of the margins are constants. A linearized value u
then varies only through its residual from the regression of u on the calibration variables with the weights before
the step, times the weight after it (Deville & Särndal 1992; R ``survey::calibrate``). That residual needs only
the sums of u by cell of the calibrated columns and by sampling unit, so a raked design costs one more pass per item.

An estimator asks for `FixedTotals.of` its design, sums what it estimates by each of the `tables` there, as it did by
sampling unit, and hands the sums to `calibrated_totals`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveykit.design import SurveyDesign
from surveykit.estimation.engine.domains import Domains
from surveykit.estimation.engine.pseudo_inverse import inverse_in_unit_lengths
from surveykit.estimation.engine.replication import differences_of_ratios, differences_of_totals
from surveykit.estimation.engine.result_columns import RatioTotals
from surveykit.estimation.engine.rounding import without_rounding
from surveykit.estimation.engine.totals import Tabulator
from surveykit.sampling_units import factorize_columns
from surveykit.weighting_records import Calibration

Sums = tuple[np.ndarray, np.ndarray]
"""Numerators and denominators of every estimate summed by the units of a table, each (units, estimates)."""
DEPENDENT = 1e-12
"""Eigenvalue, of products of columns of length one, that is zero but for rounding.

The indicators of every margin add up to the same constant, so that there are such directions as a rule; they are to be
left out. Their eigenvalues come out at 1e-16 times the number of columns: a hundred times less would let them in, with
residuals made of rounding. Ten times more would leave out numbers that correlate to twelve digits, which none do.
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """One calibration step: its indicator columns, numeric columns, weights of the regression and weights after it."""

    indicators: np.ndarray
    numeric: np.ndarray
    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class FixedTotals:
    """What the weighting of a design has fixed, made ready for estimates in some groups.

    Attributes
    ----------
    design : SurveyDesign
    cell : int array, (respondents,)
        Cell of the calibrated columns.
    n_cells : int
    steps : list of _Step
        None where nothing is fixed, or where replicate weights give the variance.
    tables : list of Tabulator
        What estimates have to be summed by: for each step the cells, then for each numeric column of the step everybody
        as one unit, weighted by that column too.
    """

    design: SurveyDesign
    cell: np.ndarray
    n_cells: int
    steps: list[_Step]
    tables: list[Tabulator]

    @classmethod
    def of(cls, design: SurveyDesign, domains: Domains) -> "FixedTotals":
        """Read the calibration steps of a design."""
        if design.replicates is not None or not design.calibration:
            return cls(design, np.empty(0, dtype=np.int64), 0, [], [])
        names = list(dict.fromkeys(name for step in design.calibration for term in step.terms for name in term))
        cell, cells = factorize_columns(design.survey.frame, names, "margin")
        keys = [key if isinstance(key, tuple) else (key,) for key in cells]
        steps = [_make_step(step, design, names, keys) for step in design.calibration]
        by_cell = Tabulator.of(cell, len(keys), domains, design.weights)
        everybody = Tabulator.of(np.zeros(len(cell), dtype=np.int64), 1, domains, design.weights)
        tables = []
        for step in steps:
            weights = step.before * design.weights / step.after
            tables.append(replace(by_cell, weights=weights))
            tables += [replace(everybody, weights=weights * column) for column in step.numeric.T]
        return cls(design, cell, len(keys), steps, tables)


def calibrated_totals(ratio: RatioTotals, fixed: FixedTotals, sums: Sequence[Sums]) -> np.ndarray:
    """Return the linearized unit totals of estimates, residualized on what the weighting has fixed.

    Parameters
    ----------
    ratio : RatioTotals
        The estimates by sampling unit.
    fixed : FixedTotals
        Of the design and groups of the estimates.
    sums : sequence of (float array, float array)
        The same numerators and denominators by each of the tables of `fixed`.

    Returns
    -------
    float array, (sampling units, estimates)
    """
    design = fixed.design
    if design.replicates is not None:
        if ratio.fixed:
            return differences_of_totals(ratio.numerator, design.replicates)
        return differences_of_ratios(ratio.numerator, ratio.denominator, design.replicates)
    if not fixed.steps:
        return ratio.linearized
    cell, n_cells, steps = fixed.cell, fixed.n_cells, fixed.steps
    result, size, by_table = ratio.linearized.copy(), ratio.sizes, iter(sums)
    slopes: list[np.ndarray] = []
    # Step after step, as R's svyrecvar: r is what the steps before have left of w u (at first w u itself). Per person
    # it is r / after_k, which is regressed on X_k with the weights before the step: X_k' D X_k b_k = X_k' D (r /
    # after_k), D the diagonal of before_k. Then after_k X_k b_k comes off r. The right side is summed from its parts, w
    # u and the after_j X_j b_j of earlier steps, each over cells, so that r is never formed by respondents.
    for number, step in enumerate(steps):
        right = _project(step, by_table, ratio)
        for earlier, slope in zip(steps[:number], slopes):
            right -= _gram(step, earlier, cell, n_cells, step.before * earlier.after / step.after) @ slope
        slopes.append(_solve(_gram(step, step, cell, n_cells, step.before), right))
        fitted = _fitted(step, cell, n_cells, slopes[-1], design)
        size = size + np.abs(fitted).max(axis=0)
        result -= fitted
    return without_rounding(result, size)


@dataclass(frozen=True, slots=True, eq=False)
class FittedByCell:
    """What one calibration step takes off a person's linearized value: weight after the step times a value of his cell.

    Attributes
    ----------
    cell : int array, (respondents,)
        Cell of the calibrated columns.
    after : float array, (respondents,)
        Weights after the step.
    values : float array, (cells, estimates)
    """

    cell: np.ndarray
    after: np.ndarray
    values: np.ndarray


def fitted_by_cell(ratio: RatioTotals, fixed: FixedTotals, sums: Sequence[Sums]) -> FittedByCell:
    """Return what `calibrated_totals` takes off the unit totals, for a design of one step that fixed counts only."""
    (step,) = fixed.steps
    right = _project(step, iter(sums), ratio)
    slope = _solve(_gram(step, step, fixed.cell, fixed.n_cells, step.before), right)  # as above, of a single step
    return FittedByCell(fixed.cell, step.after, step.indicators @ slope)


def _solve(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve the normal equations, whose columns may depend on each other."""
    inverse, length = inverse_in_unit_lengths(left, DEPENDENT)
    return np.asarray((inverse @ (right / length[:, None])) / length[:, None])


def _make_step(step: Calibration, design: SurveyDesign, names: list[str], keys: list[tuple[object, ...]]) -> _Step:
    columns = []
    for term in step.terms:
        positions = [names.index(name) for name in term]
        parts = [tuple(key[position] for position in positions) for key in keys]
        order = {part: number for number, part in enumerate(dict.fromkeys(parts))}
        columns.append(np.equal.outer([order[part] for part in parts], np.arange(len(order))).astype(float))
    indicators = np.hstack(columns) if columns else np.empty((len(keys), 0))
    numbers = [design.survey.frame[name].to_numpy(dtype=float) for name in step.numeric]
    if step.terms:  # indicators add up to the constant, so that numbers may be taken from their mean, to lose no digits
        numbers = [column - column.mean() for column in numbers]
    numeric = np.column_stack(numbers) if numbers else np.empty((len(design), 0))
    before = np.ones(len(design)) if step.residual_weights == "equal" else step.weights_before
    return _Step(indicators, numeric, before, step.weights_after)


def _project(step: _Step, by_table: Iterator[Sums], ratio: RatioTotals) -> np.ndarray:
    """Return ``X' diag(weights) u`` for the linearized values u, (columns of X, estimates), from the step's tables."""
    of_indicators = step.indicators.T @ ratio.linearize(*next(by_table))
    of_numbers = [ratio.linearize(*next(by_table)) for _ in step.numeric.T]
    return np.vstack([of_indicators, *of_numbers])


def _gram(one: _Step, other: _Step, cell: np.ndarray, n_cells: int, weights: np.ndarray) -> np.ndarray:
    """Return ``X_one' diag(weights) X_other``."""
    by_cell = np.bincount(cell, weights, minlength=n_cells)

    def mixed(numeric: np.ndarray) -> np.ndarray:
        return np.array([np.bincount(cell, weights * column, minlength=n_cells) for column in numeric.T]).reshape(
            -1, n_cells
        )

    return np.block(
        [
            [one.indicators.T @ (by_cell[:, None] * other.indicators), one.indicators.T @ mixed(other.numeric).T],
            [mixed(one.numeric) @ other.indicators, one.numeric.T @ (weights[:, None] * other.numeric)],
        ]
    )


def _fitted(step: _Step, cell: np.ndarray, n_cells: int, slope: np.ndarray, design: SurveyDesign) -> np.ndarray:
    """Return the unit totals of ``weight after the step * X slope``."""
    from scipy import sparse

    unit, n_units = design.units.of_row, design.units.n_units
    split = step.indicators.shape[1]
    table = sparse.csr_matrix((step.after, (unit, cell)), shape=(n_units, n_cells))
    fitted: np.ndarray = table @ (step.indicators @ slope[:split])
    for column, row in zip(step.numeric.T, slope[split:]):
        fitted += np.outer(np.bincount(unit, step.after * column, minlength=n_units), row)
    return fitted
