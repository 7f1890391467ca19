"""Weighted quantiles, by group, with Woodruff and score intervals; the rule is printed with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_numeric, check_option, check_share
from surveykit.conventions import QuantileRule, ShareInterval, conventions_of
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.calibration import FixedTotals, calibrated_totals
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.domains import make_domains, missing_table
from surveykit.estimation.engine.quantile_rules import FUZZ, weighted_quantile
from surveykit.estimation.engine.respondents import degrees_of_freedom_among, one_group, variance_rows
from surveykit.estimation.engine.result_columns import (
    Estimates,
    RatioTotals,
    UnitTotals,
    describe_variance,
    facts_of,
    freedom_of,
    interval_words,
    standard_errors,
    t_degrees_of_freedom,
    warn_without_df,
)
from surveykit.estimation.engine.share_intervals import share_interval
from surveykit.estimation.engine.t_distribution import t_quantile
from surveykit.estimation.engine.totals import unit_tabulator, weights_of
from surveykit.results import Row, table_of
from surveykit.words.messages import Figure, Listed, Message, Slot, Told

QuantileInterval = Literal[
    "woodruff", "mean", "logit", "xlogit", "arcsine", "asin", "beta", "korn-graubard", "score"
]  # fmt: skip
KINDS: dict[QuantileInterval, ShareInterval] = {
    "woodruff": "wald", "mean": "wald", "logit": "logit", "xlogit": "logit", "arcsine": "arcsine", "asin": "arcsine",
    "beta": "beta", "korn-graubard": "korn-graubard",
}  # fmt: skip
"""The interval of the share behind each interval of a quantile; "mean", "xlogit" and "asin" are R's names."""


def quantiles(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    probabilities: float | Sequence[float] = (0.25, 0.5, 0.75),
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    rule: QuantileRule | None = None,
    interval: QuantileInterval = "woodruff",
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate weighted quantiles of numeric columns.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : str or sequence of str
        Numeric columns.
    probabilities : float or sequence of float
        Shares of the population that lie below, between 0 and 1.
    by, where, confidence, lang
        As in `means`.
    rule : str, optional
        How a quantile is read off the weighted distribution; by default that of the conventions: "math" (the
        smallest value with at least that share at or below it). Others: "school", "shahvaish",
        "shahvaish-normalised", "hf1" to "hf9", "hf4-distinct" (SAS), "haverage" (SPSS); see
        `surveykit.estimation.engine.quantile_rules`.
    interval : {"woodruff", "logit", "arcsine", "beta", "korn-graubard", "score"}
        See Notes; "mean", "xlogit" and "asin" are R's names for the first three.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Estimates
        One row per outcome, group and probability; the column `probability` follows the glossary's. `std_error` is
        the width of the interval over twice the t quantile.

    Raises
    ------
    ColumnError
        When a column is absent or holds text.
    ArgumentError
        When a probability does not lie between 0 and 1, there is none, nobody is left in any group, `where` does not
        hold one True or False per respondent, or `confidence` does not lie between 0 and 1.

    Notes
    -----
    Woodruff (1952, JASA 47): an interval for the share F(q) at or below the estimated quantile, its ends turned back
    into values by the same rule. The share's interval is ``F +- t se`` ("woodruff"), on the logit or arcsine scale, or
    a beta one, with the effective sample size as it is ("beta") or held at or below n ("korn-graubard"); see `shares`.
    "score" collects the values that a test of ``F(x) = p`` does not reject (Francisco & Fuller 1991, Annals of
    Statistics 19). An end that falls outside the data is missing, and the method sentence names it; one whose share
    lies between 0 and the first value's is the first value. An interval holds its estimate; only R's "shahvaish", which
    reads quantiles off the scale of the weights, may print one that does not.
    Rows covary as their shares F do, scaled to their standard errors, so that `contrast` serves quantiles too.

    R: ``svyquantile(~y, design, p, qrule = rule, interval.type = interval)``, whose "score" turns the ends back with
    the unweighted share of answers at or below them: with unequal weights its interval may miss the estimate, so that
    this one, which takes the weighted share, differs there.

    References
    ----------
    Woodruff, R. S. (1952). Confidence intervals for medians and other position measures. JASA 47, 635-646.
    Francisco, C. A. and Fuller, W. A. (1991). Quantile estimation with a complex survey design. Annals of Statistics
    19, 454-469.
    Hyndman, R. J. and Fan, Y. (1996). Sample quantiles in statistical packages. The American Statistician 50, 361-365.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": range(1, 13), "village": [f"S{k % 4}" for k in range(12)]})
    >>> result = sk.quantiles(sk.SurveyDesign(answers, cluster="village"), "y", [0.25, 0.5])
    >>> result.table[["probability", "estimate", "conf_low", "conf_high"]]
       probability  estimate  conf_low  conf_high
    0         0.25       3.0       NaN        7.0
    1         0.50       6.0       3.0       10.0
    """
    design = design.with_conventions(conventions)
    names = as_names(outcomes, "outcomes")
    if not names:
        raise ArgumentError("`outcomes` must name at least one column")
    frame = design.survey.frame
    check_columns(frame, names, "outcomes")
    rule = conventions_of(design).quantile_rule if rule is None else rule
    check_option(rule, get_args(QuantileRule), "rule")
    check_option(interval, get_args(QuantileInterval), "interval")
    check_share(confidence, "confidence")
    wanted = [probabilities] if isinstance(probabilities, int | float | np.number) else list(probabilities)
    shares = [check_share(probability, "probabilities") for probability in wanted]
    if not shares:
        raise ArgumentError("`probabilities` must hold at least one number between 0 and 1")
    sample = complete_sample(design, [*names, *as_names(by, "by")], where)
    design, where, frame = sample.design, sample.where, sample.design.survey.frame
    domains = make_domains(design, by, where, lang)
    of_groups = []
    for name in names:
        numbers = check_numeric(frame[name], "outcomes")
        for group, label in enumerate(domains.labels):
            inside = (domains.of_row == group) & ~np.isnan(numbers)
            shared = Row(outcome=name, group=label, method=f"quantile {rule}")
            of_groups.append(_group_quantiles(design, numbers, inside, shares, rule, interval, confidence, shared))
    rows = [row for of_group in of_groups for row in of_group.rows]
    df, outcome, group_of_row = zip(*((row.df, row.outcome, row.group) for row in rows))
    warn_without_df(np.array(df), outcome, group_of_row)
    named = {"mean": "woodruff"}.get(interval, interval)
    variance = describe_variance(design, confidence, interval_words(named), freedom_of(design, always_t=True))
    estimator = Message("estimator.quantiles", {"rule": rule})
    method = Told.of(estimator, ": ", variance, _say_open_ends(rows), ".")
    result = Estimates(
        table_of(rows, ("probability",)),
        method,
        design.origin(lang),
        facts_of(design, confidence),
        design=design,
        confidence=confidence,
        unit_totals=UnitTotals(
            np.hstack([of_group.linearized for of_group in of_groups]),
            np.hstack([of_group.presence for of_group in of_groups]),
        ),
        count_missing=partial(missing_table, design, domains, names, lang),
        group_codes=domains.group_codes,
        quantity="quantile",
    )
    return sample.tell(result, names, by, lang)


@dataclass(frozen=True, slots=True, eq=False)
class _GroupQuantiles:
    """The quantiles of one outcome in one group: a row for each, and what their joint distribution follows from."""

    rows: list[Row]
    linearized: np.ndarray
    presence: np.ndarray


def _group_quantiles(
    design: SurveyDesign,
    numbers: np.ndarray,
    inside: np.ndarray,
    shares: list[float],
    rule: QuantileRule,
    interval: QuantileInterval,
    confidence: float,
    shared: Row,
) -> _GroupQuantiles:
    """Return the quantiles of one outcome in one group; `shared` is what their rows have in common."""
    n, count = int(inside.sum()), len(shares)
    if n == 0:
        nobody = replace(shared, df=0.0, n=0, n_clusters=0, n_weighted=0.0)
        return _GroupQuantiles(
            [replace(nobody, extra={"probability": share}) for share in shares],
            np.zeros((variance_rows(design), count)),
            np.zeros((design.units.n_units, count)),
        )
    rows = np.flatnonzero(inside)
    order = rows[np.argsort(numbers[rows], kind="stable")]
    values, weights = numbers[order], weights_of(design, order)
    df, n_clusters = degrees_of_freedom_among(design, inside)
    estimate = np.array([weighted_quantile(values, weights, share, rule) for share in shares])
    below = _ShareBelow(design, numbers, inside)
    # Woodruff (1952): the error of F at the estimate, an error of a share, gives an interval of shares, and F is then
    # read backwards
    at, linearized_share = below(estimate)
    error = standard_errors(linearized_share, design)
    if df > 0 or error.any():  # all of a group in one cluster: its error is unknown under any convention
        df = float(t_degrees_of_freedom(np.array([df]), design)[0])
    t = float(t_quantile(np.array([df]), confidence)[0])
    # Francisco & Fuller (1991) ask which x a test of F(x) = p accepts, each with the error of F at x itself
    if interval == "score":
        ends = [_score_ends(below, values, share, t) for share in shares]
    else:
        ends = list(zip(*_share_ends(at, error, df, n, KINDS[interval], confidence)))
    low, high = (
        np.array([weighted_quantile(values, weights, _inside(end), rule) for end in side]) for side in zip(*ends)
    )
    # F(q) of an interpolated quantile lies on the step below it, so that a short interval could miss the estimate
    if rule != "shahvaish":  # R's form, which reads the estimate itself off another scale than its ends
        # fmin would put the estimate where an end is missing; zero times the end keeps it missing
        low, high = np.fmin(low, estimate) + 0 * low, np.fmax(high, estimate) + 0 * high
    # as R's svyquantile: the interval's length, told in errors. The quantile moves by -dF / f, and std_error / error
    # stands for 1 / f
    std_error = (high - low) / (2 * t)
    with np.errstate(invalid="ignore", divide="ignore"):
        linearized = -linearized_share * np.where(error > 0, std_error / error, np.nan)
    shared = replace(shared, df=df, n=n, n_clusters=n_clusters, n_weighted=weights.sum())
    rows_of_shares = [
        replace(shared, estimate=q, std_error=error, conf_low=start, conf_high=end, extra={"probability": share})
        for q, error, start, end, share in zip(estimate, std_error, low, high, shares)
    ]
    return _GroupQuantiles(rows_of_shares, linearized, np.repeat(below.presence, count, axis=1))


class _ShareBelow:
    """The share of a group at or below given values, with its linearized totals."""

    def __init__(self, design: SurveyDesign, numbers: np.ndarray, inside: np.ndarray) -> None:
        self.design, self.numbers, self.inside = design, numbers, inside
        self.group = one_group(inside)
        self.tabulator = unit_tabulator(design, self.group)
        self.fixed = FixedTotals.of(design, self.group)
        self.presence = self.tabulator.sums()

    def __call__(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the shares, (values,), and their linearized unit totals, (units, values)."""
        rows = np.flatnonzero(self.inside)
        hits = []
        for value in values:
            hit = np.zeros(len(self.numbers))
            hit[rows] = self.numbers[rows] <= value
            hits.append(hit)
        (top, bottom), *by_table = [
            (np.hstack([table.sums(hit) for hit in hits]), np.repeat(table.sums(), len(hits), axis=1))
            for table in (self.tabulator, *self.fixed.tables)
        ]
        ratio = RatioTotals(top, bottom, bottom)
        return ratio.estimates, calibrated_totals(ratio, self.fixed, by_table)


def _share_ends(
    share: np.ndarray, error: np.ndarray, df: float, n: int, kind: ShareInterval, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the intervals of the shares below quantiles."""
    freedom, size = np.full(len(share), df), np.full(len(share), n)
    low, high = share_interval(share, error, freedom, size, size, kind, confidence)
    # with everybody at or below the estimate nothing is known of what lies above; only Woodruff's form has ends there
    known = (share > 0) & (share < 1) if kind != "wald" else np.ones(len(share), dtype=bool)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _say_open_ends(rows: Sequence[Row]) -> Told:
    """Return which intervals have no lower or upper end because it falls outside the data."""
    open_ends: list[Slot] = [
        Message(f"quantile_end.{word}", {"outcome": str(row.outcome), "group": str(row.group), "at": _at(row)})
        for side, word in (("conf_low", "lower"), ("conf_high", "upper"))
        for row in rows
        if np.isnan(getattr(row, side)) and row.df > 0 and row.n > 0
    ]
    if not open_ends:
        return Told()
    listed: Slot = Listed(tuple(open_ends[:6]))
    listed = Message("list.more", {"list": listed, "n": len(open_ends) - 6}) if len(open_ends) > 6 else listed
    return Told.of(Message("quantile_end.missing", {"ends": listed}))


def _at(row: Row) -> Figure:
    return Figure(f"{row.extra['probability']:g}")


def _inside(share: float) -> float:
    """Return a share from 0 to 1, NaN for one beyond."""
    return float(np.clip(share, 0, 1)) if -FUZZ <= share <= 1 + FUZZ else float("nan")


def _score_ends(below: _ShareBelow, values: np.ndarray, share: float, t: float) -> tuple[float, float]:
    """Return the weighted shares at which the test of ``F(x) = share`` begins and ends to accept.

    The share at or below x and its statistic rise in steps (the statistic mostly, as its error changes with them; one
    crossing of t is found by halving); between two steps the shares are interpolated to where the
    statistic is t. NaN where the first value is accepted already, or the last but one still is: what lies beyond cannot
    be tested, as everybody or nobody is below it.
    """
    distinct = np.unique(values)
    if np.isnan(t):
        return float("nan"), float("nan")
    if len(distinct) == 1:
        return share, share

    def at(position: int) -> tuple[float, float]:
        """Return the share at or below a value, and its distance from the share asked in errors."""
        share_there, linearized_share = below(distinct[position : position + 1])
        gap, error = float(share_there[0] - share), float(standard_errors(linearized_share, below.design)[0])
        far = gap / error if error > 0 else float(np.sign(gap)) * np.inf
        return float(share_there[0]), 0.0 if abs(gap) <= FUZZ else far

    ends = []
    for limit in (-t, t):
        low, high = 0, len(distinct) - 1  # the first value that reaches the limit; the last one's is infinite
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if at(middle)[1] >= limit else (middle + 1, high)
        if low == (0 if limit < 0 else len(distinct) - 1):
            ends.append(float("nan"))
            continue
        (first, before), (second, after) = (at(low - 1) if low else (0.0, -np.inf)), at(low)
        part = (limit - before) / (after - before) if np.isfinite(after - before) else 0.5
        ends.append(first + part * (second - first))
    return float(np.fmin(ends[0], share) + 0 * ends[0]), float(np.fmax(ends[1], share) + 0 * ends[1])
