"""Errors of a model's coefficients: from linearized totals, from refits by replicate weights, or from clusters."""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from surveykit._checks import warn
from surveykit.conventions import conventions_of
from surveykit.design import SurveyDesign
from surveykit.errors import FeasibilityError
from surveykit.estimation.engine.respondents import degrees_of_freedom_by_conventions, influence_totals
from surveykit.estimation.engine.result_columns import standard_errors, warn_without_df
from surveykit.estimation.engine.rounding import rounding_of
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.models.linear_models import LinearModel
from surveykit.estimation.models.model_clusters import ModelClusters, withhold
from surveykit.estimation.models.model_kinds import ModelKind, Solution
from surveykit.estimation.models.model_matrix import ModelData
from surveykit.progress_bar import track

REFITTED = 1e-10
"""Part of a size below which two refits are the same: they stop at steps of 1e-12, and scoring leaves some of these."""


@dataclass(frozen=True, slots=True, eq=False)
class CoefficientErrors:
    """How far coefficients may be off.

    Attributes
    ----------
    std_error, df : float array, (coefficients,)
        NaN where a coefficient has no error.
    df_residual : float
        Degrees of freedom that all coefficients share; NaN with cluster-robust errors.
    df_lost : float
        Degrees of freedom of the design that the coefficients have used up, where the conventions count them.
    n_clusters : float
    linearized : float array, (units or replicates, coefficients), or None
        What design-based errors follow from.
    clusters : ModelClusters or None
        What cluster-robust errors follow from.
    """

    std_error: np.ndarray
    df: np.ndarray
    df_residual: float
    df_lost: float
    n_clusters: float
    linearized: np.ndarray | None
    clusters: ModelClusters | None


def design_errors(
    design: SurveyDesign, data: ModelData, kind: ModelKind, solution: Solution, linearized: np.ndarray, ordinal: bool
) -> CoefficientErrors:
    """Return the errors that the design gives coefficients, from their linearized totals or changes by replicate."""
    used = np.zeros(len(design), dtype=bool)
    used[data.rows] = True
    df_design, n_clusters = degrees_of_freedom_by_conventions(design, used)
    # thresholds count as one intercept
    df_lost = solution.n_slopes + ordinal - 1.0 if conventions_of(design).regression_df == "residual" else 0.0
    std_error, df = standard_errors(linearized, design), np.full(len(solution.params), df_design - df_lost)
    warn_without_df(df[:1], [data.formula])
    without = _without_variation(design, data, kind, solution, std_error)
    if without.any():
        std_error, linearized = np.where(without, np.nan, std_error), np.where(without, 0.0, linearized)
    elif design.lonely_psu == "missing" and np.isnan(std_error).all():
        warn(
            f"the coefficients of {data.formula!r} have no errors, because a stratum has a single cluster; choose another `lonely_psu`"
        )
    elif not np.isfinite(std_error).all():
        raise FeasibilityError(f"the coefficients of {data.formula!r} have no finite errors; leave terms out")
    return CoefficientErrors(std_error, df, df_design - df_lost, df_lost, n_clusters, linearized, None)


def cluster_errors(
    design: SurveyDesign, data: ModelData, kind: ModelKind, solution: Solution, clusters: ModelClusters, ordinal: bool
) -> CoefficientErrors:
    """Return the cluster-robust errors of coefficients, each with its own degrees of freedom."""
    fit = clusters.fit()
    names = [*data.names, *kind.further_names()]
    std_error = withhold(fit.std_errors, clusters.rests_on_one(), names, data.formula, design.conventions)
    without = _without_variation(design, data, kind, solution, std_error)
    std_error = np.where(without, np.nan, std_error)
    df = np.where(np.isnan(std_error), np.nan, fit.df)
    df_lost = solution.n_slopes + ordinal - 1.0 if conventions_of(design).regression_df == "residual" else 0.0
    return CoefficientErrors(std_error, df, float("nan"), df_lost, clusters.n_clusters, None, clusters)


def _without_variation(
    design: SurveyDesign, data: ModelData, kind: ModelKind, solution: Solution, std_error: np.ndarray
) -> np.ndarray:
    """Return which coefficients have an error that is rounding only, and tell of them, (coefficients,) of bool."""
    without = std_error <= refit_rounding(design, kind) * errors_of_answers(data, solution)
    if without.any():
        warn(
            f"{data.formula!r} leaves nothing that varies between clusters, so some coefficients have no error and no test can be given"
        )
    return np.asarray(without)


def linearize_coefficients(
    design: SurveyDesign, data: ModelData, x: np.ndarray, kind: ModelKind, solution: Solution
) -> np.ndarray:
    """Return linearized unit totals of the parameters of columns x: score totals times the inverse information."""
    # the estimate moves by the inverse information times the weighted score of whoever is added (Binder 1983)
    eta = x @ solution.params[: solution.n_slopes]
    slope, further = kind.scores(solution, eta, data.y, data.pattern)
    if design.calibration:
        scores = np.column_stack([x[data.pattern] * slope[:, None], further])
        return influence_totals(scores @ solution.inverse, data.rows, design)
    unit, weights, n_units = design.units.of_row[data.rows], weights_of(design, data.rows), design.units.n_units
    table = sparse.coo_array((weights * slope, (unit, data.pattern)), shape=(n_units, len(x)))
    totals = [table @ x]
    totals += [np.bincount(unit, weights * column, minlength=n_units)[:, None] for column in further.T]
    return np.asarray(np.hstack(totals) @ solution.inverse)


def refit_replicates(
    design: SurveyDesign, data: ModelData, x: np.ndarray, kind: ModelKind, solution: Solution
) -> np.ndarray:
    """Return the parameters of columns x in every replicate, (replicates, coefficients), NaN where it cannot be fitted.

    Respondents of one sampling unit and covariate pattern are summed once; a replicate weighs these sums.
    """
    replicates, n_patterns = design.replicates, len(x)
    key = design.units.of_row[data.rows] * n_patterns + data.pattern
    cells, cell = np.unique(key, return_inverse=True)
    sums = kind.tally(cell, len(cells), data.y, weights_of(design, data.rows))
    unit, pattern = cells // n_patterns, cells % n_patterns
    found = np.full((replicates.n_replicates, len(solution.params)), np.nan)
    for number, factor in enumerate(track(replicates.factors.T, "replicates")):
        table = sparse.csr_matrix((factor[unit], (pattern, np.arange(len(cells)))), shape=(n_patterns, len(cells)))
        with suppress(FeasibilityError, np.linalg.LinAlgError):
            found[number] = kind.solve(x, table @ sums, solution.params).params
    return found


def refit_rounding(design: SurveyDesign, kind: ModelKind) -> float:
    """Return the part of a size below which coefficients of two fits are the same: where refits stop, with replicates.

    A linear model with the identity link is solved, not approached.
    """
    solved = design.replicates is None or (isinstance(kind, LinearModel) and kind.link == "identity")
    return rounding_of(design) if solved else max(rounding_of(design), REFITTED)


def errors_of_answers(data: ModelData, solution: Solution) -> np.ndarray:
    """Return the errors that coefficients would have if the answers themselves were what the model leaves over."""
    return np.sqrt(np.diag(solution.inverse) * data.mean_weight * max(1.0, float((data.y**2).mean())))
