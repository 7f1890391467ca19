"""The methods paragraph of a comparison between settlements, in words that can go into a paper."""

from collections.abc import Sequence

import pandas as pd

from surveykit._checks import some
from surveykit.comparison.assignments import Assignments
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.settlement_totals import Case
from surveykit.formatting import format_number, format_p

METHOD_WORDS = {
    "cr2": "CR2 errors (Bell-McCaffrey) with Satterthwaite degrees of freedom (Pustejovsky & Tipton 2018)",
    "cr3": "leave-one-settlement-out jackknife errors (CV3) with t on G - 1 degrees of freedom (too small with two settlements on a side)",
    "cr1s": "cluster-robust errors with Stata's factor and t on G - 1 degrees of freedom (too small with few settlements)",
    "cr0": "uncorrected cluster-robust errors (too small with few settlements)",
    "wild_subcluster": "wild bootstrap of smaller units inside settlements (MacKinnon & Webb 2018)",
    "welch": "Welch's t test of settlement means (for the unadjusted settlement average; too small errors with two settlements on a side)",
}


def who_words(cases: Sequence[Case]) -> str:
    """Return how many settlements stand against how many, and how many respondents, among those who answered.

    One phrase when all outcomes have the same settlements; otherwise a phrase for each kind of outcomes.
    """
    found: dict[tuple[int, int], dict[str, int]] = {}
    for case in cases:
        sides = int(case.treated.sum()), int((~case.treated).sum())
        name = case.outcome + (" (adjusted)" if case.term == "adjusted" else "")
        found.setdefault(sides, {})[name] = case.n
    phrases = []
    for (treated, baseline), sizes in found.items():
        low, high = min(sizes.values()), max(sizes.values())
        people = f"{low:,} respondents" if low == high else f"{low:,} to {high:,} respondents, by outcome"
        of_which = f"for {some(sizes, 6)} " if len(found) > 1 else ""
        phrases.append(f"{of_which}{treated} against {baseline} settlements, {people}")
    return "; ".join(phrases)


def assignment_words(cases: Sequence[Case], assignments: Sequence[Assignments]) -> str:
    """Return what randomization inference compared with: all assignments of the settlements that answered, or some."""
    phrases: dict[str, dict[str, None]] = {}
    for case, listed in zip(cases, assignments):
        words = (
            f"all {listed.total:,} assignments of the group to settlements"
            if listed.exact
            else f"{len(listed.treated) - 1:,} assignments drawn from the {count_words(listed.total)} possible ones"
        )
        phrases.setdefault(words, {})[case.outcome] = None
    if len(phrases) == 1:
        return next(iter(phrases))
    return "; ".join(f"{words} ({some(outcomes, 6)})" for words, outcomes in phrases.items())


def count_words(total: int) -> str:
    """Return a count with commas, or as a power of ten when it has more than 15 digits."""
    # beyond some thousand digits Python refuses to print them; log10(2) = 0.30103 counts them
    digits = len(str(total)) if total < 10**4000 else int(total.bit_length() * 0.30103) + 1
    return f"{total:,}" if digits <= 15 else f"10^{digits - 1}"


def methods_paragraph(
    who: str,
    compared: ComparedGroups,
    *,
    outcomes: Sequence[str],
    methods: Sequence[str],
    confidence: float,
    weight: str,
    adjust_for: Sequence[str],
    strata: str | None,
    linearized_how: str,
    assignments: str,
    smallest_p: float,
    signs: str,
    wild_step: float,
    stepwise: bool,
    left_out: list[str],
) -> str:
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
    """
    percent = f"{100 * confidence:g}%"
    parts = [
        f"Difference in the mean of {some(outcomes, 6)} between settlements of the group '{compared.label}' and of the baseline '{compared.baseline}', {who}, {weight}. The group is a property of the settlement, so settlements and not respondents are the units of inference. Person average: the weighted mean over respondents; settlement average: the mean of the settlements' weighted means, each settlement counting the same."
    ]
    told = [METHOD_WORDS[name] for name in methods if name in METHOD_WORDS]
    parts += [f"Reported: {'; '.join(told)}."] if told else []
    if "linearized" in methods:
        parts.append(
            f"The linearized t takes settlements as the clusters, {linearized_how}, drawn with replacement, and has settlements minus strata minus covariates minus 1 degrees of freedom (R: svyttest, svyglm); with few settlements its errors are too small."
        )
    if "wild" in methods:
        parts.append(
            f"The wild cluster bootstrap imposes the null and uses {signs} (Cameron, Gelbach & Miller 2008); its {percent} interval inverts the test."
        )
        if wild_step > 0:
            parts.append(
                f"A bootstrap p of 0 stands for less than {wild_step:.2g}: not even the signs that happened give a t as large as the observed one, which jackknifed scores allow."
            )
    if {"randomization", "randomization_studentized"} & set(methods):
        where = f" within blocks of {strata}" if strata else ""
        parts.append(
            f"Randomization inference compares the estimate with {assignments}{where}, treating each as equally likely; the smallest attainable two-sided p is {format_p(smallest_p)}; its {percent} interval holds the constant effects that the test does not reject."
        )
    if adjust_for:
        parts.append(
            f"Adjusted rows hold {', '.join(adjust_for)} equal by weighted least squares with the same errors; respondents who lack a covariate are left out of them."
        )
    if len(outcomes) > 1:
        moved = "; p_wy does so by moving the treatment between settlements (Westfall & Young 1993)" if stepwise else ""
        parts.append(f"p_holm and p_bh adjust over the {len(outcomes)} outcomes (Holm; Benjamini-Hochberg){moved}.")
    parts.append(
        "Weights are taken as given: a weighting step's own error does not enter. A comparison of settlements that were not assigned at random shows an association, not by itself an effect."
    )
    return " ".join([*parts, *left_out])


def estimand_sentences(table: pd.DataFrame) -> list[str]:
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
            sentences.append(
                f"The two averages tell different stories for {outcome}: {format_number(person['estimate'])} over persons, {format_number(settlement['estimate'])} over settlements; large settlements differ from small ones."
            )
    return sentences
