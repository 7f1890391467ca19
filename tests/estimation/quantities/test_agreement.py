"""Both sides of a scale together, against R and against the answers themselves."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError
from surveykit.estimation.quantities.agreement import agreement
from surveykit.estimation.quantities.shares import shares
from surveykit.likert.scale import LikertScale


@pytest.mark.parametrize(("name", "options"), [("D1", {"stratum": "stratum"}), ("D2", {})])
def test_the_right_side_equals_r(ili_like, expected, name, options):
    """R: svyciprop(~q1top, design, method = "xlogit"), q1top being 4 or 5."""
    entry = expected[f"ciprop.q1top.xlogit.{name}"]
    result = shares(SurveyDesign(ili_like, weight="w", cluster="settlement", **options), "q1")
    right = agreement(result).table.query("term == 'right'").iloc[0]
    wanted = [entry["value"][each] for each in ("est", "low", "high")]
    assert right[["estimate", "conf_low", "conf_high"]].tolist() == pytest.approx(wanted, rel=entry["tol"])


def test_both_sides_and_the_middle_make_everybody(ili_like):
    result = shares(SurveyDesign(ili_like, weight="w", cluster="settlement"), ["q1", "q2"], by="elected")
    found = agreement(result, left_levels=1, right_levels=3).table
    middle = result.table[result.table["level"] == "2"]
    assert found["term"].tolist() == ["left", "right"] * 4 and found["level"].tolist() == ["1", "3 + 4 + 5"] * 4
    sums = found.groupby(["outcome", "group"])["estimate"].sum().to_numpy()
    assert sums + middle["estimate"].to_numpy() == pytest.approx(1)
    assert agreement(result, outcomes="q2").table["outcome"].unique().tolist() == ["q2"]


def test_a_side_that_nobody_chose_has_a_share_of_zero_and_no_interval():
    design = SurveyDesign(
        pd.DataFrame({"q": [3, 4, 5, 5] * 5, "village": np.repeat(np.arange(5), 4)}), cluster="village"
    )
    left, right = agreement(shares(design, "q"), LikertScale("s", ["q"], 1, 5)).table.to_dict("records")
    assert left["estimate"] == 0 and np.isnan(left["conf_low"]) and right["estimate"] == 0.75
    assert left["n"] == right["n"] == 20


def test_an_item_that_is_not_there_is_named(ili_like):
    with pytest.raises(ArgumentError, match=r"`outcomes` must be among the items of `shares`, \['q1'\], but 'q7'"):
        agreement(shares(SurveyDesign(ili_like, weight="w"), "q1"), outcomes="q7")
