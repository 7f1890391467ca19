"""Do the tests hold their level with few settlements? Rejection at 5 % and coverage of 95 % intervals, by simulation.

    python benchmarks/calibration/calibrate.py --draws 2000 --processes 2 --out benchmarks/calibration/calibration.csv

Each draw makes settlements with a random intercept (intraclass correlation on the latent scale), respondents with
unequal weights and answers from 1 to 5, lets chance (or size) choose which settlements are treated, and applies every
method to settlement totals. Rejection is counted without an effect; coverage with an effect of 0.3 latent standard
deviations, whose size in scale points is known exactly. The verdict of the feasibility gate on those who answered is
recorded for each draw. Where a third of the settlements were not asked (a split questionnaire), chance chooses which,
and a draw that leaves a side with fewer than two settlements is refused, as by `compare_settlements`: it is counted
under the method "refused".
"""

import argparse
import itertools
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from surveykit.comparison.assignments import list_assignments
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.judgement import Judgement, judge, lean
from surveykit.comparison.methods.wild_bootstrap import wild_weights
from surveykit.estimation.engine.cluster_totals import ClusterTotals
from surveykit.estimation.engine.few_clusters import adjusted_scores, fit_robust, solve_weighted

SPLITS = [(5, 5), (6, 6), (8, 8), (10, 10), (4, 6), (4, 8), (3, 9), (2, 10), (3, 3), (5, 27)]
SPLIT_QUESTIONNAIRES = [(5, 5), (6, 6), (8, 8), (12, 12), (4, 8)]
ICC = [0.02, 0.05, 0.15]
SIZES = ["even", "mild", "uneven", "largest treated"]
EFFECT = 0.3
SURVEYS = 20
CUTS = np.array([-1.2, -0.4, 0.4, 1.2])
TRUTH = float(np.sum(stats.norm.sf(CUTS - EFFECT)) - np.sum(stats.norm.sf(CUTS)))


def draw_sizes(pattern: str, n_settlements: int) -> np.ndarray:
    """Respondents per settlement, the same in every draw of a cell; uneven: from 20 to 200 in equal ratios."""
    if pattern == "even":
        return np.full(n_settlements, 80)
    if pattern == "mild":
        return np.round(np.geomspace(50, 120, n_settlements)).astype(int)
    return np.round(np.geomspace(20, 200, n_settlements)).astype(int)


@dataclass(frozen=True)
class Batch:
    """Surveys that share settlements, weights and treated settlements: sums by settlement."""

    treated: np.ndarray
    sizes: np.ndarray
    weight: np.ndarray
    square: np.ndarray
    y: np.ndarray
    wy: np.ndarray
    w2y: np.ndarray
    w2yy: np.ndarray

    def minus(self, null: float) -> "Batch":
        """Return the batch with `null` taken from every answer in a treated settlement."""
        shift = null * self.treated
        return replace(
            self,
            y=self.y - shift * self.sizes,
            wy=self.wy - shift * self.weight,
            w2y=self.w2y - shift * self.square,
            w2yy=self.w2yy - 2 * shift * self.w2y + shift**2 * self.square,
        )

    def settlement_average(self) -> "Batch":
        """Return the batch with weights that sum to one in every settlement."""
        s = self.weight
        return replace(
            self,
            weight=np.ones_like(s),
            square=self.square / s**2,
            wy=self.wy / s,
            w2y=self.w2y / s**2,
            w2yy=self.w2yy / s**2,
        )


def draw_batch(rng, sizes, treated, icc, effect, surveys) -> Batch:
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    w = rng.lognormal(0, 0.4, len(cluster)) * rng.lognormal(0, 0.3, len(sizes))[cluster]
    latent = rng.normal(0, np.sqrt(icc), (surveys, len(sizes)))[:, cluster]
    latent = latent + rng.normal(0, np.sqrt(1 - icc), (surveys, len(cluster))) + effect * treated[cluster]
    y = 1.0 + sum((latent > cut) * 1.0 for cut in CUTS)
    parts = [np.add.reduceat(part, starts, axis=1) for part in (y, w * y, w**2 * y, w**2 * y**2)]
    return Batch(treated, sizes.astype(float), np.add.reduceat(w, starts), np.add.reduceat(w**2, starts), *parts)


def totals_of(batch: Batch) -> ClusterTotals:
    """Return the settlement totals of the design matrix, without answers: constant and treatment."""
    z, scale = batch.treated.astype(float), batch.sizes.sum() / batch.weight.sum()
    weight, n = scale * batch.weight, batch.sizes
    one = np.stack([np.stack([np.ones_like(z), z]), np.stack([z, z])]).transpose(2, 0, 1)
    d, dd = weight - n, scale**2 * batch.square - 2 * weight + n
    blank = np.zeros((len(z), 2))
    return ClusterTotals(
        one * n[:, None, None], one * d[:, None, None], one * dd[:, None, None], blank, blank, n.astype(int), weight
    )


def robust_errors(batch: Batch) -> tuple[np.ndarray, dict[str, np.ndarray], float]:
    """Return differences, standard errors by method (surveys,), and Satterthwaite degrees of freedom of CR2."""
    totals, z, scale = totals_of(batch), batch.treated.astype(float), batch.sizes.sum() / batch.weight.sum()
    _, bread = solve_weighted(totals)
    basis = np.stack([np.ones_like(z), z], axis=1)
    xy, xdy = batch.y[:, :, None] * basis, (scale * batch.wy - batch.y)[:, :, None] * basis
    coefficients = (xy + xdy).sum(axis=1) @ bread
    residual = np.concatenate(
        [
            xy - np.einsum("gpq,sq->sgp", totals.xx, coefficients),
            xdy - np.einsum("gpq,sq->sgp", totals.xdx, coefficients),
        ],
        axis=2,
    )
    errors = {}
    for kind in ("cr0", "cr1s", "cr2", "cr3"):
        roots = adjusted_scores(totals, bread, kind) @ bread[1]
        shares = np.einsum("gz,sgz->sg", roots, residual)
        errors[kind] = np.sqrt((shares**2).sum(axis=1))
        if kind == "cr0":
            count = len(z)
            errors["linearized"] = np.sqrt(
                count / (count - 1) * ((shares - shares.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
            )
    errors["cr3"] = errors["cr3"] * np.sqrt((len(z) - 1) / len(z))
    df = float(fit_robust(totals, "cr2").df[1])
    sides = [z, 1 - z]
    mean = [batch.wy @ side / (batch.weight @ side) for side in sides]
    errors["respondents"] = np.sqrt(
        sum(
            (batch.w2yy @ side - 2 * m * (batch.w2y @ side) + m**2 * (batch.square @ side)) / (batch.weight @ side) ** 2
            for side, m in zip(sides, mean)
        )
    )
    return coefficients[:, 1], errors, df


def studentized(sums: np.ndarray, weight: np.ndarray, chosen: np.ndarray, power: np.ndarray | None = None):
    """Return difference and CV1 t (without its factor) of settlement sums for sides given by the rows of `chosen`."""
    top, under = 0.0, 0.0
    for sign, side in ((1, chosen), (-1, 1 - chosen)):
        whole = side @ weight
        mean = side @ sums.T / whole[:, None]
        top = top + sign * mean
        under = (
            under
            + (side @ (sums**2).T - 2 * mean * (side @ (sums * weight).T) + mean**2 * (side @ weight**2)[:, None])
            / whole[:, None] ** 2
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        return top, top / np.sqrt(under)


def wild_p(batch: Batch, signs: np.ndarray, exact: bool) -> np.ndarray:
    """Return the wild cluster bootstrap's p of no difference, null imposed."""
    rest = batch.wy - (batch.wy.sum(axis=1) / batch.weight.sum())[:, None] * batch.weight
    top, under = 0.0, 0.0
    for sign, side in ((1, batch.treated.astype(float)), (-1, 1.0 - batch.treated)):
        whole = batch.weight @ side
        mean = signs @ (rest * side).T / whole
        top = top + sign * mean
        under = (
            under
            + (
                signs**2 @ (rest**2 * side).T
                - 2 * mean * (signs @ (rest * batch.weight * side).T)
                + mean**2 * (batch.weight**2 @ side)
            )
            / whole**2
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = np.abs(top) / np.sqrt(np.where(under > 1e-13, under, np.nan))
    seen = np.abs(studentized(batch.wy, batch.weight, batch.treated[None, :].astype(float))[1])
    count = ((drawn >= seen - 1e-9 * np.maximum(1, seen)) | np.isnan(drawn)).sum(axis=0)
    return count / len(signs) if exact else (count + 1) / (len(signs) + 1)


def p_values(batch: Batch, listed: np.ndarray, signs: tuple[np.ndarray, bool], estimand: str) -> tuple[dict, float]:
    """Return two-sided p of no difference by method, (surveys,), and the Satterthwaite degrees of freedom."""
    estimate, errors, df = robust_errors(batch)
    count = len(batch.treated)
    freedom = {
        "respondents": np.inf,
        "cr0": count - 1,
        "cr1s": count - 1,
        "linearized": count - 2,
        "cr2": df,
        "cr3": count - 1,
    }
    found = {name: 2 * stats.t.sf(np.abs(estimate) / errors[name], freedom[name]) for name in freedom}
    found["wild"] = wild_p(batch, *signs)
    top, t = (np.abs(part) for part in studentized(batch.wy, batch.weight, listed))
    here = int(np.flatnonzero((listed == batch.treated).all(axis=1))[0])
    found["randomization"] = (top >= top[here] - 1e-10).mean(axis=0)
    found["randomization_studentized"] = ((t >= t[here] - 1e-9 * np.maximum(1, t[here])) | np.isnan(t)).mean(axis=0)
    if estimand == "settlement":
        means = batch.wy / batch.weight
        found["welch"] = stats.ttest_ind(
            means[:, batch.treated], means[:, ~batch.treated], axis=1, equal_var=False
        ).pvalue
    return found, df


def judge_batch(batch: Batch) -> Judgement:
    """Return the verdict on the settlements of a batch, before its answers are looked at."""
    n = len(batch.treated)
    names = [str(place) for place in range(n)]
    compared = ComparedGroups(
        "",
        "",
        "treated",
        "baseline",
        np.empty(0, dtype=int),
        names,
        batch.treated,
        np.zeros(n, dtype=int),
        0,
        np.arange(n),
    )
    return judge(totals_of(batch), compared)


def verdicts_of(batch: Batch) -> list[str]:
    """Return the verdict on each survey of a batch: settlements, sizes, weights, and whether these lean on answers."""
    verdict = judge_batch(batch).verdict
    if verdict != "sound":
        return [verdict] * len(batch.y)
    leaning = [np.isfinite(lean(batch.weight, sums / batch.weight, batch.treated)) for sums in batch.wy]
    return ["fragile" if one else "sound" for one in leaning]


def run_cell(arguments):
    cell, draws, seed = arguments
    rng = np.random.default_rng(seed)
    n_clusters = cell["treated"] + cell["baseline"]
    sizes = draw_sizes(cell["sizes"], n_clusters)
    signs, listed = {}, {}
    rows = []
    for effect, measure in ((0.0, "rejection"), (EFFECT, "coverage")):
        tables = []
        for _ in range(max(1, draws // SURVEYS)):
            order = rng.permutation(n_clusters)
            if cell["sizes"] == "largest treated":
                order = np.argsort(-sizes, kind="stable")
            treated = np.isin(np.arange(n_clusters), order[: cell["treated"]])
            asked = np.arange(n_clusters)
            if cell["asked"] != "all":
                asked = np.sort(rng.choice(n_clusters, n_clusters - n_clusters // 3, replace=False))
            treated, here, surveys = treated[asked], len(asked), min(draws, SURVEYS)
            k = int(treated.sum())
            if min(k, here - k) < 2:
                refused = pd.DataFrame({"refused": np.zeros(surveys)})
                tables += [refused.assign(estimand=name, verdict="refused") for name in ("person", "settlement")]
                continue
            if (k, here) not in listed:
                listed[k, here] = list_assignments(np.arange(here) < k, rng=rng, limit=2000, draws=999)
                signs[k, here] = wild_weights(here, "auto", np.random.default_rng(1), 999)[:2]
            known = listed[k, here]
            chosen = known.treated if known.exact else np.vstack([treated[None, :], known.treated[1:]])
            batch = draw_batch(rng, sizes[asked], treated, cell["icc"], effect, surveys).minus(TRUTH if effect else 0.0)
            verdicts = verdicts_of(batch)
            both = {
                "person": p_values(batch, chosen, signs[k, here], "person")[0],
                "settlement": p_values(batch.settlement_average(), chosen, signs[k, here], "settlement")[0],
            }
            tables += [
                pd.DataFrame(found).assign(estimand=estimand, verdict=verdicts) for estimand, found in both.items()
            ]
        table = pd.concat(tables).melt(["estimand", "verdict"], var_name="method", value_name="p").dropna(subset="p")
        for (estimand, verdict, method), part in table.groupby(["estimand", "verdict", "method"], sort=False):
            share = float((part["p"] <= 0.05).mean())
            share = share if measure == "rejection" else 1 - share
            error = float(np.sqrt(max(share * (1 - share), 0.05 * 0.95) / len(part)))
            rows.append(
                {
                    **cell,
                    "verdict": verdict,
                    "draws": len(part),
                    "estimand": estimand,
                    "method": method,
                    "measure": measure,
                    "share": share,
                    "monte_carlo_error": error,
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
    cells = [
        {"treated": split[0], "baseline": split[1], "icc": icc, "sizes": sizes, "asked": "all"}
        for split, icc, sizes in itertools.product(SPLITS, ICC, SIZES)
    ]
    cells += [
        {"treated": split[0], "baseline": split[1], "icc": icc, "sizes": sizes, "asked": "two thirds"}
        for split, icc, sizes in itertools.product(SPLIT_QUESTIONNAIRES, ICC, SIZES[:3])
    ]
    jobs = [(cell, options.draws, [options.seed, number]) for number, cell in enumerate(cells)]
    with ProcessPoolExecutor(options.processes) as pool:
        rows = [row for part in pool.map(run_cell, jobs) for row in part]
    pd.DataFrame(rows).round(5).to_csv(options.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
