"""A command that is stopped, or whose reader has gone, leaves nothing half-written and says so in a line."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.conftest import ROOT, STUDY


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_interrupted_run_leaves_nothing(tmp_path, number, code):
    process = subprocess.Popen(
        [sys.executable, "-m", "surveykit.cli", "replicate", str(STUDY), "--out", "out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".out.*/tables")) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == code, told
    assert told.strip().splitlines()[-1] == "interrupted; nothing half-written was left"  # behind warnings
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_reader_that_has_gone_is_no_error(tmp_path):
    """As in `surveykit codebook FILE | head -1`."""
    for command in (["codebook", str(STUDY / "data" / "ili_2021.sav")], ["--help"]):
        process = subprocess.Popen(
            [sys.executable, "-m", "surveykit.cli", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
        )
        process.stdout.close()
        told = process.stderr.read()
        process.stderr.close()
        assert process.wait(timeout=60) in (1, 141), told
        assert told == ""
