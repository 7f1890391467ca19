"""The study runner: what a program must offer, what is left out when data are missing, how another's file is mapped."""

import pytest

from surveykit.replication.study_file import read_study


@pytest.mark.slow
def test_titles_in_the_language_asked_for(folder):
    study = read_study(folder)
    assert (study.heading("kk"), study.heading("en"), study.heading("ru")) == ("Екі толқын", "Two waves", "Two waves")
    assert study.name == "two"
