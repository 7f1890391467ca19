"""What is written comes back as it was, or a warning says what the reader must be told, or what a CSV cannot hold."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import surveykit as sk

AWKWARD = st.sampled_from(["\r", "a\rb", "=1+1", "\r=1", "-5", "+x", "@SUM(A1)", "NA", "n/a", "", " ", "a ", " a", "﻿", '"', '""',
                           "1,3", "150,000", "150.000", "0,5", "01", "1e5", "TRUE", "2023-05-01", "01/05/2023", "01.05.2023",
                           "Итого", "Total", "a;b", "a\tb", "a|b", "\n", "a\n\nb", "sep=;", "#NULL!", ".", "-", "Иә", "q1. x",
                           "\x1b[31m", "\u2028", "\x85", "é", "😀", "=cmd|' /C calc'!A0", "\ufffd", "т?т"])  # fmt: skip
TEXT = st.one_of(AWKWARD, st.text(max_size=6), st.none())
NUMBER = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-1000, 1000).map(float),
    st.none(),
    st.sampled_from([1.125, 150.0, 0.1, 1e-300, 1e16]),
)


@st.composite
def frames(draw):
    rows = draw(st.integers(0, 6))
    columns = {}
    for name in draw(
        st.lists(
            st.one_of(st.sampled_from(["id", "q1", "a b", "", "é", "1", "q1. Why?"]), st.text(max_size=4)),
            min_size=1,
            max_size=4,
            unique=True,
        )
    ):
        kind = draw(st.sampled_from(["text", "number", "integer"]))
        if kind == "integer":
            columns[name] = np.array(
                draw(st.lists(st.integers(-9, 10**17), min_size=rows, max_size=rows)), dtype=np.int64
            )
        else:
            cells = draw(st.lists(TEXT if kind == "text" else NUMBER, min_size=rows, max_size=rows))
            columns[name] = pd.Series(cells, dtype="str" if kind == "text" else float)
    return pd.DataFrame(columns)


def same(before, after):
    if list(before.columns) != list(after.columns) or len(before) != len(after):
        return False
    return all([*map(plain, old)] == [*map(plain, new)] for (_, old), (_, new) in zip(before.items(), after.items()))


def plain(cell):
    return None if pd.isna(cell) else float(cell) if isinstance(cell, int | float | np.number) else cell


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(frames(), st.sampled_from([(",", "."), (";", ","), ("\t", "."), ("|", "."), ("~", ".")]))
@example(pd.DataFrame({"x": pd.Series(["0,5", "1,5"], dtype="str"), "y": [0.5, 1.5]}), (",", "."))
@example(pd.DataFrame({"x": [1.125, 2.375]}), (",", "."))
@example(pd.DataFrame({"a": pd.Series(["a\r=1+1", "b"], dtype="str")}), (",", "."))
def test_any_survey_comes_back_or_is_told_of(tmp_path_factory, frame, marks):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    delimiter, decimal = marks
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            sk.write_csv(sk.Survey(frame), path, delimiter=delimiter, decimal=decimal)
        except sk.WriteError as error:
            assert "NUL" in str(error) or "half of a character" in str(error)
            assert not path.exists()
            return
    said = " ".join(str(item.message) for item in caught)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        if "read_csv(..., " in said:
            options = eval(f"dict({said.split('read_csv(..., ')[1].removesuffix(')')})")
            assert same(frame, sk.read_csv(path, **options).data)
        elif not said:
            assert same(frame, sk.read_csv(path).data)


@pytest.mark.parametrize(("frame", "words"), [
    ({"id": ["01", "2"], "x": ["1", "2"]}, r"must be read with read_csv\(\.\.\., text=\['x'\]\)"),
    ({"x": ["", "a"]}, "empty texts of x come back as missing"),
    ({"x": ["0,5", "1,5"], "y": [0.5, 1.5]}, r"encoding='utf-8', delimiter=',', decimal='\.', text=\['x'\]"),
])  # fmt: skip
def test_what_the_reader_must_be_told(tmp_path, frame, words):
    with pytest.warns(sk.SurveyKitWarning, match=words):
        sk.write_csv(sk.Survey(pd.DataFrame(frame)), tmp_path / "a.csv")


@pytest.mark.parametrize(("text", "words"), [("a\0b", "NUL character"), ("a\ud83d", "half of a character")])
def test_what_no_csv_can_hold_is_refused(tmp_path, text, words):
    with pytest.raises(sk.WriteError, match=words):
        sk.write_csv(sk.Survey(pd.DataFrame({"x": pd.Series([text], dtype=object)})), tmp_path / "a.csv")


def test_numbers_of_three_decimals_stay_numbers(tmp_path):
    frame = pd.DataFrame({"w": [1.125, 2.375, 150.5]})
    sk.write_csv(sk.Survey(frame), tmp_path / "a.csv")
    pd.testing.assert_frame_equal(sk.read_csv(tmp_path / "a.csv").data, frame)
    frame = pd.DataFrame({"w": [1.125, 2.375]})
    sk.write_csv(sk.Survey(frame), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "w\n1.1250\n2.375\n"
    pd.testing.assert_frame_equal(sk.read_csv(tmp_path / "a.csv").data, frame)


@pytest.mark.parametrize("options", [{"delimiter": "ab"}, {"delimiter": '"'}, {"decimal": ""}, {"encoding": "none"}])
def test_marks_and_encodings_that_are_none(tmp_path, options):
    with pytest.raises(sk.ArgumentError):
        sk.write_csv(sk.Survey(pd.DataFrame({"x": [1.5]})), tmp_path / "a.csv", **options)


TIMES = pd.to_timedelta(["10:00:00", None, "12:30:00.25", None, "30:00:00"])
DAYS = pd.to_datetime(["2023-05-01", None, "2023-05-02 10:15", None, "1899-12-31"], format="ISO8601")


def test_times_and_dates_come_back_with_the_codes_of_their_missing_answers(tmp_path):
    """As SPSS declares them: 0 = not recorded among times, -1 among dates. 108000 s = 30 hours."""
    book = sk.Codebook.of(
        [sk.Variable("t", missing={0: {"en": "not recorded"}}), sk.Variable("d", missing_ranges=((-9, -1),))]
    )
    reasons = {"t": pd.Series([0.0], index=[1]), "d": pd.Series([-1.0], index=[3])}
    survey = sk.Survey(pd.DataFrame({"id": range(5), "t": TIMES, "d": DAYS}), book, missing_reasons=reasons)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sk.SurveyKitWarning)
        sk.write_csv(survey, tmp_path / "a.csv", codebook=tmp_path / "a.toml")
    again = sk.read_csv(tmp_path / "a.csv")
    pd.testing.assert_frame_equal(again.data, survey.data, check_dtype=False)
    assert again.data["t"].dtype.kind == "m" and again.data["d"].dtype.kind == "M"
    for name in ("t", "d"):
        assert again.count_missing(name).to_dict() == survey.count_missing(name).to_dict()
    kept = sk.read_csv(tmp_path / "a.csv", user_missing="codes").data
    assert kept["t"][1] == 0 and kept["d"][3] == -1 and kept["t"][0] == pd.Timedelta(hours=10)


def test_times_come_back_without_a_codebook(tmp_path, recwarn):
    sk.write_csv(sk.Survey(pd.DataFrame({"id": range(5), "t": TIMES, "d": DAYS})), tmp_path / "a.csv")
    assert sk.read_csv(tmp_path / "a.csv").data["t"].dt.total_seconds().tolist()[::2] == [36000, 45000.25, 108000]
    assert not recwarn.list
