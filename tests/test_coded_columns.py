"""A column of any type as codes in order: positions, codes, and what is missing."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.coded_columns import code_column

NEVER = float("nan")


@pytest.mark.parametrize(
    ("column", "place", "codes"),
    [
        (pd.Series([3, 1, 3], dtype="int8"), [2, 0, 2], [1, 2, 3]),
        (pd.Series([-128, 127], dtype="int8"), [0, 255], list(range(-128, 128))),
        (pd.Series([2**63, 2**63 + 2], dtype="uint64"), [0, 1], [2**63, 2**63 + 2]),
        (pd.Series([2**53 + 1, 2**53 + 2]), [0, 1], [2**53 + 1, 2**53 + 2]),
        (pd.Series([5.0, NEVER, 3.0]), [2, -1, 0], [3, 4, 5]),
        (pd.Series([16777220, NEVER, 16777218], dtype="float32"), [2, -1, 0], [16777218, 16777219, 16777220]),
        (pd.Series([0.5, 2.0, NEVER]), [0, 1, -1], [0.5, 2]),
        (pd.Series([1e9, 1.0]), [1, 0], [1, 10**9]),
        (pd.Series([np.inf, 1.0]), [1, 0], [1, np.inf]),
        (pd.Series([NEVER, NEVER]), [-1, -1], []),
        (pd.Series([], dtype=float), [], []),
        (pd.Series([True, True]), [1, 1], [False, True]),
        (pd.Series([True, None], dtype="boolean"), [0, -1], [True]),
        (pd.Series([3, None, 1], dtype="Int64"), [1, -1, 0], [1, 3]),
        (pd.Series([0.0, -0.0], dtype="Float64"), [0, 0], [0]),
        (pd.Series(["b", None, "a"]), [1, -1, 0], ["a", "b"]),
        (pd.Series(["a", 10, 9, None], dtype=object), [2, 1, 0, -1], [9, 10, "a"]),
        (pd.Series([date(2020, 1, 2), "x", 3], dtype=object), [0, 2, 1], [date(2020, 1, 2), 3, "x"]),
        (pd.Series([(2, 1), (1, 2)]), [1, 0], [(1, 2), (2, 1)]),
        (pd.Series(pd.Categorical(["b", None, "a"], categories=["b", "z", "a"])), [0, -1, 2], ["b", "z", "a"]),
    ],
    ids=lambda value: str(value.dtype) if isinstance(value, pd.Series) else "",
)
def test_positions_and_codes_of_every_kind_of_column(column, place, codes):
    before = column.copy()
    coded = code_column(column)
    assert coded.place.tolist() == place
    assert list(coded.codes) == codes and [type(code) for code in coded.codes] == [type(code) for code in codes]
    assert coded.has_missing == (-1 in place)
    assert coded.missing.tolist() == [one < 0 for one in place]
    pd.testing.assert_series_equal(column, before)


def test_codes_that_nobody_has_are_left_out():
    coded = code_column(pd.Series([7.0, NEVER, 5.0])).occurring()
    assert (coded.place.tolist(), coded.codes, coded.has_missing) == ([1, -1, 0], [5, 7], True)


def test_a_code_that_comes_late_is_not_overlooked():
    numbers = [1] * 5000 + [3] + [2] * 5000
    assert list(code_column(pd.Series(numbers)).occurring().codes) == [1, 2, 3]
    assert code_column(pd.Series([1] * 5000 + [3])).occurring().codes == [1, 3]


@given(st.lists(st.one_of(st.none(), st.integers(-3000, 3000), st.sampled_from([0.25, -7.5])), max_size=30))
def test_the_codes_at_their_places_are_the_column(values):
    column = pd.Series(values, dtype=float)
    for coded in (code_column(column), code_column(column).occurring()):
        back = [None if place < 0 else coded.codes[place] for place in coded.place]
        assert back == values
        assert list(coded.codes) == sorted(coded.codes)
        assert coded.codes_at(coded.place[~coded.missing]) == [value for value in values if value is not None]
