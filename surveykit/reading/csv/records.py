"""The records of a CSV as columns of one length: which lines are respondents, and what is only in the way."""

from collections.abc import Sequence
from itertools import chain, islice

import numpy as np

from surveykit._checks import warn
from surveykit.errors import ArgumentError, ReadError
from surveykit.reading.csv.coded_cells import CodedCells, read_coded_cells
from surveykit.reading.csv.quotes import check_swallowed, split_records
from surveykit.reading.csv.surroundings import count_title_rows

Records = list[list[str]]
Numbered = list[tuple[int, list[str]]]
BLOCK = 500
"""Records that are turned into columns at a time; a block stays in the processor's cache."""

HEAD = 100
"""Records that are looked at to tell a title from the header."""


def read_columns(text: str, delimiter: str, name: str, title_rows: int | None = None) -> Sequence[Sequence[str]]:
    """Return the cells of each column, its name first; records that are not all of one width take the longer way.

    Notes
    -----
    A line without any cell is no record. A record whose cells are all empty is a respondent who answered nothing: it
    is kept, with a warning, because nobody can tell it from the empty lines that a spreadsheet leaves at the end.
    Titles above the header are left out, with a warning unless `title_rows` says how many there are.

    Raises
    ------
    ReadError
        When the records have different widths, or there are none; when a quotation mark is lost.
    """
    records = split_records(text, delimiter, name)
    head = list(islice(records, HEAD))
    above = leave_out_titles(head, title_rows, name)
    coded = read_coded_cells(text, delimiter, len(head[0])) if head and not above else None
    if coded is not None:
        empty_records = _blank_places(coded)
        if not empty_records or empty_records[0] > BLOCK:
            warn_of_empty(empty_records, name)
            return coded
    records = chain(head[above:], records)
    columns: list[list[str]] = []
    empty: list[int] = []
    read = above
    while block := list(islice(records, BLOCK)):
        written = [record for record in block if record]
        columns = columns or [[] for _ in (written[0] if written else ())]
        blank = [number for number, record in enumerate(block, read + 1) if record and not any(map(str.strip, record))]
        apart = len(columns) < 2 or any(len(record) != len(columns) for record in written)
        if apart or (blank and read == above):  # a blank record of the first block may stand above the header
            again = islice(split_records(text, delimiter, name, quiet=True), above, None)
            return list(zip(*_even_records(list(enumerate(again, above + 1)), delimiter, name)))
        for column, cells in zip(columns, zip(*written)):
            column.extend(cells)
        empty += blank
        read += len(block)
    warn_of_empty(empty, name)
    if max(text.count("\n"), text.count("\r")) > read:  # some cell holds a line end
        check_swallowed(columns, delimiter, name)
    return columns or list(zip(*_even_records([], delimiter, name)))


def _blank_places(columns: Sequence[CodedCells]) -> list[int]:
    """Return the numbers, from 1, of records whose cells are all blank."""
    blank = np.ones(len(columns[0]), dtype=bool)
    for column in columns:
        blank &= column.where([not text.strip() for text in column.distinct])
        if not blank.any():
            break
    return (np.flatnonzero(blank) + 1).tolist()


def leave_out_titles(head: Sequence[list[str]], title_rows: int | None, name: str, wide: int = 0) -> int:
    """Return how many records stand above the header, as said or as seen; `wide` of them are titles by their cells."""
    if title_rows is not None:
        if title_rows >= len(head):
            raise ArgumentError(
                f"`title_rows` is {title_rows}, but {name!r} has no record behind that many; leave it out, or give a smaller number"
            )
        return title_rows
    above = wide + count_title_rows(head[wide:])
    if above:
        title = next(cell.strip() for record in head[:above] for cell in record if cell.strip())
        warn(
            f"{name!r}: what stands above record {above + 1} ({title[:40]!r}) was taken for a title and left out, and record {above + 1} for the header; `title_rows={above}` says that it is so, `title_rows=0` that it is not"
        )
    elif head and len(head[0]) > 1 and head[0][0].strip() and not any(map(str.strip, head[0][1:])) and head[1:]:
        warn(
            f"{name!r}: the header ({head[0][0].strip()[:40]!r}) names the first column only; if it is a title, `title_rows=1` leaves it out, and `title_rows=0` says that it is none"
        )
    return above


def _even_records(numbered: Numbered, delimiter: str, name: str) -> Records:
    """Return the records at the width of the header; what cannot be brought to it is refused."""
    first = next((place for place, (_, record) in enumerate(numbered) if "".join(record).strip()), None)
    if first is None:
        raise ReadError(f"{name!r} holds no text, only blank lines; ask its sender for the file again")
    (_, header), below = numbered[first], numbered[first + 1 :]
    if _has_row_names(header, below):
        _warn_of_shift(header, below, name)
        header = ["", *header]
    kept = (
        _one_column(below, name)
        if len(header) == 1
        else [(line, record) for line, record in below if len(record) > 1 or "".join(record).strip()]
    )
    even, empty = [header], []
    for line, record in kept:
        if not "".join(record).strip():
            empty += [line] if record != [""] else []  # a lone "" in quotes was meant
            even.append([""] * len(header))
            continue
        cells = record if "".join(record[len(header) :]).strip() else record[: len(header)]
        if len(cells) != len(header):
            longer = len(cells) > len(header)
            more = "a delimiter inside a text that is not quoted" if longer else "a line that breaks off"
            shown = {"\t": "tab"}.get(delimiter, delimiter)
            raise ReadError(
                f"{name!r}, record {line}, has {len(record)} cells where the header has {len(header)} (delimiter {shown!r}); {more} is the usual cause: correct it, or give `delimiter=`"
            )
        even.append(cells)
    warn_of_empty(empty, name)
    if any("\n" in cell or "\r" in cell for record in even for cell in record):
        check_swallowed(list(zip(*even)), delimiter, name)
    return even


def _has_row_names(header: list[str], below: Numbered) -> bool:
    """Say whether all records are one cell wider than the header, and not by a delimiter at their end only."""
    filled = [record for _, record in below if "".join(record).strip()]
    wider = bool(filled) and all(len(record) == len(header) + 1 for record in filled)
    return wider and any(record[-1].strip() for record in filled)


def _warn_of_shift(header: list[str], below: Numbered, name: str) -> None:
    keys = [record[0].strip() for _, record in below if "".join(record).strip()]
    if not counts_rows(keys):
        warn(
            f"{name!r}: all records have one cell more than the header, so {header[0]!r} was taken to name their second one, as where R writes row names; the first begins with {keys[0]!r}. If a cell was split (at a decimal comma, say), give `delimiter=`; else name the first column in the header"
        )


def counts_rows(cells: Sequence[str]) -> bool:
    """Say whether the cells number the rows, from 0 or from 1."""
    return any(all(cell.strip() == str(number) for number, cell in enumerate(cells, start)) for start in (0, 1))


def _one_column(below: Numbered, name: str) -> Numbered:
    """Return the records of a file of one column: a blank line between answers is an empty answer."""
    last = max((place for place, (_, record) in enumerate(below, 1) if record), default=0)
    if last < len(below):
        warn(
            f'{name!r} has one column, and the blank lines at its end ({len(below) - last}) were left out; if respondents without an answer are among them, write their cells as ""'
        )
    return below[:last]


def warn_of_empty(lines: Sequence[int], name: str) -> None:
    """Warn of records, by their numbers, that hold no answer at all."""
    if lines:
        records = f"{len(lines)} records (the first is record {lines[0]})" if len(lines) > 1 else f"record {lines[0]}"
        holds, counts = ("hold", "count as respondents") if len(lines) > 1 else ("holds", "counts as a respondent")
        warn(
            f"{name!r}: {records} {holds} no answer at all and {counts}; where it is only a line that a spreadsheet left empty, delete it in the file"
        )
