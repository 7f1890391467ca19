import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError, SurveyKitWarning
from surveykit.estimation.hypotheses.rao_scott import rao_scott_test
from surveykit.survey import Provenance, Survey
from tests.estimation.agreement import assert_equals, make_design, more_expected
from tests.estimation.engine.test_calibration import calibrated

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

PAIRS = [("elected", "q1"), ("elected", "q1top"), ("sex", "educ"), ("ageband", "q3")]
VARIANTS = {
    "F": "F",
    "Chisq": "chisq",
    "Wald": "wald",
    "adjWald": "adjusted-wald",
    "lincom": "lincom",
    "saddlepoint": "saddlepoint",
}


@pytest.mark.parametrize("design_name", ["D1", "D2", "D3", "D6"])
@pytest.mark.parametrize("pair", PAIRS, ids="_".join)
def test_every_variant_equals_r(ili_like, expected, pair, design_name):
    entry = expected[f"svychisq.{pair[0]}_{pair[1]}.{design_name}"]
    design = make_design(ili_like, design_name)
    for r_name, reference in entry["value"].items():
        ours = VARIANTS[r_name]
        if "error" in reference and r_name == "saddlepoint":  # R's eigenvalues turn complex there; ours stay real
            p_values = [
                rao_scott_test(design, pair[1], pair[0], statistic=one).table["p_value"].item()
                for one in ("saddlepoint", "lincom")
            ]
            assert p_values[0] == pytest.approx(p_values[1], abs=0.02)
            continue
        if "error" in reference:
            with pytest.raises(FeasibilityError, match="needs at least 12 degrees of freedom"):
                rao_scott_test(design, pair[1], pair[0], statistic=ours)
            continue
        row = rao_scott_test(design, pair[1], pair[0], statistic=ours).table.iloc[0]
        assert_equals(row["statistic"], reference["statistic"], entry["tol"], r_name)
        parameters = np.atleast_1d(reference.get("parameter", []))
        assert_equals([row["df"], row["df_denominator"]][: len(parameters)], parameters, entry["tol"], r_name)
        tol = {"lincom": 1e-5, "saddlepoint": 1e-4}.get(r_name, entry["tol"])
        assert_equals(row["p_value"], reference["p"], tol, r_name)


@pytest.mark.parametrize(("r_name", "ours"), [("F", "F"), ("Chisq", "chisq"), ("Wald", "wald")])
def test_a_domain_keeps_the_clusters_of_the_design(ili_like, r_name, ours):
    reference = more_expected()[f"svychisq.domain.{r_name}"]
    design = make_design(ili_like, "D1")
    row = rao_scott_test(design, "q1", "elected", where=ili_like["sex"] == 2, statistic=ours).table.iloc[0]
    assert_equals([row["statistic"], row["p_value"]], np.ravel([reference["statistic"], reference["p"]]), 1e-9)


@pytest.mark.parametrize(("r_name", "ours"), [("F", "F"), ("Chisq", "chisq"), ("Wald", "wald")])
def test_post_stratified_weights_residualize(ili_like, r_name, ours):
    reference = more_expected()[f"svychisq.ps.{r_name}"]
    row = rao_scott_test(calibrated(ili_like, "D1", "ps"), "q1", "elected", statistic=ours).table.iloc[0]
    assert_equals([row["statistic"], row["p_value"]], np.ravel([reference["statistic"], reference["p"]]), 1e-7)


def test_an_independent_table_by_hand():
    # weighted 2 x 2 table with cells 10, 10, 10, 10: observed equals expected, so X2 is zero and p is one
    frame = pd.DataFrame({"g": [0, 0, 1, 1] * 4, "y": [0, 1, 0, 1] * 4, "w": [1.0, 2, 3, 4, 4, 3, 2, 1] * 2})
    row = rao_scott_test(SurveyDesign(frame, weight="w"), "y", "g").table.iloc[0]
    assert row["pearson"] == pytest.approx(0, abs=1e-12)
    assert row["p_value"] == pytest.approx(1)
    assert (row["n"], row["n_weighted"], row["n_clusters"]) == (16, 40, 16)


def test_equal_weights_without_clusters_are_close_to_pearson():
    # multinomial sampling: the generalized design effects are n / (n - 1), X2 is Pearson's plain one
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": rng.integers(0, 2, 200), "y": rng.integers(0, 3, 200)})
    row = rao_scott_test(SurveyDesign(frame), "y", "g").table.iloc[0]
    table = pd.crosstab(frame["g"], frame["y"]).to_numpy()
    expected = np.outer(table.sum(1), table.sum(0)) / 200
    assert row["pearson"] == pytest.approx(((table - expected) ** 2 / expected).sum())
    assert row["mean_deff"] == pytest.approx(1, abs=0.1)


def test_several_items_at_once_equal_one_at_a_time(ili_like):
    design = make_design(ili_like, "D6")
    together = rao_scott_test(design, ["q1", "q2", "q3"], "elected").table
    for name in ["q1", "q2", "q3"]:
        alone = rao_scott_test(design, name, "elected").table.iloc[0]
        # the order of additions in a matrix product depends on its size, so the last digits may differ
        assert together.set_index("outcome").loc[name, "statistic"] == pytest.approx(alone["statistic"], rel=1e-12)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_scale_of_weights_order_of_rows_and_names_of_strata_do_not_matter(seed, scale):
    rng = np.random.default_rng(seed)
    n = 120
    frame = pd.DataFrame(
        {
            "y": rng.integers(1, 4, n),
            "g": rng.integers(0, 2, n),
            "w": rng.uniform(1, 3, n),
            "h": np.arange(n) % 3,
            "c": np.arange(n) % 12,
        }
    )
    first = rao_scott_test(SurveyDesign(frame, weight="w", cluster="c", stratum="h"), "y", "g").table
    changed = frame.assign(w=frame["w"] * scale, h=frame["h"].map({0: "z", 1: "y", 2: "x"}))
    changed = changed.sample(frac=1, random_state=1)
    second = rao_scott_test(SurveyDesign(changed, weight="w", cluster="c", stratum="h"), "y", "g").table
    turned = rao_scott_test(SurveyDesign(frame, weight="w", cluster="c", stratum="h"), "g", "y").table
    for column in ("statistic", "df", "df_denominator", "p_value"):
        assert second[column].item() == pytest.approx(first[column].item(), rel=1e-8)
        assert turned[column].item() == pytest.approx(first[column].item(), rel=1e-8)


def test_missing_answers_leave_the_table_and_labels_are_shown():
    book = Codebook.of([Variable("akim", {"en": "Akim", "ru": "Аким"})])
    frame = pd.DataFrame({"akim": [0, 1] * 10, "q1": [1, 2, np.nan, 1, 2] * 4, "c": [1, 1, 2, 3, 3, 1, 2, 2, 3, 4] * 2})
    design = SurveyDesign(Survey(frame, book, Provenance(simulated=True)), cluster="c")
    result = rao_scott_test(design, "q1", "akim", lang="ru")
    assert result.table["n"].item() == 16
    assert "Аким" in result.title
    assert "SIMULATED" in result.summary()


def test_a_table_that_is_the_same_in_every_cluster_warns():
    frame = pd.DataFrame({"g": [0, 0, 1, 1] * 6, "y": [1, 2, 2, 2] * 6, "c": np.repeat(np.arange(6), 4)})
    with pytest.warns(SurveyKitWarning, match="the same in every cluster"):
        row = rao_scott_test(SurveyDesign(frame, cluster="c"), "y", "g").table.iloc[0]
    assert np.isnan(row["p_value"])


@pytest.mark.parametrize("statistic", ["F", "chisq", "wald", "adjusted-wald", "lincom", "saddlepoint"])
def test_groups_that_each_give_one_answer_leave_no_test(statistic):
    """Women answer 1 and men 3, everywhere: F was 1e5 and more, p 1e-17 and less, from ten clusters, as R prints too."""
    frame = pd.DataFrame({"village": np.repeat(range(10), 8), "sex": [1, 2] * 40, "w": 1 + np.arange(80) % 7 / 9})
    frame["answer"] = 2 * frame["sex"] - 1
    design = SurveyDesign(frame, weight="w", cluster="village")
    with pytest.warns(SurveyKitWarning, match="answers to 'answer' inside the groups of 'sex' do not vary"):
        row = rao_scott_test(design, "answer", "sex", statistic=statistic).table.iloc[0]
    assert np.isnan(row["statistic"]) and np.isnan(row["p_value"]) and row["pearson"] == pytest.approx(80)  # n phi^2


def test_errors_name_rule_offender_and_way_out(ili_like):
    design = make_design(ili_like, "D1")
    with pytest.raises(ArgumentError, match="`statistic` must be one of .*'chi' was given"):
        rao_scott_test(design, "q1", "elected", statistic="chi")
    with pytest.raises(ColumnError, match="`column` names 'elect', which is not a column; did you mean 'elected'"):
        rao_scott_test(design, "q1", "elect")
    with pytest.raises(ArgumentError, match="both name 'sex'"):
        rao_scott_test(design, "sex", "sex")
    with pytest.raises(ArgumentError, match="'elected', which has a single value here; a test needs two groups"):
        rao_scott_test(design, "q1", "elected", where=ili_like["elected"] == 1)
    with pytest.raises(ArgumentError, match="'one' has fewer than two answers"):
        rao_scott_test(design, "one", "elected")
    with pytest.raises(FeasibilityError, match='needs at least 12 degrees of freedom.*use statistic="F"'):
        rao_scott_test(design, "q3", "ageband", statistic="wald")


def test_a_table_of_empty_cells_is_refused_in_words():
    answers = pd.DataFrame({"y": np.arange(60) % 5, "village": np.arange(60) % 12})
    design = SurveyDesign(answers.assign(day=answers["y"] % 3), cluster="village")
    with pytest.raises(FeasibilityError, match="table of 'y' by 'day' has so many empty cells that no test"):
        rao_scott_test(design, "y", "day")
