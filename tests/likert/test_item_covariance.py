"""Covariances of items, complete or pairwise, and the error of what is made of them."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.likert.reliability import cronbach_alpha
from surveykit.weighting.replicates import replicate_weights
from surveykit.weighting.supplied_replicates import supplied_replicate_weights
from tests.likert.test_reliability import ITEMS, SCALE, row


def test_pairwise_equals_psych(ili_like, expected):
    entry = expected["alpha.pairwise"]
    result = cronbach_alpha(ili_like, SCALE, missing="pairwise")
    assert result.facts["alpha"] == pytest.approx(entry["value"]["raw"], rel=entry["tol"])
    assert row(result, "alpha_standardized")["estimate"] == pytest.approx(entry["value"]["std"], rel=entry["tol"])
    assert np.isnan(row(result, "alpha")["std_error"])


@pytest.mark.parametrize("mse", [True, False])
def test_replicate_weights_give_the_error_also_where_no_cluster_is_named(ili_like, mse):
    made = replicate_weights(SurveyDesign(ili_like, cluster="settlement"), "bootstrap", replicates=20, rng=1, mse=mse)
    columns = pd.DataFrame(made.factors[made.of_row], ili_like.index, [f"r{number}" for number in range(20)])
    frame = pd.concat([ili_like, columns], axis=1)
    design = SurveyDesign(frame)
    given = supplied_replicate_weights(design, list(columns), "bootstrap", scale=made.scale, mse=mse)
    found = [
        cronbach_alpha(design.with_replicates(given), SCALE),
        cronbach_alpha(SurveyDesign(frame, cluster="settlement").with_replicates(made), SCALE),
    ]
    complete = frame[ITEMS].notna().all(axis=1)
    by_hand = []
    for factor in columns.to_numpy()[complete].T:
        covariance = np.cov(frame.loc[complete, ITEMS].T, aweights=factor)
        by_hand.append(8 / 7 * (1 - np.trace(covariance) / covariance.sum()))
    centre = found[0].facts["alpha"] if mse else np.mean(by_hand)
    error = np.sqrt(made.scale * np.square(np.array(by_hand) - centre).sum())
    assert [row(one, "alpha")["std_error"] for one in found] == pytest.approx([error] * 2, rel=1e-9)
    assert "Computed anew with 20 replicate weights (bootstrap)" in found[0].method


def test_many_units_are_summed_in_pieces_to_the_same_error(ili_like, monkeypatch):
    design = SurveyDesign(ili_like, weight="w", stratum="stratum")
    whole = row(cronbach_alpha(design, SCALE), "alpha")["std_error"]
    monkeypatch.setattr("surveykit.likert.item_covariance.UNITS_AT_ONCE", 50)
    assert row(cronbach_alpha(design, SCALE), "alpha")["std_error"] == pytest.approx(whole, rel=1e-12)
