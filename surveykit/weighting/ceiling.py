"""A ceiling on weights: sums of capped weights by cell, and whether any weights could keep below a ceiling."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveykit.weighting.cells import Cells
from surveykit.weighting.targets import Margin

LARGEST_PROGRAM = 50_000
BELOW_ONE = 1e-12
"""By how much the heaviest weight is scaled below one, so that cell number plus weight sorts before the next cell.
Beyond some thousand cells the sum rounds it to one, which still lies before every weight above zero of the next
cell."""


@dataclass(frozen=True, eq=False, slots=True)
class CappedCells:
    """Base weights sorted inside cells, so that sums of ``min(d f, ceiling)`` need no pass over respondents.

    Attributes
    ----------
    ceiling : float
        Largest weight allowed.
    largest : float
        Largest base weight.
    keys : float array, (respondents,)
        Cell number plus the base weight scaled into [0, 1), ascending.
    cumulated : float array, (respondents + 1,)
        Running sum of the sorted base weights.
    starts, ends : int array, (cells,)
        Where each cell lies among the sorted.
    """

    ceiling: float
    largest: float
    keys: np.ndarray
    cumulated: np.ndarray
    starts: np.ndarray
    ends: np.ndarray

    @classmethod
    def of(cls, base: np.ndarray, cells: Cells, ceiling: float) -> "CappedCells":
        """Sort the base weights of the respondents inside their cells."""
        largest = float(base.max()) * (1 + BELOW_ONE)
        keys = cells.cell_of_row() + base / largest
        order = np.argsort(keys, kind="stable")
        ends = np.cumsum(cells.count())
        cumulated = np.concatenate([[0.0], np.cumsum(base[order])])
        return cls(ceiling, largest, keys[order], cumulated, ends - cells.count(), ends)

    def sums(self, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return for each cell the sum of the weights below the ceiling, and of those held at it."""
        # d f < ceiling where d / largest < ceiling / (f largest): in each cell one place among the sorted keys
        limit = np.minimum(self.ceiling / (factors * self.largest), 1.0)
        cut = np.searchsorted(self.keys, np.arange(len(factors)) + limit)
        cut = np.clip(cut, self.starts, self.ends)
        return factors * (self.cumulated[cut] - self.cumulated[self.starts]), (self.ends - cut) * self.ceiling


def smallest_ceiling(margins: Sequence[Margin], counts: np.ndarray) -> float | None:
    """Return the smallest ratio of largest to mean weight that any weights meeting the margins could have.

    Infinite when no weights meet the margins at all; None when the table is too large, or the solver gives up.

    Notes
    -----
    The linear program: minimize ``r`` over cell totals ``t >= 0`` subject to the margins and
    ``t_c <= r * n_c * T / n``. Inside a cell equal weights have the smallest maximum, so cells suffice.
    """
    from scipy.optimize import linprog  # costs a third of a second, which only this pays
    from scipy.sparse import csr_array, hstack, vstack

    n_cells = len(counts)
    if n_cells > LARGEST_PROGRAM:
        return None
    total = margins[0].targets.sum()
    goals = np.concatenate([margin.targets for margin in margins]) / total
    rows = vstack(
        [
            csr_array((np.ones(n_cells), (margin.level, np.arange(n_cells))), shape=(len(margin.targets), n_cells))
            for margin in margins
        ]
    )
    equal = hstack([rows, csr_array((rows.shape[0], 1))])
    share = counts / counts.sum()
    below = hstack(
        [csr_array((np.ones(n_cells), (np.arange(n_cells),) * 2), shape=(n_cells, n_cells)), csr_array(-share[:, None])]
    )
    cost = np.append(np.zeros(n_cells), 1.0)
    answer = linprog(cost, A_ub=below, b_ub=np.zeros(n_cells), A_eq=equal, b_eq=goals, method="highs")
    if answer.status == 2:
        return np.inf
    return float(answer.x[-1]) if answer.status == 0 else None
