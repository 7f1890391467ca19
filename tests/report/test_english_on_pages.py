"""No run of English words stands on a Russian or Kazakh page of a report, outside names, codes and papers."""

import html
import re
from pathlib import Path

import pytest

import surveykit as sk

STUDY = Path(__file__).parents[2] / "analysis" / "ili_district"
ALLOWED = {
    "Callaway & Sant'Anna": "authors",
    "Bell & McCaffrey": "authors",
    "Bell & McCaffrey; Pustejovsky & Tipton": "authors",
    "Pustejovsky & Tipton": "authors",
    "Cameron, Gelbach & Miller": "authors",
    "Westfall & Young": "authors",
    "svyttest, svyglm": "functions of R, spelled as they are typed",
}
"""Runs of Latin words that stay, with the reason."""
RUN = re.compile(r"[A-Za-z]{2,}(?:[ ,;&'-]+[A-Za-z]{2,})+")


def english_runs(page: str) -> set[str]:
    """Return two and more Latin words in a row, in what a reader of a page sees or hears."""
    bare = re.sub(r"<(style|script)\b.*?</\1>|<!--.*?-->", " ", page, flags=re.DOTALL)
    heard = " . ".join(re.findall(r"(?:alt|aria-label|title)=\"([^\"]*)\"", bare))
    seen = re.sub(r"<[^>]+>", " . ", bare)
    return {*RUN.findall(html.unescape(f"{seen} . {heard}"))} - set(ALLOWED)


def test_english_would_be_found():
    assert english_runs("<p>Доля weighted by base</p><style>a b</style>") == {"weighted by base"}


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_a_report_of_simulated_answers_has_no_english(tmp_path, lang):
    design = sk.SurveyDesign(sk.load_example("ili_2023"), weight="base_weight", cluster="settlement")
    roles = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}
    result = sk.compare_settlements(design, ["trust_akim", "trust_maslikhat"], **roles, allow_single=True)
    parts = sk.compose_report(design, result, lang=lang)
    page = sk.write_report(parts, tmp_path / "page.html", title="Аким", lang=lang)
    assert english_runs(page.read_text(encoding="utf-8")) == set()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_the_report_of_the_shipped_study_has_no_english(tmp_path, lang):
    sk.replicate_study(STUDY, out=tmp_path / "out", lang=lang, program=False)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert english_runs(page) <= {"sex, age"}  # the columns that weights were raked to
