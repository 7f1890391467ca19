"""Who stands against whom: the settlements of the two groups of a comparison, and the columns that are held equal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_numeric, some
from surveykit.codebook import Code, as_code, distinct_texts
from surveykit.coded_columns import code_column
from surveykit.design import SurveyDesign
from surveykit.design_audit import clusters_across
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError, MixedSettlementError
from surveykit.estimation.engine.domains import ordered_codes
from surveykit.results import Meaning

MOST_LEVELS = 50
"""Levels of a covariate beyond which it is a name or a number taken for categories, and no list that can be held equal
between a dozen settlements; `MOST_CATEGORIES` of a model is the same."""


@dataclass(frozen=True, slots=True, eq=False)
class ComparedGroups:
    """The two groups of a comparison between settlements.

    Attributes
    ----------
    group, settlement : str
        Columns.
    label, baseline : str
        Names of the group compared and of the group that it is compared with.
    of_row : int array, (respondents,)
        Settlement of each respondent; -1 for those without a group.
    names : list of str
        Settlements, in code order.
    treated : bool array, (settlements,)
        Which settlements belong to the group compared (not to the baseline).
    block : int array, (settlements,)
        Block inside which the assignment is thought of as random; all 0 without blocks.
    n_left_out : int
        Respondents without a group.
    number : int array, (settlements,)
        Place of each settlement among all of the question, which tells it from others of its name.
    codes : tuple of (code, code), optional
        Codes of the group compared and of the baseline; None for sides that are no groups of the survey.
    """

    group: str
    settlement: str
    label: str
    baseline: str
    of_row: np.ndarray
    names: list[str]
    treated: np.ndarray
    block: np.ndarray
    n_left_out: int
    number: np.ndarray
    codes: tuple[Code, Code] | None = None

    @property
    def group_codes(self) -> dict[str, Meaning]:
        """Column and code behind the names of the two groups; see `Result.group_codes`."""
        sides = zip((self.label, self.baseline), self.codes or ())
        return {name: ((self.group, code),) for name, code in sides}

    def __len__(self) -> int:
        return len(self.names)

    @property
    def single(self) -> bool:
        """Whether one side is a single settlement."""
        return min(int(self.treated.sum()), int((~self.treated).sum())) == 1

    def keep(self, settlements: np.ndarray) -> "ComparedGroups":
        """Return the groups of some settlements (a True or False each), without their respondents."""
        names = [name for name, here in zip(self.names, settlements) if here]
        return replace(
            self,
            of_row=np.empty(0, dtype=np.int64),
            names=names,
            treated=self.treated[settlements],
            block=self.block[settlements],
            number=self.number[settlements],
        )


def two_groups(
    design: SurveyDesign, group: str, baseline: object, lang: str | None
) -> tuple[np.ndarray, np.ndarray, dict[str, Code]]:
    """Return which respondents are in the group, which have one at all, and the codes of group and baseline by name."""
    frame, variable = design.survey.frame, design.survey.codebook[group]
    check_columns(frame, [group], "group")
    index, codes = ordered_codes(frame[group])
    known = index >= 0
    labels = distinct_texts([variable.label(code, lang) for code in codes], codes)
    if len(codes) != 2:
        way_out = (
            "keep two of them with survey.keep_rows() or join them in a new column"
            if len(codes) > 2
            else "a comparison needs somebody on each side"
        )
        raise ArgumentError(f"`group` must have two groups, but {group!r} has {len(codes)}: {some(labels)}; {way_out}")
    base = 0 if baseline is None else variable.position(baseline, codes, "baseline", lang)
    return index == 1 - base, known, {labels[side]: as_code(codes[side]) for side in (1 - base, base)}


def make_compared_groups(
    design: SurveyDesign, group: str, baseline: object, settlement: str, strata: str | None, lang: str | None
) -> ComparedGroups:
    """Return the settlements of both groups; refuse a group that varies inside a settlement."""
    frame, book = design.survey.frame, design.survey.codebook
    check_columns(frame, [settlement], "settlement")
    check_columns(frame, as_names(strata, "strata"), "strata")
    in_group, known, sides = two_groups(design, group, baseline, lang)
    column = frame[settlement]
    if column[known].isna().any():
        rows = frame.index[known & column.isna().to_numpy()]
        raise ColumnError(
            f"every respondent needs a settlement, but {settlement!r} is missing in {len(rows)} row(s): {some(rows)}; complete it or leave these rows out first"
        )
    spanning = clusters_across(design, settlement)
    if spanning:
        raise FeasibilityError(
            f"a cluster of the design must lie in one settlement, but {some(spanning)} span several values of {settlement!r}; name the unit in which the akim is chosen, or a coarser one"
        )
    index, codes = ordered_codes(column)
    of_row = np.full(len(column), -1, dtype=np.int64)
    present, of_row[known] = np.unique(index[known], return_inverse=True)
    values = [codes[position] for position in present]
    names = distinct_texts([book[settlement].label(value, lang) for value in values], values)
    n_in = np.bincount(of_row[known], in_group[known], minlength=len(values))
    n_all = np.bincount(of_row[known], minlength=len(values))
    mixed = [name for name, inside, everyone in zip(names, n_in, n_all) if 0 < inside < everyone]
    if mixed:
        raise MixedSettlementError(
            f"`group` must be the same for everybody in a settlement, but {group!r} varies inside {some(mixed)}; use compare_groups() for groups that vary within settlements"
        )
    block = _blocks(frame, strata, of_row, names)
    (label, code), (base_label, base_code) = sides.items()
    return ComparedGroups(
        group,
        settlement,
        label,
        base_label,
        of_row,
        names,
        n_in > 0,
        block,
        int((~known).sum()),
        np.arange(len(names)),
        (code, base_code),
    )


def _blocks(frame: pd.DataFrame, strata: str | None, of_row: np.ndarray, names: list[str]) -> np.ndarray:
    if strata is None:
        return np.zeros(len(names), dtype=np.int64)
    codes = code_column(frame[strata]).occurring().place[of_row >= 0]
    if (codes < 0).any():
        raise ColumnError(f"`strata` names {strata!r}, which is missing for some respondents; complete it first")
    block = np.zeros(len(names), dtype=np.int64)
    block[of_row[of_row >= 0]] = codes
    wrong = block[of_row[of_row >= 0]] != codes
    if wrong.any():
        raise ColumnError(
            f"`strata` must be the same for everybody in a settlement, but {strata!r} varies inside {names[int(of_row[of_row >= 0][wrong][0])]!r}; name a column that groups whole settlements"
        )
    return block


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """Columns that are held equal: a matrix with an indicator per category, numbers centred.

    Attributes
    ----------
    matrix : float array, (respondents, columns)
        NaN in the rows that lack one.
    terms : list of str
        "sex=female", "age".
    complete : bool array, (respondents,)
    """

    matrix: np.ndarray
    terms: list[str]
    complete: np.ndarray


def make_covariates(
    design: SurveyDesign, names: Sequence[str], rows: np.ndarray, lang: str | None = None
) -> Covariates:
    """Return the covariates of the respondents; labelled columns, categories and text enter as one indicator per level.

    Numbers without labels enter as numbers, centred at their mean over `rows`.
    """
    frame, book = design.survey.frame, design.survey.codebook
    check_columns(frame, names, "adjust_for")
    columns, terms = [], []
    for name in names:
        column, variable = frame[name], book[name]
        if column[rows].isna().all():
            raise ColumnError(f"`adjust_for` names {name!r}, which is empty for every respondent compared")
        is_number = pd.api.types.is_numeric_dtype(column.dtype) and not variable.labels
        if is_number and variable.measure in (None, "scale"):
            numbers = check_numeric(column, "adjust_for")
            columns.append(numbers - np.nanmean(numbers[rows]))
            terms.append(name)
            continue
        index, levels = ordered_codes(column)
        present = np.unique(index[rows & (index >= 0)])
        if len(present) > MOST_LEVELS:
            raise ColumnError(f"`adjust_for` names {name!r}, which has {len(present)} levels; group them first")
        for position in present[1:]:
            columns.append(np.where(index < 0, np.nan, index == position))
            terms.append(f"{name}={variable.label(levels[position], lang)}")
    matrix = np.column_stack(columns) if columns else np.empty((len(frame), 0))
    return Covariates(matrix, terms, np.asarray(~np.isnan(matrix).any(axis=1)))
