"""Points with intervals, row by row: the form of the article's Figures 1, 2, 3 and 5."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from namibia_words import title as title_of

import surveykit as sk
from surveykit.formatting import format_number
from surveykit.report.figures.drawing import (
    AXIS_LEFT,
    Drawing,
    figure_of,
    finish,
    heading_height,
    light_grid,
    start_axes,
    width_of,
)
from surveykit.report.figures.palette import FAINT, INK
from surveykit.report.figures.row_layout import Block, Column, lay_out, left_of, place_columns, place_rows
from surveykit.translation import question_of

COLORS = {0: "#8c510a", 1: "#01665e", 2: "#4d4d4d"}
"""Chief, elected leader, villager: brown, green and grey keep apart under the three colour deficiencies."""
DEMANDED_POWER = 0.8
MARKERS = {0: "s", 1: "o", 2: "D"}


def draw_estimates(
    result: sk.Result,
    *,
    lang: str,
    by_level: bool = False,
    zero: bool = False,
    digits: int = 2,
    title: str = "",
    axis: str = "",
    notes: Sequence[str] = (),
) -> Axes:
    """Draw one point with its interval per row of a table; a thick part shows the 90 percent interval, if there is one.

    Parameters
    ----------
    result : Result
        Columns outcome, group (or level and group), estimate, conf_low, conf_high, n.
    lang : {"en", "ru", "kk"}
    by_level : bool
        Whether rows stand under the answer (`level`) rather than under the question.
    zero : bool
        Whether a line marks zero, "no difference"; rows then carry their question, not their group.
    digits : int
    title, axis : str
    notes : sequence of str

    Returns
    -------
    matplotlib Axes
    """
    table = result.table.reset_index(drop=True)
    texts = _texts(result, table, lang, by_level, zero)
    interval = tuple(
        f"{format_number(row.estimate, digits)} [{format_number(row.conf_low, digits)}; {format_number(row.conf_high, digits)}]"
        for row in table.itertuples()
    )
    columns = [
        Column(title_of("interval", lang), interval),
        Column("n", tuple(format_number(n, 0) for n in table["n"])),
    ]
    ax = start_axes(None, 3.0)
    layout = lay_out(
        _blocks(texts),
        columns,
        label_room=min(230.0 if zero else 120.0, 0.42 * width_of(ax)),
        heading_room=width_of(ax) - 10,
    )
    figure = figure_of(ax)
    figure.set_size_inches(figure.get_figwidth(), layout.inches + 0.65 + heading_height(title, False, notes))
    place_rows(ax, layout)
    place_columns(ax, layout, columns)
    _draw_points(ax, table, layout.rows, texts["kind"].tolist(), zero)
    ax.set_xlabel(axis, fontsize=8, color=INK)
    light_grid(ax)
    kept = [
        name
        for name in (
            "outcome",
            "level",
            "group",
            "panel",
            "estimate",
            "conf_low",
            "conf_high",
            "conf90_low",
            "conf90_high",
            "n",
        )
        if name in table
    ]
    words = " ".join(
        f"{row.heading}, {row.label}: {text} (n = {n:.0f})."
        for row, text, n in zip(texts.itertuples(), interval, table["n"])
    )
    drawing = Drawing(table[kept], f"{title}: {words}", result.origin, lang, title, tuple(notes))
    return finish(ax, drawing, left=left_of(layout))


def _texts(result: sk.Result, table: pd.DataFrame, lang: str, by_level: bool, zero: bool) -> pd.DataFrame:
    """Return heading and label of each row in one language, and the code of its group."""
    questions = [question_of(name, lang, result.origin) for name in table["outcome"]]
    kinds = [_kind(name, result.origin.codebook) for name in table["group"]]
    if zero:
        panels = table["panel"] if "panel" in table else [""] * len(table)
        return pd.DataFrame({"heading": panels, "label": questions, "kind": kinds})
    headings = table["level"].tolist() if by_level else questions  # the tables were made in this language
    return pd.DataFrame({"heading": headings, "label": table["group"].tolist(), "kind": kinds})


def _kind(label: str, book: sk.Codebook) -> int:
    """Return 0 for chiefs, 1 for elected leaders, 2 for villagers."""
    if label in book["DEL"].labels[0].values():
        return 0
    return 1 if label in book["DEL"].labels[1].values() else 2


def _blocks(texts: pd.DataFrame) -> list[Block]:
    headings = texts["heading"].tolist()
    return [
        Block(str(heading), tuple(texts.loc[texts["heading"] == heading, "label"]))
        for heading in dict.fromkeys(headings)
    ]


def _draw_points(ax: Axes, table: pd.DataFrame, rows: Sequence[float], kinds: Sequence[int], zero: bool) -> None:
    if zero:
        ax.axvline(0, color=FAINT, linewidth=0.8, linestyle="--", zorder=0.9)
    for row, y, kind in zip(table.itertuples(), rows, kinds):
        ax.plot([row.conf_low, row.conf_high], [y, y], color=COLORS[kind], linewidth=1.1, solid_capstyle="butt")
        if "conf90_low" in table and np.isfinite(row.conf90_low):
            ax.plot([row.conf90_low, row.conf90_high], [y, y], color=COLORS[kind], linewidth=2.6, solid_capstyle="butt")
        ax.plot(
            row.estimate,
            y,
            color=COLORS[kind],
            marker=MARKERS[kind],
            markersize=5,
            markeredgecolor="white",
            markeredgewidth=0.5,
        )


def draw_distribution(result: sk.Result, *, lang: str) -> Axes:
    """Draw how many leaders of each kind eliminated how much."""
    table = result.table
    ax = start_axes(None, 3.0, width=5.6)
    for shift, (label, here) in enumerate(table.groupby("group", sort=False)):
        width = (here["bin_high"] - here["bin_low"]) / 2
        ax.bar(
            here["bin_low"] + shift * width,
            here["n"],
            width,
            align="edge",
            color=COLORS[shift],
            edgecolor="white",
            linewidth=0.4,
            label=label,
        )
    ax.set_xlabel(title_of("dollars", lang), fontsize=8, color=INK)
    ax.set_ylabel(title_of("leaders", lang), fontsize=8, color=INK)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False, fontsize=8)
    light_grid(ax, "y")
    numbers = table[["group", "bin_low", "bin_high", "n"]]
    words = "; ".join(f"{row.group}, {row.bin_low:g}-{row.bin_high:g}: {row.n:.0f}" for row in numbers.itertuples())
    return finish(ax, Drawing(numbers, f"{result.title}: {words}.", result.origin, lang, result.title), left=AXIS_LEFT)


def draw_power(result: sk.Result, *, lang: str) -> Axes:
    """Draw the power of the published design against the difference between chiefs and elected leaders."""
    table = result.table[result.table["power"] != DEMANDED_POWER]
    ax = start_axes(None, 3.4, width=5.6)
    for level, marker in ((0.05, "o"), (0.10, "s")):
        here = table[table["level_of_test"] == level]
        ax.plot(
            here["difference"],
            here["power"],
            color=COLORS[int(level > 0.05)],
            marker=marker,
            markersize=4,
            linewidth=1.2,
            label=f"α = {level:g}",
        )
    ax.axhline(DEMANDED_POWER, color=FAINT, linewidth=0.8, linestyle="--", zorder=0.9)
    ax.set_xlabel(title_of("gap", lang), fontsize=8, color=INK)
    ax.set_ylabel(title_of("power_axis", lang), fontsize=8, color=INK)
    ax.set_ylim(0, 1.02)
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    light_grid(ax, "both")
    numbers = table[["level_of_test", "difference", "power"]].reset_index(drop=True)
    heading = title_of("power", lang)
    words = "; ".join(
        f"{row.difference:.2f}: {row.power:.2f} (α = {row.level_of_test:g})" for row in numbers.itertuples()
    )
    notes = (title_of("power_note", lang),)
    return finish(ax, Drawing(numbers, f"{heading}: {words}.", result.origin, lang, heading, notes), left=AXIS_LEFT)


def draw_paired(result: sk.Result, *, lang: str) -> Axes:
    """Draw elected leader minus chief as rated by one villager, both codings, four ways to see the villages."""
    named = {method: title_of(method, lang) for method in ("independent", "sign_flip")}
    table = result.table.assign(method=result.table["method"].replace(named))
    return sk.draw_differences(replace(result, table=table), title=result.title, lang=lang)
