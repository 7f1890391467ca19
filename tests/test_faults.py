"""Full disks, closed folders, interruptions and several writers: what was there stays whole, what is new is whole.

The normal suite tries a few steps of every command; with SURVEYKIT_EVERY_STEP=1, as `.ci/slow` sets it, every one.
"""

import errno
import inspect
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from operator import attrgetter
from pathlib import Path
from types import FunctionType
from typing import get_type_hints

import matplotlib.pyplot as plt
import pytest
from click.testing import CliRunner

import surveykit as sk
from surveykit.cli import main
from surveykit.files import reading, record, refusals, swap, temporary, touched, writing
from surveykit.files.record import RECORD
from surveykit.replication import output_folder as folders
from surveykit.replication.claims import Claim
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


INTERRUPTED = -1
"""Among the numbers of errors: no fault of the disk, but somebody who ends the program at that step."""


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
        if self.at == self.count and self.code == INTERRUPTED:
            swap.interrupt()
        elif self.at and (self.count == self.at or full):
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
        shutil.copytree(folder / "study", folder / "whole")
        (folder / "study" / "study.toml").write_text(SMALL, encoding="utf-8")


COMMANDS = {
    "weight": (["weight", "in.csv", "--margins", "m.csv", "--quiet", "--out", "out.csv"], []),
    "weight as .sav": (["weight", "in.csv", "--margins", "m.csv", "--quiet", "--out", "out.sav"], []),
    "compare": (["compare", "in.csv", "trust", *QUICK, "--out", "out.csv"], []),
    "report": (["report", "in.csv", "trust", *QUICK, "--out", "out.md"], ["--title", "Another"]),
    "report folder": (["report", "in.csv", "trust", *QUICK, "--out", "out"], ["--title", "Another"]),
    "codebook": (["codebook", "in.csv", "--out", "out.html"], []),
    "audit": (["audit", "in.csv", "later.csv", "--crosswalk", "out.toml"], None),
    "map": (["map", "in.csv", "--study", "whole", "--quiet", "--out", "out.toml"], None),
    "replicate": (["replicate", "study", "--quiet", "--out", "out"], ["--lang", "ru"]),
    "simulate": (["simulate", "--quiet", "--out", "out"], ["--seed", "3"]),
    "explore": (["explore", "in.csv", "--out", "out.html"], None),
    "init": (["init", "--quiet", "out"], None),
}  # fmt: skip
"""Each command, and what makes it write something else; None where it writes over nothing."""
SLOW = (
    "report",
    "report folder",
    "replicate",
    "simulate",
    "init",
    "replicate_study",
    "run_study",
    "write_study",
    "init_study",
)
AT_ONCE = ("write_csv", "write_spss .zsav", "save_figure .svg", "write_table .xlsx", "write_report_folder")
"""Functions that the normal suite lets several programs run at once: of one file, of several, of a folder."""
READING_COMMANDS = {"inspect", "verify"}
"""Commands that write nothing."""


class Answers:
    """What the functions write of, in two versions that differ in every file."""

    def __init__(self, version: int) -> None:
        frame = small_frame().head(120 - 12 * version)
        label = ["trust the akim", "trust the old akim"][version]
        book = sk.Codebook.of(
            [sk.Variable("trust", label, {1: "no", 5: "yes"}), sk.Variable("sex", labels={1: "m", 2: "f"})]
        )
        self.title, self.version = label, version
        self.survey = sk.Survey(frame, book)
        self.design = design = sk.SurveyDesign(self.survey, weight="w", cluster="settlement")
        self.means, self.shares = sk.means(design, "trust", by="akim"), sk.shares(design, "sex")
        self.study = sk.simulate_study(version, interviews=0.2)
        self.ledger = sk.Ledger((Claim(f"A-{version}", published="1"),))
        asked = sk.Codebook.of([sk.Variable("trust", f"Do you {label}?", {1: "no", 5: "yes"})])  # in other words
        self.audit = sk.audit_waves({"1": self.survey, "2": sk.Survey(frame, asked)})


@pytest.fixture(scope="module")
def answers() -> list[Answers]:
    with warnings.catch_warnings(action="ignore"):
        return [Answers(0), Answers(1)]


def writing_a(function: Callable[..., object], what: Callable[[Answers], object], **options: object):
    return lambda one, out: function(what(one), out, **options)


def survey_of(one: Answers) -> sk.Survey:
    return one.survey


def means_of(one: Answers) -> sk.Result:
    return one.means


def page_of(one: Answers, out: Path) -> object:
    return sk.write_report([one.title, one.means, sk.draw_shares(one.shares)], out, title="t")


def study_of(one: Answers, **options: object) -> dict[str, object]:
    return {"folder": "study", "out": "out", "lang": ["en", "ru"][one.version], **options}


FUNCTIONS = {
    "write_csv": (writing_a(sk.write_csv, survey_of, codebook="out.toml"), "out.csv"),
    "write_spss": (writing_a(sk.write_spss, survey_of), "out.sav"),
    "write_spss .zsav": (writing_a(sk.write_spss, survey_of), "out.zsav"),
    "write_parquet": (writing_a(sk.write_parquet, survey_of), "out.parquet"),
    "write_codebook": (writing_a(sk.write_codebook, lambda one: one.survey.codebook), "out.toml"),
    **{f"export_codebook {kind}": (writing_a(sk.export_codebook, survey_of, format=kind), f"out.{ending}")
       for kind, ending in (("html", "html"), ("csv", "csv"), ("toml", "toml"), ("ddi", "xml"))},
    "draft_codebook": (writing_a(sk.draft_codebook, lambda one: one.survey.frame), "out.toml"),
    **{f"save_figure .{ending}": (writing_a(sk.save_figure, lambda one: sk.draw_shares(one.shares)), f"out.{ending}") for ending in ("svg", "png", "pdf")},
    **{f"write_table .{ending}": (writing_a(sk.write_table, means_of), f"out.{ending}") for ending in ("csv", "html", "md", "tex", "docx", "xlsx")},
    "write_result": (writing_a(sk.write_result, means_of), "out.json"),
    **{f"write_report .{ending}": (page_of, f"out.{ending}") for ending in ("html", "md", "tex", "docx")},
    "write_report_folder": (lambda one, out: sk.write_report_folder([one.means], out, title=one.title), "out"),
    "write_explorer": (lambda one, out: sk.write_explorer(one.design, out, title=one.title), "out.html"),
    "write_study": (writing_a(sk.write_study, lambda one: one.study), "out"),
    "Ledger.to_csv": (lambda one, out: one.ledger.to_csv(out), "out.csv"),
    "WaveAudit.propose_crosswalk": (lambda one, out: one.audit.propose_crosswalk(out), "out.toml"),
    "replicate_study": (lambda one, out: sk.replicate_study(**study_of(one)), "out"),
    "run_study": (lambda one, out: sk.run_study(**study_of(one, data=None, out=Path("out"))), "out"),
    "init_study": (lambda one, out: sk.init_study(out), "out"),
}  # fmt: skip
"""Each public function or method that writes, of one version of the answers, and what it writes."""
PIECEWISE = {"run_study"}
"""It writes file by file into a folder that its caller holds, as the program of a study does."""
NEEDED = {".xlsx": "openpyxl", ".docx": "docx", ".parquet": "pyarrow"}
READERS = re.compile("(read_|inspect_|verify_|draft_mapping|stack_waves|compare_crosswalks|Ledger.from_)")
"""Public functions with a path in their arguments that write nothing."""


def with_a_path() -> set[str]:
    """Public functions and methods that take the path of a file or folder."""
    found = set()
    for name in sk.__all__:
        thing = getattr(sk, name)
        parts = {name: thing} if isinstance(thing, FunctionType) else {}
        if isinstance(thing, type):
            parts = {f"{name}.{method}": getattr(thing, method) for method in vars(thing) if not method.startswith("_")}
        for called, function in parts.items():
            if callable(function) and not isinstance(function, type):
                hints = get_type_hints(inspect.unwrap(function))
                if any(
                    re.search(r"\bPath\b|\bPathLike\b", str(hint)) for word, hint in hints.items() if word != "return"
                ):
                    found.add(called)
    return found


def test_every_command_and_function_that_writes_is_tried_here():
    """A new one belongs into `COMMANDS` or `FUNCTIONS`, or among those that only read."""
    assert {words[0] for words, _ in COMMANDS.values()} == set(main.commands) - READING_COMMANDS
    tried = {name.partition(" ")[0] for name in FUNCTIONS}
    writing_ones = {name for name in with_a_path() if not READERS.match(name)}
    named = {name for name in sk.__all__ if re.match("(write|save|export)_", name)}
    assert tried == writing_ones | named
    assert not [name for name in with_a_path() - writing_ones if "WriteError" in (attrgetter(name)(sk).__doc__ or "")]


Job = Callable[[int], tuple[int, str]]
"""What is tried, of one version of the answers: its exit code, and what it said."""


@pytest.fixture
def job(request, tmp_path, monkeypatch) -> Job:
    """A command or a function by its name, in a folder that holds what it reads."""
    monkeypatch.chdir(tmp_path)
    if request.param in COMMANDS:
        words, more = COMMANDS[request.param]

        def run(version: int) -> tuple[int, str]:
            result = CliRunner().invoke(main, [*words, *(more or [] if version else [])])
            return min(result.exit_code, 2) if result.exit_code != 1 else 0, result.output  # 1: a finding

        prepare(tmp_path)
        return run
    function, out = FUNCTIONS[request.param]
    if Path(out).suffix in NEEDED:
        pytest.importorskip(NEEDED[Path(out).suffix])
    versions = request.getfixturevalue("answers")
    if request.param in ("replicate_study", "run_study"):
        prepare(tmp_path)
    if request.param in PIECEWISE:
        (tmp_path / out).mkdir()

    def call(version: int) -> tuple[int, str]:
        try:
            with warnings.catch_warnings(action="ignore"):
                function(versions[version], out)
        except sk.SurveyKitError as refusal:
            return 2, str(refusal)
        finally:
            plt.close("all")
        return 0, ""

    return call


def over_old(name: str) -> bool:
    """Tell whether a second run of a command or function writes over what the first one wrote."""
    return COMMANDS[name][1] is not None if name in COMMANDS else name != "init_study"


def put_back(folder: Path, before: dict[str, object]) -> None:
    """Make a folder what it was."""
    now = everything(folder)
    for name in now.keys() - before.keys():
        (folder / name).unlink()
    for name, content in before.items():
        if now.get(name) != content:
            (folder / name).write_bytes(content)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):  # init makes its study in a new folder or an empty one
            path.rmdir()


def old_or_new(name: str, found: dict[str, object], before: dict[str, object], after: dict[str, object]) -> bool:
    """Tell whether a folder is as it was before or after a run; of one that writes piece by piece, whether each file is."""
    if name not in PIECEWISE:
        return found in (before, after)
    either = [(set(before) & set(after)) <= set(found) <= (set(before) | set(after))]
    return all(
        [
            *either,
            *(content in (before.get(path), after.get(path)) for path, content in found.items() if RECORD not in path),
        ]
    )


def places(name: str, steps: int) -> list[int]:
    if EVERY:
        return list(range(1, steps + 1))
    return [steps // 2 + 1] if name in SLOW else sorted({1, steps // 2 + 1, steps})


def start(name: str, job: Job, folder: Path, disk: "Disk") -> tuple[int, dict[str, object], dict[str, object]]:
    """Write a first version where the second one takes its place; return the steps of that, and what is there.

    What is there: before the second run and after it.
    """
    disk.fail(0, 0)
    if not over_old(name):
        before = everything(folder)
        assert job(1)[0] == 0
        after = everything(folder)
        put_back(folder, before)
        return 12 if EVERY else 3, before, after
    assert job(0)[0] == 0
    before = everything(folder)
    if name in COMMANDS:
        prepare(folder, 108)
        before = everything(folder)
    disk.fail(0, 0)
    assert job(1)[0] == 0
    steps = disk.count
    after = everything(folder)
    assert after != before and steps > 2, "the second version is another one"
    put_back(folder, before)
    return steps, before, after


@pytest.mark.parametrize(("name", "job"), [(name, name) for name in (*COMMANDS, *FUNCTIONS)], indirect=["job"])
def test_a_disk_that_is_full_or_closed(name, job, tmp_path, monkeypatch):
    disk = Disk(monkeypatch, tmp_path)
    steps, before, after = start(name, job, tmp_path, disk)
    faults = ((errno.ENOSPC, "this disk is full"), (errno.EACCES, "choose a folder that you may write to"))
    for code, said in faults[: 1 if name in SLOW and not EVERY else 2]:
        for at in places(name, steps):
            disk.fail(at, code)
            ended, told = job(1)
            reached = disk.count >= at
            disk.fail(0, 0)
            if ended == 0:  # a second name that could not be made is a copy; or no step was left
                assert not reached or code == errno.EACCES, (at, steps)
                put_back(tmp_path, before)
                continue
            assert said in told and "Traceback" not in told, (at, told)
            left = [path for path in everything(tmp_path) if ".writing-" in path or path.startswith(".out.")]
            assert not left, (at, left)
            assert old_or_new(name, everything(tmp_path), before, after if name in PIECEWISE else before), (at, steps)
            put_back(tmp_path, before)
    assert job(1)[0] == 0, "the next run finds everything in order"


@pytest.mark.parametrize(
    ("name", "job"), [(name, name) for name in FUNCTIONS if EVERY or name not in SLOW], indirect=["job"]
)
def test_an_interruption_of_a_function(name, job, tmp_path, monkeypatch):
    """As Ctrl-C does it in a notebook, at each step on the disk: the old files or the new ones, and none half-written."""
    disk = Disk(monkeypatch, tmp_path)
    steps, before, after = start(name, job, tmp_path, disk)
    for at in places(name, steps):
        disk.fail(at, INTERRUPTED)
        with suppress(KeyboardInterrupt):
            job(1)
        disk.fail(0, 0)
        assert old_or_new(name, everything(tmp_path), before, after), (at, steps)
        put_back(tmp_path, before)


def in_another_process(work: Callable[[], None]) -> int:
    """Begin some work in a copy of this process; return its number."""
    number = os.fork()
    if number == 0:
        with suppress(BaseException):
            work()
            os._exit(0)
        os._exit(1)
    return number


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("many", [2, 5] if EVERY else [5])
@pytest.mark.parametrize(
    ("name", "job"), [(name, name) for name in (FUNCTIONS if EVERY else AT_ONCE)], indirect=["job"]
)
def test_several_writers_of_one_output(name, job, many, tmp_path):
    """Two versions are written at once, over and over: what is there at the end is one of them, whole."""
    wanted = []
    for version in (0, 1):
        assert job(version)[0] == 0 or not over_old(name)
        wanted.append({path: content for path, content in everything(tmp_path).items() if path != RECORD})

    def work(number: int) -> None:
        for turn in range(1 if name in SLOW else 4):
            job((number + turn) % 2)

    children = [in_another_process(lambda number=number: work(number)) for number in range(many)]
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    found = {path: content for path, content in everything(tmp_path).items() if path != RECORD}
    assert found in wanted and ends == [0] * many
    assert job(0)[0] == 0 or not over_old(name), "the next run knows the files for its own"


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
