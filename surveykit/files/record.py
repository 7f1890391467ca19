"""What surveykit wrote in a folder: the record by which it knows its own files again, and keeps off all others.

A mark inside each file would not do: a CSV has no room for one, a drawing program keeps it when a figure is edited, and
what a mark adds would change the bytes of every output. The record lies beside the files, in `.surveykit.json`: their
names and the SHA-256 of what was written. It moves with the folder; where it is lost, files are left alone.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from surveykit.errors import ReadError, WriteError
from surveykit.files.json_file import read_json
from surveykit.files.seal import is_sealed_file

try:
    import fcntl

    _locks: ModuleType | None = fcntl
except ImportError:  # two writers at the same moment may then lose a line of the record, which costs a refusal
    _locks = None

RUN_FILE = "manifest.run.json"
"""How long a run took, and on what: beside the manifest, because it is another each time; it is never compared."""

RECORD = ".surveykit.json"
FORMAT = 1
MOST_HASHES = 8
"""Of one file: several writers may have put down what they are about to write, and any of them may be the last."""
PATIENCE = 1.5
"""Seconds to wait for another writer's record. Nobody holds it for longer than a change of names takes."""


@dataclass(frozen=True)
class Entry:
    """What the record says of a file.

    Attributes
    ----------
    owner : str
        Path, from the folder, of the file that this one was written with: a figure for its numbers, itself for most.
    hashes : tuple of str
        SHA-256 of what surveykit wrote there; the last one last. There are several because the record is written
        first: whenever a run is killed, the old file and the new one are both known.
    """

    owner: str
    hashes: tuple[str, ...]


def read_record(folder: Path) -> dict[str, Entry] | None:
    """Return what surveykit wrote in a folder, by name; None when a file of the record's name is somebody else's."""
    path = folder / RECORD
    if not os.path.lexists(path):
        return {}
    try:
        content = read_json(path)
        if content["format"] != FORMAT:
            return None
        return {
            _text(name): Entry(_text(one["owner"]), tuple(_text(digest) for digest in one["sha256"]))
            for name, one in content["files"].items()
        }
    except (ReadError, LookupError, TypeError, AttributeError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def format_record(entries: Mapping[str, Entry]) -> str:
    """Return a record as JSON; names that are not UTF-8 are escaped."""
    files = {name: {"owner": one.owner, "sha256": list(one.hashes)} for name, one in sorted(entries.items())}
    about = "Files that surveykit wrote here. It replaces no others, and these only when nobody changed them since."
    return json.dumps({"about": about, "format": FORMAT, "files": files}, indent=1) + "\n"


def check_replaceable(place: Path, entry: Entry | None, owner: str, old: str | None) -> None:
    """Raise when a file would be lost that surveykit did not write, that was changed since, or that belongs to another.

    Parameters
    ----------
    place : Path
    entry : Entry or None
        What the record says of it.
    owner : str
        The file with which the new content is written.
    old : str or None
        SHA-256 of what lies there.

    Raises
    ------
    WriteError
        The one rule of all writers.
    """
    if entry is not None and old in entry.hashes:
        if entry.owner == owner or not (place.parent / entry.owner).exists():
            return
        whose = (
            "is an output of its own"
            if entry.owner == place.name
            else f"belongs to {Path(entry.owner).name!r} beside it"
        )
        raise WriteError(
            f"'{place}' {whose}, and what it says would be lost; give the output another name, or delete that file first"
        )
    if is_sealed_file(place, "" if owner == place.name else owner):
        return
    raise WriteError(
        f"'{place}' is there already, and surveykit did not write it or it was changed since: it would be lost; give the output another name, or move that file away first"
    )


def add_entries(entries: dict[str, Entry], folder: Path, written: Sequence[tuple[Path, str, str, bool]]) -> bool:
    """Put files, each with its owner, its SHA-256 and whether it is there already as somebody else's, into the record.

    A file that somebody else made and that has the very same bytes stays theirs.

    Returns
    -------
    bool
        Whether the record says anything new.
    """
    before = dict(entries)
    for place, owner, digest, foreign in written:
        if foreign:
            continue
        known = entries[place.name].hashes if place.name in entries else ()
        if known[-1:] != (digest,):
            kept = [one for one in known if one != digest][-(MOST_HASHES - 1) :]
            entries[place.name] = Entry(owner, (*kept, digest))
    here = {place.name for place, *_ in written}
    for name in [name for name in entries if name not in here and not os.path.lexists(folder / name)]:
        del entries[name]
    return entries != before


@contextmanager
def held_record(folder: Path) -> Iterator[None]:
    """Let nobody else change the record of a folder meanwhile; where the system has no such lock, go on without."""
    if _locks is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                _locks.flock(handle, _locks.LOCK_EX | _locks.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    break
                time.sleep(0.01)
            except OSError:  # a disk of the network, say
                break
            else:
                break
        yield
    finally:
        with suppress(OSError):
            os.close(handle)
