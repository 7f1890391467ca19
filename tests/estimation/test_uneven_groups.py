"""A group that varies inside clusters, but of which few clusters hold most, is told of by every general test."""

import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.estimation.engine.settlement_level import MOST_REJECTED, weigh_clusters

EACH = 40
TESTS = {
    "t_test": lambda design, group: sk.t_test(design, "y", group),
    "rank_test": lambda design, group: sk.rank_test(design, "y", group),
    "trend_test": lambda design, group: sk.trend_test(design, "y", group),
    "rao_scott_test": lambda design, group: sk.rao_scott_test(design, "high", group),
    "compare_groups": lambda design, group: sk.compare_groups(design, "y", group=group, baseline=0),
    "contrast": lambda design, group: sk.contrast(sk.means(design, "y", by=group), [-1, 1]),
    "contrast turned": lambda design, group: sk.contrast(sk.means(design, "y", by=group), [2, -2]),
    "ratio of means": lambda design, group: sk.contrast(sk.means(design, "y", by=group), lambda m: m[1] / m[0]),
    "fit_model": lambda design, group: sk.fit_model(f"y ~ {group} + after", design),
    "fit_model logit": lambda design, group: sk.fit_model(f"high ~ {group}", design, "binomial"),
    "correlations": lambda design, group: sk.correlations(design, ["y", group]),
    "covariances": lambda design, group: sk.covariances(design, [group, "y"]),
}


def answers(treated: int, clusters: int = 10) -> pd.DataFrame:
    """Return clusters of forty, half of them asked after; `now` is after in the first `treated` clusters."""
    k = np.arange(clusters * EACH)
    place, after = k // EACH, k % EACH // (EACH // 2)
    y = np.random.default_rng(3).normal(4, 1, len(k)).round(3)
    return pd.DataFrame(
        {
            "settlement": [f"S{one:03d}" for one in place],
            "after": after,
            "sex": k % 2,
            "now": ((place < treated) & (after == 1)).astype(int),
            "y": y,
            "high": (y > 4).astype(int),
        }
    )


def said_by(call, *args):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result = call(*args)
    return result, [str(one.message) for one in said]


# By hand, k of 10 clusters with 20 of 40 treated: v = 20 / (20k)^2 + 20 / (400 - 20k)^2 in those, 40 / (400 - 20k)^2 in
# the others; G* = (sum v)^2 / sum v^2. k = 2: (2 x .0126543 + 8 x .0003086)^2 / (2 x .0126543^2 + 8 x .0003086^2) = 2.4
@pytest.mark.parametrize(("treated", "worth"), [(2, 2.4), (3, 3.9), (4, 5.4)])
@pytest.mark.parametrize("name", TESTS)
def test_a_treatment_of_few_settlements_written_as_one_column_is_told(name, treated, worth):
    result, said = said_by(TESTS[name], sk.SurveyDesign(answers(treated), cluster="settlement"), "now")
    if (name, treated) == ("fit_model", 4):  # beside `after` it rests on 8.6 equal clusters; it rejects 7.0 %
        assert said == []
        return
    assert len(said) == 1 and said[0] in result.method
    assert "compare_settlements()" in said[0]
    if name == "ratio of means":  # weights of the two means that are not quite alike
        assert f"(it is found in {treated} of 10)" in said[0]
    elif not name.startswith("fit_model"):
        assert f"worth {worth} equal clusters (it is found in {treated} of 10)" in said[0]
    elif name == "fit_model logit":
        assert f"'now' is worth {worth} equal clusters" in said[0]
    rows = result.table.get("p_value", result.table["estimate"])
    assert name in ("correlations", "covariances") or rows.notna().all()


@pytest.mark.parametrize(("group", "treated"), [("sex", 2), ("after", 2), ("now", 8)])
@pytest.mark.parametrize("name", [name for name in TESTS if name != "fit_model"])
def test_a_group_in_most_settlements_needs_no_word(name, group, treated):
    result, said = said_by(TESTS[name], sk.SurveyDesign(answers(treated), cluster="settlement"), group)
    assert said == [] and "compare_settlements" not in result.method


@pytest.mark.parametrize(("found_in", "told"), [(6, True), (20, False)])
def test_a_rare_group_is_told_of_where_its_test_rejects_too_often(found_in, told):
    # one respondent in each of so many of 100 clusters; the simulation rejects 11.2 % and 6.2 %
    frame = answers(0, 100).assign(rare=lambda frame: 0)
    frame.loc[np.arange(found_in) * EACH + 3, "rare"] = 1
    _, said = said_by(sk.t_test, sk.SurveyDesign(frame, cluster="settlement"), "y", "rare")
    assert bool(said) == told
    assert not told or f"(it is found in {found_in} of 100)" in said[0]


def test_cr2_has_few_degrees_of_freedom_of_its_own_and_needs_no_word():
    design = sk.SurveyDesign(answers(2), cluster="settlement")
    _, said = said_by(lambda: sk.fit_model("y ~ now + after", design, variance="cr2"))
    assert said == []


def test_an_interaction_beside_its_settlement_level_term_is_told():
    frame = answers(2).assign(elected=lambda frame: (frame["settlement"] < "S002").astype(int))
    _, said = said_by(sk.fit_model, "y ~ elected * after", sk.SurveyDesign(frame, cluster="settlement"))
    assert len(said) == 1 and "'elected' has 2 and 8 clusters" in said[0] and "'elected:after' is worth" in said[0]


@pytest.mark.parametrize("treated", [2, 3])
def test_strata_and_scattered_slips_hide_nothing(treated):
    frame = answers(treated)
    frame.loc[np.arange(treated, 10) * EACH, "now"] = 1  # one wrong in every other cluster: it is found in all of them
    frame["region"] = frame["settlement"].str[-1].isin(list("02468")).astype(int)
    _, said = said_by(sk.t_test, sk.SurveyDesign(frame, cluster="settlement", stratum="region"), "y", "now")
    assert len(said) == 1 and "(it is found in 10 of 10)" in said[0]


def test_equal_clusters_keep_the_five_per_cent_and_a_single_one_ends_the_test():
    assert weigh_clusters(np.ones(10), 1, 8) == (pytest.approx(10), pytest.approx(0.05))
    assert weigh_clusters(np.r_[1.0, np.full(9, 1e-9)], 1, 8)[1] > 3 * MOST_REJECTED
    assert weigh_clusters(np.ones(1), 1, 0)[1] == 0
    # R: v <- c(rep(20/40^2 + 20/360^2, 2), rep(40/360^2, 8)); G <- sum(v)^2 / sum(v^2); 2 * pt(qt(.025, 8), 8 * G / 10)
    parts = np.r_[np.full(2, 20 / 40**2 + 20 / 360**2), np.full(8, 40 / 360**2)]
    assert weigh_clusters(parts, 1, 8) == pytest.approx((2.40356083, 0.15258279), rel=1e-6)
    assert weigh_clusters(parts, 1, np.inf) == weigh_clusters(parts, 1, 8)  # a z test is not judged for its z


# --- correlations with a trait of the settlement ---------------------------------------------------------------------


@pytest.mark.parametrize("estimate", [sk.correlations, sk.covariances])
@pytest.mark.parametrize("trait", ["elected", "half", "steps"])
def test_a_correlation_that_one_settlement_makes_has_no_error(estimate, trait):
    frame = answers(1)
    first = frame["settlement"] == "S000"
    frame = frame.assign(elected=first.astype(int), half=frame["now"], steps=np.where(first, np.arange(400) % 3, 7))
    result, said = said_by(estimate, sk.SurveyDesign(frame, cluster="settlement"), ["y", trait])
    row = result.table[(result.table["outcome"] == "y") & (result.table["term"] == trait)].iloc[0]
    assert np.isfinite(row["estimate"]) and row[["std_error", "conf_low", "conf_high"]].isna().all() and row["df"] == 0
    assert len(said) == 1 and "no error, interval or p-value" in said[0] and said[0] in result.method
    test, _ = said_by(
        sk.contrast, result, (result.table["term"] == trait).astype(float) * (result.table["outcome"] == "y")
    )
    assert test.table[["std_error", "p_value", "conf_low"]].isna().all(axis=None)


@pytest.mark.parametrize("values", ["elected", "size"])
def test_a_correlation_with_a_trait_of_few_settlements_is_told(values):
    frame = answers(2).assign(
        elected=lambda frame: (frame["settlement"] < "S002").astype(int),
        size=lambda frame: frame["settlement"].str[1:].astype(int) * 1.5,
    )
    for estimate in (sk.correlations, sk.covariances):
        result, said = said_by(estimate, sk.SurveyDesign(frame, cluster="settlement"), ["y", values, "sex"])
        assert len(said) == 1 and "many clusters" in said[0] and said[0] in result.method
        assert result.table["std_error"].notna().all()


def test_correlations_of_ordinary_answers_need_no_word():
    design = sk.SurveyDesign(answers(2), cluster="settlement")
    _, said = said_by(sk.correlations, design, ["y", "high", "sex", "after"])
    assert said == []


# --- whom sentences and facts count ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "test",
    [
        lambda design: sk.t_test(design, "part", "sex"),
        lambda design: sk.rank_test(design, "part", "sex"),
        lambda design: sk.trend_test(design, "part", "sex"),
        lambda design: sk.rao_scott_test(design, "half", "sex"),
        lambda design: sk.compare_groups(design, "part", group="sex", baseline=0),
        lambda design: sk.t_test(design, "part"),
    ],
)
def test_sentence_and_facts_count_those_who_answered(test):
    frame = answers(2).assign(part=lambda frame: frame["y"].where(frame["settlement"] < "S007"))
    frame["half"] = frame["high"].where(frame["settlement"] < "S007")
    result = test(sk.SurveyDesign(frame, cluster="settlement"))
    assert result.table["n"].iloc[0] == result.facts["n_respondents"] == result.glance()["n_respondents"].item() == 280
    assert result.table["n_clusters"].iloc[0] == result.facts["n_clusters"] == 7
    if "respondents" in result.method:
        assert "280 of 400 respondents, 7 of 10 clusters (settlement)" in result.method


def test_outcomes_that_differ_have_a_range():
    frame = answers(2).assign(part=lambda frame: frame["high"].where(frame["settlement"] < "S007"))
    design = sk.SurveyDesign(frame, cluster="settlement")
    tables = sk.rao_scott_test(design, ["high", "part"], "sex")
    assert "280 to 400 of 400 respondents, 7 to 10 of 10 clusters (settlement)" in tables.method
    for result in (tables, sk.compare_groups(design, ["high", "part"], group="sex", baseline=0)):
        assert (result.facts["n_respondents"], result.facts["n_clusters"]) == ("280 to 400", "7 to 10")
    assert "; 400 respondents, 10 clusters (settlement)" in sk.rao_scott_test(design, "high", "sex").method
