"""What a model says in the units of the answer: predictions, average predictions, average marginal effects."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse, special

from surveykit._checks import ROUNDING, as_names, check_option, suggest
from surveykit.codebook import Code, as_code
from surveykit.conventions import conventions_of
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.replication import fill_gaps
from surveykit.estimation.engine.respondents import influence_totals
from surveykit.estimation.engine.result_columns import Estimates, UnitTotals, standard_errors
from surveykit.estimation.engine.rounding import combined, t_statistics, warn_of_no_variation, without_rounding
from surveykit.estimation.engine.settlement_level import rests_on_one_cluster, withholds
from surveykit.estimation.engine.t_distribution import t_interval, two_sided_p
from surveykit.estimation.engine.totals import sum_weights, weights_of
from surveykit.estimation.models.model_clusters import ModelClusters, withhold
from surveykit.estimation.models.model_covariates import (
    Points,
    as_rows,
    points_of_effects,
    points_of_values,
    read_covariates,
)
from surveykit.estimation.models.model_errors import errors_of_answers, refit_rounding
from surveykit.estimation.models.model_fit import ModelFit
from surveykit.estimation.models.model_kinds import Solution
from surveykit.progress_bar import track
from surveykit.results import Row, table_of
from surveykit.words.messages import Columns, Message, Slot, Told

Covariates = Literal["sampled", "fixed"]
ROUNDING_OF_STEPS = 1e-9
"""A difference of columns below this part of them is rounding: the step leaves them as they are."""


def predictions(model: ModelFit, at: pd.DataFrame | Mapping[str, Any]) -> Estimates:
    """Predict the mean answer, or the share of every answer, for given covariates.

    Parameters
    ----------
    model : ModelFit
        From `fit_model`.
    at : DataFrame or mapping from column to value(s)
        Covariates; values are codes or labels. Lists in a mapping are combined row by row. Further columns of a
        DataFrame (the rest of a survey) are left aside.

    Returns
    -------
    Estimates
        One row per row of `at` (and answer of an ordinal model); `group` tells the covariates.

    Raises
    ------
    ArgumentError
        When `at` lacks a covariate, its lists are not equally long, or a value is none that the model knows.
    ColumnError
        When `at` is a mapping and names a column that is no covariate, or gives text where numbers are needed.

    Notes
    -----
    ``mu(x b)`` with the delta-method error ``|d mu / d b| V``, or, with replicate weights, predicted anew from the
    coefficients of each; t with the model's degrees of freedom. A model with cluster-robust errors keeps them: V is its
    own, and the degrees of freedom are Satterthwaite's for the combination ``d mu / d b`` of the coefficients.

    Intervals are made on the scale of the link (logit for each share of an ordinal model) and turned back,
    ``g^-1(g(mu) +- t se g'(mu))``, so that none leaves what is possible. Under the conventions "stata" they are
    ``mu +- t se``, as ``margins`` prints them. R: ``predict(model, newdata, type = "response", se.fit = TRUE)``, with
    the intervals of ``type = "link"``, ``plogis(eta + c(-1, 1) * qt(0.975, df) * se)``.

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys. International
    Statistical Review 51, 279-292.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> model = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
    >>> sk.predictions(model, {"sex": [1, 2]}).table[["group", "estimate", "std_error", "df"]].round(4)
       group  estimate  std_error   df
    0  sex 1    2.0000     0.5774  1.0
    1  sex 2    3.6667     0.8819  1.0
    """
    covariates = model.data.frame.columns
    values_given = (
        at[[name for name in covariates if name in at.columns]] if isinstance(at, pd.DataFrame) else as_rows(at)
    )
    frame = read_covariates(model, values_given)
    missing = [name for name in covariates if name not in frame.columns]
    if missing:
        raise ArgumentError(
            f"`at` must give every covariate of the model, but {missing[0]!r} is not there{suggest(missing[0], at)}"
        )
    x = model.data.build(frame)
    mean, gradient = _mean_and_gradient(model, x)
    linearized = gradient.T if model.clusters is not None else combined(model.linearized, gradient.T)
    if model.refits is not None:
        linearized = np.full((len(model.refits), mean.size), np.nan)
        for number, solution in _refitted(model.refits, model.solution):
            linearized[number] = (_mean(model, solution, x) - mean).ravel()
        linearized = without_rounding(linearized, mean.ravel(), refit_rounding(model.design, model.kind))
    labels = [", ".join(f"{name} {value}" for name, value in row.items()) for row in frame.to_dict("records")]
    return _assemble(model, mean, linearized, x, labels, Message("predictions.each"), "prediction")


def average_predictions(model: ModelFit, variable: str, *, covariates: Covariates = "sampled") -> Estimates:
    """Predict the population's mean answer (or shares) if everybody had each value of a covariate in turn.

    Parameters
    ----------
    model : ModelFit
        From `fit_model`.
    variable : str
        Column of the data with few values; each is given to all respondents of the model, the rest stays as it is.
    covariates : {"sampled", "fixed"}
        Whether the error includes that the other covariates come from the sample too; a model with cluster-robust
        errors has it for "fixed" ones only.

    Returns
    -------
    Estimates
        One row per value (and answer of an ordinal model).

    Raises
    ------
    ColumnError
        When `variable` is no covariate of the model.
    ArgumentError
        When it has too many values to give each to everybody, or the model has cluster-robust errors and `covariates`
        are not "fixed".

    Notes
    -----
    Predictive margins ``sum(w mu(x_i* b)) / sum(w)`` (Graubard & Korn 1999, Biometrics 55), linearized in the
    coefficients and, unless fixed, in the covariates; intervals as in `predictions`. R: ``svypredmeans(model,
    ~factor(variable))``, which adds the two variances and leaves out their covariance. With replicate weights, model
    and average are computed anew in each: R ``withReplicates``.

    References
    ----------
    Graubard, B. I. and Korn, E. L. (1999). Predictive margins with survey data. Biometrics 55, 652-659.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> model = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
    >>> sk.average_predictions(model, "sex").table[["group", "estimate", "std_error"]].round(4)
       group  estimate  std_error
    0  sex 1    2.0000     0.5774
    1  sex 2    3.6667     0.8819
    """
    _check_covariates(model, covariates)
    values, everybody = points_of_values(model, variable)
    parts = [_average(model, points, covariates) for points in everybody]
    mean, linearized = np.vstack([part[0] for part in parts]), np.hstack([part[1] for part in parts])
    labels = [f"{variable} {value}" for value in values]
    return _assemble(
        model,
        mean,
        linearized,
        _mean_columns(model, everybody),
        labels,
        Message(f"predictions.average_{covariates}", {"variable": Columns((variable,))}),
        "average prediction",
    )


def average_marginal_effects(
    model: ModelFit, variables: str | Sequence[str] | None = None, *, covariates: Covariates = "sampled"
) -> Estimates:
    """Estimate average marginal effects: by how much the answer changes with a covariate, averaged over the population.

    Parameters
    ----------
    model : ModelFit
        From `fit_model`.
    variables : str or sequence of str, optional
        Columns; all covariates of the model by default.
    covariates : {"sampled", "fixed"}
        Whether the error includes that the covariates come from the sample (Stata's ``vce(unconditional)``) or takes
        them as given (delta method only).

    Returns
    -------
    Estimates
        One row per number (mean slope), or per category against the first (mean difference), and per answer of an
        ordinal model, in the units of the answer (shares from 0 to 1 for logit and ordinal models).

    Raises
    ------
    ColumnError
        When one of `variables` is no covariate of the model.
    ArgumentError
        When the model has cluster-robust errors and `covariates` are not "fixed".

    Notes
    -----
    Slopes are central differences of the predictions over 1e-4 standard deviations; at the ends of the data, where
    splines are not defined beyond, they are taken from inside by a parabola. With replicate weights, model and average
    are computed anew in each. Statistic and p-value test against zero with the model's degrees of freedom.

    R: ``marginaleffects::avg_slopes(model, wts = w)``; Stata: ``margins, dydx(*) vce(unconditional)``.

    References
    ----------
    Graubard, B. I. and Korn, E. L. (1999). Predictive margins with survey data. Biometrics 55, 652-659.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> model = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
    >>> sk.average_marginal_effects(model).table[["term", "estimate", "std_error", "df"]].round(4)
             term  estimate  std_error   df
    0  sex: 2 - 1    1.6667     0.6667  1.0
    """
    _check_covariates(model, covariates)
    names = as_names(variables, "variables") or list(model.data.frame.columns)
    asked = [(label, points) for name in names for label, points in points_of_effects(model, name)]
    parts = [_average(model, points, covariates) for _, points in asked]
    mean, linearized = np.vstack([part[0] for part in parts]), np.hstack([part[1] for part in parts])
    at = _mean_columns(model, [points for _, points in asked])
    return _assemble(
        model,
        mean,
        linearized,
        at,
        [label for label, _ in asked],
        Message(f"predictions.effects_{covariates}"),
        "average marginal effect",
        null=True,
    )


def _check_covariates(model: ModelFit, covariates: Covariates) -> None:
    check_option(covariates, get_args(Covariates), "covariates")
    if model.clusters is not None and covariates == "sampled":
        raise ArgumentError(
            f"the errors of this model are cluster-robust ({model.clusters.variance}) and know nothing of how the covariates were sampled; say covariates='fixed', or fit the model without `variance`"
        )


def _mean_and_gradient(model: ModelFit, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return predictions, (rows, answers), and their gradient, (rows x answers, parameters)."""
    mean, slope, further = model.kind.mean(model.solution, x @ model.solution.params[: model.solution.n_slopes])
    # the chain rule: d mean / d beta = slope in the predictor times x; `further` is in parameters that are no slopes
    # (thresholds)
    gradient = np.concatenate([slope[:, :, None] * x[:, None, :], further], axis=2)
    return mean, gradient.reshape(-1, gradient.shape[2])


def _mean(model: ModelFit, solution: Solution, x: np.ndarray) -> np.ndarray:
    """Return the predictions of a solution, (rows, answers)."""
    return model.kind.mean(solution, x @ solution.params[: solution.n_slopes])[0]


def _refitted(refits: np.ndarray, solution: Solution) -> Iterator[tuple[int, Solution]]:
    """Yield the number and the solution of each replicate that the model could be fitted in."""
    for number, params in enumerate(track(refits, "replicates")):
        if not np.isnan(params).any():
            yield number, replace(solution, params=params)


def _average(model: ModelFit, points: Points, covariates: Covariates) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted average of predictions over the respondents, (1, answers), and its linearized unit totals.

    With replicate weights: its value in every replicate minus that in the full sample, NaN where there is none. With
    cluster-robust errors: its gradient in the parameters, (parameters, answers).
    """
    data, design = model.data, model.design
    matrices = [data.build(frame) for frame, _ in points]
    factors = [np.broadcast_to(factor, len(data.x))[:, None] for _, factor in points]
    size = np.sum(
        [np.abs(factor) * np.abs(_mean(model, model.solution, x)) for x, factor in zip(matrices, factors)], axis=0
    )
    if model.link == "identity":  # the prediction is linear: the columns may cancel first, before digits are lost
        x, sizes = _differences(matrices, factors)
        matrices, factors, size = [x], [np.ones((len(x), 1))], sizes @ np.abs(model.solution.params)[:, None]
    size = size.max(axis=0)
    weight = sum_weights(design, data.pattern, len(data.x), data.rows)
    if model.refits is not None:
        mean = _summed(model, model.solution, matrices, factors)
        average = weight @ mean / weight.sum()
        changes = np.full((len(model.refits), len(average)), np.nan)
        by_unit = sparse.csr_matrix(
            (weights_of(design, data.rows), (data.pattern, design.units.of_row[data.rows])),
            shape=(len(data.x), design.units.n_units),
        )
        for number, solution in _refitted(model.refits, model.solution):
            weight_of_replicate = by_unit @ design.replicates.factors[:, number] if covariates == "sampled" else weight
            changes[number] = (
                weight_of_replicate @ _summed(model, solution, matrices, factors) / weight_of_replicate.sum() - average
            )
        return average[None, :], without_rounding(changes, size, refit_rounding(model.design, model.kind))
    pieces = [_mean_and_gradient(model, x) for x in matrices]
    mean = np.sum([factor * piece[0] for factor, piece in zip(factors, pieces)], axis=0)
    answers = mean.shape[1]
    steps = [np.repeat(factor, answers, axis=0) * piece[1] for factor, piece in zip(factors, pieces)]
    gradient = np.sum(steps, axis=0)
    gradient = np.where(np.abs(gradient) <= ROUNDING * np.sum(np.abs(steps), axis=0), 0.0, gradient)
    average = weight @ mean / weight.sum()
    # the delta method on the average: weighted over the patterns of covariates (p), for each answer (a) and parameter
    # (k)
    slope = np.einsum("p,pak->ak", weight, gradient.reshape(len(mean), answers, -1)) / weight.sum()
    if model.clusters is not None:
        return average[None, :], slope.T
    linearized = combined(model.linearized, slope.T)
    if covariates == "sampled":
        # Graubard & Korn (1999): an average over the population has two errors, of the coefficients and of who was
        # sampled. The second is that of a weighted mean, w (m - average) / sum(w); fixed covariates are without it
        deviation = without_rounding(mean - average, size)
        linearized = linearized + influence_totals(deviation[data.pattern] / weight.sum(), data.rows, design)
    return average[None, :], linearized


def _differences(matrices: list[np.ndarray], factors: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return matrices of covariates summed with their factors, and how large the parts of these sums were.

    What cancels but for rounding is zero in both.
    """
    parts = [factor * x for x, factor in zip(matrices, factors)]
    whole, size = np.sum(parts, axis=0), np.sum(np.abs(parts), axis=0)
    gone = np.abs(whole) <= ROUNDING * size
    return np.where(gone, 0.0, whole), np.where(gone, 0.0, size)


def _summed(model: ModelFit, solution: Solution, matrices: list[np.ndarray], factors: list[np.ndarray]) -> np.ndarray:
    """Return the predictions of a solution at all points, summed with their factors, (patterns, answers)."""
    return np.asarray(np.sum([factor * _mean(model, solution, x) for x, factor in zip(matrices, factors)], axis=0))


def _mean_columns(model: ModelFit, asked: list[Points]) -> np.ndarray:
    """Return the weighted average of the design matrix at points, summed with their factors, (asked, columns)."""
    data = model.data
    weight = sum_weights(model.design, data.pattern, len(data.x), data.rows)
    weight = weight / weight.sum()
    columns_and_sizes = np.zeros((2, len(asked), data.x.shape[1]))
    for row, points in enumerate(asked):
        for frame, factor in points:
            parts = (weight * factor)[:, None] * data.build(frame)
            columns_and_sizes[:, row] += parts.sum(axis=0), np.abs(parts).sum(axis=0)
    return np.where(np.abs(columns_and_sizes[0]) > ROUNDING_OF_STEPS * columns_and_sizes[1], columns_and_sizes[0], 0.0)


def _rests_on_one_cluster(model: ModelFit, at: np.ndarray, null: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """Return which rows of a design matrix rest on a single cluster, and how far each moves along what it makes known.

    A prediction that rests on it no more than the average respondent's does (for women and men, where one village of
    ten is elected) does not count.
    """
    if model.lone is None:
        return np.zeros(len(at), dtype=bool), None
    further = np.zeros(len(model.table) - at.shape[1])
    if model.family == "ordinal" and not null:
        further[0] = -1.0  # the predictor is a threshold minus the covariates' part; any threshold will do
    at = np.column_stack([at, np.tile(further, (len(at), 1))])
    alone = rests_on_one_cluster(model.lone, at)
    if not null:
        weight = sum_weights(model.design, model.data.pattern, len(model.data.x), model.data.rows)
        alone &= rests_on_one_cluster(model.lone, at - np.append(weight @ model.data.x / weight.sum(), further))
    return alone, np.where(alone, model.lone @ at.T, 0.0)


def _assemble(
    model: ModelFit,
    mean: np.ndarray,
    linearized: np.ndarray,
    at: np.ndarray,
    labels: list[str],
    what: Slot,
    method: str,
    null: bool = False,
) -> Estimates:
    """Return predictions or effects as estimates; `at` is the row of the design matrix that each label stands for.

    One that rests on a single cluster has no error, as the coefficients behind it have none.
    """
    if model.refits is not None:
        linearized = fill_gaps(linearized, model.design.replicates)
    answers = mean.shape[1]
    names = getattr(model.kind, "labels", ()) or [None]
    estimate, unit_totals, lone = mean.ravel(), model.unit_totals, None
    if model.clusters is not None:
        std_error, df = _robust_errors(model, model.clusters, linearized.T, np.repeat(labels, answers).tolist())
        size = errors_of_answers(model.data, model.solution) @ np.abs(linearized)
        std_error = np.where(std_error <= ROUNDING * size, 0.0, std_error)
    else:
        alone, lone = _rests_on_one_cluster(model, at, null)
        std_error, df = standard_errors(linearized, model.design), np.full(len(estimate), model.df_residual)
        unit_totals = UnitTotals(linearized, np.repeat(model.presence[:, :1], len(estimate), axis=1))
        if withholds(model.design):
            blank = np.repeat(alone, answers)
            std_error, df = np.where(blank, np.nan, std_error), np.where(blank, 0.0, df)
    if null:
        low, high = t_interval(estimate, std_error, df, model.confidence)
    else:
        scale, said = _interval_scale(model)
        what = Told.of(what, said)
        low, high = _scaled_interval(estimate, std_error, df, model.confidence, scale)
    statistic = p_value = np.full(len(estimate), np.nan)
    if null:
        # where the model fits every answer, only the covariates vary: that is no error to test its effects with
        vary = model.clusters is not None or model.linearized.any()
        known = std_error if vary else np.zeros(len(std_error))
        if ((known == 0) & (estimate != 0)).any():  # an effect of nothing is no finding that could lack an error
            warn_of_no_variation(f"answers to {model.data.outcome!r}, given the model,")
        statistic = t_statistics(estimate, known)
        p_value = two_sided_p(statistic, df)
    rows = [
        Row(
            *numbers,
            outcome=model.data.outcome,
            level=level,
            group=None if null else label,
            term=label if null else None,
            method=method,
            n=model.table["n"].iloc[0],
            n_clusters=model.table["n_clusters"].iloc[0],
            n_weighted=model.table["n_weighted"].iloc[0],
        )
        for level, label, *numbers in zip(
            list(names) * len(labels),
            np.repeat(labels, answers).tolist(),
            estimate,
            std_error,
            statistic,
            df,
            p_value,
            low,
            high,
        )
    ]
    return Estimates(
        table_of(rows),
        Told.of(Message("predictions.method", {"what": what}), model.method),
        model.origin,
        model.facts,
        Told.of(what, f": {model.formula}"),
        design=model.design,
        unit_totals=unit_totals,
        confidence=model.confidence,
        df_lost=model.df_lost,
        lone=None if lone is None else np.repeat(lone, answers, axis=1),
        combines=(model, np.ones(len(model.table), dtype=bool)),  # every coefficient is in every prediction
        level_codes=_codes_of_answers(model),
        quantity="marginal_effect" if null else "prediction",
    )


def _codes_of_answers(model: ModelFit) -> dict[str, dict[str, Code]]:
    """Return the codes behind the answers of an ordinal model by outcome; a category is its own code."""
    outcome, names = model.data.outcome, getattr(model.kind, "labels", ())
    column = model.design.survey.frame.get(outcome)
    categories = column is not None and isinstance(column.dtype, pd.CategoricalDtype)
    codes = names if categories else model.kind.levels
    return {outcome: {name: as_code(code) for name, code in zip(names, codes)}}


@dataclass(frozen=True, slots=True)
class _Scale:
    """A scale that means are put on for their intervals: there, back, and its slope in the mean."""

    there: Callable[[np.ndarray], np.ndarray]
    back: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


_SCALES = {
    "identity": _Scale(lambda mean: mean, lambda eta: eta, np.ones_like),
    "log": _Scale(np.log, np.exp, lambda mean: 1 / mean),
    "logit": _Scale(special.logit, special.expit, lambda mean: 1 / (mean * (1 - mean))),
    # 1 / phi(eta): the slope of the normal quantile is one over the density there
    "probit": _Scale(
        special.ndtri, special.ndtr, lambda mean: np.sqrt(2 * np.pi) * np.exp(special.ndtri(mean) ** 2 / 2)
    ),
    "cloglog": _Scale(
        lambda mean: np.log(-np.log1p(-mean)),
        lambda eta: -np.expm1(-np.exp(eta)),
        lambda mean: -1 / ((1 - mean) * np.log1p(-mean)),
    ),
}


def _interval_scale(model: ModelFit) -> tuple[_Scale, Told]:
    """Return the scale of the intervals of predictions, and the words for it."""
    # the shares of an ordinal model add up over thresholds, so that its link is the scale of none of them; logit
    # keeps them in 0 to 1
    name = "logit" if model.family == "ordinal" else model.link
    if conventions_of(model.design).prediction_interval == "response" or name == "identity":
        return _SCALES["identity"], Told()
    return _SCALES[name], Told.of(Message("predictions.scale", {"name": name}))


def _scaled_interval(
    estimate: np.ndarray, std_error: np.ndarray, df: np.ndarray, confidence: float, scale: _Scale
) -> tuple[np.ndarray, np.ndarray]:
    """Return t intervals made on a scale and turned back, so that they stay inside what is possible."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        # the delta method forth, the exact scale back; a share of exactly 0 or 1 has no logit and, with error zero,
        # is its own interval
        low, high = t_interval(scale.there(estimate), std_error * scale.slope(estimate), df, confidence)
        low, high = scale.back(low), scale.back(high)
    sure = (std_error == 0) & (df > 0)
    return np.where(sure, estimate, low), np.where(sure, estimate, high)


def _robust_errors(
    model: ModelFit, clusters: ModelClusters, gradient: np.ndarray, labels: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return cluster-robust errors and Satterthwaite degrees of freedom of functions with these gradients."""
    fit, alone = clusters.fit(gradient), clusters.rests_on_one(gradient)
    std_error = withhold(fit.std_errors, alone, labels, model.formula, model.design.conventions)
    return std_error, np.where(np.isnan(std_error), np.nan, fit.df)
