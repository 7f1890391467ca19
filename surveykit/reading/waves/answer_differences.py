"""What the answers of one column say when two waves are laid beside each other: kinds, keys, ranges, magnitudes."""

import math

import numpy as np
import pandas as pd

from surveykit.codebook import Variable, as_code
from surveykit.coded_answers.undeclared import undeclared_codes
from surveykit.reading.codebook_file import NUMBER

LONGEST_SCALE = 12
"""A scale has at most so many points (0 to 10, and one more)."""
OUTSIDE = 0.1
"""Share of answers beyond the other wave's range from which the two may be different scales."""
BY_CHANCE = 0.05
"""Chance that nobody in the other wave gave such an answer, up to which it is no accident."""
OTHER_UNIT = 100
"""Medians so many times apart are told of: tenge and thousand tenge, shares and percentages."""
MOST_KEYS = 5000


def compare_kinds(ours: pd.Series, theirs: pd.Series) -> str:
    """Say of what kinds the values are when they are of different ones: numbers, texts, dates, or mixed."""
    if not ours.notna().any() or not theirs.notna().any():
        return ""
    kinds = [_kind_of(column) for column in (ours, theirs)]
    return "" if kinds[0] == kinds[1] else f"{kinds[0]} and {kinds[1]}"


def _kind_of(column: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "dates"
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return "durations"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "numbers"
    if column.dtype == object:  # as pandas holds what it could not put into one type
        inside = pd.api.types.infer_dtype(column, skipna=True)
        if inside in ("integer", "floating", "mixed-integer-float", "decimal", "boolean"):
            return "numbers"
        if inside in ("mixed", "mixed-integer"):
            return "numbers beside texts"
    return "texts"


def compare_keys(ours: pd.Series, theirs: pd.Series) -> str:
    """Say which texts are one number written in two ways, such as "1" and "01": one key would become two."""
    if not all(_kind_of(column) == "texts" for column in (ours, theirs)):
        return ""
    one, other = (_by_number(column) for column in (ours, theirs))
    apart = [(one[number], other[number]) for number in one if number in other and not one[number] & other[number]]
    if not apart:
        return ""
    pairs = [f"{sorted(first)[0]!r} and {sorted(second)[0]!r}" for first, second in apart[:3]]
    return "; ".join(pairs) + (f" and {len(apart) - 3} more" if len(apart) > 3 else "")


def _by_number(column: pd.Series) -> dict[float, set[str]]:
    """Return the spellings of each number among the texts of a column."""
    distinct = column.dropna().unique()
    spellings_of_number: dict[float, set[str]] = {}
    for text in distinct if len(distinct) <= MOST_KEYS else ():
        plain = str(text).strip().replace(",", ".")
        if NUMBER.match(plain) and math.isfinite(float(plain)):
            spellings_of_number.setdefault(float(plain), set()).add(str(text))
    return spellings_of_number


def compare_ranges(ours: pd.Series, theirs: pd.Series, variables: tuple[Variable, Variable]) -> str:
    """Say which ranges the answers have when they look like scales of different lengths (1 to 5, 1 to 10).

    A few points are beyond the other wave by chance. So many are not that a wave of that size would have missed them:
    at least a tenth of the answers, and (1 - share) ** n at most 0.05.
    """
    columns = [_whole_numbers(column, variable) for column, variable in zip((ours, theirs), variables)]
    if any(not len(numbers) for numbers in columns):
        return ""
    ends = [_ends(numbers, variable) for numbers, variable in zip(columns, variables)]
    # ages and years are no scales
    if min(high - low for low, high in ends) >= LONGEST_SCALE or max(high for _, high in ends) > 100:
        return ""
    for mine, (low, high), other in ((columns[0], ends[1], columns[1]), (columns[1], ends[0], columns[0])):
        share = float(np.mean((mine < low) | (mine > high)))
        # both signs are needed: a tenth of the answers outside, and so many people in the other wave that, were the
        # scales one, it would be by chance of one in twenty that none of them answered so
        if high - low < LONGEST_SCALE and low in (0, 1) and share >= OUTSIDE and (1 - share) ** len(other) <= BY_CHANCE:
            return " and ".join(f"{low:g} to {high:g}" for low, high in ends)
    return ""


def compare_strays(ours: pd.Series, theirs: pd.Series, variables: tuple[Variable, Variable]) -> str:
    """Say which codes look missing, stand in one wave only and are declared by none."""
    one, other = (undeclared_codes(column, variable) for column, variable in zip((ours, theirs), variables))
    apart = {code: why for code, why in {**one, **other}.items() if (code in one) != (code in other)}
    return "; ".join(f"{code}, {why}" for code, why in apart.items())


def _whole_numbers(column: pd.Series, variable: Variable) -> np.ndarray:
    """Return the answers of a column of whole numbers, without what is missing or looks so; of another one nothing."""
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return np.empty(0)
    aside = variable.is_missing(column) | column.isin(list(undeclared_codes(column, variable))).to_numpy(dtype=bool)
    numbers = column[~aside].to_numpy(dtype=float, na_value=np.nan)
    numbers = numbers[np.isfinite(numbers)]
    return numbers if len(numbers) and (numbers == np.floor(numbers)).all() else np.empty(0)


def _ends(numbers: np.ndarray, variable: Variable) -> tuple[float, float]:
    labelled = [float(code) for code in variable.labels if not isinstance(code, str)]
    return min([float(numbers.min()), *labelled]), max([float(numbers.max()), *labelled])


def compare_magnitudes(ours: pd.Series, theirs: pd.Series, times: float = OTHER_UNIT) -> str:
    """Say how large numbers are in each wave when their medians are far apart; whole numbers of one each are keys."""
    if not all(
        _kind_of(column) == "numbers" and not pd.api.types.is_bool_dtype(column.dtype) for column in (ours, theirs)
    ):
        return ""
    medians = []
    for column in (ours, theirs):
        numbers = column.dropna().astype(float)
        # numbers of which hardly two are alike are keys of interviews, which may begin anywhere in each wave
        if len(numbers) > 20 and numbers.nunique() > 0.95 * len(numbers) and (numbers == np.floor(numbers)).all():
            return ""
        # without zeros, of which an income has many: the median of all might be zero in one wave
        middle = numbers[numbers != 0].abs().median()
        if not np.isfinite(middle):
            return ""
        medians.append(float(middle))
    return f"medians {_number(medians[0])} and {_number(medians[1])}" if max(medians) >= times * min(medians) else ""


def _number(value: float) -> str:
    return f"{as_code(float(f'{value:.4g}'))}"
