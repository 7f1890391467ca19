"""Were the two kinds of settlements alike to begin with? Standardized differences and a randomization test of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from surveykit._checks import ROUNDING, as_generator, as_names, check_columns, check_numeric, from_smallest
from surveykit.codebook import Code, as_code, distinct_texts
from surveykit.comparison.assignments import Assignments, list_assignments
from surveykit.comparison.balancing import refuse_balance
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.feasibility import UnderVerdict, collect_verdicts
from surveykit.comparison.found import describe_balance
from surveykit.comparison.judgement import Judgement, judge
from surveykit.comparison.methods.randomization import TIE
from surveykit.comparison.question import make_question
from surveykit.comparison.telling import count_words
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.domains import ordered_codes
from surveykit.estimation.engine.totals import weights_of
from surveykit.findings import Names
from surveykit.formatting import format_p
from surveykit.results import Row, table_of
from surveykit.translated_names import said_groups
from surveykit.words.messages import Columns, Figure, Message, Slot, Told

BALANCE_COLUMNS = ("mean_group", "mean_baseline", "before", "after")


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    name: str
    level: str
    values: np.ndarray
    code: Code | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Balance(UnderVerdict):
    """Standardized differences of covariates, and one randomization test of all of them together.

    Attributes
    ----------
    p_value : float
        Share of assignments of settlements whose largest absolute standardized difference is at least the observed one.
        Where a covariate is known in some settlements only, these are moved among themselves.
    """

    p_value: float

    def _messages(self, table: pd.DataFrame, names: Names) -> list[Message]:
        """Return whether the covariates differ, by one test of all of them, and which of them differs most."""
        return describe_balance(table, names, self._compared_settlements(), self.p_value, "before")


def covariate_balance(
    design: SurveyDesign,
    covariates: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    settlement: str,
    adjusted: SurveyDesign | None = None,
    strata: str | None = None,
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> Balance:
    """Compare the two kinds of settlements in what they could not have got from being of that kind.

    Parameters
    ----------
    design : SurveyDesign
    covariates : str or sequence of str
        Labelled columns, categories and text enter level by level; numbers enter as they are.
    group, baseline, settlement, strata
        As in `compare_settlements`.
    adjusted : SurveyDesign, optional
        The same respondents with other weights (from `balance_settlements`, say), for the column `after`.
    rng : numpy.random.Generator or int, optional
        For sampled assignments; None means seed 0.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    Balance
        One row per covariate and level: estimate (difference of weighted means), p_value (randomization of
        settlements that have a value), mean_group, mean_baseline, before and after (standardized differences; infinite
        where each side has one value only, and then first in the table), n, n_clusters.

    Raises
    ------
    FeasibilityError
        When nobody on one side has a value of a covariate, the group varies inside a settlement, or a cluster of the
        design spans several settlements.
    ColumnError
        When a column is absent, or a covariate is empty for everybody compared or has too many levels.
    ArgumentError
        When no covariate is named, `adjusted` holds other respondents, `group` has not two groups, `baseline` is none
        of them, or there are too many assignments to list and no `rng`.

    Notes
    -----
    Standardized difference: difference of weighted means over the root of the average of the two weighted variances,
    the variances always those before adjustment (Austin 2009, Statistics in Medicine 28, 3083-3107). R:
    ``cobalt::bal.tab(..., s.d.denom = "pooled")``. With ten settlements even random assignment leaves differences well
    above 0.1, which is why the p-values move whole settlements instead of comparing with a rule of thumb.

    References
    ----------
    Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline covariates between treatment
    groups in propensity-score matched samples. Statistics in Medicine 28, 3083-3107.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat(list("ABCDEF"), 3), "age": [30, 40, 50, 40, 50, 60] * 3})
    >>> answers["akim"] = np.where(answers["unit"] < "D", "elected", "appointed")
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> result = sk.covariate_balance(sk.SurveyDesign(answers), "age", **roles)
    >>> result.table[["outcome", "estimate", "before", "p_value"]].round(3)
      outcome  estimate  before  p_value
    0     age    -3.333  -0.354      1.0
    """
    names = as_names(covariates, "covariates")
    if not names:
        raise ArgumentError("`covariates` must name at least one column")
    check_columns(design.survey.frame, names, "covariates")
    if adjusted is not None and not adjusted.survey.frame.index.equals(design.survey.frame.index):
        raise ArgumentError("`adjusted` must be a design over the same respondents; make it with design.with_weights()")
    refuse_balance(design, "pass the design as it was before balance_settlements(), and the balanced one as adjusted=")
    question = make_question(
        design, group=group, baseline=baseline, settlement=settlement, strata=strata, lang=lang, allow_single=True
    )
    compared, seed = question.compared, int(as_generator(0 if rng is None else rng).integers(2**32))
    columns = [column for name in names for column in _columns(design, name, compared, lang)]
    known = {column.name: _known(design, column, compared) for column in columns}
    blocks = _alike_in_what_is_known(compared, list(known.values()))
    everything = list_assignments(compared.treated, blocks, np.random.default_rng(seed))
    rows, drawn, seen = [], [], []
    for column in columns:
        known_in = known[column.name]
        # the same seed for each covariate: columns with the same settlements meet the same assignments, and the order
        # of columns changes no p
        own = list_assignments(known_in.treated, known_in.block, np.random.default_rng(seed))
        sums = _sums(column, weights_of(design), compared)
        row, scale = _row(column, sums, compared, known_in, own.treated, adjusted)
        rows.append(row)
        drawn.append(_moved(sums, everything.treated) / scale)
        seen.append(row.estimate / scale)
    together = float(np.mean(np.abs(np.column_stack(drawn)).max(axis=1) >= np.abs(seen).max() - TIE))
    table = table_of(rows, BALANCE_COLUMNS)
    apart = np.isinf(table["before"])
    table = pd.concat([table[apart], table[~apart]], ignore_index=True)
    judgements = [
        _judge(design, column, known[column.name], compared)
        for column in {column.name: column for column in columns}.values()
    ]
    feasibility = collect_verdicts(judgements, compared, design.origin(lang))
    method = _sentence(
        design,
        columns,
        compared,
        known,
        everything,
        together,
        list(dict.fromkeys(table["outcome"][: int(apart.sum())])),
    )
    facts = {
        "verdict": feasibility.verdict,
        "n_settlements": len(compared),
        "n_treated": int(compared.treated.sum()),
        "p_largest": together,
    }
    return Balance(
        table,
        method,
        design.origin(lang),
        facts,
        Told.of(Message("titles.balance")),
        feasibility=feasibility,
        p_value=together,
        group_codes=compared.group_codes,
        level_codes={
            name: {one.level: one.code for one in columns if one.name == name and one.code is not None}
            for name in names
        },
    )


def _sentence(
    design: SurveyDesign,
    columns: Sequence[_Column],
    compared: ComparedGroups,
    known: Mapping[str, ComparedGroups],
    everything: Assignments,
    together: float,
    apart: Sequence[str],
) -> Told:
    sides = said_groups(compared.group_codes, design.survey.codebook)
    drawn = Message("balance_method.drawn", {"n": len(everything.treated) - 1})
    slots: dict[str, Slot] = {
        "n": Figure(str(len(columns))),
        "group": sides[compared.label],
        "baseline": sides[compared.baseline],
        "weight": design.origin().weight,
        "share": Message("balance_method.all") if everything.exact else drawn,
        "total": Figure(count_words(everything.total)),
        "p": Figure(str(format_p(together))),
    }
    sentences = [Message("balance_method.method", slots)]
    if apart:
        sentences.append(Message("balance_method.apart", {"names": Columns(tuple(apart), 10)}))
    partly = {name: known_in for name, known_in in known.items() if len(known_in) < len(compared)}
    for name, known_in in partly.items():
        counts: dict[str, Slot] = {
            "name": name,
            "n_group": Figure(str(int(known_in.treated.sum()))),
            "n_baseline": Figure(str(int((~known_in.treated).sum()))),
        }
        sentences.append(Message("balance_method.partly", counts))
    return Told.of(*sentences, between=" ")


def _known(design: SurveyDesign, column: _Column, compared: ComparedGroups) -> ComparedGroups:
    """Return the settlements in which somebody has a value; refuse when a side has none."""
    rows = (compared.of_row >= 0) & ~np.isnan(column.values)
    known_in = compared.keep(np.bincount(compared.of_row[rows], minlength=len(compared)) > 0)
    if known_in.treated.all() or not known_in.treated.any():
        raise FeasibilityError(
            f"nobody on one side of {compared.group!r} has a value of {column.name!r}; leave this covariate out"
        )
    return known_in


def _alike_in_what_is_known(compared: ComparedGroups, known: Sequence[ComparedGroups]) -> np.ndarray:
    """Return blocks of settlements in which the same covariates are known.

    Inside these every assignment leaves as many settlements with a value on each side as there were, so that the test
    of all covariates together asks no more of a covariate than the settlements in which it is known can tell.
    """
    patterns = np.column_stack([compared.block, *[np.isin(np.arange(len(compared)), one.number) for one in known]])
    return np.unique(patterns, axis=0, return_inverse=True)[1].ravel()


def _judge(design: SurveyDesign, column: _Column, known_in: ComparedGroups, compared: ComparedGroups) -> Judgement:
    rows = np.flatnonzero((compared.of_row >= 0) & ~np.isnan(column.values))
    cluster = np.searchsorted(known_in.number, compared.of_row[rows])
    x = np.column_stack([np.ones(len(rows)), known_in.treated[cluster]]).astype(float)
    totals = cluster_totals(x, np.zeros(len(rows)), weights_of(design, rows), cluster, len(known_in))
    return judge(totals, known_in, outcome=column.name)


def _columns(design: SurveyDesign, name: str, compared: ComparedGroups, lang: str | None) -> list[_Column]:
    column, variable = design.survey.frame[name], design.survey.codebook[name]
    inside = compared.of_row >= 0
    if column[inside].isna().all():
        raise ColumnError(f"`covariates` names {name!r}, which is empty for every respondent compared")
    numeric = pd.api.types.is_numeric_dtype(column.dtype)
    if numeric and not variable.labels and variable.measure in (None, "scale"):
        return [_Column(name, "", check_numeric(column, "covariates"))]
    index, levels = ordered_codes(column)
    present = np.unique(index[inside & (index >= 0)])
    codes = [as_code(levels[place]) for place in present]
    labels = distinct_texts([variable.label(code, lang) for code in codes], codes)
    return [
        _Column(name, label, np.where(index < 0, np.nan, index == place), code)
        for label, place, code in zip(labels, present, codes)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums of one covariate over the settlements: of weights, and of weights times its value and its square.

    `varies` tells whether anybody on a side differs from another there; the sums alone cannot tell that from rounding.
    """

    weight: np.ndarray
    total: np.ndarray
    square: np.ndarray
    lowest: float
    n: int
    varies: bool


def _sums(column: _Column, weights: np.ndarray, compared: ComparedGroups) -> _Sums:
    rows = np.flatnonzero((compared.of_row >= 0) & ~np.isnan(column.values))
    cluster, w = compared.of_row[rows], weights[rows]
    x, lowest = from_smallest(column.values[rows])
    sums = [np.bincount(cluster, part, minlength=len(compared)) for part in (w, w * x, w * x**2)]
    rounding = ROUNDING * np.abs(column.values[rows]).max(initial=0.0)
    varies = any(
        np.ptp(x[compared.treated[cluster] == side]) > rounding
        for side in (True, False)
        if (compared.treated[cluster] == side).any()
    )
    return _Sums(sums[0], sums[1], sums[2], lowest, len(rows), varies)


def _moved(sums: _Sums, treated: np.ndarray) -> np.ndarray:
    """Return the difference of weighted means under every assignment."""
    return np.asarray(
        treated @ sums.total / (treated @ sums.weight) - (1 - treated) @ sums.total / ((1 - treated) @ sums.weight)
    )


def _row(
    column: _Column,
    sums: _Sums,
    compared: ComparedGroups,
    known_in: ComparedGroups,
    treated: np.ndarray,
    adjusted: SurveyDesign | None,
) -> tuple[Row, float]:
    """Return the row of one covariate, and what its differences are divided by when covariates are put together.

    That is the pooled standard deviation, and where the two sides have none that of everybody.
    """
    sides = [
        (mask @ sums.total / (mask @ sums.weight), mask @ sums.square / (mask @ sums.weight))
        for mask in (compared.treated, ~compared.treated)
    ]
    (first, first_square), (second, second_square) = sides
    # the root of the average of both sides' variances, each counting the same whatever its size (Rosenbaum & Rubin
    # 1985); it stays that before adjustment, or a smaller spread afterwards would look like worse balance
    spread = float(np.sqrt(max(0.0, float(first_square - first**2 + second_square - second**2) / 2)))
    spread = spread if sums.varies else 0.0
    difference = float(first - second)
    share = compared.treated @ sums.weight / sums.weight.sum()
    # variance inside plus variance between two sides of shares s and 1 - s: of all people together, without a spread
    # inside sides too
    overall = float(np.sqrt(spread**2 + share * (1 - share) * difference**2))
    scale = spread or overall or 1.0
    of_known = np.asarray(known_in.number)
    sums_known = replace(sums, weight=sums.weight[of_known], total=sums.total[of_known], square=sums.square[of_known])
    largest = float((sums_known.total / sums_known.weight).max())
    p = float(np.mean(np.abs(_moved(sums_known, treated)) >= abs(difference) - TIE * largest))
    after = math.nan
    if adjusted is not None:
        after = _standardize(_difference(column.values, weights_of(adjusted), compared), spread)
    row = Row(
        difference,
        p_value=p,
        outcome=column.name,
        level=column.level or None,
        group=compared.label,
        baseline=compared.baseline,
        method="randomization",
        n=sums.n,
        n_clusters=len(known_in),
        n_weighted=float(sums.weight.sum()),
        extra={
            "mean_group": sums.lowest + float(first),
            "mean_baseline": sums.lowest + float(second),
            "before": _standardize(difference, spread),
            "after": after,
        },
    )
    return row, scale


def _standardize(difference: float, spread: float) -> float:
    """Return a difference in standard deviations; infinite where the sides differ and nothing varies inside them."""
    if spread > 0:
        return difference / spread
    return float(np.copysign(np.inf, difference)) if difference else 0.0


def _difference(values: np.ndarray, weights: np.ndarray, compared: ComparedGroups) -> float:
    has_value = (compared.of_row >= 0) & ~np.isnan(values)
    inside = np.zeros(len(values), dtype=bool)
    inside[compared.of_row >= 0] = compared.treated[compared.of_row[compared.of_row >= 0]]
    means = [np.average(values[has_value & side], weights=weights[has_value & side]) for side in (inside, ~inside)]
    return float(means[0] - means[1])
