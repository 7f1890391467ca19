"""A part of the respondents as one group: their degrees of freedom, and what each of them adds to an estimate."""

import numpy as np

from surveykit.design import SurveyDesign
from surveykit.estimation.calibrated import _unit_totals
from surveykit.estimation.result_columns import domain_degrees_of_freedom
from surveykit.estimation.totals import Domains


def one_group(inside: np.ndarray) -> Domains:
    """Return the respondents where `inside` is True as the only group."""
    return Domains(np.where(inside, 0, -1), [()], ["all"], np.array([int(inside.sum())]))


def degrees_of_freedom_among(design: SurveyDesign, inside: np.ndarray) -> tuple[float, int]:
    """Return clusters minus strata among the respondents where `inside` is True, and their clusters."""
    if inside.all():
        return float(design.degrees_of_freedom), design.units.n_clusters
    presence = np.bincount(design.units.of_row[inside], minlength=design.units.n_units)
    df, n_clusters = domain_degrees_of_freedom(presence[:, None], design)
    return float(df[0]), int(n_clusters[0])


def influence_totals(influence: np.ndarray, rows: np.ndarray, design: SurveyDesign) -> np.ndarray:
    """Return unit totals of the weighted influence of respondents, residualised on the calibration.

    Parameters
    ----------
    influence : float array, (rows, estimates)
        What one person like the respondent adds to each estimate (unweighted).
    rows : int array, (rows,)
        Positions of these respondents in the design; the others add nothing.
    design : SurveyDesign
    """
    if design.calibration:
        everyone = np.zeros((len(design), influence.shape[1]))
        everyone[rows] = influence
        return _unit_totals(everyone, design)
    unit, weights = design.units.of_row[rows], design.weights[rows]
    n_units = design.units.n_units
    if n_units == len(design):
        totals = np.zeros((n_units, influence.shape[1]))
        totals[unit] = weights[:, None] * influence
        return totals
    return np.column_stack([np.bincount(unit, weights * column, minlength=n_units) for column in influence.T])
