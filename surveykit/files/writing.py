"""Files that are written: whole or not at all, together or not at all, and never over what was read."""

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from surveykit.errors import WriteError
from surveykit.files.reading import PathLike, hash_file
from surveykit.files.record import RECORD, add_entries, check_replaceable, format_record, held_record, read_record
from surveykit.files.refusals import reason, refusal_of_the_system, way_out
from surveykit.files.swap import Swap
from surveykit.files.temporary import WORK, is_temporary, temporary_file, temporary_folder
from surveykit.files.touched import was_read


def write_whole(path: PathLike, write: Callable[[Path], None], *, answers: Iterable[str | None] = ()) -> Path:
    """Let `write` fill a temporary file in the same folder, then put it in place; nothing half-written stays.

    Whoever reads `path` meanwhile sees the old file or the new one, never half of either, and two writers do not mix. A
    symbolic link stays one: what it points to is written. A file that was there keeps its permissions.

    Parameters
    ----------
    path : path
    write : callable
        Takes the path of the temporary file and fills it.
    answers : iterable of str or None
        SHA-256 of the data and codebooks that the output rests on. A file of these bytes is written over by nothing
        but the same bytes, whatever it is called.

    Raises
    ------
    WriteError
        When the folder does not exist, may not be written, or the disk is full; when the file is a folder or a device,
        was read for this output (see `keeping_what_is_read`), or is one that surveykit did not write, or that was
        changed since.
    """
    return write_together({path: write}, answers=answers)[0]


def write_together(
    files: Mapping[PathLike, Callable[[Path], None]], *, answers: Iterable[str | None] = ()
) -> list[Path]:
    """Write files that belong together, all of them or none: `write_whole` for several; the last one owns the others.

    A file that is there is replaced only when surveykit wrote it, for the same owner, and nobody changed it since; or
    by the very same bytes. This is the one rule of all writers, and `record` is how it is known. What a run writes into
    its own temporary folder is not recorded: the manifest of the run says it.
    """
    targets = [check_target(path) for path in files]
    known = {digest for digest in answers if digest}
    at: PathLike = targets[0]
    _check_apart(targets)
    try:
        with ExitStack() as stack, Swap() as swap:
            ready = []
            for at, write in files.items():
                place = Path(os.path.realpath(at))
                temporary = stack.enter_context(temporary_file(place))
                write(temporary)
                _check_answers(place, temporary, known, at)
                with temporary.open("rb") as stream:
                    os.fsync(stream.fileno())
                temporary.chmod(_mode(place))
                ready.append((temporary, place))
            if not is_temporary(targets[-1]):
                ready = [*_recorded(ready, stack), *ready]
            for temporary, place in ready:
                swap.replace(temporary, place, alone=len(ready) == 1)
    except (OSError, ValueError) as error:
        cause = refusal_of_the_system(error) if isinstance(error, OSError) else error
        if cause is None:
            raise
        raise WriteError(f"{str(at)!r} cannot be written ({reason(cause)}); {way_out(cause)}") from error
    return targets


def _check_apart(targets: Sequence[Path]) -> None:
    """Raise when two of the files are one under two spellings, so that one would be lost."""
    places = [os.path.normcase(os.path.realpath(target)) for target in targets]
    for target, place in zip(targets, places):
        if places.count(place) > 1 or any(other is not target and _is_same(other, target) for other in targets):
            raise WriteError(
                f"'{target}' is named for two files that belong together, of which one would be lost; give each its own name"
            )


def _is_same(one: Path, other: Path) -> bool:
    with suppress(OSError):  # one of them is not there yet
        return one.samefile(other)
    return False


def _recorded(ready: Sequence[tuple[Path, Path]], stack: ExitStack) -> list[tuple[Path, Path]]:
    """Hold files against the records of their folders; return the new records, to be put in place before them.

    Raises
    ------
    WriteError
        When a file would be lost.
    """
    records = []
    main = ready[-1][1]
    for folder in dict.fromkeys(place.parent for _, place in ready):
        stack.enter_context(held_record(folder))
        found = read_record(folder)
        entries = found or {}
        written = []
        for temporary, place in ready:
            if place.parent != folder:
                continue
            owner = place.name if place == main else Path(os.path.relpath(main, folder)).as_posix()
            new, old = hash_file(temporary), hash_file(place) if place.exists() else None
            entry = entries.get(place.name)
            if old is not None and old != new:
                check_replaceable(place, entry, owner, old)
            written.append(
                (place, owner, new, old == new and (entry is None or entry.owner != owner or old not in entry.hashes))
            )
        if add_entries(entries, folder, written) and found is not None:
            temporary = stack.enter_context(temporary_file(folder / RECORD))
            temporary.write_text(format_record(entries), encoding="utf-8")
            temporary.chmod(_mode(folder / RECORD))
            records.append((temporary, folder / RECORD))
    return records


def write_text_whole(text: str, path: PathLike, encoding: str = "utf-8", *, answers: Iterable[str | None] = ()) -> Path:
    """Write text with Unix line ends, whole or not at all; `answers` as in `write_whole`."""
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError as error:  # to UTF-8, where every whole character has a place
        raise WriteError(
            f"{str(path)!r} cannot be written: a text holds {error.object[error.start]!r}, which is half of a character; it was cut in two before, correct it first"
        ) from error
    return write_bytes_whole(content, path, answers=answers)


def write_bytes_whole(content: bytes, path: PathLike, *, answers: Iterable[str | None] = ()) -> Path:
    """Write bytes, whole or not at all; `answers` as in `write_whole`."""
    return write_whole(path, partial(_fill, content=content), answers=answers)


def write_bytes_together(files: Mapping[Path, bytes], *, answers: Iterable[str | None] = ()) -> list[Path]:
    """Write files of known content, all of them or none: a page and its figures, a figure and its numbers."""
    return write_together({path: partial(_fill, content=content) for path, content in files.items()}, answers=answers)


def _fill(path: Path, content: bytes) -> None:
    path.write_bytes(content)


@contextmanager
def filled_folder(folder: Path, fill: Callable[[Path], list[str]]) -> Iterator[list[Path]]:
    """Fill a temporary folder, then put its files into `folder`: all of them or none.

    The block gets the paths that the files will have, and raises when they may not be written there; it is entered
    when they are ready.

    Raises
    ------
    WriteError
        When the folder cannot be made or written.
    """
    made = Swap()
    try:
        with made:
            made.make_folder(folder)
            with temporary_folder(folder, WORK) as work:
                names = fill(work)
                yield [folder / name for name in names]
                for name in names:
                    made.replace(work / name, folder / name)
    except OSError as error:
        cause = refusal_of_the_system(error)
        if cause is None:
            raise
        raise WriteError(
            f"the folder {str(folder)!r} cannot be made or written ({reason(cause)}); {way_out(cause)}"
        ) from error


def check_target(path: PathLike, suffixes: tuple[str, ...] = ()) -> Path:
    """Return the path of a file to be written.

    Raises
    ------
    WriteError
        When its folder does not exist, it is a folder or a device itself, its ending is none of `suffixes`, or it was
        read (see `keeping_what_is_read`).
    """
    target = Path(path)
    if suffixes and target.suffix.lower() not in suffixes:
        raise WriteError(f"the file's name must end in one of {', '.join(suffixes)}, but '{target.name}' was given")
    if "\0" in str(target):
        raise WriteError(
            f"a file cannot have the name {target.name!r}, which holds a null character; choose another one"
        )
    try:
        folder, parent = target.is_dir(), target.parent.is_dir()
        device = target.exists() and not target.is_file()
    except OSError as error:  # a name that is too long
        raise WriteError(
            f"a file cannot have the name '{target.name[:40]}...' ({error.strerror}); choose another one"
        ) from error
    if folder:
        raise WriteError(f"'{target}' is a folder; name a file in it")
    if device:
        raise WriteError(f"'{target}' is a device or a pipe, which cannot be replaced by a file; name a file")
    if not parent:
        raise WriteError(
            f"'{target}' cannot be written: the folder '{target.parent}' does not exist; make it first, or choose a folder that exists"
        )
    if was_read(target):
        raise WriteError(f"'{target}' is read by this command and is never written over; give --out another name")
    return target


def safe_name(name: str) -> str:
    """Return a file name without folders: a report named after a label must not climb out of its folder.

    Examples
    --------
    >>> safe_name("../../etc/trust in akim")
    'etc_trust_in_akim'
    """
    kept = "".join(character if character.isalnum() or character in "-." else "_" for character in str(name))
    return "_".join(part for part in kept.replace("..", "_").split("_") if part).strip(".-_") or "unnamed"


def check_disk(folder: Path) -> None:
    """Raise the system's own error when there is no room left on the disk of a folder."""
    if shutil.disk_usage(folder).free < 65_536:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def _check_answers(place: Path, temporary: Path, known: set[str], path: PathLike) -> None:
    """Raise when other bytes would take the place of the data themselves."""
    if known and place.is_file() and (old := hash_file(place)) in known and hash_file(temporary) != old:
        raise WriteError(
            f"{str(path)!r} holds the answers that this output rests on, or their codebook, and is never written over; give the output another name"
        )


def _mode(place: Path) -> int:
    """Return the permissions of the file that is replaced, or those of a new file: what was private stays private."""
    with suppress(OSError):
        return stat.S_IMODE(place.stat().st_mode)
    return 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
