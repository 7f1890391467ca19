"""Damaged files by the thousand: a reader may refuse them, but never crash, hang or raise anything of its own.

    python benchmarks/fuzz_readers.py FOLDER [--files 20000] [--seed 1]

Every file below FOLDER (of at most 64 KiB) is flipped, cut, spliced and padded; each damaged copy goes through
read_survey in a worker process. A SurveyKitError is right, and so is a Survey whose answers add up; all else is printed
with the bytes' place, and the exit code is 1. A cut .sav that tells its number of rows must not come back with fewer.
"""

import argparse
import collections
import multiprocessing
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

import surveykit as sk

LARGEST = 65536
SECONDS = 20
MEMORY = 6 * 2**30


def damage(content: bytes, others: list[bytes], rng: np.random.Generator) -> tuple[str, bytes]:
    """Return what was done, and the damaged bytes."""
    data = bytearray(content)
    way = rng.choice(["flip", "flip", "byte", "byte", "cut", "splice", "insert", "delete", "number"])
    place = int(rng.integers(0, len(data)))
    if rng.random() < 0.5:
        place = int(rng.integers(0, min(len(data), 600)))  # headers are where a reader decides
    if way == "flip":
        for _ in range(int(rng.integers(1, 9))):
            data[int(rng.integers(0, len(data)))] ^= 1 << int(rng.integers(0, 8))
    elif way == "byte":
        data[place : place + 1] = bytes([int(rng.integers(0, 256))])
    elif way == "cut":
        del data[place:]
    elif way == "splice":
        other = others[int(rng.integers(0, len(others)))]
        data[place:] = other[int(rng.integers(0, len(other))) :]
    elif way == "insert":
        data[place:place] = rng.bytes(int(rng.integers(1, 40)))
    elif way == "delete":
        del data[place : place + int(rng.integers(1, 40))]
    else:
        data[place : place + 4] = int(rng.choice([0, -1, 2**31 - 1, -(2**31), 10**6])).to_bytes(
            4, "little", signed=True
        )
    return str(way), bytes(data)


def check(survey: sk.Survey) -> None:
    """Raise when valid answers, reasons and empty cells do not add up to the rows."""
    for name in survey.frame.columns:
        counts = survey.count_missing(name)
        assert counts["empty"] >= 0, name
        assert int(counts.sum()) + int(survey.frame[name].notna().sum()) == len(survey), name


def work(pipe: Connection) -> None:
    """Read the files whose paths come through the pipe, and answer with what happened."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    while (path := pipe.recv()) is not None:
        try:
            survey = sk.read_survey(path)
            check(survey)
            pipe.send(("read", ""))
        except sk.SurveyKitError as error:
            pipe.send(("refused" if "\n" not in str(error) else "two lines", type(error).__name__))
        except BaseException:
            pipe.send(("RAISED", traceback.format_exc()))


class Worker:
    """A process that may die or hang without taking the run along."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def read(self, path: Path) -> tuple[str, str]:
        self.pipe.send(str(path))
        try:
            if self.pipe.poll(SECONDS):
                return self.pipe.recv()
            outcome = ("HUNG", f"more than {SECONDS} s")
        except (EOFError, ConnectionResetError):
            self.process.join(5)
            code = self.process.exitcode or 0
            outcome = ("CRASHED", signal.Signals(-code).name if code < 0 else str(code))
        self.process.kill()
        self.process.join()
        self.start()
        return outcome


def main() -> int:
    """Run the fuzzer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the files that failed")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    files = [path for path in sorted(options.folder.rglob("*")) if path.is_file()]
    paths = [path for path in files if 0 < path.stat().st_size <= LARGEST]
    contents = [path.read_bytes() for path in paths]
    counts: collections.Counter[str] = collections.Counter()
    bad: collections.Counter[str] = collections.Counter()
    worker = Worker()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.files):
            index = int(rng.integers(0, len(paths)))
            way, content = damage(contents[index], contents, rng)
            path = Path(folder) / f"f{paths[index].suffix}"
            path.write_bytes(content)
            outcome, why = worker.read(path)
            counts[outcome] += 1
            if outcome not in ("read", "refused"):
                last = why.strip().splitlines()[-1]
                bad[f"{outcome}: {last[:160]}"] += 1
                print(f"{number} {paths[index].name} {way}: {outcome} {last[:200]}", flush=True)
                if options.keep and bad[f"{outcome}: {last[:160]}"] <= 3:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / f"{number}{paths[index].suffix}").write_bytes(content)
                    (options.keep / f"{number}.txt").write_text(why)
    print(dict(counts))
    for line, count in bad.most_common():
        print(count, line)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
