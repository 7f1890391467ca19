"""The one door for TOML: files that cost more than they say are refused before they are parsed, with one sentence."""

import subprocess
import sys
import time
import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import surveykit as sk
from surveykit import toml_file
from surveykit.errors import CodebookError
from surveykit.reading.waves.crosswalk import read_crosswalk
from surveykit.replication.study_file import read_study
from surveykit.replication.study_mapping import read_mapping
from surveykit.toml_file import check_keys, read_toml

BAD = {
    "parts": ("a" + ".a" * 60_000 + " = 1\n", "more than 12 parts"),
    "parts with spaces": ("a" + " \t. a" * 60_000 + " = 1\n", "more than 12 parts"),
    "parts in quotation marks": ("a" + '."a"' * 60_000 + " = 1\n", "more than 12 parts"),
    "parts of a table": ("[a" + ".'b c'" * 60_000 + "]\n", "more than 12 parts"),
    "digits": ("a = " + "9" * 5000 + "\n", "more than 250 digits"),
    "digits in base 16": ("a = 0x" + "f" * 5000 + "\n", "more than 250 digits"),
    "lists": ("a = " + "[" * 5000 + "]" * 5000 + "\n", "too deep"),
    "tables": ("a = " + "{a=" * 5000 + "1" + "}" * 5000 + "\n", "too deep"),
    "no date": ("a = 2021-02-30\n", "is no valid TOML"),
    "no text": (b"a = '\xff'\n", "not UTF-8"),
    "no TOML": ("a = \n", "is no valid TOML"),
}
READERS = {
    "codebook": ("x.toml", sk.read_codebook),
    "crosswalk": ("x.toml", read_crosswalk),
    "margins": ("x.toml", sk.read_margins_file),
    "mapping": ("mapping.toml", read_mapping),
    "study": ("study.toml", read_study),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("bad", BAD)
def test_every_reader_says_one_sentence(tmp_path, reader, bad):
    name, read = READERS[reader]
    content, said = BAD[bad]
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(sk.ReadError, match=said):
        read(tmp_path / name)


def test_a_large_file_is_not_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(toml_file, "MOST_BYTES", 10)
    (tmp_path / "x.toml").write_text("a = 1234567\n")
    with pytest.raises(sk.ReadError, match="12 bytes, more than the 10"):
        sk.read_codebook(tmp_path / "x.toml")


@pytest.mark.parametrize(
    "text",
    [
        '"""' * 400_000,
        '"""\\' * 300_000,
        "'''a" * 300_000,
        '"' * 1_000_001,
        " " * 1_000_000,
        '"\\' * 500_000,
        "# a.a" * 200_000,
    ],
)
def test_the_search_takes_time_in_proportion(tmp_path, text):
    """A million characters take well under a second; 20 seconds is what a search that begins anew would pass at once."""
    (tmp_path / "x.toml").write_text(f"a = {text}")
    start = time.monotonic()
    with suppress(sk.ReadError):
        read_toml(tmp_path / "x.toml")
    assert time.monotonic() - start < 20


@given(st.text())
def test_dots_and_digits_in_texts_and_comments_count_for_nothing(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("t") / "x.toml"
    long = "a.a" * 40 + "1" * 1100
    words = text.replace("\\", "").replace("'", "").replace('"', "")
    words = "".join(mark for mark in words if mark.isprintable())
    content = f'# {words} {long} \' "\n\'x{words}\' = """{words}\n\\"{long} \' """\nb = \'{words}{long}\' # "{long}\n'
    path.write_bytes(content.encode())
    assert read_toml(path) == tomllib.loads(content)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits of memory are set the Unix way")
def test_a_long_key_takes_no_memory(tmp_path):
    (tmp_path / "x.toml").write_text("a" + ".a" * 60_000 + " = 1\n")
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))\n"
        "import surveykit as sk\n"
        f"try: sk.read_codebook({str(tmp_path / 'x.toml')!r})\n"
        "except sk.ReadError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert "more than 12 parts" in done.stdout, done.stderr


def test_a_key_that_nobody_reads_is_refused_with_the_nearest_known_one():
    check_keys({"settlement": 1}, ("settlement", "weight"), "the file")
    words = (
        r"the file has the key 'settlment', which is none of \['settlement', 'weight'\]; did you mean 'settlement'\?"
    )
    with pytest.raises(CodebookError, match=words):
        check_keys({"weight": 1, "settlment": 1}, ("settlement", "weight"), "the file")
