"""The words of the page in which readers look around in a survey, in three languages."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from surveykit.words.pages import LANGUAGES, check_language


@cache
def explorer_words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Return all words by family ("page", "warning", "method", "left_out"), key and language."""
    found: Mapping[str, Mapping[str, Mapping[str, str]]]
    found = tomllib.loads((files("surveykit") / "words" / "explorer.toml").read_text(encoding="utf-8"))
    return found


def page_words(lang: str) -> dict[str, str]:
    """Return the words of the interface in one language, their slots open.

    Examples
    --------
    >>> page_words("ru")["copy"]
    'Скопировать таблицу'
    """
    return {key: texts[check_language(lang)] for key, texts in explorer_words()["page"].items()}


def explorer_sentence(family: str, key: str, **slots: Mapping[str, str] | str) -> dict[str, str]:
    """Return a sentence in every language; a slot is one text, or a text by language.

    Examples
    --------
    >>> explorer_sentence("left_out", "weight")
    {'en': 'weight', 'ru': 'вес', 'kk': 'салмақ'}
    """
    texts = explorer_words()[family][key]
    return {
        lang: texts[lang].format(
            **{name: slot if isinstance(slot, str) else slot[lang] for name, slot in slots.items()}
        )
        for lang in LANGUAGES
    }
