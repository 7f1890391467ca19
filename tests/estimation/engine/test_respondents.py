"""A part of the respondents as one group: their degrees of freedom, and what each adds to an estimate."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.estimation.engine.respondents import (
    degrees_of_freedom_among,
    influence_totals,
    one_group,
    recomputed_totals,
    variance_rows,
)
from surveykit.weighting.raking import rake
from surveykit.weighting.replicates import replicate_weights

FRAME = pd.DataFrame(
    {"zone": [1, 1, 1, 1, 2, 2, 2, 2], "village": [1, 1, 2, 2, 3, 3, 4, 4], "sex": [1, 2] * 4, "w": [1.0, 2] * 4}
)
DESIGN = SurveyDesign(FRAME, weight="w", cluster="village", stratum="zone")


def test_degrees_of_freedom_are_clusters_minus_strata_of_those_inside():
    assert degrees_of_freedom_among(DESIGN, np.ones(8, dtype=bool)) == (2, 4)
    assert degrees_of_freedom_among(DESIGN, FRAME["zone"].to_numpy() == 1) == (1, 2)
    assert degrees_of_freedom_among(DESIGN, np.arange(8) < 6) == (1, 3)
    group = one_group(np.arange(8) < 3)
    assert group.of_row.tolist() == [0, 0, 0, -1, -1, -1, -1, -1] and group.sizes.tolist() == [3]


def test_influence_is_summed_by_cluster_with_its_weight():
    influence, rows = np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 6])
    assert influence_totals(influence, rows, DESIGN)[:, 0].tolist() == [5, 0, 0, 4]


def test_what_raking_has_fixed_adds_nothing():
    """The number of women is a target: the influence of every respondent on it leaves nothing."""
    raked = rake(DESIGN, {"sex": {1: 0.5, 2: 0.5}})
    women = (FRAME["sex"] == 1).to_numpy(dtype=float)[:, None]
    assert influence_totals(women, np.arange(8), raked) == pytest.approx(np.zeros((4, 1)), abs=1e-12)


def test_a_function_of_totals_is_taken_anew_in_every_replicate():
    """JK1 without the village: the total of the others times n / (n - 1), minus the total of all."""
    design = SurveyDesign(FRAME, weight="w", cluster="village")
    replicated = design.with_replicates(replicate_weights(design, "JK1"))
    y = np.arange(8.0)
    found = recomputed_totals([y], np.arange(8), replicated, lambda totals: totals)
    by_village = np.bincount(FRAME["village"] - 1, FRAME["w"] * y)
    wanted = (by_village.sum() - by_village) * 4 / 3 - by_village.sum()
    assert sorted(found[:, 0]) == pytest.approx(sorted(wanted))
    assert (variance_rows(replicated), variance_rows(DESIGN)) == (4, 4)
