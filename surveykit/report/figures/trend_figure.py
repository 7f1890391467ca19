"""Estimates by wave, one line per group: draw_trend."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from surveykit._checks import check_columns, check_option
from surveykit.codebook import as_code, distinct_texts
from surveykit.errors import ArgumentError
from surveykit.formatting import MINUS, format_number
from surveykit.report.disclosure import WHY, hidden_note, is_hidden, mark_of, protected
from surveykit.report.figures.drawing import (
    AXIS_LEFT,
    SLACK,
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
    start_panels,
    width_of,
)
from surveykit.report.figures.interval_marks import STYLES, check_series, draw_mark, draw_series_legend, limits_of
from surveykit.report.figures.palette import FAINT, INK
from surveykit.report.records import records
from surveykit.report.tables.table_text import percent_of
from surveykit.report.text_widths import literal, longest_word, wrap
from surveykit.report.verdict import verdict_of
from surveykit.results import Meaning, Result
from surveykit.translation import group_names, group_parts, page_language, question_of
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
    panels: str | None = None,
    digits: int = 2,
    title: str | None = None,
    width: Width = "page",
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
        Where to draw; None makes a new figure.
    over : str
        Column of the horizontal axis; when the table lacks it, the column of that name among those that make the
        groups, else the first of these.
    estimand, term, method : str, optional
        Which rows of the table to draw (``term="event", method="cr3"`` of an event study). Person and settlement
        average are drawn as two series when no estimand is chosen.
    panels : str, optional
        Column of the table each of whose values has a panel of its own, all on one scale: ``"first_wave"`` with
        ``term="group-time"`` shows each cohort of an event study by itself.
    digits : int
        Decimals in the text version.
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
        When `ax` is no Axes of a figure or given for several panels, or `outcome` is none of the result, a wave and
        group have several rows, or there are more groups than a figure can tell apart.
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
    parts = _parts(table[table["outcome"] == outcome], panels)
    if ax is not None and len(parts) > 1:
        raise ArgumentError(f"`ax` holds one panel, but {panels!r} makes {len(parts)}; leave `ax` out")
    numbers = pd.concat([_numbers(rows, over, result).assign(panel=value) for value, rows in parts], ignore_index=True)
    here = pd.concat([rows for _, rows in parts])
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
    ours, names_of_times = _series_column(table) == "estimand", group_names(result, lang)
    names = [
        "" if group == "" else word_or_text(group, lang) if ours else shown.names.get(group) or group
        for group in groups
    ]
    times = {
        time: shown.times.get(time) or names_of_times.get(time, str(time)) for time in dict.fromkeys(numbers["time"])
    }
    axes = [start_axes(ax, 3.0)] if ax is not None else start_panels(len(parts), 3.0, inches_of(width, 5.8))
    limits = limits_of(numbers[["estimate", "conf_low", "conf_high"]], zero=_to_scale(numbers))
    for one, (value, _) in zip(axes, parts):
        _draw(one, numbers[numbers["panel"] == value], groups, over, lang, times, limits)
        if panels is not None:
            named = wrap(_panel(panels, value, lang), SLACK * width_of(one), SMALL_SIZE, weight="bold")
            put(one, named, (0, 1), (-AXIS_LEFT, 4), SMALL_SIZE, va="bottom", weight="bold")
    # names of waves that take several lines move down what stands below
    depth = 24.0 + 10.0 * (axes[-1].get_xlabel().count("\n") + _lines_of_times(axes[-1]))
    if any(names):
        depth = draw_series_legend(axes[-1], names, left=AXIS_LEFT, depth=depth)
    if ax is None:
        text = heading_height(title, result.origin.simulated, notes, head, width_of(axes[0]), lang)
        high = 2.4 if panels is None else 1.7
        set_height(axes, [high] * len(axes), 0.2 + depth / 72 + text + 0.7 * (len(axes) - 1))
    alt = _alt_text(numbers, times, dict(zip(groups, names)), title, head, digits, lang, marks, panels)
    numbers = numbers.drop(columns=[] if panels is not None else ["panel"])
    drawing = Drawing(numbers, alt, result.origin, lang, title, notes, result)
    above = 6.0 if panels is None else 20.0
    return finish(axes[0], drawing, notes_below=depth, left=AXIS_LEFT, head=head, above=above, panels=axes)


def _lines_of_times(ax: Axes) -> int:
    return max((label.get_text().count("\n") for label in ax.get_xticklabels()), default=0) + 1


def _panel(column: str, value: object, lang: str) -> str:
    """Return what a panel shows."""
    return f"{word_or_text(column, lang)}: {as_code(value)}"


def _to_scale(numbers: pd.DataFrame) -> bool:
    """Return whether the points in time are numbers, which stand to scale, and no names of waves."""
    return bool(pd.api.types.is_numeric_dtype(numbers["time"].dtype))


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


def _parts(table: pd.DataFrame, panels: str | None) -> list[tuple[Any, pd.DataFrame]]:
    """Return the rows of each panel under the value that it shows."""
    if panels is None:
        return [("", table)]
    check_columns(table, [panels], "result.table")
    parts = list(table[table[panels].notna()].groupby(panels, sort=False))
    if not parts:
        raise ArgumentError(f"no row of `result` that is asked for has a value in {panels!r}; choose rows with `term`")
    return parts


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


def _draw(
    ax: Axes,
    numbers: pd.DataFrame,
    groups: list[str],
    over: str,
    lang: str,
    names: dict[Any, str],
    limits: tuple[float, float],
) -> None:
    times = list(names)
    to_scale = _to_scale(numbers)
    if to_scale:
        times = sorted(times)
    place = {time: float(time) if to_scale else float(at) for at, time in enumerate(times)}
    step = 0.09 * min(np.diff(sorted(place.values())), default=1.0)
    ax.set_ylim(limits)
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
    unit = 0.75 * width_of(ax) / len(times)
    labels = [literal(wrap(label, max(unit, longest_word([label], SMALL_SIZE)), SMALL_SIZE)) for label in labels]
    ax.set_xticks([place[time] for time in times], labels)
    number_ticks(ax, lang, upright=True)
    name_axis(ax, word_or_text(over, lang))
    name_axis(ax, word("trend_axis", lang), upright=True)
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
    panels: str | None,
) -> str:
    said = []
    for row, mark in zip(records(numbers), marks):
        panel = "" if panels is None else _panel(panels, row.panel, lang)
        name = ", ".join(part for part in (panel, times[row.time], names[row.group]) if part)
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
