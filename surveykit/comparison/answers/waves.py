"""Changes between waves, compared between settlements of two kinds: differences in differences."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import as_generator, check_numeric, check_share, some, warn
from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.comparison.answers.wave_cells import (
    WaveCells,
    is_ordered,
    ordered_waves,
    randomize_change,
    settlement_change_case,
    wave_cells,
)
from surveykit.comparison.judgement import Judgement
from surveykit.comparison.methods.influence import influence_table
from surveykit.comparison.methods.multiplicity import adjust_within
from surveykit.comparison.methods.settlement_methods import (
    Settings,
    applies,
    assignments_of,
    choose_methods,
    row_of_t,
    run,
)
from surveykit.comparison.methods.wild_bootstrap import WildKind, WildWeights
from surveykit.comparison.question import Question, check_outcomes, make_question
from surveykit.comparison.settlement_totals import Case
from surveykit.comparison.telling import assignment_words, who_words
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError, MixedSettlementError, SurveyKitWarning
from surveykit.estimation.engine.domains import make_domains, missing_table
from surveykit.estimation.engine.few_clusters import fit_robust
from surveykit.estimation.engine.totals import weights_of
from surveykit.results import Row, table_of
from surveykit.translated_names import said_groups
from surveykit.words.messages import Columns, Figure, Message, Slot, Told


@dataclass(frozen=True, eq=False, kw_only=True)
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

    changes: pd.DataFrame = field(repr=False)
    placebo: pd.DataFrame = field(repr=False)

    def _sides(self) -> pd.DataFrame:
        """Return the change of each group, which is what is compared."""
        return self.changes


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
        Column of waves: an ordered category, numbers, dates or periods. Texts tell no order (the alphabet puts "after"
        before "before"), so they need `before` and `after`.
    settlement : str, optional
        Column of the settlements; default the design's first cluster column.
    before, after : code or label, optional
        The two waves; default the first and the last. Of waves that are texts only these two are looked at.
    adjust_for, strata, methods, allow_single, confidence, wild_weights, wild_kind, rng, lang
        As in `compare_settlements`.

    Returns
    -------
    WaveComparison

    Raises
    ------
    FeasibilityError
        When the group varies inside a settlement or between its waves, one side is a single settlement and
        `allow_single` is not set, nobody on one side answered, covariates tell the sides apart, a cluster of the design
        spans several settlements, or the settlements were balanced for another comparison.
    ColumnError
        When a column is absent, an outcome holds text or nobody answered it, a settlement or stratum is missing for
        some, or `strata` varies inside a settlement.
    ArgumentError
        When `group` has not two groups, `baseline` is none of them, there are not two waves in a known order, no column
        of settlements is known, a column has two roles, a method or another option is unknown, `confidence` does not
        lie between 0 and 1, or `rng` is no Generator and no seed.

    Notes
    -----
    Person average: the product term in the saturated weighted regression on group, wave and their product, which is the
    difference of the differences of four weighted means. Settlement average: the difference in the mean change of
    settlements, each counting the same; it is computed on one change per settlement, so all methods for levels
    apply (adjusted: the regression with weights that add up to one in each settlement and wave). A settlement
    counts when it has answers in both waves, in adjusted rows those of people whose covariates are known.
    Respondents may be other people in the second wave or the same ones: errors are clustered by settlement over
    both waves, so that a person's two answers may depend on each other.
    The randomization test moves the group between settlements and recomputes the difference in differences. R:
    ``clubSandwich::coef_test(lm(y ~ group * wave, weights = w), cluster = settlement)``.

    References
    ----------
    Bertrand, M., Duflo, E. and Mullainathan, S. (2004). How much should we trust differences-in-differences estimates?
    Quarterly Journal of Economics 119, 249-275.
    MacKinnon, J. G. and Webb, M. D. (2020). Randomization inference for difference-in-differences with few treated
    clusters. Journal of Econometrics 218, 435-450.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.tile(np.repeat([f"U{i}" for i in range(8)], 10), 2)})
    >>> answers["wave"] = np.repeat([2021, 2023], 80)
    >>> answers["akim"] = np.where(answers["unit"] < "U4", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(3).integers(1, 6, 160)
    >>> roles = {"group": "akim", "baseline": "appointed", "wave": "wave"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.difference_in_differences(design, "trust", **roles, methods="cr2")
    >>> result.table[["estimand", "estimate", "df", "p_value"]].round(3)
         estimand  estimate   df  p_value
    0      person     -0.05  6.0    0.936
    1  settlement     -0.05  6.0    0.936
    """
    settlement = _settlement_of(design, settlement)
    chosen = choose_methods(methods)
    seed = int(as_generator(0 if rng is None else rng).integers(2**32))
    settings = Settings(1 - check_share(confidence, "confidence"), wild_weights, wild_kind, seed)
    waves = _read_waves(design, wave, before, after, lang)
    pair = waves.pair(waves.before, waves.after)
    question = _lasting_question(
        design,
        among=pair >= 0,
        group=group,
        baseline=baseline,
        settlement=settlement,
        adjust_for=adjust_for,
        strata=strata,
        lang=lang,
        allow_single=allow_single,
    )
    names, compared = check_outcomes(design, outcome, question, "outcome"), question.compared
    asked = [_ask(question, name, pair, question.terms) for name in names]
    cases = [case for change in asked for case in change.cases]
    rows = [row for change in asked for row in _rows(change, chosen, settings)]
    table = adjust_within(table_of(rows), ["estimand", "term", "method"])
    placebo, placebo_verdicts = _placebo(question, names, waves, settings)
    feasibility = question.verdicts(cases)
    method = _sentence(names, waves, question, asked, settings, {*table["method"], *placebo.get("method", ())})
    method = Told.of(method, *placebo_verdicts, between=" ")
    domains = make_domains(design, by=group, where=(compared.of_row >= 0) & (pair >= 0), lang=lang)
    facts = {
        "verdict": feasibility.verdict,
        **feasibility.facts,
        "before": waves.labels[waves.before],
        "after": waves.labels[waves.after],
        "confidence": confidence,
    }
    return WaveComparison(
        table,
        method,
        design.origin(lang),
        facts,
        Told.of(Message("change.title", {**_waves_and_sides(waves, question)})),
        quantity="change",
        feasibility=feasibility,
        groups=_group_means(question, names, waves, asked),
        randomization=pd.concat([_distribution(change, settings) for change in asked], ignore_index=True),
        influence=influence_table([case for case in cases if case.term == "unadjusted"], settings),
        missing=missing_table(design, domains, names, lang),
        cases=tuple(cases),
        question=question,
        second_wave=pair,
        changes=_changes(asked, settings),
        placebo=placebo,
        group_codes=compared.group_codes,
    )


def _lasting_question(design: SurveyDesign, **roles: Any) -> Question:
    try:
        return make_question(design, **roles)
    except MixedSettlementError as error:
        raise FeasibilityError(
            f"`group` must say in every wave which kind a settlement comes to be, but {roles['group']!r} varies inside some settlements; give a column that is the same in all waves, or use group_time_effects() with the wave of the first election"
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
    first = None if before is None else variable.position(before, codes, "before", lang)
    last = None if after is None else variable.position(after, codes, "after", lang)
    if not is_ordered(design.survey.frame[wave]):
        of_row, labels, first, last = _told_order(wave, of_row, labels, first, last)
    first, last = 0 if first is None else first, len(labels) - 1 if last is None else last
    if first >= last:
        raise ArgumentError(
            f"`before` must be an earlier wave than `after`, but they are {labels[first]!r} and {labels[last]!r}"
        )
    return _Waves(of_row, labels, first, last)


def _told_order(
    wave: str, of_row: np.ndarray, labels: list[str], first: int | None, last: int | None
) -> tuple[np.ndarray, list[str], int, int]:
    """Return waves whose texts tell no order, put in the order that the caller gave; the two named ones only.

    The alphabet is no calendar: it puts "after" before "before" and "wave 10" before "wave 9".
    """
    if len(labels) == 2 and first is None and last is not None:  # of two waves, one is named: the other is the other
        first = 1 - last
    elif len(labels) == 2 and last is None and first is not None:
        last = 1 - first
    if first is None or last is None:
        raise ArgumentError(
            f"`wave` must tell which wave comes first, but {wave!r} holds texts ({some(labels)}), whose alphabet is no calendar; pass before= and after=, or make it an ordered category: pd.Categorical(data[{wave!r}], categories=[...], ordered=True)"
        )
    if first == last:
        raise ArgumentError(f"`before` and `after` must be two waves, but both are {labels[first]!r}")
    places = np.full(len(labels) + 1, -1)
    places[first], places[last] = 0, 1
    return places[of_row], [labels[first], labels[last]], 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """One outcome's change between two waves: its cases, and the sums by wave of the settlements that count."""

    name: str
    cases: list[Case]
    cells: WaveCells
    how: str

    @property
    def plain(self) -> Case:
        """The unadjusted person average."""
        return self.cases[0]


def _ask(question: Question, name: str, pair: np.ndarray, terms: Sequence[str]) -> _Asked:
    cases, first = [], question.answers(name, second_wave=pair, argument="outcome")
    for term in terms:
        if term == "unadjusted":
            plain = question.cases(first, ("person",))[0]
            cases += [plain, settlement_change_case(plain)]
        else:
            cases += question.cases(question.answers(name, term, second_wave=pair, argument="outcome"))
    of_wave = pair[first.rows]
    cells = wave_cells(first.y - first.y.min(), first.weights, first.compared.of_row, of_wave, len(first.compared), 2)
    return _Asked(name, cases, cells, first.linearized_how)


def _rows(asked: _Asked, chosen: Sequence[str], settings: Settings) -> list[Row]:
    """Return the rows of one outcome."""
    rows = []
    for case in asked.cases:
        collapsed = case.term == "unadjusted" and case.estimand == "settlement"
        for method in [name for name in chosen if name != "wild_subcluster" or applies(name, case)]:
            if method == "randomization" and case is asked.plain:
                assignments = assignments_of(case, settings)
                moved = randomize_change(asked.cells, case.treated, assignments)
                test = moved.centred() if assignments.uneven else moved
                low, high = test.interval(settings.alpha)
                row = Row(moved.observed, p_value=test.p_values()[0], conf_low=low, conf_high=high)
            elif collapsed or method not in ("randomization", "randomization_studentized", "welch"):
                row = run(method, case, settings)
            else:
                continue
            rows.append(case.describe(method, row))
    return rows


def _distribution(asked: _Asked, settings: Settings) -> pd.DataFrame:
    """Return the person average's difference in differences under every assignment."""
    moved = randomize_change(asked.cells, asked.plain.treated, assignments_of(asked.plain, settings))
    return pd.DataFrame(
        {"outcome": asked.name, "estimand": "person", "difference": moved.at_zero, "observed": moved.observed}
    )


def _group_means(question: Question, names: Sequence[str], waves: _Waves, asked: Sequence[_Asked]) -> pd.DataFrame:
    """Return the weighted mean of each group in each wave, of the settlements compared; `term` names the wave.

    The difference of differences of the two waves compared is the estimate of the person average.
    """
    design, rows = question.design, []
    for name, change in zip(names, asked):
        values = check_numeric(design.survey.frame[name], "outcome")
        compared = question.compared
        cells = wave_cells(values, weights_of(design), compared.of_row, waves.of_row, len(compared), len(waves.labels))
        answered = np.isin(compared.number, change.plain.compared.number)
        for side, label in (
            (compared.treated & answered, compared.label),
            (~compared.treated & answered, compared.baseline),
        ):
            for number, term in enumerate(waves.labels):
                if cells.n[side, number].sum():
                    rows.append(
                        Row(
                            cells.total[side, number].sum() / cells.weight[side, number].sum(),
                            outcome=name,
                            group=label,
                            term=term,
                            estimand="person",
                            n=int(cells.n[side, number].sum()),
                            n_clusters=int((cells.n[side, number] > 0).sum()),
                        )
                    )
    return table_of(rows)


def _changes(asked: Sequence[_Asked], settings: Settings) -> pd.DataFrame:
    """Return the change of each group between the two waves, each a regression on the wave inside the group."""
    rows = []
    for case in [change.plain for change in asked]:
        for side, label in ((case.treated, case.compared.label), (~case.treated, case.compared.baseline)):
            totals = case.totals.keep(side).columns(np.array([0, 3]))
            fit = fit_robust(totals, "cr2")
            error, df = (float(fit.std_errors[1]), float(fit.df[1])) if side.sum() > 1 else (np.nan, np.nan)
            rows.append(
                replace(
                    row_of_t(float(fit.coefficients[1]), error, df, settings.alpha),
                    outcome=case.outcome,
                    group=label,
                    term="change",
                    estimand="person",
                    method="cr2",
                    n=int(totals.n.sum()),
                    n_clusters=int(side.sum()),
                )
            )
    return table_of(rows)


def _placebo(
    question: Question, names: Sequence[str], waves: _Waves, settings: Settings
) -> tuple[pd.DataFrame, list[Message]]:
    """Return the comparison between each earlier wave and `before`, with the verdict on each in a sentence.

    A placebo that cannot be made does not stop the comparison it would have supported.
    """
    rows: list[Row] = []
    judged: list[tuple[str, str, Judgement | None]] = []
    for earlier in range(waves.before):
        term = f"{waves.labels[earlier]} to {waves.labels[waves.before]}"
        for name in names:
            try:
                with warnings.catch_warnings(record=True) as told:
                    warnings.simplefilter("always", SurveyKitWarning)
                    asked = _ask(question, name, waves.pair(earlier, waves.before), ("unadjusted",))
            except FeasibilityError as error:
                warn(f"no placebo from {term}: {error}")
                continue
            for said in dict.fromkeys(str(one.message) for one in told):
                warn(f"in the placebo from {term}: {said}")
            judged.append((waves.labels[earlier], name, asked.plain.judgement))
            rows += [replace(row, term=term) for row in _rows(asked, ["cr2", "randomization"], settings)]
    before = waves.labels[waves.before]
    sentences = [_told_of_placebo(name, wave, before, one) for wave, name, one in judged if one is not None]
    return table_of(rows), sentences


def _told_of_placebo(name: str, earlier: str, before: str, judgement: Judgement) -> Message:
    slots: dict[str, Slot] = {
        "name": name,
        "earlier": earlier,
        "before": before,
        "n_group": Figure(str(judgement.numbers.n_treated)),
        "n_baseline": Figure(str(judgement.numbers.n_baseline)),
        "verdict": Message(f"verdict.{judgement.verdict.replace(' ', '_')}"),
    }
    return Message("change.placebo", slots)


def _sentence(
    names: Sequence[str],
    waves: _Waves,
    question: Question,
    asked: Sequence[_Asked],
    settings: Settings,
    methods: set[str],
) -> Told:
    compared, cases = question.compared, [case for change in asked for case in change.cases]
    opening: dict[str, Slot] = {
        "names": Columns(tuple(names)),
        **_waves_and_sides(waves, question),
        "who": who_words(cases),
        "weight": question.design.origin().weight,
    }
    parts = [Message("change.opening", opening)]
    if "linearized" in methods:
        how = Told.of(*dict.fromkeys(change.how for change in asked), between=Message("list.either"))
        parts.append(Message("change.linearized", {"how": how}))
    if {"randomization", "randomization_studentized"} & methods:
        plain = [change.plain for change in asked]
        words = assignment_words(plain, [assignments_of(case, settings) for case in plain])
        parts.append(Message("change.randomization", {"assignments": words}))
    if question.adjust_for:
        parts.append(Message("change.held", {"names": Columns(tuple(question.adjust_for))}))
    if compared.n_left_out:
        left: dict[str, Slot] = {
            "n": Figure(str(compared.n_left_out)),
            "column": Columns((compared.group,), marked=True),
        }
        parts.append(Message("settlements_method.no_group", left))
    parts += question.left_out(cases)
    smallest = min(case.totals.n.min() for case in cases if case.estimand == "person")
    parts.append(Message("change.end", {"n": Figure(str(int(smallest)))}))
    return Told.of(*parts, between=" ")


def _waves_and_sides(waves: _Waves, question: Question) -> dict[str, Slot]:
    """Return what sentences call the two waves and the two groups."""
    compared = question.compared
    sides = said_groups(compared.group_codes, question.design.survey.codebook)
    return {
        "before": waves.labels[waves.before],
        "after": waves.labels[waves.after],
        "group": sides[compared.label],
        "baseline": sides[compared.baseline],
    }
