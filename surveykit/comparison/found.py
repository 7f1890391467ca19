"""What a comparison of settlements found, under the verdict on what such settlements can say: sentences as records."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from surveykit.comparison.judgement import FEWEST_DF, FEWEST_IN_AN_ARM, Judgement
from surveykit.findings import MOST_SENTENCES, Names, count, digits_of, first_told, interval, is_shown, say_test
from surveykit.formatting import format_number, format_p, format_percent
from surveykit.words.codes import REASONS
from surveykit.words.messages import Listed, Message, Number, PValue, Share, Slot
from surveykit.words.pages import LANGUAGES

FAMILIES = {"settlements": "mean", "change": "change", "odds": "odds", "mixed": "plain", "effect": "effect"}
"""Quantities that compare settlements, by the middle part of their sentences' keys."""
EXACT = ("randomization", "randomization_studentized")
"""Tests that rest on which settlements might have been the others; the first one computed is told of."""
POWER = 0.8
"""The chance with which a difference is to be shown that is called detectable, as everywhere in the field."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the sentences need beside the table.

    Attributes
    ----------
    quantity : str
        One of `FAMILIES`.
    confidence : float
    judgements : sequence of Judgement
        On each outcome and term.
    values : mapping from (outcome, group, estimand) to float
        What each side has: means, or changes.
    shares : set of str
        Outcomes whose answers are 0 and 1 alone.
    """

    quantity: str
    confidence: float
    judgements: Sequence[Judgement]
    values: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    shares: frozenset[str] = frozenset()

    def judgement(self, outcome: str, term: str) -> Judgement | None:
        """Return the verdict on the rows of an outcome."""
        of_outcome = [one for one in self.judgements if one.outcome == outcome]
        return next((one for one in of_outcome if one.term == term), of_outcome[0] if of_outcome else None)


def say_reasons(reasons: Mapping[str, str], facts: Mapping[str, Any], lang: str) -> list[str]:
    """Return why a verdict is not better, one sentence each; a reason without words in a language is left out.

    Parameters
    ----------
    reasons : mapping from str to str
        Sentences in English by the word for each.
    facts : mapping
        The numbers of the judgement.
    """
    if lang == "en":
        return [str(reason) for reason in reasons.values()]

    def number(name: str) -> float:
        return float(facts.get(name, float("nan")))

    sides = [int(facts[name]) for name in ("n_treated", "n_baseline") if name in facts]
    slots = {
        "fewest": min(sides, default=0), "total": sum(sides) - 2, "needed": FEWEST_IN_AN_ARM,
        "needed_df": f"{FEWEST_DF:g}", "settlement": facts.get("largest_settlement", ""),
        "columns": facts.get("n_settlement_covariates", 0), "p": format_p(number("smallest_p_two_sided"), lang),
        "df": format_number(number("df_adjusted"), 1, lang), "share": format_percent(number("largest_share_of_arm"), 0, lang),
        "ratio": format_number(number("size_ratio"), 1, lang), "level": format_percent(number("true_level"), 1, lang),
        "leaning": format_number(number("leaning"), 2, lang), "waves": facts.get("lone_waves", ""),
        "small_waves": facts.get("small_waves", ""), "exchange": format_percent(number("randomization_level"), 0, lang),
    }  # fmt: skip
    said = [REASONS[name][LANGUAGES.index(lang) - 1].format(**slots) for name in reasons if name in REASONS]
    return [f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in said]


def detectable(std_error: float, df: float, alpha: float) -> float:
    """Return the smallest true difference that a t test of this error shows with a power of 80 %.

    ``(t_(1 - alpha/2, df) + t_(0.8, df)) se`` (Bloom 1995, Evaluation Review 19, 547-556).

    Examples
    --------
    >>> round(detectable(0.1, 8.0, 0.05), 3)
    0.319
    """
    return float((special.stdtrit(df, 1 - alpha / 2) + special.stdtrit(df, POWER)) * std_error)


def describe_settlements(table: pd.DataFrame, names: Names, compared: Compared) -> list[Message]:
    """Return what a comparison of settlements found: of one outcome in full, of several which of them differ."""
    table = table[table["estimate"].notna() | table["p_value"].notna()]
    outcomes = list(dict.fromkeys(table["outcome"]))
    if not outcomes:
        return []
    if len(outcomes) == 1:
        return _one_outcome(table, names, compared)
    return _battery(table, outcomes, names, compared)


def _first(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the term and the average that are told: the unadjusted person average where there is one."""
    for column, preferred in (("term", ("unadjusted", "overall")), ("estimand", ("person",))):
        here = [value for value in preferred if (table[column] == value).any()]
        value = here[0] if here else table[column].iloc[0]
        table = table[table[column] == value] if isinstance(value, str) else table
    return table


def _tests(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose p is told: the method put first, and the randomization test where one was computed."""
    exact = rows[rows["method"].isin(EXACT)].head(1)
    return pd.concat([rows.head(1), exact.loc[exact.index.difference(rows.index[:1])]])


def _conclusion(rows: pd.DataFrame, alpha: float) -> str:
    """Return "higher", "lower", "not_shown", or "disagree" where the two tests fall on both sides of the level."""
    # a test that gives no p, because nothing varies or the odds have no end, neither agrees nor disagrees
    shown = [is_shown(p, alpha) for p in _tests(rows)["p_value"].dropna()]
    if any(shown) and not all(shown):
        return "disagree"
    if not any(shown):
        return "not_shown"
    return "higher" if rows["estimate"].iloc[0] > 0 else "lower"


def _numbers(rows: pd.DataFrame, outcome: str, compared: Compared) -> tuple[Callable[..., Slot], int, float]:
    """Return how a difference is said, with how many decimals, and what it is multiplied with."""
    if outcome in compared.shares:  # percentage points: two digits of an error of a hundredth are one decimal
        return Number, max(digits_of(rows) - 2, 0), 100.0
    return Number, digits_of(rows), 1.0


def _one_outcome(table: pd.DataFrame, names: Names, compared: Compared) -> list[Message]:
    rows, alpha = _first(table), 1 - compared.confidence
    row = rows.iloc[0]
    outcome, estimand = str(row["outcome"]), row["estimand"]
    judgement = compared.judgement(outcome, str(row["term"]))
    number, digits, unit = _numbers(rows, outcome, compared)
    sizes: dict[str, Slot] = {
        "outcome": names.question(outcome),
        **{side: names.group(str(row[side])) for side in ("group", "baseline")},
        "n": count(float(row["n"])),
        "n_group": count(np.nan if judgement is None else judgement.numbers.n_treated),
        "n_baseline": count(np.nan if judgement is None else judgement.numbers.n_baseline),
    }
    difference = number(unit * float(row["estimate"]), digits, True)
    reasons = [] if judgement is None else say_reasons(judgement.reasons, judgement.facts, names.lang)
    if judgement is not None and judgement.verdict == "cannot answer":
        return [Message("cannot_answer.several", {**sizes, "difference": difference, "reason": " ".join(reasons[:1])})]
    family = "share" if outcome in compared.shares else FAMILIES[compared.quantity]
    conclusion = _conclusion(rows, alpha)
    said = [
        Message(
            f"settlements.{family}.{conclusion}",
            {
                **sizes,
                "average": names.word(estimand) if isinstance(estimand, str) else names.method(str(row["method"])),
                "tests": Listed(tuple(say_test(each, names) for _, each in _tests(rows).iterrows()), "; "),
                **_estimate(row, family, digits, compared),
                **_values(outcome, row, family, digits, names, compared),
            },
        )
    ]
    if reasons:
        said.append(Message("caution", {"reason": reasons[0]}))
    said += _other_average(table, row, alpha, names, compared)
    if conclusion == "not_shown" and family != "odds" and row["std_error"] > 0 and row["df"] > 0:
        missed = unit * detectable(float(row["std_error"]), float(row["df"]), alpha)
        said.append(Message("detectable", {"difference": number(missed, digits)}))
    return [*said, Message("association")]


def _estimate(row: pd.Series, family: str, digits: int, compared: Compared) -> dict[str, Slot]:
    """Return what a sentence says of the estimate and its interval."""
    ends = interval(row, digits, compared.confidence)
    if family == "odds":
        numbers = {"ratio": "estimate", "low": "conf_low", "high": "conf_high"}
        with np.errstate(over="ignore"):
            return {**ends, **{name: Number(float(np.exp(row[column])), 2) for name, column in numbers.items()}}
    unit = 100.0 if family == "share" else 1.0
    numbers = {"difference": "estimate", "low": "conf_low", "high": "conf_high"}
    return {**ends, **{name: Number(unit * float(row[column]), digits, True) for name, column in numbers.items()}}


def _values(
    outcome: str, row: pd.Series, family: str, digits: int, names: Names, compared: Compared
) -> dict[str, Slot]:
    """Return what each side has."""
    slots: dict[str, Slot] = {}
    for side in ("group", "baseline"):
        value = compared.values.get((outcome, str(row[side]), str(row["estimand"])), float("nan"))
        slots[f"value_{side}"] = (
            Share(value, digits) if family == "share" else Number(value, digits, family == "change")
        )
    if family == "share":
        slots["level"] = names.level(outcome, names.codebook[outcome].label(1, names.lang))
    return slots


def _other_average(
    table: pd.DataFrame, row: pd.Series, alpha: float, names: Names, compared: Compared
) -> list[Message]:
    """Return a sentence where the other average differs by more than an error, or by what it shows."""
    others = table[(table["term"] == row["term"]) & (table["estimand"] != row["estimand"])]
    if not isinstance(row["estimand"], str) or not len(others):
        return []
    number, digits, unit = _numbers(table, str(row["outcome"]), compared)
    rows = {str(row["estimand"]): _first(table), str(others["estimand"].iloc[0]): others}
    shown = {estimand: _conclusion(found, alpha) in ("higher", "lower") for estimand, found in rows.items()}
    if len(set(shown.values())) > 1:
        told: dict[str, Slot] = {("shown" if yes else "not_shown"): names.word(name) for name, yes in shown.items()}
        return [Message("averages.one", told)]
    estimates = {estimand: float(found["estimate"].iloc[0]) for estimand, found in rows.items()}
    first, second = estimates.values()
    errors = np.nanmax([0.0, float(row["std_error"]), float(others["std_error"].iloc[0])])
    if compared.quantity == "odds" or not abs(first - second) > errors:
        return []
    return [Message("averages.size", {name: number(unit * value, digits, True) for name, value in estimates.items()})]


def _battery(table: pd.DataFrame, outcomes: Sequence[str], names: Names, compared: Compared) -> list[Message]:
    """Return which of several outcomes differ, by the method put first and the randomization test, after Holm."""
    alpha = 1 - compared.confidence
    first = {outcome: _first(table[table["outcome"] == outcome]) for outcome in outcomes}
    row = first[outcomes[0]].iloc[0]
    terms = {outcome: str(rows["term"].iloc[0]) for outcome, rows in first.items()}
    judged = {outcome: compared.judgement(outcome, terms[outcome]) for outcome in outcomes}
    silent = [name for name, one in judged.items() if one is not None and one.verdict == "cannot answer"]
    column = "p_holm" if "p_holm" in table else "p_value"
    shown = [
        name
        for name, rows in first.items()
        if name not in silent
        and _tests(rows)[column].notna().any()
        and all(is_shown(p, alpha) for p in _tests(rows)[column].dropna())
    ]
    slots: dict[str, Slot] = {
        "n": len(outcomes),
        **{side: names.group(str(row[side])) for side in ("group", "baseline")},
    }
    listed = Listed(tuple(names.question(name) for name in shown))
    said = [Message("battery.some", {**slots, "outcomes": listed}) if shown else Message("battery.none", slots)]
    if len(silent) == len(outcomes):
        said = []
    if silent:
        cannot = Listed(tuple(names.question(name) for name in silent))
        said.append(Message("battery.cannot_answer", {"outcomes": cannot}))
    worst = max((one for one in judged.values() if one is not None), key=lambda one: one.rank, default=None)
    reasons = [] if worst is None else say_reasons(worst.reasons, worst.facts, names.lang)
    said += [Message("caution", {"reason": reasons[0]})] if reasons else []
    return [*said, Message("association")][: MOST_SENTENCES + 1]


def describe_statistic(table: pd.DataFrame, names: Names, compared: Compared) -> list[Message]:
    """Return what the randomization test of a statistic found, one sentence an outcome."""
    said = []
    for _, row in table.iterrows():
        key = "statistic.shown" if is_shown(row["p_value"], 1 - compared.confidence) else "statistic.not_shown"
        slots: dict[str, Slot] = {
            "outcome": names.question(str(row["outcome"])),
            "statistic": str(row["term"]),
            "value": Number(float(row["estimate"])),
            **{side: names.group(str(row[side])) for side in ("group", "baseline")},
            "p": PValue(float(row["p_value"])),
            "n": count(float(row["n"])),
        }
        said.append(Message(key, slots))
    return [*first_told(said), Message("association")] if said else []


def describe_detectable(table: pd.DataFrame, names: Names, compared: Compared) -> list[Message]:
    """Return which difference the settlements could show, one sentence an outcome, by the method put first."""
    said = []
    for _, row in table.drop_duplicates("outcome").iterrows():
        judgement = compared.judgement(str(row["outcome"]), str(row["term"]))
        slots: dict[str, Slot] = {
            "outcome": names.question(str(row["outcome"])),
            "average": names.word(str(row["estimand"])),
            "difference": Number(float(row["estimate"])),
            "power": Share(float(row["power"]), 0),
            "method": names.method(str(row["method"])),
            "low": Number(float(row["conf_low"])),
            "high": Number(float(row["conf_high"])),
            "n": count(float(row["n"])),
            "n_group": count(np.nan if judgement is None else judgement.numbers.n_treated),
            "n_baseline": count(np.nan if judgement is None else judgement.numbers.n_baseline),
        }
        # an intraclass correlation that is given, or that one answer a settlement does not need, has no interval
        alike = "between" if np.isfinite(row["conf_low"]) else "one"
        said.append(Message(f"detectable_effect.{alike}", slots))
    return first_told(said)


def describe_balance(table: pd.DataFrame, names: Names, compared: Compared, p_value: float, name: str) -> list[Message]:
    """Return whether covariates differ between the sides, from one test of all, and which of them differs most.

    Parameters
    ----------
    p_value : float
        Of the largest difference over all covariates.
    name : str
        Column of the standardized differences.
    """
    known = table[table[name].notna()]
    if not len(known):
        return []
    largest = known.loc[known[name].abs().idxmax()]
    slots: dict[str, Slot] = {
        "n": len(table),
        "p": PValue(p_value),
        "outcome": names.question(str(largest["outcome"])),
        "difference": Number(float(largest[name]), 2, True),
    }
    return [Message("balance.shown" if is_shown(p_value, 1 - compared.confidence) else "balance.not_shown", slots)]
