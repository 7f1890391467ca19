"""The variance of weighted totals from unit totals: strata, stages, finite populations, lonely units."""

import numpy as np

from surveykit.estimation.engine.replication import scaled_replicates
from surveykit.estimation.engine.rounding import without_rounding
from surveykit.sampling_units import LonelyPSU, Stage, Units


def covariance_of_totals(unit_totals: np.ndarray, units: Units, lonely_psu: LonelyPSU = "error") -> np.ndarray:
    """Return the design covariance of the column sums of a table of unit totals.

    Parameters
    ----------
    unit_totals : float array, (ultimate units, estimates)
        Weighted (linearized) totals of each sampling unit; with replicate weights, replicate minus full-sample
        estimates, one row per replicate.
    units : Units
    lonely_psu : str
        Treatment of strata with one unit.

    Returns
    -------
    float array, (estimates, estimates)

    Notes
    -----
    For one stage, ``V = sum_h (1 - f_h) n_h / (n_h - 1) sum_i (z_hi - zbar_h)(z_hi - zbar_h)'`` (Särndal, Swensson
    & Wretman 1992, section 3.7; R ``svyrecvar``). Each further stage adds the same expression inside every unit,
    times the sampling fractions of the stages above it. Units without respondents in a domain have totals of zero
    and are counted in ``n_h``.

    Examples
    --------
    Four units of one stratum: 4/3 times the sum of squared deviations.

    >>> from surveykit.design import SurveyDesign
    >>> import pandas as pd
    >>> units = SurveyDesign(pd.DataFrame({"y": [1, 2, 3, 6]})).units
    >>> covariance_of_totals(np.array([[1.0], [2.0], [3.0], [6.0]]), units)[0, 0].round(6)
    np.float64(18.666667)
    """
    deviations = scaled_deviations(unit_totals, units, lonely_psu)
    return np.asarray(deviations.T @ deviations)


def variances_of_totals(unit_totals: np.ndarray, units: Units, lonely_psu: LonelyPSU = "error") -> np.ndarray:
    """Return the diagonal of `covariance_of_totals` without forming the matrix."""
    deviations = scaled_deviations(unit_totals, units, lonely_psu)
    return np.asarray(np.einsum("ur,ur->r", deviations, deviations))  # sums over units


def scaled_deviations(unit_totals: np.ndarray, units: Units, lonely_psu: LonelyPSU = "error") -> np.ndarray:
    """Return the table whose cross-product is the covariance: centred unit totals of every stage, scaled, stacked.

    With replicate weights the rows that come in are replicate minus full-sample estimates.
    """
    if units.replicates is not None:
        return scaled_replicates(unit_totals, units.replicates)
    parts = []
    # The variance between clusters, estimated from all that varies, holds what the later stages add but for the part f
    # of it: so each further stage enters times the fractions above it (Cochran 1977, chapters 10 and
    # 11, on subsampling).
    for number, stage in enumerate(units.stages):
        last = number == len(units.stages) - 1
        totals = unit_totals if last else _sum_by(unit_totals, stage.of_unit, len(stage.stratum))
        parts.append(stage_deviations(totals, stage, lonely_psu))
    return parts[0] if len(parts) == 1 else np.vstack(parts)


def _sum_by(table: np.ndarray, group: np.ndarray, n_groups: int) -> np.ndarray:
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(n_groups))
    return np.add.reduceat(table[order], starts, axis=0)


def stage_deviations(totals: np.ndarray, stage: Stage, lonely_psu: LonelyPSU) -> np.ndarray:
    """Centre the totals inside strata (units are sorted by stratum) and scale them to variance."""
    stratum = stage.stratum
    drawn = np.bincount(stratum)
    starts = np.concatenate([[0], np.cumsum(drawn)[:-1]])
    sums = np.add.reduceat(totals, starts, axis=0)
    centre = sums / drawn[:, None]
    lonely = drawn == 1
    if lonely.any() and lonely_psu == "adjust":
        centre[lonely] = totals.mean(axis=0)  # a lone unit's deviation from its own mean is zero, and no estimate
    fraction = drawn[stratum] / stage.population
    factor = np.where(lonely, 1.0, drawn / np.maximum(drawn - 1, 1))[stratum]
    scale = stage.parent_fraction * np.clip(1 - fraction, 0, None) * factor
    if lonely.any() and lonely_psu == "missing":
        scale = np.where((lonely[stratum] & (fraction < 1)).any(), np.nan, scale)
    if lonely.any() and lonely_psu == "average":
        open_strata = fraction < 1
        alone = lonely[stratum] & open_strata
        n_strata = len(drawn)
        # the strata with two units or more add up to what they would if the lone ones varied as these do on average
        scale = scale * n_strata / (n_strata - alone.sum()) if alone.sum() < n_strata else np.full(len(scale), np.nan)
    deviations = without_rounding(totals - centre[stratum], np.abs(totals).max(axis=0, initial=0.0))
    deviations *= np.sqrt(scale)[:, None]
    return deviations
