"""The truth is worked out by Gauss-Hermite sums; here it is worked out again by quadrature and by hand."""

import numpy as np
import pytest
from scipy import integrate, stats

from surveykit.simulation.truth import read_district, true_values


@pytest.fixture(scope="module")
def district():
    return read_district()


@pytest.fixture(scope="module")
def truth(district):
    return true_values(district)


def value(truth, **wanted):
    rows = truth
    for column, content in wanted.items():
        rows = rows[rows[column] == content]
    assert len(rows) == 1, wanted
    return rows["value"].iloc[0]


def test_thresholds_give_back_the_stated_shares(district):
    item = district.items["trust_akim"]
    shares = np.diff(np.concatenate([[0], item.at_most(np.zeros(1))[0], [1]]))
    assert shares == pytest.approx([0.09, 0.17, 0.29, 0.31, 0.14], abs=1e-12)


def test_a_cell_by_numerical_quadrature(district):
    from surveykit.simulation.truth import expected_answer

    item, cells = district.items["trust_akim"], district.cells
    row = int(
        np.flatnonzero(
            (cells["settlement"] == "S03") & (cells["sex"] == 2) & (cells["age_group"] == 4) & (cells["education"] == 1)
        )[0]
    )
    shift = 0.01 + 0.12 + 0.07 * 1.5 - 0.06 * -1 + 0.6 * 1.0 + 0.05  # mood, woman, age, education, effect, change

    def answer(z):
        interviewers = np.array([-0.2, -0.06, 0.06, 0.2])
        below = 1 / (1 + np.exp(-(item.thresholds[:, None] - shift - interviewers - 1.3 * z)))
        return (5 - below.sum(axis=0).mean()) * stats.norm.pdf(z)

    by_quadrature, _ = integrate.quad(answer, -9, 9)
    assert expected_answer(district, item, "mean", 1)[row] == pytest.approx(by_quadrature, abs=1e-9)


@pytest.mark.slow
def test_items_without_an_effect_have_none(truth):
    for name in ("trust_maslikhat", "trust_district", "water", "cleanliness"):
        assert value(truth, outcome=name, statistic="mean", wave="2023", quantity="effect", estimand="person") == 0
        assert value(truth, outcome=name, statistic="mean", wave="2023", quantity="difference", estimand="person") != 0


def test_the_effect_is_less_favourable_answers_on_a_reversed_item(truth):
    assert (
        value(truth, outcome="no_difference", statistic="mean", wave="2023", quantity="effect", estimand="person") < 0
    )
    assert (
        value(truth, outcome="elections_good", statistic="mean", wave="2023", quantity="effect", estimand="person") > 0
    )


def test_a_difference_is_the_difference_of_its_levels(truth):
    of = {"outcome": "influence", "statistic": "mean", "wave": "2021", "estimand": "settlement"}
    elected = value(truth, **of, quantity="level", group="elected")
    appointed = value(truth, **of, quantity="level", group="appointed")
    assert value(truth, **of, quantity="difference") == pytest.approx(elected - appointed, abs=1e-12)


@pytest.mark.slow
def test_without_effects_nothing_is_caused():
    truth = true_values(read_district(effect=0))
    caused = truth[truth["quantity"].isin(["effect", "did effect"])]["value"]
    assert np.abs(caused).max() < 1e-12


def test_what_is_not_asked_has_no_truth(district, truth):
    """Questions on the election: no level where none was held, no difference, no change. Lighting: five settlements."""
    of_election = truth[truth["outcome"].isin(["elections_fair", "told_whom"])]
    assert set(of_election["group"]) == {"elected"} and set(of_election["quantity"]) == {"level", "effect"}
    elected = value(
        truth, outcome="lighting", statistic="mean", wave="2021", quantity="level", group="elected", estimand="person"
    )
    from surveykit.simulation.truth import expected_answer

    item, cells = district.items["lighting"], district.cells
    expected = expected_answer(district, item, "mean", 0)
    here = (cells["settlement"] == "S08").to_numpy()  # the other that had elected by 2021, S03, has no street lighting
    answering = cells["adults"].to_numpy() * district.answer_rate(item, cells, 0)
    assert elected == pytest.approx(np.average(expected[here], weights=answering[here]), abs=1e-12)


def test_who_answers_by_hand(district):
    """0.15 x 1.4 (secondary or less) x 1.3 (appointed) x (0.62 in Kazakh + 0.38 x 1.4 in Russian), and 0.01 refuse."""
    item, cells = district.items["trust_kenes"], district.cells
    row = int(np.flatnonzero((cells["settlement"] == "S01") & (cells["education"] == 1))[0])
    by_hand = 1 - 0.15 * 1.4 * 1.3 * (0.62 + 0.38 * 1.4) - 0.01
    assert district.answer_rate(item, cells, 0)[row] == pytest.approx(by_hand, abs=1e-12)


def test_the_district_has_the_documents_size(district):
    """266,677 inhabitants (PUB-20), thirty villages in ten units; the smallest and the largest are far apart."""
    adults = district.settlements["adults"]
    assert adults.sum() / 266_677 == pytest.approx(0.64, abs=0.005)
    assert district.settlements["villages"].sum() == 30 and len(adults) == 10
    assert adults.max() / adults.min() > 10


def test_the_two_waves_have_the_stated_schedule(district):
    elected = district.settlements.set_index("settlement")
    assert sorted(elected.index[elected["exposure_2021"] > 0]) == ["S03", "S08"]
    assert sorted(elected.index[elected["exposure_2023"] > 0]) == ["S02", "S03", "S06", "S08", "S09"]
    assert (elected["exposure_2023"] >= elected["exposure_2021"]).all()
