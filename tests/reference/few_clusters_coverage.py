"""How often a 95 % interval of a mean of few or uneven clusters holds the truth, beside what is foretold of it.

    python tests/reference/few_clusters_coverage.py

Run by hand; the numbers stand beside `LEAST_COVERED` in surveykit/estimation/engine/foretold_coverage.py.
"""

import numpy as np
from scipy import stats

from surveykit.estimation.engine.foretold_coverage import foretell_coverage

DRAWS = 8000
MEAN_SIZE = 40


def coverage(sizes, icc, rng):
    """Return the share of surveys whose interval holds 0, weights being lognormal."""
    count, shape = len(sizes), (DRAWS, len(sizes))
    weights, squares = np.empty(shape), np.empty(shape)
    for one, size in enumerate(sizes):
        drawn = rng.lognormal(0, 0.4, (DRAWS, size))
        weights[:, one], squares[:, one] = drawn.sum(axis=1), (drawn**2).sum(axis=1)
    sums = weights * rng.normal(0, np.sqrt(icc), shape) + np.sqrt(squares * (1 - icc)) * rng.normal(0, 1, shape)
    total = weights.sum(axis=1, keepdims=True)
    mean = sums.sum(axis=1, keepdims=True) / total
    error = np.sqrt(count / (count - 1) * (((sums - mean * weights) / total) ** 2).sum(axis=1))
    return np.mean(np.abs(mean[:, 0]) <= stats.t.ppf(0.975, count - 1) * error)


def main():
    rng = np.random.default_rng(1)
    for count in (2, 3, 5, 7, 10, 15, 20, 30, 50):
        for ratio in (1, 2, 3, 4, 8, 16):
            for name, steps in (("steps", np.geomspace(1, ratio, count)), ("one large", [1.0] * (count - 1) + [ratio])):
                sizes = np.maximum(2, np.round(MEAN_SIZE * np.array(steps) / np.mean(steps))).astype(int)
                seen = " ".join(f"{100 * coverage(sizes, icc, rng):.1f}" for icc in (0.02, 0.05, 0.15))
                told = 100 * foretell_coverage(sizes, np.zeros(count, dtype=int), count - 1, sizes.sum())
                print(f"{count} clusters, {name}, {ratio}-fold: {seen} (foretold {told:.1f})", flush=True)


if __name__ == "__main__":
    main()
