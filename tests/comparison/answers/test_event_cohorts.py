"""Cohorts of first waves, and what they can answer."""

import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.event_study import group_time_effects
from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from tests.comparison.answers.test_event_study import stack


def test_cohorts_of_one_settlement_each_are_not_sound():
    first = dict(zip("ABCDE", (2019, 2021, 2023)))
    with pytest.warns(SurveyKitWarning, match="a single settlement first elects in 2019, 2021, 2023"):
        result = group_time_effects(
            SurveyDesign(stack(first=first, units="ABCFGHIJKL"), cluster="unit"),
            "trust",
            first_wave="first",
            wave="wave",
        )
    assert result.feasibility.verdict == "fragile" and "cohorts" in result.feasibility.reason_names
    assert result.table.query("method == 'cr3'")[["std_error", "p_value"]].isna().all(axis=None)


def test_the_verdict_knows_the_sizes_of_the_sides():
    sizes = np.array([10] * 6 + [60] * 18)
    place = np.repeat(np.arange(24), 2 * sizes)
    frame = pd.DataFrame(
        {
            "unit": [f"S{number:02d}" for number in place],
            "w": 1.0,
            "wave": np.concatenate([np.repeat([2021, 2023], size) for size in sizes]),
            "first": np.where(place < 6, 2023.0, np.nan),
        }
    )
    frame["trust"] = np.random.default_rng(1).normal(size=len(frame))
    facts = group_time_effects(
        SurveyDesign(frame, cluster="unit"), "trust", first_wave="first", wave="wave"
    ).feasibility
    assert (facts.verdict, facts.facts["size_ratio"]) == ("fragile", pytest.approx(6.0))
    assert facts.facts["largest_share_of_arm"] == pytest.approx(1 / 6) and "sizes" in facts.reason_names
