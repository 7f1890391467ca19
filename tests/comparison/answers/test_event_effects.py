"""Effects by the first wave of election, by hand and over every order of the waves."""

import numpy as np
import pytest

from surveykit.errors import SurveyKitWarning
from tests.comparison.answers.test_event_study import effects, one, stack


def test_group_times_by_hand_with_not_yet_elected_controls():
    frame = stack(1.0)
    means = (
        frame.groupby(["unit", "wave"])[["trust", "w"]]
        .apply(lambda part: np.average(part["trust"], weights=part["w"]))
        .unstack()
    )
    change = means[2021] - means[2019]
    expected = change[list("ABC")].mean() - change[list("DEFGHI")].mean()
    table = effects(frame)
    found = one(table, term="group-time", first_wave="2021", wave="2021")
    assert found["estimate"] == pytest.approx(expected)
    rest = [
        change.drop(unit)[[u for u in "ABC" if u != unit]].mean()
        - change.drop(unit)[[u for u in "DEFGHI" if u != unit]].mean()
        for unit in "ABCDEFGHI"
    ]
    assert found["std_error"] == pytest.approx(np.sqrt(8 / 9 * np.sum((np.array(rest) - expected) ** 2)))
    late = one(table, term="group-time", first_wave="2023", wave="2023")["estimate"]
    assert one(table, term="event", event_time=0)["estimate"] == pytest.approx((found["estimate"] + late) / 2)


def test_a_first_wave_of_one_settlement_has_no_jackknife_error_and_says_so():
    with pytest.warns(SurveyKitWarning, match="a single settlement first elects in 2021, so no jackknife error"):
        table = effects(stack(first={"A": 2021, "D": 2023, "E": 2023}))
    errors = table[table["method"] == "cr3"]
    assert errors.query("first_wave == '2021'")["std_error"].isna().all()
    assert errors.query("first_wave == '2023'")["std_error"].notna().all()
    assert np.isnan(one(table, term="overall")["std_error"])


def test_randomization_lists_every_order_when_they_are_few():
    frame = stack(0.0, first={"A": 2021, "B": 2021}, units="ABCDE")
    table = effects(frame)
    p = one(table, term="overall", method="randomization")["p_value"]
    assert p * 10 == pytest.approx(round(p * 10))
