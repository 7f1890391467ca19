"""The methods that stand side by side in a comparison of settlements: each turns a case into one row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from surveykit._checks import as_names, check_option, warn
from surveykit.comparison.assignments import ENUMERATION_LIMIT, Assignments, list_assignments
from surveykit.comparison.methods.linearized_t import freedom_left, settlement_error, settlements_minus_strata
from surveykit.comparison.methods.randomization import TIE, largest_mean, randomize_difference, randomize_studentized
from surveykit.comparison.methods.wild_bootstrap import (
    WildKind,
    WildWeights,
    bootstrap_error,
    subcluster_draws,
    wild_draws,
    wild_weights,
)
from surveykit.comparison.settlement_totals import SAME_MEAN, TREATMENT, Case
from surveykit.comparison.studentized_draws import invert_test
from surveykit.distributions import t_quantile_at, upper_t
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.few_clusters import fit_robust, fit_without_each, solve_weighted, sums_of_others
from surveykit.results import Row


@dataclass(frozen=True, slots=True, eq=False)
class Settings:
    """What all methods of one comparison share.

    Attributes
    ----------
    alpha : float
        One minus the confidence level.
    wild_weights, wild_kind : str
    seed : int
        Starts the draws anew for each case, so that outcomes share them.
    known : dict
        Assignments listed so far, by treated settlements and blocks.
    rows : dict
        Rows found so far, by method and case.
    """

    alpha: float
    wild_weights: WildWeights = "auto"
    wild_kind: WildKind = "11"
    seed: int = 0
    known: dict[tuple[bytes, bytes, int], Assignments] = field(default_factory=dict)
    rows: dict[tuple[str, Case], Row] = field(default_factory=dict)


_KEPT = 4
"""Tables of assignments that are kept for the next outcome."""
STUDENTIZED_LIMIT = 20_000
"""Up to so many assignments are all studentized; beyond, 9,999 are drawn."""

NOTHING_BESIDE = 1e-7
"""Share of a side's weight that all other settlements may have and still count as nothing: their part of its average is
then below what sums of sixteen digits, squared in every error, tell apart. A survey's weights differ by thousands."""
_INFINITE_T = 1e9
"""Only rounding keeps a t beyond it from being infinite."""


def row_of_t(estimate: float, std_error: float, df: float, alpha: float) -> Row:
    """Return estimate, error, t, df, p and interval; no variance or no degrees of freedom give no p."""
    columns = columns_of_t(np.array([estimate]), np.array([std_error]), np.array([df]), alpha)
    return Row(*(float(values[0]) for values in columns))


def columns_of_t(estimate: np.ndarray, std_error: np.ndarray, df: np.ndarray, alpha: float) -> tuple[np.ndarray, ...]:
    """Return estimates, errors, t, df, p and both ends of the intervals, as `row_of_t` for one."""
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(std_error > 0, estimate / std_error, np.nan)
        df = np.where(df > 0, df, np.nan)
        reach = t_quantile_at(1 - alpha / 2, df) * np.where(std_error > 0, std_error, np.nan)
        return estimate, std_error, t, df, 2 * upper_t(np.abs(t), df), estimate - reach, estimate + reach


def linearized(case: Case, settings: Settings) -> Row:
    """Taylor-linearized t with settlements as clusters within strata; df = settlements - strata - columns + 1."""
    estimate, error = settlement_error(case.totals, case.stratum)
    df = freedom_left(settlements_minus_strata(case.stratum), case.totals.xx.shape[1])
    return row_of_t(estimate, error, df, settings.alpha)


def cr0(case: Case, settings: Settings) -> Row:
    """Uncorrected cluster-robust errors with t(G - 1)."""
    fit = fit_robust(case.totals, "cr0")
    return row_of_t(float(fit.coefficients[1]), float(fit.std_errors[1]), len(case.names) - 1.0, settings.alpha)


def cr1s(case: Case, settings: Settings) -> Row:
    """Stata's cluster-robust errors with t(G - 1)."""
    fit = fit_robust(case.totals, "cr1s")
    return row_of_t(float(fit.coefficients[1]), float(fit.std_errors[1]), len(case.names) - 1.0, settings.alpha)


def cr2(case: Case, settings: Settings) -> Row:
    """Bell-McCaffrey errors with Satterthwaite degrees of freedom."""
    fit = fit_robust(case.totals, "cr2")
    return row_of_t(float(fit.coefficients[1]), float(fit.std_errors[1]), float(fit.df[1]), settings.alpha)


def cr3(case: Case, settings: Settings) -> Row:
    """Leave-one-settlement-out jackknife errors (CV3) with t(G - 1)."""
    fit, n_clusters = fit_robust(case.totals, "cr3"), len(case.names)
    # CV3 is (G - 1) / G times the squares of the changes; `fit_robust` leaves that factor out, as clubSandwich's CR3
    error = float(fit.std_errors[1]) * np.sqrt((n_clusters - 1) / n_clusters)
    return row_of_t(float(fit.coefficients[1]), error, n_clusters - 1.0, settings.alpha)


def wild(case: Case, settings: Settings) -> Row:
    """Wild cluster bootstrap, null imposed; the interval inverts the test."""
    estimate, error = bootstrap_error(case.totals, TREATMENT, settings.wild_kind)
    if not error > 0:
        return row_of_t(estimate, 0.0, np.nan, settings.alpha)
    signs, exact, _ = wild_weights(len(case.names), settings.wild_weights, np.random.default_rng(settings.seed))
    draws = wild_draws(case.totals, TREATMENT, signs, exact, settings.wild_kind)

    def p_value(null: float) -> float:
        return draws.p_value(estimate, error, null)

    low, high = invert_test(p_value, estimate, error, settings.alpha)
    return Row(estimate, error, estimate / error, p_value=p_value(0.0), conf_low=low, conf_high=high)


def wild_subcluster(case: Case, settings: Settings) -> Row:
    """Wild bootstrap with Webb weights for smaller units inside the settlements, errors clustered by settlement."""
    if case.subclusters is None:
        raise ArgumentError("`subcluster` must name the column of smaller units for the method 'wild_subcluster'")
    estimate, error = bootstrap_error(case.totals, TREATMENT)
    if not error > 0:
        return row_of_t(estimate, 0.0, np.nan, settings.alpha)
    subclusters = case.subclusters
    signs = wild_weights(len(subclusters.totals.n), "webb", np.random.default_rng(settings.seed))[0]
    draws = subcluster_draws(subclusters.totals, subclusters.settlement, TREATMENT, signs, len(case.names))

    def p_value(null: float) -> float:
        return draws.p_value(estimate, error, null)

    low, high = invert_test(p_value, estimate, error, settings.alpha)
    return Row(estimate, error, estimate / error, p_value=p_value(0.0), conf_low=low, conf_high=high)


def assignments_of(case: Case, settings: Settings, limit: int = ENUMERATION_LIMIT) -> Assignments:
    """Return the assignments of the settlements that a case has: all of them up to `limit`, else some."""
    key = (case.treated.tobytes(), case.block.tobytes(), limit)
    if key not in settings.known:
        while len(settings.known) >= _KEPT:  # each outcome may leave other settlements: not all fit into memory
            del settings.known[next(iter(settings.known))]
        settings.known[key] = list_assignments(case.treated, case.block, np.random.default_rng(settings.seed), limit)
    return settings.known[key]


def randomization(case: Case, settings: Settings) -> Row:
    """Randomization test of the difference; the interval holds the constant effects that it does not reject."""
    assignments = assignments_of(case, settings)
    drawn = randomize_difference(case.totals, TREATMENT, assignments)
    test = drawn.centred() if assignments.uneven else drawn
    low, high = test.interval(settings.alpha)
    return Row(drawn.observed, p_value=test.p_values()[0], conf_low=low, conf_high=high)


def studentized_statistics(case: Case, assignments: Assignments) -> tuple[np.ndarray, float]:
    """Return the absolute t of every assignment, and of the one that happened.

    Both are infinite for a difference without any error (all settlements of a group answer alike), and the latter is
    NaN when there is no difference either. A draw without a variance counts as infinite.
    """
    estimate, error = bootstrap_error(case.totals, TREATMENT)
    draws = randomize_studentized(case.totals, TREATMENT, assignments)
    drawn = np.abs(draws.statistics())
    drawn = np.where(np.isnan(drawn) | (drawn > _INFINITE_T), np.inf, drawn)
    if error > 0:
        return drawn, abs(estimate - draws.middle0) / error
    return drawn, np.inf if abs(estimate) > TIE * largest_mean(case.totals) else np.nan


def randomization_studentized(case: Case, settings: Settings) -> Row:
    """Randomization test of the difference over its cluster-robust error.

    A difference without any error is infinitely many errors large: its p is the share of the assignments of which the
    same is true.
    """
    estimate, error = bootstrap_error(case.totals, TREATMENT)
    assignments = assignments_of(case, settings, STUDENTIZED_LIMIT)
    if not error > 0 or case.single:
        row = row_of_t(estimate, 0.0 if not case.single else np.nan, np.nan, settings.alpha)
        drawn, seen = studentized_statistics(case, assignments)
        return replace(row, p_value=float(np.mean(np.isinf(drawn)))) if np.isinf(seen) and not case.single else row
    draws = randomize_studentized(case.totals, TREATMENT, assignments)

    def p_value(null: float) -> float:
        return draws.p_value(estimate, error, null)

    low, high = invert_test(p_value, draws.least_rejected(estimate), error, settings.alpha)
    return Row(estimate, error, estimate / error, p_value=p_value(0.0), conf_low=low, conf_high=high)


def welch(case: Case, settings: Settings) -> Row:
    """Welch's t test of the two sets of settlement means."""
    first, second = case.means[case.treated], case.means[~case.treated]
    rounding = SAME_MEAN * np.abs(case.means).max()
    # variance of each side's mean; zero where only rounding tells the means of its settlements apart
    of_mean = np.array([side.var(ddof=1) / len(side) if np.ptp(side) > rounding else 0.0 for side in (first, second)])
    with np.errstate(invalid="ignore", divide="ignore"):  # Welch (1947, Biometrika 34)
        df = of_mean.sum() ** 2 / (of_mean**2 / [len(first) - 1, len(second) - 1]).sum()
    return row_of_t(float(first.mean() - second.mean()), float(np.sqrt(of_mean.sum())), float(df), settings.alpha)


METHODS: Mapping[str, Callable[[Case, Settings], Row]] = {
    "cr2": cr2,
    "randomization_studentized": randomization_studentized,
    "wild": wild,
    "randomization": randomization,
    "wild_subcluster": wild_subcluster,
    "cr3": cr3,
    "linearized": linearized,
    "welch": welch,
    "cr1s": cr1s,
    "cr0": cr0,
}  # fmt: skip
"""Methods by name, those that hold their level best first."""

BALANCED = ("cr2",)
"""Methods that keep their level where settlements carry factors that balance covariates. Randomization tests and
Welch's t know nothing of the factors; with so unequal weights wild and cr3 reject a true null up to about 10 % of the
time, linearized, cr1s and cr0 20 % and more (`benchmarks/calibration/intervals.py`)."""

PRINTED = ("cr2", "randomization", "randomization_studentized", "wild")
"""What a printed comparison shows: the t test that keeps its level, and three that rest on no distribution."""
EVERYDAY = ("cr2", "randomization_studentized", "wild", "randomization", "cr3", "linearized", "welch")


def choose_methods(methods: str | Sequence[str]) -> list[str]:
    """Return method names; "all" means every one, "everyday" those that deserve trust."""
    if methods == "all":
        return list(METHODS)
    if methods == "everyday":
        return list(EVERYDAY)
    chosen = as_names(methods, "methods")
    if not chosen:
        raise ArgumentError(f"`methods` must be 'all', 'everyday' or names among {list(METHODS)}, but none is given")
    for name in chosen:
        check_option(name, list(METHODS), "methods")
    return chosen


def applies(method: str, case: Case) -> bool:
    """Return whether a method is meant for this case.

    Welch compares plain settlement means only. Factors that balance settlements belong to the assignment that happened:
    under another they would be others, so that a test which moves it would compare with what could not have been.
    """
    if case.balanced:
        return method in BALANCED
    if method == "wild_subcluster":
        return case.subclusters is not None
    return method != "welch" or (case.estimand == "settlement" and case.term == "unadjusted")


def outweighing(weight: np.ndarray) -> int | None:
    """Return which cluster outweighs all others so far that they tell nothing of an average, if one does."""
    if len(weight) < 2:
        return None
    others = sums_of_others(weight)
    return int(np.argmin(others)) if others.min() <= NOTHING_BESIDE * weight.sum() else None


def carrier(case: Case) -> str | None:
    """Return the settlement that outweighs the others of its side so far that these tell nothing, if there is one.

    Its side is then a single settlement, however many it has.
    """
    for side in (case.treated, ~case.treated):
        inside = np.flatnonzero(side)
        alone = outweighing(case.totals.weight[inside])
        if alone is not None:
            return case.names[int(inside[alone])]
    return None


def tell_of_carriers(cases: Sequence[Case]) -> None:
    """Warn of averages that one settlement of a side makes alone."""
    carried = {case.outcome: name for case in cases if not case.single and (name := carrier(case)) is not None}
    for outcome, name in carried.items():
        warn(
            f"{name} outweighs the other settlements of its side so far that they tell nothing of the average of {outcome}, so no error can be estimated; look for a mistake in the weights, trim them with trim_weights(), or read the settlement average"
        )


def run(method: str, case: Case, settings: Settings) -> Row:
    """Return the row of one method; where a single settlement makes up a side only randomization inference has a p."""
    if (method, case) not in settings.rows:
        alone = method != "randomization" and (case.single or carrier(case) is not None)
        settings.rows[method, case] = (
            Row(float(solve_weighted(case.totals)[0][TREATMENT])) if alone else METHODS[method](case, settings)
        )
    return settings.rows[method, case]


def cr2_without_each(case: Case, settings: Settings) -> dict[str, np.ndarray]:
    """Return the numbers of `cr2` without each settlement in turn, by column, (settlements,).

    They are missing where a side would be left without a settlement; where one settlement would make up a side, there
    is an estimate alone.
    """
    columns = ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high")
    found = {name: np.full(len(case.names), np.nan) for name in columns}
    company = np.where(case.treated, case.treated.sum(), (~case.treated).sum()) - 1
    left = [int(number) for number in np.flatnonzero(company > 0)]
    others = np.where(case.treated, (~case.treated).sum(), case.treated.sum())
    small = [number for number in left if min(company[number], others[number]) == 1]
    small += [number for number in left if number not in small and carrier(case.without(number)) is not None]
    for number in small:
        found["estimate"][number] = run("cr2", case.without(number), Settings(settings.alpha)).estimate
    several = np.setdiff1d(left, small).astype(np.int64)
    if len(several):
        contrast = np.zeros(case.totals.xx.shape[1])
        contrast[TREATMENT] = 1.0
        fits = fit_without_each(case.totals, several, contrast)
        for name, values in zip(columns, columns_of_t(fits.estimate, fits.std_error, fits.df, settings.alpha)):
            found[name][several] = values
    return found
