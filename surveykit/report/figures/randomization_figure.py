"""The difference under every assignment of settlements, the observed one marked: draw_randomization."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, suggest
from surveykit.errors import ArgumentError
from surveykit.formatting import format_number, p_text
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
    put,
    set_height,
    start_axes,
    width_of,
)
from surveykit.report.figures.palette import INK, LEFT, RIGHT, RIGHT_PALE
from surveykit.report.records import records
from surveykit.report.text_widths import text_width
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.translation import page_language, question_of
from surveykit.words.pages import word, word_or_text

TOLERANCE = 1e-9
"""Differences closer than this, relative to the largest, count as equal: the same assignment seen from two sides."""
NARROWEST = 1e-12
"""Reach of the axis, in units of the outcome, where no assignment makes a difference."""
BROWN = "#7a3b00"
"""Of the text at the observed difference: darker than its line, so that it can be read."""
BEYOND = 1e-6
"""How far, relative to it, the last edge lies beyond the largest difference, which rounding would else leave
outside."""


def draw_randomization(
    result: Result,
    outcome: str | None = None,
    estimand: str | None = None,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    width: Width = "page",
    lang: str | None = None,
) -> Axes:
    """Draw the randomization distribution of a difference with the observed one marked.

    Parameters
    ----------
    result : Result
        What `compare_settlements` returned; its `randomization` has columns outcome, estimand, difference, observed.
    outcome : str, optional
        None: the first.
    estimand : {"person", "settlement"}, optional
        None: the first.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure.
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
        When `ax` is no Axes of a figure, or `result` has no randomization distribution, or none of that outcome and
        estimand.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    Bars far from zero, as far as the observed difference or further, are dark. The p-value printed is the result's own.

    References
    ----------
    Fisher, R. A. (1935). The Design of Experiments. Oliver and Boyd, chapter 3.

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
    >>> result = sk.compare_settlements(design, "trust", **roles, methods="randomization")
    >>> ax = sk.draw_randomization(result, estimand="person")
    >>> len(result.randomization.query("estimand == 'person'"))  # ways to choose 5 of 10 settlements
    252
    """
    draws = getattr(result, "randomization", None)
    if not isinstance(draws, pd.DataFrame):
        raise ArgumentError("`result` must have a `randomization` table; pass what compare_settlements() returned")
    check_columns(draws, ["outcome", "estimand", "difference", "observed"], "result.randomization")
    if draws.empty:
        raise ArgumentError(
            "`result` has no randomization distribution, because its settlements were balanced for the assignment that happened; draw the comparison of the design before balance_settlements()"
        )
    lang = page_language(lang, result.origin)
    outcome, estimand = _pick(draws, "outcome", outcome), _pick(draws, "estimand", estimand)
    here = draws[(draws["outcome"] == outcome) & (draws["estimand"] == estimand)]
    if here.empty:
        raise ArgumentError(f"`result` has no randomization distribution of {outcome!r} for the {estimand} average")
    asked = question_of(outcome, lang, result.origin).rstrip(".")
    title = f"{asked}: {word_or_text(estimand, lang)}" if title is None else title
    numbers, observed = _bins(here)
    p = _p_value(result.table, outcome, estimand)
    head = verdict_of(result, lang, str(outcome))
    notes = (word("tail_note", lang),)
    given = ax is not None
    ax = start_axes(ax, 3.0, inches_of(width, 5.6))
    above = _draw(ax, numbers, observed, len(here), p, lang)
    depth = 24.0 + 10.0 * name_axis(ax, word("assignment_axis", lang))
    if not given:
        text = heading_height(title, result.origin.simulated, notes, head, width_of(ax), lang)
        set_height([ax], [2.2], 0.2 + (depth + above) / 72 + text)
    alt = _alt_text(numbers, observed, len(here), p, title, head, lang)
    drawing = Drawing(numbers, alt, result.origin, lang, title, notes)
    return finish(ax, drawing, head=head, left=AXIS_LEFT, notes_below=depth, above=above)


def _pick(draws: pd.DataFrame, name: str, wanted: str | None) -> str:
    known = [str(each) for each in dict.fromkeys(draws[name])]
    if wanted is None and known:
        return known[0]
    if wanted not in known:
        raise ArgumentError(f"`{name}` must be one of {known}, but {wanted!r} was given{suggest(wanted, known)}")
    return str(wanted)


def _bins(here: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return the histogram (bin_low, bin_high, assignments, far) and the observed difference."""
    difference = here["difference"].to_numpy(dtype=float)
    observed = _observed(here)
    reach = max(float(np.abs(difference).max()), abs(observed), NARROWEST) * (1 + BEYOND)
    half = int(np.clip(np.ceil(np.sqrt(len(difference)) / 2), 5, 20))
    edges = np.linspace(-reach, reach, 2 * half + 1)
    far = np.abs(difference) >= abs(observed) * (1 - TOLERANCE)
    counts, tail = np.histogram(difference, edges)[0], np.histogram(difference[far], edges)[0]
    numbers = pd.DataFrame(
        {"bin_low": edges[:-1], "bin_high": edges[1:], "assignments": counts, "far": tail, "observed": observed}
    )
    return numbers, observed


def _observed(here: pd.DataFrame) -> float:
    """Return the observed difference: the column holds it in every row, or marks the row that holds it."""
    if pd.api.types.is_bool_dtype(here["observed"].dtype):
        if not here["observed"].any():
            raise ArgumentError("`result.randomization` must mark the observed difference, but no row is marked")
        return float(here.loc[here["observed"], "difference"].iloc[0])
    return float(here["observed"].iloc[0])


def _p_value(table: pd.DataFrame, outcome: str, estimand: str) -> float:
    rows = table[(table["outcome"] == outcome) & (table["estimand"] == estimand) & (table["method"] == "randomization")]
    rows = rows.sort_values("term", key=lambda term: term == "adjusted", kind="stable") if "term" in rows else rows
    return float(rows["p_value"].iloc[0]) if len(rows) else float("nan")


def _draw(ax: Axes, numbers: pd.DataFrame, observed: float, count: int, p: float, lang: str) -> float:
    """Draw the bars and what was observed; return the points that stand above the Axes."""
    edges = np.append(numbers["bin_low"], numbers["bin_high"].iloc[-1])
    ax.stairs(numbers["assignments"], edges, fill=True, color=RIGHT_PALE)
    ax.stairs(numbers["far"], edges, fill=True, color=RIGHT)
    ax.set_xlim(edges[0], edges[-1])
    ax.axvline(observed, color=LEFT, linewidth=1.8)
    number_ticks(ax, lang)
    name_axis(ax, word("assignments", lang), upright=True)
    light_grid(ax, "y")
    lines = [f"{word('observed', lang)}: {format_number(observed, 2, lang)}", _caption(count, p, lang)]
    inside = abs(observed - edges[0 if observed >= 0 else -1]) / (edges[-1] - edges[0]) * (width_of(ax) - 50)
    beside = max(text_width(line, SMALL_SIZE, "bold") for line in lines) < inside
    top = (1.22 if beside else 1.06) * max(int(numbers["assignments"].max()), 1)
    ax.set_ylim(0, top)
    number_ticks(ax, lang, upright=True, whole=True)
    side = "left" if observed < 0 else "right"
    if beside:
        for line, down, color, weight in zip(lines, (-2, -13), (BROWN, INK), ("bold", "normal")):
            shift = (4 if observed < 0 else -4, down)
            at = (observed, top)
            put(
                ax, line, at, shift, SMALL_SIZE, across="data", up="data", ha=side, va="top", color=color, weight=weight
            )
        return 6.0
    # no room beside the line: above the bars
    put(ax, lines[0], (0, 1), (-AXIS_LEFT, 17), SMALL_SIZE, va="bottom", color=BROWN, weight="bold")
    put(ax, lines[1], (0, 1), (-AXIS_LEFT, 6), SMALL_SIZE, va="bottom")
    return 32.0


def _caption(count: int, p: float, lang: str) -> str:
    assignments = word("count_of_assignments", lang, n=format_number(count, 0, lang))
    return assignments if np.isnan(p) else f"{p_text(p, lang)}; {assignments}"


def _alt_text(numbers: pd.DataFrame, observed: float, count: int, p: float, title: str, head: str, lang: str) -> str:
    bins = [
        f"{format_number(row.bin_low, 2, lang)} – {format_number(row.bin_high, 2, lang)}: {row.assignments}"
        for row in records(numbers)
        if row.assignments
    ]
    parts = (
        f"{title}.",
        head,
        f"{word('randomization_alt', lang)}: {'; '.join(bins)}.",
        f"{word('observed', lang)}: {format_number(observed, 2, lang)}; {_caption(count, p, lang)}.",
    )
    return " ".join(part for part in parts if part)
