"""A result's labels in another language, from the codes that they stand for.

Stands below the estimators in the house: results that readers see wide print their labels themselves.
"""

from collections.abc import Iterable

import pandas as pd

from surveykit import translated_names
from surveykit.estimation.engine.domains import EMPTY, NO_CODE, name_reasons
from surveykit.results import Origin, Result
from surveykit.translated_names import names_of_groups, names_of_levels, parts_of_groups
from surveykit.words.pages import LANGUAGES, check_language, word

OTHER_REASONS = "all other reasons"


def page_language(lang: str | None, origin: Origin) -> str:
    """Return the language to print in: the one asked for, else the result's own, else English."""
    return check_language(lang or spoken(origin.lang))


def spoken(lang: str | None) -> str | None:
    """Return the language of our own words beside labels in a language, which may be none that we speak."""
    return lang if lang in LANGUAGES else None


def question_of(outcome: object, lang: str | None, origin: Origin) -> str:
    """Return what an outcome asks, in one language; without a codebook, its name."""
    return origin.codebook[str(outcome)].ask(lang)


def group_names(result: Result, lang: str | None) -> dict[str, str]:
    """Return the name in one language of each group that a result knows, by the name in its table; no two are alike.

    A name that is not there stands for no codes: it was made by hand, or edited, and is printed as it is.
    """
    return names_of_groups(result.group_codes, result.origin.codebook, spoken(lang))


def group_parts(result: Result, lang: str | None) -> dict[str, tuple[str, ...]]:
    """Return the labels, in one language, of the codes that each group of a result stands for; none for everybody."""
    return parts_of_groups(result.group_codes, result.origin.codebook, lang)


def is_everybody(result: Result, group: object) -> bool:
    """Return whether a name in the column `group` means all respondents."""
    return translated_names.is_everybody(result.group_codes, str(group))


def level_names(result: Result, outcome: str, lang: str | None) -> dict[str, str]:
    """Return the answers to an outcome in one language, by the text in the result's column `level`; no two are alike.

    A text that is not there stands for no code and is printed as it is.
    """
    return names_of_levels(result.level_codes.get(outcome, {}), result.origin.codebook, outcome, lang)


def levels_in(result: Result, table: pd.DataFrame, lang: str) -> list[object]:
    """Return the column `level` of a table that has the outcomes and levels of a result, in one language.

    In a table of `frequencies` the rows say their code, and which of them are no codes, themselves.
    """
    outcomes = table["outcome"] if "outcome" in table else pd.Series([None] * len(table), index=table.index)
    names = {name: level_names(result, name, lang) for name in dict.fromkeys(outcomes) if isinstance(name, str)}
    said = [names.get(outcome, {}).get(level, level) for outcome, level in zip(outcomes, table["level"])]
    if not {"kind", "code"} <= set(table.columns):
        return said
    book = result.origin.codebook
    return [
        word(kind, lang) if kind in ("empty", "all") else book[name].label(code, lang) if kind == "missing" else text
        for text, name, kind, code in zip(said, outcomes, table["kind"], table["code"])
    ]


def reason_names(reasons: Iterable[str], outcome: str | None, lang: str | None, origin: Origin) -> dict[str, str]:
    """Return the reasons for missing answers to an outcome in one language, by the texts in the result's own."""
    known = {} if outcome is None else _reasons(outcome, lang, origin)
    declared = () if outcome is None else origin.codebook[outcome].missing.values()
    ours = [text for text in (EMPTY, OTHER_REASONS) if not any(text in texts.values() for texts in declared)]
    return {text: known.get(text, word(text, spoken(lang)) if text in ours else text) for text in reasons}


def _reasons(outcome: str, lang: str | None, origin: Origin) -> dict[str, str]:
    """Return the declared reasons in one language, and what an empty cell is called, as `missing_table` names them."""
    variable = origin.codebook[outcome]
    own = name_reasons(variable, variable.missing, origin.lang)
    ours = [word(name, spoken(lang)) for name in (EMPTY, NO_CODE)]
    return dict(zip(own, name_reasons(variable, variable.missing, lang, *ours)))
