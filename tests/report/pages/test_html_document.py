"""A report as one HTML page that needs nothing else."""

import html.parser
import re

import pytest

from surveykit.report.figures.drawing import alt_text
from surveykit.report.figures.likert_figure import draw_shares

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(html.parser.HTMLParser):
    """Reads a page strictly: every tag closed in its turn, every identifier once."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.labels = [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        attributes = dict(attrs)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [value for name, value in attrs if name in ("src", "href", "xlink:href", "action")]
        self.labels += [attributes["aria-label"]] if "aria-label" in attributes else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()


@pytest.mark.slow
def test_the_page_is_well_formed_and_every_identifier_unique(page):
    read = Page(page)
    assert len(set(read.ids)) == len(read.ids)
    assert read.tags.count("h1") == 1 and read.tags.count("figure") == read.tags.count("figcaption") == 2


@pytest.mark.slow
def test_the_page_needs_nothing_else(page):
    read = Page(page)
    assert "script" not in read.tags and "link" not in read.tags and "img" not in read.tags
    assert [link for link in read.links if not link.startswith("#")] == []
    assert not re.search(r"url\((?!#)", page) and "@import" not in page


def test_references_inside_the_figures_lead_somewhere(page):
    read = Page(page)
    used = [link[1:] for link in read.links] + re.findall(r"url\(#([^)]+)\)", page)
    assert used and set(used) <= set(read.ids)


def test_figures_have_their_text_version(page, item_shares):
    labels = Page(page).labels
    assert alt_text(draw_shares(item_shares, title="Answers")) in labels
