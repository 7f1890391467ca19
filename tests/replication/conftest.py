"""What the tests of replication share: a small study, one of two waves, and its data read once."""

from pathlib import Path

import pytest

import surveykit as sk
from surveykit.replication.study_data import StudyData, load_study_data
from surveykit.replication.study_file import read_study

STUDY = """
[study]
title.en = "Two waves"
title.kk = "Екі толқын"
claims = "claims.csv"
formats = ["csv"]
[data]
codebook = "data/codebook.toml"
[waves.2021]
file = "data/ili_2021.sav"
[waves.2023]
file = "data/ili_2023.csv"
codebook = "data/codebook.toml"
[design]
weight = "base_weight"
cluster = "settlement"
[raking]
margins = "data/margins.csv"
[interviews]
coding = "data/coding.csv"
codebook = "data/codebook.toml"
[comparisons.main]
wave = "2023"
outcomes = ["trust_akim"]
group = "akim"
baseline = "appointed"
settlement = "settlement"
methods = ["cr2"]
[[tables]]
name = "early"
kind = "means"
wave = "2021"
outcomes = "trust_akim"
[[tables]]
name = "late"
kind = "means"
outcomes = "trust_akim"
[[tables]]
name = "both"
kind = "means"
wave = "all"
by = "wave"
outcomes = "trust_akim"
[[tables]]
name = "recovered"
kind = "recovery"
comparison = "main"
truth = "data/truth.csv"
[[tables]]
name = "changes"
kind = "group_time"
first_wave = "first_wave"
outcomes = "trust_akim"
"""


SMALL = """
[study]
title = "Small"
claims = "claims.csv"
formats = ["csv"]
[waves.2023]
file = "data/ili_2023.csv"
codebook = "data/codebook.toml"
[design]
weight = "base_weight"
cluster = "settlement"
[[tables]]
name = "means"
kind = "means"
outcomes = "trust_akim"
by = "akim"
"""


@pytest.fixture
def study(tmp_path) -> Path:
    sk.init_study(tmp_path / "study")
    (tmp_path / "study" / "study.toml").write_text(SMALL, encoding="utf-8")
    return tmp_path / "study"


@pytest.fixture
def out(study, tmp_path) -> Path:
    return sk.replicate_study(study, out=tmp_path / "out").folder


@pytest.fixture
def folder(tmp_path) -> Path:
    sk.init_study(tmp_path / "two")
    (tmp_path / "two" / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path / "two"


@pytest.fixture(scope="session")
def two_waves(tmp_path_factory) -> StudyData:
    """The data of a study of two simulated waves with coded interviews, read once."""
    folder = tmp_path_factory.mktemp("study") / "two"
    sk.init_study(folder)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return load_study_data(read_study(folder))
