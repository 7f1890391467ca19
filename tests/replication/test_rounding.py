"""Rounding rules: every case is worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.errors import CodebookError
from surveykit.replication.rounding import agrees, show_value, truncate


@pytest.mark.parametrize(
    ("published", "recomputed", "rounding", "verdict"),
    [
        ("61.8", 61.776, "1", True),
        ("61.8", 61.85, "1", True),  # half to even prints 61.8
        ("61.8", 61.75, "1", True),  # half up prints 61.8
        ("61.8", 61.8501, "1", False),
        ("61.8", 61.7499, "1", False),
        ("2500", 2549, "-2", True),
        ("2500", 2551, "-2", False),
        ("3000", 3070, "lower_bound", True),
        ("700", 700, "lower_bound", False),  # "more than 700" is not 700
        ("0.05", 0.049, "upper_bound", True),
        ("0.05", 0.05, "upper_bound", False),
        ("40", 40.625, "truncated:0", True),
        ("40", 40.625, "0", False),
        ("40.6", 40.69, "truncated:1", True),
        ("40.6", 40.7, "truncated:1", False),
        ("-0.4", -0.44, "1", True),
        ("\u22120.4", -0.44, "1", True),  # a printed minus sign
        ("7", 7, "", True),
        ("7", 7.01, "", False),
        ("2021-05-24", "2021-05-24", "0", True),
        ("2021-05-24", "2021-05-25", "0", False),
        ("2013;2017", "2013;2017", "0", True),
        ("2013;2017", "2013", "0", False),
        ("0.15", 0.1 + 0.05, "2", True),
        ("3", float("nan"), "0", False),
    ],
)
def test_a_printed_number_stands_for_an_interval(published, recomputed, rounding, verdict):
    assert agrees(published, recomputed, rounding) is verdict


@given(st.floats(-1e6, 1e6), st.integers(-2, 6))
def test_what_python_prints_agrees_with_what_it_came_from(value, digits):
    printed = f"{round(value, digits):.{max(digits, 0)}f}"
    assert agrees(printed, value, str(digits))


def test_truncation_goes_towards_zero():
    assert truncate(2.79, 1) == 2.7
    assert truncate(-2.79, 1) == -2.7
    assert truncate(0.29, 2) == 0.29  # not 0.28, although 0.29 is stored a little below


def test_an_unknown_rule_is_named():
    with pytest.raises(CodebookError, match=r"`rounding` must be a number of decimals.*'about'"):
        agrees("1", 1.0, "about")


@pytest.mark.parametrize(
    ("value", "rule", "text"),
    [(40.625, "0", "40.62"), (61.7762, "1", "61.776"), (7.0, "0", "7"), ("2021", "0", "2021"), (None, "0", "")],
)
def test_shown_with_two_more_decimals_than_published(value, rule, text):
    assert show_value(value, rule) == text
