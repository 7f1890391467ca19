"""Held against clubSandwich 0.5.8 (tests/reference/make_reference.R) and against the definition with n x n matrices."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import linalg

from surveykit.estimation.few_clusters import cluster_totals, fit_robust, hotelling_test, solve_weighted

COVARIATES = [("sex", 2), ("ageband", 2), ("ageband", 3), ("ageband", 4), ("educ", 2), ("educ", 3)]
MODELS = {
    "w_plain": ("q1", [], True),
    "w_cov": ("q1", COVARIATES, True),
    "u_plain": ("q1", [], False),
    "u_cov": ("q1", COVARIATES, False),
    "w_index": ("index", [*COVARIATES[:4], ("stratum", "centre"), ("stratum", "south")], True),
}


def arrays(frame, outcome, columns, weighted):
    frame = frame[frame[outcome].notna()]
    x = np.column_stack([np.ones(len(frame)), frame["elected"], *[(frame[c] == v).astype(float) for c, v in columns]])
    weights = frame["w"].to_numpy() if weighted else np.ones(len(frame))
    return x.astype(float), frame[outcome].to_numpy(float), weights, frame["settlement"].astype("category").cat.codes.to_numpy()


def numbers(entry, key):
    return np.array([float(value) for value in entry["value"][key].values()])


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR1p", "CR1S", "CR2", "CR3"])
@pytest.mark.parametrize("model", MODELS)
def test_coefficients_errors_and_df_equal_clubsandwich(ili_like, expected, model, kind):
    entry = expected[f"cr.{model}.{kind}"]
    fit = fit_robust(cluster_totals(*arrays(ili_like, *MODELS[model])), kind.lower())
    np.testing.assert_allclose(fit.coefficients, numbers(entry, "coef"), rtol=1e-8)
    np.testing.assert_allclose(fit.std_errors, numbers(entry, "se"), rtol=1e-8)
    np.testing.assert_allclose(fit.df, numbers(entry, "df_satt"), rtol=1e-8)


@pytest.mark.parametrize("kind", ["CR1S", "CR2"])
def test_the_joint_test_equals_clubsandwich(ili_like, expected, kind):
    value = expected[f"cr.wald.educ.u_cov.{kind}.HTZ"]["value"]
    found = hotelling_test(cluster_totals(*arrays(ili_like, *MODELS["u_cov"])), np.eye(8)[6:], kind.lower())
    assert found.statistic == pytest.approx(value["F"], rel=1e-6)
    assert (found.df, found.df_denominator) == pytest.approx((value["df_num"], value["df_denom"]), rel=1e-6)


@pytest.mark.parametrize("model", ["w_plain", "w_cov", "u_cov"])
def test_cr3_equals_the_jackknife_by_refitting(ili_like, expected, model):
    value = expected[f"cr.jackknife.{model}"]["value"]["se_cv3"]
    fit = fit_robust(cluster_totals(*arrays(ili_like, *MODELS[model])), "cr3")
    np.testing.assert_allclose(fit.std_errors * np.sqrt(9 / 10), list(value.values()), rtol=1e-8)


def test_point_estimates_and_cr1s_equal_statsmodels(ili_like):
    x, y, w, cluster = arrays(ili_like, *MODELS["w_cov"])
    theirs = sm.WLS(y, x, weights=w).fit(cov_type="cluster", cov_kwds={"groups": cluster})
    ours = fit_robust(cluster_totals(x, y, w, cluster), "cr1s")
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-10)
    np.testing.assert_allclose(ours.std_errors, theirs.bse, rtol=1e-10)


def brute_cr2(x, y, w, cluster):
    """CR2 and Satterthwaite written out with n x n matrices (Pustejovsky & Tipton 2018, equations 5 to 11)."""
    n, p = x.shape
    bread = np.linalg.inv((x.T * w) @ x)
    hat = np.eye(n) - x @ bread @ (x.T * w)
    spread, residual = hat @ hat.T, hat @ y
    scores, parts, groups = [], [], [cluster == g for g in np.unique(cluster)]
    for rows in groups:
        values, vectors = linalg.eigh(spread[np.ix_(rows, rows)])
        root = (vectors * np.where(values > 1e-10, np.clip(values, 1e-10, None) ** -0.5, 0)) @ vectors.T
        adjusted = root @ (x[rows] * w[rows, None]) @ bread
        scores.append(adjusted.T @ residual[rows])
        parts.append(adjusted)
    errors, df = np.sqrt(np.square(scores).sum(axis=0)), []
    for c in range(p):
        gram = np.array([[parts[g][:, c] @ spread[np.ix_(groups[g], groups[h])] @ parts[h][:, c]
                          for h in range(len(groups))] for g in range(len(groups))])
        df.append(np.trace(gram) ** 2 / np.sum(gram**2))
    return errors, np.array(df)


def test_unbalanced_weighted_with_stratum_dummy_equals_the_definition(rng):
    cluster = np.repeat(np.arange(7), [3, 9, 4, 15, 6, 2, 11])
    x = np.column_stack([np.ones(50), cluster < 3, np.isin(cluster, [1, 2, 4]), rng.normal(size=50)]).astype(float)
    y, w = rng.normal(size=50) + cluster, rng.uniform(0.2, 4, 50)
    fit = fit_robust(cluster_totals(x, y, w, cluster), "cr2")
    errors, df = brute_cr2(x, y, w, cluster)
    np.testing.assert_allclose(fit.std_errors, errors, rtol=1e-9)
    np.testing.assert_allclose(fit.df, df, rtol=1e-9)


def test_a_settlement_with_its_own_dummy_has_a_pseudo_inverse_root(rng):
    cluster = np.repeat(np.arange(6), 5)
    x = np.column_stack([np.ones(30), np.isin(cluster, [0, 1, 2]), cluster == 5]).astype(float)
    y, w = rng.normal(size=30), rng.uniform(0.5, 2, 30)
    fit = fit_robust(cluster_totals(x, y, w, cluster), "cr2")
    np.testing.assert_allclose(fit.std_errors[1], brute_cr2(x, y, w, cluster)[0][1], rtol=1e-7)


def test_many_clusters_take_the_other_path_to_the_same_totals(rng):
    cluster = rng.permutation(np.repeat(np.arange(600), 3))
    x, y, w = rng.normal(size=(1800, 3)), rng.normal(size=1800), rng.uniform(0.5, 2, 1800)
    many = cluster_totals(x, y, w, cluster)
    few = cluster_totals(x, y, w, cluster % 5)
    for name in ("xx", "xdx", "xddx", "xy", "xdy", "n", "weight"):
        whole = getattr(many, name)
        np.testing.assert_allclose([whole[g::5].sum(axis=0) for g in range(5)], getattr(few, name), rtol=1e-10, atol=1e-10)


def test_weights_on_another_scale_change_nothing(ili_like):
    x, y, w, cluster = arrays(ili_like, *MODELS["w_cov"])
    one, two = (fit_robust(cluster_totals(x, y, scale * w, cluster)) for scale in (1, 1000))
    np.testing.assert_allclose(two.std_errors, one.std_errors, rtol=1e-10)
    np.testing.assert_allclose(two.df, one.df, rtol=1e-10)


def test_columns_on_wild_scales_do_no_harm(ili_like):
    x, y, w, cluster = arrays(ili_like, *MODELS["w_cov"])
    scale = np.array([1, 1, 1e6, 1e-6, 1, 1e4, 1, 1])
    one, two = (fit_robust(cluster_totals(x * s, y, w, cluster)) for s in (1, scale))
    np.testing.assert_allclose(two.std_errors * scale, one.std_errors, rtol=1e-8)


def test_collinear_columns_share_the_fit(rng):
    x = np.column_stack([np.ones(20), np.arange(20) % 2, np.ones(20)]).astype(float)
    y = rng.normal(size=20)
    coefficients, _ = solve_weighted(cluster_totals(x, y, np.ones(20), np.arange(20) // 4))
    assert coefficients[1] == pytest.approx(y[1::2].mean() - y[::2].mean())
