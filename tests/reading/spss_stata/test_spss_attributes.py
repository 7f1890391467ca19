"""Custom attributes of an SPSS file: where texts stand whole that SPSS's labels are too short for."""

import pandas as pd
import pyreadstat
import pytest

import surveykit as sk


def test_labels_that_spss_would_cut_are_named_cut_between_letters_and_whole_when_read_again(tmp_path):
    book = sk.Codebook.of(
        [sk.Variable("q1", {"kk": "Ә" * 200}, {1: {"kk": "Ә" * 70}, 2: {"kk": "жоқ"}}, {9: {"kk": "Б" * 61}})]
    )
    with pytest.warns(
        sk.SurveyKitWarning, match="those of q1 are cut where SPSS shows them, and stand whole in custom"
    ):
        sk.write_spss(sk.Survey(pd.DataFrame({"q1": [1.0]}), book), tmp_path / "a.sav")
    _, shown = pyreadstat.read_sav(tmp_path / "a.sav", user_missing=True)  # what SPSS shows: 256 and 120 bytes
    assert shown.column_labels == ["Ә" * 128] and shown.variable_value_labels["q1"] == {
        1: "Ә" * 60,
        2: "жоқ",
        9: "Б" * 60,
    }
    after = sk.read_spss(tmp_path / "a.sav").codebook["q1"]
    assert after.ask() == "Ә" * 200 and [after.label(code) for code in (1, 2, 9)] == ["Ә" * 70, "жоқ", "Б" * 61]


def test_a_label_that_was_changed_in_spss_is_not_overruled_by_the_whole_one(tmp_path):
    book = sk.Codebook.of([sk.Variable("q1", labels={1: {"en": "a" * 130}})])
    with pytest.warns(sk.SurveyKitWarning, match="custom attributes"):
        sk.write_spss(sk.Survey(pd.DataFrame({"q1": [1.0]}), book), tmp_path / "a.sav")
    content = (tmp_path / "a.sav").read_bytes()
    (tmp_path / "a.sav").write_bytes(content.replace(b"a" * 120, b"b" * 120, 1))
    assert sk.read_spss(tmp_path / "a.sav").codebook["q1"].label(1) == "b" * 120


def test_a_file_label_that_spss_would_cut_is_measured_in_bytes_and_reported(tmp_path):
    whole = sk.Survey(pd.DataFrame({"q1": [1.0]}), sk.Codebook.of([], {"kk": "Ә" * 32}))
    sk.write_spss(whole, tmp_path / "a.sav")
    assert sk.read_spss(tmp_path / "a.sav").codebook.title == {"und": "Ә" * 32}
    long = sk.Survey(pd.DataFrame({"q1": [1.0]}), sk.Codebook.of([], {"kk": "Ә" * 33}), sk.Provenance(simulated=True))
    with pytest.warns(
        sk.SurveyKitWarning, match="64 of the file label; those of the file label are cut where SPSS shows"
    ):
        sk.write_spss(long, tmp_path / "a.sav")
    _, shown = pyreadstat.read_sav(tmp_path / "a.sav")
    assert shown.file_label == "SIMULATED " + "Ә" * 27
    after = sk.read_spss(tmp_path / "a.sav")
    assert after.codebook.title == {"und": "Ә" * 33} and after.provenance.simulated
