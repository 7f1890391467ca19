"""A report as one HTML page that needs nothing else."""

import base64
import html
import html.parser
import io
import re

import pandas as pd
import pytest

from surveykit.report.figures.drawing import alt_text, figure_of
from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.pages.document import write_report
from surveykit.results import Origin, Result

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
    assert [link for link in read.links if not link.startswith(("#", "data:text/csv;"))] == []
    assert not re.search(r"url\((?!#)", page) and "@import" not in page


def test_references_inside_the_figures_lead_somewhere(page):
    read = Page(page)
    used = [link[1:] for link in read.links if link.startswith("#")] + re.findall(r"url\(#([^)]+)\)", page)
    assert used and set(used) <= set(read.ids)


def test_a_figure_has_a_short_text_and_all_its_words_beneath(page, item_shares):
    read = Page(page)
    words = html.escape(alt_text(draw_shares(item_shares, title="Answers")))
    labels = [label for label in read.labels if label.endswith("Its numbers stand in the table beneath it.")]
    assert len(labels) == 2 and all(len(label) < 200 for label in labels)
    assert f"<p>{words}</p>" in page


def data_of(page: str, name: str) -> str:
    content = re.search(rf'download="{name}.csv" href="data:text/csv;charset=utf-8;base64,([^"]*)"', page)
    assert content is not None
    return base64.b64decode(content[1]).decode("utf-8")


def test_each_exhibit_has_its_data_beside_it_hidden_cells_hidden(tmp_path):
    frame = pd.DataFrame({"outcome": "q1", "group": ["S1", "S2", "S3"], "estimate": [2.125, 4, 3], "n": [4, 9, 80]})
    table = Result(frame, "Means.", Origin("a", simulated=True))
    page = write_report([table], tmp_path / "r.html", title="t").read_text(encoding="utf-8")
    found = pd.read_csv(io.StringIO(data_of(page, "table_1")))
    assert found["hidden"].tolist() == [True, True, False] and found["estimate"].isna().tolist() == [True, True, False]
    assert set(found["data_status"]) == {"SIMULATED"} and "2.125" not in page


def test_the_data_of_a_figure_are_the_numbers_drawn(page, item_shares):
    drawn = pd.read_csv(io.StringIO(data_of(page, "figure_1")))
    assert len(drawn) and (drawn["data_status"] == "SIMULATED").all()


def test_a_long_page_folds_its_tables_but_the_first_and_leads_to_them(item_shares, tmp_path):
    few = write_report([item_shares] * 4, tmp_path / "few.html", title="t").read_text(encoding="utf-8")
    assert "<nav" not in few and 'class="exhibit fold' not in few
    parts = ["# One", item_shares, item_shares, "# Two", item_shares, draw_shares(item_shares), item_shares]
    page = write_report(parts, tmp_path / "many.html", title="t").read_text(encoding="utf-8")
    read = Page(page)
    assert page.count('<details class="exhibit fold') == 3 and 'class="exhibit" id="table-1"' in page
    links = [
        link for link in read.links if link.startswith("#") and link[1:].startswith(("part-", "table-", "figure-"))
    ]
    assert links == ["#part-1", "#table-1", "#table-2", "#part-2", "#table-3", "#figure-1", "#table-4"]
    assert {link[1:] for link in links} <= set(read.ids)
    # what is folded is printed, and the identifier lies inside, so that a link unfolds it
    assert ".fold::details-content { content-visibility: visible" in page
    assert re.search(r'<details class="exhibit fold">\n<summary>Table 2\.[^<]*</summary>\n<section id="table-2">', page)


def test_a_figure_taller_than_a_screen_is_folded_on_a_long_page(item_shares, tmp_path):
    ax = draw_shares(item_shares)
    figure_of(ax).set_size_inches(7, 10)
    page = write_report([ax, *[item_shares] * 4], tmp_path / "r.html", title="t").read_text(encoding="utf-8")
    assert '<figure id="figure-1">' in page and page.index("<summary>Figure 1.") < page.index('<figure id="figure-1">')


def test_word_and_markdown_carry_the_same_tables_figures_and_texts(item_shares, tmp_path):
    docx = pytest.importorskip("docx")
    parts = ["# What was found", "A sentence.", item_shares, draw_shares(item_shares), "# Tables", *[item_shares] * 4]
    made = {
        kind: write_report(parts, tmp_path / f"r.{kind}", title="Title", subtitle="Sub")
        for kind in ("html", "md", "docx")
    }
    page = html.unescape(
        re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", made["html"].read_text(encoding="utf-8"), flags=re.S))
    )
    document = docx.Document(str(made["docx"]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    texts = {
        "html": page,
        "md": made["md"].read_text(encoding="utf-8").replace("\\", ""),
        "docx": "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells]),
    }
    captions = [*(f"Table {at}." for at in range(1, 6)), "Figure 1."]
    numbers = set(re.findall(r"\d+\.\d{3}", page))
    assert numbers
    for kind, text in texts.items():
        for wanted in ["Title", "Sub", "What was found", "A sentence.", "SIMULATED", *captions]:
            assert wanted in text, (kind, wanted)
    shown = set(re.findall(r"\d+\.\d{3}", texts["md"]))
    assert shown and shown <= numbers and shown <= set(re.findall(r"\d+\.\d{3}", texts["docx"]))
