"""Pairs of questions that differ by a negation, a number, a unit or the object, in three languages: each blocks both ways."""

import tomllib

import pandas as pd
import pytest

import surveykit as sk
from surveykit.reading.waves.crosswalk import parse_crosswalk

OTHER = {
    "en": [
        ("The akim keeps his promises", "The akim never keeps his promises"),
        ("Elections here are fair", "Elections here are unfair"),
        ("Did you vote in the last election?", "Did you vote in the last two elections?"),
        ("How many cows do you own?", "How many sheep do you own?"),
        ("Income per month, in thousand tenge", "Income per month, in tenge"),
        (
            "How often did you visit the akimat in the past 6 months?",
            "How often did you visit the akimat in the past 12 months?",
        ),
        ("Do you trust your neighbours?", "Do you trust your relatives?"),
        ("Are roads better than five years ago?", "Will roads be better in five years?"),
        ("Do you agree that women should hold office?", "Do you agree that women should not hold office?"),
        ("Distance to the school, km", "Distance to the school, m"),
        ("Do you own a radio?", "Do you own a television?"),
        ("Is it easy to get a permit?", "Is it difficult to get a permit?"),
        ("Did anyone ask you for a bribe?", "Did you offer anyone a bribe?"),
        ("How satisfied are you with water supply?", "How dissatisfied are you with water supply?"),
        ("Were you born in this village?", "Was your father born in this village?"),
        ("Do you use the internet at home?", "Do you use the internet at work?"),
        ("The district akim should be elected", "The district akim should be appointed"),
        ("Someone can be trusted", "No one can be trusted"),
        ("I can influence decisions", "I can't influence decisions"),
        ("Rate the akim from 1 to 5", "Rate the akim from 1 to 10"),
        ("Most people can be trusted", "Few people can be trusted"),
        ("Do you have less money than last year?", "Do you have more money than last year?"),
        ("Would you vote without pressure?", "Would you vote with pressure?"),
        ("Household head's age", "Respondent's age"),
    ],
    "ru": [
        ("Аким выполняет обещания", "Аким не выполняет обещания"),
        ("Выборы были честными", "Выборы были нечестными"),
        ("Сколько у Вас коров?", "Сколько у Вас овец?"),
        ("Доход в месяц, тыс. тенге", "Доход в месяц, тенге"),
        ("Обращались ли Вы в акимат за последние 6 месяцев?", "Обращались ли Вы в акимат за последние 12 месяцев?"),
        ("Доверяете ли Вы соседям?", "Доверяете ли Вы родственникам?"),
        ("Дороги стали лучше, чем год назад?", "Дороги станут лучше через год?"),
        ("Женщины должны занимать должности", "Женщины не должны занимать должности"),
        ("Расстояние до школы, км", "Расстояние до школы, м"),
        ("Легко ли получить справку?", "Трудно ли получить справку?"),
        ("Вы давали взятку?", "У Вас просили взятку?"),
        ("Аким района должен избираться", "Аким района должен назначаться"),
        ("Большинству людей можно доверять", "Меньшинству людей можно доверять"),
        ("Я могу влиять на решения", "Я никак не могу влиять на решения"),
        ("Есть ли у Вас радио?", "Есть ли у Вас телевизор?"),
        ("Вы пользуетесь интернетом дома?", "Вы пользуетесь интернетом на работе?"),
        ("Ваш отец родился здесь?", "Ваша мать родилась здесь?"),
        ("Голосовали ли Вы на двух последних выборах?", "Голосовали ли Вы на трёх последних выборах?"),
        ("Кто-либо просил Вас о помощи?", "Никто не просил Вас о помощи?"),
        ("Вы бы пошли на выборы без давления?", "Вы бы пошли на выборы под давлением?"),
        ("Оцените акима от 1 до 5", "Оцените акима от 1 до 10"),
        ("Доверяете ли Вы акиму района?", "Доверяете ли Вы акиму области?"),
    ],
    "kk": [
        ("Әкім уәдесін орындайды", "Әкім уәдесін орындамайды"),
        ("Сайлау әділ өтті", "Сайлау әділетсіз өтті"),
        ("Сіздің қанша сиырыңыз бар?", "Сіздің қанша қойыңыз бар?"),
        ("Айлық табыс, мың теңге", "Айлық табыс, теңге"),
        ("Соңғы 6 айда әкімдікке бардыңыз ба?", "Соңғы 12 айда әкімдікке бардыңыз ба?"),
        ("Көршілеріңізге сенесіз бе?", "Туыстарыңызға сенесіз бе?"),
        ("Жолдар былтырдан жақсы ма?", "Жолдар келер жылы жақсы бола ма?"),
        ("Әйелдер басшы болуы керек", "Әйелдер басшы болмауы керек"),
        ("Мектепке дейінгі қашықтық, км", "Мектепке дейінгі қашықтық, м"),
        ("Анықтама алу оңай ма?", "Анықтама алу қиын ба?"),
        ("Аудан әкімі сайлануы тиіс", "Аудан әкімі тағайындалуы тиіс"),
        ("Адамдардың көбіне сенуге болады", "Адамдардың азына сенуге болады"),
        ("Шешімдерге әсер ете аламын", "Шешімдерге әсер ете алмаймын"),
        ("Үйде радио бар ма?", "Үйде теледидар бар ма?"),
        ("Интернетті үйде қолданасыз ба?", "Интернетті жұмыста қолданасыз ба?"),
        ("Әкеңіз осында туған ба?", "Анаңыз осында туған ба?"),
        ("Соңғы екі сайлауда дауыс бердіңіз бе?", "Соңғы үш сайлауда дауыс бердіңіз бе?"),
        ("Біреу көмек сұрады ма?", "Ешкім көмек сұрамады ма?"),
        ("Әкімге сенесіз бе?", "Әкімге сенбейсіз бе?"),
        ("Судың сапасына қанағаттанасыз ба?", "Судың сапасына қанағаттанбайсыз ба?"),
        ("Аудан әкіміне сенесіз бе?", "Облыс әкіміне сенесіз бе?"),
        ("Жұмысыңыз бар ма?", "Жұмысыңыз жоқ па?"),
    ],
}
"""Made up for this test, after the code was written."""

SAME = {
    "en": [
        ("Q5. How much do you trust the akim?", "How much do you trust the akim?"),
        ("Do you trust the Akim ?", "Do you trust the akim?"),
        ("Age (in years)", "Age in years"),
        ("Your age", "Your  age:"),
    ],
    "ru": [
        ("Доверяете ли Вы акиму?", "В5. Доверяете ли вы акиму"),
        ("Всё ли Вас устраивает?", "Все ли вас устраивает?"),
    ],
    "kk": [
        ("Әкімге сенесіз бе?", "1. Әкімге сенесіз бе"),
    ],
}


def waves(lang, first, second, name="q1"):
    return {
        year: sk.Survey(pd.DataFrame({key: [1, 2, 3]}), sk.Codebook.of([sk.Variable(key, {lang: text})]))
        for year, key, text in (("2021", "q1", first), ("2023", name, second))
    }


@pytest.mark.parametrize("lang", [*OTHER])
def test_another_question_blocks_both_ways_and_no_proposal_takes_that_away(lang):
    for first, second in [*OTHER[lang], *(pair[::-1] for pair in OTHER[lang])]:
        asked = waves(lang, first, second)
        audit = sk.audit_waves(asked)
        assert any(difference.blocking for difference in audit.differences), (first, second)
        text = audit.propose_crosswalk()
        assert first in text and second in text
        with pytest.raises(sk.CodebookError):
            sk.stack_waves(asked, crosswalk=parse_crosswalk(tomllib.loads(text)))
        renamed = parse_crosswalk(tomllib.loads(sk.audit_waves(waves(lang, first, second, "z9")).propose_crosswalk()))
        assert not any(variable.source for variable in renamed.variables.values()), (first, second)


@pytest.mark.parametrize("lang", [*SAME])
def test_the_same_question_written_otherwise_does_not_block(lang):
    for first, second in SAME[lang]:
        audit = sk.audit_waves(waves(lang, first, second))
        assert not any(difference.blocking for difference in audit.differences), (first, second)
