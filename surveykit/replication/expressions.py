"""Claims that follow from other claims: `100 * KHA-09 / KHA-08`, `SAN-05 > SAN-06`, `= ILI-07`."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from surveykit.errors import CodebookError
from surveykit.replication.claims import Claim, Ledger

CLAIM = re.compile(r"\b[A-Z]{2,5}-\d+[a-z]?\b")
# No powers, no calls, no names but claims: a ledger comes with somebody else's study, and is computed, not run
# (9**9**9 would never end).
ARITHMETIC: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
ORDER: Mapping[type, Callable[[Any, Any], bool]] = {
    ast.Gt: operator.gt, ast.Lt: operator.lt, ast.GtE: operator.ge, ast.LtE: operator.le, ast.Eq: operator.eq,
}  # fmt: skip


MOST_SIGNS, MOST_TERMS = 5_000, 250
"""Longest check that is computed; a sum over all settlements of a study is far shorter."""
LARGEST_EXPONENT, MOST_DIGITS = 1_000, 1_000
"""Bounds of a published number. 1e999999999 is ten signs long, and exact arithmetic would write it out in full."""


def is_expression(check: str) -> bool:
    """Return whether the column `check` of a claim is something to be computed from other claims."""
    return bool(CLAIM.search(check)) and ":" not in check


def settle_expressions(ledger: Ledger, extra: Mapping[str, str] | None = None) -> Ledger:
    """Return the ledger with every claim checked that follows from others.

    Parameters
    ----------
    ledger : Ledger
    extra : mapping from name to value, optional
        Further published values that expressions may use (figures of other sources).

    Notes
    -----
    Arithmetic is done on fractions, exactly; only the result is rounded. A comparison holds or does not hold and is
    held against the published "holds". `= ILI-07` says that the other source states the same value.
    """
    values = {claim.claim_id: claim.published for claim in ledger} | dict(extra or {})
    for claim in ledger:
        value = recompute(claim, values) if claim.verdict == "open" else None
        ledger = ledger if value is None else ledger.check({claim.claim_id: value})
    return ledger


def recompute(claim: Claim, values: Mapping[str, str]) -> float | str | None:
    """Return what a claim is when it is computed from published values; None when its check is no expression."""
    check = claim.check.strip()
    if not is_expression(check):
        return None
    if claim.claim_id in CLAIM.findall(check):
        raise CodebookError(
            f"claim {claim.claim_id!r} has the check {check!r}, which refers to itself; name what it follows from"
        )
    if check.startswith("="):
        return _value(check[1:].strip(), values, claim)
    value = evaluate(check, values, claim.claim_id)
    if isinstance(value, bool):
        return "holds" if value else "does not hold"
    try:
        return float(value)
    except OverflowError as error:
        raise CodebookError(
            f"claim {claim.claim_id!r} has the check {check!r}, whose value is beyond all numbers; correct it"
        ) from error


def evaluate(expression: str, values: Mapping[str, str], claim_id: str = "") -> Fraction | bool:
    """Return the value of an expression over claims.

    Examples
    --------
    >>> float(evaluate("100 * KHA-09 / KHA-08", {"KHA-09": "1419", "KHA-08": "2297"}))
    61.77622986504136
    """
    if len(expression) > MOST_SIGNS:
        raise CodebookError(
            f"claim {claim_id!r} has a check of {len(expression):,} signs, which begins {expression[:40]!r}; a check may have {MOST_SIGNS:,}: split it into several claims"
        )
    names = {match: f"c{number}" for number, match in enumerate(dict.fromkeys(CLAIM.findall(expression)))}
    text = CLAIM.sub(lambda match: names[match.group()], expression)
    numbers = {short: _number(name, values, claim_id) for name, short in names.items()}
    try:
        tree = ast.parse(text, mode="eval").body
        terms = sum(isinstance(node, ast.Name | ast.Constant) for node in ast.walk(tree))
        if terms > MOST_TERMS:
            raise CodebookError(
                f"claim {claim_id!r} has a check of {terms:,} terms, which begins {expression[:40]!r}; a check may have {MOST_TERMS}: split it into several claims"
            )
        value: Fraction | bool = _evaluate(tree, numbers)
        return value
    except (
        SyntaxError,
        ValueError,
        KeyError,
        TypeError,
        ZeroDivisionError,
        OverflowError,
        RecursionError,
        MemoryError,
    ) as error:  # the last two: brackets or signs within each other, thousands deep
        if isinstance(error, CodebookError):
            raise
        shown = expression if len(expression) <= 200 else f"{expression[:200]}..."
        raise CodebookError(
            f"claim {claim_id!r} has the check {shown!r}, which cannot be computed; use + - * /, comparisons, `and`, and ids of claims with a number"
        ) from error


def _evaluate(node: ast.AST, numbers: Mapping[str, Fraction]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        # as it is written, in fractions: of floats, 0.1 + 0.2 == 0.3 is false, and a claim that holds would be said
        # not to
        return _exact(str(node.value))
    if isinstance(node, ast.Name):
        return numbers[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand, numbers)
    if isinstance(node, ast.BinOp):
        return ARITHMETIC[type(node.op)](_evaluate(node.left, numbers), _evaluate(node.right, numbers))
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return ORDER[type(node.ops[0])](_evaluate(node.left, numbers), _evaluate(node.comparators[0], numbers))
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        return all(_evaluate(value, numbers) for value in node.values)
    raise TypeError(type(node).__name__)


def _value(name: str, values: Mapping[str, str], claim: Claim) -> str:
    if name not in values:
        raise CodebookError(f"claim {claim.claim_id!r} refers to {name!r}, which the ledger does not have")
    return values[name]


def _number(name: str, values: Mapping[str, str], claim_id: str) -> Fraction:
    if name not in values:
        raise CodebookError(f"claim {claim_id!r} refers to {name!r}, which the ledger does not have")
    try:
        return _exact(values[name])
    except (ValueError, ZeroDivisionError) as error:
        shown = values[name] if len(values[name]) <= 60 else f"{values[name][:60]}..."
        raise CodebookError(
            f"claim {claim_id!r} refers to {name!r}, whose value {shown!r} is no number that can be reckoned with; give it one, or another check"
        ) from error


def _exact(text: str) -> Fraction:
    """Return a number exactly; ValueError when it is none, or one that fills the memory when it is written out."""
    if len(text) > MOST_DIGITS:
        raise ValueError(f"more than {MOST_DIGITS} digits")
    _, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > LARGEST_EXPONENT:
        raise ValueError(f"an exponent beyond {LARGEST_EXPONENT}")
    return Fraction(text)
