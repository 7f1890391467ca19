"""Covariates to predict a model for."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, SurveyKitWarning
from surveykit.estimation.models.marginal_effects import average_marginal_effects, average_predictions, predictions
from surveykit.estimation.models.regression import fit_model
from tests.estimation.agreement import (
    make_design,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*inside the clusters of the design")


def slopes(model, frame, names, step=1e-5):
    """Mean derivative of the prediction by each covariate, from predictions of every respondent."""
    found = []
    for name in names:
        ends = [
            predictions(model, frame.assign(**{name: frame[name] + side * step})).table["estimate"].to_numpy()
            for side in (1, -1)
        ]
        found.append(float((ends[0] - ends[1]).mean() / (2 * step)))
    return found


@pytest.mark.parametrize(
    ("formula", "numbers", "terms"),
    [
        ("q1top ~ C(sex) + x", ["x"], ["sex: 2 - 1", "x"]),
        ("q1top ~ C(sex) * hhsize", ["hhsize"], ["sex: 2 - 1", "hhsize"]),
        ("q1top ~ C(ageband) + age", ["age"], ["ageband: 2 - 1", "ageband: 3 - 1", "ageband: 4 - 1", "age"]),
        ("q1top ~ C( sex , Treatment(2)) + np.log(age)", ["age"], ["sex: 2 - 1", "age"]),
        ("q1top ~ Q('house size') + C(sex):age", ["house size", "age"], ["house size", "sex: 2 - 1", "age"]),
        ("q1top ~ C(Q('house size') > 3) + x", ["x"], [*(f"house size: {k} - 1" for k in range(2, 10)), "x"]),
    ],
)
def test_a_covariate_is_a_category_by_its_factor_not_by_the_letters_of_its_name(ili_like, formula, numbers, terms):
    frame = ili_like.assign(x=ili_like["income"] / 1e5, **{"house size": ili_like["hhsize"]})
    model = fit_model(formula, SurveyDesign(frame, cluster="ea"), "binomial")
    table = average_marginal_effects(model).table.set_index("term")
    assert sorted(table.index) == sorted(terms)
    used = frame[frame["q1top"].notna()][list(model.data.frame.columns)]
    assert table.loc[numbers, "estimate"].tolist() == pytest.approx(slopes(model, used, numbers), rel=1e-5)


@pytest.mark.parametrize("spline", ["bs(age, df=4)", "cr(age, df=3, constraints='center')"])
def test_slopes_of_splines_stay_between_their_outermost_knots(ili_like, spline):
    """At the youngest and the oldest a slope is a one-sided difference of second order, elsewhere a central one."""
    model = fit_model(f"q1top ~ {spline} + sex", SurveyDesign(ili_like, cluster="ea"), "binomial")
    found = average_marginal_effects(model, "age").table.iloc[0]
    used, step = ili_like[ili_like["q1top"].notna()], 1e-3
    age, slope = used["age"].to_numpy(float), np.empty(len(used))
    for rows, moves, weights in (
        (age == age.min(), (0, 1, 2), (-3, 4, -1)),
        (age == age.max(), (0, -1, -2), (3, -4, 1)),
        ((age > age.min()) & (age < age.max()), (1, -1), (1, -1)),
    ):
        means_there = [
            predictions(model, used[rows].assign(age=age[rows] + move * step)[["age", "sex"]]).table["estimate"]
            for move in moves
        ]
        slope[rows] = sum(weight * part.to_numpy() for weight, part in zip(weights, means_there)) / (2 * step)
    assert found["estimate"] == pytest.approx(slope.mean(), rel=1e-6)
    assert found["std_error"] > 0


def test_too_many_categories_say_what_to_do(ili_like):
    with pytest.warns(SurveyKitWarning, match="Without one of the respondents"):  # one is 74 years old
        model = fit_model("q1 ~ C(age)", make_design(ili_like, "D3"))
    with pytest.raises(ArgumentError, match="'age' has 6. values, .* at most 50; put them into groups"):
        average_marginal_effects(model)
    model = fit_model("q1 ~ age", make_design(ili_like, "D3"))
    with pytest.raises(ArgumentError, match=r"at most 50; use average_marginal_effects\(\)"):
        average_predictions(model, "age")


def test_a_frame_may_hold_more_than_the_covariates(ili_like):
    model = fit_model("q1 ~ elected + C(educ)", make_design(ili_like, "D6"))
    rows = ili_like[["educ", "elected"]].notna().all(axis=1)
    some = ili_like[rows].tail(4)  # its row labels are those of the survey, its columns too
    found = predictions(model, some)
    wanted = predictions(model, {"elected": some["elected"].tolist(), "educ": some["educ"].tolist()})
    pd.testing.assert_frame_equal(found.table, wanted.table)
