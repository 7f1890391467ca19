import numpy as np
import pytest

import surveykit as sk
from surveykit.interviews.coding import Coding, agree_on, theme_agreement
from surveykit.simulation.interviews import simulate_interviews
from surveykit.simulation.truth import read_district


@pytest.fixture(scope="module")
def study():
    return sk.simulate_study(4)


@pytest.mark.slow
def test_three_people_in_every_settlement(study):
    table = study.interviews.coding
    assert table["interview"].nunique() == 30
    assert (table.groupby("settlement")["interview"].nunique() == 3).all()
    assert table.groupby("passage")["interview"].nunique().max() == 1
    assert len(table) == 30 * 8 * 6 * 2  # passages, themes, coders
    kinds = table.groupby("settlement")["akim"].first()
    assert sorted(kinds.index[kinds == 2]) == ["S02", "S03", "S06", "S08", "S09"]


@pytest.mark.slow
def test_truth_by_hand(study):
    """A theme in 15 % of passages is missing from all eight of an interview in 0.85^8 of interviews."""
    truth = study.interviews.truth.set_index(["theme", "group"])["value"]
    assert truth[("participation", "elected")] == pytest.approx(1 - 0.85**8)
    assert truth[("services", "elected")] == truth[("services", "appointed")]


@pytest.mark.slow
def test_interviews_have_a_stream_of_their_own():
    """The survey's answers are those that they would be without interviews."""
    one = sk.simulate_study(np.random.default_rng(9)).waves["2023"].frame
    assert one.equals(sk.simulate_study(9).waves["2023"].frame)
    district = read_district()
    first = simulate_interviews(district, np.random.default_rng(1)).coding
    assert first.equals(simulate_interviews(district, np.random.default_rng(1)).coding)
    assert not first.equals(simulate_interviews(district, np.random.default_rng(2)).coding)


def test_coders_mostly_agree_and_quotations_say_what_they_are(study):
    coding = Coding(study.interviews.coding, study.interviews.quotations)
    alphas = theme_agreement(coding, draws=0).table["estimate"]
    assert (alphas > 0.2).all() and (alphas < 0.95).all()
    assert study.interviews.quotations["quotation"].str.contains("SIMULATED").all()
    assert agree_on(coding)["present"].mean() == pytest.approx(0.09, abs=0.04)
