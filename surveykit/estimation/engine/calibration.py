"""Variance that knows of the calibration: what the weighting has fixed cannot vary.

After raking, post-stratification or calibration, weighted totals of the margins are constants. A linearized value u
then varies only through its residual from the regression of u on the calibration variables with the weights before
the step, times the weight after it (Deville & Särndal 1992, eq. 3.4; R ``survey::calibrate``). That residual needs only
the sums of u by cell of the calibrated columns and by sampling unit, so a raked design costs one more pass per item.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from surveykit.design import Calibration, SurveyDesign
from surveykit.estimation.engine.domains import Domains
from surveykit.estimation.engine.replication import differences_of_ratios, differences_of_totals
from surveykit.estimation.engine.result_columns import RatioTotals
from surveykit.estimation.engine.rounding import without_rounding
from surveykit.estimation.engine.totals import Tabulator
from surveykit.sampling_units import factorize_columns

Sums = Callable[[Tabulator], tuple[np.ndarray, np.ndarray]]
"""Numerator and denominator sums of every estimate, (units of the tabulator, estimates)."""
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


def calibrated_totals(ratio: RatioTotals, design: SurveyDesign, domains: Domains, sums: Sums) -> np.ndarray:
    """Return the linearized unit totals of estimates, residualized on what the weighting has fixed.

    Parameters
    ----------
    ratio : RatioTotals
        The estimates by sampling unit.
    design : SurveyDesign
    domains : Domains
    sums : callable
        Makes the same numerators and denominators by the units of any tabulator.

    Returns
    -------
    float array, (sampling units, estimates)
    """
    if design.replicates is not None:
        if ratio.fixed:
            return differences_of_totals(ratio.numerator, design.replicates)
        return differences_of_ratios(ratio.numerator, ratio.denominator, design.replicates)
    if not design.calibration:
        return ratio.linearized
    names = list(dict.fromkeys(name for step in design.calibration for term in step.terms for name in term))
    cell, cells = factorize_columns(design.survey.frame, names, "margin")
    keys = [key if isinstance(key, tuple) else (key,) for key in cells]
    steps = [_make_step(step, design, names, keys) for step in design.calibration]
    result, size = ratio.linearized.copy(), ratio.sizes
    slopes: list[np.ndarray] = []
    # Step after step, as R's svyrecvar: r is what the steps before have left of w u (at first w u itself). Per person
    # it is r / after_k, which is regressed on X_k with the weights before the step: X_k' D X_k b_k = X_k' D (r /
    # after_k), D the diagonal of before_k. Then after_k X_k b_k comes off r. The right side is summed from its parts, w
    # u and the after_j X_j b_j of earlier steps, each over cells, so that r is never formed by respondents.
    for number, step in enumerate(steps):
        weights = step.before * design.weights / step.after
        right = _project(step, cell, len(keys), weights, domains, sums, ratio)
        for earlier, slope in zip(steps[:number], slopes):
            right -= _gram(step, earlier, cell, len(keys), step.before * earlier.after / step.after) @ slope
        slopes.append(_solve(_gram(step, step, cell, len(keys), step.before), right))
        fitted = _fitted(step, cell, len(keys), slopes[-1], design)
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


def fitted_by_cell(ratio: RatioTotals, design: SurveyDesign, domains: Domains, sums: Sums) -> FittedByCell:
    """Return what `calibrated_totals` takes off the unit totals, for a design of one step that fixed counts only."""
    (record,) = design.calibration
    names = list(dict.fromkeys(name for term in record.terms for name in term))
    cell, cells = factorize_columns(design.survey.frame, names, "margin")
    step = _make_step(record, design, names, [key if isinstance(key, tuple) else (key,) for key in cells])
    right = _project(step, cell, len(cells), step.before * design.weights / step.after, domains, sums, ratio)
    slope = _solve(_gram(step, step, cell, len(cells), step.before), right)  # as in `calibrated_totals`, one step
    return FittedByCell(cell, step.after, step.indicators @ slope)


def _solve(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Solve the normal equations, whose columns may depend on each other."""
    scale = np.sqrt(np.where(np.diag(left) > 0, np.diag(left), 1.0))
    inverse = np.linalg.pinv(left / np.outer(scale, scale), rcond=DEPENDENT, hermitian=True)
    return (inverse @ (right / scale[:, None])) / scale[:, None]


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


def _project(
    step: _Step, cell: np.ndarray, n_cells: int, weights: np.ndarray, domains: Domains, sums: Sums, ratio: RatioTotals
) -> np.ndarray:
    """Return ``X' diag(weights) u`` for the linearized values u, (columns of X, estimates)."""
    by_cell = ratio.linearize(*sums(Tabulator.of(cell, n_cells, domains, weights)))
    parts = [step.indicators.T @ by_cell]
    nowhere = np.zeros(len(cell), dtype=np.int64)
    parts += [ratio.linearize(*sums(Tabulator.of(nowhere, 1, domains, weights * column))) for column in step.numeric.T]
    return np.vstack(parts)


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
    unit, n_units = design.units.of_row, design.units.n_units
    split = step.indicators.shape[1]
    table = sparse.csr_matrix((step.after, (unit, cell)), shape=(n_units, n_cells))
    fitted: np.ndarray = table @ (step.indicators @ slope[:split])
    for column, row in zip(step.numeric.T, slope[split:]):
        fitted += np.outer(np.bincount(unit, step.after * column, minlength=n_units), row)
    return fitted
