"""Scales in words that are known, in the order of their words."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.coded_answers.scale_words import SCALES, recognize_scale

# Orders as questionnaires print them, from the least to the most; the last one of some rows is no answer.
ORDERED = [
    ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"],
    ["Completely disagree", "Tend to disagree", "Tend to agree", "Completely agree"],
    [
        "Совершенно не согласен",
        "Скорее не согласен",
        "И согласен, и не согласен",
        "Скорее согласен",
        "Полностью согласен",
    ],
    ["Не согласен(на)", "Скорее согласен(на)", "Согласен(на)", "Полностью согласен(на)"],
    ["Мүлдем келіспеймін", "Келіспеймін", "Бейтарап", "Келісемін", "Толық келісемін"],
    ["Не доверяю", "Скорее не доверяю", "Скорее доверяю", "Доверяю", "Полностью доверяю"],
    ["Мүлдем сенбеймін", "Сенбеймін", "Ішінара сенемін", "Сенемін", "Толық сенемін"],
    ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"],
    ["Совершенно не удовлетворён", "Скорее не удовлетворён", "Скорее удовлетворён", "Полностью удовлетворён"],
    ["Қанағаттанбаймын", "Ішінара қанағаттанамын", "Қанағаттанамын", "Толық қанағаттанамын"],
    ["Never", "Rarely", "Sometimes", "Often", "Always"],
    ["Никогда", "Редко", "Иногда", "Часто", "Всегда"],
    ["Ешқашан", "Сирек", "Кейде", "Жиі", "Әрқашан"],
    ["Никогда", "Раз в год", "Раз в месяц", "Раз в неделю", "Каждый день"],
    ["Very bad", "Bad", "Average", "Good", "Very good", "Excellent"],
    ["Очень плохо", "Плохо", "Удовлетворительно", "Хорошо", "Отлично"],
    ["Өте нашар", "Нашар", "Орташа", "Жақсы", "Өте жақсы"],
    ["Not at all", "Just a little", "Somewhat", "A lot"],
    ["Нет", "Скорее нет", "Скорее да", "Да"],
    ["Жоқ", "Иә"],
    ["18-24", "25-34", "35-54", "55+"],
    ["1 - never", "2", "3", "4", "5 - always"],
]


@pytest.mark.parametrize("order", ORDERED, ids=lambda order: order[0])
def test_a_known_scale_is_put_in_order_wherever_it_is_shown(order):
    """Not by the alphabet: the order is the questionnaire's."""
    rng = np.random.default_rng(len(order[0]))
    answers = pd.DataFrame(
        {"q": rng.permutation(np.repeat(order, 5)), "village": np.resize(list("ABC"), 5 * len(order))}
    )
    assert recognize_scale(rng.permutation(order)).answers == tuple(order)
    found = sk.shares(sk.SurveyDesign(answers, cluster="village"), "q")
    assert found.table["level"].tolist() == order and " < ".join(order) in found.method
    assert sk.frequencies(answers, "q").table["level"].tolist()[: len(order)] == order
    category = sk.as_category(answers, "q").cat
    assert category.categories.tolist() == order and category.ordered


@pytest.mark.slow
@given(st.sampled_from([(kind, points) for kind, languages in SCALES.items() for points in languages]), st.data())
@settings(max_examples=200, deadline=None)
def test_any_choice_of_wordings_of_one_scale_has_the_order_of_their_ranks(scale, data):
    kind, points = scale
    ranks: dict[float, list[str]] = {}
    for rank, words in points:
        ranks.setdefault(rank, []).extend(words.split("|"))
    chosen = data.draw(st.lists(st.sampled_from(sorted(ranks)), min_size=2, max_size=8, unique=True))
    answers = {data.draw(st.sampled_from(ranks[rank])): rank for rank in chosen}
    found = recognize_scale([text.capitalize() for text in answers])
    known = found is not None and len(answers) == len(chosen)
    if known and found.kind == kind:
        assert [answers[text.casefold()] for text in found.answers] == sorted(answers.values())


@pytest.mark.parametrize(
    "answers",
    [
        ["Red", "Blue", "Green"],
        ["Алматы", "Талдықорған", "Қонаев"],
        ["Agree", "Blue"],
        ["Good", "Agree", "Often"],
        ["Fair", "Average", "Good"],
        ["men", "women"],
        ["Only one"],
    ],
)
def test_what_is_no_known_scale_has_no_order_and_a_figure_takes_no_side(answers):
    frame = pd.DataFrame({"q": np.resize(answers, 30), "village": np.resize(list("ABCDE"), 30)})
    found = sk.shares(sk.SurveyDesign(frame, cluster="village"), "q")
    assert found.facts["unordered"] == ("q",) and "words without a known order" in found.method
    ax = sk.draw_shares(found)
    numbers = sk.plotted_numbers(ax)
    assert not (numbers["mark"] == "total").any() or numbers.loc[numbers["mark"] == "total", "value"].eq(0).all()
    assert numbers["x_from"].min() == pytest.approx(0, abs=1e-12), (
        "nothing lies left of a centre that words do not have"
    )
    assert not sk.as_category(frame, "q").cat.ordered
