"""A small simulated survey with labels in three languages, and a comparison made of plain numbers."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.estimation.quantities.shares import shares
from surveykit.results import Origin, Result, glossary_frame
from surveykit.survey import Provenance, Survey

HOSTILE = [
    "<script>alert(1)</script>",
    "a & b",
    r"back\slash",
    "50 %",
    "a_b",
    "$5 and $6",
    "two\nlines",
    "x" * 300,
    "سؤال عربي",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-x",
    "@SUM(A1)",
    "pipe | pipe",
    "bell\a",
    "# heading",
    "`code`",
]

LEVELS = {
    1: {"en": "Strongly disagree", "ru": "Совершенно не согласен", "kk": "Мүлдем келіспеймін"},
    2: {"en": "Disagree", "ru": "Не согласен", "kk": "Келіспеймін"},
    3: {"en": "Neither", "ru": "И да, и нет", "kk": "Бейтарап"},
    4: {"en": "Agree", "ru": "Согласен", "kk": "Келісемін"},
    5: {"en": "Strongly agree", "ru": "Полностью согласен", "kk": "Толық келісемін"},
}
MISSING = {
    98: {"en": "don't know", "ru": "затрудняюсь ответить", "kk": "білмеймін"},
    99: {"en": "refused", "ru": "отказ от ответа", "kk": "жауап беруден бас тартты"},
}
QUESTIONS = {
    "q1": {
        "en": "The akim listens to residents",
        "ru": "Аким прислушивается к жителям",
        "kk": "Әкім тұрғындарды тыңдайды",
    },
    "q2": {"en": "I trust the akim", "ru": "Я доверяю акиму", "kk": "Мен әкімге сенемін"},
}
GROUPS = {
    0: {"en": "appointed akim", "ru": "назначенный аким", "kk": "тағайындалған әкім"},
    1: {"en": "elected akim", "ru": "избранный аким", "kk": "сайланған әкім"},
}


def make_survey(simulated: bool = True, questions: dict | None = None, levels: dict | None = None) -> Survey:
    rng = np.random.default_rng(7)
    n = 240
    frame = pd.DataFrame(
        {
            "village": np.repeat([f"S{number:02d}" for number in range(1, 9)], n // 8),
            "akim": np.repeat([0, 1], n // 2),
            "w": rng.uniform(0.5, 2, n).round(3),
            "q1": rng.choice([1, 2, 3, 4, 5, 98, 99], n, p=[0.1, 0.2, 0.2, 0.3, 0.1, 0.07, 0.03]).astype(float),
            "q2": rng.choice([1, 2, 3, 4, 98], n, p=[0.2, 0.2, 0.3, 0.25, 0.05]).astype(float),
        }
    )
    book = Codebook.of(
        [
            *(Variable(name, text, levels or LEVELS, MISSING) for name, text in (questions or QUESTIONS).items()),
            Variable("akim", {"en": "Akim", "ru": "Аким", "kk": "Әкім"}, GROUPS),
        ]
    )
    provenance = Provenance("answers.csv", "ab" * 32, simulated=simulated)
    return Survey(frame, book, provenance).with_missing_codes()


def make_design(**options) -> SurveyDesign:
    return SurveyDesign(make_survey(**options), weight="w", cluster="village")


@pytest.fixture(scope="session")
def design() -> SurveyDesign:
    return make_design()


@pytest.fixture(scope="session")
def item_shares(design):
    return shares(design, ["q1", "q2"], by="akim", lang="en")


@dataclass(frozen=True, eq=False)
class Gate(Result):
    verdict: str = "fragile"
    reasons: tuple[str, ...] = ("Only 3 settlements stand against 3.",)
    reason_names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    feasibility: Gate | None = None
    randomization: pd.DataFrame = field(default_factory=pd.DataFrame)


@pytest.fixture(scope="session")
def comparison(design) -> Comparison:
    """A comparison as compare_settlements returns it, its numbers made up."""
    origin = design.origin("en")
    rows = [
        ("person", "cr2", 0.22, -0.19, 0.63, 0.245),
        ("person", "randomization", 0.22, -0.15, np.inf, 0.2),
        ("settlement", "cr2", 0.25, -0.11, 0.56, 0.155),
        ("settlement", "randomization", 0.25, np.nan, np.nan, 0.0004),
    ]
    table = glossary_frame(
        {
            "outcome": ["q1"] * 4,
            "group": ["elected akim"] * 4,
            "baseline": ["appointed akim"] * 4,
            "estimand": [row[0] for row in rows],
            "method": [row[1] for row in rows],
            "term": ["unadjusted"] * 4,
            "estimate": [row[2] for row in rows],
            "conf_low": [row[3] for row in rows],
            "conf_high": [row[4] for row in rows],
            "p_value": [row[5] for row in rows],
            "n": [240] * 4,
            "n_clusters": [8] * 4,
        }
    )
    draws = np.array([-0.4, -0.22, -0.1, 0.0, 0.05, 0.1, 0.22, 0.4])
    randomization = pd.concat(
        [
            pd.DataFrame({"outcome": "q1", "estimand": estimand, "difference": draws, "observed": 0.22})
            for estimand in ("person", "settlement")
        ],
        ignore_index=True,
    )
    facts = {
        "n_treated": 4,
        "n_baseline": 4,
        "group": "elected akim",
        "baseline": "appointed akim",
        "smallest_p_two_sided": 0.0286,
    }
    gate = Gate(pd.DataFrame({"check": ["settlements"]}), "The gate.", origin, facts)
    return Comparison(
        table,
        "Differences by every method.",
        origin,
        {},
        "Elected against appointed",
        gate,
        randomization,
        group_codes={"elected akim": (("akim", 1),), "appointed akim": (("akim", 0),)},
    )


@dataclass(frozen=True, eq=False)
class Weights(Result):
    distribution: pd.DataFrame = field(default_factory=pd.DataFrame)


@pytest.fixture(scope="session")
def weights(design) -> Weights:
    distribution = pd.DataFrame(
        {
            "bin_low": [0.0, 0.5, 1.0, 1.5],
            "bin_high": [0.5, 1.0, 1.5, 2.0],
            "before": [0, 100, 120, 20],
            "after": [30, 90, 80, 40],
        }
    )
    return Weights(distribution, "Two sets of weights.", design.origin(), {}, "", distribution)


@pytest.fixture
def found() -> Result:
    """A result on collected answers."""
    table = glossary_frame(
        {"outcome": ["q1", "q2"], "group": ["a", "b"], "estimate": [1.23456789, 2.0], "n": [10, 1234]}
    )
    return Result(table, "A sentence.", Origin("answers.csv", "cd" * 32), {}, "A title")


@pytest.fixture
def hostile() -> Result:
    table = glossary_frame(
        {"outcome": [f"q{at}" for at in range(len(HOSTILE))], "level": HOSTILE, "estimate": [0.5] * len(HOSTILE)}
    )
    return Result(table, HOSTILE[0], Origin("answers.csv"), {}, HOSTILE[1])
