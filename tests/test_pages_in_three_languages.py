"""What a Russian or Kazakh page holds in Latin letters: names and codes, and nothing that a reader takes for English."""

import re
import warnings

import pytest

import surveykit as sk
from surveykit.report.tables.table_text import page_table
from surveykit.words.messages import Told
from tests.public_calls import FUNCTIONS, World

NAMES = [
    "q1",
    "q2",
    "row",
    "akim",
    "settlement",
    "group",
    "weight",
    "wave",
    "trust",
    "C",
    "elected",
    "appointed",
    "answer",
    "age",
    "sex",
    "yes",
    "village",
    "zone",
    "unit",
    "person",
    "theme",
    "interview",
    "coder",
    "region",
    "ticked",
    "interviewer",
    "test",
]
"""Columns, labels and answers of the data that the tables are made of: they have no other language."""
SPELLED = [
    "compare_settlements",
    "rao_scott_test",
    "t_test",
    "rank_test",
    "fit_model",
    "compare_groups",
    "contrast",
    "describe_sample",
    "trend_test",
    "average_predictions",
    "variances",
    "covariances",
    "correlations",
    "rank_sum",
    "surveykit",
    "svyttest",
    "svyglm",
    "table",
    "placebo",
    "log",
    "Stata",
    "SIMULATED",
    "HTZ",
    "AIC",
    "gaussian",
    "identity",
    "satterthwaite",
    "math",
    "wilcoxon",
    "wald",
    "CR",
    "CV",
    "SNW",
    "KMO",
]
"""Functions, options and file names, spelled as they are typed, and abbreviations that the field writes in Latin letters."""
AUTHORS = [
    "Pustejovsky",
    "Tipton",
    "Bell",
    "McCaffrey",
    "Callaway",
    "Sant",
    "Anna",
    "Kish",
    "Olsson",
    "Duhachek",
    "Iacobucci",
    "Feldt",
    "Yang",
    "Dalton",
    "MacKinnon",
    "Webb",
    "Nielsen",
    "Cameron",
    "Gelbach",
    "Miller",
    "Westfall",
    "Young",
    "Carter",
    "Schnepel",
    "Steigerwald",
]
"""Papers are cited as they are found."""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        world = World(tmp_path_factory.mktemp("world"))
        for name in FUNCTIONS:
            try:
                result = getattr(sk, name)(**world.arguments(name))
            except sk.SurveyKitError:
                continue
            if isinstance(result, sk.Result):
                assert isinstance(result.method, Told), f"{name} has a method that speaks English only"
                found[name] = result
    return found


def latin(text: str) -> set[str]:
    """Return the words of three Latin letters and more; shorter ones are signs: p, df, F."""
    words = re.findall(r"[A-Za-z]+(?:_[A-Za-z]+)*", text)
    return {word for word in words if len(word) > 2} - {*NAMES, *SPELLED, *AUTHORS}


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_no_english_is_left_on_a_page(results, lang):
    left = {}
    for name, result in results.items():
        page = page_table(result, lang=lang)
        words = latin(" ".join([page.title, *page.header, *page.notes, result.finding(lang)]))
        if words:
            left[name] = words
    assert left == {}


def test_a_page_of_a_result_made_in_english_names_groups_in_its_own_language():
    survey = sk.load_example("ili_2023")
    design = sk.SurveyDesign(survey, weight="base_weight", cluster="settlement")
    result = sk.compare_settlements(
        design,
        "trust_akim",
        group="akim",
        baseline="appointed",
        settlement="settlement",
        methods="cr2",
        allow_single=True,
    )
    for lang in ("ru", "kk"):
        labels = [survey.codebook["akim"].label(code, lang) for code in survey.codebook["akim"].labels]
        page = page_table(result, lang=lang)
        assert all(label in page.title and label in page.notes[-1] for label in labels)
        assert not {"elected", "appointed"} & latin(page.title + page.notes[-1]).union(page.notes[-1].split())
