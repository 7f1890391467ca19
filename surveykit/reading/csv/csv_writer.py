"""Writing a survey's codes as CSV, so that they come back as they were."""

import re
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import some, warn
from surveykit.errors import ArgumentError, SurveyKitError, WriteError
from surveykit.files.reading import PathLike
from surveykit.files.writing import write_together
from surveykit.reading.codebook_file import check_codebook_target, format_codebook
from surveykit.reading.csv.dates import spell_duration, spell_moment
from surveykit.reading.csv.dialect import DELIMITERS, decode_text, detect_delimiter, repair_line_ends
from surveykit.reading.csv.marks import judge_column
from surveykit.reading.csv.records import read_columns
from surveykit.reading.csv.table import Table, TableOptions, make_table
from surveykit.survey import Survey, known_hashes, restore_missing_codes


def write_csv(
    survey: Survey,
    path: PathLike,
    *,
    delimiter: str = ",",
    decimal: str = ".",
    encoding: str = "utf-8",
    codebook: PathLike | None = None,
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
    codebook : path, optional
        A TOML file for what the codes mean, written together with the answers: both files or none. A codebook that is
        there and belongs to another file, or was edited since surveykit wrote it, is left alone.

    Raises
    ------
    WriteError
        When the encoding lacks a letter, a text holds a NUL character or half of a character, `delimiter` and `decimal`
        are one sign, or a file cannot be written, is one that the survey was read from, or is there: it is
        replaced only when surveykit wrote it and nobody changed it since.
    ArgumentError
        When `delimiter` or `decimal` is no single character, or Python knows no such `encoding`.

    Notes
    -----
    A number is written with the digits that give it back exactly; a whole number without a decimal point. What the
    codes mean goes into a codebook beside the file: `codebook=`, or `write_codebook`.

    What was written is read again before the file is put in place. Where `read_csv` needs to be told something to give
    the same answers (`text=` for a column of texts that look like numbers, say), a warning says what; an empty text and
    a missing one are the same in a CSV, which is told too.

    R: ``readr::write_delim``, or ``write_csv2`` with semicolons and decimal commas.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> q1 = sk.Variable("q1", "The akim listens", labels={1: "No", 2: "Yes"}, missing={9: "refused"})
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 2, 9]}), sk.Codebook.of([q1])).with_missing_codes()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sk.write_csv(survey, pathlib.Path(folder) / "ili.csv")
    ...     print((pathlib.Path(folder) / "ili.csv").read_text().split())
    ...
    ['q1', '1', '2', '9']
    """
    for name, mark in (("delimiter", delimiter), ("decimal", decimal)):
        if not isinstance(mark, str) or len(mark) != 1 or mark in '"\r\n':
            raise ArgumentError(f"`{name}` must be one character other than a quotation mark, but {mark!r} was given")
    if delimiter == decimal:
        raise WriteError(f"`delimiter` and `decimal` are both {delimiter!r}; use a semicolon with a decimal comma")
    data = restore_missing_codes(survey)
    columns = [_prove_decimals(_as_text(data[name], decimal), data[name], decimal) for name in data.columns]
    table = [[str(name), *cells] for name, cells in zip(data.columns, columns)]
    quoted = [_quote_cells(cells, delimiter) for cells in table]
    lines = [delimiter.join(record) for record in zip(*quoted)]
    content = _encode("".join(f"{line or EMPTY_LINE}\n" for line in lines), encoding)
    files: dict[PathLike, Callable[[Path], None]] = {}
    if codebook is not None:
        origin = survey.provenance
        book = format_codebook(survey.codebook, simulated=origin.simulated, weight=origin.weight)
        files[check_codebook_target(codebook)] = partial(_write_bytes, content=_encode(book, "utf-8"))
    files[path] = partial(_write_bytes, content=content)
    _check_return(content, data, table, delimiter, decimal, encoding)
    write_together(files, answers=known_hashes(survey.provenance))


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)


EMPTY_LINE = '""'
"""How a record of one empty cell is written, because a line without any cell is no record."""


def _quote_cells(cells: Sequence[str], delimiter: str) -> list[str]:
    """Return cells in quotes where they hold any mark that may part cells, so that none is taken for the delimiter."""
    # every mark that may be a delimiter is quoted, not only the one used: the reader has to find out which it is
    marks = re.compile(f'[{re.escape("".join((*DELIMITERS, delimiter)))}"\r\n]')
    if not marks.search("".join(cells)):
        return list(cells)
    distinct = {cell: f'"{cell.replace(chr(34), chr(34) * 2)}"' if marks.search(cell) else cell for cell in set(cells)}
    return [distinct[cell] for cell in cells]


def _encode(text: str, encoding: str) -> bytes:
    if "\0" in text:
        raise WriteError("a text holds a NUL character, which no CSV can hold; take it out")
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        sign = error.object[error.start]
        if "\ud800" <= sign <= "\udfff":
            raise WriteError(
                f"a text holds {sign!r}, which is half of a character; it was cut in two before: correct it first"
            ) from error
        raise WriteError(f"{encoding} has no {sign!r}; use encoding='utf-8'") from error
    except LookupError as error:
        raise ArgumentError(
            f"`encoding` names {encoding!r}, which is no encoding that Python knows; use 'utf-8' or 'utf-8-sig'"
        ) from error


def _prove_decimals(cells: list[str], column: pd.Series, decimal: str) -> list[str]:
    """Return the cells of numbers so that their mark cannot be taken for one of thousands, or of a list.

    One cell of four decimals is enough: 1.125 becomes 1.1250.
    """
    if pd.api.types.is_numeric_dtype(column.dtype) and judge_column(list(dict.fromkeys(cells)), decimal) != "decimals":
        place = next((place for place, cell in enumerate(cells) if decimal in cell), None)
        if place is not None and "e" not in cells[place]:
            whole, _, rest = cells[place].partition(decimal)
            return [*cells[:place], f"{whole}{decimal}{rest:0<4}", *cells[place + 1 :]]
    return cells


def _check_return(
    content: bytes, data: pd.DataFrame, table: Sequence[Sequence[str]], delimiter: str, decimal: str, encoding: str
) -> None:
    """Warn of what `read_csv` must be told to read the file as it was written, and of what cannot come back."""
    texts = [str(name) for name in data.columns if pd.api.types.is_string_dtype(data[name].dtype)]
    written = {column[0]: column[1:] for column in table}
    by_itself = _differing(_read_back(content, None, None, TableOptions()), data, written)
    if by_itself == []:
        return
    needed: list[dict[str, Any]] = []
    if by_itself:
        needed.append({"text": [name for name in texts if name in by_itself]})
    declared = {"encoding": encoding, "delimiter": delimiter, "decimal": decimal}
    needed += [{**declared, "text": texts}, {**declared, "text": texts, "title_rows": 0, "header_rows": 1}]
    lost = by_itself
    for options in needed:
        asked = {name: value for name, value in options.items() if name not in ("encoding", "delimiter")}
        found = _read_back(content, options.get("encoding"), options.get("delimiter"), TableOptions(**asked))
        lost = _differing(found, data, written)
        if lost == []:
            call = ", ".join(f"{name}={value!r}" for name, value in options.items())
            warn(f"to come back as it was, the file must be read with read_csv(..., {call})")
            return
    blank = [name for name in texts if data[name].map(lambda cell: isinstance(cell, str) and not cell.strip()).any()]
    if lost is not None and blank and set(lost) <= set(blank):
        warn(f"empty texts of {some(blank)} come back as missing, because a CSV does not tell them apart")
        return
    warn(
        f"not all of the file comes back as it was: {some(lost or data.columns)}; write_spss() or a codebook with the codes keeps more than a CSV can"
    )


def _read_back(content: bytes, encoding: str | None, delimiter: str | None, options: TableOptions) -> Table | None:
    """Return what `read_csv` makes of a file; None when it refuses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = repair_line_ends(decode_text(content, encoding, "the file")[0])
            mark = delimiter or detect_delimiter(text, "the file")
            return make_table(read_columns(text, mark, "the file", options.title_rows), mark, "the file", options)
        except SurveyKitError:
            return None


def _differing(found: Table | None, data: pd.DataFrame, written: dict[str, Sequence[str]]) -> list[str] | None:
    """Return the columns that came back otherwise; None when the table itself has another shape."""
    if found is None or found.header.names != list(written):
        return None
    read = found.data
    if len(read) != len(data):
        return None
    return [
        str(name)
        for name, again in zip(data.columns, read.columns)
        if not _same(data[name], read[again], written[str(name)])
    ]


def _same(before: pd.Series, after: pd.Series, written: Sequence[str]) -> bool:
    if pd.api.types.is_string_dtype(after.dtype):
        if pd.api.types.is_numeric_dtype(before.dtype) or before.dtype.kind in "Mm":
            return False
        # A missing cell is written as nothing; a text that is empty, or blank, is another thing.
        missing = before.isna().to_numpy()
        kept = after.astype(object).where(after.notna(), None).tolist()
        return all(cell is None if gone else cell == text for cell, gone, text in zip(kept, missing, written))
    if {before.dtype.kind, after.dtype.kind} & {*"Mm"}:
        alike = before.dtype.kind == after.dtype.kind and before.isna().tolist() == after.isna().tolist()
        return alike and bool((before.dropna().to_numpy() == after.dropna().to_numpy()).all())
    if pd.api.types.is_string_dtype(before.dtype) and before.notna().any():
        return False
    numbers = pd.to_numeric(before, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return bool(np.array_equal(numbers, after.to_numpy(dtype=float, na_value=np.nan), equal_nan=True))


def _as_text(column: pd.Series, decimal: str) -> list[str]:
    if column.dtype.kind in "Mm":
        return ["" if pd.isna(cell) else _cell(cell, decimal) for cell in column]
    if pd.api.types.is_integer_dtype(column.dtype):
        return ["" if cell is pd.NA else str(cell) for cell in column]
    if pd.api.types.is_bool_dtype(column.dtype) or not pd.api.types.is_numeric_dtype(column.dtype):
        return ["" if pd.isna(cell) else _cell(cell, decimal) for cell in column.astype(object)]
    return [_number(cell, decimal) for cell in column.to_numpy(dtype=float, na_value=np.nan)]


def _cell(cell: Any, decimal: str) -> str:
    if isinstance(cell, pd.Timestamp):
        return spell_moment(cell)
    if isinstance(cell, pd.Timedelta):
        return spell_duration(cell)
    number = isinstance(cell, int | float | np.number) and not isinstance(cell, bool | np.bool_)
    return _number(float(cell), decimal) if number else str(cell)


def _number(value: float, decimal: str) -> str:
    if np.isnan(value):
        return ""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value)).replace(".", decimal)
