"""A small SIMULATED study with everything that the expectations speak of: ten settlements, two waves, three languages."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk

ITEMS = ["q1", "q2", "q3"]
LEVELS = {
    1: {"en": "Strongly disagree", "ru": "Совершенно не согласен", "kk": "Мүлдем келіспеймін"},
    2: {"en": "Disagree", "ru": "Не согласен", "kk": "Келіспеймін"},
    3: {"en": "Neither", "ru": "И да, и нет", "kk": "Бейтарап"},
    4: {"en": "Agree", "ru": "Согласен", "kk": "Келісемін"},
    5: {"en": "Strongly agree", "ru": "Полностью согласен", "kk": "Толық келісемін"},
}
MISSING = {
    98: {"en": "Don't know", "ru": "Затрудняюсь ответить", "kk": "Жауап беруге қиналамын"},
    99: {"en": "Refused", "ru": "Отказ от ответа", "kk": "Жауап беруден бас тартты"},
}
QUESTIONS = {
    "q1": {
        "en": "The akim listens to residents",
        "ru": "Аким прислушивается к жителям",
        "kk": "Әкім тұрғындарды тыңдайды",
    },
    "q2": {"en": "I trust the akim", "ru": "Я доверяю акиму", "kk": "Мен әкімге сенемін"},
    "q3": {"en": "The budget is open", "ru": "Бюджет открыт", "kk": "Бюджет ашық"},
}
AKIM = {
    0: {"en": "appointed", "ru": "назначен", "kk": "тағайындалған"},
    1: {"en": "elected", "ru": "избран", "kk": "сайланған"},
}
WHERE = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}
LANGUAGES = ["en", "ru", "kk"]


def make_frame(treated: int = 5, settlements: int = 10, each: int = 24, seed: int = 5) -> pd.DataFrame:
    """Answers in settlements of which the first `treated` elect; both waves in every settlement."""
    rng = np.random.default_rng(seed)
    n = settlements * each
    number = np.repeat(np.arange(settlements), each)
    lean = rng.normal(size=n)
    frame = pd.DataFrame({
        "id": np.arange(1, n + 1),
        "settlement": [f"S{which + 1:02d}" for which in number],
        "akim": (number < treated).astype(int),
        "wave": np.tile([2021, 2023], n // 2),
        "first_wave": np.where(number < treated, 2023.0, np.nan),
        "interviewer": [f"I{which}" for which in rng.integers(1, 7, n)],
        "sex": rng.integers(1, 3, n),
        "age": rng.integers(18, 80, n),
        "age_group": rng.integers(1, 4, n),
        "w": rng.uniform(0.5, 3.0, n).round(3),
    })  # fmt: skip
    for item in ITEMS:
        answers = np.clip(np.round(3 + 0.9 * lean + 0.8 * rng.normal(size=n)), 1, 5)
        answers[rng.random(n) < 0.06] = 98
        answers[rng.random(n) < 0.03] = 99
        frame[item] = answers
    return frame


def make_book() -> sk.Codebook:
    return sk.Codebook.of(
        [
            *(sk.Variable(name, QUESTIONS[name], LEVELS, MISSING, measure="ordinal") for name in ITEMS),
            sk.Variable("akim", {"en": "Akim", "ru": "Аким", "kk": "Әкім"}, AKIM),
            sk.Variable("sex", {"en": "Sex"}, {1: {"en": "man"}, 2: {"en": "woman"}}),
        ]
    )


def make_survey(simulated: bool = True, **options) -> sk.Survey:
    provenance = sk.Provenance("answers.csv", "ab" * 32, simulated=simulated)
    return sk.Survey(make_frame(**options), make_book(), provenance).with_missing_codes()


def make_design(weight: str | None = "w", **options) -> sk.SurveyDesign:
    return sk.SurveyDesign(make_survey(**options), weight=weight, cluster="settlement")


@pytest.fixture(scope="session")
def survey() -> sk.Survey:
    return make_survey()


@pytest.fixture(scope="session")
def design() -> sk.SurveyDesign:
    return make_design()


@pytest.fixture(scope="session")
def scale() -> sk.LikertScale:
    return sk.LikertScale("trust", ITEMS, 1, 5)
