"""Randomisation test of any statistic of the settlements."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from surveykit._checks import as_generator, check_columns, check_numeric, check_option
from surveykit.comparison.arms import make_arms, make_covariates
from surveykit.comparison.cases import make_case
from surveykit.comparison.feasibility import UnderVerdict, assess
from surveykit.comparison.randomization import TIE, list_assignments, randomize_statistic
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.results import glossary_frame

Statistic = Callable[[np.ndarray, np.ndarray, np.ndarray], float]
_LIMIT = 20_000


def rank_sum(means: np.ndarray, weights: np.ndarray, treated: np.ndarray) -> float:
    """Return the sum of the ranks of the treated settlements' means, minus its expectation."""
    ranks = pd.Series(means).rank().to_numpy()
    return float(ranks[treated].sum() - treated.sum() * (len(means) + 1) / 2)


def median_difference(means: np.ndarray, weights: np.ndarray, treated: np.ndarray) -> float:
    """Return the difference of the medians of settlement means."""
    return float(np.median(means[treated]) - np.median(means[~treated]))


def _merge_rounding(means: np.ndarray) -> np.ndarray:
    """Return the means with those made equal that differ by rounding only, so that they share a rank."""
    order = np.argsort(means)
    apart = np.diff(means[order]) > TIE * 1e-2 * np.abs(means).max()
    first = np.concatenate([[0], np.flatnonzero(apart) + 1])
    merged = np.empty_like(means)
    merged[order] = means[order][np.repeat(first, np.diff(np.append(first, len(means))))]
    return merged


NAMED = {"rank_sum": rank_sum, "median_difference": median_difference}


def randomization_test(
    design: SurveyDesign,
    outcome: str,
    *,
    group: str,
    baseline: object,
    settlement: str,
    statistic: str | Statistic = "rank_sum",
    strata: str | None = None,
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> UnderVerdict:
    """Test any statistic of settlement means by moving the group between settlements.

    Parameters
    ----------
    design, group, baseline, settlement, strata, rng, lang
        As in `compare_settlements`.
    outcome : str
        Numeric column.
    statistic : {"rank_sum", "median_difference"} or function
        A function takes the weighted settlement means, the settlements' sums of weights and a boolean array of treated
        settlements, and returns a number that is near 0 without an effect.

    Returns
    -------
    UnderVerdict
        One row: estimate (the statistic), p_value (two-sided: share of assignments with an absolute value at least as
        large); then p_greater and p_less, n_assignments.

    Notes
    -----
    R: ``coin::independence_test`` on settlement means, exact distribution; for "rank_sum" ``wilcox.test(exact =
    TRUE)``.

    Examples
    --------
    >>> answers = pd.DataFrame({"unit": np.repeat(list("ABCDEF"), 2), "trust": [5, 5, 4, 5, 4, 4, 3, 2, 2, 2, 1, 2]})
    >>> answers["akim"] = np.where(answers["unit"] < "D", "elected", "appointed")
    >>> result = randomization_test(SurveyDesign(answers), "trust", group="akim", baseline="appointed",
    ...                             settlement="unit")
    >>> result.table["p_value"].item()
    0.1
    """
    check_columns(design.survey.frame, [outcome], "outcome")
    if isinstance(statistic, str):
        check_option(statistic, list(NAMED), "statistic")
        function: Statistic = NAMED[statistic]
        name = statistic
    elif callable(statistic):
        function, name = statistic, getattr(statistic, "__name__", "statistic")
    else:
        raise ArgumentError(f"`statistic` must be one of {list(NAMED)} or a function, but {statistic!r} was given")
    arms = make_arms(design, group, baseline, settlement, strata, lang)
    values = check_numeric(design.survey.frame[outcome], "outcome")
    case = make_case(outcome, values, design.weights, arms, np.zeros(len(arms), dtype=np.int64), "person")
    listed = list_assignments(case.treated, case.block, as_generator(0 if rng is None else rng), _LIMIT)
    means = _merge_rounding(case.means)
    drawn = randomize_statistic(means, case.totals.weight, listed, function)
    seen = float(function(means, case.totals.weight, case.treated))
    if not np.isfinite(drawn).all() or not np.isfinite(seen):
        raise ArgumentError(f"`statistic` {name!r} must return a finite number for every assignment of settlements")
    tie = TIE * max(np.abs(drawn).max(), abs(seen), np.abs(means).max() if np.ptp(means) == 0 else 0.0)
    row = {"outcome": outcome, "group": arms.label, "baseline": arms.baseline, "term": name, "estimand": "settlement",
           "method": "randomization", "estimate": seen, "p_value": float(np.mean(np.abs(drawn) >= abs(seen) - tie)),
           "n": case.n, "n_clusters": len(case.names), "n_weighted": case.n_weighted,
           "p_greater": float(np.mean(drawn >= seen - tie)), "p_less": float(np.mean(drawn <= seen + tie)),
           "n_assignments": listed.total}
    table = pd.DataFrame([row])
    share = "all" if listed.exact else f"{len(drawn) - 1:,} drawn"
    method = (f"Randomisation test of {name} of weighted settlement means, {share} of {listed.total:,} assignments of "
              "the group to "
              f"settlements{f' within blocks of {strata}' if strata else ''}, {design.origin().weight}.")
    extra = ("p_greater", "p_less", "n_assignments")
    feasibility = assess(design, arms, make_covariates(design, [], arms.of_row >= 0, lang), arms.of_row >= 0, lang)
    return UnderVerdict(glossary_frame({str(key): table[key] for key in table}, extra), method, design.origin(lang),
                        {"verdict": feasibility.verdict, "n_assignments": listed.total}, "Randomisation test",
                        feasibility)
