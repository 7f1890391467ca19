"""Long texts of a Stata file (strL): how much they come to where each cell has its own, before any is read."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from surveykit.reading.memory import check_memory

FIRST_MARKED = 117
"""From Stata 13 on a file has long texts, and sections marked by tags."""

STRL = 32768
WIDTHS = {65526: 8, 65527: 4, 65528: 4, 65529: 2, 65530: 1, STRL: 8}
"""Bytes of a cell by its type: double, float, long, int, byte, and the place of a long text. Others are texts."""

NAME_BYTES = {117: 33, 118: 129, 119: 129}
VARIABLE_BYTES = {117: 4, 118: 2, 119: 3}
"""Of the eight bytes by which a cell names its long text, those that hold the number of the variable."""


def check_long_texts(path: Path, release: int, columns: Sequence[str] | None = None) -> None:
    """Raise when the long texts of all cells cannot fit into memory: one text, stored once, can stand in every row.

    A file whose sections are not where it says is left to its reader, which refuses it.

    References
    ----------
    Stata's own ``help dta`` for the formats 117 to 119: map, data, strls.
    """
    if release not in NAME_BYTES:
        return
    content = np.memmap(path, dtype=np.uint8, mode="r")
    needed = _count(content, release, columns)
    if needed:
        check_memory(path.name, 0, 0, needed)


def _count(content: np.ndarray, release: int, columns: Sequence[str] | None) -> int:
    """Return the bytes of the long texts of all cells, 0 where the sections are not as they should be."""
    head = content[:2048].tobytes()  # the title before the map has at most 320 bytes
    order = "<" if b"<byteorder>LSF" in head else ">"
    start = head.find(b"<map>")
    if start < 0 or len(head) < start + 117:
        return 0
    places = struct.unpack(f"{order}14Q", content[start + 5 : start + 117].tobytes())
    types = _section(content, places[2], b"<variable_types>", places[3])
    names = _section(content, places[3], b"<varnames>", places[4])
    data = _section(content, places[9], b"<data>", places[10])
    strls = _section(content, places[10], b"<strls>", places[11])
    if types is None or names is None or data is None or strls is None:
        return 0
    kinds = np.frombuffer(types[: len(types) - len("</variable_types>")].tobytes(), dtype=f"{order}u2").astype(int)
    widths = np.array([WIDTHS.get(kind, kind if 0 < kind < STRL else 0) for kind in kinds], dtype=np.int64)
    width = int(widths.sum())
    rows = (len(data) - len("</data>")) // width if width else 0
    if not rows or STRL not in kinds:
        return 0
    sizes = _sizes(strls, release, order)
    cells = data[: rows * width].reshape(rows, width)
    offsets = np.concatenate([[0], np.cumsum(widths)[:-1]])
    total = 0
    for place in np.flatnonzero(kinds == STRL):
        if columns is not None and _name(names, int(place), release) not in columns:
            continue
        keys = cells[:, offsets[place] : offsets[place] + 8].copy().view(f"{order}u8").ravel()
        distinct, counts = np.unique(keys, return_counts=True)
        total += sum(sizes.get(int(key), 0) * int(count) for key, count in zip(distinct, counts))
    return total


def _section(content: np.ndarray, start: int, tag: bytes, stop: int) -> np.ndarray | None:
    """Return what stands behind the tag of a section, None when the tag is not there."""
    if not 0 <= start < stop <= len(content) or content[start : start + len(tag)].tobytes() != tag:
        return None
    return content[start + len(tag) : stop]


def _name(names: np.ndarray, place: int, release: int) -> str:
    width = NAME_BYTES[release]
    return names[place * width : (place + 1) * width].tobytes().partition(b"\0")[0].decode("latin-1")


def _sizes(strls: np.ndarray, release: int, order: str) -> dict[int, int]:
    """Return the length of each long text by the eight bytes with which cells name it."""
    head = struct.Struct(f"{order}3sI{'I' if release == FIRST_MARKED else 'Q'}BI")
    content = strls.tobytes()
    shift = 8 * VARIABLE_BYTES[release]
    sizes: dict[int, int] = {}
    place = 0
    while place + head.size <= len(content):
        mark, variable, row, _, length = head.unpack_from(content, place)
        if mark != b"GSO":
            break
        key = variable | row << shift if order == "<" else variable << 64 - shift | row
        sizes[key] = length
        place += head.size + length
    return sizes
