"""Dates, moments and times, which SPSS, Stata and SAS keep as counts since an epoch of their own."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from surveykit._checks import some, warn

SPSS_DATES = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE", "MOYR", "QYR", "WKYR", "DATETIME", "YMDHMS")
SPSS_TIMES = ("TIME", "DTIME", "MTIME")
# SPSS counts seconds from the midnight before the Gregorian calendar began (GNU PSPP manual, "Time and Date"); Stata
# and SAS count days, and seconds (SAS) or milliseconds (Stata), from 1960.
SPSS_EPOCH = np.datetime64("1582-10-14", "us")
STATA_EPOCH = np.datetime64("1960-01-01", "us")
STATA_FORMAT = re.compile(r"%-?(t[dcCwmqhyb]|d)")
MONTHS_IN = {"tm": 1, "tq": 3, "th": 6}
PERIODS = {"tm": "months", "tq": "quarters", "th": "half-years", "tw": "weeks"}
SAS_DATES = (
    "DATE", "DDMMYY", "DDMMYYB", "DDMMYYC", "DDMMYYD", "DDMMYYN", "DDMMYYP", "DDMMYYS", "MMDDYY", "MMDDYYB", "MMDDYYC",
    "MMDDYYD", "MMDDYYN", "MMDDYYP", "MMDDYYS", "YYMMDD", "YYMMDDB", "YYMMDDC", "YYMMDDD", "YYMMDDN", "YYMMDDP",
    "YYMMDDS", "WEEKDATE", "WEEKDATX", "WORDDATE", "WORDDATX", "JULIAN", "MONYY", "MMYY", "YYMM", "YYMON", "YYQ",
    "IS8601DA", "E8601DA", "B8601DA", "EURDFDE", "EURDFDD", "NLDATE",
)  # fmt: skip
SAS_MOMENTS = ("DATETIME", "DATEAMPM", "MDYAMPM", "DTDATE", "DTMONYY", "DTYEAR", "E8601DT", "IS8601DT", "B8601DT",
               "E8601DN", "B8601DN", "NLDATM", "EURDFDT")  # fmt: skip
SAS_TIMES = ("TIME", "HHMM", "TOD", "TIMEAMPM", "MMSS", "IS8601TM", "E8601TM", "B8601TM", "NLTIME")
YEAR_1, YEAR_10000 = np.datetime64("0001-01-01", "us"), np.datetime64("10000-01-01", "us")

LEAP_SECONDS = np.array([
    "1972-07-01", "1973-01-01", "1974-01-01", "1975-01-01", "1976-01-01", "1977-01-01", "1978-01-01", "1979-01-01",
    "1980-01-01", "1981-07-01", "1982-07-01", "1983-07-01", "1985-07-01", "1988-01-01", "1990-01-01", "1991-01-01",
    "1992-07-01", "1993-07-01", "1994-07-01", "1996-01-01", "1997-07-01", "1999-01-01", "2006-01-01", "2009-01-01",
    "2012-07-01", "2015-07-01", "2017-01-01",
], dtype="datetime64[us]")  # fmt: skip
"""Days that began a second late, by the bulletins of the International Earth Rotation Service."""


def spss_kind(form: str) -> str | None:
    """Return "date" or "time" for a print format of SPSS that shows one, else None."""
    kind = form.rstrip("0123456789.").upper()
    return "date" if kind in SPSS_DATES else "time" if kind in SPSS_TIMES else None


def convert_spss_moments(frame: pd.DataFrame, formats: Mapping[str, str]) -> pd.DataFrame:
    """Return the frame with SPSS's seconds since 1582 as dates, and its times as durations."""
    converted = {}
    for name, form in formats.items():
        kind = spss_kind(form)
        if name not in frame.columns or not pd.api.types.is_numeric_dtype(frame[name].dtype):
            continue
        if kind == "date":
            converted[name] = make_moments(frame[name], SPSS_EPOCH, 1_000_000)
        elif kind == "time":
            converted[name] = _make_durations(frame[name])
    return _replace_columns(frame, converted)


def convert_stata_moments(frame: pd.DataFrame, formats: Mapping[str, str | None]) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame with Stata's days, clocks, weeks, months, quarters and half-years as dates, and what to note.

    A period becomes its first day. Years (%ty) are years already; days of a business calendar (%tb) stay numbers,
    because the calendar stands in another file.
    """
    converted: dict[str, pd.Series | None] = {}
    periods: dict[str, list[str]] = {}
    business = []
    for name, form in formats.items():
        stata_format = STATA_FORMAT.match(form or "")
        if not stata_format or name not in frame.columns or not pd.api.types.is_numeric_dtype(frame[name].dtype):
            continue
        unit = stata_format[1]
        if unit in ("td", "d"):
            converted[name] = make_moments(frame[name], STATA_EPOCH, 86_400_000_000)
        elif unit == "tc":
            converted[name] = make_moments(frame[name], STATA_EPOCH, 1000)
        elif unit == "tC":
            converted[name] = _without_leap_seconds(make_moments(frame[name], STATA_EPOCH, 1000))
        elif unit in PERIODS:
            converted[name] = _first_days(frame[name], unit)
            periods.setdefault(unit, []).append(name)
        elif unit == "tb":
            business.append(name)
    notes = [f"{PERIODS[unit]} (%{unit}) are read as their first day: {some(names)}" for unit, names in periods.items()]
    if business:
        notes.append(
            f"days of a business calendar (%tb) stay numbers, because the calendar is another file: {some(business)}"
        )
        warn(notes[-1])
    return _replace_columns(frame, converted), notes


def convert_sas_moments(frame: pd.DataFrame, formats: Mapping[str, str]) -> pd.DataFrame:
    """Return the frame with SAS's days and seconds since 1960 as dates, and its times as durations."""
    converted = {}
    for name, form in formats.items():
        kind = re.sub(r"\d*(\.\d*)?$", "", form.upper())
        if name not in frame.columns or not pd.api.types.is_numeric_dtype(frame[name].dtype):
            continue
        if kind in SAS_DATES:
            converted[name] = make_moments(frame[name], STATA_EPOCH, 86_400_000_000)
        elif kind in SAS_MOMENTS:
            converted[name] = make_moments(frame[name], STATA_EPOCH, 1_000_000)
        elif kind in SAS_TIMES:
            converted[name] = _make_durations(frame[name])
    return _replace_columns(frame, converted)


def _replace_columns(frame: pd.DataFrame, converted: Mapping[str, pd.Series | None]) -> pd.DataFrame:
    beyond = [name for name, column in converted.items() if column is None]
    if beyond:
        warn(
            f"the dates in {some(beyond)} lie beyond the year 9999, or before 1, or are no whole periods; the column stays the file's number of seconds, days or periods"
        )
    fitting = {name: column for name, column in converted.items() if column is not None}
    return frame.assign(**fitting) if fitting else frame


def make_moments(column: pd.Series, epoch: np.datetime64, unit: int) -> pd.Series | None:
    """Return a column of counts since an epoch as dates (`unit` in microseconds), or None when years do not fit."""
    counts = column.to_numpy(dtype=float)
    finite = np.isfinite(counts)
    # microseconds in 64 bits end at 9.2e18: beyond, they would turn round to another date
    if np.any(np.abs(counts[finite]) * unit > 9e18):
        return None
    # whole counts in integers, the rest apart: a moment of today in microseconds since 1582 is 1.4e16, past the whole
    # numbers of a float
    whole = np.floor(np.where(finite, counts, 0.0))
    rest = np.where(finite, counts, 0.0) - whole
    steps = whole.astype(np.int64) * unit + np.rint(rest * unit).astype(np.int64)
    return _as_column(epoch + steps.astype("timedelta64[us]"), finite, column)


def _as_column(moments: np.ndarray, known: np.ndarray, column: pd.Series) -> pd.Series | None:
    if np.any(moments[known] >= YEAR_10000) or np.any(moments[known] < YEAR_1):
        return None
    moments[~known] = np.datetime64("NaT")
    return pd.Series(moments, index=column.index, name=column.name)


def _first_days(column: pd.Series, unit: str) -> pd.Series | None:
    """Return the first day of each period; a year of Stata has 52 weeks, the first of which begins on 1 January."""
    counts = column.to_numpy(dtype=float)
    finite = np.isfinite(counts)
    whole = np.where(finite, counts, 0.0)
    if np.any(whole != np.rint(whole)) or np.any(np.abs(whole) > 1e6):
        return None
    steps = whole.astype(np.int64)
    if unit == "tw":
        # not weeks of seven days throughout: the last one of a year takes what is left, as in Stata's yw()
        years, weeks = np.divmod(steps, 52)
        days = years.astype("timedelta64[Y]") + np.datetime64("1960", "Y")
        moments = days.astype("datetime64[D]") + (7 * weeks).astype("timedelta64[D]")
    else:
        moments = np.datetime64("1960-01", "M") + (steps * MONTHS_IN[unit]).astype("timedelta64[M]")
    return _as_column(moments.astype("datetime64[us]"), finite, column)


def _without_leap_seconds(moments: pd.Series | None) -> pd.Series | None:
    """Take out the leap seconds that Stata's %tC counts and no calendar shows (its function ``cofC``)."""
    if moments is None:
        return None
    counted = LEAP_SECONDS + np.arange(1, len(LEAP_SECONDS) + 1).astype("timedelta64[s]")
    # each leap second lies later on Stata's clock by those counted before it
    passed = np.searchsorted(counted, moments.to_numpy(), side="right")
    inside = np.searchsorted(counted - np.timedelta64(1, "s"), moments.to_numpy(), side="right")
    plain = moments.to_numpy() - passed.astype("timedelta64[s]")
    # 23:59:60 itself has no place on a clock; it becomes the midnight that follows, as Stata does it.
    plain = np.where(inside > passed, LEAP_SECONDS[np.minimum(passed, len(LEAP_SECONDS) - 1)], plain)
    plain = np.where(moments.isna().to_numpy(), np.datetime64("NaT"), plain)
    return pd.Series(plain, index=moments.index, name=moments.name)


def _make_durations(column: pd.Series) -> pd.Series | None:
    seconds = column.to_numpy(dtype=float)
    finite = np.isfinite(seconds)
    # as above, in seconds
    if np.any(np.abs(seconds[finite]) > 9e12):
        return None
    steps = np.rint(np.where(finite, seconds, 0.0) * 1e6).astype("timedelta64[us]")
    steps[~finite] = np.timedelta64("NaT")
    return pd.Series(steps, index=column.index, name=column.name)
