"""Weighted shares of the answers to an item, by group, with intervals that stay between 0 and 1."""

from collections.abc import Sequence
from functools import partial
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import special, stats

from surveykit._checks import as_names, check_columns, check_option, check_share
from surveykit.codebook import as_code
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.calibrated import remove_calibration
from surveykit.estimation.result_columns import (
    DesignEffect,
    Estimates,
    Missing,
    RatioTotals,
    assemble,
    domain_degrees_of_freedom,
    standard_errors,
    t_quantile,
    warn_without_df,
)
from surveykit.estimation.totals import (
    Domains,
    Levels,
    Tabulator,
    answered,
    count_answers,
    make_domains,
    missing_table,
    whole_levels,
)

MOST_ANSWERS = 200
"""An item with more different answers is refused: it is a number or a free text."""

Interval = Literal["logit", "korn-graubard", "beta", "wilson", "arcsine", "wald"]


def shares(
    design: SurveyDesign,
    items: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    missing: Missing = "itemwise",
    interval: Interval = "logit",
    confidence: float = 0.95,
    design_effect: DesignEffect = "with_replacement",
    lang: str | None = None,
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
    interval : {"logit", "korn-graubard", "beta", "wilson", "arcsine", "wald"}
        How intervals are made; see Notes.

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
    wald
        ``p +- t se``; may leave the range from 0 to 1. R ``method = "mean"``.

    R: ``svymean(~factor(y), design, na.rm = TRUE)``.

    Examples
    --------
    >>> answers = pd.DataFrame({"q1": [1, 2, 2, 2], "village": ["A", "A", "B", "B"]})
    >>> shares(SurveyDesign(answers, cluster="village"), "q1").table[["level", "estimate"]].values.tolist()
    [['1', 0.25], ['2', 0.75]]
    """
    names = as_names(items, "items")
    if not names:
        raise ArgumentError("`items` must name at least one column")
    frame = design.survey.frame
    check_columns(frame, names, "items")
    check_option(interval, get_args(Interval), "interval")
    check_option(missing, get_args(Missing), "missing")
    check_option(design_effect, get_args(DesignEffect), "design_effect")
    check_share(confidence, "confidence")
    if missing == "listwise":
        complete = answered(frame, names)
        where = complete if where is None else complete & np.asarray(where)
    domains = make_domains(design, by, where, lang)
    tabulator = Tabulator.of(design.units.of_row, design.units.n_units, domains, design.weights)
    parts = [_item_shares(design, name, domains, tabulator, lang) for name in names]
    counts = np.concatenate([part.numerator for part in parts], axis=1)
    bases = np.concatenate([part.denominator for part in parts], axis=1)
    ratio = RatioTotals(counts, bases, bases)
    linearized = _linearize(ratio, design, domains, parts)
    estimate, std_error = ratio.estimates, standard_errors(linearized, design)
    df, n_clusters = domain_degrees_of_freedom(ratio.presence, design)
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


class _ItemShares:
    """Unit totals of one item: a column per group and answer, group varying slower."""

    def __init__(self, counts: np.ndarray, n: np.ndarray, name: str, groups: list[str], levels: list[str],
                 indicator: pd.Series, codes: list[object]) -> None:
        n_units, n_groups, n_levels = counts.shape
        self.numerator = counts.reshape(n_units, -1)
        self.denominator = np.repeat(counts.sum(axis=2), n_levels, axis=1)
        self.indicator, self.codes = indicator, codes
        self.columns = {
            "outcome": np.repeat([name], n_groups * n_levels),
            "level": np.tile(np.array(levels, dtype=object), n_groups),
            "group": np.repeat(np.array(groups, dtype=object), n_levels),
            "n": np.repeat(n, n_levels),
        }


def _item_shares(design: SurveyDesign, name: str, domains: Domains, tabulator: Tabulator,
                 lang: str | None) -> _ItemShares:
    column = design.survey.frame[name]
    levels, codes = item_levels(column)
    if not codes:
        raise ArgumentError(f"nobody answered {name!r}, so it has no shares; leave it out")
    variable = design.survey.codebook[name]
    table = tabulator.by_level(levels)
    # unobserved whole numbers between observed codes are no answers unless the codebook lists them
    present = np.bincount(levels.index, minlength=len(codes) + 1)[: len(codes)] > 0
    kept = [position for position, code in enumerate(codes) if present[position] or code in variable.labels]
    unseen = [code for code in variable.labels if code not in codes]
    order: list[object] = [codes[position] for position in kept] + list(unseen)
    counts = np.concatenate([table[:, :, kept], np.zeros((*table.shape[:2], len(unseen)))], axis=2)
    if not isinstance(column.dtype, pd.CategoricalDtype):
        rank = sorted(range(len(order)), key=lambda position: _code_rank(order[position]))
        order, counts = [order[position] for position in rank], counts[:, :, rank]
    labels = [variable.label(code, lang) for code in order]
    return _ItemShares(counts, count_answers(levels, domains), name, domains.labels, labels, column, order)


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


def _linearize(ratio: RatioTotals, design: SurveyDesign, domains: Domains, parts: list[_ItemShares]) -> np.ndarray:
    if not design.calibration:
        return ratio.linearized
    blocks, start = [], 0
    for part in parts:
        n_levels = len(part.codes)
        stop = start + len(domains) * n_levels
        block = RatioTotals(ratio.numerator[:, start:stop], ratio.denominator[:, start:stop],
                            ratio.denominator[:, start:stop])
        # one level at a time: remove_calibration takes outcomes x groups, groups varying fastest
        columns = []
        for level, code in enumerate(part.codes):
            pick = slice(level, None, n_levels)
            one = RatioTotals(block.numerator[:, pick], block.denominator[:, pick], block.denominator[:, pick])
            hit = (part.indicator == code).astype(float).where(part.indicator.notna())
            columns.append(remove_calibration(one, design, domains, [hit]))
        blocks.append(np.stack(columns, axis=2).reshape(len(ratio.numerator), -1))
        start = stop
    return np.concatenate(blocks, axis=1)


def share_interval(
    share: np.ndarray,
    std_error: np.ndarray,
    df: np.ndarray,
    n: np.ndarray,
    n_rows: int,
    interval: Interval,
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
        size = effective * ratio if interval == "beta" else np.minimum(effective * ratio, n)
        beta = _clopper_pearson(share, size, confidence)
        if interval != "logit":
            return beta
        centre, reach = special.logit(share), t * std_error / inner
        usable = inner > 0
        return (np.where(usable, special.expit(centre - reach), beta[0]),
                np.where(usable, special.expit(centre + reach), beta[1]))


def _clopper_pearson(share: np.ndarray, size: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    tail = (1 - confidence) / 2
    hits, misses = size * share, size * (1 - share)
    low = np.where(hits > 0, special.betaincinv(np.maximum(hits, 1e-300), misses + 1, tail), 0.0)
    high = np.where(misses > 0, special.betaincinv(hits + 1, np.maximum(misses, 1e-300), 1 - tail), 1.0)
    unknown = np.isnan(size)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _wilson(share: np.ndarray, size: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    centre = (share + t**2 / (2 * size)) / (1 + t**2 / size)
    reach = t / (1 + t**2 / size) * np.sqrt(share * (1 - share) / size + t**2 / (4 * size**2))
    return centre - reach, centre + reach
