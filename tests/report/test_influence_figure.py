import numpy as np
import pytest

from surveykit.comparison.settlements import compare_settlements
from surveykit.errors import ArgumentError
from surveykit.report.drawing import alt_text, plotted_numbers
from surveykit.report.influence_figure import draw_influence


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


@pytest.mark.parametrize(("lang", "words"), [("en", "without S03"), ("ru", "без S03"), ("kk", "S03 алынып тасталғанда")])
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
