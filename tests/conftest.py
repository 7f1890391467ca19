"""What several test files share: the simulated reference data, R's answers on it, and the real files beside the project."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

import surveykit

# Where a change is judged by one run, the examples are the same each time; elsewhere they are new, to find more.
settings.register_profile("judged", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("judged")

# A shell that starts the tests in the background has them ignore Ctrl-C, and the commands that they start would too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

REFERENCE = Path(__file__).parent / "reference"
SHARED_DATA = Path(__file__).parent.parent.parent / "shared" / "data"
SHARED_INPUTS = SHARED_DATA.parent / "inputs"
CLASSES = [thing for thing in map(surveykit.__getattr__, surveykit.__all__) if isinstance(thing, type)]
"""Handed out before the first test: a class has its door from then on, whichever test asks for it."""
ITEMS = [f"q{number}" for number in range(1, 9)]


@pytest.fixture(scope="session")
def ili_like() -> pd.DataFrame:
    """904 simulated respondents in ten settlements; don't know (98) and refused (99) set to NaN, as in the R script."""
    frame = pd.read_csv(REFERENCE / "ili_like.csv")
    frame[ITEMS] = frame[ITEMS].mask(frame[ITEMS] >= 98)
    answered = frame[ITEMS].notna().sum(axis=1)
    frame["index"] = frame[ITEMS].mean(axis=1).where(answered >= 6)
    frame["q1top"] = (frame["q1"] >= 4).astype(float).where(frame["q1"].notna())
    frame["one"] = 1
    return frame


@pytest.fixture(scope="session")
def expected() -> dict[str, dict]:
    """The reference answers by id: tool, call, design, tol, value."""
    entries = json.loads((REFERENCE / "expected.json").read_text(encoding="utf-8"))["entries"]
    return {entry["id"]: entry for entry in entries}


@pytest.fixture(scope="session")
def margins() -> dict:
    """Population margins of the simulated district."""
    return json.loads((REFERENCE / "margins.json").read_text(encoding="utf-8"))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240917)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real survey files; they are not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real survey files (shared/data beside the project) are not here")
    return SHARED_DATA


@pytest.fixture(scope="session")
def shared_inputs() -> Path:
    """Folder of small awkward inputs with their right values; they are not part of the project."""
    if not SHARED_INPUTS.is_dir():
        pytest.skip("the awkward inputs (shared/inputs beside the project) are not here")
    return SHARED_INPUTS
