import pandas as pd
import pytest

from surveykit.errors import ArgumentError
from surveykit.report.drawing import alt_text, plotted_numbers
from surveykit.report.power_figure import draw_power
from surveykit.results import Result

PLANS = Result(pd.DataFrame({"settlements": [10, 10, 20, 20], "effect": [0.5, 0.1, 0.1, 0.5], "power": [0.7, 0.1, 0.2, 0.95]}), "")


def test_curves_are_the_powers():
    ax = draw_power(PLANS, series="settlements")
    assert [line.get_ydata().tolist() for line in ax.lines[:2]] == [[0.1, 0.7], [0.2, 0.95]]
    assert plotted_numbers(ax).equals(PLANS.table)
    assert "10 settlements, 0.50: 70%" in alt_text(ax)


def test_the_target_is_a_share():
    with pytest.raises(ArgumentError, match="`target` must lie between 0 and 1"):
        draw_power(PLANS, target=80)
