"""Two texts of a questionnaire: the same, the same in other letters, or another question; told word by word."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

Verdict = Literal["same", "wording", "question"]

ARTICLES = frozenset({"a", "an", "the"})
"""Words that may stand for each other."""

PARTICLES = frozenset({"ба", "бе", "ма", "ме", "па", "пе"})
FILLERS = ARTICLES | PARTICLES | {
    "please", "of", "to", "in", "do", "does", "is", "are", "ли", "же", "пожалуйста", "вы", "к", "ко", "в", "во", "о",
    "об", "сіз", "өтінеміз",
}  # fmt: skip
"""Words that may be there or not without another thing being asked: articles, politeness, particles of questions.

No list of negations, units or things is needed: every word that is not in this list counts. A filler may come or go; it
may not take the place of another one (only an article may, and a Kazakh particle of a question).
"""

NUMBER_OF_QUESTION = re.compile(
    r"^\s*(?:(?:question|item|вопрос|сұрақ|№)\s*)?"
    r"(?:[^\W\d_]{1,3}[-_]?\d+[^\W_]*(?:[-_.][^\W_]+)*|\d{1,3}[^\W\d_]?(?:\.\d{1,3}[^\W\d_]?)*)"
    r"(?:\s*[.:)](?:\s+|(?=[^\W\d])|$)|\s+[-–—]\s+)",
    re.IGNORECASE,
)
"""The number in front of a question ("Q71c. ", "В12) ", "Question 5: "); a year in front is a part of the text."""

INSTRUCTION = re.compile(
    r"[\[(]\s*(?:read (?:out|aloud)|do not read|don.t read|show ?cards?|card \w\b|interviewer|enumerator|зачита\w+|"
    r"не зачит\w+|покажите карточк\w+|карточка \w+|интервьюер\w*|оқып бер\w*)\b[^\])]*[\])]",
    re.IGNORECASE,
)
"""What is said to the interviewer, in brackets."""

_SAME_SIGNS = str.maketrans({
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "⩽": "≤", "⩾": "≥", "≦": "≤", "≧": "≥", "ё": "е",
    "Ё": "Е", "’": "'", "ʼ": "'", "`": "'", "´": "'", "№": " ",
})  # fmt: skip
_TOKEN = re.compile(
    r"(?<![\w)\]])-(?=[.,]?\d)"  # a minus, not the hyphen of 18-24
    r"|\d+(?:[.,]\d+)*|[^\W\d_]+|\S"
)
_BOUNDS = (("<=", "≤"), (">=", "≥"), ("=<", "≤"), ("=>", "≥"))
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:[ \u00a0\u202f.,]\d{3})+(?![\d]|[.,]\d)")

_BRITISH = (
    (re.compile(r"(lab|fav|hon|col|neighb|behavi|hum|rum|harb|endeav|arm|sav|od)our"), r"\1or"),
    (re.compile(r"(cent|theat|met|lit|fib)re(s?)$"), r"\1er\2"),
    (re.compile(r"^(\w{4,}[iy])s(e|es|ed|ing|er|ers|ation|ations|ational)$"), r"\1z\2"),
    (re.compile(r"^program(me)?(s?)$"), r"program\2"),
    (re.compile(r"(def|off|lic)ence"), r"\1ense"),
    (re.compile(r"gue(s?)$"), r"g\1"),
)
_TWO_WORDS = frozenset({("martial", "marital"), ("mediation", "medication"), ("causally", "casually")})
"""Pairs of words that only look like slips of the pen."""


@dataclass(frozen=True)
class Wording:
    """How two texts differ.

    Attributes
    ----------
    verdict : {"same", "wording", "question"}
        "wording": other letters, the same words (spelling, articles, the plural); "question": another word.
    changed : tuple of (str, str)
        The words that took each other's place; an empty text where a word came or went.
    """

    verdict: Verdict
    changed: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[str, ...]:
    """Return the words, numbers and telling signs of a text, without case and stops.

    Signs that carry meaning stay ("-2" is not "2", "<" is not "≥", "%" is not "$"); a text of nothing but stops is its
    own sign ("--" is not "-").

    Examples
    --------
    >>> tokens("Trust: the Akim?"), tokens("−2"), tokens("+2"), tokens("18–24"), tokens("--")
    (('trust', 'the', 'akim'), ('-', '2'), ('2',), ('18', '24'), ('--',))
    """
    plain = unicodedata.normalize("NFKC", text.translate(_SAME_SIGNS)).casefold()
    for written, sign in _BOUNDS:
        plain = plain.replace(written, sign)
    plain = _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found.group()), plain)
    found = [token.replace(",", ".") if token[0].isdigit() else token for token in _TOKEN.findall(plain)]
    kept = [token for place, token in enumerate(found) if _tells(token, found, place)]
    return tuple(kept) or ((plain.strip(),) if plain.strip() else ())


def _tells(token: str, found: Sequence[str], place: int) -> bool:
    """Say whether a token carries meaning: words, numbers, a minus before a number, signs that are no stops."""
    if token[0].isalnum() or unicodedata.category(token[0]).startswith("M"):
        return True
    if token == "-":
        return place + 1 < len(found) and found[place + 1][0].isdigit() and not (place and found[place - 1].isalnum())
    if token == "+":  # "+2" is 2, "18+" is more than 18
        return not (place + 1 < len(found) and found[place + 1][0].isdigit())
    return (unicodedata.category(token)[0] == "S" and token not in "|~^`´®©™") or token in "%‰"


def compare_wordings(ours: str, theirs: str) -> Wording:
    """Say whether two texts ask the same, however alike they look.

    Every word counts: one that was replaced, added or taken away makes another question, unless it is a filler
    (`FILLERS`) or the same word in another spelling. So a negation, a number, a unit or the thing asked about is seen
    in any language, also in one whose words nobody listed here.

    Examples
    --------
    >>> compare_wordings("Q1. Trust the president", "Q2. Trust the police").changed
    (('president', 'police'),)
    >>> compare_wordings("Performance: local councilor", "Performance: the local councillor").verdict
    'wording'
    """
    one, other = tokens(bare_question(ours)), tokens(bare_question(theirs))
    if one == other:
        return Wording("same")
    if _apart_from_fillers(one, other):
        return Wording("wording")
    plain = _is_plain(ours) or _is_plain(theirs)
    changed: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind != "equal" and not _is_harmless(one[a:b], other[c:d], plain):
            changed.append((" ".join(one[a:b]), " ".join(other[c:d])))
    return Wording("question", tuple(changed)) if changed else Wording("wording")


@lru_cache(maxsize=4096)
def bare_question(text: str) -> str:
    """Return a question without its number and without what is said to the interviewer.

    Examples
    --------
    >>> bare_question("Q71c. Trust? (READ OUT)"), bare_question("В12) Доверие"), bare_question("2021: income")
    ('Trust? ', 'Доверие', '2021: income')
    """
    bare = INSTRUCTION.sub("", NUMBER_OF_QUESTION.sub("", text, count=1))
    return bare if bare.strip() else text


def likeness(ours: str, theirs: str) -> float:
    """Return from 0 to 1 how alike two questions look, letter by letter, their numbers left out."""
    one, other = (" ".join(tokens(bare_question(text))) for text in (ours, theirs))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _apart_from_fillers(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Say whether two texts have the same words in the same order when fillers, which came or went, are left out."""
    if [word for word in ours if word not in FILLERS] != [word for word in theirs if word not in FILLERS]:
        return False
    free = FILLERS - ARTICLES - PARTICLES
    gone, come = (
        Counter(word for word in one if word in free) - Counter(other)
        for one, other in ((ours, theirs), (theirs, ours))
    )
    return not gone or not come  # "moved to" and "moved in": one took the other's place


def _is_harmless(ours: Sequence[str], theirs: Sequence[str], plain: bool) -> bool:
    """Say whether words that took each other's place mean the same."""
    if {*ours, *theirs} <= FILLERS and (not ours or not theirs or {*ours, *theirs} <= PARTICLES):
        return True
    one, other = ([word for word in words if word not in ARTICLES] for words in (ours, theirs))
    if not one or not other:
        return {*one, *other} <= FILLERS
    joined, together = "".join(one), "".join(other)
    if joined == together:
        return not any(mark.isdigit() for mark in joined)
    return len(one) == len(other) and all(_is_spelling(word, like, plain) for word, like in zip(one, other))


def _is_spelling(word: str, other: str, plain: bool) -> bool:
    """Say whether two words are one in two spellings; `plain`: one of the texts was typed without accents."""
    if word == other:
        return True
    if any(mark.isdigit() for mark in word + other) or not (word.isalpha() and other.isalpha()):
        return False
    if plain and _fold(word) == _fold(other):
        return True
    if word.isascii() and other.isascii() and (_american(word) == _american(other) or _is_plural(word, other)):
        return True
    return _is_slip(*sorted((word, other), key=len))


def _american(word: str) -> str:
    for pattern, written in _BRITISH:
        word = pattern.sub(written, word)
    return word


def _is_plural(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    if len(short) < 5:
        return False
    return long in (f"{short}s", f"{short}es") or (short.endswith("y") and long == f"{short[:-1]}ies")


def _is_slip(short: str, long: str) -> bool:
    """Say whether one long word is the other with a letter doubled, dropped or swapped inside.

    Nothing at the beginning (un-, im-, re-), no letter for another (police, policy) and, outside the Latin alphabet, no
    letter dropped: Kazakh says no with a letter inside the word ("болады", "болмады").
    """
    if {(short, long), (long, short)} & _TWO_WORDS or len(short) < 7 or short[:2] != long[:2]:
        return False
    if len(short) == len(long):
        apart = [place for place, (a, b) in enumerate(zip(short, long)) if a != b]
        return (
            len(apart) == 2
            and apart[1] == apart[0] + 1
            and short[apart[0]] == long[apart[1]]
            and short[apart[1]] == long[apart[0]]
        )
    if len(long) != len(short) + 1:
        return False
    place = next((number for number, (a, b) in enumerate(zip(short, long)) if a != b), len(short))
    if short[place:] != long[place + 1 :]:
        return False
    if long[place] == long[place - 1]:
        return True
    return long.isascii() and len(short) >= 9 and 2 <= place < len(short)


_KAZAKH = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")


def _fold(word: str) -> str:
    """Return a word as it is typed on a keyboard without its special letters."""
    marks = unicodedata.normalize("NFD", word.translate(_KAZAKH))
    latin = "".join(mark for mark in marks if not unicodedata.combining(mark)) if _is_latin(word) else marks
    return unicodedata.normalize("NFC", latin)


def _is_latin(word: str) -> bool:
    return all("LATIN" in unicodedata.name(mark, "") for mark in unicodedata.normalize("NFC", word) if mark.isalpha())


def _is_plain(text: str) -> bool:
    """Say whether a text has none of the letters that some keyboards lack (accents, the Kazakh ones)."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return all(_fold(word) == word for word in re.findall(r"[^\W\d_]+", folded))
