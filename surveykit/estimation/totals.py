"""Rows become unit totals, once: the only place where estimation touches respondents.

Everything else in estimation is algebra on the tables that are made here: weighted counts and sums of each sampling
unit by group, and by answer where the answers are few whole numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_numeric
from surveykit.codebook import as_code
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError

WIDEST_SCALE = 64
"""Whole-number answers that span more codes than this are summed as numbers, not counted by code."""


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """Groups of respondents for which estimates are made.

    Attributes
    ----------
    of_row : int array, (respondents,)
        Group of each respondent, -1 for those in none.
    keys : list of tuple
        Codes of each group's `by` columns, in code order.
    labels : list of str
        Readable name of each group.
    sizes : int array, (groups,)
        Respondents of each group, whether they answered or not.
    """

    of_row: np.ndarray
    keys: list[tuple[object, ...]]
    labels: list[str]
    sizes: np.ndarray

    def __len__(self) -> int:
        return len(self.keys)


def make_domains(
    design: SurveyDesign,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    lang: str | None = None,
) -> Domains:
    """Return the groups formed by the columns `by` among the respondents where `where` is True."""
    frame, book = design.survey.frame, design.survey.codebook
    names = as_names(by, "by")
    check_columns(frame, names, "by")
    of_row = np.zeros(len(frame), dtype=np.int64)
    keys: list[tuple[object, ...]] = [()]
    for name in names:
        codes, values = _ordered_codes(frame[name])
        if not values:
            raise ArgumentError(f"`by` names {name!r}, which is empty for every respondent; name a column with groups")
        of_row = np.where((of_row < 0) | (codes < 0), -1, of_row * len(values) + codes)
        keys = [(*key, value) for key in keys for value in values]
    if where is not None:
        of_row = np.where(_check_where(where, design), of_row, -1)
    sizes = np.bincount(of_row + 1, minlength=len(keys) + 1)[1:]
    present = sizes > 0
    if not present.any():
        raise ArgumentError("no respondent is left in any group; widen `where` or name another `by`")
    renumber = np.append(np.cumsum(present) - 1, -1)
    kept = [key for key, here in zip(keys, present) if here]
    labels = [", ".join(book[name].label(code, lang) for name, code in zip(names, key)) or "all" for key in kept]
    return Domains(renumber[of_row], kept, labels, sizes[present])


def _check_where(where: pd.Series | np.ndarray, design: SurveyDesign) -> np.ndarray:
    if isinstance(where, pd.Series) and not where.index.equals(design.survey.frame.index):
        raise ArgumentError("`where` must have the row labels of the design's data; build it from design.data")
    rows = np.asarray(where)
    if rows.dtype != bool or rows.shape != (len(design),):
        raise ArgumentError(f"`where` must hold one True or False per respondent ({len(design)} of them)")
    return rows


def _ordered_codes(column: pd.Series) -> tuple[np.ndarray, list[object]]:
    """Return group codes in code order (category order for categories; missing = -1) and the values."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy().astype(np.int64), list(column.cat.categories)
    levels = whole_levels(column)
    if levels is not None:
        present = levels.present()
        renumber = np.append(np.where(present, np.cumsum(present) - 1, -1), -1)
        return renumber[levels.index], [as_code(code) for code in levels.codes[present]]
    codes, values = pd.factorize(column, sort=True)
    return codes.astype(np.int64), [as_code(value) if isinstance(value, float) else value for value in values]


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Answers as positions on a short list of codes.

    Attributes
    ----------
    index : int array, (respondents,)
        Position of each answer in `codes`; ``len(codes)`` for a missing answer.
    codes : float array, (levels,)
    n_missing : int
    """

    index: np.ndarray
    codes: np.ndarray
    n_missing: int

    def present(self) -> np.ndarray:
        """Return which codes anybody gave; the first few thousand respondents mostly settle it."""
        for rows in (slice(4096), slice(None)):
            given = np.bincount(self.index[rows], minlength=len(self.codes) + 1)[: len(self.codes)] > 0
            if given.all():
                break
        return given


def whole_levels(column: pd.Series) -> Levels | None:
    """Return a column of few whole-number codes as levels, or None when it is no such column."""
    if not isinstance(column.dtype, np.dtype) or column.dtype.kind not in "biuf" or not len(column):
        return None
    numbers = column.to_numpy()
    return _float_levels(numbers) if numbers.dtype.kind == "f" else _integer_levels(numbers)


def _integer_levels(numbers: np.ndarray) -> Levels | None:
    low, high = int(numbers.min()), int(numbers.max())
    if high - low >= WIDEST_SCALE:
        return None
    signed = numbers.astype(np.int64) if numbers.dtype.kind in "bu" else numbers  # small integers need not be widened
    return Levels(signed - low, np.arange(low, high + 1, dtype=float), 0)


def _float_levels(numbers: np.ndarray) -> Levels | None:
    missing = np.isnan(numbers)
    n_missing = int(missing.sum())
    if n_missing == len(numbers):
        return None
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    if not (low.is_integer() and high.is_integer() and high - low < WIDEST_SCALE):
        return None
    shifted, n_levels = numbers - low, int(high - low) + 1
    if n_missing:
        shifted[missing] = n_levels
    index = shifted.astype(np.int64)
    return None if (index != shifted).any() else Levels(index, np.arange(low, high + 1), n_missing)


@dataclass(frozen=True, slots=True, eq=False)
class Tabulator:
    """Sums over the respondents of each sampling unit (or margin cell) and group.

    Attributes
    ----------
    index : int array, (respondents,)
        ``unit * width + group``; the last group of each unit collects the respondents outside all groups.
    n_units, width, n_groups : int
    weights : float array, (respondents,)
    """

    index: np.ndarray
    n_units: int
    width: int
    n_groups: int
    weights: np.ndarray

    @classmethod
    def of(cls, unit_of_row: np.ndarray, n_units: int, domains: Domains, weights: np.ndarray) -> "Tabulator":
        """Make the tabulator of one assignment of respondents to units."""
        group, n_groups = domains.of_row, len(domains)
        outside = n_groups > 1 or bool((group < 0).any())
        if not outside:
            return cls(unit_of_row, n_units, 1, 1, weights)
        spare = bool((group < 0).any())
        width = n_groups + spare
        return cls(unit_of_row * width + (np.where(group < 0, n_groups, group) if spare else group),
                   n_units, width, n_groups, weights)

    def by_level(self, levels: Levels) -> np.ndarray:
        """Return weighted counts, (units, groups, levels)."""
        depth = len(levels.codes) + (levels.n_missing > 0)
        flat = np.bincount(self.index * depth + levels.index, self.weights, minlength=self.n_units * self.width * depth)
        return flat.reshape(self.n_units, self.width, depth)[:, : self.n_groups, : len(levels.codes)]

    def sums(self, values: np.ndarray | None = None, rows: np.ndarray | None = None) -> np.ndarray:
        """Return sums of ``weight * value`` over `rows` (default all), (units, groups)."""
        index = self.index if rows is None else self.index[rows]
        weights = self.weights if rows is None else self.weights[rows]
        if values is not None:
            weights = weights * (values if rows is None else values[rows])
        flat = np.bincount(index, weights, minlength=self.n_units * self.width)
        return flat.reshape(self.n_units, self.width)[:, : self.n_groups]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A numeric column made ready for summing: as levels if its codes are few, else as numbers.

    Attributes
    ----------
    levels : Levels or None
    numbers : float array, (respondents,) or empty
    rows : int array or None
        Respondents who answered; None for all.
    """

    levels: Levels | None
    numbers: np.ndarray
    rows: np.ndarray | None

    def sums(self, tabulator: Tabulator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return sums of weight times outcome and of the weight of those who answered, (units, groups).

        The third array, (groups,), is the overall sum of weight times outcome squared.
        """
        if self.levels is not None:
            table = tabulator.by_level(self.levels)
            return table @ self.levels.codes, table.sum(axis=2), table.sum(axis=0) @ self.levels.codes**2
        squares = tabulator.sums(self.numbers**2, self.rows).sum(axis=0)
        return tabulator.sums(self.numbers, self.rows), tabulator.sums(rows=self.rows), squares

    def count(self, domains: Domains) -> np.ndarray:
        """Return how many respondents of each group answered."""
        if self.levels is not None:
            return count_answers(self.levels, domains)
        if self.rows is None:
            return domains.sizes
        return np.bincount(domains.of_row[self.rows] + 1, minlength=len(domains) + 1)[1:]


def make_outcome(column: pd.Series, argument: str) -> Outcome:
    """Return a numeric column ready for summing; raise when it holds text or infinite values."""
    levels = whole_levels(column)
    if levels is not None:
        return Outcome(levels, np.empty(0), None)
    numbers = check_numeric(column, argument)
    if np.isinf(numbers).any():
        raise ArgumentError(f"`{argument}` names {column.name!r}, which holds infinite values; make them missing first")
    valid = ~np.isnan(numbers)
    return Outcome(None, numbers, None if valid.all() else np.flatnonzero(valid))


def count_answers(levels: Levels, domains: Domains) -> np.ndarray:
    """Return how many respondents of each group gave an answer."""
    if not levels.n_missing:
        return domains.sizes
    absent = domains.of_row[levels.index == len(levels.codes)]
    return domains.sizes - np.bincount(absent + 1, minlength=len(domains) + 1)[1:]


def answered_all(
    design: SurveyDesign, names: Sequence[str], where: pd.Series | np.ndarray | None = None
) -> np.ndarray:
    """Return which respondents, among those where `where` is True, answered every one of the named columns."""
    complete = design.survey.frame[list(names)].notna().all(axis=1).to_numpy()
    return complete if where is None else complete & _check_where(where, design)


def missing_table(design: SurveyDesign, domains: Domains, outcomes: Sequence[str], lang: str | None) -> pd.DataFrame:
    """Return how many did not answer, by outcome, group and reason.

    Columns outcome, group, reason, n, share (weighted share, 0 to 1, of everyone in the group who was to be asked).
    """
    frame, survey = design.survey.frame, design.survey
    in_domain = domains.of_row >= 0
    weight_of_group = np.bincount(domains.of_row[in_domain], design.weights[in_domain], minlength=len(domains))
    rows: list[dict[str, object]] = []
    for name in outcomes:
        absent = np.flatnonzero(frame[name].isna().to_numpy() & in_domain)
        reasons = survey.missing_reasons.get(name, pd.Series(dtype=float)).reindex(frame.index[absent])
        variable = survey.codebook[name]
        known = list(dict.fromkeys([*variable.missing, *sorted({as_code(code) for code in reasons.dropna()}, key=str)]))
        for group, label in enumerate(domains.labels):
            here = domains.of_row[absent] == group
            picks = [(variable.label(code, lang), here & (reasons == code).to_numpy()) for code in known]
            picks.append(("empty", here & reasons.isna().to_numpy()))
            for reason, chosen in picks:
                share = design.weights[absent[chosen]].sum() / weight_of_group[group]
                rows.append({"outcome": name, "group": label, "reason": reason, "n": int(chosen.sum()), "share": share})
    return pd.DataFrame(rows, columns=["outcome", "group", "reason", "n", "share"])
