"""What the feasibility gate said of a comparison, as a sentence for the head of a table or figure."""

from surveykit.formatting import format_p
from surveykit.report.translation import translate
from surveykit.report.words import word
from surveykit.results import Result


def verdict_of(result: Result, lang: str) -> str:
    """Return what the feasibility gate says of a comparison, or "" when it has none.

    The numbers behind it are given in every language; the reasons, which are sentences of the analysis, in English.
    """
    feasibility = getattr(result, "feasibility", result)
    verdict = getattr(feasibility, "verdict", None)
    if feasibility is None or verdict is None:
        return ""
    parts = [f"{word('feasibility', lang)}: {word(str(verdict), lang)}", _numbers(feasibility, lang)]
    if lang == "en":
        parts += [_sentence(str(reason)) for reason in getattr(feasibility, "reasons", ())]
    return " ".join(f"{part}." for part in parts if part)


def _numbers(feasibility: Result, lang: str) -> str:
    facts = feasibility.facts
    if not {"n_treated", "n_baseline", "group", "baseline", "smallest_p_two_sided"} <= set(facts):
        return ""
    group, baseline = (translate(facts[name], lang, feasibility.origin) for name in ("group", "baseline"))
    p = format_p(float(facts["smallest_p_two_sided"]))  # type: ignore[arg-type]
    counts = {name: facts[name] for name in ("n_treated", "n_baseline")}
    return _sentence(word("verdict_facts", lang, group=group, baseline=baseline, p=p, **counts))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".")
