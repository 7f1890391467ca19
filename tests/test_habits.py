"""Who types what another program calls it is told the call here, and every call that is told runs."""

import contextlib
import copy
import importlib.util
import inspect
import re
import warnings
from pathlib import Path
from types import FunctionType

import matplotlib.pyplot as plt
import pytest

import surveykit as sk
from surveykit._checks import check_option
from surveykit.habits import ARGUMENTS, NAMES, OPTIONS

MAKE = Path(__file__).parent.parent / "docs" / "reference" / "make_habits.py"
ROWS = [(program, theirs) for program, calls in NAMES.items() for theirs in calls]
PARAMETERS = {
    name: set(inspect.signature(getattr(sk, name)).parameters)
    for name in sk.__all__
    if isinstance(getattr(sk, name), FunctionType) or hasattr(getattr(sk, name), "__dataclass_fields__")
}
TRIED = ["means", "SurveyDesign", "fit_model", "crosstab", "rake", "read_spss", "summarize_weights"]


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_habits", MAKE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def world(make, tmp_path_factory):
    folder = tmp_path_factory.mktemp("habits")
    with warnings.catch_warnings(action="ignore"), contextlib.chdir(folder):
        yield make.make_world(folder)


def calls_in(sentence: str) -> list[str]:
    """Return the calls of public functions in a sentence, each up to the bracket that closes it."""
    found = []
    for start in re.finditer(r"(?<![\w.])(?:survey\.)?([A-Za-z_]+)\(", sentence):
        if not (start[1] in sk.__all__ or start[0].startswith("survey.")):
            continue
        depth, end = 0, start.end() - 1
        for end in range(start.end() - 1, len(sentence)):
            depth += {"(": 1, ")": -1}.get(sentence[end], 0)
            if not depth:
                break
        found.append(sentence[start.start() : end + 1])
    return found


def run(call: str, world) -> None:
    with warnings.catch_warnings(action="ignore"):
        eval(call if call.startswith("survey.") else f"sk.{call}", dict(world))
    plt.close("all")


@pytest.mark.parametrize(("program", "theirs"), ROWS)
def test_a_name_of_another_program_is_told_a_call_that_runs(program, theirs, world):
    with pytest.raises(AttributeError) as refused:
        getattr(sk, theirs)
    call = NAMES[program][theirs]
    assert str(refused.value).endswith(f"; {theirs} of {program} is sk.{call} here")
    run(call, world)


def test_a_name_stands_once_and_hides_none_of_ours():
    names = [theirs for calls in NAMES.values() for theirs in calls]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert not set(names) & set(sk.__all__)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_an_argument_of_another_program_is_told_the_one_here(name, world):
    words, otherwise = ARGUMENTS[name]
    for word in words:
        assert any(word.partition("=")[0] in known for known in PARAMETERS.values()), word
    said = 0
    for function in TRIED:
        if name in PARAMETERS[function]:
            continue
        with pytest.raises(sk.ArgumentError) as refused:
            getattr(sk, function)(**{name: None})
        here = [word for word in words if word.partition("=")[0] in PARAMETERS[function]]
        assert f"{function}() has no argument {name!r}; " in str(refused.value)
        if here:
            assert f"it is `{here[0]}` here" in str(refused.value)
        said += bool(here) or (bool(otherwise) and otherwise in str(refused.value))
    assert said or not otherwise
    for call in calls_in(otherwise):
        run(call, world)


def test_calls_are_found_in_the_sentences():
    """A finder that finds nothing would let every sentence pass."""
    assert calls_in('so, SurveyDesign(answers.assign(w=1 / answers["p"]), weight="w")') == [
        'SurveyDesign(answers.assign(w=1 / answers["p"]), weight="w")'
    ]
    assert sum(bool(calls_in(otherwise)) for _, otherwise in ARGUMENTS.values()) > 50


REFUSED = {
    "family": lambda word: sk.fit_model("voted ~ age", WORLD["design"], family=word),
    "method": lambda word: sk.adjust_p_values([0.01, 0.2], word),
    "conventions": lambda word: sk.SurveyDesign(WORLD["answers"], conventions=word),
    "lonely_psu": lambda word: sk.SurveyDesign(WORLD["answers"], cluster="village", lonely_psu=word),
    "kind": lambda word: sk.replicate_weights(WORLD["design"], word),
    "percent": lambda word: sk.crosstab(WORLD["design"], "trust", "sex", percent=word),
}
WORLD: dict = {}


@pytest.mark.parametrize("argument", OPTIONS)
def test_an_option_of_another_program_is_told_the_one_here(argument, world):
    WORLD.update(world)
    for theirs, ours in OPTIONS[argument].items():
        with pytest.raises(sk.ArgumentError, match=f"{theirs!r} was given; it is '{ours}' here"):
            REFUSED[argument](theirs)


def test_an_option_in_capitals_is_the_same_option():
    with pytest.raises(sk.ArgumentError, match="did you mean 'bh'"):
        check_option("BH", ["holm", "bh"], "method")


def test_the_pages_are_what_is_answered(make, world):
    remedy = "run: python docs/reference/make_habits.py"
    with warnings.catch_warnings(action="ignore"):
        assert make.ERRORS.read_text(encoding="utf-8") == make.errors_text(world), remedy
    assert make.CALLS.read_text(encoding="utf-8") == make.calls_text(), remedy


def test_a_name_of_python_itself_is_plainly_absent():
    assert not hasattr(sk, "__wrapped__")
    with pytest.raises(AttributeError, match="has no attribute '_meens'$"):
        sk._meens


@pytest.mark.parametrize(("typed", "words"), [
    ("survey.head", "a survey holds its table, survey.frame.head"), ("design.mean", "means(design, 'trust')"),
    ("sk.means(design, 'trust').estimate", "result.table.estimate"), ("sk.means(design, 'trust').to_csv", "result.table.to_csv"),
    ("survey.trust", "; the column is survey.frame['trust']"), ("design.trust", "; the column is design.survey.frame['trust']"),
    ("design.wieght", "did you mean 'weight'?"), ("survey.codebok", "did you mean 'codebook'?"), ("model.tabel", "did you mean 'table'?"),
])  # fmt: skip
def test_an_attribute_of_a_frame_is_told_where_it_is(typed, words, world):
    with pytest.raises(AttributeError, match=re.escape(words)):
        eval(typed, dict(world))


@pytest.mark.parametrize(("typed", "words"), [
    ("survey['trust']", "a Survey is no table but holds one; write survey.frame['trust']"),
    ("survey['trsut']", "write survey.frame['trsut']; did you mean 'trust'?"),
    ("survey[['trust']]", "write survey.frame[['trust']]"),
    ("survey[survey.frame['trust'] > 2]", "write survey.keep_rows(rows, 'why')"),
    ("design['trust']", "a SurveyDesign is no table but holds one; write design.survey.frame['trust']"),
    ("design[design.survey.frame['trust'] > 2]", "write means(design, 'trust', where=rows)"),
    ("sk.means(design, 'trust')['estimate']", "an Estimates (a result) is no table but holds one; write result.table['estimate']"),
    ("[row for row in survey]", "a Survey is no list; its columns are survey.frame.columns, its rows survey.frame.itertuples()"),
    ("'trust' in survey", "its columns are survey.frame.columns"), ("list(design)", "its columns are design.survey.frame.columns"),
    ("sk.audit_waves(survey)", "audit_waves() takes a mapping"), ("dict(model)", "its columns are result.table.columns"),
])  # fmt: skip
def test_who_takes_an_object_for_a_table_or_a_list_is_told_of_the_table_in_it(typed, words, world):
    with pytest.raises(sk.ArgumentError, match=re.escape(words)):
        eval(typed, dict(world))


@pytest.mark.parametrize(("typed", "words"), [
    ("survey['new'] = 1", "a Survey does not change, so that 'new' can be neither set nor deleted; every change makes another survey, survey.with_columns("),
    ("del survey['trust']", "survey.with_columns("), ("survey.frame = 1", "so that 'frame' can be neither"), ("del survey.frame", "survey.with_columns("),
    ("design.weight = 'w'", "a SurveyDesign does not change, so that 'weight' can be"), ("model.table = 1", "change result.table.copy()"),
    ("model['new'] = 1", "change result.table.copy()"),
])  # fmt: skip
def test_who_changes_an_object_is_told_how_another_is_made(typed, words, world):
    with pytest.raises(AttributeError, match=re.escape(words)):
        exec(typed, dict(world))


def test_an_object_without_an_attribute_is_still_asked_for_it_in_python_s_way(world):
    for thing in (world["survey"], world["design"], world["model"]):
        assert not hasattr(thing, "to_pandas")
        assert type(copy.copy(thing)) is type(thing)
