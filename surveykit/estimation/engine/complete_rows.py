"""Whose rows are the sample: those of everybody, or, as Stata and SAS have it, of those who answered what is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from surveykit.words.messages import Message, Slot, Told, counted, spaced

Answer = TypeVar("Answer", bound=Result)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The respondents that an estimate is made of, by the conventions of its design; made with `complete_sample`.

    Attributes
    ----------
    design : SurveyDesign
        Without the incomplete rows, where the conventions leave them out.
    where : boolean Series or array, or None
        Which of its respondents the call asks for.
    whole : SurveyDesign
        The design as it was given: those who left are counted in it.
    where_of_whole : boolean Series or array, or None
    """

    design: SurveyDesign
    where: pd.Series | np.ndarray | None
    whole: SurveyDesign
    where_of_whole: pd.Series | np.ndarray | None

    @property
    def rows_left(self) -> bool:
        """Whether rows have left the design."""
        return self.design is not self.whole

    @property
    def sentence(self) -> Told:
        """Who left the design, for `.method`; "" where everybody stayed."""
        if not self.rows_left:
            return Told()
        before, after = self.whole, self.design
        clusters = before.units.count_present()[0] - after.units.count_present()[0]
        strata = before.units.count_present()[1] - after.units.count_present()[1]
        slots: dict[str, Slot] = {
            "n": len(before) - len(after),
            "rows": counted("design.left_stratum", strata) if strata else Message("design.left_incomplete"),
            "gone": counted("design.left_clusters", clusters) if clusters else "",
            "conventions": repr(before.conventions),
        }
        return spaced(Message("design.left", slots))

    def tell(
        self,
        result: Answer,
        outcomes: Sequence[str] = (),
        by: str | Sequence[str] | None = None,
        lang: str | None = None,
    ) -> Answer:
        """Return a result on this sample with who left it: in its method, and counted in the `missing` of estimates."""
        if not self.rows_left:
            return result
        told = replace(result, method=Told.of(result.method, self.sentence))
        if not isinstance(told, Estimates):
            return told
        domains = make_domains(self.whole, by, self.where_of_whole, lang)
        return replace(told, count_missing=partial(missing_table, self.whole, domains, outcomes, lang))


def complete_sample(
    design: SurveyDesign, complete: Sequence[str] | np.ndarray, where: pd.Series | np.ndarray | None = None
) -> Sample:
    """Return the sample of a call: every row, or the complete ones alone.

    Under the conventions of Stata and SAS whoever lacks one of the columns leaves the design before anything is
    computed, so that a cluster in which nobody answered is no longer one of the sample's: it counts neither in
    ``n / (n - 1)`` nor in the degrees of freedom. Under Stata's so does a stratum without members of the part of the
    respondents that `where` asks for. Replicate weights and calibration belong to the whole sample; with them every
    row stays. Every estimator opens with it, so that the rule holds for all of them or for none.

    Parameters
    ----------
    design : SurveyDesign
    complete : sequence of str, or bool array, (respondents,)
        Outcomes, groups and whatever else one call names; or who has all of them.
    where : boolean Series or array, optional
    """
    everybody = Sample(design, where, design, where)
    rules = conventions_of(design)
    if rules.incomplete == "stay" or design.replicates is not None or design.calibration:
        return everybody
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
        return everybody
    survey = design.survey.keep_rows(keep, f"incomplete rows left out as conventions {rules.name!r} have it")
    part = design.with_part(survey, design.weights[keep])
    return Sample(part, None if chosen is None else chosen[keep], design, where)
