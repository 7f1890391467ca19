"""What must not change an answer: the scale of weights, the order of rows, the names of strata, a domain of everybody."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.design import SurveyDesign
from surveykit.estimation.hypotheses.goodness_of_fit import goodness_of_fit_test
from surveykit.estimation.hypotheses.trend import trend_test
from surveykit.estimation.models.marginal_effects import average_marginal_effects, average_predictions
from surveykit.estimation.models.regression import fit_model
from surveykit.estimation.models.term_tests import term_test
from surveykit.estimation.quantities.standardization import standardized_means

QUESTIONS: dict[str, Callable] = {
    "goodness of fit": lambda design, where: goodness_of_fit_test(design, "age", {1: 2, 2: 3, 3: 1}, where=where),
    "trend": lambda design, where: trend_test(design, "y", "age", where=where),
    "trend of ranks": lambda design, where: trend_test(design, "y", "age", of="rank", where=where),
    "standardized means": lambda design, where: standardized_means(
        design, "y", {"age": {1: 2, 2: 3, 3: 1}}, by="g", where=where
    ),
    "Wald": lambda design, where: term_test(fit_model("y ~ g + C(age)", design, where=where), "C(age)"),
    "working ratio": lambda design, where: term_test(
        fit_model("top ~ g + C(age)", design, "binomial", where=where),
        "C(age)",
        "working-lrt",
        approximation="satterthwaite",
    ),
    "effects": lambda design, where: average_marginal_effects(
        fit_model("top ~ g + C(age)", design, "binomial", where=where)
    ),
    "negative binomial": lambda design, where: fit_model("count ~ g", design, "negative-binomial", where=where),
    "gamma": lambda design, where: fit_model("income ~ g", design, "gamma", where=where),
    "ordinal predictions": lambda design, where: average_predictions(
        fit_model("y ~ g", design, "ordinal", link="probit", where=where), "g"
    ),
}
ROLES = {"weight": "w", "cluster": "c", "stratum": "h"}


def make_answers(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 240
    frame = pd.DataFrame(
        {
            "y": rng.integers(1, 5, n),
            "age": 1 + np.arange(n) % 3,
            "g": rng.integers(0, 2, n),
            "w": rng.uniform(1, 3, n),
            "c": np.arange(n) // 12,
            "h": np.arange(n) // 84,
            "count": rng.negative_binomial(2, 0.3, n),
            "income": rng.gamma(3, 2, n) + 0.1,
        }
    )
    return frame.assign(top=(frame["y"] >= 3).astype(int))


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(0.05, 20))
@pytest.mark.parametrize("question", QUESTIONS)
def test_what_must_not_change_an_answer(question, seed, scale):
    ask, frame = QUESTIONS[question], make_answers(seed)
    first = ask(SurveyDesign(frame, **ROLES), None).table
    names = frame["h"].map({0: "zeta", 1: "beta", 2: "alpha"})
    shuffled = frame.assign(w=frame["w"] * scale, h=names).sample(frac=1, random_state=seed % 1000)
    second = ask(SurveyDesign(shuffled, **ROLES), (shuffled["y"] > 0).to_numpy()).table
    for column in ("estimate", "std_error", "df", "p_value"):
        if first[column].notna().any():
            assert second[column].tolist() == pytest.approx(first[column].tolist(), rel=1e-6, abs=1e-9), column
