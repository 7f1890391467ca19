"""Samples without clusters: sums by stratum give the errors that a table of all persons gives."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from surveykit.estimation.engine.domains import make_domains
from surveykit.estimation.engine.element_samples import element_sample
from surveykit.estimation.hypotheses import rao_scott as rao_scott_module
from surveykit.estimation.hypotheses.rao_scott import rao_scott_test
from surveykit.estimation.quantities import means as means_module
from surveykit.estimation.quantities import ratios as ratios_module
from surveykit.estimation.quantities import shares as shares_module
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means, totals
from surveykit.estimation.quantities.ratios import ratios
from surveykit.estimation.quantities.shares import shares
from surveykit.weighting.calibration import calibrate
from surveykit.weighting.poststratification import poststratify
from surveykit.weighting.raking import rake
from surveykit.weighting.replicates import replicate_weights
from surveykit.weighting.trimming import trim_weights

DESIGNS = {"weights": {}, "strata": {"stratum": "zone"}, "finite": {"stratum": "zone", "fpc": "population"}}
TARGETS = {"q2": {0: 0.55, 1: 0.45}, "q3": {"no": 0.4, "yes": 0.6}}
STEPS = {
    "as drawn": lambda design: design,
    "raked": lambda design: rake(design, TARGETS),
    "post-stratified": lambda design: poststratify(
        design, {("q2", "q3"): {(0, "no"): 0.2, (0, "yes"): 0.3, (1, "no"): 0.25, (1, "yes"): 0.25}}
    ),
    "raked and trimmed": lambda design: trim_weights(rake(design, TARGETS), upper=4.0),
    "calibrated": lambda design: calibrate(design, {"q2": {0: 330.0, 1: 270.0}}),
    "raked as in R": lambda design: rake(design.with_conventions("r-survey"), TARGETS),
}
NUMBERS = ["estimate", "std_error", "df", "conf_low", "conf_high", "deff", "n", "n_clusters", "n_weighted"]


def make_frame(seed: int = 4, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "zone": rng.integers(0, 4, n),
            "group": rng.choice([1.0, 2, 3, np.nan], n),
            "w": rng.gamma(2, 1, n) + 0.1,
            "q1": rng.choice([1.0, 2, 3, 5, np.nan], n),
            "q2": rng.integers(0, 2, n),
            "q3": rng.choice(["no", "yes"], n),
            "income": np.where(rng.random(n) < 0.2, np.nan, rng.lognormal(8, 1, n)),
            "day": rng.integers(0, 9, n) + 20231101,
        }
    )
    return frame.assign(population=frame["zone"].map({0: 900, 1: 400, 2: 10_000, 3: 5_000}))


def without_the_short_way(monkeypatch):
    for module in (means_module, shares_module, ratios_module, rao_scott_module):
        monkeypatch.setattr(module, "element_sample", lambda design, groups: None)


CALLS = {
    "means": lambda d, **more: means(d, ["q1", "q2", "income", "day"], **more),
    "totals": lambda d, **more: totals(d, ["q1", "q2", "income", "day"], **more),
    "shares": lambda d, **more: shares(d, ["q1", "q2", "q3"], **more),
    "ratios": lambda d, **more: ratios(d, [("income", "day"), ("q1", "income"), ("q2", "q1")], **more),
}


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_it_equals_the_table_of_all_persons(monkeypatch, call, design, step):
    frame = make_frame()
    made = STEPS[step](SurveyDesign(frame, weight="w", **DESIGNS[design]))
    for more in (
        {},
        {"by": "group"},
        {"by": ["group", "q3"], "where": (frame["zone"] != 2).to_numpy()},
        {"where": (frame["q2"] == 1).to_numpy()} | ({} if call == "ratios" else {"missing": "listwise"}),
    ):
        assert element_sample(made, make_domains(made, more.get("by"), more.get("where"))) is not None
        quick = CALLS[call](made, **more)
        with monkeypatch.context() as patch:
            without_the_short_way(patch)
            slow = CALLS[call](made, **more)
        far = (quick.table["outcome"] == "day").to_numpy()  # 20,231,101 and more: 8 digits are left to differ in
        for column in [name for name in NUMBERS if name in quick.table]:
            one, other = (result.table[column].to_numpy(float) for result in (quick, slow))
            # what the weighting has fixed has no error: 0, or what a table of persons leaves of it
            assert one[~far] == pytest.approx(other[~far], rel=1e-8, abs=1e-12, nan_ok=True), (column, more)
            assert one[far] == pytest.approx(other[far], rel=1e-6, nan_ok=True), (column, more)
        assert np.array_equal(quick.linearized, slow.linearized, equal_nan=True)
        assert quick.covariance.diagonal() == pytest.approx(
            quick.table["std_error"].to_numpy() ** 2, rel=1e-6, abs=1e-20, nan_ok=True
        )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:trimming has moved the margins:surveykit.errors.SurveyKitWarning")
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("statistic", ["F", "chisq", "wald", "adjusted-wald", "lincom", "saddlepoint"])
def test_tests_of_independence_equal_those_from_all_persons(monkeypatch, statistic, step, design):
    frame = make_frame()
    made = STEPS[step](SurveyDesign(frame, weight="w", **DESIGNS[design]))
    more = {"statistic": statistic, "where": (frame["day"] % 5 != 1).to_numpy()}
    quick = rao_scott_test(made, ["q1", "q2", "q3"], "group", **more).table
    without_the_short_way(monkeypatch)
    slow = rao_scott_test(made, ["q1", "q2", "q3"], "group", **more).table
    for column in ("statistic", "df", "p_value", "df_denominator", "pearson", "mean_deff", "n", "n_clusters"):
        assert quick[column].to_numpy(float) == pytest.approx(slow[column].to_numpy(float), rel=1e-8, nan_ok=True)


def test_a_contrast_asks_for_all_persons_and_gets_them():
    made = SurveyDesign(make_frame(), weight="w", stratum="zone")
    by_group = means(made, "q1", by="group")
    error = contrast(by_group, [1, -1, 0]).table["std_error"].item()
    covariance = by_group.covariance
    assert error == pytest.approx(np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]), rel=1e-9)


def test_no_table_of_persons_times_estimates_is_made_unless_it_is_asked_for():
    frame = make_frame(n=2000).assign(place=np.arange(2000) % 200)
    result = shares(SurveyDesign(frame, weight="w"), ["q1", "q2"], by="place")
    assert callable(result.unit_totals)
    assert result.linearized.shape == (2000, len(result.table))


@pytest.mark.parametrize("change", ["raked twice", "replicates", "clusters", "a stratum of one person"])
def test_what_needs_more_goes_the_long_way(change):
    frame = make_frame()
    made = SurveyDesign(frame, weight="w", stratum="zone")
    if change == "raked twice":
        made = rake(rake(made, {"q2": {0: 0.5, 1: 0.5}}), {"q3": {"no": 0.5, "yes": 0.5}})
    elif change == "replicates":
        made = made.with_replicates(replicate_weights(made, "bootstrap", replicates=20, rng=1))
    elif change == "clusters":
        made = SurveyDesign(frame.assign(v=np.arange(300) // 5), weight="w", cluster="v")
    else:
        made = SurveyDesign(frame.assign(zone=np.where(np.arange(300) == 0, 9, 1)), stratum="zone", lonely_psu="adjust")
    assert element_sample(made, make_domains(made)) is None
    assert means(made, "q2").table["std_error"].notna().all()


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1000), st.sampled_from([0.0, 2e7, -1e8]))
def test_scale_of_weights_order_of_rows_and_where_zero_lies_do_not_matter(seed, scale, origin):
    frame = make_frame(seed, 60)
    other = frame.sample(frac=1, random_state=seed % 1000).assign(
        w=lambda d: d["w"] * scale, income=lambda d: d["income"] + origin
    )
    first, second = (
        means(SurveyDesign(one, weight="w", stratum="zone"), ["q1", "income"]).table for one in (frame, other)
    )
    assert second["std_error"].to_numpy() == pytest.approx(first["std_error"].to_numpy(), rel=1e-6)
    assert second["estimate"].to_numpy() - [0, origin] == pytest.approx(first["estimate"].to_numpy(), rel=1e-6)


def test_clusters_that_lost_respondents_are_no_persons():
    """Ten respondents of five clusters are left of a sample of ten clusters: as many as it has units."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"cl": np.repeat(np.arange(10), 2), "w": rng.gamma(2, 1, 20) + 0.1, "g": np.tile([0, 1], 10)})
    frame["y"] = frame["cl"] % 4 + rng.normal(size=20) * 0.1
    made = SurveyDesign(frame, weight="w", cluster="cl")
    keep = np.arange(20) < 10
    kept = made.keep_rows(keep, "first half")
    for one, other in (
        (means(kept, "y"), means(made, "y", where=keep)),
        (shares(kept, "g"), shares(made, "g", where=keep)),
    ):
        for column in ("estimate", "std_error", "df", "n_clusters"):
            assert one.table[column].tolist() == pytest.approx(other.table[column].tolist(), rel=1e-12)
    repeated = kept.with_replicates(replicate_weights(kept, "JKn"))
    assert means(repeated, "y").table["std_error"].item() > 0


def test_persons_who_left_stay_in_the_sample(monkeypatch):
    frame = make_frame(n=60)
    kept = SurveyDesign(frame, weight="w", stratum="zone").keep_rows(np.arange(60) % 3 > 0, "two in three")
    assert element_sample(kept, make_domains(kept)) is not None
    quick = means(kept, ["q1", "income"], by="q2").table
    without_the_short_way(monkeypatch)
    slow = means(kept, ["q1", "income"], by="q2").table
    for column in NUMBERS:
        assert quick[column].tolist() == pytest.approx(slow[column].tolist(), rel=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_nothing_that_varies_inside_strata_has_no_error_at_all(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"zone": np.repeat(range(3), 4)})
    frame["y"], frame["w"] = rng.integers(1, 6, 3)[frame["zone"]], np.round(rng.gamma(2, 1, 3), 3)[frame["zone"]] + 0.1
    made = SurveyDesign(frame, weight="w", stratum="zone")
    assert means(made, "y").table["std_error"].tolist() == [0.0]
    assert (shares(made, "y").table["std_error"] == 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_a_ratio_that_all_persons_share_has_no_error_after_raking(seed):
    frame = make_frame(seed)
    made = STEPS["raked"](SurveyDesign(frame.assign(tax=frame["income"] * 0.1), weight="w"))
    assert ratios(made, [("tax", "income")], by="q2").table["std_error"].tolist() == [0.0, 0.0]


def test_a_table_that_post_stratification_has_fixed_cannot_be_tested():
    made = STEPS["post-stratified"](SurveyDesign(make_frame(), weight="w", stratum="zone"))
    with pytest.warns(SurveyKitWarning, match="its error cannot be estimated"):
        assert rao_scott_test(made, "q2", "q3").table["p_value"].isna().all()


def test_a_group_in_which_nobody_answered_has_no_error():
    frame = pd.DataFrame({"g": [0, 0, 1, 1, 1], "x": [np.nan, np.nan, 1.5, 2.25, 3], "k": [np.nan, np.nan, 1, 2, 3]})
    with pytest.warns(SurveyKitWarning, match=r"no interval can be given for x \(0\), k \(0\)"):
        table = means(SurveyDesign(frame), ["x", "k"], by="g").table
    assert table["std_error"].isna().tolist() == [True, False, True, False]


@pytest.mark.parametrize("seed", range(10))
def test_a_share_near_one_keeps_its_digits(seed):
    """Weights over eight orders of magnitude; the error by its definition, person by person."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"w": 10 ** rng.uniform(0, 8, 60), "q": rng.integers(0, 2, 60)})
    frame.loc[frame["w"].idxmax(), "q"] = 1
    frame["q"] = np.where(frame["w"] > 1e4, 1, frame["q"])  # all who weigh much say yes
    table = shares(SurveyDesign(frame, weight="w"), "q").table
    total = frame["w"].sum()
    no = frame.loc[frame["q"] == 0, "w"].sum() / total
    z = frame["w"] / total * np.where(frame["q"] == 0, 1 - no, -no)
    wanted = np.sqrt(60 / 59 * ((z - z.mean()) ** 2).sum())
    assert table["std_error"].tolist() == pytest.approx([wanted] * 2, rel=1e-9)
