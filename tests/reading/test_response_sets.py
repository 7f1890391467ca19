import pandas as pd
import pytest

import surveykit as sk


def test_sets_that_an_spss_file_declares(shared_data):
    survey = sk.read_spss(shared_data / "spss_files" / "pyreadstat_mrsets_simple_alltypes.sav")
    sets = sk.find_response_sets(survey)
    assert sets["mymrset"].items == ("bool1", "bool2", "bool3") and sets["mymrset"].chosen == 1
    assert sets["categorical_array"].chosen is None
    table = sk.count_responses(survey, sets["mymrset"]).table
    assert table["n"].tolist() == [int((survey.frame[item] == 1).sum()) for item in sets["mymrset"].items]


def test_columns_named_question_and_option():
    frame = pd.DataFrame({"q2": ["radio paper", "paper", None], "q2/radio": [1, 0, None], "q2/paper": [1, 1, None],
                          "q2/none": [0.0, 0, None], "other": [1, 2, 3]})
    survey = sk.Survey(frame)
    sets = sk.find_response_sets(survey)
    assert list(sets) == ["q2"] and len(sets["q2"].items) == 3
    result = sk.count_responses(survey, sets["q2"])
    assert result.table["level"].tolist() == ["radio", "paper", "none"]
    assert result.table["estimate"].tolist() == [0.5, 1.0, 0.0]
    assert result.table["share_responses"].tolist() == [1 / 3, 2 / 3, 0.0]
    assert result.facts["n_asked"] == 2


def test_columns_of_mentions_count_each_option_once_per_respondent():
    book = sk.Codebook.of([sk.Variable(name, labels={1: {"en": "Radio"}, 2: {"en": "Paper"}}) for name in ("m1", "m2")])
    survey = sk.Survey(pd.DataFrame({"m1": [1, 2, 1], "m2": [1, 1, None], "w": [1.0, 2.0, 1.0]}), book)
    by_hand = sk.ResponseSet("media", ("m1", "m2"), chosen=None)
    assert sk.count_responses(survey, by_hand).table["n"].tolist() == [3, 1]
    assert sk.count_responses(survey, by_hand, weights="w").table["estimate"].tolist() == [1.0, 0.5]


def test_a_set_needs_columns():
    with pytest.raises(sk.ArgumentError, match="needs at least two columns"):
        sk.ResponseSet("media", ("m1",))
    with pytest.raises(sk.ColumnError, match="names 'm2', which is not a column"):
        sk.count_responses(sk.Survey(pd.DataFrame({"m1": [1]})), sk.ResponseSet("media", ("m1", "m2")))
