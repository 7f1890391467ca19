"""Make the settlements of the baseline look like the others: weights at the level at which the treatment fell."""

import warnings
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import statsmodels.api as sm
from scipy import optimize
from statsmodels.tools.sm_exceptions import PerfectSeparationError, PerfectSeparationWarning

from surveykit._checks import ROUNDING, as_names, check_columns, check_option, some, warn
from surveykit.comparison.balancing import refuse_balance
from surveykit.comparison.compared_groups import ComparedGroups, make_compared_groups, make_covariates
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, WeightingError
from surveykit.estimation.engine.totals import sum_weights, weights_of
from surveykit.weighting_records import SettlementBalance

Balancing = Literal["entropy", "inverse_probability"]

SETTLEMENTS_PER_COVARIATE = 5
"""Below so many settlements per covariate column a warning is given."""
_MOST_STEPS = 200
_LONGEST_STEP = 10.0
"""Per standard deviation between settlements: a step from where the curvature is rounding leads nowhere."""
_SHORTEST_STEP = 1e-12
"""A step that gains nothing is halved down to this: `_LONGEST_STEP` halved so often changes no weight's twelfth
digit."""
_GAIN = 1e-4
"""Part of the gain that the slope promises which a step must bring (Armijo 1966): small, so that a full step is
taken."""
_FLAT = 1e-14
"""How far the function may seem to rise, relative to it: near the minimum, steps gain less than its rounding."""
_DEPENDENT = 1e-12
"""Eigenvalue of the curvature, relative to the largest, of a combination of covariates that does not vary: rounding
leaves 1e-16, and divided by it a step would lead anywhere. Columns stand in standard deviations, so units play no
part."""
_CERTAIN = 1e-6
"""Chance so near to 0 or 1 that the covariates tell the two kinds of settlements apart: no settlement of a few hundred
has it otherwise, and odds of a million give all weight to one of them."""
_EXACT = 1e-13
"""Gap of the means, in standard deviations between settlements, that rounding leaves."""
_REACHED = 1e-9
"""Largest gap at which the means count as met."""
_SMALLEST = 1e-7
"""Share that every settlement must be able to keep: on the edge of what they span only weights of zero reach a mean."""


def balance_settlements(
    design: SurveyDesign,
    covariates: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    settlement: str,
    method: Balancing = "entropy",
    lang: str | None = None,
) -> SurveyDesign:
    """Reweight the baseline's settlements so that their covariate means match those of the group compared.

    Parameters
    ----------
    design : SurveyDesign
    covariates : str or sequence of str
        Columns whose settlement means are balanced.
    group, baseline, settlement
        As in `compare_settlements`.
    method : {"entropy", "inverse_probability"}
        Entropy balancing hits the means exactly and moves the weights as little as it can; inverse probability weights
        the baseline's settlements by the odds of a logit of the group on settlement means.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    SurveyDesign
        The same respondents; every respondent of a baseline settlement has their weight multiplied by the settlement's
        factor. Pass it to `compare_settlements`: the difference is then that for the group compared ("on the treated").
        The design remembers factors and balanced means (`SurveyDesign.balance`); comparisons that cannot take account
        of them refuse it.

    Raises
    ------
    WeightingError
        When no weights can meet the means, or the covariates tell the two kinds of settlements apart.
    FeasibilityError
        When the settlements are balanced already, the group varies inside a settlement, or a cluster of the design
        spans several settlements.
    ColumnError
        When a column is absent, or a settlement has nobody with complete covariates.
    ArgumentError
        When no covariate is named, `group` has not two groups, or `baseline` is none of them.

    Notes
    -----
    Entropy balancing (Hainmueller 2012, Political Analysis 20, 25-46): factors ``exp(lambda' x_g)`` that minimize the
    Kullback-Leibler distance to the settlements' weights subject to the means. A treatment of settlements can only be
    balanced between settlements; ten of them carry one or two covariates, not ten. R: ``ebal::ebalance``.

    The factors meet the means of persons. In the settlement average they multiply equal weights, which leaves a
    difference where settlements differ in size; up to 0.05 standard deviations `compare_settlements` reports the
    difference of the weighted means, beyond, the regression takes out the rest. Its errors come from a regression that
    holds the balanced means equal, too: errors that do not know of them are two to three times too large (they never
    rejected a true null in 267 surveys), these keep level and coverage (see `benchmarks/calibration/intervals.py`).

    References
    ----------
    Hainmueller, J. (2012). Entropy balancing for causal effects: a multivariate reweighting method to produce balanced
    samples in observational studies. Political Analysis 20, 25-46.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat(list("ABCDEF"), 2), "far": np.repeat([1.0, 2, 0, 1, 2, 3], 2)})
    >>> answers["akim"] = np.where(answers["unit"] < "C", "elected", "appointed")
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> balanced = sk.balance_settlements(sk.SurveyDesign(answers), "far", **roles)
    >>> sk.means(balanced, "far", by="akim").table[["group", "estimate"]].round(6)
           group  estimate
    0  appointed       1.5
    1    elected       1.5
    """
    names = as_names(covariates, "covariates")
    if not names:
        raise ArgumentError("`covariates` must name at least one column")
    check_columns(design.survey.frame, names, "covariates")
    check_option(method, get_args(Balancing), "method")
    refuse_balance(design, "name all covariates in one call of balance_settlements(), on the design before it")
    compared = make_compared_groups(design, group, baseline, settlement, None, lang)
    means, weight, terms = _settlement_means(design, compared, names, lang)
    allowed = len(compared) // SETTLEMENTS_PER_COVARIATE
    if len(terms) > allowed:
        warn(
            f"{len(compared)} settlements can carry about {max(allowed, 1)} covariate column(s), but {len(terms)} are balanced ({some(terms)}); the weights then follow accidents of single settlements"
        )
    factor = np.ones(len(compared))
    rest = ~compared.treated
    target = weight[compared.treated] @ means[compared.treated] / weight[compared.treated].sum()
    if method == "entropy":
        factor[rest] = _entropy(means[rest], weight[rest], target, terms)
    else:
        factor[rest] = _odds(means, weight, compared)[rest]
    # the baseline as a whole keeps its weight, so that no share of the population moves between the sides
    factor[rest] *= weight[rest].sum() / (factor[rest] @ weight[rest])
    of_row = np.where(compared.of_row >= 0, factor[compared.of_row], 1.0)
    inside = np.flatnonzero(compared.of_row >= 0)
    places = [None] * len(compared)
    for number, place in zip(compared.of_row[inside], design.survey.frame[settlement].iloc[inside]):
        places[number] = place
    record = SettlementBalance(
        group,
        settlement,
        tuple(names),
        tuple(terms),
        dict(zip(places, compared.treated.tolist())),
        dict(zip(places, factor.tolist())),
        dict(zip(places, map(tuple, means.tolist()))),
    )
    step = f"settlements balanced on {', '.join(names)} ({method.replace('_', ' ')})"
    return design.with_weights(design.weights * of_row, step, balance=record)


def _settlement_means(
    design: SurveyDesign, compared: ComparedGroups, names: Sequence[str], lang: str | None
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    covariates = make_covariates(design, names, compared.of_row >= 0, lang)
    rows = np.flatnonzero((compared.of_row >= 0) & covariates.complete)
    cluster, w = compared.of_row[rows], weights_of(design, rows)
    sums = np.bincount(cluster, w, minlength=len(compared))
    if (sums == 0).any():
        empty = [name for name, total in zip(compared.names, sums) if total == 0]
        raise ColumnError(
            f"settlement(s) {some(empty)} have nobody with complete covariates, so they cannot be balanced"
        )
    table = np.column_stack(
        [np.bincount(cluster, w * column, minlength=len(compared)) / sums for column in covariates.matrix[rows].T]
    )
    weight = sum_weights(design, compared.of_row[compared.of_row >= 0], len(compared), compared.of_row >= 0)
    return table, weight, covariates.terms


def _entropy(means: np.ndarray, weight: np.ndarray, target: np.ndarray, terms: Sequence[str]) -> np.ndarray:
    """Return ``exp(lambda' x_g)`` with the lambda at which the weighted means are the target.

    It minimizes the logarithm of ``sum_g w_g exp(lambda' (x_g - target))``, which is convex and has a minimum where the
    target lies inside what the settlements span, by Newton's method.
    """
    size = np.maximum(np.abs(means).max(axis=0), np.abs(target))
    x = (means - target) / np.where(size > 0, size, 1.0)
    spread = x.std(axis=0)
    x = x / np.where(spread > ROUNDING, spread, 1.0)
    share = weight / weight.sum()
    multiplier = np.zeros(x.shape[1])
    inside = _spans_zero(x)
    for _ in range(_MOST_STEPS if inside else 0):
        value, part = _tilt(multiplier, x, share)
        # log sum q exp(l'x) is convex: its gradient is the tilted mean, to be zero, its curvature the tilted
        # covariance (Hainmueller 2012)
        slope = part @ x
        if np.abs(slope).max() <= _EXACT:
            break
        step = -np.linalg.lstsq((part * (x - slope).T) @ (x - slope), slope, rcond=_DEPENDENT)[0]
        step = step / max(1.0, float(np.abs(step).max()) / _LONGEST_STEP)
        wanted = value + _FLAT * (1 + abs(value))  # near the minimum, steps gain less than rounding
        while (
            _tilt(multiplier + step, x, share)[0] > wanted + _GAIN * (slope @ step)
            and np.abs(step).max() > _SHORTEST_STEP
        ):
            step = step / 2
        multiplier = multiplier + step
    _, part = _tilt(multiplier, x, share)
    gap = np.abs(part @ x)
    if not inside or not gap.max() <= _REACHED:
        worst = terms[int(gap.argmax())]
        together = "" if len(terms) == 1 else " together with the others"
        raise WeightingError(
            f"no weights of the baseline's {len(means)} settlements reach the mean of {worst!r} in the group compared{together}, because it lies outside what they span; balance on fewer covariates"
        )
    return np.asarray(part / share)


def _spans_zero(x: np.ndarray) -> bool:
    """Return whether some weights, all above zero, give the rows of x the mean 0 (the largest smallest weight)."""
    n, p = x.shape
    solution = optimize.linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.column_stack([-np.eye(n), np.ones(n)]),
        b_ub=np.zeros(n),
        A_eq=np.block([[x.T, np.zeros((p, 1))], [np.ones(n), 0.0]]),
        b_eq=np.append(np.zeros(p), 1.0),
        bounds=(None, None),
    )
    return bool(solution.status == 0 and -solution.fun > _SMALLEST)


def _tilt(multiplier: np.ndarray, x: np.ndarray, share: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the logarithm of ``sum_g share_g exp(multiplier' x_g)`` and each settlement's part of the sum."""
    exponent = x @ multiplier
    top = exponent.max()
    part = share * np.exp(exponent - top)
    return float(np.log(part.sum()) + top), part / part.sum()


def _odds(means: np.ndarray, weight: np.ndarray, compared: ComparedGroups) -> np.ndarray:
    """Return the odds of belonging to the group compared, by a logit of settlements through statsmodels."""
    x = sm.add_constant(
        (means - means.mean(axis=0)) / np.where(means.std(axis=0) > 0, means.std(axis=0), 1.0), has_constant="add"
    )
    model = sm.GLM(
        compared.treated.astype(float), x, family=sm.families.Binomial(), freq_weights=weight / weight.mean()
    )
    apart = WeightingError(
        "the covariates tell the two kinds of settlements apart, so no odds can be given; balance on fewer"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            chance = model.fit().fittedvalues
        except (PerfectSeparationError, PerfectSeparationWarning) as error:
            raise apart from error
    if chance.max() > 1 - _CERTAIN or chance.min() < _CERTAIN:
        raise apart
    # odds, not inverse chances: the baseline is to look like the group compared, which keeps its weights (the effect
    # on the treated)
    return np.asarray(chance / (1 - chance))
