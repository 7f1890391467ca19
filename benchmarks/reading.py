"""How much read_spss adds to pyreadstat itself: paired rounds in one process, the ratio of each pair.

    python benchmarks/reading.py FILE.sav [ROUNDS]

FILE is a .sav of 100,000 rows and about 30 columns with declared missing codes. The aim: a median ratio of at most
1.20.
"""

import statistics
import sys
import time
from collections.abc import Callable

import pyreadstat

import surveykit as sk


def clock(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(path: str, rounds: int = 9) -> None:
    pairs = []
    for number in range(rounds):
        works = [lambda: pyreadstat.read_sav(path, user_missing=True), lambda: sk.read_spss(path)]
        order = (0, 1) if number % 2 == 0 else (1, 0)  # the second of a pair finds the file in the cache
        seconds = {index: clock(works[index]) for index in order}
        pairs.append((seconds[0], seconds[1]))
    ratios = [pair[1] / pair[0] for pair in pairs]
    theirs, ours = (statistics.median(pair[index] for pair in pairs) for index in (0, 1))
    print(f"pyreadstat {theirs:.3f} s, read_spss {ours:.3f} s (medians)")
    print(f"ratio: median {statistics.median(ratios):.3f}, {min(ratios):.3f} to {max(ratios):.3f}, {rounds} pairs")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 9)
