"""Compare groups that vary within settlements: women with men, young with old."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from surveykit._checks import (
    as_names,
    check_columns,
    check_numeric,
    check_share,
    from_smallest,
    some,
    warn,
)
from surveykit.comparison.compared_groups import Covariates, make_covariates
from surveykit.comparison.methods.linearized_t import freedom_left, respondent_errors
from surveykit.comparison.methods.multiplicity import adjust_within
from surveykit.comparison.methods.settlement_methods import outweighing, row_of_t
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.domains import make_domains, missing_table
from surveykit.estimation.engine.few_clusters import fit_robust
from surveykit.estimation.engine.respondents import degrees_of_freedom_among
from surveykit.estimation.engine.result_columns import describe_replicates, facts_behind
from surveykit.estimation.engine.rounding import warn_of_no_variation
from surveykit.estimation.engine.settlement_level import Sides, find_sides, tell_of_sides, withholds
from surveykit.estimation.engine.totals import weights_of
from surveykit.estimation.quantities.means import means
from surveykit.results import Result, Row, table_of
from surveykit.translated_names import said_groups
from surveykit.words.messages import Columns, Message, Slot, Told


@dataclass(frozen=True, eq=False, kw_only=True)
class GroupComparison(Result):
    """Differences between groups of respondents and a baseline.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per outcome, group, term ("unadjusted", "adjusted") and method ("cr2"; "linearized", or "replicates" on
        a design with replicate weights); then p_holm and p_bh over the rows of one method and term.
    groups : pandas.DataFrame
        Design-based mean of each group.
    missing : pandas.DataFrame
        Who did not answer: outcome, group, reason, n, share.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"trust": [1, 2, 2, 3, 4, 5, 4, 4], "sex": [1, 2] * 4, "village": list("AABBCCDD")})
    >>> result = sk.compare_groups(sk.SurveyDesign(answers, cluster="village"), "trust", group="sex", baseline=1)
    >>> result.table["method"].tolist()
    ['cr2', 'linearized']
    """

    groups: pd.DataFrame = field(repr=False)
    missing: pd.DataFrame = field(repr=False)


def compare_groups(
    design: SurveyDesign,
    outcomes: str | Sequence[str],
    *,
    group: str,
    baseline: object,
    adjust_for: str | Sequence[str] = (),
    confidence: float = 0.95,
    lang: str | None = None,
) -> GroupComparison:
    """Compare the mean answers of groups of respondents with a baseline group.

    Parameters
    ----------
    design : SurveyDesign
    outcomes : str or sequence of str
        Numeric columns.
    group : str
        Column with two or more groups; it may vary within settlements (for one that does not, see
        `compare_settlements`).
    baseline : code or label
        Group that the others are compared with.
    adjust_for : str or sequence of str
        Covariates for additional, adjusted rows.
    confidence : float
        Level of the intervals, between 0 and 1.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    GroupComparison

    Raises
    ------
    FeasibilityError
        When nobody in a group answered an outcome.
    ColumnError
        When a column is absent, an outcome holds text, or a covariate is empty or has too many levels.
    ArgumentError
        When `group` has a single group, `baseline` is none of them, no outcome is named, or `confidence` does not lie
        between 0 and 1.

    Notes
    -----
    "linearized" is the difference of two domain means with the design's strata and clusters, residualized on the
    totals that the weighting has fixed, and ``clusters - strata - 1`` degrees of freedom: R ``svyttest(y ~ group,
    design)`` (adjusted: ``svyglm``). With replicate weights it is called "replicates" and the difference is recomputed
    in each. "cr2" is the same weighted difference with Bell-McCaffrey errors over the clusters and Satterthwaite
    degrees of freedom, R ``clubSandwich::coef_test``; it takes the weights as given, whatever made them.

    Where a group and the baseline share no cluster, a warning and the method tell how many clusters that answered stand
    on each side, and that `compare_settlements` is the comparison to use. A row of which one side rests on a single
    cluster (without clusters, on one respondent) has an estimate but no error, interval or p-value, and no degrees of
    freedom, unless the design's `conventions` ask for another package's numbers.

    References
    ----------
    Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage
    samples. Survey Methodology 28, 169-181.
    Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and hypothesis
    testing in fixed effects models. Journal of Business & Economic Statistics 36, 672-683.

    Examples
    --------
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"trust": [1, 2, 2, 3, 4, 5, 4, 4], "sex": [1, 2] * 4, "village": list("AABBCCDD")})
    >>> result = sk.compare_groups(sk.SurveyDesign(answers, cluster="village"), "trust", group="sex", baseline=1)
    >>> result.table[["method", "estimate", "std_error", "df"]].round(3)
           method  estimate  std_error   df
    0         cr2      0.75       0.25  3.0
    1  linearized      0.75       0.25  2.0
    """
    names, held = as_names(outcomes, "outcomes"), as_names(adjust_for, "adjust_for")
    if not names:
        raise ArgumentError("`outcomes` must name at least one column")
    check_columns(design.survey.frame, [group], "group")
    check_columns(design.survey.frame, names, "outcomes")
    alpha = 1 - check_share(confidence, "confidence")
    domains = make_domains(design, by=group, lang=lang)
    base = _find_baseline(design, group, baseline, [key[0] for key in domains.keys], lang)
    covariates = make_covariates(design, held, domains.of_row >= 0, lang)
    rows: list[Row] = []
    pairs: list[tuple[str, Sides]] = []
    counted: list[tuple[int, int]] = []
    for name in names:
        values, _ = from_smallest(check_numeric(design.survey.frame[name], "outcomes"))
        answered = np.bincount(domains.of_row[(domains.of_row >= 0) & ~np.isnan(values)], minlength=len(domains))
        if (answered == 0).any():
            empty = [label for label, count in zip(domains.labels, answered) if count == 0]
            raise FeasibilityError(
                f"nobody with {group} = {some(empty)} answered {name!r}, so there is nothing to compare; leave this outcome out"
            )
        if np.nanmax(values[domains.of_row >= 0]) == np.nanmin(values[domains.of_row >= 0]):
            warn(f"everybody gave the same answer to {name!r}, so there is nothing to test")
        for term, chosen in (("unadjusted", None), ("adjusted", covariates))[: 1 + bool(held)]:
            of_row = np.where(np.isnan(values), -1, domains.of_row)
            if chosen is not None:
                of_row = np.where(chosen.complete, of_row, -1)
            against = {
                number: find_sides(design, np.where((of_row == base) | (of_row == number), of_row, -1), domains.labels)
                for number in range(len(domains))
                if number != base
            }
            counted.append((int((of_row >= 0).sum()), len(np.unique(design.units.cluster_of_row[of_row >= 0]))))
            rows += _rows_of_outcome(design, name, values, of_row, domains.labels, base, chosen, alpha, term, against)
            pairs += [(name, sides) for sides in against.values()]
    note = tell_of_sides(design, group, "compare_groups()", pairs)
    table = table_of(rows)
    if len(still := table["outcome"][(table["std_error"] == 0) & (table["estimate"] != 0)].unique()):
        warn_of_no_variation(f"answers to {some(map(repr, still))} inside the groups")
    table = adjust_within(table, ["term", "method"])
    compared_with = said_groups(domains.group_codes, design.survey.codebook)[domains.labels[base]]
    slots: dict[str, Slot] = {
        "outcomes": Columns(tuple(names), 6),
        "column": group,
        "baseline": compared_with,
        "weight": design.origin().weight,
        "linearized": describe_linearized(design, "differences"),
        "held": Message("groups_method.held", {"names": Columns(tuple(held))}) if held else "",
    }
    method = Told.of(Message("groups_method.opening", slots), note)
    behind = facts_behind(design, confidence, *zip(*counted))
    facts = {name: behind[name] for name in ("n_respondents", "n_clusters", "n_strata", "confidence")}
    return GroupComparison(
        table,
        method,
        design.origin(lang),
        facts,
        Told.of(Message("groups_method.title", {"column": group, "baseline": compared_with})),
        quantity="difference",
        groups=means(design, names, by=group, confidence=confidence, lang=lang).table,
        missing=missing_table(design, domains, names, lang),
        group_codes=domains.group_codes,
    )


def _find_baseline(design: SurveyDesign, group: str, baseline: object, codes: list[object], lang: str | None) -> int:
    variable = design.survey.codebook[group]
    labels = [variable.label(code, lang) for code in codes]
    if len(codes) < 2:
        raise ArgumentError(f"`group` must have at least two groups, but {group!r} has only {some(labels)}")
    return variable.position(baseline, codes, "baseline", lang)


def _rows_of_outcome(
    design: SurveyDesign,
    name: str,
    values: np.ndarray,
    of_row: np.ndarray,
    labels: Sequence[str],
    base: int,
    covariates: Covariates | None,
    alpha: float,
    term: str,
    against: dict[int, Sides],
) -> list[Row]:
    valid = of_row >= 0
    rows = np.flatnonzero(valid)
    others = [number for number in np.unique(of_row[rows]) if number != base]
    columns = [np.ones(len(rows)), *[(of_row[rows] == number).astype(float) for number in others]]
    x = np.column_stack(columns if covariates is None else [*columns, covariates.matrix[rows]])
    y, w, cluster = values[rows], weights_of(design, rows), design.units.cluster_of_row[rows]
    totals = cluster_totals(x, y, w, cluster, design.units.n_clusters)
    fit = fit_robust(totals.keep(totals.n > 0), "cr2")
    linear = respondent_errors(design, x, y, rows, fit.coefficients)
    held = x.shape[1] if covariates is not None else 2  # of a pair alone: the baseline and the other group
    design_df = freedom_left(degrees_of_freedom_among(design, valid)[0], held)
    by_design = "linearized" if design.replicates is None else "replicates"
    described: list[Row] = []
    for place, number in enumerate(others, start=1):
        estimate = float(fit.coefficients[place])
        pair = (of_row[rows] == number) | (of_row[rows] == base)
        answers = {
            "cr2": row_of_t(estimate, float(fit.std_errors[place]), float(fit.df[place]), alpha),
            by_design: row_of_t(estimate, float(linear[place]), design_df, alpha),
        }
        weights = [np.bincount(cluster[side], w[side]) for side in (of_row[rows] == number, of_row[rows] == base)]
        if any(outweighing(weight[weight > 0]) is not None for weight in weights):
            warn(
                f"one cluster outweighs the others of {labels[number]!r} or {labels[base]!r} so far that they tell nothing of {name!r}, so no error can be estimated; look for a mistake in the weights, or trim them with trim_weights()"
            )
            answers = dict.fromkeys(answers, Row(estimate))
        if against[number].lone and withholds(design):
            answers = dict.fromkeys(answers, row_of_t(estimate, np.nan, 0.0, alpha))
        described += [
            replace(
                row,
                outcome=name,
                group=labels[number],
                baseline=labels[base],
                term=term,
                method=method,
                n=int(pair.sum()),
                n_clusters=len(np.unique(cluster[pair])),
                n_weighted=float(w[pair].sum()),
            )
            for method, row in answers.items()
        ]
    return described


def describe_linearized(design: SurveyDesign, what: str) -> Message:
    """Return how the design-based rows come by their errors, the beginning of a sentence."""
    of_what = Message(f"linearized_how.{what}")
    if design.replicates is not None:
        replicates = describe_replicates(design.replicates)
        return Message("linearized_how.replicates", {"what": of_what, "replicates": replicates})
    calibrated: Slot = Message("estimates.calibrated") if design.calibration else ""
    return Message("linearized_how.plain", {"what": of_what, "calibrated": calibrated})
