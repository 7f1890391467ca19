"""Are two categorical answers independent? Rao-Scott and Wald tests on weighted tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import repeat
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import special

from surveykit._checks import as_names, check_columns, check_option, warn
from surveykit.codebook import distinct_texts
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.calibration import FixedTotals, Sums, calibrated_totals, fitted_by_cell
from surveykit.estimation.engine.chi_square_sums import Approximation, upper_tail
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.domains import Domains, make_domains
from surveykit.estimation.engine.element_samples import ElementSample, FixedValues, counting_table, element_sample
from surveykit.estimation.engine.levels import Levels, item_levels
from surveykit.estimation.engine.respondents import degrees_of_freedom_by_conventions
from surveykit.estimation.engine.result_columns import (
    RatioTotals,
    domain_degrees_of_freedom,
    facts_behind,
    span,
    tests_end,
)
from surveykit.estimation.engine.rounding import warn_of_no_variation
from surveykit.estimation.engine.settlement_level import Sides, find_sides, tell_of_sides, withholds
from surveykit.estimation.engine.totals import count_answers
from surveykit.estimation.engine.variance import scaled_deviations
from surveykit.results import Result, Row, table_of
from surveykit.translated_names import question_label
from surveykit.words.messages import Figure, Message, Slot, Told

TestStatistic = Literal["F", "chisq", "wald", "adjusted-wald", "lincom", "saddlepoint"]
NOTHING_VARIES = 1e-10
"""Mean design effect below which it is rounding of none: that of a sample is about one, and a hundredth is rare."""
SINGULAR = 1e-10
"""Eigenvalue of a table's covariance, relative to its largest number, that is zero but for rounding.

With fewer clusters than cells some are: they come out at 1e-16 to 1e-13. Taken for real, one would divide by itself and
make a Wald statistic of any size; ten thousand times more would refuse tables with a cell of a hundredth of the others.
"""


def rao_scott_test(
    design: SurveyDesign,
    row: str | Sequence[str],
    column: str,
    *,
    statistic: TestStatistic = "F",
    where: pd.Series | np.ndarray | None = None,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> Result:
    """Test whether answers are independent of a grouping.

    Parameters
    ----------
    design : SurveyDesign
    row : str or sequence of str
        Items (codes, categories or text), each tested against `column`.
    column : str
        The grouping, or a second item.
    statistic : {"F", "chisq", "wald", "adjusted-wald", "lincom", "saddlepoint"}
        Variant; see Notes.
    where : boolean Series or array, optional
        Restricts the test to a part of the respondents.
    lang : str, optional
        Language of the title.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    Result
        One row per item: `statistic`, `df` (numerator), `p_value`, `n`, `n_clusters`, `n_weighted`, and beyond the
        glossary `df_denominator`, `pearson` (the Pearson statistic, scaled to the number of respondents asked) and
        `mean_deff` (mean generalized design effect; not for Wald tests). `group` names the column.

    Raises
    ------
    FeasibilityError
        When a Wald variant needs more degrees of freedom than the design has, its covariance is singular, or too many
        cells of the table are empty.
    ArgumentError
        When an item or the grouping has a single answer, both are one column, or `where` does not hold one True or
        False per respondent.
    ColumnError
        When a column is absent.

    Notes
    -----
    With observed proportions p of the cells, expected ones from the margins, and D the design covariance of p relative
    to multinomial sampling on the interaction contrasts (generalized design effects, eigenvalues d_i):

    F
        ``X2 / tr(D)`` against F with ``tr(D)**2 / tr(D D)`` and that times the design's degrees of freedom (second
        order; Rao & Scott 1984, Annals of Statistics 12; Thomas & Rao 1987). R ``svychisq(statistic = "F")``.
    chisq
        ``X2`` divided by the mean of the d_i, against chi-square (first order). R ``"Chisq"``.
    wald, adjusted-wald
        Quadratic form of observed minus expected totals in its own covariance; the adjusted one times
        ``(nu - k + 1) / nu``. R ``"Wald"``, ``"adjWald"``. Unstable when k is near the number of clusters.
    lincom, saddlepoint
        ``X2`` against the weighted sum of chi-squares with the d_i, over an independent chi-square of the design.
        R ``"lincom"``, ``"saddlepoint"``.

    Degrees of freedom are clusters minus strata of the respondents asked, as in R. Those who did not answer leave the
    table, their clusters stay in the design. A part (`where`) of a calibrated sample counts those in the part; R counts
    the whole sample there, whose statistic and degrees of freedom are larger.

    When the grouping, or the item, does not vary inside clusters, a warning and the method tell how many clusters stand
    behind each group as those of `t_test` do. A group of a single cluster leaves no statistic and no p-value.

    References
    ----------
    Rao, J. N. K. and Scott, A. J. (1981). The analysis of categorical data from complex sample surveys: chi-squared
    tests for goodness of fit and independence in two-way tables. JASA 76, 221-230.
    Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency tables with cell proportions
    estimated from survey data. Annals of Statistics 12, 46-60.
    Thomas, D. R. and Rao, J. N. K. (1987). Small-sample comparisons of level and power for simple goodness-of-fit
    statistics under cluster sampling. JASA 82, 630-636.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"sex": [1, 2] * 12, "q1": [1, 1, 2, 2, 2, 1, 1, 2, 2, 2, 1, 2] * 2})
    >>> answers["village"] = [f"S{k // 3}" for k in range(24)]
    >>> test = sk.rao_scott_test(sk.SurveyDesign(answers, cluster="village"), "q1", "sex")
    >>> test.table[["statistic", "df", "df_denominator", "p_value"]].round(4)
       statistic   df  df_denominator  p_value
    0     0.6309  1.0             7.0   0.4531
    """
    design = design.with_conventions(conventions)
    items = as_names(row, "row")
    if not items:
        raise ArgumentError("`row` must name at least one column")
    frame = design.survey.frame
    check_columns(frame, items, "row")
    check_columns(frame, as_names(column, "column"), "column")
    check_option(statistic, get_args(TestStatistic), "statistic")
    if column in items:
        raise ArgumentError(f"`row` and `column` both name {column!r}; name two different columns")
    sample = complete_sample(design, [*items, column], where)
    design, where, frame = sample.design, sample.where, sample.design.survey.frame
    asked = make_domains(design, None, where)
    groups = make_domains(design, column, where, lang)
    if len(groups) < 2:
        raise ArgumentError(f"`column` names {column!r}, which has a single value here; a test needs two groups")
    df_design, _ = degrees_of_freedom_by_conventions(design, asked.of_row >= 0)
    n_asked = int(asked.sizes.sum())
    read = item_levels(frame, items)
    tests = _test_all(design, items, [levels for levels, _, _ in read], column, groups, n_asked, df_design, statistic)
    note = ""
    if design.cluster:
        codes = [codes for _, codes, _ in read]
        note = _tell_of_clusters(design, items, [levels for levels, _, _ in read], codes, column, groups, tests)
    further = ("df_denominator", "pearson", "mean_deff")
    rows = [
        Row(
            **{name: values[number] for name, values in tests.items() if name not in further},
            outcome=item,
            group=column,
            method=f"rao-scott {statistic}",
            extra={name: tests[name][number] for name in further},
        )
        for number, item in enumerate(items)
    ]
    slots: dict[str, Slot] = {
        "test": Message(f"independence.{statistic}"),
        "df": Figure(f"{df_design:g}"),
        "end": tests_end(design, span(tests["n"]), span(tests["n_clusters"])),
    }
    sentence = Told.of(Message("independence.method", slots), note)
    result = Result(
        table_of(rows, further),
        sentence,
        design.origin(lang),
        facts_behind(design, 0.95, tests["n"], tests["n_clusters"]),
        Told.of(Message("independence.title", {"question": question_label(design.survey.codebook, column, lang)})),
        quantity="association",
    )
    return sample.tell(result)


def _tell_of_clusters(
    design: SurveyDesign,
    items: list[str],
    levels: list[Levels],
    codes: list[list[object]],
    column: str,
    groups: Domains,
    tests: dict[str, np.ndarray],
) -> Told:
    """Warn of items tested against a grouping of few clusters, or that are one; blank the tests of a single cluster.

    Independence has no direction: an item that does not vary inside clusters is as much a group as the column is.
    """
    by_column: list[tuple[str, Sides]] = []
    by_item: list[tuple[str, Sides]] = []
    for number, (item, level, known) in enumerate(zip(items, levels, codes)):
        both = (groups.of_row >= 0) & (level.index < len(known))
        labels = [design.survey.codebook[item].label(code) for code in known]
        both_sides = [
            find_sides(design, np.where(both, groups.of_row, -1), groups.labels),
            find_sides(design, np.where(both, level.index.astype(np.int64), -1), distinct_texts(labels, known)),
        ]
        # of more than two groups no single one decides; the rarest answer is no group
        both_sides = [
            replace(one, uneven=None) if kind or len(groups) > 2 else one for kind, one in enumerate(both_sides)
        ]
        # beside respondents of other groups in its cluster, a lone group leaves the table's covariance in order
        of_column, of_item = (one if one.settlement_level else replace(one, lone={}) for one in both_sides)
        by_column.append((item, of_column))
        by_item.append((item, of_item))
        if (of_column.lone or of_item.lone) and withholds(design):
            tests["statistic"][number], tests["p_value"][number] = np.nan, np.nan
    asker = "rao_scott_test()"
    note = tell_of_sides(design, column, asker, by_column)
    return note or Told.of(*(tell_of_sides(design, item, asker, [(column, sides)]) for item, sides in by_item))


@dataclass(frozen=True, slots=True, eq=False)
class _Crosstabs:
    """Weighted two-way tables of items with as many answers in as many groups.

    Attributes
    ----------
    names : list of str
        The items.
    totals : float array, (items, groups, answers)
        Weighted counts.
    covariance : float array, (items, groups x answers, groups x answers)
        Design covariance of the cell proportions, or of the weighted counts for a Wald test.
    n_clusters : array, (items,)
        Clusters in the table.
    """

    names: list[str]
    totals: np.ndarray
    covariance: np.ndarray
    n_clusters: np.ndarray


def _test_all(
    design: SurveyDesign,
    items: list[str],
    levels: list[Levels],
    column: str,
    groups: Domains,
    n_asked: int,
    df_design: float,
    statistic: TestStatistic,
) -> dict[str, np.ndarray]:
    """Return the columns of the result, one entry per item."""
    sample = element_sample(design, groups)
    fixed = FixedTotals.of(design, groups)
    counted = statistic in ("wald", "adjusted-wald")
    columns: dict[str, np.ndarray] = {"n": np.array([count_answers(item, groups).sum() for item in levels])}
    whole = counting_table(design, groups, sample).by_levels(levels)
    squares: Iterable[Any] = repeat((None, None)) if sample is None else sample.squares.by_levels(levels)
    for (batch, tables), (_, squared) in zip(whole, squares):
        used = [(row.sum(axis=1) > 0, row.sum(axis=0) > 0) for row in tables.sum(axis=1)]
        alike: dict[bytes, list[int]] = {}
        for number, masks in enumerate(used):
            alike.setdefault(np.concatenate(masks).tobytes(), []).append(number)
        for numbers in alike.values():
            in_groups, in_levels = used[numbers[0]]
            places = batch[numbers]
            names = [items[place] for place in places]
            if min(in_groups.sum(), in_levels.sum()) < 2:
                raise ArgumentError(
                    f"{names[0]!r} has fewer than two answers or groups left, so there is nothing to test; leave it out or widen `where`"
                )
            picked = np.outer(in_groups, in_levels)
            cells = tables[numbers][:, :, picked]
            chosen = [levels[place] for place in places]
            if sample is None:
                covariance = _covariance(design, fixed, cells, picked, chosen, counted)
                n_clusters = domain_degrees_of_freedom(cells.sum(axis=2).T, design)[1]
            else:
                held = _fixed_cells(sample, fixed, cells, picked, chosen, counted) if fixed.steps else ()
                covariance = sample.covariances_of_cells(cells, squared[numbers][:, :, picked], counted, *held)
                n_clusters = columns["n"][places]
            totals = cells.sum(axis=1).reshape(len(names), in_groups.sum(), in_levels.sum())
            crosstabs = _Crosstabs(names, totals, covariance, n_clusters)
            tests = _test_tables(crosstabs, column, n_asked, df_design, statistic)
            _blank_determined(crosstabs, column, tests)
            for key, values in tests.items():
                columns.setdefault(key, np.empty(len(items), dtype=values.dtype))[places] = values
    return columns


def _covariance(
    design: SurveyDesign, fixed: FixedTotals, cells: np.ndarray, picked: np.ndarray, levels: list[Levels], counted: bool
) -> np.ndarray:
    """Return the design covariance of the cells of tables, (items, cells, cells), from (items, units, cells)."""
    ratio, by_table = _cells_as_ratios(fixed, cells, picked, levels, counted)
    linearized = calibrated_totals(ratio, fixed, by_table)
    deviations = scaled_deviations(linearized, design.units, design.lonely_psu)
    deviations = deviations.reshape(len(deviations), len(cells), -1).swapaxes(0, 1)
    return np.asarray(deviations.swapaxes(1, 2) @ deviations)


def _fixed_cells(
    sample: ElementSample,
    fixed: FixedTotals,
    cells: np.ndarray,
    picked: np.ndarray,
    levels: list[Levels],
    counted: bool,
) -> tuple[np.ndarray, FixedValues]:
    """Return the sums of weight times weight after calibration of the cells, and what the calibration has fixed."""
    ratio, by_table = _cells_as_ratios(fixed, cells, picked, levels, counted)
    held = sample.fix(fitted_by_cell(ratio, fixed, by_table))
    return np.stack([held.crossed.by_level(item)[:, picked] for item in levels]), held


def _cells_as_ratios(
    fixed: FixedTotals, cells: np.ndarray, picked: np.ndarray, levels: list[Levels], counted: bool
) -> tuple[RatioTotals, list[Sums]]:
    """Return cells of tables as estimates, items varying slowest, and their sums by the tables of the calibration."""

    def flatten(tables: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        base = np.broadcast_to(tables.sum(axis=2, keepdims=True), tables.shape)
        return tables.swapaxes(0, 1).reshape(tables.shape[1], -1), base.swapaxes(0, 1).reshape(tables.shape[1], -1)

    numerator, base = flatten(cells)
    by_table = [flatten(np.stack([table.by_level(item)[:, picked] for item in levels])) for table in fixed.tables]
    return RatioTotals(numerator, base, base, fixed=counted), by_table


def _test_tables(
    tables: _Crosstabs, column: str, n_asked: int, df_design: float, statistic: TestStatistic
) -> dict[str, np.ndarray]:
    totals = tables.totals
    weight = totals.sum(axis=(1, 2))
    share = totals / weight[:, None, None]
    expected = share.sum(axis=2, keepdims=True) * share.sum(axis=1, keepdims=True)
    # n respondents, not the sum of weights, which is as large as one makes it
    pearson = n_asked * ((share - expected) ** 2 / expected).sum(axis=(1, 2))
    columns = {"pearson": pearson, "n_weighted": weight, "n_clusters": tables.n_clusters}
    if statistic in ("wald", "adjusted-wald"):
        tests = [
            _wald(tables, item, df_design, statistic, f"{name!r} by {column!r}")
            for item, name in enumerate(tables.names)
        ]
        value, df, df_denominator = np.array(tests).T
        return columns | {
            "statistic": value,
            "df": df,
            "df_denominator": df_denominator,
            "p_value": _f_tail(value, df, df_denominator),
            "mean_deff": np.full(len(tests), np.nan),
        }
    effects = _generalized_effects(tables, share, n_asked, column)
    # the trace of a matrix is the sum of its eigenvalues: neither correction needs them one by one
    rank, trace = effects.shape[1], np.trace(effects, axis1=1, axis2=2)
    for item in np.flatnonzero(trace <= NOTHING_VARIES * rank):
        warn(
            f"the table of {tables.names[item]!r} by {column!r} is the same in every cluster, so its error cannot be estimated and no test can be given"
        )
        effects[item], trace[item] = np.nan, np.nan
    # Rao & Scott's second order: X2 is a sum of chi-squares times design effects, and Satterthwaite's (sum d)^2 / sum
    # d^2 matches its mean and variance; as F the denominator has so many times the design's degrees of freedom
    # (Thomas & Rao 1987)
    df = trace**2 / np.einsum("iab,iba->i", effects, effects)
    columns["mean_deff"] = trace / rank
    if statistic == "chisq":
        p_value = special.chdtrc(rank, pearson / trace * rank)
        return columns | {
            "statistic": pearson,
            "df": np.full(len(df), float(rank)),
            "p_value": p_value,
            "df_denominator": np.full(len(df), np.inf),
        }
    columns |= {"df": df, "df_denominator": df * df_design}
    if statistic == "F":
        value = pearson / trace
        return columns | {"statistic": value, "p_value": _f_tail(value, df, df * df_design)}
    how: Approximation = "integration" if statistic == "lincom" else "saddlepoint"
    tails = [
        np.nan if np.isnan(effect).any() else upper_tail(x2, np.sort(np.linalg.eigvals(effect).real), nu, how)
        for x2, effect, nu in zip(pearson, effects, df * df_design)
    ]
    return columns | {"statistic": pearson, "p_value": np.array(tails)}


def _blank_determined(tables: _Crosstabs, column: str, tests: dict[str, np.ndarray]) -> None:
    """Take the test from tables whose groups each gave one answer only, and say so.

    Nothing varies inside the groups. The linearized error then only tells how far the groups are from being of one size
    (of two with share p it is 1 - 2p times that of p), and a statistic made with it goes to infinity at one half.
    """
    determined = (tables.totals > 0).sum(axis=2).max(axis=1) == 1
    for item in np.flatnonzero(determined):
        warn_of_no_variation(f"answers to {tables.names[item]!r} inside the groups of {column!r}")
    for name in ("statistic", "p_value", "mean_deff"):
        tests[name] = np.where(determined, np.nan, tests[name])


def _f_tail(value: np.ndarray, df: np.ndarray, df_denominator: np.ndarray) -> np.ndarray:
    return np.where(df_denominator > 0, special.fdtrc(df, df_denominator, value), np.nan)


@cache
def interaction_contrasts(n_rows: int, n_columns: int) -> np.ndarray:
    """Return contrasts of a two-way table's cells (row-major) that no main effect reaches, (cells, k)."""
    rows, columns = np.eye(n_rows), np.eye(n_columns)
    # indicators about their mean, the first left out: each is orthogonal to the constant, their products to both main
    # effects
    centred_rows = (rows - 1 / n_rows)[:, 1:]
    centred_columns = (columns - 1 / n_columns)[:, 1:]
    return np.kron(centred_rows, centred_columns)


def _generalized_effects(tables: _Crosstabs, share: np.ndarray, n: int, column: str) -> np.ndarray:
    """Return the matrices whose eigenvalues are the generalized design effects, (items, k, k); Rao & Scott (1984)."""
    flat = share.reshape(len(share), -1, 1)
    contrasts = interaction_contrasts(*share.shape[1:])
    # (C' D^-1 C / n)^-1 (C' D^-1 V D^-1 C) with D = diag(p) and C the interaction: the covariance of the sample's
    # design relative to that of a multinomial sample. Empty cells have no part in either
    inverse = np.divide(1, flat, out=np.zeros_like(flat), where=flat > 0) * contrasts
    multinomial = contrasts.T @ inverse / n
    lost = np.linalg.matrix_rank(multinomial, hermitian=True) < contrasts.shape[1]
    if lost.any():
        raise FeasibilityError(
            f"the table of {tables.names[int(np.argmax(lost))]!r} by {column!r} has so many empty cells that no test can be made; merge answers, or leave the item out"
        )
    return np.linalg.solve(multinomial, inverse.swapaxes(1, 2) @ tables.covariance @ inverse)


def _wald(
    tables: _Crosstabs, item: int, df_design: float, statistic: TestStatistic, what: str
) -> tuple[float, float, float]:
    """Return the Wald statistic of observed minus expected totals, as F."""
    totals = tables.totals[item]
    n_rows, n_columns = totals.shape
    df = (n_rows - 1) * (n_columns - 1)
    if df_design < df:
        raise FeasibilityError(
            f'the Wald test of {what} needs at least {df} degrees of freedom, but the design has {df_design:g}; use statistic="F"'
        )
    share = totals / totals.sum()
    row, column = share.sum(axis=1), share.sum(axis=0)
    gap = totals - np.outer(row, column) * totals.sum()
    z = np.eye(n_rows * n_columns).reshape(-1, n_rows, n_columns)
    # d(N_ij - N_i+ N_+j / N) for one more of a cell: the margins move, and the total under them
    change = (
        z
        - z.sum(axis=2)[:, :, None] * column
        - row[:, None] * z.sum(axis=1)[:, None, :]
        + np.outer(row, column) * z.sum(axis=(1, 2))[:, None, None]
    )
    # gaps sum to zero over rows and columns, so that those without the first of each say all
    inner = change[:, 1:, 1:].reshape(len(z), -1)
    covariance = inner.T @ tables.covariance[item] @ inner
    y = gap[1:, 1:].ravel()
    if np.linalg.matrix_rank(covariance, tol=SINGULAR * np.abs(covariance).max(), hermitian=True) < df:
        raise FeasibilityError(
            f'the Wald test of {what} needs at least {df} degrees of freedom, but its covariance over {df_design:g} of the design is singular; use statistic="F"'
        )
    value = float(y @ np.linalg.solve(covariance, y)) / df
    if statistic == "wald":
        return value, df, df_design
    # Fellegi (1980), as Hotelling's T2: a covariance from few clusters is too often too small, and the F makes up for
    # it
    return value * (df_design - df + 1) / df_design, df, df_design - df + 1
