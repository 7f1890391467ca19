"""What the tests of estimation share."""

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def gone(ili_like) -> pd.DataFrame:
    """Nobody in one settlement of ten answered q1."""
    return ili_like.assign(q1=ili_like["q1"].mask(ili_like["settlement"] == "S03"))
