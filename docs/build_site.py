"""Builds the pages as a site: one command, no network, into build/site.

    python -m pip install --constraint constraints.txt ".[docs]"
    python docs/build_site.py            # then open build/site/index.html

What GitHub shows as files is laid out as a site: the four shelves of docs/README.md are its contents, notebooks become
pages, and every public name has its documentation. Afterwards every link and anchor is followed, and no page may load
anything from elsewhere.
"""

import json
import re
import shutil
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent
OUT = ROOT / "build" / "site"
COPIED = ("docs", "analysis", "examples", "*.md", "LICENSE", "CITATION.cff")
KINDS = {".md", ".png", ".svg", ".py", ".csv", ".toml", ".txt", "", ".cff"}
LINK = re.compile(r"(\]\()([^)#:\s]+)((?:#[^)\s]*)?\))")
SHELVES = ("Learn", "Do", "Look up", "Understand")
TABLES = {
    "GLOSSARY": "The columns of every result, in their order: [Columns of a result](../result_columns.md).",
    "CONVENTIONS": "The choices of each program by its name: [Whose numerical conventions?](../../explanation/conventions.md).",
}
"""What is no function and no class, and where it is explained."""
CONF = """
project = "surveykit"
author = "The surveykit developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
html_theme = "furo"
html_title = "surveykit"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
exclude_patterns = ["README.md", "docs/README.md"]
myst_heading_anchors = 4
myst_enable_extensions = []
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
suppress_warnings = ["myst.header", "toc.not_included"]
language = "en"
default_role = "code"
"""
CSS = """
img { max-width: 100%; height: auto; }
table.docutils { display: block; overflow-x: auto; }
pre { overflow-x: auto; }
"""


def stage(folder: Path) -> None:
    """Lay the sources of the site out in a folder, as the project's own folders lie, so that links hold."""
    for pattern in COPIED:
        for found in ROOT.glob(pattern):
            files = [found] if found.is_file() else [path for path in found.rglob("*") if path.is_file()]
            for file in files:
                if file.suffix in KINDS and "__pycache__" not in file.parts:
                    place = folder / file.relative_to(ROOT)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, place)
    for notebook in sorted((ROOT / "examples").glob("*.ipynb")):
        write_notebook(notebook, folder / "examples")
    shelves = write_reference(folder / "docs" / "reference" / "api")
    for page in folder.rglob("*.md"):
        page.write_text(with_links_for_the_site(page, folder), encoding="utf-8")
    (folder / "index.md").write_text(index_text(folder, shelves), encoding="utf-8")
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "_static").mkdir()
    (folder / "_static" / "site.css").write_text(CSS, encoding="utf-8")


def with_links_for_the_site(page: Path, folder: Path) -> str:
    """Return a page whose links to notebooks lead to their pages, and those to folders to the page of the folder."""

    def here(match: re.Match[str]) -> str:
        target = (page.parent / match[2]).resolve()
        if match[2].endswith(".ipynb"):
            return f"{match[1]}{match[2].removesuffix('.ipynb')}.md{match[3]}"
        if target == (folder / "docs" / "README.md").resolve():
            return f"{match[1]}{relative(folder / 'index.md', page)}{match[3]}"
        if target.is_dir():
            inside = target / "README.md" if (target / "README.md").exists() else folder / "docs" / "gallery.md"
            return f"{match[1]}{relative(inside, page)}{match[3]}"
        return match[0]

    return LINK.sub(here, page.read_text(encoding="utf-8"))


def relative(target: Path, page: Path) -> str:
    """Return the way from a page to another."""
    up = len(page.parent.resolve().relative_to(stage_root(page)).parts)
    return "../" * up + target.resolve().relative_to(stage_root(page)).as_posix()


def stage_root(page: Path) -> Path:
    """Return the folder of the sources that a page lies in."""
    return next(parent for parent in page.resolve().parents if (parent / "CITATION.cff").exists())


def write_notebook(notebook: Path, folder: Path) -> None:
    """Write a notebook as a page: its texts, its code, what that prints and draws."""
    parts = []
    for number, cell in enumerate(json.loads(notebook.read_text(encoding="utf-8"))["cells"]):
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        for count, output in enumerate(cell.get("outputs", ())):
            if "text" in output:
                parts.append(f"```text\n{''.join(output['text']).rstrip()}\n```")
            else:
                picture = folder / f"{notebook.stem}-{number}-{count}.png"
                picture.write_bytes(bytes_of(output["data"]["image/png"]))
                words = " ".join("".join(output["data"]["text/plain"]).split()).replace("[", "(").replace("]", ")")
                parts.append(f"![{words}]({picture.name})")
    links = f"The same as a [program]({notebook.stem}.py)."
    (folder / f"{notebook.stem}.md").write_text("\n\n".join([*parts, links, ""]), encoding="utf-8")


def bytes_of(text: str) -> bytes:
    """Return what base64 stands for."""
    import base64

    return base64.b64decode(text)


def write_reference(folder: Path) -> list[str]:
    """Write a page of documentation for each room of public names; return the pages."""
    import surveykit

    folder.mkdir(parents=True)
    rooms: dict[str, list[str]] = {}
    for module, names in surveykit._WHERE.items():
        rooms.setdefault(module.split(".")[0].replace("_", " "), []).extend(names)
    for room, names in rooms.items():
        lines = [f"# {room.capitalize()}: documentation of each name", ""]
        for name in names:
            thing = getattr(surveykit, name)
            if not callable(thing):
                lines += [f"## {name}", "", TABLES[name], ""]
                continue
            kind = "autoclass" if isinstance(thing, type) else "autofunction"
            lines += [f"## {name}", "", "```{eval-rst}", f".. {kind}:: surveykit.{name}", "```", ""]
        (folder / f"{room.replace(' ', '_')}.md").write_text("\n".join(lines), encoding="utf-8")
    return [f"docs/reference/api/{room.replace(' ', '_')}" for room in rooms]


def index_text(folder: Path, reference: list[str]) -> str:
    """Return the first page: the shelves of docs/README.md, and the contents beside every page."""
    text = (folder / "docs" / "README.md").read_text(encoding="utf-8")
    text = LINK.sub(lambda match: f"{match[1]}{moved(match[2])}{match[3]}", text)
    text = text.replace("# Documentation\n", "# surveykit\n\nSocial surveys compared between few settlements.\n", 1)
    contents = []
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        shelf = part.split("\n", 1)[0].strip()
        pages = dict.fromkeys(re.findall(r"\]\(([^)#]+)\.md\)", part))
        entries = [page for page in pages if (folder / f"{page}.md").exists()]
        entries += reference if shelf == "Look up" else []
        contents += ["```{toctree}", ":hidden:", f":caption: {shelf}", "", *entries, "```", ""]
    more = [page.stem for page in sorted(folder.glob("*.md")) if page.name not in ("README.md", "index.md")]
    notebooks = [f"examples/{page.stem}" for page in sorted((folder / "examples").glob("*.md"))]
    contents += ["```{toctree}", ":hidden:", ":caption: Examples", "", *notebooks, "```", ""]
    contents += ["```{toctree}", ":hidden:", ":caption: The project", "", *more, "```", ""]
    return "\n".join([text, "", *contents])


def moved(target: str) -> str:
    """Return a link of docs/README.md as it is written from the first page."""
    return target.removeprefix("../") if target.startswith("../") else f"docs/{target}"


REACHABLE = {
    'role="heading"><span class="caption-text">': 'role="heading" aria-level="2"><span class="caption-text">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Contents">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    "<pre>": '<pre tabindex="0">',
    '<table class="docutils': '<table tabindex="0" class="docutils',
}
"""What the theme leaves out for those who use a keyboard or a screen reader (rules of axe-core)."""


def make_reachable(site: Path) -> None:
    """Add to the pages what the theme leaves out: levels and names of landmarks, and keys for what scrolls."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for theirs, ours in REACHABLE.items():
            text = text.replace(theirs, ours)
        page.write_text(text, encoding="utf-8")


class Page(HTMLParser):
    """What a built page links to, what it loads, and the anchors that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.pictures_without_words = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag links to, loads or names."""
        given = dict(attrs)
        self.anchors |= {value for value in (given.get("id"), given.get("name")) if value}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        elif tag == "link" and "stylesheet" in (given.get("rel") or "") and given.get("href"):
            self.loads.append(given["href"] or "")
        elif given.get("src"):
            self.loads.append(given["src"] or "")
        if tag == "img" and not given.get("alt"):
            self.pictures_without_words += 1


def faults_of(site: Path) -> list[str]:
    """Return what is wrong in a built site: links and anchors that lead nowhere, things loaded from elsewhere."""
    pages = {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    faults = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        faults += [f"{name} loads {load}" for load in page.loads if urlsplit(load).scheme in ("http", "https")]
        faults += [f"{name} loads {load}" for load in page.loads if load.startswith("//")]
        if page.pictures_without_words:
            faults.append(f"{name} has {page.pictures_without_words} pictures without words")
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                faults.append(f"{name} links to {link}, which is not there")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                faults.append(f"{name} links to {link}, where there is no such place")
    faults += [f"{path.name} loads {found}" for path in site.rglob("*.css") for found in loads_of_css(path)]
    return faults


def loads_of_css(path: Path) -> list[str]:
    """Return what a style sheet loads from elsewhere."""
    return re.findall(r"(?:url\(|@import\s)['\"]?((?:https?:)?//[^'\")]+)", path.read_text(encoding="utf-8"))


def build(out: Path) -> int:
    """Build the site into a folder; return how many things are wrong with it."""
    from sphinx.application import Sphinx

    with tempfile.TemporaryDirectory() as made:
        source = Path(made, "source")
        source.mkdir()
        stage(source)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        application = Sphinx(
            str(source), str(source), str(out), f"{made}/trees", "html", status=None, warning=sys.stderr, parallel=2
        )
        application.build()
        warnings = application._warncount
    make_reachable(out)
    faults = faults_of(out)
    print("\n".join(faults), end="\n" if faults else "")
    pages = len(list(out.rglob("*.html")))
    print(f"{out}/index.html: {pages} pages, {warnings} warnings, {len(faults)} faults")
    return warnings + len(faults)


if __name__ == "__main__":
    sys.exit(bool(build(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)))
