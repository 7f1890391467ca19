"""Full disks, closed folders, interruptions and several writers: what was there stays whole, what is new is whole.

The normal suite tries a few steps of every command; with SURVEYKIT_EVERY_STEP=1, as `.ci/slow` sets it, every one.
"""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

import surveykit as sk
from surveykit.cli import main
from surveykit.files import reading, record, refusals, swap, temporary, touched, writing
from surveykit.files.record import RECORD
from surveykit.replication import output_folder as folders
from tests.cli.test_comparing import ROLES, small_frame
from tests.replication.conftest import SMALL
from tests.replication.test_output_folder import contents
from tests.replication.test_output_folder import run as write_run
from tests.test_nothing_is_lost import everything

pytestmark = pytest.mark.slow  # each fault at each step of each command that writes

ROOT = Path(__file__).parent.parent
EVERY = bool(os.environ.get("SURVEYKIT_EVERY_STEP"))
QUICK = (*ROLES, "--methods", "cr2", "--quiet")


# Steps of the writers themselves: an interruption at every line.


def write_one(folder: Path, text: str) -> None:
    writing.write_text_whole(text, folder / "one.txt")


def write_three(folder: Path, text: str) -> None:
    writing.write_together({folder / name: lambda path: path.write_text(text) for name in ("a.txt", "b.txt", "c.txt")})


def write_folder(folder: Path, text: str) -> None:
    extra = {"only_txt": "x"} if text == "old" else {"deep__new_txt": "y"}
    write_run(folder / "out", a_txt=text, tables__b_csv=text, **extra)


def write_filled(folder: Path, text: str) -> None:
    def fill(work: Path) -> list[str]:
        for name in ("one.txt", "two.txt"):
            writing.write_text_whole(text, work / name)
        return ["one.txt", "two.txt"]

    with writing.filled_folder(folder / "data", fill):
        pass


PRIMITIVES = [write_one, write_three, write_folder, write_filled]


@contextmanager
def stopping_at(step: int, stop: Callable[[], None]) -> Iterator[list[int]]:
    """Call `stop` at the step-th line that runs in the writers; the list counts the lines."""
    count = [0]
    watched = {file.__file__ for file in (reading, record, refusals, swap, temporary, touched, writing, folders)}

    def trace(frame, event, argument):
        if frame.f_code.co_filename not in watched:
            return None
        if event == "line":
            count[0] += 1
            if count[0] == step:
                stop()
        return trace

    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(None)


@pytest.mark.parametrize("before", [False, True], ids=["new", "over an old one"])
@pytest.mark.parametrize("write", PRIMITIVES, ids=lambda write: write.__name__)
def test_a_signal_at_every_step_leaves_the_old_or_the_new(write, before, tmp_path, monkeypatch):
    """As the command line takes it: at once, or, where files are being swapped, right after."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # a thousand times to the disk and back

    def fresh(name: str) -> Path:
        (tmp_path / name).mkdir()
        if before:
            write(tmp_path / name, "old")
        return tmp_path / name

    old = contents(fresh("old"))
    with stopping_at(0, lambda: None) as count:
        write(fresh("new"), "new")
    new, steps = contents(tmp_path / "new"), count[0]
    assert steps > 20 and old != new
    ends = set()
    for step in range(1, steps + 1):
        place = fresh(f"at{step}")
        with suppress(KeyboardInterrupt), stopping_at(step, swap.interrupt):
            write(place, "new")
        temporary.remove_temporaries()  # as the command line does
        found = {name: text for name, text in contents(place).items() if name != ".out.lock"}  # held by nobody
        assert found in (old, new), f"step {step} of {steps}: {found}"
        hidden = [path.name for path in place.rglob(".*") if path.name not in (".out.lock", RECORD)]
        assert not hidden, f"step {step} of {steps} left {hidden}"
        ends.add(found == new)
    assert ends == {True, False}


# Every command, with a disk that is full or closed from some step on.


class Disk:
    """The calls that change a folder, of which the one at a certain place fails, and those after it where it is full."""

    MAKING = ("open", "mkdir", "link", "fsync")
    MOVING = ("replace", "rename")

    def __init__(self, monkeypatch, folder: Path) -> None:
        self.folder, self.at, self.code, self.count = str(folder), 0, 0, 0
        self.real_write = Path.write_bytes
        for name in (*self.MAKING, *self.MOVING):
            monkeypatch.setattr(os, name, self._faulty(name, getattr(os, name)))
        monkeypatch.setattr(Path, "write_bytes", self._writer())

    def fail(self, at: int, code: int) -> None:
        self.at, self.code, self.count = at, code, 0

    def _check(self, name: str, path: object) -> None:
        if name != "fsync" and not os.path.abspath(str(path)).startswith(self.folder):
            return
        self.count += 1
        full = self.code == errno.ENOSPC and self.count > self.at and name not in self.MOVING
        if self.at and (self.count == self.at or full):
            raise OSError(self.code, os.strerror(self.code), str(path))

    def _faulty(self, name: str, real):
        def call(path, *more, **options):
            reading = name == "open" and more and not more[0] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
            if not reading:
                self._check(name, path)
            return None if name == "fsync" else real(path, *more, **options)

        return call

    def _writer(self):
        def write(path: Path, content: bytes) -> int:
            self._check("write", path)
            return self.real_write(path, content)

        return write


def prepare(folder: Path, rows: int = 120) -> None:
    small_frame().head(rows).to_csv(folder / "in.csv", index=False)
    small_frame().to_csv(folder / "later.csv", index=False)
    (folder / "m.csv").write_text("column,level,target\nsex,1,480\nsex,2,520\n", encoding="utf-8")
    if not (folder / "study").exists():
        sk.init_study(folder / "study")
        (folder / "study" / "study.toml").write_text(SMALL, encoding="utf-8")


COMMANDS = {
    "weight": (["weight", "in.csv", "--margins", "m.csv", "--quiet", "--out", "out.csv"], []),
    "weight as .sav": (["weight", "in.csv", "--margins", "m.csv", "--quiet", "--out", "out.sav"], []),
    "compare": (["compare", "in.csv", "trust", *QUICK, "--out", "out.csv"], []),
    "report": (["report", "in.csv", "trust", *QUICK, "--out", "out.md"], ["--title", "Another"]),
    "report folder": (["report", "in.csv", "trust", *QUICK, "--out", "out"], ["--title", "Another"]),
    "codebook": (["codebook", "in.csv", "--out", "out.html"], []),
    "audit": (["audit", "in.csv", "later.csv", "--crosswalk", "out.toml"], None),
    "replicate": (["replicate", "study", "--quiet", "--out", "out"], ["--lang", "ru"]),
    "simulate": (["simulate", "--quiet", "--out", "out"], ["--seed", "3"]),
    "init": (["init", "--quiet", "out"], None),
}  # fmt: skip
"""Each command, and what makes it write something else; None where it writes over nothing."""
SLOW = ("report", "report folder", "replicate", "simulate", "init")


def places(command: str, steps: int) -> list[int]:
    if EVERY:
        return list(range(1, steps + 1))
    return [steps // 2 + 1] if command in SLOW else sorted({1, steps // 2 + 1, steps})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_disk_that_is_full_or_closed(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepare(tmp_path)
    words, more = COMMANDS[command]
    run = CliRunner().invoke
    disk = Disk(monkeypatch, tmp_path)
    disk.fail(0, 0)
    if more is None:
        steps = 3 if not EVERY else 12
    else:
        assert run(main, words).exit_code == 0
        steps = disk.count
        prepare(tmp_path, 108)
    before = everything(tmp_path)
    faults = ((errno.ENOSPC, "this disk is full"), (errno.EACCES, "choose a folder that you may write to"))
    for code, said in faults[: 1 if command in SLOW and not EVERY else 2]:
        for at in places(command, steps):
            disk.fail(at, code)
            result = run(main, [*words, *(more or [])])
            reached = disk.count >= at
            disk.fail(0, 0)
            if result.exit_code in (0, 1):  # a second name that could not be made is a copy; or no step was left
                assert not reached or code == errno.EACCES, (at, steps)
                continue
            assert result.exit_code == 2 and said in result.stderr and "Traceback" not in result.output, (
                at,
                result.output,
            )
            left = [name for name in everything(tmp_path) if ".writing-" in name or name.startswith(".out.")]
            assert not left, (at, left)
            assert everything(tmp_path) == before, (at, steps)
    assert run(main, [*words, *(more or [])]).exit_code in (0, 1), "the next run finds everything in order"


# A real program and real signals.


def begin(folder: Path, words: list[str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "surveykit.cli", *words],
        cwd=folder,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


@pytest.mark.parametrize("command", COMMANDS if EVERY else ["report folder", "weight as .sav"])
def test_a_real_signal_at_any_time(command, tmp_path):
    prepare(tmp_path)
    words = COMMANDS[command][0]
    before = everything(tmp_path)
    assert run_to_its_end(tmp_path, words) in (0, 1)
    whole = everything(tmp_path)
    take_away(tmp_path, set(whole) - set(before))
    rng = random.Random(3)
    for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)) * (4 if EVERY else 1):
        process = begin(tmp_path, words)
        time.sleep(0.8 + 2 * rng.random())
        process.send_signal(number)
        asked = time.monotonic()
        _, told = process.communicate(timeout=60)
        took = time.monotonic() - asked
        assert process.returncode in (0, 1, code, -number), told  # the last: before it had read its first line
        if process.returncode == code:
            after = everything(tmp_path)
            if told.strip() == "interrupted; nothing half-written was left":
                assert after == before
            else:  # the signal came after the files had been put in place
                assert "written before that, whole: " in told and told.strip().endswith("nothing half-written was left")
                assert set(after) > set(before) and after.items() <= whole.items()
        assert took < 6, "two seconds on an idle machine"
        take_away(tmp_path, set(everything(tmp_path)) - set(before))


def run_to_its_end(folder: Path, words: list[str]) -> int:
    process = begin(folder, words)
    process.communicate(timeout=120)
    return process.returncode


def take_away(folder: Path, names: set[str]) -> None:
    for name in names:
        (folder / name).unlink()


LATE = """
import os, signal, sys
from surveykit.cli import main

really = os.replace

def replace(*names):
    really(*names)
    os.kill(os.getpid(), signal.SIGTERM)

os.replace = replace
main(sys.argv[1:])
"""


def test_a_signal_after_a_file_was_put_in_place_says_that_it_stands(tmp_path):
    """The command is interrupted before it ends, but what it was to write is there, and whole: no word of the contrary."""
    prepare(tmp_path)
    words = COMMANDS["weight as .sav"][0]
    before = everything(tmp_path)
    assert run_to_its_end(tmp_path, words) in (0, 1)
    whole = everything(tmp_path)
    take_away(tmp_path, set(whole) - set(before))
    process = subprocess.run(
        [sys.executable, "-c", LATE, *words],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert process.returncode == 143, process.stderr
    assert "interrupted; written before that, whole: out.sav; nothing half-written was left" in process.stderr
    assert everything(tmp_path) == whole


DEAF = """
import sys, time
from pathlib import Path
from surveykit.cli import main
from surveykit.files.temporary import temporary_folder
import surveykit as sk

def deaf(*given, **options):
    with temporary_folder(Path.cwd(), ".out."):
        print("deaf", flush=True)
        while True:
            try:
                time.sleep(60)
            except BaseException:
                pass

sk.render_codebook = deaf
main(["codebook", "in.csv"])
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_command_that_does_not_listen_is_ended(tmp_path, number, code):
    """Code that swallows every exception: the program ends all the same, and clears up."""
    prepare(tmp_path)
    before = everything(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-c", DEAF],
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout.readline() == "deaf\n", process.stderr.read()
    process.send_signal(number)
    asked = time.monotonic()
    _, told = process.communicate(timeout=30)
    assert process.returncode == code and "nothing half-written" in told
    assert time.monotonic() - asked < 5, "a second and a half, and the system's own time"
    assert everything(tmp_path) == before and not list(tmp_path.glob(".out.*"))


# Several at once.


@pytest.mark.parametrize("many", [2, 5])
@pytest.mark.parametrize("write", [write_one, write_three], ids=lambda write: write.__name__)
def test_several_writers_of_one_file(write, many, tmp_path):
    texts = [letter * 50_000 for letter in "abcde"[:many]]
    with ThreadPoolExecutor(many) as pool:
        list(pool.map(lambda text: [write(tmp_path, text) for _ in range(10)], texts))
    assert {path.read_text() for path in tmp_path.iterdir() if path.name != RECORD} <= set(texts)
    assert [path.name for path in tmp_path.glob(".*")] == [RECORD]


@pytest.mark.parametrize("many", [2, 5])
def test_several_runs_into_one_folder(many, tmp_path):
    """One wins, the others are told; what is there is one whole run, which the next run may replace."""

    def write(text: str) -> str:
        with suppress(sk.WriteError):
            for _ in range(5):
                write_run(tmp_path / "out", a_txt=text, tables__b_csv=text)
        return text

    with ThreadPoolExecutor(many) as pool:
        list(pool.map(write, "abcde"[:many]))
    found = contents(tmp_path / "out")
    assert len(set(found.values())) == 1 and set(found) == {"a.txt", "tables/b.csv"}
    write_run(tmp_path / "out", a_txt="z")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("many", [2, 5] if EVERY else [2])
def test_several_programs_into_one_folder(many, tmp_path):
    prepare(tmp_path)
    words = COMMANDS["report folder"][0]
    processes = [begin(tmp_path, words) for _ in range(many)]
    ends = [(process.communicate(timeout=120)[1], process.returncode) for process in processes]
    assert {code for _, code in ends} <= {0, 1, 2} and any(code < 2 for _, code in ends)
    for told, code in ends:
        assert (
            code < 2 or "another run is writing" in told or "came into the folder" in told or "cannot be put" in told
        ), told
    assert folders.replaceable_files(tmp_path / "out"), "what is there is one whole run"
    assert not list(tmp_path.glob(".out*"))
