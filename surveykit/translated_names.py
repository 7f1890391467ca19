"""The names of groups and answers in one language, from the codes that they stand for."""

from collections.abc import Mapping

from surveykit.codebook import Code, Codebook, distinct_texts
from surveykit.words.messages import Label
from surveykit.words.pages import LANGUAGES, word

Codes = Mapping[str, tuple[tuple[str, Code], ...]]
"""Groups by the text in a table: the columns and codes that each stands for, none for everybody."""


def names_of_groups(groups: Codes, codebook: Codebook, lang: str | None) -> dict[str, str]:
    """Return the name in one language of each group, by its text in the table; no two are alike."""
    parts = parts_of_groups(groups, codebook, lang)
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, meaning in groups.items():
        alike.setdefault(tuple(column for column, _ in meaning), []).append(name)
    named: dict[str, str] = {}
    for columns, names in alike.items():
        texts = [
            ", ".join(parts[name]) if columns else word("all", lang if lang in LANGUAGES else None) for name in names
        ]
        keys = [", ".join(str(code) for _, code in groups[name]) for name in names]
        named |= dict(zip(names, distinct_texts(texts, keys)))
    return named


def question_label(codebook: Codebook, name: str, lang: str | None) -> Label:
    """Return what a column asks, as a title in any language says it; in English as it is asked in `lang`."""
    return Label(codebook[name].ask(lang), {one: codebook[name].ask(one) for one in LANGUAGES if one != "en"})


def said_groups(groups: Codes, codebook: Codebook) -> dict[str, Label]:
    """Return groups by their texts in the table, as a sentence in any language says them."""
    named = {one: names_of_groups(groups, codebook, one) for one in LANGUAGES if one != "en"}
    return {text: Label(text, {one: names[text] for one, names in named.items()}) for text in groups}


def is_everybody(groups: Codes, name: str) -> bool:
    """Return whether a text in the column `group` means all respondents; "all" does where nothing is known of it.

    Examples
    --------
    >>> is_everybody({}, "all"), is_everybody({"all": (("sex", 1),)}, "all")
    (True, False)
    """
    return not groups[name] if name in groups else name == "all"


def parts_of_groups(groups: Codes, codebook: Codebook, lang: str | None) -> dict[str, tuple[str, ...]]:
    """Return the labels, in one language, of the codes that each group stands for; none for everybody."""
    codes: dict[str, dict[Code, str]] = {}
    for meaning in groups.values():
        for column, code in meaning:
            codes.setdefault(column, {})[code] = codebook[column].label(code, lang)
    named = {
        column: dict(zip(texts, distinct_texts(list(texts.values()), list(texts)))) for column, texts in codes.items()
    }
    return {name: tuple(named[column][code] for column, code in parts) for name, parts in groups.items()}


def names_of_levels(levels: Mapping[str, Code], codebook: Codebook, outcome: str, lang: str | None) -> dict[str, str]:
    """Return the answers to an outcome in one language, by their texts in the table; no two are alike."""
    variable = codebook[outcome]
    return dict(
        zip(levels, distinct_texts([variable.label(code, lang) for code in levels.values()], [*levels.values()]))
    )
