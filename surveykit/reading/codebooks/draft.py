"""A first codebook for data that came without one: every answer that occurs, as a code with its label, to be edited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from surveykit._checks import some
from surveykit.codebook import UNDETERMINED, Code, Codebook, Measure, Texts, Variable, as_code
from surveykit.coded_answers.response_sets import find_joined_answers
from surveykit.coded_answers.scale_words import Order, recognize_scale
from surveykit.coded_answers.text_answers import in_order
from surveykit.coded_answers.undeclared import says_no_answer, undeclared_codes
from surveykit.files.reading import PathLike
from surveykit.files.writing import write_text_whole
from surveykit.reading.codebook_file import NUMBER, check_codebook_target, format_codebook
from surveykit.survey import Survey, as_survey, known_hashes

MOST_CODES = 60
"""A column of texts with more different answers is left without codes."""
MOST_NUMBERS = 15
"""A column of whole numbers with more different values is a measurement."""
FREE_TEXT = 0.5
"""Texts of which more than this share are different are remarks, names or keys."""
FIRST_MISSING = 99
HEAD = (
    "# A draft made from the answers themselves: read it, correct it, then read the data with it (codebook=...).",
    "# Codes stand in the order that was found or, where none is known, by the alphabet. Labels may be translated:",
    '# 1 = { en = "Yes", ru = "Да", kk = "Иә" }. What is no answer belongs under `missing`.',
)


@dataclass(frozen=True)
class _Answers:
    """The different answers of a column of words.

    Attributes
    ----------
    texts : tuple of str
        One spelling of each; those that differ by case or outer spaces are one.
    order : Order or None
    """

    texts: tuple[str, ...]
    order: Order | None


def draft_codebook(survey: Survey | pd.DataFrame, path: PathLike | None = None, *, lang: str | None = None) -> str:
    """Return a codebook as TOML with every answer that occurs as code and label; write it to `path`.

    Parameters
    ----------
    survey : Survey or DataFrame
        Data that were read without a codebook, or with one that does not describe every column.
    path : path, optional
        Ending in .toml. One that was edited by hand or is none of surveykit's is left alone.
    lang : str, optional
        Language of the answers ("en", "ru", "kk"); by default they stand without one.

    Returns
    -------
    str
        Columns that have labels keep them. Answers in words get codes from 1: in the order of a known scale (agreement,
        trust, satisfaction, frequency, quality and others in English, Russian and Kazakh), else by the alphabet; items
        that share a scale share its codes; "don't know" and the like stand under `missing`. What is doubtful stands in
        comments at the top.

    Raises
    ------
    WriteError
        When `path` does not end in .toml, cannot be written, or holds a codebook that was edited by hand.
    ArgumentError
        When `survey` is no table.

    Notes
    -----
    ``read_csv(file, codebook=draft)`` turns the answers into the codes. R: ``labelled::look_for`` lists, and does not
    write.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> print(sk.draft_codebook(pd.DataFrame({"q1": ["Agree", "Disagree", "Don't know", "Agree"]}), lang="en"))
    # A draft made from the answers themselves: read it, correct it, then read the data with it (codebook=...).
    # Codes stand in the order that was found or, where none is known, by the alphabet. Labels may be translated:
    # 1 = { en = "Yes", ru = "Да", kk = "Иә" }. What is no answer belongs under `missing`.
    <BLANKLINE>
    [variables.q1]
    measure = "ordinal"
    <BLANKLINE>
    [variables.q1.labels]
    1.en = "Disagree"
    2.en = "Agree"
    <BLANKLINE>
    [variables.q1.missing]
    99.en = "Don't know"
    <BLANKLINE>
    """
    data = as_survey(survey)
    answers = _pool(
        {
            str(name): found
            for name in data.frame.columns
            if (found := _answers_of(data.frame[name], data.codebook[name])) is not None
        }
    )
    doubts: list[str] = []
    variables: list[Variable] = []
    for name in data.frame.columns:
        column, variable = data.frame[name], data.codebook[name]
        if name == data.provenance.weight:
            variables.append(variable)
        elif str(name) in answers:
            variables.append(_describe_words(variable, column, answers[str(name)], lang))
        else:
            variables.append(_describe_codes(variable, column, doubts))
        doubts += _doubts_of(str(name), column, data.codebook[name])
    loose = [name for name, one in answers.items() if one.order is None]
    if loose:
        doubts.insert(
            0,
            f'no known scale, so that the codes follow the alphabet: {", ".join(loose)}; bring them into order and say measure = "ordinal" where there is one',
        )
    book = Codebook.of(variables, data.codebook.title)
    book = replace(book, response_sets=data.codebook.keep(data.frame.columns).response_sets)
    body = format_codebook(book, simulated=data.provenance.simulated, weight=data.provenance.weight)
    drafted = doubts or any(one != data.codebook[one.name] for one in variables)
    text = "\n".join([*HEAD, *(f"# {_one_line(doubt)}" for doubt in doubts), "", body]) if drafted else body
    if path is not None:
        write_text_whole(text, check_codebook_target(path), answers=known_hashes(data.provenance))
    return text


def _answers_of(column: pd.Series, variable: Variable) -> _Answers | None:
    """Return the answers of a column of words that no codebook describes; None for remarks, keys and other columns."""
    if variable.labels or not (
        pd.api.types.is_string_dtype(column.dtype)
        or column.dtype == object
        or isinstance(column.dtype, pd.CategoricalDtype)
    ):
        return None
    cells = column.dropna().astype(str)
    cells = cells[cells.str.strip() != ""]
    counts = cells.value_counts()
    commonest: dict[str, str] = {}
    for text in sorted(counts.index, key=lambda one: (-counts[one], one)):
        commonest.setdefault(text.strip().casefold(), text.strip())
    texts = tuple(commonest.values())
    order = recognize_scale(texts)
    if not texts or len(texts) > MOST_CODES or find_joined_answers(column) is not None:
        return None
    if (order is None or order.kind == "numbers") and len(texts) > max(5, FREE_TEXT * len(cells)):
        return None
    return _Answers(texts, order)


def _pool(found: dict[str, _Answers]) -> dict[str, _Answers]:
    """Return the answers of each column with those of other columns of its scale: one scale has one set of codes."""
    pooled = dict(found)
    for kind in dict.fromkeys(one.order.kind for one in found.values() if one.order):
        mine = [name for name, one in found.items() if one.order and one.order.kind == kind]
        union = _distinct(text for name in mine for text in found[name].texts)
        order = recognize_scale(union)
        if order is not None and order.kind == kind and kind != "numbers":
            pooled |= {name: _Answers(union, order) for name in mine}
    for name, one in found.items():
        mine_too = {*map(str.casefold, one.texts)}
        wider = [other for other in found.values() if mine_too < {*map(str.casefold, other.texts)}]
        if one.order is None and wider and len(one.texts) > 1:
            pooled[name] = max(wider, key=lambda other: len(other.texts))
    return pooled


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(text.casefold(), text)
    return tuple(found.values())


def _describe_words(variable: Variable, column: pd.Series, answers: _Answers, lang: str | None) -> Variable:
    order, texts = answers.order, answers.texts
    numbered = any(NUMBER.match(text) for text in texts)
    if numbered:  # "2" among "1", "2", "3+" is itself a code and no label, and codes are taken letter by letter
        texts = tuple(str(cell) for cell in column.dropna().unique() if str(cell).strip())
        order = recognize_scale(texts)
    outside = [text for text in texts if says_no_answer(text, len(texts) - 1)]
    inside = list(order.answers) if order else sorted((text for text in texts if text not in outside), key=str.casefold)
    measure: Measure = "ordinal" if order else "nominal"
    tongue = lang or UNDETERMINED
    if numbered:
        labels: dict[Code, Texts] = {text: {tongue: text} for text in inside}
        missing: dict[Code, Texts] = {text: {tongue: text} for text in outside}
        return replace(variable, labels=labels, missing=missing, measure=measure)
    first = FIRST_MISSING if len(inside) < FIRST_MISSING - len(outside) else 10 * FIRST_MISSING + 9
    labels = {code: {tongue: text} for code, text in enumerate(inside, 1)}
    missing = {first - place: {tongue: text} for place, text in enumerate(outside)}
    return replace(variable, labels=labels, missing=missing, measure=measure)


def _describe_codes(variable: Variable, column: pd.Series, doubts: list[str]) -> Variable:
    """Return the description of a column of numbers, with a label for every code that has none."""
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return variable
    known = column[~variable.is_missing(column)].dropna()
    distinct = [as_code(value) for value in known.unique()]
    whole = all(isinstance(code, int) for code in distinct)
    if not distinct or not whole or len(distinct) > MOST_NUMBERS + len(variable.labels):
        return variable if variable.measure or variable.labels or not distinct else replace(variable, measure="scale")
    new = [code for code in distinct if code not in variable.labels]
    labels = {code: variable.labels.get(code) or {UNDETERMINED: str(code)} for code in {*variable.labels, *distinct}}
    if new and variable.labels:
        doubts.append(f"{variable.name}: the codes {some(in_order(new, variable))} occur and had no label")
    return replace(variable, labels={code: labels[code] for code in in_order(labels, variable)})


def _doubts_of(name: str, column: pd.Series, variable: Variable) -> list[str]:
    """Return what a person should look at in one column, one sentence each."""
    said = []
    if pd.api.types.is_numeric_dtype(column.dtype):
        suspects = undeclared_codes(column, variable)
        if suspects:
            why = "; ".join(f"{code} ({reason})" for code, reason in suspects.items())
            said.append(f"{name}: {why} may be no answers; move them to [variables.{name}.missing] if so")
        return said
    joined = find_joined_answers(column)
    if joined is not None:
        said.append(
            f"{name}: several answers in one cell, parted by {joined[0]!r}, so it has no codes; split_answers(survey, {name!r}) makes a response set of it"
        )
    elif pd.api.types.is_string_dtype(column.dtype):
        said += _spellings(name, column)
    return said


def _spellings(name: str, column: pd.Series) -> list[str]:
    distinct: Sequence[str] = [str(cell) for cell in column.dropna().unique()]
    if len(distinct) > MOST_CODES:
        return []
    alike: dict[str, list[str]] = {}
    for text in distinct:
        alike.setdefault("".join(mark for mark in text.casefold() if mark.isalnum()), []).append(text)
    twice = [texts for texts in alike.values() if len({text.strip().casefold() for text in texts}) > 1]
    return [
        f"{name}: {some(map(repr, texts))} look like one answer in several spellings and have a code each; make them one in the data"
        for texts in twice
    ]


def _one_line(text: str) -> str:
    return "".join(mark if mark >= " " and mark not in "\x7f\x85\u2028\u2029" else " " for mark in text)
