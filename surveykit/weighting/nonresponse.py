"""Nonresponse: respondents speak for those of their kind who did not answer."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.api as sm

from surveykit._checks import as_names, check_columns, some, warn
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitError, WeightingError
from surveykit.formulas.columns import read_terms
from surveykit.formulas.habits import telling_habits
from surveykit.weighting.cells import make_cells

FEW = 20
LARGE_FACTOR = 3.0
DEPENDENT = 1e-12
"""Singular value of columns of length one, relative to the largest, of a combination of others: rounding leaves 1e-16,
and a year beside the constant 1e-3. Kept, such a column of rounding would be made one of length one."""
SETTLED = 1e-12
"""Change of the coefficients of orthonormal columns at which the fit ends: a step before, it was the root of that."""
NOBODY = 1e-6
"""Chance of responding below which nobody of a kind did: the fit runs to zero there and stops at some 1e-10. Weights a
million times as large would stand for them; a true chance of one in a million needs a sample of millions."""


def adjust_nonresponse(
    design: SurveyDesign,
    responded: str,
    *,
    classes: str | Sequence[str] | None = None,
    propensity: str | None = None,
    propensity_classes: int | None = 5,
) -> SurveyDesign:
    """Return the design of those who responded, their weights raised by the inverse of their response rate.

    Parameters
    ----------
    design : SurveyDesign
        Over everybody who was sampled, also those who did not respond.
    responded : str
        Column that is 1 (or True) for those who responded and 0 for those who did not.
    classes : str or sequence of str, optional
        Columns known of everybody; their combinations are the adjustment classes.
    propensity : str, optional
        Right side of a formula, "C(sex) + age", of a logistic model of responding (statsmodels; weighted). Columns
        that the codebook calls nominal or ordinal and labels are categories, as in `fit_model`. Give it or `classes`.
    propensity_classes : int or None
        Number of classes of equal size into which the propensities are cut (Little 1986); None divides each weight by
        the respondent's own propensity, which fits better and varies more.

    Returns
    -------
    SurveyDesign
        Over the respondents only.

    Warns
    -----
    SurveyKitWarning
        When a class has fewer than 20 respondents or raises weights by more than 3.

    Raises
    ------
    WeightingError
        When nobody in a class responded, a propensity is zero, or everybody or nobody responded at all.
    ColumnError
        When a column is absent or incomplete, or `responded` holds anything but 1 and 0.
    ArgumentError
        When not just one of `classes` and `propensity` is given, the formula cannot be read, `propensity_classes` is
        below 2, or the design has been raked or calibrated before.

    Notes
    -----
    In class c the factor is the sum of the weights of all over the sum of the weights of the respondents (weighted
    response rate). The sum of weights is kept, class by class; with ``propensity_classes=None`` only nearly so.
    Clusters in which nobody responded stay in the sample, empty, as ``subset`` leaves them in R.
    R: ``glm(responded ~ sex + age, family = quasibinomial, weights = w)``, then weights over fitted values.

    References
    ----------
    Little, R. J. A. (1986). Survey nonresponse adjustments for estimates of means. International Statistical Review 54,
    139-157.

    Examples
    --------
    >>> import warnings
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> people = pd.DataFrame({"zone": ["n"] * 4 + ["s"] * 4, "answered": [1, 1, 0, 0, 1, 1, 1, 1]})
    >>> with warnings.catch_warnings(action="ignore"):
    ...     adjusted = sk.adjust_nonresponse(sk.SurveyDesign(people), "answered", classes="zone")
    ...
    >>> adjusted.weights.tolist()
    [2.0, 2.0, 1.0, 1.0, 1.0, 1.0]
    """
    if (classes is None) == (propensity is None):
        raise ArgumentError("give either `classes`, columns known of everybody, or `propensity`, a formula of them")
    if design.calibration:
        raise ArgumentError(
            f"nonresponse is adjusted for before raking or calibration, but this design has been through {design.calibration[-1].kind!r}; start from the design before that step"
        )
    answered = _read_responded(design.survey.frame, responded)
    if classes is not None:
        names = as_names(classes, "classes")
        if not names:
            raise ArgumentError("`classes` is empty; name at least one column, or give `propensity`")
        factor = _class_factors(design, answered, names)
        how = f"in classes of {' x '.join(names)}"
    else:
        factor = _propensity_factors(design, answered, str(propensity), propensity_classes)
        how = f"by response propensity ({propensity})" + (
            f" in {propensity_classes} classes" if propensity_classes is not None else ""
        )
    if factor[answered].max() > LARGE_FACTOR:
        warn(
            f"nonresponse adjustment raises weights by up to {factor[answered].max():.3g}; merge classes, or expect larger errors"
        )
    step = f"adjusted for nonresponse {how} (factors {factor[answered].min():.3g} to {factor[answered].max():.3g})"
    kept = design.keep_rows(answered, f"{responded} = 1")
    return kept.with_weights(kept.weights * factor[answered], step)


def _read_responded(frame: pd.DataFrame, responded: str) -> np.ndarray:
    check_columns(frame, [responded], "responded")
    column = frame[responded]
    if column.isna().any():
        rows = frame.index[column.isna()]
        raise ColumnError(
            f"`responded` names {responded!r}, which is missing in {len(rows)} row(s): {some(rows)}; give everybody who was sampled 1 or 0"
        )
    if not column.isin([0, 1]).all():
        raise ColumnError(
            f"`responded` names {responded!r}, which must hold 1 and 0 only, but it holds {column[~column.isin([0, 1])].tolist()[0]!r}"
        )
    answered: np.ndarray = column.to_numpy().astype(bool)
    if not answered.any() or answered.all():
        whom = "everybody" if answered.all() else "nobody"
        raise WeightingError(
            f"`responded` names {responded!r}, according to which {whom} responded, so there is nothing to adjust; are those who did not respond in the data?"
        )
    return answered


def _class_factors(design: SurveyDesign, answered: np.ndarray, names: list[str]) -> np.ndarray:
    cells = make_cells(design.survey.frame, names, design.weights, "classes")
    book = design.survey.codebook
    labels = [
        " x ".join(book[name].label(cells.values[row][cells.levels[row, cell]]) for row, name in enumerate(names))
        for cell in range(len(cells.weights))
    ]
    return cells.spread(
        response_factors(
            cells.weights, cells.total(design.weights * answered), cells.total(answered.astype(float)), labels
        )
    )


def response_factors(
    everybody: np.ndarray, respondents: np.ndarray, counts: np.ndarray, labels: Sequence[str]
) -> np.ndarray:
    """Return the inverse of the weighted response rate of each class; refuse empty ones, warn of thin ones."""
    nobody = [label for label, count in zip(labels, counts) if count == 0]
    if nobody:
        raise WeightingError(
            f"nobody responded in class {some(map(repr, nobody))}, so nobody can speak for it; merge it with another class"
        )
    thin = [label for label, count in zip(labels, counts) if count < FEW]
    if thin:
        warn(f"fewer than {FEW} respondents stand for class {some(map(repr, thin))}; merge it with another class")
    return np.asarray(everybody / respondents)


def _propensity_columns(design: SurveyDesign, formula: str) -> np.ndarray:
    """Return the matrix of a formula, labelled columns taken as `fit_model` takes them."""
    frame = design.survey.frame
    try:
        with telling_habits(formula):
            terms = read_terms(formula, formula, frame, design.survey.codebook)
            empty = [name for name in terms.names if frame[name].isna().any()]
            if empty:
                raise ColumnError(f"{empty[0]!r} is missing in {int(frame[empty[0]].isna().sum())} row(s)")
            x = np.asarray(terms.matrix(terms.categorize(frame[terms.names])))
    except SurveyKitError as error:
        raise ArgumentError(
            f"`propensity` must be the right side of a formula of columns without missing values, but {formula!r} was given: {error}"
        ) from error
    if not np.isfinite(x).all():
        raise ArgumentError(
            f"`propensity` has a term that is infinite for some respondents in {formula!r}; make it finite, or use another term"
        )
    return x


def _orthonormal(x: np.ndarray) -> np.ndarray:
    """Return orthonormal columns that span those of a matrix: a date as a number leaves too few digits otherwise."""
    size = np.sqrt((x**2).sum(axis=0))
    columns, spread, _ = np.linalg.svd(x / np.where(size > 0, size, 1.0), full_matrices=False)
    return columns[:, spread > DEPENDENT * spread[0]]


def _propensity_factors(design: SurveyDesign, answered: np.ndarray, formula: str, classes: int | None) -> np.ndarray:
    x = _orthonormal(_propensity_columns(design, formula))
    # frequency weights scaled to mean 1: the estimates are those of any scale, and the model's errors are not used
    model = sm.GLM(
        answered.astype(float), x, family=sm.families.Binomial(), freq_weights=design.weights / design.weights.mean()
    )
    chance = np.asarray(model.fit(tol=SETTLED, tol_criterion="params").fittedvalues)
    if classes is None:
        lost = int((~answered & (chance < NOBODY)).sum())
        if lost:
            raise WeightingError(
                f"{formula!r} tells {lost} people apart of whom nobody responded, so nobody can speak for them; merge their category with another one"
            )
        return 1 / chance
    if not isinstance(classes, int) or classes < 2:
        raise ArgumentError(
            f"`propensity_classes` must be None or a whole number of at least 2, but {classes!r} was given"
        )
    # classes of the propensity take off most of the bias that it can tell of, without weights of one over nearly zero
    # (Little 1986, International Statistical Review 54; five as in Rosenbaum & Rubin 1984, JASA 79)
    edges = np.quantile(chance, np.arange(1, classes) / classes)
    of_row = np.searchsorted(edges, chance, side="left")
    used, of_row = np.unique(of_row, return_inverse=True)
    factors = response_factors(
        np.bincount(of_row, design.weights), np.bincount(of_row, design.weights * answered),
        np.bincount(of_row, answered.astype(float)), [f"propensity class {number + 1}" for number in used],
    )  # fmt: skip
    return factors[of_row]
