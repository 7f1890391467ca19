"""The record of multiple-response sets in an SPSS system file: read, and written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveykit.codebook import UNDETERMINED, Code, ResponseSet, as_code
from surveykit.reading.encodings.decoding import Decoder

_HEAD = re.compile(rb"\$?([^$=\n][^=\n]*)=")
_LONGEST_COUNT = 10


@dataclass(frozen=True)
class StoredSet:
    """A multiple-response set as the file spells it; `counted` is None where the columns hold the options' codes."""

    name: bytes
    counted: bytes | None
    label: bytes
    items: tuple[bytes, ...]


def parse_sets(records: Sequence[bytes]) -> list[StoredSet]:
    """Return the sets of the records 7 and 19; a set that cannot be understood ends its record.

    References
    ----------
    GNU PSPP developers' guide, "System File Format": Multiple Response Sets Records.
    """
    found: list[StoredSet] = []
    for record in records:
        rest = record.rstrip(b"\0")
        while rest:
            one, rest = _parse_one(rest)
            if one is None:
                break
            found.append(one)
    return found


def _parse_one(text: bytes) -> tuple[StoredSet | None, bytes]:
    """Return the first set and what follows; its texts are counted, so that they may hold any byte."""
    head = _HEAD.match(text)
    if not head:
        return None, b""
    kind, rest = text[head.end() : head.end() + 1], text[head.end() + 1 :]
    counted: bytes | None = None
    if kind == b"E":  # " 1 " or " 11 " says where the options' labels come from
        source = re.match(rb" (?:1|11) ", rest)
        rest = rest[source.end() :] if source else b""
    if kind in (b"D", b"E"):
        counted, rest = _counted_text(rest)
        if counted is None:
            return None, b""
    label, rest = _counted_text(rest.removeprefix(b" "))
    if kind not in (b"C", b"D", b"E") or label is None:
        return None, b""
    items, _, rest = rest.partition(b"\n")
    return StoredSet(head[1].strip(), counted, label, tuple(items.split())), rest.lstrip(b"\n")


def _counted_text(text: bytes) -> tuple[bytes | None, bytes]:
    """Return a text that stands behind its number of bytes, and what follows."""
    number, mark, rest = text.partition(b" ")
    if not mark or not number.isdigit() or len(number) > _LONGEST_COUNT or int(number) > len(rest):
        return None, b""
    return rest[: int(number)], rest[int(number) :]


def as_response_sets(
    stored: Sequence[StoredSet],
    names: Mapping[str, str],
    numeric: Mapping[str, bool],
    decode: Decoder,
    lang: str | None,
) -> list[ResponseSet]:
    """Return declared sets with the names as the columns spell them; one of fewer than two columns is none.

    Parameters
    ----------
    stored : sequence of StoredSet
    names : mapping from name, short or long, in lower case to column
    numeric : mapping from column to bool
        Whether the file declares it to hold numbers: then the counted value is a number, else a text.
    decode : Decoder
    lang : str or None
    """
    sets = []
    for one in stored:
        listed = [names.get(decode(item.decode("latin-1")).lower()) for item in one.items]
        items = tuple(dict.fromkeys(item for item in listed if item is not None))
        if len(items) < 2 or None in listed:
            continue
        name = decode(one.name.decode("latin-1"), "the name of a response set")
        question = decode(one.label.decode("latin-1"), f"the response set {name!r}")
        chosen = None if one.counted is None else _counted(decode(one.counted.decode("latin-1")), numeric[items[0]])
        sets.append(ResponseSet(name, items, chosen, {lang or UNDETERMINED: question} if question else {}))
    return sets


def _counted(text: str, numeric: bool) -> Code:
    if not numeric:
        return text.rstrip()
    try:
        return as_code(float(text))
    except ValueError:
        return text.rstrip()


def format_sets(sets: Sequence[tuple[ResponseSet, str]], short: Mapping[str, bytes]) -> bytes:
    """Return the content of record 7 for sets, each with its label, in UTF-8; `short` are the columns' short names."""
    lines = []
    for one, label in sets:
        chosen = None if one.chosen is None else str(as_code(one.chosen)).encode("utf-8")
        kind = b"C" if chosen is None else b"D%d %b" % (len(chosen), chosen)
        text = label.encode("utf-8")
        items = b" ".join(short[item].lower() for item in one.items)
        lines.append(b"$%b=%b %d %b %b\n" % (one.name.encode("utf-8"), kind, len(text), text, items))
    return b"".join(lines)
