"""Writes the two pages for those who come from another program, by making every mistake and every call on them.

    python docs/reference/make_habits.py

The calls are those of `surveykit/habits.py`, the mistakes stand below; a test compares.
"""

import os
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pyreadstat

import surveykit as sk
from surveykit.habits import NAMES

ROOT = Path(__file__).parent.parent.parent
ERRORS, CALLS = Path(__file__).parent / "errors.md", ROOT / "docs" / "howto" / "from_other_programs.md"

MISTAKES: Mapping[str, tuple[str, ...]] = {
    "Names": ("sk.svymean", "sk.svyciprop", "sk.tabulate", "sk.crosstabs", "sk.proc_surveymeans", "sk.value_counts", "sk.meens", "sk.survey_of_mine"),
    "Arguments": (
        'sk.SurveyDesign(answers, ids="village")', 'sk.SurveyDesign(answers, strata="zone")', 'sk.SurveyDesign(answers, weights="weight")', 'sk.SurveyDesign(answers, probs="weight")',
        'sk.SurveyDesign(answers, cluster="village", nest=True)', 'sk.SurveyDesign(answers, cluster="village", lonely_psu="centered")', 'sk.means(design, "trust", over="sex")', 'sk.means(design, "trust", subpop="sex")',
        'sk.means(design, "trust", vce="robust")', 'sk.means(design, "trust", weights="weight")', 'sk.means(design, "trust", alpha=0.05)', 'sk.means(design, "trust", confidence=95)', 'sk.means(design, "trust", na_rm=True)',
        'sk.shares(design, "trust", percent=True)', 'sk.crosstab(design, "trust", "sex", normalize="index")', 'sk.crosstab(design, "trust", "sex", percent="index")', 'sk.quantiles(design, "age", probs=0.5)',
        'sk.compare_groups(design, "trust", treatment="sex", baseline=1)', 'sk.read_csv("answers.csv", sep=";")', 'sk.adjust_p_values([0.01, 0.2], "fdr_bh")', 'sk.means(design, "trust", outcome="age")', "sk.means(design)",
    ),
    "Columns and conditions": (
        'sk.means(design, "~trust")', 'sk.means(design, "~trust + age")', 'sk.means(design, "trust ~ sex")', 'sk.SurveyDesign(answers, cluster="~1")', 'sk.means(design, "trsut")', 'sk.means(design, answers["trust"])',
        'sk.means(design, "trust", where="age > 40")', 'sk.means(design, "zone")',
    ),
    "Models": (
        'sk.fit_model("~trust", design)', 'sk.fit_model("trust ~ factor(sex)", design)', 'sk.fit_model("trust ~ i.sex", design)', 'sk.fit_model("trust ~ c.age##i.sex", design)', 'sk.fit_model("trust ~ age + (1 | village)", design)',
        'sk.fit_model("trust ~ .", design)', 'sk.fit_model("voted ~ age", design, family="logit")', 'sk.fit_model("trust ~ age", design, family="ols")', 'sk.fit_model("trust ~ age", data=answers)', 'sk.fit_model("voted ~ age", design, family="binomial", exponentiate=True)',
        'sk.fit_model("trust ~ age", design, cov_type="HC1")',
    ),
    "Objects": ("survey.head()", "design.mean()", 'sk.means(design, "trust").estimate', 'sk.means(answers, "trust")', 'sk.means(survey, "trust")', 'sk.means("answers.sav", "trust")', 'sk.write_csv(answers, "answers.csv")', 'sk.draw_shares(answers)', "sk.average_predictions(design, \"sex\")", 'sk.cronbach_alpha(survey, ["trust", "age"])'),
}  # fmt: skip
"""What was typed by people who know another program, by what is wrong with it."""


def make_world(folder: Path) -> dict[str, Any]:
    """Return what the calls of both pages take, under the names that stand in them; files lie in a folder."""
    rng = np.random.default_rng(5)
    n = 240
    answers = pd.DataFrame(
        {"village": np.arange(n) // 20, "person": np.arange(n), "wave": np.where(np.arange(n) % 2, 2023, 2021)}
    )
    answers = answers.assign(
        zone=np.where(answers["village"] < 6, "north", "south"), akim=answers["village"] % 2, weight=rng.gamma(4, 0.25, n), trust=rng.integers(1, 6, n),
        age=rng.integers(18, 80, n), sex=rng.integers(1, 3, n), voted=rng.integers(0, 2, n), population=500, visits=rng.negative_binomial(1, 0.2, n), probability=0.5,
        first_wave=np.where(answers["village"] % 2, 2023.0, np.nan), rep1=rng.gamma(4, 0.25, n), rep2=rng.gamma(4, 0.25, n), trust_too=rng.integers(1, 6, n),
    )  # fmt: skip
    survey = sk.Survey(
        answers, sk.Codebook.of([sk.Variable("trust", labels={code: {"en": f"answer {code}"} for code in range(1, 6)})])
    )
    design = sk.SurveyDesign(survey, weight="weight", cluster="village", stratum="zone")
    paths = {ending: folder / f"answers.{ending}" for ending in ("sav", "dta", "csv", "xpt", "xlsx")}
    sk.write_spss(survey, paths["sav"])
    answers.to_stata(paths["dta"], write_index=False)
    sk.write_csv(survey, paths["csv"])
    answers.to_excel(paths["xlsx"], sheet_name="answers", index=False)

    pyreadstat.write_xport(answers[["age", "sex"]], str(paths["xpt"]))
    ratings = pd.DataFrame({"first": [1, 2, 1, 2, 1], "second": [1, 2, 2, 2, 1]})
    return {
        "sk": sk, "answers": answers, "survey": survey, "design": design, "ratings": ratings, "scale": sk.LikertScale("trust", ["trust", "trust_too"], 1, 5),
        "model": sk.fit_model("trust ~ age + C(sex)", design),
    }  # fmt: skip


def answer_to(typed: str, world: dict[str, Any]) -> str:
    """Return what a mistake answers; whatever is neither a refusal nor a name that is not there passes through."""
    try:
        eval(typed, dict(world))
    except (sk.SurveyKitError, AttributeError) as error:
        return str(error)
    raise AssertionError(f"{typed} is no mistake")


def errors_text(world: dict[str, Any]) -> str:
    """Return the page of mistakes, each with what it answers."""
    lines = [
        "# Error index", "", "What people type who know R, Stata, SPSS, SAS or pandas, and what surveykit answers. Every message names the rule, what",
        "broke it and what to write; each is a `SurveyKitError` (a name that is not there is an `AttributeError`, as Python wants it).", "",
        "Here `answers` is a DataFrame, `survey = sk.Survey(answers)` and `design = sk.SurveyDesign(survey, ...)`.", "",
        "<!-- Made by docs/reference/make_habits.py, which makes each mistake. -->",
    ]  # fmt: skip
    for title, mistakes in MISTAKES.items():
        lines += ["", f"## {title}", ""]
        for typed in mistakes:
            lines += ["```text", f">>> {typed}", answer_to(typed, world), "```", ""]
        lines.pop()
    return "\n".join([*lines, ""])


def calls_text() -> str:
    """Return the page of calls, command by command."""
    lines = [
        "# From R, Stata, SPSS, SAS or another Python library", "", "Command by command. Whoever types the name on the left as `sk.NAME` is told the call on the right; each call is run by a test",
        "on a DataFrame `answers` with the columns that it names, and", "", "```text", "survey = sk.Survey(answers)",
        'design = sk.SurveyDesign(survey, weight="weight", cluster="village", stratum="zone")', 'model = sk.fit_model("trust ~ age + C(sex)", design)', "```", "",
        "The numbers are those of surveykit's conventions; `conventions=\"r-survey\"`, `\"stata\"`, `\"spss\"`, `\"sas\"` or `\"svy\"` gives those of",
        "that program ([where they differ](../explanation/conventions.md)). What wrong arguments answer stands in the",
        "[error index](../reference/errors.md).", "", "<!-- Made by docs/reference/make_habits.py from surveykit/habits.py. -->",
    ]  # fmt: skip
    for program, calls in NAMES.items():
        lines += ["", f"## {program[0].upper()}{program[1:]}", "", f"| {program} | surveykit |", "|---|---|"]
        lines += [f"| `{theirs}` | `sk.{call}` |" for theirs, call in calls.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    matplotlib.use("Agg")
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings(action="ignore"):
        os.chdir(name)
        ERRORS.write_text(errors_text(make_world(Path(name))), encoding="utf-8")
    CALLS.write_text(calls_text(), encoding="utf-8")
