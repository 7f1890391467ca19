"""Weights before and after a weighting step: draw_weights."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from surveykit._checks import check_columns
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number
from surveykit.report.figures.drawing import (
    AXIS_LEFT,
    SMALL_SIZE,
    Drawing,
    Width,
    finish,
    heading_height,
    inches_of,
    light_grid,
    name_axis,
    number_ticks,
    set_height,
    shifted,
    start_axes,
    width_of,
)
from surveykit.report.figures.palette import INK, LEFT, RIGHT
from surveykit.report.records import records
from surveykit.results import Result
from surveykit.translation import page_language
from surveykit.words.pages import word


def draw_weights(
    result: Result,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw how many respondents have small and large weights, before and after weighting.

    Parameters
    ----------
    result : Result
        What `compare_weights` returned; its `distribution` has columns bin_low, bin_high (weight, mean 1), before and
        after (respondents).
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure.
    title : str, optional
        None: "Weights before and after", in the language of the figure.
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
        When `ax` is no Axes of a figure, or `result` has no distribution of weights.
    ColumnError
        When the table lacks a column of its kind.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> design = sk.SurveyDesign(pd.DataFrame({"sex": ["f", "f", "f", "m"]}))
    >>> raked = sk.rake(design, {"sex": {"f": 0.5, "m": 0.5}})
    >>> ax = sk.draw_weights(sk.compare_weights(design, raked, bins=2))
    >>> sk.plotted_numbers(ax).round(3)
       bin_low  bin_high  before  after
    0      0.0       1.0       0      3
    1      1.0       2.0       4      1
    """
    distribution = getattr(result, "distribution", None)
    if not isinstance(distribution, pd.DataFrame):
        raise ArgumentError("`result` must have a `distribution` of weights; pass what compare_weights() returned")
    check_columns(distribution, ["bin_low", "bin_high", "before", "after"], "result.distribution")
    lang = page_language(lang, result.origin)
    title = word("weights_title", lang) if title is None else title
    given = ax is not None
    ax = start_axes(ax, 3.0, inches_of(width, 5.2))
    numbers = distribution[["bin_low", "bin_high", "before", "after"]].reset_index(drop=True)
    edges = np.append(numbers["bin_low"].to_numpy(dtype=float), float(numbers["bin_high"].iloc[-1]))
    ax.stairs(numbers["before"].to_numpy(dtype=float), edges, color=LEFT, fill=True, alpha=0.45)
    ax.stairs(numbers["after"].to_numpy(dtype=float), edges, color=RIGHT, linewidth=1.6)
    # weights have the mean one: left of the line respondents count for less than one, right of it for more
    ax.axvline(1, color=INK, linewidth=0.6, linestyle=(0, (4, 3)))
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, 1.06 * max(float(numbers[["before", "after"]].to_numpy(dtype=float).max()), 1.0))
    number_ticks(ax, lang)
    number_ticks(ax, lang, upright=True, whole=True)
    depth = 24.0 + 10.0 * name_axis(ax, word("weight_axis", lang))
    name_axis(ax, word("respondents_axis", lang), upright=True)
    light_grid(ax, "y")
    marks = [Patch(facecolor=LEFT, alpha=0.45), Patch(facecolor="none", edgecolor=RIGHT, linewidth=1.6)]
    names = [word("before", lang), word("after", lang)]
    place = shifted(ax, -AXIS_LEFT, -depth)
    # under the axis: inside it would lie over a bar
    ax.legend(
        marks,
        names,
        ncols=2,
        loc="upper left",
        frameon=False,
        fontsize=SMALL_SIZE,
        borderpad=0,
        borderaxespad=0,
        bbox_to_anchor=(0, 0),
        bbox_transform=place,
    )
    depth += 18.0
    if not given:
        height = heading_height(title, result.origin.simulated, (), "", width_of(ax), lang)
        set_height([ax], [2.2], 0.2 + depth / 72 + height)
    alt = _alt_text(numbers, title, lang)
    return finish(ax, Drawing(numbers, alt, result.origin, lang, title), notes_below=depth, left=AXIS_LEFT)


def _alt_text(numbers: pd.DataFrame, title: str, lang: str) -> str:
    bins = [
        f"{format_number(row.bin_low, 2, lang)} – {format_number(row.bin_high, 2, lang)}: {word('before', lang)} {format_number(row.before, 0, lang)}, {word('after', lang)} {format_number(row.after, 0, lang)}"
        for row in records(numbers)
        if row.before or row.after
    ]
    return f"{title}. {word('weights_alt', lang)}; {word('respondents_axis', lang)}: {'; '.join(bins)}."
