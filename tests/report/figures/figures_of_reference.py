"""Every kind of figure with something to draw, in three languages and both widths, and the pictures that were looked at.

    python -m tests.report.figures.figures_of_reference [NAME ...]

writes the pictures anew, all or those of some figures. Look at each before it is committed: a picture that nobody has
seen proves nothing.
"""

import io
import sys
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from PIL import Image

from surveykit.codebook import Variable
from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.design import SurveyDesign
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares
from surveykit.report.figures.balance_figure import draw_balance
from surveykit.report.figures.difference_figure import draw_differences
from surveykit.report.figures.dots_figure import draw_dots
from surveykit.report.figures.drawing import figure_of
from surveykit.report.figures.estimates_figure import draw_estimates
from surveykit.report.figures.figure_file import drawings_of, render
from surveykit.report.figures.influence_figure import draw_influence
from surveykit.report.figures.likert_figure import draw_shares
from surveykit.report.figures.power_figure import draw_power
from surveykit.report.figures.randomization_figure import draw_randomization
from surveykit.report.figures.snw_figure import draw_snw
from surveykit.report.figures.timeline_figure import draw_timeline
from surveykit.report.figures.trend_figure import draw_trend
from surveykit.report.figures.weights_figure import draw_weights
from surveykit.results import Result
from surveykit.weighting.diagnostics import compare_weights
from tests.report.conftest import make_design, make_survey

FOLDER = Path(__file__).parent / "reference_images"
LANGUAGES, WIDTHS = ("en", "ru", "kk"), ("page", "column")
DPI = 80
COLORS = 64
"""Colours of a kept picture, so that all of them stay below a megabyte."""
BATTERY = {
    "q1": {
        "en": "How much do you agree that the akim: listens to residents",
        "ru": "Насколько вы согласны, что аким: прислушивается к жителям",
        "kk": "Қаншалықты келісесіз, әкім: тұрғындарды тыңдайды",
    },
    "q2": {
        "en": "How much do you agree that the akim: answers complaints",
        "ru": "Насколько вы согласны, что аким: отвечает на жалобы",
        "kk": "Қаншалықты келісесіз, әкім: шағымдарға жауап береді",
    },
}


@cache
def people() -> SurveyDesign:
    """The simulated survey with an income, a sex, an age and a yes-or-no answer beside its items."""
    survey, rng = make_survey(), np.random.default_rng(3)
    columns = {
        "income": rng.gamma(3, 40_000, len(survey)).round(), "sex": rng.integers(1, 3, len(survey)),
        "yes": rng.integers(0, 2, len(survey)), "age": rng.integers(18, 80, len(survey)),
        "wave": np.where(np.arange(len(survey)) % 2, "2021", "2023"),
    }  # fmt: skip
    sexes = {1: {"en": "man", "ru": "мужчина", "kk": "ер"}, 2: {"en": "woman", "ru": "женщина", "kk": "әйел"}}
    book = [
        Variable("sex", {"en": "Sex", "ru": "Пол", "kk": "Жынысы"}, sexes, measure="nominal"),
        Variable("age", {"en": "Age, years", "ru": "Возраст, лет", "kk": "Жасы, жыл"}),
        Variable("income", {"en": "Income of the household", "ru": "Доход домохозяйства", "kk": "Үй шаруашылығының табысы"}),
    ]  # fmt: skip
    return SurveyDesign(survey.with_columns(columns, *book), weight="w", cluster="village")


@cache
def compared(outcomes: tuple[str, ...], lang: str) -> Result:
    roles = {"group": "akim", "baseline": 0, "settlement": "village"}
    return compare_settlements(people(), list(outcomes), **roles, methods=["cr2", "randomization"], lang=lang)


def plain(rows: dict[str, list]) -> Result:
    return Result(pd.DataFrame(rows), "", people().origin("en"), {"confidence": 0.95})


def models(lang: str) -> list:
    formulas = ("yes ~ C(sex) + age", "yes ~ C(sex) + age + C(akim)")
    return [fit_model(formula, people(), family="binomial", lang=lang) for formula in formulas]


def chronology(lang: str) -> pd.DataFrame:
    words = {
        "en": ["Law on local self-government", "An experiment: some rural districts elect their akims", "Constitutional reform", "First elections of akims of villages", "Survey"],
        "ru": ["Закон о местном самоуправлении", "Эксперимент: часть сельских округов избирает акимов", "Конституционная реформа", "Первые выборы акимов сёл", "Опрос"],
        "kk": ["Жергілікті өзін-өзі басқару туралы заң", "Тәжірибе: бірқатар ауылдық округтер әкімдерін сайлайды", "Конституциялық реформа", "Ауыл әкімдерінің алғашқы сайлауы", "Сауалнама"],
    }  # fmt: skip
    return pd.DataFrame({"date": ["2001-01-23", "2005/2007", "2017-03", "2021-07-25", "2023"], "label": words[lang]})


def positions(lang: str) -> pd.DataFrame:
    words = {
        "en": (["Selection", "Selection", "Money"], ["Self-nomination", "Party nomination", "Own budget of the rural district"]),
        "ru": (["Отбор", "Отбор", "Деньги"], ["Самовыдвижение", "Выдвижение партиями", "Собственный бюджет сельского округа"]),
        "kk": (["Іріктеу", "Іріктеу", "Қаржы"], ["Өзін-өзі ұсыну", "Партиялардың ұсынуы", "Ауылдық округтің өз бюджеті"]),
    }  # fmt: skip
    return pd.DataFrame({"block": words[lang][0], "position": words[lang][1], "rating": ["S", "W", "N"]})


COHORTS = {
    "outcome": ["q1"] * 5, "term": ["group-time"] * 5, "first_wave": [2019, 2019, 2019, 2021, 2021],
    "event_time": [-1, 0, 1, -1, 0], "estimate": [0.05, 0.4, 0.6, -0.1, 0.3], "conf_low": [-0.3, 0.0, 0.1, -0.6, -0.2],
    "conf_high": [0.4, 0.8, 1.1, 0.4, 0.8],
}  # fmt: skip
PLANS = {
    "n_settlements": [10] * 3 + [20] * 3, "n_treated": [5] * 3 + [10] * 3, "n_respondents": [50] * 6,
    "effect": [0.2, 0.4, 0.8] * 2, "power": [0.2, 0.55, 0.95, 0.35, 0.85, 1.0],
}  # fmt: skip
BALANCE = {"covariate": ["age", "sex", "income"], "before": [0.31, -0.12, 0.05], "after": [0.02, 0.04, -0.01]}
VOTERS = {
    "label": ["Ақмола", "Ақмола", "Атырау", "Атырау"], "value": [50_120, 49_800, 31_000, 30_500],
    "source": ["2021", "2023", "2021", "2023"],
}  # fmt: skip

FIGURES: dict[str, Callable[..., Axes]] = {
    "shares": lambda lang, **width: draw_shares(
        shares(people(), ["q1", "q2"], by="akim", lang=lang), lang=lang, **width
    ),
    "battery": lambda lang, **width: draw_shares(
        shares(make_design(questions=BATTERY), ["q1", "q2"], lang=lang), lang=lang, hatch=True, totals="both", **width
    ),
    "estimates": lambda lang, **width: draw_estimates(
        means(people(), ["q1", "q2", "income"], by="akim", lang=lang), lang=lang, units={"income": "₸"}, **width
    ),
    "models": lambda lang, **width: draw_estimates(models(lang), lang=lang, **width),
    "differences": lambda lang, **width: draw_differences(compared(("q1", "income"), lang), lang=lang, **width),
    "randomization": lambda lang, **width: draw_randomization(compared(("q1",), lang), lang=lang, **width),
    "influence": lambda lang, **width: draw_influence(compared(("q1",), lang), lang=lang, **width),
    "weights": lambda lang, **width: draw_weights(
        compare_weights(SurveyDesign(people().survey, cluster="village"), people(), bins=12), lang=lang, **width
    ),
    "balance": lambda lang, **width: draw_balance(plain(BALANCE), lang=lang, absolute=True, order="before", **width),
    "trend": lambda lang, **width: draw_trend(
        means(people(), "q1", by=["wave", "akim"], lang=lang), lang=lang, **width
    ),
    "cohorts": lambda lang, **width: draw_trend(
        plain(COHORTS), over="event_time", panels="first_wave", lang=lang, **width
    ),
    "power": lambda lang, **width: draw_power(plain(PLANS), lang=lang, **width),
    "timeline": lambda lang, **width: draw_timeline(chronology(lang), lang=lang, **width),
    "snw": lambda lang, **width: draw_snw(positions(lang), lang=lang, **width),
    "dots": lambda lang, **width: draw_dots(
        pd.DataFrame(VOTERS), series="source", axis="$n$", digits=0, lang=lang, **width
    ),
}
EVERY = [(name, lang, width) for name in FIGURES for lang in LANGUAGES for width in WIDTHS]


def picture(name: str, lang: str, width: str) -> Image.Image:
    """Return a figure as pixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few settlements: what the answers are worth is another test's matter
        ax = FIGURES[name](lang, width=width)
    return Image.open(io.BytesIO(render(figure_of(ax), "png", drawings_of(ax), DPI))).convert("RGB")


def file_of(name: str, lang: str, width: str) -> Path:
    return FOLDER / f"{name}_{lang}_{width}.png"


if __name__ == "__main__":
    for one in EVERY:
        if one[0] in sys.argv[1:] or not sys.argv[1:]:
            picture(*one).quantize(COLORS, dither=Image.Dither.NONE).save(file_of(*one), optimize=True)
