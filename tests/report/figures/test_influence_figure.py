import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.comparison.methods.influence import FEWEST_SHOWN
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.report.disclosure import MINIMUM_N, hide_small_cells, show_small_cells
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.influence_figure import draw_influence


@pytest.fixture(scope="module")
def compared(design):
    return compare_settlements(design, "q1", group="akim", baseline=0, settlement="village", methods="cr2", lang="en")


def test_the_whole_stands_above_the_parts(compared):
    numbers = plotted_numbers(draw_influence(compared))
    whole = compared.table[(compared.table["estimand"] == "person") & (compared.table["method"] == "cr2")].iloc[0]
    assert numbers["left_out"].tolist() == ["", *(f"S{at:02d}" for at in range(1, 9))]
    assert numbers["estimate"].iloc[0] == whole["estimate"] and numbers["p_value"].iloc[0] == whole["p_value"]
    here = compared.influence[compared.influence["estimand"] == "person"]
    assert numbers["estimate"].iloc[1:].tolist() == here["estimate"].tolist()


def test_marks_are_the_estimates(compared):
    ax = draw_influence(compared, "q1", "settlement")
    numbers = plotted_numbers(ax)
    drawn = [line.get_xdata()[0] for line in ax.lines if line.get_marker() in ("o", "s")]
    assert drawn == numbers["estimate"].tolist()


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "without S03"), ("ru", "исключён: S03"), ("kk", "S03 алынып тасталғанда")]
)
def test_words(compared, lang, words):
    assert f"{words}: " in alt_text(draw_influence(compared, lang=lang))


def test_an_estimand_that_is_not_there_is_named(compared):
    with pytest.raises(ArgumentError, match=r"`estimand` must be one of \['person', 'settlement'\]"):
        draw_influence(compared, estimand="village")
    with pytest.raises(ArgumentError, match="has no rows for 'q1', person, adjusted"):
        draw_influence(compared, term="adjusted")


def test_a_settlement_without_which_a_side_is_empty_has_no_mark(compared):
    gone = compared.influence.copy()
    gone.loc[0, ["estimate", "conf_low", "conf_high", "p_value"]] = np.nan
    from dataclasses import replace

    said = alt_text(draw_influence(replace(compared, influence=gone)))
    assert "without S01: –" in said and "nan" not in said


@pytest.fixture(scope="module")
def with_few():
    """Ten settlements, all of eight respondents but VA of four."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"village": [f"V{name}" for name in "AABBCCDDEE" + "ABCDE" * 6 + "FFGGHHIIJJ" + "FGHIJ" * 6]})
    frame = frame[~((frame["village"] == "VA") & (np.arange(len(frame)) >= 20))].reset_index(drop=True)
    frame["elected"] = (frame["village"] > "VE").astype(int)
    frame["q1"], frame["w"] = rng.integers(1, 6, len(frame)), rng.uniform(0.5, 2, len(frame))
    assert frame["village"].value_counts().min() == (frame["village"] == "VA").sum() == 4
    design = SurveyDesign(frame, weight="w", cluster="village")
    return frame, compare_settlements(design, "q1", group="elected", baseline=0, settlement="village", methods="cr2")


def test_the_mean_of_a_small_settlement_cannot_be_worked_out(with_few):
    frame, compared = with_few
    of_a = frame[frame["village"] == "VA"]
    true = np.average(of_a["q1"], weights=of_a["w"])
    means = compared.groups[compared.groups["estimand"] == "settlement"].set_index("group")["estimate"]
    without = plotted_numbers(draw_influence(show_small_cells(compared, why="a test"), estimand="settlement"))
    moved = without.set_index("left_out")["estimate"]["VA"]
    assert 5 * means["0"] - 4 * (means["1"] - moved) == pytest.approx(true, abs=1e-9)  # what must not be possible
    numbers = plotted_numbers(draw_influence(compared, estimand="settlement")).set_index("left_out")
    assert numbers["estimate"].isna().all()  # an average over settlements, with one of them hidden, gives it away


def test_what_is_hidden_is_said(with_few):
    ax = draw_influence(with_few[1], estimand="settlement", lang="en")
    assert "without VA: hidden (n < 5)" in alt_text(ax)
    assert [sum(mark in text.get_text() for text in ax.texts) for mark in ("hidden (n <", "hidden to protect")] == [
        1,
        9,
    ]
    assert "nan" not in alt_text(ax)
    every = plotted_numbers(draw_influence(hide_small_cells(with_few[1], 9)))
    assert every["estimate"].notna().tolist() == [True, *[False] * 10]


def test_no_sentence_tells_the_difference_without_a_small_settlement(with_few):
    assert FEWEST_SHOWN == MINIMUM_N
    frame = with_few[0].copy()
    frame["q1"] = frame["q1"].clip(2, 3) + 0.9 * frame["elected"] - 12.0 * (frame["village"] == "VF")
    few = frame[(frame["village"] != "VF") | (frame.groupby("village").cumcount() < 4)]
    for answers, told in ((frame, True), (few, False)):
        design = SurveyDesign(answers, weight="w", cluster="village")
        compared = compare_settlements(design, "q1", group="elected", baseline=0, settlement="village", methods="cr2")
        sentence = [each for each in compared.notes() if "turns on VF" in each]
        assert sentence and ("without it the difference is" in sentence[0]) == told


def test_settlements_stand_in_their_natural_order(compared):
    from dataclasses import replace

    named = compared.influence.assign(
        left_out=compared.influence["left_out"].str.replace("S0", "№ ").replace("№ 8", "№ 10")
    )
    named["left_out"] = named["left_out"].replace({"№ 1": "№ 11"})
    numbers = plotted_numbers(draw_influence(replace(compared, influence=named)))
    assert numbers["left_out"].tolist() == ["", *(f"№ {at}" for at in (2, 3, 4, 5, 6, 7, 10, 11))]
    before = compared.influence[compared.influence["estimand"] == "person"].set_index("left_out")["estimate"]
    assert numbers.set_index("left_out")["estimate"]["№ 11"] == before["S01"]
