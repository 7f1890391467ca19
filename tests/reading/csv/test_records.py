"""Which lines of a CSV are respondents. pandas 3.1 and R 4.2 read the same rows, where nothing else is said."""

import io

import numpy as np
import pandas as pd
import pytest

import surveykit as sk


def read(tmp_path, content, **options):
    path = tmp_path / "answers.csv"
    path.write_text(content, encoding="utf-8")
    return sk.read_csv(path, **options)


@pytest.mark.parametrize(
    "content", ["q1,q2\n1,2\n,\n3,4\n", "q1,q2\n1,2\n , \n3,4\n,\n", "q1,q2\n,\n1,2\n", "q1,q2\n\n1,2\n\n,\n3,4\n\n"]
)
def test_a_record_of_empty_cells_is_a_respondent(tmp_path, content):
    with pytest.warns(sk.SurveyKitWarning, match="no answer at all and count"):
        frame = read(tmp_path, content).frame
    expected = pd.read_csv(io.StringIO(content.replace(" ", "")))
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)


def test_the_warning_names_the_first_empty_record_and_their_number(tmp_path):
    with pytest.warns(
        sk.SurveyKitWarning, match=r"2 records \(the first is record 3\) hold no answer at all and count as"
    ):
        read(tmp_path, "q1,q2\n1,2\n,\n3,4\n,\n")
    with pytest.warns(
        sk.SurveyKitWarning, match="record 3 holds no answer at all and counts as a respondent; .*delete it"
    ):
        read(tmp_path, "q1,q2\n1,2\n,,,\n3,4\n")


def test_lines_without_cells_and_lines_above_the_header_are_no_records(tmp_path):
    assert read(tmp_path, "\n  \nq1,q2\n1,2\n\n   \n3,4\n\n\n").frame["q1"].tolist() == [1, 3]
    assert read(tmp_path, ",\nq1,q2\n1,2\n3,4\n").frame["q1"].tolist() == [1, 3]


def test_a_blank_line_of_one_column_is_an_empty_answer(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="record 3 holds no answer at all"):
        assert read(tmp_path, "q1\n1\n\n3\n").frame["q1"].isna().tolist() == [False, True, False]
    assert read(tmp_path, 'q1\n1\n""\n3\n""\n').frame["q1"].isna().tolist() == [False, True, False, True]
    with pytest.warns(sk.SurveyKitWarning, match="has one column, and the blank lines at its end .2. were left out"):
        assert len(read(tmp_path, "q1\n1\n3\n\n\n")) == 2


def test_line_ends_that_were_translated_twice_are_no_answers(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"q1\r\r\n1\r\r\n3\r\r\n")
    assert sk.read_csv(tmp_path / "a.csv").frame["q1"].tolist() == [1, 3]


@pytest.mark.parametrize(
    "columns", [{"q1": [1, np.nan, 3, np.nan]}, {"q1": [1, np.nan, 3, np.nan], "q2": [1, np.nan, 2, np.nan]}]
)
@pytest.mark.filterwarnings("ignore:.*no answer at all:surveykit.errors.SurveyKitWarning")
def test_what_is_written_has_as_many_rows_when_read(tmp_path, columns):
    survey = sk.Survey(pd.DataFrame(columns))
    sk.write_csv(survey, tmp_path / "out.csv")
    pd.testing.assert_frame_equal(sk.read_csv(tmp_path / "out.csv").data, survey.data)


def test_a_delimiter_at_the_end_of_the_records_moves_no_column(tmp_path):
    for content in ("a;b\n1;2;\n3;4;\n", "a;b\n1;2;;\n3;4;;\n", "a;b\n1;2;\n3;4\n"):
        frame = read(tmp_path, content).frame
        assert frame.to_dict("list") == {"a": [1, 3], "b": [2, 4]}


def test_row_names_that_count_the_rows_need_no_header(tmp_path):
    frame = read(tmp_path, '"a","b"\n"1",5,2\n"2",3,\n').frame
    assert list(frame.columns) == ["row", "a", "b"] and frame["a"].tolist() == [5, 3]


def test_a_first_cell_that_does_not_count_the_rows_is_told_of(tmp_path):
    with pytest.warns(
        sk.SurveyKitWarning, match="'x' was taken to name their second one.*begins with '1'.*`delimiter=`"
    ):
        read(tmp_path, "x\n1,5\n2,5\n0,75\n")
    assert read(tmp_path, "x\n1,5\n2,5\n0,75\n", delimiter=";").frame["x"].tolist() == [1.5, 2.5, 0.75]
    with pytest.warns(sk.SurveyKitWarning, match="'a' was taken to name their second one"):
        assert read(tmp_path, "a,b\nann,1,2\nbek,3,4\n").frame["b"].tolist() == [2, 4]
