"""Distances of two groups by hand."""

import math

import numpy as np
import pytest

from surveykit.estimation.tables.standardized_differences import standardized, yang_dalton


def test_distances_by_hand():
    assert standardized(3.0, 1.0, 2.0, 6.0) == 1.0  # 2 over the root of 4
    assert yang_dalton(np.array([0.5, 0.5]), np.array([0.2, 0.8])) == pytest.approx(0.3 / math.sqrt((0.25 + 0.16) / 2))
    same = np.array([0.5, 0.3, 0.2])
    assert yang_dalton(same, same) == 0
    assert yang_dalton(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == math.inf
    assert yang_dalton(np.array([0.5, 0.5, 0.0]), np.array([0.2, 0.8, 0.0])) == pytest.approx(
        yang_dalton(np.array([0.5, 0.5]), np.array([0.2, 0.8]))
    )
