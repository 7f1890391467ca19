"""How large a codebook may be, asked before it is read."""

import pytest

from surveykit.errors import ReadError
from surveykit.reading.codebooks.size import check_size


def test_a_byte_more_than_the_most_is_refused(tmp_path):
    path = tmp_path / "book.xml"
    path.write_bytes(b"x" * 1_000)
    check_size(path, 1_000)
    with pytest.raises(
        ReadError, match=r"'book.xml' has 1,000 bytes, more than the 999 that a codebook .*; is it the data\?"
    ):
        check_size(path, 999)
