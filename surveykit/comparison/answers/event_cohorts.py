"""Which settlements first elected in which wave: read, checked, and judged for what they can answer."""

import math
from collections.abc import Sequence

import numpy as np

from surveykit._checks import some, warn
from surveykit.comparison.answers.event_effects import (
    Controls,
    Effect,
    count_orders,
    degrees_of_freedom,
    linear_forms,
)
from surveykit.comparison.answers.wave_cells import WaveCells
from surveykit.comparison.judgement import (
    FEWEST_IN_AN_ARM,
    Judgement,
    Numbers,
    randomization_level,
    size_ratio,
    weigh_reasons,
)
from surveykit.design import SurveyDesign
from surveykit.errors import FeasibilityError
from surveykit.estimation.engine.domains import ordered_codes

EARLIER, LATER = "elected earlier", "elected last or never"
"""The two sides that a verdict on staggered elections speaks of."""


def read_cohorts(
    design: SurveyDesign,
    first_wave: str,
    wave: str,
    of_row: np.ndarray,
    settlements: list[object],
    codes: list[object],
    labels: list[str],
    lang: str | None,
) -> np.ndarray:
    """Return the first treated wave of each settlement as a position; the number of waves stands for never."""
    column = design.survey.frame[first_wave]
    first = np.full(len(settlements), -1, dtype=np.int64)
    index, values = ordered_codes(column)
    variable = design.survey.codebook[wave]
    positions = [variable.position(value, codes, "first_wave", lang) for value in values]
    of_value = np.array([*positions, len(codes)])[index]
    first[of_row] = of_value
    elsewhere = first[of_row] != of_value
    if elsewhere.any():
        raise FeasibilityError(
            f"`first_wave` must be the same for everybody in a settlement and in every wave, but {first_wave!r} varies inside {settlements[int(of_row[elsewhere][0])]!r}; give the wave in which it first elected"
        )
    if (first == 0).any():
        early = [name for name, number in zip(settlements, first) if number == 0]
        raise FeasibilityError(
            f"settlement(s) {some(early)} had elected by the first wave {labels[0]!r}, so nothing is known of them before; leave them out"
        )
    return first


def check_cohorts(cohort: np.ndarray, controls: Controls, name: str, labels: list[str]) -> None:
    """Refuse cohorts without controls; warn of those of a single settlement."""
    if controls == "never" and not (cohort >= len(labels)).any():
        raise FeasibilityError(
            f"controls='never' needs settlements that never elect, but none of them has answers to {name!r} in every wave; use controls='not_yet'"
        )
    if len(np.unique(cohort)) < 2:
        raise FeasibilityError(
            f"for {name!r} all settlements elect in the same wave or never, so there is nothing to compare"
        )
    if (cohort == cohort.max()).sum() == 1:
        warn(f"for {name!r} a single settlement serves as the last control, so no jackknife error can be given")
    alone = [labels[first] for first in np.unique(cohort) if (cohort == first).sum() == 1 and first < cohort.max()]
    if alone:
        warn(
            f"for {name!r} a single settlement first elects in {some(alone)}, so no jackknife error can be given for its effects and for the averages that hold them"
        )


def judge_cohorts(
    name: str,
    cells: WaveCells,
    cohort: np.ndarray,
    effects: Sequence[Effect],
    controls: Controls,
    labels: list[str],
    settlements: list[str],
) -> Judgement:
    """Return the verdict on one outcome: settlements that elect on one side, those that elect last or never on the
    other, and how many share each first wave.
    """
    last = cohort == cohort.max()
    n_last, n_early = int(last.sum()), int((~last).sum())
    # two cohorts of one size: handing each the other's wave gives the same distance from zero, so that no two-sided p
    # is one of the total
    mirrored = len(np.unique(cohort)) == 2 and 2 * n_last == len(cohort)
    total = count_orders(cohort)
    lowest = (2 if mirrored else 1) / total
    forms = linear_forms(cells, cohort, effects, "person", controls)
    df = float(degrees_of_freedom(forms[-1:], cohort)[0])  # the overall effect stands last
    weight, early = cells.weight.sum(axis=1), ~last
    of_arm = weight / np.where(early, weight[early].sum(), weight[last].sum())
    has_company = np.where(early, n_early > 1, n_last > 1)
    numbers = Numbers(
        n_respondents=int(cells.n.sum()),
        n_treated=n_early,
        n_baseline=n_last,
        n_blocks=1,
        n_assignments=total,
        smallest_p_one_sided=1 / total,
        smallest_p_two_sided=lowest,
        df=df,
        df_adjusted=df,
        effective_settlements=math.nan,
        largest_share=float((weight / weight.sum()).max()),
        largest_share_of_arm=float(of_arm[has_company].max(initial=0.0)),
        largest_share_treated=float(of_arm[early].max()),
        largest_share_baseline=float(of_arm[last].max()),
        size_ratio=size_ratio(weight, early),
        largest_settlement=settlements[int(np.argmax(of_arm * has_company))],
        largest_variance_share=math.nan,
        true_level=math.nan,
        randomization_level=randomization_level(weight, cells.n.min(axis=1), early),
        leaning=math.nan,
        n_covariates=0,
        n_settlement_covariates=0,
        leave_one_out_rank=0,
    )
    verdict, reasons = weigh_reasons(numbers)
    small = [labels[first] for first in np.unique(cohort[~last]) if 1 < (cohort == first).sum() < FEWEST_IN_AN_ARM]
    lone = [labels[first] for first in np.unique(cohort[~last]) if (cohort == first).sum() == 1]
    if small and n_early >= FEWEST_IN_AN_ARM:
        reasons = {
            **reasons,
            "cohorts_small": f"Fewer than {FEWEST_IN_AN_ARM} settlements first elect in {some(small)}, so effects of these waves rest on few settlements.",
        }
        verdict = "fragile" if verdict == "sound" else verdict
    if lone and n_early > 1:
        reasons = {
            **reasons,
            "cohorts": f"A single settlement first elects in {some(lone)}, so its own character cannot be told from the effect there, and averages that hold it have no error.",
        }
        verdict = "fragile" if verdict == "sound" else verdict
    waves = {"lone_waves": ", ".join(lone), "small_waves": ", ".join(small)}
    return Judgement(name, "unadjusted", EARLIER, LATER, numbers, verdict, reasons, further=waves)
