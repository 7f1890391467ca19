"""The study runner: what a program must offer, what is left out when data are missing, how another's file is mapped."""

import pytest

from surveykit.errors import WriteError
from surveykit.replication.study import run_study
from surveykit.replication.study_file import read_study


@pytest.mark.slow
def test_titles_in_the_language_asked_for(folder):
    study = read_study(folder)
    assert (study.heading("kk"), study.heading("en"), study.heading("ru")) == ("Екі толқын", "Two waves", "Two waves")
    assert study.name == "two"


@pytest.mark.parametrize("kind", ["absent", "file"])
def test_steps_are_not_run_into_what_is_no_folder(folder, tmp_path, kind):
    out = tmp_path / kind
    if kind == "file":
        out.write_text("kept")
    with pytest.raises(WriteError, match="`out` must be a folder that exists"):
        run_study(folder, None, str(out))
    assert out.exists() == (kind == "file")
