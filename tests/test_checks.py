"""Checks of values: the rule, the offender, the way out; and when two numbers are one."""

import numpy as np

from surveykit._checks import from_smallest, join_equal


def test_numbers_that_differ_by_rounding_are_one():
    assert join_equal(np.array([0.3, 0.1 + 0.2, np.nan, 0.4])).tolist()[:2] == [0.3, 0.3]
    assert from_smallest(np.array([0.1 + 0.2, 0.3]))[0].tolist() == [0.0, 0.0]
    steps = 1 + np.arange(200) * np.finfo(float).eps  # so dense that it may be a measurement: left alone
    assert (join_equal(steps) == steps).all()
    given = np.array([0.1 + 0.2, 0.3])
    join_equal(given)
    assert given.tolist() == [0.1 + 0.2, 0.3]
