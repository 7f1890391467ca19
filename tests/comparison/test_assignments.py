"""Which settlements could have been the treated ones."""

import numpy as np
import pytest

from surveykit.comparison.assignments import count_assignments, list_assignments, smallest_p
from surveykit.errors import ArgumentError


def test_one_of_ten_has_p_of_a_tenth_at_best():
    one = np.arange(10) == 3
    assert count_assignments(one) == 10
    assert smallest_p(one) == (0.1, 0.1)
    assert smallest_p(np.arange(12) < 3) == (1 / 220, 1 / 220)


def test_blocks_keep_their_numbers():
    treated, block = np.array([1, 0, 0, 1, 1, 0], dtype=bool), np.array([0, 0, 0, 1, 1, 1])
    listed = list_assignments(treated, block)
    assert listed.total == 9 and len(np.unique(listed.treated, axis=0)) == 9
    assert (listed.treated[:, :3].sum(axis=1) == 1).all() and (listed.treated[:, 3:].sum(axis=1) == 2).all()


def test_drawn_assignments_start_with_the_observed_one_and_follow_the_seed():
    treated = np.arange(40) < 20
    first = list_assignments(treated, rng=np.random.default_rng(5), draws=50)
    second = list_assignments(treated, rng=np.random.default_rng(5), draws=50)
    assert not first.exact and first.treated.shape == (51, 40)
    assert (first.treated[0] == treated).all() and (first.treated.sum(axis=1) == 20).all()
    np.testing.assert_array_equal(first.treated, second.treated)
    with pytest.raises(ArgumentError, match="137,846,528,820 assignments, too many to list; pass `rng`"):
        list_assignments(treated)
