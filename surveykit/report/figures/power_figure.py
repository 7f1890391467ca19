"""The power of the test by the true difference: draw_power."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, check_option
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number, format_percent
from surveykit.report.figures.drawing import (
    AXIS_LEFT,
    Drawing,
    Numbers,
    Width,
    finish,
    heading_height,
    inches_of,
    light_grid,
    name_axis,
    number_ticks,
    sentences,
    set_height,
    start_axes,
    width_of,
)
from surveykit.report.figures.interval_marks import STYLES, check_series, draw_series_legend, limits_of
from surveykit.report.figures.palette import FAINT
from surveykit.report.records import records
from surveykit.results import Result
from surveykit.translation import page_language
from surveykit.words.pages import word, word_or_text

_PLAN = ("settlements", "n_settlements", "n_treated", "n_respondents", "icc", "test")
"""Columns that say what a plan is."""


def draw_power(
    result: Result,
    ax: Axes | None = None,
    *,
    show: Literal["power", "effect"] = "power",
    over: str | None = None,
    series: str | None = None,
    target: float = 0.8,
    title: str = "",
    notes: str | Sequence[str] = (),
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw the power of a test against the true difference, or the detectable difference against the plan.

    Each plan has a curve of its own: rows that differ in settlements, respondents, correlation or test are no points of
    one curve.

    Parameters
    ----------
    result : Result
        What `plan_comparison` returned: columns effect (scale points) and power (share, 0 to 1), and those that tell
        plans apart (n_settlements, n_respondents).
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure.
    show : {"power", "effect"}
        What stands on the upright axis: the power at a true difference, or the smallest difference that the plan
        detects.
    over : str, optional
        Column of the horizontal axis. None: effect under power, n_settlements under effect.
    series : str, optional
        Column that tells curves apart. None: all those of the plan that vary.
    target : float
        Power at which a dotted line stands (when power is shown).
    title : str
        Heading of the figure; none by default.
    notes : str or sequence of str
        Sentences under the figure.
    width : {"page", "column"}
        Width of a new figure: that of a page, or of one column of a journal (85 mm).
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
    over = over or ("effect" if show == "power" else "n_settlements")
    check_columns(result.table, [over, show, *([series] if series else [])], "result.table")
    if not 0 < target < 1:
        raise ArgumentError(f"`target` must lie between 0 and 1 (for example 0.8), but {target!r} was given")
    lang = page_language(lang, result.origin)
    apart = _apart(result.table, over, series)
    numbers = result.table[[*apart, over, show]].reset_index(drop=True)
    keys = list(zip(*(numbers[name] for name in apart))) if apart else [()] * len(numbers)
    plans = list(dict.fromkeys(keys))
    check_series([str(plan) for plan in plans], "plans")
    names = {plan: _joined([_plan(value, name, lang) for name, value in zip(apart, plan)]) for plan in plans}
    given = ax is not None
    ax = start_axes(ax, 3.0, inches_of(width, 5.6))
    for at, plan in enumerate(plans):
        here = numbers[[key == plan for key in keys]].sort_values(over)
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
    number_ticks(ax, lang, whole=pd.api.types.is_integer_dtype(numbers[over].dtype))
    if show == "power":
        ax.set_ylim(0, 1.02)
        ax.axhline(target, color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)))
        # the target is written at its line; a tick that would lie over it gives way
        shares = [share for share in (0, 0.2, 0.4, 0.6, 0.8, 1) if abs(share - target) > 0.06]
        shares = sorted([*shares, target])
        ax.set_yticks(shares, [format_percent(share, 0, lang) for share in shares])
    else:
        ax.set_ylim(0, limits_of(numbers[show], zero=True)[1])
        number_ticks(ax, lang, upright=True)
    depth = 24.0 + 10.0 * name_axis(ax, word_or_text("effect_axis" if over == "effect" else over, lang))
    name_axis(ax, word("power_y_axis" if show == "power" else "effect_y_axis", lang), upright=True)
    light_grid(ax, "y")
    if apart:
        depth = draw_series_legend(ax, list(names.values()), left=AXIS_LEFT, depth=depth)
    if not given:
        height = heading_height(title, result.origin.simulated, sentences(notes), "", width_of(ax), lang)
        set_height([ax], [2.4], 0.2 + depth / 72 + height)
    alt = _alt_text(numbers, [names[key] for key in keys], show, over, title, lang)
    return finish(
        ax, Drawing(numbers, alt, result.origin, lang, title, sentences(notes)), notes_below=depth, left=AXIS_LEFT
    )


def _apart(table: pd.DataFrame, over: str, series: str | None) -> list[str]:
    """Return the columns that tell plans apart: the one asked for, and every other one of the plan that varies."""
    varying = [name for name in _PLAN if name in table and table[name].nunique() > 1]
    # how many are treated follows from the settlements, as a rule
    if {"n_settlements", "n_treated"} <= {*varying, over} and not table[
        ["n_settlements", "n_treated"]
    ].drop_duplicates()["n_settlements"].duplicated().any():
        varying = [name for name in varying if name != "n_treated"]
    return [*([series] if series else []), *(name for name in varying if name not in (over, series))]


def _joined(parts: list[str]) -> str:
    return "; ".join(
        part if at == 0 or part.isupper() else part[:1].lower() + part[1:] for at, part in enumerate(parts)
    )


def _plan(value: object, column: str, lang: str) -> str:
    if column in ("settlements", "n_clusters", "n_settlements"):
        return word("count_of_settlements", lang, n=value)
    text = word_or_text(value, lang) if isinstance(value, str) else Numbers(lang)(float(str(value)))
    return text if column == "test" else f"{word_or_text(column, lang)}: {text}"


def _alt_text(numbers: pd.DataFrame, plans: list[str], show: str, over: str, title: str, lang: str) -> str:
    said = []
    for row, plan in zip(records(numbers), plans):
        at = format_number(getattr(row, over), 2 if over == "effect" else 0, lang)
        value = format_percent(row.power, 0, lang) if show == "power" else format_number(row.effect, 2, lang)
        said.append(f"{plan}{', ' if plan else ''}{at}: {value}")
    what = title or word("power_alt" if show == "power" else "effect_alt", lang)
    return f"{what}: {'; '.join(said)}."
