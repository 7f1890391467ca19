"""The one door for JSON: what is no plain file, too large or too deep is refused before it costs anything."""

import os

import pytest

from surveykit.errors import ReadError
from surveykit.files import json_file
from surveykit.files.json_file import read_json


def test_what_it_says_with_or_without_a_byte_order_mark(tmp_path):
    for content in (b'{"a": [1, "\xd3\x98"]}', b'\xef\xbb\xbf{"a": [1, "\xd3\x98"]}'):
        (tmp_path / "a.json").write_bytes(content)
        assert read_json(tmp_path / "a.json") == {"a": [1, "\u04d8"]}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b'{"a": 1} more', b"[" * 100_000],
    ids=["empty", "cut", "no UTF-8", "two", "deep"],
)
def test_what_is_no_json(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ReadError, match="'a.json' is no valid JSON for surveykit; was it changed"):
        read_json(tmp_path / "a.json")


def test_no_plain_file_is_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")  # opening it would wait for ever
    for place in (tmp_path, tmp_path / "pipe", tmp_path / "absent.json"):
        with pytest.raises(ReadError, match="is no file that can be read: it is absent, a folder, a pipe or a device"):
            read_json(place)


def test_a_byte_more_than_the_most_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "MOST_BYTES", 3)
    (tmp_path / "a.json").write_text("[ ]")
    assert read_json(tmp_path / "a.json") == []
    (tmp_path / "a.json").write_text("[  ]")
    with pytest.raises(ReadError, match="has 4 bytes, more than the 3 that a JSON file may have"):
        read_json(tmp_path / "a.json")
