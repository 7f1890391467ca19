"""Texts that were damaged before they reached us: wrongly decoded and saved so, or letters lost to question marks."""

import re
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from surveykit._checks import some, warn
from surveykit.codebook import Codebook
from surveykit.reading.encodings.detection import find_mojibake

_LOST = re.compile(
    r"[\u0400-\u04ff]\?+[\u0400-\u04ff]|\ufffd"  # inside a word: "Т?рғындар"
    r"|(?:^|[«“\"'(\[/])\?+[\u0400-\u04ff]{2}"  # the first letter of a text or of what stands in quotes: "?араой"
    r"|(?:^|\s)\?{2,}\s+\?{2,}(?:$|\s)"  # whole words: "???? ??????"
)


def warn_of_damage(
    codebook: Codebook,
    frame: pd.DataFrame,
    name: str,
    lost: str = "before the file was saved",
    mended: Sequence[tuple[str, str]] = (),
) -> list[str]:
    """Warn of texts that were damaged before the file was saved; return the sentences for the provenance.

    `mended` are texts with their places that were cut inside a letter, or hold one that is none.
    """
    notes = []
    if mended:
        places = some([place for place, _ in mended], 3)
        notes.append(f"texts were cut or broken inside a letter: {places}; the first is read as {mended[0][1][-40:]!r}")
    mojibake = find_mojibake(text for _, text in _all_texts(codebook, frame))
    if mojibake:
        notes.append(
            f"texts such as {mojibake[0][:40]!r} were decoded wrongly before the file was saved; {mojibake[1][:40]!r} is meant"
        )
    told = {text for _, text in mended}
    place = next(
        ((where, text) for where, text in _all_texts(codebook, frame) if text not in told and _LOST.search(text)), None
    )
    if place:
        notes.append(f"letters were lost {lost}: {place[0]} holds {place[1][:40]!r}")
    for sentence in notes:
        warn(f"{name!r}: {sentence}")
    return notes


def _all_texts(codebook: Codebook, frame: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for variable in codebook.variables.values():
        for texts in variable.texts():
            yield from ((f"the codebook of {variable.name!r}", text) for text in texts.values())
    for column in frame.columns:
        yield f"the name of column {column!r}", str(column)
        if pd.api.types.is_string_dtype(frame[column].dtype):
            yield from _cells(frame[column])


def _cells(column: pd.Series) -> Iterable[tuple[str, str]]:
    distinct = column.drop_duplicates()
    return (
        (f"column {column.name!r}, row {row!r}", cell)
        for row, cell in distinct.items()
        if isinstance(cell, str) and (not cell.isascii() or "??" in cell)
    )
