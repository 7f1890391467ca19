"""Design-based t tests: one mean, two groups, two answers of the same respondents."""

from dataclasses import replace

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, check_numeric, check_share, from_smallest, largest_of
from surveykit.conventions import conventions_of
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.domains import make_domains
from surveykit.estimation.engine.group_means import GroupMeans, answering_groups, group_means
from surveykit.estimation.engine.result_columns import (
    describe_replicates,
    facts_behind,
    span,
    standard_errors,
    tests_end,
    warn_without_df,
)
from surveykit.estimation.engine.rounding import combined, rounding_of, t_statistics
from surveykit.estimation.engine.settlement_level import find_sides, tell_of_sides, withholds
from surveykit.estimation.engine.t_distribution import t_interval, two_sided_p
from surveykit.results import Result, Row, table_of
from surveykit.translated_names import question_label
from surveykit.words.messages import Figure, Message, Slot, Told


def t_test(
    design: SurveyDesign,
    outcome: str,
    group: str | None = None,
    *,
    null: float = 0.0,
    baseline: object = None,
    paired_with: str | None = None,
    where: pd.Series | np.ndarray | None = None,
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Result:
    """Test a mean, a difference of two groups, or the difference of two answers of the same respondents.

    Parameters
    ----------
    design : SurveyDesign
    outcome : str
        Numeric column.
    group : str, optional
        Column with two groups; the estimate is the other group minus the baseline.
    null : float
        Value that the mean, or the difference, is held against, in units of the outcome.
    baseline : code or label, optional
        Group that is subtracted; the first in code order by default.
    paired_with : str, optional
        Second numeric column: the estimate is the mean of `outcome` minus this one over those who answered both.
    where : boolean Series or array, optional
        Restricts the test to a part of the respondents.
    confidence : float
        Level of the intervals, between 0 and 1.
    lang : str, optional
        Language of the group labels.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Result
        One row: `estimate` is the mean (or the difference) itself, `statistic` its distance from `null` in standard
        errors.

    Raises
    ------
    ArgumentError
        When `group` has not two groups, is the outcome or is given with `paired_with`, `baseline` is none of the
        groups, nobody answered, or `confidence` does not lie between 0 and 1.
    ColumnError
        When a column is absent, or the outcome holds text.

    Notes
    -----
    The two-group test is the regression on an indicator. Degrees of freedom: clusters minus strata of those who
    answered, minus one. R: ``svyttest(y ~ group, design)``, ``svyttest(I(y - null) ~ 0, design)``,
    ``svyttest(I(y - x) ~ 0, design)``, which takes one degree of freedom off the one-sample test too; the conventions
    of Stata, SPSS and svy take none.

    When the group is a property of the cluster (all of a village is treated, or none), few clusters make this test
    too optimistic: a warning and the method say how many clusters that answered stand on each side, and
    `compare_settlements` is the test to use. So they do when the group varies inside clusters but so few clusters hold
    most of it that the test is foretold to reject more than 6.5 % of true hypotheses. A group that one cluster (or,
    without clusters, one respondent) answers for leaves the estimate without error, interval and p-value, unless
    `conventions` ask for another package's.

    References
    ----------
    Lumley, T. (2004). Analysis of complex survey samples. Journal of Statistical Software 9, 1-19.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> result = sk.t_test(sk.SurveyDesign(answers, cluster="village"), "y", "sex", baseline=1)
    >>> result.table[["estimate", "std_error", "statistic", "df", "p_value"]].round(4)
       estimate  std_error  statistic   df  p_value
    0    1.6667     0.6667        2.5  1.0   0.2422
    """
    design = design.with_conventions(conventions)
    frame = design.survey.frame
    check_share(confidence, "confidence")
    check_columns(frame, [outcome], "outcome")
    if group is not None and paired_with is not None:
        raise ArgumentError(
            "`group` and `paired_with` cannot both be given: a paired test compares two answers of the same respondents, not two groups"
        )
    columns = [name for name in (outcome, group, paired_with) if name is not None]
    check_columns(frame, columns, "group" if group is not None else "paired_with")
    sample = complete_sample(design, columns, where)
    design, where, frame = sample.design, sample.where, sample.design.survey.frame
    values = pd.Series(check_numeric(frame[outcome], "outcome"), index=frame.index, name=outcome)
    if group is not None:
        domains = answering_groups(design, outcome, group, where, lang)
        if len(domains) != 2:
            raise ArgumentError(
                f"`group` must have two groups, but {group!r} has {len(domains)}: {domains.labels}; pick two with `where`, or use rank_test() or fit_model()"
            )
        compared: str | None
        subtracted: str | None
        group_codes = domains.group_codes
        first = (
            0
            if baseline is None
            else design.survey.codebook[group].position(baseline, [key[0] for key in domains.keys], "baseline", lang)
        )
        compared, subtracted = domains.labels[1 - first], domains.labels[first]
        sides = find_sides(design, domains.of_row, domains.labels)
        unknown = bool(sides.lone) and withholds(design)
        note = tell_of_sides(design, group, "t_test()", [(outcome, sides)])
        shifted, lowest = from_smallest(values.where(domains.of_row >= 0).to_numpy())
        of_groups = group_means(design, pd.Series(shifted, values.index, name=outcome), domains)
        weights, what = np.array([-1.0, 1.0]) * (1 if first == 0 else -1), "two groups"
    else:
        if baseline is not None:
            raise ArgumentError("`baseline` names a group, but no `group` was given")
        size = 0.0
        if paired_with is not None:
            check_columns(frame, [paired_with], "paired_with")
            second = check_numeric(frame[paired_with], "paired_with")
            size = largest_of(values.to_numpy(), second)
            values = values - second
        answered = values.notna().to_numpy()
        if where is not None:
            answered = answered & (make_domains(design, None, where).of_row >= 0)
        if not answered.any():
            raise ArgumentError(f"nobody answered {outcome!r}, so it has no mean to test")
        shifted, lowest = from_smallest(values.where(answered).to_numpy(), size)
        everyone = make_domains(design, None, answered)
        of_groups = group_means(design, pd.Series(shifted, values.index, name=outcome), everyone)
        weights, compared, subtracted, unknown, note = np.array([1.0]), None, paired_with, False, Told()
        what, group_codes = "one mean" if paired_with is None else "paired answers", {}
    result = _result(
        design, outcome, of_groups, weights, lowest, (compared, subtracted), what, null, confidence, lang, unknown
    )
    return sample.tell(replace(result, method=Told.of(result.method, note), group_codes=group_codes))


def _result(
    design: SurveyDesign,
    outcome: str,
    of_groups: GroupMeans,
    weights: np.ndarray,
    lowest: float,
    names: tuple[str | None, str | None],
    what: str,
    null: float,
    confidence: float,
    lang: str | None,
    unknown: bool,
) -> Result:
    estimate = np.array([weights @ of_groups.estimates + weights.sum() * lowest])
    std_error = standard_errors(combined(of_groups.linearized, weights[:, None], rounding_of(design)), design)
    lost = conventions_of(design).test_df_lost
    df = np.array([of_groups.df - lost])
    if unknown:
        std_error, df = np.full(1, np.nan), np.zeros(1)
    else:
        warn_without_df(df, [outcome])
    low, high = t_interval(estimate, std_error, df, confidence)
    statistic = t_statistics(estimate - null, std_error, f"answers to {outcome!r}")
    row = Row(
        estimate[0],
        std_error[0],
        statistic[0],
        df[0],
        two_sided_p(statistic, df)[0],
        low[0],
        high[0],
        outcome=outcome,
        group=names[0],
        baseline=names[1],
        method="t",
        n=int(of_groups.n.sum()),
        n_clusters=of_groups.n_clusters,
        n_weighted=of_groups.n_weighted,
    )
    held = Message("t_test.against", {"null": Figure(f"{null:g}")})
    error = (
        Message("t_test.linearized")
        if design.replicates is None
        else Message("t_test.replicates", {"replicates": describe_replicates(design.replicates)})
    )
    slots: dict[str, Slot] = {
        "what": Message(f"t_test.{what.replace(' ', '_')}"),
        "held": held if null or what == "one mean" else "",
        "error": error,
        "df": Figure(f"{df[0]:g}"),
        "lost": Message("t_test.minus_one") if lost else "",
        "end": tests_end(design, span(of_groups.n.sum()), span(of_groups.n_clusters)),
    }
    method = Told.of(Message("t_test.method", slots))
    return Result(
        table_of([row]),
        method,
        design.origin(lang),
        facts_behind(design, confidence, of_groups.n.sum(), of_groups.n_clusters),
        Told.of(Message("t_test.title", {"question": question_label(design.survey.codebook, outcome, lang)})),
        quantity="difference",
    )
