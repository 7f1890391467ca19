"""Files and folders that are there only while something is being written."""

from pathlib import Path

import pytest

from surveykit.files.temporary import (
    TEMPORARY,
    WORK,
    is_temporary,
    remove_temporaries,
    temporary_file,
    temporary_folder,
)


def filled(place: Path, fault: type[BaseException] | None) -> None:
    with temporary_file(place / "a.csv") as file, temporary_folder(place, ".out.") as folder:
        assert file.parent == place and file.name.startswith(WORK) and file.suffix == ".csv" and file.exists()
        (folder / "sub").mkdir()
        assert is_temporary(folder / "sub" / "x") and not is_temporary(place / "x")
        if fault:
            raise fault


def test_what_was_being_filled_is_gone_however_it_ends(tmp_path):
    filled(tmp_path, None)
    assert list(tmp_path.iterdir()) == [] and not TEMPORARY
    with pytest.raises(KeyboardInterrupt):
        filled(tmp_path, KeyboardInterrupt)
    assert list(tmp_path.iterdir()) == [] and not TEMPORARY


def test_what_was_moved_into_place_stays(tmp_path):
    with temporary_file(tmp_path / "a.csv") as file:
        file.write_text("whole")
        file.replace(tmp_path / "a.csv")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "whole")]


def test_a_program_that_ends_at_once_clears_both(tmp_path):
    with temporary_file(tmp_path / "a.csv"), temporary_folder(tmp_path, ".out.") as folder:
        (folder / "x").write_text("half")
        remove_temporaries()
        assert list(tmp_path.iterdir()) == []
