"""One question in numbers: the settlement totals of one outcome, for one estimand, with or without covariates."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveykit.comparison.arms import Arms, Covariates
from surveykit.comparison.randomization import partial_share
from surveykit.errors import FeasibilityError
from surveykit.estimation.few_clusters import ClusterTotals, cluster_totals

TREATMENT = 1
"""Column of the treatment in every design matrix here; column 0 is the constant."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One comparison: outcome, estimand, covariates; everything below the respondents summed up.

    Attributes
    ----------
    outcome : str
    estimand : {"person", "settlement"}
    term : {"unadjusted", "adjusted"}
    totals : ClusterTotals
        Over the settlements in which somebody answered.
    treated : bool array, (settlements,)
    block, stratum : int array, (settlements,)
        Block of the assignment; stratum of the sample.
    names : list of str
    means : float array, (settlements,)
        Weighted mean of the outcome.
    spread : float
        Weighted standard deviation of the outcome over respondents, in scale points.
    n : int
    n_weighted : float
    parts : ClusterTotals, optional
        Totals of smaller units inside the settlements.
    settlement_of_part : int array, (parts,), optional
    """

    outcome: str
    estimand: str
    term: str
    totals: ClusterTotals
    treated: np.ndarray
    block: np.ndarray
    stratum: np.ndarray
    names: list[str]
    means: np.ndarray
    spread: float
    n: int
    n_weighted: float
    parts: ClusterTotals | None = None
    settlement_of_part: np.ndarray | None = None

    def without(self, settlement: int) -> "Case":
        """Return the case with one settlement left out."""
        keep = np.arange(len(self.names)) != settlement
        return Case(
            self.outcome,
            self.estimand,
            self.term,
            self.totals.keep(keep),
            self.treated[keep],
            self.block[keep],
            self.stratum[keep],
            [name for name, here in zip(self.names, keep) if here],
            self.means[keep],
            self.spread,
            self.n - int(self.totals.n[settlement]),
            self.n_weighted,
        )

    @property
    def single(self) -> bool:
        """Whether one side is a single settlement."""
        return min(int(self.treated.sum()), int((~self.treated).sum())) == 1


def make_case(
    outcome: str,
    values: np.ndarray,
    weights: np.ndarray,
    arms: Arms,
    stratum: np.ndarray,
    estimand: str,
    covariates: Covariates | None = None,
    part_of_row: np.ndarray | None = None,
) -> Case:
    """Return the totals of one outcome (NaN = not answered); refuse when a side has nobody who answered."""
    valid = (arms.of_row >= 0) & ~np.isnan(values)
    if covariates is not None:
        valid &= covariates.complete
    rows = np.flatnonzero(valid)
    cluster, y, w = arms.of_row[rows], values[rows], weights[rows]
    n_weighted = float(w.sum())
    sums = np.bincount(cluster, w, minlength=len(arms))
    present = sums > 0
    for side, label in ((arms.treated, arms.label), (~arms.treated, arms.baseline)):
        if not (present & side).any():
            raise FeasibilityError(f"nobody in {arms.group} = {label!r} answered {outcome!r}, so there is nothing to "
                                   "compare; "
                                   "leave this outcome out")
    with np.errstate(invalid="ignore"):
        means = y.min() + (np.bincount(cluster, w * (y - y.min()), minlength=len(arms)) / sums)[present]
    centre = float(w @ y) / n_weighted
    spread = float(np.sqrt(w @ (y - centre) ** 2 / n_weighted)) if np.ptp(y) > 0 else 0.0
    if estimand == "settlement":
        w = w / sums[cluster]
    columns = [np.ones(len(rows)), arms.treated[cluster]]
    if covariates is not None:
        columns += list(covariates.matrix[rows].T)
    shifted = y - y.min()  # changes the constant only, and makes sums of equal answers exactly zero
    x = np.column_stack(columns).astype(float)
    totals = cluster_totals(x, shifted, w, cluster, len(arms)).keep(present)
    parts = of_part = None
    if part_of_row is not None:
        used, part = np.unique(part_of_row[rows], return_inverse=True)
        parts, of_part = cluster_totals(x, shifted, w, part, len(used)), np.empty(len(used), dtype=np.int64)
        of_part[part] = (np.cumsum(present) - 1)[cluster]
    if covariates is not None and partial_share(totals, TREATMENT) < 1e-9:
        raise FeasibilityError(f"the covariates {covariates.terms} tell the two groups of {arms.group!r} apart "
                               "completely, so "
                               "nothing is left to compare; name fewer in `adjust_for`")
    names = [name for name, here in zip(arms.names, present) if here]
    return Case(outcome, estimand, "unadjusted" if covariates is None else "adjusted", totals, arms.treated[present],
                arms.block[present], stratum[present], names, means, spread, len(rows), n_weighted, parts, of_part)


def settlement_strata(frame: pd.DataFrame, stratum: tuple[str, ...], arms: Arms) -> tuple[np.ndarray, str]:
    """Return the sampling stratum of each settlement, and a sentence on how strata entered.

    Strata count only when every settlement lies in one and no stratum holds a single settlement of the comparison.
    """
    none = np.zeros(len(arms), dtype=np.int64)
    if not stratum:
        return none, "without strata"
    rows = np.flatnonzero(arms.of_row >= 0)
    codes = frame[list(stratum)].iloc[rows].groupby(list(stratum), sort=True).ngroup().to_numpy()
    found = none.copy()
    found[arms.of_row[rows]] = codes
    name = ", ".join(stratum)
    if (found[arms.of_row[rows]] != codes).any():
        return none, f"without strata, because settlements do not nest in {name}"
    _, found = np.unique(found, return_inverse=True)
    if (np.bincount(found) == 1).any():
        return none, f"without strata, because a stratum of {name} holds a single settlement"
    return found.astype(np.int64), f"within the {int(found.max()) + 1} strata of {name}"
