"""Where an iteration stops, where replicates only rescale, and where one respondent decides, there is no error to test.

The data are made by arithmetic, so that the expected numbers follow from it: a margin that raking fixes does not vary,
replicates that are multiples of the weights change no mean, and villages that are all alike leave every replicate the
coefficients of the full sample. A p-value of 1e-60 can then only be made of rounding.
"""

import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.errors import FeasibilityError, SurveyKitError, SurveyKitWarning
from surveykit.estimation.models.regression import LINKS_OF

K = np.arange(120)
FRAME = pd.DataFrame({
    "v": K % 10, "sex": K * 7 % 13 % 2 + 1, "z": K * 5 % 11 % 3 + 1, "y": K * 3 % 7 % 5 + 1.0,
    "x": np.round(np.sin(K * 1.7), 2), "w": 1 + K * 11 % 17 / 10,
})  # fmt: skip
DESIGN = sk.SurveyDesign(FRAME, weight="w", cluster="v")
MARGINS = {"sex": {1: 0.5, 2: 0.5}, "z": {1: 0.3, 2: 0.3, 3: 0.4}}
quietly = pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")


def multiples() -> sk.SurveyDesign:
    """Six replicates, each the weight times one number."""
    frame = FRAME.assign(**{f"r{j}": FRAME["w"] * (0.9 + 0.04 * j) for j in range(6)})
    design = sk.SurveyDesign(frame, weight="w", cluster="v")
    return design.with_replicates(sk.supplied_replicate_weights(design, [f"r{j}" for j in range(6)], "bootstrap", df=5))


def raked(kind: str, tolerance: float | None = None, **settings: object) -> sk.SurveyDesign:
    def step(design: sk.SurveyDesign) -> sk.SurveyDesign:
        return sk.rake(design, MARGINS, tolerance=tolerance)

    return step(DESIGN).with_replicates(sk.replicate_weights(DESIGN, kind, steps=step, **settings))


@quietly
@pytest.mark.parametrize("kind", ["JK1", "bootstrap"])
@pytest.mark.parametrize("tolerance", [None, 1e-7])
def test_a_raked_margin_has_no_error_in_replicates(kind, tolerance):
    design = raked(kind, tolerance, **({"replicates": 20, "rng": 1} if kind == "bootstrap" else {}))
    shares = sk.shares(design, "z", interval="wald").table["std_error"]
    errors = [sk.means(design, "sex").table["std_error"].item(), *shares]
    assert errors == [0.0] * 4
    tests = [
        sk.t_test(design, "sex", null=1.4),
        sk.goodness_of_fit_test(design, "sex", {1: 0.4, 2: 0.6}),
        sk.contrast(sk.means(design, "sex"), [1.0], null=1.4),
    ]
    assert all(np.isnan(test.table["p_value"].item()) for test in tests)


def test_what_raking_leaves_free_keeps_its_error_in_replicates():
    design = raked("JK1")
    whole = design.replicates.weights(design)
    y = FRAME["y"].to_numpy()
    means = y @ whole / whole.sum(axis=0)
    by_hand = np.sqrt(0.9 * ((means - np.average(y, weights=design.weights)) ** 2).sum())  # JK1: 9/10 times the squares
    assert sk.means(design, "y").table["std_error"].item() == pytest.approx(by_hand, rel=1e-12)
    far = design.with_survey(sk.Survey(FRAME.assign(y=1.7e9 + FRAME["y"])))  # a moment in seconds
    assert sk.means(far, "y").table["std_error"].item() == pytest.approx(by_hand, rel=1e-5)  # 16 digits minus 9


def test_a_coarse_tolerance_is_told():
    with pytest.warns(SurveyKitWarning, match="stop at a tolerance of 0.001"):
        raked("JK1", 1e-3)


@pytest.mark.parametrize("name, call", [
    ("goodness of fit", lambda d: sk.goodness_of_fit_test(d, "z", {1: 0.3, 2: 0.3, 3: 0.4})),
    ("trend", lambda d: sk.trend_test(d, "y", "z")),
    ("trend of ranks", lambda d: sk.trend_test(d, "y", "z", of="rank")),
    ("groups", lambda d: sk.compare_groups(d, "y", group="sex", baseline=1)),
    ("adjusted groups", lambda d: sk.compare_groups(d, "y", group="sex", baseline=1, adjust_for="x")),
    ("paired", lambda d: sk.compare_paired(d, [("y", "z")])),
])  # fmt: skip
@quietly
def test_multiples_of_the_weights_are_no_variation(name, call):
    table = call(multiples()).table
    if "groups" in name or name == "paired":
        table = table[table["method"] == "replicates"]
    assert len(table) and table["p_value"].isna().all(), table["p_value"].tolist()


def test_alpha_under_multiples_of_the_weights_has_no_error():
    design = multiples()
    design = design.with_survey(sk.Survey(design.survey.frame.assign(a=FRAME["y"], b=FRAME["z"], c=FRAME["sex"])))
    with pytest.warns(SurveyKitWarning, match="do not vary between clusters or replicates"):
        found = sk.cronbach_alpha(design, sk.LikertScale("s", ("a", "b", "c"), 1, 5))
    assert np.isnan(found.table["std_error"].to_numpy(dtype=float)).all()
    assert "nothing varies" in found.method


@pytest.mark.parametrize("method", ["wald", "wald-chisq"])
@pytest.mark.parametrize("replicated", [False, True])
@quietly
def test_two_clusters_test_no_two_coefficients(method, replicated):
    design = sk.SurveyDesign(FRAME[FRAME["v"] < 2].reset_index(drop=True), weight="w", cluster="v")
    if replicated:
        design = design.with_replicates(sk.replicate_weights(design, "JK1"))
    with pytest.raises(FeasibilityError, match="needs more clusters than there are"):
        sk.term_test(sk.fit_model("y ~ C(z)", design), "C(z)", method)


@pytest.mark.slow
@pytest.mark.parametrize("family, link", [(family, link) for family in LINKS_OF for link in LINKS_OF[family]])
@quietly
def test_villages_all_alike_leave_refits_nothing(family, link):
    one = pd.DataFrame({
        "x": [0.31, -1.2, 0.77, 2.05, -0.4, 0.9, -0.6, 1.3], "sex": [1, 2, 1, 2, 1, 2, 2, 1],
        "binomial": [0, 1, 1, 0, 0, 1, 1, 0], "gamma": [0.3, 1.2, 2.2, 0.7, 0.2, 4, 1.1, 0.5],
        "poisson": [0, 1, 2, 0, 1, 9, 1, 0], "ordinal": [1, 2, 3, 1, 2, 3, 1, 2],
        "w": [0.7, 1.3, 2.1, 0.9, 1.7, 1.1, 0.8, 1.9],
    })  # fmt: skip
    answers = pd.concat([one.assign(v=village) for village in range(8)], ignore_index=True)
    design = sk.SurveyDesign(answers, weight="w", cluster="v")
    design = design.with_replicates(sk.replicate_weights(design, "JK1"))
    outcome = {"gaussian": "gamma", "negative-binomial": "poisson"}.get(family, family)
    try:
        model = sk.fit_model(f"{outcome} ~ C(sex) + x", design, family, link=link)
    except SurveyKitError as refusal:
        pytest.skip(f"the model does not suit these eight answers: {refusal}")
    assert model.table["p_value"].isna().all(), model.table["std_error"].tolist()
    assert np.isnan(sk.term_test(model, "x").table["p_value"].item())
    assert sk.average_marginal_effects(model, "x").table["p_value"].isna().all()


@pytest.mark.parametrize("scale, shift", [(1e7, 0.0), (1e8, 0.0), (1e-8, 0.0), (1.0, 2e7)])
def test_the_units_of_a_covariate_do_not_matter_to_groups(scale, shift):
    """A change of units changes no difference of groups; 1e-6 is what a shift of 2e7 costs of sixteen digits."""
    tables = [
        sk.compare_groups(
            sk.SurveyDesign(FRAME.assign(x=FRAME["x"] * a + b), weight="w", cluster="v"),
            "y",
            group="sex",
            baseline=1,
            adjust_for="x",
        ).table
        for a, b in ((1, 0), (scale, shift))
    ]
    by_design = tables[0]["method"] == "linearized"
    for name in ("estimate", "std_error", "p_value"):
        assert tables[1][name][by_design].to_numpy() == pytest.approx(tables[0][name][by_design].to_numpy(), rel=1e-6)


@pytest.mark.parametrize("conventions, known", [("surveykit", False), ("r-survey", True)])
def test_one_respondent_in_a_group_gives_no_error_without_clusters(conventions, known):
    frame = FRAME.assign(sex=1)
    frame.loc[5, ["sex", "y"]] = [2, 1.0]
    design = sk.SurveyDesign(frame, weight="w", conventions=conventions)
    with pytest.warns(SurveyKitWarning, match="Without one of the respondents the coefficient of 'C.sex..T.2.'"):
        model = sk.fit_model("y ~ C(sex)", design)
    assert "Without one of the respondents" in model.method
    assert bool(np.isfinite(model.table["p_value"].iloc[1])) == known
    assert np.isfinite(model.table["p_value"].iloc[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurveyKitWarning)
        assert bool(np.isfinite(sk.average_marginal_effects(model, "sex").table["p_value"].item())) == known


@pytest.mark.parametrize("n", [2, 7, 38, 60, 61, 97])
def test_wilson_holds_its_estimate_and_shares_only(n):
    table = sk.shares(
        sk.SurveyDesign(pd.DataFrame({"q": [0] * n + [1] * n, "g": [1] * n + [2] * n})), "q", by="g", interval="wilson"
    ).table
    assert ((table["conf_low"] >= 0) & (table["conf_high"] <= 1)).all()
    assert ((table["conf_low"] <= table["estimate"]) & (table["estimate"] <= table["conf_high"])).all()


def test_a_fixed_margin_has_no_goodness_of_fit_and_a_sentence():
    design = sk.rake(DESIGN, {"z": MARGINS["z"]})
    with pytest.warns(SurveyKitWarning, match="nothing to test"):
        found = sk.goodness_of_fit_test(design, "z", {1: 0.4, 2: 0.3, 3: 0.3})
    assert np.isnan(found.table["p_value"].item())
    assert "no p-value" in found.method


def test_codes_all_alike_promise_no_interval():
    found = sk.coder_agreement(pd.DataFrame({"a": [0] * 6, "b": [0] * 6}), ["a", "b"])
    assert "bootstrap" not in found.method
    assert "all codes are alike" in found.method


def test_the_adjusted_wald_test_is_named():
    for conventions, named in (("stata", True), ("surveykit", False)):
        model = sk.fit_model("y ~ C(z)", DESIGN.with_conventions(conventions))
        assert ("adjusted F" in sk.term_test(model, "C(z)").method) == named


def test_intervals_that_leave_the_possible_are_told():
    frame = pd.DataFrame(
        {"v": np.repeat([0, 1, 2], 10), "y": np.r_[np.zeros(10), np.tile([0, 1.0], 5), np.tile([0, 10.0], 5)]}
    )
    design = sk.SurveyDesign(frame, cluster="v")
    for call in (sk.variances, sk.totals, sk.means):
        found = call(design, "y")
        assert found.table["conf_low"].item() < 0
        assert "may reach below 0" in found.method
    apart = sk.means(sk.SurveyDesign(frame.assign(y=frame["y"] - 4), cluster="v"), "y")  # may well be below 0
    assert apart.table["conf_low"].item() < 0
    assert "below 0" not in apart.method
