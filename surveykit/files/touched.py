"""What a command has read and put in place so far."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from surveykit.files.record import RECORD
from surveykit.files.temporary import is_temporary

_READ: ContextVar[dict[tuple[int, int], Path] | None] = ContextVar("files read", default=None)

_STANDING: list[Path] = []
"""Files that were put in place since `keeping_what_is_read` began."""


@contextmanager
def keeping_what_is_read() -> Iterator[None]:
    """Within the block, refuse to write over any file that was read in it, under whatever name it goes.

    Every reader passes through `check_file` or says `note_read`, every writer passes through `write_whole`: so the rule
    holds for a command whatever its options are. A file is known by its place on the disk and not by its name: links,
    relative paths and other spellings are the same file.
    """
    token = _READ.set({})
    _STANDING.clear()
    try:
        yield
    finally:
        _READ.reset(token)


def note_read(path: Path) -> None:
    """Remember that a file was read, when `keeping_what_is_read` holds."""
    known = _READ.get()
    if known is None or is_temporary(path):
        return  # what a run itself wrote into its own temporary folder it may write again
    with suppress(OSError, ValueError):
        found = path.stat()
        known[found.st_dev, found.st_ino] = path


def was_read(path: Path) -> bool:
    """Return whether a file is one that was read since `keeping_what_is_read` began."""
    with suppress(OSError, ValueError):
        found = path.stat()
        return (found.st_dev, found.st_ino) in (_READ.get() or {})
    return False


def note_standing(places: Iterable[Path]) -> None:
    """Remember that files were put in place, unless that was in a temporary folder or is the record of the others."""
    _STANDING.extend(place for place in places if place.name != RECORD and not is_temporary(place))


def files_that_stand() -> list[Path]:
    """Return the files written, whole, since `keeping_what_is_read` began: no interruption takes them back."""
    return list(_STANDING)
