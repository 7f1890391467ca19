"""Reliability: how far the items of a scale measure one thing, with a standard error."""

from dataclasses import dataclass, field, replace
from typing import get_args

import numpy as np
import pandas as pd

from surveykit._checks import ROUNDING, check_option, check_share, some, warn
from surveykit.design import SurveyDesign
from surveykit.distributions import f_quantile, t_quantile_at
from surveykit.errors import ArgumentError
from surveykit.likert.item_covariance import Missing, item_covariance, resampling_error, worth_of_interval
from surveykit.likert.scale import LikertScale, check_scale, scale_matrix
from surveykit.results import Result, Row, table_of
from surveykit.survey import Survey, as_survey
from surveykit.words.messages import Columns, Figure, Message, Slot, Told


@dataclass(frozen=True, eq=False)
class Reliability(Result):
    """Cronbach's alpha with what each item does to it.

    Attributes
    ----------
    items : pandas.DataFrame
        One row per item: item, question, reversed, n, mean, std_dev (both in scale points, after reversal),
        item_rest_r, alpha_if_dropped.
    """

    items: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


def cronbach_alpha(
    data: SurveyDesign | Survey | pd.DataFrame,
    scale: LikertScale,
    *,
    missing: Missing = "complete",
    confidence: float = 0.95,
) -> Reliability:
    """Return Cronbach's alpha of a scale, weighted by the design.

    Parameters
    ----------
    data : SurveyDesign, Survey or DataFrame
    scale : LikertScale
        Reversed items are turned round here.
    missing : {"complete", "pairwise"}
        Respondents who answered all items, or for each pair of items those who answered both (no standard error then).
    confidence : float
        Level of the interval.

    Returns
    -------
    Reliability
        Rows of ``table`` by ``term``: alpha, alpha_standardized, then alpha_if_dropped and item_rest_r for each item
        (its column in ``level``).

    Raises
    ------
    ArgumentError
        When the scale has one item, fewer than two respondents answered, or everyone gave one answer to an item.
    ColumnError
        When an item does not exist or holds no numbers.
    CodeError
        When an item holds a code outside the scale.

    Notes
    -----
    With S the (weighted) covariance matrix of k items, ``alpha = k / (k - 1) * (1 - trace(S) / sum(S))``; the
    standardized alpha puts the correlations for S; item_rest_r is the correlation of an item with the sum of the
    others.

    Standard error: for unweighted answers without clusters or strata that of Duhachek and Iacobucci (2004), with the
    exact interval of Feldt (1965), which supposes normal answers. Otherwise the jackknife that leaves out one sampling
    unit at a time (within strata, JKn; squares around the full-sample value; sampling fractions count as zero), or the
    design's replicate weights, with an interval by t on the scale of log(1 - alpha), so that it cannot pass 1.

    R: ``survey::svycralpha(~q1 + q2, design, na.rm = TRUE)``; ``psych::alpha(d[c("q1", "q2")])``.

    References
    ----------
    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika 16, 297-334.
    Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty.
    Psychometrika 30, 357-370.
    Duhachek, A. and Iacobucci, D. (2004). Alpha's standard error (ASE). Journal of Applied Psychology 89, 792-808.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4, 5, 5], "q2": [2, 2, 3, 5, 5, 4], "q3": [5, 5, 4, 2, 1, 1]})
    >>> scale = sk.LikertScale("trust", ["q1", "q2", "q3"], lowest=1, highest=5, reversed_items=["q3"])
    >>> round(sk.cronbach_alpha(answers, scale).facts["alpha"], 4)
    0.9666
    """
    check_option(missing, get_args(Missing), "missing")
    check_share(confidence, "confidence")
    check_scale(scale)
    if len(scale.items) < 2:
        raise ArgumentError(f"reliability needs at least two items, but scale {scale.name!r} has one; name more items")
    design = data if isinstance(data, SurveyDesign) else SurveyDesign(as_survey(data))
    matrix = scale_matrix(design, scale)
    rows = ~np.isnan(matrix).any(axis=1) if missing == "complete" else np.ones(len(matrix), dtype=bool)
    covariance = item_covariance(matrix, design.weights, scale, missing)
    alpha = float(alpha_of(covariance))
    facts: dict[str, object] = {"alpha": alpha, "items": len(scale.items), "n": int(rows.sum())}
    if np.isnan(alpha):
        warn(
            f"everybody's answers to the items of scale {scale.name!r} add up to the same, so there is no alpha; is an item missing from `reversed_items`?"
        )
    if alpha == 1:
        warn(
            f"everybody's answers to the items of scale {scale.name!r} say the same, so alpha is 1 and nothing varies that an error or an interval could be made of"
        )
    error, low, high, df, how = _uncertainty(matrix, rows, design, missing, confidence, covariance)
    drop = [float(alpha_of(np.delete(np.delete(covariance, item, 0), item, 1))) for item in range(len(scale.items))]
    rest = rest_correlations(covariance)
    against = [item for item, r in zip(scale.items, rest) if r < 0]
    if against and not np.isnan(alpha):
        warn(
            f"{some(map(repr, against))} of scale {scale.name!r} goes against the other items (negative item-rest correlation); is it missing from `reversed_items`?"
        )
    spread = np.sqrt(np.diag(covariance))
    # alpha of the correlations: every item counts the same, however wide its answers spread
    standardized = float(alpha_of(covariance / np.outer(spread, spread)))
    k = len(scale.items)
    shared = Row(
        outcome=scale.name,
        n=int(rows.sum()),
        n_clusters=len(np.unique(design.units.cluster_of_row[rows])),
        n_weighted=float(design.weights[rows].sum()),
    )
    if k == 2:  # without one of two items there is no scale
        drop = [np.nan] * k
    table = table_of([
        replace(shared, term="alpha", estimate=alpha, std_error=error, df=df, conf_low=low, conf_high=high),
        replace(shared, term="alpha_standardized", estimate=standardized),
        *(replace(shared, level=item, term="alpha_if_dropped", estimate=one) for item, one in zip(scale.items, drop)),
        *(replace(shared, level=item, term="item_rest_r", estimate=one) for item, one in zip(scale.items, rest)),
    ])  # fmt: skip
    reversed_items = Message("reliability.reversed", {"names": Columns(tuple(scale.reversed_items))})
    slots: dict[str, Slot] = {
        "whom": Message("reliability.complete" if missing == "complete" else "reliability.pairs"),
        "weight": design.origin().weight,
        "reversed": reversed_items if scale.reversed_items else "",
        "how": how,
    }
    method = Told.of(Message("reliability.method", slots))
    return Reliability(
        table,
        method,
        design.origin(),
        facts,
        Told.of(Message("reliability.title", {"scale": scale.name})),
        items=_item_table(scale, design, matrix, rows, rest, drop),
    )


def alpha_of(covariance: np.ndarray) -> np.ndarray:
    """Return Cronbach's alpha of one covariance matrix, or of many along the leading axes.

    It has none, NaN, where everybody's sum of the items is the same.
    """
    k = covariance.shape[-1]
    if k < 2:
        return np.full(covariance.shape[:-2], np.nan)
    trace, total = np.trace(covariance, axis1=-2, axis2=-1), covariance.sum(axis=(-2, -1))
    # a forgotten reversal makes items cancel: their total then varies by rounding only, and alpha would be any number
    # below zero
    vary = np.abs(total) > ROUNDING * np.abs(covariance).sum(axis=(-2, -1))
    alpha = k / (k - 1) * (1 - trace / np.where(vary, total, np.nan))
    return np.where(1 - alpha <= ROUNDING, 1.0, alpha)  # items that all say the same


def rest_correlations(covariance: np.ndarray) -> np.ndarray:
    """Return each item's correlation with the sum of the other items."""
    variance, with_all = np.diag(covariance), covariance.sum(axis=1)
    # from the covariances alone: var(total - item) = var(total) - 2 cov(item, total) + var(item). The item itself
    # must not be in the sum it is held against, or it would correlate with itself
    rest = covariance.sum() - 2 * with_all + variance
    vary = rest > ROUNDING * np.abs(covariance).sum()
    return np.asarray(np.clip((with_all - variance) / np.sqrt(variance * np.where(vary, rest, np.nan)), -1, 1))


def _uncertainty(
    matrix: np.ndarray,
    rows: np.ndarray,
    design: SurveyDesign,
    missing: Missing,
    confidence: float,
    covariance: np.ndarray,
) -> tuple[float, float, float, float, Slot]:
    """Return standard error, interval, degrees of freedom, and the sentence about them."""
    nan = float("nan")
    if missing == "pairwise":
        return nan, nan, nan, nan, Message("alpha_error.pairwise")
    alpha = float(alpha_of(covariance))
    if not alpha < 1:
        return nan, nan, nan, nan, Message("alpha_error.nothing")
    replicates = design.replicates
    plain = not (design.cluster or design.stratum or design.steps or replicates is not None)
    simple = plain and np.ptp(design.weights) == 0
    n, k = int(rows.sum()), matrix.shape[1]
    if simple:
        tail = (1 - confidence) / 2
        # Feldt (1965): (1 - alpha) / (1 - its estimate) has an F distribution with n - 1 and (n - 1)(k - 1) degrees
        # of freedom, exact for normal answers of equal covariance
        low, high = (1 - (1 - alpha) * float(f_quantile(p, n - 1, (n - 1) * (k - 1))) for p in (1 - tail, tail))
        return (
            _normal_error(covariance, n),
            low,
            high,
            float(n - 1),
            Message("alpha_error.simple"),
        )
    error = resampling_error(alpha_of, alpha, matrix[rows], rows, design)
    how = Message("alpha_error.clusters" if design.cluster else "alpha_error.respondents")
    if replicates is not None:
        how = Message("alpha_error.replicates", {"n": Figure(str(replicates.n_replicates)), "kind": replicates.kind})
    df = float(design.degrees_of_freedom)
    if np.isnan(error):
        return nan, nan, nan, nan, Message("alpha_error.between", {"how": how})
    if df <= 0:
        warn("no degrees of freedom are left (clusters minus strata), so alpha has no interval")
        return error, nan, nan, df, Message("alpha_error.no_df", {"how": how})
    # the delta method: log(1 - alpha) has the slope 1 / (1 - alpha). On this scale the interval never passes one, and
    # the estimate is nearer to normal
    half = float(t_quantile_at((1 + confidence) / 2, df)) * error / (1 - alpha)
    low, high = (1 - (1 - alpha) * float(np.exp(sign * half)) for sign in (1, -1))
    worth = worth_of_interval(df) if design.cluster else ""
    return error, low, high, df, Message("alpha_error.interval", {"how": how, "df": Figure(f"{df:g}"), "worth": worth})


def _normal_error(covariance: np.ndarray, n: int) -> float:
    """Standard error of alpha for normal answers (Duhachek and Iacobucci 2004, eq. 1)."""
    k, trace, total = len(covariance), np.trace(covariance), covariance.sum()
    square = covariance @ covariance
    bracket = total * (np.trace(square) + trace**2) - 2 * trace * square.sum()
    return float(np.sqrt(2 * k**2 / ((k - 1) ** 2 * total**3) * bracket / n))


def _item_table(
    scale: LikertScale, design: SurveyDesign, matrix: np.ndarray, rows: np.ndarray, rest: np.ndarray, drop: list[float]
) -> pd.DataFrame:
    book = design.survey.codebook
    items = []
    for item, values, r, without in zip(scale.items, matrix.T, rest, drop):
        answered = rows & ~np.isnan(values)
        weights = design.weights[answered]
        mean = float(np.average(values[answered], weights=weights))
        n = int(answered.sum())
        variance = float(np.average((values[answered] - mean) ** 2, weights=weights)) * n / max(n - 1, 1)
        items.append(
            {
                "item": item,
                "question": book[item].ask(),
                "reversed": item in scale.reversed_items,
                "n": n,
                "mean": mean,
                "std_dev": variance**0.5,
                "item_rest_r": float(r),
                "alpha_if_dropped": without,
            }
        )
    return pd.DataFrame(items)
