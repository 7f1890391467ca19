"""Imports point one way only."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "surveykit"
HOUSE = [
    "errors", "habits", "progress_bar", "distributions", "_checks", "files", "toml_file", "extras",
    "codebook", "coded_columns", "formatting", "terminal_table", "spreadsheet_text", "overview", "survey", "words", "translated_names", "findings", "recipes", "results", "wide_results", "_argument_kinds", "_door",
    "key_spellings", "coded_answers",
    "reading.memory", "reading.xml_parser", "reading.tables.workbook", "reading.encodings", "reading.codebook_file",
    "reading.csv.quotes", "reading.csv.coded_cells", "reading.csv.surroundings", "reading.csv.dialect", "reading.codebooks", "reading.spss_stata", "reading.csv",
    "reading.tables", "reading.waves", "reading.inspection",
    "labels", "sampling_units", "formulas", "weighting_records", "design_weights", "design", "design_audit", "conventions", "weighting", "likert",
    "estimation.engine", "hidden_marks", "translation", "estimation.quantities", "estimation.hypotheses", "estimation.models", "estimation.tables",
    "comparison.studentized_draws", "comparison.compared_groups", "comparison.balancing", "comparison.assignments", "comparison.partialling",
    "comparison.cr2_level", "comparison.judgement", "comparison.settlement_totals", "comparison.found", "comparison.feasibility", "comparison.outcome_answers", "comparison.question",
    "comparison.intraclass", "comparison.methods", "comparison.telling", "comparison.answers", "comparison.planning",
    "interviews",
    "report.records", "report.protection", "report.released_cells", "report.withheld", "report.disclosure", "report.release", "report.verdict", "report.text_widths", "report.tables", "report.figures",
    "report.pages",
    "replication", "simulation", "examples", "cli",
]  # fmt: skip
"""Rooms from the ground up; a name with a point is a room inside a room. Nothing imports what stands to its right."""
FILES = sorted(path for path in ROOT.rglob("*.py") if path.name != "__init__.py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room_of(name: str) -> str:
    """Return the room in which a module stands: the longest entry of the house that its dotted name begins with."""
    rooms = [room for room in HOUSE if f"{name}.".startswith(f"{room}.")]
    assert rooms, f"{name} stands in no room of docs/explanation/design.md"
    return max(rooms, key=len)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


MODULES = {name_of(path) for path in FILES}


def imported_modules(path: Path) -> list[tuple[str, int]]:
    """Return the modules of the project that a file imports, without the project's name, each with its line."""
    found = []
    for node in ast.walk(tree_of(path)):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: write imports in full"
            module = node.module or ""
            inside = [f"{module}.{alias.name}" for alias in node.names]
            names = [name if name.removeprefix("surveykit.") in MODULES else module for name in inside]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found += [(name.removeprefix("surveykit."), node.lineno) for name in names if name.startswith("surveykit.")]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_rooms_below_it(path):
    here = HOUSE.index(room_of(name_of(path)))
    for other, line in imported_modules(path):
        assert other in MODULES, f"{path.name}:{line} imports {other}, which is a room: import from the file"
        assert HOUSE.index(room_of(other)) <= here, (
            f"{path.name}:{line} imports {other}, which stands above {HOUSE[here]}"
        )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_reaches_the_rooms_by_the_public_names(path):
    """`surveykit.means` leads into any room from anywhere; only the command line, on top, goes that way."""
    if name_of(path).startswith("cli."):
        return
    tree = tree_of(path)
    names = {
        alias.asname or alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
        for alias in node.names if alias.name == "surveykit"
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            assert node.attr == "__version__", f"{path.name}:{node.lineno} takes {node.attr} by its public name"
        if isinstance(node, ast.ImportFrom) and node.module == "surveykit":
            wrong = [alias.name for alias in node.names if alias.name not in MODULES]
            assert not wrong, f"{path.name}:{node.lineno} takes {wrong} by public names"
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in BY_TEXT:
            assert name_of(path) == "extras", f"{path.name}:{node.lineno} imports by a text"


BY_TEXT = {"import_module", "__import__"}


def test_every_room_of_the_house_is_there():
    assert sorted(HOUSE) == sorted({room_of(name) for name in MODULES})


MET_LATE = {
    "comparison.methods.statsmodels_rows": "statsmodels, whose classes its own inherit from",
    "report.pages.exhibits": "matplotlib, which a report of tables alone need not wait for",
    "report.pages.html_document": "the same",
    "report.released_cells": "patsy and statsmodels, which tables without a model need not wait for",
    "cli.printing": "pandas, which the help of a command need not wait for",
    "cli.comparing": "the same",
    "cli.reporting": "the same",
    "cli.weighting": "the same",
    "cli.tool": "the same",
}
"""Modules that import one of the project's inside a function, and what they spare who does not call it; the order of
rooms holds for them as for all (`imported_modules` reads functions too)."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_of_the_project_hides_in_a_function(path):
    if name_of(path) in MET_LATE:
        return
    tree = tree_of(path)
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        for node in ast.walk(function):
            module = getattr(node, "module", "") or ""
            hidden = isinstance(node, ast.ImportFrom) and module.startswith("surveykit")
            hidden |= isinstance(node, ast.Import) and any(each.name.startswith("surveykit") for each in node.names)
            assert not hidden, f"{path.name}:{node.lineno}"


def imports_inside(path: Path, folder: Path) -> set[str]:
    text = tree_of(path)
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


ABOVE_THE_ENGINE = [
    path for path in FILES if room_of(name_of(path)).startswith(("estimation.", "comparison."))
    and room_of(name_of(path)) != "estimation.engine"
]  # fmt: skip


OWN_WEIGHTS = {"self", "answers", "first"}
"""Whose `weights` are no design's: `Answers` of a question, and of its first outcome."""


@pytest.mark.parametrize("path", ABOVE_THE_ENGINE, ids=lambda path: str(path.relative_to(ROOT)))
def test_weights_are_asked_of_the_engine(path):
    """`weights_of` and `sum_weights` are where a comparison or an estimator gets at respondents; a new design is not."""
    tree = tree_of(path)
    remade = {
        inner for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "with_weights"
        for inner in ast.walk(node)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "weights" and node not in remade:
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            assert owner in OWN_WEIGHTS, f"{path.name}:{node.lineno}: ask weights_of(design, rows)"
