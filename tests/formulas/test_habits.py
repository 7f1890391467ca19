"""What R, Stata and lme4 have taught is answered by the word for it here, and never touches what is a formula here."""

import numpy as np
import pandas as pd
import pytest

import surveykit as sk
from surveykit.formulas.habits import habit_in
from surveykit.habits import FORMULAS


@pytest.fixture
def design() -> sk.SurveyDesign:
    rng = np.random.default_rng(3)
    n = 120
    frame = {
        "y": rng.integers(1, 6, n),
        "age": rng.integers(18, 80, n),
        "sex": rng.integers(0, 2, n),
        "i.x": np.arange(n),
    }
    return sk.SurveyDesign(pd.DataFrame({**frame, "village": np.repeat(np.arange(12), 10)}))


@pytest.mark.parametrize(("right", "word"), [
    ("factor(sex)", "C(x)"), ("as.factor(sex)", "C(x)"), ("relevel(sex, ref = 1)", "Treatment('value')"), ("i.sex", "C(sex)"),
    ("ib2.sex", "C(sex)"), ("c.age##i.sex", "a * b"), ("c.age#i.sex", "a:b"), ("ns(age, 3)", "cr(x, df)"), ("pmax(age, 30)", "maximum()"),
    ("pmin(age, 30)", "minimum()"), ("offset(age)", "offset"), ("lag(age)", "no lags"), ("L.age", "no lags"), (".", "every column is named"),
    ("`age`", "Q('its name')"), ("(age + sex)^2", "(a + b)**2"), ("age + (1 | village)", "compare_mixed()"),
    ("(1 + age | village)", "compare_mixed()"), ("(0 + age | village)", "compare_mixed()"), ("{age}", "curly braces"),
    ("as.numeric(sex)", "numeric=[...]"),
])  # fmt: skip
def test_a_habit_is_told_the_word_for_it_here(design, right, word):
    with pytest.raises(sk.SurveyKitError) as refused:
        sk.fit_model(f"y ~ {right}", design)
    assert word in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_habit_of_the_table_was_tried():
    tried = [
        "factor(x)",
        "as.numeric(x)",
        "i.x",
        "ns(x)",
        "pmax(x)",
        "offset(x)",
        "lag(x)",
        "y ~ .",
        "`x`",
        "(x)^2",
        "(1|x)",
        "{x}",
    ]
    assert {habit_in(text) for text in tried} == {way_out for _, way_out in FORMULAS}


@pytest.mark.parametrize(
    "right",
    [
        "age + C(sex)",
        "I(age**2)",
        "(age + sex)**2",
        "Q('i.x')",
        "I((age > 30) | (sex == 1))",
        "log10(age)",
        "log2(age)",
        "log1p(age)",
    ],
)
def test_what_is_a_formula_here_is_one(design, right):
    assert np.isfinite(sk.fit_model(f"y ~ {right}", design).table["estimate"]).all()


@pytest.mark.parametrize(
    ("name", "by_hand"), [("log10", np.log10), ("log2", np.log2), ("log1p", np.log1p), ("np.log10", np.log10)]
)
def test_logarithms_of_other_bases_are_what_they_say(design, name, by_hand):
    direct = sk.SurveyDesign(design.survey.frame.assign(z=by_hand(design.survey.frame["age"])))
    expected = sk.fit_model("y ~ z", direct).table["estimate"].to_numpy()
    assert sk.fit_model(f"y ~ {name}(age)", design).table["estimate"].to_numpy() == pytest.approx(expected, rel=1e-12)


def test_a_column_squared_outside_i_is_told_to_be_itself(design):
    with pytest.warns(sk.SurveyKitWarning, match=r"write I\(age\*\*2\) for its power"):
        model = sk.fit_model("y ~ age**2", design)
    assert list(model.table["term"]) == ["Intercept", "age"]


def test_an_answer_does_not_explain_itself(design):
    with pytest.raises(sk.ArgumentError, match="has 'y' on both sides"):
        sk.fit_model("y ~ y + age", design)


@pytest.mark.parametrize("call", ["bs(age, df=50, degree=50)", "bs(age, df=30, degree=25)", "poly(age, 11)"])
def test_splines_of_a_degree_that_ends_the_interpreter_are_refused(design, call):
    with pytest.raises(sk.ArgumentError, match="a whole number from 0 to 10"):
        sk.fit_model(f"y ~ {call}", design)
    with pytest.raises(sk.ArgumentError, match="a whole number from 0 to 10"):
        sk.adjust_nonresponse(
            sk.SurveyDesign(design.survey.frame.assign(w=[1.0, 2.0] * 60, here=[True, True, False] * 40), weight="w"),
            "here",
            propensity=call,
        )
