"""What was there stays whole when files are put in the place of others and that fails, also without second names."""

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from surveykit import files
from surveykit.errors import WriteError
from surveykit.files import Swap, write_together
from surveykit.report.files import write_bytes, write_text

OLD = b"0123456789" * 1500


@pytest.fixture
def old_files(tmp_path, monkeypatch):
    """Two old files on a disk that gives no file a second name."""

    def no_link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    paths = [tmp_path / "a.bin", tmp_path / "b.bin"]
    for path in paths:
        path.write_bytes(OLD)
    return paths


def half_copy(error, after):
    """Return a copy that breaks off in the middle, after so many whole ones."""
    whole, done = shutil.copy2, []

    def copy(source, target):
        done.append(source)
        if len(done) <= after:
            return whole(source, target)
        Path(target).write_bytes(Path(source).read_bytes()[: len(OLD) // 2])
        raise error

    return copy


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_copy_that_breaks_off_is_never_put_over_the_original(old_files, monkeypatch, error, after):
    monkeypatch.setattr(shutil, "copy2", half_copy(error, after))
    with pytest.raises((WriteError, KeyboardInterrupt)):
        write_together({path: lambda place: place.write_bytes(b"new") for path in old_files})
    assert [path.read_bytes() for path in old_files] == [OLD, OLD]
    assert sorted(old_files[0].parent.iterdir()) == old_files


@pytest.mark.parametrize("after", [0, 1])
def test_a_file_that_is_taken_away_comes_back(old_files, monkeypatch, after):
    monkeypatch.setattr(shutil, "copy2", half_copy(OSError(errno.ENOSPC, "No space left on device"), after))
    with pytest.raises(OSError, match="No space left"), Swap() as swap:
        for path in old_files:
            swap.remove(path)
    assert [path.read_bytes() for path in old_files] == [OLD, OLD]
    assert sorted(old_files[0].parent.iterdir()) == old_files


def test_without_second_names_files_are_replaced_all_the_same(old_files):
    write_together({path: lambda place: place.write_bytes(b"new") for path in old_files})
    assert [path.read_bytes() for path in old_files] == [b"new", b"new"]
    assert sorted(old_files[0].parent.iterdir()) == old_files


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_an_interrupted_run_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, failing):
    write_text(tmp_path / "a.txt", "old")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, failing, stop)
    with pytest.raises(KeyboardInterrupt):
        write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_a_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(WriteError, match=r"a.txt' cannot be written \(No space left on device\); choose a folder"):
        write_bytes(tmp_path / "a.txt", b"x")
    assert list(tmp_path.iterdir()) == []


def test_two_runs_at_once_do_not_mix(tmp_path):
    texts = [letter * 200_000 for letter in "abcd"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda text: [write_text(tmp_path / "a.txt", text) for _ in range(10)], texts))
    assert (tmp_path / "a.txt").read_text() in texts
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_without_permission_is_a_sentence(tmp_path, monkeypatch):
    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "open", denied)
    with pytest.raises(
        WriteError, match=r"a.txt' cannot be written \(Permission denied\); choose a folder that you may"
    ):
        write_text(tmp_path / "a.txt", "x")
