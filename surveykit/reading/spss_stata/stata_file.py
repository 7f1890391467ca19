"""Reading Stata files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from surveykit._checks import check_option, suggest, warn
from surveykit.errors import ColumnError, ReadError
from surveykit.files.kinds import KIND_WORDS, sniff_kind
from surveykit.files.reading import PathLike, check_file, hash_file
from surveykit.reading.encodings.damage import warn_of_damage
from surveykit.reading.encodings.decoding import AS_IS, Decoder, asked_encoding, believe_declared
from surveykit.reading.encodings.detection import Decision, decide_encoding
from surveykit.reading.memory import memory_told
from surveykit.reading.spss_stata.moments import convert_stata_moments
from surveykit.reading.spss_stata.spss_file import (
    READ_FAULTS,
    cells_as_bytes,
    check_fit,
    describe_damage,
    named,
    texts_as_bytes,
)
from surveykit.reading.spss_stata.stata_header import FIRST_UTF8, FIRST_WITH_LETTERS, check_claims, read_stata_header
from surveykit.reading.spss_stata.stata_strings import check_long_texts
from surveykit.reading.spss_stata.survey_from_columns import (
    UserMissing,
    declared_types,
    decode_columns,
    make_codebook,
    make_survey,
    take_letters,
)
from surveykit.survey import Provenance, Survey


def read_stata(
    path: PathLike,
    *,
    encoding: str | None = None,
    lang: str | None = None,
    columns: Sequence[str] | None = None,
    user_missing: UserMissing = "reasons",
) -> Survey:
    """Read a Stata file (.dta) as a survey.

    Parameters
    ----------
    path : path
    encoding : str, optional
        Encoding of its texts, where the file's own is wrong. Stata 14 and later declare UTF-8; older files none.
    lang : str, optional
        Language of its labels; without it they have an undetermined language.
    columns : sequence of str, optional
        Read these variables only.
    user_missing : {"reasons", "codes"}
        Accepted for symmetry with `read_spss`; Stata's extended missing values always become NaN with their reason.

    Returns
    -------
    Survey
        Extended missing values (.a to .z) are NaN, with ".a" as their reason. A file whose bytes do not fit the
        declared UTF-8 is read by the encoding that its letters tell, with a warning.

    Raises
    ------
    ReadError
        When the file is absent, empty, truncated, of another kind, or claims more than fits into memory.
    EncodingError
        When the bytes leave the encoding in doubt; the message shows the possible readings.
    ColumnError
        When one of `columns` is no variable of the file.
    ArgumentError
        When `encoding` names no encoding that Python knows.

    Notes
    -----
    R: ``haven::read_dta``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> frame = pd.DataFrame({"q1": pd.Categorical(["No", "Yes", "Yes"])})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     frame.to_stata(pathlib.Path(folder) / "ili.dta", write_index=False)
    ...     survey = sk.read_stata(pathlib.Path(folder) / "ili.dta")
    ...
    >>> survey.data["q1"].tolist(), survey.codebook["q1"].label(1)
    ([0, 1, 1], 'Yes')
    """
    check_option(user_missing, ("reasons", "codes"), "user_missing")
    file = check_file(path)
    kind = sniff_kind(file)
    if kind != "dta":
        raise ReadError(
            f"{file.name!r} is {KIND_WORDS[kind]}, not a Stata file; read_survey() reads every kind by its bytes"
        )
    header = read_stata_header(file)
    check_claims(file, header, None if columns is None else len(columns))
    with memory_told(file.name):
        return _read(file, header.release, encoding, lang, columns)


def _read(path: Path, release: int, encoding: str | None, lang: str | None, columns: Sequence[str] | None) -> Survey:
    asked = asked_encoding(encoding) if encoding else None
    spelled = None if columns is None else _spell(path, columns, asked, release)
    check_long_texts(path, release, spelled)
    frame, letters, meta = _read_values(path, release, spelled)
    # releases before 118 (Stata 13 and older) declare no encoding: their texts are in the page of the computer that
    # saved them
    declared = "utf-8" if release >= FIRST_UTF8 else None
    texts = [*texts_as_bytes(meta), *cells_as_bytes(frame, meta)]
    decision = asked or believe_declared(texts, declared) or decide_encoding(texts, declared, name=path.name)
    check_fit(texts, decision, path.name, asked is not None)
    decode = Decoder(decision.encoding)
    data = decode_columns(frame, decode, declared_types(meta, decode))
    label = decode(meta.file_label or "", "the file label").strip()
    codebook = make_codebook(meta, decode, lang, label.replace("SIMULATED", "").strip(" :"))
    reasons = {decode(name): codes for name, codes in letters.items()}
    absent = [name for name in columns or () if name not in data.columns]
    if absent:
        have = [decode(name) for name in _call(path, metadataonly=True)[1].column_names]
        raise ColumnError(
            f"`columns` names {absent[0]!r}, which is not a variable of {path.name!r}{suggest(absent[0], have)}"
        )
    formats = {decode(name): form for name, form in meta.original_variable_types.items()}
    data, dates = convert_stata_moments(data, formats)
    if decision.surprise:
        warn(f"{path.name!r}: encoding {decision.how}")
    damage = warn_of_damage(codebook, data, path.name, mended=decode.mended)
    provenance = Provenance(
        source=path.name, sha256=hash_file(path), format=f"Stata .dta (release {release})",
        encoding=decision.encoding, encoding_how=decision.how,
        simulated="SIMULATED" in label, notes=(f"encoding {decision.how}", *dates, *damage),
    )  # fmt: skip
    return make_survey(data, codebook, provenance, "reasons", reasons)


def _spell(path: Path, columns: Sequence[str], asked: Decision | None, release: int) -> list[str]:
    """Return column names as they stand in the file, byte by byte."""
    if all(name.isascii() for name in columns):
        return list(columns)
    if asked is None and release < FIRST_UTF8:
        texts = texts_as_bytes(_call(path, metadataonly=True)[1])
        asked = decide_encoding(texts, None, name=path.name)
    decode = Decoder("utf-8" if asked is None else asked.encoding)
    return [decode.spell(name) for name in columns]


def _read_values(path: Path, release: int, columns: list[str] | None) -> tuple[pd.DataFrame, dict[str, pd.Series], Any]:
    """Return the values of a file, the letters (.a to .z) of its missing values by column, and its metadata.

    pyreadstat gives either values or letters. Where it is asked for letters it makes room for a column of whole numbers
    without clearing it, and leaves a plain "." as it finds it beside a letter: whatever stood in memory becomes an
    answer. So letters come from one reading, and the values of every column that has one from a second.
    """
    frame, meta = _call(path, usecols=columns, user_missing=True)
    declared = declared_types(meta, AS_IS)
    lettered = [
        name for name in frame.columns if declared[name] and not pd.api.types.is_numeric_dtype(frame[name].dtype)
    ]
    if release < FIRST_WITH_LETTERS or not lettered:
        return frame, {}, meta
    values, _ = _call(path, usecols=lettered, user_missing=False)
    if list(values.columns) != lettered or len(values) != len(frame):
        raise ReadError(describe_damage(path.name, ValueError("two variables share a name")))
    _, letters = take_letters(frame, meta)
    return frame.assign(**{name: values[name].astype(float) for name in lettered}), letters, meta


def _call(path: Path, **settings: Any) -> tuple[pd.DataFrame, Any]:
    try:
        return named(*pyreadstat.read_dta(str(path), encoding="LATIN1", disable_datetime_conversion=True, **settings))
    except READ_FAULTS as error:
        raise ReadError(describe_damage(path.name, error)) from error
