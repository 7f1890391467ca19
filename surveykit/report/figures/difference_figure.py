"""Differences between groups of settlements, every method beside the others: draw_differences."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from surveykit._checks import as_names, check_columns
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number, format_p
from surveykit.report.figures.drawing import (
    SMALL_SIZE,
    Drawing,
    figure_of,
    finish,
    heading_height,
    light_grid,
    shifted,
    start_axes,
    width_of,
)
from surveykit.report.figures.palette import INK, LEFT, RIGHT
from surveykit.report.figures.row_layout import Block, Column, Layout, lay_out, left_of, place_columns, place_rows
from surveykit.report.records import records, row_keys
from surveykit.report.tables.table_text import percent_of
from surveykit.report.translation import group_names, page_language, question_of
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.words.pages import coded, word, word_or_text

NARROWEST = 1e-9
"""Range of the axis, in units of the outcome, where every number is zero: an axis of no range cannot be drawn."""
MARKS = {"person": ("o", RIGHT, RIGHT), "settlement": ("s", "#ffffff", LEFT)}
"""Marker, fill and line colour by estimand; others are drawn like the person average."""


def draw_differences(
    result: Result,
    ax: Axes | None = None,
    *,
    outcomes: str | Sequence[str] | None = None,
    methods: str | Sequence[str] | None = None,
    title: str = "",
    digits: int = 2,
    lang: str | None = None,
) -> Axes:
    """Draw estimated differences with their intervals, one row per method, outcome by outcome.

    Parameters
    ----------
    result : Result
        What `compare_settlements` (or `compare_groups`, `compare_paired`) returned: rows with estimate, conf_low,
        conf_high, p_value, method and, for settlements, estimand.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure unknown to pyplot.
    outcomes, methods : str or sequence of str, optional
        Which to draw, in this order. None: all.
    title : str
        Heading of the figure; none by default.
    digits : int
        Decimals of the differences in the text version of the figure.
    lang : {"en", "ru", "kk"}, optional
        Language of everything printed; None: that of `result`.

    Returns
    -------
    matplotlib Axes
        `plotted_numbers(ax)` and `alt_text(ax)` say what it shows.

    Raises
    ------
    ArgumentError
        When `ax` is no Axes of a figure, or `outcomes` or `methods` are none of those in the result.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    Circles are the person average, squares the settlement average: two estimands, often two answers. A method that
    gives no interval shows its estimate alone; an interval without end runs out of the picture with an arrow. What
    the data can answer (`result.feasibility`) stands at the head.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.compare_settlements(design, "trust", **roles, methods="cr2")
    >>> ax = sk.draw_differences(result)
    >>> sk.plotted_numbers(ax)[["estimand", "estimate", "conf_low", "conf_high"]].round(3)
         estimand  estimate  conf_low  conf_high
    0      person     -0.15    -0.625      0.325
    1  settlement     -0.15    -0.625      0.325
    """
    check_columns(result.table, ["outcome", "method", "estimate", "conf_low", "conf_high", "p_value"], "result.table")
    lang = page_language(lang, result.origin)
    table = _chosen(result.table, outcomes, methods)
    rows = _rows(table, lang, result)
    estimands = list(dict.fromkeys(table["estimand"].astype(str)))
    columns = _columns(rows, estimands, table, lang)
    head = verdict_of(result, lang)
    notes = (word("whiskers_note", lang, percent=percent_of(result)),)
    given = ax is not None
    ax = start_axes(ax, 3.0)
    room = width_of(ax)
    blocks = [
        Block(question_of(outcome, lang, result.origin), tuple(here["label"]))
        for outcome, here in rows.groupby("outcome", sort=False)
    ]
    layout = lay_out(blocks, columns, label_room=min(150.0, 0.35 * room), heading_room=room - 6)
    if not given:
        height = layout.inches + 0.85 + heading_height(title, result.origin.simulated, notes, head) + 0.15
        figure_of(ax).set_size_inches(figure_of(ax).get_figwidth(), height)
    place_rows(ax, layout)
    place_columns(ax, layout, columns)
    _set_limits(ax, table)
    _draw_marks(ax, table, rows, layout, estimands)
    depth = _finish_axis(ax, result, table, estimands, layout, lang)
    alt = _alt_text(table, rows, title or word("difference_alt", lang), head, digits, lang, result)
    drawing = Drawing(_numbers(table), alt, result.origin, lang, title, notes)
    return finish(ax, drawing, notes_below=depth, left=left_of(layout), head=head)


def _chosen(
    table: pd.DataFrame, outcomes: str | Sequence[str] | None, methods: str | Sequence[str] | None
) -> pd.DataFrame:
    kept = table.copy()
    if "estimand" not in kept:
        kept["estimand"] = "person"
    kept["estimand"] = kept["estimand"].fillna("person")
    for name, wanted in (("outcome", as_names(outcomes, "outcomes")), ("method", as_names(methods, "methods"))):
        known = list(dict.fromkeys(kept[name].astype(str)))
        unknown = [each for each in wanted if each not in known]
        if unknown:
            raise ArgumentError(f"`{name}s` must be among {known}, but {unknown[0]!r} was given")
        if wanted:
            kept = kept[kept[name].isin(wanted)]
            kept = kept.iloc[np.argsort([wanted.index(each) for each in kept[name]], kind="stable")]
    order = {name: place for place, name in enumerate(dict.fromkeys(kept["outcome"]))}
    return kept.iloc[np.argsort([order[name] for name in kept["outcome"]], kind="stable")].reset_index(drop=True)


def _row_key(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return what tells the lines of the figure apart; rows of two estimands share a line."""
    return row_keys(table, ("outcome", "method", "term", "group", "adjusted"))


def _rows(table: pd.DataFrame, lang: str, result: Result) -> pd.DataFrame:
    """Return one row per line of the figure: key, outcome, label."""
    rows = table.assign(key=_row_key(table)).drop_duplicates("key")
    labels = [word_or_text(str(method), lang) for method in rows["method"]]
    if "term" in rows and rows["term"].nunique() > 1:
        labels = [
            f"{label}, {coded('term', term, lang)}" if isinstance(term, str) and term != "unadjusted" else label
            for label, term in zip(labels, rows["term"])
        ]
    if "group" in rows and rows["group"].nunique() > 1:
        groups = group_names(result, lang)
        labels = [
            f"{label}, {groups.get(group, group)}" if isinstance(group, str) else label
            for label, group in zip(labels, rows["group"])
        ]
    if "adjusted" in rows and rows["adjusted"].nunique() > 1:
        labels = [
            f"{label}, {word('adjusted', lang)}" if flag else label for label, flag in zip(labels, rows["adjusted"])
        ]
    return pd.DataFrame({"key": rows["key"], "outcome": rows["outcome"], "label": labels}).reset_index(drop=True)


def _columns(rows: pd.DataFrame, estimands: list[str], table: pd.DataFrame, lang: str) -> list[Column]:
    p_value = {(key, estimand): p for key, estimand, p in zip(_row_key(table), table["estimand"], table["p_value"])}
    columns = []
    for estimand in estimands:
        cells = tuple(format_p(float(p_value.get((key, estimand), np.nan))) for key in rows["key"])
        header = f"p, {word_or_text(estimand, lang)}" if len(estimands) > 1 else "p"
        columns.append(Column(header, cells, room=62.0))
    return columns


def _set_limits(ax: Axes, table: pd.DataFrame) -> None:
    numbers = table[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
    finite = np.append(numbers[np.isfinite(numbers)], 0.0)
    pad = 0.05 * max(float(np.ptp(finite)), NARROWEST)
    ax.set_xlim(finite.min() - pad, finite.max() + pad)


def _draw_marks(ax: Axes, table: pd.DataFrame, rows: pd.DataFrame, layout: Layout, estimands: list[str]) -> None:
    place = dict(zip(rows["key"], layout.rows))
    # a fifth of a row above and below: two marks on one line that never touch those of the next
    shift = dict(zip(estimands, np.linspace(-0.2, 0.2, len(estimands)) if len(estimands) > 1 else [0.0]))
    low_end, high_end = ax.get_xlim()
    for key, row in zip(_row_key(table), records(table)):
        marker, fill, line = MARKS.get(str(row.estimand), MARKS["person"])
        y = place[key] + shift[str(row.estimand)]
        if not (np.isnan(row.conf_low) or np.isnan(row.conf_high)):
            ends = [max(row.conf_low, low_end), min(row.conf_high, high_end)]
            ax.plot(ends, [y, y], color=line, linewidth=1.3, solid_capstyle="butt", zorder=2)
            for end, limit, arrow in ((row.conf_low, low_end, "<"), (row.conf_high, high_end, ">")):
                if np.isinf(end):
                    ax.plot([limit], [y], arrow, color=line, markersize=4, clip_on=False, zorder=3)
        ax.plot(
            [row.estimate],
            [y],
            marker,
            markersize=4.6,
            markerfacecolor=fill,
            markeredgecolor=line,
            markeredgewidth=1.2,
            zorder=3,
        )
    ax.axvline(0, color=INK, linewidth=0.7, zorder=1)
    light_grid(ax)


def _finish_axis(
    ax: Axes, result: Result, table: pd.DataFrame, estimands: list[str], layout: Layout, lang: str
) -> float:
    """Name the axis after the groups and draw the legend; return how deep they reach, in points."""
    groups = [str(each) for each in dict.fromkeys(table["group"].dropna())] if "group" in table else []
    baselines = [str(each) for each in dict.fromkeys(table["baseline"].dropna())] if "baseline" in table else []
    axis = word("difference", lang)
    if len(groups) == 1 and len(baselines) == 1:
        names = group_names(result, lang)
        group, baseline = (names.get(each, each) for each in (groups[0], baselines[0]))
        axis = word("difference_axis", lang, group=group, baseline=baseline)
    ax.set_xlabel(axis, fontsize=SMALL_SIZE, color=INK)
    if len(estimands) < 2:
        return 34
    marks = []
    for estimand in estimands:
        marker, fill, line = MARKS.get(estimand, MARKS["person"])
        marks.append(
            Line2D(
                [],
                [],
                marker=marker,
                color=line,
                markerfacecolor=fill,
                markeredgecolor=line,
                linewidth=1.3,
                markersize=4.6,
            )
        )
    ax.legend(
        marks,
        [word_or_text(estimand, lang) for estimand in estimands],
        ncols=2,
        loc="upper left",
        frameon=False,
        fontsize=SMALL_SIZE,
        borderpad=0,
        borderaxespad=0,
        handlelength=2.2,
        columnspacing=1.4,
        bbox_to_anchor=(0, 0),
        bbox_transform=shifted(ax, -left_of(layout), -34),
    )
    return 52


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    names = [
        "outcome",
        "group",
        "baseline",
        "term",
        "adjusted",
        "estimand",
        "method",
        "estimate",
        "conf_low",
        "conf_high",
        "p_value",
        "n",
        "n_clusters",
    ]
    return table[[name for name in names if name in table]].copy()


def _alt_text(
    table: pd.DataFrame, rows: pd.DataFrame, title: str, head: str, digits: int, lang: str, result: Result
) -> str:
    label = dict(zip(rows["key"], rows["label"]))
    sentences = []
    for key, row in zip(_row_key(table), records(table)):
        interval = (
            ""
            if np.isnan(row.conf_low) or np.isnan(row.conf_high)
            else (f" [{format_number(row.conf_low, digits)}; {format_number(row.conf_high, digits)}]")
        )
        p = f", p = {format_p(row.p_value)}".replace("= <", "< ") if not np.isnan(row.p_value) else ""
        question, estimand = question_of(row.outcome, lang, result.origin), word_or_text(str(row.estimand), lang)
        sentences.append(f"{question}, {label[key]}, {estimand}: {format_number(row.estimate, digits)}{interval}{p}.")
    return " ".join(part for part in (f"{title}.", head, *sentences) if part)
