"""Factors of replicate weights: jackknife, balanced half samples, bootstraps."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import DesignError
from surveykit.weighting.replicates import replicate_weights
from tests.weighting.test_replicates import made


def total_variance(design: SurveyDesign, y: np.ndarray) -> float:
    """Textbook variance of a total of with-replacement clusters: sum over strata n/(n-1) sum (z - mean z)^2."""
    z = np.bincount(design.units.cluster_of_row, design.weights * y)
    stratum = design.units.stages[0].stratum
    groups = [z[stratum == number] for number in range(design.units.n_strata)]
    return sum(len(g) / (len(g) - 1) * ((g - g.mean()) ** 2).sum() for g in groups)


@pytest.mark.parametrize("kind", ["JKn", "JKn6", "BRR", "Fay"])
def test_a_total_has_its_textbook_variance(with_halves, bootstrap_columns, kind):
    design, found = made(kind, with_halves, bootstrap_columns, True)
    y = with_halves["income"].to_numpy()
    total = design.weights @ y
    replicates = y @ found.weights(design)
    assert found.covariance(replicates[:, None], [total])[0, 0] == pytest.approx(total_variance(design, y), rel=1e-10)


@pytest.mark.parametrize("kind", ["bootstrap", "Poisson"])
def test_random_factors_have_the_textbook_variance_on_average(with_halves, kind):
    design = SurveyDesign(with_halves, weight="w", cluster="ea", stratum="settlement")
    found = replicate_weights(design, kind, replicates=20_000, rng=1)
    y = with_halves["income"].to_numpy()
    z = np.bincount(design.units.cluster_of_row, design.weights * y)
    variance = found.covariance((z @ found.factors)[:, None], [z.sum()])[0, 0]
    # the variance of 20,000 squared deviations: about 1 percent, four times that allowed
    assert variance == pytest.approx(total_variance(design, y), rel=0.04)
    assert found.factors.min() >= -1e-12
    assert found.factors.mean(axis=1) == pytest.approx(1, abs=0.05)
    again = replicate_weights(design, kind, replicates=20_000, rng=1)
    assert np.array_equal(again.factors, found.factors)
    sums = np.array([np.bincount(design.units.stages[0].stratum, column) for column in found.factors[:, :50].T])
    assert sums == pytest.approx(np.broadcast_to([9, 7, 6, 4, 8, 6, 4, 6, 4, 4], sums.shape))


def test_finite_populations_enter(with_halves):
    design = SurveyDesign(with_halves, weight="w", cluster="settlement", stratum="stratum", fpc="fpc_settlements")
    found = replicate_weights(design, "JKn")
    stage = design.units.stages[0]
    n = np.bincount(stage.stratum)[stage.stratum]
    assert found.rscales == pytest.approx((n - 1) / n * (1 - n / stage.population))
    drawn = replicate_weights(design, "bootstrap", replicates=20_000, rng=3)
    y = with_halves["income"].to_numpy()
    z = np.bincount(design.units.cluster_of_row, design.weights * y)
    by_jackknife = found.covariance((z @ found.factors)[:, None], [z.sum()])[0, 0]
    assert drawn.covariance((z @ drawn.factors)[:, None], [z.sum()])[0, 0] == pytest.approx(by_jackknife, rel=0.05)


@pytest.mark.parametrize(("rule", "replicates"), [("remove", 9), ("certainty", 9), ("average", 9), ("adjust", 10)])
def test_lonely_strata_follow_the_rule(with_halves, rule, replicates):
    design = SurveyDesign(with_halves, weight="w", cluster="settlement", stratum="stratum_lonely", lonely_psu=rule)
    found = replicate_weights(design, "JKn")
    assert found.n_replicates == replicates
    assert found.scale == (10 / 9 if rule == "average" else 1)
    if rule == "adjust":
        lonely = int(np.argmax(np.bincount(design.units.stages[0].stratum)[design.units.stages[0].stratum] == 1))
        assert found.factors[lonely, lonely] == 0
        assert found.factors[(lonely + 1) % 10, lonely] == pytest.approx(4 / 3)  # four strata


def test_a_jackknife_of_many_respondents_is_refused():
    design = SurveyDesign(pd.DataFrame({"x": np.zeros(8000)}))
    with pytest.raises(
        DesignError, match='a jackknife of 8,000 sampling units needs as many replicates; .* use "bootstrap"'
    ):
        replicate_weights(design, "JK1")
