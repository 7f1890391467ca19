"""The weights of a design as they are given: the name of a column, or one number per respondent."""

from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, some, warn
from surveykit.errors import DesignError
from surveykit.sampling_units import ZeroWeights, read_positive
from surveykit.survey import Survey


def read_weights(survey: Survey, given: Any, zero_weights: ZeroWeights) -> tuple[str | None, np.ndarray]:
    """Return the weights of a column or of numbers given, checked, and what to call them."""
    frame = survey.frame
    if given is None:
        return None, np.ones(len(frame))
    if isinstance(given, list | tuple) and any(isinstance(name, str) for name in given):
        if len(given) > 1:
            raise DesignError(
                f"`weight` must name one column, but {len(given)} were given: {some(given)}; multiply them into one first if that is meant"
            )
        given = given[0]
    if isinstance(given, str):
        check_columns(frame, [given], "weight")
        name, column = given, frame[given]
    else:
        name, column = _name_weights(frame, given)
    weights = read_positive(column.to_frame(name), name, "weight", zero_weights)
    if not weights.any():
        raise DesignError(f"all weights in {name!r} are zero, so nobody is left to count")
    if len(weights) > 1 and np.ptp(weights) == 0:
        warn(f"all weights in {name!r} equal {weights[0]:g}, so weighting changes nothing; is it the right column?")
    return name, weights


def _name_weights(frame: pd.DataFrame, given: Any) -> tuple[str, pd.Series]:
    """Return weights given as numbers in the order of the data, under a name that no other column has."""
    numbers = given if isinstance(given, pd.Series) else np.asarray(given)
    if numbers.ndim != 1 or isinstance(given, dict | set):
        raise DesignError(
            f"`weight` must be the name of a column or one number per respondent, but {type(given).__name__} was given"
        )
    if len(numbers) != len(frame):
        raise DesignError(f"`weight` must hold one number per respondent ({len(frame)}), but it holds {len(numbers)}")
    if not isinstance(numbers, pd.Series):
        return "numbers given to the design", pd.Series(numbers, index=frame.index)
    if not numbers.index.equals(frame.index):
        if not numbers.index.is_unique or len(numbers.index.difference(frame.index)):
            raise DesignError(
                "`weight` has other row labels than the data, so whose weight is whose cannot be told; take it from the data's own columns, or pass weight.to_numpy() if the order is the same"
            )
        numbers = numbers.reindex(frame.index)
    name = "numbers given to the design" if numbers.name is None else str(numbers.name)
    if name in frame.columns and not numbers.equals(frame[name]):
        name = f"{name} (given to the design, not the column)"
    return name, numbers
