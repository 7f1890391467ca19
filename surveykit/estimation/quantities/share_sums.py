"""The interval of several answers taken together, from the shares of each: no second pass over the respondents."""

import numpy as np

from surveykit._checks import ROUNDING
from surveykit.estimation.engine.result_columns import Estimates, standard_errors
from surveykit.estimation.engine.share_intervals import share_interval


def interval_of_sums(shares: Estimates, picked: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return logit intervals of the sum of the chosen levels for each outcome and group, (rows, 2).

    Parameters
    ----------
    shares : Estimates
        From `shares`.
    picked : int array, (rows x levels,) or (rows, levels)
        Rows of the table, every level of an outcome and group beside the other; -1 for a level that nobody chose.
    chosen : bool array, (levels,)
        The levels to add up.

    Notes
    -----
    The sum of shares is itself a share; its linearized unit totals are the sums of those of the levels, so it has a
    design-based standard error without another pass over the respondents. NaN where the sum is 0 or 1, which has no
    logit interval.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> from surveykit.estimation.quantities.share_sums import interval_of_sums
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, 2, 1, 3], "village": list("AABBCC")})
    >>> result = sk.shares(sk.SurveyDesign(answers, cluster="village"), "q1")
    >>> interval_of_sums(result, np.arange(3), np.array([False, True, True])).round(3).tolist()
    [[0.074, 0.981]]
    """
    count = len(chosen)
    places = np.asarray(picked).reshape(-1, count)
    absent, known = places < 0, np.maximum(places, 0)
    linearized = np.where(absent, 0.0, shares.linearized[:, known])[:, :, chosen].sum(axis=2)
    table = shares.table
    estimate = np.where(absent, 0.0, table["estimate"].to_numpy(dtype=float)[known])[:, chosen].sum(axis=1)
    first = places[np.arange(len(places)), (~absent).argmax(axis=1)]  # of an outcome and group all rows have one df
    df, n = table["df"].to_numpy(dtype=float)[first], table["n"].to_numpy(dtype=float)[first]
    error = standard_errors(linearized, shares.design)
    ends = np.column_stack(share_interval(estimate, error, df, n, n, "logit", shares.confidence))
    ends[~(estimate * (1 - estimate) > ROUNDING)] = np.nan  # a sum of all the levels is 1 but for rounding
    return ends
