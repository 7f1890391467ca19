"""Which respondents a model's coefficients hold against each other: those of an answer, and those of the reference."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from patsy import DesignInfo, NAAction
from patsy.categorical import categorical_to_int

from surveykit.codebook import as_code
from surveykit.estimation.models.model_fit import ModelFit
from surveykit.estimation.models.term_names import code_of_category, subject_of
from surveykit.formulas.values import Factor
from surveykit.results import Meaning


@dataclass(frozen=True, slots=True, eq=False)
class LevelCells:
    """Respondents of a model by answer.

    Attributes
    ----------
    persons : mapping from group to int
        Respondents of each group of answers (one for each part of an interaction), not weighted; also of those that
        nobody is in.
    of_term : mapping from term to tuple of groups
        What a coefficient is the difference of: the groups of its answer and of the reference. Of a constant or
        threshold the references.
    """

    persons: Mapping[Meaning, int]
    of_term: Mapping[str, tuple[Meaning, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """A factor of few values: what each value stands for, and who gave it."""

    pairs: list[tuple[str, str]]
    place: np.ndarray


def level_cells(fit: ModelFit) -> LevelCells:
    """Return the respondents behind each coefficient of a model.

    A coefficient of a term that stands in an interaction is the difference at the references of the other parts, so the
    cells of the interaction are behind it. Numbers of two values are answers; other numbers are behind no cell.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> from surveykit.estimation.models.level_cells import level_cells
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> cells = level_cells(sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village")))
    >>> cells.persons
    {(('sex', '1'),): 3, (('sex', '2'),): 3}
    >>> cells.of_term["C(sex)[T.2]"]
    ((('sex', '1'),), (('sex', '2'),))
    """
    info = fit.data.info
    answers = {factor: found for factor in info.factor_infos if (found := _answers_of(fit, factor)) is not None}
    of_term: dict[str, tuple[Meaning, ...]] = {}
    for name, term, own in _columns(info, answers):
        if name in fit.data.names:
            of_term[name] = tuple(_cells_behind(answers, own, _crossed(term, info, answers), info))
    every = _crossed(frozenset(), info, answers)
    constant = tuple(_cells_behind(answers, {}, every, info))
    of_term |= {str(term): constant for term in fit.table["term"] if "|" in str(term) or term == "Intercept"}
    persons: dict[Meaning, int] = {}
    for factors in dict.fromkeys([*every, *(_only_answers(term.factors, answers) for term in info.term_codings)]):
        for values in product(*(range(len(answers[factor].pairs)) for factor in factors)) if factors else ():
            here = np.logical_and.reduce([answers[factor].place == value for factor, value in zip(factors, values)])
            persons[_group(answers, factors, values)] = int(here.sum())
    return LevelCells(persons, of_term)


def _only_answers(factors: Iterable[Factor], answers: Mapping[Factor, _Answers]) -> tuple[Factor, ...]:
    return tuple(factor for factor in factors if factor in answers)


def _crossed(term: frozenset[Factor], info: DesignInfo, answers: Mapping[Factor, _Answers]) -> list[tuple[Factor, ...]]:
    """Return the widest crossings of answers in which a term stands, by itself or inside an interaction."""
    found = [_only_answers(one.factors, answers) for one in info.term_codings if term <= {*one.factors}]
    return [one for one in dict.fromkeys(found) if one and not any({*one} < {*other} for other in found)]


def _answers_of(fit: ModelFit, factor: Factor) -> _Answers | None:
    info, book, lang = fit.data.info, fit.origin.codebook, fit.origin.lang
    known, name = info.factor_infos[factor], subject_of(factor)
    values = factor.eval(known.state, fit.data.frame)
    if known.type == "numerical":
        numbers = np.asarray(values, dtype=float)
        found, place = np.unique(numbers, return_inverse=True)
        if numbers.ndim > 1 or len(found) != 2:
            return None
        return _Answers([(name, str(as_code(each))) for each in found.tolist()], place[fit.data.pattern])
    place = np.asarray(categorical_to_int(values, known.categories, NAAction(NA_types=[])))
    return _Answers(
        [(name, str(code_of_category(name, each, book, lang))) for each in known.categories], place[fit.data.pattern]
    )


def _group(answers: Mapping[Factor, _Answers], factors: Iterable[Factor], values: Iterable[int]) -> Meaning:
    return tuple(sorted(answers[factor].pairs[value] for factor, value in zip(factors, values)))


def _columns(
    info: DesignInfo, answers: Mapping[Factor, _Answers]
) -> Iterable[tuple[str, frozenset[Factor], dict[Factor, tuple[int, ...]]]]:
    """Yield each column of the matrix, the factors of its term, and the answers of each that it holds together."""
    for term, subterms in info.term_codings.items():
        names = iter(info.column_names[info.term_name_slices[term.name()]])
        for part in subterms:
            several: list[dict[Factor, tuple[int, ...]]] = [{}]
            for factor in part.factors:  # patsy lets the first factor vary fastest
                contrast = part.contrast_matrices.get(factor)
                if contrast is None:
                    width = info.factor_infos[factor].num_columns
                    both: dict[Factor, tuple[int, ...]] = {factor: (0, 1)} if factor in answers else {}
                    own = [both] * width
                else:
                    matrix = np.asarray(contrast.matrix)
                    references = ~matrix.any(axis=1)
                    own = [{factor: tuple(np.flatnonzero(references | (column != 0)).tolist())} for column in matrix.T]
                several = [left | one for one in own for left in several]
            yield from ((next(names), frozenset(term.factors), one) for one in several)


def _cells_behind(
    answers: Mapping[Factor, _Answers],
    own: Mapping[Factor, tuple[int, ...]],
    crossed: list[tuple[Factor, ...]],
    info: DesignInfo,
) -> Iterable[Meaning]:
    """Yield the groups behind a column that holds some answers against each other, others at their references."""
    for factors in crossed:
        places = [own.get(factor) or _reference_of(factor, info, answers) for factor in factors]
        yield from (_group(answers, factors, values) for values in product(*places))


def _reference_of(factor: Factor, info: DesignInfo, answers: Mapping[Factor, _Answers]) -> tuple[int, ...]:
    """Return the answers of a factor at which the columns without it are: the reference, or all of them."""
    for subterms in info.term_codings.values():
        for part in subterms:
            if factor in part.contrast_matrices:
                rows = np.flatnonzero(~np.asarray(part.contrast_matrices[factor].matrix).any(axis=1))
                if len(rows):
                    return tuple(rows.tolist())
    return tuple(range(len(answers[factor].pairs))) if info.factor_infos[factor].type == "categorical" else (0,)
