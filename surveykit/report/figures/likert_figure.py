"""Diverging bars of Likert items by group: draw_shares."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from surveykit._checks import check_option
from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.agreement import check_items
from surveykit.formatting import format_number
from surveykit.likert.scale import LikertScale
from surveykit.report.disclosure import protected
from surveykit.report.figures.drawing import (
    SLACK,
    SMALL_SIZE,
    Drawing,
    Width,
    finish,
    heading_height,
    inches_of,
    is_narrow,
    light_grid,
    name_axis,
    put,
    set_height,
    shifted,
    start_axes,
    width_of,
)
from surveykit.report.figures.likert_bars import LikertTable, Neutral, likert_table
from surveykit.report.figures.likert_texts import Facets, LikertTexts, Totals
from surveykit.report.figures.palette import FAINT, INK, ink_on
from surveykit.report.figures.row_layout import (
    Column,
    Layout,
    columns_width,
    lay_out,
    left_of,
    place_columns,
    place_rows,
)
from surveykit.report.records import records
from surveykit.report.text_widths import text_width, wrap
from surveykit.results import Result
from surveykit.translation import (
    page_language,
)
from surveykit.words.pages import word

Order = Literal["given", "agreement"]
BAR = 0.66
"""Thickness of a bar, in rows."""
OVER_THE_TICK = 1e-9
"""In fifths of the axis: an end that rounding leaves just below a tick still has it."""
WHISKER = 0.42
"""Distance of an interval below the middle of its bar, in rows: clear of the percentages inside."""


def draw_shares(
    shares: Result,
    ax: Axes | None = None,
    *,
    outcomes: str | Sequence[str] | None = None,
    scale: LikertScale | None = None,
    neutral: Neutral = "split",
    left_levels: int | None = None,
    right_levels: int | None = None,
    agree: Result | None = None,
    intervals: bool = True,
    show_n: bool = True,
    show_missing: bool = True,
    totals: Totals = "right",
    order: Order = "given",
    facets: Facets = "outcome",
    labels: Mapping[str, str] | None = None,
    stem: bool = True,
    smallest_label: float = 0.0,
    hatch: bool = False,
    title: str = "",
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw the answers to Likert items as bars that diverge from the middle of the scale.

    Parameters
    ----------
    shares : Result
        What `shares()` returned: one row per item, group and level, levels in code order.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure, which ``ax.figure`` holds.
    outcomes : str or sequence of str, optional
        Items to draw, in this order. None: all. Items of one figure share one scale by their codes.
    scale : LikertScale, optional
        The answer scale, whose codes all have their place, answered or not. None: the codes that the codebook labels;
        without labels, all whole numbers from the lowest to the highest answer to any of the items.
    neutral : {"split", "left", "right", "drop"}
        Whether the middle of the scale straddles the centre, lies left or right of it, or is not drawn (it stays in
        the base, and its share is printed at the right).
    left_levels, right_levels : int, optional
        How many levels lie left and right of the centre; the rest are the middle. None: half of them each way, which
        makes the odd one the middle. An asymmetric scale ("excellent, good, fair, poor") states its own.
    agree : Result, optional
        Estimates of the right-hand levels together, one row per item and group, if their intervals are to be of
        another kind than the logit interval that `agreement` gives.
    intervals : bool
        Whether the total right of the centre carries its interval, and a mark where the axis has its number.
    show_n : bool
        Whether the number of respondents stands beside each bar.
    show_missing : bool
        Whether "don't know" and other reasons stand beside each bar, as shares of all who were asked.
    totals : {"right", "both", "none"}
        Whether the total of the levels right of the centre stands beside each bar, those of both sides, or neither.
    order : {"given", "agreement"}
        Whether items and groups stand as they are given, or by the total right of the centre, the largest on top
        (items by that of their first group).
    facets : {"outcome", "group"}
        Whether the bars of an item stand together, or those of a group.
    labels : mapping from str to str, optional
        Other texts for questions, answers and groups.
    stem : bool
        Whether the words with which all questions of a battery begin are said once, above the bars.
    smallest_label : float
        Share below which a bar carries no number, from 0 to 1.
    hatch : bool
        Whether pale levels are hatched, so that a grey print tells them apart.
    title : str
        Heading of the figure; none by default.
    width : {"page", "column"}
        Width of a new figure: that of a page, or of one column of a journal (85 mm).
    lang : {"en", "ru", "kk"}, optional
        Language of everything printed; None: that of `shares`.

    Returns
    -------
    matplotlib Axes
        `plotted_numbers(ax)` and `alt_text(ax)` say what it shows.

    Raises
    ------
    ArgumentError
        When items have different scales, `agree` does not estimate the same total, `outcomes` names none of the items,
        answers lie outside `scale`, the levels left and right are more than the scale has, or `ax` is no Axes of a
        figure.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    Totals are sums of unrounded shares, so that a printed total may differ by 1 from the sum of printed parts.
    Shares are of valid answers; "don't know" is outside their base. The mark and the whiskers under a bar stand where
    the axis has the total and the ends of its interval, counted from the centre: the numbers of `agreement`.

    R: ``HH::likert``, ``likert::likert``; neither knows weights or intervals.

    References
    ----------
    Robbins, N. B. and Heiberger, R. M. (2011). Plotting Likert and other rating scales. JSM Proceedings, Section on
    Survey Research Methods, 1058-1066.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, 1, 3, 3], "village": list("AABBCC")})
    >>> ax = sk.draw_shares(sk.shares(sk.SurveyDesign(answers, cluster="village"), "q1"))
    >>> sk.plotted_numbers(ax).query("mark == 'level'")[["level", "value", "n"]].round(3)
      level  value  n
    0     1  0.333  6
    1     2  0.167  6
    2     3  0.500  6
    """
    for value, known, name in ((totals, Totals, "totals"), (order, Order, "order"), (facets, Facets, "facets")):
        check_option(value, get_args(known), name)
    names = check_items(shares, outcomes)
    if not 0 <= smallest_label <= 1:
        raise ArgumentError(f"`smallest_label` is a share from 0 to 1 (0.05, say), but {smallest_label!r} was given")
    shares = protected(shares)
    lang = page_language(lang, shares.origin)
    table = likert_table(
        shares,
        outcomes=names,
        scale=scale,
        neutral=neutral,
        left_levels=left_levels,
        right_levels=right_levels,
        agree=agree,
    )
    if not intervals:
        bare = {"conf_low": np.nan, "conf_high": np.nan}
        table = replace(table, totals=table.totals.assign(**bare), left=table.left.assign(**bare))
    if not show_missing:
        table = replace(table, missing=table.missing.iloc[:0])
    table = _in_order(table, order, facets)
    texts = LikertTexts(table, shares, lang, neutral, labels or {}, facets, totals)
    columns, before = texts.columns(show_n), texts.columns_before()
    notes, head = texts.notes(intervals), texts.shorten() if stem else ""
    given = ax is not None
    ax = start_axes(ax, 3.0, inches_of(width))
    if is_narrow(ax) and columns_width([*columns, *before]) > 0.5 * width_of(ax):
        texts.details, columns, before = texts.in_words([*before, *columns]), [], []
    layout = _layout(ax, texts, columns, before)
    lines = _legend_rows(texts, SLACK * width_of(ax))[0]
    if not given:
        text = heading_height(title, shares.origin.simulated, notes, head, width_of(ax), lang)
        set_height([ax], [layout.inches], 0.155 * lines + 0.65 + text)
    place_rows(ax, layout)
    place_columns(ax, layout, columns)
    place_columns(ax, layout, before, left=True)
    ax.tick_params(axis="y", pad=3.5 + columns_width(before))
    left = left_of(layout)
    bar_room = width_of(ax) - max(left, columns_width(before)) - columns_width(columns) - 8
    _draw_bars(ax, table, layout, texts, bar_room, smallest_label, hatch)
    beside = (left, columns_width(columns))
    depth = _draw_legend(ax, texts, left, 22.0 + 10.0 * _draw_axis(ax, table, lang, beside), hatch)
    drawing = Drawing(texts.numbers(), texts.alt_text(title), shares.origin, lang, title, tuple(notes), shares)
    return finish(ax, drawing, notes_below=depth, left=left, head=head)


def _in_order(table: LikertTable, order: Order, facets: Facets) -> LikertTable:
    """Return the bars by agreement where that is asked for, and those of a group together where facets are groups."""
    keys = table.totals
    outcomes, groups = list(dict.fromkeys(keys["outcome"])), list(dict.fromkeys(keys["group"]))
    if order == "agreement":
        first = keys.drop_duplicates("outcome").set_index("outcome")["estimate"].fillna(-1)
        outcomes.sort(key=lambda name: -first[name])
    total = keys["estimate"].fillna(-1).to_numpy(dtype=float) * (order == "agreement")
    of_outcome = [outcomes.index(name) for name in keys["outcome"]]
    of_group = [groups.index(name) for name in keys["group"]]
    heading = of_outcome if facets == "outcome" else of_group
    place = np.lexsort(np.array([of_group, of_outcome, -total, heading]))
    count = len(table.levels)
    bars = (place[:, None] * count + np.arange(count)).ravel()
    return replace(
        table,
        bars=table.bars.iloc[bars].reset_index(drop=True),
        totals=keys.iloc[place].reset_index(drop=True),
        left=table.left.iloc[place].reset_index(drop=True),
    )


def _layout(ax: Axes, texts: LikertTexts, columns: Sequence[Column], before: Sequence[Column]) -> Layout:
    """Return the layout of the rows; the column left of the bars stands between them and their labels."""
    room, above = width_of(ax), is_narrow(ax)
    label_room = min(190.0 if texts.ungrouped else 110.0, 0.3 * room)
    every = [*columns, *before]  # headers of both sides stand at one height
    layout = lay_out(texts.blocks(), every, label_room=label_room, heading_room=SLACK * room, above=above)
    return layout if above else replace(layout, label_width=layout.label_width + columns_width(before))


def _draw_bars(
    ax: Axes, table: LikertTable, layout: Layout, texts: LikertTexts, room: float, smallest: float, hatch: bool
) -> None:
    """Draw the bars, their percentages where they fit into `room` points, and the totals under the bars."""
    extent = np.nanmax([0.1, *table.bars["x_to"]]) - np.nanmin([0.0, *table.bars["x_from"]])
    # points per share, from which follows whether a percentage fits into its bar
    unit = room / max(extent, 0.1)
    for row, y in zip(records(table.bars), np.repeat(layout.rows, len(table.levels))):
        if not row.x_to > row.x_from:
            continue
        if np.isnan(row.estimate):
            ax.barh(
                y,
                row.x_to - row.x_from,
                left=row.x_from,
                height=BAR,
                color="white",
                edgecolor=FAINT,
                hatch="////",
                linewidth=0.5,
            )
            continue
        color, pattern = texts.colors[str(row.level)], texts.hatches[str(row.level)] if hatch else ""
        size = {"left": row.x_from, "height": BAR, "linewidth": 0.5}
        ax.barh(y, row.x_to - row.x_from, color=color, edgecolor=FAINT if pattern else "white", hatch=pattern, **size)
        text = format_number(100 * row.estimate, 0, texts.lang)
        if row.estimate >= smallest and unit * (row.x_to - row.x_from) > text_width(text, SMALL_SIZE - 1) + 3:
            ax.text(
                (row.x_from + row.x_to) / 2,
                y,
                text,
                ha="center",
                va="center_baseline",
                fontsize=SMALL_SIZE - 1,
                color=ink_on(color),
                clip_on=True,
                # a number on a pattern stands on the plain colour
                bbox={"facecolor": color, "edgecolor": "none", "pad": 0.6} if pattern else None,
            )
    for position, (row, y) in enumerate(zip(records(table.totals), layout.rows)):
        here = slice(position * len(table.levels), (position + 1) * len(table.levels))
        if table.bars["estimate"].iloc[here].isna().all():
            why = texts.mark_of_row(position)
            put(ax, why, (0, y), (4, 0), SMALL_SIZE, across="data", up="data", color=FAINT, style="italic")
        if not np.isnan(row.conf_low):
            # where the axis has the total and the ends of its interval, counted from the centre
            at = y + WHISKER
            ends = [row.conf_low, row.conf_high]
            ax.plot(
                ends,
                [at, at],
                color=INK,
                linewidth=1.0,
                solid_capstyle="butt",
                marker="|",
                markersize=3.5,
                markeredgewidth=1.0,
            )
            ax.plot([row.estimate], [at], "o", color=INK, markersize=2.8)
    ax.axvline(0, color=INK, linewidth=0.7, zorder=0.9)


def _draw_axis(ax: Axes, table: LikertTable, lang: str, beside: tuple[float, float]) -> int:
    """Draw the axis; return how many lines its name takes."""
    low = float(np.nanmin([0.0, *table.bars["x_from"]]))
    high = float(np.nanmax([0.1, *table.bars["x_to"], *table.totals["conf_high"]]))
    # every 20 per cent, the same on both sides of zero, where the sign is dropped: both are shares
    ticks = np.arange(np.floor(low * 5) / 5, np.ceil(high * 5 + OVER_THE_TICK) / 5 + 0.01, 0.2).round(1)
    ax.set_xlim(low - 0.015, high + 0.015)
    ticks = ticks[(ticks >= low - 0.015) & (ticks <= high + 0.015)]
    if is_narrow(ax) and len(ticks) > 5:
        ticks = ticks[np.isclose(ticks * 2.5 % 1, 0)]
    ax.set_xticks(ticks, [format_number(abs(100 * tick), 0, lang) for tick in ticks])
    light_grid(ax)
    return name_axis(ax, word("share_axis", lang), beside=beside)


def _legend_rows(texts: LikertTexts, room: float) -> tuple[int, int, list[str]]:
    """Return the number of lines and columns of the legend, and its wrapped labels."""
    labels = [wrap(texts.levels[level], room / 2 - 40, SMALL_SIZE) for level in texts.drawn()]
    width = max(text_width(label, SMALL_SIZE) for label in labels) + 26
    columns = max(1, min(len(labels), int(room // width)))
    if sum(text_width(label, SMALL_SIZE) + 26 for label in labels) < room:
        columns = len(labels)
    # a column of the legend is as deep as its own labels
    lines = max(sum(label.count("\n") + 1 for label in labels[at::columns]) for at in range(columns))
    return lines, columns, labels


def _draw_legend(ax: Axes, texts: LikertTexts, left: float, depth: float, hatch: bool) -> float:
    """Draw the legend under the axis title; return how deep it reaches, in points."""
    lines, columns, labels = _legend_rows(texts, SLACK * width_of(ax))
    # matplotlib fills a legend column by column; the levels of a scale are read line by line
    rows_first = np.arange(-(-len(labels) // columns) * columns).reshape(-1, columns).T.ravel()
    order = [at for at in rows_first if at < len(labels)]
    drawn = texts.drawn()
    patches = [
        Patch(
            facecolor=texts.colors[drawn[at]],
            edgecolor="#7f7f7f",
            linewidth=0.4,
            hatch=2 * texts.hatches[drawn[at]] if hatch else "",
        )
        for at in order
    ]
    legend = ax.legend(
        patches,
        [labels[at] for at in order],
        ncols=columns,
        loc="upper left",
        frameon=False,
        fontsize=SMALL_SIZE,
        handlelength=1.1,
        handleheight=0.9,
        handletextpad=0.4,
        columnspacing=1.1,
        borderpad=0,
        borderaxespad=0,
        bbox_to_anchor=(0, 0),
        bbox_transform=shifted(ax, -left, -depth),
        labelspacing=0.35,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    return depth + lines * 1.35 * SMALL_SIZE + 6
