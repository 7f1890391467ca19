"""A result's labels in another language, looked up in the codebook that it carries."""

from collections.abc import Mapping

from surveykit.codebook import Code, Codebook, distinct_texts, pick_text
from surveykit.estimation.engine.domains import EMPTY, NO_CODE
from surveykit.results import Origin, Result
from surveykit.words.pages import check_language, word

GROUPS_OF_OURS = ("all", "elected earlier", "elected last or never")
OTHER_REASONS = "all other reasons"


def page_language(lang: str | None, origin: Origin) -> str:
    """Return the language to print in: the one asked for, else the result's own, else English."""
    return check_language(lang or (origin.lang if origin.lang in ("en", "ru", "kk") else None))


def translate(text: object, lang: str, origin: Origin, outcome: str | None = None) -> str:
    """Return a label in another language, or as it is when the codebook does not tell it for certain.

    Parameters
    ----------
    text : str
        Label of a code (of `outcome`, when given), or several of them joined by a comma. Any word may be a label, "all"
        and "other" too: those of ours are known by their column, see `translate_group` and `translate_reason`.
    """
    label = str(text)
    if outcome is not None and label in (known := _answers(outcome, lang, origin)):
        return known[label]
    found = _candidates(label, lang, origin.codebook, outcome)
    if len(found) == 1:
        return found.pop()
    parts = [] if found else label.split(", ")
    for width in range(len(parts) - 1, 0, -1):  # a label may hold a comma itself
        head = _candidates(", ".join(parts[:width]), lang, origin.codebook, None)
        if len(head) == 1 or width == 1:
            first = head.pop() if len(head) == 1 else parts[0]
            return f"{first}, {translate(', '.join(parts[width:]), lang, origin)}"
    return label


def translate_group(text: object, lang: str, origin: Origin, parts: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """Return the name of a group of respondents; "all" is everybody where no label reads so.

    Parameters
    ----------
    parts : mapping from name to tuple of str, optional
        What `group_parts` returned: names of which it is known what they stand for.
    """
    label = str(text)
    if parts and label in parts:
        return ", ".join(parts[label]) or word("all", lang)
    if label in GROUPS_OF_OURS and not _candidates(label, lang, origin.codebook, None):
        return word(label, lang)
    return translate(label, lang, origin)


def group_parts(result: Result, lang: str | None) -> dict[str, tuple[str, ...]]:
    """Return the labels, in one language, of the codes that each group of a result stands for; none for everybody."""
    codes: dict[str, dict[Code, str]] = {}
    for pairs in result.group_codes.values():
        for column, code in pairs:
            codes.setdefault(column, {})[code] = result.origin.codebook[column].label(code, lang)
    named = {
        column: dict(zip(texts, distinct_texts(list(texts.values()), list(texts)))) for column, texts in codes.items()
    }
    return {name: tuple(named[column][code] for column, code in pairs) for name, pairs in result.group_codes.items()}


def is_everybody(result: Result, group: object) -> bool:
    """Return whether a name in the column `group` means all respondents."""
    return not result.group_codes[str(group)] if str(group) in result.group_codes else str(group) == "all"


def translate_reason(text: object, lang: str, origin: Origin, outcome: str | None = None) -> str:
    """Return the reason for a missing answer; "empty" is none at all where no declared reason reads so."""
    label = str(text)
    known = {} if outcome is None else _reasons(outcome, lang, origin)
    if label in known:
        return known[label]
    declared = {} if outcome is None else origin.codebook[outcome].missing
    if label in (EMPTY, OTHER_REASONS) and not any(label in texts.values() for texts in declared.values()):
        return word(label, lang)
    return translate(label, lang, origin, outcome)


def question_of(outcome: object, lang: str, origin: Origin) -> str:
    """Return what an outcome asks, in one language; without a codebook, its name."""
    return origin.codebook[str(outcome)].ask(lang)


def _answers(outcome: str, lang: str, origin: Origin) -> dict[str, str]:
    """Return the answers to an item in one language by those in the result's own; of one label, with their codes."""
    variable = origin.codebook[outcome]
    own, wanted = (
        distinct_texts([variable.label(code, each) for code in variable.labels], list(variable.labels))
        for each in (origin.lang, lang)
    )
    return dict(zip(own, wanted))


def _reasons(outcome: str, lang: str, origin: Origin) -> dict[str, str]:
    """Return the declared reasons in one language by those in the result's own, and what an empty cell is called."""
    variable = origin.codebook[outcome]
    ways = (origin.lang, EMPTY, NO_CODE), (lang, word(EMPTY, lang), word(NO_CODE, lang))
    own, wanted = (
        distinct_texts([*(variable.label(code, each) for code in variable.missing), empty], [*variable.missing, key])
        for each, empty, key in ways
    )
    return dict(zip(own, wanted))


def _candidates(label: str, lang: str, codebook: Codebook, outcome: str | None) -> set[str]:
    names = [outcome] if outcome is not None else list(codebook)
    texts = [
        texts
        for name in names
        for kind in ("labels", "missing")
        for texts in getattr(codebook[name], kind).values()
        if label in texts.values()
    ]
    return {pick_text(each, lang, label) for each in texts}
