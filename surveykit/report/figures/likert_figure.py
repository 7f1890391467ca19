"""Diverging bars of Likert items by group: draw_shares."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from surveykit._checks import as_names, check_columns
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number, format_percent
from surveykit.report.disclosure import hidden_note, is_hidden, mark_of, protected
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
from surveykit.report.figures.likert_bars import LikertTable, Neutral, likert_table
from surveykit.report.figures.palette import FAINT, INK, diverging_colors, ink_on
from surveykit.report.figures.row_layout import (
    Block,
    Column,
    Layout,
    columns_width,
    lay_out,
    left_of,
    place_columns,
    place_rows,
)
from surveykit.report.records import records
from surveykit.report.released_cells import missing_of
from surveykit.report.tables.table_text import percent_of
from surveykit.report.text_widths import text_width, wrap
from surveykit.report.translation import (
    group_names,
    is_everybody,
    level_names,
    page_language,
    question_of,
    reason_names,
)
from surveykit.results import Result
from surveykit.words.pages import word

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
    neutral: Neutral = "split",
    left_levels: int | None = None,
    right_levels: int | None = None,
    agree: Result | None = None,
    intervals: bool = True,
    show_n: bool = True,
    show_missing: bool = True,
    title: str = "",
    lang: str | None = None,
) -> Axes:
    """Draw the answers to Likert items as bars that diverge from the middle of the scale.

    Parameters
    ----------
    shares : Result
        What `shares()` returned: one row per item, group and level, levels in code order.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure (unknown to pyplot), which ``ax.figure`` holds.
    outcomes : str or sequence of str, optional
        Items to draw, in this order. None: all.
    neutral : {"split", "left", "right", "drop"}
        Whether the middle of the scale straddles the centre, lies left or right of it, or is not drawn (it stays in
        the base, and its share is printed at the right).
    left_levels, right_levels : int, optional
        How many levels lie left and right of the centre; the rest are the middle. None: half of them each way, which
        makes the odd one the middle. An asymmetric scale ("excellent, good, fair, poor") states its own.
    agree : Result, optional
        Estimates of the right-hand levels together, one row per item and group, if their intervals are to be of
        another kind than the logit interval that `shares` itself implies.
    intervals : bool
        Whether the total right of the centre carries its interval.
    show_n : bool
        Whether the number of respondents stands beside each bar.
    show_missing : bool
        Whether "don't know" and other reasons stand beside each bar, as shares of all who were asked.
    title : str
        Heading of the figure; none by default.
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
        the levels left and right are more than the scale has, or `ax` is no Axes of a figure.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    Totals are sums of unrounded shares, so that a printed total may differ by 1 from the sum of printed parts.
    Shares are of valid answers; "don't know" is outside their base.

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
    check_columns(shares.table, ["outcome", "group", "level", "estimate", "n"], "shares.table")
    if shares.table["level"].isna().any():
        raise ArgumentError("`shares` must hold one row per answer, as shares() returns them; these rows have none")
    shares = protected(shares)
    lang = page_language(lang, shares.origin)
    names = _outcomes(shares.table, outcomes)
    table = likert_table(
        shares, outcomes=names, neutral=neutral, left_levels=left_levels, right_levels=right_levels, agree=agree
    )
    if not intervals:
        table = replace(table, totals=table.totals.assign(conf_low=np.nan, conf_high=np.nan))
    if not show_missing:
        table = replace(table, missing=table.missing.iloc[:0])
    texts = _Texts(table, shares, lang, neutral)
    columns = texts.columns(show_n)
    notes = texts.notes()
    layout, ax = _canvas(ax, texts, columns, title, shares.origin.simulated, notes)
    place_rows(ax, layout)
    place_columns(ax, layout, columns)
    bar_room = width_of(ax) - left_of(layout) - columns_width(columns) - 8
    _draw_bars(ax, table, layout, texts, bar_room)
    depth = _draw_legend(ax, texts, layout)
    _draw_axis(ax, table, lang)
    drawing = Drawing(texts.numbers(), texts.alt_text(title), shares.origin, lang, title, tuple(notes), shares)
    return finish(ax, drawing, notes_below=depth, left=left_of(layout))


def _outcomes(table: pd.DataFrame, outcomes: str | Sequence[str] | None) -> list[str]:
    outcomes_there = list(dict.fromkeys(table["outcome"]))
    names = as_names(outcomes, "outcomes") or outcomes_there
    for name in names:
        if name not in outcomes_there:
            raise ArgumentError(
                f"`outcomes` must be among the items of `shares`, {outcomes_there}, but {name!r} was given"
            )
    return names


class _Texts:
    """The words of one Likert figure in one language."""

    def __init__(self, table: LikertTable, shares: Result, lang: str, neutral: Neutral) -> None:
        self.table, self.lang, self.neutral, self.origin = table, lang, neutral, shares.origin
        self.hidden_note = hidden_note(shares.table, lang, shares.facts)
        if not self.hidden_note and is_hidden(missing_of(shares)).any():
            self.hidden_note = word("hidden_note", lang, n=shares.facts["minimum_n"])
        self.marks = [mark_of(why, lang, shares.facts) if why else "" for why in table.bars["why"]]
        self.percent = percent_of(shares, lang)
        first = table.totals["outcome"].iloc[0]
        named = level_names(shares, first, lang)
        self.levels = {level: named.get(level, level) for level in table.levels}
        self.colors = dict(
            zip(table.levels, diverging_colors(*(len(table.columns_of(side)) for side in ("left", "middle", "right"))))
        )
        self.reasons = reason_names(dict.fromkeys(table.missing["reason"]), first, lang, shares.origin)
        groups = group_names(shares, lang)
        self.groups = [groups.get(group, group) for group in table.totals["group"]]
        names = dict.fromkeys(table.totals["outcome"])
        self.questions = {name: question_of(name, lang, shares.origin) for name in names}
        self.ungrouped = all(is_everybody(shares, group) for group in table.totals["group"])

    def drawn(self) -> list[str]:
        """Return the levels that have a bar."""
        gone = self.table.columns_of("middle") if self.neutral == "drop" else []
        return [level for level in self.table.levels if level not in gone]

    def blocks(self) -> list[Block]:
        if self.ungrouped:
            return [Block("", tuple(self.questions.values()))]
        of_outcome = self.table.totals["outcome"].to_numpy()
        return [
            Block(question, tuple(group for group, here in zip(self.groups, of_outcome == name) if here))
            for name, question in self.questions.items()
        ]

    def columns(self, show_n: bool) -> list[Column]:
        totals = self.table.totals
        right = " + ".join(self.levels[level] for level in self.table.columns_of("right"))
        found = (
            [
                Column(
                    right,
                    tuple(
                        _with_interval(row.estimate, row.conf_low, row.conf_high, lang=self.lang)
                        for row in records(totals)
                    ),
                    room=76,
                )
            ]
            if right
            else []
        )
        if self.neutral == "drop":
            for level in self.table.columns_of("middle"):
                rows = self.table.bars[self.table.bars["level"].astype(str) == level]
                found.append(
                    Column(self.levels[level], tuple(format_percent(share, 0, self.lang) for share in rows["estimate"]))
                )
        if show_n:
            found.append(Column("n", tuple("" if pd.isna(n) else format_number(n, 0, self.lang) for n in totals["n"])))
        gone = word("hidden_short", self.lang)
        shares = {
            (row.outcome, row.group, row.reason): gone
            if np.isnan(row.share)
            else format_percent(row.share, 0, self.lang)
            for row in records(self.table.missing)
        }
        for reason, text in self.reasons.items():
            found.append(
                Column(
                    text,
                    tuple(shares.get((row.outcome, row.group, reason), "") for row in records(totals)),
                )
            )
        return found

    def notes(self) -> list[str]:
        right = " + ".join(self.levels[level] for level in self.table.columns_of("right"))
        symbol = f"«{right}»" if self.lang != "en" else f"“{right}”"
        notes = []
        if right and self.table.totals["conf_low"].notna().any():
            notes.append(word("interval_note", self.lang, symbol=symbol, percent=self.percent))
        elif right:
            notes.append(word("total_note", self.lang, symbol=symbol))
        middle = self.table.columns_of("middle")
        if self.neutral == "drop" and middle:
            notes.append(word("neutral_note", self.lang, level=", ".join(self.levels[level] for level in middle)))
        if self.reasons:
            reasons = "; ".join(self.reasons.values())
            notes.append(word("missing_note", self.lang, reasons=reasons[:1].upper() + reasons[1:]))
        if self.hidden_note:
            notes.append(self.hidden_note)
            partly = self.table.bars["estimate"].isna() & self.table.bars["x_to"].notna()
            notes += [word("hidden_bars_note", self.lang)] if partly.any() else []
        return notes

    def numbers(self) -> pd.DataFrame:
        """Return every number drawn or printed: levels, totals, missing; shares from 0 to 1."""
        bars = self.table.bars.rename(columns={"estimate": "value"}).assign(mark="level")
        totals = self.table.totals.rename(columns={"estimate": "value", "x_end": "x_to"}).assign(
            mark="total", level=" + ".join(self.table.columns_of("right"))
        )
        missing = self.table.missing.rename(columns={"share": "value", "reason": "level"}).assign(mark="missing")
        columns = ["mark", "outcome", "group", "level", "value", "conf_low", "conf_high", "n", "x_from", "x_to"]
        parts = [part.reindex(columns=columns) for part in (bars, totals, missing) if len(part)]
        numbers = pd.DataFrame({name: [cell for part in parts for cell in part[name]] for name in columns})
        # 411 stays a whole number beside a hidden one
        return numbers.astype({"n": "Int64"}) if numbers["n"].isna().any() else numbers

    def marks_of(self, position: int) -> list[str]:
        """Return what stands in place of each hidden answer of a row, "" for those that are shown."""
        width = len(self.table.levels)
        return self.marks[position * width : (position + 1) * width]

    def mark_of_row(self, position: int) -> str:
        """Return why nothing of a row is drawn."""
        why = [mark for mark in self.marks_of(position) if mark]
        return why[0] if why else word("not_asked", self.lang)

    def alt_text(self, title: str) -> str:
        rows = []
        shares = self.table.bars["estimate"].to_numpy().reshape(-1, len(self.table.levels))
        for position, row in enumerate(records(self.table.totals)):
            group = "" if self.ungrouped else f", {self.groups[position]}"
            marks = self.marks_of(position)
            if np.isnan(shares[position]).all():
                rows.append(f"{self.questions[row.outcome]}{group}: {self.mark_of_row(position)}.")
                continue
            parts = [
                f"{self.levels[level]} {mark or format_percent(share, 1, self.lang)}"
                for level, share, mark in zip(self.table.levels, shares[position], marks)
            ]
            right = " + ".join(self.levels[level] for level in self.table.columns_of("right"))
            if right and not np.isnan(row.estimate):
                parts.append(f"{right} {_with_interval(row.estimate, row.conf_low, row.conf_high, 1, self.lang)}")
            gone = self.table.missing[
                (self.table.missing["outcome"] == row.outcome) & (self.table.missing["group"] == row.group)
            ]
            parts += [
                f"{self.reasons[each.reason]} {format_percent(each.share, 1, self.lang) or word('hidden_short', self.lang)}"
                for each in records(gone)
            ]
            rows.append(
                f"{self.questions[row.outcome]}{group} (n = {format_number(row.n, 0, self.lang)}): {'; '.join(parts)}."
            )
        return " ".join([f"{title or word('likert_alt', self.lang)}:", *rows])


def _with_interval(estimate: float, low: float, high: float, digits: int = 0, lang: str = "en") -> str:
    text = format_percent(estimate, digits, lang)
    if np.isnan(low) or np.isnan(high):
        return text
    return f"{text} [{format_number(100 * low, digits, lang)}; {format_number(100 * high, digits, lang)}]"


def _canvas(
    ax: Axes | None, texts: _Texts, columns: Sequence[Column], title: str, simulated: bool, notes: Sequence[str]
) -> tuple[Layout, Axes]:
    """Return the layout of the rows and an Axes tall enough for it."""
    given = ax is not None
    ax = start_axes(ax, 3.0)
    room = width_of(ax)
    label_room = min(190.0 if texts.ungrouped else 110.0, 0.3 * room)
    layout = lay_out(texts.blocks(), columns, label_room=label_room, heading_room=room - 6)
    if not given:
        legend = 0.2 * _legend_rows(texts, room)[0] + 0.55
        height = layout.inches + legend + heading_height(title, simulated, notes) + 0.25
        figure_of(ax).set_size_inches(figure_of(ax).get_figwidth(), height)
    return layout, ax


def _draw_bars(ax: Axes, table: LikertTable, layout: Layout, texts: _Texts, room: float) -> None:
    """Draw the bars, their percentages where they fit into `room` points, and the intervals under the bars."""
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
        color = texts.colors[str(row.level)]
        ax.barh(y, row.x_to - row.x_from, left=row.x_from, height=BAR, color=color, edgecolor="white", linewidth=0.5)
        text = format_number(100 * row.estimate, 0)
        if unit * (row.x_to - row.x_from) > text_width(text, SMALL_SIZE - 1) + 3:
            ax.text(
                (row.x_from + row.x_to) / 2,
                y,
                text,
                ha="center",
                va="center_baseline",
                fontsize=SMALL_SIZE - 1,
                color=ink_on(color),
                clip_on=True,
            )
    for position, (row, y) in enumerate(zip(records(table.totals), layout.rows)):
        here = slice(position * len(table.levels), (position + 1) * len(table.levels))
        if table.bars["estimate"].iloc[here].isna().all():
            ax.text(
                0, y, f" {texts.mark_of_row(position)}", va="center", fontsize=SMALL_SIZE, color=FAINT, style="italic"
            )
        if not np.isnan(row.conf_low):
            # the total is a share, drawn from where the right-hand side begins, not from zero: its interval moves
            # along with its end
            ends = [row.x_end + row.conf_low - row.estimate, row.x_end + row.conf_high - row.estimate]
            ax.plot(
                ends,
                [y + WHISKER, y + WHISKER],
                color=INK,
                linewidth=1.0,
                solid_capstyle="butt",
                marker="|",
                markersize=3.5,
                markeredgewidth=1.0,
            )
    ax.axvline(0, color=INK, linewidth=0.7, zorder=0.9)


def _draw_axis(ax: Axes, table: LikertTable, lang: str) -> None:
    totals = table.totals
    reach = (totals["x_end"] + totals["conf_high"].fillna(totals["estimate"]) - totals["estimate"]).max()
    low, high = float(np.nanmin([0.0, *table.bars["x_from"]])), float(np.nanmax([0.1, reach]))
    # every 20 per cent, the same on both sides of zero, where the sign is dropped: both are shares
    ticks = np.arange(np.floor(low * 5) / 5, np.ceil(high * 5 + OVER_THE_TICK) / 5 + 0.01, 0.2).round(1)
    ax.set_xlim(low - 0.015, high + 0.015)
    ticks = ticks[(ticks >= low - 0.015) & (ticks <= high + 0.015)]
    ax.set_xticks(ticks, [format_number(abs(100 * tick), 0) for tick in ticks])
    ax.set_xlabel(word("share_axis", lang), fontsize=SMALL_SIZE, color=INK)
    light_grid(ax)


def _legend_rows(texts: _Texts, room: float) -> tuple[int, int, list[str]]:
    """Return the number of lines and columns of the legend, and its wrapped labels."""
    labels = [wrap(texts.levels[level], room / 2 - 40, SMALL_SIZE, 3) for level in texts.drawn()]
    width = max(text_width(label, SMALL_SIZE) for label in labels) + 26
    columns = max(1, min(len(labels), int(room // width)))
    if sum(text_width(label, SMALL_SIZE) + 26 for label in labels) < room:
        columns = len(labels)
    lines = -(-len(labels) // columns) * max(label.count("\n") + 1 for label in labels)
    return lines, columns, labels


def _draw_legend(ax: Axes, texts: _Texts, layout: Layout) -> float:
    """Draw the legend under the axis title; return how deep it reaches, in points."""
    lines, columns, labels = _legend_rows(texts, width_of(ax))
    # matplotlib fills a legend column by column; the levels of a scale are read line by line
    rows_first = np.arange(-(-len(labels) // columns) * columns).reshape(-1, columns).T.ravel()
    order = [at for at in rows_first if at < len(labels)]
    patches = [Patch(facecolor=texts.colors[texts.drawn()[at]], edgecolor="#7f7f7f", linewidth=0.4) for at in order]
    ax.legend(
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
        bbox_transform=shifted(ax, -left_of(layout), -32),
        labelspacing=0.35,
    )
    return 32 + lines * 1.35 * SMALL_SIZE + 6
