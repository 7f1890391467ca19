import html.parser
import re

import pytest

from surveykit.errors import ArgumentError, MissingExtraError, WriteError
from surveykit.estimation.quantities.shares import shares
from surveykit.files.record import RECORD
from surveykit.report.figures.drawing import alt_text
from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.pages.document import write_report
from surveykit.report.pages.exhibits import Exhibit
from tests.report.conftest import make_design

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


@pytest.fixture(scope="module")
def page(item_shares, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    first, second = draw_shares(item_shares, title="Answers"), draw_shares(item_shares, outcomes="q2")
    write_report(
        [
            "## What was asked",
            "One <script>alert(1)</script> paragraph.\n\nAnd another.",
            item_shares,
            first,
            Exhibit(second, "A caption of my own"),
        ],
        path,
        title="Trust & <b>reform</b>",
        lang="en",
    )
    return path.read_text(encoding="utf-8")


def test_the_page_is_well_formed_and_every_identifier_unique(page):
    read = Page(page)
    assert len(set(read.ids)) == len(read.ids)
    assert read.tags.count("h1") == 1 and read.tags.count("figure") == read.tags.count("figcaption") == 2


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


def test_captions_are_numbered(page):
    assert "Table 1. SIMULATED." in page
    assert "Figure 1. SIMULATED. Answers" in page and "Figure 2. SIMULATED. A caption of my own" in page


def test_the_banner_and_where_the_numbers_come_from(page):
    assert '<p class="banner" role="note">SIMULATED answers' in page
    assert "<title>SIMULATED: Trust &amp; &lt;b&gt;reform&lt;/b&gt;</title>" in page
    for wanted in ("answers.csv", "ab" * 32, "weighted by w", "surveykit 0.1.0", "pandas"):
        assert wanted in page


def test_without_simulated_answers_no_word_of_them(tmp_path):
    result = shares(make_design(simulated=False), "q1", by="akim")
    page = write_report([result, draw_shares(result)], tmp_path / "r.html", title="Found").read_text(encoding="utf-8")
    assert "SIMULATED" not in page and "as collected" in page


@pytest.mark.parametrize(
    ("lang", "table", "figure", "data"),
    [
        ("ru", "Таблица 1.", "Рисунок 1.", "Данные и программы"),
        ("kk", "1-кесте.", "1-сурет.", "Деректер мен бағдарламалар"),
    ],
)
def test_other_languages(item_shares, tmp_path, lang, table, figure, data):
    ax = draw_shares(item_shares, lang=lang)
    page = write_report([item_shares, ax], tmp_path / "r.html", title="x", lang=lang).read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in page
    assert all(wanted in page for wanted in (table, figure, data))


def test_two_reports_have_the_same_bytes(item_shares, tmp_path):
    pages = [
        write_report([item_shares, draw_shares(item_shares)], tmp_path / name, title="x").read_bytes()
        for name in ("a.html", "b.html")
    ]
    assert pages[0] == pages[1]


def test_what_is_no_part_is_refused_and_nothing_is_written(item_shares, tmp_path):
    with pytest.raises(ArgumentError, match="`parts` must hold texts, results, .* but int was given"):
        write_report([3], tmp_path / "r.html", title="x")
    with pytest.raises(ArgumentError, match="`parts` must be a list of parts; put square brackets around a single one"):
        write_report(item_shares, tmp_path / "r.html", title="x")
    with pytest.raises(WriteError, match="must end in one of"):
        write_report([], tmp_path / "r.gif", title="x")
    assert list(tmp_path.iterdir()) == []


HOSTILE = ["## 100 % & <b>more</b>", "A_b $5 {x} \\alpha | # no heading\n\n* no list"]


@pytest.fixture(scope="module")
def parts(item_shares):
    return [*HOSTILE, item_shares, draw_shares(item_shares, title="Answers"), draw_shares(item_shares, outcomes="q2")]


def test_markdown_has_its_figures_beside_it(parts, tmp_path):
    text = write_report(parts, tmp_path / "My report.md", title="T_1", lang="ru").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        RECORD,
        "My report.md",
        "My_report-figure1.svg",
        "My_report-figure2.svg",
    ]
    assert text.startswith("# T\\_1\n\n> **SIMULATED") and "](My_report-figure1.svg)" in text
    assert "## 100 % \\& \\<b\\>more" in text and "**Таблица 1. SIMULATED.**" in text
    assert "\\* no list" in text and "## Данные и программы" in text


def test_latex_is_balanced_and_names_its_figures(parts, tmp_path):
    text = write_report(parts, tmp_path / "r.tex", title="50 % & more", lang="kk").read_text(encoding="utf-8")
    opened, closed = re.findall(r"\\begin\{(\w+)\}", text), re.findall(r"\\end\{(\w+)\}", text)
    assert sorted(opened) == sorted(closed) and opened.count("tabular") == 1
    unescaped = re.sub(r"\\[{}]", "", text)
    assert unescaped.count("{") == unescaped.count("}")
    for name in re.findall(r"\{(r-figure\d\.pdf)\}", text):
        assert (tmp_path / name).read_bytes().startswith(b"%PDF")
    assert r"50 \% \& more" in text and "SIMULATED" in text and "1-кесте" in text


def test_word_reads_back(parts, tmp_path):
    docx = pytest.importorskip("docx")
    paths = [write_report(parts, tmp_path / name, title="Trust", lang="kk") for name in ("a.docx", "b.docx")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    document = docx.Document(str(paths[0]))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "Trust" and texts[1].startswith("SIMULATED")
    assert "100 % & <b>more</b>" in texts and any(text.startswith("1-сурет. SIMULATED") for text in texts)
    assert len(document.inline_shapes) == 2 and len(document.tables) == 1
    described = document.inline_shapes[0]._inline.docPr.get("descr")
    assert described.startswith("SIMULATED") and "Answers" in described


def test_without_python_docx_the_message_installs_it(parts, tmp_path, monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr("surveykit.extras.importlib.import_module", absent)
    with pytest.raises(MissingExtraError, match=r'pip install "surveykit\[word\]"'):
        write_report(parts, tmp_path / "r.docx", title="x")
    assert list(tmp_path.iterdir()) == []
