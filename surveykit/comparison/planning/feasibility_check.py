"""The feasibility gate by itself: what the settlements at hand can answer, before any estimate."""

from collections.abc import Sequence

import numpy as np

from surveykit._checks import check_columns
from surveykit.comparison.feasibility import Feasibility, list_checks
from surveykit.comparison.judgement import Judgement, judge
from surveykit.comparison.question import Question, make_question, settlement_columns
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.totals import weights_of


def check_feasibility(
    design: SurveyDesign,
    *,
    group: str,
    settlement: str,
    baseline: object = None,
    outcome: str | None = None,
    adjust_for: str | Sequence[str] = (),
    strata: str | None = None,
    lang: str | None = None,
) -> Feasibility:
    """Return what a comparison between settlements can answer, before any estimate is made.

    Parameters
    ----------
    design : SurveyDesign
    group : str
        Column with two groups, the same for everybody in a settlement.
    settlement : str
        Column of the units on which the treatment fell.
    baseline : code or label, optional
        The group that the other is compared with; default the first code.
    outcome : str, optional
        Column of answers: the verdict is then on the settlements in which somebody answered it. Without it, on all,
        as if everybody had been asked and had answered.
    adjust_for : str or sequence of str
        Covariates that the comparison would hold equal.
    strata : str, optional
        Column of blocks inside which the assignment is thought of as random.
    lang : str, optional
        Language of labels.

    Returns
    -------
    Feasibility
        Columns check, value, remark; `.verdict` is "sound", "fragile" or "cannot answer", `.reasons` says why.

    Raises
    ------
    FeasibilityError
        When the group varies inside a settlement, a cluster of the design spans several settlements, nobody on one side
        answered `outcome`, or the settlements were balanced for another comparison.
    ColumnError
        When a column is absent, a settlement or stratum is missing for some, `strata` varies inside a settlement, or
        nobody answered `outcome`.
    ArgumentError
        When `group` has not two groups, or `baseline` is none of them.

    Notes
    -----
    *Cannot answer*: an arm of one settlement, or a smallest attainable two-sided p above 0.05. *Fragile*: an arm of
    fewer than 5 settlements, fewer than 5 Satterthwaite degrees of freedom (Tipton 2015), one settlement with more than
    half of its arm's weight, settlements of so unequal weight that CR2's test of the person average rejects a true null
    more than 5.5 % of the time (computed exactly for normal answers, see below), settlements of one side more than
    twice as large on average, a side of fewer settlements that varies more by their sizes alone (the plain
    randomization test then rejects above 7 %, by a normal approximation), weights that lean on the answers (with
    `outcome`), or more covariates of settlements than their number allows. *Sound* otherwise. The thresholds are held
    against simulation in `benchmarks/calibration`. The level is that of Imhof's integral (1961, Biometrika 48, 419-426)
    for these weights, at intraclass correlations of 0.02 and 0.15. The effective number of clusters is that of Carter,
    Schnepel & Steigerwald (2017, REStat 99, 698-709) for perfectly alike neighbours: ``G / (1 + cv^2)`` of the
    settlements' shares in the variance of the difference.

    References
    ----------
    Tipton, E. (2015). Small sample adjustments for robust variance estimation with meta-regression. Psychological
    Methods 20, 375-393.
    Imhof, J. P. (1961). Computing the distribution of quadratic forms in normal variables. Biometrika 48, 419-426.
    Carter, A. V., Schnepel, K. T. and Steigerwald, D. G. (2017). Asymptotic behavior of a t-test robust to cluster
    heterogeneity. Review of Economics and Statistics 99, 698-709.

    Examples
    --------
    Ili district in July 2021: one of ten rural units had elected its akim.

    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": [f"U{i % 10:02d}" for i in range(100)]})
    >>> answers["akim"] = ["elected" if unit == "U03" else "appointed" for unit in answers["unit"]]
    >>> roles = {"group": "akim", "baseline": "appointed", "settlement": "unit"}
    >>> result = sk.check_feasibility(sk.SurveyDesign(answers), **roles)
    >>> result.verdict, round(result.facts["smallest_p_two_sided"], 2)
    ('cannot answer', 0.1)
    """
    question = make_question(
        design,
        group=group,
        baseline=baseline,
        settlement=settlement,
        adjust_for=adjust_for,
        strata=strata,
        lang=lang,
        allow_single=True,
        may_be_balanced=True,
    )
    if outcome is None:
        return list_checks(judge_everybody(question), question.compared, design.origin(lang))
    check_columns(design.survey.frame, [outcome], "outcome")
    case = question.cases(question.answers(outcome, question.terms[-1], argument="outcome"), ("person",))[0]
    return list_checks(question.verdicts([case]).worst, case.compared, design.origin(lang))


def judge_everybody(question: Question) -> Judgement:
    """Return the verdict as if everybody with a group, and with all covariates known, had answered."""
    compared, covariates = question.compared, question.covariates
    rows = np.flatnonzero((compared.of_row >= 0) & covariates.complete)
    present = np.bincount(compared.of_row[rows], minlength=len(compared)) > 0
    cluster = (np.cumsum(present) - 1)[compared.of_row[rows]]
    w = weights_of(question.design, rows)
    balanced = np.empty((int(present.sum()), 0))
    if question.balanced is not None:
        balanced = question.balanced.keep(present).columns(
            np.bincount(cluster, w), compared.treated[present], as_they_are=bool(covariates.terms)
        )
    x = np.column_stack(
        [np.ones(len(rows)), compared.treated[compared.of_row[rows]], balanced[cluster], covariates.matrix[rows]]
    ).astype(float)
    totals = cluster_totals(x, np.zeros(len(rows)), w, cluster, int(present.sum()))
    return judge(
        totals,
        compared.keep(present),
        term=question.terms[-1],
        covariates=covariates.terms,
        n_balanced=balanced.shape[1],
        n_settlement_covariates=settlement_columns(covariates.matrix[rows], cluster),
    )
