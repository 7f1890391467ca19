"""What intervals a test gives in many simulated surveys without an effect, and the power that they tell."""

import math
from dataclasses import replace

import numpy as np

from surveykit.comparison.intraclass import VarianceParts
from surveykit.comparison.methods.randomization import interval_of_constant_effects
from surveykit.comparison.methods.settlement_methods import METHODS, Settings, assignments_of
from surveykit.comparison.settlement_totals import TREATMENT, Case
from surveykit.distributions import t_quantile_at
from surveykit.estimation.engine.few_clusters import (
    adjusted_scores,
    fit_robust,
    solve_weighted,
)

TOUCHES = 1e-12
"""Scale points within which an end that the effect moves stands at zero: `detectable` gives minus an end as the effect,
and the interval that it was read from must count as one that excludes zero."""
PLANNING_LIMIT = 20_000
"""Up to so many assignments a simulated survey is judged by all of them; beyond, by 9,999 drawn."""
CHUNK = 4_000_000
"""Numbers held at once when many simulated surveys meet many assignments."""


def simulate_intervals(case: Case, parts: VarianceParts, method: str, settings: Settings, draws: int) -> np.ndarray:
    """Return the test's interval in each of many surveys without an effect, (draws, 2).

    Settlement sums of answers are drawn as normal: ``sum y`` and ``sum (w - 1) y`` share the settlement's effect and
    the respondents' deviations. CR2 and the randomization test are computed for all draws at once (a test holds that to
    the method's own rows), the others one by one.
    """
    rng = np.random.default_rng(settings.seed)
    totals, z = case.totals, case.treated.astype(float)
    n, d, dd = totals.xx[:, 0, 0], totals.xdx[:, 0, 0], totals.xddx[:, 0, 0]
    between, within = math.sqrt(max(parts.between, 0.0)), math.sqrt(parts.within)
    # of independent e, sum e and sum (w - 1) e have the variances n and dd and the covariance d: two normal numbers
    # per settlement stand for the answers of all its respondents
    rest = np.sqrt(np.clip(dd - d**2 / n, 0, None))
    effect, first, second = np.moveaxis(rng.standard_normal((draws, 3, len(n))), 1, 0)
    y = n * between * effect + within * np.sqrt(n) * first
    dy = d * between * effect + within * (d / np.sqrt(n) * first + rest * second)
    if method == "cr2":
        return _cr2_intervals(case, y, dy, settings)
    if method == "randomization":
        return _randomization_intervals(case, y + dy, settings)
    ends = np.empty((draws, 2))
    for number in range(draws):
        drawn = replace(
            totals, xy=np.column_stack([y[number], z * y[number]]), xdy=np.column_stack([dy[number], z * dy[number]])
        )
        survey = replace(case, totals=drawn, means=(y[number] + dy[number]) / totals.weight)
        row = METHODS[method](survey, settings)
        ends[number] = row.conf_low, row.conf_high
    return ends


def _cr2_intervals(case: Case, y: np.ndarray, dy: np.ndarray, settings: Settings) -> np.ndarray:
    """Return CR2's intervals for many answers of the same settlements: the adjustment and its df do not know them."""
    totals, z = case.totals, case.treated.astype(float)
    _, bread = solve_weighted(totals)
    basis = np.stack([np.ones_like(z), z], axis=1)
    xy, xdy = y[:, :, None] * basis, dy[:, :, None] * basis
    coefficients = (xy + xdy).sum(axis=1) @ bread
    residual = np.concatenate(
        [
            xy - np.einsum("gpq,sq->sgp", totals.xx, coefficients),
            xdy - np.einsum("gpq,sq->sgp", totals.xdx, coefficients),
        ],
        axis=2,
    )
    roots = adjusted_scores(totals, bread, "cr2") @ bread[TREATMENT]
    errors = np.sqrt((np.einsum("gz,sgz->sg", roots, residual) ** 2).sum(axis=1))
    df = float(fit_robust(totals, "cr2").df[TREATMENT])
    reach = float(t_quantile_at(1 - settings.alpha / 2, df)) * errors
    estimates = coefficients[:, TREATMENT]
    return np.column_stack([estimates - reach, estimates + reach])


def _randomization_intervals(case: Case, sums: np.ndarray, settings: Settings) -> np.ndarray:
    """Return the randomization test's intervals for many weighted sums of answers of the same settlements."""
    listed = assignments_of(case, settings, PLANNING_LIMIT)
    weight = case.totals.weight
    ends = np.empty((len(sums), 2))
    step = max(1, CHUNK // len(listed.treated))
    for start in range(0, len(sums), step):
        part = sums[start : start + step]
        seen, drawn = (
            _differences(chosen, part, weight) for chosen in (case.treated[None, :].astype(float), listed.treated)
        )
        moved = _differences(listed.treated, (case.treated * weight)[None, :], weight)[0]
        ends[start : start + step] = interval_of_constant_effects(seen[:, 0], drawn, moved, settings.alpha)
    return ends


def _differences(chosen: np.ndarray, sums: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the differences of weighted means, (surveys, assignments)."""
    return np.asarray(sums @ chosen.T / (chosen @ weight) - sums @ (1 - chosen).T / ((1 - chosen) @ weight))


def power_at(ends: np.ndarray, effect: float) -> float:
    """Return the share of intervals that exclude zero once they are moved by the effect."""
    if math.isinf(effect):
        return float(np.mean(np.isfinite(ends[:, 0])))
    return float(np.mean((ends[:, 0] + effect >= -TOUCHES) | (ends[:, 1] + effect <= TOUCHES)))


def detectable(ends: np.ndarray, power: float) -> float:
    """Return the smallest positive effect that the wanted share of intervals tells from zero."""
    # an effect moves answers and interval alike, so that one simulation without any gives the power at every effect:
    # a survey detects what exceeds minus its lower end
    needed = np.sort(np.where(np.isnan(ends[:, 0]), np.inf, -ends[:, 0]))
    return float(needed[min(math.ceil(power * len(needed)), len(needed)) - 1])
