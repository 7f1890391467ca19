"""Crosstabs: R's numbers cell by cell, letters worked out by hand, and the words of each refusal."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from tests.conftest import REFERENCE
from tests.estimation.agreement import assert_equals

R = json.loads((REFERENCE / "crosstab_expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def design(ili_like):
    frame = ili_like.assign(
        needs1=(ili_like["q3"] >= 4).astype(float).where(ili_like["q3"].notna()),
        needs2=(ili_like["q4"] >= 4).astype(float).where(ili_like["q4"].notna()),
        needs3=(ili_like["q5"] >= 3).astype(float).where(ili_like["q5"].notna()),
        nobody=np.nan,
        one=1,
    )
    return sk.SurveyDesign(frame, weight="w", cluster="settlement", stratum="stratum")


NEEDS = sk.ResponseSet("needs", ("needs1", "needs2", "needs3"), 1)


def cells(found, **where):
    """Rows of a crosstab with these texts; None is a margin or a mean."""
    table = found.table
    for name, value in where.items():
        table = table[table[name].isna() if value is None else table[name] == value]
    return table


@pytest.mark.parametrize("by", ["sex", "ageband"])
@pytest.mark.parametrize(
    ("percent", "kind"), [("column", "column"), ("row", "row"), ("total", "total"), (None, "count")]
)
def test_cells_are_those_of_r(design, by, percent, kind):
    found = sk.crosstab(design, "q1", by, percent=percent).table
    inner = found[(found["group"] != "all") & found["level"].notna()]
    if percent in ("total", None):  # R's answers vary fastest
        inner = inner.sort_values(["group", "level"], kind="stable")
    assert_equals(inner["estimate"], R[f"{kind}.{by}"]["est"], 1e-9)
    assert_equals(inner["std_error"], R[f"{kind}.{by}"]["se"], 1e-9)
    if percent is None:
        assert_equals(inner["estimate"], R[f"table.{by}"], 1e-9)


@pytest.mark.parametrize("by", ["sex", "ageband"])
def test_tests_means_and_pairs_are_those_of_r(design, by):
    found = sk.crosstab(design, "q1", by, means_of="q2", letters=0.05)
    test = found.tests.iloc[0]
    assert_equals([test["statistic"], test["df"], test["df_denominator"], test["p_value"]],
                  [R[f"test.{by}"]["statistic"], *R[f"test.{by}"]["df"], R[f"test.{by}"]["p"]], 1e-9)  # fmt: skip
    means = cells(found, estimand="mean").query("group != 'all'")
    assert_equals(means["estimate"], R[f"mean.{by}"]["est"], 1e-9)
    assert_equals(means["std_error"], R[f"mean.{by}"]["se"], 1e-9)
    pairs = found.comparisons.query("level == '2'")
    for ours, theirs in (("estimate", "est"), ("std_error", "se"), ("p_value", "p"), ("p_holm", "holm")):
        assert_equals(pairs[ours], np.ravel(R[f"pairs.{by}"][theirs]), 1e-8, ours)


@pytest.mark.parametrize("base", ["respondents", "mentions"])
def test_questions_with_several_answers_are_rs(design, base):
    found = sk.crosstab(design, NEEDS, "sex", base=base)
    for option, name in zip(("needs1", "needs2", "needs3"), "abc"):
        rows = cells(found, level=option.removeprefix("needs")).query("group != 'all'")
        assert_equals(rows["estimate"], R[f"{base}.{name}"]["est"], 1e-9, option)
        assert_equals(rows["std_error"], R[f"{base}.{name}"]["se"], 1e-9, option)
    assert found.codes["level"].squeeze().dropna().unique().tolist() == ["needs1", "needs2", "needs3"]
    last = found.wide().loc["needs"].index[-3]
    assert (last == "Total") == (base == "mentions")  # shares of respondents add up to more than 100


def three_columns():
    """Nine of ten, one of ten and five of ten say yes, each person drawn by itself."""
    said = [1] * 9 + [0] + [1] + [0] * 9 + [1] * 5 + [0] * 5
    return sk.SurveyDesign(pd.DataFrame({"yes": said, "village": np.repeat(["a", "b", "c"], 10)}))


@pytest.mark.parametrize(("level", "expected"), [(0.05, ["B", None, None]), (0.10, ["B C", None, "B"])])
def test_letters_by_hand(level, expected):
    # 30 / 29 (pq / 10 + pq / 10): t = 0.8 / 0.13646 and twice 0.4 / 0.18754, 19 degrees of freedom of two villages;
    # R's pt gives p = 1.2e-5 and 0.0462, which Holm doubles: alone, the two would carry a letter at 0.05
    found = sk.crosstab(three_columns(), "yes", "village", letters=level)
    p = found.comparisons.query("level == '1'")
    assert_equals(p["statistic"], [0.8 / np.sqrt(0.018 * 30 / 29), 0.4 / np.sqrt(0.034 * 30 / 29),
                                   -0.4 / np.sqrt(0.034 * 30 / 29)], 1e-12)  # fmt: skip
    assert p["df"].tolist() == [19, 19, 19]
    assert p["p_holm"].round(4).tolist() == [0.0, 0.0924, 0.0924]
    rows = cells(found, level="1").query("group != 'all'")
    assert [None if pd.isna(one) else one for one in rows["larger_than"]] == expected
    assert rows["column_letter"].tolist() == ["A", "B", "C"]


def test_a_total_is_formed_before_rounding():
    thirds = pd.DataFrame({"q": [1, 2, 3], "all": 1})
    with warnings.catch_warnings(action="ignore"):
        found = sk.crosstab(sk.SurveyDesign(thirds), "q", "all")
    texts = found.form().texts()["all"]
    assert texts.iloc[:4, 0].tolist() == ["33.3", "33.3", "33.3", "100.0"]
    assert list(texts.columns) == ["1", "Total"]


def test_margins_and_bases(design):
    counts = sk.crosstab(design, "q1", "sex", percent=None).wide()
    assert_equals(counts.loc[("q1", "Total"), ("sex", "Total")], sum(R["table.sex"]), 1e-9)
    answered = design.data["q1"].notna()
    n = design.data.loc[answered].groupby("sex").size()
    assert counts.loc[("q1", "n"), "sex"].tolist() == [*n, answered.sum()]
    by_row = sk.crosstab(design, "q1", "sex", percent="row").wide()["sex"]
    assert by_row["n"].tolist()[:5] == design.data["q1"].value_counts().sort_index().tolist()
    assert_equals(by_row["Total"], [100.0] * 6, 1e-12)
    of_all = sk.crosstab(design, "q1", "sex", percent="total").wide()["sex"]["Total"]
    assert_equals(of_all.iloc[5], 100.0, 1e-12)


@pytest.mark.parametrize("percent", ["column", "row", "total", None])
def test_answers_in_words_keep_the_order_of_their_scale(percent):
    words = ["Agree", "Neither agree nor disagree", "Disagree"] * 8
    frame = pd.DataFrame({"q": words, "g": [1, 2, 2, 1] * 6})
    rows = sk.crosstab(sk.SurveyDesign(frame), "q", "g", percent=percent).wide().loc["q"].index[:3]
    assert list(rows) == ["Disagree", "Neither agree nor disagree", "Agree"]


def test_groups_of_two_questions_keep_apart():
    frame = pd.DataFrame({"q": [1, 2] * 6, "a": ["yes", "yes", "no"] * 4, "b": ["yes", "all", "all", "yes"] * 3})
    found = sk.crosstab(sk.SurveyDesign(frame), "q", ["a", "b"])
    assert found.table["group"].unique().tolist() == ["no", "yes (a)", "all", "all (b)", "yes (b)"]
    assert found.codes["group", "b"].dropna().unique().tolist() == ["all", "yes"]
    assert list(found.wide().columns) == [("a", "no"), ("a", "yes"), ("a", "Total"), ("b", "all"), ("b", "yes"), ("b", "Total")]  # fmt: skip


def test_small_cells_are_hidden_with_totals_and_letters():
    frame = pd.DataFrame({"q": [1, 2] * 30, "g": ["few"] * 3 + ["more"] * 20 + ["most"] * 37})
    found = sk.hide_small_cells(sk.crosstab(sk.SurveyDesign(frame), "q", "g", letters=0.5))
    texts = found.form().texts()["g"]
    assert texts.iloc[0, :2].tolist() == ["hidden (n < 5)", "hidden to protect another cell"]
    assert texts.iloc[2:, 0].tolist() == [""] * 3
    assert list(texts.columns) == ["few", "more", "most (C)", "Total"]
    assert "A" not in "".join(texts.iloc[:2, 2])


def test_what_stands_beneath(design):
    asked = design.data.assign(**{item: design.data[item].where(np.arange(904) >= 30) for item in NEEDS.items})
    silent = design.with_survey(sk.Survey(asked))
    found = sk.crosstab(silent, ["q1", NEEDS], "sex", show="std_error", letters=0.05)
    notes = " ".join(found.notes())
    share = 100 * asked["w"].iloc[:30].sum() / asked["w"].sum()
    for words in (
        f"needs: outside the base no answer {share:.1f}% (n = 30).",
        "Column percent.", "In brackets: standard errors.", "level 0.05", "percent of respondents",
        "q1 × sex: F(2.11; 14.8) = 1.18, p = 0.338", "q1: outside the base no answer 5.7% (n = 49).",
    ):  # fmt: skip
        assert words in notes


def test_a_question_or_grouping_of_one_answer_has_no_test(design):
    assert not len(sk.crosstab(design, "one", "sex").tests)
    found = sk.crosstab(design, "q1", ["one", "sex"], letters=0.05)
    assert found.tests["term"].tolist() == ["sex"]
    assert found.comparisons["term"].unique().tolist() == ["sex"]


def test_many_pairs_on_few_clusters_are_told_of_once(design):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = sk.crosstab(design, ["q1", "q2"], "settlement", letters=0.05)
    assert sum("some pairs" in str(one.message) for one in said) == 1
    assert found.method.count("Some pairs of columns of 'settlement'") == 1
    assert found.comparisons["p_value"].isna().all()  # one cluster behind each column
    assert found.table["larger_than"].isna().all()


def test_who_answered_nothing_in_a_group(design):
    frame = design.data.assign(q1=design.data["q1"].where(design.data["sex"] == 2))
    part = sk.SurveyDesign(frame, weight="w", cluster="settlement", stratum="stratum")
    with pytest.warns(sk.SurveyKitWarning, match="no interval can be given for q1"):
        shown = sk.crosstab(part, "q1", "sex").wide()["sex"]
    assert shown["1"].iloc[:5].isna().all()
    assert shown.loc[("q1", "n")].tolist() == [0, frame["q1"].notna().sum(), frame["q1"].notna().sum()]


@pytest.mark.parametrize(("call", "words"), [
    (dict(rows="q11", columns="sex"), "`rows` names 'q11', which is not a column"),
    (dict(rows="q1", columns="sx"), "`columns` names 'sx', which is not a column; did you mean 'sex'?"),
    (dict(rows="sex", columns=["ageband", "sex"]), "`rows` and `columns` both name 'sex'; a question is not tabulated by itself"),
    (dict(rows="q1", columns="sex", means_of="sex"), "`means_of` and `columns` both name 'sex'"),
    (dict(rows="nobody", columns="sex"), "nobody answered 'nobody'"),
    (dict(rows="q1", columns="nobody"), "`columns` names 'nobody', which is empty for every respondent"),
    (dict(rows=None, columns="sex", means_of="nobody"), "`means_of` names 'nobody', which is empty for every respondent"),
    (dict(rows=None, columns="sex"), "`rows` must name at least one question, or `means_of` one numeric column"),
    (dict(rows="q1", columns="sex", percent="col"), "it is 'column' here"),
    (dict(rows="q1", columns="sex", percent="row", letters=0.05), "write percent='column'"),
    (dict(rows=NEEDS, columns="sex", percent=None), "`rows` names 'needs', a question with several answers"),
    (dict(rows="q1", columns="sex", letters=5.0), "`letters` must lie between 0 and 1"),
    (dict(rows="q1", columns="sex", digits=9), "`digits` must lie between 0 and 6, but 9 was given"),
])  # fmt: skip
def test_refusals(design, call, words):
    with pytest.raises(sk.SurveyKitError) as refusal:
        sk.crosstab(design, **call)
    assert words in str(refusal.value)


def test_presets_tabulate_what_their_estimators_say(design):
    found = sk.crosstab(design, ["q1", "q2"], "sex", conventions="stata")
    for item in ("q1", "q2"):
        alone = sk.shares(design, item, by="sex", conventions="stata").table
        rows = cells(found, outcome=item).query("group != 'all'")
        assert_equals(rows["conf_low"], alone["conf_low"], 1e-12)
