"""Marks that tell several series apart, by shape as well as by colour, and lines of intervals."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from surveykit.errors import ArgumentError
from surveykit.report.figures.drawing import SMALL_SIZE, shifted, width_of
from surveykit.report.figures.palette import LEFT, RIGHT
from surveykit.report.text_widths import text_width, wrap

NARROWEST = 1e-9
"""Range of the axis where every number is zero: an axis of no range cannot be drawn."""
# Filled and hollow marks take turns, of another shape each: they stay apart in grey and where they overlap.
STYLES = (
    ("o", RIGHT, RIGHT), ("s", "#ffffff", LEFT), ("^", "#5b5b5b", "#5b5b5b"), ("D", "#ffffff", "#6a3d9a"),
    ("v", "#008080", "#008080"), ("P", "#ffffff", "#000000"),
)  # fmt: skip
"""Marker, fill and line colour of the first, second, ... series."""


def check_series(names: Sequence[str], what: str) -> None:
    """Raise when there are more series than marks that a reader can tell apart."""
    if len(names) > len(STYLES):
        raise ArgumentError(f"a figure can tell {len(STYLES)} {what} apart, not {len(names)}; draw several figures")


def draw_mark(ax: Axes, x: float, y: float, low: float, high: float, series: int, *, upright: bool = False) -> None:
    """Draw an estimate with its interval, across (or upright); endless intervals end in an arrow at the edge."""
    marker, fill, color = STYLES[series]
    if not (np.isnan(low) or np.isnan(high)):
        first, last = sorted(ax.get_ylim() if upright else ax.get_xlim())
        ends = [max(low, first), min(high, last)]
        at = [x, x] if upright else [y, y]
        ax.plot(*((at, ends) if upright else (ends, at)), color=color, linewidth=1.3, solid_capstyle="butt", zorder=2)
        for end, edge, arrow in zip((low, high), (first, last), "v^" if upright else "<>"):
            if np.isinf(end):
                place = ([x], [edge]) if upright else ([edge], [y])
                ax.plot(*place, arrow, color=color, markersize=4, clip_on=False, zorder=3)
    ax.plot([x], [y], marker, ms=4.8, markerfacecolor=fill, markeredgecolor=color, markeredgewidth=1.2, zorder=3)


def draw_inner(ax: Axes, y: float, ends: tuple[float, float], series: int) -> None:
    """Draw a narrower interval as a thick line on top of the thin one; ends that are not known draw nothing."""
    ax.plot(ends, [y, y], color=STYLES[series][2], linewidth=3.2, solid_capstyle="butt", zorder=2)


def limits_of(numbers: object, *, zero: bool = False, pad: float = 0.06) -> tuple[float, float]:
    """Return axis limits around the finite numbers."""
    values = np.asarray(numbers, dtype=float).ravel()
    finite = np.append(values[np.isfinite(values)], [0.0] if zero else [])
    if not len(finite):
        return 0.0, 1.0
    # equal numbers have no range: two per cent of their size stands in
    room = pad * max(float(np.ptp(finite)), NARROWEST + 0.02 * float(np.abs(finite).max()))
    return float(finite.min()) - room, float(finite.max()) + room


def draw_series_legend(
    ax: Axes, names: Sequence[str], *, left: float = 0.0, depth: float = 34.0, line: bool = True
) -> float:
    """Draw the legend of the series under the axis title; return how deep it reaches, in points."""
    names = [wrap(name, width_of(ax) - 40, SMALL_SIZE, 2) for name in names]
    marks = [
        Line2D(
            [],
            [],
            marker=marker,
            color=color,
            markerfacecolor=fill,
            markeredgecolor=color,
            markersize=4.8,
            linewidth=1.3 if line else 0.0,
        )
        for marker, fill, color in STYLES[: len(names)]
    ]
    widest = max(text_width(name, SMALL_SIZE) for name in names) + 36
    columns = int(np.clip(width_of(ax) // widest, 1, len(names)))
    ax.legend(
        marks,
        names,
        ncols=columns,
        loc="upper left",
        frameon=False,
        fontsize=SMALL_SIZE,
        borderpad=0,
        borderaxespad=0,
        handlelength=2.2,
        columnspacing=1.4,
        bbox_to_anchor=(0, 0),
        bbox_transform=shifted(ax, -left, -depth),
    )
    return depth + 14.0 * -(-len(names) // columns) + 4


def spread(places: Sequence[float], least: float) -> np.ndarray:
    """Return places moved apart as little as possible so that neighbours are at least `least` apart, order kept.

    Examples
    --------
    >>> spread([0.0, 1.0, 1.0, 5.0], 1.0).tolist()
    [0.0, 1.0, 2.0, 5.0]
    """
    moved = np.array(places, dtype=float)
    for at in range(1, len(moved)):
        moved[at] = max(moved[at], moved[at - 1] + least)
    return moved
