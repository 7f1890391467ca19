"""What weighting steps leave written in a design: totals that they fixed, settlements that they balanced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np


@dataclass(frozen=True, eq=False)
class Calibration:
    """Record of a weighting step that fixed weighted totals; variance estimation reads it.

    Attributes
    ----------
    kind : str
        "raking", "post-stratification", "calibration".
    columns : tuple of str
        Name of each fixed margin: its column, or crossed columns as "sex:age_group".
    targets : tuple of tuple
        For each margin, pairs (code, population total); the code of crossed columns is a tuple.
    terms : tuple of tuple of str
        For each margin, the columns whose combinations it fixed.
    numeric : tuple of str
        Columns whose weighted sums were fixed.
    weights_before, weights_after : float array, (respondents,)
        Weights that the step found and left.
    residual_weights : {"before", "equal"}
        Weights of the regression whose residuals vary: those before the step (Deville and Särndal 1992; R
        ``calibrate``, ``postStratify``), or equal ones (R ``rake``).
    tolerance : float
        How far, as a part of it, a fixed total may be off when the step's iteration stops; 0 for none.
    """

    kind: str
    columns: tuple[str, ...]
    targets: tuple[tuple[tuple[object, float], ...], ...]
    terms: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[str, ...] = ()
    weights_before: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False)
    weights_after: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False)
    residual_weights: Literal["before", "equal"] = "before"
    tolerance: float = 0.0


@dataclass(frozen=True, eq=False)
class SettlementBalance:
    """Record of `balance_settlements`; comparisons of settlements read it.

    Attributes
    ----------
    group, settlement : str
        Columns of the sides and of the settlements.
    covariates : tuple of str
        Columns that were balanced.
    terms : tuple of str
        Names of the balanced means: a covariate of categories has one for each but the first.
    treated : mapping from code to bool
        Which settlements, by their code, belong to the group compared.
    factors : mapping from code to float
        What the weights of each settlement were multiplied by.
    means : mapping from code to tuple of float
        Settlement means of the balanced covariates.
    """

    group: str
    settlement: str
    covariates: tuple[str, ...]
    terms: tuple[str, ...]
    treated: Mapping[object, bool]
    factors: Mapping[object, float]
    means: Mapping[object, tuple[float, ...]]
