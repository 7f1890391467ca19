"""Using it, 10: every result has tidy, glance, summary, _repr_html_ and to_latex, on a core-only install."""

import functools
import inspect
import re
import subprocess
import sys
import typing
from pathlib import Path

import pandas as pd
import pytest

import surveykit as sk
from surveykit.words.simulated import SIMULATED
from tests.expectations.conftest import ITEMS, WHERE, make_design

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

CORE = ("pandas", "statsmodels", "scipy", "pyreadstat", "matplotlib", "jinja2", "click", "tqdm")
EXTRAS = ("openpyxl", "docx", "dask", "pyarrow", "maketables", "polars")


def make_coding(design: sk.SurveyDesign) -> sk.Coding:
    """Four interviews, two coders, one theme; the second coder misses one passage."""
    rows = [
        (f"I{i}", f"S0{i}", int(i < 3), f"P{i}", coder, "trust", int(i in seen))
        for i in range(1, 5)
        for coder, seen in (("first", (1, 2, 3)), ("second", (1, 2)))
    ]
    columns = ["interview", "settlement", "akim", "passage", "coder", "theme", "present"]
    return sk.Coding(pd.DataFrame(rows, columns=columns), origin=design.origin())


@pytest.fixture(scope="module")
def produce(design, survey, scale, tmp_path_factory):
    """One call for every public function that returns a result, made when it is asked for, and only once."""
    raked = functools.cache(lambda: sk.rake(design, {"sex": {1: 0.5, 2: 0.5}}))
    compared = functools.cache(lambda: sk.compare_settlements(design, ITEMS[:2], **WHERE))
    model = functools.cache(lambda: sk.fit_model("q1 ~ akim + age", design))
    marks = pd.DataFrame({"first": [1, 0, 1, 1, 0, 1], "second": [1, 0, 1, 0, 0, 1]})
    coded = functools.cache(lambda: make_coding(design))
    prevalence = functools.cache(lambda: sk.theme_prevalence(coded(), by="akim"))
    opinion = functools.cache(
        lambda: sk.means(sk.collapse_items(design, ITEMS, top=2, lowest=1, highest=5), ["q1_top2", "q2_top2"])
    )
    calls = {
        "coder_agreement": lambda: sk.coder_agreement(marks, ["first", "second"], origin=design.origin()),
        "theme_agreement": lambda: sk.theme_agreement(coded(), draws=50),
        "theme_prevalence": prevalence,
        "joint_display": lambda: sk.joint_display(compared(), prevalence(), {"trust": "q1"}, group="1", baseline="0"),
        "rate_positions": lambda: sk.rate_positions(opinion()),
        "snw_matrix": lambda: sk.snw_matrix(pd.DataFrame({"position": ["a"], "rating": ["S"]}), design.origin(), "By hand."),
        "count_responses": lambda: sk.count_responses(survey, sk.ResponseSet("sex or kind", ("sex", "akim"), chosen=1)),
        "audit_waves": lambda: sk.audit_waves({"2021": survey, "2023": survey.with_columns({"q9": 1})}),
        "frequencies": lambda: sk.frequencies(design, "q1", lang="kk"),
        "audit_design": lambda: sk.audit_design(design, "settlement"),
        "compare_weights": lambda: sk.compare_weights(design, raked(), by="sex"),
        "summarize_weights": lambda: sk.summarize_weights(raked()),
        "check_quality": lambda: sk.check_quality(survey, sk.QualityRule("same", "straight_line", ITEMS), settlement="settlement"),
        "interviewer_effects": lambda: sk.interviewer_effects(survey, ITEMS, interviewer="interviewer"),
        "cronbach_alpha": lambda: sk.cronbach_alpha(design, scale),
        "check_dimensions": lambda: sk.check_dimensions(design, scale),
        "polychoric_correlations": lambda: sk.polychoric_correlations(design, scale),
        "means": lambda: sk.means(design, ITEMS, by="akim", lang="ru"),
        "totals": lambda: sk.totals(design, ["age"], by="akim"),
        "shares": lambda: sk.shares(design, ITEMS, by="akim", lang="kk"),
        "agreement": lambda: sk.agreement(sk.shares(design, ITEMS, by="akim", lang="kk")),
        "ratios": lambda: sk.ratios(design, [("q1", "age")]),
        "contrast": lambda: sk.contrast(sk.means(design, "q1", by="akim"), [1, -1]),
        "rao_scott_test": lambda: sk.rao_scott_test(design, "q1", "sex"),
        "goodness_of_fit_test": lambda: sk.goodness_of_fit_test(design, "sex", {1: 0.5, 2: 0.5}),
        "t_test": lambda: sk.t_test(design, "q1", "akim"),
        "rank_test": lambda: sk.rank_test(design, "q1", "akim"),
        "trend_test": lambda: sk.trend_test(design, "q1", "age_group"),
        "quantiles": lambda: sk.quantiles(design, ["age"]),
        "correlations": lambda: sk.correlations(design, ITEMS),
        "covariances": lambda: sk.covariances(design, ITEMS),
        "variances": lambda: sk.variances(design, ITEMS),
        "standardized_means": lambda: sk.standardized_means(design, "q1", {"sex": {1: 0.5, 2: 0.5}}, by="akim"),
        "crosstab": lambda: sk.crosstab(design, "q1", ["sex", "akim"]),
        "describe_sample": lambda: sk.describe_sample(design, ["q1", "age"], by="akim"),
        "compare_models": lambda: sk.compare_models([model()]),
        "fit_model": model,
        "term_test": lambda: sk.term_test(model(), "akim"),
        "average_marginal_effects": lambda: sk.average_marginal_effects(model()),
        "average_predictions": lambda: sk.average_predictions(model(), "akim"),
        "predictions": lambda: sk.predictions(model(), {"akim": ["appointed"], "age": [40]}),
        "check_feasibility": lambda: sk.check_feasibility(design, **WHERE),
        "compare_settlements": compared,
        "compare_odds": lambda: sk.compare_odds(design, "q1", **WHERE),
        "compare_mixed": lambda: sk.compare_mixed(make_design(weight=None), "q1", **WHERE),
        "randomization_test": lambda: sk.randomization_test(design, "q1", **WHERE),
        "compare_groups": lambda: sk.compare_groups(design, "q1", group="sex", baseline=1),
        "compare_paired": lambda: sk.compare_paired(design, [("q1", "q2")]),
        "joint_test": lambda: sk.joint_test(design, "q1", ["sex", "age"]),
        "difference_in_differences": lambda: sk.difference_in_differences(
            design, "q1", group="akim", baseline="appointed", wave="wave"),
        "group_time_effects": lambda: sk.group_time_effects(design, "q1", first_wave="first_wave", wave="wave"),
        "covariate_balance": lambda: sk.covariate_balance(design, ["age"], **WHERE),
        "sensitivity_to_confounding": lambda: sk.sensitivity_to_confounding(compared()),
        "intraclass_correlation": lambda: sk.intraclass_correlation(design, "q1"),
        "minimum_detectable_effect": lambda: sk.minimum_detectable_effect(design, "q1", **WHERE, draws=20, rng=1),
        "plan_comparison": lambda: sk.plan_comparison(icc=0.05, settlements=[8], respondents=[20], draws=20, rng=1),
        "hide_small_cells": lambda: sk.hide_small_cells(sk.means(design, "q1", by="akim")),
        "read_result": lambda: sk.read_result(
            sk.write_result(sk.means(design, "q1"), tmp_path_factory.mktemp("result") / "a.json")),
        "show_small_cells": lambda: sk.show_small_cells(sk.means(design, "q1", by="akim"), why="a test"),
    }  # fmt: skip
    return {name: functools.cache(call) for name, call in calls.items()}


def returns_a_result(function: object) -> bool:
    """Whether the return annotation of a public function is Result or a class made from it."""
    if not inspect.isfunction(function):
        return False
    promised = typing.get_type_hints(function).get("return")
    bound = getattr(promised, "__bound__", None) or promised
    return inspect.isclass(bound) and issubclass(bound, sk.Result)


PROMISED = sorted(name for name in sk.__all__ if returns_a_result(getattr(sk, name)))


def test_every_function_that_promises_a_result_is_walked_over(produce):
    assert set(PROMISED) <= set(produce), f"add a call for {sorted(set(PROMISED) - set(produce))} to this test"


@pytest.mark.slow
@pytest.mark.parametrize("name", PROMISED)
def test_a_result_renders_in_every_way(produce, name):
    result = produce[name]()
    promised = typing.get_type_hints(getattr(sk, name))["return"]
    assert isinstance(result, getattr(promised, "__bound__", None) or promised)
    tidy, glance = result.tidy(), result.glance()
    assert isinstance(tidy, pd.DataFrame) and tidy.columns.is_unique and len(tidy) > 0
    in_glossary = [column for column in tidy.columns if column in sk.GLOSSARY]
    assert in_glossary == sorted(in_glossary, key=sk.GLOSSARY.index), "columns stand in the glossary's order"
    assert len(glance) == 1 and {"weight", "conventions", "source", "simulated"} <= set(glance.columns)
    assert result.method.strip().endswith("."), "the method is a sentence"
    summary, page, latex = result.summary(), result._repr_html_(), result.to_latex()
    assert result.method in summary
    assert "<table" in page and page.count("<div") == page.count("</div>")
    assert latex.count(r"\begin{") == latex.count(r"\end{") and r"\toprule" in latex
    for text in (summary, page, latex):
        assert not re.search(r"(?<![\w.])(nan|NaN|NaT|None<|<NA>)(?![\w.])", text), "an empty cell is empty"
    if name != "plan_comparison":
        assert all(SIMULATED in text for text in (summary, page, latex)), (
            "the answers are SIMULATED and every rendering says so"
        )
        assert bool(glance["simulated"].iloc[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", PROMISED)
def test_tidy_is_the_callers_own(produce, name):
    result = produce[name]()
    before = result.table.copy()
    copy = result.tidy()
    copy[copy.columns[0]], copy["added"] = 0, 1
    pd.testing.assert_frame_equal(result.table, before)


@pytest.mark.slow
def test_a_core_install_is_enough():
    """The walk with every optional package out of reach."""
    hide = f"import sys; sys.modules.update(dict.fromkeys({EXTRAS!r}))"
    code = f"{hide}; import pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', '-k', 'renders_in_every_way', {__file__!r}]))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-3000:]


def test_the_core_is_what_the_project_file_lists():
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    needed = project.split("dependencies = [", 1)[1].split("]", 1)[0]
    assert all(f'"{name}>=' in needed for name in CORE)
    assert not any(f'"{name}' in needed for name in EXTRAS)
