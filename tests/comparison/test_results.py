"""Every result of this room renders in every way, and names each column once."""

import numpy as np
import pytest

import surveykit as sk
from tests.comparison.conftest import BY, small_design


@pytest.fixture(scope="module")
def results():
    wave = np.tile([2021, 2023], 60)
    settlement = np.repeat(np.arange(10), 12)
    first = np.where(settlement < 5, 2023.0, np.nan)
    design = small_design(5, q2=np.arange(120) % 5 + 1.0, sex=np.arange(120) % 2, wave=wave, first=first)
    compared = sk.compare_settlements(design, ["q1", "q2"], **BY)
    plain = sk.SurveyDesign(design.survey, cluster="settlement")
    return {
        "feasibility": sk.check_feasibility(design, **BY),
        "settlements": compared,
        "single": sk.compare_settlements(small_design(1), "q1", **BY, allow_single=True),
        "groups": sk.compare_groups(design, "q1", group="sex", baseline=0),
        "paired": sk.compare_paired(design, [("q1", "q2")]),
        "waves": sk.difference_in_differences(design, "q1", group="akim", baseline="appointed", wave="wave"),
        "event": sk.group_time_effects(design, "q1", first_wave="first", wave="wave"),
        "odds": sk.compare_odds(design, "q1", **BY),
        "mixed": sk.compare_mixed(plain, "q1", **BY),
        "any": sk.randomization_test(design, "q1", **BY),
        "icc": sk.intraclass_correlation(design, "q1"),
        "power": sk.minimum_detectable_effect(design, "q1", **BY, draws=20),
        "plan": sk.plan_comparison(icc=0.05, settlements=[8], respondents=[20], draws=20),
        "balance": sk.covariate_balance(design, "q2", **BY),
        "sensitivity": sk.sensitivity_to_confounding(compared),
    }


NAMES = [
    "feasibility",
    "settlements",
    "single",
    "groups",
    "paired",
    "waves",
    "event",
    "odds",
    "mixed",
    "any",
    "icc",
    "power",
    "plan",
    "balance",
    "sensitivity",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_renders(results, name):
    result = results[name]
    assert result.tidy().columns.is_unique
    assert len(result.glance()) == 1
    assert result.method in result.summary()
    assert "<table" in result._repr_html_() and r"\begin{table}" in result.to_latex()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["settlements", "single", "waves", "odds", "event", "mixed", "any", "power", "balance", "sensitivity"]
)
def test_a_comparison_puts_its_verdict_first(results, name):
    said = results[name].summary().removeprefix(results[name].finding()).lstrip("\n")
    assert said.startswith("Feasibility: ")
    assert results[name]._repr_html_().startswith("<p><strong>Feasibility: ")


def test_an_event_study_with_one_early_elector_cannot_answer():
    first = np.where(np.repeat(np.arange(10), 12) < 1, 2023.0, np.nan)
    design = small_design(1, wave=np.tile([2021, 2023], 60), first=first)
    with pytest.warns(sk.SurveyKitWarning, match="a single settlement first elects in 2023"):
        result = sk.group_time_effects(design, "q1", first_wave="first", wave="wave")
    assert result.feasibility.verdict == "cannot answer"
    assert result.feasibility.facts["smallest_p_two_sided"] == pytest.approx(0.1)
    assert set(result.table.dropna(subset=["p_value"])["method"]) == {"randomization"}
