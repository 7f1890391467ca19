"""Hadamard matrices: which half samples balance each other."""

import numpy as np
import pytest

from surveykit.weighting.hadamard import hadamard_matrix


@pytest.mark.parametrize("at_least", range(1, 70))
def test_hadamard_matrices_are_orthogonal(at_least):
    h = hadamard_matrix(at_least)
    order = len(h)
    assert order >= at_least
    assert (h @ h.T == order * np.eye(order)).all()
    assert (h[0] == 1).all()
    assert set(np.unique(h)) <= {-1, 1}
