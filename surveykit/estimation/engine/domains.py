"""The groups of respondents for which estimates are made, and who did not answer in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_mask
from surveykit.codebook import Code, Variable, as_code, distinct_texts
from surveykit.coded_columns import code_column
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.levels import truths_as_numbers

EMPTY, NO_CODE = "empty", "no code"
"""Name of the reason of those whose cell is empty, and what tells it from a code of that label."""


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
        Readable name of each group; no two are alike.
    sizes : int array, (groups,)
        Respondents of each group, whether they answered or not.
    columns : tuple of str
        The `by` columns.
    """

    of_row: np.ndarray
    keys: list[tuple[object, ...]]
    labels: list[str]
    sizes: np.ndarray
    columns: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def group_codes(self) -> dict[str, tuple[tuple[str, Code], ...]]:
        """Column and code of each part of a group's name, by name."""
        return {
            label: tuple((name, as_code(code)) for name, code in zip(self.columns, key))
            for label, key in zip(self.labels, self.keys)
        }


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
        codes, values = ordered_codes(frame[name])
        if not values:
            raise ArgumentError(f"`by` names {name!r}, which is empty for every respondent; name a column with groups")
        crossed = codes if len(keys) == 1 else of_row * len(values) + codes
        of_row = np.where((of_row < 0) | (codes < 0), -1, crossed)
        if len(keys) * len(values) <= 2 * len(frame) + 1024:
            keys = [(*key, value) for key in keys for value in values]
        else:  # of all combinations of many columns only those that occur fit into memory
            occurring, number = np.unique(of_row[of_row >= 0], return_inverse=True)
            of_row[of_row >= 0] = number
            keys = [(*keys[code // len(values)], values[code % len(values)]) for code in occurring]
    if where is not None:
        of_row = np.where(check_mask(where, design.survey.frame, "where"), of_row, -1)
    sizes = np.bincount(of_row + 1, minlength=len(keys) + 1)[1:]
    present = sizes > 0
    if not present.any():
        raise ArgumentError("no respondent is left in any group; widen `where` or name another `by`")
    if not present.all():
        renumber = np.append(np.cumsum(present) - 1, -1)
        of_row, keys, sizes = renumber[of_row], [key for key, here in zip(keys, present) if here], sizes[present]
    if not names:
        return Domains(of_row, keys, ["all"], sizes)
    parts = []
    for name, given in zip(names, zip(*keys)):
        used = list(dict.fromkeys(given))
        parts.append(dict(zip(used, distinct_texts([book[name].label(code, lang) for code in used], used))))
    labels = [", ".join(part[code] for part, code in zip(parts, key)) for key in keys]
    labels = distinct_texts(labels, [", ".join(map(str, key)) for key in keys])
    return Domains(of_row, keys, labels, sizes, tuple(names))


def ordered_codes(column: pd.Series) -> tuple[np.ndarray, list[object]]:
    """Return each row's place among the values that occur (missing: -1), and these in code order (or category order).

    Numbers are given as codes; intervals, dates and periods stay what they are.
    """
    coded = code_column(column).occurring()
    return coded.place, truths_as_numbers(coded.codes)


def answered_all(design: SurveyDesign, names: Sequence[str], where: pd.Series | np.ndarray | None = None) -> np.ndarray:
    """Return which respondents, among those where `where` is True, answered every one of the named columns."""
    complete = design.survey.frame[list(names)].notna().all(axis=1).to_numpy()
    return np.asarray(complete if where is None else complete & check_mask(where, design.survey.frame, "where"))


def respondents_behind(
    design: SurveyDesign,
    domains: Domains,
    outcomes: Sequence[str] | np.ndarray,
    groups: Sequence[str] | np.ndarray,
    used: np.ndarray,
) -> np.ndarray:
    """Return which respondents answered any of the outcomes of the rows where `used` is True, in these rows' groups."""
    inside = np.zeros(len(design), dtype=bool)
    for outcome, group in dict.fromkeys((outcomes[row], groups[row]) for row in np.flatnonzero(used).tolist()):
        answered = design.survey.frame[outcome].notna().to_numpy()
        inside |= answered & (domains.of_row == domains.labels.index(group))
    return inside


@dataclass(frozen=True, slots=True)
class Carried:
    """Who carries the weight of a group: its clusters, its two largest weights and their sum; 0 where there is none."""

    n_clusters: int
    first: float
    second: float
    total: float


def carried_by(design: SurveyDesign, here: np.ndarray) -> Carried:
    """Return who carries the weight of the respondents where `here` is True."""
    weights = design.weights[here]
    heaviest = (
        np.sort(np.concatenate([[0.0, 0.0], weights]))[-2:] if design.weight else np.zeros(2)
    )  # alike: nobody carries more
    second, first = heaviest.tolist()
    return Carried(len(np.unique(design.units.cluster_of_row[here])), first, second, float(weights.sum()))


def heaviest_weights(
    design: SurveyDesign, domains: Domains, outcomes: Sequence[str]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the two largest weights of those who answered, by outcome and group; 0 where there is no second."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    order = np.argsort(design.weights, kind="stable")
    for name in dict.fromkeys(outcomes):
        rows = order[(design.survey.frame[name].notna().to_numpy() & (domains.of_row >= 0))[order]]
        rows = rows[np.argsort(domains.of_row[rows], kind="stable")]
        ends = np.cumsum(np.bincount(domains.of_row[rows], minlength=len(domains)))
        weights = np.concatenate([[0.0, 0.0], design.weights[rows]])  # places move by two
        for label, start, end in zip(domains.labels, [0, *ends[:-1]], ends):
            found[name, label] = (
                float(weights[end + 1]) if end > start else 0.0,
                float(weights[end]) if end > start + 1 else 0.0,
            )
    return found


def name_reasons(
    variable: Variable, codes: Iterable[Code], lang: str | None, empty: str = EMPTY, no_code: str = NO_CODE
) -> list[str]:
    """Return the reasons that codes stand for, and after them that of an empty cell; no two are alike."""
    codes = list(codes)
    return distinct_texts([*(variable.label(code, lang) for code in codes), empty], [*codes, no_code])


def missing_table(design: SurveyDesign, domains: Domains, outcomes: Sequence[str], lang: str | None) -> pd.DataFrame:
    """Return how many did not answer, by outcome, group and reason.

    Columns outcome, group, reason, n, share (weighted, from 0 to 1, of those in the group who were to be asked: by the
    skip rule of the codebook, or everybody). A reason of people who were not to be asked has n, and NaN for a share.
    Reasons that two codes share carry the code in brackets; "empty" is no answer and no code either.
    """
    frame, survey = design.survey.frame, design.survey
    in_domain = domains.of_row >= 0
    rows: list[tuple[str, str, str, int, float]] = []
    for name in outcomes:
        absent = np.flatnonzero(frame[name].isna().to_numpy() & in_domain)
        reasons = survey.missing_reasons.get(name, pd.Series(dtype=float)).reindex(frame.index[absent])
        variable = survey.codebook[name]
        asked = variable.was_asked(frame)
        here = in_domain & asked
        weight_of_group = np.bincount(domains.of_row[here], design.weights[here], minlength=len(domains))
        known = list(dict.fromkeys([*variable.missing, *sorted({as_code(code) for code in reasons.dropna()}, key=str)]))
        names = name_reasons(variable, known, lang)
        for group, label in enumerate(domains.labels):
            here = domains.of_row[absent] == group
            picks = [here & (reasons == code).to_numpy() for code in known] + [here & reasons.isna().to_numpy()]
            for reason, chosen in zip(names, picks):
                silent = absent[chosen]
                counted = silent[asked[silent]]
                told = len(counted) > 0 or (len(silent) == 0 and weight_of_group[group] > 0)
                share = design.weights[counted].sum() / weight_of_group[group] if told else np.nan
                rows.append((name, label, reason, len(silent), share))
    return pd.DataFrame(rows, columns=["outcome", "group", "reason", "n", "share"])
