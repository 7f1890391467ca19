"""What weights cost and whether they meet their targets: sums, range, design effect, margins, who pays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_numeric
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.results import Result
from surveykit.weighting.targets import Margins, margin_table, read_margins
from surveykit.words.messages import Message, Slot, Told

BINS = 40


@dataclass(frozen=True, eq=False)
class WeightSummary(Result):
    """Weights in numbers.

    Attributes
    ----------
    margins : pandas.DataFrame
        One row per level of each margin: column, level, label, n, target and weighted (on the scale of the weights, to
        which targets are brought, so that shares are compared), relative_error, target_share, weighted_share,
        unweighted_share, standardized_difference. Totals of numeric columns that a calibration fixed follow, without
        shares.
    persons : mapping from row number to int
        How many respondents have the weight that a row tells, where it tells one.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> design = sk.SurveyDesign(pd.DataFrame({"w": [1.0, 2.0, 3.0]}), weight="w")
    >>> round(sk.summarize_weights(design).facts["deff"], 4)
    1.1667
    """

    margins: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    persons: Mapping[int, int] = field(default_factory=dict, repr=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class WeightComparison(Result):
    """Weights before and after.

    Attributes
    ----------
    distribution : pandas.DataFrame
        Histogram of the weights scaled to mean 1: bin_low, bin_high, before, after (numbers of respondents).
    payers : pandas.DataFrame
        For each level of the margins, how many respondents it has and by which factor their weights changed
        (lowest, mean and highest, relative to the overall change): those above 1 speak for more, those below pay.
    persons : mapping from row number to int
        How many respondents have the weight that a row tells, before or after, whichever are fewer.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> design = sk.SurveyDesign(pd.DataFrame({"sex": ["f", "f", "f", "m"]}))
    >>> comparison = sk.compare_weights(design, sk.rake(design, {"sex": {"f": 0.5, "m": 0.5}}))
    >>> comparison.distribution[["before", "after"]].sum().tolist()
    [4, 4]
    """

    distribution: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    payers: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    persons: Mapping[int, int] = field(default_factory=dict, repr=False, kw_only=True)


def weight_measures(weights: np.ndarray) -> dict[str, float]:
    """Return the measures of a vector of weights by name.

    Examples
    --------
    >>> weight_measures(np.array([1.0, 3.0]))["deff"]
    1.25
    """
    n, total, squares = len(weights), float(weights.sum()), float((weights**2).sum())
    deff = n * squares / total**2
    return {
        "n": n, "sum": total, "smallest": float(weights.min()), "largest": float(weights.max()), "mean": total / n,
        "largest_to_mean": float(weights.max() * n / total),
        "largest_to_smallest": float(weights.max() / weights.min()),
        "variation": float(np.sqrt(max(deff - 1, 0.0))), "deff": deff, "effective_n": n / deff,
    }  # fmt: skip


MEASURES = {
    "n": "respondents",
    "sum": "sum of weights",
    "smallest": "smallest weight",
    "largest": "largest weight",
    "mean": "mean weight",
    "largest_to_mean": "largest to mean weight",
    "largest_to_smallest": "largest to smallest weight",
    "variation": "coefficient of variation",
    "deff": "design effect of unequal weights (Kish)",
    "effective_n": "effective number of respondents",
}


ALIKE = 1e-9
"""Share of a weight within which two are one: raking leaves the weights of a cell apart by rounding."""
_ENDS = {"smallest": (0,), "largest": (1,), "largest_to_mean": (1,), "largest_to_smallest": (0, 1)}
"""Which end of the weights, smallest or largest, a measure tells."""


def _behind_ends(*weights: np.ndarray) -> dict[int, int]:
    """Return how many respondents have the weights that a row of measures tells, the fewest of all these weights."""
    ends = [[int((abs(w - end) <= ALIKE * end).sum()) for end in (w.min(), w.max())] for w in weights]
    order = list(MEASURES)
    return {order.index(name): min(counts[end] for counts in ends for end in which) for name, which in _ENDS.items()}


def summarize_weights(design: SurveyDesign, margins: Margins | None = None) -> WeightSummary:
    """Return the weights of a design in numbers, and how far its weighted margins are from their targets.

    Parameters
    ----------
    design : SurveyDesign
    margins : dict, Series or DataFrame, optional
        Targets as in `rake`; by default those of the weighting steps that the design has been through.

    Returns
    -------
    WeightSummary
        ``table`` has the columns measure and value (``facts`` the same by short name); ``margins`` one row per level of
        each margin.

    Raises
    ------
    WeightingError, ColumnError, ArgumentError
        When `margins` are no targets for these data; see `rake`.

    Notes
    -----
    Kish's design effect of unequal weighting is ``n * sum(w^2) / sum(w)^2`` = 1 + the squared coefficient of variation
    of the weights; the effective number of respondents is n over it (Kish 1992). It holds for items unrelated to the
    weights and counts no clustering. The standardized difference of a level is (weighted share - target share) over
    ``sqrt(p (1 - p))`` with p the target share: Cohen's scale, on which 0.1 is usually called negligible.

    R: ``PracTools::deffK(w)`` is Kish's design effect.

    References
    ----------
    Kish, L. (1992). Weighting for unequal P_i. Journal of Official Statistics 8, 183-200.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"sex": ["f", "f", "m"], "w": [1.0, 2.0, 3.0]})
    >>> summary = sk.summarize_weights(sk.SurveyDesign(answers, weight="w"), {"sex": {"f": 0.5, "m": 0.5}})
    >>> round(summary.facts["deff"], 4), summary.margins["relative_error"].tolist()
    (1.1667, [0.0, 0.0])
    """
    facts = weight_measures(design.weights)
    rows = [{"measure": MEASURES[name], "value": value} for name, value in facts.items()]
    wanted = _margins_met(design) if margins is None else margins
    table = _margins_of(design, wanted) if len(wanted) else pd.DataFrame()
    numbers = _numbers_met(design) if margins is None else pd.DataFrame()
    if len(numbers):
        table = pd.concat([table, numbers], ignore_index=True) if len(table) else numbers
    if len(table):
        facts = {**facts, "largest_margin_error": float(table["relative_error"].abs().max())}
        rows.append({"measure": "largest relative error of a margin", "value": facts["largest_margin_error"]})
    method, title = Told.of(Message("weights_method.kish")), Told.of(Message("weights_method.title"))
    return WeightSummary(
        pd.DataFrame(rows), method, design.origin(), facts, title, margins=table, persons=_behind_ends(design.weights)
    )


def _margins_met(design: SurveyDesign) -> dict[tuple[str, ...], dict[object, float]]:
    """Return the targets that the design's weighting steps have fixed; of a margin fixed twice, the later."""
    met: dict[tuple[str, ...], dict[object, float]] = {}
    for step in design.calibration:
        met |= {names: dict(pairs) for names, pairs in zip(step.terms, step.targets) if names}
    return met


def _margins_of(design: SurveyDesign, margins: Margins) -> pd.DataFrame:
    """Return the margins of a design; targets are brought to the scale of the weights, so that shares are compared."""
    cells, found = read_margins(design, margins, float(design.weights.sum()))
    counts = cells.count()
    table = margin_table(found, counts.astype(float), cells.weights, counts)
    table = table.rename(columns={"after": "weighted"})
    sums = table.groupby("column", sort=False)[["target", "weighted", "before"]].transform("sum")
    shares = {
        name: table[column] / sums[column]
        for name, column in (("target_share", "target"), ("weighted_share", "weighted"), ("unweighted_share", "before"))
    }
    table = table.assign(**shares).drop(columns="before")
    target = table["target_share"].to_numpy()
    gap = table["weighted_share"].to_numpy() - target
    spread = np.sqrt(target * (1 - target))
    return table.assign(standardized_difference=np.divide(gap, spread, out=np.zeros(len(gap)), where=spread > 0))


def _numbers_met(design: SurveyDesign) -> pd.DataFrame:
    """Return the totals of numeric columns that weighting steps have fixed; of one fixed twice, the later."""
    rows: dict[str, tuple[object, ...]] = {}
    for step in design.calibration:
        for name in step.numeric:
            values = check_numeric(design.survey.frame[name], "totals")
            target = float(step.weights_after @ values) * design.weights.sum() / step.weights_after.sum()
            weighted = float(design.weights @ values)
            relative_error = weighted / target - 1 if target else float("nan")
            rows[name] = (name, None, "total", len(design), target, weighted, relative_error)
    columns = ["column", "level", "label", "n", "target", "weighted", "relative_error"]
    return pd.DataFrame(list(rows.values()), columns=columns)


def compare_weights(
    before: SurveyDesign, after: SurveyDesign, by: str | Sequence[str] | None = None, *, bins: int = BINS
) -> WeightComparison:
    """Return the weights before and after weighting, side by side, with their distributions.

    Parameters
    ----------
    before, after : SurveyDesign
        Two designs over the same respondents.
    by : str or sequence of str, optional
        Columns for which to show who pays; by default those of the weighting steps between the two.
    bins : int
        Number of bins of the histogram.

    Returns
    -------
    WeightComparison

    Raises
    ------
    ArgumentError
        When the two designs hold different respondents, or `bins` is below 1.
    ColumnError
        When a column of `by` does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> design = sk.SurveyDesign(pd.DataFrame({"sex": ["f", "f", "f", "m"]}))
    >>> after = sk.rake(design, {"sex": {"f": 0.5, "m": 0.5}})
    >>> sk.compare_weights(design, after).payers[["level", "n", "mean_factor"]].round(3)
      level  n  mean_factor
    0     f  3        0.667
    1     m  1        2.000
    """
    if len(before) != len(after) or not before.survey.frame.index.equals(after.survey.frame.index):
        raise ArgumentError("`before` and `after` must hold the same respondents; compare designs made from one survey")
    if not isinstance(bins, int) or bins < 1:
        raise ArgumentError(f"`bins` must be a whole number of at least 1, but {bins!r} was given")
    old, new = weight_measures(before.weights), weight_measures(after.weights)
    table = pd.DataFrame([{"measure": MEASURES[name], "before": old[name], "after": new[name]} for name in MEASURES])
    columns = as_names(by, "by") or _columns_of(after)
    check_columns(after.survey.frame, columns, "by")
    facts = {
        "n": len(after),
        **{
            f"{name}_{when}": values[name]
            for name in ("deff", "effective_n")
            for when, values in (("before", old), ("after", new))
        },
    }
    steps: dict[str, Slot] = {"before": before.origin().weight, "after": after.origin().weight}
    method = Told.of(Message("weights_method.compared", steps))
    return WeightComparison(
        table,
        method,
        after.origin(),
        facts,
        Told.of(Message("weights_method.compared_title")),
        distribution=_distribution(before.weights, after.weights, bins),
        payers=_payers(before, after, columns),
        persons=_behind_ends(before.weights, after.weights),
    )


def _columns_of(design: SurveyDesign) -> list[str]:
    return list(dict.fromkeys(name for step in design.calibration for term in step.terms for name in term))


def _distribution(before: np.ndarray, after: np.ndarray, bins: int) -> pd.DataFrame:
    old, new = before / before.mean(), after / after.mean()
    edges = np.linspace(0.0, max(old.max(), new.max()), bins + 1)
    return pd.DataFrame(
        {
            "bin_low": edges[:-1],
            "bin_high": edges[1:],
            "before": np.histogram(old, edges)[0],
            "after": np.histogram(new, edges)[0],
        }
    )


def _payers(before: SurveyDesign, after: SurveyDesign, columns: Sequence[str]) -> pd.DataFrame:
    factor = (after.weights / after.weights.mean()) / (before.weights / before.weights.mean())
    frame, book = before.survey.frame, before.survey.codebook
    rows = []
    for name in columns:
        for level, found in pd.Series(factor, index=frame.index).groupby(frame[name], observed=True):
            rows.append(
                {
                    "column": name,
                    "level": level,
                    "label": book[name].label(level),
                    "n": len(found),
                    "lowest_factor": found.min(),
                    "mean_factor": found.mean(),
                    "highest_factor": found.max(),
                }
            )
    factors = ["lowest_factor", "mean_factor", "highest_factor"]
    return pd.DataFrame(rows, columns=["column", "level", "label", "n", *factors])
