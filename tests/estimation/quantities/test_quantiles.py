from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.quantiles import quantiles
from tests.estimation.agreement import assert_equals, make_design

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

RULES = ["math", "school", "shahvaish", *[f"hf{number}" for number in range(1, 10)]]
COLUMNS = {"est": "estimate", "low": "conf_low", "high": "conf_high", "se": "std_error"}


def check(result, entry: dict) -> None:
    for key, column in COLUMNS.items():
        assert_equals(result.table[column], entry["value"][key], entry["tol"], key)


@pytest.mark.parametrize("interval", ["beta", "xlogit", "asin"])
def test_every_interval_equals_r(ili_like, expected, interval):
    entry = expected[f"quantile.income.{interval}.D1"]
    check(quantiles(make_design(ili_like, "D1"), "income", entry["value"]["p"], interval=interval), entry)


@pytest.mark.parametrize(("interval", "high"), [("beta", 7), ("xlogit", 8), ("asin", 6)])
def test_an_end_below_the_first_observation_is_the_first(interval, high):
    """R 4.1: svyquantile(~y, svydesign(~1, weights = ~one, data = f), 0.03, interval.type = i), f$y being 1:59.

    The upper ends are R's. Its lower ones are 2, the second value, as its qrule_math finds nothing at or below shares of
    0.0081, 0.0040 and 0.0029 (`svyciprop`) and goes on one; the smallest value with F >= p is 1, F(1) being 0.0169:
    quantile(1:59, c(0.0081, 0.0040, 0.0029), type = 1).
    """
    table = quantiles(SurveyDesign(pd.DataFrame({"y": range(1, 60)})), "y", 0.03, interval=interval).table
    assert table.loc[0, ["estimate", "conf_low", "conf_high"]].tolist() == [2, 1, high]


def test_an_arcsine_beyond_0_is_not_folded_back():
    # by hand: 4 of 40 below, all in one of 4 clusters: F = .1, se = .1, t = 3.18; arcsin(sqrt(.1)) = .32 < 3.18 * .1 / .6
    frame = pd.DataFrame({"y": range(40), "c": np.repeat([0, 1, 2, 3], 10)})
    table = quantiles(SurveyDesign(frame, cluster="c"), "y", 0.1, interval="asin").table
    assert table["conf_low"].item() == 0
    # folded back, (sin(.32 - .53))**2 = .044 was the second value


def test_the_names_of_shares_and_of_r_are_one(ili_like):
    design = make_design(ili_like, "D1")
    for ours, theirs in (("woodruff", "mean"), ("logit", "xlogit"), ("arcsine", "asin")):
        first, second = (quantiles(design, "income", interval=name).table for name in (ours, theirs))
        pd.testing.assert_frame_equal(first, second)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.001, 1000), st.sampled_from([r for r in RULES if r != "shahvaish"]))
def test_symmetries(seed, scale, rule):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"y": rng.normal(size=80).round(1), "w": rng.uniform(1, 3, 80), "c": np.arange(80) // 8})
    first = quantiles(SurveyDesign(frame, weight="w", cluster="c"), "y", rule=rule).table
    other = frame.assign(w=frame["w"] * scale)
    second = quantiles(SurveyDesign(other, weight="w", cluster="c"), "y", rule=rule, where=frame["y"].notna()).table
    moved = quantiles(SurveyDesign(frame.assign(y=frame["y"] + 10), weight="w", cluster="c"), "y", rule=rule).table
    for column in ("estimate", "conf_low", "conf_high"):
        assert second[column].tolist() == pytest.approx(first[column].tolist(), rel=1e-9, nan_ok=True)
        assert moved[column].tolist() == pytest.approx((first[column] + 10).tolist(), rel=1e-9, nan_ok=True)
    assert (first["estimate"].diff().dropna() >= 0).all()


def test_groups_and_contrasts(ili_like):
    result = quantiles(make_design(ili_like, "D2"), "income", 0.5, by="elected")
    assert result.table["group"].tolist() == ["0", "1"]
    assert result.covariance[0, 0] == pytest.approx(result.table["std_error"].iloc[0] ** 2)
    gap = contrast(result, [-1, 1]).table
    assert gap["estimate"].item() == result.table["estimate"].diff().iloc[1]
    assert "'math'" in result.method
    assert "Woodruff" in result.method


def test_an_end_outside_the_data_is_missing():
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4], "c": [1, 2, 3, 4]})
    table = quantiles(SurveyDesign(frame, cluster="c"), "y", 0.25).table
    assert np.isnan(table["conf_low"].item())


def test_errors(ili_like):
    design = make_design(ili_like, "D1")
    with pytest.raises(ArgumentError, match="`rule` must be one of .*'hf10' was given; did you mean 'hf1'"):
        quantiles(design, "income", rule="hf10")
    with pytest.raises(ArgumentError, match=r"`probabilities` must lie between 0 and 1 .*but 50 was given"):
        quantiles(design, "income", 50)
    with pytest.raises(ColumnError, match="holds text such as 'S01'"):
        quantiles(design, "settlement")


def test_score_intervals_of_equal_weights_equal_r(ili_like):
    """R: svyquantile(~income, svydesign(~settlement, strata = ~stratum, weights = ~one), interval.type = "score").

    R's root search ends one step below at the upper end of the median (107,568); every other end is the same income.
    """
    design = SurveyDesign(ili_like, cluster="settlement", stratum="stratum")
    table = quantiles(design, "income", interval="score").table
    assert table["conf_low"].tolist() == [64791, 94814, 138156]
    assert table["conf_high"].tolist() == [70024, 107836, 160954]


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.25, 0.5, 0.8]), st.booleans())
def test_a_score_interval_is_what_the_test_accepts(seed, share, codes):
    """By enumeration: every x is tested with the linearized error of the weighted share at or below it.

    From a value whose share is not significantly below p, where that of the value before is, to one whose share is
    significantly above, where that of the value before is not. Mostly the first of each; errors that rise and fall from
    step to step can make several.
    """
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "y": rng.integers(1, 8, 120) if codes else rng.normal(size=120).round(2),
            "w": rng.lognormal(0, 1, 120),
            "c": np.arange(120) // 10,
        }
    )
    row = quantiles(SurveyDesign(frame, weight="w", cluster="c"), "y", share, interval="score").table.iloc[0]
    w, t = frame["w"] / frame["w"].sum(), stats.t.ppf(0.975, 11)
    lows, highs, before = [], [], (True, False)
    for x in sorted(frame["y"].unique()):
        below = (frame["y"] <= x).astype(float)
        at = float(w @ below)
        totals = (w * (below - at)).groupby(frame["c"]).sum()
        error = np.sqrt(12 / 11 * (totals**2).sum())
        too_low, too_high = share - at > t * error, at - share > t * error and error > 1e-12
        lows += [x] if before[0] and not too_low else []
        highs += [x] if too_high and not before[1] else []
        before = too_low, too_high
    assert row["conf_low"] in lows or (np.isnan(row["conf_low"]) and frame["y"].min() in lows)
    assert row["conf_high"] in highs or (np.isnan(row["conf_high"]) and not before[1])


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([r for r in RULES if r != "shahvaish"]),
    st.sampled_from(["woodruff", "score", "beta", "xlogit", "asin"]),
    st.booleans(),
    st.integers(4, 12),
)
def test_an_interval_holds_its_estimate(seed, rule, interval, codes, clusters):
    """R's score interval need not with unequal weights, as it turns its ends back with unweighted shares."""
    rng = np.random.default_rng(seed)
    n = 10 * clusters
    frame = pd.DataFrame(
        {
            "y": rng.integers(1, 6, n) if codes else rng.normal(size=n).round(1),
            "w": rng.lognormal(0, 1.5, n),
            "c": np.arange(n) // 10,
        }
    )
    table = quantiles(
        SurveyDesign(frame, weight="w", cluster="c"), "y", [0.1, 0.5, 0.75], rule=rule, interval=interval
    ).table
    assert (table["conf_low"].isna() | (table["conf_low"] <= table["estimate"])).all()
    assert (table["conf_high"].isna() | (table["conf_high"] >= table["estimate"])).all()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:all weights")
@pytest.mark.parametrize("interval", ["woodruff", "score", "beta", "xlogit", "asin"])
@pytest.mark.parametrize("rule", [r for r in RULES if r != "shahvaish"])
def test_the_unit_of_equal_weights_does_not_matter(rule, interval):
    for values in ([1, 1, 1, 2, 3, 3, 3, 4, 5], [2, 3, 4], range(1, 8), [1, 2, 2, 5, 5, 9, 9, 9, 9, 12]):
        tables = []
        for unit in (1.0, 0.1, 0.3, 1 / 3, 1e6):
            design = SurveyDesign(pd.DataFrame({"y": list(values), "w": unit}), weight="w")
            tables.append(quantiles(design, "y", [0.25, 0.5, 0.75], rule=rule, interval=interval).table)
        for table in tables[1:]:
            for column in ("estimate", "conf_low", "conf_high"):
                assert table[column].tolist() == pytest.approx(tables[0][column].tolist(), rel=1e-9, nan_ok=True)


@pytest.mark.parametrize(("rule", "expected"), [
    ("hf4", (2, 1, 3.646113)), ("hf5", (3, 1.898887, None)), ("hf6", (3, 1.776541, None)), ("hf7", (3, 2.021232, None)),
    ("hf8", (3, 1.858105, None)), ("hf9", (3, 1.8683, None)), ("math", (3, 1, None)), ("school", (3, 1, None)),
])  # fmt: skip
@pytest.mark.parametrize("weight", ["w1", "w01"])
@pytest.mark.filterwarnings("ignore:all weights")
def test_weights_of_a_tenth_equal_r(rule, expected, weight):
    """R: svyquantile(~y, svydesign(~1, weights = ~w1, data = f), 0.5, qrule = rule); NaN outside the data, as here."""
    path = Path(__file__).parents[4] / "shared" / "inputs" / "equal_weights_of_a_tenth.csv"
    if not path.is_file():
        pytest.skip("the bad inputs (shared/inputs beside the project) are not here")
    result = quantiles(SurveyDesign(pd.read_csv(path), weight=weight), "y", 0.5, rule=rule)
    wanted = [np.nan if value is None else value for value in expected]
    found = result.table.loc[0, ["estimate", "conf_low", "conf_high"]].astype(float).tolist()
    assert found == pytest.approx(wanted, abs=5e-7, nan_ok=True)  # as many digits as R prints
    assert ("the upper of y (all) at 0.5" in result.method) == (expected[2] is None)
