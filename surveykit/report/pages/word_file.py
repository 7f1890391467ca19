"""Tables, figures and paragraphs in a Word file (needs python-docx)."""

import io
from typing import Any

from surveykit.extras import require
from surveykit.files.seal import word_seal
from surveykit.report.pages.archive import steady
from surveykit.report.pages.exhibits import Block, Heading, Paragraph, Report, TablePart, figure_bytes
from surveykit.report.pages.word_grid import add_grid
from surveykit.report.tables.table_text import PageTable, caption_of
from surveykit.words.pages import word
from surveykit.words.simulated import SIMULATED

_NOTE_POINTS, _FIGURE_INCHES = 8, 6.7
_MARGIN_INCHES = 0.9


def new_document() -> Any:
    """Return an empty Word document; raise MissingExtraError without python-docx."""
    document = require("docx", "word").Document()
    margin = require("docx.shared", "word").Inches(_MARGIN_INCHES)
    for section in document.sections:
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = margin
    return document


def document_bytes(document: Any, title: str) -> bytes:
    """Return a Word document as bytes, the same ones every time."""
    properties = document.core_properties
    # the properties of a Word file hold 255 letters at most
    properties.title, properties.author, properties.comments = title[:250], "surveykit", ""
    content = _saved(document)
    # saved twice: the seal is of the bytes without it
    properties.comments = word_seal(content)
    return _saved(document)


def _saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return steady(buffer.getvalue())


def word_document(report: Report) -> bytes:
    """Return a report as a Word file."""
    document = new_document()
    document.core_properties.language = report.lang
    document.add_heading(report.title, level=0)
    if report.subtitle:
        add_paragraph(document, report.subtitle)
    if report.banner:
        add_paragraph(document, report.banner, bold=True)
    for block in report.blocks:
        _add_block(document, block)
    document.add_heading(word("provenance", report.lang), level=1)
    for what, value in report.provenance:
        add_paragraph(document, f"{what}: {value}", points=_NOTE_POINTS)
    return document_bytes(document, f"{SIMULATED}: {report.title}" if report.banner else report.title)


def _add_block(document: Any, block: Block) -> None:
    if isinstance(block, Heading):
        document.add_heading(block.text, level=block.level - 1)
    elif isinstance(block, Paragraph):
        add_paragraph(document, block.text)
    elif isinstance(block, TablePart):
        add_table(document, block.table, block.caption)
    else:
        add_picture(document, figure_bytes(block, "png"), block.words)
        add_paragraph(document, block.caption, bold=True)


def add_table(document: Any, table: PageTable, caption: str | None = None) -> None:
    """Add a table with its caption above and its notes below."""
    heading = caption_of(table) if caption is None else caption
    if heading:
        add_paragraph(document, heading, bold=True, keep_with_next=True)
    add_grid(document, table)
    for note in table.notes:
        add_paragraph(document, note, points=_NOTE_POINTS)
    if not table.notes:
        document.add_paragraph()


def add_picture(document: Any, png: bytes, alt_text: str) -> None:
    """Add a figure with its text version for screen readers."""
    shared = require("docx.shared", "word")
    shape = document.add_picture(io.BytesIO(png), width=shared.Inches(_FIGURE_INCHES))
    shape._inline.docPr.set("descr", alt_text)


def add_paragraph(
    document: Any, text: str, *, points: float | None = None, bold: bool = False, keep_with_next: bool = False
) -> None:
    """Add a paragraph."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold
    paragraph.paragraph_format.keep_with_next = keep_with_next
    if points is not None:
        run.font.size = require("docx.shared", "word").Pt(points)
