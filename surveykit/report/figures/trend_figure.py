"""Estimates by wave, one line per group: draw_trend."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, check_option
from surveykit.codebook import distinct_texts
from surveykit.errors import ArgumentError
from surveykit.formatting import MINUS, format_number
from surveykit.report.disclosure import WHY, hidden_note, is_hidden, mark_of, protected
from surveykit.report.figures.drawing import (
    AXIS_LEFT,
    SMALL_SIZE,
    Drawing,
    figure_of,
    finish,
    heading_height,
    light_grid,
    start_axes,
)
from surveykit.report.figures.interval_marks import STYLES, check_series, draw_mark, draw_series_legend, limits_of
from surveykit.report.figures.palette import FAINT, INK
from surveykit.report.records import records
from surveykit.report.tables.table_text import percent_of
from surveykit.report.translation import group_names, group_parts, page_language, question_of
from surveykit.report.verdict import verdict_of
from surveykit.results import Meaning, Result
from surveykit.words.pages import word, word_or_text


def draw_trend(
    result: Result,
    outcome: str | None = None,
    ax: Axes | None = None,
    *,
    over: str = "wave",
    estimand: str | None = None,
    term: str | None = None,
    method: str | None = None,
    digits: int = 2,
    title: str | None = None,
    lang: str | None = None,
) -> Axes:
    """Draw estimates over waves (or over the time since an election), one line per group.

    Parameters
    ----------
    result : Result
        From `means(design, outcome, by=["wave", "akim"])`, whose groups are called "2021, elected"; or a result whose
        table has a column of that name (`wave`, `event_time`).
    outcome : str, optional
        None: the first.
    ax : matplotlib Axes, optional
        Where to draw; None makes a new figure unknown to pyplot.
    over : str
        Column of the horizontal axis; when the table lacks it, the column of that name among those that make the
        groups, else the first of these.
    estimand, term, method : str, optional
        Which rows of the table to draw (``term="event", method="cr3"`` of an event study). Person and settlement
        average are drawn as two series when no estimand is chosen.
    digits : int
        Decimals in the text version.
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
        When `ax` is no Axes of a figure, or `outcome` is none of the result, a wave and group have several rows, or
        there are more groups than a figure can tell apart.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    Waves are ordered categories: they stand at equal distances. Numbers (years since an election) stand to scale.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"trust": [2, 3, 4, 5, 3, 4, 3, 3, 5, 5, 4, 5], "village": list("ABC") * 4})
    >>> answers["wave"] = [2021] * 6 + [2023] * 6
    >>> ax = sk.draw_trend(sk.means(sk.SurveyDesign(answers, cluster="village"), "trust", by="wave"))
    >>> sk.plotted_numbers(ax)[["time", "estimate", "n"]].round(3)
       time  estimate    n
    0  2021     3.500  6.0
    1  2023     4.167  6.0
    """
    result = protected(result)
    check_columns(result.table, ["outcome", "estimate", "conf_low", "conf_high"], "result.table")
    lang = page_language(lang, result.origin)
    table = _chosen(result.table, over, {"estimand": estimand, "term": term, "method": method})
    known = list(dict.fromkeys(table["outcome"]))
    outcome = known[0] if outcome is None and known else outcome
    if outcome not in known:
        raise ArgumentError(f"`outcome` must be one of {known}, but {outcome!r} was given")
    here = table[table["outcome"] == outcome]
    numbers = _numbers(here, over, result)
    why = here[WHY] if WHY in here else [""] * len(here)
    marks = [mark_of(one, lang, result.facts) if gone else "–" for one, gone in zip(why, is_hidden(here))]
    shown = _in_words(result, over, lang)
    groups = list(dict.fromkeys(numbers["group"]))
    check_series(groups, "groups")
    title = question_of(outcome, lang, result.origin) if title is None else title
    head = verdict_of(result, lang)
    notes: tuple[str, ...] = (word("whiskers_note", lang, percent=percent_of(result, lang)),)
    if said := hidden_note(result.table, lang, result.facts):
        notes = (*notes, said)
    given = ax is not None
    ax = start_axes(ax, 3.0)
    if not given:
        figure_of(ax).set_size_inches(5.8, 3.2 + heading_height(title, result.origin.simulated, notes, head))
    ours, names_of_times = _series_column(table) == "estimand", group_names(result, lang)
    names = [
        "" if group == "" else word_or_text(group, lang) if ours else shown.names.get(group) or group
        for group in groups
    ]
    times = {
        time: shown.times.get(time) or names_of_times.get(time, str(time)) for time in dict.fromkeys(numbers["time"])
    }
    _draw(ax, numbers, groups, over, lang, times)
    depth = draw_series_legend(ax, names, left=AXIS_LEFT) if any(names) else 34.0
    alt = _alt_text(numbers, times, dict(zip(groups, names)), title, head, digits, lang, marks)
    drawing = Drawing(numbers, alt, result.origin, lang, title, notes, result)
    return finish(ax, drawing, notes_below=depth, left=AXIS_LEFT, head=head)


def _chosen(table: pd.DataFrame, over: str, wanted: dict[str, str | None]) -> pd.DataFrame:
    """Return the rows that are asked for and have a place in time."""
    kept = table
    for name, value in wanted.items():
        if value is None:
            continue
        check_columns(table, [name], "result.table")
        check_option(value, [str(each) for each in dict.fromkeys(table[name].dropna())], name)
        kept = kept[kept[name] == value]
    return kept[kept[over].notna()] if over in kept else kept


def _series_column(table: pd.DataFrame) -> str:
    return next((name for name in ("group", "estimand") if name in table and table[name].nunique() > 1), "group")


@dataclass(frozen=True)
class _Split:
    """The groups of a result as points in time and series: of each group (time, name), and both in another language."""

    groups: dict[str, tuple[str, str]]
    times: dict[str, str]
    names: dict[str, str]


def _in_words(result: Result, over: str, lang: str | None) -> _Split:
    """Return what each group stands for: the column `over` (else its first) is the time, the others are the series."""
    own, wanted = (_split(result, over, each) for each in (result.origin.lang, lang))
    times = {time: wanted[group][0] for group, (time, _) in own.items()}
    return _Split(own, times, {name: wanted[group][1] for group, (_, name) in own.items()})


def _split(result: Result, over: str, lang: str | None) -> dict[str, tuple[str, str]]:
    """Return the time and the series of each group in one language; no two series of different codes are alike."""
    times: dict[str, str] = {}
    series: dict[str, Meaning] = {}
    texts: dict[Meaning, str] = {}
    for group, parts in group_parts(result, lang).items():
        columns = [column for column, _ in result.group_codes[group]]
        here = -1 if over in result.table else columns.index(over) if over in columns else 0
        times[group] = "".join(part for at, part in enumerate(parts) if at == here)
        series[group] = tuple(pair for at, pair in enumerate(result.group_codes[group]) if at != here)
        texts[series[group]] = ", ".join(part for at, part in enumerate(parts) if at != here)
    keys = [", ".join(str(code) for _, code in codes) for codes in texts]
    names = dict(zip(texts, distinct_texts(list(texts.values()), keys)))
    return {group: (time, names[series[group]]) for group, time in times.items()}


def _numbers(table: pd.DataFrame, over: str, result: Result) -> pd.DataFrame:
    """Return time, group, estimate, conf_low, conf_high, n, in the order of time."""
    series = _series_column(table)
    group = ["" if pd.isna(each) else str(each) for each in table[series]] if series in table else [""] * len(table)
    if over in table:
        time = table[over].tolist()
    else:
        known = _in_words(result, over, None).groups
        strange = next((each for each in group if each not in known), None)
        if strange is not None:
            raise ArgumentError(
                f"`result` does not know what the group {strange!r} stands for, so it has no place in time; pass what means() returned, or give the table a column {over!r}"
            )
        parts = [known[each] if known[each][0] else (each, "") for each in group]
        time, group = [part[0] for part in parts], [part[1] for part in parts]
    numbers = pd.DataFrame({"time": time, "group": group})
    for name in ("estimate", "conf_low", "conf_high", "n"):
        numbers[name] = table[name].to_numpy(dtype=float) if name in table else np.nan
    repeated = numbers.duplicated(["time", "group"])
    if repeated.any():
        row = numbers[repeated].iloc[0]
        raise ArgumentError(
            f"one row per wave and group can be drawn, but {row['time']}, {row['group']!r} has several; choose among them with `estimand`, `term` or `method`"
        )
    return numbers


def _draw(ax: Axes, numbers: pd.DataFrame, groups: list[str], over: str, lang: str, names: dict[Any, str]) -> None:
    times = list(names)
    to_scale = pd.api.types.is_numeric_dtype(numbers["time"].dtype)
    if to_scale:
        times = sorted(times)
    place = {time: float(time) if to_scale else float(at) for at, time in enumerate(times)}
    step = 0.09 * min(np.diff(sorted(place.values())), default=1.0)
    ends = numbers[["estimate", "conf_low", "conf_high"]]
    ax.set_ylim(limits_of(ends, zero=to_scale))
    ax.set_xlim(limits_of(list(place.values()), pad=0.12 if len(place) > 1 else 0.5))
    if to_scale:
        ax.axhline(0, color=INK, linewidth=0.7)
    for series, group in enumerate(groups):
        here = numbers[numbers["group"] == group].sort_values("time", key=lambda each: each.map(place))
        x = here["time"].map(place).to_numpy(dtype=float) + step * (series - (len(groups) - 1) / 2)
        ax.plot(x, here["estimate"], color=STYLES[series][2], linewidth=1.1, alpha=0.7, zorder=1.5)
        for at, row in zip(x, records(here)):
            draw_mark(ax, at, row.estimate, row.conf_low, row.conf_high, series, upright=True)
    labels = [f"{time:.0f}".replace("-", MINUS) if to_scale else names[time] for time in times]
    ax.set_xticks([place[time] for time in times], labels, parse_math=False)
    ax.set_xlabel(word_or_text(over, lang), fontsize=SMALL_SIZE, color=INK)
    ax.set_ylabel(word("estimate_axis", lang), fontsize=SMALL_SIZE, color=INK)
    ax.spines["bottom"].set_color(FAINT)
    light_grid(ax, "y")


def _alt_text(
    numbers: pd.DataFrame,
    times: dict[Any, str],
    names: dict[str, str],
    title: str,
    head: str,
    digits: int,
    lang: str,
    marks: list[str],
) -> str:
    said = []
    for row, mark in zip(records(numbers), marks):
        name = ", ".join(part for part in (times[row.time], names[row.group]) if part)
        if np.isnan(row.estimate):
            said.append(f"{name}: {mark}")
            continue
        interval = (
            ""
            if np.isnan(row.conf_low)
            else (f" [{format_number(row.conf_low, digits, lang)}; {format_number(row.conf_high, digits, lang)}]")
        )
        said.append(f"{name}: {format_number(row.estimate, digits, lang)}{interval}")
    return " ".join(part for part in (f"{title}.", head, f"{word('trend_alt', lang)}: {'; '.join(said)}.") if part)
