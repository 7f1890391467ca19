"""Long texts of Stata are counted in every cell before any is read; pandas wrote the files."""

import struct

import pandas as pd
import pytest

import surveykit as sk
from surveykit.reading.spss_stata import stata_strings
from tests.expectations.words import one_sentence

LONG = "x" * 5000


def written(path, release, rows=40, byteorder="<"):
    frame = pd.DataFrame({"q": range(rows), "t": [f"{LONG}{number}" for number in range(rows)], "name": ["ab"] * rows})
    frame["u"] = ["long " * 500] * rows
    frame.to_stata(path, version=release, convert_strl=["t", "u"], write_index=False, byteorder=byteorder)
    return frame


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("release", [117, 118, 119])
def test_the_bytes_of_all_cells(tmp_path, release, byteorder, monkeypatch):
    frame = written(tmp_path / "a.dta", release, byteorder=byteorder)
    asked = []
    monkeypatch.setattr(stata_strings, "check_memory", lambda name, rows, columns, texts: asked.append(texts))
    stata_strings.check_long_texts(tmp_path / "a.dta", release)
    stata_strings.check_long_texts(tmp_path / "a.dta", release, ["t"])
    t, u = (sum(len(cell) + 1 for cell in frame[name]) for name in ("t", "u"))  # each ends with a zero byte
    assert asked == [t + u, t]
    assert sk.read_stata(tmp_path / "a.dta").data["t"].tolist() == frame["t"].tolist()


def test_one_text_in_every_row_that_claims_terabytes(tmp_path):
    """Every cell names the first text, and that text is made longer in place: 60 MB that would become 3 TB."""
    rows = 60_000
    frame = pd.DataFrame({"q": range(rows), "t": [f"{number:04000d}" if number < 2 else "0" for number in range(rows)]})
    frame["t"] = frame["t"].where(frame.index != 0, "x" * 50_000_000)
    frame.to_stata(tmp_path / "a.dta", version=118, convert_strl=["t"], write_index=False)
    content = bytearray((tmp_path / "a.dta").read_bytes())
    start, stop = content.index(b"<data>") + 6, content.index(b"</data>")
    width = (stop - start) // rows
    first = bytes(content[start + width - 8 : start + width])
    for row in range(rows):
        content[start + (row + 1) * width - 8 : start + (row + 1) * width] = first
    (tmp_path / "b.dta").write_bytes(content)
    said = one_sentence(lambda: sk.read_stata(tmp_path / "b.dta"), sk.ReadError)
    assert "of memory" in said
    assert len(sk.read_stata(tmp_path / "b.dta", columns=["q"])) == rows


def test_a_length_that_lies_is_left_to_the_reader(tmp_path):
    written(tmp_path / "a.dta", 117, rows=2)
    content = bytearray((tmp_path / "a.dta").read_bytes())
    struct.pack_into("<I", content, content.index(b"GSO") + 12, 0xFFFFFF00)
    (tmp_path / "b.dta").write_bytes(content)
    one_sentence(lambda: sk.read_stata(tmp_path / "b.dta"), sk.ReadError)
