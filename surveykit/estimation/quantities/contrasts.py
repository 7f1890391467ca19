"""Functions of estimates with the right error: differences, ratios, any smooth function of the rows of a result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import check_share, some, suggest
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.replication import fill_gaps
from surveykit.estimation.engine.result_columns import (
    Estimates,
    UnitTotals,
    assemble,
    row_degrees_of_freedom,
    standard_errors,
)
from surveykit.estimation.engine.rounding import combined, rounding_of, t_statistics, without_rounding
from surveykit.estimation.engine.settlement_level import (
    no_error,
    rests_on_one_cluster,
    sides_of_rows,
    tell_of_sides,
    withholds,
)
from surveykit.estimation.engine.t_distribution import t_interval, two_sided_p
from surveykit.estimation.engine.totals import weights_of
from surveykit.words.messages import Message, Told, spaced

Weights = Mapping[int | str, float] | Mapping[int, float] | Mapping[str, float] | Sequence[float] | np.ndarray


def contrast(
    result: Estimates,
    function: Weights | Callable[[np.ndarray], float],
    *,
    name: str = "contrast",
    null: float = 0.0,
    confidence: float | None = None,
) -> Estimates:
    """Estimate a linear combination or a smooth function of the rows of a result.

    Parameters
    ----------
    result : Estimates
        From `means`, `totals`, `shares`, `ratios`, `quantiles`, `fit_model`, `predictions` and the like.
    function : mapping, sequence or callable
        Weights of the rows: one per row, or a mapping from rows to weights, a row being named by its number or by a
        text that it alone has as its group, outcome, level or term. Or a smooth function from the vector of estimates
        to a number.
    name : str
        What to call it; the table's `term`.
    null : float
        Value that the t test holds it against.
    confidence : float, optional
        Confidence level; that of `result` by default.

    Returns
    -------
    Estimates
        One row, with statistic, df and p-value.

    Raises
    ------
    ArgumentError
        When `result` has no joint covariance of its rows, there is not one finite weight per row, a row is named that
        does not exist or is named twice or by a text that several rows have, or the function gives no number or no
        derivative.

    Notes
    -----
    The linearized unit totals of the rows are combined with the weights, or with the gradient of the function
    (delta method), so the covariance between rows is taken into account. With replicate weights the function is
    computed anew from the estimates of each. Degrees of freedom: clusters minus strata in which any row with a non-zero
    weight has respondents. R: ``svycontrast(svyby(..., covmat = TRUE, return.replicates = TRUE), c(-1, 1))``.

    ``n`` counts the respondents behind any of the rows used, each once.

    When rows that are held against each other share no cluster (villages of one kind against those of another), a
    warning and the method tell how many clusters stand on each side, and that `compare_settlements` is the test to use.
    A row that a single cluster stands behind has no known error, and neither has a function of it: the contrast then
    has an estimate, no degrees of freedom and no error, unless `conventions` ask for another package's.

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys. International
    Statistical Review 51, 279-292.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [1, 2, 3, 4], "q2": [1, 1, 2, 2], "village": ["A", "A", "B", "B"]})
    >>> both = sk.means(sk.SurveyDesign(answers, cluster="village"), ["q1", "q2"])
    >>> difference = sk.contrast(both, {"q1": 1, "q2": -1}, name="q1 - q2")
    >>> ratio = sk.contrast(both, lambda both: both[0] / both[1], name="q1 / q2", null=1)
    >>> [row.table[["estimate", "std_error"]].round(4).values.tolist() for row in (difference, ratio)]
    [[[1.0, 0.5]], [[1.6667, 0.1111]]]
    """
    confidence = result.confidence if confidence is None else check_share(confidence, "confidence")
    estimates = result.table["estimate"].to_numpy()
    if callable(function):
        _check_number(function(estimates))
        value, gradient = float(function(estimates)), _gradient(function, estimates)
    else:
        gradient = _weights(function, result.table)
        used = gradient != 0
        value = float(gradient[used] @ estimates[used])
    # only the rows that count: an empty group's estimate is NaN, and zero times NaN is NaN
    used = gradient != 0
    replicates = result.design.replicates
    if callable(function) and replicates is not None:
        # a replicate design needs no derivative: the function of each replicate's estimates shows how it moves, as
        # R's svycontrast does with replicates kept; the delta method (Binder 1983) is for linearized designs
        anew = np.array([[_defined(function, estimates + change)] for change in result.linearized])
        linearized, how = without_rounding(fill_gaps(anew - value, replicates), abs(value), replicates.rounding), Told()
    else:
        linearized = combined(result.linearized[:, used], gradient[used, None], rounding_of(result.design))
        how = Told.of(Message("estimator.delta") if callable(function) else "")
    presence = result.presence[:, used].sum(axis=1, keepdims=True)
    unknown, note = _ask_for_clusters(result, gradient)
    if unknown:
        linearized = np.full_like(linearized, np.nan)
    std_error = standard_errors(linearized, result.design)
    df, n_clusters = row_degrees_of_freedom(presence, result.design)
    # coefficients of a model have used up degrees of freedom already
    df = np.zeros(1) if unknown else df - result.df_lost
    low, high = t_interval(np.array([value]), std_error, df, confidence)
    statistic = t_statistics(np.array([value - null]), std_error, f"the estimates in {name!r}")
    columns = {
        "outcome": [", ".join(dict.fromkeys(result.table["outcome"][used]))],
        "term": [name],
        "method": "linearized",
        "estimate": [value],
        "std_error": std_error,
        "statistic": statistic,
        "df": df,
        "p_value": two_sided_p(statistic, df),
        "conf_low": low,
        "conf_high": high,
        "n_clusters": n_clusters,
        **_count_behind(result, used),
    }
    contrasted = assemble(
        columns,
        Message("estimator.contrast", {"name": name, "how": how}),
        result.design,
        quantity="contrast",
        lang=result.origin.lang,
        confidence=confidence,
        unit_totals=UnitTotals(linearized, presence),
        df_lost=result.df_lost,
        combines=(result, used),
        behind=None if result.behind is None else _constant(result.behind(used)),
    )
    return replace(contrasted, method=Told.of(contrasted.method, note))


def _constant(inside: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function that gives the same respondents for any rows: there is one."""
    return lambda _: inside


def _ask_for_clusters(result: Estimates, gradient: np.ndarray) -> tuple[bool, Told]:
    """Return whether a function of estimates has no known error, and what the method says of the clusters behind it."""
    design, used = result.design, gradient != 0
    if result.lone is not None:  # coefficients of a model: the fit has told of their clusters
        alone = bool(rests_on_one_cluster(result.lone, gradient[None])[0])
        note = spaced(Message("terms.contrast", {"error": no_error(design)}))
        return alone and withholds(design), note if alone else Told()
    table = result.table[used]
    column = "group" if table["group"].nunique() > 1 or table["outcome"].nunique() < 2 else "outcome"
    labels = [str(label) for label in table[column]]
    sides = sides_of_rows(design, result.presence[:, used], labels, table["n"].to_numpy(), gradient[used])
    if (gradient[used] > 0).all() or (gradient[used] < 0).all():  # a sum or an average holds nothing against another
        sides = replace(
            sides, few=False, settlement_level=False, uneven=None, lone={} if result.of_sums else sides.lone
        )
    names = dict.fromkeys(name for codes in result.group_codes.values() for name, _ in codes)
    note = tell_of_sides(
        design,
        ", ".join(names) or "the group",
        "contrast()",
        [(", ".join(dict.fromkeys(map(str, table["outcome"]))), sides)],
    )
    return withholds(design) and bool(sides.lone), note


def _count_behind(result: Estimates, used: np.ndarray) -> dict[str, list[float]]:
    """Return how many respondents stand behind some rows, each counted once, and their weight."""
    if result.behind is not None:
        inside = result.behind(used)
        return {"n": [int(inside.sum())], "n_weighted": [float(weights_of(result.design, inside).sum())]}
    rows = result.table.loc[used, ["n", "n_weighted"]]
    if result.group_codes:  # nobody is in two groups; inside one, rows of several outcomes share most respondents
        rows = rows.groupby(result.table["group"][used].fillna(""), sort=False).max()
        return {"n": [int(rows["n"].sum())], "n_weighted": [float(rows["n_weighted"].sum())]}
    return {"n": [int(rows["n"].max())], "n_weighted": [float(rows["n_weighted"].max())]}


def _defined(function: Callable[[np.ndarray], float], at: np.ndarray) -> float:
    """Return the function of a replicate's estimates, NaN where it has none (a logarithm below zero, say)."""
    try:
        with np.errstate(all="ignore"):
            value = float(function(at))
    except (ArithmeticError, ValueError):
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def _check_number(value: Any) -> None:
    if np.ndim(value) != 0 or not isinstance(value, int | float | np.number | np.ndarray):
        raise ArgumentError(
            f"the function of a contrast must return one number for the vector of estimates, but it returned {value!r}; call contrast() once for each number"
        )


def _row_named(name: object, table: pd.DataFrame) -> int:
    """Return the row of that number, or the only row with that group, outcome, level or term."""
    if isinstance(name, int | np.integer) and not isinstance(name, bool):
        if not 0 <= name < len(table):
            raise ArgumentError(f"the contrast names row {name}, but the result has rows 0 to {len(table) - 1}")
        return int(name)
    texts = table[["group", "outcome", "level", "term"]]
    rows = np.flatnonzero((texts == name).any(axis=1))
    if len(rows) != 1:
        texts_of_rows = [text for column in texts for text in texts[column].dropna().unique()]
        which = f"rows {some(rows)} have" if len(rows) else "no row has"
        way = "" if len(rows) else suggest(name, texts_of_rows)
        raise ArgumentError(
            f"the contrast names {name!r}, which {which} as group, outcome, level or term{way or f'; give a row by its number, 0 to {len(table) - 1}'}"
        )
    return int(rows[0])


def _weights(given: Weights, table: pd.DataFrame) -> np.ndarray:
    n_rows = len(table)
    weights = np.zeros(n_rows)
    if isinstance(given, Mapping):
        rows = [_row_named(name, table) for name in given]
        twice = [name for name, row in zip(given, rows) if rows.count(row) > 1]
        if twice:
            raise ArgumentError(f"the contrast names one row twice, as {some(map(repr, twice))}; give it one weight")
        weights[rows] = list(given.values())
    else:
        values = np.asarray(given, dtype=float)
        if values.shape != (n_rows,):
            raise ArgumentError(f"the contrast needs one weight per row ({n_rows}), but {values.size} were given")
        weights = values
    if not weights.any() or not np.isfinite(weights).all():
        raise ArgumentError("the contrast's weights must be finite numbers and not all zero")
    return weights


STEP = 1e-3
"""Part of an estimate by which derivatives step: extrapolated twice, what is left out is of the sixth power of it. A
narrower step would divide the rounding of the function, 1e-16, by its width."""


def _gradient(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Return the gradient by central differences, extrapolated twice (Richardson), so that it is good to 1e-10."""
    gradient = np.zeros(len(at))
    for position, value in enumerate(at):
        if np.isnan(value):
            continue
        step = STEP * max(abs(value), STEP)  # of an estimate near zero a thousandth of a thousandth
        slopes = []
        for width in (step, step / 2, step / 4):
            ahead, behind = at.copy(), at.copy()
            ahead[position] += width
            behind[position] -= width
            # by the steps as they were stored, not as they were asked for: they differ in the last digit
            slopes.append((function(ahead) - function(behind)) / (ahead[position] - behind[position]))
        # central differences miss the slope by a h^2 + b h^4 + ...; halving h twice, 4 to 1 takes h^2 away and 16 to
        # 1 takes h^4
        first = [(4 * slopes[k + 1] - slopes[k]) / 3 for k in range(2)]
        gradient[position] = (16 * first[1] - first[0]) / 15
    if not np.isfinite(gradient).all():
        raise ArgumentError("the function of the estimates has no finite derivative there, so it has no standard error")
    return gradient
