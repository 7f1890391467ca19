"""One question, one case: who is judged, counted and told of are those who answered."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import surveykit as sk
from surveykit.comparison.level import true_level
from surveykit.errors import ArgumentError, FeasibilityError, SurveyKitWarning
from surveykit.estimation.engine.few_clusters import cluster_totals, fit_robust
from tests.comparison.conftest import small_design

BY = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}


def silenced(design, treated_left, baseline_left=None):
    """The design with the answers to q1 kept in so many settlements of each side only."""
    frame = design.data
    keep = []
    for side, left in (("elected", treated_left), ("appointed", baseline_left)):
        names = sorted(frame.loc[frame["akim"] == side, "settlement"].unique())
        keep += names if left is None else names[:left]
    frame["q1"] = frame["q1"].where(frame["settlement"].isin(keep))
    frame["yes"] = (frame["q1"] >= 4).astype(float).where(frame["q1"].notna())
    return sk.SurveyDesign(frame, weight="w", cluster="settlement")


def two_waves(design):
    frame = pd.concat([design.data.assign(wave=wave) for wave in (2021, 2023)], ignore_index=True)
    return sk.SurveyDesign(frame, weight="w", cluster="settlement")


ASKED = {
    "settlements": lambda design: sk.compare_settlements(design, "q1", **BY, methods=["cr2", "randomization"]),
    "odds": lambda design: sk.compare_odds(design, "yes", **BY, methods=["cr2", "randomization"]),
    "mixed": lambda design: sk.compare_mixed(sk.SurveyDesign(design.data, cluster="settlement"), "q1", **BY),
    "waves": lambda design: sk.difference_in_differences(two_waves(design), "q1", **BY, wave="wave", methods=["cr2"]),
    "any statistic": lambda design: sk.randomization_test(design, "q1", **BY),
    "power": lambda design: sk.minimum_detectable_effect(design, "q1", **BY, draws=20, test="cr2"),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("left", [0, 1])
def test_fewer_than_two_settlements_that_answered_are_refused_everywhere(name, left):
    words = (
        "nobody in akim = 'elected' answered|no settlement of akim = 'elected' has answers"
        if left == 0
        else (r"one side keeps a single settlement \(akim = 'elected'\), because nobody answered .*S01, S02, S03")
    )
    with pytest.raises(FeasibilityError, match=words):
        ASKED[name](silenced(small_design(4), left))


@pytest.mark.parametrize("name", ASKED)
def test_the_verdict_is_on_the_two_settlements_that_answered(name):
    with pytest.warns(SurveyKitWarning, match=r"nobody answered '\w+'.* in settlement\(s\) S02, S03, S04, S05"):
        result = ASKED[name](silenced(small_design(6, 12), 2))
    facts = result.feasibility.facts
    assert (result.feasibility.verdict, facts["n_treated"], facts["n_baseline"]) == ("fragile", 2, 6)
    assert facts["n_assignments"] == 28  # 8 over 2
    assert facts["smallest_p_two_sided"] == pytest.approx(1 / 28)
    assert set(result.table["n_clusters"]) == {8}
    assert "2 settlement(s) in the group 'elected' stand against 6" in result.headline()
    assert "924" not in result.summary()  # the assignments of all twelve


def test_a_split_questionnaire_has_a_verdict_for_each_outcome():
    frame = small_design(6, 12).data
    frame["q2"] = frame["q1"].where(~frame["settlement"].isin(["S02", "S03", "S04", "S05"]))
    design = sk.SurveyDesign(frame, weight="w", cluster="settlement")
    with pytest.warns(SurveyKitWarning, match="nobody answered 'q2'"):
        result = sk.compare_settlements(design, ["q1", "q2"], **BY)
    verdicts = result.feasibility.table.set_index("outcome")
    assert verdicts["verdict"].to_dict() == {"q1": "sound", "q2": "fragile"}
    assert verdicts["n_assignments"].to_dict() == {"q1": 924, "q2": 28}
    assert result.headline().startswith("Feasibility: FRAGILE. For q2: 2 settlement(s)")
    assert "By outcome: fragile for q2; sound for q1." in result.headline()
    assert "for q1 6 against 6 settlements" in result.method and "for q2 2 against 6 settlements" in result.method
    assert "all 924 assignments of the group to settlements (q1)" in result.method
    assert "all 28 assignments of the group to settlements (q2)" in result.method
    alone = sk.compare_settlements(
        sk.SurveyDesign(frame[frame["q2"].notna()], weight="w", cluster="settlement"), "q2", **BY
    )
    columns = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
    assert result.table.query("outcome == 'q2'")[columns].to_numpy() == pytest.approx(
        alone.table[columns].to_numpy(), rel=1e-12, nan_ok=True
    )


def test_covariates_missing_in_settlements_have_their_own_verdict():
    frame = small_design(6, 12).data
    frame["age"] = np.where(frame["settlement"].isin(["S02", "S03", "S04", "S05"]), np.nan, np.arange(len(frame)) % 50)
    design = sk.SurveyDesign(frame, weight="w", cluster="settlement")
    with pytest.warns(SurveyKitWarning, match="with all covariates known in settlement"):
        result = sk.compare_settlements(design, "q1", **BY, adjust_for="age", methods=["cr2"])
    table = result.feasibility.table.set_index("term")
    assert table["n_group"].to_dict() == {"unadjusted": 6, "adjusted": 2}
    assert table["verdict"].to_dict() == {"unadjusted": "sound", "adjusted": "fragile"}
    assert result.headline().startswith("Feasibility: FRAGILE. 2 settlement(s)")


@settings(max_examples=15, deadline=None)
@given(st.permutations(["q1", "q2", "q3", "q4"]), st.lists(st.integers(0, 9), min_size=4, max_size=4))
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_the_order_of_a_battery_changes_no_family_wise_p(order, missing):
    design = small_design(5)
    rng = np.random.default_rng(4)
    frame = design.data
    for number, (item, place) in enumerate(zip(["q1", "q2", "q3", "q4"], missing)):
        noise = rng.normal(0, 0.3, 10)[frame["settlement"].str[1:].astype(int)]
        frame[item] = (frame["q1"] + noise + 0.2 * number).where(frame["settlement"] != f"S{place:02d}")
    design = sk.SurveyDesign(frame, weight="w", cluster="settlement")
    found = [
        sk.compare_settlements(design, names, **BY, methods=["randomization", "randomization_studentized"])
        .table.set_index(["outcome", "estimand", "method"])["p_wy"]
        .sort_index()
        for names in (sorted(order), order)
    ]
    pd.testing.assert_series_equal(found[0], found[1])
    assert found[0].notna().all()


def test_a_battery_with_gaps_by_complete_enumeration():
    """Min-p by hand: every one of the 252 assignments, each item's difference of means over those who answered it."""
    rng = np.random.default_rng(11)
    frame = pd.DataFrame({"settlement": np.repeat([f"S{k:02d}" for k in range(10)], 4)})
    place = np.repeat(np.arange(10), 4)
    frame["akim"] = np.where(place < 5, "elected", "appointed")
    means = {}
    for item, gap in (("a", None), ("b", 7), ("c", 2)):
        values = rng.normal(size=10) + (np.arange(10) < 5) * 0.8
        means[item] = np.where(np.arange(10) == (-1 if gap is None else gap), np.nan, values)
        frame[item] = means[item][place]
    with pytest.warns(SurveyKitWarning, match="nobody answered"):
        table = sk.compare_settlements(sk.SurveyDesign(frame), ["a", "b", "c"], **BY, methods=["randomization"]).table
    draws = [np.isin(np.arange(10), chosen) for chosen in itertools.combinations(range(10), 5)]

    def far(values, treated):
        known = ~np.isnan(values)
        return abs(values[known & treated].mean() - values[known & ~treated].mean())

    drawn = np.array([[far(means[item], treated) for item in "abc"] for treated in draws])
    seen = np.array([far(means[item], np.arange(10) < 5) for item in "abc"])
    ranks = np.array([[np.mean(drawn[:, k] >= drawn[d, k] - 1e-9) for k in range(3)] for d in range(252)])
    raw = np.array([np.mean(drawn[:, k] >= seen[k] - 1e-9) for k in range(3)])
    order, adjusted, largest = np.argsort(raw), np.zeros(3), 0.0
    for step, item in enumerate(order):
        largest = max(largest, np.mean(ranks[:, order[step:]].min(axis=1) <= raw[item] + 1e-12))
        adjusted[item] = largest
    assert table.query("estimand == 'settlement'")["p_wy"].tolist() == pytest.approx(adjusted.tolist())


def test_the_level_is_that_of_a_simulation():
    """Settlement means drawn as normal, CR2 by its formula for unweighted groups: 200,000 draws, error 0.0006."""
    sizes = np.array([336, *[50] * 7, 336, *[50] * 7])
    treated = np.arange(16) < 8
    place = np.repeat(np.arange(16), sizes)
    x = np.column_stack([np.ones(len(place)), treated[place]]).astype(float)
    totals = cluster_totals(x, np.zeros(len(place)), np.ones(len(place)), place)
    critical = stats.t.ppf(0.975, fit_robust(totals).df[1])
    rng, icc = np.random.default_rng(1), 0.15
    means = rng.normal(size=(200_000, 16)) * np.sqrt(icc + (1 - icc) / sizes)
    top, under = 0.0, 0.0
    for sign, side in ((1, treated), (-1, ~treated)):
        share = sizes[side] / sizes[side].sum()
        mean = means[:, side] @ share
        top = top + sign * mean
        under = under + ((means[:, side] - mean[:, None]) ** 2) @ (share**2 / (1 - share))
    simulated = np.mean(np.abs(top) > critical * np.sqrt(under))
    assert true_level(totals, 1, critical, icc) == pytest.approx(simulated, abs=0.002)  # three Monte Carlo errors
    assert simulated > 0.065  # so that a level of 0.05 would not pass


@given(st.floats(0.001, 1000), st.integers(3, 8), st.integers(3, 8), st.integers(2, 40))
@settings(max_examples=25, deadline=None)
def test_settlements_of_one_size_and_weight_have_an_exact_test(weight, treated, baseline, size):
    place = np.repeat(np.arange(treated + baseline), size)
    x = np.column_stack([np.ones(len(place)), place < treated]).astype(float)
    totals = cluster_totals(x, np.zeros(len(place)), np.full(len(place), weight), place)
    if treated == baseline:  # otherwise the degrees of freedom are an approximation even so
        critical = stats.t.ppf(0.975, fit_robust(totals).df[1])
        assert true_level(totals, 1, critical, 0.1) == pytest.approx(0.05, abs=1e-6)


def test_two_settlements_of_half_their_sides_are_not_sound():
    frame = pd.DataFrame({"settlement": np.repeat([f"S{k:02d}" for k in range(16)], [336, *[50] * 7] * 2)})
    frame["akim"] = np.where(frame["settlement"] < "S08", "elected", "appointed")
    gate = sk.check_feasibility(sk.SurveyDesign(frame), **BY)
    assert (gate.verdict, gate.reason_names) == ("fragile", ("level",))
    assert gate.facts["largest_share_treated"] == gate.facts["largest_share_baseline"] == pytest.approx(336 / 686)
    assert "rejects a true null up to 7.2% of the time instead of 5%" in gate.reasons[0]


def test_weights_that_lean_on_the_answer_are_told():
    frame = small_design(8, 16, size=20).data
    place = frame["settlement"].str[1:].astype(int)
    frame["w"] = 1 + 0.05 * (place % 8)
    frame["q1"] = frame["q1"] + 0.8 * (place % 8)
    result = sk.compare_settlements(sk.SurveyDesign(frame, weight="w"), "q1", **BY, methods=["cr2"])
    assert "leaning" in result.feasibility.reason_names
    assert "Settlements that weigh more answer higher (correlation 0.9" in result.headline()
    even = sk.compare_settlements(sk.SurveyDesign(frame), "q1", **BY, methods=["cr2"])
    assert "leaning" not in even.feasibility.reason_names


def test_leaning_is_the_test_of_a_correlation():
    """Inside the sides, G - 3 degrees of freedom: the partial correlation given the group, as scipy and R's lm have it."""
    design = small_design(5, seed=3)
    result = sk.compare_settlements(design, "q1", **BY, methods=["cr2"])
    case = result.cases[0]
    one = [
        np.where(case.treated, v - v[case.treated].mean(), v - v[~case.treated].mean())
        for v in (case.totals.weight, case.means)
    ]
    r = np.corrcoef(one)[0, 1]
    p = 2 * stats.t.sf(abs(r) * np.sqrt(7 / (1 - r**2)), 7)
    assert np.isfinite(result.feasibility.facts["leaning"]) == (p < 0.05)


@pytest.mark.parametrize(("name", "role"), [("akim", "group"), ("settlement", "settlement")])
def test_a_column_has_one_role(name, role):
    frame = small_design(5).data
    frame["settlement"], frame["akim"] = frame["settlement"].str[1:].astype(int), (frame["akim"] == "elected") * 1
    with pytest.raises(ArgumentError, match=f"`outcomes` names '{name}', which is the column of `{role}`"):
        sk.compare_settlements(sk.SurveyDesign(frame), name, group="akim", baseline=0, settlement="settlement")


@pytest.mark.parametrize(
    ("early", "late"), [("pre", "post"), ("before", "after"), ("wave 9", "wave 10"), ("первая", "вторая")]
)
def test_texts_tell_no_order_of_waves(early, late):
    frame = pd.concat(
        [small_design(5, seed=k).data.assign(wave=wave) for k, wave in ((1, early), (2, late))], ignore_index=True
    )
    design = sk.SurveyDesign(frame, weight="w", cluster="settlement")
    with pytest.raises(ArgumentError, match="`wave` must tell which wave comes first, .* pass before= and after="):
        sk.difference_in_differences(design, "q1", **BY, wave="wave")
    frame["number"] = np.where(frame["wave"] == early, 1, 2)
    right = sk.difference_in_differences(
        sk.SurveyDesign(frame, weight="w", cluster="settlement"), "q1", **BY, wave="number", methods=["cr2"]
    ).table
    for told in ({"before": early, "after": late}, {"before": early}, {"after": late}):
        found = sk.difference_in_differences(design, "q1", **BY, wave="wave", **told, methods=["cr2"])
        assert found.table["estimate"].tolist() == pytest.approx(right["estimate"].tolist(), rel=1e-12)
        assert found.title.startswith(f"Change from {early} to {late}")
    with pytest.raises(ArgumentError, match="must be two waves, but both are"):
        sk.difference_in_differences(design, "q1", **BY, wave="wave", before=early, after=early)


def test_means_shown_are_those_that_the_estimate_used():
    frame = pd.concat(
        [small_design(5, seed=k).data.assign(wave=wave) for k, wave in ((1, 2021), (2, 2023))], ignore_index=True
    )
    rest = frame[
        ~((frame["settlement"] == "S00") & (frame["wave"] == 2021))
        & ~((frame["settlement"] == "S09") & (frame["wave"] == 2023))
    ]
    with pytest.warns(SurveyKitWarning, match=r"nobody answered 'q1' in both waves in settlement\(s\) S00, S09"):
        result = sk.difference_in_differences(
            sk.SurveyDesign(rest, weight="w", cluster="settlement"), "q1", **BY, wave="wave", methods=["cr2"]
        )
    means = result.groups.set_index(["group", "term"])["estimate"]
    change = {side: means[side, "2023"] - means[side, "2021"] for side in ("elected", "appointed")}
    assert change["elected"] - change["appointed"] == pytest.approx(result.table["estimate"].iloc[0], rel=1e-12)
    assert (result.feasibility.facts["n_treated"], result.feasibility.facts["n_baseline"]) == (4, 4)
    assert set(result.groups["n_clusters"]) == {4}


def test_uneven_blocks_are_told_and_adjusting_for_them_mends_the_estimate():
    """Blocks of 2 and 6 of 8 treated settlements, answers differ between blocks only: the plain difference is not 0."""
    block = np.repeat([0, 1], 8)
    treated = np.r_[[True] * 2, [False] * 6, [True] * 6, [False] * 2]
    frame = pd.DataFrame({"settlement": np.repeat(np.arange(16), 10)})
    frame["akim"] = np.where(treated[frame["settlement"]], "elected", "appointed")
    frame["zone"] = block[frame["settlement"]]
    frame["y"] = frame["zone"] + np.tile([-1.0, 1], 80) * 0.5
    design = sk.SurveyDesign(frame)
    with pytest.warns(SurveyKitWarning, match="the blocks of 'zone' differ in their share .*adjust_for='zone'"):
        plain = sk.compare_settlements(design, "y", **BY, strata="zone", methods=["randomization"])
    assert plain.table["estimate"].iloc[0] == pytest.approx(0.5)
    held = sk.compare_settlements(design, "y", **BY, strata="zone", adjust_for="zone", methods=["randomization"])
    assert held.table.query("term == 'adjusted'")["estimate"].abs().max() < 1e-9


def with_age(design):
    return sk.SurveyDesign(design.data.assign(age=np.arange(len(design)) % 41), weight="w", cluster="settlement")


@pytest.mark.parametrize("estimand", ["person", "settlement"])
@pytest.mark.parametrize("term", ["unadjusted", "adjusted"])
@pytest.mark.parametrize("method", ["cr2", "cr3", "cr1s", "cr0"])
def test_rows_go_through_statsmodels(estimand, term, method):
    result = sk.compare_settlements(with_age(small_design(5)), "q1", **BY, adjust_for="age")
    row = result.table.query("estimand == @estimand and term == @term and method == @method").iloc[0]
    fit = result.to_statsmodels("q1", estimand=estimand, term=term, method=method)
    test = fit.t_test("elected = 0")
    assert (fit.params["elected"], fit.bse["elected"]) == pytest.approx((row["estimate"], row["std_error"]), rel=1e-9)
    assert (float(test.pvalue), float(np.squeeze(test.df_denom))) == pytest.approx(
        (row["p_value"], row["df"]), rel=1e-9
    )
    assert fit.conf_int().loc["elected"].tolist() == pytest.approx([row["conf_low"], row["conf_high"]], rel=1e-9)
    plain = sm.WLS(fit.model.endog, fit.model.exog, weights=fit.model.weights).fit()
    assert plain.params == pytest.approx(fit.params.to_numpy(), rel=1e-9)  # statsmodels' own solution of the same rows


@pytest.mark.parametrize("estimand", ["person", "settlement"])
def test_a_clustered_fit_of_statsmodels_is_cr1s(estimand):
    design = small_design(5)
    result = sk.compare_settlements(design, "q1", **BY, methods=["cr1s"])
    fit = result.to_statsmodels("q1", estimand=estimand, method="cr1s")
    place = pd.factorize(design.data["settlement"])[0]
    theirs = sm.WLS(fit.model.endog, fit.model.exog, weights=fit.model.weights).fit(
        cov_type="cluster", cov_kwds={"groups": place}
    )
    assert fit.bse.to_numpy() == pytest.approx(theirs.bse, rel=1e-9)


def test_a_change_goes_through_statsmodels_too():
    frame = pd.concat(
        [small_design(5, seed=k).data.assign(wave=wave) for k, wave in ((1, 2021), (2, 2023))], ignore_index=True
    )
    result = sk.difference_in_differences(
        sk.SurveyDesign(frame, weight="w", cluster="settlement"), "q1", **BY, wave="wave", methods=["cr2"]
    )
    for estimand, name in (("person", "elected:2023"), ("settlement", "elected")):
        row = result.table.query("estimand == @estimand").iloc[0]
        fit = result.to_statsmodels("q1", estimand=estimand)
        assert (fit.params[name], fit.bse[name]) == pytest.approx((row["estimate"], row["std_error"]), rel=1e-9)


def test_what_is_no_regression_says_so():
    design = silenced(small_design(5), None)
    result = sk.compare_settlements(design, "q1", **BY, methods=["cr2"])
    with pytest.raises(ArgumentError, match="has no rows of 'q9', 'person', 'unadjusted'; it has"):
        result.to_statsmodels("q9")
    with pytest.raises(ArgumentError, match=r"`method` must be one of .*but 'wild' was given"):
        result.to_statsmodels("q1", method="wild")
    with pytest.raises(ArgumentError, match=r"see fit_model\(..., variance='cr2'\)"):
        sk.compare_odds(design, "yes", **BY, methods=["cr2"]).to_statsmodels("yes")
    single = sk.compare_settlements(small_design(1), "q1", **BY, allow_single=True)
    with pytest.raises(ArgumentError, match="one side of 'q1' is a single settlement"):
        single.to_statsmodels("q1")


@pytest.mark.parametrize("ask", [
    lambda design: sk.compare_settlements(design, "age", group="akim", baseline=0, settlement="settlement", methods="cr2"),
    lambda design: sk.check_feasibility(design, group="akim", baseline=0, settlement="settlement"),
    lambda design: sk.covariate_balance(design, "age", group="akim", baseline=0, settlement="settlement"),
    lambda design: sk.randomization_test(design, "age", group="akim", baseline=0, settlement="settlement"),
    lambda design: sk.compare_mixed(design, "age", group="akim", baseline=0, settlement="settlement"),
], ids=["settlements", "feasibility", "balance", "test", "mixed"])  # fmt: skip
def test_settlements_whose_keys_look_alike_are_told_of_once(shared_inputs, ask):
    """Ten settlements in two spellings each count as twenty; whoever named them clusters has heard it from the design."""
    frame = pd.read_csv(shared_inputs / "keys_trailing_space.csv")
    with pytest.warns(SurveyKitWarning) as told:
        ask(sk.SurveyDesign(frame, weight="w"))
    assert sum("'settlement' spells one key in several ways" in str(one.message) for one in told) == 1
    with pytest.warns(SurveyKitWarning) as told:
        ask(sk.SurveyDesign(frame, weight="w", cluster="settlement"))
    assert sum("'settlement' spells one key in several ways" in str(one.message) for one in told) == 1


def test_groups_whose_labels_look_alike_are_told_of_before_they_are_refused():
    frame = small_design(5).data
    frame["akim"] = frame["akim"].where(frame.index % 2 == 0, frame["akim"] + " ")
    with (
        pytest.warns(SurveyKitWarning, match="'akim' spells one key in several ways"),
        pytest.raises(ArgumentError, match="has 4"),
    ):
        sk.compare_settlements(sk.SurveyDesign(frame, cluster="settlement"), "q1", **BY)
    only = frame.assign(akim=np.where(frame["settlement"] < "S05", "elected", "elected "))
    with pytest.warns(
        SurveyKitWarning, match=r"'akim' spells one key in several ways that look alike, 'elected' and 'elected "
    ):
        sk.check_feasibility(
            sk.SurveyDesign(only, cluster="settlement"), group="akim", baseline="elected", settlement="settlement"
        )


UNEVEN = pd.DataFrame(
    {
        "s": [f"S{i:02d}" for i in range(12)],
        "zone": np.repeat(["A", "B"], 6),
        "akim": np.where([1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0], "elected", "appointed"),
        "y": [1, 1.2, 1.1, 1.3, 1.4, 1.5, 4, 4.1, 4.2, 4.3, 4.4, 4.9],
    }
)


@pytest.mark.parametrize("sign", [1, -1])
def test_uneven_blocks_are_held_against_what_is_expected_inside_them(sign):
    """All 36 ways: one of six in A, five of six in B. The elected are the lowest of both blocks, which is the extreme."""
    y = sign * UNEVEN["y"].to_numpy()
    drawn, ranks = [], []
    order = pd.Series(y).rank().to_numpy()
    for a, b in itertools.product(range(6), range(6, 12)):
        side = np.zeros(12, dtype=bool)
        side[[a, *[place for place in range(6, 12) if place != b]]] = True
        drawn.append(y[side].mean() - y[~side].mean())
        ranks.append(order[side].sum())
    seen = [
        y[UNEVEN["akim"] == "elected"].mean() - y[UNEVEN["akim"] != "elected"].mean(),
        order[UNEVEN["akim"] == "elected"].sum(),
    ]
    expected = [
        np.mean(np.abs(d - np.mean(d)) >= abs(s - np.mean(d)) - 1e-9) for d, s in ((drawn, seen[0]), (ranks, seen[1]))
    ]
    assert expected == pytest.approx([1 / 36, 2 / 36])
    by = {"group": "akim", "baseline": "appointed", "settlement": "s", "strata": "zone"}
    design = sk.SurveyDesign(UNEVEN.assign(y=y))
    with pytest.warns(SurveyKitWarning, match="blocks of 'zone' differ in their share"):
        rows = sk.compare_settlements(design, "y", **by, methods=["randomization", "randomization_studentized"]).table
    assert rows["p_value"].tolist() == pytest.approx([1 / 36] * 4)
    low, high = rows.query("method == 'randomization'")[["conf_low", "conf_high"]].iloc[0]
    for null, inside in ((low - 0.01, False), (low + 0.01, True), (high - 0.01, True), (high + 0.01, False)):
        shifted = (
            y - null * (UNEVEN["akim"] == "elected").to_numpy()
        )  # the interval is of constant effects, by definition
        moved = []
        for a, b in itertools.product(range(6), range(6, 12)):
            side = np.zeros(12, dtype=bool)
            side[[a, *[place for place in range(6, 12) if place != b]]] = True
            moved.append(shifted[side].mean() - shifted[~side].mean())
        real = (UNEVEN["akim"] == "elected").to_numpy()
        far = abs(shifted[real].mean() - shifted[~real].mean() - np.mean(moved))
        assert (np.mean(np.abs(np.array(moved) - np.mean(moved)) >= far - 1e-9) > 0.05) == inside
    with pytest.warns(SurveyKitWarning, match="blocks of 'zone' differ in their share"):
        assert sk.randomization_test(design, "y", **by).table["p_value"].item() == pytest.approx(2 / 36)


def test_blocks_are_told_of_as_they_are_among_those_who_answered():
    frame = small_design(6, 12).data
    frame["zone"] = np.where(frame["settlement"].isin(["S00", "S01", "S02", "S06", "S07", "S08"]), "A", "B")
    assert sk.compare_settlements(sk.SurveyDesign(frame), "q1", **BY, strata="zone", methods=["cr2"]).feasibility
    frame["q1"] = frame["q1"].where(~frame["settlement"].isin(["S09", "S10"]))
    with pytest.warns(SurveyKitWarning) as told:
        sk.compare_settlements(sk.SurveyDesign(frame), "q1", **BY, strata="zone", methods=["cr2"])
    assert any(
        "among the settlements that answered 'q1' the blocks of 'zone' differ" in str(one.message) for one in told
    )


@pytest.mark.parametrize("extra", ["a district not asked", "one level of two people who skipped", "a copy"])
def test_covariates_are_those_of_people_who_answered(extra):
    frame = small_design(6, 12).data
    place = frame["settlement"].str[1:].astype(int)
    frame["zone"] = np.array(["A", "B", "C"])[place % 3]
    frame["age"] = np.arange(len(frame)) % 7
    held = ["zone", "age"]
    if extra == "a district not asked":
        frame["q1"] = frame["q1"].where(frame["zone"] != "C")
    elif extra == "a copy":
        frame["again"] = 2 * frame["age"] + 1
        held.append("again")
    else:
        frame.loc[[3, 100], "zone"] = "D"
        frame.loc[[3, 100], "q1"] = np.nan
    asked = frame[frame["q1"].notna()].drop(columns="again", errors="ignore")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sk.compare_settlements(sk.SurveyDesign(frame, weight="w"), "q1", **BY, adjust_for=held).table
        right = sk.compare_settlements(sk.SurveyDesign(asked, weight="w"), "q1", **BY, adjust_for=["zone", "age"]).table
        numbers = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
        assert found[numbers].to_numpy() == pytest.approx(right[numbers].to_numpy(), rel=1e-8, nan_ok=True)
        mixed = [
            sk.compare_mixed(sk.SurveyDesign(data), "q1", **BY, adjust_for=names).table["p_value"].tolist()
            for data, names in ((frame, held), (asked, ["zone", "age"]))
        ]
        assert mixed[0] == pytest.approx(mixed[1], rel=1e-6)


def test_a_side_of_few_settlements_that_vary_more_is_told_of():
    """Five settlements of 15 against fifteen of 30; by own permutations of normal means the plain test rejects 9 to 11 %."""
    frame = pd.DataFrame({"settlement": np.repeat([f"S{k:02d}" for k in range(20)], [15] * 5 + [30] * 15)})
    frame["akim"] = np.where(frame["settlement"] < "S05", "elected", "appointed")
    gate = sk.check_feasibility(sk.SurveyDesign(frame), **BY)
    assert gate.verdict == "fragile" and "exchange" in gate.reason_names
    assert 0.07 < gate.facts["randomization_level"] < 0.115
    even = sk.check_feasibility(small_design(5), **BY)
    assert even.facts["randomization_level"] == pytest.approx(0.05, abs=0.01)


def test_settlements_of_one_label_are_told_apart():
    frame = small_design(5).data
    frame["settlement"] = frame["settlement"].str[1:].astype(int)
    book = sk.Codebook.of([sk.Variable("settlement", labels={2: {"en": "Aul"}, 7: {"en": "Aul"}})])
    result = sk.compare_settlements(sk.SurveyDesign(sk.Survey(frame, book)), "q1", **BY, methods=["cr2"], lang="en")
    assert {"Aul (2)", "Aul (7)"} <= set(result.influence["left_out"])


def test_a_placebo_has_its_own_words_and_verdict():
    frame = pd.concat(
        [small_design(6, 12, seed=k).data.assign(wave=wave) for k, wave in ((1, 2017), (2, 2019), (3, 2021))],
        ignore_index=True,
    )
    frame["q1"] = frame["q1"].where(~((frame["wave"] == 2017) & frame["settlement"].isin(["S02", "S03", "S04", "S05"])))
    with pytest.warns(
        SurveyKitWarning, match="in the placebo from 2017 to 2019: nobody answered 'q1' in both waves"
    ) as told:
        result = sk.difference_in_differences(
            sk.SurveyDesign(frame, weight="w", cluster="settlement"),
            "q1",
            **BY,
            wave="wave",
            before=2019,
            after=2021,
            methods=["cr2"],
        )
    assert len(told) == 1
    assert "Placebo of q1 from 2017 to 2019: 2 against 6 settlements, fragile." in result.method
    assert set(result.table["n_clusters"]) == {12}
