"""The methods paragraph says what was done and what it can mean."""

import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.design import SurveyDesign
from tests.comparison.conftest import BY, small_design


def test_two_averages_that_differ_are_said_to():
    frame = pd.DataFrame({"settlement": np.repeat(list("ABCDEF"), [100, 4, 4, 30, 30, 30])})
    frame["akim"] = np.where(frame["settlement"] < "D", "elected", "appointed")
    noise = np.random.default_rng(2).normal(0, 0.2, len(frame))
    frame["q1"] = frame["settlement"].map({"A": 5, "B": 1, "C": 1, "D": 3, "E": 3.1, "F": 2.9}) + noise
    result = compare_settlements(SurveyDesign(frame), "q1", **BY)
    assert "The two averages tell different stories for q1" in result.method


def two_sides(elected, appointed):
    """Settlement means on both sides, ten respondents each who differ by two points within their settlement."""
    means = np.array([*elected, *appointed])
    place = np.repeat(np.arange(len(means)), 10)
    frame = pd.DataFrame(
        {
            "settlement": [f"S{number:02d}" for number in place],
            "akim": np.where(place < len(elected), "elected", "appointed"),
            "q1": means[place] + np.tile([-1.0, 1.0], 5 * len(means)),
        }
    )
    return SurveyDesign(frame, cluster="settlement")


def test_the_paragraph_names_the_settlement_that_carries_the_result():
    carried = two_sides([3.4, 3.5, 3.6, 3.5, 1.0], [3.0, 3.1, 2.9, 3.0, 3.05])
    method = compare_settlements(carried, "q1", **BY, methods="cr2").method
    assert (
        "The verdict on q1 (person average) turns on S04: without it the difference is 0.49 instead of -0.01"
        in method.replace("\u2212", "-")
    )
    steady = two_sides([4.4, 4.5, 4.6, 4.5, 4.45], [3.0, 3.1, 2.9, 3.0, 3.05])
    assert "turns on" not in compare_settlements(steady, "q1", **BY, methods="cr2").method


def test_the_sign_of_a_difference_near_zero_is_no_verdict():
    """Whole, the difference is 0.02; without S00 it is -0.125: on neither side can it be told from zero."""
    near = two_sides([3.7, 2.4, 3.4, 2.6, 3.5], [3.6, 2.5, 3.3, 2.7, 3.4])
    result = compare_settlements(near, "q1", **BY, methods="cr2")
    without = result.influence[result.influence["estimand"] == "person"]
    assert (without["estimate"] < 0).any() and (without["estimate"] > 0).any() and (without["p_value"] > 0.05).all()
    assert "turns on" not in result.method


@pytest.mark.parametrize("method", ["cr2", "randomization"])
def test_the_paragraph_says_that_the_two_averages_differ_whatever_the_method(method):
    place = np.repeat(np.arange(10), [400, *[30] * 4, *[40] * 5])
    answers = np.where(place == 0, 1.0, np.where(place < 5, 4.0, 3.0)) + np.tile([-1.0, 1.0], len(place) // 2)
    frame = pd.DataFrame({"settlement": place, "akim": np.where(place < 5, "elected", "appointed"), "q1": answers})
    said = compare_settlements(SurveyDesign(frame, cluster="settlement"), "q1", **BY, methods=method).method
    assert "The two averages tell different stories for q1" in said


def test_the_paragraph_says_which_wild_bootstrap():
    method = compare_settlements(small_design(5), "q1", **BY, methods="wild", wild_kind="33").method
    assert "scores and errors of kind 33" in method
    assert "kind" not in compare_settlements(small_design(5), "q1", **BY, methods="wild").method


@pytest.mark.slow
def test_the_paragraph_tells_only_of_methods_that_the_table_holds():
    design = small_design(5, q2=np.arange(120) % 5)
    said = compare_settlements(design, "q1", **BY, methods="all").method
    assert (
        "smaller units" not in said
        and "Welch's t test of settlement means (for the unadjusted settlement average; too small errors" in said
    )
    parts = compare_settlements(small_design(5, ea=np.arange(120) % 4), "q1", **BY, methods="all", subcluster="ea")
    assert "wild bootstrap of smaller units inside settlements" in parts.method
    assert "p_wy does so by moving" in compare_settlements(design, ["q1", "q2"], **BY).method
    assert "p_wy" not in compare_settlements(design, ["q1", "q2"], **BY, methods=["cr2", "wild"]).method


@pytest.mark.parametrize(("kind", "told"), [("31", True), ("33", True), ("11", False)])
def test_a_bootstrap_p_of_zero_is_said_to_be_less_than_one_of_the_signs(kind, told):
    """Ten settlements have 512 pairs of signs; classic scores always count the signs that happened."""
    result = compare_settlements(small_design(5, effect=3), "q1", **BY, methods="wild", wild_kind=kind)
    assert ("A bootstrap p of 0 stands for less than 0.002: not even the signs" in result.method) == told
    assert result.table["p_value"].min() == (0 if told else 1 / 512)
