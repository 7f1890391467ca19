import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.likert.polychoric import normal_below, polychoric_correlations
from surveykit.likert.scale import LikertScale

ITEMS = [f"q{number}" for number in range(1, 9)]
SCALE = LikertScale("trust", ITEMS, 1, 5)


def test_normal_probabilities_by_hand_and_by_scipy():
    # both below 0: 1/4 + asin(rho) / (2 pi)
    assert normal_below(0, 0, 0.5) == pytest.approx(1 / 4 + 1 / 12, rel=1e-13)
    for h, k, rho in [(0.3, -1.2, 0.7), (-2.0, 1.5, -0.9), (1.0, 1.1, 0.95), (0.2, 0.1, 0.0)]:
        exact = multivariate_normal.cdf([h, k], [0, 0], [[1, rho], [rho, 1]], abseps=1e-10, releps=1e-10)
        assert normal_below(h, k, rho) == pytest.approx(exact, abs=1e-8)
    assert normal_below(np.inf, 0.3, 0.6) == pytest.approx(normal_below(40, 0.3, 0))
    assert normal_below(-np.inf, 0.3, 0.6) == pytest.approx(0, abs=1e-15)


def test_two_halves_by_hand():
    # both cut in the middle, share s on the diagonal: rho = sin(pi / 2 (2 s - 1))
    frame = pd.DataFrame({"a": [1] * 10 + [2] * 10, "b": [1] * 8 + [2] * 2 + [1] * 2 + [2] * 8})
    found = polychoric_correlations(frame, LikertScale("s", ["a", "b"], 1, 2)).table["estimate"].iloc[0]
    assert found == pytest.approx(np.sin(np.pi / 2 * 0.6), abs=1e-7)


def test_correlations_and_thresholds_equal_psych(ili_like, expected):
    entry = expected["polychoric.psych"]
    found = polychoric_correlations(ili_like, SCALE)
    assert found.table["estimate"].tolist() == pytest.approx(entry["value"]["rho_lower"], rel=entry["tol"])
    assert found.thresholds.to_numpy() == pytest.approx(np.array(entry["value"]["thresholds"]), rel=entry["tol"])
    pair = expected["polychoric.polycor.q1_q2"]
    assert found.correlation.loc["q1", "q2"] == pytest.approx(pair["value"]["two_step"], rel=pair["tol"])


def test_weights_count_like_repeated_rows(ili_like):
    small = LikertScale("s", ["q1", "q2", "q3"], 1, 5)
    times = np.arange(len(ili_like)) % 3 + 1
    weighted = polychoric_correlations(SurveyDesign(ili_like.assign(t=times), weight="t"), small).table["estimate"]
    repeated = polychoric_correlations(ili_like.loc[ili_like.index.repeat(times)].reset_index(drop=True), small).table
    assert weighted.tolist() == pytest.approx(repeated["estimate"].tolist(), abs=1e-7)


def test_turning_an_item_round_flips_the_sign(ili_like):
    plain = polychoric_correlations(ili_like, LikertScale("s", ["q1", "q2"], 1, 5)).table["estimate"].iloc[0]
    turned = polychoric_correlations(ili_like, LikertScale("s", ["q1", "q2"], 1, 5, ["q2"])).table["estimate"].iloc[0]
    assert turned == pytest.approx(-plain, abs=1e-7)


def test_what_has_no_correlation_is_refused_and_the_edge_warns():
    with pytest.raises(ArgumentError, match=r"but \['b'\] has one answer or none"):
        polychoric_correlations(pd.DataFrame({"a": [1, 2], "b": [1, 1]}), LikertScale("s", ["a", "b"], 1, 2))
    with pytest.raises(ArgumentError, match="a correlation needs two items"):
        polychoric_correlations(pd.DataFrame({"a": [1, 2]}), LikertScale("s", ["a"], 1, 2))
    with pytest.warns(SurveyKitWarning, match="lies at the edge"):
        polychoric_correlations(
            pd.DataFrame({"a": [1, 2, 1, 2], "b": [1, 2, 1, 2]}), LikertScale("s", ["a", "b"], 1, 2)
        )
