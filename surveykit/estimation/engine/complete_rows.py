"""Whose rows are the sample: those of everybody, or, as Stata and SAS have it, of those who answered what is asked."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
import pandas as pd

from surveykit._checks import check_columns, check_mask
from surveykit.conventions import conventions_of
from surveykit.design import SurveyDesign
from surveykit.estimation.engine.domains import make_domains, missing_table
from surveykit.estimation.engine.result_columns import Estimates
from surveykit.results import Result

Answer = TypeVar("Answer", bound=Result)


def from_complete_rows(
    design: SurveyDesign,
    columns: Sequence[str],
    where: pd.Series | np.ndarray | None,
    ask: Callable[..., Answer],
    *,
    outcomes: Sequence[str] = (),
    by: str | Sequence[str] | None = None,
    lang: str | None = None,
) -> Answer | None:
    """Return what an estimator says of the complete rows, and of who left; None where every row stays.

    Every estimator opens with it, so that the rule of `complete_rows` holds for all of them or for none.

    Parameters
    ----------
    design : SurveyDesign
    columns : sequence of str
        Outcomes, groups and whatever else the call names.
    where : boolean Series or array, optional
    ask : callable
        The estimator with all that it was asked for, apart from the design and `where`.
    outcomes, by, lang
        Whose missing answers the estimates' `missing` still counts, and how.
    """
    part = complete_rows(design, columns, where)
    if part is None:
        return None
    found = ask(part[0], where=part[1])
    told = replace(found, method=found.method + tell_of_incomplete(design, part[0]))
    if not isinstance(told, Estimates):
        return told
    domains = make_domains(design, by, where, lang)
    return replace(told, count_missing=partial(missing_table, design, domains, outcomes, lang))


def complete_rows(
    design: SurveyDesign, complete: Sequence[str] | np.ndarray, where: pd.Series | np.ndarray | None = None
) -> tuple[SurveyDesign, np.ndarray | None] | None:
    """Return the design without incomplete rows, and `where` in it; None where every row stays.

    Under the conventions of Stata and SAS whoever lacks one of the columns leaves the design before anything is
    computed, so that a cluster in which nobody answered is no longer one of the sample's: it counts neither in
    ``n / (n - 1)`` nor in the degrees of freedom. Under Stata's so does a stratum without members of the part of the
    respondents that `where` asks for. Replicate weights and calibration belong to the whole sample; with them every
    row stays.

    Parameters
    ----------
    design : SurveyDesign
    complete : sequence of str, or bool array, (respondents,)
        Outcomes and groups of one call; or who has all of them.
    where : boolean Series or array, optional
    """
    rules = conventions_of(design)
    if rules.incomplete == "stay" or design.replicates is not None or design.calibration:
        return None
    frame = design.survey.frame
    if isinstance(complete, np.ndarray):
        keep = complete
    else:
        check_columns(frame, complete, "outcomes")
        keep = frame[list(complete)].notna().all(axis=1).to_numpy()
    chosen = None if where is None else check_mask(where, frame, "where")
    if chosen is not None and rules.name == "stata":
        stratum = design.units.stages[0].stratum[design.units.cluster_of_row]
        keep = keep & np.isin(stratum, stratum[keep & chosen])
    if keep.all() or not (keep if chosen is None else keep & chosen).any():  # the estimator says that nobody is left
        return None
    survey = design.survey.keep_rows(keep, f"incomplete rows left out as conventions {rules.name!r} have it")
    return design.with_part(survey, design.weights[keep]), None if chosen is None else chosen[keep]


def tell_of_incomplete(before: SurveyDesign, after: SurveyDesign) -> str:
    """Return the sentence on the rows and clusters that left a design, for `.method`."""
    clusters = before.units.count_present()[0] - after.units.count_present()[0]
    gone = f" and {clusters} cluster{'s' * (clusters != 1)} with nobody else" if clusters else ""
    strata = before.units.count_present()[1] - after.units.count_present()[1]
    plural = "a" if strata > 1 else "um"
    rows = f"rows, incomplete or of {strata} strat{plural} without members," if strata else "incomplete rows"
    return f" {len(before) - len(after)} {rows}{gone} left the design, as conventions {before.conventions!r} have it."
