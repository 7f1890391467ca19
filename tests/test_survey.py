import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.errors import ArgumentError, CodebookError
from surveykit.survey import Provenance, Survey, as_survey

BOOK = Codebook.of([Variable("q1", missing={98: "don't know", 99: "refused"})])


def make() -> Survey:
    return Survey(pd.DataFrame({"q1": [1, 98, 5, 99, None], "name": list("abcde")}), BOOK).with_missing_codes()


def test_missing_codes_become_nan_and_keep_their_reason():
    survey = make()
    assert survey.frame["q1"].isna().tolist() == [False, True, False, True, True]
    assert survey.missing_reasons["q1"].to_dict() == {1: 98.0, 3: 99.0}
    counts = survey.count_missing("q1")
    assert counts.to_dict() == {98.0: 1, 99.0: 1, "empty": 1}
    assert survey.frame["q1"].notna().sum() + counts.sum() == len(survey)


def test_a_second_codebook_adds_languages_and_missing_codes():
    survey = make().with_codebook(Codebook.of([Variable("q1", {"kk": "Әкім"}, missing={5: {"en": "not asked"}})]))
    assert survey.codebook["q1"].ask("kk") == "Әкім"
    assert survey.count_missing("q1").to_dict() == {5.0: 1, 98.0: 1, 99.0: 1, "empty": 1}


def test_asking_twice_changes_nothing():
    survey = make()
    assert survey.with_missing_codes().count_missing("q1").equals(survey.count_missing("q1"))


def test_text_codes_can_be_missing_too():
    book = Codebook.of([Variable("q1", missing={"NA": "not asked"})])
    survey = Survey(pd.DataFrame({"q1": ["yes", "NA", None]}), book).with_missing_codes()
    assert survey.count_missing("q1").to_dict() == {"NA": 1, "empty": 1}


def test_the_callers_frame_and_the_survey_do_not_share_changes():
    frame = pd.DataFrame({"q1": [1, 2]})
    survey = Survey(frame)
    frame["q1"] = 0
    handed = survey.data
    handed.loc[0, "q1"] = 7
    handed["new"] = 1
    assert survey.frame["q1"].tolist() == [1, 2]
    assert list(survey.frame) == ["q1"]


def test_keeping_rows_keeps_their_reasons_and_says_why():
    kept = make().keep_rows([True, True, False, False, True], "first village")
    assert kept.count_missing("q1").to_dict() == {98.0: 1, "empty": 1}
    assert kept.provenance.notes[-1] == "kept 3 of 5 rows: first village"
    with pytest.raises(ArgumentError, match="one True or False per respondent"):
        kept.keep_rows([True], "wrong length")


def test_a_replaced_column_forgets_its_reasons():
    survey = make().with_columns({"q1": [1, 2, 3, 4, 5]}, Variable("q1", "new"))
    assert "q1" not in survey.missing_reasons
    assert survey.codebook["q1"].ask() == "new"


def test_bad_frames_are_refused():
    with pytest.raises(CodebookError, match="'a' occurs twice"):
        Survey(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(ArgumentError, match="row labels of a survey must be unique"):
        Survey(pd.DataFrame({"a": [1, 2]}, index=[0, 0]))
    with pytest.raises(ArgumentError, match="pandas, polars or pyarrow frame, but list"):
        as_survey([1, 2])


def test_anything_that_turns_into_pandas_is_taken():
    class Polars:
        def to_pandas(self) -> pd.DataFrame:
            return pd.DataFrame({"a": [1]})

    assert len(as_survey(Polars())) == 1


def test_notes_accumulate():
    assert Provenance().note("a").note("b", "c").notes == ("a", "b", "c")


@pytest.mark.parametrize("rows", [np.arange(3), [1, 0, 1], pd.Series([True, np.nan, True])])
def test_only_one_true_or_false_per_respondent_chooses_rows(rows):
    survey = Survey(pd.DataFrame({"q1": [1, 2, 3]}))
    with pytest.raises(ArgumentError, match="`rows` must hold one True or False per respondent"):
        survey.keep_rows(rows, "why")


def test_a_choice_of_rows_with_other_labels_is_refused():
    survey = Survey(pd.DataFrame({"q1": [1, 2, 3]}))
    with pytest.raises(ArgumentError, match="`rows` must have the row labels of the data"):
        survey.keep_rows(pd.Series([True, False, True], index=[2, 1, 0]), "why")
