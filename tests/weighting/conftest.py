"""What the tests of weighting share."""

import json
from pathlib import Path

import pandas as pd
import pytest

from surveykit.design import SurveyDesign

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="session")
def weights_expected() -> pd.DataFrame:
    """R's weights after each weighting step, one column per method."""
    return pd.read_csv(REFERENCE / "weights_expected.csv")


@pytest.fixture(scope="session")
def weighting_expected() -> dict:
    """R's answers of weighting_reference.R."""
    return json.loads((REFERENCE / "weighting_expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def joint(margins) -> dict[tuple[int, int], float]:
    """Population by sex and age band."""
    return {tuple(int(part) for part in key.split("|")): value for key, value in margins["sex_by_ageband"].items()}


@pytest.fixture
def weighted(ili_like) -> SurveyDesign:
    """The reference sample, weights only."""
    return SurveyDesign(ili_like, weight="w")
