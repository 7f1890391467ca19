"""How much memory a file will take, asked before it is taken."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from surveykit.errors import ReadError

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

BYTES_PER_CELL = 8
COPIES = 2
"""While columns are decoded, the file's own and the survey's stand side by side."""

WAY_OUT = "read some of its columns (`columns=`), or a .sav in pieces (read_spss_in_chunks), or read it on a computer with more"


def memory_limit() -> int | None:
    """Return the most bytes that this process can ever have, or None where that cannot be told.

    It is the smallest of the computer's memory, the limit of its container (Linux control groups), and the limit of
    address space (``ulimit -v``).
    """
    limits = []
    with suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with suppress(OSError, ValueError):  # no control group, or its limit is the word "max"
        limits.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    if resource is not None:
        space = resource.getrlimit(resource.RLIMIT_AS)[0]
        limits += [] if space == resource.RLIM_INFINITY else [space]
    return min((limit for limit in limits if limit > 0), default=None)


def check_memory(name: str, rows: int, columns: int, texts: int = 0, copies: int = COPIES) -> None:
    """Raise when a table cannot fit into memory, before any of it is taken.

    Parameters
    ----------
    name : str
        The file, for the message.
    rows, columns : int
    texts : int
        Bytes of text in all cells together.
    copies : int
        How many times the table stands in memory at once; 1 where most of its rows are room that stays empty.
    """
    limit, needed = memory_limit(), copies * (BYTES_PER_CELL * rows * columns + texts)
    if limit is not None and needed > limit:
        raise ReadError(
            f"{name!r} claims {rows} rows of {columns} columns, which take {_gigabytes(needed)} of memory; {_gigabytes(limit)} is all there is: {WAY_OUT}; if it cannot be that large, it is damaged"
        )


def _gigabytes(count: int) -> str:
    return f"{count / 2**30:,.1f} GB"


@contextmanager
def memory_told(name: str) -> Iterator[None]:
    """Turn a failed request for memory into one sentence about it."""
    try:
        yield
    except MemoryError as error:
        raise ReadError(f"there is not enough memory to read {name!r}: {WAY_OUT}") from error
