"""The first table of a paper: held to R (tests/reference/make_tables_reference.R), to hand, and to what is typed in wrong."""

import json
import math
import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning
from tests.conftest import REFERENCE

R = json.loads((REFERENCE / "tables_expected.json").read_text(encoding="utf-8"))
EXACT = 1e-9
"""R's answers have 15 digits; sums of 904 products leave 1e-13 of a number, a difference of close shares more."""
BOOK = sk.Codebook.of(
    [
        sk.Variable(
            "sex",
            {"en": "Sex", "ru": "Пол", "kk": "Жынысы"},
            labels={1: {"en": "man", "ru": "мужчина", "kk": "ер"}, 2: {"en": "woman", "ru": "женщина", "kk": "әйел"}},
            measure="nominal",
        ),
        sk.Variable(
            "educ", {"en": "Education"}, labels={1: "school", 2: "college", 3: "university"}, measure="ordinal"
        ),
        sk.Variable("ageband", labels={1: "18-29", 2: "30-44", 3: "45-59", 4: "60+"}, measure="ordinal"),
        sk.Variable("q1", labels={code: f"answer {code}" for code in range(1, 6)}, measure="ordinal"),
        sk.Variable("elected", labels={0: "appointed", 1: "elected"}, measure="nominal"),
    ]
)


@pytest.fixture(scope="module")
def design(ili_like):
    return sk.SurveyDesign(sk.Survey(ili_like, BOOK), weight="w", cluster="settlement", stratum="stratum")


def rows(result, outcome, term):
    table = result.table
    return table[(table["outcome"] == outcome) & (table["term"] == term)]


@pytest.mark.parametrize("name", ["age", "income", "q1"])
def test_means_spreads_and_their_difference_are_those_of_r(design, name):
    result = sk.describe_sample(design, name, by="sex", numeric=name)
    theirs = R[f"numeric.{name}"]
    for term, key in (("mean", "mean"), ("std_deviation", "sd")):
        np.testing.assert_allclose(rows(result, name, term)["estimate"], theirs[key], rtol=EXACT)
    assert rows(result, name, "mean")["count"].tolist() == theirs["n"]
    np.testing.assert_allclose(
        rows(result, name, "standardized_difference")["estimate"], theirs["difference"], rtol=1e-8
    )


@pytest.mark.parametrize("name", ["educ", "ageband", "q1"])
def test_shares_counts_and_their_differences_are_those_of_r(design, name):
    theirs = R[f"categorical.{name.replace('ageband', 'age')}f"]
    together = sk.describe_sample(design, name, by="sex")
    found = rows(together, name, "share")
    np.testing.assert_allclose(found["estimate"], np.ravel([*theirs["share"], theirs["all"]]), rtol=EXACT)
    counts = np.array(theirs["count"])
    assert found["count"].tolist() == [*counts.ravel(), *counts.sum(axis=0)]
    multivariate = rows(together, name, "standardized_difference")["estimate"].item()
    assert math.isclose(multivariate, theirs["multivariate"], rel_tol=1e-8)
    by_level = sk.describe_sample(design, name, by="sex", differences="level")
    np.testing.assert_allclose(rows(by_level, name, "standardized_difference")["estimate"], theirs["level"], rtol=1e-8)


def test_p_values_are_those_of_r(design):
    by_sex = sk.describe_sample(design, ["ageband", "q1"], by="sex", p_values=True)
    for name in ("ageband", "q1"):
        held(rows(by_sex, name, "independence"), R[f"chisq.{name.replace('ageband', 'age')}f"])
    by_educ = sk.describe_sample(design, ["age", "q1"], by="educ", numeric=["q1"], p_values=True)
    for name in ("age", "q1"):
        held(rows(by_educ, name, "independence"), R[f"wald.{name}.educf"])
    two = rows(sk.describe_sample(design, "q1", by="sex", numeric="q1", p_values=True), "q1", "independence")
    held(two, R["wald.q1.sexf"])
    test = sk.t_test(design, "q1", "sex").table
    assert math.isclose(two["statistic"].item(), test["statistic"].item() ** 2, rel_tol=EXACT)
    assert math.isclose(two["p_value"].item(), test["p_value"].item(), rel_tol=EXACT)


def held(found, theirs):
    ours = found[["statistic", "df", "df_denominator", "p_value"]].to_numpy(dtype=float).ravel()
    np.testing.assert_allclose(ours, theirs, rtol=1e-8)


def test_no_test_is_made_unasked(design):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = sk.describe_sample(design, ["age", "educ"], by="elected")
    assert "independence" not in set(result.table["term"])


def test_groups_of_clusters_warn_as_the_general_tests_do(design):
    with pytest.warns(SurveyKitWarning, match="compare_settlements") as told:
        result = sk.describe_sample(design, ["age", "educ"], by="elected", p_values=True)
    assert len(told) == 2  # one of the shares, one of the means
    assert result.method.count("compare_settlements() goes by the number of settlements") == 2


def test_one_treated_village_has_no_p_value(design):
    village = (design.survey.frame["settlement"] == "S01").astype(int)
    alone = design.with_survey(design.survey.with_columns({"village": village}))
    with pytest.warns(SurveyKitWarning):
        result = sk.describe_sample(alone, ["age", "educ"], by="village", p_values=True)
    assert result.table.loc[result.table["term"] == "independence", "p_value"].isna().all()


def test_differences_change_sides_with_the_baseline(design):
    one = sk.describe_sample(design, "age", by="sex", baseline="man")
    other = sk.describe_sample(design, "age", by="sex", baseline="woman")
    first, second = (rows(each, "age", "standardized_difference")["estimate"].item() for each in (one, other))
    assert first == -second != 0


def test_missing_answers_are_counted_by_reason():
    answers = pd.DataFrame({"q": [1, 2, 9, np.nan, 1, 2], "sex": [1, 1, 1, 2, 2, 2]})
    book = sk.Codebook.of([sk.Variable("q", labels={1: "no", 2: "yes"}, missing={9: {"en": "refused", "ru": "отказ"}})])
    result = sk.describe_sample(sk.SurveyDesign(sk.Survey(answers, book).with_missing_codes()), "q", by="sex")
    gone = rows(result, "q", "missing")
    assert gone.set_index(["level", "group"])["count"].to_dict() == {
        ("refused", "1"): 1, ("empty", "1"): 0, ("refused", "2"): 0, ("empty", "2"): 1, ("refused", "all"): 1, ("empty", "all"): 1,
    }  # fmt: skip
    labels = result.wide("ru").iloc[:, 1].tolist()
    assert "нет ответа: отказ" in labels
    assert "нет ответа" in labels


def test_groups_and_all_add_up_where_some_have_no_group(ili_like):
    frame = ili_like.assign(side=ili_like["sex"].where(ili_like.index > 10))
    result = sk.describe_sample(sk.SurveyDesign(frame, weight="w"), "educ", by="side", categorical="educ")
    sizes = result.table[result.table["term"] == "respondents"].set_index("group")["count"]
    assert sizes["all"] == 904 - 11 == sizes.drop("all").sum()
    assert "11 respondents without side are left out" in result.method


def test_the_page_in_three_languages(design):
    result = sk.describe_sample(design, ["sex", "age"], by="elected", lang="en")
    english, russian = result.wide("en"), result.wide("ru")
    assert english.columns.tolist() == [
        "Outcome",
        "n (weighted %)",
        "appointed",
        "elected",
        "all respondents",
        "Std. difference",
    ]
    assert russian.iloc[:, 1].tolist() == ["n", "Взвешенное n", "мужчина", "женщина", "среднее (ст. откл.)"]
    assert english.shape == russian.shape == result.wide("kk").shape
    frame, weight = design.survey.frame, design.survey.frame["w"]
    men = (frame["sex"] == 1) & (frame["elected"] == 0)
    share = weight[men].sum() / weight[frame["elected"] == 0].sum()
    assert english.iloc[2, 2] == f"{men.sum()} ({100 * share:.1f}%)"
    assert "Пол" in sk.describe_sample(design, "sex", lang="ru").summary()


@pytest.mark.parametrize("ending", ["csv", "md", "html", "tex", "docx", "xlsx"])
def test_every_kind_of_file(design, tmp_path, ending):
    result = sk.describe_sample(design, ["sex", "age"], by="elected")
    path = sk.write_table(result, tmp_path / f"table.{ending}", lang="ru", title="Таблица 1")
    content = path.read_bytes()
    assert content
    if ending in ("md", "html", "tex"):
        assert "мужчина" in content.decode("utf-8")
    if ending == "csv":
        assert pd.read_csv(path)["term"].eq("std_deviation").sum() == 3


def test_small_groups_are_hidden_on_a_page():
    answers = pd.DataFrame({"age": np.arange(40.0), "side": [1] * 3 + [2] * 17 + [3] * 20})
    result = sk.describe_sample(sk.SurveyDesign(answers), "age", by="side")
    hidden = sk.hide_small_cells(result).wide()
    assert hidden.iloc[2, 2] == "hidden (n < 5)"
    assert hidden.iloc[2, 3] == "hidden to protect another cell"
    assert hidden.iloc[2, 4] != "hidden (n < 5)"
    assert "hidden (n < 5)" not in result.wide().to_string()


def test_a_group_of_one_respondent():
    answers = pd.DataFrame({"age": [20.0, 30, 40, 50], "q": [1, 2, 1, 2], "side": [1, 2, 2, 2]})
    with pytest.warns(SurveyKitWarning):
        result = sk.describe_sample(sk.SurveyDesign(answers), ["age", "q"], by="side", categorical="q", p_values=True)
    assert rows(result, "age", "std_deviation")["estimate"].isna().tolist() == [True, False, False]
    assert np.isnan(rows(result, "age", "standardized_difference")["estimate"].item())
    assert rows(result, "age", "independence")["p_value"].isna().all()
    assert "20.00 (–)" in result.wide().to_string()


def test_the_callers_data_stay(design):
    before = design.survey.frame.copy()
    sk.describe_sample(design, ["sex", "age"], by="elected")
    pd.testing.assert_frame_equal(design.survey.frame, before)


@pytest.mark.parametrize(
    ("error", "call", "words"),
    [
        (ArgumentError, {"variables": []}, "`variables` of describe_sample\\(\\) is empty"),
        (ArgumentError, {"variables": ["age", "age"]}, "`variables` names 'age' twice"),
        (ColumnError, {"variables": "agee"}, "did you mean 'age'"),
        (ColumnError, {"variables": "age", "by": "nobody"}, "nobody"),
        (ArgumentError, {"variables": "sex", "by": "sex"}, "`variables` and `by` both name 'sex'"),
        (ArgumentError, {"variables": "age", "p_values": True}, "p-values compare the groups of one column"),
        (ArgumentError, {"variables": "age", "baseline": 1}, "`by` names no column"),
        (ArgumentError, {"variables": "age", "by": "educ", "baseline": 1}, "`baseline` is for two groups"),
        (ArgumentError, {"variables": "age", "by": "sex", "baseline": "child"}, "baseline"),
        (ArgumentError, {"variables": "age", "numeric": "q1"}, "none of the `variables`"),
        (ArgumentError, {"variables": "q1", "numeric": "q1", "categorical": "q1"}, "described in one way"),
        (ColumnError, {"variables": "settlement", "numeric": "settlement"}, "settlement"),
        (ArgumentError, {"variables": "age", "by": "sex", "differences": "all"}, "differences"),
        (ArgumentError, {"variables": "age", "by": "one", "p_values": True}, "p-values need two groups"),
    ],
)  # fmt: skip
def test_what_is_typed_in_wrong(design, error, call, words):
    with pytest.raises(error, match=words):
        sk.describe_sample(design, **call)


@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
@pytest.mark.parametrize("left", [0, 1])
def test_a_group_in_which_nobody_answered_has_a_count_of_nobody(left):
    """As an item that was not asked in some settlements; one respondent left in the other group is a count of one."""
    frame = pd.DataFrame({"v": np.arange(40) // 4, "q": np.tile([1.0, 2.0], 20), "g": np.repeat(["a", "b"], 20)})
    frame.loc[frame["g"] == "a", "q"] = np.nan
    frame.loc[:left, "q"] = np.where(np.arange(left + 1) < left, 1.0, np.nan)
    table = sk.describe_sample(sk.SurveyDesign(frame, cluster="v"), "q", by="g", categorical="q").table
    counts = table[table["term"] == "share"].set_index(["group", "level"])["count"]
    assert counts["a"].tolist() == [left, 0]
    assert counts["b"].tolist() == [10, 10]
