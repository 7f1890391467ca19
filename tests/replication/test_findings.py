"""Published findings without a number: tested on real answers, refused on simulated ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.replication.claims import Claim, Ledger
from surveykit.replication.findings import check_findings, describe
from surveykit.replication.study_data import StudyData
from surveykit.replication.study_file import Study, read_study

GIVEN = {"outcome": "good", "group": {"akim": 1}, "level": 4, "above": 0.5}


@pytest.fixture
def study(folder) -> Study:
    """A study with one finding: more than half of the residents of villages that elected find it good."""
    return replace(read_study(folder), content={"findings": {"F-1": GIVEN}})


def data_of(study: Study, favourable: float, simulated: bool) -> StudyData:
    """Twenty villages of forty; in those that elected this share answers 5, give or take a fifth, elsewhere nobody."""
    village = np.repeat(np.arange(20), 40)
    elected = village % 2
    share = favourable + np.where(village % 4 == 1, 0.2, -0.2)
    yes = (np.arange(800) % 40 < 40 * share) & (elected == 1)
    frame = pd.DataFrame({"village": village, "akim": elected, "good": np.where(yes, 5, 2)})
    book = sk.Codebook.of([sk.Variable("akim", labels={0: {"en": "appointed"}, 1: {"en": "elected"}})])
    survey = sk.Survey(frame, book, sk.Provenance(simulated=simulated))
    design = sk.SurveyDesign(survey, cluster="village")
    return StudyData(study, {"2023": design}, {"2023": design}, {}, {})


def ledger(**more) -> Ledger:
    return Ledger((Claim(claim_id="F-1", source="made up", statement="most find it good", **more),))


@pytest.mark.parametrize(("favourable", "value"), [(0.8, "holds"), (0.55, "undecided"), (0.2, "fails"), (0.0, "fails")])
def test_a_finding_holds_above_fails_below_and_is_undecided_across(study, favourable, value):
    """At 0.55 the estimate lies above a half; its interval, 2.26 * 0.2 / 3 to either side in ten villages, on both."""
    (claim,) = check_findings(ledger(), study, data_of(study, favourable, simulated=False))
    assert claim.recomputed == value and claim.published == "holds"
    assert claim.verdict == {"holds": "reproduced", "undecided": "undecided", "fails": "differs"}[value]
    assert claim.as_expected == (value != "fails")


def test_simulated_answers_test_nothing(study):
    (claim,) = check_findings(ledger(), study, data_of(study, 0.8, simulated=True))
    assert claim.verdict == "not recomputable"
    assert "the answers at hand are simulated, so they cannot test it" in claim.why and "akim = 1" in claim.why


def test_the_words_name_what_is_estimated():
    said = describe(GIVEN).say("en")
    assert "answers 4 or higher to 'good' where akim = 1" in said and said.endswith(
        "fails when it lies below, and is undecided otherwise"
    )
