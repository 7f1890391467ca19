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


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return pd.DataFrame({"sex": ["f", "f", "f", "m", "m", "m"], "age": [1, 1, 2, 1, 2, 2], "w": [1.0, 2, 3, 4, 5, 6]})


@pytest.fixture(scope="module")
def with_halves(ili_like) -> pd.DataFrame:
    return ili_like.assign(half_of=ili_like["settlement"] + "/" + ili_like["half"].astype(str))


@pytest.fixture(scope="module")
def bootstrap_columns(request, with_halves) -> pd.DataFrame:
    """R's hundred bootstrap weights (weighting_reference.R holds the factors by enumeration area)."""
    path = request.config.rootpath / "tests" / "reference" / "bootstrap_factors_expected.csv"
    factors = pd.read_csv(path, index_col="ea").loc[with_halves["ea"]].to_numpy()
    return pd.DataFrame(
        factors * with_halves["w"].to_numpy()[:, None], with_halves.index, [f"boot_{r}" for r in range(1, 101)]
    )
