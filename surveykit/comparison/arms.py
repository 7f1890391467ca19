"""Who stands against whom: the settlements of the two groups of a comparison, and the columns that are held equal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_numeric, check_option, some
from surveykit.codebook import as_code
from surveykit.design import SurveyDesign, clusters_across
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
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

    def __len__(self) -> int:
        return len(self.names)


def two_groups(
    design: SurveyDesign, group: str, baseline: object, lang: str | None
) -> tuple[np.ndarray, np.ndarray, str, str]:
    """Return which respondents are in the group, which have one at all, and the names of group and baseline."""
    frame, variable = design.survey.frame, design.survey.codebook[group]
    check_columns(frame, [group], "group")
    column = frame[group]
    known = column.notna().to_numpy()
    codes = sorted({as_code(value) for value in column[known].unique()}, key=_sort_key)
    labels = [variable.label(code, lang) for code in codes]
    if len(codes) != 2:
        way_out = ("keep two of them with survey.keep_rows() or join them in a new column" if len(codes) > 2
                   else "a comparison needs somebody on each side")
        raise ArgumentError(f"`group` must have two groups, but {group!r} has {len(codes)}: {some(labels)}; {way_out}")
    if baseline is None:
        base = codes[0]
    elif baseline in codes:
        base = as_code(baseline)
    else:
        meant = [
            code for code in codes if baseline in {*variable.labels.get(code, {}).values(), variable.label(code, lang)}
        ] or [code for code in codes if baseline == str(code)]
        if len(meant) != 1:
            check_option(baseline, labels, "baseline")
        base = meant[0]
    other = codes[1 - codes.index(base)]
    return (column == other).to_numpy() & known, known, variable.label(other, lang), variable.label(base, lang)


def _sort_key(value: object) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, int | float) else (1, 0.0, str(value))


def make_arms(
    design: SurveyDesign, group: str, baseline: object, settlement: str, strata: str | None, lang: str | None
) -> Arms:
    """Return the settlements of both groups; refuse a group that varies inside a settlement."""
    frame, book = design.survey.frame, design.survey.codebook
    check_columns(frame, [settlement], "settlement")
    check_columns(frame, as_names(strata, "strata"), "strata")
    in_group, known, label, base_label = two_groups(design, group, baseline, lang)
    column = frame[settlement]
    if column[known].isna().any():
        rows = frame.index[known & column.isna().to_numpy()]
        raise ColumnError(f"every respondent needs a settlement, but {settlement!r} is missing in {len(rows)} row(s): "
                          f"{some(rows)}; complete it or leave these rows out first")
    spread = clusters_across(design, settlement)
    if spread:
        raise FeasibilityError(f"a cluster of the design must lie in one settlement, but {some(spread)} span several "
                               "values "
                               f"of {settlement!r}; name the unit in which the akim is chosen, or a coarser one")
    values = sorted({as_code(value) for value in column[known].unique()}, key=_sort_key)
    position = {value: number for number, value in enumerate(values)}
    of_row = np.where(known, column.map(position).fillna(-1).to_numpy(dtype=float), -1).astype(np.int64)
    names = [book[settlement].label(value, lang) for value in values]
    n_in = np.bincount(of_row[known], in_group[known], minlength=len(values))
    n_all = np.bincount(of_row[known], minlength=len(values))
    mixed = [name for name, inside, everyone in zip(names, n_in, n_all) if 0 < inside < everyone]
    if mixed:
        raise FeasibilityError(f"`group` must be the same for everybody in a settlement, but {group!r} varies inside "
                               f"{some(mixed)}; use compare_groups() for groups that vary within settlements")
    block = _blocks(frame, strata, of_row, names)
    return Arms(group, settlement, label, base_label, of_row, names, n_in > 0, block, int((~known).sum()))


def _blocks(frame: pd.DataFrame, strata: str | None, of_row: np.ndarray, names: list[str]) -> np.ndarray:
    if strata is None:
        return np.zeros(len(names), dtype=np.int64)
    codes, _ = pd.factorize(frame[strata], sort=True)
    codes = codes[of_row >= 0].astype(np.int64)
    if (codes < 0).any():
        raise ColumnError(f"`strata` names {strata!r}, which is missing for some respondents; complete it first")
    block = np.zeros(len(names), dtype=np.int64)
    block[of_row[of_row >= 0]] = codes
    wrong = block[of_row[of_row >= 0]] != codes
    if wrong.any():
        raise ColumnError(f"`strata` must be the same for everybody in a settlement, but {strata!r} varies inside "
                          f"{names[int(of_row[of_row >= 0][wrong][0])]!r}; name a column that groups whole settlements")
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
    parts, terms = [], []
    for name in names:
        column, variable = frame[name], book[name]
        if column[rows].isna().all():
            raise ColumnError(f"`adjust_for` names {name!r}, which is empty for every respondent compared")
        plain = pd.api.types.is_numeric_dtype(column.dtype) and not variable.labels
        if plain and variable.measure in (None, "scale"):
            numbers = check_numeric(column, "adjust_for")
            parts.append(numbers - np.nanmean(numbers[rows]))
            terms.append(name)
            continue
        levels = sorted({as_code(value) for value in column[rows].dropna().unique()}, key=_sort_key)
        if isinstance(column.dtype, pd.CategoricalDtype):
            levels = [value for value in column.cat.categories if value in set(levels)]
        if len(levels) > 50:
            raise ColumnError(f"`adjust_for` names {name!r}, which has {len(levels)} levels; group them first")
        absent = column.isna().to_numpy()
        for level in levels[1:]:
            parts.append(np.where(absent, np.nan, (column == level).to_numpy(dtype=float, na_value=np.nan)))
            terms.append(f"{name}={variable.label(level, lang)}")
    matrix = np.column_stack(parts) if parts else np.empty((len(frame), 0))
    return Covariates(matrix, terms, np.asarray(~np.isnan(matrix).any(axis=1)))
