"""Weights that say nothing change no error, p-value or interval, whatever their size and however settlements are ordered."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.comparison.answers.joint import joint_test
from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.design import SurveyDesign

pytestmark = pytest.mark.filterwarnings("ignore:all weights in 'w' equal")
COLUMNS = ["estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]
METHODS = ["cr0", "cr1s", "cr2", "cr3", "linearized", "wild", "randomization", "randomization_studentized"]


def make_answers(seed: int, size: int | None = None) -> pd.DataFrame:
    """Ten settlements, so that all signs and all 252 assignments are listed and no draw depends on the order."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(3, 15, 10) if size is None else np.full(10, size)
    unit = np.repeat(np.arange(10), sizes)
    return pd.DataFrame(
        {
            "y": rng.normal(size=len(unit)) + rng.normal(size=10)[unit],
            "age": rng.normal(size=len(unit)),
            "akim": np.where(unit < 5, "elected", "appointed"),
            "unit": [f"U{u}" for u in unit],
            "sex": rng.integers(0, 2, len(unit)),
        }
    )


def rows_of(frame: pd.DataFrame, weight: str | None) -> pd.DataFrame:
    found = compare_settlements(
        SurveyDesign(frame, weight=weight, cluster="unit"),
        "y",
        group="akim",
        baseline="appointed",
        settlement="unit",
        adjust_for="age",
        methods=METHODS,
    ).table
    return found.set_index(["estimand", "term", "method"])[COLUMNS]


def assert_alike(one: pd.DataFrame, two: pd.DataFrame, rtol: float = 1e-10) -> None:
    # the ends of inverted tests are bisected to 1e-12 standard errors
    pd.testing.assert_frame_equal(one.sort_index(), two.sort_index(), rtol=rtol, atol=1e-10)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), weight=st.floats(1e-3, 1e3))
def test_equal_weights_their_size_and_the_order_change_nothing(seed, weight):
    frame = make_answers(seed)
    first = rows_of(frame, None)
    names = dict(zip(sorted(set(frame["unit"])), np.random.default_rng(seed).permutation([f"V{u}" for u in range(10)])))
    for other in (frame, frame.sample(frac=1, random_state=seed % 1000), frame.assign(unit=frame["unit"].map(names))):
        assert_alike(first, rows_of(other.assign(w=weight), "w"))


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 56))
def test_settlements_of_one_size_have_one_average(seed, size):
    rows = rows_of(make_answers(seed, size), None)
    assert_alike(rows.loc["person"], rows.loc["settlement"])


@pytest.mark.parametrize("weight", [33.846996307373, 0.1, 7.7])
def test_the_joint_test_under_equal_weights(weight):
    frame = make_answers(7).assign(w=weight)
    one, two = (
        joint_test(SurveyDesign(frame, weight=w, cluster="unit"), "y", ["age", "sex"]).table for w in (None, "w")
    )
    for column in ("statistic", "df_denominator", "p_value"):
        np.testing.assert_allclose(two[column], one[column], rtol=1e-10)
