"""Groups of a form in the names of columns."""

import pandas as pd
import pytest

import surveykit as sk
from tests.reading.csv.test_form_tools import check_answers, kobo, write


@pytest.mark.parametrize(("separator", "option"), [("/", "/"), ("-", "/"), (".", "."), (":", "/")])
def test_kobo_ona_and_odk_with_groups(tmp_path, separator, option):
    path, book = kobo(tmp_path, separator, option)
    survey = sk.read_csv(path, codebook=book)
    check_answers(survey.frame, "trust", f"demo{separator}sex", f"demo{separator}age")
    assert survey.codebook[f"demo{separator}sex"].label(2, "kk") == "Әйел"
    assert survey.codebook[f"demo{separator}age"].ask("kk") == "Жасыңыз?"
    assert survey.codebook["trust"].label(5, "en") == "Level 5"
    # The instant keeps the clock of the place: ISO 8601, 10:00 at +06:00.
    assert survey.frame["start"].iloc[0] == pd.Timestamp("2023-05-01 10:00")
    sets = sk.find_response_sets(survey)
    counted = sk.count_responses(survey, sets[f"demo{separator}media"]).table
    assert dict(zip(counted["level"], counted["n"])) == {
        "News from?: TV": 6,
        "News from?: Radio": 6,
        "News from?: Newspaper": 4,
    }
    assert counted["estimate"].tolist() == pytest.approx([6 / 11, 6 / 11, 4 / 11])


def test_a_question_that_stands_in_two_groups_is_described_in_each(tmp_path):
    write(
        tmp_path / "survey.csv",
        [["type", "name", "label"]],
        [
            ["begin group", "he", ""],
            ["integer", "age", "His age?"],
            ["end group", "", ""],
            ["begin group", "she", ""],
            ["integer", "age", "Her age?"],
            ["end group", "", ""],
        ],
    )
    book = sk.read_xlsform(tmp_path / "survey.csv")
    survey = sk.read_csv(write(tmp_path / "a.csv", [["he/age", "she/age"]], [[40, 38], [51, 50]]), codebook=book)
    assert survey.codebook["he/age"].ask() == "His age?" and survey.codebook["she/age"].ask() == "Her age?"


def test_a_column_of_the_name_itself_keeps_its_description(tmp_path):
    book = sk.Codebook.of([sk.Variable("age", {"en": "Own age"})])
    survey = sk.read_csv(write(tmp_path / "a.csv", [["age", "partner/age"]], [[40, 38], [51, 50]]), codebook=book)
    assert survey.codebook["age"].ask() == "Own age" and survey.codebook["partner/age"].ask() == "partner/age"
