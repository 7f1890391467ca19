"""Quantiles and p-values of t, held against R: qt(0.975, 4), qnorm(0.975), 2 * pt(-2.5, 3)."""

import numpy as np
import pytest

from surveykit.estimation.engine.t_distribution import t_interval, t_quantile, two_sided_p


def test_quantiles_equal_r_and_are_missing_without_degrees_of_freedom():
    found = t_quantile(np.array([4.0, np.inf, 0.0, -1.0, np.nan]), 0.95)
    assert found[:2].tolist() == pytest.approx([2.776445105197799, 1.959963984540054], rel=1e-14)
    assert np.isnan(found[2:]).all()


def test_p_values_equal_r_and_are_missing_without_degrees_of_freedom():
    found = two_sided_p(np.array([2.5, -2.5, 2.5, np.nan]), np.array([3.0, 3.0, 0.0, 3.0]))
    assert found[:2].tolist() == pytest.approx([0.08770664700806551, 0.08770664700806551], rel=1e-12)
    assert np.isnan(found[2:]).all()


def test_the_interval_lies_around_the_estimate():
    low, high = t_interval(np.array([1.0]), np.array([2.0]), np.array([4.0]), 0.95)
    assert (low.item(), high.item()) == pytest.approx((1 - 2 * 2.776445105197799, 1 + 2 * 2.776445105197799))
