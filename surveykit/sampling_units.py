"""The sampling units of a design as arrays: who belongs to which cluster, in which stratum, at each stage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from surveykit._checks import some, warn
from surveykit.errors import DesignError

LonelyPSU = Literal["error", "remove", "certainty", "adjust", "average", "missing"]
"""What to do with a stratum of one cluster."""
ZeroWeights = Literal["error", "drop"]


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
        When present, variance comes from them, not from stages; their rows of factors are these units.
    """

    of_row: np.ndarray
    stages: tuple[Stage, ...]
    stratum_names: list[object]
    cluster_of_row: np.ndarray
    replicates: Any = None

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
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    for rule, wrong in (("be present", np.isnan(numbers)), ("be finite", np.isinf(numbers)),
                        ("be positive", numbers < 0), ("be positive", (numbers == 0) & (zeros == "error"))):
        if wrong.any():
            remedy = "; correct them or leave these rows out first"
            if what == "weight" and (numbers[wrong] == 0).all():
                remedy = '; pass zero_weights="drop" to leave them out'
            raise DesignError(f"every {what} must {rule}, but {name!r} is {numbers[wrong][0]:g} in "
                              f"{int(wrong.sum())} row(s): {some(frame.index[wrong])}{remedy}")
    return numbers


def factorize_columns(frame: pd.DataFrame, names: Sequence[str], role: str) -> tuple[np.ndarray, list[object]]:
    """Return the code of each row's combination of values (sorted by value) and the combinations.

    Raises DesignError when a value is missing.
    """
    codes, combinations = np.zeros(len(frame), dtype=np.int64), [()]
    for name in names:
        part, values = _factorize(frame[name])
        if (part < 0).any():
            rows = frame.index[part < 0]
            raise DesignError(f"every respondent needs a {role}, but {name!r} is missing in {len(rows)} row(s): "
                              f"{some(rows)}; complete it or leave these rows out first")
        product = codes * len(values) + part
        used, codes = _compact(product, len(combinations) * len(values))
        combinations = [(*combinations[key // len(values)], values[key % len(values)]) for key in used]
    return codes, [one[0] if len(one) == 1 else one for one in combinations]


def _factorize(column: pd.Series) -> tuple[np.ndarray, list[object]]:
    """Return codes in the order of sorted values (missing = -1) and the values; whole numbers need no hashing."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu" and len(column):
        numbers = column.to_numpy()
        low = int(numbers.min())
        span = int(numbers.max()) - low + 1
        if span <= 4 * len(numbers) + 1024:
            used, codes = _compact(numbers - low, span)
            return codes, [int(key) + low for key in used]
    codes, values = pd.factorize(column, sort=False)
    try:
        order = np.argsort(values)
    except TypeError:
        order = np.argsort([str(value) for value in values])
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values))
    return np.where(codes >= 0, rank[codes] if len(values) else -1, -1), [values[position] for position in order]


def _compact(keys: np.ndarray, span: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted distinct keys below `span` and each key's position among them."""
    if span <= 4 * len(keys) + 1024:
        present = np.bincount(keys, minlength=span) > 0
        return np.flatnonzero(present), (np.cumsum(present) - 1)[keys]
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
            raise DesignError("the replicate weights were made from other clusters than the design has; make them from "
                              "this design")
        return replace(units, replicates=replicates)
    row = np.arange(len(frame))
    alone = Stage(np.zeros(len(frame), dtype=np.int64), np.ones(len(frame)), np.full(len(frame), np.inf), row)
    return Units(row, (alone,), ["all"], row, replicates)


def _sampling_units(frame: pd.DataFrame, names: dict[str, list[str]], lonely_psu: LonelyPSU) -> Units:
    if not any(names.values()):  # weights only: every respondent is a unit, and nothing needs to be looked up
        n = len(frame)
        rows = np.arange(n)
        return Units(rows, (Stage(np.zeros(n, dtype=np.int64), np.ones(n), np.full(n, np.inf), rows),), ["all"], rows)
    stratum, stratum_names = factorize_columns(frame, names["stratum"], "stratum")
    if not names["stratum"]:
        stratum_names = ["all"]
    if len(names["fpc"]) > max(1, len(names["cluster"])):
        raise DesignError(f"`fpc` names {len(names['fpc'])} columns, but the design has "
                          f"{max(1, len(names['cluster']))} stage(s); give one column per stage")
    if not names["cluster"]:
        order = np.argsort(stratum, kind="stable")
        cluster = np.empty(len(frame), dtype=np.int64)
        cluster[order] = np.arange(len(frame))
        cluster_stratum = stratum[order]
    else:
        raw, _ = factorize_columns(frame, names["cluster"][:1], "cluster")
        n_raw = int(raw.max()) + 1
        used, cluster = _compact(stratum * n_raw + raw, len(stratum_names) * n_raw)
        cluster_stratum = used // n_raw
        if len(used) > n_raw:
            warn(f"{len(used) - n_raw} codes of {names['cluster'][0]!r} occur in more than one stratum and are taken "
                 "for different clusters; rename them if they are the same places")
    stages = [Stage(cluster_stratum, np.ones(len(cluster_stratum)), np.empty(0), np.empty(0, dtype=np.int64))]
    of_stage = [cluster]
    for name in names["cluster"][1:] if names["fpc"] else []:
        raw, _ = factorize_columns(frame, [name], "cluster")
        n_raw = int(raw.max()) + 1
        used, unit = _compact(of_stage[-1] * n_raw + raw, (int(of_stage[-1].max()) + 1) * n_raw)
        stages.append(Stage(used // n_raw, np.empty(0), np.empty(0), np.empty(0, dtype=np.int64)))
        of_stage.append(unit)
    units = _finish_stages(frame, stages, of_stage, names["fpc"])
    if names["cluster"] or names["stratum"]:
        _check_lonely(units[0], stratum_names, names["cluster"], lonely_psu)
    for stage in units[1:]:
        _check_lonely(stage, [f"cluster {number + 1}" for number in range(int(stage.stratum.max()) + 1)],
                      names["cluster"], lonely_psu)
    return Units(of_stage[-1], tuple(units), stratum_names, cluster)


def _finish_stages(frame: pd.DataFrame, stages: list[Stage], of_stage: list[np.ndarray], fpc: list[str]) -> list[Stage]:
    """Return the stages with their population sizes, sampling fractions and links from the ultimate units."""
    n_ultimate = int(of_stage[-1].max()) + 1
    first_row = np.empty(n_ultimate, dtype=np.int64)
    first_row[of_stage[-1][::-1]] = np.arange(len(frame))[::-1]
    done: list[Stage] = []
    fraction_above = np.ones(int(of_stage[0].max()) + 1)
    for number, (stage, unit) in enumerate(zip(stages, of_stage)):
        drawn = np.bincount(stage.stratum)[stage.stratum]
        population = np.full(len(stage.stratum), np.inf)
        if number < len(fpc):
            population = _read_population(frame, fpc[number], unit, stage.stratum, drawn)
        parent = fraction_above if number == 0 else fraction_above[stage.stratum]
        done.append(Stage(stage.stratum, parent, population, unit[first_row]))
        fraction_above = parent * drawn / population
    return done


def _read_population(frame: pd.DataFrame, name: str, unit: np.ndarray, stratum: np.ndarray,
                     drawn: np.ndarray) -> np.ndarray:
    values = read_positive(frame, name, "population count", "error")
    by_unit = np.zeros(len(stratum))
    by_unit[unit] = values
    if (by_unit[unit] != values).any():
        raise DesignError(f"`fpc` column {name!r} must be constant inside each sampling unit; give the population "
                          "count of the unit's stratum in every row")
    if (by_unit <= 1).all():
        by_unit = drawn / by_unit
    by_stratum = np.zeros(int(stratum.max()) + 1)
    by_stratum[stratum] = by_unit
    if not np.allclose(by_stratum[stratum], by_unit, rtol=1e-12):
        raise DesignError(f"`fpc` column {name!r} must be constant inside each stratum; it says how many units the "
                          "stratum has in the population")
    if (by_unit < drawn * (1 - 1e-12)).any():
        worst = int(np.argmax(drawn - by_unit))
        raise DesignError(f"`fpc` column {name!r} says {by_unit[worst]:g} units in a stratum of which {drawn[worst]} "
                          "were drawn; a population count cannot be below the sample's")
    return by_unit


def _check_lonely(stage: Stage, stratum_names: list[object], cluster: list[str], lonely_psu: LonelyPSU) -> None:
    clusters = np.bincount(stage.stratum, minlength=len(stratum_names))
    certain = np.zeros(len(clusters), dtype=bool)
    certain[stage.stratum] = clusters[stage.stratum] >= stage.population
    lonely = [name for name, count, sure in zip(stratum_names, clusters, certain) if count == 1 and not sure]
    if lonely and lonely_psu == "error":
        if len(stratum_names) == 1:
            raise DesignError(f"variance needs at least two clusters, but {cluster} has one value in all data; "
                              "name a finer cluster")
        raise DesignError(f"variance needs at least two clusters per stratum, but stratum {some(lonely)} has one; "
                          'merge it with a neighbour, or pass lonely_psu="remove", "certainty", "adjust" or "average"')
