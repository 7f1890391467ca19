import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning
from surveykit.estimation.quantities.population_variances import correlations, covariances, variances
from surveykit.weighting.replicates import replicate_weights
from tests.estimation.agreement import (
    REPLICATED,
    assert_equals,
    make_design,
    more_expected,
    replicated_design,
    replication_expected,
)


def test_covariance_matrix_equals_r(ili_like, expected):
    entry = expected["var.income_index.D1"]
    table = covariances(make_design(ili_like, "D1"), ["income", "index"]).table
    upper = [0, 1, 3]  # the reference lists the matrix by rows
    assert_equals(table["estimate"], np.array(entry["value"]["est"])[upper], entry["tol"])
    assert_equals(table["std_error"], np.array(entry["value"]["se"])[upper], entry["tol"])


@pytest.mark.parametrize("name", ["D1", "D3"])
def test_variance_and_correlation_equal_r(ili_like, name):
    design, more = make_design(ili_like, name), more_expected()
    one = variances(design, "income").table.iloc[0]
    assert_equals([one["estimate"], one["std_error"]], list(more[f"var.income.{name}"].values()), 1e-9)
    pair = correlations(design, ["income", "q1"]).table.iloc[0]
    assert_equals([pair["estimate"], pair["std_error"]], list(more[f"cor.income_q1.{name}"].values()), 1e-9)


def test_equal_weights_give_pandas_numbers():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(50, 3)), columns=list("abc"))
    design = SurveyDesign(frame)
    assert variances(design, ["a", "b"]).table["estimate"].tolist() == pytest.approx(frame[["a", "b"]].var().tolist())
    assert correlations(design, list("abc")).table["estimate"].tolist() == pytest.approx(
        [frame["a"].corr(frame["b"]), frame["a"].corr(frame["c"]), frame["b"].corr(frame["c"])]
    )


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_symmetries(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=60),
            "y": rng.normal(size=60),
            "w": rng.uniform(1, 3, 60),
            "c": np.arange(60) // 6,
            "one": 1,
        }
    )
    first = correlations(SurveyDesign(frame, weight="w", cluster="c"), ["x", "y"]).table.iloc[0]
    other = frame.assign(x=5 - 2 * frame["x"], w=frame["w"] * 9).sample(frac=1, random_state=1)
    second = correlations(SurveyDesign(other, weight="w", cluster="c"), ["x", "y"], by="one").table.iloc[0]
    assert second["estimate"] == pytest.approx(-first["estimate"], abs=1e-10)
    assert second["std_error"] == pytest.approx(first["std_error"], rel=1e-8)
    assert (second["conf_low"], second["conf_high"]) == pytest.approx((-first["conf_high"], -first["conf_low"]))


def test_edges_and_errors(ili_like):
    design = make_design(ili_like, "D1")
    with pytest.raises(ArgumentError, match="at least two columns to correlate"):
        correlations(design, ["q1"])
    with pytest.raises(ColumnError, match="'q99', which is not a column"):
        variances(design, "q99")
    with pytest.raises(ColumnError, match="holds text"):
        covariances(design, ["q1", "stratum"])
    table = correlations(design, ["q1", "one"]).table
    assert np.isnan(table["estimate"].item())


@pytest.mark.parametrize("name", REPLICATED)
def test_with_replicate_weights_they_are_computed_anew_in_each_as_in_r(ili_like, margins, name):
    """R: svyvar on as.svrepdesign(); correlations by withReplicates() and cov.wt()."""
    design, theirs = replicated_design(ili_like, margins, name), replication_expected()
    table, reference = covariances(design, ["income", "q1"]).table, theirs[f"var.{name}"]
    assert_equals(table["estimate"], np.array(reference["est"])[[0, 1, 3]], 1e-9)
    assert_equals(table["std_error"], np.array(reference["se"])[[0, 1, 3]], 1e-9)
    women = variances(design, "income", by="sex").table.iloc[1]
    assert_equals(women[["estimate", "std_error"]].tolist(), list(theirs[f"var.women.{name}"].values()), 1e-9)
    row = correlations(design, ["income", "q1"]).table.iloc[0]
    assert_equals(row[["estimate", "std_error"]].tolist(), list(theirs[f"cor.{name}"].values()), 1e-8)


def test_a_replicate_in_which_everyone_answers_alike_has_no_correlation():
    frame = pd.DataFrame({"x": [5, 5, 5, 5, 5, 5, 1, 2], "y": [1, 2, 3, 1, 2, 3, 9, 4], "village": list("AABBCCDD")})
    design = SurveyDesign(frame, cluster="village")
    design = design.with_replicates(replicate_weights(design, "JK1"))
    # x varies in one village alone: only other packages' conventions give an error, and they are told of
    alone = "Without one of the clusters 'x' does not vary"
    with (
        pytest.warns(SurveyKitWarning, match="1 of 4 replicates have no estimate"),
        pytest.warns(SurveyKitWarning, match=alone),
    ):
        row = correlations(design, ["x", "y"], conventions="r-survey").table.iloc[0]
        withheld = correlations(design, ["x", "y"]).table.iloc[0]
    assert withheld["estimate"] == row["estimate"] and np.isnan(withheld["std_error"]) and withheld["df"] == 0
    left = [frame[frame["village"] != village] for village in "ABC"]
    by_hand = [part["x"].corr(part["y"]) - frame["x"].corr(frame["y"]) for part in left]
    assert row["std_error"] == pytest.approx(np.sqrt(0.75 * np.square(by_hand).sum()))
