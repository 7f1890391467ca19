import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.hypotheses.rank_tests import rank_test
from tests.estimation.agreement import assert_equals, make_design

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

NAMES = {
    "wilcoxon": "wilcoxon",
    "vanderWaerden": "vanderwaerden",
    "median": "median",
    "KruskalWallis": "kruskal-wallis",
}
COLUMNS = {"t": "statistic", "df": "df", "p": "p_value", "est": "estimate", "se": "std_error"}


@pytest.mark.parametrize("name", ["D1", "D2", "D3"])
@pytest.mark.parametrize("r_name", NAMES)
@pytest.mark.parametrize("group", ["elected", "sex"])
def test_two_groups_equal_r(ili_like, expected, name, r_name, group):
    design = make_design(ili_like, name)
    for kind, ties in [("midrank.", "weighted"), ("", "file-order")]:
        entry = expected[f"ranktest.{kind}{r_name}.q1_{group}.{name}"]
        row = rank_test(design, "q1", group, NAMES[r_name], ties=ties).table.iloc[0]
        for key, value in entry["value"].items():
            assert_equals(row[COLUMNS[key]], value, entry["tol"], f"{ties} {key}")


@pytest.mark.parametrize("name", ["D1", "D2"])
@pytest.mark.parametrize("r_name", ["wilcoxon", "KruskalWallis", "median"])
def test_three_groups_equal_r(ili_like, expected, name, r_name):
    entry = expected[f"ranktest.{r_name}.q1_educ.{name}"]
    row = rank_test(make_design(ili_like, name), "q1", "educ", NAMES[r_name], ties="file-order").table.iloc[0]
    ours = [row["chisq"], row["df"], row["df_denominator"], row["p_value"]]
    assert_equals(ours, [entry["value"][key] for key in ("chisq", "df", "ddf", "p")], entry["tol"])


def test_mid_ranks_by_hand():
    # weights 1, 2, 1 at answers 1, 2, 3: mid-ranks 0.5, 2, 3.5 of 4; groups {1, 3} and {2}: means 0.5 and 0.5
    frame = pd.DataFrame({"y": [1, 2, 3], "g": [0, 1, 0], "w": [1.0, 2, 1]})
    with pytest.warns(SurveyKitWarning, match="g = '1' has one respondent"):
        row = rank_test(SurveyDesign(frame, weight="w"), "y", "g").table.iloc[0]
    assert row["estimate"] == pytest.approx(0)
    assert np.isnan(row["p_value"])


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_only_order_matters(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"y": rng.integers(1, 6, 80), "g": np.arange(80) % 2, "w": rng.uniform(1, 3, 80), "c": np.arange(80) // 8}
    )
    first = rank_test(SurveyDesign(frame, weight="w", cluster="c"), "y", "g").table.iloc[0]
    other = frame.assign(y=np.exp(frame["y"]), w=frame["w"] * 7).sample(frac=1, random_state=3)
    same = rank_test(SurveyDesign(other, weight="w", cluster="c"), "y", "g").table.iloc[0]
    flipped = rank_test(SurveyDesign(frame.assign(y=-frame["y"]), weight="w", cluster="c"), "y", "g").table.iloc[0]
    assert same["statistic"] == pytest.approx(first["statistic"], rel=1e-8)
    assert flipped["estimate"] == pytest.approx(-first["estimate"], abs=1e-12)


def test_errors(ili_like):
    design = make_design(ili_like, "D1")
    with pytest.raises(ArgumentError, match="`test` must be one of .*'wilcox' was given; did you mean 'wilcoxon'"):
        rank_test(design, "q1", "elected", "wilcox")
    with pytest.raises(ArgumentError, match="a test needs two groups"):
        rank_test(design, "q1", "elected", where=ili_like["elected"] == 0)
