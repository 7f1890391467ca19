"""Sums by settlement and wave: what differences in differences are made of."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from surveykit._checks import check_columns
from surveykit.codebook import distinct_texts
from surveykit.comparison.assignments import Assignments
from surveykit.comparison.methods.randomization import Randomized
from surveykit.comparison.settlement_totals import Case
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.domains import ordered_codes

_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")


def ordered_waves(
    design: SurveyDesign, wave: str, lang: str | None = None
) -> tuple[np.ndarray, list[object], list[str]]:
    """Return each respondent's wave as a position in time (-1: none), the waves' codes and their labels."""
    check_columns(design.survey.frame, [wave], "wave")
    of_row, codes = ordered_codes(design.survey.frame[wave])
    return of_row, codes, distinct_texts([design.survey.codebook[wave].label(code, lang) for code in codes], codes)


def is_ordered(column: pd.Series) -> bool:
    """Return whether the values of a column tell which comes first: ordered categories, numbers, dates, periods.

    Texts do only where they are years or ISO dates of one length, whose alphabet is the calendar.
    """
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
        return True
    texts = [value for value in column.dropna().unique() if isinstance(value, str)]
    return not texts or (all(_DATE.fullmatch(text) for text in texts) and len({len(text) for text in texts}) == 1)


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
            return np.asarray(self.total / self.weight)


def wave_cells(
    values: np.ndarray, weights: np.ndarray, settlement: np.ndarray, wave: np.ndarray, n_settlements: int, n_waves: int
) -> WaveCells:
    """Return the sums of an outcome (NaN = not answered) over settlements and waves coded 0, 1, ..., -1 = outside."""
    rows = np.flatnonzero((settlement >= 0) & (wave >= 0) & ~np.isnan(values))
    cell, shape = settlement[rows] * n_waves + wave[rows], (n_settlements, n_waves)
    parts = [
        np.bincount(cell, part, minlength=n_settlements * n_waves).reshape(shape)
        for part in (weights[rows], weights[rows] * values[rows], np.ones(len(rows)))
    ]
    return WaveCells(parts[0], parts[1], parts[2].astype(np.int64))


def randomize_change(cells: WaveCells, treated: np.ndarray, assignments: Assignments) -> Randomized:
    """Return the difference in differences (columns: before, after) under every assignment."""

    def did(total: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        sides = [(mask @ total) / (mask @ cells.weight) for mask in (chosen, 1 - chosen)]
        change = [side[:, 1] - side[:, 0] for side in sides]
        return np.asarray(change[0] - change[1])

    shift = np.zeros_like(cells.total)
    shift[:, 1] = treated * cells.weight[:, 1]
    real = treated[None, :].astype(float)
    return Randomized(
        float(did(cells.total, real)[0]),
        did(cells.total, assignments.treated),
        did(shift, assignments.treated),
        assignments.exact,
        float(np.nanmax(np.abs(cells.means))),
    )


def settlement_change_case(case: Case) -> Case:
    """Return the changes of the settlements as plain answers, one per settlement, each counting the same."""
    n = len(case.names)
    x = np.column_stack([np.ones(n), case.treated]).astype(float)
    totals = cluster_totals(x, case.means - case.means.min(), np.ones(n), np.arange(n), n)
    return replace(case, estimand="settlement", totals=totals)
