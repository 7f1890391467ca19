"""Answers that look wrong: straight lines, empty batteries, doubles, impossible dates; interviewer effects.

Rules are data, answers are flagged and counted by settlement, and nothing is ever dropped here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_numeric, check_option, from_smallest
from surveykit.codebook import Code, as_code, distinct_texts
from surveykit.errors import ArgumentError, ColumnError
from surveykit.results import Origin, Result, Row, table_of
from surveykit.survey import Survey, as_survey, known_hashes
from surveykit.words.messages import Columns, Figure, Message, Told

Kind = Literal["straight_line", "nonresponse", "duplicate", "duration", "date", "range", "skip"]


@dataclass(frozen=True)
class QualityRule:
    """One rule that flags answers.

    Attributes
    ----------
    name : str
    kind : {"straight_line", "nonresponse", "duplicate", "duration", "date", "range", "skip"}
        * straight_line: one code on all answered items of a battery, `minimum` of them answered at least (default 3);
        * nonresponse: a share of unanswered items above `maximum` (default 0.5);
        * duplicate: the same answers in all `columns` as another row, `minimum` of them answered at least (default 1);
        * duration: from the first column to the second takes less than `minimum` or more than `maximum` minutes;
        * date: a date before `minimum` or after `maximum`;
        * range: a number below `minimum` or above `maximum`;
        * skip: an answer to a question that was not to be asked, by the skip rule (`asked_of`) of the codebook.
    columns : tuple of str
    minimum, maximum : number or date, optional
        Bounds, in what the kind counts: items, a share from 0 to 1, minutes, dates, or numbers of the column.

    Raises
    ------
    ArgumentError
        When the rule lacks what its kind needs: columns (two for a duration, three for a straight line), `minimum` or
        `maximum`.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> rule = sk.QualityRule("too fast", "duration", ["start", "end"], minimum=10)
    >>> times = pd.to_datetime(["2023-05-01 10:00", "2023-05-01 10:04", "2023-05-01 10:35"])
    >>> answers = pd.DataFrame({"start": times[[0, 0]], "end": times[[1, 2]]})
    >>> sk.check_quality(answers, rule).flags["too fast"].tolist()
    [True, False]
    """

    name: str
    kind: Kind
    columns: tuple[str, ...]
    minimum: Any = None
    maximum: Any = None

    def __post_init__(self) -> None:
        check_option(self.kind, get_args(Kind), "kind")
        object.__setattr__(self, "columns", tuple(as_names(self.columns, "columns")))
        if not self.columns:
            raise ArgumentError(f"the rule {self.name!r} names no column; give the columns that it looks at")
        if self.kind == "duration" and len(self.columns) != 2:
            raise ArgumentError(f"the rule {self.name!r} needs two columns, the start and the end of the interview")
        if self.kind == "straight_line" and len(self.columns) < 3:
            raise ArgumentError(f"the rule {self.name!r} needs three items at least; two equal answers are no line")
        if self.kind in ("duration", "date", "range") and self.minimum is None and self.maximum is None:
            raise ArgumentError(f"the rule {self.name!r} needs `minimum`, `maximum` or both")


@dataclass(frozen=True, eq=False)
class QualityReport(Result):
    """How many answers each rule flags, in all and by settlement.

    Attributes
    ----------
    flags : pandas.DataFrame
        One row per respondent, one column of True and False per rule; to look at, or to leave rows out by hand with
        ``survey.keep_rows(~report.flags["name"], why)``.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 3, 2], "q2": [2, 3, 4], "q3": [5, 3, 1]}))
    >>> report = sk.check_quality(survey, sk.QualityRule("line", "straight_line", ["q1", "q2", "q3"]))
    >>> survey.keep_rows(~report.flags["line"], "one answer on all items").data
       q1  q2  q3
    0   1   2   5
    2   2   4   1
    """

    flags: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


def check_quality(
    survey: Survey | pd.DataFrame, rules: QualityRule | Sequence[QualityRule], *, settlement: str | None = None
) -> QualityReport:
    """Flag answers by rules, and count them in all and by settlement.

    Parameters
    ----------
    survey : Survey
    rules : QualityRule or sequence of QualityRule
    settlement : str, optional
        Column by which the counts are told apart (a settlement, an interviewer).

    Returns
    -------
    QualityReport
        `outcome` is the rule, `group` the settlement (None for all), `estimate` the share of flagged respondents, `n`
        the respondents and `n_flagged` the flagged ones. Nothing is dropped. A code that the codebook declares missing
        is no answer, also where it still stands in the data.

    Raises
    ------
    ColumnError
        When a column of a rule, or `settlement`, does not exist.
    ArgumentError
        When two rules have one name.

    Notes
    -----
    R: ``careless::longstring`` finds straight lines.

    References
    ----------
    Krosnick, J. A. (1991). Response strategies for coping with the cognitive demands of attitude measures in surveys.
    Applied Cognitive Psychology 5, 213-236.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 3], "q2": [2, 3], "q3": [5, 3], "village": ["A", "B"]})
    >>> rule = sk.QualityRule("line", "straight_line", ["q1", "q2", "q3"])
    >>> sk.check_quality(answers, rule, settlement="village").table[["group", "estimate", "n", "n_flagged"]]
      group  estimate  n  n_flagged
    0   NaN       0.5  2          1
    1     A       0.0  1          0
    2     B       1.0  1          1
    """
    data = as_survey(survey).with_missing_codes()
    listed = [rules] if isinstance(rules, QualityRule) else list(rules)
    twice = [rule.name for rule in listed if sum(other.name == rule.name for other in listed) > 1]
    if twice:
        raise ArgumentError(f"two rules are named {twice[0]!r}; give each its own name")
    for rule in listed:
        check_columns(data.frame, rule.columns, f"columns of the rule {rule.name!r}")
    if settlement is not None:
        check_columns(data.frame, [settlement], "settlement")
    flags = pd.DataFrame({rule.name: _flag(data, rule) for rule in listed}, index=data.frame.index)
    code_of_label = _named_groups(data, settlement)
    rows = []
    for rule in listed:
        flagged = flags[rule.name]
        rows.append(_row_of_flags(rule.name, None, flagged))
        if settlement is not None:
            groups = flagged.groupby(data.frame[settlement], observed=True, dropna=False)
            rows += [_row_of_flags(rule.name, label, group) for label, (_, group) in zip(code_of_label, groups)]
    any_flag = int(flags.any(axis=1).sum())
    counts = {"rules": len(listed), "flagged": int(any_flag), "all": len(flags)}
    method = Told.of(Message("quality.method", {name: Figure(str(number)) for name, number in counts.items()}))
    return QualityReport(
        table_of(rows, ("n_flagged",)),
        method,
        _origin(data),
        {"n": len(flags), "n_flagged": any_flag},
        Told.of(Message("titles.quality")),
        flags,
        group_codes={label: ((str(settlement), code),) for label, code in code_of_label.items() if code is not None},
    )


def _named_groups(data: Survey, column: str | None) -> dict[str, Code | None]:
    """Return the values of a column as a table groups them, by names of which no two are alike; None: no value."""
    if column is None:
        return {}
    keys = [key for key, _ in data.frame.groupby(column, observed=True, dropna=False)]
    codes = [None if pd.isna(key) else as_code(key) for key in keys]
    labels = ["missing" if code is None else data.codebook[column].label(code) for code in codes]
    return dict(zip(distinct_texts(labels, codes), codes))


def _origin(data: Survey) -> Origin:
    came = data.provenance
    return Origin(came.source, came.sha256, came.simulated, codebook=data.codebook, files=tuple(known_hashes(came)))


def _flag(data: Survey, rule: QualityRule) -> np.ndarray:
    if rule.kind == "skip":
        return _skip(data, rule)
    return _FLAGS[rule.kind](data.frame[list(rule.columns)], rule)


def _skip(data: Survey, rule: QualityRule) -> np.ndarray:
    flagged = np.zeros(len(data), dtype=bool)
    for column in rule.columns:
        variable = data.codebook[column]
        absent = next((other for other in variable.asked_of if other not in data.frame), None)
        if absent is not None or not variable.asked_of:
            what = f"rests on {absent!r}, which is not a column" if absent else "is not there"
            raise ArgumentError(
                f"the rule {rule.name!r} holds {column!r} against its skip rule, which {what}; leave the column out, or give `asked_of` in the codebook"
            )
        flagged |= ~variable.was_asked(data.frame) & data.frame[column].notna().to_numpy()
    return flagged


def _straight_line(items: pd.DataFrame, rule: QualityRule) -> np.ndarray:
    answered = items.notna().sum(axis=1).to_numpy()
    return np.asarray((items.nunique(axis=1).to_numpy() == 1) & (answered >= (rule.minimum or 3)))


def _nonresponse(items: pd.DataFrame, rule: QualityRule) -> np.ndarray:
    limit = 0.5 if rule.maximum is None else rule.maximum
    return np.asarray(items.isna().mean(axis=1).to_numpy() > limit)


def _duplicate(items: pd.DataFrame, rule: QualityRule) -> np.ndarray:
    answered = items.notna().sum(axis=1).to_numpy()
    # all of a set are flagged: which interview was copied from which cannot be told. Rows without answers are equal,
    # but no copies
    return np.asarray(items.duplicated(keep=False).to_numpy() & (answered >= (rule.minimum or 1)))


def _duration(items: pd.DataFrame, rule: QualityRule) -> np.ndarray:
    start, end = (_moments(items[column], rule) for column in rule.columns)
    if (_zone(start) is None) != (_zone(end) is None):
        raise ColumnError(
            f"the rule {rule.name!r} compares {rule.columns[0]!r} with {rule.columns[1]!r}, of which one has a time zone; give both one with .dt.tz_localize(), or neither"
        )
    # limits of a duration are in minutes
    minutes = (end - start).dt.total_seconds().to_numpy() / 60
    return _outside(minutes, rule.minimum, rule.maximum)


def _date(items: pd.DataFrame, rule: QualityRule) -> np.ndarray:
    flagged = np.zeros(len(items), dtype=bool)
    for column in rule.columns:
        moments = _moments(items[column], rule)
        low, high = (_in_zone(end, _zone(moments), rule) for end in (rule.minimum, rule.maximum))
        flagged |= (moments < low).to_numpy() if low is not None else False
        flagged |= (moments > high).to_numpy() if high is not None else False
    return flagged


def _zone(moments: pd.Series) -> Any:
    return getattr(moments.dtype, "tz", None)


def _in_zone(end: Any, zone: Any, rule: QualityRule) -> pd.Timestamp | None:
    """Return the end of a rule as a moment; one without a time zone is in that of the column."""
    if end is None:
        return None
    try:
        moment = pd.Timestamp(end)
    except (ValueError, TypeError) as error:
        raise ArgumentError(f"the rule {rule.name!r} needs limits such as '2023-11-05', not {end!r}") from error
    if moment.tzinfo is None:
        return moment.tz_localize(zone)
    if zone is None:
        raise ArgumentError(
            f"the rule {rule.name!r} has a limit with a time zone, {end!r}, for dates without one; leave the zone out"
        )
    return moment


def _range(items: pd.DataFrame, rule: QualityRule) -> np.ndarray:
    flagged = np.zeros(len(items), dtype=bool)
    for column in rule.columns:
        numbers = check_numeric(items[column], f"columns of the rule {rule.name!r}")
        flagged |= _outside(numbers, rule.minimum, rule.maximum)
    return flagged


def _outside(numbers: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    below = numbers < low if low is not None else np.zeros(len(numbers), dtype=bool)
    above = numbers > high if high is not None else np.zeros(len(numbers), dtype=bool)
    return below | above


def _moments(column: pd.Series, rule: QualityRule) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        # SPSS's TIME comes as a duration since midnight; put on one day, any day, times can be compared with each
        # other
        return pd.Timestamp("1970-01-01") + column
    example = next((cell for cell in column if not pd.isna(cell)), None)
    raise ColumnError(
        f"the rule {rule.name!r} needs dates, but {column.name!r} holds {example!r}; turn it into dates with pandas.to_datetime() first"
    )


_FLAGS: dict[str, Callable[[pd.DataFrame, QualityRule], np.ndarray]] = {
    "straight_line": _straight_line, "nonresponse": _nonresponse, "duplicate": _duplicate, "duration": _duration,
    "date": _date, "range": _range,
}  # fmt: skip


def interviewer_effects(survey: Survey | pd.DataFrame, items: str | Sequence[str], *, interviewer: str) -> Result:
    """Return how much of the differences between answers is a difference between interviewers.

    Parameters
    ----------
    survey : Survey
    items : str or sequence of str
        Numeric items.
    interviewer : str
        Column that names the interviewer.

    Returns
    -------
    Result
        Per item: `estimate` is the intraclass correlation, `statistic` the F of the analysis of variance, `df` its
        lower degrees of freedom, `n` the answers, `n_clusters` the interviewers, and `deff` = 1 + (mean load - 1) *
        estimate.

    Raises
    ------
    ColumnError
        When a column does not exist, or an item holds no numbers.
    ArgumentError
        When an item is named twice or holds infinite values.

    Notes
    -----
    One-way analysis of variance: with mean squares B between and W within, ``(B - W) / (B + (m - 1) W)``, where
    ``m = (n - sum(n_i^2) / n) / (k - 1)``. It can be negative. Unweighted. Interviewers who worked in one settlement
    each carry its differences along: the number is an upper bound then. R: ``psych::ICC`` (ICC1), ``ICC::ICCbare``.

    References
    ----------
    Kish, L. (1962). Studies of interviewer variance for attitudinal variables. JASA 57, 92-115.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"trust": [1, 1, 2, 4, 4, 5, 2, 3, 3], "asked_by": list("AAABBBCCC")})
    >>> sk.interviewer_effects(answers, "trust", interviewer="asked_by").table[["estimate", "n", "n_clusters"]].round(3)
       estimate  n  n_clusters
    0     0.866  9           3
    """
    names = as_names(items, "items")
    data = as_survey(survey).with_missing_codes(names)
    check_columns(data.frame, [*names, interviewer], "items")
    rows = [
        replace(_analyse(check_numeric(data.frame[name], "items"), data.frame[interviewer]), outcome=name)
        for name in names
    ]
    method = Told.of(Message("quality.interviewers", {"interviewer": Columns((interviewer,))}))
    return Result(
        table_of(rows), method, _origin(data), {"interviewer": interviewer}, Told.of(Message("titles.interviewers"))
    )


def _row_of_flags(rule: str, group: str | None, flagged: pd.Series) -> Row:
    """Return how many of some respondents a rule flags, and their share."""
    n, n_flagged = len(flagged), int(flagged.sum())
    share = n_flagged / n if n else float("nan")
    return Row(share, outcome=rule, group=group, n=n, extra={"n_flagged": n_flagged})


def _analyse(values: np.ndarray, interviewer: pd.Series) -> Row:
    answered = ~np.isnan(values) & interviewer.notna().to_numpy()
    codes, who = pd.factorize(interviewer[answered])
    y, n, k = from_smallest(values[answered])[0], int(answered.sum()), len(who)
    if k < 2 or n <= k:
        return Row(df=float(n - k), n=n, n_clusters=k)
    load = np.bincount(codes, minlength=k)
    means = np.bincount(codes, weights=y, minlength=k) / load
    between = float((load * (means - y.mean()) ** 2).sum()) / (k - 1)
    within = float(((y - means[codes]) ** 2).sum()) / (n - k)
    # the average load that the expected mean squares hold, E between = within + m * (variance between); equal loads
    # give n / k
    m = (n - float((load**2).sum()) / n) / (k - 1)
    if between == within == 0:
        return Row(df=float(n - k), n=n, n_clusters=k)
    # the moment estimator may be below zero: interviewers less different than chance would make them are told as such
    rho = (between - within) / (between + (m - 1) * within)
    f = between / within if within > 0 else float("inf")
    # Kish (1962): a mean's variance grows by 1 + (average load - 1) rho
    return Row(rho, statistic=f, df=float(n - k), deff=1 + (n / k - 1) * rho, n=n, n_clusters=k)
