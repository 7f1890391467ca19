"""Every example in the docstrings runs as a reader would paste it, and public names say how they answer and refuse."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import pytest

import surveykit
from surveykit.errors import SurveyKitError

MODULES = [
    name for _, name, _ in pkgutil.walk_packages(surveykit.__path__, "surveykit.") if not name.endswith("__main__")
]
CONVENTION = "import surveykit as sk"
"""How an example of a public name begins, so that a fresh interpreter needs nothing else."""
CHECKERS = ("check_", "as_names", "as_generator")
"""Functions of _checks.py that raise, by how their names begin."""


def public_things() -> Iterator[tuple[str, object]]:
    """Yield public functions and classes by name, and the public methods and properties that these classes define."""
    for name in surveykit.__all__:
        thing = getattr(surveykit, name)
        if isinstance(thing, type):
            yield name, thing
            for member, value in vars(thing).items():
                code = getattr(value, "fget", None) or getattr(value, "__func__", value)
                if not member.startswith("_") and inspect.isfunction(code):
                    yield f"{name}.{member}", code
        elif callable(thing):
            yield name, inspect.unwrap(thing)


PUBLIC = dict(public_things())
FUNCTIONS = [name for name, thing in PUBLIC.items() if "." not in name and not isinstance(thing, type)]


def section(thing: object, title: str) -> str:
    """Return what stands in a docstring under a heading, nothing where there is none."""
    _, found, rest = (inspect.getdoc(thing) or "").partition(f"{title}\n{'-' * len(title)}\n")
    lines = rest.split("\n")
    ends = [k for k, line in enumerate(lines[1:]) if line and set(line) == {"-"}]
    return "\n".join(lines[: ends[0]] if ends else lines) if found else ""


def nodes_that_may_raise(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, or of what a class does when it is made, apart from those whose errors are caught."""
    parts = list(ast.iter_child_nodes(tree))
    if isinstance(tree, ast.ClassDef):
        parts = [part for part in tree.body if getattr(part, "name", "") in ("__init__", "__post_init__")]
    elif isinstance(tree, ast.Try) and tree.handlers:
        parts = [*tree.handlers, *tree.orelse, *tree.finalbody]
    for part in parts:
        yield part
        yield from nodes_that_may_raise(part)


def code_that_may_raise(thing: object) -> list[ast.AST]:
    """Return the nodes of a function, method or class, and of the functions of its own file that it calls."""
    of_file = {
        node.name: node
        for node in ast.parse(Path(inspect.getsourcefile(thing)).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    own = ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]
    found = {"": list(nodes_that_may_raise(own))}
    to_read = [call.func.id for call in calls(found[""])]
    while to_read:
        name = to_read.pop()
        if name in of_file and name not in found:
            found[name] = list(nodes_that_may_raise(of_file[name]))
            to_read += [call.func.id for call in calls(found[name])]
    return [node for nodes in found.values() for node in nodes]


def calls(nodes: list[ast.AST]) -> list[ast.Call]:
    """Return the calls of a plain name."""
    return [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]


def errors_raised(nodes: list[ast.AST]) -> set[str]:
    """Return the public errors that code raises; that of a child that is not public stands for it."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            kind = getattr(importlib.import_module("surveykit.errors"), node.exc.func.id, None)
            if kind is not None:
                found.add(next(base.__name__ for base in kind.__mro__ if base.__name__ in surveykit.__all__))
    return found


def calls_a_check(nodes: list[ast.AST]) -> bool:
    """Tell whether code calls one of the checks at the public door."""
    return any(call.func.id.startswith(CHECKERS) for call in calls(nodes))


def test_raised_errors_are_read_off_the_code():
    compare = code_that_may_raise(inspect.unwrap(surveykit.joint_test))
    assert errors_raised(compare) == {"ArgumentError", "FeasibilityError"}
    assert calls_a_check(compare)
    assert not calls_a_check(code_that_may_raise(inspect.unwrap(surveykit.alt_text)))


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name, tmp_path, monkeypatch):
    """Output is compared to the letter, a warning is an error, and nothing stays behind: not even in the folder for it."""
    module = importlib.import_module(name)
    folders = [tmp_path / "current", tmp_path / "temporary"]
    for folder in folders:
        folder.mkdir()
    monkeypatch.chdir(folders[0])
    monkeypatch.setattr(tempfile, "tempdir", str(folders[1]))
    open_figures = matplotlib.pyplot.get_fignums() if hasattr(matplotlib, "pyplot") else []
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        if CONVENTION in (test.docstring or ""):
            test.globs = {"__name__": "__main__"}  # a fresh interpreter: none of the module's own names
        result = doctest.DocTestRunner(optionflags=0).run(test)
        assert result.failed == 0, test.name
        assert not [path for folder in folders for path in folder.rglob("*")], f"{test.name} left files behind"
    assert not hasattr(matplotlib, "pyplot") or matplotlib.pyplot.get_fignums() == open_figures


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_have_an_example_that_can_be_pasted(name):
    example = section(PUBLIC[name], "Examples")
    assert f">>> {CONVENTION}\n" in example, f"{name} has no example that begins with {CONVENTION!r}"
    parsed = doctest.DocTestParser().get_examples(example)
    assert any(one.want for one in parsed), f"the example of {name} prints nothing"
    assert not any(one.options for one in parsed), f"the example of {name} is bent or skipped"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_is_described(name):
    heads = [line.partition(" : ")[0] for line in section(PUBLIC[name], "Parameters").split("\n") if line[:1].strip()]
    described = {word.strip(" *") for head in heads for word in head.split(",")}
    assert described >= set(inspect.signature(PUBLIC[name]).parameters)


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_say_what_they_raise(name):
    code, raises = code_that_may_raise(PUBLIC[name]), section(PUBLIC[name], "Raises")
    told = {error for line in raises.split("\n") if not line.startswith(" ") for error in line.split(", ") if error}
    assert told or not (errors_raised(code) or calls_a_check(code)), f"{name} can raise and does not say so"
    assert told >= errors_raised(code), f"{name} raises {sorted(errors_raised(code) - told)} without saying so"


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_said_to_be_raised_is_an_error_of_surveykit(name):
    for line in section(PUBLIC[name], "Raises").split("\n"):
        if line and not line.startswith(" "):
            for error in line.split(", "):
                assert issubclass(getattr(surveykit, error), SurveyKitError), f"{name} raises {error}"
