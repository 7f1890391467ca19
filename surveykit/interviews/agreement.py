"""How far coders agree beyond chance: Krippendorff's alpha, Cohen's kappa, percent agreement."""

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import as_generator, as_names, check_columns, check_numeric, check_option, check_share, warn
from surveykit.codebook import as_code
from surveykit.errors import ArgumentError, ColumnError
from surveykit.results import Origin, Result, Row, table_of
from surveykit.words.messages import Figure, Message, Slot, Told

Level = Literal["nominal", "ordinal", "interval", "ratio"]


def coder_agreement(
    ratings: pd.DataFrame,
    coders: str | Sequence[str],
    *,
    level: Level = "nominal",
    cluster: str | None = None,
    draws: int = 1000,
    confidence: float = 0.95,
    rng: np.random.Generator | int | None = 0,
    origin: Origin | None = None,
) -> Result:
    """Return how far coders agree on the same units.

    Parameters
    ----------
    ratings : DataFrame
        One row per unit (passage, answer), one column per coder; an empty cell is a unit not coded. Codes may be texts
        at the nominal level, where they need no order; 1 and "1" are then one code.
    coders : sequence of str
        Columns of the coders, two or more.
    level : {"nominal", "ordinal", "interval", "ratio"}
        What a distance between two codes means.
    cluster : str, optional
        Column of the interview that a unit comes from; interviews, not units, are then redrawn for the interval.
    draws : int
        Bootstrap draws for the interval of alpha; 0 gives none.
    confidence : float
        Level of the intervals, between 0 and 1.
    rng : numpy Generator or int, optional
        By default seed 0, so that a second run gives the same interval.
    origin : Origin, optional
        Where the codes come from (simulated or not).

    Returns
    -------
    Result
        Rows: Krippendorff's alpha of all coders, then for each pair of coders percent agreement ("percent", a share
        from 0 to 1), Cohen's kappa ("cohen") and, for ordered levels, kappa with quadratic weights ("cohen_quadratic").

    Raises
    ------
    ColumnError
        When a column is absent, no unit was coded by two coders, codes are no numbers where the level orders them or
        are negative for "ratio", or `cluster` is empty for some.
    ArgumentError
        When there are fewer than two coders, the level is unknown, `confidence` does not lie between 0 and 1, or `rng`
        is no Generator and no seed.

    Notes
    -----
    ``alpha = 1 - D_o / D_e`` with observed and expected disagreement from the coincidence matrix
    ``o_ck = sum_u (pairs c-k in unit u) / (m_u - 1)`` of units with at least two codes (Krippendorff 2019, chapter 12).
    Squared distances: 0 or 1 (nominal), ranks between c and k (ordinal), (c - k)^2, ((c - k) / (c + k))^2. The interval
    is the percentile interval of a bootstrap of units. R: ``irr::kripp.alpha``, ``psych::cohen.kappa``.

    References
    ----------
    Krippendorff, K. (2019). Content Analysis, 4th edition. Sage.
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20,
    37-46.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> codes = pd.DataFrame({"ann": [1, 1, 0, 0], "bek": [1, 0, 0, 0]})
    >>> sk.coder_agreement(codes, ["ann", "bek"], draws=0).table[["method", "estimate", "n"]].round(3)
                     method  estimate  n
    0  krippendorff_nominal     0.533  4
    1               percent     0.750  4
    2                 cohen     0.500  4
    """
    names = as_names(coders, "coders")
    if len(names) < 2:
        raise ArgumentError(f"agreement needs at least two coders, but `coders` names {len(names)}")
    check_columns(ratings, names, "coders")
    check_option(level, get_args(Level), "level")
    check_share(confidence, "confidence")
    codes = _numbers(ratings, names, level)
    if cluster is not None:
        check_columns(ratings, [cluster], "cluster")
        if absent := int(ratings[cluster].isna().sum()):
            raise ColumnError(
                f"`cluster` names {cluster!r}, which is empty for {absent} units; give each the interview that it comes from, or leave these units out"
            )
    if not (np.isfinite(codes).sum(axis=1) >= 2).any():
        raise ColumnError(
            "no unit was coded by two coders, so there is nothing to agree on; check the columns of `coders`"
        )
    if level == "ratio" and (codes[np.isfinite(codes)] < 0).any():
        raise ColumnError("ratio codes must not be negative; use level='interval'")
    groups = np.arange(len(codes)) if cluster is None else pd.factorize(ratings[cluster])[0]
    alpha, low, high = _alpha_with_interval(codes, level, groups, draws, confidence, as_generator(rng))
    pairable = int((np.isfinite(codes).sum(axis=1) >= 2).sum())
    n_clusters = len(np.unique(groups)) if cluster is not None else np.nan
    method = f"krippendorff_{level}"
    rows = [
        Row(alpha, conf_low=low, conf_high=high, term="all coders", method=method, n=pairable, n_clusters=n_clusters)
    ]
    for one, other in combinations(range(len(names)), 2):
        rows += [
            Row(value, term=f"{names[one]}, {names[other]}", method=measure, n=n, n_clusters=n_clusters)
            for measure, value, n in _pair(codes[:, one], codes[:, other], level)
        ]
    table = table_of(rows)
    redrawn = "units" if cluster is None else "interviews"
    if np.isnan(alpha):
        interval = Message("coders.alike")
    elif np.isnan(low) or not draws:
        interval = Message("coders.no_interval")
    else:
        interval = Message(f"coders.{redrawn}", {"n": Figure(str(draws))})
    slots: dict[str, Slot] = {
        "level": Message(f"coders.{level}"),
        "n": Figure(str(len(names))),
        "units": Figure(str(pairable)),
        "interval": interval,
    }
    text = Told.of(Message("coders.method", slots))
    return Result(
        table, text, origin or Origin(), {"coders": len(names), "units": pairable}, Told.of(Message("coders.title"))
    )


def _numbers(ratings: pd.DataFrame, names: list[str], level: Level) -> np.ndarray:
    """Return the codes as numbers, (units, coders); texts of nominal codes are numbered, empty ones are missing."""
    columns = [ratings[name] for name in names]
    if level != "nominal" or all(pd.api.types.is_numeric_dtype(column.dtype) for column in columns):
        return np.column_stack([check_numeric(column, "coders") for column in columns])
    texts = pd.concat([pd.Series([_text(value) for value in column], dtype=object) for column in columns])
    spellings: dict[str, str] = {}
    for text in texts.dropna().unique():
        if (other := spellings.setdefault(" ".join(text.lower().split()), text)) != text:
            warn(f"the codes {other!r} and {text!r} differ only in their spelling and count as two")
    numbers = pd.factorize(texts, sort=True)[0].astype(float)
    return np.where(numbers < 0, np.nan, numbers).reshape(len(names), -1).T


def _text(value: object) -> str | None:
    """Return a code as text, a number as it is written shortest; None for an empty cell."""
    if pd.isna(value) or not (text := str(value).strip()):
        return None
    try:
        return str(as_code(float(text)))
    except ValueError:
        return text


def krippendorff_alpha(codes: np.ndarray, level: Level = "nominal") -> float:
    """Return Krippendorff's alpha of codes, (units, coders), NaN where a unit was not coded."""
    return _alpha_with_interval(
        np.asarray(codes, dtype=float), level, np.arange(len(codes)), 0, 0.95, np.random.default_rng(0)
    )[0]


def cohen_kappa(one: np.ndarray, other: np.ndarray, weights: Literal["none", "linear", "quadratic"] = "none") -> float:
    """Return Cohen's kappa of two coders; units that either left out do not count.

    Weighted kappa takes distances between the codes themselves: from 3 to 5 it is 2, also where nobody used 4. R's
    ``psych::cohen.kappa`` counts places among the codes in use instead, and differs where there are such gaps.
    """
    both = np.isfinite(one) & np.isfinite(other)
    values = np.unique(np.concatenate([one[both], other[both]]))
    if len(values) < 2:
        return float("nan")
    table = np.zeros((len(values), len(values)))
    np.add.at(table, (np.searchsorted(values, one[both]), np.searchsorted(values, other[both])), 1 / both.sum())
    gap = np.abs(values[:, None] - values[None, :])
    distance = {"none": (gap > 0).astype(float), "linear": gap, "quadratic": gap**2}[weights]
    expected = table.sum(axis=1)[:, None] * table.sum(axis=0)[None, :]
    return float(1 - (table * distance).sum() / (expected * distance).sum())


def _pair(one: np.ndarray, other: np.ndarray, level: Level) -> list[tuple[str, float, int]]:
    both = np.isfinite(one) & np.isfinite(other)
    n = int(both.sum())
    if n == 0:
        return []
    rows = [("percent", float((one[both] == other[both]).mean()), n), ("cohen", cohen_kappa(one, other), n)]
    return rows if level == "nominal" else [*rows, ("cohen_quadratic", cohen_kappa(one, other, "quadratic"), n)]


def _alpha_with_interval(
    codes: np.ndarray, level: Level, groups: np.ndarray, draws: int, confidence: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    values = np.unique(codes[np.isfinite(codes)])
    counts = np.stack([(codes == value).sum(axis=1) for value in values], axis=1).astype(float)
    counts[counts.sum(axis=1) < 2] = 0
    coded = counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(coded > 1, 1 / (coded - 1), 0.0)
    pairs = (counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))) * share[:, None, None]
    n_groups = int(groups.max()) + 1
    of_group = np.zeros((n_groups, len(values) ** 2))
    np.add.at(of_group, groups, pairs.reshape(len(codes), -1))
    alpha = _alpha(of_group.sum(axis=0), values, level)
    if draws < 0:
        raise ArgumentError(f"`draws` counts bootstrap draws, 0 for no interval, but {draws} was given")
    if draws == 0:
        return alpha, float("nan"), float("nan")
    drawn = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=draws) @ of_group
    alphas = np.array([_alpha(row, values, level) for row in drawn])
    alphas = alphas[np.isfinite(alphas)]
    if not len(alphas):
        return alpha, float("nan"), float("nan")
    low, high = np.quantile(alphas, [(1 - confidence) / 2, (1 + confidence) / 2])
    return alpha, float(low), float(high)


def _alpha(coincidences: np.ndarray, values: np.ndarray, level: Level) -> float:
    table = coincidences.reshape(len(values), len(values))
    margin = table.sum(axis=0)
    total = margin.sum()
    distance = _distances(values, margin, level)
    expected = (np.outer(margin, margin) * distance).sum()
    if expected <= 0:
        return float("nan")
    return float(1 - (total - 1) * (table * distance).sum() / expected)


def _distances(values: np.ndarray, margin: np.ndarray, level: Level) -> np.ndarray:
    """Return the squared distance between every two codes."""
    one, other = values[:, None], values[None, :]
    if level == "nominal":
        return np.asarray((one != other).astype(float))
    if level == "interval":
        return np.asarray((one - other) ** 2)
    if level == "ratio":
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(one + other > 0, ((one - other) / (one + other)) ** 2, 0.0)
    up_to = np.cumsum(margin)
    between = (
        np.abs(up_to[:, None] - up_to[None, :])
        + np.where(one > other, margin[None, :] - margin[:, None], margin[:, None] - margin[None, :]) / 2
    )
    return np.where(one == other, 0.0, between**2)
