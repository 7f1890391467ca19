"""Public methods pass the same door as public functions: a wrong kind ends in one sentence, never in a foreign error."""

import inspect
import types
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

import surveykit as sk
from surveykit.errors import SurveyKitError
from tests.public_calls import FUNCTIONS, World

pytestmark = pytest.mark.slow  # calls every public function once to have an object of every class

OPERATORS = ("__getitem__",)


@pytest.fixture(scope="module")
def objects(tmp_path_factory) -> dict[str, object]:
    """One object of every class that a user gets hold of, by the name of its class."""
    with warnings.catch_warnings(action="ignore"):
        world = World(tmp_path_factory.mktemp("methods"))
        found = [
            thing
            for thing in vars(world).values()
            if type(thing).__module__.startswith("surveykit") and not isinstance(thing, Axes)
        ]  # whose methods are matplotlib's
        found += [world.book["q1"], world.survey.provenance, world.means.origin, world.repeated.replicates]
        found.append(sk.Ledger(()))
        for name in FUNCTIONS:
            if name in ("replicate_study", "verify_outputs", "run_study", "write_study", "init_study"):
                continue  # seconds each, and what they return is plain
            try:
                made = getattr(sk, name)(**world.arguments(name))
            except SurveyKitError:
                continue
            parts = made if isinstance(made, tuple) else (made,)
            found += [part for part in parts if type(part).__module__.startswith("surveykit")]
        plt.close("all")
    return {type(thing).__name__: thing for thing in found}


def methods(thing: object) -> list[str]:
    """Names of the public methods of an object, those of the package's own classes alone."""
    if isinstance(thing, Axes):  # whose methods are matplotlib's
        return []
    names = []
    for kind in type(thing).__mro__:
        if kind.__module__.startswith("surveykit"):
            for name, made in vars(kind).items():
                callable_here = isinstance(made, types.FunctionType | classmethod | staticmethod)
                telling = (
                    getattr(made, "__module__", "") == "surveykit._door"
                )  # it refuses everything, and brackets name nothing
                if callable_here and not telling and (not name.startswith("_") or name in OPERATORS):
                    names.append(name)
    return sorted(set(names))


WRONG = {
    "frame": pd.DataFrame({"a": [1]}), "Series": pd.Series(["a", "a"]), "number": 3, "float": 1.5, "list": [1, 2], "texts": ["a", "a"],
    "mapping": {"a": 1}, "numbers by number": {3: 1}, "class": int, "bytes": b"a", "None": None, "array": np.ones((2, 2)), "text": "zz",
    "object": object(), "function": print, "NaN": float("nan"), "flag": True,
}  # fmt: skip


def test_every_class_that_users_get_hold_of_is_among_them(objects):
    expected = {
        "Survey",
        "SurveyDesign",
        "Codebook",
        "Variable",
        "Provenance",
        "Origin",
        "ReplicateWeights",
        "Ledger",
        "ModelFit",
    }
    assert expected <= set(objects)
    assert len(objects) > 25


def test_no_wrong_kind_in_any_method_ends_in_a_foreign_error(objects, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    foreign = []
    for owner, thing in objects.items():
        for name in methods(thing):
            method = getattr(thing, name)
            parameters = [
                each for each in inspect.signature(method).parameters.values() if each.kind is not each.VAR_KEYWORD
            ]
            required = {
                each.name: "zz"
                for each in parameters
                if each.default is each.empty and each.kind is not each.VAR_POSITIONAL
            }
            calls = [
                ({**required, each.name: wrong}, ())
                for each in parameters
                if each.kind is not each.VAR_POSITIONAL
                for wrong in WRONG.values()
            ]
            calls += [
                (required, (wrong,))
                for each in parameters
                if each.kind is each.VAR_POSITIONAL
                for wrong in WRONG.values()
            ]
            calls += [({**required, "no_such": 1}, ())]
            for options, more in calls:
                try:
                    with warnings.catch_warnings(action="ignore"):
                        method(*more, **options) if not more else method(*required.values(), *more)
                except SurveyKitError as refusal:
                    assert "\n" not in str(refusal) or len(str(refusal).splitlines()) < 4, (owner, name)
                except Exception as error:
                    foreign.append(
                        f"{owner}.{name}({options!r:.80}, {more!r:.40}) -> {type(error).__name__}: {error!s:.60}"
                    )
    assert not foreign, f"{len(foreign)}:\n" + "\n".join(foreign)


@pytest.mark.parametrize(("call", "words"), [
    (lambda w: w["Survey"].with_columns({"z": pd.Series([1.0] * 120, index=range(7, 127))}), "must have the row labels of the data"),
    (lambda w: w["Survey"].with_columns({"z": [1, 2]}), "must hold one value per respondent, but 2 were given for 120"),
    (lambda w: w["Survey"].with_missing_codes(["zz"]), "`columns` names 'zz'"),
    (lambda w: w["Survey"].keep_rows(np.zeros(120, dtype=bool), "none"), "is True for none of the 120 rows"),
    (lambda w: w["SurveyDesign"].with_weights(pd.Series([1.0] * 120, index=range(7, 127)), "by hand"), "must have the row labels"),
    (lambda w: w["SurveyDesign"].with_part(w["Survey"], np.full(120, -1.0)), "a positive weight"),
    (lambda w: w["SurveyDesign"].with_part(w["Survey"], np.full(120, np.nan)), "a positive weight"),
    (lambda w: w["Ledger"].select(["nope"]), "the ledger has no claim 'nope'"),
    (lambda w: w["Estimates"].to_latex(label="}\\input{y}"), "`label` is a name for"),
    (lambda w: w["Estimates"].tidy(conf_int=True), "Result.tidy() has no argument 'conf_int'"),
])  # fmt: skip
def test_what_went_through_in_silence_is_told(objects, call, words):
    with pytest.raises(SurveyKitError) as refused:
        call(objects)
    assert words in str(refused.value)


def test_one_name_is_one_name():
    """A text was gone through letter by letter, so that 9 stayed an answer."""
    book = sk.Codebook.of([sk.Variable("q1", missing={9: {"en": "refused"}})])
    survey = sk.Survey(pd.DataFrame({"q1": [1.0, 2.0, 9.0]}), book)
    assert survey.with_missing_codes("q1").data["q1"].mean() == 1.5
    assert list(book.keep("q1")) == ["q1"]


def test_weights_follow_their_row_labels_and_not_their_places(objects, rng):
    design = objects["SurveyDesign"]
    weights = pd.Series(np.arange(1.0, 121.0), index=design.survey.frame.index)
    shuffled = weights.sample(frac=1, random_state=1)
    assert not shuffled.index.equals(weights.index)
    assert (design.with_weights(shuffled, "x").weights == weights.to_numpy()).all()
    assert (objects["Survey"].with_columns({"z": shuffled}).frame["z"] == weights).all()


def test_inside_the_package_methods_pass_by():
    assert sk.Codebook.of([]) is not None
    assert sk.Survey(pd.DataFrame({"a": [1]})).with_missing_codes().frame["a"].tolist() == [1]
