"""Compare settlements of two kinds: the feasibility first, then every method that deserves trust, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from surveykit._checks import as_generator, check_columns, check_option, check_share, some, warn
from surveykit.coded_columns import code_column
from surveykit.comparison.balancing import balance_sentences
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.feasibility import UnderVerdict
from surveykit.comparison.found import Compared
from surveykit.comparison.methods.battery import add_westfall_young
from surveykit.comparison.methods.influence import influence_sentences, influence_table
from surveykit.comparison.methods.multiplicity import adjust_within
from surveykit.comparison.methods.randomization import randomize_difference
from surveykit.comparison.methods.settlement_methods import (
    BALANCED,
    PRINTED,
    Settings,
    applies,
    assignments_of,
    choose_methods,
    run,
    tell_of_carriers,
)
from surveykit.comparison.methods.statsmodels_rows import row_to_statsmodels
from surveykit.comparison.methods.wild_bootstrap import WildKind, WildWeights, wild_weights
from surveykit.comparison.question import Question, check_outcomes, make_question
from surveykit.comparison.settlement_totals import TREATMENT, Case
from surveykit.comparison.telling import assignment_words, estimand_sentences, methods_paragraph, who_words
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.engine.domains import make_domains, missing_table
from surveykit.estimation.engine.few_clusters import ClusterRobust
from surveykit.formatting import format_table
from surveykit.results import Row, table_of
from surveykit.translated_names import said_groups
from surveykit.words.messages import Columns, Figure, Message, Slot, Told


@dataclass(frozen=True, eq=False, kw_only=True)
class SettlementComparison(UnderVerdict):
    """Differences between settlements of two kinds, by every method asked for, under the verdict on what they can say.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per outcome, estimand ("person", "settlement"), term ("unadjusted", "adjusted") and method, in the
        glossary's columns; then p_holm, p_bh (over the outcomes) and p_wy (Westfall-Young, for the randomization
        tests).
    feasibility : Feasibility
        The verdict on each outcome, of the settlements and respondents that answered it: a table with one row per
        outcome and term, headed by the worst.
    groups : pandas.DataFrame
        Weighted mean of each group, one row per outcome, group and estimand.
    randomization : pandas.DataFrame
        Columns outcome, estimand, difference, observed: the unadjusted difference under every assignment, and the one
        seen; empty for settlements that `balance_settlements` has balanced.
    influence : pandas.DataFrame
        The CR2 estimate without each settlement in turn.
    missing : pandas.DataFrame
        Who did not answer: outcome, group, reason, n, share.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.compare_settlements(design, "trust", **roles, methods=["cr2", "randomization"])
    >>> result.groups[["group", "estimand", "estimate", "n", "n_clusters"]]
           group    estimand  estimate    n  n_clusters
    0    elected      person      3.06  100           5
    1  appointed      person      3.21  100           5
    2    elected  settlement      3.06  100           5
    3  appointed  settlement      3.21  100           5
    >>> len(result.randomization), len(result.influence)
    (504, 20)
    """

    groups: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    randomization: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    influence: pd.DataFrame = field(repr=False)
    missing: pd.DataFrame = field(repr=False)
    cases: tuple[Case, ...] = field(repr=False)
    question: Question | None = field(default=None, repr=False)
    second_wave: np.ndarray | None = field(default=None, repr=False)

    def _printed(self) -> pd.DataFrame:
        """Return the rows of the methods that are read every day; all of them stay in `table`."""
        everyday = self.table[self.table["method"].isin(PRINTED)]
        return format_table(everyday if len(everyday) else self.table)

    def notes(self) -> list[str]:
        """Return the sentences under the table, with one on the methods that are not printed."""
        more = [method for method in dict.fromkeys(self.table["method"]) if method not in PRINTED]
        printed = len(more) < self.table["method"].nunique()
        told = Told.of(Message("settlements_method.not_printed", {"names": Columns(tuple(more))}))
        return [*super().notes(), *([told] if more and printed else [])]

    def _sides(self) -> pd.DataFrame:
        """Return what each group has of what is compared: its means."""
        return self.groups

    def _compared_settlements(self) -> Compared:
        """Return what the sentences on a comparison need beside its table: means of the sides, or their changes."""
        sides = self._sides()
        values = {
            (str(outcome), str(group), str(estimand)): float(estimate)
            for outcome, group, estimand, estimate in (
                sides[["outcome", "group", "estimand", "estimate"]].itertuples(index=False) if len(sides) else ()
            )
        }
        shares = frozenset(case.outcome for case in self.cases if case.zero_one and self.quantity == "settlements")
        return replace(super()._compared_settlements(), values=values, shares=shares)

    def to_statsmodels(
        self, outcome: str, *, estimand: str = "person", term: str = "unadjusted", method: ClusterRobust = "cr2"
    ) -> Any:
        """Return the regression behind a row as a results object of statsmodels (`WLS`).

        Same design matrix, same weights (for the settlement average those that sum to one in each settlement; for its
        unadjusted change one row per settlement), same coefficients; `cov_params`, `bse`, `t_test`, `conf_int`,
        `summary` and the rest use the method's covariance and degrees of freedom, CR2's Satterthwaite degrees of
        freedom for every coefficient and combination. statsmodels' F test of several knows one number of degrees of
        freedom and takes the fewest, with a warning; `joint_test` gives the HTZ test.

        Parameters
        ----------
        outcome : str
        estimand : {"person", "settlement"}
            Which average: every person counts the same, or every settlement.
        term : {"unadjusted", "adjusted"}
            Whether the covariates of `adjust_for` are held equal.
        method : {"cr2", "cr3", "cr1s", "cr0"}

        Returns
        -------
        statsmodels results

        Raises
        ------
        ArgumentError
            When the comparison has no such regression.

        Examples
        --------
        >>> import numpy as np
        >>> import pandas as pd
        >>> import surveykit as sk
        >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
        >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
        >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
        >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
        >>> design = sk.SurveyDesign(answers, cluster="unit")
        >>> result = sk.compare_settlements(design, "trust", **roles, methods="cr2")
        >>> fit = result.to_statsmodels("trust")
        >>> bool(abs(fit.params.iloc[1] - result.table["estimate"].iloc[0]) < 1e-12)
        True
        """
        case = next(
            (one for one in self.cases if (one.outcome, one.estimand, one.term) == (outcome, estimand, term)), None
        )
        if self.question is None:
            raise ArgumentError(
                "this comparison is not of means, so its rows are no least squares; see fit_model(..., variance='cr2').to_statsmodels()"
            )
        if case is None:
            raise ArgumentError(
                f"the comparison has no rows of {outcome!r}, {estimand!r}, {term!r}; it has {some(dict.fromkeys((one.outcome, one.estimand, one.term) for one in self.cases))}"
            )
        return row_to_statsmodels(self.question, case, method, self.second_wave, str(self.facts.get("after", "after")))


def compare_settlements(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    settlement: str,
    adjust_for: str | Sequence[str] = (),
    strata: str | None = None,
    methods: str | Sequence[str] = "all",
    allow_single: bool = False,
    confidence: float = 0.95,
    wild_weights: WildWeights = "auto",
    wild_kind: WildKind = "11",
    subcluster: str | None = None,
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> SettlementComparison:
    """Compare the answers in settlements of two kinds, when the kind is a property of the settlement.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : str or sequence of str
        Numeric columns.
    group : str
        Column with two groups, the same for everybody in a settlement.
    baseline : code or label
        The group that the other is compared with, by its code, its label in any language or the code as text;
        differences are group minus baseline.
    settlement : str
        Column of the settlements; clusters of the design must lie inside them.
    adjust_for : str or sequence of str
        Covariates for additional, adjusted rows. Labelled columns and categories enter as indicators.
    strata : str, optional
        Column of blocks of settlements inside which the assignment is thought of as random.
    methods : "all", "everyday" or sequence of str
        "cr2", "randomization", "randomization_studentized", "wild", "wild_subcluster", "cr3", "linearized", "welch",
        "cr1s", "cr0".
    allow_single : bool
        Compute although one side is a single settlement; only randomization inference is then given a p.
    confidence : float
        Level of the intervals, between 0 and 1.
    wild_weights : {"auto", "rademacher", "webb", "mammen"}
        Distribution of the bootstrap's weights, one per settlement; "auto" takes Webb's six points below 10 settlements
        and Rademacher signs from 10 on.
    wild_kind : {"11", "13", "31", "33"}
        Scores and errors of the bootstrap (MacKinnon, Nielsen & Webb 2023). With jackknifed scores ("31", "33") not
        even the signs that happened give the observed t, so that p can be 0 when all signs are listed.
    subcluster : str, optional
        Column of smaller units (enumeration areas) for the method "wild_subcluster".
    rng : numpy.random.Generator or int, optional
        For Webb draws and sampled assignments; None means seed 0, so that a second run gives the same numbers.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    SettlementComparison

    Raises
    ------
    FeasibilityError
        When the group varies inside a settlement, one side is a single settlement and `allow_single` is not set, nobody
        on one side answered, one side weighs next to nothing, covariates tell the sides apart, a cluster of the design
        spans several settlements, or the settlements were balanced for another comparison.
    ColumnError
        When a column is absent, an outcome holds text or nobody answered it, a settlement or stratum is missing for
        some, or `strata` varies inside a settlement.
    ArgumentError
        When `group` has not two groups, `baseline` is none of them, a column has two roles, a method or another option
        is unknown, `confidence` does not lie between 0 and 1, or `rng` is no Generator and no seed.

    Notes
    -----
    Both estimands are coefficients of a weighted regression on the group's indicator: with the sampling weights for the
    person average, with weights that sum to one in each settlement for the settlement average. All methods are
    arithmetic on settlement totals. On a design from `balance_settlements` the weights carry its factors (in the
    settlement average they multiply the equal weights), the balanced settlement means enter the regression, centred on
    both sides so that the difference stays that of the weights, and only "cr2" is given, which alone keeps its level.

    R: ``svyttest`` (linearized), ``clubSandwich::coef_test`` (cr2),
    ``fwildclusterboot::boottest`` (wild, which has no sampling weights there).

    References
    ----------
    Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage
    samples. Survey Methodology 28, 169-181.
    Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and hypothesis
    testing in fixed effects models. Journal of Business & Economic Statistics 36, 672-683.
    MacKinnon, J. G. and Webb, M. D. (2020). Randomization inference for difference-in-differences with few treated
    clusters. Journal of Econometrics 218, 435-450.
    Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2008). Bootstrap-based improvements for inference with clustered
    errors. Review of Economics and Statistics 90, 414-427.
    MacKinnon, J. G., Nielsen, M. Ø. and Webb, M. D. (2023). Fast and reliable jackknife and bootstrap methods for
    cluster-robust inference. Journal of Applied Econometrics 38, 671-694.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat([f"U{i}" for i in range(10)], 20)})
    >>> answers["akim"] = np.where(answers["unit"] < "U5", "elected", "appointed")
    >>> answers["trust"] = np.random.default_rng(1).integers(1, 6, len(answers))
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> result = sk.compare_settlements(design, "trust", **roles, methods=["cr2", "randomization"])
    >>> result.table[["estimand", "method", "estimate", "df", "p_value"]].round(3)
         estimand         method  estimate   df  p_value
    0      person            cr2     -0.15  8.0    0.487
    1      person  randomization     -0.15  NaN    0.532
    2  settlement            cr2     -0.15  8.0    0.487
    3  settlement  randomization     -0.15  NaN    0.532
    """
    chosen = choose_methods(methods)
    check_option(wild_kind, ("11", "13", "31", "33"), "wild_kind")
    seed = int(as_generator(0 if rng is None else rng).integers(2**32))
    settings = Settings(1 - check_share(confidence, "confidence"), wild_weights, wild_kind, seed)
    question = make_question(
        design,
        group=group,
        baseline=baseline,
        settlement=settlement,
        adjust_for=adjust_for,
        strata=strata,
        lang=lang,
        allow_single=allow_single,
        may_be_balanced=True,
    )
    chosen = _known_of_balancing(chosen, question, by_name=methods not in ("all", "everyday"))
    names = check_outcomes(design, outcomes, question, "outcomes")
    subcluster_of_row = _read_subclusters(design, question.compared, subcluster, chosen)
    cases: list[Case] = []
    how: dict[str, Told] = {}
    for name in names:
        for term in question.terms:
            answers = question.answers(name, term)
            how[name] = how.get(name, answers.linearized_how)
            cases += question.cases(answers, subcluster_of_row=subcluster_of_row)
        if cases[-1].standard_deviation == 0:
            warn(f"everybody gave the same answer to {name!r}, so there is nothing to test")
    table = _table(cases, chosen, settings)
    return _result(question, names, cases, table, settings, chosen, how)


def _known_of_balancing(chosen: Sequence[str], question: Question, *, by_name: bool) -> list[str]:
    """Return the methods that keep their level where settlements are balanced; refuse when none is left."""
    if question.balanced is None:
        return list(chosen)
    kept, dropped = ([name for name in chosen if (name in BALANCED) == wanted] for wanted in (True, False))
    if not kept:
        raise ArgumentError(
            f"`methods` asks for {some(chosen)} alone, but where settlements were balanced only cr2 keeps its level; ask for it, or compare the design as it was before balance_settlements(), with adjust_for="
        )
    if dropped and by_name:
        warn(f"no rows of {some(dropped)} are given: where settlements were balanced only cr2 keeps its level")
    return kept


def _read_subclusters(
    design: SurveyDesign, compared: ComparedGroups, subcluster: str | None, chosen: Sequence[str]
) -> np.ndarray | None:
    """Return the smaller unit of each respondent, nested in settlements; None when none are named."""
    if subcluster is None:
        if "wild_subcluster" in chosen and len(chosen) == 1:
            raise ArgumentError("`subcluster` must name the column of smaller units for the method 'wild_subcluster'")
        return None
    check_columns(design.survey.frame, [subcluster], "subcluster")
    column = design.survey.frame[subcluster]
    if column[compared.of_row >= 0].isna().any():
        raise ColumnError(f"every respondent needs a {subcluster!r}, but it is missing for some; complete it first")
    units = np.column_stack([compared.of_row, code_column(column).place])
    return np.unique(units, axis=0, return_inverse=True)[1].ravel()


def _table(cases: Sequence[Case], chosen: Sequence[str], settings: Settings) -> pd.DataFrame:
    rows = [
        case.describe(method, run(method, case, settings))
        for case in cases
        for method in chosen
        if applies(method, case)
    ]
    table = table_of(rows)
    spent = (table["method"] == "linearized") & table["df"].isna() & table["std_error"].notna()
    if spent.any():
        warn(
            "the linearized t has no degrees of freedom left (settlements minus strata minus covariates minus 1), so it has no p-value; hold fewer covariates equal, or read the CR2 rows"
        )
    still = table.loc[(table["std_error"] == 0) & (table["estimate"] != 0), "outcome"].unique()
    if len(still):
        warn(
            f"the settlements of each group have the same mean of {', '.join(still)}, so nothing varies between them and no error can be estimated; only randomization inference says something"
        )
    tell_of_carriers(cases)
    table = adjust_within(table, ["estimand", "term", "method"])
    table["p_wy"] = np.nan
    for method in [name for name in ("randomization", "randomization_studentized") if name in chosen]:
        add_westfall_young(table, cases, method, settings)
    return table


def _cr2_rows(cases: Sequence[Case], settings: Settings) -> pd.DataFrame:
    """Return estimate and CR2 error of every case, whichever methods were asked for."""
    return table_of([case.describe("cr2", run("cr2", case, settings)) for case in cases])


def _group_means(cases: Sequence[Case]) -> pd.DataFrame:
    rows = []
    for case in [case for case in cases if case.term == "unadjusted"]:
        weight = case.totals.weight
        for side, label in ((case.treated, case.compared.label), (~case.treated, case.compared.baseline)):
            mean = float(weight[side] @ case.means[side] / weight[side].sum())
            n, n_clusters = int(case.totals.n[side].sum()), int(side.sum())
            rows.append(
                Row(mean, outcome=case.outcome, group=label, estimand=case.estimand, n=n, n_clusters=n_clusters)
            )
    return table_of(rows)


def _repeat(names: list[str], sizes: list[int]) -> pd.Categorical:
    """Return each name as often as its size says, as a category: there may be millions of rows."""
    levels = list(dict.fromkeys(names))
    return pd.Categorical.from_codes(np.repeat([levels.index(name) for name in names], sizes), categories=levels)


def _distribution(cases: Sequence[Case], settings: Settings) -> pd.DataFrame:
    plain = [case for case in cases if case.term == "unadjusted" and not case.balanced]
    if not plain:
        return pd.DataFrame(columns=["outcome", "estimand", "difference", "observed"])
    drawn = [randomize_difference(case.totals, TREATMENT, assignments_of(case, settings)) for case in plain]
    sizes = [len(one.at_zero) for one in drawn]
    return pd.DataFrame(
        {
            "outcome": _repeat([case.outcome for case in plain], sizes),
            "estimand": _repeat([case.estimand for case in plain], sizes),
            "difference": np.concatenate([one.at_zero for one in drawn]),
            "observed": np.repeat([one.observed for one in drawn], sizes),
        }
    )


def _signs(cases: Sequence[Case], table: pd.DataFrame, settings: Settings) -> tuple[Told, float]:
    """Return what the wild bootstrap drew, in words, and what a p of 0 stands for (NaN when none is 0)."""
    drawn = {
        len(case.compared): wild_weights(len(case.compared), settings.wild_weights, np.random.default_rng(0))
        for case in cases
    }
    kind = Message("signs.kind", {"kind": settings.wild_kind})
    signs = Told.of(
        Told.of(*dict.fromkeys(words for _, _, words in drawn.values()), between=Message("list.either")),
        kind if settings.wild_kind != "11" else "",
    )
    zero = bool((table.loc[table["method"] == "wild", "p_value"] == 0).any())
    return signs, max(1 / len(weights) for weights, _, _ in drawn.values()) if zero else np.nan


def _balancing_sentences(question: Question, cases: Sequence[Case]) -> list[Message]:
    if question.balanced is None:
        return []
    left = {(case.outcome, case.estimand, case.term): case.remaining for case in cases}
    return balance_sentences(question.balanced.terms, left)


def _result(
    question: Question,
    names: list[str],
    cases: list[Case],
    table: pd.DataFrame,
    settings: Settings,
    chosen: list[str],
    how: dict[str, Told],
) -> SettlementComparison:
    design, compared, confidence = question.design, question.compared, 1 - settings.alpha
    origin, feasibility = design.origin(question.lang), question.verdicts(cases)
    chosen = [name for name in chosen if (table["method"] == name).any()]
    signs, step = _signs(cases, table, settings) if "wild" in chosen else (Told(), np.nan)
    influence = influence_table(cases, settings)
    notes: list[Slot] = [
        *_balancing_sentences(question, cases),
        *question.left_out(cases),
        *estimand_sentences(_cr2_rows(cases, settings)),
        *influence_sentences(cases, influence, settings),
    ]
    if feasibility.single:
        alone = dict.fromkeys(case.outcome for case in cases if case.single)
        which: Slot = Message("settlements_method.single_for", {"names": Columns(tuple(alone))})
        notes.append(Message("settlements_method.single", {"which": which if len(names) > 1 else ""}))
    if compared.n_left_out:
        left: dict[str, Slot] = {
            "n": Figure(str(compared.n_left_out)),
            "column": Columns((compared.group,), marked=True),
        }
        notes.append(Message("settlements_method.no_group", left))
    sides = said_groups(compared.group_codes, design.survey.codebook)
    method = methods_paragraph(
        who_words(cases),
        compared,
        outcomes=names,
        methods=chosen,
        confidence=confidence,
        weight=origin.weight,
        adjust_for=question.adjust_for,
        strata=question.strata,
        linearized_how=Told.of(*dict.fromkeys(how.values()), between=Message("list.either")),
        assignments=assignment_words(cases, [assignments_of(case, settings) for case in cases]),
        smallest_p=float(feasibility.facts["smallest_p_two_sided"]),
        signs=signs,
        wild_step=step,
        stepwise=bool(table["p_wy"].notna().any()),
        left_out=notes,
        sides=sides,
    )
    domains = make_domains(design, by=compared.group, where=compared.of_row >= 0, lang=question.lang)
    facts = {"verdict": feasibility.verdict, **feasibility.facts, "confidence": confidence}
    return SettlementComparison(
        table,
        method,
        origin,
        facts,
        Told.of(
            Message("settlements_method.title", {"group": sides[compared.label], "baseline": sides[compared.baseline]})
        ),
        quantity="settlements",
        feasibility=feasibility,
        groups=_group_means(cases),
        randomization=_distribution(cases, settings),
        influence=influence,
        missing=missing_table(design, domains, names, question.lang),
        cases=tuple(cases),
        question=question,
        group_codes=compared.group_codes,
    )
