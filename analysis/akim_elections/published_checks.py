"""What a statement is when it is worked out from other published statements, or counted in a table of this folder."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pandas as pd

from surveykit.replication.claims import Claim
from surveykit.replication.expressions import evaluate, recompute
from surveykit.replication.rounding import agrees

DATA = Path(__file__).parent / "data"


def read(name: str) -> pd.DataFrame:
    """Return a table of the folder data/, every cell as text."""
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)


SNW, SYSTEMS, STAGES, MECHANISMS = (read(name) for name in ("snw_table", "systems_table", "stages", "mechanisms"))
COUNTED = {
    "snw_table.csv:S": (SNW["rating"] == "S").sum(),
    "snw_table.csv:N": (SNW["rating"] == "N").sum(),
    "snw_table.csv:W": (SNW["rating"] == "W").sum(),
    "snw_table.csv:blocks": SNW["block.en"].nunique(),
    "systems_table.csv:": len(SYSTEMS),
    "stages.csv:": len(STAGES),
    "mechanisms.csv:component": (MECHANISMS["kind"] == "component").sum(),
}


def recompute_published(claim: Claim, values: Mapping[str, str]) -> float | str | None:
    """Return what a statement is by its check; None when nothing published lets one say.

    Besides expressions over other statements (`100 * KHA-09 / KHA-08`, `= ILI-07`) a check may be

    ``whole:KHA-15``
        the share, in percent, that is nearest to the published one among the shares of a whole number of people;
    ``smallest:SAN-19,SAN-27``
        the total itself when whole numbers of people give all these percentages, else the smallest that does;
    ``year:KHA-02``, ``month:KHA-02``, ``years:SAN-34,SAN-35``
        year or month of a date, years of several;
    ``snw_table.csv:S``
        a count in a table of the folder data/.
    """
    if claim.check in COUNTED:
        return float(COUNTED[claim.check])
    kind, _, names = claim.check.partition(":")
    if kind not in ("whole", "smallest", "year", "month", "years"):
        return recompute(claim, values)
    given = [values[name] for name in names.split(",")]
    if kind == "whole":
        return nearest_share(claim.published, int(given[0]))
    if kind == "smallest":
        return float(smallest_total(given, int(claim.published)))
    return given[0][:7] if kind == "month" else ";".join(value[:4] for value in given)


def nearest_share(percent: str, total: int) -> float | None:
    """Return the percentage nearest to `percent` that a whole number of `total` people makes.

    None where any percentage would do: the steps between the shares are no wider than what a rounded number stands for.

    Examples
    --------
    >>> nearest_share("30.7", 303), nearest_share("20", 147)
    (30.693069306930692, None)
    """
    if total == 0 or 100 / total <= step_of(percent):
        return None
    return 100 * round(float(percent) * total / 100) / total


def smallest_total(percents: list[str], published: int) -> int:
    """Return `published` when whole numbers of so many people give all the percentages, else the smallest that does.

    Examples
    --------
    >>> smallest_total(["31.2", "29.8"], 71), smallest_total(["30.7", "33.0"], 303)
    (141, 303)
    """
    if all(allows(published, percent) for percent in percents):
        return published
    return next(total for total in count(1) if all(allows(total, percent) for percent in percents))


def allows(total: int, percent: str) -> bool:
    """Return whether some whole number of `total` people rounds to a percentage."""
    people = round(float(percent) * total / 100)
    return total > 0 and agrees(percent, 100 * people / total, str(len(percent.partition(".")[2])))


def step_of(percent: str) -> float:
    """Return the width of what a printed number stands for: 0.1 for 30.7."""
    return 10.0 ** -len(percent.partition(".")[2])


def worked_out(key: str, values: Mapping[str, str]) -> float | str:
    """Return the value of a statement, of an expression over statements, or of a check like ``smallest:``."""
    if key in values:
        return values[key]
    if ":" in key:
        value = recompute_published(Claim("", published="0", check=key), values)
        assert value is not None
        return value
    return float(evaluate(key, values, key))
