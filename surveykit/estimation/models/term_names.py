"""What the coefficients of a model are called by readers: the question and the answer, not ``sex[T.woman]``."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from patsy import DesignInfo

from surveykit.codebook import Code, Codebook, as_code
from surveykit.formulas.grammar import called, column_of, is_column
from surveykit.formulas.values import Factor

BETWEEN = " × "
"""Between the parts of an interaction."""


@dataclass(frozen=True)
class Coefficient:
    """What a column of a design matrix stands for.

    Attributes
    ----------
    parts : tuple of (str, code or None)
        Each column of the data, or expression, that it is made of, and the answer it stands for; None for a number.
    reference : bool
        Whether it is the answer that the others are held against, which has no coefficient.
    """

    parts: tuple[tuple[str, Code | None], ...]
    reference: bool = False

    def heading(self, book: Codebook, lang: str | None = None) -> str:
        """Return the questions that it speaks of."""
        return BETWEEN.join(book[name].ask(lang) for name, _ in self.parts)

    def answer(self, book: Codebook, lang: str | None = None) -> str:
        """Return the answers that it stands for; "" for a number."""
        return BETWEEN.join(book[name].label(code, lang) for name, code in self.parts if code is not None)

    def text(self, book: Codebook, lang: str | None = None) -> str:
        """Return questions and answers in one line."""
        said = [
            book[name].ask(lang) + (f": {book[name].label(code, lang)}" if code is not None else "")
            for name, code in self.parts
        ]
        return BETWEEN.join(said)


def coefficients_of(
    info: DesignInfo, names: list[str], book: Codebook, lang: str | None
) -> tuple[Mapping[str, Coefficient], list[tuple[str, Coefficient]]]:
    """Return what columns of a design matrix stand for, by name, and reference answers, each before a coefficient.

    A column coded otherwise than by answers against a reference (a spline, say) keeps its name.
    """
    found: dict[str, Coefficient] = {}
    references: list[tuple[str, Coefficient]] = []
    for term, subterms in info.term_codings.items():
        columns = info.column_names[info.term_name_slices[term.name()]]
        places: list[list[tuple[str, Code | None]] | None] = []
        for part in subterms:
            several: list[list[tuple[str, Code | None]] | None] = [[]]
            # patsy lets the first factor vary fastest
            for factor in part.factors:
                own = _columns(info, factor, part.contrast_matrices.get(factor), book, lang)
                several = [None if left is None or one is None else [*left, one] for one in own for left in several]
            places += several
        for name, parts in zip(columns, places):
            if parts and name in names:
                found[name] = Coefficient(tuple(parts))
        if len(term.factors) == 1 and columns[0] in found:
            left_out = _reference(info, term.factors[0], subterms[0].contrast_matrices, book, lang)
            references += [(columns[0], left_out)] if left_out else []
    return found, references


def subject_of(factor: Factor) -> str:
    """Return the column that a factor is, alone or in C(), or else the expression as it was written."""
    tree = factor.expression.tree
    if isinstance(tree, ast.Call) and called(tree) == "C" and tree.args:
        tree = tree.args[0]
    return column_of(tree) if is_column(tree) else factor.code


def code_of_category(name: str, category: object, book: Codebook, lang: str | None) -> Code:
    """Return the code of a category, which the model has under its label where the codebook made it one."""
    variable = book[name]
    by_label = {variable.label(code, lang): code for code in variable.labels}
    code = as_code(category)
    return code if code in variable.labels else by_label.get(str(category), code)


def _columns(
    info: DesignInfo, factor: Factor, contrast: object, book: Codebook, lang: str | None
) -> list[tuple[str, Code | None] | None]:
    """Return what each column of a factor stands for; None where it is no single answer."""
    name = subject_of(factor)
    known = info.factor_infos[factor]
    if known.type == "numerical":
        return [(name, None)] if known.num_columns == 1 else [None] * known.num_columns
    matrix = np.asarray(contrast.matrix)  # type: ignore[attr-defined]
    single = (matrix == 1).sum(axis=0) == 1
    single &= (matrix == 0).sum(axis=0) == len(matrix) - 1
    return [
        (name, code_of_category(name, known.categories[int(np.argmax(column))], book, lang)) if alone else None
        for column, alone in zip(matrix.T, single)
    ]


def _reference(
    info: DesignInfo, factor: Factor, contrasts: Mapping[Factor, object], book: Codebook, lang: str | None
) -> Coefficient | None:
    """Return the answer that has no column of its own."""
    known = info.factor_infos[factor]
    if known.type == "numerical":
        return None
    matrix = np.asarray(contrasts[factor].matrix)  # type: ignore[attr-defined]
    rows = np.flatnonzero(~matrix.any(axis=1))
    name = subject_of(factor)
    return (
        Coefficient(((name, code_of_category(name, known.categories[int(rows[0])], book, lang)),), True)
        if len(rows)
        else None
    )
