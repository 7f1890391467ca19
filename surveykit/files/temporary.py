"""Files and folders that are there only while something is being written."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

WORK = ".writing-"
"""How the names of files and folders begin that are being filled."""

TEMPORARY: set[str] = set()
"""Files and folders that are being filled now; `remove_temporaries` clears them away when a program ends at once."""


def remove_temporaries() -> None:
    """Delete what is being filled now: for the program's end, when nobody waits for the writers to do so."""
    for name in list(TEMPORARY):
        if os.path.isdir(name):
            shutil.rmtree(name, ignore_errors=True)
        else:
            with suppress(OSError):
                os.unlink(name)


def temporary_name(place: Path) -> Path:
    """Return a name beside a file that no other has."""
    return place.parent / f"{WORK}{secrets.token_hex(8)}{place.suffix}"


@contextmanager
def temporary_file(place: Path) -> Iterator[Path]:
    """Give an empty file beside `place`; it is gone afterwards, unless it was moved away."""
    temporary = temporary_name(place)
    TEMPORARY.add(str(temporary.absolute()))  # before it is there, so that no interruption falls between the two
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
        TEMPORARY.discard(str(temporary.absolute()))


@contextmanager
def temporary_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give an empty folder in `parent`; it is gone afterwards, unless it was moved away."""
    temporary = parent / f"{prefix}{secrets.token_hex(8)}"
    TEMPORARY.add(str(temporary.absolute()))
    try:
        temporary.mkdir()
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        TEMPORARY.discard(str(temporary.absolute()))


def is_temporary(path: Path) -> bool:
    """Return whether a file lies in a folder that is being filled now."""
    return any(str(parent) in TEMPORARY for parent in path.absolute().parents)
