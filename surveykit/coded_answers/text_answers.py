"""Answers in words: labels become their codes, known scales get their order, the rest has none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from surveykit._checks import some, warn
from surveykit.codebook import Code, Texts, Variable, as_code
from surveykit.coded_answers.scale_words import Order, recognize_scale
from surveykit.coded_answers.undeclared import says_no_answer
from surveykit.survey import Survey
from surveykit.words.messages import Columns, Message, Told

MOST_ANSWERS = 200
"""A text column with more different answers is free text or a key."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Columns ready to be counted.

    Attributes
    ----------
    survey : Survey
    unordered : tuple of str
        Columns of words whose answers have no known order.
    sentences : tuple of Told
        What was decided about words, for the method of a result.
    """

    survey: Survey
    unordered: tuple[str, ...] = ()
    sentences: tuple[Told, ...] = ()


def prepare_answers(survey: Survey, names: Iterable[str]) -> Prepared:
    """Return the survey with the named columns ready to be counted.

    Labels of the codebook become its codes, so that "Agree" and 4 are one answer. Texts without a codebook are put into
    the order of a known scale where they are one; "don't know" and the like leave the scale, with a warning.
    """
    changed: dict[str, pd.Series] = {}
    described: list[Variable] = []
    unordered, sentences = [], []
    for name in dict.fromkeys(names):
        column, variable = survey.frame[name], survey.codebook[name]
        coded = code_labels(column, variable)
        coded, found, has_order = _read_words(coded, variable)
        if coded is not column:
            changed[name] = coded
        if found is not variable:
            described.append(found)
            if has_order:
                order = " < ".join(map(str, found.labels))
                sentences.append(Told.of(Message("text_answers.ordered", {"name": name, "order": order})))
        if not has_order:
            unordered.append(name)
    if unordered:
        sentences.append(say_unordered(unordered))
    if not changed and not described:
        return Prepared(survey, tuple(unordered), tuple(sentences))
    ready = replace(survey, frame=survey.data.assign(**changed), codebook=survey.codebook.replace(*described))
    outside = {one.name: one.missing for one in described if one.missing}
    said = [
        f"{name}: {some(map(repr, missing))}"
        for name, missing in outside.items()
        if ready.codebook[name].is_missing(ready.frame[name]).any()
    ]
    if said:
        warn(
            f"answers that say that there is none are outside the scale, {some(said, 3)}; declare_missing() or a codebook says so for good, code_items() counts them otherwise"
        )
    return Prepared(ready.with_missing_codes(dict.fromkeys([*changed, *outside])), tuple(unordered), tuple(sentences))


def _read_words(column: pd.Series, variable: Variable) -> tuple[pd.Series, Variable, bool]:
    """Return a column, its description with what its words tell, and whether its answers have an order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _read_categories(column, variable)
    if not _holds_texts(column):
        return column, variable, True
    if variable.labels:
        return column, variable, _has_order(variable)
    found = describe_texts([str(cell) for cell in column.dropna().unique()], variable)
    return column, found, _has_order(found)


def _read_categories(column: pd.Series, variable: Variable) -> tuple[pd.Series, Variable, bool]:
    """Return the same of categories: in another order than the alphabet's, somebody put them there."""
    categories = list(column.cat.categories)
    words = all(isinstance(one, str) for one in categories)
    given = column.cat.ordered or not words or categories != sorted(categories)
    if given or variable.labels:
        return column, variable, given or _has_order(variable)
    found = describe_texts(categories, variable)
    if found is variable:
        return column, variable, False
    if not found.labels:  # categories that nobody chose stay
        found = replace(found, labels={one: {} for one in categories if one not in found.missing})
    return column.astype(object), found, _has_order(found)


def code_labels(column: pd.Series, variable: Variable) -> pd.Series:
    """Return a column in which texts that are labels of number codes became these codes; the column itself if none is.

    A label that two codes share stays a text, because nobody can tell which is meant.
    """
    codes = [code for code in (*variable.labels, *variable.missing) if not isinstance(code, str)]
    if not codes or pd.api.types.is_numeric_dtype(column.dtype):
        return column
    by_label: dict[str, set[Code]] = {}
    for code in codes:
        for text in (variable.labels.get(code) or variable.missing.get(code) or {}).values():
            by_label.setdefault(text.strip().casefold(), set()).add(code)
    meant = {text: next(iter(found)) for text, found in by_label.items() if len(found) == 1}
    cells = column.astype(object)
    known = {
        cell: meant[cell.strip().casefold()]
        for cell in cells.dropna().unique()
        if isinstance(cell, str) and cell.strip().casefold() in meant and cell not in variable.labels
    }
    if not known:
        return column
    mapped = cells.map(lambda cell: known.get(cell, cell) if isinstance(cell, str) else cell)
    if all(not isinstance(cell, str) for cell in mapped.dropna().unique()):
        return pd.Series(pd.to_numeric(mapped), index=column.index, name=column.name).astype(float)
    return mapped


def describe_texts(distinct: Sequence[str], variable: Variable) -> Variable:
    """Return the description of different words: the order of the answers where it is known, what is no answer."""
    if len(distinct) > MOST_ANSWERS:
        return variable
    order = recognize_scale(distinct)
    if order is not None:
        return _ordered(variable, order)
    outside = [text for text in distinct if says_no_answer(text, len(distinct) - 1)]
    if not outside:
        return variable
    return replace(variable, missing={**variable.missing, **{text: {} for text in outside}})


def _ordered(variable: Variable, order: Order) -> Variable:
    labels: dict[Code, Texts] = {text: {} for text in order.answers}
    missing: dict[Code, Texts] = {**variable.missing, **{text: {} for text in order.outside}}
    return replace(variable, labels=labels, missing=missing, measure="ordinal")


def _holds_texts(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column.dtype):
        return False
    return any(isinstance(cell, str) for cell in column.dropna().unique())


def _has_order(variable: Variable) -> bool:
    """Say whether somebody gave the answers an order: a measure that says so, or a scale that was recognized."""
    return variable.measure in ("ordinal", "scale")


def in_order(codes: Iterable[Any], variable: Variable) -> list[Any]:
    """Return codes in their order: numbers by size, then texts as the codebook lists them, then others by alphabet."""
    listed = {code: place for place, code in enumerate(variable.labels)}

    def place(code: Any) -> tuple[bool, int, Any]:
        return isinstance(code, str), listed.get(code, len(listed)) if isinstance(code, str) else 0, code

    return sorted(codes, key=place)


def say_unordered(names: Sequence[str]) -> Told:
    """Return that the answers of columns have no order, and how they get one."""
    return Told.of(
        Message("text_answers.unordered", {"names": Columns(tuple(names), 10), "function": "draft_codebook()"})
    )


def scales_in(frame: pd.DataFrame, described: Iterable[str]) -> dict[str, Order]:
    """Return the columns of words, not yet described by a codebook, that are known scales."""
    given = {*described}
    found = {}
    for name in frame.columns:
        if name in given or not pd.api.types.is_string_dtype(frame[name].dtype):
            continue
        distinct = frame[name].dropna().unique()
        order = recognize_scale(map(as_text, distinct)) if len(distinct) <= 2 * MOST_ANSWERS else None
        if order is not None and order.kind != "numbers":
            found[name] = order
    return found


def as_text(cell: object) -> str:
    """Return a cell as the text that it is."""
    return cell if isinstance(cell, str) else str(as_code(cell))
