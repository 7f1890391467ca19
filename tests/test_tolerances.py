"""A tolerance has a name and a reason: no small number stands bare in the code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "surveykit"
SMALL = 1e-5
"""Numbers down from here are tolerances and stand-ins for zero; larger ones are data, shares and steps."""


def small_numbers(tree: ast.AST) -> list[ast.Constant]:
    numbers = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)]
    return [node for node in numbers if 0 < abs(node.value) <= SMALL]


def faults(source: str) -> list[tuple[int, str]]:
    """Return the lines of a module with a small number that has no name, or a name without a reason beneath.

    The default of a parameter has a name and is explained with it.
    """
    body, found = ast.parse(source).body, []
    named: set[ast.AST] = set()
    for statement, after in zip(body, [*body[1:], None]):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and small_numbers(statement):
            named |= {*small_numbers(statement)}
            reason = after.value if isinstance(after, ast.Expr) else None
            if not (isinstance(reason, ast.Constant) and isinstance(reason.value, str) and len(reason.value) > 30):
                found.append((statement.lineno, "no reason beneath"))
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.arguments):
                named |= {number for default in [*node.defaults, *filter(None, node.kw_defaults)]
                          for number in small_numbers(default)}  # fmt: skip
    for statement in body:
        found += [(number.lineno, "no name") for number in small_numbers(statement) if number not in named]
    return sorted(found)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_tolerance_has_a_name_and_a_reason(path):
    where = [f"{path.name}:{line}: {fault}" for line, fault in faults(path.read_text(encoding="utf-8"))]
    assert not where, f"{where}: name the number at the top of its module, and say beneath what it guards against"


def test_a_bare_number_is_seen():
    assert faults("def f(x):\n    return x > 1e-9\n") == [(2, "no name")]
    assert faults("class A:\n    x = -1e-300\n") == [(2, "no name")]
    assert faults("TIE = 1e-9\n\n\ndef f(x):\n    return x > TIE\n") == [(1, "no reason beneath")]
    assert faults('TIE = 1e-9\n"""Draws that differ by less are one: they round to 1e-13."""\n') == []
    assert faults("def f(x, *, near=1e-9):\n    return x > near\n") == []
    assert faults("share = 0.05\nx = f(0.0, 1e-4, 1e300)\n") == []
