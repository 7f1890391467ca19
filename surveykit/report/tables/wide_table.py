"""Shares, means and crosstabs in the wide form of a page, in its language."""

from dataclasses import replace

from surveykit.comparison.answers.crosstab import Crosstab, layout_of, sentences_under
from surveykit.estimation.quantities.wide_form import Layout, WideForm, Wording, wide_form
from surveykit.report.translation import group_names, level_names, question_of, reason_names
from surveykit.results import Result


def wording_of(result: Result, lang: str) -> Wording:
    """Return what questions, answers and groups of a result are called in a language."""
    origin = result.origin
    return Wording(
        lang,
        lambda outcome: question_of(outcome, lang, origin),
        lambda outcome: level_names(result, outcome, lang),
        group_names(result, lang),
    )


def wide_of(result: Result, lang: str, digits: int | None = None) -> WideForm:
    """Return a result with answers down and groups across; percentages with one decimal unless asked otherwise."""
    layout = layout_of(result) if isinstance(result, Crosstab) else Layout()
    return wide_form(result, wording_of(result, lang), layout if digits is None else replace(layout, digits=digits))


def sentences_of(result: Result, lang: str) -> list[str]:
    """Return what stands beneath a wide table, apart from what stands beneath every table."""
    if not isinstance(result, Crosstab):
        return []
    names = dict.fromkeys(result.missing["outcome"])
    reasons = {name: reason_names(result.missing["reason"], name, lang, result.origin) for name in names}
    return sentences_under(result, wording_of(result, lang), reasons)
