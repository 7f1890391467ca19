"""Several coefficients at once: do these columns matter together, with few clusters (HTZ)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from surveykit._checks import as_names, check_columns, check_numeric, from_smallest, warn
from surveykit.comparison.arms import make_covariates
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.few_clusters import JointTest, cluster_totals, hotelling_test
from surveykit.results import Result, glossary_frame

MOST_CLUSTERS = 2_000
"""The test holds a number for every pair of clusters."""


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
        One row per outcome: statistic (F), df (number of coefficients tested), p_value, then df_denominator.

    Raises
    ------
    FeasibilityError
        When there are too few clusters for so many coefficients.

    Notes
    -----
    Weighted least squares with CR2 errors; the approximate Hotelling test HTZ of Pustejovsky & Tipton (2018, JBES 36,
    672-683). R: ``clubSandwich::Wald_test(fit, constrain_zero(...), vcov = "CR2", test = "HTZ")``. For one coefficient
    it is the square of CR2's t with its Satterthwaite degrees of freedom.

    Examples
    --------
    >>> answers = pd.DataFrame({"village": np.repeat(list("ABCDEF"), 6), "age": ["18-29", "30-59", "60+"] * 12})
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> result = joint_test(SurveyDesign(answers, cluster="village"), "trust", "age")
    >>> result.table[["df", "df_denominator"]].round(1).to_numpy().tolist()
    [[2.0, 4.0]]
    """
    names, tested, held = as_names(outcomes, "outcomes"), as_names(terms, "terms"), as_names(adjust_for, "adjust_for")
    if not names or not tested:
        raise ArgumentError("`outcomes` and `terms` must each name at least one column")
    check_columns(design.survey.frame, names, "outcomes")
    check_columns(design.survey.frame, tested, "terms")
    twice = [name for name in tested if name in held] + [name for name in names if name in [*tested, *held]]
    if twice:
        raise ArgumentError(f"`terms`, `adjust_for` and `outcomes` must not share columns, but {twice[0]!r} is named "
                            "in two of them; name it once")
    everybody = np.ones(len(design), dtype=bool)
    wanted, others = (make_covariates(design, some, everybody, lang) for some in (tested, held))
    if not wanted.terms:
        raise ArgumentError(f"`terms` names {tested[0]!r}, in which nobody differs, so there is nothing to test; name "
                            "another column")
    rows = [_row(design, name, wanted.matrix, others.matrix, ", ".join(tested)) for name in names]
    table = pd.DataFrame(rows)
    method = (f"Joint test that {', '.join(wanted.terms)} are together unrelated to {', '.join(names)}: approximate "
              "Hotelling test (HTZ, Pustejovsky & Tipton 2018) on CR2 errors over the design's clusters, "
              f"{design.origin().weight}." + (f" Held equal: {', '.join(held)}." if held else ""))
    facts = {"n_respondents": len(design), "n_clusters": design.units.n_clusters, "n_coefficients": len(wanted.terms)}
    return Result(glossary_frame({str(key): table[key] for key in table}, ("df_denominator",)), method,
                  design.origin(lang), facts, f"Joint test of {', '.join(tested)}")


def _row(design: SurveyDesign, name: str, wanted: np.ndarray, others: np.ndarray, term: str) -> dict[str, Any]:
    values, _ = from_smallest(check_numeric(design.survey.frame[name], "outcomes"))
    x = np.column_stack([np.ones(len(values)), wanted, others])
    rows = np.flatnonzero(~np.isnan(values) & ~np.isnan(x).any(axis=1))
    x, weights = x[rows], design.weights[rows]
    cluster = np.unique(design.units.cluster_of_row[rows], return_inverse=True)[1].ravel()
    n_clusters, q = int(cluster.max(initial=-1)) + 1, wanted.shape[1]
    if len(rows) == 0 or np.linalg.matrix_rank(x) < x.shape[1]:
        raise ArgumentError("`terms` must not follow from each other or from `adjust_for`, but among those who "
                            f"answered {name!r} some do, or nobody differs in them; name fewer columns")
    if n_clusters > MOST_CLUSTERS:
        raise FeasibilityError(f"a joint test by clusters is for few of them, but {name!r} has {n_clusters:,}; use "
                               "fit_model() and term_test(), or name a cluster in the design")
    found = hotelling_test(cluster_totals(x, values[rows], weights, cluster), np.eye(x.shape[1])[1 : 1 + q])
    if np.ptp(values[rows]) == 0:
        warn(f"everybody gave the same answer to {name!r}, so there is nothing to test")
        found = JointTest(np.nan, float(q), np.nan)
    elif not found.df_denominator > 0:
        raise FeasibilityError(f"a joint test needs more clusters than coefficients, but {n_clusters} clusters stand "
                               f"against {q} coefficients of {term!r} for {name!r}; test fewer at once")
    return {"outcome": name, "term": term, "method": "htz", "statistic": found.statistic, "df": found.df,
            "p_value": float(stats.f.sf(found.statistic, found.df, found.df_denominator)), "n": len(rows),
            "n_clusters": n_clusters, "n_weighted": float(weights.sum()), "df_denominator": found.df_denominator}
