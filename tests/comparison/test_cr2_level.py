"""The true level of CR2's t test with the settlements at hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from surveykit.comparison.cr2_level import true_level
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust


def test_the_level_is_that_of_a_simulation():
    """Settlement means drawn as normal, CR2 by its formula for unweighted groups: 200,000 draws, error 0.0006."""
    sizes = np.array([336, *[50] * 7, 336, *[50] * 7])
    treated = np.arange(16) < 8
    place = np.repeat(np.arange(16), sizes)
    x = np.column_stack([np.ones(len(place)), treated[place]]).astype(float)
    totals = cluster_totals(x, np.zeros(len(place)), np.ones(len(place)), place)
    critical = stats.t.ppf(0.975, fit_robust(totals).df[1])
    rng, icc = np.random.default_rng(1), 0.15
    means = rng.normal(size=(200_000, 16)) * np.sqrt(icc + (1 - icc) / sizes)
    top, under = 0.0, 0.0
    for sign, side in ((1, treated), (-1, ~treated)):
        share = sizes[side] / sizes[side].sum()
        mean = means[:, side] @ share
        top = top + sign * mean
        under = under + ((means[:, side] - mean[:, None]) ** 2) @ (share**2 / (1 - share))
    simulated = np.mean(np.abs(top) > critical * np.sqrt(under))
    assert true_level(totals, 1, critical, icc) == pytest.approx(simulated, abs=0.002)  # three Monte Carlo errors
    assert simulated > 0.065  # so that a level of 0.05 would not pass


@given(st.floats(0.001, 1000), st.integers(3, 8), st.integers(3, 8), st.integers(2, 40))
@settings(max_examples=25, deadline=None)
def test_settlements_of_one_size_and_weight_have_an_exact_test(weight, treated, baseline, size):
    place = np.repeat(np.arange(treated + baseline), size)
    x = np.column_stack([np.ones(len(place)), place < treated]).astype(float)
    totals = cluster_totals(x, np.zeros(len(place)), np.full(len(place), weight), place)
    if treated == baseline:  # otherwise the degrees of freedom are an approximation even so
        critical = stats.t.ppf(0.975, fit_robust(totals).df[1])
        assert true_level(totals, 1, critical, 0.1) == pytest.approx(0.05, abs=1e-6)
