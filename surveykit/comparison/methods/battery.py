"""Several outcomes over the same settlements: the family-wise p of Westfall and Young."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from surveykit.comparison.assignments import ENUMERATION_LIMIT, Assignments, list_assignments
from surveykit.comparison.methods.multiplicity import westfall_young
from surveykit.comparison.methods.randomization import randomize_difference
from surveykit.comparison.methods.settlement_methods import STUDENTIZED_LIMIT, Settings, studentized_statistics
from surveykit.comparison.settlement_totals import TREATMENT, Case


def add_westfall_young(table: pd.DataFrame, cases: Sequence[Case], method: str, settings: Settings) -> None:
    """Fill `p_wy` in the rows of one randomization test, a family for each estimand and term.

    The group moves between the settlements that answered any of the outcomes, once for all of them; each outcome's
    statistic is that of the settlements that answered it. An assignment that leaves an outcome without a settlement on
    one side counts as no evidence against that outcome.
    """
    for estimand, term in dict.fromkeys((case.estimand, case.term) for case in cases):
        family = [
            case
            for case in cases
            if (case.estimand, case.term) == (estimand, term)
            and case.standard_deviation > 0
            and (method == "randomization" or not case.single)
        ]
        if len(family) < 2:
            continue
        assignments, places = _common_assignments(family, method, settings)
        drawn, seen = zip(
            *[_statistics(case, method, _restrict(assignments, place)) for case, place in zip(family, places)]
        )
        adjusted = westfall_young(np.column_stack(drawn), np.array(seen))
        for case, p in zip(family, adjusted):
            here = (
                (table["outcome"] == case.outcome)
                & (table["estimand"] == estimand)
                & (table["term"] == term)
                & (table["method"] == method)
            )
            table.loc[here, "p_wy"] = p


def _common_assignments(
    family: Sequence[Case], method: str, settings: Settings
) -> tuple[Assignments, list[np.ndarray]]:
    """Return assignments of the settlements that answered anything, and each case's places among these settlements."""
    numbers = np.concatenate([case.compared.number for case in family])
    union, first = np.unique(numbers, return_index=True)  # in the question's order, whatever that of the outcomes
    treated = np.concatenate([case.treated for case in family])[first]
    block = np.concatenate([case.block for case in family])[first]
    limit = STUDENTIZED_LIMIT if method == "randomization_studentized" else ENUMERATION_LIMIT
    listed = list_assignments(treated, block, np.random.default_rng(settings.seed), limit)
    return listed, [np.searchsorted(union, case.compared.number) for case in family]


def _restrict(assignments: Assignments, places: np.ndarray) -> Assignments:
    return replace(assignments, treated=assignments.treated[:, places])


def _statistics(case: Case, method: str, assignments: Assignments) -> tuple[np.ndarray, float]:
    """Return a statistic free of units under every assignment, and the observed one."""
    chosen = assignments.treated.sum(axis=1)  # of the settlements that answered this outcome
    empty = (chosen == 0) | (chosen == len(case.names))
    if method == "randomization":
        found = randomize_difference(case.totals, TREATMENT, assignments)
        found = found.centred() if assignments.uneven else found
        size = found.size or 1.0
        drawn, seen = np.abs(found.at_zero) / size, found.observed / size
    else:
        drawn, seen = studentized_statistics(case, assignments)
    return np.where(empty, 0.0, drawn), seen
