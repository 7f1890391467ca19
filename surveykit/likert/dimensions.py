"""Does a scale have one dimension: eigenvalues, sampling adequacy, and McDonald's omega from one factor."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from surveykit._checks import check_share
from surveykit.design import SurveyDesign
from surveykit.distributions import t_quantile_at, upper_chi2
from surveykit.errors import ArgumentError
from surveykit.likert.item_covariance import item_covariance, resampling_error, worth_of_interval
from surveykit.likert.scale import LikertScale, check_scale, scale_matrix
from surveykit.results import Result, Row, table_of
from surveykit.survey import Survey, as_survey
from surveykit.words.messages import Figure, Message, Told

SMALLEST_UNIQUENESS = 1e-6
"""Least variance of a standardized item that the factor may leave: at zero the likelihood is infinite (a Heywood case).
R's factanal stops at 5e-3; ten times less would lengthen the search and move omega by less than it shows."""
SINGULAR = 1e-10
"""Smallest eigenvalue of the items' correlations below which they determine each other: rounding leaves 1e-16. The log
of their determinant, of which the tests are made, would be the log of that."""
FLAT, LEVEL = 1e-15, 1e-10
"""Gain and slope of the discrepancy at which the search ends: as far as sixteen digits go. The discrepancy is a square,
so that loadings are then known to `REFITTED` only."""
MOST_REFITS = 500
REFITTED = 1e-6
"""Part of omega by which two fits of the same factor may differ: the search ends where its function is flat."""


@dataclass(frozen=True, eq=False)
class Dimensions(Result):
    """How many dimensions a scale has, and how well one factor holds it.

    Attributes
    ----------
    items : pandas.DataFrame
        One row per item: item, loading and uniqueness of the one-factor model, sampling adequacy (KMO).
    eigenvalues : numpy.ndarray
        Eigenvalues of the correlation matrix, the largest first.
    """

    items: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    eigenvalues: np.ndarray = field(default_factory=lambda: np.empty(0), repr=False)


def check_dimensions(
    data: SurveyDesign | Survey | pd.DataFrame, scale: LikertScale, *, confidence: float = 0.95
) -> Dimensions:
    """Return McDonald's omega of a scale, with what tells whether one dimension is enough.

    Parameters
    ----------
    data : SurveyDesign, Survey or DataFrame
    scale : LikertScale
        At least three items; reversed items are turned round here.
    confidence : float
        Level of omega's interval.

    Returns
    -------
    Dimensions
        Rows of ``table`` by ``term``: omega, kmo, bartlett (sphericity), one_factor_fit, and the eigenvalues.

    Raises
    ------
    ArgumentError
        When the scale has fewer than three items, fewer than two respondents answered, everyone gave one answer to an
        item, or the items determine each other.
    ColumnError
        When an item does not exist or holds no numbers.
    CodeError
        When an item holds a code outside the scale.

    Notes
    -----
    From respondents who answered all items and the (weighted) correlation matrix R of p items. One factor is fitted by
    maximum likelihood; with loadings l and uniquenesses u, ``omega = (sum l)^2 / ((sum l)^2 + sum u)``. The
    Kaiser-Meyer-Olkin measure compares squared correlations with squared partial correlations. Bartlett's test is of
    R = I, the fit test of one factor; both suppose simple random sampling and normal answers, and are no tests of
    anything when the sample is clustered: then read them as descriptions.

    Omega's error leaves out one cluster at a time, or takes the design's replicate weights (as in `cronbach_alpha`),
    where there are at most 500 of them.

    R: ``factanal(d, 1)``, ``psych::KMO(d)``, ``psych::cortest.bartlett(cor(d), n)``.

    References
    ----------
    McDonald, R. P. (1999). Test Theory: A Unified Treatment. Erlbaum, chapter 6.
    Jöreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika 32, 443-482.
    Kaiser, H. F. and Rice, J. (1974). Little Jiffy, Mark IV. Educational and Psychological Measurement 34, 111-117.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5, 4], "b": [1, 3, 3, 5, 4, 4], "c": [2, 1, 4, 4, 5, 5]})
    >>> result = sk.check_dimensions(answers, sk.LikertScale("s", ["a", "b", "c"], 1, 5))
    >>> 0.9 < result.facts["omega"] < 1, round(float(result.eigenvalues.sum()), 6)
    (True, 3.0)
    """
    check_share(confidence, "confidence")
    check_scale(scale)
    p = len(scale.items)
    if p < 3:
        raise ArgumentError(f"one factor needs at least three items, but scale {scale.name!r} has {p}; name more items")
    design = data if isinstance(data, SurveyDesign) else SurveyDesign(as_survey(data))
    matrix = scale_matrix(design, scale)
    rows = ~np.isnan(matrix).any(axis=1)
    correlation = as_correlation(item_covariance(matrix, design.weights, scale, "complete"))
    if np.linalg.eigvalsh(correlation)[0] < SINGULAR:
        raise ArgumentError(
            f"the items of scale {scale.name!r} determine each other exactly, so no factor can be fitted; drop an item that repeats others"
        )
    loadings, uniqueness, misfit = one_factor(correlation)
    n, omega = int(rows.sum()), omega_of(loadings, uniqueness)
    overall, by_item = sampling_adequacy(correlation)
    # -2 log likelihood ratios, made more like a chi-square by Bartlett's factors (1951, Biometrika 38): without
    # factors, and with k = 1 of them, 2 k / 3 less
    bartlett = -(n - 1 - (2 * p + 5) / 6) * np.linalg.slogdet(correlation)[1]
    fit = (n - 1 - (2 * p + 5) / 6 - 2 / 3) * misfit
    bartlett_df, fit_df = p * (p - 1) / 2, ((p - 1) ** 2 - (p + 1)) / 2
    error, low, high, df = _omega_error(matrix[rows], rows, design, omega, confidence)
    eigenvalues = np.linalg.eigvalsh(correlation)[::-1]
    shared = Row(
        outcome=scale.name,
        n=n,
        n_clusters=len(np.unique(design.units.cluster_of_row[rows])),
        n_weighted=float(design.weights[rows].sum()),
    )
    p_fit = float(upper_chi2(fit, fit_df)) if fit_df > 0 else float("nan")
    table = table_of([
        replace(shared, term="omega", estimate=omega, std_error=error, df=df, conf_low=low, conf_high=high),
        replace(shared, term="kmo", estimate=overall),
        replace(shared, term="bartlett", statistic=bartlett, df=bartlett_df, p_value=float(upper_chi2(bartlett, bartlett_df))),
        replace(shared, term="one_factor_fit", statistic=fit, df=fit_df, p_value=p_fit),
        *(
            replace(shared, level=str(number), term="eigenvalue", estimate=eigenvalue)
            for number, eigenvalue in enumerate(eigenvalues, start=1)
        ),
    ])  # fmt: skip
    items = pd.DataFrame({"item": scale.items, "loading": loadings, "uniqueness": uniqueness, "kmo": by_item})
    worth = worth_of_interval(df) if design.cluster else ""
    interval = Message("dimensions.interval", {"df": Figure(f"{df:g}"), "worth": worth}) if np.isfinite(low) else ""
    method = Told.of(Message("dimensions.method", {"weight": design.origin().weight}), interval, between=" ")
    facts = {"omega": omega, "kmo": overall, "items": p, "n": n}
    return Dimensions(
        table,
        method,
        design.origin(),
        facts,
        Told.of(Message("titles.dimensions", {"scale": scale.name})),
        items=items,
        eigenvalues=eigenvalues,
    )


def as_correlation(covariance: np.ndarray) -> np.ndarray:
    """Return a covariance matrix as correlations."""
    spread = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(spread, spread))


def omega_of(loadings: np.ndarray, uniqueness: np.ndarray) -> float:
    """Return McDonald's omega of one factor."""
    common = float(loadings.sum() ** 2)
    return common / (common + float(uniqueness.sum()))


def one_factor(correlation: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return loadings, uniquenesses and the minimum of the maximum-likelihood discrepancy (Jöreskog 1967)."""

    def discrepancy(log_uniqueness: np.ndarray) -> tuple[float, np.ndarray]:
        # Three steps. Items over the roots of their uniquenesses have unit errors; the factor is then the eigenvector
        # of the largest eigenvalue, and takes that minus one. What the other eigenvalues differ from one by is the
        # misfit, log det(Sigma) + tr(S Sigma^-1) - log det(S) - p, at the best loadings: a function of the uniquenesses
        # alone.
        root = np.exp(log_uniqueness / 2)
        values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
        rest, first = values[:-1], vectors[:, -1]
        loading = root * first * np.sqrt(max(values[-1] - 1, 0.0))
        implied = loading**2 + root**2
        # its derivative by u is diag(Sigma - S) / u^2 at the best loadings, by log u times u
        return float((rest - np.log(rest) - 1).sum()), (implied - np.diag(correlation)) / root**2

    start = np.log(np.clip(0.5 / np.diag(np.linalg.inv(correlation)), SMALLEST_UNIQUENESS, 1.0))
    bounds = [(np.log(SMALLEST_UNIQUENESS), 0.0)] * len(correlation)
    from scipy.optimize import minimize  # costs a third of a second, which only this pays

    best = minimize(
        discrepancy,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": FLAT, "gtol": LEVEL, "maxiter": 1000},
    )
    uniqueness = np.exp(best.x)
    root = np.sqrt(uniqueness)
    values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
    loadings = root * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
    return (loadings if loadings.sum() >= 0 else -loadings), uniqueness, float(best.fun)


def sampling_adequacy(correlation: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the Kaiser-Meyer-Olkin measure of all items together, and of each."""
    inverse = np.linalg.inv(correlation)
    partial = -as_correlation(inverse)  # correlation of two items given all others (Kaiser & Rice 1974)
    squares, rest = correlation**2, partial**2
    np.fill_diagonal(squares, 0.0)
    np.fill_diagonal(rest, 0.0)
    return float(squares.sum() / (squares.sum() + rest.sum())), squares.sum(0) / (squares.sum(0) + rest.sum(0))


def _omega_error(
    matrix: np.ndarray, rows: np.ndarray, design: SurveyDesign, omega: float, confidence: float
) -> tuple[float, float, float, float]:
    """Return the error of omega from refits, its interval on the scale of log(1 - omega), and degrees of freedom."""
    df, nan = float(design.degrees_of_freedom), float("nan")
    refits = design.units.n_clusters if design.replicates is None else design.replicates.n_replicates
    if refits > MOST_REFITS or df <= 0:
        return nan, nan, nan, nan
    error = resampling_error(
        lambda many: np.array([omega_of(*one_factor(as_correlation(one))[:2]) for one in many]),
        omega,
        matrix,
        rows,
        design,
        REFITTED,
    )
    half = t_quantile_at((1 + confidence) / 2, df) * error / (1 - omega)
    return error, 1 - (1 - omega) * float(np.exp(half)), 1 - (1 - omega) * float(np.exp(-half)), df
