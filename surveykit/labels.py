"""Codes with their meaning: as categories, as a data dictionary, as a table of frequencies."""

from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, check_weights
from surveykit.codebook import Code, Variable, as_code, distinct_texts, pick_text
from surveykit.coded_answers.text_answers import in_order, prepare_answers
from surveykit.results import Origin, Result, Row, table_of
from surveykit.survey import Survey, as_survey, known_hashes
from surveykit.words.messages import Columns, Message, Slot, Told
from surveykit.words.pages import texts_of

DICTIONARY = [
    "name", "question", "measure", "kind", "labels", "missing_codes", "n_valid", "n_reason", "n_empty", "n_distinct",
]  # fmt: skip
EMPTY = {**texts_of("empty"), "en": "empty"}
"""Level of the empty answers; in English the name that callers pick the row by."""


def as_category(survey: Survey | pd.DataFrame, column: str, lang: str | None = None) -> pd.Series:
    """Return a column as categories named by their labels, in the order of the codes.

    Parameters
    ----------
    survey : Survey
    column : str
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    pandas.Series
        Ordered categories: one for every labelled code, used or not, and one for every other code that occurs, named by
        the code itself. A missing answer is missing. Codes that share a label carry the code in brackets. Texts that
        are labels count as their codes; texts without a codebook have the order of a known scale, or none.

    Raises
    ------
    ColumnError
        When the column does not exist.

    Notes
    -----
    R: ``haven::as_factor(x, levels = "both")`` after user-missing values became NA.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> book = sk.Codebook.of([sk.Variable("q1", labels={1: {"en": "No"}, 2: {"en": "Yes"}})])
    >>> column = sk.as_category(sk.Survey(pd.DataFrame({"q1": [2, 1, None]}), book), "q1")
    >>> column.tolist(), column.cat.categories.tolist()
    (['Yes', 'No', nan], ['No', 'Yes'])
    """
    data = as_survey(survey)
    check_columns(data.frame, [column], "column")
    ready = prepare_answers(data, [column])
    data = ready.survey
    variable, values = data.codebook[column], data.frame[column]
    codes = _codes_in_order(values, variable)
    positions = {code: position for position, code in enumerate(codes)}
    rows, distinct = pd.factorize(values)
    places = np.array([*(positions[_as_key(value)] for value in distinct), -1], dtype=int)
    names = label_codes(variable, codes, lang)
    categories = pd.Categorical.from_codes(places[rows], pd.Index(names), ordered=not ready.unordered)
    return pd.Series(categories, index=values.index, name=column)


def _as_key(value: Any) -> Code:
    return as_code(value) if isinstance(value, str | int | float | np.number | np.bool_) else str(value)


def _codes_in_order(values: pd.Series, variable: Variable) -> list[Code]:
    """Return labelled and occurring codes in their order; categories in their own."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return [_as_key(category) for category in values.cat.categories]
    found = {_as_key(value) for value in values.dropna().unique()}
    return in_order({*variable.labels, *found}, variable)


def _by_size(code: Code) -> tuple[bool, Any]:
    return isinstance(code, str), code


def label_codes(variable: Variable, codes: list[Code], lang: str | None = None) -> list[str]:
    """Return one distinct label per code."""
    names = [variable.label(code, lang) or str(code) for code in codes]
    return distinct_texts(names, codes)


def describe_columns(survey: Survey | pd.DataFrame, search: str | None = None, lang: str | None = None) -> pd.DataFrame:
    """Return a data dictionary: what each column asks, its codes, and how many answered.

    Parameters
    ----------
    survey : Survey
    search : str, optional
        Keep the columns whose name, question or labels contain this text, in any language, whatever the case.
    lang : str, optional
        Language of the texts shown.

    Returns
    -------
    pandas.DataFrame
        Columns `name, question, measure, kind, labels, missing_codes, n_valid, n_reason, n_empty, n_distinct`, with
        ``n_valid + n_reason + n_empty`` equal to the number of rows.

    Raises
    ------
    ArgumentError
        When `survey` is no table.

    Notes
    -----
    R: ``labelled::look_for(data, "trust")``.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> book = sk.Codebook.of([sk.Variable("q1", "Do you trust the akim?"), sk.Variable("q2", "Do you vote?")])
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 2, None], "q2": [1, 1, 2]}), book)
    >>> sk.describe_columns(survey, "trust")[["name", "question", "n_valid", "n_empty"]]
      name                question  n_valid  n_empty
    0   q1  Do you trust the akim?        2        1
    """
    data = as_survey(survey).with_missing_codes()
    rows = []
    for name in data.frame.columns:
        variable, values = data.codebook[name], data.frame[name]
        if search is not None and search.casefold() not in _all_words(variable).casefold():
            continue
        reasons = len(data.missing_reasons.get(name, ()))
        valid = int(values.notna().sum())
        rows.append({
            "name": name,
            "question": pick_text(variable.question, lang),
            "measure": variable.measure or "",
            "kind": _kind(values),
            "labels": "; ".join(f"{code} = {variable.label(code, lang)}" for code in variable.labels),
            "missing_codes": "; ".join(_missing_words(variable, lang)),
            "n_valid": valid,
            "n_reason": reasons,
            "n_empty": len(values) - valid - reasons,
            "n_distinct": int(values.nunique()),
        })  # fmt: skip
    table = pd.DataFrame(rows, columns=DICTIONARY)
    table.attrs.update(data.frame.attrs)
    return table


def _all_words(variable: Variable) -> str:
    return "\n".join([variable.name, *(text for mapping in variable.texts() for text in mapping.values())])


def _kind(values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "date"
    if pd.api.types.is_timedelta64_dtype(values.dtype):
        return "duration"
    return "number" if pd.api.types.is_numeric_dtype(values.dtype) else "text"


def _missing_words(variable: Variable, lang: str | None) -> list[str]:
    single = [
        f"{code} = {variable.label(code, lang)}" if texts else f"{code}" for code, texts in variable.missing.items()
    ]
    return single + [f"{as_code(low)} to {as_code(high)}" for low, high in variable.missing_ranges]


def frequencies(data: Any, column: str, lang: str | None = None, weights: str | None = None) -> Result:
    """Count the answers of one column: every code, every reason for a missing answer, and the empty ones.

    Parameters
    ----------
    data : Survey, DataFrame or SurveyDesign
        With a design, its weights are used.
    column : str
    lang : str, optional
        Language of the labels.
    weights : str, optional
        Column of weights; without it, and without a design, respondents count alike.

    Returns
    -------
    Result
        One row per code with `level` (its label), `estimate` (share of the valid answers), `n`, `n_weighted`, and the
        columns `code`, `kind` ("valid", "missing", "empty", "all") and `share_all` (share of all rows). Codes that
        nobody chose stay, with 0. The counts of valid, missing and empty rows add up to all rows.

    Raises
    ------
    ColumnError
        When the column, or that of the weights, does not exist, or the weights are no numbers.
    ArgumentError
        When a weight is negative.

    Notes
    -----
    R: ``survey::svytable(~q1, design)`` for the weighted counts of the valid answers.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = sk.declare_missing(pd.DataFrame({"q1": [1, 1, 2, 99, None]}), {"q1": [99]})
    >>> sk.frequencies(answers, "q1").table[["level", "kind", "n", "estimate"]].round(3)
       level     kind  n  estimate
    0      1    valid  2     0.667
    1      2    valid  1     0.333
    2     99  missing  1       NaN
    3  empty    empty  1       NaN
    4    all      all  5       NaN
    """
    survey = as_survey(getattr(data, "survey", data))
    check_columns(survey.frame, [column], "column")
    ready = prepare_answers(survey, [column])
    survey = ready.survey.with_missing_codes([column])
    weight, weighted_by, steps = _pick_weights(data, survey, weights)
    values, variable = survey.frame[column], survey.codebook[column]
    codes = _codes_in_order(values, variable)
    rows = [
        _row(column, code, "valid", name, np.asarray(_equals(values, code)), weight)
        for code, name in zip(codes, label_codes(variable, codes, lang))
    ]
    reasons = survey.missing_reasons.get(column, pd.Series(dtype=float))
    explained = np.zeros(len(values), dtype=bool)
    by_code = {_as_key(reason): reason for reason in reasons.unique()}
    for code in sorted(by_code, key=_by_size):
        here = np.asarray(values.index.isin(reasons.index[(reasons == by_code[code]).to_numpy(dtype=bool)]))
        explained |= here
        rows.append(_row(column, code, "missing", variable.label(code, lang), here, weight))
    empty = values.isna().to_numpy() & ~explained
    rows.append(_row(column, None, "empty", pick_text(EMPTY, lang), empty, weight))
    rows.append(
        _row(column, None, "all", pick_text(texts_of("label_total"), lang), np.ones(len(values), dtype=bool), weight)
    )
    table = table_of(rows, ("code", "kind"))
    table["code"] = pd.Series([row.extra["code"] for row in rows], dtype=object)
    valid = table["kind"] == "valid"
    table["estimate"] = (table["n_weighted"] / table.loc[valid, "n_weighted"].sum()).where(valid)
    table["share_all"] = table["n_weighted"] / float(weight.sum()) if weight.sum() else float("nan")
    came = survey.provenance
    origin = Origin(
        came.source,
        came.sha256,
        came.simulated,
        codebook=survey.codebook,
        lang=lang,
        files=tuple(known_hashes(came)),
        weighted_by=weighted_by,
        steps=steps,
    )
    slots: dict[str, Slot] = {"column": Columns((str(column),)), "weight": origin.weight}
    method = Told.of(Message("frequencies.method", slots), *ready.sentences, between=" ")
    facts = {
        "n_rows": len(values), "n_valid": int(values.notna().sum()), "n_reason": len(reasons),
        "n_empty": int(empty.sum()),
    }  # fmt: skip
    texts = [row.level for row in rows]
    known = {
        str(row.level): as_code(row.extra["code"])
        for row in rows
        if row.extra["code"] is not None and texts.count(row.level) == 1
    }
    return Result(table, method, origin, facts, variable.ask(lang), level_codes={column: known})


def _pick_weights(data: Any, survey: Survey, weights: str | None) -> tuple[np.ndarray, str | None, tuple[str, ...]]:
    """Return the weights, their column, and what was done to them."""
    if weights is not None:
        check_columns(survey.frame, [weights], "weights")
        return check_weights(survey.frame[weights], "weights"), weights, ()
    if hasattr(data, "survey"):
        return np.asarray(data.weights, dtype=float), data.weight, data.steps
    return np.ones(len(survey)), None, ()


def _equals(values: pd.Series, code: Code) -> pd.Series:
    if isinstance(code, str) and not pd.api.types.is_string_dtype(values.dtype):
        return values.map(lambda value: not pd.isna(value) and _as_key(value) == code).astype(bool)
    return (values == code).fillna(False)


def _row(column: str, code: Code | None, kind: str, level: str, here: np.ndarray, weight: np.ndarray) -> Row:
    n, n_weighted = int(here.sum()), float(weight[here].sum())
    return Row(outcome=column, level=level, n=n, n_weighted=n_weighted, extra={"code": code, "kind": kind})
