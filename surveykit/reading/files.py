"""Files at the door: may it be read, what is its hash, and how is one written whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from surveykit.errors import ArgumentError, ReadError, WriteError

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
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadError(f"{str(path)!r} cannot be read ({reason}); check the name and the permissions") from error
    return found


def _near(path: Path) -> str:
    """Say which file of the same folder may be meant, or that the folder is missing."""
    if not path.parent.exists():
        return f"; the folder {str(path.parent)!r} does not exist either"
    names = sorted(other.name for other in path.parent.iterdir() if other.stem.lower() == path.stem.lower())
    return f"; did you mean {names[0]!r}?" if names else "; check the name and the folder"


FileKind = Literal["sav", "por", "dta", "xlsx", "zip", "sas", "xpt", "parquet", "pdf", "text", "unknown"]

_SIGNATURES: tuple[tuple[int, bytes, FileKind], ...] = (
    (0, b"$FL2", "sav"), (0, b"$FL3", "sav"), (8, b"ENCRYPTEDSAV", "sav"), (0, b"<stata_dta>", "dta"),
    (0, b"PK\x03\x04", "zip"), (0, b"PAR1", "parquet"), (0, b"%PDF", "pdf"), (0, b"\xd0\xcf\x11\xe0", "unknown"),
    (84, b"SAS FILE", "sas"), (0, b"HEADER RECORD*******LIB", "xpt"),
)  # fmt: skip
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
OLD_STATA = (102, 103, 104, 105, 106, 107, 108, 110, 111, 112, 113, 114, 115)

KIND_WORDS: dict[FileKind, str] = {
    "sav": "an SPSS system file", "por": "an SPSS portable file", "dta": "a Stata file", "xlsx": "an Excel workbook",
    "zip": "a zip archive", "sas": "a SAS file",
    "xpt": "a SAS transport file", "parquet": "a Parquet file", "pdf": "a PDF document", "text": "text",
    "unknown": "a file of no kind that surveykit knows",
}  # fmt: skip


def sniff_kind(path: Path) -> FileKind:
    """Return what a file is by its first bytes; its extension is not asked."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    for offset, mark, kind in _SIGNATURES:
        if head[offset:offset + len(mark)] == mark:
            return "xlsx" if kind == "zip" and b"xl/" in head + path.read_bytes()[-4096:] else kind
    if _is_portable(head.replace(b"\r", b"").replace(b"\n", b"")):
        return "por"
    if len(head) > 3 and head[0] in OLD_STATA and head[1] in (1, 2) and head[2] == 1:  # the fourth byte means nothing
        return "dta"
    if head.startswith(_TEXT_MARKS) or b"\0" not in head:
        return "text"
    return "text" if _looks_like_utf16(head) else "unknown"


_PORTABLE = b"ASCII SPSS PORT FILE"
_PORTABLE_HEADS = (_PORTABLE, _PORTABLE.decode("ascii").encode("cp037"))


def _is_portable(head: bytes) -> bool:
    """Say whether bytes without line ends begin an SPSS portable file, also one that is cut inside its header."""
    named = len(head) >= 10 and any(head[:len(mark)] == mark[:len(head)] for mark in _PORTABLE_HEADS)
    return named or head[456:464] == b"SPSSPORT"


def _looks_like_utf16(head: bytes) -> bool:
    if len(head) < 4 or max(head[0::2].count(0), head[1::2].count(0)) <= len(head) / 20:
        return False
    order = "le" if head[1::2].count(0) > head[0::2].count(0) else "be"
    text = head[:len(head) // 4 * 4].decode(f"utf-16-{order}", "replace")
    usual = sum(" " <= mark < "\u0600" or mark in "\t\r\n" or "\u2000" <= mark < "\u2100" for mark in text)
    return usual >= 0.9 * len(text)


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
