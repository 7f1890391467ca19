import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.quantities.means import means
from surveykit.report.disclosure import show_small_cells
from surveykit.report.figures.dots_figure import draw_dots
from surveykit.report.figures.drawing import alt_text, plotted_numbers

TURNOUT = pd.DataFrame(
    {"region": ["Akmola", "Akmola", "Atyrau"], "turnout": [78.54, 79.1, 60.0], "source": ["a", "b", "a"]}
)


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


def test_the_dots_of_a_result_hide_small_cells():
    answers = pd.DataFrame({"village": list("AAAA" + "B" * 9 + "C" * 30), "q": [1, 2, 3, 4, 5] * 8 + [1, 2, 3]})
    found = means(SurveyDesign(answers), "q", by="village")
    ax = draw_dots(found, label="group", value="estimate", title="Means", lang="en")
    assert plotted_numbers(ax)["label"].tolist() == ["C"] and len(ax.lines) == 1
    assert "A:" not in alt_text(ax) and "B:" not in alt_text(ax)
    assert any("fewer than 5 respondents are hidden" in text.get_text() for text in ax.texts)
    shown = draw_dots(show_small_cells(found, why="a test"), label="group", value="estimate")
    assert plotted_numbers(shown)["label"].tolist() == ["A", "B", "C"]
    assert plotted_numbers(draw_dots(found.table, label="group", value="estimate"))["label"].tolist() == ["A", "B", "C"]
    with pytest.raises(ArgumentError, match="at least one number in 'estimate' that is not hidden"):
        draw_dots(means(SurveyDesign(answers.head(7)), "q", by="village"), label="group", value="estimate")


def test_no_printed_number_is_lost():
    many = pd.DataFrame([("Akmola", 50_000 + at, f"the yearbook number {at} of the ministry") for at in range(6)])
    many.columns = ["label", "value", "source"]
    for width in ("page", "column"):
        ax = draw_dots(many, series="source", digits=0, width=width)
        printed = [text.get_text() for text in ax.texts]
        assert all(f"{value:,}" in printed for value in many["value"])
    twice = draw_dots(pd.DataFrame({"label": ["a", "a"], "value": [1.0, 2.0]}))
    assert "1.0; 2.0" in [text.get_text() for text in twice.texts]


def test_every_number_has_its_line_its_decimals_and_its_source():
    counted = TURNOUT.assign(digits=[2, 1, 0], source=["ministry", "wikipedia", "press"])
    settings = {"label": "region", "value": "turnout", "source": "source", "digits": "digits", "notes": "Two say so."}
    ax = draw_dots(counted, axis="%", **settings)
    assert len({line.get_ydata()[0] for line in ax.lines}) == 3
    heights = {text.get_text(): text.xy[1] for text in ax.texts}
    assert {"78.54", "79.1", "60", "ministry", "wikipedia", "press", "Two say so."} <= set(heights)
    assert heights["79.1"] == heights["wikipedia"] == ax.lines[1].get_ydata()[0]
    assert alt_text(ax) == "%: Akmola: 78.54 (ministry); Akmola: 79.1 (wikipedia); Atyrau: 60 (press)."
    assert plotted_numbers(ax)["source"].tolist() == ["ministry", "wikipedia", "press"]


def test_sources_without_room_stand_under_the_labels():
    long = TURNOUT.assign(source="the statistical yearbook of the ministry of the interior")
    ax = draw_dots(long, label="region", value="turnout", source="source", width="column")
    said = " ".join(" ".join(text.get_text().split()) for text in ax.texts)
    assert "78.5: the statistical yearbook of the ministry of the interior; 79.1: the statistical" in said


@pytest.mark.parametrize("digits", [-1, 1.5, float("nan")])
def test_decimals_that_are_no_whole_number_are_refused(digits):
    with pytest.raises(ArgumentError, match="`digits` must hold whole numbers of decimals from 0 on"):
        draw_dots(TURNOUT.assign(digits=digits), label="region", value="turnout", digits="digits")
