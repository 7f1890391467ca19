"""The power of the test by the true difference: draw_power."""

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, check_option
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number, format_percent
from surveykit.report.figures.drawing import (
    AXIS_LEFT,
    SMALL_SIZE,
    Drawing,
    figure_of,
    finish,
    heading_height,
    light_grid,
    start_axes,
)
from surveykit.report.figures.interval_marks import STYLES, check_series, draw_series_legend, limits_of
from surveykit.report.figures.palette import FAINT, INK
from surveykit.report.records import records
from surveykit.report.translation import page_language
from surveykit.results import Result
from surveykit.words.pages import word, word_or_text


def draw_power(
    result: Result,
    ax: Axes | None = None,
    *,
    show: Literal["power", "effect"] = "power",
    over: str | None = None,
    series: str | None = None,
    target: float = 0.8,
    title: str = "",
    lang: str | None = None,
) -> Axes:
    """Draw the power of a test against the true difference, or the detectable difference against the plan.

    Parameters
    ----------
    result : Result
        What `plan_comparison` returned: columns effect (scale points) and power (share, 0 to 1), and those that tell
        plans apart (n_settlements, n_respondents).
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure unknown to pyplot.
    show : {"power", "effect"}
        What stands on the upright axis: the power at a true difference, or the smallest difference that the plan
        detects.
    over : str, optional
        Column of the horizontal axis. None: effect under power, n_settlements under effect.
    series : str, optional
        Column that tells curves apart.
    target : float
        Power at which a dotted line stands (when power is shown).
    title : str
        Heading of the figure; none by default.
    lang : {"en", "ru", "kk"}, optional
        Language of everything printed; None: that of the result.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ArgumentError
        When `ax` is no Axes of a figure, or `target` does not lie between 0 and 1, or there are more curves than a
        figure can tell apart.
    ColumnError
        When the table lacks a column of its kind.

    Examples
    --------
    >>> import surveykit as sk
    >>> planned = {"icc": 0.05, "settlements": [10], "respondents": [50], "effects": [0, 0.5, 1]}
    >>> plan = sk.plan_comparison(**planned, test="cr2", draws=200)
    >>> ax = sk.draw_power(plan)
    >>> sk.plotted_numbers(ax)[["effect", "power"]].round(2)
       effect  power
    0     0.0   0.04
    1     0.5   0.79
    2     1.0   1.00
    """
    check_option(show, ["power", "effect"], "show")
    series, over = series or None, over or ("effect" if show == "power" else "n_settlements")
    check_columns(result.table, [over, show, *([series] if series else [])], "result.table")
    if not 0 < target < 1:
        raise ArgumentError(f"`target` must lie between 0 and 1 (for example 0.8), but {target!r} was given")
    lang = page_language(lang, result.origin)
    numbers = result.table[[name for name in (series, over, show) if name]].reset_index(drop=True)
    plans = list(dict.fromkeys(numbers[series])) if series else [None]
    check_series([str(plan) for plan in plans], "plans")
    given = ax is not None
    ax = start_axes(ax, 3.0)
    if not given:
        figure_of(ax).set_size_inches(5.6, 3.2 + heading_height(title, result.origin.simulated, ()))
    for at, plan in enumerate(plans):
        here = (numbers if series is None else numbers[numbers[series] == plan]).sort_values(over)
        marker, fill, color = STYLES[at]
        finite = here[show].where(np.isfinite(here[show]))
        ax.plot(
            here[over],
            finite,
            color=color,
            linewidth=1.3,
            marker=marker,
            markerfacecolor=fill,
            markeredgecolor=color,
            markersize=4.2,
        )
    ax.set_xlim(limits_of(numbers[over], zero=False, pad=0.03))
    if show == "power":
        ax.set_ylim(0, 1.02)
        ax.axhline(target, color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)))
        ax.set_yticks(
            [0, 0.2, 0.4, 0.6, 0.8, 1], [format_percent(share, 0, lang) for share in (0, 0.2, 0.4, 0.6, 0.8, 1)]
        )
    else:
        ax.set_ylim(0, limits_of(numbers[show], zero=True)[1])
    ax.set_xlabel(word_or_text("effect_axis" if over == "effect" else over, lang), fontsize=SMALL_SIZE, color=INK)
    ax.set_ylabel(word("power_y_axis" if show == "power" else "effect_y_axis", lang), fontsize=SMALL_SIZE, color=INK)
    light_grid(ax, "y")
    names = [_plan(plan, series, lang) for plan in plans]
    depth = draw_series_legend(ax, names, left=AXIS_LEFT) if series else 34.0
    alt = _alt_text(numbers, show, over, series, title, lang)
    return finish(ax, Drawing(numbers, alt, result.origin, lang, title), notes_below=depth, left=AXIS_LEFT)


def _plan(plan: object, series: str | None, lang: str) -> str:
    if series in ("settlements", "n_clusters", "n_settlements"):
        return word("count_of_settlements", lang, n=plan)
    return str(plan) if series is None else f"{word_or_text(series, lang)}: {plan}"


def _alt_text(numbers: pd.DataFrame, show: str, over: str, series: str | None, title: str, lang: str) -> str:
    said = []
    for row in records(numbers):
        plan = f"{_plan(getattr(row, series), series, lang)}, " if series else ""
        at = format_number(getattr(row, over), 2 if over == "effect" else 0, lang)
        value = format_percent(row.power, 0, lang) if show == "power" else format_number(row.effect, 2, lang)
        said.append(f"{plan}{at}: {value}")
    what = title or word("power_alt" if show == "power" else "effect_alt", lang)
    return f"{what}: {'; '.join(said)}."
