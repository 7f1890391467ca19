"""A limit of address space is told as what it is, at once: "out of memory"."""

import os
import subprocess
import sys
import time

import pytest

import surveykit as sk
from surveykit.cli import memory
from tests.cli.conftest import ROOT
from tests.cli.test_comparing import ROLES, small_frame

pytest.importorskip("resource")
LIMITED = "import resource, sys; n = int(sys.argv.pop(1)); resource.setrlimit(resource.RLIMIT_AS, (n, n)); from surveykit.cli import main; main()"


@pytest.mark.parametrize("megabytes", [120, 300, 600, 700])
def test_too_little_to_begin(megabytes, tmp_path):
    """At 600 and 700 MB a library used to spin for minutes, deaf to SIGTERM."""
    small_frame().to_csv(tmp_path / "in.csv", index=False)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(megabytes * 10**6), "report", "in.csv", "trust", *ROLES, "--out", "o.html"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2 and time.monotonic() - started < 20, "two seconds on an idle machine"
    assert done.stderr.startswith(f"surveykit: out of memory: this shell allows a program {megabytes} MB (ulimit -v)")
    assert done.stderr.count("\n") == 1 and sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def test_help_needs_no_room(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(200 * 10**6), "report", "--help"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0 and done.stdout.startswith("Usage:")


def test_threads_are_counted(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    assert memory.count_threads() == 1
    monkeypatch.setattr(memory, "address_space", lambda: 700 * 10**6)
    with pytest.raises(
        sk.SurveyKitError, match=r"700 MB \(ulimit -v\), and surveykit needs 730 MB to begin, with 1 threads"
    ):
        memory.check_room()
    monkeypatch.setattr(memory, "address_space", lambda: 740 * 10**6)
    memory.check_room()
