"""Tables, figures and paragraphs in a Word file (needs python-docx)."""

import io
from typing import Any

from surveykit.extras import require
from surveykit.files.seal import word_seal
from surveykit.report.pages.archive import steady
from surveykit.report.pages.exhibits import Block, Heading, Paragraph, Report, TablePart, figure_bytes
from surveykit.report.pages.word_grid import A4, ACROSS, EDGE, WIDTH, add_grid, needs_page_across
from surveykit.report.tables.table_text import PageTable, caption_of
from surveykit.words.pages import word
from surveykit.words.simulated import SIMULATED

_NOTE_POINTS, _FIGURE_INCHES = 9, 6.4


def new_document(lang: str) -> Any:
    """Return an empty Word document of upright pages; raise MissingExtraError without python-docx."""
    document = require("docx", "word").Document()
    points = require("docx.shared", "word").Pt
    section = document.sections[0]
    section.page_width, section.page_height = (points(side) for side in A4)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = points(EDGE)
    named = require("docx.oxml.ns", "word").qn("w:val")
    for element in document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang"):
        element.set(named, word("language_code", lang))
    document.core_properties.language = word("language_code", lang)
    caption = document.styles["Caption"]
    caption.font.size, caption.font.color.rgb = points(10), require("docx.shared", "word").RGBColor(0x1A, 0x1A, 0x1A)
    return document


def _turn_page(document: Any, across: bool) -> None:
    """Go on with pages across or upright, on a new page where the last one is of the other kind."""
    section = document.sections[-1]
    if (section.page_width > section.page_height) == across:
        return
    if len(document.element.body) > 1:  # something stands on the page already
        section = document.add_section(require("docx.enum.section", "word").WD_SECTION.NEW_PAGE)
    directions = require("docx.enum.section", "word").WD_ORIENT
    section.orientation = directions.LANDSCAPE if across else directions.PORTRAIT
    sides = [require("docx.shared", "word").Pt(side) for side in A4]
    section.page_width, section.page_height = sides[::-1] if across else sides


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
    document = new_document(report.lang)
    document.add_heading(report.title, level=0)
    if report.subtitle:
        add_paragraph(document, report.subtitle)
    if report.banner:
        add_paragraph(document, report.banner, bold=True)
    for block in report.blocks:
        _add_block(document, block)
    _turn_page(document, across=False)
    document.add_heading(word("provenance", report.lang), level=1)
    for what, value in report.provenance:
        add_paragraph(document, f"{what}: {value}", points=_NOTE_POINTS)
    return document_bytes(document, f"{SIMULATED}: {report.title}" if report.banner else report.title)


def _add_block(document: Any, block: Block) -> None:
    if not isinstance(block, TablePart):
        _turn_page(document, across=False)
    if isinstance(block, Heading):
        document.add_heading(block.text, level=block.level - 1)
    elif isinstance(block, Paragraph):
        add_paragraph(document, block.text)
    elif isinstance(block, TablePart):
        add_table(document, block.table, block.caption)
    else:
        add_picture(document, figure_bytes(block, "png"), block.words)
        document.add_paragraph(block.caption, style="Caption")


def add_table(document: Any, table: PageTable, caption: str | None = None) -> None:
    """Add a table with its caption above and its notes below."""
    heading = caption_of(table) if caption is None else caption
    across = needs_page_across(table)
    _turn_page(document, across)
    if heading:
        document.add_paragraph(heading, style="Caption").paragraph_format.keep_with_next = True
    add_grid(document, table, ACROSS if across else WIDTH)
    for number, note in enumerate(table.notes):
        add_paragraph(document, note, points=_NOTE_POINTS, above=0 if number else 4)
    if not table.notes:
        document.add_paragraph()


def add_picture(document: Any, png: bytes, alt_text: str) -> None:
    """Add a figure with its text version for screen readers, on the page of what follows it: its caption."""
    shared = require("docx.shared", "word")
    shape = document.add_picture(io.BytesIO(png), width=shared.Inches(_FIGURE_INCHES))
    shape._inline.docPr.set("descr", alt_text)
    document.paragraphs[-1].paragraph_format.keep_with_next = True


def add_paragraph(
    document: Any, text: str, *, points: float | None = None, bold: bool = False, above: float = 0
) -> None:
    """Add a paragraph; one in letters of its own size is a note, close to the next one."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold
    if points is not None:
        size = require("docx.shared", "word").Pt
        run.font.size = size(points)
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = size(above), size(4)
