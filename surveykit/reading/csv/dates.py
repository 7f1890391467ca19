"""Dates and moments in a text table, read by the whole column: which parts are day and month is proven or left open."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

DateOrder = Literal["dmy", "mdy"]
ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy")
_CLOCK = r"(?:[ T]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(?:\s?(?P<half>[AP]M))?)?"
_ZONE = r"\s?(?P<zone>Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?"
YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})(?P<mark>[-/])(?P<one>\d{{1,2}})(?P=mark)(?P<two>\d{{1,2}}){_CLOCK}{_ZONE}")
YEAR_LAST = re.compile(rf"(?P<one>\d{{1,2}})(?P<mark>[./-])(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}){_CLOCK}{_ZONE}")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?")
DURATION = re.compile(
    r"(?P<sign>-?)(?P<hours>\d{1,6}):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)(?:\.(?P<rest>\d{1,6}))?"
)
"""A time of day or a duration; without its seconds, 10:30 may be a score or a verse."""
Decision = Literal["", "day first", "month first", "zone", "zones", "either order", "mixed order"]


class Moments(NamedTuple):
    """Moments of the distinct cells, or None where the order of day and month is open; and what was decided."""

    values: np.ndarray | None
    decisions: tuple[Decision, ...] = ()


def read_moments(cells: Sequence[str], order: DateOrder | None = None) -> Moments | None:
    """Return the moments that all of these cells are ("" is none); None when they are no dates.

    Notes
    -----
    Years first and points between (01.05.2023) leave no doubt. Between strokes or dashes, a number above 12 tells the
    day; where every cell can be read in both ways, and differently, the column is left as it is, unless `order` says.
    Times keep the clock of the place where all cells name one zone, and become UTC where they name several.

    Examples
    --------
    >>> read_moments(["01.05.2023", ""]).values.astype("datetime64[D]").tolist()[0].isoformat()
    '2023-05-01'
    >>> read_moments(["01/05/2023", "02/05/2023"]).decisions
    ('either order',)
    """
    given = [cell for cell in cells if cell]
    if all(ISO.fullmatch(cell) for cell in given):
        return _assemble([(cell.replace(" ", "T"), "") for cell in cells], ())
    first = [YEAR_FIRST.fullmatch(cell) for cell in given]
    if all(first):
        return _assemble([_spell(YEAR_FIRST.fullmatch(cell), "one", "two") for cell in cells], ())
    last = [match for cell in given if (match := YEAR_LAST.fullmatch(cell))]
    if len(last) < len(given) or len({match["mark"] for match in last}) > 1:
        return None
    # with points the day comes first in every country that writes so; slashes and hyphens are also American
    if last[0]["mark"] == ".":
        return _assemble([_spell(YEAR_LAST.fullmatch(cell), "two", "one") for cell in cells], ("day first",))
    # a part above 12 is no month: one such cell settles the order for the whole column
    day_first = any(int(match["one"]) > 12 for match in last)
    month_first = any(int(match["two"]) > 12 for match in last)
    if day_first and month_first:
        return Moments(None, ("mixed order",))
    open_order = not (day_first or month_first) and any(int(match["one"]) != int(match["two"]) for match in last)
    if open_order and order is None:
        return Moments(None, ("either order",))
    if order is not None:
        day_first = order == "dmy"
    parts = ("two", "one") if day_first else ("one", "two")
    return _assemble(
        [_spell(YEAR_LAST.fullmatch(cell), *parts) for cell in cells], ("day first" if day_first else "month first",)
    )


def read_durations(cells: Sequence[str]) -> np.ndarray | None:
    """Return the durations that all of these cells are ("" is none); None when they are none. Midnight is 0.

    Examples
    --------
    >>> read_durations(["10:00:00", "", "-0:00:01.5"]).tolist()[2].total_seconds()
    -1.5
    """
    durations = np.full(len(cells), np.timedelta64("NaT"), dtype="timedelta64[us]")
    for place, cell in enumerate(cells):
        match = DURATION.fullmatch(cell)
        if match:
            seconds = 3600 * int(match["hours"]) + 60 * int(match["minutes"]) + int(match["seconds"])
            steps = 1_000_000 * seconds + int(f"{match['rest'] or '':0<6}")
            durations[place] = np.timedelta64(-steps if match["sign"] else steps, "us")
        elif cell:
            return None
    return durations


def spell_duration(duration: pd.Timedelta) -> str:
    """Return a duration as it is read again.

    Examples
    --------
    >>> spell_duration(pd.Timedelta(hours=25, milliseconds=500))
    '25:00:00.5'
    """
    steps = duration // pd.Timedelta(microseconds=1)
    seconds, rest = divmod(abs(steps), 1_000_000)
    part = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{'-' if steps < 0 else ''}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{part}"


def spell_moment(moment: pd.Timestamp) -> str:
    """Return a moment as ISO writes it, a whole day without its time."""
    return str(moment.isoformat(sep=" ").removesuffix(" 00:00:00"))


def looks_like_moment(cell: str) -> bool:
    """Say whether a cell alone is written as a date or moment of any order."""
    return any(pattern.fullmatch(cell) for pattern in (ISO, YEAR_FIRST, YEAR_LAST))


def _spell(match: re.Match[str] | None, month: str, day: str) -> tuple[str, str]:
    """Return a moment as ISO writes it, and its zone."""
    if match is None:
        return "", ""
    clock = match["clock"] or ""
    if clock:
        hour, _, rest = clock.partition(":")
        hours = int(hour)
        if match["half"]:
            # 12 AM is midnight and 12 PM noon; 99 is no hour, so that "13 PM" makes the column no dates
            hours = hours % 12 + (12 if match["half"] == "PM" else 0) if 1 <= hours <= 12 else 99
        clock = f"T{hours:02d}:{rest}"
    return f"{match['year']}-{int(match[month]):02d}-{int(match[day]):02d}{clock}", match["zone"] or ""


def _assemble(spelled: Sequence[tuple[str, str]], decisions: tuple[Decision, ...]) -> Moments | None:
    zones = {zone for text, zone in spelled if text}
    try:
        offsets = {zone: _minutes(zone) for zone in zones}
        moments = np.array(
            [np.datetime64(text) if text else np.datetime64("NaT") for text, _ in spelled], dtype="datetime64[us]"
        )
    except ValueError:
        return None
    if zones <= {""}:
        return Moments(moments, decisions)
    if "" in zones:
        return None  # some cells name a zone and some none: nobody knows how far apart they are
    if len({*offsets.values()}) > 1:
        shift = np.array([offsets.get(zone, 0) for _, zone in spelled], dtype="timedelta64[m]")
        return Moments(moments - shift, (*decisions, "zones"))
    return Moments(moments, (*decisions, "zone"))


def _minutes(zone: str) -> int:
    """Return how many minutes a zone is ahead of UTC."""
    text = zone.removeprefix("UTC").removeprefix("GMT")
    if text in ("", "Z"):
        return 0
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    # the farthest zone is 14 hours ahead of UTC (Kiribati)
    if hours > 14 or minutes > 59:
        raise ValueError(zone)
    return (-1 if text[0] == "-" else 1) * (60 * hours + minutes)
