import numpy as np
import pytest
from scipy import stats

from surveykit.estimation.engine.chi_square_sums import upper_tail


def test_one_scale_is_a_chi_square_or_an_f():
    assert upper_tail(5.0, np.array([2.0])) == pytest.approx(stats.chi2.sf(2.5, 1), rel=1e-10)
    assert upper_tail(6.0, np.array([1.0, 1.0]), 7) == pytest.approx(stats.f.sf(3.0, 2, 7), abs=1e-9)
    assert upper_tail(6.0, np.array([1.0, 1.0]), 7, "satterthwaite") == pytest.approx(stats.f.sf(3.0, 2, 7), rel=1e-12)


def test_two_equal_scales_are_an_exponential():
    assert upper_tail(3.0, np.array([1.5, 1.5])) == pytest.approx(np.exp(-1.0), rel=1e-12)


@pytest.mark.parametrize("df", [np.inf, 9])
def test_all_three_agree_with_simulation(df):
    rng = np.random.default_rng(5)
    scales, draws = np.array([2.0, 1.0, 0.3]), 400_000
    left = rng.chisquare(1, (draws, 3)) @ scales
    right = 1.0 if np.isinf(df) else rng.chisquare(df, draws) / df
    share = (left > 6.0 * right).mean()
    assert upper_tail(6.0, scales, df) == pytest.approx(share, abs=0.003)
    assert upper_tail(6.0, scales, df, "saddlepoint") == pytest.approx(share, abs=0.01)
    assert upper_tail(6.0, scales, df, "satterthwaite") == pytest.approx(share, abs=0.02)


def test_scales_of_zero_add_nothing_and_no_df_gives_nan():
    assert upper_tail(3.0, np.array([1.5, 1.5, 0.0])) == pytest.approx(np.exp(-1.0), rel=1e-12)
    assert np.isnan(upper_tail(3.0, np.array([1.0]), 0))
