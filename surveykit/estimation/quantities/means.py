"""Weighted means and totals of numeric columns, by group, with their joint covariance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_option
from surveykit.codebook import Code
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.calibration import FixedTotals, calibrated_totals, fitted_by_cell
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.domains import (
    Domains,
    answered_all,
    heaviest_weights,
    make_domains,
    missing_table,
    respondents_behind,
)
from surveykit.estimation.engine.element_samples import ElementSample, counting_table, element_sample
from surveykit.estimation.engine.levels import Levels
from surveykit.estimation.engine.result_columns import (
    DesignEffect,
    Estimates,
    Missing,
    RatioTotals,
    UnitTotals,
    assemble,
    design_effect_of,
    simple_random_total,
    simple_random_variance,
    spread_of,
    standard_columns,
)
from surveykit.estimation.engine.rounding import SQUARES_LEFT
from surveykit.estimation.engine.totals import (
    Outcome,
    Tabulator,
    count_outcomes,
    make_outcomes,
    sum_outcomes,
    unit_tabulator,
)
from surveykit.estimation.quantities.shares import Item, level_codes, prepare_items
from surveykit.words.messages import Message


def means(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    missing: Missing = "itemwise",
    confidence: float = 0.95,
    design_effect: DesignEffect | None = None,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate weighted means of numeric columns.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : str or sequence of str
        Numeric columns, in their own units (scale points, tenge, ...).
    by : str or sequence of str, optional
        Columns whose combinations form the groups.
    where : boolean Series or array, optional
        Restricts the estimates to a part of the respondents; the rest stays in the design for the variance.
    missing : {"itemwise", "listwise"}
        Whether each outcome uses all who answered it, or only those who answered all outcomes.
    confidence : float
        Confidence level of the intervals.
    design_effect : {"with_replacement", "without_replacement"}, optional
        Simple random sample that the design effect compares with: with replacement, unless the conventions have it
        otherwise.
    lang : str, optional
        Language of the group labels.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Estimates
        One row per outcome and group, outcome varying slowest.

    Raises
    ------
    ColumnError
        When a column is absent or holds text.
    ArgumentError
        When nobody is left in any group, `where` does not hold one True or False per respondent, or `confidence` does
        not lie between 0 and 1.

    Notes
    -----
    ``ybar = sum(w y) / sum(w)``, linearized as ``z = w (y - ybar) / sum(w)``; the variance is that of the total of
    z over the sampling units (Särndal, Swensson & Wretman 1992, section 5.7). Intervals use t with the clusters
    minus the strata in which the row has respondents; without degrees of freedom they are NaN, with a warning.
    The design effect divides by ``s2 / n`` with ``s2 = n / (n - 1) sum(w (y - ybar)**2) / sum(w)``, or that times
    ``(N - n) / N`` with ``N = sum(w)``. Stata's default takes n and N of the whole sample there and
    ``N / (n - 1) sum(w (y - ybar)**2) / sum(w)**2`` (sums over the group); its DEFT is the root of the one with
    replacement.

    R: ``svymean(~y, design, na.rm = TRUE)``, ``svyby(~y, ~by, design, svymean, covmat = TRUE)``; R's default interval
    uses z, and its ``svyby`` the degrees of freedom of the whole design.

    References
    ----------
    Särndal, C.-E., Swensson, B. and Wretman, J. (1992). Model Assisted Survey Sampling. Springer, chapter 5.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> design = sk.SurveyDesign(answers, cluster="village")
    >>> sk.means(design, "q1", by="sex").table[["group", "estimate", "std_error", "df", "n"]].round(4)
      group  estimate  std_error   df  n
    0     1    2.0000     0.5774  2.0  3
    1     2    3.6667     0.8819  2.0  3
    """
    design = design.with_conventions(conventions)
    kind = design_effect_of(design, design_effect, "with_replacement")
    names, groups = as_names(outcomes, "outcomes"), as_names(by, "by")
    sample = complete_sample(design, [*names, *groups], where)
    design, where = sample.design, sample.where
    by_group = _prepare(design, outcomes, by, where, missing, lang)
    summed = by_group.sum(design)
    ratio = RatioTotals(summed.sum_wy, summed.sum_w, summed.sum_w)
    spread, n, weight = by_group.spread(summed)
    srs = simple_random_variance(spread, n, weight, design, kind)
    result = _result(Message("estimator.means"), design, by_group, summed, ratio, srs, confidence, lang)
    return sample.tell(result, names, by, lang)


def totals(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    missing: Missing = "itemwise",
    confidence: float = 0.95,
    design_effect: DesignEffect | None = None,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate weighted totals of numeric columns, and population counts of the answers to columns of categories.

    A column of categories, or of texts that are no numbers, gets one row per answer (and group), the answer in `level`:
    how many in the population give it.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : str or sequence of str
        Numeric columns, or columns of categories.
    by, where, missing, confidence, lang, conventions
        As in `means`.
    design_effect : {"with_replacement", "without_replacement"}, optional
        Simple random sample that the design effect compares with: without replacement, unless the conventions have it
        otherwise.

    Returns
    -------
    Estimates
        As from `means`, in the units of the outcome, or in persons.

    Raises
    ------
    ColumnError
        When a column is absent.
    ArgumentError
        When nobody is left in any group, `where` does not hold one True or False per respondent, or `confidence` does
        not lie between 0 and 1.

    Notes
    -----
    ``Y = sum(w y)``, or ``sum(w 1[y = k])`` for the answer k; its variance is that of the sum of the unit totals. R:
    ``svytotal(~y, design)``, ``svytotal(~factor(y), design)``. The design effect compares with a simple random sample
    without replacement from ``sum(w)`` persons, unless `design_effect` (R: ``deff = "replace"``) or the conventions
    have it otherwise.

    References
    ----------
    Särndal, C.-E., Swensson, B. and Wretman, J. (1992). Model Assisted Survey Sampling. Springer, chapter 5.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4], "w": [2.0, 2, 3, 3], "village": ["A", "A", "B", "B"]})
    >>> sk.totals(sk.SurveyDesign(answers, weight="w", cluster="village"), "y").table["estimate"].tolist()
    [27.0]
    >>> sk.totals(sk.SurveyDesign(answers, weight="w"), "village").table[["level", "estimate"]].values.tolist()
    [['A', 4.0], ['B', 6.0]]
    """
    design = design.with_conventions(conventions)
    kind = design_effect_of(design, design_effect, "without_replacement")
    names, groups = as_names(outcomes, "outcomes"), as_names(by, "by")
    sample = complete_sample(design, [*names, *groups], where)
    design, where = sample.design, sample.where
    by_group = _prepare(design, outcomes, by, where, missing, lang, counted=True)
    summed = by_group.sum(design)
    # a total is a ratio to a fixed one: its linearized variable is w y itself, not w (y - ybar) / sum(w)
    ratio = RatioTotals(summed.sum_wy, np.ones_like(summed.sum_w), summed.sum_w, fixed=True)
    spread, n, weight = by_group.spread(summed)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = summed.sum_wy.sum(axis=0) / weight
    srs = simple_random_total(spread, mean, n, weight, design, kind)
    result = _result(Message("estimator.totals"), design, by_group, summed, ratio, srs, confidence, lang)
    return sample.tell(result, names, by, lang)


@dataclass(frozen=True, slots=True, eq=False)
class _Summed:
    """Outcomes summed by the units of a tabulator; estimates are outcomes x groups, groups varying fastest.

    `sample` is the design as sums by stratum, and these are the units, where it has no clusters.
    """

    sum_wy: np.ndarray
    sum_w: np.ndarray
    total_squares: np.ndarray
    sample: ElementSample | None


@dataclass(frozen=True, slots=True, eq=False)
class _OutcomesByGroup:
    """The outcomes and groups of a call; `names` and `levels` say which column, and which answer to it, each one is."""

    names: list[str]
    levels: list[str | None]
    domains: Domains
    outcomes: list[Outcome]
    level_codes: Mapping[str, Mapping[str, Code]] = field(default_factory=dict)

    def sum(self, design: SurveyDesign) -> _Summed:
        """Return the outcomes summed over sampling units, or by stratum where every person is one."""
        sample = element_sample(design, self.domains)
        table = counting_table(design, self.domains, sample)
        return _Summed(*sum_outcomes(self.outcomes, table), sample)

    def sums(self, tabulator: Tabulator) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of weight times outcome and of weight by the units of any tabulator."""
        return sum_outcomes(self.outcomes, tabulator)[:2]

    def unit_totals(self, design: SurveyDesign, of_sums: bool) -> UnitTotals:
        """Return the linearized totals of means, or of totals where `of_sums`, by sampling unit."""
        top, weight = self.sums(unit_tabulator(design, self.domains))
        ratio = RatioTotals(top, np.ones_like(weight) if of_sums else weight, weight, of_sums)
        fixed = FixedTotals.of(design, self.domains)
        return UnitTotals(calibrated_totals(ratio, fixed, [self.sums(table) for table in fixed.tables]), weight)

    def spread(self, summed: _Summed) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ``sum(w (y - ybar)**2) / sum(w)``, the respondents and their sum of weights, each (estimates,)."""
        weight, n = summed.sum_w.sum(axis=0), count_outcomes(self.outcomes, self.domains).ravel()
        centre = np.repeat([outcome.centre for outcome in self.outcomes], len(self.domains))
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = summed.sum_wy.sum(axis=0) / weight
            # sum w (y - ybar)^2 = sum w (y - c)^2 - W (ybar - c)^2, squares having been summed about a centre c near
            # the answers, in one pass
            moment, beyond = summed.total_squares / weight, (mean - centre) ** 2
            # below that it is rounding
            return np.where(moment - beyond > SQUARES_LEFT * moment, moment - beyond, 0), n, weight


def _prepare(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    by: str | Sequence[str] | None,
    where: pd.Series | np.ndarray | None,
    missing: Missing,
    lang: str | None,
    counted: bool = False,
) -> _OutcomesByGroup:
    names = as_names(outcomes, "outcomes")
    if not names:
        raise ArgumentError("`outcomes` must name at least one column")
    frame = design.survey.frame
    check_columns(frame, names, "outcomes")
    check_option(missing, get_args(Missing), "missing")
    if missing == "listwise":
        where = answered_all(design, names, where)
    domains = make_domains(design, by, where, lang)
    categories = [name for name in names if counted and _holds_categories(frame[name])]
    if not categories:
        return _OutcomesByGroup(names, [None] * len(names), domains, make_outcomes(frame, names, "outcomes"))
    items = prepare_items(design, categories, lang)
    of_name = {item.name: _indicators(item) for item in items}
    numbers = [name for name in names if name not in categories]
    of_name |= {name: [(None, outcome)] for name, outcome in zip(numbers, make_outcomes(frame, numbers, "outcomes"))}
    rows = [(name, *row) for name in names for row in of_name[name]]
    codes_of_answers = level_codes(items)
    return _OutcomesByGroup(
        [row[0] for row in rows], [row[1] for row in rows], domains, [row[2] for row in rows], codes_of_answers
    )


def _holds_categories(column: pd.Series) -> bool:
    """Tell whether a column holds categories or texts, none of which reads like a number that was not read as one."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return True
    if pd.api.types.is_numeric_dtype(column.dtype):
        return False
    distinct = column.dropna().unique()
    return bool(len(distinct)) and all(isinstance(value, str) and not value.strip()[:1].isdigit() for value in distinct)


def _indicators(item: Item) -> list[tuple[str | None, Outcome]]:
    """Return the answers to an item, each as an outcome that is 1 for those who gave it and 0 for the others."""
    indicators: list[tuple[str | None, Outcome]] = []
    for label, place in zip(item.labels, item.kept):
        codes = (np.arange(len(item.levels.codes)) == place).astype(float)
        levels = Levels(item.levels.index, codes, item.levels.n_missing)
        indicators.append((label, Outcome(levels, np.empty(0), None, float(codes[0]))))
    return indicators


def _result(
    what: Message,
    design: SurveyDesign,
    by_group: _OutcomesByGroup,
    summed: _Summed,
    ratio: RatioTotals,
    srs: np.ndarray,
    confidence: float,
    lang: str | None,
) -> Estimates:
    names, domains = by_group.names, by_group.domains
    counts = count_outcomes(by_group.outcomes, domains).ravel()
    fixed = FixedTotals.of(design, domains)
    by_table = [by_group.sums(table) for table in fixed.tables]
    unit_totals: UnitTotals | Callable[[], UnitTotals]
    if summed.sample is None:
        unit_totals = UnitTotals(calibrated_totals(ratio, fixed, by_table), ratio.presence)
        spread = spread_of(unit_totals, design)
    else:
        unit_totals = partial(by_group.unit_totals, design, ratio.fixed)
        held = summed.sample.fix(fitted_by_cell(ratio, fixed, by_table)) if design.calibration else None
        errors = summed.sample.errors_of_outcomes(by_group.outcomes, ratio, domains, held)
        spread = summed.sample.spread(errors, ratio.presence, counts)
    outcome = [name for name in names for _ in domains.labels]
    level = [answer for answer in by_group.levels for _ in domains.labels]
    groups = domains.labels * len(names)
    never_negative = np.repeat([one.smallest >= 0 for one in by_group.outcomes], len(domains))
    columns = standard_columns(
        design, outcome, groups, ratio.estimates, spread, counts, confidence, of_sums=ratio.fixed
    ) | {"level": np.array(level, dtype=object)}
    with np.errstate(invalid="ignore", divide="ignore"):
        # Kish's design effect: the variance of this design over that of a simple random sample of as many respondents
        columns["deff"] = columns["std_error"] ** 2 / srs
    return assemble(
        columns,
        what,
        design,
        quantity="total" if ratio.fixed else "mean",
        lang=lang,
        confidence=confidence,
        unit_totals=unit_totals,
        count_missing=partial(missing_table, design, domains, list(dict.fromkeys(names)), lang),
        group_codes=domains.group_codes,
        level_codes=by_group.level_codes,
        of_sums=ratio.fixed,
        never_negative=never_negative,
        behind=partial(respondents_behind, design, domains, outcome, groups),
        heaviest=partial(heaviest_weights, design, domains, names),
    )
