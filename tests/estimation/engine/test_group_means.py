"""Means of one outcome in several groups with their joint covariance."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.group_means import answering_groups, group_means

FRAME = pd.DataFrame(
    {"village": [1, 1, 2, 2, 3, 3], "y": [1.0, 4, 2, 5, 3, np.nan], "side": [0, 0, 0, 1, 1, 1], "w": [1.0, 3, 2, 1, 1, 1], "alone": 7}
)  # fmt: skip


def test_means_and_linearized_totals_by_hand():
    """Side 0: (1 + 12 + 4) / 6 = 17/6 over villages 1 and 2; side 1: (5 + 3) / 2 = 4 over villages 2 and 3."""
    design = SurveyDesign(FRAME, weight="w", cluster="village")
    domains = answering_groups(design, "y", "side", None, None)
    found = group_means(design, FRAME["y"], domains)
    assert found.estimates == pytest.approx([17 / 6, 4])
    assert found.n.tolist() == [3, 2] and (found.df, found.n_clusters, found.n_weighted) == (2, 3, 8)
    # sum over a village of w (y - mean) / sum of w
    assert found.linearized[:, 0] == pytest.approx([(13 - 4 * 17 / 6) / 6, (4 - 2 * 17 / 6) / 6, 0])
    assert found.linearized[:, 1] == pytest.approx([0, 0.5, -0.5])


def test_there_must_be_two_groups_that_answered():
    design = SurveyDesign(FRAME, weight="w", cluster="village")
    with pytest.raises(ArgumentError, match="both name 'y'; name two different columns"):
        answering_groups(design, "y", "y", None, None)
    with pytest.raises(ArgumentError, match="a test needs two groups, but all who answered 'y' have 'alone' '7'"):
        answering_groups(design, "y", "alone", None, None)
    with pytest.raises(ArgumentError, match="nobody in any group of 'side' answered 'y', so there is nothing to test"):
        answering_groups(design, "y", "side", np.arange(6) == 5, None)
