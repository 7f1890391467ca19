"""The word that everything resting on simulated answers carries."""

from surveykit.words.pages import LANGUAGES, word
from surveykit.words.simulated import SIMULATED, SIMULATED_SENTENCE


def test_every_language_begins_with_the_same_word_so_that_nobody_misses_it():
    assert SIMULATED_SENTENCE.startswith(SIMULATED)
    for key in ("simulated", "simulated_short"):
        assert all(word(key, lang).startswith(SIMULATED) for lang in LANGUAGES)
