"""A result as a table file: CSV, Markdown, HTML, LaTeX, Word, spreadsheet."""

import html
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pandas as pd

from surveykit._checks import check_option
from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.wide_form import across_form, wide_form
from surveykit.files.writing import check_target, write_bytes_whole, write_text_whole
from surveykit.formatting import BREAKS, without_controls
from surveykit.report.disclosure import only_where_hidden, protected
from surveykit.report.pages.spreadsheet_file import workbook_bytes
from surveykit.report.pages.word_file import add_table, document_bytes, new_document
from surveykit.report.tables.latex_table import latex_table
from surveykit.report.tables.table_groups import group_rows, repeats
from surveykit.report.tables.table_text import PageTable, TableLayout, caption_of, page_table
from surveykit.results import Result
from surveykit.spreadsheet_text import CsvDialect, csv_text
from surveykit.survey import READ_FROM
from surveykit.wide_results import WideResult
from surveykit.words.pages import word
from surveykit.words.simulated import SIMULATED

# Classes of letters and marks that turn the direction (Unicode Standard Annex 9).
_RIGHT_TO_LEFT = {"R", "AL", "AN", "RLE", "RLO", "RLI", "LRO"}
MANY_COLUMNS = 11
"""Columns beyond which a table on a page is set in smaller letters."""
SUFFIXES = (".csv", ".md", ".html", ".tex", ".docx", ".xlsx")


def write_table(
    result: Result | pd.DataFrame,
    path: str | Path,
    *,
    digits: int | None = None,
    lang: str | None = None,
    title: str | None = None,
    layout: TableLayout | None = None,
    csv_dialect: CsvDialect | None = None,
) -> Path:
    """Write the table of a result to a file; the ending of its name says which kind.

    Parameters
    ----------
    result : Result or DataFrame
        Small cells of a result are hidden (`hide_small_cells`); a DataFrame is taken as it is.
    path : str or Path
        Ending in .csv (full precision, the glossary's column names), .md, .html, .tex (package booktabs), .docx or
        .xlsx (in words; rounded, but in a spreadsheet, whose numbers are shown rounded and stay whole underneath).
    digits : int, optional
        Decimals on a page: by default 3, and 1 of the percentages of a wide table, or what a crosstab was asked for.
    lang : {"en", "ru", "kk"}, optional
        Language of headings and labels on a page; None: that of the result.
    title : str, optional
        None: the result's own.
    layout : {"tidy", "wide", "across"}, optional
        One row an estimate; or answers down and groups across (`shares`, `means`, `crosstab`); or, as batteries are
        printed, a question (and group) a row and answers across, with n and those who gave a reason instead of an
        answer. Shares are in percent. By default a crosstab, a description of the sample and models side by side are
        wide on a page, and everything else, and every CSV, tidy.
    csv_dialect : "excel-ru", optional
        A .csv that Excel opens by a double click where it is set to Russian or Kazakh: semicolons, decimal commas,
        UTF-8 with a mark. By default commas and points, for programs.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    WriteError
        When the name has another ending, the file cannot be written (nothing half-written stays), or is there: it is
        replaced only when surveykit wrote it and nobody changed it since.
    ColumnError
        When the columns have several levels, or two have one name.
    ArgumentError
        When `result` is neither a Result nor a DataFrame, `digits` is out of range, or a wide table is asked of a
        result that has not one number for each answer and group, or a dialect of a file that is no .csv.
    MissingExtraError
        When python-docx or openpyxl is absent; the message holds the line that installs it.

    Notes
    -----
    Labels come from files and are escaped for the format they are written to; a text that a spreadsheet would run as
    a formula gets an apostrophe in front. Tables of simulated answers say SIMULATED: in the caption, and in a CSV in
    the column `data_status`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"trust": [1, 2, 3, 4, 2, 5], "village": list("AABBCC")})
    >>> result = sk.means(sk.SurveyDesign(answers, cluster="village"), "trust")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = sk.write_table(result, pathlib.Path(folder) / "table.csv")
    ...     print(pd.read_csv(path)[["outcome", "estimate", "n", "n_clusters"]].round(3))
    ...
      outcome  estimate  n  n_clusters
    0   trust     2.833  6           3
    """
    check_option(layout, (*get_args(TableLayout), None), "layout")
    target = check_target(path, SUFFIXES)
    kind = target.suffix.lower()
    check_option(csv_dialect, (*get_args(CsvDialect), None), "csv_dialect")
    if csv_dialect is not None and kind != ".csv":
        raise ArgumentError(
            f"`csv_dialect` is for .csv files, but {target.name!r} was given; a .xlsx holds numbers that need no dialect"
        )
    attributes = result.attrs if isinstance(result, pd.DataFrame) else {}
    answers = result.origin.hashes if isinstance(result, Result) else attributes.get(READ_FROM, ())
    if kind == ".csv":
        return write_text_whole(csv_of(result, lang, layout, csv_dialect), target, answers=answers)
    table = page_table(
        result,
        digits=digits,
        lang=lang,
        title=title,
        layout=layout,
    )
    return write_bytes_whole(_WRITERS[kind](table), target, answers=answers)


def markdown_table(table: PageTable, caption: str | None = None) -> str:
    """Return a table in Markdown, its notes under it."""
    heading = caption_of(table) if caption is None else caption
    lines = [f"**{escape_markdown(heading)}**", ""] if heading else []
    lines.append("| " + " | ".join(escape_markdown(cell) for cell in header_in_one_line(table)) + " |")
    lines.append("|" + "|".join("---:" if right else "---" for right in table.numeric) + "|")
    lines += ["| " + " | ".join(escape_markdown(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join([*lines, *(f"\n{escape_markdown(note)}" for note in table.notes)]) + "\n"


def header_in_one_line(table: PageTable) -> tuple[str, ...]:
    """Return the header with what stands above it in front of each head, for files of one line of heads."""
    above = [text for text, columns in table.above for _ in range(columns)] or [""] * len(table.header)
    return tuple(f"{text}: {head}" if text else head for text, head in zip(above, table.header))


def html_table(table: PageTable, caption: str | None = None) -> str:
    """Return a table as an HTML element with header cells that a screen reader can follow, its notes under it."""
    heading = caption_of(table) if caption is None else caption
    cells = "".join(
        f'<th scope="col"{_flush(right)}>{html_text(cell)}</th>'
        for cell, right in list(zip(table.header, table.numeric))[_columns_across(table) :]
    )
    rows = _html_rows(table)
    above = "".join(
        f'<th scope="colgroup" colspan="{columns}">{html_text(text)}</th>' if text else f'<td colspan="{columns}"></td>'
        for text, columns in group_rows(table)[0].above
    )
    above = f"<tr>{above}</tr>\n" if above else ""
    top = f"<caption>{html_text(heading)}</caption>\n" if heading else ""
    notes = "".join(f"\n<p>{html_text(note)}</p>" for note in table.notes)
    notes = f'\n<div class="notes">{notes}\n</div>' if notes else ""
    name = f' role="region" aria-label="{html.escape(heading)}" tabindex="0"' if heading else ""
    wide = ' class="wide"' if is_wide(table) else ""
    return (
        f'<div class="table"{name}><table{wide}>\n{top}<thead>\n{above}<tr>{cells}</tr>\n</thead>\n{rows}\n'
        f"</table></div>{notes}\n"
    )


def is_wide(table: PageTable) -> bool:
    """Return whether a table has so many columns that it is set in small letters, and printed across the sheet."""
    return len(table.header) > MANY_COLUMNS


def csv_of(
    result: Result | pd.DataFrame,
    lang: str | None = None,
    layout: TableLayout | None = None,
    dialect: CsvDialect | None = None,
) -> str:
    """Return a table as CSV, in full precision, its small cells hidden."""
    wide = layout in ("wide", "across")
    if isinstance(result, pd.DataFrame):
        if wide:
            raise ArgumentError(
                f"`layout` is {layout!r}, which is made of a result; pass what shares(), means() or crosstab() returned"
            )
        return csv_text(result, dialect=dialect)
    shown = protected(result)
    frame = (
        _numbers_of(shown, lang, layout == "across") if wide else only_where_hidden(shown.table).reset_index(drop=True)
    )
    return csv_text(frame.assign(data_status=SIMULATED) if result.origin.simulated else frame, dialect=dialect)


def _numbers_of(result: Result, lang: str | None, across: bool) -> pd.DataFrame:
    if across:
        form = across_form(result, lang)
    else:
        form = result.form(lang) if isinstance(result, WideResult) else wide_form(result, lang)
    frame = form.every_number().reset_index()
    return frame.rename(columns={"level": "group"}) if across else frame


def _html_file(table: PageTable) -> bytes:
    style = "table{border-collapse:collapse}th,td{padding:.2em .6em;text-align:left}.r{text-align:right}"
    title = html.escape(caption_of(table) or word("table", table.lang))
    page = (
        f'<!DOCTYPE html>\n<html lang="{table.lang}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{style}</style>\n</head>\n<body>\n{html_table(table)}</body>\n</html>\n"
    )
    return page.encode("utf-8")


def _word(table: PageTable) -> bytes:
    document = new_document(table.lang)
    add_table(document, table)
    return document_bytes(document, caption_of(table))


def escape_markdown(text: str) -> str:
    """Return text in which Markdown's special characters stand for themselves, on one line."""
    escaped = "".join(
        f"\\{character}" if character in r"\`*_{}[]<>#|$~&" else character for character in without_controls(text)
    )
    return " ".join(BREAKS.split(escaped.strip()))


def _html_rows(table: PageTable) -> str:
    """Return the body: what heads several rows stands once, the labels of a first column across the table."""
    again = repeats(table)
    across = bool(_columns_across(table))
    lines = ["<tbody>"]
    for at, row in enumerate(table.rows):
        if across and not again[at][0]:
            lines += ["</tbody>", "<tbody>"] if at else []
            width = len(table.header) - 1
            lines.append(f'<tr class="across"><th scope="rowgroup" colspan="{width}">{html_text(row[0])}</th></tr>')
        cells = [
            _html_cell(cell, right, place == across, _span(again, at, place))
            for place, (cell, right) in enumerate(zip(row, table.numeric))
            if place >= across and not again[at][place]
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "\n".join([*lines, "</tbody>"])


def _columns_across(table: PageTable) -> int:
    """Return 1 when the labels of the first column head several rows and stand across the table, else 0."""
    return int(any(line[0] for line in repeats(table) if line))


def _span(again: list[list[bool]], at: int, place: int) -> int:
    """Return how many rows a cell heads."""
    below = again[at + 1 :]
    return 1 + next((count for count, row in enumerate(below) if not row[place]), len(below))


def _html_cell(cell: str, right: bool, first: bool, span: int) -> str:
    if span > 1:
        return f'<th scope="rowgroup" rowspan="{span}">{html_text(cell)}</th>'
    if first and not right:
        return f'<th scope="row">{html_text(cell)}</th>'
    return f"<td{_flush(right)}>{html_text(cell)}</td>"


def html_text(text: str) -> str:
    """Return text escaped for HTML; what runs from right to left is isolated, so that it does not drag others along."""
    escaped = html.escape(text)
    backwards = any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in text)
    return f"<bdi>{escaped}</bdi>" if backwards else escaped


def _flush(right: bool) -> str:
    return ' class="r"' if right else ""


_WRITERS: dict[str, Callable[[PageTable], bytes]] = {
    ".md": lambda table: markdown_table(table).encode("utf-8"),
    ".html": _html_file,
    ".tex": lambda table: latex_table(table).encode("utf-8"),
    ".docx": _word,
    ".xlsx": workbook_bytes,
}
