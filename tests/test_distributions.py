"""Tail areas and quantiles are scipy.stats' own, to the bit."""

import numpy as np
import pytest
from scipy import stats

from surveykit.distributions import (
    f_quantile,
    normal_quantile,
    t_quantile_at,
    upper_chi2,
    upper_f,
    upper_normal,
    upper_t,
)

RNG = np.random.default_rng(5)
X, POSITIVE = RNG.normal(0, 5, 20000), RNG.gamma(1, 4, 20000)
DF, OTHER = RNG.gamma(2, 20, 20000) + 0.01, RNG.gamma(2, 20, 20000) + 0.01
P = np.concatenate([RNG.uniform(0, 1, 19994), [0, 1e-300, 1e-12, 0.5, 1 - 1e-12, 1]])

CASES = {
    "normal tail": (upper_normal, stats.norm.sf, (X,)),
    "normal quantile": (normal_quantile, stats.norm.ppf, (P,)),
    "t tail": (upper_t, stats.t.sf, (X, DF)),
    "t quantile": (t_quantile_at, stats.t.ppf, (P, DF)),
    "F tail": (upper_f, stats.f.sf, (POSITIVE, DF, OTHER)),
    "F quantile": (f_quantile, stats.f.ppf, (P, DF, OTHER)),
    "chi-squared tail": (upper_chi2, stats.chi2.sf, (POSITIVE, DF)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_numbers_are_those_of_scipy_stats(name):
    ours, theirs, given = CASES[name]
    np.testing.assert_array_equal(ours(*given), theirs(*given))


def test_no_degrees_of_freedom_give_no_number_and_infinite_ones_the_limit():
    for df in (0.0, -1.0, np.nan):
        assert np.isnan(
            [upper_t(2.0, df), t_quantile_at(0.9, df), upper_f(2.0, df, 5), upper_f(2.0, 2, df), upper_chi2(2.0, df)]
        ).all()
    assert upper_t(1.96, np.inf) == stats.norm.sf(1.96) and t_quantile_at(0.975, np.inf) == stats.norm.ppf(0.975)
    # with an infinite denominator k F is chi-squared on k; scipy.stats has NaN here
    assert upper_f(3.0, 2, np.inf) == stats.chi2.sf(6.0, 2)


def test_below_zero_everything_lies_above():
    assert upper_f(-1.0, 2, 5) == 1.0 and upper_chi2(-1.0, 3) == 1.0
