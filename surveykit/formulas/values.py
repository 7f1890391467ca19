"""What the parts of a formula come to: numbers enter as float64, conditions stay true or false, texts are categories.

Nothing is handed to Python to run: each node of a checked tree is computed by the function that stands for it here.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from numbers import Number
from typing import Any, NoReturn, TypeAlias

import numpy as np
import pandas as pd
import patsy

from surveykit._checks import some
from surveykit.codebook import Code, as_code
from surveykit.errors import ArgumentError, ColumnError
from surveykit.formulas.grammar import (
    ARITHMETIC,
    CONTRASTS,
    FUNCTIONS,
    Expression,
    arguments_of,
    called,
    column_of,
    constant_of,
    is_column,
    shown,
)  # fmt: skip

Operand: TypeAlias = np.ndarray | pd.Categorical
# One column each in a matrix that is not sparse; a fit takes the cube of their number.
MOST_CATEGORIES = 5_000

_ARITHMETIC: Mapping[type, Callable[[Any, Any], Any]] = dict(zip(ARITHMETIC, (
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod)))  # fmt: skip
_COMPARE: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip
_ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    "log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "exp": np.exp, "sqrt": np.sqrt, "abs": np.abs, "minimum": np.minimum, "maximum": np.maximum,
}  # fmt: skip


def as_operand(column: pd.Series, formula: str) -> Operand:
    """Return a column as formulas take it: float64 numbers, true or false, or a category of texts.

    Small integers would run over in I(age**2) (a byte holds 127), and True + True would be True.
    """
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return column.array
    if pd.api.types.is_bool_dtype(dtype):
        return column.to_numpy(dtype=bool)
    if pd.api.types.is_complex_dtype(dtype):
        raise ColumnError(
            f"the formula {shown(formula)} names {column.name!r}, which holds complex numbers; give their real part or their size as a column"
        )
    if pd.api.types.is_numeric_dtype(dtype):
        return column.to_numpy(dtype=float, na_value=np.nan)
    if dtype.kind in "mM" or isinstance(dtype, pd.PeriodDtype | pd.DatetimeTZDtype):
        raise ColumnError(
            f"the formula {shown(formula)} names {column.name!r}, which holds dates; turn them into numbers (days since a start, say) or into periods first"
        )
    if pd.api.types.is_object_dtype(dtype) and len(column) and all(isinstance(value, Number) for value in column):
        if all(isinstance(value, bool | np.bool_) for value in column):
            return column.to_numpy(dtype=bool)
        try:
            return column.to_numpy(dtype=float)  # Decimal and Fraction, as databases give them
        except (TypeError, OverflowError) as error:
            raise ColumnError(
                f"the formula {shown(formula)} names {column.name!r}, which holds numbers that are complex or too large ({error}); turn them into plain numbers first"
            ) from error
    return pd.Categorical(column.astype(object))


def as_answers(values: np.ndarray) -> pd.Index:
    """Return numbers as the names of categories: 2.0 reads 2, and true and false stay such."""
    return pd.Index(values.tolist() if values.dtype == bool else [as_code(value) for value in values], dtype=object)


class Factor:
    """One part of a formula, in the protocol by which patsy asks for its values.

    Center, scale, splines and categories learn from the data that a model is fitted on, which `state` keeps.
    """

    origin = None

    def __init__(self, expression: Expression, formula: str) -> None:
        self.expression, self.formula, self.code = expression, formula, expression.code
        self.coded: Mapping[str, Mapping[Code, str]] = {}

    def name(self) -> str:
        """Return the part of a coefficient's name that is this factor's."""
        return self.code

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Factor) and other.code == self.code

    def __hash__(self) -> int:
        return hash(self.code)

    def memorize_passes_needed(self, state: dict[str, Any], eval_env: object) -> int:
        """Return 0: what is to be learned is learned when patsy first asks for values, of all the data."""
        del eval_env
        state["learned"] = {}
        return 0

    def eval(self, state: dict[str, Any], data: pd.DataFrame) -> object:
        """Return one value per row, a matrix of several columns, or a category with its coding."""
        return _Evaluation(self, data, state["learned"]).top(self.expression.tree)


def numbers_of(expression: Expression, formula: str, frame: pd.DataFrame) -> np.ndarray:
    """Return an expression that has one number per row, as the outcome of a model has."""
    factor = Factor(expression, formula)
    with np.errstate(all="ignore"):  # what is infinite is told of in words
        return np.asarray(_Evaluation(factor, frame, {}).number(expression.tree))


class _Evaluation:
    """The walk over one checked expression with one frame."""

    def __init__(self, factor: Factor, frame: pd.DataFrame, learned: dict[int, Any]) -> None:
        self.formula, self.code, self.coded = factor.formula, factor.code, factor.coded
        self.frame, self.learned = frame, learned

    def refuse(self, what: str, way_out: str) -> NoReturn:
        raise ArgumentError(f"{what} in {shown(self.formula)}; {way_out}")

    def top(self, node: ast.expr) -> object:
        return self.category(node) if isinstance(node, ast.Call) and called(node) == "C" else self.value(node)

    def value(self, node: ast.expr) -> Any:
        """Return the value of a node: float64 numbers, true or false, or a category."""
        if is_column(node):
            return as_operand(self.frame[column_of(node)], self.formula)
        match node:
            case ast.Constant():
                return node.value if isinstance(node.value, str | bool) else np.float64(node.value)  # type: ignore[arg-type]
            case ast.UnaryOp(op=ast.Invert()):
                return ~self.condition(node.operand)
            case ast.UnaryOp():
                number = self.number(node.operand)
                return -number if isinstance(node.op, ast.USub) else number
            case ast.BinOp(op=ast.Pow()):
                return self.number(node.left) ** float(constant_of(node.right))  # type: ignore[arg-type]
            case ast.BinOp(op=ast.BitAnd()):
                return self.condition(node.left) & self.condition(node.right)
            case ast.BinOp(op=ast.BitOr()):
                return self.condition(node.left) | self.condition(node.right)
            case ast.BinOp():
                return _ARITHMETIC[type(node.op)](self.number(node.left), self.number(node.right))
            case ast.Compare():
                return self.comparison(node)
            case ast.Call():
                return self.value(node.args[0]) if called(node) == "I" else self.function(node, called(node))
        raise AssertionError(f"{ast.dump(node)} passed the lists of grammar.py")

    def number(self, node: ast.expr) -> Any:
        value = self.value(node)
        if isinstance(value, pd.Categorical):
            self.refuse(
                f"nothing can be computed with {ast.unparse(node)!r}, which holds categories,",
                f"compare it with one of them, ({ast.unparse(node)} == {value.categories[0]!r})"
                if len(value.categories)
                else "leave it out",
            )
        # true and false count as 1 and 0; the empty index makes a number of an array without dimensions again
        return np.asarray(value, dtype=float)[()]

    def condition(self, node: ast.expr) -> np.ndarray:
        value = self.value(node)
        if not isinstance(value, np.ndarray) or value.dtype != bool:
            self.refuse(
                f"{ast.unparse(node)!r} stands beside &, | or ~ but is no condition,",
                "put each comparison in parentheses, (a > 1) & (b == 2)",
            )
        return value

    def comparison(self, node: ast.Compare) -> np.ndarray:
        """Return where a comparison holds; one that can hold for nobody, a number with a text say, is refused."""
        sides = [node.left, node.comparators[0]]
        values = [self.value(side) for side in sides]
        for this, other in ((0, 1), (1, 0)):
            values[other] = self.rounded_alike(sides[this], sides[other], values[other])
        compare, written = _COMPARE[type(node.ops[0])], ast.unparse(node)
        kinds = [isinstance(value, pd.Categorical) for value in values]
        if not any(kinds):
            text = next((value for value in values if isinstance(value, str)), None)
            if text is not None:
                self.refuse(f"{written!r} compares numbers with the text {text!r}", "compare with the code")
            return np.asarray(compare(*values))
        if not all(kinds):
            category, value = values if kinds[0] else reversed(values)
            if isinstance(value, np.ndarray):
                self.refuse(f"{written!r} compares categories with numbers", "compare columns of one kind")
            answers = list(category.categories)
            if isinstance(value, bool) or as_code(value) not in [as_code(answer) for answer in answers]:
                value = value if isinstance(value, str | bool) else as_code(value)
                self.refuse(
                    f"{written!r} holds for nobody or for everybody, because {value!r} is no answer",
                    f"the answers are {some(map(repr, answers))}",
                )
        elif isinstance(node.ops[0], ast.Eq | ast.NotEq):
            values = [np.asarray(value, dtype=object) for value in values]  # also where each knows other categories
        try:
            return np.asarray(compare(*values), dtype=bool)
        except TypeError as error:
            raise ArgumentError(
                f"{written!r} in {shown(self.formula)} asks for an order that these categories do not have; compare by == or !=, or make them an ordered category first"
            ) from error

    def rounded_alike(self, column: ast.expr, literal: ast.expr, value: Any) -> Any:
        """Return a number as a column of half or single precision would hold it, so that x == 0.1 can hold."""
        if not is_column(column) or not isinstance(literal, ast.Constant) or not isinstance(value, np.float64):
            return value
        dtype = self.frame[column_of(column)].dtype
        kind = getattr(dtype, "numpy_dtype", dtype)
        return np.float64(kind.type(value)) if kind in (np.float16, np.float32) else value

    def function(self, node: ast.Call, name: str) -> Any:
        arguments = arguments_of(node, FUNCTIONS[name])
        columns = [self.number(argument) for word, argument in arguments.items() if FUNCTIONS[name][word] == "column"]
        if name in _ELEMENTWISE:
            return _ELEMENTWISE[name](*columns)
        options = {
            word: constant_of(argument) for word, argument in arguments.items() if FUNCTIONS[name][word] != "column"
        }
        if node.col_offset not in self.learned:  # calls of one expression begin at different places
            self.learned[node.col_offset] = self.learn(node, name, columns[0], options)
        return self.learned[node.col_offset](columns[0])

    def learn(self, node: ast.Call, name: str, x: np.ndarray, options: dict[str, Any]) -> Callable[[np.ndarray], Any]:
        """Return what computes a function that depends on everybody, made of the data that a model is fitted on."""
        written = ast.unparse(node)
        if not isinstance(x, np.ndarray) or not np.isfinite(x).all():
            self.refuse(
                f"{written!r} has no value or an infinite one for some respondents who answered",
                "make these missing, or use another term",
            )
        try:
            if name in ("bs", "cr"):
                return self.learn_spline(name, x, {word: given for word, given in options.items() if given is not None})
            if name == "poly":
                return learn_powers(x, **options)
        except (ValueError, TypeError, IndexError, np.linalg.LinAlgError) as error:
            reason = re.sub(r"np\.float64\((.*?)\)", r"\1", str(error))  # numbers as they are typed
            raise ArgumentError(f"{written!r} in {shown(self.formula)} cannot be made of the data: {reason}") from error
        # without weights, as patsy and R's scale(): which constant is taken off moves the intercept only
        centre = float(x.mean()) if options.get("center", True) else 0.0
        scale = 1.0
        if name != "center" and options.get("rescale", True):
            free = len(x) - int(options.get("ddof") or 0)
            scale = float(np.sqrt(((x - x.mean()) ** 2).sum() / free)) if free > 0 else 0.0
            if not scale > 0:
                self.refuse(f"{written!r} divides by a standard deviation of zero", "leave it out")
        return lambda values: (values - centre) / scale

    def learn_spline(self, name: str, x: np.ndarray, options: dict[str, Any]) -> Callable[[np.ndarray], np.ndarray]:
        # learned once, on the data of the fit, and kept: knots set anew on other rows would be another function
        spline = {"bs": patsy.bs, "cr": patsy.cr}[name].__patsy_stateful_transform__()
        if name == "cr" and len(np.unique(x)) < 3:
            raise ValueError("it needs at least three different values")
        spline.memorize_chunk(x, **options)
        spline.memorize_finish()

        def values(of: np.ndarray) -> np.ndarray:
            try:
                return np.asarray(spline.transform(of, **options), dtype=float)
            except (NotImplementedError, ValueError) as error:
                raise ArgumentError(
                    f"a spline in {shown(self.formula)} has no value outside the range of the data that it was fitted on; stay inside, or give it lower_bound and upper_bound"
                ) from error

        return values

    def category(self, node: ast.Call) -> object:
        """Return what C() makes of its first argument: a pandas category, in patsy's box where it has a coding.

        A reference of a labelled column may be named by its code.
        """
        arguments = arguments_of(node, {"data": "", "contrast": "", "levels": ""})
        data, written = arguments["data"], ast.unparse(arguments["data"])
        value = self.value(data)
        if not isinstance(value, pd.Categorical):
            value = self.answers_of(value, node, written)
        if len(value.categories) > MOST_CATEGORIES:
            self.refuse(
                f"{written!r} has {len(value.categories):,} categories",
                f"a model takes at most {MOST_CATEGORIES:,}; put them into groups first",
            )
        known, labels = list(value.categories), self.coded.get(column_of(data), {}) if is_column(data) else {}

        def level(given: object) -> object:
            named = given if isinstance(given, bool) else as_code(given)
            meant = labels.get(named, named)
            if meant not in known:  # patsy would take a number for a position
                role = "" if "levels" in arguments else ", which the formula names as the reference"
                self.refuse(
                    f"nobody among those who answered has {written!r} {given!r}{role}", f"the answers are {some(known)}"
                )
            return meant

        levels = self.levels(arguments, known, level)
        contrast = self.contrast(arguments.get("contrast"), level)
        return value if contrast is None and levels is None else patsy.builtins.C(value, contrast, levels)

    def answers_of(self, value: np.ndarray, node: ast.Call, written: str) -> pd.Categorical:
        """Return numbers or conditions as a category of the answers that the model was fitted on."""
        found = self.learned.setdefault(node.col_offset, np.unique(value))
        index = np.searchsorted(found, value)
        strange = (index == len(found)) | (found[np.minimum(index, len(found) - 1)] != value)
        if strange.any():
            self.refuse(
                f"{written!r} is {as_code(value[strange][0])!r} for some, which nobody was in the data",
                f"the answers are {some(found.tolist())}",
            )
        return pd.Categorical.from_codes(index, as_answers(found))

    def levels(
        self, arguments: Mapping[str, ast.expr], known: list[Any], level: Callable[[Any], Any]
    ) -> list[Any] | None:
        given = constant_of(arguments["levels"]) if "levels" in arguments else None
        if given is None:
            return None
        assert isinstance(given, list)
        levels = [level(value) for value in given]
        forgotten = [value for value in known if value not in levels]
        if forgotten or len(set(levels)) < len(levels):
            what = f"no {some(map(repr, forgotten))}, which some answered," if forgotten else "one answer twice"
            self.refuse(f"the levels of {self.code!r} name {what}", "name each answer once")
        return levels

    def contrast(self, node: ast.expr | None, level: Callable[[Any], Any]) -> object:
        """Return the coding of a category as patsy's object for it."""
        if node is None or isinstance(node, ast.Constant):
            return None
        named = node.func if isinstance(node, ast.Call) else node
        assert isinstance(named, ast.Name)
        takes = CONTRASTS[named.id]
        options = (
            {word: constant_of(argument) for word, argument in arguments_of(node, takes).items()}
            if isinstance(node, ast.Call)
            else {}
        )
        given = {
            word: level(value) if takes[word] == "level" else value
            for word, value in options.items()
            if value is not None
        }
        return getattr(patsy, named.id)(**given)


def learn_powers(x: np.ndarray, degree: int = 1, raw: bool = False) -> Callable[[np.ndarray], np.ndarray]:
    """Return what computes the powers of a number, orthogonal over the data unless `raw`.

    Notes
    -----
    Orthogonal polynomials by their three-term recurrence (Kennedy & Gentle 1980, Statistical Computing, pp. 343-344),
    ``p[k+1] = (x - a[k]) p[k] - n[k] / n[k-1] p[k-1]`` with ``n[k] = sum p[k]**2`` and ``a[k] = sum x p[k]**2 / n[k]``,
    each divided by the root of its n. R: ``poly(x, degree, raw = FALSE)``, also in ``predict``.
    """
    if degree < 1:
        raise ValueError("its degree is at least 1")
    if degree >= len(np.unique(x)):
        raise ValueError(f"its degree, {degree}, must be below the number of different values, {len(np.unique(x))}")
    if raw:
        return lambda values: np.stack([values**power for power in range(1, degree + 1)], axis=1)
    centres, norms = [], [float(len(x))]
    before, now = np.zeros_like(x), np.ones_like(x)
    for power in range(degree):
        centres.append(float((x * now**2).sum() / norms[-1]))
        ratio = norms[-1] / norms[-2] if power else 0.0
        before, now = now, (x - centres[-1]) * now - ratio * before
        norms.append(float((now**2).sum()))

    def values(of: np.ndarray) -> np.ndarray:
        columns = [np.zeros_like(of), np.ones_like(of)]
        for power, centre in enumerate(centres):
            ratio = norms[power] / norms[power - 1] if power else 0.0
            columns.append((of - centre) * columns[-1] - ratio * columns[-2])
        return np.stack(columns[2:], axis=1) / np.sqrt(norms[1:])

    return values
