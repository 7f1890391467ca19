"""A chronology, dates to scale, labels beside them: draw_timeline."""

import datetime
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns
from surveykit.errors import ArgumentError
from surveykit.formatting import printable
from surveykit.report.figures.drawing import (
    SLACK,
    SMALL_SIZE,
    Drawing,
    Width,
    finish,
    heading_height,
    inches_of,
    is_narrow,
    put,
    sentences,
    set_height,
    start_axes,
    width_of,
)
from surveykit.report.figures.interval_marks import spread
from surveykit.report.figures.palette import FAINT, RIGHT
from surveykit.report.records import records
from surveykit.report.text_widths import text_width, wrap
from surveykit.results import Origin, Result
from surveykit.translation import page_language
from surveykit.words.pages import word

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_LINE = 0.145
"""Height of a line of text in inches."""


def draw_timeline(
    events: Result | pd.DataFrame,
    ax: Axes | None = None,
    *,
    source: str | None = None,
    title: str = "",
    notes: str | Sequence[str] = (),
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw events along an upright line, dates to scale, each with its label.

    Parameters
    ----------
    events : Result or DataFrame
        Columns date ("2021", "2021-07" or "2021-07-25"; two of them joined by "/" or ";" make a period, and "2021/" one
        that goes on) and label.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure.
    source : str, optional
        Column that says where each event is reported; printed in brackets behind its label.
    title : str
        Heading of the figure; none by default.
    notes : str or sequence of str
        Sentences under the figure.
    width : {"page", "column"}
        Width of a new figure: that of a page, or of one column of a journal (85 mm).
    lang : {"en", "ru", "kk"}, optional
        Language of everything printed; None: that of the result.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ArgumentError
        When `ax` is no Axes of a figure, or there are no events, or a date is no year, month or day.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    Labels that would lie over each other are moved down; a thin line leads from each to its date, that of a period to
    its beginning. Dates and labels have one order, so that no two lines cross.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> events = {"date": ["2021-07-25", "2022/2023"], "label": ["First election of akims", "Further villages vote"]}
    >>> ax = sk.draw_timeline(pd.DataFrame(events))
    >>> sk.alt_text(ax)
    'Chronology: 2021-07-25: First election of akims; 2022–2023: Further villages vote.'
    """
    table, origin = (events.table, events.origin) if isinstance(events, Result) else (events, Origin())
    check_columns(table, ["date", "label", *([source] if source else [])], "events")
    if not len(table):
        raise ArgumentError("`events` has no rows, so there is no chronology to draw")
    lang = page_language(lang, origin)
    numbers = _numbers(table, source)
    below = sentences(notes)
    given = ax is not None
    ax = start_axes(ax, 3.0, inches_of(width))
    narrow = is_narrow(ax)
    dates = max(text_width(date, SMALL_SIZE, "bold") for date in numbers["date"]) + 10
    # where there is little room, a date stands above its label
    room = SLACK * width_of(ax) * 0.94 - 30 - (0 if narrow else dates)
    labels = [wrap(label, room, SMALL_SIZE) for label in _labels(numbers)]
    labels = ["\n" + label for label in labels] if narrow else labels
    heights = [_LINE * (label.count("\n") + 1) + 0.1 for label in labels]
    # an eighth more than the labels need, so that they can stand beside their dates
    inches = max(2.0, 1.12 * sum(heights))
    if not given:
        set_height([ax], [inches], 0.35 + heading_height(title, origin.simulated, below, "", width_of(ax), lang))
    _draw(ax, numbers, labels, heights, inches, 0.0 if narrow else dates)
    said = "; ".join(f"{date}: {label}" for date, label in zip(numbers["date"], _labels(numbers)))
    alt = f"{title or word('timeline_alt', lang)}: {said}."
    return finish(ax, Drawing(numbers, alt, origin, lang, title, below), notes_below=10, left=26)


def as_year(text: object) -> float:
    """Return a date as a number of years: the middle of a year or month, when the day is not given.

    Examples
    --------
    >>> round(as_year("2021"), 3), round(as_year("2021-07-01"), 3)
    (2021.498, 2021.496)
    """
    found = _DATE.fullmatch(str(text).strip())
    try:
        year, month, day = (int(part) if part else None for part in found.groups())  # type: ignore[union-attr]
        # 2 July is the 183rd day of 365, the 16th the middle of a month
        given = datetime.date(year or 0, month or 7, day or (16 if month else 2))
    except (AttributeError, ValueError) as error:
        raise ArgumentError(f"a date must look like 2021, 2021-07 or 2021-07-25, but {text!r} was given") from error
    return given.year + (given.timetuple().tm_yday - 1) / 365.25


def _labels(numbers: pd.DataFrame) -> list[str]:
    """Return what stands beside each date: the label, its source in brackets."""
    sources = numbers["source"] if "source" in numbers else [""] * len(numbers)
    return [printable(f"{label} ({source})" if source else label) for label, source in zip(numbers["label"], sources)]


def _numbers(table: pd.DataFrame, source: str | None) -> pd.DataFrame:
    ends = [_ends(str(date)) for date in table["date"]]
    dates = [re.sub(r"\s*[/;]\s*", "–", str(date)) for date in table["date"]]
    numbers = pd.DataFrame(
        {
            "date": dates,
            "label": table["label"].astype(str).tolist(),
            "year_from": [min(end) for end in ends],
            "year_to": [max(end) for end in ends],
        }
    )
    if source:
        numbers["source"] = table[source].fillna("").astype(str).tolist()
    return numbers.sort_values(["year_from", "year_to"], kind="stable").reset_index(drop=True)


def _ends(date: str) -> list[float]:
    """Return the years between which an event lies; a period without a last date has no end."""
    first, *rest = re.split(r"[/;]", date)
    return [as_year(first), *(as_year(part) if part.strip() else np.inf for part in rest)]


def _draw(
    ax: Axes, numbers: pd.DataFrame, labels: list[str], heights: list[float], inches: float, dates: float
) -> None:
    ends = numbers["year_to"].where(np.isfinite(numbers["year_to"]), numbers["year_from"])
    first, last = numbers["year_from"].min(), ends.max()
    scale = (inches - max(heights)) / max(last - first, 1.0)
    dots = (numbers["year_from"] - first).to_numpy(dtype=float) * scale + heights[0] / 2
    texts = _apart(dots, heights, inches)
    ax.set_xlim(0, 1)
    ax.set_ylim(inches, 0)
    ax.axis("off")
    ax.plot([0, 0], [0, inches], color=FAINT, linewidth=1.0, clip_on=False)
    for row, dot, text, label in zip(records(numbers), dots, texts, labels):
        span = [min((year - first) * scale + heights[0] / 2, inches) for year in (row.year_from, row.year_to)]
        if np.isinf(row.year_to):
            ax.plot([0], [inches], "v", color=RIGHT, markersize=7, alpha=0.6, clip_on=False)
        ax.plot([0, 0], span, color=RIGHT, linewidth=4.0, solid_capstyle="butt", alpha=0.6, clip_on=False)
        ax.plot([0], [dot], "o", color=RIGHT, markersize=4.5, clip_on=False, zorder=3)
        ax.plot([0.012, 0.045, 0.055], [dot, text, text], color=FAINT, linewidth=0.6, clip_on=False)
        date = f"{row.date}{chr(10) * label.count(chr(10))}" if not dates else row.date
        put(ax, date, (0.06, text), (0, 0), SMALL_SIZE, up="data", weight="bold")
        put(ax, label, (0.06, text), (dates, 0), SMALL_SIZE, up="data")
    for year in range(int(np.ceil(first / 5)) * 5, int(last) + 1, 5):
        put(
            ax,
            str(year),
            (0, (year - first) * scale + heights[0] / 2),
            (-7, 0),
            SMALL_SIZE - 1,
            up="data",
            ha="right",
            color=FAINT,
        )


def _apart(dots: object, heights: list[float], inches: float) -> list[float]:
    """Return the places of the labels, each clear of the one above and all inside the figure."""
    gaps = [0.0, *((one + other) / 2 for one, other in pairwise(heights))]
    offsets = [sum(gaps[: at + 1]) for at in range(len(gaps))]
    moved = spread([dot - offset for dot, offset in zip(dots, offsets)], 0.0)  # type: ignore[call-overload]
    places = [float(place + offset) for place, offset in zip(moved, offsets)]
    beyond = places[-1] + heights[-1] / 2 - inches if places else 0.0
    limit = inches
    for at in range(len(places) - 1, -1, -1):
        if beyond <= 0:
            break
        places[at] = min(places[at], limit - heights[at] / 2)
        limit = places[at] - heights[at] / 2
    return places
