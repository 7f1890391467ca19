"""Do the tests hold their level with few settlements? Rejection at 5 % and coverage of 95 % intervals, by simulation.

    python benchmarks/calibration/calibrate.py --draws 2000 --processes 2 --out benchmarks/calibration/calibration.csv

Each draw makes settlements with a random intercept (intraclass correlation on the latent scale), respondents with
unequal weights and answers from 1 to 5, lets chance (or size) choose which settlements are treated, and applies every
method to settlement totals. Rejection is counted without an effect; coverage with an effect of 0.3 latent standard
deviations, whose size in scale points is known exactly. The verdict of the feasibility gate is recorded for each draw.
"""

import argparse
import itertools
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from surveykit.comparison.feasibility import judge
from surveykit.comparison.few_clusters import ClusterTotals, cluster_totals, fit_robust, solve_weighted
from surveykit.comparison.randomization import (
    list_assignments,
    randomize_difference,
    randomize_studentized,
    smallest_p,
)
from surveykit.comparison.wild_bootstrap import bootstrap_error, wild_draws, wild_weights

SPLITS = [(5, 5), (6, 6), (4, 6), (4, 8), (3, 9), (2, 10), (3, 3)]
ICC = [0.02, 0.05, 0.15]
SIZES = ["even", "uneven", "largest treated"]
EFFECT = 0.3
CUTS = np.array([-1.2, -0.4, 0.4, 1.2])
TRUTH = float(np.sum(stats.norm.sf(CUTS - EFFECT)) - np.sum(stats.norm.sf(CUTS)))


def draw_sizes(pattern: str, n_settlements: int) -> np.ndarray:
    """Respondents per settlement, the same in every draw of a cell; uneven: from 20 to 200 in equal ratios."""
    if pattern == "even":
        return np.full(n_settlements, 80)
    return np.round(np.geomspace(20, 200, n_settlements)).astype(int)


def draw_survey(rng, sizes, treated, icc, effect):
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    latent = rng.normal(0, np.sqrt(icc), len(sizes))[cluster] + rng.normal(0, np.sqrt(1 - icc), len(cluster))
    y = 1.0 + np.searchsorted(CUTS, latent + effect * treated[cluster])
    weights = rng.lognormal(0, 0.4, len(cluster)) * rng.lognormal(0, 0.3, len(sizes))[cluster]
    return cluster, y, weights


def p_values(totals: ClusterTotals, treated, listed, signs, respondents, means, null):
    """Two-sided p of every method for the null value `null`."""
    n_clusters = len(treated)
    coefficients, bread = solve_weighted(totals)
    estimate = coefficients[1]

    def t_test(error, df):
        return 2 * stats.t.sf(abs(estimate - null) / error, df)

    fits = {kind: fit_robust(totals, kind) for kind in ("cr0", "cr2", "cr3")}
    shares = (totals.xwy - totals.xwx @ coefficients) @ bread[1]
    linear = np.sqrt(n_clusters / (n_clusters - 1) * np.sum((shares - shares.mean()) ** 2))
    wild_estimate, wild_error = bootstrap_error(totals, 1)
    randomized = randomize_difference(totals, 1, listed)
    far = np.abs(randomized.at_zero - null * randomized.slope) >= abs(estimate - null) - 1e-10
    first, second = means[treated], means[~treated]
    found = {
        "respondents": t_test(respondents, np.inf),
        "cr0": t_test(fits["cr0"].std_errors[1], n_clusters - 1),
        "cr1s": t_test(wild_error, n_clusters - 1),
        "linearized": t_test(linear, n_clusters - 2),
        "cr2": t_test(fits["cr2"].std_errors[1], fits["cr2"].df[1]),
        "cr3": t_test(fits["cr3"].std_errors[1] * np.sqrt((n_clusters - 1) / n_clusters), n_clusters - 1),
        "wild": wild_draws(totals, 1, *signs).p_value(wild_estimate, wild_error, null),
        "randomization": float(np.mean(far)),
        "randomization_studentized": randomize_studentized(totals, 1, listed).p_value(wild_estimate, wild_error, null),
        "welch": stats.ttest_ind(first - null, second, equal_var=False).pvalue,
    }
    return found, float(fits["cr2"].df[1])


def one_survey(rng, cell, sizes, signs, effect):
    """Return p-values by estimand and method, and the verdict."""
    n_treated, n_baseline = cell["treated"], cell["baseline"]
    order = rng.permutation(n_treated + n_baseline)
    if cell["sizes"] == "largest treated":
        order = np.argsort(-sizes, kind="stable")
    treated = np.isin(np.arange(len(sizes)), order[:n_treated])
    cluster, y, w = draw_survey(rng, sizes, treated, cell["icc"], effect)
    x = np.column_stack([np.ones(len(y)), treated[cluster]]).astype(float)
    sums = np.bincount(cluster, w)
    means = np.bincount(cluster, w * y) / sums
    listed = list_assignments(treated)
    arm = np.where(treated, sums[treated].sum(), sums[~treated].sum())
    found, verdicts = {}, {}
    for estimand, weights in (("person", w), ("settlement", w / sums[cluster])):
        totals = cluster_totals(x, y, weights, cluster)
        both = [weights * (treated[cluster] == side) for side in (True, False)]
        error = np.sqrt(sum(np.sum((v * (y - v @ y / v.sum())) ** 2) / v.sum() ** 2 for v in both))
        null = TRUTH if effect else 0.0
        found[estimand], df = p_values(totals, treated, listed, signs, error, means, null)
        if estimand == "person":
            verdicts = judge(n_treated, n_baseline, smallest_p(treated)[1], df, float((sums / arm).max()))[0]
    return found, verdicts


def run_cell(arguments):
    cell, draws, seed = arguments
    rng = np.random.default_rng(seed)
    n_clusters = cell["treated"] + cell["baseline"]
    sizes = draw_sizes(cell["sizes"], n_clusters)
    signs = wild_weights(n_clusters, "auto", np.random.default_rng(1), 999)[:2]
    rows = []
    for effect, measure in ((0.0, "rejection"), (EFFECT, "coverage")):
        surveys = [one_survey(rng, cell, sizes, signs, effect) for _ in range(draws)]
        verdicts = np.array([verdict for _, verdict in surveys])
        for estimand in ("person", "settlement"):
            table = pd.DataFrame([found[estimand] for found, _ in surveys])
            hits = (table <= 0.05) if measure == "rejection" else ~(table <= 0.05)
            for verdict in sorted(set(verdicts)):
                chosen = hits[verdicts == verdict]
                for method in table.columns:
                    if method == "welch" and estimand == "person":
                        continue
                    share = float(chosen[method].mean())
                    rows.append(
                        {
                            **cell,
                            "verdict": verdict,
                            "draws": len(chosen),
                            "estimand": estimand,
                            "method": method,
                            "measure": measure,
                            "share": share,
                            "monte_carlo_error": float(np.sqrt(max(share * (1 - share), 0.05 * 0.95) / len(chosen))),
                        }
                    )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20210725)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "calibration.csv")
    options = parser.parse_args()
    cells = [{"treated": split[0], "baseline": split[1], "icc": icc, "sizes": sizes}
             for split, icc, sizes in itertools.product(SPLITS, ICC, SIZES)]
    jobs = [(cell, options.draws, [options.seed, number]) for number, cell in enumerate(cells)]
    with ProcessPoolExecutor(options.processes) as pool:
        rows = [row for part in pool.map(run_cell, jobs) for row in part]
    pd.DataFrame(rows).round(5).to_csv(options.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
