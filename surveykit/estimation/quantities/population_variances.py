"""Variances, covariances and correlations of a population, with design-based errors."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, combinations_with_replacement

import numpy as np
import pandas as pd

from surveykit._checks import ROUNDING, as_names, check_columns, check_numeric, from_smallest, warn
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.domains import Domains, answered_all, make_domains, missing_table
from surveykit.estimation.engine.respondents import influence_totals, recomputed_totals, variance_rows
from surveykit.estimation.engine.result_columns import (
    Estimates,
    UnitTotals,
    assemble,
    spread_of,
    standard_columns,
)
from surveykit.estimation.engine.rounding import without_rounding
from surveykit.estimation.engine.settlement_level import (
    ALIKE,
    BLANK,
    FEW_NUMBERS,
    Sides,
    find_sides,
    likeness_of,
    many_clusters,
    no_error,
    tell_of_sides,
    withholds,
)
from surveykit.estimation.engine.t_distribution import t_quantile
from surveykit.estimation.engine.totals import weights_of
from surveykit.words.messages import Columns, Figure, Listed, Message, Slot, Told, spaced, without_stop

Moment = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[float, np.ndarray]]
"""From two columns and weights to an estimate and each respondent's influence on it."""
MomentOfSums = Callable[[np.ndarray, int], np.ndarray]
"""From sums of 1, x, y, xx, yy, xy (columns) and the number of respondents to estimates, one per row."""


def variances(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate population variances of numeric columns.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : str or sequence of str
        Numeric columns, in their own units.
    by, where, confidence, lang, conventions
        As in `means`.

    Returns
    -------
    Estimates
        One row per outcome and group, in squared units of the outcome; each outcome uses all who answered it.

    Raises
    ------
    ColumnError
        When a column is absent or holds text.
    ArgumentError
        When no column is named, nobody is left in any group, `where` does not hold one True or False per respondent, or
        `confidence` does not lie between 0 and 1.

    Notes
    -----
    ``n / (n - 1) * sum(w (y - ybar)**2) / sum(w)``, linearized like the mean of the scaled squares (the error of ybar
    is of second order); with replicate weights, mean and squares are computed anew in each. R: ``svyvar(~y, design,
    na.rm = TRUE)``, whose n are all rows, answered or not.

    References
    ----------
    Deville, J.-C. (1999). Variance estimation for complex statistics and estimators: linearization and residual
    techniques. Survey Methodology 25, 193-203.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 6], "village": list("AABB")})
    >>> sk.variances(sk.SurveyDesign(answers, cluster="village"), "y").table["estimate"].round(4).item()
    4.6667
    """
    design = design.with_conventions(conventions)
    names = as_names(outcomes, "outcomes")
    pairs = [(name, name) for name in names]
    sample = complete_sample(design, [*names, *as_names(by, "by")], where)
    design, where = sample.design, sample.where
    result = _estimate(design, pairs, Message("estimator.variances"), "variance", by, where, confidence, lang)
    return sample.tell(result, names, by, lang)


def covariances(
    design: SurveyDesign,
    outcomes: Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate the population covariance matrix of numeric columns over those who answered all of them.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : sequence of str
        Numeric columns, in their own units.
    by, where, confidence, lang, conventions
        As in `means`.

    Returns
    -------
    Estimates
        One row per pair (the upper triangle with the variances) and group, in products of the units; `term` is the
        second column.

    Raises
    ------
    ColumnError
        When a column is absent or holds text.
    ArgumentError
        When no column is named, nobody is left in any group, `where` does not hold one True or False per respondent, or
        `confidence` does not lie between 0 and 1.

    Notes
    -----
    Pairs of centred columns are averaged like those of `variances`. R: ``svyvar(~x + y, design, na.rm = TRUE)``.

    A column that does not vary inside clusters (a trait of the settlement) is a comparison of clusters: where few stand
    behind one of two values, or behind a number, a warning and the method say so as those of `t_test` do. Where one
    cluster alone makes a column vary, the row has an estimate but no error, interval or degrees of freedom, unless
    `conventions` ask for another package's.

    References
    ----------
    Deville, J.-C. (1999). Variance estimation for complex statistics and estimators: linearization and residual
    techniques. Survey Methodology 25, 193-203.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 6], "y": [1, 2, 2, 4], "village": list("AABB")})
    >>> result = sk.covariances(sk.SurveyDesign(answers, cluster="village"), ["x", "y"])
    >>> result.table[["outcome", "term", "estimate"]].round(4)
      outcome term  estimate
    0       x    x    4.6667
    1       x    y    2.6667
    2       y    y    1.5833
    """
    design = design.with_conventions(conventions)
    names = as_names(outcomes, "outcomes")
    pairs = list(combinations_with_replacement(names, 2))
    check_columns(design.survey.frame, names, "outcomes")
    sample = complete_sample(design, [*names, *as_names(by, "by")], where)
    design, where = sample.design, sample.where
    where = answered_all(design, names, where)
    result = _estimate(design, pairs, Message("estimator.covariances"), "covariance", by, where, confidence, lang)
    return sample.tell(result, names, by, lang)


def correlations(
    design: SurveyDesign,
    outcomes: Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: pd.Series | np.ndarray | None = None,
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Estimates:
    """Estimate Pearson correlations of all pairs of numeric columns, each over those who answered both.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : sequence of str
        Numeric columns, in their own units.
    by, where, confidence, lang, conventions
        As in `means`.

    Returns
    -------
    Estimates
        One row per pair and group; `term` is the second column, `estimate` lies between -1 and 1.

    Raises
    ------
    ColumnError
        When a column is absent or holds text.
    ArgumentError
        When fewer than two columns are named, nobody is left in any group, `where` does not hold one True or False per
        respondent, or `confidence` does not lie between 0 and 1.

    Notes
    -----
    ``r = sum(w zx zy) / sum(w)`` with weighted z scores, linearized as
    ``w (zx zy - r (zx**2 + zy**2) / 2) / sum(w)`` (delta method); with replicate weights, computed anew in each. The
    interval is Fisher's, ``tanh(atanh(r) +- t se / (1 - r**2))``. R: ``svycontrast(svymean(~I(x*y) + I(x*x) + I(y*y),
    centred), quote(xy / sqrt(xx * yy)))``, ``withReplicates(design, function(w, data) cov.wt(data, w, cor = TRUE))``.

    A column that does not vary inside clusters (a trait of the settlement) is a comparison of clusters: where few stand
    behind one of two values, or behind a number, a warning and the method say so as those of `t_test` do. Where one
    cluster alone makes a column vary, the row has an estimate but no error, interval or degrees of freedom, unless
    `conventions` ask for another package's.

    References
    ----------
    Fisher, R. A. (1921). On the "probable error" of a coefficient of correlation deduced from a small sample. Metron 1,
    3-32.
    Deville, J.-C. (1999). Variance estimation for complex statistics and estimators: linearization and residual
    techniques. Survey Methodology 25, 193-203.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"x": [1, 2, 3, 6, 2, 4], "y": [1, 2, 2, 4, 3, 3], "village": list("AABBCC")})
    >>> result = sk.correlations(sk.SurveyDesign(answers, cluster="village"), ["x", "y"])
    >>> result.table[["outcome", "term", "estimate", "conf_low", "conf_high"]].round(3)
      outcome term  estimate  conf_low  conf_high
    0       x    y     0.853    -0.722      0.998
    """
    design = design.with_conventions(conventions)
    names = as_names(outcomes, "outcomes")
    if len(names) < 2:
        raise ArgumentError("`outcomes` must name at least two columns to correlate")
    pairs = list(combinations(names, 2))
    sample = complete_sample(design, [*names, *as_names(by, "by")], where)
    design, where = sample.design, sample.where
    result = _estimate(design, pairs, Message("estimator.correlations"), "correlation", by, where, confidence, lang)
    return sample.tell(result, names, by, lang)


def _covariance(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    total, n = weights.sum(), len(x)
    # n / (n - 1) counts respondents, not weights, as R's svyvar does; the means need no term of their own in the
    # influence, because deviations from them sum to zero
    products = (x - weights @ x / total) * (y - weights @ y / total) * (n / (n - 1) if n > 1 else np.nan)
    estimate = float(weights @ products / total)
    return estimate, (products - estimate) / total


def _correlation(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    total = weights.sum()
    if np.ptp(x) == 0 or np.ptp(y) == 0:  # everyone gave one answer: rounding must not pass for a correlation
        return float("nan"), np.full(len(x), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = ((column - weights @ column / total) for column in (x, y))
        x, y = (column / np.sqrt(weights @ column**2 / total) for column in (x, y))
        estimate = float(weights @ (x * y) / total)
        # for standardized x and y, d(S_xy / sqrt(S_xx S_yy)) = (xy - r) - r / 2 (x^2 - 1 + y^2 - 1), the ones
        # cancelling (Deville 1999)
        influence = x * y - estimate * (x**2 + y**2) / 2
        return estimate, without_rounding(influence[:, None], np.abs(x * y).max())[:, 0] / total


def _covariance_of_sums(sums: np.ndarray, n: int) -> np.ndarray:
    _, x, y, _, _, xy = sums.T / sums[:, 0]
    return np.asarray((xy - x * y) * (n / (n - 1) if n > 1 else np.nan))


def _correlation_of_sums(sums: np.ndarray, n: int) -> np.ndarray:
    _, x, y, xx, yy, xy = sums.T / sums[:, 0]
    spread_x, spread_y = (
        np.where(square - mean**2 > ROUNDING * square, square - mean**2, np.nan) for mean, square in ((x, xx), (y, yy))
    )
    return np.asarray((xy - x * y) / np.sqrt(spread_x * spread_y))


def _estimate(
    design: SurveyDesign,
    pairs: list[tuple[str, str]],
    what: Message,
    term: str,
    by: str | Sequence[str] | None,
    where: pd.Series | np.ndarray | None,
    confidence: float,
    lang: str | None,
) -> Estimates:
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    if not names:
        raise ArgumentError("`outcomes` must name at least one column")
    frame = design.survey.frame
    check_columns(frame, names, "outcomes")
    columns = {name: check_numeric(frame[name], "outcomes") for name in names}
    domains = make_domains(design, by, where, lang)
    moments = (_correlation, _correlation_of_sums) if term == "correlation" else (_covariance, _covariance_of_sums)
    of_groups = [
        _in_group(design, columns[a], columns[b], domains, group, *moments)
        for a, b in pairs
        for group in range(len(domains))
    ]
    estimate, totals, presence = (
        np.array([moment[0] for moment in of_groups]),
        np.column_stack([moment[1] for moment in of_groups]),
        np.column_stack([moment[2] for moment in of_groups]),
    )
    outcome = [first for first, _ in pairs for _ in domains.labels]
    unit_totals = UnitTotals(totals, presence)
    table = standard_columns(
        design,
        outcome,
        domains.labels * len(pairs),
        estimate,
        spread_of(unit_totals, design),
        np.array([moment[3] for moment in of_groups]),
        confidence,
    )
    table |= {"term": [second for _, second in pairs for _ in domains.labels], "method": term}
    if term == "correlation":
        with np.errstate(invalid="ignore", divide="ignore"):
            # Fisher's z = artanh(r), whose slope is 1 / (1 - r^2); unlike r plus or minus t errors, its ends stay
            # between -1 and 1
            reach = t_quantile(table["df"], confidence) * table["std_error"] / (1 - estimate**2)
            table["conf_low"], table["conf_high"] = (np.tanh(np.arctanh(estimate) + end) for end in (-reach, reach))
    note, lone = _ask_for_clusters(design, columns, pairs, domains, f"{term}s()")
    blank = lone & withholds(design)
    for name in BLANK:
        if name in table:
            table[name] = np.where(blank, np.nan, table[name])
    table["df"] = np.where(blank, 0.0, table["df"])
    interval = "fisher" if term == "correlation" else None
    squares = np.array([a == b and term != "correlation" for a, b in pairs for _ in domains.labels], dtype=bool)
    result = assemble(
        table,
        what,
        design,
        quantity=term,
        lang=lang,
        confidence=confidence,
        interval=interval,
        unit_totals=unit_totals,
        count_missing=partial(missing_table, design, domains, names, lang),
        group_codes=domains.group_codes,
        lone=np.eye(len(lone))[lone] if lone.any() else None,
        never_negative=squares,
    )
    return replace(result, method=Told.of(result.method, note))


def _ask_for_clusters(
    design: SurveyDesign, columns: dict[str, np.ndarray], pairs: list[tuple[str, str]], domains: Domains, asker: str
) -> tuple[str, np.ndarray]:
    """Warn of columns that few clusters, or one, make vary; return the sentences and the rows that rest on one."""
    rows = [(a, b, group) for a, b in pairs for group in range(len(domains))]
    lone = np.zeros(len(rows), dtype=bool)
    sides: dict[str, list[tuple[str, Sides]]] = {}
    numbers: dict[str, int] = {}
    alone: dict[str, None] = {}
    for place, (a, b, group) in enumerate(rows):
        inside = (domains.of_row == group) & ~np.isnan(columns[a] + columns[b])
        if not design.cluster or a == b or not inside.any():
            continue
        cluster = design.units.cluster_of_row[inside]
        for name, other in ((a, b), (b, a)):
            values = columns[name][inside]
            low, high = values.min(), values.max()
            if low == high:
                continue
            if ((values == low) | (values == high)).all():
                of_row = np.full(len(design), -1)
                of_row[inside] = values == high
                sides_of_name = find_sides(
                    design, of_row, [design.survey.codebook[name].label(code) for code in (low, high)]
                )
                sides.setdefault(name, []).append((other, sides_of_name))
                lone[place] |= bool(sides_of_name.lone)
            elif _varies_in_one(values, cluster):
                alone[name], lone[place] = None, True
            elif (n := len(np.unique(cluster))) < FEW_NUMBERS and likeness_of(values, cluster) >= ALIKE:
                numbers[name] = min(n, numbers.get(name, n))
    sentences = []
    if numbers:
        which = [
            Message("terms.takes", {"term": Columns((name,), marked=True), "n": Figure(str(n))})
            for name, n in numbers.items()
        ]
        listed: Slot = Listed(tuple(which[:6]))
        listed = Message("list.more", {"list": listed, "n": len(which) - 6}) if len(which) > 6 else listed
        slots: dict[str, Slot] = {"clusters": Columns(tuple(design.cluster), 10), "which": listed}
        sentences.append(Message("terms.population", {**slots, "many": many_clusters(asker)}))
    if alone:
        names = Columns(tuple(alone), 6, marked=True)
        sentences.append(Message("terms.population_alone", {"names": names, "error": no_error(design)}))
    if sentences:
        warn(without_stop(Told.of(*sentences, between=" ")))
    notes = [spaced(sentence) for sentence in sentences]
    notes += [tell_of_sides(design, name, asker, sides_of_name) for name, sides_of_name in sides.items()]
    return Told.of(*notes), lone


def _varies_in_one(values: np.ndarray, cluster: np.ndarray) -> bool:
    """Tell whether leaving out some one cluster leaves a column the same for all others."""
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    low, high = np.minimum.reduceat(values[order], starts), np.maximum.reduceat(values[order], starts)
    if len(starts) < 2:
        return True
    lowest, highest = np.sort(low)[:2], np.sort(high)[-2:]
    # the extremes of the others are the second ones where the cluster itself has the first
    others_low = np.where(low == lowest[0], lowest[1], lowest[0])
    others_high = np.where(high == highest[1], highest[0], highest[1])
    return bool((others_low == others_high).any())


def _in_group(
    design: SurveyDesign,
    x: np.ndarray,
    y: np.ndarray,
    domains: Domains,
    group: int,
    moment: Moment,
    of_sums: MomentOfSums,
) -> tuple[float, np.ndarray, np.ndarray, int]:
    rows = np.flatnonzero((domains.of_row == group) & ~np.isnan(x + y))
    n_units, weights = design.units.n_units, weights_of(design, rows)
    presence = np.bincount(design.units.of_row[rows], weights, minlength=n_units)
    if not len(rows):
        return float("nan"), np.full(variance_rows(design), np.nan), presence, 0
    # no moment about the mean moves with the origin, but years and incomes would lose digits when squared
    x, y = from_smallest(x[rows])[0], from_smallest(y[rows])[0]
    estimate, influence = moment(x, y, weights)
    if np.isnan(influence).any():
        return estimate, np.full(variance_rows(design), np.nan), presence, len(rows)
    if design.replicates is None:
        return estimate, influence_totals(influence[:, None], rows, design)[:, 0], presence, len(rows)
    # replicates get sums of squares instead of deviations, so that the centre is taken off first: each replicate's
    # own mean is near
    x, y = ((column - weights @ column / weights.sum()) for column in (x, y))
    products = (np.ones(len(rows)), x, y, x * x, y * y, x * y)
    totals = recomputed_totals(products, rows, design, lambda sums: of_sums(sums, len(rows))[:, None])[:, 0]
    return estimate, totals, presence, len(rows)
