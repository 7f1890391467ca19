"""From what pyreadstat returns to a Survey: texts decoded, dates made, missing codes set aside."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from surveykit._checks import some, warn
from surveykit.codebook import UNDETERMINED, Code, Codebook, ResponseSet, Texts, Variable, as_code
from surveykit.coded_answers.undeclared import warn_of_undeclared
from surveykit.reading.encodings.decoding import AS_IS, Decoder
from surveykit.survey import Provenance, Survey

UserMissing = Literal["reasons", "codes"]
"""What becomes of declared missing codes: NaN with the reason kept, or left in the data as codes."""

Converter = Callable[[pd.DataFrame], pd.DataFrame]

MEASURES = ("nominal", "ordinal", "scale")


def make_codebook(
    meta: Any,
    decode: Decoder,
    lang: str | None,
    title: str,
    response_sets: Sequence[ResponseSet] = (),
    formats: Mapping[str, str] = MappingProxyType({}),
) -> Codebook:
    """Return the codebook that pyreadstat's metadata hold.

    A text code of a variable of numbers is a letter of Stata's (.a to .z) or SAS's: a declared missing code, also
    where nobody has it. `formats` are the print formats of SPSS, by names as pyreadstat returned them.
    """
    tongue = lang or UNDETERMINED
    variables = []
    for read, label in zip(meta.column_names, meta.column_labels):
        name = decode(read, "a variable name")
        place = f"the codebook of {name!r}"
        numeric = meta.readstat_variable_types.get(read) != "string"
        texts = {
            f".{code}" if numeric and isinstance(code, str) else code: {tongue: decode(str(text), place)}
            for code, text in meta.variable_value_labels.get(read, {}).items()
        }
        letters = [f".{letter}" for letter in sorted((meta.missing_user_values or {}).get(read, ()))]
        declared = [*letters, *(code for code in texts if numeric and isinstance(code, str) and code not in letters)]
        question = decode(label, place) if label else ""
        measure = meta.variable_measure.get(read)
        variables.append(
            _make_variable(
                name,
                {tongue: question} if question else {},
                texts,
                meta.missing_ranges.get(read, []),
                declared,
                measure if measure in MEASURES else None,
                decode,
                formats.get(read),
            )
        )
    book = Codebook.of(variables, {tongue: title} if title else None)
    return replace(book, response_sets={one.name: one for one in response_sets})


def declared_types(meta: Any, decode: Decoder) -> dict[str, bool]:
    """Return for each column whether the file declares it to hold numbers."""
    return {decode(name): kind != "string" for name, kind in meta.readstat_variable_types.items()}


def take_letters(frame: pd.DataFrame, meta: Any) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return a frame with letters (.a to .z, .A to .Z) among its numbers as NaN, and the letters by column."""
    numeric = declared_types(meta, AS_IS)
    columns, letters = {}, {}
    for name in frame.columns:
        if not numeric[name] or pd.api.types.is_numeric_dtype(frame[name].dtype):
            continue
        # pyreadstat gives Stata's .a as the text "a" among numbers; left so, a column of nothing but reasons would
        # become texts
        is_letter = frame[name].map(lambda cell: isinstance(cell, str)).to_numpy(dtype=bool)
        columns[name] = frame[name].mask(is_letter).astype(float)
        if is_letter.any():
            letters[name] = ("." + frame.loc[is_letter, name].astype("str")).astype("str")
    return frame.assign(**columns), letters


def _make_variable(
    name: str,
    question: Texts,
    texts: Mapping[Any, Texts],
    given: Sequence[Mapping[str, Any]],
    declared: Sequence[str],
    measure: Any,
    decode: Decoder,
    form: str | None,
) -> Variable:
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
    labelled = {
        decode(code) if isinstance(code, str) else code: text
        for code, text in texts.items()
        if isinstance(code, str) or not math.isnan(code)
    }
    inside = [
        code for code in labelled if not isinstance(code, str) and any(low <= code <= high for low, high in ranges)
    ]
    missing: dict[Code, Texts] = {as_code(code): labelled.get(code, {}) for code in dict.fromkeys([*codes, *inside])}
    # a label inside a missing range names a reason, not an answer
    labels = {code: text for code, text in labelled.items() if as_code(code) not in missing}
    return Variable(name, question, labels, missing, tuple(ranges), measure, print_format=form)


def _open_end(end: float) -> float:
    # LO and HI stand in the file as the largest doubles there are (GNU PSPP developers' guide, "Variable Record")
    return math.copysign(math.inf, end) if abs(end) > 1e300 else end


def decode_columns(frame: pd.DataFrame, decode: Decoder, numeric: Mapping[str, bool]) -> pd.DataFrame:
    """Return the frame with its texts decoded, each distinct text once; an empty text is a missing one.

    A column is numbers or text as `numeric` says the file declares it, whatever its cells are.
    """
    columns = {}
    for read in frame.columns:
        column, name = frame[read], decode(str(read), "a variable name")
        if not numeric.get(name, True):
            columns[name] = _decode_texts(column, name, decode)
        else:
            columns[name] = column if pd.api.types.is_numeric_dtype(column.dtype) else column.astype(float)
    return pd.DataFrame(columns, index=frame.index)


def _decode_texts(column: pd.Series, name: str, decode: Decoder) -> pd.Series:
    codes, distinct = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    texts = []
    for code, cell in enumerate(distinct):
        n_mended = len(decode.mended)
        texts.append(decode(cell) if isinstance(cell, str) and cell else None)
        if len(decode.mended) > n_mended:
            decode.place_last(f"column {name!r}, row {column.index[int(np.argmax(codes == code))]!r}")
    cells = np.array([*texts, None], dtype=object)[codes]
    return pd.Series(cells, index=column.index, name=column.name, dtype="str")


def set_missing_aside(frame: pd.DataFrame, codebook: Codebook) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return the frame with declared missing codes as NaN, and for each column the codes that stood there."""
    reasons, columns = {}, {}
    for name in [name for name in codebook if name in frame.columns]:
        variable, column = codebook[name], frame[name]
        if not variable.missing and not variable.missing_ranges:
            continue
        if column.dtype != np.dtype(float):
            is_missing = variable.is_missing(column)
        else:
            is_missing = _is_missing_number(column.to_numpy(), variable)
        if is_missing.any():
            texts = column.dtype == object and all(isinstance(cell, str) for cell in column[is_missing])
            reasons[name] = column[is_missing].astype("str") if texts else column[is_missing]
            columns[name] = _blank(column, is_missing)
    return (frame.assign(**columns) if columns else frame), reasons


def _is_missing_number(numbers: np.ndarray, variable: Variable) -> np.ndarray:
    """Compare with each code in turn, which for a handful of codes is far quicker than a hash table."""
    is_missing = np.zeros(len(numbers), dtype=bool)
    for code in variable.missing:
        if not isinstance(code, str):
            is_missing |= numbers == code
    for low, high in variable.missing_ranges:
        is_missing |= (numbers >= low) & (numbers <= high)
    return is_missing


def _blank(column: pd.Series, found: np.ndarray) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(dtype=float, copy=True)
        numbers[found] = np.nan
        return pd.Series(numbers, index=column.index, name=column.name)
    rest = column.mask(found)
    numeric = column.dtype == object and all(isinstance(cell, int | float) for cell in rest.dropna())
    return rest.astype(float) if numeric else rest


def make_survey(
    frame: pd.DataFrame,
    codebook: Codebook,
    provenance: Provenance,
    user_missing: UserMissing,
    reasons: Mapping[str, pd.Series] | None = None,
    convert: Converter | None = None,
) -> Survey:
    """Return the survey; with ``user_missing="codes"`` the declared codes stay in the data.

    Dates are made by `convert` after the missing codes are set aside: these are declared as the file's numbers. Where
    such codes stay in the data, a column that has some stays numbers too, with a warning.
    """
    if user_missing == "reasons" or convert is not None:
        blanked, codes_set_aside = set_missing_aside(frame, codebook)
    if user_missing == "reasons":
        frame, reasons = convert(blanked) if convert else blanked, {**codes_set_aside, **dict(reasons or {})}
    elif convert is not None:
        converted = convert(blanked)
        kept = [name for name in codes_set_aside if converted[name].dtype != blanked[name].dtype]
        if kept:
            warn(
                f"the missing codes of {some(kept)} are numbers and stay in the data, so that these dates or times stay the file's numbers of seconds; user_missing='reasons' makes dates of them"
            )
        frame = converted.assign(**{name: frame[name] for name in codes_set_aside})
    survey = Survey(frame, codebook, provenance, dict(reasons or {}))
    warn_of_undeclared(survey)
    return survey
