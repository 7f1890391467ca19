"""What the XML of a worksheet says beside its values: its size, what is hidden, merged, or was never computed."""

import re
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from surveykit.errors import ReadError
from surveykit.reading.tables.workbook import letters_of, number_of
from surveykit.reading.xml_parser import Attributes, parse_xml

PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
MOST_CELLS = 20_000_000
"""Cells of the rectangle that a sheet fills: 20,000 respondents with 1,000 questions. A far cell makes a larger one."""
MOST_ELEMENTS = 100_000_000
MOST_MERGED = 100_000
"""Merged ranges that are kept; a sheet of answers has a few."""


class Merged(NamedTuple):
    """A range that was merged to one cell: its first and last row and column, from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letters_of(self.left)}{self.top}:{letters_of(self.right)}{self.bottom}"


@dataclass
class SheetFacts:
    """What the XML of a worksheet says beside its values; rows and columns count from 1.

    Attributes
    ----------
    last_row, last_column : int
        The last ones that hold anything; 0 in an empty sheet.
    filled_rows : int
        Rows that hold anything.
    widest : int
        The most cells that one row holds.
    hidden_rows, hidden_columns : list of int
    merged : list of Merged
    formula_columns : dict from column to its first cell
        Columns in which formulas stand.
    not_computed : list of str
        Cells with a formula of which no value was saved.
    """

    last_row: int = 0
    last_column: int = 0
    filled_rows: int = 0
    widest: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    formula_columns: dict[int, str] = field(default_factory=dict)
    not_computed: list[str] = field(default_factory=list)


def read_facts(stream: BinaryIO, name: str) -> SheetFacts:
    """Return what the XML of a worksheet says beside its values.

    Raises
    ------
    ReadError
        When the rectangle that its cells fill is larger than any table of answers: one cell stands far away.
    """
    reader = _FactsReader(name)
    parse_xml(stream, name, reader.start, reader.end, reader.text, most_elements=MOST_ELEMENTS)
    return reader.facts


class _FactsReader:
    """What is known in the middle of a worksheet's XML."""

    def __init__(self, name: str) -> None:
        self.name, self.facts = name, SheetFacts()
        self.row = self.column = self.in_row = 0
        self.formula = self.text_result = self.filled = self.inside = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "row":
            # openpyxl takes any number here, also 0, and leaves out what it then takes for earlier rows
            self._enter_row(_number(attributes["r"]) if "r" in attributes else self.row + 1)
            self.column = self.in_row = 0
            if _is_true(attributes.get("hidden")):
                self.facts.hidden_rows.append(self.row)
        elif tag == "c":
            place = PLACE.fullmatch(attributes.get("r", ""))
            self.column = number_of(place[1]) if place else self.column + 1
            if place and int(place[2]) != self.row:
                self._enter_row(0)
            self.formula = self.filled = False
            self.text_result = attributes.get("t") == "str"  # an empty text is a result too
        elif tag in ("v", "t", "f"):
            self.inside = tag != "f"
            self.formula = self.formula or tag == "f"
        elif tag == "col" and _is_true(attributes.get("hidden")):
            first, last = _number(attributes.get("min")), _number(attributes.get("max"))
            self.facts.hidden_columns += range(first, min(last, 16_384) + 1)
        elif tag == "mergeCell" and len(self.facts.merged) < MOST_MERGED:
            ends = [PLACE.fullmatch(end) for end in attributes.get("ref", "").split(":")]
            if len(ends) == 2 and ends[0] and ends[1]:
                top, bottom = sorted((int(ends[0][2]), int(ends[1][2])))
                left, right = sorted((number_of(ends[0][1]), number_of(ends[1][1])))
                self.facts.merged.append(Merged(top, left, bottom, right))

    def text(self, text: str) -> None:
        self.filled = self.filled or (self.inside and bool(text))

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.inside = False
        elif tag == "c":
            self._finish_cell()

    def _enter_row(self, number: int) -> None:
        """Go on to the next row; openpyxl leaves out rows that stand before others without a word."""
        if number <= self.row:
            raise ReadError(
                f"the rows of a sheet of {self.name!r} are out of order behind row {self.row}, so that answers would be lost; open it in a spreadsheet program and save it again"
            )
        self.row = number

    @property
    def place(self) -> str:
        """The cell as a spreadsheet names it."""
        return f"{letters_of(self.column)}{self.row}"

    def _finish_cell(self) -> None:
        facts = self.facts
        if self.formula:
            facts.formula_columns.setdefault(self.column, self.place)
            if not self.filled and not self.text_result:
                facts.not_computed.append(self.place)
        if not (self.filled or self.formula):
            return
        if not self.in_row:
            facts.filled_rows += 1
        self.in_row += 1
        facts.widest = max(facts.widest, self.in_row)
        facts.last_row, facts.last_column = max(facts.last_row, self.row), max(facts.last_column, self.column)
        if facts.last_row * facts.last_column > MOST_CELLS:
            raise ReadError(
                f"{self.name!r} has something in the cell {self.place}, far away from the others (a table of at most {MOST_CELLS:,} cells is read); delete it, or save the sheet as CSV"
            )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _is_true(text: str | None) -> bool:
    return text in ("1", "true")
