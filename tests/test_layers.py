"""Imports point one way only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "surveykit"
ORDER = [
    "errors", "progress_bar", "_checks", "_door", "codebook", "formatting", "survey", "results", "reading", "labels", "sampling_units",
    "formula_grammar", "formula_values", "formula_columns", "design", "weighting", "likert", "estimation", "comparison",
    "interviews", "report", "replication", "simulation", "cli",
]  # fmt: skip
FILES = sorted(path for path in ROOT.rglob("*.py") if path.name != "__init__.py")


def room(path: Path) -> str:
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imported_rooms(path: Path) -> list[tuple[str, int]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: write imports in full"
            names = [node.module or ""] if node.module != "surveykit" else [f"surveykit.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found += [(name.split(".")[1], node.lineno) for name in names if name.startswith("surveykit.")]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_rooms_below_it(path):
    assert room(path) in ORDER, f"{path.name} is in no room of docs/explanation/design.md"
    here = ORDER.index(room(path))
    for other, line in imported_rooms(path):
        assert ORDER.index(other) <= here, f"{path.name}:{line} imports {other}, which stands above {room(path)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_of_the_project_hides_in_a_function(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        for node in ast.walk(function):
            module = getattr(node, "module", "") or ""
            assert not (isinstance(node, ast.ImportFrom) and module.startswith("surveykit")), (
                f"{path.name}:{node.lineno}"
            )


def imports_inside(path: Path, folder: Path) -> set[str]:
    text = ast.parse(path.read_text(encoding="utf-8"))
    prefix = "surveykit." + ".".join(folder.relative_to(ROOT).parts) + "."
    return {
        n.module.removeprefix(prefix).split(".")[0]
        for n in ast.walk(text)
        if isinstance(n, ast.ImportFrom) and (n.module or "").startswith(prefix)
    }


@pytest.mark.parametrize("folder", sorted({path.parent for path in FILES if path.parent != ROOT}), ids=lambda f: f.name)
def test_no_cycle_inside_a_room(folder):
    graph = {path.stem: imports_inside(path, folder) for path in folder.glob("*.py") if path.name != "__init__.py"}
    while graph:
        free = {name for name, needs in graph.items() if not needs & set(graph)}
        assert free, f"{folder.name} imports in a circle: {sorted(graph)}"
        graph = {name: needs for name, needs in graph.items() if name not in free}
