"""The folder of a run: filled beside its place, moved there when it is whole, never over somebody else's files."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from surveykit.errors import WriteError

MARKER = "manifest.json"
"""A folder that holds this file was written by a run of surveykit and may be replaced by another one."""


@contextmanager
def output_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary folder beside `path`; when the block ends well, put it in the place of `path`.

    A block that fails or is interrupted leaves `path` as it was. A second run into the same folder is refused while
    the first one goes on.

    Raises
    ------
    WriteError
        When the folder cannot be written, is in use by another run, is a file, or holds files that no run wrote.
    """
    target = Path(os.path.abspath(path))
    _check_target(target)
    lock = target.parent / f".{target.name}.lock"
    with _locked(lock, target):
        _check_target(target)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            temporary.chmod(0o755)
            yield temporary
            _replace_folder(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _check_target(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise WriteError(f"{str(target)!r} is a file or a link, not a folder; name a folder for the outputs")
    if target.is_dir() and any(target.iterdir()) and not (target / MARKER).is_file():
        raise WriteError(f"the folder {str(target)!r} holds files that no run of surveykit wrote (it has no {MARKER}); "
                         "name a new or an empty folder")


@contextmanager
def _locked(lock: Path, target: Path) -> Iterator[None]:
    try:
        _make_parent(lock.parent)
        _drop_stale(lock)
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError as error:
        raise WriteError(f"another run is writing to {str(target)!r}; wait for it, or, if none is, delete "
                         f"{lock.name!r} beside the folder") from error
    except OSError as error:
        reason = error.strerror or error
        raise WriteError(f"the folder {str(target)!r} cannot be written ({reason}); choose another one") from error
    try:
        os.write(handle, str(os.getpid()).encode())
        os.close(handle)
        yield
    finally:
        lock.unlink(missing_ok=True)


def _make_parent(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(error.errno, "a file is in the way", str(folder)) from error


def _drop_stale(lock: Path) -> None:
    """Delete the lock of a run that was killed."""
    with suppress(OSError, ValueError):
        process = int(lock.read_text())
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            lock.unlink(missing_ok=True)


def _replace_folder(temporary: Path, target: Path) -> None:
    try:
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
            os.replace(target, old / "old")
            os.replace(temporary, target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.replace(temporary, target)
    except OSError as error:
        reason = error.strerror or error
        raise WriteError(f"the outputs cannot be put into {str(target)!r} ({reason}); choose another folder") from error
