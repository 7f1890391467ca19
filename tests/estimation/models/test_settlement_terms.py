"""Which combinations of coefficients one cluster alone makes known: held to a decomposition of all columns for each."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk
from surveykit.estimation.models import settlement_terms
from surveykit.estimation.models.settlement_terms import _directions_of_one


def plain(x: np.ndarray, mine: np.ndarray) -> np.ndarray:
    """The directions that the other rows leave unknown, by the singular values of those rows."""
    _, size, directions = np.linalg.svd(x[~mine], full_matrices=True)
    size = np.append(size, np.zeros(len(directions) - len(size)))
    return directions[size**2 < settlement_terms.NOTHING_LEFT]


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(2, 5), st.booleans())
def test_the_space_of_one_cluster_is_that_of_all_columns(seed, own, groups, numbers):
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(groups), 4)
    dummies = [(cluster == place).astype(float) for place in range(1, min(own, groups))]
    inside = [np.where(cluster == 0, rng.normal(size=len(cluster)), 0.0)] if numbers else []
    x = np.column_stack([np.ones(len(cluster)), rng.normal(size=len(cluster)), *dummies, *inside])
    x = x / np.sqrt((x**2).sum(axis=0))
    table = x.T @ x
    inverse = np.linalg.pinv(table, hermitian=True)
    for place in range(groups):
        mine = cluster == place
        space, expected = _directions_of_one(x[mine], table, inverse), plain(x, mine)
        assert space.shape == expected.shape
        # the same space: projections agree; vectors are of length one, and 1e-6 is the root of what rounding leaves
        assert space.T @ space == pytest.approx(expected.T @ expected, abs=1e-6)


@pytest.mark.slow
def test_each_settlement_with_a_constant_of_its_own_costs_no_decomposition_of_all_columns(monkeypatch):
    """Hours for a thousand settlements. Counted, not timed: how large the decompositions are."""
    n = 60
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"v": np.repeat(np.arange(n), 4), "y": rng.normal(size=4 * n), "x": rng.normal(size=4 * n)})
    sizes = []
    real = np.linalg.eigh

    def counted(matrix, *rest):
        sizes.append(len(matrix))
        return real(matrix, *rest)

    monkeypatch.setattr(settlement_terms.np.linalg, "eigh", counted)
    told = "Without one of the clusters the coefficient of|no interval can be given"
    with pytest.warns(sk.SurveyKitWarning, match=told):
        model = sk.fit_model("y ~ x + C(v)", sk.SurveyDesign(frame, cluster="v"))
    assert sizes and max(sizes) <= 4
    assert np.isnan(model.table.set_index("term").loc[f"C(v)[T.{n - 1}]", "std_error"])
