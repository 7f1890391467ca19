"""What the feasibility gate said of a comparison, as a sentence for the head of a table or figure."""

from collections.abc import Mapping

from surveykit.comparison.answers.event_cohorts import EARLIER, LATER
from surveykit.comparison.answers.joint import FEWEST, OTHERS
from surveykit.comparison.feasibility import Feasibility
from surveykit.comparison.found import say_reasons
from surveykit.comparison.judgement import VERDICTS
from surveykit.formatting import format_p
from surveykit.results import Result
from surveykit.translation import group_names, question_of
from surveykit.words.pages import word

SIDES = {EARLIER: "elected_earlier", LATER: "elected_later", FEWEST: "rarest_kind", OTHERS: "all_others"}
"""Sides of a comparison that are no groups of the survey, by the key of their words."""


def verdict_of(result: Result, lang: str, outcome: str | None = None) -> str:
    """Return what the feasibility gate says of a comparison, or "" when it has none; of one outcome where it is named.

    A reason that the words of `lang` do not know is left out; the numbers behind it stand there all the same.
    """
    if hasattr(result, "written_verdict"):  # it was read from a file
        return str(result.written_verdict.get(lang, ""))
    feasibility = getattr(result, "feasibility", result)
    verdict = getattr(feasibility, "verdict", None)
    if verdict is None:
        return ""
    if outcome is not None and isinstance(feasibility, Feasibility):
        feasibility = feasibility.of_outcome(outcome)
        verdict = feasibility.verdict
    parts = [f"{word('feasibility', lang)}: {word(str(verdict), lang)}", _numbers(feasibility, lang)]
    parts += [*_reasons(feasibility, lang), _by_outcome(feasibility, lang)]
    return " ".join(f"{part}." for part in parts if part)


def _reasons(feasibility: Result, lang: str) -> list[str]:
    """Return why the verdict is not better, one sentence each."""
    if lang == "en":
        return [_sentence(str(reason)) for reason in getattr(feasibility, "reasons", ())]
    named = dict.fromkeys(getattr(feasibility, "reason_names", ()), "")
    return [reason.rstrip(".") for reason in say_reasons(named, feasibility.facts, lang)]


def _by_outcome(feasibility: Result, lang: str) -> str:
    """Return which outcomes have which verdict, the worst first; "" when all have the same."""
    verdicts = feasibility.by_outcome() if isinstance(feasibility, Feasibility) else {}
    if len(set(verdicts.values())) < 2:
        return ""
    parts = [
        f"{word(verdict, lang)} \u2013 "
        + ", ".join(_question(name, lang, feasibility) for name, given in verdicts.items() if given == verdict)
        for verdict in reversed(VERDICTS)
        if verdict in verdicts.values()
    ]
    return f"{word('by_outcome', lang)}: {'; '.join(parts)}"


def _question(outcome: str, lang: str, feasibility: Result) -> str:
    """Return the question that a column asks, in quotation marks, or the column's name where no question is known."""
    asked = question_of(outcome, lang, feasibility.origin)
    return outcome if asked == outcome else f"\u00ab{asked}\u00bb" if lang != "en" else f"\u201c{asked}\u201d"


def _number(facts: Mapping[str, object], name: str) -> float:
    return float(facts.get(name, float("nan")))  # type: ignore[arg-type]


def _numbers(feasibility: Result, lang: str) -> str:
    facts = feasibility.facts
    if not {"n_treated", "n_baseline", "group", "baseline", "smallest_p_two_sided"} <= set(facts):
        return ""
    names = {side: word(key, lang) for side, key in SIDES.items()} | group_names(feasibility, lang)
    group, baseline = (names.get(facts[name], facts[name]) for name in ("group", "baseline"))
    p = format_p(float(facts["smallest_p_two_sided"]), lang)
    counts = {name: facts[name] for name in ("n_treated", "n_baseline")}
    key = "verdict_facts_one" if facts["n_treated"] == 1 else "verdict_facts"
    sentence = word(key, lang, group=group, baseline=baseline, p=p, **counts)
    if isinstance(feasibility, Feasibility) and len(feasibility.by_outcome()) > 1:
        return f"{_question(feasibility.worst.outcome, lang, feasibility)}: {sentence}".rstrip(".")
    return _sentence(sentence)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".")
