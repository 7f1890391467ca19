"""Each choice of harmonization and what it does to an estimate."""

import pandas as pd
import pytest

import surveykit as sk
from surveykit.reading.waves.crosswalk import parse_crosswalk
from surveykit.reading.waves.harmonization import compare_crosswalks

WAVES = {"a": sk.Survey(pd.DataFrame({"q": [1, 2, 9]})), "b": sk.Survey(pd.DataFrame({"q": [1, 1, 4]}))}
DROPPED = parse_crosswalk({"variables": {"q": {"missing": {"a": [9]}}}})


def by_wave(survey: sk.Survey) -> pd.DataFrame:
    return survey.frame.groupby("wave", observed=True)["q"].mean().reset_index()


def test_each_choice_has_its_rows_in_the_order_given():
    found = compare_crosswalks(WAVES, {"nine counts": sk.Crosswalk(), "nine is missing": DROPPED}, by_wave)
    assert found["crosswalk"].tolist() == ["nine counts"] * 2 + ["nine is missing"] * 2
    assert found["q"].tolist() == [4, 2, 1.5, 2] and found.index.tolist() == [0, 1, 2, 3]
    assert WAVES["a"].frame["q"].tolist() == [1, 2, 9], "the waves stay as they were"


def test_a_result_gives_its_table_and_a_number_none():
    result = compare_crosswalks(WAVES, {"plain": sk.Crosswalk()}, lambda survey: sk.means(sk.SurveyDesign(survey), "q"))
    assert result["estimate"].tolist() == [3]
    with pytest.raises(
        sk.ArgumentError, match="`estimate` must return a DataFrame or a result with a table, not float"
    ):
        compare_crosswalks(WAVES, {"plain": sk.Crosswalk()}, lambda survey: 1.0)
    with pytest.raises(
        sk.ArgumentError, match=r"`crosswalks` is empty; give at least one, Crosswalk\(\) for the waves"
    ):
        compare_crosswalks(WAVES, {}, by_wave)
    with pytest.raises(sk.ArgumentError, match="no argument 'crosswalk'; did you mean 'crosswalks'"):
        compare_crosswalks(WAVES, {"plain": sk.Crosswalk()}, by_wave, crosswalk=DROPPED)
