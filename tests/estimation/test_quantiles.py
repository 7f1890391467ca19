import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.contrasts import contrast
from surveykit.estimation.quantiles import quantiles
from tests.estimation.agreement import assert_equals, make_design

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

RULES = ["math", "school", "shahvaish", *[f"hf{number}" for number in range(1, 10)]]
COLUMNS = {"est": "estimate", "low": "conf_low", "high": "conf_high", "se": "std_error"}


def check(result, entry: dict) -> None:
    for key, column in COLUMNS.items():
        assert_equals(result.table[column], entry["value"][key], entry["tol"], key)


@pytest.mark.parametrize("name", ["D1", "D2", "D3"])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_equals_r(ili_like, expected, name, rule):
    entry = expected[f"quantile.income.{rule}.{name}"]
    check(quantiles(make_design(ili_like, name), "income", entry["value"]["p"], rule=rule), entry)


@pytest.mark.parametrize("interval", ["beta", "xlogit", "asin", "score"])
def test_every_interval_equals_r(ili_like, expected, interval):
    entry = expected[f"quantile.income.{interval}.D1"]
    check(quantiles(make_design(ili_like, "D1"), "income", entry["value"]["p"], interval=interval), entry)


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
    names = {"hf1": "inverted_cdf", "hf2": "averaged_inverted_cdf", "hf4": "interpolated_inverted_cdf", "hf5": "hazen",
             "hf6": "weibull", "hf7": "linear", "hf8": "median_unbiased", "hf9": "normal_unbiased"}
    probabilities = [0.05, 0.2, 0.5, 0.81, 0.97]
    ours = quantiles(SurveyDesign(pd.DataFrame({"y": y})), "y", probabilities, rule=rule).table["estimate"]
    assert ours.tolist() == pytest.approx(np.quantile(y, probabilities, method=names[rule]).tolist(), rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.001, 1000), st.sampled_from([r for r in RULES if r != "shahvaish"]))
def test_symmetries(seed, scale, rule):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"y": rng.normal(size=80).round(1), "w": rng.uniform(1, 3, 80), "c": np.arange(80) // 8})
    first = quantiles(SurveyDesign(frame, weight="w", cluster="c"), "y", rule=rule).table
    other = frame.assign(w=frame["w"] * scale)
    second = quantiles(SurveyDesign(other, weight="w", cluster="c"), "y", rule=rule, where=frame["y"].notna()).table
    moved = quantiles(SurveyDesign(frame.assign(y=frame["y"] + 10), weight="w", cluster="c"), "y", rule=rule).table
    for column in ("estimate", "conf_low", "conf_high"):
        assert second[column].tolist() == pytest.approx(first[column].tolist(), rel=1e-9, nan_ok=True)
        assert moved[column].tolist() == pytest.approx((first[column] + 10).tolist(), rel=1e-9, nan_ok=True)
    assert (first["estimate"].diff().dropna() >= 0).all()


def test_the_normalised_rule_does_not_feel_the_scale_of_the_weights(ili_like):
    rows = [quantiles(SurveyDesign(ili_like.assign(w=ili_like["w"] * k), weight="w"), "income", 0.5,
                      rule="shahvaish-normalised").table["estimate"].item() for k in (1, 0.01)]
    assert rows[0] == rows[1]


def test_groups_and_contrasts(ili_like):
    result = quantiles(make_design(ili_like, "D2"), "income", 0.5, by="elected")
    assert result.table["group"].tolist() == ["0", "1"]
    assert result.covariance[0, 0] == pytest.approx(result.table["std_error"].iloc[0] ** 2)
    gap = contrast(result, [-1, 1]).table
    assert gap["estimate"].item() == result.table["estimate"].diff().iloc[1]
    assert "'math'" in result.method
    assert "Woodruff" in result.method


def test_an_end_outside_the_data_is_missing():
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4], "c": [1, 2, 3, 4]})
    table = quantiles(SurveyDesign(frame, cluster="c"), "y", 0.25).table
    assert np.isnan(table["conf_low"].item())


def test_errors(ili_like):
    design = make_design(ili_like, "D1")
    with pytest.raises(ArgumentError, match="`rule` must be one of .*'hf10' was given; did you mean 'hf1'"):
        quantiles(design, "income", rule="hf10")
    with pytest.raises(ArgumentError, match=r"`probabilities` must lie between 0 and 1 .*but 50 was given"):
        quantiles(design, "income", 50)
    with pytest.raises(ColumnError, match="holds text such as 'S01'"):
        quantiles(design, "settlement")
