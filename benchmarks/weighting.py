"""How far weighting is from plain numpy: the same raking written out by hand, interleaved rounds, ratios of medians.

    python benchmarks/weighting.py [RESPONDENTS ...]

The floor is one bincount into the four-way table of margins and iterative proportional fitting on its cells, with
columns known to hold codes from 1 without gaps and targets known to fit: no checks, no labels, no design, no record.
`rake` from a DataFrame includes making the design. The aim is at most 3.5 times the floor at 100,000 respondents.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import surveykit as sk

LEVELS = {"sex": 2, "age_group": 6, "education": 4, "region": 8}
ROUNDS = 15


def make_data(n: int) -> tuple[pd.DataFrame, dict[str, dict[int, float]]]:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({name: rng.integers(1, levels + 1, n) for name, levels in LEVELS.items()})
    frame["w"] = rng.gamma(5, 1, n)
    margins = {}
    for name, levels in LEVELS.items():
        share = rng.uniform(0.85, 1.15, levels)
        margins[name] = dict(zip(range(1, levels + 1), share / share.sum() * 60_000))
    return frame, margins


def floor(frame: pd.DataFrame, margins: dict[str, dict[int, float]]) -> np.ndarray:
    shape = tuple(LEVELS.values())
    code = np.zeros(1, dtype=np.int64)
    for name, levels in LEVELS.items():
        code = code * levels + (frame[name].to_numpy() - 1)
    weights = frame["w"].to_numpy()
    start = np.bincount(code, weights, minlength=int(np.prod(shape))).reshape(shape)
    table = start.copy()
    goals = [np.array([margins[name][code] for code in sorted(margins[name])]) for name in LEVELS]
    others = [tuple(i for i in range(4) if i != j) for j in range(4)]
    spread = [[-1 if i == j else 1 for i in range(4)] for j in range(4)]
    for _ in range(1000):
        for j in range(4):
            table *= (goals[j] / table.sum(axis=others[j])).reshape(spread[j])
        if max(np.abs(table.sum(axis=others[j]) / goals[j] - 1).max() for j in range(4)) < 1e-8:
            break
    factor = np.divide(table, start, out=np.ones_like(start), where=start > 0).ravel()
    return weights * factor[code]


def contestants(frame: pd.DataFrame, margins: dict[str, dict[int, float]]) -> dict[str, Callable[[], object]]:
    design = sk.SurveyDesign(frame, weight="w")
    return {
        "floor: numpy": lambda: floor(frame, margins),
        "rake, from a DataFrame": lambda: sk.rake(sk.SurveyDesign(frame, weight="w"), margins),
        "rake, from a design": lambda: sk.rake(design, margins),
        "rake under a ceiling of 3": lambda: sk.rake(design, margins, max_weight_ratio=3),
        "calibrate, raking distance": lambda: sk.calibrate(design, margins, method="raking"),
        "calibrate, linear": lambda: sk.calibrate(design, margins),
        "post-stratify by 192 cells": lambda: sk.poststratify(design, post_strata(frame)),
    }


def post_strata(frame: pd.DataFrame) -> pd.Series:
    names = ["age_group", "education", "region"]
    cells = pd.MultiIndex.from_product([range(1, LEVELS[name] + 1) for name in names], names=names)
    return pd.Series(60_000 / len(cells), index=cells)


def main(sizes: list[int]) -> None:
    for n in sizes:
        frame, margins = make_data(n)
        works = contestants(frame, margins)
        gap = np.abs(floor(frame, margins) / sk.rake(sk.SurveyDesign(frame, weight="w"), margins).weights - 1).max()
        seconds: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(ROUNDS):
            for name, work in works.items():
                start = time.perf_counter()
                work()
                seconds[name].append(time.perf_counter() - start)
        print(f"\n{n:,} respondents (largest relative gap to the floor's weights {gap:.1e})")
        for name, times in seconds.items():
            ratio = statistics.median(one / first for one, first in zip(times, seconds["floor: numpy"]))
            print(f"  {name:<30}{1000 * statistics.median(times):9.2f} ms  {ratio:6.2f} x floor")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [1_000, 100_000, 1_000_000])
