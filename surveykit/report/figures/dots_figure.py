"""Quantities side by side as dots, several sources of one quantity in one row: draw_dots."""

from collections.abc import Sequence

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
    sentences,
    set_height,
    start_axes,
    width_of,
)
from surveykit.report.figures.interval_marks import STYLES, check_series, draw_mark, draw_series_legend, limits_of
from surveykit.report.figures.palette import INK
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
    source: str | None = None,
    axis: str = "",
    digits: int | str = 1,
    zero: bool = True,
    title: str = "",
    notes: str | Sequence[str] = (),
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
        Column that tells several numbers of one row apart by their marks (ministry and commission, sex, year).
    source : str, optional
        Column that says where each number comes from. Every number then has a line of its own, its source behind it.
    axis : str
        What the numbers are, with their unit.
    digits : int or str
        Decimals printed, or the column that holds those of each number.
    zero : bool
        Whether the axis begins at zero.
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
        When there is no number to draw, there are more series than a figure can tell apart, or `ax` is no Axes of a
        figure.
    ColumnError
        When `label`, `value`, `series`, `source` or `digits` names no column, or values or decimals are no numbers.

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
    asked = [label, value, *(name for name in (series, source, digits) if isinstance(name, str))]
    check_columns(table, asked, "quantities")
    lang = page_language(lang, origin)
    numbers = pd.DataFrame({"label": table[label].astype(str), "value": check_numeric(table[value], "value")})
    numbers["series"] = table[series].astype(str) if series else ""
    if source:
        numbers["source"] = table[source].fillna("").astype(str)
    known = numbers["value"].notna().to_numpy()
    decimals = check_numeric(table[digits], "digits").tolist() if isinstance(digits, str) else [digits] * len(table)
    numbers = numbers[known].reset_index(drop=True)
    if numbers.empty:
        why = " that is not hidden" if minimum_n else ""
        raise ArgumentError(f"`quantities` must hold at least one number in {value!r}{why}")
    printed = [
        format_number(number, _whole(size), lang)
        for number, size in zip(numbers["value"], [size for size, kept in zip(decimals, known) if kept])
    ]
    said = hidden_note(table, lang, result.facts) if minimum_n else ""
    beneath = (*sentences(notes), *([said] if said else []))
    names, labels = list(dict.fromkeys(numbers["series"])), tuple(dict.fromkeys(numbers["label"]))
    check_series(names, "series")
    given = ax is not None
    ax = start_axes(ax, 3.0, inches_of(width, 7.2 if source else 6.4))
    if source:
        columns, block, order = _with_sources(numbers, labels, printed, names, 0.5 * width_of(ax))
    else:
        columns, block, order = _by_series(numbers, labels, printed, names, 0.5 * width_of(ax))
    layout = fit_rows(ax, [block], columns, share=0.4)
    places = {row: layout.marks[line] for row, line in order.items()}
    place_rows(ax, layout)
    place_columns(ax, layout, columns)
    ax.set_xlim(limits_of(numbers["value"], zero=zero))
    room = width_of(ax) - left_of(layout) - columns_width(columns)
    number_ticks(ax, lang, room=room)
    for at, row in enumerate(records(numbers)):
        draw_mark(ax, row.value, places[at], np.nan, np.nan, names.index(row.series))
    light_grid(ax, "y")
    depth = 24.0 + 10.0 * name_axis(ax, axis, own=True, beside=(left_of(layout), columns_width(columns)))
    if series:
        depth = draw_series_legend(ax, names, left=left_of(layout), line=False, depth=depth)
    if not given:
        height = heading_height(title, origin.simulated, beneath, "", width_of(ax), lang)
        set_height([ax], [layout.inches], 0.25 + depth / 72 + height)
    told = "; ".join(
        ", ".join(printable(part) for part in (row.label, row.series) if part)
        + f": {text}{f' ({printable(row.source)})' if source and row.source else ''}"
        for row, text in zip(records(numbers), printed)
    )
    alt = f"{title or axis}: {told}."
    return finish(
        ax, Drawing(numbers, alt, origin, lang, title, beneath, result), notes_below=depth, left=left_of(layout)
    )


def _whole(size: object) -> int:
    """Return a number of decimals that a cell of a table holds."""
    number = float(str(size))
    if not number.is_integer() or number < 0:
        raise ArgumentError(f"`digits` must hold whole numbers of decimals from 0 on, but {size!r} was given")
    return int(number)


Lines = tuple[list[Column], Block, dict[int, int]]
"""Columns beside the rows, the rows, and for each number the line of its mark."""


def _with_sources(
    numbers: pd.DataFrame, labels: tuple[str, ...], printed: Sequence[str], names: list[str], room: float
) -> Lines:
    """Return a line for each number, its source behind it; where there is no room, sources stand under the labels."""
    lines = [at for label in labels for at in np.flatnonzero(numbers["label"] == label).tolist()]
    counts = tuple(int((numbers["label"] == label).sum()) for label in labels)
    colors = tuple(STYLES[names.index(name)][2] if len(names) > 1 else INK for name in numbers["series"].iloc[lines])
    cells, sources = tuple(printed[at] for at in lines), [printable(text) for text in numbers["source"]]
    columns = [Column("", cells, colors=colors), Column("", tuple(sources[at] for at in lines), words=True)]
    details: tuple[str, ...] = ()
    if columns_width(columns) > room:
        said = [[f"{printed[at]}: {sources[at]}" for at in lines if numbers["label"][at] == label] for label in labels]
        columns, details = columns[:1], tuple("; ".join(parts) for parts in said)
    return columns, Block("", labels, counts, details), {at: line for line, at in enumerate(lines)}


def _by_series(
    numbers: pd.DataFrame, labels: tuple[str, ...], printed: Sequence[str], names: list[str], room: float
) -> Lines:
    """Return a line for each label, a column for each series; where there is no room, a line for each series."""
    cells = [_cells(numbers, labels, name, printed) for name in names]
    columns = [Column(printable(name), texts, room=60.0) for name, texts in zip(names, cells)]
    block = Block("", labels)
    if columns_width(columns) > room:  # each mark has its own line
        columns, block = _one_column(labels, cells)
    lines, first = {}, 0
    for at, (label, count) in enumerate(zip(labels, block.marks or (1,) * len(labels))):
        shown = [name for name, texts in zip(names, cells) if texts[at]]
        for row in np.flatnonzero(numbers["label"] == label).tolist():
            lines[row] = first + min(shown.index(numbers["series"][row]), count - 1)
        first += count
    return columns, block, lines


def _cells(numbers: pd.DataFrame, labels: tuple[str, ...], name: str, printed: Sequence[str]) -> tuple[str, ...]:
    """Return the numbers of one series by label; a label with several has them all."""
    found: dict[str, list[str]] = {}
    for text, label, own in zip(printed, numbers["label"], numbers["series"]):
        if own == name:
            found.setdefault(label, []).append(text)
    return tuple("; ".join(found.get(label, [])) for label in labels)


def _one_column(labels: tuple[str, ...], cells: list[tuple[str, ...]]) -> tuple[list[Column], Block]:
    """Return all numbers one below the other, as many lines to a label as it has marks."""
    texts, colors, counts = [], [], []
    for at, _ in enumerate(labels):
        own = [(texts_of[at], STYLES[number][2]) for number, texts_of in enumerate(cells) if texts_of[at]]
        texts += [text for text, _ in own]
        colors += [color for _, color in own]
        counts.append(len(own))
    return [Column("", tuple(texts), colors=tuple(colors))], Block("", labels, tuple(counts))
