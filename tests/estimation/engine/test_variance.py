import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.estimation.engine.variance import covariance_of_totals, variances_of_totals
from surveykit.estimation.quantities.means import means, totals
from tests.estimation.designs import DESIGNS


def test_two_strata_by_hand():
    # stratum n: totals 1 and 3, mean 2, 2/1 * (1 + 1) = 4; stratum s: 10, 20, 30, mean 20, 3/2 * 200 = 300
    frame = pd.DataFrame({"y": [1.0, 3, 10, 20, 30], "zone": ["n", "n", "s", "s", "s"]})
    units = SurveyDesign(frame, stratum="zone").units
    totals_ = frame[["y"]].to_numpy()
    assert covariance_of_totals(totals_, units)[0, 0] == pytest.approx(304)
    assert variances_of_totals(totals_, units)[0] == pytest.approx(304)


def test_finite_population_by_hand():
    # the same with N = 4 and N = 3: (1 - 2/4) * 4 + (1 - 3/3) * 300
    frame = pd.DataFrame({"y": [1.0, 3, 10, 20, 30], "zone": ["n", "n", "s", "s", "s"], "N": [4, 4, 3, 3, 3]})
    units = SurveyDesign(frame, stratum="zone", fpc="N").units
    assert variances_of_totals(frame[["y"]].to_numpy(), units)[0] == pytest.approx(2)


def test_two_stages_by_hand():
    # 2 of 4 villages, in each 2 of 4 houses. Village totals 3 and 7: (1 - 1/2) * 2 * 8 = 8.
    # Houses 1, 2: (1 - 1/2) * 2 * 0.5 = 0.5; houses 3, 4: 0.5; times the fraction 1/2: 0.5.
    frame = pd.DataFrame({"y": [1.0, 2, 3, 4], "village": list("AABB"), "house": [1, 2, 1, 2], "N": 4, "M": 4})
    units = SurveyDesign(frame, cluster=["village", "house"], fpc=["N", "M"]).units
    assert variances_of_totals(frame[["y"]].to_numpy(), units)[0] == pytest.approx(8.5)


@pytest.mark.parametrize("remedy", ["remove", "certainty", "adjust", "average"])
def test_lonely_strata_equal_r(ili_like, expected, remedy):
    entry = expected[f"lonely.{remedy}"]
    want, tol = entry["value"], entry["tol"]
    design = SurveyDesign(ili_like, weight="w", cluster="settlement", stratum="stratum_lonely", lonely_psu=remedy)
    mean = means(design, ["q1", "income"], missing="listwise").table
    total = totals(design, "income").table
    assert mean["estimate"].tolist() == pytest.approx(list(want["mean"].values()), rel=tol)
    assert mean["std_error"].tolist() == pytest.approx(list(want["mean_se"].values()), rel=tol)
    assert total["estimate"].item() == pytest.approx(want["total"], rel=tol)
    assert total["std_error"].item() == pytest.approx(want["total_se"], rel=tol)
    assert mean["df"].tolist() == [want["df"]] * 2


# R survey 4.1: svydesign(~c, strata = ~h, weights = ~w, fpc = ~N), options(survey.lonely.psu = ...), SE of total and mean
ONE_COUNTED = {
    "average": (127.22683155162933, 1.3252794953294722),
    "remove": (110.18166816671456, 1.1477257100699434),
    "certainty": (110.18166816671456, 1.1477257100699434),
}


@pytest.mark.parametrize("remedy", ONE_COUNTED)
def test_a_lonely_stratum_that_is_counted_in_full_is_no_lonely_one(remedy):
    # stratum c is one cluster of one: it has no variance, and under "average" it is one of the strata that are known
    frame = pd.DataFrame(
        {
            "y": [3, 5, 2, 8, 7, 4, 6],
            "h": list("aabbbcd"),
            "c": range(7),
            "w": [10, 10, 20, 20, 20, 1, 15],
            "N": [20, 20, 60, 60, 60, 1, 15],
        }
    )
    design = SurveyDesign(frame, weight="w", cluster="c", stratum="h", fpc="N", lonely_psu=remedy)
    found = [table["std_error"].item() for table in (totals(design, "y").table, means(design, "y").table)]
    assert found == pytest.approx(ONE_COUNTED[remedy], rel=1e-12)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_diagonal_is_the_variance(ili_like, name, rng):
    units = SurveyDesign(ili_like, weight="w", **DESIGNS[name]).units
    table = rng.normal(size=(units.n_units, 3))
    np.testing.assert_allclose(
        np.diag(covariance_of_totals(table, units)), variances_of_totals(table, units), rtol=1e-12
    )
