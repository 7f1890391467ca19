"""The dictionary of an SPSS file, as bytes: what pyreadstat does not hand on, and what an encoding is judged by."""

import io
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from surveykit.errors import ReadError

# Places and record types as the GNU PSPP developers' guide, "System File Format", tells them; SPSS itself publishes
# none.
HEADER_SIZE = 176
WEIGHT_INDEX_AT = 76
CREATED_AT = 92
MAGIC = (b"$FL2", b"$FL3")
ENCRYPTED = b"ENCRYPTEDSAV"
END_OF_DICTIONARY = 999
INTEGER_INFO, LONG_NAMES, ENCODING_NAME = 3, 13, 20
RESPONSE_SETS = (7, 19)
ATTRIBUTES = (17, 18)
LONG_TEXTS = (21, 22)
# Longer texts stand in the file as several variables, which are put together by another record.
WIDEST = 255
ELEMENTS_PER_BYTE = {0: 1 / 8, 1: 1.0, 2: 1032.0}
"""Most elements of eight bytes that a byte of data can hold, by compression: none, bytecode, zlib."""

N_ROWS_AT = 80


@dataclass(frozen=True)
class SpssDictionary:
    """What stands in front of the data of a .sav or .zsav file.

    Attributes
    ----------
    byte_order : str
        "<" or ">".
    compression : int
        0 none, 1 bytecode, 2 zlib.
    n_rows : int
        Number of cases, -1 when the file does not tell.
    weight : bytes or None
        Long name of the WEIGHT BY variable.
    encoding : str or None
        Name of the character encoding that the file declares.
    code_page : int or None
        Code page number of the older record.
    texts : tuple of (str, bytes)
        Every label of the file with the name of its variable.
    response_sets : tuple of bytes
        Multiple-response sets as the file spells them.
    attributes : tuple of bytes
        Custom attributes of the file and of its variables, as the file spells them.
    elements : mapping from name to position
        1-based position of each variable, counted in elements of eight bytes.
    case_elements : int
        Elements of eight bytes in one case.
    data_at : int
        Where in the file the data begin.
    short_names : mapping from name to short name
        The names of at most eight bytes that the records use among themselves.
    """

    byte_order: str
    compression: int
    n_rows: int
    file_label: bytes
    weight: bytes | None = None
    encoding: str | None = None
    code_page: int | None = None
    texts: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    response_sets: tuple[bytes, ...] = field(default=(), repr=False)
    attributes: tuple[bytes, bytes] = field(default=(b"", b""), repr=False)
    elements: dict[bytes, int] = field(default_factory=dict, repr=False)
    case_elements: int = 0
    data_at: int = 0
    short_names: dict[bytes, bytes] = field(default_factory=dict, repr=False)


class _Stream:
    """Reads numbers and bytes, and never past the end of the file."""

    def __init__(self, stream: BinaryIO, size: int, name: str) -> None:
        self.stream, self.left, self.name, self.order = stream, size, name, "<"

    def take(self, count: int) -> bytes:
        if count < 0 or count > self.left:
            raise ReadError(f"{self.name!r} breaks off or is damaged before its data begin; get the file again")
        self.left -= count
        return self.stream.read(count)

    def damaged(self, what: str) -> ReadError:
        return ReadError(f"{self.name!r} is damaged: {what}; get the file again")

    def integers(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f"{self.order}{count}i", self.take(4 * count))


def read_dictionary(path: Path) -> SpssDictionary:
    """Read the dictionary of an SPSS system file.

    Raises
    ------
    ReadError
        When the file is encrypted, no SPSS system file, or breaks off inside its dictionary.

    References
    ----------
    GNU PSPP developers' guide, "System File Format".
    """
    with path.open("rb") as stream:
        source = _Stream(stream, os.path.getsize(path), path.name)
        head = source.take(min(HEADER_SIZE, source.left))
        if ENCRYPTED in head[:40]:
            raise ReadError(
                f"{path.name!r} is encrypted; open it in SPSS with its password and save it without encryption"
            )
        if head[:4] not in MAGIC:
            raise ReadError(f"{path.name!r} is no SPSS system file; it begins with {head[:4]!r} instead of b'$FL2'")
        if len(head) < HEADER_SIZE:
            raise ReadError(f"{path.name!r} breaks off inside its header; get the file again")
        # the layout code is 2 or 3: read in the wrong order of bytes it is some 33 million
        source.order = "<" if struct.unpack("<i", head[64:68])[0] in (2, 3) else ">"
        compression, weight_index, n_rows = struct.unpack(f"{source.order}3i", head[72:84])
        records = _read_records(source)
        data_at = stream.tell() + 4  # a filler of four bytes follows the last record
    # before any memory is taken for them: a damaged header may promise two thousand million rows
    if n_rows > source.left * ELEMENTS_PER_BYTE.get(compression, 1) / max(records.position, 1) + 1:
        raise ReadError(
            f"{path.name!r} promises {n_rows} rows, more than its {source.left} bytes of data hold; it is truncated or damaged, get the file again"
        )
    extensions = records.extensions
    long_names = _long_names(extensions.get(LONG_NAMES, b""))
    names = {position: long_names.get(one.name.upper(), one.name) for position, one in records.variables.items()}
    if weight_index != 0 and weight_index not in names:
        raise ReadError(
            f"{path.name!r} names element {weight_index} as its weight, where no variable begins; it is damaged, get the file again"
        )
    info = extensions.get(INTEGER_INFO, b"")
    encoding = extensions.get(ENCODING_NAME)
    texts = [("the file label", head[109:173].rstrip(b" \0"))]
    texts += [("a document line", line) for line in records.documents]
    texts += [(_show(names[position]), text) for position, one in records.variables.items() for text in one.texts]
    texts += [(_show(names.get(position, b"?")), label) for position, label in records.labels]
    texts += [("a variable name", name) for name in names.values()]
    texts += [("a wide text variable", text) for kind in LONG_TEXTS for text in _long_texts(source, records, kind)]
    return SpssDictionary(
        byte_order=source.order,
        compression=compression,
        n_rows=n_rows,
        file_label=head[109:173].rstrip(b" \0"),
        weight=names.get(weight_index),
        encoding=encoding.decode("ascii", "replace").strip(" \0") if encoding else None,
        code_page=struct.unpack(f"{source.order}i", info[28:32])[0] if len(info) >= 32 else None,
        texts=tuple((where, text) for where, text in texts if text),
        response_sets=tuple(extensions[kind] for kind in RESPONSE_SETS if kind in extensions),
        attributes=(extensions.get(ATTRIBUTES[0], b""), extensions.get(ATTRIBUTES[1], b"")),
        elements={name: position for position, name in names.items()},
        case_elements=records.position,
        data_at=data_at,
        short_names={names[position]: one.name for position, one in records.variables.items()},
    )


@dataclass(frozen=True)
class _Variable:
    """The record of one variable: its short name, its width in bytes (0 for a number), its label and missing texts."""

    name: bytes
    width: int
    texts: tuple[bytes, ...]


@dataclass
class _Records:
    """The records between header and data, as they are met."""

    variables: dict[int, _Variable] = field(default_factory=dict)
    labels: list[tuple[int, bytes]] = field(default_factory=list)
    extensions: dict[int, bytes] = field(default_factory=dict)
    documents: list[bytes] = field(default_factory=list)
    position: int = 0
    owed: int = 0
    pending: list[tuple[bytes, bytes]] = field(default_factory=list)


def _read_records(source: _Stream) -> _Records:
    records = _Records()
    while True:
        (kind,) = source.integers(1)
        if records.owed and kind != 2:
            raise source.damaged("a text variable is shorter than its width")
        if kind == END_OF_DICTIONARY:
            return records
        if kind == 2:
            _read_variable(source, records)
        elif kind == 3:
            records.pending = list(_read_value_labels(source))
        elif kind == 4:
            _read_label_owners(source, records)
        elif kind == 6:
            (count,) = source.integers(1)
            records.documents += [source.take(80).rstrip() for _ in range(count)]
        elif kind == 7:
            subtype, size, count = source.integers(3)
            records.extensions[subtype] = source.take(size * count)
        else:
            raise source.damaged(f"its dictionary has a record of the unknown type {kind}")


def _read_variable(source: _Stream, records: _Records) -> None:
    """Read a variable, or one of the records that continue a text variable wider than eight bytes."""
    records.position += 1
    width, has_label, n_missing, _, _ = source.integers(5)
    name, label = source.take(8).rstrip(b" \0"), b""
    if has_label:
        (length,) = source.integers(1)
        # filled up to four bytes; the length is that of the text
        label = source.take((length + 3) // 4 * 4)[:length]
    missing = source.take(8 * abs(n_missing))
    sound = -1 <= width <= WIDEST and has_label in (0, 1) and -3 <= n_missing <= 3
    if not sound or (width < 0) != (records.owed > 0):
        raise source.damaged(f"the record of variable {records.position} makes no sense")
    if width < 0:
        records.owed -= 1
        return
    # a text takes an element for every eight bytes, and each further one has a record of width -1
    records.owed = max(0, (width + 7) // 8 - 1)
    codes = [missing[at : at + 8].rstrip(b" \0") for at in range(0, len(missing), 8)] if width else []
    records.variables[records.position] = _Variable(name, width, tuple(text for text in (label, *codes) if text))


def _read_value_labels(source: _Stream) -> Iterator[tuple[bytes, bytes]]:
    (count,) = source.integers(1)
    for _ in range(count):
        code = source.take(8)
        length = source.take(1)[0]
        # the byte of the length and the label together are filled up to eight
        yield code, source.take((length + 8) // 8 * 8 - 1)[:length]


def _read_label_owners(source: _Stream, records: _Records) -> None:
    (count,) = source.integers(1)
    owners = source.integers(count)
    if any(owner not in records.variables for owner in owners):
        raise source.damaged("value labels belong to a variable that does not exist")
    if len({records.variables[owner].width > 0 for owner in owners}) > 1:
        raise source.damaged("numbers and texts share one set of value labels")
    for owner in owners[:1]:
        records.labels += [(owner, label) for _, label in records.pending]
        if records.variables[owner].width:
            records.labels += [(owner, code.rstrip(b" \0")) for code, _ in records.pending]


def _long_texts(source: _Stream, records: _Records, kind: int) -> Iterator[bytes]:
    """Yield the texts of the records for value labels (21) and missing values (22) of wide text variables."""
    content = records.extensions.get(kind, b"")
    inner = _Stream(io.BytesIO(content), len(content), source.name)
    inner.order = source.order
    while inner.left >= 4:
        yield inner.take(inner.integers(1)[0])
        if kind == 21:
            _, count = inner.integers(2)
            for _ in range(2 * count):
                yield inner.take(inner.integers(1)[0]).rstrip()
        else:
            count = inner.take(1)[0]
            (width,) = inner.integers(1)
            for _ in range(count):
                yield inner.take(width).rstrip()


def _long_names(record: bytes) -> dict[bytes, bytes]:
    pairs = (pair.split(b"=", 1) for pair in record.rstrip(b"\0").split(b"\t") if b"=" in pair)
    return {short.upper(): long for short, long in pairs}


def _show(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("latin-1")
