"""Balance of covariates before and after adjustment (a love plot): draw_balance."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns
from surveykit.formatting import format_number, in_language
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
from surveykit.report.figures.interval_marks import draw_mark, draw_series_legend, limits_of
from surveykit.report.figures.palette import FAINT, INK
from surveykit.report.figures.row_layout import Block, lay_out, left_of, place_rows
from surveykit.report.records import records
from surveykit.report.translation import level_names, page_language, question_of
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.words.pages import word


def draw_balance(
    result: Result,
    ax: Axes | None = None,
    *,
    limit: float = 0.1,
    title: str | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the standardized differences of covariates between two kinds of settlements.

    Parameters
    ----------
    result : Result
        What `covariate_balance` returned: one row per covariate (column outcome, term or covariate) and level, with
        the standardized difference `before` and, where something was adjusted, `after`.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure unknown to pyplot.
    limit : float
        Difference at which dotted lines stand.
    title : str, optional
        None: "Balance of covariates", in the language of the figure.
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
    columns = [each for each in (name, "level", "before", "after") if each in result.table]
    numbers = result.table[columns].reset_index(drop=True)
    labels = tuple(_label(row, name, lang, result) for row in records(numbers))
    drawn = [each for each in ("before", "after") if each in numbers and numbers[each].notna().any()]
    notes = (word("balance_note", lang, limit=in_language(f"±{limit:g}", lang)),)
    head = verdict_of(result, lang)
    given = ax is not None
    ax = start_axes(ax, 3.0)
    layout = lay_out([Block("", labels)], label_room=min(190.0, 0.4 * width_of(ax)), heading_room=300)
    if not given:
        height = layout.inches + 0.95 + heading_height(title, result.origin.simulated, notes, head)
        figure_of(ax).set_size_inches(6.0, height)
    place_rows(ax, layout)
    values_drawn = numbers[drawn].to_numpy(dtype=float).ravel()
    ax.set_xlim(limits_of([*values_drawn[np.isfinite(values_drawn)], -1.2 * limit, 1.2 * limit]))
    for edge in (-limit, limit):
        ax.axvline(edge, color=FAINT, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1)
    ax.axvline(0, color=INK, linewidth=0.7, zorder=1)
    for series, which in enumerate(drawn):
        for value, y in zip(numbers[which].to_numpy(dtype=float), layout.rows):
            low, high = ax.get_xlim()  # sides that share no spread stand near the edge, marked as beyond it
            edge = np.clip(value, low + 0.02 * (high - low), high - 0.02 * (high - low)) if np.isinf(value) else value
            draw_mark(ax, edge, y, np.nan, np.nan, series)
            if np.isinf(value):
                ax.annotate(
                    format_number(value),
                    (edge, y),
                    xytext=(-8 if value > 0 else 8, 0),
                    textcoords="offset points",
                    ha="right" if value > 0 else "left",
                    va="center",
                    fontsize=SMALL_SIZE,
                    color=INK,
                )
    light_grid(ax, "y")
    ax.set_xlabel(word("balance_axis", lang), fontsize=SMALL_SIZE, color=INK)
    depth = draw_series_legend(ax, [word(which, lang) for which in drawn], left=left_of(layout), line=False)
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
