import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.simulation.truth import read_district


@pytest.fixture(scope="module")
def study():
    return sk.simulate_study()


@pytest.mark.slow
def test_two_waves_of_ten_settlements(study):
    assert {wave: len(survey) for wave, survey in study.waves.items()} == {"2021": 900, "2023": 1000}
    for survey in study.waves.values():
        assert survey.frame["settlement"].nunique() == 10
        assert survey.provenance.simulated
        assert survey.provenance.weight == "base_weight"
        assert survey.codebook.languages == ("en", "ru", "kk")
        assert survey.frame["id"].is_unique


@pytest.mark.slow
def test_the_akim_is_a_property_of_the_settlement(study):
    for wave, elected in (("2021", 2), ("2023", 5)):
        akim = study.waves[wave].frame.groupby("settlement")["akim"]
        assert (akim.nunique() == 1).all()
        assert (akim.first() == 2).sum() == elected


def test_every_item_has_question_and_labels_in_three_languages(study):
    book = study.waves["2023"].codebook
    for name in read_district().items:
        assert set(book[name].question) == {"en", "ru", "kk"}
        for texts in [*book[name].labels.values(), *book[name].missing.values()]:
            assert set(texts) == {"en", "ru", "kk"}
        answered = study.waves["2023"].frame[name].dropna().unique()
        assert set(answered) <= set(book[name].labels)


def test_missing_answers_have_reasons(study):
    survey = study.waves["2023"]
    counts = survey.count_missing("trust_kenes")
    assert counts.loc[98] > 50 and counts.loc[99] > 0
    assert sum(survey.count_missing(name).loc["empty"] for name in read_district().items) > 0


@pytest.mark.slow
def test_the_same_seed_gives_the_same_answers_and_another_seed_others(study):
    pd.testing.assert_frame_equal(sk.simulate_study(20210725).waves["2021"].frame, study.waves["2021"].frame)
    assert not sk.simulate_study(1).waves["2021"].frame.equals(study.waves["2021"].frame)
    from_generator = sk.simulate_study(np.random.default_rng(20210725))
    pd.testing.assert_frame_equal(from_generator.waves["2023"].frame, study.waves["2023"].frame)
    assert from_generator.seed is None


def test_weights_are_unequal_and_add_up_to_the_adults(study):
    weights = study.waves["2021"].frame["base_weight"]
    assert weights.max() / weights.min() > 10
    by_settlement = study.waves["2021"].frame.groupby("settlement")["base_weight"].sum()
    assert by_settlement.to_numpy() == pytest.approx(study.settlements["adults"].to_numpy(), abs=0.1)


def test_margins_add_up_to_the_same_number(study):
    sums = study.margins.groupby("column")["target"].sum()
    assert sums.nunique() == 1
    assert sums.iloc[0] == study.settlements["adults"].sum()


@pytest.mark.slow
def test_a_very_large_sample_recovers_the_truth():
    """Post-stratified to the cells that decide who takes part, 12,000 answers come within four standard errors."""
    study = sk.simulate_study(11, interviews=12)
    columns = ["settlement", "sex", "age_group"]
    population = read_district().cells.groupby(columns)["adults"].sum()
    frame = study.waves["2023"].frame
    weight = (
        frame["base_weight"]
        / frame.groupby(columns)["base_weight"].transform("sum")
        * population.reindex(pd.MultiIndex.from_frame(frame[columns])).to_numpy()
    )
    for item in ("trust_akim", "no_difference", "gatherings", "heard_reform"):
        for code, group in {1: "appointed", 2: "elected"}.items():
            rows = (frame["akim"] == code) & frame[item].notna()
            y, w = frame[item][rows].to_numpy(), weight[rows].to_numpy()
            mean = np.average(y, weights=w)
            std_error = np.sqrt((w**2 * (y - mean) ** 2).sum()) / w.sum()
            true = study.truth.query(
                f"outcome == '{item}' and statistic == 'mean' and wave == '2023' and "
                f"group == '{group}' and quantity == 'level' and estimand == 'person'"
            )["value"]
            assert abs(mean - true.iloc[0]) < 4 * std_error


def test_a_number_of_interviews_that_cannot_be(study):
    with pytest.raises(sk.ArgumentError, match="`interviews` must be above 0"):
        sk.simulate_study(1, interviews=0)
    with pytest.raises(sk.ArgumentError, match="non-negative integer seed"):
        sk.simulate_study(-1)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_none_are_refused(wrong):
    with pytest.raises(sk.ArgumentError, match="`effect` must be a number"):
        sk.simulate_study(1, effect=wrong)
    with pytest.raises(sk.ArgumentError, match="`interviews` must be above 0"):
        sk.simulate_study(1, interviews=wrong)
