"""The methods paragraph of a comparison between settlements, in words that can go into a paper."""

from collections.abc import Mapping, Sequence

import pandas as pd

from surveykit.comparison.assignments import Assignments
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.settlement_totals import Case
from surveykit.formatting import format_p
from surveykit.words.messages import Columns, Figure, Listed, Message, Number, Slot, Told

WORDED = ("cr2", "cr3", "cr1s", "cr0", "wild_subcluster", "welch")
"""Methods that the paragraph lists in a few words; the others have a sentence of their own."""


def who_words(cases: Sequence[Case]) -> Told:
    """Return how many settlements stand against how many, and how many respondents, among those who answered.

    One phrase when all outcomes have the same settlements; otherwise a phrase for each kind of outcomes.
    """
    found: dict[tuple[int, int], dict[str, int]] = {}
    for case in cases:
        sides = int(case.treated.sum()), int((~case.treated).sum())
        found.setdefault(sides, {})[case.outcome + (" (adjusted)" if case.term == "adjusted" else "")] = case.n
    phrases = []
    for (treated, baseline), sizes in found.items():
        low, high = min(sizes.values()), max(sizes.values())
        people = (
            Message("settlements_method.people", {"n": low})
            if low == high
            else Message("settlements_method.people_range", {"low": low, "high": high})
        )
        which = Message("settlements_method.which", {"names": Columns(tuple(sizes), 6)})
        slots: dict[str, Slot] = {"which": which if len(found) > 1 else "", "people": people}
        slots |= {"treated": Figure(str(treated)), "baseline": Figure(str(baseline))}
        phrases.append(Message("settlements_method.who", slots))
    return Told.of(*phrases, between="; ")


def assignment_words(cases: Sequence[Case], assignments: Sequence[Assignments]) -> Told:
    """Return what randomization inference compared with: all assignments of the settlements that answered, or some."""
    phrases: dict[Told, dict[str, None]] = {}
    for case, listed in zip(cases, assignments):
        words = (
            Message("assignments.all", {"total": listed.total})
            if listed.exact
            else Message(
                "assignments.drawn", {"drawn": len(listed.treated) - 1, "total": Figure(count_words(listed.total))}
            )
        )
        phrases.setdefault(Told.of(words), {})[case.outcome] = None
    if len(phrases) == 1:
        return next(iter(phrases))
    told = [
        Message("assignments.of_outcomes", {"assignments": words, "outcomes": Columns(tuple(outcomes), 6)})
        for words, outcomes in phrases.items()
    ]
    return Told.of(*told, between="; ")


def count_words(total: int) -> str:
    """Return a count with commas, or as a power of ten when it has more than 15 digits."""
    # beyond some thousand digits Python refuses to print them; log10(2) = 0.30103 counts them
    digits = len(str(total)) if total < 10**4000 else int(total.bit_length() * 0.30103) + 1
    return f"{total:,}" if digits <= 15 else f"10^{digits - 1}"


def methods_paragraph(
    who: Told,
    compared: ComparedGroups,
    *,
    outcomes: Sequence[str],
    methods: Sequence[str],
    confidence: float,
    weight: str,
    adjust_for: Sequence[str],
    strata: str | None,
    linearized_how: Slot,
    assignments: Told,
    smallest_p: float,
    signs: Slot,
    wild_step: float,
    stepwise: bool,
    left_out: Sequence[Slot],
    sides: Mapping[str, Slot],
) -> Told:
    """Return what was estimated, how, and what may be concluded, as one paragraph.

    Parameters
    ----------
    who : str
        From `who_words`.
    compared : ComparedGroups
    methods : sequence of str
        Those of which the table holds a row.
    assignments : str
        From `assignment_words`.
    smallest_p : float
        Largest over the outcomes.
    wild_step : float
        What a bootstrap p of 0 lies below; NaN when none is 0.
    stepwise : bool
        Whether the table holds a p of Westfall and Young.
    sides : mapping from str to what a message may say
        What the groups are called, by their names in the table.
    """
    percent = Figure(f"{100 * confidence:g}%")
    opening: dict[str, Slot] = {"outcomes": Columns(tuple(outcomes), 6), "who": who, "weight": weight}
    opening |= {"group": sides[compared.label], "baseline": sides[compared.baseline]}
    parts = [_said("opening", opening)]
    told = [Message(f"method_words.{name}") for name in methods if name in WORDED]
    parts += [_said("reported", {"list": Listed(tuple(told), "; ")})] if told else []
    if "linearized" in methods:
        parts.append(_said("linearized", {"how": linearized_how}))
    if "wild" in methods:
        parts.append(_said("wild", {"signs": signs, "percent": percent}))
        if wild_step > 0:
            parts.append(_said("wild_zero", {"step": Figure(f"{wild_step:.2g}")}))
    if {"randomization", "randomization_studentized"} & set(methods):
        where: Slot = _said("within_blocks", {"column": Columns((strata,))}) if strata else ""
        smallest: Slot = Figure(str(format_p(smallest_p)))
        parts.append(
            _said("randomization", {"assignments": assignments, "where": where, "p": smallest, "percent": percent})
        )
    if adjust_for:
        parts.append(_said("adjusted", {"names": Columns(tuple(adjust_for))}))
    if len(outcomes) > 1:
        moved: Slot = _said("stepwise", {}) if stepwise else ""
        parts.append(_said("multiplicity", {"n": Figure(str(len(outcomes))), "moved": moved}))
    parts.append(_said("end", {}))
    return Told.of(*parts, *left_out, between=" ")


def _said(key: str, slots: Mapping[str, Slot]) -> Message:
    return Message(f"settlements_method.{key}", slots)


def estimand_sentences(table: pd.DataFrame) -> list[Message]:
    """Return a sentence for each outcome whose two averages differ by more than a standard error, or in sign."""
    sentences = []
    plain = table[(table["method"] == "cr2") & (table["term"] == "unadjusted")]
    for outcome, rows in plain.groupby("outcome", sort=False):
        found = rows.set_index("estimand")
        if len(found) < 2:
            continue
        person, settlement = found.loc["person"].to_dict(), found.loc["settlement"].to_dict()
        gap = abs(person["estimate"] - settlement["estimate"])
        errors = max(person["std_error"], settlement["std_error"])
        if gap > errors or person["estimate"] * settlement["estimate"] < 0:
            averages = {"person": Number(person["estimate"]), "settlement": Number(settlement["estimate"])}
            sentences.append(_said("two_averages", {"outcome": str(outcome), **averages}))
    return sentences
