"""One question put to the answers to one outcome, in numbers: settlement totals for one estimand and term."""

from dataclasses import dataclass, replace

import numpy as np

from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.judgement import Judgement
from surveykit.estimation.engine.cluster_totals import ClusterTotals
from surveykit.results import Row

TREATMENT = 1
"""Column of the treatment in every design matrix here; column 0 is the constant."""
SAME_MEAN = 1e-13
"""Means of settlements (or changes) are one when they differ by less than this part of the largest of them.

Equal answers under unequal weights have means that differ by 1e-16; a t of two such sets would be of any size. Of
answers from 1 to 5 a millionth of a millionth is no answer's difference, however many respondents there are.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Subclusters:
    """Smaller units inside the settlements of a case (enumeration areas, say).

    Attributes
    ----------
    totals : ClusterTotals
        Their sums.
    settlement : int array, (subclusters,)
        Settlement of each.
    """

    totals: ClusterTotals
    settlement: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The settlements that answered one outcome, for one estimand, with or without covariates.

    A case knows no other settlements than those that its numbers rest on; whatever is judged, counted or told about a
    comparison is asked of its cases.

    Attributes
    ----------
    outcome : str
    estimand : {"person", "settlement"}
    term : {"unadjusted", "adjusted"}
    compared : ComparedGroups
        The settlements in which somebody answered (its `of_row` is empty).
    totals : ClusterTotals
        Their sums.
    stratum : int array, (settlements,)
        Stratum of the sample, 0, 1, ...; all 0 where strata do not enter.
    means : float array, (settlements,)
        Weighted mean of the outcome (or its change between two waves).
    standard_deviation : float
        Weighted standard deviation of the outcome over respondents, in scale points.
    n : int
        Respondents.
    n_weighted : float
    judgement : Judgement or None
        What these settlements can say; None for planned ones.
    subclusters : Subclusters, optional
    remaining : float
        Largest difference of the balanced covariates that the weights leave, in standard deviations between
        settlements; NaN where settlements are not balanced.
    zero_one : bool
        Whether all answers are 0 or 1, so that a mean is a share.
    """

    outcome: str
    estimand: str
    term: str
    compared: ComparedGroups
    totals: ClusterTotals
    stratum: np.ndarray
    means: np.ndarray
    standard_deviation: float
    n: int
    n_weighted: float
    judgement: Judgement | None = None
    subclusters: Subclusters | None = None
    remaining: float = float("nan")
    zero_one: bool = False

    @property
    def treated(self) -> np.ndarray:
        """Which settlements belong to the group compared, (settlements,)."""
        return self.compared.treated

    @property
    def block(self) -> np.ndarray:
        """Block of each settlement inside which the assignment is thought of as random, (settlements,)."""
        return self.compared.block

    @property
    def names(self) -> list[str]:
        """Names of the settlements."""
        return self.compared.names

    @property
    def single(self) -> bool:
        """Whether one side is a single settlement."""
        return self.compared.single

    @property
    def balanced(self) -> bool:
        """Whether the settlements carry factors that balance covariates."""
        return not np.isnan(self.remaining)

    def without(self, settlement: int) -> "Case":
        """Return the case with one settlement left out."""
        keep = np.arange(len(self.names)) != settlement
        return replace(
            self,
            compared=self.compared.keep(keep),
            totals=self.totals.keep(keep),
            stratum=self.stratum[keep],
            means=self.means[keep],
            n=self.n - int(self.totals.n[settlement]),
            judgement=None,
            subclusters=None,
        )

    def describe(self, method: str, row: Row) -> Row:
        """Return the numbers of one method with what was compared, and what they rest on."""
        return replace(
            row,
            outcome=self.outcome,
            group=self.compared.label,
            baseline=self.compared.baseline,
            term=self.term,
            estimand=self.estimand,
            method=method,
            n=self.n,
            n_clusters=len(self.compared),
            n_weighted=self.n_weighted,
        )
