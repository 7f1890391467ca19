"""A questionnaire of Qualtrics as a codebook."""

import json

import pytest

import surveykit as sk
from tests.reading.codebooks.test_any_codebook import QSF


def test_one_recode_value_for_two_choices_is_told(tmp_path):
    form = json.loads(QSF)
    form["SurveyElements"][0]["Payload"]["RecodeValues"] = {"1": "7", "2": "7"}
    (tmp_path / "a.qsf").write_text(json.dumps(form))
    with pytest.warns(sk.SurveyKitWarning, match="'q1' gives one recode value, 7, to several choices"):
        assert sk.read_codebook(tmp_path / "a.qsf")["q1"].label(7) == "No / Yes"
