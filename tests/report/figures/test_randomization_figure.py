from dataclasses import replace

import numpy as np
import pytest

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.errors import ArgumentError
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.randomization_figure import draw_randomization


def test_counts_by_hand(comparison):
    numbers = plotted_numbers(draw_randomization(comparison))
    assert numbers["assignments"].sum() == 8
    assert numbers["far"].sum() == 4  # -0.4, -0.22, 0.22, 0.4
    assert set(numbers["observed"]) == {0.22}


def test_the_observed_row_may_be_marked(comparison):
    draws = comparison.randomization.copy()
    draws["observed"] = draws["difference"] == 0.22
    marked = replace(comparison, randomization=draws)
    assert plotted_numbers(draw_randomization(marked)).equals(plotted_numbers(draw_randomization(comparison)))


def test_the_observed_line_and_its_p(comparison):
    ax = draw_randomization(comparison, "q1", "person")
    assert ax.lines[0].get_xdata()[0] == 0.22
    assert any("p = 0.200; 8 assignments" in text.get_text() for text in ax.texts)
    assert "observed: 0.22; p = 0.200; 8 assignments" in alt_text(ax)
    assert "p <0.001" in alt_text(draw_randomization(comparison, "q1", "settlement")).replace("p < 0.001", "p <0.001")


def test_the_dark_share_is_the_p_value_of_a_real_comparison(design):
    result = compare_settlements(design, "q1", group="akim", baseline=0, settlement="village", methods="randomization")
    for estimand in ("person", "settlement"):
        numbers = plotted_numbers(draw_randomization(result, estimand=estimand))
        p = result.table.loc[result.table["estimand"] == estimand, "p_value"].iloc[0]
        assert numbers["far"].sum() / numbers["assignments"].sum() == pytest.approx(p)
        assert np.isfinite(numbers["observed"]).all()


def test_a_wrong_estimand_is_named(comparison):
    with pytest.raises(
        ArgumentError, match=r"`estimand` must be one of \['person', 'settlement'\], but 'persons' was given"
    ):
        draw_randomization(comparison, "q1", "persons")
