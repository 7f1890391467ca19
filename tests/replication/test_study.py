"""The study runner: what a program must offer, what is left out when data are missing, how another's file is mapped."""

from surveykit.replication.study_file import read_study


def test_titles_in_the_language_asked_for(folder):
    study = read_study(folder)
    assert (study.heading("kk"), study.heading("en"), study.heading("ru")) == ("Екі толқын", "Two waves", "Two waves")
    assert study.name == "two"
