"""Randomization test of any statistic of the settlements."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from surveykit._checks import as_generator, as_names, check_option
from surveykit.comparison.assignments import list_assignments
from surveykit.comparison.feasibility import UnderVerdict, short_count
from surveykit.comparison.methods.randomization import TIE, randomize_statistic
from surveykit.comparison.question import check_outcomes, make_question
from surveykit.comparison.telling import count_words
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.results import Row, table_of
from surveykit.words.messages import Columns, Figure, Message, Slot, Told

Statistic = Callable[[np.ndarray, np.ndarray, np.ndarray], float]
_LIMIT = 20_000


def rank_sum(means: np.ndarray, weights: np.ndarray, treated: np.ndarray) -> float:
    """Return the sum of the ranks of the treated settlements' means, minus its expectation."""
    ranks = pd.Series(means).rank().to_numpy()
    # k (n + 1) / 2 is what k ranks of n add up to on average, so that both tails count from zero
    return float(ranks[treated].sum() - treated.sum() * (len(means) + 1) / 2)


def median_difference(means: np.ndarray, weights: np.ndarray, treated: np.ndarray) -> float:
    """Return the difference of the medians of settlement means."""
    return float(np.median(means[treated]) - np.median(means[~treated]))


SAME_RANK = 1e-12
"""Part of the largest mean by which two means differ by rounding only: sums over a thousand respondents leave 1e-13.
A hundredth of `TIE`, because ranks are made of the means themselves, and not of differences of their sums."""


def _merge_rounding(means: np.ndarray) -> np.ndarray:
    """Return the means with those made equal that differ by rounding only, so that they share a rank."""
    order = np.argsort(means)
    apart = np.diff(means[order]) > SAME_RANK * np.abs(means).max()
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
    allow_single: bool = False,
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> UnderVerdict:
    """Test any statistic of settlement means by moving the group between settlements.

    Parameters
    ----------
    design, group, baseline, settlement, strata, allow_single, rng, lang
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

    Raises
    ------
    FeasibilityError
        When the group varies inside a settlement, one side is a single settlement and `allow_single` is not set, nobody
        on one side answered, covariates tell the sides apart, a cluster of the design spans several settlements, or the
        settlements were balanced for another comparison.
    ColumnError
        When a column is absent, an outcome holds text or nobody answered it, a settlement or stratum is missing for
        some, or `strata` varies inside a settlement.
    ArgumentError
        When `group` has not two groups, `baseline` is none of them, a column has two roles, `statistic` is unknown or
        gives no finite number, there are too many assignments to list and no `rng`, or `rng` is no Generator and no
        seed.

    Notes
    -----
    R: ``coin::independence_test`` on settlement means, exact distribution; for "rank_sum" ``wilcox.test(exact =
    TRUE)``.

    References
    ----------
    Fisher, R. A. (1935). The Design of Experiments. Oliver and Boyd, chapter 3.
    Wilcoxon, F. (1945). Individual comparisons by ranking methods. Biometrics Bulletin 1, 80-83.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat(list("ABCDEF"), 2), "trust": [5, 5, 4, 5, 4, 4, 3, 2, 2, 2, 1, 2]})
    >>> answers["akim"] = np.where(answers["unit"] < "D", "elected", "appointed")
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> result = sk.randomization_test(sk.SurveyDesign(answers), "trust", **roles)
    >>> result.table[["estimate", "p_value", "p_greater", "n_assignments"]]
       estimate  p_value  p_greater  n_assignments
    0       4.5      0.1       0.05             20
    """
    if isinstance(statistic, str):
        check_option(statistic, list(NAMED), "statistic")
        function: Statistic = NAMED[statistic]
        name = statistic
    elif callable(statistic):
        function, name = statistic, getattr(statistic, "__name__", "statistic")
    else:
        raise ArgumentError(f"`statistic` must be one of {list(NAMED)} or a function, but {statistic!r} was given")
    question = make_question(
        design,
        group=group,
        baseline=baseline,
        settlement=settlement,
        strata=strata,
        lang=lang,
        allow_single=allow_single,
    )
    if len(check_outcomes(design, outcome, question, "outcome")) > 1:
        raise ArgumentError(
            f"`outcome` must name one column, but {as_names(outcome, 'outcome')} were given; call once for each"
        )
    case = question.case(outcome, argument="outcome")
    listed = list_assignments(case.treated, case.block, as_generator(0 if rng is None else rng), _LIMIT)
    means = _merge_rounding(case.means)
    drawn = randomize_statistic(means, case.totals.weight, listed, function)
    seen = float(function(means.copy(), case.totals.weight.copy(), case.treated.copy()))
    if not np.isfinite(drawn).all() or not np.isfinite(seen):
        raise ArgumentError(f"`statistic` {name!r} must return a finite number for every assignment of settlements")
    middle = float(drawn.mean()) if listed.uneven else 0.0  # blocks of unequal shares: 0 is not what is expected
    tie = TIE * max(np.abs(drawn).max(), abs(seen), np.abs(means).max() if np.ptp(means) == 0 else 0.0)
    p = float(np.mean(np.abs(drawn - middle) >= abs(seen - middle) - tie))
    tails = {
        "p_greater": float(np.mean(drawn >= seen - tie)),
        "p_less": float(np.mean(drawn <= seen + tie)),
        "n_assignments": short_count(listed.total),
    }
    row = case.describe("randomization", Row(seen, p_value=p, extra=tails))
    slots: dict[str, Slot] = {
        "name": name,
        "share": Message("balance_method.all")
        if listed.exact
        else Message("balance_method.drawn", {"n": len(drawn) - 1}),
        "total": Figure(count_words(listed.total)),
        "where": Message("settlements_method.within_blocks", {"column": Columns((strata,))}) if strata else "",
        "weight": design.origin().weight,
    }
    method = Told.of(Message("statistic_method.method", slots))
    feasibility = question.verdicts([case])
    return UnderVerdict(
        table_of([replace(row, term=name, estimand="settlement")], tuple(tails)),
        method,
        design.origin(lang),
        {"verdict": feasibility.verdict, "n_assignments": listed.total},
        Told.of(Message("titles.randomization")),
        quantity="statistic",
        feasibility=feasibility,
        group_codes=question.compared.group_codes,
    )
