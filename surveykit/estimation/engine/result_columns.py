"""From unit totals to a result: estimates as ratios of totals, their errors, their intervals, one row each."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import check_option, check_share, some, warn
from surveykit.conventions import conventions_of
from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from surveykit.estimation.engine.foretold_coverage import coverage_of_rows, say_coverage
from surveykit.estimation.engine.rounding import without_rounding
from surveykit.estimation.engine.t_distribution import t_interval
from surveykit.estimation.engine.variance import covariance_of_totals, variances_of_totals
from surveykit.findings import Names
from surveykit.results import Result, glossary_frame
from surveykit.weighting.replicates import ReplicateWeights
from surveykit.words.messages import Columns, Figure, Message, Slot, Told, counted, messages, spaced

DesignEffect = Literal["with_replacement", "without_replacement"]
Missing = Literal["itemwise", "listwise"]


@dataclass(frozen=True, slots=True, eq=False)
class RatioTotals:
    """Estimates as ratios of weighted totals, kept as unit totals.

    Attributes
    ----------
    numerator, denominator : float array, (units, estimates)
        Unit totals; the estimate is the ratio of the column sums. A total has a denominator that sums to one
        and is marked by `fixed`.
    presence : float array, (units, estimates)
        Weight of the respondents who stand behind the estimate (zero where a unit has none).
    fixed : bool
        True for totals: the denominator is a constant and adds no variance.
    """

    numerator: np.ndarray
    denominator: np.ndarray
    presence: np.ndarray
    fixed: bool = False

    @property
    def estimates(self) -> np.ndarray:
        """The ratios, (estimates,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.numerator.sum(axis=0) / self._denominators)

    @property
    def _denominators(self) -> np.ndarray:
        return np.ones(self.numerator.shape[1]) if self.fixed else self.denominator.sum(axis=0)

    @property
    def sizes(self) -> np.ndarray:
        """How large the numbers are whose difference a linearized total is, (estimates,)."""
        if self.fixed:
            return np.asarray(np.abs(self.numerator).max(axis=0, initial=0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            parts = np.abs(self.numerator) + np.abs(self.estimates * self.denominator)
            return np.asarray(parts.max(axis=0, initial=0.0) / np.abs(self._denominators))

    @property
    def linearized(self) -> np.ndarray:
        """Linearized unit totals ``(A_u - R B_u) / B``, (units, estimates); Woodruff (1971)."""
        return without_rounding(self.linearize(self.numerator, self.denominator), self.sizes)

    def linearize(self, numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
        """Return the linearized values of sums over any units, at these estimates."""
        if self.fixed:
            return numerator
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((numerator - self.estimates * denominator) / self._denominators)


@dataclass(frozen=True, slots=True, eq=False)
class UnitTotals:
    """What the joint distribution of estimates follows from.

    Attributes
    ----------
    linearized : float array, (units, estimates)
        Linearized weighted total of each sampling unit, already corrected for calibration: column sums of any
        combination of rows have the variance of that combination. With replicate weights, replicate minus full-sample
        estimates.
    presence : float array, (units, estimates)
        Weight of the respondents behind each estimate.
    """

    linearized: np.ndarray
    presence: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How far each estimate may be off, and what stands behind it.

    Attributes
    ----------
    std_error : float array, (estimates,)
    df : float array, (estimates,)
        Clusters minus strata in which the estimate has respondents.
    n_clusters : array, (estimates,)
    n_weighted : float array, (estimates,)
        Weight of these respondents.
    """

    std_error: np.ndarray
    df: np.ndarray
    n_clusters: np.ndarray
    n_weighted: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimates(Result):
    """Estimates of one kind with everything that their joint distribution needs.

    Attributes
    ----------
    design : SurveyDesign
    unit_totals : UnitTotals or callable
        What the joint distribution of the rows follows from, or what makes it when it is asked for.
    df_lost : float
        Degrees of freedom that the estimator has used up (coefficients of a model beyond the first).
    combines : tuple of (Estimates, bool array), optional
        The estimates of which these are a function, and which of their rows it uses: who knows the others may work one
        of them out.
    of_sums : bool
        Whether the rows are totals, whose error does not vanish where a single cluster stands behind one.
    behind : callable, optional
        From a mask of rows to a mask of the respondents behind any of them.
    persons : callable, optional
        How many respondents gave the answer of each row, not weighted, by outcome, group and level.
    heaviest : callable, optional
        The two largest weights behind each row, by outcome and group.
    lone : float array, (directions, rows), optional
        Combinations of a model's coefficients that a single cluster stands behind: without it they are not known.
    covered : mapping from (outcome, group) to float
        What 95 % intervals are foretold to cover, as a share from 0 to 1, where that is less than they say.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, None], "q2": [1, 1, 2, 2], "village": list("AABB")})
    >>> result = sk.means(sk.SurveyDesign(answers, cluster="village"), ["q1", "q2"])
    >>> result.covariance.round(4)  # of the two means, also with each other
    array([[0.4444, 0.3333],
           [0.3333, 0.25  ]])
    >>> result.missing[["outcome", "reason", "n"]]
      outcome reason  n
    0      q1  empty  1
    1      q2  empty  0
    """

    design: SurveyDesign = field(repr=False)
    unit_totals: UnitTotals | Callable[[], UnitTotals] = field(repr=False)
    confidence: float = 0.95
    df_lost: float = 0.0
    count_missing: Callable[[], pd.DataFrame] | None = field(default=None, repr=False)
    combines: "tuple[Estimates, np.ndarray] | None" = field(default=None, repr=False)
    of_sums: bool = False
    behind: Callable[[np.ndarray], np.ndarray] | None = field(default=None, repr=False)
    persons: Callable[[], Mapping[tuple[str, str, str], int]] | None = field(default=None, repr=False)
    heaviest: Callable[[], Mapping[tuple[str, str], tuple[float, float]]] | None = field(default=None, repr=False)
    lone: np.ndarray | None = field(default=None, repr=False)
    covered: Mapping[tuple[str, str], float] = field(default_factory=dict, repr=False)

    @cached_property
    def _unit_totals(self) -> UnitTotals:
        return self.unit_totals() if callable(self.unit_totals) else self.unit_totals

    @property
    def linearized(self) -> np.ndarray:
        """Linearized unit totals of the rows of the table, (units, rows); see `UnitTotals`."""
        return self._unit_totals.linearized

    @property
    def presence(self) -> np.ndarray:
        """Weight of the respondents behind each row of the table, (units, rows)."""
        return self._unit_totals.presence

    @cached_property
    def covariance(self) -> np.ndarray:
        """Covariance of the rows of the table, also between groups and outcomes, (rows, rows)."""
        return covariance_of_totals(self.linearized, self.design.units, self.design.lonely_psu)

    def _messages(self, table: pd.DataFrame, names: Names) -> list[Message]:
        messages = super()._messages(table, names)
        known = table[table["estimate"].notna()]
        rows = set(zip(known["outcome"], known["group"])) if messages else set()
        covered = {name: share for name, share in self.covered.items() if name in rows}
        return [*messages, *([say_coverage(covered, names)] if covered else [])]

    @cached_property
    def missing(self) -> pd.DataFrame:
        """Those who did not answer: outcome, group, reason, n, share (weighted, of all in the group)."""
        return self.count_missing() if self.count_missing else pd.DataFrame()


def domain_degrees_of_freedom(presence: np.ndarray, design: SurveyDesign) -> tuple[np.ndarray, np.ndarray]:
    """Return for each estimate its degrees of freedom (clusters present minus strata present) and its clusters.

    With replicate weights, at most their own degrees of freedom; these alone where the design names no clusters.

    Parameters
    ----------
    presence : float array, (ultimate units, estimates)
        Positive where a unit has respondents behind the estimate.
    """
    units = design.units
    here = presence > 0
    if len(units.stages) > 1:
        in_cluster = np.zeros((units.n_clusters, here.shape[1]), dtype=bool)
        for number, column in enumerate(here.T):
            in_cluster[:, number] = np.bincount(units.stages[0].of_unit, column, minlength=units.n_clusters) > 0
        here = in_cluster
    n_clusters = here.sum(axis=0)
    if design.replicates is not None and not design.cluster and not design.stratum:
        return np.full(here.shape[1], float(design.replicates.df)), np.full(here.shape[1], np.nan)
    stratum = units.stages[0].stratum
    starts = np.searchsorted(stratum, np.arange(units.n_strata))
    n_strata = np.logical_or.reduceat(here, starts, axis=0).sum(axis=0)
    # a stratum without anybody of the domain adds nothing to its variance and nothing to its degrees of freedom
    df = (n_clusters - n_strata).astype(float)
    return df if design.replicates is None else np.minimum(df, design.replicates.df), n_clusters


def row_degrees_of_freedom(presence: np.ndarray, design: SurveyDesign) -> tuple[np.ndarray, np.ndarray]:
    """Return degrees of freedom and clusters of each estimate by the design's conventions; infinite for z intervals."""
    df, n_clusters = domain_degrees_of_freedom(presence, design)
    return _by_conventions(df, design), n_clusters


def _by_conventions(df: np.ndarray, design: SurveyDesign) -> np.ndarray:
    rules = conventions_of(design)
    if rules.df == "design":
        df = np.full(len(df), float(design.degrees_of_freedom))
    return np.where(df > 0, np.inf, df) if rules.interval == "z" else df


def t_degrees_of_freedom(df: np.ndarray, design: SurveyDesign) -> np.ndarray:
    """Return degrees of freedom by the conventions for intervals that take t under every preset.

    R takes z for means, but t with the degrees of freedom of the rows' own clusters for shares (``svyciprop``) and
    quantiles (``svyquantile``).
    """
    return df if conventions_of(design).interval == "z" else _by_conventions(df, design)


def standard_errors(linearized: np.ndarray, design: SurveyDesign) -> np.ndarray:
    """Return the design-based standard error of each column of linearized unit totals."""
    return np.asarray(np.sqrt(variances_of_totals(linearized, design.units, design.lonely_psu)))


def standard_columns(
    design: SurveyDesign,
    outcome: Sequence[str] | np.ndarray,
    group: Sequence[str] | np.ndarray,
    estimate: np.ndarray,
    spread: Spread,
    n: np.ndarray,
    confidence: float,
    *,
    of_sums: bool = False,
) -> dict[str, Any]:
    """Return the columns that every kind of estimate has, with t intervals; warn of rows without degrees of freedom.

    A mean or share of a single cluster lies where its cluster lies: the linearized totals add up to zero there, which
    is no error of zero but none. A total (`of_sums`) has one.

    Parameters
    ----------
    outcome, group : sequence of str
        Names of each row.
    estimate : float array, (rows,)
    spread : Spread
    n : int array, (rows,)
        Respondents behind each row.
    """
    check_share(confidence, "confidence")
    df = _by_conventions(spread.df, design)
    warn_without_df(df, outcome, group)
    std_error = spread.std_error
    if design.conventions == "surveykit" and not of_sums and len(design.units.stages) == 1:
        std_error = np.where(np.asarray(spread.n_clusters, dtype=float) == 1, np.nan, std_error)
    alone = (std_error == 0) & (spread.df <= 0)  # all of a group in one cluster: its error is unknown, and not zero
    if design.conventions == "surveykit":
        std_error = np.where(alone, np.nan, std_error)
    low, high = t_interval(estimate, std_error, df, confidence)
    return {
        "outcome": np.asarray(outcome, dtype=object),
        "group": np.asarray(group, dtype=object),
        "method": "linearized",
        "estimate": estimate,
        "std_error": std_error,
        "df": df,
        "conf_low": low,
        "conf_high": high,
        "n": n,
        "n_clusters": spread.n_clusters,
        "n_weighted": spread.n_weighted,
    }


def simple_random_variance(
    spread: np.ndarray, n: np.ndarray, weight: np.ndarray, design: SurveyDesign, kind: DesignEffect
) -> np.ndarray:
    """Return the variance of a mean under simple random sampling, (estimates,).

    Parameters
    ----------
    spread : float array, (estimates,)
        ``sum(w (y - ybar)**2) / sum(w)``.
    n : int array, (estimates,)
        Respondents behind each estimate.
    weight : float array, (estimates,)
        Their sum of weights.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        if conventions_of(design).simple_random == "sample":  # the mean is a ratio of two totals of the whole sample
            size, whole = len(design), float(design.weights.sum())
            return np.asarray(spread * whole / weight / (size - 1) * _finite(np.array(whole), size, kind))
        return np.asarray(spread / (n - 1) * _finite(weight, n, kind))


def simple_random_total(
    spread: np.ndarray, mean: np.ndarray, n: np.ndarray, weight: np.ndarray, design: SurveyDesign, kind: DesignEffect
) -> np.ndarray:
    """Return the variance of a total under simple random sampling; see `simple_random_variance`."""
    if conventions_of(design).simple_random == "group":
        return np.asarray(simple_random_variance(spread, n, weight, design, kind) * weight**2)
    size, whole = len(design), float(design.weights.sum())
    squares = weight * (spread + mean**2) - (weight * mean) ** 2 / whole  # y counts as 0 outside the group
    return np.asarray(squares * whole / (size - 1) * _finite(np.array(whole), size, kind))


def _finite(weight: np.ndarray, n: np.ndarray | int, kind: DesignEffect) -> np.ndarray:
    return np.where(weight > n, (weight - n) / weight, np.nan) if kind == "without_replacement" else np.ones(())


def design_effect_of(design: SurveyDesign, asked: DesignEffect | None, usual: DesignEffect) -> DesignEffect:
    """Return what a design effect compares with: what was asked for, or what the conventions have."""
    if asked is not None:
        check_option(asked, get_args(DesignEffect), "design_effect")
        return asked
    if conventions_of(design).simple_random == "sample":
        return "without_replacement" if design.fpc else "with_replacement"
    return usual


def spread_of(totals: UnitTotals, design: SurveyDesign) -> Spread:
    """Return how far estimates may be off from their unit totals."""
    df, n_clusters = domain_degrees_of_freedom(totals.presence, design)
    return Spread(standard_errors(totals.linearized, design), df, n_clusters, totals.presence.sum(axis=0))


NO_INTERVAL = "no interval can be given for"


@contextmanager
def told_beside_the_number() -> Iterator[None]:
    """Keep silent about estimates without an interval where whoever shows them says so beside each."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=NO_INTERVAL, category=SurveyKitWarning)
        yield


def warn_without_df(
    df: np.ndarray, outcomes: Sequence[str] | np.ndarray, groups: Sequence[str] | np.ndarray | None = None
) -> None:
    """Warn when rows, named by outcome and group, have no degrees of freedom left."""
    rows = np.flatnonzero(df <= 0).tolist()
    if len(rows):
        lost = [outcomes[row] if groups is None else f"{outcomes[row]} ({groups[row]})" for row in rows]
        warn(
            f"{NO_INTERVAL} {some(dict.fromkeys(lost), 5)}: as many strata as clusters are present there (one cluster, if there are no strata), so no degrees of freedom are left"
        )


def facts_of(design: SurveyDesign, confidence: float) -> Mapping[str, object]:
    """Return what holds for every row of a result on this design."""
    return {
        "n_rows": len(design),
        "n_clusters": design.units.n_clusters,
        "n_strata": design.units.n_strata,
        "df_design": design.degrees_of_freedom,
        "confidence": confidence,
    }


def facts_behind(design: SurveyDesign, confidence: float, n: Any, n_clusters: Any) -> Mapping[str, object]:
    """Return the facts of a result whose rows rest on those who answered: numbers, or a range such as "371 to 375".

    Parameters
    ----------
    design : SurveyDesign
    confidence : float
    n, n_clusters : int, or int array
        Respondents and clusters behind each outcome.
    """
    counts = {"n_respondents": _known(n), "n_clusters": _known(n_clusters)}
    known = {
        name: int(one[0]) if one.min() == one.max() else Told.of(span(one)) for name, one in counts.items() if len(one)
    }
    return {**facts_of(design, confidence), **known}


def span(counts: Any) -> Slot:
    """Return counts as one number, or as the range of them; "" where none is known (inside supplied replicates).

    Examples
    --------
    >>> span([375, 371, 375]).say("en"), span(1200)
    ('371 to 375', 1200)
    """
    known = _known(counts)
    if not len(known):
        return ""
    low, high = int(known.min()), int(known.max())
    return low if low == high else Message("design.range", {"low": low, "high": high})


def _known(counts: Any) -> np.ndarray:
    """Return the counts that are known, (counts,)."""
    known = np.asarray(counts, dtype=float).ravel()
    return np.asarray(known[np.isfinite(known)])


Freedom = Literal["row", "design", "asked", "z"]


def freedom_of(design: SurveyDesign, always_t: bool = False) -> Freedom:
    """Return what stands behind the intervals by the conventions; see `t_degrees_of_freedom` for those that take t."""
    rules = conventions_of(design)
    if rules.interval == "z":
        return "row" if always_t else "z"
    return rules.df


def describe_variance(
    design: SurveyDesign, confidence: float, interval: Message, freedom: Freedom | None = None
) -> Message:
    """Return the part of a method sentence that tells of errors and intervals.

    `freedom` is whose degrees of freedom stand behind the intervals, where not those of the conventions.
    """
    rules = conventions_of(design)
    whose = freedom or freedom_of(design)
    df: dict[str, Slot] = {"df": Figure(f"{design.degrees_of_freedom:g}")} if whose == "design" else {}
    ends: dict[str, Slot] = {
        "percent": Figure(f"{100 * confidence:g}%"),
        "interval": interval,
        "whose": Message(f"freedom.{whose}", df),
        "design": design.describe(),
        "conventions": rules.name,
    }
    end = Message("estimates.end", ends)
    if design.replicates is not None:
        return Message("estimates.replicates", {"replicates": describe_replicates(design.replicates), "end": end})
    lonely = Message("estimates.lonely", {"rule": design.lonely_psu})
    details = Told.of(
        Message("estimates.finite") if design.fpc else "",
        lonely if design.lonely_psu != "error" else "",
        Message("estimates.calibrated") if design.calibration else "",
    )
    return counted("estimates.linearized", len(design.units.stages), details=details, end=end)


def tests_end(design: SurveyDesign, n: Slot = "", n_clusters: Slot = "") -> Message:
    """Return how the method sentence of a test ends: the sample that it rests on, and the conventions."""
    slots: dict[str, Slot] = {"design": design.describe(n, n_clusters), "conventions": design.conventions}
    return Message("tests.end", slots)


def interval_words(name: str) -> Message:
    """Return how intervals are made: "t intervals"; a name without words of its own is said as it is."""
    key = f"interval.{name}"
    return Message(key) if key in messages() else Message("interval.other", {"name": name})


def describe_replicates(replicates: ReplicateWeights) -> Message:
    """Return the replicate weights in a few words."""
    slots: dict[str, Slot] = {
        "n": Figure(str(replicates.n_replicates)),
        "kind": replicates.kind,
        "scale": Figure(f"{replicates.scale:.6g}"),
        "centre": Message("replicates.full" if replicates.mse else "replicates.mean"),
    }
    return Message("replicates.words", slots)


def _tell_of_zeros(columns: Mapping[str, Any], design: SurveyDesign) -> Told:
    """Return the sentence on errors of 0 that another package prints where all of a group are of one cluster."""
    names, groups = columns.get("outcome", ()), columns.get("group", ())
    zero = (np.asarray(columns["std_error"]) == 0) & (np.asarray(columns["n_clusters"], dtype=float) == 1)
    rows = [f"{names[row]} ({groups[row]})" for row in np.flatnonzero(zero).tolist() if len(groups) == len(zero)]
    if not rows:
        return Told()
    listed = Columns(tuple(dict.fromkeys(rows)), 5)
    return spaced(Message("estimates.zero", {"rows": listed, "conventions": repr(design.conventions)}))


def _tell_of_impossible(columns: Mapping[str, Any], never_negative: np.ndarray) -> Told:
    """Return the sentence on intervals, symmetric around the estimate, that reach below 0 where nothing can be."""
    below = np.asarray(columns["conf_low"], dtype=float) < 0
    return spaced(Message("estimates.below_zero")) if (below & never_negative).any() else Told()


def assemble(columns: Mapping[str, Any], estimator: Slot, design: SurveyDesign, **parts: Any) -> Estimates:
    """Return Estimates from glossary columns; `estimator` opens the method sentence.

    Columns, and not a `Row` for each estimate as elsewhere: they come as arrays from one product over all items and
    groups, thousands of rows at a time.
    """
    lang, confidence, interval = parts.pop("lang"), parts.pop("confidence"), parts.pop("interval", None)
    interval = interval_words(interval or conventions_of(design).interval)
    freedom = parts.pop("freedom", None)
    variance = describe_variance(design, confidence, interval, freedom)
    impossible = _tell_of_impossible(columns, parts.pop("never_negative", np.array(False)))
    covered = _foretell(columns, design, parts)
    few = spaced(say_coverage(covered)) if covered else Told()
    further = Told.of(_tell_of_zeros(columns, design), impossible, few)
    method = Told.of(
        Message("estimates.method", {"estimator": estimator, "variance": variance, "further": further}),
    )
    if design.replicates is not None:
        columns = {**columns, "method": "replicates"}
    return Estimates(
        glossary_frame(columns),
        method,
        design.origin(lang),
        facts_of(design, confidence),
        design=design,
        confidence=confidence,
        covered=covered,
        **parts,
    )


def _foretell(
    columns: Mapping[str, Any], design: SurveyDesign, parts: Mapping[str, Any]
) -> dict[tuple[str, str], float]:
    """Return what intervals are foretold to cover where that is too little.

    Not of totals, whose error holds how much clusters differ in size; nor of contrasts, which have rules of their own
    (`settlement_level`).
    """
    totals = parts["unit_totals"]
    if parts.get("of_sums") or parts["quantity"] == "contrast" or not isinstance(totals, UnitTotals):
        return {}
    return coverage_of_rows(design, totals.presence, columns["df"], columns["n"], columns["outcome"], columns["group"])
