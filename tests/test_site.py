"""The pages build into a site of which every link leads somewhere and which loads nothing from elsewhere."""

import importlib.util
from pathlib import Path

import pytest

BUILD = Path(__file__).parent.parent / "docs" / "build_site.py"


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("build_site", BUILD)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_without_a_fault(build, tmp_path, capsys):
    for needed in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(needed, reason="the extra surveykit-settlements[docs] is not installed")
    assert build.build(tmp_path / "site") == 0, capsys.readouterr().out
    pages = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.html")}
    assert {
        "index.html",
        "docs/tutorials/ten_villages.html",
        "examples/09_a_real_survey.html",
        "docs/reference/api/estimation.html",
    } <= pages
    text = (tmp_path / "site" / "docs" / "reference" / "api" / "estimation.html").read_text(encoding="utf-8")
    assert 'id="surveykit.means"' in text


def test_what_is_wrong_in_a_page_is_found(build, tmp_path):
    (tmp_path / "a.html").write_text(
        """<h1 id="top">A</h1><a href="b.html">b</a><a href="c.html">c</a><a href="b.html#x">x</a><a href="#top">up</a>
        <a href="https://example.org">away</a><img src="https://example.org/a.png" alt="a"><img src="p.png">
        <link rel="stylesheet" href="//example.org/a.css">""",
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text("<p id='y'>B</p>", encoding="utf-8")
    (tmp_path / "s.css").write_text("@import 'https://example.org/font.css'; a { background: url(local.png) }")
    assert sorted(build.faults_of(tmp_path)) == sorted(
        [
            "a.html loads https://example.org/a.png",
            "a.html loads //example.org/a.css",
            "a.html has 1 pictures without words",
            "a.html links to c.html, which is not there",
            "a.html links to b.html#x, where there is no such place",
            "a.html links to p.png, which is not there",
            "s.css loads https://example.org/font.css",
        ]
    )


def test_every_shelf_of_the_index_is_a_part_of_the_contents(build):
    index = (BUILD.parent / "README.md").read_text(encoding="utf-8")
    assert all(f"## {shelf}\n" in index for shelf in build.SHELVES)
