"""Outcome and treatment without the other columns."""

import numpy as np
import pytest

from surveykit.comparison.assignments import Assignments, list_assignments
from surveykit.comparison.partialling import partial_share
from surveykit.estimation.engine.cluster_totals import cluster_totals


def test_covariates_that_determine_the_group_leave_nothing(rng):
    cluster = np.repeat(np.arange(4), 5)
    z = (cluster < 2).astype(float)
    x = np.column_stack([np.ones(20), z, 3 - z])
    assert partial_share(cluster_totals(x, rng.normal(size=20), np.ones(20), cluster), 1) == pytest.approx(0, abs=1e-12)
    assert isinstance(list_assignments(z[::5] > 0), Assignments)
