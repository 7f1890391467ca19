"""Weighted shares of the answers to an item, by group, with intervals that stay between 0 and 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import get_args

import numpy as np
import pandas as pd
from scipy import special, stats

from surveykit._checks import as_names, check_columns, check_option, check_share
from surveykit.codebook import as_code
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.calibration_cells import calibrated_totals
from surveykit.estimation.conventions import ShareInterval, conventions_of
from surveykit.estimation.result_columns import (
    DesignEffect,
    Estimates,
    Missing,
    RatioTotals,
    assemble,
    row_degrees_of_freedom,
    standard_errors,
    t_quantile,
    warn_without_df,
)
from surveykit.estimation.totals import (
    Domains,
    Levels,
    Tabulator,
    answered_all,
    count_answers,
    make_domains,
    missing_table,
    whole_levels,
)

MOST_ANSWERS = 200
"""An item with more different answers is refused: it is a number or a free text."""


def shares(
    design: SurveyDesign,
    items: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    missing: Missing = "itemwise",
    interval: ShareInterval | None = None,
    confidence: float = 0.95,
    design_effect: DesignEffect = "with_replacement",
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate the weighted share of every answer.

    Parameters
    ----------
    design : SurveyDesign
    items : str or sequence of str
        Columns of codes, categories or text. Missing answers ("don't know") are outside the base; how many there
        are stands in the result's `missing`.
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

    Notes
    -----
    ``p = sum(w 1[y = k]) / sum(w)``, linearised like a mean. Intervals, with t at the row's own degrees of freedom:

    logit
        ``expit(logit(p) +- t se / (p (1 - p)))``; R ``svyciprop(method = "xlogit")``. Where p is 0 or 1 it does not
        exist and the Korn-Graubard interval is given.
    beta
        Clopper-Pearson with the effective sample size ``p (1 - p) / se**2``, corrected by
        ``(t_(rows - 1) / t_df)**2``; R ``svyciprop(method = "beta")``.
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

    Examples
    --------
    >>> answers = pd.DataFrame({"q1": [1, 2, 2, 2], "village": ["A", "A", "B", "B"]})
    >>> shares(SurveyDesign(answers, cluster="village"), "q1").table[["level", "estimate"]].values.tolist()
    [['1', 0.25], ['2', 0.75]]
    """
    design = design.with_conventions(conventions)
    names = as_names(items, "items")
    if not names:
        raise ArgumentError("`items` must name at least one column")
    frame = design.survey.frame
    check_columns(frame, names, "items")
    interval = conventions_of(design).share_interval if interval is None else interval
    check_option(interval, get_args(ShareInterval), "interval")
    check_option(missing, get_args(Missing), "missing")
    check_option(design_effect, get_args(DesignEffect), "design_effect")
    check_share(confidence, "confidence")
    if missing == "listwise":
        where = answered_all(design, names, where)
    domains = make_domains(design, by, where, lang)
    tabulator = Tabulator.of(design.units.of_row, design.units.n_units, domains, design.weights)
    parts = [_prepare_item(design, name, domains, lang) for name in names]
    counts, bases = _count(parts, tabulator)
    ratio = RatioTotals(counts, bases, bases)
    linearized = calibrated_totals(ratio, design, domains, partial(_count, parts))
    estimate, std_error = ratio.estimates, standard_errors(linearized, design)
    df, n_clusters = row_degrees_of_freedom(ratio.presence, design)
    columns = {key: np.concatenate([part.columns[key] for part in parts]) for key in ("outcome", "level", "group", "n")}
    warn_without_df(df, [f"{name} ({group})" for name, group in zip(columns["outcome"], columns["group"])])
    n, weight = columns["n"].astype(float), ratio.presence.sum(axis=0)
    low, high = share_interval(estimate, std_error, df, n, len(design), interval, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        finite = np.where(weight > n, (weight - n) / weight, np.nan)
        srs = estimate * (1 - estimate) / (n - 1) * (finite if design_effect == "without_replacement" else 1)
        deff = std_error**2 / srs
    table = {**columns, "method": "linearized", "estimate": estimate, "std_error": std_error, "df": df,
             "conf_low": low, "conf_high": high, "deff": deff, "n_clusters": n_clusters, "n_weighted": weight}
    return assemble(table, "Weighted shares of those who answered", design, lang=lang, confidence=confidence,
                    interval=f"{interval} intervals", linearized=linearized, presence=ratio.presence,
                    count_missing=partial(missing_table, design, domains, names, lang))


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """An item made ready for counting.

    Attributes
    ----------
    levels : Levels
    kept : int array, (answers,)
        Position in `levels` of each answer that has a row; -1 for an answer nobody gave.
    columns : dict
        outcome, level, group and n of its rows, group varying slower than answer.
    """

    levels: Levels
    kept: np.ndarray
    columns: dict[str, np.ndarray]

    def counts(self, tabulator: Tabulator) -> tuple[np.ndarray, np.ndarray]:
        """Return weighted counts of each answer and the weight of all who answered, (units, groups x answers)."""
        table = tabulator.by_level(self.levels)
        picked = np.where(self.kept >= 0, table[:, :, self.kept], 0.0)
        return picked.reshape(len(table), -1), np.repeat(table.sum(axis=2), len(self.kept), axis=1)


def _count(items: list[_Item], tabulator: Tabulator) -> tuple[np.ndarray, np.ndarray]:
    counts, bases = zip(*(item.counts(tabulator) for item in items))
    return np.concatenate(counts, axis=1), np.concatenate(bases, axis=1)


def _prepare_item(design: SurveyDesign, name: str, domains: Domains, lang: str | None) -> _Item:
    column = design.survey.frame[name]
    levels, codes = item_levels(column)
    if not codes:
        raise ArgumentError(f"nobody answered {name!r}, so it has no shares; leave it out")
    variable = design.survey.codebook[name]
    # whole numbers between the lowest and the highest answer are no answers unless given or in the codebook
    present = levels.present()
    found: dict[object, int] = {code: position for position, code in enumerate(codes)
                                if present[position] or code in variable.labels}
    found |= {code: -1 for code in variable.labels if code not in found}
    order = list(found) if isinstance(column.dtype, pd.CategoricalDtype) else sorted(found, key=_code_rank)
    n_levels = len(order)
    columns = {
        "outcome": np.repeat([name], len(domains) * n_levels),
        "level": np.tile(np.array([variable.label(code, lang) for code in order], dtype=object), len(domains)),
        "group": np.repeat(np.array(domains.labels, dtype=object), n_levels),
        "n": np.repeat(count_answers(levels, domains), n_levels),
    }
    return _Item(levels, np.array([found[code] for code in order]), columns)


def _code_rank(code: object) -> tuple[bool, object]:
    return (isinstance(code, str), code)


def item_levels(column: pd.Series) -> tuple[Levels, list[object]]:
    """Return the answers of a column as levels, whatever its type, and the code of each level."""
    levels = whole_levels(column)
    if levels is not None:
        return levels, [as_code(code) for code in levels.codes]
    if isinstance(column.dtype, pd.CategoricalDtype):
        index, values = column.cat.codes.to_numpy().astype(np.int64), list(column.cat.categories)
    else:
        factorized, unique = pd.factorize(column, sort=True)
        index, values = factorized.astype(np.int64), list(unique)
    if len(values) > MOST_ANSWERS:
        raise ArgumentError(f"{column.name!r} has {len(values)} different answers; shares are for items with few of "
                            "them, so group the answers first or estimate means()")
    absent = index < 0
    index = np.where(absent, len(values), index)
    codes = [as_code(value) if isinstance(value, int | float) else value for value in values]
    return Levels(index, np.arange(len(values), dtype=float), int(absent.sum())), codes


def share_interval(
    share: np.ndarray,
    std_error: np.ndarray,
    df: np.ndarray,
    n: np.ndarray,
    n_rows: int,
    interval: ShareInterval,
    confidence: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the intervals of shares; the formulas stand in the notes of `shares`."""
    t = t_quantile(df, confidence)
    inner = share * (1 - share)
    with np.errstate(invalid="ignore", divide="ignore"):
        if interval == "wald":
            return share - t * std_error, share + t * std_error
        if interval == "arcsine":
            centre, reach = np.arcsin(np.sqrt(share)), t * std_error / (2 * np.sqrt(inner))
            return np.sin(np.maximum(centre - reach, 0)) ** 2, np.sin(np.minimum(centre + reach, np.pi / 2)) ** 2
        ratio = (stats.t.ppf((1 + confidence) / 2, np.maximum((n_rows if interval == "beta" else n) - 1, 1)) / t) ** 2
        effective = np.where(inner > 0, inner / std_error**2, n)
        if interval == "wilson":
            return _wilson(share, effective, t)
        if interval == "likelihood":
            return _likelihood(share, effective, t)
        size = effective * ratio if interval == "beta" else np.minimum(effective * ratio, n)
        if interval != "logit":
            return _clopper_pearson(share, size, confidence)
        centre, reach = special.logit(share), t * std_error / inner
        low, high = special.expit(centre - reach), special.expit(centre + reach)
        edge = ~(inner > 0)  # there the logit does not exist
        low[edge], high[edge] = _clopper_pearson(share[edge], size[edge], confidence)
        return low, high


def _clopper_pearson(share: np.ndarray, size: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    tail = (1 - confidence) / 2
    hits, misses = size * share, size * (1 - share)
    low = np.where(hits > 0, special.betaincinv(np.maximum(hits, 1e-300), misses + 1, tail), 0.0)
    high = np.where(misses > 0, special.betaincinv(hits + 1, np.maximum(misses, 1e-300), 1 - tail), 1.0)
    unknown = np.isnan(size)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _likelihood(share: np.ndarray, size: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends by bisection: the scaled likelihood ratio grows on both sides of the estimate."""
    ends = []
    for edge in (0.0, 1.0):
        inside, outside = share.copy(), np.full_like(share, edge)
        for _ in range(60):
            middle = (inside + outside) / 2
            ratio = 2 * size * (special.rel_entr(share, middle) + special.rel_entr(1 - share, 1 - middle))
            accepted = ratio <= t**2
            inside, outside = np.where(accepted, middle, inside), np.where(accepted, outside, middle)
        ends.append(np.where(np.isnan(size * t), np.nan, inside))
    return ends[0], ends[1]


def _wilson(share: np.ndarray, size: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    centre = (share + t**2 / (2 * size)) / (1 + t**2 / size)
    reach = t / (1 + t**2 / size) * np.sqrt(share * (1 - share) / size + t**2 / (4 * size**2))
    return centre - reach, centre + reach
