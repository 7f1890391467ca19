"""Files written whole or not at all: a temporary file in the same folder, then a rename."""

import os
import tempfile
from pathlib import Path

from surveykit.errors import WriteError


def write_text(path: str | Path, text: str) -> Path:
    """Write text as UTF-8 with plain line feeds, whole or not at all; return the path."""
    return write_bytes(path, text.encode("utf-8"))


def write_bytes(path: str | Path, content: bytes) -> Path:
    """Write bytes, whole or not at all; return the path.

    The bytes go to a temporary file in the same folder, which then takes the place of `path` in one step. Whoever
    reads `path` meanwhile sees the old file or the new one, never half of either; two writers do not mix.

    Raises
    ------
    WriteError
        When the folder does not exist or cannot be written, or `path` is a folder.
    """
    target = check_target(path)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except OSError as error:
        _remove(temporary)
        reason = error.strerror or type(error).__name__
        raise WriteError(f"'{target}' cannot be written ({reason}); choose a folder that you may write to") from error
    except BaseException:
        _remove(temporary)
        raise
    return target


def check_target(path: str | Path, suffixes: tuple[str, ...] = ()) -> Path:
    """Return the path of a file to be written.

    Raises
    ------
    WriteError
        When its folder does not exist, it is a folder itself, or its ending is none of `suffixes`.
    """
    target = Path(path)
    if suffixes and target.suffix.lower() not in suffixes:
        raise WriteError(f"the file's name must end in one of {', '.join(suffixes)}, but '{target.name}' was given")
    if "\0" in str(target):
        raise WriteError(f"a file cannot have the name {target.name!r}, which holds a null character; choose another "
                         "one")
    try:
        folder, parent = target.is_dir(), target.parent.is_dir()
    except OSError as error:  # a name that is too long
        raise WriteError(f"a file cannot have the name '{target.name[:40]}...' ({error.strerror}); choose another "
                         "one") from error
    if folder:
        raise WriteError(f"'{target}' is a folder; name a file in it")
    if not parent:
        raise WriteError(f"the folder '{target.parent}' does not exist; make it first")
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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove(temporary: str) -> None:
    if temporary:
        Path(temporary).unlink(missing_ok=True)
