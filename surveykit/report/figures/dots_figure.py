"""Quantities side by side as dots, several sources of one quantity in one row: draw_dots."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, check_numeric
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number, printable
from surveykit.report.disclosure import hidden_note, protected
from surveykit.report.figures.drawing import (
    SMALL_SIZE,
    Drawing,
    figure_of,
    finish,
    heading_height,
    light_grid,
    start_axes,
    width_of,
)
from surveykit.report.figures.interval_marks import check_series, draw_mark, draw_series_legend, limits_of
from surveykit.report.figures.palette import INK
from surveykit.report.figures.row_layout import (
    Block,
    Column,
    columns_width,
    lay_out,
    left_of,
    place_columns,
    place_rows,
)
from surveykit.report.records import records
from surveykit.report.translation import page_language
from surveykit.results import Origin, Result


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
    lang: str | None = None,
) -> Axes:
    """Draw quantities as dots, one row per label; sources that disagree stand in one row with marks of their own.

    Parameters
    ----------
    quantities : Result or DataFrame
        One row per quantity. Small cells of a result are hidden (`hide_small_cells`); a DataFrame is taken as it is.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure unknown to pyplot.
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
    columns = [Column(printable(name), _cells(numbers, labels, name, digits, lang), room=60.0) for name in names]
    given = ax is not None
    ax = start_axes(ax, 3.0)
    layout = lay_out([Block("", labels)], columns, label_room=min(190.0, 0.4 * width_of(ax)), heading_room=300)
    if not given:
        height = layout.inches + 0.6 + 0.25 * bool(series) + heading_height(title, origin.simulated, notes)
        figure_of(ax).set_size_inches(6.4, height)
    if columns_width(columns) > 0.5 * width_of(ax):
        columns = []
    place_rows(ax, layout)
    place_columns(ax, layout, columns)
    ax.set_xlim(limits_of(numbers["value"], zero=zero))
    for row in records(numbers):
        draw_mark(ax, row.value, layout.rows[labels.index(row.label)], np.nan, np.nan, names.index(row.series))
    light_grid(ax, "y")
    ax.set_xlabel(axis, fontsize=SMALL_SIZE, color=INK, parse_math=False)
    depth = draw_series_legend(ax, names, left=left_of(layout), line=False) if series else 34.0
    said = "; ".join(
        f"{printable(row.label)}{f', {printable(row.series)}' if row.series else ''}: {format_number(row.value, digits, lang)}"
        for row in records(numbers)
    )
    alt = f"{title or axis}: {said}."
    return finish(
        ax, Drawing(numbers, alt, origin, lang, title, notes, result), notes_below=depth, left=left_of(layout)
    )


def _cells(numbers: pd.DataFrame, labels: tuple[str, ...], name: str, digits: int, lang: str) -> tuple[str, ...]:
    found = {row.label: row.value for row in records(numbers) if row.series == name}
    return tuple(format_number(found[label], digits, lang) if label in found else "" for label in labels)
