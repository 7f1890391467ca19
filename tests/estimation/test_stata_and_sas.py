"""The presets "stata" and "sas": printed output of SAS, R on the rows that Stata would keep, and the manuals' formulas.

SAS: SAS/STAT User's Guide, "Getting Started" of PROC SURVEYREG and PROC SURVEYMEANS (the data set IceCream, 40 students of
4,000, and what the procedures print of it). Stata is not at hand: [SVY] manual, the formulas named at each test, computed
by R's survey 4.1 on the rows and clusters that the manual keeps.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import surveykit as sk
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.quantile_rules import weighted_quantile

ICE_CREAM = """
7 7 39 2 7 7 38 1 8 12 47 1 9 10 47 4 7 1 34 4 7 10 43 2 7 3 44 4 8 20 60 3 8 19 57 4 7 2 35 2 7 2 36 1 9 15 51 1
8 16 53 1 7 6 37 4 7 6 41 2 7 6 39 2 9 15 50 4 8 17 57 3 8 14 46 2 9 8 41 2 9 8 41 1 9 7 47 3 7 3 39 3 7 12 50 2
7 4 43 4 9 14 46 3 8 18 58 4 9 9 44 3 7 2 37 1 7 1 37 2 7 4 44 2 7 11 42 2 9 8 41 2 8 10 42 2 8 13 46 1 7 2 40 3
9 6 45 1 9 11 45 4 7 2 36 1 7 9 46 1"""


@pytest.fixture(scope="module")
def students() -> pd.DataFrame:
    numbers = np.array(ICE_CREAM.split(), dtype=int).reshape(40, 4)
    frame = pd.DataFrame(numbers, columns=["grade", "spending", "income", "kids"])
    population = frame["grade"].map({7: 1824, 8: 1025, 9: 1151})
    frame["w"] = population / frame.groupby("grade")["grade"].transform("size")
    return frame.assign(
        total=4000,
        of_grade=population,
        one=100.0,
        below_four=4 - frame["kids"],
        more=(frame["spending"] >= 10).astype(int),
    )


def test_surveyreg_prints_these_errors(students):
    """proc surveyreg total=4000; class Kids; model Spending = Income Kids / solution: 39 denominator degrees of freedom."""
    with pytest.warns(sk.SurveyKitWarning, match="all weights"):
        design = SurveyDesign(students, weight="one", fpc="total", conventions="sas")
    model = sk.fit_model("spending ~ income + C(below_four)", design)
    printed = {
        "Intercept": (-26.084677, 2.46720403),
        "income": (0.775330, 0.04304415),
        "C(below_four)[T.3]": (0.897655, 1.12352876),
        "C(below_four)[T.2]": (1.494032, 1.24705263),
        "C(below_four)[T.1]": (-0.513181, 1.33454891),
    }  # Kids 1, 2, 3 against 4
    table = model.table.set_index("term")
    for term, (estimate, error) in printed.items():
        assert table.loc[term, "estimate"] == pytest.approx(estimate, abs=5e-7)
        assert table.loc[term, "std_error"] == pytest.approx(error, abs=5e-9)
    assert set(table["df"]) == {39} and "times (n - 1) / (n - p)" in model.method
    income = table.loc["income"]
    assert income["conf_high"] - income["estimate"] == pytest.approx(stats.t.ppf(0.975, 39) * 0.04304415, rel=1e-7)


def test_surveyreg_prints_these_tests_of_model_effects(students):
    """SAS/STAT 9.22 User's Guide, PROC SURVEYREG, Output 88.9.2 (read): proc surveyreg varmethod=jackknife; strata Grade;
    class Kids; model Spending = Income Kids / solution; weight Weight; "the denominator degrees of freedom for the F
    tests is 37". W / k, unadjusted, and no factor (n - 1) / (n - p) beside replicates."""
    design = SurveyDesign(students, weight="w", stratum="grade", conventions="sas")
    jackknife = design.with_replicates(sk.replicate_weights(design, "JKn"))
    model = sk.fit_model("spending ~ income + C(below_four)", jackknife)
    assert model.table["estimate"].iloc[0] == pytest.approx(-26.086882, abs=5e-7)  # Figure 86.8 of the 9.2 guide
    effects = {"income": (1, 289.16), "C(below_four)": (3, 0.90)}
    for terms, (df, value) in [*effects.items(), (tuple(effects), (4, 110.48))]:
        row = sk.term_test(model, terms).table.iloc[0]
        assert (row["df"], row["df_denominator"]) == (df, 37)
        assert row["statistic"] == pytest.approx(value, abs=0.005), terms
    assert sk.term_test(model, "C(below_four)").table["p_value"].item() == pytest.approx(0.4525, abs=5e-5)
    # SAS's intercept is that of an average class: 1/4 of each of the three coefficients goes with it
    average = np.array([1, 0, 0.25, 0.25, 0.25])
    b = model.table["estimate"].to_numpy()
    assert (average @ b) ** 2 / (average @ model.covariance @ average) == pytest.approx(133.30, abs=0.005)


def test_surveymeans_prints_these_limits(students):
    """proc surveymeans total=4000; var Spending, and with strata Grade, weight Weight, total=StudentTotals."""
    with pytest.warns(sk.SurveyKitWarning, match="all weights"):
        simple = SurveyDesign(students, weight="one", fpc="total", conventions="sas")
    row = sk.means(simple, "spending").table.iloc[0]
    assert [row[name] for name in ("estimate", "std_error", "conf_low", "conf_high", "df")] == pytest.approx(
        [8.75, 0.845139, 7.04054539, 10.4594546, 39], abs=5e-7
    )
    stratified = SurveyDesign(students, weight="w", stratum="grade", fpc="of_grade", conventions="sas")
    row = sk.means(stratified, "spending").table.iloc[0]
    assert [row[name] for name in ("estimate", "std_error", "conf_low", "conf_high", "df")] == pytest.approx(
        [9.141298, 0.531799, 8.06377052, 10.2188254, 37], abs=5e-7
    )
    row = sk.shares(stratified, "more").table.iloc[0]  # less than 10 dollars
    assert [row[name] for name in ("estimate", "std_error", "conf_low", "conf_high")] == pytest.approx(
        [0.544555, 0.058424, 0.42617678, 0.66293232], abs=6e-7
    )


def test_bootstrap_weights_are_divided_by_their_number():
    """[SVY] variance estimation: V = 1/r sum (theta_i - mean)^2, R divides by r - 1."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.normal(size=60), "w": rng.uniform(1, 2, 60)})
    names = [f"b{number}" for number in range(30)]
    frame = pd.concat(
        [frame, pd.DataFrame(frame["w"].to_numpy()[:, None] * rng.poisson(1, (60, 30)), columns=names)], axis=1
    )
    means = [np.average(frame["y"], weights=frame[name]) for name in names]
    for preset, divisor in (("stata", 30), ("r-survey", 29), ("surveykit", 29)):
        design = SurveyDesign(frame, weight="w", conventions=preset)
        made = sk.supplied_replicate_weights(design, names, "bootstrap", mse=False)
        error = sk.means(design.with_replicates(made), "y").table["std_error"].item()
        assert error == pytest.approx(np.sqrt(((means - np.mean(means)) ** 2).sum() / divisor), rel=1e-10)


@pytest.mark.parametrize("kind", ["bootstrap", "Poisson"])
def test_bootstrap_weights_made_here_are_divided_by_their_number_too(kind):
    frame = pd.DataFrame({"y": np.random.default_rng(1).normal(size=60)})
    error = {}
    for preset in ("stata", "r-survey"):
        design = SurveyDesign(frame, conventions=preset)
        made = sk.replicate_weights(design, kind, replicates=30, rng=1, mse=False)
        error[preset] = sk.means(design.with_replicates(made), "y").table["std_error"].item()
    assert error["r-survey"] / error["stata"] == pytest.approx(np.sqrt(30 / 29), rel=1e-12)


@pytest.mark.parametrize(("preset", "left"), [("stata", 9), ("sas", 12), ("spss", 12), ("surveykit", 8)])
def test_a_part_has_the_same_degrees_of_freedom_in_means_tests_and_models(preset, left):
    """Four strata of four clusters; of the part, stratum 3 has no member and cluster 0 neither.

    Stata counts 12 clusters less 3 strata, SAS and SPSS 16 less 4, the part itself has 11 less 3; surveykit and R take
    one more off in tests and models for the coefficient of the group.
    """
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"cluster": np.repeat(range(16), 20), "y": rng.normal(size=320), "q": rng.integers(1, 4, 320)})
    frame = frame.assign(stratum=frame["cluster"] // 4, sex=np.arange(320) % 2)
    part = (frame["stratum"] != 3) & (frame["cluster"] != 0) & (rng.random(320) < 0.7)
    design = SurveyDesign(frame, cluster="cluster", stratum="stratum", conventions=preset)
    lost = 1 if preset == "surveykit" else 0
    assert sk.means(design, "y", where=part).table["df"].item() == left
    for test in (sk.t_test(design, "y", "sex", where=part), sk.trend_test(design, "y", "sex", where=part)):
        assert test.table["df"].item() == left - lost
    # these programs have no rank test of a survey: R's, with one off
    assert sk.rank_test(design, "y", "sex", where=part).table["df"].item() == left - 1
    assert set(sk.fit_model("y ~ sex", design, where=part).table["df"]) == {left - lost}
    independence = sk.rao_scott_test(design, "q", "sex", where=part).table.iloc[0]
    assert independence["df_denominator"] / independence["df"] == pytest.approx(left)
    assert f"{left} degrees of freedom" in sk.rao_scott_test(design, "q", "sex", where=part).method
    assert f"{left}" in sk.goodness_of_fit_test(design, "q", {1: 0.3, 2: 0.3, 3: 0.4}, where=part).method


PROVINCE = pd.DataFrame(
    {
        "unemployed": [4123, 721, 194, 129, 239, 61, 262, 166, 4123, 666, 760, 457, 61, 262, 331, 98],
        "stratum": [1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2],
        "w": [4.0] * 8 + [1.75] * 4 + [6.25] * 4,
        "rate": [4.0] * 8 + [1.75] * 4 + [6.25] * 4,
        "everybody": [32] * 16,
    }
)
"""Lehtonen & Pahkinen, Practical Methods for Design and Analysis of Complex Surveys, page 46 and page 74."""


@pytest.mark.filterwarnings("ignore:all weights")
@pytest.mark.parametrize(
    ("rows", "population", "printed"),
    [
        # svyset clu [pweight=wt], strata(str) fpc(fpc1); svy: total ue91; estat effects
        (slice(0, 8), "rate", {"std_error": 11801.49, "low": -5297.209, "high": 52457.21, "deff": 0.758641, "deft": 0.754308}),
        # the same in Stata 8 with fpc(32): svytotal ue91
        (slice(0, 8), None, {"std_error": 13191.99, "low": -8699.644, "high": 55859.64, "deff": 0.9479457}),
        # an optimally allocated sample: svy: total ue91
        (slice(8, 16), "rate", {"std_error": 4279.452, "low": 4739.059, "high": 25681.94}),
    ],
)  # fmt: skip
def test_stata_prints_these_totals(rows, population, printed):
    """UCLA, Statistical Consulting: Stata FAQ "How do I analyze survey data with a systematic sample design?" (for
    Stata 9 and 8) and Textbook Examples, chapter 3, table 3.3. SAS prints the first error as 11801 there."""
    frame = PROVINCE[rows].reset_index(drop=True)
    size = frame.groupby("stratum")["w"].transform("size")
    frame["population"] = 32 if population is None else size * frame["rate"]
    design = SurveyDesign(frame, weight="w", stratum="stratum", fpc="population", conventions="stata")
    row = sk.totals(design, "unemployed").table.iloc[0]
    found = {"std_error": row["std_error"], "low": row["conf_low"], "high": row["conf_high"], "deff": row["deff"]}
    replaced = sk.totals(design, "unemployed", design_effect="with_replacement").table["deff"].item()
    found["deft"] = np.sqrt(replaced)
    assert row["df"] == 6
    for name, value in printed.items():
        assert found[name] == pytest.approx(value, rel=1e-6), name
    assert sk.totals(design.with_conventions("sas"), "unemployed").table["std_error"].item() == row["std_error"]


@pytest.mark.filterwarnings("ignore:all weights")
@pytest.mark.parametrize("finite", [False, True])
def test_a_simple_random_sample_has_a_design_effect_of_one_in_every_part(ili_like, finite):
    """[SVY] estat: without `srssubpop` the comparison is with a simple random sample of everybody, whatever the part."""
    frame = ili_like[["age", "sex", "educ", "q1"]].dropna().assign(w=25.0)
    frame["population"] = 25 * len(frame)
    design = SurveyDesign(frame, weight="w", fpc="population" if finite else None, conventions="stata")
    for result in (
        sk.means(design, "age", by="sex"),
        sk.means(design, "age", where=frame["educ"] == 1),
        sk.totals(design, "age", by="sex"),
        sk.totals(design, "age"),
        sk.shares(design, "q1", by="sex"),
    ):
        np.testing.assert_allclose(result.table["deff"], 1, rtol=1e-9)
    ours = sk.means(design.with_conventions("surveykit"), "age", by="sex").table["deff"]
    assert not np.allclose(ours, 1, rtol=1e-4)  # of the group's own size, as srssubpop has it


def test_the_total_of_a_sample_with_replacement_has_a_design_effect_too(ili_like, expected):
    """R: svytotal(~y, design, deff = "replace") is that of the mean times its ratio of errors; equal for a constant N."""
    design = SurveyDesign(ili_like, weight="w", conventions="r-survey")
    table = {kind: sk.totals(design, "age", design_effect=kind).table for kind in ("with_replacement", None)}
    n, weight = ili_like["age"].notna().sum(), ili_like.loc[ili_like["age"].notna(), "w"].sum()
    ratio = table["with_replacement"]["deff"] / table[None]["deff"]
    assert ratio.item() == pytest.approx(1 - n / weight, rel=1e-12)


@pytest.mark.parametrize(
    ("probability", "by_hand"), [(0.1, 1.0), (0.2, 1.0), (0.5, 1.5), (0.8, 2.0), (0.95, 2 + 0.15 / 0.2 * 3), (1.0, 5.0)]
)
def test_sas_quantiles_go_between_distinct_values(probability, by_hand):
    """SURVEYMEANS, Quantiles: y_(1) < ... < y_(d), F(1) = .2, F(2) = .8, F(5) = 1; hf4 would part the two 2s."""
    values, weights = np.array([1.0, 2, 2, 5]), np.array([1.0, 1, 2, 1])
    assert weighted_quantile(values, weights, probability, "hf4-distinct") == pytest.approx(by_hand, rel=1e-12)
    assert sk.CONVENTIONS["sas"].quantile_rule == "hf4-distinct"


def test_spss_quantiles_count_weights_as_cases():
    """EXAMINE: weighted average at (W + 1) p; numpy's "weibull" on the cases written out."""
    rng = np.random.default_rng(5)
    for _ in range(30):
        values, weights = np.sort(rng.integers(0, 9, 12)).astype(float), rng.integers(1, 5, 12)
        for probability in (0.05, 0.25, 0.4, 0.5, 0.77, 0.99):
            theirs = np.quantile(np.repeat(values, weights), probability, method="weibull")
            ours = weighted_quantile(values, weights.astype(float), probability, "haverage")
            assert ours == pytest.approx(theirs, abs=1e-9)
    assert sk.CONVENTIONS["spss"].quantile_rule == "haverage"


EVERY_ESTIMATOR = {
    "means": lambda d, **part: sk.means(d, ["q1", "age"], by="sex", **part),
    "totals": lambda d, **part: sk.totals(d, "q1", by="sex", **part),
    "shares": lambda d, **part: sk.shares(d, "q1", by="sex", **part),
    "ratios": lambda d, **part: sk.ratios(d, [("q1", "hhsize")], by="sex", **part),
    "quantiles": lambda d, **part: sk.quantiles(d, "fine", [0.4, 0.5], by="sex", **part),
    "variances": lambda d, **part: sk.variances(d, ["q1", "age"], by="sex", **part),
    "covariances": lambda d, **part: sk.covariances(d, ["q1", "age"], by="sex", **part),
    "correlations": lambda d, **part: sk.correlations(d, ["q1", "age"], by="sex", **part),
    "standardized": lambda d, **part: sk.standardized_means(d, "q1", {"sex": {1: 0.5, 2: 0.5}}, **part),
    "t test": lambda d, **part: sk.t_test(d, "q1", "sex", **part),
    "rank test": lambda d, **part: sk.rank_test(d, "q1", "sex", **part),
    "rank test of three": lambda d, **part: sk.rank_test(d, "q1", "educ", **part),
    "trend test": lambda d, **part: sk.trend_test(d, "q1", "educ", **part),
    "Rao-Scott": lambda d, **part: sk.rao_scott_test(d, "q1", "sex", **part),
    "goodness of fit": lambda d, **part: sk.goodness_of_fit_test(d, "q1", dict.fromkeys(range(1, 6), 0.2), **part),
    "model": lambda d, **part: sk.fit_model("q1 ~ sex + age", d, **part),
}


MADE_OF_THEM = {"crosstab", "describe_sample"}
"""Tables whose every number is one of these estimators', held to them in tests of their own."""


def test_no_estimator_is_forgotten():
    """Every public function that takes `conventions` stands in the table above."""
    takes = {name for name in sk.__all__ if "conventions" in getattr(getattr(sk, name), "__annotations__", {})}
    named = {"standardized": "standardized_means", "model": "fit_model", "goodness of fit": "goodness_of_fit_test",
             "t test": "t_test", "rank test": "rank_test", "trend test": "trend_test", "Rao-Scott": "rao_scott_test",
             "rank test of three": "rank_test"}  # fmt: skip
    known = {named.get(name, name) for name in EVERY_ESTIMATOR} | MADE_OF_THEM
    assert known == {name for name in takes if callable(getattr(sk, name)) and not isinstance(getattr(sk, name), type)}


@pytest.mark.parametrize("name", EVERY_ESTIMATOR)
@pytest.mark.parametrize("preset", ["stata", "sas"])
def test_every_estimator_takes_the_design_of_the_complete_rows(gone, preset, name):
    """As if whoever lacks an answer had never been drawn: the same call on a frame from which they were deleted."""
    frame = gone[["q1", "age", "sex", "hhsize", "educ", "w", "settlement", "stratum"]]
    frame = frame.assign(fine=frame["q1"] + frame["age"].fillna(50) / 1000)  # few steps would hide a moved quantile
    columns = {"ratios": ["q1", "hhsize"], "rank test of three": ["q1", "educ"], "trend test": ["q1", "educ"],
               "totals": ["q1", "sex"], "shares": ["q1", "sex"], "quantiles": ["q1", "sex"], "goodness of fit": ["q1"],
               "t test": ["q1", "sex"], "rank test": ["q1", "sex"], "Rao-Scott": ["q1", "sex"],
               "standardized": ["q1", "sex"]}.get(name, ["q1", "age", "sex"])  # fmt: skip
    kept = frame.dropna(subset=[*columns, "sex"] if name == "ratios" else columns)
    assert kept["settlement"].nunique() == 9 and len(kept) < len(frame)

    def ask(answers, conventions, where):
        design = SurveyDesign(answers, weight="w", cluster="settlement", stratum="stratum", conventions=conventions)
        return EVERY_ESTIMATOR[name](design, **({} if where is None else {"where": answers["age"] > where}))

    for where in (None, 40):
        theirs, by_hand = ask(frame, preset, where), ask(kept, preset, where)
        pd.testing.assert_frame_equal(theirs.table, by_hand.table, rtol=1e-12)
        assert "1 cluster with nobody else left the design" in theirs.method
        assert "left the design" not in by_hand.method
        ours = ask(frame, "surveykit", where).table
        numbers = ["std_error", "statistic", "df", "p_value", "conf_low", "mean_scale", "df_denominator"]
        seen = [column for column in numbers if column in ours and ours[column].notna().any()]
        assert not np.allclose(ours[seen], theirs.table[seen], rtol=1e-9, equal_nan=True)
