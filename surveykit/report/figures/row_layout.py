"""Rows of a figure under headings, with columns of text beside them: the layout that several figures share."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from surveykit.report.figures.drawing import SMALL_SIZE, TEXT_SIZE, is_narrow, put, width_of
from surveykit.report.figures.palette import FAINT, INK
from surveykit.report.text_widths import literal, longest_word, text_width, wrap

ROW = 0.235
"""Height of a row in inches."""
ABOVE_LINES = 1.4
"""Drawing order of what hides grid and zero line; marks lie above it."""
LINE = 0.57
"""Height of a further line of text, in rows."""
LONGEST = 110.0
"""Points that a single word of a header may take; a longer one, which no language has, is broken."""
MARK = 0.72
"""Height of a further mark in one row, in rows: as much as the number printed beside it needs."""


@dataclass(frozen=True)
class Block:
    """A heading (may be empty), the labels of the rows under it, and how many marks each row has (one by default).

    `details` stand under labels that stand above their rows: numbers that have no room in columns.
    """

    heading: str
    labels: tuple[str, ...]
    marks: tuple[int, ...] = ()
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """Text beside the rows: a header and one cell per row (or per mark, where rows have several)."""

    header: str
    cells: tuple[str, ...]
    room: float = 48.0
    """Points that the header may take before it is broken into lines."""
    colors: tuple[str, ...] = ()
    """Of each cell; ink by default."""
    words: bool = False
    """Whether the cells begin at one place, as words do; numbers end at one."""


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
        In points; 0 where labels stand above their rows.
    bands : tuple of (top, bottom)
        Where headings stand: the lines that lead the eye from the axis to the marks leave them free.
    marks : tuple of position
        Of every mark: those of one row follow each other.
    labels_at : tuple of position
        Of labels that stand above their rows; empty where they stand beside them.
    """

    headings: tuple[tuple[float, str], ...]
    rows: tuple[float, ...]
    labels: tuple[str, ...]
    height: float
    label_width: float
    bands: tuple[tuple[float, float], ...] = ()
    marks: tuple[float, ...] = ()
    labels_at: tuple[float, ...] = ()

    @property
    def inches(self) -> float:
        """Height of the rows in inches."""
        return self.height * ROW


def lay_out(
    blocks: Sequence[Block],
    columns: Sequence[Column] = (),
    *,
    label_room: float,
    heading_room: float,
    above: bool = False,
) -> Layout:
    """Return positions for blocks of rows below the headers of columns; widths in points.

    Labels take `label_room`, more where a word needs it; with `above` they stand above their rows in `heading_room`.
    """
    headings, rows, labels, marks, labels_at = [], [], [], [], []
    every = [label for block in blocks for label in block.labels]
    label_room = heading_room if above else max(label_room, min(longest_word(every, SMALL_SIZE), 0.5 * heading_room))
    at = 0.1 + 0.52 * header_lines(columns)
    bands = [(-0.06, at)]
    for block in blocks:
        if block.heading:
            text = wrap(block.heading, heading_room, TEXT_SIZE, weight="bold")
            lines = text.count("\n") + 1
            bottom = at + 0.3 + lines * LINE
            headings.append(((at + bottom) / 2, text))
            bands.append((at, bottom))
            at = bottom
        counts, details = block.marks or (1,) * len(block.labels), block.details or ("",) * len(block.labels)
        for label, count, detail in zip(block.labels, counts, details):
            text = wrap(label, label_room, SMALL_SIZE)
            if detail:
                text = f"{text}\n{wrap(detail, label_room, SMALL_SIZE)}"
            lines = text.count("\n") + 1
            height = 1.0 + MARK * (count - 1)
            if above and text:
                bottom = at + 0.12 + lines * LINE
                labels_at.append((at + bottom) / 2 + 0.06)
                bands.append((at, bottom))
                at = bottom
            elif above:
                labels_at.append(at)
            else:
                height = max(height, 0.25 + LINE * lines)
            rows.append(at + height / 2)
            marks += [at + height / 2 + MARK * (number - (count - 1) / 2) for number in range(count)]
            labels.append(text)
            at += height
        at += 0.2
    width = 0.0 if above else max((text_width(label, SMALL_SIZE) for label in labels), default=0.0)
    found = (tuple(headings), tuple(rows), tuple(labels), at, width, tuple(bands), tuple(marks), tuple(labels_at))
    return Layout(*found)


def fit_rows(ax: Axes, blocks: Sequence[Block], columns: Sequence[Column] = (), *, share: float = 0.35) -> Layout:
    """Return the layout of rows: labels beside them in a share of the width, above them where the Axes is narrow."""
    room = width_of(ax)
    return lay_out(blocks, columns, label_room=share * room, heading_room=room - 6, above=is_narrow(ax))


def place_rows(ax: Axes, layout: Layout) -> None:
    """Write headings and row labels on an Axes, first row on top."""
    # upside down: rows are read from the top
    ax.set_ylim(layout.height, 0)
    beside = [] if layout.labels_at else [literal(label) for label in layout.labels]
    ax.set_yticks([] if layout.labels_at else list(layout.rows), beside, fontsize=SMALL_SIZE, color=INK)
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
    for at, text in zip(layout.labels_at, layout.labels):
        put(ax, text, (0, at), (0, 0), SMALL_SIZE, up="data")


def left_of(layout: Layout) -> float:
    """Return how far left of the Axes the row labels begin, in points."""
    return 0.0 if layout.labels_at else layout.label_width + 5


def columns_width(columns: Sequence[Column]) -> float:
    """Return the points that columns need at the right of an Axes."""
    return sum(_width(column) + 9 for column in columns)


def header_lines(columns: Sequence[Column]) -> int:
    """Return the number of lines of the tallest header."""
    return max((_header(column).count("\n") + 1 for column in columns if column.header), default=0)


def place_columns(
    ax: Axes, layout: Layout, columns: Sequence[Column], *, alike: Sequence[Column] = (), left: bool = False
) -> None:
    """Write columns of text at the right of an Axes, their headers below the level of the title.

    `alike` are the columns of all panels, by whose widths those of each panel stand one below the other; `left` puts
    them at the left of the marks instead.
    """
    shift = 0.0
    for column, like in zip(columns, alike or columns):
        width, cells = _width(like), _cells(like)
        shift += 9 + width
        middle = -(shift - width / 2) if left else shift - width / 2
        side = 0 if left else 1
        if column.header:
            header = _header(like)
            put(ax, header, (side, 0.1), (middle, 0), SMALL_SIZE - 1, up="data", ha="center", va="top", color=FAINT)
        places = layout.rows if len(column.cells) == len(layout.rows) else layout.marks
        for at, cell, color in zip(places, column.cells, column.colors or (INK,) * len(column.cells)):
            end, side_of = (-cells / 2, "left") if column.words else (cells / 2, "right")
            put(ax, cell, (side, at), (middle + end, 0), SMALL_SIZE, up="data", ha=side_of, color=color)


def _width(column: Column) -> float:
    return max(text_width(_header(column), SMALL_SIZE - 1), _cells(column))


def _cells(column: Column) -> float:
    return max((text_width(cell, SMALL_SIZE) for cell in column.cells), default=0.0)


def _header(column: Column) -> str:
    word = min(longest_word([column.header], SMALL_SIZE - 1), LONGEST)
    room = max(_cells(column), column.room, word)
    return wrap(column.header, room, SMALL_SIZE - 1)
