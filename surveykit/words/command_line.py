"""What the command line says in Russian and Kazakh, by what it says in English.

Read without pandas: help need not wait for it.
"""

import inspect
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

FILE = "command_line.toml"


def in_words(text: str, lang: str, /, **values: object) -> str:
    """Return a text of the command line in one language, its gaps filled from `values`.

    One that the file does not have stays English: click may word its own help otherwise in another version.

    Examples
    --------
    >>> in_words("Level of the intervals.", "ru"), in_words("Level of the intervals.", "en")
    ('Доверительная вероятность интервалов.', 'Level of the intervals.')
    """
    english = inspect.cleandoc(text)
    said = english if lang == "en" else command_line_words().get(english, {}).get(lang, english)
    return said.format(**values) if values else said


@cache
def command_line_words() -> Mapping[str, Mapping[str, str]]:
    """Return all texts by language, by their English."""
    # a file of ours, read once: the door for users' files (toml_file) would note it as data that were read
    content = tomllib.loads((files("surveykit") / "words" / FILE).read_text(encoding="utf-8"))
    return {entry["en"]: entry for entry in content["texts"]}
