"""How often an interval of few or uneven clusters would hold the truth, foretold from their weights alone."""

from collections.abc import Mapping, Sequence

import numpy as np

from surveykit.design import SurveyDesign
from surveykit.estimation.engine.t_distribution import t_quantile
from surveykit.estimation.engine.variance import stage_deviations
from surveykit.findings import Names
from surveykit.sampling_units import LonelyPSU, Stage
from surveykit.words.messages import Columns, Listed, Message, Share, Slot

LEAST_COVERED = 0.935
"""A 95 % interval that is foretold to hold the truth less often than this has a sentence beside it.

The border that tests of groups have (`settlement_level.MOST_REJECTED`). Of normal answers with an intraclass
correlation of 0.02, 0.05 and 0.15 in clusters of 40 on average, sizes in even steps of a ratio, intervals of the mean
held the truth (8,000 draws, Monte Carlo error 0.25 points) and, in brackets, were foretold to: 3 clusters, largest
twice the smallest: 94.9, 94.6, 94.8 % (94.5 %); 3, eightfold: 90.2, 89.1, 88.5 % (89.2 %); 5, eightfold: 91.2, 90.9,
89.5 % (90.4 %); 10, threefold: 93.9, 94.1, 94.0 % (94.3 %); 10, eightfold: 93.0, 91.6, 92.0 % (92.2 %); 20, eightfold:
93.2, 94.0, 93.6 % (93.6 %). tests/reference/few_clusters_coverage.py draws them; benchmarks/calibration/intervals.py
looks at means, shares and quantiles of ten, five, three and two clusters of 40, or of 15 to 120.
"""
LIKENESS = 0.05
"""Intraclass correlation that is taken for granted: in the middle of what opinions have in settlements. From 0.02 to
0.15 the coverage moves by two points at the most where the largest cluster is eight times the smallest."""
MANY_CLUSTERS = 50
"""Above so many clusters no coverage is foretold: in even steps of sizes up to sixteenfold it is 94 %. What is asked of
larger designs is the cluster that dominates, of which the audit of a design tells."""
STEPS = 200
"""Points of the integral. Its integrand is smooth and periodic, so that the sum has more digits than are said."""
LEVEL = 0.95
MOST_NAMED = 5


def coverage_of_rows(
    design: SurveyDesign,
    presence: np.ndarray,
    df: np.ndarray,
    n: np.ndarray,
    outcomes: Sequence[str] | np.ndarray,
    groups: Sequence[str] | np.ndarray,
) -> dict[tuple[str, str], float]:
    """Return what intervals are foretold to cover that cover less than they say, by outcome and group.

    Parameters
    ----------
    presence : float array, (units, rows)
        Weight of the respondents behind each row.
    df : float array, (rows,)
        Degrees of freedom of its interval; infinite for one by z.
    n : array, (rows,)
        Respondents behind it.
    outcomes, groups : sequence of str, (rows,)
        Names of the rows.
    """
    if not design.cluster:
        return {}
    first = design.units.stages[0]
    parts = presence
    if len(presence) != design.units.n_clusters:  # ultimate units of several stages
        parts = np.zeros((design.units.n_clusters, presence.shape[1]))
        np.add.at(parts, first.of_unit, presence)
    present, freedom = (parts > 0).sum(axis=0), np.asarray(df, dtype=float)
    known: dict[tuple[bytes, float, str], float] = {}
    found: dict[tuple[str, str], float] = {}
    for row in np.flatnonzero((present > 1) & (present <= MANY_CLUSTERS) & (freedom > 0)).tolist():
        # items differ by a few people who did not answer: to a tenth of a mean cluster, many of them are one
        equal = parts[:, row] * present[row] / parts[:, row].sum()
        weight = np.where(equal > 0, np.maximum(np.round(equal, 1), 0.1), 0)
        people = f"{n[row]:.1e}"
        key = (weight.tobytes(), float(freedom[row]), people)
        if key not in known:
            known[key] = foretell_coverage(weight, first.stratum, float(freedom[row]), float(people), design.lonely_psu)
        if known[key] < LEAST_COVERED:
            name = (str(outcomes[row]), str(groups[row]))
            found[name] = min(known[key], found.get(name, 1.0))
    return found


def say_coverage(covered: Mapping[tuple[str, str], float], names: Names | None = None) -> Message:
    """Return the sentence on rows that are foretold to cover too little, by outcome and group; at least one.

    `names` are what outcomes and groups are called in a language: then the row that covers least is named, and the
    others are counted. Without them they are said as the table has them.
    """
    rows: Slot
    if names is None:
        rows = Columns(tuple(f"{outcome} ({group})" for outcome, group in covered), MOST_NAMED)
    else:
        # questions are long: of several rows the sentence names the one that its number is about
        rows = _say_row(*min(covered, key=lambda row: covered[row]), names)
        if len(covered) > 1:
            rows = Message("list.more", {"list": rows, "n": len(covered) - 1})
    return Message("few_clusters", {"rows": rows, "covers": Share(min(covered.values()), 0)})


def _say_row(outcome: str, group: str, names: Names) -> Slot:
    asked = names.question(outcome)
    return asked if group in names.everybody else Listed((asked, names.group(group)), ": ")


def foretell_coverage(
    weight: np.ndarray, stratum: np.ndarray, df: float, n: float, lonely_psu: LonelyPSU = "error"
) -> float:
    """Return how often a 95 % interval of a mean would hold the truth, a share from 0 to 1.

    Parameters
    ----------
    weight : float array, (clusters,)
        Sum of weights of each cluster of the design; 0 where it has nobody behind the estimate.
    stratum : int array, (clusters,)
    df : float
        Degrees of freedom of the interval's t.
    n : float
        Respondents behind the estimate.
    lonely_psu : str
        Treatment of strata with one cluster. Under "certainty" that cluster was taken for certain and is no part of
        the error that is to be covered; otherwise it is, whatever the interval makes of it.

    Notes
    -----
    Normal answers with an intraclass correlation r, and weights that do not go with them: cluster g has a part a_g of
    the weight and a mean u_g of variance ``d_g = r + (1 - r) / (n a_g)``. The estimate is a'u, its error that of the
    linearized totals ``a_g (u_g - a'u)``, a quadratic form u'Qu. The interval holds the truth where
    ``(a'u)^2 <= t^2 u'Qu``, and ``t^2 Q - a a'`` has one negative eigenvalue in the metric of d. So this asks how often
    a squared normal is at most a sum of others with scales m_i, for which Craig's form of the normal tail (1991, IEEE
    MILCOM 2, 571-575) gives ``1 - 2 / pi`` times the integral of ``prod_i (1 + m_i / sin^2 x)^-1/2`` from 0 to pi / 2.
    """
    here = weight > 0
    part = weight / weight.sum()
    spread = LIKENESS + (1 - LIKENESS) / (n * part[here])
    # u'Qu is the variance that the engine would give: its deviations are linear in the totals, and these in u
    linear = (np.diag(part) - np.outer(part, part))[:, here]
    everywhere = Stage(stratum, np.ones(len(part)), np.full(len(part), np.inf), np.arange(len(part)))
    deviations = stage_deviations(linear, everywhere, lonely_psu)
    error = deviations.T @ deviations
    if not np.isfinite(error).all():  # of strata of one cluster no error is given, and no interval
        return 1.0
    certain = (np.bincount(stratum)[stratum] == 1) & (lonely_psu == "certainty")
    own = np.where(certain, 0.0, part)[here]
    root = np.sqrt(spread)
    critical = float(t_quantile(np.array([df]), LEVEL)[0])
    scales = np.linalg.eigvalsh(root[:, None] * (critical**2 * error - np.outer(own, own)) * root)
    if scales[0] >= 0:
        return 1.0
    angle = (np.arange(STEPS) + 0.5) * np.pi / (2 * STEPS)
    relative = np.maximum(scales[1:], 0) / -scales[0]
    missed = np.exp(-0.5 * np.log1p(relative / np.sin(angle)[:, None] ** 2).sum(axis=1)).mean()
    return float(1 - missed)
