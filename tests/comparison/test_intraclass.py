import numpy as np
import pandas as pd
import pytest
from scipy import stats

from surveykit.comparison.intraclass import icc_interval, intraclass_correlation, variance_parts
from surveykit.design import SurveyDesign
from surveykit.errors import FeasibilityError, SurveyKitWarning


def test_unweighted_it_is_the_analysis_of_variance_in_r(ili_like, expected):
    value = expected["icc.settlement.q1"]["value"]
    row = intraclass_correlation(SurveyDesign(ili_like, cluster="settlement"), "q1").table.iloc[0]
    assert row["estimate"] == pytest.approx(value["anova"], rel=1e-9)
    assert row["average_size"] == pytest.approx(value["n0"], rel=1e-9)
    assert row["within"] == pytest.approx(value["MSW"], rel=1e-9)


@pytest.mark.slow
def test_the_interval_is_exact_for_equal_sizes(rng):
    """Coverage of the 90 % interval over simulated balanced surveys."""
    covered = 0
    for _ in range(400):
        u = rng.normal(0, np.sqrt(0.2), 8)
        frame = pd.DataFrame(
            {"v": np.repeat(np.arange(8), 10), "y": np.repeat(u, 10) + rng.normal(0, np.sqrt(0.8), 80)}
        )
        row = intraclass_correlation(SurveyDesign(frame, cluster="v"), "y", confidence=0.9).table.iloc[0]
        covered += row["conf_low"] <= 0.2 <= row["conf_high"]
    assert covered / 400 == pytest.approx(0.9, abs=3 * np.sqrt(0.9 * 0.1 / 400))


def test_with_unequal_weights_the_parts_are_unbiased(rng):
    cluster, weights = np.repeat(np.arange(12), 15), rng.uniform(0.2, 3, 180)
    found = []
    for _ in range(600):
        y = rng.normal(0, 0.6, 12)[cluster] + rng.normal(0, 1.2, 180)
        parts = variance_parts(y, weights, cluster)
        found.append((parts.between, parts.within))
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(600)
    assert mean[0] == pytest.approx(0.36, abs=3.5 * error[0])
    assert mean[1] == pytest.approx(1.44, abs=3.5 * error[1])


def test_around_the_group_means_a_difference_between_groups_does_not_count(rng):
    cluster = np.repeat(np.arange(10), 20)
    y = rng.normal(0, 1, 200) + 5 * (cluster < 5)
    ones = np.ones(200)
    assert variance_parts(y, ones, cluster).icc > 0.8
    assert variance_parts(y, ones, cluster, (np.arange(10) < 5).astype(int)).icc < 0.1


def test_one_settlement_says_nothing():
    frame = pd.DataFrame({"v": ["A"] * 4, "y": [1, 2, 3, 4]})
    with pytest.raises(FeasibilityError, match="fewer than two settlements"):
        intraclass_correlation(SurveyDesign(frame), "y", settlement="v")


@pytest.mark.slow
@pytest.mark.parametrize("icc", [0.02, 0.15])
def test_the_interval_covers_with_uneven_sizes_and_weights(icc, rng):
    """95 % over 600 surveys of ten settlements of 15 to 200; Monte Carlo error .009. Searle's interval covered 85 to 92 %."""
    sizes = np.round(np.geomspace(15, 200, 10)).astype(int)
    place = np.repeat(np.arange(10), sizes)
    covered = 0
    for _ in range(600):
        y = rng.normal(0, np.sqrt(icc), 10)[place] + rng.normal(0, np.sqrt(1 - icc), len(place))
        low, high = icc_interval(variance_parts(y, rng.lognormal(0, 0.5, len(place)), place), 0.05)
        covered += low <= icc <= high
    assert covered / 600 == pytest.approx(0.95, abs=0.027)


def test_the_interval_for_equal_sizes_is_searles():
    """Searle's closed form, which is Wald's where sizes are equal."""
    y = np.random.default_rng(8).normal(size=60) + np.repeat(np.random.default_rng(9).normal(size=6), 10)
    parts = variance_parts(y, np.ones(60), np.repeat(np.arange(6), 10))
    ratio = 1 + 10 * parts.between / parts.within
    ends = [(ratio / stats.f.ppf(p, 5, 54) - 1) / (ratio / stats.f.ppf(p, 5, 54) - 1 + 10) for p in (0.975, 0.025)]
    assert icc_interval(parts, 0.05) == pytest.approx([max(end, 0) for end in ends], rel=1e-9)


def test_one_answer_a_settlement_is_not_called_one_answer_by_everybody():
    frame = pd.DataFrame({"v": np.arange(10), "y": [1.0, 5, 2, 4, 3, 2, 4, 1, 5, 3]})
    with pytest.warns(SurveyKitWarning, match="no settlement has two answers to 'y'"):
        row = intraclass_correlation(SurveyDesign(frame), "y", settlement="v").table.iloc[0]
    assert np.isnan(row["estimate"]) and np.isnan(row["between"])


def test_an_interval_at_one_has_two_ends():
    """Answers that differ by a thousandth of a millionth inside villages: the lower end was missing beside an upper of 1."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"village": np.repeat(range(8), 5)})
    frame["y"] = frame["village"] % 5 + 1e-9 * rng.normal(size=40)
    row = intraclass_correlation(SurveyDesign(frame, cluster="village"), "y").table.iloc[0]
    assert 1 - 1e-12 < row["conf_low"] <= row["estimate"] <= row["conf_high"] <= 1


@pytest.mark.parametrize("unit", [1e-12, 1e-9, 1.0, 1e12])
def test_the_unit_of_the_weights_is_no_matter(unit):
    """At 1e-12 every settlement passed for one of a single answer, at 1e12 single answers for many."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"village": np.repeat(range(8), 10), "y": rng.normal(size=80), "w": rng.uniform(0.5, 1.5, 80)})
    one, other = (
        intraclass_correlation(SurveyDesign(frame.assign(w=frame["w"] * by), weight="w", cluster="village"), "y").table
        for by in (1.0, unit)
    )
    for column in ("estimate", "conf_low", "conf_high", "within", "design_effect"):
        assert other[column].item() == pytest.approx(one[column].item(), rel=1e-9)
    single = frame.groupby("village").head(1).assign(w=lambda rows: rows["w"] * unit)
    with pytest.warns(SurveyKitWarning, match="no settlement has two answers"):
        assert np.isnan(
            intraclass_correlation(SurveyDesign(single, weight="w", cluster="village"), "y").table["estimate"].item()
        )
