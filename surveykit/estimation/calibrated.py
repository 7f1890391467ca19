"""Variance that knows of the calibration: what the weighting has fixed cannot vary.

After raking, post-stratification or calibration, weighted totals of the margins are constants. A linearised value u
then varies only through its residual from the regression of u on the calibration variables with the weights before
the step, times the weight after it (Deville & Särndal 1992, eq. 3.4; R ``survey::calibrate``).
"""

import numpy as np
import pandas as pd

from surveykit.design import Calibration, SurveyDesign
from surveykit.estimation.result_columns import RatioTotals
from surveykit.estimation.totals import Domains
from surveykit.sampling_units import factorize_columns


def remove_calibration(
    ratio: RatioTotals, design: SurveyDesign, domains: Domains, numerators: list[pd.Series],
    denominators: list[pd.Series] | None = None,
) -> np.ndarray:
    """Return the linearised unit totals of means (or ratios, or totals), residualised on each calibration step.

    Parameters
    ----------
    ratio : RatioTotals
    design : SurveyDesign
    domains : Domains
    numerators, denominators : list of Series
        Columns behind the estimates, one per outcome; without denominators, 1 for all who answered.
    """
    if not design.calibration:
        return ratio.linearized
    values = []
    for number, top in enumerate(numerators):
        y = top.to_numpy(dtype=float, na_value=np.nan)
        x = np.ones(len(y)) if denominators is None else denominators[number].to_numpy(dtype=float, na_value=np.nan)
        values.append((np.where(np.isnan(y * x), np.nan, y), x))
    return _unit_totals(linearized_rows(ratio, domains, values), design)


def linearized_rows(ratio: RatioTotals, domains: Domains, values: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return each respondent's linearised value ``u`` (before weighting), (respondents, estimates)."""
    estimates = ratio.estimates.reshape(len(values), len(domains))
    bottom = ratio.denominator.sum(axis=0).reshape(len(values), len(domains))
    rows = np.zeros((len(domains.of_row), len(values), len(domains)))
    inside = np.flatnonzero(domains.of_row >= 0)
    group = domains.of_row[inside]
    for number, (y, x) in enumerate(values):
        u = y[inside] if ratio.fixed else (y[inside] - estimates[number, group] * x[inside]) / bottom[number, group]
        rows[inside, number, group] = np.where(np.isnan(u), 0, u)
    return rows.reshape(len(rows), -1)


def _unit_totals(rows: np.ndarray, design: SurveyDesign) -> np.ndarray:
    """Return unit totals of the weighted, residualised rows, (units, estimates)."""
    weighted = design.weights[:, None] * rows
    for step in design.calibration:
        weighted = _residuals(weighted, step, design)
    totals = np.zeros((design.units.n_units, rows.shape[1]))
    np.add.at(totals, design.units.of_row, weighted)
    return totals


def _residuals(weighted: np.ndarray, step: Calibration, design: SurveyDesign) -> np.ndarray:
    """Return ``w * (u - x' B)`` with B the regression of u on the step's variables under the weights before it."""
    before, after = step.weights_before, step.weights_after
    x = calibration_matrix(step, design)
    u = weighted / after[:, None]
    scale = np.sqrt(before @ x**2)
    x = x / np.where(scale > 0, scale, 1)
    left = (x * before[:, None]).T
    beta = np.linalg.pinv(left @ x, rcond=1e-12, hermitian=True) @ (left @ u)
    return weighted - after[:, None] * (x @ beta)


def calibration_matrix(step: Calibration, design: SurveyDesign) -> np.ndarray:
    """Return the variables whose weighted totals a step fixed: one column per cell of each term, then the numbers."""
    frame = design.survey.frame
    blocks = []
    for term in step.terms:
        codes, cells = factorize_columns(frame, list(term), "margin")
        blocks.append(np.equal.outer(codes, np.arange(len(cells))).astype(float))
    blocks += [frame[name].to_numpy(dtype=float)[:, None] for name in step.numeric]
    return np.hstack(blocks)
