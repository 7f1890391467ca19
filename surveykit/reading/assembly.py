"""From what pyreadstat returns to a Survey: texts decoded, dates made, missing codes set aside."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from surveykit._checks import some, warn
from surveykit.codebook import UNDETERMINED, Code, Codebook, ResponseSet, Texts, Variable, as_code
from surveykit.reading.undeclared import warn_of_undeclared
from surveykit.survey import Provenance, Survey

UserMissing = Literal["reasons", "codes"]
"""What becomes of declared missing codes: NaN with the reason kept, or left in the data as codes."""

Decoder = Callable[[str], str]
MEASURES = ("nominal", "ordinal", "scale")
SPSS_DATES = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE", "MOYR", "QYR", "WKYR", "DATETIME", "YMDHMS")
SPSS_TIMES = ("TIME", "DTIME", "MTIME")
SPSS_EPOCH = np.datetime64("1582-10-14", "us")
STATA_EPOCH = np.datetime64("1960-01-01", "us")
YEAR_10000 = np.datetime64("10000-01-01", "us")


def as_is(text: str) -> str:
    """Return a text that needs no decoding."""
    return text


def redecoder(encoding: str) -> Decoder:
    """Return a function that decodes a text which was read byte by byte (as Latin-1)."""

    def decode(text: str) -> str:
        return text if text.isascii() else text.encode("latin-1").decode(encoding)

    return decode


def make_codebook(meta: Any, decode: Decoder, lang: str | None, title: str) -> Codebook:
    """Return the codebook that pyreadstat's metadata hold."""
    tongue = lang or UNDETERMINED
    names = [decode(name) for name in meta.column_names]
    questions = dict(zip(names, meta.column_labels))
    labels = {decode(name): texts for name, texts in meta.variable_value_labels.items()}
    ranges = {decode(name): given for name, given in meta.missing_ranges.items()}
    letters = {decode(name): given for name, given in (meta.missing_user_values or {}).items()}
    measures = {decode(name): measure for name, measure in meta.variable_measure.items()}
    variables = []
    for name in names:
        texts = {code: {tongue: decode(str(text))} for code, text in labels.get(name, {}).items()}
        texts = {f".{code}" if code in letters.get(name, ()) else code: text for code, text in texts.items()}
        declared = [f".{letter}" for letter in letters.get(name, ())]
        question = decode(questions[name]) if questions[name] else ""
        measure = measures.get(name)
        variables.append(_make_variable(
            name, {tongue: question} if question else {}, texts, ranges.get(name, []), declared,
            measure if measure in MEASURES else None, decode))
    book = Codebook.of(variables, {tongue: title} if title else None)
    sets = [_make_set(decode(name), given, names, tongue, decode) for name, given in (meta.mr_sets or {}).items()]
    return replace(book, response_sets={one.name: one for one in sets if one is not None})


def _make_set(name: str, given: Mapping[str, Any], names: Sequence[str], tongue: str,
              decode: Decoder) -> ResponseSet | None:
    """Return a declared multiple-response set with the names as the columns spell them; one of fewer than two is none.

    Where the file counts a code that pyreadstat does not hand on, it is taken to be 1.
    """
    spelled = {column.lower(): column for column in names}
    listed = (decode(item) for item in given["variable_list"])
    items = tuple(dict.fromkeys(spelled.get(item.lower(), item) for item in listed))
    if len(items) < 2:
        return None
    counted = given["counted_value"]
    chosen = (1 if counted is None else as_code(counted)) if given["is_dichotomy"] else None
    question = decode(given["label"] or "")
    return ResponseSet(name, items, chosen, {tongue: question} if question else {})


def _make_variable(name: str, question: Texts, texts: Mapping[Any, Texts], given: Sequence[Mapping[str, Any]],
                   declared: Sequence[str], measure: Any, decode: Decoder) -> Variable:
    codes: list[Any] = list(declared)
    ranges = []
    for pair in given:
        low, high = pair["lo"], pair["hi"]
        if isinstance(low, str):
            codes.append(decode(low))
        elif low == high:
            codes.append(low)
        else:
            ranges.append((_open_end(float(low)), _open_end(float(high))))
    known = {decode(code) if isinstance(code, str) else code: text for code, text in texts.items()
             if isinstance(code, str) or not math.isnan(code)}
    inside = [code for code in known if not isinstance(code, str) and any(low <= code <= high for low, high in ranges)]
    missing: dict[Code, Texts] = {as_code(code): known.get(code, {}) for code in dict.fromkeys([*codes, *inside])}
    labels = {code: text for code, text in known.items() if as_code(code) not in missing}
    return Variable(name, question, labels, missing, tuple(ranges), measure)


def _open_end(end: float) -> float:
    return math.copysign(math.inf, end) if abs(end) > 1e300 else end


def decode_columns(frame: pd.DataFrame, decode: Decoder) -> pd.DataFrame:
    """Return the frame with its texts decoded, each distinct text once; an empty text is a missing one."""
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_datetime64_any_dtype(column.dtype):
            column = _decode_texts(column, decode)
        columns[decode(str(name))] = column
    return pd.DataFrame(columns, index=frame.index)


def _decode_texts(column: pd.Series, decode: Decoder) -> pd.Series:
    codes, distinct = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    texts = [decode(cell) if isinstance(cell, str) and cell else None for cell in distinct]
    cells = np.array([*texts, None], dtype=object)[codes]
    return pd.Series(cells, index=column.index, name=column.name, dtype="str")


def convert_spss_moments(frame: pd.DataFrame, formats: Mapping[str, str]) -> pd.DataFrame:
    """Return the frame with SPSS's seconds since 1582 as dates, and its times as durations."""
    made = {}
    for name, form in formats.items():
        kind = form.rstrip("0123456789.")
        if name not in frame.columns or not pd.api.types.is_numeric_dtype(frame[name].dtype):
            continue
        if kind in SPSS_DATES:
            made[name] = make_moments(frame[name], SPSS_EPOCH, 1_000_000)
        elif kind in SPSS_TIMES:
            made[name] = _make_durations(frame[name])
    return _replace_columns(frame, made)


def convert_stata_moments(frame: pd.DataFrame, formats: Mapping[str, str | None]) -> pd.DataFrame:
    """Return the frame with Stata's daily and clock values as dates; weeks, months and years stay numbers."""
    made = {}
    for name, form in formats.items():
        kind = (form or "").lower().replace("-", "")
        if name in frame.columns and pd.api.types.is_numeric_dtype(frame[name].dtype):
            if kind.startswith(("%td", "%d")) and not kind.endswith(("f", "g")):
                made[name] = make_moments(frame[name], STATA_EPOCH, 86_400_000_000)
            elif kind.startswith("%tc"):
                made[name] = make_moments(frame[name], STATA_EPOCH, 1000)
    return _replace_columns(frame, made)


def _replace_columns(frame: pd.DataFrame, made: Mapping[str, pd.Series | None]) -> pd.DataFrame:
    beyond = [name for name, column in made.items() if column is None]
    if beyond:
        warn(f"the dates in {some(beyond)} lie beyond the year 9999, or before 1; the column stays the file's number "
             "of seconds or days")
    found = {name: column for name, column in made.items() if column is not None}
    return frame.assign(**found) if found else frame


def make_moments(column: pd.Series, epoch: np.datetime64, unit: int) -> pd.Series | None:
    """Return a column of counts since an epoch as dates (`unit` in microseconds), or None when years do not fit."""
    counts = column.to_numpy(dtype=float)
    known = np.isfinite(counts)
    if np.any(np.abs(counts[known]) * unit > 9e18):
        return None
    whole = np.floor(np.where(known, counts, 0.0))
    rest = np.where(known, counts, 0.0) - whole
    steps = whole.astype(np.int64) * unit + np.rint(rest * unit).astype(np.int64)
    moments = epoch + steps.astype("timedelta64[us]")
    if np.any(moments[known] >= YEAR_10000) or np.any(moments[known] < np.datetime64("0001-01-01", "us")):
        return None
    moments[~known] = np.datetime64("NaT")
    return pd.Series(moments, index=column.index, name=column.name)


def _make_durations(column: pd.Series) -> pd.Series | None:
    seconds = column.to_numpy(dtype=float)
    known = np.isfinite(seconds)
    if np.any(np.abs(seconds[known]) > 9e12):
        return None
    steps = np.rint(np.where(known, seconds, 0.0) * 1e6).astype("timedelta64[us]")
    steps[~known] = np.timedelta64("NaT")
    return pd.Series(steps, index=column.index, name=column.name)


def set_missing_aside(frame: pd.DataFrame, codebook: Codebook) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return the frame with declared missing codes as NaN, and for each column the codes that stood there."""
    reasons, columns = {}, {}
    for name in [name for name in codebook if name in frame.columns]:
        variable, column = codebook[name], frame[name]
        if not variable.missing and not variable.missing_ranges:
            continue
        if column.dtype != np.dtype(float):
            found = variable.is_missing(column)
        else:
            found = _is_missing_number(column.to_numpy(), variable)
        if found.any():
            texts = column.dtype == object and all(isinstance(cell, str) for cell in column[found])
            reasons[name] = column[found].astype("str") if texts else column[found]
            columns[name] = _blank(column, found)
    return (frame.assign(**columns) if columns else frame), reasons


def _is_missing_number(numbers: np.ndarray, variable: Variable) -> np.ndarray:
    """Compare with each code in turn, which for a handful of codes is far quicker than a hash table."""
    found = np.zeros(len(numbers), dtype=bool)
    for code in variable.missing:
        if not isinstance(code, str):
            found |= numbers == code
    for low, high in variable.missing_ranges:
        found |= (numbers >= low) & (numbers <= high)
    return found


def _blank(column: pd.Series, found: np.ndarray) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(dtype=float, copy=True)
        numbers[found] = np.nan
        return pd.Series(numbers, index=column.index, name=column.name)
    rest = column.mask(found)
    numeric = column.dtype == object and all(isinstance(cell, int | float) for cell in rest.dropna())
    return rest.astype(float) if numeric else rest


def set_letters_aside(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return a Stata frame with its extended missing values (.a to .z) as NaN, and for each column the letters."""
    reasons, columns = {}, {}
    for name in frame.columns:
        column = frame[name]
        if column.dtype != object:
            continue
        letters = column.map(lambda cell: isinstance(cell, str)).to_numpy(dtype=bool)
        numbers = pd.to_numeric(column.mask(letters), errors="coerce").astype(float)
        if numbers.notna().any() or not letters.all():
            columns[name] = numbers
            if letters.any():
                reasons[name] = ("." + column[letters].astype(str)).astype("str")
    return frame.assign(**columns), reasons


def make_survey(frame: pd.DataFrame, codebook: Codebook, provenance: Provenance, user_missing: UserMissing,
                reasons: Mapping[str, pd.Series] | None = None) -> Survey:
    """Return the survey; with ``user_missing="codes"`` the declared codes stay in the data."""
    blanked, found = (frame, {}) if user_missing == "codes" else set_missing_aside(frame, codebook)
    survey = Survey(blanked, codebook, provenance, {**found, **dict(reasons or {})})
    warn_of_undeclared(survey)
    return survey
