"""The difference without each settlement in turn: draw_influence."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, check_option
from surveykit.errors import ArgumentError
from surveykit.formatting import format_p
from surveykit.report.disclosure import WHY, hidden_note, mark_of, protected
from surveykit.report.figures.drawing import Drawing, Width, finish
from surveykit.report.figures.mark_rows import Heading, Mark, Panel, digits_of, draw_mark_rows, with_interval
from surveykit.report.records import natural_order, records
from surveykit.report.tables.table_text import percent_of
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.translation import page_language, question_of
from surveykit.words.pages import word, word_or_text

_NUMBERS = ["estimate", "conf_low", "conf_high", "p_value"]


def draw_influence(
    result: Result,
    outcome: str | None = None,
    estimand: str = "person",
    ax: Axes | None = None,
    *,
    term: str = "unadjusted",
    digits: int | None = None,
    title: str | None = None,
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw the difference as it is without each settlement in turn, under the one with all of them.

    Settlements stand in the order of their names, numbers in them counted as numbers (№ 2 before № 10).

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
        Where to draw; None makes a new figure.
    term : {"unadjusted", "adjusted"}
        Whether the covariates of `adjust_for` are held equal.
    digits : int, optional
        Decimals printed. None: none from 1,000 on, one from 100 on, else two.
    title : str, optional
        None: the question of the outcome.
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
    asked = question_of(outcome, lang, result.origin).rstrip(".")
    title = f"{asked}: {word_or_text(estimand, lang)}" if title is None else title
    head = verdict_of(result, lang, str(outcome))
    labels = tuple(
        word("without", lang, settlement=name) if name else word("nothing_left_out", lang)
        for name in numbers["left_out"]
    )
    absent = [mark_of(one, lang, result.facts) if one else "" for one in why]
    notes = [word("influence_alt", lang) + ".", word("whiskers_note", lang, percent=percent_of(result, lang))]
    notes += [hidden_note(influence, lang, result.facts)] if hidden.any() else []
    size = digits_of(numbers[["estimate", "conf_low", "conf_high"]]) if digits is None else digits
    marks = tuple(
        Mark(
            "",
            label,
            min(at, 1),
            row.estimate,
            row.conf_low,
            row.conf_high,
            (with_interval(row.estimate, row.conf_low, row.conf_high, size, lang), format_p(row.p_value, lang)),
            gone,
        )
        for at, (row, label, gone) in enumerate(zip(records(numbers), labels, absent))
    )
    panel = Panel(marks, word("difference", lang), 0.0, line=float(numbers["estimate"].iloc[0]))
    heading = Heading(title, tuple(notes), result.origin.simulated, head, lang)
    headers = [word("estimate_and_interval", lang), "p"]
    axes, left, depth = draw_mark_rows(ax, [panel], headers, [""], heading, width=width, page=6.4)
    alt = _alt_text(marks, title, head, lang)
    drawing = Drawing(numbers, alt, result.origin, lang, title, tuple(notes), result)
    return finish(axes[0], drawing, notes_below=depth, left=left, head=head)


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
    names = here["left_out"].astype(str).tolist()
    order = [0, *(1 + at for at in sorted(range(len(names)), key=lambda at: natural_order(names[at])))]
    numbers = pd.DataFrame({"left_out": ["", *names], **columns})
    return numbers.iloc[order].reset_index(drop=True), why[order]


def _alt_text(marks: Sequence[Mark], title: str, head: str, lang: str) -> str:
    said = []
    for mark in marks:
        number, p = mark.cells
        said.append(f"{mark.label}: {f'{number}, p {p}' if number else mark.instead or '–'}")
    return " ".join(part for part in (f"{title}.", head, f"{word('influence_alt', lang)}: {'; '.join(said)}.") if part)
