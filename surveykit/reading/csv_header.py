"""Names and questions from the header of a CSV: empty, double, two rows of them, or a code glued to its question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from surveykit._checks import some
from surveykit.errors import ArgumentError

SAMPLE = 1000
"""Records that are looked at to tell a second header row from a respondent."""

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
CODE_AND_QUESTION = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,30})(?:\[([^\]]*)\])?\.\s+(\S.*)", re.DOTALL)


@dataclass(frozen=True)
class Header:
    """The names of the columns, what they ask, and how many records they take.

    Attributes
    ----------
    names : list of str
    questions : dict from name to text
    rows : int
        1, or 2 when a second row holds the answer options.
    notes : tuple of str
    """

    names: list[str]
    questions: dict[str, str]
    rows: int
    notes: tuple[str, ...] = ()


def read_header(columns: Sequence[Sequence[str]], rows: int | None = None) -> Header:
    """Return the header of a table.

    Parameters
    ----------
    columns : sequence of sequences of str
        The cells of each column, its name first.
    rows : int, optional
        1 or 2; by default a second row is recognised by text where all other records hold numbers.
    """
    first = [" ".join(column[0].split()) for column in columns]
    if rows == 2 and len(columns[0]) < 2:
        raise ArgumentError("`header_rows` is 2, but the file has one record only; leave it out, or say 1")
    double = rows == 2 or (rows is None and _has_second_row(columns))
    notes = []
    if double:
        notes.append("the header takes two rows: questions, and the answer options under them")
        first = _join_rows(first, [" ".join(column[1].split()) for column in columns])
    glued = [CODE_AND_QUESTION.fullmatch(name) for name in first]
    questions = list(first)
    if sum(match is not None for match in glued) > 0.6 * max(len(first) - 1, 1):
        notes.append("the header joins codes and questions ('q1. Do you ...?'); they were taken apart")
        for index, match in enumerate(glued):
            if match:
                first[index] = match[1] + (f"_{match[2]}" if match[2] else "")
                questions[index] = match[3]
    names, renamed = _distinct_names(first, columns[0][2 if double else 1:])
    if renamed:
        notes.append(f"columns without a name of their own were named: {some(renamed)}")
    asked = {name: text for name, text in zip(names, questions) if text and text != name}
    return Header(names, asked, 2 if double else 1, tuple(notes))


def _has_second_row(columns: Sequence[Sequence[str]]) -> bool:
    """Say whether the second record is a header: it names what the first leaves empty; its key cell is no number."""
    if len(columns[0]) < 4:
        return False
    header, second = [column[0] for column in columns], [column[1] for column in columns]
    unnamed = [index for index, cell in enumerate(header) if index and not cell.strip()]
    filled = sum(bool(second[index].strip()) for index in unnamed)
    numeric = [index for index, column in enumerate(columns) if _all_numbers(column[2:SAMPLE])]
    broken = [index for index in numeric if not NUMBER.fullmatch(second[index].strip())]
    if unnamed and filled >= 0.8 * len(unnamed) and broken:
        return True
    worded = sum(bool(second[index].strip()) for index in broken)
    return len(numeric) >= 2 and len(broken) == len(numeric) and worded >= 2


def _all_numbers(cells: Sequence[str]) -> bool:
    given = [cell.strip() for cell in cells if cell.strip()]
    return len(given) >= 2 and all(NUMBER.fullmatch(cell) for cell in given)


def _join_rows(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Carry each question over the unnamed columns after it, and add the option to it."""
    joined, question = [], ""
    for index, (top, below) in enumerate(zip(first, second)):
        question = top or question
        alone = top and (index + 1 == len(first) or first[index + 1])
        joined.append(question if alone or not below else f"{question} / {below}")
    return joined


def _distinct_names(names: Sequence[str], keys: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return names that are neither empty nor double, and those that had to be made; `keys` is the first column."""
    taken = {name for name in names if name}
    distinct: list[str] = []
    made: list[str] = []
    for index, name in enumerate(names):
        new = name or ("row" if index == 0 and _counts_rows(keys) else f"column_{index + 1}")
        base, number = new, 2
        while new in distinct or (new in taken and new != name):
            new, number = f"{base}_{number}", number + 1
        if new != name:
            made.append(new)
        distinct.append(new)
    return distinct, made


def _counts_rows(cells: Sequence[str]) -> bool:
    return all(cell.strip() in (str(number), str(number + 1)) for number, cell in enumerate(cells))
