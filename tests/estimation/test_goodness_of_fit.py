import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.goodness_of_fit import goodness_of_fit_test
from surveykit.survey import Survey
from tests.estimation.agreement import assert_equals, make_design, more_expected


@pytest.mark.parametrize("name", ["D1", "D2", "D3", "D6"])
def test_it_equals_r(ili_like, name):
    reference = more_expected()[f"gof.educ.{name}"]
    row = goodness_of_fit_test(make_design(ili_like, name), "educ", {1: 0.3, 2: 0.45, 3: 0.25}).table.iloc[0]
    assert_equals([row["statistic"], row["p_value"]], [reference["statistic"], reference["p"]], 1e-8)


def test_exact_shares_give_zero_and_counts_serve_as_shares():
    frame = pd.DataFrame({"y": [1, 2, 2, 1, 2, 2], "c": [1, 1, 2, 2, 3, 3]})
    row = goodness_of_fit_test(SurveyDesign(frame, cluster="c"), "y", {1: 10, 2: 20}).table.iloc[0]
    assert row["statistic"] == pytest.approx(0, abs=1e-12)
    assert row["p_value"] == pytest.approx(1)
    assert row["df"] == 1


def test_labels_stand_for_codes_in_any_language():
    book = Codebook.of([Variable("y", labels={1: {"en": "no", "ru": "нет"}, 2: {"en": "yes", "ru": "да"}})])
    frame = pd.DataFrame({"y": [1, 2, 2, 1, 2, 2], "c": [1, 1, 2, 2, 3, 3]})
    design = SurveyDesign(Survey(frame, book), cluster="c")
    by_label = goodness_of_fit_test(design, "y", {"нет": 0.5, "yes": 0.5}).table
    by_code = goodness_of_fit_test(design, "y", {1: 0.5, 2: 0.5}).table
    assert by_label["p_value"].item() == by_code["p_value"].item()


def test_errors(ili_like):
    design = make_design(ili_like, "D1")
    with pytest.raises(ArgumentError, match="3 of 'educ' has none; give its expected share"):
        goodness_of_fit_test(design, "educ", {1: 0.5, 2: 0.5})
    with pytest.raises(ArgumentError, match="names 7, which nobody answered to 'educ'"):
        goodness_of_fit_test(design, "educ", {1: 0.5, 2: 0.4, 3: 0.05, 7: 0.05})
    with pytest.raises(ArgumentError, match="must be positive, but 2 has 0"):
        goodness_of_fit_test(design, "educ", {1: 0.5, 2: 0, 3: 0.5})


def test_shares_that_do_not_add_up_are_no_shares():
    design = SurveyDesign(pd.DataFrame({"y": [1, 2, 3] * 8, "v": [row % 5 for row in range(24)]}), cluster="v")
    with pytest.raises(ArgumentError, match=r"shares of 'y' must add up to 1, but they add up to 0.9; correct them"):
        goodness_of_fit_test(design, "y", {1: 0.3, 2: 0.3, 3: 0.3})
    assert goodness_of_fit_test(design, "y", {1: 1, 2: 1, 3: 1}).table["statistic"].item() == pytest.approx(0)


def test_a_missing_variance_gives_no_test():
    answers = pd.DataFrame({"y": [1, 2, 1, 2, 2, 1], "v": [1, 1, 2, 2, 3, 3], "z": [1, 1, 2, 2, 2, 2]})
    design = SurveyDesign(answers, cluster="v", stratum="z", conventions="stata")
    with pytest.warns(SurveyKitWarning, match="variance of 'y' is missing, because a stratum has a single cluster"):
        table = goodness_of_fit_test(design, "y", {1: 0.5, 2: 0.5}).table
    assert table["p_value"].isna().all()
