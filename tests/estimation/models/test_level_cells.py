"""The respondents behind coefficients: counted by hand."""

import numpy as np
import pandas as pd
import pytest

from surveykit.design import SurveyDesign
from surveykit.errors import SurveyKitWarning
from surveykit.estimation.models.level_cells import level_cells
from surveykit.estimation.models.regression import fit_model

# 3 of A (2 women), 4 of B (2), 5 of C (3)
FRAME = pd.DataFrame({"v": list("AAABBBBCCCCC"), "sex": [1, 2, 2, 1, 2, 1, 2, 2, 1, 2, 1, 2]})
FRAME["y"], FRAME["age"] = [1, 4, 2, 5, 3, 2, 4, 1, 5, 2, 3, 3], np.arange(20, 32) ** 1.5


def cells_of(formula: str):
    return level_cells(fit_model(formula, SurveyDesign(FRAME)))


def of(group: tuple) -> str:
    return " ".join(f"{name}{code}" for name, code in group)


@pytest.mark.parametrize(
    ("formula", "persons", "term", "behind"),
    [
        ("y ~ C(v)", {"vA": 3, "vB": 4, "vC": 5}, "C(v)[T.B]", {"vA", "vB"}),
        ("y ~ C(v)", {"vA": 3, "vB": 4, "vC": 5}, "Intercept", {"vA"}),
        ("y ~ C(v, Treatment('C'))", {"vA": 3, "vB": 4, "vC": 5}, "C(v, Treatment('C'))[T.A]", {"vA", "vC"}),
        ("y ~ 0 + C(v)", {"vA": 3, "vB": 4, "vC": 5}, "C(v)[B]", {"vB"}),
        ("y ~ sex + age", {"sex1": 5, "sex2": 7}, "sex", {"sex1", "sex2"}),
        ("y ~ sex + age", {"sex1": 5, "sex2": 7}, "age", set()),
        ("y ~ age", {}, "Intercept", set()),
    ],
)
def test_a_coefficient_rests_on_its_answer_and_the_reference(formula, persons, term, behind):
    found = cells_of(formula)
    assert {of(group): n for group, n in found.persons.items()} == persons
    assert {of(group) for group in found.of_term[term]} == behind


def test_in_an_interaction_the_crossed_answers_stand_behind_it():
    with pytest.warns(SurveyKitWarning):
        found = cells_of("y ~ C(v) * C(sex)")
    persons = {of(group): n for group, n in found.persons.items()}
    assert {name: n for name, n in persons.items() if " " in name} == {
        "sex1 vA": 1, "sex2 vA": 2, "sex1 vB": 2, "sex2 vB": 2, "sex1 vC": 2, "sex2 vC": 3,
    }  # fmt: skip
    assert {of(group) for group in found.of_term["C(v)[T.C]"]} == {"sex1 vA", "sex1 vC"}
    assert len(found.of_term["C(v)[T.C]:C(sex)[T.2]"]) == 4
