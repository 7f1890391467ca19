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
    figure_of,
    finish,
    heading_height,
    light_grid,
    put,
    start_axes,
)
from surveykit.report.figures.palette import INK, LEFT, RIGHT, RIGHT_PALE
from surveykit.report.records import records
from surveykit.report.translation import page_language, question_of
from surveykit.report.verdict import verdict_of
from surveykit.results import Result
from surveykit.words.pages import word, word_or_text

TOLERANCE = 1e-9
"""Differences closer than this, relative to the largest, count as equal: the same assignment seen from two sides."""
NARROWEST = 1e-12
"""Reach of the axis, in units of the outcome, where no assignment makes a difference."""
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
        Where to draw; None makes a new figure unknown to pyplot.
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
    title = f"{question_of(outcome, lang, result.origin)}: {word_or_text(estimand, lang)}" if title is None else title
    numbers, observed = _bins(here)
    p = _p_value(result.table, outcome, estimand)
    head = verdict_of(result, lang)
    notes = (word("tail_note", lang),)
    given = ax is not None
    ax = start_axes(ax, 3.0)
    if not given:
        figure_of(ax).set_size_inches(5.6, 2.9 + heading_height(title, result.origin.simulated, notes, head))
    _draw(ax, numbers, observed, len(here), p, lang)
    alt = _alt_text(numbers, observed, len(here), p, title, head, lang)
    return finish(ax, Drawing(numbers, alt, result.origin, lang, title, notes), head=head, left=AXIS_LEFT)


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


def _draw(ax: Axes, numbers: pd.DataFrame, observed: float, count: int, p: float, lang: str) -> None:
    edges = np.append(numbers["bin_low"], numbers["bin_high"].iloc[-1])
    ax.stairs(numbers["assignments"], edges, fill=True, color=RIGHT_PALE)
    ax.stairs(numbers["far"], edges, fill=True, color=RIGHT)
    ax.set_xlim(edges[0], edges[-1])
    top = 1.22 * max(int(numbers["assignments"].max()), 1)
    ax.set_ylim(0, top)
    ax.axvline(observed, color=LEFT, linewidth=1.8)
    right = observed < 0
    text = f"{word('observed', lang)}: {format_number(observed, 2, lang)}"
    put(
        ax,
        text,
        (observed, top),
        (4 if right else -4, -2),
        SMALL_SIZE,
        across="data",
        up="data",
        ha="left" if right else "right",
        va="top",
        color="#7a3b00",
        weight="bold",
    )
    put(
        ax,
        _caption(count, p, lang),
        (observed, top),
        (4 if right else -4, -13),
        SMALL_SIZE,
        across="data",
        up="data",
        ha="left" if right else "right",
        va="top",
    )
    ax.set_xlabel(word("assignment_axis", lang), fontsize=SMALL_SIZE, color=INK)
    ax.set_ylabel(word("assignments", lang), fontsize=SMALL_SIZE, color=INK)
    light_grid(ax, "y")


def _caption(count: int, p: float, lang: str) -> str:
    assignments = word("count_of_assignments", lang, n=format_number(count, 0, lang))
    return assignments if np.isnan(p) else f"{p_text(p, lang)}; {assignments}"


def _alt_text(numbers: pd.DataFrame, observed: float, count: int, p: float, title: str, head: str, lang: str) -> str:
    bins = [
        f"{format_number(row.bin_low, 2, lang)} – {format_number(row.bin_high, 2, lang)}: {format_number(row.assignments, 0, lang)}"
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
