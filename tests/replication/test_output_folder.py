import json
import os

import pytest

from surveykit.errors import ReadError, SurveyKitWarning, WriteError
from surveykit.files import json_file
from surveykit.replication.manifest import Manifest, Output, hash_files
from surveykit.replication.output_folder import LOCK_WORDS, MARKER, output_folder
from surveykit.replication.verification import verify_outputs


def fill(work, **texts):
    """Write files and the manifest that lists them, as a run does."""
    for name, text in texts.items():
        place = work / name.replace("__", "/").replace("_", ".")
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
    hashes = hash_files([path for path in work.rglob("*") if path.is_file()], work)
    Manifest("s", {}, hashes, tuple(Output(name, name, "a step") for name in hashes)).write(work / MARKER)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MARKER
    }


def run(folder, inputs=(), **texts):
    with output_folder(folder, inputs) as work:
        fill(work, **texts)


def test_the_folder_appears_whole(tmp_path):
    with output_folder(tmp_path / "deep" / "out") as work:
        (work / MARKER).write_text("{}")
        assert not (tmp_path / "deep" / "out").exists()
    assert [path.name for path in (tmp_path / "deep" / "out").iterdir()] == [MARKER]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


def test_an_earlier_run_is_replaced_and_its_files_go(tmp_path):
    run(tmp_path / "out", one_txt="1", tables__a_csv="a", same_txt="s")
    run(tmp_path / "out", two_txt="2", same_txt="t")
    assert contents(tmp_path / "out") == {"two.txt": b"2", "same.txt": b"t"}
    assert not (tmp_path / "out" / "tables").exists() and [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_an_interrupted_run_leaves_everything_as_it_was(tmp_path, stop):
    run(tmp_path / "out", a_txt="old")
    with pytest.raises(stop), output_folder(tmp_path / "out") as work:
        (work / "half").write_text("x")
        raise stop
    assert contents(tmp_path / "out") == {"a.txt": b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_somebody_else_is_not_touched(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("x")
    with (
        pytest.raises(WriteError, match=r"holds files that no run of surveykit wrote"),
        output_folder(tmp_path / "out"),
    ):
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
    (tmp_path / ".out.lock").write_bytes(LOCK_WORDS)
    with output_folder(tmp_path / "out") as work:
        (work / MARKER).write_text("{}")
    assert not (tmp_path / ".out.lock").exists()


@pytest.mark.parametrize("kind", ["file", "empty", "link", "pipe", "folder"])
def test_a_lock_of_somebody_else_is_neither_taken_nor_deleted(tmp_path, kind):
    lock = tmp_path / ".out.lock"
    if kind == "link":
        (tmp_path / "mine").write_bytes(LOCK_WORDS)
        lock.symlink_to("mine")
    elif kind == "pipe":
        os.mkfifo(lock)  # opening it would wait for ever
    elif kind == "folder":
        lock.mkdir()
    else:
        lock.write_text("mine\n" if kind == "file" else "")
    before = sorted(path.name for path in tmp_path.iterdir())
    for _ in range(2):
        with pytest.raises(WriteError, match="is none of surveykit's; move it away"), output_folder(tmp_path / "out"):
            pass
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert kind != "file" or lock.read_text() == "mine\n"


def test_a_refused_run_leaves_the_lock_of_the_other(tmp_path):
    with output_folder(tmp_path / "out"):
        with pytest.raises(WriteError, match="another run is writing"), output_folder(tmp_path / "out"):
            pass
        assert (tmp_path / ".out.lock").read_bytes() == LOCK_WORDS


@pytest.mark.parametrize("what", ["pipe", "brackets", "large"])
def test_a_manifest_that_costs_more_than_it_says(tmp_path, monkeypatch, what):
    (tmp_path / "out").mkdir()
    place = tmp_path / "out" / MARKER
    if what == "pipe":
        os.mkfifo(place)
    else:
        place.write_text("[" * 200_000)
    if what == "large":
        monkeypatch.setattr(json_file, "MOST_BYTES", 100_000)
    with pytest.raises(WriteError, match="no run of surveykit wrote"), output_folder(tmp_path / "out"):
        pass
    with pytest.raises(ReadError, match="is not a manifest"):
        verify_outputs(tmp_path / "out")


@pytest.mark.parametrize("name", ["../d.csv", "/etc/passwd", "tables/../../d.csv", ""])
def test_a_manifest_names_nothing_outside_its_folder(tmp_path, name):
    run(tmp_path / "out", a_txt="x")
    place = tmp_path / "out" / MARKER
    place.write_text(place.read_text().replace('"a.txt"', json.dumps(name)))
    with pytest.raises(ReadError, match="which lies outside its folder"):
        verify_outputs(tmp_path / "out")


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


def test_a_forged_manifest_takes_nobodys_file_away(tmp_path):
    """It lists a file with its right hash, but no step of the run made it."""
    run(tmp_path / "out", a_txt="a", b_txt="b")
    (tmp_path / "out" / "thesis.docx").write_text("years of work")
    files = [path for path in (tmp_path / "out").iterdir() if path.name != MARKER]
    made = (Output("A", "a.txt", "a step"), Output("B", "b.txt", "a step"))
    forged = Manifest("s", {}, hash_files(files, tmp_path / "out"), made)
    (tmp_path / "out" / MARKER).write_text(forged.to_json(), encoding="utf-8")
    with pytest.warns(SurveyKitWarning, match=r"'thesis.docx', which this run does not write"):
        run(tmp_path / "out", a_txt="new")
    assert contents(tmp_path / "out") == {"a.txt": b"new", "thesis.docx": b"years of work"}
