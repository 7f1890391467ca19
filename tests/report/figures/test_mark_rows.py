"""What estimates share an axis, and how their numbers are printed."""

import numpy as np
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.report.figures.mark_rows import Mark, Panel, digits_of, groups_of_units, with_interval
from surveykit.results import Origin

BOOK = Codebook.of(
    [
        Variable("q1", labels={1: {"en": "no"}, 2: {"en": "yes"}}),
        Variable("q2", labels={2: {"en": "ja"}, 1: {"en": "nein"}}),
        Variable("q3", labels={1: {"en": "no"}, 2: {"en": "perhaps"}, 3: {"en": "yes"}}),
    ]
)


def test_codes_decide_what_shares_an_axis():
    groups = groups_of_units(["q1", "q3", "q2", "income", "age"], Origin(codebook=BOOK), None)
    assert list(groups.values()) == [["q1", "q2"], ["q3"], ["income"], ["age"]]
    named = groups_of_units(["income", "age", "q1"], Origin(codebook=BOOK), {"income": "tenge", "age": "tenge"})
    assert list(named.values()) == [["income", "age"], ["q1"]]
    assert len(groups_of_units(["income", "age", "q1"], Origin(codebook=BOOK), "points")) == 1


@pytest.mark.parametrize(("largest", "digits"), [(0.4, 2), (99.9, 2), (100.0, 1), (-999.0, 1), (50_000.0, 0)])
def test_decimals_follow_the_size(largest, digits):
    assert digits_of([largest, np.nan, np.inf, 0.1]) == digits


def test_an_end_without_number_leaves_the_interval_out():
    assert with_interval(1.5, np.nan, 2.0, 1, "en") == "1.5"
    assert with_interval(1.5, -np.inf, 2.0, 1, "ru") == "1,5 [−∞; 2,0]"
    assert with_interval(np.nan, np.nan, np.nan, 1, "en", percent=True) == ""


def test_marks_of_one_label_share_a_row():
    marks = [Mark(*key, 0, 1.0, 0.0, 2.0, ()) for key in (("a", "x"), ("a", "x"), ("a", "y"), ("b", "y"))]
    blocks = Panel(tuple(marks), "axis").blocks()
    assert [(block.heading, block.labels, block.marks) for block in blocks] == [
        ("a", ("x", "y"), (2, 1)),
        ("b", ("y",), (1,)),
    ]
