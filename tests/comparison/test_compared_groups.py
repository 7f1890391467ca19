"""Two sides of settlements, their labels, their covariates."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.errors import ArgumentError, SurveyKitWarning
from tests.comparison.conftest import BY, small_design


@pytest.mark.slow
@pytest.mark.parametrize("ask", [
    lambda design: sk.compare_settlements(design, "age", group="akim", baseline=0, settlement="settlement", methods="cr2"),
    lambda design: sk.check_feasibility(design, group="akim", baseline=0, settlement="settlement"),
    lambda design: sk.covariate_balance(design, "age", group="akim", baseline=0, settlement="settlement"),
    lambda design: sk.randomization_test(design, "age", group="akim", baseline=0, settlement="settlement"),
    lambda design: sk.compare_mixed(design, "age", group="akim", baseline=0, settlement="settlement"),
], ids=["settlements", "feasibility", "balance", "test", "mixed"])  # fmt: skip
def test_settlements_whose_keys_look_alike_are_told_of_once(shared_inputs, ask):
    """Ten settlements in two spellings each count as twenty; whoever named them clusters has heard it from the design."""
    frame = pd.read_csv(shared_inputs / "keys_trailing_space.csv")
    with pytest.warns(SurveyKitWarning) as told:
        ask(sk.SurveyDesign(frame, weight="w"))
    assert sum("'settlement' spells one key in several ways" in str(one.message) for one in told) == 1
    with pytest.warns(SurveyKitWarning) as told:
        ask(sk.SurveyDesign(frame, weight="w", cluster="settlement"))
    assert sum("'settlement' spells one key in several ways" in str(one.message) for one in told) == 1


def test_groups_whose_labels_look_alike_are_told_of_before_they_are_refused():
    frame = small_design(5).data
    frame["akim"] = frame["akim"].where(frame.index % 2 == 0, frame["akim"] + " ")
    with (
        pytest.warns(SurveyKitWarning, match="'akim' spells one key in several ways"),
        pytest.raises(ArgumentError, match="has 4"),
    ):
        sk.compare_settlements(sk.SurveyDesign(frame, cluster="settlement"), "q1", **BY)
    only = frame.assign(akim=np.where(frame["settlement"] < "S05", "elected", "elected "))
    with pytest.warns(
        SurveyKitWarning, match=r"'akim' spells one key in several ways that look alike, 'elected' and 'elected "
    ):
        sk.check_feasibility(
            sk.SurveyDesign(only, cluster="settlement"), group="akim", baseline="elected", settlement="settlement"
        )


def test_settlements_of_one_label_are_told_apart():
    frame = small_design(5).data
    frame["settlement"] = frame["settlement"].str[1:].astype(int)
    book = sk.Codebook.of([sk.Variable("settlement", labels={2: {"en": "Aul"}, 7: {"en": "Aul"}})])
    result = sk.compare_settlements(sk.SurveyDesign(sk.Survey(frame, book)), "q1", **BY, methods=["cr2"], lang="en")
    assert {"Aul (2)", "Aul (7)"} <= set(result.influence["left_out"])
