"""Reading SAS files: .sas7bdat with a catalog of formats, and transport files (.xpt)."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from surveykit._checks import check_option, some, suggest, warn
from surveykit.errors import ColumnError, ReadError
from surveykit.files.kinds import KIND_WORDS, sniff_kind
from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.reading.encodings.damage import warn_of_damage
from surveykit.reading.encodings.decoding import Decoder, asked_encoding, believe_declared
from surveykit.reading.encodings.detection import decide_encoding
from surveykit.reading.memory import check_memory, memory_told
from surveykit.reading.spss_stata.moments import convert_sas_moments
from surveykit.reading.spss_stata.spss_file import (
    READ_FAULTS,
    cells_as_bytes,
    check_fit,
    describe_damage,
    named,
    texts_as_bytes,
)
from surveykit.reading.spss_stata.survey_from_columns import (
    UserMissing,
    declared_types,
    decode_columns,
    make_codebook,
    make_survey,
    take_letters,
)
from surveykit.survey import Provenance, Survey

TRANSPORT_RECORD = 80
"""A transport file is written in records of so many bytes, the last one filled up."""

ROOM_OF_TRANSPORT = 100_000
"""Rows for which pyreadstat makes room at once: a transport file does not tell how many it has."""

OWN_FORMATS = re.compile(
    r"\$|\$?CHAR|F|BEST|BESTX|D|E|Z|COMMAX?|DOLLARX?|EUROX?|PERCENTN?|NEGPAREN|NUMX|HEX|\$HEX|OCTAL|BINARY|IB|PIB|RB|PD|"
    r"PK|ZD|S370.*|FRACT|ROMAN|SSN|WORDF?|YEN|PVALUE|ODDSR"
)
"""Formats that SAS brings along and that name no labels (those of dates are known by `convert_sas_moments`)."""


def read_sas(
    path: PathLike,
    *,
    catalog: PathLike | None = None,
    encoding: str | None = None,
    lang: str | None = None,
    columns: Sequence[str] | None = None,
    user_missing: UserMissing = "reasons",
) -> Survey:
    """Read a SAS file (.sas7bdat or .xpt) as a survey.

    Parameters
    ----------
    path : path
    catalog : path, optional
        The catalog of formats (.sas7bcat) that holds the labels of the codes: SAS keeps them in a file of their own.
    encoding : str, optional
        Encoding of its texts, where the file's own declaration is wrong or absent.
    lang : str, optional
        Language of its labels; without it they have an undetermined language.
    columns : sequence of str, optional
        Read these variables only.
    user_missing : {"reasons", "codes"}
        Accepted for symmetry with `read_spss`; special missing values always become NaN with their reason.

    Returns
    -------
    Survey
        Special missing values (.A to .Z, ._) of a .sas7bdat are NaN with ".A" as their reason; those of a transport
        file come as plain NaN, with a warning.

    Raises
    ------
    ReadError
        When the file is absent, empty, truncated or of another kind, or claims more than fits into memory.
    EncodingError
        When the bytes leave the encoding in doubt; the message shows the possible readings.
    ColumnError
        When one of `columns` is no variable of the file.
    ArgumentError
        When `encoding` names no encoding that Python knows.

    Notes
    -----
    Dates and moments are read as dates, times as durations. Variables whose format stands in a catalog that was not
    given are named in a warning.
    R: ``haven::read_sas(path, catalog)``, ``haven::read_xpt(path)``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import pyreadstat
    >>> import surveykit as sk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "ili.xpt"
    ...     _ = pyreadstat.write_xport(pd.DataFrame({"Q1": [1.0, 2.0]}), file, column_labels=["The akim listens"])
    ...     survey = sk.read_sas(file)
    ...
    >>> survey.data["Q1"].tolist(), survey.codebook["Q1"].ask()
    ([1.0, 2.0], 'The akim listens')
    """
    check_option(user_missing, ("reasons", "codes"), "user_missing")
    file = check_file(path)
    kind = sniff_kind(file)
    if kind not in ("sas", "xpt"):
        raise ReadError(
            f"{file.name!r} is {KIND_WORDS[kind]}, not a SAS file; read_survey() reads every kind by its bytes"
        )
    book = None if catalog is None else check_file(catalog)
    with memory_told(file.name):
        return _read(file, kind == "xpt", book, encoding, lang, columns)


def _read(
    path: Path,
    transport: bool,
    catalog: Path | None,
    encoding: str | None,
    lang: str | None,
    columns: Sequence[str] | None,
) -> Survey:
    reader = pyreadstat.read_xport if transport else pyreadstat.read_sas7bdat
    declared = None if transport else _declared(path)
    _, meta = _call(path, reader, metadataonly=True)
    _check_claims(path, transport, meta, columns)
    asked = asked_encoding(encoding) if encoding else None
    labels = {} if catalog is None else _labels(catalog, meta)
    texts = [
        *texts_as_bytes(meta),
        *((name, text.encode("latin-1")) for name, given in labels.items() for text in given.values()),
    ]
    spelled = None
    if columns is not None:
        decision = asked or believe_declared(texts, declared) or decide_encoding(texts, declared, name=path.name)
        decode = Decoder(decision.encoding)
        _check_columns(columns, [decode(name) for name in meta.column_names], path.name)
        spelled = [decode.spell(name) for name in columns]
    settings: dict[str, Any] = {} if transport else {"user_missing": True}
    frame, found = _call(path, reader, usecols=spelled, **settings)
    if not transport and len(frame) != meta.number_rows:
        raise ReadError(
            f"{path.name!r} promises {meta.number_rows} rows and holds {len(frame)}; it is truncated or damaged, get the file again"
        )
    texts += cells_as_bytes(frame, found)
    decision = asked or believe_declared(texts, declared) or decide_encoding(texts, declared, name=path.name)
    check_fit(texts, decision, path.name, asked is not None)
    decode = Decoder(decision.encoding)
    found.variable_value_labels = {name: given for name, given in labels.items() if name in frame.columns}
    frame, letters = take_letters(frame, found)
    data = decode_columns(frame, decode, declared_types(found, decode))
    title = decode(found.file_label or "", "the file label").strip()
    codebook = make_codebook(found, decode, lang, title.replace("SIMULATED", "").strip(" :"))
    formats = {decode(name): form or "" for name, form in found.original_variable_types.items()}
    converted = convert_sas_moments(data, formats)
    notes = [f"encoding {decision.how}", *_doubts(path, transport, data, converted, formats, codebook_of=labels)]
    if decision.surprise:
        warn(f"{path.name!r}: encoding {decision.how}")
    notes += warn_of_damage(codebook, converted, path.name, mended=decode.mended)
    provenance = Provenance(
        source=path.name, sha256=hash_file(path), format="SAS .xpt" if transport else "SAS .sas7bdat",
        encoding=decision.encoding, encoding_how=decision.how, simulated="SIMULATED" in title, notes=tuple(notes),
    )  # fmt: skip
    return make_survey(converted, codebook, provenance, "reasons", {decode(name): one for name, one in letters.items()})


def _declared(path: Path) -> str | None:
    """Return the encoding that a .sas7bdat declares; where its texts do not fit it, nothing is declared."""
    try:
        declared: str | None = _call(path, pyreadstat.read_sas7bdat, None, metadataonly=True)[1].file_encoding
        return declared
    except ReadError:
        return None


def _call(
    path: Path, reader: Callable[..., Any], encoding: str | None = "LATIN1", **settings: Any
) -> tuple[pd.DataFrame, Any]:
    try:
        return named(*reader(str(path), encoding=encoding, disable_datetime_conversion=True, **settings))
    except READ_FAULTS as error:
        raise ReadError(describe_damage(path.name, error)) from error


def _check_claims(path: Path, transport: bool, meta: Any, columns: Sequence[str] | None) -> None:
    if transport and path.stat().st_size % TRANSPORT_RECORD:
        raise ReadError(
            f"{path.name!r} is truncated or damaged (a transport file has records of {TRANSPORT_RECORD} bytes); get the file again"
        )
    n_columns = len(meta.column_names) if columns is None else len(columns)
    if transport:
        check_memory(path.name, ROOM_OF_TRANSPORT, n_columns, copies=1)
    else:
        check_memory(path.name, max(meta.number_rows or 0, 0), n_columns)


def _labels(catalog: Path, meta: Any) -> dict[str, dict[Any, str]]:
    """Return the labels of each variable whose format stands in a catalog."""
    try:
        _, book = pyreadstat.read_sas7bcat(str(catalog), encoding="LATIN1")
    except READ_FAULTS as error:
        raise ReadError(f"`catalog`: {describe_damage(catalog.name, error)}") from error
    known = {name.upper().lstrip("$"): labels for name, labels in book.value_labels.items()}
    formats = {name: (form or "").upper().lstrip("$") for name, form in meta.original_variable_types.items()}
    return {name: known[form] for name, form in formats.items() if form in known}


def _check_columns(wanted: Sequence[str], have: Sequence[str], source: str) -> None:
    absent = [name for name in wanted if name not in have]
    if absent:
        raise ColumnError(
            f"`columns` names {absent[0]!r}, which is not a variable of {source!r}{suggest(absent[0], have)}"
        )


def _doubts(
    path: Path,
    transport: bool,
    data: pd.DataFrame,
    converted: pd.DataFrame,
    formats: Mapping[str, str],
    codebook_of: Mapping[str, Any],
) -> list[str]:
    """Warn of what the file alone does not tell; return the sentences for the provenance."""
    notes = []
    unknown = [
        name
        for name, form in formats.items()
        if form
        and name in data.columns
        and name not in codebook_of
        and converted[name].dtype == data[name].dtype
        and not OWN_FORMATS.fullmatch(re.sub(r"\d+(\.\d*)?$", "", form.upper()))
    ]
    if unknown:
        listed = [f"{name} ({formats[name]})" for name in unknown]
        notes.append(
            f"the labels of {some(listed, 5)} are formats of another file: give it by `catalog=` (.sas7bcat), or the labels by a codebook"
        )
    if transport:
        numbers = data.select_dtypes("number")
        gaps = [name for name in numbers.columns if numbers[name].isna().any()]
        if gaps:
            notes.append(
                f"a transport file is read without the letters of its special missing values (.A to .Z): empty cells of {some(gaps, 5)} may have had a reason; a .sas7bdat keeps it"
            )
    for sentence in notes:
        warn(f"{path.name!r}: {sentence}")
    return [*notes, "a transport file does not tell how many rows it has"] if transport else notes
