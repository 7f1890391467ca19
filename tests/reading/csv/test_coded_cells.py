"""Large texts are read by pyarrow only where the csv module would give the same cells, records and messages."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from surveykit.errors import SurveyKitError, SurveyKitWarning
from surveykit.reading.csv import coded_cells, records
from surveykit.reading.csv.coded_cells import CodedCells, read_coded_cells
from surveykit.reading.csv.csv_file import read_csv
from surveykit.reading.csv.records import read_columns

pytest.importorskip("pyarrow")


@pytest.fixture
def any_size(monkeypatch):
    monkeypatch.setattr(coded_cells, "SMALLEST", 0)


def outcome_of(read):
    """Return what a reading gives, or its refusal, with its warnings."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", SurveyKitWarning)
        try:
            result = read()
        except SurveyKitError as error:
            result = (type(error), str(error))
    return result, [str(one.message) for one in said]


def both_ways(read):
    """Return what a reading gives with pyarrow and without it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coded_cells, "SMALLEST", 0)
        quick = outcome_of(read)
        patch.setattr(records, "read_coded_cells", lambda text, delimiter, width: None)
        return quick, outcome_of(read)


CELLS = st.sampled_from(
    ["", " ", "1", "2", "2,5", "0.5", "007", "NA", "да", "a\rb", '"', '""', '"a"', '"a, b"', '"a ""b"" c"', '"a"b', 'a"b',
     '"x\ny"', "\ufeff", "−3", "2023-11-01", "TRUE", "Итого", "id", "q", "\t", "\x1c", "\u2028", "😀"]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n \n", ",\n", ""])


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.lists(CELLS, min_size=1, max_size=4), ENDS), max_size=12), st.booleans())
@example([(["id", "q"], "\r\n"), (["1", "\r"], "\r\n")], True)
def test_any_text_is_read_as_the_csv_module_reads_it(lines, even):
    body = [(cells + ["1"] * (3 - len(cells)))[:3] if even else cells for cells, _ in lines]
    text = "id,q,r\n" + "".join(",".join(cells) + end for cells, (_, end) in zip(body, lines))
    quick, slow = both_ways(lambda: [list(column) for column in read_columns(text, ",", "a.csv")])
    assert quick == slow


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(",;\t|"))
def test_a_survey_is_the_same_with_all_that_is_said_of_it(tmp_path_factory, seed, end, mark):
    rng = np.random.default_rng(seed)
    pools = [
        ["1", "2", "3", ""], ["0.5", "1.25", "7", " "], ["yes", "no", "Yes "], ["1", "2", "99", "n/a"], ["01", "02"],
        ["2023-11-01", "2023-12-05"], ["1,150", "2,300"], ["12.03.2023", "05.06.2023"], ["TRUE", "FALSE"], ["−1", "4"],
        ["5 - fully", "4", "3"], ["header", "other"], ["a; b", "c | d"], ["", ""],
    ]  # fmt: skip
    chosen = [pools[place] for place in rng.integers(0, len(pools), 5)]
    rows = [["key", *(f"q{number}" for number in range(5))]]
    rows += [[str(number), *(str(rng.choice(pool)) for pool in chosen)] for number in range(1, 40)]
    if rng.random() < 0.3:
        rows.insert(20, rows[0])
    if rng.random() < 0.3:
        rows.append(["Total", *(str(rng.integers(1, 99)) for _ in range(5))])
    path = tmp_path_factory.mktemp("same") / "answers.csv"
    frame = pd.DataFrame(rows)
    frame.to_csv(path, sep=mark, index=False, header=False, lineterminator=end)
    (quick, said), (slow, said_slowly) = both_ways(lambda: read_csv(path))
    assert said == said_slowly
    if isinstance(slow, tuple):
        assert quick == slow
        return
    pd.testing.assert_frame_equal(quick.frame, slow.frame)
    assert quick.codebook == slow.codebook
    assert quick.provenance.notes == slow.provenance.notes


def test_what_pyarrow_may_read_otherwise_is_left_to_the_csv_module(any_size):
    assert read_coded_cells("a,b\n1,2\n", ",", 2) is not None
    assert read_coded_cells('a,b\n1,"x, y"\n', ",", 2) is not None
    for text in (
        'a,b\n1,"x"y\n',
        'a,b\n1,x"y\n',
        'a,b\n1,"x\ny"\n',
        "a,b\n1\n",
        "a,b\n1,2,3\n",
        "\ufeffa,b\n1,2\n",
        "a,b\n\n1,2\n",
    ):
        assert read_coded_cells(text, ",", 2) is None, text
    assert read_coded_cells(f"a,b\n1,{'x' * 131_072}\n", ",", 2) is None
    assert read_coded_cells("a,b\n1,\ud800\n", ",", 2) is None


def test_blocks_of_a_large_text_have_one_list_of_distinct_cells(any_size, monkeypatch):
    monkeypatch.setattr(coded_cells, "BLOCK", 64)
    rows = [f"{number % 7},{number}" for number in range(500)]
    sevens, numbers = read_coded_cells("\r\n".join(["a,b", *rows]), ",", 2)
    assert sevens.distinct == ["a", *map(str, range(7))]
    assert list(numbers) == ["b", *map(str, range(500))]


@given(st.lists(st.sampled_from(["a", "b", "c", "d"])), st.integers(0, 4))
def test_distinct_cells_stand_in_the_order_in_which_they_occur(cells, start):
    codes, distinct = pd.factorize(np.array(cells, dtype=object))
    ours, texts = CodedCells(codes, list(distinct), in_order=True)[start:].factorize()
    assert [texts[code] for code in ours] == cells[start:]
    assert texts == list(dict.fromkeys(cells[start:]))


def test_a_large_text_is_read_so():
    text = "a,b\n" + "1,2\n" * (coded_cells.SMALLEST // 4)
    columns = read_columns(text, ",", "a.csv")
    assert all(isinstance(column, CodedCells) for column in columns)
    assert [column.distinct for column in columns] == [["a", "1"], ["b", "2"]]


@pytest.mark.parametrize("mark", ["\u00a7", "\u0436"])
def test_a_mark_that_is_no_byte_is_left_to_the_csv_module(any_size, tmp_path, mark):
    file = tmp_path / "a.csv"
    file.write_text(f"id{mark}q\n" + f"1{mark}2\n" * 50, encoding="utf-8")
    assert read_csv(file, delimiter=mark).frame.shape == (50, 2)
