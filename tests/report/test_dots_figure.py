import pandas as pd
import pytest

from surveykit.errors import ArgumentError, ColumnError
from surveykit.report.dots_figure import draw_dots
from surveykit.report.drawing import alt_text, plotted_numbers

TURNOUT = pd.DataFrame({"region": ["Akmola", "Akmola", "Atyrau"], "turnout": [78.54, 79.1, 60.0], "source": ["a", "b", "a"]})


def test_sources_that_disagree_stand_in_one_row():
    ax = draw_dots(TURNOUT, label="region", value="turnout", series="source", axis="Turnout, %")
    marks = [(line.get_xdata()[0], line.get_ydata()[0], line.get_marker()) for line in ax.lines]
    assert marks[0][1] == marks[1][1] != marks[2][1]
    assert [mark[0] for mark in marks] == [78.54, 79.1, 60.0] == plotted_numbers(ax)["value"].tolist()
    assert [mark[2] for mark in marks] == ["o", "s", "o"]
    assert "Akmola, a: 78.5; Akmola, b: 79.1; Atyrau, a: 60.0" in alt_text(ax)


def test_one_series_needs_no_legend():
    ax = draw_dots(TURNOUT.iloc[1:], label="region", value="turnout", digits=0)
    assert ax.get_legend() is None


def test_no_number_at_all_is_refused():
    with pytest.raises(ArgumentError, match="`quantities` must hold at least one number in 'turnout'"):
        draw_dots(TURNOUT.assign(turnout=float("nan")), label="region", value="turnout")
    with pytest.raises(ColumnError, match="holds text such as 'a'"):
        draw_dots(TURNOUT, label="region", value="source")
