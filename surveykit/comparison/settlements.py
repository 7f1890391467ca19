"""Compare settlements of two kinds: the feasibility first, then every method that deserves trust, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import (
    as_generator,
    as_names,
    check_columns,
    check_numeric,
    check_option,
    check_share,
    some,
    warn,
)
from surveykit.comparison.arms import Arms, Covariates, make_arms, make_covariates
from surveykit.comparison.cases import TREATMENT, Case, make_case, settlement_strata
from surveykit.comparison.feasibility import Feasibility, UnderVerdict, assess
from surveykit.comparison.influence import influence_sentences, influence_table
from surveykit.comparison.multiplicity import adjust_within, westfall_young
from surveykit.comparison.randomization import (
    ENUMERATION_LIMIT,
    Assignments,
    count_assignments,
    randomize_difference,
)
from surveykit.comparison.settlement_methods import (
    STUDENTIZED_LIMIT,
    Settings,
    applies,
    assignments_of,
    choose_methods,
    run,
    studentized_statistics,
)
from surveykit.comparison.settlement_words import estimand_sentences, methods_paragraph
from surveykit.comparison.wild_bootstrap import WildKind, WildWeights, wild_weights
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError
from surveykit.estimation.domains import make_domains, missing_table
from surveykit.results import glossary_frame

EXTRA_COLUMNS = ("p_holm", "p_bh", "p_wy")


@dataclass(frozen=True, eq=False)
class SettlementComparison(UnderVerdict):
    """Differences between settlements of two kinds, by every method asked for, under the verdict on what they can say.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per outcome, estimand ("person", "settlement"), term ("unadjusted", "adjusted") and method, in the
        glossary's columns; then p_holm, p_bh (over the outcomes) and p_wy (Westfall-Young, for the randomisation
        tests).
    feasibility : Feasibility
    groups : pandas.DataFrame
        Weighted mean of each group, one row per outcome, group and estimand.
    randomization : pandas.DataFrame
        Columns outcome, estimand, difference, observed: the unadjusted difference under every assignment, and the one
        seen.
    influence : pandas.DataFrame
        The CR2 estimate without each settlement in turn.
    missing : pandas.DataFrame
        Who did not answer: outcome, group, reason, n, share.
    """

    groups: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    randomization: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    influence: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    missing: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    cases: tuple[Case, ...] = field(default=(), repr=False)


def compare_settlements(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    settlement: str,
    adjust_for: str | Sequence[str] = (),
    strata: str | None = None,
    methods: str | Sequence[str] = "all",
    allow_single: bool = False,
    confidence: float = 0.95,
    wild_weights: WildWeights = "auto",
    wild_kind: WildKind = "11",
    subcluster: str | None = None,
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> SettlementComparison:
    """Compare the answers in settlements of two kinds, when the kind is a property of the settlement.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : str or sequence of str
        Numeric columns.
    group : str
        Column with two groups, the same for everybody in a settlement.
    baseline : code or label
        The group that the other is compared with, by its code, its label in any language or the code as text;
        differences are group minus baseline.
    settlement : str
        Column of the settlements; clusters of the design must lie inside them.
    adjust_for : str or sequence of str
        Covariates for additional, adjusted rows. Labelled columns and categories enter as indicators.
    strata : str, optional
        Column of blocks of settlements inside which the assignment is thought of as random.
    methods : "all", "everyday" or sequence of str
        "cr2", "randomization", "randomization_studentized", "wild", "wild_subcluster", "cr3", "linearized", "welch",
        "cr1s", "cr0".
    allow_single : bool
        Compute although one side is a single settlement; only randomisation inference is then given a p.
    confidence : float
    wild_weights : {"auto", "rademacher", "webb", "mammen"}
    wild_kind : {"11", "13", "31", "33"}
        Scores and errors of the bootstrap (MacKinnon, Nielsen & Webb 2023). With jackknifed scores ("31", "33") not
        even the signs that happened give the observed t, so that p can be 0 when all signs are listed.
    subcluster : str, optional
        Column of smaller units (enumeration areas) for the method "wild_subcluster".
    rng : numpy.random.Generator or int, optional
        For Webb draws and sampled assignments; None means seed 0, so that a second run gives the same numbers.
    lang : str, optional

    Returns
    -------
    SettlementComparison

    Raises
    ------
    FeasibilityError
        When the group varies inside a settlement, or one side is a single settlement and `allow_single` is not set.

    Notes
    -----
    Both estimands are coefficients of a weighted regression on the group's indicator: with the sampling weights for the
    person average, with weights that sum to one in each settlement for the settlement average. All methods are
    arithmetic on settlement totals. R: ``svyttest`` (linearized), ``clubSandwich::coef_test`` (cr2),
    ``fwildclusterboot::boottest`` (wild, which has no sampling weights there).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["trust"] = rng.integers(1, 6, len(answers))
    >>> result = compare_settlements(SurveyDesign(answers, cluster="unit"), "trust", group="akim", baseline="appointed",
    ...                              settlement="unit", methods=["cr2", "randomization"])
    >>> result.table[["estimand", "method"]].to_numpy().tolist()
    [['person', 'cr2'], ['person', 'randomization'], ['settlement', 'cr2'], ['settlement', 'randomization']]
    """
    names, held = as_names(outcomes, "outcomes"), as_names(adjust_for, "adjust_for")
    if not names:
        raise ArgumentError("`outcomes` must name at least one column")
    check_columns(design.survey.frame, names, "outcomes")
    wrong = [name for name in held if name in {*names, group}]
    if wrong:
        raise ArgumentError(f"`adjust_for` names {some(wrong)}, which is an outcome or the group itself; hold other "
                            "columns equal")
    chosen = choose_methods(methods)
    check_option(wild_kind, ("11", "13", "31", "33"), "wild_kind")
    generator = as_generator(0 if rng is None else rng)
    settings = Settings(1 - check_share(confidence, "confidence"), generator, wild_weights, wild_kind,
                        int(generator.integers(2**32)))
    arms = make_arms(design, group, baseline, settlement, strata, lang)
    covariates = make_covariates(design, held, arms.of_row >= 0, lang)
    feasibility = assess(design, arms, covariates, arms.of_row >= 0, lang)
    refuse_single(feasibility, arms, allow_single)
    cases, left_out, how = _make_cases(design, names, arms, covariates if held else None, feasibility, allow_single,
                                       _parts(design, arms, subcluster, chosen))
    table = _table(cases, chosen, settings, arms)
    return _result(
        design,
        arms,
        feasibility,
        cases,
        table,
        settings,
        chosen=chosen,
        names=names,
        held=held,
        strata=strata,
        confidence=confidence,
        how=how,
        left_out=left_out,
        lang=lang,
    )


def refuse_single(feasibility: Feasibility, arms: Arms, allow_single: bool) -> None:
    """Raise when one side is a single settlement and the caller did not insist."""
    if min(int(arms.treated.sum()), int((~arms.treated).sum())) == 1 and not allow_single:
        side = arms.label if arms.treated.sum() == 1 else arms.baseline
        raise FeasibilityError(
            f"a comparison needs at least two settlements on each side, but {arms.group} = {side!r} has one, of "
            f"{len(arms)}: its own character cannot be told from the effect; pass allow_single=True to see the "
            "randomisation "
            f"test alone, whose smallest p is {feasibility.facts['smallest_p_two_sided']:.3g}"
        )


def _parts(design: SurveyDesign, arms: Arms, subcluster: str | None, chosen: Sequence[str]) -> np.ndarray | None:
    """Return the smaller unit of each respondent, nested in settlements; None when none are named."""
    if subcluster is None:
        if "wild_subcluster" in chosen and len(chosen) == 1:
            raise ArgumentError("`subcluster` must name the column of smaller units for the method 'wild_subcluster'")
        return None
    check_columns(design.survey.frame, [subcluster], "subcluster")
    column = design.survey.frame[subcluster]
    if column[arms.of_row >= 0].isna().any():
        raise ColumnError(f"every respondent needs a {subcluster!r}, but it is missing for some; complete it first")
    codes, _ = pd.factorize(column, sort=True)
    return np.unique(np.column_stack([arms.of_row, codes]), axis=0, return_inverse=True)[1].ravel()


def _make_cases(
    design: SurveyDesign, names: Sequence[str], arms: Arms, covariates: Covariates | None, feasibility: Feasibility,
    allow_single: bool, part_of_row: np.ndarray | None,
) -> tuple[list[Case], list[str], str]:
    """Return the cases, sentences on settlements left with nobody, and how strata entered the linearised t."""
    stratum, how = settlement_strata(design.survey.frame, design.stratum, arms)
    cases, left_out = [], []
    for name in names:
        values = check_numeric(design.survey.frame[name], "outcomes")
        if np.isnan(values).all():
            raise ColumnError(f"`outcomes` names {name!r}, which nobody answered; leave it out")
        new = []
        for chosen in (None, covariates) if covariates is not None else (None,):
            new += [make_case(name, values, design.weights, arms, stratum, estimand, chosen, part_of_row)
                    for estimand in ("person", "settlement")]
        empty = [settlement for settlement in arms.names if settlement not in set(new[-1].names)]
        if empty:
            left_out.append(f"For {name}, nobody is left in settlement(s) {some(empty)}, which therefore do not count.")
        if any(case.single for case in new) and not feasibility.single and not allow_single:
            raise FeasibilityError(f"for {name!r} one side keeps a single settlement, because nobody answered in "
                                   f"{some(empty)}; "
                                   "leave this outcome out or pass allow_single=True")
        if new[0].spread == 0:
            warn(f"everybody gave the same answer to {name!r}, so there is nothing to test")
        cases += new
    return cases, left_out, how


def _table(cases: Sequence[Case], chosen: Sequence[str], settings: Settings, arms: Arms) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for case in cases:
        for method in [name for name in chosen if applies(name, case)]:
            rows.append({"outcome": case.outcome, "group": arms.label, "baseline": arms.baseline, "term": case.term,
                         "estimand": case.estimand, "method": method, **run(method, case, settings), "n": case.n,
                         "n_clusters": len(case.names), "n_weighted": case.n_weighted})
    table = pd.DataFrame(rows)
    if "p_value" not in table:
        table["p_value"] = np.nan
    spent = (table["method"] == "linearized") & table["df"].isna() if "df" in table else pd.Series(False, table.index)
    if spent.any() and not cases[0].single:
        warn("the linearised t has no degrees of freedom left (settlements minus strata minus covariates minus 1), so "
             "it has "
             "no p-value; hold fewer covariates equal, or read the CR2 rows")
    if "std_error" in table:
        still = table.loc[(table["std_error"] == 0) & (table["estimate"] != 0), "outcome"].unique()
        if len(still):
            warn(f"the settlements of each group have the same mean of {some(still)}, so nothing varies between them "
                 "and no error can be estimated; only randomisation inference says something")
    table = adjust_within(table, ["estimand", "term", "method"])
    table["p_wy"] = np.nan
    for method in [name for name in ("randomization", "randomization_studentized") if name in chosen]:
        _add_westfall_young(table, cases, method, settings)
    return glossary_frame({str(name): table[name] for name in table}, EXTRA_COLUMNS)


def _add_westfall_young(table: pd.DataFrame, cases: Sequence[Case], method: str, settings: Settings) -> None:
    """Fill p_wy for the rows of one randomisation test; outcomes must share their settlements."""
    for estimand, term in {(case.estimand, case.term): None for case in cases}:
        family = [case for case in cases if (case.estimand, case.term) == (estimand, term)]
        family = [case for case in family if case.names == family[0].names and case.spread > 0]
        if len(family) < 2 or (family[0].single and method != "randomization"):
            continue
        limit = STUDENTIZED_LIMIT if method == "randomization_studentized" else ENUMERATION_LIMIT
        assignments = assignments_of(family[0], settings, limit)
        drawn, seen = zip(*[_statistics(case, method, assignments) for case in family])
        adjusted = westfall_young(np.column_stack(drawn), np.array(seen))
        for case, p in zip(family, adjusted):
            here = ((table["outcome"] == case.outcome) & (table["estimand"] == estimand) & (table["term"] == term)
                    & (table["method"] == method))
            table.loc[here, "p_wy"] = p


def _statistics(case: Case, method: str, assignments: Assignments) -> tuple[np.ndarray, float]:
    if method == "randomization":
        drawn = randomize_difference(case.totals, TREATMENT, assignments)
        size = drawn.size or 1.0
        return drawn.at_zero / size, drawn.observed / size
    return studentized_statistics(case, assignments)


def _cr2_rows(cases: Sequence[Case], settings: Settings) -> pd.DataFrame:
    """Return estimate and CR2 error of every case, whichever methods were asked for."""
    rows = [{"outcome": case.outcome, "estimand": case.estimand, "term": case.term, "method": "cr2",
             "std_error": np.nan, **run("cr2", case, settings)} for case in cases]
    return pd.DataFrame(rows)


def _group_means(cases: Sequence[Case], arms: Arms) -> pd.DataFrame:
    rows = []
    for case in [case for case in cases if case.term == "unadjusted"]:
        weight = case.totals.weight
        for side, label in ((case.treated, arms.label), (~case.treated, arms.baseline)):
            rows.append({"outcome": case.outcome, "group": label, "estimand": case.estimand,
                         "estimate": float(weight[side] @ case.means[side] / weight[side].sum()),
                         "n": int(case.totals.n[side].sum()), "n_clusters": int(side.sum())})
    table = pd.DataFrame(rows)
    return glossary_frame({str(name): table[name] for name in table})


def _repeat(names: list[str], sizes: list[int]) -> pd.Categorical:
    """Return each name as often as its size says, as a category: there may be millions of rows."""
    levels = list(dict.fromkeys(names))
    return pd.Categorical.from_codes(np.repeat([levels.index(name) for name in names], sizes), categories=levels)


def _distribution(cases: Sequence[Case], settings: Settings) -> pd.DataFrame:
    plain = [case for case in cases if case.term == "unadjusted"]
    drawn = [randomize_difference(case.totals, TREATMENT, assignments_of(case, settings)) for case in plain]
    sizes = [len(one.at_zero) for one in drawn]
    return pd.DataFrame({
        "outcome": _repeat([case.outcome for case in plain], sizes),
        "estimand": _repeat([case.estimand for case in plain], sizes),
        "difference": np.concatenate([one.at_zero for one in drawn]),
        "observed": np.repeat([one.observed for one in drawn], sizes),
    })


def _result(
    design: SurveyDesign,
    arms: Arms,
    feasibility: Feasibility,
    cases: list[Case],
    table: pd.DataFrame,
    settings: Settings,
    *,
    chosen: list[str],
    names: list[str],
    held: list[str],
    strata: str | None,
    confidence: float,
    how: str,
    left_out: list[str],
    lang: str | None,
) -> SettlementComparison:
    origin = design.origin(lang)
    total = count_assignments(arms.treated, arms.block)
    exact = assignments_of(cases[0], settings).exact
    listed = (f"all {total:,} assignments of the group to settlements" if exact
              else f"9,999 assignments drawn from the {total:,} possible ones")
    chosen = [name for name in chosen if (table["method"] == name).any()]
    signs, step = "", np.nan
    if "wild" in chosen:
        drawn, _, signs = wild_weights(len(arms), settings.wild_weights, np.random.default_rng(0))
        step = 1 / len(drawn) if (table.loc[table["method"] == "wild", "p_value"] == 0).any() else np.nan
    if settings.wild_kind != "11":
        signs += f", scores and errors of kind {settings.wild_kind} (MacKinnon, Nielsen & Webb 2023)"
    influence = influence_table(cases, settings)
    notes = left_out + estimand_sentences(_cr2_rows(cases, settings)) + influence_sentences(cases, influence, settings)
    if feasibility.single:
        notes.append("One side is a single settlement: no standard error is given, and a difference may be that "
                     "settlement's "
                     "own character.")
    if arms.n_left_out:
        notes.append(f"{arms.n_left_out} respondents without a value of {arms.group!r} are left out.")
    method = methods_paragraph(feasibility, outcomes=names, methods=chosen, confidence=confidence, weight=origin.weight,
                               adjust_for=held, strata=strata, linearized_how=how, assignments=listed, signs=signs,
                               wild_step=step, stepwise=bool(table["p_wy"].notna().any()), left_out=notes)
    domains = make_domains(design, by=arms.group, where=arms.of_row >= 0, lang=lang)
    facts = {"verdict": feasibility.verdict, **feasibility.facts, "confidence": confidence}
    return SettlementComparison(
        table, method, origin, facts, f"{arms.label} against {arms.baseline}", feasibility, _group_means(cases, arms),
        _distribution(cases, settings), influence, missing_table(design, domains, names, lang),
        tuple(cases),
    )
