"""Parquet and Feather: a survey written whole, with its codebook, and read whole; files of others as plain columns."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from surveykit._checks import as_names, check_option, some, suggest, warn
from surveykit.codebook import Codebook, Variable
from surveykit.errors import ColumnError, MissingExtraError, ReadError, SurveyKitError, WriteError
from surveykit.extras import require
from surveykit.files.kinds import KIND_WORDS, FileKind, sniff_kind
from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.files.writing import check_target, write_whole
from surveykit.reading.codebook_file import CodebookFile
from surveykit.reading.codebooks.any_codebook import read_described
from surveykit.reading.csv.codebook_match import OnUnknown
from surveykit.reading.csv.csv_file import describe_frame, find_codebook
from surveykit.reading.memory import check_memory, memory_told
from surveykit.reading.spss_stata.survey_from_columns import UserMissing
from surveykit.reading.tables.arrow_columns import SENTENCES, as_periods, make_answers
from surveykit.reading.tables.arrow_metadata import KEY, Stored, pack, unpack
from surveykit.survey import Provenance, Survey, known_hashes, restore_missing_codes

PARQUET, FEATHER = (".parquet", ".pq"), (".feather", ".arrow")
MOST_COLUMNS = 100_000
FORMATS: dict[FileKind, str] = {"parquet": "Parquet", "feather": "Feather"}
PERIOD = re.compile(r"period\[(.{1,20})\]")
"""How pandas names a column of periods; their numbers alone would pass for answers."""
FIRST_FEATHER = b"FEA1"
PLAIN_CELLS = (str, int, float, bool, type(None), type(pd.NA))
"""Cells that JSON can write, for a column of numbers with texts among them (Stata's .a)."""


def read_parquet(
    path: PathLike,
    *,
    codebook: PathLike | Codebook | None = None,
    columns: Sequence[str] | None = None,
    on_unknown: OnUnknown = "error",
    user_missing: UserMissing = "reasons",
) -> Survey:
    """Read a Parquet or Feather file as a survey.

    Parameters
    ----------
    path : path
    codebook : path or Codebook, optional
        What the columns ask and what their codes mean, as in `read_csv`. A file that `write_parquet` wrote holds its
        codebook; texts of another one are added to it.
    columns : sequence of str, optional
        Read these columns only.
    on_unknown : {"error", "keep", "missing"}
        As in `read_csv`.
    user_missing : {"reasons", "codes"}
        As in `read_spss`.

    Returns
    -------
    Survey
        What `write_parquet` wrote: answers, codebook, reasons of missing answers, weight, simulated or not, notes. The
        file of another program is read as plain columns: TRUE and FALSE become 1 and 0, exact decimals numbers, moments
        are by the clock of their zone, times of day are durations; a categorical of pandas stays one.

    Raises
    ------
    ReadError
        When the file is damaged, claims more than fits into memory, or a column holds lists or structures.
    MissingExtraError
        When pyarrow is not installed.
    ColumnError
        When `columns`, or the weight of the codebook, names no column.
    ArgumentError
        When an option has a value that it cannot have.
    CodeError
        When a cell is neither a code nor a label of its codebook, or the label of several codes.
    CodebookError
        When the codebook contradicts itself or has a key that no codebook has.

    Notes
    -----
    R: ``arrow::read_parquet``, ``arrow::read_feather``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "wave.parquet"
    ...     pd.DataFrame({"id": [1, 2], "agrees": [True, None]}).to_parquet(file)
    ...     survey = sk.read_parquet(file)
    ...
    >>> survey.data
       id  agrees
    0   1     1.0
    1   2     NaN
    """
    check_option(on_unknown, ("error", "keep", "missing"), "on_unknown")
    check_option(user_missing, ("reasons", "codes"), "user_missing")
    file = check_file(path)
    file_kind = sniff_kind(file)
    if file_kind not in FORMATS:
        raise ReadError(
            f"{file.name!r} is {KIND_WORDS[file_kind]}, not a Parquet or Feather file; read_survey() reads every kind by its bytes"
        )
    wanted = None if columns is None else as_names(columns, "columns")
    with memory_told(file.name), _damage_told(file):
        table = _read_table(file, file_kind, wanted)
        stored = _stored(table, file)
        if stored is not None:
            frame, reasons = _as_written(table, stored, file.name)
        else:
            frame, variables, notes = _as_plain(table, file.name)
    origin = Provenance(source=file.name, sha256=hash_file(file), format=FORMATS[file_kind])
    if stored is not None:
        return _restore(frame, reasons, stored, origin, codebook, user_missing)
    origin = origin.note(*notes)
    return describe_frame(
        frame, Codebook.of(variables), find_codebook(file, codebook), origin, on_unknown, user_missing
    )


def _pyarrow() -> ModuleType:
    try:
        return require("pyarrow", "big")
    except MissingExtraError as error:
        raise MissingExtraError(
            "Parquet and Feather need the package 'pyarrow'; install it with: pip install \"surveykit-settlements[big]\""
        ) from error


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Turn what pyarrow raises over a damaged file into one sentence."""
    try:
        yield
    except (SurveyKitError, MemoryError):
        raise
    except Exception as error:  # a damaged file raises what its parts raise
        why = " ".join(str(error).split())[:80]
        raise ReadError(f"{path.name!r} is damaged ({why}); get the file again") from error


def _read_table(path: Path, kind: FileKind, wanted: Sequence[str] | None) -> Any:
    """Return the table of a file, with texts as dictionaries until their size is known."""
    pa = _pyarrow()
    if kind == "parquet":
        parquet = require("pyarrow.parquet", "big")
        with path.open("rb") as stream, parquet.ParquetFile(stream) as first:  # pyarrow takes UTF-8 names only
            schema, meta = first.schema_arrow, first.metadata
            names = _check_names(schema.names, wanted, path.name)
            groups = range(meta.num_row_groups)
            unpacked = sum(max(meta.row_group(group).total_byte_size, 0) for group in groups)
            check_memory(path.name, max(meta.num_rows, 0), len(names), unpacked)
        texts = [
            text_field.name
            for text_field in schema
            if pa.types.is_string(text_field.type) or pa.types.is_large_string(text_field.type)
        ]
        with path.open("rb") as stream, parquet.ParquetFile(stream, read_dictionary=texts) as file:
            table = file.read(columns=names if wanted is not None else None, use_threads=False)
    else:
        with path.open("rb") as head:
            if head.read(4) == FIRST_FEATHER:
                raise ReadError(
                    f"{path.name!r} is a Feather file of the first version, which no program writes any more; read it with an older pandas or R and write it as Parquet"
                )
        with path.open("rb") as stream, pa.ipc.open_file(stream) as file:
            names = _check_names(file.schema.names, wanted, path.name)
            batches = [file.get_batch(number) for number in range(file.num_record_batches)]
            check_memory(path.name, sum(batch.num_rows for batch in batches), len(names))
            table = pa.Table.from_batches(batches, file.schema)
            table = table.select(names) if wanted is not None else table
    table.validate(full=True)  # what a file says of its own places need not be so
    check_memory(path.name, table.num_rows, table.num_columns, sum(map(_text_bytes, table.columns)))
    return table


def _check_names(names: Sequence[str], wanted: Sequence[str] | None, source: str) -> list[str]:
    if len(names) > MOST_COLUMNS:
        raise ReadError(f"{source!r} has {len(names):,} columns, more than the {MOST_COLUMNS:,} that are read")
    twice = (
        next((name for place, name in enumerate(names) if name in names[:place]), None)
        if len({*names}) < len(names)
        else None
    )
    if twice is not None:
        raise ReadError(f"{source!r} has two columns {twice!r}; rename one of them in the program that wrote it")
    absent = [name for name in wanted or () if name not in names]
    if absent:
        raise ColumnError(
            f"`columns` names {absent[0]!r}, which is not a column of {source!r}{suggest(absent[0], names)}"
        )
    return list(names) if wanted is None else list(wanted)


def _text_bytes(column: Any) -> int:
    """Return how many bytes the texts of a column take when each cell has its own."""
    pa, pc = _pyarrow(), require("pyarrow.compute", "big")
    total = 0
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type) and pa.types.is_string(chunk.type.value_type):
            lengths = pc.binary_length(chunk.dictionary)
            total += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    return total


def _stored(table: Any, path: Path) -> Stored | None:
    """Return what `write_parquet` put beside the answers, None for a file of another program."""
    content = (table.schema.metadata or {}).get(KEY)
    if content is None:
        return None
    try:
        return unpack(content, table.num_rows)
    except (SurveyKitError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReadError(
            f"{path.name!r} was written by surveykit, but its codebook is damaged ({str(error)[:80]}); get the file again"
        ) from error


def _as_written(table: Any, stored: Stored, source: str) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return the frame and the reasons as they were written."""
    frame = _undictionary(table).to_pandas()
    for name in [name for name in stored.mixed if name in frame.columns]:
        cells = [
            None if cell is None else json.loads(cell)
            for cell in frame[name].astype(object).where(frame[name].notna(), None)
        ]
        frame[name] = pd.Series(cells, index=frame.index, dtype=object)
    for name, dtype in stored.types.items():
        if name not in frame.columns or str(frame[name].dtype) == dtype:
            continue
        if dtype == "object":  # numbers that a database gave as objects
            frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
        elif frame[name].dtype.kind in "mM":  # Parquet has no seconds
            frame[name] = frame[name].astype(dtype)
    reasons = {
        name: codes.set_axis(frame.index[codes.index.to_numpy()])
        for name, codes in stored.reasons.items()
        if name in frame
    }
    contradictory = _answered_with_reason(frame, reasons)
    if contradictory is not None:
        raise ReadError(
            f"{source!r} is damaged: {contradictory!r} has answers where it also has reasons why they are missing; get the file again"
        )
    return frame, reasons


def _answered_with_reason(frame: pd.DataFrame, reasons: Mapping[str, pd.Series]) -> str | None:
    """Return a column that has a reason for a missing answer in a row that is answered."""
    given = [name for name in reasons if name in frame.columns]
    return next((name for name in given if frame.loc[reasons[name].index, name].notna().any()), None)


def _undictionary(table: Any) -> Any:
    """Return the table with the texts that were only read as dictionaries as texts."""
    pa = _pyarrow()
    declared = {column["name"] for column in _pandas_columns(table) if column.get("pandas_type") == "categorical"}
    for position, field in enumerate(table.schema):
        dtype = field.type
        if pa.types.is_dictionary(dtype) and field.name not in declared and not dtype.ordered:
            table = table.set_column(position, field.name, table.column(position).cast(dtype.value_type))
    return table


def _pandas_columns(table: Any) -> list[dict[str, Any]]:
    """Return what pandas wrote about its columns."""
    content = (table.schema.metadata or {}).get(b"pandas")
    stored = json.loads(content) if content else {}
    columns = stored.get("columns") if isinstance(stored, dict) else None
    return (
        [column for column in columns if isinstance(column, dict) and isinstance(column.get("name"), str)]
        if isinstance(columns, list)
        else []
    )


def _as_plain(table: Any, name: str) -> tuple[pd.DataFrame, list[Variable], list[str]]:
    """Return the columns of another program's file, what they themselves tell of their codes, and what was decided."""
    stored_by_pandas = {one["name"]: one for one in _pandas_columns(table)}
    answers_of = []
    for place, column in enumerate(table.column_names):
        about = stored_by_pandas.get(column, {})
        categories = about.get("pandas_type") == "categorical"
        answers = make_answers(column, table.column(place), categories=categories, source=name)
        period = PERIOD.fullmatch(str(about.get("numpy_type", "")))
        answers_of.append(as_periods(answers, period[1], name) if period else answers)
    frame = pd.DataFrame({one.variable.name: one.values for one in answers_of}, index=range(table.num_rows))
    notes = []
    for decision, sentence in SENTENCES.items():
        concerned = [one.variable.name for one in answers_of if one.decision == decision]
        if concerned:
            notes.append(sentence.format(columns=some(concerned)))
    return frame, [one.variable for one in answers_of], notes


def _restore(
    frame: pd.DataFrame,
    reasons: dict[str, pd.Series],
    stored: Stored,
    origin: Provenance,
    codebook: PathLike | Codebook | None,
    user_missing: UserMissing,
) -> Survey:
    """Return the survey as it was written; the files that it rests on are those of before and this one."""
    before = stored.provenance
    book = stored.codebook.codebook
    whole = all(name in frame.columns for name in book)
    origin = replace(
        origin, encoding=before.encoding, simulated=before.simulated, weight=before.weight,
        notes=(*before.notes, f"written as {origin.format} from {before.source} ({before.format})"),
        files=tuple(dict.fromkeys([*([before.sha256] if before.sha256 else []), *before.files])),
    )  # fmt: skip
    survey = Survey(frame, book if whole else book.keep(frame.columns), origin, reasons)
    if codebook is not None:
        described = (
            CodebookFile(codebook, codebook.simulated, codebook.weight)
            if isinstance(codebook, Codebook)
            else read_described(codebook)
        )
        origin = replace(
            origin,
            simulated=origin.simulated or described.simulated,
            weight=origin.weight or described.weight,
            files=(*origin.files, *described.files),
        )
        survey = replace(survey, provenance=origin).with_codebook(described.codebook)
    if user_missing == "codes":
        return replace(survey, frame=restore_missing_codes(survey), missing_reasons={})
    return survey


def write_parquet(survey: Survey, path: PathLike) -> None:
    """Write a survey whole as a Parquet file, or as Feather by its name.

    Parameters
    ----------
    survey : Survey
    path : path
        The file, ending in .parquet, .pq, .feather or .arrow.

    Raises
    ------
    WriteError
        When the file cannot be written, is the one that the survey was read from, or a column holds values that Parquet
        cannot (intervals, tuples).
    MissingExtraError
        When pyarrow is not installed.

    Notes
    -----
    Codebook, provenance (simulated or not, weight, notes) and the reasons of missing answers stand in the metadata of
    the schema, under the key "surveykit", so that `read_parquet` gives the survey back; others read the columns.
    R: ``arrow::write_parquet``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> book = sk.Codebook.of([sk.Variable("q1", {"en": "Listens?"}, {1: {"en": "No"}}, {9: {"en": "refused"}})])
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 9]}), book).with_missing_codes()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "wave.parquet"
    ...     sk.write_parquet(survey, file)
    ...     again = sk.read_parquet(file)
    ...
    >>> again.count_missing("q1").to_dict(), again.codebook["q1"].label(9)
    ({9: 1, 'empty': 0}, 'refused')
    """
    pa = _pyarrow()
    target = check_target(path, (*PARQUET, *FEATHER))
    contradictory = _answered_with_reason(survey.frame, survey.missing_reasons)
    if contradictory is not None:
        raise WriteError(
            f"{contradictory!r} has answers in rows for which the survey also has reasons why they are missing; blank these answers, or make the survey without the reasons"
        )
    frame, mixed = _storable(survey.frame)
    try:
        table = pa.Table.from_pandas(frame)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise WriteError(_offender(frame, error)) from error
    nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
    if nested:
        raise WriteError(_kinds_of(frame, nested[0]))
    metadata = {**(table.schema.metadata or {}), KEY: pack(survey, mixed)}
    table = table.replace_schema_metadata(metadata)

    def write(temporary: Path) -> None:
        try:
            with temporary.open("wb") as sink:
                if target.suffix.lower() in PARQUET:
                    require("pyarrow.parquet", "big").write_table(table, sink, compression="zstd")
                else:
                    with pa.ipc.new_file(sink, table.schema) as file:
                        file.write_table(table)
        except pa.ArrowException as error:
            raise WriteError(f"{target.name!r} cannot be written ({str(error)[:80]})") from error

    write_whole(path, write, answers=known_hashes(survey.provenance))
    if mixed:
        warn(
            f"numbers and texts stand side by side in {some(mixed)}; other programs see them as JSON, read_parquet() as they were"
        )


def _storable(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame with columns of mixed cells as JSON, and their names."""
    columns, mixed = {}, []
    for name in frame.columns:
        column = frame[name]
        if column.dtype != object:
            continue
        cells = column.to_numpy(dtype=object)
        kinds = {type(cell) for cell, gone in zip(cells, column.isna()) if not gone}
        if (len(kinds) > 1 and all(issubclass(kind, PLAIN_CELLS) for kind in kinds)) or kinds == {int}:
            columns[name] = [None if gone else json.dumps(cell) for cell, gone in zip(cells, column.isna())]
            mixed.append(str(name))
    stored = frame.assign(**{name: pd.Series(cells, index=frame.index, dtype="str") for name, cells in columns.items()})
    stored.attrs = {}
    return stored, mixed


def _offender(frame: pd.DataFrame, error: Exception) -> str:
    """Return which column Parquet cannot hold."""
    pa = _pyarrow()
    for name in frame.columns:
        try:
            pa.Array.from_pandas(frame[name])
        except (pa.ArrowException, TypeError, ValueError, OverflowError):
            return _kinds_of(frame, name)
    return f"the survey cannot be written as Parquet ({' '.join(str(error).split())[:80]}); reset_index(drop=True) of its frame may help"


def _kinds_of(frame: pd.DataFrame, name: str) -> str:
    kinds = sorted({type(cell).__name__ for cell in frame[name].dropna()})
    return f"column {name!r} holds values of the kind {some(kinds, 3)}, which Parquet cannot hold; make numbers or texts of them"
