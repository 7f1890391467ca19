"""Likert scales: several items that share one answer scale, their ends counted, their answers made one score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_numeric, check_option, some, warn
from surveykit.codebook import Code, Texts, Variable, as_code, as_texts, pick_text
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, CodeError
from surveykit.survey import Survey, as_survey
from surveykit.words.pages import texts_of

Statistic = Literal["mean", "sum", "median"]
Answers = TypeVar("Answers", Survey, SurveyDesign)


@dataclass(frozen=True)
class LikertScale:
    """Items that share one ordered answer scale and measure one thing.

    Attributes
    ----------
    name : str
        Name of the score.
    items : tuple of str
        Columns of the items.
    lowest, highest : int
        Ends of the answer scale; every whole number between them is an answer.
    reversed_items : tuple of str
        Items on which agreeing means less of what is measured; a code x counts as ``lowest + highest - x``.
    question : mapping from language to text
        What the score measures.

    Raises
    ------
    ArgumentError
        When there is no item, an item is named twice, `lowest` and `highest` are no whole numbers in this order, or a
        reversed item is none of the items.

    Examples
    --------
    >>> import surveykit as sk
    >>> trust = sk.LikertScale("trust", items=["q1", "q2", "q3"], lowest=1, highest=5, reversed_items=["q3"])
    >>> trust.midpoint, trust.points
    (3.0, (1, 2, 3, 4, 5))
    """

    name: str
    items: tuple[str, ...]
    lowest: int
    highest: int
    reversed_items: tuple[str, ...] = ()
    question: Texts = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role in ("items", "reversed_items"):
            object.__setattr__(self, role, tuple(as_names(getattr(self, role), role)))
        object.__setattr__(self, "question", as_texts(self.question))
        if not isinstance(self.name, str) or not self.name:
            raise ArgumentError(f"`name` of a scale becomes a column, so it must be text, but {self.name!r} was given")
        if not self.items:
            raise ArgumentError(f"a scale needs at least one item, but `items` of {self.name!r} is empty")
        check_ends(self.lowest, self.highest)
        for item in self.reversed_items:
            check_option(item, self.items, "reversed_items")

    @property
    def midpoint(self) -> float:
        """Middle of the answer scale, in scale points.

        Examples
        --------
        >>> import surveykit as sk
        >>> sk.LikertScale("trust", ["q1", "q2"], 1, 4).midpoint
        2.5
        """
        return (self.lowest + self.highest) / 2

    @property
    def points(self) -> tuple[int, ...]:
        """The answer codes, from lowest to highest.

        Examples
        --------
        >>> import surveykit as sk
        >>> sk.LikertScale("trust", ["q1", "q2"], 1, 4).points
        (1, 2, 3, 4)
        """
        return tuple(range(self.lowest, self.highest + 1))


def check_ends(lowest: object, highest: object) -> None:
    """Raise unless both are whole numbers in the right order."""
    whole = all(isinstance(end, int | np.integer) and not isinstance(end, bool) for end in (lowest, highest))
    if not whole or not lowest < highest:  # type: ignore[operator]
        raise ArgumentError(
            f"`lowest` and `highest` must be whole numbers, the smaller first (1 and 5, say), but {lowest!r} and {highest!r} were given"
        )


def check_scale(scale: object) -> None:
    """Raise unless it is a LikertScale."""
    if not isinstance(scale, LikertScale):
        raise ArgumentError(
            f'`scale` must be a LikertScale, but {scale!r} was given; write LikertScale("trust", ["q1", "q2"], lowest=1, highest=5)'
        )


def as_scale(items: LikertScale | str | Iterable[str], lowest: int | None, highest: int | None) -> LikertScale:
    """Return a scale, or columns with the ends of their answer scale, as a scale."""
    if isinstance(items, LikertScale):
        return items
    if not isinstance(items, Iterable):
        raise ArgumentError(f"`items` must be a LikertScale, a column or several, but {items!r} was given")
    if lowest is None or highest is None:
        raise ArgumentError(
            "items without a LikertScale need `lowest` and `highest`, the ends of their answer scale; write lowest=1, highest=5"
        )
    return LikertScale("items", tuple(as_names(items, "items")), lowest, highest)


def report_unknown(item: str, unknown: pd.Series, scale: LikertScale, on_unknown: str) -> None:
    """Refuse answers outside the scale, or warn of them."""
    kinds = dict.fromkeys(
        as_code(value) if isinstance(value, int | float | np.number) else str(value) for value in unknown
    )
    words = f"{item!r} holds {some(map(repr, kinds))}, outside the scale {scale.lowest} to {scale.highest}, in {len(unknown)} row(s): {some(unknown.index)}"
    if on_unknown == "error":
        raise CodeError(
            f'{words}; declare it missing in the codebook, or pass missing_codes= or on_unknown="missing" to code_items()'
        )
    warn(f"{words}; counted as missing")


def collapse_items(
    survey: Answers,
    items: LikertScale | str | Iterable[str],
    *,
    top: int | None = None,
    bottom: int | None = None,
    lowest: int | None = None,
    highest: int | None = None,
) -> Answers:
    """Return the survey with an indicator per item: 1 for its highest (or lowest) codes, 0 for the others.

    Parameters
    ----------
    survey : Survey or SurveyDesign
    items : LikertScale, str or sequence of str
        Codes count as they were answered; reversed items are not turned round.
    top, bottom : int
        How many codes from the upper or the lower end; give one of them. The new columns are ``q1_top2`` and the like.
    lowest, highest : int, optional
        Ends of the answer scale, where no LikertScale is given.

    Returns
    -------
    Survey or SurveyDesign
        Of the kind that was given, with one more column of 1, 0 and NaN per item.

    Raises
    ------
    ArgumentError
        When not just one of `top` and `bottom` is given, it is no number of codes of the scale, or the ends of the
        scale are not known.
    ColumnError
        When an item does not exist or holds no numbers.
    CodeError
        When an item holds a code outside the scale.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 4, 5, None]}))
    >>> sk.collapse_items(survey, "q1", top=2, lowest=1, highest=5).data["q1_top2"].tolist()
    [0.0, 1.0, 1.0, nan]
    """
    scale = as_scale(items, lowest, highest)
    if (top is None) == (bottom is None):
        raise ArgumentError("give either `top` or `bottom`, the number of codes to count together; write top=2")
    many, end = (top, "top") if top is not None else (bottom, "bottom")
    if not isinstance(many, int) or not 1 <= many < len(scale.points):
        raise ArgumentError(
            f"`{end}` must be a whole number from 1 to {len(scale.points) - 1} on a scale from {scale.lowest} to {scale.highest}, but {many!r} was given"
        )
    data = _survey_of(survey)
    chosen = scale.points[-many:] if end == "top" else scale.points[:many]
    columns, variables = {}, []
    for item, values in zip(scale.items, _item_matrix(data, scale, turn=False).T):
        name = f"{item}_{end}{many}"
        columns[name] = np.where(np.isnan(values), np.nan, np.isin(values, chosen))
        variables.append(_indicator_variable(name, data.codebook[item], chosen))
    return _with_columns(survey, columns, *variables)


def _indicator_variable(name: str, variable: Variable, chosen: Sequence[int]) -> Variable:
    langs = dict.fromkeys(lang for code in chosen for lang in variable.labels.get(code, {}))
    together = {
        lang: " / ".join(pick_text(variable.labels.get(code, {}), lang, str(code)) for code in chosen) for lang in langs
    }
    labels: dict[Code, Texts] = {
        0: texts_of("label_other_answers"),
        1: together or {"en": ", ".join(map(str, chosen))},
    }
    return Variable(name, variable.question, labels, measure="nominal")


def score_scale(
    survey: Answers,
    scale: LikertScale,
    *,
    min_answered: int | None = None,
    statistic: Statistic = "mean",
) -> Answers:
    """Return the survey (or the design) with a scale's score as a further column.

    Parameters
    ----------
    survey : Survey or SurveyDesign
    scale : LikertScale
        Its name becomes the column; reversed items are turned round here.
    min_answered : int, optional
        Respondents who answered fewer items have no score. By default all items must be answered.
    statistic : {"mean", "sum", "median"}
        "mean" of the answered items, in scale points; "sum" is that mean times the number of items, so that an
        unanswered item counts as the respondent's own mean.

    Returns
    -------
    Survey or SurveyDesign
        Of the kind that was given.

    Warns
    -----
    SurveyKitWarning
        When an item goes against the others (negative item-rest correlation): a reversed item forgotten?

    Raises
    ------
    ColumnError
        When an item does not exist or holds no numbers.
    CodeError
        When an item holds a code outside the scale; `code_items` settles it.
    ArgumentError
        When `min_answered` is no number of items of the scale.

    Notes
    -----
    R: ``rowMeans(cbind(d[c("q1", "q2")], 6 - d["q3"]), na.rm = TRUE)`` where ``rowSums(!is.na(...)) >= min_answered``.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 4, 5], "q2": [2, 5, 5], "q3": [5, 1, None]}))
    >>> trust = sk.LikertScale("trust", ["q1", "q2", "q3"], 1, 5, reversed_items=["q3"])
    >>> sk.score_scale(survey, trust, min_answered=2).data["trust"].round(2).tolist()
    [1.33, 4.67, 5.0]
    """
    check_scale(scale)
    check_option(statistic, get_args(Statistic), "statistic")
    needed = len(scale.items) if min_answered is None else min_answered
    if not isinstance(needed, int) or not 1 <= needed <= len(scale.items):
        raise ArgumentError(
            f"`min_answered` must be a whole number from 1 to {len(scale.items)}, the number of items in {scale.name!r}, but {min_answered!r} was given"
        )
    data = _survey_of(survey)
    if scale.name in data.frame.columns:
        warn(f"the score {scale.name!r} replaces the column of that name; rename the scale to keep both")
    matrix = _item_matrix(data, scale)
    weights = survey.weights if isinstance(survey, SurveyDesign) else np.ones(len(matrix))
    against = [item for item, r in zip(scale.items, item_rest_correlations(matrix, weights)) if r < 0]
    if against:
        warn(
            f"{some(map(repr, against))} of scale {scale.name!r} goes against the other items (negative item-rest correlation); is it missing from `reversed_items`?"
        )
    score = row_scores(matrix, needed, statistic)
    question = scale.question or {"en": f"{scale.name} ({statistic} of {len(scale.items)} items)"}
    return _with_columns(survey, {scale.name: score}, Variable(scale.name, question, measure="scale"))


def row_scores(matrix: np.ndarray, min_answered: int, statistic: Statistic) -> np.ndarray:
    """Return one score per row of answers (missing as NaN), NaN where fewer than `min_answered` are present."""
    answered = ~np.isnan(matrix)
    count = answered.sum(axis=1)
    enough = count >= min_answered
    if statistic == "median":
        score = np.full(len(matrix), np.nan)
        score[enough] = np.nanmedian(matrix[enough], axis=1)
        return score
    mean = np.where(answered, matrix, 0.0).sum(axis=1) / np.where(enough, count, np.nan)
    # a sum over fewer answers would be lower for having skipped an item: the mean times the number of items puts it
    # on the same scale
    return np.asarray(mean * matrix.shape[1] if statistic == "sum" else mean)


def item_rest_correlations(matrix: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return each item's weighted correlation with the mean of the respondent's other answers (NaN: not to be had)."""
    correlations = np.full(matrix.shape[1], np.nan)
    answered = ~np.isnan(matrix)
    filled = np.where(answered, matrix, 0.0)
    total, count = filled.sum(axis=1), answered.sum(axis=1)
    for item in range(matrix.shape[1]):
        rows = answered[:, item] & (count > 1)
        # two points always lie on a line
        if rows.sum() > 2:
            # the mean, not the sum, of the other answers: respondents skip different items
            rest = (total[rows] - filled[rows, item]) / (count[rows] - 1)
            moments = np.cov(filled[rows, item], rest, aweights=weights[rows])
            spread = moments[0, 0] * moments[1, 1]
            correlations[item] = moments[0, 1] / np.sqrt(spread) if spread > 0 else np.nan
    return correlations


def scale_matrix(survey: Survey | SurveyDesign, scale: LikertScale) -> np.ndarray:
    """Return the answers of a scale's items, (respondents, items), reversed items turned round, missing as NaN."""
    return _item_matrix(_survey_of(survey), scale)


def _item_matrix(survey: Survey, scale: LikertScale, turn: bool = True) -> np.ndarray:
    check_scale(scale)
    check_columns(survey.frame, scale.items, "items")
    matrix = np.empty((len(survey), len(scale.items)))
    for position, item in enumerate(scale.items):
        column = survey.frame[item]
        values = check_numeric(column, "items")
        values = np.where(survey.codebook[item].is_missing(column), np.nan, values)
        wrong = ~np.isnan(values) & ~np.isin(values, scale.points)
        if wrong.any():
            report_unknown(item, column[wrong], scale, "error")
        # 1 and 5 change places and 3 stays; `highest + 1 - value`, as often written, holds for scales that begin at 1
        # only
        matrix[:, position] = scale.lowest + scale.highest - values if turn and item in scale.reversed_items else values
    return matrix


def _survey_of(data: Survey | SurveyDesign) -> Survey:
    return data.survey if isinstance(data, SurveyDesign) else as_survey(data)


def _with_columns(data: Answers, columns: Mapping[str, np.ndarray], *variables: Variable) -> Answers:
    changed = _survey_of(data).with_columns(columns, *variables)
    return data.with_survey(changed) if isinstance(data, SurveyDesign) else changed
