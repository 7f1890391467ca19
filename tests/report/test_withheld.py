"""Numbers that are made of hidden settlements: each was used by hand to work one out, and no longer stands there."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.report.withheld import OF_SETTLEMENTS

SIZES = {"A": 3, "B": 30, "C": 40, "D": 50, "E": 4, "F": 25}
ROLES = {"group": "akim", "baseline": "appointed", "settlement": "v"}


@pytest.fixture(scope="module")
def design():
    """Three elected villages of 3, 4 and 30: B's share of its side, 30 / 37, once gave B, and so 7 for A and E."""
    rng = np.random.default_rng(3)
    rows = [
        (v, "elected" if v in "ABE" else "appointed", rng.integers(1, 6), rng.integers(1, 6))
        for v, n in SIZES.items()
        for _ in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["v", "akim", "q", "water"])
    return sk.SurveyDesign(frame, cluster="v")


@pytest.fixture(scope="module")
def comparison(design):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sk.compare_settlements(design, "q", **ROLES, methods="all", rng=1)


def test_no_average_over_settlements_and_no_error_stands_beside_a_hidden_settlement(comparison):
    hidden = sk.hide_small_cells(comparison)
    for table in (hidden.table, hidden.groups, hidden.influence):
        rows = table[table["estimand"] == "settlement"]
        assert rows["hidden"].all() and rows["estimate"].isna().all()
        for name in {*OF_SETTLEMENTS, "p_holm", "p_bh", "p_wy"} & set(table):
            assert table[name].isna().all(), name
    person = hidden.table[hidden.table["estimand"] == "person"]
    assert person["estimate"].notna().all()  # counts and sums of both sides are equations that the mask knows
    assert hidden.randomization.empty


def test_the_verdict_does_not_say_how_large_a_hidden_settlement_is(comparison):
    hidden = sk.hide_small_cells(comparison)
    assert comparison.facts["largest_share_of_arm"] * 37 == pytest.approx(30)  # the attack
    told = " ".join([json.dumps(hidden.facts, default=str), hidden.headline(), *hidden.feasibility.reasons])
    told += hidden.feasibility.table.to_csv() + json.dumps(hidden.feasibility.facts, default=str)
    assert "81%" in comparison.headline()
    assert "81%" not in told and "0.81" not in told and "2.00117" not in told
    assert hidden.feasibility.verdict == comparison.feasibility.verdict
    assert {name for name, fact in hidden.facts.items() if isinstance(fact, float) and not np.isnan(fact)} == {
        "smallest_p_one_sided", "smallest_p_two_sided", "size_ratio", "confidence",
    }  # fmt: skip


def test_errors_of_other_tables_of_the_release_go_too_and_the_text_says_so(design, comparison):
    by_kind, of_water = sk.means(design, "q", by="akim"), sk.means(design, "water", by="akim")
    found = sk.hide_together([comparison, by_kind, of_water])
    assert found[1].table["std_error"].isna().all() and found[1].table["estimate"].notna().all()
    assert found[2].table["std_error"].notna().all()  # of water no settlement is told
    assert "Errors, intervals, tests and averages over settlements of q are withheld" in found[1].method


def test_where_no_settlement_is_hidden_nothing_is_withheld(design):
    large = design.survey.keep_rows(design.survey.frame["v"].isin(["B", "C", "D", "F"]), "large villages")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sk.compare_settlements(
            sk.SurveyDesign(large, cluster="v"), "q", **ROLES, methods="randomization", allow_single=True
        )
    hidden = sk.hide_small_cells(found)
    assert hidden.facts["hidden_rows"] == 0 and "withheld" not in hidden.facts
    pd.testing.assert_frame_equal(hidden.table[found.table.columns], found.table)
