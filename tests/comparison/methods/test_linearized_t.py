"""The linearized t by hand: four settlements, four respondents."""

import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.methods.linearized_t import (
    freedom_left,
    mean_error,
    respondent_errors,
    settlement_error,
    settlements_minus_strata,
)
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.cluster_totals import cluster_totals


@pytest.mark.parametrize(
    ("stratum", "variance", "df"),
    [
        # treated 1 and 3, baseline 0 and 2: z = (y - mean) / 2 = -1/2, 1/2, and with the other sign 1/2, -1/2
        ([0, 0, 0, 0], 4 / 3 * 1, 2),
        ([0, 1, 0, 1], 2 / 1 * 1, 1),  # in each stratum -1/2 and 1/2: nothing is taken off, and n_h / (n_h - 1) = 2
        ([0, 0, 1, 1], 2 / 1 * 1, 1),
    ],
)
def test_settlements_in_strata(stratum, variance, df):
    treated, y = np.array([1.0, 1, 0, 0]), np.array([1.0, 3, 0, 2])
    totals = cluster_totals(np.column_stack([np.ones(4), treated]), y, np.ones(4), np.arange(4))
    estimate, error = settlement_error(totals, np.array(stratum))
    assert estimate == pytest.approx(1.0, rel=1e-14)
    assert error == pytest.approx(np.sqrt(variance), rel=1e-14)
    assert freedom_left(settlements_minus_strata(np.array(stratum)), 2) == df


def test_a_stratum_of_one_settlement_gives_no_error():
    totals = cluster_totals(np.column_stack([np.ones(3), [1.0, 0, 0]]), np.array([1.0, 0, 2]), np.ones(3), np.arange(3))
    assert np.isnan(settlement_error(totals, np.array([0, 1, 1]))[1])


def test_a_mean_is_a_fit_of_the_constant():
    # weights 1, 1, 2: mean 9/4; z = w (y - mean) / 4 = -5/16, -1/16, 6/16; 3/2 of the sum of squares
    design = SurveyDesign(pd.DataFrame({"y": [1.0, 2.0, 3.0], "w": [1.0, 1.0, 2.0]}), weight="w")
    error = respondent_errors(design, np.ones((3, 1)), np.array([1.0, 2, 3]), np.arange(3), np.array([9 / 4]))
    assert error == pytest.approx([np.sqrt(3 / 2 * 62 / 256)], rel=1e-14)
    assert mean_error(design, np.array([1.0, 2, 3]) - 9 / 4, np.arange(3)) == pytest.approx(error[0], rel=1e-14)


@pytest.mark.parametrize(("columns", "df"), [(1, 7), (2, 7), (3, 6)])
def test_degrees_of_freedom(columns, df):
    assert freedom_left(8.0, columns) == df
