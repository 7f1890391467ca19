"""From a formula and a design to what a model is fitted on: an outcome, and a design matrix of distinct rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import patsy

from surveykit._checks import as_names, check_columns, check_numeric, suggest
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.domains import make_domains
from surveykit.formula_columns import columns_in, read_terms

ELEMENTWISE = {"C", "I", "Q", "Treatment", "Sum", "Helmert", "Diff", "np.log", "np.exp", "np.sqrt", "np.abs"}
"""Calls whose value for one respondent does not depend on the others, so that equal rows need computing once."""

_CALL = re.compile(r"([A-Za-z_][\w.]*)\s*\(")


@dataclass(frozen=True, slots=True, eq=False)
class ModelData:
    """What a model is fitted on.

    Attributes
    ----------
    y : float array, (rows,)
    x : float array, (patterns, columns)
        Design matrix, one row per distinct combination of covariates.
    pattern : int array, (rows,)
        Row of `x` that belongs to each respondent.
    rows : int array, (rows,)
        Positions of the respondents used.
    names : list of str
        Names of the columns of `x`.
    terms : mapping from term to list of int
        Columns of each term of the formula.
    frame : DataFrame
        Covariates of each pattern.
    info : patsy.DesignInfo
    columns : int array
        Columns of the formula's matrix in the order of `names`.
    coded : tuple of str
        Columns that were taken as categories because the codebook says so.
    dropped : mapping from column to int
        Respondents left out because the column is missing; one may count under several columns.
    mean_weight : float
        Mean weight of those asked, answered or not.
    formula, outcome : str
    """

    y: np.ndarray
    x: np.ndarray
    pattern: np.ndarray
    rows: np.ndarray
    names: list[str]
    terms: Mapping[str, list[int]]
    frame: pd.DataFrame
    info: patsy.DesignInfo
    columns: np.ndarray
    coded: tuple[str, ...]
    dropped: Mapping[str, int]
    mean_weight: float
    formula: str
    outcome: str

    def build(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the design matrix of other covariates, (rows of frame, columns)."""
        try:
            (matrix,) = patsy.build_design_matrices([self.info], frame, NA_action="raise")
        except patsy.PatsyError as error:
            raise ArgumentError(f"the model {self.formula!r} cannot be computed for these values: {error.message}; "
                                "use values that occur in the data") from error
        return np.asarray(matrix)[:, self.columns]


def make_model_data(
    formula: str,
    design: SurveyDesign,
    where: pd.Series | np.ndarray | None = None,
    numeric: str | Sequence[str] = (),
    lang: str | None = None,
    intercept: bool = True,
) -> ModelData:
    """Return the data of a model.

    Respondents with a missing outcome or covariate are left out and counted. Covariates that the codebook calls
    nominal or ordinal and labels become categories under their labels, unless `numeric` names them.
    """
    left, sign, right = (part.strip() for part in str(formula).partition("~"))
    if not sign or not left or not right or "~" in right:
        raise ArgumentError(f"a formula must read 'outcome ~ terms', but {formula!r} was given")
    frame = design.survey.frame
    numeric = as_names(numeric, "numeric")
    check_columns(frame, numeric, "numeric")
    outcomes, covariates = columns_in(left, frame), columns_in(right, frame)
    if not outcomes:
        hint = suggest(left, frame.columns)
        raise ColumnError(f"the outcome {left!r} of the formula names no column of the data{hint}")
    inside = make_domains(design, None, where).of_row >= 0
    columns_of = {name: frame[name] for name in dict.fromkeys([*outcomes, *covariates])}
    absent = {name: column.isna().to_numpy() & inside for name, column in columns_of.items()}
    used = inside & ~np.logical_or.reduce(list(absent.values()))
    rows = np.flatnonzero(used)
    if not len(rows):
        raise ArgumentError(f"nobody has all of {list(absent)}, so {formula!r} cannot be fitted")
    everyone = len(rows) == len(frame)
    y = _outcome(left, frame if everyone else frame.iloc[rows], outcomes, ordered=not intercept)
    read = read_terms(right, formula, frame, design.survey.codebook, numeric, lang)
    taken = frame[covariates] if everyone else frame[covariates].iloc[rows]
    elementwise = set(_CALL.findall(right)) <= ELEMENTWISE
    first, pattern = _patterns(taken) if elementwise else (np.arange(len(rows)), np.arange(len(rows)))
    distinct = read.categorize(taken.iloc[first])
    written = [term.name() for term in read.parsed.rhs_termlist]
    matrix = read.matrix(distinct)
    if not intercept and "Intercept" not in written:
        raise ArgumentError(f"an ordinal model has thresholds in place of an intercept, but {formula!r} takes it out; "
                            "leave out the '0 +' or '- 1'")
    columns, terms = _order(matrix.design_info, written, intercept)
    x, names = np.asarray(matrix)[:, columns], [matrix.design_info.column_names[column] for column in columns]
    if not names and intercept:
        raise ArgumentError(f"the formula {formula!r} has no terms to estimate; write 'outcome ~ 1' for a mean")
    _check_finite(x, names, formula, pattern)
    if intercept:
        _check_rank(x, names, formula)
    else:  # the thresholds stand for the constant
        _check_rank(np.column_stack([np.ones(len(x)), x]), ["Intercept", *names], formula)
    dropped = {name: int(missing.sum()) for name, missing in absent.items() if missing.any()}
    return ModelData(y, x, pattern, rows, names, terms, distinct, matrix.design_info, columns, tuple(read.coded),
                     dropped, float(design.weights[inside].mean()), formula, left)


def _outcome(left: str, frame: pd.DataFrame, names: list[str], ordered: bool) -> np.ndarray:
    if left in frame.columns:
        if ordered and isinstance(frame[left].dtype, pd.CategoricalDtype) and frame[left].cat.ordered:
            return frame[left].cat.codes.to_numpy(dtype=float)
        return check_numeric(frame[left], "formula")
    space = {"np": np, "I": lambda value: value, "Q": lambda name: frame[name], "__builtins__": {}}
    columns = {name: frame[name] for name in names}
    try:
        with np.errstate(all="ignore"):
            value = eval(left, space, columns)
        return np.asarray(value, dtype=float).reshape(len(frame))
    except (ValueError, TypeError, NameError, SyntaxError, AttributeError) as error:
        raise ArgumentError(f"the outcome {left!r} of the formula cannot be computed ({error}); add it to the data as "
                            "a column first") from error


def _order(info: patsy.DesignInfo, written: list[str], intercept: bool) -> tuple[np.ndarray, dict[str, list[int]]]:
    """Return the columns in the order in which the formula names its terms (patsy puts categories first)."""
    kept = [name for name in sorted(written, key=lambda name: (name != "Intercept", name.count(":")))
            if intercept or name != "Intercept"]
    columns: list[int] = []
    terms: dict[str, list[int]] = {}
    for name in kept:
        part = info.term_name_slices[name]
        terms[name] = list(range(len(columns), len(columns) + part.stop - part.start))
        columns += range(part.start, part.stop)
    return np.array(columns, dtype=np.int64), terms


def _patterns(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the position of the first row of each distinct combination and each row's combination."""
    n = len(frame)
    everyone = np.arange(n)
    if not len(frame.columns):
        return np.zeros(1, dtype=np.int64), np.zeros(n, dtype=np.int64)
    key, span = np.zeros(n, dtype=np.int64), 1
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes, size = column.cat.codes.to_numpy().astype(np.int64), len(column.cat.categories)
        elif pd.api.types.is_numeric_dtype(column.dtype):
            numbers = column.to_numpy(dtype=float)
            low = numbers.min()
            shifted = numbers - low
            if not shifted.max() <= 4 * n + 1024:  # also when some are infinite
                return everyone, everyone
            codes = shifted.astype(np.int64)
            if (codes != shifted).any():
                return everyone, everyone
            size = int(codes.max()) + 1
        else:
            codes, values = pd.factorize(column)
            size = len(values)
        if span * size > 2**62:
            return everyone, everyone
        key, span = key * size + codes, span * size
    if span <= 8 * n + 4096:
        present = np.zeros(span, dtype=bool)
        present[key] = True
        pattern = (np.cumsum(present) - 1)[key]
        n_patterns = int(present.sum())
    else:
        distinct, pattern = np.unique(key, return_inverse=True)
        n_patterns = len(distinct)
    first = np.empty(n_patterns, dtype=np.int64)
    first[pattern[::-1]] = everyone[::-1]
    return first, pattern


def _check_finite(x: np.ndarray, names: list[str], formula: str, pattern: np.ndarray) -> None:
    wrong = ~np.isfinite(x)
    if wrong.any():
        column = int(np.argmax(wrong.any(axis=0)))
        raise ArgumentError(f"the term {names[column]!r} of {formula!r} is infinite in "
                            f"{int(wrong[pattern, column].sum())} row(s); make these rows missing, or use another term")


def _check_rank(x: np.ndarray, names: list[str], formula: str) -> None:
    if not x.shape[1]:
        return
    scaled = x / np.maximum(np.sqrt((x**2).sum(axis=0)), 1e-300)
    if np.linalg.eigvalsh(scaled.T @ scaled)[0] > 1e-8:
        return
    corner = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    corner = np.pad(corner, (0, x.shape[1] - len(corner)))
    if (corner < 1e-9).any():
        raise ArgumentError(f"{names[int(np.argmax(corner < 1e-9))]!r} in {formula!r} is constant or a combination of "
                            "the terms before it among those who answered; leave it out")
