from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.codebook import Codebook, Variable
from surveykit.conventions import CONVENTIONS, RakingStop
from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError, SurveyKitWarning, WeightingError
from surveykit.estimation.quantities.means import means
from surveykit.survey import Survey
from surveykit.weighting.raking import rake

COLUMNS = ("sex", "ageband", "educ")


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    return pd.DataFrame({"sex": ["f", "f", "f", "m", "m", "m"], "age": [1, 1, 2, 1, 2, 2], "w": [1.0, 2, 3, 4, 5, 6]})


def relative_errors(design: SurveyDesign, margins: dict) -> float:
    frame, errors = design.survey.frame, []
    total = design.weights.sum()
    for column, targets in margins.items():
        goal = pd.Series(targets)
        goal = goal / goal.sum() * total
        sums = pd.Series(design.weights, frame.index).groupby(frame[column]).sum()
        sums.index = [str(key) for key in sums.index]
        goal.index = [str(key) for key in goal.index]
        errors.append(float((sums / goal - 1).abs().max()))
    return max(errors)


def test_two_by_two_by_hand():
    # one respondent per cell; the independence table of the margins is the answer when all start equal
    frame = pd.DataFrame({"sex": ["f", "f", "m", "m"], "age": [1, 2, 1, 2]})
    raked = rake(SurveyDesign(frame), {"sex": {"f": 60, "m": 40}, "age": {1: 30, 2: 70}}, total=100)
    assert raked.weights == pytest.approx([18, 42, 12, 28], rel=1e-12)


def test_weights_equal_those_of_r(ili_like, margins, weights_expected):
    design = SurveyDesign(ili_like, weight="w", cluster="settlement", stratum="stratum")
    raked = rake(design, {name: margins[name] for name in COLUMNS})
    assert raked.weights == pytest.approx(weights_expected["rake"].to_numpy(), rel=1e-7)
    assert raked.weights == pytest.approx(weights_expected["raking_margins"].to_numpy(), rel=1e-7)
    assert raked.origin().weight == "weighted by w; raked to sex, ageband, educ"


@pytest.mark.parametrize("name", ["sum_w", "sum_w2", "min_g", "max_g", "kish_deff", "n_eff"])
def test_measures_equal_those_of_r(ili_like, margins, expected, name):
    raked = rake(SurveyDesign(ili_like, weight="w"), {name: margins[name] for name in COLUMNS})
    weights, factor = raked.weights, raked.weights / ili_like["w"].to_numpy()
    measures = {
        "sum_w": weights.sum(), "sum_w2": (weights**2).sum(), "min_g": factor.min(), "max_g": factor.max(),
        "kish_deff": len(weights) * (weights**2).sum() / weights.sum() ** 2,
        "n_eff": weights.sum() ** 2 / (weights**2).sum(),
    }  # fmt: skip
    entry = expected["weight.rake.D1"]
    assert measures[name] == pytest.approx(entry["value"][name], rel=entry["tol"])


@pytest.mark.parametrize(("kind", "share", "sweeps", "error_tol"), [
    ("full", 1, None, 1e-6), ("small", 0.01, None, 1e-4), ("short", 1, 1, 1e-2),
])  # fmt: skip
def test_the_conventions_of_r_stop_raking_where_r_does(
    ili_like, margins, weighting_expected, kind, share, sweeps, error_tol
):
    design = SurveyDesign(ili_like, weight="w", cluster="settlement", stratum="stratum", conventions="r-survey")
    wanted = {name: {level: count * share for level, count in margins[name].items()} for name in COLUMNS}
    if kind == "short":  # R warns too
        with pytest.warns(SurveyKitWarning, match="stops after 1 sweep.s., as R does, but the last one still"):
            raked = rake(design, wanted, max_iterations=sweeps)
    else:
        raked = rake(design, wanted)
    entry = weighting_expected["raking_default"][kind]
    assert raked.weights[:5] == pytest.approx(entry["first"], rel=1e-12)
    assert (raked.weights**2).sum() == pytest.approx(entry["sum_w2"], rel=1e-12)
    sums = pd.Series(raked.weights).groupby([ili_like[name].to_numpy() for name in COLUMNS]).sum()
    assert {" ".join(map(str, key)): value for key, value in sums.items()} == pytest.approx(entry["cells"], rel=1e-12)
    assert raked.steps == ("raked to sex, ageband, educ (R's stopping rule)",)
    mean = means(raked, "q1").table.iloc[0]
    assert mean["estimate"] == pytest.approx(entry["mean_q1"][0], rel=1e-12)
    # R takes the residual from each margin with the weights that stood right after it, we with the final ones: the same
    # once the margins are met, and apart by as little as they are missed (5e-6, 4e-4 and 3e-2 of a target here)
    assert mean["std_error"] == pytest.approx(entry["mean_q1"][1], rel=error_tol)


def test_what_is_given_in_the_call_wins_over_the_rule_of_r(ili_like, margins):
    wanted = {name: margins[name] for name in COLUMNS}
    plain, as_r = (SurveyDesign(ili_like, weight="w", conventions=name) for name in ("surveykit", "r-survey"))
    met = rake(plain, wanted).weights
    assert np.array_equal(rake(as_r, wanted, tolerance=1e-8).weights, met)
    assert np.array_equal(rake(as_r, wanted, max_weight_ratio=50).weights, met)
    assert np.abs(rake(as_r, wanted).weights / met - 1).max() > 1e-6


def test_the_record_of_the_conventions_says_when_raking_stops(ili_like, margins, monkeypatch):
    wanted = {name: margins[name] for name in COLUMNS}
    design = SurveyDesign(ili_like, weight="w", conventions="stata")
    assert rake(design, wanted).steps == ("raked to sex, ageband, educ",)
    two_sweeps = replace(CONVENTIONS["stata"], raking_tolerance=RakingStop("cells", below=1e-9, sweeps=2))
    monkeypatch.setitem(CONVENTIONS, "stata", two_sweeps)
    with pytest.warns(SurveyKitWarning, match=r"conventions 'stata' stops after 2 sweep"):
        rake(design, wanted)


def test_margins_that_contradict_each_other_do_not_pass_in_silence_under_the_rule_of_r():
    frame = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 2]})
    goal = {"a": {1: 0.4, 2: 0.6}, "b": {1: 0.7, 2: 0.3}}
    with pytest.warns(SurveyKitWarning, match="give `tolerance` .1e-8. to rake until the margins are met"):
        rake(SurveyDesign(frame, conventions="r-survey"), goal, total=1e6)


@pytest.mark.parametrize("ceiling", [3.0, 2.0, 1.5, 1.3])
def test_the_ceiling_holds_and_the_margins_are_met(ili_like, margins, ceiling):
    wanted = {name: margins[name] for name in COLUMNS}
    raked = rake(SurveyDesign(ili_like, weight="w"), wanted, max_weight_ratio=ceiling)
    assert raked.weights.max() / raked.weights.mean() <= ceiling * (1 + 1e-8)
    assert relative_errors(raked, wanted) <= 1e-8
    assert raked.steps == (f"raked to sex, ageband, educ (ceiling {ceiling:g})",)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-3, 1e-5, 1e-8])
@pytest.mark.parametrize("alike", [0.6, 0.7, 0.8])
def test_under_a_ceiling_the_worst_margin_decides_when_to_stop(alike, tolerance, rng):
    # two columns that mostly agree: the margin raked last is met at once, and what it undoes in the first shrinks slowly
    one = rng.integers(0, 3, 600)
    two = np.where(rng.random(600) < alike, one, rng.integers(0, 3, 600))
    design = SurveyDesign(pd.DataFrame({"one": one, "two": two, "w": rng.uniform(1, 2, 600)}), weight="w")
    wanted = {"one": {0: 0.36, 1: 0.33, 2: 0.31}, "two": {0: 0.31, 1: 0.33, 2: 0.36}}
    for ceiling in (1.9, 2.1, 2.5):
        raked = rake(design, wanted, max_weight_ratio=ceiling, tolerance=tolerance)
        assert relative_errors(raked, wanted) <= tolerance * (1 + 1e-6)
        assert raked.weights.max() <= ceiling * raked.weights.mean() * (1 + 1e-9)


def test_weights_under_a_ceiling_are_the_nearest_ones(ili_like, margins):
    # Kuhn-Tucker: log(w / d) is a sum of one term per level for every weight below the ceiling
    design = SurveyDesign(ili_like, weight="w")
    raked = rake(design, {name: margins[name] for name in COLUMNS}, max_weight_ratio=1.5, tolerance=1e-12)
    free = raked.weights < 1.5 * raked.weights.mean() * (1 - 1e-9)
    assert 0.5 < free.mean() < 1
    dummies = pd.get_dummies(ili_like[list(COLUMNS)].astype(str)).to_numpy(dtype=float)
    logs = np.log(raked.weights / design.weights)
    fit, *_ = np.linalg.lstsq(dummies[free], logs[free], rcond=None)
    assert logs[free] == pytest.approx(dummies[free] @ fit, abs=1e-8)
    # and whoever is held at the ceiling would be above it without
    assert (logs[~free] <= (dummies[~free] @ fit) + 1e-8).all()


def test_a_ceiling_that_does_not_bind_changes_nothing(ili_like, margins):
    wanted = {name: margins[name] for name in COLUMNS}
    design = SurveyDesign(ili_like, weight="w")
    assert np.array_equal(rake(design, wanted, max_weight_ratio=50).weights, rake(design, wanted).weights)


def test_targets_in_every_form_give_the_same_weights(ili_like, margins):
    design = SurveyDesign(ili_like, weight="w")
    sex, age = ({int(key): value for key, value in margins[name].items()} for name in ("sex", "ageband"))
    as_series = [pd.Series(sex, name="sex"), pd.Series(age).rename_axis("ageband")]
    as_table = pd.DataFrame(
        [
            {"column": name, "level": level, "target": target}
            for name, part in (("sex", sex), ("ageband", age))
            for level, target in part.items()
        ]
    )
    first = rake(design, {"sex": sex, "ageband": age}).weights
    for form in (as_series, as_table, {"sex": pd.Series(sex), "ageband": age}):
        assert np.array_equal(rake(design, form).weights, first)
    shares = {
        "sex": {key: value / 58500 for key, value in sex.items()},
        "ageband": {key: 100 * value / 58500 for key, value in age.items()},
    }
    assert rake(design, shares, total=58500).weights == pytest.approx(first, rel=1e-12)
    assert rake(design, shares).weights.sum() == pytest.approx(design.weights.sum(), rel=1e-12)
    assert rake(design, {**shares, "sex": sex}).weights == pytest.approx(first, rel=1e-12)


def test_crossed_columns_are_met_as_a_margin(ili_like, margins):
    joint = {tuple(int(part) for part in key.split("|")): value for key, value in margins["sex_by_ageband"].items()}
    raked = rake(SurveyDesign(ili_like, weight="w"), {("sex", "ageband"): joint, "educ": margins["educ"]})
    sums = pd.Series(raked.weights).groupby([ili_like["sex"], ili_like["ageband"]]).sum()
    assert sums.to_dict() == pytest.approx(joint, rel=1e-8)
    assert raked.calibration[0].columns == ("sex:ageband", "educ")
    assert raked.calibration[0].terms == (("sex", "ageband"), ("educ",))


def test_levels_may_be_named_by_label_in_any_language():
    frame = pd.DataFrame({"sex": [1.0, 2.0, 2.0]})
    book = Codebook.of([Variable("sex", labels={1: {"en": "men", "ru": "мужчины"}, 2: {"en": "women", "kk": "әйел"}})])
    design = SurveyDesign(Survey(frame, book))
    for targets in ({"men": 1, "women": 2}, {"мужчины": 1, "әйел": 2}, {1: 1, "women": 2}, {"1": 1, "2": 2}):
        assert rake(design, {"sex": targets}).weights == pytest.approx([1, 1, 1])


def test_the_design_given_stays_as_it_was(answers):
    design = SurveyDesign(answers, weight="w")
    rake(design, {"sex": {"f": 0.5, "m": 0.5}})
    assert design.weights.tolist() == [1, 2, 3, 4, 5, 6]
    assert design.steps == ()


@pytest.mark.parametrize(("dtype", "shift"), [
    ("int8", -120), ("int8", 100), ("uint8", 250), *((dtype, shift) for dtype in ("int64", "float64", "object")
                                                     for shift in (0, -3, 7, 10**6, 10**15)),
])  # fmt: skip
def test_what_the_codes_are_does_not_matter(shift, dtype):
    frame = pd.DataFrame({"a": [1, 1, 2, 2, 3], "b": [1, 2, 1, 2, 2]})
    goal = {"a": {1: 0.5, 2: 0.3, 3: 0.2}, "b": {1: 0.4, 2: 0.6}}
    plain = rake(SurveyDesign(frame), goal).weights
    moved = (frame + shift).astype(dtype)
    renamed = {name: {key + shift: value for key, value in part.items()} for name, part in goal.items()}
    assert rake(SurveyDesign(moved), renamed).weights == pytest.approx(plain, rel=1e-12)


def test_categories_booleans_and_wide_tables_are_raked_alike(rng):
    n = 400
    frame = pd.DataFrame({f"c{k}": rng.integers(0, 12, n) for k in range(6)})  # 12^6 combinations: not a dense table
    wide = {name: (frame[name].value_counts() + 3).to_dict() for name in frame}
    raked = rake(SurveyDesign(frame), wide, total=n)
    assert relative_errors(raked, wide) <= 1e-8
    flag = frame["c0"] > 5
    for column in (flag, flag.astype("category"), flag.map({True: 1.0, False: 0.0}), flag.astype("boolean")):
        weights = rake(SurveyDesign(pd.DataFrame({"x": column})), {"x": {True: 0.3, False: 0.7}}).weights
        assert weights[flag.to_numpy()].sum() == pytest.approx(0.3 * n)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), ceiling=st.one_of(st.none(), st.floats(2.5, 6)))
def test_margins_are_met_whatever_the_weights_and_rows_keep_theirs(seed, ceiling):
    rng = np.random.default_rng(seed)
    n = 300
    frame = pd.DataFrame({"a": rng.integers(1, 4, n), "b": rng.integers(1, 3, n), "w": rng.gamma(2, 1, n) + 0.05})
    goal = {name: dict(enumerate(rng.uniform(0.7, 1.3, frame[name].nunique()), 1)) for name in ("a", "b")}
    goal = {name: {key: value / sum(part.values()) for key, value in part.items()} for name, part in goal.items()}
    raked = rake(SurveyDesign(frame, weight="w"), goal, max_weight_ratio=ceiling)
    assert relative_errors(raked, goal) <= 1.01e-8
    assert (raked.weights > 0).all()
    if ceiling:
        assert raked.weights.max() <= ceiling * raked.weights.mean() * (1 + 1e-7)
    order = rng.permutation(n)
    again = rake(SurveyDesign(frame.iloc[order], weight="w"), goal, max_weight_ratio=ceiling)
    assert again.weights == pytest.approx(raked.weights[order], rel=1e-6)
    ten = rake(SurveyDesign(frame.assign(w=frame["w"] * 10), weight="w"), goal, max_weight_ratio=ceiling)
    assert ten.weights == pytest.approx(raked.weights * 10, rel=1e-6)


def refused(answers, margins, **options) -> str:
    with pytest.raises((WeightingError, ArgumentError, ColumnError)) as caught:
        rake(SurveyDesign(answers, weight="w"), margins, **options)
    return str(caught.value)


@pytest.mark.parametrize(("margins", "words"), [
    ({"sex": {"f": 5}}, "must give a target for every level in the data, but 'sex' has 'm' without one"),
    ({"sex": {"f": 5, "m": 4, "x": 1}}, "names 'x' in 'sex', which is neither a code nor a label there; it has f, m"),
    ({"age": {1: 5, 2: 4, 3: 1}}, "names 3 in 'age'"),
    ({"sex": {"f": 5, "m": 5}, "age": {1: 5, 2: 7}}, "but 'sex' adds up to 10 and 'age' to 12"),
    ({"sex": {"f": 0, "m": 5}}, "gives level 'f' of 'sex' the target 0, but it has respondents"),
    ({"sex": {"f": -1, "m": 5}}, "must be a number that is not negative, but 'f' has -1"),
    ({"sex": {"f": float("nan"), "m": 5}}, "must be a number that is not negative"),
    ({"sx": {"f": 1, "m": 5}}, "`margins` names 'sx', which is not a column; did you mean 'sex'?"),
    ({("sex", "age"): {"f": 1, "m": 5}}, "each level needs 2 codes in a tuple, but 'f' was given"),
    ({"sex": [1, 2]}, "must map each level of a column to its target, but list was given"),
    ({}, "must give targets by column"),
    ({"sex": {"f": 1e308, "m": 1e308}}, "add up to a number beyond what can be computed with"),
    (pd.DataFrame({"sex": ["f", "m"], "hello": [1, 2]}), "needs the columns 'column', 'level', 'target'"),
])  # fmt: skip
def test_targets_that_cannot_be_used_are_explained(answers, margins, words):
    assert words in refused(answers, margins)


def test_a_known_level_without_respondents_is_explained(answers):
    book = Codebook.of([Variable("age", labels={1: {"en": "young"}, 2: {"en": "old"}, 3: {"en": "very old"}})])
    design = SurveyDesign(Survey(answers, book), weight="w")
    with pytest.raises(WeightingError, match=r"asks for 1 in level 3 \('very old'\) of 'age', where there is no resp"):
        rake(design, {"age": {1: 5, 2: 4, "very old": 1}})
    assert rake(design, {"age": {1: 5, 2: 4, 3: 0}}, total=9).weights.sum() == pytest.approx(9)


def test_missing_values_name_their_rows(answers):
    frame = answers.assign(age=[1, 1, None, 1, None, 2])
    words = refused(frame, {"age": {1: 5, 2: 7}})
    assert "'age' is missing in 2 row(s): 2, 4" in words
    assert "'sex' is missing in 1 row(s): 5" in refused(
        answers.assign(sex=["f", "f", "m", "m", "f", None]), {"sex": {"f": 5, "m": 7}}
    )


def test_margins_that_contradict_each_other_over_empty_cells_are_explained():
    # all women are young: women 40 % and young 30 % cannot both hold
    frame = pd.DataFrame({"sex": ["f", "m", "m"], "age": [1, 1, 2], "w": [1.0, 2, 3]})
    words = refused(frame, {"sex": {"f": 0.4, "m": 0.6}, "age": {1: 0.3, 2: 0.7}})
    assert "no weights can meet these margins together" in words
    assert "worst margin" in words


def test_a_ceiling_that_no_weights_can_keep_is_explained():
    frame = pd.DataFrame({"sex": ["f"] * 9 + ["m"], "w": np.arange(1.0, 11)})
    words = refused(frame, {"sex": {"f": 0.5, "m": 0.5}}, max_weight_ratio=3)
    assert "the 1 respondent(s) in level 'm' of 'sex' must weigh 5 times the mean" in words
    # each margin alone could keep it (1.4), both together not: 0.7 + 0.7 - 1 = 0.4 falls on one respondent of six
    frame = pd.DataFrame({"a": [1, 1, 1, 2, 2, 2], "b": [1, 2, 2, 1, 1, 2], "w": [1.0, 1, 1, 1, 1, 2]})
    words = refused(frame, {"a": {1: 0.7, 2: 0.3}, "b": {1: 0.7, 2: 0.3}}, max_weight_ratio=2)
    assert "the smallest ceiling that any weights could keep is 2.4, so raise it" in words


def test_slow_raking_is_an_error_with_the_margin_table(ili_like, margins):
    with pytest.raises(WeightingError, match="has not converged after 2 sweeps") as caught:
        rake(SurveyDesign(ili_like, weight="w"), {name: margins[name] for name in COLUMNS}, max_iterations=2)
    assert "relative_error" in caught.value.__notes__[0]


@pytest.mark.parametrize(("options", "words"), [
    ({"max_weight_ratio": 0.5}, "must be at least 1 (5 is usual), but 0.5 was given"),
    ({"total": 0}, "`total` must be a positive number"),
    ({"tolerance": 2}, "`tolerance` must lie between 0 and 1"),
    ({"max_iterations": 0}, "`max_iterations` must be a whole number"),
])  # fmt: skip
def test_options_that_cannot_be_used_are_explained(answers, options, words):
    assert words in refused(answers, {"sex": {"f": 0.5, "m": 0.5}}, **options)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_respondents_of_one_cell_may_be_merged_and_a_level_split(seed):
    rng = np.random.default_rng(seed)
    n = 120
    frame = pd.DataFrame(
        {
            "a": np.r_[1, 2, 3, rng.integers(1, 4, n)],
            "b": np.r_[1, 2, 1, rng.integers(1, 3, n)],
            "w": rng.gamma(3, 1, n + 3) + 0.1,
        }
    )
    goal = {"a": {1: 0.3, 2: 0.3, 3: 0.4}, "b": {1: 0.45, 2: 0.55}}
    whole = rake(SurveyDesign(frame, weight="w"), goal, tolerance=1e-11)
    cells = frame.groupby(["a", "b"], as_index=False)["w"].sum()
    merged = rake(SurveyDesign(cells, weight="w"), goal, tolerance=1e-11)
    sums = pd.Series(whole.weights).groupby([frame["a"], frame["b"]]).sum().to_numpy()
    assert merged.weights == pytest.approx(sums, rel=1e-7)
    # a level split in two whose targets are what raking gave the halves: nothing changes
    halves = frame.assign(a=np.where((frame["a"] == 3) & (frame.index % 2 == 0), 4, frame["a"]))
    split = pd.Series(whole.weights).groupby(halves["a"]).sum().to_dict()
    again = rake(SurveyDesign(halves, weight="w"), {"a": split, "b": goal["b"]}, tolerance=1e-11)
    assert again.weights == pytest.approx(whole.weights, rel=1e-6)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_margins_that_run_to_zero_and_infinity_end_in_the_same_sentence():
    frame = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 2], "w": [1e-59, 1.0, 1e59]})
    words = refused(frame, {"a": {1: 0.9, 2: 0.1}, "b": {1: 0.95, 2: 0.05}}, max_iterations=10_000)
    assert "no weights can meet these margins together" in words


@pytest.mark.parametrize("kind", ["int8", "int16", "uint64", "float32", "Int8", "category"])
def test_codes_of_every_type_give_the_weights_of_plain_integers(kind):
    codes = np.array([-100, 0, 100] * 20) if kind != "uint64" else np.array([2000, 2001, 2003] * 20)
    sex = np.arange(60) % 2
    plain = pd.DataFrame({"code": codes, "sex": sex})
    other = pd.DataFrame({"code": pd.Series(codes).astype(kind), "sex": pd.Series(sex).astype(kind)})
    targets = {"code": dict(zip(sorted(set(codes.tolist())), (0.2, 0.3, 0.5))), "sex": {0: 0.4, 1: 0.6}}
    wanted, found = (rake(SurveyDesign(frame), targets).weights for frame in (plain, other))
    assert found == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(("targets", "aim"), [
    ({1: 33.3, 2: 33.3, 3: 33.3}, "percentages"), ({1: 0.333, 2: 0.333, 3: 0.333}, "shares"), ({1: 33, 2: 33, 3: 33}, "percentages"),
    ({1: 14.3, 2: 42.9, 3: 42.9}, "percentages"), ({1: 66.7, 2: 16.7, 3: 16.7}, "percentages"),
])  # fmt: skip
def test_rounded_percentages_are_percentages_and_no_persons(targets, aim):
    """By hand: weights add up to the 120 respondents, each level to its part of the sum of the targets."""
    design = SurveyDesign(pd.DataFrame({"age": [1, 2, 3, 3] * 30}))
    with pytest.warns(SurveyKitWarning, match=f"as rounded {aim} do; they are taken for such"):
        raked = rake(design, {"age": targets})
    assert raked.weights.sum() == pytest.approx(120, rel=1e-9)
    for level, target in targets.items():
        assert raked.weights[raked.data["age"] == level].sum() == pytest.approx(
            120 * target / sum(targets.values()), rel=1e-8
        )
    assert rake(design, {"age": targets}, total=50_000).weights.sum() == pytest.approx(50_000, rel=1e-9)


@pytest.mark.parametrize(("targets", "words"), [
    ({1: 33.3, 2: 33.3, 3: 30.3}, "percentages in `margins` must add up to 100, but those of 'age' add up to 96.9"),
    ({1: 33, 2: 33, 3: 32}, "percentages in `margins` must add up to 100"), ({1: 0.5, 2: 0.3, 3: 0.05}, "shares in `margins` must add up to 1"),
])  # fmt: skip
def test_percentages_that_rounding_does_not_explain_are_refused(targets, words):
    design = SurveyDesign(pd.DataFrame({"age": [1, 2, 3, 3] * 100}))
    with pytest.raises(WeightingError, match=words):
        rake(design, {"age": targets})


def test_counts_of_persons_about_a_hundred_stay_counts():
    design = SurveyDesign(pd.DataFrame({"age": [1, 2, 3, 3] * 15}))
    assert rake(design, {"age": {1: 33, 2: 33, 3: 33}}).weights.sum() == pytest.approx(99, rel=1e-9)
    assert rake(design, {"age": {1: 3300, 2: 3300, 3: 3300}}).weights.sum() == pytest.approx(9900, rel=1e-9)


@pytest.mark.parametrize("key", [4, "4", "unknown", "сёла"])
def test_nobody_is_wanted_where_nobody_is(key):
    design = SurveyDesign(pd.DataFrame({"age": [1, 2, 3, 3] * 30, "sex": [1, 2] * 60}))
    without = rake(design, {"age": {1: 50, 2: 30, 3: 20}}).weights
    np.testing.assert_array_equal(rake(design, {"age": {1: 50, 2: 30, 3: 20, key: 0}}).weights, without)
    crossed = {(1, 1): 50, (2, 2): 30, (3, 1): 10, (3, 2): 10, (key, 1): 0}
    assert rake(design, {("age", "sex"): crossed}).weights.sum() == pytest.approx(120, rel=1e-9)
    with pytest.raises(WeightingError, match="which is neither a code nor a label"):
        rake(design, {"age": {1: 50, 2: 30, 3: 19, key: 1}})
