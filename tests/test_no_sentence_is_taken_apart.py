"""What a sentence says is a field as well: no code of ours reads it out of the sentence again.

Texts of others (files, libraries, users) may be taken apart. Each place that does so, and could be taken for one that
does it to a sentence of ours, is listed with whose text it is.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "surveykit"
FILES = sorted(ROOT.rglob("*.py"))
CUTTING = {"split", "rsplit", "partition", "rpartition", "startswith", "endswith", "removeprefix", "removesuffix"}
SENTENCES = {"method", "title", "notes", "message", "facts", "headline", "summary", "steps"}
"""Attributes and methods of results and errors that hold sentences."""

TEXTS_OF_OTHERS = {
    "formulas/columns.py": "an error of patsy's",
    "formulas/values.py": "an error of patsy's or numpy's",
    "reading/spss_stata/spss_file.py": "an error of pyreadstat's",
}
READ_BY_PATTERNS = {
    "toml_file.py": "TOML",
    "files/kinds.py": "first bytes of a file",
    "report/tables/table_text.py": "a number as a cell shows it",
    "report/figures/timeline_figure.py": "dates of a user's table",
    "report/figures/figure_file.py": "SVG of matplotlib's",
    "report/pages/html_document.py": "SVG of matplotlib's",
    "report/pages/archive.py": "XML of python-docx's and openpyxl's",
    "files/seal.py": "the seal in a file",
    "report/records.py": "names of settlements, whose numbers are to be put in order",
    "report/text_widths.py": "dollars in a caller's text, which may stand around mathematics",
    "report/figures/likert_texts.py": "questions of a user's, word by word",
    "formatting.py": "characters that no page may hold",
    "spreadsheet_text.py": "cells that a spreadsheet would run",
    "formulas/values.py": "an error of patsy's or numpy's",
    "formulas/habits.py": "a formula as it was typed",
    "results.py": "a name for LaTeX, as the caller gave it",
    "comparison/answers/wave_cells.py": "dates of a user's data",
    "cli/terminal.py": "characters that a terminal does not print",
    "cli/tool.py": "names of arguments, which a command has under other names; errors of libraries",
    "replication/expressions.py": "claims of a user's file",
    "replication/draft_mapping.py": "names and years of a user's file",
    "replication/study_facts.py": "titles of a user's study.toml",
    "replication/study_mapping.py": "labels of a user's file",
    "replication/quotations.py": "words of a source that a user's ledger quotes",
    "simulation/study_files.py": "the README of a folder, which is all that tells what a simulation wrote there",
}
"""Modules outside `reading`, which reads files of others, that use regular expressions."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def words_in(node: ast.AST) -> bool:
    """Whether a node is a constant text with a blank and a letter: a piece of a sentence."""
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and " " in text and any(letter.isalpha() for letter in text)


def is_text_of_error(node: ast.AST, caught: set[str]) -> bool:
    """Whether a node is ``str(error)`` or ``error.args`` of a caught error."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str" and node.args:
        node = node.args[0]
        return isinstance(node, ast.Name) and (node.id in caught or node.id == "error")
    return isinstance(node, ast.Attribute) and node.attr == "args" and isinstance(node.value, ast.Name)


def holds_sentence(node: ast.AST) -> bool:
    """Whether a node is an attribute that holds a sentence (``result.method``), or a call of one."""
    node = node.func if isinstance(node, ast.Call) else node
    return isinstance(node, ast.Attribute) and node.attr in SENTENCES


def places_that_cut(tree: ast.AST) -> list[str]:
    """Return where sentences of ours may be taken apart, each with its line."""
    caught = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(isinstance(one, ast.In | ast.NotIn) for one in node.ops):
            inside = node.comparators[0]
            text = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
            listed = isinstance(inside, ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Subscript)
            if text and is_text_of_error(inside, caught):
                found.append(f"{node.lineno}: a text is looked for in an error")
            elif words_in(node.left) and not listed:
                found.append(f"{node.lineno}: words are looked for in a text")
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in CUTTING:
            given = node.args[0] if node.args else None
            if given is not None and (holds_sentence(node.func.value) or is_text_of_error(node.func.value, caught)):
                found.append(f"{node.lineno}: a sentence is cut")
            elif given is not None and words_in(given):
                found.append(f"{node.lineno}: a text is cut at words")
            elif isinstance(given, ast.Constant) and given.value in (", ", "; "):
                found.append(f"{node.lineno}: a list in words is cut at its marks")
        elif isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
            read = [one for one in node.args if holds_sentence(one) or is_text_of_error(one, caught)]
            found += [f"{node.lineno}: a regular expression reads a sentence" for _ in read]
    return found


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_sentence_of_ours_is_cut_or_searched(path):
    found = places_that_cut(ast.parse(path.read_text(encoding="utf-8")))
    if name_of(path) in TEXTS_OF_OTHERS:
        assert found, f"{name_of(path)} takes no text of others apart any more; take it off the list"
    else:
        assert not found, f"{name_of(path)}:{found[0]}; carry the fact as a field instead"


def test_regular_expressions_read_texts_of_others_only():
    using = {name_of(path) for path in FILES if re.search(r"(?m)^import re$", path.read_text(encoding="utf-8"))}
    files_of_others = ("reading/", "coded_answers/", "key_spellings.py")
    assert {name for name in using if not name.startswith(files_of_others)} == set(READ_BY_PATTERNS)


@pytest.mark.parametrize(
    "source",
    [
        'try:\n    f()\nexcept ValueError as why:\n    if "varies inside" not in str(why): raise',
        'try:\n    f()\nexcept ValueError as why:\n    if "memory" in str(why): raise',
        'base = weight.removeprefix("weighted by ")',
        'parts = group.split(", ")',
        'base, _, steps = weight.partition("; ")',
        'if result.method.startswith("Means"): pass',
        "if re.search(pattern, result.title): pass",
        'found = "not asked" in sentence',
    ],
)
def test_the_search_finds_what_it_is_for(source):
    assert len(places_that_cut(ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source",
    ['if kind in ("no code", "all"): pass', 'path.name.split(".")', "if name in str(path): pass", "text.split()"],
)
def test_the_search_leaves_other_texts_alone(source):
    assert not places_that_cut(ast.parse(source))
