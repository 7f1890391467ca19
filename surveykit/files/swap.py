"""Files that take the place of others, all of them or none."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Self

from surveykit.errors import WriteError
from surveykit.files.refusals import reason
from surveykit.files.temporary import temporary_file, temporary_name
from surveykit.files.touched import note_standing

_swaps: list[bool] = []
"""One entry for each swap that is going on: whether somebody asked to end meanwhile."""


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
            with temporary_file(kept) as half:  # `kept` is there only when it is whole: `_undo` puts it over the old
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
            if kind is None:
                note_standing(self._placed)
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


def interrupt() -> None:
    """Raise KeyboardInterrupt now or, while files are being swapped, when they are; for the handler of a signal."""
    if _swaps:
        _swaps[:] = [True] * len(_swaps)
    else:
        raise KeyboardInterrupt


def is_swapping() -> bool:
    """Return whether files are being put in the place of others just now."""
    return bool(_swaps)
