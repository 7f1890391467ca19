"""The numbers of a diverging Likert figure: where each bar begins and ends, what stands beside it. No ink here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import check_option, some
from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.agreement import (
    AnswerScale,
    Side,
    answer_scale,
    rows_of_scale,
    sides_intervals,
    wide_shares,
)
from surveykit.likert.scale import LikertScale
from surveykit.report.disclosure import WHY
from surveykit.report.records import records
from surveykit.results import Result
from surveykit.translation import OTHER_REASONS

Neutral = Literal["split", "left", "right", "drop"]
SAME_SHARE = 1e-6
"""Shares are one when they differ by less: `agree` may come from a file with six decimals. One respondent of a hundred
thousand already makes more."""


@dataclass(frozen=True, eq=False)
class LikertTable:
    """A Likert figure as numbers.

    Attributes
    ----------
    scale : AnswerScale
        Answers in code order, also those that nobody gave, and the side of each.
    bars : pandas.DataFrame
        One row per outcome, group and level: estimate (share, 0 to 1), x_from, x_to (position, centre at 0; NaN when
        not drawn), n, why (it is hidden; hidden answers of a group are drawn as wide as each other).
    totals, left : pandas.DataFrame
        One row per outcome and group: estimate, conf_low, conf_high, n of the levels right and left of the centre.
    missing : pandas.DataFrame
        One row per outcome, group and reason: n, share (0 to 1, of all who were asked).
    """

    scale: AnswerScale
    bars: pd.DataFrame
    totals: pd.DataFrame
    left: pd.DataFrame
    missing: pd.DataFrame

    @property
    def levels(self) -> tuple[str, ...]:
        """Answers in code order."""
        return self.scale.levels

    @property
    def sides(self) -> tuple[Side, ...]:
        """On which side of the centre each level lies."""
        return self.scale.sides

    def columns_of(self, side: Side) -> list[str]:
        """Return the levels on one side."""
        return [level for level, here in zip(self.levels, self.sides) if here == side]


def likert_table(
    shares: Result,
    *,
    outcomes: Sequence[str],
    scale: LikertScale | None = None,
    neutral: Neutral = "split",
    left_levels: int | None = None,
    right_levels: int | None = None,
    agree: Result | None = None,
) -> LikertTable:
    """Return where each bar of a diverging figure begins and ends; parameters as in `draw_shares`.

    Answers in words without a known order are laid side by side from zero: no side of a scale, no total.
    """
    check_option(neutral, get_args(Neutral), "neutral")
    found = answer_scale(shares, outcomes, scale, left_levels, right_levels)
    neutral = "right" if found.unordered else neutral  # words without an order agree with nothing
    keys, rows = rows_of_scale(shares, outcomes, found)
    wide = wide_shares(shares, rows)
    count = len(found.codes)
    starts, ends = positions(_filled(wide), found.sides, neutral)
    bars = keys.loc[np.repeat(keys.index, count), ["outcome", "group", "n"]].reset_index(drop=True)
    bars.insert(2, "level", np.tile(np.array(found.levels, dtype=object), len(keys)))
    bars.insert(3, "estimate", wide.ravel())
    why = shares.table[WHY].to_numpy() if WHY in shares.table else np.full(len(shares.table), "")
    bars["why"] = np.where(rows >= 0, why[np.maximum(rows, 0)], "").ravel()
    bars["x_from"], bars["x_to"] = starts.ravel(), ends.ravel()
    totals = keys.assign(**_side(shares, rows, wide, found.on("right")))
    if agree is not None:
        totals[["conf_low", "conf_high"]] = _given_intervals(agree, totals)
    left = keys.assign(**_side(shares, rows, wide, found.on("left")))
    return LikertTable(found, bars, totals, left, _missing(shares, outcomes))


def _side(shares: Result, rows: np.ndarray, wide: np.ndarray, chosen: np.ndarray) -> dict[str, np.ndarray]:
    """Return the answers on one side together, with their interval, as `agreement` gives them."""
    ends = sides_intervals(shares, rows, chosen)
    estimate = _sums(wide, chosen)
    ends = np.where(np.isnan(estimate)[:, None], np.nan, ends)
    return {"estimate": estimate, "conf_low": ends[:, 0], "conf_high": ends[:, 1]}


def _filled(shares: np.ndarray) -> np.ndarray:
    """Return shares with hidden ones as wide as each other: together they are what the others leave."""
    gone = np.isnan(shares)
    some_gone = gone & ~gone.all(axis=1, keepdims=True)
    each = (1 - np.nansum(shares, axis=1, keepdims=True)) / np.maximum(gone.sum(axis=1, keepdims=True), 1)
    return np.where(some_gone, each, shares)


def _sums(shares: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the chosen levels together; missing where that would tell some of the hidden ones from the others."""
    gone = np.isnan(shares)
    apart = (gone & chosen).any(axis=1) & (gone & ~chosen).any(axis=1)
    total = np.where(
        (gone & chosen).any(axis=1), 1 - np.nansum(shares[:, ~chosen], axis=1), shares[:, chosen].sum(axis=1)
    )
    return np.where(apart | gone.all(axis=1), np.nan, total)


def positions(shares: np.ndarray, sides: Sequence[Side], neutral: Neutral = "split") -> tuple[np.ndarray, np.ndarray]:
    """Return where each bar starts and ends, the centre of the scale at zero.

    Parameters
    ----------
    shares : float array, (rows, levels)
        Shares of a row add up to 1; they are placed as they are, without rounding.

    Examples
    --------
    >>> starts, ends = positions(np.array([[0.2, 0.5, 0.3]]), ["left", "middle", "right"])
    >>> starts.round(2).tolist(), ends.round(2).tolist()
    ([[-0.45, -0.25, 0.25]], [[-0.25, 0.25, 0.55]])
    """
    sides = list(sides)
    middle = np.array([side == "middle" for side in sides])
    drawn = np.where(middle[None, :], 0.0, shares) if neutral == "drop" else shares
    left = drawn[:, np.array([side == "left" for side in sides])].sum(axis=1)
    in_middle = drawn[:, middle].sum(axis=1)
    # how much of the middle lies left of zero; the sum of all before the first bar is where it begins
    part = {"split": 0.5, "left": 1.0, "right": 0.0, "drop": 0.0}[neutral]
    edges = np.cumsum(np.concatenate([-(left + part * in_middle)[:, None], drawn], axis=1), axis=1)
    starts, ends = edges[:, :-1].copy(), edges[:, 1:].copy()
    if neutral == "drop":
        starts[:, middle] = ends[:, middle] = np.nan
    return starts, ends


def _given_intervals(agree: Result, totals: pd.DataFrame) -> np.ndarray:
    rows = agree.table
    if "term" in rows and (rows["term"] == "right").any():  # of agreement(), which gives both sides
        rows = rows[rows["term"] == "right"]
    rows = rows.reset_index(drop=True)
    if len(rows) != len(totals):
        raise ArgumentError(f"`agree` must hold one row per item and group ({len(totals)}), but it holds {len(rows)}")
    shown = totals["estimate"].notna().to_numpy()
    off = shown & ~np.isclose(rows["estimate"].to_numpy(dtype=float), totals["estimate"], atol=SAME_SHARE)
    if off.any():
        wrong = [f"{row.outcome} ({row.group})" for row in records(totals[off])]
        raise ArgumentError(
            f"`agree` must estimate the levels right of the centre, but it differs from their sum for {some(wrong, 3)}; collapse the same levels in the same rows"
        )
    return np.where(shown[:, None], rows[["conf_low", "conf_high"]].to_numpy(dtype=float), np.nan)


def _missing(shares: Result, outcomes: Sequence[str]) -> pd.DataFrame:
    missing = getattr(shares, "missing", None)
    columns = ["outcome", "group", "reason", "n", "share"]
    if missing is None or missing.empty:
        return pd.DataFrame(columns=columns)
    chosen = missing[missing["outcome"].isin(outcomes)][columns]
    asked = chosen["n"].fillna(1).groupby(chosen["reason"], sort=False).transform("sum") > 0  # hidden: somebody
    return _fewer_reasons(chosen[asked].reset_index(drop=True))


def _fewer_reasons(missing: pd.DataFrame) -> pd.DataFrame:
    """Keep the first reason by itself ("don't know" as a rule) and add up the others when there are more than two."""
    reasons = list(dict.fromkeys(missing["reason"]))
    if len(reasons) <= 2:
        return missing
    merged = missing.assign(reason=missing["reason"].where(missing["reason"] == reasons[0], OTHER_REASONS))
    keys = ["outcome", "group", "reason"]
    return merged.groupby(keys, sort=False, as_index=False)[["n", "share"]].sum(skipna=False)  # of a hidden one, hidden
