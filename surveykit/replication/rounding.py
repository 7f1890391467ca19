"""When a recomputed number is the number that was printed: the rounding rules of a ledger."""

import math
from decimal import ROUND_DOWN, Decimal, InvalidOperation

from surveykit.errors import CodebookError

SLACK = 1e-9
"""Relative room for binary fractions: 0.15 is stored a little below 0.15 and must still round up."""
NUDGE = 1e-15
"""What a number is raised by, relative to it, before decimals are cut off: 0.29 x 100 is stored as 28.999999999999996,
and stands for 29. It is four times the last digit; ten times more would lift what was really below."""

MOST_DECIMALS = 15
"""Decimals beyond which a binary number says nothing."""

RULES = "a number of decimals (`1`, `0`, `-2` for hundreds), `truncated:1`, `lower_bound`, `upper_bound`, or nothing for texts"


def agrees(published: str, recomputed: float | str, rounding: str = "") -> bool:
    """Return whether a recomputed value is what was printed, under the rounding rule of the claim.

    Parameters
    ----------
    published : str
        The value as printed ("61.8", "2021-07-25", "2013;2017").
    recomputed : float or str
    rounding : str
        ``"1"``: printed to one decimal; ``"-2"``: printed to hundreds; ``"truncated:0"``: further decimals were cut
        off; ``"lower_bound"``: printed as "more than"; ``"upper_bound"``: printed as "less than"; ``""``: as it stands.

    Notes
    -----
    A value p printed to d decimals stands for every number in [p - u/2, p + u/2], u = 10^(-d), both ends included: a
    printed 0.2 may come from 0.25 (half to even) and a printed 0.3 as well (half up); authors seldom say which they
    used. A bound is strict: 700 is not "more than 700". Several values in one cell are separated by semicolons.

    Examples
    --------
    >>> agrees("61.8", 100 * 1419 / 2297, "1")
    True
    >>> agrees("40", 40.625, "0"), agrees("40", 40.625, "truncated:0")
    (False, True)
    """
    kind, digits = _read_rule(rounding)
    left, right = _numbers(published), _numbers(recomputed)
    if left is None or right is None or len(left) != len(right):
        return str(published).strip() == str(recomputed).strip()
    return all(_pair_agrees(one, other, kind, digits) for one, other in zip(left, right))


def _read_rule(rounding: str) -> tuple[str, int]:
    kind, _, digits = str(rounding).strip().partition(":")
    if kind in ("", "exact", "lower_bound", "upper_bound") and not digits:
        return kind or "exact", 0
    try:
        rule = ("truncated", int(digits or "0")) if kind == "truncated" else ("rounded", int(kind))
        if abs(rule[1]) > MOST_DECIMALS:
            raise ValueError(f"beyond {MOST_DECIMALS} decimals")
        return rule
    except ValueError as error:
        raise CodebookError(f"`rounding` must be {RULES}, but {rounding!r} was given") from error


def _numbers(value: float | str) -> list[float] | None:
    try:
        # the minus sign of typesetters; several numbers of one claim stand between semicolons
        return [float(part) for part in str(value).replace("\u2212", "-").split(";")]
    except ValueError:
        return None


def _pair_agrees(published: float, recomputed: float, kind: str, digits: int) -> bool:
    if not (math.isfinite(published) and math.isfinite(recomputed)):
        return False
    slack = SLACK * max(1.0, abs(published))
    if kind == "lower_bound":
        # "more than 60 %" is not said of 60
        return recomputed > published
    if kind == "upper_bound":
        return recomputed < published
    if kind == "exact":
        return abs(recomputed - published) <= slack
    # both are cut: a published 12.30 to one decimal is 12.3
    if kind == "truncated":
        return truncate(recomputed, digits) == truncate(published, digits)
    # a half is allowed on either side: programs round it up, to the even digit, or by its binary fraction, and which
    # did is not known
    return abs(recomputed - published) <= 10.0**-digits / 2 + slack


def truncate(value: float, digits: int) -> float:
    """Return a number with the decimals beyond `digits` cut off (towards zero)."""
    try:
        nudged = Decimal(repr(value * (1 + NUDGE)))
        return float(nudged.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN))
    except InvalidOperation:
        return value


def show_value(value: float | str | None, rounding: str = "") -> str:
    """Return a recomputed value for the page: two decimals more than were published, trailing zeros gone."""
    if value is None:
        return ""
    numbers = _numbers(value)
    if numbers is None or isinstance(value, str):
        return str(value)
    kind, digits = _read_rule(rounding)
    decimals = max(digits, 0) + 2 if kind in ("rounded", "truncated") else 4
    return f"{float(value):.{decimals}f}".rstrip("0").rstrip(".")
