"""Respondents summed up by what they share, whatever their codes are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.design import SurveyDesign
from surveykit.weighting.raking import rake
from tests.weighting.test_raking import refused, relative_errors


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


def test_missing_values_name_their_rows(answers):
    frame = answers.assign(age=[1, 1, None, 1, None, 2])
    words = refused(frame, {"age": {1: 5, 2: 7}})
    assert "'age' is missing in 2 row(s): 2, 4" in words
    assert "'sex' is missing in 1 row(s): 5" in refused(
        answers.assign(sex=["f", "f", "m", "m", "f", None]), {"sex": {"f": 5, "m": 7}}
    )


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


@pytest.mark.parametrize("kind", ["int8", "int16", "uint64", "float32", "Int8", "category"])
def test_codes_of_every_type_give_the_weights_of_plain_integers(kind):
    codes = np.array([-100, 0, 100] * 20) if kind != "uint64" else np.array([2000, 2001, 2003] * 20)
    sex = np.arange(60) % 2
    plain = pd.DataFrame({"code": codes, "sex": sex})
    other = pd.DataFrame({"code": pd.Series(codes).astype(kind), "sex": pd.Series(sex).astype(kind)})
    targets = {"code": dict(zip(sorted(set(codes.tolist())), (0.2, 0.3, 0.5))), "sex": {0: 0.4, 1: 0.6}}
    wanted, found = (rake(SurveyDesign(frame), targets).weights for frame in (plain, other))
    assert found == pytest.approx(wanted, rel=1e-12)
