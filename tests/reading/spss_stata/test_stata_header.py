"""The first bytes of a Stata file: its release, and how large it claims to be."""

import pandas as pd
import pytest

import surveykit as sk
from surveykit.reading import memory
from tests.reading.dta_bytes import dta

OLD = (104, 105, 108, 110, 111, 113, 114, 115)


@pytest.mark.slow
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("release", OLD)
@pytest.mark.parametrize("unused", [0, 1, 255])
def test_old_files_whatever_their_unused_byte(tmp_path, release, order, unused):
    columns = [
        ("a", "byte", "Answer"),
        ("i", "int", ""),
        ("l", "long", ""),
        ("f", "float", ""),
        ("d", "double", ""),
        ("s", 6, "Text"),
    ]
    rows = [(1, None, 70000, 1.5, 2.25, "x"), (2, 300, None, None, -3.5, "yy"), (None, -5, -70000, 0.25, None, "zzzzz")]
    path = tmp_path / "a.dta"
    path.write_bytes(
        dta(columns, rows, release=release, order=order, unused=unused, label="wave", labels={"a": {1: "No", 2: "Yes"}})
    )
    survey = sk.read_survey(path)
    expected = pd.DataFrame(rows, columns=[name for name, _, _ in columns])
    pd.testing.assert_frame_equal(survey.data, expected, check_dtype=False)
    pd.testing.assert_frame_equal(survey.data, pd.read_stata(path, convert_categoricals=False), check_dtype=False)
    assert [survey.codebook["a"].label(code) for code in (1, 2)] == ["No", "Yes"]
    assert survey.codebook["a"].ask() == "Answer" and survey.codebook.title == {"und": "wave"}
    assert survey.provenance.format == f"Stata .dta (release {release})"


@pytest.mark.parametrize("claimed", [10**9, 2**31 - 1, -1])
def test_a_size_that_the_bytes_do_not_hold_is_refused_before_memory_is_taken(tmp_path, claimed):
    path = tmp_path / "a.dta"
    path.write_bytes(dta([("a", "long", "")], [(1,)] * 3, n_rows=claimed))
    with pytest.raises(sk.ReadError, match=f"promises {claimed} rows of 1 variables, more than its"):
        sk.read_stata(path)


def test_a_table_larger_than_the_memory_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "memory_limit", lambda: 1000)
    path = tmp_path / "a.dta"
    path.write_bytes(dta([("a", "byte", ""), ("b", "byte", "")], [(1, 2)] * 50))
    with pytest.raises(sk.ReadError, match=r"claims 50 rows of 2 columns, which take .* GB of memory.*`columns=`"):
        sk.read_stata(path)
    assert sk.read_stata(path, columns=["a"]).frame.shape == (50, 1)
