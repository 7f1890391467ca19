"""Likert items made ready: labels become codes, missing codes NaN, and "don't know" what the caller says it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

import pandas as pd

from surveykit._checks import check_columns, check_option
from surveykit.codebook import Code, Variable, as_code
from surveykit.errors import ArgumentError
from surveykit.likert.scale import LikertScale, as_scale, report_unknown
from surveykit.reading.codebook_file import NUMBER
from surveykit.survey import Survey, as_survey

OnUnknown = Literal["error", "missing"]

DONT_KNOW = (
    "don't know", "dont know", "don’t know", "do not know", "dk", "not sure", "hard to say", "difficult to answer",
    "не знаю", "затрудняюсь", "затруднились", "трудно сказать", "білмеймін", "жауап беру қиын", "айту қиын",
)  # fmt: skip
"""What a "don't know" is called in the three languages; a missing reason that contains one of these is recognized."""


def code_items(
    survey: Survey | pd.DataFrame,
    items: LikertScale | str | Iterable[str],
    *,
    lowest: int | None = None,
    highest: int | None = None,
    on_unknown: OnUnknown = "error",
    dont_know: Literal["missing", "neutral"] | int = "missing",
    dont_know_codes: Sequence[Code] | None = None,
    missing_codes: Sequence[Code] = (),
    labels: Mapping[str, int] | None = None,
    reverse: bool = False,
) -> Survey:
    """Return the survey with items as clean codes: labels turned into codes, missing codes into NaN, others refused.

    Parameters
    ----------
    survey : Survey or DataFrame
    items : LikertScale, str or sequence of str
        Without a scale, `lowest` and `highest` say which codes are answers.
    lowest, highest : int, optional
        Ends of the answer scale, where no LikertScale is given.
    on_unknown : {"error", "missing"}
        A code outside the scale stops with its column, count and rows, or counts as missing (with a warning).
    dont_know : {"missing", "neutral"} or int
        What "don't know" counts as: a missing answer, the midpoint of the scale, or that code. "neutral" is what some
        published tables did; it pulls every mean to the middle.
    dont_know_codes : sequence, optional
        Codes of "don't know". By default the missing codes whose label in the codebook says so.
    missing_codes : sequence
        Further codes that count as missing, for data without a codebook.
    labels : mapping, optional
        Code of each label, where answers are texts; by default the labels of the codebook, in any language.
    reverse : bool
        Also add a column ``<item>_reversed`` for each reversed item of the scale. `score_scale` does not need it.

    Returns
    -------
    Survey

    Raises
    ------
    CodeError
        When an item holds a code or a label that is neither an answer nor declared missing.
    ColumnError
        When an item does not exist.
    ArgumentError
        When the ends of the scale are not known, or `dont_know` is no code of the scale, asks for a midpoint that the
        scale has not, or is to count and no code is known to mean it.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 5, 98], "q2": [2, 4, 3]})
    >>> rules = {"lowest": 1, "highest": 5, "dont_know_codes": [98]}
    >>> sk.code_items(answers, ["q1", "q2"], **rules).data["q1"].tolist()
    [1.0, 5.0, nan]
    >>> sk.code_items(answers, "q1", dont_know="neutral", **rules).data["q1"].tolist()
    [1.0, 5.0, 3.0]
    """
    survey = as_survey(survey)
    scale = as_scale(items, lowest, highest)
    check_columns(survey.frame, scale.items, "items")
    check_option(on_unknown, get_args(OnUnknown), "on_unknown")
    stand_in = _dont_know_value(dont_know, scale)
    columns, variables, reasons = {}, [], dict(survey.missing_reasons)
    turned: dict[str, pd.Series] = {}
    for item in scale.items:
        variable = survey.codebook[item]
        codes = _as_codes(survey, item, labels)
        unsure = _dont_know_of(variable, dont_know_codes)
        if stand_in is not None and not unsure:
            raise ArgumentError(
                f'`dont_know`={dont_know!r} needs to know which code of {item!r} means "don\'t know", but its codebook names none; pass dont_know_codes='
            )
        answers = [point for point in scale.points if dont_know_codes is None or point not in unsure]
        columns[item], reasons[item] = _clean(
            survey, item, codes, scale, answers, unsure, missing_codes, stand_in, on_unknown
        )
        if not len(reasons[item]):
            del reasons[item]
        if reverse and item in scale.reversed_items:
            columns[f"{item}_reversed"] = scale.lowest + scale.highest - columns[item]
            variables.append(_reversed_variable(variable, scale))
            if item in reasons:
                turned[f"{item}_reversed"] = reasons[item].rename(f"{item}_reversed")
    return replace(survey.with_columns(columns, *variables), missing_reasons={**reasons, **turned})


def _dont_know_value(dont_know: object, scale: LikertScale) -> float | None:
    if dont_know == "missing":
        return None
    if dont_know == "neutral":
        if not scale.midpoint.is_integer():
            raise ArgumentError(
                f'a scale from {scale.lowest} to {scale.highest} has no neutral code, so "don\'t know" cannot count as neutral; pass dont_know="missing" or a code'
            )
        return scale.midpoint
    if isinstance(dont_know, str) or dont_know not in scale.points:
        raise ArgumentError(
            f'`dont_know` must be "missing", "neutral" or a code from {scale.lowest} to {scale.highest}, but {dont_know!r} was given'
        )
    return float(dont_know)


def _dont_know_of(variable: Variable, dont_know_codes: Sequence[Code] | None) -> list[Code]:
    if dont_know_codes is not None:
        return [as_code(code) for code in dont_know_codes]
    texts = {code: texts for kind in (variable.missing, variable.labels) for code, texts in kind.items()}
    return [
        code
        for code, words in texts.items()
        if any(
            known == text.casefold().strip() if len(known) == 2 else known in text.casefold()
            for text in words.values()
            for known in DONT_KNOW
        )
    ]


def _as_codes(survey: Survey, item: str, labels: Mapping[str, int] | None) -> pd.Series:
    """Return an item as numbers where it is numeric, else as the codes of its labels (an unknown text stays text)."""
    column = survey.frame[item]
    if not isinstance(column.dtype, pd.CategoricalDtype) and pd.api.types.is_numeric_dtype(column.dtype):
        return column.astype(float)
    variable = survey.codebook[item]
    known: dict[str, Code] = {}
    for kind in (variable.labels, variable.missing):
        for code, texts in kind.items():
            known |= {text.casefold().strip(): code for text in texts.values()}
    known |= {label.casefold().strip(): code for label, code in (labels or {}).items()}
    known |= {str(code): code for code in (*variable.labels, *variable.missing)}
    return column.astype(object).map(lambda value: _code_of(value, known), na_action="ignore")


def _code_of(value: object, known: Mapping[str, Code]) -> object:
    if not isinstance(value, str):
        return value
    text = value.casefold().strip()
    if text in known:
        return known[text]
    return float(text) if NUMBER.match(text) else value


def _clean(
    survey: Survey,
    item: str,
    codes: pd.Series,
    scale: LikertScale,
    answers: list[int],
    unsure: list[Code],
    missing_codes: Sequence[Code],
    stand_in: float | None,
    on_unknown: OnUnknown,
) -> tuple[pd.Series, pd.Series]:
    """Return an item's clean codes, and the reasons of its missing answers."""
    reasons = survey.missing_reasons.get(item, pd.Series(dtype=float))
    present = codes.notna()
    answered = codes.isin(answers)
    dont_know = codes.isin(unsure) & ~answered
    declared = (codes.isin(list(missing_codes)) | survey.codebook[item].is_missing(codes)) & ~answered & ~dont_know
    unknown = present & ~answered & ~dont_know & ~declared
    if unknown.any():
        report_unknown(item, codes[unknown], scale, on_unknown)
    clean = pd.to_numeric(codes.where(answered)).astype(float)
    absent = [reasons, codes[declared | unknown]]
    if stand_in is None:
        absent.append(codes[dont_know])
    else:
        known_before = reasons.isin(unsure)
        clean = clean.mask(dont_know | clean.index.isin(reasons.index[known_before]), stand_in)
        absent[0] = reasons[~known_before]
    kept = [part for part in absent if len(part)]
    return clean, pd.concat(kept) if kept else pd.Series(dtype=float)


def _reversed_variable(variable: Variable, scale: LikertScale) -> Variable:
    labels = {
        scale.lowest + scale.highest - code: texts for code, texts in variable.labels.items() if code in scale.points
    }
    question = {lang: f"{text} (reversed)" for lang, text in variable.question.items()}
    missing = {code: texts for code, texts in variable.missing.items() if code not in labels}
    return Variable(f"{variable.name}_reversed", question, dict(sorted(labels.items())), missing, measure="ordinal")
