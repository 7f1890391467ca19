"""The first bytes of a Stata file: its release, and how large it claims to be."""

import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from surveykit.errors import ReadError
from surveykit.reading.memory import check_memory

FIRST_WITH_LETTERS = 113
"""From Stata 8 on a missing value can say why, by one of the letters a to z."""

FIRST_UTF8 = 118
_HEAD = re.compile(
    rb"<stata_dta><header><release>(\d{3})</release><byteorder>(LSF|MSF)</byteorder><K>(.{2}|.{4})</K><N>(.{4}|.{8})</N>",
    re.DOTALL,
)


@dataclass(frozen=True)
class StataHeader:
    """Release of the format, number of variables and number of rows; the numbers are None where the head is broken."""

    release: int
    columns: int | None
    rows: int | None


def read_stata_header(path: Path) -> StataHeader:
    """Return what the head of a Stata file claims.

    References
    ----------
    Stata's own ``help dta`` for the formats 104 to 119.
    """
    with path.open("rb") as stream:
        head = stream.read(128)
    if head.startswith(b"<stata_dta>"):
        found = _HEAD.match(head)
        if not found:
            digits = head.partition(b"<release>")[2][:3]
            return StataHeader(int(digits) if digits.isdigit() else 0, None, None)
        numbers = found.group(3, 4) if found[2] == b"MSF" else (found[3][::-1], found[4][::-1])
        return StataHeader(int(found[1]), *(int.from_bytes(number, "big") for number in numbers))
    if len(head) < 10:
        return StataHeader(head[0], None, None)
    columns, rows = struct.unpack(f"{'>' if head[1] == 1 else '<'}hi", head[4:10])
    return StataHeader(head[0], columns, rows)


def check_claims(path: Path, header: StataHeader, wanted: int | None = None) -> None:
    """Raise when a file claims more cells than it has bytes, or more than fit into memory, before any is read."""
    if header.columns is None or header.rows is None:
        return
    size = os.path.getsize(path)
    if header.columns < 0 or header.rows < 0 or header.columns * header.rows > size:  # a cell takes at least a byte
        raise ReadError(
            f"{path.name!r} promises {header.rows} rows of {header.columns} variables, more than its {size} bytes hold; it is truncated or damaged, get the file again"
        )
    check_memory(path.name, header.rows, header.columns if wanted is None else min(wanted, header.columns))
