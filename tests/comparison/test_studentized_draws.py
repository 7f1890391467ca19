"""A studentized statistic under many draws, for any null value."""

import numpy as np
import pytest

from surveykit.comparison import studentized_draws
from surveykit.comparison.assignments import list_assignments
from surveykit.comparison.methods.randomization import randomize_difference, randomize_studentized
from surveykit.comparison.methods.wild_bootstrap import bootstrap_error, wild_draws, wild_weights
from surveykit.comparison.studentized_draws import invert_test
from surveykit.estimation.engine.cluster_totals import cluster_totals
from tests.comparison.test_many_settlements import case


def test_inverting_the_studentized_test_agrees_with_refitting(ili):
    totals = cluster_totals(ili["x"], ili["y"], ili["w"], ili["cluster"])
    listed = list_assignments(ili["treated"])
    estimate, error = bootstrap_error(totals, 1)
    draws = randomize_studentized(totals, 1, listed)
    shifted = cluster_totals(ili["x"], ili["y"] - 0.4 * ili["x"][:, 1], ili["w"], ili["cluster"])
    again = randomize_studentized(shifted, 1, listed)
    assert draws.p_value(estimate, error, 0.4) == pytest.approx(again.p_value(estimate - 0.4, error))
    low, high = invert_test(lambda null: draws.p_value(estimate, error, null), estimate, error, 0.05)
    assert draws.p_value(estimate, error, low + 1e-6) > 0.05 >= draws.p_value(estimate, error, low - 1e-6)
    assert low < estimate < high


@pytest.mark.parametrize("kind", ["11", "13", "31", "33"])
def test_blocks_change_no_draw(monkeypatch, kind):
    """All at once and a few at a time; 1e-10, because sums of products are rounded in another order."""
    totals, treated = case()
    results = []
    for block in (10**9, 16_000, 100):
        monkeypatch.setattr(studentized_draws, "_BLOCK", block)
        listed = list_assignments(treated, rng=np.random.default_rng(3), draws=499)
        signs = wild_weights(60, "webb", np.random.default_rng(4), 499)[0]
        difference, studentized = randomize_difference(totals, 1, listed), randomize_studentized(totals, 1, listed)
        boot = wild_draws(totals, 1, signs, False, kind)
        results.append(
            [
                listed.treated,
                signs,
                difference.at_zero,
                difference.slope,
                studentized.statistics(),
                studentized.statistics(0.3),
                boot.statistics(),
                boot.statistics(0.3),
            ]
        )
    for other in results[1:]:
        for found, wanted in zip(other, results[0]):
            np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)
