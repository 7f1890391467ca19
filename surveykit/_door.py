"""The public door: a call that its function's signature does not allow ends in one sentence with the right call.

``surveykit.means`` is `means` behind this door; inside the package functions call each other without it. What a
parameter takes is read from its annotation, so that a signature is written once and holds for readers, type checkers
and callers alike. Only kinds are told apart here (a list where a design is meant); values stay with the functions.
A public class has its door inside its ``__init__``, because it must stay one class for `isinstance` and pickle.
"""

import dataclasses
import functools
import inspect
import math
import os
import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar, cast, get_origin, get_type_hints

import numpy as np
import pandas as pd

from surveykit._argument_kinds import (
    LIKE_LISTS,
    as_python,
    described,
    fits,
    given,
    lists_in,
    names_in,
    parts_of,
    widened,
)
from surveykit._checks import some, suggest
from surveykit.errors import ArgumentError
from surveykit.habits import ARGUMENTS, ATTRIBUTES, TABLES
from surveykit.recipes import note_call
from surveykit.results import GLOSSARY, Result
from surveykit.survey import Survey

_COPYING = ("dataclasses", "copy")
"""Modules that make an object anew on behalf of whoever called them."""
# Beyond 2^53 neighbouring whole numbers are one float; 1e100 can still be squared (floats end at 1.8e308); the file
# systems in use take names of 255 bytes.
_LARGEST_WHOLE, _LARGEST, _LONGEST_NAME = 2**53, 1e100, 255
_DESIGN = "SurveyDesign(answers, weight=..., cluster=...)"
_MADE_BY: Mapping[str, str] = {
    "SurveyDesign": f"design = {_DESIGN}", "Survey": "survey = Survey(frame), or read_survey(path)",
    "Codebook": "codebook = read_codebook(path)", "LikertScale": "scale = LikertScale(...)",
    "ModelFit": "model = fit_model(formula, design)", "Coding": "coding = read_coding(path)",
    "SettlementComparison": "comparison = compare_settlements(design, outcomes, ...)",
    "ReplicateWeights": "replicates = replicate_weights(design, kind)", "Axes": "ax = draw_shares(...)",
    "SimulatedStudy": "study = simulate_study(rng)", "Estimates": "result = means(design, outcomes)",
    "ResponseSet": "find_response_sets(survey)", "Crosswalk": "crosswalk = read_crosswalk(path)",
}  # fmt: skip
"""How the objects are made that a caller may not have yet."""


_Function = TypeVar("_Function", bound=Callable[..., Any])


def hold_to_signature(function: _Function) -> _Function:
    """Return a function behind the door; its name, documentation, signature and source stay those of the function."""
    read: list[_Signature] = []

    @functools.wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        if not read:  # annotations are worked out at the first call: importing stays fast
            read.append(_Signature(function))
        bound = read[0].bind(arguments, options)
        made = function(*bound.args, **bound.kwargs)
        if hold_methods(type(made)) or function.__name__.startswith("read_"):
            note_call(made, function.__name__, arguments, options, "rng" in read[0].parameters)
        return made

    call.__module__ = "surveykit"  # where it is found again, by pickle for one
    return cast(_Function, call)


def hold_to_fields(made: type) -> type:
    """Put a dataclass behind the door where it stands: it stays one class, and the package itself makes it freely.

    Whoever is not of the package is held to the fields, also through `dataclasses.replace`.
    """
    hold_methods(made)
    inner = made.__init__  # type: ignore[misc]
    if "__wrapped__" in vars(inner):
        return made
    read: list[_Fields] = []

    @functools.wraps(inner)
    def init(self: Any, *arguments: Any, **options: Any) -> None:
        if type(self) is not made or _called_from_inside():
            inner(self, *arguments, **options)
            return
        if not read:
            read.append(_Fields(made))
        bound = read[0].bind(arguments, options)
        inner(self, *bound.args, **bound.kwargs)
        if sys._getframe(1).f_globals.get("__name__") not in _COPYING:
            note_call(self, made.__name__, arguments, options, draws=False)

    made.__init__ = init  # type: ignore[misc]
    return made


def hold_methods(made: type) -> bool:
    """Put the public methods of a class behind the door, once, and of its ancestors; tell whether it is the package's.

    Results and the like are reached through functions and never by their name, so that whatever a public function
    returns is held when it is handed out.
    """
    inside = made.__module__.partition(".")[0] == "surveykit"
    if made in _HELD:
        return inside
    _HELD.add(made)
    for kind in made.__mro__:
        if kind.__module__.partition(".")[0] != "surveykit" or kind in _HELD_ITSELF:
            continue
        _HELD_ITSELF.add(kind)
        for name, thing in list(vars(kind).items()):
            if name.startswith("_") and name not in _HELD_OPERATORS:
                continue
            if isinstance(thing, types.FunctionType):
                setattr(kind, name, _hold_method(thing, kind.__name__))
            elif isinstance(thing, classmethod | staticmethod):
                setattr(
                    kind, name, type(thing)(_hold_method(thing.__func__, kind.__name__, isinstance(thing, classmethod)))
                )
        if any(above.__name__ in TABLES for above in kind.__mro__):
            for operator, told in _TELLING.items():
                setattr(kind, operator, told)
    return inside


def _tell_of_attribute(self: object, name: str) -> NoReturn:
    """Raise for an attribute that an object does not have, with where it is; set here, type checkers know them all."""
    way = ""
    if not name.startswith("_"):
        held = _known_as(self)
        near = "" if _of_frame(name) else suggest(name, [each for each in dir(self) if not each.startswith("_")])
        told = held == "SurveyDesign" or _of_frame(name)
        way = near or (f"; {ATTRIBUTES[held].format(name)}" if told else "")
        if name in _column_names(self) and not _of_frame(name):
            way = f"; the column is {TABLES[held][0]}[{name!r}]"
    raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{way}", name=name, obj=self)


def _tell_of_item(self: object, key: object) -> NoReturn:
    """Raise for brackets behind an object that is no table, with the table that it holds."""
    table, of_rows, _ = TABLES[_known_as(self)]
    shown = f"{table}[{key!r}]" if len(repr(key)) <= _SHOWN_KEY else f"{table}[...]"
    if isinstance(key, pd.Series | np.ndarray):  # a condition
        shown = of_rows
    near = "" if not isinstance(key, str) or key in (names := _column_names(self)) else suggest(key, names)
    raise ArgumentError(f"{given(self)} is no table but holds one; write {shown}{near}")


def _tell_of_iteration(self: object) -> NoReturn:
    """Raise for a loop over an object that is no list, with what may be gone through."""
    table = TABLES[_known_as(self)][0]
    raise ArgumentError(f"{given(self)} is no list; its columns are {table}.columns, its rows {table}.itertuples()")


def _tell_of_change(self: object, *changed: object) -> NoReturn:
    """Raise for a change of what an object holds, by brackets or by a dot, with how another object is made."""
    raise dataclasses.FrozenInstanceError(
        f"{given(self)} does not change, so that {changed[0]!r:.60} can be neither set nor deleted; {TABLES[_known_as(self)][-1]}"
    )


_TELLING: Mapping[str, Callable[..., NoReturn]] = {
    "__getattr__": _tell_of_attribute, "__getitem__": _tell_of_item, "__iter__": _tell_of_iteration,
    "__setitem__": _tell_of_change, "__delitem__": _tell_of_change,
    "__setattr__": _tell_of_change, "__delattr__": _tell_of_change,
}  # fmt: skip
_SHOWN_KEY = 60
"""Letters of what stood in brackets that are said again."""


def _known_as(thing: object) -> str:
    return next(kind.__name__ for kind in type(thing).__mro__ if kind.__name__ in TABLES)


def _column_names(thing: object) -> list[str]:
    """Return the columns of the table that an object holds; an object that is only being made has none yet."""
    held = vars(thing)
    table = getattr(held.get("survey"), "frame", None) if "survey" in held else held.get("frame", held.get("table"))
    return [name for name in table.columns if isinstance(name, str)] if isinstance(table, pd.DataFrame) else []


def _of_frame(name: str) -> bool:
    """Tell whether a DataFrame has an attribute, or a result's table a column."""
    return hasattr(pd.DataFrame, name) or name in GLOSSARY


_HELD: set[type] = set()
_HELD_ITSELF: set[type] = set()
_HELD_OPERATORS = ("__getitem__",)


def _hold_method(method: Callable[..., Any], owner: str, bound_first: bool = True) -> Callable[..., Any]:
    """Return a method behind the door; the package itself passes by, at the cost of a look at who calls."""
    read: list[_Signature] = []

    @functools.wraps(method)
    def call(*arguments: Any, **options: Any) -> Any:
        if _called_from_inside():
            return method(*arguments, **options)
        if not read:
            read.append(_Signature(method, owner if bound_first else None))
        own = arguments[:1] if bound_first else ()
        bound = read[0].bind(arguments[len(own) :], options)
        made = method(*own, *bound.args, **bound.kwargs)
        if hold_methods(type(made)) and not method.__name__.startswith("_"):
            of_class = not own or isinstance(own[0], type)
            name = f"{owner}.{method.__name__}" if of_class else f".{method.__name__}"
            note_call(made, name, arguments[len(own) :] if of_class else arguments, options, draws=False)
        return made

    return call


def _called_from_inside() -> bool:
    """Tell whether the package itself makes an object; copies count for those who asked for them."""
    frame: types.FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") in _COPYING:
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "surveykit"


class _Signature:
    """What the parameters of a function take."""

    def __init__(self, function: Callable[..., Any], owner: str | None = None) -> None:
        """Read a signature; of a method of `owner`, without the object that it belongs to."""
        self.name, self.signature = function.__name__, inspect.signature(function)
        self.tells_of_gaps = owner is None  # nothing of what an object holds is often an answer too
        if owner is not None:
            self.name = f"{owner}.{function.__name__}"
            parameters = list(self.signature.parameters.values())[1:]
            self.signature = self.signature.replace(parameters=parameters)
        self.hints = get_type_hints(function)
        self.parameters = {
            name: parameter
            for name, parameter in self.signature.parameters.items()
            if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        }
        self.several = [
            name for name, parameter in self.signature.parameters.items() if parameter.kind is parameter.VAR_POSITIONAL
        ]
        self.open = len(self.parameters) < len(self.signature.parameters)

    def bind(self, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> inspect.BoundArguments:
        """Return the arguments of a call by name, each of a kind that its parameter's annotation allows."""
        try:
            bound = self.signature.bind(*arguments, **options)
        except TypeError:
            for name, value in {**dict(zip(self.parameters, arguments)), **options}.items():
                self.check(name, value)  # a wrong object is told of before a gap
            self.refuse_call(arguments, options)
        for name in self.several:
            for value in bound.arguments.get(name, ()):
                self.check_kind(name, value, self.hints.get(name, Any))
        for name, value in bound.arguments.items():
            if name in self.several:
                continue
            self.check(name, value)
            bound.arguments[name] = as_python(value, self.hints.get(name, Any))
        return bound

    def check(self, name: str, value: Any) -> None:
        """Raise unless a value is one that a parameter takes."""
        if name not in self.parameters:
            return
        hint, default = self.hints.get(name, Any), self.parameters[name].default
        self.check_kind(name, value, hint)
        named = isinstance(value, pd.Series) and isinstance(value.name, str)
        if named and names_in(hint) and value.duplicated().any():
            raise ArgumentError(
                f"{self.name}() takes {described(hint)} as `{name}`, but the column itself was given; name it, {name}={value.name!r}"
            )
        needed = default is inspect.Parameter.empty or (isinstance(default, str | tuple) and default)
        if self.tells_of_gaps and needed and isinstance(value, LIKE_LISTS) and not len(value) and lists_in(hint):
            raise ArgumentError(f"`{name}` of {self.name}() is empty; give at least one")
        self.check_size(name, value, parts_of(hint))

    def check_kind(self, name: str, value: Any, hint: Any) -> None:
        """Raise for a value of a kind that an annotation does not allow."""
        if not fits(value, hint):
            raise ArgumentError(
                f"{self.name}() takes {described(hint)} as `{name}`, but {given(value)} was given; {self.way_out(name, hint, value)}"
            )

    def check_size(self, name: str, value: Any, parts: list[Any]) -> None:
        """Raise for a number that nothing in a survey amounts to, and for a text that cannot be written down."""
        if (
            isinstance(value, int | float)
            and np.random.Generator not in parts
            and (  # a seed may have any size
                abs(value) > _LARGEST_WHOLE if isinstance(value, int) else _LARGEST < abs(value) < math.inf
            )
        ):
            raise ArgumentError(
                f"`{name}` of {self.name}() is {value!s:.20}, which is beyond all that is counted or measured; give a smaller number"
            )
        path = any(part in (os.PathLike, Path) or get_origin(part) is os.PathLike for part in parts)
        try:
            if path and isinstance(value, str | Path):
                if "\0" in str(value):
                    raise ArgumentError(f"`{name}` of {self.name}() holds a null byte, which no path has; type it anew")
                longest = max((len(os.fsencode(part)) for part in Path(value).parts), default=0)
                if longest > _LONGEST_NAME:
                    raise ArgumentError(
                        f"`{name}` of {self.name}() is no path: a name in it has {longest} bytes, and {_LONGEST_NAME} are the most that a folder takes; give a shorter one"
                    )
            elif isinstance(value, str):
                value.encode()
        except UnicodeEncodeError as error:
            raise ArgumentError(
                f"`{name}` of {self.name}() holds {error.object[error.start]!a}, half of a letter; type the text anew"
            ) from error

    def refuse_call(self, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> NoReturn:
        """Raise for what Python calls a TypeError: too many, too few, unknown or repeated arguments."""
        places = [name for name, parameter in self.parameters.items() if parameter.kind is not parameter.KEYWORD_ONLY]
        unknown = [name for name in options if name not in self.parameters]
        if unknown and not self.open:
            known = [name for name in self.parameters if not name.startswith("_")]
            hint = self.instead_of(unknown[0], options[unknown[0]], known) or f"; it takes {', '.join(known) or 'none'}"
            raise ArgumentError(f"{self.name}() has no argument {unknown[0]!r}{hint}")
        if len(arguments) > len(places):
            first = given(arguments[len(places)])
            raise ArgumentError(
                f"{self.name}() takes {len(places)} argument(s) without a name, but {len(arguments)} were given ({first} is one too many); the call is {self.call()}"
            )
        twice = [name for name in places[: len(arguments)] if name in options]
        if twice:
            raise ArgumentError(
                f"{self.name}() was given `{twice[0]}` twice, by its place and by its name; the call is {self.call()}"
            )
        absent = [name for name in self.required() if name not in options and name not in places[: len(arguments)]]
        raise ArgumentError(f"{self.name}() needs {some(f'`{name}`' for name in absent)}; the call is {self.call()}")

    def instead_of(self, name: str, value: Any, known: list[str]) -> str:
        """Return what to write in place of an unknown argument: the word here, a near name, or what does it instead."""
        words, otherwise = ARGUMENTS.get(name.lower(), ((), ""))
        here = next((word for word in words if word.partition("=")[0] in known), None)
        if here is not None:
            wanted = self.hints.get(here, Any)
            told = isinstance(value, pd.DataFrame | Survey) or (here == "where" and isinstance(value, str | list))
            if told and not fits(value, wanted):  # what to make of it comes before the call
                return f"; it is `{here}` here, {self.way_out(here, wanted, value)}"
            return f"; it is `{here}` here, {self.call(here)}"
        return suggest(name, known) or (f"; {otherwise}" if otherwise else "")

    def required(self) -> list[str]:
        return [name for name, parameter in self.parameters.items() if parameter.default is parameter.empty]

    def call(self, shown: str = "") -> str:
        """Return the shortest call of the function, "means(design, outcomes)", that shows an argument: "by=..."."""
        required = self.required() or list(self.parameters)[:1]
        named = {name for name, parameter in self.parameters.items() if parameter.kind is parameter.KEYWORD_ONLY}
        parts = [f"{name}=..." if name in named else name for name in required]
        name, _, value = shown.partition("=")
        if shown and name not in required:
            parts.append(f"{name}={value or '...'}")
        return f"{self.name}({', '.join(parts)})"

    def way_out(self, name: str, hint: Any, value: Any) -> str:
        """Return what to write in place of a wrong object."""
        if name == "where" and isinstance(value, str | list):
            condition = f".eval({value!r})" if isinstance(value, str) else "['age'] > 40"
            return f"write where=design.survey.frame{condition}"
        if name == "weights" and isinstance(value, str) and "weight" in self.parameters:
            return f"name the column, weight={value!r}"
        wanted = {getattr(part, "__name__", "") for part in parts_of(hint)}
        if isinstance(value, Survey) and "DataFrame" in wanted:
            return "pass survey.frame"
        if isinstance(getattr(value, "survey", None), Survey) and "Survey" in wanted:  # a design
            return "pass design.survey"
        if isinstance(value, pd.DataFrame | str | os.PathLike | Survey):
            frame = isinstance(value, pd.DataFrame)
            written = "survey" if isinstance(value, Survey) else "frame" if frame else "read_survey(path)"
            if "SurveyDesign" in wanted:
                return f"write {self.name}(SurveyDesign({written}, weight=..., cluster=...), ...)"
            if "Survey" in wanted:
                return f"write {self.name}({'Survey(frame)' if frame else written}, ...)"
        if isinstance(value, pd.Series) and isinstance(value.name, str) and (str in parts_of(hint) or names_in(hint)):
            return f"name the column, {name}={value.name!r}"
        if isinstance(value, Result) and "DataFrame" in wanted:
            return "pass its .table"
        maker = next((_MADE_BY[word] for word in _MADE_BY if word in wanted), "")
        return f"the call is {self.call()}" + (f", {maker}" if maker else "")


class _Fields(_Signature):
    """What the fields of a dataclass take: what they hold, and what its `__post_init__` makes that of."""

    def __init__(self, made: type) -> None:
        super().__init__(made)
        self.tells_of_gaps = False  # it knows better what is empty, and may be
        self.lists = {name for name, hint in self.hints.items() if names_in(hint) and str not in parts_of(hint)}
        self.hints = {name: widened(hint) for name, hint in self.hints.items()}
        self.empty = {
            field.name
            for field in dataclasses.fields(made)
            if field.default == () or field.default_factory is not dataclasses.MISSING
        }
        # a method that makes it of a list
        self.way_of_lists = "of" if hasattr(made, "of") else ""

    def bind(self, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> inspect.BoundArguments:
        """Return the fields by name; None is nothing where nothing is the default, and one text is a list of one."""
        bound = super().bind(arguments, options)
        for name, value in list(bound.arguments.items()):
            if value is None and name in self.empty:
                del bound.arguments[name]
            elif isinstance(value, str) and name in self.lists:
                bound.arguments[name] = (value,)
            elif isinstance(value, list | tuple | pd.Series | pd.Index) and np.ndarray in parts_of(self.hints[name]):
                bound.arguments[name] = np.asarray(value)
        return bound

    def check(self, name: str, value: Any) -> None:
        """Raise unless a value is one that a field takes."""
        if not name.startswith("_") and not (value is None and name in self.empty):
            super().check(name, value)

    def way_out(self, name: str, hint: Any, value: Any) -> str:
        """Return what to write in place of a wrong object; a mapping in place of a list."""
        if any(get_origin(part) is Mapping for part in parts_of(hint)) and isinstance(value, list | tuple) and value:
            if self.way_of_lists:
                return f"write {self.name}.{self.way_of_lists}({name})"
            if isinstance(value[0], str | int | float):
                return f"write {name}={{{value[0]!r}: ...}}"
        return super().way_out(name, hint, value)
