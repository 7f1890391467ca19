"""How likely is a word in the languages of a script? Letters of a language have frequencies; wrong ones have not."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from surveykit.reading.encodings import letters

_OPENING, _CLOSING = "«„“‘‚‹¿¡（「『【〔", "»”“’›…）」』】〕、。，．：；！？"
_MARKS = _OPENING + _CLOSING + "–—•№°§©®™±²³½¼€£\u00a0\u00ad·´×÷・～〜％"
_INSIDE = {
    "’": math.log(0.05), "\u00a0": math.log(0.005), **dict.fromkeys("–—\u00ad", math.log(5e-4)),
    **dict.fromkeys("、。，．：；！？・「」（）", math.log(0.05)),
}  # fmt: skip
"""Marks that stand between letters of one run; any other one there is a sign of a wrong reading."""

_SIGNS = re.compile(
    "[\u2010-\u2044\u20a0-\u20c0\u2100-\u2140\u2190-\u23ff\u25a0-\u27bf\u2b05-\u2b55\ufe0f\U0001f300-\U0001faff]"
)
"""Arrows, comparisons, ticks and emoji, which only Unicode has."""

_INVISIBLE = "\u200b\u200c\u200d\ufeff"
SWITCH = 3.0
"""Log likelihood that a word of another language than the others costs."""

_MARK, _OTHER, _NEVER = math.log(0.02), math.log(1e-6), math.log(1e-9)
"""Likelihoods of a mark, of a letter that the language has not, and of one that no text has: control codes and
invisible marks. Each is a word's worth below the one before, so that names from other languages pass and damage does
not."""
_COMMON_SIGN, _RARE_SIGN = math.log(1.2e-4), math.log(1e-5)
"""Likelihoods of a sign of the first plane of a standard, where the common ones stand, and of one of the second: a
wrong reading lands in both alike, a text mostly in the first."""
_STRANGE = {mark: _NEVER for mark in [chr(code) for code in range(0x80, 0xA0)] + list(_INVISIBLE)}
MODELS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("cp1251", "koi8-r", "koi8-u", "cp866", "mac-cyrillic", "iso8859-5"), ("cyrillic",)),
    **dict.fromkeys(("kz1048", "ptcp154"), ("kazakh",)),
    **dict.fromkeys(("cp1252", "latin-1", "mac-roman", "cp850"), ("western",)),
    **dict.fromkeys(("cp1250", "iso8859-2", "cp852"), ("central",)),
    "cp1254": ("turkish",), "cp1257": ("baltic",), "cp1253": ("greek",), "iso8859-7": ("greek",),
    "cp1255": ("hebrew",), "cp1256": ("arabic",), "iso8859-6": ("arabic",), "cp874": ("thai",),
    "gb18030": ("chinese",), "big5": ("traditional",), "cp932": ("japanese",), "euc-jp": ("japanese",),
    "cp949": ("korean",),
    "utf-8": ("signs", "kazakh", "western", "central", "turkish", "baltic", "greek", "hebrew", "arabic", "thai",
              "chinese", "traditional", "japanese", "korean"),
}  # fmt: skip
"""The scripts whose languages are written in an encoding; one that is not listed is held against all of them."""


class Language(NamedTuple):
    """Log likelihoods of a language's letters, of letters that it has not, and of meeting a word of it at all."""

    table: Mapping[str, float]
    strange: Callable[[str], float]
    prior: float = 0.0


def score_words(words: Sequence[str], scripts: Sequence[str]) -> float:
    """Return the log likelihood of words in the language of some scripts that fits them best.

    A word of another language costs more, so that one odd letter does not make a text bilingual.
    """
    scored = [[score for script in scripts for score in score_word(word, script)] for word in words]
    if not scored:
        return 0.0
    priors = [language.prior for script in scripts for language in _languages(script)]
    sums = [sum(scores) + prior for scores, prior in zip(zip(*scored), priors)]
    whole = sums.index(max(sums))
    return priors[whole] + sum(max(scores[whole], max(scores) - SWITCH) for scores in scored)


@lru_cache(maxsize=40000)
def score_word(word: str, script: str) -> tuple[float, ...]:
    """Return the log likelihood of a run of letters and marks under each language of a script."""
    inner = word.strip(_MARKS)
    if script == "signs":
        return (sum(_MARK if _SIGNS.match(mark) or mark in _MARKS else _strange(mark) for mark in word),)
    if not inner:
        return (len(word) * _MARK,) * len(_languages(script))
    start = word.index(inner[0])
    before, after = word[:start], word[start + len(inner) :]
    score = sum(_MARK if mark in _OPENING else _INSIDE["\u00a0"] if mark == "\u00a0" else _OTHER for mark in before)
    score += sum(_MARK if mark in _CLOSING else _INSIDE["\u00a0"] if mark == "\u00a0" else _OTHER for mark in after)
    score += sum(_INSIDE.get(mark, _OTHER) for mark in inner if mark in _MARKS)
    parts = list(filter(None, re.split(f"[{re.escape(_MARKS)}]+", inner)))
    # a run of plain ASCII reads alike under all pages: it must not speak for one whose language has other frequencies
    english = _languages("western")[0]
    return tuple(
        score + sum(_score_letters(part, english if part.isascii() else language) for part in parts)
        for language in _languages(script)
    )


def _score_letters(word: str, language: Language) -> float:
    shouted = len(word) > 1 and word.isupper()
    # a word in capitals is one of seven or so, and its capitals are no surprise then
    score, before = (math.log(0.15) if shouted else 0.0), ""
    for letter in word:
        small = "i" if letter == "\u0130" else letter.lower()  # its small letter would be two signs
        known = language.table.get(small)
        score += language.strange(letter) if known is None else known
        if letter.isupper() and not shouted:
            # a capital inside a word is what a wrong page makes of small letters: KOI8 has small ones where
            # Windows-1251 has capitals
            score += math.log(0.3 if not before else 0.001)
        before = letter
    return score


@cache
def _languages(script: str) -> tuple[Language, ...]:
    """Return the languages of a script."""
    alphabets = {
        # Without the letters of Kazakh no Kazakh can be written, so that its frequencies say nothing there.
        "cyrillic": {name: text for name, text in letters.CYRILLIC.items() if name != "kk"}, "kazakh": letters.CYRILLIC,
        "western": {**letters.WESTERN, "et": letters.BALTIC["et"]}, "central": letters.CENTRAL,
        "turkish": letters.TURKISH, "baltic": letters.BALTIC, "greek": letters.GREEK, "hebrew": letters.HEBREW,
        "arabic": letters.ARABIC, "thai": letters.THAI,
    }  # fmt: skip
    if script == "signs":
        return (Language({}, _strange),)
    if script in alphabets:
        strange = _strange_accent if script in ("western", "central", "turkish", "baltic") else _strange
        # languages that few files here are written in must fit better by this much, or short Russian words would be
        # read as theirs
        priors = {"uk": -2.0, "bg": -2.0, "sr": -2.0}
        return tuple(Language(_table(text), strange, priors.get(name, 0.0)) for name, text in alphabets[script].items())
    signs = {
        "chinese": letters.CHINESE,
        "traditional": letters.TRADITIONAL,
        "japanese": letters.JAPANESE,
        "korean": letters.KOREAN,
    }[script]
    table = {sign: math.log(share / 100) for run, share in signs for sign in run}
    return (Language(table, _STRANGE_SIGNS[script]),)


def _table(text: str) -> dict[str, float]:
    return {entry[0]: math.log(float(entry[1:]) / 100) for entry in text.split()}


def _strange(letter: str) -> float:
    return _STRANGE.get(letter, _OTHER)


def _strange_accent(letter: str) -> float:
    """Words and names of other languages bring single letters along; a word of them alone is none."""
    return math.log(3e-5) if "\u00c0" <= letter <= "\u017f" and letter not in "×÷" else _strange(letter)


def _rare_sign(codec: str, common: tuple[int, int]) -> Callable[[str], float]:
    """Return the likelihood of signs that no list has: the standards put the common ones into their first plane."""

    @lru_cache(maxsize=20000)
    def judge(letter: str) -> float:
        if letter.isascii():
            return math.log(0.005)
        if letter in _STRANGE:
            return _STRANGE[letter]
        try:
            first = letter.encode(codec)[0]
        except UnicodeEncodeError:
            return _OTHER
        return _COMMON_SIGN if common[0] <= first < common[1] else _RARE_SIGN

    return judge


_STRANGE_SIGNS = {
    "chinese": _rare_sign("gb2312", (0xB0, 0xD8)), "traditional": _rare_sign("big5", (0xA4, 0xC7)),
    "japanese": _rare_sign("shift_jis", (0x88, 0x98)), "korean": _rare_sign("euc-kr", (0xB0, 0xC9)),
}  # fmt: skip
