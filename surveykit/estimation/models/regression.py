"""Regression on survey data: weighted coefficients with design-based errors."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from surveykit._checks import check_option, check_share, from_smallest, some, warn
from surveykit.codebook import distinct_texts
from surveykit.conventions import conventions_of
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.replication import fill_gaps
from surveykit.estimation.engine.respondents import degrees_of_freedom_among, influence_totals
from surveykit.estimation.engine.result_columns import (
    Estimates,
    UnitTotals,
    describe_replicates,
    facts_of,
    standard_errors,
    warn_without_df,
)
from surveykit.estimation.engine.rounding import rounding_of
from surveykit.estimation.engine.t_distribution import t_interval, two_sided_p
from surveykit.estimation.engine.totals import sum_weights, weights_of
from surveykit.estimation.models.count_models import NegativeBinomialModel
from surveykit.estimation.models.linear_models import FAMILIES, LinearModel
from surveykit.estimation.models.model_clusters import (
    VARIANCE_WORDS,
    ModelClusters,
    Variance,
    check_variance,
    model_clusters,
    withhold,
)
from surveykit.estimation.models.model_kinds import ModelKind, Solution
from surveykit.estimation.models.model_matrix import ModelData, make_model_data
from surveykit.estimation.models.ordinal_models import LINKS, OrdinalModel, make_ordinal_model
from surveykit.estimation.models.settlement_terms import tell_of_terms
from surveykit.estimation.models.statsmodels_results import to_statsmodels
from surveykit.estimation.models.term_names import coefficients_of
from surveykit.progress_bar import track
from surveykit.results import glossary_frame

Family = Literal["gaussian", "binomial", "poisson", "gamma", "negative-binomial", "ordinal"]

LINKS_OF = {
    **{family: [link for name, link in FAMILIES if name == family] for family, _ in FAMILIES},
    "negative-binomial": ["log"],
    "ordinal": list(LINKS),
}
"""Links of each family; the first is the default. A test holds the weights of each against R."""
REFITTED = 1e-10
"""Part of a size below which two refits are the same: they stop at steps of 1e-12, and scoring leaves some of these."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelFit(Estimates):
    """A fitted regression: a table of coefficients, and what predictions and tests need.

    Attributes
    ----------
    formula, family, link : str
    df_residual : float
        Degrees of freedom of its t and F statistics; NaN with cluster-robust errors, under which every coefficient has
        its own (column `df`).
    data : ModelData
    kind : ModelKind
    solution : Solution
    refits : float array, (replicates, coefficients), or None
        With replicate weights: the coefficients of every replicate, NaN where it cannot be fitted.
    clusters : ModelClusters, or None
        With cluster-robust errors: what they follow from.

    Notes
    -----
    `params`, `bse`, `tvalues`, `pvalues`, `conf_int()`, `cov_params()`, `nobs` and `df_resid` are named as in
    statsmodels; `to_statsmodels` hands out a results object of statsmodels itself.
    """

    formula: str
    family: str
    link: str
    df_residual: float
    data: ModelData = field(repr=False)
    kind: ModelKind = field(repr=False)
    solution: Solution = field(repr=False)
    refits: np.ndarray | None = field(default=None, repr=False)
    clusters: ModelClusters | None = field(default=None, repr=False)

    @cached_property
    def covariance(self) -> np.ndarray:
        """Covariance of the coefficients: the design's, or the cluster-robust one that was asked for."""
        return super().covariance if self.clusters is None else self.clusters.fit().covariance

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        """The coefficients in the form that maketables.ETable takes, under the questions and answers they stand for."""
        table, book, lang = super().__maketables_coef_table__, self.origin.codebook, self.origin.lang
        known, _ = coefficients_of(self.data.info, self.data.names, book, lang)
        names = [known[term].text(book, lang) if term in known else str(term) for term in self.table["term"]]
        return table.set_axis(pd.Index(distinct_texts(names, self.table["term"].tolist()), name="Coefficient"))

    def _column(self, name: str) -> pd.Series:
        return pd.Series(self.table[name].to_numpy(), index=self.table["term"].tolist(), name=name)

    @property
    def params(self) -> pd.Series:
        """Coefficients by name.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.params.round(4)
        Intercept      2.0000
        C(sex)[T.2]    1.6667
        Name: estimate, dtype: float64
        """
        return self._column("estimate")

    @property
    def bse(self) -> pd.Series:
        """Standard errors by name.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.bse.round(4)
        Intercept      0.5774
        C(sex)[T.2]    0.6667
        Name: std_error, dtype: float64
        """
        return self._column("std_error")

    @property
    def tvalues(self) -> pd.Series:
        """Coefficients divided by their errors.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.tvalues.round(4)
        Intercept      3.4641
        C(sex)[T.2]    2.5000
        Name: statistic, dtype: float64
        """
        return self._column("statistic")

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p-values by name, from t with the degrees of freedom of the column `df`.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.pvalues.round(4)
        Intercept      0.1789
        C(sex)[T.2]    0.2422
        Name: p_value, dtype: float64
        """
        return self._column("p_value")

    def conf_int(self, alpha: float | None = None) -> pd.DataFrame:
        """Return the ends of t intervals, columns 0 and 1; `alpha` is one minus the model's confidence by default.

        Raises
        ------
        ArgumentError
            When `alpha` does not lie between 0 and 1.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.conf_int().round(4)
                          0        1
        Intercept   -5.3359   9.3359
        C(sex)[T.2] -6.8041  10.1375
        """
        confidence = self.confidence if alpha is None else 1 - check_share(alpha, "alpha")
        estimate, std_error, df = (self.table[name].to_numpy() for name in ("estimate", "std_error", "df"))
        ends = t_interval(estimate, std_error, df, confidence)
        return pd.DataFrame(np.column_stack(ends), index=self.table["term"].tolist())

    def cov_params(self) -> pd.DataFrame:
        """Return the covariance of the coefficients by name, NaN for those that have no error.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.cov_params().loc["C(sex)[T.2]", "C(sex)[T.2]"].round(4).item()
        0.4444
        """
        unknown = self.table["std_error"].isna().to_numpy()
        covariance = np.where(unknown[:, None] | unknown, np.nan, self.covariance)
        names = self.table["term"].tolist()
        return pd.DataFrame(covariance, index=names, columns=names)

    @property
    def nobs(self) -> int:
        """Respondents of the model.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.nobs
        6
        """
        return int(self.table["n"].iloc[0])

    @property
    def df_resid(self) -> float:
        """The same as `df_residual`.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.df_resid
        1.0
        """
        return self.df_residual

    def to_statsmodels(self) -> Any:
        """Return the fit as a results object of statsmodels: `WLS`, `GLM` or `OrderedModel`.

        Same design matrix, same weights (scaled to mean 1), same coefficients; errors, tests and intervals are those of
        this fit. With cluster-robust errors each coefficient and each combination in `t_test` has its own degrees of
        freedom; an F test of several has the fewest of them, with a warning. See
        `surveykit.estimation.models.statsmodels_results.to_statsmodels`.

        Raises
        ------
        ArgumentError
            For a negative binomial model, whose statsmodels counterpart takes no weights.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> result = fit.to_statsmodels()
        >>> type(result).__module__.split(".")[0], result.params.round(4).to_dict()
        ('statsmodels', {'Intercept': 2.0, 'C(sex)[T.2]': 1.6667})
        """
        if self.family == "negative-binomial":
            raise ArgumentError(
                "statsmodels' negative binomial model takes no weights, so this fit cannot be handed over; use family='poisson', or the table of this one"
            )
        data, y = self.data, self.data.y
        if isinstance(self.kind, OrdinalModel):
            y = np.searchsorted(np.asarray(self.kind.levels, dtype=float), y).astype(float)
        df = self.df_residual if self.clusters is None else self.clusters.degrees_of_freedom
        return to_statsmodels(
            data.x[data.pattern],
            y,
            weights_of(self.design, data.rows),
            self.table["estimate"].to_numpy(),
            self.cov_params().to_numpy(),
            df,
            data.names,
            self.family,
            link=self.link,
            levels=getattr(self.kind, "labels", ()),
            outcome=data.outcome,
            errors=str(self.table["method"].iloc[0]),
        )

    @property
    def dropped(self) -> pd.Series:
        """Respondents left out by missing column; one may count under several columns.

        Examples
        --------
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, None], "sex": [1, 2] * 3, "village": list("AABBCC")})
        >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
        >>> fit.dropped.to_dict()
        {'y': 1}
        """
        return pd.Series(dict(self.data.dropped), dtype=int, name="n")


def fit_model(
    formula: str | SurveyDesign,
    design: SurveyDesign | str,
    family: Family = "gaussian",
    *,
    link: str | None = None,
    variance: Variance | None = None,
    where: pd.Series | np.ndarray | None = None,
    numeric: str | Sequence[str] = (),
    confidence: float = 0.95,
    lang: str | None = None,
    conventions: ConventionName | None = None,
) -> ModelFit:
    """Fit a weighted regression with design-based or cluster-robust errors.

    Parameters
    ----------
    formula : str
        ``"outcome ~ terms"`` in the language of patsy (and statsmodels): ``"trust ~ akim + C(sex) + age"``,
        ``"I(q1 >= 4) ~ akim"``. A covariate that the codebook calls nominal or ordinal and gives labels becomes a
        category under its labels; the first code is the reference.
    design : SurveyDesign
        The two may change places: ``fit_model(design, formula)``.
    family : {"gaussian", "binomial", "poisson", "gamma", "negative-binomial", "ordinal"}
        Distribution of the outcome; "ordinal" is the cumulative model of few ordered answers.
    link : str, optional
        "binomial": "logit" (default), "probit", "cloglog"; "ordinal": "logit", "probit", "cloglog", "loglog".
        Other families have one link.
    variance : {"linearized", "cr0", "cr1", "cr1s", "cr2", "cr3"}, optional
        Errors: those of the design (the default; "linearized" insists on it), or cluster-robust ones over the design's
        clusters with Satterthwaite degrees of freedom for every coefficient. See Notes.
    where : boolean Series or array, optional
        Restricts the model to a part of the respondents; the rest stays in the design for the variance.
    numeric : str or sequence of str
        Labelled covariates whose codes are to be used as numbers.
    confidence : float
        Level of the intervals, between 0 and 1.
    lang : str, optional
        Language of the categories' labels.
    conventions : str, optional
        Numerical conventions other than the design's; see `SurveyDesign`.

    Returns
    -------
    ModelFit
        One row per coefficient (`term`), then thresholds of an ordinal model or ``log(size)`` of a negative binomial
        one. `dropped` counts the respondents left out by missing values; their clusters stay in the design.

    Raises
    ------
    ArgumentError
        For a family or link whose weights are not proven against a reference, a formula that cannot be read, collinear
        terms, an outcome that the family does not take or that is the same for everybody, or a cluster-robust variance
        without clusters, with replicate weights or for a negative binomial model.
    ColumnError
        When the formula names a column that does not exist, or one that holds dates or complex numbers.
    FeasibilityError
        When covariates separate the outcomes, so that no finite coefficients exist, or the model has one cluster.

    Notes
    -----
    Coefficients maximize the weighted (pseudo) likelihood; generalized linear models are solved by statsmodels, ordinal
    and negative binomial ones by Newton's method. Their covariance is ``A^-1 B A^-1`` with A the weighted information
    (expected for probit, cloglog and gamma, as in R's ``svyglm``) and B the design covariance of the score totals
    (Binder 1983, International Statistical Review 51). Degrees of freedom: clusters minus strata of those used, plus
    1, minus the number of coefficients (thresholds count as one intercept, a shape not at all).

    R: ``svyglm(formula, design, family = quasibinomial())``, ``svyolr(formula, design)``. R's df of svyolr is the sum
    of weights; this one is that of svyglm.

    With few clusters these errors are too small. "cr2" is unbiased when respondents are independent and close to it
    otherwise (Bell & McCaffrey 2002); "cr0", "cr1" (times ``G/(G-1)``), "cr1s" (Stata's factor) and "cr3" (the
    jackknife, in one step for generalized models) stand beside it. They take the design's first-stage clusters and
    weights, but no strata, finite populations or calibration. Degrees of freedom are those of Satterthwaite
    (Pustejovsky & Tipton 2018), one for each coefficient and each term of `term_test`, which then is HTZ. A generalized
    model is taken as the weighted linear regression that has its scores and its information (expected, or observed for
    ordinal models) at the maximum. R, with clubSandwich: ``m <- lm(formula, weights = w); coef_test(m, vcovCR(m,
    cluster, "CR2"))``; for a GLM with fitted values mu, ``s = dmu/deta / sqrt(V(mu))``: ``lm(s * (eta + (y - mu) /
    (dmu/deta)) ~ s * x - 1, weights = w)`` in its place (see `compare_odds`).

    Of terms that do not vary inside clusters a warning and the method say how many clusters stand behind each of their
    values; with few, these errors are too small: use `compare_settlements`. A coefficient that cannot be known without
    one of the clusters (one elected village of ten) has no error, interval or p-value, unless `conventions` ask for
    another package's.

    References
    ----------
    Binder, D. A. (1983). On the variances of asymptotically normal estimators from complex surveys. International
    Statistical Review 51, 279-292.
    Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage
    samples. Survey Methodology 28, 169-181.
    Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and hypothesis
    testing in fixed effects models. Journal of Business & Economic Statistics 36, 672-683.
    McCullagh, P. (1980). Regression models for ordinal data. Journal of the Royal Statistical Society B 42, 109-142.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"y": [1, 2, 3, 4, 2, 5], "sex": [1, 2] * 3, "village": list("AABBCC")})
    >>> fit = sk.fit_model("y ~ C(sex)", sk.SurveyDesign(answers, cluster="village"))
    >>> fit.table[["term", "estimate", "std_error", "df", "p_value"]].round(4)
              term  estimate  std_error   df  p_value
    0    Intercept    2.0000     0.5774  1.0   0.1789
    1  C(sex)[T.2]    1.6667     0.6667  1.0   0.2422
    """
    formula, design = _in_order(formula, design)
    design = design.with_conventions(conventions)
    check_option(family, list(LINKS_OF), "family")
    robust = check_variance(variance, design, family)
    link = LINKS_OF[family][0] if link is None else link
    if link not in LINKS_OF[family]:
        raise ArgumentError(
            f"`link` of family {family!r} must be one of {LINKS_OF[family]}, but {link!r} was given; the weights of other links are not proven against a reference"
        )
    check_share(confidence, "confidence")
    data = make_model_data(formula, design, where, numeric, lang, intercept=family != "ordinal")
    gone = ""
    if robust is None and conventions_of(design).incomplete == "leave":
        intercept = family != "ordinal"
        everybody = data if where is None else make_model_data(formula, design, None, numeric, lang, intercept)
        sample = complete_sample(design, np.isin(np.arange(len(design)), everybody.rows), where)
        if sample.rows_left:
            gone, design, dropped = sample.sentence, sample.design, data.dropped
            data = make_model_data(formula, design, sample.where, numeric, lang, intercept)
            data = replace(data, dropped=dropped)
    kind = _make_kind(family, link, data, design, lang)
    weights = weights_of(design, data.rows)
    sums = kind.tally(data.pattern, len(data.x), data.y, weights)
    x, back = _scale_columns(data, len(kind.further_names()), thresholds=family == "ordinal")
    scaled = kind.solve(x, sums)
    solution = scaled.turn(back)
    if robust is not None:
        clusters = model_clusters(design, data, x, kind, scaled, back, robust)
        return _result(design, data, kind, solution, clusters, (family, link), confidence, lang)
    refits = None if design.replicates is None else _refit(design, data, x, kind, scaled) @ back.T
    linearized = (
        _linearize(design, data, x, kind, scaled) @ back.T
        if refits is None
        else fill_gaps(refits - solution.params, design.replicates)
    )
    if refits is None and conventions_of(design).model_variance != "design":
        n, p = len(data.rows), len(solution.params)
        linearized = linearized * np.sqrt((n - 1) / (n - p))  # Hidiroglou, Fuller & Hickman (1980)
    found = _result(design, data, kind, solution, linearized, (family, link), confidence, lang)
    if refits is not None:  # a coefficient without variation has that of the full sample in every replicate
        alike = ~found.linearized.any(axis=0) & ~np.isnan(refits)
        refits = np.where(alike, solution.params, refits)
    found = replace(found, refits=refits, method=found.method + gone)
    return tell_of_terms(found, data, design, thresholds=family == "ordinal")


def _in_order(first: object, second: object) -> tuple[str, SurveyDesign]:
    """Return formula and design, whichever came first."""
    if isinstance(first, SurveyDesign):
        first, second = second, first
    if isinstance(first, str) and isinstance(second, SurveyDesign):
        return first, second
    raise ArgumentError(
        f"fit_model takes a formula such as 'trust ~ akim + C(sex)' and a SurveyDesign, but {type(first).__name__} and {type(second).__name__} were given; make the design with SurveyDesign(answers, weight=..., cluster=...)"
    )


def _no_unit_totals(variance: str) -> UnitTotals:
    raise ArgumentError(
        f"a model with variance={variance!r} has no linearized totals by sampling unit, so contrast() and functions of its rows cannot be had; test terms with term_test(), combine coefficients with to_statsmodels().t_test(), or fit the model without `variance`"
    )


def _scale_columns(data: ModelData, n_further: int, thresholds: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns with mean 0 and deviation 1, and the matrix that turns their parameters into the columns' own.

    A column far from zero (a date written 20231105) would leave no digits in the sums of squares. What the centre adds
    goes into the constant, or into the thresholds of an ordinal model; without either, columns are scaled only.
    """
    x, constant = data.x, np.array([name == "Intercept" for name in data.names], dtype=bool)
    spread = x.std(axis=0)
    size = np.where(constant | (spread == 0), 1.0, spread)
    centre = np.where(constant | ~(thresholds | constant.any()), 0.0, x.mean(axis=0))
    back = np.diag(np.concatenate([1 / size, np.ones(n_further)]))
    if thresholds:
        back[len(size) :, : len(size)] = centre / size
    elif constant.any():
        back[np.argmax(constant), : len(size)] -= np.where(constant, 0.0, centre / size)
    return (x - centre) / size, back


def _make_kind(family: str, link: str, data: ModelData, design: SurveyDesign, lang: str | None) -> ModelKind:
    y = data.y
    if np.isinf(y).any():
        raise ArgumentError(
            f"the outcome {data.outcome!r} is infinite in {int(np.isinf(y).sum())} row(s); make them missing first"
        )
    if family == "ordinal":
        variable = design.survey.codebook[data.outcome]
        labels = {float(code): variable.label(code, lang) for code in variable.labels if not isinstance(code, str)}
        column = design.survey.frame.get(data.outcome)
        if column is not None and isinstance(column.dtype, pd.CategoricalDtype):
            labels = {float(code): str(name) for code, name in enumerate(column.cat.categories)}
        return make_ordinal_model(y, link, labels)
    if not from_smallest(y)[0].any():
        raise ArgumentError(f"everyone has the same {data.outcome!r} ({y[0]:g}), so nothing can be explained")
    wrong = {
        "binomial": (~np.isin(y, [0, 1]), "0 or 1", "write a condition such as 'I(q1 >= 4) ~ ...'"),
        "poisson": (y < 0, "at least 0", 'use family="gaussian"'),
        "gamma": (y <= 0, "above 0", 'use family="gaussian"'),
        "negative-binomial": ((y < 0) | (y != np.floor(y)), "a count", 'use family="gaussian"'),
    }
    if family in wrong and wrong[family][0].any():
        bad, rule, remedy = wrong[family]
        found = some((f"{value:g}" for value in np.unique(y[bad])), 3)
        raise ArgumentError(
            f"the outcome of a {family} model must be {rule}, but {data.outcome!r} is {found} in {int(bad.sum())} row(s); {remedy}"
        )
    if family == "negative-binomial":
        return NegativeBinomialModel(tuple(np.unique(y).tolist()))
    return LinearModel(family, link)


def _linearize(design: SurveyDesign, data: ModelData, x: np.ndarray, kind: ModelKind, solution: Solution) -> np.ndarray:
    """Return linearized unit totals of the parameters of columns x: score totals times the inverse information."""
    # the estimate moves by the inverse information times the weighted score of whoever is added (Binder 1983)
    eta = x @ solution.params[: solution.n_slopes]
    slope, further = kind.scores(solution, eta, data.y, data.pattern)
    if design.calibration:
        scores = np.column_stack([x[data.pattern] * slope[:, None], further])
        return influence_totals(scores @ solution.inverse, data.rows, design)
    unit, weights, n_units = design.units.of_row[data.rows], weights_of(design, data.rows), design.units.n_units
    table = sparse.coo_array((weights * slope, (unit, data.pattern)), shape=(n_units, len(x)))
    totals = [table @ x]
    totals += [np.bincount(unit, weights * column, minlength=n_units)[:, None] for column in further.T]
    return np.asarray(np.hstack(totals) @ solution.inverse)


def _refit(design: SurveyDesign, data: ModelData, x: np.ndarray, kind: ModelKind, solution: Solution) -> np.ndarray:
    """Return the parameters of columns x in every replicate, (replicates, coefficients), NaN where it cannot be fitted.

    Respondents of one sampling unit and covariate pattern are summed once; a replicate weighs these sums.
    """
    replicates, n_patterns = design.replicates, len(x)
    key = design.units.of_row[data.rows] * n_patterns + data.pattern
    cells, cell = np.unique(key, return_inverse=True)
    sums = kind.tally(cell, len(cells), data.y, weights_of(design, data.rows))
    unit, pattern = cells // n_patterns, cells % n_patterns
    found = np.full((replicates.n_replicates, len(solution.params)), np.nan)
    for number, factor in enumerate(track(replicates.factors.T, "replicates")):
        table = sparse.csr_matrix((factor[unit], (pattern, np.arange(len(cells)))), shape=(n_patterns, len(cells)))
        with suppress(FeasibilityError, np.linalg.LinAlgError):
            found[number] = kind.solve(x, table @ sums, solution.params).params
    return found


def refit_rounding(design: SurveyDesign, kind: ModelKind) -> float:
    """Return the part of a size below which coefficients of two fits are the same: where refits stop, with replicates.

    A linear model with the identity link is solved, not approached.
    """
    solved = design.replicates is None or (isinstance(kind, LinearModel) and kind.link == "identity")
    return rounding_of(design) if solved else max(rounding_of(design), REFITTED)


def errors_of_answers(data: ModelData, solution: Solution) -> np.ndarray:
    """Return the errors that coefficients would have if the answers themselves were what the model leaves over."""
    return np.sqrt(np.diag(solution.inverse) * data.mean_weight * max(1.0, float((data.y**2).mean())))


def _result(
    design: SurveyDesign,
    data: ModelData,
    kind: ModelKind,
    solution: Solution,
    behind: np.ndarray | ModelClusters,
    what: tuple[str, str],
    confidence: float,
    lang: str | None,
) -> ModelFit:
    """Return the fit; `behind` its errors are linearized unit totals or cluster totals."""
    used = np.zeros(len(design), dtype=bool)
    used[data.rows] = True
    df_design, n_clusters = degrees_of_freedom_among(design, used)
    intercept = what[0] == "ordinal"
    df_lost = solution.n_slopes + intercept - 1.0 if conventions_of(design).regression_df == "residual" else 0.0
    names = [*data.names, *kind.further_names()]
    if isinstance(behind, ModelClusters):
        fit, n_clusters, df_residual = behind.fit(), behind.n_clusters, np.nan
        std_error = withhold(fit.std_errors, behind.rests_on_one(), names, data.formula, design.conventions)
        df = fit.df
    else:
        df_residual = df_design - df_lost
        std_error, df = standard_errors(behind, design), np.full(len(names), df_residual)
        warn_without_df(df[:1], [data.formula])
    gone = std_error <= refit_rounding(design, kind) * errors_of_answers(data, solution)
    if gone.any():
        warn(
            f"{data.formula!r} leaves nothing that varies between clusters, so some coefficients have no error and no test can be given"
        )
        std_error = np.where(gone, np.nan, std_error)
        if not isinstance(behind, ModelClusters):
            behind = np.where(gone, 0.0, behind)
    elif isinstance(behind, ModelClusters):
        pass  # what has no error was named above
    elif design.lonely_psu == "missing" and np.isnan(std_error).all():
        warn(
            f"the coefficients of {data.formula!r} have no errors, because a stratum has a single cluster; choose another `lonely_psu`"
        )
    elif not np.isfinite(std_error).all():
        raise FeasibilityError(f"the coefficients of {data.formula!r} have no finite errors; leave terms out")
    if isinstance(behind, ModelClusters):
        df = np.where(np.isnan(std_error), np.nan, df)
    low, high = t_interval(solution.params, std_error, df, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = solution.params / std_error
    presence = sum_weights(design, design.units.of_row[data.rows], design.units.n_units, data.rows)
    columns = {
        "outcome": data.outcome,
        "term": names,
        "method": _method_name(behind, design),
        "estimate": solution.params,
        "std_error": std_error,
        "statistic": statistic,
        "df": df,
        "p_value": two_sided_p(statistic, df),
        "conf_low": low,
        "conf_high": high,
        "n": len(data.rows),
        "n_clusters": n_clusters,
        "n_weighted": presence.sum(),
    }
    dropped = ", ".join(f"{name} ({count})" for name, count in data.dropped.items())
    taken = f"; {', '.join(data.coded)} taken as categories by the codebook" if data.coded else ""
    freedom = f"{100 * confidence:g}% t intervals with {df_residual:g} degrees of freedom (clusters minus strata{' plus one minus coefficients' if df_lost else ''})"
    if isinstance(behind, ModelClusters):
        freedom = f"{100 * confidence:g}% t intervals with Satterthwaite degrees of freedom of each coefficient"
    method = f"Weighted {what[0]} regression ({what[1]} link), {data.formula}{taken}; {_describe_errors(behind, design)}; {freedom}; left out for missing values: {dropped or 'nobody'}; {design.describe()}; conventions {design.conventions}."
    facts = {**facts_of(design, confidence), "n": len(data.rows), "df_residual": df_residual}
    clusters = behind if isinstance(behind, ModelClusters) else None
    totals = (
        partial(_no_unit_totals, behind.variance)
        if isinstance(behind, ModelClusters)
        else UnitTotals(behind, np.repeat(presence[:, None], len(std_error), axis=1))
    )
    return ModelFit(
        glossary_frame(columns),
        method,
        design.origin(lang),
        facts,
        f"Regression: {data.formula}",
        quantity="coefficient",
        design=design,
        confidence=confidence,
        unit_totals=totals,
        formula=data.formula,
        family=what[0],
        link=what[1],
        df_residual=df_residual,
        df_lost=df_lost,
        data=data,
        kind=kind,
        solution=solution,
        clusters=clusters,
    )


def _method_name(behind: np.ndarray | ModelClusters, design: SurveyDesign) -> str:
    if isinstance(behind, ModelClusters):
        return behind.variance
    return "linearized" if design.replicates is None else "replicates"


def _describe_errors(behind: np.ndarray | ModelClusters, design: SurveyDesign) -> str:
    """Return the part of the method sentence that tells of the errors, and of what in the design they do not use."""
    if isinstance(behind, ModelClusters):
        parts = {
            "strata": design.stratum,
            "stages after the first": len(design.cluster) > 1,
            "finite populations": design.fpc,
            "calibration": design.calibration,
        }
        unused = [name for name, has in parts.items() if has]
        left = f", which take no account of {' and '.join(unused)}" if unused else ""
        return f"{VARIANCE_WORDS[behind.variance]} over {behind.n_clusters} clusters{left}"
    if design.replicates is not None:
        return f"refitted with {describe_replicates(design.replicates)}"
    calibrated = ", residualized on the calibration totals" if design.calibration else ""
    factor = conventions_of(design).model_variance
    times = "" if factor == "design" else f", times {factor}"
    return f"sandwich of the design covariance of score totals{calibrated}{times}"
