"""How alike the answers inside a settlement are: the intraclass correlation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from surveykit._checks import as_names, check_columns, check_numeric, check_share, from_smallest, warn
from surveykit.design import SurveyDesign
from surveykit.distributions import f_quantile
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.totals import weights_of
from surveykit.results import Result, Row, table_of
from surveykit.sampling_units import factorize_columns
from surveykit.words.messages import Columns, Message, Slot, Told

NOTHING = 1e-12
"""Standard deviation, as a part of the range of the answers, that is what rounding leaves of equal answers."""
NO_FREEDOM = 1e-9
"""Degrees of freedom within, as a part of all weight, that rounding leaves where every settlement has one respondent.
Two in one settlement of a million are still more; the variance within is divided by it."""


@dataclass(frozen=True, slots=True, eq=False)
class VarianceParts:
    """Variance between and within settlements, in squared scale points, and the size that an average settlement has.

    Attributes
    ----------
    between, within : float
        NaN within where no settlement has two respondents: nothing then tells the two apart.
    average_size : float
    n_clusters, n : int
    means, sizes : float array, (clusters,)
        Mean and effective size (Kish) of each cluster.
    centre : int array, (clusters,)
        Group of each cluster, around whose mean clusters vary.
    """

    between: float
    within: float
    average_size: float
    n_clusters: int
    n: int
    means: np.ndarray = field(default_factory=lambda: np.empty(0))
    sizes: np.ndarray = field(default_factory=lambda: np.empty(0))
    centre: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def icc(self) -> float:
        """Share of the variance that lies between settlements, from 0 (never below) to 1."""
        total = max(self.between, 0.0) + self.within
        return max(self.between, 0.0) / total if total > 0 else float("nan")


def variance_parts(
    values: np.ndarray, weights: np.ndarray, cluster: np.ndarray, centre: np.ndarray | None = None
) -> VarianceParts:
    """Return the moment estimates of the variance between and within clusters coded 0, 1, ...

    Parameters
    ----------
    values, weights : float array, (respondents,)
    cluster : int array, (respondents,)
    centre : int array, (clusters,), optional
        Group of each cluster; the variance between is then that of clusters around their group's mean.

    Notes
    -----
    With ``a_g = W_g / W`` and Kish's effective sizes ``m_g = W_g^2 / sum w^2``, the sum ``sum_g a_g (ybar_g -
    ybar)^2`` has the expectation ``s2_b (1 - sum a_g^2) + s2_w sum a_g (1 - a_g) / m_g``; the within variance is
    pooled over clusters. With equal weights this is the analysis-of-variance estimator ``(MSB - MSW) / n0`` (Searle,
    Casella & McCulloch 1992).
    """
    values, _ = from_smallest(values)
    n_clusters = int(cluster.max()) + 1
    centre = np.zeros(n_clusters, dtype=np.int64) if centre is None else centre
    sums = np.bincount(cluster, weights, minlength=n_clusters)
    means = np.bincount(cluster, weights * values, minlength=n_clusters) / sums
    effective = sums**2 / np.bincount(cluster, weights**2, minlength=n_clusters)
    squares = float(weights @ (values - means[cluster]) ** 2)
    # E sum w (y - mean)^2 = within * sum_g (W_g - sum w^2 / W_g), and W_g - sum w^2 / W_g is W_g (1 - 1 / n_g) with
    # Kish's n_g
    freedom = float(np.sum(sums * (1 - 1 / effective)))
    varies = freedom > NO_FREEDOM * float(sums.sum())
    within = squares / freedom if varies else np.nan
    rounding = (NOTHING * float(np.ptp(values))) ** 2  # answers stand from the smallest on
    within = 0.0 if within <= rounding else within
    spread = between_factor = within_factor = 0.0
    for group in np.unique(centre):
        inside = centre == group
        share = sums[inside] / sums[inside].sum()
        mean = share @ means[inside]
        part = sums[inside].sum()
        # a settlement's mean varies by between + within / n_g, so that E spread = between * between_factor + within *
        # within_factor, which is solved for between; without weights it is the estimator from the analysis of variance
        spread += part * float(share @ (means[inside] - mean) ** 2)
        between_factor += part * (1 - float(share @ share))
        within_factor += part * float(np.sum(share * (1 - share) / effective[inside]))
    between = (spread - within * within_factor) / between_factor if between_factor > 0 else np.nan
    between = 0.0 if abs(between) <= rounding else between
    size = between_factor / within_factor if within_factor > 0 else np.nan
    return VarianceParts(float(between), float(within), float(size), n_clusters, len(values), means, effective, centre)


def intraclass_correlation(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    settlement: str | None = None,
    confidence: float = 0.95,
    lang: str | None = None,
) -> Result:
    """Estimate the share of an answer's variance that lies between settlements.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : str or sequence of str
        Numeric columns.
    settlement : str, optional
        Column of settlements; default the design's first cluster column.
    confidence : float
        Level of the intervals, between 0 and 1.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    Result
        One row per outcome: estimate (0 to 1) with interval; then between, within (squared scale points), average_size
        and design_effect (what clustering alone does to the variance of a mean).

    Raises
    ------
    FeasibilityError
        When answers come from fewer than two settlements.
    ColumnError
        When a column is absent, an outcome holds text, or no column of settlements is known.
    ArgumentError
        When `confidence` does not lie between 0 and 1.

    Notes
    -----
    Moment estimator with weights (see `variance_parts`); unweighted it is R's ``anova(lm(y ~ factor(settlement)))``
    turned into ``(MSB - MSW) / (MSB + (n0 - 1) MSW)``. The interval is Wald's (1940), which is exact for normal answers
    also where sizes differ: it holds the ratios ``t`` of the variances for which ``sum_g w_g (ybar_g - ybar_w)^2 / ((G
    - 1) s2_w)`` with ``w_g = 1 / (t + 1 / m_g)`` lies between the quantiles of F(G - 1, n - G), and gives ``t / (1 +
    t)``. Unequal weights enter by the effective sizes. With ten settlements it is wide: plan with its upper end, too.

    References
    ----------
    Wald, A. (1940). A note on the analysis of variance with unequal class frequencies. Annals of Mathematical
    Statistics 11, 96-100.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"trust": [1, 1, 2, 3, 3, 4, 5, 5, 5], "village": list("AAABBBCCC")})
    >>> result = sk.intraclass_correlation(sk.SurveyDesign(answers, cluster="village"), "trust")
    >>> result.table[["estimate", "conf_low", "conf_high", "design_effect"]].round(3)
       estimate  conf_low  conf_high  design_effect
    0     0.937     0.637      0.998          2.874
    """
    names = as_names(outcomes, "outcomes")
    if settlement is None and not design.cluster:
        raise ArgumentError("the design has no clusters that could be the settlements; name them, settlement='...'")
    place = design.cluster[0] if settlement is None else settlement
    check_columns(design.survey.frame, [*names, place], "settlement")
    alpha = 1 - check_share(confidence, "confidence")
    codes, _ = factorize_columns(design.survey.frame, [place], "settlement")
    rows = []
    for name in names:
        values = check_numeric(design.survey.frame[name], "outcomes")
        answered = np.flatnonzero(~np.isnan(values))
        cluster = np.unique(codes[answered], return_inverse=True)[1] if len(answered) else codes[answered]
        if len(answered) == 0 or cluster.max() < 1:
            raise FeasibilityError(
                f"answers to {name!r} come from fewer than two settlements, so nothing lies between them"
            )
        parts = variance_parts(values[answered], weights_of(design, answered), cluster)
        low, high = icc_interval(parts, alpha)
        if np.isnan(parts.within):
            warn(
                f"no settlement has two answers to {name!r}, so nothing tells what lies between settlements from what lies within them; there is no intraclass correlation"
            )
        elif parts.within == 0 and parts.between > 0:
            warn(
                f"everybody in a settlement gave the same answer to {name!r}, so all variance lies between settlements and no interval can be given"
            )
        elif np.isnan(parts.icc):
            warn(f"everybody gave the same answer to {name!r}, so it has no intraclass correlation")
        rows.append(
            Row(
                parts.icc,
                conf_low=low,
                conf_high=high,
                outcome=name,
                term="intraclass correlation",
                method="anova",
                n=parts.n,
                n_clusters=parts.n_clusters,
                n_weighted=float(weights_of(design, answered).sum()),
                extra={
                    "between": max(parts.between, 0.0),
                    "within": parts.within,
                    "average_size": parts.average_size,
                    # Kish (1965): what interviews in the same settlements cost
                    "design_effect": 1 + (parts.average_size - 1) * parts.icc,
                },
            )
        )
    slots: dict[str, Slot] = {"place": Columns((place,)), "weight": design.origin().weight}
    method = Told.of(Message("icc_method.method", slots))
    return Result(
        table_of(rows, ("between", "within", "average_size", "design_effect")),
        method,
        design.origin(lang),
        {"confidence": confidence},
        Told.of(Message("titles.icc")),
        quantity="icc",
    )


def icc_interval(parts: VarianceParts, alpha: float) -> tuple[float, float]:
    """Return Wald's interval of the intraclass correlation, exact for normal answers and settlements of any sizes."""
    if not parts.within > 0:
        return float("nan"), float("nan")
    groups = np.unique(parts.centre)
    first, second = parts.n_clusters - len(groups), parts.n - parts.n_clusters
    if first < 1 or second < 1:
        return float("nan"), float("nan")

    def spread(ratio: float) -> float:
        """Return Wald's F at a ratio of the variance between to that within; it falls as the ratio grows."""
        # Wald (1940): at the true ratio, means weighted by one over their variance have an F of exactly this
        weight, total = 1 / (ratio + 1 / parts.sizes), 0.0
        for group in groups:
            w, means = weight[parts.centre == group], parts.means[parts.centre == group]
            total += float(w @ (means - w @ means / w.sum()) ** 2)
        return total / (first * parts.within)

    low, high = (_fall_to(spread, float(f_quantile(p, first, second))) for p in (1 - alpha / 2, alpha / 2))
    # a ratio too large for numbers is a correlation of 1 but for rounding
    low, high = (ratio / (1 + ratio) if np.isfinite(ratio) else 1.0 for ratio in (low, high))
    return low, high


LARGEST_RATIO = 1e12
"""Ratio of the variance between to that within beyond which the correlation, ratio / (1 + ratio), is 1 but for
rounding: 1e-12 of it is less than sums over a thousand respondents leave."""


def _fall_to(function: Callable[[float], float], wanted: float) -> float:
    """Return where a falling function of a ratio from 0 on reaches a value, by bisection; 0 where it starts below."""
    if function(0.0) <= wanted:
        return 0.0
    low, high = 0.0, 1.0
    while function(high) > wanted:
        low, high = high, 4 * high
        if high > LARGEST_RATIO:
            return float("inf")
    for _ in range(100):  # more halvings than a float has bits: to the last digit, from whatever width
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > wanted else (low, middle)
    return (low + high) / 2
