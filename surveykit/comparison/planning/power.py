"""What difference the settlements could show: power and minimum detectable effect under the very test that is used."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from surveykit._checks import as_generator, as_names, check_option, check_share
from surveykit.comparison.assignments import smallest_p
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.feasibility import UnderVerdict
from surveykit.comparison.intraclass import VarianceParts, icc_interval, variance_parts
from surveykit.comparison.methods.settlement_methods import METHODS, Settings, applies
from surveykit.comparison.outcome_answers import Answers
from surveykit.comparison.planning.simulated_intervals import detectable, power_at, simulate_intervals
from surveykit.comparison.question import check_outcomes, make_question
from surveykit.comparison.settlement_totals import Case
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.cluster_totals import ClusterTotals, cluster_totals
from surveykit.results import Origin, Result, Row, table_of
from surveykit.words.messages import Columns, Figure, Message, Number, Slot, Told, called

POWER_COLUMNS = (
    "mde_in_spread",
    "power",
    "power_low",
    "power_high",
    "alpha",
    "icc",
    "icc_low",
    "icc_high",
    "monte_carlo_error",
)
UNCERTAIN = 0.05
"""One minus the confidence of the intraclass correlation's interval, at whose ends the effect is given too."""
PLAN_COLUMNS = (
    "n_settlements",
    "n_treated",
    "n_respondents",
    "icc",
    "test",
    "effect",
    "power",
    "monte_carlo_error",
    "smallest_p",
)


def minimum_detectable_effect(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    settlement: str,
    strata: str | None = None,
    test: str | Sequence[str] = ("cr2", "randomization"),
    power: float = 0.8,
    level: float = 0.05,
    effect: float | None = None,
    icc: float | None = None,
    draws: int = 1000,
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> UnderVerdict:
    """Find the smallest difference that a comparison of these settlements would detect.

    Parameters
    ----------
    design, outcomes, group, baseline, settlement, strata
        As in `compare_settlements`.
    test : str or sequence of str
        Methods of `compare_settlements` under which power is computed.
    power : float
        Chance of rejecting that the effect must have.
    level : float
        Level of the test, two-sided.
    effect : float, optional
        A difference in scale points: give its power instead of searching for the effect.
    icc : float, optional
        Intraclass correlation to assume; default the estimate from these data, around the means of the two groups.
    draws : int
        Simulated surveys.
    rng : numpy.random.Generator or int, optional
        None means seed 0.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    UnderVerdict
        One row per outcome, estimand and test: estimate = minimum detectable effect in scale points (infinite where the
        test cannot reject); conf_low and conf_high are that effect at the ends of the 95 % interval of the intraclass
        correlation, where that is estimated (icc_low, icc_high): from ten settlements it is known so badly that the
        true power at `estimate` averages about 0.7 instead of 0.8. Then mde_in_spread (in standard deviations), power
        (with `effect`, also power_low and power_high at those ends), alpha, icc, monte_carlo_error of the power.

    Raises
    ------
    FeasibilityError
        When the group varies inside a settlement, one side is a single settlement, nobody on one side answered, all
        settlements of a kind gave the same answer, a cluster of the design spans several settlements, or the
        settlements were balanced for another comparison.
    ColumnError
        When a column is absent, an outcome holds text or nobody answered it, a settlement or stratum is missing for
        some, or `strata` varies inside a settlement.
    ArgumentError
        When `group` has not two groups, `baseline` is none of them, a column has two roles, a method or another option
        is unknown, `power`, `level` or `icc` does not lie between 0 and 1, `draws` is not positive, or `rng` is no
        Generator and no seed.

    Notes
    -----
    Settlement effects and answers are drawn as normal with the observed sizes, weights, variance and intraclass
    correlation; each draw's interval at 1 - level is computed by the test's own code. A test rejects an effect tau
    exactly when its interval, moved by tau, excludes zero, so one set of draws gives the power at every tau. This is a
    forecast for such settlements, not a second look at the result: power computed at the observed effect says nothing
    that p has not said.

    R: ``PowerUpR::mdes.cra2`` is the formula for equal settlements, equal weights and a t test.

    References
    ----------
    Bloom, H. S. (1995). Minimum detectable effects: a simple way to report the statistical power of experimental
    designs. Evaluation Review 19, 547-556.
    Hoenig, J. M. and Heisey, D. M. (2001). The abuse of power: the pervasive fallacy of power calculations for data
    analysis. The American Statistician 55, 19-24.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat(list("ABCDEF"), 20), "trust": [1, 2, 3, 4, 5] * 24})
    >>> answers["akim"] = np.where(answers["unit"] < "D", "elected", "appointed")
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers)
    >>> result = sk.minimum_detectable_effect(design, "trust", **roles, test="randomization", draws=50)
    >>> result.table[["estimand", "method", "estimate"]]  # three against three: no p below 0.1, whatever the difference
         estimand         method  estimate
    0      person  randomization       inf
    1  settlement  randomization       inf
    """
    tests = as_names(test, "test")
    _check_settings(tests, power, level, draws, icc)
    settings = Settings(level, seed=int(as_generator(0 if rng is None else rng).integers(2**32)))
    question = make_question(design, group=group, baseline=baseline, settlement=settlement, strata=strata, lang=lang)
    names = check_outcomes(design, outcomes, question, "outcomes")
    rows: list[Row] = []
    cases = []
    for name in names:
        answers = question.answers(name)
        for case in question.cases(answers):
            cases.append(case)
            parts = _observed_parts(answers, case)
            if not max(parts.between, 0) + parts.within > 0:
                raise FeasibilityError(
                    f"all settlements of a kind gave the same answer to {name!r}, so nothing tells how much answers vary; leave this outcome out"
                )
            assumed = {"icc": parts} if icc is None else {"icc": _assume(parts, icc)}
            if icc is None:
                ends = dict(zip(("icc_low", "icc_high"), icc_interval(parts, UNCERTAIN)))
                assumed |= {end: _assume(parts, value) for end, value in ends.items() if np.isfinite(value)}
            for method in [method for method in tests if applies(method, case)]:
                detected = {
                    end: _detect(case, part, method, settings, draws, power, effect) for end, part in assumed.items()
                }
                row = _power_row(case, method, assumed, detected, effect is None, level, draws)
                if icc is None and case.n == len(case.compared):  # `_observed_parts` calls all of it within
                    row = replace(row, extra={**row.extra, "icc": math.nan})
                rows.append(row)
    table = table_of(rows, POWER_COLUMNS)
    single = list(dict.fromkeys(case.outcome for case in cases if case.n == len(case.compared)))
    wanted: dict[str, Slot] = {
        "level": Figure(f"{level:g}"),
        "wanted": Message("power_method.power", {"power": Figure(f"{power:.0%}")})
        if effect is None
        else Message("power_method.effect", {"effect": Figure(f"{effect:g}")}),
        "draws": draws,
        "weight": design.origin().weight,
        "icc": Message("power_method.observed")
        if icc is None
        else Message("power_method.assumed", {"icc": Figure(f"{icc:g}")}),
    }
    uncertain = _uncertainty(table, effect, single) if icc is None else ""
    method = Told.of(uncertain, Message("power_method.method", wanted), between=" ")
    feasibility = question.verdicts(cases)
    return UnderVerdict(
        table,
        method,
        design.origin(lang),
        {"verdict": feasibility.verdict, "draws": draws},
        Told.of(Message("titles.detectable")),
        quantity="detectable_effect",
        feasibility=feasibility,
        group_codes=question.compared.group_codes,
    )


def plan_comparison(
    *,
    icc: float,
    spread: float = 1.0,
    settlements: Sequence[int] = (6, 8, 10, 12, 16, 20),
    respondents: Sequence[int] = (20, 50, 100),
    share_treated: float = 0.5,
    weighting_effect: float = 1.0,
    effects: Sequence[float] | None = None,
    test: str | Sequence[str] = ("cr2", "randomization"),
    power: float = 0.8,
    level: float = 0.05,
    draws: int = 1000,
    rng: np.random.Generator | int | None = None,
) -> Result:
    """Tabulate the minimum detectable effect for planned numbers of settlements and respondents.

    Parameters
    ----------
    icc : float
        Intraclass correlation expected; `intraclass_correlation` gives it, with its interval, from an earlier survey.
    spread : float
        Standard deviation of an answer, in scale points.
    settlements : sequence of int
        Numbers of settlements in all.
    respondents : sequence of int
        Respondents per settlement.
    share_treated : float
        Share of the settlements in the group compared, rounded to whole settlements, at least one.
    weighting_effect : float
        Kish design effect of the weights inside settlements; it divides the respondents.
    effects : sequence of float, optional
        True differences in scale points: tabulate the power at each (for `draw_power`) instead of the minimum
        detectable effect.
    test, power, level, draws, rng
        As in `minimum_detectable_effect`.

    Returns
    -------
    Result
        Columns n_settlements, n_treated, n_respondents (per settlement), icc, test, effect (scale points: the minimum
        detectable one, or each of `effects`), power, monte_carlo_error, smallest_p (two-sided, of an exact test).

    Raises
    ------
    ArgumentError
        When there are fewer than two settlements or one respondent, `spread` is not positive, `weighting_effect` is
        below 1, `icc`, `share_treated`, `power` or `level` does not lie between 0 and 1, `draws` is not positive, a
        test is unknown, or `rng` is no Generator and no seed.

    Notes
    -----
    Draws and tests are those of `minimum_detectable_effect`. R: ``clusterPower::cps.normal``, by simulation, with a
    mixed model or GEE in place of these tests.

    References
    ----------
    Bloom, H. S. (1995). Minimum detectable effects: a simple way to report the statistical power of experimental
    designs. Evaluation Review 19, 547-556.

    Examples
    --------
    >>> import surveykit as sk
    >>> plan = sk.plan_comparison(icc=0.05, settlements=[6, 10], respondents=[50], test="randomization", draws=200)
    >>> plan.table[["n_settlements", "effect", "smallest_p"]].round(2)
       n_settlements  effect  smallest_p
    0              6     inf        0.10
    1             10    0.53        0.01
    """
    tests = as_names(test, "test")
    _check_settings(tests, power, level, draws, icc)
    check_share(share_treated, "share_treated")
    if not spread > 0 or not weighting_effect >= 1:
        raise ArgumentError(
            f"`spread` must be positive and `weighting_effect` at least 1, but {spread!r} and {weighting_effect!r} were given"
        )
    if min(settlements) < 2 or min(respondents) < 1:
        raise ArgumentError(
            f"`settlements` must be at least 2, one for each side, and `respondents` at least 1, but {list(settlements)} and {list(respondents)} were given"
        )
    settings = Settings(level, seed=int(as_generator(0 if rng is None else rng).integers(2**32)))
    rows = []
    for count in settlements:
        n_treated = min(max(1, round(count * share_treated)), count - 1)
        for size in respondents:
            case = _planned_case(count, n_treated, size / weighting_effect)
            within = spread**2 * (1 - icc)
            parts = VarianceParts(spread**2 * icc, within, size, count, count * size)
            for method in tests:
                lone = min(n_treated, count - n_treated) == 1
                ends = (
                    np.tile([-np.inf, np.inf], (draws, 1))
                    if lone
                    else simulate_intervals(case, parts, method, settings, draws)
                )
                for at in [detectable(ends, power)] if effects is None else effects:
                    reached = power_at(ends, at)
                    rows.append(
                        {
                            "n_settlements": count,
                            "n_treated": n_treated,
                            "n_respondents": size,
                            "icc": icc,
                            "test": method,
                            "effect": at,
                            "power": reached,
                            "smallest_p": smallest_p(case.treated)[1],
                            "monte_carlo_error": math.sqrt(reached * (1 - reached) / draws),
                        }
                    )
    table = pd.DataFrame(rows)[list(PLAN_COLUMNS)]
    given = {"level": f"{level:g}", "power": f"{power:.0%}", "spread": f"{spread:g}", "icc": f"{icc:g}"}
    slots: dict[str, Slot] = {**{key: Figure(number) for key, number in given.items()}, "draws": draws}
    method = Told.of(Message("plan_method.method", slots))
    return Result(table, method, Origin("a plan, no data"), {"draws": draws}, Told.of(Message("titles.plan")))


def _check_settings(tests: Sequence[str], power: float, level: float, draws: int, icc: float | None) -> None:
    for name in tests:
        check_option(name, list(METHODS), "test")
    check_share(power, "power")
    check_share(level, "level")
    if not isinstance(draws, int) or draws < 1:
        raise ArgumentError(f"`draws` must be a positive whole number, but {draws!r} was given")
    if icc is not None and not 0 <= icc < 1:
        raise ArgumentError(f"`icc` must lie between 0 and 1 (1 excluded), but {icc!r} was given")


def _assume(parts: VarianceParts, icc: float) -> VarianceParts:
    total = max(parts.between, 0.0) + parts.within
    return replace(parts, between=icc * total, within=(1 - icc) * total)


def _planned_case(count: int, n_treated: int, size: float) -> Case:
    """Return a case of settlements of equal (effective) size without answers."""
    treated = np.arange(count) < n_treated
    x = np.column_stack([np.ones(count), treated]).astype(float)
    of_one = cluster_totals(x, np.zeros(count), np.ones(count), np.arange(count), count)
    totals = ClusterTotals(
        of_one.xx * size,
        of_one.xdx * size,
        of_one.xddx * size,
        of_one.xy,
        of_one.xdy,
        np.full(count, max(1, round(size))),
        of_one.weight * size,
    )
    nothing = np.zeros(count, dtype=np.int64)
    compared = ComparedGroups(
        "group",
        "settlement",
        "treated",
        "baseline",
        np.empty(0, dtype=np.int64),
        [str(k) for k in range(count)],
        treated,
        nothing,
        0,
        np.arange(count),
    )
    return Case(
        "plan",
        "settlement",
        "unadjusted",
        compared,
        totals,
        nothing,
        np.zeros(count),
        1.0,
        round(count * size),
        count * size,
    )


def _observed_parts(answers: Answers, case: Case) -> VarianceParts:
    """Return the variances between and within settlements, around the means of the two kinds.

    Where each settlement has one answer nothing tells them apart, and nothing depends on it: all is called within.
    """
    parts = variance_parts(answers.y, answers.weights, answers.compared.of_row, case.treated.astype(int))
    if not math.isnan(parts.within):
        return parts
    sides = [parts.means[case.treated], parts.means[~case.treated]]
    total = sum(float(np.sum((side - side.mean()) ** 2)) for side in sides) / (len(parts.means) - 2)
    return replace(parts, between=0.0, within=total)


def _detect(
    case: Case, parts: VarianceParts, method: str, settings: Settings, draws: int, power: float, effect: float | None
) -> tuple[float, float]:
    """Return the effect (the one given, or the smallest detectable one) and the power at it."""
    ends = simulate_intervals(case, parts, method, settings, draws)
    at = detectable(ends, power) if effect is None else effect
    return at, power_at(ends, at)


def _power_row(
    case: Case,
    method: str,
    assumed: Mapping[str, VarianceParts],
    detected: Mapping[str, tuple[float, float]],
    searched: bool,
    level: float,
    draws: int,
) -> Row:
    """Return the effect and the power under each intraclass correlation assumed: the one, and the ends of its interval.

    The larger the correlation, the larger the detectable effect and the smaller the power.
    """
    none = (math.nan, math.nan)
    at, reached = detected["icc"]
    low, high = detected.get("icc_low", none), detected.get("icc_high", none)
    parts = assumed["icc"]
    row = Row(at, conf_low=low[0], conf_high=high[0]) if searched else Row(at)
    return replace(
        case.describe(method, row),
        term="minimum detectable effect" if searched else "power",
        extra={
            "mde_in_spread": at / math.sqrt(max(parts.between, 0) + parts.within),
            "power": reached,
            "power_low": math.nan if searched else high[1],
            "power_high": math.nan if searched else low[1],
            "alpha": level,
            "icc": parts.icc,
            **{end: assumed[end].icc if end in assumed else math.nan for end in ("icc_low", "icc_high")},
            "monte_carlo_error": math.sqrt(reached * (1 - reached) / draws),
        },
    )


def _uncertainty(table: pd.DataFrame, effect: float | None, single: Sequence[str]) -> Slot:
    """Return what is said first: the range that the uncertain intraclass correlation leaves.

    `single` are the outcomes with one answer in each settlement.
    """
    with_interval = table[np.isfinite(table["icc_high"])]
    if with_interval.empty:
        return Message("power_method.single", {"names": Columns(tuple(single), 10)}) if single else ""
    first = with_interval.iloc[0]
    ends = ("conf_low", "conf_high") if effect is None else ("power_low", "power_high")
    slots: dict[str, Slot] = {
        "outcome": first["outcome"],
        "icc": Number(first["icc"]),
        "settlements": int(first["n_clusters"]),
        "icc_low": Number(first["icc_low"]),
        "icc_high": Number(first["icc_high"]),
        "percent": Figure(f"{1 - UNCERTAIN:.0%}"),
        "method": called("method", first["method"]),
        "estimand": called("estimand", first["estimand"]),
        "low": Number(first[ends[0]]),
        "high": Number(first[ends[1]]),
    }
    return Message("power_method.uncertain_effect" if effect is None else "power_method.uncertain_power", slots)
