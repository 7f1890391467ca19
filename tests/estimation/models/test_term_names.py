"""Coefficients under the questions and answers of the codebook."""

from surveykit.codebook import Codebook, Variable
from surveykit.estimation.models.term_names import Coefficient

BOOK = Codebook.of([
    Variable("sex", {"en": "Sex", "ru": "Пол"}, labels={1: {"en": "Man", "ru": "Мужчина"}, 2: {"en": "Woman", "ru": "Женщина"}}),
    Variable("age", {"en": "Age"}),
])  # fmt: skip


def test_an_answer_stands_under_its_question():
    woman = Coefficient((("sex", 2),))
    assert (woman.heading(BOOK), woman.answer(BOOK), woman.text(BOOK)) == ("Sex", "Woman", "Sex: Woman")
    assert woman.text(BOOK, "ru") == "Пол: Женщина"


def test_a_number_has_no_answer():
    assert (Coefficient((("age", None),)).answer(BOOK), Coefficient((("age", None),)).text(BOOK)) == ("", "Age")


def test_an_interaction_names_all_its_parts():
    both = Coefficient((("sex", 2), ("age", None)))
    assert both.heading(BOOK) == "Sex × Age"
    assert both.answer(BOOK) == "Woman"
    assert both.text(BOOK) == "Sex: Woman × Age"
