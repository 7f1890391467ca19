"""Tables kept by hand: what would move cells under another name is refused."""

import pytest

from surveykit.errors import ReadError
from surveykit.reading.csv.plain_table import read_plain_table


def test_cells_are_texts(tmp_path):
    (tmp_path / "a.csv").write_text('id,value\nA,"1,419"\n\nB,\n', encoding="utf-8-sig")
    table = read_plain_table(tmp_path / "a.csv", "a ledger of claims")
    assert table.to_dict("list") == {"id": ["A", "B"], "value": ["1,419", ""]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b"id,value\nA,1,extra\nB,2,extra\n",
            "must have 2 cells like the first, but 2 have others, such as 3 in the one that begins 'A', '1'",
        ),
        (b"id,value\nA\n", "1 have others, such as 1 in the one that begins 'A'"),
        (b"id,id\nA,1\n", "names the column 'id' twice"),
        (b"", "it is empty"),
        (b"id\n\xff\xfe\n", "save it as UTF-8 CSV"),
        (b'id\n"A\n', "a.csv, line 2, cannot be read as a ledger of claims.*a quotation mark is lost there"),
        (b'id,note\nA,x\nB,"y\nC,z\n', "a.csv, line 3, cannot be read"),
        (b'id,note\nA,"x"y\n', "a.csv, line 2, cannot be read"),
    ],
)
def test_tables_that_cannot_be_trusted(tmp_path, content, words):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(ReadError, match=words):
        read_plain_table(tmp_path / "a.csv", "a ledger of claims")
