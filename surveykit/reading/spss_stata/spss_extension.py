"""Records that pyreadstat does not write, put into the dictionary of a .sav or .zsav that it wrote."""

import shutil
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from surveykit.reading.spss_stata.spss_cases import BLOCK_HEAD
from surveykit.reading.spss_stata.spss_dictionary import CREATED_AT, WEIGHT_INDEX_AT, SpssDictionary, read_dictionary

END_SIZE = 8
"""Bytes of the record that ends the dictionary, its filler included."""


def complete_file(path: Path, records: Mapping[int, bytes], weight: int, created: str) -> None:
    """Set date and weight variable of a file, and add extension records (by subtype) at the end of its dictionary.

    Parameters
    ----------
    path : Path
    records : mapping from subtype to content
    weight : int
        Position of the weight variable in elements of eight bytes; 0 for none.
    created : str
        Date and time as the header holds them.

    References
    ----------
    GNU PSPP developers' guide, "System File Format".
    """
    dictionary = read_dictionary(path)
    order = dictionary.byte_order
    added = b"".join(
        struct.pack(f"{order}4i", 7, subtype, 1, len(content)) + content
        for subtype, content in sorted(records.items())
        if content
    )
    if added:
        grown = path.with_name(path.name + ".grown")
        try:
            with path.open("rb") as source, grown.open("wb") as target:
                target.write(source.read(dictionary.data_at - END_SIZE) + added)
                target.write(source.read(END_SIZE))
                if dictionary.compression == 2:
                    _copy_packed(source, target, dictionary, len(added))
                else:
                    shutil.copyfileobj(source, target)
            grown.replace(path)
        finally:
            grown.unlink(missing_ok=True)
    with path.open("r+b") as stream:
        stream.seek(CREATED_AT)
        stream.write(created.encode("ascii"))
        stream.seek(WEIGHT_INDEX_AT)
        stream.write(struct.pack(f"{order}i", weight))


def _copy_packed(source: BinaryIO, target: BinaryIO, dictionary: SpssDictionary, shift: int) -> None:
    """Copy the data of a .zsav, whose head and trailer tell where in the file its blocks stand."""
    order = dictionary.byte_order
    head_at, trailer_at, trailer_size = struct.unpack(f"{order}3q", source.read(BLOCK_HEAD))
    target.write(struct.pack(f"{order}3q", head_at + shift, trailer_at + shift, trailer_size))
    left = trailer_at - dictionary.data_at - BLOCK_HEAD
    while left > 0 and (piece := source.read(min(left, 1 << 20))):
        target.write(piece)
        left -= len(piece)
    target.write(source.read(BLOCK_HEAD))
    while entry := source.read(BLOCK_HEAD):
        plain_at, packed_at, *sizes = struct.unpack(f"{order}2q2i", entry)
        target.write(struct.pack(f"{order}2q2i", plain_at + shift, packed_at + shift, *sizes))
