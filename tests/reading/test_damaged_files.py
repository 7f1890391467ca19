"""Damaged files of every kind are read or refused in surveykit's own words, under a limit of memory.

The normal suite tries a few; `.ci/slow` sets SURVEYKIT_DAMAGED_FILES=20000. They run in processes of their own: what
brings a reader written in C down must not take the tests along.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reading import damaged_files

ROOT = Path(__file__).parent.parent.parent
FILES = int(os.environ.get("SURVEYKIT_DAMAGED_FILES", "150"))
BATCH = 1000
MEMORY = 3_000_000_000
"""Bytes of address space: what Python and its libraries reserve is a half of it, and each file here holds a few cells."""


def limit_memory():
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of address space")
@pytest.mark.parametrize("first", range(0, FILES, BATCH))
def test_a_damaged_file_is_read_or_refused(first):
    pytest.importorskip("openpyxl")
    pytest.importorskip("pyarrow")
    command = [sys.executable, "-m", "tests.reading.damaged_files", str(first), str(min(BATCH, FILES - first))]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, preexec_fn=limit_memory
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr[-2000:]


def test_a_number_makes_the_same_damage_again_and_seldom_none():
    content = bytes(range(256)) * 4
    damaged = [damaged_files.damage(content, random.Random(number)) for number in range(100)]
    assert damaged == [damaged_files.damage(content, random.Random(number)) for number in range(100)]
    assert sum(one != content for one in damaged) > 95
