"""The report on a comparison of settlements: which tables and figures, in which order, under which headings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.comparison.found import EXACT
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.report.disclosure import as_published, hide_together, is_hidden
from surveykit.report.figures.difference_figure import draw_differences
from surveykit.report.figures.influence_figure import draw_influence
from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.pages.exhibits import Exhibit, Part
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.translation import group_names, page_language, question_of
from surveykit.weighting.diagnostics import summarize_weights
from surveykit.words.pages import word, word_or_text

SAID_ONCE = ("association", "simulated")
KEY_FINDINGS = 3
"""Outcomes of a battery that are told in full, those of the smallest p."""
MOST_LEVELS = 11
"""Unlabelled answers of so many kinds (0 to 10) are still drawn as shares; a column of more is a measurement."""


def compose_report(design: SurveyDesign, comparison: SettlementComparison, *, lang: str | None = None) -> list[Part]:
    """Return the parts of a report on a comparison of settlements, for `write_report`.

    Parameters
    ----------
    design : SurveyDesign
        That of the comparison.
    comparison : SettlementComparison
        What `compare_settlements` returned.
    lang : {"en", "ru", "kk"}, optional
        None: that of the comparison.

    Returns
    -------
    list of parts
        What was found, in sentences and in one table with a row an outcome, and what the settlements can answer, before
        anything else; the answers of each kind of settlement as shares (items
        of one scale in one figure) and means; the differences by every method; what they are without each settlement
        in turn; who did not answer; the checks behind the verdict; the weights.

    Raises
    ------
    ArgumentError
        When `comparison` is not what `compare_settlements` returned.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.compare_settlements(design, "trust", **roles, methods=["cr2", "randomization"])
    >>> parts = sk.compose_report(design, result)
    >>> [part for part in parts if isinstance(part, str) and part.startswith("# ")][:2]
    ['# What was found', '# Answers by kind of settlement']
    """
    if not isinstance(comparison, SettlementComparison):
        raise ArgumentError(
            f"`comparison` must be what compare_settlements() returned, but {type(comparison).__name__} was given"
        )
    compared = comparison.feasibility.compared
    lang = page_language(lang, comparison.origin)
    outcomes = list(dict.fromkeys(comparison.table["outcome"]))
    absent = [name for name in (*outcomes, compared.group) if name not in design.survey.frame]
    if absent:
        raise ArgumentError(
            f"`design` is not that of the comparison: it has no column {absent[0]!r}; pass the one that was compared"
        )
    drawn = [name for name in outcomes if _is_item(design, name)]
    found: list[Result] = [means(design, outcomes, by=compared.group, lang=lang)]
    found += [shares(design, drawn, by=compared.group, lang=lang)] if drawn else []
    open_: list[Result] = [comparison, *found]
    masked = [as_published(before, after) for before, after in zip(open_, hide_together(open_))]
    comparison, found = masked[0], masked[1:]
    parts: list[Part] = [*_found(comparison, outcomes, lang), verdict_of(comparison, lang)]
    parts += [f"# {word('report_answers', lang)}", *_answers(found[0], found[1:], lang)]
    parts += [f"# {word('report_differences', lang)}", *_differences(comparison, lang)]
    parts += _influence(comparison, outcomes, lang)
    parts += _missing(comparison, lang)
    parts += [f"# {word('feasibility', lang)}", Exhibit(comparison.feasibility, word("feasibility", lang))]
    if design.weight is not None or design.steps:
        parts += [f"# {word('weighting', lang)}", Exhibit(summarize_weights(design), word("weighting", lang))]
    return parts


def _found(comparison: SettlementComparison, outcomes: Sequence[str], lang: str) -> list[Part]:
    """Return what was found: of all outcomes together, of those with the smallest p, and a row for each."""
    title = word("report_found", lang)
    heads = [_head(comparison, name) for name in outcomes]
    sentences = [comparison.finding(lang)]
    if len(outcomes) > 1:
        first = sorted(heads, key=_by_p)[:KEY_FINDINGS]
        for head in first:  # that this is an association, and of simulated answers, is said once
            messages = comparison.findings(lang, outcome=str(head["outcome"]))
            sentences.append(" ".join(one.say(lang) for one in messages if one.key not in SAID_ONCE))
    table = pd.DataFrame(heads).astype({name: float for name in _NUMBERS})
    result = Result(
        table,
        word("report_found_method", lang),
        comparison.origin,
        {name: comparison.facts[name] for name in ("confidence", "minimum_n") if name in comparison.facts},
        title,
        group_codes=comparison.group_codes,
    )
    return [f"# {title}", *[text for text in sentences if text], Exhibit(result, title)]


_NUMBERS = ("estimate", "conf_low", "conf_high", "p_value", "p_exact", "n")


def _by_p(head: Mapping[str, object]) -> float:
    """Return by what key findings are put in order: their p, those without one last."""
    p = head["p_value"]
    return p if isinstance(p, float) and not np.isnan(p) else np.inf


def _head(comparison: SettlementComparison, outcome: str) -> dict[str, object]:
    """Return the row of one outcome: estimate, interval and p by the method put first, p of the randomization test."""
    rows = comparison.table[(comparison.table["outcome"] == outcome) & (comparison.table["term"] == "unadjusted")]
    rows = rows[rows["estimand"] == rows["estimand"].iloc[0]]
    exact = rows.loc[rows["method"].isin(EXACT), "p_value"]
    numbers = rows[["estimate", "conf_low", "conf_high", "p_value", "n"]].iloc[0]
    first = {name: np.nan if pd.isna(value) else float(value) for name, value in numbers.items()}
    return {
        "outcome": outcome,
        "estimand": rows["estimand"].iloc[0],
        **first,
        "p_exact": float(exact.iloc[0]) if len(exact) and pd.notna(exact.iloc[0]) else np.nan,
        "verdict": comparison.feasibility.by_outcome().get(outcome),
    }


def _answers(of_means: Result, of_shares: Sequence[Result], lang: str) -> list[Part]:
    """Return a figure of shares for each scale, and the means of all outcomes."""
    parts: list[Part] = []
    for found in of_shares:
        scales: dict[frozenset[object], list[str]] = {}
        for name in dict.fromkeys(found.table["outcome"]):
            # by their codes: the labels of one scale may be spelled in two ways
            scales.setdefault(frozenset(found.level_codes[name].values()), []).append(name)
        parts += [
            Exhibit(draw_shares(found, outcomes=names, lang=lang), word("report_answers", lang))
            for names in scales.values()
        ]
    return [*parts, Exhibit(of_means, word("report_means", lang))]


def _is_item(design: SurveyDesign, name: str) -> bool:
    """Return whether a column holds the answers to an item rather than a measurement."""
    values = design.survey.frame[name].dropna().unique()
    whole = bool(np.all(np.mod(values.astype(float), 1) == 0))
    return whole and 2 <= len(values) <= MOST_LEVELS


def _differences(comparison: SettlementComparison, lang: str) -> list[Part]:
    names = group_names(comparison, lang)
    group, baseline = (names.get(comparison.facts[side], comparison.facts[side]) for side in ("group", "baseline"))
    caption = word("difference_axis", lang, group=group, baseline=baseline)
    return [Exhibit(draw_differences(comparison, lang=lang), caption), Exhibit(comparison, caption)]


def _influence(comparison: SettlementComparison, outcomes: Sequence[str], lang: str) -> list[Part]:
    """Return a figure for each outcome; none where one side is a single settlement."""
    estimand = comparison.table["estimand"].iloc[0]
    rows = comparison.influence[comparison.influence["estimand"] == estimand].dropna(subset=["p_value"])
    known = [name for name in outcomes if name in set(rows["outcome"])]
    title = word("influence_title", lang)
    figures: list[Part] = [
        Exhibit(
            draw_influence(comparison, name, estimand, lang=lang, title=""),
            f"{title}: {question_of(name, lang, comparison.origin)} ({word_or_text(estimand, lang)})",
        )
        for name in known
    ]
    return [f"# {title}", *figures] if figures else []


def _missing(comparison: SettlementComparison, lang: str) -> list[Part]:
    counts = comparison.missing
    rows = counts[(counts["n"] > 0) | is_hidden(counts)]
    if not len(rows):
        return []
    title = word("report_missing", lang)
    result = Result(
        rows.reset_index(drop=True),
        word("report_missing_method", lang),
        comparison.origin,
        title=title,
        group_codes=comparison.group_codes,
    )
    if "minimum_n" in comparison.facts:
        result = replace(result, facts={"minimum_n": comparison.facts["minimum_n"]})
    return [f"# {title}", Exhibit(result, title)]
