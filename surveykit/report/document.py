"""A report in one file: texts, tables, figures, and where the numbers come from."""

import html
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import jinja2

from surveykit.report.figure_file import sidecar_table, svg_of
from surveykit.report.files import check_target, write_bytes
from surveykit.report.parts import FigurePart, Heading, Paragraph, Part, TablePart, number_parts
from surveykit.report.provenance import provenance_rows
from surveykit.report.table_text import page_table, printable
from surveykit.report.tables import html_table, html_text
from surveykit.report.words import check_language, word

SUFFIXES = (".html",)


def write_report(
    parts: Iterable[Part],
    path: str | Path,
    *,
    title: str,
    lang: str = "en",
    subtitle: str = "",
    digits: int = 3,
) -> Path:
    """Write a report: one self-contained page with texts, tables, figures, and where the numbers come from.

    Parameters
    ----------
    parts : iterable of str, Result, DataFrame, Axes or Exhibit
        In reading order. A text that begins with "# " or "## " is a heading; blank lines separate paragraphs.
        `Exhibit(content, caption)` gives a table or figure a caption of its own.
    path : str or Path
        Ending in .html.
    title, subtitle : str
    lang : {"en", "ru", "kk"}
        Language of headings, labels and notes that surveykit writes.
    digits : int
        Decimals in tables.

    Returns
    -------
    Path

    Raises
    ------
    WriteError
        When the file cannot be written; nothing half-written stays.

    Notes
    -----
    The page needs no network and no script. If any number rests on simulated answers, a banner says so. The same
    parts give the same bytes.
    """
    target = check_target(path, SUFFIXES)
    lang = check_language(lang)
    blocks, origins = number_parts(parts, lang, digits)
    rows = provenance_rows(origins, lang)
    page = _template().render(
        lang=lang,
        title=printable(title),
        subtitle=printable(subtitle),
        banner=word("simulated", lang) if any(origin.simulated for origin in origins) else "",
        body="\n".join(_html_block(block, lang, digits) for block in blocks),
        provenance_title=word("provenance", lang),
        provenance=rows,
    )
    return write_bytes(target, page.encode("utf-8"))


def _template() -> jinja2.Template:
    folder = files("surveykit.report").joinpath("templates")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
                                     undefined=jinja2.StrictUndefined)
    return environment.from_string(folder.joinpath("report.html").read_text(encoding="utf-8"))


def _html_block(block: object, lang: str, digits: int) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{html_text(block.text)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"<p>{html_text(block.text)}</p>"
    if isinstance(block, TablePart):
        return f'<section class="exhibit">\n{html_table(block.table, block.caption)}</section>'
    assert isinstance(block, FigurePart)
    return _html_figure(block, lang, digits)


def _html_figure(block: FigurePart, lang: str, digits: int) -> str:
    numbers = html_table(page_table(sidecar_table(list(block.drawings)), digits=digits, lang=lang, title=""), "")
    words = " ".join(drawing.alt_text for drawing in block.drawings)
    caption = f"<figcaption>{html_text(block.caption)}</figcaption>"
    return (f'<figure class="exhibit">\n{inline_svg(block, words)}\n{caption}\n'
            f"<details><summary>{html.escape(word('numbers_shown', lang))}</summary>\n{numbers}</details>\n</figure>")


def inline_svg(block: FigurePart, words: str) -> str:
    """Return a figure as SVG for a page: identifiers unique on the page, its text version for screen readers."""
    svg = svg_of(block.ax)
    mark = f"figure{block.number}-"
    svg = re.sub(r'\bid="', f'id="{mark}', svg)
    svg = re.sub(r'href="#', f'href="#{mark}', svg)
    svg = svg.replace("url(#", f"url(#{mark}")
    svg = re.sub(r"<title>.*?</title>\s*", "", svg, count=1, flags=re.DOTALL)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(printable(words))}" ', 1).strip()
