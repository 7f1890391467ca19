"""What each settlement does to the difference when it is left out."""

import pytest

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.design import SurveyDesign
from tests.comparison.answers.test_settlements import row
from tests.comparison.conftest import ILI


def test_leaving_a_settlement_out_equals_dropping_its_rows(ili_result, ili_like):
    rest = SurveyDesign(ili_like[ili_like["settlement"] != "S04"], weight="w", cluster="settlement")
    other = compare_settlements(rest, "q1", **{**ILI, "baseline": 0}, methods=["cr2"])
    found = ili_result.influence.query(
        "outcome == 'q1' and estimand == 'person' and term == 'unadjusted' and left_out == 'S04'"
    )
    theirs = row(other, method="cr2")
    for column in ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"):
        assert found[column].item() == pytest.approx(theirs[column])
    assert found["change"].item() == pytest.approx(theirs["estimate"] - row(ili_result, method="cr2")["estimate"])
