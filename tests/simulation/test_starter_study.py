"""A study to begin with runs as it stands."""

import pytest
from click.testing import CliRunner

from surveykit.cli import main


@pytest.mark.slow
def test_a_new_study_runs_as_it_stands(tmp_path):
    run = CliRunner().invoke
    made = run(main, ["init", str(tmp_path / "new")])
    assert made.exit_code == 0 and "surveykit replicate" in made.stdout
    first = run(main, ["replicate", str(tmp_path / "new"), "--out", str(tmp_path / "results")])
    assert first.exit_code == 0, first.output
    assert "reproduced       MY-02" in first.stdout
    again = run(main, ["init", str(tmp_path / "new")])
    assert again.exit_code == 2 and "exists and is not an empty folder" in again.stderr
