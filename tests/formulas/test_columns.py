"""The matrix that a formula makes, and its columns for new data."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitError
from surveykit.estimation.models.marginal_effects import average_predictions, predictions
from surveykit.estimation.models.regression import fit_model
from surveykit.formulas.columns import rebuild
from tests.formulas.test_values import FRAME, ours, theirs

pytestmark = pytest.mark.filterwarnings("ignore:Of the .* clusters of the model few make some coefficients known")


def test_orthogonal_polynomials_are_rs():
    """R 4: tests/reference/make_formula_reference.R; 1e-12, R's own sums being rounded in another order."""
    frame = pd.DataFrame({"x": [18, 25, 31, 31, 44, 52, 60, 73]})
    wanted = [
        [-0.475428077992053, 0.534041406968169, -0.502813226665797],
        [-0.335301907636501, 0.107382403552291, 0.181495571863292],
        [-0.215193761617456, -0.157927951285574, 0.368245533777777],
        [-0.215193761617456, -0.157927951285574, 0.368245533777777],
        [0.0450405547571419, -0.414842072577757, 0.0283013962820348],
        [0.205184749449202, -0.356702597486727, -0.318999852915882],
        [0.365328944141262, -0.133808476445756, -0.470109877007532],
        [0.62556326051586, 0.579785238560928, 0.345634920888331],
    ]
    found = ours("0 + poly(x, 3)", frame)
    np.testing.assert_allclose(np.asarray(found), wanted, rtol=1e-12)
    later = [
        [-0.435392029319038, 0.399267377848794, -0.247107973473658],
        [-0.0350315425888881, -0.382128817892045, 0.197571840671248],
        [0.765689430871412, 1.14422840218766, 1.64744135471976],
    ]
    np.testing.assert_allclose(rebuild(found.design_info, pd.DataFrame({"x": [20, 40, 80]}), ""), later, rtol=1e-12)
    np.testing.assert_array_equal(
        np.asarray(ours("0 + poly(x, 2, raw=True)", frame)), np.asarray(ours("0 + x + I(x ** 2)", frame))
    )


def test_whole_numbers_stay_whole_in_the_names_of_predictions():
    frame = FRAME.assign(k=FRAME["k"].astype("int8"))
    design = SurveyDesign(frame, cluster="v")
    assert average_predictions(fit_model("y ~ k + x", design), "k").table["group"].tolist() == [
        "k 1",
        "k 2",
        "k 3",
        "k 4",
    ]
    assert average_predictions(fit_model("y ~ C(k) + I(k ** 2):x", design), "k").table["group"].tolist()[0] == "k 1"


@pytest.mark.slow
@pytest.mark.parametrize(
    "right",
    [
        "bs(age, 4)",
        "cr(age, 4, constraints='center')",
        "poly(age, 2)",
        "scale(age)",
        "center(age) + I(center(age) ** 2)",
        "C(k) * age",
        "C(k, Sum)",
        "C(I(k > 2))",
        "edu * x",
        "log(age)",
        "b + x",
    ],
)
def test_predictions_use_what_was_learned_from_the_data(right):
    """Predicted one row at a time, as for all of them: the intercept and slopes of everybody, times each row."""
    design = SurveyDesign(FRAME, cluster="v")
    model = fit_model(f"y ~ {right}", design)
    rows = FRAME.iloc[[3, 17, 60]]
    wanted = np.asarray(theirs(right.replace("poly(age, 2)", "age + I(age ** 2)"))) if "poly" not in right else None
    found = predictions(model, rows).table["estimate"].tolist()
    alone = [predictions(model, rows.iloc[[place]]).table["estimate"].iloc[0] for place in range(3)]
    assert found == pytest.approx(alone, rel=1e-12)
    if wanted is not None:
        fitted = wanted @ np.linalg.lstsq(wanted, FRAME["y"], rcond=None)[0]
        assert found == pytest.approx(fitted[[3, 17, 60]].tolist(), rel=1e-8)


@pytest.mark.parametrize(("right", "at", "words"), [
    ("bs(age, 4)", {"age": 200.0}, "has no value outside the range of the data that it was fitted on"),
    ("C(I(k > 2)) + x", {"k": 3, "x": 0.0}, None), ("C(k)", {"k": 9}, "the model knows"),
    ("C(k * 2)", {"k": 9}, "'k \\* 2' is 18 for some, which nobody was in the data"),
])  # fmt: skip
def test_values_that_the_model_does_not_know_are_told_of(right, at, words):
    model = fit_model(f"y ~ {right}", SurveyDesign(FRAME, cluster="v"))
    if words is None:
        assert np.isfinite(predictions(model, at).table["estimate"]).all()
        return
    with pytest.raises(SurveyKitError, match=words):
        predictions(model, at)
