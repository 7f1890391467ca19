import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import DesignError, SurveyKitWarning
from surveykit.estimation.hypotheses.rao_scott import rao_scott_test
from surveykit.estimation.hypotheses.t_tests import t_test
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.quantities.contrasts import contrast
from surveykit.estimation.quantities.means import means, totals
from surveykit.estimation.quantities.population_variances import correlations
from surveykit.estimation.quantities.quantiles import quantiles
from surveykit.estimation.quantities.ratios import ratios
from surveykit.estimation.quantities.shares import shares
from surveykit.weighting.raking import rake
from surveykit.weighting.replicates import replicate_weights
from surveykit.weighting.supplied_replicates import supplied_replicate_weights
from tests.conftest import REFERENCE
from tests.estimation.agreement import assert_equals, make_design, more_expected

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")

DESIGN_OF = {"JK1": "D2", "JKn": "D1", "JKn6": "D6", "BRR": "DHALF", "Fay": "DHALF", "boot": "D6"}


def replicated(frame: pd.DataFrame, kind: str, mse: bool) -> SurveyDesign:
    design = make_design(frame, DESIGN_OF[kind])
    if kind == "boot":
        factors = pd.read_csv(REFERENCE / "bootstrap_factors_expected.csv", index_col="ea").loc[frame["ea"]].to_numpy()
        names = [f"r{number}" for number in range(1, 101)]
        data = pd.concat([frame, pd.DataFrame(factors * frame[["w"]].to_numpy(), frame.index, names)], axis=1)
        design = SurveyDesign(data, weight="w")
        made = supplied_replicate_weights(design, names, "bootstrap", scale=1 / 99, mse=mse)
        return design.with_replicates(made)
    return design.with_replicates(replicate_weights(design, kind.rstrip("6"), mse=mse))


@pytest.mark.slow
@pytest.mark.parametrize("mse", [False, True])
@pytest.mark.parametrize("kind", DESIGN_OF)
def test_every_estimator_equals_r(ili_like, expected, kind, mse):
    entry = expected[f"rep.{kind}{'.mse' if mse else ''}"]
    value, tol = entry["value"], entry["tol"]
    design = replicated(ili_like, kind, mse)
    assert design.degrees_of_freedom == value["degf"]
    pairs = [
        (means(design, ["q1", "income"], missing="listwise"), value["mean"], value["mean_se"]),
        (totals(design, ["income", "one"]), value["total"], value["total_se"]),
        (ratios(design, [("income", "hhsize")]), {"": value["ratio"]}, {"": value["ratio_se"]}),
        (
            means(design, "q1", by="elected"),
            dict(enumerate(value["by_elected"])),
            dict(enumerate(value["by_elected_se"])),
        ),
        (fit_model("q1 ~ elected + C(sex)", design), value["glm_coef"], value["glm_se"]),
    ]
    for result, estimate, error in pairs:
        assert_equals(result.table["estimate"], list(estimate.values()), tol)
        assert_equals(result.table["std_error"], list(error.values()), tol)
        assert (result.table["method"] == "replicates").all()
        assert "replicate weights" in result.method


@pytest.mark.slow
@pytest.mark.parametrize("mse", [False, True])
def test_tests_models_and_contrasts_equal_r(ili_like, mse):
    more, tag = more_expected(), ".mse" if mse else ""
    design = replicated(ili_like, "JKn6", mse)
    row = rao_scott_test(design, "q1", "elected").table.iloc[0]
    reference = more[f"rep.svychisq{tag}"]
    assert_equals(
        row[["statistic", "df", "df_denominator", "p_value"]].tolist(),
        [reference["statistic"], *reference["parameter"], reference["p"]],
        1e-9,
    )
    row = t_test(design, "q1", "elected").table.iloc[0]
    assert_equals(
        row[["estimate", "statistic", "df", "p_value"]].tolist(), list(more[f"rep.ttest{tag}"].values()), 1e-9
    )
    table = fit_model("q1top ~ elected + C(sex)", design, "binomial").table
    assert_equals(table["std_error"], more[f"rep.logit{tag}"]["se"], 1e-8)
    gap = contrast(means(design, "q1", by="elected"), [-1, 1]).table.iloc[0]
    assert_equals(gap[["estimate", "std_error"]].tolist(), list(more[f"rep.contrast{tag}"].values()), 1e-9)


def test_supplied_weights_equal_those_made_here(ili_like):
    made = replicated(ili_like, "JKn", True)
    columns = pd.DataFrame(made.replicates.weights(made), ili_like.index, [f"r{k}" for k in range(10)])
    plain = SurveyDesign(pd.concat([ili_like, columns], axis=1), weight="w")
    given = supplied_replicate_weights(plain, list(columns), "JKn", rscales=made.replicates.rscales, df=7)
    supplied = plain.with_replicates(given)
    for ask in (
        lambda d: shares(d, "q1", by="elected"),
        lambda d: quantiles(d, "income"),
        lambda d: correlations(d, ["income", "q1"]),
        lambda d: rao_scott_test(d, "q1", "elected"),
        lambda d: t_test(d, "q1", "elected"),
        lambda d: fit_model("q1 ~ elected", d, "ordinal"),
    ):
        one, two = ask(made).table, ask(supplied).table
        for column in ("estimate", "std_error", "statistic"):
            assert two[column].tolist() == pytest.approx(one[column].tolist(), rel=1e-9, nan_ok=True)


@pytest.mark.slow
def test_the_jackknife_is_close_to_linearization(ili_like):
    linear, jackknife = make_design(ili_like, "D6"), replicated(ili_like, "JKn6", True)
    for ask in (
        lambda d: shares(d, "q1"),
        lambda d: correlations(d, ["income", "q1"]),
        lambda d: fit_model("q1 ~ elected + C(sex)", d, "ordinal"),
        lambda d: fit_model("q1top ~ elected + C(sex)", d, "binomial"),
        lambda d: contrast(means(d, "q1", by="elected"), [-1, 1]),
    ):
        assert ask(jackknife).table["std_error"].tolist() == pytest.approx(
            ask(linear).table["std_error"].tolist(), rel=0.06
        )
    one, two = (rao_scott_test(d, "q1", "elected").table["statistic"].item() for d in (linear, jackknife))
    assert two == pytest.approx(one, rel=0.1)


def test_replicates_pass_through_raking(ili_like, margins):
    targets = {"sex": margins["sex"], "ageband": margins["ageband"]}
    targets = {name: {int(code): total for code, total in shares_.items()} for name, shares_ in targets.items()}
    base = make_design(ili_like, "D6")
    raked = rake(base, targets)
    made = replicate_weights(base, "JKn", steps=lambda design: rake(design, targets))
    table = means(raked.with_replicates(made), ["q1", "income"]).table
    assert table["std_error"].tolist() == pytest.approx(
        means(raked, ["q1", "income"]).table["std_error"].tolist(), rel=0.05
    )
    fixed = totals(raked.with_replicates(made), "one").table
    assert fixed["std_error"].item() == pytest.approx(0, abs=1e-3)


def test_rows_count_the_design_s_clusters_also_after_weighting_steps(ili_like, margins):
    """Factors that went through steps stand by respondent; the EAs behind a row stay as they are."""
    targets = {"sex": {int(code): total for code, total in margins["sex"].items()}}
    frame = ili_like.assign(
        part=np.where(ili_like["settlement"].isin(["S01", "S02"]) & (ili_like["sex"] == 1), "few", "many")
    )
    base = SurveyDesign(frame, weight="w", cluster="ea", stratum="settlement")
    made = replicate_weights(base, "bootstrap", replicates=30, rng=1, steps=lambda design: rake(design, targets))
    design = rake(base, targets).with_replicates(made)
    table = means(design, "age", by="part").table.set_index("group")
    for part, rows in frame.groupby("part"):
        clusters, strata = rows["ea"].nunique(), rows["settlement"].nunique()
        assert table.loc[part, ["n_clusters", "df"]].tolist() == [clusters, clusters - strata]
    assert design.units.n_clusters == frame["ea"].nunique() and "58 clusters (ea), 10 strata" in design.describe()
    clustered = t_test(design, "age", "part").table.iloc[0]
    assert clustered[["n_clusters", "df"]].tolist() == [58, 47]


def test_supplied_weights_without_clusters_keep_their_own_degrees_of_freedom(ili_like):
    made = replicated(ili_like, "boot", True)
    table = means(made, "age", by="sex").table
    assert table["df"].tolist() == [made.replicates.df] * 2 and table["n_clusters"].isna().all()
    named = SurveyDesign(made.survey, weight="w", cluster="settlement").with_replicates(made.replicates)
    table = means(named, "age", where=ili_like["settlement"].isin(["S01", "S02", "S03"])).table
    assert table[["n_clusters", "df"]].iloc[0].tolist() == [3, 2]


def test_a_group_absent_from_a_replicate_warns(ili_like):
    frame = ili_like.assign(rare=(ili_like["settlement"] == "S01").astype(int))
    design = make_design(frame, "D2")
    design = design.with_replicates(replicate_weights(design, "JK1"))
    with (
        pytest.warns(SurveyKitWarning, match="no interval can be given"),
        pytest.warns(SurveyKitWarning, match="1 of 10 replicates have no estimate for some rows"),
    ):
        table = means(design, "q1", by="rare").table
    assert table["std_error"].iloc[0] > 0


def test_weights_may_not_change_under_replicates(ili_like):
    design = replicated(ili_like, "JK1", True)
    with pytest.raises(DesignError, match="'trimmed' would change the weights but not their replicates"):
        design.with_weights(design.weights * 2, "trimmed")
    with pytest.raises(DesignError, match="belong to 904 respondents, but the design has 10"):
        make_design(ili_like.iloc[::91], "D3").with_replicates(design.replicates)
    with pytest.raises(DesignError, match="made from other clusters"):
        make_design(ili_like, "D6").with_replicates(design.replicates)
