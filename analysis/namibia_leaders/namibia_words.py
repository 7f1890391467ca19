"""Titles and paragraphs of this study in English, Russian and Kazakh, from words.toml."""

import tomllib
from pathlib import Path

WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def title(key: str, lang: str) -> str:
    """Return a title or heading in one language."""
    return WORDS["titles"][key][lang]


def text(key: str, lang: str, **numbers: int) -> str:
    """Return a paragraph in one language, its gaps filled."""
    chosen = WORDS["texts"][key][lang]
    return chosen.format(**numbers) if numbers else chosen
