"""Files that are read: may this one be, and what is its hash."""

import os

import pytest

from surveykit.errors import ArgumentError, ReadError
from surveykit.files.reading import check_file, hash_file


def test_the_hash_is_that_of_the_standard(tmp_path):
    """FIPS 180-2, appendix B.1: SHA-256 of "abc"."""
    (tmp_path / "a").write_bytes(b"abc")
    assert hash_file(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_what_cannot_be_read_says_why(tmp_path):
    (tmp_path / "Data.csv").write_text("a\n1\n")
    (tmp_path / "empty.csv").touch()
    assert check_file(tmp_path / "Data.csv") == tmp_path / "Data.csv"
    for path, words in (
        (tmp_path, "is a folder; give the path of one file in it"),
        (tmp_path / "data.sav", "there is no file .*; did you mean 'Data.csv'?"),
        (tmp_path / "none.csv", "check the name and the folder"),
        (tmp_path / "nowhere" / "a.csv", "the folder .*nowhere' does not exist either"),
        (tmp_path / "empty.csv", r"'empty.csv' is empty \(0 bytes\)"),
        (os.devnull, "is a device or a pipe"),
        ("a" * 300, "cannot be read .File name too long.; check the name and the permissions"),
    ):
        with pytest.raises(ReadError, match=words):
            check_file(path)
    with pytest.raises(ArgumentError, match="`path` must be the path of a file, but 3 was given"):
        check_file(3)
