"""Public classes are held to their fields: what they do not take ends in one sentence, what they take makes the same object."""

import copy
import dataclasses
import inspect
import pickle
import timeit
import warnings

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import Variable
from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitError
from tests.conftest import CLASSES

FIELDS = [made for made in CLASSES if dataclasses.is_dataclass(made)]
N = 6
FRAME = pd.DataFrame(
    {"v": list("aabbcc"), "q1": [1, 2, 3, 4, 5, 3], "w": [1.0, 2, 1, 2, 1, 3], "s": [1, 1, 2, 2, 3, 3]}
)
WRONG = {
    "frame": FRAME, "Series": FRAME["v"], "categories": pd.Categorical(["a", "b"]), "number": 3, "list": [1, 2], "texts": ["a", "a"],
    "pair": (98, 99), "mapping": {"a": 1}, "class": int, "bytes": b"a", "None": None, "array": np.ones((2, 2)), "text": "q", "NA": pd.NA,
}  # fmt: skip


def said(make) -> str:
    """Return what is said of a call, "" where it is fine; whatever is not of surveykit passes through."""
    with warnings.catch_warnings(action="ignore"):
        try:
            make()
        except SurveyKitError as refusal:
            return str(refusal)
    return ""


@pytest.mark.parametrize(("make", "words"), [
    (lambda: sk.SurveyDesign(FRAME, weigth="w"), "SurveyDesign() has no argument 'weigth'; did you mean 'weight'?"),
    (lambda: sk.SurveyDesign(FRAME, cluster=3), "SurveyDesign() takes a text or a list of texts as `cluster`, but 3 was given"),
    (lambda: sk.SurveyDesign(FRAME, fpc=100), "takes a text or a list of texts as `fpc`, but 100 was given"),
    (lambda: sk.SurveyDesign(FRAME, replicates=["r1"]), "`replicates` must be ReplicateWeights, but list was given"),
    (lambda: sk.SurveyDesign(FRAME).with_replicates(["r1"]), "`replicates` must be ReplicateWeights, but list was given"),
    (lambda: sk.SurveyDesign(FRAME, conventions=FRAME), "as `conventions`, but a DataFrame was given"),
    (lambda: sk.SurveyDesign(FRAME, steps=FRAME), "as `steps`, but a DataFrame was given"),
    (lambda: sk.SurveyDesign(FRAME, weights=[1.0] * N), "`weights` is what a design makes of `weight` and cannot be given"),
    (lambda: sk.SurveyDesign(FRAME, stratum=FRAME["v"]), "but the column itself was given; name it, stratum='v'"),
    (lambda: sk.SurveyDesign(FRAME, stratum=FRAME["s"]), "but a Series was given; name the column, stratum='s'"),
    (sk.SurveyDesign, "SurveyDesign() needs `survey`; the call is SurveyDesign(survey)"),
    (lambda: sk.SurveyDesign("a.sav"), "write SurveyDesign(read_survey(path), ...)"),
    (lambda: dataclasses.replace(sk.SurveyDesign(FRAME), weigth="w"), "did you mean 'weight'?"),
    (lambda: sk.LikertScale("s", ["q1"], 1, 5, reverse=["q1"]), "did you mean 'reversed_items'?"),
    (lambda: sk.LikertScale("s", 3, 1, 5), "takes a text or a list of texts as `items`, but 3 was given"),
    (lambda: sk.LikertScale("s", ["q1"], 1, 5, question=1), "takes a text or a mapping from texts to texts as `question`, but 1 was given"),
    (lambda: sk.LikertScale("s", ["q1"], 1, 5, reversed_items=1), "as `reversed_items`, but 1 was given"),
    (lambda: sk.LikertScale(FRAME, ["q1"], 1, 5), "takes a text as `name`, but a DataFrame was given"),
    (lambda: sk.Survey(FRAME, weight="w"), "Survey() has no argument 'weight'; the design is said once, SurveyDesign(answers, weight="),
    (lambda: sk.Variable("q", label="x"), "did you mean 'labels'?"),
    (lambda: sk.Variable("q", missing=[98, 99]), " as `missing`, but a list of int was given; write missing={98: ...}"),
    (lambda: sk.Variable("q", labels=["a"]), " as `labels`, but a list of str was given; write labels={'a': ...}"),
    (lambda: sk.Variable("q", missing_ranges=(98, 99)), "takes a list of lists as `missing_ranges`, but a tuple of int"),
    (lambda: sk.Variable("q", missing_ranges=[(1, 2, 3)]), "as `missing_ranges`, but a list of tuple was given"),
    (lambda: sk.Codebook([sk.Variable("q")]), "but a list of Variable was given; write Codebook.of(variables)"),
    (lambda: sk.Ledger(FRAME), "as `claims`, but a DataFrame was given"),
    (lambda: sk.ResponseSet("a", 3), "as `items`, but 3 was given"),
    (lambda: sk.ResponseSet("a", "q1"), "needs at least two columns"),  # a text was taken letter by letter
    (lambda: sk.Coding([1]), "takes a DataFrame as `table`, but a list of int was given"),
    (lambda: sk.ReplicateWeights(FRAME, 1, 1, 1, "jk1", 3), "takes an array as `factors`, but a DataFrame was given"),
])  # fmt: skip
def test_what_a_class_does_not_take_is_told_in_one_sentence(make, words):
    assert words in said(make)
    assert "\n" not in said(make)


@pytest.mark.parametrize("made", FIELDS, ids=lambda made: made.__name__)
def test_no_wrong_kind_in_any_field_breaks_a_class(made):
    good = {
        "survey": FRAME,
        "frame": FRAME,
        "table": pd.DataFrame({"a": [1]}),
        "items": ["q1", "q2"],
        "lowest": 1,
        "highest": 5,
    }
    names = [name for name in inspect.signature(made).parameters if not name.startswith("_")]
    for name in names:
        for thing in WRONG.values():
            assert "\n" not in said(lambda: made(**{**{key: good[key] for key in names if key in good}, name: thing}))  # noqa: B023
    assert "has no argument 'no_such'" in said(lambda: made(no_such=1))


def test_what_a_class_takes_makes_what_the_package_makes():
    assert sk.SurveyDesign is SurveyDesign
    design = sk.SurveyDesign(FRAME, weight="w", cluster="s", stratum=None)
    assert (design.cluster, design.stratum) == (("s",), ())
    assert dataclasses.replace(design, cluster="v").cluster == ("v",)
    assert copy.copy(design).units is design.units
    variable = sk.Variable("q", "What?", {1: "no", 2: {"en": "yes"}}, missing={9: None}, missing_ranges=[(98, np.inf)])
    assert variable.labels[1] == {"und": "no"}
    assert isinstance(variable, Variable)
    scale = sk.LikertScale("s", "q1", np.int64(1), 5)
    assert pickle.loads(pickle.dumps(sk.Provenance("a", notes="one"))).notes == ("one",)
    assert scale.items == ("q1",)
    assert str(inspect.signature(sk.Variable)).startswith("(name: str, question: ")


def test_inside_the_package_the_door_costs_next_to_nothing():
    """A thousand variables made by the package itself, door and all: the door is a look at who calls."""
    book = sk.Codebook()
    assert min(timeit.repeat(lambda: [book[f"q{place}"] for place in range(1000)], number=1, repeat=5)) < 0.1


def test_categories_are_no_single_value():
    with pytest.raises(SurveyKitError, match="takes a single value as `baseline`, but a Categorical was given"):
        sk.compare_settlements(sk.SurveyDesign(FRAME), "q1", group="v", baseline=pd.Categorical(["a"]), settlement="s")
    with pytest.raises(SurveyKitError, match="the column itself was given; name it, by='v'"):
        sk.means(sk.SurveyDesign(FRAME), "q1", by=FRAME["v"])


CELLS = {
    "complex": ([1 + 2j] * N, "complex numbers"), "lists": ([[1]] * N, "kind list"), "mappings": ([{}] * N, "kind dict"),
    "sets": ([{1}] * N, "kind set"), "bytes": ([b"a"] * N, "kind bytes"), "arrays": ([np.ones(2), *[None] * 5], "kind ndarray"),
    "beyond numbers": ([10**400, *[1] * 5], "a whole number beyond all numbers"), "one complex": ([1j, *"abcde"], "kind complex"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_that_is_no_answer_is_told_with_its_column(kind):
    cells, words = CELLS[kind]
    frame = FRAME.assign(q=pd.Series(cells, dtype=None if kind == "complex" else object))
    calls = [
        sk.Survey,
        sk.SurveyDesign,
        sk.draft_codebook,
        sk.describe_columns,
        lambda one: sk.split_answers(one, "q"),
        lambda one: sk.frequencies(one, "q"),
        lambda one: sk.as_category(one, "q"),
        lambda one: sk.SurveyDesign(one, cluster="q"),
    ]
    for call in calls:
        told = said(lambda: call(frame))  # noqa: B023
        assert told.startswith("column 'q' holds ")
        assert words in told
        assert "\n" not in told


def test_whole_numbers_of_any_size_below_the_end_stay():
    assert len(sk.Survey(pd.DataFrame({"key": pd.Series([10**30, 1], dtype=object)}))) == 2


def test_numbers_among_texts_are_drafted_and_are_no_lists():
    draft = sk.draft_codebook(pd.DataFrame({"q": pd.Series([1, "a", 2, "b", 1], dtype=object)}))
    assert 'a = "a"' in draft
    assert "does not look like several answers" in said(
        lambda: sk.split_answers(pd.DataFrame({"q": pd.Series([1, "a", 2, "b"], dtype=object)}), "q")
    )


@pytest.mark.parametrize("weight", [1e308, 1e-320, 1e-200, 1e200])
def test_a_weight_whose_powers_leave_the_range_of_numbers_is_refused(weight):
    told = said(lambda: sk.SurveyDesign(FRAME.assign(w=[weight, *[1.0] * 5]), weight="w"))
    assert told.startswith("every weight must lie between 1e-60 and 1e+60")
    assert f"'w' is {weight:g} in 1 row(s): 0" in told


@pytest.mark.parametrize("factor", [1e-55, 1e55])
def test_the_smallest_and_largest_weights_give_the_errors_of_common_ones(factor):
    """A mean does not depend on the scale of its weights; rounding of a few units in the last place is allowed."""
    common = sk.means(sk.SurveyDesign(FRAME, weight="w", cluster="s"), "q1").table
    scaled = sk.means(sk.SurveyDesign(FRAME.assign(w=FRAME["w"] * factor), weight="w", cluster="s"), "q1").table
    for column in ("estimate", "std_error", "df"):
        assert scaled[column].tolist() == pytest.approx(common[column].tolist(), rel=1e-12)


@pytest.mark.parametrize("ending", [".md", ".xlsx", ".tex", ".html", ".docx"])
def test_a_table_heads_numbered_columns_and_tells_of_others(ending, tmp_path):
    for extra in ((".xlsx", "openpyxl"), (".docx", "docx")):
        if ending == extra[0]:
            pytest.importorskip(extra[1])
    path = tmp_path / f"t{ending}"
    sk.write_table(pd.DataFrame([[1, 2]]), path)
    assert path.stat().st_size
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    assert said(lambda: sk.write_table(levels, path)).startswith("the columns have 2 levels, ('a', 'b') for one")
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert (
        said(lambda: sk.write_table(twice, path)) == "two columns of the table are named 'a'; rename one of them first"
    )


def test_a_numbered_column_is_headed_by_its_number(tmp_path):
    sk.write_table(pd.DataFrame([[1, "x"]]), tmp_path / "t.md")
    assert (tmp_path / "t.md").read_text(encoding="utf-8").splitlines()[0].replace(" ", "") == "|0|1|"


def test_an_absent_truth_and_an_array_are_written(tmp_path):
    frame = pd.DataFrame({"a": pd.array([True, None], dtype="boolean"), "b": [np.array([1, 2]), None]})
    sk.write_table(frame, tmp_path / "t.md")
    assert "yes" in (tmp_path / "t.md").read_text(encoding="utf-8")
    assert "[1 2]" in (tmp_path / "t.md").read_text(encoding="utf-8").replace("\\", "")
