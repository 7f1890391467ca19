import re
import string

import pytest
from matplotlib.font_manager import FontProperties, findfont, get_font

from surveykit.errors import ArgumentError
from surveykit.results import GLOSSARY
from surveykit.words.pages import LANGUAGES, WORDS, check_language, texts_of, word, word_or_text

SAME_IN_ALL = {"cr0", "cr1", "cr1s", "sha256", "p_value", "n", "score", "r_squared"}


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", WORDS)
def test_every_word_stands_in_three_languages_with_the_same_gaps(key):
    texts = WORDS[key]
    assert len(texts) == len(LANGUAGES) == 3
    assert all(text.strip() == text and text for text in texts)
    assert gaps(texts[0]) == gaps(texts[1]) == gaps(texts[2])
    if key not in SAME_IN_ALL:
        assert texts[0] != texts[1] and texts[0] != texts[2]


def test_the_default_font_has_every_letter():
    font = get_font(findfont(FontProperties(family="DejaVu Sans")))
    letters = {letter for texts in WORDS.values() for text in texts for letter in text}
    assert {letter for letter in letters if not font.get_char_index(ord(letter))} == set()


def test_kazakh_and_russian_are_not_mixed_up():
    only_kazakh = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
    for key, (english, russian, kazakh) in WORDS.items():
        assert not only_kazakh & set(russian), key
        assert not set(english) & set("абвгдежзиклмнопрстуфхцчшщыэюя"), key
        if len(re.sub(r"{\w+}", "", kazakh)) > 40:
            assert only_kazakh & set(kazakh), key


def test_every_glossary_column_has_a_heading():
    assert [name for name in GLOSSARY if name not in WORDS] == []


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError, match="no_such_key"):
        word("no_such_key", "kk")


def test_what_is_the_users_own_keeps_its_text():
    assert word_or_text("my_own_method", "ru") == "my_own_method" and word_or_text("n_clusters", "ru") == "Кластеры"


def test_a_codebook_gets_a_word_in_every_language():
    assert texts_of("wave") == {"en": "Wave", "ru": "Волна", "kk": "Толқын"}


def test_a_language_that_surveykit_does_not_speak_is_refused():
    with pytest.raises(ArgumentError, match=r"`lang` must be one of \['en', 'ru', 'kk'\], but 'kz' was given"):
        check_language("kz")
