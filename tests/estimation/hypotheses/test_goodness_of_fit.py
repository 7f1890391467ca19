from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.hypotheses.goodness_of_fit import goodness_of_fit_test
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
    with pytest.raises(ArgumentError, match="names 'three', which is no answer to 'educ'"):
        goodness_of_fit_test(design, "educ", {1: 0.5, 2: 0.4, 3: 0.05, "three": 0.05})
    with pytest.raises(ArgumentError, match="names the answer 3 of 'educ' twice"):
        goodness_of_fit_test(design, "educ", {1: 0.5, 2: 0.4, 3: 0.05, "3": 0.05})
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


@pytest.mark.parametrize("listed", [True, False])
def test_an_answer_with_a_share_that_nobody_gave_counts_as_zero(listed):
    """R: svygofchisq(~factor(answer, levels = 1:5), p, design) gives X2 2.66721 and p .18153."""
    path = Path(__file__).parents[4] / "shared" / "inputs" / "published_share_of_an_answer_nobody_gave.csv"
    if not path.is_file():
        pytest.skip("the bad inputs (shared/inputs beside the project) are not here")
    book = Codebook.of([Variable("answer", labels={code: f"level {code}" for code in range(1, 6)})] if listed else [])
    design = SurveyDesign(Survey(pd.read_csv(path), book), cluster="village")
    shares = {1: 0.15, 2: 0.28, 3: 0.30, 4: 0.22, ("level 5" if listed else 5): 0.05}
    with nullcontext() if listed else pytest.warns(SurveyKitWarning, match="5, which nobody answered to 'answer' and"):
        result = goodness_of_fit_test(design, "answer", shares)
    row = result.table.iloc[0]
    assert [row["statistic"], row["p_value"]] == pytest.approx([2.66721, 0.18153], rel=2e-5)  # as printed
    assert (row["df"], "5 given by nobody" in result.method) == (4, True)


@pytest.mark.parametrize("seed", range(5))
def test_the_statistic_with_unseen_answers_by_hand(seed):
    """An answer that nobody gave adds its expected count to Pearson's statistic: (0 - E)^2 / E."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"y": rng.integers(1, 4, 60), "w": rng.uniform(1, 3, 60), "v": np.arange(60) // 6})
    design = SurveyDesign(frame, weight="w", cluster="v")
    shares = dict(zip([0, 1, 2, 3, 9], rng.dirichlet(np.full(5, 5.0))))
    with pytest.warns(SurveyKitWarning, match="nobody answered"):
        found = goodness_of_fit_test(design, "y", shares).table.iloc[0]
    seen, total = frame.groupby("y")["w"].sum(), frame["w"].sum()
    by_hand = sum((seen.get(code, 0.0) - share * total) ** 2 / (share * total) for code, share in shares.items())
    assert found["statistic"] == pytest.approx(by_hand, rel=1e-9)
    assert 0 < found["p_value"] < 1
