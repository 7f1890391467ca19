import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.likert.dimensions import check_dimensions, one_factor, sampling_adequacy
from surveykit.likert.scale import LikertScale
from surveykit.weighting.replicates import replicate_weights

ITEMS = [f"q{number}" for number in range(1, 9)]
SCALE = LikertScale("trust", ITEMS, 1, 5)


@pytest.fixture(scope="module")
def result(ili_like):
    return check_dimensions(ili_like, SCALE)


def row(found, term: str) -> pd.Series:
    return found.table[found.table["term"] == term].iloc[0]


def test_three_items_of_one_factor_by_hand():
    # loadings 0.8, 0.7, 0.6 make the correlations 0.56, 0.48, 0.42, and nothing is left to fit
    correlation = np.array([[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]])
    loadings, uniqueness, misfit = one_factor(correlation)
    assert loadings == pytest.approx([0.8, 0.7, 0.6], abs=1e-6)
    assert uniqueness == pytest.approx([0.36, 0.51, 0.64], abs=1e-6)
    assert misfit == pytest.approx(0, abs=1e-10)


def test_omega_and_loadings_equal_factanal(result, expected):
    entry = expected["omega.one_factor_ml"]
    value, tol = entry["value"], entry["tol"]
    assert result.facts["omega"] == pytest.approx(value["omega"], rel=tol)
    assert result.items["loading"].tolist() == pytest.approx(value["loadings"], rel=tol)
    assert result.items["uniqueness"].tolist() == pytest.approx(value["uniquenesses"], rel=tol)
    fit = row(result, "one_factor_fit")
    assert (fit["statistic"], fit["df"], fit["p_value"]) == pytest.approx(
        (value["chisq"], value["df"], value["p"]), rel=1e-4
    )


def test_adequacy_equals_psych(result, expected):
    entry = expected["factorability"]
    value, tol = entry["value"], entry["tol"]
    assert result.eigenvalues == pytest.approx(value["eigenvalues"], rel=tol)
    assert result.facts["kmo"] == pytest.approx(value["kmo"], rel=tol)
    assert result.items["kmo"].tolist() == pytest.approx(value["kmo_items"], rel=tol)
    bartlett = row(result, "bartlett")
    assert (bartlett["statistic"], bartlett["df"]) == pytest.approx(
        (value["bartlett_chisq"], value["bartlett_df"]), rel=tol
    )
    assert bartlett["p_value"] < 1e-300


def test_adequacy_of_equal_correlations_by_hand():
    # three items, all correlations 1/2: partial correlations 1/3, so 6/4 / (6/4 + 6/9) = 9/13
    overall, each = sampling_adequacy(np.full((3, 3), 0.5) + 0.5 * np.eye(3))
    assert overall == pytest.approx(9 / 13)
    assert each == pytest.approx([9 / 13] * 3)


@pytest.mark.slow
def test_the_error_leaves_out_settlements(ili_like):
    design = SurveyDesign(ili_like, weight="w", cluster="settlement")
    found = check_dimensions(design, SCALE)
    omega = row(found, "omega")
    without = []
    for settlement in ili_like["settlement"].unique():
        part = ili_like[ili_like["settlement"] != settlement]
        without.append(check_dimensions(SurveyDesign(part, weight="w"), SCALE).facts["omega"])
    by_hand = np.sqrt(0.9 * ((np.array(without) - omega["estimate"]) ** 2).sum())
    assert omega["std_error"] == pytest.approx(by_hand, rel=1e-4)
    assert omega["conf_low"] < omega["estimate"] < omega["conf_high"] < 1
    assert np.isnan(row(check_dimensions(ili_like, SCALE), "omega")["std_error"])


def test_reversal_changes_nothing_but_the_sign(ili_like, result):
    turned = ili_like.assign(q3=6 - ili_like["q3"])
    found = check_dimensions(turned, LikertScale("trust", ITEMS, 1, 5, reversed_items=["q3"]))
    assert found.facts["omega"] == pytest.approx(result.facts["omega"], rel=1e-8)


def test_scales_without_a_factor_are_refused():
    frame = pd.DataFrame({"a": [1, 2, 3, 1], "b": [1, 3, 2, 2], "c": [1, 2, 3, 1]})
    with pytest.raises(ArgumentError, match="one factor needs at least three items"):
        check_dimensions(frame, LikertScale("s", ["a", "b"], 1, 3))
    with pytest.raises(ArgumentError, match="determine each other exactly"):
        check_dimensions(frame, LikertScale("s", ["a", "b", "c"], 1, 3))


@pytest.mark.slow
def test_the_jackknife_as_replicate_weights_gives_the_same_error(ili_like):
    design = SurveyDesign(ili_like, weight="w", cluster="settlement", stratum="stratum")
    one, two = (
        row(check_dimensions(d, SCALE), "omega")
        for d in (design, design.with_replicates(replicate_weights(design, "JKn")))
    )
    assert two[["std_error", "df", "conf_low"]].tolist() == pytest.approx(
        one[["std_error", "df", "conf_low"]].tolist(), rel=1e-6
    )
