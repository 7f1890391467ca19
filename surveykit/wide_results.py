"""Results that readers see wide: answers or terms down the page, groups or models across it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import pandas as pd

from surveykit.formatting import Number, Printed
from surveykit.results import Result, escape_latex, with_scopes
from surveykit.terminal_table import COLUMNS


@dataclass(frozen=True, slots=True, eq=False)
class WideForm:
    """Rows of a page: two labels, then one cell for each group or model.

    Attributes
    ----------
    labels : tuple of str
        What heads the two columns of labels.
    heads : tuple of str
        Of the columns of numbers.
    rows : tuple of (heading, label, cells)
        Rows that speak of one thing say it in their heading again and again, so that a page can head them with it.
    spans : tuple of (text, columns)
        Line above the heads: each question across, and over how many columns; empty where there is none.
    """

    labels: tuple[str, str]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Printed, ...]], ...]
    spans: tuple[tuple[str, int], ...] = ()

    def numbers(self) -> pd.DataFrame:
        """Return the first number of each cell, not rounded and shares in percent, by questions and answers."""
        return self._frame([[_first_number(cell) for cell in cells] for _, _, cells in self.rows])

    def every_number(self) -> pd.DataFrame:
        """Return all numbers of each cell, the further ones in columns behind: "women" and "women (2)"."""
        index = pd.MultiIndex.from_tuples([row[:2] for row in self.rows], names=["outcome", "level"])
        heads, columns = [], []
        for at, (above, head) in enumerate(zip(self.above, self.heads)):
            each = [_numbers(cells[at]) or [float("nan")] for *_, cells in self.rows]
            found = list(zip_longest(*each, fillvalue=float("nan")))
            name = f"{above}: {head}" if above else head
            heads += [name, *(f"{name} ({place})" for place in range(2, len(found) + 1))]
            columns += found
        return pd.DataFrame(list(zip(*columns)), index, columns=heads)

    def texts(self) -> pd.DataFrame:
        """Return the texts under the same names."""
        return self._frame([list(cells) for _, _, cells in self.rows])

    def plain(self) -> pd.DataFrame:
        """Return the texts with the two labels as columns."""
        lines = [[heading, label, *cells] for heading, label, cells in self.rows]
        return pd.DataFrame(lines, columns=[*self.labels, *self.heads], dtype=object)

    def printed(self) -> str:
        """Return the rows as plain text, each heading on a line of its own above the rows that it heads."""
        lines: list[tuple[str, ...]] = []
        before: str | None = None
        for heading, label, cells in self.rows:
            if heading != before:
                lines.append((heading, *[""] * len(cells)))
                before = heading
            lines.append((label, *cells))
        first = max((len(line[0]) for line in lines), default=0) + 2
        widths = [max(map(len, column)) for column in zip(self.heads, *(line[1:] for line in lines))]
        blocks = _side_by_side(widths, first)
        return "\n\n".join(self._printed(lines, first, block) for block in blocks)

    def _printed(self, lines: Sequence[tuple[str, ...]], first: int, block: Sequence[int]) -> str:
        """Return some columns of the rows as plain text."""
        heads, above = ([texts[at] for at in block] for texts in (self.heads, self.above))
        columns = pd.MultiIndex.from_arrays([["", *above], [self.labels[1].ljust(first), *heads]])
        shown = [(line[0].ljust(first), *(line[1 + at] for at in block)) for line in lines]
        table = pd.DataFrame(shown, columns=columns if self.spans else columns.get_level_values(1), dtype=object)
        return str(table.to_string(index=False, index_names=False))

    @property
    def above(self) -> list[str]:
        """What stands above each head of a column of numbers."""
        return [text for text, columns in self.spans for _ in range(columns)] or [""] * len(self.heads)

    def _frame(self, cells: list[list[object]]) -> pd.DataFrame:
        index = pd.MultiIndex.from_tuples([row[:2] for row in self.rows], names=["outcome", "level"])
        columns = pd.MultiIndex.from_tuples(list(zip(self.above, self.heads)), names=["term", "group"])
        return pd.DataFrame(cells, index, columns if self.spans else columns.get_level_values(1))


def _first_number(cell: Printed) -> float:
    return next(iter(_numbers(cell)), float("nan"))


def _numbers(cell: Printed) -> list[float]:
    """Return the numbers of a cell, not rounded and shares in percent."""
    numbers = [part for part in cell.parts if isinstance(part, Number)]
    return [100 * number.value if number.kind == "share" else number.value for number in numbers]


def _side_by_side(widths: Sequence[int], first: int) -> list[list[int]]:
    """Return which columns stand beside each other in a terminal's line, the labels of width `first` before them."""
    blocks: list[list[int]] = [[]]
    used = first
    for at, width in enumerate(widths):
        if blocks[-1] and used + width + 1 > COLUMNS:
            blocks.append([])
            used = first
        blocks[-1].append(at)
        used += width + 1
    return blocks


@dataclass(frozen=True, eq=False)
class WideResult(Result):
    """A result that readers see wide: groups or models across, answers or terms down, several numbers in a cell.

    This is a base class, and this is the reason: `table`, `tidy()` and a CSV file stay tidy, one row per estimate, and
    every other rendering shows one and the same form.
    """

    def form(self, lang: str | None = None, digits: int | None = None) -> WideForm:
        """Return the rows that a reader sees, in one language; None: that of the result, and its own decimals."""
        raise NotImplementedError

    def _text_rows(self) -> str:
        return self.form().printed()

    def _html_rows(self) -> str:
        return with_scopes(str(self.form().texts().to_html(escape=True, border=0, index_names=False)))

    def _latex_rows(self) -> str:
        texts = self.form().texts().map(escape_latex)
        texts.index = texts.index.map(lambda names: tuple(map(escape_latex, names)))
        columns = [
            tuple(map(escape_latex, names)) if isinstance(names, tuple) else escape_latex(names) for names in texts
        ]
        texts.columns = pd.MultiIndex.from_tuples(columns) if texts.columns.nlevels > 1 else pd.Index(columns)
        texts.index.names = [None, None]
        return str(texts.to_latex(escape=False, multirow=False, column_format="ll" + "r" * texts.shape[1]))
