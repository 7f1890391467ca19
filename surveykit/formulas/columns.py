"""The columns that a formula names: where they stand, which of them are categories, and the matrix that they make.

Formulas are read by `grammar.py` and computed by `values.py`. Behind this door patsy knows the algebra of
terms (``a * b``, ``a:b``, ``- 1``) and the coding of categories; it is never given a text to evaluate.
"""

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import patsy
from patsy.infix_parser import ParseNode
from patsy.parse_formula import parse_formula

from surveykit._checks import suggest, warn
from surveykit.codebook import Code, Codebook, Variable
from surveykit.errors import ArgumentError, ColumnError
from surveykit.formulas.grammar import (
    LEARNED,
    Expression,
    arguments_of,
    called,
    check_text,
    column_of,
    is_column,
    read_expression,
    shown,
)  # fmt: skip
from surveykit.formulas.values import MOST_CATEGORIES, Factor, as_answers, as_operand

MOST_TERMS = 1_000
DEEPEST = 250
"""Operators in a row; patsy calls itself twice for each, and Python allows a thousand calls."""
LARGEST_MATRIX = 250_000_000
"""Numbers in a design matrix: two gigabytes of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The right side of a formula, read against the data and their codebook.

    A column that the codebook calls nominal or ordinal and labels is a category where it stands alone, and its codes
    where it stands inside an expression.

    Attributes
    ----------
    formula : str
        As it was given, for messages.
    parsed : list of patsy.Term
    names : list of str
        Columns of the data that it names.
    places : mapping from column to set of str
        Where each column stands: "alone", as what C() makes a "category" of, "inside" an expression.
    coded : mapping from column to mapping from code to label
        Columns taken as categories because the codebook says so.
    """

    formula: str
    parsed: list[patsy.Term]
    names: list[str]
    places: Mapping[str, set[str]]
    coded: Mapping[str, Mapping[Code, str]]

    @property
    def written(self) -> list[str]:
        """Names of the terms in the order of the formula."""
        return [term.name() for term in self.parsed]

    @property
    def elementwise(self) -> bool:
        """Whether no respondent's value depends on the others, so that equal rows need computing once."""
        return not any(factor.expression.functions & LEARNED for factor in _factors(self.parsed))

    def categorize(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the columns with categories where the formula takes them for such, on new row labels."""
        columns: dict[str, np.ndarray | pd.Categorical] = {}
        for name in frame.columns:
            column = frame[name]
            if name in self.coded:
                given = {self.coded[name][code] for code in column.unique()}  # not what `where` or a gap has emptied
                levels = [label for label in self.coded[name].values() if label in given]
                columns[name] = pd.Categorical([self.coded[name][code] for code in column], categories=levels)
            else:
                operand, plain = as_operand(column, self.formula), getattr(column.dtype, "numpy_dtype", column.dtype)
                if isinstance(operand, pd.Categorical):
                    columns[name] = operand.remove_unused_categories()
                elif self.places[name] == {"category"}:
                    values, index = np.unique(operand, return_inverse=True)
                    columns[name] = pd.Categorical.from_codes(index, as_answers(values))
                elif isinstance(plain, np.dtype) and plain.kind in "iuf":
                    columns[name] = column.to_numpy(dtype=plain)  # predictions name 2 as 2; floats where computed with
                else:
                    columns[name] = operand
            made = columns[name]
            if "alone" in self.places[name] and isinstance(made, pd.Categorical) and len(made.categories) < 2:
                raise ArgumentError(
                    f"{name!r} in {shown(self.formula)} is the same for everybody who answered, so it explains nothing; leave it out"
                )
        return pd.DataFrame(columns, index=range(len(frame)))

    def matrix(self, frame: pd.DataFrame) -> patsy.DesignMatrix:
        """Return the design matrix of columns that `categorize` has made."""
        data = frame if len(frame.columns) else pd.DataFrame(index=range(len(frame)))
        self._check_size(data)
        try:
            with np.errstate(all="ignore"):  # what is infinite is told of in words
                return patsy.dmatrix(
                    patsy.ModelDesc([], self.parsed), data, eval_env=patsy.EvalEnvironment([]), NA_action="raise"
                )
        except patsy.PatsyError as error:
            raise _unreadable(error, self.formula) from error

    def _check_size(self, frame: pd.DataFrame) -> None:
        """Raise for a matrix that memory would not hold, before any of it is made."""
        width = {factor: _width(factor, frame) for factor in _factors(self.parsed)}
        columns = sum(math.prod(width[factor] for factor in term.factors) for term in self.parsed)
        if columns > MOST_CATEGORIES or columns * len(frame) > LARGEST_MATRIX:
            widest = max(width, key=lambda factor: width[factor])
            raise ArgumentError(
                f"the formula {shown(self.formula)} makes about {columns:,} columns for {len(frame):,} rows, {width[widest]:,} of them for {widest.code!r} alone, which is more than memory holds; put categories into groups first, or leave terms out"
            )


def rebuild(info: patsy.DesignInfo, frame: pd.DataFrame, formula: str) -> np.ndarray:
    """Return the matrix of a formula for other values, by what was learned from those that it was made of."""
    try:
        with np.errstate(all="ignore"):
            (matrix,) = patsy.build_design_matrices([info], frame, NA_action="raise")
    except patsy.PatsyError as error:
        raise ArgumentError(
            f"the model {shown(formula)} cannot be computed for these values: {error.message}; use values that occur in the data"
        ) from error
    return np.asarray(matrix)


def categories_in(info: patsy.DesignInfo) -> set[str]:
    """Return the columns that stand in parts of a formula that are categories."""
    return {
        name
        for factor, found in info.factor_infos.items()
        if found.type == "categorical"
        for name in factor.expression.columns
    }


def read_model(formula: str, known: pd.Index) -> tuple[str, Expression, ParseNode]:
    """Return the left side of a model's formula, as text and as a checked expression, and the right side's tree."""
    tree = _tree(formula)
    if len(tree.args) < 2 or not (left := formula[: tree.token.origin.start].strip()):
        raise ArgumentError(
            f"a formula must read 'outcome ~ terms', but {shown(formula)} was given; write 'trust ~ age', or 'trust ~ 1' for a mean"
        )
    if left.isidentifier() and left not in known:
        raise ColumnError(f"the outcome {left!r} of the formula names no column of the data{suggest(left, known)}")
    outcome = read_expression(left, formula, known)
    right = tree.args[1]
    if left in _check_operators(right, formula):
        raise ArgumentError(
            f"the formula {shown(formula)} has {left!r} on both sides, and an answer explains itself; leave it out on the right"
        )
    return left, outcome, right


def read_terms(
    right: ParseNode | str,
    formula: str,
    frame: pd.DataFrame,
    book: Codebook,
    numeric: Sequence[str] | None = None,
    lang: str | None = None,
) -> Terms:
    """Return the right side of a formula, read against the data and their codebook.

    Parameters
    ----------
    right : ParseNode or str
        The right side, as `read_model` gives it or as text.
    formula : str
        All of it, for messages.
    frame : pandas.DataFrame
    book : Codebook
    numeric : sequence of str, optional
        Labelled columns that are numbers all the same; None where the caller has no such option.
    lang : str, optional
        Language of the categories' labels.
    """
    if isinstance(right, str):
        right = _right_of(right)
    parsed = _expand(right, formula, frame.columns)
    factors = _factors(parsed)
    names = list(dict.fromkeys(name for factor in factors for name in factor.expression.columns))
    places = _places_of(factors, names)
    coded = {name: _labelled(book[name], frame[name], lang) for name in names if name not in (numeric or ())}
    coded = {name: labels for name, labels in coded.items() if labels and places[name] != {"inside"}}
    both = [name for name in coded if "inside" in places[name]]
    if both:
        rule = f"the formula {shown(formula)} takes {both[0]!r}, whose answers have labels, as a category and inside an expression of its codes too"
        if numeric is None:
            raise ArgumentError(f"{rule}; add the expression to the data as a column first")
        raise ArgumentError(f"{rule}; add the expression to the data as a column first, or pass numeric={both[:1]!r}")
    for name in names:
        as_operand(frame[name].iloc[:0], formula)  # dates and the like, before anybody is left out
    for factor in factors:
        factor.coded = coded
    return Terms(formula, parsed, names, places, coded)


def _tree(formula: str) -> ParseNode:
    """Return a formula as patsy's tree of operators; nothing is evaluated yet."""
    check_text(formula)
    try:
        return parse_formula(formula)
    except (patsy.PatsyError, AssertionError, IndexError) as error:  # of strange operators and quotes left open
        raise _unreadable(error, formula) from error


def _right_of(right: str) -> ParseNode:
    tree = _tree(right)
    if len(tree.args) > 1 or tree.token is not None:
        raise ArgumentError("it has a '~', and what stands left of it is known already")
    return tree.args[0]


def _expand(right: ParseNode, formula: str, known: pd.Index) -> list[patsy.Term]:
    """Return the terms of a right side, every part of them checked before the operators are worked out."""
    expressions = {code: read_expression(code, formula, known) for code in _check_operators(right, formula)}
    try:
        terms = patsy.ModelDesc.from_formula(ParseNode("~", None, [right], right.origin)).rhs_termlist
    except patsy.PatsyError as error:
        raise _unreadable(error, formula) from error
    if "Intercept" in expressions:
        raise ArgumentError(
            f"the formula {shown(formula)} names the column 'Intercept', as the constant of a model is called too; write Q('Intercept')"
        )
    factors = {code: Factor(expression, formula) for code, expression in expressions.items()}
    return [patsy.Term([factors[factor.code] for factor in term.factors]) for term in terms]


def _check_operators(tree: ParseNode, formula: str) -> list[str]:
    """Return the parts between the operators of a formula; refuse one of too many terms before it is worked out."""
    codes: list[str] = []
    sizes: dict[int, int] = {}
    below, order = [(tree, 0)], []
    while below:
        node, depth = below.pop()
        if depth > DEEPEST:
            raise ArgumentError(
                f"the formula {shown(formula)} has more than {DEEPEST} operators in a row; add what it computes to the data as columns first"
            )
        order.append(node)
        below += [(part, depth + 1) for part in node.args]
    for node in reversed(order):
        left, *right = [sizes[id(part)] for part in node.args] or [0]
        match node.type, right:
            case "PYTHON_EXPR", []:
                codes.append(_spelling(node.token.extra, formula))
                size = 1
            case (("+" | "-" | "/"), [other]):
                size = left + other
            case (("*" | ":"), [other]):
                size = left + other + left * other
            case "**", [_]:
                power = node.args[1].token.extra if node.args[1].token is not None else ""
                if node.args[0].type == "PYTHON_EXPR" and str(power).isdecimal() and int(power) > 1:
                    code = node.args[0].token.extra
                    warn(
                        f"the formula {shown(formula)} crosses {code!r} with itself, which is {code!r} again, as in R; write I({code}**{power}) for its power"
                    )
                highest = min(int(power), left) if str(power).isdecimal() and len(str(power)) < 6 else left
                size = sum(math.comb(left, k) for k in range(1, highest + 1))
            case _:
                size = left
        if size > MOST_TERMS:
            raise ArgumentError(
                f"the formula {shown(formula)} makes more than {MOST_TERMS:,} terms; name those that you mean, or use a lower power"
            )
        sizes[id(node)] = size
    return list(dict.fromkeys(codes))


def _spelling(code: str, formula: str) -> str:
    """Return a part of a formula with patsy's spaces, which name its coefficient."""
    try:
        spelling: str = patsy.EvalFactor(code).code
        return spelling
    except AssertionError as error:
        raise _unreadable(error, formula) from error


def _factors(terms: Sequence[patsy.Term]) -> list[Factor]:
    return list(dict.fromkeys(factor for term in terms for factor in term.factors))


def _width(factor: Factor, frame: pd.DataFrame) -> int:
    """Return how many columns a part makes where it stands in no interaction, categories counted in full."""
    tree = factor.expression.tree
    inside = _made_category(tree)
    if is_column(inside) and isinstance(frame[column_of(inside)].dtype, pd.CategoricalDtype):
        return len(frame[column_of(inside)].cat.categories)
    if inside is tree:
        return 50 if factor.expression.functions & {"bs", "cr", "poly"} else 1
    state: dict[str, Any] = {"learned": {}}
    with np.errstate(all="ignore"):
        value: Any = factor.eval(state, frame)
    return len(getattr(value, "data", value).categories)


def _made_category(tree: ast.expr) -> ast.expr:
    """Return what C() is given, or the tree itself where it is no C()."""
    return arguments_of(tree, {"data": ""})["data"] if isinstance(tree, ast.Call) and called(tree) == "C" else tree


def _labelled(variable: Variable, column: pd.Series, lang: str | None) -> Mapping[Code, str]:
    if variable.measure not in ("nominal", "ordinal") or not variable.labels or column.dtype == "category":
        return {}
    present = [code for code in variable.labels if (column == code).any()]
    if not column.dropna().isin(present).all():
        return {}
    labels = {code: variable.label(code, lang) for code in present}
    return labels if len(set(labels.values())) == len(labels) else {code: str(code) for code in present}


def _places_of(factors: Sequence[Factor], names: Sequence[str]) -> dict[str, set[str]]:
    """Return where each column stands in a formula: "alone", as what C() makes a "category" of, "inside" others."""
    places: dict[str, set[str]] = {name: set() for name in names}
    for factor in factors:
        tree = factor.expression.tree
        if is_column(tree):
            places[column_of(tree)].add("alone")
            continue
        inside = _made_category(tree)
        for name in factor.expression.columns:
            places[name].add("category" if inside is not tree and is_column(inside) else "inside")
    return places


def _unreadable(error: Exception, formula: str) -> ArgumentError:
    """Return what patsy could not read as a sentence about the formula."""
    if "missing values" in str(error):
        return ArgumentError(
            f"a term of {shown(formula)} has no value for some respondents who answered (the logarithm of a negative number, say); make these missing, or use another term"
        )
    what = error.message if isinstance(error, patsy.PatsyError) else "something stands between its parts"
    return ArgumentError(f"the formula {shown(formula)} cannot be read: {what}; a formula is 'outcome ~ a + b'")
