"""A codebook and the columns that it describes: labels become codes, unknown codes are found."""

from typing import Literal

import numpy as np
import pandas as pd

from surveykit._checks import some, suggest, warn
from surveykit.codebook import Code, Codebook, Variable, as_code
from surveykit.errors import CodeError
from surveykit.reading.csv_columns import NUMBER

OnUnknown = Literal["error", "keep", "missing"]


def match_codebook(
    frame: pd.DataFrame, codebook: Codebook, on_unknown: OnUnknown, name: str
) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame with codes where labels stood, and what was done, one sentence each.

    Raises
    ------
    CodeError
        When a column with a list of codes (`measure` nominal or ordinal) holds another one and `on_unknown` forbids it.
    """
    absent = [variable for variable in codebook if variable not in frame.columns]
    notes = []
    if absent:
        hint = suggest(absent[0], frame.columns)
        warn(f"the codebook describes {some(absent)}, which {name!r} does not have{hint}")
        notes.append(f"described but absent: {some(absent)}")
    columns = {}
    for variable in (codebook[column] for column in codebook if column in frame.columns):
        column, note = _to_codes(frame[variable.name], variable)
        column = _check_codes(column, variable, on_unknown)
        if column is not frame[variable.name]:
            columns[variable.name] = column
        notes += [note] if note else []
    return frame.assign(**columns), notes


def _to_codes(column: pd.Series, variable: Variable) -> tuple[pd.Series, str]:
    """Return codes where a column holds labels, and texts where its codes are texts."""
    codes = (*variable.labels, *variable.missing)
    text_codes = any(isinstance(code, str) for code in codes)
    if pd.api.types.is_numeric_dtype(column.dtype):
        if not text_codes:
            return column, ""
        texts = [None if pd.isna(cell) else str(as_code(cell)) for cell in column]
        return pd.Series(texts, index=column.index, name=column.name, dtype="str"), ""
    if text_codes or not codes or not pd.api.types.is_string_dtype(column.dtype):
        return column, ""
    by_label = _codes_by_label(variable)
    found: dict[str, float | None] = {}
    for cell in column.dropna().unique():
        found[cell] = by_label.get(cell.strip().casefold()) if not NUMBER.fullmatch(cell.strip()) else float(cell)
    strange = [cell for cell, code in found.items() if code is None]
    if strange:
        rows = column.index[column == strange[0]]
        raise CodeError(f"{variable.name!r} holds {strange[0]!r} ({len(rows)} times, rows {some(rows)}), which is "
                        f"neither a code nor a label of its codebook{suggest(strange[0], by_label)}; add it there, or "
                        "recode it first")
    numbers = column.map(found).astype(float)
    labelled = sum(not NUMBER.fullmatch(cell.strip()) for cell in found)
    return numbers, f"{variable.name!r}: {labelled} labels became codes" if labelled else ""


def _codes_by_label(variable: Variable) -> dict[str, float]:
    found: dict[str, Code] = {}
    for code, texts in (*variable.labels.items(), *variable.missing.items()):
        for text in texts.values():
            found.setdefault(text.strip().casefold(), code)
    return {text: float(code) for text, code in found.items()}


def _check_codes(column: pd.Series, variable: Variable, on_unknown: OnUnknown) -> pd.Series:
    if on_unknown == "keep" or not variable.labels or variable.measure not in ("nominal", "ordinal"):
        return column
    unknown = find_unknown_codes(column, variable)
    if not unknown.any():
        return column
    code, rows = as_code(column[unknown].iloc[0]), column.index[unknown]
    if on_unknown == "missing":
        warn(f"{variable.name!r}: {int(unknown.sum())} answers with codes that its codebook does not know became "
             "missing")
        return column.mask(unknown)
    raise CodeError(f"{variable.name!r} holds the code {code!r}, which its codebook does not know "
                    f"({int(unknown.sum())} such answers, rows {some(rows)}); add it to the codebook, or say "
                    "on_unknown='keep' or 'missing'")


def find_unknown_codes(column: pd.Series, variable: Variable) -> np.ndarray:
    """Return which answers have a code that is neither labelled nor missing in the codebook."""
    known = column.isin(list(variable.labels)).to_numpy(dtype=bool)
    return ~known & column.notna().to_numpy() & ~variable.is_missing(column)
