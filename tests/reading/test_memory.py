"""How much memory a file will take, asked before it is taken."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import surveykit as sk
from surveykit.reading import memory
from tests.reading.sav_bytes import sav
from tests.reading.spss_stata.test_spss_cases import NUMBERS
from tests.reading.spss_stata.test_spss_file import write


def test_a_table_larger_than_the_memory_is_refused_before_any_is_taken(tmp_path, monkeypatch):
    path = write(tmp_path, sav(NUMBERS, [(1, 2, 3)] * 100, declared="UTF-8"))
    monkeypatch.setattr(memory, "memory_limit", lambda: 4000)
    with pytest.raises(
        sk.ReadError, match=r"claims 100 rows of 3 columns, which take .* GB of memory.*read_spss_in_chunks"
    ):
        sk.read_spss(path)
    assert sk.read_spss(path, columns=["a"]).frame.shape == (100, 1)
    assert sum(len(piece) for piece in sk.read_spss_in_chunks(path, rows=10)) == 100


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="a limit of address space is tried where one can be set")
@pytest.mark.parametrize("rows", [0, 60])
def test_a_limit_of_address_space_is_an_honest_out_of_memory(tmp_path, rows):
    """`rows` 0: too large by its own claim; else the memory is gone before the file is read."""
    path = write(tmp_path, sav(NUMBERS, [(1.5, 2, 3)] * 400_000, declared="UTF-8"))
    code = """
        import resource, sys, surveykit as sk
        sk.read_spss(sys.argv[1], columns=["a"])
        with open("/proc/self/statm") as stream:
            now = int(stream.read().split()[0]) * resource.getpagesize()
        limit = now + 2_000_000 if int(sys.argv[2]) else 19_000_000
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        try:
            sk.read_spss(sys.argv[1])
        except sk.ReadError as error:
            print(error)
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(path), str(rows)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    words = "there is not enough memory to read" if rows else "claims 400000 rows of 3 columns"
    assert words in run.stdout and "damaged (" not in run.stdout, run.stderr
