"""Does every interval that the package prints with a name cover what it should, with few settlements?

    python benchmarks/calibration/intervals.py --draws 2000 --processes 1 --out benchmarks/calibration/intervals.csv

Each draw is a survey without any difference between the two kinds of settlements: normal answers with a random
intercept for each settlement, unequal weights, chance decides which settlements are of which kind. For each interval
the script counts how often it holds the truth (coverage) and, where the row has a p, how often that is at most 0.05
(level). Parts:

- comparison: every method of `compare_settlements`; mixed: `compare_mixed`, unweighted.
- balanced, balanced_ipw: the rows of a design from `balance_settlements` (entropy, inverse probability), where answers
  lean on a covariate that differs between the sides. Draws in which no weights meet the means are not counted. Rows
  that are not offered then, because they do not keep their level, have offered = False.
- icc: `intraclass_correlation`, with weights and without.
- mde: the true power at the effect that `minimum_detectable_effect` (CR2) calls detectable with power 0.8, at its
  estimate and at the end of its interval; column share is the mean power.
- predictions: intervals of `predictions` of a share of 0.1 from a logit, with linearized and with CR2 errors.
- alpha: `cronbach_alpha` of four items.
- means, shares: `means`, and `shares` of 0.1 by every kind of interval, of everybody (ten clusters) and of the
  settlements of the group compared (five, three or two).
- odds: every method of `compare_odds`, of the same yes; "score" and "randomization" by their p at the truth. Draws in
  which nobody on a side says yes count too: these two have a p then, the latter an interval with one end.
- quantiles: `quantiles` at 0.1 and 0.5 of everybody and of the group compared, by every kind of interval.

An interval of which one end is missing or infinite reaches beyond all numbers on that side; measure "one end" is how
often that is so, "without interval" how often both are missing.

The Monte Carlo error of a share is that of its binomial, at least that of 5 %; of a mean power, that of the mean. Each
part draws from a generator of its own, so that `--parts alpha` gives the rows that the whole run gives, and puts them
in the place of the old ones.
"""

import argparse
import itertools
import warnings
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

import surveykit as sk
from surveykit.comparison.answers import odds
from surveykit.comparison.intraclass import VarianceParts
from surveykit.comparison.methods.settlement_methods import BALANCED, METHODS, Settings, applies, run
from surveykit.comparison.planning.simulated_intervals import power_at, simulate_intervals
from surveykit.comparison.question import make_question
from surveykit.estimation.engine.share_intervals import share_interval

SPLITS = [(5, 5), (3, 7), (2, 8)]
SIZES = {"even": (40, 40), "uneven": (15, 120)}
ICC = [0.02, 0.15]
ERRORS = ("cr2", "wild", "cr3", "linearized", "cr1s", "cr0")
"""Methods looked at where settlements are balanced, although not all of them are offered then."""
NAMED = [name for name in METHODS if name != "wild_subcluster"]
APART, LEANING = 0.6, 0.5
"""Difference of the covariate between the sides, in standard deviations, and slope of the answers on it."""
RARE = 0.1
SHARES = ["logit", "korn-graubard", "beta", "wilson", "arcsine", "likelihood", "wald"]
QUANTILES = ["woodruff", "logit", "arcsine", "beta", "korn-graubard", "score"]
PROBABILITIES = [0.1, 0.5]
LOADING = 0.6
ITEMS = ["i1", "i2", "i3", "i4"]
FINE = 10
"""Steps of an item's scale in a standard deviation; rounding to them adds 1/12 of a squared step to its variance."""
ALPHA = 4 / 3 * (1 - (4 + 1 / 3 / FINE**2) / (4 + 1 / 3 / FINE**2 + 12 * LOADING**2))
PART_OF = {
    "compare_settlements": "comparison",
    "compare_mixed": "mixed",
    "balance_settlements": "balanced",
    "intraclass_correlation": "icc",
    "minimum_detectable_effect": "mde",
    "predictions": "predictions",
    "average_predictions": "predictions",
    "cronbach_alpha": "alpha",
    "check_dimensions": "alpha",
    "means": "means",
    "ratios": "means",
    "standardized_means": "means",
    "shares": "shares",
    "agreement": "shares",
    "describe_sample": "means",
    "crosstab": "shares",
    "compare_odds": "odds",
    "quantiles": "quantiles",
}
"""The part that looks at the intervals of each public function, or at others made in the same way."""
NOT_LOOKED_AT = {
    "totals": "their error holds how much clusters differ in size, which another population decides than these parts draw",
    "variances": "as means of squared deviations, whose skewness no part draws",
    "covariances": "as variances",
    "correlations": "Fisher's scale, linearized",
    "contrast": "as the rows it combines; of groups made of few clusters a warning tells (uneven_groups_simulation.py)",
    "t_test": "the same warning",
    "trend_test": "the same warning",
    "compare_groups": "cr2 as in compare_settlements, linearized as t_test",
    "compare_paired": "differences inside respondents: means of one kind, and a sign flip that is exact",
    "fit_model": "cr2 and linearized as in part predictions; the same warning",
    "average_marginal_effects": "as fit_model",
    "compare_models": "those of the models given",
    "difference_in_differences": "the methods of compare_settlements on changes of settlements",
    "group_time_effects": "the same, each cohort against those not yet treated",
    "covariate_balance": "as compare_settlements",
    "sensitivity_to_confounding": "those of the comparison given",
    "coder_agreement": "a bootstrap over passages, which are no settlements",
    "theme_agreement": "as coder_agreement",
    "joint_display": "those of the results given",
    "snw_matrix": "those of the results given",
    "rate_positions": "those of the results given",
    "read_result": "those of the result that was written",
    "wild_subcluster": "offered by name only, beside the gate's word on it",
    "cr1": "as cr1s, of models",
}
"""Functions and methods whose intervals no part draws, and why or what stands in their place."""
WITHOUT_INTERVAL = [
    "audit_waves", "count_responses", "frequencies", "audit_design", "compare_weights", "summarize_weights",
    "check_quality", "interviewer_effects", "polychoric_correlations", "rao_scott_test", "goodness_of_fit_test",
    "rank_test", "term_test", "check_feasibility", "randomization_test", "joint_test", "plan_comparison",
    "theme_prevalence",
]  # fmt: skip
BY = {"group": "kind", "baseline": "b", "settlement": "place"}
BALANCED_PARTS = "balanced balanced_ipw"
ON_PAGE = [
    ("`cr2`", "comparison", "cr2", ""),
    ("`randomization_studentized`", "comparison", "randomization_studentized", ""),
    ("`wild`", "comparison", "wild", ""),
    ("`randomization`", "comparison", "randomization", ""),
    ("`welch`", "comparison", "welch", ""),
    ("`cr3`", "comparison", "cr3", ""),
    ("`linearized`", "comparison", "linearized", ""),
    ("`cr1s`", "comparison", "cr1s", ""),
    ("`cr0`", "comparison", "cr0", ""),
    ("mixed model", "mixed", "mixed", ""),
    ("balanced settlements: `cr2`, the only one offered", BALANCED_PARTS, "cr2", ""),
    ("balanced: `cr3` (not offered)", BALANCED_PARTS, "cr3", ""),
    ("balanced: `wild` (not offered)", BALANCED_PARTS, "wild", ""),
    ("balanced: `linearized` (not offered)", BALANCED_PARTS, "linearized", ""),
    ("intraclass correlation, unweighted", "icc", "unweighted", ""),
    ("intraclass correlation, weighted", "icc", "weighted", ""),
    ("predicted share of 0.1, CR2 errors", "predictions", "cr2", ""),
    ("the same of the group compared, linearized errors", "predictions", "linearized", "group"),
    ("Cronbach's alpha, jackknife over ten settlements", "alpha", "alpha", ""),
    ("mean of everybody (ten settlements)", "means", "t", "everybody"),
    ("mean of the group compared", "means", "t", "of one kind"),
    ("share of 0.1 of everybody, `logit`", "shares", "logit", "everybody"),
    ("the same of the group compared, `logit`", "shares", "logit", "of one kind"),
    ("`korn-graubard`", "shares", "korn-graubard", "of one kind"),
    ("`beta`", "shares", "beta", "of one kind"),
    ("`wilson`", "shares", "wilson", "of one kind"),
    ("`arcsine`", "shares", "arcsine", "of one kind"),
    ("`likelihood`", "shares", "likelihood", "of one kind"),
    ("`wald`", "shares", "wald", "of one kind"),
    ("median of everybody, `woodruff`", "quantiles", "woodruff", "everybody at 0.5"),
    ("quantile 0.1 of everybody, `woodruff`", "quantiles", "woodruff", "everybody at 0.1"),
    ("median of the group compared, `woodruff`", "quantiles", "woodruff", "of one kind at 0.5"),
    ("quantile 0.1 of the group compared, `woodruff`", "quantiles", "woodruff", "of one kind at 0.1"),
    ("the same, `logit`", "quantiles", "logit", "of one kind at 0.1"),
    ("`arcsine`", "quantiles", "arcsine", "of one kind at 0.1"),
    ("`beta`", "quantiles", "beta", "of one kind at 0.1"),
    ("`korn-graubard`", "quantiles", "korn-graubard", "of one kind at 0.1"),
    ("`score`", "quantiles", "score", "of one kind at 0.1"),
    ("log odds ratio, yes of 0.1: `cr2`", "odds", "cr2", ""),
    ("`score` bootstrap", "odds", "score", ""),
    ("`randomization` of scores", "odds", "randomization", ""),
    ("`cr3`, one step", "odds", "cr3", ""),
    ("`linearized` odds", "odds", "linearized", ""),
    ("`cr1s` odds", "odds", "cr1s", ""),
    ("`cr0` odds", "odds", "cr0", ""),
]
"""Lines of the page: words, parts, method and estimand ("" for all)."""
PARTS = [
    "comparison",
    "alpha",
    "mixed",
    "icc",
    "predictions",
    "balanced",
    "balanced_ipw",
    "mde",
    "means",
    "shares",
    "odds",
    "quantiles",
]


def draw_survey(rng, sizes, n_treated, icc) -> pd.DataFrame:
    """Return one survey: y and a rare yes without a difference, z that leans on the covariate x, items of a scale."""
    place = np.repeat(np.arange(len(sizes)), sizes)
    treated = rng.permutation(len(sizes)) < n_treated
    x = rng.normal(0, 1, len(sizes)) + APART * treated
    noise = rng.normal(0, np.sqrt(icc), len(sizes))[place] + rng.normal(0, np.sqrt(1 - icc), len(place))
    items = {
        name: np.round(FINE * (LOADING * noise + np.sqrt(1 - LOADING**2) * rng.normal(0, 1, len(place))))
        for name in ITEMS
    }
    return pd.DataFrame(
        {
            "place": [f"S{one:02d}" for one in place],
            "kind": np.where(treated, "t", "b")[place],
            "x": x[place],
            "y": noise,
            "z": noise + LEANING * x[place],
            "yes": (noise > stats.norm.isf(RARE)).astype(int),
            "w": rng.lognormal(0, 0.4, len(place)),
            **items,
        }
    )


def of_comparison(design, outcome):
    """Yield estimand, method, interval, p and truth of every row that the comparison offers."""
    question = make_question(design, **BY, may_be_balanced=True)
    settings = Settings(0.05)
    for case in question.cases(question.answers(outcome)):
        for method in NAMED:
            if applies(method, case) or (case.balanced and method in ERRORS):
                row = run(method, case, settings)
                yield case.estimand, method, row.conf_low, row.conf_high, row.p_value, 0.0


def of_balanced(design, method):
    try:
        balanced = sk.balance_settlements(design, "x", **BY, method=method)
    except sk.WeightingError:
        return
    yield from of_comparison(balanced, "z")


def of_table(result, name, truth, rows=slice(None)):
    for row in result.table[rows].to_dict("records"):
        yield "", name, row["conf_low"], row["conf_high"], row["p_value"], truth


def of_icc(design, icc):
    yield from of_table(sk.intraclass_correlation(design, "y", settlement="place"), "weighted", icc)
    plain = sk.SurveyDesign(design.survey, cluster="place")
    yield from of_table(sk.intraclass_correlation(plain, "y", settlement="place"), "unweighted", icc)


def of_predictions(design):
    for variance in ("linearized", "cr2"):
        more = {"variance": "cr2"} if variance == "cr2" else {}
        model = sk.fit_model("yes ~ kind", design, family="binomial", **more)
        found = sk.predictions(model, {"kind": ["t", "b"]}).table
        for kind, row in zip(("group", "baseline"), found.to_dict("records")):
            yield kind, variance, row["conf_low"], row["conf_high"], np.nan, RARE


def of_described(design, part):
    """Yield the rows of means or shares: of everybody, and of the settlements of one kind."""
    for by, estimand in ((None, "everybody"), ("kind", "of one kind")):
        table = sk.means(design, "y", by=by).table if part == "means" else sk.shares(design, "yes", by=by).table
        asked = table[(table["group"] == "t") | (by is None)]
        if part == "means":
            yield estimand, "t", asked["conf_low"].iloc[0], asked["conf_high"].iloc[0], np.nan, 0.0
            continue
        yes = asked[asked["level"].astype(str) == "1"]
        given = [yes[column].to_numpy() for column in ("estimate", "std_error", "df", "n", "n")]
        for kind in SHARES:  # from the same error, as `shares(interval=)` makes them
            low, high = share_interval(*given, kind, 0.95)
            yield estimand, kind, low[0], high[0], np.nan, RARE


def of_quantiles(design):
    """Yield the quantiles of everybody and of the settlements of one kind by every kind of interval."""
    for by, estimand in ((None, "everybody"), ("kind", "of one kind")):
        for kind in QUANTILES:
            found = sk.quantiles(design, "y", PROBABILITIES, by=by, interval=kind).table
            for row in found[(found["group"] == "t") | (by is None)].to_dict("records"):
                asked = f"{estimand} at {row['probability']:g}"
                yield asked, kind, row["conf_low"], row["conf_high"], np.nan, stats.norm.ppf(row["probability"])


def at_the_truth(p_value, estimate, std_error, alpha, precision):
    """Return an interval that holds the truth, 0, where the test of it does not reject, and else none of it.

    An interval that inverts a test is made of what the test does not reject. Its ends cost sixty fits more for each
    survey, and whether it holds the truth does not depend on where they lie.
    """
    return (-np.inf, np.inf) if p_value(0.0) > alpha else (np.inf, np.inf)


def of_odds(design):
    odds.invert_test = at_the_truth
    for row in sk.compare_odds(design, "yes", **BY, methods="all").table.to_dict("records"):
        yield row["estimand"], row["method"], row["conf_low"], row["conf_high"], row["p_value"], 0.0


def true_powers(design, icc, rng):
    """Yield the estimand, which effect, and its true power."""
    found = sk.minimum_detectable_effect(design, "y", **BY, test="cr2", draws=400, rng=int(rng.integers(2**31))).table
    question = make_question(design, **BY)
    for case, row in zip(question.cases(question.answers("y")), found.to_dict("records")):
        ends = simulate_intervals(case, VarianceParts(icc, 1 - icc, 1.0, 10, case.n), "cr2", Settings(0.05), 400)
        yield case.estimand, "cr2 at the estimate", power_at(ends, row["estimate"])
        yield case.estimand, "cr2 at the interval's end", power_at(ends, row["conf_high"])


def look(design, part, icc):
    """Return the findings of one part on one survey: estimand, method, interval, p and truth of each row."""
    if part == "comparison":
        return of_comparison(design, "y")
    if part == "mixed":
        return of_table(sk.compare_mixed(sk.SurveyDesign(design.survey), "y", **BY), "mixed", 0.0)
    if part.startswith("balanced"):
        return of_balanced(design, "entropy" if part == "balanced" else "inverse_probability")
    if part == "icc":
        return of_icc(design, icc)
    if part == "alpha":
        scale = sk.LikertScale("scale", ITEMS, lowest=-60, highest=60)
        return of_table(sk.cronbach_alpha(design, scale), "alpha", ALPHA, slice(0, 1))
    if part == "means":
        return of_described(design, part)
    if part == "quantiles":
        return of_quantiles(design)
    if part == "odds":
        return of_odds(design)
    if design.survey.frame.groupby("kind")["yes"].nunique().min() < 2:  # nobody on a side says yes
        return []
    if part == "shares":
        return of_described(design, part)
    return of_predictions(design)


def run_cell(arguments):
    cell, draws, seed, parts = arguments
    counts, powers = defaultdict(list), defaultdict(list)
    n_places = cell["treated"] + cell["baseline"]
    sizes = np.round(np.geomspace(*SIZES[cell["sizes"]], n_places)).astype(int)
    for number in range(draws):
        frame = draw_survey(np.random.default_rng([*seed, number]), sizes, cell["treated"], cell["icc"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            design = sk.SurveyDesign(frame, weight="w", cluster="place")
            for part in parts:
                if part == "mde":
                    rng = np.random.default_rng([*seed, number, 1])
                    for estimand, method, power in true_powers(design, cell["icc"], rng):
                        powers[estimand, method].append(power)
                    continue
                for estimand, method, low, high, p, truth in look(design, part, cell["icc"]):
                    known = np.isfinite([low, high])
                    nothing = np.isnan(low) and np.isnan(high)
                    if nothing:
                        counts[part, estimand, method, "without interval"].append(True)
                    # an end that is missing lies beyond all numbers, as neither comparison is true of NaN; a quantile
                    # misses both where they fall outside the data
                    if not nothing or part == "quantiles":
                        counts[part, estimand, method, "coverage"].append(not (truth < low or truth > high))
                    if known.sum() == 1:
                        counts[part, estimand, method, "one end"].append(True)
                    if not np.isnan(p):
                        counts[part, estimand, method, "level"].append(p <= 0.05 + 1e-12)
    rows = []
    for (part, estimand, method, measure), seen in counts.items():
        share, n = float(np.mean(seen)), len(seen)
        if measure in ("without interval", "one end"):
            share, n = len(seen) / draws, draws
        error = np.sqrt(max(share * (1 - share), 0.05 * 0.95) / n)
        offered = not part.startswith("balanced") or method in BALANCED
        rows.append(
            {
                **cell,
                "part": part,
                "estimand": estimand,
                "method": method,
                "measure": measure,
                "share": share,
                "monte_carlo_error": error,
                "draws": n,
                "offered": offered,
            }
        )
    for (estimand, method), seen in powers.items():
        rows.append(
            {
                **cell,
                "part": "mde",
                "estimand": estimand,
                "method": method,
                "measure": "true power at 0.8",
                "share": float(np.mean(seen)),
                "monte_carlo_error": float(np.std(seen) / np.sqrt(len(seen))),
                "draws": len(seen),
                "offered": True,
            }
        )
    return rows


def page(table: pd.DataFrame) -> list[str]:
    """Return the lines of the table in docs/explanation/few_settlements.md, from the table of all cells."""
    lines = []
    for name, part, method, estimand in ON_PAGE:
        rows = table[(table["part"].isin(part.split())) & (table["method"] == method)]
        rows = rows[rows["estimand"] == estimand] if estimand else rows
        cells = [name]
        for measure, worst in (("coverage", min), ("level", max)):
            seen = rows[rows["measure"] == measure]
            for treated in (5, 3, 2):
                of_split = seen[seen["treated"] == treated]
                cells.append(
                    f"{100 * np.average(of_split['share'], weights=of_split['draws']):.1f}" if len(of_split) else ""
                )
            cells.append(f"{100 * worst(seen['share']):.1f}" if len(seen) else "")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "intervals.csv")
    options = parser.parse_args()
    cells = [
        {"treated": split[0], "baseline": split[1], "sizes": sizes, "icc": icc}
        for split, sizes, icc in itertools.product(SPLITS, SIZES, ICC)
    ]
    jobs = [(cell, options.draws, [options.seed, number], options.parts) for number, cell in enumerate(cells)]
    others = [pd.read_csv(options.out).query("part not in @options.parts")] if len(options.parts) < len(PARTS) else []
    rows = []
    with ProcessPoolExecutor(options.processes) as pool:
        for part in pool.map(run_cell, jobs):  # the table so far stands after every cell
            rows += part
            table = pd.concat([*others, pd.DataFrame(rows).round(5)])
            table.to_csv(options.out, index=False, lineterminator="\n")
    print("\n".join(page(pd.read_csv(options.out))))


if __name__ == "__main__":
    main()
