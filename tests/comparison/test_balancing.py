"""A design that was balanced between sides: who may use it, and who refuses it."""

import numpy as np
import pytest

from surveykit.comparison.answers.any_statistic import randomization_test
from surveykit.comparison.answers.event_study import group_time_effects
from surveykit.comparison.answers.joint import joint_test
from surveykit.comparison.answers.mixed import compare_mixed
from surveykit.comparison.answers.odds import compare_odds
from surveykit.comparison.answers.settlements import compare_settlements
from surveykit.comparison.answers.waves import difference_in_differences
from surveykit.comparison.planning.adjustment import balance_settlements
from surveykit.comparison.planning.balance import covariate_balance
from surveykit.comparison.planning.power import minimum_detectable_effect
from surveykit.errors import FeasibilityError
from surveykit.survey import Survey
from tests.comparison.planning.test_adjustment import BY, made_up


def test_what_the_weights_leave_is_taken_out_by_the_regression_and_told():
    """Settlements from 15 to 150: the factors meet the means of persons, not those of settlements."""
    found = balance_settlements(
        made_up(np.random.default_rng(8), np.geomspace(15, 150, 14).astype(int), 6, apart=2.0), "km", **BY
    )
    result = compare_settlements(found, "y", **BY, methods="cr2")
    assert "deviations in km for y (settlement average); the regression takes out the rest" in result.method
    frame = found.data
    whole = frame.groupby("s")["w"].transform("sum")
    v = np.sqrt(frame["w"] / whole * frame["s"].map(found.balance.factors))
    x = np.column_stack([np.ones(len(frame)), frame["a"] == "e", frame["km"]]) * v.to_numpy()[:, None]
    slope = np.linalg.lstsq(x, v * frame["y"], rcond=None)[0]
    assert result.table.set_index("estimand").loc["settlement", "estimate"] == pytest.approx(slope[1], rel=1e-9)


def test_adjusting_for_the_balanced_covariate_once_more_adds_no_column(balanced):
    result = compare_settlements(balanced, "y", **BY, adjust_for="km", methods="cr2")
    person = result.table[result.table["estimand"] == "person"].set_index("term")
    for number in ("estimate", "std_error", "df"):
        assert person.loc["adjusted", number] == pytest.approx(person.loc["unadjusted", number], rel=1e-9)
    assert {case.totals.xx.shape[1] for case in result.cases} == {3}
    fit = compare_settlements(balanced, "y", **BY, methods="cr2").to_statsmodels("y", estimand="settlement")
    assert fit.params["e"] == pytest.approx(0.14986041, rel=1e-7) and fit.bse["e"] == pytest.approx(
        0.11575442, rel=1e-6
    )


def test_what_does_not_know_of_the_balancing_refuses_it(balanced):
    columns = balanced.data.assign(yes=(balanced.data["y"] > 3).astype(int), wave=np.arange(len(balanced)) % 2)
    other = balanced.with_survey(Survey(columns))
    for call in (
        lambda: compare_odds(other, "yes", **BY),
        lambda: compare_mixed(other, "y", **BY),
        lambda: minimum_detectable_effect(other, "y", **BY),
        lambda: randomization_test(other, "y", **BY),
        lambda: difference_in_differences(other, "y", **BY, wave="wave"),
        lambda: joint_test(other, "y", "a"),
        lambda: group_time_effects(other, "y", first_wave="wave", wave="wave", settlement="s"),
        lambda: covariate_balance(other, "km", **BY),
        lambda: balance_settlements(other, "km", **BY),
    ):
        with pytest.raises(FeasibilityError, match="the settlements of this design were balanced on km"):
            call()


def test_a_balancing_of_other_settlements_or_sides_is_refused(balanced):
    frame = balanced.data
    frame["kind"] = np.where(frame["s"].isin(["S00", "S01", "S02", "S04"]), "x", "y")

    def told(columns, **roles):
        return compare_settlements(balanced.with_survey(Survey(columns)), "y", **{**BY, **roles}, methods="cr2")

    with pytest.raises(FeasibilityError, match="not those of 'kind'"):
        told(frame, group="kind", baseline="y")
    with pytest.raises(FeasibilityError, match="in which new was not there then"):
        told(frame.assign(s=frame["s"].replace("S00", "new")))
    halves = frame.assign(half=frame["s"] + np.where(np.arange(len(frame)) % 2, "a", "b"))
    with pytest.raises(FeasibilityError, match="but the comparison is between those of 'half'"):
        told(halves, settlement="half")
