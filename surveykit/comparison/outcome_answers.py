"""Who answered one outcome of a question, and what is summed of their answers once for every average and term."""

from dataclasses import dataclass

import numpy as np

from surveykit._checks import from_smallest
from surveykit.comparison.balancing import Balanced
from surveykit.comparison.compared_groups import ComparedGroups, Covariates
from surveykit.comparison.settlement_totals import SAME_MEAN
from surveykit.estimation.engine.cluster_totals import CellProducts, ClusterTotals, cell_products
from surveykit.words.messages import Told


@dataclass(frozen=True, slots=True, eq=False)
class Summed:
    """What those who answered one outcome sum up to: all that is asked of respondents one by one.

    Attributes
    ----------
    n : int
        Respondents.
    n_weighted, standard_deviation : float
        Of the outcome, weighted.
    zero_one : bool
        Whether all answers are 0 or 1.
    means : float array, (settlements,)
        Weighted mean of each settlement, or its change between the two waves, free of rounding.
    products : CellProducts
        Of the columns that are held equal where all of them are known of all these respondents, of none otherwise; by
        settlement, or by settlement and wave. The outcome is counted from its smallest answer on, which moves the
        constant only and makes sums of equal answers exactly zero.
    second_wave : int array, (respondents,), optional
        Which two waves are compared.
    """

    n: int
    n_weighted: float
    standard_deviation: float
    zero_one: bool
    means: np.ndarray
    products: CellProducts
    second_wave: np.ndarray | None


def sum_up(
    y: np.ndarray,
    weights: np.ndarray,
    columns: np.ndarray,
    cell: np.ndarray,
    n_settlements: int,
    second_wave: np.ndarray | None,
) -> Summed:
    """Return what respondents of settlements (and waves) coded 0, 1, ... sum up to."""
    shifted, _ = from_smallest(y)
    n_weighted = float(weights.sum())
    centre = float(weights @ shifted) / n_weighted
    varies = np.ptp(shifted) > 0
    deviation = float(np.sqrt(weights @ (shifted - centre) ** 2 / n_weighted)) if varies else 0.0
    n_cells = n_settlements if second_wave is None else 2 * n_settlements
    return Summed(
        len(y),
        n_weighted,
        deviation,
        bool(((y == 0) | (y == 1)).all()),
        _means(y, weights, cell, n_cells, second_wave is not None),
        cell_products(columns, shifted, weights, cell, n_cells),
        second_wave,
    )


def _means(y: np.ndarray, weights: np.ndarray, cell: np.ndarray, n_cells: int, two_waves: bool) -> np.ndarray:
    # from the smallest answer on: settlements whose people all answered alike then have equal means to the last
    # digit, a tie that randomization has to see
    lowest = y.min()
    sums = np.bincount(cell, weights * (y - lowest), minlength=n_cells)
    found = sums / np.bincount(cell, weights, minlength=n_cells)
    if not two_waves:
        return np.asarray(lowest + found)
    change = found[1::2] - found[::2]
    least = change.min()
    return np.asarray(np.where(change - least <= SAME_MEAN * found.max(), least, change))  # no change of rounding


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Those who answered one outcome, row by row, in the settlements that count.

    Attributes
    ----------
    outcome, term : str
    compared : ComparedGroups
        The settlements in which somebody answered; `of_row` has the settlement of each answering respondent.
    rows : int array, (answering respondents,)
        Their places in the design.
    y, weights : float array, (answering respondents,)
    held : Covariates
        Columns that the question holds equal.
    kept : int array, (columns,)
        Which of them are in this term.
    stratum : int array, (settlements,)
    linearized_how : Told
        How strata enter the linearized t, for a sentence.
    second_wave : int array, (answering respondents,), optional
        0 before, 1 after, where the change between two waves is compared.
    balanced : Balanced or None
        What `balance_settlements` did to these settlements.
    summed : Summed
        What they sum up to.
    """

    outcome: str
    term: str
    compared: ComparedGroups
    rows: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    held: Covariates
    kept: np.ndarray
    stratum: np.ndarray
    linearized_how: Told
    second_wave: np.ndarray | None
    balanced: Balanced | None
    summed: Summed

    @property
    def cell(self) -> np.ndarray:
        """Settlement (and wave, where there are two) of each answering respondent: 0, 1, ..."""
        return self.compared.of_row if self.second_wave is None else 2 * self.compared.of_row + self.second_wave

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sums of values over the settlements, or over settlements and waves, (settlements, 2)."""
        if self.second_wave is None:
            return np.bincount(self.cell, values, minlength=len(self.compared))
        return np.bincount(self.cell, values, minlength=2 * len(self.compared)).reshape(-1, 2)

    @property
    def covariates(self) -> np.ndarray:
        """The columns that are held equal, (answering respondents, columns)."""
        return np.asarray(self.held.matrix[self.rows][:, self.kept])

    @property
    def terms(self) -> list[str]:
        """Names of the covariates' columns."""
        return [self.held.terms[column] for column in self.kept]

    def weights_of(self, estimand: str) -> np.ndarray:
        """Return the weights of an estimand, (answering respondents,).

        The person average has the sampling weights. The settlement average has weights that sum to one in each
        settlement (and wave), or to its factor where settlements are balanced: in the sampling weights the factor is
        there already, and dividing by their sum takes it out.
        """
        if estimand == "person":
            return self.weights
        # every settlement's weights add up to one (in each wave): the settlement average
        equal = self.weights / self.sums(self.weights).ravel()[self.cell]
        return np.asarray(equal if self.balanced is None else equal * self.balanced.factor[self.compared.of_row])

    def remaining(self, estimand: str) -> float:
        """Return the largest difference of the balanced covariates that the weights leave; NaN without balancing."""
        if self.balanced is None:
            return float("nan")
        return float(
            self.balanced.remaining(self.sums(self.weights_of(estimand)), self.compared.treated).max(initial=0.0)
        )

    @property
    def column_names(self) -> list[str]:
        """Names of the columns after those of the comparison itself: balanced covariates, then those adjusted for."""
        return [*([] if self.balanced is None else self.balanced.terms), *self.terms]

    def matrix(self, estimand: str = "person") -> np.ndarray:
        """Return the design matrix of an estimand, (answering respondents, columns).

        Constant, what is tested, for a change also group and wave, then balanced covariates and those adjusted for.
        """
        return np.column_stack([self.constants(estimand)[self.cell], self.covariates])

    def constants(self, estimand: str = "person") -> np.ndarray:
        """Return the columns of the design matrix that are constant inside cells, (cells, columns)."""
        treated = self.compared.treated.astype(float)
        columns = [np.ones(len(treated)), treated]
        if self.second_wave is not None:
            treated, second = np.repeat(treated, 2), np.tile([0.0, 1.0], len(treated))
            # the difference in differences stands second, where every method looks for the treatment (TREATMENT)
            columns = [np.ones(len(treated)), treated * second, treated, second]
        if self.balanced is not None:
            columns.append(
                self.balanced.columns(
                    self.sums(self.weights_of(estimand)), self.compared.treated, as_they_are=bool(len(self.kept))
                )
            )
        return np.column_stack(columns)

    def totals(self, estimand: str) -> ClusterTotals:
        """Return the totals of the settlements, without a look at respondents."""
        products = self.summed.products
        weight = products.mean_weight
        if estimand == "settlement":  # as in `weights_of`
            weight = (1.0 if self.balanced is None else self.balanced.factor) / products.n
        return products.columns(self.kept).totals(
            self.constants(estimand), weight, 1 if self.second_wave is None else 2
        )
