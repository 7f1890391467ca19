"""A part of the respondents as one group: their degrees of freedom, and what each of them adds to an estimate."""

from collections.abc import Callable, Iterable

import numpy as np

from surveykit.design import SurveyDesign
from surveykit.estimation.engine.calibration import FixedTotals, calibrated_totals
from surveykit.estimation.engine.domains import Domains
from surveykit.estimation.engine.replication import fill_gaps, replicate_totals
from surveykit.estimation.engine.result_columns import RatioTotals, domain_degrees_of_freedom, t_degrees_of_freedom
from surveykit.estimation.engine.rounding import without_rounding


def one_group(inside: np.ndarray) -> Domains:
    """Return the respondents where `inside` is True as the only group."""
    return Domains(np.where(inside, 0, -1), [()], ["all"], np.array([int(inside.sum())]))


def degrees_of_freedom_among(design: SurveyDesign, inside: np.ndarray) -> tuple[float, float]:
    """Return clusters minus strata among the respondents where `inside` is True, and their clusters."""
    if inside.all() and design.replicates is None:
        return float(design.degrees_of_freedom), design.units.count_present()[0]
    presence = np.bincount(design.units.of_row[inside], minlength=design.units.n_units)
    df, n_clusters = domain_degrees_of_freedom(presence[:, None], design)
    return float(df[0]), n_clusters[0]


def degrees_of_freedom_by_conventions(design: SurveyDesign, inside: np.ndarray) -> tuple[float, float]:
    """Return degrees of freedom of a test or a model of the respondents where `inside` is True, and their clusters.

    Clusters minus strata among these, or the design's where the conventions take those for every part of it; a single
    cluster has none under any.
    """
    df, n_clusters = degrees_of_freedom_among(design, inside)
    return float(t_degrees_of_freedom(np.array([df]), design)[0]) if df > 0 else df, n_clusters


def variance_rows(design: SurveyDesign) -> int:
    """Return how many rows a table of linearized totals has: sampling units, or replicates."""
    return design.units.n_units if design.replicates is None else design.replicates.n_replicates


def influence_totals(influence: np.ndarray, rows: np.ndarray, design: SurveyDesign) -> np.ndarray:
    """Return unit totals of the weighted influence of respondents, residualized on the calibration.

    Parameters
    ----------
    influence : float array, (rows, estimates)
        What one person like the respondent adds to each estimate (unweighted).
    rows : int array, (rows,)
        Positions of these respondents in the design; the others add nothing.
    design : SurveyDesign
        Without replicate weights, under which `recomputed_totals` asks every replicate.
    """
    unit, n_units = design.units.of_row[rows], design.units.n_units
    # the variance of an estimate is that of the total of w times its influence (Binder 1983, International Statistical
    # Review 51, 279-292)
    weighted = design.weights[rows, None] * influence
    totals = np.column_stack([np.bincount(unit, column, minlength=n_units) for column in weighted.T])
    sizes = [np.bincount(unit, np.abs(column), minlength=n_units).max(initial=0.0) for column in weighted.T]
    totals = without_rounding(totals, np.array(sizes))
    if not design.calibration:
        return totals
    columns = np.zeros((influence.shape[1], len(design)))
    columns[:, rows] = influence.T
    fixed = FixedTotals.of(design, one_group(np.ones(len(design), dtype=bool)))
    by_table = [np.column_stack([table.sums(column) for column in columns]) for table in fixed.tables]
    # influences are linear already: they are residualized as totals are, not as ratios
    ratio = RatioTotals(totals, np.ones_like(totals), np.ones_like(totals), fixed=True)
    return calibrated_totals(ratio, fixed, [(summed, np.ones_like(summed)) for summed in by_table])


def recomputed_totals(
    columns: Iterable[np.ndarray],
    rows: np.ndarray,
    design: SurveyDesign,
    function: Callable[[np.ndarray], np.ndarray],
    size: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Return the values of a function of weighted totals in every replicate minus its value in the full sample.

    Parameters
    ----------
    columns : iterable of float arrays, (rows,)
        What is summed, unweighted; centre them where the function takes differences of large sums.
    rows : int array, (rows,)
        Positions of these respondents in the design, which has replicate weights.
    design : SurveyDesign
    function : callable
        From totals, (replicates, columns), to estimates, (replicates, estimates); NaN where there is none.
    size : float array, (estimates,), optional
        How large the parts of an estimate are that cancel in the full sample (residuals), so that its value there does
        not tell.

    Returns
    -------
    float array, (replicates, estimates)
    """
    unit, weights, n_units = design.units.of_row[rows], design.weights[rows], design.units.n_units
    weighted = [weights * column for column in columns]
    totals = np.column_stack([np.bincount(unit, column, minlength=n_units) for column in weighted])
    sizes = [np.bincount(unit, np.abs(column), minlength=n_units).max(initial=0.0) for column in weighted]
    totals = without_rounding(totals, np.array(sizes))
    with np.errstate(invalid="ignore", divide="ignore"):
        anew, full = function(replicate_totals(totals, design.replicates)), function(totals.sum(axis=0, keepdims=True))
        size = np.fmax(np.abs(full[0]) + np.nan_to_num(np.abs(anew)).max(axis=0, initial=0.0), size)
    return without_rounding(fill_gaps(anew - full, design.replicates), size, design.replicates.rounding)
