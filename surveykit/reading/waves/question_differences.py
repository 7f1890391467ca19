"""What changed between two waves: names, wordings, universe, labels, length and direction of scales, missing codes."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Literal

import pandas as pd

from surveykit.codebook import UNDETERMINED, Code, Texts, Variable, as_code, pick_text
from surveykit.coded_answers.scale_words import rank_labels
from surveykit.coded_answers.undeclared import says_no_answer
from surveykit.coded_answers.wordings import compare_wordings, tokens
from surveykit.reading.waves.answer_differences import (
    compare_keys,
    compare_kinds,
    compare_magnitudes,
    compare_ranges,
    compare_strays,
)
from surveykit.survey import Survey

Kind = Literal[
    "absent",
    "kind",
    "keys",
    "direction",
    "length",
    "meaning",
    "missing",
    "question",
    "wording",
    "universe",
    "weight",
    "mode",
    "measure",
    "language",
    "range",
    "magnitude",
    "stray",
]

BLOCKING: tuple[Kind, ...] = (
    "kind",
    "keys",
    "question",
    "direction",
    "length",
    "meaning",
    "missing",
    "universe",
    "weight",
)
"""Differences under which one column of both waves would mix two meanings."""
DOUBTFUL: tuple[Kind, ...] = ("language", "range", "magnitude", "stray")
"""Differences that may be none: `stack_waves` tells of them and goes on."""
LANGUAGES = ("en", "ru", "kk")
FAR_WEIGHTS = 10
"""Weights whose means are so many times apart would leave one wave nearly out of every estimate."""


@dataclass(frozen=True)
class Difference:
    """One difference between two waves.

    Attributes
    ----------
    variable : str
    kind : str
        "absent" (not in one wave), "kind" (numbers or texts), "keys" ("1" in one wave, "01" in the other), "direction",
        "length" (of the scale), "meaning" (one code, two labels), "missing" (a code that is an answer in one wave and
        missing in the other), "question" (a word of it was replaced, added or left out), "wording" (the same words in
        another spelling), "universe" (asked of other people), "weight" (the files' weights differ), "mode" (asked in
        another way, by telephone say), "measure", "language" (texts that share no language: not compared), "range"
        (unlabelled numbers that look like scales of different lengths), "magnitude" (numbers of other units), "stray"
        (a code that looks missing, declared by no wave and used in one of them only).
    waves : tuple of two str
    sentence : str
    texts : tuple of two str
        Both questions in full, where they differ.
    """

    variable: str
    kind: Kind
    waves: tuple[str, str]
    sentence: str
    texts: tuple[str, str] = ("", "")

    @property
    def blocking(self) -> bool:
        """Whether stacking would mix two meanings in one column."""
        return self.kind in BLOCKING


def find_differences(waves: Mapping[str, Survey]) -> list[Difference]:
    """Return every difference between any two waves, in the order of the variables."""
    names = dict.fromkeys(name for survey in waves.values() for name in survey.frame.columns)
    differences: list[Difference] = []
    for name in names:
        for first, second in combinations(waves, 2):
            differences += compare_variable(name, (first, waves[first]), (second, waves[second]))
    named = {wave: survey.provenance.weight for wave, survey in waves.items() if survey.provenance.weight}
    for first, second in combinations(named, 2):
        if named[first] != named[second]:
            pair = {first: named[first], second: named[second]}
            differences.append(Difference(named[first], "weight", (first, second), say_weights(pair)))
    return differences


def say_weights(named: Mapping[str, str]) -> str:
    """Return that the waves' weights have different names, and how a crosswalk makes them one."""
    said = " and ".join(f"wave {wave!r} by {weight!r}" for wave, weight in named.items())
    sources = ", ".join(f'from.{wave} = "{weight}"' for wave, weight in named.items())
    return f"the waves are weighted by different columns, {said}, and one of them would be lost; make them one variable in a crosswalk: [variables.weight] with {sources}"


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
    columns = (surveys[0].frame[name], surveys[1].frame[name])
    weighs = all(survey.provenance.weight == name for survey in surveys)
    compared: list[tuple[Kind, str]] = [
        ("kind", compare_kinds(*columns)),
        ("keys", compare_keys(*columns)),
        ("missing", _compare_missing(ours, theirs, surveys)),
        *_compare_labels(ours, theirs),
        ("universe", _compare_texts(ours.universe, theirs.universe) or _compare_skip_rules(ours, theirs)),
        ("mode", _compare_texts(ours.mode, theirs.mode)),
        (
            "measure",
            f"{ours.measure} and {theirs.measure}"
            if ours.measure and theirs.measure and ours.measure != theirs.measure
            else "",
        ),
        ("language", _not_compared(ours, theirs)),
        ("weight", _compare_weights(*columns) if weighs else ""),
    ]
    if not any(what for kind, what in compared if kind in ("kind", "length", "meaning", "direction")):
        compared += _compare_numbers(ours, theirs, columns, weighs)
    differences = [Difference(name, kind, pair, _say(name, kind, pair, what)) for kind, what in compared if what]
    return [*differences, *_compare_questions(ours, theirs, pair, weighs)]


def _compare_skip_rules(ours: Variable, theirs: Variable) -> str:
    """Return both skip rules where both codebooks give one and they differ; without one, a codebook tells nothing."""
    rules = [{column: set(codes) for column, codes in one.asked_of.items()} for one in (ours, theirs)]
    if not all(rules) or rules[0] == rules[1]:
        return ""
    said = ("; ".join(f"{column} {list(codes)}" for column, codes in one.asked_of.items()) for one in (ours, theirs))
    return " and ".join(said)


_WORDS: dict[str, str] = {
    "kind": "holds different kinds of values",
    "keys": "writes one key in two ways",
    "direction": "runs the other way",
    "length": "has scales of different codes",
    "meaning": "gives one code two meanings",
    "missing": "has a code that is missing in one wave and an answer in the other",
    "question": "asks something else",
    "wording": "is spelt differently",
    "universe": "was asked of different people",
    "mode": "was asked in different ways",
    "measure": "has different measures",
    "weight": "weighs very differently",
    "language": "was not compared",
    "range": "looks like scales of different lengths",
    "magnitude": "looks like numbers in different units",
    "stray": "has codes that look missing in one wave only",
}


def _say(name: str, kind: str, pair: tuple[str, str], what: str) -> str:
    return f"{name!r} {_WORDS[kind]} in waves {pair[0]!r} and {pair[1]!r}: {what}"


def _compare_weights(ours: pd.Series, theirs: pd.Series) -> str:
    means = [float(column.astype(float).mean()) for column in (ours, theirs)]
    far = min(means) > 0 and max(means) >= FAR_WEIGHTS * min(means)
    return f"means {means[0]:.4g} and {means[1]:.4g}; bring them to one scale with scale_weights()" if far else ""


def _compare_numbers(
    ours: Variable, theirs: Variable, columns: tuple[pd.Series, pd.Series], weighs: bool
) -> list[tuple[Kind, str]]:
    """Return what numbers without labels tell; where one wave's scale is labelled, other codes are another length."""
    if weighs or (_labels(ours) and _labels(theirs)) or "nominal" in (ours.measure, theirs.measure):
        return []
    ranges = compare_ranges(*columns, (ours, theirs))
    declared = _labels(ours) or _labels(theirs) or "ordinal" in (ours.measure, theirs.measure)
    return [
        ("length" if declared else "range", ranges),
        ("magnitude", "" if ranges or declared else compare_magnitudes(*columns)),
        ("stray", compare_strays(*columns, (ours, theirs))),
    ]


def _labels(variable: Variable) -> dict[Code, Texts]:
    """Return the labels of answers, without those of codes that look missing."""
    return {
        code: texts
        for code, texts in variable.labels.items()
        if not any(says_no_answer(text) for text in texts.values())
    }


def _compare_labels(ours: Variable, theirs: Variable) -> list[tuple[Kind, str]]:
    if not ours.labels or not theirs.labels:
        return []
    compared: list[tuple[Kind, str]] = []
    shared = [code for code in ours.labels if code in theirs.labels]
    if not any(_in_one_language(ours.labels[code], theirs.labels[code]) for code in shared):
        compared += [("direction", turned)] if (turned := _turned_by_words(ours, theirs)) else []
    other = [code for code in shared if not same_text(ours.labels[code], theirs.labels[code])]
    if other and _is_reversed(ours, theirs, shared):
        compared.append(
            ("direction", f"{other[0]} is {_quote(ours.labels[other[0]])} and {_quote(theirs.labels[other[0]])}")
        )
    elif other:
        compared.append(
            (
                "meaning",
                "; ".join(
                    f"{code} is {_quote(ours.labels[code])} and {_quote(theirs.labels[code])}" for code in other[:4]
                ),
            )
        )
    if set(ours.labels) != set(theirs.labels):
        compared.append(("length", f"{_codes(ours.labels)} and {_codes(theirs.labels)}"))
    return compared


def _turned_by_words(ours: Variable, theirs: Variable) -> str:
    """Say which labels of known scales run against each other, where the waves' labels share no language."""
    for lang in UNDETERMINED, *LANGUAGES:
        one = rank_labels(ours.labels, lang)
        for tongue in UNDETERMINED, *LANGUAGES:
            other = rank_labels(theirs.labels, tongue)
            if one is None or other is None or one[0] != other[0]:
                continue
            shared = sorted(code for code in one[1] if not isinstance(code, str) and code in other[1])
            steps = [(one[1][b] - one[1][a], other[1][b] - other[1][a]) for a, b in pairwise(shared)]
            # every step between neighbouring codes must turn: a scale of which part runs the other way has other
            # labels, not another direction
            if steps and all(first * second < 0 for first, second in steps):
                return f"{shared[0]} is {_quote(ours.labels[shared[0]])} and {_quote(theirs.labels[shared[0]])}"
    return ""


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


def _compare_questions(ours: Variable, theirs: Variable, pair: tuple[str, str], weighs: bool) -> list[Difference]:
    """Return how the questions differ; of several languages the one that differs most counts."""
    compared = [
        (compare_wordings(one, other), one, other) for one, other in _in_one_language(ours.question, theirs.question)
    ]
    apart = [each for each in compared if each[0].verdict != "same"]
    shared = any(lang in theirs.question for lang in ours.question)
    if not apart or (len(apart) < len(compared) and not shared):  # where no language is told, one that agrees is enough
        return []
    wording, one, other = max(apart, key=lambda each: each[0].verdict == "question")
    kind: Kind = "question" if wording.verdict == "question" and not weighs else "wording"
    changed = ", ".join(f"{before!r} / {after!r}" for before, after in wording.changed[:4])
    what = f"{_short(one)} and {_short(other)}" + (f" (changed: {changed})" if changed else "")
    return [Difference(ours.name, kind, pair, _say(ours.name, kind, pair, what), (one, other))]


def _compare_texts(ours: Texts, theirs: Texts) -> str:
    return "" if same_text(ours, theirs) else f"{_quote(ours)} and {_quote(theirs)}"


def _not_compared(ours: Variable, theirs: Variable) -> str:
    """Say which texts of a variable share no language, so that nothing is known of them."""
    about = [
        ("questions", [(ours.question, theirs.question)]),
        ("labels", [(texts, theirs.labels[code]) for code, texts in ours.labels.items() if code in theirs.labels]),
    ]
    silent = [
        (what, pairs)
        for what, pairs in about
        if any(one and other for one, other in pairs)
        and not any(one and other and _in_one_language(one, other) for one, other in pairs)
    ]
    if not silent:
        return ""
    one, other = next((one, other) for one, other in silent[-1][1] if one and other)
    return f"its {' and '.join(what for what, _ in silent)} are in {'/'.join(one)} and in {'/'.join(other)}, so it is not known whether they agree ({_quote(one)}, {_quote(other)})"


def _in_one_language(ours: Texts, theirs: Texts) -> list[tuple[str, str]]:
    """Return the pairs of texts that can be compared: in every shared language, else of one script when a language is
    not told."""
    ours, theirs = ({lang: text for lang, text in texts.items() if text.strip()} for texts in (ours, theirs))
    shared = [lang for lang in ours if lang in theirs]
    if shared:
        return [(ours[lang], theirs[lang]) for lang in shared]
    if UNDETERMINED not in ours and UNDETERMINED not in theirs:
        return []
    return [(one, other) for one in ours.values() for other in theirs.values() if _script(one) == _script(other)]


def same_text(ours: Texts, theirs: Texts, alike: Callable[[str], object] = tokens) -> bool:
    """Say whether two texts agree in all languages that both have; what cannot be compared is taken to agree.

    Where a language is not told, one pair of the same script that agrees is enough.
    """
    pairs = _in_one_language(ours, theirs)
    agree = [alike(one) == alike(other) for one, other in pairs]
    if not agree:
        return True
    # in a shared language all must agree; where languages are not told, pairs that are of two languages differ
    # anyway, and one that agrees is enough
    return all(agree) if any(lang in theirs for lang in ours) else any(agree)


def _script(text: str) -> str:
    """Return the script of a text by its first letter: LATIN, CYRILLIC, CJK; nothing where it has no letters."""
    return next((unicodedata.name(mark, "").split(" ")[0] for mark in text if mark.isalpha()), "")


def _short(text: str) -> str:
    return repr(text if len(text) <= 160 else text[:157] + "...")


def _quote(texts: Texts) -> str:
    text = pick_text(texts)
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _codes(labels: Mapping[Code, Texts]) -> str:
    return ", ".join(str(code) for code in labels)
