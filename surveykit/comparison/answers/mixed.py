"""The mixed model that readers ask for: settlements as random intercepts, through statsmodels, without weights."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.regression.mixed_linear_model import MixedLMParams, MixedLMResults

from surveykit._checks import TINY, check_share, from_smallest, warn
from surveykit.comparison.feasibility import UnderVerdict
from surveykit.comparison.intraclass import NOTHING, variance_parts
from surveykit.comparison.methods.multiplicity import adjust_within
from surveykit.comparison.methods.settlement_methods import row_of_t
from surveykit.comparison.outcome_answers import Answers
from surveykit.comparison.question import check_outcomes, make_question, settlement_columns
from surveykit.comparison.settlement_totals import Case
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.totals import weights_of
from surveykit.results import Row, table_of
from surveykit.words.messages import Columns, Message, Told

INSIDE = 1e-10
"""Largest residual inside settlements, as a part of the range of the answers, that is what least squares leaves."""
NOTHING_VARIES = 1e-12
"""Variance within settlements, relative to that between, below which it is what rounding leaves of equal answers."""
FLAT = 1e-9
"""What a ratio above zero must add to the criterion, in units of log-likelihood, to be preferred to zero.

The criterion is a sum over respondents that rounds to 1e-12; a gain of a thousandth of a millionth is no evidence, and
at the end of the grid (a ratio of 1e-10) the criterion is flat. A ratio so found would be read as a variance.
"""
CONSTANT_INSIDE = 1e-10
"""Singular value, relative to the largest, of covariates of which nothing varies inside settlements: their settlement
means taken off, 1e-15 is left of them. It would explain answers with coefficients of that size's inverse."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MixedComparison(UnderVerdict):
    """Differences by the mixed model; `to_statsmodels` hands out its fits."""

    answers: Mapping[tuple[str, str], Answers] = field(repr=False)

    def to_statsmodels(self, outcome: str, term: str = "unadjusted") -> MixedLMResults:
        """Return statsmodels' MixedLM of one row, on the same answers.

        Its z tests are its own and reject far too often with few settlements; the table here holds the same estimate
        against t. Where the variance between settlements is zero its search may stop a little beside the maximum that
        the table has.

        Parameters
        ----------
        outcome : str
        term : {"unadjusted", "adjusted"}

        Raises
        ------
        ArgumentError
            When the table has no mixed model of that outcome and term.
        """
        if (outcome, term) not in self.answers:
            raise ArgumentError(f"there is no mixed model of {(outcome, term)!r}, only of {list(self.answers)}")
        return statsmodels_fit(self.answers[outcome, term])


def compare_mixed(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    settlement: str,
    adjust_for: str | Sequence[str] = (),
    confidence: float = 0.95,
    lang: str | None = None,
) -> MixedComparison:
    """Compare settlements of two kinds by a model with a random intercept for each settlement, ignoring the weights.

    Parameters
    ----------
    design, outcomes, group, baseline, settlement, adjust_for, confidence, lang
        As in `compare_settlements`.

    Returns
    -------
    MixedComparison
        One row per outcome and term (method "mixed", no estimand: large settlements count more than in the settlement
        average and less than in the person average), with the model's intraclass correlation. Where nothing varies
        inside settlements, or each has one answer, the row is the t test of settlement means (method "t_of_means").

    Warns
    -----
    SurveyKitWarning
        When the design has weights: statsmodels' mixed model has none. The result says so, too.

    Raises
    ------
    FeasibilityError
        When one side is a single settlement among those that answered, nobody on one side answered, the covariates
        follow from each other or from the group, the group varies inside a settlement, or a cluster of the design spans
        several.
    ColumnError
        When a column is absent, an outcome holds text or nobody answered it, or a settlement is missing for some.
    ArgumentError
        When `group` has not two groups, `baseline` is none of them, a column has two roles, or `confidence` does not
        lie between 0 and 1.

    Notes
    -----
    Restricted maximum likelihood (see `fit_random_intercept`); ``.to_statsmodels(outcome)`` is the ``MixedLM`` of the
    same answers. The t statistic is held against t with settlements minus 2
    degrees of freedom (minus one more for each covariate that describes settlements), as in a test of settlement means:
    statsmodels' own z test rejects far too often with few settlements. R: ``lmerTest::lmer(y ~ group + (1 |
    settlement))``, whose Satterthwaite or Kenward-Roger degrees of freedom are close to these when settlements are of
    like size.

    References
    ----------
    Patterson, H. D. and Thompson, R. (1971). Recovery of inter-block information when block sizes are unequal.
    Biometrika 58, 545-554.
    Laird, N. M. and Ware, J. H. (1982). Random-effects models for longitudinal data. Biometrics 38, 963-974.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> rng = np.random.default_rng(2)
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(8)], 15)})
    >>> answers["akim"] = np.where(answers["unit"] < "U4", "elected", "appointed")
    >>> answers["trust"] = rng.normal(3, 1, 120) + rng.normal(0, 0.5, 8)[np.repeat(range(8), 15)]
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> result = sk.compare_mixed(sk.SurveyDesign(answers), "trust", **roles)
    >>> result.table[["estimate", "std_error", "df", "n_clusters"]].round(3)
       estimate  std_error   df  n_clusters
    0     0.198      0.289  6.0           8
    """
    alpha = 1 - check_share(confidence, "confidence")
    question = make_question(
        design, group=group, baseline=baseline, settlement=settlement, adjust_for=adjust_for, lang=lang
    )
    names = check_outcomes(design, outcomes, question, "outcomes")
    weighted = bool(np.ptp(weights_of(design)) > 0)
    if weighted:
        warn("the mixed model ignores the weights; for a weighted comparison use compare_settlements()")
    rows: list[Row] = []
    cases, kept = [], {}
    for name in names:
        for term in question.terms:
            answers = question.answers(name, term)
            case = question.cases(answers, ("person",))[0]
            cases.append(case)
            method, row, icc = "mixed", Row(0.0), np.nan
            if case.standard_deviation == 0:
                warn(f"everybody compared gave the same answer to {name!r}, so there is no error and no test")
            else:
                method, row, icc = _row(answers, case, alpha)
                if method == "mixed" and np.isfinite(row.estimate):
                    kept[name, term] = answers
            rows.append(replace(case.describe(method, row), estimand=None, n_weighted=np.nan, extra={"icc": icc}))
    feasibility = question.verdicts(cases)
    table = adjust_within(table_of(rows, ("icc",)), ["term"])
    ignored = Message("mixed_method.ignored") if weighted else ""
    model = Message("mixed_method.method", {"settlement": Columns((settlement,)), "ignored": ignored})
    method = Told.of(model, *question.left_out(cases), between=" ")
    return MixedComparison(
        table,
        method,
        design.origin(lang),
        {"verdict": feasibility.verdict, "confidence": confidence, "weights_ignored": weighted},
        Told.of(Message("titles.mixed")),
        quantity="mixed",
        feasibility=feasibility,
        answers=kept,
        group_codes=question.compared.group_codes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """A random-intercept fit by restricted maximum likelihood, at the ratio of variances that is best."""

    coefficients: np.ndarray
    covariance: np.ndarray
    ratio: float
    scale: float


def fit_random_intercept(y: np.ndarray, x: np.ndarray, settlement: np.ndarray) -> _Fit:
    """Return the restricted maximum likelihood fit of a linear model with a random intercept for each settlement.

    Parameters
    ----------
    y : float array, (respondents,)
    x : float array, (respondents, columns)
        Full rank.
    settlement : int array, (respondents,)
        0, 1, ...

    Notes
    -----
    With ``V_g = I + r J`` for the ratio r of the variance between to that within, ``V_g^-1 = I - r / (1 + r n_g) J``,
    so that the profiled criterion ``-0.5 [sum log(1 + r n_g) + log|X'V^-1 X| + (n - p) log RSS(r)]`` is a function of
    settlement sums and of one number, whose maximum is found between 1e-10 and 1e10 and held against r = 0, where the
    model is least squares (Laird & Ware 1982, Biometrics 38; Bates et al. 2015, J. Statistical Software 67(1), section
    3.4). A search over several parameters stops short of a maximum at or near zero. R: ``lme4::lmer``.
    """
    n, p = x.shape
    if np.linalg.matrix_rank(x) < p:
        raise FeasibilityError(
            "the covariates follow from each other or from the group among those who answered, so the mixed model has no single fit; name fewer in `adjust_for`"
        )
    count = np.bincount(settlement).astype(float)
    both = np.column_stack([x, y])
    sums = np.stack([np.bincount(settlement, column) for column in both.T], axis=1)
    square = both.T @ both

    def solve(ratio: float) -> tuple[float, np.ndarray, np.ndarray, float]:
        # with V_g = I + r J inside a settlement of n, V_g^-1 = I - r / (1 + r n) J and log |V_g| = log(1 + r n)
        # (Sherman & Morrison 1950): sums by settlement are all that is needed, whatever the number of respondents
        moments = square - (sums * (ratio / (1 + ratio * count))[:, None]).T @ sums
        root = np.linalg.cholesky(moments[:p, :p])
        half = np.linalg.solve(root, moments[:p, p])
        rest = max(float(moments[p, p] - half @ half), 0.0)
        # log |V| + log |X'V^-1 X| + (n - p) log(y'Py): the restricted likelihood with the residual variance profiled
        # out (Patterson & Thompson 1971)
        criterion = -0.5 * (
            np.log1p(ratio * count).sum() + 2 * np.log(np.diag(root)).sum() + (n - p) * np.log(max(rest, TINY))
        )
        inverse = np.linalg.inv(moments[:p, :p])
        return criterion, inverse @ moments[:p, p], inverse, rest

    grid = np.linspace(-23.0, 23.0, 93)  # logarithms of the ratio: maxima are not narrower than half a unit of it
    best = int(np.argmax([solve(float(np.exp(u)))[0] for u in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    golden = (np.sqrt(5) - 1) / 2
    # golden section over one unit of the logarithm: 0.618^80 is 1e-17 of it
    for _ in range(80):
        one, two = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, two) if solve(float(np.exp(one)))[0] > solve(float(np.exp(two)))[0] else (one, high)
    ratio = float(np.exp((low + high) / 2))
    if solve(0.0)[0] >= solve(ratio)[0] - FLAT:
        ratio = 0.0
    _, coefficients, inverse, rest = solve(ratio)
    scale = rest / (n - p)
    return _Fit(coefficients, scale * inverse, ratio, scale)


def _row(answers: Answers, case: Case, alpha: float) -> tuple[str, Row, float]:
    """Return the name of what was estimated, its row, and the intraclass correlation.

    Where nothing varies inside settlements, or each has one answer, no mixed model can be told from another: the t test
    of settlement means is what is left of it.
    """
    between = settlement_columns(answers.covariates, answers.compared.of_row)
    parts = variance_parts(answers.y, np.ones(len(answers.y)), answers.compared.of_row, case.treated.astype(int))
    alike = not parts.within > NOTHING_VARIES * max(parts.between, 0.0)
    y, _ = from_smallest(answers.y)
    if not alike:
        if _nothing_inside(y, answers):
            warn(
                f"inside settlements the covariates leave nothing of {case.outcome!r} to vary, so the mixed model has nothing to work with; there is no such row, read compare_settlements()"
            )
            return "mixed", Row(np.nan), np.nan
        fit = fit_random_intercept(y, answers.matrix(), answers.compared.of_row)
        error = float(np.sqrt(fit.covariance[1, 1]))
        row = row_of_t(float(fit.coefficients[1]), error, len(case.compared) - 2.0 - between, alpha)
        # between / (between + within) with the ratio = between / within
        return "mixed", row, fit.ratio / (1 + fit.ratio)
    why = (
        "each settlement has one answer" if np.isnan(parts.within) else "everybody in a settlement gave the same answer"
    )
    if answers.terms:
        warn(
            f"{why} to {case.outcome!r}, so the mixed model has no variance within settlements to work with; there is no adjusted row, read compare_settlements()"
        )
        return "mixed", Row(np.nan), np.nan
    warn(
        f"{why} to {case.outcome!r}, so the mixed model has no variance within settlements to work with; the row is the t test of settlement means"
    )
    first, second = parts.means[case.treated], parts.means[~case.treated]
    freedom = len(first) + len(second) - 2
    pooled = (np.sum((first - first.mean()) ** 2) + np.sum((second - second.mean()) ** 2)) / freedom
    pooled = 0.0 if pooled <= (NOTHING * np.ptp(y)) ** 2 else pooled  # what rounding leaves of equal means
    error = float(np.sqrt(pooled * (1 / len(first) + 1 / len(second))))
    return "t_of_means", row_of_t(float(first.mean() - second.mean()), error, float(freedom), alpha), np.nan


def _nothing_inside(y: np.ndarray, answers: Answers) -> bool:
    """Return whether the covariates explain, but for rounding, all that varies inside settlements."""
    place, n = answers.compared.of_row, np.bincount(answers.compared.of_row)

    def inside(values: np.ndarray) -> np.ndarray:
        return np.asarray(values - (np.bincount(place, values) / n)[place])

    x = np.column_stack([inside(column) for column in answers.covariates.T]) if answers.terms else np.empty((len(y), 0))
    left = inside(y)
    if x.shape[1]:
        left = left - x @ np.linalg.lstsq(x, left, rcond=CONSTANT_INSIDE)[0]
    return bool(np.abs(left).max() <= INSIDE * np.ptp(y))


def statsmodels_fit(answers: Answers) -> MixedLMResults:
    """Return statsmodels' MixedLM of the same answers, started where the maximum is."""
    fit = fit_random_intercept(answers.y, answers.matrix(), answers.compared.of_row)
    y = answers.y
    names = ["Intercept", answers.compared.label, *answers.terms]
    places = np.asarray(answers.compared.names, dtype=object)[answers.compared.of_row]
    model = sm.MixedLM(y, pd.DataFrame(answers.matrix(), columns=names), groups=places)
    start = MixedLMParams.from_components(fe_params=fit.coefficients, cov_re=np.array([[fit.ratio]]))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return model.fit(start_params=start, reml=True, method="bfgs")
