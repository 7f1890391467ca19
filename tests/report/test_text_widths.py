"""How wide a text is, and where its lines break."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveykit.report.text_widths import text_width, wrap


def test_widths_are_those_of_the_font():
    """DejaVu Sans: a digit is 1303 of 2048 units wide, m 1995; the longest line counts, and a dollar is no formula."""
    assert text_width("1111", 10) == pytest.approx(4 * 10 * 1303 / 2048, abs=0.5)
    assert text_width("m", 20) == pytest.approx(20 * 1995 / 2048, abs=0.5)
    assert text_width("1\n1111\n", 10) == text_width("1111", 10) and text_width("$1$ 2", 10) > text_width("11 2", 10)
    assert text_width("", 10) == 0 and text_width("1111", 10, "bold") > text_width("1111", 10)


@given(st.text(st.sampled_from("abc жқә-"), max_size=60))
def test_no_line_is_wider_than_asked_and_no_letter_is_lost(text):
    lines = wrap(text, 60, 10).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line, 10) <= 60 or " " not in line for line in lines)


def test_lines_beyond_the_most_end_in_an_ellipsis():
    assert wrap("one two three four", 30, 10, most_lines=2).split("\n")[-1].endswith(" …")
    assert wrap("one, two three", 30, 10, most_lines=1) == "one …"
