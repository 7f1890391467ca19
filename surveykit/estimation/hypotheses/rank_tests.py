"""Do groups differ in rank? Design-based rank tests on weighted mid-ranks."""

from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, check_numeric, check_option, join_equal, some, warn
from surveykit.design import ConventionName, SurveyDesign
from surveykit.distributions import normal_quantile, upper_f
from surveykit.errors import FeasibilityError
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.group_means import answering_groups, group_means
from surveykit.estimation.engine.levels import whole_levels
from surveykit.estimation.engine.result_columns import (
    describe_replicates,
    facts_behind,
    span,
    standard_errors,
    tests_end,
    warn_without_df,
)
from surveykit.estimation.engine.rounding import combined, rounding_of, t_statistics, warn_of_no_variation
from surveykit.estimation.engine.settlement_level import find_sides, tell_of_sides, withholds
from surveykit.estimation.engine.t_distribution import two_sided_p
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.engine.variance import covariance_of_totals
from surveykit.results import Result, Row, table_of
from surveykit.translated_names import question_label
from surveykit.words.messages import Message, Slot, Told

RankTest = Literal["wilcoxon", "median", "vanderwaerden", "kruskal-wallis"]
Ties = Literal["weighted", "file-order"]


def rank_test(
    design: SurveyDesign,
    outcome: str,
    group: str,
    test: RankTest = "wilcoxon",
    *,
    where: pd.Series | np.ndarray | None = None,
    ties: Ties = "weighted",
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Result:
    """Test whether groups differ in the ranks of an ordered answer.

    Parameters
    ----------
    design : SurveyDesign
    outcome : str
        Numeric column; only its order matters (for "median": which half).
    group : str
        Column with two or more groups.
    test : {"wilcoxon", "kruskal-wallis", "median", "vanderwaerden"}
        Score of the rank r in (0, 1): r itself (the first two are the same score), 1 above one half, or the normal
        quantile of r.
    where : boolean Series or array, optional
        Restricts the test to a part of the respondents.
    ties : {"weighted", "file-order"}
        "weighted" gives tied answers the weight below them plus half the weight at them. "file-order" averages
        running midpoints without weights as R's ``svyranktest`` does; it depends on the order of rows.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Result
        One row. Two groups: `estimate` (difference in mean score, second minus first group in code order),
        `std_error`, `statistic` (t), `df`. More groups: `statistic` (F), `df`, and beyond the glossary
        `df_denominator` and `chisq`.

    Raises
    ------
    ArgumentError
        When `group` has a single group among those who answered or is the outcome, or nobody answered.
    ColumnError
        When a column is absent, or the outcome holds text.
    FeasibilityError
        When there are more groups than the clusters can tell apart.

    Notes
    -----
    The rank of a respondent estimates the population's rank; its scores are then compared as in a design-based t test
    (Lumley & Scott 2013, Biometrika 100). Degrees of freedom: clusters minus strata of those who answered, minus the
    number of groups minus one. R: ``svyranktest(y ~ group, design, test = ...)``, apart from `ties`. With replicate
    weights the group means of the scores are computed anew in each while the ranks stay those of the full sample (what
    estimating them adds cancels when the groups do not differ); R keeps the linearized test there.

    Of groups that do not vary inside clusters, and of one that a single cluster answers for, a warning and the method
    tell as those of `t_test` do; the latter leaves no statistic and no p-value.

    References
    ----------
    Lumley, T. and Scott, A. J. (2013). Two-sample rank tests under complex sampling. Biometrika 100, 831-842.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> result = sk.rank_test(sk.SurveyDesign(answers, cluster="village"), "y", "sex")
    >>> result.table[["estimate", "std_error", "df", "p_value"]].round(4)
       estimate  std_error   df  p_value
    0    0.3333     0.1273  1.0   0.2322
    """
    design = design.with_conventions(conventions)
    check_option(test, get_args(RankTest), "test")
    check_option(ties, get_args(Ties), "ties")
    check_columns(design.survey.frame, [outcome], "outcome")
    check_columns(design.survey.frame, [group], "group")
    sample = complete_sample(design, [outcome, group], where)
    design, where = sample.design, sample.where
    domains = answering_groups(design, outcome, group, where, lang)
    # Lumley & Scott (2013): ranks in the estimated population are taken for known scores, whose group means are
    # compared; what estimating the ranks adds cancels when the groups do not differ
    scores = rank_scores(design, outcome, domains.of_row >= 0, test, ties)
    of_groups = group_means(design, pd.Series(scores, design.survey.frame.index, name=outcome), domains)
    n_contrasts = len(domains) - 1
    contrasts = np.vstack([-np.ones(n_contrasts), np.eye(n_contrasts)])
    gaps, linearized_gaps = (
        of_groups.estimates @ contrasts,
        combined(of_groups.linearized, contrasts, rounding_of(design)),
    )
    # as a regression with an indicator for each further group: clusters minus strata, minus one for each of these
    df = of_groups.df - n_contrasts
    sides = find_sides(design, domains.of_row, domains.labels)
    note = tell_of_sides(design, group, "rank_test()", [(outcome, sides)])
    if sides.lone and withholds(design):
        linearized_gaps, df = np.full_like(linearized_gaps, np.nan), 0.0
    else:
        warn_without_df(np.array([df]), [outcome])
    if n_contrasts == 1:
        std_error = standard_errors(linearized_gaps, design)
        statistic = t_statistics(gaps, std_error, f"answers to {outcome!r}" if scores.any() else "")
        p_value = two_sided_p(statistic, np.array([df]))
        further = {"df_denominator": np.nan, "chisq": (statistic**2)[0]}
        numbers = Row(gaps[0], std_error[0], statistic[0], df, p_value[0], extra=further)
    else:
        alike = np.flatnonzero(~of_groups.linearized.any(axis=0))  # two groups without variation: neither has their gap
        numbers = _wald(design, gaps, linearized_gaps, df, outcome, group, [domains.labels[k] for k in alike])
    row = replace(
        numbers,
        outcome=outcome,
        group=domains.labels[1] if n_contrasts == 1 else group,
        baseline=domains.labels[0],
        method=test,
        n=int(of_groups.n.sum()),
        n_clusters=of_groups.n_clusters,
        n_weighted=of_groups.n_weighted,
    )
    covariance = (
        Message("rank_test.linearized")
        if design.replicates is None
        else Message("rank_test.replicates", {"replicates": describe_replicates(design.replicates)})
    )
    slots: dict[str, Slot] = {
        "test": test,
        "ranks": Message("rank_test.weighted" if ties == "weighted" else "rank_test.file_order"),
        "covariance": covariance,
        "end": tests_end(design, span(of_groups.n.sum()), span(of_groups.n_clusters)),
    }
    method = Told.of(Message("rank_test.method", slots), note)
    result = Result(
        table_of([row], ("df_denominator", "chisq")),
        method,
        design.origin(lang),
        facts_behind(design, 0.95, of_groups.n.sum(), of_groups.n_clusters),
        Told.of(Message("rank_test.title", {"question": question_label(design.survey.codebook, outcome, lang)})),
        quantity="ranks",
        group_codes={name: codes for name, codes in domains.group_codes.items() if n_contrasts == 1 or name != group},
    )
    return sample.tell(result)


def _wald(
    design: SurveyDesign,
    gaps: np.ndarray,
    linearized_gaps: np.ndarray,
    df: float,
    outcome: str,
    group: str,
    alike: list[str],
) -> Row:
    nothing = Row(df=float(len(gaps)), extra={"df_denominator": df, "chisq": np.nan})
    if np.isnan(linearized_gaps).all():
        return nothing
    covariance = covariance_of_totals(linearized_gaps, design.units, design.lonely_psu)
    if len(alike) > 1 or (np.diag(covariance) == 0).any():
        among = f" in groups {some(alike)} of {group!r}" if alike else ""
        warn_of_no_variation(f"answers to {outcome!r}{among}")
        return nothing
    if np.linalg.matrix_rank(covariance, hermitian=True) < len(gaps):
        raise FeasibilityError(
            f"a rank test of {outcome!r} over {len(gaps) + 1} groups of {group!r} needs more clusters than there are; merge groups, or compare two of them with `where`"
        )
    # which group is the baseline is immaterial: any contrasts of the same rank give this statistic
    chisq = float(gaps @ np.linalg.solve(covariance, gaps))
    p_value = float(upper_f(chisq / len(gaps), len(gaps), df)) if df > 0 else np.nan
    return replace(nothing, statistic=chisq / len(gaps), p_value=p_value, extra={"df_denominator": df, "chisq": chisq})


def rank_scores(design: SurveyDesign, outcome: str, inside: np.ndarray, test: RankTest, ties: Ties) -> np.ndarray:
    """Return the score of each respondent's rank, NaN for those outside."""
    column = design.survey.frame[outcome]
    levels = whole_levels(column)
    index = np.full(len(column), -1)
    if levels is not None:
        index[inside] = levels.index[inside]
    else:
        numbers = join_equal(check_numeric(column, "outcome")[inside])  # 0.1 + 0.2 and 0.3 are a tie
        index[inside] = np.unique(numbers, return_inverse=True)[1]
    weights, index = weights_of(design, inside), index[inside]
    if ties == "weighted":
        at = np.bincount(index, weights)
        # mid-ranks, F(y) - f(y) / 2: all who tie have one rank, in whatever order the file lists them
        middle = np.cumsum(at) - at / 2
    else:
        order = np.argsort(index, kind="stable")
        # R's svyranktest ranks a stable sort and then averages inside ties without weights, so that its ranks depend
        # on the order of the file
        running = np.cumsum(weights[order]) - weights[order] / 2
        with np.errstate(invalid="ignore"):
            middle = np.bincount(index[order], running) / np.bincount(index)
    relative = middle / weights.sum()
    score = relative
    if test == "median":
        score = (relative > 0.5).astype(float)
    elif test == "vanderwaerden":
        score = normal_quantile(relative)
    scores = np.full(len(column), np.nan)
    scores[inside] = score[index]
    if np.ptp(scores[inside]) == 0:
        warn(f"everyone gave the same answer to {outcome!r}, so there are no ranks to compare")
        scores[inside] = 0.0  # so that no rounding error of the ranks is left to be tested
    return scores
