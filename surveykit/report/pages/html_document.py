"""A report as one HTML page that needs nothing else: styles and figures inside, no script, no network."""

import html
import re
from collections.abc import Mapping
from importlib.resources import files

import jinja2

from surveykit.report.pages.exhibits import FigurePart, Heading, Paragraph, Report, TablePart
from surveykit.report.pages.table_file import html_table, html_text
from surveykit.report.tables.table_text import page_table
from surveykit.words.pages import word

MOST_WITHOUT_CONTENTS = 3
"""Sections that a reader sees at a glance; a page of more has a list of contents."""


def html_page(report: Report) -> str:
    """Return a report as an HTML page."""
    headings = [block for block in report.blocks if isinstance(block, Heading)]
    places = {id(block): f"part-{number}" for number, block in enumerate(headings, 1)}
    top = [(places[id(block)], block.text) for block in headings if block.level == min(one.level for one in headings)]
    return _template().render(
        lang=report.lang,
        contents_title=word("contents", report.lang),
        contents=top if len(top) > MOST_WITHOUT_CONTENTS else [],
        title=report.title,
        subtitle=report.subtitle,
        banner=report.banner,
        body="\n".join(_html_block(block, report.lang, report.digits, places) for block in report.blocks),
        provenance_title=word("provenance", report.lang),
        provenance=report.provenance,
    )


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


def _html_block(block: object, lang: str, digits: int, places: Mapping[int, str]) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level} id='{places[id(block)]}'>{html_text(block.text)}</h{block.level}>"
    if isinstance(block, Paragraph):
        return f"<p>{html_text(block.text)}</p>"
    if isinstance(block, TablePart):
        return f'<section class="exhibit">\n{html_table(block.table, block.caption)}</section>'
    assert isinstance(block, FigurePart)
    return _html_figure(block, lang, digits)


def _html_figure(block: FigurePart, lang: str, digits: int) -> str:
    from surveykit.report.figures.figure_file import sidecar_table

    numbers = html_table(page_table(sidecar_table(list(block.drawings)), digits=digits, lang=lang, title=""), "")
    caption = f"<figcaption>{html_text(block.caption)}</figcaption>"
    return (
        f'<figure class="exhibit">\n{inline_svg(block)}\n{caption}\n'
        f"<details><summary>{html.escape(word('numbers_shown', lang))}</summary>\n{numbers}</details>\n</figure>"
    )


def inline_svg(block: FigurePart) -> str:
    """Return a figure as SVG for a page: identifiers unique on the page, its text version for screen readers."""
    from surveykit.report.figures.figure_file import svg_of

    svg = svg_of(block.ax)
    mark = f"figure{block.number}-"
    svg = re.sub(r'\bid="', f'id="{mark}', svg)
    svg = re.sub(r'href="#', f'href="#{mark}', svg)
    svg = svg.replace("url(#", f"url(#{mark}")
    svg = re.sub(r"<title>.*?</title>\s*", "", svg, count=1, flags=re.DOTALL)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(block.words)}" ', 1).strip()
