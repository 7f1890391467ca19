import math

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means
from tests.estimation.agreement import REPLICATED, replicated_design, replication_expected
from tests.estimation.quantities.test_means import design_of

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


def test_difference_of_domains_equals_r(ili_like, expected):
    entry = expected["contrast.elected_minus_appointed.D1"]
    both = means(design_of(ili_like, "D1"), "q1", by="elected")
    for weights in ([-1, 1], {0: -1, 1: 1}):
        row = contrast(both, weights).table.iloc[0]
        assert (row["estimate"], row["std_error"]) == pytest.approx(
            (entry["value"]["est"], entry["value"]["se"]), rel=entry["tol"]
        )
        assert (row["df"], row["n_clusters"]) == (7, 10)


def test_smooth_function_equals_r(ili_like, expected):
    entry = expected["contrast.ratio_of_means.D1"]
    both = means(design_of(ili_like, "D1"), ["q1", "q2"], missing="listwise")
    row = contrast(both, lambda mean: mean[0] / mean[1], name="q1 / q2").table.iloc[0]
    assert (row["estimate"], row["std_error"]) == pytest.approx(
        (entry["value"]["est"], entry["value"]["se"]), rel=entry["tol"]
    )


def test_a_contrast_of_contrasts(ili_like):
    rows = means(design_of(ili_like, "D1"), "q1", by=["sex", "elected"])
    direct = contrast(rows, [1, -1, -1, 1]).table.iloc[0]
    by_hand = np.array([1, -1, -1, 1]) @ rows.covariance @ np.array([1, -1, -1, 1])
    assert direct["std_error"] ** 2 == pytest.approx(by_hand)
    assert contrast(contrast(rows, [1, -1, -1, 1]), [2]).table["std_error"].item() == pytest.approx(2 * by_hand**0.5)


def test_the_null_value_moves_the_statistic(ili_like):
    one = means(design_of(ili_like, "D1"), "q1")
    row = contrast(one, [1], null=3).table.iloc[0]
    assert row["statistic"] == pytest.approx((row["estimate"] - 3) / row["std_error"])


def test_wrong_contrasts(ili_like):
    both = means(design_of(ili_like, "D1"), "q1", by="elected")
    for wrong, words in (
        ([1, -1, 0], r"one weight per row \(2\), but 3"),
        ({5: 1}, "names row 5, but the result has rows 0 to 1"),
        ([0, 0], "finite numbers and not all zero"),
        (lambda x: np.sqrt(x[0] - both.table["estimate"][0]), "no finite derivative"),
    ):
        with pytest.raises(ArgumentError, match=words), np.errstate(invalid="ignore"):
            contrast(both, wrong)


@pytest.mark.parametrize("name", REPLICATED)
def test_a_function_is_computed_anew_in_every_replicate_as_in_r(ili_like, margins, name):
    """R: withReplicates(), or svycontrast() of svyby(..., return.replicates = TRUE)."""
    by_akim = means(replicated_design(ili_like, margins, name), "q1", by="elected")
    row = contrast(by_akim, lambda mean: mean[1] / mean[0]).table.iloc[0]
    reference = replication_expected()[f"ratio_of_means.{name}"]
    assert row[["estimate", "std_error"]].tolist() == pytest.approx(list(reference.values()), rel=1e-9)


def by_group() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "x": rng.normal(size=60),
            "g": list("AB") * 30,
            "v": np.arange(60) % 6,
            "z": np.where(np.arange(60) % 6 == 0, 1, 2),
        }
    )


def test_rows_may_be_named_by_their_group():
    table = means(SurveyDesign(by_group(), cluster="v"), "x", by="g")
    assert contrast(table, {"A": 1, "B": -1}).table.equals(contrast(table, [1, -1]).table)
    assert contrast(table, {0: 1, "B": -1}).table.equals(contrast(table, [1, -1]).table)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ({"Ab": 1}, "names 'Ab', which no row has as group, outcome, level or term; did you mean 'A'"),
        ({"x": 1}, "names 'x', which rows 0, 1 have as group, .* or term; give a row by its number, 0 to 1"),
        ({5: 1}, "names row 5, but the result has rows 0 to 1"),
        ({"A": 1, 0: -1}, "names one row twice, as 'A', 0; give it one weight"),
        (lambda values: values, "must return one number for the vector of estimates, but it returned array"),
        (lambda values: "a", "but it returned 'a'"),
    ],
)
def test_contrasts_that_cannot_be_understood(function, words):
    with pytest.raises(ArgumentError, match=words):
        contrast(means(SurveyDesign(by_group(), cluster="v"), "x", by="g"), function)


def test_an_unknown_error_is_no_error_of_zero():
    design = SurveyDesign(by_group(), cluster="v", stratum="z", conventions="stata")
    row = contrast(means(design, "x", by="g"), [1, -1]).table.iloc[0]
    assert row[["std_error", "conf_low", "conf_high", "p_value"]].isna().all()
    assert np.isfinite(row["estimate"])


@pytest.mark.parametrize("logarithm", [math.log, np.log])
def test_a_replicate_without_a_value_of_the_function_is_left_out(ili_like, margins, logarithm):
    by_akim = means(replicated_design(ili_like, margins, "JKn.D1.mse"), "q1", by="elected")
    at = by_akim.table["estimate"].to_numpy()
    each = at + by_akim.linearized
    lowest = np.sort(each[:, 1] - each[:, 0])[0] + 1e-9  # below it one replicate's logarithm is not defined
    with pytest.warns(SurveyKitWarning, match="1 of 10 replicates have no estimate"):
        row = contrast(by_akim, lambda mean: logarithm(mean[1] - mean[0] - lowest)).table.iloc[0]
    shifts = np.sort(each[:, 1] - each[:, 0])[1:] - lowest
    rest = np.argsort(each[:, 1] - each[:, 0])[1:]
    made = by_akim.design.replicates
    by_hand = made.scale * (made.rscales[rest] * (np.log(shifts) - np.log(at[1] - at[0] - lowest)) ** 2).sum()
    assert row["std_error"] == pytest.approx(np.sqrt(by_hand), rel=1e-9)
