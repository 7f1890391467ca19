import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning, WeightingError
from surveykit.weighting.raking import rake
from surveykit.weighting.trimming import scale_weights, trim_weights


@pytest.fixture(scope="module")
def raked(ili_like, margins) -> SurveyDesign:
    wanted = {name: margins[name] for name in ("sex", "ageband", "educ")}
    return rake(SurveyDesign(ili_like, weight="w"), wanted, tolerance=1e-12)


@pytest.mark.parametrize(("column", "entry", "strict"), [
    ("rake_trim", "trim.once", False), ("rake_trim_strict", "trim.strict", True),
])  # fmt: skip
def test_weights_equal_those_of_r(raked, weights_expected, expected, column, entry, strict):
    with pytest.warns(
        SurveyKitWarning, match="trimming has moved the margins that were met before: educ=1 is off by -1.4%"
    ):
        trimmed = trim_weights(raked, lower=30, upper=130, strict=strict)
    assert trimmed.weights == pytest.approx(weights_expected[column].to_numpy(), rel=1e-10)
    value, tol = expected[entry]["value"], expected[entry]["tol"]
    assert trimmed.weights.sum() == pytest.approx(value["sum_w"], rel=tol)
    assert (trimmed.weights**2).sum() == pytest.approx(value["sum_w2"], rel=tol)
    assert (trimmed.weights.min(), trimmed.weights.max()) == pytest.approx((value["min_w"], value["max_w"]), rel=tol)


def test_one_pass_may_leave_weights_beyond_by_hand():
    frame = pd.DataFrame({"w": [1.0, 6.0, 6.8, 10.2]})
    design = SurveyDesign(frame, weight="w")
    # 3.2 too many at the end, 3.2 / 3 for each other; the third passes 7 and, strictly, gives its surplus to two
    once = trim_weights(design, upper=7, strict=False).weights
    assert once == pytest.approx([1 + 3.2 / 3, 6 + 3.2 / 3, 6.8 + 3.2 / 3, 7])
    with pytest.raises(WeightingError, match="no weight|mean weight"):
        trim_weights(design, upper=5.9)
    strict = trim_weights(design, upper=7).weights
    assert strict == pytest.approx([3, 7, 7, 7])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.1, 50), min_size=3, max_size=40), st.floats(1.2, 4))
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_strict_trimming_keeps_the_sum_and_the_bound(weights, ratio):
    design = SurveyDesign(pd.DataFrame({"w": weights}), weight="w")
    trimmed = trim_weights(design, max_weight_ratio=ratio).weights
    assert trimmed.sum() == pytest.approx(sum(weights))
    assert trimmed.max() <= ratio * np.mean(weights) * (1 + 1e-9)


def test_bounds_that_nothing_passes_change_nothing(raked):
    assert trim_weights(raked, upper=10**6) is raked


@pytest.mark.parametrize(("options", "words"), [
    ({}, "trimming needs a bound"),
    ({"upper": 5, "max_weight_ratio": 2}, "two ways to say one bound"),
    ({"upper": -1}, "`upper` must be a positive number, but -1 was given"),
    ({"lower": 90, "upper": 80}, "`lower` must be below the upper bound"),
])  # fmt: skip
def test_bounds_that_make_no_sense_are_explained(raked, options, words):
    with pytest.raises(ArgumentError, match=words):
        trim_weights(raked, **options)


def test_bounds_on_one_side_of_the_mean_are_explained(raked):
    with pytest.raises(
        WeightingError, match="the mean weight is 64.7124, so no weights of the same sum can all lie from 0"
    ):
        trim_weights(raked, upper=60)


def test_scaling(raked):
    assert scale_weights(raked).weights.mean() == pytest.approx(1)
    assert scale_weights(raked, 1000).weights.sum() == pytest.approx(1000)
    assert scale_weights(raked, 1000).steps[-1] == "scaled to a total of 1,000"
    with pytest.raises(ArgumentError, match="`total` must be a positive number, but 0 was given"):
        scale_weights(raked, 0)


def test_trimmed_weights_move_again_where_nothing_else_can_take_the_excess_by_hand():
    """Cutting in turn cuts all five. With c = 1.01 added: 2.31, 1.71, 1.81, 1.21, 7.11, cut to 1.64 to 1.97 they sum to 9.1."""
    design = SurveyDesign(pd.DataFrame({"w": [1.3, 0.7, 0.8, 0.2, 6.1]}), weight="w")
    found = trim_weights(design, lower=1.64, upper=1.97)
    assert found.weights == pytest.approx([1.97, 1.71, 1.81, 1.64, 1.97], rel=1e-12)
    assert "(3 of 5 weights)" in found.steps[-1]


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=3, max_size=12), st.floats(0.3, 0.999), st.floats(1.001, 2))
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_weights_between_two_bounds_are_found_whenever_they_exist(weights, low, high):
    mean = float(np.mean(weights))
    trimmed = trim_weights(
        SurveyDesign(pd.DataFrame({"w": weights}), weight="w"), lower=low * mean, upper=high * mean
    ).weights
    assert trimmed.sum() == pytest.approx(sum(weights), rel=1e-9)
    assert trimmed.min() >= low * mean * (1 - 1e-9) and trimmed.max() <= high * mean * (1 + 1e-9)


@pytest.mark.parametrize("seed", [1, 3, 4, 5, 6])
def test_they_are_those_of_the_quadratic_program(seed):
    weights = np.round(np.exp(np.random.default_rng(seed).normal(0, 1, 5)), 1) + 0.1
    low, high = round(0.9 * weights.mean(), 2), round(1.08 * weights.mean(), 2)
    program = optimize.minimize(
        lambda new: ((new - weights) ** 2).sum(),
        np.full(5, weights.mean()),
        method="SLSQP",
        bounds=[(low, high)] * 5,
        options={"ftol": 1e-15},
        constraints={"type": "eq", "fun": lambda new: new.sum() - weights.sum()},
    )
    found = trim_weights(SurveyDesign(pd.DataFrame({"w": weights}), weight="w"), lower=low, upper=high).weights
    assert found == pytest.approx(program.x, rel=1e-6)
