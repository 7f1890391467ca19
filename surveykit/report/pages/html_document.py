"""A report as one HTML page that needs nothing else: styles and figures inside, no script, no network."""

import base64
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import jinja2

from surveykit.formatting import without_controls
from surveykit.report.figures.drawing import figure_of
from surveykit.report.figures.figure_file import sidecar_table, svg_of
from surveykit.report.pages.exhibits import Block, FigurePart, Heading, Paragraph, Report, TablePart
from surveykit.report.pages.table_file import csv_of, html_table, html_text, is_wide
from surveykit.report.tables.table_text import page_table
from surveykit.spreadsheet_text import csv_text
from surveykit.words.pages import word

MOST_WITHOUT_CONTENTS = 3
"""Sections that a reader sees at a glance; a page of more has a list of contents."""
MOST_OPEN = 4
"""Tables and figures that a reader takes in at once; a page of more folds tables but the first, and tall figures."""
TALL = 9.0
"""Inches: a figure higher than this fills more than a screen."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What holds for all parts of a page."""

    lang: str
    digits: int
    places: Mapping[int, str]
    folded: frozenset[str]

    def place(self, block: Block) -> str:
        """Return the identifier to which links lead."""
        return self.places[id(block)]


def html_page(report: Report) -> str:
    """Return a report as an HTML page."""
    headings = [block for block in report.blocks if isinstance(block, Heading)]
    exhibits = [block for block in report.blocks if isinstance(block, TablePart | FigurePart)]
    many = len(exhibits) > MOST_OPEN
    places = {id(block): f"part-{number}" for number, block in enumerate(headings, 1)}
    places |= {
        id(block): f"{'table' if isinstance(block, TablePart) else 'figure'}-{block.number}" for block in exhibits
    }
    tables = [block for block in exhibits if isinstance(block, TablePart)]
    long = [*tables[1:], *(figure for figure in report.figures if _size(figure)[1] > TALL)] if many else []
    page = _Page(report.lang, report.digits, places, frozenset(places[id(block)] for block in long))
    contents = _contents(report, page)
    return _template().render(
        lang=report.lang,
        contents_title=word("contents", report.lang),
        contents=contents if many or len(contents) > MOST_WITHOUT_CONTENTS else [],
        title=report.title,
        subtitle=report.subtitle,
        banner=report.banner,
        body="\n".join(_html_block(block, page) for block in report.blocks),
        provenance_title=word("provenance", report.lang),
        provenance=report.provenance,
    )


def _contents(report: Report, page: _Page) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the sections of the highest level, each with its tables and figures."""
    highest = min((block.level for block in report.blocks if isinstance(block, Heading)), default=0)
    found: list[tuple[str, str, list[tuple[str, str]]]] = []
    for block in report.blocks:
        if isinstance(block, Heading) and block.level == highest:
            found.append((page.place(block), block.text, []))
        elif isinstance(block, TablePart | FigurePart):
            if not found:
                found.append(("", "", []))
            found[-1][2].append((page.place(block), block.caption))
    return found


def _template() -> jinja2.Template:
    folder = files("surveykit.report.pages").joinpath("templates")
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.from_string(folder.joinpath("report.html").read_text(encoding="utf-8"))


def _html_block(block: Block, page: _Page) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level} id='{page.place(block)}'>{html_text(block.text)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"<p>{html_text(block.text)}</p>"
    return _html_table_part(block, page) if isinstance(block, TablePart) else _html_figure(block, page)


def _html_table_part(block: TablePart, page: _Page) -> str:
    table = html_table(block.table, block.caption)
    link = _data_link(csv_of(block.content, page.lang), f"table_{block.number}", page.lang)
    return _exhibit("section", f"{table}{link}", block, page, " broad" if is_wide(block.table) else "")


def _html_figure(block: FigurePart, page: _Page) -> str:
    shown = sidecar_table(list(block.drawings))
    numbers = html_table(page_table(shown, digits=page.digits, lang=page.lang, title=""), "")
    drawn = (
        f'<div class="drawing" role="region" aria-label="{html.escape(block.caption)}" tabindex="0">'
        f"{inline_svg(block, page.lang)}</div>\n<figcaption>{html_text(block.caption)}</figcaption>\n"
        f'<details class="numbers"><summary>{html.escape(word("numbers_shown", page.lang))}</summary>\n'
        f"<p>{html_text(block.words)}</p>\n{numbers}</details>\n"
        f"{_data_link(csv_text(shown), f'figure_{block.number}', page.lang)}"
    )
    return _exhibit("figure", drawn, block, page)


def _exhibit(tag: str, inside: str, block: TablePart | FigurePart, page: _Page, kind: str = "") -> str:
    """Return a table or figure in its element; folded, its caption is what unfolds it, and a link to it does."""
    place = page.place(block)
    if place not in page.folded:
        return f'<{tag} class="exhibit{kind}" id="{place}">\n{inside}</{tag}>'
    summary = f"<summary>{html_text(block.caption)}</summary>"
    return f'<details class="exhibit fold{kind}">\n{summary}\n<{tag} id="{place}">\n{inside}</{tag}>\n</details>'


def _size(block: FigurePart) -> tuple[float, float]:
    """Return width and height of a figure in inches."""
    width, height = figure_of(block.ax).get_size_inches()
    return float(width), float(height)


def _data_link(text: str, name: str, lang: str) -> str:
    """Return a link that holds a table as CSV, so that it works without a network."""
    content = base64.b64encode(without_controls(text).encode("utf-8")).decode()
    said = html.escape(word("download_data", lang))
    return (
        f'<p class="data"><a download="{name}.csv" href="data:text/csv;charset=utf-8;base64,{content}">{said}</a></p>\n'
    )


def inline_svg(block: FigurePart, lang: str) -> str:
    """Return a figure as SVG for a page: identifiers unique on the page, a short text for screen readers."""
    svg = svg_of(block.ax)
    mark = f"figure{block.number}-"
    svg = re.sub(r'\bid="', f'id="{mark}', svg)
    svg = re.sub(r'href="#', f'href="#{mark}', svg)
    svg = svg.replace("url(#", f"url(#{mark}")
    svg = re.sub(r"<title>.*?</title>\s*", "", svg, count=1, flags=re.DOTALL)
    label = html.escape(f"{block.caption.rstrip('.')}. {word('alt_numbers', lang)}")
    width = round(_size(block)[0] * PIXELS)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" style="--width: {width}px" ', 1).strip()


PIXELS = 96
"""Pixels to the inch, as browsers count them."""
