"""One release: everything that one command writes, under one mask that is found before any of it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from surveykit.report.disclosure import as_published, hidden_log, hide_small_cells, hide_together
from surveykit.report.withheld import WITHHELD
from surveykit.results import Result

ALONE, TOGETHER = "alone", "together"


@dataclass(frozen=True, eq=False)
class Release:
    """Results by name, each as it is published beside the others.

    Draw figures and write tables, sidecars, pages and JSON from `results`, and nothing else.

    Attributes
    ----------
    results : mapping from str to Result
        Where nothing of a result is hidden, it is the one that was given.
    log : pandas.DataFrame
        Which cells are hidden and why, without any value; `hidden_by` is "alone" where the table hides the cell when it
        is published by itself, "together" where the others of the release would have told it. Empty when none is.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> from surveykit.report.release import Release
    >>> table = pd.DataFrame({"outcome": "q1", "group": ["S1", "S2", "S3"], "estimate": [2.0, 4, 3], "n": [4, 9, 80]})
    >>> found = Release.of({"table_1": sk.Result(table, "Means.")})
    >>> found.log[["table", "group", "why", "hidden_by"]].to_numpy().tolist()
    [['table_1', 'S1', 'few', 'alone'], ['table_1', 'S2', 'protects', 'alone']]
    """

    results: Mapping[str, Result]
    log: pd.DataFrame = field(repr=False)

    @classmethod
    def of(cls, results: Mapping[str, Result]) -> "Release":
        """Return results under one mask.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> from surveykit.report.release import Release
        >>> table = pd.DataFrame({"outcome": "q1", "group": ["S1", "S2"], "estimate": [2.0, 4.0], "n": [40, 80]})
        >>> given = sk.Result(table, "Means.")
        >>> Release.of({"table_1": given}).results["table_1"] is given
        True
        """
        given = list(results.values())
        masked = hide_together(given)
        shown = {name: as_published(before, after) for name, before, after in zip(results, given, masked)}
        return cls(shown, _log_of(results, shown))


def _log_of(before: Mapping[str, Result], after: Mapping[str, Result]) -> pd.DataFrame:
    changed = [name for name in after if after[name] is not before[name]]
    together = hidden_log(changed, [after[name] for name in changed])
    alone = hidden_log(changed, [hide_small_cells(before[name]) for name in changed])
    keys = [name for name in together if name != "why"]
    said = {tuple(row) for row in alone[keys].astype(object).fillna("").itertuples(index=False, name=None)}
    rows = together[keys].astype(object).fillna("").itertuples(index=False, name=None)
    return together.assign(hidden_by=[ALONE if tuple(row) in said else TOGETHER for row in rows])


def lacks(result: Result, outcome: str | None) -> bool:
    """Return whether an outcome of a comparison is published without what is made of its settlements."""
    draws = getattr(result, "randomization", None)
    if not result.facts.get(WITHHELD) or not isinstance(draws, pd.DataFrame):
        return False
    return draws.empty or (outcome is not None and outcome not in set(draws["outcome"]))
