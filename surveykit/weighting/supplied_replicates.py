"""Replicate weights that come with the data, made by the agency that drew the sample."""

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import numpy as np

from surveykit._checks import as_names, check_columns, check_numeric, check_option
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.weighting.replicates import ReplicateWeights

SuppliedKind = Literal["JK1", "JKn", "BRR", "Fay", "bootstrap", "SDR", "ACS", "other"]
RANK_TOLERANCE = 1e-5

SCALES: dict[str, Callable[[int, float], float]] = {
    "JK1": lambda n, rho: (n - 1) / n,
    "JKn": lambda n, rho: 1.0,
    "BRR": lambda n, rho: 1 / n,
    "Fay": lambda n, rho: 1 / (n * (1 - rho) ** 2),
    "bootstrap": lambda n, rho: 1 / n,
    "SDR": lambda n, rho: 4 / n,
    "ACS": lambda n, rho: 4 / n,
}
"""Scale of each kind by its number of replicates (Wolter 2007; successive differences: Fay and Train 1995)."""


def supplied_replicate_weights(
    design: SurveyDesign,
    columns: Sequence[str],
    kind: SuppliedKind,
    *,
    scale: float | None = None,
    rscales: Sequence[float] | None = None,
    fay_rho: float | None = None,
    combined: bool = True,
    mse: bool = True,
    df: float | None = None,
) -> ReplicateWeights:
    """Return replicate weights that come with the data.

    Parameters
    ----------
    design : SurveyDesign
        With the full-sample weight.
    columns : sequence of str
        Columns of the replicate weights.
    kind : {"JK1", "JKn", "BRR", "Fay", "bootstrap", "SDR", "ACS", "other"}
        Gives the scale: (R - 1)/R, 1, 1/R, 1/(R (1 - rho)^2), 1/R, 4/R, 4/R; "other" needs `scale`. For "bootstrap"
        it is 1/(R - 1) with ``mse=False``, as deviations from the replicates' own mean ask for (R's default always).
    scale, rscales : float, sequence of float, optional
        Where the documentation of the data gives them; "JKn" needs `rscales`.
    fay_rho : float
        Needed by "Fay".
    combined : bool
        Whether the columns hold whole weights (True) or factors on the full-sample weight.
    mse : bool
        As in `replicate_weights`.
    df : float, optional
        Degrees of freedom; by default the rank of the replicate weights minus 1.

    Notes
    -----
    R: ``survey::svrepdesign(weights = ~w, repweights = "rep[0-9]+", type = , scale = , rscales = , mse = TRUE)``.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"w": [1.0, 1.5, 1.0], "r1": [0.0, 2, 2], "r2": [2, 0.0, 2], "r3": [2.0, 2, 0]})
    >>> found = supplied_replicate_weights(SurveyDesign(data, weight="w"), ["r1", "r2", "r3"], "JK1")
    >>> found.factors[0].tolist(), found.df
    ([0.0, 2.0, 2.0], 2.0)
    """
    check_option(kind, get_args(SuppliedKind), "kind")
    names = as_names(columns, "columns")
    check_columns(design.survey.frame, names, "columns")
    if len(names) < 2:
        raise ArgumentError(f"`columns` must name at least two replicate weights, but {len(names)} is named")
    values = np.column_stack([check_numeric(design.survey.frame[name], "columns") for name in names])
    wrong = [name for name, column in zip(names, values.T) if not (np.isfinite(column) & (column >= 0)).all()]
    if wrong:
        raise ColumnError(f"replicate weights must be numbers of at least 0, but {wrong[0]!r} holds others; correct "
                          "it, or leave out the rows without weights")
    if kind == "Fay" and fay_rho is None:
        raise ArgumentError('kind "Fay" needs `fay_rho`, which the documentation of the data gives')
    if kind == "JKn" and rscales is None:
        raise ArgumentError('kind "JKn" needs `rscales`, one per replicate ((n - 1)/n of its stratum)')
    if kind == "ACS" and len(names) != 80:
        raise ArgumentError(f'kind "ACS" has 80 replicate weights, but `columns` names {len(names)}')
    if scale is None and kind == "other":
        raise ArgumentError('kind "other" needs `scale`')
    each = np.ones(len(names)) if rscales is None else np.array(rscales, dtype=float)
    if each.shape != (len(names),):
        raise ArgumentError(f"`rscales` must hold one number per replicate, but there are {len(names)} replicates and "
                            f"{each.size} rscales")
    whole = values if combined else values * design.weights[:, None]
    own_mean = kind == "bootstrap" and not mse
    number = SCALES[kind](len(names) - own_mean, fay_rho or 0.0) if scale is None else float(scale)
    return ReplicateWeights(whole / design.weights[:, None], np.arange(len(design)), number, each, kind,
                            float(_rank(whole) - 1) if df is None else float(df), mse)


def _rank(weights: np.ndarray) -> int:
    """Return the number of independent columns, from the small matrix of their products."""
    squares = np.linalg.eigvalsh(weights.T @ weights)
    return int((squares > RANK_TOLERANCE**2 * squares.max()).sum())
