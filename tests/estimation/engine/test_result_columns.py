"""The columns of a result: degrees of freedom, intervals, what is counted and where it came from."""

import numpy as np
import pandas as pd
import pytest

from surveykit.codebook import Codebook, Variable
from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from surveykit.estimation.quantities.means import means
from surveykit.survey import Provenance, Survey
from tests.estimation.quantities.test_means import design_of


def test_no_degrees_of_freedom_left_means_no_interval(ili_like):
    design = design_of(ili_like, "D1")
    with pytest.warns(SurveyKitWarning, match=r"no interval can be given for q1 \(all\).*no degrees of freedom"):
        row = means(design, "q1", where=ili_like["settlement"] == "S01").table.iloc[0]
    assert row["df"] == 0 and np.isnan(row["conf_low"]) and row["estimate"] > 0


def test_an_item_nobody_in_a_group_answered(ili_like):
    frame = ili_like.assign(q1=ili_like["q1"].where(ili_like["sex"] == 1))
    with pytest.warns(SurveyKitWarning, match=r"no interval can be given for q1 \(2\)"):
        table = means(design_of(frame, "D1"), "q1", by="sex").table
    assert table["n"].tolist()[1] == 0 and np.isnan(table["estimate"].iloc[1])


def test_everyone_gave_one_answer():
    frame = pd.DataFrame({"q1": [3, 3, 3, 3], "village": list("AABB")})
    row = means(SurveyDesign(frame, cluster="village"), "q1").table.iloc[0]
    assert (row["estimate"], row["std_error"]) == (3, 0)


def test_labels_missing_reasons_and_the_simulated_flag_travel():
    book = Codebook.of([
        Variable("akim", labels={0: {"en": "appointed", "kk": "тағайындалған"}, 1: {"en": "elected", "kk": "сайланған"}}),
        Variable("q1", missing={98: {"en": "don't know", "kk": "білмеймін"}, 99: {"en": "refused"}}),
    ])  # fmt: skip
    frame = pd.DataFrame({"akim": [0, 0, 1, 1], "q1": [1, 98, 4, None], "village": list("ABAB"), "w": [1, 3, 1, 1.0]})
    survey = Survey(frame, book, Provenance("ili.sav", simulated=True)).with_missing_codes()
    with pytest.warns(SurveyKitWarning, match="no interval"):
        result = means(SurveyDesign(survey, weight="w", cluster="village"), "q1", by="akim", lang="kk")
    assert result.table["group"].tolist() == ["тағайындалған", "сайланған"]
    absent = result.missing.set_index(["group", "reason"])
    assert absent.loc[("тағайындалған", "білмеймін")].to_dict() == {"outcome": "q1", "n": 1, "share": 0.75}
    assert absent.loc[("сайланған", "empty"), "n"] == 1
    assert "SIMULATED" in result.summary() and "weighted by w" in result.method
