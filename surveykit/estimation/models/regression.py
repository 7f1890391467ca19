"""Regression on survey data: weighted coefficients with design-based errors."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from surveykit._checks import check_option, check_share, from_smallest, some
from surveykit.conventions import conventions_of
from surveykit.design import ConventionName, SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.complete_rows import complete_sample
from surveykit.estimation.engine.replication import fill_gaps
from surveykit.estimation.engine.result_columns import (
    UnitTotals,
    facts_of,
)
from surveykit.estimation.engine.t_distribution import t_interval, two_sided_p
from surveykit.estimation.engine.totals import sum_weights, weights_of
from surveykit.estimation.models.count_models import NegativeBinomialModel
from surveykit.estimation.models.linear_models import FAMILIES, LinearModel
from surveykit.estimation.models.model_clusters import (
    Variance,
    check_variance,
    model_clusters,
)
from surveykit.estimation.models.model_errors import (
    CoefficientErrors,
    cluster_errors,
    design_errors,
    linearize_coefficients,
    refit_replicates,
)
from surveykit.estimation.models.model_fit import ModelFit
from surveykit.estimation.models.model_kinds import ModelKind, Solution
from surveykit.estimation.models.model_matrix import ModelData, make_model_data
from surveykit.estimation.models.model_sentences import describe_fit, name_errors
from surveykit.estimation.models.ordinal_models import LINKS, make_ordinal_model
from surveykit.estimation.models.settlement_terms import tell_of_terms
from surveykit.results import Row, table_of
from surveykit.words.messages import Message, Told

Family = Literal["gaussian", "binomial", "poisson", "gamma", "negative-binomial", "ordinal"]

LINKS_OF = {
    **{family: [link for name, link in FAMILIES if name == family] for family, _ in FAMILIES},
    "negative-binomial": ["log"],
    "ordinal": list(LINKS),
}
"""Links of each family; the first is the default. A test holds the weights of each against R."""


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
    gone = Told()
    if robust is None and conventions_of(design).incomplete == "leave":
        intercept = family != "ordinal"
        everybody = data if where is None else make_model_data(formula, design, None, numeric, lang, intercept)
        sample = complete_sample(design, np.isin(np.arange(len(design)), everybody.rows), where)
        if sample.rows_left:
            gone, design, dropped = sample.sentence, sample.design, data.dropped
            data = make_model_data(formula, design, sample.where, numeric, lang, intercept)
            data = replace(data, dropped=dropped)
    kind = _make_kind(family, link, data, design, lang)
    sums = kind.tally(data.pattern, len(data.x), data.y, weights_of(design, data.rows))
    ordinal = family == "ordinal"
    x, back = _scale_columns(data, len(kind.further_names()), thresholds=ordinal)
    scaled = kind.solve(x, sums)
    solution = scaled.transform(back)
    if robust is not None:
        clusters = model_clusters(design, data, x, kind, scaled, back, robust)
        errors = cluster_errors(design, data, kind, solution, clusters, ordinal)
        return _result(design, data, kind, solution, errors, (family, link), confidence, lang)
    refits = None if design.replicates is None else refit_replicates(design, data, x, kind, scaled) @ back.T
    linearized = (
        linearize_coefficients(design, data, x, kind, scaled) @ back.T
        if refits is None
        else fill_gaps(refits - solution.params, design.replicates)
    )
    if refits is None and conventions_of(design).model_variance != "design":
        n, p = len(data.rows), len(solution.params)
        linearized = linearized * np.sqrt((n - 1) / (n - p))  # Hidiroglou, Fuller & Hickman (1980)
    errors = design_errors(design, data, kind, solution, linearized, ordinal)
    fit = _result(design, data, kind, solution, errors, (family, link), confidence, lang)
    if refits is not None:  # a coefficient without variation has that of the full sample in every replicate
        alike = ~fit.linearized.any(axis=0) & ~np.isnan(refits)
        refits = np.where(alike, solution.params, refits)
    fit = replace(fit, refits=refits, method=Told.of(fit.method, gone))
    return tell_of_terms(fit, data, design, thresholds=ordinal)


def _in_order(first: object, second: object) -> tuple[str, SurveyDesign]:
    """Return formula and design, whichever came first."""
    if isinstance(first, SurveyDesign):
        first, second = second, first
    if isinstance(first, str) and isinstance(second, SurveyDesign):
        return first, second
    raise ArgumentError(
        f"fit_model takes a formula such as 'trust ~ akim + C(sex)' and a SurveyDesign, but {type(first).__name__} and {type(second).__name__} were given; make the design with SurveyDesign(answers, weight=..., cluster=...)"
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


def _result(
    design: SurveyDesign,
    data: ModelData,
    kind: ModelKind,
    solution: Solution,
    errors: CoefficientErrors,
    family_and_link: tuple[str, str],
    confidence: float,
    lang: str | None,
) -> ModelFit:
    """Return the fit with a row for each coefficient."""
    family, link = family_and_link
    low, high = t_interval(solution.params, errors.std_error, errors.df, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = solution.params / errors.std_error
    presence = sum_weights(design, design.units.of_row[data.rows], design.units.n_units, data.rows)
    rows = [
        Row(
            *numbers,
            outcome=data.outcome,
            term=name,
            method=name_errors(design, errors.clusters),
            n=len(data.rows),
            n_clusters=errors.n_clusters,
            n_weighted=presence.sum(),
        )
        for name, *numbers in zip(
            [*data.names, *kind.further_names()],
            solution.params,
            errors.std_error,
            statistic,
            errors.df,
            two_sided_p(statistic, errors.df),
            low,
            high,
        )
    ]
    return ModelFit(
        table_of(rows),
        describe_fit(design, data, family, link, errors, confidence),
        design.origin(lang),
        {**facts_of(design, confidence), "n": len(data.rows), "df_residual": errors.df_residual},
        Told.of(Message("model.title", {"formula": data.formula})),
        quantity="coefficient",
        design=design,
        confidence=confidence,
        unit_totals=partial(_unit_totals, errors, presence),
        formula=data.formula,
        family=family,
        link=link,
        df_residual=errors.df_residual,
        df_lost=errors.df_lost,
        data=data,
        kind=kind,
        solution=solution,
        clusters=errors.clusters,
    )


def _unit_totals(errors: CoefficientErrors, presence: np.ndarray) -> UnitTotals:
    """Return what the joint distribution of coefficients follows from; refuse where clusters give their errors."""
    if errors.linearized is not None:
        return UnitTotals(errors.linearized, np.repeat(presence[:, None], len(errors.std_error), axis=1))
    variance = "" if errors.clusters is None else errors.clusters.variance
    raise ArgumentError(
        f"a model with variance={variance!r} has no linearized totals by sampling unit, so contrast() and functions of its rows cannot be had; test terms with term_test(), combine coefficients with to_statsmodels().t_test(), or fit the model without `variance`"
    )
