"""How an object was made by its caller: the call is kept beside it, and printed as code that makes it again."""

import dataclasses
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from surveykit.errors import ArgumentError

LINE = 100
"""Columns beyond which a call is written with one argument a line."""
MOST_ROWS = 30
"""Rows of a table or an array that are written out; a longer one is named, for whoever runs the code to put there."""
HOLDING = ("Survey", "SurveyDesign", ".with_columns", ".keep_rows")
"""Calls whose tables, arrays and lists are people's answers."""
TARGETS = ("rake", "poststratify", "calibrate")
"""Calls whose tables and arrays are counts of a population."""
_VARIABLES: Mapping[str, str] = {
    "Survey": "survey", "SurveyDesign": "design", "DataFrame": "answers", "Series": "values", "ndarray": "values",
    "Generator": "rng", "ModelFit": "model", "LikertScale": "scale", "ReplicateWeights": "replicates",
}  # fmt: skip
"""What objects are called in code, by their class; "result" where a class is not listed."""


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """A call of a public function, method or class as its caller made it.

    Attributes
    ----------
    name : str
        Of the function or class; with a point in front, of a method of the first argument.
    arguments, options
        As they were given, by place and by name.
    draws : bool
        Whether the function takes a source of randomness.
    """

    name: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    draws: bool


_KNOWN: dict[int, tuple["weakref.ref[Any]", Recipe]] = {}
"""By the identity of what was made, which a copy does not share, and as long as it is there."""


def note_call(made: object, name: str, arguments: tuple[Any, ...], options: Mapping[str, Any], draws: bool) -> None:
    """Keep how an object was made; what a call hands through, and what cannot be told apart, is left as it is."""
    if any(made is one for one in (*arguments, *options.values())):
        return
    place = id(made)
    try:
        reference = weakref.ref(made, partial(_forget, _KNOWN, place))
    except TypeError:  # a tuple, a text, a number
        return
    given = tuple(_as_given(value) for value in arguments)
    _KNOWN[place] = reference, Recipe(name, given, {key: _as_given(value) for key, value in options.items()}, draws)


def _forget(known: dict[int, Any], place: int, _: object) -> None:
    """Drop what is known of an object that is gone; given the table itself, so that it works while Python ends."""
    known.pop(place, None)


def _as_given(value: Any) -> Any:
    """Return a value as it is now where code writes it out: its owner may change it later.

    What is inside lists and mappings is kept itself where it was made by a call, whose recipe a copy would lose.
    """
    if isinstance(value, dict):
        return {key: _as_given(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_given(one) for one in value]
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_as_given(one) for one in value)
    if isinstance(value, set):
        return value.copy()
    small = isinstance(value, pd.DataFrame | pd.Series | np.ndarray) and value.ndim and len(value) <= MOST_ROWS
    return value.copy() if small and recipe_of(value) is None else value


def recipe_of(made: object) -> Recipe | None:
    """Return how an object was made, None where that is not known."""
    reference, recipe = _KNOWN.get(id(made), (None, None))
    return recipe if reference is not None and reference() is made else None


def seed_of(made: object) -> int | None:
    """Return the seed that an object was made with; None where none was given, or a Generator was."""
    recipe = recipe_of(made)
    seed = recipe.options.get("rng") if recipe is not None else None
    return int(seed) if isinstance(seed, int | np.integer) else None


def code_of(made: object, *, answers: bool = True) -> str:
    """Return the code that makes an object again, from the reading of its file on; without `answers` none of them.

    Raises
    ------
    ArgumentError
        When it is not known how the object was made.
    """
    if recipe_of(made) is None:
        raise ArgumentError(
            f"how this {type(made).__name__} was made is not known: it was copied, unpickled or made inside another call; ask the object that the public function returned"
        )
    writer = _Writer(answers)
    writer.value(made)
    modules = [line for used, line in writer.modules.items() if f"{used}." in "\n".join(writer.lines)]
    return "\n".join([*modules, "import surveykit as sk", "", *writer.notes, *writer.lines]) + "\n"


class _Writer:
    """Lines of code, each of which makes one object of those before it."""

    modules: Mapping[str, str] = {"np": "import numpy as np", "pd": "import pandas as pd"}

    def __init__(self, answers: bool) -> None:
        self.answers = answers
        """Whether tables of answers may be written out."""
        self.inside = ""
        """The call whose arguments are being written."""
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.names: dict[int, str] = {}

    def value(self, value: Any) -> str:
        """Return an expression for a value; what takes a line of its own gets it, and its name is returned."""
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not np.isfinite(value):
            return f'float("{value}")'
        if value is None or isinstance(value, bool | int | float | str | bytes):
            return repr(value)
        if isinstance(value, PurePath):
            return repr(str(value))
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.value(key)}: {self.value(one)}" for key, one in value.items()) + "}"
        if isinstance(value, list | tuple | set):
            return self.several(value)
        if id(value) in self.names:
            return self.names[id(value)]
        recipe = recipe_of(value)
        if recipe is not None:
            call = self.call(recipe)
            name = self.name_for(value, "margins" if recipe.name == "read_margins_file" else "")
            self.lines.append(f"{name} = {call}")
            return name
        return self.written_out(value) or self.named(value)

    def several(self, values: Any) -> str:
        names = self.inside == "SurveyDesign" and all(isinstance(one, str) for one in values)  # of columns
        if not self.answers and self.inside in HOLDING and not names:
            return self.named(values)
        inside = ", ".join(self.value(one) for one in values)
        if isinstance(values, set):
            return "{" + inside + "}" if values else "set()"
        if isinstance(values, list):
            return f"[{inside}]"
        return f"({inside},)" if len(values) == 1 else f"({inside})"

    def call(self, recipe: Recipe) -> str:
        """Return a call, with what it takes made in the lines before it."""
        arguments, function = recipe.arguments, f"sk.{recipe.name}"
        if recipe.name.startswith("."):
            function, arguments = f"{self.value(arguments[0])}{recipe.name}", arguments[1:]
        outside, self.inside = self.inside, recipe.name
        parts = [self.value(value) for value in arguments]
        parts += [f"{name}={self.value(value)}" for name, value in recipe.options.items()]
        self.inside = outside
        note = "no rng= was given: what is drawn at random differs from run to run"
        if recipe.draws and recipe.options.get("rng") is None and f"# {note}" not in self.notes:
            self.notes.append(f"# {note}")
        line = f"{function}({', '.join(parts)})"
        return line if len(line) < LINE else f"{function}(\n" + "".join(f"    {part},\n" for part in parts) + ")"

    def written_out(self, value: Any) -> str:
        """Return a short table, a short array or a plain record of the package in full; "" for anything else."""
        if isinstance(value, pd.DataFrame | pd.Series | pd.Index | np.ndarray) and len(value) > MOST_ROWS:
            return ""
        if isinstance(value, pd.DataFrame | pd.Series | np.ndarray) and not (self.answers or self.inside in TARGETS):
            return ""
        if not all(
            map(_is_plain, value.dtypes if isinstance(value, pd.DataFrame) else [getattr(value, "dtype", None)])
        ):
            return ""  # categories and their order, and dates, are more than their texts
        if isinstance(value, pd.DataFrame) and isinstance(value.index, pd.RangeIndex):
            columns = {name: column.to_numpy(dtype=object).tolist() for name, column in value.items()}
            return f"pd.DataFrame({self.value(columns)})"
        if isinstance(value, pd.Series):
            name = f", name={self.value(value.name)}" if value.name is not None else ""
            return f"pd.Series({self.value(value.tolist())}, index={self.index(value.index)}{name})"
        if isinstance(value, np.ndarray) and value.ndim == 1:
            return f"np.array({self.value(value.tolist())})"
        inside = type(value).__module__.partition(".")[0] == "surveykit"
        if inside and dataclasses.is_dataclass(value) and type(value).__eq__ is not object.__eq__:
            given = {
                field.name: getattr(value, field.name)
                for field in dataclasses.fields(value)
                if field.init and getattr(value, field.name) != default_of(field)
            }
            return f"sk.{type(value).__name__}({', '.join(f'{name}={self.value(plain(one))}' for name, one in given.items())})"
        return ""

    def index(self, index: pd.Index) -> str:
        if isinstance(index, pd.MultiIndex):
            return f"pd.MultiIndex.from_tuples({self.value(index.tolist())}, names={self.value(list(index.names))})"
        name = f", name={self.value(index.name)}" if index.name is not None else ""
        return f"pd.Index({self.value(index.tolist())}{name})"

    def named(self, value: Any) -> str:
        """Return a name for what code cannot make, with a note on what has to be put there."""
        name = getattr(value, "__name__", "") if callable(value) else ""
        name = name if name.isidentifier() else self.name_for(value)
        self.names[id(value)] = name
        self.notes.append(f"# {name}: {described(value)}, to be put here")
        return name

    def name_for(self, value: Any, base: str = "") -> str:
        base = base or _VARIABLES.get(type(value).__name__, "result")
        taken = set(self.names.values())
        name = next(name for name in (base, *(f"{base}_{number}" for number in range(2, 10_000))) if name not in taken)
        self.names[id(value)] = name
        return name


def default_of(field: "dataclasses.Field[Any]") -> object:
    """Return what a field of a dataclass is when nothing is given."""
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default


def _is_plain(dtype: Any) -> bool:
    """Tell whether numbers and texts are all that a column of this type holds; what is no column is asked elsewhere."""
    return dtype is None or (not isinstance(dtype, pd.CategoricalDtype) and dtype.kind in "biufO")


def plain(value: Any) -> Any:
    """Return a mapping as a dict."""
    return {key: plain(one) for key, one in value.items()} if isinstance(value, Mapping) else value


def described(value: object) -> str:
    """Return what an object is, in a few words."""
    if isinstance(value, pd.DataFrame):
        return f"the DataFrame of {len(value):,} rows and {value.shape[1]} columns"
    if isinstance(value, pd.Series | pd.Index | np.ndarray):
        return f"the {type(value).__name__} of {len(value):,} values"
    if isinstance(value, np.random.Generator):
        return "the numpy Generator as it was before the call"
    return f"the {type(value).__name__}" if not callable(value) else "the function"
