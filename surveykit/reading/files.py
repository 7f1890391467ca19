"""Files at the door: may it be read, what is its hash, and how is one written whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from surveykit.errors import ReadError, WriteError

PathLike = str | os.PathLike[str]


def check_file(path: PathLike) -> Path:
    """Return the path of a file that exists, can be read and is not empty.

    Raises
    ------
    ReadError
        When it does not exist, is a folder, may not be read, or holds nothing.
    """
    found = Path(path)
    try:
        if found.is_dir():
            raise ReadError(f"{str(path)!r} is a folder; give the path of one file in it")
        if not found.exists():
            raise ReadError(f"there is no file {str(path)!r}{_near(found)}")
        with found.open("rb") as stream:
            if not stream.read(1):
                raise ReadError(f"{found.name!r} is empty (0 bytes); ask its sender for the file again")
    except (OSError, ValueError) as error:
        if isinstance(error, ReadError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadError(f"{str(path)!r} cannot be read ({reason}); check the name and the permissions") from error
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


def write_whole(path: PathLike, write: Callable[[Path], None]) -> Path:
    """Let `write` fill a temporary file in the same folder, then put it in place; nothing half-written stays.

    Raises
    ------
    WriteError
        When the folder does not exist, may not be written, or the disk is full.
    """
    target = Path(path)
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".writing-", suffix=target.suffix, dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        write(temporary)
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, target)
    except (OSError, ValueError) as error:
        if isinstance(error, WriteError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise WriteError(f"{str(path)!r} cannot be written ({reason}); choose a folder that exists and may be written "
                         "to") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return target


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_bytes_whole(content: bytes, path: PathLike) -> Path:
    """Write bytes, whole or not at all."""

    def write(temporary: Path) -> None:
        temporary.write_bytes(content)

    return write_whole(path, write)


def write_text_whole(text: str, path: PathLike, encoding: str = "utf-8") -> Path:
    """Write text with Unix line ends, whole or not at all."""
    return write_bytes_whole(text.encode(encoding), path)
