"""Letters that were lost are told of with their place."""

import pytest

import surveykit as sk


def test_a_damaged_letter_is_told_with_its_row_and_column(tmp_path):
    raw = "q1,село\n".encode() + "1,Ащибулак\n2,Караой\n".encode() * 20
    (tmp_path / "a.csv").write_bytes(raw[:-3] + raw[-2:])
    with pytest.warns(sk.SurveyKitWarning, match="letters were lost before the file was saved: column 'село', row 39"):
        survey = sk.read_csv(tmp_path / "a.csv")
    assert list(survey.frame.columns) == ["q1", "село"] and survey.frame["село"].nunique() == 3
    assert survey.frame["село"].tolist()[:2] == ["Ащибулак", "Караой"] and survey.provenance.encoding == "utf-8"
