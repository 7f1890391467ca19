"""A result that was written is read back: the same table, codes, sentences, seed and code."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.report.verdict import verdict_of

ROLES = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}


@pytest.fixture(scope="module")
def design():
    return sk.SurveyDesign(sk.load_example("ili_2023"), weight="base_weight", cluster="settlement")


MADE = {
    "means": lambda d: sk.means(d, ["trust_akim", "listens"], by="sex"),
    "shares": lambda d: sk.shares(d, "trust_akim", by="sex", lang="en"),
    "totals": lambda d: sk.totals(d, "adults"),
    "test": lambda d: sk.rao_scott_test(d, "trust_akim", "sex"),
    "crosstab": lambda d: sk.crosstab(d, "trust_akim", "sex"),
    "comparison": lambda d: sk.compare_settlements(d, ["trust_akim", "listens"], **ROLES, rng=3),
    "feasibility": lambda d: sk.check_feasibility(d, **ROLES),
    "model": lambda d: sk.fit_model("trust_akim ~ C(sex) + age", d),
    "frequencies": lambda d: sk.frequencies(d.survey, "trust_akim", lang="kk"),
    "weights": sk.summarize_weights,
    "alpha": lambda d: sk.cronbach_alpha(d, sk.LikertScale("trust", ["trust_akim", "trust_kenes"], 1, 5)),
    "waves": lambda d: sk.audit_waves({"2021": sk.load_example("ili_2021"), "2023": d.survey}),
}


@pytest.fixture(params=MADE)
def made(request, design):
    return MADE[request.param](design)


def test_all_of_a_result_comes_back(made, tmp_path):
    """Of a table that hides nothing: every number to the last digit, every text, its types, what stands behind them."""
    stored = sk.read_result(sk.write_result(sk.show_small_cells(made, why="a test"), tmp_path / "a.json"))
    pd.testing.assert_frame_equal(stored.table, made.table, check_exact=True)
    assert (stored.made_as, stored.title, stored.quantity) == (type(made).__name__, made.title, made.quantity)
    assert dict(stored.group_codes) == dict(made.group_codes) and stored.level_codes == made.level_codes
    pd.testing.assert_frame_equal(stored.codes, made.codes)
    for lang in ("en", "ru", "kk"):
        assert stored.finding(lang) == made.finding(lang)
    for name in ("source", "sha256", "simulated", "weight", "lang", "conventions", "files", "weighted_by"):
        assert getattr(stored.origin, name) == getattr(made.origin, name)
    assert isinstance(str(stored), str) and stored._repr_html_() and stored.to_latex()


def test_seed_and_code_come_back(made, tmp_path):
    stored = sk.read_result(sk.write_result(made, tmp_path / "a.json"))
    assert (stored.seed, stored.code()) == (made.seed, made.code())


def test_tables_of_what_was_read_are_those_of_what_was_written(made, tmp_path):
    stored = sk.read_result(sk.write_result(made, tmp_path / "a.json"))
    again = sk.write_result(stored, tmp_path / "b.json")
    assert again.read_bytes() == (tmp_path / "a.json").read_bytes()
    # On a page a crosstab is wide, and a verdict is told in words that the table does not have.
    pages = (
        []
        if isinstance(made, sk.Crosstab)
        else ["csv"]
        if hasattr(made, "verdict") or stored.written_headline
        else ["csv", "md"]
    )
    for kind in pages:
        first = sk.write_table(made, tmp_path / f"a.{kind}", lang="ru")
        assert sk.write_table(stored, tmp_path / f"b.{kind}", lang="ru").read_bytes() == first.read_bytes()


def test_each_outcome_of_a_comparison_keeps_its_sentences(design, tmp_path):
    made = MADE["comparison"](design)
    stored = sk.read_result(sk.write_result(made, tmp_path / "a.json"))
    assert stored.finding("kk", outcome="listens") == made.finding("kk", outcome="listens") != stored.finding("kk")
    assert made.headline() in stored.summary() and stored.seed == 3
    with pytest.raises(sk.ArgumentError, match="outcome"):
        stored.finding(outcome="roads")
    with pytest.raises(sk.ArgumentError, match="not the records behind them"):
        stored.findings()


def test_infinite_and_missing_numbers_come_back(tmp_path):
    table = pd.DataFrame({"outcome": ["a", None], "estimate": [np.inf, np.nan], "n": [9, 8], "odd": ["x", np.nan]})
    table["pair"] = [(1, "a"), None]
    made = dataclasses.replace(sk.Result(table, "Made."), title="Another")
    stored = sk.read_result(sk.write_result(made, tmp_path / "a.json"))
    pd.testing.assert_frame_equal(stored.table, table)
    with pytest.raises(sk.ArgumentError, match="not known when it was written"):
        stored.code()


def test_what_is_hidden_is_not_in_the_file_and_no_answer_is(tmp_path):
    people = pd.DataFrame({"q1": [1, 2, 3, 4] * 5 + [7.25, 8.75], "village": ["A"] * 20 + ["B"] * 2})
    made = sk.means(sk.SurveyDesign(people, weight=[1.0] * 21 + [3.0625]), "q1", by="village")
    file = sk.write_result(made, tmp_path / "a.json")
    text = file.read_text(encoding="utf-8")
    assert "7.25" not in text and "8.75" not in text and "3.0625" not in text
    assert "# answers: the DataFrame of 22 rows and 2 columns, to be put here" in sk.read_result(file).code()
    stored = sk.read_result(file)
    assert stored.table["hidden"].any() and stored.table.loc[stored.table["hidden"], "estimate"].isna().all()


def test_targets_are_in_the_file_and_simulated_answers_say_so(design, tmp_path):
    raked = sk.rake(design, pd.DataFrame({"column": "sex", "level": [1, 2], "target": [0.48, 0.52]}))
    file = sk.write_result(sk.means(raked, "trust_akim"), tmp_path / "a.json")
    assert json.loads(file.read_text(encoding="utf-8"))["data_status"] == "SIMULATED"
    space = {}
    exec(sk.read_result(file).code(), space)
    pd.testing.assert_frame_equal(space["result"].table, sk.means(raked, "trust_akim").table)


def test_a_file_that_is_no_result_says_what_it_is(tmp_path):
    file = tmp_path / "a.json"
    file.write_text("[1]")
    with pytest.raises(sk.ReadError, match="holds no result"):
        sk.read_result(file)
    file.write_text(json.dumps({"kind": "surveykit result", "format": 9, "version": "3.0"}))
    with pytest.raises(sk.ReadError, match=r"the version that wrote it, 3\.0"):
        sk.read_result(file)
    with pytest.raises(sk.WriteError, match=r"\.json"):
        sk.write_result(sk.Result(pd.DataFrame({"n": [1]}), "Made."), tmp_path / "a.csv")


def test_a_damaged_file_says_so(design, tmp_path):
    content = json.loads(sk.write_result(MADE["shares"](design), tmp_path / "a.json").read_text(encoding="utf-8"))
    file = tmp_path / "b.json"
    for key in [key for key in content if key not in ("kind", "format", "data_status", "version")]:
        for wrong in ({name: value for name, value in content.items() if name != key}, content | {key: 7}):
            file.write_text(json.dumps(wrong))
            if wrong.get(key) == 7 and key == "seed":
                continue
            with pytest.raises(sk.ReadError, match="is damaged"):
                sk.read_result(file)
    shorter = json.loads(json.dumps(content))
    shorter["columns"][2]["values"].pop()
    file.write_text(json.dumps(shorter))
    with pytest.raises(sk.ReadError, match="is damaged"):
        sk.read_result(file)


@pytest.mark.parametrize("texts", [["I hate my akim", "no"] * 11, ("I hate my akim", "no") * 11])
def test_no_text_that_somebody_answered_is_in_the_file(texts, tmp_path):
    survey = sk.Survey(pd.DataFrame({"q1": [1, 2] * 11})).with_columns({"said": list(texts)})
    for number, kept in enumerate((survey, survey.with_columns({"again": texts}))):
        file = sk.write_result(sk.means(sk.SurveyDesign(kept), "q1"), tmp_path / f"{number}.json")
        assert "I hate my akim" not in file.read_text(encoding="utf-8")


def test_hidden_counts_come_back_as_nothing(tmp_path):
    people = pd.DataFrame({"q1": [1, 2, 3, 4] * 5 + [2, 3], "village": ["A"] * 20 + ["B"] * 2})
    shown = sk.hide_small_cells(sk.means(sk.SurveyDesign(people), "q1", by="village"))
    stored = sk.read_result(sk.write_result(shown, tmp_path / "a.json"))
    pd.testing.assert_series_equal(stored.table["n"], shown.table["n"])
    assert stored.table["n"].isna().any()
    sk.draw_estimates(stored)
    assert "<NA>" not in sk.write_table(stored, tmp_path / "a.md").read_text(encoding="utf-8")


def test_a_verdict_comes_back_to_every_page(tmp_path):
    answers = pd.DataFrame({"unit": list("ABCD") * 30, "akim": [0, 0, 1, 1] * 30})
    answers["trust"] = np.arange(120) * 7 % 5 + answers["akim"]
    design = sk.SurveyDesign(answers, cluster="unit")
    with pytest.warns(sk.SurveyKitWarning):
        made = sk.compare_settlements(design, "trust", group="akim", baseline=0, settlement="unit", methods=["cr2"])
    stored = sk.read_result(sk.write_result(made, tmp_path / "a.json"))
    for lang in ("en", "ru", "kk"):
        before, after = (sk.write_table(one, tmp_path / f"{number}{lang}.md", lang=lang).read_text(encoding="utf-8")
                         for number, one in enumerate((made, stored)))  # fmt: skip
        verdict = verdict_of(made, lang)
        assert verdict and verdict in before and verdict in after
