"""A survey written as Parquet or Feather comes back whole; files of others are plain columns, or refused in a sentence."""

import datetime
import json
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveykit as sk
from tests.expectations.words import one_sentence

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
feather = pytest.importorskip("pyarrow.feather")

KINDS = [".parquet", ".feather"]
N = 6
texts = st.dictionaries(st.sampled_from(["en", "ru", "kk"]), st.text("abЯқ \"'\\\n", max_size=8), max_size=3)
cells = {
    "int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.one_of(st.none(), st.floats(allow_nan=False)),
    "str": st.one_of(st.none(), st.text("aяқ,;\n\"'", max_size=4)),
    "bool": st.booleans(),
    "Int64": st.one_of(st.none(), st.integers(-99, 10**6)),
    "datetime64[us]": st.one_of(st.none(), st.datetimes(datetime.datetime(1600, 1, 1), datetime.datetime(2200, 1, 1))),
    "timedelta64[us]": st.one_of(st.none(), st.timedeltas(datetime.timedelta(-9), datetime.timedelta(9))),
    "category": st.one_of(st.none(), st.sampled_from(["low", "high"])),
    "object": st.one_of(st.none(), st.sampled_from([1, 2.5, ".a", "x", True])),
}


@st.composite
def surveys(draw):
    columns, variables, reasons = {}, [], {}
    index = draw(st.sampled_from([None, list(range(5, 5 + N)), [f"r{number}" for number in range(N)]]))
    for place in range(draw(st.integers(1, 4))):
        name, kind = f"q {place}", draw(st.sampled_from(sorted(cells)))
        values = draw(st.lists(cells[kind], min_size=N, max_size=N))
        dtype = pd.CategoricalDtype(["low", "mid", "high"], ordered=True) if kind == "category" else kind
        columns[name] = pd.Series(values, dtype=dtype, index=index)
        labels = draw(st.dictionaries(st.one_of(st.integers(-9, 99), st.just(0.5)), texts, max_size=3))
        missing = {code: labels.pop(code) for code in sorted(labels)[:1]} if draw(st.booleans()) else {}
        ranges = draw(st.sampled_from([(), ((900.0, float("inf")),)]))
        variables.append(
            sk.Variable(
                name, draw(texts), labels, missing, ranges, draw(st.sampled_from([None, "ordinal"])), draw(texts)
            )
        )
        if kind == "float64" and draw(st.booleans()):
            gone = columns[name].index[columns[name].isna()]
            code = draw(st.sampled_from([99.0, -9.5, ".a"]))
            reasons[name] = pd.Series([code] * len(gone), index=gone, dtype="str" if code == ".a" else float)
    origin = sk.Provenance(
        "a.sav", "0" * 64, "SPSS .sav", "utf-8", draw(st.booleans()), draw(st.sampled_from([None, "q 0"])),
        tuple(draw(st.lists(st.text("aЯ ", min_size=1, max_size=5), max_size=2))), ("1" * 64,),
    )  # fmt: skip
    sets = {"m": sk.ResponseSet("m", ("q 0", "q 1"), draw(st.sampled_from([1, "Y", None])), draw(texts))}
    book = sk.Codebook({one.name: one for one in variables}, draw(texts), sets if len(variables) > 1 else {})
    return sk.Survey(pd.DataFrame(columns, index=index), book, origin, reasons)


@given(surveys(), st.sampled_from(KINDS))
@settings(max_examples=120, deadline=None)
@pytest.mark.filterwarnings("ignore::surveykit.errors.SurveyKitWarning")
def test_everything_comes_back(tmp_path_factory, survey, ending):
    path = tmp_path_factory.mktemp("whole") / f"a{ending}"
    sk.write_parquet(survey, path)
    again = sk.read_parquet(path)
    pd.testing.assert_frame_equal(again.frame, survey.frame, check_index_type=False)
    for name in survey.frame:  # assert_frame_equal takes 1 and True for one
        assert [*map(type, again.frame[name].dropna())] == [*map(type, survey.frame[name].dropna())]
    assert again.codebook == survey.codebook
    assert set(again.missing_reasons) == set(survey.missing_reasons)
    for name, codes in survey.missing_reasons.items():
        pd.testing.assert_series_equal(again.missing_reasons[name], codes, check_names=False, check_index_type=False)
    one, other = again.provenance, survey.provenance
    assert (one.simulated, one.weight, one.encoding) == (other.simulated, other.weight, other.encoding)
    assert one.notes[: len(other.notes)] == other.notes and set(one.files) == {other.sha256, *other.files}


def test_the_answers_of_a_real_study_come_back(tmp_path):
    survey = sk.read_spss("analysis/ili_district/data/ili_2021.sav", lang="ru")
    sk.write_parquet(survey, tmp_path / "ili.parquet")
    again = sk.read_survey(tmp_path / "ili.parquet")
    pd.testing.assert_frame_equal(again.frame, survey.frame)
    assert again.codebook == survey.codebook and again.provenance.simulated and again.provenance.weight
    assert again.count_missing("trust_akim").equals(survey.count_missing("trust_akim"))
    found = sk.inspect_file(tmp_path / "ili.parquet")
    assert found.facts["format"] == "Parquet" and found.facts["simulated"]
    some = sk.read_parquet(tmp_path / "ili.parquet", columns=["trust_akim"], user_missing="codes")
    assert list(some.frame) == ["trust_akim"] and list(some.codebook) == ["trust_akim"] and not some.missing_reasons
    with pytest.raises(sk.WriteError, match="never written over"):
        sk.write_parquet(again, tmp_path / "ili.parquet")


def foreign(path, table):
    (pq.write_table if path.suffix == ".parquet" else feather.write_feather)(table, path)
    return path


@pytest.mark.parametrize("ending", KINDS)
@pytest.mark.parametrize(("column", "words"), [
    (pa.array([[1, 2], [3]]), r"holds lists \(list<.*an answer is one value"),
    (pa.array([{"a": 1}, None]), "holds structures"),
    (pa.array([b"\xff\xfe", None], pa.binary()), "holds bytes that are no UTF-8 text"),
])  # fmt: skip
def test_cells_that_are_no_answers(tmp_path, ending, column, words):
    path = foreign(tmp_path / f"a{ending}", pa.table({"q": [1, 2], "bad": column}))
    assert "bad" in one_sentence(lambda: sk.read_parquet(path), sk.ReadError, words)
    assert sk.read_parquet(path, columns=["q"]).data["q"].tolist() == [1, 2]


def test_what_cannot_be_written(tmp_path):
    frame = pd.DataFrame({"q": [1, 2], "span": pd.Series([(1, 2), (3,)], dtype=object)})
    said = one_sentence(lambda: sk.write_parquet(sk.Survey(frame), tmp_path / "a.parquet"), sk.WriteError)
    assert "column 'span' holds values of the kind tuple" in said
    said = one_sentence(lambda: sk.write_parquet(sk.Survey(frame[["q"]]), tmp_path / "a.csv"), sk.WriteError)
    assert "must end in one of .parquet" in said


def test_letters_among_numbers_are_told(tmp_path):
    survey = sk.Survey(pd.DataFrame({"q": pd.Series([1, ".a", 2.5], dtype=object)}))
    with pytest.warns(sk.SurveyKitWarning, match="numbers and texts stand side by side in q"):
        sk.write_parquet(survey, tmp_path / "a.parquet")
    assert sk.read_parquet(tmp_path / "a.parquet").data["q"].tolist() == [1, ".a", 2.5]


def test_a_missing_extra_names_its_line(tmp_path, monkeypatch):
    survey = sk.Survey(pd.DataFrame({"q": [1.0]}))
    sk.write_parquet(survey, tmp_path / "a.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for call in (
        lambda: sk.read_survey(tmp_path / "a.parquet"),
        lambda: sk.write_parquet(survey, tmp_path / "b.parquet"),
    ):
        assert 'pip install "surveykit-settlements[big]"' in one_sentence(call, sk.MissingExtraError)


def test_a_text_that_is_stored_once_and_claims_gigabytes(tmp_path):
    """A dictionary of one long text, a million times: 4 MB that would become a terabyte."""
    long = pa.DictionaryArray.from_arrays(pa.array(np.zeros(2_000_000, np.int32)), pa.array(["x" * 4_000_000]))
    feather.write_feather(pa.table({"q": long}), tmp_path / "a.feather", compression="zstd")
    pq.write_table(pa.table({"q": long}), tmp_path / "a.parquet")
    for ending in KINDS:
        assert (tmp_path / f"a{ending}").stat().st_size < 5_000_000
        said = one_sentence(lambda ending=ending: sk.read_parquet(tmp_path / f"a{ending}"), sk.ReadError)
        assert "of memory" in said


@pytest.mark.parametrize(("frequency", "days"), [
    ("M", ["2023-01-01", "2023-02-01"]), ("Q", ["2023-01-01", "2023-04-01"]), ("D", ["2023-01-15", "2023-01-16"]),
])  # fmt: skip
def test_periods_of_pandas_become_dates_and_not_the_numbers_in_which_they_are_kept(tmp_path, frequency, days):
    periods = pd.period_range("2023-01-15", periods=2, freq=frequency).append(pd.PeriodIndex([None], freq=frequency))
    pd.DataFrame({"when": periods, "q": [1, 2, 3]}).to_parquet(tmp_path / "a.parquet")
    survey = sk.read_parquet(tmp_path / "a.parquet")
    assert survey.data["when"].tolist()[:2] == [pd.Timestamp(day) for day in days] and survey.data["when"].isna()[2]
    assert "periods became the dates of their first days in when" in survey.provenance.notes


def test_periods_that_are_none_are_refused(tmp_path):
    table = pa.table({"when": [10**18]})
    about = {"columns": [{"name": "when", "field_name": "when", "pandas_type": "object", "numpy_type": "period[M]"}]}
    pq.write_table(table.replace_schema_metadata({"pandas": json.dumps(about)}), tmp_path / "a.parquet")
    with pytest.raises(sk.ReadError, match="'when' should hold periods of the frequency 'M', and does not"):
        sk.read_parquet(tmp_path / "a.parquet")
