import numpy as np
import pytest
from matplotlib.figure import Figure

from surveykit.errors import ArgumentError
from surveykit.report.figures.interval_marks import STYLES, check_series, draw_mark, limits_of, spread
from surveykit.report.figures.palette import contrast


def test_series_differ_in_shape_and_can_be_seen_on_white():
    assert len({marker for marker, _, _ in STYLES}) == len(STYLES)
    assert min(contrast(color, "#ffffff") for _, _, color in STYLES) > 3


def test_too_many_series_are_refused():
    with pytest.raises(ArgumentError, match="a figure can tell 6 groups apart, not 7; draw several figures"):
        check_series(list("abcdefg"), "groups")


def test_limits():
    assert limits_of([1.0, 3.0, np.inf, np.nan], pad=0.5) == pytest.approx((0, 4), abs=1e-6)
    assert limits_of([2.0, 4.0], zero=True, pad=0.0)[0] == 0
    assert limits_of([]) == (0, 1)


def test_an_endless_upright_interval_ends_in_an_arrow():
    ax = Figure().subplots()
    ax.set_ylim(0, 1)
    draw_mark(ax, 0.5, 0.4, 0.2, np.inf, 0, upright=True)
    assert [line.get_marker() for line in ax.lines] == ["None", "^", "o"]
    assert list(ax.lines[0].get_ydata()) == [0.2, 1.0]


def test_places_are_spread():
    assert spread([0.0, 0.1, 5.0], 1.0).tolist() == [0.0, 1.0, 5.0]
