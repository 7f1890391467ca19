"""The cases of an SPSS file are counted before they are read."""

import warnings

import pytest

import surveykit as sk
from tests.reading.sav_bytes import packed, sav
from tests.reading.spss_stata.test_spss_file import write

NUMBERS = [("a", 0, "A"), ("b", 0, ""), ("c", 0, "")]


@pytest.mark.parametrize("compression", [0, 1])
def test_a_file_of_unknown_length_that_ends_early_is_told_as_damaged(tmp_path, compression):
    whole = sav(NUMBERS, [(i, -i, i / 3) for i in range(21)], declared="UTF-8", n_rows=-1)
    whole = packed(whole) if compression else whole
    with pytest.warns(
        sk.SurveyKitWarning, match="tells neither how many rows it has nor where they end; 21 were found"
    ):
        assert len(sk.read_spss(write(tmp_path, whole))) == 21
    for cut in range(1, 24):
        with pytest.raises(sk.ReadError, match="truncated or damaged"):
            sk.read_spss(write(tmp_path, whole[:-cut]))
        with pytest.raises(sk.ReadError, match="truncated or damaged"):
            list(sk.read_spss_in_chunks(tmp_path / "file.sav", rows=5))


def test_a_mark_says_where_the_cases_of_a_file_of_unknown_length_end(tmp_path):
    content = packed(sav(NUMBERS, [(i, -i, i / 3) for i in range(5)], declared="UTF-8", n_rows=-1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = write(tmp_path, content + bytes([252] + [0] * 7))
        assert sk.read_spss(path).frame["a"].tolist() == [0, 1, 2, 3, 4]
        assert [len(piece) for piece in sk.read_spss_in_chunks(path, rows=2)] == [2, 2, 1]
    with pytest.raises(sk.ReadError, match="ends early, inside row 5"):
        sk.read_spss(write(tmp_path, content[:-16] + bytes([252] + [0] * 7)))


def test_the_file_of_unknown_length_beside_the_project(shared_inputs):
    # GNU PSPP 1.6: "Unexpected end of file" after 213 cases.
    with pytest.raises(sk.ReadError, match="ends early, inside row 214; it is truncated or damaged"):
        sk.read_spss(shared_inputs / "trunc_minus1.sav")


@pytest.mark.parametrize("block", [64, 1000, 0x3FF000])
def test_blocks_of_a_zipped_file_are_counted_and_checked(tmp_path, block):
    rows = [(i, -i, i / 3) for i in range(50)]
    content = packed(sav(NUMBERS, rows, declared="UTF-8"), 2, block)
    assert sk.read_spss(write(tmp_path, content)).frame.values.tolist() == [list(map(float, row)) for row in rows]
    claimed = packed(sav(NUMBERS, rows, declared="UTF-8", n_rows=100_000), 2, block)
    with pytest.raises(sk.ReadError, match="promises 100000 rows, more than its .* bytes"):
        sk.read_spss(write(tmp_path, claimed))
    for cut in (1, 20, 25, len(content) // 3):
        with pytest.raises(sk.ReadError, match="truncated or damaged"):
            sk.read_spss(write(tmp_path, content[:-cut]))


def test_a_zipped_file_of_unknown_length(tmp_path):
    content = packed(sav(NUMBERS, [(i, -i, i / 3) for i in range(50)], declared="UTF-8", n_rows=-1), 2, 64)
    with pytest.warns(sk.SurveyKitWarning, match="50 were found"):
        assert sk.read_spss(write(tmp_path, content)).frame["b"].sum() == -1225
