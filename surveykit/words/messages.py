"""Sentences as records: a key, and what fills its gaps; a page says them in its language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from surveykit.formatting import format_number, format_percent, p_text
from surveykit.words.pages import check_language

UNKNOWN = "–"
"""What stands where a number is not known."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with a fixed count of decimals, `signed` where a plus is to be seen."""

    value: float
    digits: int = 2
    signed: bool = False

    def say(self, lang: str) -> str:
        """Return the number as the language writes it."""
        text = format_number(self.value, self.digits, lang) or UNKNOWN
        return f"+{text}" if self.signed and self.value > 0 and any(each in "123456789∞" for each in text) else text


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1, said in percent."""

    value: float
    digits: int = 1

    def say(self, lang: str) -> str:
        """Return the percentage as the language writes it."""
        return format_percent(self.value, self.digits, lang) or UNKNOWN


@dataclass(frozen=True, slots=True)
class PValue:
    """A p-value, said with its sign."""

    value: float

    def say(self, lang: str) -> str:
        """Return "p = 0.012" or "p < 0.001"."""
        return p_text(self.value, lang) or f"p = {UNKNOWN}"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A question, a group or an answer, in quotation marks; it keeps its own words."""

    text: str

    def say(self, lang: str) -> str:
        """Return the text in the marks of the language; marks inside it that are the same become others."""
        if lang == "en":
            return f"“{self.text.rstrip('.')}”"
        return f"«{self.text.rstrip('.').replace('«', '„').replace('»', '“')}»"


@dataclass(frozen=True, slots=True)
class Listed:
    """Several of one kind, parted by `between`."""

    items: "tuple[Slot, ...]"
    between: str = ", "

    def say(self, lang: str) -> str:
        """Return the items in a row."""
        return self.between.join(said(item, lang) for item in self.items)


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence: the key of its words, and what fills their gaps."""

    key: str
    slots: "Mapping[str, Slot]" = field(default_factory=dict)

    def say(self, lang: str) -> str:
        """Return the sentence in one language.

        Examples
        --------
        >>> Message("test", {"method": "CR2", "p": PValue(0.0123)}).say("ru")
        'CR2: p = 0,012'
        """
        return template(self.key, lang).format(**{name: said(slot, lang) for name, slot in self.slots.items()})


Slot = str | int | Number | Share | PValue | Quoted | Listed | Message


def said(slot: Slot, lang: str) -> str:
    """Return what fills a gap, in one language; a text is said as it is, a whole number with its thousands parted."""
    if isinstance(slot, str):
        return slot
    return format_number(slot, 0, lang) if isinstance(slot, int) else slot.say(lang)


def template(key: str, lang: str) -> str:
    """Return the words of a sentence in one language; a key that the file does not know is a KeyError."""
    return str(messages()[key][check_language(lang)])


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Return all sentences by key and language."""
    # a file of ours, read once: the door for users' files (toml_file) would note it as data that were read
    content = tomllib.loads((files("surveykit") / "words" / "findings.toml").read_text(encoding="utf-8"))
    return dict(_flat(content, ""))


def _flat(content: Mapping[str, Any], start: str) -> "list[tuple[str, Mapping[str, str]]]":
    found: list[tuple[str, Mapping[str, str]]] = []
    for name, part in content.items():
        found += [(f"{start}{name}", part)] if "en" in part else _flat(part, f"{start}{name}.")
    return found
