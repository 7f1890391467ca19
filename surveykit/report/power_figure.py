"""The power of the test by the true difference: draw_power."""

import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number, format_percent
from surveykit.report.drawing import (
    AXIS_LEFT,
    SMALL_SIZE,
    Drawing,
    figure_of,
    finish,
    heading_height,
    light_grid,
    start_axes,
)
from surveykit.report.palette import FAINT, INK
from surveykit.report.records import records
from surveykit.report.series import STYLES, check_series, draw_series_legend, limits_of
from surveykit.report.translation import page_language
from surveykit.report.words import word
from surveykit.results import Result


def draw_power(
    result: Result,
    ax: Axes | None = None,
    *,
    over: str = "effect",
    series: str | None = None,
    target: float = 0.8,
    title: str = "",
    lang: str | None = None,
) -> Axes:
    """Draw the power of a test against the true difference, one curve per plan.

    Parameters
    ----------
    result : Result
        A table with column `power` (share, 0 to 1), a column of true differences and, for several plans, one that
        names them (number of settlements, say).
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure unknown to pyplot.
    over : str
        Column of the horizontal axis.
    series : str, optional
        Column that tells curves apart.
    target : float
        Power at which a dotted line stands.
    title : str
    lang : {"en", "ru", "kk"}, optional

    Returns
    -------
    matplotlib Axes
    """
    check_columns(result.table, [over, "power", *([series] if series else [])], "result.table")
    if not 0 < target < 1:
        raise ArgumentError(f"`target` must lie between 0 and 1 (for example 0.8), but {target!r} was given")
    lang = page_language(lang, result.origin)
    numbers = result.table[[name for name in (series, over, "power") if name]].reset_index(drop=True)
    plans = list(dict.fromkeys(numbers[series])) if series else [None]
    check_series([str(plan) for plan in plans], "plans")
    given = ax is not None
    ax = start_axes(ax, 3.0)
    if not given:
        figure_of(ax).set_size_inches(5.6, 3.2 + heading_height(title, result.origin.simulated, ()))
    for at, plan in enumerate(plans):
        here = (numbers if series is None else numbers[numbers[series] == plan]).sort_values(over)
        marker, fill, color = STYLES[at]
        ax.plot(here[over], here["power"], color=color, linewidth=1.3, marker=marker, markerfacecolor=fill,
                markeredgecolor=color, markersize=4.2)
    ax.set_ylim(0, 1.02)
    ax.set_xlim(limits_of(numbers[over], zero=False, pad=0.03))
    ax.axhline(target, color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)))
    ax.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1], [format_percent(share) for share in (0, 0.2, 0.4, 0.6, 0.8, 1)])
    ax.set_xlabel(word("effect_axis" if over == "effect" else over, lang), fontsize=SMALL_SIZE, color=INK)
    ax.set_ylabel(word("power_axis", lang), fontsize=SMALL_SIZE, color=INK)
    light_grid(ax, "y")
    names = [_plan(plan, series, lang) for plan in plans]
    depth = draw_series_legend(ax, names, left=AXIS_LEFT) if series else 34.0
    alt = _alt_text(numbers, over, series, title, lang)
    return finish(ax, Drawing(numbers, alt, result.origin, lang, title), notes_below=depth, left=AXIS_LEFT)


def _plan(plan: object, series: str | None, lang: str) -> str:
    if series in ("settlements", "n_clusters", "n_settlements"):
        return word("count_of_settlements", lang, n=plan)
    return str(plan)


def _alt_text(numbers: pd.DataFrame, over: str, series: str | None, title: str, lang: str) -> str:
    said = []
    for row in records(numbers):
        plan = f"{_plan(getattr(row, series), series, lang)}, " if series else ""
        said.append(f"{plan}{format_number(getattr(row, over), 2)}: {format_percent(row.power)}")
    return f"{title or word('power_alt', lang)}: {'; '.join(said)}."
