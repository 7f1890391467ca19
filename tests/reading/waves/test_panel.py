import pandas as pd
import pytest

import surveykit as sk
from surveykit.reading.waves.panel import link_panel


def survey(keys):
    return sk.Survey(pd.DataFrame({"settlement": keys, "q1": range(len(keys))}))


def test_who_took_part_in_which_wave():
    waves = {"a": survey(["x", "y"]), "b": survey(["y", "z"])}
    with pytest.warns(sk.SurveyKitWarning, match="2 of 3 respondents do not take part in every wave"):
        linked = link_panel(waves, key="settlement")
    assert linked.to_dict("list") == {"a": [True, True, False], "b": [False, True, True]}
    assert linked.index.tolist() == ["x", "y", "z"]
    with pytest.raises(sk.ColumnError, match=r"1 respondents occur more than once in wave 'b' \(settlement y\)"):
        link_panel({"a": survey(["x"]), "b": survey(["y", "y"])}, key="settlement")
    with pytest.raises(sk.ColumnError, match="1 respondents of wave 'a' have no 'settlement'"):
        link_panel({"a": survey(["x", None])}, key="settlement")


def test_a_key_whose_bearer_changes_sex_is_impossible():
    first = sk.Survey(pd.DataFrame({"id": [1, 2, 3], "sex": [1, 2, None], "born": [1980, 1990, 2000]}))
    second = sk.Survey(pd.DataFrame({"id": [3, 2, 1], "sex": [1, 1, 1], "born": [2000, 1990, 1980]}))
    with pytest.warns(sk.SurveyKitWarning, match=r"1 respondents change their 'sex' between waves \(id 2\)"):
        linked = link_panel({"a": first, "b": second}, key="id", constant=["sex", "born"])
    assert linked["impossible"].tolist() == [False, True, False]
    with pytest.raises(sk.ColumnError, match="`constant` names 'sexe', which is not a column; did you mean 'sex'"):
        link_panel({"a": first, "b": second}, key="id", constant="sexe")


def test_a_key_that_is_a_number_here_and_a_text_there_is_refused():
    waves = {"a": sk.Survey(pd.DataFrame({"id": [1, 2]})), "b": sk.Survey(pd.DataFrame({"id": ["1", "2"]}))}
    with pytest.raises(sk.ColumnError, match="numbers in one wave and texts in another"):
        link_panel(waves, key="id")
