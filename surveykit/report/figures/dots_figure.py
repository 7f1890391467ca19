"""Quantities side by side as dots, several sources of one quantity in one row: draw_dots."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, check_numeric
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number, printable
from surveykit.report.disclosure import hidden_note, protected
from surveykit.report.figures.drawing import (
    Drawing,
    Width,
    finish,
    heading_height,
    inches_of,
    light_grid,
    name_axis,
    number_ticks,
    set_height,
    start_axes,
    width_of,
)
from surveykit.report.figures.interval_marks import STYLES, check_series, draw_mark, draw_series_legend, limits_of
from surveykit.report.figures.row_layout import (
    Block,
    Column,
    columns_width,
    fit_rows,
    left_of,
    place_columns,
    place_rows,
)
from surveykit.report.records import records
from surveykit.results import Origin, Result
from surveykit.translation import page_language


def draw_dots(
    quantities: Result | pd.DataFrame,
    ax: Axes | None = None,
    *,
    label: str = "label",
    value: str = "value",
    series: str | None = None,
    axis: str = "",
    digits: int = 1,
    zero: bool = True,
    title: str = "",
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw quantities as dots, one row per label; sources that disagree stand in one row with marks of their own.

    Parameters
    ----------
    quantities : Result or DataFrame
        One row per quantity. Small cells of a result are hidden (`hide_small_cells`); a DataFrame is taken as it is.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure.
    label, value : str
        Columns of the row's name and of the number.
    series : str, optional
        Column that tells several numbers of one row apart (source, sex, year).
    axis : str
        What the numbers are, with their unit.
    digits : int
        Decimals printed.
    zero : bool
        Whether the axis begins at zero.
    title : str
        Heading of the figure; none by default.
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
        When there is no number to draw, there are more series than a figure can tell apart, or `ax` is no Axes of a
        figure.
    ColumnError
        When `label`, `value` or `series` names no column, or the values are no numbers.

    References
    ----------
    Cleveland, W. S. and McGill, R. (1984). Graphical perception: theory, experimentation, and application to the
    development of graphical methods. JASA 79, 531-554.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> counts = {"label": "elected", "value": [730, 728], "source": ["ministry", "commission"]}
    >>> ax = sk.draw_dots(pd.DataFrame(counts), series="source", axis="akims", digits=0)
    >>> sk.alt_text(ax)
    'akims: elected, ministry: 730; elected, commission: 728.'
    """
    result = protected(quantities) if isinstance(quantities, Result) else Result(quantities, "", Origin())
    table, origin, minimum_n = result.table, result.origin, result.facts.get("minimum_n")
    check_columns(table, [label, value, *([series] if series else [])], "quantities")
    lang = page_language(lang, origin)
    numbers = pd.DataFrame({"label": table[label].astype(str), "value": check_numeric(table[value], "value")})
    numbers["series"] = table[series].astype(str) if series else ""
    numbers = numbers[numbers["value"].notna()].reset_index(drop=True)
    if numbers.empty:
        why = " that is not hidden" if minimum_n else ""
        raise ArgumentError(f"`quantities` must hold at least one number in {value!r}{why}")
    said = hidden_note(table, lang, result.facts) if minimum_n else ""
    notes = (said,) if said else ()
    names, labels = list(dict.fromkeys(numbers["series"])), tuple(dict.fromkeys(numbers["label"]))
    check_series(names, "series")
    given = ax is not None
    ax = start_axes(ax, 3.0, inches_of(width, 6.4))
    cells = [_cells(numbers, labels, name, digits, lang) for name in names]
    columns = [Column(printable(name), texts, room=60.0) for name, texts in zip(names, cells)]
    block = Block("", labels)
    places: dict[tuple[str, str], float] = {}
    if columns_width(columns) > 0.5 * width_of(ax):  # no room for them beside each other: each mark has its own line
        columns, block = _one_column(labels, cells)
    layout = fit_rows(ax, [block], columns, share=0.4)
    lines = iter(layout.marks)
    for at, (text, count) in enumerate(zip(labels, block.marks or (1,) * len(labels))):
        own = [next(lines) for _ in range(count)]
        shown = [name for name, texts in zip(names, cells) if texts[at]]
        places |= {(text, name): own[min(number, count - 1)] for number, name in enumerate(shown)}
    place_rows(ax, layout)
    place_columns(ax, layout, columns)
    ax.set_xlim(limits_of(numbers["value"], zero=zero))
    room = width_of(ax) - left_of(layout) - columns_width(columns)
    number_ticks(ax, lang, room=room)
    for row in records(numbers):
        draw_mark(ax, row.value, places[row.label, row.series], np.nan, np.nan, names.index(row.series))
    light_grid(ax, "y")
    depth = 24.0 + 10.0 * name_axis(ax, axis, own=True, beside=(left_of(layout), columns_width(columns)))
    if series:
        depth = draw_series_legend(ax, names, left=left_of(layout), line=False, depth=depth)
    if not given:
        height = heading_height(title, origin.simulated, notes, "", width_of(ax), lang)
        set_height([ax], [layout.inches], 0.25 + depth / 72 + height)
    said = "; ".join(
        f"{printable(row.label)}{f', {printable(row.series)}' if row.series else ''}: {format_number(row.value, digits, lang)}"
        for row in records(numbers)
    )
    alt = f"{title or axis}: {said}."
    return finish(
        ax, Drawing(numbers, alt, origin, lang, title, notes, result), notes_below=depth, left=left_of(layout)
    )


def _cells(numbers: pd.DataFrame, labels: tuple[str, ...], name: str, digits: int, lang: str) -> tuple[str, ...]:
    """Return the numbers of one series by label; a label with several has them all."""
    here = numbers[numbers["series"] == name].groupby("label", sort=False)["value"]
    found = {label: "; ".join(format_number(value, digits, lang) for value in values) for label, values in here}
    return tuple(found.get(label, "") for label in labels)


def _one_column(labels: tuple[str, ...], cells: list[tuple[str, ...]]) -> tuple[list[Column], Block]:
    """Return all numbers one below the other, as many lines to a label as it has marks."""
    texts, colors, counts = [], [], []
    for at, _ in enumerate(labels):
        own = [(texts_of[at], STYLES[number][2]) for number, texts_of in enumerate(cells) if texts_of[at]]
        texts += [text for text, _ in own]
        colors += [color for _, color in own]
        counts.append(len(own))
    return [Column("", tuple(texts), colors=tuple(colors))], Block("", labels, tuple(counts))
