"""Does a term of a regression matter? Wald and working likelihood-ratio tests with the design behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from scipy import linalg

from surveykit._checks import as_names, check_option, some, suggest
from surveykit.conventions import conventions_of
from surveykit.distributions import upper_chi2, upper_f
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.chi_square_sums import Approximation, upper_tail
from surveykit.estimation.engine.rounding import warn_of_no_variation
from surveykit.estimation.engine.settlement_level import rests_on_one_cluster, withholds
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.models.model_clusters import ModelClusters
from surveykit.estimation.models.model_fit import ModelFit
from surveykit.results import Result, Row, table_of
from surveykit.words.messages import Message, Slot, Told

TermTest = Literal["wald", "wald-chisq", "working-lrt", "working-wald", "htz"]


def term_test(
    model: ModelFit,
    terms: str | Sequence[str],
    method: TermTest | None = None,
    *,
    approximation: Approximation = "saddlepoint",
) -> Result:
    """Test whether all coefficients of some terms are zero.

    Parameters
    ----------
    model : ModelFit
        From `fit_model`.
    terms : str or sequence of str
        Terms as the formula writes them ("C(educ)", "akim:sex"), or names of single coefficients; tested together.
    method : {"wald", "wald-chisq", "working-lrt", "working-wald", "htz"}, optional
        See Notes. By default "wald", or "htz" for a model with cluster-robust errors (``fit_model(variance="cr2")``),
        which takes no other.
    approximation : {"saddlepoint", "satterthwaite", "integration"}
        How the distribution of a working statistic is evaluated.

    Returns
    -------
    Result
        One row: `statistic` (F for "wald" and "htz", else chi-square), `df`, `p_value`, and beyond the glossary
        `df_denominator` and `mean_deff` (mean generalized design effect of the terms).

    Raises
    ------
    ArgumentError
        When the model has no such term, or its errors are not those that the method is for.
    FeasibilityError
        When the covariance of the coefficients is singular, or replicate weights have fewer degrees of freedom than
        there are coefficients: more coefficients than clusters allow; when a coefficient has no error.

    Notes
    -----
    wald
        ``b' V^-1 b / k`` against F(k, residual degrees of freedom). R ``regTermTest(m, ~term)``. Under the conventions
        "stata" the adjusted statistic ``(d - k + 1) / d`` times this against F(k, d - k + 1), with d the design's
        degrees of freedom, as Stata's ``test`` after ``svy:`` prints it.
    wald-chisq
        ``b' V^-1 b`` against chi-square(k). R ``regTermTest(m, ~term, df = Inf)``.
    working-lrt
        Twice the fall of the weighted log-likelihood (weights scaled to mean 1) without the terms, against the sum of
        chi-squares with the generalized design effects over an independent chi-square of the design (Lumley & Scott
        2014). R ``regTermTest(m, ~term, method = "LRT")``.
    working-wald
        ``b' V0^-1 b`` with V0 the covariance that the weights would have as frequencies, against the same sum.
        R ``method = "WorkingWald"``.
    htz
        ``b' V^-1 b`` with a cluster-robust V, scaled to an F whose degrees of freedom match the variance of V
        (approximate Hotelling test; Pustejovsky & Tipton 2018, JBES 36, section 3.2). R, with clubSandwich:
        ``Wald_test(m, constrain_zero(term), vcovCR(m, cluster, "CR2"), test = "HTZ")``.

    References
    ----------
    Lumley, T. and Scott, A. J. (2014). Tests for regression models fitted to survey data. Australian & New Zealand
    Journal of Statistics 56, 1-14.
    Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and hypothesis
    testing in fixed effects models. Journal of Business & Economic Statistics 36, 672-683.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> model = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
    >>> test = sk.term_test(model, "C(sex)")
    >>> test.table[["statistic", "df", "df_denominator", "p_value"]].round(4)
       statistic   df  df_denominator  p_value
    0       6.25  1.0             1.0   0.2422
    """
    method = _check_method(method, model)
    check_option(approximation, get_args(Approximation), "approximation")
    names = as_names(terms, "terms")
    index = _positions(model, names)
    if model.clusters is not None or not np.isfinite(model.covariance[np.ix_(index, index)]).all():
        _check_errors(model, index)
    effects = _design_effects(model, index)
    if model.clusters is not None:
        test = _htz(model, model.clusters, index)
    elif not np.diag(model.covariance)[index].all():
        warn_of_no_variation(f"answers to {model.data.outcome!r}, given the model,")
        test = _Test(float("nan"), model.df_residual, float("nan"))
    elif method.startswith("wald"):
        test = _wald(model, index, method)
    else:
        test = _working(model, index, method, approximation, effects)
    if rests_on_one_cluster(model.lone, np.eye(len(model.table))[index]).any() and withholds(model.design):
        # the fit has told of it, and the method repeats its sentence
        test = replace(test, statistic=float("nan"), p_value=float("nan"))
    row = Row(
        statistic=test.statistic,
        df=float(len(index)),
        p_value=test.p_value,
        outcome=model.data.outcome,
        term=" + ".join(names),
        method=method,
        n=model.table["n"].iloc[0],
        n_clusters=model.table["n_clusters"].iloc[0],
        n_weighted=model.table["n_weighted"].iloc[0],
        extra={"df_denominator": test.df_denominator, "mean_deff": float(effects.mean())},
    )
    how: Slot = Message("term_test.approximation", {"name": approximation}) if method.startswith("working") else ""
    how = Message("term_test.stata") if _is_adjusted(model, method) else how
    tested = " + ".join(names)
    slots: dict[str, Slot] = {"names": tested, "method": method, "how": how}
    return Result(
        table_of([row], ("df_denominator", "mean_deff")),
        Told.of(Message("term_test.method", slots), model.method),
        model.origin,
        model.facts,
        Told.of(Message("term_test.title", {"names": tested, "formula": model.formula})),
        quantity="terms",
    )


@dataclass(frozen=True, slots=True)
class _Test:
    """A test statistic with the denominator's degrees of freedom (infinite for a chi-square) and its p-value."""

    statistic: float
    df_denominator: float
    p_value: float


def _working_covariance(model: ModelFit, index: list[int]) -> np.ndarray:
    """Return the covariance that the model itself would claim were the weights scaled to an average of one."""
    return np.asarray(model.solution.inverse[np.ix_(index, index)] * model.data.mean_weight)


def _design_effects(model: ModelFit, index: list[int]) -> np.ndarray:
    """Return Rao & Scott's design effects of a regression, (coefficients,).

    The working likelihood ratio is a sum of chi-squares times the eigenvalues of the design's covariance relative to
    the working one (Lumley & Scott 2014).
    """
    covariance = model.covariance[np.ix_(index, index)]
    return np.asarray(linalg.eigh(covariance, _working_covariance(model, index), eigvals_only=True))


def _htz(model: ModelFit, clusters: ModelClusters, index: list[int]) -> _Test:
    """Return the approximate Hotelling test of cluster-robust errors (Pustejovsky & Tipton 2018)."""
    joint = clusters.joint_test(np.eye(len(model.table))[index])
    if not joint.df_denominator > 0:
        raise FeasibilityError(
            f"a test of {len(index)} coefficients needs more clusters than the {clusters.n_clusters} that there are; test fewer at once"
        )
    p_value = float(upper_f(joint.statistic, joint.df, joint.df_denominator))
    return _Test(joint.statistic, joint.df_denominator, p_value)


def _is_adjusted(model: ModelFit, method: TermTest) -> bool:
    return method == "wald" and conventions_of(model.design).wald == "adjusted"


def _wald(model: ModelFit, index: list[int], method: TermTest) -> _Test:
    """Return the Wald test in the design's covariance, against F or against chi-square."""
    b, covariance = model.table["estimate"].to_numpy()[index], model.covariance[np.ix_(index, index)]
    # as correlations, because a rank compares singular values: covariates in tenge and in shares differ by ten digits
    scaled = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    # changes between replicates of two clusters may point in two directions, where sums of scores have only one
    few = model.design.replicates is not None and model.df_residual + model.df_lost < len(index)
    if few or np.linalg.matrix_rank(scaled, hermitian=True) < len(index):
        raise FeasibilityError(
            f'a Wald test of {len(index)} coefficients needs more clusters than there are, and answers that vary in each of the groups compared; use method="working-lrt"'
        )
    statistic, df = float(b @ np.linalg.solve(covariance, b)), model.df_residual
    if method != "wald":
        return _Test(statistic, np.inf, float(upper_chi2(statistic, len(index))))
    # W (d - k + 1) / (k d) against F(k, d - k + 1) (Korn & Graubard 1990), Stata's default; R's regTermTest leaves
    # W / k against F(k, d)
    lost = len(index) - 1 if _is_adjusted(model, method) else 0
    statistic, df = statistic / len(index) * (1 - lost / df if df > 0 else np.nan), df - lost
    return _Test(statistic, df, float(upper_f(statistic, len(index), df)) if df > 0 else float("nan"))


def _working(
    model: ModelFit, index: list[int], method: TermTest, approximation: Approximation, effects: np.ndarray
) -> _Test:
    """Return the working Wald or likelihood ratio test, against the sum of chi-squares that it is (Lumley & Scott)."""
    if method == "working-wald":
        b = model.table["estimate"].to_numpy()[index]
        statistic = float(b @ np.linalg.solve(_working_covariance(model, index), b))
    else:
        # the likelihood took the weights as they are, so that it grows with their scale
        statistic = 2 * (model.solution.loglik - _loglik_without(model, index)) / model.data.mean_weight
    df = model.df_residual
    return _Test(statistic, df, upper_tail(statistic, effects, df, approximation) if df > 0 else float("nan"))


def _check_method(method: TermTest | None, model: ModelFit) -> TermTest:
    """Return the method, by default that of the model's errors; refuse one that would mix them with others."""
    usual: TermTest = "wald" if model.clusters is None else "htz"
    method = usual if method is None else method
    check_option(method, get_args(TermTest), "method")
    if (method == "htz") != (usual == "htz"):
        errors, other = "the design's", "with variance='cr2'"
        if model.clusters is not None:
            errors, other = f"cluster-robust ({model.clusters.variance})", "without `variance`"
        raise ArgumentError(
            f"method={method!r} is not for a model whose errors are {errors}; leave `method` out, or fit the model {other}"
        )
    return method


def _check_errors(model: ModelFit, index: list[int]) -> None:
    without = [name for name in model.table["term"].iloc[index] if np.isnan(model.bse[name])]
    if without:
        raise FeasibilityError(
            f"{some(without, 5)} of {model.formula!r} have no error (the model warned of it), so no test of them can be given; leave them out"
        )


def _positions(model: ModelFit, names: list[str]) -> list[int]:
    if not names:
        raise ArgumentError("`terms` must name at least one term of the model")
    coefficients = model.table["term"].tolist()
    positions: list[int] = []
    for name in names:
        # the interaction a:b is that of b:a
        spellings = [name, ":".join(reversed(name.split(":")))]
        spelling = next((spelled for spelled in spellings if spelled in model.data.terms), None)
        if spelling is not None:
            positions += model.data.terms[spelling]
        elif name in coefficients[: len(model.data.names)]:
            positions.append(coefficients.index(name))
        else:
            terms_of_model = list(model.data.terms)
            raise ArgumentError(
                f"`terms` must name terms of the model, {terms_of_model}, but {name!r} was given{suggest(name, terms_of_model)}"
            )
    return list(dict.fromkeys(positions))


def _loglik_without(model: ModelFit, index: list[int]) -> float:
    data = model.data
    kept = [column for column in range(data.x.shape[1]) if column not in index]
    sums = model.kind.tally(data.pattern, len(data.x), data.y, weights_of(model.design, data.rows))
    return model.kind.solve(data.x[:, kept], sums).loglik
