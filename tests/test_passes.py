"""How often calls go over the respondents, and how much they hold for each: counts, which no busy machine changes.

A pass is a sum over all respondents (`np.bincount`). The bounds are what the methods need, with none to spare where a
comment says how they come about: one more pass per item in a call that people wait for fails here, as a table of all
respondents times all cells does. `benchmarks/waiting.py` measures the seconds; `test_imports.py` counts modules.
"""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.reading.csv import records

RESPONDENTS = 20_000
ITEMS = [f"q{number}" for number in range(8)]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    table = pd.DataFrame({name: rng.integers(1, 6, RESPONDENTS) for name in ITEMS})
    settlement = rng.integers(0, 10, RESPONDENTS)
    return table.assign(
        w=rng.gamma(4, 0.25, RESPONDENTS), settlement=settlement, akim=settlement % 2, sex=rng.integers(0, 2, RESPONDENTS),
        region=rng.integers(0, 17, RESPONDENTS), age=rng.integers(18, 80, RESPONDENTS), income=rng.lognormal(size=RESPONDENTS),
    )  # fmt: skip


@pytest.fixture(scope="module")
def raked(frame) -> sk.SurveyDesign:
    return sk.rake(
        sk.SurveyDesign(frame, weight="w"), {"sex": {0: 0.5, 1: 0.5}, "region": dict.fromkeys(range(17), 1 / 17)}
    )


def count_passes(monkeypatch: pytest.MonkeyPatch, call: Callable[[], object]) -> int:
    """Return how many sums over all respondents a call makes, the second time it is made."""
    call()  # what a design works out once is no part of it
    passes, summed = [], np.bincount

    def counted(places, *more, **named):
        passes.append(len(places) >= 0.9 * RESPONDENTS)
        return summed(places, *more, **named)

    with monkeypatch.context() as patch:
        patch.setattr(np, "bincount", counted)
        call()
    return sum(passes)


def bytes_per_respondent(call: Callable[[], object]) -> float:
    """Return how much a call holds at most beyond what was there, for each respondent."""
    call()
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / RESPONDENTS


def test_counting_counts(frame, monkeypatch):
    places = frame["settlement"].to_numpy()
    assert count_passes(monkeypatch, lambda: (np.bincount(places), np.bincount(places[:9]), np.bincount(places))) == 2
    assert 8 <= bytes_per_respondent(lambda: np.zeros(RESPONDENTS)) < 9


CALLS = {
    "means": lambda design, items: sk.means(design, items, by="sex"),
    "shares": lambda design, items: sk.shares(design, items, by="sex"),
    "rao-scott": lambda design, items: sk.rao_scott_test(design, items, "sex"),
}


PASSES_PER_ITEM = {"means": 0.5, "shares": 0.5, "rao-scott": 4.5}
"""Two items are counted in one pass; a test also asks of both its sides how many clusters stand behind them."""
RAKED_PASSES_PER_ITEM = {"means": 2.5, "shares": 2.5, "rao-scott": 3.0}
"""Sums of weights, of their squares and of weights times those after raking, two items in a pass, and one pass by the
cells of the margins; a test takes the third sum item by item."""


@pytest.mark.parametrize("name", CALLS)
def test_items_of_a_cluster_sample_are_counted_two_in_a_pass(frame, monkeypatch, name):
    design = sk.SurveyDesign(frame, weight="w", cluster="settlement")
    few, many = (
        count_passes(monkeypatch, lambda items=items: CALLS[name](design, items)) for items in (ITEMS[:4], ITEMS)
    )
    per_item = PASSES_PER_ITEM[name]
    assert many - few <= 4 * per_item, f"{(many - few) / 4} passes for each further item"


@pytest.mark.parametrize("name", CALLS)
def test_items_of_a_raked_sample_of_persons_need_a_pass_for_each_table_of_sums(raked, monkeypatch, name):
    few, many = (
        count_passes(monkeypatch, lambda items=items: CALLS[name](raked, items)) for items in (ITEMS[:4], ITEMS)
    )
    assert many - few <= 4 * RAKED_PASSES_PER_ITEM[name], f"{(many - few) / 4} passes for each further item"


LEAN = {
    "rao-scott": lambda design: sk.rao_scott_test(design, "q0", "region"),
    "totals": lambda design: sk.totals(design, ["income", "q0"], by="region"),
    "ratios": lambda design: sk.ratios(design, [("income", "age")], by="region"),
    "means": lambda design: sk.means(design, ITEMS, by="region"),
    "shares": lambda design: sk.shares(design, ITEMS, by="region"),
}


@pytest.mark.parametrize("name", LEAN)
def test_no_table_of_respondents_times_cells_is_made_after_raking(raked, name):
    # a table of respondents times 17 groups has 136 bytes for each, of 17 groups and five answers 680; a dozen columns
    # of one number each are in use at once
    assert bytes_per_respondent(lambda: LEAN[name](raked)) < 300


@pytest.mark.parametrize("more", [{"methods": "cr2"}, {}], ids=["one method", "all methods"])
def test_methods_of_a_comparison_work_on_the_sums_of_settlements(frame, monkeypatch, more):
    """Twelve passes count those who answered and sum them up, and no method adds one."""
    design = sk.SurveyDesign(frame, weight="w", cluster="settlement")

    def compare() -> sk.Result:
        return sk.compare_settlements(
            design, "q0", group="akim", baseline=0, settlement="settlement", adjust_for=["age", "sex"], **more
        )

    assert count_passes(monkeypatch, compare) <= 12


def test_of_a_large_csv_only_the_head_is_read_twice(tmp_path, monkeypatch, frame):
    pytest.importorskip("pyarrow")
    path = tmp_path / "answers.csv"
    pd.concat([frame] * 3).to_csv(path, index=False)
    split, made = records.split_records, []

    def counted(*given, **named):
        for record in split(*given, **named):
            made.append(1)
            yield record

    monkeypatch.setattr(records, "split_records", counted)
    assert len(sk.read_csv(path).frame) == 3 * RESPONDENTS
    assert len(made) <= records.HEAD
