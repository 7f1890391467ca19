"""What the parts of a formula come to: patsy's own matrices, R's polynomials, and numbers that never run over."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import patsy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.codebook import Codebook
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.models.regression import fit_model
from surveykit.formulas.columns import read_terms
from surveykit.survey import Survey
from surveykit.weighting.nonresponse import adjust_nonresponse

pytestmark = pytest.mark.filterwarnings("ignore:Of the .* clusters of the model few make some coefficients known")


def answers(n: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "z": rng.gamma(2, 1, n),
            "k": rng.integers(1, 5, n),
            "age": rng.integers(18, 90, n).astype(float),
            "b": rng.random(n) < 0.5,
            "c": rng.random(n) < 0.3,
            "sex": pd.Categorical(rng.choice(["f", "m"], n)),
            "y": rng.normal(size=n),
            "v": np.arange(n) % 16,
            "edu": pd.Categorical(rng.choice(["low", "mid", "high"], n), ["low", "mid", "high"], ordered=True),
        }
    )
    frame["my age"], frame["it's"], frame["class"], frame["жас"] = frame["age"], frame["x"], frame["k"], frame["age"]
    return frame


FRAME = answers()

SAME_AS_PATSY = [
    "1", "0 + x", "x", "x - 1", "x + 0", "x + z", "x + x", "x + z - z", "(x + z) - x", "x:z", "x*z", "x/z", "(x + z)/k", "x:z:k", "x*z*k",
    "(x + z + k)**2", "(x + z + k)**3", "x + (z + k)", "+x", "1 + x", "k", "b", "b:x", "b*x", "b:c", "b*c", "0 + b", "sex", "0 + sex", "sex - 1",
    "sex:x", "sex*x", "sex:edu", "sex*edu", "0 + sex:edu", "edu", "edu:x - 1", "sex*edu*x", "sex/x", "x + edu + z",
    "C(k)", "C(k) - 1", "C(k):x", "C(k)*sex", "C(sex)", "C(b)", "C(k, Sum)", "C(k, Sum())", "C(k, Sum(omit=2))", "C(k, Sum(2))",
    "C(k, Treatment)", "C(k, Treatment())", "C(k, Treatment(3))", "C(k, Treatment(reference=3))", "C(k, contrast=Treatment(3))",
    "C(sex, Treatment('m'))", 'C(sex, Treatment("m"))', "C(k, Helmert)", "C(k, Diff)", "C(k, Poly)", "C(k, Poly(scores=[1, 2, 4, 8]))",
    "C(k, Poly([1, 2, 4, 8]))", "C(edu, Diff)", "C(edu, Poly)", "C(k, levels=[4, 3, 2, 1])", "C(k, Sum, levels=[2, 1, 3, 4])",
    "C(sex, levels=['m', 'f'])", "C(k, None)", "C(I(k > 2))", "C(k * 2)", "C(k, Treatment(2)):C(sex, Sum)", "0 + C(k, Helmert):sex",
    "log(z)", "exp(x)", "sqrt(z)", "abs(x)", "np.log(z)", "np.exp(x)", "np.sqrt(z)", "np.abs(x)", "minimum(x, z)", "maximum(x, 0)",
    "np.maximum(0, x)", "log(z + 1)", "log(z) * x", "exp(-x / 2)", "sqrt(abs(x))", "maximum(minimum(age, 60), 30)", "log(z):sex",
    "I(x)", "I(x + z)", "I(x - z)", "I(x * z)", "I(x / z)", "I(x // z)", "I(x % 2)", "I(x ** 2)", "I(z ** 0.5)", "I(z ** -1)", "I(-x)", "I(+x)",
    "I((x + 1) * (z - 2))", "I(x ** 2 + z ** 3)", "I(2 * x)", "I(1 / z)", "I(k / 2)", "I(1e-3 * age)", "I(.5 * x)", "I(0x10 * x)", "I(1_000 * x)",
    "I(x > 0)", "I(x >= 0)", "I(x < z)", "I(k == 2)", "I(k != 2)", "I(2 <= k)", "I((k == 1) | (k == 3))", "I((x > 0) & (z < 2))", "I(~(k == 2))",
    "I(~b)", "I(b & c)", "I(b | ~c)", "x > 0", "k == 2", "(k == 2):x", "I(sex == 'm')", "I(sex != 'm')", "I('m' == sex)", "I(edu >= 'mid')",
    "I(edu < 'high')", "I((sex == 'm') & (x > 0))", "I((x > 0) * 1)", "I((x > 0) * z)", "I(b * x)", "I(x * b + z)", "I(b == True)",
    "Q('my age')", 'Q("my age")', "Q(\"it's\")", "Q('class')", "C(Q('class'))", "I(Q('my age') ** 2)", "log(Q('my age'))", "Q('жас'):x", "жас",
    "Q('my age') * sex", "Q('x') + Q('z')", "C(Q('class'), Treatment(2))", "bs(Q('my age'), 4)",
    "center(x)", "scale(x)", "standardize(x)", "scale(x, ddof=1)", "scale(x, center=False)", "scale(x, rescale=False)", "scale(x, True, True, 1)",
    "center(x) * sex", "I(center(x) ** 2)", "log(z) + center(log(z))", "center(x):center(z)", "scale(center(x))", "I(scale(x) + scale(z))",
    "bs(x, 4)", "bs(x, df=4)", "bs(x, df=6, degree=2)", "bs(x, knots=[0])", "bs(x, knots=[-0.5, 0.5], degree=1)", "bs(age, 5, include_intercept=True) - 1",
    "bs(age, 4, lower_bound=0, upper_bound=100)", "bs(x, 4):sex", "bs(center(x), 4)", "bs(log(z), df=5)", "bs(x, 3, None, 3, False)", "bs(x, df=1, degree=0)",
    "cr(x, 4)", "cr(x, df=4) - 1", "cr(x, df=4, constraints='center')", "cr(age, knots=[30, 50, 70])", "cr(age, 3, lower_bound=0, upper_bound=100)",
    "cr(x, 4):sex", "cr(log(z), 4)",
    "x   +  z", "x+z", "log( z )", "C( k )", "Q( 'my age' )", " x", "x\n+ z", "I(x**2)", "I( x==0 )",
]  # fmt: skip


def ours(right: str, frame: pd.DataFrame = FRAME) -> patsy.DesignMatrix:
    terms = read_terms(right, right, frame, Codebook())
    return terms.matrix(terms.categorize(frame[terms.names]))


def theirs(right: str, frame: pd.DataFrame = FRAME) -> patsy.DesignMatrix:
    """Return patsy's own matrix, the formula run by patsy with the functions that surveykit adds."""
    space = {"np": np, **{name: getattr(np, name) for name in ("log", "exp", "sqrt", "abs", "minimum", "maximum")}}
    return patsy.dmatrix(right, frame, eval_env=patsy.EvalEnvironment([space]), NA_action="raise")


def test_the_legitimate_formulas_are_as_many_as_promised():
    assert len(set(SAME_AS_PATSY)) >= 150


@pytest.mark.parametrize("right", SAME_AS_PATSY)
def test_the_matrix_is_patsys(right):
    """Columns, their names and order; 1e-12 because center and scale sum in another order than patsy's loop."""
    found, wanted = ours(right), theirs(right)
    assert found.design_info.column_names == wanted.design_info.column_names
    assert list(found.design_info.term_names) == list(wanted.design_info.term_names)
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=1e-12, atol=1e-13)


ATOMS = st.sampled_from(
    ["x", "z", "k", "age", "Q('my age')", "2", "0.5", "log(z)", "abs(x)", "center(x)", "minimum(x, k)"]
)
SUMS = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda part: f"({' '.join(part)})")
        | inner.map(lambda part: f"(-{part})")
        | inner.map(lambda part: f"({part} ** 2)")
    ),
    max_leaves=6,
)
CONDITIONS = st.recursive(
    st.tuples(SUMS, st.sampled_from(["<", "<=", ">", "!="]), SUMS).map(lambda part: f"({' '.join(part)})"),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&", "|"]), inner).map(lambda part: f"({' '.join(part)})")
        | inner.map(lambda part: f"(~{part})")
    ),
    max_leaves=3,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(SUMS | CONDITIONS)
def test_any_arithmetic_and_any_condition_is_patsys(expression):
    """1e-9: where terms cancel, the last digits of center() (see above) are what is left."""
    right = f"x + I({expression})"
    try:
        found = ours(right)
    except ArgumentError as refusal:
        # a comparison of numbers alone is refused, by itself or where a condition of the data has to stand
        assert "names no column" in str(refusal) or "is no condition" in str(refusal)
        return
    except ColumnError:
        raise
    wanted = theirs(right)
    if found.shape == wanted.shape:  # patsy gives a comparison of numbers alone no column
        np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=1e-9, atol=1e-9)


SMALL = {"int8": lambda x: x.astype("int8"), "uint8": lambda x: x.astype("uint8"), "int16": lambda x: x.astype("int16"),
         "float16": lambda x: x.astype("float16"), "float32": lambda x: x.astype("float32"), "Int8": lambda x: x.astype("Int8"),
         "UInt8": lambda x: x.astype("UInt8"), "Float32": lambda x: x.astype("Float32"), "int64": lambda x: x.astype("int64"),
         "Decimal": lambda x: x.astype(int).map(Decimal).astype(object), "Fraction": lambda x: x.astype(int).map(Fraction).astype(object),
         "object": lambda x: x.astype(int).astype(object), "sparse": lambda x: pd.Series(pd.arrays.SparseArray(x.astype("int8"))),
         "arrow": lambda x: x.astype("int8[pyarrow]")}  # fmt: skip
RUN_OVER = [
    "I(age ** 2)",
    "I(age * 10)",
    "I(age + 100)",
    "I(100 - age * 3)",
    "I(-age)",
    "I(age * age)",
    "log(age * 10)",
    "age:z + age:k",
    "poly(age, 2)",
    "maximum(age, 200)",
    "I(age // 7 * 50)",
    "center(age * 5)",
    "scale(age)",
    "bs(age, 4)",
    "I(age ** 3 > 1e5)",
    "I(age == 40)",
    "C(age)",
]


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("right", RUN_OVER)
def test_small_numbers_do_not_run_over(kind, right):
    """The matrix of the same numbers as float64, which patsy makes of them; a byte would hold up to 127."""
    if kind == "arrow":
        pytest.importorskip("pyarrow")
    frame = FRAME.assign(age=SMALL[kind](FRAME["age"]))
    found = ours(right, frame)
    np.testing.assert_allclose(np.asarray(found), np.asarray(ours(right)), rtol=1e-12)
    if "poly" not in right and right != "C(age)":
        np.testing.assert_allclose(np.asarray(found), np.asarray(theirs(right)), rtol=1e-12, atol=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize(
    "formula",
    [
        "I(age ** 2) ~ x",
        "I(age * 10 + 100) ~ x",
        "age * 3 ~ x",
        "log(age * 10) ~ x",
        "age ~ x",
        "y ~ age * z",
        "y ~ age + C(k)",
    ],
)
def test_models_of_small_numbers_are_those_of_floats(kind, formula):
    if kind == "arrow":
        pytest.importorskip("pyarrow")
    found, wanted = (
        fit_model(formula, SurveyDesign(frame, cluster="v")).table
        for frame in (FRAME.assign(age=SMALL[kind](FRAME["age"])), FRAME)
    )
    for column in ("estimate", "std_error"):
        assert found[column].tolist() == pytest.approx(wanted[column].tolist(), rel=1e-9)
    assert found["term"].tolist() == wanted["term"].tolist()


def test_the_propensity_of_small_numbers_is_that_of_floats():
    frame = FRAME.assign(yes=(FRAME["x"] > -0.5).astype(int))
    found, wanted = (
        adjust_nonresponse(
            SurveyDesign(people), "yes", propensity="I(age ** 2) + I(age * 10)", propensity_classes=None
        ).weights
        for people in (frame.assign(age=frame["age"].astype("int8")), frame)
    )
    assert found.tolist() == pytest.approx(wanted.tolist(), rel=1e-9)


@pytest.mark.parametrize("kind", [bool, "boolean", object])
def test_true_plus_true_is_two(kind):
    frame = FRAME.assign(b=FRAME["b"].astype(kind), c=FRAME["c"].astype(kind))
    np.testing.assert_array_equal(
        np.asarray(ours("0 + I(b + c)", frame))[:, 0], FRAME["b"].astype(int) + FRAME["c"].astype(int)
    )
    np.testing.assert_array_equal(
        np.asarray(ours("0 + I(b - c)", frame))[:, 0], FRAME["b"].astype(int) - FRAME["c"].astype(int)
    )
    assert ours("b", frame).design_info.column_names == ["Intercept", "b[T.True]"]


@pytest.mark.parametrize("kind", ["float16", "float32", "Float32"])
def test_a_tenth_in_single_precision_is_a_tenth(kind):
    """0.1 in single precision is another number than 0.1; Stata's users know the trap."""
    frame = FRAME.assign(tenth=(FRAME["k"] / 10).astype(kind))
    np.testing.assert_array_equal(np.asarray(ours("0 + I(tenth == 0.1)", frame)), np.asarray(ours("0 + I(k == 1)")))
    np.testing.assert_array_equal(np.asarray(ours("0 + I(0.3 > tenth)", frame)), np.asarray(ours("0 + I(3 > k)")))


def test_the_data_stay_as_they_were():
    frame = FRAME.assign(age=FRAME["age"].astype("int8"))
    before = frame.copy(deep=True)
    fit_model("y ~ I(age ** 2) + C(k) + bs(x, 4) + sex", SurveyDesign(frame, cluster="v"))
    pd.testing.assert_frame_equal(frame, before)


def test_decimals_are_numbers_everywhere():
    """As databases give them; as objects they were categories in covariate_balance and texts in code_items."""
    whole = FRAME.assign(age=FRAME["age"].astype(int))
    exact = whole.assign(age=[None if place == 3 else Decimal(int(value)) for place, value in enumerate(whole["age"])])
    survey = Survey(exact)
    assert survey.frame["age"].dtype == float and np.isnan(survey.frame["age"].iloc[3])
    assert isinstance(exact["age"].iloc[0], Decimal)  # the caller's own column stays
    found, wanted = (
        fit_model("y ~ age", SurveyDesign(frame, cluster="v")).table["estimate"].tolist()
        for frame in (exact, whole.assign(age=whole["age"].where(np.arange(len(whole)) != 3)))
    )
    assert found == wanted
