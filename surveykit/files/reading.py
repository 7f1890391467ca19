"""Files that are read: may this one be, and what is its hash."""

import hashlib
import os
from pathlib import Path

from surveykit.errors import ArgumentError, ReadError
from surveykit.files.refusals import reason
from surveykit.files.touched import note_read

PathLike = str | os.PathLike[str]


def check_file(path: PathLike) -> Path:
    """Return the path of a file that exists, can be read and is not empty.

    Raises
    ------
    ReadError
        When it does not exist, is a folder or a device, may not be read, or holds nothing.
    ArgumentError
        When it is no path at all.
    """
    if not isinstance(path, str | os.PathLike):
        raise ArgumentError(f"`path` must be the path of a file, but {path!r} was given")
    found = Path(path)
    try:
        if found.is_dir():
            raise ReadError(f"{str(path)!r} is a folder; give the path of one file in it")
        if not found.exists():
            raise ReadError(f"there is no file {str(path)!r}{_near(found)}")
        if not found.is_file():
            raise ReadError(f"{str(path)!r} is a device or a pipe; copy its content into a file first")
        with found.open("rb") as stream:
            if not stream.read(1):
                raise ReadError(f"{found.name!r} is empty (0 bytes); ask its sender for the file again")
    except (OSError, ValueError) as error:
        if isinstance(error, ReadError):
            raise
        why = reason(error)
        raise ReadError(f"{str(path)!r} cannot be read ({why}); check the name and the permissions") from error
    note_read(found)
    return found


def _near(path: Path) -> str:
    """Say which file of the same folder may be meant, or that the folder is missing."""
    if not path.parent.exists():
        return f"; the folder {str(path.parent)!r} does not exist either"
    names = sorted(other.name for other in path.parent.iterdir() if other.stem.lower() == path.stem.lower())
    return f"; did you mean {names[0]!r}?" if names else "; check the name and the folder"


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
