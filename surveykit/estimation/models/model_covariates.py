"""Covariates to predict a model for: those given, one value for everybody, a small step to either side."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import check_numeric, suggest
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.models.model_fit import ModelFit
from surveykit.formulas.columns import categories_in

Points = list[tuple[pd.DataFrame, np.ndarray | float]]
"""Covariates of every pattern to predict for, and what multiplies the predictions there."""
STEP = 1e-4
"""Width of the steps that slopes are taken over, in standard deviations of the covariate."""
MOST_CATEGORIES = 50


def as_rows(at: Mapping[str, Any]) -> pd.DataFrame:
    """Return a mapping of values or equally long lists as rows; a single value is the same in all of them."""
    lengths = {
        name: len(value)
        for name, value in at.items()
        if isinstance(value, list | tuple | np.ndarray | pd.Series) and len(value) != 1
    }
    if len(set(lengths.values())) > 1:
        raise ArgumentError(f"the lists in `at` must be equally long, but they hold {lengths}")
    count = next(iter(lengths.values()), 1)
    return pd.DataFrame(
        {
            name: list(value) * (1 if name in lengths else count)
            if isinstance(value, list | tuple | np.ndarray | pd.Series)
            else [value] * count
            for name, value in at.items()
        }
    )


def read_covariates(model: ModelFit, given: pd.DataFrame) -> pd.DataFrame:
    """Return covariates with categories under their labels, codes accepted too."""
    columns: dict[str, Any] = {}
    for name in given.columns:
        if name not in model.data.frame.columns:
            raise ColumnError(
                f"`at` names {name!r}, which is no covariate of {model.formula!r}{suggest(name, model.data.frame.columns)}"
            )
        column, ours = given[name], model.data.frame[name]
        if isinstance(ours.dtype, pd.CategoricalDtype):
            variable = model.design.survey.codebook[name]
            known = list(ours.cat.categories)
            values = [value if value in known else variable.label(value, model.origin.lang) for value in column]
            strange = [value for value, name_ in zip(column, values) if name_ not in known]
            if strange:
                raise ArgumentError(
                    f"`at` gives {name!r} the value {strange[0]!r}, but the model knows {known}{suggest(strange[0], known)}"
                )
            columns[name] = pd.Categorical(values, categories=known)
        elif pd.api.types.is_numeric_dtype(ours.dtype):
            book = model.design.survey.codebook
            codes = [book.code_of(name, value) if isinstance(value, str) else value for value in column]
            columns[name] = check_numeric(pd.Series(codes, name=name), "at")
        else:
            columns[name] = column.to_numpy()
    return pd.DataFrame(columns)


def points_of_values(model: ModelFit, name: str) -> tuple[list[Any], list[Points]]:
    """Return the values of a covariate, and for each of them everybody with it."""
    values = _values(model, name)
    return values, [[(model.data.frame.assign(**{name: _constant(model, name, value)}), 1.0)] for value in values]


def points_of_effects(model: ModelFit, name: str) -> list[tuple[str, Points]]:
    """Return what to average for the effects of a covariate: every category against the first, or one slope."""
    frame = model.data.frame
    if name not in frame.columns:
        raise ColumnError(
            f"`variables` names {name!r}, which is no covariate of {model.formula!r}{suggest(name, frame.columns)}"
        )
    if _is_category(model, name) or set(frame[name].unique()) <= {0, 1}:
        values, points = points_of_values(model, name)
        ((first, _),) = points[0]
        return [
            (f"{name}: {value} - {values[0]}", [*there, (first, -1.0)]) for value, there in zip(values[1:], points[1:])
        ]
    column = frame[name].to_numpy(dtype=float)
    step = STEP * float(column.std() or 1.0)
    middle = np.clip(column, column.min() + step, column.max() - step)
    aside = (column - middle) / step  # -1 and 1 at the ends, 0 elsewhere
    three = [(middle + step, (0.5 + aside) / step), (middle, -2 * aside / step), (middle - step, (aside - 0.5) / step)]
    return [(name, [(frame.assign(**{name: values}), factor) for values, factor in three if factor.any()])]


def _is_category(model: ModelFit, name: str) -> bool:
    """Tell whether the formula takes a covariate for a category, by the factors that patsy has read."""
    if isinstance(model.data.frame[name].dtype, pd.CategoricalDtype):
        return True
    return name in categories_in(model.data.info)


def _values(model: ModelFit, name: str) -> list[Any]:
    if name not in model.data.frame.columns:
        raise ColumnError(
            f"`variable` names {name!r}, which is no covariate of {model.formula!r}{suggest(name, model.data.frame.columns)}"
        )
    column = model.data.frame[name]
    values = list(column.cat.categories) if isinstance(column.dtype, pd.CategoricalDtype) else sorted(column.unique())
    if len(values) > MOST_CATEGORIES:
        way_out = (
            "put them into groups and fit the model with these"
            if _is_category(model, name)
            else "use average_marginal_effects()"
        )
        raise ArgumentError(
            f"{name!r} has {len(values)} values, but predictions are averaged for at most {MOST_CATEGORIES}; {way_out}"
        )
    return values


def _constant(model: ModelFit, name: str, value: Any) -> Any:
    column = model.data.frame[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Categorical([value] * len(column), categories=column.cat.categories)
    return value
