"""Writing a survey's codes as CSV, so that they come back as they were."""

import csv
import io
from typing import Any

import numpy as np
import pandas as pd

from surveykit.errors import WriteError
from surveykit.reading.files import PathLike, write_bytes_whole
from surveykit.survey import Survey


def restore_missing_codes(survey: Survey) -> pd.DataFrame:
    """Return the frame with the original code in every cell that is missing for a stated reason."""
    data = survey.data
    for name, codes in survey.missing_reasons.items():
        if name not in data.columns or not len(codes):
            continue
        column = data[name]
        words = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_numeric_dtype(codes.dtype)
        if words or column.dtype.kind in "Mm":  # a reason among numbers, or a code among dates or times
            column = column.astype(object)
        column = column.copy()
        column.loc[codes.index] = codes
        data[name] = column
    return data


def write_csv(
    survey: Survey, path: PathLike, *, delimiter: str = ",", decimal: str = ".", encoding: str = "utf-8"
) -> None:
    """Write the answers of a survey as CSV: codes as numbers, missing reasons as their codes, empty cells empty.

    Parameters
    ----------
    survey : Survey
    path : path
    delimiter, decimal : str
        How fields are separated and decimals marked.
    encoding : str
        For example "utf-8", or "utf-8-sig" for a spreadsheet program.

    Notes
    -----
    A number is written with the digits that give it back exactly; a whole number without a decimal point. What the
    codes mean goes into a codebook beside the file: `write_codebook`.
    """
    if delimiter == decimal:
        raise WriteError(f"`delimiter` and `decimal` are both {delimiter!r}; use a semicolon with a decimal comma")
    data = restore_missing_codes(survey)
    columns = [_as_text(data[name], decimal) for name in data.columns]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(data.columns)
    writer.writerows(zip(*columns))
    try:
        content = stream.getvalue().encode(encoding)
    except UnicodeEncodeError as error:
        raise WriteError(f"{encoding} has no {error.object[error.start]!r}; use encoding='utf-8'") from error
    write_bytes_whole(content, path)


def _as_text(column: pd.Series, decimal: str) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return ["" if pd.isna(moment) else moment.isoformat(sep=" ").removesuffix(" 00:00:00") for moment in column]
    if pd.api.types.is_integer_dtype(column.dtype):
        return ["" if cell is pd.NA else str(cell) for cell in column]
    if pd.api.types.is_bool_dtype(column.dtype) or not pd.api.types.is_numeric_dtype(column.dtype):
        return ["" if pd.isna(cell) else _cell(cell, decimal) for cell in column.astype(object)]
    return [_number(cell, decimal) for cell in column.to_numpy(dtype=float, na_value=np.nan)]


def _cell(cell: Any, decimal: str) -> str:
    number = isinstance(cell, int | float | np.number) and not isinstance(cell, bool | np.bool_)
    return _number(float(cell), decimal) if number else str(cell)


def _number(value: float, decimal: str) -> str:
    if np.isnan(value):
        return ""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value)).replace(".", decimal)
