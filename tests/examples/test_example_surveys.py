"""What there is to try things on, without a copy of the project and without a network."""

from dataclasses import replace

import pandas as pd
import pytest

import surveykit as sk
from tests.conftest import REFERENCE

DATA = REFERENCE.parents[1] / "analysis" / "ili_district" / "data"


def test_the_simulated_waves_are_the_files_of_the_study():
    second = sk.read_csv(DATA / "ili_2023.csv", codebook=DATA / "codebook.toml")
    first = sk.read_spss(DATA / "ili_2021.sav", lang="ru")
    for name, file in {"ili_2023": second, "ili_2021": first}.items():
        example = sk.load_example(name)
        pd.testing.assert_frame_equal(example.frame, file.frame)
        # the bytes of a .sav are those of the pyreadstat that wrote it
        assert replace(example.provenance, sha256=None) == replace(file.provenance, sha256=None)
        assert example.provenance.simulated


def test_both_waves_speak_three_languages():
    for name in ("ili_2021", "ili_2023"):
        question = sk.load_example(name).codebook["trust_akim"].question
        assert set(question) >= {"en", "ru", "kk"}, name


def test_the_real_one_is_as_its_holders_describe_it():
    """944 observations, as statsmodels' page of the data says; the votes counted by hand in its file (cut, sort, uniq)."""
    survey = sk.load_example("anes_1996")
    assert len(survey) == 944 and not survey.provenance.simulated
    assert survey.frame["vote"].value_counts().to_dict() == {0: 551, 1: 393}
    assert survey.codebook["PID"].labels[0]["en"] == "Strong Democrat"
    assert set(survey.codebook) == set(survey.frame.columns)
    for name in survey.codebook:
        labels = survey.codebook[name].labels
        assert not labels or set(survey.frame[name].unique()) <= set(labels), name


def test_what_is_done_to_an_example_stays_with_its_doer():
    survey = sk.load_example("anes_1996")
    survey.frame["age"] = 0
    assert (sk.load_example("anes_1996").frame["age"] > 17).all()


def test_another_name_is_told_what_there_is():
    with pytest.raises(sk.ArgumentError, match="ili_2021"):
        sk.load_example("ili_2022")
