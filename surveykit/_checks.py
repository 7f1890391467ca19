"""The checks at the public door: each returns the value that the function inside may trust."""

import difflib
import inspect
import warnings
from collections.abc import Iterable, Sequence
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning
from surveykit.habits import OPTIONS


def nearest(name: object, options: Iterable[object]) -> str | None:
    """Return the option that reads most like a name, None where none does; one that differs in capitals is nearest."""
    known = [str(option) for option in options]
    alike = [option for option in known if option.casefold() == str(name).casefold()]
    near = alike or difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    return near[0] if near else None


def suggest(name: object, options: Iterable[object]) -> str:
    """Return "; did you mean 'x'?" for the nearest option, or an empty string."""
    near = nearest(name, options)
    return "" if near is None else f"; did you mean '{near}'?"


def check_option(value: object, options: Sequence[object], argument: str) -> None:
    """Raise unless `value` is one of `options`; of an option of another program with the word for it here."""
    if value not in options:
        here = OPTIONS.get(argument, {}).get(value) if isinstance(value, str) else None
        hint = f"; it is {here!r} here" if here in options and here is not None else suggest(value, options)
        raise ArgumentError(f"`{argument}` must be one of {list(options)}, but {value!r} was given{hint}")


def check_columns(frame: pd.DataFrame, names: Iterable[str], argument: str) -> None:
    """Raise unless every name is a column of `frame`."""
    for name in names:
        if name not in frame.columns:
            hint = (
                _instead_of_formula(name, frame, argument)
                or suggest(name, frame.columns)
                or "; the columns are listed by describe_columns()"
            )
            raise ColumnError(f"`{argument}` names {name!r}, which is not a column{hint}")


def _instead_of_formula(name: object, frame: pd.DataFrame, argument: str) -> str:
    """Return how columns are named that somebody has put into a formula: R's ~q1 + q2 is ['q1', 'q2']."""
    if not isinstance(name, str) or not any(sign in name for sign in "~+"):
        return ""
    left, _, right = name.rpartition("~")
    outside = [word for word in left.split("+") if word.strip()]
    words = [word.strip() for word in (outside or right.split("+"))]
    if words == ["1"]:
        return f"; what R writes ~1 is nothing here, leave `{argument}` out"
    if not all(word in frame.columns for word in words):
        return ""
    other = "; what stands right of ~ has an argument of its own" if outside else ""
    return f"; columns are named, not put into a formula: write {argument}={(words[0] if len(words) == 1 else words)!r}{other}"


def as_names(value: str | Iterable[str] | None, argument: str) -> list[str]:
    """Return one name, several names or None as a list of distinct names."""
    names = [] if value is None else [value] if isinstance(value, str) else list(value)
    repeated = sorted({str(name) for name in names if names.count(name) > 1})
    if repeated:
        raise ArgumentError(f"`{argument}` names {repeated[0]!r} twice; name each column once")
    return names


def check_numeric(values: pd.Series, argument: str) -> np.ndarray:
    """Return a column as floats (missing as NaN); raise when it holds text or infinite values."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        raise ColumnError(
            f"`{argument}` names {values.name!r}, which holds categories, not numbers; use the column of codes, or code_items() to turn labels into codes"
        )
    if values.dtype == object and all(isinstance(value, Number) for value in values.dropna()):  # as databases give them
        values = pd.Series(
            [np.nan if missing else float(value) for value, missing in zip(values, values.isna())],
            index=values.index,
            name=values.name,
        )
    if pd.api.types.is_bool_dtype(values.dtype) or pd.api.types.is_numeric_dtype(values.dtype):
        numbers: np.ndarray = values.to_numpy(dtype=float, na_value=np.nan)
        if np.isinf(numbers).any():
            raise ArgumentError(
                f"`{argument}` names {values.name!r}, which holds infinite values; make them missing first"
            )
        return numbers
    example = next((value for value in values if isinstance(value, str)), None)
    if example is None:
        kind = pd.api.types.infer_dtype(values, skipna=True)
        raise ColumnError(
            f"`{argument}` names {values.name!r}, which holds {kind} values, where numbers are needed; turn them into numbers first"
        )
    raise ColumnError(
        f"`{argument}` names {values.name!r}, which holds text such as {example!r}, where numbers are needed; use code_items() to turn labels into codes"
    )


def check_mask(rows: pd.Series | np.ndarray | Sequence[bool], frame: pd.DataFrame, argument: str) -> np.ndarray:
    """Return one True or False per row of `frame`; raise for another shape, for gaps, and for other row labels."""
    if isinstance(rows, pd.Series) and not rows.index.equals(frame.index):
        raise ArgumentError(f"`{argument}` must have the row labels of the data; build it from the data's own columns")
    mask = np.asarray(rows)
    if mask.dtype != bool or mask.shape != (len(frame),):
        raise ArgumentError(f"`{argument}` must hold one True or False per respondent ({len(frame)} of them)")
    return mask


def check_values(values: Any, frame: pd.DataFrame, argument: str) -> Any:
    """Return one value per respondent of `frame`; a Series by its row labels, in whatever order, never by its place.

    Raises
    ------
    ArgumentError
        For a Series with other row labels and for another number of values.
    """
    if isinstance(values, pd.Series):
        if values.index.equals(frame.index):
            return values
        if len(values) == len(frame) and values.index.is_unique and values.index.isin(frame.index).all():
            return values.reindex(frame.index)
        raise ArgumentError(
            f"`{argument}` must have the row labels of the data, but {len(values)} values with other labels were given; build it from the data's own columns, or pass it as an array in the order of the rows"
        )
    if isinstance(values, list | tuple | np.ndarray | pd.Index | pd.api.extensions.ExtensionArray) and len(
        values
    ) != len(frame):
        raise ArgumentError(
            f"`{argument}` must hold one value per respondent, but {len(values)} were given for {len(frame)}"
        )
    return values


def check_weights(values: pd.Series, argument: str) -> np.ndarray:
    """Return a column of weights as floats; negative ones are refused, rows without one count zero, with a warning."""
    weights = check_numeric(values, argument)
    if (weights < 0).any():
        raise ArgumentError(
            f"`{argument}` names {values.name!r}, which holds negative weights, {weights[weights < 0][0]:g} for one; a weight says how many people one respondent is"
        )
    absent = int(np.isnan(weights).sum())
    if absent:
        warn(
            f"`{argument}` names {values.name!r}, which is empty for {absent} of {len(weights)} rows; they count with a weight of zero"
        )
    return np.asarray(np.nan_to_num(weights))


def plain_floats(values: pd.Series) -> pd.Series:
    """Return a float column of pandas' nullable or Arrow's types as numpy's, for which 0.0 and -0.0 are one number."""
    if isinstance(values.dtype, np.dtype) or not pd.api.types.is_float_dtype(values.dtype):
        return values
    return pd.Series(values.to_numpy(dtype=float, na_value=np.nan), index=values.index, name=values.name)


ROUNDING = 1e-12
"""Below this part of the numbers that were subtracted, a difference of sums is rounding.

Double precision keeps sixteen digits. A sum of n terms may lose log10(sqrt(n)) of them, and the residuals of a
calibration or a model one or two more; four digits of room hold samples of a hundred million. A real error of a
millionth of a millionth of the answers does not occur.
"""
TINY = 1e-300
"""Stands for zero under a logarithm or below a fraction, where the answer is then thrown away or far from every other.

No sum of weights or probability comes near it, and one over it is a number still; one over 1e-309 is infinite.
"""
SAME = 16 * float(np.finfo(float).eps)
"""Part of the largest number within which two numbers are one: 0.1 + 0.2 and 0.3, a difference of decimals."""


def from_smallest(values: np.ndarray, size: float = 0.0) -> tuple[np.ndarray, float]:
    """Return numbers minus the smallest of them, and that smallest one.

    Equal answers become exactly zero, so that no rounding error is left to be taken for a difference. `size` is how
    large the numbers were that these are differences of.
    """
    values = join_equal(values, size)
    known = values[~np.isnan(values)]
    lowest = float(known.min()) if len(known) else 0.0
    return values - lowest, lowest


def largest_of(*columns: np.ndarray) -> float:
    """Return the largest absolute number in some columns, zero where there is none."""
    return max(float(np.nanmax(np.abs(column), initial=0.0)) for column in columns)


def join_equal(values: np.ndarray, size: float = 0.0) -> np.ndarray:
    """Return numbers in which those that differ by rounding only are the smallest of them: 0.3 for 0.1 + 0.2.

    `size` is how large the numbers were that these were made of, where that was more. Numbers that lie so dense that
    rounding cannot be told from a difference stay as they are.
    """
    known = values[~np.isnan(values)]
    if len(known) < 2 or (SAME * max(size, float(np.abs(known).max())) < 1 and bool((np.rint(known) == known).all())):
        return values  # whole numbers differ by one or not at all
    known = np.unique(known)
    near = SAME * max(size, float(np.abs(known[[0, -1]]).max()))
    first = np.concatenate([[True], np.diff(known) > near])
    if first.all():
        return values
    starts = np.flatnonzero(first)
    lowest = np.repeat(known[starts], np.diff(np.append(starts, len(known))))
    together = np.maximum.reduceat(known - lowest, starts) <= near  # a longer chain of neighbours is a real spread
    joined = np.where(np.repeat(together, np.diff(np.append(starts, len(known)))), lowest, known)
    found = values.copy()
    found[~np.isnan(values)] = joined[np.searchsorted(known, values[~np.isnan(values)])]
    return found


def check_share(value: float, argument: str) -> float:
    """Return a number strictly between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ArgumentError(f"`{argument}` must lie between 0 and 1 (for example 0.95), but {value!r} was given")
    return float(value)


OFF_ONE = 1e-3
"""How far shares may be from adding up to 1. Written with four digits they miss it by less, however many there are (up
to twenty); a digit typed wrong in the second place misses it by ten times as much."""


def check_proportions(shares: Iterable[float], what: str) -> None:
    """Raise where numbers are meant for shares, all at most 1 and not all whole, and do not add up to 1.

    Counts serve as proportions too, so that only shares can be wrong; `OFF_ONE` is what rounding may leave.
    """
    numbers = list(shares)
    total, meant = sum(numbers), max(numbers, default=0) <= 1 and any(number % 1 for number in numbers)
    if meant and abs(total - 1) > OFF_ONE:
        raise ArgumentError(f"{what} must add up to 1, but they add up to {total:g}; correct them, or give counts")


def as_generator(rng: np.random.Generator | int | None, argument: str = "rng") -> np.random.Generator:
    """Return a numpy Generator made from a seed, or the Generator that was given."""
    if isinstance(rng, np.random.Generator):
        return rng
    if rng is None or (isinstance(rng, int | np.integer) and not isinstance(rng, bool) and rng >= 0):
        return np.random.default_rng(rng)
    raise ArgumentError(f"`{argument}` must be a numpy Generator or a non-negative integer seed, but {rng!r} was given")


def warn(message: str) -> None:
    """Warn whoever called into the package, at the line of the call."""
    depth, frame = 1, inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "surveykit":
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, SurveyKitWarning, stacklevel=depth - (frame is None))


def some(items: Iterable[object], limit: int = 10) -> str:
    """Return up to `limit` items as text, with the number of those left out."""
    listed = [str(item) for item in items]
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more
