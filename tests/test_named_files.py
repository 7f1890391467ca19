"""A file that a docstring or comment names is there."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(path for room in ("surveykit", "tests", "analysis", "examples") for path in (ROOT / room).rglob("*.py"))
PLACES = [f"/{path.relative_to(ROOT).as_posix()}" for path in ROOT.rglob("*.py")]
NAMED = re.compile(r"[\w/.]*\w\.py\b")


def told(source: str) -> Iterator[str]:
    """Yield the comments and docstrings of a file."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def strangers(source: str) -> list[str]:
    named = [name for text in told(source) for name in NAMED.findall(text)]
    return [name for name in named if not any(place.endswith(f"/{name}") for place in PLACES)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_is_there(path):
    assert strangers(path.read_text(encoding="utf-8")) == []


def test_a_file_that_is_gone_would_be_found():
    named = '"""As in coded_words.py."""\nx = 1  # see words/pages.py, pages.py\n'  # one of them is gone
    assert strangers(named) == ["coded_words.py"]
