"""Intervals of a share from its standard error: every kind once, for shares, for sums of shares, for quantiles."""

import numpy as np
from scipy import special

from surveykit._checks import TINY
from surveykit.conventions import ShareInterval
from surveykit.estimation.engine.t_distribution import t_interval, t_quantile

HALVINGS = 60
"""Steps of a bisection from 0 to 1: half to the power of 60 is below the last digit of a share."""


def share_interval(
    share: np.ndarray,
    std_error: np.ndarray,
    df: np.ndarray,
    n: np.ndarray,
    asked: np.ndarray,
    interval: ShareInterval,
    confidence: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and the upper ends of the intervals of shares.

    Parameters
    ----------
    share, std_error : float array, (shares,)
        From 0 to 1; the design-based error.
    df : float array, (shares,)
        Degrees of freedom of t; the ends are NaN where none are left.
    n, asked : array, (shares,)
        Respondents who answered, and all who were asked, whom "beta" counts as R does.
    interval : str
        A kind; its formula and paper stand at its line. All but "wald" stay within 0 and 1.

    Notes
    -----
    R: ``svyciprop(method = )`` "xlogit" for "logit", "asin" for "arcsine", "mean" for "wald"; "beta", "wilson" and
    "likelihood" have one name. R does not hold the arcsine within its range: an end beyond 0 or 1 is folded back, so
    that a share of 0.02 with an error of 0.05 may begin at 0.05.

    Examples
    --------
    >>> import numpy as np
    >>> from surveykit.estimation.engine.share_intervals import share_interval
    >>> one = np.array([0.02]), np.array([0.05]), np.array([20.0]), np.array([50]), np.array([50])
    >>> [[float(end[0].round(3)) for end in share_interval(*one, kind, 0.95)] for kind in ("arcsine", "logit")]
    [[0.0, 0.242], [0.0, 0.807]]
    """
    if interval == "wald":
        return t_interval(share, std_error, df, confidence)
    t = t_quantile(df, confidence)
    inner = share * (1 - share)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if interval == "arcsine":  # sin(arcsin(sqrt(p)) +- t se / (2 sqrt(p (1 - p))))**2, by the delta method
            centre, reach = np.arcsin(np.sqrt(share)), t * std_error / (2 * np.sqrt(inner))
            # the sine turns at 0 and at pi / 2: beyond them its square would come back towards the share
            return np.sin(np.maximum(centre - reach, 0)) ** 2, np.sin(np.minimum(centre + reach, np.pi / 2)) ** 2
        # the respondents that a simple sample would need for this error, p (1 - p) / se**2; where p is 0 or 1 nothing
        # tells a design effect, and the respondents count as they are
        effective = np.where(inner > 0, inner / std_error**2, n)
        if interval == "wilson":
            return _wilson(share, effective, t)
        if interval == "likelihood":
            return _likelihood(share, effective, t)
        # Korn & Graubard (1998, Survey Methodology 24): the effective size times (t_(n - 1) / t_df)**2, so that few
        # clusters, on which the error is estimated, widen the interval
        ratio = (t_quantile(np.maximum((asked if interval == "beta" else n) - 1, 1), confidence) / t) ** 2
        size = effective * ratio if interval == "beta" else np.minimum(effective * ratio, n)
        if interval != "logit":
            return _clopper_pearson(share, size, confidence)
        # expit(logit(p) +- t se / (p (1 - p))), by the delta method
        centre, reach = special.logit(share), t * std_error / inner
        low, high = special.expit(centre - reach), special.expit(centre + reach)
        edge = ~(inner > 0)  # there the logit does not exist
        low[edge], high[edge] = _clopper_pearson(share[edge], size[edge], confidence)
        return low, high


def _clopper_pearson(share: np.ndarray, size: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of Clopper & Pearson (1934, Biometrika 26) as quantiles of beta distributions."""
    tail = (1 - confidence) / 2
    hits, misses = size * share, size * (1 - share)
    low = np.where(hits > 0, special.betaincinv(np.maximum(hits, TINY), misses + 1, tail), 0.0)
    high = np.where(misses > 0, special.betaincinv(hits + 1, np.maximum(misses, TINY), 1 - tail), 1.0)
    # clusters alike leave no error and an infinite size, where both distributions have shrunk to the share
    low, high = np.where(np.isinf(size), share, low), np.where(np.isinf(size), share, high)
    unknown = np.isnan(size)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def _likelihood(share: np.ndarray, size: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the farthest q with ``2 n (p log(p / q) + (1 - p) log((1 - p) / (1 - q))) <= t**2`` on either side.

    The likelihood ratio, scaled by the effective size (Rao & Scott 1984, Annals of Statistics 12), grows on both sides
    of the estimate, so that halving finds them.
    """
    ends = []
    for edge in (0.0, 1.0):
        inside, outside = share.copy(), np.full_like(share, edge)
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2
            ratio = 2 * size * (special.rel_entr(share, middle) + special.rel_entr(1 - share, 1 - middle))
            accepted = ratio <= t**2
            inside, outside = np.where(accepted, middle, inside), np.where(accepted, outside, middle)
        ends.append(np.where(np.isnan(size * t), np.nan, inside))
    return ends[0], ends[1]


def _wilson(share: np.ndarray, size: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of Wilson (1927, JASA 22) with the effective size and t for z (Dean & Pagano 2015)."""
    centre = (share + t**2 / (2 * size)) / (1 + t**2 / size)
    reach = t / (1 + t**2 / size) * np.sqrt(share * (1 - share) / size + t**2 / (4 * size**2))
    # the interval holds its own estimate and shares only, which rounding would break at 0 and at 1
    return np.clip(centre - reach, 0.0, share), np.clip(centre + reach, share, 1.0)
