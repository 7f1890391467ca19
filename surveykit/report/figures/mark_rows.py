"""Estimates as marks with their intervals, row by row, their numbers printed beside them; one panel for each unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from surveykit.formatting import format_number, format_percent
from surveykit.report.figures.drawing import (
    SMALL_SIZE,
    Numbers,
    Width,
    heading_height,
    inches_of,
    light_grid,
    name_axis,
    number_ticks,
    put,
    set_height,
    start_axes,
    start_panels,
    width_of,
)
from surveykit.report.figures.interval_marks import STYLES, draw_inner, draw_mark, draw_series_legend, limits_of
from surveykit.report.figures.palette import FAINT, INK
from surveykit.report.figures.row_layout import (
    Block,
    Column,
    columns_width,
    fit_rows,
    left_of,
    place_columns,
    place_rows,
)
from surveykit.report.text_widths import text_width
from surveykit.results import Origin

FLAT = 1e-9
"""Length of a logarithmic axis, below which its two ends are one number and ticks cannot be parted."""


@dataclass(frozen=True)
class Mark:
    """One estimate with its interval.

    Attributes
    ----------
    heading, label : str
        Marks of one heading stand under it, those of one label in one row.
    series : int
        Which of the marks that a reader can tell apart it is.
    estimate, low, high : float
    cells : tuple of str
        What is printed beside it, column by column.
    instead : str
        What stands in its place where it is hidden or is a reference.
    inner : tuple of float, optional
        Both ends of a second interval inside the first, drawn thick; none by default.
    """

    heading: str
    label: str
    series: int
    estimate: float
    low: float
    high: float
    cells: tuple[str, ...]
    instead: str = ""
    inner: tuple[float, float] | None = None


@dataclass(frozen=True)
class Panel:
    """Marks of one unit on one axis.

    Attributes
    ----------
    marks : tuple of Mark
    axis : str
        Name of the axis, with the unit.
    origin : float or None
        Where a line marks "no difference": 0, or 1 for ratios.
    ratios : bool
        Whether the axis is logarithmic.
    percent : bool
        Whether the axis counts hundredths.
    line : float or None
        Where a dashed line is carried down.
    """

    marks: tuple[Mark, ...]
    axis: str
    origin: float | None = None
    ratios: bool = False
    percent: bool = False
    line: float | None = None

    def blocks(self) -> list[Block]:
        """Return the marks as rows under their headings."""
        blocks: list[Block] = []
        for mark in self.marks:
            last = blocks[-1] if blocks else None
            if last is None or last.heading != mark.heading:
                blocks.append(Block(mark.heading, (mark.label,), (1,)))
            elif last.labels[-1] != mark.label:
                blocks[-1] = Block(mark.heading, (*last.labels, mark.label), (*last.marks, 1))
            else:
                blocks[-1] = replace(last, marks=(*last.marks[:-1], last.marks[-1] + 1))
        return blocks


@dataclass(frozen=True)
class Heading:
    """What stands above and below the marks of a figure."""

    title: str
    notes: tuple[str, ...]
    simulated: bool
    head: str = ""
    lang: str = "en"


def with_interval(estimate: float, low: float, high: float, digits: int, lang: str, percent: bool = False) -> str:
    """Return an estimate and its interval as they are printed beside a mark.

    Examples
    --------
    >>> with_interval(0.5, 0.4, 0.6, 0, "en", percent=True), with_interval(2.5, float("nan"), 3.0, 1, "ru")
    ('50% [40; 60]', '2,5')
    """
    numbers = [format_number(100 * value if percent else value, digits, lang) for value in (estimate, low, high)]
    text = format_percent(estimate, digits, lang) if percent else numbers[0]
    return text if np.isnan(low) or np.isnan(high) or not text else f"{text} [{numbers[1]}; {numbers[2]}]"


def digits_of(values: object) -> int:
    """Return how many decimals tell estimates of this size apart: none from 1,000 on, one from 100 on, else two."""
    numbers = np.abs(np.asarray(values, dtype=float))
    largest = float(numbers[np.isfinite(numbers)].max(initial=0.0))
    return 0 if largest >= 1000 else 1 if largest >= 100 else 2


def groups_of_units(
    outcomes: Sequence[str], origin: Origin, units: str | Mapping[str, str] | None
) -> dict[tuple[object, ...], list[str]]:
    """Return the outcomes that may share an axis, by what they share.

    Those of one unit that the caller names, and items with the same answers by their codes. A column of which nothing
    is known but its numbers has a unit of its own.
    """
    found: dict[tuple[object, ...], list[str]] = {}
    for name in dict.fromkeys(outcomes):
        codes = tuple(sorted(origin.codebook[name].labels, key=str))
        unit = units if isinstance(units, str) else (units or {}).get(name)
        key = ("unit", unit) if unit else ("codes", *codes) if len(codes) > 1 else ("own", name)
        found.setdefault(key, []).append(name)
    return found


def draw_mark_rows(
    ax: Axes | None,
    panels: Sequence[Panel],
    headers: Sequence[str],
    names: Sequence[str],
    heading: Heading,
    *,
    width: Width = "page",
    page: float = 7.2,
) -> tuple[list[Axes], float, float]:
    """Draw panels of marks, one below the other; return their Axes, how far left labels begin and how deep it reaches.

    Parameters
    ----------
    headers : sequence of str
        Of the columns of printed numbers.
    names : sequence of str
        Of the series, for the legend; none is drawn for a single one.
    """
    given = ax is not None
    axes = [start_axes(ax, 3.0)] if given else start_panels(len(panels), 3.0, inches_of(width, page))
    several = len(names) > 1
    every = _columns([mark for panel in panels for mark in panel.marks], headers, several)
    layouts = []
    for number, (one, panel) in enumerate(zip(axes, panels)):
        shown = headers if number == 0 else [""] * len(headers)
        columns = _columns(panel.marks, shown, several)
        layout = fit_rows(one, panel.blocks(), columns)
        layouts.append((layout, columns))
    if len({left_of(layout) for layout, _ in layouts}) > 1:  # labels of all panels begin at one place
        widest = max(layout.label_width for layout, _ in layouts)
        layouts = [(replace(layout, label_width=widest), columns) for layout, columns in layouts]
    left = left_of(layouts[0][0])
    for one, panel, (layout, columns) in zip(axes, panels, layouts):
        place_rows(one, layout)
        place_columns(one, layout, columns, alike=every)
        _draw_panel(one, panel, layout.marks, (left, columns_width(every)), heading.lang)
    depth = 34.0 + 10.0 * axes[-1].get_xlabel().count("\n")
    if several:
        depth = draw_series_legend(axes[-1], names, left=left, depth=depth)
    if not given:
        text = heading_height(
            heading.title, heading.simulated, heading.notes, heading.head, width_of(axes[0]), heading.lang
        )
        rest = text + (depth - 34) / 72 + 0.6 + 0.5 * (len(panels) - 1)
        set_height(axes, [layout.inches for layout, _ in layouts], rest)
    return axes, left, depth


def _columns(marks: Sequence[Mark], headers: Sequence[str], several: bool) -> list[Column]:
    colors = tuple(STYLES[mark.series][2] if several else INK for mark in marks)
    return [
        Column(header, tuple(mark.cells[at] for mark in marks), room=40.0, colors=colors)
        for at, header in enumerate(headers)
    ]


def _draw_panel(ax: Axes, panel: Panel, places: Sequence[float], beside: tuple[float, float], lang: str) -> None:
    room = width_of(ax) - sum(beside) - 8
    numbers = [value for mark in panel.marks for value in (mark.estimate, mark.low, mark.high, *(mark.inner or ()))]
    known = [value for value in numbers if np.isfinite(value)]
    origin = [] if panel.origin is None else [panel.origin]
    if panel.ratios:
        low, high = limits_of(np.log([value for value in [*known, *origin] if value > 0]))
        ax.set_xscale("log")
        ax.set_xlim(np.exp(low), np.exp(high))
        _ratio_ticks(ax, room, lang)
    else:
        ax.set_xlim(limits_of([*known, *origin], pad=0.05))
        number_ticks(ax, lang, room=room)
        if panel.percent:
            ax.xaxis.set_major_formatter(_Hundredths(lang))
    if panel.origin is not None:
        ax.axvline(panel.origin, color=INK, linewidth=0.7, zorder=1)
    if panel.line is not None and np.isfinite(panel.line):
        ax.axvline(panel.line, color=FAINT, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for mark, y in zip(panel.marks, places):
        if mark.instead:
            put(ax, mark.instead, (0.02, y), (0, 0), SMALL_SIZE, up="data", color=FAINT, style="italic", plain=True)
        if mark.inner:
            draw_inner(ax, y, mark.inner, mark.series)
        draw_mark(ax, mark.estimate, y, mark.low, mark.high, mark.series)
    light_grid(ax)
    name_axis(ax, panel.axis, beside=beside)


class _Hundredths(Numbers):
    """Shares as percentages."""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the numbers of all ticks."""
        return super().format_ticks([100 * value for value in values])


def _ratio_ticks(ax: Axes, room: float, lang: str) -> None:
    """Put ticks of a logarithmic axis at 1, 2, 5, 10 and their like, as many as have room."""
    low, high = ax.get_xlim()
    powers = [10.0**power for power in range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)]
    for parts in ((1, 1.2, 1.5, 2, 3, 4, 5, 7), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        ticks = [part * power for power in powers for part in parts if low <= part * power <= high]
        widths = [text_width(f"{tick:g}", SMALL_SIZE) + 10 for tick in ticks]
        unit = room / max(np.log(high / low), FLAT)
        gaps = np.diff(np.log(ticks)) * unit
        if len(ticks) < 9 and (len(ticks) < 2 or (gaps > np.array(widths[1:])).all()):
            break
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(_Apart(lang))


class _Apart(Numbers):
    """Numbers of a logarithmic axis, each with its own decimals."""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the numbers of all ticks."""
        return [super(_Apart, self).format_ticks([value])[0] for value in values]
