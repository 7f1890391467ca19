"""Numbers that are made of hidden settlements: averages over settlements, errors, tests, what a verdict rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

from surveykit.comparison.answers.crosstab import Crosstab
from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.comparison.feasibility import Feasibility, UnderVerdict, collect_verdicts, list_checks
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.report.released_cells import ReleasedCells
from surveykit.results import Result
from surveykit.words.messages import Columns, Message, Told

OF_SETTLEMENTS = ("std_error", "statistic", "df", "df_denominator", "p_value", "conf_low", "conf_high", "deff")
"""Columns that are sums of squares over settlements, or made of them: in full precision one is enough to try out how
many answered in two hidden settlements, and what."""
OVER_OUTCOMES = ("p_holm", "p_bh", "p_wy")
"""Columns of p-values adjusted over all outcomes, which tell those of one that is withheld."""
WITHHELD = "withheld"
"""The fact that holds how many outcomes have no errors because a settlement of theirs is hidden."""

AnyResult = TypeVar("AnyResult", bound=Result)


def closed_outcomes(results: Sequence[Result], release: ReleasedCells, hidden: np.ndarray) -> frozenset[str]:
    """Return the outcomes of which a settlement is hidden: how many answered there, or what on average.

    The averages over settlements and every error of theirs are sums over settlements that are no linear function of
    counts. Where the other settlements are told, they leave few numbers for a hidden one.
    """
    clusters = {name for one in results if isinstance(one, Estimates) for name in one.design.cluster}
    clusters |= {one.feasibility.compared.settlement for one in results if isinstance(one, SettlementComparison)}
    return frozenset(
        str(key[0])
        for key, at in release.place.items()
        if hidden[at] and key[3] in ("n", "sum", "squares") and clusters & {column for column, _ in key[2]}  # type: ignore[attr-defined]
    )


def without_hidden_settlements(result: AnyResult, closed: frozenset[str]) -> AnyResult:
    """Return a result without what hidden settlements of these outcomes could be worked out from."""
    here = _outcomes_of(result) & (closed | {""} if closed else closed)  # "": everybody, before any outcome is named
    if not here:
        return result
    changes: dict[str, object] = {
        "table": _emptied(result.table, here),
        "facts": {**result.facts, WITHHELD: len(here)},
        "method": Told.of(result.method, _sentence(here), between=" "),
    }
    if isinstance(result, Feasibility):
        return _feasibility_without(result, here)  # type: ignore[return-value]
    if isinstance(result, UnderVerdict):
        verdict = _feasibility_without(result.feasibility, here)
        facts = {name: verdict.facts.get(name, fact) for name, fact in result.facts.items()}
        changes |= {"feasibility": verdict, "facts": {**facts, WITHHELD: len(here)}}
    if isinstance(result, SettlementComparison):
        changes |= {name: _emptied(getattr(result, name), here) for name in ("groups", "influence")}
        draws = result.randomization  # the difference under every assignment: sums of the settlements' own averages
        gone = draws["outcome"].isin(here) if len(draws) else np.zeros(0, dtype=bool)
        changes["randomization"] = draws[~gone].reset_index(drop=True)
    if isinstance(result, Crosstab):
        changes["tests"] = _emptied(result.tests, here)
        changes["comparisons"] = _emptied(result.comparisons, here)
    return replace(result, **changes)  # type: ignore[arg-type]


def _sentence(outcomes: Iterable[str]) -> Message:
    if not all(outcomes):
        return Message("disclosure.withheld")
    return Message("disclosure.withheld_of", {"names": Columns(tuple(sorted(outcomes)))})


def _outcomes_of(result: Result) -> frozenset[str]:
    named = result.table["outcome"].dropna() if "outcome" in result.table else ()
    judged = result.judgements if isinstance(result, Feasibility) else ()
    return frozenset([*map(str, named), *(one.outcome for one in judged)])


def _emptied(table: pd.DataFrame, outcomes: frozenset[str]) -> pd.DataFrame:
    """Return a table without errors and tests of some outcomes."""
    if "outcome" not in table:
        return table
    gone = table["outcome"].isin(outcomes).to_numpy()
    emptied = table.copy()
    for name in emptied.columns.intersection([*OF_SETTLEMENTS, *OVER_OUTCOMES]):
        emptied[name] = emptied[name].mask(gone | (name in OVER_OUTCOMES))
    return emptied


def _feasibility_without(result: Feasibility, outcomes: frozenset[str]) -> Feasibility:
    judgements = [one.without_sizes() if one.outcome in outcomes else one for one in result.judgements]
    if "check" in result.table:
        made = list_checks(judgements[0], result.compared, result.origin)
    else:
        made = collect_verdicts(judgements, result.compared, result.origin)
    dealt_with = {name: fact for name, fact in result.facts.items() if name in ("minimum_n", "hidden_rows")}
    return replace(
        made,
        title=result.title,
        method=Told.of(result.method, _sentence(outcomes), between=" "),
        facts={**made.facts, **dealt_with, WITHHELD: len(outcomes)},
    )
