"""What every figure shares: a canvas unknown to pyplot, the SIMULATED stamp, the numbers drawn, the figure in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, MaxNLocator
from matplotlib.transforms import ScaledTranslation, Transform

from surveykit._checks import check_option
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number
from surveykit.report.figures.notebook import DrawnAxes, new_figure
from surveykit.report.figures.palette import ALARM, FAINT, INK, RULE
from surveykit.report.text_widths import literal, mathematics, text_width, wrap
from surveykit.results import Origin, Result
from surveykit.words.pages import word

Width = Literal["page", "column"]
WIDTH = 7.2
"""Width of a new figure in inches: two columns of a journal."""
COLUMN = 85 / 25.4
"""Width in inches of a figure in one column of a journal: 85 mm."""
MOST_DECIMALS = 10
"""Of the number at a tick; behind them rounding begins."""
ROUNDED = 1e-6
"""Part of the last decimal by which a tick may miss it: sums of steps do by 1e-10."""
SLACK = 0.97
"""Part of the width that lines of text are broken to: on a screen, letters may be some per cent wider."""
NARROW = 330.0
"""Points below which labels stand above their rows: beside them they would leave too little for the marks."""
POINTS = 72
MARGIN = 10.0
"""Points left free around a figure."""
AXIS_LEFT = 36.0
"""Points that the numbers and the name of a vertical axis take, left of the Axes."""
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE, NOTE_SIZE = 10.0, 8.5, 8.0, 7.0


@dataclass(frozen=True, eq=False)
class Drawing:
    """What an Axes shows, for a file beside it, a screen reader and a test.

    Attributes
    ----------
    numbers : pandas.DataFrame
        One row per mark, in full precision.
    alt_text : str
        The figure in words; its numbers are those of `numbers`, rounded as the figure prints them.
    origin : Origin
    lang : str
    title : str
    notes : tuple of str
        Sentences under the figure.
    result : Result, optional
        What was drawn, its small cells hidden.
    """

    numbers: pd.DataFrame = field(repr=False)
    alt_text: str
    origin: Origin
    lang: str
    title: str = ""
    notes: tuple[str, ...] = ()
    result: Result | None = field(default=None, repr=False)


def plotted_numbers(ax: Axes) -> pd.DataFrame:
    """Return the numbers that a surveykit figure draws, one row per mark.

    Parameters
    ----------
    ax : matplotlib Axes
        From a ``draw_...`` function.

    Returns
    -------
    pandas.DataFrame
        One row per mark, in full precision.

    Raises
    ------
    ArgumentError
        When no surveykit function drew on the Axes.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> shares = pd.DataFrame({"label": ["2021", "2023"], "value": [45.0, 61.8]})
    >>> ax = sk.draw_dots(shares, axis="self-nominated, percent")
    >>> sk.plotted_numbers(ax)[["label", "value"]]
      label  value
    0  2021   45.0
    1  2023   61.8
    """
    return drawing_of(ax).numbers.copy()


def alt_text(ax: Axes) -> str:
    """Return a surveykit figure in words; its numbers are the plotted ones.

    Parameters
    ----------
    ax : matplotlib Axes
        From a ``draw_...`` function.

    Returns
    -------
    str

    Raises
    ------
    ArgumentError
        When no surveykit function drew on the Axes.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> shares = pd.DataFrame({"label": ["2021", "2023"], "value": [45.0, 61.8]})
    >>> ax = sk.draw_dots(shares, axis="self-nominated, percent")
    >>> sk.alt_text(ax)
    'self-nominated, percent: 2021: 45.0; 2023: 61.8.'
    """
    return drawing_of(ax).alt_text


def drawing_of(ax: Axes) -> Drawing:
    """Return the record that a drawing function left on its Axes."""
    drawing = getattr(ax, "surveykit", None)
    if not isinstance(drawing, Drawing):
        raise ArgumentError("`ax` must come from a draw_... function, but no such function drew on it")
    return drawing


def inches_of(width: Width, page: float = WIDTH) -> float:
    """Return the width of a new figure in inches: that of a column, or what the kind of figure takes of a page."""
    check_option(width, get_args(Width), "width")
    return COLUMN if width == "column" else page


def start_axes(ax: Axes | None, height: float, width: float = WIDTH) -> Axes:
    """Return the caller's Axes, or the only Axes of a new figure; sizes in inches."""
    if ax is None:
        ax = start_panels(1, height, width)[0]
    elif not isinstance(ax, Axes):
        given = type(ax).__name__
        raise ArgumentError(f"`ax` must be a matplotlib Axes, but {given} was given; leave it out for a new figure")
    else:
        _dress(ax)
    return ax


def start_panels(count: int, height: float, width: float = WIDTH) -> list[Axes]:
    """Return the Axes of a new figure, one below the other; sizes in inches."""
    figure = new_figure(width, height)
    figure.set_layout_engine("constrained", w_pad=0.12, h_pad=0.12)
    grid = figure.add_gridspec(count, 1)
    panels: list[Axes] = [figure.add_subplot(grid[at, 0], axes_class=DrawnAxes) for at in range(count)]
    for panel in panels:
        _dress(panel)
    return panels


def set_height(panels: Sequence[Axes], heights: Sequence[float], rest: float) -> None:
    """Give the new figure of some panels its height: `heights` of what they draw and `rest` around, in inches."""
    figure, place = figure_of(panels[0]), panels[0].get_subplotspec()
    if place is not None:
        place.get_gridspec().set_height_ratios(list(heights))
    figure.set_size_inches(figure.get_figwidth(), sum(heights) + rest)


def _dress(ax: Axes) -> None:
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=SMALL_SIZE, colors=INK, length=3, width=0.6)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set(color=FAINT, linewidth=0.6)


def width_of(ax: Axes) -> float:
    """Return the width of the figure that an Axes may use, in points."""
    figure = figure_of(ax)
    width = POINTS * figure.get_figwidth()
    if isinstance(ax, DrawnAxes) or len(figure.axes) == 1:
        return width - 2 * MARGIN
    return width * ax.get_position().width


def is_narrow(ax: Axes) -> bool:
    """Return whether labels stand above their rows, because beside them they would leave too little for the marks."""
    return width_of(ax) < NARROW


def shifted(ax: Axes, right: float, up: float) -> Transform:
    """Return the transform of axes fractions, shifted by points."""
    return ax.transAxes + ScaledTranslation(right / POINTS, up / POINTS, figure_of(ax).dpi_scale_trans)


def sentences(notes: str | Sequence[str]) -> tuple[str, ...]:
    """Return a caller's notes, one or several."""
    return (notes,) if isinstance(notes, str) and notes else tuple(notes)


def figure_of(ax: Axes) -> Figure:
    """Return the outermost figure of an Axes."""
    figure = ax.get_figure(root=True)
    if not isinstance(figure, Figure):
        raise ArgumentError("`ax` must belong to a figure; make one with matplotlib, or leave `ax` out")
    return figure


def finish(
    ax: Axes,
    drawing: Drawing,
    *,
    notes_below: float = 34,
    left: float = 0,
    head: str = "",
    above: float = 6,
    panels: Sequence[Axes] = (),
) -> Axes:
    """Put title, stamp and notes on an Axes, and leave the record of what was drawn.

    Parameters
    ----------
    notes_below : float
        Points between the Axes and the first note (room for ticks, axis title and legend).
    left : float
        Points to the left of the Axes at which title and notes begin.
    head : str
        Sentence between title and Axes (what the data can answer).
    above : float
        Points between the Axes and what stands above it.
    panels : sequence of Axes
        All panels of the figure, `ax` first; the notes stand under the last, the record is that of each.
    """
    room, height = SLACK * width_of(ax), above
    if head:
        text = wrap(head, room, SMALL_SIZE)
        put(ax, text, (0, 1), (-left, height), SMALL_SIZE, va="bottom", color=FAINT)
        height += _height(text, SMALL_SIZE) + 4
    if drawing.title:
        title = wrap(drawing.title, room, TITLE_SIZE, weight="bold")
        put(ax, title, (0, 1), (-left, height), TITLE_SIZE, va="bottom", color=INK, weight="bold", math=True)
        height += _height(title, TITLE_SIZE) + 3
    if drawing.origin.simulated:
        stamp = wrap(word("simulated_short", drawing.lang), room, SMALL_SIZE, weight="bold")
        put(ax, stamp, (0, 1), (-left, height), SMALL_SIZE, va="bottom", color=ALARM, weight="bold")
        drawing = replace(drawing, alt_text=f"{word('simulated', drawing.lang)} {drawing.alt_text}")
    last, depth = (panels or [ax])[-1], notes_below
    for note in drawing.notes:
        text = wrap(note, room, NOTE_SIZE)
        put(last, text, (0, 0), (-left, -depth), NOTE_SIZE, va="top", color=FAINT)
        depth += _height(text, NOTE_SIZE) + 1
    for panel in panels or [ax]:
        panel.surveykit = drawing  # type: ignore[attr-defined]
    return ax


def _height(text: str, size: float) -> float:
    """Return the height of wrapped lines in points, with a little more for what hangs below the last."""
    # matplotlib's line of text is 1.15 letters high (see put)
    return 1.27 * size * (text.count("\n") + 1)


def heading_height(
    title: str, simulated: bool, notes: Sequence[str], head: str = "", room: float = POINTS * WIDTH, lang: str = "en"
) -> float:
    """Return the inches that title, stamp and notes need in `room` points of width, for the size of a new figure."""
    stamp, room = word("simulated_short", lang) if simulated else "", SLACK * room
    above = [(head, SMALL_SIZE, "normal"), (title, TITLE_SIZE, "bold"), (stamp, SMALL_SIZE, "bold")]
    points = sum(_height(wrap(text, room, size, weight=weight), size) + 4 for text, size, weight in above if text)
    points += sum(_height(wrap(note, room, NOTE_SIZE), NOTE_SIZE) + 1 for note in notes)
    return 0.1 + points / POINTS


def put(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float],
    size: float,
    *,
    across: str = "axes fraction",
    up: str = "axes fraction",
    ha: str = "left",
    va: str = "center",
    color: str = INK,
    weight: str = "normal",
    style: str = "normal",
    math: bool = False,
    plain: bool = False,
) -> None:
    """Write text near a point of the Axes, shifted by points, never clipped.

    `math` is for a caller's own text; `plain` lets no line run through the words.
    """
    ax.annotate(
        mathematics(text) if math else text,
        at,
        xycoords=(across, up),
        xytext=shift,
        textcoords="offset points",
        fontsize=size,
        ha=ha,
        va=va,
        color=color,
        fontweight=weight,
        fontstyle=style,
        annotation_clip=False,
        parse_math=math,
        bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.8} if plain else None,
        linespacing=1.15,
    )


def light_grid(ax: Axes, axis: str = "x") -> None:
    """Draw the faint lines that lead the eye from an axis to the marks."""
    ax.grid(axis=axis, color=RULE, linewidth=0.5, alpha=0.6)  # type: ignore[arg-type]


def name_axis(
    ax: Axes, text: str, *, upright: bool = False, own: bool = False, beside: tuple[float, float] = (AXIS_LEFT, 0.0)
) -> int:
    """Name an axis in as many lines as it takes; return how many.

    `own` says that the text is the caller's, mathematics and all; `beside` are the points that labels and
    numbers take left and right of the axis, under which the name may reach. A narrow axis has it at its left end.
    """
    narrow = is_narrow(ax) and not upright
    taken = beside[0] if narrow else abs(beside[0] - beside[1])
    room = 0.7 * POINTS * figure_of(ax).get_figheight() if upright else SLACK * (width_of(ax) - taken)
    wrapped = wrap(text, room, SMALL_SIZE)
    shown = mathematics(wrapped) if own else literal(wrapped)
    if upright:
        ax.set_ylabel(shown, fontsize=SMALL_SIZE, color=INK)
    else:
        ax.set_xlabel(shown, fontsize=SMALL_SIZE, color=INK, loc="left" if narrow else "center")
        ax.xaxis.label.set_multialignment("left" if narrow else "center")
    return wrapped.count("\n") + 1


class Numbers(Formatter):
    """Numbers of an axis as tables print them: no powers of ten, as many decimals as tell the ticks apart."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return one number."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return the numbers of all ticks."""
        known = np.asarray(values, dtype=float)
        digits = next(
            (
                at
                for at in range(MOST_DECIMALS)
                if np.abs(known * 10**at - np.round(known * 10**at)).max(initial=0) < ROUNDED
            ),
            MOST_DECIMALS,
        )
        return [format_number(float(value), digits, self.lang) for value in values]


def number_ticks(ax: Axes, lang: str, *, upright: bool = False, room: float | None = None, whole: bool = False) -> None:
    """Put ticks at round (or whole) numbers, as many as have room in `room` points, printed as tables print them."""
    axis = ax.yaxis if upright else ax.xaxis
    room = (0.6 * width_of(ax)) if room is None else room
    low, high = sorted(ax.get_ylim() if upright else ax.get_xlim())
    widest = max(text_width(format_number(end, 1 if high - low < 10 else 0, lang), SMALL_SIZE) for end in (low, high))
    most = 6 if upright else int(np.clip(room // (widest + 14), 2, 7))
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=whole))
    axis.set_major_formatter(Numbers(lang))
