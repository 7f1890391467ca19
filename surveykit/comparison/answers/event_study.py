"""Staggered elections: effects by the wave of the first election, their aggregation, and placebos before."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from surveykit._checks import (
    as_generator,
    as_names,
    check_columns,
    check_numeric,
    check_option,
    check_share,
    from_smallest,
    some,
    warn,
)
from surveykit.codebook import as_code
from surveykit.comparison.answers.wave_cells import WaveCells, is_ordered, ordered_waves, wave_cells
from surveykit.comparison.balancing import refuse_balance
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.feasibility import UnderVerdict, collect_verdicts
from surveykit.comparison.judgement import (
    FEWEST_IN_AN_ARM,
    Judgement,
    Numbers,
    randomization_level,
    size_ratio,
    weigh_reasons,
)
from surveykit.comparison.methods.randomization import TIE
from surveykit.comparison.methods.settlement_methods import row_of_t
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.domains import ordered_codes
from surveykit.estimation.engine.totals import weights_of
from surveykit.results import Row, table_of
from surveykit.sampling_units import factorize_columns

Controls = Literal["not_yet", "never"]

EXTRA_COLUMNS = ("first_wave", "wave", "event_time")
NO_FREEDOM = 1e-9
"""Degrees of freedom that rounding leaves of a cohort of one settlement, which has none: 1e-16. Of two, one would have
to count two thousand million times as much as the other to leave so few."""
# With the order that was observed 2,000, so that p comes in steps of 0.0005.
_PERMUTATIONS = 1_999
EARLIER, LATER = "elected earlier", "elected last or never"
"""The two sides that a verdict on staggered elections speaks of."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One number of an event study: which term it is, for which first wave, which wave, at which distance in waves."""

    term: str
    cohort: int = -1
    wave: int = -1
    event_time: float = math.nan


def group_time_effects(
    design: SurveyDesign,
    outcome: str | Sequence[str],
    *,
    first_wave: str,
    wave: str,
    settlement: str | None = None,
    controls: Controls = "not_yet",
    confidence: float = 0.95,
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> UnderVerdict:
    """Estimate effects when settlements elect at different times.

    Parameters
    ----------
    design : SurveyDesign
        Respondents of all waves stacked.
    outcome : str or sequence of str
        Numeric columns.
    first_wave : str
        Column with the first wave in which the respondent's settlement had an elected akim; missing = never.
    wave : str
        Column of waves.
    settlement : str, optional
        Column of settlements; default the design's first cluster column.
    controls : {"not_yet", "never"}
        Compare with settlements that have not elected yet, or only with those that never do.
    confidence : float
        Level of the intervals, between 0 and 1.
    rng : numpy.random.Generator or int, optional
        For permutations, when there are many; None means seed 0.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    UnderVerdict
        Rows by outcome, estimand, term and method, in the glossary's columns, then first_wave, wave and event_time.
        Terms: "group-time" (one first wave in one wave), "event" (average at a distance from the election; negative
        distances are placebos, -1 is the reference), "overall" (average of all group-times after the election).
        Methods: "cr3" (each settlement left out in turn, t with the degrees of freedom that the numbers of settlements
        of each first wave leave; see `degrees_of_freedom`) and "randomization" (the first waves move between
        settlements). n and n_clusters are the respondents and settlements that a number rests on.

    Raises
    ------
    FeasibilityError
        When `first_wave` varies inside a settlement, a settlement had elected by the first wave, no settlement has
        answers in every wave, all elect in one wave, there are no controls, or the settlements were balanced.
    ColumnError
        When a column is absent, or an outcome holds text.
    ArgumentError
        When no column of settlements is known, the order of the waves is not, `confidence` does not lie between 0 and
        1, or `rng` is no Generator and no seed.

    Notes
    -----
    ``ATT(g, t)`` is the change from the last wave before g to wave t among settlements that first elected in g, minus
    the same change among controls (Callaway & Sant'Anna 2021, J. Econometrics 225, 200-230, without covariates).
    Settlement average: changes of settlement means, each settlement counting the same; person average: changes of
    pooled weighted means. Averages over first waves weight by settlements, or by the weight of the respondents. A
    two-way fixed effects regression is not used, because it compares late electors with early ones. R:
    ``did::att_gt(base_period = "universal")``.

    References
    ----------
    Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods. Journal of
    Econometrics 225, 200-230.
    Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing. Journal of Econometrics 225,
    254-277.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat(list("ABCDEF"), 3), "wave": [2019, 2021, 2023] * 6})
    >>> answers["first"] = answers["unit"].map({"A": 2021, "B": 2021, "C": 2023, "D": 2023})
    >>> answers["trust"] = 3.0 + (answers["wave"] >= answers["first"])
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> table = sk.group_time_effects(design, "trust", first_wave="first", wave="wave").table
    >>> table.query("term == 'overall' and method == 'cr3'")["estimate"].tolist()
    [1.0, 1.0]
    """
    refuse_balance(design, "pass the design as it was before balance_settlements()")
    names = as_names(outcome, "outcome")
    check_columns(design.survey.frame, [first_wave, *names], "outcome")
    check_option(controls, get_args(Controls), "controls")
    alpha, generator = 1 - check_share(confidence, "confidence"), as_generator(0 if rng is None else rng)
    place = settlement or (design.cluster[0] if design.cluster else None)
    if place is None:
        raise ArgumentError("`settlement` must name the column of settlements, because the design has no clusters")
    of_wave, codes, labels = ordered_waves(design, wave, lang)
    if not is_ordered(design.survey.frame[wave]):
        raise ArgumentError(
            f"`wave` must tell which wave comes first, but {wave!r} holds texts ({some(labels)}), whose alphabet is no calendar; make it an ordered category: pd.Categorical(data[{wave!r}], categories=[...], ordered=True)"
        )
    of_row, settlements = factorize_columns(design.survey.frame, [place], "settlement")
    cohort = _cohorts(design, first_wave, wave, of_row, settlements, codes, labels, lang)
    rows: list[Row] = []
    judgements, used = [], {}
    for name in names:
        values, _ = from_smallest(check_numeric(design.survey.frame[name], "outcome"))
        cells = wave_cells(values, weights_of(design), of_row, of_wave, len(settlements), len(codes))
        complete = np.asarray((cells.n > 0).all(axis=1))
        if not complete.any():
            raise FeasibilityError(
                f"no settlement has answers to {name!r} in every wave, so no change can be followed; leave out the waves in which it was not asked"
            )
        if not complete.all():
            empty = [place for place, here in zip(settlements, complete) if not here]
            warn(f"settlement(s) {some(empty)} lack answers to {name!r} in some wave and are left out of it")
        kept = WaveCells(cells.weight[complete], cells.total[complete], cells.n[complete])
        own = cohort[complete]
        _check_cohorts(own, controls, name, labels)
        effects = _effects(own, len(codes), controls)
        used[name] = int(complete.sum())
        for estimand in ("person", "settlement"):
            inferred = _infer(kept, own, effects, estimand, controls, labels, alpha, generator)
            rows += [replace(row, outcome=name, estimand=estimand) for row in inferred]
        judgements.append(
            _judge(
                name,
                kept,
                own,
                effects,
                controls,
                labels,
                [str(place) for place, here in zip(settlements, complete) if here],
            )
        )
    kinds = "settlements that have not elected yet" if controls == "not_yet" else "settlements that never elect"
    counts = sorted(set(used.values()))
    many = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}, by outcome,"
    method = f"Group-time effects of {', '.join(names)} by the first wave of election against {kinds}, from the last wave before it (Callaway & Sant'Anna 2021), {design.origin().weight}; jackknife over the {many} settlements with answers in every wave, with t on the degrees of freedom that the settlements of each first wave leave, and randomization of the first waves between settlements. Effects at negative distances are placebos. Effects are such only if both kinds would have changed alike."
    everybody = ComparedGroups(
        first_wave,
        place,
        EARLIER,
        LATER,
        of_row,
        [str(one) for one in settlements],
        cohort < cohort.max(),
        np.zeros(len(cohort), dtype=np.int64),
        0,
        np.arange(len(cohort)),
    )
    feasibility = collect_verdicts(judgements, everybody, design.origin(lang))
    facts = {
        "verdict": feasibility.verdict,
        "n_respondents": feasibility.facts["n_respondents"],
        "n_settlements": max(counts),
        "waves": ", ".join(labels),
        "controls": controls,
        "confidence": confidence,
    }
    return UnderVerdict(
        table_of(rows, EXTRA_COLUMNS),
        method,
        design.origin(lang),
        facts,
        "Effects by first wave of election",
        quantity="effect",
        feasibility=feasibility,
        group_codes={label: ((wave, as_code(code)),) for label, code in zip(labels, codes)},
    )


def _judge(
    name: str,
    cells: WaveCells,
    cohort: np.ndarray,
    effects: Sequence[Effect],
    controls: Controls,
    labels: list[str],
    places: list[str],
) -> Judgement:
    """Return the verdict on one outcome: settlements that elect on one side, those that elect last or never on the
    other, and how many share each first wave.
    """
    last = cohort == cohort.max()
    n_last, n_early = int(last.sum()), int((~last).sum())
    # two cohorts of one size: handing each the other's wave gives the same distance from zero, so that no two-sided p
    # is one of the total
    mirrored = len(np.unique(cohort)) == 2 and 2 * n_last == len(cohort)
    total = _count_orders(cohort)
    lowest = (2 if mirrored else 1) / total
    forms = linear_forms(cells, cohort, effects, "person", controls)
    df = float(degrees_of_freedom(forms[-1:], cohort)[0])  # the overall effect stands last
    weight, early = cells.weight.sum(axis=1), ~last
    of_arm = weight / np.where(early, weight[early].sum(), weight[last].sum())
    company = np.where(early, n_early > 1, n_last > 1)
    numbers = Numbers(
        n_respondents=int(cells.n.sum()),
        n_treated=n_early,
        n_baseline=n_last,
        n_blocks=1,
        n_assignments=total,
        smallest_p_one_sided=1 / total,
        smallest_p_two_sided=lowest,
        df=df,
        df_adjusted=df,
        effective_settlements=math.nan,
        largest_share=float((weight / weight.sum()).max()),
        largest_share_of_arm=float(of_arm[company].max(initial=0.0)),
        largest_share_treated=float(of_arm[early].max()),
        largest_share_baseline=float(of_arm[last].max()),
        size_ratio=size_ratio(weight, early),
        largest_settlement=places[int(np.argmax(of_arm * company))],
        largest_variance_share=math.nan,
        true_level=math.nan,
        randomization_level=randomization_level(weight, cells.n.min(axis=1), early),
        leaning=math.nan,
        n_covariates=0,
        n_settlement_covariates=0,
        leave_one_out_rank=0,
    )
    verdict, reasons = weigh_reasons(numbers)
    small = [labels[first] for first in np.unique(cohort[~last]) if 1 < (cohort == first).sum() < FEWEST_IN_AN_ARM]
    lone = [labels[first] for first in np.unique(cohort[~last]) if (cohort == first).sum() == 1]
    if small and n_early >= FEWEST_IN_AN_ARM:
        reasons = {
            **reasons,
            "cohorts_small": f"Fewer than {FEWEST_IN_AN_ARM} settlements first elect in {some(small)}, so effects of these waves rest on few settlements.",
        }
        verdict = "fragile" if verdict == "sound" else verdict
    if lone and n_early > 1:
        reasons = {
            **reasons,
            "cohorts": f"A single settlement first elects in {some(lone)}, so its own character cannot be told from the effect there, and averages that hold it have no error.",
        }
        verdict = "fragile" if verdict == "sound" else verdict
    waves = {"lone_waves": ", ".join(lone), "small_waves": ", ".join(small)}
    return Judgement(name, "unadjusted", EARLIER, LATER, numbers, verdict, reasons, further=waves)


def _cohorts(
    design: SurveyDesign,
    first_wave: str,
    wave: str,
    of_row: np.ndarray,
    settlements: list[object],
    codes: list[object],
    labels: list[str],
    lang: str | None,
) -> np.ndarray:
    """Return the first treated wave of each settlement as a position; the number of waves stands for never."""
    column = design.survey.frame[first_wave]
    first = np.full(len(settlements), -1, dtype=np.int64)
    index, values = ordered_codes(column)
    variable = design.survey.codebook[wave]
    places = [variable.position(value, codes, "first_wave", lang) for value in values]
    of_value = np.array([*places, len(codes)])[index]
    first[of_row] = of_value
    elsewhere = first[of_row] != of_value
    if elsewhere.any():
        raise FeasibilityError(
            f"`first_wave` must be the same for everybody in a settlement and in every wave, but {first_wave!r} varies inside {settlements[int(of_row[elsewhere][0])]!r}; give the wave in which it first elected"
        )
    if (first == 0).any():
        early = [place for place, number in zip(settlements, first) if number == 0]
        raise FeasibilityError(
            f"settlement(s) {some(early)} had elected by the first wave {labels[0]!r}, so nothing is known of them before; leave them out"
        )
    return first


def _check_cohorts(cohort: np.ndarray, controls: Controls, name: str, labels: list[str]) -> None:
    if controls == "never" and not (cohort >= len(labels)).any():
        raise FeasibilityError(
            f"controls='never' needs settlements that never elect, but none of them has answers to {name!r} in every wave; use controls='not_yet'"
        )
    if len(np.unique(cohort)) < 2:
        raise FeasibilityError(
            f"for {name!r} all settlements elect in the same wave or never, so there is nothing to compare"
        )
    if (cohort == cohort.max()).sum() == 1:
        warn(f"for {name!r} a single settlement serves as the last control, so no jackknife error can be given")
    alone = [labels[first] for first in np.unique(cohort) if (cohort == first).sum() == 1 and first < cohort.max()]
    if alone:
        warn(
            f"for {name!r} a single settlement first elects in {some(alone)}, so no jackknife error can be given for its effects and for the averages that hold them"
        )


def _effects(cohort: np.ndarray, n_waves: int, controls: Controls) -> list[Effect]:
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


def _infer(
    cells: WaveCells,
    cohort: np.ndarray,
    effects: Sequence[Effect],
    estimand: str,
    controls: Controls,
    labels: Sequence[str],
    alpha: float,
    rng: np.random.Generator,
) -> list[Row]:
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
    if _count_orders(cohort) <= _PERMUTATIONS:
        return (np.array(order) for order in _distinct(sorted(cohort.tolist())))
    return itertools.chain([cohort], (rng.permutation(cohort) for _ in range(_PERMUTATIONS)))


def _count_orders(cohort: np.ndarray) -> int:
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
