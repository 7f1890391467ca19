"""Reading SPSS files: .sav, .zsav and .por."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from surveykit._checks import check_option, some, suggest, warn
from surveykit.errors import ArgumentError, ColumnError, EncodingError, ReadError
from surveykit.reading.assembly import (
    UserMissing,
    as_is,
    convert_spss_moments,
    decode_columns,
    make_codebook,
    make_survey,
    redecoder,
)
from surveykit.reading.damage import warn_of_damage
from surveykit.reading.encodings import Decision, codec_name, decide_encoding
from surveykit.reading.files import KIND_WORDS, PathLike, check_file, hash_file, sniff_kind
from surveykit.reading.spss_dictionary import SpssDictionary, read_dictionary
from surveykit.survey import Provenance, Survey

READ_FAULTS = (
    pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError, MemoryError, KeyError, IndexError,
    TypeError, SystemError, OSError,
)  # fmt: skip
"""What pyreadstat raises on a damaged file."""

NO_CODE_PAGE = (2, 3)


def read_spss(
    path: PathLike,
    *,
    encoding: str | None = None,
    lang: str | None = None,
    columns: Sequence[str] | None = None,
    user_missing: UserMissing = "reasons",
) -> Survey:
    """Read an SPSS file (.sav, .zsav or .por) as a survey.

    Parameters
    ----------
    path : path
        The file; what it is, is told by its bytes.
    encoding : str, optional
        Encoding of its texts ("cp1251", "kz1048", ...), where the file's own declaration is wrong or absent.
    lang : str, optional
        Language of its labels ("kk", "ru", "en"); without it they have an undetermined language.
    columns : sequence of str, optional
        Read these variables only.
    user_missing : {"reasons", "codes"}
        Declared missing codes become NaN with their reason kept in ``Survey.missing_reasons``, or stay in the data.

    Returns
    -------
    Survey
        Codes as numbers; question texts, labels and missing codes in its codebook; the WEIGHT BY variable, the hash of
        the file, how its encoding was decided, and whether its answers are simulated, in its provenance.

    Raises
    ------
    ReadError
        When the file is absent, empty, encrypted, truncated or of another kind.
    EncodingError
        When the bytes do not fit the encoding, or leave it in doubt; the message shows the possible readings.

    Notes
    -----
    Dates are read as dates (also long before 1677), times as durations; a blank text is a missing one. A portable file
    does not tell pyreadstat its missing codes: they come as plain NaN, with a warning.
    R: ``haven::read_sav(path, user_na = TRUE)``.
    """
    check_option(user_missing, ("reasons", "codes"), "user_missing")
    found = check_file(path)
    kind = sniff_kind(found)
    if kind == "por":
        return _read_portable(found, encoding, lang, columns)
    if kind != "sav":
        raise ReadError(f"{found.name!r} is {KIND_WORDS[kind]}, not an SPSS file; read_survey() reads every kind by "
                        "its bytes")
    return read_system_file(found, encoding, lang, columns, user_missing)


def read_system_file(
    path: Path, encoding: str | None, lang: str | None, columns: Sequence[str] | None, user_missing: UserMissing,
    row_offset: int = 0, row_limit: int = 0,
) -> Survey:  # fmt: skip
    """Read a .sav or .zsav file, or some of its rows."""
    dictionary = read_dictionary(path)
    decision = decide_spss_encoding(dictionary, encoding, path.name)
    settings: dict[str, Any] = {"row_offset": row_offset, "row_limit": row_limit}
    if columns is not None:
        settings["usecols"] = list(columns)
    frame, meta, decision = _read_with(path, decision, encoding, dictionary, settings)
    if not all(isinstance(name, str) for name in meta.column_names):
        raise ReadError(describe_damage(path.name, ValueError("a variable has no name")))
    decode = as_is if decision.encoding in ("utf-8", "ascii") else redecoder(decision.encoding)
    have = [name.decode(decision.encoding, "replace") for name in dictionary.elements]
    _check_columns_read(columns, have, path.name)
    if not (row_offset or row_limit):
        _check_complete(path, dictionary, len(frame))
    try:
        data = decode_columns(frame, decode)
        label = decode(meta.file_label or "").strip()
        title = label.replace("SIMULATED", "").strip(" :")
        codebook = make_codebook(meta, decode, lang, title)
        weight = (dictionary.weight or b"").decode(decision.encoding)
    except UnicodeDecodeError as error:
        raise EncodingError(_misfit(path.name, decision.encoding, error)) from error
    data = convert_spss_moments(data, _formats(meta, decode))
    notes = [f"encoding {decision.how}"]
    notes += [f"weighted by {weight} in the file, which was not read"] if weight and weight not in data.columns else []
    if decision.surprise:
        warn(f"{path.name!r}: encoding {decision.how}")
    notes += warn_of_damage(codebook, data, path.name)
    notes += [f"multiple-response set {name!r}: {some(one.items)}" for name, one in codebook.response_sets.items()]
    notes += [f"document line: {decode(line)}" for line in meta.notes or [] if line]
    provenance = Provenance(
        source=path.name,
        sha256=hash_file(path),
        format="SPSS .zsav" if dictionary.compression == 2 else "SPSS .sav",
        encoding=decision.encoding,
        simulated="SIMULATED" in label,
        weight=weight if weight in data.columns else None,
        notes=tuple(notes),
    )
    return make_survey(data, codebook, provenance, user_missing)


def decide_spss_encoding(dictionary: SpssDictionary, encoding: str | None, name: str) -> Decision:
    """Decide how the texts of an SPSS system file are encoded: as asked for, as declared, or as its letters tell."""
    if encoding is not None:
        asked = asked_encoding(encoding)
        for place, text in dictionary.texts:
            try:
                text.decode(asked.encoding)
            except UnicodeDecodeError as error:
                raise EncodingError(f"{place!r}: {_misfit(name, asked.encoding, error)}") from error
        return asked
    page = dictionary.code_page
    by_page = None if page is None or page in NO_CODE_PAGE else "utf-8" if page == 65001 else f"cp{page}"
    by_page = "latin-1" if page == 28591 else by_page
    declared = dictionary.encoding or by_page
    return decide_encoding(dictionary.texts, declared, name=name, also=by_page if dictionary.encoding else None)


def asked_encoding(encoding: str) -> Decision:
    """Return the decision to use the encoding that the caller names."""
    asked = codec_name(encoding)
    if asked is None:
        known = ("utf-8", "cp1251", "kz1048", "ptcp154", "koi8-r", "cp866", "cp1252")
        raise ArgumentError(f"`encoding` names {encoding!r}, which is no encoding that Python "
                            f"knows{suggest(encoding, known)}")
    return Decision(asked, f"{asked}: asked for by the caller")


def _read_with(path: Path, decision: Decision, asked: str | None, dictionary: SpssDictionary,
               settings: dict[str, Any]) -> tuple[pd.DataFrame, Any, Decision]:
    """Read the data: UTF-8 as such, everything else byte by byte, so that no conversion hides what is wrong."""
    utf8 = decision.encoding in ("utf-8", "ascii")
    try:
        frame, meta = _call(path, "UTF-8" if utf8 else "LATIN1", settings)
    except READ_FAULTS as error:
        if asked is not None or not utf8 or not _is_encoding_fault(error):
            raise ReadError(describe_damage(path.name, error)) from error
        frame, meta = _call_again(path, settings)
        decision = _decide_by_cells(path, dictionary, decision, frame)
        return frame, meta, decision
    if asked is None and not utf8:
        decision = _decide_by_cells(path, dictionary, decision, frame)
    return frame, meta, decision


def _call(path: Path, encoding: str, settings: dict[str, Any]) -> tuple[pd.DataFrame, Any]:
    return pyreadstat.read_sav(
        str(path), encoding=encoding, user_missing=True, disable_datetime_conversion=True, **settings
    )


def _call_again(path: Path, settings: dict[str, Any]) -> tuple[pd.DataFrame, Any]:
    try:
        return _call(path, "LATIN1", settings)
    except READ_FAULTS as error:
        raise ReadError(describe_damage(path.name, error)) from error


def _is_encoding_fault(error: BaseException) -> bool:
    return isinstance(error, UnicodeError) or "encoding" in str(error) or "byte sequence" in str(error)


def _decide_by_cells(path: Path, dictionary: SpssDictionary, decision: Decision, frame: pd.DataFrame) -> Decision:
    """Decide again with the texts of the cells, which may hold other letters than the labels."""
    cells = cells_as_bytes(frame)
    if not cells:
        return decision
    declared = dictionary.encoding or (None if decision.encoding == "ascii" else decision.encoding)
    again = decide_encoding([*dictionary.texts, *cells], declared, name=path.name)
    return decision if again.encoding == decision.encoding else again


def cells_as_bytes(frame: pd.DataFrame, limit: int = 2000) -> list[tuple[str, bytes]]:
    """Return distinct cells with letters beyond ASCII of a frame that was read byte by byte."""
    found = []
    for name in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[name].dtype):
            continue
        distinct = [cell for cell in pd.unique(frame[name]) if isinstance(cell, str) and not cell.isascii()]
        found += [(str(name), cell.encode("latin-1")) for cell in distinct[:limit]]
    return found


def _check_columns_read(wanted: Sequence[str] | None, have: Sequence[str], source: str) -> None:
    absent = [name for name in wanted or () if name not in have]
    if absent:
        raise ColumnError(f"`columns` names {absent[0]!r}, which is not a variable of "
                          f"{source!r}{suggest(absent[0], have)}")


def _check_complete(path: Path, dictionary: SpssDictionary, n_rows: int) -> None:
    if dictionary.n_rows >= 0 and n_rows != dictionary.n_rows:
        raise ReadError(f"{path.name!r} promises {dictionary.n_rows} rows and holds {n_rows}; it is truncated or "
                        "damaged, get the file again")


def _formats(meta: Any, decode: Any) -> dict[str, str]:
    return {decode(name): form for name, form in meta.original_variable_types.items() if form}


def describe_damage(name: str, error: BaseException) -> str:
    """Say that a file is damaged, with the reader's own word for it."""
    return f"{name!r} is truncated or damaged ({str(error).rstrip('.') or type(error).__name__}); get the file again"


def _misfit(name: str, encoding: str, error: UnicodeDecodeError) -> str:
    return (f"{name!r} holds the bytes {error.object[max(error.start - 8, 0):error.end + 8]!r}, which are no "
            f"{encoding}; leave `encoding=` out to have it detected, or name another")


def _read_portable(path: Path, encoding: str | None, lang: str | None, columns: Sequence[str] | None) -> Survey:
    if encoding is not None and asked_encoding(encoding):
        warn(f"{path.name!r} is a portable file, which has its own table of letters; `encoding` does not change it")
    try:
        frame, meta = pyreadstat.read_por(str(path), disable_datetime_conversion=True,
                                          usecols=None if columns is None else list(columns))
    except READ_FAULTS as error:
        raise ReadError(describe_damage(path.name, error)) from error
    _check_columns_read(columns, meta.column_names, path.name)
    warn(f"{path.name!r} is a portable file: its missing codes come as empty cells, and why an answer is missing is "
         "lost; a .sav of the same data keeps it")
    label = (meta.file_label or "").strip()
    codebook = make_codebook(meta, as_is, lang, label.replace("SIMULATED", "").strip(" :"))
    data = convert_spss_moments(decode_columns(frame, as_is), _formats(meta, as_is))
    damage = warn_of_damage(codebook, data, path.name, "in the portable file, whose table of letters is Latin (save "
                            "the data as .sav instead)")
    provenance = Provenance(
        source=path.name, sha256=hash_file(path), format="SPSS .por", encoding="portable",
        simulated="SIMULATED" in label, notes=("a portable file: why an answer is missing is lost", *damage),
    )  # fmt: skip
    return make_survey(data, codebook, provenance, "codes")

