"""A result's labels in another language, looked up in the codebook that it carries."""

from surveykit.codebook import Codebook, pick_text
from surveykit.report.words import check_language, word
from surveykit.results import Origin

GROUPS_OF_OURS = ("all", "elected earlier", "elected last or never")
EMPTY, OTHER_REASONS = "empty", "all other reasons"


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


def translate_group(text: object, lang: str, origin: Origin) -> str:
    """Return the name of a group of respondents; "all" is everybody where no label reads so."""
    label = str(text)
    if label in GROUPS_OF_OURS and not _candidates(label, lang, origin.codebook, None):
        return word(label, lang)
    return translate(label, lang, origin)


def translate_reason(text: object, lang: str, origin: Origin, outcome: str | None = None) -> str:
    """Return the reason for a missing answer; "empty" is none at all where no declared reason reads so."""
    label = str(text)
    declared = {} if outcome is None else origin.codebook[outcome].missing
    if label in (EMPTY, OTHER_REASONS) and not any(label in texts.values() for texts in declared.values()):
        return word(label, lang)
    return translate(label, lang, origin, outcome)


def question_of(outcome: object, lang: str, origin: Origin) -> str:
    """Return what an outcome asks, in one language; without a codebook, its name."""
    return origin.codebook[str(outcome)].ask(lang)


def _candidates(label: str, lang: str, codebook: Codebook, outcome: str | None) -> set[str]:
    names = [outcome] if outcome is not None else list(codebook)
    texts = [texts for name in names for kind in ("labels", "missing")
             for texts in getattr(codebook[name], kind).values() if label in texts.values()]
    return {pick_text(each, lang, label) for each in texts}
