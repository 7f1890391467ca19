"""Sums over the respondents of each cluster."""

import numpy as np

from surveykit.estimation.engine.cluster_totals import cluster_totals


def test_many_clusters_take_the_other_path_to_the_same_totals(rng):
    cluster = rng.permutation(np.repeat(np.arange(600), 3))
    x, y, w = rng.normal(size=(1800, 3)), rng.normal(size=1800), rng.uniform(0.5, 2, 1800)
    many = cluster_totals(x, y, w, cluster)
    few = cluster_totals(x, y, w, cluster % 5)
    for name in ("xx", "xdx", "xddx", "xy", "xdy", "n", "weight"):
        whole = getattr(many, name)
        np.testing.assert_allclose(
            [whole[g::5].sum(axis=0) for g in range(5)], getattr(few, name), rtol=1e-10, atol=1e-10
        )
