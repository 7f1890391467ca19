"""What a comparison of settlements found, under the verdict: by hand-made answers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.comparison.found import detectable, say_reasons

BY = {"group": "akim", "baseline": "appointed", "settlement": "unit"}


def answers(means: list[float], treated: int, size: int = 20) -> pd.DataFrame:
    """Settlements with the given shares of 1, the first `treated` of which elected."""
    rows = []
    for number, share in enumerate(means):
        ones = round(share * size)
        rows += [
            (f"U{number}", "elected" if number < treated else "appointed", 1.0 if k < ones else 0.0)
            for k in range(size)
        ]
    return pd.DataFrame(rows, columns=["unit", "akim", "yes"])


def compare(means: list[float], treated: int, outcomes="yes", frame=None, **options):
    frame = answers(means, treated) if frame is None else frame
    return sk.compare_settlements(sk.SurveyDesign(frame, cluster="unit"), outcomes, **BY, **options)


APART = [0.8, 0.85, 0.75, 0.8, 0.9, 0.2, 0.3, 0.25, 0.2, 0.1]
ALIKE = [0.5, 0.55, 0.45, 0.5, 0.6, 0.5, 0.4, 0.55, 0.5, 0.45]


def test_a_difference_in_shares_is_told_in_percentage_points():
    told = compare(APART, 5, methods=["cr2", "randomization"]).finding()
    # means .82 and .21 by hand; 2 of 252 assignments are as extreme
    assert (
        "the share of the answer “1” is higher in the group “elected” than in the group “appointed” (82.0% against 21.0%)"
        in told
    )
    assert "difference in percentage points +61.0" in told and "randomization test: p = 0.008" in told
    assert "settlements: 5 and 5" in told and told.endswith("comes from belonging to the group.")


def test_no_difference_shown_says_what_would_have_been_missed():
    result = compare(ALIKE, 5, methods=["cr2", "randomization"])
    told, row = result.finding(), result.table.iloc[0]
    assert "no difference was shown between the groups" in told
    missed = 100 * detectable(row["std_error"], row["df"], 0.05)
    assert f"less than about {missed:.1f} would be missed" in told


def test_the_detectable_difference_is_blooms():
    # R: (qt(.975, 8) + qt(.8, 8)) * .1 = .31949
    assert detectable(0.1, 8, 0.05) == pytest.approx(0.3194894, abs=1e-6)


def test_tests_on_both_sides_of_the_level_are_said_to_disagree():
    result = compare(ALIKE, 5, methods=["cr2", "randomization"])
    table = result.table.copy()
    table["p_value"] = np.where(table["method"] == "cr2", 0.01, 0.2)
    told = replace(result, table=table).finding()
    assert "the tests do not agree on whether the groups “elected” and “appointed” differ" in told


def test_where_the_data_cannot_answer_no_direction_and_no_p_is_told():
    told = compare(APART[:1] + APART[5:], 1, allow_single=True).finding()
    assert "the data cannot answer whether" in told and "higher" not in told and "p = " not in told
    assert "describes the settlements surveyed" in told


def test_a_fragile_comparison_says_why_in_three_languages():
    result = compare(APART[1:], 4, methods=["cr2", "randomization"])
    assert result.feasibility.verdict == "fragile"
    assert "Read this with caution. The smaller side has 4 settlements" in result.finding("en")
    assert "с осторожностью. Число населённых пунктов на меньшей стороне: 4." in result.finding("ru")
    assert "сақтықпен қабылдау керек. Кіші тараптағы елді мекендер саны: 4" in result.finding("kk")


def test_averages_that_differ_are_told():
    frame = pd.concat([answers(APART, 5, 20), answers([0.1], 1, 400).assign(unit="U0")], ignore_index=True)
    told = compare([], 0, frame=frame, methods=["cr2"]).finding()
    assert "one average only" in told or "The two averages differ in size" in told


def test_of_several_outcomes_those_that_differ_are_named_after_holm():
    frame = answers(APART, 5).assign(alike=answers(ALIKE, 5)["yes"])
    result = compare([], 0, ["yes", "alike"], frame, methods=["cr2", "randomization"])
    told = result.finding()
    assert (
        "“elected” and “appointed”: 2. A difference is shown, after Holm's correction for their number, in: “yes”."
        in told
    )
    assert "“alike”" in result.finding(outcome="alike")
    none = compare([], 0, ["alike", "other"], frame.assign(other=frame["alike"]), methods=["cr2"]).finding()
    assert "A difference is shown in none of them" in none


def test_reasons_without_words_are_left_out_in_other_languages():
    assert say_reasons({"few": "Few.", "a new one": "New."}, {"n_treated": 3, "n_baseline": 6}, "en") == [
        "Few.",
        "New.",
    ]
    assert len(say_reasons({"few": "Few.", "a new one": "New."}, {"n_treated": 3, "n_baseline": 6}, "kk")) == 1


def test_a_change_between_waves_tells_the_change_of_each_side():
    frame = pd.concat([answers(ALIKE, 5).assign(wave=1), answers(APART, 5).assign(wave=2)], ignore_index=True)
    design = sk.SurveyDesign(frame, cluster="unit")
    result = sk.difference_in_differences(
        design, "yes", group="akim", baseline="appointed", wave="wave", methods=["cr2", "randomization"]
    )
    # elected .52 -> .82, appointed .48 -> .21
    assert "changed upwards against the group “appointed” (changes +0.30 and −0.27)" in result.finding().replace(
        "+0.300", "+0.30"
    ).replace("−0.270", "−0.27")


def test_a_test_that_gives_no_p_neither_agrees_nor_disagrees():
    # every settlement of a side answers alike: no error, so no p of CR2; 2 of 252 assignments are as extreme
    with pytest.warns(sk.SurveyKitWarning, match="no error can be estimated"):
        alike = compare([1.0] * 5 + [0.0] * 5, 5, methods=["cr2", "randomization"])
    assert np.isnan(alike.table["p_value"].iloc[0])
    assert "is higher in the group “elected”" in alike.finding() and "CR2, Satterthwaite: p = –" in alike.finding()
    with pytest.warns(sk.SurveyKitWarning, match="everybody gave the same answer"):
        nothing = compare([1.0] * 10, 5, methods=["cr2", "randomization"]).finding()
    assert "no difference was shown" in nothing
