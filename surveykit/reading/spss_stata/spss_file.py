"""Reading SPSS files: .sav, .zsav and .por."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from surveykit._checks import check_option, some, suggest, warn
from surveykit.errors import ColumnError, EncodingError, ReadError
from surveykit.files.kinds import KIND_WORDS, sniff_kind
from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.reading.encodings.damage import warn_of_damage
from surveykit.reading.encodings.decoding import AS_IS, Decoder, asked_encoding, believe_declared, fits, mend
from surveykit.reading.encodings.detection import Decision, Text, decide_encoding
from surveykit.reading.memory import WAY_OUT, check_memory, memory_told
from surveykit.reading.spss_stata.moments import convert_spss_moments
from surveykit.reading.spss_stata.spss_attributes import parse_attributes, restore_texts
from surveykit.reading.spss_stata.spss_cases import SizedFile, check_cases
from surveykit.reading.spss_stata.spss_dictionary import SpssDictionary, read_dictionary
from surveykit.reading.spss_stata.spss_response_sets import as_response_sets, parse_sets
from surveykit.reading.spss_stata.survey_from_columns import (
    UserMissing,
    declared_types,
    decode_columns,
    make_codebook,
    make_survey,
)
from surveykit.survey import Provenance, Survey

READ_FAULTS = (
    pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError, KeyError, IndexError, TypeError,
    SystemError, OSError,
)  # fmt: skip
"""What pyreadstat raises on a damaged file."""

# What the integer info record says for ASCII of seven and of eight bits, which names no page (GNU PSPP developers'
# guide).
NO_CODE_PAGE = (2, 3)

ROOM_OF_PORTABLE = 100_000
"""Rows for which pyreadstat makes room at once: a portable file does not tell how many it has."""


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
        When the file is absent, empty, encrypted, truncated, of another kind, or claims more than fits into memory.
    EncodingError
        When the bytes do not fit the encoding, or leave it in doubt; the message shows the possible readings.
    ColumnError
        When one of `columns` is no variable of the file.
    ArgumentError
        When `encoding` names no encoding that Python knows.

    Notes
    -----
    Dates are read as dates (also long before 1677), times as durations; a blank text is a missing one. A text that was
    cut inside a letter loses that letter, with a warning. A portable file does not tell pyreadstat its missing codes:
    they come as plain NaN, with a warning.
    R: ``haven::read_sav(path, user_na = TRUE)``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> q1 = sk.Variable("q1", "The akim listens", labels={1: "No", 2: "Yes"}, missing={9: "refused"})
    >>> survey = sk.Survey(pd.DataFrame({"q1": [1, 2, 9]}), sk.Codebook.of([q1])).with_missing_codes()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sk.write_spss(survey, pathlib.Path(folder) / "ili.sav", lang="en")
    ...     again = sk.read_spss(pathlib.Path(folder) / "ili.sav", lang="en")
    ...
    >>> again.data["q1"].tolist(), again.count_missing("q1").to_dict()
    ([1.0, 2.0, nan], {9.0: 1, 'empty': 0})
    >>> again.codebook["q1"].ask(), again.codebook["q1"].label(9)
    ('The akim listens', 'refused')
    """
    check_option(user_missing, ("reasons", "codes"), "user_missing")
    file = check_file(path)
    kind = sniff_kind(file)
    if kind == "por":
        with memory_told(file.name):
            return _read_portable(file, encoding, lang, columns)
    if kind != "sav":
        raise ReadError(
            f"{file.name!r} is {KIND_WORDS[kind]}, not an SPSS file; read_survey() reads every kind by its bytes"
        )
    return read_system_file(file, encoding, lang, columns, user_missing)


def read_system_file(
    path: Path, encoding: str | None, lang: str | None, columns: Sequence[str] | None, user_missing: UserMissing,
    n_rows: int | None = None, row_offset: int = 0, row_limit: int = 0,
) -> Survey:  # fmt: skip
    """Read a .sav or .zsav file, or some of its rows; who reads it in pieces has counted its cases (`n_rows`)."""
    dictionary = read_dictionary(path)
    if n_rows is None:
        n_rows = check_cases(path, dictionary, None if columns is None else len(columns))
    with memory_told(path.name):
        return _read(path, dictionary, n_rows, encoding, lang, columns, user_missing, row_offset, row_limit)


def _read(
    path: Path,
    dictionary: SpssDictionary,
    n_rows: int,
    encoding: str | None,
    lang: str | None,
    columns: Sequence[str] | None,
    user_missing: UserMissing,
    row_offset: int,
    row_limit: int,
) -> Survey:
    asked = asked_encoding(encoding) if encoding is not None else None
    settings: dict[str, Any] = {"row_offset": row_offset, "row_limit": row_limit}
    if columns is not None:
        settings["usecols"] = _spell(dictionary, columns, asked, path.name)
    frame, meta = _call(path, dictionary, n_rows, settings)
    texts = [*dictionary.texts, *cells_as_bytes(frame, meta)]
    decision = asked or decide_spss_encoding(dictionary, texts, path.name)
    check_fit(texts, decision, path.name, asked is not None)
    decode = Decoder(decision.encoding)
    _check_columns_read(columns, [decode(name.decode("latin-1")) for name in dictionary.elements], path.name)
    if not (row_offset or row_limit) and len(frame) != n_rows:
        raise ReadError(
            f"{path.name!r} promises {n_rows} rows and holds {len(frame)}; it is truncated or damaged, get the file again"
        )
    numeric = declared_types(meta, decode)
    data = decode_columns(frame, decode, numeric)
    label = decode(meta.file_label or "", "the file label").strip()
    spelled = _names(dictionary, data, decode)
    sets = as_response_sets(parse_sets(dictionary.response_sets), spelled, numeric, decode, lang)
    codebook = make_codebook(meta, decode, lang, label.replace("SIMULATED", "").strip(" :"), sets, _print_formats(meta))
    attributes = parse_attributes(*(mend(record, decode.encoding)[0] for record in dictionary.attributes))
    codebook = restore_texts(codebook, attributes)
    weight = decode((dictionary.weight or b"").decode("latin-1"))
    notes = [f"encoding {decision.how}"]
    notes += [f"weighted by {weight} in the file, which was not read"] if weight and weight not in data.columns else []
    notes += [f"the file does not tell how many rows it has; {n_rows} were found"] if dictionary.n_rows < 0 else []
    if decision.surprise:
        warn(f"{path.name!r}: encoding {decision.how}")
    notes += [f"multiple-response set {name!r}: {some(one.items)}" for name, one in codebook.response_sets.items()]
    notes += [f"document line: {decode(line, 'a document line')}" for line in meta.notes or [] if line]
    notes += warn_of_damage(codebook, data, path.name, mended=decode.mended)
    formats = {decode(name): form for name, form in meta.original_variable_types.items() if form}
    provenance = Provenance(
        source=path.name,
        sha256=hash_file(path),
        format="SPSS .zsav" if dictionary.compression == 2 else "SPSS .sav",
        encoding=decision.encoding,
        encoding_how=decision.how,
        simulated="SIMULATED" in label,
        weight=weight if weight in data.columns else None,
        notes=tuple(notes),
    )
    return make_survey(
        data, codebook, provenance, user_missing, convert=lambda numbers: convert_spss_moments(numbers, formats)
    )


def _print_formats(meta: Any) -> dict[str, str]:
    """Return the print formats of numbers that SPSS would not choose by itself."""
    return {
        name: form
        for name, form in meta.original_variable_types.items()
        if form and form != "F8.2" and meta.readstat_variable_types[name] != "string"
    }


def _names(dictionary: SpssDictionary, data: pd.DataFrame, decode: Decoder) -> dict[str, str]:
    """Return the columns by their long and short names, in lower case."""
    names: dict[str, str] = {}
    for long, short in dictionary.short_names.items():
        column = decode(long.decode("latin-1"))
        if column in data.columns:
            # A short name is the file's own and may be cut inside a letter: nobody needs to be told.
            names |= {mend(short, decode.encoding)[0].lower(): column, column.lower(): column}
    return names


def decide_spss_encoding(dictionary: SpssDictionary, texts: Sequence[Text], name: str) -> Decision:
    """Decide how the texts of an SPSS system file are encoded: as declared, or as its letters tell."""
    page = dictionary.code_page
    # the name of an encoding (record 20) stands above the number of a page (record 3), which PSPP's guide finds wrong
    # in many files
    by_page = None if page is None or page in NO_CODE_PAGE else f"cp{page}"
    declared, also = dictionary.encoding or by_page, by_page if dictionary.encoding else None
    return believe_declared(texts, declared, also) or decide_encoding(texts, declared, name=name, also=also)


def _spell(dictionary: SpssDictionary, columns: Sequence[str], asked: Decision | None, name: str) -> list[str]:
    """Return column names as they stand in the file, byte by byte."""
    if all(column.isascii() for column in columns):
        return list(columns)
    decision = asked or decide_spss_encoding(dictionary, dictionary.texts, name)
    return [Decoder(decision.encoding).spell(column) for column in columns]


def check_fit(texts: Sequence[Text], decision: Decision, name: str, asked: bool) -> None:
    """Raise when texts are not of an encoding, apart from a few that were cut inside a letter."""
    high = [(place, text) for place, text in texts if not text.isascii()]
    if not high or fits((text for _, text in high), decision.encoding):
        return
    place, text = next((place, text) for place, text in high if not fits([text], decision.encoding))
    way = "leave `encoding=` out to have it detected, or name another" if asked else "name the right one by `encoding=`"
    raise EncodingError(f"{place!r}: {name!r} holds the bytes {text[:40]!r}, which are no {decision.encoding}; {way}")


def _call(path: Path, dictionary: SpssDictionary, n_rows: int, settings: dict[str, Any]) -> tuple[pd.DataFrame, Any]:
    """Read the data byte by byte, so that no conversion hides what is wrong."""
    source: Any = str(path) if dictionary.n_rows == n_rows else SizedFile(path, dictionary, n_rows)
    try:
        return named(
            *pyreadstat.read_sav(
                source, encoding="LATIN1", user_missing=True, disable_datetime_conversion=True, **settings
            )
        )
    except READ_FAULTS as error:
        raise ReadError(describe_damage(path.name, error)) from error
    finally:
        if isinstance(source, SizedFile):
            source.close()


def cells_as_bytes(frame: pd.DataFrame, meta: Any) -> list[Text]:
    """Return the distinct cells with letters beyond ASCII of a frame that was read byte by byte."""
    cells = []
    for name in frame.columns:
        if meta.readstat_variable_types.get(name) == "string":
            distinct = [cell for cell in pd.unique(frame[name]) if isinstance(cell, str) and not cell.isascii()]
            cells += [(str(name), cell.encode("latin-1")) for cell in distinct]
    return cells


def texts_as_bytes(meta: Any) -> list[Text]:
    """Return every text of the metadata of a file that was read byte by byte."""
    texts = [("the file label", meta.file_label or "")]
    texts += [(name, label) for name, label in zip(meta.column_names, meta.column_labels) if label]
    texts += [(name, str(label)) for name, labels in meta.variable_value_labels.items() for label in labels.values()]
    texts += [("a variable name", name) for name in meta.column_names]
    return [(place, text.encode("latin-1")) for place, text in texts if text]


def _check_columns_read(wanted: Sequence[str] | None, have: Sequence[str], source: str) -> None:
    absent = [name for name in wanted or () if name not in have]
    if absent:
        raise ColumnError(
            f"`columns` names {absent[0]!r}, which is not a variable of {source!r}{suggest(absent[0], have)}"
        )


def named(frame: pd.DataFrame, meta: Any) -> tuple[pd.DataFrame, Any]:
    """Return what pyreadstat returned, unless a damaged file has variables without a name, or two of one name."""
    if not all(isinstance(name, str) for name in meta.column_names):
        raise ValueError("a variable has no name")
    if len({*meta.column_names}) < len(meta.column_names):
        raise ValueError("two variables share a name")
    return frame, meta


def describe_damage(name: str, error: BaseException) -> str:
    """Say that a file is damaged, with the reader's own word for it."""
    if "memory" in str(error):
        return f"there is not enough memory to read {name!r}, or it is damaged and claims to be large: {WAY_OUT}"
    return f"{name!r} is truncated or damaged ({str(error).rstrip('.') or type(error).__name__}); get the file again"


def _read_portable(path: Path, encoding: str | None, lang: str | None, columns: Sequence[str] | None) -> Survey:
    if encoding is not None and asked_encoding(encoding):
        warn(f"{path.name!r} is a portable file, which has its own table of letters; `encoding` does not change it")
    _, claimed = _call_portable(path, metadataonly=True)
    n_columns = len(claimed.column_names) if columns is None else len(columns)
    check_memory(path.name, ROOM_OF_PORTABLE, n_columns, copies=1)
    frame, meta = _call_portable(path, usecols=None if columns is None else list(columns))
    _check_columns_read(columns, meta.column_names, path.name)
    warn(
        f"{path.name!r} is a portable file: its missing codes come as empty cells, and why an answer is missing is lost; a .sav of the same data keeps it"
    )
    label = (meta.file_label or "").strip()
    codebook = make_codebook(meta, AS_IS, lang, label.replace("SIMULATED", "").strip(" :"))
    formats = {name: form for name, form in meta.original_variable_types.items() if form}
    data = convert_spss_moments(decode_columns(frame, AS_IS, declared_types(meta, AS_IS)), formats)
    damage = warn_of_damage(
        codebook,
        data,
        path.name,
        "in the portable file, whose table of letters is Latin (save the data as .sav instead)",
    )
    provenance = Provenance(
        source=path.name, sha256=hash_file(path), format="SPSS .por", encoding="portable",
        simulated="SIMULATED" in label, notes=("a portable file: why an answer is missing is lost", *damage),
    )  # fmt: skip
    return make_survey(data, codebook, provenance, "codes")


def _call_portable(path: Path, **settings: Any) -> tuple[pd.DataFrame, Any]:
    try:
        return named(*pyreadstat.read_por(str(path), disable_datetime_conversion=True, **settings))
    except READ_FAULTS as error:
        raise ReadError(describe_damage(path.name, error)) from error
