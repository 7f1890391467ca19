"""How likely a word is in the languages of a script, and the frequencies that this rests on (letters.py)."""

import pytest

from surveykit.reading.encodings import letters
from surveykit.reading.encodings.scripts import MODELS, score_words

WORDS = {
    "cyrillic": ["доверие", "жители", "области"], "kazakh": ["тұрғындар", "әкім", "сайлау"], "western": ["größer", "élection", "año"],
    "central": ["świętość", "příliš", "érték"], "turkish": ["güven", "seçim", "doğru"], "greek": ["εκλογές", "χωριό"], "hebrew": ["בחירות", "כפר"],
    "arabic": ["انتخابات", "قرية"],
}  # fmt: skip
ALPHABETS = {
    f"{name}, {language}": text
    for name in ("CYRILLIC", "WESTERN", "CENTRAL", "TURKISH", "BALTIC", "GREEK", "HEBREW", "ARABIC", "THAI")
    for language, text in getattr(letters, name).items()
}


@pytest.mark.parametrize("script", WORDS)
def test_words_are_likeliest_in_their_own_script(script):
    scores = {other: score_words(WORDS[script], [other]) for other in WORDS}
    assert max(scores, key=scores.get) == script, scores


@pytest.mark.parametrize("word", ["Доверие", "тұрғын", "größer", "seçim"])
def test_small_capital_and_shouted_are_writing_and_a_mixture_is_not(word):
    scripts = MODELS["utf-8"]
    mixed = "".join(mark.upper() if at % 2 else mark.lower() for at, mark in enumerate(word))
    assert min(score_words([form], scripts) for form in (word, word.lower(), word.upper())) > score_words(
        [mixed], scripts
    )


def test_quotes_belong_round_a_word_and_not_into_it():
    assert score_words(["«акимат»"], ["cyrillic"]) > score_words(["аки«мат"], ["cyrillic"])
    assert score_words(["»акимат«"], ["cyrillic"]) < score_words(["«акимат»"], ["cyrillic"])
    assert score_words([], ["cyrillic"]) == 0


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
def test_frequencies_are_per_cent_of_letters_each_named_once(alphabet):
    """They are rounded, so that they add up to about a hundred (Kazakh, from several counts, to 107)."""
    entries = alphabet.split()
    assert len({entry[0] for entry in entries}) == len(entries)
    assert all(0 < float(entry[1:]) < 25 for entry in entries) and 95 < sum(float(entry[1:]) for entry in entries) < 108
