"""Does an answer rise or fall over ordered groups? A design-based test of linear trend."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import ROUNDING, check_columns, check_numeric, check_option, check_share, from_smallest, warn
from surveykit.conventions import conventions_of
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.domains import Domains
from surveykit.estimation.engine.group_means import answering_groups
from surveykit.estimation.engine.respondents import (
    degrees_of_freedom_by_conventions,
    influence_totals,
    recomputed_totals,
)
from surveykit.estimation.engine.result_columns import (
    describe_replicates,
    facts_behind,
    span,
    standard_errors,
    tests_end,
    warn_without_df,
)
from surveykit.estimation.engine.rounding import t_statistics
from surveykit.estimation.engine.settlement_level import find_sides, tell_of_sides, withholds
from surveykit.estimation.engine.t_distribution import t_interval, two_sided_p
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.hypotheses.rank_tests import rank_scores
from surveykit.results import Result, Row, table_of
from surveykit.translated_names import question_label
from surveykit.words.messages import Columns, Figure, Message, Slot, Told

TrendOf = Literal["mean", "rank"]


def trend_test(
    design: SurveyDesign,
    outcome: str,
    group: str,
    *,
    of: TrendOf = "mean",
    scores: Sequence[float] | None = None,
    where: pd.Series | np.ndarray | None = None,
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Result:
    """Test whether an answer rises or falls over ordered groups.

    Parameters
    ----------
    design : SurveyDesign
    outcome : str
        Numeric column (a 0/1 indicator makes it a trend of shares, the survey form of Cochran-Armitage).
    group : str
        Column of groups in their code (or category) order.
    of : {"mean", "rank"}
        Whether the outcome itself or its weighted mid-rank is to rise.
    scores : sequence of float, optional
        Position of each group on the line; 1, 2, 3, ... by default.
    where : boolean Series or array, optional
        Restricts the test to a part of the respondents.
    confidence : float
        Level of the intervals, between 0 and 1.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Result
        One row: `estimate` is the slope per unit of score.

    Raises
    ------
    ArgumentError
        When there are fewer than two groups, nobody answered, or `scores` are not one finite number per group or all
        alike.
    ColumnError
        When a column is absent, or the outcome holds text.

    Notes
    -----
    Weighted least squares slope on the scores with its linearized error, or, with replicate weights, fitted anew in
    each (ranks stay those of the full sample); degrees of freedom are clusters minus strata of those who answered,
    minus one, which the conventions of Stata, SAS and SPSS do not take off. R:
    ``svyglm(y ~ as.numeric(group), design)``.

    Of groups that do not vary inside clusters a warning and the method tell as those of `t_test` do; of two groups, one
    that a single cluster answers for leaves no error and no p-value.

    References
    ----------
    Cochran, W. G. (1954). Some methods for strengthening the common chi-squared tests. Biometrics 10, 417-451.
    Armitage, P. (1955). Tests for linear trends in proportions and frequencies. Biometrics 11, 375-386.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 2, 2, 5], "age": [1, 2, 3] * 2, "village": list("AABBCC")})
    >>> result = sk.trend_test(sk.SurveyDesign(answers, cluster="village"), "y", "age")
    >>> result.table[["estimate", "std_error", "df"]].round(4)
       estimate  std_error   df
    0      1.25     0.6027  1.0
    """
    design = design.with_conventions(conventions)
    check_option(of, get_args(TrendOf), "of")
    check_share(confidence, "confidence")
    check_columns(design.survey.frame, [outcome], "outcome")
    check_columns(design.survey.frame, [group], "group")
    sample = complete_sample(design, [outcome, group], where)
    design, where = sample.design, sample.where
    domains = answering_groups(design, outcome, group, where, lang)
    positions = _read_scores(scores, group, domains)
    fit = _fit(design, outcome, of, domains, positions)
    df_all, n_clusters = degrees_of_freedom_by_conventions(design, domains.of_row >= 0)
    lost = 1 if conventions_of(design).regression_df == "residual" else 0  # the slope is one of a regression
    std_error, df = standard_errors(fit.linearized, design), np.array([df_all - lost])
    sides = find_sides(design, domains.of_row, domains.labels)
    if len(np.unique(positions)) > 2:  # the slope stays known without any one group
        sides = replace(sides, lone={}, uneven=None)
    note = tell_of_sides(design, group, "trend_test()", [(outcome, sides)])
    if sides.lone and withholds(design):
        std_error, df = np.full(1, np.nan), np.zeros(1)
    else:
        warn_without_df(df, [outcome])
    slope = np.array([fit.slope])
    low, high = t_interval(slope, std_error, df, confidence)
    statistic = t_statistics(slope, std_error, f"answers to {outcome!r} around the line" if fit.differ else "")
    row = Row(
        fit.slope,
        std_error[0],
        statistic[0],
        df[0],
        two_sided_p(statistic, df)[0],
        low[0],
        high[0],
        outcome=outcome,
        group=group,
        term="trend",
        method=f"trend of {of}",
        n=fit.n,
        n_clusters=n_clusters,
        n_weighted=fit.n_weighted,
    )
    result = Result(
        table_of([row]),
        Told.of(_describe(design, of, group, domains, positions, row, lost), note),
        design.origin(lang),
        facts_behind(design, confidence, fit.n, n_clusters),
        Told.of(Message("trend.title", {"question": question_label(design.survey.codebook, outcome, lang)})),
        quantity="trend",
    )
    return sample.tell(result)


def _read_scores(scores: Sequence[float] | None, group: str, domains: Domains) -> np.ndarray:
    """Return the position of each group on the line."""
    if scores is not None and len(scores) != len(domains):
        raise ArgumentError(
            f"`scores` must hold one number per group of {group!r} ({len(domains)}: {domains.labels}), but {len(scores)} were given"
        )
    positions = np.arange(1.0, len(domains) + 1) if scores is None else np.asarray(scores, dtype=float)
    if np.ptp(positions) == 0 or not np.isfinite(positions).all():
        raise ArgumentError("`scores` must be finite numbers that differ between groups, or there is no trend to test")
    return positions


def _describe(
    design: SurveyDesign, of: TrendOf, group: str, domains: Domains, positions: np.ndarray, row: Row, lost: int
) -> Message:
    """Return the sentence on how the trend was tested."""
    placed = ", ".join(f"{label} = {position:g}" for label, position in zip(domains.labels, positions))
    error = (
        Message("t_test.linearized")
        if design.replicates is None
        else Message("trend.replicates", {"replicates": describe_replicates(design.replicates)})
    )
    slots: dict[str, Slot] = {
        "of": Message(f"trend.of_{of}"),
        "group": Columns((group,)),
        "placed": placed,
        "error": error,
        "df": Figure(f"{row.df:g}"),
        "lost": Message("t_test.minus_one") if lost else "",
        "end": tests_end(design, span(row.n), span(row.n_clusters)),
    }
    return Message("trend.method", slots)


@dataclass(frozen=True, slots=True, eq=False)
class _Trend:
    """A weighted least squares slope on scores.

    Attributes
    ----------
    slope : float
    linearized : float array, (units or replicates, 1)
    differ : bool
        Whether any two answers differ.
    n : int
    n_weighted : float
    """

    slope: float
    linearized: np.ndarray
    differ: bool
    n: int
    n_weighted: float


def _fit(design: SurveyDesign, outcome: str, of: TrendOf, domains: Domains, positions: np.ndarray) -> _Trend:
    """Return the slope of the answers, or of their ranks, on the positions of the groups."""
    inside = domains.of_row >= 0
    rows = np.flatnonzero(inside)
    y = (
        rank_scores(design, outcome, inside, "wilcoxon", "weighted")
        if of == "rank"
        else check_numeric(design.survey.frame[outcome], "outcome")
    )[rows]
    y, _ = from_smallest(y)  # a slope does not move with the origin of the answers
    if of == "mean" and not y.any():
        warn(f"everybody gave the same answer to {outcome!r}, so there is nothing to test")
    x, w = positions[domains.of_row[rows]], weights_of(design, rows)
    centred = x - w @ x / w.sum()
    variation = w @ centred**2
    slope = float(w @ (centred * y) / variation)
    residual = y - w @ y / w.sum() - slope * centred
    alike = all(np.ptp(y[domains.of_row[rows] == group]) == 0 for group in range(len(domains)))
    if alike or np.abs(residual).max() <= ROUNDING * np.abs(y).max():
        residual = np.zeros(len(y))  # all alike in each group, or on one line: nothing varies around the trend
    linearized = _linearized(design, centred, residual, variation, rows)
    return _Trend(slope, linearized, bool(y.any()), len(rows), float(w.sum()))


def _linearized(
    design: SurveyDesign, x: np.ndarray, residual: np.ndarray, spread: float, rows: np.ndarray
) -> np.ndarray:
    """Return the linearized totals of the slope on centred scores, or its changes between replicates."""
    if design.replicates is None:
        return influence_totals((x * residual / spread)[:, None], rows, design)

    size = weights_of(design, rows) @ np.abs(x * residual) / spread

    def shift(sums: np.ndarray) -> np.ndarray:
        sum_w, sum_x, sum_e, sum_xx, sum_xe = sums.T
        # residuals on x within the replicate give how far its slope is from the slope of all: x and e are centred at
        # the full sample only
        within = sum_xx - sum_x**2 / sum_w
        slope_of_residuals = (sum_xe - sum_x * sum_e / sum_w) / within
        return np.where(within > ROUNDING * sum_xx, slope_of_residuals, np.nan)[:, None]

    return recomputed_totals((np.ones(len(rows)), x, residual, x**2, x * residual), rows, design, shift, size)
