"""Columns as levels: codes of every type, read together and one by one."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveykit.design import SurveyDesign
from surveykit.errors import ArgumentError, ColumnError
from surveykit.estimation.engine import levels as module
from surveykit.estimation.engine.levels import codes_given, item_levels, read_levels, whole_levels
from surveykit.estimation.quantities.means import means
from surveykit.estimation.quantities.shares import shares


def answers(item):
    """Return the answers that levels stand for, missing as NaN."""
    return np.append(item.codes, np.nan)[item.index]


def test_positions_codes_and_missing_of_one_column():
    found = whole_levels(pd.Series([2.0, 5.0, np.nan, 3.0]))
    assert found.codes.tolist() == [2, 3, 4, 5]
    assert found.index.tolist() == [0, 3, 4, 1]
    assert found.n_missing == 1
    assert codes_given(found).tolist() == [True, True, False, True]


@pytest.mark.parametrize("kind", ["bool", "int8", "int16", "uint8", "uint64", "int64", "float32", "float64"])
def test_columns_of_one_kind_are_read_together_as_one_by_one(kind):
    rng = np.random.default_rng(7)
    low = 0 if kind[0] in "bu" else -3
    frame = pd.DataFrame({f"q{k}": rng.integers(low, 2, 50) for k in range(3)}).astype(kind)
    for name, together in zip(frame, read_levels(frame, list(frame))):
        alone = whole_levels(frame[name])
        assert answers(together).tolist() == answers(alone).tolist() == frame[name].astype(float).tolist()


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([0.5, 1.0], "halves"),
        ([0, 64], "too wide a scale"),
        ([np.nan, np.nan], "nobody answered"),
        ([1.0, np.inf], "inf"),
        ([-np.inf, 1.0], "minus inf"),
        (["a", "b"], "texts"),
        (pd.array([1, 2], dtype="Int64"), "not numpy's"),
    ],
)
def test_what_is_no_scale_of_few_whole_numbers(values, why):
    frame = pd.DataFrame({"x": values, "fine": [1, 2], "also": [1.0, 2.0]})
    other, fine, also = read_levels(frame, ["x", "fine", "also"])
    assert other is None, why
    assert answers(fine).tolist() == answers(also).tolist() == [1, 2]


def test_a_span_beyond_its_own_type_is_no_scale():
    column = pd.Series(np.array([-100, 100], dtype=np.int8))  # 200 does not fit into the type of the column
    assert whole_levels(column) is None


def test_a_large_sample_is_read_column_by_column(monkeypatch):
    frame = pd.DataFrame({"a": [1, 2, 2], "b": [1.0, np.nan, 3.0]})
    together = [answers(item) for item in read_levels(frame, ["a", "b"])]
    monkeypatch.setattr(module, "TOGETHER", 1)
    for one, other in zip(together, read_levels(frame, ["a", "b"])):
        np.testing.assert_array_equal(one, answers(other))


def test_a_code_that_only_a_late_respondent_gave_is_found(monkeypatch):
    monkeypatch.setattr(module, "FIRST_ROWS", 2)
    assert codes_given(whole_levels(pd.Series([1, 1, 1, 3]))).tolist() == [True, False, True]


def test_items_of_any_type():
    frame = pd.DataFrame(
        {
            "code": [3, 1, 1],
            "text": ["no", None, "yes"],
            "kind": pd.Categorical(["low", "high", None], categories=["low", "middle", "high"]),
            "half": [0.5, 1.5, np.nan],
        }
    )
    read = item_levels(frame, list(frame))
    assert [codes for _, codes, _ in read] == [[1, 2, 3], ["no", "yes"], ["low", "middle", "high"], [0.5, 1.5]]
    assert [categories for _, _, categories in read] == [False, False, True, False]
    assert [levels.index.tolist() for levels, _, _ in read] == [[2, 0, 0], [0, 2, 1], [0, 2, 3], [0, 1, 2]]
    assert [levels.n_missing for levels, _, _ in read] == [0, 1, 1, 1]


def test_an_item_of_many_answers_is_refused():
    with pytest.raises(ArgumentError, match="'x' has 300 different answers; .* estimate means"):
        item_levels(pd.DataFrame({"x": np.arange(300) / 7}), ["x"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-40, 40)), min_size=1, max_size=30), st.integers(1, 4))
def test_levels_give_the_answers_back(values, n_columns):
    column = [np.nan if value is None else float(value) for value in values]
    frame = pd.DataFrame({f"q{k}": column for k in range(n_columns)})
    known = [value for value in values if value is not None]
    for item in read_levels(frame, list(frame)):
        if not known or max(known) - min(known) >= module.WIDEST_SCALE:
            assert item is None
        else:
            np.testing.assert_array_equal(answers(item), column)
            assert item.n_missing == values.count(None)


TYPES_OF_GROUPS = {
    "intervals": lambda age: pd.cut(age, [0, 30, 60, 120]),
    "days": lambda age: pd.Timestamp("2023-05-01") + pd.to_timedelta(age // 30, unit="D"),
    "periods": lambda age: (pd.Timestamp("2023-05-01") + pd.to_timedelta(age // 30, unit="D")).dt.to_period("D"),
    "hours": lambda age: pd.to_timedelta(age // 30, unit="h"),
    "pairs": lambda age: pd.Series([(1, value // 30) for value in age]),
    "huge": lambda age: pd.Series(np.uint64(2**63) + (age // 30).to_numpy().astype("uint64")),
    "huge with missing": lambda age: pd.array([2**60 + value // 30 for value in age], dtype="Int64"),
    "objects": lambda age: (age // 30).astype(object),
    "yes or no": lambda age: pd.array(age > 30, dtype="boolean"),
}


@pytest.mark.parametrize("name", TYPES_OF_GROUPS)
def test_groups_and_items_of_every_type(name):
    rng = np.random.default_rng(1)
    age = pd.Series(rng.integers(18, 90, 120))
    frame = pd.DataFrame({"x": rng.normal(size=120), "group": TYPES_OF_GROUPS[name](age)})
    design = SurveyDesign(frame)
    by_pandas = frame.groupby("group", observed=True)["x"].mean()
    table = means(design, "x", by="group").table
    assert table["estimate"].to_numpy() == pytest.approx(by_pandas.to_numpy())
    assert table["group"].is_unique
    counted = shares(design, "group").table
    assert counted["estimate"].to_numpy() == pytest.approx(
        frame.groupby("group", observed=True).size().to_numpy() / 120
    )


def test_the_words_for_days_and_intervals():
    frame = pd.DataFrame(
        {"day": pd.to_datetime(["2023-05-01", "2023-05-02"] * 2), "band": pd.cut([5, 15, 5, 15], [0, 10, 20])}
    )
    design = SurveyDesign(frame)
    assert shares(design, "day").table["level"].tolist() == ["2023-05-01", "2023-05-02"]
    assert shares(design, "band").table["level"].tolist() == ["(0, 10]", "(10, 20]"]


@pytest.mark.parametrize("kind", ["float64", "Float64", "double[pyarrow]"])
def test_zero_is_one_number_whatever_its_sign(kind):
    if "pyarrow" in kind:
        pytest.importorskip("pyarrow", reason="the extra surveykit-settlements[big] is not installed")
    frame = pd.DataFrame({"q": pd.Series([-0.0, 0.0, 1.0, 1.0, 0.0]).astype(kind), "x": [1.0, 2, 3, 4, 5]})
    assert shares(SurveyDesign(frame), "q").table["estimate"].tolist() == pytest.approx([0.6, 0.4])
    assert means(SurveyDesign(frame), "x", by="q").table["group"].tolist() == ["0", "1"]
    assert SurveyDesign(frame, stratum="q").units.n_strata == 2


def test_numbers_among_objects_are_numbers():
    frame = pd.DataFrame({"x": pd.Series([1, None, Decimal("2.5"), True], dtype=object)})
    assert means(SurveyDesign(frame), "x").table["estimate"].item() == pytest.approx(1.5)
    with pytest.raises(ColumnError, match="`outcomes` names 'x', which holds date values, where numbers are needed"):
        means(SurveyDesign(pd.DataFrame({"x": [date(2023, 5, 1)] * 3})), "x")


@pytest.mark.parametrize("base", [2.0**53, 1e16, 1e18])
def test_whole_numbers_that_a_float_cannot_tell_apart_are_no_scale(base):
    assert whole_levels(pd.Series([base, base])) is None
    frame = pd.DataFrame({"x": base + np.array([0.0, 2048, 4096] * 2), "z": 1.0})
    assert means(SurveyDesign(frame), "x").table["estimate"].item() == pytest.approx(base)
    assert len(means(SurveyDesign(frame), "z", by="x").table) == len(set(frame["x"]))
