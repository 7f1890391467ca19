"""What settlements can answer, judged before any answer is seen."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import surveykit as sk
from tests.comparison.conftest import BY, small_design


def test_two_settlements_of_half_their_sides_are_not_sound():
    frame = pd.DataFrame({"settlement": np.repeat([f"S{k:02d}" for k in range(16)], [336, *[50] * 7] * 2)})
    frame["akim"] = np.where(frame["settlement"] < "S08", "elected", "appointed")
    gate = sk.check_feasibility(sk.SurveyDesign(frame), **BY)
    assert (gate.verdict, gate.reason_names) == ("fragile", ("level",))
    assert gate.facts["largest_share_treated"] == gate.facts["largest_share_baseline"] == pytest.approx(336 / 686)
    assert "rejects a true null up to 7.2% of the time instead of 5%" in gate.reasons[0]


def test_weights_that_lean_on_the_answer_are_told():
    frame = small_design(8, 16, size=20).data
    place = frame["settlement"].str[1:].astype(int)
    frame["w"] = 1 + 0.05 * (place % 8)
    frame["q1"] = frame["q1"] + 0.8 * (place % 8)
    result = sk.compare_settlements(sk.SurveyDesign(frame, weight="w"), "q1", **BY, methods=["cr2"])
    assert "leaning" in result.feasibility.reason_names
    assert "Settlements that weigh more answer higher (correlation 0.9" in result.headline()
    even = sk.compare_settlements(sk.SurveyDesign(frame), "q1", **BY, methods=["cr2"])
    assert "leaning" not in even.feasibility.reason_names


def test_leaning_is_the_test_of_a_correlation():
    """Inside the sides, G - 3 degrees of freedom: the partial correlation given the group, as scipy and R's lm have it."""
    design = small_design(5, seed=3)
    result = sk.compare_settlements(design, "q1", **BY, methods=["cr2"])
    case = result.cases[0]
    one = [
        np.where(case.treated, v - v[case.treated].mean(), v - v[~case.treated].mean())
        for v in (case.totals.weight, case.means)
    ]
    r = np.corrcoef(one)[0, 1]
    p = 2 * stats.t.sf(abs(r) * np.sqrt(7 / (1 - r**2)), 7)
    assert np.isfinite(result.feasibility.facts["leaning"]) == (p < 0.05)


def test_a_side_of_few_settlements_that_vary_more_is_told_of():
    """Five settlements of 15 against fifteen of 30; by own permutations of normal means the plain test rejects 9 to 11 %."""
    frame = pd.DataFrame({"settlement": np.repeat([f"S{k:02d}" for k in range(20)], [15] * 5 + [30] * 15)})
    frame["akim"] = np.where(frame["settlement"] < "S05", "elected", "appointed")
    gate = sk.check_feasibility(sk.SurveyDesign(frame), **BY)
    assert gate.verdict == "fragile" and "exchange" in gate.reason_names
    assert 0.07 < gate.facts["randomization_level"] < 0.115
    even = sk.check_feasibility(small_design(5), **BY)
    assert even.facts["randomization_level"] == pytest.approx(0.05, abs=0.01)
