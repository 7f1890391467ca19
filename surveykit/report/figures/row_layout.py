"""Rows of a figure under headings, with columns of text beside them: the layout that several figures share."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from surveykit.report.figures.drawing import SMALL_SIZE, TEXT_SIZE, put
from surveykit.report.figures.palette import FAINT, INK
from surveykit.report.text_widths import text_width, wrap

ROW = 0.235
"""Height of a row in inches."""
ABOVE_LINES = 1.4
"""Drawing order of what hides grid and zero line; marks lie above it."""
LINE = 0.57
"""Height of a further line of text, in rows."""


@dataclass(frozen=True)
class Block:
    """A heading (may be empty) and the labels of the rows under it."""

    heading: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """Text beside the rows: a header and one cell per row."""

    header: str
    cells: tuple[str, ...]
    room: float = 48.0
    """Points that the header may take before it is broken into lines."""


@dataclass(frozen=True)
class Layout:
    """Where headings and rows lie: positions grow downwards, one unit is one row.

    Attributes
    ----------
    headings : tuple of (position, wrapped text)
    rows : tuple of position
    labels : tuple of wrapped text
    height : float
        In rows.
    label_width : float
        In points.
    bands : tuple of (top, bottom)
        Where headings stand: the lines that lead the eye from the axis to the marks leave them free.
    """

    headings: tuple[tuple[float, str], ...]
    rows: tuple[float, ...]
    labels: tuple[str, ...]
    height: float
    label_width: float
    bands: tuple[tuple[float, float], ...] = ()

    @property
    def inches(self) -> float:
        """Height of the rows in inches."""
        return self.height * ROW


def lay_out(
    blocks: Sequence[Block], columns: Sequence[Column] = (), *, label_room: float, heading_room: float
) -> Layout:
    """Return positions for blocks of rows below the headers of columns; widths in points."""
    headings, rows, labels = [], [], []
    at = 0.1 + 0.52 * header_lines(columns)
    bands = [(-0.06, at)]
    for block in blocks:
        if block.heading:
            text = wrap(block.heading, heading_room, TEXT_SIZE, 4, "bold")
            lines = text.count("\n") + 1
            bottom = at + 0.3 + lines * LINE
            headings.append(((at + bottom) / 2, text))
            bands.append((at, bottom))
            at = bottom
        for label in block.labels:
            text = wrap(label, label_room, SMALL_SIZE, 5)
            height = max(1.0, 0.25 + LINE * (text.count("\n") + 1))
            rows.append(at + height / 2)
            labels.append(text)
            at += height
        at += 0.2
    width = max((text_width(label, SMALL_SIZE) for label in labels), default=0.0)
    return Layout(tuple(headings), tuple(rows), tuple(labels), at, width, tuple(bands))


def place_rows(ax: Axes, layout: Layout) -> None:
    """Write headings and row labels on an Axes, first row on top."""
    # upside down: rows are read from the top
    ax.set_ylim(layout.height, 0)
    ax.set_yticks(list(layout.rows), list(layout.labels), fontsize=SMALL_SIZE, color=INK, parse_math=False)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    # headings lie across the whole width: without a patch behind them grid and zero line would run through the words
    corners = [[(0, top), (1, top), (1, bottom), (0, bottom)] for top, bottom in layout.bands]
    ax.add_collection(
        PolyCollection(
            corners,
            transform=ax.get_yaxis_transform(),
            facecolor=ax.get_facecolor(),
            linewidth=0,
            zorder=ABOVE_LINES,
            clip_on=False,
        ),
        autolim=False,
    )
    for at, text in layout.headings:
        put(ax, text, (0, at), (-left_of(layout), 0), TEXT_SIZE, up="data", weight="bold")


def left_of(layout: Layout) -> float:
    """Return how far left of the Axes the row labels begin, in points."""
    return layout.label_width + 5


def columns_width(columns: Sequence[Column]) -> float:
    """Return the points that columns need at the right of an Axes."""
    return sum(_width(column) + 9 for column in columns)


def header_lines(columns: Sequence[Column]) -> int:
    """Return the number of lines of the tallest header."""
    return max((_header(column).count("\n") + 1 for column in columns if column.header), default=0)


def place_columns(ax: Axes, layout: Layout, columns: Sequence[Column]) -> None:
    """Write columns of text at the right of an Axes, their headers below the level of the title."""
    shift = 0.0
    for column in columns:
        width = _width(column)
        shift += 9 + width
        middle = shift - width / 2
        put(ax, _header(column), (1, 0.1), (middle, 0), SMALL_SIZE - 1, up="data", ha="center", va="top", color=FAINT)
        for at, cell in zip(layout.rows, column.cells):
            put(ax, cell, (1, at), (middle + _cells(column) / 2, 0), SMALL_SIZE, up="data", ha="right")


def _width(column: Column) -> float:
    return max(text_width(_header(column), SMALL_SIZE - 1), _cells(column))


def _cells(column: Column) -> float:
    return max((text_width(cell, SMALL_SIZE) for cell in column.cells), default=0.0)


def _header(column: Column) -> str:
    return wrap(column.header, max(_cells(column), column.room), SMALL_SIZE - 1, 5)
