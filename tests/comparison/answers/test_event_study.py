import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.event_study import (
    group_time_effects,
)
from surveykit.comparison.answers.waves import difference_in_differences
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, FeasibilityError, SurveyKitWarning

FIRST = {"A": 2021, "B": 2021, "C": 2021, "D": 2023, "E": 2023, "F": 2023}


def stack(effect=0.0, seed=2, first=FIRST, units="ABCDEFGHI"):
    rng = np.random.default_rng(seed)
    parts = []
    for wave in (2017, 2019, 2021, 2023):
        unit = np.repeat(list(units), rng.integers(5, 12, len(units)))
        begun = pd.Series(unit).map(first).le(wave).to_numpy()
        parts.append(
            pd.DataFrame(
                {
                    "unit": unit,
                    "wave": wave,
                    "trust": 3 + 0.1 * (wave - 2017) + effect * begun + rng.normal(0, 0.3, len(unit)),
                    "w": rng.uniform(0.5, 2, len(unit)),
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(first=frame["unit"].map(first))


def effects(frame, **arguments):
    return group_time_effects(
        SurveyDesign(frame, weight="w", cluster="unit"), "trust", first_wave="first", wave="wave", **arguments
    ).table


def one(table, **keys):
    for column, value in {"method": "cr3", "estimand": "settlement", **keys}.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_a_group_time_is_a_difference_in_differences_of_two_waves():
    frame = stack(1.0)
    table = effects(frame, controls="never")
    part = frame[frame["unit"].isin(list("ABCGHI")) & frame["wave"].isin([2019, 2023])]
    part = part.assign(kind=np.where(part["unit"] < "D", "early", "never"))
    did = difference_in_differences(
        SurveyDesign(part, weight="w", cluster="unit"),
        "trust",
        group="kind",
        baseline="never",
        wave="wave",
        methods=["cr2"],
    ).table.set_index("estimand")
    for estimand in ("person", "settlement"):
        found = one(table, term="group-time", first_wave="2021", wave="2023", estimand=estimand)
        assert found["estimate"] == pytest.approx(did.loc[estimand, "estimate"])


def test_the_effect_is_recovered_and_placebos_are_quiet():
    table = effects(stack(1.0))
    overall = one(table, term="overall")
    assert overall["estimate"] == pytest.approx(1.0, abs=0.25) and overall["p_value"] < 0.01
    assert one(table, term="overall", method="randomization")["p_value"] < 0.01
    before = table[(table["term"] == "event") & (table["event_time"] < 0) & (table["method"] == "cr3")]
    assert (before["estimate"].abs() < 0.4).all() and -1 not in before["event_time"].tolist()


def test_runs_repeat():
    frame = stack(0.3)
    pd.testing.assert_frame_equal(effects(frame), effects(frame))


def test_wrong_input_has_its_sentence():
    frame = stack()
    with pytest.raises(FeasibilityError, match="had elected by the first wave '2017'"):
        effects(stack(first={"A": 2017, "B": 2021}))
    with pytest.raises(ArgumentError, match="`first_wave` must be one of"):
        effects(stack(first={"A": 2022, "B": 2021}))
    with pytest.raises(FeasibilityError, match="'first' varies inside 'A'"):
        frame.loc[0, "first"] = 2023
        effects(frame)
    with pytest.raises(FeasibilityError, match="all settlements elect in the same wave or never"):
        effects(stack(first=dict.fromkeys("ABCDEFGHI", 2021)))
    with pytest.raises(ArgumentError, match="`wave` must tell which wave comes first"):
        texts = {2017: "wave 9", 2019: "wave 10", 2021: "wave 11", 2023: "wave 12"}
        effects(frame.assign(wave=frame["wave"].map(texts), first=frame["first"].map(texts)))
    with pytest.raises(ArgumentError, match="`controls` must be one of"):
        effects(stack(), controls="always")
    with pytest.warns(SurveyKitWarning, match="lack answers to 'trust' in some wave"):
        effects(stack().query("not (unit == 'G' and wave == 2019)"))


def test_settlements_with_a_wave_missing_leave_the_effects_as_if_they_were_not_there():
    """The never group lacks a wave each: the last electors are the controls, and nothing else is estimated."""
    first = {"A": 2021, "B": 2021, "C": 2021, "D": 2023, "E": 2023, "F": 2023}
    frame = stack(0.7, first=first)
    gaps = frame[
        ~((frame["unit"] == "G") & (frame["wave"] == 2019))
        & ~((frame["unit"] == "H") & (frame["wave"] == 2017))
        & ~((frame["unit"] == "I") & (frame["wave"] == 2023))
    ]
    with pytest.warns(SurveyKitWarning, match=r"settlement\(s\) G, H, I lack answers"):
        found = group_time_effects(
            SurveyDesign(gaps, weight="w", cluster="unit"), "trust", first_wave="first", wave="wave"
        )
    six = frame[frame["unit"].isin(list("ABCDEF"))]
    right = group_time_effects(SurveyDesign(six, weight="w", cluster="unit"), "trust", first_wave="first", wave="wave")
    pd.testing.assert_frame_equal(found.table, right.table)
    assert found.table["estimate"].notna().all() and found.headline() == right.headline()
    assert "3 settlement(s) in the group 'elected earlier' stand against 3" in found.headline()
    assert "jackknife over the 6 settlements" in found.method and set(found.table["n_clusters"]) == {6}
    with pytest.raises(FeasibilityError, match="controls='never' needs settlements that never elect"):
        effects(six, controls="never")
    with pytest.warns(SurveyKitWarning), pytest.raises(FeasibilityError, match="none of them has answers to 'trust'"):
        effects(gaps, controls="never")
