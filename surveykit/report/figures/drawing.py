"""What every figure shares: a canvas unknown to pyplot, the SIMULATED stamp, the numbers drawn, the figure in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import ScaledTranslation, Transform

from surveykit.errors import ArgumentError
from surveykit.report.figures.palette import ALARM, FAINT, INK, RULE
from surveykit.report.text_widths import wrap
from surveykit.results import Origin, Result
from surveykit.words.pages import word

WIDTH = 7.2
"""Width of a new figure in inches: two columns of a journal."""
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
        From a draw_... function.

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
        From a draw_... function.

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


def start_axes(ax: Axes | None, height: float, width: float = WIDTH) -> Axes:
    """Return the caller's Axes, or the only Axes of a new figure that pyplot does not know of; sizes in inches."""
    if ax is None:
        # not by pyplot, which would keep every figure in memory and open windows in notebooks
        figure = Figure(figsize=(width, height), dpi=150, facecolor="white")
        figure.set_layout_engine("constrained", w_pad=0.12, h_pad=0.12)
        ax = figure.add_subplot()
    elif not isinstance(ax, Axes):
        given = type(ax).__name__
        raise ArgumentError(f"`ax` must be a matplotlib Axes, but {given} was given; leave it out for a new figure")
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=SMALL_SIZE, colors=INK, length=3, width=0.6)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set(color=FAINT, linewidth=0.6)
    return ax


def width_of(ax: Axes) -> float:
    """Return the width of the figure that an Axes may use, in points."""
    figure = figure_of(ax)
    alone = len(figure.axes) == 1
    width = POINTS * figure.get_figwidth()
    return width - 2 * MARGIN if alone else width * ax.get_position().width


def shifted(ax: Axes, right: float, up: float) -> Transform:
    """Return the transform of axes fractions, shifted by points."""
    return ax.transAxes + ScaledTranslation(right / POINTS, up / POINTS, figure_of(ax).dpi_scale_trans)


def figure_of(ax: Axes) -> Figure:
    """Return the outermost figure of an Axes."""
    figure = ax.get_figure(root=True)
    if not isinstance(figure, Figure):
        raise ArgumentError("`ax` must belong to a figure; make one with matplotlib, or leave `ax` out")
    return figure


def finish(
    ax: Axes, drawing: Drawing, *, notes_below: float = 34, left: float = 0, head: str = "", above: float = 6
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
    """
    room, height = width_of(ax) - max(AXIS_LEFT - left, 0) * (left == 0), above
    if head:
        text = wrap(head, room, SMALL_SIZE, 5)
        put(ax, text, (0, 1), (-left, height), SMALL_SIZE, va="bottom", color=FAINT)
        # points: matplotlib's line of text is 1.15 letters high (see put), and a little more for what hangs below
        height += 1.25 * SMALL_SIZE * (text.count("\n") + 1) + 4
    if drawing.title:
        title = wrap(drawing.title, room, TITLE_SIZE, 4, "bold")
        put(ax, title, (0, 1), (-left, height), TITLE_SIZE, va="bottom", color=INK, weight="bold")
        height += 1.25 * TITLE_SIZE * (title.count("\n") + 1) + 3
    if drawing.origin.simulated:
        stamp = wrap(word("simulated_short", drawing.lang), room, SMALL_SIZE, 3, "bold")
        put(ax, stamp, (0, 1), (-left, height), SMALL_SIZE, va="bottom", color=ALARM, weight="bold")
        drawing = replace(drawing, alt_text=f"{word('simulated', drawing.lang)} {drawing.alt_text}")
    depth = notes_below
    for note in drawing.notes:
        text = wrap(note, room, NOTE_SIZE, 6)
        put(ax, text, (0, 0), (-left, -depth), NOTE_SIZE, va="top", color=FAINT)
        depth += 1.3 * NOTE_SIZE * (text.count("\n") + 1) + 1
    for each in ax.findobj(Text):
        # a dollar sign in a question or a village's name would start mathematics, and two of them change the letters
        # between
        each.set_parse_math(False)
    ax.surveykit = drawing  # type: ignore[attr-defined]
    return ax


def heading_height(title: str, simulated: bool, notes: Sequence[str], head: str = "") -> float:
    """Return the inches that title, stamp and notes need (an estimate, for the size of a new figure)."""
    # letters are about half as wide as high: a line of 7.2 inches takes some 140 of 7 points, 115 of 8, 85 bold ones
    # of 10
    lines = sum(1 + len(note) // 140 for note in notes)
    above = 0.2 * (1 + len(title) // 85) * bool(title) + 0.15 * (1 + len(head) // 115) * bool(head)
    return 0.1 + above + 0.17 * simulated + 0.13 * lines


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
) -> None:
    """Write text near a point of the Axes, shifted by points; never read as mathematics, never clipped."""
    ax.annotate(
        text,
        at,
        xycoords=(across, up),
        xytext=shift,
        textcoords="offset points",
        fontsize=size,
        ha=ha,
        va=va,
        color=color,
        fontweight=weight,
        annotation_clip=False,
        parse_math=False,
        linespacing=1.15,
    )


def light_grid(ax: Axes, axis: str = "x") -> None:
    """Draw the faint lines that lead the eye from an axis to the marks."""
    ax.grid(axis=axis, color=RULE, linewidth=0.5, alpha=0.6)  # type: ignore[arg-type]
