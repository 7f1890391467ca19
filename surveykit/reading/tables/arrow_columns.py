"""Columns of Arrow as they stand in a file of somebody else's, turned into columns of answers."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from surveykit.codebook import Variable, as_texts
from surveykit.errors import ReadError
from surveykit.extras import require

LARGEST_EXACT = 2**53
"""The largest whole number up to which a float, which a column with empty cells needs, holds every one."""


class Answers(NamedTuple):
    """One column as answers: its values, its description where the file itself tells codes, and what was decided."""

    values: pd.Series
    variable: Variable
    decision: str = ""


SENTENCES = {
    "truth": "TRUE and FALSE became 1 and 0 in {columns}",
    "decimal": "exact decimals became numbers of 16 digits in {columns}",
    "zone": "moments were read by the clock of the zone that the file names in {columns}",
    "clock": "times of day are durations since midnight in {columns}",
    "bytes": "bytes without a declared encoding were read as UTF-8 in {columns}",
    "period": "periods became the dates of their first days in {columns}",
    "long": "whole numbers of 16 digits and more stay text beside empty cells, where numbers would lose digits, in {columns}",
}
"""What is written down about a column."""


def make_answers(name: str, column: Any, *, categories: bool, source: str) -> Answers:
    """Return a column of Arrow as answers.

    Parameters
    ----------
    name : str
    column : pyarrow.ChunkedArray
    categories : bool
        Whether the file says that the column was a categorical of pandas; else a dictionary is only a way of storing.
    source : str
        Name of the file, for the message.

    Raises
    ------
    ReadError
        When its cells are no single values: lists, structures, maps, bytes that are no text.
    """
    pa = require("pyarrow", "big")
    kinds, kind = pa.types, column.type
    plain = Variable(name)
    if isinstance(kind, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        return make_answers(name, column, categories=categories, source=source)
    if kinds.is_dictionary(kind):
        if (categories or kind.ordered) and (
            kinds.is_string(kind.value_type) or kinds.is_large_string(kind.value_type)
        ):
            return Answers(_series(column, name), plain)
        return make_answers(name, column.cast(kind.value_type), categories=False, source=source)
    if kinds.is_null(kind):
        return Answers(pd.Series(np.nan, index=range(len(column)), name=name, dtype=float), plain)
    if kinds.is_boolean(kind):
        described = Variable(name, labels={0: as_texts("FALSE"), 1: as_texts("TRUE")}, measure="nominal")
        return Answers(_series(column.cast(pa.int8()).cast(pa.float64()), name), described, "truth")
    if kinds.is_integer(kind):
        return _whole_numbers(name, column, plain)
    if kinds.is_floating(kind) or kinds.is_decimal(kind):
        return Answers(_series(column.cast(pa.float64()), name), plain, "decimal" if kinds.is_decimal(kind) else "")
    return _texts_or_times(name, column, plain, source)


def _texts_or_times(name: str, column: Any, plain: Variable, source: str) -> Answers:
    pa, pc = require("pyarrow", "big"), require("pyarrow.compute", "big")
    kinds, kind = pa.types, column.type
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind):
        return Answers(_series(column.cast(pa.large_string()), name).astype("str"), plain)
    if kinds.is_date(kind):
        return Answers(_series(column.cast(pa.timestamp("us")), name), plain)
    if kinds.is_timestamp(kind):
        local = pc.local_timestamp(column) if kind.tz else column
        return Answers(_series(local, name), plain, "zone" if kind.tz else "")
    if kinds.is_time(kind):
        span = column.cast(pa.time64("ns" if kind.unit == "ns" else "us")).cast(pa.int64())
        duration = span.cast(pa.duration("ns" if kind.unit == "ns" else "us"))
        return Answers(_series(duration, name), plain, "clock")
    if kinds.is_duration(kind):
        return Answers(_series(column, name), plain)
    if kinds.is_binary(kind) or kinds.is_large_binary(kind):
        return _bytes(name, column, plain, source)
    raise ReadError(
        f"{source!r}: the column {name!r} holds {_words(kind, kinds)} ({kind}), and an answer is one value; make several columns of it, or leave it out: `columns=` names those to read"
    )


def as_periods(answers: Answers, frequency: str, source: str) -> Answers:
    """Return a column of pandas' periods, which Parquet keeps as numbers counted from 1970, as their first days.

    Raises
    ------
    ReadError
        When pandas knows no such period, or the numbers are none of its.
    """
    numbers = answers.values
    given = numbers.dropna()
    try:
        days = pd.PeriodIndex.from_ordinals(given.astype("int64"), freq=frequency).to_timestamp()
    except (ValueError, OverflowError, TypeError) as error:
        raise ReadError(
            f"{source!r}: the column {answers.variable.name!r} should hold periods of the frequency {frequency!r}, and does not ({str(error)[:80]}); write it as dates, or leave it out: `columns=` names those to read"
        ) from error
    moments = pd.Series(days, index=given.index).reindex(numbers.index).rename(numbers.name)
    return Answers(moments, answers.variable, "period")


def _series(column: Any, name: str) -> pd.Series:
    return column.to_pandas().rename(name).reset_index(drop=True)


def _whole_numbers(name: str, column: Any, plain: Variable) -> Answers:
    """Return whole numbers; beside empty cells a float holds them, unless they are too long for one."""
    pa, pc = require("pyarrow", "big"), require("pyarrow.compute", "big")
    if column.null_count:
        ends = pc.min_max(column).as_py()
        if ends["min"] is not None and max(abs(ends["min"]), abs(ends["max"])) > LARGEST_EXACT:
            return Answers(_series(column.cast(pa.large_string()), name).astype("str"), plain, "long")
    return Answers(_series(column, name), plain)


def _bytes(name: str, column: Any, plain: Variable, source: str) -> Answers:
    """Return bytes as the UTF-8 that older programs wrote without saying so."""
    pa = require("pyarrow", "big")
    try:
        return Answers(_series(column.cast(pa.large_string()), name).astype("str"), plain, "bytes")
    except pa.ArrowInvalid as error:
        raise ReadError(
            f"{source!r}: the column {name!r} holds bytes that are no UTF-8 text; write it as text, or leave it out: `columns=` names those to read"
        ) from error


def _words(kind: Any, kinds: Any) -> str:
    if kinds.is_nested(kind):
        return "structures" if kinds.is_struct(kind) else "maps" if kinds.is_map(kind) else "lists"
    return "values of a kind that surveykit does not know"
