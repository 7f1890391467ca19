"""The numbers of a diverging Likert figure: where each bar begins and ends, what stands beside it. No ink here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from surveykit._checks import check_option, some
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.estimation.quantities.share_sums import interval_of_sums
from surveykit.report.disclosure import WHY
from surveykit.report.records import records
from surveykit.report.translation import OTHER_REASONS
from surveykit.results import Result

Neutral = Literal["split", "left", "right", "drop"]
Side = Literal["left", "middle", "right"]
SAME_SHARE = 1e-6
"""Shares are one when they differ by less: `agree` may come from a file with six decimals. One respondent of a hundred
thousand already makes more."""


@dataclass(frozen=True, eq=False)
class LikertTable:
    """A Likert figure as numbers.

    Attributes
    ----------
    levels : tuple of str
        Answers in code order.
    sides : tuple of {"left", "middle", "right"}
        On which side of the centre each level lies.
    bars : pandas.DataFrame
        One row per outcome, group and level: estimate (share, 0 to 1), x_from, x_to (position, centre at 0; NaN when
        not drawn), n, why (it is hidden; hidden answers of a group are drawn as wide as each other).
    totals : pandas.DataFrame
        One row per outcome and group: estimate, conf_low, conf_high of the levels right of the centre, x_end, n.
    missing : pandas.DataFrame
        One row per outcome, group and reason: n, share (0 to 1, of all who were asked).
    """

    levels: tuple[str, ...]
    sides: tuple[Side, ...]
    bars: pd.DataFrame
    totals: pd.DataFrame
    missing: pd.DataFrame

    def columns_of(self, side: Side) -> list[str]:
        """Return the levels on one side."""
        return [level for level, here in zip(self.levels, self.sides) if here == side]


def likert_table(
    shares: Result,
    *,
    outcomes: Sequence[str],
    neutral: Neutral = "split",
    left_levels: int | None = None,
    right_levels: int | None = None,
    agree: Result | None = None,
) -> LikertTable:
    """Return where each bar of a diverging figure begins and ends; parameters as in `draw_shares`.

    Answers in words without a known order are laid side by side from zero: no side of a scale, no total.
    """
    check_option(neutral, get_args(Neutral), "neutral")
    of_outcome = shares.table["outcome"].to_numpy()
    picked = np.concatenate([np.flatnonzero(of_outcome == outcome) for outcome in outcomes])
    table = shares.table.iloc[picked].reset_index(drop=True)
    levels = _common_levels(table, outcomes)
    if left_levels is None and right_levels is None and {*outcomes} & {*shares.facts.get("unordered", ())}:
        left_levels, right_levels, neutral = 0, 0, "right"  # words without an order agree with nothing
    sides = _sides(len(levels), left_levels, right_levels)
    bars = table[["outcome", "group", "level", "estimate", "n"]].copy()
    bars["why"] = table.get(WHY, "")
    bars["group"] = bars["group"].astype(str)
    wide = bars["estimate"].to_numpy(dtype=float).reshape(-1, len(levels))
    starts, ends = positions(_filled(wide), sides, neutral)
    bars["x_from"], bars["x_to"] = starts.ravel(), ends.ravel()
    keys = bars.iloc[:: len(levels)][["outcome", "group"]].reset_index(drop=True)
    keys["n"] = bars["n"].groupby(np.arange(len(bars)) // len(levels)).max()  # of a group some answers may be hidden
    right = np.array([side == "right" for side in sides])
    ends_drawn = np.where(np.isnan(ends), -np.inf, ends).max(axis=1)
    totals = keys.assign(
        estimate=_sums(wide, right),
        conf_low=np.nan,
        conf_high=np.nan,
        x_end=np.where(np.isfinite(ends_drawn), ends_drawn, np.nan),
    )
    totals[["conf_low", "conf_high"]] = _intervals(shares, picked, right, agree, totals)
    return LikertTable(levels, sides, bars, totals, _missing(shares, outcomes))


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


def _common_levels(table: pd.DataFrame, outcomes: Sequence[str]) -> tuple[str, ...]:
    first = tuple(dict.fromkeys(table.loc[table["outcome"] == outcomes[0], "level"].astype(str)))
    for outcome in outcomes:
        rows = table[table["outcome"] == outcome]
        levels = tuple(dict.fromkeys(rows["level"].astype(str)))
        if levels != first:
            raise ArgumentError(
                f"items in one figure must share one scale, but {outcome!r} has the answers {list(levels)} and {outcomes[0]!r} has {list(first)}; draw them in separate figures"
            )
        if len(rows) % len(levels) or tuple(rows["level"].astype(str)) != levels * (len(rows) // len(levels)):
            raise ArgumentError(f"every group of {outcome!r} must have the same levels in one order; use shares()")
    return first


def _sides(count: int, left: int | None, right: int | None) -> tuple[Side, ...]:
    left, right = count // 2 if left is None else left, count // 2 if right is None else right
    if left < 0 or right < 0 or left + right > count:
        raise ArgumentError(
            f"`left_levels` and `right_levels` must together be at most the {count} levels of the scale, but {left} and {right} were given"
        )
    sides: list[Side] = [*["left"] * left, *["middle"] * (count - left - right), *["right"] * right]  # type: ignore[list-item]
    return tuple(sides)


def _intervals(
    shares: Result, picked: np.ndarray, right: np.ndarray, agree: Result | None, totals: pd.DataFrame
) -> np.ndarray:
    """Return the ends of the interval of each right-hand total, (rows, 2)."""
    if agree is not None:
        return _given_intervals(agree, totals)
    if not isinstance(shares, Estimates) or not right.any():
        return np.full((len(totals), 2), np.nan)
    return interval_of_sums(shares, picked, right)


def _given_intervals(agree: Result, totals: pd.DataFrame) -> np.ndarray:
    rows = agree.table.reset_index(drop=True)
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
