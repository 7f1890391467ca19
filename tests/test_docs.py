"""Every block of every page runs as it is printed, and prints what the page shows."""

import importlib.util
import re
from pathlib import Path

import matplotlib
import pytest

from surveykit.results import GLOSSARY

ROOT = Path(__file__).parent.parent
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if re.search(r"^```(python|console)$", page.read_text(encoding="utf-8"), re.M)
]
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def run_pages():
    spec = importlib.util.spec_from_file_location("run_pages", ROOT / "docs" / "run_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")  # pages show what is warned of, too
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_a_page_runs_and_shows_what_is_printed(page, run_pages):
    matplotlib.use("Agg")
    with run_pages.empty_folder():
        for line, shown, printed in run_pages.run_page(page):
            assert shown is None or run_pages.is_what_is_shown(shown, printed), (
                f"{page.name}:{line} prints something else; see it, then: python docs/run_pages.py --write\n{printed}"
            )


def test_every_page_with_a_block_is_run(run_pages):
    assert run_pages.pages() == PAGES


def test_what_a_page_shows_is_told_from_what_it_does_not(run_pages):
    assert run_pages.is_what_is_shown("a  1\n...\nz", "a 1\nb 2\nz\n")
    assert not run_pages.is_what_is_shown("a 1\nz", "a 1\nb 2\nz\n")
    assert not run_pages.is_what_is_shown("a 1", "a 2")


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name
)
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_page_of_columns_names_each():
    page = (ROOT / "docs" / "reference" / "result_columns.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", page.partition("## Beside")[0], re.M)
    assert re.findall(r"`(\w+)`", " ".join(rows)) == list(GLOSSARY)


def test_readme_shows_the_first_result_in_five_lines():
    block = re.search(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert block is not None
    assert len([line for line in block[1].splitlines() if line.strip()]) <= 5


def test_the_index_names_every_page_and_every_study():
    index = ROOT / "docs" / "README.md"
    named = {(index.parent / target).resolve() for target in LINK.findall(index.read_text(encoding="utf-8"))}
    pages = {page for page in (ROOT / "docs").rglob("*.md") if page != index} | set(
        (ROOT / "analysis").glob("*/README.md")
    )
    assert sorted(str(page.relative_to(ROOT)) for page in pages if page.resolve() not in named) == []
