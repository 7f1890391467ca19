"""What a survey is beside its answers, as text in the metadata of a Parquet or Feather file, and back."""

import base64
import json
import tomllib
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from surveykit.codebook import as_code
from surveykit.errors import WriteError
from surveykit.reading.codebook_file import CodebookFile, format_codebook, parse_codebook
from surveykit.survey import Provenance, Survey
from surveykit.toml_file import parse_toml

KEY = b"surveykit"
"""The key of the schema's metadata under which a survey stands beside pandas' own."""
VERSION = 1


class Stored(NamedTuple):
    """What stands beside the answers: codebook, origin, reasons of missing answers, kinds of column."""

    codebook: CodebookFile
    provenance: Provenance
    reasons: dict[str, pd.Series]
    mixed: list[str]
    types: dict[str, str]


def pack(survey: Survey, mixed: list[str]) -> bytes:
    """Return what a survey is beside its answers as JSON.

    Raises
    ------
    WriteError
        When its codebook holds something that a codebook file cannot say.
    """
    origin = survey.provenance
    text = format_codebook(survey.codebook, simulated=origin.simulated, weight=origin.weight)
    if parse_codebook(tomllib.loads(text)).codebook != survey.codebook:
        raise WriteError(
            "the codebook holds a code that no codebook file can hold (a text beside a number that reads alike, say); give the codes of each variable one kind"
        )
    content = {
        "version": VERSION,
        "codebook": text,
        "provenance": {
            "source": origin.source, "sha256": origin.sha256, "format": origin.format, "encoding": origin.encoding,
            "notes": list(origin.notes), "files": list(origin.files),
        },
        "reasons": {
            name: _pack_reasons(codes, survey.frame.index)
            for name, codes in survey.missing_reasons.items()
            if name in survey.frame.columns
        },
        "mixed": mixed,
        "types": {str(name): str(kind) for name, kind in survey.frame.dtypes.items() if kind.kind in "mMO"},
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def unpack(content: bytes, rows: int) -> Stored:
    """Return what stands beside the answers; the reasons by the number of their rows.

    Raises
    ------
    ValueError, KeyError, TypeError
        When the text is damaged.
    """
    given = json.loads(content)
    if given["version"] != VERSION:
        raise ValueError(f"version {given['version']}")
    book = parse_codebook(parse_toml(given["codebook"], "the codebook in the file"))
    about = given["provenance"]
    provenance = Provenance(
        source=_text(about["source"]) or "", sha256=_text(about["sha256"]), format=_text(about["format"]) or "",
        encoding=_text(about["encoding"]), simulated=book.simulated, weight=book.weight,
        notes=tuple(map(str, about["notes"])), files=tuple(map(str, about["files"])),
    )  # fmt: skip
    reasons = {str(name): _unpack_reasons(one, rows) for name, one in given["reasons"].items()}
    types = {str(name): str(kind) for name, kind in given["types"].items()}
    return Stored(book, provenance, reasons, [str(name) for name in given["mixed"]], types)


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _pack_reasons(codes: pd.Series, index: pd.Index) -> dict[str, Any]:
    """Return the codes of one column: each distinct one once, and for every row that has one its place."""
    rows = index.get_indexer(codes.index)
    places, distinct = pd.factorize(codes.to_numpy(dtype=object))
    return {
        "codes": [as_code(code) for code in distinct],
        "type": str(codes.dtype),
        "rows": _pack_numbers(rows),
        "places": _pack_numbers(places),
    }


def _unpack_reasons(given: Mapping[str, Any], rows: int) -> pd.Series:
    at, places = _unpack_numbers(given["rows"], rows), _unpack_numbers(given["places"], rows)
    distinct = np.empty(len(given["codes"]), dtype=object)
    distinct[:] = [as_code(code) for code in given["codes"]]
    if len(at) != len(places) or (len(at) and not (places.min() >= 0 and places.max() < len(distinct))):
        raise ValueError("reasons of other rows")
    if len(at) and (at.max() >= rows or len(np.unique(at)) < len(at)):
        raise ValueError("reasons of rows that are not there")
    if given["type"] not in (
        "float64",
        "int64",
        "int32",
        "int16",
        "int8",
        "float32",
        "str",
        "object",
        "Int64",
        "Float64",
    ):
        raise ValueError(f"reasons of the kind {given['type']}")
    return pd.Series(distinct[places], index=at, dtype=object).astype(given["type"])


def _pack_numbers(numbers: np.ndarray) -> str:
    return base64.b64encode(zlib.compress(np.asarray(numbers, dtype="<u4").tobytes(), 9)).decode("ascii")


def _unpack_numbers(text: str, most: int) -> np.ndarray:
    """Return numbers, of which there are no more than rows: a compressed text can claim gigabytes."""
    reader = zlib.decompressobj()
    content = reader.decompress(base64.b64decode(text, validate=True), 4 * most + 4)
    if len(content) % 4 or len(content) > 4 * most or not reader.eof:
        raise ValueError("more numbers than rows")
    return np.frombuffer(content, dtype="<u4").astype(np.int64)
