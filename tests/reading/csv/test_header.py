"""Which records are headers; a respondent who answered nothing must not be taken for one."""

import pytest

import surveykit as sk


def read(tmp_path, content, **options):
    path = tmp_path / "answers.csv"
    path.write_text(content, encoding="utf-8")
    return sk.read_csv(path, **options)


@pytest.mark.filterwarnings("ignore:.*text was kept in:surveykit.errors.SurveyKitWarning")
@pytest.mark.parametrize("said", ["NA", "refused", "Refused", "-", "", "N/A", "не знаю", "(no answer)"])
def test_a_first_respondent_who_answered_no_question_of_numbers_is_a_respondent(tmp_path, said):
    survey = read(tmp_path, f"id,q1,q2\na1,{said},{said}\na2,1,2\na3,3,4\na4,3,4\n")
    assert list(survey.frame.columns) == ["id", "q1", "q2"]
    assert survey.frame["id"].tolist() == ["a1", "a2", "a3", "a4"]


@pytest.mark.filterwarnings("ignore:.*text was kept in:surveykit.errors.SurveyKitWarning")
@pytest.mark.parametrize("said", ["NA", "refused", "5"])
def test_nor_is_one_a_header_where_a_column_has_no_name(tmp_path, said):
    survey = read(tmp_path, f"id,q1,,w\na1,{said},x,1.5\na2,1,y,2\na3,3,z,1\na4,3,x,1\n")
    assert survey.frame["id"].tolist() == ["a1", "a2", "a3", "a4"]
    survey = read(tmp_path, f"id,q1,\na1,{said},x\na2,1,y\na3,3,z\na4,3,x\n")
    assert survey.frame["id"].tolist() == ["a1", "a2", "a3", "a4"]


@pytest.mark.filterwarnings("ignore:.*text was kept in:surveykit.errors.SurveyKitWarning")
def test_texts_over_columns_of_numbers_are_kept_and_told_of(tmp_path):
    content = "id,q1,q2\nKey,How old?,How many?\n1,30,2\n2,40,3\n3,50,1\n"
    with pytest.warns(
        sk.SurveyKitWarning,
        match=r"record 2 \(Key, How old\?, How many\?\) holds texts where all others "
        r"hold numbers, .*`header_rows=2`",
    ):
        assert len(read(tmp_path, content)) == 4
    assert read(tmp_path, content, header_rows=2).frame["q1"].tolist() == [30, 40, 50]
    assert len(read(tmp_path, content, header_rows=1)) == 4


@pytest.mark.filterwarnings("ignore:.*text was kept in:surveykit.errors.SurveyKitWarning")
def test_a_second_row_over_unnamed_columns_is_sure_only_where_it_has_no_key(tmp_path):
    content = "id,Which do you use?,,Age\n{},Radio,Newspaper,Response\n1,x,,40\n2,,x,50\n3,x,x,60\n"
    assert len(read(tmp_path, content.format(""))) == 3
    with pytest.warns(
        sk.SurveyKitWarning, match=r"record 2 \(key, Radio, Newspaper and 1 more\) was taken for a second"
    ):
        assert len(read(tmp_path, content.format("key"))) == 3
    assert len(read(tmp_path, content.format("key"), header_rows=1)) == 4


def test_a_second_row_is_known_by_its_missing_key_where_no_other_column_holds_numbers(tmp_path):
    survey = read(tmp_path, "id,Which do you use?,\n,Radio,Newspaper\n1,Radio,\n2,,Newspaper\n3,Radio,Newspaper\n")
    assert list(survey.frame.columns) == ["id", "Which do you use? / Radio", "Which do you use? / Newspaper"]
    assert survey.frame["id"].tolist() == [1, 2, 3]
