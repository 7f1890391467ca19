"""A fit as a results object of statsmodels: the same coefficients, with the design's or the few clusters' inference."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import patsy
import statsmodels.api as sm
from scipy import stats
from statsmodels.base.model import LikelihoodModelResults
from statsmodels.genmod.generalized_linear_model import GLMResults, GLMResultsWrapper
from statsmodels.miscmodels.ordinal_model import OrderedModel, OrderedResults, OrderedResultsWrapper
from statsmodels.regression.linear_model import RegressionResults, RegressionResultsWrapper

from surveykit._checks import check_option, warn
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.models.linear_models import FAMILIES, SETTLED
from surveykit.estimation.models.ordinal_models import LINKS

DegreesOfFreedom = float | np.ndarray | Callable[[np.ndarray], np.ndarray]
"""One for all tests, one per coefficient, or a function from combinations (rows) to the freedom of each."""

_DISTRIBUTIONS = {"logit": "logit", "probit": "probit", "cloglog": stats.gumbel_l, "loglog": stats.gumbel_r}
"""F of each ordinal link by statsmodels' name or as scipy's distribution."""
_AT_ONCE = 250
"""Combinations whose degrees of freedom are worked out together; more only take memory."""


class _Inference:
    """What these results do in place of statsmodels' own: every combination is tested with its own degrees of freedom.

    statsmodels keeps them in `df_resid_inference`, one number or one per coefficient; where it asks for another
    combination, they are put there for as long as it computes.
    """

    freedom: DegreesOfFreedom
    described: str
    df_resid_inference: Any

    def combination_df(self, rows: np.ndarray) -> np.ndarray:
        """Return the degrees of freedom of combinations of the coefficients, (combinations,)."""
        rows = np.atleast_2d(np.asarray(rows, dtype=float))
        if callable(self.freedom):
            distinct, place = np.unique(rows, axis=0, return_inverse=True)
            parts = [self.freedom(distinct[at : at + _AT_ONCE]) for at in range(0, len(distinct), _AT_ONCE)]
            return np.concatenate(parts)[place.ravel()]
        each = np.broadcast_to(np.asarray(self.freedom, dtype=float), rows.shape[1])
        # the fewest: a test by too many degrees of freedom rejects too often, by too few too seldom
        used = np.where(rows != 0, each, np.inf).min(axis=1, initial=np.inf)
        mixed = [len(set(each[row != 0])) > 1 for row in rows]
        if any(mixed):
            warn(
                "only single coefficients have known degrees of freedom, so a combination is tested with the fewest of those it is made of"
            )
        return np.asarray(np.where(np.isinf(used), each.min(), used))

    @contextmanager
    def _with_df(self, df: Any) -> Iterator[None]:
        before = self.df_resid_inference
        self.df_resid_inference = df
        try:
            yield
        finally:
            self.df_resid_inference = before

    def _rows(self, r_matrix: Any) -> np.ndarray:
        names = self.model.data.cov_names  # type: ignore[attr-defined]
        return np.asarray(patsy.DesignInfo(names).linear_constraint(r_matrix).coefs)

    def t_test(self, r_matrix: Any, *args: Any, **kwargs: Any) -> Any:
        """Return statsmodels' t test, each combination with its own degrees of freedom."""
        with self._with_df(self.combination_df(self._rows(r_matrix))):
            return super().t_test(r_matrix, *args, **kwargs)  # type: ignore[misc]

    def wald_test(self, r_matrix: Any, *args: Any, **kwargs: Any) -> Any:
        """Return statsmodels' Wald test; an F of several combinations has the fewest degrees of freedom among them."""
        df = self.combination_df(self._rows(r_matrix))
        if len(df) > 1 and np.ptp(df) > 0:
            warn(
                f"statsmodels' F test knows one denominator, so it has the fewest degrees of freedom ({df.min():.3g}) of the coefficients tested; term_test() gives the test that is made for few clusters (HTZ)"
            )
        with self._with_df(df.min()):
            return super().wald_test(r_matrix, *args, **kwargs)  # type: ignore[misc]

    def get_prediction(self, exog: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Return statsmodels' predictions with the degrees of freedom of each."""
        prediction = super().get_prediction(exog, *args, **kwargs)  # type: ignore[misc]
        rows = self.model.exog if exog is None else np.asarray(exog, dtype=float)  # type: ignore[attr-defined]
        rows = rows.reshape(-1, self.model.exog.shape[1])  # type: ignore[attr-defined]
        for part in (prediction, getattr(prediction, "linpred", None)):
            if part is not None:
                df = self.combination_df(rows)
                part.df = df if len(df) == np.size(part.predicted) else df.min()
                # statsmodels reads the freedom of the interval here and that of the test in `df`
                part.dist_args = (part.df,)
        return prediction

    def summary(self, *args: Any, **kwargs: Any) -> Any:
        """Return statsmodels' summary with a note on the errors and on the degrees of freedom."""
        with warnings.catch_warnings():  # the note says it
            warnings.simplefilter("ignore", SurveyKitWarning)
            printed = super().summary(*args, **kwargs)  # type: ignore[misc]
        if self.described not in (printed.extra_txt or ""):
            printed.add_extra_txt([self.described])
        return printed


class SurveyRegressionResults(_Inference, RegressionResults):  # type: ignore[misc]  # statsmodels tells no types
    """Results of `statsmodels.api.WLS` with given inference."""


class SurveyGLMResults(_Inference, GLMResults):  # type: ignore[misc]  # statsmodels tells no types
    """Results of `statsmodels.api.GLM` with given inference."""


class SurveyOrderedResults(_Inference, OrderedResults):  # type: ignore[misc]  # statsmodels tells no types
    """Results of statsmodels' `OrderedModel` with given inference."""

    def get_prediction(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: statsmodels gives no errors of the shares of an `OrderedModel`."""
        raise ArgumentError("statsmodels gives no errors of the predictions of an OrderedModel; use predictions()")


class WeightedOrderedModel(OrderedModel):  # type: ignore[misc]  # statsmodels tells no types
    """statsmodels' `OrderedModel` whose log-likelihood takes weights, which it would ignore."""

    def __init__(self, endog: Any, exog: Any, weights: np.ndarray, distr: Any) -> None:
        self.weights = weights
        super().__init__(endog, exog, distr=distr)

    def loglikeobs(self, params: np.ndarray) -> np.ndarray:
        """Return the weighted log-likelihood of every respondent."""
        return np.asarray(self.weights * super().loglikeobs(params))

    @property
    def start_params(self) -> np.ndarray:
        """Thresholds of the weighted shares of the answers, no effect of any covariate."""
        below = np.cumsum(np.bincount(self.endog, self.weights))
        thresholds = self.distr.ppf(np.clip(below / below[-1], 0, 1))
        return np.concatenate([np.zeros(self.k_vars), self.transform_reverse_threshold_params(thresholds)])


def to_statsmodels(
    x: np.ndarray,
    y: np.ndarray,
    weights: np.ndarray,
    params: np.ndarray,
    covariance: np.ndarray,
    df: DegreesOfFreedom,
    names: Sequence[str],
    family: str = "gaussian",
    *,
    link: str | None = None,
    levels: Sequence[str] = (),
    outcome: str = "y",
    errors: str = "survey",
) -> Any:
    """Return a results object of statsmodels with given coefficients, covariance and degrees of freedom.

    Parameters
    ----------
    x : float array, (respondents, columns)
        Design matrix; no constant for an ordinal model.
    y : float array, (respondents,)
        Outcome; for an ordinal model the position of each answer, 0, 1, ...
    weights : float array, (respondents,)
        Sampling weights on any scale, above 0; they are scaled to mean 1, so that statsmodels' scale and likelihood
        speak of as many respondents as there are.
    params : float array, (columns,)
        For an ordinal model (columns + thresholds,): slopes, then thresholds.
    covariance : float array, (parameters, parameters)
    df : float, float array or callable
        Degrees of freedom of all t statistics; or of each parameter; or a function from combinations of the parameters,
        (combinations, parameters), to the degrees of freedom of each.
    names : sequence of str
        Names of the columns.
    family : {"gaussian", "binomial", "poisson", "gamma", "ordinal"}
    link : str, optional
        The family's default without it.
    levels : sequence of str
        Names of the answers of an ordinal model, lowest first.
    outcome : str
        Name of the outcome.
    errors : str
        What the errors are, for `cov_type` and the summary.

    Returns
    -------
    statsmodels results
        Of `WLS`, `GLM` (weights as `var_weights`) or `OrderedModel`. `params` are those given; `cov_params`, `bse`,
        `tvalues`, `pvalues`, `conf_int`, `t_test`, `wald_test`, `f_test`, `get_prediction` and `summary` use the
        covariance and the degrees of freedom given, by statsmodels' `use_t` and `df_resid_inference`. The thresholds of
        an ordinal model are in the parametrization of `OrderedModel`: the first, then the logarithms of the gaps, with
        the covariance of these (delta method).

    Notes
    -----
    `df_resid`, `scale`, `rsquared`, `llf`, `aic` stay what statsmodels makes of the weighted rows; the likelihood is a
    pseudo-likelihood, so criteria made of it compare nothing. statsmodels' F test knows one number of degrees of
    freedom: with several it has the fewest of those involved, and a warning says so; `term_test` gives the HTZ test.
    `df_resid_inference` holds one number, or one per coefficient.

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [0.0, 0, 1, 1]])
    >>> fit = to_statsmodels(x, np.array([1.0, 3, 4, 8]), np.ones(4), np.array([2.0, 4]), np.diag([1.0, 4]), 2,
    ...                      ["Intercept", "g"])
    >>> float(fit.bse["g"]), float(fit.t_test("g = 0").pvalue.round(4)), fit.df_resid_inference
    (2.0, 0.1835, 2.0)
    """
    check_option(family, [*dict.fromkeys(name for name, _ in FAMILIES), "ordinal"], "family")
    # statsmodels sums weights for a number of observations (its log-likelihood, AIC, scale), so that they average one
    scaled = weights * (len(weights) / weights.sum())
    frame, answers = pd.DataFrame(x, columns=list(names)), pd.Series(y, name=outcome)
    result: Any
    wrapper: Any
    if family == "ordinal":
        model, params, jacobian = _ordered(frame, answers, scaled, params, link or LINKS[0], levels)
        covariance, df = jacobian @ covariance @ jacobian.T, _turned(df, jacobian)
        result = SurveyOrderedResults(model, LikelihoodModelResults(model, params, None, scale=1.0))
        # as statsmodels' own fit of an OrderedModel: thresholds take the constant's place
        result.hasconst = 0
        wrapper = OrderedResultsWrapper
    elif family == "gaussian":
        model = sm.WLS(answers, frame, weights=scaled)
        plain = model.fit()
        result = SurveyRegressionResults(model, params, plain.normalized_cov_params, plain.scale)
        wrapper = RegressionResultsWrapper
    else:
        kinds = [FAMILIES[of, by] for of, by in FAMILIES if of == family and link in (None, by)]
        model = sm.GLM(answers, frame, family=kinds[0](), var_weights=scaled)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it starts at the maximum; what statsmodels may say there was said before
            plain = model.fit(start_params=params, tol=SETTLED)
        result = SurveyGLMResults(model, params, np.asarray(plain.normalized_cov_params), plain.scale, use_t=True)
        for name in ("method", "mle_settings", "fit_history", "converged"):
            setattr(result, name, getattr(plain, name))
        wrapper = GLMResultsWrapper
    result.cov_params_default, result.use_t, result.cov_type, result.freedom = covariance, True, errors, df
    each = result.combination_df(np.eye(len(params)))
    each = np.where(each > 0, each, np.nan)
    result.df_resid_inference = float(each[0]) if np.ptp(each) == 0 else each
    result.described = f"Errors: {errors}; t with {_say(each)} degrees of freedom{'' if np.ndim(result.df_resid_inference) == 0 else ', F tests with the fewest involved'}."
    result.cov_kwds = {"description": result.described}
    return wrapper(result)


def _ordered(
    frame: pd.DataFrame, y: pd.Series, weights: np.ndarray, params: np.ndarray, link: str, levels: Sequence[str]
) -> tuple[WeightedOrderedModel, np.ndarray, np.ndarray]:
    """Return the model, the parameters as it has them (gaps of thresholds as logarithms), and their derivatives."""
    check_option(link, LINKS, "link")
    if not len(frame.columns):
        raise ArgumentError(
            "statsmodels' OrderedModel needs a covariate, but the model has thresholds only; use shares()"
        )
    codes = np.unique(y.to_numpy()).astype(int)
    labels = list(levels) or [str(code) for code in codes]
    answers = pd.Series(pd.Categorical.from_codes(y.astype(int), labels, ordered=True), name=y.name)
    model = WeightedOrderedModel(answers, frame, weights, _DISTRIBUTIONS[link])
    n_slopes = len(frame.columns)
    gaps = np.diff(params[n_slopes:])
    jacobian = np.eye(len(params))
    # OrderedModel's parameters are the first threshold and the logarithms of the gaps: d log(t_k - t_k-1) is 1 / gap
    # in t_k, -1 / gap in t_k-1, and the covariance turns by this matrix on both sides
    below = np.arange(n_slopes + 1, len(params))
    jacobian[below, below], jacobian[below, below - 1] = 1 / gaps, -1 / gaps
    return model, np.concatenate([params[: n_slopes + 1], np.log(gaps)]), jacobian


def _turned(df: DegreesOfFreedom, jacobian: np.ndarray) -> DegreesOfFreedom:
    """Return the degrees of freedom of combinations of turned parameters."""
    if callable(df):
        # a combination of turned parameters is, by the delta method, that combination of the jacobian's rows of ours
        return lambda rows: df(rows @ jacobian)
    if np.ndim(df) == 0:
        return df
    each = np.asarray(df, dtype=float)
    return np.array([each[row != 0].min() for row in jacobian])


def _say(df: np.ndarray) -> str:
    low, high = np.nanmin(df, initial=np.inf), np.nanmax(df, initial=-np.inf)
    if not np.isfinite([low, high]).all():
        return "no" if np.isnan(df).all() else "infinite"
    return f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
