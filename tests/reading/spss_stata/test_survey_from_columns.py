"""From the columns and labels of a statistics file to a survey."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import surveykit as sk
from tests.reading.dta_bytes import dta
from tests.reading.spss_stata.test_stata_file import write


@pytest.mark.parametrize("version", [10, 12, 13, 14, 15])
def test_extended_missing_values_become_reasons(tmp_path, version):
    write(tmp_path / "a.dta", version)
    survey = sk.read_stata(tmp_path / "a.dta", lang="en")
    assert survey.frame["a"].tolist()[:2] == [1.0, 2.0] and survey.frame["a"].isna().sum() == 2
    assert survey.count_missing("a").to_dict() == {".a": 1, ".b": 1, "empty": 0}
    assert survey.codebook["a"].label(".a") == "refused" and survey.codebook["a"].label(1, "en") == "one"
    assert survey.codebook["a"].ask("en") == "Answer"
    assert survey.frame["s"].isna().tolist() == [False, True, False, False]
    assert survey.provenance.simulated and survey.provenance.format.startswith("Stata")


@pytest.fixture
def poisoned(monkeypatch):
    """Let every array that is made without being cleared hold 3: an answer that nobody gave."""
    made = np.empty

    def empty(shape, dtype=float, *rest, **more):
        array = made(shape, dtype, *rest, **more)
        if np.issubdtype(array.dtype, np.number):
            array.fill(3)
        return array

    monkeypatch.setattr(np, "empty", empty)


KINDS = {"byte": (-127, 100), "int": (-32767, 32740), "long": (-2147483647, 2147483620), "float": None, "double": None}


LETTERS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def tables(draw):
    n = draw(st.integers(1, 12))
    columns, cells = [], []
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        limits = KINDS[kind]
        values = st.integers(*limits) if limits else st.floats(-1e6, 1e6, width=32)
        columns.append((f"v{number}", kind, ""))
        cells.append(draw(st.lists(st.one_of(values, st.none(), st.sampled_from(LETTERS)), min_size=n, max_size=n)))
    return columns, list(zip(*cells)), draw(st.sampled_from("<>"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:codes that look missing")  # any number may be drawn, -99 among them
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables())
def test_every_cell_is_that_of_the_file_whatever_stood_in_memory(tmp_path, poisoned, table):
    columns, rows, order = table
    path = tmp_path / "a.dta"
    path.write_bytes(dta(columns, rows, order=order))
    survey = sk.read_stata(path)
    by_pandas = pd.read_stata(path, convert_categoricals=False)
    for number, (name, _, _) in enumerate(columns):
        cells = [row[number] for row in rows]
        values = [np.nan if cell is None or isinstance(cell, str) else cell for cell in cells]
        np.testing.assert_array_equal(survey.frame[name].to_numpy(dtype=float), values)
        np.testing.assert_array_equal(by_pandas[name].to_numpy(dtype=float), values)
        reasons = survey.missing_reasons.get(name, pd.Series(dtype="str"))
        assert dict(reasons) == {row: f".{cell}" for row, cell in enumerate(cells) if isinstance(cell, str)}


def test_a_plain_dot_beside_a_letter_is_no_answer(tmp_path, poisoned):
    rows = [(4,), ("a",), (None,), (1,), (None,)]
    (tmp_path / "a.dta").write_bytes(dta([("q", "byte", "")], rows))
    survey = sk.read_stata(tmp_path / "a.dta")
    assert survey.frame["q"].tolist()[::3] == [4, 1] and survey.frame["q"].notna().sum() == 2
    assert survey.count_missing("q").to_dict() == {".a": 1, "empty": 2}


def test_the_declared_type_decides_and_not_the_cells(tmp_path):
    columns = [("nobody", "byte", ""), ("half", "double", ""), ("word", 3, "")]
    rows = [("a", "b", "a"), ("a", None, "b")]
    content = dta(columns, rows, labels={"nobody": {1: "yes", "a": "not asked", "d": "don't know"}})
    (tmp_path / "a.dta").write_bytes(content)
    survey = sk.read_stata(tmp_path / "a.dta")
    assert survey.frame[["nobody", "half"]].isna().all(axis=None) and survey.frame["word"].tolist() == ["a", "b"]
    assert survey.frame["nobody"].dtype == survey.frame["half"].dtype == float
    assert survey.count_missing("nobody").to_dict() == {".a": 2, "empty": 0}
    assert survey.count_missing("half").to_dict() == {".b": 1, "empty": 1}
    book = survey.codebook["nobody"]  # nobody has .d, and it is no category all the same
    assert list(book.labels) == [1] and {code: book.label(code) for code in book.missing} == {
        ".a": "not asked",
        ".d": "don't know",
    }
    assert sk.as_category(survey, "nobody").cat.categories.tolist() == ["yes"]
