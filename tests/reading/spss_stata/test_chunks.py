import pandas as pd
import pytest

import surveykit as sk
from tests.reading.sav_bytes import sav


def test_pieces_are_the_file(tmp_path):
    book = sk.Codebook.of([sk.Variable("q", missing={9: {}})])
    frame = pd.DataFrame({"q": [1.0, 9, 3, 9, 5, 6, 7], "name": list("abcdefg")})
    sk.write_spss(sk.Survey(frame, book), tmp_path / "a.sav")
    whole = sk.read_spss(tmp_path / "a.sav")
    pieces = list(sk.read_spss_in_chunks(tmp_path / "a.sav", rows=3))
    assert [len(piece) for piece in pieces] == [3, 3, 1]
    pd.testing.assert_frame_equal(pd.concat([piece.frame for piece in pieces]), whole.frame)
    assert pd.concat([piece.missing_reasons["q"] for piece in pieces[:2]]).to_dict() == {1: 9.0, 3: 9.0}
    assert [len(piece) for piece in sk.read_spss_in_chunks(tmp_path / "a.sav", rows=7)] == [7]


def test_a_truncated_file_ends_in_a_sentence(tmp_path):
    (tmp_path / "a.sav").write_bytes(sav([("q", 0, "")], [(1,), (2,), (3,)], declared="UTF-8")[:-8])
    with pytest.raises(sk.ReadError, match="truncated or damaged"):
        list(sk.read_spss_in_chunks(tmp_path / "a.sav", rows=2))
    with pytest.raises(sk.ArgumentError, match="`rows` must be at least 1"):
        list(sk.read_spss_in_chunks(tmp_path / "a.sav", rows=0))
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(sk.ReadError, match="is text; only .sav and .zsav"):
        list(sk.read_spss_in_chunks(tmp_path / "a.csv"))
