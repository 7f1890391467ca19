"""Two questions are one only when no word of them changed: whatever the language, whatever the word."""

import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from surveykit.coded_answers.wordings import FILLERS, bare_question, compare_wordings, tokens

# Pairs from questionnaires: what changed is a thing, a negation, a time, a number, a unit, a device, a place.
OTHER_QUESTIONS = [
    ("How much do you trust the president?", "How much do you trust the police?"),
    (
        "People like you have a say in what the government does",
        "People like you have no say in what the government does",
    ),
    ("Депутаты должны отчитываться перед жителями", "Депутаты не должны отчитываться перед жителями"),
    ("The economy in 12 months' time", "The economy compared with 12 months ago"),
    ("Household income, tenge", "Household income, thousand tenge"),
    ("Доход семьи, тенге", "Доход семьи, тыс. тенге"),
    ("Отбасы табысы, теңге", "Отбасы табысы, мың теңге"),
    ("Do you own a radio?", "Do you own a computer?"),
    ("Distance to the school in Ashchysai, km", "Distance to the school in Karaoi, km"),
    ("Әкімге сенесіз бе?", "Әкімге сенбейсіз бе?"),
    ("Ауыл өмірі жақсы болады", "Ауыл өмірі жақсы болмады"),
    ("Вы довольны дорогами?", "Вы недовольны дорогами?"),
    ("Went to a meeting in the last 12 months", "Went to a meeting in the last 6 months"),
    ("Share of income, %", "Share of income, $"),
    ("Aged < 18", "Aged ≥ 18"),
    ("Moved to the village", "Moved from the village"),
    ("The akim is accountable", "The akim was accountable"),
    ("The akim and the council", "The akim or the council"),
    ("Contact with the police", "Contract with the police"),
    ("Counties visited", "Countries visited"),
    ("2021: income", "2023: income"),
    ("18-24: employed", "25-34: employed"),
    ("Confía en la policía", "Confía en la justicia"),
    ("Vertrauen in den Bürgermeister", "Vertrauen in den Landrat"),
    ("您信任总统吗", "您信任警察吗"),
    ("Better akim than council", "Better council than akim"),
]
SAME_QUESTIONS = [
    ("Q71c. Performance: local councilor", "Q68. Performance: local councillor"),
    ("В12) Доверие акиму", "В13) Доверие  акиму?"),
    ("Do you trust the akim?", "DO YOU TRUST AKIM"),
    ("Labour force participation", "labor force participation"),
    ("Trust in organisations", "Trust in organizations"),
    ("Вы доверяете акиму?", "Доверяете ли Вы акиму"),
    ("Ребёнок ходит в школу", "Ребенок ходит в школу"),
    ("¿Confía usted en la policía?", "Confia usted en la policia"),
    ("Қанағаттанасыз ба?", "Канагаттанасыз ба"),
    ("E-mail address", "Email address"),
    ("Age 18–24", "Age 18-24"),
    ("Income over 1 000 tenge", "Income over 1000 tenge"),
    ("Goverment services", "Government service"),
    ("Trust (show card 3)", "Trust (show card 5)"),
    ("Don't you agree?", "Don’t you agree"),
]


@pytest.mark.parametrize(("ours", "theirs"), OTHER_QUESTIONS)
def test_a_changed_word_is_another_question(ours, theirs):
    found = compare_wordings(ours, theirs)
    assert found.verdict == "question" and found.changed
    assert compare_wordings(theirs, ours).verdict == "question"


@pytest.mark.parametrize(("ours", "theirs"), SAME_QUESTIONS)
def test_spelling_stops_case_and_articles_change_nothing(ours, theirs):
    assert compare_wordings(ours, theirs).verdict != "question"
    assert compare_wordings(theirs, ours).verdict != "question"


LETTERS = st.sampled_from(
    [
        string.ascii_lowercase,
        "абвгдежзиклмнопрстуфхцчшщыэюя",
        "аәбвгғдежзиійкқлмнңоөпрстуұүфхһшыіэюя",
        "αβγδεζηθικλμνξοπρστυφχψω",
        "אבגדהוזחטיכלמנסעפצקרשת",
    ]
)
SENTENCES = LETTERS.flatmap(lambda letters: st.lists(st.text(letters, min_size=3, max_size=9), min_size=2, max_size=9))


@pytest.mark.slow
@given(SENTENCES, SENTENCES, st.data())
@settings(max_examples=300, deadline=None)
def test_any_word_of_any_script_that_is_replaced_added_or_left_out_is_seen(words, others, data):
    place = data.draw(st.integers(0, len(words) - 1))
    new = data.draw(st.sampled_from(others))
    assume(not {new, words[place]} & FILLERS and new[:2] != words[place][:2])
    for changed in (
        [*words[:place], new, *words[place + 1 :]],
        [*words[:place], *words[place + 1 :]],
        [*words[:place], new, *words[place:]],
    ):
        if "".join(changed) != "".join(words):
            assert compare_wordings(" ".join(words), " ".join(changed)).verdict == "question"


@pytest.mark.slow
@given(SENTENCES, st.data())
@settings(max_examples=200, deadline=None)
def test_case_stops_and_numbers_in_front_never_make_another_question(words, data):
    text = " ".join(words)
    number = data.draw(st.sampled_from(["Q1. ", "В12) ", "3.2. ", "Вопрос 7: ", "q71c. "]))
    stops = data.draw(
        st.lists(st.sampled_from([", ", " ", "; ", " … ", "  "]), min_size=len(words), max_size=len(words))
    )
    other = number + "".join(word.capitalize() + stop for word, stop in zip(words, stops)) + "?"
    assert compare_wordings(text, other).verdict == "same"


@pytest.mark.slow
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_two_numbers_are_two_questions(one, other):
    assume(one != other)
    assert compare_wordings(f"income over {one} tenge", f"income over {other} tenge").verdict == "question"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("-2", "+2"),
        ("<18", "≥18"),
        ("<=18", ">=18"),
        ("++", "--"),
        ("+", "-"),
        ("😀", "😢"),
        ("★★★", "★"),
        ("18+", "18"),
        ("−1", "1"),
        ("1.5", "15"),
        ("?", "!"),
    ],
)
def test_signs_tell_labels_apart(one, other):
    assert tokens(one) != tokens(other)


@pytest.mark.parametrize(
    ("one", "other"), [("−2", "-2"), ("+2", "2"), ("0,5", "0.5"), ("<=5", "≤5"), ("Agree.", "agree"), ("1 - 5", "1–5")]
)
def test_one_sign_in_two_letters_is_one(one, other):
    assert tokens(one) == tokens(other)


def test_a_text_of_a_number_only_stays():
    assert bare_question("Q5.") == "Q5." and bare_question("12 months") == "12 months"


def test_a_filler_may_come_or_go_and_not_take_the_place_of_another():
    assert compare_wordings("Trust in the akim", "Trust the akim").verdict == "wording"
    assert compare_wordings("Moved in the village", "Moved to the village").verdict == "question"
    assert compare_wordings("Is he right", "Are he right").verdict == "question"
