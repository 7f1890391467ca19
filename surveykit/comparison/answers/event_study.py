"""Staggered elections: effects by the wave of the first election, their aggregation, and placebos before."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np

from surveykit._checks import (
    as_generator,
    as_names,
    check_columns,
    check_numeric,
    check_option,
    check_share,
    from_smallest,
    some,
    warn,
)
from surveykit.codebook import as_code
from surveykit.comparison.answers.event_cohorts import EARLIER, LATER, check_cohorts, judge_cohorts, read_cohorts
from surveykit.comparison.answers.event_effects import Controls, infer_effects, list_effects
from surveykit.comparison.answers.wave_cells import WaveCells, is_ordered, ordered_waves, wave_cells
from surveykit.comparison.balancing import refuse_balance
from surveykit.comparison.compared_groups import ComparedGroups
from surveykit.comparison.feasibility import UnderVerdict, collect_verdicts
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError
from surveykit.estimation.engine.totals import weights_of
from surveykit.results import Row, table_of
from surveykit.sampling_units import factorize_columns
from surveykit.words.messages import Columns, Figure, Message, Slot, Told

EXTRA_COLUMNS = ("first_wave", "wave", "event_time")


def group_time_effects(
    design: SurveyDesign,
    outcome: str | Sequence[str],
    *,
    first_wave: str,
    wave: str,
    settlement: str | None = None,
    controls: Controls = "not_yet",
    confidence: float = 0.95,
    rng: np.random.Generator | int | None = None,
    lang: str | None = None,
) -> UnderVerdict:
    """Estimate effects when settlements elect at different times.

    Parameters
    ----------
    design : SurveyDesign
        Respondents of all waves stacked.
    outcome : str or sequence of str
        Numeric columns.
    first_wave : str
        Column with the first wave in which the respondent's settlement had an elected akim; missing = never.
    wave : str
        Column of waves.
    settlement : str, optional
        Column of settlements; default the design's first cluster column.
    controls : {"not_yet", "never"}
        Compare with settlements that have not elected yet, or only with those that never do.
    confidence : float
        Level of the intervals, between 0 and 1.
    rng : numpy.random.Generator or int, optional
        For permutations, when there are many; None means seed 0.
    lang : str, optional
        Language of the labels ("en", "ru", "kk").

    Returns
    -------
    UnderVerdict
        Rows by outcome, estimand, term and method, in the glossary's columns, then first_wave, wave and event_time.
        Terms: "group-time" (one first wave in one wave), "event" (average at a distance from the election; negative
        distances are placebos, -1 is the reference), "overall" (average of all group-times after the election).
        Methods: "cr3" (each settlement left out in turn, t with the degrees of freedom that the numbers of settlements
        of each first wave leave; see `degrees_of_freedom`) and "randomization" (the first waves move between
        settlements). n and n_clusters are the respondents and settlements that a number rests on.

    Raises
    ------
    FeasibilityError
        When `first_wave` varies inside a settlement, a settlement had elected by the first wave, no settlement has
        answers in every wave, all elect in one wave, there are no controls, or the settlements were balanced.
    ColumnError
        When a column is absent, or an outcome holds text.
    ArgumentError
        When no column of settlements is known, the order of the waves is not, `confidence` does not lie between 0 and
        1, or `rng` is no Generator and no seed.

    Notes
    -----
    ``ATT(g, t)`` is the change from the last wave before g to wave t among settlements that first elected in g, minus
    the same change among controls (Callaway & Sant'Anna 2021, J. Econometrics 225, 200-230, without covariates).
    Settlement average: changes of settlement means, each settlement counting the same; person average: changes of
    pooled weighted means. Averages over first waves weight by settlements, or by the weight of the respondents. A
    two-way fixed effects regression is not used, because it compares late electors with early ones. R:
    ``did::att_gt(base_period = "universal")``.

    References
    ----------
    Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods. Journal of
    Econometrics 225, 200-230.
    Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing. Journal of Econometrics 225,
    254-277.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import surveykit as sk
    >>> answers = pd.DataFrame({"unit": np.repeat(list("ABCDEF"), 3), "wave": [2019, 2021, 2023] * 6})
    >>> answers["first"] = answers["unit"].map({"A": 2021, "B": 2021, "C": 2023, "D": 2023})
    >>> answers["trust"] = 3.0 + (answers["wave"] >= answers["first"])
    >>> design = sk.SurveyDesign(answers, cluster="unit")
    >>> table = sk.group_time_effects(design, "trust", first_wave="first", wave="wave").table
    >>> table.query("term == 'overall' and method == 'cr3'")["estimate"].tolist()
    [1.0, 1.0]
    """
    refuse_balance(design, "pass the design as it was before balance_settlements()")
    names = as_names(outcome, "outcome")
    check_columns(design.survey.frame, [first_wave, *names], "outcome")
    check_option(controls, get_args(Controls), "controls")
    alpha, generator = 1 - check_share(confidence, "confidence"), as_generator(0 if rng is None else rng)
    settlement = settlement or (design.cluster[0] if design.cluster else None)
    if settlement is None:
        raise ArgumentError("`settlement` must name the column of settlements, because the design has no clusters")
    of_wave, codes, labels = ordered_waves(design, wave, lang)
    if not is_ordered(design.survey.frame[wave]):
        raise ArgumentError(
            f"`wave` must tell which wave comes first, but {wave!r} holds texts ({some(labels)}), whose alphabet is no calendar; make it an ordered category: pd.Categorical(data[{wave!r}], categories=[...], ordered=True)"
        )
    of_row, settlements = factorize_columns(design.survey.frame, [settlement], "settlement")
    cohort = read_cohorts(design, first_wave, wave, of_row, settlements, codes, labels, lang)
    rows: list[Row] = []
    judgements, counts = [], []
    for name in names:
        values, _ = from_smallest(check_numeric(design.survey.frame[name], "outcome"))
        cells = wave_cells(values, weights_of(design), of_row, of_wave, len(settlements), len(codes))
        complete = _asked_in_every_wave(cells, name, settlements)
        followed = WaveCells(cells.weight[complete], cells.total[complete], cells.n[complete])
        cohort_followed = cohort[complete]
        check_cohorts(cohort_followed, controls, name, labels)
        effects = list_effects(cohort_followed, len(codes), controls)
        counts.append(int(complete.sum()))
        for estimand in ("person", "settlement"):
            inferred = infer_effects(followed, cohort_followed, effects, estimand, controls, labels, alpha, generator)
            rows += [replace(row, outcome=name, estimand=estimand) for row in inferred]
        names_followed = [str(one) for one, here in zip(settlements, complete) if here]
        judgements.append(judge_cohorts(name, followed, cohort_followed, effects, controls, labels, names_followed))
    everybody = ComparedGroups(
        first_wave,
        settlement,
        EARLIER,
        LATER,
        of_row,
        [str(one) for one in settlements],
        cohort < cohort.max(),
        np.zeros(len(cohort), dtype=np.int64),
        0,
        np.arange(len(cohort)),
    )
    feasibility = collect_verdicts(judgements, everybody, design.origin(lang))
    facts = {
        "verdict": feasibility.verdict,
        "n_respondents": feasibility.facts["n_respondents"],
        "n_settlements": max(counts),
        "waves": ", ".join(labels),
        "controls": controls,
        "confidence": confidence,
    }
    return UnderVerdict(
        table_of(rows, EXTRA_COLUMNS),
        _describe(design, names, controls, counts),
        design.origin(lang),
        facts,
        Told.of(Message("event.title")),
        quantity="effect",
        feasibility=feasibility,
        group_codes={label: ((wave, as_code(code)),) for label, code in zip(labels, codes)},
    )


def _asked_in_every_wave(cells: WaveCells, outcome: str, settlements: Sequence[object]) -> np.ndarray:
    """Return which settlements have answers in every wave, (settlements,) of bool; tell of the others."""
    complete = np.asarray((cells.n > 0).all(axis=1))
    if not complete.any():
        raise FeasibilityError(
            f"no settlement has answers to {outcome!r} in every wave, so no change can be followed; leave out the waves in which it was not asked"
        )
    if not complete.all():
        lacking = [settlement for settlement, here in zip(settlements, complete) if not here]
        warn(f"settlement(s) {some(lacking)} lack answers to {outcome!r} in some wave and are left out of it")
    return complete


def _describe(design: SurveyDesign, names: Sequence[str], controls: Controls, counts: Sequence[int]) -> Told:
    """Return the sentences on how the effects were estimated; `counts` are the settlements behind each outcome."""
    fewest, most = min(counts), max(counts)
    between: dict[str, Slot] = {"low": Figure(str(fewest)), "high": Figure(str(most))}
    slots: dict[str, Slot] = {
        "names": Columns(tuple(names)),
        "kinds": Message("event.not_yet" if controls == "not_yet" else "event.never"),
        "weight": design.origin().weight,
        "many": Figure(str(fewest)) if fewest == most else Message("event.many", between),
    }
    return Told.of(Message("event.method", slots))
