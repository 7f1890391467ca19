"""Questions with several answers: which columns belong together, and how many chose what."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_weights
from surveykit.codebook import UNDETERMINED, Code, ResponseSet, Texts, Variable, distinct_texts, pick_text
from surveykit.coded_answers.scale_words import recognize_scale
from surveykit.errors import ArgumentError, ColumnError
from surveykit.results import Origin, Result, glossary_frame
from surveykit.survey import Survey, as_survey, known_hashes
from surveykit.words.messages import Figure, Message, Slot, Told
from surveykit.words.pages import texts_of

OPTION = re.compile(r"(?P<question>[^\[\]]+)\[(?P<option>[^\[\]]+)\]|(?P<asked>.+)_(?P<code>[^_\[\]]+)")
"""LimeSurvey's name of an option: Q2[SQ001], and Q2_SQ001 as it writes it for SPSS."""


def find_response_sets(survey: Survey) -> dict[str, ResponseSet]:
    """Return the multiple-response sets that the codebook declares, or that the column names show (question/option).

    SPSS declares them in the file, and `read_spss` puts them into the codebook; a codebook file declares them under
    ``[response_sets.NAME]``; KoboToolbox and ODK name the columns question/option or question.option, beside a column
    of all options chosen (a column of texts among them, such as that of another answer, is no option); LimeSurvey
    writes Y into columns question[option], or question_option. A set that cannot be found this way is declared by hand:
    ``ResponseSet(name, items)``.

    Parameters
    ----------
    survey : Survey

    Returns
    -------
    dict from name to ResponseSet

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> kobo = pd.DataFrame({"needs": ["a b", "b"], "needs/a": [1, 0], "needs/b": [1, 1]})
    >>> sk.find_response_sets(sk.Survey(kobo))["needs"].items
    ('needs/a', 'needs/b')
    """
    columns = list(survey.frame.columns)
    declared = survey.codebook.response_sets
    sets = {name: one for name, one in declared.items() if all(item in columns for item in one.items)}
    for name in columns:
        items = tuple(
            column
            for column in columns
            if str(column).startswith((f"{name}/", f"{name}.")) and _is_yes_no(survey.frame[column])
        )
        if name not in sets and len(items) > 1:
            sets[name] = ResponseSet(name, items, 1, survey.codebook[name].question)
    for name, options in _options_by_question(columns).items():
        if name in sets or name in columns or len(options) < 2:
            continue
        if all(_is_ticked(survey.frame[option]) for option in options) and survey.frame[options].eq("Y").any(axis=None):
            sets[name] = ResponseSet(name, tuple(options), "Y", survey.codebook[options[0]].question)
    return sets


def _is_yes_no(column: pd.Series) -> bool:
    values = column.dropna()
    return len(values) > 0 and pd.api.types.is_numeric_dtype(values.dtype) and bool(values.isin([0, 1]).all())


def _is_ticked(column: pd.Series) -> bool:
    # an option that was ticked is Y and another is empty or N; one that nobody ticked is empty throughout
    given = column.dropna()
    return not len(given) or (given.iloc[0] in ("Y", "N") and bool(given.isin(("Y", "N")).all()))


def _options_by_question(columns: Sequence[str]) -> dict[str, list[str]]:
    """Return LimeSurvey's columns by question, without those of texts (other, comment)."""
    options_of_question: dict[str, list[str]] = {}
    for column in columns:
        match = OPTION.fullmatch(str(column))
        if match and not str(match["option"] or match["code"]).endswith(("other", "comment")):
            options_of_question.setdefault(match["question"] or match["asked"], []).append(column)
    return options_of_question


def count_responses(
    survey: Survey, responses: ResponseSet, *, lang: str | None = None, weights: str | None = None
) -> Result:
    """Count how many chose each option of a question with several answers.

    Parameters
    ----------
    survey : Survey
    responses : ResponseSet
    lang : str, optional
        Language of the options' labels.
    weights : str, optional
        Column of weights; without it respondents count alike.

    Returns
    -------
    Result
        One row per option: `level`, `estimate` (share of the respondents who answered the question), `n` (who chose it)
        and `share_responses` (share of all answers given). Shares of respondents add up to more than 1. Options of one
        text carry their column or code in brackets.

    Raises
    ------
    ColumnError
        When a column of the set, or that of the weights, does not exist, or none of its columns of mentions holds one.
    ArgumentError
        When the weights are negative.

    Notes
    -----
    R: ``questionr::multi.table(d[items])``.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"needs": ["Roads; Water", "Water", "Roads; Schools", "Schools", None]})
    >>> survey = sk.split_answers(answers, "needs")
    >>> sk.count_responses(survey, sk.find_response_sets(survey)["needs"]).table[["level", "estimate", "n"]]
         level  estimate  n
    0    Roads       0.5  2
    1  Schools       0.5  2
    2    Water       0.5  2
    """
    check_columns(survey.frame, responses.items, "items")
    names = as_names(responses.items, "items")
    check_columns(survey.frame, as_names(weights, "weights"), "weights")
    w = np.ones(len(survey)) if weights is None else check_weights(survey.frame[weights], "weights")
    # a column that is not ticked is an answer of who saw the question; who has none in all of them was not asked
    asked = survey.frame[names].notna().any(axis=1).to_numpy()
    levels, _, chose = chosen_options(survey, responses, lang)
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
    came = survey.provenance
    origin = Origin(
        came.source,
        came.sha256,
        came.simulated,
        codebook=survey.codebook,
        lang=lang,
        files=tuple(known_hashes(came)),
        weighted_by=weights,
    )
    slots: dict[str, Slot] = {"n": Figure(str(int(asked.sum()))), "weight": origin.weight}
    method = Told.of(Message("responses.method", slots))
    return Result(
        glossary_frame(columns, ("share_responses",)),
        method,
        origin,
        {"n_asked": int(asked.sum())},
        pick_text(responses.question or {}, lang, responses.name),
    )


def chosen_options(
    survey: Survey, responses: ResponseSet, lang: str | None
) -> tuple[list[str], list[Code], list[np.ndarray]]:
    """Return the options, each with a text of its own, their columns or codes, and for each who chose it."""
    frame, book = survey.frame, survey.codebook
    if responses.chosen is not None:
        names = [_option_name(item, responses.name, book[item].ask(lang)) for item in responses.items]
        chose = [(frame[item] == responses.chosen).fillna(False).to_numpy(dtype=bool) for item in responses.items]
        return distinct_texts(names, responses.items), list(responses.items), chose
    first = book[responses.items[0]]
    mentioned = pd.concat([frame[item] for item in responses.items]).dropna().unique()
    codes = list(dict.fromkeys([*first.labels, *mentioned]))
    chose = [np.any([(frame[item] == code).fillna(False) for item in responses.items], axis=0) for code in codes]
    return distinct_texts([first.label(code, lang) for code in codes], codes), codes, chose


def _option_name(item: str, name: str, question: str) -> str:
    return question if question != item else item.removeprefix(name).lstrip("/.") or item


SEPARATORS = ("; ", ";", " | ", "|", "\n", ", ", ",")
"""What form tools put between several answers in one cell, the surest first."""
MOST_OPTIONS = 40


def find_joined_answers(column: pd.Series) -> tuple[str, list[str]] | None:
    """Return the separator and the options of a column whose cells hold several answers, or None for another column.

    It is one when the parts of its cells come again in other combinations and in different numbers: an address or a
    name has as many parts in every row, and a remark never comes again.
    """
    if not pd.api.types.is_string_dtype(column.dtype):
        return None
    cells = column.dropna()
    distinct = list(cells.unique())
    if len(distinct) < 3 or not all(isinstance(cell, str) for cell in distinct):  # numbers among texts are no lists
        return None
    if recognize_scale(distinct) is not None:
        return None
    for separator in SEPARATORS:
        parts = {cell: _parts(cell, separator) for cell in distinct}
        several = [cell for cell in distinct if len(parts[cell]) > 1]
        options = list(dict.fromkeys(part for cell in distinct for part in parts[cell]))
        if not several or not 2 < len(options) <= MOST_OPTIONS:
            continue
        numbers = {len(given) for given in parts.values()}
        used = [sum(option in given for given in parts.values()) for option in options]
        again = sum(count > 1 for count in used)
        repeated = any(len(given) > len({*given}) for given in parts.values())
        # most options come again, in cells of different numbers of them, and nobody chooses one twice; of remarks
        # with commas hardly any part comes again
        if len(numbers) > 1 and again >= 0.6 * len(options) and len(options) <= 0.8 * len(cells) and not repeated:
            return separator, options
    return None


def _parts(cell: str, separator: str) -> list[str]:
    return [part.strip() for part in cell.split(separator) if part.strip()]


def split_answers(
    survey: Survey | pd.DataFrame, column: str, *, separator: str | None = None, options: Sequence[str] | None = None
) -> Survey:
    """Return the survey in which a column of several answers in one cell became a response set, one column per option.

    Parameters
    ----------
    survey : Survey or DataFrame
    column : str
        As form tools export a question with check boxes: "Roads; Water; Schools".
    separator : str, optional
        What stands between the answers; found in the column when not given.
    options : sequence of str, optional
        The options as they were worded, when one of them contains the separator itself ("Roads, transport").

    Returns
    -------
    Survey
        With a column ``column/option`` of 1 (chosen) and 0 for each option, in alphabetical order or that of `options`,
        empty where the cell is; `find_response_sets` and `count_responses` take the set named after the column.

    Raises
    ------
    ColumnError
        When the column does not exist.
    ArgumentError
        When no separator is found, a cell holds something that is none of `options`, the whole column knows one option
        only, or a column of a new name is there already.

    Notes
    -----
    R: ``fastDummies::dummy_cols(d, "needs", split = "; ")``.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"needs": ["Roads; Water", "Water", "Roads; Schools", "Schools", None]})
    >>> split = sk.split_answers(answers, "needs")
    >>> split.data["needs/Water"].tolist()
    [1.0, 1.0, 0.0, 0.0, nan]
    >>> sk.count_responses(split, sk.find_response_sets(split)["needs"]).table["n"].tolist()
    [2, 2, 2]
    """
    data = as_survey(survey)
    check_columns(data.frame, [column], "column")
    values = data.frame[column]
    if separator == "":
        raise ArgumentError(
            '`separator` is empty, which parts nothing; name what stands between the answers, as in separator="; "'
        )
    if separator is None:
        found = find_joined_answers(values)
        if found is None and options is None:
            raise ArgumentError(
                f'{column!r} does not look like several answers in one cell; name what stands between them, as in separator="; "'
            )
        separator = found[0] if found is not None else ", "
    answers = values.map(lambda cell: _pick(str(cell), separator, options, column), na_action="ignore")
    listed = list(options) if options is not None else sorted({part for parts in answers.dropna() for part in parts})
    names = [f"{column}/{option}" for option in listed]
    taken = [name for name in names if name in data.frame.columns]
    if taken or len(listed) < 2:
        raise ArgumentError(
            f"the survey has a column {taken[0]!r} already; rename it first"
            if taken
            else f"{column!r} holds one answer only, {listed}; a response set needs two"
        )
    columns = {
        name: answers.map(lambda parts, option=option: float(option in parts), na_action="ignore").astype(float)
        for name, option in zip(names, listed)
    }
    labels: dict[Code, Texts] = {0: texts_of("no"), 1: texts_of("yes")}
    described = [
        Variable(name, {UNDETERMINED: option}, labels, measure="nominal") for name, option in zip(names, listed)
    ]
    with_options = data.with_columns(columns, *described)
    sets = {
        **with_options.codebook.response_sets,
        column: ResponseSet(column, tuple(names), 1, data.codebook[column].question),
    }
    note = f"{column}: several answers in one cell, parted at {separator!r}, became {len(names)} columns"
    return replace(
        with_options,
        codebook=replace(with_options.codebook, response_sets=sets),
        provenance=with_options.provenance.note(note),
    )


def _pick(cell: str, separator: str, options: Sequence[str] | None, column: str) -> list[str]:
    """Return the answers in a cell; with options, the longest that fits is taken each time."""
    if options is None:
        return _parts(cell, separator)
    rest, picked = cell.strip(), []
    while rest:
        fitting = [
            option
            for option in options
            if rest == option or rest.startswith((f"{option}{separator}", f"{option}{separator.rstrip()}"))
        ]
        if not fitting:
            raise ArgumentError(
                f"{column!r} holds {cell!r}, in which {rest!r} is none of the options; add it to `options`"
            )
        picked.append(max(fitting, key=len))
        rest = rest[len(picked[-1]) :].lstrip().removeprefix(separator.strip()).strip()
    return picked
