"""How many cases a .sav really holds, and how large they are: told before any memory is taken for them."""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from surveykit._checks import warn
from surveykit.errors import ReadError
from surveykit.reading.memory import check_memory
from surveykit.reading.spss_stata.spss_dictionary import ELEMENTS_PER_BYTE, N_ROWS_AT, SpssDictionary

PIECE = 1 << 20
# As the GNU PSPP developers' guide, "System File Format: Data Record", tells: eight commands of one byte each, then
# the raw values they ask for; 1 to 251 are small numbers, 254 is eight spaces, 255 the missing value of the system,
# all without further bytes.
IGNORED, END_OF_CASES, RAW = 0, 252, 253
"""Commands of the bytecode: nothing, no further case, and eight bytes as they are."""

# Three numbers of eight bytes at the head (its own place, that of the trailer, the trailer's size); the trailer
# begins with two of eight and two of four (bias, zero, block size, number of blocks), and each block is again two of
# eight and two of four.
BLOCK_HEAD = 24


@dataclass(frozen=True)
class _Block:
    """One compressed block of a .zsav: where it stands, and its bytes before and after compression."""

    at: int
    plain: int
    packed: int


def check_cases(path: Path, dictionary: SpssDictionary, wanted: int | None = None, rows: int = 0) -> int:
    """Return the number of cases of a .sav or .zsav, after checking that its data and this computer can hold them.

    Parameters
    ----------
    path : Path
    dictionary : SpssDictionary
    wanted : int, optional
        How many of its columns are read.
    rows : int
        How many rows are read at a time; 0 for all.

    Raises
    ------
    ReadError
        When the file claims more than its bytes hold or than fits into memory, or does not tell its number of cases
        and ends inside one.
    """
    blocks = _read_blocks(path, dictionary) if dictionary.compression == 2 else []
    held = sum(block.plain for block in blocks) if blocks else max(path.stat().st_size - dictionary.data_at, 0)
    n_rows = dictionary.n_rows if dictionary.n_rows >= 0 else _count_cases(path, dictionary, blocks)
    per_byte = ELEMENTS_PER_BYTE[0] if dictionary.compression == 0 else 1.0
    if n_rows * dictionary.case_elements > held * per_byte:
        raise ReadError(
            f"{path.name!r} promises {n_rows} rows, more than its {held} bytes of data hold; it is truncated or damaged, get the file again"
        )
    columns = len(dictionary.elements)
    check_memory(
        path.name,
        min(rows or n_rows, n_rows),
        columns if wanted is None else min(wanted, columns),
        0 if rows or wanted is not None else _bytes_of_text(dictionary, held),
    )
    return n_rows


def _bytes_of_text(dictionary: SpssDictionary, held: int) -> int:
    """Return how many bytes the texts of all cells can take: none where every variable is a number."""
    return held if dictionary.case_elements > len(dictionary.elements) else 0


def _count_cases(path: Path, dictionary: SpssDictionary, blocks: list[_Block]) -> int:
    """Count the cases of a file whose header does not tell their number."""
    if not dictionary.case_elements:
        return 0
    elements_found = _find_elements(path, dictionary, blocks)
    whole, left = divmod(elements_found.count, dictionary.case_elements)
    if left or elements_found.cut:
        raise ReadError(
            f"{path.name!r} does not tell how many rows it has, and ends early, inside row {whole + 1}; it is truncated or damaged, get the file again"
        )
    if not elements_found.marked:
        warn(
            f"{path.name!r} tells neither how many rows it has nor where they end; {whole} were found: ask its sender whether these are all"
        )
    return whole


def holds_all_cases(path: Path, dictionary: SpssDictionary) -> bool:
    """Return whether the data of a file hold the number of cases that its header tells, each of them whole."""
    blocks = _read_blocks(path, dictionary) if dictionary.compression == 2 else []
    found = _find_elements(path, dictionary, blocks)
    return not found.cut and found.count == dictionary.n_rows * dictionary.case_elements


def _find_elements(path: Path, dictionary: SpssDictionary, blocks: list[_Block]) -> "_Elements":
    """Count the elements of eight bytes that the data stand for, whatever the header says."""
    if dictionary.compression == 0:
        elements, rest = divmod(max(path.stat().st_size - dictionary.data_at, 0), 8)
        return _Elements(elements, rest > 0, False)
    with path.open("rb") as stream:
        zlib_packed = dictionary.compression == 2  # a .zsav without a row has no block
        return _count_elements(
            _unpack(stream, blocks, path.name) if zlib_packed else _pieces(stream, dictionary.data_at)
        )


@dataclass(frozen=True)
class _Elements:
    """How many elements of eight bytes were found, whether one is cut, and whether a mark says that they end here."""

    count: int
    cut: bool
    marked: bool


def _pieces(stream: BinaryIO, start: int) -> Iterator[bytes]:
    stream.seek(start)
    while piece := stream.read(PIECE):
        yield piece


def _unpack(stream: BinaryIO, blocks: list[_Block], name: str) -> Iterator[bytes]:
    for block in blocks:
        stream.seek(block.at)
        unpacker = zlib.decompressobj()
        rest = stream.read(block.packed)
        try:
            while rest and not unpacker.eof:
                yield unpacker.decompress(rest, PIECE)
                rest = unpacker.unconsumed_tail
        except zlib.error as error:
            raise ReadError(f"{name!r} is truncated or damaged ({error}); get the file again") from error


def _count_elements(pieces: Iterator[bytes]) -> _Elements:
    """Count the elements that a stream of bytecode stands for.

    References
    ----------
    GNU PSPP developers' guide, "System File Format": Data Record.
    """
    elements, rest = 0, b""
    for piece in pieces:
        data = rest + piece
        words = np.frombuffer(data, dtype=np.uint8, count=len(data) // 8 * 8).reshape(-1, 8)
        raw = (words == RAW).sum(axis=1)
        ends = (words == END_OF_CASES).any(axis=1)
        commands, at = _walk(raw, ends)
        elements += int((words[commands] != IGNORED).sum())
        rest = data[8 * at :]
        if at < len(words) and ends[at]:
            last = rest[: rest.index(END_OF_CASES)]
            if len(rest) >= 8 + 8 * last.count(RAW):
                return _Elements(elements + len(last) - last.count(IGNORED), False, True)
    # the last word of commands may have fewer values behind it than it asks for: what is there is counted one by one
    left = max(len(rest) - 8, 0) // 8
    for command in rest[:8]:
        left -= command == RAW
        if left < 0 or command == END_OF_CASES:
            break
        elements += command != IGNORED
    return _Elements(elements, bool(rest.strip(b"\0")), False)  # commands are left whose values are not all there


def _walk(raw: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, int]:
    """Return which words of eight bytes are commands, and the first whose values are not there or that ends the cases.

    `raw` says for each word how many words behind it are values, if it is a command.
    """
    if not raw.any() and not ends.any():
        return np.arange(len(raw)), len(raw)
    behind, last, commands, at = raw.tolist(), ends.tolist(), [], 0
    while at < len(behind) and not last[at] and at + behind[at] < len(behind):
        commands.append(at)
        at += 1 + behind[at]
    return np.array(commands, dtype=np.int64), at


def _read_blocks(path: Path, dictionary: SpssDictionary) -> list[_Block]:
    """Return the blocks that the trailer of a .zsav lists.

    References
    ----------
    GNU PSPP developers' guide, "System File Format": ZLIB Data.
    """
    damaged = ReadError(
        f"{path.name!r} is truncated or damaged (its list of compressed blocks makes no sense); get the file again"
    )
    size, order = path.stat().st_size, dictionary.byte_order
    with path.open("rb") as stream:
        stream.seek(dictionary.data_at)
        head = stream.read(BLOCK_HEAD)
        if len(head) < BLOCK_HEAD:
            raise damaged
        _, trailer_at, trailer_size = struct.unpack(f"{order}3q", head)
        if not dictionary.data_at + BLOCK_HEAD <= trailer_at <= size - BLOCK_HEAD or trailer_at + trailer_size > size:
            raise damaged
        stream.seek(trailer_at)
        _, _, _, count = struct.unpack(f"{order}2q2i", stream.read(BLOCK_HEAD))
        if count < 0 or BLOCK_HEAD * (count + 1) > size - trailer_at:
            raise damaged
        listed = [struct.unpack(f"{order}2q2i", stream.read(BLOCK_HEAD)) for _ in range(count)]
    blocks = [_Block(at, plain, packed) for _, at, plain, packed in listed]
    most = 1032  # a byte that zlib packed stands for no more, by the longest match that a code can name
    if any(
        block.at < 0
        or block.packed < 0
        or not 0 <= block.plain <= most * block.packed + most
        or block.at + block.packed > trailer_at
        for block in blocks
    ):
        raise damaged
    return blocks


class SizedFile(io.RawIOBase):
    """A .sav whose header tells its number of cases, although the file on the disk does not.

    pyreadstat makes room for 100,000 rows where it is not told how many there are.
    """

    def __init__(self, path: Path, dictionary: SpssDictionary, n_rows: int) -> None:
        self._stream = path.open("rb")
        self._count = struct.pack(f"{dictionary.byte_order}i", n_rows)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, with the number of cases where the header has a place for it."""
        start = self._stream.tell()
        content = self._stream.read(size)
        if start < N_ROWS_AT + 4 and start + len(content) > N_ROWS_AT:
            changed = bytearray(content)
            for number, byte in enumerate(self._count):
                if 0 <= N_ROWS_AT + number - start < len(changed):
                    changed[N_ROWS_AT + number - start] = byte
            content = bytes(changed)
        return content

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place in the file."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the file."""
        return self._stream.tell()

    def close(self) -> None:
        """Close the file on the disk."""
        self._stream.close()
        super().close()
