"""A fitted model in other parameters, and that every kind answers the same calls."""

import inspect

import numpy as np
import pytest

from surveykit.estimation.models.count_models import NegativeBinomialModel
from surveykit.estimation.models.linear_models import LinearModel
from surveykit.estimation.models.model_kinds import ModelKind, Solution
from surveykit.estimation.models.ordinal_models import OrdinalModel


def test_turned_parameters_have_the_turned_covariance():
    """b = (2, 1) with variances 1 and 4 and covariance 0.5: the sum is 3 with variance 1 + 4 + 2 * 0.5 = 6."""
    found = Solution(np.array([2.0, 1.0]), np.array([[1.0, 0.5], [0.5, 4.0]]), -3.0, 2).transform(
        np.array([[1.0, 1.0], [0.0, 1.0]])
    )
    assert found.params.tolist() == [3, 1] and found.inverse.tolist() == [[6, 4.5], [4.5, 4]]
    assert (found.loglik, found.n_slopes) == (-3, 2)


@pytest.mark.parametrize("kind", [LinearModel, NegativeBinomialModel, OrdinalModel])
@pytest.mark.parametrize("call", ["tally", "solve", "scores", "mean", "further_names"])
def test_every_kind_answers_the_same_calls(kind, call):
    assert list(inspect.signature(getattr(kind, call)).parameters) == list(
        inspect.signature(getattr(ModelKind, call)).parameters
    )
