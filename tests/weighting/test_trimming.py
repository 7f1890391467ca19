import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    with pytest.warns(SurveyKitWarning, match="trimming has moved the margins that were met before: educ=1 is off by -1.4%"):
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
    with pytest.raises(WeightingError, match="the mean weight is 64.7124, so no weights of the same sum can all lie from 0"):
        trim_weights(raked, upper=60)


def test_scaling(raked):
    assert scale_weights(raked).weights.mean() == pytest.approx(1)
    assert scale_weights(raked, 1000).weights.sum() == pytest.approx(1000)
    assert scale_weights(raked, 1000).steps[-1] == "scaled to a total of 1,000"
    with pytest.raises(ArgumentError, match="`total` must be a positive number, but 0 was given"):
        scale_weights(raked, 0)
