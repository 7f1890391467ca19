import numpy as np
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import DesignError, SurveyKitWarning
from tests.test_design import FRAME


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, np.nan, 1, 1, 1, 1], "every weight must be present, but 'w' is nan in 1 row.*: 1; correct them"),
        ([1, np.inf, 1, 1, 1, 1], "every weight must be finite, but 'w' is inf in 1 row"),
        ([1, -2, 1, -3, 1, 1], r"every weight must be positive, but 'w' is -2 in 2 row\(s\): 1, 3; correct"),
        ([1, 0, 1, 1, 1, 1], "every weight must be positive, but 'w' is 0 in 1 row.*zero_weights=\"drop\""),
        (["a", "b", "c", "d", "e", "f"], "weights must be numbers, but 'w' holds"),
    ],
)
def test_weights_that_cannot_be_weights(values, words):
    with pytest.raises(DesignError, match=words):
        SurveyDesign(FRAME.assign(w=values), weight="w")


def test_equal_weights_where_unequal_ones_were_promised():
    with pytest.warns(SurveyKitWarning, match="all weights in 'w' equal 2"):
        SurveyDesign(FRAME.assign(w=2.0), weight="w")


def test_weights_are_given_one_way_checked_and_named():
    numbers = FRAME["w"].to_numpy(copy=True)
    by_column = SurveyDesign(FRAME, weight="w", cluster="village")
    for given, called in (
        (numbers, "numbers given to the design"),
        (list(numbers), "numbers given to the design"),
        (FRAME["w"], "w"),
        (FRAME["w"][::-1], "w"),
        (["w"], "w"),
        (("w",), "w"),
        (FRAME["w"].rename("base"), "base"),
        (FRAME["w"].rename("house"), "house (given to the design, not the column)"),
    ):
        design = SurveyDesign(FRAME, weight=given, cluster="village")
        np.testing.assert_array_equal(design.weights, by_column.weights)
        assert design.weight == called and design.origin().weight == f"weighted by {called}"
        assert f"weighted by {called}" in design.describe()
        assert design.data.columns.tolist() == FRAME.columns.tolist()
    design = SurveyDesign(FRAME, weight=numbers)
    numbers[0] = 99
    assert design.weights[0] == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            np.array([1, -2, 1, 1, 1, 1.0]),
            "every weight must be positive, but 'numbers given to the design' is -2 in 1 row",
        ),
        (np.array([1, np.nan, 1, 1, 1, 1]), "every weight must be present, but 'numbers given .* is nan in 1 row"),
        (np.array([0, 2, 1, 1, 1, 1.0]), 'every weight must be positive.*zero_weights="drop"'),
        (np.array(["1"] * 6), "weights must be numbers"),
        (np.array([True] * 6), "weights must be numbers"),
        (np.ones(5), r"one number per respondent \(6\), but it holds 5"),
        (3, "the name of a column or one number per"),
        (FRAME[["w"]], "the name of a column or one number per respondent, but DataFrame"),
        ({"w": 1}, "but dict was given"),
        (["w", "house"], "must name one column, but 2 were given: w, house"),
        (FRAME["w"].set_axis(list("abcdef")), "`weight` has other row labels than the data"),
        (FRAME["w"].set_axis([0, 0, 1, 2, 3, 4]), "`weight` has other row labels than the data"),
    ],
)
def test_numbers_that_cannot_be_weights(given, words):
    with pytest.raises(DesignError, match=words):
        SurveyDesign(FRAME, weight=given)
