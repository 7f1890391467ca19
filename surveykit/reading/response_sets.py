"""Questions with several answers: which columns belong together, and how many chose what."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_weights
from surveykit.codebook import ResponseSet, distinct_texts, pick_text
from surveykit.errors import ColumnError
from surveykit.results import Origin, Result, glossary_frame
from surveykit.survey import Survey

BRACKETS = re.compile(r"([^\[\]]+)\[([^\[\]]+)\]")


def find_response_sets(survey: Survey) -> dict[str, ResponseSet]:
    """Return the multiple-response sets that the codebook declares, or that the column names show (question/option).

    SPSS declares them in the file, and `read_spss` puts them into the codebook; a codebook file declares them under
    ``[response_sets.NAME]``; KoboToolbox and ODK name the columns question/option or question.option, beside a column
    of all options chosen (a column of texts among them, such as that of another answer, is no option); LimeSurvey
    writes Y into columns question[option]. A set that cannot be found this way is declared by hand:
    ``ResponseSet(name, items)``.
    """
    columns = list(survey.frame.columns)
    declared = survey.codebook.response_sets
    found = {name: one for name, one in declared.items() if all(item in columns for item in one.items)}
    for name in columns:
        items = tuple(column for column in columns if str(column).startswith((f"{name}/", f"{name}."))
                      and _is_yes_no(survey.frame[column]))
        if name not in found and len(items) > 1:
            found[name] = ResponseSet(name, items, 1, survey.codebook[name].question)
    for name, bracketed in _in_brackets(columns).items():
        items = tuple(column for column in bracketed if _is_ticked(survey.frame[column]))
        ticked = any(survey.frame[item].notna().any() for item in items)
        if name not in found and len(items) > 1 and ticked and len(items) == len(bracketed):
            found[name] = ResponseSet(name, items, "Y", survey.codebook[items[0]].question)
    return found


def _is_yes_no(column: pd.Series) -> bool:
    values = column.dropna()
    return len(values) > 0 and pd.api.types.is_numeric_dtype(values.dtype) and bool(values.isin([0, 1]).all())


def _in_brackets(columns: Sequence[str]) -> dict[str, list[str]]:
    """Return LimeSurvey's columns question[option] by question, without those of texts (other, comment)."""
    found: dict[str, list[str]] = {}
    for column in columns:
        match = BRACKETS.fullmatch(str(column))
        if match and not match[2].endswith(("other", "comment")):
            found.setdefault(match[1], []).append(column)
    return found


def _is_ticked(column: pd.Series) -> bool:
    return bool((column.dropna() == "Y").all())


def count_responses(
    survey: Survey, responses: ResponseSet, *, lang: str | None = None, weights: str | None = None
) -> Result:
    """Count how many chose each option of a question with several answers.

    Returns
    -------
    Result
        One row per option: `level`, `estimate` (share of the respondents who answered the question), `n` (who chose it)
        and `share_responses` (share of all answers given). Shares of respondents add up to more than 1. Options of one
        text carry their column or code in brackets.
    """
    check_columns(survey.frame, responses.items, "items")
    names = as_names(responses.items, "items")
    check_columns(survey.frame, as_names(weights, "weights"), "weights")
    w = np.ones(len(survey)) if weights is None else check_weights(survey.frame[weights], "weights")
    asked = survey.frame[names].notna().any(axis=1).to_numpy()
    levels, chose = _chosen(survey, responses, lang)
    if not levels:
        raise ColumnError(f"nobody chose an option of {responses.name!r}; is chosen={responses.chosen!r} its code?")
    given = sum(float(w[here].sum()) for here in chose)
    base = float(w[asked].sum())
    columns = {
        "outcome": responses.name,
        "level": levels,
        "estimate": [float(w[here].sum()) / base if base else float("nan") for here in chose],
        "n": [int(here.sum()) for here in chose],
        "n_weighted": [float(w[here].sum()) for here in chose],
        "share_responses": [float(w[here].sum()) / given if given else float("nan") for here in chose],
    }
    came, said = survey.provenance, f"weighted by {weights}" if weights else "unweighted"
    method = (f"Share of the {int(asked.sum())} respondents who answered any column of the set, {said}; several "
              "answers each.")
    origin = Origin(came.source, came.sha256, came.simulated, said, survey.codebook, lang)
    return Result(glossary_frame(columns, ("share_responses",)), method, origin, {"n_asked": int(asked.sum())},
                  pick_text(responses.question or {}, lang, responses.name))


def _chosen(survey: Survey, responses: ResponseSet, lang: str | None) -> tuple[list[str], list[np.ndarray]]:
    """Return the options, each with a text of its own, and for each who chose it."""
    frame, book = survey.frame, survey.codebook
    if responses.chosen is not None:
        names = [_option_name(item, responses.name, book[item].ask(lang)) for item in responses.items]
        chose = [(frame[item] == responses.chosen).fillna(False).to_numpy(dtype=bool) for item in responses.items]
        return distinct_texts(names, responses.items), chose
    first = book[responses.items[0]]
    mentioned = pd.concat([frame[item] for item in responses.items]).dropna().unique()
    codes = list(dict.fromkeys([*first.labels, *mentioned]))
    chose = [np.any([(frame[item] == code).fillna(False) for item in responses.items], axis=0) for code in codes]
    return distinct_texts([first.label(code, lang) for code in codes], codes), chose


def _option_name(item: str, name: str, question: str) -> str:
    return question if question != item else item.removeprefix(name).lstrip("/.") or item
