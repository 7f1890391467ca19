"""Being wrong with it, 32 to 40: estimates and comparisons that the data cannot give."""

import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from tests.expectations.conftest import ITEMS, WHERE, make_book, make_design, make_frame
from tests.expectations.words import one_sentence

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

SCALE = sk.LikertScale("trust", ITEMS, 1, 5)
GROUP = {"group": "akim", "baseline": "appointed"}


def design_with(weight: str | None = "w", **columns) -> sk.SurveyDesign:
    survey = sk.Survey(make_frame().assign(**columns), make_book()).with_missing_codes()
    return sk.SurveyDesign(survey, weight=weight, cluster="settlement")


def many(count: int) -> dict[str, np.ndarray]:
    return {f"x{i}": np.random.default_rng(i).normal(size=240) for i in range(count)}


def claims_of(result: sk.Result) -> pd.DataFrame:
    """The rows that claim anything: a finite statistic, or a p-value below 1."""
    table = result.table
    claims = np.isfinite(table["statistic"].astype(float)) & (table["statistic"].astype(float) != 0)
    return table[claims | (table["p_value"].astype(float) < 1)]


ONE_ANSWER = {
    "t_test": lambda d: sk.t_test(d, "q1", "akim"),
    "t_test of one mean": lambda d: sk.t_test(d, "q1", null=3.0),
    "trend_test": lambda d: sk.trend_test(d, "q1", "age_group"),
    "trend_test of ranks": lambda d: sk.trend_test(d, "q1", "age_group", of="rank"),
    "rank_test": lambda d: sk.rank_test(d, "q1", "akim"),
    "contrast": lambda d: sk.contrast(sk.means(d, "q1", by="akim"), [1, -1]),
    "compare_groups": lambda d: sk.compare_groups(d, "q1", group="sex", baseline=1),
    "compare_settlements": lambda d: sk.compare_settlements(d, "q1", **WHERE),
    "difference_in_differences": lambda d: sk.difference_in_differences(d, "q1", **GROUP, wave="wave"),
    "group_time_effects": lambda d: sk.group_time_effects(d, "q1", first_wave="first_wave", wave="wave"),
    "covariate_balance": lambda d: sk.covariate_balance(d, ["q1"], **WHERE),
    "randomization_test": lambda d: sk.randomization_test(d, "q1", **WHERE),
    "interviewer_effects": lambda d: sk.interviewer_effects(d.survey, "q1", interviewer="interviewer"),
    "intraclass_correlation": lambda d: sk.intraclass_correlation(d, "q1"),
    "correlations": lambda d: sk.correlations(d, ["q1", "q2"]),
    "joint_test": lambda d: sk.joint_test(d, "q1", "sex"),
    "compare_mixed": lambda d: sk.compare_mixed(d, "q1", **WHERE),
}


@pytest.mark.parametrize("constant", [3.3, 1 / 3, 5.0])
@pytest.mark.parametrize("name", ONE_ANSWER)
def test_32_one_answer_from_everybody_proves_nothing(name, constant):
    """3.3 and 1/3 are no round numbers in binary: what is left of their sums must not be tested."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        result = ONE_ANSWER[name](design_with(q1=constant))
    assert len(claims_of(result)) == 0
    if name in ("intraclass_correlation", "interviewer_effects", "correlations"):
        assert result.table["estimate"].isna().all()


@pytest.mark.parametrize(("number", "call", "kind", "words"), [
    (32, lambda: sk.shares(design_with(q1=np.nan), "q1"), sk.ArgumentError, r"nobody answered 'q1'"),
    (32, lambda: sk.compare_settlements(design_with(q1=np.nan), "q1", **WHERE), sk.ColumnError, r"'q1', which nobody answered"),
    (32, lambda: sk.fit_model("q1 ~ akim", design_with(q1=np.nan)), sk.ArgumentError, r"nobody has all of"),
    (32, lambda: sk.fit_model("q1 ~ akim", design_with(q1=3.0)), sk.ArgumentError, r"same 'q1'"),
    (32, lambda: sk.rao_scott_test(design_with(q1=3.0), "q1", "akim"), sk.ArgumentError, r"fewer than two answers"),
    (32, lambda: sk.cronbach_alpha(design_with(q1=3.0), SCALE), sk.ArgumentError, r"one answer to 'q1'"),
    (32, lambda: sk.minimum_detectable_effect(design_with(q1=3.3), "q1", **WHERE, draws=20), sk.FeasibilityError, r"same answer to 'q1'"),
    (32, lambda: sk.compare_odds(design_with(q1=3.0), "q1", **WHERE), sk.FeasibilityError, r"same answer to 'q1'"),
    (33, lambda: sk.compare_groups(make_design(), "q1", group="sexx", baseline=1), sk.ColumnError, r"`group` names 'sexx'.*did you mean 'sex'"),
    (33, lambda: sk.compare_groups(make_design(), "q1", group="sex", baseline="men"), sk.ArgumentError, r"did you mean 'man'"),
    (33, lambda: sk.t_test(make_design(), "q1", "age_group"), sk.ArgumentError, r"two groups, but 'age_group' has 3"),
    (33, lambda: sk.compare_settlements(design_with(akim=np.repeat([0, 1, 2, 0, 1], 48)), "q1", group="akim", baseline=0, settlement="settlement"), sk.ArgumentError, r"two groups, but 'akim' has 3"),
    (34, lambda: sk.compare_settlements(make_design(), "q1", group="sex", baseline=1, settlement="settlement"), sk.FeasibilityError, r"'sex' varies inside S01.*compare_groups\(\)"),
    (35, lambda: sk.compare_settlements(make_design(treated=1), "q1", **WHERE), sk.FeasibilityError, r"has one, of 10.*allow_single=True.*smallest p is 0\.1"),
    (35, lambda: sk.compare_settlements(make_design(treated=9), "q1", **WHERE), sk.FeasibilityError, r"has one, of 10"),
    (35, lambda: sk.compare_settlements(make_design(treated=10), "q1", **WHERE), sk.SurveyKitError, r"elected"),
    (35, lambda: sk.compare_odds(make_design(treated=1), "q1", **WHERE), sk.FeasibilityError, r"has one, of 10"),
    (35, lambda: sk.compare_mixed(make_design(treated=1, weight=None), "q1", **WHERE), sk.FeasibilityError, r"has one, of 10"),
    (35, lambda: sk.difference_in_differences(make_design(treated=1), "q1", **GROUP, wave="wave"), sk.FeasibilityError, r"has one, of 10"),
    (35, lambda: sk.minimum_detectable_effect(make_design(treated=1), "q1", **WHERE, draws=20), sk.FeasibilityError, r"at least two settlements on each side"),
    (37, lambda: sk.fit_model("y ~ akim", design_with(y=make_frame()["akim"]), family="binomial"), sk.FeasibilityError, r"separate the outcomes completely"),
    (38, lambda: sk.means(design_with(settlement="S1"), "q1"), sk.DesignError, r"at least two clusters"),
    (39, lambda: sk.difference_in_differences(design_with(wave=np.where(make_frame()["akim"] == 1, 2023, make_frame()["wave"])), "q1", **GROUP, wave="wave"), sk.FeasibilityError, r"both waves"),
    (39, lambda: sk.difference_in_differences(design_with(wave=2023), "q1", **GROUP, wave="wave"), sk.ArgumentError, r"at least two waves"),
    (40, lambda: sk.compare_settlements(design_with(q1="text"), "q1", **WHERE), sk.ColumnError, r"text such as 'text'"),
    (40, lambda: sk.fit_model("q1 ~ akim", design_with(q1="text")), sk.ColumnError, r"text such as 'text'"),
    (40, lambda: sk.t_test(design_with(q1="text"), "q1", "akim"), sk.ColumnError, r"text such as 'text'"),
    (40, lambda: sk.quantiles(design_with(q1="text"), "q1"), sk.ColumnError, r"text such as 'text'"),
    (40, lambda: sk.rank_test(design_with(q1="text"), "q1", "akim"), sk.ColumnError, r"text such as 'text'"),
    (40, lambda: sk.compare_groups(design_with(q1="text"), "q1", group="sex", baseline=1), sk.ColumnError, r"text such as 'text'"),
    (40, lambda: sk.intraclass_correlation(design_with(q1="text"), "q1"), sk.ColumnError, r"text such as 'text'"),
    (40, lambda: sk.correlations(design_with(q1="text"), ["q1", "q2"]), sk.ColumnError, r"text such as 'text'"),
])  # fmt: skip
def test_a_question_that_cannot_be_answered_has_its_sentence(number, call, kind, words):
    one_sentence(call, kind, words)


def test_33_a_group_of_one_respondent_warns():
    design = design_with(kind=np.where(np.arange(240) == 0, 1, 2))
    with pytest.warns(sk.SurveyKitWarning, match="has one respondent"):
        sk.t_test(design, "q1", "kind")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        sk.compare_groups(design, "q1", group="kind", baseline=2)
    assert any("has one respondent" in str(one.message) for one in said)
    with pytest.warns(sk.SurveyKitWarning, match=r"no interval can be given for q1 \(1\)"):
        table = sk.means(design, "q1", by="kind").table.set_index("group")
    assert np.isnan(table.loc["1", "conf_low"]) and table.loc["1", "n"] == 1


def test_35_three_against_three_cannot_answer_and_one_is_marked():
    compared = sk.compare_settlements(make_design(treated=3, settlements=6), "q1", **WHERE)
    assert compared.feasibility.verdict == "cannot answer" and "the data cannot answer whether" in compared.finding()
    assert compared.summary().splitlines()[1].startswith("Feasibility: CANNOT ANSWER")
    exact = compared.table[compared.table["method"] == "randomization"]
    assert (exact["p_value"] >= 0.1 - 1e-12).all()
    single = sk.compare_settlements(make_design(treated=1), "q1", **WHERE, allow_single=True).table
    with_p = set(single.loc[single["p_value"].notna(), "method"])
    assert with_p == {"randomization"} and (single["p_value"].dropna() >= 0.1 - 1e-12).all()


@pytest.mark.slow
def test_36_more_covariates_than_clusters_allow():
    design, names = design_with(**many(12)), list(many(12))
    with pytest.warns(sk.SurveyKitWarning, match="no degrees of freedom left"):
        adjusted = sk.compare_settlements(design, "q1", **WHERE, adjust_for=names).table
    linear = adjusted[(adjusted["method"] == "linearized") & (adjusted["term"] == "adjusted")]
    assert linear["p_value"].isna().all()
    with pytest.warns(sk.SurveyKitWarning, match="no interval"):
        model = sk.fit_model("q1 ~ " + " + ".join(names), design)
    assert model.table["p_value"].isna().all()


def test_37_an_ordinal_level_that_one_group_never_uses():
    frame = make_frame()
    never_five = np.where((frame["akim"] == 1) & (frame["q1"] == 5), 4, frame["q1"])
    design = design_with(q1=never_five)
    fit = sk.fit_model("q1 ~ akim", design, family="ordinal")
    assert np.isfinite(fit.table["std_error"]).all()
    empty = sk.shares(design, "q1", by="akim").table
    assert (empty["estimate"] == 0).sum() == 1 and len(empty) == 10


def test_38_no_degrees_of_freedom_is_no_interval():
    frame = make_frame()
    with pytest.warns(sk.SurveyKitWarning, match="no degrees of freedom are left"):
        row = sk.means(design_with(), "q1", where=frame["settlement"] == "S01").table.iloc[0]
    assert np.isfinite(row["estimate"]) and np.isnan(row["conf_low"]) and np.isnan(row["conf_high"])


INFINITE = ONE_ANSWER | {
    "means": lambda d: sk.means(d, "q1"),
    "totals": lambda d: sk.totals(d, "q1"),
    "ratios": lambda d: sk.ratios(d, [("q1", "w")]),
    "quantiles": lambda d: sk.quantiles(d, "q1"),
    "variances": lambda d: sk.variances(d, "q1"),
    "standardized_means": lambda d: sk.standardized_means(d, "q1", {"sex": {1: 0.5, 2: 0.5}}),
    "fit_model": lambda d: sk.fit_model("q1 ~ sex", d),
    "fit_model by": lambda d: sk.fit_model("q2 ~ q1", d),
    "compare_paired": lambda d: sk.compare_paired(d, [("q1", "q2")]),
    "compare_odds": lambda d: sk.compare_odds(d, "q1", **WHERE),
    "joint_test of": lambda d: sk.joint_test(d, "q2", "income"),
    "covariate_balance": lambda d: sk.covariate_balance(d, ["income"], **WHERE),
    "adjust_for": lambda d: sk.compare_settlements(d, "q2", **WHERE, adjust_for="income", methods="cr2"),
    "calibrate": lambda d: sk.calibrate(d, {"q1": 100.0}),
}


@pytest.mark.parametrize("name", INFINITE)
def test_infinite_answers_are_refused_by_every_estimator(name):
    answers = pd.Series(np.arange(240) % 7 + 0.5)
    answers[3] = np.inf
    design = design_with(q1=answers.to_numpy(), income=answers.to_numpy())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        one_sentence(lambda: INFINITE[name](design), words="infinite")


def test_37_a_group_that_tells_the_answers_apart_is_named_and_has_no_error():
    with pytest.warns(sk.SurveyKitWarning, match="so the odds ratio is infinite and has no error"):
        table = sk.compare_odds(design_with(y=make_frame()["akim"]), "y", **WHERE).table
    assert np.isinf(table["estimate"]).all() and table["std_error"].isna().all()
    assert table.loc[~table["method"].isin(["score", "randomization"]), "p_value"].isna().all()


@pytest.mark.parametrize("name", ["compare_settlements", "compare_mixed", "compare_groups"])
def test_one_answer_in_each_group_leaves_no_error_to_test_with(name):
    """The groups explain everything: what is left of the sums is rounding, not an error of 1e-17. Ranks are left."""
    answers = np.where(make_frame()["akim"] == 1, 0.1, 1 / 3)
    calls = ONE_ANSWER | {"compare_groups": lambda d: sk.compare_groups(d, "q1", **GROUP)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        table = calls[name](design_with(q1=answers)).table
    assert table["estimate"].to_numpy() == pytest.approx(0.1 - 1 / 3)
    ranked = table["method"].isin(["randomization", "randomization_studentized"])
    assert table.loc[~ranked, "p_value"].isna().all()
    assert table.loc[ranked, "p_value"].tolist() == pytest.approx([2 / 252] * ranked.sum())
    assert (table.loc[table["method"] != "randomization", "std_error"].fillna(0) == 0).all()


def test_a_comparison_without_variation_between_settlements_says_so():
    answers = np.where(make_frame()["akim"] == 1, 0.1, 1 / 3)
    with pytest.warns(sk.SurveyKitWarning, match="have the same mean of q1, so nothing varies between them"):
        table = sk.compare_settlements(design_with(q1=answers), "q1", **WHERE, methods=["cr2", "randomization"]).table
    assert table.set_index("method").loc["randomization", "p_value"].tolist() == pytest.approx([2 / 252] * 2)
