"""A page's rows: answers down, groups across; totals are sums of shares that were not rounded."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.estimation.quantities.wide_form import Layout, Wording, wide_form

WORDING = Wording(
    "en", lambda name: f"Question {name}", lambda name: {"1": "one", "2": "two", "3": "three"}, {"a": "A", "b": "B"}
)


@pytest.fixture
def shares() -> sk.Result:
    """A third each: 33.3 % three times is 99.9 when rounded first."""
    frame = pd.DataFrame({"q": [1, 2, 3] * 4, "g": ["a"] * 6 + ["b"] * 6})
    return sk.shares(sk.SurveyDesign(frame), "q", by="g")


def test_totals_are_formed_before_rounding(shares):
    form = wide_form(shares, WORDING, Layout())
    texts, numbers = form.texts(), form.numbers()
    assert texts.loc["Total"].tolist() == ["100.0", "100.0"] if "Total" in texts.index else "100.0" in texts.to_numpy()
    assert "33.3" in texts.to_numpy()
    assert "99.9" not in texts.to_numpy()
    thirds = numbers.to_numpy(dtype=float)
    assert np.isclose(thirds, 100 / 3).sum() == 6


def test_decimals_are_the_callers(shares):
    assert "33" in wide_form(shares, WORDING, Layout(digits=0)).texts().to_numpy()


def test_answers_and_groups_are_called_what_the_page_says(shares):
    texts = wide_form(shares, WORDING, Layout()).texts()
    assert {"one", "two", "three"} <= {str(part) for key in texts.index for part in np.atleast_1d(key)}
    assert {"A", "B"} <= {str(part) for key in texts.columns for part in np.atleast_1d(key)}
