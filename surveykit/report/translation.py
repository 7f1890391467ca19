"""A result's labels in another language, looked up in the codebook that it carries."""

from surveykit.codebook import Codebook, pick_text
from surveykit.report.words import check_language, word
from surveykit.results import Origin


def page_language(lang: str | None, origin: Origin) -> str:
    """Return the language to print in: the one asked for, else the result's own, else English."""
    return check_language(lang or (origin.lang if origin.lang in ("en", "ru", "kk") else None))


def translate(text: object, lang: str, origin: Origin, outcome: str | None = None) -> str:
    """Return a label in another language, or as it is when the codebook does not tell it for certain.

    Parameters
    ----------
    text : str
        Label of a code (of `outcome`, when given), several of them joined by a comma, "all", "empty" or "other".
    """
    label = str(text)
    if label in ("all", "empty", "other", "elected earlier", "elected last or never"):
        return word(label, lang)
    found = _candidates(label, lang, origin.codebook, outcome)
    if len(found) == 1:
        return found.pop()
    parts = label.split(", ")
    if not found and len(parts) > 1:
        return ", ".join(translate(part, lang, origin) for part in parts)
    return label


def question_of(outcome: object, lang: str, origin: Origin) -> str:
    """Return what an outcome asks, in one language; without a codebook, its name."""
    return origin.codebook[str(outcome)].ask(lang)


def _candidates(label: str, lang: str, codebook: Codebook, outcome: str | None) -> set[str]:
    names = [outcome] if outcome is not None else list(codebook)
    texts = [texts for name in names for kind in ("labels", "missing")
             for texts in getattr(codebook[name], kind).values() if label in texts.values()]
    return {pick_text(each, lang, label) for each in texts}
