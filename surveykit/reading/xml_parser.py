"""The one door for XML: nothing is declared, expanded or fetched, and depth and number of elements are bounded."""

import html.entities
from collections.abc import Callable
from typing import BinaryIO
from xml.parsers import expat

from surveykit.errors import ReadError

MOST_DEPTH = 100
"""Of elements in each other; a codebook has ten, a sheet five."""
PIECE = 65_536
"""Bytes that are parsed at a time."""

Attributes = dict[str, str]


def parse_xml(
    stream: BinaryIO,
    name: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    *,
    most_elements: int,
    doctype: bool = False,
) -> None:
    """Parse XML and tell of each element as it begins and ends, and of the text between, in pieces.

    Parameters
    ----------
    stream : binary file
    name : str
        Name of the file, for the messages.
    start, end, text : callable
        They take an element's name, without its namespace, and `start` its attributes.
    most_elements : int
        More elements than that are refused.
    doctype : bool
        Whether a document type may be named, as archives do ("codeBook SYSTEM ...dtd"). It is never fetched, and one
        with declarations inside is refused: entities can be made to grow without end.

    Raises
    ------
    ReadError
        When it is no XML, goes too deep, has too many elements, or declares anything.
    """
    depth = elements = 0

    def begin(tag: str, attributes: Attributes) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > MOST_DEPTH:
            raise ReadError(
                f"{name!r} has elements more than {MOST_DEPTH} deep in each other, which no such file has; get it again"
            )
        if elements > most_elements:
            raise ReadError(
                f"{name!r} has more than {most_elements:,} elements, which no such file has; export a smaller part of it"
            )
        start(tag.rpartition(":")[2], attributes)

    def finish(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(tag.rpartition(":")[2])

    def refuse_declarations(_: str, system: str | None, public: str | None, inside: int) -> None:
        if inside or not doctype:
            raise ReadError(
                f"{name!r} defines entities or elements of its own (DOCTYPE), which can be made to grow without end and are not read; save it again without them"
            )

    def replace_entity(entity: str, parameter: int) -> None:
        if parameter:
            return
        point = html.entities.name2codepoint.get(entity)
        if point is None:
            raise ReadError(
                f"{name!r} holds the entity &{entity};, whose meaning stands in another file, which is not fetched; write the letter itself"
            )
        text(chr(point))

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse_declarations
    parser.SkippedEntityHandler = replace_entity
    try:
        while piece := stream.read(PIECE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise ReadError(f"{name!r} is no XML that can be read ({error}); export it again") from error
