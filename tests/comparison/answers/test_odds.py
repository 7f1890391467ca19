import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special
from statsmodels.miscmodels.ordinal_model import OrderedModel

from surveykit.comparison.answers.odds import _make_odds, compare_odds
from surveykit.comparison.question import make_question
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError, SurveyKitWarning
from surveykit.estimation.models.regression import fit_model
from tests.comparison.conftest import BY, small_design

ILI = {"group": "elected", "baseline": 0, "settlement": "settlement"}


def row(result, **keys):
    found = result.table
    for column, value in {"estimand": "person", "term": "unadjusted", **keys}.items():
        found = found[found[column] == value]
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(("method", "entry"), [("cr0", "CR0"), ("cr2", "CR2")])
def test_the_logit_equals_clubsandwich(ili_like, expected, method, entry):
    value = expected[f"cr.logit.{entry}"]["value"]
    result = compare_odds(SurveyDesign(ili_like), "q1top", **ILI, adjust_for="sex", methods=[method])
    found = row(result, term="adjusted", method=method)
    assert found["estimate"] == pytest.approx(value["coef"]["elected"], rel=1e-7)
    assert found["std_error"] == pytest.approx(value["se"]["elected"], rel=1e-6 if method == "cr0" else 1e-4)
    if method == "cr2":  # another root of the same matrix, see Notes
        assert found["df"] == pytest.approx(value["df_satt"]["elected"], rel=1e-3)
        assert found["p_value"] == pytest.approx(value["p_satt"]["elected"], rel=1e-3)


def test_the_weighted_logit_equals_statsmodels(ili_like):
    frame = ili_like.dropna(subset=["q1top"])
    x = sm.add_constant(frame[["elected", "age"]].astype(float))
    fit = sm.GLM(frame["q1top"], x, family=sm.families.Binomial(), freq_weights=frame["w"]).fit(tol=1e-12)
    result = compare_odds(SurveyDesign(ili_like, weight="w"), "q1top", **ILI, adjust_for="age", methods=["cr2", "cr0"])
    found = row(result, term="adjusted", method="cr0")
    assert found["estimate"] == pytest.approx(fit.params["elected"], rel=1e-7)
    mu, cluster = fit.fittedvalues, frame["settlement"].astype("category").cat.codes
    scores = x.to_numpy() * (frame["w"] * (frame["q1top"] - mu)).to_numpy()[:, None]
    sums = np.array([scores[cluster == g].sum(axis=0) for g in range(10)])
    bread = np.linalg.inv((x.T * (frame["w"] * mu * (1 - mu)).to_numpy()) @ x.to_numpy())
    assert found["std_error"] == pytest.approx(np.sqrt((bread @ sums.T @ sums @ bread)[1, 1]), rel=1e-6)


def test_ordered_answers_equal_statsmodels_without_weights(ili_like):
    frame = ili_like.dropna(subset=["q1"])
    fit = OrderedModel(frame["q1"].to_numpy(int), frame[["elected"]].astype(float), distr="logit").fit(
        method="bfgs", disp=False, gtol=1e-9
    )
    found = row(compare_odds(SurveyDesign(ili_like), "q1", **ILI, methods=["cr0"]), method="cr0")
    assert found["estimate"] == pytest.approx(fit.params.iloc[0], rel=1e-4)
    assert found["odds_ratio"] == pytest.approx(np.exp(found["estimate"]))


def test_weighted_ordered_answers_equal_the_newton_reference(ili_design, expected):
    entry = next(entry for key, entry in expected.items() if key.startswith("ordinal.newton"))
    assert entry["value"]  # the estimator itself is held to it in tests/estimation; here the weights must matter
    one = row(compare_odds(ili_design, "q1", **ILI, methods=["cr0"]), method="cr0")["estimate"]
    two = row(compare_odds(SurveyDesign(ili_design.survey), "q1", **ILI, methods=["cr0"]), method="cr0")["estimate"]
    assert abs(one - two) > 1e-3


def test_the_score_bootstrap_equals_an_enumeration_by_hand():
    """Kline & Santos: scores and information of the fit without the difference, all sign changes."""
    frame = small_design(3, 7, seed=5).data
    frame["top"] = (frame["q1"] >= 4).astype(float)
    design = SurveyDesign(frame, weight="w")
    found = row(compare_odds(design, "top", **BY, methods=["score"], wild_weights="rademacher"), method="score")
    z, w, y = (frame["akim"] == "elected").to_numpy(float), frame["w"].to_numpy(), frame["top"].to_numpy()
    mu = np.average(y, weights=w)
    x = np.column_stack([np.ones(len(z)), z])
    cluster = frame["settlement"].astype("category").cat.codes.to_numpy()
    s = np.array([((x * (w * (y - mu))[:, None])[cluster == g]).sum(axis=0) for g in range(7)])
    a = np.array([(x[cluster == g].T * w[cluster == g]) @ x[cluster == g] * mu * (1 - mu) for g in range(7)])
    bread = np.linalg.inv(a.sum(axis=0))

    def t(v):
        drawn = v[:, None] * s
        parts = np.array([bread[1] @ (drawn[g] - a[g] @ bread @ drawn.sum(axis=0)) for g in range(7)])
        return bread[1] @ drawn.sum(axis=0) / np.sqrt((parts**2).sum())

    draws = np.array([t(np.array(v)) for v in itertools.product([-1.0, 1.0], repeat=7)])
    assert found["p_value"] == pytest.approx(np.mean(np.abs(draws) >= abs(t(np.ones(7))) - 1e-9))


def test_randomization_without_covariates_ranks_like_the_difference_in_shares():
    frame = small_design(4, 8, seed=6).data
    frame["top"] = (frame["q1"] >= 4).astype(float)
    design = SurveyDesign(frame, weight="w")
    found = row(compare_odds(design, "top", **BY, methods=["randomization"]), method="randomization")
    by = frame.assign(wy=frame["w"] * frame["top"]).groupby("settlement")[["w", "wy"]].sum().to_numpy()
    drawn = []
    for chosen in itertools.combinations(range(8), 4):
        side = np.isin(np.arange(8), chosen)
        drawn.append(by[side, 1].sum() / by[side, 0].sum() - by[~side, 1].sum() / by[~side, 0].sum())
    assert found["p_value"] == pytest.approx(np.mean(np.abs(drawn) >= abs(drawn[0]) - 1e-9))


@pytest.mark.slow
def test_intervals_cover_the_estimate_and_a_strong_effect_is_found():
    frame = small_design(5, effect=1.5).data
    table = compare_odds(SurveyDesign(frame, weight="w"), "q1", **BY).table
    assert (table["conf_low"] < table["estimate"]).all() and (table["estimate"] < table["conf_high"]).all()
    assert (table["p_value"] < 0.05).all() and (table["odds_ratio"] > 1).all()


@pytest.mark.slow
def test_swapping_the_groups_flips_the_sign():
    design = small_design(5)
    one, two = (compare_odds(design, "q1", **{**BY, "baseline": side}).table for side in ("appointed", "elected"))
    np.testing.assert_allclose(one["estimate"], -two["estimate"], rtol=1e-6)
    np.testing.assert_allclose(one["p_value"], two["p_value"], rtol=1e-5)


@pytest.mark.slow
def test_wrong_input_has_its_sentence():
    design = small_design(5, same=np.ones(120), wide=np.arange(120.0))
    with pytest.raises(FeasibilityError, match="everybody gave the same answer to 'same'"):
        compare_odds(design, "same", **BY)
    with pytest.raises(ColumnError, match="120 different values; odds need an ordered scale"):
        compare_odds(design, "wide", **BY)
    with pytest.raises(FeasibilityError, match="age separates? the answers to 'young', whatever the group 'akim'"):
        compare_odds(
            small_design(5, young=np.tile([0.0, 1], 60), age=np.tile([0.0, 1], 60)), "young", **BY, adjust_for="age"
        )
    with pytest.raises(ArgumentError, match="`methods` must be one of"):
        compare_odds(design, "q1", **BY, methods=["welch"])
    with pytest.raises(FeasibilityError, match="has one, of 10"):
        compare_odds(small_design(1), "q1", **BY)
    assert isinstance(design.data, pd.DataFrame)


@pytest.mark.slow
def test_all_methods_can_be_asked_for_by_that_word():
    by = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}
    every, usual = (compare_odds(small_design(5), "q1", **by, **more) for more in ({"methods": "all"}, {}))
    pd.testing.assert_frame_equal(every.table, usual.table)


def one_heavy_settlement():
    """Nine settlements of one to seven respondents; the first outweighs the others 1e9 times."""
    rng = np.random.default_rng(0)
    settlement = np.repeat([f"v{number}" for number in range(9)], rng.integers(1, 8, 9))
    frame = pd.DataFrame({"settlement": settlement, "w": np.where(settlement == "v0", 1e6, 1e-3)})
    frame["akim"] = (frame["settlement"].isin(["v0", "v3", "v6"])).astype(int)
    rng.gamma(1, 2, len(frame))  # these draws have both answers in the heavy settlement
    return frame.assign(
        trust=rng.integers(1, 6, len(frame)), age=rng.normal(size=len(frame)), vote=rng.integers(0, 2, len(frame))
    )


@pytest.mark.parametrize(
    ("null", "held"),
    [
        *((null, ()) for null in (-14.0, -6.0, -1.0, 0.0, 3.0, 14.0)),
        *((null, ("age",)) for null in (-9.0, -3.0, 0.0, 9.0)),
    ],
)
@pytest.mark.parametrize("heavy", [2.0, 1e3])
def test_a_fit_with_the_difference_held_solves_the_score_equations(null, held, heavy):
    frame = one_heavy_settlement()
    frame["w"] = np.where(frame["settlement"] == "v0", heavy, 1.0)
    design = SurveyDesign(frame, weight="w", cluster="settlement")
    question = make_question(design, group="akim", baseline=0, settlement="settlement", adjust_for=held)
    odds = next(_make_odds(question, "vote", question.terms[-1], []))
    found = odds.fit(fixed=null)
    x = np.column_stack([*(frame[name] - frame[name].mean() for name in held), np.ones(len(frame))])

    def score(params):
        return x.T @ (frame["w"] * (frame["vote"] - special.expit(null * frame["akim"] + x @ params))).to_numpy()

    solved = optimize.root(score, [*found[1:-1], -found[-1]], method="hybr", tol=1e-13)  # from near: it is not robust
    assert np.abs(score(solved.x)).max() <= 1e-7 * frame["w"].sum()
    assert found[1:] == pytest.approx([*solved.x[:-1], -solved.x[-1]], rel=1e-4)


def test_one_settlement_may_outweigh_all_others_of_its_side_only():
    """At 1e9 times the others the lighter side has too few digits; at 1e4 every row stands, but CR2's may be unknown."""
    frame = one_heavy_settlement()
    by = {"group": "akim", "baseline": 0, "settlement": "settlement"}
    with pytest.raises(FeasibilityError, match="less than 1e-05 of all weight"):
        compare_odds(SurveyDesign(frame, weight="w", cluster="settlement"), "vote", **by)
    frame["w"] = np.where(frame["settlement"] == "v0", 1e4, 1.0)
    table = compare_odds(SurveyDesign(frame, weight="w", cluster="settlement"), "vote", **by).table
    assert (table.query("method in ['cr3', 'cr0', 'cr1s']")["std_error"] > 0).all()
    tested = table[table["method"].isin(["score", "randomization"])]
    assert tested["p_value"].between(0, 1).all() and len(tested) == 4
    assert ((tested["conf_low"] <= tested["estimate"]) & (tested["estimate"] <= tested["conf_high"])).all()


@pytest.mark.parametrize(
    ("held", "term", "value"),
    [
        ((), "unadjusted", (0.0991865650241, 0.2785867160081, 1.6418163175570, 0.7622405143416)),
        (("age",), "adjusted", (0.0993922775012, 0.2776432676058, 1.6416853707830, 0.7610237263978)),
    ],
)
def test_weighted_cr2_is_that_of_the_working_regression_in_r(ili_like, held, term, value):
    """R 4.2, clubSandwich: m <- glm(top ~ elected, quasibinomial, weights = w); v <- mu(1 - mu) with mu <- fitted(m);
    l <- lm(sqrt(v) * (predict(m) + (top - mu) / v) ~ sqrt(v) * model.matrix(m) - 1, weights = w);
    coef_test(l, vcovCR(l, settlement, "CR2"))."""
    frame = ili_like.assign(w=ili_like["w"] * np.where(ili_like["settlement"] == "S02", 20, 1))
    result = compare_odds(SurveyDesign(frame, weight="w"), "q1top", **ILI, adjust_for=held, methods=["cr2"])
    found = row(result, term=term, method="cr2")
    assert found[["estimate", "std_error", "df", "p_value"]].tolist() == pytest.approx(value, rel=1e-8)


@pytest.mark.slow
def test_the_sentence_names_only_the_methods_asked_for():
    design = small_design(5, vote=np.arange(120) % 2)
    said = compare_odds(design, "vote", **BY, methods=["cr2", "cr3"]).method
    assert "Reported: CR2 errors (Bell-McCaffrey) " in said and "one-step jackknife" in said
    assert not any(word in said for word in ("score bootstrap", "randomization", "linearized"))
    everything = compare_odds(design, "vote", **BY).method
    assert all(
        word in everything
        for word in ("score bootstrap", "randomization of settlements", "linearized t without strata")
    )


def separated(kind):
    frame = small_design(5).data
    elected = (frame["akim"] == "elected").to_numpy()
    frame["top"] = {
        "nobody elected says yes": (frame["q1"] >= 4) & ~elected,
        "all elected say yes": (frame["q1"] >= 4) | elected,
        "apart": elected,
        "at or below three": np.where(elected, np.minimum(3, frame["q1"]), np.maximum(3, frame["q1"])),
    }[kind].astype(float)
    return frame


@pytest.mark.parametrize(
    ("kind", "sign", "side"),
    [
        ("nobody elected says yes", -1, "below"),
        ("all elected say yes", 1, "above"),
        ("apart", 1, "above"),
        ("at or below three", -1, "below"),
    ],
)
def test_groups_that_tell_the_answers_apart_have_an_infinite_odds_ratio_and_two_tests(kind, sign, side):
    """The likelihood rises without end; the p of moved settlements is that of the difference in mean scores by hand."""
    frame = separated(kind)
    with pytest.warns(
        SurveyKitWarning, match=f"in akim = 'elected' all lie at or {side} those in 'appointed', so the odds ratio"
    ):
        result = compare_odds(SurveyDesign(frame, weight="w"), "top", **BY)
    table = result.table.set_index(["estimand", "method"])
    assert (table["estimate"] == sign * np.inf).all() and (table["odds_ratio"] == (0 if sign < 0 else np.inf)).all()
    errors = table.drop(["score", "randomization"], level="method")
    assert errors[["std_error", "p_value", "conf_low", "conf_high"]].isna().all(axis=None)
    assert table["std_error"].isna().all() and "has no finite estimate" in result.method and result.influence.empty
    levels, w = np.unique(frame["top"]), frame["w"].to_numpy()
    below = np.cumsum([w[frame["top"] == level].sum() for level in levels])[:-1] / w.sum()
    edges = np.concatenate([[0], below, [1]])
    score = (1 - edges[1:] - edges[:-1])[
        np.searchsorted(levels, frame["top"])
    ]  # of the proportional odds model at no difference
    by = pd.DataFrame({"s": frame["settlement"], "w": w, "u": -w * score}).groupby("s").sum().to_numpy()
    drawn = [
        by[side, 1].sum() / by[side, 0].sum() - by[~side, 1].sum() / by[~side, 0].sum()
        for side in (np.isin(np.arange(10), chosen) for chosen in itertools.combinations(range(10), 5))
    ]
    found = table.loc[("person", "randomization")]
    assert found["p_value"] == pytest.approx(np.mean(np.abs(drawn) >= abs(drawn[0]) - 1e-9))
    ends = [found["conf_low"], found["conf_high"]]
    assert (
        np.isnan(ends).all() if kind == "apart" else ends[0 if sign < 0 else 1] == sign * np.inf and ends[0] < ends[1]
    )


@pytest.mark.parametrize(
    ("kind", "told"),
    [("apart", "only randomization has a p"), ("all elected say yes", "only score and randomization have")],
)
def test_the_warning_of_an_infinite_odds_ratio_names_the_tests_that_have_a_p(kind, told):
    """Nothing varies inside groups that each give one answer, so that the score bootstrap has none there."""
    with pytest.warns(SurveyKitWarning, match=told):
        table = compare_odds(SurveyDesign(separated(kind), weight="w"), "top", **BY).table
    with_p = table.loc[table["p_value"].notna() & (table["estimand"] == "person"), "method"]
    assert " and ".join(with_p) in told


def test_the_score_bootstrap_where_nobody_says_yes_equals_an_enumeration_by_hand():
    frame = separated("nobody elected says yes")
    with pytest.warns(SurveyKitWarning, match="only score has a p"):
        table = compare_odds(
            SurveyDesign(frame, weight="w"), "top", **BY, methods=["cr2", "score"], wild_weights="rademacher"
        ).table
    z, w, y = (frame["akim"] == "elected").to_numpy(float), frame["w"].to_numpy(), frame["top"].to_numpy()
    mu, x = np.average(y, weights=w), np.column_stack([np.ones(len(z)), z])
    cluster = frame["settlement"].astype("category").cat.codes.to_numpy()
    s = np.array([((x * (w * (y - mu))[:, None])[cluster == g]).sum(axis=0) for g in range(10)])
    a = np.array([(x[cluster == g].T * w[cluster == g]) @ x[cluster == g] * mu * (1 - mu) for g in range(10)])
    bread = np.linalg.inv(a.sum(axis=0))

    def t(v):
        drawn = v[:, None] * s
        parts = np.array([bread[1] @ (drawn[g] - a[g] @ bread @ drawn.sum(axis=0)) for g in range(10)])
        return bread[1] @ drawn.sum(axis=0) / np.sqrt((parts**2).sum())

    draws = np.array([t(np.array(v)) for v in itertools.product([-1.0, 1.0], repeat=10)])
    found = table[(table["method"] == "score") & (table["estimand"] == "person")].iloc[0]
    assert found["p_value"] == pytest.approx(np.mean(np.abs(draws) >= abs(t(np.ones(10))) - 1e-9))


@pytest.mark.slow
def test_a_group_apart_only_among_people_alike_is_infinite_only_when_adjusted():
    """Women of elected villages always say yes and so do men of appointed ones never: no maximum once sex is held equal."""
    frame = small_design(5).data
    elected, woman = (frame["akim"] == "elected").to_numpy(), np.arange(120) % 2 == 0
    mixed = (frame["q1"] >= 4).to_numpy()
    frame["sex"] = np.where(woman, 1, 2)
    frame["top"] = np.where(~woman, 0.0, np.where(elected, 1.0, mixed))  # men never; women of elected villages always
    frame.loc[frame.index[1], "top"] = (
        1.0  # one man of an elected village says yes, so that sex alone tells nothing apart
    )
    with pytest.warns(SurveyKitWarning, match="among people alike in sex"):
        table = compare_odds(
            SurveyDesign(frame, weight="w"), "top", **BY, adjust_for="sex", methods=["cr2", "randomization"]
        ).table
    assert np.isfinite(table.loc[table["term"] == "unadjusted", "estimate"]).all()
    assert (table.loc[table["term"] == "adjusted", "estimate"] == np.inf).all()


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    treated=st.sampled_from([0.0, 0.02, 0.5, 1.0]),
    baseline=st.sampled_from([0.0, 0.03, 0.6, 1.0]),
)
def test_the_odds_ratio_is_infinite_exactly_where_a_cell_of_the_two_by_two_table_is_empty(seed, treated, baseline):
    rng = np.random.default_rng(seed)
    frame = small_design(5).data
    elected = (frame["akim"] == "elected").to_numpy()
    frame["top"] = (rng.random(len(frame)) < np.where(elected, treated, baseline)).astype(float)
    if frame["top"].nunique() < 2:
        return
    empty = (pd.crosstab(frame["akim"], frame["top"]) == 0).to_numpy().any()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        table = compare_odds(SurveyDesign(frame, weight="w"), "top", **BY, methods=["cr2"]).table
    assert np.isinf(table["estimate"]).all() if empty else np.isfinite(table["estimate"]).all()
    assert any("in akim = 'elected' all lie" in str(one.message) for one in told) == empty


def test_a_side_beside_which_the_other_weighs_nothing_has_no_odds():
    """At a part in a million the logarithm of an odds ratio came out as .207 where fit_model() has .178."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {"place": np.repeat(range(8), 10), "o": rng.integers(1, 5, 80), "w": rng.uniform(0.5, 1.5, 80)}
    )
    frame["kind"] = np.where(frame["place"] < 4, "t", "b")
    for ratio in (1e4, 1e6):
        heavy = frame.assign(w=frame["w"] * np.where(frame["place"] == 1, ratio, 1.0))
        design = SurveyDesign(heavy, weight="w", cluster="place")
        by = {"group": "kind", "baseline": "b", "settlement": "place", "methods": ["cr3", "cr0"]}
        if ratio > 1e5:
            with pytest.raises(FeasibilityError, match="less than 1e-05 of all weight"):
                compare_odds(design, "o", **by)
            continue
        table = compare_odds(design, "o", **by).table
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = fit_model("o ~ C(kind)", design, "ordinal").table["estimate"].iloc[0]
        assert table["estimate"].iloc[0] == pytest.approx(fitted, rel=1e-6) and (table["std_error"] > 0).all()
