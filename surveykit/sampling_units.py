"""The sampling units of a design as arrays: who belongs to which cluster, in which stratum, at each stage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, some, warn
from surveykit.coded_columns import DENSE_AT_LEAST, DENSE_PER_ROW, CodedColumn, code_column
from surveykit.errors import DesignError

LonelyPSU = Literal["error", "remove", "certainty", "adjust", "average", "missing"]
"""What to do with a stratum of one cluster."""
ZeroWeights = Literal["error", "drop"]
MOST_COMBINATIONS = 2**62
SAME_COUNT = 1e-12
"""Part by which population counts of one stratum may differ and be one: they may come from fractions that
were computed and differ in the last digit. A million times more is a difference that somebody wrote."""
LEAST, MOST = 1e-60, 1e60
"""Between these a weight may lie: degrees of freedom sum its fourth power, and floats end at 1e-308 and 1e308.

A billion respondents and answers up to a million still fit between a fourth power of 1e240 and the end.
"""


@dataclass(frozen=True, eq=False, slots=True)
class Stage:
    """Sampling units of one stage, as arrays over the units of that stage.

    Attributes
    ----------
    stratum : int array, (units,)
        Code of the stratum in which each unit was drawn (beyond stage one: the unit of the stage before).
    parent_fraction : float array, (units,)
        Product of the sampling fractions of the stages before; 1 at stage one.
    population : float array, (units,)
        Units in the population of that stratum; inf where draws count as with replacement.
    of_unit : int array, (ultimate units,)
        To which unit of this stage each ultimate unit belongs.
    """

    stratum: np.ndarray
    parent_fraction: np.ndarray
    population: np.ndarray
    of_unit: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class Units:
    """The sampling units of a design.

    Attributes
    ----------
    of_row : int array, (respondents,)
        Ultimate unit of each respondent: the stage-one cluster unless finite populations call for further stages.
    stages : tuple of Stage
    stratum_names : list
        Names of the strata of stage one.
    cluster_of_row : int array, (respondents,)
        Stage-one cluster (primary sampling unit) of each respondent.
    replicates : ReplicateWeights or None
        When present, variance comes from them, not from stages; their rows of factors are these units. Stages then
        only tell how many clusters and strata stand behind an estimate.
    """

    of_row: np.ndarray
    stages: tuple[Stage, ...]
    stratum_names: list[object]
    cluster_of_row: np.ndarray
    replicates: Any = None
    all_present: bool = True

    def keep(self, rows: np.ndarray) -> "Units":
        """Return the same units for a part of the respondents."""
        return replace(self, of_row=self.of_row[rows], cluster_of_row=self.cluster_of_row[rows], all_present=False)

    def count_present(self) -> tuple[int, int]:
        """Return the primary sampling units and the strata that have respondents."""
        if self.all_present:
            return self.n_clusters, self.n_strata
        clusters = np.unique(self.cluster_of_row)
        return len(clusters), len(np.unique(self.stages[0].stratum[clusters]))

    @property
    def n_units(self) -> int:
        """Number of ultimate units."""
        return len(self.stages[-1].stratum)

    @property
    def n_clusters(self) -> int:
        """Number of primary sampling units."""
        return len(self.stages[0].stratum)

    @property
    def n_strata(self) -> int:
        """Number of strata of stage one."""
        return len(self.stratum_names)


def read_positive(frame: pd.DataFrame, name: str, what: str, zeros: ZeroWeights) -> np.ndarray:
    """Return a column of positive numbers; raise, with the rows named, where it holds anything else."""
    column = frame[name]
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        raise DesignError(f"{what}s must be numbers, but {name!r} holds {column.dtype}; use pandas.to_numeric first")
    numbers: np.ndarray = column.to_numpy(dtype=float, na_value=np.nan)
    if len(numbers) and numbers.min() >= LEAST and numbers.max() <= MOST:  # not so when one of them is NaN
        return numbers
    for rule, wrong in (
        ("be present", np.isnan(numbers)),
        ("be finite", np.isinf(numbers)),
        ("be positive", numbers < 0),
        ("be positive", (numbers == 0) & (zeros == "error")),
    ):
        if wrong.any():
            remedy = "; correct them or leave these rows out first"
            if what == "weight" and (numbers[wrong] == 0).all():
                remedy = '; pass zero_weights="drop" to leave them out'
            raise DesignError(
                f"every {what} must {rule}, but {name!r} is {numbers[wrong][0]:g} in {int(wrong.sum())} row(s): {some(frame.index[wrong])}{remedy}"
            )
    beyond = (numbers > 0) & ((numbers < LEAST) | (numbers > MOST))
    if beyond.any():
        raise DesignError(
            f"every {what} must lie between {LEAST:g} and {MOST:g}, beyond which sums of squares leave the range of numbers, but {name!r} is {numbers[beyond][0]:g} in {int(beyond.sum())} row(s): {some(frame.index[beyond])}; multiply all by one factor, or correct them"
        )
    return numbers


def factorize_columns(frame: pd.DataFrame, names: Sequence[str], role: str) -> tuple[np.ndarray, list[object]]:
    """Return the code of each row's combination of values (sorted by value) and the combinations.

    Raises DesignError when a value is missing.
    """
    if not names:
        return np.zeros(len(frame), dtype=np.int64), [()]
    check_columns(frame, names, role)
    parts = [_complete_column(frame[name], role) for name in names]
    keys, span = parts[0].place, len(parts[0])
    for part in parts[1:]:
        if span * len(part) >= MOST_COMBINATIONS:
            raise DesignError(f"the columns {list(names)} have too many combinations to serve as {role}; name fewer")
        keys, span = keys * len(part) + part.place, span * len(part)
    used, codes = _compact(keys, span)
    columns: list[list[object]] = []
    for part in reversed(parts):
        used, place = np.divmod(used, len(part))
        columns.insert(0, part.codes_at(place))
    return codes, columns[0] if len(columns) == 1 else list(zip(*columns))


def _complete_column(column: pd.Series, role: str) -> CodedColumn:
    """Return a column as codes in order; a missing value in it is refused."""
    coded = code_column(column)
    if coded.has_missing:
        rows = column.index[coded.missing]
        raise DesignError(
            f"every respondent needs a {role}, but {column.name!r} is missing in {len(rows)} row(s): {some(rows)}; complete it or leave these rows out first"
        )
    return coded


def _compact(keys: np.ndarray, span: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted distinct keys below `span` and each key's position among them."""
    if span <= DENSE_PER_ROW * len(keys) + DENSE_AT_LEAST:
        present = np.bincount(keys, minlength=span) > 0
        used = np.flatnonzero(present)
        return used, keys if len(used) == span else (np.cumsum(present) - 1)[keys]
    used, codes = np.unique(keys, return_inverse=True)
    return used, codes


def make_units(frame: pd.DataFrame, names: dict[str, list[str]], lonely_psu: LonelyPSU, replicates: Any) -> Units:
    """Return the units of a design, from its columns or from its replicate weights."""
    if replicates is None:
        return _sampling_units(frame, names, lonely_psu)
    made_here = not np.array_equal(replicates.of_row, np.arange(len(frame)))
    if made_here:
        units = _sampling_units(frame, names, "certainty")
        if not np.array_equal(units.of_row, replicates.of_row):
            raise DesignError(
                "the replicate weights were made from other clusters than the design has; make them from this design"
            )
        return replace(units, replicates=replicates)
    row = np.arange(len(frame))
    if not names["cluster"] and not names["stratum"]:
        alone = Stage(np.zeros(len(frame), dtype=np.int64), np.ones(len(frame)), np.full(len(frame), np.inf), row)
        return Units(row, (alone,), ["all"], row, replicates)
    # factors stand by respondent, as after weighting steps; degrees of freedom are counted in clusters all the same
    units = _sampling_units(frame, names, "certainty")
    cluster = units.cluster_of_row
    alone = Stage(cluster, np.ones(len(frame)), np.full(len(frame), np.inf), row)
    return Units(row, (replace(units.stages[0], of_unit=cluster), alone), units.stratum_names, cluster, replicates)


def _sampling_units(frame: pd.DataFrame, names: dict[str, list[str]], lonely_psu: LonelyPSU) -> Units:
    if not any(names.values()):  # weights only: every respondent is a unit, and nothing needs to be looked up
        n = len(frame)
        rows = np.arange(n)
        return Units(rows, (Stage(np.zeros(n, dtype=np.int64), np.ones(n), np.full(n, np.inf), rows),), ["all"], rows)
    stratum, stratum_names = factorize_columns(frame, names["stratum"], "stratum")
    if not names["stratum"]:
        stratum_names = ["all"]
    if len(names["fpc"]) > max(1, len(names["cluster"])):
        raise DesignError(
            f"`fpc` names {len(names['fpc'])} columns, but the design has {max(1, len(names['cluster']))} stage(s); give one column per stage"
        )
    if not names["cluster"]:
        order = np.argsort(stratum, kind="stable")
        cluster = np.empty(len(frame), dtype=np.int64)
        cluster[order] = np.arange(len(frame))
        cluster_stratum = stratum[order]
    else:
        raw = _complete_column(frame[names["cluster"][0]], "cluster")
        used, cluster = _compact(stratum * len(raw) + raw.place, len(stratum_names) * len(raw))
        cluster_stratum, code = np.divmod(used, len(raw))
        repeated = len(code) - len(np.unique(code))
        if repeated:
            warn(
                f"{repeated} codes of {names['cluster'][0]!r} occur in more than one stratum and are taken for different clusters; rename them if they are the same places"
            )
    stages = [Stage(cluster_stratum, np.ones(len(cluster_stratum)), np.empty(0), np.empty(0, dtype=np.int64))]
    of_stage = [cluster]
    for name in names["cluster"][1:] if names["fpc"] else []:
        raw = _complete_column(frame[name], "cluster")
        used, unit = _compact(of_stage[-1] * len(raw) + raw.place, len(stages[-1].stratum) * len(raw))
        stages.append(Stage(used // len(raw), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64)))
        of_stage.append(unit)
    units = _finish_stages(frame, stages, of_stage, names["fpc"])
    if names["cluster"] or names["stratum"]:
        _check_lonely(units[0], stratum_names, names["cluster"], lonely_psu)
    for stage in units[1:]:
        _check_lonely(
            stage,
            [f"cluster {number + 1}" for number in range(int(stage.stratum.max()) + 1)],
            names["cluster"],
            lonely_psu,
        )
    return Units(of_stage[-1], tuple(units), stratum_names, cluster)


def _finish_stages(frame: pd.DataFrame, stages: list[Stage], of_stage: list[np.ndarray], fpc: list[str]) -> list[Stage]:
    """Return the stages with their population sizes, sampling fractions and links from the ultimate units."""
    some_row = np.empty(len(stages[-1].stratum), dtype=np.int64)
    some_row[of_stage[-1]] = np.arange(len(frame))
    done: list[Stage] = []
    fraction_above = np.ones(len(stages[0].stratum))
    for number, (stage, unit) in enumerate(zip(stages, of_stage)):
        drawn = np.bincount(stage.stratum)[stage.stratum]
        population = np.full(len(stage.stratum), np.inf)
        if number < len(fpc):
            population = _read_population(frame, fpc[number], unit, stage.stratum, drawn)
        parent = fraction_above if number == 0 else fraction_above[stage.stratum]
        done.append(Stage(stage.stratum, parent, population, unit[some_row]))
        fraction_above = parent * drawn / population
    return done


def _read_population(
    frame: pd.DataFrame, name: str, unit: np.ndarray, stratum: np.ndarray, drawn: np.ndarray
) -> np.ndarray:
    values = read_positive(frame, name, "population count", "error")
    by_unit = np.zeros(len(stratum))
    by_unit[unit] = values
    if (by_unit[unit] != values).any():
        raise DesignError(
            f"`fpc` column {name!r} must be constant inside each sampling unit; give the population count of the unit's stratum in every row"
        )
    if (by_unit <= 1).all():
        by_unit = drawn / by_unit
    by_stratum = np.zeros(int(stratum.max()) + 1)
    by_stratum[stratum] = by_unit
    if not np.allclose(by_stratum[stratum], by_unit, rtol=SAME_COUNT):
        raise DesignError(
            f"`fpc` column {name!r} must be constant inside each stratum; it says how many units the stratum has in the population"
        )
    if (by_unit < drawn * (1 - SAME_COUNT)).any():
        worst = int(np.argmax(drawn - by_unit))
        raise DesignError(
            f"`fpc` column {name!r} says {by_unit[worst]:g} units in a stratum of which {drawn[worst]} were drawn; a population count cannot be below the sample's"
        )
    return by_unit


def _check_lonely(stage: Stage, stratum_names: list[object], cluster: list[str], lonely_psu: LonelyPSU) -> None:
    clusters = np.bincount(stage.stratum, minlength=len(stratum_names))
    certain = np.zeros(len(clusters), dtype=bool)
    certain[stage.stratum] = clusters[stage.stratum] >= stage.population
    lonely = [name for name, count, sure in zip(stratum_names, clusters, certain) if count == 1 and not sure]
    if lonely and lonely_psu == "error":
        if len(stratum_names) == 1:
            raise DesignError(
                f"variance needs at least two clusters, but {cluster} has one value in all data; name a finer cluster"
            )
        raise DesignError(
            f'variance needs at least two clusters per stratum, but stratum {some(lonely)} has one; merge it with a neighbour, or pass lonely_psu="remove", "certainty", "adjust" or "average"'
        )
