"""Whether there is room to begin, where a shell limits the memory of a program (`ulimit -v`)."""

import functools
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import surveykit as sk

TO_BEGIN, PER_THREAD = 650_000_000, 80_000_000
"""Address space, in bytes, that the libraries take before the first row is read: measured with OpenBLAS 0.3, which
takes a part for each of its threads and, when it does not get it, tries for ever and hears of no signal."""


def with_room(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command that begins only where there is room for the libraries that it stands on, and shows progress."""

    @functools.wraps(command)
    def begin(*given: Any, **options: Any) -> Any:
        check_room()
        with sk.progress(not options.get("quiet")):
            return command(*given, **options)

    return begin


def check_room() -> None:
    """Raise when the address space is limited to less than the libraries need to begin."""
    allowed, needed = address_space(), TO_BEGIN + PER_THREAD * count_threads()
    if allowed is not None and allowed < needed:
        raise sk.SurveyKitError(
            f"out of memory: this shell allows a program {allowed / 1e6:,.0f} MB (ulimit -v), and surveykit needs {needed / 1e6:,.0f} MB to begin, with {count_threads()} threads; raise the limit, or set OPENBLAS_NUM_THREADS=1"
        )


def address_space() -> int | None:
    """Return the limit of a program's address space in bytes; None where there is none."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        allowed = resource.getrlimit(resource.RLIMIT_AS)[0]
        return None if allowed == resource.RLIM_INFINITY else allowed
    return None


def peak_memory() -> int | None:
    """Return the most memory that this program has held, in megabytes; None where the system does not say."""
    with suppress(ImportError):
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(most / (1e6 if sys.platform == "darwin" else 1e3))  # bytes there, kilobytes elsewhere
    return None


def count_threads() -> int:
    """Return how many threads OpenBLAS will begin."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        if os.environ.get(name, "").isdigit():
            return max(1, int(os.environ[name]))
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
