"""What the tests of the command line share: a way to call it, and the shipped study cut down to what is quick."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from surveykit.cli import main

ROOT = Path(__file__).parent.parent.parent
STUDY = ROOT / "analysis" / "ili_district"


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def study(tmp_path) -> Path:
    """A copy of the shipped study, cut down to what is quick."""
    folder = tmp_path / "study"
    shutil.copytree(STUDY, folder)
    (folder / "study.toml").write_text(
        """
[study]
title = "Small"
claims = "claims.csv"
formats = ["csv", "svg"]
[data]
codebook = "instrument.toml"
where = "ask its authors"
[waves.2023]
file = "data/ili_2023.csv"
codebook = "data/codebook.toml"
[design]
weight = "base_weight"
cluster = "settlement"
[raking]
margins = "data/margins.csv"
[[tables]]
name = "means"
kind = "means"
outcomes = ["trust_akim", "influence"]
by = "akim"
[[figures]]
name = "weights"
kind = "weights"
[findings.ILI-03]
outcome = "elections_good"
group = { akim = "elected" }
level = 4
above = 0.5
""",
        encoding="utf-8",
    )
    return folder
