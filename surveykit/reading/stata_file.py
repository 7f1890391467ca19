"""Reading Stata files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from surveykit._checks import check_option, suggest, warn
from surveykit.errors import ColumnError, EncodingError, ReadError
from surveykit.reading.assembly import (
    UserMissing,
    as_is,
    convert_stata_moments,
    decode_columns,
    make_codebook,
    make_survey,
    redecoder,
    set_letters_aside,
)
from surveykit.reading.damage import warn_of_damage
from surveykit.reading.encodings import decide_encoding
from surveykit.reading.files import KIND_WORDS, PathLike, check_file, hash_file, sniff_kind
from surveykit.reading.spss_file import READ_FAULTS, asked_encoding, cells_as_bytes, describe_damage
from surveykit.survey import Provenance, Survey

FIRST_UTF8_RELEASE = 118


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
        When the file is absent, empty, truncated or of another kind.
    EncodingError
        When the bytes leave the encoding in doubt; the message shows the possible readings.

    Notes
    -----
    R: ``haven::read_dta``.
    """
    check_option(user_missing, ("reasons", "codes"), "user_missing")
    found = check_file(path)
    kind = sniff_kind(found)
    if kind != "dta":
        raise ReadError(f"{found.name!r} is {KIND_WORDS[kind]}, not a Stata file; read_survey() reads every kind by "
                        "its bytes")
    release = _release(found)
    settings: dict[str, Any] = {} if columns is None else {"usecols": list(columns)}
    try:
        frame, meta = pyreadstat.read_dta(
            str(found), encoding="LATIN1", user_missing=True, disable_datetime_conversion=True, **settings
        )
    except READ_FAULTS as error:
        raise ReadError(describe_damage(found.name, error)) from error
    frame, meta = _named(frame, meta, found.name)
    texts = [*_texts(meta), *cells_as_bytes(frame)]
    declared = "utf-8" if release >= FIRST_UTF8_RELEASE else None
    decision = asked_encoding(encoding) if encoding else decide_encoding(texts, declared, name=found.name)
    decode = as_is if decision.encoding == "ascii" else redecoder(decision.encoding)
    frame, letters = set_letters_aside(frame)
    try:
        data = decode_columns(frame, decode)
        label = decode(meta.file_label or "").strip()
        codebook = make_codebook(meta, decode, lang, label.replace("SIMULATED", "").strip(" :"))
    except UnicodeDecodeError as error:
        raise EncodingError(f"{found.name!r} holds bytes that are no {decision.encoding}; leave `encoding=` out to "
                            "have it detected, or name another") from error
    reasons = {decode(name): codes for name, codes in letters.items()}
    absent = [name for name in columns or () if name not in data.columns]
    if absent:
        raise ColumnError(f"`columns` names {absent[0]!r}, which is not a variable of "
                          f"{found.name!r}{suggest(absent[0], data)}")
    data = convert_stata_moments(data, {decode(name): form for name, form in meta.original_variable_types.items()})
    if decision.surprise:
        warn(f"{found.name!r}: encoding {decision.how}")
    notes = (f"encoding {decision.how}", *warn_of_damage(codebook, data, found.name))
    provenance = Provenance(
        source=found.name, sha256=hash_file(found), format=f"Stata .dta (release {release})",
        encoding=decision.encoding, simulated="SIMULATED" in label, notes=notes,
    )  # fmt: skip
    return make_survey(data, codebook, provenance, "reasons", reasons)


def _release(path: Path) -> int:
    with path.open("rb") as stream:
        head = stream.read(64)
    if head.startswith(b"<stata_dta>"):
        digits = head.partition(b"<release>")[2][:3]
        return int(digits) if digits.isdigit() else 0
    return head[0]


def _named(frame: pd.DataFrame, meta: Any, name: str) -> tuple[pd.DataFrame, Any]:
    """Return what pyreadstat returned, unless a damaged file has variables without a name."""
    if not all(isinstance(column, str) for column in meta.column_names):
        raise ReadError(describe_damage(name, ValueError("a variable has no name")))
    return frame, meta


def _texts(meta: Any) -> list[tuple[str, bytes]]:
    """Return every text of the metadata as the bytes of the file."""
    found = [("the file label", meta.file_label or "")]
    found += [(name, label) for name, label in zip(meta.column_names, meta.column_labels) if label]
    found += [(name, str(label)) for name, labels in meta.variable_value_labels.items() for label in labels.values()]
    found += [("a variable name", name) for name in meta.column_names]
    return [(place, text.encode("latin-1")) for place, text in found if text]

