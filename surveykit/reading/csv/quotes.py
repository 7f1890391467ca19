"""Quotation marks of a text table: one that is never closed swallows the rows behind it, so each is looked after."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from surveykit._checks import warn
from surveykit.errors import ReadError

LONGEST_CELL = 131_072
"""Characters of one cell at which the csv module gives up."""

LINE_END = re.compile(r"\r\n|\n|\r")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


class Fault(NamedTuple):
    """A quoted cell that is not as it should be: the lines, from 0, on which it opens and its mark closes, if ever."""

    opened: int
    closed: int | None


def split_records(text: str, delimiter: str, name: str, *, quiet: bool = False) -> Iterator[list[str]]:
    """Yield the records of a text file as lists of cells; `quiet` when they were told of before.

    Text behind a closing quotation mark, as in ``"Forum" party``, is kept and the marks are left out, as pandas and R
    do, with a warning; where the marks stand on different lines, one of them is lost, and the rows between would
    become one cell.

    Raises
    ------
    ReadError
        When a quotation mark is never closed, or closes on another line in the middle of a cell; the message names the
        line on which it opens.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    read = 0
    try:
        for record in reader:
            yield record
            read = reader.line_num
    except csv.Error:
        yield from _split_carefully(islice(io.StringIO(text, newline=""), read, None), read, delimiter, name, quiet)


def _split_carefully(lines: Iterator[str], read: int, delimiter: str, name: str, quiet: bool) -> Iterator[list[str]]:
    """Yield the records from the first faulty one on, each held against its own lines."""
    kept: list[str] = []
    stray: list[int] = []

    def feed() -> Iterator[str]:
        for line in lines:
            kept.append(line)
            yield line

    source = feed()
    strict = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        try:
            record = next(strict)
        except StopIteration:
            break
        except csv.Error:
            record = _forgive(kept, source, read, delimiter, name)
            stray.append(read + 1)
        yield record
        read += len(kept)
        kept.clear()
    if stray and not quiet:
        where = f"line {stray[0]} holds"
        if len(stray) > 1:
            where = f"{len(stray)} lines (the first is line {stray[0]}) hold"
        warn(
            f'{name!r}: {where} text behind a closing quotation mark, as in "Forum" party; the marks were left out and the text kept. Write a quotation mark inside a quoted cell twice'
        )


def _forgive(kept: list[str], source: Iterator[str], read: int, delimiter: str, name: str) -> list[str]:
    """Return a record whose closing marks are followed by text on the line that they close; refuse any other."""
    try:
        record = next(csv.reader(chain(list(kept), source), delimiter=delimiter))
    except csv.Error:  # longer than LONGEST_CELL
        record = []
    fault = next((one for one in find_faults("".join(kept), delimiter) if one.closed != one.opened), None)
    if fault is None and record:
        return record
    opened = fault.opened if fault else 0
    line = read + opened + 1
    shown = " ".join(kept[opened].split())[:60]
    if fault is None or (fault.closed is None and not record):
        what = f"opens a cell of over {LONGEST_CELL} characters, as where a quotation mark is never closed"
    elif fault.closed is None:
        what = "opens a quotation mark that is never closed, so that all rows behind it would become one cell"
    else:
        what = f"opens a quotation mark that closes in the middle of line {read + fault.closed + 1}, so that the rows between them would become one cell"
    raise ReadError(f"{name!r}, line {line} ({shown!r}), {what}; close the mark there, or take it out")


def find_faults(text: str, delimiter: str) -> list[Fault]:
    """Return the quoted cells of one record that are never closed, or that have text behind their closing mark."""
    faults: list[Fault] = []
    at, ends = 0, re.compile(f"[{re.escape(delimiter)}\r\n]")
    while at < len(text):
        if text[at] == '"':
            closing = _closing_mark(text, at + 1)
            opened = _line_of(text, at)
            if closing is None:
                return [*faults, Fault(opened, None)]
            at = closing + 1
            if at < len(text) and not ends.match(text, at):
                faults.append(Fault(opened, _line_of(text, closing)))
        end = ends.search(text, at)
        if end is None:
            break
        at = end.end()
    return faults


def _closing_mark(text: str, at: int) -> int | None:
    """Return the place of the next quotation mark that is not doubled."""
    while (found := text.find('"', at)) >= 0:
        if text[found + 1 : found + 2] != '"':
            return found
        at = found + 2
    return None


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + text.count("\r", 0, at) - text.count("\r\n", 0, at)


def check_swallowed(columns: Sequence[Sequence[str]], delimiter: str, name: str) -> None:
    """Refuse a cell of several lines that are records of the table themselves: two marks of it are lost.

    A comment of several lines is none, however many delimiters it has: where the other cells of a column are numbers,
    its pieces must be numbers too.
    """
    numeric = [index for index, column in enumerate(columns) if _all_numbers(column[1:200])]
    if not numeric or len(columns) < 2:
        return
    for place, column in enumerate(columns):
        for row, cell in enumerate(column):
            if ("\n" in cell or "\r" in cell) and _looks_like_records(cell, place, len(columns), numeric, delimiter):
                raise ReadError(
                    f"{name!r}, record {row + 1}, has a cell that begins {cell[:30]!r} and holds lines that look like records themselves; a quotation mark was lost or is one too many there: correct it in the file"
                )


def _looks_like_records(cell: str, place: int, width: int, numeric: Sequence[int], delimiter: str) -> bool:
    """Say whether the lines of a cell in this place are the rest of records: whole ones, and the first cells of one."""
    pieces = [line.split(delimiter) for line in LINE_END.split(cell)[1:]]
    inside = [index for index in numeric if index < place]
    if [len(line) for line in pieces] != [width] * (len(pieces) - 1) + [place + 1] or not (inside or pieces[:-1]):
        return False
    whole = all(NUMBER.fullmatch(line[index].strip()) for line in pieces[:-1] for index in numeric if index != place)
    return whole and all(NUMBER.fullmatch(pieces[-1][index].strip()) for index in inside)


def _all_numbers(cells: Sequence[str]) -> bool:
    given = [cell.strip() for cell in cells if cell.strip()]
    return bool(given) and all(NUMBER.fullmatch(cell) for cell in given)
