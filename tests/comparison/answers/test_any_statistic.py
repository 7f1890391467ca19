import numpy as np
import pytest

from surveykit.comparison.answers.any_statistic import randomization_test
from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from tests.comparison.conftest import small_design

ILI = {"group": "elected", "baseline": 0, "settlement": "settlement"}


def test_the_rank_sum_equals_wilcoxons_exact_test(ili_like, expected):
    value = expected["settlement.wilcox_exact.ybar"]["value"]
    row = randomization_test(SurveyDesign(ili_like), "q1", **ILI).table.iloc[0]
    assert row["p_value"] == pytest.approx(value["p"])
    assert row["estimate"] + 5 * 11 / 2 - 15 == pytest.approx(value["W"])
    assert row["n_assignments"] == 252


def test_a_difference_of_means_passed_in_equals_the_built_in_one(ili_design):
    def difference(means, weights, treated):
        return means[treated].mean() - means[~treated].mean()

    row = randomization_test(ili_design, "q1", **ILI, statistic=difference).table.iloc[0]
    table = compare_settlements(ili_design, "q1", **ILI, methods=["randomization"]).table.set_index("estimand")
    assert row["estimate"] == pytest.approx(table.loc["settlement", "estimate"])
    assert row["p_value"] == pytest.approx(table.loc["settlement", "p_value"])
    assert row["term"] == "difference"


def test_wrong_statistics_have_their_sentence():
    design, by = small_design(5), {"group": "akim", "baseline": "appointed", "settlement": "settlement"}
    with pytest.raises(ArgumentError, match="`statistic` must be one of"):
        randomization_test(design, "q1", **by, statistic="mean")
    with pytest.raises(ArgumentError, match="or a function, but 3 was given"):
        randomization_test(design, "q1", **by, statistic=3)
    with pytest.raises(ArgumentError, match="must return a finite number"):
        randomization_test(design, "q1", **by, statistic=lambda m, w, t: np.nan)
