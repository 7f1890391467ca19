"""Balance of covariates before and after adjustment (a love plot): draw_balance."""

from typing import Literal, get_args

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, check_option
from surveykit.formatting import format_number
from surveykit.report.figures.drawing import (
    Drawing,
    Numbers,
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
from surveykit.report.figures.interval_marks import draw_mark, draw_series_legend, limits_of
from surveykit.report.figures.palette import FAINT, INK
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
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.translation import level_names, page_language, question_of
from surveykit.words.pages import word

Order = Literal["given", "before", "after"]


def draw_balance(
    result: Result,
    ax: Axes | None = None,
    *,
    limit: float = 0.1,
    absolute: bool = False,
    order: Order = "given",
    title: str | None = None,
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw the standardized differences of covariates between two kinds of settlements.

    Parameters
    ----------
    result : Result
        What `covariate_balance` returned: one row per covariate (column outcome, term or covariate) and level, with
        the standardized difference `before` and, where something was adjusted, `after`.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure.
    limit : float
        Difference at which dotted lines stand.
    absolute : bool
        Whether differences are drawn by their size alone, all to the right of zero.
    order : {"given", "before", "after"}
        Whether covariates stand in the order of the table, or by the size of their differences, the largest on top.
    title : str, optional
        None: "Balance of covariates", in the language of the figure.
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
        When `ax` is no Axes of a figure, or `result` is none of `covariate_balance`.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    R: ``cobalt::love.plot``.

    References
    ----------
    Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline covariates between treatment
    groups in propensity-score matched samples. Statistics in Medicine 28, 3083-3107.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["age"] = np.random.default_rng(1).integers(18, 80, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> ax = sk.draw_balance(sk.covariate_balance(design, "age", **roles, rng=1))
    >>> sk.plotted_numbers(ax).round(3)
      outcome level  before  after
    0     age  None  -0.094    NaN
    """
    name = next((each for each in ("covariate", "outcome", "term") if each in result.table), "covariate")
    check_columns(result.table, [name, "before"], "result.table")
    lang = page_language(lang, result.origin)
    title = word("balance_title", lang) if title is None else title
    kept = [each for each in (name, "level", "before", "after") if each in result.table]
    numbers = result.table[kept].reset_index(drop=True)
    check_option(order, get_args(Order), "order")
    if order != "given":
        check_columns(numbers, [order], "result.table")
        numbers = numbers.sort_values(order, key=lambda sizes: -sizes.abs(), kind="stable", ignore_index=True)
    labels = tuple(_label(row, name, lang, result) for row in records(numbers))
    drawn = [each for each in ("before", "after") if each in numbers and numbers[each].notna().any()]
    signs = "" if absolute else "±"
    notes = (word("balance_note", lang, limit=signs + Numbers(lang)(limit)),)
    head = verdict_of(result, lang)
    given = ax is not None
    ax = start_axes(ax, 3.0, inches_of(width, 6.0))
    shown = numbers[drawn].abs() if absolute else numbers[drawn]
    columns = [
        Column(word(which, lang), tuple(format_number(value, 2, lang) for value in shown[which])) for which in drawn
    ]
    layout = fit_rows(ax, [Block("", labels)], columns, share=0.4)
    place_rows(ax, layout)
    place_columns(ax, layout, columns)
    values_drawn = shown.to_numpy(dtype=float).ravel()
    edges = (limit,) if absolute else (-limit, limit)
    ax.set_xlim(limits_of([*values_drawn[np.isfinite(values_drawn)], *(1.2 * edge for edge in edges)], zero=absolute))
    room = width_of(ax) - left_of(layout) - columns_width(columns)
    number_ticks(ax, lang, room=room)
    for edge in edges:
        ax.axvline(edge, color=FAINT, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1)
    ax.axvline(0, color=INK, linewidth=0.7, zorder=1)
    for series, which in enumerate(drawn):
        for value, y in zip(shown[which].to_numpy(dtype=float), layout.rows):
            low, high = ax.get_xlim()  # sides that share no spread stand near the edge, marked as beyond it
            edge = np.clip(value, low + 0.02 * (high - low), high - 0.02 * (high - low)) if np.isinf(value) else value
            draw_mark(ax, edge, y, np.nan, np.nan, series)
    light_grid(ax, "y")
    axis = word("balance_axis_absolute" if absolute else "balance_axis", lang)
    depth = 24.0 + 10.0 * name_axis(ax, axis, beside=(left_of(layout), columns_width(columns)))
    names = [word(which, lang) for which in drawn]
    depth = draw_series_legend(ax, names, left=left_of(layout), line=False, depth=depth)
    if not given:
        height = heading_height(title, result.origin.simulated, notes, head, width_of(ax), lang)
        set_height([ax], [layout.inches], 0.25 + depth / 72 + height)
    alt = _alt_text(numbers, labels, drawn, title, head, lang)
    return finish(
        ax, Drawing(numbers, alt, result.origin, lang, title, notes), notes_below=depth, left=left_of(layout), head=head
    )


def _label(row: object, name: str, lang: str, result: Result) -> str:
    covariate = getattr(row, name)
    level = getattr(row, "level", None)
    question = question_of(covariate, lang, result.origin)
    if level is None or pd.isna(level):
        return question
    return f"{question}: {level_names(result, str(covariate), lang).get(level, level)}"


def _alt_text(
    numbers: pd.DataFrame, labels: tuple[str, ...], drawn: list[str], title: str, head: str, lang: str
) -> str:
    rows = []
    for label, values in zip(labels, numbers[drawn].to_numpy(dtype=float)):
        said = ", ".join(f"{word(which, lang)} {format_number(value, 2, lang)}" for which, value in zip(drawn, values))
        rows.append(f"{label}: {said}")
    return " ".join(part for part in (f"{title}.", head, f"{word('balance_alt', lang)}: {'; '.join(rows)}.") if part)
