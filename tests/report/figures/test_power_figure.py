import pandas as pd
import pytest

from surveykit.comparison.planning.power import plan_comparison
from surveykit.errors import ArgumentError
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.power_figure import draw_power
from surveykit.results import Result

PLANS = Result(
    pd.DataFrame({"settlements": [10, 10, 20, 20], "effect": [0.5, 0.1, 0.1, 0.5], "power": [0.7, 0.1, 0.2, 0.95]}), ""
)


def test_curves_are_the_powers():
    ax = draw_power(PLANS, series="settlements")
    assert [line.get_ydata().tolist() for line in ax.lines[:2]] == [[0.1, 0.7], [0.2, 0.95]]
    assert plotted_numbers(ax).equals(PLANS.table)
    assert "10 settlements, 0.50: 70%" in alt_text(ax)


def test_the_target_is_a_share():
    with pytest.raises(ArgumentError, match="`target` must lie between 0 and 1"):
        draw_power(PLANS, target=80)


@pytest.mark.slow
def test_a_plan_is_drawn_as_power_and_as_detectable_difference():
    plan = plan_comparison(icc=0.05, settlements=[10, 20], respondents=[50], draws=100, test="cr2", effects=[0.2, 0.8])
    ax = draw_power(plan, series="n_settlements", lang="kk")
    assert plotted_numbers(ax)["power"].tolist() == plan.table["power"].tolist()
    least = plan_comparison(icc=0.05, settlements=[6, 10], respondents=[20, 50], draws=100, test="randomization")
    ax = draw_power(least, show="effect", series="n_respondents")
    assert ax.get_ylabel() == "Smallest detectable difference"
    assert "Respondents per settlement: 20, 6: ∞" in alt_text(ax)
    drawn = ax.lines[0].get_ydata()
    wanted = least.table.loc[least.table["n_respondents"] == 20, "effect"].to_numpy()
    assert drawn[-1] == wanted[-1] and drawn[0] != drawn[0]


def test_each_plan_has_its_own_curve_and_the_target_a_tick():
    rows = [
        (n, m, effect, power) for n, m, power in ((10, 20, 0.4), (10, 50, 0.5), (20, 20, 0.9)) for effect in (0.2, 0.4)
    ]
    table = pd.DataFrame(rows, columns=["n_settlements", "n_respondents", "effect", "power"])
    table["n_treated"] = table["n_settlements"] // 2
    ax = draw_power(Result(table, ""), target=0.75)
    curves = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_marker() != "None"]
    assert [line.get_xdata().tolist() for line in curves] == [[0.2, 0.4]] * 3
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert named[0] == "10 settlements; respondents per settlement: 20"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0%", "20%", "40%", "60%", "75%", "100%"]
