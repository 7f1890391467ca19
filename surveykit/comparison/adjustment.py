"""Make the settlements of the baseline look like the others: weights at the level at which the treatment fell."""

import warnings
from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import statsmodels.api as sm
from scipy import optimize
from statsmodels.tools.sm_exceptions import PerfectSeparationError, PerfectSeparationWarning

from surveykit._checks import as_names, check_option, some, warn
from surveykit.comparison.arms import Arms, make_arms, make_covariates
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, WeightingError

Balancing = Literal["entropy", "inverse_probability"]

SETTLEMENTS_PER_COVARIATE = 5
"""Below so many settlements per covariate column a warning is given."""


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

    Returns
    -------
    SurveyDesign
        The same respondents; every respondent of a baseline settlement has their weight multiplied by the settlement's
        factor. Pass it to `compare_settlements`: the difference is then that for the group compared ("on the treated").

    Raises
    ------
    WeightingError
        When no weights can meet the means, or the covariates tell the two kinds of settlements apart.

    Notes
    -----
    Entropy balancing (Hainmueller 2012, Political Analysis 20, 25-46): factors ``exp(lambda' x_g)`` that minimise the
    Kullback-Leibler distance to the settlements' weights subject to the means. A treatment of settlements can only be
    balanced between settlements; ten of them carry one or two covariates, not ten. R: ``ebal::ebalance``.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"unit": np.repeat(list("ABCDEF"), 2), "far": np.repeat([1.0, 2, 0, 1, 2, 3], 2)})
    >>> answers["akim"] = np.where(answers["unit"] < "C", "elected", "appointed")
    >>> balanced = balance_settlements(SurveyDesign(answers), "far", group="akim", baseline="appointed",
    ...                                settlement="unit")
    >>> rest = balanced.data["akim"] == "appointed"
    >>> float(np.average(balanced.data["far"][rest], weights=balanced.weights[rest]).round(6))
    1.5
    """
    names = as_names(covariates, "covariates")
    if not names:
        raise ArgumentError("`covariates` must name at least one column")
    check_option(method, get_args(Balancing), "method")
    arms = make_arms(design, group, baseline, settlement, None, lang)
    means, weight, terms = _settlement_means(design, arms, names, lang)
    allowed = len(arms) // SETTLEMENTS_PER_COVARIATE
    if len(terms) > allowed:
        warn(f"{len(arms)} settlements can carry about {max(allowed, 1)} covariate column(s), but {len(terms)} are "
             "balanced "
             f"({some(terms)}); the weights then follow accidents of single settlements")
    factor = np.ones(len(arms))
    rest = ~arms.treated
    target = weight[arms.treated] @ means[arms.treated] / weight[arms.treated].sum()
    if method == "entropy":
        factor[rest] = _entropy(means[rest], weight[rest], target, terms)
    else:
        factor[rest] = _odds(means, weight, arms)[rest]
    factor[rest] *= weight[rest].sum() / (factor[rest] @ weight[rest])
    of_row = np.where(arms.of_row >= 0, factor[arms.of_row], 1.0)
    return design.with_weights(design.weights * of_row, f"settlements balanced on {', '.join(names)} "
                                                        f"({method.replace('_', ' ')})")


def _settlement_means(
    design: SurveyDesign, arms: Arms, names: Sequence[str], lang: str | None
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    covariates = make_covariates(design, names, arms.of_row >= 0, lang)
    rows = np.flatnonzero((arms.of_row >= 0) & covariates.complete)
    cluster, w = arms.of_row[rows], design.weights[rows]
    sums = np.bincount(cluster, w, minlength=len(arms))
    if (sums == 0).any():
        empty = [name for name, total in zip(arms.names, sums) if total == 0]
        raise ColumnError(f"settlement(s) {some(empty)} have nobody with complete covariates, so they cannot be "
                          "balanced")
    table = np.column_stack([np.bincount(cluster, w * column, minlength=len(arms)) / sums
                             for column in covariates.matrix[rows].T])
    weight = np.bincount(arms.of_row[arms.of_row >= 0], design.weights[arms.of_row >= 0], minlength=len(arms))
    return table, weight, covariates.terms


def _entropy(means: np.ndarray, weight: np.ndarray, target: np.ndarray, terms: Sequence[str]) -> np.ndarray:
    spread = means.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    x, share = (means - target) / scale, weight / weight.sum()

    def dual(multiplier: np.ndarray) -> tuple[float, np.ndarray]:
        exponent = x @ multiplier
        top = exponent.max()
        part = share * np.exp(exponent - top)
        return float(np.log(part.sum()) + top), part @ x / part.sum()

    with np.errstate(all="ignore"):  # the search runs off to infinity when the means are out of reach
        found = optimize.minimize(
            dual, np.zeros(x.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-12, "maxiter": 500}
        )
    factor = np.exp(x @ found.x - (x @ found.x).max())
    balanced = share * factor / (share @ factor)
    gap = np.abs(balanced @ x)
    if gap.max() > 1e-6:
        raise WeightingError(
            f"no weights of the baseline's {len(means)} settlements reach the mean of {terms[int(gap.argmax())]!r} in "
            "the group "
            "compared, because it lies outside what they span; balance on fewer covariates"
        )
    return factor


def _odds(means: np.ndarray, weight: np.ndarray, arms: Arms) -> np.ndarray:
    """Return the odds of belonging to the group compared, by a logit of settlements through statsmodels."""
    x = sm.add_constant(
        (means - means.mean(axis=0)) / np.where(means.std(axis=0) > 0, means.std(axis=0), 1.0), has_constant="add"
    )
    model = sm.GLM(arms.treated.astype(float), x, family=sm.families.Binomial(), freq_weights=weight / weight.mean())
    apart = WeightingError("the covariates tell the two kinds of settlements apart, so no odds can be given; balance "
                           "on fewer")
    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            chance = model.fit().fittedvalues
        except (PerfectSeparationError, PerfectSeparationWarning) as error:
            raise apart from error
    if chance.max() > 1 - 1e-6 or chance.min() < 1e-6:
        raise apart
    return chance / (1 - chance)
