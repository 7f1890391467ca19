"""Writes what can be read off the package: the type stub of its public names and the page that lists them.

    python docs/reference/make_reference.py

Both are made from `surveykit/__init__.py`, where the names are listed once; a test compares.
"""

import inspect
from pathlib import Path

import surveykit

ROOT = Path(__file__).parent.parent.parent
STUB, PAGE = ROOT / "surveykit" / "__init__.pyi", Path(__file__).parent / "public_names.md"


def stub_text() -> str:
    """Return the stub: every public name imported from its module, so that type checkers see its signature."""
    lines = ["# Made by docs/reference/make_reference.py from __init__.py.", ""]
    for module, names in surveykit._WHERE.items():
        lines += [f"from surveykit.{module} import {name} as {name}" for name in names]
    lines += ["", *(f"{former} = {now}" for former, now in surveykit._FORMER.items())]
    return "\n".join([*lines, "", "__version__: str", ""])


def page_text() -> str:
    """Return the page: every public name with its signature and the first line of its docstring, by module."""
    lines = [
        "# Public names",
        "",
        "What `import surveykit as sk` offers, as `sk.NAME`. `help(sk.NAME)` has parameters, what is raised,",
        "formula, source, the corresponding R call and an example that runs as it stands: paste it into a",
        "fresh interpreter, it imports what it needs.",
        "",
    ]
    room = ""
    for module, names in surveykit._WHERE.items():
        if module.split(".")[0] != room:
            room = module.split(".")[0]
            lines += ["", f"## {room}", "", "| name | what it does |", "|---|---|"]
        for name in names:
            thing = getattr(surveykit, name)
            first = (inspect.getdoc(thing) or "").split("\n")[0] if callable(thing) else "The columns of every result."
            lines.append(f"| `{name}` | {first.replace('|', chr(92) + '|')} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    STUB.write_text(stub_text(), encoding="utf-8")
    PAGE.write_text(page_text(), encoding="utf-8")
