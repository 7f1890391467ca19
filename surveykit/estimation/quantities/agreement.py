"""How many lie on each side of the middle of an answer scale, from the shares of the single answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from surveykit._checks import as_names, check_columns, check_option, some, warn
from surveykit.codebook import Code
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.estimation.quantities.share_sums import interval_of_sums
from surveykit.likert.scale import LikertScale, check_scale
from surveykit.results import Result, glossary_frame
from surveykit.words.messages import Message, Slot, Told

Side = Literal["left", "middle", "right"]
WIDEST = 11
"""Points of the widest scale whose gaps are filled: from 0 to 10."""


@dataclass(frozen=True)
class AnswerScale:
    """The answers of a scale in code order, also those that nobody gave.

    Attributes
    ----------
    codes : tuple of int, float or str
    levels : tuple of str
        Text of each answer.
    sides : tuple of {"left", "middle", "right"}
        On which side of the centre each answer lies.
    unordered : bool
        Whether the answers are words without a known order, which agree with nothing.
    """

    codes: tuple[Code, ...]
    levels: tuple[str, ...]
    sides: tuple[Side, ...]
    unordered: bool = False

    def on(self, side: Side) -> np.ndarray:
        """Return which answers lie on one side."""
        return np.array([here == side for here in self.sides])

    def text(self, side: Side, names: Mapping[str, str] | None = None) -> str:
        """Return the answers on one side as one text."""
        shown = [level for level, here in zip(self.levels, self.sides) if here == side]
        return " + ".join((names or {}).get(level, level) for level in shown)


def agreement(
    shares: Result,
    scale: LikertScale | None = None,
    *,
    outcomes: str | Sequence[str] | None = None,
    left_levels: int | None = None,
    right_levels: int | None = None,
) -> Result:
    """Add up the answers left and right of the middle of a scale, with their intervals.

    Parameters
    ----------
    shares : Result
        What `shares()` returned: one row per item, group and answer.
    scale : LikertScale, optional
        The ends of the answer scale. None: those that the codebook labels, or that some item has answers at.
    outcomes : str or sequence of str, optional
        Items, in this order; they share one scale by their codes. None: all.
    left_levels, right_levels : int, optional
        How many answers lie left and right of the middle. None: half of them each way, which makes the odd one the
        middle.

    Returns
    -------
    Result
        Two rows per item and group: `term` is "left" or "right", `level` names the answers, `estimate` is their share
        with the logit interval at the design's own error, as `draw_shares` draws it.

    Raises
    ------
    ArgumentError
        When the items have different scales, an item is none of `shares` or of `scale`, answers lie outside `scale`, or
        more levels lie left and right than there are.
    ColumnError
        When the table lacks a column of its kind.

    Notes
    -----
    An answer that nobody gave keeps its place: the middle of 1 to 5 is 3 whatever was answered. Where neither labels
    nor a scale tell the ends, and the lowest answer given is above 1, a warning says that they are not known.

    R: ``svyciprop(~I(q1 >= 4), design, method = "xlogit")``.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"q1": [3, 4, 5, 4, 5, 5, 3, 4], "village": list("AABBCCDD")})
    >>> shares = sk.shares(sk.SurveyDesign(answers, cluster="village"), "q1")
    >>> scale = sk.LikertScale("trust", ["q1"], lowest=1, highest=5)
    >>> sk.agreement(shares, scale).table[["term", "level", "estimate", "conf_low", "conf_high"]].round(3)
        term  level  estimate  conf_low  conf_high
    0   left  1 + 2      0.00       NaN        NaN
    1  right  4 + 5      0.75     0.206      0.972
    """
    names = check_items(shares, outcomes)
    found = answer_scale(shares, names, scale, left_levels, right_levels)
    keys, rows = rows_of_scale(shares, names, found)
    wide = wide_shares(shares, rows)
    parts = []
    for side in ("left", "right"):
        chosen = found.on(side)
        ends = sides_intervals(shares, rows, chosen)
        estimate = np.where(np.isnan(wide).all(axis=1), np.nan, wide[:, chosen].sum(axis=1))
        parts.append(
            keys.assign(term=side, level=found.text(side), estimate=estimate, conf_low=ends[:, 0], conf_high=ends[:, 1])
        )
    table = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
    sides: dict[str, Slot] = {side: found.text(side) or Message("agreement.none") for side in ("left", "right")}
    method = Told.of(Message("agreement.method", sides), shares.method)
    return replace(
        Result(glossary_frame(table.to_dict("list")), method, shares.origin, shares.facts),
        group_codes=shares.group_codes,
        quantity="agreement",
    )


def check_items(shares: Result, outcomes: str | Sequence[str] | None) -> list[str]:
    """Return the items asked for, all by default; raise for a table of another kind and an item that is not there."""
    check_columns(shares.table, ["outcome", "group", "level", "estimate", "n"], "shares.table")
    if shares.table["level"].isna().any():
        raise ArgumentError("`shares` must hold one row per answer, as shares() returns them; these rows have none")
    there = list(dict.fromkeys(shares.table["outcome"]))
    names = as_names(outcomes, "outcomes") or there
    for name in names:
        if name not in there:
            raise ArgumentError(f"`outcomes` must be among the items of `shares`, {there}, but {name!r} was given")
    return names


def answer_scale(
    shares: Result, outcomes: Sequence[str], scale: LikertScale | None, left: int | None, right: int | None
) -> AnswerScale:
    """Return the answers that items share, in code order, and the side of each."""
    given = {name: _codes(shares, name) for name in outcomes}
    texts = {code: text for name in reversed(outcomes) for code, text in given[name].items()}
    if scale is not None:
        check_scale(scale)
        for name in outcomes:
            check_option(name, scale.items, "outcomes")
            wrong = [code for code in given[name] if code not in scale.points]
            if wrong:
                raise ArgumentError(
                    f"{name!r} has the answer {wrong[0]!r}, outside the scale {scale.lowest} to {scale.highest}; pass the scale that was asked"
                )
        codes: list[Code] = list(scale.points)
    else:
        codes = _common_codes(shares, outcomes, given)
    unordered = left is None and right is None and bool({*outcomes} & {*shares.facts.get("unordered", ())})
    levels = tuple(
        texts.get(code, shares.origin.codebook[outcomes[0]].label(code, shares.origin.lang)) for code in codes
    )
    count = len(codes)
    left, right = (0, 0) if unordered else (left, right)
    return AnswerScale(tuple(codes), levels, _sides(count, left, right), unordered)


def _codes(shares: Result, name: str) -> dict[Code, str]:
    """Return the text of each answer of an item by its code; of a table without codes, by the text itself."""
    known = shares.level_codes.get(name, {})
    levels = dict.fromkeys(shares.table.loc[shares.table["outcome"] == name, "level"].astype(str))
    return {known.get(level, level): level for level in levels}


def _common_codes(shares: Result, outcomes: Sequence[str], given: Mapping[str, Mapping[Code, str]]) -> list[Code]:
    """Return the codes that all items share: labelled ones as they are, of unlabelled ones all from end to end."""
    book = shares.origin.codebook
    labelled = [name for name in outcomes if book[name].labels]
    first = labelled[0] if labelled else outcomes[0]
    codes = list(given[first])
    plain = all(isinstance(code, int) for name in outcomes for code in given[name])
    if not labelled and plain:
        known = [code for name in outcomes for code in given[name] if isinstance(code, int)]
        low, high = min(known), max(known)
        if high - low < WIDEST:
            differ = len({tuple(sorted(map(str, given[name]))) for name in outcomes}) > 1
            if low > 1 or differ:
                warn(
                    f"the answers to {some(map(repr, outcomes), 3)} have no labels, so the ends of their scale are not known; it is taken to go from {low} to {high}, which decides what its middle is; pass scale=LikertScale(..., lowest=1, highest={high})"
                )
            return list(range(low, high + 1))
    for name in outcomes:
        # by their codes: labels may be spelled differently, and an item without labels may lack an answer nobody gave
        same = {*given[name]} == {*codes} or (name not in labelled and {*given[name]} <= {*codes})
        if not same:
            raise ArgumentError(
                f"items in one figure must share one scale, but {name!r} has the answers {list(given[name].values())} and {first!r} has {list(given[first].values())}; draw them in separate figures"
            )
    return codes


def _sides(count: int, left: int | None, right: int | None) -> tuple[Side, ...]:
    left, right = count // 2 if left is None else left, count // 2 if right is None else right
    if left < 0 or right < 0 or left + right > count:
        raise ArgumentError(
            f"`left_levels` and `right_levels` must together be at most the {count} levels of the scale, but {left} and {right} were given"
        )
    sides: list[Side] = [*["left"] * left, *["middle"] * (count - left - right), *["right"] * right]  # type: ignore[list-item]
    return tuple(sides)


def rows_of_scale(shares: Result, outcomes: Sequence[str], scale: AnswerScale) -> tuple[pd.DataFrame, np.ndarray]:
    """Return outcome, group and n of each bar, and the row of each of its answers, -1 where nobody gave it."""
    table = shares.table.reset_index(drop=True)
    place = {code: at for at, code in enumerate(scale.codes)}
    keys, rows = [], []
    for name in outcomes:
        codes = {text: code for code, text in _codes(shares, name).items()}
        here = table[table["outcome"] == name]
        for group, of_group in here.groupby("group", sort=False, dropna=False):
            line = np.full(len(scale.codes), -1)
            for row, level in zip(of_group.index, of_group["level"].astype(str)):
                if line[place[codes[level]]] >= 0:
                    raise ArgumentError(f"every group of {name!r} must have each answer once; use shares()")
                line[place[codes[level]]] = row
            keys.append({"outcome": name, "group": str(group), "n": of_group["n"].max()})
            rows.append(line)
    return pd.DataFrame(keys), np.array(rows)


def wide_shares(shares: Result, rows: np.ndarray) -> np.ndarray:
    """Return shares by bar and answer; 0 for an answer that nobody gave, NaN where nothing of a bar is known."""
    estimate = shares.table["estimate"].to_numpy(dtype=float)
    wide = np.where(rows >= 0, estimate[np.maximum(rows, 0)], 0.0)
    unknown = np.isnan(np.where(rows >= 0, wide, np.nan)).all(axis=1, keepdims=True)
    return np.where(unknown, np.nan, wide)


def sides_intervals(shares: Result, rows: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the interval of each bar's answers on one side, (bars, 2); NaN where there is none."""
    if not isinstance(shares, Estimates) or not chosen.any():
        return np.full((len(rows), 2), np.nan)
    return interval_of_sums(shares, rows, chosen)
