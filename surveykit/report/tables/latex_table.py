"""A table of a page in LaTeX: group headings across the table, long texts broken, shrunk where it is too wide."""

import textwrap
from collections.abc import Iterable

from surveykit.report.tables.table_groups import Group, group_rows
from surveykit.report.tables.table_text import PageTable, caption_of
from surveykit.results import escape_latex

HEADING_LETTERS, CELL_LETTERS = 80, 34
"""Letters after which a heading across the table, and a text in a cell, are broken."""
PAGE_LINES = 38
"""Rows that a page holds; a longer table is set in pieces and does not float."""
_FIT = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"


def latex_table(
    table: PageTable, label: str | None = None, *, caption: str | None = None, floating: bool = True
) -> str:
    """Return a table in LaTeX (packages booktabs and graphicx), shrunk where it is wider than the line, notes below.

    A first column whose labels head several rows each becomes headings across the table. A table that is not
    `floating`, or is longer than a page, stands where it is, its caption a bold line above it.
    """
    heading = escape_latex(caption_of(table) if caption is None else caption)
    inner, groups = group_rows(table)
    pieces = _pieces(groups)
    floating = floating and len(pieces) == 1
    top = [r"\begin{table}", r"\centering"] if floating else [r"\begin{center}"]
    if heading:
        top.append(rf"\caption{{{heading}}}" if floating else rf"\textbf{{{heading}}}\par\nopagebreak\smallskip")
    top += [rf"\label{{{label}}}"] if label else []
    body = "\n\\par\\smallskip\n".join(_tabular(inner, piece) for piece in pieces)
    notes = [rf"\par\nopagebreak\smallskip{{\raggedright\small {escape_latex(note)}\par}}" for note in table.notes]
    return "\n".join([*top, body, *notes, r"\end{table}" if floating else r"\end{center}"]) + "\n"


def _pieces(groups: Iterable[Group]) -> list[list[Group]]:
    """Return the groups in pieces that fit on a page; one longer than a page is cut."""
    pieces: list[list[Group]] = [[]]
    left = PAGE_LINES
    for label, rows in groups:
        above = 0 if label is None else 1 + len(label) // HEADING_LETTERS
        most = max(PAGE_LINES - above, 1)
        for start in range(0, len(rows), most):
            some = rows[start : start + most]
            lines = len(some) + above
            if pieces[-1] and lines > left:
                pieces.append([])
                left = PAGE_LINES
            pieces[-1].append((label, some))
            left -= lines
    return pieces


def _tabular(table: PageTable, groups: list[Group]) -> str:
    columns = "".join("r" if right else "l" for right in table.numeric)
    lines = [_FIT, rf"\begin{{tabular}}{{{columns}}}", r"\toprule", *_above(table), _row(table.header), r"\midrule"]
    for number, (label, rows) in enumerate(groups):
        lines += [r"\addlinespace"] if number and label is not None else []
        lines += [] if label is None else _heading(label, len(columns))
        lines += [_row(row) for row in rows]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}}"])


def _above(table: PageTable) -> list[str]:
    """Return the line above the header and the rules under its texts."""
    cells, rules, at = [], [], 1
    for text, columns in table.above:
        cells.append(rf"\multicolumn{{{columns}}}{{c}}{{{escape_latex(text)}}}")
        rules += [rf"\cmidrule(lr){{{at}-{at + columns - 1}}}"] if text else []
        at += columns
    return [" & ".join(cells) + r" \\", " ".join(rules)] if cells else []


def _heading(label: str, columns: int) -> list[str]:
    said = textwrap.wrap(label, HEADING_LETTERS) or [""]
    return [rf"\multicolumn{{{columns}}}{{l}}{{\textit{{{escape_latex(line)}}}}} \\" for line in said]


def _row(cells: Iterable[str]) -> str:
    return " & ".join(_cell(cell) for cell in cells) + r" \\"


def _cell(text: str) -> str:
    lines = textwrap.wrap(text, CELL_LETTERS)
    if len(lines) < 2:
        return escape_latex(text)
    broken = r" \\ ".join(escape_latex(line) for line in lines)
    return rf"\begin{{tabular}}[t]{{@{{}}l@{{}}}}{broken}\end{{tabular}}"
