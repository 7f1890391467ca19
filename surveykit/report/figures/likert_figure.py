"""Diverging bars of Likert items by group: draw_shares."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from surveykit._checks import check_option
from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.agreement import check_items
from surveykit.formatting import format_number, format_percent
from surveykit.likert.scale import LikertScale
from surveykit.report.disclosure import hidden_note, is_hidden, mark_of, protected
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
from surveykit.results import Result
from surveykit.translation import (
    group_names,
    is_everybody,
    level_names,
    page_language,
    question_of,
    reason_names,
)
from surveykit.words.pages import word

Order = Literal["given", "agreement"]
Totals = Literal["right", "both", "none"]
Facets = Literal["outcome", "group"]
BAR = 0.66
"""Thickness of a bar, in rows."""
OVER_THE_TICK = 1e-9
"""In fifths of the axis: an end that rounding leaves just below a tick still has it."""
WHISKER = 0.42
"""Distance of an interval below the middle of its bar, in rows: clear of the percentages inside."""
HATCHES = {"left": ("", "\\\\\\\\", "xxx"), "middle": ("...",), "right": ("", "////", "+++")}
"""Patterns of the levels on each side, from the end of the scale towards its middle."""
NO_BREAK = "\u00a0"
STEM = 12
"""Letters that questions must have in common, in whole words, to be said once."""


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
    texts = _Texts(table, shares, lang, neutral, labels or {}, facets, totals)
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


def common_stem(questions: Sequence[str]) -> str:
    """Return the words with which all questions begin, "" where these are few or one question ends with them.

    Examples
    --------
    >>> common_stem(["How much do you trust: the akim", "How much do you trust: the court"])
    'How much do you trust:'
    """
    if len(questions) < 2:
        return ""
    words = [re.findall(r"\S+\s*", question) for question in questions]
    count = 0
    while all(count < len(each) - 1 for each in words) and len({each[count].strip() for each in words}) == 1:
        count += 1
    # up to a colon or a dash, where the sentence itself parts what the items have in common
    marks = [at for at in range(count) if words[0][at].strip().endswith((":", "…", "...", "–", "—"))]
    stem = "".join(words[0][: marks[-1] + 1 if marks else count]).strip()
    return stem if len(stem) >= STEM and count > 1 else ""


class _Texts:
    """The words of one Likert figure in one language."""

    def __init__(
        self,
        table: LikertTable,
        shares: Result,
        lang: str,
        neutral: Neutral,
        labels: Mapping[str, str],
        facets: Facets,
        totals: Totals,
    ) -> None:
        self.table, self.lang, self.neutral, self.origin = table, lang, neutral, shares.origin
        self.facets, self.sides = facets, totals
        self.hidden_note = hidden_note(shares.table, lang, shares.facts)
        if not self.hidden_note and is_hidden(missing_of(shares)).any():
            self.hidden_note = word("hidden_note", lang, n=shares.facts["minimum_n"])
        self.marks = [mark_of(why, lang, shares.facts) if why else "" for why in table.bars["why"]]
        self.percent = percent_of(shares, lang)
        outcomes = list(dict.fromkeys(table.totals["outcome"]))
        named = {text: said for name in outcomes for text, said in level_names(shares, name, lang).items()}
        for code, level in zip(
            table.scale.codes, table.levels
        ):  # an answer that nobody gave stands in the codebook alone
            named.setdefault(level, shares.origin.codebook[outcomes[0]].label(code, lang))
        self.levels = {level: labels.get(named[level], named[level]) for level in table.levels}
        counts = [len(table.columns_of(side)) for side in ("left", "middle", "right")]
        self.colors = dict(zip(table.levels, diverging_colors(*counts)))
        self.hatches = dict(zip(table.levels, _hatches(*counts)))
        self.reasons = reason_names(dict.fromkeys(table.missing["reason"]), outcomes[0], lang, shares.origin)
        groups = group_names(shares, lang)
        shown = [groups.get(group, group) for group in table.totals["group"]]
        self.groups = [labels.get(group, group) for group in shown]
        asked = {name: question_of(name, lang, shares.origin) for name in outcomes}
        self.questions = {name: labels.get(question, question) for name, question in asked.items()}
        self.rows = dict(self.questions)
        self.details: list[str] = []
        self.ungrouped = all(is_everybody(shares, group) for group in table.totals["group"])

    def shorten(self) -> str:
        """Take what all questions begin with out of their rows, and return it to be said once."""
        stem = common_stem(list(self.questions.values()))
        if stem:
            self.rows = {name: question[len(stem) :].strip() for name, question in self.questions.items()}
        return f"{stem} …" if stem[-1:].isalnum() else stem

    def drawn(self) -> list[str]:
        """Return the levels that have a bar."""
        gone = self.table.columns_of("middle") if self.neutral == "drop" else []
        return [level for level in self.table.levels if level not in gone]

    def blocks(self) -> list[Block]:
        questions = [self.rows[name] for name in self.table.totals["outcome"]]
        details = self.details or [""] * len(questions)
        if self.ungrouped:
            return [Block("", tuple(questions), (), tuple(details))]
        pairs = zip(questions, self.groups) if self.facets == "outcome" else zip(self.groups, questions)
        blocks: list[tuple[str, list[tuple[str, str]]]] = []
        for (heading, label), detail in zip(pairs, details):
            if not blocks or blocks[-1][0] != heading:
                blocks.append((heading, []))
            blocks[-1][1].append((label, detail))
        return [Block(heading, *_apart(rows)) for heading, rows in blocks]

    def in_words(self, columns: Sequence[Column]) -> list[str]:
        """Return the numbers of each bar in words, for figures that have no room for columns."""
        return [
            "; ".join(
                f"{column.header}{NO_BREAK}{f'={NO_BREAK}' if column.header == 'n' else ''}{column.cells[at]}"
                for column in columns
                if column.cells[at]
            )
            for at in range(len(self.table.totals))
        ]

    def columns_before(self) -> list[Column]:
        """Return the column left of the bars: the total left of the centre."""
        left = self.table.scale.text("left", self.levels)
        if self.sides != "both" or not left:
            return []
        return [Column(left, tuple(self._with_interval(row) for row in records(self.table.left)), room=60)]

    def columns(self, show_n: bool) -> list[Column]:
        """Return the columns right of the bars."""
        totals, right = self.table.totals, self.table.scale.text("right", self.levels)
        found = []
        if right and self.sides != "none":
            found.append(Column(right, tuple(self._with_interval(row) for row in records(totals)), room=76))
        if self.neutral == "drop":
            for level in self.table.columns_of("middle"):
                rows = self.table.bars[self.table.bars["level"].astype(str) == level]
                cells = tuple(format_percent(share, 0, self.lang) for share in rows["estimate"])
                found.append(Column(self.levels[level], cells))
        if show_n:
            found.append(
                Column("n", tuple("" if pd.isna(n) else str(format_number(n, 0, self.lang)) for n in totals["n"]))
            )
        gone: str = word("hidden_short", self.lang)
        shares = {
            (row.outcome, row.group, row.reason): gone
            if np.isnan(row.share)
            else str(format_percent(row.share, 0, self.lang))
            for row in records(self.table.missing)
        }
        for reason, text in self.reasons.items():
            here = tuple(shares.get((row.outcome, row.group, reason), "") for row in records(totals))
            found.append(Column(text, here))
        return found

    def _with_interval(self, row: pd.Series, digits: int = 0) -> str:
        text = format_percent(row.estimate, digits, self.lang)
        if np.isnan(row.conf_low) or np.isnan(row.conf_high):
            return text
        ends = [format_number(100 * end, digits, self.lang) for end in (row.conf_low, row.conf_high)]
        return f"{text} [{ends[0]}; {ends[1]}]"

    def notes(self, intervals: bool) -> list[str]:
        """Return the sentences under the figure."""
        notes = []
        right = self.table.scale.text("right", self.levels)
        symbol = f"«{right}»" if self.lang != "en" else f"“{right}”"
        known = self.table.totals["conf_low"].notna().any()
        if right and self.sides != "none" and known:
            notes.append(word("interval_note", self.lang, symbol=symbol, percent=self.percent))
        elif right and self.sides != "none":
            notes.append(word("total_note", self.lang, symbol=symbol))
        if right and intervals and known:
            notes.append(word("mark_note", self.lang, symbol=symbol))
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
        known = self.table.totals["estimate"]  # a mark that is hidden has no place either
        totals = self.table.totals.rename(columns={"estimate": "value"}).assign(
            mark="total", level=self.table.scale.text("right"), x_from=0 * known, x_to=known
        )
        left = self.table.left.rename(columns={"estimate": "value"}).assign(
            mark="total left", level=self.table.scale.text("left")
        )
        missing = self.table.missing.rename(columns={"share": "value", "reason": "level"}).assign(mark="missing")
        if self.lang != "en":
            missing["level"] = missing["level"].replace(self.reasons)
        columns = ["mark", "outcome", "group", "level", "value", "conf_low", "conf_high", "n", "x_from", "x_to"]
        shown = (bars, totals, *([left] if self.columns_before() else []), missing)
        parts = [part.reindex(columns=columns) for part in shown if len(part)]
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
        """Return the figure in words, its questions whole."""
        rows = []
        shares = self.table.bars["estimate"].to_numpy().reshape(-1, len(self.table.levels))
        right, left = (self.table.scale.text(side, self.levels) for side in ("right", "left"))
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
            if right and not np.isnan(row.estimate):
                parts.append(f"{right} {self._with_interval(row, 1)}")
            if self.columns_before() and not np.isnan(self.table.left["estimate"].iloc[position]):
                parts.append(f"{left} {self._with_interval(self.table.left.iloc[position], 1)}")
            gone = self.table.missing[
                (self.table.missing["outcome"] == row.outcome) & (self.table.missing["group"] == row.group)
            ]
            parts += [
                f"{self.reasons[each.reason]} {format_percent(each.share, 1, self.lang) or word('hidden_short', self.lang)}"
                for each in records(gone)
            ]
            n = format_number(row.n, 0, self.lang)
            rows.append(f"{self.questions[row.outcome]}{group} (n = {n}): {'; '.join(parts)}.")
        return " ".join([f"{title or word('likert_alt', self.lang)}:", *rows])


def _apart(rows: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]:
    """Return labels, no counts of marks, and what stands under the labels."""
    return tuple(label for label, _ in rows), (), tuple(detail for _, detail in rows)


def _hatches(n_left: int, n_middle: int, n_right: int) -> list[str]:
    """Return the pattern of each level: none at the ends, which are dark."""
    sides = {"left": n_left, "middle": n_middle, "right": n_right}
    found = {side: [HATCHES[side][min(at, len(HATCHES[side]) - 1)] for at in range(n)] for side, n in sides.items()}
    return [*found["left"], *found["middle"], *reversed(found["right"])]


def _layout(ax: Axes, texts: _Texts, columns: Sequence[Column], before: Sequence[Column]) -> Layout:
    """Return the layout of the rows; the column left of the bars stands between them and their labels."""
    room, above = width_of(ax), is_narrow(ax)
    label_room = min(190.0 if texts.ungrouped else 110.0, 0.3 * room)
    every = [*columns, *before]  # headers of both sides stand at one height
    layout = lay_out(texts.blocks(), every, label_room=label_room, heading_room=SLACK * room, above=above)
    return layout if above else replace(layout, label_width=layout.label_width + columns_width(before))


def _draw_bars(
    ax: Axes, table: LikertTable, layout: Layout, texts: _Texts, room: float, smallest: float, hatch: bool
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


def _legend_rows(texts: _Texts, room: float) -> tuple[int, int, list[str]]:
    """Return the number of lines and columns of the legend, and its wrapped labels."""
    labels = [wrap(texts.levels[level], room / 2 - 40, SMALL_SIZE) for level in texts.drawn()]
    width = max(text_width(label, SMALL_SIZE) for label in labels) + 26
    columns = max(1, min(len(labels), int(room // width)))
    if sum(text_width(label, SMALL_SIZE) + 26 for label in labels) < room:
        columns = len(labels)
    # a column of the legend is as deep as its own labels
    lines = max(sum(label.count("\n") + 1 for label in labels[at::columns]) for at in range(columns))
    return lines, columns, labels


def _draw_legend(ax: Axes, texts: _Texts, left: float, depth: float, hatch: bool) -> float:
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
