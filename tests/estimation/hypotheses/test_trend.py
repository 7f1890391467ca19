import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.hypotheses.t_tests import t_test
from surveykit.estimation.hypotheses.trend import trend_test
from tests.estimation.agreement import (
    REPLICATED,
    assert_equals,
    make_design,
    more_expected,
    replicated_design,
    replication_expected,
)

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

COLUMNS = {"est": "estimate", "se": "std_error", "t": "statistic", "df": "df", "p": "p_value"}


@pytest.mark.parametrize("name", ["D1", "D2", "D3", "D6"])
@pytest.mark.parametrize(("key", "scores"), [("q1_ageband", None), ("scored", [1, 2, 4, 9])])
def test_it_equals_r(ili_like, name, key, scores):
    row = trend_test(make_design(ili_like, name), "q1", "ageband", scores=scores).table.iloc[0]
    for field, value in more_expected()[f"trend.{key}.{name}"].items():
        assert_equals(row[COLUMNS[field]], value, 1e-9, field)


def test_two_groups_are_a_t_test(ili_like):
    design = make_design(ili_like, "D1")
    trend, t = (one.table.iloc[0] for one in (trend_test(design, "q1", "elected"), t_test(design, "q1", "elected")))
    for column in ("estimate", "std_error", "p_value", "df"):
        assert trend[column] == pytest.approx(t[column], rel=1e-10)


def test_a_straight_line_by_hand_and_ranks_agree_in_sign():
    frame = pd.DataFrame({"y": [1, 2, 3, 1, 2, 3.0], "g": [1, 2, 3] * 2, "c": [1, 1, 2, 2, 3, 3]})
    design = SurveyDesign(frame.assign(y=frame["y"] + np.array([0, 0, 0.3, 0, 0.3, 0])), cluster="c")
    assert trend_test(design, "y", "g", confidence=0.9).table["estimate"].item() == pytest.approx(1 + 0.3 / 4)
    assert trend_test(design, "y", "g", of="rank").table["estimate"].item() > 0


def test_errors(ili_like):
    design = make_design(ili_like, "D1")
    with pytest.raises(ArgumentError, match=r"one number per group of 'ageband' \(4: .*but 2 were given"):
        trend_test(design, "q1", "ageband", scores=[1, 2])
    with pytest.raises(ArgumentError, match="that differ between groups"):
        trend_test(design, "q1", "ageband", scores=[1, 1, 1, 1])


@pytest.mark.parametrize("name", ["ps.D1", *REPLICATED])
def test_weighting_and_replicate_weights_are_in_the_error_as_in_r(ili_like, margins, name):
    """R: svyglm on postStratify() and as.svrepdesign()."""
    result = trend_test(replicated_design(ili_like, margins, name), "q1", "ageband")
    assert_equals(
        result.table.iloc[0][["estimate", "std_error", "df", "p_value"]].tolist(),
        list(replication_expected()[f"trend.{name}"].values()),
        1e-8,
    )
    assert ("linearized standard error" if name == "ps.D1" else "refitted with") in result.method
