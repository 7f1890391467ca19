"""From the cells of a table of texts to columns with names, questions and kinds, whatever file they came from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pandas as pd

from surveykit._checks import as_names, check_columns, check_option, warn
from surveykit.codebook import UNDETERMINED, Codebook, Variable
from surveykit.errors import ArgumentError
from surveykit.reading.csv.columns import (
    WARNINGS,
    Column,
    describe_decisions,
    factorize_cells,
    keep_text,
    make_column,
)
from surveykit.reading.csv.dates import DateOrder
from surveykit.reading.csv.form_tools import find_unfinished
from surveykit.reading.csv.header import Header, read_header
from surveykit.reading.csv.marks import Marks, judge_marks, ungroup
from surveykit.reading.csv.surroundings import leave_out_surroundings


@dataclass(frozen=True)
class TableOptions:
    """What the caller of `read_csv` declares about the cells; None and nothing leave it to the cells themselves."""

    decimal: str | None = None
    thousands: str | None = None
    date_order: DateOrder | None = None
    text: str | Sequence[str] = ()
    title_rows: int | None = None
    header_rows: int | None = None
    empty: Sequence[str] = ("",)

    def check(self) -> None:
        """Raise unless every declaration is one of those that there are."""
        check_option(self.header_rows, (None, 1, 2, 3), "header_rows")
        check_option(self.decimal, (None, ".", ","), "decimal")
        check_option(self.thousands, (None, ".", ",", " ", "'"), "thousands")
        check_option(self.date_order, (None, "dmy", "mdy"), "date_order")
        rows = self.title_rows
        if rows is not None and (isinstance(rows, bool) or not isinstance(rows, int) or rows < 0):
            raise ArgumentError(f"`title_rows` must be a number of records, 0 or more, but {rows!r} was given")
        if self.decimal is not None and self.decimal == self.thousands:
            raise ArgumentError(f"`decimal` and `thousands` are both {self.decimal!r}; no number can be read so")


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was understood.

    Attributes
    ----------
    header : Header
    columns : dict from name to Column
    decimal : str
        The decimal mark.
    notes : tuple of str
        What was decided, one sentence each.
    """

    header: Header
    columns: dict[str, Column] = field(repr=False)
    decimal: str
    notes: tuple[str, ...]

    @property
    def data(self) -> pd.DataFrame:
        """The columns as a frame."""
        return pd.DataFrame({name: column.values for name, column in self.columns.items()})

    def describe(self, lang: str | None) -> Codebook:
        """Return what the header asks, and what the cells themselves tell of their codes."""
        described = []
        for name in self.header.names:
            question = {lang or UNDETERMINED: self.header.questions[name]} if name in self.header.questions else {}
            variable = self.columns[name].variable or Variable(name)
            described.append(Variable(name, question, variable.labels, measure=variable.measure))
        return Codebook.of(described)


def make_table(
    cells: Sequence[Sequence[str]],
    delimiter: str,
    name: str,
    options: TableOptions,
    numbers: Collection[int] = (),
) -> Table:
    """Return the table that these columns of cells are, and warn of what can be read otherwise.

    Parameters
    ----------
    cells : sequence of sequences of str
        The cells of each column, its name first.
    delimiter : str
        What parted the cells, because a comma between cells is seldom one inside numbers.
    name : str
        Name of the file, for the messages.
    options : TableOptions
    numbers : collection of int
        Places of the columns whose decimals the file holds as numbers and not as text: there, a point is their mark.
    """
    cells, around = leave_out_surroundings(cells)
    header = read_header(cells, options.header_rows)
    texts = as_names(options.text, "text")
    check_columns(pd.DataFrame(columns=header.names), texts, "text")
    coded = {column: factorize_cells(given[header.rows :]) for column, given in zip(header.names, cells)}
    if options.thousands is not None:
        coded = {
            column: (codes, distinct if column in texts else ungroup(distinct, options.thousands))
            for column, (codes, distinct) in coded.items()
        }
    sure = {header.names[place] for place in numbers}
    marks = _find_marks(
        {column: distinct for column, (_, distinct) in coded.items() if column not in texts and column not in sure},
        delimiter,
        name,
        options,
    )
    empty = ("", *options.empty)
    columns = {
        column: keep_text(column, *given, empty)
        if column in texts
        else make_column(
            column,
            *given,
            "." if column in sure else marks.decimal,
            empty,
            marks.doubts.get(column),
            options.date_order,
        )
        for column, given in coded.items()
    }
    table = Table(header, columns, marks.decimal, (*header.notes, *describe_decisions(columns)))
    doubts = [*around, *header.doubts, *describe_decisions(columns, WARNINGS), *find_unfinished(table.data)]
    for doubt in doubts:
        warn(f"{name!r}: {doubt}")
    return Table(header, columns, marks.decimal, (*table.notes, *doubts))


def _find_marks(columns: dict[str, Sequence[str]], delimiter: str, name: str, options: TableOptions) -> Marks:
    """Return the decimal mark as declared, as the mark of thousands leaves it, or as the cells tell."""
    if options.decimal is not None:
        return Marks(options.decimal, {})
    if options.thousands in (",", "."):
        return Marks("." if options.thousands == "," else ",", {})
    return judge_marks([*columns.items()], delimiter, name)
