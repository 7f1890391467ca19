"""What every figure shares: the stamp, the numbers drawn, the Axes of the caller."""

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.shares import shares
from surveykit.report.figures.drawing import alt_text, plotted_numbers
from surveykit.report.figures.likert_figure import draw_shares
from tests.report.conftest import make_design
from tests.report.figures.test_likert_figure import texts_of


def test_simulated_is_stamped_and_only_then(item_shares):
    assert any(text.startswith("SIMULATED") for text in texts_of(draw_shares(item_shares)))
    real = shares(make_design(simulated=False), "q1", by="akim")
    ax = draw_shares(real)
    assert not any("SIMULATED" in text for text in [*texts_of(ax), alt_text(ax)])


def test_the_callers_axes_and_settings_stay(item_shares):
    before, open_figures = dict(mpl.rcParams), plt.get_fignums()
    figure = Figure(figsize=(10, 6))
    ax = figure.subplots()
    table = item_shares.table.copy()
    assert draw_shares(item_shares, ax) is ax
    assert tuple(figure.get_size_inches()) == (10, 6)
    draw_shares(item_shares)
    assert dict(mpl.rcParams) == before and plt.get_fignums() == open_figures
    assert item_shares.table.equals(table)


def test_plotted_numbers_needs_a_drawing():
    with pytest.raises(ArgumentError, match=r"`ax` must come from a draw_\.\.\. function"):
        plotted_numbers(Figure().subplots())


def test_ax_must_be_an_axes(item_shares):
    with pytest.raises(ArgumentError, match="`ax` must be a matplotlib Axes, but int was given; leave it out"):
        draw_shares(item_shares, 3)
