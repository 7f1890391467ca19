"""A ceiling on weights, kept inside the loop of raking."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.weighting.raking import rake
from tests.weighting.test_raking import COLUMNS, refused, relative_errors


@pytest.mark.parametrize("ceiling", [3.0, 2.0, 1.5, 1.3])
def test_the_ceiling_holds_and_the_margins_are_met(ili_like, margins, ceiling):
    wanted = {name: margins[name] for name in COLUMNS}
    raked = rake(SurveyDesign(ili_like, weight="w"), wanted, max_weight_ratio=ceiling)
    assert raked.weights.max() / raked.weights.mean() <= ceiling * (1 + 1e-8)
    assert relative_errors(raked, wanted) <= 1e-8
    assert raked.steps == (f"raked to sex, ageband, educ (ceiling {ceiling:g})",)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-3, 1e-5, 1e-8])
@pytest.mark.parametrize("alike", [0.6, 0.7, 0.8])
def test_under_a_ceiling_the_worst_margin_decides_when_to_stop(alike, tolerance, rng):
    # two columns that mostly agree: the margin raked last is met at once, and what it undoes in the first shrinks slowly
    one = rng.integers(0, 3, 600)
    two = np.where(rng.random(600) < alike, one, rng.integers(0, 3, 600))
    design = SurveyDesign(pd.DataFrame({"one": one, "two": two, "w": rng.uniform(1, 2, 600)}), weight="w")
    wanted = {"one": {0: 0.36, 1: 0.33, 2: 0.31}, "two": {0: 0.31, 1: 0.33, 2: 0.36}}
    for ceiling in (1.9, 2.1, 2.5):
        raked = rake(design, wanted, max_weight_ratio=ceiling, tolerance=tolerance)
        assert relative_errors(raked, wanted) <= tolerance * (1 + 1e-6)
        assert raked.weights.max() <= ceiling * raked.weights.mean() * (1 + 1e-9)


def test_weights_under_a_ceiling_are_the_nearest_ones(ili_like, margins):
    # Kuhn-Tucker: log(w / d) is a sum of one term per level for every weight below the ceiling
    design = SurveyDesign(ili_like, weight="w")
    raked = rake(design, {name: margins[name] for name in COLUMNS}, max_weight_ratio=1.5, tolerance=1e-12)
    free = raked.weights < 1.5 * raked.weights.mean() * (1 - 1e-9)
    assert 0.5 < free.mean() < 1
    dummies = pd.get_dummies(ili_like[list(COLUMNS)].astype(str)).to_numpy(dtype=float)
    logs = np.log(raked.weights / design.weights)
    fit, *_ = np.linalg.lstsq(dummies[free], logs[free], rcond=None)
    assert logs[free] == pytest.approx(dummies[free] @ fit, abs=1e-8)
    # and whoever is held at the ceiling would be above it without
    assert (logs[~free] <= (dummies[~free] @ fit) + 1e-8).all()


def test_a_ceiling_that_does_not_bind_changes_nothing(ili_like, margins):
    wanted = {name: margins[name] for name in COLUMNS}
    design = SurveyDesign(ili_like, weight="w")
    assert np.array_equal(rake(design, wanted, max_weight_ratio=50).weights, rake(design, wanted).weights)


def test_a_ceiling_that_no_weights_can_keep_is_explained():
    frame = pd.DataFrame({"sex": ["f"] * 9 + ["m"], "w": np.arange(1.0, 11)})
    words = refused(frame, {"sex": {"f": 0.5, "m": 0.5}}, max_weight_ratio=3)
    assert "the 1 respondent(s) in level 'm' of 'sex' must weigh 5 times the mean" in words
    # each margin alone could keep it (1.4), both together not: 0.7 + 0.7 - 1 = 0.4 falls on one respondent of six
    frame = pd.DataFrame({"a": [1, 1, 1, 2, 2, 2], "b": [1, 2, 2, 1, 1, 2], "w": [1.0, 1, 1, 1, 1, 2]})
    words = refused(frame, {"a": {1: 0.7, 2: 0.3}, "b": {1: 0.7, 2: 0.3}}, max_weight_ratio=2)
    assert "the smallest ceiling that any weights could keep is 2.4, so raise it" in words
