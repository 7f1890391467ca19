"""Robustness values against the Darfur example of Cinelli & Hazlett (2020), E-values against VanderWeele & Ding (2017)."""

import numpy as np
import pytest

from surveykit.comparison.sensitivity import e_value, robustness_value, sensitivity_to_confounding
from surveykit.comparison.settlements import compare_settlements
from surveykit.errors import ArgumentError
from tests.comparison.conftest import small_design

BY = {"group": "akim", "baseline": "appointed", "settlement": "settlement"}


def test_darfur():
    """Estimate 0.097, standard error 0.023, 783 degrees of freedom: RV = 13.9 %, RV at 5 % = 7.6 %, R2 = 2.2 %."""
    t = 0.09731582 / 0.02325654
    assert robustness_value(t, 783) == pytest.approx(0.1387764, abs=1e-5)
    assert robustness_value(t, 783, 0.05) == pytest.approx(0.07625797, abs=1e-5)
    assert t**2 / (t**2 + 783) == pytest.approx(0.02187309, abs=1e-6)


def test_e_value_of_a_risk_ratio():
    """A risk ratio of 3.9 has the E-value 7.26 (VanderWeele & Ding 2017)."""
    assert e_value(np.log(3.9) / 0.91) == pytest.approx(7.26, abs=0.005)
    assert e_value(0.0) == 1


def test_rows_follow_the_comparison():
    comparison = compare_settlements(small_design(5, effect=2), "q1", **BY)
    result = sensitivity_to_confounding(comparison)
    cr2 = comparison.table[comparison.table["method"] == "cr2"].iloc[0]
    row = result.table.iloc[0]
    assert row["partial_r2"] == pytest.approx(cr2["statistic"] ** 2 / (cr2["statistic"] ** 2 + cr2["df"]))
    assert 0 < row["robustness_of_significance"] < row["robustness"] < 1
    assert row["e_value"] > row["e_value_of_interval"] > 1
    assert "an unmeasured trait of settlements would have to explain" in result.method
    weak = sensitivity_to_confounding(compare_settlements(small_design(5), "q1", **BY, methods=["cr2"]))
    assert (weak.table["robustness_of_significance"] == 0).all() and (weak.table["e_value_of_interval"] == 1).all()
    assert "it is not significant as it stands" in weak.method


def test_wrong_method_has_its_sentence():
    comparison = compare_settlements(small_design(5), "q1", **BY, methods=["randomization"])
    with pytest.raises(ArgumentError, match="`comparison` has no rows of method 'cr2'"):
        sensitivity_to_confounding(comparison)
    with pytest.raises(ArgumentError, match="`method` must be one of"):
        sensitivity_to_confounding(comparison, method="wild")
