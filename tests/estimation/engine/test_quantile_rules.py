"""Thirteen ways to read a quantile off weighted data."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.estimation.quantities.quantiles import quantiles
from tests.estimation.agreement import make_design
from tests.estimation.quantities.test_quantiles import RULES, check

pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


@pytest.mark.parametrize("name", ["D1", "D2", "D3"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_equals_r(ili_like, expected, name, rule):
    entry = expected[f"quantile.income.{rule}.{name}"]
    check(quantiles(make_design(ili_like, name), "income", entry["value"]["p"], rule=rule), entry)


def test_ties_equal_r(ili_like, expected):
    check(quantiles(make_design(ili_like, "D1"), "q1"), expected["quantile.q1.math.D1"])


def test_median_by_hand():
    # weights 1, 1, 2: half the weight lies at or below 2, so "math" says 2 and "school" the middle of 2 and 5
    frame = pd.DataFrame({"y": [5, 1, 2], "w": [2.0, 1, 1]})
    design = SurveyDesign(frame, weight="w")
    assert quantiles(design, "y", 0.5).table["estimate"].item() == 2
    assert quantiles(design, "y", 0.5, rule="school").table["estimate"].item() == 3.5
    assert quantiles(design, "y", 0.5, rule="hf3").table["estimate"].item() == 2


@pytest.mark.parametrize("rule", ["hf1", "hf2", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"])
def test_equal_weights_give_hyndman_and_fan(rule):
    # numpy's own rules; at 7 observations none of these probabilities meets a step exactly
    rng = np.random.default_rng(4)
    y = rng.normal(size=7)
    names = {
        "hf1": "inverted_cdf",
        "hf2": "averaged_inverted_cdf",
        "hf4": "interpolated_inverted_cdf",
        "hf5": "hazen",
        "hf6": "weibull",
        "hf7": "linear",
        "hf8": "median_unbiased",
        "hf9": "normal_unbiased",
    }
    probabilities = [0.05, 0.2, 0.5, 0.81, 0.97]
    ours = quantiles(SurveyDesign(pd.DataFrame({"y": y})), "y", probabilities, rule=rule).table["estimate"]
    assert ours.tolist() == pytest.approx(np.quantile(y, probabilities, method=names[rule]).tolist(), rel=1e-12)


def test_the_normalized_rule_does_not_feel_the_scale_of_the_weights(ili_like):
    rows = [
        quantiles(
            SurveyDesign(ili_like.assign(w=ili_like["w"] * k), weight="w"), "income", 0.5, rule="shahvaish-normalised"
        )
        .table["estimate"]
        .item()
        for k in (1, 0.01)
    ]
    assert rows[0] == rows[1]
