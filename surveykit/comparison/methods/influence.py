"""Leave one settlement out: which settlement carries the result."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from surveykit.comparison.methods.settlement_methods import Settings, cr2_without_each, run
from surveykit.comparison.settlement_totals import TREATMENT, Case
from surveykit.estimation.engine.few_clusters import sums_of_others
from surveykit.estimation.engine.pseudo_inverse import DEPENDENT, solve_each
from surveykit.formatting import format_p
from surveykit.results import glossary_frame, table_of
from surveykit.words.messages import Figure, Message, Number, Slot

INFLUENCE_COLUMNS = (
    "outcome", "estimand", "term", "left_out", "estimate", "std_error", "df", "p_value", "conf_low", "conf_high",
    "change", "treated", "n",
)  # fmt: skip
FEWEST_SHOWN = 5
"""Respondents of a settlement below which a sentence does not say what the difference is without it: with the averages
of the two kinds of settlements, that would tell its own."""


MOST_REFITTED = 200
"""Settlements up to which each is left out with errors of its own; beyond, only the estimates are given: a fit costs as
many steps as there are settlements, and none of so many carries the result."""


def influence_table(cases: Sequence[Case], settings: Settings) -> pd.DataFrame:
    """Return each estimate without each settlement in turn.

    Returns
    -------
    pandas.DataFrame
        Columns outcome, estimand, term, left_out, estimate, std_error, df, p_value, conf_low, conf_high, change
        (estimate without it minus estimate with all), treated (whether the settlement left out is of the group or of
        the baseline), n (its respondents). A side that would be left without a settlement gives missing values.
    """
    tables = []
    for case in cases:
        if len(case.names) > MOST_REFITTED:
            found = {"estimate": _estimates_without(case)}
            for side in (case.treated, ~case.treated):
                if side.sum() == 1:
                    found["estimate"][side] = np.nan
        else:
            found = cr2_without_each(case, settings)
        tables.append(
            {
                "outcome": case.outcome,
                "estimand": case.estimand,
                "term": case.term,
                **found,
                "n": case.totals.n.astype(float),
                "left_out": case.names,
                "change": found["estimate"] - run("cr2", case, settings).estimate,
                "treated": case.treated,
            }
        )
    extra = ("left_out", "change", "treated")
    frames = [glossary_frame(table, extra)[list(INFLUENCE_COLUMNS)] for table in tables]
    return pd.concat(frames, ignore_index=True) if frames else table_of([], extra)[list(INFLUENCE_COLUMNS)]


def _estimates_without(case: Case) -> np.ndarray:
    """Return the difference without each settlement in turn, (settlements,)."""
    rest, moment = sums_of_others(case.totals.xwx), sums_of_others(case.totals.xwy)
    return np.asarray(solve_each(rest, moment, DEPENDENT)[:, TREATMENT])


def most_influential(influence: pd.DataFrame) -> pd.DataFrame:
    """Return for each outcome, estimand and term the settlement whose absence moves the estimate most."""
    known = influence.dropna(subset=["change"])
    keys = ["outcome", "estimand", "term"]
    return known.loc[known.groupby(keys, sort=False)["change"].apply(lambda moves: moves.abs().idxmax())].reset_index(
        drop=True
    )


def influence_sentences(cases: Sequence[Case], influence: pd.DataFrame, settings: Settings) -> list[Message]:
    """Return a sentence for each unadjusted difference that one settlement carries: without it the verdict turns.

    The verdict is whether CR2's p lies below the level, and if so on which side; the sign of a difference that cannot
    be told from zero is none. Of settlements of fewer than 5 respondents no number is told.
    """
    sentences = []
    for case in [case for case in cases if case.term == "unadjusted" and not case.single]:
        whole = run("cr2", case, settings)
        if not np.isfinite(whole.p_value):
            continue
        here = influence[
            (influence["outcome"] == case.outcome)
            & (influence["estimand"] == case.estimand)
            & (influence["term"] == case.term)
        ].dropna(subset=["p_value"])
        below = bool(whole.p_value < settings.alpha)
        told = here["p_value"] < settings.alpha
        turned = here[(told != below) | (told & (here["estimate"] * whole.estimate < 0))]
        if turned.empty:
            continue
        row = most_influential(turned).iloc[0]
        numbers: Slot = ""
        if row["n"] >= FEWEST_SHOWN:
            without_and_whole: dict[str, Slot] = {
                "without": Number(float(row["estimate"])),
                "whole": Number(float(whole.estimate)),
                "p_without": Figure(str(format_p(float(row["p_value"])))),
                "p_whole": Figure(str(format_p(float(whole.p_value)))),
            }
            numbers = Message("settlements_method.turns_numbers", without_and_whole)
        more = Message("settlements_method.turns_more", {"n": Figure(str(len(turned)))})
        slots: dict[str, Slot] = {
            "outcome": case.outcome,
            "estimand": Message(f"average.{case.estimand}"),
            "settlement": str(row["left_out"]),
            "numbers": numbers,
            "more": more if len(turned) > 1 else "",
        }
        sentences.append(Message("settlements_method.turns", slots))
    return sentences
