"""Replicate weights that come with the data, made by the agency that drew the sample."""

from collections.abc import Callable, Sequence
from typing import Literal, get_args

import numpy as np

from surveykit._checks import as_names, check_columns, check_numeric, check_option, warn
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.weighting.replicates import ReplicateWeights, bootstrap_divisor

SuppliedKind = Literal["JK1", "JKn", "BRR", "Fay", "bootstrap", "SDR", "ACS", "other"]
RANK_TOLERANCE = 1e-5
"""Singular value, relative to the largest, of replicate weights that depend on the others, as in R's ``survey::degf``.
Files hold weights with a few digits, whose rounding must not count as a replicate of its own."""

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
        it is 1/(R - 1) with ``mse=False``, as deviations from the replicates' own mean ask for (R's default always),
        but 1/R, as in Stata, under the conventions "stata".
    scale, rscales : float, sequence of float, optional
        Where the documentation of the data gives them; "JKn" needs `rscales`.
    fay_rho : float
        Needed by "Fay".
    combined : bool
        Whether the columns hold whole weights (True) or factors on the full-sample weight. It is held against the
        data: factors average 1, whole weights the full-sample weight.
    mse : bool
        As in `replicate_weights`.
    df : float, optional
        Degrees of freedom; by default the rank of the replicate weights minus 1.

    Returns
    -------
    ReplicateWeights
        For `SurveyDesign.with_replicates`.

    Raises
    ------
    ArgumentError
        When the columns look like factors where whole weights were promised, or the other way round, when there are
        fewer than two, or what the kind needs (`scale`, `rscales`, `fay_rho`) is absent or of another length.
    ColumnError
        When a column is absent, or holds anything but numbers of at least 0.

    Notes
    -----
    R: ``survey::svrepdesign(weights = ~w, repweights = "rep[0-9]+", type = , scale = , rscales = , mse = TRUE)``.

    References
    ----------
    Fay, R. E. (1989). Theory and application of replicate weighting for variance calculations. Proceedings of the
    Survey Research Methods Section, American Statistical Association, 212-217.
    Fay, R. E. and Train, G. F. (1995). Aspects of survey and model-based postcensal estimation of income and poverty
    characteristics for states and counties. Proceedings of the Government Statistics Section, American Statistical
    Association, 154-159.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> data = pd.DataFrame({"w": [2.0, 3, 2], "r1": [0.0, 4.5, 3], "r2": [3, 0.0, 3], "r3": [3.0, 4.5, 0]})
    >>> found = sk.supplied_replicate_weights(sk.SurveyDesign(data, weight="w"), ["r1", "r2", "r3"], "JK1")
    >>> found.factors[0].tolist(), found.df
    ([0.0, 1.5, 1.5], 2.0)
    """
    check_option(kind, get_args(SuppliedKind), "kind")
    names = as_names(columns, "columns")
    check_columns(design.survey.frame, names, "columns")
    if len(names) < 2:
        raise ArgumentError(f"`columns` must name at least two replicate weights, but {len(names)} is named")
    values = np.column_stack([check_numeric(design.survey.frame[name], "columns") for name in names])
    wrong = [name for name, column in zip(names, values.T) if not (np.isfinite(column) & (column >= 0)).all()]
    if wrong:
        raise ColumnError(
            f"replicate weights must be numbers of at least 0, but {wrong[0]!r} holds others; correct it, or leave out the rows without weights"
        )
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
        raise ArgumentError(
            f"`rscales` must hold one number per replicate, but there are {len(names)} replicates and {each.size} rscales"
        )
    _check_kind_of_weights(values, design.weights, combined, design.weight)
    whole = values if combined else values * design.weights[:, None]
    count = bootstrap_divisor(len(names), mse, design) if kind == "bootstrap" else len(names)
    number = SCALES[kind](count, fay_rho or 0.0) if scale is None else float(scale)
    return ReplicateWeights(
        whole / design.weights[:, None],
        np.arange(len(design)),
        number,
        each,
        kind,
        float(_rank(whole) - 1) if df is None else float(df),
        mse,
    )


def _check_kind_of_weights(values: np.ndarray, weights: np.ndarray, combined: bool, name: str | None) -> None:
    """Raise where whole weights were called factors, or factors whole weights; warn where they look like neither.

    Over its replicates a respondent's factor averages 1, whatever the method, and his whole weight averages the
    full-sample weight. The distances from both tell which of the two the columns hold, also where weights average 1;
    sampling noise of 25 bootstrap replicates is 0.2, so that only a distance of twice the other one decides.
    """
    average, some_weight = values.mean(axis=1), weights > 0
    whole, factor = (
        float(np.sqrt(np.mean((average / base - 1)[some_weight] ** 2)))
        for base in (np.where(some_weight, weights, 1.0), np.ones(len(weights)))
    )
    seen = f"the columns average {average.mean():.6g}, the full-sample weight {name or '(none: 1 for everybody)'} {weights.mean():.6g}"
    if combined and factor < whole / 2:
        raise ArgumentError(
            f"`columns` must hold whole weights, but they look like factors on the full-sample weight: {seen}; pass combined=False"
        )
    if not combined and whole < factor / 2:
        raise ArgumentError(
            f"`columns` must hold factors on the full-sample weight, but they look like whole weights: {seen}; pass combined=True"
        )
    if min(whole, factor) > 0.5:
        warn(
            f"the replicate weights fit neither as whole weights nor as factors: {seen}; do they belong to another weight, or to other rows?"
        )


def _rank(weights: np.ndarray) -> int:
    """Return the number of independent columns, from the small matrix of their products."""
    squares = np.linalg.eigvalsh(weights.T @ weights)  # squares of the singular values: the tolerance is squared too
    return int((squares > RANK_TOLERANCE**2 * squares.max()).sum())
