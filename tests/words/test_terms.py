"""One term for one thing: what the glossary calls by one name has no other on a page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORDS = sorted((ROOT / "surveykit" / "words").glob("*.*"))
FORBIDDEN = {
    "сенімділік аралығы": "сенім аралығы",
    "сенімділік интервал": "сенім аралығы",
    "сенім интервал": "сенім аралығы",
    "таңдама": "іріктеме",
    "іріктелім": "іріктеме",
    "стандарттық қате": "стандартты қате",
    "рандомизациялық тест": "рандомизациялық критерий",
    "рандомизационный тест": "рандомизационный критерий",
    "населенн": "населённ",
    "Баға [": "Бағалау",
    "Мүмкіндіктер қатынас": "Шанстар қатынасы",
    "%-дық": "сенім аралығы (95 %)",
    "%-й ": "интервал (95 %)",
    "%-ный": "интервал (95 %)",
    "Избран против": "Сравнение групп",
}
"""Synonyms and slips by the term that stands in their place."""


@pytest.mark.parametrize("synonym", FORBIDDEN)
def test_no_second_term_is_used(synonym):
    using = [path.name for path in WORDS if path.is_file() and synonym.lower() in path.read_text("utf-8").lower()]
    assert using == [], f"write {FORBIDDEN[synonym]!r}"


def test_the_glossary_has_three_languages_and_no_term_twice():
    rows = [line for line in (ROOT / "docs/reference/glossary.md").read_text("utf-8").splitlines() if "**" in line]
    terms = [re.findall(r"\*\*(.+?)\*\*", row) for row in rows]
    assert len(rows) == 88 and all(len(row) == 3 for row in terms)
    for language in zip(*terms):
        assert len(set(language)) == len(language)
