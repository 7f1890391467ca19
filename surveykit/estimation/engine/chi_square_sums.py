"""Tail probabilities of weighted sums of chi-squares, the distribution that survey test statistics really have."""

from itertools import pairwise
from typing import Literal

import numpy as np

from surveykit._checks import TINY
from surveykit.distributions import upper_chi2, upper_f, upper_normal

Approximation = Literal["satterthwaite", "integration", "saddlepoint"]
NO_SCALE = 1e-12
"""An eigenvalue below this part of the largest is rounding of zero: a direction in which nothing varies.

It adds nothing to the sum that a p-value of twelve digits would show; kept, it would make Ruben's series endless.
"""
ALIKE_SCALES = 1e-3
"""Down to this ratio of the smallest scale to the largest Ruben's series is summed.

It takes some 30 terms over that ratio (3,000 at 1e-2), and time in proportion to their square; ten times less would run
into `MOST_TERMS` with a tenth of the probability left out.
"""
LEFT_OUT = 1e-14
"""Probability that Ruben's series leaves out, and so its error. The sum is known to 1e-16 times the root of the number
of terms: a hundred times less might never be reached."""
MOST_TERMS = 20_000
ENVELOPE_END = 26
"""Imhof's integral ends where one over ``u rho(u)`` has come down to exp(-26) = 5e-12 for good: what is left swings
about zero and is less than a p-value shows. With a finite denominator every step further costs little, without one the
swings grow in number as exp(26 / half the number of scales)."""
FARTHEST = 1e7
"""Where the integral ends in any case: beside one large scale a tiny one lets the envelope fall as u^-3/2 only."""
ABSOLUTE, RELATIVE = 1e-12, 1e-10
"""Error allowed in each of the 59 pieces of the integral, 6e-11 together. Where the denominator's degrees of freedom
damp the integrand they are reached; two scales alone, which swing too often for that, are Ruben's."""
SADDLE = 1e-13
"""How near the search of the saddlepoint comes, in units of one over the largest scale; the tail depends on it to the
second order, and the approximation itself is good to three digits."""
MIDDLE = 1e-4
"""A saddlepoint nearer to 0 than this is at the mean, where w and v vanish together: log(v / w) / w is known to the
rounding of w^2 over w^2, 1e-16 / 1e-8 here. Ten times less would leave six digits of it, ten times more send good ones
to the scaled F."""


def upper_tail(
    statistic: float, scales: np.ndarray, df_denominator: float = np.inf, method: Approximation = "integration"
) -> float:
    """Return P(sum of scales times chi-square(1) > statistic times chi-square(df) / df).

    Parameters
    ----------
    statistic : float
    scales : float array
        Generalized design effects (eigenvalues), one per degree of freedom of the test.
    df_denominator : float
        Degrees of freedom behind the estimated covariance; infinite when it counts as known.
    method : {"satterthwaite", "integration", "saddlepoint"}
        One scaled F that matches two moments; numerical inversion (Imhof 1961); or the Lugannani-Rice
        approximation (Kuonen 1999, Biometrika 86).

    Notes
    -----
    R: ``survey::pFsum(x, rep(1, k), a, ddf, lower.tail = FALSE)``. As there, inversion and saddlepoint round the
    denominator's degrees of freedom down to a whole number.

    Examples
    --------
    >>> round(upper_tail(3.841459, np.array([1.0])), 4)
    0.05
    """
    scales = np.asarray(scales, dtype=float)
    if not np.isfinite(scales).all() or not np.isfinite(statistic) or df_denominator <= 0:
        return float("nan")
    scales = scales[np.abs(scales) > NO_SCALE * np.abs(scales).max()]
    if not len(scales):  # nothing varies
        return float("nan")
    if statistic <= 0 and (scales > 0).all():  # twice a fall of the likelihood that rounding took below zero
        return 1.0
    if method == "integration":
        positive = np.isinf(df_denominator) and (scales > ALIKE_SCALES * scales.max()).all()
        return _ruben(statistic, scales) if positive else _imhof(statistic, scales, df_denominator)
    approximate = _satterthwaite(statistic, scales, df_denominator)
    if method == "satterthwaite":
        return approximate
    tail = _saddlepoint(statistic, scales, df_denominator)
    return approximate if np.isnan(tail) else tail


def _satterthwaite(statistic: float, scales: np.ndarray, df: float) -> float:
    """Return the tail of the scaled chi-square (or F) with the same mean and variance (Satterthwaite 1946).

    With k scales of mean m and ``shape = mean(scales^2) / m^2 = 1 + cv^2``, the sum has mean k m and variance
    2 k m^2 shape: those of ``m shape`` times a chi-square on ``k / shape`` degrees of freedom (Rao & Scott 1984).
    """
    mean, shape = scales.mean(), (scales**2).mean() / scales.mean() ** 2
    df_numerator = len(scales) / shape
    if np.isinf(df):
        return float(upper_chi2(statistic / (mean * shape), df_numerator))
    return float(upper_f(statistic / df_numerator / (mean * shape), df_numerator, df))


def _ruben(statistic: float, scales: np.ndarray) -> float:
    """Mixture of chi-squares (Ruben 1962, Annals of Mathematical Statistics 33, eq. 3.2), summed to 1e-14."""
    # With any beta up to the smallest scale the sum is beta times a chi-square whose degrees of freedom are k + 2 j
    # with probability c_j >= 0: c_0 = prod sqrt(beta / scale), c_j = sum_{i < j} g_{j-i} c_i / j, where g_j is half the
    # sum of gamma^j. The largest such beta gives the fewest terms.
    beta = scales.min()
    gamma = 1 - beta / scales
    power, backwards, mixture = (
        np.ones(len(scales)),
        np.empty(MOST_TERMS),
        np.empty(MOST_TERMS),
    )  # g_1 stands last, g_2 before it
    mixture[0] = covered = float(np.sqrt(beta / scales).prod())
    count = 1
    while covered < 1 - LEFT_OUT and count < MOST_TERMS:
        power = power * gamma
        backwards[MOST_TERMS - count] = 0.5 * power.sum()
        mixture[count] = np.dot(backwards[MOST_TERMS - count :], mixture[:count]) / count
        covered += mixture[count]
        count += 1
    degrees = len(scales) + 2 * np.arange(count)
    return float(np.dot(mixture[:count], upper_chi2(statistic / beta, degrees)))


def _imhof(statistic: float, scales: np.ndarray, df: float) -> float:
    """Imhof (1961, Biometrika 48, eq. 3.2), the oscillation ended where the envelope falls below 1e-11."""
    # P(Q > x) = 1/2 + 1/pi * integral of sin(theta(u)) / (u rho(u)) over u > 0. A statistic over an estimated error is
    # no other case: Q > x chi2_df / df says that Q - (x / df) chi2_df, with one negative scale more, is above 0.
    known = np.isinf(df)
    lambdas = scales if known else np.append(scales, -statistic / df)
    degrees = np.ones(len(scales)) if known else np.append(np.ones(len(scales)), np.floor(df))
    shift = statistic if known else 0.0
    unit = np.abs(lambdas).max()
    lambdas, shift = lambdas / unit, shift / unit

    def envelope(u: float) -> float:
        """log of u rho(u), which for many scales is beyond what a float holds."""
        return float(np.log(u) + 0.25 * np.sum(degrees * np.log1p((lambdas * u) ** 2)))

    def integrand(u: float) -> float:
        angle = 0.5 * np.sum(degrees * np.arctan(lambdas * u)) - 0.5 * shift * u
        return float(np.sin(angle) * np.exp(-envelope(u)))

    end = 1.0
    while envelope(end) < ENVELOPE_END and end < FARTHEST:
        end *= 2
    # pieces that grow with u: the first swings are long and carry the area, the last are short and cancel
    edges = np.concatenate([[0.0], np.geomspace(min(1e-2, end / 4), end, 60)])
    from scipy import integrate  # costs a third of a second, which only this pays

    area = sum(
        integrate.quad(integrand, low or TINY, high, epsabs=ABSOLUTE, epsrel=RELATIVE, limit=400)[0]
        for low, high in pairwise(edges)
    )
    return float(np.clip(0.5 + area / np.pi, 0, 1))


INSIDE = 0.99999
"""How near to the pole of the cumulant generating function the saddlepoint is sought: a statistic 1e5 times the mean
has its saddlepoint beyond, and a tail of zero to every digit."""


def _saddlepoint(statistic: float, scales: np.ndarray, df: float) -> float:
    """Kuonen (1999); NaN where the expansion breaks down, at the mean."""
    known = np.isinf(df)
    lambdas = scales if known else np.append(scales, np.repeat(-statistic / df, int(df)))
    x = statistic if known else 0.0
    unit = lambdas.max()
    lambdas, x = lambdas / unit, x / unit
    # the cumulant generating function exists where 1 - 2 zeta lambda > 0 for all scales; the largest scale is 1 now
    highest = INSIDE / 2
    if (lambdas < 0).any():
        lowest = (1 / (2 * lambdas[lambdas < 0])).max() * INSIDE
    else:
        # below the mean the saddlepoint is negative, above it positive, so that any start below zero serves there
        lowest = -0.01 if x > lambdas.sum() else -len(lambdas) / (2 * x)

    def slope(zeta: float) -> float:
        return float(np.sum(lambdas / (1 - 2 * zeta * lambdas)) - x)

    from scipy import optimize  # costs a third of a second, which only this pays

    try:
        zeta = float(optimize.brentq(slope, lowest, highest, xtol=SADDLE))
    except ValueError:
        return float("nan")
    if abs(zeta) < MIDDLE:
        return float("nan")
    # the saddlepoint is where K'(zeta) = x; then w = sign(zeta) sqrt(2 (zeta x - K)), v = zeta sqrt(K''), and the tail
    # is the normal one of w + log(v / w) / w
    cumulant = -0.5 * np.sum(np.log(1 - 2 * zeta * lambdas))
    curvature = 2 * np.sum(lambdas**2 / (1 - 2 * zeta * lambdas) ** 2)
    w = np.sign(zeta) * np.sqrt(2 * (zeta * x - cumulant))
    v = zeta * np.sqrt(curvature)
    return float(upper_normal(w + np.log(v / w) / w))
