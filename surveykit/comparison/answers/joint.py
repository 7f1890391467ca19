"""Several coefficients at once: do these columns matter together, with few clusters (HTZ)."""

from collections.abc import Sequence

import numpy as np

from surveykit._checks import as_names, check_columns, check_numeric, from_smallest, some, warn
from surveykit.comparison.balancing import refuse_balance
from surveykit.comparison.compared_groups import ComparedGroups, make_covariates
from surveykit.comparison.feasibility import UnderVerdict, collect_verdicts
from surveykit.comparison.judgement import Judgement, judge
from surveykit.comparison.question import independent_columns, settlement_columns
from surveykit.design import SurveyDesign
from surveykit.distributions import upper_f
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.cluster_totals import ClusterTotals, cluster_totals
from surveykit.estimation.engine.few_clusters import carried_by, fit_robust
from surveykit.estimation.engine.joint_tests import JointTest, hotelling_test
from surveykit.estimation.engine.totals import weights_of
from surveykit.results import Result, Row, table_of
from surveykit.words.messages import Columns, Message, Slot, Told

MOST_CLUSTERS = 2_000
"""The test holds a number for every pair of clusters."""
MOST_KINDS = 10
"""Columns tested that take more values than this between clusters are measurements, which have no sides."""
FEWEST, OTHERS = "the rarest kind of clusters", "all others"
"""The two sides that a verdict on a joint test speaks of."""


def joint_test(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    terms: str | Sequence[str],
    *,
    adjust_for: str | Sequence[str] = (),
    lang: str | None = None,
) -> Result:
    """Test whether several columns are together unrelated to the answers: three groups, say, or a set of covariates.

    Parameters
    ----------
    design : SurveyDesign
        With clusters (settlements); its weights are used.
    outcomes : str or sequence of str
        Numeric columns.
    terms : str or sequence of str
        Columns tested together. Labelled columns, categories and text enter as one indicator per level but the first,
        numbers as numbers.
    adjust_for : str or sequence of str
        Columns held equal and not tested.
    lang : str, optional
        Language of labels.

    Returns
    -------
    Result
        One row per outcome: statistic (F), df (number of coefficients tested), p_value, then df_denominator. Where the
        columns tested are kinds of clusters, with the verdict on the rarest kind against all others at its head.

    Raises
    ------
    FeasibilityError
        When there are too few clusters for so many coefficients, a coefficient rests on one cluster alone, or there are
        too many clusters for this test.
    ColumnError
        When a column is absent, an outcome holds text, or a column tested is empty or has too many levels.
    ArgumentError
        When no outcome or term is named, a column has two roles, or the columns tested do not differ or follow from
        each other.

    Notes
    -----
    Weighted least squares with CR2 errors; the approximate Hotelling test HTZ of Pustejovsky & Tipton (2018, JBES 36,
    672-683). R: ``clubSandwich::Wald_test(fit, constrain_zero(...), vcov = "CR2", test = "HTZ")``. For one coefficient
    it is the square of CR2's t with its Satterthwaite degrees of freedom.

    References
    ----------
    Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and hypothesis
    testing in fixed effects models. Journal of Business & Economic Statistics 36, 672-683.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"village": np.repeat(list("ABCDEF"), 6), "age": ["18-29", "30-59", "60+"] * 12})
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> result = sk.joint_test(sk.SurveyDesign(answers, cluster="village"), "trust", "age")
    >>> result.table[["statistic", "df", "df_denominator", "p_value"]].round(3)
       statistic   df  df_denominator  p_value
    0      0.006  2.0             4.0    0.994
    """
    refuse_balance(design, "pass the design as it was before balance_settlements(), with adjust_for=")
    names, tested, held = as_names(outcomes, "outcomes"), as_names(terms, "terms"), as_names(adjust_for, "adjust_for")
    if not names or not tested:
        raise ArgumentError("`outcomes` and `terms` must each name at least one column")
    check_columns(design.survey.frame, names, "outcomes")
    check_columns(design.survey.frame, tested, "terms")
    twice = [name for name in tested if name in held] + [name for name in names if name in [*tested, *held]]
    if twice:
        raise ArgumentError(
            f"`terms`, `adjust_for` and `outcomes` must not share columns, but {twice[0]!r} is named in two of them; name it once"
        )
    everybody = np.ones(len(design), dtype=bool)
    wanted, others = (make_covariates(design, some, everybody, lang) for some in (tested, held))
    if not wanted.terms:
        raise ArgumentError(
            f"`terms` names {tested[0]!r}, in which nobody differs, so there is nothing to test; name another column"
        )
    tests = [_test(design, name, wanted.matrix, others.matrix, ", ".join(tested)) for name in names]
    table = table_of([row for row, _ in tests], ("df_denominator",))
    judgements = [judgement for _, judgement in tests if judgement is not None]
    slots: dict[str, Slot] = {
        "terms": Columns(tuple(wanted.terms)),
        "names": Columns(tuple(names)),
        "weight": design.origin().weight,
    }
    equal = Message("joint_method.held", {"names": Columns(tuple(held))}) if held else ""
    method = Told.of(Message("joint_method.method", slots), equal, between=" ")
    facts = {
        "n_respondents": int(table["n"].max()),
        "n_clusters": int(table["n_clusters"].max()),
        "n_coefficients": int(table["df"].max()),
    }
    content = (
        table,
        method,
        design.origin(lang),
        facts,
        Told.of(Message("titles.joint", {"names": ", ".join(tested)})),
    )
    if not judgements:
        return Result(*content, quantity="terms")
    place, none = ", ".join(design.cluster), np.empty(0, dtype=np.int64)
    asked = ComparedGroups(", ".join(tested), place, FEWEST, OTHERS, none, [], none.astype(bool), none, 0, none)
    return UnderVerdict(
        *content, quantity="terms", feasibility=collect_verdicts(judgements, asked, design.origin(lang))
    )


def _test(
    design: SurveyDesign, name: str, wanted: np.ndarray, others: np.ndarray, term: str
) -> tuple[Row, Judgement | None]:
    """Return the row of one outcome, and the verdict where the columns tested are traits of clusters."""
    values, _ = from_smallest(check_numeric(design.survey.frame[name], "outcomes"))
    x = np.column_stack([np.ones(len(values)), wanted, others])
    rows = np.flatnonzero(~np.isnan(values) & ~np.isnan(x).any(axis=1))
    if len(rows):  # a level that nobody who answered has is no coefficient, as in R
        varies = np.ptp(wanted[rows], axis=0) > 0
        held = independent_columns(others[rows])
        wanted, others = wanted[:, varies], others[:, held]
        x = np.column_stack([np.ones(len(values)), wanted, others])
    x, weights = x[rows], weights_of(design, rows)
    cluster = np.unique(design.units.cluster_of_row[rows], return_inverse=True)[1].ravel()
    n_clusters, q = int(cluster.max(initial=-1)) + 1, wanted.shape[1]
    if len(rows) == 0 or q == 0 or np.linalg.matrix_rank(x) < x.shape[1]:
        raise ArgumentError(
            f"`terms` must not follow from each other or from `adjust_for`, but among those who answered {name!r} some do, or nobody differs in them; name fewer columns"
        )
    if n_clusters > MOST_CLUSTERS:
        raise FeasibilityError(
            f"a joint test by clusters is for few of them, but {name!r} has {n_clusters:,}; use fit_model() and term_test(), or name a cluster in the design"
        )
    totals = cluster_totals(x, values[rows], weights, cluster)
    _refuse_lone_clusters(design, totals, rows, cluster, q, term, name)
    contrasts = np.eye(x.shape[1])[1 : 1 + q]
    test = hotelling_test(totals, contrasts)
    if np.ptp(values[rows]) == 0:
        warn(f"everybody gave the same answer to {name!r}, so there is nothing to test")
        test = JointTest(np.nan, float(q), np.nan)
    elif not fit_robust(totals, "cr2", contrasts).std_errors.any():
        warn(
            f"the clusters are alike in what {name!r} has to do with {term!r}, so nothing varies between them and there is no test"
        )
        test = JointTest(np.nan, float(q), np.nan)
    elif not test.df_denominator > 0:
        raise FeasibilityError(
            f"a joint test needs more clusters than coefficients, but {n_clusters} clusters stand against {q} coefficients of {term!r} for {name!r}; test fewer at once"
        )
    row = Row(
        outcome=name,
        term=term,
        method="htz",
        statistic=test.statistic,
        df=test.df,
        p_value=float(upper_f(test.statistic, test.df, test.df_denominator)),
        n=len(rows),
        n_clusters=n_clusters,
        n_weighted=float(weights.sum()),
        extra={"df_denominator": test.df_denominator},
    )
    return row, _judge(design, name, x[:, 1 : 1 + q], rows, cluster, values[rows])


def _refuse_lone_clusters(
    design: SurveyDesign, totals: ClusterTotals, rows: np.ndarray, cluster: np.ndarray, q: int, term: str, name: str
) -> None:
    """Raise when a coefficient tested could not be estimated without one of the clusters, which carries it alone."""
    alone = carried_by(totals, np.eye(totals.xx.shape[1])[1 : 1 + q]).any(axis=1)
    if alone.any() and design.cluster:
        names = design.survey.frame[design.cluster[0]].to_numpy()[rows]
        lone = [names[np.argmax(cluster == place)] for place in np.flatnonzero(alone)]
        raise FeasibilityError(
            f"for {name!r} a coefficient of {term!r} rests on one cluster alone ({some(lone)}), whose own character cannot be told from it; join its group with another, or see compare_settlements(..., allow_single=True) for the randomization test"
        )


def _judge(
    design: SurveyDesign, name: str, tested: np.ndarray, rows: np.ndarray, cluster: np.ndarray, values: np.ndarray
) -> Judgement | None:
    """Return the verdict on clusters of the rarest kind against all others; None where the columns vary inside."""
    if not design.cluster or settlement_columns(tested, cluster) < tested.shape[1]:
        return None
    first = np.unique(cluster, return_index=True)[1]
    kinds, of_cluster, counts = np.unique(tested[first], axis=0, return_inverse=True, return_counts=True)
    if len(kinds) > MOST_KINDS:  # a measurement of clusters has no sides
        return None
    treated = of_cluster.ravel() == int(counts.argmin())
    names = [str(one) for one in design.survey.frame[design.cluster[0]].to_numpy()[rows][first]]
    compared = ComparedGroups(
        "",
        "",
        FEWEST,
        OTHERS,
        np.empty(0, dtype=np.int64),
        names,
        treated,
        np.zeros(len(first), dtype=np.int64),
        0,
        np.arange(len(first)),
    )
    x, w = np.column_stack([np.ones(len(rows)), treated[cluster]]).astype(float), weights_of(design, rows)
    means = np.bincount(cluster, w * values) / np.bincount(cluster, w)
    return judge(cluster_totals(x, np.zeros(len(rows)), w, cluster), compared, outcome=name, means=means)
