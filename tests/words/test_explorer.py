"""The words of the explorer: three languages, the same slots, no Latin word left in Russian or Kazakh."""

import re
from pathlib import Path

import pytest

import surveykit
from surveykit.words.explorer import explorer_sentence, explorer_words, page_words
from surveykit.words.pages import LANGUAGES

TEXTS = {f"{family}.{key}": texts for family, keys in explorer_words().items() for key, texts in keys.items()}
LATIN = {"JavaScript", "CSV", "t"}
SLOT = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_has_three_languages_with_the_same_slots(key):
    texts = TEXTS[key]
    assert tuple(texts) == LANGUAGES and all(texts.values())
    assert len({tuple(sorted(SLOT.findall(text))) for text in texts.values()}) == 1


@pytest.mark.parametrize("key", TEXTS)
@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_no_latin_word_is_left(key, lang):
    assert set(re.findall(r"[A-Za-z]+", SLOT.sub("", TEXTS[key][lang]))) <= LATIN


def test_a_slot_is_one_text_or_one_by_language():
    said = explorer_sentence("page", "found", n="3", total={"en": "nine", "ru": "9", "kk": "9"})
    assert said["en"] == "Found: 3 of nine" and said["ru"] == "Найдено: 3 из 9"
    with pytest.raises(KeyError):
        explorer_sentence("page", "no_such_word")
    assert set(page_words("kk")) == set(explorer_words()["page"])


def test_every_word_of_the_page_is_used():
    folder = Path(surveykit.__file__).parent / "report" / "pages"
    parts = [*sorted((folder / "templates").glob("explorer.*")), folder / "explorer.py", folder / "explorer_content.py"]
    text = "".join(part.read_text(encoding="utf-8") for part in parts)
    assert [key for keys in explorer_words().values() for key in keys if f'"{key}"' not in text] == []
