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
from surveykit.estimation.engine.calibration import calibrated_totals, fitted_by_cell
from surveykit.estimation.engine.complete_rows import complete_rows, with_incomplete_told
from surveykit.estimation.engine.domains import (
    Domains,
    answered_all,
    heaviest_weights,
    make_domains,
    missing_table,
    respondents_behind,
)
from surveykit.estimation.engine.element_samples import ElementSample, element_sample
from surveykit.estimation.engine.levels import Levels
from surveykit.estimation.engine.result_columns import (
    DesignEffect,
    Estimates,
    Missing,
    RatioTotals,
    UnitTotals,
    assemble,
    spread_of,
    standard_columns,
)
from surveykit.estimation.engine.totals import (
    Outcome,
    Tabulator,
    count_outcomes,
    make_outcomes,
    sum_outcomes,
    unit_tabulator,
)
from surveykit.estimation.quantities.shares import Item, level_codes, prepare_items


def means(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    missing: Missing = "itemwise",
    confidence: float = 0.95,
    design_effect: DesignEffect = "with_replacement",
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
    design_effect : {"with_replacement", "without_replacement"}
        Simple random sample that the design effect compares with.
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
        When nobody is left in any group.

    Notes
    -----
    ``ybar = sum(w y) / sum(w)``, linearised as ``z = w (y - ybar) / sum(w)``; the variance is that of the total of
    z over the sampling units (Särndal, Swensson & Wretman 1992, section 5.7). Intervals use t with the clusters
    minus the strata in which the row has respondents; without degrees of freedom they are NaN, with a warning.
    The design effect divides by ``s2 / n`` with ``s2 = n / (n - 1) sum(w (y - ybar)**2) / sum(w)``, or that times
    ``(N - n) / N`` with ``N = sum(w)``.

    R: ``svymean(~y, design, na.rm = TRUE)``, ``svyby(~y, ~by, design, svymean, covmat = TRUE)``; R's default interval
    uses z, and its ``svyby`` the degrees of freedom of the whole design.

    Examples
    --------
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "village": ["A", "A", "B", "B"]})
    >>> result = means(SurveyDesign(answers, cluster="village"), "q1")
    >>> result.table[["estimate", "std_error", "df"]].values.tolist()
    [[2.5, 1.0, 1.0]]
    """
    design = design.with_conventions(conventions)
    check_option(design_effect, get_args(DesignEffect), "design_effect")
    names, groups = as_names(outcomes, "outcomes"), as_names(by, "by")
    if (part := complete_rows(design, [*names, *groups], where)) is not None:
        found = means(
            part[0],
            names,
            by=by,
            where=part[1],
            missing=missing,
            confidence=confidence,
            design_effect=design_effect,
            lang=lang,
        )
        return with_incomplete_told(found, design, by, where, names, lang)
    asked = _prepare(design, outcomes, by, where, missing, lang)
    summed = asked.sum(design)
    ratio = RatioTotals(summed.sum_wy, summed.sum_w, summed.sum_w)
    return _result(
        "Weighted means", design, asked, summed, ratio, asked.simple_random(summed, design_effect), confidence, lang
    )


def totals(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    missing: Missing = "itemwise",
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate weighted totals of numeric columns, and population counts of the answers to columns of categories.

    Parameters, errors and the shape of the answer are those of `means`. A column of categories, or of texts that are no
    numbers, gets one row per answer (and group), the answer in `level`: how many in the population give it.

    Notes
    -----
    ``Y = sum(w y)``, or ``sum(w 1[y = k])`` for the answer k; its variance is that of the sum of the unit totals. R:
    ``svytotal(~y, design)``, ``svytotal(~factor(y), design)``. The design effect compares with a simple random sample
    without replacement from ``sum(w)`` persons.

    Examples
    --------
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4], "w": [2.0, 2, 3, 3], "village": ["A", "A", "B", "B"]})
    >>> totals(SurveyDesign(answers, weight="w", cluster="village"), "y").table["estimate"].tolist()
    [27.0]
    >>> totals(SurveyDesign(answers, weight="w"), "village").table[["level", "estimate"]].values.tolist()
    [['A', 4.0], ['B', 6.0]]
    """
    design = design.with_conventions(conventions)
    names, groups = as_names(outcomes, "outcomes"), as_names(by, "by")
    if (part := complete_rows(design, [*names, *groups], where)) is not None:
        found = totals(part[0], names, by=by, where=part[1], missing=missing, confidence=confidence, lang=lang)
        return with_incomplete_told(found, design, by, where, names, lang)
    asked = _prepare(design, outcomes, by, where, missing, lang, counted=True)
    summed = asked.sum(design, fixed=True)
    ratio = RatioTotals(summed.sum_wy, np.ones_like(summed.sum_w), summed.sum_w, fixed=True)
    srs = asked.simple_random(summed, "without_replacement") * summed.sum_w.sum(axis=0) ** 2
    return _result("Weighted totals", design, asked, summed, ratio, srs, confidence, lang)


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
class _Asked:
    """The outcomes and groups of a call; `names` and `levels` say which column, and which answer to it, each one is."""

    names: list[str]
    levels: list[str | None]
    domains: Domains
    outcomes: list[Outcome]
    level_codes: Mapping[str, Mapping[str, Code]] = field(default_factory=dict)

    def sum(self, design: SurveyDesign, fixed: bool = False) -> _Summed:
        """Return the outcomes summed over sampling units, or by stratum where every person is one."""
        sample = element_sample(design, self.domains, calibrated=not fixed)
        table = unit_tabulator(design, self.domains) if sample is None else sample.weights
        return _Summed(*sum_outcomes(self.outcomes, table), sample)

    def sums(self, tabulator: Tabulator) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of weight times outcome and of weight by the units of any tabulator."""
        return sum_outcomes(self.outcomes, tabulator)[:2]

    def unit_totals(self, design: SurveyDesign, fixed: bool) -> UnitTotals:
        """Return the linearised totals of means, or of totals where `fixed`, by sampling unit."""
        top, weight = self.sums(unit_tabulator(design, self.domains))
        ratio = RatioTotals(top, np.ones_like(weight) if fixed else weight, weight, fixed)
        return UnitTotals(calibrated_totals(ratio, design, self.domains, self.sums), weight)

    def simple_random(self, summed: _Summed, kind: DesignEffect) -> np.ndarray:
        """Return the variance that each mean would have under simple random sampling, (estimates,)."""
        weight, n = summed.sum_w.sum(axis=0), count_outcomes(self.outcomes, self.domains).ravel()
        centre = np.repeat([outcome.centre for outcome in self.outcomes], len(self.domains))
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = summed.sum_wy.sum(axis=0) / weight
            moment, beyond = summed.total_squares / weight, (mean - centre) ** 2
            spread = np.where(moment - beyond > 1e-13 * moment, moment - beyond, 0)  # below that it is rounding
            finite = np.where(weight > n, (weight - n) / weight, np.nan) if kind == "without_replacement" else 1.0
            return spread / (n - 1) * finite


def _prepare(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    by: str | Sequence[str] | None,
    where: pd.Series | np.ndarray | None,
    missing: Missing,
    lang: str | None,
    counted: bool = False,
) -> _Asked:
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
        return _Asked(names, [None] * len(names), domains, make_outcomes(frame, names, "outcomes"))
    items = prepare_items(design, categories, lang)
    of_name = {item.name: _indicators(item) for item in items}
    numbers = [name for name in names if name not in categories]
    of_name |= {name: [(None, outcome)] for name, outcome in zip(numbers, make_outcomes(frame, numbers, "outcomes"))}
    rows = [(name, *row) for name in names for row in of_name[name]]
    known = level_codes(items)
    return _Asked([row[0] for row in rows], [row[1] for row in rows], domains, [row[2] for row in rows], known)


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
    found: list[tuple[str | None, Outcome]] = []
    for label, place in zip(item.labels, item.kept):
        codes = (np.arange(len(item.levels.codes)) == place).astype(float)
        levels = Levels(item.levels.index, codes, item.levels.n_missing)
        found.append((label, Outcome(levels, np.empty(0), None, float(codes[0]))))
    return found


def _result(
    what: str,
    design: SurveyDesign,
    asked: _Asked,
    summed: _Summed,
    ratio: RatioTotals,
    srs: np.ndarray,
    confidence: float,
    lang: str | None,
) -> Estimates:
    names, domains = asked.names, asked.domains
    counts = count_outcomes(asked.outcomes, domains).ravel()
    unit_totals: UnitTotals | Callable[[], UnitTotals]
    if summed.sample is None:
        unit_totals = UnitTotals(calibrated_totals(ratio, design, domains, asked.sums), ratio.presence)
        spread = spread_of(unit_totals, design)
    else:
        unit_totals = partial(asked.unit_totals, design, ratio.fixed)
        held = summed.sample.fix(fitted_by_cell(ratio, design, domains, asked.sums)) if design.calibration else None
        errors = summed.sample.errors_of_outcomes(asked.outcomes, ratio, domains, held)
        spread = summed.sample.spread(errors, ratio.presence, counts)
    outcome = [name for name in names for _ in domains.labels]
    level = [answer for answer in asked.levels for _ in domains.labels]
    groups = domains.labels * len(names)
    never_negative = np.repeat([one.smallest >= 0 for one in asked.outcomes], len(domains))
    columns = standard_columns(
        design, outcome, groups, ratio.estimates, spread, counts, confidence, of_sums=ratio.fixed
    ) | {"level": np.array(level, dtype=object)}
    with np.errstate(invalid="ignore", divide="ignore"):
        columns["deff"] = columns["std_error"] ** 2 / srs
    return assemble(
        columns,
        what,
        design,
        lang=lang,
        confidence=confidence,
        unit_totals=unit_totals,
        count_missing=partial(missing_table, design, domains, list(dict.fromkeys(names)), lang),
        group_codes=domains.group_codes,
        level_codes=asked.level_codes,
        of_sums=ratio.fixed,
        never_negative=never_negative,
        behind=partial(respondents_behind, design, domains, outcome, groups),
        heaviest=partial(heaviest_weights, design, domains, names),
    )
