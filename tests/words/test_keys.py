"""Every key that the code names is a word, and every word has code that names it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from surveykit.words.pages import WORDS

ROOT = Path(__file__).parent.parent.parent / "surveykit"
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(ROOT.rglob("*.py"))
}
OUTSIDE = {name: tree for name, tree in TREES.items() if not name.startswith("words/")}
ASKING = {"word", "texts_of"}


def asked_keys(tree: ast.AST) -> Iterator[tuple[ast.expr, int]]:
    """Yield the key of each call that needs one to be known, with its line; both keys of "a if ... else b"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKING:
            key = node.args[0]
            choices = [key.body, key.orelse] if isinstance(key, ast.IfExp) else [key]
            yield from ((choice, node.lineno) for choice in choices)


@pytest.mark.parametrize("name", OUTSIDE)
def test_every_key_that_is_asked_for_is_a_word_in_three_languages(name):
    for key, line in asked_keys(OUTSIDE[name]):
        assert not isinstance(key, ast.JoinedStr), f"{name}:{line} puts a key together; write the keys in full"
        if isinstance(key, ast.Constant):
            assert key.value in WORDS, f"{name}:{line} asks for {key.value!r}, which words/pages.py does not have"
            assert len(WORDS[key.value]) == 3


def test_a_key_without_words_would_be_found():
    asked = asked_keys(ast.parse("word('no_such_key', lang) + word('yes' if x else 'nor_this')"))
    assert sorted(key.value for key, _ in asked) == ["no_such_key", "nor_this", "yes"]


def test_every_word_is_used():
    named = {node.value for tree in OUTSIDE.values() for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert [key for key in WORDS if key not in named] == []


NO_WORDS = {
    "cli/weighting.py": "the label of a weight; words/ brings pandas along, which the help of a command must not load",
    "coded_answers/undeclared.py": "what files say for a missing answer",
    "reading/codebooks/limesurvey.py": "the answers that LimeSurvey itself brings along",
    "reading/encodings/letters.py": "how often letters occur",
}
"""Files with a dict by language that is not what surveykit says, and what it holds."""


def test_words_in_three_languages_stand_in_words_only():
    dicts = [(name, node) for name, tree in OUTSIDE.items() for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    found = {
        name
        for name, node in dicts
        if {"ru", "kk"} <= {key.value for key in node.keys if isinstance(key, ast.Constant)}
    }
    assert found == set(NO_WORDS)
