import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning
from surveykit.estimation.hypotheses.t_tests import t_test
from surveykit.survey import Survey
from tests.estimation.agreement import assert_equals, make_design, more_expected
from tests.estimation.designs import DESIGNS
from tests.estimation.engine.test_calibration import calibrated

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

COLUMNS = {"t": "statistic", "df": "df", "p": "p_value", "est": "estimate", "low": "conf_low", "high": "conf_high"}


def check(result, reference: dict, tol: float) -> None:
    row = result.table.iloc[0]
    for name, value in reference.items():
        assert_equals(row[COLUMNS[name]], value, tol, name)


@pytest.mark.parametrize("name", DESIGNS)
def test_two_groups_equal_r(ili_like, expected, name):
    design = make_design(ili_like, name)
    for outcome, group in [("q1", "elected"), ("index", "sex")]:
        entry = expected[f"ttest.{outcome}_{group}.{name}"]
        check(t_test(design, outcome, group), entry["value"], entry["tol"])


def test_one_sample_equals_r(ili_like, expected):
    entry = expected["ttest.q1_minus3.D1"]
    design = make_design(ili_like.assign(gap=ili_like["q1"] - 3), "D1")
    check(t_test(design, "gap"), entry["value"], entry["tol"])
    held = t_test(design, "q1", null=3).table.iloc[0]
    assert_equals([held["statistic"], held["p_value"]], [entry["value"]["t"], entry["value"]["p"]], entry["tol"])
    assert held["estimate"] == pytest.approx(3 + entry["value"]["est"])


def test_paired_equals_r(ili_like, expected):
    entry = expected["ttest.q1_q2_paired.D1"]
    check(t_test(make_design(ili_like, "D1"), "q1", paired_with="q2"), entry["value"], entry["tol"])


def test_post_stratified_weights_residualize(ili_like):
    check(t_test(calibrated(ili_like, "D1", "ps"), "q1", "elected"), more_expected()["ttest.ps"], 1e-7)


def test_smallest_case_by_hand():
    # villages A (1, 3), B (2, 6): differences of village totals from the mean 3 over 4 persons are -0.5 and 0.5
    frame = pd.DataFrame({"y": [1, 3, 2, 6], "village": list("AABB")})
    with pytest.warns(SurveyKitWarning, match="no degrees of freedom"):
        row = t_test(SurveyDesign(frame, cluster="village"), "y").table.iloc[0]
    assert (row["estimate"], row["std_error"], row["statistic"], row["df"]) == (3, 1, 3, 0)
    assert np.isnan(row["p_value"])


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_symmetries(seed, scale):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"y": rng.normal(size=60), "g": np.arange(60) % 2, "w": rng.uniform(1, 3, 60), "c": np.arange(60) // 6}
    )
    first = t_test(SurveyDesign(frame, weight="w", cluster="c"), "y", "g").table.iloc[0]
    other = frame.assign(w=frame["w"] * scale).sample(frac=1, random_state=2)
    same = t_test(SurveyDesign(other, weight="w", cluster="c"), "y", "g").table.iloc[0]
    swapped = t_test(SurveyDesign(frame, weight="w", cluster="c"), "y", "g", baseline=1).table.iloc[0]
    everyone = t_test(SurveyDesign(frame, weight="w", cluster="c"), "y", "g", where=frame["y"].notna()).table.iloc[0]
    for column in ("estimate", "std_error", "p_value"):
        assert same[column] == pytest.approx(first[column], rel=1e-8)
        assert everyone[column] == first[column]
    assert swapped["estimate"] == pytest.approx(-first["estimate"])
    assert swapped["conf_low"] == pytest.approx(-first["conf_high"])
    assert (first["group"], first["baseline"], swapped["group"]) == ("1", "0", "0")


def test_a_respondent_split_in_two_of_half_the_weight_changes_nothing_inside_clusters():
    frame = pd.DataFrame({"y": [1.0, 2, 4, 3, 5, 9], "g": [0, 1] * 3, "w": 2.0, "c": [1, 1, 2, 2, 3, 3]})
    frame["w"] = [2.0, 2, 2, 2, 4, 2]
    twice = pd.concat([frame.assign(w=frame["w"] / 2)] * 2, ignore_index=True)
    rows = [t_test(SurveyDesign(one, weight="w", cluster="c"), "y", "g").table.iloc[0] for one in (frame, twice)]
    for column in ("estimate", "std_error", "df", "p_value"):
        assert rows[0][column] == pytest.approx(rows[1][column], rel=1e-12)


def test_groups_may_be_named_by_label_and_errors_help(ili_like):
    book = Codebook.of([Variable("elected", labels={0: {"en": "appointed"}, 1: {"en": "elected"}})])
    design = SurveyDesign(Survey(ili_like, book), weight="w", cluster="settlement", stratum="stratum")
    row = t_test(design, "q1", "elected", baseline="elected").table.iloc[0]
    assert (row["group"], row["baseline"]) == ("appointed", "elected")
    with pytest.raises(
        ArgumentError, match=r"one of \['appointed', 'elected'\], but 'apointed'.*did you mean 'appointed'"
    ):
        t_test(design, "q1", "elected", baseline="apointed")
    with pytest.raises(ArgumentError, match=r"must have two groups, but 'educ' has 3: \['1', '2', '3'\]"):
        t_test(design, "q1", "educ")
    with pytest.raises(ArgumentError, match="`group` and `paired_with` cannot both be given"):
        t_test(design, "q1", "elected", paired_with="q2")
    with pytest.raises(ArgumentError, match="all who answered 'q1' have 'elected' 'elected'"):
        t_test(design, "q1", "elected", where=ili_like["elected"] == 1)
    with pytest.raises(ColumnError, match="holds text such as 'S01'"):
        t_test(design, "settlement", "elected")
    with pytest.raises(ArgumentError, match="`outcome` and `group` both name 'q1'"):
        t_test(design, "q1", "q1")


def test_an_item_nobody_answered():
    frame = pd.DataFrame({"y": [np.nan] * 4, "g": [0, 1, 0, 1], "c": [1, 1, 2, 2]})
    with pytest.raises(ArgumentError, match="nobody answered 'y'"):
        t_test(SurveyDesign(frame, cluster="c"), "y")
    with pytest.raises(ArgumentError, match="nobody in any group of 'g' answered 'y'"):
        t_test(SurveyDesign(frame, cluster="c"), "y", "g")


@pytest.mark.parametrize("baseline", ["1", 1, 1.0, np.int64(1)])
def test_a_code_without_a_label_may_be_named_as_text(ili_like, baseline):
    design = SurveyDesign(ili_like, weight="w", cluster="settlement", stratum="stratum")
    row = t_test(design, "q1", "elected", baseline=baseline).table.iloc[0]
    assert (row["group"], row["baseline"]) == ("0", "1")
    with pytest.raises(ArgumentError, match=r"`baseline` must be one of \['0', '1'\], but '2' was given"):
        t_test(design, "q1", "elected", baseline="2")
