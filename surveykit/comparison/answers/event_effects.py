"""The effects of staggered elections by first wave: estimates from cells of settlements and waves, errors, p-values."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from surveykit.comparison.answers.wave_cells import WaveCells
from surveykit.comparison.methods.randomization import TIE
from surveykit.comparison.methods.settlement_methods import row_of_t
from surveykit.errors import FeasibilityError
from surveykit.results import Row

Controls = Literal["not_yet", "never"]
NO_FREEDOM = 1e-9
"""Degrees of freedom that rounding leaves of a cohort of one settlement, which has none: 1e-16. Of two, one would have
to count two thousand million times as much as the other to leave so few."""
# With the order that was observed 2,000, so that p comes in steps of 0.0005.
_PERMUTATIONS = 1_999


@dataclass(frozen=True, slots=True)
class Effect:
    """One number of an event study: which term it is, for which first wave, which wave, at which distance in waves."""

    term: str
    cohort: int = -1
    wave: int = -1
    event_time: float = math.nan


def list_effects(cohort: np.ndarray, n_waves: int, controls: Controls) -> list[Effect]:
    """Return the group-times for which controls exist, the event times and the overall effect."""
    effects = []
    for first in sorted({int(one) for one in cohort if one < n_waves}):
        for wave in range(n_waves):
            if wave != first - 1 and _controls(cohort, first, wave, n_waves, controls).any():
                effects.append(Effect("group-time", first, wave, wave - first))
    if not any(effect.event_time >= 0 for effect in effects):
        raise FeasibilityError(
            "no wave has both settlements that have elected and controls that have not; use controls='not_yet' or add waves or settlements"
        )
    events = sorted({effect.event_time for effect in effects})
    return [*effects, *(Effect("event", event_time=event) for event in events), Effect("overall")]


def _controls(cohort: np.ndarray, first: int, wave: int, n_waves: int, controls: Controls) -> np.ndarray:
    if controls == "never":
        return cohort >= n_waves
    # controls must be without an election in both waves of the change, so the later of the two counts: before the
    # election of `first` that is its last wave before, from which all its changes are taken
    return np.asarray((cohort > max(wave, first - 1)) & (cohort != first))


def estimate_effects(
    cells: WaveCells, cohorts: np.ndarray, effects: Sequence[Effect], estimand: str, controls: Controls
) -> np.ndarray:
    """Return the effects (in the order of `effects`) for each row of `cohorts`; NaN where a cohort or controls are
    empty.

    Parameters
    ----------
    cells : WaveCells
    cohorts : int array, (draws, settlements)
        Position of the first wave of each settlement.
    effects : sequence of Effect
    estimand, controls : str

    Returns
    -------
    float array, (draws, effects)
    """
    n_waves, means = cells.weight.shape[1], cells.means

    def change(chosen: np.ndarray, early: int, late: int) -> np.ndarray:
        mask = chosen.astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            if estimand == "settlement":
                return np.asarray(mask @ (means[:, late] - means[:, early]) / mask.sum(axis=1))
            total, weight = mask @ cells.total, mask @ cells.weight
            # means over people are formed in each wave and then subtracted: who is interviewed changes between waves,
            # and the weights with them
            return np.asarray(total[:, late] / weight[:, late] - total[:, early] / weight[:, early])

    estimates = np.full((len(cohorts), len(effects)), np.nan)
    size = np.zeros_like(estimates)
    # cohorts enter an average by their size, of settlements or of people (Callaway & Sant'Anna 2021, section 3)
    whole = np.ones(len(means)) if estimand == "settlement" else cells.weight.sum(axis=1)
    times = np.array([effect.event_time if effect.term == "group-time" else np.nan for effect in effects])
    for number, effect in enumerate(effects):
        if effect.term == "group-time":
            early, inside = effect.cohort - 1, cohorts == effect.cohort
            others = _controls(cohorts, effect.cohort, effect.wave, n_waves, controls)
            estimates[:, number] = change(inside, early, effect.wave) - change(others, early, effect.wave)
            size[:, number] = inside @ whole
            continue
        averaged = times == effect.event_time if effect.term == "event" else times >= 0
        with np.errstate(invalid="ignore", divide="ignore"):
            parts = estimates[:, averaged] * size[:, averaged]
            estimates[:, number] = parts.sum(axis=1) / size[:, averaged].sum(axis=1)
    return estimates


def linear_forms(
    cells: WaveCells, cohort: np.ndarray, effects: Sequence[Effect], estimand: str, controls: Controls
) -> np.ndarray:
    """Return each effect as a linear form of the settlements' means in the waves, (effects, settlements, waves).

    The sum of the form times `cells.means` is what `estimate_effects` gives; the form tells which settlements an effect
    rests on, and how much.
    """
    n_waves = cells.weight.shape[1]
    forms = np.zeros((len(effects), *cells.weight.shape))
    sizes = np.zeros(len(effects))
    whole = np.ones(len(cohort)) if estimand == "settlement" else cells.weight.sum(axis=1)
    weight = np.ones_like(cells.weight) if estimand == "settlement" else cells.weight
    times = np.array([effect.event_time if effect.term == "group-time" else np.nan for effect in effects])
    for number, effect in enumerate(effects):
        if effect.term == "group-time":
            inside = cohort == effect.cohort
            others = _controls(cohort, effect.cohort, effect.wave, n_waves, controls)
            for wave, sign in ((effect.wave, 1.0), (effect.cohort - 1, -1.0)):
                for side, mask in ((1.0, inside), (-1.0, others)):
                    forms[number, mask, wave] += sign * side * weight[mask, wave] / weight[mask, wave].sum()
            sizes[number] = inside @ whole
            continue
        here = times == effect.event_time if effect.term == "event" else times >= 0
        forms[number] = np.tensordot(sizes[here] / sizes[here].sum(), forms[here], axes=1)
    return forms


def degrees_of_freedom(forms: np.ndarray, cohort: np.ndarray) -> np.ndarray:
    """Return Satterthwaite's degrees of freedom of the jackknife variance of each effect.

    Notes
    -----
    Each cohort's settlements vary around their own mean, so the variance is a sum of one independent part per cohort.
    With settlements that vary alike, part h is in proportion to ``u_h``, the sum of the squared coefficients of its
    settlements, and has ``f_h = u_h^2 / sum of their squares - 1`` degrees of freedom (their number minus 1 where they
    count alike), hence ``(sum u_h)^2 / sum(u_h^2 / f_h)`` (Satterthwaite 1946). For one cohort against one group of
    controls these are the degrees of freedom of CR2, and not the number of settlements minus 1: two early electors
    among ten settlements leave 1.5.
    """
    square = (forms**2).sum(axis=2)
    whole, rest = np.zeros(len(forms)), np.zeros(len(forms))
    for first in np.unique(cohort):
        own = square[:, cohort == first]
        part = own.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            freedom = part**2 / (own**2).sum(axis=1) - 1
            rest += np.where(part > 0, np.where(freedom > NO_FREEDOM, part**2 / freedom, np.inf), 0.0)
        whole += part
    with np.errstate(invalid="ignore", divide="ignore"):
        return whole**2 / rest


def infer_effects(
    cells: WaveCells,
    cohort: np.ndarray,
    effects: Sequence[Effect],
    estimand: str,
    controls: Controls,
    labels: Sequence[str],
    alpha: float,
    rng: np.random.Generator,
) -> list[Row]:
    """Return rows for each effect: its jackknife over settlements, and the randomization of their first waves."""
    n_settlements = len(cohort)
    seen = estimate_effects(cells, cohort[None, :], effects, estimand, controls)[0]
    rest = []
    for left in range(n_settlements):
        keep = np.arange(n_settlements) != left
        part = WaveCells(cells.weight[keep], cells.total[keep], cells.n[keep])
        rest.append(estimate_effects(part, cohort[None, keep], effects, estimand, controls)[0])
    # the jackknife about the estimate of all, not about the mean of the rest: the larger of the two, as CR3
    errors = np.sqrt((n_settlements - 1) / n_settlements * ((np.array(rest) - seen) ** 2).sum(axis=0))
    forms = linear_forms(cells, cohort, effects, estimand, controls)
    df = degrees_of_freedom(forms, cohort)
    drawn = estimate_effects(cells, np.array(list(_orders(cohort, rng))), effects, estimand, controls)
    # a draw without an effect is no evidence against the null, so that its NaN must not count as far
    far = np.abs(drawn) >= np.abs(seen) - TIE * np.abs(cells.means).max()
    rows = []
    for number, effect in enumerate(effects):
        involved = forms[number] != 0
        jackknife = row_of_t(float(seen[number]), float(errors[number]), float(df[number]), alpha)
        if not df[number] > 0:  # a settlement without company in its cohort: nothing tells how much it varies
            jackknife = Row(float(seen[number]))
        p = float(far[:, number].mean()) if np.isfinite(seen[number]) else math.nan
        answers = {"cr3": jackknife, "randomization": Row(float(seen[number]), p_value=p)}
        when = {
            "first_wave": labels[effect.cohort] if effect.cohort >= 0 else np.nan,
            "wave": labels[effect.wave] if effect.wave >= 0 else np.nan,
            "event_time": effect.event_time,
        }
        rows += [
            replace(
                row,
                term=effect.term,
                method=method,
                n=int(cells.n[involved].sum()),
                n_clusters=int(involved.any(axis=1).sum()),
                n_weighted=float(cells.weight[involved].sum()),
                extra=when,
            )
            for method, row in answers.items()
        ]
    return rows


def _orders(cohort: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield every distinct way to hand the first waves to settlements, or the observed one and random ones."""
    if count_orders(cohort) <= _PERMUTATIONS:
        return (np.array(order) for order in _distinct(sorted(cohort.tolist())))
    return itertools.chain([cohort], (rng.permutation(cohort) for _ in range(_PERMUTATIONS)))


def count_orders(cohort: np.ndarray) -> int:
    """Return in how many distinct ways the first waves can be handed to the settlements."""
    total = math.factorial(len(cohort))
    for count in np.unique(cohort, return_counts=True)[1]:
        total //= math.factorial(int(count))
    return total


def _distinct(values: list[int]) -> Iterator[tuple[int, ...]]:
    if not values:
        yield ()
        return
    for value in sorted(set(values)):
        others = values.copy()
        others.remove(value)
        for tail in _distinct(others):
            yield (value, *tail)
