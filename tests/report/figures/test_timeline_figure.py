import pandas as pd
import pytest

from surveykit.errors import ArgumentError
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.timeline_figure import as_year, draw_timeline

EVENTS = pd.DataFrame(
    {
        "date": ["2021-07-25", "1999", "2013;2017", "2021-05-24", "2021-06-05"],
        "label": ["First direct elections", "Pilot", "Indirect elections", "Laws signed", "In force " + "long " * 60],
    }
)


@pytest.mark.parametrize(
    ("text", "year"), [("2021", 2021.5), ("2021-01-01", 2021.0), ("2021-07", 2021.538), ("2021-12-31", 2021.999)]
)
def test_dates(text, year):
    assert as_year(text) == pytest.approx(year, abs=0.003)


@pytest.mark.parametrize("text", ["yesterday", "2021-13", "2021-01-40", "21"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(
        ArgumentError, match=f"a date must look like 2021, 2021-07 or 2021-07-25, but '{text}' was given"
    ):
        as_year(text)


def test_events_stand_in_the_order_of_time():
    numbers = plotted_numbers(draw_timeline(EVENTS))
    assert numbers["date"].tolist() == ["1999", "2013–2017", "2021-05-24", "2021-06-05", "2021-07-25"]
    assert (numbers["year_to"] >= numbers["year_from"]).all()


def test_dots_are_to_scale():
    ax = draw_timeline(EVENTS)
    dots = [line.get_ydata()[0] for line in ax.lines if line.get_marker() == "o"]
    numbers = plotted_numbers(ax)
    start = numbers["year_from"].to_numpy()
    ratio = (dots[-1] - dots[0]) / (dots[1] - dots[0])
    assert ratio == pytest.approx((start[-1] - start[0]) / (start[1] - start[0]))


def test_labels_do_not_lie_over_each_other():
    ax = draw_timeline(EVENTS, title="Chronology")
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text() and not text.get_text().isdigit()]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            overlap = (min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0))
            assert min(overlap) < 1
    assert "1999: Pilot" in alt_text(ax)


def test_no_events_make_no_chronology():
    with pytest.raises(ArgumentError, match="`events` has no rows, so there is no chronology to draw"):
        draw_timeline(pd.DataFrame({"date": [], "label": []}))


def test_the_lines_to_the_dates_do_not_cross():
    events = pd.DataFrame({"date": ["2001/2019", "2003", "2004", "2004-02", "2018"], "label": list("abcde")})
    ax = draw_timeline(events)
    leaders = [line.get_ydata() for line in ax.lines if len(line.get_xdata()) == 3]
    dots, labels = [line[0] for line in leaders], [line[-1] for line in leaders]
    assert len(leaders) == 5 and dots == sorted(dots) and labels == sorted(labels)


def test_a_period_that_goes_on_ends_in_an_arrow_and_events_have_sources():
    events = pd.DataFrame({"date": ["1999/2001", "2021/"], "label": ["Pilot", "Direct"], "source": ["press", ""]})
    ax = draw_timeline(events, source="source", notes="Years only.")
    assert alt_text(ax) == "Chronology: 1999–2001: Pilot (press); 2021–: Direct."
    assert plotted_numbers(ax)["year_to"].tolist() == [pytest.approx(2001.5, abs=0.01), float("inf")]
    assert [line.get_marker() for line in ax.lines].count("v") == 1
    assert "Years only." in [text.get_text() for text in ax.texts]
