"""The dictionary of an SPSS file, as bytes: what pyreadstat does not hand on, and what an encoding is judged by."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from surveykit.errors import ReadError

HEADER_SIZE = 176
WEIGHT_INDEX_AT = 76
CREATED_AT = 92
MAGIC = (b"$FL2", b"$FL3")
ENCRYPTED = b"ENCRYPTEDSAV"
END_OF_DICTIONARY = 999
INTEGER_INFO, LONG_NAMES, ENCODING_NAME = 3, 13, 20
RESPONSE_SETS = (7, 19)


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
    elements : mapping from name to position
        1-based position of each variable, counted in elements of eight bytes.
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
    elements: dict[bytes, int] = field(default_factory=dict, repr=False)


class _Stream:
    """Reads numbers and bytes, and never past the end of the file."""

    def __init__(self, stream: BinaryIO, size: int, name: str) -> None:
        self.stream, self.left, self.name, self.order = stream, size, name, "<"

    def take(self, count: int) -> bytes:
        if count < 0 or count > self.left:
            raise ReadError(f"{self.name!r} breaks off or is damaged before its data begin; get the file again")
        self.left -= count
        return self.stream.read(count)

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
            raise ReadError(f"{path.name!r} is encrypted; open it in SPSS with its password and save it without "
                            "encryption")
        if head[:4] not in MAGIC:
            raise ReadError(f"{path.name!r} is no SPSS system file; it begins with {head[:4]!r} instead of b'$FL2'")
        if len(head) < HEADER_SIZE:
            raise ReadError(f"{path.name!r} breaks off inside its header; get the file again")
        source.order = "<" if struct.unpack("<i", head[64:68])[0] in (2, 3) else ">"
        compression, weight_index, n_rows = struct.unpack(f"{source.order}3i", head[72:84])
        variables, labels, extensions, documents = _read_records(source)
    long_names = _long_names(extensions.get(LONG_NAMES, b""))
    names = {position: long_names.get(short.upper(), short) for position, (short, _) in variables.items()}
    info = extensions.get(INTEGER_INFO, b"")
    encoding = extensions.get(ENCODING_NAME)
    texts = [("the file label", head[109:173].rstrip(b" \0"))] + [("a document line", line) for line in documents]
    texts += [(_show(names[position]), label) for position, (_, label) in variables.items() if label]
    texts += [(_show(names.get(position, b"?")), label) for position, label in labels]
    texts += [("a variable name", name) for name in names.values()]
    return SpssDictionary(
        byte_order=source.order,
        compression=compression,
        n_rows=n_rows,
        file_label=head[109:173].rstrip(b" \0"),
        weight=names.get(weight_index) if weight_index > 0 else None,
        encoding=encoding.decode("ascii", "replace").strip(" \0") if encoding else None,
        code_page=struct.unpack(f"{source.order}i", info[28:32])[0] if len(info) >= 32 else None,
        texts=tuple((where, text) for where, text in texts if text),
        response_sets=tuple(extensions[kind] for kind in RESPONSE_SETS if kind in extensions),
        elements={name: position for position, name in names.items()},
    )


_Records = tuple[dict[int, tuple[bytes, bytes]], list[tuple[int, bytes]], dict[int, bytes], list[bytes]]


def _read_records(source: _Stream) -> _Records:
    variables: dict[int, tuple[bytes, bytes]] = {}
    labels: list[tuple[int, bytes]] = []
    extensions: dict[int, bytes] = {}
    documents: list[bytes] = []
    position, pending = 0, [b""]
    while True:
        (kind,) = source.integers(1)
        if kind == END_OF_DICTIONARY:
            return variables, labels, extensions, documents
        if kind == 2:
            position += 1
            variable = _read_variable(source)
            if variable is not None:
                variables[position] = variable
        elif kind == 3:
            pending = list(_read_value_labels(source))
        elif kind == 4:
            (count,) = source.integers(1)
            labels += [(where, label) for where in source.integers(count)[:1] for label in pending]
        elif kind == 6:
            (count,) = source.integers(1)
            documents += [source.take(80).rstrip() for _ in range(count)]
        elif kind == 7:
            subtype, size, count = source.integers(3)
            extensions[subtype] = source.take(size * count)
        else:
            raise ReadError(f"{source.name!r} is damaged: its dictionary has a record of the unknown type {kind}; get "
                            "the "
                            "file again")


def _read_variable(source: _Stream) -> tuple[bytes, bytes] | None:
    width, has_label, n_missing, _, _ = source.integers(5)
    name, label = source.take(8).rstrip(b" \0"), b""
    if has_label:
        (length,) = source.integers(1)
        label = source.take((length + 3) // 4 * 4)[:length]
    source.take(8 * abs(n_missing))
    return None if width < 0 else (name, label)


def _read_value_labels(source: _Stream) -> Iterator[bytes]:
    (count,) = source.integers(1)
    for _ in range(count):
        source.take(8)
        length = source.take(1)[0]
        yield source.take((length + 8) // 8 * 8 - 1)[:length]


def _long_names(record: bytes) -> dict[bytes, bytes]:
    pairs = (pair.split(b"=", 1) for pair in record.rstrip(b"\0").split(b"\t") if b"=" in pair)
    return {short.upper(): long for short, long in pairs}


def _show(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("latin-1")
