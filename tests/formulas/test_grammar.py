"""What a formula may say, and that nothing in it is run: attacks, bombs, chance texts, and the words of each refusal."""

import ast
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import patsy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitError
from surveykit.estimation.models.regression import fit_model
from surveykit.weighting.nonresponse import adjust_nonresponse

ROOT = Path(surveykit.__file__).parent

ATTACKS = [
    "__import__('os').system('touch {mark}')", "__import__('pathlib').Path('{mark}').touch()", "open('{mark}', 'w')",
    "I(open('{mark}', 'w'))", "eval('1')", "exec('x = 1')", "compile('1', '', 'eval')", "globals()", "locals()", "vars()",
    "getattr(x, 'shape')", "setattr(x, 'a', 1)", "type(x)", "print(x)", "input()", "breakpoint()", "help(x)", "dir(x)",
    "x.__class__", "I(x.__class__.__mro__)", "().__class__.__bases__[0].__subclasses__()", "I(().__class__)",
    "Q.__globals__", "Q.__init__.__globals__", "C.__code__", "log.__globals__", "np.log.__class__", "I(np.log.__doc__)",
    "I.__builtins__", "Q('x').__class__", "Q('x').values.tofile('{mark}')", "x.to_csv('{mark}')", "I(x.to_pickle('{mark}'))",
    "x.values", "x.apply(print)", "x.map(open)", "x.eval('1')", "x.query('1')", "x.pipe(print)", "x.sum()",
    "np.load('{mark}')", "np.fromfile('{mark}')", "np.save('{mark}', x)", "np.memmap('{mark}')", "np.lib.npyio.os.system('true')",
    "np.log(np.os.system('true'))", "np.exp", "np", "pd.read_pickle('{mark}')", "math.log(x)", "patsy.eval", "sys.modules", "os.system('true')",
    "np.random.normal(x)", "np.log.at(x)", "numpy.log(x)", "nump.log(x)", "np . log . __call__(x)", "np.vectorize(print)(x)",
    "(lambda: 1)()", "I(lambda: 1)", "(lambda x: x)(x)", "I((lambda: open('{mark}', 'w'))())", "[i for i in x]", "I([i for i in x])",
    "{{i for i in x}}", "I({{i: 1 for i in x}})", "I((i for i in x))", "I(sum(i for i in x))", "I([].append(1))", "I({{}}.get)",
    "x[0]", "I(x[::2])", "I(x['a'])", "x[__import__('os')]", "f'{{x}}'", "I(f'{{open(1)}}')", "I(f\"{{x.__class__}}\")", "'{{x}}'.format(x)",
    "'%s' % x", "I('a' + 'b')", "I(b'abc')", "b'x'", "I(x := 3)", "(x := 3)", "I(x if k else k)", "x if True else k", "I(*x)", "I(**x)",
    "log(*x)", "log(**k)", "log(x, **k)", "log(x=x, x=k)", "I(x, k)", "I()", "I(await x)", "I((yield x))", "I(...)", "...", "I(None)", "None",
    "I(1j * x)", "I(x @ k)", "I(x << 3)", "I(x >> 3)", "I(x ^ k)", "I(x is k)", "I(x is not k)", "I(x in k)", "I(x in [1, 2])",
    "I(not x)", "I(x and k)", "x or k", "I(0 < x < 1)", "I(x < (1, 2))", "I(x + [1])", "I(x + 'a')", "I(x * 'a')", "I(x ** k)",
    "I(x ** (1 + 1))", "I(2 ** x)", "te(cr(x, 4), cr(k, 4))", "cc(x, 4)", "pow(x, 2)", "max(x)", "sum(x)", "abs", "round(x, 1)",
    "C(x, __import__('os'))", "C(x, np.log)", "C(x, Treatment(__import__('os').system('true')))", "C(x, Treatment(k))", "C(x, eval('Sum'))",
    "C(x, ContrastMatrix([[1]], ['a']))", "C(x, Sum())()", "C(x, [[1, 0]])", "C(x, levels=k)", "C(x, levels=range(3))", "C(x, lambda: 1)",
    "C(x, contrast=print)", "C(x)(k)", "Treatment(1)", "Treatment", "ContrastMatrix(x, k)", "Q(k)", "Q('x' + 'k')", "Q(f'x')", "Q(name='x')",
    "Q('x', 'k')", "Q(Q('x'))", "Q(1)", "Q(b'x')", "Q()", "Q('__class__')", "__class__", "__builtins__", "__name__", "_patsy_stobj0__center__",
    "bs(x, k)", "bs(x, df=k)", "bs(x, df='4')", "bs(x, df=4.0)", "bs(x, df=True)", "bs(x, 4, knots=x)", "bs(x, knots=[k])",
    "bs(x, knots=[[1]])", "bs(x, 4, degree=-1)", "cr(x, 4, constraints=[[1, 1, 1, 1]])", "cr(x, 4, constraints='x')", "poly(x, k)",
    "poly(x, 2, raw=1)", "poly(x, 2, coefs=k)", "scale(x, center=k)", "scale(x, ddof='a')", "center(x, 1)", "I(bs(x, 4))", "log(poly(x, 2))",
    "\uff49\uff4d\uff50\uff4f\uff52\uff54(x)", "\uff4cog(x)", "x.\uff3f\uff3fclass\uff3f\uff3f", "\U0001d431", "I(x\u2024shape)", "x; import os",
    "x\nimport os", "x # comment", "x \\", "'", "\"\"\"", "'unclosed", "(", ")", "x)", "(x", "I(x", "x +", "* x", "+", "", " ", "~", "~ x", "x ~ k",
    "x ~ k ~ x", "I(x ~ k)", "-x", "-(x + k)", "2", "x + 2", "2 * x", "x ** x", "x ** -1", "x ** 0", "x ** 1.5", "(x + k) ** 'a'", "0x10", "1e5", "x == ",
    "@x", "x!", "$x", "x?", "`x`", "%time x", "!ls", "x\x00", "\x1b[31mx", "x\ud800", "return x", "class", "import os", "del x", "assert x", "global x",
]  # fmt: skip
"""Right sides of formulas that must be refused, not run and not misread."""

NAMES = [f"a{number}" for number in range(30)]
BOMBS = {
    "a product of thirty": " * ".join(NAMES),
    "a power of thirty": f"({' + '.join(NAMES)}) ** 20",
    "a tower of powers": "I(9 ** 9 ** 9 ** 9)",
    "a text a billion times": "I('a' * 10 ** 9)",
    "a shift by a billion": "I(1 << 10 ** 9)",
    "a spline of a billion columns": "bs(x, df=1000000000)",
    "a polynomial of a million": "poly(x, 1000000)",
    "parentheses": "I(" + "(" * 5000 + "x" + ")" * 5000 + ")",
    "signs in an expression": "I(" + "-" * 5000 + "x)",
    "signs in the formula": "-" * 5000 + "x",
    "calls in calls": "log(" * 1000 + "x" + ")" * 1000,
    "a long sum": " + ".join(["x"] * 5000),
    "a long expression": "I(" + " + ".join(["x"] * 5000) + ")",
    "a number of 5,000 digits": "I(x + " + "9" * 5000 + ")",
    "a number without end": "I(x * 1e999)",
    "ten million letters": "x" * 10**7,
    "two categories of thousands": "C(id):C(other)",
}


@pytest.fixture(scope="module")
def design() -> SurveyDesign:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"y": rng.normal(size=4000), "x": rng.normal(size=4000), "k": rng.integers(1, 4, 4000)})
    frame["id"], frame["other"], frame["yes"] = np.arange(4000), np.arange(4000)[::-1], np.arange(4000) % 2
    return SurveyDesign(pd.concat([frame, pd.DataFrame(rng.normal(size=(4000, 30)), columns=NAMES)], axis=1))


@pytest.fixture(scope="module")
def few(design) -> SurveyDesign:
    return SurveyDesign(design.data.head(60))


@pytest.fixture
def no_eval(monkeypatch):
    """Let patsy evaluate no text: whoever asks it to under this fixture fails the test."""

    def caught(self, code, *arguments, **options):
        raise AssertionError(f"patsy was asked to evaluate {code!r}")

    monkeypatch.setattr(patsy.EvalEnvironment, "eval", caught)
    monkeypatch.setattr(patsy.EvalFactor, "eval", caught)


def test_the_attacks_are_as_many_as_promised():
    assert len(set(ATTACKS)) >= 200 and len(BOMBS) >= 7


@pytest.mark.parametrize("attack", ATTACKS, ids=ascii)
@pytest.mark.parametrize("side", ["right", "left", "propensity"])
def test_whatever_is_not_on_the_list_is_refused_and_nothing_is_run(few, no_eval, tmp_path, attack, side):
    mark = tmp_path / "mark"
    text = attack.format(mark=mark)
    with pytest.raises(SurveyKitError) as refusal:
        if side == "right":
            fit_model(f"y ~ {text}", few)
        elif side == "propensity":
            adjust_nonresponse(few, "yes", propensity=text)
        elif text in ("-x", "-(x + k)", "2 * x", "x + 2", "x ** -1", "x ** 0", "x ** 1.5"):  # arithmetic left of ~
            raise ArgumentError("left of ~ this is a number")
        else:
            fit_model(f"{text} ~ x", few)
    assert not mark.exists()
    assert "~" in str(refusal.value) or "formula" in str(refusal.value)


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS, ids=str)
def test_bombs_are_refused_at_once(design, no_eval, bomb):
    started = time.perf_counter()
    with pytest.raises(SurveyKitError):
        fit_model(f"y ~ {BOMBS[bomb]}", design)
    assert time.perf_counter() - started < 5  # the slowest takes half a second; run, they take minutes or all memory


def test_no_model_is_fitted_by_evaluating_a_text(few, no_eval):
    formula = "log(exp(y)) ~ C(k, Treatment(2)) + bs(x, 4) + I((k > 1) & (x < 0)) + Q('id') + scale(a1):center(a2)"
    assert np.isfinite(fit_model(formula, few).table["estimate"]).all()


def imports_of(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)} | {
        alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
    }


@pytest.mark.slow
def test_patsy_is_imported_by_two_files_and_what_it_knows_is_asked_of_it_by_three_more():
    """A fifth asks it to read "a = b" between names of coefficients for statsmodels' t_test, which evaluates nothing."""
    files = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if any(name.partition(".")[0] == "patsy" for name in imports_of(path))
    }
    assert files == {
        "formulas/columns.py",
        "formulas/values.py",
        "estimation/models/model_matrix.py",
        "estimation/models/term_names.py",  # the type alone, too
        "estimation/models/level_cells.py",  # and what categories a column had
        "estimation/models/statsmodels_results.py",
    }


@pytest.mark.slow
def test_no_file_of_the_package_calls_eval_or_exec():
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Name) and node.id in ("eval", "exec", "compile", "__import__")), path


WORDS = [
    "x",
    "k",
    "y",
    "id",
    "Q('x')",
    'Q("k")',
    "C(k)",
    "C(",
    "I(",
    "log(",
    "bs(x, 4)",
    "np.log(x)",
    "poly(x, 2)",
    "Treatment",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "+",
    "-",
    "*",
    "/",
    ":",
    "**",
    "//",
    "%",
    "^",
    "~",
    "&",
    "|",
    "==",
    "!=",
    "<",
    ">=",
    "=",
    ":=",
    ",",
    ".",
    "0",
    "1",
    "2",
    "1.5",
    "1e9",
    "'a'",
    "True",
    "None",
    "if",
    "else",
    "lambda",
    "for",
    "in",
    "not",
    "and",
    "is",
    "f'{x}'",
    "__class__",
    "@",
    "#",
    ";",
    "\\",
    "'",
    "\n",
    "ё",
    "ｘ",
    "🙂",
    " ",
]


@pytest.mark.slow
@settings(max_examples=20_000 if "SURVEYKIT_DEEP" in os.environ else 400, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
    | st.lists(st.sampled_from(WORDS), max_size=9).map("".join)
    | st.text(max_size=25)
)
def test_chance_texts_end_in_a_model_or_a_sentence(few, text):
    for formula in (f"y ~ {text}", f"{text} ~ x", text):
        try:
            fit_model(formula, few)
        except SurveyKitError as refusal:
            assert "\n" not in str(refusal).replace(text, "") or "\n" in text
        except Warning:
            pass  # the tests turn warnings of surveykit into errors


@pytest.mark.parametrize(("formula", "words"), [
    ("y ~ np.sin(x)", r"holds 'np.sin', a name with a dot; formulas know the functions C, I, Q, abs, bs, center, cr, exp, log"),
    ("y ~ math.log(x)", r"holds 'math.log'; write log\(\) alone"),
    ("y ~ sin(x)", "holds a call of 'sin'; formulas know the functions .*; compute anything else as a column first"),
    ("y ~ sclae(x)", r"holds a call of 'sclae'; did you mean 'scale'\?"),
    ("y ~ log", r"names 'log', which is not a column; as a function it stands before parentheses, log\(...\)"),
    ("y ~ Sum", r"stands before parentheses, Sum\(...\), inside C\(\)"),
    ("y ~ my x", r"holds my x, the name of a column that .*; write Q\('my x'\)"),
    ("y ~ my_x", r"names 'my_x', which is not a column; did you mean Q\('my x'\)\?"),
    ("y ~ Q('my_x')", r"names 'my_x' in Q\(\), which is not a column; did you mean 'my x'"),
    ("y ~ Q('zz')", r"names 'zz' in Q\(\), which is not a column$"),
    ("y ~ Q(x)", r"Q\(\) holds the name of one column in quotes"),
    ("y ~ class", "cannot be read at 'class'; a column whose name is .* or a word of Python, is written Q"),
    ("y ~ Intercept", r"names the column 'Intercept', as the constant of a model is called too; write Q\('Intercept'\)"),
    ("y ~ \uff36", r"the name '\uff36', some of whose letters Python reads as others \('V'\); write Q\('\uff36'\)"),
    ("y ~ x ^ 2", r"holds '\^'; a power is written \*\*"),
    ("y ~ x and k", "holds 'and' or 'or'; join conditions by & and |, each in parentheses"),
    ("y ~ not k", "holds 'not'; turn a condition round by ~"),
    ("y ~ I(x > 1 & k)", "'1' stands beside &, | or ~ but is no condition, .*put each comparison in parentheses"),
    ("y ~ I(k & k)", "'k' stands beside &, | or ~ but is no condition"),
    ("y ~ I(1 < x < 2)", r"the chain of comparisons '1 < x < 2'; write two"),
    ("y ~ x in k", r"holds 'in'; compare with each value, \(x == 1\) \| \(x == 2\)"),
    ("y ~ I(x ** k)", r"the power 'k'; powers are numbers up to 10; exp\(\) and log\(\) make others"),
    ("y ~ I(x ** 11)", "the power '11'; powers are numbers up to 10"),
    ("y ~ bs(x)", r"'bs\(x\)' .* cannot be made of the data: must specify either df or knots"),
    ("y ~ bs(x, 2)", "df=2 is too small for degree=3"),
    ("y ~ bs(x, knots=[99])", r"some knot values \(\[99\]\) fall above upper bound \([\d.]+\)"),
    ("y ~ bs(x, df=51)", r"holds '51' as the df of bs\(\); it must be a whole number from 0 to 50"),
    ("y ~ cr(yes, 4)", "it needs at least three different values"),
    ("y ~ cr(x, 1)", "must be greater than or equal to 2"),
    ("y ~ poly(k, 3)", "its degree, 3, must be below the number of different values, 3"),
    ("y ~ scale(one)", "divides by a standard deviation of zero"),
    ("y ~ log(z=x)", r"the argument 'z' of log\(\), which it does not have; log\(\) takes x"),
    ("y ~ log(x, 2)", r"'log\(x, 2\)', which has too many arguments"),
    ("y ~ minimum(x)", "too few arguments"),
    ("y ~ I(C(k))", r"'C\(k\)' inside an expression; C\(\) makes a category, which stands alone"),
    ("y ~ C(k, Sum(omit=0))", "nobody among those who answered has 'k' 0"),  # patsy takes it for the first position
    ("y ~ C(k, levels=[1, 2])", r"the levels of 'C\(k, levels=\[1, 2\]\)' name no 3, which some answered"),
    ("y ~ I(sex == 'male')", "holds for nobody or for everybody, because 'male' is no answer .*; the answers are 'f', 'm'"),
    ("y ~ I(k == '2')", "compares numbers with the text '2'"),
    ("y ~ I(sex + 1)", r"nothing can be computed with 'sex', which holds categories, .*compare it with one of them, \(sex == 'f'\)"),
    ("y ~ I(sex < 'm')", "asks for an order that these categories do not have; compare by == or !="),
    ("y ~ when", "names 'when', which holds dates; turn them into numbers"),
    ("when ~ x", "names 'when', which holds datetime64 values"),
    ("I(when > 1) ~ x", "names 'when', which holds dates; turn them into numbers"),
    ("y ~ z1", "'z1' holds complex numbers"),
    ("log(yes) ~ x", r"the outcome 'log\(yes\)' of .* has no value or an infinite one for 30 respondent\(s\)"),
    ("C(k) ~ x", r"the outcome 'C\(k\)' of the formula is a category, where a number is needed"),
    ("bs(x, 4) ~ k", "has several columns; name one number"),
    ("I(5) ~ k", r"holds 'I\(5\)', which names no column"),
    ("y", "a formula must read 'outcome ~ terms', but 'y' was given"),
    ("y ~ x + I('a' == 'b')", r"holds the comparison \"'a' == 'b'\", which names no column"),
    ("y ~ x\x1b[31m", r"holds the sign '\\x1b', which formulas are not written with"),
])  # fmt: skip
def test_each_refusal_says_the_way_out(few, formula, words):
    more = {
        "my x": few.data["x"],
        "class": few.data["k"],
        "Intercept": few.data["x"],
        "\uff36": few.data["x"],
        "one": 1.0,
        "V": few.data["k"],
        "sex": np.where(few.data["k"] > 1, "m", "f"),
        "when": pd.Timestamp("2024-05-01"),
    }
    if "z1" in formula:
        more["z1"] = 1j
    with pytest.raises((ArgumentError, ColumnError), match=words):
        fit_model(formula, SurveyDesign(few.data.assign(**more)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "my age",
        "class",
        "Intercept",
        "C(x)",
        "a+b",
        "x:k",
        "it's",
        'say "x"',
        "Ｖ",
        "й",
        "q 1",
        "1st",
        "x.y",
        "log",
        "Q",
        "np",
        "None",
        "x\\y",
        "ё",
        "жас",
        "x~y",
    ],
)
def test_any_column_can_be_named_in_quotes(few, name):
    frame = few.data[["y"]].assign(**{name: few.data["x"]})
    quoted = fit_model(f"y ~ Q({name!r})", SurveyDesign(frame)).table
    assert quoted["estimate"].tolist() == fit_model("y ~ x", few).table["estimate"].tolist()
    assert (
        fit_model(f"Q({name!r}) ~ y", SurveyDesign(frame)).table["estimate"].tolist()
        == fit_model("x ~ y", few).table["estimate"].tolist()
    )


@pytest.mark.slow
def test_two_hundred_and_fifty_terms_are_fitted():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(600, 251)), columns=[f"a{number}" for number in range(251)])
    design = SurveyDesign(frame)
    assert len(fit_model(f"a0 ~ {' + '.join(frame.columns[1:])}", design).table) == 251
    with pytest.raises(ArgumentError, match="more than 250 operators in a row"):
        fit_model(f"a0 ~ {' + '.join(frame.columns)} + a1 + a2", design)
