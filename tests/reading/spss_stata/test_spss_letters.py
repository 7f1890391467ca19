"""Stata's letters as codes that SPSS can declare."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from tests.reading.dta_bytes import dta


def test_letters_of_stata_become_declared_missing_codes_which_are_told(tmp_path):
    rows = [(1, 1), (2, "a"), ("a", "d"), ("d", None), ("r", "z")]
    path = tmp_path / "a.dta"
    path.write_bytes(
        dta(
            [("vote", "byte", ""), ("few", "byte", "")],
            rows,
            labels={"vote": {1: "yes", 2: "no", "a": "not asked", "b": "nobody's", "d": "don't know"}},
        )
    )
    before = sk.read_stata(path)
    with pytest.warns(
        sk.SurveyKitWarning, match=r"\.a = -901, \.b = -902, \.d = -904, \.r = -918, \.z = -926 \(in vote"
    ):
        sk.write_spss(before, tmp_path / "a.sav")
    after = sk.read_spss(tmp_path / "a.sav")
    assert after.frame["vote"].tolist()[:2] == [1, 2] and after.frame["vote"].isna().sum() == 3
    assert after.count_missing("vote").to_dict() == {-918: 1, -904: 1, -901: 1, "empty": 0}
    assert after.count_missing("few").to_dict() == {-926: 1, -904: 1, -901: 1, "empty": 1}
    book = after.codebook["vote"]
    assert {code: book.label(code) for code in book.missing} == {
        -901: "not asked",
        -902: "nobody's",
        -904: "don't know",
        -918: ".r",
    }
    assert list(book.labels) == [1, 2] and before.codebook["vote"].label(".d") == "don't know"


def test_the_numbers_for_letters_are_none_that_anybody_has(tmp_path):
    frame = pd.DataFrame({"x": [-901.0, -9926.0, np.nan]})
    book = sk.Codebook.of([sk.Variable("x", missing={".a": {}, "n/a": {}})])
    survey = sk.Survey(frame, book, missing_reasons={"x": pd.Series([".a"], index=[2])})
    with pytest.warns(sk.SurveyKitWarning, match=r"\.a = -99901, n/a = -99927"):
        sk.write_spss(survey, tmp_path / "a.sav")
    assert sk.read_spss(tmp_path / "a.sav").count_missing("x").to_dict() == {-99901.0: 1, "empty": 0}


def test_the_file_with_a_label_of_an_unused_letter_is_written(tmp_path, shared_inputs):
    survey = sk.read_stata(shared_inputs / "dta_label_of_unused_missing_letter.dta")
    with pytest.warns(sk.SurveyKitWarning, match=r"\.d = -904, \.r = -918"):
        sk.write_spss(survey, tmp_path / "a.sav")
    assert sk.read_spss(tmp_path / "a.sav").codebook["vote"].label(-904) == "dk"
