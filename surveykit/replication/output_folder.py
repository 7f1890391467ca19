"""The folder of a run: filled beside its place, put there file by file, never over a file that no run wrote."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from surveykit._checks import some, warn
from surveykit.errors import ReadError, WriteError
from surveykit.files.reading import PathLike, hash_file
from surveykit.files.record import RECORD, RUN_FILE
from surveykit.files.refusals import reason, refusal_of_the_system, way_out
from surveykit.files.swap import Swap
from surveykit.files.temporary import temporary_file, temporary_folder
from surveykit.files.touched import was_read
from surveykit.replication.manifest import read_manifest

try:
    import fcntl

    _locks: ModuleType | None = fcntl
except ImportError:  # where there is no fcntl, a lock file that is there is the lock
    _locks = None

MARKER = "manifest.json"
"""The record of a run: which files it wrote, and their SHA-256. Only these may be replaced, and only unchanged."""

LEFT_BY_THE_SYSTEM = (".DS_Store", "Thumbs.db", "desktop.ini", ".directory", RECORD, RUN_FILE)
"""Files that a desktop puts into every folder that somebody looks into, the record of the writers of single files, and
that of the run; they are neither read, replaced nor refused."""


@contextmanager
def output_folder(path: PathLike, inputs: Iterable[PathLike] = ()) -> Iterator[Path]:
    """Give a temporary folder beside `path`; when the block ends well, put its files into `path`.

    A new folder appears whole. In a folder that an earlier run wrote, each file is swapped for its successor, and a
    file that the new run does not write any more is removed, if the manifest says what made it.
    The manifest is swapped last. Only files go that the
    manifest there lists and that are what it says; nothing else is ever deleted or written over. When the block or the
    swap fails or is interrupted, `path` is as it was. A second run into the same folder is refused while the first one
    goes on.

    Parameters
    ----------
    path : path
    inputs : iterable of path
        Files that the run reads; a folder that holds one of them is refused.

    Raises
    ------
    WriteError
        When the folder cannot be written, is in use by another run, is a file, holds an input or files that no run
        wrote, or holds outputs that were changed after the run that wrote them.
    """
    target = Path(os.path.abspath(path))
    reads = [Path(one) for one in inputs]
    replaceable_files(target, reads)
    with _locked(target):
        try:
            with temporary_folder(_workplace(target), f".{target.name}.") as work:
                yield work
                _put_in_place(work, target, replaceable_files(target, reads))  # looked at again: a run takes its time
        except OSError as error:
            cause = refusal_of_the_system(error)
            if cause is None:
                raise
            raise WriteError(
                f"the outputs cannot be put into {str(target)!r} ({reason(cause)}); {way_out(cause)}"
            ) from error


def replaceable_files(target: Path, inputs: Iterable[Path] = ()) -> set[str]:
    """Return the files of a folder that a new run may replace, by their path in it; raise when it holds anything else.

    Raises
    ------
    WriteError
        When the folder is none, or holds what would be lost; the message names the files.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise WriteError(f"{str(target)!r} is a file or a link, not a folder; name a folder for the outputs")
    if not target.is_dir():
        return set()
    read = _inside(target, inputs)
    if read:
        raise WriteError(
            f"the folder {str(target)!r} holds files that this run reads ({some(read, 4)}), and a run never writes where it reads; name another folder"
        )
    written = read_record(target)
    found, foreign, changed = set(), [], []
    for name in _walk(target):
        digest = written.get(name)
        if digest is None:
            foreign.append(name)
        elif _has_hash(target / name, digest):
            found.add(name)
        else:
            changed.append(name)
        if len(foreign) + len(changed) > MOST_NAMED:
            break
    for names, what in (
        (foreign, "that no run of surveykit wrote"),
        (changed, "that were changed after the run that wrote them"),
    ):
        if names:
            raise WriteError(
                f"the folder {str(target)!r} holds files {what} ({_named(names)}); they would be lost: move them elsewhere, or name a new or an empty folder"
            )
    return found


def _has_hash(path: Path, digest: str) -> bool:
    try:
        return path.is_file() and hash_file(path) == digest
    except OSError:  # it cannot be read, so it cannot be told to be what the run wrote
        return False


MOST_NAMED = 4
"""How many files a refusal names."""


def _named(names: list[str]) -> str:
    more = " and others" if len(names) > MOST_NAMED else ""
    return ", ".join(map(repr, names[:MOST_NAMED])) + more


def read_record(folder: Path) -> Mapping[str, str]:
    """Return the SHA-256 of the files that a run left in a folder, itself included; none where no run was.

    A manifest that is not letter by letter what a run writes was changed by somebody, or is not surveykit's.
    """
    with suppress(ReadError, OSError, ValueError):
        path = folder / MARKER
        manifest = read_manifest(path)
        if path.read_text(encoding="utf-8") == manifest.to_json():
            return {**manifest.outputs, MARKER: hash_file(path)}
    return {}


def is_from_the_system(name: str) -> bool:
    """Return whether a file is one that a desktop leaves in folders."""
    last = name.rpartition("/")[2]
    return last in LEFT_BY_THE_SYSTEM or last.startswith("._")


def _walk(folder: Path) -> Iterator[str]:
    """Give the files below a folder by their path in it; a link to a folder counts as a file, and is not followed."""

    def refuse(error: OSError) -> None:
        raise WriteError(f"the folder {str(folder)!r} cannot be looked through ({reason(error)}); name another one")

    for place, folders, files in os.walk(folder, onerror=refuse):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*files, *links]):
            inside = (Path(place) / name).relative_to(folder).as_posix()
            if not is_from_the_system(inside) and inside != _lock_name(folder):
                yield inside
        folders[:] = sorted(name for name in folders if not (Path(place) == folder and _is_work(name, folder)))


def _inside(target: Path, inputs: Iterable[Path]) -> list[str]:
    """Return the inputs that lie in a folder, under whatever name."""
    place = target.resolve()
    return [str(path) for path in inputs if path.resolve().is_relative_to(place)]


def _workplace(target: Path) -> Path:
    """Return the folder in which the run works: the parent, or the folder itself where the parent is closed.

    Files are moved from there by a change of name, which needs the same disk: not the parent of a mounted folder.
    """
    if not target.is_dir():
        return target.parent
    same_disk = target.stat().st_dev == target.parent.stat().st_dev
    return target.parent if same_disk and os.access(target.parent, os.W_OK | os.X_OK) else target


def _lock_name(target: Path) -> str:
    return f".{target.name}.lock"


def _is_work(name: str, target: Path) -> bool:
    """Return whether a folder in the target is the one in which this run works."""
    return name.startswith(f".{target.name}.") and _workplace(target) == target


LOCK_WORDS = b"surveykit holds this folder for one run\n"
"""What a lock file says: one that says anything else is somebody's, and neither taken nor deleted."""


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Hold the folder for one run; the system lets go of it when the run is killed."""
    busy = f"another run is writing to {str(target)!r}; wait for it"
    lock = _workplace(target) / _lock_name(target)
    foreign = f"{str(lock)!r} would lock the folder for this run, but is none of surveykit's; move it away, or name another folder"
    try:
        _make_parent(target.parent)
        handle = _make_lock(lock)
        if handle is None:
            handle = _take_lock(lock, busy, foreign)
    except OSError as error:
        if isinstance(error, WriteError):
            raise
        raise WriteError(f"the folder {str(target)!r} cannot be written ({reason(error)}); {way_out(error)}") from error
    try:
        yield
    finally:
        if _locks is None:
            os.close(handle)
            lock.unlink(missing_ok=True)
        else:  # while it is held: who opened it before finds another file or none
            lock.unlink(missing_ok=True)
            os.close(handle)


def _make_lock(lock: Path) -> int | None:
    """Return the open file of a new lock, held from its first moment; None when a file of its name is there."""
    with temporary_file(lock) as made:
        made.write_bytes(LOCK_WORDS)
        handle = os.open(made, os.O_RDWR)
        try:
            if _locks is not None:
                _locks.flock(handle, _locks.LOCK_EX | _locks.LOCK_NB)
            try:
                os.link(made, lock)
            except FileExistsError:
                raise
            except OSError:  # a disk without second names
                if os.path.lexists(lock):
                    raise FileExistsError from None
                os.rename(made, lock)
        except FileExistsError:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
    return handle


def _take_lock(lock: Path, busy: str, foreign: str) -> int:
    """Return the open file of a lock that a run left behind when it was killed; raise when it is held, or no lock."""
    try:
        # a pipe of this name would keep the run waiting for whoever writes into it
        handle = os.open(lock, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise WriteError(busy if isinstance(error, FileNotFoundError) else foreign) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode) or os.read(handle, len(LOCK_WORDS) + 1) != LOCK_WORDS:
            raise WriteError(foreign)
        if _locks is None:
            raise WriteError(f"{busy}, or, if none is, delete {lock.name!r} beside the folder")
        try:
            _locks.flock(handle, _locks.LOCK_EX | _locks.LOCK_NB)
            same = os.path.samestat(os.fstat(handle), os.stat(lock, follow_symlinks=False))
        except OSError as error:
            raise WriteError(busy) from error
        if not same:
            raise WriteError(busy)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _make_parent(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(error.errno, "a file is in the way", str(folder)) from error


def _put_in_place(work: Path, target: Path, old: set[str]) -> None:
    if not target.exists():
        os.rename(work, target)
        return
    new = sorted(
        (path.relative_to(work).as_posix() for path in work.rglob("*") if path.is_file()),
        key=lambda name: (name == MARKER, name),
    )  # the manifest is swapped last
    for name in new:
        if was_read(target / name) or (name not in old and os.path.lexists(target / name)):
            raise WriteError(
                f"'{target / name}' is read by this run, or came into the folder while it went on, and would be lost; name another folder"
            )
    gone = sorted(old - set(new))
    made = {str(Path(one.file).with_suffix("")) for one in read_manifest(target / MARKER).made} if gone else set()
    strange = [name for name in gone if name != MARKER and str(Path(name).with_suffix("")) not in made]
    if strange:  # a manifest may be forged, or list what somebody put there: nothing goes that no step accounts for
        gone = [name for name in gone if name not in strange]
        warn(
            f"the folder {str(target)!r} holds {_named(strange)}, which this run does not write and of which the manifest there does not say what made it; it was left where it is: move it elsewhere before the next run"
        )
    with Swap() as swap:
        for name in gone:
            swap.remove(target / name)
        for name in new:
            swap.replace(work / name, target / name)
    for name in gone:
        for folder in list(Path(name).parents)[:-1]:
            with suppress(OSError):  # not empty
                (target / folder).rmdir()
