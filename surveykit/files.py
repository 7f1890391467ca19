"""Files at the door: may it be read, what is its hash, and how is one written whole or not at all."""

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Literal, Self

from surveykit.errors import ArgumentError, ReadError, SurveyKitError, WriteError

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


FileKind = Literal[
    "sav",
    "por",
    "dta",
    "xlsx",
    "zip",
    "sas",
    "xpt",
    "parquet",
    "feather",
    "pdf",
    "text",
    "unknown",
    "docx",
    "ods",
    "xls",
    "rtf",
    "lss",
    "qsf",
    "json",
    "html",
    "xml",
    "sps",
]

_SIGNATURES: tuple[tuple[int, bytes, FileKind], ...] = (
    (0, b"$FL2", "sav"), (0, b"$FL3", "sav"), (8, b"ENCRYPTEDSAV", "sav"), (0, b"<stata_dta>", "dta"),
    (0, b"PK\x03\x04", "zip"), (0, b"PAR1", "parquet"), (0, b"ARROW1", "feather"), (0, b"FEA1", "feather"), (0, b"%PDF", "pdf"), (0, b"\xd0\xcf\x11\xe0", "xls"),
    (0, b"{\\rtf", "rtf"), (84, b"SAS FILE", "sas"), (0, b"HEADER RECORD*******LIB", "xpt"),
)  # fmt: skip
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
OLD_STATA = (102, 103, 104, 105, 106, 107, 108, 110, 111, 112, 113, 114, 115)

KIND_WORDS: dict[FileKind, str] = {
    "sav": "an SPSS system file", "por": "an SPSS portable file", "dta": "a Stata file", "xlsx": "an Excel workbook",
    "zip": "a zip archive", "sas": "a SAS file", "xpt": "a SAS transport file", "parquet": "a Parquet file",
    "feather": "a Feather file",
    "pdf": "a PDF document", "text": "text",
    "unknown": "a file of no kind that surveykit knows", "docx": "a Word document", "ods": "an OpenDocument file",
    "xls": "an old Excel or Word file (.xls, .doc)", "rtf": "a rich text document",
    "lss": "a LimeSurvey questionnaire (.lss), which holds questions and no answers",
    "qsf": "a Qualtrics questionnaire (.qsf), which holds questions and no answers",
    "json": "a JSON file", "html": "a web page (HTML)", "xml": "an XML file",
    "sps": "SPSS syntax (.sps), which describes data and holds none",
}  # fmt: skip
WAYS_OUT: dict[FileKind, str] = {
    "xlsx": "read_excel() reads it", "ods": "save the sheet as CSV (UTF-8)",
    "xls": "open it in a spreadsheet and save the sheet as CSV (UTF-8)",
    "html": "open it in a spreadsheet and save the table as CSV (UTF-8); exports named .xls are often web pages",
    "lss": "export the responses (Responses, Export) as CSV, and give this file as `codebook=`",
    "qsf": "export the responses (Data & Analysis, Export) as CSV, and give this file as `codebook=`",
    "json": "export the answers as CSV",
    "xml": "read the answers (CSV, .sav, .dta), and give a DDI-Codebook as `codebook=`",
    "sps": "read the data file that it names, and give this file as `codebook=`",
}  # fmt: skip
"""What to do with a file of each kind that is not read; for the others, export the data."""


def sniff_kind(path: Path) -> FileKind:
    """Return what a file is by its first bytes; its extension is not asked."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    for offset, mark, kind in _SIGNATURES:
        if head[offset : offset + len(mark)] == mark:
            return _sniff_zip(path, head) if kind == "zip" else kind
    if _is_portable(head.replace(b"\r", b"").replace(b"\n", b"")):
        return "por"
    if len(head) > 3 and head[0] in OLD_STATA and head[1] in (1, 2) and head[2] == 1:  # the fourth byte means nothing
        return "dta"
    if head.startswith(_TEXT_MARKS) or b"\0" not in head:
        return _sniff_text(head, path)
    return _sniff_text(head, path) if _looks_like_utf16(head) else "unknown"


def _sniff_zip(path: Path, head: bytes) -> FileKind:
    with path.open("rb") as stream:
        stream.seek(-min(4096, path.stat().st_size), os.SEEK_END)
        names = head + stream.read()
    if b"mimetypeapplication/vnd.oasis.opendocument" in head:
        return "ods"
    return "xlsx" if b"xl/" in names else "docx" if b"word/" in names else "zip"


_MARKUP: tuple[tuple[re.Pattern[bytes], FileKind], ...] = (
    (re.compile(rb"<\?xml[^>]*>.{0,400}<LimeSurveyDocType>", re.DOTALL), "lss"),
    (re.compile(rb"\s*<(?:!doctype html|html|table|head|meta)\b|<\?xml[^>]*>\s*(?:<!DOCTYPE html[^>]*>\s*)?<html\b",
                re.IGNORECASE), "html"),
    (re.compile(rb"\s*<\?xml\b|\s*<[A-Za-z][\w:.-]*(?:\s[\w:.-]+=\"[^\"]*\"\s*)*/?>"), "xml"),
    (re.compile(rb"\s*\{\s*\"SurveyEntry\"\s*:"), "qsf"),
    (re.compile(rb"\s*(?:\{\s*\"(?:[^\"\\]|\\.)*\"\s*:|\[\s*(?:\{|\[|\]))|\s*\{\s*\}"), "json"),
)  # fmt: skip
_SYNTAX = re.compile(
    rb"^[ \t]*(?:(GET\s+DATA|GET\s+FILE|DATA\s+LIST)\b|(VARIABLE\s+LABELS?|VAR\s+LABELS?)\b|"
    rb"(VALUE\s+LABELS?)\b|(MISSING\s+VALUES?)\b|(BEGIN\s+DATA|EXECUTE|SET\s+\w+)\b)",
    re.IGNORECASE | re.MULTILINE,
)


def _sniff_text(head: bytes, path: Path) -> FileKind:
    """Say what a text is: a table, or something that is only written in letters."""
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    for pattern, kind in _MARKUP:
        if pattern.match(plain):
            return kind
    commands = {match.lastindex for match in _SYNTAX.finditer(plain)}
    return "sps" if len(commands) > 1 or (commands and path.suffix.lower() == ".sps") else "text"


_PORTABLE = b"ASCII SPSS PORT FILE"
_PORTABLE_HEADS = (_PORTABLE, _PORTABLE.decode("ascii").encode("cp037"))


def _is_portable(head: bytes) -> bool:
    """Say whether bytes without line ends begin an SPSS portable file, also one that is cut inside its header."""
    named = len(head) >= 10 and any(head[: len(mark)] == mark[: len(head)] for mark in _PORTABLE_HEADS)
    return named or head[456:464] == b"SPSSPORT"


def _looks_like_utf16(head: bytes) -> bool:
    if len(head) < 4 or max(head[0::2].count(0), head[1::2].count(0)) <= len(head) / 20:
        return False
    order = "le" if head[1::2].count(0) > head[0::2].count(0) else "be"
    text = head[: len(head) // 4 * 4].decode(f"utf-16-{order}", "replace")
    usual = sum(" " <= mark < "\u0600" or mark in "\t\r\n" or "\u2000" <= mark < "\u2100" for mark in text)
    return usual >= 0.9 * len(text)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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
        or was read for this output (see `keeping_what_is_read`).
    """
    return write_together({path: write}, answers=answers)[0]


def write_together(
    files: Mapping[PathLike, Callable[[Path], None]], *, answers: Iterable[str | None] = ()
) -> list[Path]:
    """Write files that belong together, all of them or none: `write_whole` for several."""
    targets = [check_target(path) for path in files]
    known = {digest for digest in answers if digest}
    at: PathLike = targets[0]
    try:
        with ExitStack() as stack, Swap() as swap:
            ready = []
            for at, write in files.items():
                place = Path(os.path.realpath(at))
                temporary = stack.enter_context(_temporary_file(place))
                write(temporary)
                _check_answers(place, temporary, known, at)
                with temporary.open("rb") as stream:
                    os.fsync(stream.fileno())
                temporary.chmod(_mode(place))
                ready.append((temporary, place))
            for temporary, place in ready:
                swap.replace(temporary, place, alone=len(ready) == 1)
    except (OSError, ValueError) as error:
        cause = refusal_of_the_system(error) if isinstance(error, OSError) else error
        if cause is None:
            raise
        raise WriteError(f"{str(at)!r} cannot be written ({reason(cause)}); {way_out(cause)}") from error
    return targets


class Swap:
    """Files that take the place of others, one by one: all of them, or none when the block fails or is interrupted."""

    def __init__(self) -> None:
        self._saved: list[tuple[Path, Path]] = []
        self._new: list[Path] = []
        self._placed: list[Path] = []
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        _swaps.append(False)
        return self

    def replace(self, temporary: Path, place: Path, *, alone: bool = False) -> None:
        """Put a file in its place, in one step; a file `alone` needs no way back."""
        self.make_folder(place.parent)
        if place.exists() and not alone:
            self._save(place)
        elif not alone:
            self._new.append(place)
        os.replace(temporary, place)
        self._placed.append(place)

    def remove(self, place: Path) -> None:
        """Take a file away."""
        self._save(place)
        place.unlink()

    def make_folder(self, folder: Path) -> None:
        """Make a folder, and those above it."""
        for one in [*reversed(folder.parents), folder]:
            if not one.exists():
                self._made.append(one)
                one.mkdir()

    def _save(self, place: Path) -> None:
        """Keep an old file under a second name, so that there is no moment at which it is nowhere."""
        kept = temporary_name(place)
        self._saved.append((kept, place))
        try:
            os.link(place, kept)
        except OSError:  # a disk without second names
            with _temporary_file(kept) as half:  # `kept` is there only when it is whole: `_undo` puts it over the old
                shutil.copy2(place, half)
                with half.open("rb") as stream:
                    os.fsync(stream.fileno())
                os.replace(half, kept)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is not None:
                self._undo()
            for kept, _place in self._saved:
                kept.unlink(missing_ok=True)
            if kind is None and not any(str(parent) in TEMPORARY for place in self._placed for parent in place.parents):
                _STANDING.extend(self._placed)
        finally:
            interrupted = _swaps.pop()
        if interrupted:
            interrupt()

    def _undo(self) -> None:
        """Put everything back as it was."""
        for place in self._new:
            place.unlink(missing_ok=True)
        while self._saved:
            kept, place = self._saved.pop()
            if not kept.exists():  # interrupted before it had its second name: it stands where it stood
                continue
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                os.replace(kept, place)
                kept.unlink(missing_ok=True)  # two names of one file are left as they are by a change of name
            except OSError as error:  # the disk is gone, say: what cannot be put back is not thrown away either
                raise WriteError(
                    f"{str(place)!r} could not be put back ({reason(error)}); it is kept in {str(kept)!r}"
                ) from error
        for folder in reversed(self._made):
            with suppress(OSError):
                folder.rmdir()


_STANDING: list[Path] = []
"""Files that were put in place since `keeping_what_is_read` began."""


def files_that_stand() -> list[Path]:
    """Return the files written, whole, since `keeping_what_is_read` began: no interruption takes them back."""
    return list(_STANDING)


_swaps: list[bool] = []
"""One entry for each swap that is going on: whether somebody asked to end meanwhile."""


def interrupt() -> None:
    """Raise KeyboardInterrupt now or, while files are being swapped, when they are; for the handler of a signal."""
    if _swaps:
        _swaps[:] = [True] * len(_swaps)
    else:
        raise KeyboardInterrupt


def is_swapping() -> bool:
    """Return whether files are being put in the place of others just now."""
    return bool(_swaps)


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


def _check_answers(place: Path, temporary: Path, known: set[str], path: PathLike) -> None:
    """Raise when other bytes would take the place of the data themselves."""
    if known and place.is_file() and (old := hash_file(place)) in known and hash_file(temporary) != old:
        raise WriteError(
            f"{str(path)!r} holds the answers that this output rests on, or their codebook, and is never written over; give the output another name"
        )


_READ: ContextVar[dict[tuple[int, int], Path] | None] = ContextVar("files read", default=None)


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
    if known is None or any(str(parent) in TEMPORARY for parent in path.absolute().parents):
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
def _temporary_file(place: Path) -> Iterator[Path]:
    """Give an empty file beside `place`; it is gone afterwards, unless it was moved away."""
    temporary = temporary_name(place)
    TEMPORARY.add(str(temporary))  # before it is there, so that no interruption falls between the two
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
        TEMPORARY.discard(str(temporary))


@contextmanager
def temporary_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give an empty folder in `parent`; it is gone afterwards, unless it was moved away."""
    temporary = parent / f"{prefix}{secrets.token_hex(8)}"
    TEMPORARY.add(str(temporary))
    try:
        temporary.mkdir()
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        TEMPORARY.discard(str(temporary))


WORK = ".writing-"
"""How the names of files and folders begin that are being filled."""


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


def refusal_of_the_system(error: OSError) -> OSError | None:
    """Return the system's error behind one of writing, None when surveykit itself refused.

    A message names the file or folder that was asked for, not the temporary one that could not be written.
    """
    cause: BaseException | None = error
    while isinstance(cause, WriteError):
        cause = cause.__cause__
    return cause if isinstance(cause, OSError) and not isinstance(cause, SurveyKitError) else None


def reason(error: Exception) -> str:
    """Return in a few words why the system refused."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def way_out(error: Exception) -> str:
    """Return what to do when a file cannot be written."""
    if getattr(error, "errno", None) in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return "choose a folder on another disk, or free some room: this disk is full"
    return "choose a folder that you may write to"


def check_disk(folder: Path) -> None:
    """Raise the system's own error when there is no room left on the disk of a folder."""
    if shutil.disk_usage(folder).free < 65_536:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def _mode(place: Path) -> int:
    """Return the permissions of the file that is replaced, or those of a new file: what was private stays private."""
    with suppress(OSError):
        return stat.S_IMODE(place.stat().st_mode)
    return 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_bytes_whole(content: bytes, path: PathLike, *, answers: Iterable[str | None] = ()) -> Path:
    """Write bytes, whole or not at all; `answers` as in `write_whole`."""

    def write(temporary: Path) -> None:
        temporary.write_bytes(content)

    return write_whole(path, write, answers=answers)


def write_text_whole(text: str, path: PathLike, encoding: str = "utf-8", *, answers: Iterable[str | None] = ()) -> Path:
    """Write text with Unix line ends, whole or not at all; `answers` as in `write_whole`."""
    return write_bytes_whole(text.encode(encoding), path, answers=answers)
