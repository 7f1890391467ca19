"""Leave one settlement out: which settlement carries the result."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from surveykit.comparison.cases import Case
from surveykit.comparison.settlement_methods import Settings, run


def influence_table(cases: Sequence[Case], settings: Settings, method: str = "cr2") -> pd.DataFrame:
    """Return each estimate without each settlement in turn.

    Returns
    -------
    pandas.DataFrame
        Columns outcome, estimand, term, left_out, estimate, std_error, df, p_value, conf_low, conf_high, change
        (estimate without it minus estimate with all). A side that would be left without a settlement gives missing
        values.
    """
    columns = ["estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
    rows = []
    for case in cases:
        whole = run(method, case, settings)["estimate"]
        for number, name in enumerate(case.names):
            side = case.treated[number]
            alone = int((case.treated == side).sum()) == 1
            row = {} if alone else run(method, case.without(number), settings)
            numbers = {key: row.get(key, np.nan) for key in columns}
            rows.append(
                {
                    "outcome": case.outcome,
                    "estimand": case.estimand,
                    "term": case.term,
                    "left_out": name,
                    **numbers,
                    "change": numbers["estimate"] - whole,
                }
            )
    return pd.DataFrame(rows, columns=["outcome", "estimand", "term", "left_out", *columns, "change"])


def most_influential(influence: pd.DataFrame) -> pd.DataFrame:
    """Return for each outcome, estimand and term the settlement whose absence moves the estimate most."""
    known = influence.dropna(subset=["change"])
    keys = ["outcome", "estimand", "term"]
    return known.loc[known.groupby(keys, sort=False)["change"].apply(lambda moves: moves.abs().idxmax())].reset_index(
        drop=True
    )
