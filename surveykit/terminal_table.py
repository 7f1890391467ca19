"""A table of texts as it is printed: in 80 columns, what is the same in every row said once above it."""

import textwrap
from collections.abc import Sequence

import pandas as pd

COLUMNS = 80
"""Letters in a line of a terminal, a mail, a log."""
NARROWEST = 12
"""Letters that a column of labels keeps at least, so that its words stay whole."""
NUMBERS = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
"""Columns that stay in the table even where every row has the same."""


def fit_table(table: pd.DataFrame, labels: Sequence[str]) -> str:
    """Return a table of texts in lines of at most 80 letters, where its words allow it.

    What does not fit as it is loses, one after the other: columns that are the same in every row, which are said in a
    line above; the length of its labels, which are broken into lines; the columns on the right, which go below, the
    labels repeated.

    Parameters
    ----------
    table : pandas.DataFrame
        Every cell a text.
    labels : sequence of str
        Columns that say what a row is.

    Examples
    --------
    >>> table = pd.DataFrame({"outcome": ["q1", "q2"], "estimate": ["2.5", "3.0"], "method": ["linearized"] * 2})
    >>> print(fit_table(table, ["outcome"]))
    outcome estimate     method
         q1      2.5 linearized
         q2      3.0 linearized
    >>> print(fit_table(table.assign(weights="raked to sex, age and education " * 2), ["outcome"]))
    method: linearized; weights: raked to sex, age and education raked to sex, age
    and education
    outcome estimate
         q1      2.5
         q2      3.0
    """
    if _width(table) <= COLUMNS:
        return _text(table)
    lines = []
    if len(table.columns) > 2:
        same = [name for name in table if name not in NUMBERS and table[name].nunique() == 1]
        same = [name for name in same if len(table) > 1 or name not in labels]
        lines = [textwrap.fill("; ".join(f"{name}: {table[name].iloc[0]}" for name in same), COLUMNS)] if same else []
        table = table.drop(columns=same)
    here = [name for name in labels if name in table]
    blocks = _blocks(table, here)
    return "\n".join([*lines, "\n\n".join(_text(_broken(block, here)) for block in blocks)])


def fit_lines(text: str) -> str:
    """Return a text whose lines of more than 80 letters are broken between words.

    Examples
    --------
    >>> fit_lines("short\\n" + "word " * 20)
    'short\\nword word word word word word word word word word word word word word word word\\nword word word word'
    """
    return "\n".join(
        line if len(line) <= COLUMNS else textwrap.fill(line, COLUMNS, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )


def _blocks(table: pd.DataFrame, labels: Sequence[str]) -> list[pd.DataFrame]:
    """Return the columns in as many tables as it takes, each beginning with the labels."""
    numbers = [name for name in table if name not in labels]
    least = {name: _widest(table, name) if name not in labels else _least(table, name) for name in table}
    room = COLUMNS - sum(least[name] + 1 for name in labels)
    blocks: list[list[str]] = [[]]
    used = 0
    for name in numbers:
        if blocks[-1] and used + least[name] + 1 > room:
            blocks.append([])
            used = 0
        blocks[-1].append(name)
        used += least[name] + 1
    return [table[[*labels, *block]] for block in blocks]


def _broken(table: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Return a table whose labels are broken into lines, the widest first, until it fits."""
    widths = {name: _widest(table, name) for name in labels}
    spare = COLUMNS - sum(_widest(table, name) + 1 for name in table if name not in labels) + 1 - len(widths)
    while widths and sum(widths.values()) > spare:
        widest = max(widths, key=lambda name: widths[name] - _least(table, name))
        if widths[widest] <= _least(table, widest):
            break
        widths[widest] -= 1
    rows = []
    for row in table.to_dict("records"):
        cells = {
            name: textwrap.wrap(str(row[name]), widths[name], break_long_words=False) or [""]
            if name in widths
            else [str(row[name])]
            for name in table
        }
        depth = max(len(lines) for lines in cells.values())
        rows += [{name: lines[at] if at < len(lines) else "" for name, lines in cells.items()} for at in range(depth)]
    return pd.DataFrame(rows, columns=table.columns)


def _least(table: pd.DataFrame, name: str) -> int:
    """Return how narrow a column of labels may be: as its longest word."""
    words = [word for cell in table[name] for word in str(cell).split()]
    return min(_widest(table, name), max([NARROWEST, len(str(name)), *map(len, words)]))


def _widest(table: pd.DataFrame, name: str) -> int:
    return max([len(str(name)), *(len(str(cell)) for cell in table[name])])


def _width(table: pd.DataFrame) -> int:
    return sum(_widest(table, name) + 1 for name in table) - 1


def _text(table: pd.DataFrame) -> str:
    return str(table.to_string(index=False))
