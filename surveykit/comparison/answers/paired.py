"""Paired ratings: one respondent rates both leaders, and the difference is the respondent's own."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from surveykit._checks import as_generator, check_columns, check_numeric, check_share, join_equal, largest_of, warn
from surveykit.comparison.answers.groups import describe_linearized
from surveykit.comparison.methods.linearized_t import freedom_left, mean_error
from surveykit.comparison.methods.multiplicity import adjust_within
from surveykit.comparison.methods.randomization import Randomized
from surveykit.comparison.methods.settlement_methods import outweighing, row_of_t
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust
from surveykit.estimation.engine.respondents import degrees_of_freedom_among
from surveykit.estimation.engine.totals import weights_of
from surveykit.results import Result, Row, table_of
from surveykit.weighting.replicates import ReplicateWeights
from surveykit.words.messages import Columns, Figure, Message, Slot, Told

LARGEST_FLIP = 16
"""Up to so many clusters all sign changes are listed."""
FLIPS = 9_999


def compare_paired(
    design: SurveyDesign,
    pairs: Sequence[tuple[str, str]],
    *,
    cluster: str | None = None,
    confidence: float = 0.95,
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> Result:
    """Compare two ratings by the same respondents.

    Parameters
    ----------
    design : SurveyDesign
    pairs : sequence of (str, str)
        Columns; the difference is the first minus the second, among those who answered both.
    cluster : str, optional
        Column of the villages; default the design's clusters. Naming one here drops the design's strata (replicate
        weights stay as they were made).
    confidence : float
        Level of the intervals, between 0 and 1.
    rng : numpy.random.Generator or int, optional
        For more than 16 clusters, where sign changes are drawn; None means seed 0.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    Result
        One row per pair and method: "cr2" (Satterthwaite), "linearized" (clusters minus strata minus 1 degrees of
        freedom; called "replicates" on a design with replicate weights), "sign_flip" (all answers of a village change
        sign together); then p_holm and p_bh over the pairs.

    Raises
    ------
    ArgumentError
        When `pairs` holds no pairs of two different columns, `confidence` does not lie between 0 and 1, or `rng` is no
        Generator and no seed.
    ColumnError
        When a column is absent or holds text, or nobody answered both of a pair.

    Notes
    -----
    "linearized" is R's ``svyttest(I(a - b) ~ 0, design)``, whose degrees of freedom are one fewer than those of a
    mean; like it, the error knows what the weighting has fixed, or comes from the replicate weights. "cr2" and
    "sign_flip" take the weights as given. The sign-flip test holds if, without a difference, swapping the two ratings
    of a whole village would have been as likely; its interval inverts the test.

    References
    ----------
    Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage
    samples. Survey Methodology 28, 169-181.
    Fisher, R. A. (1935). The Design of Experiments. Oliver and Boyd, chapter 3.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"chief": [4, 5, 3, 4, 4, 5], "elected": [3, 3, 3, 2, 4, 4], "village": list("AABBCC")})
    >>> result = sk.compare_paired(sk.SurveyDesign(answers, cluster="village"), [("chief", "elected")])
    >>> result.table[["method", "estimate", "df", "p_value"]].round(3)
           method  estimate   df  p_value
    0         cr2       1.0  2.0    0.074
    1  linearized       1.0  1.0    0.179
    2   sign_flip       1.0  NaN    0.250
    """
    pairs = [_check_pair(pair) for pair in pairs]
    if not pairs:
        raise ArgumentError("`pairs` must hold at least one pair of columns, such as [('q1', 'q2')]")
    alpha, generator = 1 - check_share(confidence, "confidence"), as_generator(0 if rng is None else rng)
    if cluster is not None:
        design = replace(design, cluster=(cluster,), stratum=(), fpc=(), replicates=_by_respondent(design))
    book, rows = design.survey.codebook, []
    for first, second in pairs:
        check_columns(design.survey.frame, [first, second], "pairs")
        rows += [
            replace(row, group=book[first].ask(lang), baseline=book[second].ask(lang))
            for row in _rows_of_pair(design, first, second, alpha, generator)
        ]
    table = adjust_within(table_of(rows), ["method"])
    clusters: Slot = Columns(tuple(design.cluster)) if design.cluster else Message("paired_method.single")
    slots: dict[str, Slot] = {
        "weight": design.origin().weight,
        "clusters": clusters,
        "n": Figure(str(design.units.n_clusters)),
        "linearized": describe_linearized(design, "means"),
    }
    method = Told.of(Message("paired_method.method", slots))
    facts = {"n_respondents": len(design), "n_clusters": design.units.n_clusters, "confidence": confidence}
    return Result(
        table,
        method,
        design.origin(lang),
        facts,
        Told.of(Message("titles.paired")),
        quantity="paired",
    )


def _check_pair(pair: object) -> tuple[str, str]:
    if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2 or pair[0] == pair[1]:
        raise ArgumentError(
            f"`pairs` must hold pairs of two different columns, such as [('q1', 'q2')], but {pair!r} was given"
        )
    return pair[0], pair[1]


def _by_respondent(design: SurveyDesign) -> ReplicateWeights | None:
    """Return the replicate weights with one row of factors per respondent, so that clusters may be named anew."""
    replicates = design.replicates
    return (
        replicates
        if replicates is None
        else replace(replicates, factors=replicates.factors[replicates.of_row], of_row=np.arange(len(design)))
    )


def _rows_of_pair(design: SurveyDesign, first: str, second: str, alpha: float, rng: np.random.Generator) -> list[Row]:
    frame, units = design.survey.frame, design.units
    first_ratings, second_ratings = check_numeric(frame[first], "pairs"), check_numeric(frame[second], "pairs")
    difference = join_equal(first_ratings - second_ratings, largest_of(first_ratings, second_ratings))
    rows = np.flatnonzero(~np.isnan(difference))
    if not len(rows):
        raise ColumnError(f"nobody answered both {first!r} and {second!r}; name a pair that the same respondents rated")
    y, w, cluster = difference[rows], weights_of(design, rows), units.cluster_of_row[rows]
    if np.ptp(y) == 0:
        warn(f"everybody gives the same difference between {first!r} and {second!r}, so there is nothing to test")
    totals = cluster_totals(np.ones((len(rows), 1)), y, w, cluster, units.n_clusters)
    present = totals.n > 0
    totals = totals.keep(present)
    mean = float(w @ y / w.sum()) if np.ptp(y) else float(y[0])
    # equal differences from the first one on are exactly zero, and no error of rounding is left to be tested
    shifted = cluster_totals(np.ones((len(rows), 1)), y - y[0], w, cluster, units.n_clusters).keep(present)
    fit = fit_robust(shifted, "cr2")
    error = mean_error(design, y - mean, rows)
    df = freedom_left(degrees_of_freedom_among(design, ~np.isnan(difference))[0], 1)
    flipped = flip_signs(totals.xwy[:, 0], totals.weight, rng, float(np.abs(y).max()))
    low, high = flipped.interval(alpha)
    answers = {
        "cr2": row_of_t(mean, float(fit.std_errors[0]), float(fit.df[0]), alpha),
        "linearized" if design.replicates is None else "replicates": row_of_t(mean, error, df, alpha),
        "sign_flip": Row(flipped.observed, p_value=flipped.p_values()[0], conf_low=low, conf_high=high),
    }
    alone = outweighing(totals.weight)
    if alone is not None:
        warn(
            f"one cluster outweighs the others so far that they tell nothing of {first!r} and {second!r}, so no error can be estimated; look for a mistake in the weights, or trim them with trim_weights()"
        )
        answers = {name: row if name == "sign_flip" else Row(mean) for name, row in answers.items()}
    n_clusters, n_weighted = int(present.sum()), float(w.sum())
    return [
        replace(
            row,
            outcome=f"{first} - {second}",
            method=method,
            n=len(rows),
            n_clusters=n_clusters,
            n_weighted=n_weighted,
        )
        for method, row in answers.items()
    ]


def flip_signs(sums: np.ndarray, weight: np.ndarray, rng: np.random.Generator, size: float) -> Randomized:
    """Return the weighted mean difference under sign changes of whole clusters.

    Parameters
    ----------
    sums, weight : float array, (clusters,)
        Weighted sum of the differences and sum of weights.
    rng : numpy.random.Generator
    size : float
        Largest absolute difference of a respondent.
    """
    n_clusters, whole = len(sums), weight.sum()
    exact = n_clusters <= LARGEST_FLIP
    if exact:
        # the first of the products flips nothing: the order that was observed is one of the draws, as an exact test
        # wants it
        signs = np.array(list(itertools.product([1.0, -1.0], repeat=n_clusters)))
        # under a null difference D the sums are those minus D times the weights: at_zero - D slope, a line for each
        # draw, from which the interval is read without drawing anew
        at_zero, slope = signs @ sums / whole, signs @ weight / whole
        return Randomized(float(sums.sum() / whole), at_zero, slope, True, size)
    at_zero, slope = np.empty(FLIPS + 1), np.empty(FLIPS + 1)
    at_zero[0], slope[0] = sums.sum() / whole, 1.0
    # 32 MB of signs at once
    step = max(1, 4_000_000 // n_clusters)
    for start in range(1, FLIPS + 1, step):
        stop = min(start + step, FLIPS + 1)
        signs = 1.0 - 2.0 * rng.integers(0, 2, size=(stop - start, n_clusters))
        at_zero[start:stop], slope[start:stop] = signs @ sums / whole, signs @ weight / whole
    return Randomized(float(sums.sum() / whole), at_zero, slope, False, size)
