"""Each method of a comparison against its reference, as a row of the table."""

import numpy as np
import pandas as pd
import pytest

from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.design import SurveyDesign
from surveykit.errors import FeasibilityError, SurveyKitWarning
from tests.comparison.answers.test_settlements import row
from tests.comparison.conftest import ILI


@pytest.mark.slow
def test_the_linearized_t_equals_svyttest(ili_result, expected):
    value = expected["ttest.q1_elected.D1"]["value"]
    found = row(ili_result, method="linearized")
    assert [
        found[name] for name in ("estimate", "statistic", "df", "p_value", "conf_low", "conf_high")
    ] == pytest.approx([value[name] for name in ("est", "t", "df", "p", "low", "high")], rel=1e-9)


def test_without_strata_it_equals_svyttest_too(ili_like, expected):
    value = expected["ttest.q1_elected.D2"]["value"]
    design = SurveyDesign(ili_like, weight="w", cluster="settlement")
    found = row(compare_settlements(design, "q1", **{**ILI, "baseline": 0}, methods="linearized"), method="linearized")
    assert (found["statistic"], found["df"], found["p_value"]) == pytest.approx((value["t"], value["df"], value["p"]))


@pytest.mark.parametrize(("term", "model"), [("unadjusted", "w_plain"), ("adjusted", "w_cov")])
def test_cr2_equals_clubsandwich(ili_result, expected, term, model):
    value = expected[f"cr.{model}.CR2"]["value"]
    found = row(ili_result, method="cr2", term=term)
    keys = {
        "estimate": "coef",
        "std_error": "se",
        "df": "df_satt",
        "p_value": "p_satt",
        "conf_low": "ci_satt_low",
        "conf_high": "ci_satt_high",
    }
    for column, key in keys.items():
        assert found[column] == pytest.approx(value[key]["elected"], rel=1e-7)


def test_jackknife_wild_and_stata_rows_equal_their_references(ili_result, expected):
    jackknife = expected["cr.jackknife.w_plain"]["value"]["se_cv3"]["elected"]
    assert row(ili_result, method="cr3")["std_error"] == pytest.approx(jackknife)
    assert row(ili_result, method="cr3")["df"] == 9
    wild = expected["wild.rademacher.w_cov"]["value"]
    found = row(ili_result, method="wild", term="adjusted")
    assert found["p_value"] == pytest.approx(wild["null_imposed"]["p_ge"])
    assert found["conf_low"] == pytest.approx(wild["ci_null_imposed_low"], abs=1e-6)
    stata = expected["cr.w_plain.CR1S"]["value"]
    assert row(ili_result, method="cr1s")["p_value"] == pytest.approx(stata["p_naive_t"]["elected"])


def test_randomization_of_both_averages_equals_the_enumeration(ili_result, expected):
    for estimand, key in (("person", "person_weighted"), ("settlement", "mean_weighted")):
        value = expected[f"randomisation.{key}.free"]["value"]
        found = row(ili_result, method="randomization", estimand=estimand)
        assert (found["estimate"], found["p_value"]) == pytest.approx((value["observed"], value["p_two_sided"]))


def test_welch_equals_r(ili_result, expected):
    value = expected["settlement.ttest.ybarw.welch"]["value"]
    found = row(ili_result, method="welch", estimand="settlement")
    for column, key in {"estimate": "diff", "statistic": "t", "df": "df", "p_value": "p", "conf_low": "low"}.items():
        assert found[column] == pytest.approx(value[key])


def weighed(place: int, ratio: float, *, side: bool = False) -> SurveyDesign:
    """Six settlements of ten, three a kind; one of them, or the kind that it is of, weighs `ratio` times as much."""
    rng = np.random.default_rng(5)
    settlement = np.repeat(np.arange(6), 10)
    kind = np.where(settlement < 3, "t", "b")
    heavy = kind == kind[10 * place] if side else settlement == place
    weight = rng.uniform(0.5, 1.5, 60) * np.where(heavy, ratio, 1.0)
    return SurveyDesign(
        pd.DataFrame({"y": rng.normal(size=60), "kind": kind, "place": settlement, "w": weight}), weight="w"
    )


@pytest.mark.filterwarnings("ignore:one cluster, or one respondent in it, weighs so much")
@pytest.mark.parametrize("place", [1, 4])
@pytest.mark.parametrize("ratio", [1e9, 1e11])
def test_a_settlement_beside_which_the_others_weigh_nothing_is_its_whole_side(place, ratio):
    """A jackknife made an error of exactly 0 of it, the bootstrap a p of 0, linearized errors p = .0003."""
    by = {"group": "kind", "baseline": "b", "settlement": "place"}
    if ratio > 1e10:
        with pytest.raises(FeasibilityError, match="less than 1e-09 of all weight"):
            compare_settlements(weighed(place, ratio), "y", **by)
        return
    with pytest.warns(SurveyKitWarning, match=f"{place} outweighs the other settlements of its side so far"):
        table = compare_settlements(weighed(place, ratio), "y", **by).table
    person = table[table["estimand"] == "person"].set_index("method")
    assert person["std_error"].isna().all()
    assert person["p_value"].drop("randomization").isna().all() and person.loc["randomization", "p_value"] >= 0.1
    assert table.loc[table["estimand"] == "settlement", "p_value"].notna().all()


def test_a_side_in_another_unit_changes_no_number_until_it_is_refused():
    by = {"group": "kind", "baseline": "b", "settlement": "place", "methods": ["cr3", "linearized"]}
    one, two = (compare_settlements(weighed(1, ratio, side=True), "y", **by).table for ratio in (1.0, 1e8))
    for column in ("estimate", "std_error", "p_value"):  # each side's mean is divided by its own weight
        assert two[column].tolist() == pytest.approx(one[column].tolist(), rel=1e-6)
    with pytest.raises(FeasibilityError, match="another unit on one side"):
        compare_settlements(weighed(1, 1e10, side=True), "y", **by)
