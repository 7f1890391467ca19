"""The parts of a report, numbered and put into words, before any file format is chosen."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from surveykit.errors import ArgumentError
from surveykit.formatting import printable
from surveykit.report.disclosure import as_published, hide_together
from surveykit.report.pages.provenance import provenance_rows
from surveykit.report.tables.table_text import PageTable, TableLayout, page_table
from surveykit.results import Origin, Result
from surveykit.words.pages import check_language, word
from surveykit.words.simulated import SIMULATED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from surveykit.report.figures.drawing import Drawing
else:

    class _Axes(type):
        def __instancecheck__(cls, content: object) -> bool:
            matplotlib = sys.modules.get("matplotlib.axes")
            return matplotlib is not None and isinstance(content, matplotlib.Axes)

    class Axes(metaclass=_Axes):
        """matplotlib's Axes: who hands them over has imported it, and tables do not wait for it."""


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A table or figure with the caption of your own.

    Attributes
    ----------
    content : Result, DataFrame or matplotlib Axes
        Axes come from a ``draw_...`` function.
    caption : str
        Stands with its number over the table or under the figure.
    layout : {"tidy", "wide", "across"}, optional
        Of a table, as `write_table` has it; None: what is usual for its kind.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> table = pd.DataFrame({"akim": ["elected", "appointed"], "settlements": [1, 9]})
    >>> exhibit = sk.Exhibit(table, "Settlements by kind of akim, 25 July 2021")
    >>> exhibit.caption
    'Settlements by kind of akim, 25 July 2021'
    """

    content: Result | pd.DataFrame | Axes
    caption: str
    layout: TableLayout | None = None


Part: TypeAlias = str | Result | pd.DataFrame | Axes | Exhibit


@dataclass(frozen=True)
class Heading:
    """A heading; level 2 is a section."""

    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text."""

    text: str


@dataclass(frozen=True, eq=False)
class TablePart:
    """A numbered table, with the content that it was made of, its small cells hidden."""

    number: int
    caption: str
    table: PageTable
    content: Result | pd.DataFrame


@dataclass(frozen=True, eq=False)
class FigurePart:
    """A numbered figure with the records of its panels."""

    number: int
    caption: str
    ax: Axes
    drawings: "tuple[Drawing, ...]"

    @property
    def words(self) -> str:
        """The figure in words."""
        return printable(" ".join(drawing.alt_text for drawing in self.drawings))


Block: TypeAlias = Heading | Paragraph | TablePart | FigurePart


@dataclass(frozen=True, eq=False)
class Report:
    """Everything that a report says, before it becomes a file.

    Attributes
    ----------
    title, subtitle : str
    banner : str
        The SIMULATED sentence, or "".
    blocks : tuple of Block
    provenance : tuple of (what, value)
    lang : str
    digits : int
    answers : tuple of str or None
        SHA-256 of the data that the numbers come from.
    """

    title: str
    subtitle: str
    banner: str
    blocks: tuple[Block, ...]
    provenance: tuple[tuple[str, str], ...]
    lang: str
    digits: int
    answers: tuple[str | None, ...] = ()

    @property
    def figures(self) -> list[FigurePart]:
        """The figures in order."""
        return [block for block in self.blocks if isinstance(block, FigurePart)]


def make_report(parts: Iterable[Part], *, title: str, subtitle: str, lang: str, digits: int) -> Report:
    """Return what a report says; parameters as in `write_report`."""
    lang = check_language(lang)
    blocks, origins = number_parts(parts, lang, digits)
    banner = word("simulated", lang) if any(origin.simulated for origin in origins) else ""
    provenance = tuple(provenance_rows(origins, lang))
    return Report(
        printable(title),
        printable(subtitle),
        banner,
        tuple(blocks),
        provenance,
        lang,
        digits,
        tuple(digest for origin in origins for digest in origin.hashes),
    )


def _drawings_of(ax: Axes) -> "list[Drawing]":
    from surveykit.report.figures.figure_file import drawings_of

    return drawings_of(ax)


def figure_bytes(figure: FigurePart, kind: str, dpi: float = 220) -> bytes:
    """Return a figure of a report as a file of its own."""
    from surveykit.report.figures.drawing import figure_of
    from surveykit.report.figures.figure_file import render

    return render(figure_of(figure.ax), kind, list(figure.drawings), dpi)


def under_one_mask(parts: Iterable[Part]) -> list[Part]:
    """Return parts whose small cells are hidden so that no part tells what another hides.

    What figures show is published as it was drawn; tables are hidden to go with it and with each other.
    """
    given = list(_as_sequence(parts))
    contents = [part.content if isinstance(part, Exhibit) else part for part in given]
    tables = [at for at, content in enumerate(contents) if isinstance(content, Result)]
    results: list[Result] = [contents[at] for at in tables]  # type: ignore[misc]
    masked = hide_together([*results, *_drawn(contents)])
    for at, before, after in zip(tables, results, masked):
        if after is not before and after.facts["hidden_rows"]:
            part = given[at]
            shown = as_published(before, after)
            given[at] = replace(part, content=shown) if isinstance(part, Exhibit) else shown
    return given


def _drawn(contents: Sequence[object]) -> list[Result]:
    """Return the results that figures show, their small cells dealt with."""
    found = [
        drawing.result
        for content in contents
        if isinstance(content, Axes)
        for drawing in _drawings_of(content)
        if drawing.result is not None
    ]
    return [
        one if "minimum_n" in one.facts else replace(one, facts={**one.facts, "minimum_n": 0})
        for one in {id(one): one for one in found}.values()
    ]


def number_parts(parts: Iterable[Part], lang: str, digits: int) -> tuple[list[Block], list[Origin]]:
    """Return the blocks of a report in order, tables and figures numbered, and the distinct origins of its numbers.

    A text that begins with "# ", "## " or "### " is a heading; blank lines separate paragraphs.
    """
    blocks: list[Block] = []
    origins: list[Origin] = []
    tables = figures = 0
    for part in under_one_mask(parts):
        content, own_caption = (part.content, part.caption) if isinstance(part, Exhibit) else (part, None)
        if isinstance(content, str):
            blocks += _texts(content)
        elif isinstance(content, Axes):
            figures += 1
            drawings = tuple(_drawings_of(content))
            origins += [drawing.origin for drawing in drawings]
            title = next((drawing.title for drawing in drawings if drawing.title), "")
            title = title if own_caption is None else own_caption
            simulated = any(drawing.origin.simulated for drawing in drawings)
            blocks.append(FigurePart(figures, _caption("figure", figures, title, simulated, lang), content, drawings))
        elif isinstance(content, Result | pd.DataFrame):
            tables += 1
            origins += [content.origin] if isinstance(content, Result) else []
            layout = part.layout if isinstance(part, Exhibit) else None
            # percentages of a wide table have decimals of their own
            size = digits if layout in (None, "tidy") else None
            table = page_table(content, digits=size, lang=lang, title=own_caption, layout=layout)
            caption = _caption("table", tables, table.title, table.simulated, lang)
            blocks.append(TablePart(tables, caption, table, content))
        else:
            raise ArgumentError(
                f"`parts` must hold texts, results, DataFrames, Axes of draw_... functions and Exhibits, but {type(content).__name__} was given"
            )
    return blocks, origins


def _as_sequence(parts: Iterable[Part]) -> Sequence[Part]:
    if isinstance(parts, str | Result | pd.DataFrame | Axes | Exhibit):
        raise ArgumentError("`parts` must be a list of parts; put square brackets around a single one")
    return list(parts)


def _texts(text: str) -> list[Block]:
    blocks: list[Block] = []
    for chunk in text.replace("\r\n", "\n").split("\n\n"):
        line = chunk.strip()
        level = len(line) - len(line.lstrip("#"))
        if 1 <= level <= 3 and line[level : level + 1] == " ":
            blocks.append(Heading(printable(line[level + 1 :].strip()), level + 1))
        elif line:
            blocks.append(Paragraph(printable(line)))
    return blocks


def _caption(kind: str, number: int, title: str, simulated: bool, lang: str) -> str:
    name = f"{number}-{word(kind, lang).lower()}" if lang == "kk" else f"{word(kind, lang)} {number}"
    parts = [f"{name}.", f"{SIMULATED}." if simulated else "", printable(title)]
    return " ".join(part for part in parts if part)
