import os

import pytest

from surveykit.errors import WriteError
from surveykit.replication.output_folder import MARKER, output_folder


def test_the_folder_appears_whole(tmp_path):
    with output_folder(tmp_path / "deep" / "out") as work:
        (work / MARKER).write_text("{}")
        assert not (tmp_path / "deep" / "out").exists()
    assert [path.name for path in (tmp_path / "deep" / "out").iterdir()] == [MARKER]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


def test_an_earlier_run_is_replaced_and_its_files_go(tmp_path):
    for name in ("one.txt", "two.txt"):
        with output_folder(tmp_path / "out") as work:
            (work / MARKER).write_text("{}")
            (work / name).write_text(name)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [MARKER, "two.txt"]


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_an_interrupted_run_leaves_everything_as_it_was(tmp_path, stop):
    with output_folder(tmp_path / "out") as work:
        (work / MARKER).write_text("old")
    with pytest.raises(stop), output_folder(tmp_path / "out") as work:
        (work / "half").write_text("x")
        raise stop
    assert (tmp_path / "out" / MARKER).read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_somebody_else_is_not_touched(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("x")
    with pytest.raises(WriteError, match=r"holds files that no run of surveykit wrote"), output_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out" / "thesis.docx").exists()


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    with output_folder(tmp_path / "out") as work:
        (work / MARKER).write_text("{}")
    assert (tmp_path / "out" / MARKER).exists()


def test_two_runs_into_one_folder(tmp_path):
    with output_folder(tmp_path / "out") as work:
        (work / MARKER).write_text("{}")
        with pytest.raises(WriteError, match=r"another run is writing"), output_folder(tmp_path / "out"):
            pass
    assert (tmp_path / "out" / MARKER).exists()


def test_the_lock_of_a_killed_run_does_not_block(tmp_path):
    (tmp_path / ".out.lock").write_text("999999999")
    with output_folder(tmp_path / "out") as work:
        (work / MARKER).write_text("{}")
    assert not (tmp_path / ".out.lock").exists()


def test_a_file_or_a_link_in_the_way(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(WriteError, match=r"a file or a link, not a folder"), output_folder(tmp_path / name):
            pass
    with pytest.raises(WriteError, match=r"cannot be written"), output_folder(tmp_path / "file" / "out"):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(WriteError, match=r"cannot be written"), output_folder(tmp_path / "locked" / "out"):
        pass
