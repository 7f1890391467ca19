"""Held against all 1,024 Rademacher draws and all 60 million Webb draws (tests/reference/make_reference_py.py)."""

import numpy as np
import pytest

from surveykit.comparison.methods.wild_bootstrap import bootstrap_error, subcluster_draws, wild_draws, wild_weights
from surveykit.comparison.studentized_draws import invert_test
from surveykit.errors import ArgumentError
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust
from tests.estimation.engine.test_few_clusters import MODELS, arrays


@pytest.mark.parametrize("model", ["w_plain", "w_cov", "u_plain", "u_cov"])
def test_all_rademacher_draws(ili_like, expected, model):
    value = expected[f"wild.rademacher.{model}"]["value"]
    totals = cluster_totals(*arrays(ili_like, *MODELS[model]))
    signs, exact, name = wild_weights(10)
    draws = wild_draws(totals, 1, signs, exact)
    estimate, error = bootstrap_error(totals, 1)
    assert (estimate, error) == pytest.approx((value["coef"], value["se_cr1s"]), rel=1e-9)
    assert draws.p_value(estimate, error) == pytest.approx(value["null_imposed"]["p_ge"], rel=1e-9)
    found = invert_test(lambda null: draws.p_value(estimate, error, null), estimate, error, 0.05)
    assert found == pytest.approx((value["ci_null_imposed_low"], value["ci_null_imposed_high"]), abs=1e-6)
    assert (exact, name) == (True, "all 1,024 Rademacher signs")


@pytest.mark.parametrize("model", ["w_plain", "u_plain"])
def test_webb_draws_lie_within_monte_carlo_error_of_all_of_them(ili_like, expected, model, rng):
    value = expected[f"wild.webb_exact.{model}"]["value"]["p_ge"]
    totals = cluster_totals(*arrays(ili_like, *MODELS[model]))
    draws = wild_draws(totals, 1, *wild_weights(10, "webb", rng)[:2])
    assert draws.p_value(*bootstrap_error(totals, 1)) == pytest.approx(
        value, abs=3 * np.sqrt(value * (1 - value) / 9999)
    )


def refit_t(x, y, w, cluster, null, kind):
    """The statistic by refitting, CV1 with Stata's factor or the jackknife."""
    totals = cluster_totals(x, y - null * x[:, 1], w, cluster)
    if kind[1] == "1":
        fit = fit_robust(totals, "cr1s")
        return fit.coefficients[1] / fit.std_errors[1]
    whole = np.linalg.lstsq(x * np.sqrt(w)[:, None], (y - null * x[:, 1]) * np.sqrt(w), rcond=None)[0][1]
    groups = np.unique(cluster)
    rest = [
        np.linalg.lstsq(
            (x * np.sqrt(w)[:, None])[cluster != g], ((y - null * x[:, 1]) * np.sqrt(w))[cluster != g], rcond=None
        )[0][1]
        for g in groups
    ]
    return whole / np.sqrt((len(groups) - 1) / len(groups) * np.sum((np.array(rest) - whole) ** 2))


@pytest.mark.parametrize("kind", ["11", "13", "31", "33"])
@pytest.mark.parametrize("null", [0.0, 0.7])
def test_every_kind_equals_refitting_draw_by_draw(kind, null, rng):
    cluster = np.repeat(np.arange(6), [4, 6, 3, 8, 5, 4])
    x = np.column_stack([np.ones(30), cluster < 3, rng.normal(size=30)]).astype(float)
    y, w = rng.normal(size=30) + cluster / 3, rng.uniform(0.5, 2, 30)
    signs, exact, _ = wild_weights(6, "rademacher")
    found = wild_draws(cluster_totals(x, y, w, cluster), 1, signs, exact, kind).statistics(null)
    others = x[:, [0, 2]]
    shifted = y - null * x[:, 1]
    fitted, residual = np.zeros(30), np.zeros(30)
    whole = np.linalg.lstsq(others * np.sqrt(w)[:, None], shifted * np.sqrt(w), rcond=None)[0]
    for g in range(6):
        rows, rest = cluster == g, cluster != g
        fit = (
            whole
            if kind[0] == "1"
            else np.linalg.lstsq((others * np.sqrt(w)[:, None])[rest], (shifted * np.sqrt(w))[rest], rcond=None)[0]
        )
        residual[rows] = (shifted - others @ fit)[rows]
    fitted = others @ whole + null * x[:, 1]
    theirs = [refit_t(x, fitted + v[cluster] * residual, w, cluster, null, kind) for v in signs]
    np.testing.assert_allclose(found, theirs, rtol=1e-8)


def test_the_choice_of_weights():
    assert wild_weights(7)[2] == "9,999 Webb draws"
    assert wild_weights(20)[2] == "9,999 Rademacher draws"
    signs, exact, _ = wild_weights(4, "rademacher")
    assert exact and signs.shape == (8, 4) and (signs[:, 0] == 1).all()
    for kind in ("webb", "mammen"):
        drawn = wild_weights(5, kind, np.random.default_rng(1), 40_000)[0]
        assert drawn.mean() == pytest.approx(0, abs=0.02) and drawn.var() == pytest.approx(1, abs=0.02)
    with pytest.raises(ArgumentError, match="`wild_weights` must be one of"):
        wild_weights(5, "gamma")


def test_a_test_that_cannot_reject_has_an_interval_without_ends(rng):
    cluster = np.repeat(np.arange(4), 6)
    x = np.column_stack([np.ones(24), cluster < 2]).astype(float)
    totals = cluster_totals(x, rng.normal(size=24), np.ones(24), cluster)
    draws = wild_draws(totals, 1, *wild_weights(4, "rademacher")[:2])
    estimate, error = bootstrap_error(totals, 1)
    assert invert_test(lambda null: draws.p_value(estimate, error, null), estimate, error, 0.05) == (-np.inf, np.inf)


def test_the_subcluster_bootstrap_equals_refitting_draw_by_draw(rng):
    """y* = restricted fit + signs of the parts x restricted residuals; CV1 errors by cluster."""
    part = np.repeat(np.arange(9), [4, 3, 5, 6, 2, 4, 3, 5, 4])
    cluster = np.array([0, 0, 1, 1, 2, 3, 3, 4, 4])[part]
    x = np.column_stack([np.ones(36), cluster < 2, rng.normal(size=36)]).astype(float)
    y, w = rng.normal(size=36) + cluster / 3, rng.uniform(0.5, 2, 36)
    signs = wild_weights(9, "webb", rng, 40)[0]
    parts = cluster_totals(x, y, w, part)
    found = subcluster_draws(parts, np.array([0, 0, 1, 1, 2, 3, 3, 4, 4]), 1, signs, 5).statistics(0.4)
    others, shifted = x[:, [0, 2]], y - 0.4 * x[:, 1]
    fit = np.linalg.lstsq(others * np.sqrt(w)[:, None], shifted * np.sqrt(w), rcond=None)[0]
    fitted, residual = others @ fit + 0.4 * x[:, 1], shifted - others @ fit
    theirs = [refit_t(x, fitted + v[part] * residual, w, cluster, 0.4, "11") for v in signs]
    np.testing.assert_allclose(found, theirs, rtol=1e-8)
