"""What a model says in the units of the answer: predictions, average predictions, average marginal effects."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_numeric, check_option, suggest
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.contrasts import two_sided_p
from surveykit.estimation.regression import ModelFit
from surveykit.estimation.respondents import influence_totals
from surveykit.estimation.result_columns import Estimates, standard_errors, t_interval
from surveykit.results import glossary_frame

Covariates = Literal["sampled", "fixed"]


def predictions(model: ModelFit, at: pd.DataFrame | Mapping[str, Any]) -> Estimates:
    """Predict the mean answer, or the share of every answer, for given covariates.

    Parameters
    ----------
    model : ModelFit
    at : DataFrame or mapping from column to value(s)
        Covariates; values are codes or labels. Lists in a mapping are combined row by row.

    Returns
    -------
    Estimates
        One row per row of `at` (and answer of an ordinal model); `group` tells the covariates.

    Notes
    -----
    ``mu(x b)`` with the delta-method error ``|d mu / d b| V``; t with the model's degrees of freedom.
    R: ``predict(model, newdata, type = "response", se.fit = TRUE)``.

    Examples
    --------
    >>> from surveykit.design import SurveyDesign
    >>> from surveykit.estimation.regression import fit_model
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> model = fit_model("y ~ C(sex)", SurveyDesign(answers, cluster="village"))
    >>> predictions(model, {"sex": [1, 2]}).table["estimate"].round(4).tolist()
    [2.0, 3.6667]
    """
    assert model.data is not None
    frame = _as_covariates(model, at if isinstance(at, pd.DataFrame) else _rows_of(at))
    missing = [name for name in model.data.frame.columns if name not in frame.columns]
    if missing:
        raise ArgumentError(f"`at` must give every covariate of the model, but {missing[0]!r} is not there")
    mean, gradient = _mean_and_gradient(model, model.data.build(frame))
    labels = [", ".join(f"{name} {value}" for name, value in row.items()) for row in frame.to_dict("records")]
    return _assemble(model, mean, model.linearized @ gradient.T, labels, "Predictions", "prediction")


def average_predictions(model: ModelFit, variable: str, *, covariates: Covariates = "sampled") -> Estimates:
    """Predict the population's mean answer (or shares) if everybody had each value of a covariate in turn.

    Parameters
    ----------
    model : ModelFit
    variable : str
        Column of the data with few values; each is given to all respondents of the model, the rest stays as it is.
    covariates : {"sampled", "fixed"}
        Whether the error includes that the other covariates come from the sample too.

    Returns
    -------
    Estimates
        One row per value (and answer of an ordinal model).

    Notes
    -----
    Predictive margins ``sum(w mu(x_i* b)) / sum(w)`` (Graubard & Korn 1999, Biometrics 55), linearised in the
    coefficients and, unless fixed, in the covariates. R: ``svypredmeans(model, ~factor(variable))``, which adds the two
    variances and leaves out their covariance.

    Examples
    --------
    >>> from surveykit.design import SurveyDesign
    >>> from surveykit.estimation.regression import fit_model
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> model = fit_model("y ~ C(sex)", SurveyDesign(answers, cluster="village"))
    >>> average_predictions(model, "sex").table["estimate"].round(4).tolist()
    [2.0, 3.6667]
    """
    check_option(covariates, get_args(Covariates), "covariates")
    assert model.data is not None
    frame, values = model.data.frame, _values(model, variable)
    parts = [_average(model, frame.assign(**{variable: _constant(model, variable, value)}), covariates)
             for value in values]
    mean, linearized = np.vstack([part[0] for part in parts]), np.hstack([part[1] for part in parts])
    return _assemble(model, mean, linearized, [f"{variable} {value}" for value in values],
                     f"Average predictions by {variable}, the other covariates {covariates}", "average prediction")


def average_marginal_effects(
    model: ModelFit, variables: str | Sequence[str] | None = None, *, covariates: Covariates = "sampled"
) -> Estimates:
    """Estimate average marginal effects: by how much the answer changes with a covariate, averaged over the population.

    Parameters
    ----------
    model : ModelFit
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

    Notes
    -----
    Slopes are central differences of the predictions over 1e-4 standard deviations. Statistic and p-value test
    against zero with the model's degrees of freedom.

    Examples
    --------
    >>> from surveykit.design import SurveyDesign
    >>> from surveykit.estimation.regression import fit_model
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> model = fit_model("y ~ C(sex)", SurveyDesign(answers, cluster="village"))
    >>> average_marginal_effects(model).table["estimate"].round(4).tolist()
    [1.6667]
    """
    assert model.data is not None
    check_option(covariates, get_args(Covariates), "covariates")
    names = as_names(variables, "variables") or list(model.data.frame.columns)
    means, totals, labels = [], [], []
    for name in names:
        for label, frames, width in _comparisons(model, name):
            up, down = (_average(model, frame, covariates) for frame in frames)
            means.append((up[0] - down[0]) / width)
            totals.append((up[1] - down[1]) / width)
            labels.append(label)
    return _assemble(model, np.vstack(means), np.hstack(totals), labels,
                     f"Average marginal effects, covariates {covariates}", "average marginal effect", null=True)


def _rows_of(at: Mapping[str, Any]) -> pd.DataFrame:
    """Return a mapping of values or equally long lists as rows; a single value is the same in all of them."""
    lengths = {name: len(value) for name, value in at.items()
               if isinstance(value, list | tuple | np.ndarray | pd.Series) and len(value) != 1}
    if len(set(lengths.values())) > 1:
        raise ArgumentError(f"the lists in `at` must be equally long, but they hold {lengths}")
    count = next(iter(lengths.values()), 1)
    return pd.DataFrame({name: list(value) if name in lengths else [value[0] if hasattr(value, "__len__")
                         and not isinstance(value, str) else value] * count for name, value in at.items()})


def _comparisons(model: ModelFit, name: str) -> list[tuple[str, tuple[pd.DataFrame, pd.DataFrame], float]]:
    assert model.data is not None
    frame = model.data.frame
    if name not in frame.columns:
        raise ColumnError(f"`variables` names {name!r}, which is no covariate of {model.formula!r}"
                          f"{suggest(name, frame.columns)}")
    if _is_category(model, name) or set(frame[name].unique()) <= {0, 1}:
        values = _values(model, name)
        sets = [frame.assign(**{name: _constant(model, name, value)}) for value in values]
        return [(f"{name}: {value} - {values[0]}", (one, sets[0]), 1.0) for value, one in zip(values[1:], sets[1:])]
    step = 1e-4 * float(frame[name].std(ddof=0) or 1.0)
    column = frame[name].astype(float)
    return [(name, (frame.assign(**{name: column + step}), frame.assign(**{name: column - step})), 2 * step)]


def _is_category(model: ModelFit, name: str) -> bool:
    assert model.data is not None
    if isinstance(model.data.frame[name].dtype, pd.CategoricalDtype):
        return True
    return any(term.startswith("C(") and name in term for term in model.data.terms)


def _values(model: ModelFit, name: str) -> list[Any]:
    assert model.data is not None
    if name not in model.data.frame.columns:
        raise ColumnError(f"`variable` names {name!r}, which is no covariate of {model.formula!r}"
                          f"{suggest(name, model.data.frame.columns)}")
    column = model.data.frame[name]
    values = list(column.cat.categories) if isinstance(column.dtype, pd.CategoricalDtype) else sorted(column.unique())
    if len(values) > 50:
        raise ArgumentError(f"{name!r} has {len(values)} values; predictions are for few of them, so use "
                            "average_marginal_effects()")
    return values


def _constant(model: ModelFit, name: str, value: Any) -> Any:
    assert model.data is not None
    column = model.data.frame[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Categorical([value] * len(column), categories=column.cat.categories)
    return value


def _as_covariates(model: ModelFit, given: pd.DataFrame) -> pd.DataFrame:
    """Return covariates with categories under their labels, codes accepted too."""
    assert model.data is not None and model.design is not None
    columns: dict[str, Any] = {}
    for name in given.columns:
        if name not in model.data.frame.columns:
            raise ColumnError(f"`at` names {name!r}, which is no covariate of {model.formula!r}"
                              f"{suggest(name, model.data.frame.columns)}")
        column, ours = given[name], model.data.frame[name]
        if isinstance(ours.dtype, pd.CategoricalDtype):
            variable = model.design.survey.codebook[name]
            known = list(ours.cat.categories)
            values = [value if value in known else variable.label(value, model.origin.lang) for value in column]
            strange = [value for value, name_ in zip(column, values) if name_ not in known]
            if strange:
                raise ArgumentError(f"`at` gives {name!r} the value {strange[0]!r}, but the model knows {known}"
                                    f"{suggest(strange[0], known)}")
            columns[name] = pd.Categorical(values, categories=known)
        elif pd.api.types.is_numeric_dtype(ours.dtype):
            book = model.design.survey.codebook
            codes = [book.code_of(name, value) if isinstance(value, str) else value for value in column]
            columns[name] = check_numeric(pd.Series(codes, name=name), "at")
        else:
            columns[name] = column.to_numpy()
    return pd.DataFrame(columns)


def _mean_and_gradient(model: ModelFit, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return predictions, (rows, answers), and their gradient, (rows x answers, parameters)."""
    assert model.solution is not None and model.kind is not None
    mean, slope, further = model.kind.mean(model.solution, x @ model.solution.params[: model.solution.n_slopes])
    gradient = np.concatenate([slope[:, :, None] * x[:, None, :], further], axis=2)
    return mean, gradient.reshape(-1, gradient.shape[2])


def _average(model: ModelFit, frame: pd.DataFrame, covariates: Covariates) -> tuple[np.ndarray, np.ndarray]:
    """Return the weighted average prediction over the respondents, (1, answers), and its linearised unit totals."""
    assert model.data is not None and model.design is not None
    data, design = model.data, model.design
    mean, gradient = _mean_and_gradient(model, data.build(frame))
    weight = np.bincount(data.pattern, design.weights[data.rows], minlength=len(data.x))
    total, answers = weight.sum(), mean.shape[1]
    average = weight @ mean / total
    slope = np.einsum("p,pak->ak", weight, gradient.reshape(len(mean), answers, -1)) / total
    linearized = model.linearized @ slope.T
    if covariates == "sampled":
        linearized = linearized + influence_totals((mean - average)[data.pattern] / total, data.rows, design)
    return average[None, :], linearized


def _assemble(model: ModelFit, mean: np.ndarray, linearized: np.ndarray, labels: list[str], what: str, method: str,
              null: bool = False) -> Estimates:
    assert model.design is not None and model.data is not None and model.kind is not None
    answers = mean.shape[1]
    names = getattr(model.kind, "labels", ()) or [None]
    estimate, std_error = mean.ravel(), standard_errors(linearized, model.design)
    df = np.full(len(estimate), model.df_residual)
    low, high = t_interval(estimate, std_error, df, model.confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = estimate / std_error
    columns: dict[str, Any] = {
        "outcome": [model.data.outcome] * len(estimate), "level": list(names) * len(labels),
        ("term" if null else "group"): np.repeat(labels, answers), "method": method, "estimate": estimate,
        "std_error": std_error, "df": df, "conf_low": low, "conf_high": high, "n": model.table["n"].iloc[0],
        "n_clusters": model.table["n_clusters"].iloc[0], "n_weighted": model.table["n_weighted"].iloc[0],
    }
    if null:
        columns |= {"statistic": statistic, "p_value": two_sided_p(statistic, df)}
    presence = np.repeat(model.presence[:, :1], len(estimate), axis=1)
    return Estimates(glossary_frame(columns), f"{what} from: {model.method}", model.origin, model.facts,
                     f"{what}: {model.formula}", design=model.design, linearized=linearized, presence=presence,
                     confidence=model.confidence, df_lost=model.df_lost)
