"""Sentences as records: a key, and what fills its gaps; a page says them in its language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Self

from surveykit._checks import some
from surveykit.formatting import format_number, format_percent, in_language, p_text, unbroken
from surveykit.words.pages import LANGUAGES, check_language, coded, word_or_text

FILES = ("findings.toml", "methods.toml")
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
        return p_text(self.value, lang) or unbroken(f"p = {UNKNOWN}", lang)


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
        'CR2: p\xa0=\xa00,012'
        """
        return template(self.key, lang).format(**{name: said(slot, lang) for name, slot in self.slots.items()})


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is written already, as English writes it: "0.05", "95%", "<0.001"."""

    text: str

    def say(self, lang: str) -> str:
        """Return the number with the marks of the language."""
        number = in_language(self.text, lang)
        return number if lang == "en" else number.replace("%", "\u202f%")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns, which are the same in every language; bare in English, in quotation marks elsewhere.

    Attributes
    ----------
    names : tuple of str
    most : int, optional
        So many are named; the others are counted.
    between : str
    marked : bool
        Whether English puts them in quotation marks as well.
    """

    names: tuple[str, ...]
    most: int | None = None
    between: str = ", "
    marked: bool = False

    def say(self, lang: str) -> str:
        """Return the names in a row."""
        shown = self.names if self.most is None else self.names[: self.most]
        if lang == "en":
            names = [repr(name) for name in self.names] if self.marked else list(self.names)
            return self.between.join(names) if self.most is None else some(names, self.most)
        listed = ", ".join(f"«{name}»" for name in shown)
        left = len(self.names) - len(shown)
        return Message("list.more", {"list": listed, "n": left}).say(lang) if left else listed


@dataclass(frozen=True, slots=True)
class Label:
    """What a codebook calls a group, an answer or a question; `texts` in the languages that differ from `text`."""

    text: str
    texts: Mapping[str, str] = field(default_factory=dict)

    def say(self, lang: str) -> str:
        """Return the label in one language; in English as it stands in the table."""
        return self.text if lang == "en" else self.texts.get(lang, self.text)


class Told(str):
    """A text in English with the parts that it is made of, so that a page can say it in its language.

    A text by inheritance: methods, titles and steps of results have always been texts, which callers print and compare.
    Parts follow each other without anything between; a part that is a plain text is the same in every language.

    Attributes
    ----------
    parts : tuple
        What a `Message` may have in its gaps.
    """

    parts: "tuple[Slot, ...]"

    def __new__(cls, text: str = "", parts: "tuple[Slot, ...]" = ()) -> Self:
        """Make a text; a copy that pickle makes gets its parts afterwards."""
        told = super().__new__(cls, text)
        told.parts = tuple(parts)
        return told

    @classmethod
    def of(cls, *parts: "Slot", between: "Slot" = "") -> "Told":
        """Return the text that parts make, empty ones left out.

        Examples
        --------
        >>> told = Told.of(Message("test", {"method": "CR2", "p": PValue(0.0123)}), "!")
        >>> told, told.say("ru")
        ('CR2: p = 0.012!', 'CR2: p\xa0=\xa00,012!')
        """
        filled = [part for part in parts if part != ""]
        laid = [each for part in filled for each in ((between, part) if between else (part,))][bool(between) :]
        return cls("".join(said(part, "en") for part in laid), tuple(laid))

    def __add__(self, other: str) -> "Told":
        """Return the text with another behind it, which keeps its parts where it has any."""
        return Told(str(self) + str(other), (*self.parts, other)) if other else self

    def say(self, lang: str) -> str:
        """Return the text in one language."""
        return str(self) if lang == "en" else "".join(said(part, lang) for part in self.parts)


Slot = str | int | Number | Share | PValue | Quoted | Listed | Message | Figure | Columns | Label | Told


def said(slot: Slot, lang: str) -> str:
    """Return what fills a gap, in one language; a text is said as it is, a whole number with its thousands parted."""
    if isinstance(slot, str) and not isinstance(slot, Told):
        return slot
    return format_number(slot, 0, lang) if isinstance(slot, int) else slot.say(lang)


def said_in(text: str, lang: str) -> str:
    """Return a text of a result in one language; one that has no parts is the same in all.

    Examples
    --------
    >>> said_in("My own title", "ru")
    'My own title'
    """
    return text.say(lang) if isinstance(text, Told) else text


def called(column: str, code: str) -> Label:
    """Return a code that a table holds ("cr2" under `method`): as it stands there in English, in words elsewhere.

    Examples
    --------
    >>> called("method", "cr2"), called("estimand", "person").say("ru")
    (Label(text='cr2', texts={'ru': 'CR2, Саттертуэйт', 'kk': 'CR2, Саттертуэйт'}), 'среднее по жителям')
    """
    return Label(code, {lang: word_or_text(coded(column, code, lang), lang) for lang in LANGUAGES if lang != "en"})


def counted(key: str, n: int, **slots: Slot) -> Message:
    """Return a message that has one form for one and another for every other number, in English."""
    return Message(f"{key}.{'one' if n == 1 else 'other'}", {"n": n, **slots})


def without_stop(told: Told) -> Told:
    """Return sentences without the last full stop, as warnings end."""
    return Told(str(told).removesuffix("."), told.parts)


def as_sentence(told: str) -> Told:
    """Return what a warning says as a sentence: a capital letter first, a full stop last."""
    text = f"{told[:1].upper()}{told[1:]}."
    return Told(text, told.parts if isinstance(told, Told) else (text,))


def told_of(warning: Warning | str) -> str:
    """Return what a warning says, with the parts that it is made of where it has any."""
    said_first = warning.args[0] if isinstance(warning, Warning) and warning.args else warning
    return said_first if isinstance(said_first, Told) else str(warning)


def spaced(text: Slot) -> Told:
    """Return a sentence with the space that parts it from the one before; "" stays empty.

    Examples
    --------
    >>> spaced("Two."), spaced("")
    (' Two.', '')
    """
    return Told.of(" ", text) if text else Told()


def template(key: str, lang: str) -> str:
    """Return the words of a sentence in one language; a key that the file does not know is a KeyError."""
    return str(messages()[key][check_language(lang)])


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Return all sentences by key and language."""
    # files of ours, read once: the door for users' files (toml_file) would note them as data that were read
    folder = files("surveykit") / "words"
    contents = [tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in FILES]
    return {key: sentence for content in contents for key, sentence in _flat(content, "")}


def _flat(content: Mapping[str, Any], start: str) -> "list[tuple[str, Mapping[str, str]]]":
    found: list[tuple[str, Mapping[str, str]]] = []
    for name, part in content.items():
        found += [(f"{start}{name}", part)] if "en" in part else _flat(part, f"{start}{name}.")
    return found
