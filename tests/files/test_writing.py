import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from surveykit.errors import WriteError
from surveykit.files.record import RECORD
from surveykit.files.writing import check_target, safe_name, write_bytes_whole, write_text_whole


def test_text_is_utf8_with_plain_line_feeds(tmp_path):
    write_text_whole("Әкім\nсайланған\n", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == "Әкім\nсайланған\n".encode()
    assert sorted(path.name for path in tmp_path.iterdir()) == [RECORD, "a.txt"]


def test_a_file_may_be_read_by_others(tmp_path):
    mask = os.umask(0o022)
    try:
        mode = stat.S_IMODE(write_text_whole("x", tmp_path / "a.txt").stat().st_mode)
    finally:
        os.umask(mask)
    assert mode == 0o644


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_an_interrupted_run_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, failing):
    write_text_whole("old", tmp_path / "a.txt")

    works = getattr(os, failing)

    def stop(*given):
        monkeypatch.setattr(os, failing, works)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, failing, stop)
    with pytest.raises(KeyboardInterrupt):
        write_text_whole("new", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [RECORD, "a.txt"]


def test_a_full_disk_is_a_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match=r"a.txt' cannot be written \(No space left on device\); choose a folder"):
        write_bytes_whole(b"x", tmp_path / "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_folder_as_file_and_wrong_ending(tmp_path):
    with pytest.raises(WriteError, match="the folder '.*nowhere' does not exist; make it first"):
        check_target(tmp_path / "nowhere" / "a.csv")
    with pytest.raises(WriteError, match="is a folder; name a file in it"):
        check_target(tmp_path)
    with pytest.raises(WriteError, match=r"must end in one of \.svg, \.pdf, but 'a\.gif' was given"):
        check_target(tmp_path / "a.gif", (".svg", ".pdf"))


def test_two_runs_at_once_do_not_mix(tmp_path):
    texts = [letter * 200_000 for letter in "abcd"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda text: [write_text_whole(text, tmp_path / "a.txt") for _ in range(10)], texts))
    assert (tmp_path / "a.txt").read_text() in texts
    assert sorted(path.name for path in tmp_path.iterdir()) == [RECORD, "a.txt"]


def test_a_folder_without_permission_is_a_sentence(tmp_path, monkeypatch):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(
        WriteError, match=r"a.txt' cannot be written \(Permission denied\); choose a folder that you may"
    ):
        write_text_whole("x", tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("trust in akim", "trust_in_akim"),
        ("..", "unnamed"),
        ("Әкім/2", "Әкім_2"),
        ("a\\b\0c", "a_b_c"),
        ("report.v2", "report.v2"),
    ],
)
def test_a_name_cannot_climb_out_of_its_folder(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize(("name", "words"), [("a\0b.csv", "holds a null character"), ("x" * 300 + ".csv", "too long")])
def test_names_that_no_file_can_have(tmp_path, name, words):
    with pytest.raises(WriteError, match=f"a file cannot have the name.*{words}.*choose another one"):
        check_target(tmp_path / name, (".csv",))
