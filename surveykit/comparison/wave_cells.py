"""Sums by settlement and wave: what differences in differences are made of."""

from dataclasses import dataclass

import numpy as np

from surveykit._checks import check_columns, from_smallest
from surveykit.comparison.arms import Arms, Covariates
from surveykit.comparison.cases import Case
from surveykit.comparison.randomization import Assignments, Randomized
from surveykit.design import SurveyDesign
from surveykit.errors import FeasibilityError
from surveykit.estimation.domains import ordered_codes
from surveykit.estimation.few_clusters import cluster_totals


def ordered_waves(
    design: SurveyDesign, wave: str, lang: str | None = None
) -> tuple[np.ndarray, list[object], list[str]]:
    """Return each respondent's wave as a position in time (-1: none), the waves' codes and their labels."""
    check_columns(design.survey.frame, [wave], "wave")
    of_row, codes = ordered_codes(design.survey.frame[wave])
    return of_row, codes, [design.survey.codebook[wave].label(code, lang) for code in codes]


@dataclass(frozen=True, slots=True, eq=False)
class WaveCells:
    """Weighted sums of one outcome by settlement and wave.

    Attributes
    ----------
    weight, total : float array, (settlements, waves)
        Sum of weights, and of weight times outcome, of those who answered.
    n : int array, (settlements, waves)
    """

    weight: np.ndarray
    total: np.ndarray
    n: np.ndarray

    @property
    def means(self) -> np.ndarray:
        """Weighted means, NaN where nobody answered."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.total / self.weight


def wave_cells(
    values: np.ndarray, weights: np.ndarray, settlement: np.ndarray, wave: np.ndarray, n_settlements: int, n_waves: int
) -> WaveCells:
    """Return the sums of an outcome (NaN = not answered) over settlements and waves coded 0, 1, ..., -1 = outside."""
    rows = np.flatnonzero((settlement >= 0) & (wave >= 0) & ~np.isnan(values))
    cell, shape = settlement[rows] * n_waves + wave[rows], (n_settlements, n_waves)
    parts = [np.bincount(cell, part, minlength=n_settlements * n_waves).reshape(shape)
             for part in (weights[rows], weights[rows] * values[rows], np.ones(len(rows)))]
    return WaveCells(parts[0], parts[1], parts[2].astype(np.int64))


def randomize_change(cells: WaveCells, treated: np.ndarray, assignments: Assignments) -> Randomized:
    """Return the difference in differences (columns: before, after) under every assignment."""

    def did(total: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        sides = [(mask @ total) / (mask @ cells.weight) for mask in (chosen, 1 - chosen)]
        change = [side[:, 1] - side[:, 0] for side in sides]
        return change[0] - change[1]

    shift = np.zeros_like(cells.total)
    shift[:, 1] = treated * cells.weight[:, 1]
    real = treated[None, :].astype(float)
    return Randomized(float(did(cells.total, real)[0]), did(cells.total, assignments.treated),
                      did(shift, assignments.treated), assignments.exact, float(np.nanmax(np.abs(cells.means))))


def change_case(
    outcome: str,
    values: np.ndarray,
    weights: np.ndarray,
    arms: Arms,
    stratum: np.ndarray,
    after: np.ndarray,
    estimand: str,
    covariates: Covariates | None,
) -> Case:
    """Return the saturated regression of one outcome on group, wave and their product; the product is the column
    tested.

    A settlement counts when somebody in each wave answered and has all covariates. Under "settlement" the weights of
    these respondents add up to one in each settlement and wave.

    Parameters
    ----------
    after : int array, (respondents,)
        0 before, 1 after, -1 in neither wave.
    """
    if covariates is not None:  # who lacks one does not answer, so that settlements and waves weigh what is used
        values = np.where(covariates.complete, values, np.nan)
    values, _ = from_smallest(values)
    cells = wave_cells(values, weights, arms.of_row, after, len(arms), 2)
    both = np.asarray((cells.n > 0).all(axis=1))
    held = "" if covariates is None else " with all covariates known"
    for side, label in ((arms.treated, arms.label), (~arms.treated, arms.baseline)):
        if not (both & side).any():
            raise FeasibilityError(f"no settlement of {arms.group} = {label!r} has answers to {outcome!r} in both "
                                   f"waves{held}, so no change can be compared; name other waves or another outcome"
                                   + (", or fewer covariates in `adjust_for`" if held else ""))
    rows = np.flatnonzero((arms.of_row >= 0) & (after >= 0) & ~np.isnan(values) & both[arms.of_row])
    cluster, y, w, late = arms.of_row[rows], values[rows], weights[rows], after[rows]
    n_weighted, centre = float(w.sum()), float(w @ y / w.sum())
    spread = float(np.sqrt(w @ (y - centre) ** 2 / w.sum())) if np.ptp(y) > 0 else 0.0
    if estimand == "settlement":
        w = w / cells.weight[cluster, late]
    z = arms.treated[cluster].astype(float)
    columns = [np.ones(len(rows)), z * late, z, late.astype(float)]
    if covariates is not None:
        columns += list(covariates.matrix[rows].T)
    totals = cluster_totals(np.column_stack(columns), y - y.min(), w, cluster, len(arms)).keep(both)
    change = cells.means[both, 1] - cells.means[both, 0]
    lowest = change.min()
    change = np.where(change - lowest <= 1e-13 * cells.means[both].max(), lowest, change)  # no change made of rounding
    names = [name for name, here in zip(arms.names, both) if here]
    return Case(outcome, estimand, "unadjusted" if covariates is None else "adjusted", totals, arms.treated[both],
                arms.block[both], stratum[both], names, change, spread, len(rows), n_weighted)


def settlement_change_case(case: Case) -> Case:
    """Return the changes of the settlements as plain answers, one per settlement, each counting the same."""
    n = len(case.names)
    x = np.column_stack([np.ones(n), case.treated]).astype(float)
    totals = cluster_totals(x, case.means - case.means.min(), np.ones(n), np.arange(n), n)
    return Case(
        case.outcome,
        "settlement",
        case.term,
        totals,
        case.treated,
        case.block,
        case.stratum,
        case.names,
        case.means,
        case.spread,
        case.n,
        case.n_weighted,
    )
