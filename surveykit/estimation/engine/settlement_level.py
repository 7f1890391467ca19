"""Groups that do not vary inside clusters: how many clusters stand on each side, and what a general test leaves unsaid.

Whether the settlements of a comparison are few is known before any answer is looked at. Every test of groups of
respondents asks here, so that none of them is a way around `compare_settlements`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from surveykit._checks import warn
from surveykit.design import SurveyDesign
from surveykit.distributions import t_quantile_at, upper_t
from surveykit.words.messages import Columns, Figure, Listed, Message, Slot, Told, counted, spaced, without_stop

FEW_CLUSTERS = 20
"""Fewest clusters on a side for which a general test goes without a warning.

With k and m equal clusters and normal cluster means, a test at 5 % rejects a true hypothesis so often (400,000 draws,
Monte Carlo error 0.05 points): 1 and 9: 49 %; 2 and 8: 16 %; 5 and 5: 6.1 %; 10 and 1000: 9.5 %; 20 and 20: 5.3 %;
20 and 1000: 7.1 %. Cameron & Miller (2015, Journal of Human Resources 50) put the border of "few" between 20 and 50
clusters in all; MacKinnon & Webb (2017, Journal of Applied Econometrics 32) show that the smaller side counts.
"""
FEW_NUMBERS = 2 * FEW_CLUSTERS
"""Fewest clusters in all for a number that is constant inside them, which has no sides."""
FEW_OF_STRATA = 10
"""The same where each group is made of whole strata (regions, say).

Each side's error is then estimated inside its own strata and not too small: 10 and 10 reject 4.9 %, 10 and 1000 8.0 %.
"""
ALIKE = 0.8
"""From this intraclass correlation of the group itself on, a group counts as one of clusters.

It is 1 when all of a cluster are in one group. One respondent of ten in one of ten clusters typed wrong leaves .87 or
more; women and men have about 0. The variance of a difference of groups grows in proportion to it (Moulton 1986,
Journal of Econometrics 32).
"""
SMALL_HOUSEHOLD, MANY_HOUSEHOLDS = 2, 40
"""So many clusters of at most so many respondents on average: households, in which a group is ordinarily constant."""
MOST_REJECTED = 0.065
"""A general test at 5 % that is foretold to reject more true hypotheses than this gets a warning; see `weigh_clusters`.

Clusters of 40, a group of half the respondents in k of 10 of them, normal effects of clusters and of their halves with
a standard deviation of 0.3 of the respondents' own (4,000 draws, Monte Carlo error 0.5 points): a t test rejects, and
is foretold to reject, for k = 2: 19.1 %, 15.3 %; 3: 11.1 %, 10.2 %; 4: 6.8 %, 7.7 %; 5: 6.2 %, 6.4 %; 8: 4.7 %, 5.1 %;
k = 3 of 40: 20.6 %, 13.4 %; 10 of 40: 6.5 %, 6.6 %. One respondent in each of 6 of 100 clusters: 11.2 %, 9.5 %; of 20:
6.2 %, 6.1 %. Women and men in all of 10 clusters: 4.5 %, 5.0 %. A coefficient beside that of the half: k = 2: 14.8 %,
11.8 %; 3: 8.7 %, 7.0 %; 4: 6.7 %, 5.1 %. So a little above this bound about 8 % are rejected, the border that
`FEW_CLUSTERS` draws. tests/reference/uneven_groups_simulation.py
"""
EVEN = 2 / 3
"""A comparison worth this part of its clusters is even enough: of three or four clusters no two sizes are alike."""
LEVEL = 0.05
"""Level of the test that is judged."""
ALONE = "clusters that stand alone in their strata"
BLANK = ("std_error", "statistic", "p_value", "conf_low", "conf_high")
"""What a row does not show where its error would not be one."""
ROUNDING = 1e-9
"""Part of a count, a sum of squares or a leverage that rounding may leave of zero: counts may be weights scaled to
their number, whose sums over a million are off by 1e-13. One respondent among a hundred million is still seen."""
SMALL_PART = 1e-6
"""A part of a direction of length one below this is rounding.

The directions are eigenvectors of zero beside eigenvalues of 1e-8 or more (`settlement_terms.NOTHING_LEFT`), so that
their parts are known to 1e-16 / 1e-8; two digits of room. A hundred times less would name coefficients that the one
cluster does not touch.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Uneven:
    """A group that varies inside clusters, but of which so few hold most that a general test rejects too often.

    Attributes
    ----------
    label : str
        The group that fewest clusters stand behind.
    present, among : int
        Clusters that have respondents of it, and all clusters of the comparison.
    worth : float
        Number of clusters of equal part that would tell as much.
    rejects : float
        Share of true hypotheses, from 0 to 1, that a test at 5 % would reject.
    """

    label: str
    present: int
    among: int
    worth: float
    rejects: float


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The clusters that stand on each side of a comparison of groups, among the respondents that it rests on.

    Attributes
    ----------
    clusters : mapping from str to int
        Clusters of each group; where the group is one of clusters, every cluster counts for the group of most of it.
    lone : mapping from str to str
        Groups whose respondents belong to one cluster (or to clusters each alone in its stratum), so that nothing tells
        how clusters of that group differ, and what they have: "one respondent", "one cluster". In a design without
        clusters every respondent is one.
    settlement_level : bool
        Whether the group does not vary, or hardly varies, inside the clusters that the design names.
    few : bool
        Whether a settlement-level group has too few clusters on a side for a general test.
    apart : int
        Respondents of another group than most of their cluster, where the group hardly varies.
    whole_strata : bool
        Whether every stratum of the design holds respondents of one group only.
    uneven : Uneven, optional
        Where the group varies inside clusters, but too few of them stand behind the comparison.
    """

    clusters: dict[str, int]
    lone: dict[str, str]
    settlement_level: bool = False
    few: bool = False
    apart: int = 0
    whole_strata: bool = False
    uneven: Uneven | None = None


def weigh_clusters(parts: np.ndarray, n_strata: int, df: float) -> tuple[float, float]:
    """Return how many equal clusters a comparison is worth, and how many true hypotheses a test at 5 % rejects.

    Parameters
    ----------
    parts : float array, (clusters,)
        Part of each cluster in the variance of the comparison if respondents were independent; 0 where it has none.
    n_strata : int
        Strata of the clusters.
    df : float
        Degrees of freedom of the test's t distribution.

    Returns
    -------
    tuple of float
        Equal clusters, and a share from 0 to 1.

    Notes
    -----
    The variance estimated from clusters with parts v has a spread as if ``G* = (sum v)^2 / sum v^2`` equal clusters had
    been drawn (Carter, Schnepel & Steigerwald 2017, Review of Economics and Statistics 99; the Satterthwaite idea of
    Bell & McCaffrey 2002, Survey Methodology 28). Of ``G - strata - 1`` degrees of freedom G* leaves the part G* / G;
    the test's critical value is that of its own `df`, or of these where it has more: what is judged is that clusters
    are uneven, not that they are few in all. No answer is looked at. The parts are those of independent respondents:
    where cluster effects are large, tests of a group of very few clusters reject more often still.
    """
    spread, n_clusters = float((parts**2).sum()), int((parts > 0).sum())
    worth = float(parts.sum()) ** 2 / spread if spread > 0 else float(n_clusters)
    return worth, _foretell(worth, n_clusters, n_strata, df)


def _foretell(worth: float, n_clusters: int, n_strata: int, df: float) -> float:
    """Return the share of true hypotheses that a test at 5 % rejects; 0 where it has no degrees of freedom."""
    # with one cluster fewer than strata and clusters count, a difference of two groups has used up one: that of equal
    # clusters, which `worth` of them leave in proportion
    equal_df = n_clusters - n_strata - 1
    if not df > 0 or equal_df < 1:
        return 0.0
    if worth > EVEN * n_clusters:
        return LEVEL
    # the critical value is that of the test's own degrees of freedom, or of equal clusters where these have fewer; what
    # happens follows t with the degrees of freedom that the uneven clusters are worth
    return float(2 * upper_t(t_quantile_at(1 - LEVEL / 2, min(df, equal_df)), worth * equal_df / n_clusters))


def find_sides(design: SurveyDesign, of_row: np.ndarray, labels: Sequence[str]) -> Sides:
    """Return the clusters on each side of a comparison of groups.

    Parameters
    ----------
    design : SurveyDesign
    of_row : int array, (respondents,)
        Group of each respondent who answered and is compared, -1 for the others.
    labels : sequence of str
        Names of the groups.

    Notes
    -----
    ``1 - (S_w / (N - G)) / (S / (N - 1))`` measures how alike clusters are inside, with S the sum of squares of the
    groups' indicators, S_w the part of it inside the G clusters, and N respondents.
    """
    rows, n_groups, n_clusters = np.flatnonzero(of_row >= 0), len(labels), design.units.n_clusters
    cluster, group = design.units.cluster_of_row[rows], of_row[rows]
    of_one = np.bincount(group, minlength=n_groups) == 1
    if not design.cluster:
        return _count_sides(design, cluster, group, np.ones(len(rows)), labels, of_one)
    keys = cluster * n_groups + group
    if n_clusters * n_groups <= 4 * len(rows) + 4096:  # counting is faster than sorting
        n = np.bincount(keys, minlength=1)
        keys = np.flatnonzero(n)
        n = n[keys]
    else:
        keys, n = np.unique(keys, return_counts=True)
    return _count_sides(design, keys // n_groups, keys % n_groups, n.astype(float), labels, of_one)


def sides_of_rows(
    design: SurveyDesign, presence: np.ndarray, labels: Sequence[str], counts: np.ndarray, weights: np.ndarray
) -> Sides:
    """Return the clusters on each side of a combination of estimates, whose rows may share clusters.

    Rows that share clusters (women and men of the elected, or two items) are of one side.

    Parameters
    ----------
    design : SurveyDesign
    presence : float array, (ultimate units, rows)
        Weight of the respondents behind each row.
    labels : sequence of str
        Names of the rows.
    counts : int array, (rows,)
        Respondents behind each.
    weights : float array, (rows,)
        What each row is multiplied by in the combination.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    units, n_rows = design.units, len(labels)
    unit, row = np.nonzero(presence > 0)
    n = presence[unit, row]
    if len(units.stages) > 1:
        keys, place = np.unique(units.stages[0].of_unit[unit] * n_rows + row, return_inverse=True)
        unit, row, n = keys // n_rows, keys % n_rows, np.bincount(place, n)
    n = n * (counts.sum() / n.sum()) if len(n) else n  # about as many respondents as stand behind the weights
    by_row = _count_sides(design, unit, row, n, labels, counts == 1, weights)
    if by_row.settlement_level or not design.cluster:
        return by_row
    shared = sparse.coo_array(
        (np.ones(len(row)), (unit, units.n_clusters + row)), shape=(units.n_clusters + n_rows,) * 2
    )
    side = connected_components(shared, directed=False)[1]
    number = np.unique(side[units.n_clusters :], return_inverse=True)[1]
    if number.max(initial=0) == 0:
        return by_row
    names = [
        ", ".join(dict.fromkeys(label for label, here in zip(labels, number) if here == one))
        for one in range(number.max() + 1)
    ]
    together = sparse.coo_array((n, (unit, number[row])), shape=(units.n_clusters, len(names))).tocsr().tocoo()
    joined = _count_sides(design, together.row, together.col, together.data, names, np.zeros(len(names), dtype=bool))
    return replace(joined, lone={**joined.lone, **by_row.lone})


def _count_sides(
    design: SurveyDesign,
    cluster: np.ndarray,
    group: np.ndarray,
    n: np.ndarray,
    labels: Sequence[str],
    of_one: np.ndarray,
    contrast: np.ndarray | None = None,
) -> Sides:
    """Return the sides from the clusters and groups that occur together and the respondents of each.

    `of_one` marks the groups of a single respondent; `contrast`, (groups,), is the combination of group means
    that is tested; by default each group is held against all others together.
    """
    n_groups, stratum = len(labels), design.units.stages[0].stratum
    size = np.bincount(cluster, n, minlength=len(stratum))
    present = np.bincount(group, minlength=n_groups)
    beside = np.bincount(stratum[size > 0], minlength=design.units.n_strata) - 1  # other clusters of the stratum
    lone = (present == 1) | ((present > 1) & (np.bincount(group, beside[stratum[cluster]], minlength=n_groups) == 0))
    clusters = present
    level = bool(design.cluster) and (present > 0).sum() > 1 and _likeness(cluster, group, n, size) >= ALIKE
    few, apart = False, 0
    table = np.bincount(stratum[cluster] * n_groups + group, minlength=design.units.n_strata * n_groups)
    whole_strata = (present > 0).sum() > 1 and ((table.reshape(-1, n_groups) > 0).sum(axis=1) <= 1).all()
    if level:
        order = np.lexsort((n, cluster))
        most = order[np.append(cluster[order][1:] != cluster[order][:-1], True)]  # the largest group of each cluster
        majority = np.bincount(group[most], minlength=n_groups)
        clusters = np.where(majority > 0, majority, present)
        lone |= clusters == 1
        others = float(n.sum() - n[most].sum())
        apart = max(round(others), 1) if others > ROUNDING * n.sum() else 0
        households = n.sum() <= SMALL_HOUSEHOLD * (size > 0).sum() and (size > 0).sum() >= MANY_HOUSEHOLDS
        enough = FEW_OF_STRATA if whole_strata else FEW_CLUSTERS
        few = not households and bool((clusters[clusters > 0] < enough).any())
    uneven = None
    if design.cluster and not level and not lone.any() and (present > 0).sum() > 1:
        uneven = _find_uneven(design, cluster, group, n, labels, contrast)
    has = np.where(of_one | (not design.cluster), "one respondent", np.where(clusters == 1, "one cluster", ALONE))
    return Sides(
        dict(zip(labels, clusters.tolist())),
        {label: str(what) for label, what, alone in zip(labels, has, lone) if alone},
        level,
        few,
        apart,
        bool(whole_strata),
        uneven,
    )


def _find_uneven(
    design: SurveyDesign,
    cluster: np.ndarray,
    group: np.ndarray,
    n: np.ndarray,
    labels: Sequence[str],
    contrast: np.ndarray | None,
) -> Uneven | None:
    """Return the comparison of groups whose test would reject true hypotheses most often, if that is too often."""
    used, place = np.unique(cluster, return_inverse=True)
    n_groups, n_strata = len(labels), len(np.unique(design.units.stages[0].stratum[used]))
    size = np.bincount(group, n, minlength=n_groups)
    squares = np.bincount(group, n**2, minlength=n_groups)
    if contrast is None:
        # each group 1 against the others 0, with e_g = n_g1 + n_g0: v_g = n_g1 / n_1^2 + n_g0 / n_0^2
        # = e_g / n_0^2 + n_g1 (1 / n_1^2 - 1 / n_0^2); squares are summed without a table of clusters by groups
        everyone = np.bincount(place, n)
        one, beside = np.flatnonzero(size > 0), np.bincount(group, n * everyone[place], minlength=n_groups)
        own, rest = size[one], size.sum() - size[one]
        more = 1 / own**2 - 1 / rest**2
        spread = (everyone**2).sum() / rest**4 + 2 * more * beside[one] / rest**2 + more**2 * squares[one]
        worth = float(((1 / own + 1 / rest) ** 2 / spread).min())
        rejects = _foretell(worth, len(used), n_strata, np.inf)
    else:
        from scipy import sparse

        table = sparse.coo_array((n, (place, group)), shape=(len(used), n_groups)).tocsr()
        parts = table @ (contrast / np.where(size > 0, size, 1.0)) ** 2
        worth, rejects = weigh_clusters(parts, n_strata, np.inf)
    if rejects <= MOST_REJECTED:
        return None
    alone = np.where(size > 0, size**2 / np.where(squares > 0, squares, 1.0), np.inf)  # G* of the group's own mean
    fewest = int(np.argmin(alone))
    return Uneven(labels[fewest], int((group == fewest).sum()), len(used), worth, rejects)


def _likeness(cluster: np.ndarray, group: np.ndarray, n: np.ndarray, size: np.ndarray) -> float:
    """Return the intraclass correlation of a group; 1 where every cluster has one respondent."""
    total, n_clusters = n.sum(), (size > 0).sum()
    # squares of 0/1 indicators about their mean, summed over the groups k: sum_k n_k (1 - n_k / N), and inside clusters
    # g likewise sum_gk n_gk (1 - n_gk / n_g)
    spread = total - (np.bincount(group, n) ** 2).sum() / total
    within = total - (n**2 / size[cluster]).sum()
    if total - n_clusters <= ROUNDING * total:
        return 1.0
    return float(1 - within / (total - n_clusters) / (spread / (total - 1)))


def withholds(design: SurveyDesign) -> bool:
    """Tell whether a comparison with a lone group gets no error; not so where another package's numbers are wanted."""
    return design.conventions == "surveykit"


def rests_on_one_cluster(lone: np.ndarray | None, weights: np.ndarray) -> np.ndarray:
    """Return which combinations of coefficients are known from a single cluster alone, (combinations,).

    Parameters
    ----------
    lone : float array, (directions, coefficients), optional
        Of a fitted model (`Estimates.lone`); None for none.
    weights : float array, (combinations, coefficients)
    """
    if lone is None:
        return np.zeros(len(weights), dtype=bool)
    parts = weights[:, None, :] * lone
    return np.asarray((np.abs(parts.sum(axis=2)) > SMALL_PART * np.abs(parts).max(axis=2, initial=0.0)).any(axis=1))


def tell_of_sides(design: SurveyDesign, group: str, asker: str, found: Iterable[tuple[str, Sides]]) -> Told:
    """Warn, once, of groups with few clusters or one on a side; return the sentences for `.method` ("" for none).

    Groups of whole strata (regions) with enough clusters have a sentence there and no warning: a comparison of these
    places as they are is what the errors are for.

    Parameters
    ----------
    design : SurveyDesign
    group : str
        Column of the groups, or what else tells them apart.
    asker : str
        The function that was called, such as "t_test()".
    found : iterable of (outcome, Sides)
        What each outcome's test, or each row of it, rests on.
    """
    outcomes = list(found)
    clusters = Columns(tuple(design.cluster), 10)
    few = [(name, sides) for name, sides in outcomes if sides.settlement_level and (sides.few or sides.lone)]
    sentences: list[Message] = []
    if few:
        apart = max(sides.apart for _, sides in few)
        by_counts: dict[str, tuple[Message, list[str]]] = {}
        for name, sides in few:
            counts = _spell_counts(sides)
            by_counts.setdefault(counts.say("en"), (counts, []))[1].append(name)
        by_outcome = [
            Message("sides.of_answered", {"names": _named(names), "counts": counts})
            for counts, names in by_counts.values()
        ]
        slots: dict[str, Slot] = {
            "group": Columns((group,), marked=True),
            "how": Message("sides.hardly", {"n": Figure(str(apart))}) if apart else Message("sides.same"),
            "clusters": clusters,
            "counts": Told.of(
                Listed(tuple(by_outcome[:3]), "; "), Message("sides.and_so_on") if len(by_outcome) > 3 else ""
            ),
            "many": many_clusters(asker),
        }
        sentences.append(Message("sides.few", slots))
    lone: dict[tuple[str, str], list[str]] = {}
    for name, sides in outcomes:
        for label, has in sides.lone.items():
            lone.setdefault((label, has), []).append(name)
    for (label, has), names in lone.items():
        whom: Slot = "" if few else Message("sides.among", {"names": _named(names)})
        slots = {"group": group, "label": label, "has": has, "whom": whom, "error": no_error(design)}
        sentences.append(Message("sides.lone", slots))
    uneven: dict[str, tuple[Uneven, list[str]]] = {}
    for name, sides in outcomes:
        if sides.uneven is not None:
            worst, names = uneven.get(sides.uneven.label, (sides.uneven, []))
            uneven[sides.uneven.label] = max(worst, sides.uneven, key=lambda one: one.rejects), [*names, name]
    for label, (worst, names) in list(uneven.items())[:3]:
        slots = {
            "group": group,
            "label": label,
            "clusters": clusters,
            "names": _named(names),
            "worth": Figure(f"{worst.worth:.1f}"),
            "present": Figure(str(worst.present)),
            "among": Figure(str(worst.among)),
            "rejects": rejects_often(asker, worst.rejects),
        }
        sentences.append(Message("sides.uneven", slots))
    if sentences:
        warn(without_stop(Told.of(*sentences, between=" ")))
    if not few and any(sides.whole_strata for _, sides in outcomes):
        sentences.append(whole_strata(Columns((group,), marked=True), design))
    return Told.of(*(spaced(sentence) for sentence in sentences))


def _named(names: list[str]) -> Columns:
    return Columns(tuple(dict.fromkeys(names)), 6, marked=True)


def _spell_counts(sides: Sides) -> Message:
    counts = sorted(((label, count) for label, count in sides.clusters.items() if count), key=lambda pair: pair[1])
    (first, fewest), *others = counts[:6]
    more: list[Slot] = [Told.of(Columns((label,), marked=True), f" {count}") for label, count in others]
    more += [Message("sides.more", {"n": Figure(str(len(counts) - 6))})] if len(counts) > 6 else []
    return counted("sides.has", fewest, group=Columns((first,), marked=True), others=Listed(tuple(more)))


def whole_strata(what: Slot, design: SurveyDesign) -> Message:
    """Return what a comparison of whole strata speaks of."""
    return Message("sides.whole_strata", {"what": what, "strata": Columns(tuple(design.stratum), 10)})


def many_clusters(asker: str) -> Message:
    """Return what a general test takes for granted, and what to use where it is not so."""
    return Message("sides.many", {"asker": asker, "n": Figure(str(FEW_CLUSTERS))})


def rejects_often(asker: str, rejects: float) -> Message:
    """Return how often a general test finds what is not there, and what to use where whole settlements were treated."""
    return Message("sides.rejects", {"asker": asker, "n": Figure(f"{100 * rejects:.0f}")})


def no_error(design: SurveyDesign) -> Message:
    """Return the end of a sentence on what a single cluster leaves unknown."""
    if withholds(design):
        return Message("sides.no_error")
    return Message("sides.small_error", {"conventions": repr(design.conventions)})


def likeness_of(values: np.ndarray, cluster: np.ndarray) -> float:
    """Return the intraclass correlation of a number; 0 where every cluster has one respondent, which tells nothing."""
    n, size, centred = len(values), np.bincount(cluster), values - values.mean()
    present, spread = size > 0, centred @ centred
    within = spread - (np.bincount(cluster, centred)[present] ** 2 / size[present]).sum()
    varies = n > present.sum() and spread > ROUNDING * (values @ values)
    return float(1 - within / (n - present.sum()) / (spread / (n - 1))) if varies else 0.0
