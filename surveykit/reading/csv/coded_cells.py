"""The cells of a large CSV as places among distinct texts: pyarrow reads them so, each text once, in all threads.

The checks of a column ask for its distinct cells, of which a scale has five. The csv module makes a text of every
cell, which takes five times as long. It stays the judge: a text is read here only where no two readers can differ (all
records of one width, no cell that is quoted by halves or holds a line end), and `read_coded_cells` returns None for any
other, as it does where pyarrow is not installed.
"""

import re
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from surveykit.reading.csv.quotes import LONGEST_CELL

SMALLEST = 1_000_000
"""Characters of a text below which the csv module is done before anybody waits."""
BLOCK = 8_388_608
"""Bytes that pyarrow reads at a time; each block has its own distinct texts, which small ones would merge often."""


class CodedCells(Sequence[str]):
    """Cells of one column, read like a list of texts.

    Attributes
    ----------
    codes : int array, (cells,)
        Place of each cell in `distinct`.
    distinct : list of str
    in_order : bool
        True where the distinct texts stand in the order in which they occur, and no other is among them.
    """

    def __init__(self, codes: np.ndarray, distinct: list[str], in_order: bool = False) -> None:
        self.codes, self.distinct, self.in_order = codes, distinct, in_order

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> "CodedCells": ...
    def __getitem__(self, index: int | slice) -> "str | CodedCells":
        if isinstance(index, slice):
            if index == slice(1, None) and self.in_order and self.codes[1:].min(initial=1):  # the header goes
                return CodedCells(self.codes[1:] - 1, self.distinct[1:], in_order=True)
            return CodedCells(self.codes[index], self.distinct)
        return str(self.distinct[self.codes[index]])

    def __iter__(self) -> Iterator[str]:
        return map(self.distinct.__getitem__, self.codes.tolist())

    def where(self, chosen: Sequence[bool]) -> np.ndarray:
        """Return for each cell whether its text is one of those that were chosen among the distinct ones."""
        return np.asarray(np.array(chosen, dtype=bool)[self.codes])

    def factorize(self) -> tuple[np.ndarray, list[str]]:
        """Return for each cell its place among the distinct cells, and these in the order in which they occur."""
        if self.in_order:
            return self.codes, self.distinct
        first = np.full(len(self.distinct), len(self.codes))
        first[self.codes[::-1]] = np.arange(len(self.codes) - 1, -1, -1)
        order = np.argsort(first, kind="stable")[: np.count_nonzero(first < len(self.codes))]
        place = np.empty(len(self.distinct), dtype=self.codes.dtype)
        place[order] = np.arange(len(order))
        return place[self.codes], [self.distinct[index] for index in order]


def read_coded_cells(text: str, delimiter: str, width: int) -> list[CodedCells] | None:
    """Return the cells of each column of a large text, its name first; None leaves the text to the csv module."""
    if len(text) < SMALLEST or width < 2 or text.startswith(("\ufeff", "\n", "\r")):
        return None
    if any(line_ends in text for line_ends in ("\n\n", "\r\r", "\n\r")) or not _quoted_whole(text, delimiter):
        return None
    try:
        import pyarrow as pa
        from pyarrow import csv
    except ImportError:
        return None
    if not delimiter.isascii():  # pyarrow takes a byte
        return None
    kinds = {f"f{place}": pa.dictionary(pa.int32(), pa.string()) for place in range(width)}
    try:
        table = csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=csv.ReadOptions(autogenerate_column_names=True, block_size=BLOCK),
            parse_options=csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, UnicodeEncodeError):  # records of several widths, a blank line, half a character
        return None
    if table.num_columns != width:
        return None
    columns = []
    for column in table.unify_dictionaries().columns:
        distinct = column.chunk(0).dictionary.to_pylist()
        if max(map(len, distinct)) >= LONGEST_CELL:
            return None
        codes = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in column.chunks])
        columns.append(CodedCells(codes, distinct, in_order=True))
    return columns


def _quoted_whole(text: str, delimiter: str) -> bool:
    """Say whether each quotation mark belongs to a cell that is quoted from its first character to its last."""
    if '"' not in text:
        return True
    mark = re.escape(delimiter)
    quoted = re.compile(rf'(?:(?<=[{mark}\r\n])|\A)"(?:[^"\r\n]|"")*"(?=[{mark}\r\n]|\Z)')
    # left to right, as records are read: a mark that opens no whole cell is left over
    return '"' not in quoted.sub("", text)
