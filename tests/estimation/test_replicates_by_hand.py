"""Every estimator with replicate weights against a loop: the estimate with each replicate's weights, one after another.

The loop gives each replicate's weights to a plain design and reads the estimate; nothing of the code that makes errors
is in it. Fay's half samples keep every respondent in every replicate, so that no estimate depends on who is left.
"""

import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.groups import compare_groups
from surveykit.comparison.answers.paired import compare_paired
from surveykit.design import SurveyDesign
from surveykit.estimation.hypotheses.goodness_of_fit import goodness_of_fit_test
from surveykit.estimation.hypotheses.rank_tests import rank_scores, rank_test
from surveykit.estimation.hypotheses.t_tests import t_test
from surveykit.estimation.hypotheses.trend import trend_test
from surveykit.estimation.models.marginal_effects import average_marginal_effects, average_predictions, predictions
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.models.term_tests import term_test
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means, totals
from surveykit.estimation.quantities.population_variances import correlations, covariances, variances
from surveykit.estimation.quantities.quantiles import quantiles
from surveykit.estimation.quantities.ratios import ratios
from surveykit.estimation.quantities.shares import shares
from surveykit.estimation.quantities.standardization import standardized_means
from surveykit.weighting.raking import rake
from surveykit.weighting.replicates import replicate_weights
from surveykit.weighting.supplied_replicates import supplied_replicate_weights
from tests.estimation.agreement import make_design


def marginal(design, family="binomial", **options):
    return average_marginal_effects(fit_model("q1top ~ C(sex) + C(ageband) * hhsize", design, family), **options)


ESTIMATORS = {
    "means": lambda d: means(d, ["q1", "income"], by="elected"),
    "totals": lambda d: totals(d, ["income", "one"], by="sex"),
    "shares": lambda d: shares(d, ["q1", "q2"], by="elected"),
    "ratios": lambda d: ratios(d, [("income", "hhsize")], by="sex"),
    "variances": lambda d: variances(d, ["income", "q1"], by="sex"),
    "covariances": lambda d: covariances(d, ["income", "q1", "hhsize"]),
    "correlations": lambda d: correlations(d, ["income", "q1", "q2"], by="elected"),
    "standardized means": lambda d: standardized_means(d, "q1", {"sex": {1: 0.4, 2: 0.6}}, by="elected"),
    "linear model": lambda d: fit_model("q1 ~ elected + C(sex) + age", d),
    "logit": lambda d: fit_model("q1top ~ elected + hhsize", d, "binomial"),
    "poisson": lambda d: fit_model("hhsize ~ elected + C(sex)", d, "poisson"),
    "gamma": lambda d: fit_model("income ~ elected", d, "gamma"),
    "negative binomial": lambda d: fit_model("thousands ~ elected", d, "negative-binomial"),
    "ordinal model": lambda d: fit_model("q1 ~ elected + hhsize", d, "ordinal"),
    "predictions": lambda d: predictions(
        fit_model("q1top ~ elected + hhsize", d, "binomial"), {"elected": [0, 1], "hhsize": 9}
    ),
    "ordinal predictions": lambda d: predictions(fit_model("q1 ~ hhsize", d, "ordinal"), {"hhsize": [1, 4]}),
    "average predictions": lambda d: average_predictions(
        fit_model("q1top ~ C(elected) + hhsize", d, "binomial"), "elected"
    ),
    "marginal effects": marginal,
    "ordinal marginal effects": lambda d: average_marginal_effects(fit_model("q1 ~ elected + hhsize", d, "ordinal")),
    "contrast": lambda d: contrast(means(d, "q1", by="elected"), [-1, 1]),
    "function of estimates": lambda d: contrast(
        means(d, ["q1", "q2"], by="elected"), lambda m: m[0] / m[1] - np.log(m[2])
    ),
    "t test of a mean": lambda d: t_test(d, "q1", null=3),
    "t test of groups": lambda d: t_test(d, "q1", "elected"),
    "paired t test": lambda d: t_test(d, "q1", paired_with="q2"),
    "trend": lambda d: trend_test(d, "q1", "ageband", scores=[1, 2, 4, 9]),
    "compare_groups": lambda d: part(
        compare_groups(d, "q1", group="educ", baseline=1, adjust_for=["age", "sex"]), "cr2"
    ),
    "compare_paired": lambda d: part(compare_paired(d, [("q1", "q2")], rng=1), "cr2", "sign_flip"),
}


def part(result, *without):
    return type("Rows", (), {"table": result.table[~result.table["method"].isin(without)]})


@pytest.fixture(scope="module")
def frame(ili_like):
    frame = ili_like[ili_like["settlement"].isin(["S01", "S02", "S04", "S05", "S07", "S08"])]
    return frame.assign(thousands=(frame["income"] / 20_000).round()).reset_index(drop=True)


def replicated(frame, margins, how):
    """Half samples of unit factors; the same after raking, one factor per respondent; any factors from outside."""
    base = make_design(frame, "DHALF")
    if how == "supplied":
        rng = np.random.default_rng(4)
        names = [f"r{number}" for number in range(7)]
        data = pd.concat([frame, pd.DataFrame(rng.gamma(20, 0.05, (len(frame), 7)), frame.index, names)], axis=1)
        design = SurveyDesign(data, weight="w")
        return design.with_replicates(
            supplied_replicate_weights(
                design, names, "other", scale=0.3, combined=False, rscales=np.linspace(0.5, 1.5, 7)
            )
        )
    if how == "raked":
        targets = {"sex": {1: 5000.0, 2: 6000.0}, "elected": {0: 5500.0, 1: 5500.0}}
        made = replicate_weights(base, "Fay", steps=lambda d: rake(d, targets))
        return rake(base, targets).with_replicates(made)
    return base.with_replicates(replicate_weights(base, "Fay", mse=how != "centred"))


def loop(design, estimate):
    """Standard errors from the estimate with the weights of every replicate in turn."""
    made, found = design.replicates, []
    for weights in made.weights(design).T:
        data = design.data.assign(turn=weights)
        found.append(estimate(SurveyDesign(data, weight="turn")))
    centre = (
        estimate(SurveyDesign(design.data.assign(turn=design.weights), weight="turn"))
        if made.mse
        else np.mean(found, axis=0)
    )
    return np.sqrt(made.scale * (made.rscales[:, None] * (np.array(found) - centre) ** 2).sum(axis=0))


@pytest.mark.slow
@pytest.mark.parametrize("how", ["Fay", "centred", "raked", "supplied"])
@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_errors_equal_a_loop_over_the_replicate_weights(frame, margins, name, how):
    design = replicated(frame, margins, how)
    table = ESTIMATORS[name](design).table
    by_hand = loop(design, lambda d: ESTIMATORS[name](d).table["estimate"].to_numpy(dtype=float))
    np.testing.assert_allclose(table["std_error"], by_hand, rtol=2e-6, atol=1e-9 * table["estimate"].abs().max())
    assert (by_hand > 0).any()
    if name not in ("t test of a mean", "t test of groups", "paired t test", "trend"):
        assert set(table["method"]) <= {"replicates", "average prediction", "average marginal effect", "prediction"}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["Fay", "raked"])
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_what_is_held_fixed_between_replicates(frame, margins, how):
    """Ranks stay the full sample's, and so do covariates that are called fixed."""
    design = replicated(frame, margins, how)
    scores = rank_scores(design, "q1", frame["q1"].notna().to_numpy(), "wilcoxon", "weighted")
    ranked = design.with_survey(design.survey.with_columns({"score": pd.Series(scores, frame.index)}))
    for test, same in (
        (rank_test(design, "q1", "elected"), lambda d: t_test(d, "score", "elected")),
        (trend_test(design, "q1", "ageband", of="rank"), lambda d: trend_test(d, "score", "ageband")),
    ):
        by_hand = loop(ranked, lambda d, same=same: same(d).table["estimate"].to_numpy())
        assert test.table["std_error"].tolist() == pytest.approx(by_hand.tolist(), rel=1e-9)

    model = fit_model("q1top ~ elected + hhsize", design, "binomial")
    at = pd.DataFrame({"elected": 1, "hhsize": frame["hhsize"][frame["q1top"].notna()]})
    weights = design.weights[frame["q1top"].notna()]

    def average(d):
        fitted = fit_model("q1top ~ elected + hhsize", d, "binomial")
        return np.array([weights @ predictions(fitted, at).table["estimate"] / weights.sum()])

    fixed = average_predictions(model, "elected", covariates="fixed").table["std_error"].iloc[1]
    assert fixed == pytest.approx(loop(design, average)[0], rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["Fay", "raked"])
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_tests_rest_on_the_covariance_of_the_loop(frame, margins, how):
    design = replicated(frame, margins, how)
    made = design.replicates
    weights = made.weights(design)

    def counts(w):
        return np.array([w[(frame["educ"] == code).to_numpy()].sum() for code in (1, 2, 3)])

    observed, expected = counts(design.weights), design.weights.sum() * np.array([0.3, 0.45, 0.25])
    changes = np.array([counts(w) for w in weights.T]) - observed

    def standardized(table):
        return (table - table.sum(axis=1, keepdims=True) * [0.3, 0.45, 0.25]) / np.sqrt(
            table.sum(axis=1, keepdims=True) * [0.3, 0.45, 0.25]
        )

    step = 1e-6
    linear = (standardized(observed + step * changes) - standardized(observed - step * changes)) / (2 * step)
    scale = (made.scale * made.rscales[:, None] * linear**2).sum() / 2
    row = goodness_of_fit_test(design, "educ", {1: 0.3, 2: 0.45, 3: 0.25}).table.iloc[0]
    assert row["statistic"] == pytest.approx(((observed - expected) ** 2 / expected).sum(), rel=1e-9)
    assert row["mean_scale"] == pytest.approx(scale, rel=1e-5)

    model = fit_model("q1 ~ C(educ) + age", design)
    coefficients = (
        np.array(
            [
                fit_model("q1 ~ C(educ) + age", SurveyDesign(frame.assign(turn=w), weight="turn")).params
                for w in weights.T
            ]
        )
        - model.params.to_numpy()
    )
    covariance = made.scale * (coefficients.T * made.rscales) @ coefficients
    chosen = [model.params.index.get_loc(f"C(educ)[T.{code}]") for code in (2, 3)]
    b = model.params.to_numpy()[chosen]
    wald = b @ np.linalg.solve(covariance[np.ix_(chosen, chosen)], b) / 2
    assert term_test(model, "C(educ)").table["statistic"].item() == pytest.approx(wald, rel=1e-6)


@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_quantiles_invert_the_share_below(frame, margins):
    design = replicated(frame, margins, "raked")
    row = quantiles(design, "income", 0.4).table.iloc[0]
    below = loop(design, lambda d: np.array([d.weights @ (frame["income"] <= row["estimate"]) / d.weights.sum()]))[0]
    marked = design.with_survey(design.survey.with_columns({"below": (frame["income"] <= row["estimate"]) * 1.0}))
    assert means(marked, "below").table["std_error"].item() == pytest.approx(below, rel=1e-9)
    order = np.argsort(frame["income"].to_numpy())
    total = np.cumsum(design.weights[order]) / design.weights.sum()
    share = total[np.searchsorted(frame["income"].to_numpy()[order], row["estimate"], side="right") - 1]
    from scipy import stats

    reach = stats.t.ppf(0.975, row["df"]) * below
    ends = [frame["income"].to_numpy()[order][np.searchsorted(total, end)] for end in (share - reach, share + reach)]
    assert row[["conf_low", "conf_high"]].tolist() == pytest.approx(ends)
