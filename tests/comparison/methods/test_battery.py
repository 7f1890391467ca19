"""Family-wise p-values of a battery of items, by permuting settlements."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit.errors import SurveyKitWarning
from tests.comparison.answers.test_settlements import row
from tests.comparison.conftest import BY, small_design


def test_westfall_young_equals_an_enumeration_by_hand(ili_result):
    drawn = ili_result.randomization[ili_result.randomization["estimand"] == "person"]
    wide = np.column_stack([np.abs(part["difference"]) for _, part in drawn.groupby("outcome", sort=False)])
    seen = drawn.groupby("outcome", sort=False)["observed"].first().abs().to_numpy()
    ranks = np.array([[np.mean(wide[:, k] >= wide[a, k] - 1e-9) for k in range(3)] for a in range(len(wide))])
    p = np.array([np.mean(wide[:, k] >= seen[k] - 1e-9) for k in range(3)])
    best = np.argmin(p)
    found = row(ili_result, outcome=["q1", "q2", "index"][best], method="randomization")
    assert found["p_wy"] == pytest.approx(np.mean(ranks.min(axis=1) <= p[best] + 1e-12))


@pytest.mark.slow
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
