"""From a formula and a design to what a model is fitted on: an outcome, and a design matrix of distinct rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from patsy import DesignInfo

from surveykit._checks import TINY, as_names, check_columns, check_numeric
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.domains import make_domains
from surveykit.estimation.engine.totals import weights_of
from surveykit.formulas.columns import read_model, read_terms, rebuild
from surveykit.formulas.grammar import Expression, column_of, is_column, shown
from surveykit.formulas.habits import telling_habits
from surveykit.formulas.values import numbers_of

INDEPENDENT = 1e-8
"""Smallest eigenvalue, of products of columns of length one, above which the columns are independent beyond doubt, and
the slower look at each of them is spared. It is a square: below it a column may be known to 1e-4 of its length only."""
COMBINATION = 1e-9
"""Length that the columns before it leave of a column of length one, below which it is a combination of them.

Rounding leaves 1e-15 or so; a year beside the constant leaves 1e-3, its square 1e-6. A thousand times more would refuse
that square, which can be fitted."""


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
    info : patsy's DesignInfo
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
    info: DesignInfo
    columns: np.ndarray
    coded: tuple[str, ...]
    dropped: Mapping[str, int]
    mean_weight: float
    formula: str
    outcome: str

    def build(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the design matrix of other covariates, (rows of frame, columns)."""
        return rebuild(self.info, frame, self.formula)[:, self.columns]


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
    frame = design.survey.frame
    numeric = as_names(numeric, "numeric")
    check_columns(frame, numeric, "numeric")
    with telling_habits(formula):
        left, outcome, right = read_model(formula, frame.columns)
        read = read_terms(right, formula, frame, design.survey.codebook, numeric, lang)
    covariates = read.names
    inside = make_domains(design, None, where).of_row >= 0
    columns_of = {name: frame[name] for name in dict.fromkeys([*outcome.columns, *covariates])}
    absent = {name: column.isna().to_numpy() & inside for name, column in columns_of.items()}
    used = inside & ~np.logical_or.reduce(list(absent.values()))
    rows = np.flatnonzero(used)
    if not len(rows):
        raise ArgumentError(f"nobody has all of {list(absent)}, so {formula!r} cannot be fitted")
    everyone = len(rows) == len(frame)
    y = _outcome(outcome, formula, frame if everyone else frame.iloc[rows], ordered=not intercept)
    taken = frame[covariates] if everyone else frame[covariates].iloc[rows]
    first, pattern = _patterns(taken) if read.elementwise else (np.arange(len(rows)), np.arange(len(rows)))
    with telling_habits(formula):
        distinct = read.categorize(taken.iloc[first])
        matrix = read.matrix(distinct)
    if not intercept and "Intercept" not in read.written:
        raise ArgumentError(
            f"an ordinal model has thresholds in place of an intercept, but {formula!r} takes it out; leave out the '0 +' or '- 1'"
        )
    columns, terms = _order(matrix.design_info, read.written, intercept)
    x, names = np.asarray(matrix)[:, columns], [matrix.design_info.column_names[column] for column in columns]
    if not names and intercept:
        raise ArgumentError(f"the formula {formula!r} has no terms to estimate; write 'outcome ~ 1' for a mean")
    _check_finite(x, names, formula, pattern)
    if intercept:
        _check_rank(x, names, formula)
    else:  # the thresholds stand for the constant
        _check_rank(np.column_stack([np.ones(len(x)), x]), ["Intercept", *names], formula)
    dropped = {name: int(missing.sum()) for name, missing in absent.items() if missing.any()}
    return ModelData(
        y,
        x,
        pattern,
        rows,
        names,
        terms,
        distinct,
        matrix.design_info,
        columns,
        tuple(read.coded),
        dropped,
        float(weights_of(design, inside).mean()),
        formula,
        left,
    )


def _outcome(outcome: Expression, formula: str, frame: pd.DataFrame, ordered: bool) -> np.ndarray:
    if is_column(outcome.tree):
        column = frame[column_of(outcome.tree)]
        if ordered and isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
            return np.asarray(column.cat.codes.to_numpy(dtype=float))
        return check_numeric(column, "formula")
    if "C" in outcome.functions:
        raise ArgumentError(
            f"the outcome {outcome.code!r} of the formula is a category, where a number is needed; compare it with one of its values, I(x == 'value')"
        )
    y = numbers_of(outcome, formula, frame)
    if y.ndim > 1:
        raise ArgumentError(f"the outcome {outcome.code!r} of the formula has several columns; name one number")
    if not np.isfinite(y).all():
        raise ArgumentError(
            f"the outcome {outcome.code!r} of {shown(formula)} has no value or an infinite one for {int((~np.isfinite(y)).sum())} respondent(s) who answered (the logarithm of zero, say); make these missing, or use another outcome"
        )
    return y


def _order(info: DesignInfo, written: list[str], intercept: bool) -> tuple[np.ndarray, dict[str, list[int]]]:
    """Return the columns in the order in which the formula names its terms (patsy puts categories first)."""
    kept = [
        name
        for name in sorted(written, key=lambda name: (name != "Intercept", name.count(":")))
        if intercept or name != "Intercept"
    ]
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
        raise ArgumentError(
            f"the term {names[column]!r} of {formula!r} is infinite in {int(wrong[pattern, column].sum())} row(s); make these rows missing, or use another term"
        )


def _check_rank(x: np.ndarray, names: list[str], formula: str) -> None:
    if not x.shape[1]:
        return
    scaled = x / np.maximum(np.sqrt((x**2).sum(axis=0)), TINY)
    if np.linalg.eigvalsh(scaled.T @ scaled)[0] > INDEPENDENT:
        return
    corner = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    corner = np.pad(corner, (0, x.shape[1] - len(corner)))
    if (corner < COMBINATION).any():
        name = names[int(np.argmax(corner < COMBINATION))]
        if ":" in name:  # one coefficient of an interaction cannot be left out by whoever writes the formula
            raise ArgumentError(
                f"{name!r} in {formula!r} cannot be estimated, because some combination of its terms has nobody who answered; write '+' in place of '*' or ':', merge categories, or make one column of the combinations that occur and use it in place of these terms"
            )
        raise ArgumentError(
            f"{name!r} in {formula!r} is constant or a combination of the terms before it among those who answered; leave it out"
        )
