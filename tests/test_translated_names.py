"""The names of groups and answers in one language."""

from surveykit.codebook import Codebook, Variable
from surveykit.translated_names import names_of_groups, names_of_levels, parts_of_groups

BOOK = Codebook.of(
    [
        Variable("sex", labels={1: {"en": "men", "ru": "мужчины"}, 2: {"en": "women", "ru": "женщины"}}),
        Variable("q", labels={1: {"en": "yes", "ru": "да"}, 2: {"en": "no", "ru": "да"}}),
    ]
)
GROUPS = {"men": (("sex", 1),), "women": (("sex", 2),), "everybody": ()}


def test_groups_and_everybody_are_named():
    assert names_of_groups(GROUPS, BOOK, "ru") == {
        "men": "мужчины", "women": "женщины", "everybody": "все респонденты"}  # fmt: skip
    assert parts_of_groups(GROUPS, BOOK, "en")["everybody"] == ()


def test_two_answers_of_one_label_stay_two():
    named = names_of_levels({"yes": 1, "no": 2}, BOOK, "q", "ru")
    assert len(set(named.values())) == 2 and all("да" in name for name in named.values())
