"""What a table found, said in sentences that can be read back."""

import re
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.findings import digits_of
from surveykit.words.messages import messages, template
from tests.public_calls import FUNCTIONS, World

LANGUAGES = ("en", "ru", "kk")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Every result that a public function returns, by the function's name."""
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
                found[name] = result
    return found


def number(text: str) -> float:
    """Read a number as any of the three languages writes it."""
    plain = text.strip("+").replace("−", "-").replace("\u202f", "").rstrip("%").strip()
    plain = plain.replace(".", "").replace(",", ".") if re.fullmatch(r"-?\d+,\d+", plain) else plain.replace(",", "")
    return float(plain)


def read_back(sentence: str, lang: str) -> dict[str, str]:
    """Return what fills the gaps of the sentence that a text begins with: by its template, as a reader would."""
    for key in messages():
        parts = re.split(r"\{(\w+)\}", template(key, lang))
        pattern = "".join(
            f"(?P<{part}>.+?)"
            if place % 2 and part not in parts[1:place:2]
            else f"(?P={part})"
            if place % 2
            else re.escape(part)
            for place, part in enumerate(parts)
        )
        found = re.match(pattern, sentence)
        if found and key != "test":
            return {"key": key, **found.groupdict()}
    raise AssertionError(f"no template says: {sentence}")


COMPARED = ("compare_settlements", "compare_groups", "compare_paired", "t_test", "difference_in_differences", "fit_model",
            "compare_mixed", "trend_test")  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", COMPARED)
def test_the_sentence_of_a_difference_can_be_read_back_into_the_table(results, name, lang):
    result = results[name]
    told = read_back(result.finding(lang), lang)
    table = result.table[result.table["term"] != "Intercept"]
    row = table.iloc[0]
    decimals = len(re.sub(r"^.*[.,]", "", told["difference"])) if re.search(r"[.,]", told["difference"]) else 0
    for said, column in (("difference", "estimate"), ("low", "conf_low"), ("high", "conf_high")):
        # rounded as printed, so at most half a unit of the last decimal away
        assert number(told[said]) == pytest.approx(row[column], abs=0.5000001 * 10**-decimals)
    assert number(told["n"]) == row["n"]
    p = re.search(r"p\s[=<]\s([\d.,]+)", told["tests"])
    assert number(p.group(1)) == pytest.approx(max(row["p_value"], 0.001), abs=0.0005000001)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_comparison_test_and_estimate_has_a_finding(results, lang):
    silent = {name for name, result in results.items() if not result.finding(lang)}
    # no estimates of a population and no tests: checks of data, descriptions of weights, wide pages, interviews, plans
    assert silent == {
        "audit_design", "audit_waves", "check_dimensions", "check_feasibility", "check_quality", "coder_agreement",
        "compare_models", "compare_weights", "count_responses", "cronbach_alpha", "crosstab", "describe_sample",
        "frequencies", "interviewer_effects", "joint_display", "plan_comparison", "polychoric_correlations",
        "rate_positions", "sensitivity_to_confounding", "snw_matrix", "summarize_weights", "theme_agreement",
        "theme_prevalence",
    }  # fmt: skip


def test_no_finding_holds_a_gap_or_a_missing_value(results):
    for name, result in results.items():
        for lang in LANGUAGES:
            text = result.finding(lang)
            assert not re.search(r"[{}]|\bnan\b|None", text), (name, text)


def test_a_summary_begins_with_the_finding(results):
    for name in ("means", "shares", "rao_scott_test", "compare_settlements"):
        assert results[name].summary().startswith(results[name].finding())


def test_the_decimals_follow_the_error():
    # an error of .095 bears two digits: three decimals; one of 21, none
    assert digits_of(pd.DataFrame({"std_error": [0.095]})) == 3
    assert digits_of(pd.DataFrame({"std_error": [21.2, np.nan]})) == 0
    assert digits_of(pd.DataFrame({"std_error": [np.nan]})) == 2


def test_the_answer_given_most_often_is_named_by_its_label_in_each_language():
    book = sk.Codebook.of(
        [
            sk.Variable(
                "q", {"en": "Trust?", "ru": "Доверие?"}, {1: {"en": "no", "ru": "нет"}, 2: {"en": "yes", "ru": "да"}}
            )
        ]
    )
    design = sk.SurveyDesign(
        sk.Survey(pd.DataFrame({"q": [2, 2, 2, 1] * 5, "v": np.repeat(range(5), 4)}), book), cluster="v"
    )
    result = sk.shares(design, "q")
    assert result.finding("en").startswith("“Trust?”: the answer given most often is “yes”, 75.0%")
    assert result.finding("ru").startswith("«Доверие?»: чаще всего дан ответ «да», 75,0\u202f%")


def test_many_estimates_are_told_by_the_highest_and_the_lowest():
    frame = pd.DataFrame({f"q{item}": [item, item + 1] * 10 for item in range(1, 6)} | {"v": np.repeat(range(5), 4)})
    told = sk.means(sk.SurveyDesign(frame, cluster="v"), [f"q{item}" for item in range(1, 6)]).finding()
    assert told.startswith("Estimates: 5 (weighted mean). The highest: “q5”, 5.5") and "the lowest: “q1”, 1.5" in told


def test_simulated_answers_are_called_so_first():
    survey = sk.Survey(pd.DataFrame({"q": [1, 2, 3, 4], "v": [1, 1, 2, 2]}), provenance=sk.Provenance(simulated=True))
    result = sk.means(sk.SurveyDesign(survey, cluster="v"), "q")
    assert all(result.finding(lang).startswith("SIMULATED") for lang in LANGUAGES)


def test_one_outcome_can_be_asked_for_and_an_unknown_one_is_named(results):
    result = results["compare_settlements"]
    assert "“q1”" in result.finding(outcome="q1")
    with pytest.raises(sk.ArgumentError, match="`outcome`"):
        result.finding(outcome="zz")
    with pytest.raises(sk.ArgumentError, match="`lang`"):
        result.finding("de")


def some_answers(**columns) -> sk.SurveyDesign:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"v": np.repeat(range(10), 20), "q": rng.integers(1, 6, 200).astype(float)})
    return sk.SurveyDesign(frame.assign(**columns), cluster="v")


def test_a_group_that_is_called_all_is_a_group():
    design = some_answers(k=np.where(np.arange(200) < 40, "all", "some"))
    assert "“q”, group “all”: weighted mean" in sk.means(design, "q", by="k").finding()
    assert "group" not in sk.means(design, "q").finding()


def test_what_is_not_told_of_a_long_table_is_counted():
    rng = np.random.default_rng(4)
    items = {f"x{item}": rng.integers(1, 6, 200).astype(float) for item in range(8)}
    design = some_answers(g=np.arange(200) // 20 % 2, **items)
    with pytest.warns(sk.SurveyKitWarning, match="does not vary inside the clusters"):
        compared = sk.compare_groups(design, list(items), group="g", baseline=0)
        tested = sk.rao_scott_test(design, list(items), "g")
    for result in (compared, tested):
        assert result.finding("en").endswith("Further rows of the table, not told here: 5.")
        assert "x3" not in result.finding("en")


def test_the_answer_given_most_often_is_not_told_where_one_is_hidden():
    result = sk.shares(some_answers(), "q")
    torn = replace(result, table=result.table.assign(estimate=result.table["estimate"].mask(result.table.index == 2)))
    assert result.finding().startswith("“q”: the answer given most often is") and torn.finding() == ""


def test_highest_and_lowest_are_not_told_where_one_is_hidden():
    rng = np.random.default_rng(5)
    items = {f"x{item}": rng.integers(1, 6, 200).astype(float) for item in range(6)}
    result = sk.means(some_answers(**items), list(items))
    torn = replace(result, table=result.table.assign(estimate=result.table["estimate"].mask(result.table.index == 0)))
    assert "The highest" in result.finding()
    assert "The highest" not in torn.finding() and torn.finding().endswith("not told here: 2.")


def test_coefficients_are_called_by_question_and_answer_and_thresholds_are_no_findings():
    rng = np.random.default_rng(6)
    design = some_answers(kind=rng.choice(["a", "b|c"], 200))
    for family in ("gaussian", "ordinal"):
        told = sk.fit_model("q ~ C(kind)", design, family=family).finding()
        assert told.startswith("Model of “q”: the coefficient of “kind: b|c” ") and told.count("coefficient") == 1
