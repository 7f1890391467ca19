"""Ratios of two weighted totals, by group."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from surveykit._checks import ROUNDING, as_names, check_columns, check_numeric, some, warn
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.calibration import FixedTotals, calibrated_totals, fitted_by_cell
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.domains import Domains, make_domains, missing_table
from surveykit.estimation.engine.element_samples import counting_table, element_sample
from surveykit.estimation.engine.result_columns import (
    Estimates,
    RatioTotals,
    UnitTotals,
    assemble,
    spread_of,
    standard_columns,
)
from surveykit.estimation.engine.totals import Tabulator, unit_tabulator, weights_of
from surveykit.words.messages import Message


def ratios(
    design: SurveyDesign,
    pairs: Sequence[tuple[str, str]],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate ratios of weighted totals, such as income per household member.

    Parameters
    ----------
    design : SurveyDesign
    pairs : sequence of (numerator, denominator)
        Numeric columns; each ratio uses the respondents who have both.
    by, where, confidence, lang
        As in `means`.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Estimates
        One row per pair and group; `outcome` reads "numerator / denominator".

    Raises
    ------
    ColumnError
        When a column is absent or holds text.
    ArgumentError
        When `pairs` are no pairs of columns, nobody is left in any group, `where` does not hold one True or False per
        respondent, or `confidence` does not lie between 0 and 1.

    Notes
    -----
    ``R = sum(w y) / sum(w x)``, linearized as ``w (y - R x) / sum(w x)``. R: ``svyratio(~y, ~x, design)``.

    References
    ----------
    Särndal, C.-E., Swensson, B. and Wretman, J. (1992). Model Assisted Survey Sampling. Springer, chapter 5.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"income": [4, 6, 9, 9], "persons": [1, 2, 3, 3], "village": ["A", "A", "B", "B"]})
    >>> result = sk.ratios(sk.SurveyDesign(answers, cluster="village"), [("income", "persons")])
    >>> result.table[["outcome", "estimate", "std_error"]].round(4)
                outcome  estimate  std_error
    0  income / persons    3.1111     0.1481
    """
    design = design.with_conventions(conventions)
    pairs = list(pairs)
    if not pairs or any(isinstance(pair, str) or len(pair) != 2 for pair in pairs):
        raise ArgumentError("`pairs` must be a list of (numerator, denominator) pairs of columns")
    frame = design.survey.frame
    check_columns(frame, [name for pair in pairs for name in pair], "pairs")
    asked = list(dict.fromkeys(name for pair in pairs for name in pair))
    sample = complete_sample(design, [*asked, *as_names(by, "by")], where)
    design, where, frame = sample.design, sample.where, sample.design.survey.frame
    domains = make_domains(design, by, where, lang)
    persons = element_sample(design, domains)
    tabulator = counting_table(design, domains, persons)
    ready = [_prepare_pair(frame, pair) for pair in pairs]
    ratio = RatioTotals(*_sum(ready, tabulator), _presence(ready, tabulator))
    # Särndal, Swensson & Wretman (1992), chapter 5: the linearized variable of a ratio R is (y - R x) / X
    fixed = FixedTotals.of(design, domains)
    by_table = [_sum(ready, table) for table in fixed.tables]
    outcome, group = [f"{top} / {bottom}" for top, bottom in pairs for _ in domains.labels], domains.labels * len(pairs)
    nothing = np.flatnonzero((ratio.denominator.sum(axis=0) == 0) & (ratio.presence.sum(axis=0) > 0)).tolist()
    if nothing:
        rows = some(f"{outcome[row]} ({group[row]})" for row in nothing)
        warn(f"the denominator of {rows} adds up to zero, so there is no ratio")
    estimate = np.where(np.isfinite(ratio.estimates), ratio.estimates, np.nan)
    n = [np.bincount(domains.of_row[rows] + 1, minlength=len(domains) + 1)[1:] for _, _, rows in ready]
    counts = np.concatenate(n)
    unit_totals: UnitTotals | Callable[[], UnitTotals]
    if persons is None:
        unit_totals = UnitTotals(calibrated_totals(ratio, fixed, by_table), ratio.presence)
        spread = spread_of(unit_totals, design)
    else:  # made when it is asked for: it has a row for every person
        unit_totals = partial(_unit_totals, design, domains, ready)
        held = persons.fix(fitted_by_cell(ratio, fixed, by_table)) if design.calibration else None
        errors = persons.errors_of_values(
            _linearize(design, domains, ready, ratio), [rows for _, _, rows in ready], held
        )
        spread = persons.spread(np.where(np.isnan(estimate), np.nan, errors), ratio.presence, counts)
    columns = standard_columns(design, outcome, group, estimate, spread, counts, confidence)
    result = assemble(
        columns,
        Message("estimator.ratios"),
        design,
        quantity="ratio",
        lang=lang,
        confidence=confidence,
        unit_totals=unit_totals,
        count_missing=partial(missing_table, design, domains, asked, lang),
        group_codes=domains.group_codes,
    )
    return sample.tell(result, asked, by, lang)


Pair = tuple[np.ndarray, np.ndarray, np.ndarray]


def _prepare_pair(frame: pd.DataFrame, pair: tuple[str, str]) -> Pair:
    """Return numerator, denominator and the rows that have both."""
    top, bottom = (check_numeric(frame[name], "pairs") for name in pair)
    return top, bottom, np.flatnonzero(~np.isnan(top + bottom))


def _sum(pairs: list[Pair], tabulator: Tabulator) -> tuple[np.ndarray, np.ndarray]:
    tops = [tabulator.sums(top, rows) for top, _, rows in pairs]
    bottoms = [tabulator.sums(bottom, rows) for _, bottom, rows in pairs]
    return np.concatenate(tops, axis=1), np.concatenate(bottoms, axis=1)


def _unit_totals(design: SurveyDesign, domains: Domains, ready: list[Pair]) -> UnitTotals:
    """Return the linearized totals of the ratios by sampling unit."""
    tabulator, fixed = unit_tabulator(design, domains), FixedTotals.of(design, domains)
    ratio = RatioTotals(*_sum(ready, tabulator), _presence(ready, tabulator))
    linearized = calibrated_totals(ratio, fixed, [_sum(ready, table) for table in fixed.tables])
    return UnitTotals(linearized, ratio.presence)


def _linearize(design: SurveyDesign, domains: Domains, ready: list[Pair], ratio: RatioTotals) -> list[np.ndarray]:
    """Return the weighted linearized variable of each pair, person by person, at the ratio of his own group."""
    place, weights = np.maximum(domains.of_row, 0), weights_of(design)
    values = []
    parts = (part.reshape(len(ready), -1) for part in (ratio.estimates, ratio.denominator.sum(axis=0)))
    for (top, bottom, _), estimate, scale in zip(ready, *parts):
        with np.errstate(invalid="ignore", divide="ignore"):
            fitted = estimate[place] * bottom
            gap = np.where(np.abs(top - fitted) <= ROUNDING * (np.abs(top) + np.abs(fitted)), 0.0, top - fitted)
            values.append(weights * gap / scale[place])
    return values


def _presence(pairs: list[Pair], tabulator: Tabulator) -> np.ndarray:
    return np.concatenate([tabulator.sums(rows=rows) for _, _, rows in pairs], axis=1)
