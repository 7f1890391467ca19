import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from surveykit.comparison.answers.groups import compare_groups
from surveykit.comparison.answers.paired import compare_paired
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, FeasibilityError, SurveyKitWarning
from surveykit.estimation.engine.cluster_totals import cluster_totals
from surveykit.estimation.engine.few_clusters import fit_robust
from surveykit.estimation.hypotheses.t_tests import t_test
from surveykit.estimation.hypotheses.trend import trend_test
from surveykit.weighting.replicates import replicate_weights
from tests.estimation.agreement import REPLICATED, replicated_design, replication_expected

# the references compare kinds of settlement; test_settlement_level.py holds what is said of that
pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


@pytest.mark.parametrize("design", ["D1", "D2", "D3"])
def test_two_groups_equal_svyttest(ili_like, expected, design):
    value = expected[f"ttest.index_sex.{design}"]["value"]
    parts = {"D1": {"cluster": "settlement", "stratum": "stratum"}, "D2": {"cluster": "settlement"}, "D3": {}}[design]
    result = compare_groups(SurveyDesign(ili_like, weight="w", **parts), "index", group="sex", baseline=1)
    row = result.table.set_index("method").loc["linearized"]
    assert row["estimate"] == pytest.approx(value["est"], rel=1e-9)
    assert (row["statistic"], row["df"], row["p_value"]) == pytest.approx(
        (value["t"], value["df"], value["p"]), rel=1e-8
    )
    assert row["conf_low"] == pytest.approx(value["low"], rel=1e-8)


@pytest.mark.parametrize("name", ["ps.D1", *REPLICATED])
def test_weighting_and_replicate_weights_are_in_the_design_based_rows(ili_like, margins, name):
    """R: svyttest and svyglm on postStratify() and as.svrepdesign(); the adjusted row refits each replicate."""
    design = replicated_design(ili_like, margins, name)
    table = compare_groups(design, "q1", group="elected", baseline=0, adjust_for=["age", "educ"]).table
    rows = table[table["method"] == ("linearized" if name == "ps.D1" else "replicates")].set_index("term")
    theirs, plain, adjusted = replication_expected(), rows.loc["unadjusted"], rows.loc["adjusted"]
    assert plain[["estimate", "statistic", "df", "p_value"]].tolist() == pytest.approx(
        list(theirs[f"groups.{name}"].values()), rel=1e-8
    )
    assert adjusted[["estimate", "std_error", "df", "p_value"]].tolist() == pytest.approx(
        list(theirs[f"adjusted.{name}"].values()), rel=1e-8
    )


def test_cr2_takes_the_weights_as_given_and_says_so(ili_like, margins):
    plain, jackknife = (replicated_design(ili_like, margins, name) for name in ("D1", "JKn.D1"))
    one, two = (compare_groups(design, "q1", group="elected", baseline=0) for design in (plain, jackknife))
    assert one.table.iloc[0].drop(["p_holm", "p_bh"]).equals(two.table.iloc[0].drop(["p_holm", "p_bh"]))
    assert "weights taken as given" in two.method and "recomputed with 10 replicate weights" in two.method
    assert (
        "residualized"
        in compare_groups(replicated_design(ili_like, margins, "ps.D1"), "q1", group="sex", baseline=1).method
    )


def test_any_number_of_replicates_will_do(ili_like):
    """As many replicates as clusters hide that tables of units and of replicates were confused."""
    design = SurveyDesign(ili_like, weight="w", cluster="settlement")
    for kind, further in (("JK1", {}), ("bootstrap", {"replicates": 40, "rng": 1}), ("JK1", {"steps": lambda d: d})):
        here = design.with_replicates(replicate_weights(design, kind, **further))
        row = compare_groups(here, "index", group="sex", baseline=1).table.iloc[1]
        test = t_test(here, "index", "sex", baseline=1).table.iloc[0]
        columns = ["estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"]
        assert row[columns].tolist() == pytest.approx(test[columns].tolist(), rel=1e-9)


def test_a_replicate_without_a_group_is_left_out_of_its_row_alone(ili_like):
    frame = ili_like.assign(kind=np.where(ili_like["settlement"] == "S01", 3, ili_like["sex"]))
    design = SurveyDesign(frame, weight="w", cluster="settlement")
    design = design.with_replicates(replicate_weights(design, "JK1"))
    with (
        pytest.warns(SurveyKitWarning, match="no interval can be given"),
        pytest.warns(SurveyKitWarning, match="kind = '3' has one cluster"),
        pytest.warns(SurveyKitWarning, match="1 of 10 replicates have no estimate"),
    ):
        table = compare_groups(design, "q1", group="kind", baseline=1).table
    rows = table[table["method"] == "replicates"]
    pair = t_test(design, "q1", "kind", where=frame["kind"] < 3).table.iloc[0]
    assert rows["std_error"].iloc[0] == pytest.approx(pair["std_error"], rel=1e-9)
    assert np.isnan(rows["std_error"].iloc[1])  # what one settlement alone answers for has no error


def test_cr2_is_the_fit_on_cluster_totals_and_estimates_equal_statsmodels(ili_design, ili_like):
    result = compare_groups(ili_design, "q1", group="educ", baseline="school", adjust_for=["sex"])
    frame = ili_like.dropna(subset=["q1"])
    theirs = smf.wls("q1 ~ C(educ) + C(sex)", frame, weights=frame["w"]).fit()
    rows = result.table[(result.table["term"] == "adjusted") & (result.table["method"] == "cr2")]
    assert rows["group"].tolist() == ["college", "university"]
    np.testing.assert_allclose(rows["estimate"], theirs.params.iloc[1:3], rtol=1e-9)
    x = np.column_stack([np.ones(len(frame)), *[(frame["educ"] == k) for k in (2, 3)], frame["sex"] == 2]).astype(float)
    cluster = frame["settlement"].astype("category").cat.codes.to_numpy()
    fit = fit_robust(cluster_totals(x, frame["q1"].to_numpy(float), frame["w"].to_numpy(), cluster))
    np.testing.assert_allclose(rows["std_error"], fit.std_errors[1:3], rtol=1e-9)
    np.testing.assert_allclose(rows["df"], fit.df[1:3], rtol=1e-9)


def test_swapping_two_groups_flips_the_sign(ili_design):
    one, two = (compare_groups(ili_design, "q1", group="sex", baseline=code).table for code in ("man", "woman"))
    np.testing.assert_allclose(one["estimate"], -two["estimate"])
    np.testing.assert_allclose(one["p_value"], two["p_value"])


def test_outcomes_form_a_family(ili_design):
    table = compare_groups(ili_design, ["q1", "q2"], group="sex", baseline=1).table
    assert (table["p_holm"] >= table["p_value"]).all() and len(table) == 4


def test_wrong_input_has_its_sentence(ili_design):
    with pytest.raises(ArgumentError, match="did you mean 'woman'"):
        compare_groups(ili_design, "q1", group="sex", baseline="womam")
    with pytest.raises(ColumnError, match="which is not a column"):
        compare_groups(ili_design, "q1", group="gender", baseline=1)
    frame = ili_design.data
    frame["q9"] = frame["q1"].where(frame["sex"] == 1)
    with pytest.raises(FeasibilityError, match="nobody with sex = woman answered 'q9'"):
        compare_groups(
            ili_design.with_survey(ili_design.survey.with_columns({"q9": frame["q9"]})), "q9", group="sex", baseline=1
        )


@pytest.mark.parametrize("kind", [None, "JK1"])
def test_groups_that_tell_all_answers_leave_no_error_made_of_rounding(ili_like, kind):
    frame = ili_like.assign(y=np.where(ili_like["sex"] == 1, 0.1, 0.3))
    design = SurveyDesign(frame, weight="w", cluster="settlement")
    if kind:
        design = design.with_replicates(replicate_weights(design, kind))
    with pytest.warns(SurveyKitWarning, match="do not vary between clusters"):  # both were silent
        table = compare_groups(design, "y", group="sex", baseline=1, adjust_for="age").table
    assert table["estimate"].tolist() == pytest.approx([0.2] * 4)
    assert (table["std_error"] == 0).all() and table["p_value"].isna().all()
    with pytest.warns(SurveyKitWarning, match="do not vary between clusters"):
        test = t_test(design, "y", "sex").table.iloc[0]
    assert test["std_error"] == 0 and np.isnan(test["p_value"])
    with pytest.warns(SurveyKitWarning, match="do not vary between clusters"):
        slope = trend_test(design, "y", "sex").table.iloc[0]
    assert slope["std_error"] == 0 and np.isnan(slope["p_value"])


@pytest.mark.parametrize("kind", ["interval", "date", "period", "bool"])
def test_a_baseline_is_the_value_itself_or_how_it_prints(ili_like, kind):
    old = ili_like["age"] > 40
    column = {
        "interval": pd.cut(ili_like["age"], [0, 40, 120]),
        "date": pd.Series(pd.to_datetime(np.where(old, "2023-05-01", "2021-05-01"))),
        "period": pd.Series(pd.PeriodIndex(np.where(old, "2023", "2021"), freq="Y")),
        "bool": old,
    }[kind]
    given = [column[~old].iloc[0], str(int(old.min()) if kind == "bool" else column[~old].iloc[0])]
    plain = SurveyDesign(ili_like.assign(old=old.astype(int)), weight="w", cluster="settlement")
    wanted = compare_groups(plain, "q1", group="old", baseline=0).table["estimate"].tolist()
    design = SurveyDesign(ili_like.assign(old=column), weight="w", cluster="settlement")
    for baseline in given:
        assert compare_groups(design, "q1", group="old", baseline=baseline).table["estimate"].tolist() == wanted
        assert t_test(design, "q1", "old", baseline=baseline).table["estimate"].tolist() == pytest.approx(wanted[:1])


@pytest.mark.filterwarnings("ignore:one cluster, or one respondent in it, weighs so much")
@pytest.mark.parametrize("ratio", [1e9, 1e12])
def test_a_cluster_beside_which_the_others_weigh_nothing_leaves_no_error(ratio):
    """Linearized errors were 1e-9 with p = 0 there: the cluster explains itself."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"place": np.repeat(range(8), 10), "y": rng.normal(size=80), "x": rng.normal(size=80)})
    frame = frame.assign(sex=np.tile([1, 2], 40), w=np.where(frame["place"] == 1, ratio, 1.0) * rng.uniform(1, 2, 80))
    design = SurveyDesign(frame, weight="w", cluster="place")
    with pytest.warns(SurveyKitWarning, match="one cluster outweighs the others of '2' or '1' so far"):
        groups = compare_groups(design, "y", group="sex", baseline=1).table
    with pytest.warns(
        SurveyKitWarning, match="one cluster outweighs the others so far that they tell nothing of 'y' and 'x'"
    ):
        paired = compare_paired(design, [("y", "x")]).table
    for table in (groups, paired[paired["method"] != "sign_flip"]):
        assert table["estimate"].notna().all() and table[["std_error", "p_value"]].isna().all(axis=None)
