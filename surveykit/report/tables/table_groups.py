"""Rows of a table on a page under the labels that they share, so that a long question is said once."""

from dataclasses import replace
from typing import TypeAlias

from surveykit.report.tables.table_text import PageTable

Group: TypeAlias = tuple[str | None, list[tuple[str, ...]]]
"""A heading across the table (None: no heading) and the rows under it."""


def repeats(table: PageTable) -> list[list[bool]]:
    """Return for each cell whether it says again what the cell above heads: a label of the left-hand text columns.

    The last text column in front of the numbers names the rows and is said in each of them; a label repeats only
    inside one and the same group of the columns left of it.
    """
    grouping = max(table.labels - 1, min(table.labels, 1))
    said = [[False] * len(table.header) for _ in table.rows]
    for at in range(1, len(table.rows)):
        for place in range(grouping):
            if table.rows[at][place] != table.rows[at - 1][place]:
                break
            said[at][place] = True
    return said


def group_rows(table: PageTable) -> tuple[PageTable, list[Group]]:
    """Return the table and its rows in groups, the labels of a first column that heads several rows as headings.

    The table that comes back has the columns of the rows in the groups: without the first, when it became headings.
    """
    again = repeats(table)
    rows = [tuple("" if said else cell for cell, said in zip(row, line)) for row, line in zip(table.rows, again)]
    if not any(line[0] for line in again if line):
        return table, [(None, rows)]
    groups: list[Group] = []
    for row, line in zip(rows, again):
        if not line[0]:
            groups.append((row[0], []))
        groups[-1][1].append(row[1:])
    above = tuple((text, columns - (not place)) for place, (text, columns) in enumerate(table.above))
    return replace(table, header=table.header[1:], numeric=table.numeric[1:], above=above), groups
