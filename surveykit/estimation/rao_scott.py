"""Are two categorical answers independent? Rao-Scott and Wald tests on weighted tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import special, stats

from surveykit._checks import as_names, check_columns, check_option, warn
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.calibration_cells import calibrated_totals
from surveykit.estimation.chi_square_sums import upper_tail
from surveykit.estimation.domains import Domains, make_domains
from surveykit.estimation.levels import item_levels
from surveykit.estimation.respondents import degrees_of_freedom_among
from surveykit.estimation.result_columns import RatioTotals, domain_degrees_of_freedom, facts_of
from surveykit.estimation.totals import Tabulator, count_answers
from surveykit.estimation.variance import covariance_of_totals
from surveykit.results import Result, glossary_frame

TestStatistic = Literal["F", "chisq", "wald", "adjusted-wald", "lincom", "saddlepoint"]

_NAMES = {
    "F": "Rao-Scott second-order F",
    "chisq": "Rao-Scott first-order chi-square",
    "wald": "Wald F (Koch, Freeman & Freeman)",
    "adjusted-wald": "adjusted Wald F (Fellegi)",
    "lincom": "Pearson chi-square against its exact asymptotic distribution",
    "saddlepoint": "Pearson chi-square against its asymptotic distribution by saddlepoint",
}


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
        `mean_deff` (mean generalised design effect; not for Wald tests). `group` names the column.

    Raises
    ------
    FeasibilityError
        When a Wald variant needs more degrees of freedom than the design has, or its covariance is singular.
    ArgumentError
        When an item or the grouping has a single answer.

    Notes
    -----
    With observed proportions p of the cells, expected ones from the margins, and D the design covariance of p relative
    to multinomial sampling on the interaction contrasts (generalised design effects, eigenvalues d_i):

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
    table, their clusters stay in the design.

    Examples
    --------
    >>> answers = pd.DataFrame({"akim": [0, 0, 0, 1, 1, 1] * 4, "q1": [1, 1, 2, 2, 2, 1, 1, 2, 2, 2, 1, 2] * 2,
    ...                         "village": [f"S{k // 3}" for k in range(24)]})
    >>> test = rao_scott_test(SurveyDesign(answers, cluster="village"), "q1", "akim")
    >>> test.table[["statistic", "df", "df_denominator"]].round(4).values.tolist()
    [[3.825, 1.0, 7.0]]
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
    asked = make_domains(design, None, where)
    groups = make_domains(design, column, where, lang)
    if len(groups) < 2:
        raise ArgumentError(f"`column` names {column!r}, which has a single value here; a test needs two groups")
    df_design, _ = degrees_of_freedom_among(design, asked.of_row >= 0)
    n_asked = int(asked.sizes.sum())
    tabulator = Tabulator.of(design.units.of_row, design.units.n_units, groups, design.weights)
    tests = [_test_item(design, item, column, groups, tabulator, n_asked, df_design, statistic) for item in items]
    columns = {
        "outcome": items, "group": column, "method": f"rao-scott {statistic}",
        **{key: [test[key] for test in tests] for key in tests[0]},
    }
    table = glossary_frame(columns, ("df_denominator", "pearson", "mean_deff"))
    sentence = (f"Test of independence, {_NAMES[statistic]}, {df_design:g} degrees of freedom of the design; "
                f"{design.describe()}; conventions {design.conventions}.")
    question = design.survey.codebook[column].ask(lang)
    return Result(table, sentence, design.origin(lang), facts_of(design, 0.95), f"Tests of independence by {question}")


@dataclass(frozen=True, slots=True, eq=False)
class Crosstab:
    """Weighted two-way table as unit totals.

    Attributes
    ----------
    counts : float array, (units, groups, answers)
        Weighted counts.
    linearized : float array, (units, groups x answers)
        Linearised totals of the cell proportions, or of the weighted counts for a Wald test.
    n : int
        Respondents in the table.
    """

    counts: np.ndarray
    linearized: np.ndarray
    n: int

    @property
    def totals(self) -> np.ndarray:
        """Weighted counts, (groups, answers)."""
        return np.asarray(self.counts.sum(axis=0))


def _crosstab(design: SurveyDesign, item: str, groups: Domains, tabulator: Tabulator, counted: bool) -> Crosstab:
    (levels, codes, _), = item_levels(design.survey.frame, [item])
    counts = tabulator.by_level(levels) if codes else np.zeros((design.units.n_units, len(groups), 0))
    totals = counts.sum(axis=0)
    used_groups, used_levels = totals.sum(axis=1) > 0, totals.sum(axis=0) > 0
    counts = counts[:, used_groups][:, :, used_levels]
    if min(counts.shape[1:]) < 2:
        raise ArgumentError(f"{item!r} has fewer than two answers or groups left, so there is nothing to test; "
                            "leave it out or widen `where`")
    picked = np.flatnonzero(np.outer(used_groups, used_levels))

    def sums(other: Tabulator) -> tuple[np.ndarray, np.ndarray]:
        table = counts if other is tabulator else other.by_level(levels)
        flat = table.reshape(len(table), -1)[:, slice(None) if other is tabulator else picked]
        return flat, np.broadcast_to(flat.sum(axis=1)[:, None], flat.shape)

    flat, base = sums(tabulator)
    linearized = calibrated_totals(RatioTotals(flat, base, base, fixed=counted), design, groups, sums)
    return Crosstab(counts, linearized, int(count_answers(levels, groups).sum()))


def _test_item(design: SurveyDesign, item: str, column: str, groups: Domains, tabulator: Tabulator, n_asked: int,
               df_design: float, statistic: TestStatistic) -> dict[str, object]:
    wald = statistic in ("wald", "adjusted-wald")
    table = _crosstab(design, item, groups, tabulator, counted=wald)
    totals, weight = table.totals, float(table.totals.sum())
    presence = table.counts.sum(axis=(1, 2))[:, None]
    share = totals / weight
    expected = np.outer(share.sum(axis=1), share.sum(axis=0))
    pearson = n_asked * float(((share - expected) ** 2 / expected).sum())
    effects = np.full((1, 1), np.nan) if wald else _generalized_effects(design, table, n_asked)
    if wald:
        value, df, df_denominator = _wald(design, table, df_design, statistic, f"{item!r} by {column!r}")
        p = _f_tail(value, df, df_denominator)
    else:
        if effects.trace() <= 1e-10 * len(effects):
            warn(f"the table of {item!r} by {column!r} is the same in every cluster, so its error cannot be estimated "
                 "and no test can be given")
            effects = np.full_like(effects, np.nan)
        df = float(effects.trace() ** 2 / np.einsum("ab,ba->", effects, effects))
        df_denominator = df * df_design
        value = pearson / effects.trace()
        p = _f_tail(value, df, df_denominator)
        if statistic != "F":
            value = pearson
            if statistic == "chisq":
                df, df_denominator = float(len(effects)), np.inf
                p = float(stats.chi2.sf(pearson / effects.trace() * len(effects), len(effects)))
            else:
                scales = np.sort(np.linalg.eigvals(effects).real)
                p = upper_tail(pearson, scales, df_denominator,
                               "integration" if statistic == "lincom" else "saddlepoint")
    return {
        "statistic": value, "df": df, "p_value": p, "df_denominator": df_denominator, "pearson": pearson,
        "mean_deff": float(effects.trace() / len(effects)), "n": table.n, "n_weighted": weight,
        "n_clusters": domain_degrees_of_freedom(presence, design)[1][0],
    }


def _f_tail(value: float, df: float, df_denominator: float) -> float:
    return float(special.fdtrc(df, df_denominator, value)) if df_denominator > 0 else float("nan")


@cache
def interaction_contrasts(n_rows: int, n_columns: int) -> np.ndarray:
    """Return contrasts of a two-way table's cells (row-major) that no main effect reaches, (cells, k)."""
    rows, columns = np.eye(n_rows), np.eye(n_columns)
    centred_rows = (rows - 1 / n_rows)[:, 1:]
    centred_columns = (columns - 1 / n_columns)[:, 1:]
    return np.kron(centred_rows, centred_columns)


def _generalized_effects(design: SurveyDesign, table: Crosstab, n: int) -> np.ndarray:
    """Return the matrix whose eigenvalues are the generalised design effects (Rao & Scott 1984)."""
    covariance = covariance_of_totals(table.linearized, design.units, design.lonely_psu)
    share = table.totals.ravel() / table.totals.sum()
    contrasts = interaction_contrasts(*table.totals.shape)
    inverse = np.divide(1, share, out=np.zeros_like(share), where=share > 0)[:, None] * contrasts
    multinomial = contrasts.T @ inverse / n
    observed = inverse.T @ covariance @ inverse
    return np.linalg.solve(multinomial, observed)


def _wald(design: SurveyDesign, table: Crosstab, df_design: float, statistic: TestStatistic,
          what: str) -> tuple[float, float, float]:
    """Return the Wald statistic of observed minus expected totals, as F."""
    n_rows, n_columns = table.totals.shape
    df = (n_rows - 1) * (n_columns - 1)
    if df_design < df:
        raise FeasibilityError(f"the Wald test of {what} needs at least {df} degrees of freedom, but the design has "
                               f'{df_design:g}; use statistic="F"')
    share = table.totals / table.totals.sum()
    row, column = share.sum(axis=1), share.sum(axis=0)
    gap = table.totals - np.outer(row, column) * table.totals.sum()
    z = table.linearized.reshape(-1, n_rows, n_columns)
    change = (z - z.sum(axis=2)[:, :, None] * column - row[:, None] * z.sum(axis=1)[:, None, :]
              + np.outer(row, column) * z.sum(axis=(1, 2))[:, None, None])
    inner = change[:, 1:, 1:].reshape(len(z), -1)
    covariance = covariance_of_totals(inner, design.units, design.lonely_psu)
    y = gap[1:, 1:].ravel()
    if np.linalg.matrix_rank(covariance, hermitian=True) < df:
        raise FeasibilityError(f"the Wald test of {what} needs at least {df} degrees of freedom, but its covariance "
                               f'over {df_design:g} of the design is singular; use statistic="F"')
    value = float(y @ np.linalg.solve(covariance, y)) / df
    if statistic == "wald":
        return value, df, df_design
    return value * (df_design - df + 1) / df_design, df, df_design - df + 1
