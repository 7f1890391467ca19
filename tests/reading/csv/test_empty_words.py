"""Words that mean that there is no answer."""

import numpy as np
import pytest

import surveykit as sk
from tests.reading.csv.test_form_tools import write


@pytest.mark.parametrize("word", ["n/a", ".", "-", "#NULL!", "NA", "--", "–"])
def test_ona_spss_and_sas_words_for_skipped(tmp_path, word):
    rows = [
        [
            word if row == 1 else age,
            word if row == 1 else str(age > 40).upper(),
            word if row == 1 else f"{age - 20}.05.2023",
        ]
        for row, age in enumerate([34, 51, 28])
    ]
    frame = sk.read_csv(write(tmp_path / "a.csv", [["age", "old", "day"]], [[*row[:2], row[2]] for row in rows])).frame
    assert frame["age"].tolist()[::2] == [34, 28] and np.isnan(frame["age"][1])
    assert frame["old"].tolist()[::2] == [0, 0] and np.isnan(frame["old"][1])
    assert frame["day"].dt.day.tolist()[::2] == [14, 8] and frame["day"].isna()[1]


def test_a_column_that_a_program_left_empty_throughout_has_no_answers(tmp_path):
    survey = sk.read_csv(
        write(tmp_path / "a.csv", [["id", "x", "y", "z"]], [[1, ".", "#NULL!", "-"], [2, ".", "", "-"]])
    )
    assert survey.frame[["x", "y"]].isna().all(axis=None) and survey.frame["z"].tolist() == ["-", "-"]
