"""From the cells of a table of texts to columns with names, questions and kinds."""

import pytest

import surveykit as sk
from tests.reading.csv.test_csv_file import write


def test_empty_and_double_names(tmp_path):
    survey = sk.read_csv(write(tmp_path, ",q1,q1,,b\n1,4,5,6,7\n2,4,5,6,7\n"))
    assert list(survey.frame.columns) == ["row", "q1", "q1_2", "column_4", "b"]


def test_limesurvey_codes_leave_their_questions(tmp_path):
    survey = sk.read_csv(write(tmp_path, 'id,q1. Do you vote?,"q2[SQ1]. Rate, please"\n1,Yes,4\n2,No,5\n'))
    assert list(survey.frame.columns) == ["id", "q1", "q2_SQ1"]
    assert survey.codebook["q2_SQ1"].ask() == "Rate, please"


@pytest.mark.filterwarnings("ignore:.*text was kept in:surveykit.errors.SurveyKitWarning")
def test_a_second_header_row_gives_the_options(tmp_path):
    content = "id,Which do you use?,,Age\n,Radio,Newspaper,Response\n1,x,,40\n2,,x,50\n3,x,x,60\n"
    survey = sk.read_csv(write(tmp_path, content))
    assert list(survey.frame.columns) == ["id", "Which do you use? / Radio", "Which do you use? / Newspaper", "Age"]
    assert survey.frame["Age"].tolist() == [40, 50, 60]
    assert len(sk.read_csv(write(tmp_path, content), header_rows=1)) == 4


def test_a_header_without_rows(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="the table has a header and no answers below it"):
        assert sk.read_csv(write(tmp_path, "a,b\n")).frame.shape == (0, 2)


def test_a_second_header_row_that_is_not_there(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(sk.ArgumentError, match="the file has one record only"):
        sk.read_csv(tmp_path / "a.csv", header_rows=2)
