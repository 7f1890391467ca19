"""The difference without each settlement in turn: draw_influence."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, check_option
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number, format_p, p_text
from surveykit.report.disclosure import WHY, hidden_note, mark_of, protected
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
from surveykit.report.figures.interval_marks import draw_mark, limits_of
from surveykit.report.figures.palette import FAINT, INK
from surveykit.report.figures.row_layout import Block, Column, lay_out, left_of, place_columns, place_rows
from surveykit.report.records import records
from surveykit.report.tables.table_text import percent_of
from surveykit.report.translation import page_language, question_of
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.words.pages import word, word_or_text

_NUMBERS = ["estimate", "conf_low", "conf_high", "p_value"]


def draw_influence(
    result: Result,
    outcome: str | None = None,
    estimand: str = "person",
    ax: Axes | None = None,
    *,
    term: str = "unadjusted",
    title: str | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw the difference as it is without each settlement in turn, under the one with all of them.

    Parameters
    ----------
    result : Result
        What `compare_settlements` returned; its `influence` has columns outcome, estimand, term, left_out, estimate,
        conf_low, conf_high, p_value.
    outcome : str, optional
        None: the first.
    estimand : {"person", "settlement"}
        Which average: every person counts the same, or every settlement.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure unknown to pyplot.
    term : {"unadjusted", "adjusted"}
        Whether the covariates of `adjust_for` are held equal.
    title : str, optional
        None: the question of the outcome.
    lang : {"en", "ru", "kk"}, optional
        Language of everything printed; None: that of the result.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ArgumentError
        When `ax` is no Axes of a figure, or `result` has no influence of settlements, or none of that outcome, estimand
        and term.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    The estimate with all settlements is the CR2 row of the result's table; a dashed line carries it down. A settlement
    without which one side would be empty has no estimate.

    What the difference is without a settlement, and the averages of the two kinds of settlements, tell the average of
    that settlement. Rows of settlements below the smallest n of disclosure control (5, or that of `hide_small_cells`)
    are hidden, and so many others of their kind that none can be worked out; `show_small_cells` leaves them.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.compare_settlements(design, "trust", **roles, methods="cr2")
    >>> ax = sk.draw_influence(result)
    >>> result.influence[["left_out", "estimate"]].head(3).round(3)
      left_out  estimate
    0       U0    -0.135
    1       U1    -0.148
    2       U2    -0.110
    """
    influence = getattr(protected(result), "influence", None)
    if not isinstance(influence, pd.DataFrame):
        raise ArgumentError("`result` must have an `influence` table; pass what compare_settlements() returned")
    check_columns(influence, ["outcome", "estimand", "term", "left_out", "treated", "n", *_NUMBERS], "result.influence")
    lang = page_language(lang, result.origin)
    known = list(dict.fromkeys(influence["outcome"]))
    outcome = known[0] if outcome is None and known else outcome
    check_option(outcome, known, "outcome")
    check_option(estimand, list(dict.fromkeys(influence["estimand"])), "estimand")
    result = protected(result)
    numbers, why = _numbers(result.table, influence, str(outcome), estimand, term)
    hidden = why != ""
    title = f"{question_of(outcome, lang, result.origin)}: {word_or_text(estimand, lang)}" if title is None else title
    head = verdict_of(result, lang)
    labels = tuple(
        word("without", lang, settlement=name) if name else word("nothing_left_out", lang)
        for name in numbers["left_out"]
    )
    marks = [mark_of(one, lang, result.facts) if one else "–" for one in why]
    column = Column("p", tuple(format_p(p, lang) for p in numbers["p_value"]))
    notes = [word("influence_alt", lang) + ".", word("whiskers_note", lang, percent=percent_of(result, lang))]
    notes += [hidden_note(influence, lang, result.facts)] if hidden.any() else []
    given = ax is not None
    ax = start_axes(ax, 3.0)
    layout = lay_out([Block("", labels)], [column], label_room=min(170.0, 0.4 * width_of(ax)), heading_room=300)
    if not given:
        height = layout.inches + 0.65 + heading_height(title, result.origin.simulated, notes, head)
        figure_of(ax).set_size_inches(6.4, height)
    place_rows(ax, layout)
    place_columns(ax, layout, [column])
    ax.set_xlim(limits_of(numbers[["estimate", "conf_low", "conf_high"]], zero=True))
    ax.axvline(0, color=INK, linewidth=0.7, zorder=1)
    ax.axvline(float(numbers["estimate"].iloc[0]), color=FAINT, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for row, y, gone, mark in zip(records(numbers), layout.rows, hidden, marks):
        if gone:
            ax.text(
                float(numbers["estimate"].iloc[0]),
                y,
                f" {mark}",
                va="center",
                fontsize=SMALL_SIZE,
                color=FAINT,
                style="italic",
            )
        draw_mark(ax, row.estimate, y, row.conf_low, row.conf_high, 0 if row.left_out == "" else 1)
    light_grid(ax)
    ax.set_xlabel(word("difference", lang), fontsize=SMALL_SIZE, color=INK)
    alt = _alt_text(numbers, labels, title, head, lang, marks)
    return finish(
        ax, Drawing(numbers, alt, result.origin, lang, title, tuple(notes), result), left=left_of(layout), head=head
    )


def _numbers(
    table: pd.DataFrame, influence: pd.DataFrame, outcome: str, estimand: str, term: str
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the estimate with all settlements (left_out is "") above those without each, and why rows are hidden."""
    here = influence
    for name, value in (("outcome", outcome), ("estimand", estimand), ("term", term)):
        here = here[here[name] == value]
    if here.empty:
        raise ArgumentError(f"`result.influence` has no rows for {outcome!r}, {estimand}, {term}")
    why = np.array(["", *(here[WHY] if WHY in here else [""] * len(here))], dtype=object)
    whole = table[
        (table["outcome"] == outcome)
        & (table["estimand"] == estimand)
        & (table["term"] == term)
        & (table["method"] == "cr2")
    ]
    first = whole.iloc[0][_NUMBERS].astype(float).to_dict() if len(whole) else dict.fromkeys(_NUMBERS, np.nan)
    columns = {name: [first[name], *here[name].astype(float)] for name in _NUMBERS}
    return pd.DataFrame({"left_out": ["", *here["left_out"].astype(str)], **columns}), why


def _alt_text(
    numbers: pd.DataFrame, labels: tuple[str, ...], title: str, head: str, lang: str, absent: list[str]
) -> str:
    rows = []
    for row, label, why in zip(records(numbers), labels, absent):
        if np.isnan(row.estimate):
            rows.append(f"{label}: {why}")
            continue
        rows.append(
            f"{label}: {format_number(row.estimate, 2, lang)} [{format_number(row.conf_low, 2, lang)}; {format_number(row.conf_high, 2, lang)}], {p_text(row.p_value, lang)}"
        )
    return " ".join(part for part in (f"{title}.", head, f"{word('influence_alt', lang)}: {'; '.join(rows)}.") if part)
