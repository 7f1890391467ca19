"""What kinds of values an annotation allows: whether a value is one, what it becomes, and both in words."""

import inspect
import os
import types
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from numbers import Integral, Number, Real
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import numpy as np
import pandas as pd

from surveykit.results import Result
from surveykit.survey import Survey

_ARRAYS = (pd.Series, pd.Index, np.ndarray, pd.api.extensions.ExtensionArray)
_OBJECTS = (pd.DataFrame, *_ARRAYS, list, tuple, set, frozenset, dict, bytes)
"""What no code, label or other single value is."""
_WORDS: Mapping[object, str] = {
    str: "a text", int: "a whole number", float: "a number", bool: "True or False", type(None): "None",
    pd.DataFrame: "a DataFrame", pd.Series: "a Series", np.ndarray: "an array", list: "a list", tuple: "a tuple",
    dict: "a mapping", set: "a set", Mapping: "a mapping", os.PathLike: "a path",
    np.random.Generator: "a numpy Generator", object: "a single value", pd.Index: "an Index",
}  # fmt: skip
LIKE_LISTS = (list, tuple, set, frozenset, dict, *_ARRAYS, range)
_LISTS = (list, Sequence, Iterable, Collection, tuple, set, frozenset)


def widened(hint: Any) -> Any:
    """Return what a field may be made of: texts by language of one text, several of one, a survey of a frame."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return Union[tuple(map(widened, arguments))]  # noqa: UP007 (made of a list)
    if hint is Survey:
        return hint | pd.DataFrame
    if hint == tuple[str, ...]:
        return str | hint
    if origin is Mapping and arguments == (str, str):
        return str | hint | None
    if origin is Mapping:
        return Mapping[arguments[0] if arguments[0] is str else object, widened(arguments[1])]  # type: ignore[misc]
    return hint


def fits(value: Any, hint: Any) -> bool:
    """Tell whether a value is of a kind that an annotation allows; lists are looked into, other values are not."""
    origin, arguments = get_origin(hint), get_args(hint)
    if isinstance(hint, TypeVar):
        origin, arguments = Union, hint.__constraints__ or (Any if hint.__bound__ is None else hint.__bound__,)
    if origin in (Union, types.UnionType):
        return any(fits(value, part) for part in arguments)
    if origin is Literal:
        return any(
            isinstance(value, type(part)) and isinstance(value, bool) == isinstance(part, bool) for part in arguments
        )
    if origin is Mapping or hint is Mapping:
        return isinstance(value, Mapping) and _items_fit(value, arguments)
    if origin in _LISTS or hint in _LISTS:
        if (
            origin is tuple and Ellipsis not in arguments and len(set(arguments)) > 1
        ):  # each place takes a kind of its own
            return isinstance(value, tuple | list) and len(value) == len(arguments) and all(map(fits, value, arguments))
        exact = len(arguments) if origin is tuple and Ellipsis not in arguments else 0
        return _list_fits(value, arguments) and (not exact or not hasattr(value, "__len__") or len(value) == exact)
    if origin in (Callable, type) or hint is Callable:
        return callable(value)
    return _plain_fits(value, hint if origin is None else origin)


def _plain_fits(value: Any, hint: Any) -> bool:
    """Tell whether a value is of a kind that is made of no others."""
    if hint is object:  # a code, a label: a single value of whatever kind
        return not (
            isinstance(value, (*_OBJECTS, types.ModuleType))
            or value is pd.NA
            or callable(value)
            or type(value).__module__.startswith("surveykit")
        )
    if hint in (int, float):
        return isinstance(value, Integral if hint is int else Real) and not isinstance(value, bool | np.bool_)
    if hint is bool:
        return isinstance(value, bool | np.bool_)
    if hint is pd.Series:  # any column is as good where one value per row is meant
        return isinstance(value, pd.Series | pd.Index | np.ndarray | pd.api.extensions.ExtensionArray)
    if hint is np.ndarray:  # so is a list of numbers where an array is meant
        if isinstance(value, pd.Series | pd.Index | np.ndarray) and pd.api.types.is_numeric_dtype(value.dtype):
            return True
        return isinstance(value, list | tuple | pd.Series | pd.Index | np.ndarray) and all(
            isinstance(item, Number | np.bool_) for item in value
        )
    if hint is pd.DataFrame:
        return isinstance(value, pd.DataFrame) or hasattr(value, "to_pandas")
    return hint is Any or not isinstance(hint, type) or isinstance(value, hint)


def as_python(value: Any, hint: Any) -> Any:
    """Return numpy's numbers as Python's, and lists of other kinds as lists where a list is meant.

    A set becomes a sorted list: its own order changes from run to run.
    """
    if isinstance(value, np.number | np.bool_):
        return value.item()
    lists = lists_in(hint)
    if (
        not lists
        or isinstance(value, str | list | tuple)
        or any(fits(value, part) for part in parts_of(hint) if part not in lists)
    ):
        return value
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return value.tolist() if hasattr(value, "tolist") else list(value) if isinstance(value, Iterable) else value


def _items_fit(value: Mapping[Any, Any], kinds: tuple[Any, ...]) -> bool:
    return not kinds or all(fits(key, kinds[0]) and fits(item, kinds[1]) for key, item in value.items())


def _list_fits(value: Any, kinds: tuple[Any, ...]) -> bool:
    """Tell whether a value is a list of a kind: tuples, columns and generators are, texts and whole tables are not."""
    kind = kinds[0] if kinds else Any
    if isinstance(value, str) and kind is str:
        return True  # one name, where names are meant
    if isinstance(value, str | bytes | Mapping | pd.DataFrame) or not isinstance(value, Iterable):
        return False
    if type(value).__module__.startswith("surveykit") or getattr(value, "ndim", 1) != 1:
        return False
    if not hasattr(value, "__len__"):
        return kind is str  # names may come one by one; other lists are gone through more than once
    if isinstance(value, np.ndarray | pd.Series) and value.dtype.kind in "iuf":
        return any(part in ((int, float, Any) if value.dtype.kind in "iu" else (float, Any)) for part in parts_of(kind))
    return all(fits(item, kind) for item in value)


def lists_in(hint: Any) -> list[Any]:
    return [part for part in parts_of(hint) if get_origin(part) in _LISTS]


def names_in(hint: Any) -> bool:
    """Tell whether a list of texts is meant, as names of columns are."""
    return any(str in get_args(part) for part in lists_in(hint))


def parts_of(hint: Any) -> list[Any]:
    """Return the kinds that a union is made of, without None unless it is alone."""
    if isinstance(hint, TypeVar):
        return [part for bound in hint.__constraints__ or (hint.__bound__,) for part in parts_of(bound)]
    parts = (
        [part for one in get_args(hint) for part in parts_of(one)]
        if get_origin(hint) in (Union, types.UnionType)
        else [hint]
    )
    return [part for part in parts if part is not type(None)] or parts


def described(hint: Any) -> str:
    """Return what an annotation allows, in words: "a text or a list of texts"."""
    words = []
    for part in parts_of(hint):
        origin, arguments = get_origin(part), get_args(part)
        if origin is Literal:
            words.append(f"one of {', '.join(map(repr, arguments))}")
        elif origin in _LISTS or part in _LISTS:
            words.append(f"a list of {_several(arguments[0])}" if arguments else "a list")
        elif origin is Mapping and arguments:
            words.append(f"a mapping from {_several(arguments[0])} to {_several(arguments[1])}")
        else:
            plain = origin or part
            named = "a function" if plain is Callable else _named(getattr(plain, "__name__", "value"))
            words.append(_WORDS.get(plain) or named)
    return " or ".join(dict.fromkeys(words))


def _several(hint: Any) -> str:
    """Return what an annotation allows, many of them, and no more of what they hold: "texts", "lists", "codes"."""
    parts = parts_of(hint)
    if hint is Any or isinstance(hint, TypeVar):
        return "anything"
    if {int, float, str} <= set(parts):
        return " or ".join(["codes", *(_several(part) for part in parts if part not in (int, float, str))])
    several = {str: "texts", int: "whole numbers", float: "numbers", object: "codes or labels", os.PathLike: "paths"}
    words = []
    for part in parts:
        origin = get_origin(part) or part
        words.append(
            several.get(origin)
            or (
                "lists"
                if origin in _LISTS
                else "mappings"
                if origin is Mapping
                else str(getattr(origin, "__name__", "values"))
            )
        )
    return " or ".join(dict.fromkeys(words))


def _named(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name}"


def _kinds(values: Iterable[Any]) -> str:
    return ", ".join(sorted({type(value).__name__ for value in values})[:3])


def given(value: Any) -> str:
    """Return what a value is, in words: "a DataFrame", "the text 'q1'", "a list of 3"."""
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the text {value if len(value) <= 60 else value[:60] + ' ...'!r}"
    if isinstance(value, bool | np.bool_ | int | float | np.number):
        return f"{value!s:.60}"
    if isinstance(value, os.PathLike):
        return "a path"
    if isinstance(value, dict):
        return f"a mapping from {_kinds(value)} to {_kinds(value.values())}" if value else "a mapping without entries"
    if isinstance(value, list | tuple | set | frozenset):
        return _WORDS.get(type(value), "a set") + (f" of {_kinds(value)}" if value else " without entries")
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if inspect.isfunction(value) or inspect.ismethod(value):
        return f"the function {value.__name__}"
    if isinstance(value, Result) and type(value) is not Result:
        return f"{_named(type(value).__name__)} (a result)"
    return _WORDS.get(type(value)) or _named(type(value).__name__)
