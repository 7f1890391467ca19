"""Stata's letters (.a to .z), and other words that say why a number is missing, as codes that SPSS can declare."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from surveykit._checks import some, warn
from surveykit.codebook import Code
from surveykit.survey import Survey

# -901 for .a to -926 for .z: no answer of a scale, and read as codes of missing answers by people; more digits where
# they are taken.
FIRST_TRIED = 900
LETTERS = tuple(f".{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")


def number_letters(survey: Survey) -> Survey:
    """Return the survey with a number for every text that is a missing code of a column that holds no texts.

    The letters of Stata become -901 (.a) to -926 (.z), and other texts the numbers below; where a column or its
    codebook has such a number, -9901, -99901 and so on are tried. The same text has the same number in all columns.
    """
    texts = {name: found for name in survey.frame.columns if (found := _texts_among_numbers(survey, name))}
    if not texts:
        return survey
    numbers = _choose_numbers(survey, texts)
    reasons, variables = dict(survey.missing_reasons), []
    for name, codes in texts.items():
        variable = survey.codebook[name]
        missing = {
            numbers[code] if code in codes else code: why or ({"und": code} if code in codes else why)
            for code, why in variable.missing.items()
        }
        missing |= {numbers[code]: {"und": code} for code in codes if numbers[code] not in missing}
        variables.append(replace(variable, missing=missing))
        if name in reasons:
            reasons[name] = reasons[name].map(lambda code: numbers.get(code, code)).astype(float)
    said = [f"{text} = {number}" for text, number in numbers.items()]
    warn(
        f"SPSS knows no letters or words that say why a number is missing; in the file they are the declared missing codes {some(said, 8)} (in {some(texts, 5)})"
    )
    return replace(survey, codebook=survey.codebook.replace(*variables), missing_reasons=reasons)


def _texts_among_numbers(survey: Survey, name: str) -> list[str]:
    """Return the texts that are missing codes of a column that holds numbers or dates."""
    column = survey.frame[name]
    if not (
        pd.api.types.is_numeric_dtype(column.dtype)
        or pd.api.types.is_datetime64_any_dtype(column.dtype)
        or pd.api.types.is_timedelta64_dtype(column.dtype)
    ):
        return []
    stood = survey.missing_reasons.get(name, pd.Series(dtype=float))
    return list(
        dict.fromkeys(code for code in (*survey.codebook[name].missing, *stood.unique()) if isinstance(code, str))
    )


def _choose_numbers(survey: Survey, texts: dict[str, list[str]]) -> dict[str, int]:
    wanted = sorted({text for found in texts.values() for text in found})
    further = [text for text in wanted if text not in LETTERS]
    places = {text: 1 + place for place, text in enumerate([*LETTERS, *further])}
    base = FIRST_TRIED
    while any(_is_taken(survey, name, -base - len(places), -base) for name in texts):
        base = 10 * base + FIRST_TRIED
    return {text: -base - places[text] for text in wanted}


def _is_taken(survey: Survey, name: str, low: int, high: int) -> bool:
    """Say whether a column, its labels, its missing codes or its missing ranges have a number between two ends."""
    variable, column = survey.codebook[name], survey.frame[name]
    codes: Iterable[Code] = (*variable.labels, *variable.missing, *survey.missing_reasons.get(name, ()))
    if any(low <= code <= high for code in codes if not isinstance(code, str)):
        return True
    if any(start <= high and end >= low for start, end in variable.missing_ranges):
        return True
    return bool(pd.api.types.is_numeric_dtype(column.dtype) and ((column >= low) & (column <= high)).any())
