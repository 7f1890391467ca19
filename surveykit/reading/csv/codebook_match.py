"""A codebook and the columns that it describes: labels become codes, unknown codes are found."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from surveykit._checks import some, suggest, warn
from surveykit.codebook import Code, Codebook, Texts, Variable, as_code
from surveykit.errors import CodeError
from surveykit.reading.csv.columns import NUMBER
from surveykit.reading.csv.dates import read_durations, read_moments

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
    letters = {code for code in variable.missing if isinstance(code, str)}  # Stata's .a beside numbers
    text_codes = any(isinstance(code, str) for code in variable.labels) or (bool(codes) and letters == {*codes})
    if pd.api.types.is_numeric_dtype(column.dtype):
        if not text_codes or not any(NUMBER.fullmatch(str(code)) for code in codes):
            return column, ""
        texts = [None if pd.isna(cell) else str(as_code(cell)) for cell in column]
        return pd.Series(texts, index=column.index, name=column.name, dtype="str"), ""
    if not pd.api.types.is_string_dtype(column.dtype):
        return column, ""
    if not variable.labels and (moments := _to_moments(column, variable)) is not None:
        return moments, ""
    if not codes:
        return column, ""
    cells = {cell: cell.strip() for cell in column.dropna().unique()}
    if text_codes and (variable.labels or not all(NUMBER.fullmatch(cell) for cell in {*cells.values()} - letters)):
        return column, ""
    # tools export either codes or labels, and one column may hold labels of several languages
    by_label = _codes_by_label(variable)
    code_of_cell: dict[str, float | str | None] = {}
    for raw, cell in cells.items():
        codes_of_label = by_label.get(cell.casefold(), ())
        if len(codes_of_label) > 1 and cell not in letters:
            raise CodeError(
                f"{variable.name!r} holds {cell!r}, which is the label of several codes, {some(map(as_code, codes_of_label))}; write the codes into the file, or give each code a label of its own"
            )
        code_of_cell[raw] = (
            cell if cell in letters else float(cell) if NUMBER.fullmatch(cell) else next(iter(codes_of_label), None)
        )
    strange = [cell for cell, code in code_of_cell.items() if code is None]
    if strange:
        rows = column.index[column == strange[0]]
        raise CodeError(
            f"{variable.name!r} holds {strange[0]!r} ({len(rows)} times, rows {some(rows)}), which is neither a code nor a label of its codebook{suggest(strange[0], by_label)}; add it there, or recode it first"
        )
    numbers = column.astype(object).map(code_of_cell)
    numbers = numbers if letters & {*code_of_cell.values()} else numbers.astype(float)
    labelled = sum(not NUMBER.fullmatch(cell) and cell not in letters for cell in cells.values())
    return numbers, f"{variable.name!r}: {labelled} labels became codes" if labelled else ""


def _to_moments(column: pd.Series, variable: Variable) -> pd.Series | None:
    """Return dates, moments or durations beside the missing codes that kept their column text; None for other texts."""
    if not (variable.missing or variable.missing_ranges):
        return None
    cells = list(column.dropna().unique())
    codes = {cell: float(cell) for cell in cells if NUMBER.fullmatch(cell)}
    declared = variable.is_missing(pd.Series(codes, dtype=float))
    others = [cell for cell in cells if cell not in codes]
    if not others or not codes or not declared.all():
        return None
    read = read_moments(others)
    values = read_durations(others) if read is None else read.values
    if values is None:
        return None
    found: dict[str, object] = dict(zip(others, pd.Series(values)))
    return column.astype(object).map({**found, **codes}).rename(column.name)


def as_moments(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with columns that hold nothing but moments or durations as such, once their codes are gone."""
    held = {name: {type(cell) for cell in column.dropna()} for name, column in frame.items() if column.dtype == object}
    kinds = {pd.Timestamp: "datetime64[us]", pd.Timedelta: "timedelta64[us]"}
    columns = {
        str(name): frame[name].astype(kinds[next(iter(kind))])
        for name, kind in held.items()
        if len(kind) == 1 and next(iter(kind)) in kinds
    }
    return frame.assign(**columns)


def in_one_kind(codebook: Codebook) -> Codebook:
    """Return the codebook with all codes of a variable as texts where one of its labelled codes is a text."""
    mixed = [one for one in codebook.variables.values() if len({*map(_is_text, one.labels)}) > 1]
    texts = [replace(one, labels=_as_texts(one.labels), missing=_as_texts(one.missing)) for one in mixed]
    return codebook.replace(*texts)


def _as_texts(labels: Mapping[Code, Texts]) -> dict[Code, Texts]:
    return {str(code): texts for code, texts in labels.items()}


def _is_text(code: Code) -> bool:
    return isinstance(code, str)


def _codes_by_label(variable: Variable) -> dict[str, tuple[float | str, ...]]:
    """Return for each label, whatever its case, the codes that carry it in any language."""
    codes_by_label: dict[str, dict[float | str, None]] = {}
    for code, texts in (*variable.labels.items(), *variable.missing.items()):
        for text in texts.values():
            codes_by_label.setdefault(text.strip().casefold(), {})[code if isinstance(code, str) else float(code)] = (
                None
            )
    return {text: tuple(codes) for text, codes in codes_by_label.items()}


def _check_codes(column: pd.Series, variable: Variable, on_unknown: OnUnknown) -> pd.Series:
    if on_unknown == "keep" or not variable.labels or variable.measure not in ("nominal", "ordinal"):
        return column
    unknown = find_unknown_codes(column, variable)
    if not unknown.any():
        return column
    code, rows = as_code(column[unknown].iloc[0]), column.index[unknown]
    if on_unknown == "missing":
        warn(
            f"{variable.name!r}: {int(unknown.sum())} answers with codes that its codebook does not know became missing"
        )
        return column.mask(unknown)
    raise CodeError(
        f"{variable.name!r} holds the code {code!r}, which its codebook does not know ({int(unknown.sum())} such answers, rows {some(rows)}); add it to the codebook, or say on_unknown='keep' or 'missing'"
    )


def find_unknown_codes(column: pd.Series, variable: Variable) -> np.ndarray:
    """Return which answers have a code that is neither labelled nor missing in the codebook."""
    labelled = column.isin(list(variable.labels)).to_numpy(dtype=bool)
    return np.asarray(~labelled & column.notna().to_numpy() & ~variable.is_missing(column))
