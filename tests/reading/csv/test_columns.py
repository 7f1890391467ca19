"""What the cells of a column are: numbers, dates, truth, or texts."""

import pandas as pd
import pytest

import surveykit as sk
from tests.reading.csv.test_csv_file import write


def test_na_is_empty_among_numbers_and_an_answer_among_texts(tmp_path):
    survey = sk.read_csv(write(tmp_path, "a,b\n1,NA\nNA,Not selected\n"))
    assert survey.frame["a"].isna().tolist() == [False, True]
    assert survey.frame["b"].tolist() == ["NA", "Not selected"]
    assert sk.read_csv(write(tmp_path, "a,b\n1,NA\n2,x\n"), empty=["NA"]).frame["b"].isna().tolist() == [True, False]


def test_identifiers_stay_as_they_are(tmp_path):
    survey = sk.read_csv(write(tmp_path, "kato,long,n\n001,12345678901234567890,7\n101000000,1,8\n"))
    assert survey.frame["kato"].tolist() == ["001", "101000000"]
    assert survey.frame["long"].tolist()[0] == "12345678901234567890"
    assert survey.frame["n"].tolist() == [7, 8]


def test_thousands_marks_and_numbers_beyond_range_stay_text(tmp_path):
    with pytest.warns(sk.SurveyKitWarning, match="numbers with thousands marks stay text in income"):
        survey = sk.read_csv(write(tmp_path, "id;income\n1;1.234,5\n2;12.000,0\n"))
    assert survey.frame["income"].tolist() == ["1.234,5", "12.000,0"]
    assert sk.read_csv(write(tmp_path, "a,b\n1,1e400\n2,5\n")).frame["b"].tolist() == ["1e400", "5"]


def test_dates_and_truth(tmp_path):
    survey = sk.read_csv(write(tmp_path, "d,t\n2021-07-25,TRUE\n1500-01-01 10:30,FALSE\n"))
    assert survey.frame["d"].tolist() == [pd.Timestamp("2021-07-25"), pd.Timestamp("1500-01-01 10:30")]
    assert survey.frame["t"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(("cells", "expected"), [
    (["1,5", "NA", "-3"], [1.5, None, -3.0]),
    (["1,5", "+4", " 7 "], [1.5, 4.0, 7.0]),
    (["1e3", "2,25", ""], [1000.0, 2.25, None]),
    ([",5", "1", "2"], [",5", "1", "2"]),
    (["05", "1", "2"], ["05", "1", "2"]),
    (["1", "2", "3"], [1, 2, 3]),
    (["1_0", "2", "3"], ["1_0", "2", "3"]),
    (["inf", "2", "3"], ["inf", "2", "3"]),
    (["1e999", "2", "3"], ["1e999", "2", "3"]),
    (["123456789012345678", "0", "-0"], [123456789012345678, 0, 0]),
    (["1234567890123456789", "0", "1"], ["1234567890123456789", "0", "1"]),
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:.*commas may also part the options:surveykit.errors.SurveyKitWarning")
@pytest.mark.filterwarnings("ignore:.*text was kept in x:surveykit.errors.SurveyKitWarning")
def test_a_column_is_a_number_by_all_its_cells_in_a_semicolon_file(tmp_path, cells, expected):
    (tmp_path / "a.csv").write_text("x;t\n" + "".join(f"{cell};a\n" for cell in cells), encoding="utf-8")
    found = sk.read_csv(tmp_path / "a.csv").frame["x"].tolist()
    assert [None if pd.isna(cell) else cell for cell in found] == expected


@pytest.mark.parametrize(("cells", "shown"), [
    (["1", "2", "don't know"], "'1' beside \"don't know\""),
    (["34", "51", "45 лет"], "'34' beside '45 лет'"),
    (["1 - not at all", "2", "3", "4", "5 - fully"], "'2' beside '1 - not at all'"),
])  # fmt: skip
def test_words_among_numbers_are_told_of(tmp_path, cells, shown):
    path = write(tmp_path, "q\n" + "".join(f"{cell}\n" for cell in cells))
    with pytest.warns(sk.SurveyKitWarning, match=f"text was kept in q, where most answers are numbers .*: {shown};"):
        survey = sk.read_csv(path)
    assert survey.frame["q"].tolist() == cells
    assert survey.provenance.notes[-1].startswith("text was kept in q")
    assert sk.read_csv(path, text=["q"]).frame["q"].tolist() == cells


@pytest.mark.parametrize("cells", [["12", "12a", "13/2"], ["007", "012", "x"], ["yes", "no", "1"], ["A1", "B2", "3"]])
def test_names_made_of_figures_are_not(tmp_path, cells):
    assert sk.read_csv(write(tmp_path, "q\n" + "".join(f"{cell}\n" for cell in cells))).frame["q"].tolist() == cells


def test_a_codebook_that_knows_the_words_is_believed(tmp_path):
    book = sk.Codebook.of([sk.Variable("q", labels={1: {"en": "No"}}, missing={99: {"en": "don't know"}})])
    survey = sk.read_csv(write(tmp_path, "q\n1\n1\ndon't know\n"), codebook=book)
    assert survey.count_missing("q").to_dict() == {99: 1, "empty": 0}


@pytest.mark.parametrize("cells", [["50%", "25%"], ["50,5 %", "7"], ["150 000 ₸", "90 000 ₸"], ["$12", "$7.50"]])
def test_numbers_with_a_sign_are_told_of(tmp_path, cells):
    path = write(tmp_path, "id;q\n" + "".join(f"1;{cell}\n" for cell in cells))
    with pytest.warns(sk.SurveyKitWarning, match="numbers that carry a sign stay text in q"):
        assert sk.read_csv(path).frame["q"].tolist() == cells


def test_the_true_minus_sign_is_one(tmp_path):
    assert sk.read_csv(write(tmp_path, "q,t\n−2,−a\n−1,b\n0,c\n")).frame["q"].tolist() == [-2, -1, 0]


def test_answers_that_look_alike_are_told_of(tmp_path):
    path = write(tmp_path, "q\nAgree\nAgree \nagree\nDisagree\n")
    with pytest.warns(sk.SurveyKitWarning, match="count as different ones in q: 'Agree' and 'Agree '; correct them"):
        survey = sk.read_csv(path)
    assert survey.frame["q"].tolist() == ["Agree", "Agree ", "agree", "Disagree"]
    sk.draft_codebook(survey, tmp_path / "b.toml")
    assert sk.read_csv(path, codebook=tmp_path / "b.toml").frame["q"].tolist() == [2, 2, 2, 1]
    names = "".join(f"name {number}\n" for number in range(60))
    assert len(sk.read_csv(write(tmp_path, f"q\nName 1\n{names}"))) == 61
