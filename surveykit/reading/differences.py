"""What changed between two waves: names, wordings, universe, labels, length and direction of scales, missing codes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import Literal

import pandas as pd

from surveykit.codebook import UNDETERMINED, Code, Texts, Variable, as_code, pick_text
from surveykit.survey import Survey

Kind = Literal["absent", "kind", "direction", "length", "meaning", "missing", "question", "wording", "universe", "mode",
               "measure"]

BLOCKING: tuple[Kind, ...] = ("kind", "question", "direction", "length", "meaning", "missing", "universe")
"""Differences under which one column of both waves would mix two meanings."""


@dataclass(frozen=True)
class Difference:
    """One difference between two waves.

    Attributes
    ----------
    variable : str
    kind : str
        "absent" (not in one wave), "kind" (numbers or texts), "direction", "length" (of the scale), "meaning" (one
        code, two labels), "missing" (a code that is an answer in one wave and missing in the other), "question"
        (asks something else), "wording" (asks the same in other words), "universe" (asked of other people), "mode"
        (asked in another way, by telephone say), "measure".
    waves : tuple of two str
    sentence : str
    """

    variable: str
    kind: Kind
    waves: tuple[str, str]
    sentence: str

    @property
    def blocking(self) -> bool:
        """Whether stacking would mix two meanings in one column."""
        return self.kind in BLOCKING


SAME_QUESTION = 0.6
"""Likeness from 0 to 1 above which two wordings ask the same."""

_NUMBER = re.compile(r"^\s*[A-Za-z]{0,3}\d+[A-Za-z0-9_]*[.:)]\s*")


def find_differences(waves: Mapping[str, Survey]) -> list[Difference]:
    """Return every difference between any two waves, in the order of the variables."""
    names = dict.fromkeys(name for survey in waves.values() for name in survey.frame.columns)
    found: list[Difference] = []
    for name in names:
        for first, second in combinations(waves, 2):
            found += compare_variable(name, (first, waves[first]), (second, waves[second]))
    return found


def compare_variable(name: str, first: tuple[str, Survey], second: tuple[str, Survey]) -> list[Difference]:
    """Return the differences of one variable between two waves."""
    pair = (first[0], second[0])
    surveys = (first[1], second[1])
    absent = [wave for wave, survey in zip(pair, surveys) if name not in survey.frame.columns]
    if len(absent) == 2:
        return []
    if absent:
        return [Difference(name, "absent", pair, f"{name!r} is not in wave {absent[0]!r}")]
    ours, theirs = (survey.codebook[name] for survey in surveys)
    differences = [
        ("kind", _compare_kind(surveys[0].frame[name], surveys[1].frame[name])),
        ("missing", _compare_missing(ours, theirs, surveys)),
        *_compare_labels(ours, theirs),
        _compare_questions(ours.question, theirs.question),
        ("universe", _compare_texts(ours.universe, theirs.universe)),
        ("mode", _compare_texts(ours.mode, theirs.mode)),
        ("measure", f"{ours.measure} and {theirs.measure}" if ours.measure and theirs.measure
         and ours.measure != theirs.measure else ""),
    ]
    return [Difference(name, kind, pair, _say(name, kind, pair, what)) for kind, what in differences if what]  # type: ignore[arg-type]


_WORDS: dict[str, str] = {
    "kind": "holds different kinds of values",
    "direction": "runs the other way",
    "length": "has scales of different codes",
    "meaning": "gives one code two meanings",
    "missing": "has a code that is missing in one wave and an answer in the other",
    "question": "asks something else",
    "wording": "is worded differently",
    "universe": "was asked of different people",
    "mode": "was asked in different ways",
    "measure": "has different measures",
}


def _say(name: str, kind: str, pair: tuple[str, str], what: str) -> str:
    return f"{name!r} {_WORDS[kind]} in waves {pair[0]!r} and {pair[1]!r}: {what}"


def _compare_kind(ours: pd.Series, theirs: pd.Series) -> str:
    if not ours.notna().any() or not theirs.notna().any():
        return ""
    kinds = [_kind_of(column) for column in (ours, theirs)]
    return "" if kinds[0] == kinds[1] else f"{kinds[0]} and {kinds[1]}"


def _kind_of(column: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "dates"
    return "numbers" if pd.api.types.is_numeric_dtype(column.dtype) else "texts"


def _compare_labels(ours: Variable, theirs: Variable) -> list[tuple[str, str]]:
    if not ours.labels or not theirs.labels:
        return []
    found = []
    shared = [code for code in ours.labels if code in theirs.labels]
    other = [code for code in shared if not same_text(ours.labels[code], theirs.labels[code])]
    if other and _is_reversed(ours, theirs, shared):
        found.append(("direction", f"{other[0]} is {_quote(ours.labels[other[0]])} and "
                                   f"{_quote(theirs.labels[other[0]])}"))
    elif other:
        found.append(("meaning", "; ".join(f"{code} is {_quote(ours.labels[code])} and {_quote(theirs.labels[code])}"
                                           for code in other[:4])))
    if set(ours.labels) != set(theirs.labels):
        found.append(("length", f"{_codes(ours.labels)} and {_codes(theirs.labels)}"))
    return found


def _is_reversed(ours: Variable, theirs: Variable, shared: list[Code]) -> bool:
    ordered = sorted(code for code in shared if not isinstance(code, str))
    if len(ordered) < 2 or len(ours.labels) != len(theirs.labels):
        return False
    return all(same_text(ours.labels[code], theirs.labels[mirror]) for code, mirror in zip(ordered, ordered[::-1]))


def _compare_missing(ours: Variable, theirs: Variable, surveys: tuple[Survey, Survey]) -> str:
    for one, other, survey in ((ours, theirs, surveys[1]), (theirs, ours, surveys[0])):
        values = survey.frame[other.name]
        for codes in (*(pd.Series([code]) for code in other.labels), values):
            clash = codes[one.is_missing(codes) & ~other.is_missing(codes)]
            if len(clash):
                return f"{as_code(clash.iloc[0])!r}"
    return ""


def _compare_questions(ours: Texts, theirs: Texts) -> tuple[str, str]:
    if same_text(ours, theirs):
        return "wording", ""
    shared = [lang for lang in ours if lang in theirs] or [next(iter(ours))]
    lang = shared[0]
    other = theirs[lang] if lang in theirs else next(iter(theirs.values()))
    kind = "wording" if likeness(ours[lang], other) >= SAME_QUESTION else "question"
    return kind, f"{_quote(ours)} and {_quote(theirs)}"


def _compare_texts(ours: Texts, theirs: Texts) -> str:
    return "" if same_text(ours, theirs) else f"{_quote(ours)} and {_quote(theirs)}"


def bare_question(text: str) -> str:
    """Return a question without its number, its case and its stops: "Q71c. Trust?" and "q68. trust" agree."""
    return _plain(_NUMBER.sub("", text))


def likeness(ours: str, theirs: str) -> float:
    """Return from 0 to 1 how alike two questions are, their numbers left out."""
    one, other = bare_question(ours), bare_question(theirs)
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def same_text(ours: Texts, theirs: Texts) -> bool:
    """Say whether two texts agree in a language that both have; without one, only texts in one script are compared."""
    if not ours or not theirs:
        return True
    shared = [lang for lang in ours if lang in theirs]
    if shared:
        return all(_plain(ours[lang]) == _plain(theirs[lang]) for lang in shared)
    if UNDETERMINED not in ours and UNDETERMINED not in theirs:
        return True
    pairs = [(one, other) for one in ours.values() for other in theirs.values()]
    if any(_plain(one) == _plain(other) for one, other in pairs):
        return True
    return not any(_is_cyrillic(one) == _is_cyrillic(other) for one, other in pairs)


def _plain(text: str) -> str:
    return " ".join("".join(mark if mark.isalnum() else " " for mark in text.casefold()).split())


def _is_cyrillic(text: str) -> bool:
    return any("\u0400" <= mark <= "\u04ff" for mark in text)


def _quote(texts: Texts) -> str:
    text = pick_text(texts)
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _codes(labels: Mapping[Code, Texts]) -> str:
    return ", ".join(str(code) for code in labels)
