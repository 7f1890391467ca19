"""What holds for every command: help, versions, wrong use, tracebacks on request."""

import os
import subprocess
import sys
import time

import pytest

import surveykit as sk
from surveykit.cli.tool import _is_out_of_memory
from tests.cli.conftest import ROOT


def test_version_and_help(run):
    assert run("--version").output == f"surveykit, version {sk.__version__}\n"
    for command in ("inspect", "replicate", "simulate"):
        assert run(command, "--help").exit_code == 0


@pytest.mark.parametrize(
    "arguments", [["--help"], ["weight", "--help"], ["compare", "--help"], ["report", "--help"]], ids=" ".join
)
def test_help_is_quick_and_loads_nothing_heavy(arguments):
    code = (
        f"import sys; sys.argv = ['surveykit', *{arguments}]\nfrom surveykit.cli import main\ntry: main()\n"
        "except SystemExit: pass\nprint([name for name in ('pandas', 'numpy', 'scipy', 'matplotlib') if name in "
        "sys.modules])"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert time.monotonic() - started < 5  # a second on an idle machine


def test_wrong_use_of_the_command_line(run):
    assert run("replicate").exit_code == 2
    assert run("simulate", "--out", "x", "--seed", "-1").exit_code == 2
    assert run("replicate", "x", "--out", "y", "--lang", "fr").exit_code == 2
    assert run("no-such-command").exit_code == 2


def test_debug_shows_the_traceback(run, tmp_path):
    result = run("--debug", "replicate", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr


@pytest.mark.slow
def test_as_a_program_from_another_folder(study, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "surveykit.cli", "replicate", "nowhere", "--out", "out"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and "there is no study 'nowhere'" in done.stderr


def chained(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(("error", "out"), [
    (MemoryError(), True), (OSError(12, "Cannot allocate memory"), True), (ImportError("x.so: failed to map segment from shared object"), True),
    (chained(sk.ReadError("'a.sav' is truncated"), MemoryError()), True), (RuntimeError("can't start new thread"), True),
    (sk.ArgumentError("cannot allocate 3 weights"), False), (OSError(28, "No space left on device"), False), (ValueError("x"), False),
])  # fmt: skip
def test_what_is_a_lack_of_memory(error, out):
    assert _is_out_of_memory(error) is out
