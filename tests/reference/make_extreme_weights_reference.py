"""CR2 errors and Satterthwaite degrees of freedom from whole matrices with 60 digits, where one respondent outweighs all.

    pip install mpmath && python tests/reference/make_extreme_weights_reference.py

The formulas of Bell & McCaffrey (2002) and Pustejovsky & Tipton (2018) as they stand, with matrices of all respondents
and none of the package's algebra on sums: B_g is cut out of (I - H)(I - H)', its inverse root comes from its
eigenvalues, and the covariance of the scores is formed pair by pair.
"""

import json
from pathlib import Path

import mpmath as mp
import numpy as np

mp.mp.dps = 60


def whole_matrices(x: np.ndarray, y: np.ndarray, weights: np.ndarray, cluster: np.ndarray) -> dict[str, list[float]]:
    """Return errors and degrees of freedom of each coefficient."""
    n, p = x.shape
    columns, w = mp.matrix(x.tolist()), mp.diag([mp.mpf(float(one)) for one in weights])
    bread = (columns.T * w * columns) ** -1
    hat = mp.eye(n) - columns * bread * columns.T * w
    covariance, residual = hat * hat.T, hat * mp.matrix(y.tolist())
    members = [[int(i) for i in np.flatnonzero(cluster == g)] for g in np.unique(cluster)]
    pulled = []
    for rows in members:
        block = mp.matrix([[covariance[i, j] for j in rows] for i in rows])
        values, vectors = mp.eigsy(block)
        root = vectors * mp.diag([0 if abs(one) < mp.mpf(10) ** -30 else 1 / mp.sqrt(one) for one in values]) * vectors.T
        weighted = mp.matrix([[w[i, i] * columns[i, k] for k in range(p)] for i in rows])
        pulled.append(root * weighted * bread)
    errors, df = [], []
    for k in range(p):
        scores = [mp.fsum(one[a, k] * residual[i] for a, i in enumerate(rows)) for one, rows in zip(pulled, members)]
        errors.append(float(mp.sqrt(mp.fsum(score**2 for score in scores))))
        between = [
            [
                mp.fsum(
                    one[a, k] * covariance[i, j] * other[b, k] for a, i in enumerate(rows) for b, j in enumerate(others)
                )
                for other, others in zip(pulled, members)
            ]
            for one, rows in zip(pulled, members)
        ]
        trace = mp.fsum(between[g][g] for g in range(len(members)))
        df.append(float(trace**2 / mp.fsum(value**2 for line in between for value in line)))
    return {"std_error": errors, "df": df}


def survey(seed: int, ratio: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return columns, answers, weights and clusters: six villages of four, one respondent of which weighs `ratio`."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(6), 4)
    x = np.column_stack([np.ones(24), cluster < 3]).astype(float)
    y = rng.normal(size=24).round(3) + cluster / 8
    if seed % 2:
        x = np.column_stack([x, rng.normal(size=24).round(3)])
    weights = np.ones(24) if seed < 2 else rng.uniform(0.5, 2, 24).round(3)
    weights[rng.integers(24)] = ratio
    return x, y, weights, cluster


if __name__ == "__main__":
    found = []
    for ratio in (1.0, 1e2, 1e3, 1e4, 1e5, 1e6):
        for seed in range(6):
            x, y, weights, cluster = survey(seed, ratio)
            parts = {"x": x.tolist(), "y": y.tolist(), "weights": weights.tolist(), "cluster": cluster.tolist()}
            found.append({"ratio": ratio, "seed": seed, **parts, **whole_matrices(x, y, weights, cluster)})
    lines = ",\n".join(json.dumps(one) for one in found)
    Path(__file__).with_name("extreme_weights_expected.json").write_text(f"[\n{lines}\n]\n")
