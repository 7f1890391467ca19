"""What was there stays whole when files are put in the place of others and that fails, also without second names."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from surveykit.errors import WriteError
from surveykit.files.record import RECORD
from surveykit.files.swap import Swap
from surveykit.files.writing import write_together

OLD = b"0123456789" * 1500


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Two old files on a disk that gives no file a second name."""

    def no_link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    paths = [tmp_path / "a.bin", tmp_path / "b.bin"]
    write_together({path: lambda place: place.write_bytes(OLD) for path in paths})
    monkeypatch.setattr(os, "link", no_link)
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


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_copy_that_breaks_off_is_never_put_over_the_original(files, monkeypatch, error, after):
    monkeypatch.setattr(shutil, "copy2", half_copy(error, after))
    with pytest.raises((WriteError, KeyboardInterrupt)):
        write_together({path: lambda place: place.write_bytes(b"new") for path in files})
    assert [path.read_bytes() for path in files] == [OLD, OLD]
    assert sorted(files[0].parent.iterdir()) == [files[0].parent / RECORD, *files]


@pytest.mark.parametrize("after", [0, 1])
def test_a_file_that_is_taken_away_comes_back(files, monkeypatch, after):
    monkeypatch.setattr(shutil, "copy2", half_copy(OSError(errno.ENOSPC, "No space left on device"), after))
    with pytest.raises(OSError, match="No space left"), Swap() as swap:
        for path in files:
            swap.remove(path)
    assert [path.read_bytes() for path in files] == [OLD, OLD]
    assert sorted(files[0].parent.iterdir()) == [files[0].parent / RECORD, *files]


def test_without_second_names_files_are_replaced_all_the_same(files):
    write_together({path: lambda place: place.write_bytes(b"new") for path in files})
    assert [path.read_bytes() for path in files] == [b"new", b"new"]
    assert sorted(files[0].parent.iterdir()) == [files[0].parent / RECORD, *files]
