"""What holds for every figure: three languages without a missing glyph, the stamp, the record, the caller's settings."""

import re
import warnings
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.design import SurveyDesign
from surveykit.estimation.quantities.means import means
from surveykit.report.figures.balance_figure import draw_balance
from surveykit.report.figures.difference_figure import draw_differences
from surveykit.report.figures.dots_figure import draw_dots
from surveykit.report.figures.drawing import alt_text, drawing_of, plotted_numbers
from surveykit.report.figures.influence_figure import draw_influence
from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.figures.power_figure import draw_power
from surveykit.report.figures.randomization_figure import draw_randomization
from surveykit.report.figures.snw_figure import draw_snw
from surveykit.report.figures.timeline_figure import draw_timeline
from surveykit.report.figures.trend_figure import draw_trend
from surveykit.report.figures.weights_figure import draw_weights
from surveykit.results import Result
from tests.report.conftest import make_survey

LONG = "Жители могут влиять на решения аппарата акима о дорогах, воде и бюджете сельского округа; " * 4


@pytest.fixture(scope="module")
def figures(design, item_shares, weights):
    """Every drawing function with something to draw, as function(ax, lang, title)."""
    compared = compare_settlements(
        design, "q1", group="akim", baseline=0, settlement="village", methods=["cr2", "randomization"], lang="en"
    )
    survey = make_survey()
    waves = survey.with_columns({"wave": np.where(np.arange(len(survey)) % 2, "2021", "2023")})
    trend = means(SurveyDesign(waves, weight="w", cluster="village"), "q1", by=["wave", "akim"], lang="en")
    origin = design.origin("en")
    balance = Result(pd.DataFrame({"covariate": ["q1", "q2"], "before": [0.3, -0.1], "after": [0.0, 0.1]}), "", origin)
    power = Result(pd.DataFrame({"settlements": [10, 20], "effect": [0.1, 0.2], "power": [0.3, 0.9]}), "", origin)
    events = Result(pd.DataFrame({"date": ["1999", "2021-07-25"], "label": ["a", LONG]}), "", origin)
    matrix = Result(pd.DataFrame({"block": ["A", LONG], "position": [LONG, "b"], "rating": ["S", "W"]}), "", origin)
    dots = Result(pd.DataFrame({"label": ["a", LONG], "value": [1.0, 20.0], "s": ["x", "y"]}), "", origin)
    return {
        "shares": lambda ax, **options: draw_shares(item_shares, ax, **options),
        "differences": lambda ax, **options: draw_differences(compared, ax, **options),
        "randomization": lambda ax, **options: draw_randomization(compared, ax=ax, **options),
        "weights": lambda ax, **options: draw_weights(weights, ax, **options),
        "influence": lambda ax, **options: draw_influence(compared, ax=ax, **options),
        "balance": lambda ax, **options: draw_balance(balance, ax, **options),
        "trend": lambda ax, **options: draw_trend(trend, ax=ax, **options),
        "power": lambda ax, **options: draw_power(power, ax, series="settlements", **options),
        "timeline": lambda ax, **options: draw_timeline(events, ax, **options),
        "snw": lambda ax, **options: draw_snw(matrix, ax, **options),
        "dots": lambda ax, **options: draw_dots(dots, ax, series="s", **options),
    }


NAMES = [
    "shares",
    "differences",
    "randomization",
    "weights",
    "influence",
    "balance",
    "trend",
    "power",
    "timeline",
    "snw",
    "dots",
]


def texts_of(ax) -> list[str]:
    return [text.get_text() for text in ax.figure.findobj(mpl.text.Text)]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_in_every_language_without_a_warning_and_inside_its_frame(figures, name, lang):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax = figures[name](None, lang=lang, title=LONG)
        ax.figure.draw_without_rendering()
    assert drawing_of(ax).lang == lang
    width, height = ax.figure.get_size_inches() * ax.figure.dpi
    legend = ax.get_legend()
    ticks = [
        label
        for label, tick in zip(ax.get_xticklabels(), ax.get_xticks())
        if ax.get_xlim()[0] <= tick <= ax.get_xlim()[1]
    ]
    for text in [*ax.texts, *ticks, *ax.get_yticklabels(), ax.xaxis.label, *(legend.get_texts() if legend else [])]:
        if text.get_text().strip() and ax.axison:
            box = text.get_window_extent()
            assert box.x0 >= -1 and box.x1 <= width + 1 and box.y0 >= -1 and box.y1 <= height + 1, text.get_text()


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_stamped_and_says_what_it_shows(figures, name):
    ax = figures[name](None, title=LONG)
    assert any(text.startswith("SIMULATED") for text in texts_of(ax))
    assert alt_text(ax).startswith("SIMULATED")
    assert len(plotted_numbers(ax)) > 0
    assert not re.search(r"\bnan\b", alt_text(ax))
    numbers = plotted_numbers(ax)
    numbers["added"] = 1
    assert "added" not in drawing_of(ax).numbers


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_takes_an_axes_and_leaves_the_rest_alone(figures, name):
    before, open_figures = dict(mpl.rcParams), plt.get_fignums()
    figure = Figure(figsize=(9, 7))
    ax = figure.subplots()
    assert figures[name](ax) is ax
    figures[name](None)
    assert tuple(figure.get_size_inches()) == (9, 7)
    assert dict(mpl.rcParams) == before and plt.get_fignums() == open_figures


def test_the_stamp_stands_outside_the_axes(item_shares):
    ax = draw_shares(item_shares)
    ax.figure.draw_without_rendering()
    stamp = next(text for text in ax.texts if text.get_text().startswith("SIMULATED"))
    assert stamp.get_window_extent().y0 >= ax.get_window_extent().y1


def test_real_answers_have_no_stamp(item_shares, weights):
    real = replace(weights, origin=replace(weights.origin, simulated=False))
    ax = draw_weights(real)
    assert not any("SIMULATED" in text for text in [*texts_of(ax), alt_text(ax)])
