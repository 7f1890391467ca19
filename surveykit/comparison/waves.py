"""Changes between waves, compared between settlements of two kinds: differences in differences."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import as_generator, as_names, check_columns, check_numeric, check_share
from surveykit.comparison.arms import Arms, Covariates, make_arms, make_covariates
from surveykit.comparison.cases import Case, settlement_strata
from surveykit.comparison.feasibility import assess
from surveykit.comparison.influence import influence_table
from surveykit.comparison.multiplicity import adjust_within
from surveykit.comparison.settlement_methods import Settings, applies, assignments_of, choose_methods, row_of_t, run
from surveykit.comparison.settlements import SettlementComparison, refuse_single
from surveykit.comparison.wave_cells import (
    change_case,
    ordered_waves,
    randomize_change,
    settlement_change_case,
    wave_cells,
)
from surveykit.comparison.wild_bootstrap import WildKind, WildWeights
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.domains import make_domains, missing_table
from surveykit.estimation.few_clusters import fit_robust
from surveykit.results import glossary_frame

FAMILY = ("p_holm", "p_bh")


@dataclass(frozen=True, eq=False)
class WaveComparison(SettlementComparison):
    """Differences in differences; everything that a `SettlementComparison` has, for changes instead of levels.

    Attributes
    ----------
    changes : pandas.DataFrame
        Change of each group between the two waves (CR2 and Satterthwaite), columns of the glossary.
    placebo : pandas.DataFrame
        The same comparison between each earlier wave and `before`, when nothing had happened yet; `term` names the
        waves.
    """

    changes: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    placebo: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Waves:
    of_row: np.ndarray
    labels: list[str]
    before: int
    after: int

    def pair(self, before: int, after: int) -> np.ndarray:
        """Return 0 for respondents of one wave, 1 for those of the other, -1 for the rest."""
        return np.where(self.of_row == after, 1, np.where(self.of_row == before, 0, -1))


def difference_in_differences(
    design: SurveyDesign,
    outcome: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    wave: str,
    settlement: str | None = None,
    before: object = None,
    after: object = None,
    adjust_for: str | Sequence[str] = (),
    strata: str | None = None,
    methods: str | Sequence[str] = "all",
    allow_single: bool = False,
    confidence: float = 0.95,
    wild_weights: WildWeights = "auto",
    wild_kind: WildKind = "11",
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> WaveComparison:
    """Compare the change between two waves in settlements of two kinds.

    Parameters
    ----------
    design : SurveyDesign
        Respondents of all waves stacked.
    outcome : str or sequence of str
        Numeric columns.
    group : str
        Column with two groups, the same for everybody in a settlement in every wave (the kind that it comes to have).
    baseline : code or label
        The group whose change is subtracted.
    wave : str
        Column of waves, an ordered category or sortable codes.
    settlement : str, optional
        Column of the settlements; default the design's first cluster column.
    before, after : code or label, optional
        The two waves; default the first and the last.
    adjust_for, strata, methods, allow_single, confidence, wild_weights, wild_kind, rng, lang
        As in `compare_settlements`.

    Returns
    -------
    WaveComparison

    Notes
    -----
    Person average: the product term in the saturated weighted regression on group, wave and their product, which is the
    difference of the differences of four weighted means. Settlement average: the difference in the mean change of
    settlements, each counting the same; it is computed on one change per settlement, so all methods for levels
    apply (adjusted: the regression with weights that add up to one in each settlement and wave). A settlement
    counts when it has answers in both waves, in adjusted rows those of people whose covariates are known.
    Respondents may be other people in the second wave or the same ones: errors are clustered by settlement over
    both waves, so that a person's two answers may depend on each other.
    The randomisation test moves the group between settlements and recomputes the difference in differences. R:
    ``clubSandwich::coef_test(lm(y ~ group * wave, weights = w), cluster = settlement)``.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> answers = pd.DataFrame({"unit": np.tile(np.repeat([f"U{i}" for i in range(8)], 10), 2)})
    >>> answers["wave"] = np.repeat([2021, 2023], 80)
    >>> answers["akim"] = np.where(answers["unit"] < "U4", "elected", "appointed")
    >>> answers["trust"] = rng.integers(1, 6, 160)
    >>> result = difference_in_differences(SurveyDesign(answers, cluster="unit"), "trust", group="akim",
    ...                                    baseline="appointed", wave="wave", methods=["cr2"])
    >>> len(result.table), result.changes["group"].tolist()[:2]
    (2, ['elected', 'appointed'])
    """
    names, held = as_names(outcome, "outcome"), as_names(adjust_for, "adjust_for")
    check_columns(design.survey.frame, names, "outcome")
    settlement = _settlement_of(design, settlement)
    chosen = choose_methods(methods)
    generator = as_generator(0 if rng is None else rng)
    settings = Settings(1 - check_share(confidence, "confidence"), generator, wild_weights, wild_kind,
                        int(generator.integers(2**32)))
    arms = _lasting_arms(design, group, baseline, settlement, strata, lang)
    waves = _read_waves(design, wave, before, after, lang)
    pair = waves.pair(waves.before, waves.after)
    rows = (arms.of_row >= 0) & (pair >= 0)
    covariates = make_covariates(design, held, rows, lang)
    feasibility = assess(design, arms, covariates, rows, lang)
    refuse_single(feasibility, arms, allow_single)
    stratum, how = settlement_strata(design.survey.frame, design.stratum, arms)
    cases, found, drawn = [], [], []
    for name in names:
        values = check_numeric(design.survey.frame[name], "outcome")
        rows_of_name, parts, draws = _one_outcome(
            name, values, design, arms, stratum, pair, covariates if held else None, chosen, settings
        )
        cases += parts
        found += rows_of_name
        drawn += draws
    table = adjust_within(_frame(found, arms), ["estimand", "term", "method"])
    placebo = _placebo(names, design, arms, stratum, waves, settings)
    method = _sentence(names, waves, arms, held, how, design.origin().weight, settings, cases,
                       {*table["method"], *placebo.get("method", ())})
    domains = make_domains(design, by=group, where=rows, lang=lang)
    facts = {"verdict": feasibility.verdict, **feasibility.facts, "before": waves.labels[waves.before],
             "after": waves.labels[waves.after], "confidence": confidence}
    return WaveComparison(
        _glossary(table, FAMILY),
        method,
        design.origin(lang),
        facts,
        f"Change from {waves.labels[waves.before]} to {waves.labels[waves.after]}, {arms.label} against "
        f"{arms.baseline}",
        feasibility,
        _group_means(names, design, arms, waves),
        pd.concat(drawn, ignore_index=True),
        influence_table([case for case in cases if case.term == "unadjusted"], settings),
        missing_table(design, domains, names, lang),
        tuple(cases),
        _changes(names, design, arms, waves, settings),
        placebo,
    )


def _lasting_arms(
    design: SurveyDesign, group: str, baseline: object, settlement: str, strata: str | None, lang: str | None
) -> Arms:
    try:
        return make_arms(design, group, baseline, settlement, strata, lang)
    except FeasibilityError as error:
        if "varies inside" not in str(error):
            raise
        raise FeasibilityError(
            f"`group` must say in every wave which kind a settlement comes to be, but {group!r} varies inside some "
            "settlements; "
            "give a column that is the same in all waves, or use group_time_effects() with the wave of the first "
            "election"
        ) from error


def _settlement_of(design: SurveyDesign, settlement: str | None) -> str:
    if settlement is not None:
        return settlement
    if not design.cluster:
        raise ArgumentError("`settlement` must name the column of settlements, because the design has no clusters")
    return design.cluster[0]


def _read_waves(design: SurveyDesign, wave: str, before: object, after: object, lang: str | None) -> _Waves:
    of_row, codes, labels = ordered_waves(design, wave, lang)
    if len(codes) < 2:
        raise ArgumentError(f"`wave` must have at least two waves, but {wave!r} has {len(codes)}")
    variable = design.survey.codebook[wave]
    first = 0 if before is None else variable.position(before, codes, "before", lang)
    last = len(codes) - 1 if after is None else variable.position(after, codes, "after", lang)
    if first >= last:
        raise ArgumentError(f"`before` must be an earlier wave than `after`, but they are {labels[first]!r} and "
                            f"{labels[last]!r}")
    return _Waves(of_row, labels, first, last)


def _one_outcome(
    name: str, values: np.ndarray, design: SurveyDesign, arms: Arms, stratum: np.ndarray, pair: np.ndarray,
    covariates: Covariates | None, chosen: Sequence[str], settings: Settings,
) -> tuple[list[dict[str, Any]], list[Case], list[pd.DataFrame]]:
    """Return the rows of one outcome, its cases and the differences under every assignment."""
    plain = change_case(name, values, design.weights, arms, stratum, pair, "person", None)
    cases = [plain, settlement_change_case(plain)]
    if covariates is not None:
        cases += [change_case(name, values, design.weights, arms, stratum, pair, estimand, covariates)
                  for estimand in ("person", "settlement")]
    keep = np.isin(arms.names, plain.names)
    cells = wave_cells(values - np.nanmin(values), design.weights, arms.of_row, pair, len(arms), 2)
    kept = type(cells)(cells.weight[keep], cells.total[keep], cells.n[keep])
    rows, drawn = [], []
    for case in cases:
        collapsed = case.term == "unadjusted" and case.estimand == "settlement"
        for method in [name for name in chosen if name != "wild_subcluster" or applies(name, case)]:
            if method == "randomization" and case is plain:
                moved = randomize_change(kept, case.treated, assignments_of(case, settings))
                low, high = moved.interval(settings.alpha)
                row = {"estimate": moved.observed, "p_value": moved.p_values()[0], "conf_low": low, "conf_high": high}
            elif collapsed or method not in ("randomization", "randomization_studentized", "welch"):
                row = run(method, case, settings)
            else:
                continue
            rows.append({"outcome": name, "term": case.term, "estimand": case.estimand, "method": method, **row,
                         "n": case.n, "n_clusters": len(case.names), "n_weighted": case.n_weighted})
    moved = randomize_change(kept, plain.treated, assignments_of(plain, settings))
    drawn.append(pd.DataFrame({"outcome": name, "estimand": "person", "difference": moved.at_zero,
                               "observed": moved.observed}))
    return rows, cases, drawn


def _frame(rows: list[dict[str, Any]], arms: Arms) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    if "p_value" not in table:
        table["p_value"] = np.nan
    return table.assign(group=arms.label, baseline=arms.baseline)


def _group_means(names: Sequence[str], design: SurveyDesign, arms: Arms, waves: _Waves) -> pd.DataFrame:
    """Return the weighted mean of each group in each wave; `term` names the wave."""
    rows = []
    for name in names:
        values = check_numeric(design.survey.frame[name], "outcome")
        cells = wave_cells(values, design.weights, arms.of_row, waves.of_row, len(arms), len(waves.labels))
        for side, label in ((arms.treated, arms.label), (~arms.treated, arms.baseline)):
            for number, term in enumerate(waves.labels):
                if cells.n[side, number].sum():
                    rows.append(
                        {
                            "outcome": name,
                            "group": label,
                            "term": term,
                            "estimand": "person",
                            "estimate": cells.total[side, number].sum() / cells.weight[side, number].sum(),
                            "n": int(cells.n[side, number].sum()),
                            "n_clusters": int((cells.n[side, number] > 0).sum()),
                        }
                    )
    return _glossary(pd.DataFrame(rows))


def _changes(names: Sequence[str], design: SurveyDesign, arms: Arms, waves: _Waves, settings: Settings) -> pd.DataFrame:
    """Return the change of each group between the two waves, each a regression on the wave inside the group."""
    pair = waves.pair(waves.before, waves.after)
    rows = []
    for name in names:
        values = check_numeric(design.survey.frame[name], "outcome")
        case = change_case(
            name, values, design.weights, arms, np.zeros(len(arms), dtype=np.int64), pair, "person", None
        )
        for side, label in ((case.treated, arms.label), (~case.treated, arms.baseline)):
            totals = case.totals.keep(side).columns(np.array([0, 3]))
            fit = fit_robust(totals, "cr2")
            error, df = (float(fit.std_errors[1]), float(fit.df[1])) if side.sum() > 1 else (np.nan, np.nan)
            rows.append({"outcome": name, "group": label, "term": "change", "estimand": "person", "method": "cr2",
                         **row_of_t(float(fit.coefficients[1]), error, df, settings.alpha), "n": int(totals.n.sum()),
                         "n_clusters": int(side.sum())})
    return _glossary(pd.DataFrame(rows))


def _placebo(
    names: Sequence[str], design: SurveyDesign, arms: Arms, stratum: np.ndarray, waves: _Waves, settings: Settings
) -> pd.DataFrame:
    rows = []
    for earlier in range(waves.before):
        pair = waves.pair(earlier, waves.before)
        for name in names:
            values = check_numeric(design.survey.frame[name], "outcome")
            found, _, _ = _one_outcome(
                name, values, design, arms, stratum, pair, None, ["cr2", "randomization"], settings
            )
            term = f"{waves.labels[earlier]} to {waves.labels[waves.before]}"
            rows += [{**row, "term": term} for row in found]
    table = _frame(rows, arms)
    return _glossary(table)


def _glossary(table: pd.DataFrame, extra: tuple[str, ...] = ()) -> pd.DataFrame:
    return glossary_frame({str(key): table[key] for key in table}, extra)


def _sentence(
    names: Sequence[str], waves: _Waves, arms: Arms, held: Sequence[str], how: str, weight: str,
    settings: Settings, cases: Sequence[Case], methods: set[str],
) -> str:
    total = len(assignments_of(cases[0], settings).treated)
    parts = [
        f"Difference in differences of {', '.join(names)}: change from {waves.labels[waves.before]} to "
        f"{waves.labels[waves.after]} in settlements of the group '{arms.label}' minus the change in "
        f"'{arms.baseline}', {weight}.",
        "Person average: the product term of the saturated weighted regression; settlement average: the difference in "
        "the mean "
        "change of settlements. Errors are clustered by settlement over both waves.",
    ]
    if "linearized" in methods:
        parts.append(f"Linearised t: settlements as clusters, {how}.")
    if {"randomization", "randomization_studentized"} & methods:
        parts.append(f"Randomisation inference moves the group between settlements ({total:,} assignments).")
    if held:
        parts.append(f"Adjusted rows hold {', '.join(held)} equal by weighted least squares.")
    smallest = min((case.totals.n.min() for case in cases if case.estimand == "person"), default=0)
    parts.append("The comparison is that of an effect only if both groups would have changed alike; earlier waves, "
                 "where there are "
                 f"any, are in `placebo`. The smallest settlement has {int(smallest)} answers over both waves.")
    return " ".join(parts)

