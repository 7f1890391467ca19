"""What a command has read and put in place so far."""

import os

from surveykit.files.temporary import temporary_folder
from surveykit.files.touched import files_that_stand, keeping_what_is_read, note_read, note_standing, was_read


def test_a_file_is_known_by_its_place_on_the_disk(tmp_path):
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    os.link(tmp_path / "a", tmp_path / "second")
    with keeping_what_is_read():
        note_read(tmp_path / "a")
        assert [was_read(tmp_path / name) for name in ("a", "link", "second", "b", "none")] == [
            True,
            True,
            True,
            False,
            False,
        ]
    note_read(tmp_path / "b")
    assert not was_read(tmp_path / "a") and not was_read(tmp_path / "b"), "outside the block nothing is kept"


def test_what_lies_in_a_temporary_folder_counts_for_nothing(tmp_path):
    with keeping_what_is_read(), temporary_folder(tmp_path, ".out.") as folder:
        (folder / "a").write_text("x")
        note_read(folder / "a")
        note_standing([folder / "a", tmp_path / "b"])
        assert not was_read(folder / "a") and files_that_stand() == [tmp_path / "b"]
    with keeping_what_is_read():
        assert files_that_stand() == [], "a new command begins anew"
