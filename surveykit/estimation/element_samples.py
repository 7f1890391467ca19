"""Samples of persons without clusters: errors from sums by stratum, without a table of all persons times all estimates.

Every person is a sampling unit then. With z the linearised value of a person, zero outside the group, the variance is
``sum_h (1 - f_h) n_h / (n_h - 1) (sum z^2 - (sum z)^2 / n_h)`` (Särndal, Swensson & Wretman 1992, section 3.7), and
for few answers both sums follow from the sums of w and of w^2 by stratum, group and answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveykit.design import SurveyDesign
from surveykit.estimation.domains import Domains
from surveykit.estimation.levels import Levels
from surveykit.estimation.result_columns import RatioTotals, Spread
from surveykit.estimation.totals import Outcome, Tabulator

ROUNDING = 1e-13
"""What a difference of two sums of squares leaves behind when it should be zero, relative to the larger one."""


@dataclass(frozen=True, slots=True, eq=False)
class ElementSample:
    """A sample of persons as sums by stratum and group.

    Attributes
    ----------
    weights, squares : Tabulator
        Sums of weights, and of squared weights, of the persons of each stratum and group.
    n : int array, (strata,)
        Persons.
    factor : float array, (strata,)
        ``(1 - f_h) n_h / (n_h - 1)``.
    """

    weights: Tabulator
    squares: Tabulator
    n: np.ndarray
    factor: np.ndarray

    def spread(self, std_error: np.ndarray, presence: np.ndarray, counts: np.ndarray) -> Spread:
        """Return errors with their degrees of freedom: persons behind each estimate minus the strata that have some.

        Parameters
        ----------
        std_error : float array, (estimates,)
        presence : float array, (strata, estimates)
            Weight of the persons behind each estimate.
        counts : int array, (estimates,)
            Number of these persons.
        """
        return Spread(std_error, counts - (presence > 0).sum(axis=0).astype(float), counts, presence.sum(axis=0))

    def _variances(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Return variances from sums of z and of z^2, (strata, estimates)."""
        left = second - first**2 / self.n[:, None]
        return self.factor @ np.where(left > ROUNDING * second, left, 0.0)

    def _variances_of_values(self, values: np.ndarray, rows: np.ndarray | None) -> np.ndarray:
        """Return the variances of the sums of values over the persons of each group, (groups,)."""
        table, groups = self.weights, self.weights.n_groups
        cell = table.index if rows is None else table.index[rows]
        values = values if rows is None else values[rows]
        size = table.n_units * table.width
        centre = np.bincount(cell, values, minlength=size) / np.repeat(self.n, table.width)
        inside = np.bincount(cell, (values - centre[cell]) ** 2, minlength=size)  # about the mean: no digits are lost
        outside = (np.repeat(self.n, table.width) - np.bincount(cell, minlength=size)) * centre**2
        return self.factor @ (inside + outside).reshape(-1, table.width)[:, :groups]

    def errors_of_outcomes(self, outcomes: Sequence[Outcome], ratio: RatioTotals, groups: Domains) -> np.ndarray:
        """Return the standard errors of means (or of totals, where the ratio is fixed), (outcomes x groups,)."""
        variances = np.empty((len(outcomes), self.weights.n_groups))
        centre = np.where(ratio.fixed, 0.0, ratio.estimates).reshape(variances.shape)
        scale = np.where(ratio.fixed, 1.0, ratio.denominator.sum(axis=0)).reshape(variances.shape)
        scales = {place: outcome.levels for place, outcome in enumerate(outcomes)
                  if outcome.levels is not None and not ratio.fixed}
        on_scale, levels = list(scales), list(scales.values())
        for (batch, first), (_, second) in zip(self.weights.by_levels(levels), self.squares.by_levels(levels)):
            here = [on_scale[number] for number in batch]
            gaps = np.array([scales[place].codes for place in here])[:, None, :] - centre[here][:, :, None]
            sums = np.einsum("ihgl,igl->hig", first, gaps), np.einsum("ihgl,igl->hig", second, gaps**2)
            shape = (len(self.n), -1)
            variances[here] = self._variances(*(part.reshape(shape) for part in sums)).reshape(len(here), -1)
        of_row = np.maximum(groups.of_row, 0)
        for place, outcome in enumerate(outcomes):
            if place not in scales:
                numbers = outcome.numbers if outcome.levels is None else _answers(outcome.levels)
                rows = outcome.rows if outcome.levels is None else np.flatnonzero(~np.isnan(numbers))
                values = self.weights.weights * (numbers - centre[place][of_row])
                variances[place] = self._variances_of_values(values, rows)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.sqrt(np.where(scale > 0, variances / scale**2, np.nan)).ravel()

    def errors_of_shares(self, items: Sequence[Levels], kept: Sequence[np.ndarray],
                         ratio: RatioTotals) -> np.ndarray:
        """Return the standard errors of the shares of each answer, items varying slowest, then groups.

        `kept` holds for each item the position in its levels of each answer that has a row; -1 for one nobody gave.
        """
        groups = self.weights.n_groups
        ends = np.cumsum([groups * len(answers) for answers in kept])
        errors = np.empty(ends[-1])
        for (batch, first), (_, second) in zip(self.weights.by_levels(items), self.squares.by_levels(items)):
            for place, one, two in zip(batch, first, second):
                answers = kept[place]
                columns = slice(ends[place] - groups * len(answers), ends[place])
                share = ratio.estimates[columns].reshape(groups, len(answers))
                scale = ratio.denominator[:, columns].sum(axis=0)
                picked, squared = (np.where(answers >= 0, part[:, :, answers], 0.0) for part in (one, two))
                whole, all_squares = (part.sum(axis=2, keepdims=True) for part in (one, two))
                sums = picked - share * whole, squared * (1 - 2 * share) + share**2 * all_squares
                shape = (len(self.n), -1)
                with np.errstate(invalid="ignore", divide="ignore"):
                    errors[columns] = np.sqrt(self._variances(*(part.reshape(shape) for part in sums)) / scale**2)
        return errors


    def covariances_of_cells(self, first: np.ndarray, second: np.ndarray, counted: bool) -> np.ndarray:
        """Return the covariance of the cells' proportions of two-way tables, or of their counts, (items, cells, cells).

        Parameters
        ----------
        first, second : float array, (items, strata, cells)
            Sums of weights and of squared weights.
        """
        whole = first.sum(axis=(1, 2))[:, None]
        share = np.zeros_like(first[:, 0]) if counted else first.sum(axis=1) / whole
        gaps = first - share[:, None, :] * first.sum(axis=2, keepdims=True)
        squares = np.einsum("h,ihc->ic", self.factor, second)
        cross = share[:, :, None] * squares[:, None, :]
        both = share[:, :, None] * share[:, None, :] * squares.sum(axis=1)[:, None, None] - cross - cross.swapaxes(1, 2)
        own = np.arange(first.shape[2])
        both[:, own, own] += squares
        both -= np.einsum("h,ihc,ihd->icd", self.factor / self.n, gaps, gaps, optimize=True)
        return both if counted else both / whole[:, :, None] ** 2


def _answers(levels: Levels) -> np.ndarray:
    return np.append(levels.codes, np.nan)[levels.index]


def element_sample(design: SurveyDesign, groups: Domains) -> ElementSample | None:
    """Return a design without clusters as sums by stratum; None for any other, or where its errors ask for more.

    That is so after calibration (residuals belong to persons), with replicate weights, and in strata of one person.
    """
    units = design.units
    if len(units.stages) > 1 or design.replicates is not None or design.calibration:
        return None
    if len(units.of_row) > units.n_units or np.bincount(units.of_row).max() > 1:  # units of several persons
        return None
    stage = units.stages[0]
    n = np.bincount(stage.stratum)
    if n.min() < 2:
        return None
    population = np.empty(len(n))
    population[stage.stratum] = stage.population
    stratum = stage.stratum[units.of_row]
    weights, squares = (Tabulator.of(stratum, len(n), groups, design.weights**power) for power in (1, 2))
    return ElementSample(weights, squares, n, np.clip(1 - n / population, 0, None) * n / (n - 1))
