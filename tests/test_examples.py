"""Every example runs from top to bottom, ends in a picture, and is a notebook that shows what it prints."""

import contextlib
import importlib.util
import json
from pathlib import Path

import matplotlib
import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("[0-9]*.py"))
REAL = {"09_a_real_survey", "10_models_side_by_side"}


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_notebooks", ROOT / "examples" / "make_notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_in_an_empty_folder_and_its_notebook_shows_what_it_prints(example, make, tmp_path):
    matplotlib.use("Agg")
    shown = json.loads(example.with_suffix(".ipynb").read_text(encoding="utf-8"))
    now = make.notebook_of(example, tmp_path)
    remedy = "see what has changed, then: python examples/make_notebooks.py"
    for before, after in zip(shown["cells"], now["cells"], strict=True):
        assert before["source"] == after["source"], remedy
        printed = [[one.get("text") for one in cell.get("outputs", ())] for cell in (before, after)]
        assert printed[0] == printed[1], remedy
    assert len(make.pictures_of(now)) == len(make.pictures_of(shown)) > 0
    printed = json.dumps(now["cells"], ensure_ascii=False)
    assert ("SIMULATED" in printed) == (example.stem not in REAL), "an example on simulated answers says so"


def test_there_are_twelve_and_each_is_short():
    assert [example.name[:2] for example in EXAMPLES] == [f"{number:02d}" for number in range(1, 13)]
    for example in EXAMPLES:
        assert len(example.read_text(encoding="utf-8").splitlines()) < 60, example.name


def test_an_example_needs_no_file_of_the_project():
    for example in EXAMPLES:
        assert "__file__" not in example.read_text(encoding="utf-8") and "analysis/" not in example.read_text(
            encoding="utf-8"
        )


def test_the_gallery_shows_every_example(make):
    assert make.GALLERY.read_text(encoding="utf-8") == make.gallery_text(), "run: python examples/make_notebooks.py"
    assert sorted(path.stem for path in make.PICTURES.glob("*.png")) == [example.stem for example in EXAMPLES]


def test_a_notebook_is_one_by_its_format():
    """Of nbformat 4.5, as its schema demands: an id for each cell, outputs and a count for code, sources in lines."""
    for example in EXAMPLES:
        notebook = json.loads(example.with_suffix(".ipynb").read_text(encoding="utf-8"))
        assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
        assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
        for cell in notebook["cells"]:
            wanted = {"cell_type", "id", "metadata", "source"}
            wanted |= {"outputs", "execution_count"} if cell["cell_type"] == "code" else set()
            assert set(cell) == wanted and all(isinstance(line, str) for line in cell["source"])


def test_what_is_printed_is_told_from_what_is_drawn(make, tmp_path):
    cells = [("markdown", "# A"), ("code", "print('one')"), ("code", "x = 2"), ("code", "print(x)")]
    with contextlib.chdir(tmp_path):
        texts = [[one["text"] for one in outputs] for outputs in make.run(cells, tmp_path)]
    assert texts == [[], [["one\n"]], [], [["2\n"]]]
