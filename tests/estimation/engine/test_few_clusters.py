"""Held against clubSandwich 0.5.8 (tests/reference/make_reference.R) and against the definition with n x n matrices."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import linalg

import surveykit as sk
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust, fit_without_each, solve_weighted
from surveykit.estimation.engine.joint_tests import hotelling_test

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
    return (
        x.astype(float),
        frame[outcome].to_numpy(float),
        weights,
        frame["settlement"].astype("category").cat.codes.to_numpy(),
    )


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
        gram = np.array(
            [
                [parts[g][:, c] @ spread[np.ix_(groups[g], groups[h])] @ parts[h][:, c] for h in range(len(groups))]
                for g in range(len(groups))
            ]
        )
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


# weights that say nothing, or nearly nothing, and the definition on whole matrices

KINDS = ("cr0", "cr1", "cr1p", "cr1s", "cr2", "cr3")
WEIGHTS = (
    "constant",
    "constant in some",
    "one over size",
    "the mean in some",
    "noise of 1e-5",
    "noise of 1e-9",
    "noise of 1e-13",
    "a combination of columns",
    "nearly a combination of columns",
    "uneven",
)


def make_case(seed):
    """Seven to twelve settlements of 2 to 12 people, a treatment and up to three covariates."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(7, 13))
    cluster = np.repeat(np.arange(count), rng.integers(2, 13, count))
    treated, n = rng.permutation(count) < count // 2, len(cluster)
    further = [rng.normal(size=n), rng.integers(0, 2, n), rng.normal(size=count)[cluster]]
    chosen = rng.permutation(3)[: rng.integers(0, 4)]
    x = np.column_stack([np.ones(n), treated[cluster], *[further[number] for number in chosen]]).astype(float)
    return x, rng.normal(size=n) + rng.normal(size=count)[cluster], cluster, rng


def make_weights(kind, x, cluster, rng):
    n, sizes = len(cluster), np.bincount(cluster)
    free = rng.uniform(0.5, 2, n)
    span = 2 + 0.3 * x[:, 1] + (x[:, -1] - x[:, -1].min())
    mean = np.where(cluster < 3, free[cluster >= 3].mean(), free)
    return {
        "constant": np.full(n, rng.uniform(0.01, 100)),
        "constant in some": np.where(cluster < 4, rng.uniform(0.1, 9, len(sizes))[cluster], free),
        "one over size": 1 / sizes[cluster],
        "the mean in some": mean,
        "noise of 1e-5": 3 * (1 + 1e-5 * rng.normal(size=n)),
        "noise of 1e-9": 1 + 1e-9 * rng.normal(size=n),
        "noise of 1e-13": 1 + 1e-13 * rng.normal(size=n),
        "a combination of columns": span,
        "nearly a combination of columns": span * (1 + 1e-7 * rng.normal(size=n)),
        "uneven": rng.gamma(1.0, size=n) + 0.01,
    }[kind]


def dense_parts(x, w, cluster):
    """Return what the definitions need of whole matrices: (X'WX)^-1, the hat matrix, rows of each cluster."""
    bread = np.linalg.inv((x.T * w) @ x)
    return bread, x @ bread @ (x.T * w), [np.flatnonzero(cluster == g) for g in np.unique(cluster)]


def dense_adjustments(x, w, cluster, kind):
    """Return A_g of every cluster as clubSandwich's help page and Pustejovsky & Tipton (2018), section 2.3, give it."""
    _, hat, groups = dense_parts(x, w, cluster)
    (n, p), count = x.shape, len(groups)
    spread = (np.eye(n) - hat) @ (np.eye(n) - hat).T
    found = []
    for rows in groups:
        one = np.eye(len(rows))
        if kind == "cr2":
            values, vectors = linalg.eigh(spread[np.ix_(rows, rows)])
            found.append((vectors / np.sqrt(values)) @ vectors.T)
        elif kind == "cr3":
            found.append(np.linalg.inv(one - hat[np.ix_(rows, rows)]))
        else:
            found.append(
                one
                * np.sqrt(
                    {
                        "cr0": 1.0,
                        "cr1": count / (count - 1),
                        "cr1p": count / (count - p),
                        "cr1s": count * (n - 1) / ((count - 1) * (n - p)),
                    }[kind]
                )
            )
    return found, spread, groups


def dense_fit(x, y, w, cluster, kind):
    """Return errors, Satterthwaite df and the HTZ test of all columns but the first, all from n x n matrices."""
    bread, hat, _ = dense_parts(x, w, cluster)
    adjustments, spread, groups = dense_adjustments(x, w, cluster, kind)
    residual = y - hat @ y
    parts = [one.T @ (x[rows] * w[rows, None]) @ bread for one, rows in zip(adjustments, groups)]
    scores = np.array([part.T @ residual[rows] for part, rows in zip(parts, groups)])
    covariance = scores.T @ scores
    # covariance of the scores of clusters g and h for coefficients i and j, the identity being the working model
    between = np.array(
        [[one.T @ spread[np.ix_(a, b)] @ two for two, b in zip(parts, groups)] for one, a in zip(parts, groups)]
    )
    df = [np.trace(between[:, :, c, c]) ** 2 / (between[:, :, c, c] ** 2).sum() for c in range(x.shape[1])]
    return np.sqrt(np.diag(covariance)), df, dense_htz(bread @ (x.T * w) @ y, covariance, between)


def dense_htz(coefficients, covariance, between):
    """HTZ of all coefficients but the first (Pustejovsky & Tipton 2018, section 3.2); variances by Isserlis' theorem."""
    covariance, between, b = covariance[1:, 1:], between[:, :, 1:, 1:], coefficients[1:]
    q = len(b)
    root = np.linalg.inv(linalg.sqrtm(np.einsum("ggst->st", between)).real)
    z = root @ between @ root
    variance = sum(
        (z[:, :, s, s] * z[:, :, t, t] + z[:, :, s, t] * z[:, :, t, s]).sum() for s in range(q) for t in range(q)
    )
    eta = q * (q + 1) / variance
    return [(eta - q + 1) / (eta * q) * (b @ np.linalg.solve(covariance, b)), eta - q + 1]


def engine_fit(x, y, w, cluster, kind):
    """Return the same from cluster totals."""
    totals = cluster_totals(x, y, w, cluster)
    fit, joint = fit_robust(totals, kind), hotelling_test(totals, np.eye(x.shape[1])[1:], kind)
    return fit.std_errors, fit.df, [joint.statistic, joint.df_denominator]


def is_plain(x, w, cluster):
    """Tell whether no settlement decides a direction almost alone, where both ways of computing lose digits."""
    if np.linalg.cond(x / np.linalg.norm(x, axis=0)) > 50:
        return False
    _, hat, groups = dense_parts(x, w, cluster)
    spread = (np.eye(len(w)) - hat) @ (np.eye(len(w)) - hat).T
    return min(np.linalg.eigvalsh(spread[np.ix_(rows, rows)])[0] for rows in groups) > 0.05


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("weights", WEIGHTS)
def test_every_kind_equals_whole_matrices(weights, seed):
    # 1e-8 leaves room for the whole matrices' own rounding: 3,000 random cases lay within 1e-11, uneven ones 1e-9
    x, y, cluster, rng = make_case(seed)
    w = make_weights(weights, x, cluster, rng)
    assume(is_plain(x, w, cluster))
    for kind in KINDS:
        for ours, theirs in zip(engine_fit(x, y, w, cluster, kind), dense_fit(x, y, w, cluster, kind)):
            np.testing.assert_allclose(ours, theirs, rtol=1e-8, err_msg=kind)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(1e-3, 1e3))
@pytest.mark.parametrize("weights", WEIGHTS)
def test_scale_and_order_change_nothing(weights, seed, scale):
    x, y, cluster, rng = make_case(seed)
    w = make_weights(weights, x, cluster, rng)
    assume(is_plain(x, w, cluster))
    order, names = rng.permutation(len(y)), rng.permutation(cluster.max() + 1)
    for kind in KINDS:
        first = engine_fit(x, y, w, cluster, kind)
        second = engine_fit(x[order], y[order], scale * w[order], names[cluster[order]], kind)
        for one, two in zip(first, second):
            np.testing.assert_allclose(two, one, rtol=1e-10, err_msg=kind)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), weight=st.floats(1e-6, 1e6))
def test_equal_weights_are_no_weights(seed, weight):
    x, y, cluster, _ = make_case(seed)
    assume(is_plain(x, np.ones(len(y)), cluster))
    for kind in KINDS:
        for one, two in zip(*(engine_fit(x, y, np.full(len(y), w), cluster, kind) for w in (1.0, weight))):
            np.testing.assert_allclose(two, one, rtol=1e-10, err_msg=kind)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 56))
def test_settlements_of_one_size_weigh_alike_by_person_and_by_settlement(seed, size):
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(9), size)
    x = np.column_stack([np.ones(9 * size), cluster < 4, rng.normal(size=9 * size)]).astype(float)
    y = rng.normal(size=9 * size) + rng.normal(size=9)[cluster]
    assume(is_plain(x, np.ones(len(y)), cluster))
    for kind in KINDS:
        for one, two in zip(
            *(engine_fit(x, y, w, cluster, kind) for w in (np.ones(len(y)), np.full(len(y), 1 / size)))
        ):
            np.testing.assert_allclose(two, one, rtol=1e-10, err_msg=kind)


def test_an_empty_cluster_is_not_counted(rng):
    cluster = np.repeat([0, 1, 2, 4, 5], 4)  # nobody answered in cluster 3
    x = np.column_stack([np.ones(20), cluster < 2]).astype(float)
    y, w = rng.normal(size=20), rng.uniform(0.5, 2, 20)
    closed = np.unique(cluster, return_inverse=True)[1]
    for kind in KINDS:
        with_gap = fit_robust(cluster_totals(x, y, w, cluster, n_clusters=7), kind)
        without = fit_robust(cluster_totals(x, y, w, closed), kind)
        np.testing.assert_allclose(with_gap.std_errors, without.std_errors, rtol=1e-12, err_msg=kind)
        np.testing.assert_allclose(with_gap.df, without.df, rtol=1e-12, err_msg=kind)
        np.testing.assert_allclose(without.std_errors, dense_fit(x, y, w, closed, kind)[0], rtol=1e-10, err_msg=kind)


def test_the_joint_test_does_not_depend_on_units(rng):
    # a covariate in tenge beside one of 0 and 1: variances sixteen orders apart
    x, y, cluster, _ = make_case(11)
    x, w = np.column_stack([x[:, :2], rng.normal(size=(len(y), 2))]), rng.uniform(0.5, 2, len(y))
    totals = [cluster_totals(x * np.array([1, 1, scale, 1]), y, w, cluster) for scale in (1, 1e9)]
    one, two = (hotelling_test(part, np.eye(4)[1:]) for part in totals)
    assert (two.statistic, two.df_denominator) == pytest.approx((one.statistic, one.df_denominator), rel=1e-9)


def test_combinations_have_their_own_degrees_of_freedom(rng):
    x, y, cluster, _ = make_case(5)
    w, turn = rng.uniform(0.5, 2, len(y)), np.eye(x.shape[1])
    turn[0, 1] = 1.0  # the constant becomes the mean of the treated
    other = fit_robust(cluster_totals(x @ np.linalg.inv(turn), y, w, cluster))
    found = fit_robust(cluster_totals(x, y, w, cluster), "cr2", turn)
    for name in ("coefficients", "std_errors", "df"):
        np.testing.assert_allclose(getattr(found, name), getattr(other, name), rtol=1e-9)


EXTREME = json.loads((Path(__file__).parents[2] / "reference" / "extreme_weights_expected.json").read_text())


@pytest.mark.parametrize("case", EXTREME, ids=lambda case: f"{case['ratio']:g}-{case['seed']}")
def test_one_respondent_may_outweigh_all_others(case):
    """Whole matrices with 60 digits (tests/reference/make_extreme_weights_reference.py).

    Rounding takes from a residual's variance, which shrinks with the square of the weight: 1e-4 of an error at 1e6.
    """
    x, y, weights, cluster = (np.array(case[name]) for name in ("x", "y", "weights", "cluster"))
    found = fit_robust(cluster_totals(x, y, weights, cluster))
    tolerance = max(1e-11, 1e-16 * case["ratio"] ** 2)
    np.testing.assert_allclose(found.std_errors, case["std_error"], rtol=tolerance)
    np.testing.assert_allclose(found.df, case["df"], rtol=tolerance)


@pytest.mark.parametrize("heavy", ["respondent", "cluster"])
@pytest.mark.parametrize("ratio", [1.0, 1e3, 1e6, 1e9])
def test_the_jackknife_of_extreme_weights_is_that_of_whole_numbers(ratio, heavy):
    """CR3 of a difference of means is the jackknife, here in fractions that round nothing; 1e-15 times the ratio."""
    rng = np.random.default_rng(11)
    cluster = np.repeat(np.arange(6), 10)
    y, weights = rng.normal(size=60).round(2), rng.uniform(0.5, 1.5, 60).round(3)
    weights[7 if heavy == "respondent" else cluster == 1] *= ratio

    def difference(kept: np.ndarray) -> Fraction:
        means = []
        for side in (kept & (cluster < 3), kept & (cluster >= 3)):
            w = [Fraction(one) for one in weights[side]]
            means.append(sum(a * Fraction(b) for a, b in zip(w, y[side])) / sum(w))
        return means[0] - means[1]

    whole = difference(cluster >= 0)
    expected = float(sum((difference(cluster != left) - whole) ** 2 for left in range(6))) ** 0.5
    x = np.column_stack([np.ones(60), cluster < 3]).astype(float)
    found = fit_robust(cluster_totals(x, y, weights, cluster), "cr3", np.array([[0.0, 1.0]]))
    assert found.std_errors[0] == pytest.approx(expected, rel=1e-14 * max(ratio, 100))


@pytest.mark.filterwarnings("ignore:one cluster, or one respondent in it, weighs so much")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 6), st.integers(2, 30), st.sampled_from(["cr2", "cr3"]))
def test_extreme_weights_do_not_depend_on_how_columns_are_written(seed, magnitude, size, kind):
    """A constant and a group, or one indicator for each side: the same difference, error and degrees of freedom."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(7), size)
    treated = (cluster < 3).astype(float)
    y, weights = rng.normal(size=len(cluster)), rng.uniform(0.5, 2, len(cluster))
    weights[rng.integers(len(cluster))] *= 10**magnitude
    x, sides = np.column_stack([np.ones(len(y)), treated]), np.column_stack([1 - treated, treated])
    one = fit_robust(cluster_totals(x, y, weights, cluster), kind, np.array([[0.0, 1.0]]))
    two = fit_robust(cluster_totals(sides, y, weights, cluster), kind, np.array([[-1.0, 1.0]]))
    assume(not np.isnan(one.df).any() and not np.isnan(two.df).any())
    np.testing.assert_allclose(one.std_errors, two.std_errors, rtol=1e-3)
    np.testing.assert_allclose(one.df, two.df, rtol=1e-3)
    assert (one.df > 0.99).all() and (one.df < 7).all()


def test_what_double_precision_cannot_know_is_not_given():
    case = EXTREME[-6]
    x, y, weights, cluster = (np.array(case[name]) for name in ("x", "y", "weights", "cluster"))
    totals = cluster_totals(x, y, np.where(weights == 1e6, 1e8, weights), cluster)
    with pytest.warns(sk.SurveyKitWarning, match="cannot be told from rounding"):
        found = fit_robust(totals)
    assert np.isnan(found.std_errors).any() and np.isnan(found.df).any()
    assert np.isfinite(fit_robust(totals, "cr0").std_errors).all()  # which needs no root


@pytest.mark.parametrize("kind", ["even", "lone heavy respondent", "dependent column"])
def test_fits_without_each_cluster_equal_those_on_the_rows_of_the_others(kind):
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(9), rng.integers(5, 30, 9))
    x = np.column_stack([np.ones(len(cluster)), cluster < 4, rng.normal(size=len(cluster)), cluster == 8]).astype(float)
    x = x if kind == "dependent column" else x[:, :3]  # without the last cluster its column is zero
    w = rng.gamma(4, 0.25, len(cluster))
    w[0] = 3e4 if kind == "lone heavy respondent" else w[0]
    y = rng.integers(1, 6, len(cluster)).astype(float)
    # one of 30,000 beside the others' 1 leaves its square of the sixteen digits of what they are told apart by
    exact = 1e-6 if kind == "lone heavy respondent" else 1e-9
    contrast = np.eye(x.shape[1])[1]
    left_out = np.array([8, 0, 3, 5])
    found = fit_without_each(cluster_totals(x, y, w, cluster), left_out, contrast)
    for number, gone in enumerate(left_out):
        rest = cluster != gone
        codes = np.unique(cluster[rest], return_inverse=True)[1]
        alone = fit_robust(cluster_totals(x[rest], y[rest], w[rest], codes), contrasts=contrast[None])
        assert found.estimate[number] == pytest.approx(alone.coefficients[0], rel=exact)
        assert found.std_error[number] == pytest.approx(alone.std_errors[0], rel=exact)
        assert found.df[number] == pytest.approx(alone.df[0], rel=exact)
