"""Weighted shares of the answers to an item, by group, with intervals that stay between 0 and 1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_option
from surveykit.codebook import Code, as_code, distinct_texts
from surveykit.coded_answers.text_answers import in_order, prepare_answers
from surveykit.conventions import ShareInterval, conventions_of
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
from surveykit.estimation.engine.element_samples import counting_table, element_sample
from surveykit.estimation.engine.levels import Levels, codes_given, item_levels
from surveykit.estimation.engine.respondents import degrees_of_freedom_among
from surveykit.estimation.engine.result_columns import (
    DesignEffect,
    Estimates,
    Freedom,
    Missing,
    RatioTotals,
    UnitTotals,
    assemble,
    design_effect_of,
    freedom_of,
    simple_random_variance,
    spread_of,
    standard_columns,
)
from surveykit.estimation.engine.share_intervals import share_interval
from surveykit.estimation.engine.totals import Tabulator, count_answers, unit_tabulator
from surveykit.words.messages import Message, Told


def shares(
    design: SurveyDesign,
    items: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    missing: Missing = "itemwise",
    interval: ShareInterval | None = None,
    confidence: float = 0.95,
    design_effect: DesignEffect | None = None,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate the weighted share of every answer.

    Parameters
    ----------
    design : SurveyDesign
    items : str or sequence of str
        Columns of codes, categories or text. Missing answers ("don't know") are outside the base; how many there
        are stands in the result's `missing`. Labels of the codebook count as their codes. Texts without a codebook
        are put into the order of a known scale (English, Russian, Kazakh) where they are one; others have no order,
        which `method` and ``facts["unordered"]`` say; "don't know" among them leaves the base, with a warning.
    by, where, missing, confidence, design_effect, lang
        As in `means`; `lang` is also the language of the answers.
    interval : {"logit", "korn-graubard", "beta", "wilson", "arcsine", "likelihood", "wald"}, optional
        How intervals are made; see Notes. By default that of the conventions ("logit"; "wald" for "r-survey").
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Estimates
        One row per item, group and answer in code order; `estimate` is a share from 0 to 1, `n` the respondents of
        the group who answered the item. An answer that the codebook lists and nobody gave has a row with share 0.

    Raises
    ------
    ColumnError
        When a column is absent.
    ArgumentError
        When nobody answered an item or is left in any group, an item has too many different answers to be one of
        categories, `where` does not hold one True or False per respondent, or `confidence` does not lie between 0 and
        1.

    Notes
    -----
    ``p = sum(w 1[y = k]) / sum(w)``, linearized like a mean. Intervals, with t at the row's own degrees of freedom:

    logit
        ``expit(logit(p) +- t se / (p (1 - p)))``; R ``svyciprop(method = "xlogit")``. Where p is 0 or 1 it does not
        exist and the Korn-Graubard interval is given.
    beta
        Clopper-Pearson with the effective sample size ``p (1 - p) / se**2``, corrected by
        ``(t_(asked - 1) / t_df)**2``, asked being the respondents of the group, whether they answered or not;
        R ``svyciprop(method = "beta")``.
    korn-graubard
        The same, the effective size held at or below n (Korn & Graubard 1998, Survey Methodology 24).
    wilson
        Wilson's interval with the effective size ``p (1 - p) / se**2`` and t in place of z (Dean & Pagano 2015);
        R ``method = "wilson"``.
    arcsine
        ``sin(arcsin(sqrt(p)) +- t se / (2 sqrt(p (1 - p))))**2``; R ``method = "asin"``.
    likelihood
        The shares q with ``2 n (p log(p / q) + (1 - p) log((1 - p) / (1 - q))) <= t**2``, n the effective sample size
        ``p (1 - p) / se**2`` (Rao-Scott scaled likelihood ratio). R ``method = "likelihood"``.
    wald
        ``p +- t se``; may leave the range from 0 to 1. R ``method = "mean"``.

    R: ``svymean(~factor(y), design, na.rm = TRUE)``.

    References
    ----------
    Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of positive
    counts estimated from survey data. Survey Methodology 24, 193-201.
    Dean, N. and Pagano, M. (2015). Evaluating confidence interval methods for binomial proportions in clustered
    surveys. Journal of Survey Statistics and Methodology 3, 484-503.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 2, 2, 1, 2], "village": list("AABBCC")})
    >>> result = sk.shares(sk.SurveyDesign(answers, cluster="village"), "q1")
    >>> result.table[["level", "estimate", "conf_low", "conf_high", "n"]].round(3)
      level  estimate  conf_low  conf_high  n
    0     1     0.333     0.019      0.926  6
    1     2     0.667     0.074      0.981  6
    """
    design = design.with_conventions(conventions)
    names = as_names(items, "items")
    if not names:
        raise ArgumentError("`items` must name at least one column")
    check_columns(design.survey.frame, names, "items")
    ready = prepare_answers(design.survey, names)
    design = design if ready.survey is design.survey else design.with_survey(ready.survey)
    complete = complete_sample(design, [*names, *as_names(by, "by")], where)
    design, where = complete.design, complete.where
    interval = conventions_of(design).share_interval if interval is None else interval
    check_option(interval, get_args(ShareInterval), "interval")
    check_option(missing, get_args(Missing), "missing")
    kind = design_effect_of(design, design_effect, "with_replacement")
    if missing == "listwise":
        where = answered_all(design, names, where)
    domains = make_domains(design, by, where, lang)
    prepared, sample = prepare_items(design, names, lang), element_sample(design, domains)
    table_of = counting_table(design, domains, sample)
    counts, bases = _count(prepared, table_of)
    ratio = RatioTotals(counts, bases, bases)
    rows, asked = _name_rows(prepared, domains)
    fixed = FixedTotals.of(design, domains)
    by_table = [_count(prepared, table) for table in fixed.tables]
    unit_totals: UnitTotals | Callable[[], UnitTotals]
    if sample is None:
        unit_totals = UnitTotals(calibrated_totals(ratio, fixed, by_table), bases)
        spread = spread_of(unit_totals, design)
    else:  # made when it is asked for: it has a row for every person
        unit_totals = partial(_unit_totals, design, domains, prepared)
        held = sample.fix(fitted_by_cell(ratio, fixed, by_table)) if design.calibration else None
        errors = sample.errors_of_shares(
            [item.levels for item in prepared], [item.kept for item in prepared], ratio, held
        )
        spread = sample.spread(errors, bases, rows["n"])
    table = (
        standard_columns(design, rows["outcome"], rows["group"], ratio.estimates, spread, rows["n"], confidence) | rows
    )
    estimate, df, n, weight = table["estimate"], table["df"], rows["n"].astype(float), table["n_weighted"]
    freedom: Freedom = freedom_of(design)
    if interval != "wald" and conventions_of(design).interval == "z":
        freedom = "asked"
        # R's svyciprop takes t where its svymean takes z, with the df of all who were asked, answered or not
        of_group = [degrees_of_freedom_among(design, domains.of_row == group)[0] for group in range(len(domains))]
        df = table["df"] = np.concatenate([np.repeat(of_group, len(item.labels)) for item in prepared])
    table["conf_low"], table["conf_high"] = share_interval(
        estimate, table["std_error"], df, n, asked, interval, confidence
    )
    srs = simple_random_variance(estimate * (1 - estimate), n, weight, design, kind)
    with np.errstate(invalid="ignore", divide="ignore"):
        table["deff"] = table["std_error"] ** 2 / srs
    result = assemble(
        table,
        Message("estimator.shares"),
        design,
        quantity="share",
        lang=lang,
        confidence=confidence,
        interval=interval,
        freedom=freedom,
        unit_totals=unit_totals,
        count_missing=partial(missing_table, design, domains, names, lang),
        group_codes=domains.group_codes,
        level_codes=level_codes(prepared),
        behind=partial(respondents_behind, design, domains, rows["outcome"], rows["group"]),
        persons=partial(_persons, prepared, domains),
        heaviest=partial(heaviest_weights, design, domains, names),
    )
    facts = {**result.facts, "unordered": ready.unordered} if ready.unordered else result.facts
    method = Told.of(result.method, *ready.sentences, between=" ")
    result = replace(result, method=method, facts=facts) if ready.sentences else result
    return complete.tell(result, names, by, lang)


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """An item made ready for counting.

    Attributes
    ----------
    name : str
    levels : Levels
    kept : int array, (answers,)
        Position in `levels` of each answer that has a row; -1 for an answer nobody gave.
    labels : list of str
        Text of each answer; no two are alike.
    codes : list of int, float or str
        Code of each answer.
    """

    name: str
    levels: Levels
    kept: np.ndarray
    labels: list[str]
    codes: list[Code]


def level_codes(items: list[Item]) -> dict[str, dict[str, Code]]:
    """Return the code behind each text that names an answer, by item."""
    return {item.name: dict(zip(item.labels, item.codes)) for item in items}


def _count(items: list[Item], tabulator: Tabulator) -> tuple[np.ndarray, np.ndarray]:
    """Return weighted counts of each answer and the weight of all who answered, (units, items x groups x answers)."""
    ends = np.cumsum([tabulator.n_groups * len(item.kept) for item in items])
    counts, bases = np.empty((tabulator.n_units, ends[-1])), np.empty((tabulator.n_units, ends[-1]))
    for batch, table in tabulator.by_levels([item.levels for item in items]):
        answered = table.sum(axis=3, keepdims=True)
        for position, by_level, base in zip(batch, table, answered):
            kept = items[position].kept
            columns = slice(ends[position] - tabulator.n_groups * len(kept), ends[position])
            shape = (tabulator.n_units, tabulator.n_groups, len(kept))
            counts[:, columns].reshape(shape)[...] = np.where(kept >= 0, by_level[:, :, kept], 0.0)
            bases[:, columns].reshape(shape)[...] = base
    return counts, bases


def _unit_totals(design: SurveyDesign, domains: Domains, items: list[Item]) -> UnitTotals:
    """Return the linearized totals of shares by sampling unit."""
    counts, bases = _count(items, unit_tabulator(design, domains))
    ratio, fixed = RatioTotals(counts, bases, bases), FixedTotals.of(design, domains)
    return UnitTotals(calibrated_totals(ratio, fixed, [_count(items, table) for table in fixed.tables]), bases)


def prepare_items(design: SurveyDesign, names: list[str], lang: str | None) -> list[Item]:
    """Return items with the answers that have a row: those given and those that the codebook lists, in code order."""
    read = item_levels(design.survey.frame, names)
    unanswered = [name for name, (_, codes, _) in zip(names, read) if not codes]
    if unanswered:
        raise ArgumentError(f"nobody answered {unanswered[0]!r}, so it has no answers to count; leave it out")
    items = []
    for name, (levels, codes, categories) in zip(names, read):
        given = codes_given(levels)
        variable = design.survey.codebook[name]
        # whole numbers between the lowest and the highest answer are no answers unless given or in the codebook
        place_of_code: dict[object, int] = {
            code: position for position, code in enumerate(codes) if given[position] or code in variable.labels
        }
        place_of_code |= {code: -1 for code in variable.labels if code not in place_of_code}
        order = list(place_of_code) if categories else in_order(place_of_code, variable)
        labels = distinct_texts([variable.label(code, lang) for code in order], order)
        kept = np.array([place_of_code[code] for code in order])
        items.append(Item(name, levels, kept, labels, [as_code(code) for code in order]))
    return items


def _name_rows(items: list[Item], domains: Domains) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return outcome, level, group and n of each row, and how many were asked; answers vary fastest, then groups."""
    rows = [(item.name, label, group) for item in items for group in domains.labels for label in item.labels]
    outcome, level, group = np.array(rows, dtype=object).reshape(-1, 3).T
    counts = [np.repeat(count_answers(item.levels, domains), len(item.labels)) for item in items]
    asked = [np.repeat(domains.sizes, len(item.labels)) for item in items]
    return {"outcome": outcome, "level": level, "group": group, "n": np.concatenate(counts)}, np.concatenate(asked)


def _persons(items: list[Item], domains: Domains) -> dict[tuple[str, str, str], int]:
    """Return how many respondents gave each answer, by item, group and answer."""
    found: dict[tuple[str, str, str], int] = {}
    for item in items:
        width = len(item.levels.codes) + 1  # the last are those who gave none
        here = domains.of_row >= 0
        cells = domains.of_row[here] * width + item.levels.index[here]
        counts = np.bincount(cells, minlength=len(domains) * width).reshape(len(domains), width)
        for group, label in enumerate(domains.labels):
            for text, place in zip(item.labels, item.kept):
                found[item.name, label, text] = int(counts[group, place]) if place >= 0 else 0
    return found
