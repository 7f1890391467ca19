"""The files of tables, figures and pages: names that stay where they were said, content written whole or not at all."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from surveykit.files import check_target, write_bytes_whole, write_together


def write_text(path: str | Path, text: str, *, answers: Iterable[str | None] = ()) -> Path:
    """Write text as UTF-8 with plain line feeds, whole or not at all; return the path."""
    return write_bytes(path, text.encode("utf-8"), answers=answers)


def write_bytes(path: str | Path, content: bytes, *, answers: Iterable[str | None] = ()) -> Path:
    """Write bytes, whole or not at all; return the path. `answers` are hashes of data that stay as they are."""
    return write_bytes_whole(content, check_target(path), answers=answers)


def write_set(files: Mapping[Path, bytes], *, answers: Iterable[str | None] = ()) -> None:
    """Write files that belong together, all of them or none: a page and its figures, a figure and its numbers."""
    write_together({path: partial(_fill, content=content) for path, content in files.items()}, answers=answers)


def _fill(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def safe_name(name: str) -> str:
    """Return a file name without folders: a report named after a label must not climb out of its folder.

    Examples
    --------
    >>> safe_name("../../etc/trust in akim")
    'etc_trust_in_akim'
    """
    kept = "".join(character if character.isalnum() or character in "-." else "_" for character in str(name))
    return "_".join(part for part in kept.replace("..", "_").split("_") if part).strip(".-_") or "unnamed"
