import itertools

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from surveykit.comparison.methods.multiplicity import adjust_p_values, westfall_young
from surveykit.errors import ArgumentError


@pytest.mark.parametrize(
    ("method", "key"),
    [("holm", "holm"), ("bh", "BH"), ("by", "BY"), ("bonferroni", "bonferroni"), ("hochberg", "hochberg")],
)
def test_adjustments_equal_r(expected, method, key):
    value = expected["p_adjust"]["value"]
    np.testing.assert_allclose(adjust_p_values(value["p"], method), value[key], rtol=1e-12)


def test_missing_p_values_are_no_tests():
    np.testing.assert_allclose(adjust_p_values([0.01, np.nan, 0.04], "bonferroni"), [0.02, np.nan, 0.08])
    assert np.isnan(adjust_p_values([np.nan])).all()
    np.testing.assert_allclose(adjust_p_values([0.03]), [0.03])


def test_wrong_input_has_its_sentence():
    with pytest.raises(ArgumentError, match="`p_values` must lie between 0 and 1, but 1.2 was given"):
        adjust_p_values([0.1, 1.2])
    with pytest.raises(ArgumentError, match="did you mean 'holm'"):
        adjust_p_values([0.1], "hollm")


def test_westfall_young_by_hand():
    """Six assignments, two outcomes; |t| of the observed (row 0): 3 and 2; p = 1/6 and 3/6."""
    statistics = np.array([[3.0, 2.0], [1.0, 3.0], [2.0, 1.0], [0.5, 4.0], [1.5, 0.5], [2.5, 1.5]])
    # p of each row: first (1,5,3,6,4,2)/6, second (3,2,5,1,6,4)/6; smaller of the two: (1,2,3,1,4,2)/6
    np.testing.assert_allclose(westfall_young(statistics, statistics[0]), [2 / 6, 3 / 6])


def test_independent_outcomes_cost_nearly_as_much_as_holm_and_dependent_ones_less():
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=11)))
    scores = signs @ np.random.default_rng(3).normal(size=(11, 4))
    seen = np.quantile(np.abs(scores), 0.99, axis=0)
    single = np.mean(np.abs(scores) >= seen, axis=0)
    assert (westfall_young(scores, seen) <= adjust_p_values(single, "bonferroni") + 1e-12).all()
    same = np.repeat(scores[:, :1], 4, axis=1)
    np.testing.assert_allclose(westfall_young(same, np.repeat(seen[0], 4)), single[0])


@pytest.mark.slow
def test_holm_equals_statsmodels(rng):
    for size in (2, 5, 40):
        p = np.round(rng.uniform(0, 1, size) ** 2, 2)
        for method, theirs in {
            "holm": "holm",
            "bh": "fdr_bh",
            "by": "fdr_by",
            "bonferroni": "bonferroni",
            "hochberg": "simes-hochberg",
        }.items():
            np.testing.assert_allclose(adjust_p_values(p, method), multipletests(p, method=theirs)[1], rtol=1e-12)


def test_an_outcome_without_a_statistic_is_no_test_and_an_infinite_one_has_its_rank():
    statistics = np.array(
        [[np.inf, 2.0, np.nan], [1.0, 3.0, 1.0], [2.0, 1.0, 1.0], [np.nan, 4.0, 1.0], [1.5, 0.5, 1.0], [2.5, 1.5, 1.0]]
    )
    # the first outcome's ranks: 1 and 4 share the largest, so (2,6,4,2,5,3)/6; the second's (3,2,5,1,6,4)/6
    np.testing.assert_allclose(westfall_young(statistics, statistics[0]), [3 / 6, 3 / 6, np.nan])


@pytest.mark.parametrize("given", [["a"], "a", 0.03, [0.1, "0.2"], [True], [[0.1, 0.2], [0.1, 0.2]], [0.1, {}]])
def test_what_is_no_p_value_is_named(given):
    with pytest.raises(ArgumentError, match="`p_values` must be a sequence of numbers between 0 and 1, but"):
        adjust_p_values(given)


def test_missing_p_values_may_be_written_in_any_way():
    assert adjust_p_values([0.01, None, np.nan, pd.NA, 0.04]).tolist() == pytest.approx(
        [0.02, np.nan, np.nan, np.nan, 0.04], nan_ok=True
    )
