"""Wrong objects in every parameter of every public function and in every key of a codebook: one sentence, nothing foreign."""

import contextlib
import copy
import datetime
import inspect
import os
import pickle
import pydoc
import random
import subprocess
import sys
import timeit
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from surveykit._argument_kinds import described, fits
from surveykit._door import hold_to_signature
from surveykit.errors import ArgumentError, CodebookError, MissingExtraError, SurveyKitError
from surveykit.habits import ARGUMENTS
from surveykit.reading.codebook_file import SCALE_KEYS, SET_KEYS, VARIABLE_KEYS, format_codebook, parse_codebook
from tests.public_calls import FUNCTIONS, World, answers

DEEP = "SURVEYKIT_DEEP" in os.environ
SLOW = {
    "check_dimensions",
    "simulate_study",
    "init_study",
    "write_study",
    "plan_comparison",
    "minimum_detectable_effect",
}
"""Functions that take seconds where the wrong thing is none; they wait for the deep run."""


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    with warnings.catch_warnings(action="ignore"):
        return World(tmp_path_factory.mktemp("door"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Let what is written in passing be written into a folder of its own."""
    monkeypatch.chdir(tmp_path)


def call(function: str, /, *arguments, **options) -> str:
    """Return what is said of a call, "" where it is fine; whatever is not of surveykit passes through."""
    with warnings.catch_warnings(action="ignore"):
        try:
            getattr(sk, function)(*arguments, **options)
        except SurveyKitError as refusal:
            return str(refusal)
    return ""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_wrong_first_argument_is_told_of_with_the_right_call(world, name):
    """What anybody has at hand; where it is what the function takes, the call goes on to what is missing."""
    at_hand = {
        "frame": world.frame,
        "survey": world.survey,
        "path": Path("no such file.sav"),
        "text": "no such file.sav",
        "list": ["q1"],
        "Series": world.frame["q1"],
        "array": world.frame["q1"].to_numpy(),
        "result": world.means,
        "None": None,
        "number": 3,
        "mapping": {"a": 1},
        "class": sk.Survey,
        "function": len,
        "Index": world.frame.columns,
        "codebook": world.book,
    }
    first = next(iter(inspect.signature(getattr(sk, name)).parameters.values()))
    hint = inspect.signature(getattr(sk, name)).parameters[first.name].annotation
    for thing in at_hand.values() if DEEP or name not in SLOW else [world.frame, world.means]:
        said = call(name, thing) if first.kind is not first.KEYWORD_ONLY else call(name, **{first.name: thing})
        if not fits(thing, hint):
            assert f"as `{first.name}`, but" in said and said.startswith(f"{name}() takes "), said
            assert f"{name}(" in said.split("; ", 1)[1] or "pass " in said or "name the column" in said, said
            assert "\n" not in said


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FUNCTIONS if DEEP or name not in SLOW])
def test_the_right_call_is_right(world, name):
    """Where one wrong thing is put into a call, the rest of it must be right, or the wrong thing is never reached."""
    try:
        with warnings.catch_warnings(action="ignore"):
            getattr(sk, name)(**world.arguments(name))
    except MissingExtraError as absent:
        pytest.skip(str(absent))
    finally:
        plt.close("all")


CASES = [(name, parameter) for name in FUNCTIONS for parameter in inspect.signature(getattr(sk, name)).parameters]
OF_USERS = {"function", "lambda", "class", "generator"}
"""Functions of users may raise what they like, and a generator is used up by the first call."""


def check_wrong(world: World, name: str, parameter: str, kind: str) -> None:
    thing = world.wrong_things()[kind]
    if kind in OF_USERS and "Callable" in str(inspect.signature(getattr(sk, name)).parameters[parameter].annotation):
        return
    said = call(name, **{**world.arguments(name), parameter: thing})
    assert "\n" not in said or "\n" in str(thing), said


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_wrong_kind_breaks_a_function(world, name):
    """Every parameter with three kinds, or one where that is slow; with all of them in the deep run."""
    kinds = sorted(world.wrong_things())
    chance = random.Random(name)
    for parameter in inspect.signature(getattr(sk, name)).parameters:
        for kind in kinds if DEEP else chance.sample(kinds, 1 if name in SLOW else 3):
            check_wrong(world, name, parameter, kind)


@pytest.mark.slow
@settings(max_examples=3000 if DEEP else 150, deadline=None)
@given(st.data())
def test_chance_wrong_kinds_break_no_function(world, data):
    name, parameter = data.draw(st.sampled_from([case for case in CASES if case[0] not in SLOW]))
    check_wrong(world, name, parameter, data.draw(st.sampled_from(sorted(world.wrong_things()))))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_unknown_keyword_close_to_a_real_one_is_guessed(world, name):
    signature = inspect.signature(getattr(sk, name))
    longest = max(signature.parameters, key=len)
    misspelt = longest[:-1] if len(longest) > 4 else longest + "s"
    if misspelt in signature.parameters:
        return
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in signature.parameters.values()):
        assert misspelt in call(name, **world.arguments(name), **{misspelt: 1})
    else:
        said = call(name, **{misspelt: 1})
        right = f"it is `{longest}` here" if longest in ARGUMENTS.get(misspelt, ((),))[0] else "did you mean '"
        assert f"{name}() has no argument {misspelt!r}; {right}" in said


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_door_keeps_name_signature_documentation_and_pickle(name):
    function = getattr(sk, name)
    inner = function.__wrapped__
    assert inspect.signature(function) == inspect.signature(inner)
    assert (function.__name__, function.__doc__) == (inner.__name__, inner.__doc__)
    assert pickle.loads(pickle.dumps(function)) is function
    assert inspect.getsource(function) == inspect.getsource(inner)
    assert name in pydoc.render_doc(function, renderer=pydoc.plaintext)
    assert getattr(sys.modules[inner.__module__], name) is inner  # inside the package no door is in the way


@pytest.mark.slow
def test_the_door_is_opened_by_the_first_function_or_class_only():
    code = "import sys, surveykit as sk; sk.SurveyKitError; print('surveykit._door' in sys.modules); sk.means; print('surveykit._door' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(("make", "words"), [
    (lambda w: sk.means(w.frame, "q1"), r"means\(\) takes a SurveyDesign as `design`, but a DataFrame was given; "
                                        r"write means\(SurveyDesign\(frame, weight=..., cluster=...\), ...\)"),
    (lambda w: sk.means(w.survey, "q1"), r"but a Survey was given; write means\(SurveyDesign\(survey, weight=..., cluster=...\), ...\)"),
    (lambda w: sk.means("a.sav", "q1"), r"but the text 'a.sav' was given; write means\(SurveyDesign\(read_survey\(path\), weight=..."),
    (lambda w: sk.means(w.means, "q1"), r"but an Estimates \(a result\) was given; the call is means\(design, outcomes\), design = SurveyDesign"),
    (lambda w: sk.means(["q1"], w.design), r"takes a SurveyDesign as `design`, but a list of str was given; the call is means\(design, outcomes\)"),
    (lambda w: sk.ratios([("q1", "q2")], w.design), r"ratios\(\) takes a SurveyDesign as `design`, but a list of tuple was given; the call is ratios\(design, pairs\)"),
    (lambda w: sk.write_csv(w.design, "a.csv"), r"takes a Survey as `survey`, but a SurveyDesign was given; pass design.survey"),
    (lambda w: sk.write_csv(w.frame, "a.csv"), r"but a DataFrame was given; write write_csv\(Survey\(frame\), ...\)"),
    (lambda w: sk.read_spss(w.frame), r"takes a text or a path as `path`, but a DataFrame was given; the call is read_spss\(path\)"),
    (lambda w: sk.compare_settlements(w.design, "q1", group=w.frame["group"], baseline=1, settlement="settlement"),
     r"takes a text as `group`, but a Series was given; name the column, group='group'"),
    (lambda w: sk.compare_settlements(w.design, "q1", group="group", baseline=w.frame["group"], settlement="settlement"),
     r"takes a single value as `baseline`, but a Series was given"),
    (lambda w: sk.compare_settlements(w.design, "q1", gruop="group", baseline=1, settlement="settlement"),
     r"compare_settlements\(\) has no argument 'gruop'; did you mean 'group'\?"),
    (lambda w: sk.compare_settlements(w.design, "q1"), r"needs `group`, `baseline`, `settlement`; the call is compare_settlements\(design, outcomes, group=..."),
    (lambda w: sk.means(), r"means\(\) needs `design`, `outcomes`; the call is means\(design, outcomes\)"),
    (lambda w: sk.compare_settlements(w.design, "q1", "group"), r"takes 2 argument\(s\) without a name, but 3 were given \(the text 'group' is one too many\)"),
    (lambda w: sk.means(w.design, "q1", outcomes="q2"), r"was given `outcomes` twice, by its place and by its name"),
    (lambda w: sk.means(w.design, []), r"`outcomes` of means\(\) is empty; give at least one"),
    (lambda w: sk.means(w.design, [1, 2]), r"takes a text or a list of texts as `outcomes`, but a list of int was given"),
    (lambda w: sk.means(w.design, w.frame[["q1", "q2"]]), r"takes a text or a list of texts as `outcomes`, but a DataFrame was given"),
    (lambda w: sk.means(w.design, "q1", confidence="0.95"), r"takes a number as `confidence`, but the text '0.95' was given"),
    (lambda w: sk.means(w.design, "q1", confidence=True), r"takes a number as `confidence`, but True was given"),
    (lambda w: sk.means(w.design, "q1", where="age > 40"), r"takes a Series or an array as `where`, but the text 'age > 40' was given"),
    (lambda w: sk.read_csv(w.csv, encoding=1251), r"takes a text as `encoding`, but 1251 was given"),
    (lambda w: sk.read_csv(w.csv, encoding="hex"), r"`encoding` names 'hex', which is no encoding"),
    (lambda w: sk.write_csv(w.survey, "a.csv", encoding="zlib"), r"`encoding` names 'zlib', which is no encoding"),
    (lambda w: sk.read_survey(w.sav, user_missing=3), r"read_spss\(\) takes one of 'reasons', 'codes' as `user_missing`, but 3 was given"),
    (lambda w: sk.trim_weights(w.design, max_weight_ratio=10**30), "which is beyond all that is counted or measured"),
    (lambda w: sk.write_csv(w.survey, "x" * 300), r"is no path: a name in it has 300 bytes, and 255 are the most"),
    (lambda w: sk.means(w.design, "q1", lang="\ud800"), r"holds '\\ud800', half of a letter"),
    (lambda w: sk.predictions(w.means, {"age": 3}), r"takes a ModelFit as `model`, but an Estimates \(a result\) was given; the call is predictions\(model, at\), model = fit_model"),
    (lambda w: sk.audit_waves([w.survey]), r"takes a mapping from texts to Survey as `waves`, but a list of Survey was given"),
    (lambda w: sk.draw_shares(w.means), "`shares` must hold one row per answer, as shares"),
])  # fmt: skip
def test_what_is_said(world, make, words):
    with pytest.raises(SurveyKitError, match=words):
        make(world)


def test_what_is_as_good_as_what_is_asked_for_is_taken(world):
    """Lists, tuples, generators, columns and numpy's numbers, where names and numbers are meant."""
    wanted = sk.means(world.design, ["q1", "q2"]).table["estimate"].tolist()
    for names in (
        ("q1", "q2"),
        pd.Index(["q1", "q2"]),
        pd.Series(["q1", "q2"]),
        np.array(["q1", "q2"]),
        (name for name in ["q1", "q2"]),
    ):
        assert sk.means(world.design, names).table["estimate"].tolist() == wanted
    low = sk.means(world.design, "q1", confidence=0.9).table["conf_low"].tolist()
    assert sk.means(world.design, "q1", confidence=np.float64(0.9)).table["conf_low"].tolist() == low
    assert sk.means(world.design, "q1", confidence=np.float32(0.9)).table["conf_low"].tolist() == pytest.approx(
        low, abs=1e-6
    )
    mask = world.frame["age"] > 40
    for rows in (mask, mask.to_numpy(), mask.astype("boolean"), mask.tolist()):
        assert sk.means(world.design, "q1", where=rows).table["n"].tolist() == [int(mask.sum())]


def test_each_signature_can_be_put_into_words():
    for name in FUNCTIONS:
        for hint in hold_to_signature(getattr(sk, name).__wrapped__).__annotations__.values():
            assert described(hint)


def test_the_door_costs_next_to_nothing():
    """Thirty microseconds on a quiet machine, where an estimate takes ten milliseconds; a thousand are the bound."""
    held = hold_to_signature(sk.means.__wrapped__)
    with pytest.raises(ArgumentError):
        held()  # annotations are worked out once
    frame = answers()
    taken = min(timeit.repeat(lambda: call_refused(held, frame), number=20, repeat=5)) / 20
    assert taken < 1e-3


def call_refused(held, frame) -> None:
    with contextlib.suppress(ArgumentError):
        held(frame, "q1", by="group", confidence=0.9)


# ---- keys of TOML ----

BOOK = {"lang": "en", "title": {"en": "Title"}, "weight": "w", "simulated": True, "universe": "all", "mode": "face to face",
        "scales": {"agree": {"labels": {"1": "No", "2": {"en": "Yes"}}, "missing": {"9": "refused"}, "missing_ranges": [[97, 99]],
                             "measure": "ordinal", "type": "number"}},
        "variables": {"q1": {"question": "Q", "scale": "agree"},
                      "q2": {"question": {"en": "Q"}, "labels": {"1": "a", "2": "b"}, "missing": [8, 9], "missing_ranges": [[90, 99]],
                             "measure": "nominal", "type": "number", "universe": {"en": "x"}, "mode": "y", "print_format": "F8.2", "asked_of": {"q1": [2]}}},
        "response_sets": {"ticked": {"items": ["q1", "q2"], "chosen": 1, "question": "Which?"}}}  # fmt: skip
VALUES = [
    True,
    0,
    -1,
    2.5,
    float("nan"),
    float("inf"),
    10**30,
    10**400,
    -(10**400),
    1e308,
    "",
    "text",
    "x" * 5000,
    [],
    [1],
    ["a"],
    [["a"]],
    [[1, 2], [3]],
    [[1]],
    [1, [2]],
    {},
    {"a": 1},
    {"1": 1},
    {"1": [1]},
    {"": ""},
    {"a": {"b": {"c": 1}}},
    {"1": {"en": 1}},
    {"9" * 5000: "x"},
    {"1e400": "x"},
    {"nan": "x"},
    {"inf": "x"},
    [[0, 10**400]],
    [[5, 1]],
    [[float("-inf"), float("inf")]],
    [[float("nan"), 1]],
    datetime.date(2024, 1, 1),
    datetime.datetime(2024, 1, 1),
    datetime.time(1),
    [datetime.date(2024, 1, 1)],
    [{}],
    [[10**400, 10**500]],
    [[True, False]],
]


def places(table: dict, above: tuple = ()) -> list[tuple]:
    return [
        place
        for key, value in table.items()
        for place in [(*above, key), *(places(value, (*above, key)) if isinstance(value, dict) else [])]
    ]


def with_value(place: tuple, value: object) -> dict:
    book = copy.deepcopy(BOOK)
    inside = book
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return book


def test_every_key_that_a_codebook_has_is_among_those_tried():
    tried = {place[-1] for place in places(BOOK)}
    assert tried >= {*SCALE_KEYS, *VARIABLE_KEYS, *SET_KEYS, "lang", "title", "weight", "simulated"}


@pytest.mark.slow
@pytest.mark.parametrize("place", places(BOOK), ids=".".join)
def test_a_wrong_kind_in_a_codebook_is_told_of(place, tmp_path):
    frame = pd.DataFrame({"q1": [1, 2, 9], "q2": [1.0, 2.0, 98.0], "w": 1})
    for value in VALUES:
        with warnings.catch_warnings(action="ignore"):
            try:
                found = parse_codebook(with_value(place, value))
                survey = sk.Survey(frame, found.codebook)
                text = format_codebook(found.codebook, simulated=found.simulated, weight=found.weight)
                (tmp_path / "book.toml").write_text(text, encoding="utf-8")
                sk.read_codebook(tmp_path / "book.toml")
                sk.describe_columns(survey)
                sk.frequencies(survey, "q1")
                sk.render_codebook(survey, "csv")
            except SurveyKitError:
                pass


@pytest.mark.parametrize(("place", "value", "words"), [
    (("variables", "q1", "scale"), ["a"], r"`scale` of variable 'q1' must be the name of one of \[scales.<name>\], not \['a'\]"),
    (("variables", "q2", "missing_ranges"), [[0, 10**400]], "`missing_ranges` of variable 'q2' must be pairs of numbers"),
    (("variables", "q2", "labels"), {"9" * 5000: "x"}, "has 5000 digits; a code has at most 300"),
    (("response_sets", "ticked", "chosen"), 10**400, '`chosen` of response set \'ticked\' must be the code that means "chosen"'),
])  # fmt: skip
def test_what_is_said_of_a_codebook(place, value, words):
    with pytest.raises(CodebookError, match=words):
        parse_codebook(with_value(place, value))


def test_argument_errors_are_value_errors():
    with pytest.raises(ValueError, match="needs"):
        sk.means()
    assert issubclass(ArgumentError, ValueError)


@pytest.mark.parametrize(("made", "words"), [
    (lambda w: sk.intraclass_correlation(sk.SurveyDesign(w.frame), "q1"), "has no clusters that could be the settlements"),
    (lambda w: sk.compose_report(sk.SurveyDesign(w.frame[["age", "weight"]]), w.comparison), "is not that of the comparison: it has no column"),
    (lambda w: sk.coder_agreement(pd.DataFrame({"a": [1, 2], "b": [2, 2]}), ["a", "b"], draws=-1), "`draws` counts bootstrap draws"),
    (lambda w: sk.theme_agreement(w.coding, draws=-1), "`draws` counts bootstrap draws"),
    (lambda w: sk.joint_display(w.comparison, sk.Result(w.prevalence.table.drop(columns="outcome"), "m"), {"trust": "q1"}, group="elected", baseline="appointed"), "which is not a column"),
])  # fmt: skip
def test_what_ended_in_a_foreign_error_or_in_silence_is_told(world, made, words):
    with pytest.raises(SurveyKitError) as refused, warnings.catch_warnings(action="ignore"):
        made(world)
    assert words in str(refused.value)


def test_pairs_of_two_kinds_are_pairs():
    """A tuple of a text and a code, as `group_codes` takes, was refused because the second is no text."""
    result = sk.Result(pd.DataFrame({"outcome": ["a"], "group": ["women"]}), "m", group_codes={"women": (("sex", 2),)})
    assert result.group_codes["women"] == (("sex", 2),)
    with pytest.raises(SurveyKitError, match="as `group_codes`"):
        sk.Result(pd.DataFrame({"outcome": ["a"]}), "m", group_codes={"women": ((2, "sex"),)})


def test_a_reason_that_was_given_is_kept():
    survey = sk.declare_missing(pd.DataFrame({"q1": [1, 99]}), {"q1": {99: "refused"}})
    assert dict(survey.codebook["q1"].missing[99]) == {"und": "refused"}
