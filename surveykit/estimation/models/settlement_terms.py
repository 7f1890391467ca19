"""Terms of a model that do not vary inside clusters, and coefficients that a single cluster stands behind."""

from dataclasses import replace
from typing import TypeVar

import numpy as np

from surveykit._checks import warn
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.estimation.engine.settlement_level import (
    ALIKE,
    BLANK,
    FEW_NUMBERS,
    MOST_REJECTED,
    ROUNDING,
    SMALL_PART,
    Sides,
    find_sides,
    likeness_of,
    many_clusters,
    no_error,
    rejects_often,
    weigh_clusters,
    whole_strata,
    withholds,
)
from surveykit.estimation.models.model_matrix import ModelData
from surveykit.words.messages import Columns, Figure, Listed, Message, Slot, Told, without_stop

NOTHING_LEFT = 1e-8
"""An eigenvalue of scaled sums of squares below this part of one is rounding: the columns there are not independent."""
NEAR_ONE = 1e-3
"""An eigenvalue of a hat matrix this near to one is looked at closely; rounding moves it by a millionth at most."""

Fit = TypeVar("Fit", bound=Estimates)


def tell_of_terms(fit: Fit, data: ModelData, design: SurveyDesign, thresholds: bool) -> Fit:
    """Return the fit with its settlement-level terms told of, and without errors that a single cluster cannot give.

    Warns, once, of terms whose columns do not vary inside clusters while few clusters stand behind one of their values,
    of coefficients that few clusters make known although their columns vary inside clusters (`weigh_clusters`), and of
    coefficients that cannot be estimated without some one cluster. The clusters are those of the respondents that the
    model uses; of a design without clusters every respondent is one.

    Parameters
    ----------
    fit : Estimates
        One row per coefficient: those of the columns of `data.x` first.
    data : ModelData
    design : SurveyDesign
    thresholds : bool
        Whether the further rows are thresholds, which stand for a constant.
    """
    cluster = design.units.cluster_of_row[data.rows]
    sentences = []
    terms, of_strata = _few_by_term(data, design, cluster) if design.cluster or design.stratum else ({}, [])
    if terms:
        slots: dict[str, Slot] = {
            "formula": repr(data.formula),
            "clusters": Columns(tuple(design.cluster), 10),
            "terms": Listed(tuple(terms.values()), "; "),
            "many": many_clusters("fit_model()"),
        }
        sentences.append(Message("terms.few", slots))
    lone = _find_lone(data, cluster, (len(fit.table) - len(data.names)) * thresholds)
    lone = np.pad(lone, ((0, 0), (0, len(fit.table) - lone.shape[1])))
    blank = (lone != 0).any(axis=0)
    table = fit.table
    known = blank & table["std_error"].notna().to_numpy()
    if known.any():
        names = Columns(tuple(table["term"][known]), 6, marked=True)
        unit = "clusters" if design.cluster else "respondents"
        sentences.append(Message(f"terms.lone_{unit}", {"names": names, "error": no_error(design)}))
        if withholds(design):
            table = table.copy()
            table.loc[known, list(BLANK)] = np.nan
            table.loc[known, "df"] = 0.0
    if design.cluster:
        rests = ~blank[: len(data.names)] & ~np.isin(
            np.arange(len(data.names)), [place for term in terms for place in data.terms[term]]
        )
        sentences += _tell_of_uneven(data, design, cluster, table["df"].to_numpy()[: len(data.names)], rests)
    if sentences:
        warn(without_stop(Told.of(*sentences, between=" ")))
    if of_strata:
        sentences.append(whole_strata(Columns(tuple(of_strata), marked=True), design))
    told = Told.of(fit.method, *sentences, between=" ")
    return replace(fit, table=table, method=told, lone=lone if len(lone) else None)


def _few_by_term(data: ModelData, design: SurveyDesign, cluster: np.ndarray) -> tuple[dict[str, Message], list[str]]:
    """Return, in words, the terms constant inside clusters of which there are few; and other terms of whole strata."""
    sentence_of_term: dict[str, Message] = {}
    of_strata: list[str] = []
    n_clusters = int((np.bincount(cluster) > 0).sum())
    for term, columns in data.terms.items():
        if term == "Intercept" or not columns:
            continue
        values, level = np.unique(data.x[:, columns], axis=0, return_inverse=True)
        level = level.ravel()
        # k columns that tell k + 1 groups apart are indicators, of which clusters can be counted on each side; others
        # hold numbers
        if len(values) <= len(columns) + 1:
            of_row = np.full(len(design), -1)
            of_row[data.rows] = level[data.pattern]
            sides = find_sides(design, of_row, [str(number) for number in range(len(values))])
            each_apart = max(sides.clusters.values()) == 1  # the term names the clusters themselves
            if sides.settlement_level and (sides.few or sides.lone) and not each_apart:
                sentence_of_term[term] = Message(
                    "terms.has", {"term": Columns((term,), marked=True), "counts": _spell(sides)}
                )
            elif sides.whole_strata and len(values) < design.units.n_strata:  # not the strata themselves
                of_strata.append(term)
        elif n_clusters < FEW_NUMBERS and all(
            likeness_of(data.x[data.pattern, column], cluster) >= ALIKE for column in columns
        ):
            sentence_of_term[term] = Message(
                "terms.takes", {"term": Columns((term,), marked=True), "n": Figure(str(n_clusters))}
            )
    return sentence_of_term, of_strata


def _tell_of_uneven(
    data: ModelData, design: SurveyDesign, cluster: np.ndarray, df: np.ndarray, rests: np.ndarray
) -> list[Message]:
    """Return a sentence on the coefficients that few clusters make known, in a list; an empty list for none.

    The part of cluster g in the variance of coefficient j is ``e_j' A X_g'X_g A e_j`` with ``A = (X'X)^-1``. `rests`
    marks the coefficients to ask, `df` has the degrees of freedom of their tests.
    """
    count = np.bincount(data.pattern, minlength=len(data.x)).astype(float)
    scale = np.sqrt(count @ data.x**2)
    x = data.x / np.where(scale > 0, scale, 1.0)
    # X A, squared: what a unit of variance of one respondent adds to the variance of each coefficient
    influence = (x @ np.linalg.pinv((x.T * count) @ x, hermitian=True)) ** 2
    used, place = np.unique(cluster, return_inverse=True)
    n_strata = len(np.unique(design.units.stages[0].stratum[used]))
    told: list[Message] = []
    most = 0.0
    for column, name in enumerate(data.names):
        if name == "Intercept" or not rests[column]:
            continue
        # a group, or a number inside one: a skewed number (an income) has leverage, but no group that few clusters hold
        _, place_of_value = np.unique(data.x[:, column], return_inverse=True)
        if np.bincount(place_of_value.ravel(), count).max() < count.sum() / 2:
            continue
        worth, rejects = weigh_clusters(np.bincount(place, influence[data.pattern, column]), n_strata, df[column])
        if rejects > MOST_REJECTED:
            told.append(
                Message("terms.worth", {"term": Columns((name,), marked=True), "worth": Figure(f"{worth:.1f}")})
            )
            most = max(most, rejects)
    if not told:
        return []
    listed: Slot = Listed(tuple(told[:6]))
    listed = Message("list.more", {"list": listed, "n": len(told) - 6}) if len(told) > 6 else listed
    rejects_of = rejects_often("a t test of fit_model()", most)
    return [Message("terms.uneven", {"n": Figure(str(len(used))), "terms": listed, "rejects": rejects_of})]


def _spell(sides: Sides) -> Message:
    counts = sorted(sides.clusters.values())
    if len(counts) > 6:
        return Message("design.range", {"low": Figure(str(counts[0])), "high": Figure(str(counts[-1]))})
    return Message("terms.and", {"first": ", ".join(map(str, counts[:-1])), "last": Figure(str(counts[-1]))})


def _directions_of_one(rows: np.ndarray, table: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Return the unit vectors a with X a = 0 outside one cluster, one per row; `rows` are the cluster's own.

    With T = X'X, a'(T - X_g'X_g)a = 0 holds for a = T^-1 X_g'u where the cluster's block of the hat matrix,
    X_g T^-1 X_g', has the eigenvalue one along u. A decomposition of the cluster's size so finds a space that holds all
    such a, and the sums of squares of the others, seen in that space, tell which of it they leave unknown
    (Rayleigh-Ritz). A decomposition of all columns for each cluster takes hours where every settlement has its own one.
    """
    if len(rows) < rows.shape[1]:
        part = rows @ inverse
        values, along = np.linalg.eigh(part @ rows.T)
        space = np.linalg.qr(part.T @ along[:, values > 1 - NEAR_ONE])[0]
    else:
        space = np.eye(rows.shape[1])
    seen = rows @ space
    values, vectors = np.linalg.eigh(space.T @ table @ space - seen.T @ seen)
    return np.asarray((space @ vectors[:, values < NOTHING_LEFT]).T)


def _find_lone(data: ModelData, cluster: np.ndarray, thresholds: int) -> np.ndarray:
    """Return the combinations of coefficients that some one cluster alone makes known, (directions, coefficients).

    Without the cluster c the model's columns are not independent when X a = 0 among the others for some a: X a lives in
    c alone, and so does what is known of any function of the coefficients that moves along a. The hat matrix then has
    an eigenvalue of one inside c, so that only clusters whose leverages add up to one are tried, at most as many as
    there are columns. This knows of no answers, of no coding, and holds for interactions too.
    """
    x, count = data.x, np.bincount(data.pattern, minlength=len(data.x)).astype(float)
    constant = np.array([name == "Intercept" for name in data.names], dtype=bool)
    if thresholds:
        x, constant = np.column_stack([x, np.ones(len(x))]), np.append(constant, True)
    # far from zero (a year) a column would look like the constant
    centre = np.where(constant | ~constant.any(), 0.0, count @ x / count.sum())
    x = x - centre
    scale = np.sqrt(count @ x**2)
    x = x / scale
    table = (x.T * count) @ x
    inverse = np.linalg.pinv(table, hermitian=True)
    leverage = np.bincount(cluster, ((x @ inverse) * x).sum(axis=1)[data.pattern])
    order = np.argsort(cluster, kind="stable")
    edges = np.searchsorted(cluster[order], np.arange(len(leverage) + 1))
    directions = [np.empty((0, x.shape[1]))]
    for suspect in np.flatnonzero(leverage > 1 - ROUNDING):
        mine, inside = np.unique(data.pattern[order[edges[suspect] : edges[suspect + 1]]], return_counts=True)
        directions.append(_directions_of_one(x[mine] * np.sqrt(inside)[:, None], table, inverse))
    lone = np.vstack(directions)
    lone = np.where(np.abs(lone) > SMALL_PART, lone, 0.0) / scale
    if constant.any():
        place, moved = int(np.argmax(constant)), lone * centre
        left = lone[:, place] - moved.sum(axis=1)
        size = np.abs(lone[:, place]) + np.abs(moved).sum(axis=1)
        lone[:, place] = np.where(np.abs(left) > SMALL_PART * size, left, 0.0)
    # a threshold stands for the constant with its sign turned, P(y <= k) = F(threshold - x b), and all thresholds
    # move together
    return lone if not thresholds else np.column_stack([lone[:, :-1], np.repeat(-lone[:, -1:], thresholds, axis=1)])
