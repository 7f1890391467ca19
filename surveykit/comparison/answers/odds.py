"""Compare settlements in odds: logit for two answers, proportional odds for ordered ones."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from surveykit._checks import TINY, as_generator, as_names, check_option, check_share, some, warn
from surveykit.comparison.answers.settlements import SettlementComparison
from surveykit.comparison.methods.influence import influence_table
from surveykit.comparison.methods.linearized_t import freedom_left, settlements_minus_strata
from surveykit.comparison.methods.multiplicity import adjust_within
from surveykit.comparison.methods.settlement_methods import Settings, assignments_of, row_of_t, run, tell_of_carriers
from surveykit.comparison.methods.wild_bootstrap import WildWeights, bootstrap_error, wild_draws, wild_weights
from surveykit.comparison.outcome_answers import Answers
from surveykit.comparison.question import Question, check_outcomes, make_question, refuse_weightless
from surveykit.comparison.settlement_totals import TREATMENT, Case
from surveykit.comparison.studentized_draws import TIE_OF_T, blocks, invert_test
from surveykit.comparison.telling import who_words
from surveykit.design import SurveyDesign
from surveykit.errors import ColumnError, FeasibilityError
from surveykit.estimation.engine.cluster_totals import ClusterTotals
from surveykit.estimation.engine.domains import make_domains, missing_table
from surveykit.estimation.engine.pseudo_inverse import DEPENDENT
from surveykit.estimation.models.model_kinds import Solution
from surveykit.estimation.models.ordinal_models import OrdinalModel
from surveykit.results import Row, table_of
from surveykit.translated_names import said_groups
from surveykit.words.messages import Columns, Listed, Message, Slot, Told

ODDS_METHODS = ("cr2", "score", "randomization", "cr3", "linearized", "cr1s", "cr0")
_WORDED = dict.fromkeys(("cr3", "score", "randomization"), "odds_words")
"""Methods that are described otherwise than in a comparison of means."""
_LARGEST_SCALE = 20
EQUAL = 1e-12
"""Scaled weights that differ from 1 by less are 1: equal weights, however written, change no error."""
SETTLED = 1e-9
"""Newton's step, relative to the parameters, after which the fit with a given odds ratio stands: its scores then sum to
1e-16 of their size, as the next step would be the square of this one."""
FALL = 1e-10
"""Part of its value by which the log-likelihood may fall in a step that is still taken: beside an odds ratio far from
the best one, shares of nearly 0 make its sum round to more than 1e-12."""
NEAR_ENOUGH = 1e-5
"""Standard errors to which the ends of an interval are found. Every null value looked at is a fit anew, and an odds
ratio is printed with two decimals; NEAREST would take 23 fits more for each end."""
WEIGHTLESS_ODDS = 1e-5
"""Share of all weight below which the odds of a side are not known: thresholds and difference are found together, from
information of which the lighter side has as little, and at 1e-6 the logarithm of an odds ratio was 0.03 off."""
_FARTHEST = 15.0
"""Logarithm of an odds ratio beyond which no null is looked at."""
_FAR = 20.0
"""Shares of answers that differ by more than this on the log odds scale leave too few digits to start from."""


@dataclass(frozen=True, slots=True, eq=False)
class _Odds:
    """Answers of one outcome as weighted counts in cells of settlement and covariates.

    Attributes
    ----------
    model : OrdinalModel
    x : float array, (cells, columns)
        Treatment first, then covariates.
    cluster : int array, (cells,)
    counts : float array, (3, cells, answers)
        Counts weighted by 1, by d = w - 1 and by d^2, weights scaled to mean 1.
    case : Case
        The same comparison of means, for its settlements, blocks and numbers of respondents.
    """

    model: OrdinalModel
    x: np.ndarray
    cluster: np.ndarray
    counts: np.ndarray
    case: Case

    @property
    def weighted(self) -> np.ndarray:
        """Counts weighted by w."""
        return np.asarray(self.counts[0] + self.counts[1])

    def fit(self, fixed: float | None = None) -> np.ndarray:
        """Return the parameters (treatment, covariates, thresholds); with `fixed`, the treatment's is held there."""
        if fixed is None:
            return self.model.solve(self.x, self.weighted).params
        return self._maximize(self._start(fixed))

    def toward(self) -> float:
        """Return 0 where the odds ratio has a finite estimate, else 1 or -1: the way in which its logarithm runs off.

        It does where the answers of one group all lie at or beyond those of the other (Albert & Anderson 1984,
        Biometrika 71, 1-10), possibly only among people of the same covariates: the fit then has no maximum although
        the one without the difference has. The likelihood is concave, so its slope there tells the way.
        """
        if not self._told_apart():
            try:
                self.model.solve(self.x, self.weighted)
            except FeasibilityError:
                pass
            else:
                return 0.0
        slope = self.model.derivatives(self.fit(fixed=0.0), self.x, self.weighted)[1]
        return float(np.sign(slope[0]))

    def _told_apart(self) -> bool:
        """Return whether the answers of one group all lie at or beyond those of the other."""
        treated = self.x[:, 0] > 0.5
        answers_of_sides = [np.flatnonzero(self.weighted[side].sum(axis=0)) for side in (treated, ~treated)]
        return bool(
            answers_of_sides[0][-1] <= answers_of_sides[1][0] or answers_of_sides[1][-1] <= answers_of_sides[0][0]
        )

    def _start(self, fixed: float) -> np.ndarray:
        """Return parameters near those that fit best with the treatment held at `fixed`.

        The covariates' slopes are those without the treatment; each threshold is where the shares below it add up to
        the observed one, found by bisection between the ends that the linear predictor allows. Newton's method would
        not come back from the thresholds of the fit without the treatment when `fixed` is far from 0.
        """
        n_slopes = self.x.shape[1]
        slopes = self.model.solve(self.x[:, 1:], self.weighted).params[: n_slopes - 1]
        if np.ptp(self.x[:, 1:] @ slopes) > _FAR:
            slopes = np.zeros(n_slopes - 1)
        eta, weight = self.x @ np.concatenate([[fixed], slopes]), self.weighted.sum(axis=1)
        below = np.cumsum(self.weighted.sum(axis=0))[:-1]
        # each threshold lies between those of the smallest and of the largest predictor; between them the expected
        # count below it rises, and is halved down to the observed one
        low = special.logit(below / weight.sum()) + eta.min()
        high = low + np.ptp(eta)
        for _ in range(
            40
        ):  # predictors span a few hundred at most; 2^-40 of it is 1e-10, and a start need not be exact
            middle = (low + high) / 2
            above = weight @ special.expit(middle - eta[:, None]) > below
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return np.concatenate([[fixed], slopes, (low + high) / 2])

    def _maximize(self, params: np.ndarray) -> np.ndarray:
        """Return the parameters that fit best with the treatment held where it is."""
        value, slope, curve = self.model.derivatives(params, self.x, self.weighted)
        for _ in range(50):  # the likelihood is concave: halved steps end within a dozen, however far the start
            scale = 1 / np.sqrt(np.maximum(-np.diag(curve)[1:], TINY))
            # scaled to a diagonal of one: parameters of rare answers have far smaller curvatures than others
            normal = -curve[1:, 1:] * np.outer(scale, scale)
            step = np.concatenate([[0.0], scale * np.linalg.lstsq(normal, scale * slope[1:], rcond=DEPENDENT)[0]])
            if np.abs(step).max() <= SETTLED * (1 + np.abs(params).max()):
                break
            for _ in range(30):  # of a step halved so often nothing is left but rounding
                if (np.diff((params + step)[self.x.shape[1] :]) > 0).all():
                    derivatives = self.model.derivatives(params + step, self.x, self.weighted)
                    if np.isfinite(derivatives[2]).all() and derivatives[0] >= value - FALL * abs(value):
                        break
                step = step / 2
            else:
                break
            params = params + step
            value, slope, curve = derivatives
        return params

    def totals(self, params: np.ndarray) -> ClusterTotals:
        """Return the cluster totals of the linear regression that has the same scores and information at `params`.

        Order of the columns: first threshold, treatment, covariates, further thresholds.
        """
        size, n_clusters = len(params), len(self.case.names)
        n_slopes = self.x.shape[1]
        # the first threshold takes the constant's place, so that the treatment stands where TREATMENT looks for it
        order = np.array([n_slopes, *range(n_slopes), *range(n_slopes + 1, size)])
        slope, curve = self.model.derivatives_by(params, self.x, self.counts, self.cluster, n_clusters)
        square = -curve[:, :, order[:, None], order]
        # X'y = score + X'X b makes X'(y - X b) the score at b: least squares of these totals returns b itself, and
        # its robust errors are the model's sandwich
        vector = slope[:, :, order] + square @ params[order]
        plain = self.case.totals
        return ClusterTotals(square[0], square[1], square[2], vector[0], vector[1], plain.n, plain.weight)

    def residuals(self, params: np.ndarray) -> np.ndarray:
        """Return the sum of weighted scores in the linear predictor for each settlement."""
        n_slopes = self.x.shape[1]
        at, eta = Solution(params, np.eye(len(params)), 0.0, n_slopes), self.x @ params[:n_slopes]
        level = np.asarray(self.model.levels, dtype=float)
        scores = [self.model.scores(at, eta, np.full(len(eta), answer))[0] for answer in level]
        return np.bincount(
            self.cluster, (self.weighted * np.column_stack(scores)).sum(axis=1), minlength=len(self.case.names)
        )


def compare_odds(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    settlement: str,
    adjust_for: str | Sequence[str] = (),
    strata: str | None = None,
    methods: str | Sequence[str] = ODDS_METHODS,
    confidence: float = 0.95,
    wild_weights: WildWeights = "auto",
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> SettlementComparison:
    """Compare the odds of higher answers in settlements of two kinds.

    Parameters
    ----------
    design, group, baseline, settlement, adjust_for, strata, confidence, wild_weights, rng, lang
        As in `compare_settlements`.
    outcomes : str or sequence of str
        Columns of ordered codes: two of them give a logit, more a proportional-odds model.
    methods : "all" or sequence of str
        "cr2", "score", "randomization", "cr3", "linearized", "cr1s", "cr0".

    Returns
    -------
    SettlementComparison
        Estimates are logarithms of odds ratios (group over baseline, of a higher answer), with the column odds_ratio.
        Where the groups tell the answers apart (nobody in one says yes, say) they are infinite, with a warning; "score"
        and "randomization", which fit without the difference, still have a p, the latter also an interval with one end.

    Raises
    ------
    FeasibilityError
        When the group varies inside a settlement, one side is a single settlement, nobody on one side answered,
        everybody gave one answer, covariates separate the answers or tell the sides apart, a cluster of the design
        spans several settlements, or the settlements were balanced for another comparison.
    ColumnError
        When a column is absent, an outcome holds text has too many values for an ordered scale or none, a settlement or
        stratum is missing for some, or `strata` varies inside a settlement.
    ArgumentError
        When `group` has not two groups, `baseline` is none of them, a column has two roles, a method or another option
        is unknown, `confidence` does not lie between 0 and 1, or `rng` is no Generator and no seed.

    Notes
    -----
    A cumulative logit with weights, ``P(y <= k) = expit(threshold_k - b z - ...)``. At its maximum it has the scores
    and the information of a weighted regression, from whose settlement totals the cluster-robust errors follow ("cr3"
    is the one-step jackknife). "score" is the score bootstrap with the null imposed (Kline & Santos 2012, J.
    Econometric Methods 1, 23-41): the model is fitted without the difference, the settlements' scores get wild
    weights; its interval refits at every null value. "randomization" moves the group between settlements and compares
    mean scores of the fit without the difference; its interval assumes one log odds ratio for everybody and is
    approximate with covariates.

    R: ``MASS::polr`` for the estimates. For "cr2" of a logit, ``clubSandwich::coef_test(l, vcovCR(l, cluster, "CR2"))``
    of that linear regression, ``l = lm(sqrt(v) * (predict(m) + (y - mu) / v) ~ sqrt(v) * x - 1, weights = w)`` with
    ``m = glm(y ~ x, quasibinomial, weights = w)``, ``mu`` its fitted values and ``v = mu * (1 - mu)``. ``vcovCR(m,
    target = 1 / v, inverse_var = FALSE)`` takes another root of the adjustment matrix: the same error without
    covariates, up to 1e-3 apart otherwise. A bare ``vcovCR(m)`` reads the weights as precisions, which sampling weights
    are not; its errors may be a third smaller.

    References
    ----------
    Kline, P. and Santos, A. (2012). A score based approach to wild bootstrap inference. Journal of Econometric Methods
    1, 23-41.
    McCullagh, P. (1980). Regression models for ordinal data. Journal of the Royal Statistical Society B 42, 109-142.
    Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage
    samples. Survey Methodology 28, 169-181.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["voted"] = np.random.default_rng(1).integers(0, 2, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.compare_odds(design, "voted", **roles, methods="cr2")
    >>> result.table[["estimand", "estimate", "odds_ratio", "conf_low", "conf_high"]].round(3)
         estimand  estimate  odds_ratio  conf_low  conf_high
    0      person     -0.16       0.852    -0.715      0.394
    1  settlement     -0.16       0.852    -0.715      0.394
    """
    chosen = list(ODDS_METHODS) if methods == "all" else as_names(methods, "methods")
    for name in chosen:
        check_option(name, ODDS_METHODS, "methods")
    seed = int(as_generator(0 if rng is None else rng).integers(2**32))
    settings = Settings(1 - check_share(confidence, "confidence"), wild_weights, "11", seed)
    question = make_question(
        design, group=group, baseline=baseline, settlement=settlement, adjust_for=adjust_for, strata=strata, lang=lang
    )
    names, compared, held = (
        check_outcomes(design, outcomes, question, "outcomes"),
        question.compared,
        question.adjust_for,
    )
    rows: list[Row] = []
    cases: list[Case] = []
    finite: list[Case] = []
    hows: list[str] = []
    for name in names:
        for term in question.terms:
            for odds in _make_odds(question, name, term, hows):
                toward = _toward(odds, question)
                full = odds.case if toward else replace(odds.case, totals=odds.totals(odds.fit()))
                cases.append(full)
                finite += [] if toward else [full]
                own = [full.describe(method, _run(method, odds, full, settings, toward)) for method in chosen]
                rows += own
                if toward and full.estimand == "person":  # the settlement average is of the same answers
                    _tell_of_separation(full, toward, question, own)
    tell_of_carriers(cases)
    how = Told.of(*dict.fromkeys(hows), between=Message("list.either"))
    feasibility = question.verdicts(cases)
    table = table_of(rows)
    with np.errstate(over="ignore"):
        table["odds_ratio"] = np.exp(table["estimate"])
    table = adjust_within(table, ["estimand", "term", "method"])
    sides = said_groups(compared.group_codes, design.survey.codebook)
    told: dict[str, Slot] = {name: Message(f"{_WORDED.get(name, 'method_words')}.{name}") for name in chosen}
    told["linearized"] = Message("odds_words.linearized", {"how": how})
    slots: dict[str, Slot] = {
        "names": Columns(tuple(names)),
        "group": sides[compared.label],
        "baseline": sides[compared.baseline],
        "who": who_words(cases),
        "weight": design.origin().weight,
        "settlement": Columns((settlement,)),
        "list": Listed(tuple(told[name] for name in chosen), "; "),
    }
    endless = dict.fromkeys(case.outcome for case in cases if case not in finite)
    method = Told.of(
        Message("odds.method", slots),
        Message("odds.held", {"names": Columns(tuple(held))}) if held else "",
        Message("odds.endless", {"names": Columns(tuple(endless), 10)}) if endless else "",
        *question.left_out(cases),
        between=" ",
    )
    domains = make_domains(design, by=group, where=compared.of_row >= 0, lang=lang)
    facts = {"verdict": feasibility.verdict, **feasibility.facts, "confidence": confidence}
    return SettlementComparison(
        table,
        method,
        design.origin(lang),
        facts,
        Told.of(Message("odds.title", {"group": sides[compared.label], "baseline": sides[compared.baseline]})),
        quantity="odds",
        feasibility=feasibility,
        influence=influence_table(finite, settings),
        missing=missing_table(design, domains, names, lang),
        cases=tuple(cases),
        group_codes=compared.group_codes,
    )


def _make_odds(question: Question, name: str, term: str, hows: list[str]) -> Iterator[_Odds]:
    """Yield the counts of one outcome for each estimand; note in `hows` how strata enter the linearized t."""
    answers = question.answers(name, term)
    hows.append(answers.linearized_how)
    levels = np.unique(answers.y)
    if len(levels) < 2:
        raise FeasibilityError(
            f"everybody gave the same answer to {name!r}, so there are no odds to compare; leave it out"
        )
    if len(levels) > _LARGEST_SCALE:
        raise ColumnError(
            f"`outcomes` names {name!r}, which has {len(levels)} different values; odds need an ordered scale of at most {_LARGEST_SCALE}, so compare its means with compare_settlements()"
        )
    refuse_weightless(answers, WEIGHTLESS_ODDS)
    model = OrdinalModel("logit", tuple(levels.tolist()), tuple(str(level) for level in levels))
    for case in question.cases(answers):
        yield _count_odds(answers, case, model)


def _count_odds(answers: Answers, case: Case, model: OrdinalModel) -> _Odds:
    cluster = answers.compared.of_row
    w = answers.weights_of(case.estimand)
    w = w * len(w) / w.sum()
    w = np.where(np.abs(w - 1) < EQUAL, 1.0, w)
    keys = np.column_stack([cluster, answers.matrix()[:, 1:]])
    cells, of_row = np.unique(keys, axis=0, return_inverse=True)
    powers = (np.ones(len(w)), w - 1, (w - 1) ** 2)
    counts = np.array([model.tally(of_row.ravel(), len(cells), answers.y, part) for part in powers])
    return _Odds(model, cells[:, 1:], cells[:, 0].astype(np.int64), counts, case)


def _toward(odds: _Odds, question: Question) -> float:
    """Return `_Odds.toward`, with a refusal where covariates are to blame."""
    case, compared = odds.case, question.compared
    try:
        toward = odds.toward()
    except FeasibilityError as error:
        raise FeasibilityError(
            f"{some(question.adjust_for)} separate the answers to {case.outcome!r}, whatever the group {compared.group!r}, so that no odds ratio can be given; hold fewer columns equal, or merge their categories"
        ) from error
    return toward


def _tell_of_separation(case: Case, toward: float, question: Question, rows: Sequence[Row]) -> None:
    """Warn of an odds ratio without end, naming the tests that have a p all the same.

    The score bootstrap has none where everybody on a side gives one answer and nothing varies inside the sides.
    """
    compared = question.compared
    held = f" among people alike in {some(question.adjust_for)}" if case.term == "adjusted" else ""
    side = "below" if toward < 0 else "above"
    tests = [str(row.method) for row in rows if np.isfinite(row.p_value)]
    rest = (
        f"only {' and '.join(tests)} {'have' if len(tests) > 1 else 'has'} a p"
        if tests
        else "ask for the method randomization, which has a p"
    )
    warn(
        f"answers to {case.outcome!r} in {compared.group} = {compared.label!r} all lie at or {side} those in {compared.baseline!r}{held}, so the odds ratio is {0 if toward < 0 else 'infinite'} and has no error; {rest}"
    )


def _run(method: str, odds: _Odds, full: Case, settings: Settings, toward: float) -> Row:
    if toward and method not in ("score", "randomization"):
        return Row(toward * math.inf)
    if method == "score":
        signs, exact, _ = wild_weights(len(full.names), settings.wild_weights, np.random.default_rng(settings.seed))

        def p_value(null: float) -> float:
            params = odds.fit(fixed=null)
            totals = odds.totals(params)
            step, error = bootstrap_error(totals, TREATMENT)
            return wild_draws(totals, TREATMENT, signs, exact).p_value(step, error, null)

        # far from 0 the settlements of the side that answers alike have hardly any score left: no interval of it
        return Row(toward * math.inf, p_value=p_value(0.0)) if toward else _inverted(p_value, full, settings)
    if method == "randomization":
        assignments = assignments_of(full, settings)
        weight, real = full.totals.weight, full.treated.astype(float)

        def sums(of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            chosen = np.concatenate([treated @ of for treated in blocks(assignments.treated)])
            return chosen, of.sum() - chosen

        sizes, others = sums(weight)

        def p_moved(null: float) -> float:
            residual = odds.residuals(odds.fit(fixed=null))
            inside, outside = sums(residual)
            # the scores of the fit without a difference, averaged by weight on each side: it is the residuals that
            # are exchangeable under the null
            drawn = inside / sizes - outside / others
            seen = real @ residual / (real @ weight) - (1 - real) @ residual / ((1 - real) @ weight)
            return float(np.mean(np.abs(drawn) >= abs(seen) - TIE_OF_T * max(1.0, abs(seen))))

        return _half_open(p_moved, settings.alpha, toward) if toward else _inverted(p_moved, full, settings)
    row = run(method, full, settings)
    if method != "linearized":
        return row
    df = freedom_left(settlements_minus_strata(full.stratum), odds.x.shape[1] + 1)  # thresholds are one constant
    return row_of_t(row.estimate, row.std_error, df, settings.alpha)


def _inverted(p_value: Callable[[float], float], full: Case, settings: Settings) -> Row:
    """Return a row whose interval inverts the test; nulls beyond 15 on the log odds scale are not searched."""
    estimate, error = bootstrap_error(full.totals, TREATMENT)

    def within(null: float) -> float:
        with np.errstate(all="ignore"):  # far nulls make shares of nearly 0
            return p_value(null) if abs(null) <= _FARTHEST else 0.0

    low, high = invert_test(within, estimate, error, settings.alpha, precision=NEAR_ENOUGH)
    return Row(
        estimate,
        p_value=p_value(0.0),
        # an end at the border of the search is no end: the test had not rejected up to there
        conf_low=low if low > -14.99 else -math.inf,
        conf_high=high if high < 14.99 else math.inf,
    )


def _half_open(p_value: Callable[[float], float], alpha: float, toward: float) -> Row:
    """Return the row of an infinite estimate: the nulls that are not rejected reach from one end to infinity.

    The end is found by bisection between the farthest null and its mirror image, NaN where the farthest is rejected.
    """
    inside, outside = toward * _FARTHEST, -toward * _FARTHEST
    with np.errstate(all="ignore"):  # far nulls make shares of nearly 0
        if p_value(inside) <= alpha:
            end = math.nan
        elif p_value(outside) > alpha:
            end = -toward * math.inf
        else:
            for _ in range(40):  # to 1e-12 of the way between the farthest nulls
                middle = (inside + outside) / 2
                inside, outside = (middle, outside) if p_value(middle) > alpha else (inside, middle)
            end = inside
        low, high = sorted((end, toward * math.inf)) if not math.isnan(end) else (math.nan, math.nan)
        return Row(toward * math.inf, p_value=p_value(0.0), conf_low=low, conf_high=high)
