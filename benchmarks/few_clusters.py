"""How long CR2, the wild cluster bootstrap and randomization inference take on 100,000 respondents in ten settlements.

    python benchmarks/few_clusters.py --respondents 100000 --draws 9999

Each is timed from respondents' arrays to the p-value, beside a floor: the same answer from plain numpy without weights,
checks or intervals. Printed: milliseconds (median of the rounds) and the ratio to the floor.
"""

import argparse
import itertools
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.comparison.assignments import list_assignments
from surveykit.comparison.methods.randomization import randomize_difference
from surveykit.comparison.methods.wild_bootstrap import bootstrap_error, wild_draws, wild_weights
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust


def make_data(n: int, n_clusters: int = 10) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    cluster = rng.integers(0, n_clusters, n)
    treated = np.arange(n_clusters) < n_clusters // 2
    x = np.column_stack([np.ones(n), treated[cluster], rng.normal(size=n), rng.integers(0, 2, n)]).astype(float)
    y = np.clip(np.round(3 + rng.normal(0, 0.2, n_clusters)[cluster] + rng.normal(size=n)), 1, 5)
    return {"x": x, "y": y, "w": rng.uniform(0.5, 2, n), "cluster": cluster, "treated": treated}


def floor_totals(data: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(data["cluster"].astype(np.int16), kind="stable")
    x, y = data["x"][order], data["y"][order]
    ends = np.concatenate([[0], np.cumsum(np.bincount(data["cluster"]))])
    square = np.array([x[a:b].T @ x[a:b] for a, b in itertools.pairwise(ends)])
    return square, np.array([x[a:b].T @ y[a:b] for a, b in itertools.pairwise(ends)])


def floor_cr2(data: dict[str, np.ndarray]) -> np.ndarray:
    square, moment = floor_totals(data)
    bread = np.linalg.inv(square.sum(0))
    score = moment - square @ (bread @ moment.sum(0))
    half = np.linalg.cholesky(bread)
    values, turn = np.linalg.eigh(half.T @ square @ half)
    root = half @ (turn / np.sqrt(1 - values)[:, None, :]) @ np.swapaxes(turn, 1, 2) @ np.linalg.inv(half)
    z = np.einsum("gji,gj->gi", root, score) @ bread
    return np.sqrt(np.diag(z.T @ z))


def floor_wild(data: dict[str, np.ndarray], draws: int) -> float:
    square, moment = floor_totals(data)
    bread = np.linalg.inv(square.sum(0))
    keep = [0, 2, 3]
    null = np.zeros(4)
    null[keep] = np.linalg.solve(square.sum(0)[np.ix_(keep, keep)], moment.sum(0)[keep])
    score = moment - square @ null
    signs = wild_weights(len(square), "webb", np.random.default_rng(1), draws)[0]
    both = signs @ score
    shares = signs * (score @ bread[1]) - both @ bread @ (square @ bread[1]).T
    return float(np.mean(np.abs(both @ bread[1] / np.sqrt((shares**2).sum(axis=1))) > 1))


def floor_randomization(data: dict[str, np.ndarray]) -> float:
    total, weight = np.bincount(data["cluster"], data["y"]), np.bincount(data["cluster"])
    chosen = list_assignments(data["treated"]).treated
    drawn = chosen @ total / (chosen @ weight) - (1 - chosen) @ total / ((1 - chosen) @ weight)
    return float(np.mean(np.abs(drawn) >= 0.1))


def contestants(data: dict[str, np.ndarray], draws: int) -> dict[str, tuple[Callable, Callable | None]]:
    def totals():
        return cluster_totals(data["x"], data["y"], data["w"], data["cluster"])

    def wild():
        t = totals()
        signs, exact, _ = wild_weights(len(t.n), "webb", np.random.default_rng(1), draws)
        return wild_draws(t, 1, signs, exact).p_value(*bootstrap_error(t, 1))

    def randomization():
        t = cluster_totals(data["x"][:, :2], data["y"], data["w"], data["cluster"])
        return randomize_difference(t, 1, list_assignments(data["treated"])).p_values()

    frame = pd.DataFrame({"y": data["y"], "w": data["w"], "place": data["cluster"], "akim": data["x"][:, 1]})
    design = SurveyDesign(frame, weight="w", cluster="place")

    def everything():
        return compare_settlements(design, "y", group="akim", baseline=0, settlement="place")

    return {
        "CR2 and Satterthwaite": (lambda: fit_robust(totals()), lambda: floor_cr2(data)),
        f"wild bootstrap, {draws:,} Webb draws": (wild, lambda: floor_wild(data, draws)),
        "randomization, all assignments": (randomization, lambda: floor_randomization(data)),
        "compare_settlements, all methods": (everything, None),
    }


def milliseconds(work: Callable, rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return 1000 * float(np.median(spent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--respondents", type=int, default=100_000)
    parser.add_argument("--draws", type=int, default=9_999)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    data = make_data(options.respondents)
    print(f"{'':40}{'ms':>9}{'floor':>9}{'ratio':>8}")
    for name, (work, floor) in contestants(data, options.draws).items():
        work()
        ours, theirs = (
            milliseconds(work, options.rounds),
            milliseconds(floor, options.rounds) if floor else float("nan"),
        )
        print(f"{name:40}{ours:9.1f}{theirs:9.1f}{ours / theirs:8.2f}")


if __name__ == "__main__":
    main()
