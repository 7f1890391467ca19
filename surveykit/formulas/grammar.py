"""What a formula may say: names, numbers, operators and a short list of functions; whatever else it holds is refused.

A formula may come from somebody else's study, so nothing in it is run. Every part is read into a syntax tree, the tree
is held against the lists below, and `values.py` computes what passed, node by node.
"""

import ast
import math
import unicodedata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import pandas as pd

from surveykit._checks import nearest, suggest
from surveykit.errors import ArgumentError, ColumnError

# What a formula may ask for is bounded, because it may come from a file that somebody sent: x ** 10 ** 9 or a spline
# of a million pieces would take the machine.
LARGEST_POWER = 10
LARGEST_COUNT = 50
LARGEST_DEGREE = 10
"""Of polynomials and of the pieces of a spline; FITPACK, which makes splines, crashes from about 20 on."""
DEEPEST = 200
"""Operators inside each other in one expression; a sum of 200 columns is one."""
LONGEST_FORMULA = 20_000
"""In characters; a formula of a hundred covariates has about 2,000."""

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
CONDITIONS = (ast.BitAnd, ast.BitOr)
COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)

_SPLINE = {"x": "column", "df": "count", "knots": "numbers"}
_BOUNDS = {"lower_bound": "number", "upper_bound": "number"}
FUNCTIONS: Mapping[str, Mapping[str, str]] = {
    "log": {"x": "column"}, "log2": {"x": "column"}, "log10": {"x": "column"}, "log1p": {"x": "column"}, "exp": {"x": "column"}, "sqrt": {"x": "column"}, "abs": {"x": "column"},
    "minimum": {"x1": "column", "x2": "column"}, "maximum": {"x1": "column", "x2": "column"},
    "center": {"x": "column"},
    "scale": {"x": "column", "center": "flag", "rescale": "flag", "ddof": "count"},
    "standardize": {"x": "column", "center": "flag", "rescale": "flag", "ddof": "count"},
    "poly": {"x": "column", "degree": "degree", "raw": "flag"},
    "bs": {**_SPLINE, "degree": "degree", "include_intercept": "flag", **_BOUNDS},
    "cr": {**_SPLINE, **_BOUNDS, "constraints": "center"},
}  # fmt: skip
"""Arguments of each function in their order, and what each of them takes."""
REQUIRED = {"minimum": 2, "maximum": 2}
CONTRASTS: Mapping[str, Mapping[str, str]] = {
    "Treatment": {"reference": "level"}, "Sum": {"omit": "level"}, "Poly": {"scores": "numbers"}, "Helmert": {},
    "Diff": {},
}  # fmt: skip
"""Codings of categories that C() takes."""
LEARNED = {"center", "scale", "standardize", "poly", "bs", "cr"}
"""Functions whose value for one respondent depends on the others."""
MATRICES = {"poly", "bs", "cr"}
"""Functions that make several columns."""
NUMPY = {"log", "log2", "log10", "log1p", "exp", "sqrt", "abs", "minimum", "maximum"}
"""Functions that may be written np.log(x) too, as in statsmodels; the two words stand for one, numpy is not asked."""

_TAKES = {
    "count": f"a whole number from 0 to {LARGEST_COUNT}",
    "degree": f"a whole number from 0 to {LARGEST_DEGREE}",
    "number": "a number",
    "flag": "True or False",
    "numbers": f"a list of at most {LARGEST_COUNT} numbers",
    "center": "'center'",
    "level": "a number, a text, True or False",
}
_ELSEWHERE = {"np", "numpy", "math", "pd", "pandas", "scipy", "patsy", "statsmodels", "sm", "smf"}
_WAYS_OUT: Mapping[type, tuple[str, str]] = {
    ast.BoolOp: ("'and' or 'or'", "join conditions by & and |, each in parentheses"),
    ast.IfExp: ("'if ... else'", "add the expression to the data as a column first"),
    ast.Lambda: ("a lambda", "add the expression to the data as a column first"),
    ast.NamedExpr: ("':='", "compare by =="),
    ast.Subscript: ("square brackets", "a column is named as it is, or by Q('its name')"),
    ast.Starred: ("a star before an argument", "name every argument"),
    ast.JoinedStr: ("an f-string", "write the text in plain quotes"),
    ast.List: ("a list", "compare with each value, (x == 1) | (x == 2)"),
    ast.Tuple: ("several values in parentheses", "compare with each value, (x == 1) | (x == 2)"),
    ast.Set: ("curly braces", "compare with each value, (x == 1) | (x == 2)"),
    ast.Dict: ("curly braces", "add the expression to the data as a column first"),
}
_OPERATORS: Mapping[type, tuple[str, str]] = {
    ast.BitXor: ("'^'", "a power is written **"),
    ast.MatMult: ("'@'", "multiply by *"),
    ast.LShift: ("'<<'", "compare by <"),
    ast.RShift: ("'>>'", "compare by >"),
    ast.In: ("'in'", "compare with each value, (x == 1) | (x == 2)"),
    ast.NotIn: ("'not in'", "compare with each value, (x != 1) & (x != 2)"),
    ast.Is: ("'is'", "compare by =="),
    ast.IsNot: ("'is not'", "compare by !="),
}


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """One part of a formula that has passed the lists.

    Attributes
    ----------
    code : str
        As it is written, which also names its coefficient.
    tree : ast.expr
    columns : tuple of str
        Columns of the data that it names.
    functions : frozenset of str
        Functions that it calls.
    """

    code: str
    tree: ast.expr
    columns: tuple[str, ...]
    functions: frozenset[str]


def called(node: ast.AST) -> str:
    """Return the name of the function that a node calls by a bare name, or by np. and its name; "" for any other."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=name)) if name in NUMPY:
            return name
    return ""


def is_column(node: ast.expr) -> bool:
    """Tell whether a node is a column: a bare name, or Q() of one."""
    return isinstance(node, ast.Name) or called(node) == "Q"


def column_of(node: ast.expr) -> str:
    """Return the name of a node that is a column."""
    if isinstance(node, ast.Name):
        return node.id
    assert isinstance(node, ast.Call) and isinstance(node.args[0], ast.Constant)
    return str(node.args[0].value)


def arguments_of(call: ast.Call, takes: Mapping[str, object]) -> dict[str, ast.expr]:
    """Return the arguments of a call that has passed the lists, by name."""
    return {**dict(zip(takes, call.args)), **{str(word.arg): word.value for word in call.keywords}}


def constant_of(node: ast.expr) -> object:
    """Return a number, a text, True, False, None or a list of them."""
    if isinstance(node, ast.List):
        return [constant_of(item) for item in node.elts]
    if isinstance(node, ast.UnaryOp):
        value = constant_of(node.operand)
        return -value if isinstance(node.op, ast.USub) else value  # type: ignore[operator]
    assert isinstance(node, ast.Constant)
    return node.value


def shown(formula: str) -> str:
    """Return a formula in quotes, cut where it is too long for a message."""
    return repr(formula if len(formula) <= 300 else formula[:300] + " ...")


def check_text(formula: str) -> None:
    """Raise for a formula that is too long, or holds what no formula is written with."""
    if len(formula) > LONGEST_FORMULA:
        raise ArgumentError(
            f"a formula has at most {LONGEST_FORMULA:,} characters, but one of {len(formula):,} was given; add what it computes to the data as columns first"
        )
    controls = (sign for sign in formula if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t")
    strange = next(controls, None)
    if strange is not None:
        raise ArgumentError(
            f"the formula {shown(formula)} holds the sign {strange!r}, which formulas are not written with; rename the column, or type the formula anew"
        )


def read_expression(code: str, formula: str, known: pd.Index) -> Expression:
    """Return one part of a formula as a checked tree.

    Parameters
    ----------
    code, formula : str
        The part, and all of it for messages.
    known : pandas.Index
        Columns of the data.

    Raises
    ------
    ColumnError
        For a name that is no column.
    ArgumentError
        For anything that is not on the lists.
    """
    reader = _Reader(code, formula, known)
    tree = reader.parse()
    reader.check_top(tree)
    columns = tuple(dict.fromkeys(column_of(node) for node in reader.columns))
    if not columns:
        reader.refuse(f"{code!r}, which names no column of the data", "every term is made of at least one")
    return Expression(code, tree, columns, frozenset(reader.functions))


class _Reader:
    """The walk over one expression; it notes the columns and the functions that it meets."""

    def __init__(self, code: str, formula: str, known: pd.Index) -> None:
        self.code, self.formula, self.known = code, formula, known
        self.columns: list[ast.expr] = []
        self.functions: set[str] = set()

    def refuse(self, what: str, way_out: str) -> NoReturn:
        raise ArgumentError(f"the formula {shown(self.formula)} holds {what}; {way_out}")

    def written(self, node: ast.AST) -> str:
        """Return how a node is written; a name in the tree may differ from it, because Python folds Unicode letters."""
        line = self.code.encode()
        return line[getattr(node, "col_offset", 0) : getattr(node, "end_col_offset", len(line))].decode(
            errors="replace"
        )

    def parse(self) -> ast.expr:
        if self.code in self.known and not self.code.isidentifier():
            self.hint_quotes(self.code)
        try:
            with warnings.catch_warnings(action="ignore"):  # "1 is x" and the like are refused in words below
                tree = ast.parse(self.code, mode="eval").body
        except (RecursionError, MemoryError):
            self.refuse_depth()
        except (SyntaxError, ValueError) as error:
            raise ArgumentError(
                f"the formula {shown(self.formula)} cannot be read at {shown(self.code)}; a column whose name is more than letters, digits and underscores, or a word of Python, is written Q('its name')"
            ) from error

        # level by level, without recursion: whatever deep nesting Python's parser let pass would break a walk that
        # calls itself
        level: list[ast.AST] = [tree]
        for _ in range(DEEPEST):
            level = [below for node in level for below in ast.iter_child_nodes(node)]
            if not level:
                return tree
        self.refuse_depth()

    def refuse_depth(self) -> NoReturn:
        raise ArgumentError(
            f"the formula {shown(self.formula)} is nested too deeply; add what it computes to the data as columns first"
        )

    def check_top(self, node: ast.expr) -> None:
        """Check what stands between the operators of the formula itself: here a category or a spline may stand."""
        if isinstance(node, ast.Call) and called(node) == "C":
            self.check_category(node)
        elif isinstance(node, ast.Call) and called(node) in MATRICES:
            self.check_call(node, called(node))
        else:
            self.check(node)

    def check(self, node: ast.expr) -> None:
        """Raise unless a node and all below it are on the lists."""
        match node:
            case ast.Name():
                self.check_name(node)
            case ast.Constant():
                self.check_number(node)
            case ast.UnaryOp(op=ast.Not()):
                self.refuse("'not'", "turn a condition round by ~, the condition in parentheses")
            case ast.UnaryOp():
                self.check(node.operand)
            case ast.BinOp(op=ast.Pow()):
                self.check(node.left)
                self.check_power(node.right)
            case ast.BinOp(op=ast.BitOr(), left=ast.Constant()):
                self.refuse(f"{self.written(node)!r}", "what stands beside | is a condition, (a > 1) | (b == 2)")
            case ast.BinOp() if isinstance(node.op, ARITHMETIC + CONDITIONS):
                self.check(node.left)
                self.check(node.right)
            case ast.BinOp():
                self.refuse(*_OPERATORS[type(node.op)])
            case ast.Compare():
                self.check_comparison(node)
            case ast.Call():
                self.check_function(node)
            case ast.Attribute():
                self.refuse_attribute(node)
            case _:
                self.refuse(
                    *_WAYS_OUT.get(
                        type(node),
                        (
                            repr(self.written(node)),
                            f"formulas know only names, numbers, operators and the functions {_function_names()}",
                        ),
                    )
                )

    def check_name(self, node: ast.Name) -> None:
        written = self.written(node)
        if written != node.id:
            self.refuse(
                f"the name {written!r}, some of whose letters Python reads as others ({node.id!r})",
                f"write Q({written!r})",
            )
        self.check_known(node.id)
        self.columns.append(node)

    def check_known(self, name: str) -> None:
        if name in self.known:
            return
        if name in _ELSEWHERE:
            self.refuse(
                f"{name!r}, and no program library is at hand in formulas",
                f"they know {_function_names()} by these names alone",
            )
        if name in CONTRASTS:
            raise ColumnError(
                f"the formula {shown(self.formula)} names {name!r}, which is not a column; as a function it stands before parentheses, {name}(...), inside C()"
            )
        if name in FUNCTIONS or name in ("C", "I", "Q"):
            raise ColumnError(
                f"the formula {shown(self.formula)} names {name!r}, which is not a column; as a function it stands before parentheses, {name}(...)"
            )
        near, hint = nearest(name, self.known), suggest(name, self.known)
        if near is not None and not near.isidentifier():
            hint = f"; did you mean Q({near!r})?"
        raise ColumnError(f"the formula {shown(self.formula)} names {name!r}, which is not a column{hint}")

    def hint_quotes(self, name: str) -> None:
        """Raise for the name of a column that is written without quotes and means nothing else."""
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(name, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.refuse(
                f"{name}, the name of a column that is more than letters, digits and underscores", f"write Q({name!r})"
            )
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if not names <= {*self.known, "C", "I", "Q", *FUNCTIONS, *CONTRASTS}:
            self.refuse(
                f"{name}, the name of a column that is more than letters, digits and underscores", f"write Q({name!r})"
            )

    def check_number(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.refuse(
                f"the text {node.value!r}, with which nothing can be computed",
                "a text can be compared, x == 'text', and a column is quoted by Q('its name')",
            )
        if isinstance(node.value, bool):
            self.refuse(f"{node.value}, with which nothing can be computed", "write 1 or 0")
        self.finite(node)

    def finite(self, node: ast.expr) -> float:
        """Return a number, with or without a sign; refuse what is none or too large for arithmetic."""
        sign = 1.0
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            sign, node = (-1.0 if isinstance(node.op, ast.USub) else 1.0), node.operand
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(f"{self.written(node)!r} where a number belongs", "write the number itself")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.refuse(f"the number {shown(self.written(node))[1:-1]}, which is too large", "write a smaller one")
        return sign * number

    def check_power(self, node: ast.expr) -> None:
        known = node.operand if isinstance(node, ast.UnaryOp) else node
        if not isinstance(known, ast.Constant):
            self.refuse(
                f"the power {self.written(node)!r}",
                f"powers are numbers up to {LARGEST_POWER}; exp() and log() make others",
            )
        if not abs(self.finite(node)) <= LARGEST_POWER:
            self.refuse(f"the power {self.written(node)!r}", f"powers are numbers up to {LARGEST_POWER}")

    def check_comparison(self, node: ast.Compare) -> None:
        strange = next((operator for operator in node.ops if not isinstance(operator, COMPARISONS)), None)
        if strange is not None:
            self.refuse(*_OPERATORS[type(strange)])
        if len(node.ops) > 1:
            self.refuse(
                f"the chain of comparisons {self.written(node)!r}",
                "write two, each in parentheses, and join them by &: (a < x) & (x < b)",
            )
        sides = (node.left, node.comparators[0])
        for side in sides:
            if not isinstance(side, ast.Constant) or not isinstance(side.value, str | bool):
                self.check(side)
        if all(isinstance(side, ast.Constant) for side in sides):
            self.refuse(
                f"the comparison {self.written(node)!r}, which names no column", "compare a column with a value"
            )

    def check_function(self, node: ast.Call) -> None:
        name = called(node)
        if isinstance(node.func, ast.Attribute) and not name:
            self.refuse_attribute(node.func)
        if self.written(node.func) not in (name, f"np.{name}"):
            self.refuse(f"a call of {self.written(node.func)!r}", f"formulas know the functions {_function_names()}")
        if name == "Q":
            self.check_quoted(node)
        elif name == "I":
            if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
                self.refuse(f"{self.written(node)!r}", "I() holds one expression")
            self.check(node.args[0])
        elif name == "C":
            self.refuse(
                f"{self.written(node)!r} inside an expression",
                "C() makes a category, which stands alone; compare a category with one of its values, x == 'value'",
            )
        elif name in MATRICES:
            self.refuse(
                f"{self.written(node)!r} inside an expression", f"{name}() makes several columns, which stand alone"
            )
        elif name in FUNCTIONS:
            self.check_call(node, name)
        elif name in CONTRASTS:
            self.refuse(f"{self.written(node)!r} outside C()", f"write C(column, {name})")
        else:
            self.refuse(
                f"a call of {name!r}{suggest(name, [*FUNCTIONS, 'C', 'I', 'Q'])}",
                f"formulas know the functions {_function_names()}; compute anything else as a column first",
            )

    def check_quoted(self, node: ast.Call) -> None:
        value = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) else None
        if node.keywords or not isinstance(value, str):
            self.refuse(f"{self.written(node)!r}", "Q() holds the name of one column in quotes, Q('its name')")
        if value not in self.known:
            raise ColumnError(
                f"the formula {shown(self.formula)} names {value!r} in Q(), which is not a column{suggest(value, self.known)}"
            )
        self.columns.append(node)

    def bind(self, node: ast.Call, name: str, takes: Mapping[str, str], required: int) -> dict[str, ast.expr]:
        """Return the arguments of a call by name; refuse too many, unknown and repeated ones."""
        given = [*node.args, *(word.value for word in node.keywords)]
        if any(isinstance(argument, ast.Starred) for argument in given) or None in [word.arg for word in node.keywords]:
            self.refuse(*_WAYS_OUT[ast.Starred])
        names = [*list(takes)[: len(node.args)], *(str(word.arg) for word in node.keywords)]
        unknown = [word for word in names if word not in takes]
        listed = f"{name}() takes {', '.join(takes) or 'no argument'}"
        if unknown:
            self.refuse(f"the argument {unknown[0]!r} of {name}(), which it does not have", listed)
        if len(node.args) > len(takes) or len(set(names)) < len(names):
            self.refuse(f"{self.written(node)!r}, which has too many arguments", listed)
        if not set(list(takes)[:required]) <= set(names):
            self.refuse(f"{self.written(node)!r}, which has too few arguments", listed)
        return arguments_of(node, takes)

    def check_call(self, node: ast.Call, name: str) -> None:
        self.functions.add(name)
        takes = FUNCTIONS[name]
        for word, argument in self.bind(node, name, takes, REQUIRED.get(name, 1)).items():
            if takes[word] == "column":
                self.check(argument)
            else:
                self.check_literal(argument, takes[word], f"{word} of {name}()")

    def check_category(self, node: ast.Call) -> None:
        self.functions.add("C")
        arguments = self.bind(node, "C", {"data": "", "contrast": "", "levels": ""}, 1)
        self.check(arguments["data"])
        if "levels" in arguments:
            self.check_list(arguments["levels"], "level", "levels of C()")
        contrast = arguments.get("contrast")
        if contrast is None or (isinstance(contrast, ast.Constant) and contrast.value is None):
            return
        named = contrast.func if isinstance(contrast, ast.Call) else contrast
        if not isinstance(named, ast.Name) or self.written(named) not in CONTRASTS:
            self.refuse(
                f"{self.written(contrast)!r} as the coding of a category",
                f"C() takes {', '.join(CONTRASTS)}; a reference is named by Treatment('value')",
            )
        takes = CONTRASTS[named.id]
        if isinstance(contrast, ast.Call):
            for word, argument in self.bind(contrast, named.id, takes, 0).items():
                self.check_literal(argument, takes[word], f"{word} of {named.id}()")

    def check_literal(self, node: ast.expr, kind: str, argument: str) -> None:
        """Raise unless an argument is written out as what it has to be; None stands for its default."""
        value = node.value if isinstance(node, ast.Constant) else ...
        if value is None:
            return
        if kind == "numbers":
            self.check_list(node, "number", argument)
        elif kind == "number":
            self.finite(node)
        elif kind == "level":
            if not isinstance(value, str | bool):
                self.finite(node)
        elif not {
            "flag": isinstance(value, bool),
            "center": value == "center",
            "count": type(value) is int and 0 <= value <= LARGEST_COUNT,
            "degree": type(value) is int and 0 <= value <= LARGEST_DEGREE,
        }[kind]:
            self.refuse(f"{self.written(node)!r} as the {argument}", f"it must be {_TAKES[kind]}")

    def check_list(self, node: ast.expr, kind: str, argument: str) -> None:
        items = node.elts if isinstance(node, ast.List) else None
        if not items or (kind == "number" and len(items) > LARGEST_COUNT):
            self.refuse(
                f"{self.written(node)!r} as the {argument}",
                f"it must be {_TAKES['numbers'] if kind == 'number' else 'a list of values'}, [1, 2, 3] say",
            )
        for item in items:
            self.check_literal(item, kind, argument)
            if isinstance(item, ast.Constant) and item.value is None:
                self.refuse(f"None in the {argument}", "leave it out")

    def refuse_attribute(self, node: ast.Attribute) -> NoReturn:
        if isinstance(node.value, ast.Name) and node.value.id in _ELSEWHERE and node.attr in FUNCTIONS:
            self.refuse(f"{self.written(node)!r}", f"write {node.attr}() alone")
        self.refuse(
            f"{self.written(node)!r}, a name with a dot",
            f"formulas know the functions {_function_names()} and columns; if it is a column, write Q({self.written(node)!r})",
        )


def _function_names() -> str:
    return ", ".join(["C", "I", "Q", *sorted(FUNCTIONS)])
