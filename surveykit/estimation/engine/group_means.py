"""Means of one outcome in several groups with their joint covariance: what every test of group differences needs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveykit._checks import check_columns
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.calibration import FixedTotals, calibrated_totals
from surveykit.estimation.engine.domains import Domains, make_domains
from surveykit.estimation.engine.respondents import degrees_of_freedom_by_conventions
from surveykit.estimation.engine.result_columns import RatioTotals
from surveykit.estimation.engine.totals import make_outcome, unit_tabulator


@dataclass(frozen=True, slots=True, eq=False)
class GroupMeans:
    """Weighted means of a column in groups.

    Attributes
    ----------
    estimates : float array, (groups,)
    linearized : float array, (units, groups)
        Linearized totals: column sums of a combination have the variance of that combination.
    n : int array, (groups,)
        Respondents who answered.
    df : float
        Clusters minus strata among all who answered.
    n_clusters : float
    n_weighted : float
    """

    estimates: np.ndarray
    linearized: np.ndarray
    n: np.ndarray
    df: float
    n_clusters: float
    n_weighted: float


def group_means(design: SurveyDesign, column: pd.Series, domains: Domains) -> GroupMeans:
    """Return the means of a numeric column (row labels of the design) in the groups of `domains`."""
    tabulator = unit_tabulator(design, domains)
    outcome = make_outcome(column, "outcome")
    sum_wy, sum_w, _ = outcome.sums(tabulator)
    ratio = RatioTotals(sum_wy, sum_w, sum_w)
    answered = (domains.of_row >= 0) & column.notna().to_numpy()
    df, n_clusters = degrees_of_freedom_by_conventions(design, answered)
    fixed = FixedTotals.of(design, domains)
    linearized = calibrated_totals(ratio, fixed, [outcome.sums(table)[:2] for table in fixed.tables])
    return GroupMeans(ratio.estimates, linearized, outcome.count(domains), df, n_clusters, float(sum_w.sum()))


def answering_groups(
    design: SurveyDesign, outcome: str, group: str, where: pd.Series | np.ndarray | None, lang: str | None
) -> Domains:
    """Return the groups of those who answered `outcome`; two of them at least."""
    frame = design.survey.frame
    check_columns(frame, [outcome], "outcome")
    check_columns(frame, [group], "group")
    if outcome == group:
        raise ArgumentError(f"`outcome` and `group` both name {group!r}; name two different columns")
    everyone = make_domains(design, group, where, lang)
    answered = frame[outcome].notna().to_numpy()
    inside = answered & (everyone.of_row >= 0)
    if not inside.any():
        raise ArgumentError(f"nobody in any group of {group!r} answered {outcome!r}, so there is nothing to test")
    domains = make_domains(design, group, inside, lang)
    if len(domains) < 2:
        raise ArgumentError(
            f"a test needs two groups, but all who answered {outcome!r} have {group!r} {domains.labels[0]!r}; name another `group` or widen `where`"
        )
    return domains
